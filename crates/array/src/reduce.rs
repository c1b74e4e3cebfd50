//! Reductions: folds of an elementwise operator over axes (`sum`, `prod`, `max`, `min`, `any`, `all`, `ufunc.reduce`),
//! `argmax`/`argmin`, and the statistics made of them. dtype rules, empty axes, `where=`, `initial=`, gradients.

mod comparisons;

pub(crate) use comparisons::running as running_comparisons;

use base::promote::{self, Weak};
use base::{DType, Dims, Error, Kind, Op, Result, Scalar, View, shape};
use graph::program::Action;
use graph::{Operand, Source, eager, few, work};
use smallvec::SmallVec;

use crate::elementwise::{self, Argument, call, call1, call2};
use crate::index::{self, Index};
use crate::{Array, tape};

/// The arguments that all reductions share.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Axes to reduce; `None` for all.
    pub axes: Option<&'a [i64]>,
    /// dtype of the result and of the accumulation.
    pub dtype: Option<DType>,
    pub keepdims: bool,
    /// Folded in front of the elements.
    pub initial: Option<Scalar>,
    /// Elements to include.
    pub mask: Option<&'a Array>,
    /// The caller holds the only handle on the array, so a pending one need not be kept.
    pub ephemeral: bool,
}

impl Options<'_> {
    /// [`Options::resolve`] without NumPy's leniency for arrays without axes, as `mean` and `var`.
    fn resolve_strictly(&self, x: &Array) -> Result<SmallVec<[usize; 4]>> {
        match self.axes {
            Some(axes) => shape::axes(axes, x.ndim()),
            None => self.resolve(x),
        }
    }

    fn resolve(&self, x: &Array) -> Result<SmallVec<[usize; 4]>> {
        match self.axes {
            None => Ok((0..x.ndim()).collect()),
            // NumPy lets an array without axes be reduced over its first or last one
            Some([0 | -1]) if x.ndim() == 0 => Ok(SmallVec::new()),
            Some(axes) => shape::axes(axes, x.ndim()),
        }
    }
}

/// Folds `x` by `op` over axes (as `ufunc.reduce`); the result keeps `x`'s dtype unless `dtype` is given.
///
/// # Errors
/// Axis, Value (no identity for an empty fold), Type (the operator does not fold this dtype).
pub fn fold(op: &'static Op, x: &Array, options: &Options) -> Result<Array> {
    fold_checked(op, x, options).map_err(|error| error.in_operator(op.name))
}

fn fold_checked(op: &'static Op, x: &Array, options: &Options) -> Result<Array> {
    if op.arity() != 2 {
        return Err(Error::value("reduce only supported for binary functions"));
    }
    let axes = options.resolve(x)?;
    if op.kind == Kind::Compare2 {
        return comparisons::reduced(op, x, options, &axes);
    }
    let compute = promote::resolve(op, options.dtype.unwrap_or(x.dtype()))?;
    if op.kind.result(compute) != compute {
        return Err(Error::type_(format!("a fold needs a result of its own dtype, not bool from {compute}")));
    }
    if let (Some(mask), Some(initial), None, false, [axis]) =
        (options.mask, options.initial, op.identity, op.associative, &axes[..])
    {
        return fold_selected(op, x, mask, *axis, initial.cast(compute), options.keepdims);
    }
    let masked;
    let source = match options.mask {
        None => x,
        Some(mask) => {
            masked = mask_out(op, x, mask, options.initial, compute)?;
            &masked
        }
    };
    let count: i64 = axes.iter().map(|&axis| source.shape()[axis]).product();
    let folded = if count == 0 {
        fold_of_nothing(op, source, &axes, options, compute)?
    } else {
        let ephemeral = options.ephemeral || options.mask.is_some();
        run(Action::Fold(op), source, &axes, compute, options.keepdims, ephemeral)?
    };
    match options.initial {
        // associative operators without an identity are extremes, which may meet `initial` twice (`mask_out` puts it in)
        Some(initial) if count > 0 && (options.mask.is_none() || op.identity.is_some() || op.associative) => {
            let initial = Array::scalar(initial.cast(compute), x.device())?;
            call2(op, &initial, &folded)?.astype_if(compute)
        }
        _ => Ok(folded),
    }
}

fn identity(op: &'static Op, dtype: DType) -> Option<Scalar> {
    op.identity.map(|value| Scalar::F64(value).cast(dtype))
}

