//! Covariance and correlation of variables that are rows (or columns) of samples.

use base::promote::Weak;
use base::{DType, Error, Result, Scalar};
use num_complex::Complex64;

use super::{NO_FREEDOM, Warned, any};
use crate::create::{self, Order};
use crate::elementwise::{Argument, call, call1, call2, multiply};
use crate::{Array, formulas, manipulate, products, promote, reduce};

/// The samples of [`cov`] and how they count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Samples<'a> {
    /// More variables.
    pub more: Option<&'a Array>,
    /// Variables are columns, samples rows.
    pub by_columns: bool,
    /// The sum of products is divided by the number of samples minus this.
    pub correction: i64,
    /// How often each sample occurs: whole numbers.
    pub frequencies: Option<&'a Array>,
    /// How much each sample counts.
    pub weights: Option<&'a Array>,
    pub dtype: Option<DType>,
}

/// A matrix whose rows are variables.
fn variables(x: &Array, name: &str, dtype: DType, turned: bool) -> Result<Array> {
    if x.ndim() > 2 {
        return Err(Error::value(format!("{name} has more than 2 dimensions")));
    }
    let matrix = manipulate::atleast_2d(&x.astype_if(dtype)?)?;
    if turned { matrix.transpose(None) } else { Ok(matrix) }
}

/// One number for each of `count` samples, none of them negative; as float64.
fn sample_numbers(x: &Array, name: &str, count: i64) -> Result<Array> {
    let x = x.detach().astype_if(DType::F64)?;
    if x.ndim() > 1 {
        return Err(Error::runtime(format!("cannot handle multidimensional {name}")));
    }
    if x.shape() != [count] {
        return Err(Error::runtime(format!("incompatible numbers of samples and {name}")));
    }
    if any(&call(ops::LESS, &[Argument::Array(&x), Argument::from(0.0)])?)? {
        return Err(Error::value(format!("{name} cannot be negative")));
    }
    Ok(x)
}

/// The product of frequencies and weights, where any are given.
fn sample_weights(samples: &Samples, count: i64) -> Result<Option<Array>> {
    let frequencies = match samples.frequencies {
        None => None,
        Some(given) => {
            if given.dtype().is_inexact() && any(&call2(ops::NOT_EQUAL, given, &call1(ops::RINT, given)?)?)? {
                return Err(Error::type_("fweights must be integer"));
            }
            Some(sample_numbers(given, "fweights", count)?)
        }
    };
    let weights = samples.weights.map(|given| sample_numbers(given, "aweights", count)).transpose()?;
    match (frequencies, weights) {
        (Some(frequencies), Some(weights)) => multiply(&frequencies, &weights).map(Some),
        (one, other) => Ok(one.or(other)),
    }
}

fn total(x: &Array) -> Result<f64> {
    Ok(reduce::sum(x, &reduce::Options::default())?.item()?.as_f64())
}

/// What the sum of products is divided by.
fn freedom(samples: &Samples, weights: Option<&Array>, count: i64) -> Result<f64> {
    let correction = samples.correction as f64;
    let Some(weights) = weights else { return Ok(count as f64 - correction) };
    let sum = total(weights)?;
    Ok(match samples.weights {
        _ if samples.correction == 0 => sum,
        None => sum - correction,
        Some(given) => {
            sum - correction * total(&multiply(weights, &given.detach().astype_if(DType::F64)?)?)? / sum
        }
    })
}

/// Covariances of all pairs of variables.
///
/// # Errors
/// Value: more than two axes, negative weights. Type: frequencies with fractions. Runtime: another number of weights
/// than of samples.
pub fn cov(x: &Array, samples: &Samples) -> Result<Warned> {
    covariance(x, samples).map_err(|error| error.in_operator("cov"))
}

fn covariance(x: &Array, samples: &Samples) -> Result<Warned> {
    let common = samples.more.map_or(x.dtype(), |more| promote::promote(x.dtype(), more.dtype()));
    let dtype = samples.dtype.unwrap_or_else(|| promote::promote(common, promote::default_float()));
    let mut rows = variables(x, "m", dtype, samples.by_columns && x.ndim() != 1)?;
    if rows.shape()[0] == 0 {
        return Array::empty(&[0, 0], dtype.real(), x.device()).map(Warned::quiet);
    }
    if let Some(more) = samples.more {
        let single = more.ndim() < 2 || more.shape()[0] == 1;
        let others = variables(more, "y", dtype, samples.by_columns && !single)?;
        rows = manipulate::concatenate(&[&rows, &others], Some(0), None, promote::Casting::SameKind)?;
    }
    let count = rows.shape()[1];
    let weights = sample_weights(samples, count)?;
    let freedom = freedom(samples, weights.as_ref(), count)?;
    let weights = weights.map(|weights| weights.astype_if(dtype.real())).transpose()?;
    let (mean, _) = formulas::average(&rows, Some(&[1]), weights.as_ref(), true)?;
    let centered = call2(ops::SUBTRACT, &rows, &mean)?;
    let counted = weights.as_ref().map_or(Ok(centered.clone()), |weights| multiply(&centered, weights))?;
    let conjugated = if dtype.is_complex() { call1(ops::CONJUGATE, &counted)? } else { counted };
    let product = products::matmul(&centered, &conjugated.transpose(None)?)?;
    let scaled = call(ops::MULTIPLY, &[Argument::Array(&product), Argument::from(1.0 / freedom.max(0.0))])?;
    Ok(Warned::when(freedom <= 0.0, NO_FREEDOM, scaled.squeeze(None)?))
}

/// Correlation coefficients of all pairs of variables.
///
/// # Errors
/// Value: more than two axes.
pub fn corrcoef(x: &Array, samples: &Samples) -> Result<Warned> {
    let Warned { array, warning } = covariance(x, samples).map_err(|error| error.in_operator("corrcoef"))?;
    correlation(&array).map(|array| Warned { array, warning }).map_err(|error| error.in_operator("corrcoef"))
}

fn clipped(x: &Array) -> Result<Array> {
    call(ops::CLIP, &[Argument::Array(x), Argument::from(-1.0), Argument::from(1.0)])
}

fn correlation(covariance: &Array) -> Result<Array> {
    if covariance.ndim() == 0 {
        return call2(ops::DIVIDE, covariance, covariance);
    }
    let deviation = call1(ops::SQRT, &create::copy(&covariance.diagonal(0, 0, 1)?, Order::C)?.real()?)?;
    let by_rows = call2(ops::DIVIDE, covariance, &deviation.expand_dims(&[-1])?)?;
    let ratio = call2(ops::DIVIDE, &by_rows, &deviation)?;
    if !ratio.dtype().is_complex() {
        return clipped(&ratio);
    }
    let (real, imaginary) = (clipped(&call1(ops::REAL, &ratio)?)?, clipped(&call1(ops::IMAG, &ratio)?)?);
    let unit = Argument::Scalar(Weak::Complex, Scalar::C128(Complex64::new(0.0, 1.0)));
    call2(ops::ADD, &real, &call(ops::MULTIPLY, &[Argument::Array(&imaginary), unit])?)
}
