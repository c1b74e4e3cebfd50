//! Elements chosen by places or conditions: the take family, `choose`, `select`, `compress`, `extract`. Made of indexing
//! and of `where`, so gradients follow.

use base::{DType, Error, Result, promote, shape};

use crate::create::{self, Order};
use crate::elementwise::call;
use crate::index::{self, Index};
use crate::{Argument, Array, index_array};

use super::axes::{broadcast_arrays, ravel};
use super::places::{Mode, extent, normalised};

pub(crate) const WHOLE: Index = Index::Slice { start: None, stop: None, step: None };

/// Elements at int64 places (inside the axis) along one axis.
pub(crate) fn take_places(x: &Array, places: &Array, axis: usize) -> Result<Array> {
    let mut indices = vec![WHOLE; axis];
    indices.push(Index::Array(places.clone()));
    index::get(x, &indices)
}

/// Elements at these places along an axis (`None`: of the flat array).
///
/// # Errors
/// Index: a place outside the axis (mode `Raise`), or any place of an empty axis.
pub fn take(x: &Array, places: &Array, axis: Option<i64>, mode: Mode) -> Result<Array> {
    take_checked(x, places, axis, mode).map_err(|error| error.in_operator("take"))
}

fn take_checked(x: &Array, places: &Array, axis: Option<i64>, mode: Mode) -> Result<Array> {
    let (flat, axis) = match axis {
        None => (Some(ravel(x, Order::C)?), 0),
        Some(axis) if x.ndim() == 0 => (Some(ravel(x, Order::C)?), shape::axis(axis, 1)?),
        Some(axis) => (None, shape::axis(axis, x.ndim())?),
    };
    let x = flat.as_ref().unwrap_or(x);
    let length = x.shape()[axis];
    if length == 0 && places.size() > 0 {
        return Err(Error::index("cannot do a non-empty take from an empty axes."));
    }
    // bools are places here, never a mask
    let places = if places.dtype().is_bool() { places.astype(DType::I64)? } else { places.clone() };
    match mode {
        Mode::Raise => take_places(x, &places, axis),
        _ => {
            let inside = normalised(&places, length, mode, |place| outside(place, axis, length))?;
            take_places(x, &inside, axis)
        }
    }
}

fn outside(place: i64, axis: usize, length: i64) -> Error {
    Error::index(format!("index {place} is out of bounds for axis {axis} with size {length}"))
}

/// The index that pairs every place along `axis` with its own line.
pub(crate) fn along_axis(x: &Array, places: &Array, axis: usize) -> Result<Vec<Index>> {
    if !places.dtype().is_integer() && !places.dtype().is_float() {
        return Err(Error::index("`indices` must be an integer array"));
    }
    if places.ndim() != x.ndim() {
        return Err(Error::value("`indices` and `arr` must have the same number of dimensions"));
    }
    let mut indices = Vec::with_capacity(x.ndim());
    for (other, &length) in x.shape().iter().enumerate() {
        if other == axis {
            indices.push(Index::Array(places.detach()));
            continue;
        }
        let mut open = vec![1; x.ndim()];
        open[other] = length;
        indices.push(Index::Array(create::counting(length, DType::I64, x.device())?.reshape(&open)?));
    }
    Ok(indices)
}

/// For every line along an axis, its elements at the places of the same line (`None`: of the flat arrays).
///
/// # Errors
/// Index: places that are not integers or outside. Value: numbers of axes that differ.
pub fn take_along_axis(x: &Array, places: &Array, axis: Option<i64>) -> Result<Array> {
    let taken = match axis {
        None if places.ndim() != 1 => {
            Err(Error::value("when axis=None, `indices` must have a single dimension."))
        }
        None => ravel(x, Order::C).and_then(|flat| index::get(&flat, &along_axis(&flat, places, 0)?)),
        Some(axis) => {
            shape::axis(axis, x.ndim()).and_then(|axis| index::get(x, &along_axis(x, places, axis)?))
        }
    };
    taken.map_err(|error| error.in_operator("take_along_axis"))
}

/// At every place, the element of the choice whose number stands there.
///
/// # Errors
/// Value: a number that names no choice (mode `Raise`), no choices.
pub fn choose(numbers: &Array, choices: &[&Array], mode: Mode) -> Result<Array> {
    choose_checked(numbers, choices, mode).map_err(|error| error.in_operator("choose"))
}

