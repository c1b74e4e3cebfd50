//! Eigenvalues and eigenvectors, of Hermitian and of any matrices.

use base::Result;
use graph::Factorization;

use super::solving::solution;
use super::{
    adjoint, as_row, choose, conjugate, diagonal_matrices, diagonal_of, identity_mask, in_field_of, known,
    lengths, matmul, reciprocal_or_zero, run_checked, square_matrices,
};
use crate::elementwise::{Argument, call1};
use crate::{Array, ops, reduce, tape};

const NO_CONVERGENCE: &str = "Eigenvalues did not converge";
const NOT_FINITE: &str = "Array must not contain infs or NaNs";

/// The triangle that a Hermitian matrix is read from, as the lower one.
fn read_triangle(name: &str, x: &Array, upper: bool) -> Result<Array> {
    let x = square_matrices(name, x)?;
    if upper { adjoint(&x) } else { Ok(x) }
}

/// Eigenvalues (rising) and unit eigenvectors (columns) of Hermitian matrices, of which the lower triangle is read, or the
/// upper one. The gradient is Hermitian; vectors of equal eigenvalues pass none to each other.
///
/// # Errors
/// LinearAlgebra: not square, or no convergence (nan). Type: halves.
pub fn eigh(x: &Array, upper: bool) -> Result<(Array, Array)> {
    let mut made = hermitian(&read_triangle("eigh", x, upper)?)?;
    let vectors = made.swap_remove(1);
    Ok((made.swap_remove(0), vectors))
}

fn hermitian(x: &Array) -> Result<Vec<Array>> {
    let (n, _) = lengths(x);
    let outputs: [(&[i64], _); 2] = [(&[n], x.dtype().real()), (&[n, n], x.dtype())];
    let kind = Factorization::SymmetricEigen { vectors: true };
    let made = run_checked("eigh", NO_CONVERGENCE, kind, &[x], &outputs)?;
    let (source, saved) = (x.clone(), super::detached(&made));
    tape::record_outputs("eigh", &[x], &[&made[0], &made[1]], &made, move |gradients| {
        let found = known(&saved, || hermitian(&source))?;
        let mut gradients = gradients.into_iter();
        let (to_values, to_vectors) = (gradients.next().flatten(), gradients.next().flatten());
        hermitian_gradient(&found[0], &found[1], to_values, to_vectors).map(|gradient| vec![gradient])
    });
    Ok(made)
}

/// `v (diag(gw) + (v^H gv) / (w_j - w_i)) v^H`, made Hermitian.
fn hermitian_gradient(
    w: &Array,
    v: &Array,
    to_values: Option<Array>,
    to_vectors: Option<Array>,
) -> Result<Option<Array>> {
    let values = match to_values {
        Some(to_values) => Some(diagonal_matrices(&to_values)?),
        None => None,
    };
    let vectors = match to_vectors {
        Some(to_vectors) => {
            let apart = as_row(w)?.sub(&super::as_column(w)?)?;
            Some(matmul(&adjoint(v)?, &to_vectors)?.mul(&reciprocal_or_zero(&apart)?)?)
        }
        None => None,
    };
    let Some(inner) = super::sum_of(values, vectors)? else { return Ok(None) };
    let whole = matmul(&matmul(v, &inner)?, &adjoint(v)?)?;
    whole.add(&adjoint(&whole)?)?.mul(0.5)?.astype_if(v.dtype()).map(Some)
}

/// Eigenvalues (rising) of Hermitian matrices.
///
/// # Errors
/// As of [`eigh`].
pub fn eigvalsh(x: &Array, upper: bool) -> Result<Array> {
    let x = read_triangle("eigvalsh", x, upper)?;
    if tape::is_recording() && x.link().is_some() {
        return Ok(hermitian(&x)?.swap_remove(0));
    }
    let (n, _) = lengths(&x);
    let outputs: [(&[i64], _); 1] = [(&[n], x.dtype().real())];
    let kind = Factorization::SymmetricEigen { vectors: false };
    Ok(run_checked("eigvalsh", NO_CONVERGENCE, kind, &[&x], &outputs)?.swap_remove(0))
}

