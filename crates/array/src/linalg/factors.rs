//! Cholesky's and the orthogonal factorisation.

use base::Result;
use graph::Factorization;

use super::solving::solution;
use super::{
    adjoint, choose, columns, diagonal_matrices, identity_mask, known, lengths, matmul, run, run_checked,
    square_matrices, sum_of,
};
use crate::create::{tril, triu};
use crate::elementwise::{Argument, call1};
use crate::{Array, ops, tape};

/// The lower triangle l with `a = l l^H` (the upper one with `upper`) of Hermitian positive definite matrices, of which
/// only that triangle is read. The gradient is Hermitian.
///
/// # Errors
/// LinearAlgebra: not square, or not positive definite. Type: halves.
pub fn cholesky(x: &Array, upper: bool) -> Result<Array> {
    let x = square_matrices("cholesky", x)?;
    if upper { adjoint(&lower_factor(&adjoint(&x)?)?) } else { lower_factor(&x) }
}

fn lower_factor(x: &Array) -> Result<Array> {
    let (n, _) = lengths(x);
    let problem = "Matrix is not positive definite";
    let made = run_checked("cholesky", problem, Factorization::Cholesky, &[x], &[(&[n, n], x.dtype())])?;
    let saved = super::detached(&made);
    Ok(tape::record_saving("cholesky", &[x], &[&made[0]], made[0].clone(), || {
        let x = x.clone();
        Box::new(move |gradient| {
            let found = known(&saved, || Ok(vec![lower_factor(&x)?]))?;
            let factor = &found[0];
            let turned = adjoint(factor)?;
            let half = halved_diagonal(&tril(&matmul(&turned, &tril(gradient, 0)?)?, 0)?)?;
            let left = solution("cholesky", &turned, &half)?;
            let both = adjoint(&solution("cholesky", &turned, &adjoint(&left)?)?)?;
            Ok(vec![Some(both.add(&adjoint(&both)?)?.mul(0.5)?)])
        })
    }))
}

/// Square matrices with half their diagonal.
fn halved_diagonal(x: &Array) -> Result<Array> {
    let mask = identity_mask(lengths(x).0, x)?;
    choose(&mask, Argument::Array(&x.mul(0.5)?), Argument::Array(x))
}

/// What of the orthogonal factorisation is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrMode {
    /// q (..., m, k), r (..., k, n) with k = min(m, n)
    Reduced,
    /// q (..., m, m), r (..., m, n)
    Complete,
    /// r (..., k, n) alone
    R,
    /// LAPACK's packing, transposed: reflections (..., n, m) and their factors (..., k)
    Raw,
}

impl QrMode {
    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<QrMode> {
        Some(match name {
            "reduced" | "full" | "f" => QrMode::Reduced,
            "complete" => QrMode::Complete,
            "r" => QrMode::R,
            "raw" => QrMode::Raw,
            _ => return None,
        })
    }
}

/// `a = q r` with orthonormal columns q and an upper triangle r: both arrays, r alone, or the packed form.
///
/// # Errors
/// LinearAlgebra: fewer than two axes. Type: halves. Gradients of a complete q that is wider than r is square, and of the
/// packed form, are refused at backward.
pub fn qr(x: &Array, mode: QrMode) -> Result<Vec<Array>> {
    let x = super::matrices("qr", x)?;
    let (m, n) = lengths(&x);
    let (k, dtype) = (m.min(n), x.dtype());
    let taped = tape::is_recording() && x.link().is_some();
    match mode {
        QrMode::R if taped => Ok(vec![orthogonal(&x, false)?.swap_remove(1)]),
        QrMode::R => Ok(run(Factorization::QrTriangle, &[&x], &[(&[k, n], dtype)])?.0),
        QrMode::Reduced => orthogonal(&x, false),
        QrMode::Complete => orthogonal(&x, true),
        QrMode::Raw => {
            let made = run(Factorization::QrReflectors, &[&x], &[(&[n, m], dtype), (&[k], dtype)])?.0;
            super::without_gradient("qr", "in mode 'raw'", &[&x], &made);
            Ok(made)
        }
    }
}

fn orthogonal(x: &Array, complete: bool) -> Result<Vec<Array>> {
    let (m, n) = lengths(x);
    let k = if complete { m } else { m.min(n) };
    let outputs: [(&[i64], _); 2] = [(&[m, k], x.dtype()), (&[k, n], x.dtype())];
    let made = run(Factorization::Qr { complete }, &[x], &outputs)?.0;
    if complete && m > n {
        super::without_gradient("qr", "in mode 'complete' of more rows than columns", &[x], &made);
        return Ok(made);
    }
    let (source, saved) = (x.clone(), super::detached(&made));
    tape::record_outputs("qr", &[x], &[x, &made[0], &made[1]], &made, move |gradients| {
        let found = known(&saved, || orthogonal(&source, complete))?;
        let mut gradients = gradients.into_iter();
        let (to_q, to_r) = (gradients.next().flatten(), gradients.next().flatten());
        if m >= n {
            return Ok(vec![tall_gradient(&found[0], &found[1], to_q, to_r)?]);
        }
        wide_gradient(&source, &found[0], &found[1], to_q, to_r).map(|gradient| vec![gradient])
    });
    Ok(made)
}

/// The gradient where r is square.
fn tall_gradient(q: &Array, r: &Array, to_q: Option<Array>, to_r: Option<Array>) -> Result<Option<Array>> {
    let outside = match &to_r {
        Some(to_r) => Some(matmul(r, &adjoint(&triu(to_r, 0)?)?)?),
        None => None,
    };
    let inside = match &to_q {
        Some(to_q) => Some(call1(ops::NEGATIVE, &matmul(&adjoint(to_q)?, q)?)?),
        None => None,
    };
    let Some(middle) = sum_of(outside, inside)? else { return Ok(None) };
    // the lower triangle, mirrored
    let lower = tril(&middle, -1)?;
    let real_diagonal = call1(ops::REAL, &super::diagonal_of(&middle)?)?.astype_if(middle.dtype())?;
    let mirrored = lower.add(&adjoint(&lower)?)?.add(&diagonal_matrices(&real_diagonal)?)?;
    let Some(sum) = sum_of(to_q, Some(matmul(q, &mirrored)?))? else { return Ok(None) };
    // from the right by the inverse of r^H
    let back = solution("qr", r, &adjoint(&sum)?)?;
    adjoint(&back).map(Some)
}

/// The gradient where r is wide: its square part belongs to the first columns, and the others are q^H times theirs.
fn wide_gradient(
    x: &Array,
    q: &Array,
    r: &Array,
    to_q: Option<Array>,
    to_r: Option<Array>,
) -> Result<Option<Array>> {
    let (m, n) = lengths(x);
    let square = columns(r, 0, m)?;
    let (to_q, to_square, to_rest) = match to_r {
        None => (to_q, None, None),
        Some(to_r) => {
            let to_rest = columns(&to_r, m, n)?;
            let more = matmul(&columns(x, m, n)?, &adjoint(&to_rest)?)?;
            (sum_of(to_q, Some(more))?, Some(columns(&to_r, 0, m)?), Some(to_rest))
        }
    };
    let Some(first) = tall_gradient(q, &square, to_q, to_square)? else { return Ok(None) };
    let rest = match to_rest {
        Some(to_rest) => matmul(q, &to_rest)?,
        None => {
            let mut wanted = super::batch(x).to_vec();
            wanted.extend([m, n - m]);
            Array::full(&wanted, base::Scalar::zero(x.dtype()), x.dtype(), x.device())?
        }
    };
    crate::manipulate::append(&first, &rest, Some(-1)).map(Some)
}
