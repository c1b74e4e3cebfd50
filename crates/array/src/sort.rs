//! Sorting and searching along an axis: sort, argsort, searchsorted, running folds. NumPy's order: nan last.

use base::{DType, Error, Kind, Op, Result, promote, shape};
use graph::{Kernel, work};

use crate::elementwise::{Argument, call2, multiply};
use crate::index::Index;
use crate::{Array, reduce, tape};

/// `axis` brought to the end.
fn lines(x: &Array, axis: usize) -> Result<Array> {
    x.detach().swapaxes(axis as i64, x.ndim() as i64 - 1)
}

fn checked_axis(operator: &str, x: &Array, axis: i64) -> Result<usize> {
    shape::axis(axis, x.ndim()).map_err(|error| error.in_operator(operator))
}

/// Sorted along an axis (`None`: flattened). nan stands last; equal elements keep no particular order.
pub fn sort(x: &Array, axis: Option<i64>) -> Result<Array> {
    let Some(axis) = axis else { return sort(&x.reshape(&[-1])?, Some(-1)) };
    let axis = checked_axis("sort", x, axis)?;
    if tape::is_recording() && x.link().is_some() {
        return along(x, &argsort(x, Some(axis as i64))?, axis);
    }
    let last = x.ndim() as i64 - 1;
    let lines = lines(x, axis)?;
    if lines.size() == 0 {
        return lines.copy()?.swapaxes(axis as i64, last);
    }
    // What has to be copied into rows is sorted there.
    let (source, out) = match lines.view().is_contiguous() {
        true => (Some(lines.operand.clone()), Array::empty(lines.shape(), x.dtype(), x.device())?),
        false => (None, lines.copy()?),
    };
    work::run(&Kernel::Sort, source.as_slice(), std::slice::from_ref(&out.operand))?;
    out.swapaxes(axis as i64, last)
}

/// int64 indices that sort along an axis (`None`: flattened); stable.
pub fn argsort(x: &Array, axis: Option<i64>) -> Result<Array> {
    let Some(axis) = axis else { return argsort(&x.detach().reshape(&[-1])?, Some(-1)) };
    if x.ndim() == 0 {
        // as NumPy: the place of one element is an array with one axis
        return argsort(&x.detach().reshape(&[1])?, Some(axis));
    }
    let axis = checked_axis("argsort", x, axis)?;
    let last = x.ndim() as i64 - 1;
    let source = lines(x, axis)?.contiguous()?;
    let out = Array::empty(source.shape(), DType::I64, x.device())?;
    if out.size() > 0 {
        work::run(
            &Kernel::ArgSort,
            std::slice::from_ref(&source.operand),
            std::slice::from_ref(&out.operand),
        )?;
    }
    out.swapaxes(axis as i64, last)
}

/// Places along an axis of this length, negative ones counted from its end.
fn places(operator: &str, kth: &[i64], length: i64, x: &Array) -> Result<Array> {
    let place = |&place: &i64| match place {
        _ if place < -length || place >= length => {
            Err(Error::value(format!("{operator}: kth(={place}) out of bounds ({length})")))
        }
        _ => Ok(if place < 0 { place + length } else { place }),
    };
    let all = kth.iter().map(place).collect::<Result<Vec<_>>>()?;
    Array::from_values(&all, &[all.len() as i64], x.device())
}

fn partitioned(x: &Array, kth: &[i64], axis: usize, indices: bool) -> Result<Array> {
    if x.size() == 0 {
        // as NumPy: where there is nothing to rearrange, every place will do
        let dtype = if indices { DType::I64 } else { x.dtype() };
        return Array::empty(x.shape(), dtype, x.device());
    }
    let operator = if indices { "argpartition" } else { "partition" };
    let places = places(operator, kth, x.shape()[axis], x)?;
    let source = lines(x, axis)?.contiguous()?;
    let dtype = if indices { DType::I64 } else { x.dtype() };
    let out = Array::empty(source.shape(), dtype, x.device())?;
    if out.size() > 0 {
        let inputs = [source.operand, places.operand];
        work::run(&Kernel::Partition { indices }, &inputs, std::slice::from_ref(&out.operand))?;
    }
    out.swapaxes(axis as i64, x.ndim() as i64 - 1)
}

