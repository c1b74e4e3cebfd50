//! Batch normalisation (Ioffe and Szegedy 2015): by the batch's statistics in training, by running ones otherwise. As in
//! MXNet, the running statistics take in a batch when its gradient is computed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{Error, Result, shape};
use graph::Kernel;
use graph::layers::{Layer, Planes};

use super::kernels;
use super::normalize::{Form, Plan, Statistics, forward, normalize};
use super::parts::{along, checked_axis, compute_dtype, expect_shape, op2, zeros_like};
use crate::elementwise::{add, call1, call2, multiply};
use crate::{Array, tape};

/// How to normalise.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm {
    /// Added to the variance.
    pub epsilon: f64,
    /// How much of the running statistics stays at an update.
    pub momentum: f64,
    /// Takes 1 for gamma, whose gradient is zero.
    pub fix_gamma: bool,
    /// Uses the running statistics in training, too.
    pub use_global_stats: bool,
    /// The axis of the channels.
    pub axis: i64,
}

impl Default for BatchNorm {
    fn default() -> Self {
        BatchNorm { epsilon: 1e-3, momentum: 0.9, fix_gamma: true, use_global_stats: false, axis: 1 }
    }
}

/// The normalised array, and the means and inverse standard deviations that it was normalised with.
///
/// In training (`autograd.record`), and without `use_global_stats`, these are the batch's over all axes but the
/// channels', and backward moves the running arrays towards them: `momentum * running + (1 - momentum) * batch`, with
/// the biased variance.
///
/// # Errors
/// Type: data that are not real floats. Axis. Value: parameters of another length, read-only running arrays.
pub fn batch_norm(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    running: [&Array; 2],
    options: &BatchNorm,
) -> Result<[Array; 3]> {
    let name = "batch_norm";
    let compute = compute_dtype(name, x)?;
    let axis = checked_axis(name, x, options.axis)?;
    let names = ["gamma", "beta", "running_mean", "running_var"];
    for (array, text) in [gamma, beta, running[0], running[1]].into_iter().zip(names) {
        expect_shape(name, text, array, &[x.shape()[axis]])?;
    }
    let wide = x.astype_if(compute)?;
    let gamma = if options.fix_gamma { fixed(gamma)? } else { gamma.clone() };
    let (gamma, beta) = (gamma.astype_if(compute)?, beta.astype_if(compute)?);
    if !tape::is_training() || options.use_global_stats {
        let (output, mean, inverse) = by_running(&wide, &gamma, &beta, running, axis, options.epsilon)?;
        return Ok([output.astype_if(x.dtype())?, mean, inverse]);
    }
    for (array, text) in running.into_iter().zip(&names[2..]) {
        if !array.is_writable() {
            return Err(Error::value(format!("{name}: {text} is read-only, but training updates it")));
        }
    }
    if x.size() == 0 {
        let nothing = zeros_like(&running[0].detach())?;
        return Ok([x.astype(x.dtype())?, nothing.clone(), nothing]);
    }
    let axes = (0..x.ndim()).filter(|&other| other != axis).map(|other| other as i64).collect();
    let form = channels_of(x, axis);
    let plan = Arc::new(Plan { name, axes, epsilon: options.epsilon, centered: true, form });
    let (factor, shift) = (along(&gamma, x.ndim(), axis)?, along(&beta, x.ndim(), axis)?);
    let (found, out) = tape::paused(|| forward(&wide.detach(), &factor.detach(), &shift.detach(), &plan))?;
    let watched = watched(&wide, [&gamma, &beta], &found, running, options.momentum)?;
    let output = normalize(&watched, &factor, &shift, &plan, Some((found.clone(), out)))?;
    let mean = found.mean.clone().unwrap_or_else(|| found.inverse.clone());
    Ok([output.astype_if(x.dtype())?, mean.reshape(&[-1])?, found.inverse.reshape(&[-1])?])
}

/// The planes behind the channels' axis, normalised together channel by channel.
fn channels_of(x: &Array, axis: usize) -> Form {
    let product = |lengths: &[i64]| lengths.iter().product::<i64>() as usize;
    let channels = x.shape()[axis] as usize;
    Form::planes(Planes {
        groups: channels,
        planes: product(&x.shape()[..axis]),
        group_step: 1,
        plane_step: channels,
        channels,
        inner: product(&x.shape()[axis + 1..]),
    })
}

/// Ones whose gradient is zero, in the place of gamma.
fn fixed(gamma: &Array) -> Result<Array> {
    let ones = Array::full(gamma.shape(), base::Scalar::F64(1.0), gamma.dtype(), gamma.device())?;
    Ok(tape::record("batch_norm", &[gamma], ones, || {
        Box::new(move |gradient| Ok(vec![Some(zeros_like(gradient)?)]))
    }))
}

/// By the running statistics, which are constants: by a kernel unless it is recorded, in the same steps.
fn by_running(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    running: [&Array; 2],
    axis: usize,
    epsilon: f64,
) -> Result<(Array, Array, Array)> {
    let mean = running[0].detach().astype(x.dtype())?;
    let variance = running[1].detach().astype_if(x.dtype())?;
    let inverse = op2(ops::DIVIDE, 1.0, &call1(ops::SQRT, &op2(ops::ADD, &variance, epsilon)?)?)?;
    let scale = multiply(gamma, &inverse)?;
    if let (false, Form::Planes(planes)) = (tape::is_recording(), channels_of(x, axis)) {
        let output = Array::empty(x.shape(), x.dtype(), x.device())?;
        let given =
            [x, &mean, &scale, beta].map(Array::contiguous).into_iter().collect::<Result<Vec<_>>>()?;
        let kernel = Kernel::Layer(Layer::PlanesGiven { planes });
        kernels::run(&kernel, &given.iter().collect::<Vec<_>>(), &[&output])?;
        return Ok((output, mean, inverse));
    }
    let spread = |vector: &Array| along(vector, x.ndim(), axis);
    let centered = call2(ops::SUBTRACT, x, &spread(&mean)?)?;
    let output = add(&multiply(&centered, &spread(&scale)?)?, &spread(beta)?)?;
    Ok((output, mean, inverse))
}

/// The data as an array whose gradient, when it is computed, updates the running statistics.
fn watched(
    x: &Array,
    parameters: [&Array; 2],
    found: &Statistics,
    running: [&Array; 2],
    momentum: f64,
) -> Result<Array> {
    let Some(mean) = &found.mean else {
        return Err(Error::runtime(format!("batch_norm: no mean for shape {}", shape::text(x.shape()))));
    };
    let batch = [mean.reshape(&[-1])?.detach(), found.variance.reshape(&[-1])?.detach()];
    let targets = running.map(Array::detach);
    let inputs = [x, parameters[0], parameters[1]];
    Ok(tape::record("batch_norm", &inputs, x.detach(), || {
        // a batch counts once, also where its graph is walked again
        let counted = AtomicBool::new(false);
        Box::new(move |gradient| {
            if counted.swap(true, Ordering::Relaxed) {
                return Ok(vec![Some(gradient.clone()), None, None]);
            }
            tape::paused(|| {
                for (target, batch) in targets.iter().zip(&batch) {
                    let moved = op2(ops::MULTIPLY, &target.astype_if(batch.dtype())?, momentum)?;
                    let moved = add(&moved, &op2(ops::MULTIPLY, batch, 1.0 - momentum)?)?;
                    target.write(&moved, true)?;
                }
                Ok::<_, Error>(())
            })?;
            Ok(vec![Some(gradient.clone()), None, None])
        })
    }))
}
