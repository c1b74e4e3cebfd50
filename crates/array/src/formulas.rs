//! Functions that are short formulas over operators and reductions: bounds, rounding to decimals, repair of nan, means
//! with weights, comparison within a tolerance. Gradients and devices follow from the parts. Called by the fronts.

use base::promote::Weak;
use base::{DType, Error, Op, Result, Scalar, promote, shape};

use crate::create::{self, Order};
use crate::elementwise::{Argument, call, call1, call2, common_device, multiply};
use crate::{Array, reduce};

fn op2<'a>(op: &'static Op, x: impl Into<Argument<'a>>, y: impl Into<Argument<'a>>) -> Result<Array> {
    call(op, &[x.into(), y.into()])
}

/// Complex numbers whose real and imaginary parts `work` has changed; not recorded.
fn part_by_part(x: &Array, work: impl Fn(&Array) -> Result<Array>) -> Result<Array> {
    let changed = x.detach().copy()?;
    for part in [changed.real()?, changed.imag()?] {
        part.write(&work(&part)?, false)?;
    }
    Ok(changed)
}

/// Rounded to a number of decimals, halves to even; negative numbers round before the decimal point.
///
/// # Errors
/// Type: a dtype without rounding.
pub fn round(x: &Array, decimals: i64) -> Result<Array> {
    round_checked(x, decimals).map_err(|error| error.in_operator("round"))
}

fn round_checked(x: &Array, decimals: i64) -> Result<Array> {
    if x.dtype().is_integer() && decimals >= 0 {
        return create::copy(x, Order::K);
    }
    if decimals == 0 {
        return call1(ops::RINT, x);
    }
    if x.dtype().is_bool() {
        return Err(Error::type_("bools have no decimals to round to; cast them with astype()"));
    }
    if x.dtype().is_complex() {
        return part_by_part(x, |part| round_checked(part, decimals));
    }
    let scale = 10f64.powi(decimals.abs().min(400) as i32);
    if x.dtype().is_integer() {
        let tens = call1(ops::RINT, &op2(ops::DIVIDE, &x.astype(DType::F64)?, scale)?)?;
        return op2(ops::MULTIPLY, &tens, scale)?.astype(x.dtype());
    }
    let (before, after) =
        if decimals > 0 { (ops::MULTIPLY, ops::DIVIDE) } else { (ops::DIVIDE, ops::MULTIPLY) };
    op2(after, &call1(ops::RINT, &op2(before, x, scale)?)?, scale)
}

/// Replacements of [`nan_to_num`]; infinities become the limits of the dtype where none is given.
#[derive(Clone, Copy, Debug)]
pub struct Replacements<'a> {
    pub nan: Argument<'a>,
    pub positive_infinity: Option<Argument<'a>>,
    pub negative_infinity: Option<Argument<'a>>,
}

/// Greatest finite number of a float dtype.
fn greatest(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 65504.0,
        DType::BF16 => f64::from(f32::from_bits(0x7f7f_0000)),
        DType::F32 => f64::from(f32::MAX),
        _ => f64::MAX,
    }
}

/// nan and infinities replaced by numbers; integers have none.
pub fn nan_to_num(x: &Array, replacements: &Replacements) -> Result<Array> {
    repaired(x, replacements).map_err(|error| error.in_operator("nan_to_num"))
}

fn repaired(x: &Array, replacements: &Replacements) -> Result<Array> {
    let dtype = x.dtype();
    if !dtype.is_inexact() {
        return x.copy();
    }
    if dtype.is_complex() {
        return part_by_part(x, |part| repaired(part, replacements));
    }
    let limit = greatest(dtype);
    let rows = [
        (call1(ops::ISNAN, x)?, replacements.nan),
        (op2(ops::EQUAL, x, f64::INFINITY)?, replacements.positive_infinity.unwrap_or(limit.into())),
        (op2(ops::EQUAL, x, f64::NEG_INFINITY)?, replacements.negative_infinity.unwrap_or((-limit).into())),
    ];
    let mut result = x.clone();
    for (mask, value) in &rows {
        result = call(ops::WHERE, &[Argument::Array(mask), *value, Argument::Array(&result)])?;
    }
    result.astype_if(dtype)
}

/// Distance between the greatest and the least element over axes.
pub fn ptp(x: &Array, options: &reduce::Options) -> Result<Array> {
    let apart = |error: Error| error.in_operator("ptp");
    let (greatest, least) =
        (reduce::max(x, options).map_err(apart)?, reduce::min(x, options).map_err(apart)?);
    call2(ops::SUBTRACT, &greatest, &least).map_err(apart)
}

