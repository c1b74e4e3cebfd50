//! Distributions over whole numbers. Counts come from a table where parameters are numbers, and from the device's samplers
//! where they are arrays, in float64.

use base::{DType, Error, Result, Scalar};
use graph::{DeviceRef, Distribution, Law};

use super::table::Table;
use super::{Draw, Parameter, apply, fill, sample};
use crate::elementwise::{Argument, call, call1};
use crate::{Array, reduce, tape};

/// Integers between `low` (included) and `high` (excluded); with `high` missing, between 0 and `low`.
///
/// # Errors
/// Value: an empty range, or bounds outside the dtype. Type: a dtype that is not an integer or bool.
pub fn randint(low: i128, high: Option<i128>, draw: &Draw) -> Result<Array> {
    let dtype = draw.dtype.unwrap_or(DType::I64);
    let Some((least, greatest)) = dtype.integer_range() else {
        return Err(Error::type_(format!(
            "randint: Unsupported dtype {dtype} for randint; draw integers and cast them"
        )));
    };
    let (low, high) = match high {
        Some(high) => (low, high),
        None => (0, low),
    };
    if low < least {
        return Err(Error::value(format!("randint: low is out of bounds for {dtype}")));
    }
    if high > greatest + 1 {
        return Err(Error::value(format!("randint: high is out of bounds for {dtype}")));
    }
    if low >= high {
        return Err(Error::value(format!("randint: low >= high ({low} >= {high})")));
    }
    let (size, device) = (draw.shape("randint", &[])?, draw.device(&[])?);
    // Both wrap on purpose: bounds of uint64 travel as the same bits, and a range of 2^64 is written 0.
    let distribution = Distribution::Integers { low: low as i64, range: (high - low) as u64 };
    fill(distribution, &size, dtype, device)
}

/// Integers between bounds of which at least one is an array; with `high` missing, between 0 and `low`. A range may have
/// up to 2^53 integers, and the bounds broadcast.
///
/// # Errors
/// Value: an empty range, one with more integers, or bounds outside the dtype. Type: a dtype that is not an integer or
/// bool, bounds that are not whole.
pub fn randint_between(low: &Array, high: Option<&Array>, draw: &Draw) -> Result<Array> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    let name = "randint";
    let dtype = draw.dtype.unwrap_or(DType::I64);
    let Some((least, greatest)) = dtype.integer_range() else {
        return Err(Error::type_(format!(
            "{name}: Unsupported dtype {dtype} for randint; draw integers and cast them"
        )));
    };
    let whole = |bound: &Array| {
        let cut = bound.detach().astype_if(DType::I64)?;
        let (wide, given) = (cut.astype(DType::F64)?, bound.detach().astype(DType::F64)?);
        let equal = call(ops::EQUAL, &[(&wide).into(), (&given).into()])?;
        if !reduce::all(&equal, &reduce::Options::default())?.item()?.is_truthy() {
            return Err(Error::type_(format!("{name}: bounds must be whole numbers of 64 bits")));
        }
        Ok(cut)
    };
    let (low, high) = match high {
        Some(high) => (whole(low)?, whole(high)?),
        None => (Array::scalar(Scalar::I64(0), low.device())?, whole(low)?),
    };
    // doubles neither wrap nor take part in weak promotion
    let (lows, highs) =
        (Parameter::Array(low.astype(DType::F64)?), Parameter::Array(high.astype(DType::F64)?));
    lows.require(name, ops::GREATER_EQUAL, least as f64, &format!("low is out of bounds for {dtype}"))?;
    highs.require(
        name,
        ops::LESS_EQUAL,
        greatest as f64 + 1.0,
        &format!("high is out of bounds for {dtype}"),
    )?;
    let range = Parameter::Array(apply(ops::SUBTRACT, highs.argument(), lows.argument())?);
    range.require(name, ops::GREATER, 0.0, "low >= high")?;
    range.require(name, ops::LESS_EQUAL, MOST, "ranges of arrays may hold at most 2**53 integers")?;
    let parameters = [&lows, &highs];
    let (size, device) = (draw.shape(name, &parameters)?, draw.device(&parameters)?);
    let uniform = fill(Distribution::Uniform { low: 0.0, high: 1.0 }, &size, DType::F64, device)?;
    let step = call1(ops::FLOOR, &apply(ops::MULTIPLY, &uniform, range.argument())?)?.astype(DType::I64)?;
    apply(ops::ADD, &step, &low)?.astype_if(dtype)
}

