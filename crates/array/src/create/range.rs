//! Evenly spaced numbers: `arange`, `linspace`, `logspace`, `geomspace`. All are `start + position * step`, as lazy
//! elementwise work; the lengths follow NumPy's rules exactly.

use base::promote::{self, Weak};
use base::{DType, Dims, Error, Result, Scalar, View, shape};
use graph::DeviceRef;

use crate::elementwise::{call, call1, call2, common_dtype};
use crate::manipulate::moveaxis;
use crate::{Argument, Array};

/// Positions 0, 1, 2, ... converted to `dtype`.
pub(crate) fn counting(count: i64, dtype: DType, device: DeviceRef) -> Result<Array> {
    Array::positions(View::contiguous(&[count]), dtype, device)
}

fn value_of(argument: &Argument) -> Result<Scalar> {
    match argument {
        Argument::Scalar(_, value) => Ok(*value),
        Argument::Array(array) => array.item(),
    }
}

/// Numbers from `start`, `step` apart, before `stop`. Without `dtype` it follows from the arguments; Python numbers give
/// float32 (with NumPy's dtypes: int64 or float64).
///
/// # Errors
/// ZeroDivision: a step of 0. Value: lengths that are not numbers or too large. Type: complex bounds.
pub fn arange(
    start: Argument,
    stop: Argument,
    step: Argument,
    dtype: Option<DType>,
    device: DeviceRef,
) -> Result<Array> {
    arange_checked(start, stop, step, dtype, device).map_err(|error| error.in_operator("arange"))
}

fn arange_checked(
    start: Argument,
    stop: Argument,
    step: Argument,
    dtype: Option<DType>,
    device: DeviceRef,
) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(|| common_dtype(&[start, stop, step]));
    let (start, stop, step) = (value_of(&start)?, value_of(&stop)?, value_of(&step)?);
    if [start, stop, step].iter().any(|value| value.as_complex().im != 0.0) {
        return Err(Error::type_("bounds must be real numbers"));
    }
    let count = length(start, stop, step)?;
    if dtype.is_bool() && count > 2 {
        return Err(Error::type_("no fill-function for data-type; a bool range has at most 2 elements"));
    }
    if let Some(view) = integer_positions(start, step, count, dtype) {
        return Array::positions(view, dtype, device);
    }
    // NumPy fills with the difference of the first two elements, each rounded to the dtype
    let compute = if dtype.is_half() { DType::F32 } else { dtype.real() };
    let rounded = |value: f64| Scalar::F64(value).cast(dtype.real()).cast(compute);
    let first = rounded(start.as_f64());
    let second = rounded(start.as_f64() + step.as_f64());
    let delta = Scalar::F64(second.as_f64() - first.as_f64()).cast(compute);
    let places = counting(count, compute, device)?;
    let scaled = call(ops::MULTIPLY, &[Argument::Array(&places), Argument::Scalar(Weak::Float, delta)])?;
    call(ops::ADD, &[Argument::Array(&scaled), Argument::Scalar(Weak::Float, first)])?.astype_if(dtype)
}

/// The range as positions, where every element is an exact integer.
fn integer_positions(start: Scalar, step: Scalar, count: i64, dtype: DType) -> Option<View> {
    let (first, delta) = if dtype.is_inexact() {
        (start.as_integer()?, step.as_integer()?)
    } else {
        let next = match (start.as_integer(), step.as_integer()) {
            // uint64 wraps as NumPy's does: only the low 64 bits count
            (Some(start), Some(step)) => (start + step) as u64 as i64 as i128,
            _ => Scalar::F64(start.as_f64() + step.as_f64()).cast(dtype).as_integer()?,
        };
        let first = match start.as_integer() {
            Some(start) => start as u64 as i64 as i128,
            None => start.cast(dtype).as_integer()?,
        };
        (first, next.wrapping_sub(first))
    };
    let last = first + delta * count.max(1) as i128;
    let fits = |value: i128| i64::try_from(value).is_ok();
    if dtype.is_inexact() && !(fits(first) && fits(delta) && fits(last)) {
        return None;
    }
    Some(View {
        shape: Dims::from_slice(&[count]),
        strides: Dims::from_slice(&[delta as i64]),
        offset: first as i64,
    })
}

