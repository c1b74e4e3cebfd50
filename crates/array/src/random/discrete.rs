//! Distributions over whole numbers. Counts come from a table where parameters are numbers; for arrays of them, by
//! rejection where the mean is large (Hoermann 1993) and by adding up waiting times where it is small, a whole array at
//! a time, in float64.

use base::{DType, Dims, Error, Result, Scalar};
use graph::{DeviceRef, Distribution, Law};

use super::rejection::{accept, gamma_draw};
use super::table::Table;
use super::{Draw, Parameter, apply, fill, is_few, sample};
use crate::elementwise::{Argument, call, call1};
use crate::{Array, reduce, tape};

/// From this mean on, rejection needs fewer steps than waiting times.
const LARGE_MEAN: f64 = 10.0;

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

/// Counts over whole numbers: parameters, shape, dtype and device settled, elements drawn flat in float64 by `draw_flat`.
fn counts(
    name: &str,
    parameters: &[&Parameter],
    draw: &Draw,
    draw_flat: impl FnOnce(&[Array], DeviceRef) -> Result<Array>,
) -> Result<Array> {
    let dtype = draw.number(name, DType::I64)?;
    let (size, device) = (draw.shape(name, parameters)?, draw.device(parameters)?);
    tape::paused(|| {
        let flat = parameters.iter().map(|parameter| parameter.flat(&size, DType::F64, device));
        let flat = flat.collect::<Result<Vec<_>>>()?;
        if base::shape::size(&size)? == 0 {
            return Array::empty(&size, dtype, device);
        }
        draw_flat(&flat, device)?.astype_if(dtype)?.reshape(&size)
    })
}

fn exponentials(count: i64, device: DeviceRef) -> Result<Array> {
    fill(Distribution::Exponential { scale: 1.0 }, &[count], DType::F64, device)
}

/// How many steps fit into `limit` (`strict`: end before it). `step` draws the lengths of one step everywhere.
fn steps_within(limit: &Array, strict: bool, step: impl Fn() -> Result<Array>) -> Result<Array> {
    let within = if strict { ops::LESS } else { ops::LESS_EQUAL };
    let (mut time, mut count) = (step()?, apply(ops::MULTIPLY, limit, 0.0)?);
    loop {
        let inside = apply(within, &time, limit)?;
        if !reduce::any(&inside, &reduce::Options::default())?.item()?.is_truthy() {
            return Ok(count);
        }
        count = apply(ops::ADD, &count, &inside)?;
        time = apply(ops::ADD, &time, &step()?)?;
    }
}

/// Small where the mean is below the limit, else large; each is drawn only where the array needs it.
fn by_mean(
    mean: &Array,
    small: impl FnOnce() -> Result<Array>,
    large: impl FnOnce() -> Result<Array>,
) -> Result<Array> {
    let is_large = apply(ops::GREATER_EQUAL, mean, LARGE_MEAN)?;
    let options = reduce::Options::default();
    if reduce::all(&is_large, &options)?.item()?.is_truthy() {
        return large();
    }
    if !reduce::any(&is_large, &options)?.item()?.is_truthy() {
        return small();
    }
    let (large, small) = (large()?, small()?);
    call(ops::WHERE, &[(&is_large).into(), (&large).into(), (&small).into()])
}