/// Weights over the axes of `x` that they belong to.
pub(crate) fn spread_weights(x: &Array, weights: &Array, axes: Option<&[i64]>) -> Result<Array> {
    if weights.shape() == x.shape() {
        return Ok(weights.clone());
    }
    let Some(axes) = axes else {
        return Err(Error::type_("Axis must be specified when shapes of a and weights differ."));
    };
    let axes = shape::axes(axes, x.ndim())?;
    let fits = axes.len() == weights.ndim()
        && axes.iter().zip(weights.shape()).all(|(&axis, &length)| x.shape()[axis] == length);
    if !fits {
        return Err(Error::value(
            "Shape of weights must be consistent with shape of a along specified axis.",
        ));
    }
    let mut order: Vec<usize> = (0..axes.len()).collect();
    order.sort_by_key(|&at| axes[at]);
    let turned = weights.transpose(Some(&order.iter().map(|&at| at as i64).collect::<Vec<_>>()))?;
    let mut lengths = vec![1; x.ndim()];
    axes.iter().for_each(|&axis| lengths[axis] = x.shape()[axis]);
    turned.reshape(&lengths)
}

/// The mean over axes in which elements count by their weights, and the sum of the weights.
///
/// # Errors
/// ZeroDivision: weights with the sum 0. Type, Value: weights whose shape does not belong to the axes.
pub fn average(
    x: &Array,
    axes: Option<&[i64]>,
    weights: Option<&Array>,
    keepdims: bool,
) -> Result<(Array, Array)> {
    averaged(x, axes, weights, keepdims).map_err(|error| error.in_operator("average"))
}

fn averaged(
    x: &Array,
    axes: Option<&[i64]>,
    weights: Option<&Array>,
    keepdims: bool,
) -> Result<(Array, Array)> {
    let options = reduce::Options { axes, keepdims, ..Default::default() };
    let Some(weights) = weights else {
        let mean = reduce::mean(x, &options)?;
        let count = x.size() / mean.size().max(1);
        let total = Array::full(mean.shape(), Scalar::I64(count), mean.dtype(), mean.device())?;
        return Ok((mean, total));
    };
    let common = promote::promote(x.dtype(), weights.dtype());
    let dtype = if common.is_inexact() { common } else { promote::default_float() };
    let weights = spread_weights(x, weights, axes)?.astype_if(dtype)?;
    let weights = weights.broadcast_to(x.shape())?;
    let total = reduce::sum(&weights, &options)?;
    if reduce::any(&op2(ops::EQUAL, &total.detach(), 0i64)?, &reduce::Options::default())?.item()?.is_truthy()
    {
        return Err(Error::zero_division("Weights sum to zero, can't be normalized"));
    }
    let sum = reduce::sum(&multiply(&x.astype_if(dtype)?, &weights)?, &options)?;
    Ok((call2(ops::DIVIDE, &sum, &total)?, total))
}

/// How near two numbers must be for [`isclose`]: `|x - y| <= absolute + relative * |y|`.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance<'a> {
    pub relative: Argument<'a>,
    pub absolute: Argument<'a>,
    /// Whether nan is near nan.
    pub equal_nan: bool,
}

/// Whether elements are equal within a tolerance; infinities equal themselves only.
pub fn isclose(x: Argument, y: Argument, tolerance: &Tolerance) -> Result<Array> {
    crate::tape::paused(|| near(x, y, tolerance)).map_err(|error| error.in_operator("isclose"))
}

fn near(x: Argument, y: Argument, tolerance: &Tolerance) -> Result<Array> {
    let (first, second) = (wide(x)?, wide(y)?);
    let one;
    let (x, y) = match (&first, &second) {
        // two numbers are compared as doubles, like any others
        (Wide::Number(weak, value), Wide::Number(..)) => {
            let dtype = if *weak == Weak::Complex { DType::C128 } else { DType::F64 };
            one = Array::scalar(value.cast(dtype), common_device(&[x, y])?)?;
            ((&one).into(), second.argument())
        }
        _ => (first.argument(), second.argument()),
    };
    let distance = call1(ops::ABSOLUTE, &call(ops::SUBTRACT, &[x, y])?)?;
    let within = match y {
        Argument::Array(y) => {
            let relative = call(ops::MULTIPLY, &[tolerance.relative, (&call1(ops::ABSOLUTE, y)?).into()])?;
            let bound = call(ops::ADD, &[tolerance.absolute, (&relative).into()])?;
            call2(ops::LOGICAL_AND, &call2(ops::LESS_EQUAL, &distance, &bound)?, &call1(ops::ISFINITE, y)?)?
        }
        Argument::Scalar(_, y) => within_bound(&distance, y, tolerance)?,
    };
    let same = call2(ops::LOGICAL_OR, &within, &call(ops::EQUAL, &[x, y])?)?;
    if !tolerance.equal_nan {
        return Ok(same);
    }
    let is_nan = |x: Argument| match x {
        Argument::Array(x) => call1(ops::ISNAN, x),
        Argument::Scalar(_, value) => Array::scalar(Scalar::Bool(value.as_complex().is_nan()), same.device()),
    };
    let both = call2(ops::LOGICAL_AND, &is_nan(x)?, &is_nan(y)?)?;
    call2(ops::LOGICAL_OR, &same, &both)
}