/// `x` with the identity (`initial` for operators without one) where the mask is false.
fn mask_out(
    op: &'static Op,
    x: &Array,
    mask: &Array,
    initial: Option<Scalar>,
    compute: DType,
) -> Result<Array> {
    let Some(neutral) = identity(op, compute).or(initial.map(|value| value.cast(compute))) else {
        return Err(Error::value(format!(
            "reduction operation '{}' does not have an identity, so to use a where mask one has to specify 'initial'",
            op.name
        )));
    };
    let neutral = Array::scalar(neutral, x.device())?;
    let x = x.astype_if(compute)?;
    let masked = call(ops::WHERE, &[Argument::Array(mask), Argument::Array(&x), Argument::Array(&neutral)])?;
    if masked.shape() != x.shape() {
        return Err(Error::value(format!(
            "where of shape {} does not broadcast to {}",
            shape::text(mask.shape()),
            shape::text(x.shape())
        )));
    }
    Ok(masked)
}

/// A fold along one axis by an operator for which no element stands for "nothing" (`subtract`): step by step, only where
/// the mask is true.
fn fold_selected(
    op: &'static Op,
    x: &Array,
    mask: &Array,
    axis: usize,
    initial: Scalar,
    keepdims: bool,
) -> Result<Array> {
    let compute = initial.dtype();
    let x = x.astype_if(compute)?;
    let mask = mask.broadcast_to(x.shape())?;
    let shape = kept_shape(&x, &[axis], keepdims);
    let mut carry = Array::full(&shape, initial, compute, x.device())?;
    let mut place = vec![Index::Slice { start: None, stop: None, step: None }; axis + 1];
    for at in 0..x.shape()[axis] {
        place[axis] = Index::Slice { start: Some(at), stop: Some(at + 1), step: None };
        let line = |array: &Array| index::get(array, &place)?.reshape(&shape);
        let next = call2(op, &carry, &line(&x)?)?.astype_if(compute)?;
        let chosen = line(&mask)?;
        carry = call(ops::WHERE, &[(&chosen).into(), (&next).into(), (&carry).into()])?;
    }
    Ok(carry)
}

fn kept_shape(x: &Array, axes: &[usize], keepdims: bool) -> Dims {
    let mut out = Dims::new();
    for (axis, &length) in x.shape().iter().enumerate() {
        match (axes.contains(&axis), keepdims) {
            (false, _) => out.push(length),
            (true, true) => out.push(1),
            (true, false) => {}
        }
    }
    out
}

fn fold_of_nothing(
    op: &'static Op,
    x: &Array,
    axes: &[usize],
    options: &Options,
    compute: DType,
) -> Result<Array> {
    let value = options.initial.map(|value| value.cast(compute)).or_else(|| identity(op, compute));
    let shape = kept_shape(x, axes, options.keepdims);
    match value {
        Some(value) => Array::full(&shape, value, compute, x.device()),
        None => Err(Error::value(format!(
            "zero-size array to reduction operation {} which has no identity",
            op.name
        ))),
    }
}

/// Runs a reduction in memory order. Halves accumulate in float32 and are rounded once.
fn run(
    action: Action,
    x: &Array,
    axes: &[usize],
    compute: DType,
    keepdims: bool,
    ephemeral: bool,
) -> Result<Array> {
    if let Action::Fold(op) = action
        && axes.len() == x.ndim()
        && compute == x.dtype()
        && let Some(node) = eager::fold(op, &x.operand)
    {
        let shape = kept_shape(x, axes, keepdims);
        return Ok(Array::whole(node?, &shape));
    }
    if matches!(action, Action::ArgMax | Action::ArgMin)
        && axes.len() == x.ndim()
        && let Some(node) = few::extreme_place(&x.operand, matches!(action, Action::ArgMax))
    {
        return Ok(Array::whole(node?, &kept_shape(x, axes, keepdims)));
    }
    let folded = run_kernel(action, x, axes, compute, keepdims, ephemeral)?;
    match action {
        // NumPy starts from the identity: a sum of negative zeros is +0
        Action::Fold(op) if op.identity == Some(0.0) && compute.is_inexact() => {
            call(op, &[Argument::from(0.0), Argument::Array(&folded)])
        }
        _ => Ok(folded),
    }
}

