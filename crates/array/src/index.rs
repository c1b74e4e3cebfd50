//! Indexing: NumPy's whole grammar for reading and writing (integers, slices, new axes, ellipsis, bool masks, integer
//! arrays and mixtures), with gradients. Basic indices give views; arrays gather and scatter. A little over
//! the usual length, because reading and writing share one selection.

use std::sync::Arc;

use base::{DType, Dims, Error, Result, Scalar, View, shape};
use graph::{Kernel, Operand, few, work};

use crate::elementwise::{Argument, call};
use crate::index_array::Places;
use crate::{Array, index_array, tape};

/// One entry of an index.
#[derive(Clone, Debug)]
pub enum Index {
    Integer(i64),
    Slice {
        start: Option<i64>,
        stop: Option<i64>,
        step: Option<i64>,
    },
    NewAxis,
    Ellipsis,
    /// Integers, or a bool mask over as many axes as it has.
    Array(Array),
}

/// What an index selects: a view, and integer arrays over some of its axes.
pub(crate) struct Selection {
    /// Slices and new axes applied; axes under integer arrays are still whole.
    pub view: View,
    /// (axis of `view`, indices into it)
    pub arrays: Vec<(usize, Array)>,
    /// Whether the broadcast axes of the arrays go to the first array's place, or in front.
    pub together: bool,
}

/// Elements, start and step of a slice over an axis, by Python's rules.
#[inline]
pub fn slice_bounds(
    length: i64,
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
) -> Result<(i64, i64, i64)> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Error::value("slice step cannot be zero"));
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clip = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(value) if value < 0 => value.saturating_add(length).clamp(low, high),
        Some(value) => value.clamp(low, high),
    };
    let start = clip(start, if step > 0 { low } else { high });
    let stop = clip(stop, if step > 0 { high } else { low });
    let span = if step > 0 { stop - start } else { start - stop };
    let count = if span <= 0 { 0 } else { (span - 1) / step.saturating_abs() + 1 };
    Ok((start, step, count))
}

/// A possibly negative index as a place on an axis.
#[inline]
pub(crate) fn place(index: i64, axis: usize, length: i64) -> Result<i64> {
    if index < -length || index >= length {
        return Err(Error::index(format!(
            "index {index} is out of bounds for axis {axis} with size {length}"
        )));
    }
    Ok(if index < 0 { index + length } else { index })
}

fn consumes(index: &Index) -> usize {
    match index {
        Index::Integer(_) | Index::Slice { .. } => 1,
        Index::NewAxis | Index::Ellipsis => 0,
        Index::Array(array) if array.dtype().is_bool() => array.ndim(),
        Index::Array(_) => 1,
    }
}

fn check_count(x: &Array, indices: &[Index]) -> Result<usize> {
    let used: usize = indices.iter().map(consumes).sum();
    if used > x.ndim() {
        return Err(Error::index(format!(
            "too many indices for array: array is {}-dimensional, but {used} were indexed",
            x.ndim()
        )));
    }
    if indices.iter().filter(|index| matches!(index, Index::Ellipsis)).count() > 1 {
        return Err(Error::index("an index can only have a single ellipsis ('...')"));
    }
    Ok(x.ndim() - used)
}

/// Takes an index apart. `place`s and shapes are checked here, values of integer arrays when they are used.
pub(crate) fn select(x: &Array, indices: &[Index]) -> Result<Selection> {
    let rest = check_count(x, indices)?;
    let advanced = indices.iter().any(|index| matches!(index, Index::Array(_)));
    let mut selection = Selection { view: x.view().clone(), arrays: Vec::new(), together: true };
    // `axis` counts axes of the view that is being made, `from` axes of x
    let (mut axis, mut from) = (0, 0);
    let mut last_array: Option<usize> = None;
    for (at, index) in indices.iter().enumerate() {
        let is_array = matches!(index, Index::Array(_)) || (advanced && matches!(index, Index::Integer(_)));
        if is_array {
            selection.together &= last_array.is_none_or(|last| last + 1 == at);
            last_array = Some(at);
        }
        match index {
            Index::Integer(index) if advanced => {
                let index = place(*index, from, selection.view.shape[axis])?;
                selection.arrays.push((axis, Array::scalar(Scalar::I64(index), x.device())?));
                axis += 1;
            }
            Index::Integer(index) => {
                let index = place(*index, from, selection.view.shape[axis])?;
                selection.view.select(axis, index);
            }
            Index::Slice { start, stop, step } => {
                let (start, step, count) = slice_bounds(selection.view.shape[axis], *start, *stop, *step)?;
                selection.view.slice(axis, start, step, count);
                axis += 1;
            }
            Index::NewAxis => {
                selection.view.insert_axis(axis);
                axis += 1;
            }
            Index::Ellipsis => {
                axis += rest;
                from += rest;
            }
            Index::Array(array) if array.dtype().is_bool() => {
                axis = select_mask(&mut selection, array, axis, from)?
            }
            Index::Array(array) => {
                selection.arrays.push((axis, index_array::integers(array)?));
                axis += 1;
            }
        }
        from += consumes(index);
    }
    shape::check(&selection.view.shape)?;
    Ok(selection)
}

