//! Singular values and vectors.

use base::{Error, Result};
use graph::Factorization;

use super::{
    adjoint, as_row, columns, diagonal_matrices, diagonal_of, in_field_of, known, lengths, matmul,
    reciprocal_or_zero, rows, run_checked, sum_of,
};
use crate::elementwise::call1;
use crate::{Array, ops, reduce, tape};

const NO_CONVERGENCE: &str = "SVD did not converge";

/// u, s and v^H with `a = u diag(s) v^H`, singular values falling; with `full`, u and v are square. The gradient depends on
/// the first min(m, n) vectors only, and vectors of equal singular values pass none to each other.
///
/// # Errors
/// LinearAlgebra: fewer than two axes, or no convergence (nan). Type: halves.
pub fn svd(x: &Array, full: bool) -> Result<(Array, Array, Array)> {
    let made = decompose(&super::matrices("svd", x)?, full)?;
    match <[Array; 3]>::try_from(made) {
        Ok([u, s, vh]) => Ok((u, s, vh)),
        Err(_) => Err(Error::runtime("svd: three outputs are wanted")),
    }
}

fn decompose(x: &Array, full: bool) -> Result<Vec<Array>> {
    let (m, n) = lengths(x);
    let k = m.min(n);
    let (left, right) = if full { (m, n) } else { (k, k) };
    let outputs: [(&[i64], _); 3] =
        [(&[m, left], x.dtype()), (&[k], x.dtype().real()), (&[right, n], x.dtype())];
    let made = run_checked("svd", NO_CONVERGENCE, Factorization::Svd { full }, &[x], &outputs)?;
    let (source, saved) = (x.clone(), super::detached(&made));
    let outputs = [&made[0], &made[1], &made[2]];
    tape::record_outputs("svd", &[x], &outputs, &made, move |gradients| {
        let found = known(&saved, || decompose(&source, full))?;
        let (u, vh) = (columns(&found[0], 0, k)?, rows(&found[2], 0, k)?);
        let mut gradients = gradients.into_iter();
        let (to_u, to_s, to_vh) =
            (gradients.next().flatten(), gradients.next().flatten(), gradients.next().flatten());
        let to_u = to_u.map(|gradient| first_only(gradient, left, k, columns)).transpose()?;
        let to_vh = to_vh.map(|gradient| first_only(gradient, right, k, rows)).transpose()?;
        let gradient = gradient(&u, &found[1], &vh, to_u, to_s, to_vh)?;
        Ok(vec![gradient.map(|gradient| in_field_of(gradient, &source)).transpose()?])
    });
    Ok(made)
}

/// The gradient of the first `k` vectors; the others are any basis of what is left, so nothing may depend on them.
fn first_only(
    gradient: Array,
    count: i64,
    k: i64,
    part: fn(&Array, i64, i64) -> Result<Array>,
) -> Result<Array> {
    if count > k {
        let rest = reduce::any(&part(&gradient.detach(), k, count)?.ne(0.0)?, &reduce::Options::default())?;
        if rest.item()?.is_truthy() {
            return Err(Error::runtime(
                "svd: no gradient of the vectors beyond min(m, n), which are not unique; use full_matrices=False",
            ));
        }
    }
    part(&gradient, 0, k)
}

/// Townsend, Differentiating the singular value decomposition (2016), with the phase term of complex matrices.
fn gradient(
    u: &Array,
    s: &Array,
    vh: &Array,
    to_u: Option<Array>,
    to_s: Option<Array>,
    to_vh: Option<Array>,
) -> Result<Option<Array>> {
    let mut inner = match to_s {
        Some(to_s) => Some(diagonal_matrices(&to_s)?.astype_if(u.dtype())?),
        None => None,
    };
    let inverse = reciprocal_or_zero(s)?;
    let row = as_row(s)?;
    let column = super::as_column(s)?;
    // (s_j - s_i) (s_j + s_i) loses less than the difference of squares
    let apart = reciprocal_or_zero(&row.sub(&column)?.mul(&row.add(&column)?)?)?;
    let mut outside = None;
    if let Some(to_u) = to_u {
        let products = matmul(&adjoint(u)?, &to_u)?;
        let skew = products.sub(&adjoint(&products)?)?;
        inner = sum_of(inner, Some(skew.mul(&apart)?.mul(&row)?))?;
        if u.dtype().is_complex() {
            let phase = diagonal_of(&skew)?.mul(&inverse)?.mul(0.5)?;
            inner = sum_of(inner, Some(diagonal_matrices(&phase)?))?;
        }
        if lengths(u).0 > lengths(u).1 {
            let across = to_u.sub(&matmul(u, &products)?)?;
            outside = Some(matmul(&across.mul(&as_row(&inverse)?)?, vh)?);
        }
    }
    if let Some(to_vh) = to_vh {
        let (v, to_v) = (adjoint(vh)?, adjoint(&to_vh)?);
        let products = matmul(vh, &to_v)?;
        let skew = products.sub(&adjoint(&products)?)?;
        inner = sum_of(inner, Some(skew.mul(&apart)?.mul(&column)?))?;
        if lengths(vh).1 > lengths(vh).0 {
            let across = adjoint(&to_v.sub(&matmul(&v, &products)?)?)?;
            let more = matmul(&u.mul(&as_row(&inverse)?)?, &across)?;
            outside = sum_of(outside, Some(more))?;
        }
    }
    let inside = match inner {
        Some(inner) => Some(matmul(&matmul(u, &inner)?, vh)?),
        None => None,
    };
    sum_of(inside, outside)
}

/// Singular values, falling.
///
/// # Errors
/// As of [`svd`].
pub fn svdvals(x: &Array) -> Result<Array> {
    let x = super::matrices("svdvals", x)?;
    if tape::is_recording() && x.link().is_some() {
        return Ok(decompose(&x, false)?.swap_remove(1));
    }
    let (m, n) = lengths(&x);
    let outputs: [(&[i64], _); 1] = [(&[m.min(n)], x.dtype().real())];
    let found = run_checked("svdvals", NO_CONVERGENCE, Factorization::SingularValues, &[&x], &outputs)?;
    Ok(found[0].clone())
}

/// Absolute eigenvalues of Hermitian matrices, falling: their singular values.
pub(super) fn hermitian_values(x: &Array) -> Result<Array> {
    let sizes = call1(ops::ABSOLUTE, &super::eigvalsh(x, false)?)?;
    let rising = crate::sort::sort(&sizes, Some(-1))?;
    crate::manipulate::flip(&rising, Some(&[-1]))
}