/// 1 with a probability given as itself or as its logit, else 0. Exactly one of them must be given.
///
/// # Errors
/// Value: both or none given, or a probability outside [0, 1].
pub fn bernoulli(probability: Option<Argument>, logit: Option<Argument>, draw: &Draw) -> Result<Array> {
    let dtype = draw.number("bernoulli", base::promote::default_float())?;
    let compute = if dtype == DType::F64 { DType::F64 } else { DType::F32 };
    let probability = match (probability, logit) {
        (Some(probability), None) => Parameter::new("bernoulli", probability, compute)?,
        (None, Some(logit)) => match Parameter::new("bernoulli", logit, compute)? {
            Parameter::Number(logit) => Parameter::Number(1.0 / (1.0 + (-logit).exp())),
            Parameter::Array(logit) => Parameter::Array(call1(ops::SIGMOID, &logit.detach())?),
        },
        _ => return Err(Error::value("bernoulli: give either `prob` or `logit`, and not both")),
    };
    require_probability("bernoulli", &probability)?;
    let (size, device) = (draw.shape("bernoulli", &[&probability])?, draw.device(&[&probability])?);
    match probability {
        Parameter::Number(probability) => fill(Distribution::Bernoulli { probability }, &size, dtype, device),
        Parameter::Array(probability) => {
            let uniform = fill(Distribution::Uniform { low: 0.0, high: 1.0 }, &size, compute, device)?;
            apply(ops::LESS, &uniform, &probability.detach())?.astype_if(dtype)
        }
    }
}

fn require_probability(name: &str, parameter: &Parameter) -> Result<()> {
    parameter.require(name, ops::GREATER_EQUAL, 0.0, "p < 0, p > 1 or p is NaN")?;
    parameter.require(name, ops::LESS_EQUAL, 1.0, "p < 0, p > 1 or p is NaN")
}

/// Counts over whole numbers: parameters, shape, dtype and device settled, elements drawn flat in float64 from a table, or
/// by `draw_flat`.
pub(super) fn counts(
    name: &str,
    parameters: &[&Parameter],
    draw: &Draw,
    table: Option<Table>,
    draw_flat: impl FnOnce(&[Array], DeviceRef) -> Result<Array>,
) -> Result<Array> {
    let dtype = draw.number(name, DType::I64)?;
    let (size, device) = (draw.shape(name, parameters)?, draw.device(parameters)?);
    tape::paused(|| {
        let count = base::shape::size(&size)?;
        if count == 0 {
            return Array::empty(&size, dtype, device);
        }
        if let Some(table) = table {
            return table.draw(count, device)?.astype_if(dtype)?.reshape(&size);
        }
        let flat = parameters.iter().map(|parameter| parameter.flat(&size, DType::F64, device));
        let flat = flat.collect::<Result<Vec<_>>>()?;
        draw_flat(&flat, device)?.astype_if(dtype)?.reshape(&size)
    })
}

fn exponentials(count: i64, device: DeviceRef) -> Result<Array> {
    fill(Distribution::Exponential { scale: 1.0 }, &[count], DType::F64, device)
}

/// Poisson distribution: int64 counts.
///
/// # Errors
/// Value: a negative mean, or one whose counts do not fit in int64.
pub fn poisson(mean: Argument, draw: &Draw) -> Result<Array> {
    let mean = Parameter::new("poisson", mean, DType::F64)?;
    mean.require("poisson", ops::GREATER_EQUAL, 0.0, "lam < 0 or lam is NaN")?;
    mean.require("poisson", ops::LESS_EQUAL, 9.2e18, "lam value too large")?;
    let table = match mean {
        Parameter::Number(mean) => Table::poisson(mean),
        Parameter::Array(_) => None,
    };
    counts("poisson", &[&mean], draw, table, |flat, device| sample(Law::Poisson, &[&flat[0]], device))
}