/// A mask stands for the integer arrays of its true places; a 0-d one adds an axis of length 0 or 1.
fn select_mask(selection: &mut Selection, mask: &Array, axis: usize, from: usize) -> Result<usize> {
    if mask.ndim() == 0 {
        selection.view.insert_axis(axis);
        let count = i64::from(mask.item()?.is_truthy());
        let zeros = Array::full(&[count], Scalar::I64(0), DType::I64, mask.device())?;
        selection.arrays.push((axis, zeros));
        return Ok(axis + 1);
    }
    for (k, &length) in mask.shape().iter().enumerate() {
        let expected = selection.view.shape[axis + k];
        if length != expected {
            return Err(Error::index(format!(
                "boolean index did not match indexed array along axis {}; size of axis is {expected} but size of \
                 corresponding boolean axis is {length}",
                from + k
            )));
        }
    }
    for (k, places) in index_array::nonzero(mask)?.into_iter().enumerate() {
        selection.arrays.push((axis + k, places));
    }
    Ok(axis + mask.ndim())
}

/// Only a mask over the leading axes: the shape it covers and the mask.
fn leading_mask<'a>(x: &Array, indices: &'a [Index]) -> Option<&'a Array> {
    let is_rest = |index: &Index| {
        matches!(index, Index::Ellipsis | Index::Slice { start: None, stop: None, step: None | Some(1) })
    };
    let (Index::Array(mask), rest) = indices.split_first()? else { return None };
    let fits = mask.dtype().is_bool()
        && mask.ndim() >= 1
        && mask.ndim() <= x.ndim()
        && mask.shape() == &x.shape()[..mask.ndim()]
        && rest.iter().all(is_rest)
        && check_count(x, indices).is_ok();
    fits.then_some(mask)
}

/// Gathering by integer arrays: where in memory, and how the result's axes lie.
struct Gathering {
    /// one place per broadcast index
    places: Places,
    /// axes that are copied whole
    inner: View,
    /// shape of the result, broadcast axes first
    shape: Dims,
    /// order that brings the broadcast axes to their place
    order: Vec<i64>,
}

fn gathering(x: &Array, selection: &Selection) -> Result<Gathering> {
    let shapes: Vec<&[i64]> = selection.arrays.iter().map(|(_, array)| array.shape()).collect();
    let broadcast = shape::broadcast(&shapes).map_err(|_| {
        let all: Vec<String> = shapes.iter().map(|shape| shape::tight(shape)).collect();
        Error::index(format!(
            "shape mismatch: indexing arrays could not be broadcast together with shapes {}",
            all.join(" ")
        ))
    })?;
    let axes: Vec<usize> = selection.arrays.iter().map(|(axis, _)| *axis).collect();
    let whole: Vec<usize> = (0..selection.view.ndim()).filter(|axis| !axes.contains(axis)).collect();
    let inner = selection.view.permute(&whole);
    let places = index_array::places(&selection.view, &selection.arrays, &broadcast, x.device())?;
    let first = if selection.together { axes.first().copied().unwrap_or(0) } else { 0 };
    let before = whole.iter().filter(|&&axis| axis < first).count();
    let (lead, all) = (broadcast.len(), broadcast.len() + whole.len());
    let order: Vec<i64> =
        (lead..lead + before).chain(0..lead).chain(lead + before..all).map(|axis| axis as i64).collect();
    let mut out = broadcast;
    out.extend_from_slice(&inner.shape);
    shape::check(&out)?;
    Ok(Gathering { places, inner, shape: out, order })
}

