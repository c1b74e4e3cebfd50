//! Places of elements: flat numbers and one index per axis, and what `mode=` makes of a place outside.

use base::{DType, Error, Result, Scalar, shape};

use crate::create::Order;
use crate::elementwise::{call, call2};
use crate::{Argument, Array, index_array, reduce, tape};

use super::axes::ravel;
use super::join::stack;

/// What happens to indices outside their axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// An error; negative ones count from the end.
    #[default]
    Raise,
    /// Around and around.
    Wrap,
    /// To the nearest end.
    Clip,
}

impl Mode {
    pub fn from_name(name: &str) -> Option<Mode> {
        Some(match name {
            "raise" => Mode::Raise,
            "wrap" => Mode::Wrap,
            "clip" => Mode::Clip,
            _ => return None,
        })
    }
}

/// Least and greatest of int64 elements; `None` of none.
pub(crate) fn extent(indices: &Array) -> Result<Option<(i64, i64)>> {
    if indices.size() == 0 {
        return Ok(None);
    }
    let options = reduce::Options::default();
    let value = |found: Array| found.item().map(|value| value.as_integer().unwrap_or(0) as i64);
    Ok(Some((value(reduce::min(indices, &options)?)?, value(reduce::max(indices, &options)?)?)))
}

/// int64 indices inside `[0, length)` by the mode. `outside` words the error of `Raise`.
pub(crate) fn normalised(
    indices: &Array,
    length: i64,
    mode: Mode,
    outside: impl Fn(i64) -> Error,
) -> Result<Array> {
    let indices = index_array::integers(indices)?;
    match mode {
        Mode::Wrap => call(ops::REMAINDER, &[Argument::Array(&indices), Argument::from(length.max(1))]),
        Mode::Clip => {
            let low = call(ops::MAXIMUM, &[Argument::Array(&indices), Argument::from(0i64)])?;
            call(ops::MINIMUM, &[Argument::Array(&low), Argument::from((length - 1).max(0))])
        }
        Mode::Raise => {
            let Some((low, high)) = extent(&indices)? else { return Ok(indices) };
            if low < -length {
                return Err(outside(low));
            }
            if high >= length {
                return Err(outside(high));
            }
            if low >= 0 {
                return Ok(indices);
            }
            let negative = call(ops::LESS, &[Argument::Array(&indices), Argument::from(0i64)])?;
            let wrapped = call(ops::ADD, &[Argument::Array(&indices), Argument::from(length)])?;
            call(
                ops::WHERE,
                &[Argument::Array(&negative), Argument::Array(&wrapped), Argument::Array(&indices)],
            )
        }
    }
}

fn whole_numbers(indices: &Array) -> Result<Array> {
    if !indices.dtype().is_integer() && !indices.dtype().is_float() && indices.size() > 0 {
        return Err(Error::type_("only int indices permitted"));
    }
    index_array::integers(indices)
}

/// One index per axis of the places that flat numbers have in an array of this shape.
///
/// # Errors
/// Value: a place outside the shape. Type: indices that are not integers.
pub fn unravel_index(indices: &Array, dimensions: &[i64], order: Order) -> Result<Vec<Array>> {
    tape::paused(|| unravel_checked(indices, dimensions, order))
        .map_err(|error| error.in_operator("unravel_index"))
}

fn unravel_checked(indices: &Array, dimensions: &[i64], order: Order) -> Result<Vec<Array>> {
    shape::check(dimensions)?;
    let size = shape::size(dimensions)?;
    let indices = whole_numbers(indices)?;
    if let Some((low, high)) = extent(&indices)? {
        let outside = if low < 0 { Some(low) } else { (high >= size).then_some(high) };
        if let Some(outside) = outside {
            return Err(Error::value(format!("index {outside} is out of bounds for array with size {size}")));
        }
    }
    if order != Order::F {
        return index_array::unravel(&indices, dimensions);
    }
    let backwards: Vec<i64> = dimensions.iter().rev().copied().collect();
    let mut places = index_array::unravel(&indices, &backwards)?;
    places.reverse();
    Ok(places)
}

/// The flat numbers of places given by one index per axis; `modes` holds one mode, or one per axis.
///
/// # Errors
/// Value: an index outside its axis (mode `Raise`), wrong numbers of indices or modes.
pub fn ravel_multi_index(
    places: &[&Array],
    dimensions: &[i64],
    modes: &[Mode],
    order: Order,
) -> Result<Array> {
    tape::paused(|| ravel_checked(places, dimensions, modes, order))
        .map_err(|error| error.in_operator("ravel_multi_index"))
}

fn ravel_checked(places: &[&Array], dimensions: &[i64], modes: &[Mode], order: Order) -> Result<Array> {
    shape::check(dimensions)?;
    if places.len() != dimensions.len() || places.is_empty() {
        return Err(Error::value(format!(
            "parameter multi_index must be a sequence of length {}",
            dimensions.len()
        )));
    }
    if modes.len() != 1 && modes.len() != dimensions.len() {
        return Err(Error::value("one mode, or one mode per axis is needed"));
    }
    let axes: Vec<usize> = match order {
        Order::F => (0..dimensions.len()).rev().collect(),
        _ => (0..dimensions.len()).collect(),
    };
    let mut total: Option<Array> = None;
    for axis in axes {
        let (length, mode) = (dimensions[axis], *modes.get(axis).unwrap_or(&modes[0]));
        let indices = whole_numbers(places[axis])?;
        if mode == Mode::Raise && extent(&indices)?.is_some_and(|(low, high)| low < 0 || high >= length) {
            return Err(Error::value("invalid entry in coordinates array"));
        }
        let inside =
            normalised(&indices, length, mode, |_| Error::value("invalid entry in coordinates array"))?;
        total = Some(match total {
            None => inside,
            Some(total) => {
                let scaled = call(ops::MULTIPLY, &[Argument::Array(&total), Argument::from(length)])?;
                call2(ops::ADD, &scaled, &inside)?
            }
        });
    }
    total.map_or_else(|| Array::scalar(Scalar::I64(0), places[0].device()), Ok)
}

/// Flat places of non-zero elements.
pub fn flatnonzero(x: &Array) -> Result<Array> {
    let mut places = index_array::nonzero(&ravel(&x.detach(), Order::C)?)?;
    Ok(places.swap_remove(0))
}

/// Places of non-zero elements as rows of indices.
pub fn argwhere(x: &Array) -> Result<Array> {
    if x.ndim() == 0 {
        let count = i64::from(x.item()?.is_truthy());
        return Array::empty(&[count, 0], DType::I64, x.device());
    }
    let places = index_array::nonzero(x)?;
    stack(&places.iter().collect::<Vec<_>>(), 1)
}
