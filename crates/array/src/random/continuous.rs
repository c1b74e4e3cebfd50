//! Distributions made of one standard draw and a formula. With numbers as parameters the device draws them directly;
//! array parameters transform a standard draw by operators, so gradients flow to them.

use base::{Error, Result};
use graph::{Distribution, Law};

use super::{Draw, Parameter, apply, fill, sample_few};
use crate::Array;
use crate::elementwise::{Argument, call1};

const STANDARD_UNIFORM: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };
const STANDARD_EXPONENTIAL: Distribution = Distribution::Exponential { scale: 1.0 };

/// Numbers between `low` (included) and `high` (excluded), all equally likely.
///
/// # Errors
/// Overflow: bounds that are not finite. Type: a dtype that is not a float. Value: sizes that do not fit.
pub fn uniform(low: Argument, high: Argument, draw: &Draw) -> Result<Array> {
    let dtype = draw.float("uniform")?;
    let (low, high) = (Parameter::new("uniform", low, dtype)?, Parameter::new("uniform", high, dtype)?);
    let size = draw.shape("uniform", &[&low, &high])?;
    let device = draw.device(&[&low, &high])?;
    if let (Parameter::Number(low), Parameter::Number(high)) = (&low, &high) {
        if !(high - low).is_finite() {
            return Err(Error::overflow("uniform: Range exceeds valid bounds"));
        }
        return fill(Distribution::Uniform { low: *low, high: *high }, &size, dtype, device);
    }
    let standard = fill(STANDARD_UNIFORM, &size, dtype, device)?;
    let range = apply(ops::SUBTRACT, high.argument(), low.argument())?;
    apply(ops::ADD, low.argument(), &apply(ops::MULTIPLY, &range, &standard)?)
}

/// `location + scale * standard draw`.
fn location_and_scale(
    name: &str,
    location: Argument,
    scale: Argument,
    draw: &Draw,
    distribution: fn(f64, f64) -> Distribution,
) -> Result<Array> {
    let dtype = draw.float(name)?;
    let (location, scale) = (Parameter::new(name, location, dtype)?, Parameter::new(name, scale, dtype)?);
    scale.require(name, ops::GREATER_EQUAL, 0.0, "scale < 0")?;
    let size = draw.shape(name, &[&location, &scale])?;
    let device = draw.device(&[&location, &scale])?;
    if let (Parameter::Number(location), Parameter::Number(scale)) = (&location, &scale) {
        return fill(distribution(*location, *scale), &size, dtype, device);
    }
    let standard = fill(distribution(0.0, 1.0), &size, dtype, device)?;
    apply(ops::ADD, location.argument(), &apply(ops::MULTIPLY, scale.argument(), &standard)?)
}

/// Normally distributed numbers; gradients flow to mean and deviation.
///
/// # Errors
/// Value: a negative scale.
pub fn normal(location: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    location_and_scale("normal", location, scale, draw, |mean, deviation| Distribution::Normal {
        mean,
        deviation,
    })
}

/// Gumbel distribution (of maxima).
pub fn gumbel(location: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    location_and_scale("gumbel", location, scale, draw, |location, scale| Distribution::Gumbel {
        location,
        scale,
    })
}

/// Laplace distribution (double exponential).
pub fn laplace(location: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    location_and_scale("laplace", location, scale, draw, |location, scale| Distribution::Laplace {
        location,
        scale,
    })
}

/// Logistic distribution.
pub fn logistic(location: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    location_and_scale("logistic", location, scale, draw, |location, scale| Distribution::Logistic {
        location,
        scale,
    })
}

/// `scale * standard draw`.
fn scaled(name: &str, scale: Argument, draw: &Draw, distribution: fn(f64) -> Distribution) -> Result<Array> {
    let dtype = draw.float(name)?;
    let scale = Parameter::new(name, scale, dtype)?;
    scale.require(name, ops::GREATER_EQUAL, 0.0, "scale < 0")?;
    let (size, device) = (draw.shape(name, &[&scale])?, draw.device(&[&scale])?);
    if let Parameter::Number(scale) = scale {
        return fill(distribution(scale), &size, dtype, device);
    }
    apply(ops::MULTIPLY, scale.argument(), &fill(distribution(1.0), &size, dtype, device)?)
}