/// The view of one integer or slice over the first axis, which needs none of the grammar.
#[inline]
fn get_of_first_axis(view: &View, index: &Index) -> Result<Option<View>> {
    match *index {
        Index::Integer(index) => {
            let at = place(index, 0, view.shape[0])?;
            let (shape, strides) = (Dims::from_slice(&view.shape[1..]), Dims::from_slice(&view.strides[1..]));
            Ok(Some(View { shape, strides, offset: view.offset + at * view.strides[0] }))
        }
        Index::Slice { start, stop, step } => {
            let (start, step, count) = slice_bounds(view.shape[0], start, stop, step)?;
            let mut sliced = view.clone();
            sliced.slice(0, start, step, count);
            Ok(Some(sliced))
        }
        _ => Ok(None),
    }
}

/// `x[indices]`. Basic indices give a view; arrays give a copy.
pub fn get(x: &Array, indices: &[Index]) -> Result<Array> {
    if let [index] = indices
        && x.ndim() > 0
        && !tape::is_recording()
        && let Some(view) = get_of_first_axis(x.view(), index)?
    {
        return Ok(x.with_view(view));
    }
    let advanced = indices.iter().any(|index| matches!(index, Index::Array(_)));
    if !advanced {
        let selection = select(x, indices)?;
        if !tape::is_recording() {
            return Ok(x.with_view(selection.view));
        }
        let indices = indices.to_vec();
        return Ok(x.scattered_view("getitem", selection.view, move |whole| get(whole, &indices)));
    }
    if let Some(few) = get_few(x, indices) {
        return Ok(record_get(x, indices, few?));
    }
    let taken = match leading_mask(x, indices) {
        Some(mask) => index_array::compress(x, mask)?,
        None => gather(x, &select(x, indices)?)?,
    };
    Ok(record_get(x, indices, taken))
}

/// A few elements of a vector, chosen by one array.
fn get_few(x: &Array, indices: &[Index]) -> Option<Result<Array>> {
    let [Index::Array(array)] = indices else { return None };
    if array.dtype().is_bool() {
        let found = few::compressed(&x.operand, &array.operand)?;
        return Some(found.map(|(node, count)| Array::whole(node, &[count])));
    }
    let node = few::taken(&x.operand, &array.operand)?;
    Some(node.map(|node| Array::whole(node, array.shape())))
}

fn record_get(x: &Array, indices: &[Index], taken: Array) -> Array {
    tape::record("getitem", &[x], taken, || {
        let indices: Arc<[Index]> = indices.into();
        let (shape, dtype, device) = (x.view().shape.clone(), x.dtype(), x.device());
        Box::new(move |gradient| {
            let (read, write) = (indices.clone(), indices.clone());
            let select = move |whole: &Array| get(whole, &read);
            if let Some(rows) =
                tape::paused(|| index_array::added_up(&shape, dtype, device, &indices, gradient))?
            {
                return Ok(vec![Some(embed("getitem", rows, gradient, |_, _| Ok(()), select)?)]);
            }
            let zeros = Array::full(&shape, Scalar::F64(0.0), dtype, device)?;
            let insert = move |zeros: &Array, gradient: &Array| add_at(zeros, &write, gradient);
            Ok(vec![Some(embed("getitem", zeros, gradient, insert, select)?)])
        })
    })
}

fn gather(x: &Array, selection: &Selection) -> Result<Array> {
    let plan = gathering(x, selection)?;
    let out = Array::empty(&plan.shape, x.dtype(), x.device())?;
    if out.size() > 0 {
        let rows = flatten_leading(&out, plan.shape.len() - plan.inner.ndim())?;
        let origin = View { offset: 0, ..plan.inner };
        let source = Operand::new(x.operand.node.clone(), origin, x.dtype());
        let kernel = Kernel::Gather { along: plan.places.along };
        work::run_indexed(&kernel, &source, &plan.places.array.operand, &rows.operand)?;
    }
    out.transpose(Some(&plan.order))
}

/// `zeros` with the gradient put in by `insert`, itself differentiable: its gradient is what `select` reads.
pub(crate) fn embed(
    name: &'static str,
    zeros: Array,
    gradient: &Array,
    insert: impl Fn(&Array, &Array) -> Result<()>,
    select: impl Fn(&Array) -> Result<Array> + Send + Sync + 'static,
) -> Result<Array> {
    tape::paused(|| insert(&zeros, gradient))?;
    Ok(tape::record(name, &[gradient], zeros, || Box::new(move |second| Ok(vec![Some(select(second)?)]))))
}