/// A side of [`isclose`]: an array of floats, or a number that adapts to the other side.
enum Wide {
    Array(Array),
    Number(Weak, Scalar),
}

impl Wide {
    fn argument(&self) -> Argument<'_> {
        match self {
            Wide::Array(array) => array.into(),
            Wide::Number(weak, value) => Argument::Scalar(*weak, *value),
        }
    }
}

/// Integers are compared as doubles, so that none of them is rounded to float32.
fn wide(x: Argument) -> Result<Wide> {
    Ok(match x {
        Argument::Array(x) if x.dtype().is_inexact() => Wide::Array(x.detach()),
        Argument::Array(x) => Wide::Array(x.detach().astype(DType::F64)?),
        Argument::Scalar(Weak::Complex, value) => Wide::Number(Weak::Complex, value),
        Argument::Scalar(_, value) => Wide::Number(Weak::Float, Scalar::F64(value.as_f64())),
    })
}

/// Whether distances from a number are within its bound.
fn within_bound(distance: &Array, y: Scalar, tolerance: &Tolerance) -> Result<Array> {
    let size = y.as_complex();
    if !size.is_finite() {
        return Array::full(distance.shape(), Scalar::Bool(false), DType::Bool, distance.device());
    }
    let size = size.norm();
    let weak = |value: f64| Argument::Scalar(Weak::Float, Scalar::F64(value));
    match (tolerance.relative, tolerance.absolute) {
        (Argument::Scalar(_, relative), Argument::Scalar(_, absolute)) => {
            let bound = absolute.as_f64() + relative.as_f64() * size;
            call(ops::LESS_EQUAL, &[distance.into(), weak(bound)])
        }
        (Argument::Scalar(_, relative), absolute) => {
            let bound = call(ops::ADD, &[absolute, weak(relative.as_f64() * size)])?;
            call2(ops::LESS_EQUAL, distance, &bound)
        }
        (relative, absolute) => {
            let bound = call(ops::ADD, &[absolute, (&call(ops::MULTIPLY, &[relative, weak(size)])?).into()])?;
            call2(ops::LESS_EQUAL, distance, &bound)
        }
    }
}

fn all_true(mask: &Array) -> Result<bool> {
    Ok(reduce::all(mask, &reduce::Options::default())?.item()?.is_truthy())
}

/// Whether all elements are equal within a tolerance.
pub fn allclose(x: Argument, y: Argument, tolerance: &Tolerance) -> Result<bool> {
    isclose(x, y, tolerance).and_then(|mask| all_true(&mask)).map_err(|error| error.in_operator("allclose"))
}

/// Whether two arrays have one shape and equal elements; with `equal_nan`, nan equals nan.
pub fn array_equal(x: &Array, y: &Array, equal_nan: bool) -> Result<bool> {
    if x.shape() != y.shape() {
        return Ok(false);
    }
    let (x, y) = (x.detach(), y.detach());
    let same = call2(ops::EQUAL, &x, &y)?;
    if !equal_nan || !x.dtype().is_inexact() || !y.dtype().is_inexact() {
        return all_true(&same);
    }
    let both = call2(ops::LOGICAL_AND, &call1(ops::ISNAN, &x)?, &call1(ops::ISNAN, &y)?)?;
    all_true(&call2(ops::LOGICAL_OR, &same, &both)?)
}

/// Whether two arrays broadcast together and have equal elements then.
pub fn array_equiv(x: &Array, y: &Array) -> Result<bool> {
    if shape::broadcast(&[x.shape(), y.shape()]).is_err() {
        return Ok(false);
    }
    all_true(&call2(ops::EQUAL, &x.detach(), &y.detach())?)
}
