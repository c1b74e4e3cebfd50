//! Reductions in which nan does not count: `nansum`, `nanmean`, `nanvar`, `nanargmax` and their kin. Integers hold no
//! nan and take the plain roads.

use base::{DType, Error, Op, Result, Scalar};

use super::{ALL_NAN, EMPTY_MEAN, NO_FREEDOM, Warned, any};
use crate::elementwise::{Argument, call, call1, call2, multiply};
use crate::reduce::{self, Options};
use crate::{Array, promote};

/// `x` with a number in the place of every nan.
fn filled(x: &Array, nan: &Array, number: f64) -> Result<Array> {
    let number = Argument::Scalar(promote::Weak::Float, Scalar::F64(number));
    call(ops::WHERE, &[Argument::Array(nan), number, Argument::Array(x)])
}

/// Sum of the elements that are numbers.
pub fn nansum(x: &Array, options: &Options) -> Result<Array> {
    if !x.dtype().is_inexact() {
        return reduce::sum(x, options);
    }
    let numbers = filled(x, &call1(ops::ISNAN, x)?, 0.0)?;
    reduce::sum(&numbers, &Options { ephemeral: true, ..*options })
}

/// Product of the elements that are numbers.
pub fn nanprod(x: &Array, options: &Options) -> Result<Array> {
    if !x.dtype().is_inexact() {
        return reduce::prod(x, options);
    }
    let numbers = filled(x, &call1(ops::ISNAN, x)?, 1.0)?;
    reduce::prod(&numbers, &Options { ephemeral: false, ..*options })
}

fn extreme(name: &'static str, op: &'static Op, x: &Array, options: &Options) -> Result<Warned> {
    let found = reduce::extreme(name, op, x, options)?;
    if !x.dtype().is_inexact() {
        return Ok(Warned::quiet(found));
    }
    let missing = any(&call1(ops::ISNAN, &found.detach())?)?;
    Ok(Warned::when(missing, ALL_NAN, found))
}

/// Least element that is a number; nan where there is none.
pub fn nanmin(x: &Array, options: &Options) -> Result<Warned> {
    extreme("nanmin", ops::FMIN, x, options)
}

/// Greatest element that is a number; nan where there is none.
pub fn nanmax(x: &Array, options: &Options) -> Result<Warned> {
    extreme("nanmax", ops::FMAX, x, options)
}

/// An extreme number's place; `worst` stands in for nan.
fn place_of(
    name: &'static str,
    find: fn(&Array, Option<i64>, bool) -> Result<Array>,
    worst: f64,
    x: &Array,
    axis: Option<i64>,
    keepdims: bool,
) -> Result<Array> {
    let x = x.detach();
    if !x.dtype().is_inexact() || x.size() == 0 {
        return find(&x, axis, keepdims);
    }
    let nan = call1(ops::ISNAN, &x)?;
    let axes = axis.map(|axis| [axis]);
    let options = Options { axes: axes.as_ref().map(|axes| axes.as_slice()), ..Options::default() };
    if any(&reduce::all(&nan, &options).map_err(|error| error.in_operator(name))?)? {
        return Err(Error::value(format!("{name}: {ALL_NAN}")));
    }
    find(&filled(&x, &nan, worst)?, axis, keepdims)
}

/// int64 index of the first greatest element that is a number.
///
/// # Errors
/// Value: nothing but nan.
pub fn nanargmax(x: &Array, axis: Option<i64>, keepdims: bool) -> Result<Array> {
    place_of("nanargmax", reduce::argmax, f64::NEG_INFINITY, x, axis, keepdims)
}

/// int64 index of the first least element that is a number.
///
/// # Errors
/// Value: nothing but nan.
pub fn nanargmin(x: &Array, axis: Option<i64>, keepdims: bool) -> Result<Array> {
    place_of("nanargmin", reduce::argmin, f64::INFINITY, x, axis, keepdims)
}

/// The dtype of a mean or variance of inexact elements.
fn inexact_dtype(name: &str, x: &Array, dtype: Option<DType>) -> Result<DType> {
    match dtype {
        Some(dtype) if !dtype.is_inexact() => {
            Err(Error::type_(format!("{name}: If a is inexact, then dtype must be inexact")))
        }
        Some(dtype) => Ok(dtype),
        None => Ok(x.dtype()),
    }
}

/// Halves accumulate in float32 and are rounded once.
fn accumulation(dtype: DType) -> DType {
    if dtype.is_half() { DType::F32 } else { dtype }
}