fn choose_checked(numbers: &Array, choices: &[&Array], mode: Mode) -> Result<Array> {
    let Some(first) = choices.first() else {
        return Err(Error::value("need at least one choice"));
    };
    let count = choices.len() as i64;
    let invalid = || Error::value("invalid entry in choice array");
    let numbers =
        if numbers.dtype().is_bool() { numbers.astype(DType::I64)? } else { index_array::integers(numbers)? };
    if mode == Mode::Raise && extent(&numbers)?.is_some_and(|(low, high)| low < 0 || high >= count) {
        return Err(invalid());
    }
    let numbers = normalised(&numbers, count, mode, |_| invalid())?;
    let common = promote::promote_all(choices.iter().map(|choice| choice.dtype()));
    let dtype = common.unwrap_or(first.dtype());
    let mut all = vec![&numbers];
    all.extend_from_slice(choices);
    let spread = broadcast_arrays(&all)?;
    let mut chosen = spread[1].astype_if(dtype)?;
    for (number, choice) in spread[1..].iter().enumerate().skip(1) {
        let here = call(ops::EQUAL, &[Argument::Array(&spread[0]), Argument::from(number as i64)])?;
        let values = [Argument::Array(&here), Argument::Array(choice), Argument::Array(&chosen)];
        chosen = call(ops::WHERE, &values)?;
    }
    if choices.len() == 1 { create::copy(&chosen, Order::C) } else { Ok(chosen) }
}

/// At every place, the element of the first choice whose condition is true, else the default.
///
/// # Errors
/// Value: lists of different lengths or empty ones. Type: conditions that are not bool.
pub fn select(conditions: &[&Array], choices: &[Argument], default: Argument) -> Result<Array> {
    if conditions.len() != choices.len() {
        return Err(Error::value("select: list of cases must be same length as list of conditions"));
    }
    if conditions.is_empty() {
        return Err(Error::value("select: select with an empty condition list is not possible"));
    }
    if let Some(at) = conditions.iter().position(|condition| !condition.dtype().is_bool()) {
        return Err(Error::type_(format!(
            "select: invalid entry {at} in condlist: should be boolean ndarray"
        )));
    }
    select_checked(conditions, choices, default).map_err(|error| error.in_operator("select"))
}

fn select_checked(conditions: &[&Array], choices: &[Argument], default: Argument) -> Result<Array> {
    let device = conditions[0].device();
    let mut values = choices.to_vec();
    values.push(default);
    let dtype = crate::elementwise::common_dtype(&values);
    let mut chosen = match default {
        Argument::Array(array) => array.astype_if(dtype)?,
        Argument::Scalar(_, value) => Array::scalar(value.cast(dtype), device)?,
    };
    for (condition, choice) in conditions.iter().zip(choices).rev() {
        let choice = match choice {
            Argument::Array(array) => array.astype_if(dtype)?,
            Argument::Scalar(_, value) => Array::scalar(value.cast(dtype), device)?,
        };
        let values = [Argument::Array(condition), Argument::Array(&choice), Argument::Array(&chosen)];
        chosen = call(ops::WHERE, &values)?;
    }
    Ok(chosen)
}

/// Slices along an axis (elements of the flat array) where the condition is true; a short condition leaves out the rest.
///
/// # Errors
/// Value: a condition that is not a vector. Index: a true place outside the axis.
pub fn compress(condition: &Array, x: &Array, axis: Option<i64>) -> Result<Array> {
    if condition.ndim() != 1 {
        return Err(Error::value("compress: condition must be a 1-d array"));
    }
    let is_mask = condition.dtype().is_bool();
    if is_mask && axis.is_none() && condition.size() == x.size() {
        return index::get(&ravel(x, Order::C)?, &[Index::Array(condition.detach())]);
    }
    if is_mask && axis == Some(0) && x.ndim() > 0 && condition.size() == x.shape()[0] {
        return index::get(x, &[Index::Array(condition.detach())]);
    }
    let places = index_array::nonzero(&condition.detach())?.swap_remove(0);
    take(x, &places, axis, Mode::Raise).map_err(|error| Error {
        kind: error.kind,
        message: error.message.replacen("take: ", "compress: ", 1),
    })
}

/// Elements of the flat array where the flat condition is not zero.
pub fn extract(condition: &Array, x: &Array) -> Result<Array> {
    let condition = ravel(&condition.detach(), Order::C)?;
    compress(&condition, x, None).map_err(|error| Error {
        kind: error.kind,
        message: error.message.replacen("compress: ", "extract: ", 1),
    })
}
