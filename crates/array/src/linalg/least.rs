//! What singular values decide: pseudoinverses, least squares, ranks and condition numbers.

use base::{DType, Error, Result, Scalar};

use super::factors::QrMode;
use super::norms::NormOrder;
use super::solving::solution;
use super::{adjoint, as_row, choose, in_field_of, known, lengths, matmul};
use crate::elementwise::{Argument, call1, call2};
use crate::index::get;
use crate::{Array, Index, ops, promote, reduce, tape};

/// Below which part of the greatest singular value the others count as zero.
#[derive(Clone, Copy, Debug)]
pub enum Cutoff<'a> {
    /// Machine epsilon of the dtype times the greater length.
    Epsilon,
    /// The same number for all matrices.
    Relative(f64),
    /// One number for each matrix.
    Each(&'a Array),
}

fn epsilon(dtype: DType) -> f64 {
    if dtype.real() == DType::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) }
}

/// The least singular value that counts, over the batch axes and one more; `greatest` is (..., 1).
fn threshold(cutoff: Cutoff, x: &Array, greatest: &Array) -> Result<Array> {
    let (m, n) = lengths(x);
    match cutoff {
        Cutoff::Epsilon => greatest.mul(epsilon(x.dtype()) * m.max(n) as f64),
        Cutoff::Relative(part) => greatest.mul(part),
        Cutoff::Each(parts) => greatest.mul(&parts.detach().expand_dims(&[-1])?),
    }
}

fn greatest_of(values: &Array) -> Result<Array> {
    let options = reduce::Options {
        axes: Some(&[-1]),
        keepdims: true,
        initial: Some(Scalar::F64(0.0)),
        ..Default::default()
    };
    reduce::max(values, &options)
}

/// The pseudoinverse of Moore and Penrose. The gradient holds where the rank does not change.
///
/// # Errors
/// LinearAlgebra: fewer than two axes, no convergence. Type: halves.
pub fn pinv(x: &Array, cutoff: Cutoff, hermitian: bool) -> Result<Array> {
    let x = super::matrices("pinv", x)?;
    let each = match cutoff {
        Cutoff::Each(parts) => Some(parts.detach()),
        _ => None,
    };
    let found = pseudoinverse(&x, cutoff, hermitian)?;
    let saved = [found.detach()];
    Ok(tape::record_saving("pinv", &[&x], &[&x, &saved[0].clone()], found, || {
        let (x, plain) = (
            x.clone(),
            match cutoff {
                Cutoff::Each(_) | Cutoff::Epsilon => None,
                Cutoff::Relative(part) => Some(part),
            },
        );
        Box::new(move |gradient| {
            let cutoff = match (&each, plain) {
                (Some(parts), _) => Cutoff::Each(parts),
                (None, Some(part)) => Cutoff::Relative(part),
                (None, None) => Cutoff::Epsilon,
            };
            let found = known(&saved, || Ok(vec![pinv(&x, cutoff, hermitian)?]))?;
            Ok(vec![Some(in_field_of(pseudoinverse_gradient(&x, &found[0], gradient)?, &x)?)])
        })
    }))
}

/// [`pinv`], not recorded.
fn pseudoinverse(x: &Array, cutoff: Cutoff, hermitian: bool) -> Result<Array> {
    tape::paused(|| {
        let x = x.detach();
        let (m, n) = lengths(&x);
        if m.min(n) == 0 {
            let wanted = super::with_axes(super::batch(&x), &[n, m]);
            return Array::full(&wanted, Scalar::zero(x.dtype()), x.dtype(), x.device());
        }
        if hermitian {
            let (w, v) = super::eigh(&x, false)?;
            let sizes = call1(ops::ABSOLUTE, &w)?;
            let least = threshold(cutoff, &x, &greatest_of(&sizes)?)?;
            let inverse = inverted_above(&w, &sizes, &least)?;
            return matmul(&v.mul(&as_row(&inverse)?)?, &adjoint(&v)?)?.astype_if(x.dtype());
        }
        let (u, s, vh) = super::svd(&x, false)?;
        let inverse = inverted_above(&s, &s, &threshold(cutoff, &x, &greatest_of(&s)?)?)?;
        matmul(&adjoint(&vh)?.mul(&as_row(&inverse)?)?, &adjoint(&u)?)?.astype_if(x.dtype())
    })
}

