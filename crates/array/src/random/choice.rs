//! Orders and selections: shuffle, permutation, choice. The device makes random orders.

use base::{DType, Error, Result, View, shape};
use graph::{DeviceRef, Distribution, Kernel, work};

use super::joint::host_floats;
use super::{Draw, State, apply, fill, take};
use crate::index::{self, Index};
use crate::{Array, sort, tape};

/// What to choose from: the integers below a number, or the rows of an array.
#[derive(Clone, Copy, Debug)]
pub enum Population<'a> {
    /// 0, 1, ..., n - 1
    Integers(i64),
    /// Entries along the first axis.
    Rows(&'a Array),
}

impl Population<'_> {
    fn device(&self, draw: &Draw) -> Result<DeviceRef> {
        match (draw.device, self) {
            (Some(device), _) => Ok(device),
            (None, Population::Rows(rows)) => Ok(rows.device()),
            (None, Population::Integers(_)) => draw.device(&[]),
        }
    }

    /// The entries at int64 places.
    fn at(&self, places: Array, dtype: Option<DType>) -> Result<Array> {
        let chosen = match self {
            Population::Integers(_) => places,
            Population::Rows(rows) => index::get(rows, &[Index::Array(places.to_device(rows.device())?)])?,
        };
        dtype.map_or(Ok(chosen.clone()), |dtype| chosen.astype_if(dtype))
    }
}

/// The int64 places below `count` in random order.
fn random_order(count: i64, device: DeviceRef) -> Result<Array> {
    let out = Array::empty(&[count], DType::I64, device)?;
    if count > 0 {
        let State { key, counter } = take(count);
        work::run(&Kernel::RandomOrder { key, counter }, &[], std::slice::from_ref(out.operand()))?;
    }
    Ok(out)
}

/// Brings the entries along the first axis into random order, in place.
///
/// # Errors
/// Type: a 0-d array. Value: a read-only array.
pub fn shuffle(x: &Array) -> Result<()> {
    x.check_writable("shuffle")?;
    if x.ndim() == 0 {
        return Err(Error::type_("shuffle: x must have at least one dimension"));
    }
    let order = random_order(x.shape()[0], x.device())?;
    let shuffled = tape::paused(|| index::get(x, &[Index::Array(order)]))?;
    index::set(x, &[Index::Ellipsis], &shuffled)
}

/// The entries in random order, as a new array; of integers, int64 unless `dtype` says otherwise.
///
/// # Errors
/// Value: a negative number. Index: a 0-d array.
pub fn permutation(population: Population, draw: &Draw) -> Result<Array> {
    let count = match population {
        Population::Integers(count) if count < 0 => {
            return Err(Error::value("permutation: negative dimensions are not allowed"));
        }
        Population::Integers(count) => count,
        Population::Rows(rows) if rows.ndim() == 0 => {
            return Err(Error::index("permutation: x must be an integer or at least 1-dimensional"));
        }
        Population::Rows(rows) => rows.shape()[0],
    };
    population.at(random_order(count, population.device(draw)?)?, draw.dtype)
}