/// Exponential distribution with mean `scale`.
pub fn exponential(scale: Argument, draw: &Draw) -> Result<Array> {
    scaled("exponential", scale, draw, |scale| Distribution::Exponential { scale })
}

/// Rayleigh distribution.
pub fn rayleigh(scale: Argument, draw: &Draw) -> Result<Array> {
    scaled("rayleigh", scale, draw, |scale| Distribution::Rayleigh { scale })
}

/// Numbers whose logarithm is normally distributed.
pub fn lognormal(mean: Argument, sigma: Argument, draw: &Draw) -> Result<Array> {
    let exponent = normal(mean, sigma, draw).map_err(|error| Error {
        message: error.message.replacen("normal: scale", "lognormal: sigma", 1).replacen(
            "normal:",
            "lognormal:",
            1,
        ),
        ..error
    })?;
    call1(ops::EXP, &exponent)
}

/// `transform(standard draw, shape parameter)`.
fn shaped(
    name: &str,
    shape: Argument,
    draw: &Draw,
    positive: bool,
    standard: Distribution,
    transform: impl Fn(&Array, Argument) -> Result<Array>,
) -> Result<Array> {
    let dtype = draw.float(name)?;
    let shape = Parameter::new(name, shape, dtype)?;
    if positive {
        shape.require(name, ops::GREATER, 0.0, "a <= 0")?;
    } else {
        shape.require(name, ops::GREATER_EQUAL, 0.0, "a < 0")?;
    }
    let (size, device) = (draw.shape(name, &[&shape])?, draw.device(&[&shape])?);
    transform(&fill(standard, &size, dtype, device)?, shape.argument())
}

/// Weibull distribution with shape `a` and scale 1.
pub fn weibull(a: Argument, draw: &Draw) -> Result<Array> {
    shaped("weibull", a, draw, false, STANDARD_EXPONENTIAL, |standard, a| {
        match a {
            // The limit: the exponent would be infinite.
            Argument::Scalar(_, value) if value.as_f64() == 0.0 => apply(ops::MULTIPLY, standard, 0.0),
            Argument::Scalar(_, value) => apply(ops::POWER, standard, 1.0 / value.as_f64()),
            Argument::Array(a) => apply(ops::POWER, standard, &apply(ops::DIVIDE, 1.0, a)?),
        }
    })
}

/// Pareto II (Lomax) distribution with shape `a`.
pub fn pareto(a: Argument, draw: &Draw) -> Result<Array> {
    shaped("pareto", a, draw, true, STANDARD_EXPONENTIAL, |standard, a| {
        call1(ops::EXPM1, &apply(ops::DIVIDE, standard, a)?)
    })
}

/// Numbers in [0, 1) with density `a * x^(a - 1)`.
pub fn power(a: Argument, draw: &Draw) -> Result<Array> {
    shaped("power", a, draw, true, STANDARD_UNIFORM, |standard, a| {
        let inverse = match a {
            Argument::Scalar(_, value) => return apply(ops::POWER, standard, 1.0 / value.as_f64()),
            Argument::Array(a) => apply(ops::DIVIDE, 1.0, a)?,
        };
        apply(ops::POWER, standard, &inverse)
    })
}