/// How many numbers there are from `start` by `step` before `stop`.
fn length(start: Scalar, stop: Scalar, step: Scalar) -> Result<i64> {
    let too_large = || Error::value("Maximum allowed size exceeded");
    if let (Some(start), Some(stop), Some(step)) = (start.as_integer(), stop.as_integer(), step.as_integer())
    {
        if step == 0 {
            return Err(Error::zero_division("division by zero"));
        }
        let span = stop - start;
        let towards = (span > 0) == (step > 0);
        let count = if span == 0 || !towards { 0 } else { (span.abs() - 1) / step.abs() + 1 };
        return i64::try_from(count).map_err(|_| too_large());
    }
    let (start, stop, step) = (start.as_f64(), stop.as_f64(), step.as_f64());
    if step == 0.0 {
        return Err(Error::zero_division("division by zero"));
    }
    let span = stop - start;
    let ratio = span / step;
    if ratio.is_nan() {
        return Err(Error::value("cannot compute length"));
    }
    if ratio == 0.0 && span != 0.0 {
        return Ok(i64::from(ratio.is_sign_positive()));
    }
    let count = ratio.ceil();
    if count >= i64::MAX as f64 { Err(too_large()) } else { Ok(count.max(0.0) as i64) }
}

/// Samples along a new first axis, computed wide, and their distance.
struct Samples {
    values: Array,
    step: Array,
    /// dtype of the result unless one is asked for.
    dtype: DType,
}

/// The dtype that samples have without `dtype=`, and the wider one they are computed in.
fn sample_dtypes(arguments: &[Argument]) -> (DType, DType) {
    let common = common_dtype(arguments);
    let dtype = promote::promote_weak(common, Weak::Float);
    // numbers cost nothing to compute in double precision; arrays keep their own
    let numbers = arguments.iter().all(|argument| matches!(argument, Argument::Scalar(..)));
    let wide = match (numbers || !common.is_inexact(), dtype.is_complex()) {
        (true, true) => DType::C128,
        (true, false) => DType::F64,
        (false, _) => dtype,
    };
    (dtype, wide)
}

fn in_dtype(argument: &Argument, dtype: DType, device: DeviceRef) -> Result<Array> {
    match argument {
        Argument::Array(array) => array.to_device(device)?.astype_if(dtype),
        Argument::Scalar(_, value) => Array::scalar(value.cast(dtype), device),
    }
}

fn samples(
    start: &Argument,
    stop: &Argument,
    count: i64,
    endpoint: bool,
    device: DeviceRef,
) -> Result<Samples> {
    if count < 0 {
        return Err(Error::value(format!("Number of samples, {count}, must be non-negative.")));
    }
    let (dtype, wide) = sample_dtypes(&[*start, *stop]);
    let (start, stop) = (in_dtype(start, wide, device)?, in_dtype(stop, wide, device)?);
    let steps = if endpoint { count - 1 } else { count };
    let delta = call2(ops::SUBTRACT, &stop, &start)?;
    let mut column = vec![1; delta.ndim() + 1];
    column[0] = count;
    let places = counting(count, wide.real(), device)?.reshape(&column)?;
    if steps <= 0 {
        let step = Array::scalar(Scalar::F64(f64::NAN).cast(wide), device)?;
        let values = call2(ops::ADD, &call2(ops::MULTIPLY, &places, &delta)?, &start)?;
        return Ok(Samples { values, step, dtype });
    }
    let divisor = Argument::from(steps as f64);
    let step = call(ops::DIVIDE, &[Argument::Array(&delta), divisor])?;
    // a distance so small that it vanishes when divided is spread the other way round
    let vanished = step.ndim() == 0 && !step.item()?.is_truthy();
    let spread = if vanished {
        call2(ops::MULTIPLY, &call(ops::DIVIDE, &[Argument::Array(&places), divisor])?, &delta)?
    } else {
        call2(ops::MULTIPLY, &places, &step)?
    };
    let mut values = call2(ops::ADD, &spread, &start)?;
    if endpoint && count > 1 {
        let last = call(ops::EQUAL, &[Argument::Array(&places), Argument::from((count - 1) as f64)])?;
        values =
            call(ops::WHERE, &[Argument::Array(&last), Argument::Array(&stop), Argument::Array(&values)])?;
    }
    Ok(Samples { values, step, dtype })
}

/// Moves the samples' axis to its place and converts; integers are rounded down, as NumPy does.
fn finish(values: Array, axis: i64, dtype: DType) -> Result<Array> {
    let placed = if axis == 0 { values } else { moveaxis(&values, &[0], &[axis])? };
    let whole =
        if dtype.is_integer() && placed.dtype().is_float() { call1(ops::FLOOR, &placed)? } else { placed };
    whole.astype_if(dtype)
}

/// `count` evenly spaced samples from `start` to `stop` (arrays: along a new axis at `axis`), and their distance.
///
/// # Errors
/// Value: a negative count.
pub fn linspace(
    start: Argument,
    stop: Argument,
    count: i64,
    endpoint: bool,
    dtype: Option<DType>,
    axis: i64,
    device: DeviceRef,
) -> Result<(Array, Array)> {
    let found =
        samples(&start, &stop, count, endpoint, device).map_err(|error| error.in_operator("linspace"))?;
    let values = finish(found.values, axis, dtype.unwrap_or(found.dtype))?;
    let numbers = [start, stop].iter().all(|bound| matches!(bound, Argument::Scalar(..)));
    let step = if numbers { found.step } else { found.step.astype_if(found.dtype)? };
    Ok((values, step))
}