/// `x[indices] = number`. Few elements in host memory are written at once, without an array for the number.
pub fn set_number(x: &Array, indices: &[Index], value: Scalar) -> Result<()> {
    x.check_writable("setitem")?;
    let advanced = indices.iter().any(|index| matches!(index, Index::Array(_)));
    let recorded = tape::is_recording() && x.link().is_some();
    let value = value.cast(x.dtype());
    if !recorded && !advanced {
        let view = match indices {
            [index] if x.ndim() > 0 => get_of_first_axis(x.view(), index)?,
            _ => None,
        };
        let view = match view {
            Some(view) => view,
            None => select(x, indices)?.view,
        };
        if graph::eager::write_number(&x.operand, &view, value) {
            return Ok(());
        }
    }
    if !recorded
        && let [Index::Array(mask)] = indices
        && mask.dtype().is_bool()
        && few::masked(&x.operand, &mask.operand, value)
    {
        return Ok(());
    }
    set(x, indices, &Array::scalar(value, x.device())?)
}

/// `x[indices] = value`, broadcast and converted to `x`'s dtype.
pub fn set(x: &Array, indices: &[Index], value: &Array) -> Result<()> {
    x.check_writable("setitem")?;
    if tape::is_recording() && (x.link().is_some() || value.link().is_some()) {
        return set_recorded(x, indices, value);
    }
    set_now(x, indices, value)
}

pub(crate) fn set_now(x: &Array, indices: &[Index], value: &Array) -> Result<()> {
    let advanced = indices.iter().any(|index| matches!(index, Index::Array(_)));
    if !advanced {
        let selection = select(x, indices)?;
        return x.with_view(selection.view).write_fitting(value);
    }
    if let Some(mask) = leading_mask(x, indices) {
        if value.size() == 1 && mask.ndim() == x.ndim() && value.ndim() <= 1 {
            let value = value.reshape(&[])?.convert(x.dtype(), false)?;
            let chosen = [Argument::Array(mask), Argument::Array(&value), Argument::Array(x)];
            return x.write(&call(ops::WHERE, &chosen)?, true);
        }
        return index_array::expand(x, mask, value);
    }
    scatter(x, indices, value, None)
}

/// `x[indices] += value` for every index, also where indices repeat.
pub(crate) fn add_at(x: &Array, indices: &[Index], value: &Array) -> Result<()> {
    at(ops::ADD, x, indices, Some(value))
}

/// `ufunc.at`: `x[indices] = op(x[indices], value)`, repeated indices one after the other.
pub fn at(op: &'static base::Op, x: &Array, indices: &[Index], value: Option<&Array>) -> Result<()> {
    x.check_writable(op.name)?;
    match value {
        Some(value) => scatter(x, indices, value, Some(op)),
        None => index_array::apply_each(op, x, indices),
    }
}

fn scatter(x: &Array, indices: &[Index], value: &Array, op: Option<&'static base::Op>) -> Result<()> {
    let selection = select(x, indices)?;
    if selection.arrays.is_empty() {
        let place = x.with_view(selection.view);
        return match op {
            None => place.write_fitting(value),
            Some(op) => {
                let changed = crate::elementwise::call2(op, &place, value)?;
                place.write(&changed.astype_if(x.dtype())?, true)
            }
        };
    }
    let plan = gathering(x, &selection)?;
    let back: Vec<usize> = plan.order.iter().map(|&axis| axis as usize).collect();
    let shown: Dims = back.iter().map(|&axis| plan.shape[axis]).collect();
    let fits = drop_leading_ones(value, shown.len()).view().broadcast_to(&shown);
    let view = fits.map_err(|_| {
        Error::value(format!(
            "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
            shape::tight(value.shape()),
            shape::tight(&shown)
        ))
    })?;
    if view.size() == 0 {
        return Ok(());
    }
    let converted = value.convert(x.dtype(), false)?;
    let view = drop_leading_ones(&converted, shown.len()).view().broadcast_to(&shown)?;
    let values = converted.with_view(view.permute(&crate::array::inverse(&back)));
    let values = flatten_leading(&values, plan.shape.len() - plan.inner.ndim())?;
    let origin = View { offset: 0, ..plan.inner };
    let destination = Operand::new(x.operand.node.clone(), origin, x.dtype());
    let kernel = Kernel::Scatter { op, along: plan.places.along };
    work::run_indexed(&kernel, &values.operand, &plan.places.array.operand, &destination)
}