/// Trials up to the first success, at least 1.
fn waiting(log_failure: &Array, device: DeviceRef) -> Result<Array> {
    let time = apply(ops::DIVIDE, &exponentials(log_failure.size(), device)?, log_failure)?;
    apply(ops::MAXIMUM, &call1(ops::CEIL, &time)?, 1.0)
}

/// `-log(1 - p)`
fn failure_rate(probability: &Array) -> Result<Array> {
    call1(ops::NEGATIVE, &call1(ops::LOG1P, &call1(ops::NEGATIVE, probability)?)?)
}

/// Number of trials up to the first success.
///
/// # Errors
/// Value: a probability that is not in (0, 1].
pub fn geometric(probability: Argument, draw: &Draw) -> Result<Array> {
    let probability = Parameter::new("geometric", probability, DType::F64)?;
    probability.require("geometric", ops::GREATER, 0.0, "p <= 0, p > 1 or p contains NaNs")?;
    probability.require("geometric", ops::LESS_EQUAL, 1.0, "p <= 0, p > 1 or p contains NaNs")?;
    counts("geometric", &[&probability], draw, None, |flat, device| {
        let trials = waiting(&failure_rate(&flat[0])?, device)?;
        // beyond int64 the count is cut, as in NumPy
        apply(ops::MINIMUM, &trials, 9.2e18)
    })
}

/// Number of successes in `trials` independent trials; fractions of a trial are cut off.
///
/// # Errors
/// Value: negative trials, or a probability outside [0, 1].
pub fn binomial(trials: Argument, probability: Argument, draw: &Draw) -> Result<Array> {
    let trials = Parameter::new("binomial", trials, DType::F64)?;
    let probability = Parameter::new("binomial", probability, DType::F64)?;
    trials.require("binomial", ops::GREATER_EQUAL, 0.0, "n < 0")?;
    trials.require("binomial", ops::LESS_EQUAL, 9.2e18, "n is too large")?;
    require_probability("binomial", &probability)?;
    let table = match (&trials, &probability) {
        (Parameter::Number(trials), Parameter::Number(probability)) => {
            Table::binomial(trials.floor(), *probability)
        }
        _ => None,
    };
    counts("binomial", &[&trials, &probability], draw, table, |flat, device| {
        sample(Law::Binomial, &[&call1(ops::FLOOR, &flat[0])?, &flat[1]], device)
    })
}

/// [`binomial`] over flat float64 arrays that the caller has checked.
pub(super) fn binomial_draw(trials: &Array, probability: f64, device: DeviceRef) -> Result<Array> {
    let probability = Parameter::Number(probability).flat(trials.shape(), DType::F64, device)?;
    sample(Law::Binomial, &[trials, &probability], device)
}

/// Number of failures before `successes` successes: a Poisson count with a gamma mean.
///
/// # Errors
/// Value: `successes` not positive, or a probability outside (0, 1].
pub fn negative_binomial(successes: Argument, probability: Argument, draw: &Draw) -> Result<Array> {
    let name = "negative_binomial";
    let successes = Parameter::new(name, successes, DType::F64)?;
    let probability = Parameter::new(name, probability, DType::F64)?;
    successes.require(name, ops::GREATER, 0.0, "n <= 0")?;
    probability.require(name, ops::GREATER, 0.0, "p <= 0, p > 1 or p contains NaNs")?;
    probability.require(name, ops::LESS_EQUAL, 1.0, "p <= 0, p > 1 or p contains NaNs")?;
    let table = match (&successes, &probability) {
        (Parameter::Number(successes), Parameter::Number(probability)) => {
            Table::negative_binomial(*successes, *probability)
        }
        _ => None,
    };
    counts(name, &[&successes, &probability], draw, table, |flat, device| {
        sample(Law::NegativeBinomial, &[&flat[0], &flat[1]], device)
    })
}
