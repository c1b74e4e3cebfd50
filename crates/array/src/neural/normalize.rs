//! Normalisation to mean 0 and variance 1 over some axes, then a scale and a shift: layer, group, instance and RMS
//! normalisation. One plan and one gradient for all of them (and for batch normalisation, in the file beside).

use std::sync::Arc;

use base::{Error, Result, shape};

use super::parts::{along, checked_axis, compute_dtype, expect_shape, mean_kept, op2, zeros_like};
use crate::elementwise::{add, call1, call2, multiply};
use crate::{Array, tape};

/// Over which axes to normalise, and how the parameters lie.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub name: &'static str,
    /// Axes whose elements share a mean and a variance.
    pub axes: Vec<i64>,
    pub epsilon: f64,
    /// Whether the mean is subtracted.
    pub centered: bool,
}

/// Means and inverse standard deviations, over the axes with length 1.
#[derive(Clone)]
pub(super) struct Statistics {
    pub mean: Option<Array>,
    pub inverse: Array,
    pub variance: Array,
}

/// A normalised array and, where asked for, the statistics that it was normalised with.
pub struct Normalized {
    pub output: Array,
    pub mean: Array,
    /// sqrt(variance + epsilon)
    pub deviation: Array,
}

pub(super) fn statistics(x: &Array, plan: &Plan) -> Result<Statistics> {
    let (mean, variance) = if plan.centered {
        let mean = mean_kept(x, &plan.axes)?;
        let distance = call2(ops::SUBTRACT, x, &mean)?;
        let square = multiply(&distance, &distance)?;
        drop(distance);
        (Some(mean), mean_dropping(square, &plan.axes)?)
    } else {
        (None, mean_dropping(multiply(x, x)?, &plan.axes)?)
    };
    let deviation = call1(ops::SQRT, &op2(ops::ADD, &variance, plan.epsilon)?)?;
    Ok(Statistics { mean, inverse: op2(ops::DIVIDE, 1.0, &deviation)?, variance })
}

/// A mean of elements that nobody needs afterwards, so that they are not kept.
fn mean_dropping(x: Array, axes: &[i64]) -> Result<Array> {
    let options =
        crate::reduce::Options { axes: Some(axes), keepdims: true, ephemeral: true, ..Default::default() };
    crate::reduce::mean(&x, &options)
}

/// `(x - mean) / deviation`; written anew for every use, so that each use reads `x` and nothing is kept.
fn standard(x: &Array, found: &Statistics) -> Result<Array> {
    match &found.mean {
        Some(mean) => multiply(&call2(ops::SUBTRACT, x, mean)?, &found.inverse),
        None => multiply(x, &found.inverse),
    }
}

/// `standard * gamma + beta` in the compute dtype; gamma and beta broadcast to `x`. Recorded as one operator.
pub(super) fn normalize(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    plan: &Arc<Plan>,
    known: Option<Statistics>,
) -> Result<Array> {
    let (found, out) = tape::paused(|| {
        let x = x.detach();
        let found = match known {
            Some(found) => found,
            None => statistics(&x, plan)?,
        };
        let out = add(&multiply(&standard(&x, &found)?, &gamma.detach())?, &beta.detach())?;
        Ok::<_, Error>((found, out))
    })?;
    Ok(tape::record_saving(plan.name, &[x, gamma, beta], &[x, gamma], out, || {
        let (x, gamma, plan, shift_shape) =
            (x.clone(), gamma.clone(), plan.clone(), beta.view().shape.clone());
        let wanted = [x.link().is_some(), gamma.link().is_some(), beta.link().is_some()];
        Box::new(move |gradient| {
            // statistics are computed again where the gradient itself is recorded, so that they are on the tape
            let again;
            let found = if tape::is_recording() {
                again = statistics(&x, &plan)?;
                &again
            } else {
                &found
            };
            pull_back(gradient, &x, &gamma, &shift_shape, found, &plan, wanted)
        })
    }))
}

