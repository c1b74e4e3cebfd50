//! Small words that the families are written in: operators applied to arrays and numbers, checks that name the argument
//! and the axis. Knows no family.

use base::{DType, Error, Op, Result, View, shape};

use crate::elementwise::{Argument, call};
use crate::{Array, reduce};

/// `op` over two operands, arrays or numbers.
pub(super) fn op2<'a>(
    op: &'static Op,
    x: impl Into<Argument<'a>>,
    y: impl Into<Argument<'a>>,
) -> Result<Array> {
    call(op, &[x.into(), y.into()])
}

/// Elements of `x` where the mask is true, of `y` elsewhere.
pub(super) fn choose<'a>(
    mask: &'a Array,
    x: impl Into<Argument<'a>>,
    y: impl Into<Argument<'a>>,
) -> Result<Array> {
    call(ops::WHERE, &[Argument::Array(mask), x.into(), y.into()])
}

/// The sum over axes, which stay with length 1.
pub(super) fn sum_kept(x: &Array, axes: &[i64]) -> Result<Array> {
    reduce::sum(x, &reduce::Options { axes: Some(axes), keepdims: true, ..Default::default() })
}

/// The mean over axes, which stay with length 1.
pub(super) fn mean_kept(x: &Array, axes: &[i64]) -> Result<Array> {
    reduce::mean(x, &reduce::Options { axes: Some(axes), keepdims: true, ..Default::default() })
}

/// The dtype to compute in: float32 for halves, which are rounded once at the end.
///
/// # Errors
/// Type: a dtype that is not a real float.
pub(super) fn compute_dtype(name: &str, x: &Array) -> Result<DType> {
    match x.dtype() {
        dtype if dtype.is_half() => Ok(DType::F32),
        dtype if dtype.is_float() => Ok(dtype),
        dtype => {
            Err(Error::type_(format!("{name}: data must be real floats, not {dtype}; cast with astype()")))
        }
    }
}

/// An axis of an argument, as an index.
pub(super) fn checked_axis(name: &str, x: &Array, axis: i64) -> Result<usize> {
    shape::axis(axis, x.ndim()).map_err(|error| error.in_operator(name))
}

/// Checks one length of an argument.
pub(super) fn expect_length(
    name: &str,
    argument: &str,
    array: &Array,
    axis: usize,
    expected: i64,
) -> Result<()> {
    let got = array.shape()[axis];
    if got == expected {
        return Ok(());
    }
    Err(Error::value(format!(
        "{name}: axis {axis} of {argument} must have length {expected}, got {got} (shape {})",
        shape::text(array.shape())
    )))
}

/// Checks the number of axes of an argument.
pub(super) fn expect_ndim(name: &str, argument: &str, array: &Array, expected: usize) -> Result<()> {
    if array.ndim() == expected {
        return Ok(());
    }
    Err(Error::value(format!(
        "{name}: {argument} must have {expected} axes, got {} (shape {})",
        array.ndim(),
        shape::text(array.shape())
    )))
}

/// Checks a whole shape of an argument.
pub(super) fn expect_shape(name: &str, argument: &str, array: &Array, expected: &[i64]) -> Result<()> {
    expect_ndim(name, argument, array, expected.len())?;
    (0..expected.len()).try_for_each(|axis| expect_length(name, argument, array, axis, expected[axis]))
}

/// 0, 1, 2, ... along one axis, with length 1 along the others: broadcasts against arrays of `ndim` axes.
pub(super) fn positions(x: &Array, axis: usize, dtype: DType) -> Result<Array> {
    let mut lengths = vec![1; x.ndim()];
    lengths[axis] = x.shape()[axis];
    Array::positions(View::contiguous(&lengths), dtype, x.device())
}

/// A vector over one axis of an array with `ndim` axes.
pub(super) fn along(vector: &Array, ndim: usize, axis: usize) -> Result<Array> {
    let mut lengths = vec![1; ndim];
    lengths[axis] = -1;
    if vector.size() == 0 {
        lengths[axis] = 0;
    }
    vector.reshape(&lengths)
}

/// Zeros of an array's shape and dtype.
pub(super) fn zeros_like(x: &Array) -> Result<Array> {
    Array::full(x.shape(), base::Scalar::F64(0.0), x.dtype(), x.device())
}