/// The first `count` axes as one; a copy where strides do not allow it.
fn flatten_leading(x: &Array, count: usize) -> Result<Array> {
    let mut wanted: Vec<i64> = vec![x.shape()[..count].iter().product()];
    wanted.extend_from_slice(&x.shape()[count..]);
    x.detach().reshape(&wanted)
}

/// NumPy lets a value have more axes than its place, as long as the extra ones have length 1.
fn drop_leading_ones(value: &Array, ndim: usize) -> Array {
    let mut view = value.view().clone();
    while view.ndim() > ndim && view.shape[0] == 1 {
        view.shape.remove(0);
        view.strides.remove(0);
    }
    value.with_view(view)
}

impl Array {
    /// [`Array::write`] with NumPy's rules and error for assignment; not recorded.
    pub(crate) fn write_fitting(&self, value: &Array) -> Result<()> {
        let value = drop_leading_ones(value, self.ndim());
        if value.view().broadcast_to(self.shape()).is_err() {
            return Err(Error::value(format!(
                "could not broadcast input array from shape {} into shape {}",
                shape::tight(value.shape()),
                shape::tight(self.shape())
            )));
        }
        self.write(&value, false)
    }
}

fn check_recorded_write(x: &Array, operator: &str) -> Result<()> {
    if !x.is_memory_of_variable() {
        return Ok(());
    }
    let variable = x.link().is_some_and(|link| link.leaf().is_some());
    Err(Error::runtime(format!(
        "{operator}: an in-place write into {}a variable (an array with attach_grad) while recording would lose its \
         gradient; write outside `autograd.record()` or under `autograd.pause()`",
        if variable { "" } else { "a view of " }
    )))
}

fn set_recorded(x: &Array, indices: &[Index], value: &Array) -> Result<()> {
    check_recorded_write(x, "setitem")?;
    let own = std::sync::Arc::ptr_eq(&value.operand.node, &x.operand.node);
    if x.link_is_stale() && !own {
        return Err(Error::runtime(
            "setitem: the array was modified by an in-place write through a view while recording; assign through its \
             own index instead",
        ));
    }
    tape::paused(|| set_now(x, indices, value))?;
    let before = x.detach();
    before.set_link(x.link());
    if own {
        // `x[i] *= y`: the value is a view of x that was just written and is now written back
        value.set_link(value.link());
    }
    let indices: Arc<[Index]> = indices.into();
    let (value_shape, value_dtype) = (value.view().shape.clone(), value.dtype());
    // into integers, too: MXNet's users differentiate what they wrote there
    let after = tape::record_linked("setitem", &[&before, value], &[], x.detach(), || {
        Box::new(move |gradient| {
            let zero = Array::scalar(Scalar::zero(gradient.dtype()), gradient.device())?;
            let kept = tape::paused(|| {
                let ones =
                    Array::full(gradient.shape(), Scalar::F64(1.0), gradient.dtype(), gradient.device())?;
                set_now(&ones, &indices, &zero).map(|()| ones)
            })?;
            let mut inner = get(gradient, &indices)?;
            if inner.ndim() < value_shape.len() {
                let mut wanted = vec![1; value_shape.len() - inner.ndim()];
                wanted.extend_from_slice(inner.shape());
                inner = inner.reshape(&wanted)?;
            }
            let to_value = inner.sum_to(&value_shape)?.astype_if(value_dtype)?;
            Ok(vec![Some(crate::elementwise::multiply(gradient, &kept)?), Some(to_value)])
        })
    });
    x.set_link(after.link());
    Ok(())
}

/// Writes an operator's whole result into `out` (`out=`, `+=`), which takes over the result's place on the tape.
pub(crate) fn write_recorded(name: &'static str, out: &Array, result: Array) -> Result<()> {
    let linked = tape::is_recording() && (out.link().is_some() || result.link().is_some());
    if !linked {
        return tape::paused(|| out.write(&result, true));
    }
    check_recorded_write(out, name)?;
    let spread = result.broadcast_to(out.shape())?.astype_if(out.dtype())?;
    tape::paused(|| out.write(&result, false))?;
    out.set_link(spread.link());
    Ok(())
}