fn run_kernel(
    action: Action,
    x: &Array,
    axes: &[usize],
    compute: DType,
    keepdims: bool,
    ephemeral: bool,
) -> Result<Array> {
    let ordered = matches!(action, Action::ArgMax | Action::ArgMin) && axes.len() > 1;
    let strict = matches!(action, Action::Fold(op) if op.identity.is_none() && !op.associative);
    let order: Vec<usize> = if ordered || strict { (0..x.ndim()).collect() } else { x.view().memory_order() };
    let permuted = x.view().permute(&order);
    let reduced: SmallVec<[bool; 4]> = order.iter().map(|axis| axes.contains(axis)).collect();
    let accumulate = if compute.is_half() { DType::F32 } else { compute };
    let view_shape = permuted.shape.clone();
    let source = Source::Operand(Operand::new(x.operand.node.clone(), permuted, x.dtype()));
    let node = work::reduce(action, accumulate, &source, &view_shape, &reduced, x.device(), ephemeral)?;
    let arg = matches!(action, Action::ArgMax | Action::ArgMin);
    // from memory order over the kept axes back to the array's order
    let kept: Vec<usize> = order.iter().copied().filter(|axis| !axes.contains(axis)).collect();
    let kept_lengths: Dims = kept.iter().map(|&axis| x.shape()[axis]).collect();
    let folded = Array::whole(node, &kept_lengths);
    let mut view = View { shape: Dims::new(), strides: Dims::new(), offset: 0 };
    for axis in 0..x.ndim() {
        if let Some(at) = kept.iter().position(|&one| one == axis) {
            view.shape.push(folded.shape()[at]);
            view.strides.push(folded.strides()[at]);
        } else if keepdims {
            view.shape.push(1);
            view.strides.push(0);
        }
    }
    let folded = folded.with_view(view);
    if !arg && compute != accumulate { folded.convert(compute, false) } else { Ok(folded) }
}

/// [`fold`] over checked axes in `x`'s own dtype.
pub(crate) fn fold_axes(op: &'static Op, x: &Array, axes: &[usize], keepdims: bool) -> Result<Array> {
    let axes: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
    let options = Options { axes: Some(&axes), keepdims, ..Options::default() };
    if op.name == ops::ADD.name { sum(x, &options) } else { fold(op, x, &options) }
}

/// A gradient (or result) over the kept axes, seen over all of `x`'s axes with length 1 where reduced.
fn with_kept_axes(array: &Array, x: &Array, axes: &[usize]) -> Result<Array> {
    crate::array_reshape(array, &kept_shape(x, axes, true))
}

/// Sum of elements. Small integers accumulate in 64 bits.
pub fn sum(x: &Array, options: &Options) -> Result<Array> {
    let dtype = options.dtype.unwrap_or(promote::sum_dtype(x.dtype()));
    let total = fold(ops::ADD, x, &Options { dtype: Some(dtype), ..*options })
        .map_err(|error| rename(error, ops::ADD.name, "sum"))?;
    let axes = options.resolve(x)?;
    let mask = options.mask.cloned();
    Ok(tape::record_rounding("sum", &[x], total, || {
        let x = x.detach();
        Box::new(move |gradient| Ok(vec![Some(spread(gradient, &x, &axes, mask.as_ref())?)]))
    }))
}

/// The gradient of a sum: that of the result at every element that was in it.
fn spread(gradient: &Array, x: &Array, axes: &[usize], mask: Option<&Array>) -> Result<Array> {
    let everywhere = with_kept_axes(gradient, x, axes)?.broadcast_to(x.shape())?.astype_if(x.dtype())?;
    match mask {
        None => Ok(everywhere),
        Some(mask) => call2(ops::MULTIPLY, &everywhere, &mask.astype_if(x.dtype())?),
    }
}

fn rename(error: Error, from: &str, to: &str) -> Error {
    match error.message.strip_prefix(from) {
        Some(rest) => Error { kind: error.kind, message: format!("{to}{rest}") },
        None => error,
    }
}

/// Product of elements. Small integers accumulate in 64 bits.
pub fn prod(x: &Array, options: &Options) -> Result<Array> {
    let dtype = options.dtype.unwrap_or(promote::sum_dtype(x.dtype()));
    let total = fold(ops::MULTIPLY, x, &Options { dtype: Some(dtype), ..*options })
        .map_err(|error| rename(error, ops::MULTIPLY.name, "prod"))?;
    let axes = options.resolve(x)?;
    let masked = options.mask.is_some();
    Ok(tape::record("prod", &[x], total, || {
        let x = x.clone();
        Box::new(move |gradient| {
            if masked {
                return Err(Error::runtime("prod: no gradient with where="));
            }
            product_gradient(gradient, &x, &axes).map(|gradient| vec![Some(gradient)])
        })
    }))
}