/// Triangular distribution over `left..=right` with its peak at `mode`.
///
/// # Errors
/// Value: unless `left <= mode <= right` and `left < right`.
pub fn triangular(left: Argument, mode: Argument, right: Argument, draw: &Draw) -> Result<Array> {
    let name = "triangular";
    let dtype = draw.float(name)?;
    let [left, mode, right] = [left, mode, right].map(|given| Parameter::new(name, given, dtype));
    let (left, mode, right) = (left?, mode?, right?);
    let minus = |x: &Parameter, y: &Parameter| match (x, y) {
        (Parameter::Number(x), Parameter::Number(y)) => Ok(Parameter::Number(x - y)),
        (x, y) => apply(ops::SUBTRACT, x.argument(), y.argument()).map(Parameter::Array),
    };
    let (range, rise, fall) = (minus(&right, &left)?, minus(&mode, &left)?, minus(&right, &mode)?);
    rise.require(name, ops::GREATER_EQUAL, 0.0, "left > mode")?;
    fall.require(name, ops::GREATER_EQUAL, 0.0, "mode > right")?;
    range.require(name, ops::GREATER, 0.0, "left == right")?;
    range.require(name, ops::LESS, f64::INFINITY, "bounds must be finite numbers")?;
    let parameters = [&left, &mode, &right];
    let (size, device) = (draw.shape(name, &parameters)?, draw.device(&parameters)?);
    if parameters.iter().all(|parameter| matches!(parameter, Parameter::Number(_)))
        && let Some(drawn) = sample_few(Law::Triangular, &parameters, &size, dtype, device)?
    {
        return Ok(drawn);
    }
    let uniform = fill(STANDARD_UNIFORM, &size, dtype, device)?;
    let product = |x: &Parameter, y: &Parameter, quotient: bool| match (x, y) {
        (Parameter::Number(x), Parameter::Number(y)) => {
            Ok(Parameter::Number(if quotient { x / y } else { x * y }))
        }
        (x, y) => {
            let op = if quotient { ops::DIVIDE } else { ops::MULTIPLY };
            apply(op, x.argument(), y.argument()).map(Parameter::Array)
        }
    };
    let (peak, rise, fall) =
        (product(&rise, &range, true)?, product(&range, &rise, false)?, product(&range, &fall, false)?);
    let rising = call1(ops::SQRT, &apply(ops::MULTIPLY, &uniform, rise.argument())?)?;
    let rest = apply(ops::MULTIPLY, &apply(ops::SUBTRACT, 1.0, &uniform)?, fall.argument())?;
    let rising = apply(ops::ADD, &rising, left.argument())?;
    let falling = apply(ops::SUBTRACT, right.argument(), &call1(ops::SQRT, &rest)?)?;
    let below = apply(ops::LESS, &uniform, peak.argument())?;
    crate::elementwise::call(ops::WHERE, &[(&below).into(), (&rising).into(), (&falling).into()])
}

/// A draw without parameters.
fn standard(name: &str, distribution: Distribution, draw: &Draw) -> Result<Array> {
    fill(distribution, &draw.shape(name, &[])?, draw.float(name)?, draw.device(&[])?)
}

/// `uniform` over [0, 1).
pub fn rand(draw: &Draw) -> Result<Array> {
    standard("rand", STANDARD_UNIFORM, draw)
}

/// Standard normal numbers under MATLAB's name.
pub fn randn(draw: &Draw) -> Result<Array> {
    standard("randn", Distribution::Normal { mean: 0.0, deviation: 1.0 }, draw)
}

/// Normally distributed numbers with mean 0 and deviation 1.
pub fn standard_normal(draw: &Draw) -> Result<Array> {
    standard("standard_normal", Distribution::Normal { mean: 0.0, deviation: 1.0 }, draw)
}

/// Exponentially distributed numbers with mean 1.
pub fn standard_exponential(draw: &Draw) -> Result<Array> {
    standard("standard_exponential", STANDARD_EXPONENTIAL, draw)
}

/// Cauchy distribution with mode 0.
pub fn standard_cauchy(draw: &Draw) -> Result<Array> {
    let half_turns = Distribution::Uniform { low: -0.5, high: 0.5 };
    let angle = apply(ops::MULTIPLY, &standard("standard_cauchy", half_turns, draw)?, std::f64::consts::PI)?;
    call1(ops::TAN, &angle)
}