/// `1 / values` where the sizes are above the threshold, else 0.
fn inverted_above(values: &Array, sizes: &Array, least: &Array) -> Result<Array> {
    let large = call2(ops::GREATER, sizes, least)?;
    let safe = choose(&large, Argument::Array(values), Argument::from(1.0))?;
    choose(&large, Argument::Array(&call1(ops::RECIPROCAL, &safe)?), Argument::from(0.0))
}

/// Golub and Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems (1973).
fn pseudoinverse_gradient(x: &Array, found: &Array, gradient: &Array) -> Result<Array> {
    let (turned, found_turned) = (adjoint(gradient)?, adjoint(found)?);
    let (m, n) = lengths(x);
    if m <= n {
        let k = matmul(&turned, found)?;
        let first = adjoint(&matmul(found, &k)?)?;
        let second = matmul(&k, &found_turned)?;
        let third = matmul(&matmul(x, found)?, &second)?;
        let fourth = matmul(&matmul(&found_turned, found)?, &turned.sub(&matmul(&k, x)?)?)?;
        second.sub(&first)?.sub(&third)?.add(&fourth)
    } else {
        let k = matmul(found, &turned)?;
        let first = adjoint(&matmul(&k, found)?)?;
        let second = matmul(&matmul(&turned.sub(&matmul(x, &k)?)?, found)?, &found_turned)?;
        let third = matmul(&found_turned, &k)?;
        let fourth = matmul(&matmul(&third, found)?, x)?;
        second.sub(&first)?.add(&third)?.sub(&fourth)
    }
}

/// What [`lstsq`] finds.
#[derive(Clone, Debug)]
pub struct LeastSquares {
    pub solution: Array,
    /// Sums of squared residuals; empty unless the matrix has full rank and more rows than columns.
    pub residuals: Array,
    /// int64
    pub rank: Array,
    /// Singular values.
    pub values: Array,
}

/// x with the least `|a x - b|`, of those the one with the least `|x|`. `b` is a vector or a matrix.
///
/// # Errors
/// LinearAlgebra: not matrices, lengths that differ, no convergence. Type: halves.
pub fn lstsq(a: &Array, b: &Array, cutoff: Cutoff) -> Result<LeastSquares> {
    for (array, low) in [(a, 2), (b, 1)] {
        if array.ndim() > 2 || array.ndim() < low {
            return Err(Error::linear_algebra(format!(
                "lstsq: {}-dimensional array given. Array must be two-dimensional",
                array.ndim()
            )));
        }
    }
    let dtype = promote::promote(super::field("lstsq", a.dtype())?, super::field("lstsq", b.dtype())?);
    let (a, b) = (a.astype_if(dtype)?, b.astype_if(dtype)?);
    let (m, n) = lengths(&a);
    if m != b.shape()[0] {
        return Err(Error::linear_algebra(format!(
            "lstsq: Incompatible dimensions: {m} rows on the left, {} on the right",
            b.shape()[0]
        )));
    }
    let vector = b.ndim() == 1;
    let sides = if vector { b.expand_dims(&[1])? } else { b };
    let renamed = |error: Error| match error.kind {
        base::ErrorKind::LinearAlgebra => {
            Error::linear_algebra("lstsq: SVD did not converge in Linear Least Squares")
        }
        _ => error,
    };
    let values = super::svdvals(&a).map_err(renamed)?;
    let least = threshold(cutoff, &a, &greatest_of(&values.detach())?)?;
    let rank =
        crate::sort::count_nonzero(&call2(ops::GREATER, &values.detach(), &least)?, Some(&[-1]), false)?;
    let full = rank.item()?.as_integer() == Some(i128::from(m.min(n)));
    let by_values = || matmul(&pinv(&a, cutoff, false).map_err(renamed)?, &sides);
    let solution = match full.then(|| full_rank_solution(&a, &sides)) {
        // a cutoff of almost nothing lets singular matrices pass
        Some(Err(error)) if error.kind != base::ErrorKind::LinearAlgebra => return Err(error),
        Some(Ok(solution)) => solution,
        _ => by_values()?,
    };
    let residuals = if m > n && full {
        let apart = sides.sub(&matmul(&a, &solution)?)?;
        let options = reduce::Options { axes: Some(&[0]), ..Default::default() };
        reduce::sum(&super::norms::squares(&apart)?, &options)?
    } else {
        Array::empty(&[0], dtype.real(), a.device())?
    };
    let solution = if vector { solution.squeeze(Some(&[-1]))? } else { solution };
    Ok(LeastSquares { solution, residuals, rank, values })
}