/// `base` to the power of evenly spaced exponents; an array of bases broadcasts against the bounds.
///
/// # Errors
/// Value: a negative count, shapes that do not broadcast.
pub fn logspace(
    start: Argument,
    stop: Argument,
    count: i64,
    endpoint: bool,
    base: Argument,
    dtype: Option<DType>,
    axis: i64,
    device: DeviceRef,
) -> Result<Array> {
    let found =
        samples(&start, &stop, count, endpoint, device).map_err(|error| error.in_operator("logspace"))?;
    let values = match &base {
        Argument::Array(base) => {
            // the samples' axis comes first, and the bases broadcast against the bounds behind it
            let axes = base.ndim().max(found.values.ndim() - 1);
            let exponents = behind_samples(&found.values, &found.values.shape()[1..], axes)?;
            call2(ops::POWER, &behind_samples(base, base.shape(), axes)?, &exponents)?
        }
        Argument::Scalar(..) => call(ops::POWER, &[base, Argument::Array(&found.values)])?,
    };
    let default = common_dtype(&[start, stop, base]);
    finish(values, axis, dtype.unwrap_or(promote::promote_weak(default, Weak::Float)))
}

/// The array with as many axes behind the first as asked for: `shape` is what stands there now.
fn behind_samples(x: &Array, shape: &[i64], axes: usize) -> Result<Array> {
    let first = if shape.len() == x.ndim() { 1 } else { x.shape()[0] };
    let mut wanted = vec![first];
    wanted.resize(1 + axes - shape.len(), 1);
    wanted.extend_from_slice(shape);
    x.reshape(&wanted)
}

/// Samples from `start` to `stop`, each a constant multiple of the one before.
///
/// # Errors
/// Value: a bound of zero, a negative count.
pub fn geomspace(
    start: Argument,
    stop: Argument,
    count: i64,
    endpoint: bool,
    dtype: Option<DType>,
    axis: i64,
    device: DeviceRef,
) -> Result<Array> {
    let complex = dtype.is_some_and(DType::is_complex);
    let values = geometric(&start, &stop, count, endpoint, complex, device)
        .map_err(|error| error.in_operator("geomspace"))?;
    finish(values, axis, dtype.unwrap_or(sample_dtypes(&[start, stop]).0))
}

fn geometric(
    start: &Argument,
    stop: &Argument,
    count: i64,
    endpoint: bool,
    complex: bool,
    device: DeviceRef,
) -> Result<Array> {
    let (_, wide) = sample_dtypes(&[*start, *stop]);
    // asked for complex numbers, the way from -1 to 1 leads around zero
    let wide = if complex { promote::promote(wide, DType::C64) } else { wide };
    let (start, stop) = (in_dtype(start, wide, device)?, in_dtype(stop, wide, device)?);
    for bound in [&start, &stop] {
        let every = crate::reduce::all(&bound.detach(), &crate::reduce::Options::default())?;
        if !every.item()?.is_truthy() {
            return Err(Error::value("Geometric sequence cannot include zero"));
        }
    }
    // the sign (of complex numbers: the direction) of the start is taken out of both bounds, so that logarithms exist
    let sign = call1(ops::SIGN, &start)?;
    let (unsigned_start, unsigned_stop) =
        (call2(ops::DIVIDE, &start, &sign)?, call2(ops::DIVIDE, &stop, &sign)?);
    let (low, high) = (call1(ops::LOG10, &unsigned_start)?, call1(ops::LOG10, &unsigned_stop)?);
    let exponents = samples(&Argument::Array(&low), &Argument::Array(&high), count, endpoint, device)?.values;
    let ten = Argument::Scalar(Weak::Float, Scalar::F64(10.0));
    let powers = call(ops::POWER, &[ten, Argument::Array(&exponents)])?;
    let signed = call2(ops::MULTIPLY, &powers, &sign)?;
    let mut column = vec![1; signed.ndim()];
    column[0] = count;
    let places = counting(count, DType::I64, device)?.reshape(&column)?;
    let replaced = |values: Array, place: i64, bound: &Array| {
        let here = call(ops::EQUAL, &[Argument::Array(&places), Argument::from(place)])?;
        call(ops::WHERE, &[Argument::Array(&here), Argument::Array(bound), Argument::Array(&values)])
    };
    if shape::size(signed.shape())? == 0 {
        return Ok(signed);
    }
    let begun = replaced(signed, 0, &start)?;
    if endpoint && count > 1 { replaced(begun, count - 1, &stop) } else { Ok(begun) }
}