/// Poisson counts for a flat float64 array of means that the caller has checked.
pub(super) fn poisson_of(means: &Array, device: DeviceRef) -> Result<Array> {
    let small = || {
        let limit = apply(ops::MINIMUM, means, LARGE_MEAN)?;
        steps_within(&limit, true, || exponentials(limit.size(), device))
    };
    let large = || {
        let means = apply(ops::MAXIMUM, means, LARGE_MEAN)?;
        let b = apply(ops::ADD, &apply(ops::MULTIPLY, &call1(ops::SQRT, &means)?, 2.53)?, 0.931)?;
        let a = apply(ops::SUBTRACT, &apply(ops::MULTIPLY, &b, 0.02483)?, 0.059)?;
        let rest = apply(ops::DIVIDE, 1.1328, &apply(ops::SUBTRACT, &b, 3.4)?)?;
        let height = apply(ops::ADD, &rest, 1.1239)?;
        let log_mean = call1(ops::LOG, &means)?;
        accept(means.size(), DType::F64, device, &[means, a, b, height, log_mean], |count, parameters| {
            let [mean, a, b, height, log_mean] = parameters else {
                return Err(Error::runtime("poisson: parameters were lost"));
            };
            let (k, log_v) = hat(count, a, b, &apply(ops::ADD, mean, 0.43)?, height, device)?;
            let factorial = call1(ops::GAMMALN, &apply(ops::ADD, &k, 1.0)?)?;
            let log_weight = apply(ops::SUBTRACT, &apply(ops::MULTIPLY, &k, log_mean)?, mean)?;
            let above = apply(ops::GREATER, &log_v, &apply(ops::SUBTRACT, &log_weight, &factorial)?)?;
            let refused = apply(ops::LOGICAL_OR, &above, &apply(ops::LESS, &k, 0.0)?)?;
            Ok((k, refused))
        })
    };
    by_mean(means, small, large)
}

/// A proposal of transformed rejection and the logarithm that its weight must reach.
fn hat(
    count: i64,
    a: &Array,
    b: &Array,
    center: &Array,
    height: &Array,
    device: DeviceRef,
) -> Result<(Array, Array)> {
    let u = fill(Distribution::Uniform { low: -0.5, high: 0.5 }, &[count], DType::F64, device)?;
    let edge = apply(ops::SUBTRACT, 0.5, &call1(ops::ABSOLUTE, &u)?)?;
    let slope = apply(ops::ADD, &apply(ops::DIVIDE, &apply(ops::MULTIPLY, a, 2.0)?, &edge)?, b)?;
    let k = call1(ops::FLOOR, &apply(ops::ADD, &apply(ops::MULTIPLY, &slope, &u)?, center)?)?;
    let square = apply(ops::MULTIPLY, &edge, &edge)?;
    let scale = apply(ops::DIVIDE, height, &apply(ops::ADD, &apply(ops::DIVIDE, a, &square)?, b)?)?;
    // log v with v uniform is a negative exponential number
    let log_v = apply(ops::SUBTRACT, &call1(ops::LOG, &scale)?, &exponentials(count, device)?)?;
    Ok((k, log_v))
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
    counts("poisson", &[&mean], draw, |flat, device| match table {
        Some(table) => table.draw(flat[0].size(), device),
        None => poisson_of(&flat[0], device),
    })
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
    counts("geometric", &[&probability], draw, |flat, device| {
        let trials = waiting(&failure_rate(&flat[0])?, device)?;
        // beyond int64 the count is cut, as in NumPy
        apply(ops::MINIMUM, &trials, 9.2e18)
    })
}

/// Binomial counts for flat arrays of trials and probabilities.
fn binomial_of(trials: &Array, probability: &Array, device: DeviceRef) -> Result<Array> {
    let flipped = apply(ops::GREATER, probability, 0.5)?;
    let rest = apply(ops::SUBTRACT, 1.0, probability)?;
    let p = call(ops::WHERE, &[(&flipped).into(), (&rest).into(), probability.into()])?;
    let mean = apply(ops::MULTIPLY, trials, &p)?;
    let small = || {
        // where the mean is large nothing is counted: the other branch is chosen there
        let is_small = apply(ops::LESS, &mean, LARGE_MEAN)?;
        let limit = call(ops::WHERE, &[(&is_small).into(), trials.into(), Argument::from(0.0)])?;
        let rate = failure_rate(&p)?;
        steps_within(&limit, false, || waiting(&rate, device))
    };
    let large = || binomial_large(trials, &p, &mean, device);
    let successes = by_mean(&mean, small, large)?;
    let others = apply(ops::SUBTRACT, trials, &successes)?;
    call(ops::WHERE, &[(&flipped).into(), (&others).into(), (&successes).into()])
}

