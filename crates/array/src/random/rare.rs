//! The less common distributions of `numpy.random`, computed in float64, a whole array at a time: noncentral ones,
//! Wald, von Mises, and three over whole numbers. Gradients do not flow through them.

use base::{DType, Dims, Error, Op, Result};
use graph::{DeviceRef, Distribution, Law};

use super::rejection::{accept, gamma_draw};
use super::table::Table;
use super::{Draw, Parameter, apply, discrete, fill, is_few, sample};
use crate::elementwise::{Argument, call, call1};
use crate::{Array, tape};

const WIDE: DType = DType::F64;

/// A parameter and what must hold for it: `value (op) bound`.
type Domain<'a> = (Argument<'a>, &'static Op, f64, &'static str);

/// Settles parameters, shape, dtype and device, and draws flat in float64.
fn draw_wide(
    name: &str,
    domains: &[Domain],
    draw: &Draw,
    dtype: DType,
    draw_flat: impl FnOnce(&[Array], DeviceRef) -> Result<Array>,
) -> Result<Array> {
    let mut parameters = Vec::with_capacity(domains.len());
    for (argument, op, bound, message) in domains {
        let parameter = Parameter::new(name, *argument, WIDE)?;
        parameter.require(name, op, *bound, message)?;
        parameters.push(parameter);
    }
    let all: Vec<&Parameter> = parameters.iter().collect();
    let (size, device) = (draw.shape(name, &all)?, draw.device(&all)?);
    tape::paused(|| {
        if base::shape::size(&size)? == 0 {
            return Array::empty(&size, dtype, device);
        }
        let flat =
            all.iter().map(|parameter| parameter.flat(&size, WIDE, device)).collect::<Result<Vec<_>>>()?;
        draw_flat(&flat, device)?.astype_if(dtype)?.reshape(&size)
    })
}

fn lost(name: &str) -> Error {
    Error::runtime(format!("{name}: parameters were lost"))
}

fn uniform(count: i64, device: DeviceRef) -> Result<Array> {
    fill(Distribution::Uniform { low: 0.0, high: 1.0 }, &[count], WIDE, device)
}

fn choose(condition: &Array, yes: &Array, no: Argument) -> Result<Array> {
    call(ops::WHERE, &[condition.into(), yes.into(), no])
}

/// Noncentral chi-square numbers for flat arrays.
fn noncentral_of(freedom: &Array, noncentrality: &Array, device: DeviceRef) -> Result<Array> {
    sample(Law::NoncentralChiSquare, &[freedom, noncentrality], device)
}

/// Chi-square numbers for a flat array of degrees of freedom.
fn chisquare_of(freedom: &Array, device: DeviceRef) -> Result<Array> {
    let half = Parameter::Array(apply(ops::MULTIPLY, freedom, 0.5)?);
    let size = Dims::from_slice(freedom.shape());
    apply(ops::MULTIPLY, &gamma_draw(&half, &size, WIDE, device)?, 2.0)
}

/// Noncentral chi-square distribution.
///
/// # Errors
/// Value: degrees of freedom not positive, or a negative noncentrality.
pub fn noncentral_chisquare(freedom: Argument, noncentrality: Argument, draw: &Draw) -> Result<Array> {
    let name = "noncentral_chisquare";
    let domains =
        [(freedom, ops::GREATER, 0.0, "df <= 0"), (noncentrality, ops::GREATER_EQUAL, 0.0, "nonc < 0")];
    draw_wide(name, &domains, draw, draw.float(name)?, |flat, device| {
        noncentral_of(&flat[0], &flat[1], device)
    })
}

/// Noncentral F distribution.
///
/// # Errors
/// Value: degrees of freedom not positive, or a negative noncentrality.
pub fn noncentral_f(
    numerator: Argument,
    denominator: Argument,
    noncentrality: Argument,
    draw: &Draw,
) -> Result<Array> {
    let name = "noncentral_f";
    let domains = [
        (numerator, ops::GREATER, 0.0, "dfnum <= 0"),
        (denominator, ops::GREATER, 0.0, "dfden <= 0"),
        (noncentrality, ops::GREATER_EQUAL, 0.0, "nonc < 0"),
    ];
    draw_wide(name, &domains, draw, draw.float(name)?, |flat, device| {
        let [top, bottom, shift] = flat else { return Err(lost(name)) };
        if is_few(top.size(), device) {
            return sample(Law::NoncentralF, &[top, bottom, shift], device);
        }
        let over = apply(ops::DIVIDE, &noncentral_of(top, shift, device)?, top)?;
        apply(ops::DIVIDE, &over, &apply(ops::DIVIDE, &chisquare_of(bottom, device)?, bottom)?)
    })
}