/// A random sample, with or without replacement, with equal probabilities or those given.
///
/// # Errors
/// Value: an empty population, a sample without replacement that is larger than the population, probabilities that are
/// negative, of another length, or do not add up to 1.
pub fn choice(population: Population, replace: bool, weights: Option<&Array>, draw: &Draw) -> Result<Array> {
    let size = draw.size.unwrap_or(&[]);
    shape::check(size).map_err(|error| error.in_operator("choice"))?;
    let wanted = shape::size(size)?;
    let count = match population {
        Population::Integers(count) if count <= 0 && wanted > 0 => {
            return Err(Error::value("choice: a must be a positive integer unless no samples are taken"));
        }
        Population::Integers(count) => count.max(0),
        Population::Rows(rows) if rows.ndim() == 0 => {
            return Err(Error::value("choice: a must be a sequence or an integer, not a 0-d array"));
        }
        Population::Rows(rows) => rows.shape()[0],
    };
    if count == 0 && wanted > 0 {
        return Err(Error::value("choice: a cannot be empty unless no samples are taken"));
    }
    let weights = weights.map(|weights| checked_weights(weights, count)).transpose()?;
    if !replace && wanted > count {
        return Err(Error::value(
            "choice: Cannot take a larger sample than population when replace is False",
        ));
    }
    let device = population.device(draw)?;
    let places = tape::paused(|| match (replace, &weights) {
        (true, None) => {
            fill(Distribution::Integers { low: 0, range: count as u64 }, size, DType::I64, device)
        }
        (true, Some(weights)) => weighted(weights, size, device),
        (false, None) => first(&random_order(count, device)?, wanted, size),
        (false, Some(weights)) => first(&race(weights, wanted, device)?, wanted, size),
    })?;
    population.at(places, draw.dtype)
}

fn checked_weights(weights: &Array, count: i64) -> Result<Vec<f64>> {
    if weights.ndim() != 1 {
        return Err(Error::value("choice: p must be 1-dimensional"));
    }
    if weights.size() != count {
        return Err(Error::value(format!(
            "choice: a and p must have same size, but there are {count} entries and {} probabilities",
            weights.size()
        )));
    }
    if weights.dtype().is_complex() {
        return Err(Error::type_(format!("choice: p must be real numbers, not {}", weights.dtype())));
    }
    let values = host_floats(weights)?;
    if values.iter().any(|value| value.is_nan()) {
        return Err(Error::value("choice: Probabilities contain NaN"));
    }
    if values.iter().any(|&value| value < 0.0) {
        return Err(Error::value("choice: Probabilities are not non-negative"));
    }
    let rounding = match weights.dtype() {
        DType::F16 | DType::BF16 => 1e-2,
        DType::F32 => 1e-4,
        _ => 1e-8,
    };
    let sum: f64 = values.iter().sum();
    if count > 0 && (sum - 1.0).abs() > rounding {
        return Err(Error::value(format!("choice: Probabilities do not sum to 1 (they sum to {sum})")));
    }
    Ok(values)
}

fn floats(values: &[f64], device: DeviceRef) -> Result<Array> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    Array::from_bytes(&bytes, &[values.len() as i64], DType::F64, device)
}

/// Places by their probabilities: where uniform numbers fall among the running sums.
fn weighted(weights: &[f64], size: &[i64], device: DeviceRef) -> Result<Array> {
    let total: f64 = weights.iter().sum();
    let running = weights.iter().scan(0.0, |sum, weight| {
        *sum += weight;
        Some(*sum / total)
    });
    let sums = floats(&running.collect::<Vec<_>>(), device)?;
    let uniform = fill(Distribution::Uniform { low: 0.0, high: 1.0 }, size, DType::F64, device)?;
    sort::searchsorted(&sums, &uniform, true)
}

/// All places, in an order in which the first few are a weighted sample without replacement: an exponential clock per
/// place that runs at the speed of its weight, by the time it rings.
fn race(weights: &[f64], wanted: i64, device: DeviceRef) -> Result<Array> {
    let possible = weights.iter().filter(|&&weight| weight > 0.0).count() as i64;
    if possible < wanted {
        return Err(Error::value("choice: Fewer non-zero entries in p than size"));
    }
    let count = weights.len() as i64;
    let clock = fill(Distribution::Exponential { scale: 1.0 }, &[count], DType::F64, device)?;
    // a weight of 0 must lose even against a clock of 0
    let floor = apply(ops::ADD, &clock, f64::MIN_POSITIVE)?;
    sort::argsort(&apply(ops::DIVIDE, &floor, &floats(weights, device)?)?, Some(0))
}

fn first(order: &Array, count: i64, size: &[i64]) -> Result<Array> {
    order
        .with_view(View { shape: [count].as_slice().into(), ..order.view().clone() })
        .contiguous()?
        .reshape(size)
}