/// Rearranged along an axis (`None`: flattened), so that at each of the places `kth` stands what a sort would bring there,
/// with nothing greater before and nothing less behind it.
///
/// # Errors
/// Value: a place outside the axis.
pub fn partition(x: &Array, kth: &[i64], axis: Option<i64>) -> Result<Array> {
    let Some(axis) = axis else { return partition(&x.reshape(&[-1])?, kth, Some(-1)) };
    let axis = checked_axis("partition", x, axis)?;
    if tape::is_recording() && x.link().is_some() {
        return along(x, &partitioned(x, kth, axis, true)?, axis);
    }
    partitioned(x, kth, axis, false)
}

/// int64 indices that bring an array into the order of [`partition`].
///
/// # Errors
/// Value: a place outside the axis.
pub fn argpartition(x: &Array, kth: &[i64], axis: Option<i64>) -> Result<Array> {
    let Some(axis) = axis else { return argpartition(&x.detach().reshape(&[-1])?, kth, Some(-1)) };
    if x.ndim() == 0 {
        return argpartition(&x.detach().reshape(&[1])?, kth, Some(axis));
    }
    partitioned(x, kth, checked_axis("argpartition", x, axis)?, true)
}

/// Elements of the sorted last axis, which is not empty, at int64 places inside it: the same for all lines (one axis), or
/// given for each line.
pub(crate) fn select(lines: &Array, places: &Array) -> Result<Array> {
    let mut shape = lines.shape().to_vec();
    if let Some(last) = shape.last_mut() {
        *last = places.shape()[places.ndim() - 1];
    }
    if tape::is_recording() && lines.link().is_some() {
        let order = argsort(lines, Some(-1))?;
        let chosen = crate::manipulate::take_along_axis(&order, &places.broadcast_to(&shape)?, Some(-1))?;
        return along(lines, &chosen, lines.ndim() - 1);
    }
    let places = places.detach().broadcast_to(&shape)?.contiguous()?;
    let source = lines.detach().contiguous()?;
    let out = Array::empty(&shape, lines.dtype(), lines.device())?;
    if out.size() > 0 {
        let inputs = [source.operand, places.operand];
        work::run(&Kernel::Select, &inputs, std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

/// `x` read at `indices` along an axis, the other axes one to one; recorded.
pub(crate) fn along(x: &Array, indices: &Array, axis: usize) -> Result<Array> {
    let mut index = Vec::with_capacity(x.ndim());
    for other in 0..x.ndim() {
        if other == axis {
            index.push(Index::Array(indices.clone()));
            continue;
        }
        let mut lengths = vec![1; x.ndim()];
        lengths[other] = x.shape()[other];
        let positions = base::View::contiguous(&[x.shape()[other]]);
        index.push(Index::Array(Array::positions(positions, DType::I64, x.device())?.reshape(&lengths)?));
    }
    crate::index::get(x, &index)
}

/// Where `values` would be inserted into the 1-D ascending `sorted` to keep it so: int64, of `values`' shape.
pub fn searchsorted(sorted: &Array, values: &Array, right: bool) -> Result<Array> {
    if sorted.ndim() != 1 {
        return Err(Error::value(
            "searchsorted: object too deep for desired array; the sorted array must be 1-D",
        ));
    }
    let dtype = promote::promote(sorted.dtype(), values.dtype());
    let source = sorted.detach().astype_if(dtype)?.contiguous()?;
    let wanted = values.detach().astype_if(dtype)?.contiguous()?;
    let flat = wanted.reshape(&[wanted.size()])?;
    let out = Array::empty(flat.shape(), DType::I64, sorted.device())?;
    if out.size() > 0 {
        let kernel = Kernel::SearchSorted { right };
        work::run(&kernel, &[source.operand, flat.operand], std::slice::from_ref(&out.operand))?;
    }
    out.reshape(values.shape())
}

/// `ufunc.accumulate`: the running fold along an axis, in `dtype` (or the one the operator computes in).
pub fn accumulate(op: &'static Op, x: &Array, axis: i64, dtype: Option<DType>) -> Result<Array> {
    if op.arity() != 2 {
        return Err(Error::value(format!("{}: accumulate only supported for binary functions", op.name)));
    }
    if x.ndim() == 0 {
        return Err(Error::type_(format!("{}: cannot accumulate on a scalar", op.name)));
    }
    let axis = checked_axis(op.name, x, axis)?;
    if op.kind == Kind::Compare2 {
        return reduce::running_comparisons(op, x, axis, dtype);
    }
    let result = promote::resolve(op, dtype.unwrap_or(x.dtype()))?;
    let compute = if result.is_half() { DType::F32 } else { result };
    if op.kind.result(compute) != compute || (op.scan)(compute).is_none() {
        return Err(Error::type_(format!("{}: accumulate is not supported for {result}", op.name)));
    }
    let source = x.detach().astype_if(compute)?.contiguous()?;
    let out = Array::empty(source.shape(), compute, x.device())?;
    if out.size() > 0 {
        let kernel = Kernel::Scan { op, axis };
        work::run(&kernel, std::slice::from_ref(&source.operand), std::slice::from_ref(&out.operand))?;
    }
    out.astype_if(result)
}

fn running(
    name: &'static str,
    op: &'static Op,
    x: &Array,
    axis: Option<i64>,
    dtype: Option<DType>,
) -> Result<(Array, Array, i64)> {
    let (source, axis) = match axis {
        Some(axis) => (x.clone(), axis),
        None => (x.reshape(&[-1])?, 0),
    };
    let source = if source.ndim() == 0 { source.reshape(&[1])? } else { source };
    let axis = checked_axis(name, &source, axis)? as i64;
    let dtype = dtype.unwrap_or(promote::sum_dtype(x.dtype()));
    let out = accumulate(op, &source, axis, Some(dtype)).map_err(|error| error.in_operator(name))?;
    Ok((source, out, axis))
}

/// The array with an axis reversed; a view.
fn reversed(x: &Array, axis: i64) -> Result<Array> {
    let mut index = vec![Index::Slice { start: None, stop: None, step: None }; axis as usize];
    index.push(Index::Slice { start: None, stop: None, step: Some(-1) });
    crate::index::get(x, &index)
}

/// Running sum along an axis (`None`: flattened). Small integers accumulate in 64 bits.
pub fn cumsum(x: &Array, axis: Option<i64>, dtype: Option<DType>) -> Result<Array> {
    let (source, out, axis) = running("cumsum", ops::ADD, x, axis, dtype)?;
    Ok(tape::record("cumsum", &[&source], out, || {
        let from = source.dtype();
        Box::new(move |gradient| {
            let total = cumsum(&reversed(gradient, axis)?, Some(axis), None)?;
            Ok(vec![Some(reversed(&total, axis)?.astype_if(from)?)])
        })
    }))
}

/// Running product along an axis (`None`: flattened). The gradient divides by the elements, so zeros give nan there.
pub fn cumprod(x: &Array, axis: Option<i64>, dtype: Option<DType>) -> Result<Array> {
    let (source, out, axis) = running("cumprod", ops::MULTIPLY, x, axis, dtype)?;
    let result = out.detach();
    Ok(tape::record_saving("cumprod", &[&source], &[&source], out, || {
        let source = source.clone();
        Box::new(move |gradient| {
            let recomputed;
            let result = if tape::is_recording() {
                recomputed = cumprod(&source, Some(axis), None)?;
                &recomputed
            } else {
                &result
            };
            let part = multiply(gradient, result)?;
            let total = reversed(&cumsum(&reversed(&part, axis)?, Some(axis), None)?, axis)?;
            Ok(vec![Some(call2(ops::DIVIDE, &total, &source)?.astype_if(source.dtype())?)])
        })
    }))
}

/// int64 indices of non-zero elements, one array per axis, in C order.
pub fn nonzero(x: &Array) -> Result<Vec<Array>> {
    if x.ndim() == 0 {
        return Err(Error::value(
            "nonzero: calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead",
        ));
    }
    crate::index_array::nonzero(x)
}

/// How many elements are not zero, over all axes or some.
pub fn count_nonzero(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Array> {
    if let (None, false, Some(count)) = (axes, keepdims, graph::few::count_nonzero(&x.operand)) {
        return Array::scalar(base::Scalar::I64(count), x.device());
    }
    if axes.is_none() && x.dtype().is_bool() {
        let count = crate::index_array::count(&crate::index_array::flat_mask(x)?)?;
        let shape = if keepdims { vec![1; x.ndim()] } else { Vec::new() };
        return Array::full(&shape, base::Scalar::I64(count), DType::I64, x.device());
    }
    let truth =
        crate::elementwise::call(ops::NOT_EQUAL, &[Argument::Array(&x.detach()), Argument::from(0i64)])?;
    crate::reduce::sum(&truth, &crate::reduce::Options { axes, keepdims, ..Default::default() })
}