/// How many numbers each result is made of.
fn count(nan: &Array, options: &Options) -> Result<Array> {
    let options = Options { dtype: Some(DType::I64), initial: None, ephemeral: true, ..*options };
    reduce::sum(&call1(ops::LOGICAL_NOT, nan)?, &options)
}

/// Mean of the elements that are numbers; nan where there are none.
///
/// # Errors
/// Type: a dtype without fractions.
pub fn nanmean(x: &Array, options: &Options) -> Result<Warned> {
    if !x.dtype().is_inexact() {
        return reduce::mean(x, options).map(Warned::quiet);
    }
    let dtype = inexact_dtype("nanmean", x, options.dtype)?;
    let wide = accumulation(dtype);
    let nan = call1(ops::ISNAN, x)?;
    let count = count(&nan, options).map_err(|error| error.in_operator("nanmean"))?;
    let total =
        reduce::sum(&filled(x, &nan, 0.0)?, &Options { dtype: Some(wide), ephemeral: true, ..*options })?;
    let mean = call2(ops::DIVIDE, &total, &count.astype(wide.real())?)?.astype_if(dtype)?;
    let empty = any(&call(ops::EQUAL, &[Argument::Array(&count), Argument::from(0i64)])?)?;
    Ok(Warned::when(empty, EMPTY_MEAN, mean))
}

/// How [`nanvar`] measures spread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread<'a> {
    /// The sum of squares is divided by the number of elements minus this.
    pub correction: f64,
    /// The mean, with the reduced axes kept, where it is known.
    pub mean: Option<&'a Array>,
}

/// Squared distance of every number from the mean; 0 for nan.
fn squares(x: &Array, nan: &Array, mean: &Array) -> Result<Array> {
    let distance = filled(&call2(ops::SUBTRACT, x, mean)?, nan, 0.0)?;
    if !distance.dtype().is_complex() {
        return multiply(&distance, &distance);
    }
    let (real, imaginary) = (call1(ops::REAL, &distance)?, call1(ops::IMAG, &distance)?);
    call2(ops::ADD, &multiply(&real, &real)?, &multiply(&imaginary, &imaginary)?)
}

/// Variance of the elements that are numbers; nan where too few are.
///
/// # Errors
/// Type: a dtype without fractions.
pub fn nanvar(x: &Array, options: &Options, spread: &Spread) -> Result<Warned> {
    if !x.dtype().is_inexact() && spread.mean.is_none() {
        return reduce::var(x, options, spread.correction, None).map(Warned::quiet);
    }
    let x = if x.dtype().is_inexact() { x.clone() } else { x.astype(promote::default_float())? };
    let dtype = inexact_dtype("nanvar", &x, options.dtype)?;
    let wide = accumulation(dtype);
    let (x, nan) = (x.astype_if(wide)?, call1(ops::ISNAN, &x)?);
    let mean = match spread.mean {
        Some(mean) => mean.astype_if(wide)?,
        None => {
            let kept = Options { dtype: Some(wide), keepdims: true, ephemeral: true, ..*options };
            let total =
                reduce::sum(&filled(&x, &nan, 0.0)?, &kept).map_err(|error| error.in_operator("nanvar"))?;
            call2(ops::DIVIDE, &total, &count(&nan, &kept)?.astype(wide.real())?)?
        }
    };
    let real = Options { dtype: Some(wide.real()), ephemeral: true, ..*options };
    let total = reduce::sum(&squares(&x, &nan, &mean)?, &real)?;
    let count = count(&nan, options)?.astype(DType::F64)?;
    let freedom = call(ops::SUBTRACT, &[Argument::Array(&count), Argument::from(spread.correction)])?;
    let bad = call(ops::LESS_EQUAL, &[Argument::Array(&freedom), Argument::from(0.0)])?;
    let freedom = filled(&freedom.astype(wide.real())?, &bad, f64::NAN)?;
    let variance = call2(ops::DIVIDE, &total, &freedom)?.astype_if(dtype.real())?;
    Ok(Warned::when(any(&bad)?, NO_FREEDOM, variance))
}

/// Square root of [`nanvar`].
pub fn nanstd(x: &Array, options: &Options, spread: &Spread) -> Result<Warned> {
    let Warned { array, warning } = nanvar(x, options, spread)?;
    Ok(Warned { array: call1(ops::SQRT, &array)?, warning })
}
