//! Activation functions chosen by name, and the leaky family, whose slope is a number, a parameter or drawn.

use base::{Error, Op, Result, shape};

use super::parts::{choose, op2};
use crate::elementwise::{Argument, call1, call2};
use crate::random::{self, Draw};
use crate::{Array, tape};

/// An elementwise function of [`activation`].
#[derive(Clone, Copy, Debug)]
pub struct Activation(&'static Op);

impl Activation {
    /// By MXNet's name: `relu`, `sigmoid`, `log_sigmoid`, `tanh`, `softrelu`, `softsign`, `mish`.
    pub fn from_name(name: &str) -> Option<Activation> {
        Some(Activation(match name {
            "relu" => ops::RELU,
            "sigmoid" => ops::SIGMOID,
            "log_sigmoid" => ops::LOG_SIGMOID,
            "tanh" => ops::TANH,
            "softrelu" => ops::SOFTPLUS,
            "softsign" => ops::SOFTSIGN,
            "mish" => ops::MISH,
            _ => return None,
        }))
    }
}

/// The function of every element.
///
/// # Errors
/// Type: a dtype that the function does not take.
pub fn activation(x: &Array, function: Activation) -> Result<Array> {
    call1(function.0, x).map_err(|error| error.in_operator("activation"))
}

/// What [`leaky_relu`] does with negative elements.
#[derive(Clone, Copy, Debug)]
pub enum LeakyRelu<'a> {
    /// slope * x
    Leaky { slope: f64 },
    /// gamma * x, where gamma is one number per channel (axis 1), or broadcasts to x
    Prelu { gamma: &'a Array },
    /// slope * x, with a slope drawn evenly from [lower, upper) for every element in training, the middle otherwise
    Rrelu { lower: f64, upper: f64 },
    /// slope * (exp(x) - 1)
    Elu { slope: f64 },
    /// Scaled exponential linear unit (all elements are scaled)
    Selu,
    /// x times the normal distribution function (all elements)
    Gelu,
    /// The approximation of `Gelu` by a tanh
    GeluTanh,
}

/// Leaky and exponential rectifiers.
///
/// # Errors
/// Type: complex numbers. Value: a gamma that does not fit, bounds in the wrong order.
pub fn leaky_relu(x: &Array, kind: LeakyRelu) -> Result<Array> {
    apply(x, kind).map_err(|error| error.in_operator("leaky_relu"))
}

fn apply(x: &Array, kind: LeakyRelu) -> Result<Array> {
    if x.dtype().is_complex() {
        return Err(Error::type_(format!("data must be real numbers, not {}", x.dtype())));
    }
    match kind {
        LeakyRelu::Leaky { slope } => leaky(x, Argument::from(slope)),
        LeakyRelu::Prelu { gamma } => leaky(x, Argument::Array(&spread(x, gamma)?)),
        LeakyRelu::Rrelu { lower, upper } => randomized(x, lower, upper),
        LeakyRelu::Elu { slope } => {
            // the exponential of a large element must not reach the gradient
            let below = op2(ops::MINIMUM, x, 0.0)?;
            let curve = op2(ops::MULTIPLY, &call1(ops::EXPM1, &below)?, slope)?;
            choose(&op2(ops::GREATER, x, 0.0)?, x, &curve)
        }
        LeakyRelu::Selu => call1(ops::SELU, x),
        LeakyRelu::Gelu => call1(ops::GELU, x),
        LeakyRelu::GeluTanh => call1(ops::GELU_TANH, x),
    }
}

fn leaky(x: &Array, slope: Argument) -> Result<Array> {
    let below = op2(ops::MULTIPLY, x, slope)?;
    choose(&op2(ops::GREATER, x, 0.0)?, x, &below)
}

/// A vector over the channels of `x`, or an array that broadcasts to it.
fn spread(x: &Array, gamma: &Array) -> Result<Array> {
    let channels = if x.ndim() > 1 { x.shape()[1] } else { 1 };
    if gamma.ndim() == 1 && x.ndim() > 2 && gamma.size() == channels {
        return super::parts::along(gamma, x.ndim(), 1);
    }
    let fits = shape::broadcast(&[gamma.shape(), x.shape()]).is_ok_and(|both| both.as_slice() == x.shape());
    if fits {
        return Ok(gamma.clone());
    }
    Err(Error::value(format!(
        "gamma must have one element per channel (axis 1 of data, length {channels}) or broadcast to data of shape {}, \
         got shape {}",
        shape::text(x.shape()),
        shape::text(gamma.shape())
    )))
}

fn randomized(x: &Array, lower: f64, upper: f64) -> Result<Array> {
    if lower > upper {
        return Err(Error::value(format!("lower_bound {lower} is greater than upper_bound {upper}")));
    }
    if !tape::is_training() {
        return leaky(x, Argument::from((lower + upper) / 2.0));
    }
    let dtype = if x.dtype().is_float() { x.dtype() } else { base::promote::default_float() };
    let draw = Draw { size: Some(x.shape()), dtype: Some(dtype), device: Some(x.device()) };
    let slopes = random::uniform(Argument::from(lower), Argument::from(upper), &draw)?;
    let below = call2(ops::MULTIPLY, x, &slopes)?;
    choose(&op2(ops::GREATER, x, 0.0)?, x, &below)
}
