//! Functions that MXNet had before NumPy's names, and ones about gradients and conditions.

use base::{DType, Error, Result, Scalar, promote, shape};

use super::parts::{choose, op2};
use crate::elementwise::{add, call1, call2, multiply};
use crate::manipulate::{self, PadMode};
use crate::{Array, reduce, tape};

/// The sum of arrays of one shape.
///
/// # Errors
/// Value: no arrays, or arrays of different shapes.
pub fn add_n(arrays: &[&Array]) -> Result<Array> {
    let Some((first, rest)) = arrays.split_first() else {
        return Err(Error::value("add_n: at least one array is needed"));
    };
    for (at, array) in rest.iter().enumerate() {
        if array.shape() != first.shape() {
            return Err(Error::value(format!(
                "add_n: argument {} has shape {}, the first one {}",
                at + 1,
                shape::text(array.shape()),
                shape::text(first.shape())
            )));
        }
    }
    match rest.split_first() {
        None => first.astype(first.dtype()),
        Some((second, rest)) => rest.iter().try_fold(add(first, second)?, |sum, array| add(&sum, array)),
    }
}

/// Which norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormOrder {
    /// Sum of absolute values.
    One,
    /// Root of the sum of squares.
    Two,
}

/// The norm over axes (`None`: all), in `dtype` if one is given.
///
/// # Errors
/// Axis. Value: an axis given twice.
pub fn norm(
    x: &Array,
    order: NormOrder,
    axes: Option<&[i64]>,
    dtype: Option<DType>,
    keepdims: bool,
) -> Result<Array> {
    let float = if x.dtype().is_inexact() { x.dtype() } else { promote::default_float() };
    let wide = if float.is_half() { DType::F32 } else { float };
    let size = call1(ops::ABSOLUTE, &x.astype_if(wide)?)?;
    let options = reduce::Options { axes, keepdims, ..Default::default() };
    let named = |error: Error| Error { message: error.message.replacen("sum", "norm", 1), ..error };
    let value = match order {
        NormOrder::One => reduce::sum(&size, &options).map_err(named)?,
        NormOrder::Two => call1(ops::SQRT, &reduce::sum(&multiply(&size, &size)?, &options).map_err(named)?)?,
    };
    value.astype_if(dtype.unwrap_or(float.real()))
}

/// Padding with the widths of all axes in one flat list: before and after the first axis, the second, and so on.
///
/// # Errors
/// Value: a list of another length, negative widths.
pub fn pad_flat(x: &Array, widths: &[i64], mode: &PadMode) -> Result<Array> {
    if widths.len() != 2 * x.ndim() {
        return Err(Error::value(format!(
            "pad: pad_width must hold {} numbers, two per axis of data (shape {}), got {}",
            2 * x.ndim(),
            shape::text(x.shape()),
            widths.len()
        )));
    }
    let pairs: Vec<(i64, i64)> = widths.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    manipulate::pad(x, &pairs, mode)
}

/// The same elements as a constant: the gradient is zero.
pub fn stop_gradient(x: &Array) -> Array {
    tape::record("stop_gradient", &[x], x.detach(), || {
        Box::new(|gradient| Ok(vec![Some(super::parts::zeros_like(gradient)?)]))
    })
}

fn straight_through(
    name: &'static str,
    x: &Array,
    value: impl FnOnce(&Array) -> Result<Array>,
) -> Result<Array> {
    let out = tape::paused(|| value(&x.detach())).map_err(|error| error.in_operator(name))?;
    Ok(tape::record(name, &[x], out, || Box::new(|gradient| Ok(vec![Some(gradient.clone())]))))
}

/// Rounded to whole numbers, halves away from zero, with the gradient of the identity (a straight-through estimator).
///
/// # Errors
/// Type: complex numbers.
pub fn round_ste(x: &Array) -> Result<Array> {
    straight_through("round_ste", x, |x| {
        let whole = call1(ops::TRUNC, x)?;
        let rest = call1(ops::ABSOLUTE, &call2(ops::SUBTRACT, x, &whole)?)?;
        let farther = add(&whole, &call1(ops::SIGN, x)?)?;
        choose(&op2(ops::GREATER_EQUAL, &rest, 0.5)?, &farther, &whole)
    })
}

/// -1, 0 or 1 by the sign, with the gradient of the identity (a straight-through estimator).
///
/// # Errors
/// Type: a dtype without signs.
pub fn sign_ste(x: &Array) -> Result<Array> {
    straight_through("sign_ste", x, |x| call1(ops::SIGN, x))
}

/// True, where all elements are.
///
/// # Errors
/// Value: an element that is not true; the text is the message. Type: an array that is not bool.
pub fn constraint_check(condition: &Array, message: &str) -> Result<Array> {
    if !condition.dtype().is_bool() {
        return Err(Error::type_(format!("constraint_check: input must be bool, not {}", condition.dtype())));
    }
    if reduce::all(condition, &reduce::Options::default())?.item()?.is_truthy() {
        Array::scalar(Scalar::Bool(true), condition.device())
    } else {
        Err(Error::value(message))
    }
}
