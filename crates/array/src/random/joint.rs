//! Distributions over whole vectors: counts per category, probabilities that add up to one, correlated normal numbers.

use base::{DType, Dims, Error, Result, Scalar, shape};
use graph::{DeviceRef, Distribution, work};

use super::rejection::gamma_draw;
use super::{Draw, Parameter, apply, discrete, fill};
use crate::index::{self, Index};
use crate::{Array, products, reduce, tape};

/// Elements of an array as doubles, on the host, in C order.
pub(super) fn host_floats(x: &Array) -> Result<Vec<f64>> {
    let bytes = x.detach().astype_if(DType::F64)?.to_bytes()?;
    Ok(bytes.chunks_exact(8).map(|chunk| Scalar::from_bytes(DType::F64, chunk).as_f64()).collect())
}

/// `size` with one more axis.
fn with_axis(draw: &Draw, length: i64) -> Result<(Dims, i64)> {
    let mut out = Dims::from_slice(draw.size.unwrap_or(&[]));
    shape::check(&out)?;
    let count = shape::size(&out)?;
    out.push(length);
    shape::check(&out)?;
    Ok((out, count))
}

/// Checks probabilities of categories; the last one is what is left, so only the others' sum counts.
fn check_categories(given: DType, probabilities: &[f64]) -> Result<()> {
    if probabilities.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Err(Error::value("multinomial: pvals < 0, pvals > 1 or pvals contains NaNs"));
    }
    let rounding = match given {
        DType::F64 => 1e-12,
        DType::F32 => 1e-6,
        _ => 1e-2,
    };
    let others = &probabilities[..probabilities.len().saturating_sub(1)];
    let sum: f64 = others.iter().sum();
    if sum > 1.0 + rounding {
        return Err(Error::value(format!(
            "multinomial: sum(pvals[:-1]) > 1.0 (it is {sum}); divide them by their sum"
        )));
    }
    Ok(())
}

/// How often each category occurs in `trials` draws: counts (size..., categories), one binomial per category.
///
/// # Errors
/// Value: negative trials, probabilities outside [0, 1] or with a sum above 1, or not 1-D.
pub fn multinomial(trials: i64, probabilities: &Array, draw: &Draw) -> Result<Array> {
    if trials < 0 {
        return Err(Error::value("multinomial: n < 0"));
    }
    if probabilities.ndim() != 1 || probabilities.dtype().is_complex() {
        return Err(Error::value(format!(
            "multinomial: pvals must be a 1-d array of probabilities, not {} of shape {}",
            probabilities.dtype(),
            shape::text(probabilities.shape())
        )));
    }
    let dtype = draw.number("multinomial", DType::I64)?;
    let device = draw.device.unwrap_or(probabilities.device());
    let weights = host_floats(probabilities)?;
    check_categories(probabilities.dtype(), &weights)?;
    let (size, count) =
        with_axis(draw, weights.len() as i64).map_err(|error| error.in_operator("multinomial"))?;
    tape::paused(|| {
        let out = Array::full(&[count, weights.len() as i64], Scalar::I64(0), dtype, device)?;
        if count == 0 || weights.is_empty() {
            return out.reshape(&size);
        }
        let mut left = Array::full(&[count], Scalar::I64(trials), DType::F64, device)?;
        let mut share = 1.0;
        for (category, &weight) in weights.iter().enumerate() {
            let place = [Index::Ellipsis, Index::Integer(category as i64)];
            if category + 1 == weights.len() {
                index::set(&out, &place, &left)?;
                break;
            }
            let probability = if share > 0.0 { (weight / share).clamp(0.0, 1.0) } else { 0.0 };
            let found = discrete::binomial_draw(&left, probability, device)?;
            index::set(&out, &place, &found)?;
            left = apply(ops::SUBTRACT, &left, &found)?;
            share -= weight;
        }
        out.reshape(&size)
    })
}