/// Wald (inverse Gaussian) distribution, from a squared normal number and one of the two roots that it stands for
/// (Michael, Schucany and Haas 1976).
///
/// # Errors
/// Value: mean or scale not positive.
pub fn wald(mean: Argument, scale: Argument, draw: &Draw) -> Result<Array> {
    let domains = [(mean, ops::GREATER, 0.0, "mean <= 0"), (scale, ops::GREATER, 0.0, "scale <= 0")];
    draw_wide("wald", &domains, draw, draw.float("wald")?, |flat, device| {
        let [mean, scale] = flat else { return Err(lost("wald")) };
        if is_few(mean.size(), device) {
            return sample(Law::Wald, &[mean, scale], device);
        }
        let normal = fill(Distribution::Normal { mean: 0.0, deviation: 1.0 }, &[mean.size()], WIDE, device)?;
        let y = apply(ops::MULTIPLY, mean, &call1(ops::SQUARE, &normal)?)?;
        let product = apply(ops::MULTIPLY, &apply(ops::MULTIPLY, &y, scale)?, 4.0)?;
        let root = call1(ops::SQRT, &apply(ops::ADD, &product, &call1(ops::SQUARE, &y)?)?)?;
        let share = apply(ops::DIVIDE, mean, &apply(ops::MULTIPLY, scale, 2.0)?)?;
        let x = apply(ops::ADD, mean, &apply(ops::MULTIPLY, &share, &apply(ops::SUBTRACT, &y, &root)?)?)?;
        let bound = apply(ops::DIVIDE, mean, &apply(ops::ADD, mean, &x)?)?;
        let first = apply(ops::LESS_EQUAL, &uniform(mean.size(), device)?, &bound)?;
        let other = apply(ops::DIVIDE, &call1(ops::SQUARE, mean)?, &x)?;
        choose(&first, &x, (&other).into())
    })
}

/// Von Mises distribution on the circle, in [-pi, pi).
///
/// # Errors
/// Value: a negative concentration.
pub fn vonmises(mode: Argument, concentration: Argument, draw: &Draw) -> Result<Array> {
    let finite = (mode, ops::LESS_EQUAL, f64::MAX, "mu must be a number");
    let domains = [finite, (concentration, ops::GREATER_EQUAL, 0.0, "kappa < 0")];
    draw_wide("vonmises", &domains, draw, draw.float("vonmises")?, |flat, device| {
        sample(Law::VonMises, &[&flat[0], &flat[1]], device)
    })
}

/// Logarithmic series distribution: int64 counts from 1 on (Kemp 1981).
///
/// # Errors
/// Value: a probability outside [0, 1).
pub fn logseries(probability: Argument, draw: &Draw) -> Result<Array> {
    let message = "p < 0, p >= 1 or p is NaN";
    let domains = [(probability, ops::GREATER_EQUAL, 0.0, message), (probability, ops::LESS, 1.0, message)];
    draw_wide("logseries", &domains, draw, draw.number("logseries", DType::I64)?, |flat, device| {
        let p = &flat[0];
        if is_few(p.size(), device) {
            return apply(ops::MINIMUM, &sample(Law::LogSeries, &[p], device)?, 9.2e18);
        }
        let rate = call1(ops::LOG1P, &call1(ops::NEGATIVE, p)?)?;
        let power = call1(ops::EXPM1, &apply(ops::MULTIPLY, &rate, &uniform(p.size(), device)?)?)?;
        let q = call1(ops::NEGATIVE, &power)?;
        let exponential = fill(Distribution::Exponential { scale: 1.0 }, &[p.size()], WIDE, device)?;
        let v = call1(ops::EXP, &call1(ops::NEGATIVE, &exponential)?)?;
        let ratio = apply(ops::DIVIDE, &call1(ops::NEGATIVE, &exponential)?, &call1(ops::LOG, &q)?)?;
        let many = call1(ops::FLOOR, &apply(ops::ADD, &ratio, 1.0)?)?;
        let few = apply(ops::ADD, &apply(ops::LESS, &v, &q)?.astype(WIDE)?, 1.0)?;
        let counted = choose(&apply(ops::LESS_EQUAL, &v, &call1(ops::SQUARE, &q)?)?, &many, (&few).into())?;
        // beyond p the count is 1; float64 holds every count up to 2^53, and larger ones are cut
        let one = choose(&apply(ops::LESS, &v, p)?, &counted, Argument::from(1.0))?;
        apply(ops::MINIMUM, &one, 9.2e18)
    })
}

