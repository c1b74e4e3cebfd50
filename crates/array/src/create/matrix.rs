//! Matrices by formula: identity, triangles, diagonals, powers. Masks are comparisons of positions, so nothing is
//! written but the result.

use base::promote;
use base::{DType, Dims, Error, Op, Result, Scalar, View, shape};
use graph::DeviceRef;

use crate::elementwise::{call, call2};
use crate::manipulate::{ravel, stack};
use crate::{Argument, Array};

use super::Order;

/// Where `row - column + offset`, over a matrix, compares so with zero.
fn band(op: &'static Op, rows: i64, columns: i64, offset: i64, device: DeviceRef) -> Result<Array> {
    shape::check(&[rows, columns])?;
    let view =
        View { shape: Dims::from_slice(&[rows, columns]), strides: Dims::from_slice(&[1, -1]), offset };
    let difference = Array::positions(view, DType::I64, device)?;
    call(op, &[Argument::Array(&difference), Argument::from(0i64)])
}

/// Ones on the diagonal that is `offset` columns right of the main one, zeros elsewhere; square without `columns`.
pub fn eye(
    rows: i64,
    columns: Option<i64>,
    offset: i64,
    dtype: Option<DType>,
    order: Order,
    device: DeviceRef,
) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(promote::default_float);
    let columns = columns.unwrap_or(rows);
    let made = match order {
        Order::F => band(ops::EQUAL, columns, rows, offset.saturating_neg(), device)
            .and_then(|eye| eye.transpose(None)),
        _ => band(ops::EQUAL, rows, columns, offset, device),
    };
    made.and_then(|mask| mask.astype_if(dtype)).map_err(|error| error.in_operator("eye"))
}

/// The square identity matrix.
pub fn identity(length: i64, dtype: Option<DType>, device: DeviceRef) -> Result<Array> {
    eye(length, None, 0, dtype, Order::C, device).map_err(|error| error.in_operator("identity"))
}

/// Ones on and below the diagonal `offset`, zeros above.
pub fn tri(
    rows: i64,
    columns: Option<i64>,
    offset: i64,
    dtype: Option<DType>,
    device: DeviceRef,
) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(promote::default_float);
    band(ops::GREATER_EQUAL, rows.max(0), columns.unwrap_or(rows).max(0), offset, device)
        .and_then(|mask| mask.astype_if(dtype))
        .map_err(|error| error.in_operator("tri"))
}

/// The triangle mask over the last two axes of `x`; a vector stands for a square.
fn triangle(x: &Array, offset: i64) -> Result<Array> {
    let Some(&columns) = x.shape().last() else {
        return Err(Error::type_(
            "tri() missing 1 required positional argument: 'N' (the array has no axes)",
        ));
    };
    let rows = if x.ndim() >= 2 { x.shape()[x.ndim() - 2] } else { columns };
    band(ops::GREATER_EQUAL, rows, columns, offset, x.device())
}

/// The lower triangle of the last two axes; zeros above diagonal `offset`.
pub fn tril(x: &Array, offset: i64) -> Result<Array> {
    let zero = Argument::from(false);
    triangle(x, offset)
        .and_then(|mask| call(ops::WHERE, &[Argument::Array(&mask), Argument::Array(x), zero]))
        .map_err(|error| error.in_operator("tril"))
}

/// The upper triangle of the last two axes; zeros below diagonal `offset`.
pub fn triu(x: &Array, offset: i64) -> Result<Array> {
    let zero = Argument::from(false);
    triangle(x, offset.saturating_sub(1))
        .and_then(|mask| call(ops::WHERE, &[Argument::Array(&mask), zero, Argument::Array(x)]))
        .map_err(|error| error.in_operator("triu"))
}

/// A matrix with the vector on diagonal `offset`; of a matrix, a view of that diagonal.
///
/// # Errors
/// Value: neither a vector nor a matrix.
pub fn diag(x: &Array, offset: i64) -> Result<Array> {
    match x.ndim() {
        1 => with_diagonal(x, offset).map_err(|error| error.in_operator("diag")),
        2 => x.diagonal(offset, 0, 1),
        _ => Err(Error::value("diag: Input must be 1- or 2-d.")),
    }
}

fn with_diagonal(x: &Array, offset: i64) -> Result<Array> {
    let length = x.size().saturating_add(offset.saturating_abs());
    shape::check(&[length, length])?;
    let zeros = Array::full(&[length, length], Scalar::zero(x.dtype()), x.dtype(), x.device())?;
    let insert = move |zeros: &Array, values: &Array| {
        let diagonal = zeros.diagonal(offset, 0, 1)?;
        diagonal.set_writable(true)?;
        diagonal.write(values, false)
    };
    crate::index::embed("diag", zeros, x, insert, move |gradient| gradient.diagonal(offset, 0, 1))
}

/// A matrix with all elements, in C order, on diagonal `offset`.
pub fn diagflat(x: &Array, offset: i64) -> Result<Array> {
    with_diagonal(&ravel(x, Order::C)?, offset).map_err(|error| error.in_operator("diagflat"))
}

/// Powers of a vector as columns, falling unless `increasing`; as many as elements without `columns`.
///
/// # Errors
/// Value: not a vector.
pub fn vander(x: &Array, columns: Option<i64>, increasing: bool) -> Result<Array> {
    if x.ndim() != 1 {
        return Err(Error::value("vander: x must be a one-dimensional array or sequence."));
    }
    let columns = columns.unwrap_or(x.size());
    shape::check(&[x.size(), columns]).map_err(|error| error.in_operator("vander"))?;
    let dtype = promote::promote(x.dtype(), DType::I64);
    let x = x.astype_if(dtype)?;
    if columns == 0 {
        return Array::empty(&[x.size(), 0], dtype, x.device());
    }
    // a result that memory does not hold is known before its columns have filled memory
    drop(Array::empty(&[x.size(), columns], dtype, x.device())?);
    let mut powers = vec![Array::full(x.shape(), Scalar::one(dtype), dtype, x.device())?];
    while (powers.len() as i64) < columns {
        let next = match powers.len() {
            1 => x.clone(),
            known => call2(ops::MULTIPLY, &powers[known - 1], &x)?,
        };
        powers.push(next);
    }
    if !increasing {
        powers.reverse();
    }
    stack(&powers.iter().collect::<Vec<_>>(), 1)
}
