//! Inverses, solutions of equations, determinants, and their forms for tensors.

use base::{Error, Result, shape};
use graph::Factorization;

use super::{
    adjoint, as_matrix, as_row, conjugate, identity_mask, known, matmul, run, run_checked, square_matrices,
};
use crate::elementwise::{Argument, call1};
use crate::{Array, ops, promote, reduce, tape};

/// The inverse of square matrices.
///
/// # Errors
/// LinearAlgebra: not square, or singular. Type: halves.
pub fn inv(x: &Array) -> Result<Array> {
    inverse("inv", &square_matrices("inv", x)?)
}

pub(super) fn inverse(name: &'static str, x: &Array) -> Result<Array> {
    let (n, _) = super::lengths(x);
    let made = run_checked(name, "Singular matrix", Factorization::Inverse, &[x], &[(&[n, n], x.dtype())])?;
    let saved = super::detached(&made);
    Ok(tape::record_saving("inv", &[x], &[&made[0]], made[0].clone(), || {
        let x = x.clone();
        Box::new(move |gradient| {
            let found = known(&saved, || Ok(vec![inverse("inv", &x)?]))?;
            let turned = adjoint(&found[0])?;
            let back = matmul(&matmul(&turned, gradient)?, &turned)?;
            Ok(vec![Some(call1(ops::NEGATIVE, &back)?)])
        })
    }))
}

/// The inverses, whatever they hold where a matrix is singular, and a mask of those; not recorded.
pub(super) fn inverse_unchecked(x: &Array) -> Result<(Array, Array)> {
    let (n, _) = super::lengths(x);
    let (made, status) = run(Factorization::Inverse, &[&x.detach()], &[(&[n, n], x.dtype())])?;
    Ok((made[0].clone(), status.ne(0i64)?))
}

/// x with `a x = b`. `b` is a vector where it has one axis, else matrices; batch axes broadcast.
///
/// # Errors
/// LinearAlgebra: not square, or singular. Value: lengths that differ. Type: halves.
pub fn solve(a: &Array, b: &Array) -> Result<Array> {
    let a = square_matrices("solve", a)?;
    let vector = b.ndim() == 1;
    if b.ndim() == 0 {
        return Err(Error::value(
            "solve: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature \
             (m,m),(m)->(m) requires 1)",
        ));
    }
    let b = if vector { b.expand_dims(&[1])? } else { b.clone() };
    let dtype = promote::promote(a.dtype(), super::field("solve", b.dtype())?);
    let (a, b) = (a.astype_if(dtype)?, b.astype_if(dtype)?);
    let ((n, _), (rows, _)) = (super::lengths(&a), super::lengths(&b));
    if n != rows {
        let signature = if vector { "(m,m),(m)->(m)" } else { "(m,m),(m,n)->(m,n)" };
        return Err(Error::value(format!(
            "solve: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} (size \
             {rows} is different from {n})"
        )));
    }
    shape::broadcast(&[super::batch(&a), super::batch(&b)]).map_err(|error| error.in_operator("solve"))?;
    let x = solution("solve", &a, &b)?;
    if vector { x.squeeze(Some(&[-1])) } else { Ok(x) }
}

/// [`solve`] of checked operands of one dtype.
pub(super) fn solution(name: &'static str, a: &Array, b: &Array) -> Result<Array> {
    let (n, _) = super::lengths(a);
    let (_, count) = super::lengths(b);
    let output: &[i64] = &[n, count];
    let made = run_checked(name, "Singular matrix", Factorization::Solve, &[a, b], &[(output, a.dtype())])?;
    let saved = super::detached(&made);
    Ok(tape::record_saving("solve", &[a, b], &[a, &made[0]], made[0].clone(), || {
        let (a, b) = (a.clone(), b.clone());
        Box::new(move |gradient| {
            let found = known(&saved, || Ok(vec![solution("solve", &a, &b)?]))?;
            let to_b = solution("solve", &adjoint(&a)?, gradient)?;
            let to_a = call1(ops::NEGATIVE, &matmul(&to_b, &adjoint(&found[0])?)?)?;
            Ok(vec![Some(to_a.sum_to(a.shape())?), Some(to_b.sum_to(b.shape())?)])
        })
    }))
}

/// Signs, logarithms of absolute values, and determinants themselves; not recorded.
fn determinants(x: &Array) -> Result<Vec<Array>> {
    let none: &[i64] = &[];
    let outputs = [(none, x.dtype()), (none, x.dtype().real()), (none, x.dtype())];
    run(Factorization::Determinant, &[x], &outputs).map(|(made, _)| made)
}

/// The determinant of square matrices.
///
/// # Errors
/// LinearAlgebra: not square. Type: halves.
pub fn det(x: &Array) -> Result<Array> {
    let x = square_matrices("det", x)?;
    let value = determinants(&x)?.swap_remove(2);
    Ok(tape::record_saving("det", &[&x], &[&x], value, || {
        let x = x.clone();
        Box::new(move |gradient| Ok(vec![Some(matmul_number(gradient, &cofactors(&x)?)?)]))
    }))
}

fn matmul_number(number: &Array, matrix: &Array) -> Result<Array> {
    as_matrix(number)?.mul(matrix)
}