fn pull_back(
    gradient: &Array,
    x: &Array,
    gamma: &Array,
    shift_shape: &[i64],
    found: &Statistics,
    plan: &Plan,
    wanted: [bool; 3],
) -> Result<Vec<Option<Array>>> {
    let to_beta = if wanted[2] || wanted[0] { Some(gradient.sum_to(shift_shape)?) } else { None };
    let weighted = || multiply(gradient, &standard(x, found)?);
    let to_gamma = if wanted[1] || wanted[0] { Some(weighted()?.sum_to(gamma.shape())?) } else { None };
    if !wanted[0] {
        return Ok(vec![None, to_gamma, to_beta]);
    }
    let same_for_all = gamma.shape() == found.inverse.shape() && gamma.shape() == shift_shape;
    let (shift, slope) = match (&to_beta, &to_gamma) {
        // one parameter per mean: the sums over the axes are there already
        (Some(to_beta), Some(to_gamma)) if same_for_all => {
            let count = (x.size() / found.inverse.size().max(1)).max(1) as f64;
            let scale = op2(ops::DIVIDE, gamma, count)?;
            (multiply(to_beta, &scale)?, multiply(to_gamma, &scale)?)
        }
        _ => {
            let scaled = || multiply(gradient, gamma);
            let slope = mean_dropping(multiply(&scaled()?, &standard(x, found)?)?, &plan.axes)?;
            (mean_dropping(scaled()?, &plan.axes)?, slope)
        }
    };
    let mut inner = multiply(gradient, gamma)?;
    if plan.centered {
        inner = call2(ops::SUBTRACT, &inner, &shift)?;
    }
    let inner = call2(ops::SUBTRACT, &inner, &multiply(&standard(x, found)?, &slope)?)?;
    Ok(vec![Some(multiply(&inner, &found.inverse)?), to_gamma, to_beta])
}

/// [`normalize`] with the dtype rule, and with the statistics as recorded arrays.
fn run(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    plan: Plan,
    with_statistics: bool,
) -> Result<(Array, Option<[Array; 2]>)> {
    let compute = compute_dtype(plan.name, x)?;
    let (wide, plan) = (x.astype_if(compute)?, Arc::new(plan));
    let output = if x.size() == 0 {
        x.astype(x.dtype())?
    } else {
        normalize(&wide, &gamma.astype_if(compute)?, &beta.astype_if(compute)?, &plan, None)?
            .astype_if(x.dtype())?
    };
    let moments = match with_statistics {
        false => None,
        true => {
            let found = statistics(&wide, &plan)?;
            let deviation = call1(ops::SQRT, &op2(ops::ADD, &found.variance, plan.epsilon)?)?;
            let mean = found.mean.map_or_else(|| zeros_like(&deviation), Ok)?;
            Some([mean.astype_if(x.dtype())?, deviation.astype_if(x.dtype())?])
        }
    };
    Ok((output, moments))
}

fn with_moments(output: Array, moments: Option<[Array; 2]>, shape: &[i64]) -> Result<Normalized> {
    let [mean, deviation] = match moments {
        Some([mean, deviation]) => [mean.reshape(shape)?, deviation.reshape(shape)?],
        None => [output.clone(), output.clone()],
    };
    Ok(Normalized { output, mean, deviation })
}

/// Normalises along one axis; gamma and beta are vectors over it. With `statistics`, `mean` and `deviation` hold the
/// array's shape with length 1 on the axis.
///
/// # Errors
/// Type: data that are not real floats. Axis. Value: parameters of another length.
pub fn layer_norm(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    axis: i64,
    epsilon: f64,
    statistics: bool,
) -> Result<Normalized> {
    let name = "layer_norm";
    let axis = checked_axis(name, x, axis)?;
    for (parameter, text) in [(gamma, "gamma"), (beta, "beta")] {
        expect_shape(name, text, parameter, &[x.shape()[axis]])?;
    }
    let plan = Plan { name, axes: vec![axis as i64], epsilon, centered: true };
    let (gamma, beta) = (along(gamma, x.ndim(), axis)?, along(beta, x.ndim(), axis)?);
    let (output, moments) = run(x, &gamma, &beta, plan, statistics)?;
    let mut kept = x.shape().to_vec();
    kept[axis] = 1;
    with_moments(output, moments, &kept)
}

