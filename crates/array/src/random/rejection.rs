//! The gamma distribution by rejection, a whole array at a time: propose everywhere, then again where refused. What
//! follows from gamma numbers by a formula: beta, chi-square, F, Student's t.

use base::{DType, Dims, Result, shape};
use graph::{DeviceRef, Distribution, Law};

use super::{Draw, Parameter, apply, fill, implicit, is_recorded, sample_each, sample_few};
use crate::elementwise::{Argument, call, call1};
use crate::index::{self, Index};
use crate::{Array, tape};

/// Draws until every element has been accepted. `propose` gets the parameters' elements that are still open and
/// returns a value for each, and which of them are refused (a comparison that nan fails, so that nan ends the search).
pub(super) fn accept(
    count: i64,
    dtype: DType,
    device: DeviceRef,
    parameters: &[Array],
    propose: impl Fn(i64, &[Array]) -> Result<(Array, Array)>,
) -> Result<Array> {
    let out = Array::empty(&[count], dtype, device)?;
    let mut open: Option<Array> = None;
    loop {
        let (remaining, now) = match &open {
            None => (count, parameters.to_vec()),
            Some(places) => {
                let chosen = parameters.iter().map(|x| index::get(x, &[Index::Array(places.clone())]));
                (places.size(), chosen.collect::<Result<Vec<_>>>()?)
            }
        };
        let (values, refused) = propose(remaining, &now)?;
        match &open {
            None => out.write(&values, false)?,
            Some(places) => index::set(&out, &[Index::Array(places.clone())], &values)?,
        }
        let Some(again) = crate::sort::nonzero(&refused)?.pop().filter(|again| again.size() > 0) else {
            return Ok(out);
        };
        open = Some(match open {
            None => again,
            Some(places) => index::get(&places, &[Index::Array(again)])?,
        });
    }
}

/// Gamma numbers of scale 1 for a flat array of shapes (Marsaglia and Tsang 2000). A shape below 1 is drawn one higher
/// and brought down by a power of a uniform number. Not recorded.
fn gamma_of(shapes: &Array, dtype: DType, device: DeviceRef) -> Result<Array> {
    let one = |x: &Array, op, y: f64| apply(op, x, y);
    let raised = call(
        ops::WHERE,
        &[(&one(shapes, ops::LESS, 1.0)?).into(), (&one(shapes, ops::ADD, 1.0)?).into(), shapes.into()],
    )?;
    let d = one(&raised, ops::SUBTRACT, 1.0 / 3.0)?;
    let c = apply(ops::DIVIDE, 1.0, &call1(ops::SQRT, &one(&d, ops::MULTIPLY, 9.0)?)?)?;
    let drawn = accept(shapes.size(), dtype, device, &[d, c], |count, parameters| {
        let (d, c) = (&parameters[0], &parameters[1]);
        let x = fill(Distribution::Normal { mean: 0.0, deviation: 1.0 }, &[count], dtype, device)?;
        let exponential = fill(Distribution::Exponential { scale: 1.0 }, &[count], dtype, device)?;
        let root = one(&apply(ops::MULTIPLY, c, &x)?, ops::ADD, 1.0)?;
        let v = apply(ops::MULTIPLY, &apply(ops::MULTIPLY, &root, &root)?, &root)?;
        let positive = one(&v, ops::MAXIMUM, f32::MIN_POSITIVE as f64)?;
        // accepted where log(u) < x^2 / 2 + d (1 - v + log v), with log(u) = -exponential
        let inside = apply(ops::ADD, &apply(ops::SUBTRACT, 1.0, &v)?, &call1(ops::LOG, &positive)?)?;
        let half_square = one(&apply(ops::MULTIPLY, &x, &x)?, ops::MULTIPLY, 0.5)?;
        let bound = apply(ops::ADD, &half_square, &apply(ops::MULTIPLY, d, &inside)?)?;
        let outside = apply(ops::GREATER_EQUAL, &call1(ops::NEGATIVE, &exponential)?, &bound)?;
        let refused = apply(ops::LOGICAL_OR, &outside, &one(&root, ops::LESS_EQUAL, 0.0)?)?;
        Ok((apply(ops::MULTIPLY, d, &v)?, refused))
    })?;
    let exponential = fill(Distribution::Exponential { scale: 1.0 }, &[shapes.size()], dtype, device)?;
    let power = call1(ops::EXP, &call1(ops::NEGATIVE, &apply(ops::DIVIDE, &exponential, shapes)?)?)?;
    let lowered = apply(ops::MULTIPLY, &drawn, &power)?;
    call(ops::WHERE, &[(&one(shapes, ops::LESS, 1.0)?).into(), (&lowered).into(), (&drawn).into()])
}