/// Each element's gradient is the product of the others; written so that zeros do not divide.
fn product_gradient(gradient: &Array, x: &Array, axes: &[usize]) -> Result<Array> {
    let zero = call(ops::EQUAL, &[Argument::Array(x), Argument::from(0.0)])?;
    let one = Array::scalar(Scalar::one(x.dtype()), x.device())?;
    let filled = call(ops::WHERE, &[Argument::Array(&zero), Argument::Array(&one), Argument::Array(x)])?;
    let axes_i64: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
    let product = prod(&filled, &Options { axes: Some(&axes_i64), keepdims: true, ..Options::default() })?;
    let zeros = sum(&zero, &Options { axes: Some(&axes_i64), keepdims: true, ..Options::default() })?;
    let others = call2(ops::SUBTRACT, &zeros, &zero.astype(DType::I64)?)?;
    let alone = call(ops::EQUAL, &[Argument::Array(&others), Argument::from(0i64)])?;
    let value = call2(ops::DIVIDE, &product, &filled)?;
    let spread = with_kept_axes(gradient, x, axes)?;
    let nothing = Array::scalar(Scalar::zero(x.dtype()), x.device())?;
    let kept =
        call(ops::WHERE, &[Argument::Array(&alone), Argument::Array(&value), Argument::Array(&nothing)])?;
    elementwise::multiply(&kept, &spread)
}

/// Greatest (`op` = maximum) or least (minimum) element; nan wins. Every tied element gets the gradient.
pub(crate) fn extreme(name: &'static str, op: &'static Op, x: &Array, options: &Options) -> Result<Array> {
    let found = fold(op, x, options).map_err(|error| Error {
        kind: error.kind,
        message: if error.message.contains("zero-size") {
            error.message.replacen(&format!("{}: ", op.name), &format!("{name}: "), 1)
        } else {
            error.message
        },
    })?;
    let axes = options.resolve(x)?;
    let result = found.detach();
    Ok(tape::record_saving(name, &[x], &[x], found, || {
        let x = x.clone();
        Box::new(move |gradient| {
            let equal = call2(ops::EQUAL, &x, &with_kept_axes(&result, &x, &axes)?)?;
            let spread = with_kept_axes(gradient, &x, &axes)?;
            Ok(vec![Some(elementwise::multiply(&equal.astype(x.dtype())?, &spread)?)])
        })
    }))
}

pub fn max(x: &Array, options: &Options) -> Result<Array> {
    extreme("max", ops::MAXIMUM, x, options)
}

pub fn min(x: &Array, options: &Options) -> Result<Array> {
    extreme("min", ops::MINIMUM, x, options)
}

/// Whether any element is not zero (nan counts).
pub fn any(x: &Array, options: &Options) -> Result<Array> {
    fold(ops::LOGICAL_OR, x, &Options { dtype: Some(DType::Bool), ..*options })
}

/// Whether all elements are not zero.
pub fn all(x: &Array, options: &Options) -> Result<Array> {
    fold(ops::LOGICAL_AND, x, &Options { dtype: Some(DType::Bool), ..*options })
}

fn arg(name: &'static str, action: Action, x: &Array, axis: Option<i64>, keepdims: bool) -> Result<Array> {
    let one = axis.map(|axis| [axis]);
    let options = Options { axes: one.as_ref().map(|axis| axis.as_slice()), ..Options::default() };
    let axes = options.resolve(x).map_err(|error| error.in_operator(name))?;
    let count: i64 = axes.iter().map(|&axis| x.shape()[axis]).product();
    if count == 0 {
        return Err(Error::value(format!("{name}: attempt to get {name} of an empty sequence")));
    }
    let source = if x.dtype().is_half() { x.convert(DType::F32, false)? } else { x.detach() };
    run(action, &source, &axes, source.dtype(), keepdims, false)
}

/// int64 index of the first greatest element along an axis (of all elements in C order); the first nan wins.
pub fn argmax(x: &Array, axis: Option<i64>, keepdims: bool) -> Result<Array> {
    arg("argmax", Action::ArgMax, x, axis, keepdims)
}

/// int64 index of the first least element.
pub fn argmin(x: &Array, axis: Option<i64>, keepdims: bool) -> Result<Array> {
    arg("argmin", Action::ArgMin, x, axis, keepdims)
}

/// dtype of `mean`, `var`, `std` without `dtype`: floats stay, others become the default float.
pub(crate) fn mean_dtype(dtype: DType) -> DType {
    if dtype.is_inexact() { dtype } else { promote::default_float() }
}

/// Number of elements per result, as an array where a mask decides.
fn count_of(x: &Array, options: &Options, axes: &[usize], dtype: DType) -> Result<Array> {
    match options.mask {
        None => {
            let count: i64 = axes.iter().map(|&axis| x.shape()[axis]).product();
            Array::scalar(Scalar::I64(count).cast(dtype), x.device())
        }
        Some(mask) => {
            let mask = mask.broadcast_to(x.shape())?;
            let counts = sum(&mask, &Options { mask: None, initial: None, dtype: None, ..*options })?;
            counts.astype(dtype)
        }
    }
}

