//! Norms of vectors and matrices. Where a norm has a corner (at zero), its gradient is zero.

use base::{Error, Result, Scalar, promote, shape};

use super::{choose, svdvals};
use crate::elementwise::{Argument, call1};
use crate::{Array, manipulate, ops, reduce, tape};

/// Which norm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NormOrder {
    /// Root of the sum of squares, of matrices.
    Frobenius,
    /// Sum of singular values, of matrices.
    Nuclear,
    /// Of vectors: the root of that order of the sum of powers; greatest or least size for infinities, number of elements
    /// that are not zero for 0. Of matrices: 1 and infinity (greatest sums of columns and rows), 2 (greatest singular
    /// value), and their negatives for the least.
    Power(f64),
}

impl NormOrder {
    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<NormOrder> {
        Some(match name {
            "fro" | "f" => NormOrder::Frobenius,
            "nuc" => NormOrder::Nuclear,
            _ => return None,
        })
    }
}

fn floating(x: &Array) -> Result<Array> {
    if x.dtype().is_inexact() { Ok(x.clone()) } else { x.astype(promote::default_float()) }
}

/// Squared absolute values, which are real.
pub(super) fn squares(x: &Array) -> Result<Array> {
    if !x.dtype().is_complex() {
        return call1(ops::SQUARE, x);
    }
    let (re, im) = (call1(ops::REAL, x)?, call1(ops::IMAG, x)?);
    call1(ops::SQUARE, &re)?.add(&call1(ops::SQUARE, &im)?)
}