/// Zipf distribution: int64 counts from 1 on, with weight `k^-a` (Devroye 1986).
///
/// # Errors
/// Value: an exponent that is not above 1.
pub fn zipf(exponent: Argument, draw: &Draw) -> Result<Array> {
    let domains = [(exponent, ops::GREATER, 1.0, "a <= 1 or a is NaN")];
    draw_wide("zipf", &domains, draw, draw.number("zipf", DType::I64)?, |flat, device| {
        if is_few(flat[0].size(), device) {
            return sample(Law::Zipf, &[&flat[0]], device);
        }
        let less = apply(ops::SUBTRACT, &flat[0], 1.0)?;
        let b = apply(ops::POWER, 2.0, &less)?;
        accept(less.size(), WIDE, device, &[less, b], |count, parameters| {
            let [less, b] = parameters else { return Err(lost("zipf")) };
            // u^(-1 / (a - 1)) with -log(u) exponential
            let exponential = fill(Distribution::Exponential { scale: 1.0 }, &[count], WIDE, device)?;
            let x = call1(ops::FLOOR, &call1(ops::EXP, &apply(ops::DIVIDE, &exponential, less)?)?)?;
            let ratio = apply(ops::POWER, &apply(ops::ADD, &apply(ops::DIVIDE, 1.0, &x)?, 1.0)?, less)?;
            let height = apply(ops::MULTIPLY, &apply(ops::MULTIPLY, &uniform(count, device)?, &x)?, b)?;
            let left = apply(ops::MULTIPLY, &height, &apply(ops::SUBTRACT, &ratio, 1.0)?)?;
            let right = apply(ops::MULTIPLY, &ratio, &apply(ops::SUBTRACT, b, 1.0)?)?;
            let too_large = apply(ops::GREATER, &x, 9.2e18)?;
            let refused = apply(ops::LOGICAL_OR, &apply(ops::GREATER, &left, &right)?, &too_large)?;
            Ok((x, refused))
        })
    })
}

/// How many of `sample` things, taken without putting back, are among the `good` ones: int64 counts.
///
/// # Errors
/// Value: negative numbers, or a sample larger than the population.
pub fn hypergeometric(good: Argument, bad: Argument, sample: Argument, draw: &Draw) -> Result<Array> {
    let name = "hypergeometric";
    let domains = [
        (good, ops::GREATER_EQUAL, 0.0, "ngood < 0"),
        (bad, ops::GREATER_EQUAL, 0.0, "nbad < 0"),
        (sample, ops::GREATER_EQUAL, 0.0, "nsample < 0"),
    ];
    let things = [good, bad, sample].map(|argument| match argument {
        Argument::Scalar(_, value) if !value.dtype().is_complex() => Some(value.as_f64().floor()),
        _ => None,
    });
    if let [Some(good), Some(bad), Some(sample)] = things
        && let Some(table) = Table::hypergeometric(good, bad, sample)
    {
        return discrete::counts(name, &[], draw, Some(table), |_, _| Err(lost(name)));
    }
    draw_wide(name, &domains, draw, draw.number(name, DType::I64)?, |flat, device| {
        let floors = flat.iter().map(|x| call1(ops::FLOOR, x)).collect::<Result<Vec<_>>>()?;
        let [good, bad, drawn] = floors.as_slice() else { return Err(lost(name)) };
        let population = apply(ops::ADD, good, bad)?;
        Parameter::Array(apply(ops::SUBTRACT, &population, drawn)?).require(
            name,
            ops::GREATER_EQUAL,
            0.0,
            "ngood + nbad < nsample",
        )?;
        super::sample(Law::HyperGeometric, &[good, bad, drawn], device)
    })
}