/// Number of elements per result as a number, where no mask decides and the division is one of floats.
fn plain_count(x: &Array, options: &Options, axes: &[usize], dtype: DType) -> Option<f64> {
    let count: i64 = axes.iter().map(|&axis| x.shape()[axis]).product();
    (options.mask.is_none() && dtype.is_inexact()).then_some(count as f64)
}

/// Arithmetic mean; halves accumulate in float32.
pub fn mean(x: &Array, options: &Options) -> Result<Array> {
    let axes = options.resolve_strictly(x).map_err(|error| error.in_operator("mean"))?;
    let dtype = options.dtype.unwrap_or(mean_dtype(x.dtype()));
    let converts = dtype != x.dtype() && !dtype.is_complex() && x.dtype().is_float();
    if converts && tape::is_recording() {
        return converted_mean(x, options, axes);
    }
    let wide = if dtype.is_half() { DType::F32 } else { dtype };
    let total = sum(x, &Options { dtype: Some(wide), ..*options })?;
    if let Some(count) = plain_count(x, options, &axes, wide) {
        return call(ops::DIVIDE, &[Argument::Array(&total), Argument::from(count)])?.astype_if(dtype);
    }
    let count = count_of(x, options, &axes, wide.real())?;
    call2(ops::DIVIDE, &total, &count)?.astype_if(dtype)
}

/// A recorded mean of floats in another dtype: its gradient is that of the mean in the array's own, also for integers, as
/// in MXNet.
fn converted_mean(x: &Array, options: &Options, axes: SmallVec<[usize; 4]>) -> Result<Array> {
    let value = tape::paused(|| mean(x, options))?;
    let count = tape::paused(|| count_of(x, options, &axes, x.dtype().real()))?;
    let mask = options.mask.cloned();
    Ok(tape::record_rounding("mean", &[x], value, || {
        let x = x.detach();
        Box::new(move |gradient| {
            let share = call2(ops::DIVIDE, &gradient.astype_if(x.dtype())?, &count)?;
            Ok(vec![Some(spread(&share, &x, &axes, mask.as_ref())?)])
        })
    }))
}

/// Mean squared distance from the mean, or from another number, over `count - correction` elements.
pub fn var(x: &Array, options: &Options, correction: f64, center: Option<&Array>) -> Result<Array> {
    let axes = options.resolve_strictly(x).map_err(|error| error.in_operator("var"))?;
    let dtype = options.dtype.unwrap_or(mean_dtype(x.dtype()));
    let wide = if dtype.is_half() { DType::F32 } else { dtype };
    let center = match center {
        Some(center) if wide.is_complex() || !center.dtype().is_complex() => center.astype_if(wide)?,
        Some(_) => return Err(Error::type_("var: a complex mean of real numbers")),
        None => mean(x, &Options { dtype: Some(wide), keepdims: true, ..*options })?,
    };
    let distance = call2(ops::SUBTRACT, &x.astype_if(wide)?, &center)?;
    let square = if wide.is_complex() {
        let real = call1(ops::REAL, &distance)?;
        let imaginary = call1(ops::IMAG, &distance)?;
        elementwise::add(
            &elementwise::multiply(&real, &real)?,
            &elementwise::multiply(&imaginary, &imaginary)?,
        )?
    } else {
        elementwise::multiply(&distance, &distance)?
    };
    drop(distance);
    let ephemeral = Options { dtype: Some(wide.real()), ephemeral: true, ..*options };
    let total = sum(&square, &ephemeral)?;
    if let Some(count) = plain_count(x, options, &axes, wide) {
        let divisor = Argument::from((count - correction).max(0.0));
        return call(ops::DIVIDE, &[Argument::Array(&total), divisor])?.astype_if(dtype.real());
    }
    let count = count_of(x, options, &axes, wide.real())?;
    let divisor = call(
        ops::MAXIMUM,
        &[
            Argument::Array(&call(ops::SUBTRACT, &[Argument::Array(&count), Argument::from(correction)])?),
            Argument::Scalar(Weak::Float, Scalar::F64(0.0)),
        ],
    )?;
    call2(ops::DIVIDE, &total, &divisor)?.astype_if(dtype.real())
}

/// Square root of [`var`].
pub fn std(x: &Array, options: &Options, correction: f64, center: Option<&Array>) -> Result<Array> {
    call1(ops::SQRT, &var(x, options, correction, center)?)
}