/// Root of the sum of squares over axes.
fn euclidean(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Array> {
    let options = reduce::Options { axes, keepdims, ..Default::default() };
    let plain = tape::paused(|| call1(ops::SQRT, &reduce::sum(&squares(&x.detach())?, &options)?))?;
    let saved = plain.detach();
    let axes: Option<Vec<i64>> = axes.map(<[i64]>::to_vec);
    Ok(tape::record_saving("norm", &[x], &[x, &plain], plain.clone(), || {
        let x = x.clone();
        Box::new(move |gradient| {
            let again;
            let size = if tape::is_recording() {
                again = euclidean(&x, axes.as_deref(), keepdims)?;
                &again
            } else {
                &saved
            };
            let kept = kept_shape(&x, axes.as_deref())?;
            let (size, gradient) = (size.reshape(&kept)?, gradient.reshape(&kept)?);
            let zero = size.eq(0.0)?;
            let safe = choose(&zero, Argument::from(1.0), Argument::Array(&size))?;
            Ok(vec![Some(x.mul(&gradient.div(&safe)?)?.astype_if(x.dtype())?)])
        })
    }))
}

/// The shape with 1 for the axes that a norm goes over.
fn kept_shape(x: &Array, axes: Option<&[i64]>) -> Result<Vec<i64>> {
    let mut kept = x.shape().to_vec();
    match axes {
        None => kept.fill(1),
        Some(axes) => shape::axes(axes, x.ndim())?.iter().for_each(|&axis| kept[axis] = 1),
    }
    Ok(kept)
}

/// The norm of vectors along axes, or of all elements; the root of the sum of squares without an order.
///
/// # Errors
/// Value: an order of matrices. Axis.
pub fn vector_norm(
    x: &Array,
    order: Option<NormOrder>,
    axes: Option<&[i64]>,
    keepdims: bool,
) -> Result<Array> {
    vector(&floating(x)?, order, axes, keepdims).map_err(|error| error.in_operator("norm"))
}

fn vector(x: &Array, order: Option<NormOrder>, axes: Option<&[i64]>, keepdims: bool) -> Result<Array> {
    let options = reduce::Options { axes, keepdims, ..Default::default() };
    let order = match order {
        None => return euclidean(x, axes, keepdims),
        Some(NormOrder::Power(order)) => order,
        Some(NormOrder::Frobenius) => return Err(Error::value("Invalid norm order 'fro' for vectors")),
        Some(NormOrder::Nuclear) => return Err(Error::value("Invalid norm order 'nuc' for vectors")),
    };
    if order == 2.0 {
        return euclidean(x, axes, keepdims);
    }
    if order == 0.0 {
        let counted = x.detach().ne(0.0)?.astype(x.dtype().real())?;
        return reduce::sum(&counted, &options);
    }
    let size = call1(ops::ABSOLUTE, x)?;
    if order == f64::INFINITY {
        // as NumPy 2.4: the greatest of no sizes is 0
        return reduce::max(&size, &reduce::Options { initial: empty_start(&size, axes)?, ..options });
    }
    if order == f64::NEG_INFINITY {
        return reduce::min(&size, &options);
    }
    if order == 1.0 {
        return reduce::sum(&size, &options);
    }
    reduce::sum(&size.pow(order)?, &options)?.pow(1.0 / order)
}

/// Where the fold of a greatest element starts when there is none.
fn empty_start(x: &Array, axes: Option<&[i64]>) -> Result<Option<Scalar>> {
    let empty = match axes {
        None => x.size() == 0,
        Some(axes) => shape::axes(axes, x.ndim())?.iter().any(|&axis| x.shape()[axis] == 0),
    };
    Ok(empty.then_some(Scalar::F64(0.0)))
}

/// The norm of the matrices in the last two axes; Frobenius' without an order.
///
/// # Errors
/// Value: fewer than two axes, or an order that there is not.
pub fn matrix_norm(x: &Array, order: Option<NormOrder>, keepdims: bool) -> Result<Array> {
    if x.ndim() < 2 {
        return Err(Error::value("matrix_norm: The input array must be at least a two-dimensional array"));
    }
    matrix(&floating(x)?, order, [-2, -1], keepdims).map_err(|error| error.in_operator("norm"))
}

fn matrix(x: &Array, order: Option<NormOrder>, axes: [i64; 2], keepdims: bool) -> Result<Array> {
    let checked = |axis: i64| shape::axis(axis, x.ndim());
    let (row, column) = (checked(axes[0])?, checked(axes[1])?);
    if row == column {
        return Err(Error::value("Duplicate axes given."));
    }
    let over = |x: &Array, axis: usize, greatest: bool| {
        let axes = [axis as i64];
        let mut options = reduce::Options { axes: Some(&axes), keepdims: true, ..Default::default() };
        if greatest {
            options.initial = empty_start(x, Some(&axes))?;
            reduce::max(x, &options)
        } else {
            reduce::min(x, &options)
        }
    };
    let result = match order {
        None | Some(NormOrder::Frobenius) => return euclidean(x, Some(&axes), keepdims),
        Some(NormOrder::Power(order)) if order.abs() == 1.0 || order.is_infinite() => {
            let (inside, outside) = if order.is_infinite() { (column, row) } else { (row, column) };
            let axes = [inside as i64];
            let options = reduce::Options { axes: Some(&axes), keepdims: true, ..Default::default() };
            let sums = reduce::sum(&call1(ops::ABSOLUTE, x)?, &options)?;
            over(&sums, outside, order > 0.0)?
        }
        Some(order @ (NormOrder::Nuclear | NormOrder::Power(2.0) | NormOrder::Power(-2.0))) => {
            let moved = manipulate::moveaxis(x, &[row as i64, column as i64], &[-2, -1])?;
            let values = svdvals(&moved)?;
            let last = values.ndim() - 1;
            match order {
                NormOrder::Nuclear => {
                    let options = reduce::Options { axes: Some(&[-1]), keepdims: true, ..Default::default() };
                    reduce::sum(&values, &options)?
                }
                other => over(&values, last, other == NormOrder::Power(2.0))?,
            }
        }
        Some(NormOrder::Power(_)) => return Err(Error::value("Invalid norm order for matrices.")),
    };
    let mut kept = kept_shape(x, Some(&axes))?;
    if !keepdims {
        kept.remove(row.max(column));
        kept.remove(row.min(column));
    }
    result.reshape(&kept)
}

/// `numpy.linalg.norm`: of all elements without axes and order, of vectors along one axis, of matrices over two.
///
/// # Errors
/// Value: an order that there is not, or another number of axes.
pub fn norm(x: &Array, order: Option<NormOrder>, axes: Option<&[i64]>, keepdims: bool) -> Result<Array> {
    let x = floating(x)?;
    let all: Vec<i64> = (0..x.ndim() as i64).collect();
    let in_operator = |error: Error| error.in_operator("norm");
    let axes = match axes {
        Some(axes) => axes,
        None => {
            let plain = match order {
                None => true,
                Some(NormOrder::Power(order)) => x.ndim() == 1 && order == 2.0,
                Some(NormOrder::Frobenius) => x.ndim() == 2,
                Some(NormOrder::Nuclear) => false,
            };
            if plain {
                return euclidean(&x, None, keepdims).map_err(in_operator);
            }
            &all
        }
    };
    match *axes {
        [_] => vector(&x, order, Some(axes), keepdims),
        [row, column] => matrix(&x, order, [row, column], keepdims),
        _ => Err(Error::value("Improper number of dimensions to norm.")),
    }
    .map_err(in_operator)
}