/// dtype that rejection computes in.
fn wide(dtype: DType) -> DType {
    if dtype == DType::F64 { DType::F64 } else { DType::F32 }
}

/// Gamma numbers of scale 1 over `size`; shape 0 gives 0. Gradients flow to the shape.
pub(super) fn gamma_draw(shape: &Parameter, size: &Dims, dtype: DType, device: DeviceRef) -> Result<Array> {
    let unit = Parameter::Number(1.0);
    let drawn = if shape::size(size)? == 0 {
        Array::empty(size, dtype, device)?
    } else if device.backend.is_host() {
        sample_each(Law::Gamma, &[shape, &unit], size, dtype, device)?
    } else {
        tape::paused(|| {
            let shapes = shape.flat(size, wide(dtype), device)?;
            gamma_of(&shapes, wide(dtype), device)?.astype_if(dtype)?.reshape(size)
        })?
    };
    let Parameter::Array(shapes) = shape else { return Ok(drawn) };
    let numbers = drawn.detach();
    Ok(tape::record_saving("gamma", &[shapes], &[&numbers], drawn, || {
        let (shapes, numbers) = (shapes.detach(), numbers.clone());
        Box::new(move |gradient| {
            let gradient = gradient.to_device(shapes.device())?;
            let numbers = numbers.to_device(shapes.device())?;
            Ok(vec![Some(implicit::gradient(&gradient, &shapes, &numbers)?.astype_if(shapes.dtype())?)])
        })
    }))
}

/// Gamma distribution of scale 1.
///
/// # Errors
/// Value: a negative shape.
pub fn standard_gamma(shape: Argument, draw: &Draw) -> Result<Array> {
    gamma(shape, Argument::from(1.0), draw).map_err(|error| base::Error {
        message: error.message.replacen("gamma:", "standard_gamma:", 1),
        ..error
    })
}

/// Gamma distribution. Gradients flow to shape and scale.
///
/// # Errors
/// Value: a negative shape or scale.
pub fn gamma(shape: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("gamma")?;
    let (shape, scale) = (Parameter::new("gamma", shape, dtype)?, Parameter::new("gamma", scale, dtype)?);
    shape.require("gamma", ops::GREATER_EQUAL, 0.0, "shape < 0")?;
    scale.require("gamma", ops::GREATER_EQUAL, 0.0, "scale < 0")?;
    let size = draw.shape("gamma", &[&shape, &scale])?;
    let device = draw.device(&[&shape, &scale])?;
    let standard = gamma_draw(&shape, &size, dtype, device)?;
    match scale {
        Parameter::Number(1.0) => Ok(standard),
        scale => apply(ops::MULTIPLY, scale.argument(), &standard),
    }
}

/// Two positive parameters of the same kind.
fn two(name: &str, [a, b]: [Argument; 2], names: [&str; 2], draw: &Draw) -> Result<([Parameter; 2], DType)> {
    let dtype = draw.float(name)?;
    let both = [Parameter::new(name, a, dtype)?, Parameter::new(name, b, dtype)?];
    for (parameter, called) in both.iter().zip(names) {
        parameter.require(name, ops::GREATER, 0.0, &format!("{called} <= 0"))?;
    }
    Ok((both, dtype))
}