/// Normalises by the root of the mean square along one axis, without subtracting the mean; gamma is a vector over it
/// (Zhang and Sennrich 2019).
///
/// # Errors
/// Type: data that are not real floats. Axis. Value: a gamma of another length.
pub fn rms_norm(x: &Array, gamma: Option<&Array>, axis: i64, epsilon: f64) -> Result<Array> {
    let name = "rms_norm";
    let axis = checked_axis(name, x, axis)?;
    let compute = compute_dtype(name, x)?;
    let scalar = |value: f64| Array::full(&vec![1; x.ndim()], base::Scalar::F64(value), compute, x.device());
    let gamma = match gamma {
        Some(gamma) => {
            expect_shape(name, "gamma", gamma, &[x.shape()[axis]])?;
            along(gamma, x.ndim(), axis)?
        }
        None => scalar(1.0)?,
    };
    let plan = Plan { name, axes: vec![axis as i64], epsilon, centered: false };
    run(x, &gamma, &scalar(0.0)?, plan, false).map(|(output, _)| output)
}

fn check_channels(name: &str, x: &Array, gamma: &Array, beta: &Array) -> Result<()> {
    if x.ndim() < 3 {
        return Err(Error::value(format!(
            "{name}: data must have at least 3 axes (batch, channels, places), got shape {}",
            shape::text(x.shape())
        )));
    }
    for (parameter, text) in [(gamma, "gamma"), (beta, "beta")] {
        expect_shape(name, text, parameter, &[x.shape()[1]])?;
    }
    Ok(())
}

/// Normalises every example of (N, C, ...) over its places, channel by channel; gamma and beta are vectors over the
/// channels.
///
/// # Errors
/// Type: data that are not real floats. Value: too few axes, parameters of another length.
pub fn instance_norm(x: &Array, gamma: &Array, beta: &Array, epsilon: f64) -> Result<Array> {
    let name = "instance_norm";
    check_channels(name, x, gamma, beta)?;
    let plan = Plan { name, axes: (2..x.ndim() as i64).collect(), epsilon, centered: true };
    let (gamma, beta) = (along(gamma, x.ndim(), 1)?, along(beta, x.ndim(), 1)?);
    run(x, &gamma, &beta, plan, false).map(|(output, _)| output)
}

/// Normalises every example of (N, C, ...) over the places of groups of channels (Wu and He 2018); gamma and beta are
/// vectors over the channels. With `statistics`, `mean` and `deviation` have the shape (N, groups).
///
/// # Errors
/// Type: data that are not real floats. Value: too few axes, channels that groups do not divide, parameters of another
/// length.
pub fn group_norm(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    groups: i64,
    epsilon: f64,
    statistics: bool,
) -> Result<Normalized> {
    let name = "group_norm";
    check_channels(name, x, gamma, beta)?;
    let channels = x.shape()[1];
    if groups < 1 || channels % groups != 0 {
        return Err(Error::value(format!(
            "{name}: the channels (axis 1 of data, length {channels}) must divide into num_groups={groups}"
        )));
    }
    let mut split = vec![x.shape()[0], groups, channels / groups];
    split.extend_from_slice(&x.shape()[2..]);
    let mut lengths = vec![1; split.len()];
    (lengths[1], lengths[2]) = (split[1], split[2]);
    let (gamma, beta) = (gamma.reshape(&lengths)?, beta.reshape(&lengths)?);
    let plan = Plan { name, axes: (2..split.len() as i64).collect(), epsilon, centered: true };
    let (output, moments) = run(&x.reshape(&split)?, &gamma, &beta, plan, statistics)?;
    with_moments(output.reshape(x.shape())?, moments, &[x.shape()[0], groups])
}