/// The least squares solution where all singular values count: no other one is as short.
fn full_rank_solution(a: &Array, sides: &Array) -> Result<Array> {
    let (m, n) = lengths(a);
    if m.min(n) == 0 {
        return Array::full(&[n, lengths(sides).1], Scalar::zero(a.dtype()), a.dtype(), a.device());
    }
    if m == n {
        return solution("lstsq", a, sides);
    }
    let factors = super::qr(&if m > n { a.clone() } else { adjoint(a)? }, QrMode::Reduced)?;
    let (q, r) = (&factors[0], &factors[1]);
    if m > n {
        solution("lstsq", r, &matmul(&adjoint(q)?, sides)?)
    } else {
        matmul(q, &solution("lstsq", &adjoint(r)?, sides)?)
    }
}

/// How many singular values are above a threshold: `tolerance` (one for all or one for each matrix), or a part of the
/// greatest one. Of fewer than two axes: whether any element is not zero. int64.
///
/// # Errors
/// LinearAlgebra: no convergence. Type: halves.
pub fn matrix_rank(x: &Array, tolerance: Option<&Array>, cutoff: Cutoff, hermitian: bool) -> Result<Array> {
    let x = x.detach();
    if x.ndim() < 2 {
        let any = reduce::any(&x.ne(0i64)?, &reduce::Options::default())?;
        return any.astype(DType::I64);
    }
    let x = super::matrices("matrix_rank", &x)?;
    tape::paused(|| {
        let values = if hermitian { super::singular::hermitian_values(&x)? } else { super::svdvals(&x)? };
        let least = match tolerance {
            Some(tolerance) => tolerance.detach().expand_dims(&[-1])?,
            None => threshold(cutoff, &x, &greatest_of(&values)?)?,
        };
        crate::sort::count_nonzero(&call2(ops::GREATER, &values, &least)?, Some(&[-1]), false)
    })
    .map_err(|error| Error { message: error.message.replacen("svdvals", "matrix_rank", 1), ..error })
}

/// The condition number in a norm: the norm of a matrix times that of its inverse; `None` for the ratio of the singular
/// values. Infinite for singular matrices.
///
/// # Errors
/// LinearAlgebra: fewer than two axes, empty matrices. Value: an order that there is not. Type: halves.
pub fn cond(x: &Array, order: Option<NormOrder>) -> Result<Array> {
    let x = super::matrices("cond", x)?;
    if x.size() == 0 {
        return Err(Error::linear_algebra("cond: cond is not defined on empty arrays"));
    }
    let ends = |values: &Array| -> Result<(Array, Array)> {
        let at = |place: i64| get(values, &[Index::Ellipsis, Index::Integer(place)]);
        Ok((at(0)?, at(-1)?))
    };
    let (ratio, broken) = match order {
        None | Some(NormOrder::Power(2.0)) => {
            let (first, last) = ends(&super::svdvals(&x)?)?;
            (first.div(&last)?, None)
        }
        Some(NormOrder::Power(-2.0)) => {
            let (first, last) = ends(&super::svdvals(&x)?)?;
            (last.div(&first)?, None)
        }
        Some(order) => {
            let x = super::square_matrices("cond", &x)?;
            let (_, singular) = super::solving::inverse_unchecked(&x)?;
            let any = reduce::any(&singular, &reduce::Options::default())?.item()?.is_truthy();
            let eye = super::identity(lengths(&x).0, &x)?;
            let safe = choose(&super::as_matrix(&singular)?, Argument::Array(&eye), Argument::Array(&x))?;
            let inverse = super::solving::inverse("cond", if any { &safe } else { &x })?;
            let norm = |x: &Array| super::matrix_norm(x, Some(order), false);
            (norm(&x)?.mul(&norm(&inverse)?)?, any.then_some(singular))
        }
    };
    let ratio = match broken {
        Some(singular) => choose(&singular, Argument::from(f64::INFINITY), Argument::Array(&ratio))?,
        None => ratio,
    };
    // 0 / 0 of a zero matrix is infinite too, nan of nan stays
    let axes = reduce::Options { axes: Some(&[-2, -1]), ..Default::default() };
    let known = call1(ops::LOGICAL_NOT, &reduce::any(&call1(ops::ISNAN, &x.detach())?, &axes)?)?;
    let wrong = call2(ops::LOGICAL_AND, &known, &call1(ops::ISNAN, &ratio.detach())?)?;
    if !reduce::any(&wrong, &reduce::Options::default())?.item()?.is_truthy() {
        return Ok(ratio);
    }
    choose(&wrong, Argument::from(f64::INFINITY), Argument::Array(&ratio))
}
