//! Softmax and its logarithm along an axis: with a temperature, with lengths of the rows, with a mask. The gradient needs
//! the result only. Rows of the last axis have a kernel; other axes are written in operators.

use std::sync::Arc;

use base::{DType, Error, Result, promote, shape};

use graph::Kernel;
use graph::layers::{Layer, Softmax};

use super::kernels;
use super::parts::{checked_axis, choose, compute_dtype, expect_shape, op2, positions, sum_kept};
use crate::elementwise::{call1, call2};
use crate::{Array, reduce, tape};

/// How to normalise.
#[derive(Clone, Copy, Debug)]
pub struct Logits<'a> {
    pub axis: i64,
    /// Divides the elements first.
    pub temperature: Option<f64>,
    /// Elements at and after this place along the axis do not take part; the result is 0 there. Shape of the array
    /// without the axis.
    pub lengths: Option<&'a Array>,
    /// Where false, elements do not take part; the result is 0 there (-inf in the logarithm). Broadcasts to the array.
    pub mask: Option<&'a Array>,
    /// dtype of the result; `None`: that of the array.
    pub dtype: Option<DType>,
}

impl Default for Logits<'_> {
    fn default() -> Self {
        Logits { axis: -1, temperature: None, lengths: None, mask: None, dtype: None }
    }
}

/// What the gradient rule keeps.
struct Plan {
    name: &'static str,
    logarithm: bool,
    axis: i64,
    temperature: f64,
    mask: Option<Array>,
    /// The result where the mask is false.
    outside: f64,
}

/// `exp(x / temperature)` divided by its sum along the axis. Halves are computed in float32 and rounded once.
///
/// # Errors
/// Type: data that are not real floats, a result dtype that is none. Value: a temperature of 0, lengths of another
/// shape or outside the axis, a mask that does not broadcast. Axis.
pub fn softmax(x: &Array, logits: &Logits) -> Result<Array> {
    run(x, logits, if logits.mask.is_some() { "masked_softmax" } else { "softmax" }, false)
}

/// The logarithm of [`softmax`], accurate where that is nearly 0 or 1.
///
/// # Errors
/// As of [`softmax`].
pub fn log_softmax(x: &Array, logits: &Logits) -> Result<Array> {
    run(x, logits, if logits.mask.is_some() { "masked_log_softmax" } else { "log_softmax" }, true)
}

fn run(x: &Array, logits: &Logits, name: &'static str, logarithm: bool) -> Result<Array> {
    let compute = compute_dtype(name, x)?;
    let result = logits.dtype.unwrap_or(x.dtype());
    if !result.is_float() {
        return Err(Error::type_(format!("{name}: the result must be real floats, not {result}")));
    }
    let axis = checked_axis(name, x, logits.axis)?;
    let temperature = logits.temperature.unwrap_or(1.0);
    if temperature == 0.0 || temperature.is_nan() {
        return Err(Error::value(format!(
            "{name}: temperature must be a number other than 0, got {temperature}"
        )));
    }
    let mask = participation(name, x, logits, axis)?;
    let outside = if logarithm && logits.lengths.is_none() { f64::NEG_INFINITY } else { 0.0 };
    let plan = Arc::new(Plan { name, logarithm, axis: axis as i64, temperature, mask, outside });
    let compute = promote::promote(compute, if result.is_half() { DType::F32 } else { result });
    normalised(&x.astype_if(compute)?, &plan)?.astype_if(result)
}

/// Which elements take part, as a mask that broadcasts to `x`; `None` for all.
fn participation(name: &str, x: &Array, logits: &Logits, axis: usize) -> Result<Option<Array>> {
    if let Some(mask) = logits.mask {
        let fits =
            shape::broadcast(&[mask.shape(), x.shape()]).is_ok_and(|both| both.as_slice() == x.shape());
        if !fits {
            return Err(Error::value(format!(
                "{name}: a mask of shape {} does not broadcast to data of shape {}",
                shape::text(mask.shape()),
                shape::text(x.shape())
            )));
        }
        return mask.detach().astype_if(DType::Bool).map(Some);
    }
    let Some(lengths) = logits.lengths else { return Ok(None) };
    let mut wanted = x.shape().to_vec();
    wanted.remove(axis);
    expect_shape(name, "length", lengths, &wanted)?;
    let lengths = super::sequence::checked_lengths(name, lengths, 0, x.shape()[axis])?;
    wanted.insert(axis, 1);
    let lengths = lengths.reshape(&wanted)?;
    call2(ops::LESS, &positions(x, axis, DType::I64)?, &lengths).map(Some)
}