/// The conjugated cofactors: what a determinant's gradient is made of. Of singular matrices by singular values, where
/// products leave one factor out instead of dividing.
fn cofactors(x: &Array) -> Result<Array> {
    let regular = tape::paused(|| inverse_unchecked(x)).and_then(|(_, singular)| {
        Ok(!reduce::any(&singular, &reduce::Options::default())?.item()?.is_truthy())
    })?;
    if regular {
        return matmul_number(&conjugate(&det(x)?)?, &adjoint(&inverse("det", x)?)?);
    }
    let (u, s, vh) = super::svd(x, false)?;
    let (n, _) = super::lengths(x);
    let without = super::choose(&identity_mask(n, x)?, Argument::from(1.0), Argument::Array(&as_row(&s)?))?;
    let others = reduce::prod(&without, &reduce::Options { axes: Some(&[-1]), ..Default::default() })?;
    let turn = conjugate(&det(&u)?.mul(&det(&vh)?)?)?;
    matmul_number(&turn, &matmul(&u.mul(&as_row(&others)?)?, &vh)?)
}

/// Sign (of absolute value 1, or 0) and logarithm of the absolute value of the determinant.
///
/// # Errors
/// LinearAlgebra: not square. Type: halves.
pub fn slogdet(x: &Array) -> Result<(Array, Array)> {
    let x = square_matrices("slogdet", x)?;
    let mut made = determinants(&x)?;
    made.truncate(2);
    let (source, sign) = (x.clone(), made[0].detach());
    tape::record_outputs("slogdet", &[&x], &[&x], &made, move |gradients| {
        let mut gradients = gradients.into_iter();
        let (to_sign, to_logarithm) = (gradients.next().flatten(), gradients.next().flatten());
        let turning = match to_sign.filter(|_| source.dtype().is_complex()) {
            None => None,
            Some(to_sign) => {
                let sign = match tape::is_recording() {
                    true => slogdet(&source)?.0,
                    false => sign.clone(),
                };
                let around = call1(ops::IMAG, &conjugate(&to_sign)?.mul(&sign)?)?;
                let minus_i = Array::scalar(
                    base::Scalar::C128(num_complex::Complex { re: 0.0, im: -1.0 }).cast(source.dtype()),
                    source.device(),
                )?;
                Some(around.mul(&minus_i)?)
            }
        };
        let Some(weight) = super::sum_of(to_logarithm, turning)? else { return Ok(vec![None]) };
        let turned = adjoint(&inverse("slogdet", &source)?)?;
        Ok(vec![Some(matmul_number(&weight, &turned)?.astype_if(source.dtype())?)])
    });
    let logarithm = made.swap_remove(1);
    Ok((made.swap_remove(0), logarithm))
}

/// x with `tensordot(a, x, x.ndim) = b`; `axes` of `a` move to the end first.
///
/// # Errors
/// LinearAlgebra: not as many elements on both sides, or singular.
pub fn tensorsolve(a: &Array, b: &Array, axes: Option<&[i64]>) -> Result<Array> {
    let mut order: Vec<i64> = (0..a.ndim() as i64).collect();
    if let Some(axes) = axes {
        for axis in shape::axes(axes, a.ndim()).map_err(|error| error.in_operator("tensorsolve"))? {
            order.retain(|&other| other != axis as i64);
            order.push(axis as i64);
        }
    }
    let a = a.transpose(Some(&order))?;
    // NumPy's `a.shape[-(a.ndim - b.ndim):]`, whole where both have as many axes
    let first = if a.ndim() == b.ndim() { 0 } else { tail_start(a.ndim(), b.ndim()) };
    let wanted = &a.shape()[first..];
    let count: i64 = wanted.iter().product();
    if a.size() != count.saturating_mul(count) {
        return Err(Error::linear_algebra(
            "tensorsolve: Input arrays must satisfy the requirement prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])",
        ));
    }
    let wanted = wanted.to_vec();
    let x = solve(&a.reshape(&[count, count])?, &b.reshape(&[-1])?)
        .map_err(|error| Error { message: error.message.replacen("solve", "tensorsolve", 1), ..error })?;
    x.reshape(&wanted)
}

/// Where the axes of the solution of [`tensorsolve`] begin.
fn tail_start(ndim: usize, right: usize) -> usize {
    if right < ndim { right } else { (right - ndim).min(ndim) }
}

/// The inverse of a tensor whose first `ind` axes hold as many elements as the others.
///
/// # Errors
/// Value: `ind` is not positive. LinearAlgebra: not square, or singular.
pub fn tensorinv(a: &Array, ind: i64) -> Result<Array> {
    if ind <= 0 {
        return Err(Error::value("tensorinv: Invalid ind argument."));
    }
    let (first, rest) = a.shape().split_at((ind as usize).min(a.ndim()));
    let wanted = [rest, first].concat();
    let count: i64 = rest.iter().product();
    let flat = a.reshape(&[count, if count == 0 { 0 } else { -1 }])?;
    let inverted = inv(&flat)
        .map_err(|error| Error { message: error.message.replacen("inv", "tensorinv", 1), ..error })?;
    inverted.reshape(&wanted)
}