/// Vectors of positive numbers that add up to 1: gamma numbers over their sum, (size..., categories).
///
/// # Errors
/// Value: concentrations not positive or not 1-D.
pub fn dirichlet(concentrations: &Array, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("dirichlet")?;
    if concentrations.ndim() != 1 {
        return Err(Error::value("dirichlet: alpha must be a 1-d array"));
    }
    let alpha = Parameter::new("dirichlet", concentrations.into(), dtype)?;
    alpha.require("dirichlet", ops::GREATER, 0.0, "alpha <= 0")?;
    let (size, _) = with_axis(draw, concentrations.size()).map_err(|error| error.in_operator("dirichlet"))?;
    let device = draw.device.unwrap_or(concentrations.device());
    let gamma = gamma_draw(&alpha, &size, dtype, device)?;
    let options = reduce::Options { axes: Some(&[-1]), keepdims: true, ..Default::default() };
    apply(ops::DIVIDE, &gamma, &reduce::sum(&gamma, &options)?)
}

/// Lower factor of a symmetric positive-semidefinite matrix (row-major, `n` by `n`), in place of the matrix.
fn factor(matrix: &mut [f64], n: usize) -> Result<()> {
    let scale = (0..n).map(|i| matrix[i * n + i].abs()).fold(0.0, f64::max);
    let rounding = scale * n as f64 * 1e-7;
    for column in 0..n {
        let square: f64 = (0..column).map(|k| matrix[column * n + k].powi(2)).sum();
        let rest = matrix[column * n + column] - square;
        if rest.is_nan() || rest < -rounding {
            return Err(Error::value(
                "multivariate_normal: covariance is not symmetric positive-semidefinite",
            ));
        }
        let pivot = rest.max(0.0).sqrt();
        matrix[column * n + column] = pivot;
        for row in column + 1..n {
            let dot: f64 = (0..column).map(|k| matrix[row * n + k] * matrix[column * n + k]).sum();
            let value = matrix[row * n + column] - dot;
            // a pivot of nothing: the variable depends on the ones before
            matrix[row * n + column] = if rest > rounding { value / pivot } else { 0.0 };
            matrix[column * n + row] = 0.0;
        }
    }
    Ok(())
}

/// The covariance's factor as an array of a dtype.
fn factor_of(covariance: &Array, dtype: DType, device: DeviceRef) -> Result<Array> {
    let n = covariance.shape()[0] as usize;
    let mut matrix = host_floats(covariance)?;
    let scale = matrix.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    for row in 0..n {
        for column in 0..row {
            if (matrix[row * n + column] - matrix[column * n + row]).abs() > 1e-6 * scale {
                return Err(Error::value(
                    "multivariate_normal: covariance is not symmetric positive-semidefinite",
                ));
            }
        }
    }
    factor(&mut matrix, n)?;
    let bytes: Vec<u8> = matrix.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let node = work::from_bytes(DType::F64, &bytes, device)?;
    Array::whole(node, covariance.shape()).astype_if(dtype)
}

/// Correlated normal vectors, (size..., n). Gradients flow to the mean.
///
/// # Errors
/// Value: shapes that are not (n,) and (n, n), or a covariance that is not symmetric positive-semidefinite.
pub fn multivariate_normal(mean: &Array, covariance: &Array, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("multivariate_normal")?;
    let n = mean.shape().first().copied().unwrap_or(0);
    if mean.ndim() != 1 {
        return Err(Error::value("multivariate_normal: mean must be 1 dimensional"));
    }
    if covariance.shape() != [n, n] {
        return Err(Error::value(format!(
            "multivariate_normal: mean and cov must have same length: cov must be {n} by {n}, not {}",
            shape::text(covariance.shape())
        )));
    }
    let (size, count) = with_axis(draw, n).map_err(|error| error.in_operator("multivariate_normal"))?;
    let device = draw.device.unwrap_or(mean.device());
    let wide = if dtype == DType::F64 { DType::F64 } else { DType::F32 };
    let spread = tape::paused(|| {
        let lower = factor_of(covariance, wide, device)?;
        let normal = fill(Distribution::Normal { mean: 0.0, deviation: 1.0 }, &[count, n], wide, device)?;
        products::matmul(&normal, &lower.transpose(None)?)?.astype_if(dtype)?.reshape(&size)
    })?;
    apply(ops::ADD, &spread, &mean.astype_if(dtype)?)
}
