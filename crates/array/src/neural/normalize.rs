//! Normalisation to mean 0 and variance 1 over some axes, then a scale and a shift: layer, group, instance and RMS
//! normalisation. One plan and one gradient for all of them (and for batch normalisation, in the file beside). Where rows or
//! planes lie contiguous, kernels do both; other forms, and gradients of gradients, are written in operators.

use std::sync::Arc;

use base::{Error, Result, shape};
use graph::Kernel;
use graph::layers::{Layer, Planes};

use super::kernels;
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
    pub form: Form,
}

/// What kernels can do with a plan.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// Rows of the last axis, with gamma and beta along it.
    Rows,
    /// Contiguous planes with one gamma and beta each.
    Planes(Planes),
    Operators,
}

/// Planes shorter than this are left to operators.
const LEAST_PLANE: usize = 16;

impl Form {
    /// Planes of at least a cache line.
    pub fn planes(planes: Planes) -> Form {
        if planes.inner >= LEAST_PLANE { Form::Planes(planes) } else { Form::Operators }
    }
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

/// A parameter as the kernels read it: one number for each column or channel.
fn parameter(x: &Array, array: &Array, plan: &Plan) -> Result<Array> {
    let flat = array.reshape(&[-1])?;
    let lengths = match plan.form {
        Form::Rows => &x.shape()[x.ndim() - 1..],
        _ => return flat.contiguous(),
    };
    if flat.shape() == lengths { flat.contiguous() } else { flat.broadcast_to(lengths)?.contiguous() }
}

/// The array's shape with length 1 where it is normalised.
fn kept_shape(x: &Array, plan: &Plan) -> Vec<i64> {
    let is_normalised = |axis: usize| plan.axes.contains(&(axis as i64));
    (0..x.ndim()).map(|axis| if is_normalised(axis) { 1 } else { x.shape()[axis] }).collect()
}

/// `standard * gamma + beta`, and the statistics; nothing is recorded.
pub(super) fn forward(x: &Array, gamma: &Array, beta: &Array, plan: &Plan) -> Result<(Statistics, Array)> {
    let layer = match &plan.form {
        Form::Rows => Layer::Rows { centered: plan.centered, epsilon: plan.epsilon },
        Form::Planes(planes) => Layer::Planes { planes: *planes, epsilon: plan.epsilon },
        Form::Operators => {
            let found = statistics(x, plan)?;
            let out = add(&multiply(&standard(x, &found)?, gamma)?, beta)?;
            return Ok((found, out));
        }
    };
    let x = x.contiguous()?;
    let kept = kept_shape(&x, plan);
    let empty = |lengths: &[i64]| Array::empty(lengths, x.dtype(), x.device());
    let (out, mean, variance, inverse) = (empty(x.shape())?, empty(&kept)?, empty(&kept)?, empty(&kept)?);
    let (gamma, beta) = (parameter(&x, gamma, plan)?, parameter(&x, beta, plan)?);
    kernels::run(&Kernel::Layer(layer), &[&x, &gamma, &beta], &[&out, &mean, &variance, &inverse])?;
    Ok((Statistics { mean: plan.centered.then_some(mean), inverse, variance }, out))
}

/// The gradients of data, gamma and beta by a kernel; `None` where there is none.
fn by_kernel(
    gradient: &Array,
    x: &Array,
    gamma: &Array,
    shift_shape: &[i64],
    found: &Statistics,
    plan: &Plan,
) -> Result<Option<Vec<Option<Array>>>> {
    let layer = match &plan.form {
        Form::Rows => Layer::RowsGradient { centered: plan.centered },
        Form::Planes(planes) => Layer::PlanesGradient { planes: *planes },
        Form::Operators => return Ok(None),
    };
    let (x, gradient) = (x.detach().contiguous()?, gradient.contiguous()?);
    let factor = parameter(&x, &gamma.detach(), plan)?;
    let empty = |lengths: &[i64]| Array::empty(lengths, x.dtype(), x.device());
    let (to_x, to_gamma, to_beta) = (empty(x.shape())?, empty(factor.shape())?, empty(factor.shape())?);
    let mean = match &found.mean {
        Some(mean) => mean.clone(),
        None => zeros_like(&found.inverse)?,
    };
    let inputs = [&gradient, &x, &factor, &mean.contiguous()?, &found.inverse.contiguous()?];
    kernels::run(&Kernel::Layer(layer), &inputs, &[&to_x, &to_gamma, &to_beta])?;
    let shaped = |sums: &Array, wanted: &[i64]| match plan.form {
        Form::Rows => along(sums, x.ndim(), x.ndim() - 1)?.sum_to(wanted),
        _ => sums.reshape(wanted),
    };
    let parameters = [shaped(&to_gamma, gamma.shape())?, shaped(&to_beta, shift_shape)?];
    Ok(Some(std::iter::once(to_x).chain(parameters).map(Some).collect()))
}

/// `standard * gamma + beta` in the compute dtype; gamma and beta broadcast to `x`. Recorded as one operator.
pub(super) fn normalize(
    x: &Array,
    gamma: &Array,
    beta: &Array,
    plan: &Arc<Plan>,
    known: Option<(Statistics, Array)>,
) -> Result<Array> {
    let (found, out) = match known {
        Some(known) => known,
        None => tape::paused(|| forward(&x.detach(), &gamma.detach(), &beta.detach(), plan))?,
    };
    Ok(tape::record_saving(plan.name, &[x, gamma, beta], &[x, gamma], out, || {
        let (x, gamma, plan, shift_shape) =
            (x.clone(), gamma.clone(), plan.clone(), beta.view().shape.clone());
        let wanted = [x.link().is_some(), gamma.link().is_some(), beta.link().is_some()];
        Box::new(move |gradient| {
            if !tape::is_recording()
                && wanted[0]
                && let Some(all) = by_kernel(gradient, &x, &gamma, &shift_shape, &found, &plan)?
            {
                return Ok(all);
            }
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
    let form = if axis + 1 == x.ndim() { Form::Rows } else { Form::Operators };
    let plan = Plan { name, axes: vec![axis as i64], epsilon, centered: true, form };
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
    let form = if axis + 1 == x.ndim() { Form::Rows } else { Form::Operators };
    let plan = Plan { name, axes: vec![axis as i64], epsilon, centered: false, form };
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

/// Planes of (N, C, ...), normalised together over groups of neighbouring channels of one example.
fn groups_of(x: &Array, groups: i64) -> Form {
    let [examples, channels, groups] = [x.shape()[0], x.shape()[1], groups].map(|length| length as usize);
    let planes = channels / groups.max(1);
    let inner = x.shape()[2..].iter().product::<i64>() as usize;
    Form::planes(Planes {
        groups: examples * groups,
        planes,
        group_step: planes,
        plane_step: 1,
        channels,
        inner,
    })
}

/// Normalises every example of (N, C, ...) over its places, channel by channel; gamma and beta are vectors over the
/// channels.
///
/// # Errors
/// Type: data that are not real floats. Value: too few axes, parameters of another length.
pub fn instance_norm(x: &Array, gamma: &Array, beta: &Array, epsilon: f64) -> Result<Array> {
    let name = "instance_norm";
    check_channels(name, x, gamma, beta)?;
    let form = groups_of(x, x.shape()[1]);
    let plan = Plan { name, axes: (2..x.ndim() as i64).collect(), epsilon, centered: true, form };
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
    let form = groups_of(x, groups);
    let plan = Plan { name, axes: (2..split.len() as i64).collect(), epsilon, centered: true, form };
    let (output, moments) = run(&x.reshape(&split)?, &gamma, &beta, plan, statistics)?;
    with_moments(output.reshape(x.shape())?, moments, &[x.shape()[0], groups])
}