/// Beta distribution over [0, 1].
///
/// # Errors
/// Value: `a` or `b` not positive.
pub fn beta(a: Argument, b: Argument, draw: &Draw) -> Result<Array> {
    let ([a, b], dtype) = two("beta", [a, b], ["a", "b"], draw)?;
    let (size, device) = (draw.shape("beta", &[&a, &b])?, draw.device(&[&a, &b])?);
    if !is_recorded(&[&a, &b])
        && let Some(drawn) = sample_few(Law::Beta, &[&a, &b], &size, dtype, device)?
    {
        return Ok(drawn);
    }
    // both gamma numbers of small shapes may be too small for a float: the sampler takes the quotient of logarithms
    let small = |parameter: &Parameter| !matches!(parameter, Parameter::Number(value) if *value >= 1.0);
    let recorded = is_recorded(&[&a, &b]);
    if small(&a) && small(&b) && !recorded && device.backend.is_host() && shape::size(&size)? > 0 {
        return sample_each(Law::Beta, &[&a, &b], &size, dtype, device);
    }
    let first = gamma_draw(&a, &size, wide(dtype), device)?;
    let second = gamma_draw(&b, &size, wide(dtype), device)?;
    apply(ops::DIVIDE, &first, &apply(ops::ADD, &first, &second)?)?.astype_if(dtype)
}

/// Chi-square numbers over `size`: twice gamma numbers of half the degrees of freedom.
fn chisquare_draw(freedom: &Parameter, size: &Dims, dtype: DType, device: DeviceRef) -> Result<Array> {
    let half = match freedom {
        Parameter::Number(value) => Parameter::Number(value / 2.0),
        Parameter::Array(array) => Parameter::Array(apply(ops::MULTIPLY, array, 0.5)?),
    };
    apply(ops::MULTIPLY, &gamma_draw(&half, size, dtype, device)?, 2.0)
}

/// Chi-square distribution.
///
/// # Errors
/// Value: degrees of freedom not positive.
pub fn chisquare(freedom: Argument, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("chisquare")?;
    let freedom = Parameter::new("chisquare", freedom, dtype)?;
    freedom.require("chisquare", ops::GREATER, 0.0, "df <= 0")?;
    chisquare_draw(&freedom, &draw.shape("chisquare", &[&freedom])?, dtype, draw.device(&[&freedom])?)
}

/// F distribution.
///
/// # Errors
/// Value: degrees of freedom not positive.
pub fn f(numerator: Argument, denominator: Argument, draw: &Draw) -> Result<Array> {
    let ([top, bottom], dtype) = two("f", [numerator, denominator], ["dfnum", "dfden"], draw)?;
    let (size, device) = (draw.shape("f", &[&top, &bottom])?, draw.device(&[&top, &bottom])?);
    if !is_recorded(&[&top, &bottom])
        && let Some(drawn) = sample_few(Law::F, &[&top, &bottom], &size, dtype, device)?
    {
        return Ok(drawn);
    }
    let mean = |freedom: &Parameter| -> Result<Array> {
        let drawn = chisquare_draw(freedom, &size, dtype, device)?;
        apply(ops::DIVIDE, &drawn, freedom.argument())
    };
    apply(ops::DIVIDE, &mean(&top)?, &mean(&bottom)?)
}

/// Student's t distribution.
///
/// # Errors
/// Value: degrees of freedom not positive.
pub fn standard_t(freedom: Argument, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("standard_t")?;
    let freedom = Parameter::new("standard_t", freedom, dtype)?;
    freedom.require("standard_t", ops::GREATER, 0.0, "df <= 0")?;
    let (size, device) = (draw.shape("standard_t", &[&freedom])?, draw.device(&[&freedom])?);
    if !is_recorded(&[&freedom])
        && let Some(drawn) = sample_few(Law::StandardT, &[&freedom], &size, dtype, device)?
    {
        return Ok(drawn);
    }
    let normal = fill(Distribution::Normal { mean: 0.0, deviation: 1.0 }, &size, dtype, device)?;
    let square = chisquare_draw(&freedom, &size, dtype, device)?;
    let mean = apply(ops::DIVIDE, &square, freedom.argument())?;
    apply(ops::DIVIDE, &normal, &call1(ops::SQRT, &mean)?)
}
