//! The derivative of a gamma number with respect to its shape, for numbers drawn by rejection: how the number moves when
//! the shape does while its share of the distribution stays (Figurnov, Mohamed and Mnih 2018). Called by `rejection`.
//!
//! With `y = x e^v` the distribution function's derivative by the shape `a`, divided by the density at `x`, is the
//! integral of `exp(a v - x (e^v - 1)) (log x + v - digamma(a))` over `v` from minus infinity to 0, or, with the other
//! sign, from 0 to infinity. The one on whose side the density falls is taken, by a double exponential rule.

use base::{DType, Error, Result};

use super::apply;
use crate::elementwise::{call, call1};
use crate::reduce::{self, Options};
use crate::{Array, tape};

/// Distance of the nodes of the rule, and the numbers of the first and the last.
const STEP: f64 = 0.1;
const NODES: std::ops::RangeInclusive<i32> = -42..=56;

/// Nodes and weights for integrals from 0 to infinity of what decays like `exp(-v)`, on the device of `x`.
fn rule(x: &Array) -> Result<(Array, Array)> {
    let nodes = || NODES.map(|number| f64::from(number) * STEP).map(|t| (t, (t - (-t).exp()).exp()));
    let made = |values: Vec<f64>| Array::from_values(&values, &[values.len() as i64], x.device());
    let weights = nodes().map(|(t, node)| STEP * node * (1.0 + (-t).exp())).collect();
    Ok((made(nodes().map(|(_, node)| node).collect())?, made(weights)?))
}

/// The derivatives of gamma numbers `x` of scale 1 with respect to their shapes `a`, of the same shape; float64. A number
/// that is zero does not move.
///
/// # Errors
/// Runtime: a gradient of the gradient is recorded.
pub(super) fn by_shape(a: &Array, x: &Array) -> Result<Array> {
    if tape::is_recording() {
        return Err(Error::runtime("gamma: there is no second derivative with respect to the shape"));
    }
    let column = |array: &Array| array.reshape(&[x.size(), 1]);
    let (nodes, weights) = rule(x)?;
    let zero = apply(ops::LESS_EQUAL, x, 0.0)?;
    let safe = call(ops::WHERE, &[(&zero).into(), 1.0.into(), x.into()])?;
    let (y, a) = (&column(&safe)?, &column(a)?);
    let above = apply(ops::GREATER_EQUAL, y, a)?;
    let sign = &call(ops::WHERE, &[(&above).into(), 1.0.into(), (-1.0).into()])?;
    let distance = call1(ops::ABSOLUTE, &apply(ops::SUBTRACT, a, y)?)?;
    let scale = &apply(ops::DIVIDE, sign, &apply(ops::ADD, &distance, &call1(ops::SQRT, y)?)?)?;
    let v = &apply(ops::MULTIPLY, scale, &nodes)?;
    let fall = apply(ops::MULTIPLY, y, &call1(ops::EXPM1, v)?)?;
    let density = call1(ops::EXP, &apply(ops::SUBTRACT, &apply(ops::MULTIPLY, a, v)?, &fall)?)?;
    let start = apply(ops::SUBTRACT, &call1(ops::LOG, y)?, &call1(ops::DIGAMMA, a)?)?;
    let term = apply(ops::MULTIPLY, &density, &apply(ops::ADD, &start, v)?)?;
    let last = Options { axes: Some(&[-1]), keepdims: true, ..Options::default() };
    let total = reduce::sum(&apply(ops::MULTIPLY, &term, &weights)?, &last)?;
    let moved = apply(ops::MULTIPLY, &apply(ops::MULTIPLY, &total, scale)?, y)?.reshape(x.shape())?;
    call(ops::WHERE, &[(&zero).into(), 0.0.into(), (&moved).into()])
}

/// [`by_shape`] for parameters that are broadcast, times the gradient of the numbers: the gradient of the parameters.
pub(super) fn gradient(gradient: &Array, shapes: &Array, drawn: &Array) -> Result<Array> {
    let over = shapes.astype_if(DType::F64)?.broadcast_to(drawn.shape())?;
    let moved = by_shape(&over, &drawn.astype_if(DType::F64)?)?;
    apply(ops::MULTIPLY, gradient, &moved.astype_if(gradient.dtype())?)?.sum_to(shapes.shape())
}