fn normalised(x: &Array, plan: &Arc<Plan>) -> Result<Array> {
    let out = if x.size() == 0 { x.detach().copy()? } else { tape::paused(|| value(&x.detach(), plan))? };
    let result = out.detach();
    Ok(tape::record_saving(plan.name, &[x], &[&result.detach()], out, || {
        let (x, plan) = (x.clone(), plan.clone());
        Box::new(move |gradient| {
            // the result is computed again where the gradient itself is recorded, so that it is on the tape
            let again;
            let result = if tape::is_recording() {
                again = normalised(&x, &plan)?;
                &again
            } else {
                &result
            };
            pull_back(gradient, result, &plan).map(|gradient| vec![Some(gradient)])
        })
    }))
}

/// Runs a kernel over the rows of arrays of one shape.
fn by_rows(layer: Layer, arrays: &[&Array], plan: &Plan) -> Result<Array> {
    let shape = arrays[0].shape();
    let mut inputs = arrays.iter().map(|array| array.contiguous()).collect::<Result<Vec<_>>>()?;
    if let Some(mask) = &plan.mask {
        inputs.push(mask.broadcast_to(shape)?.contiguous()?);
    }
    let out = Array::empty(shape, arrays[0].dtype(), arrays[0].device())?;
    kernels::run(&Kernel::Layer(layer), &inputs.iter().collect::<Vec<_>>(), &[&out])?;
    Ok(out)
}

impl Plan {
    /// How rows become the result, where they lie along the last axis of `x`.
    fn of_rows(&self, x: &Array) -> Option<Softmax> {
        (self.axis + 1 == x.ndim() as i64).then_some(Softmax {
            logarithm: self.logarithm,
            temperature: self.temperature,
            outside: self.outside,
        })
    }
}

fn value(x: &Array, plan: &Plan) -> Result<Array> {
    if let Some(how) = plan.of_rows(x) {
        return by_rows(Layer::Softmax(how), &[x], plan);
    }
    let axes = [plan.axis];
    let scaled = if plan.temperature == 1.0 { x.clone() } else { op2(ops::DIVIDE, x, plan.temperature)? };
    let masked = match &plan.mask {
        None => scaled,
        Some(mask) => choose(mask, &scaled, f64::NEG_INFINITY)?,
    };
    let options = reduce::Options { axes: Some(&axes), keepdims: true, ..Default::default() };
    let greatest = reduce::max(&masked, &options)?;
    let greatest = match &plan.mask {
        None => greatest,
        // rows in which nothing takes part
        Some(_) => choose(&op2(ops::EQUAL, &greatest, f64::NEG_INFINITY)?, 0.0, &greatest)?,
    };
    let shifted = call2(ops::SUBTRACT, &masked, &greatest)?;
    drop(masked);
    let powers = call1(ops::EXP, &shifted)?;
    let value = if plan.logarithm {
        let total = call1(ops::LOG, &sum_dropping(powers, &axes)?)?;
        call2(ops::SUBTRACT, &shifted, &total)?
    } else {
        drop(shifted);
        let total = sum_kept(&powers, &axes)?;
        call2(ops::DIVIDE, &powers, &total)?
    };
    match &plan.mask {
        None => Ok(value),
        Some(mask) => choose(mask, &value, plan.outside),
    }
}

/// A sum of elements that nobody needs afterwards, so that they are not kept.
fn sum_dropping(x: Array, axes: &[i64]) -> Result<Array> {
    let options = reduce::Options { axes: Some(axes), keepdims: true, ephemeral: true, ..Default::default() };
    reduce::sum(&x, &options)
}

fn pull_back(gradient: &Array, result: &Array, plan: &Plan) -> Result<Array> {
    // a gradient that is recorded itself is made of operators, which have gradients
    if let Some(how) = plan.of_rows(result).filter(|_| !tape::is_recording()) {
        return by_rows(Layer::SoftmaxGradient(how), &[gradient, result], plan);
    }
    let axes = [plan.axis];
    let inner = if plan.logarithm {
        let gradient = match &plan.mask {
            None => gradient.clone(),
            Some(mask) => choose(mask, gradient, 0.0)?,
        };
        let total = sum_kept(&gradient, &axes)?;
        let back = call2(ops::MULTIPLY, &call1(ops::EXP, result)?, &total)?;
        let back = call2(ops::SUBTRACT, &gradient, &back)?;
        match &plan.mask {
            None => back,
            Some(mask) => choose(mask, &back, 0.0)?,
        }
    } else {
        let total = sum_dropping(call2(ops::MULTIPLY, gradient, result)?, &axes)?;
        call2(ops::MULTIPLY, result, &call2(ops::SUBTRACT, gradient, &total)?)?
    };
    if plan.temperature == 1.0 { Ok(inner) } else { op2(ops::DIVIDE, &inner, plan.temperature) }
}