fn checked(name: &str, x: &Array) -> Result<Array> {
    let x = square_matrices(name, x)?;
    let finite = reduce::all(&call1(ops::ISFINITE, &x.detach())?, &reduce::Options::default())?;
    if finite.item()?.is_truthy() {
        Ok(x)
    } else {
        Err(base::Error::linear_algebra(format!("{name}: {NOT_FINITE}")))
    }
}

/// Eigenvalues and unit eigenvectors (columns) of any square matrices. Of real matrices both are real where every
/// eigenvalue is, and complex otherwise.
///
/// # Errors
/// LinearAlgebra: not square, infinities or nan, no convergence. Type: halves.
pub fn eig(x: &Array) -> Result<(Array, Array)> {
    let x = checked("eig", x)?;
    let made = general("eig", &x)?;
    if x.dtype().is_complex() || !all_real(&made[0])? {
        return Ok((made[0].clone(), made[1].clone()));
    }
    Ok((call1(ops::REAL, &made[0])?, call1(ops::REAL, &made[1])?))
}

fn all_real(values: &Array) -> Result<bool> {
    let real = call1(ops::IMAG, &values.detach())?.eq(0.0)?;
    Ok(reduce::all(&real, &reduce::Options::default())?.item()?.is_truthy())
}

fn general(name: &'static str, x: &Array) -> Result<Vec<Array>> {
    let (n, _) = lengths(x);
    let dtype = x.dtype().complex();
    let outputs: [(&[i64], _); 2] = [(&[n], dtype), (&[n, n], dtype)];
    let kind = Factorization::Eigen { vectors: true };
    let made = run_checked(name, NO_CONVERGENCE, kind, &[x], &outputs)?;
    let (source, saved) = (x.clone(), super::detached(&made));
    tape::record_outputs("eig", &[x], &[&made[0], &made[1]], &made, move |gradients| {
        let found = known(&saved, || general("eig", &source))?;
        let mut gradients = gradients.into_iter();
        let (to_values, to_vectors) = (gradients.next().flatten(), gradients.next().flatten());
        let gradient = general_gradient(&found[0], &found[1], to_values, to_vectors)?;
        Ok(vec![gradient.map(|gradient| in_field_of(gradient, &source)).transpose()?])
    });
    Ok(made)
}

/// Boeddeker and others, On the computation of complex-valued gradients (2017), (4.77): unit vectors whose phase does not
/// count.
fn general_gradient(
    w: &Array,
    v: &Array,
    to_values: Option<Array>,
    to_vectors: Option<Array>,
) -> Result<Option<Array>> {
    let turned = adjoint(v)?;
    let inner = match to_vectors {
        None => None,
        Some(to_vectors) => {
            let products = matmul(&turned, &to_vectors)?;
            let along = call1(ops::REAL, &diagonal_of(&products)?)?;
            let across = products.sub(&matmul(&turned, v)?.mul(&as_row(&along)?)?)?;
            let apart = conjugate(&as_row(w)?.sub(&super::as_column(w)?)?)?;
            let inner = across.mul(&reciprocal_or_zero(&apart)?)?;
            let mask = identity_mask(lengths(v).0, v)?;
            Some(choose(&mask, Argument::from(0.0), Argument::Array(&inner))?)
        }
    };
    let values = match to_values {
        Some(to_values) => Some(diagonal_matrices(&to_values)?),
        None => None,
    };
    let Some(inner) = super::sum_of(inner, values)? else { return Ok(None) };
    solution("eig", &turned, &matmul(&inner, &turned)?).map(Some)
}

/// Eigenvalues of any square matrices; real where those of all real matrices are.
///
/// # Errors
/// As of [`eig`].
pub fn eigvals(x: &Array) -> Result<Array> {
    let x = checked("eigvals", x)?;
    let values = if tape::is_recording() && x.link().is_some() {
        general("eigvals", &x)?.swap_remove(0)
    } else {
        let (n, _) = lengths(&x);
        let outputs: [(&[i64], _); 1] = [(&[n], x.dtype().complex())];
        let kind = Factorization::Eigen { vectors: false };
        run_checked("eigvals", NO_CONVERGENCE, kind, &[&x], &outputs)?.swap_remove(0)
    };
    if x.dtype().is_complex() || !all_real(&values)? { Ok(values) } else { call1(ops::REAL, &values) }
}
