//! Elements repeated: `tile`, `repeat`, `resize`. Regular repetition is a broadcast copied once; counts per element
//! become places to take.

use base::{DType, Error, Result, Scalar, shape};
use graph::{Kernel, work};

use crate::create::{self, Order};
use crate::{Array, index_array};

use super::axes::{narrow, ravel};
use super::take::take_places;

/// The array repeated along each axis; missing axes are added in front on either side.
pub fn tile(x: &Array, repeats: &[i64]) -> Result<Array> {
    let fail = |error: Error| error.in_operator("tile");
    let ndim = x.ndim().max(repeats.len());
    let mut lengths = vec![1; ndim - x.ndim()];
    lengths.extend_from_slice(x.shape());
    let mut times = vec![1; ndim - repeats.len()];
    times.extend_from_slice(repeats);
    if times.iter().all(|&time| time == 1) {
        return create::copy(&x.reshape(&lengths)?, Order::C);
    }
    let wanted: Vec<i64> =
        lengths.iter().zip(&times).map(|(length, time)| length.saturating_mul(*time)).collect();
    shape::check(&wanted).map_err(fail)?;
    // only axes that repeat need a place of their own: their copies are an axis in front of them
    let (mut open, mut spread) = (Vec::new(), Vec::new());
    for (&length, &time) in lengths.iter().zip(&times) {
        if time != 1 {
            open.push(1);
            spread.push(time);
        }
        open.push(length);
        spread.push(length);
    }
    x.reshape(&open)
        .and_then(|x| x.broadcast_to(&spread))
        .and_then(|spread| spread.reshape(&wanted))
        .and_then(|tiled| fresh(tiled, x))
        .map_err(fail)
}

/// A result in memory of its own: repeated axes of length 1 leave a view of `x`.
fn fresh(result: Array, x: &Array) -> Result<Array> {
    if std::sync::Arc::ptr_eq(&result.operand.node, &x.operand.node) {
        create::copy(&result, Order::C)
    } else {
        Ok(result)
    }
}

/// How often: every element alike, or each its own number of times.
#[derive(Clone, Copy, Debug)]
pub enum Repeats<'a> {
    Each(i64),
    Counts(&'a Array),
}

/// Every element repeated in place along an axis (`None`: flattened first).
///
/// # Errors
/// Value: negative counts, or not one count per element.
pub fn repeat(x: &Array, repeats: Repeats, axis: Option<i64>) -> Result<Array> {
    // as NumPy: one element has the first axis, too
    let axis = axis.filter(|axis| x.ndim() > 0 || !matches!(axis, 0 | -1));
    let repeated = match axis {
        None => ravel(x, Order::C).and_then(|flat| repeat_axis(&flat, repeats, 0)),
        Some(axis) => shape::axis(axis, x.ndim()).and_then(|axis| repeat_axis(x, repeats, axis)),
    };
    repeated.map_err(|error| error.in_operator("repeat"))
}

fn repeat_axis(x: &Array, repeats: Repeats, axis: usize) -> Result<Array> {
    let each = match repeats {
        Repeats::Each(each) => each,
        Repeats::Counts(counts) if counts.ndim() > 1 => {
            return Err(Error::value("object too deep for desired array"));
        }
        Repeats::Counts(counts) if counts.size() == 1 => index_array::host_integers(&counts.detach())?[0],
        Repeats::Counts(counts) => return repeat_counts(x, counts, axis),
    };
    if each < 0 {
        return Err(Error::value("negative dimensions are not allowed"));
    }
    let mut wanted = x.shape().to_vec();
    wanted[axis] = wanted[axis].saturating_mul(each);
    shape::check(&wanted)?;
    let mut spread = x.shape().to_vec();
    spread.insert(axis + 1, each);
    fresh(x.expand_dims(&[axis as i64 + 1])?.broadcast_to(&spread)?.reshape(&wanted)?, x)
}

fn repeat_counts(x: &Array, counts: &Array, axis: usize) -> Result<Array> {
    let length = x.shape()[axis];
    if counts.size() != length {
        return Err(Error::value(format!(
            "operands could not be broadcast together with shape {} {}",
            shape::tight(&[length]),
            shape::tight(counts.shape())
        )));
    }
    if !counts_in(counts.dtype()) {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'",
            counts.dtype()
        )));
    }
    let counts = index_array::integers(counts)?.contiguous()?;
    if length == 0 {
        return create::copy(x, Order::C);
    }
    let least = crate::reduce::min(&counts, &crate::reduce::Options::default())?.item()?;
    if least.as_integer().is_some_and(|least| least < 0) {
        return Err(Error::value("repeats may not contain negative values."));
    }
    take_places(x, &places_of_counts(&counts)?, axis)
}

/// Bools count as numbers; floats with whole values pass as MXNet's integers do.
fn counts_in(dtype: DType) -> bool {
    dtype.is_integer() || dtype.is_float()
}

/// Which element stands at each place of the result: the number of elements that end at or before it.
fn places_of_counts(counts: &Array) -> Result<Array> {
    let length = counts.size();
    let ends = Array::empty(&[length], DType::I64, counts.device())?;
    let scan = Kernel::Scan { op: ops::ADD, axis: 0 };
    work::run(&scan, std::slice::from_ref(counts.operand()), std::slice::from_ref(ends.operand()))?;
    let total = ends.element(&[length - 1])?.as_integer().unwrap_or(0) as i64;
    let places = Array::empty(&[total], DType::I64, counts.device())?;
    if total > 0 {
        let wanted = create::counting(total, DType::I64, counts.device())?;
        let search = Kernel::SearchSorted { right: true };
        let inputs = [ends.operand().clone(), wanted.operand().clone()];
        work::run(&search, &inputs, std::slice::from_ref(places.operand()))?;
    }
    Ok(places)
}

/// A new array of this shape, filled with the elements in C order, over and over (zeros if there are none).
pub fn resize(x: &Array, wanted: &[i64]) -> Result<Array> {
    if wanted.iter().any(|&length| length < 0) {
        return Err(Error::value("resize: all elements of `new_shape` must be non-negative"));
    }
    shape::check(wanted).map_err(|error| error.in_operator("resize"))?;
    if x.size() == 0 {
        return Array::full(wanted, Scalar::zero(x.dtype()), x.dtype(), x.device());
    }
    cycled(x, shape::size(wanted)?)?.reshape(wanted)
}

/// The elements in C order, over and over, `count` of them, in fresh memory.
pub(crate) fn cycled(x: &Array, count: i64) -> Result<Array> {
    let flat = ravel(x, Order::C)?;
    let (length, times) = (flat.size(), (count - 1).max(0) / flat.size().max(1) + 1);
    if times == 1 {
        return create::copy(&narrow(&flat, 0, 0, 1, count.min(length)), Order::C);
    }
    // whole rounds in one broadcast copy, the rest behind them
    let rounds = count / length;
    let whole = if rounds == 1 { flat.clone() } else { tile(&flat, &[rounds])? };
    match count % length {
        0 => Ok(whole),
        rest => super::join::join(&[whole, narrow(&flat, 0, 0, 1, rest)], 0),
    }
}