fn binomial_large(trials: &Array, p: &Array, mean: &Array, device: DeviceRef) -> Result<Array> {
    // where the mean is small the other branch is chosen: any valid parameters do
    let is_large = apply(ops::GREATER_EQUAL, mean, LARGE_MEAN)?;
    let n = call(ops::WHERE, &[(&is_large).into(), trials.into(), Argument::from(100.0)])?;
    let p = call(ops::WHERE, &[(&is_large).into(), p.into(), Argument::from(0.5)])?;
    let q = apply(ops::SUBTRACT, 1.0, &p)?;
    let mean = apply(ops::MULTIPLY, &n, &p)?;
    let deviation = call1(ops::SQRT, &apply(ops::MULTIPLY, &mean, &q)?)?;
    let b = apply(ops::ADD, &apply(ops::MULTIPLY, &deviation, 2.53)?, 1.15)?;
    let a = apply(ops::ADD, &apply(ops::MULTIPLY, &b, 0.0248)?, &apply(ops::MULTIPLY, &p, 0.01)?)?;
    let a = apply(ops::SUBTRACT, &a, 0.0873)?;
    let height = apply(ops::MULTIPLY, &apply(ops::ADD, &apply(ops::DIVIDE, 5.1, &b)?, 2.83)?, &deviation)?;
    let mode = call1(ops::FLOOR, &apply(ops::ADD, &mean, &p)?)?;
    let log_odds = call1(ops::LOG, &apply(ops::DIVIDE, &p, &q)?)?;
    let parameters = [n, a, b, mean, height, mode, log_odds];
    accept(parameters[0].size(), DType::F64, device, &parameters, |count, parameters| {
        let [n, a, b, mean, height, mode, log_odds] = parameters else {
            return Err(Error::runtime("binomial: parameters were lost"));
        };
        let (k, log_v) = hat(count, a, b, &apply(ops::ADD, mean, 0.5)?, height, device)?;
        let at_mode = log_ways(n, mode)?;
        let tilt = apply(ops::MULTIPLY, &apply(ops::SUBTRACT, &k, mode)?, log_odds)?;
        let weight = apply(ops::ADD, &apply(ops::SUBTRACT, &log_ways(n, &k)?, &at_mode)?, &tilt)?;
        let outside = apply(ops::LOGICAL_OR, &apply(ops::LESS, &k, 0.0)?, &apply(ops::GREATER, &k, n)?)?;
        let refused = apply(ops::LOGICAL_OR, &apply(ops::GREATER, &log_v, &weight)?, &outside)?;
        Ok((k, refused))
    })
}

/// Logarithm of the number of ways to choose `k` of `n`, but for `n!`.
fn log_ways(n: &Array, k: &Array) -> Result<Array> {
    let chosen = call1(ops::GAMMALN, &apply(ops::ADD, k, 1.0)?)?;
    let left = call1(ops::GAMMALN, &apply(ops::ADD, &apply(ops::SUBTRACT, n, k)?, 1.0)?)?;
    call1(ops::NEGATIVE, &apply(ops::ADD, &chosen, &left)?)
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
    counts("binomial", &[&trials, &probability], draw, |flat, device| match table {
        Some(table) => table.draw(flat[0].size(), device),
        None => binomial_of(&call1(ops::FLOOR, &flat[0])?, &flat[1], device),
    })
}

/// [`binomial`] over flat float64 arrays that the caller has checked.
pub(super) fn binomial_draw(trials: &Array, probability: f64, device: DeviceRef) -> Result<Array> {
    let probability = Parameter::Number(probability).flat(trials.shape(), DType::F64, device)?;
    if is_few(trials.size(), device) {
        return sample(Law::Binomial, &[trials, &probability], device);
    }
    binomial_of(trials, &probability, device)
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
    counts(name, &[&successes, &probability], draw, |flat, device| {
        let [n, p] = flat else { return Err(Error::runtime("negative_binomial: parameters were lost")) };
        if is_few(n.size(), device) {
            return sample(Law::NegativeBinomial, &[n, p], device);
        }
        let shape = Parameter::Array(n.clone());
        let gamma = gamma_draw(&shape, &Dims::from_slice(n.shape()), DType::F64, device)?;
        let scale = apply(ops::DIVIDE, &apply(ops::SUBTRACT, 1.0, p)?, p)?;
        poisson_of(&apply(ops::MULTIPLY, &gamma, &scale)?, device)
    })
}
