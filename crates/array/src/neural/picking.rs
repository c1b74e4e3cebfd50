//! Elements by rank and by number along an axis: `topk`, `pick`.

use base::{DType, Error, Result, Scalar, shape};

use super::parts::{checked_axis, zeros_like};
use crate::index::{self, Index};

use crate::manipulate::{self, Mode, WHOLE, along_axis, normalised};
use crate::{Argument, Array, sort, tape};

/// What [`topk`] returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranked {
    Values,
    Indices,
    /// Ones where an element is among them, in the array's shape and dtype.
    Mask,
    /// Values, then indices.
    Both,
}

impl Ranked {
    /// By MXNet's name: `value`, `indices`, `mask`, `both`.
    pub fn from_name(name: &str) -> Option<Ranked> {
        Some(match name {
            "value" => Ranked::Values,
            "indices" => Ranked::Indices,
            "mask" => Ranked::Mask,
            "both" => Ranked::Both,
            _ => return None,
        })
    }
}

/// How [`topk`] chooses.
#[derive(Clone, Copy, Debug)]
pub struct TopK {
    /// `None`: the flattened array.
    pub axis: Option<i64>,
    /// How many; below 1: all.
    pub count: i64,
    /// The least instead of the greatest.
    pub ascending: bool,
    pub ranked: Ranked,
    /// dtype of the indices.
    pub dtype: DType,
}

/// The greatest (or least) elements along an axis, sorted; of equal ones the first. nan is the greatest.
///
/// # Errors
/// Axis. Value: more elements than the axis has.
pub fn topk(x: &Array, options: &TopK) -> Result<Vec<Array>> {
    let name = "topk";
    let Some(axis) = options.axis else {
        let flat = x.reshape(&[-1])?;
        let mut found = topk(&flat, &TopK { axis: Some(0), ..*options })?;
        if options.ranked == Ranked::Mask {
            found = vec![found[0].reshape(x.shape())?];
        }
        return Ok(found);
    };
    let axis = checked_axis(name, x, axis)?;
    let length = x.shape()[axis];
    let count = if options.count < 1 { length } else { options.count };
    if count > length {
        return Err(Error::value(format!(
            "{name}: k={count} is more than the length {length} of axis {axis}"
        )));
    }
    let places = tape::paused(|| ranking(&x.detach(), axis, count, options.ascending))?;
    let values = || sort::along(x, &places, axis);
    let indices = || places.astype(options.dtype);
    Ok(match options.ranked {
        Ranked::Values => vec![values()?],
        Ranked::Indices => vec![indices()?],
        Ranked::Both => vec![values()?, indices()?],
        Ranked::Mask => {
            let mask = zeros_like(x)?;
            let one = Array::scalar(Scalar::one(x.dtype()), x.device())?;
            tape::paused(|| manipulate::put_along_axis(&mask, &places, &one, Some(axis as i64)))?;
            vec![mask]
        }
    })
}

/// The places of the first `count` elements in order, as int64.
fn ranking(x: &Array, axis: usize, count: i64, ascending: bool) -> Result<Array> {
    let (length, line) = (x.shape()[axis], axis as i64);
    if count == 1 && length > 0 && x.size() > 0 && !x.dtype().is_complex() {
        return if ascending { least_first(x, line) } else { crate::reduce::argmax(x, Some(line), true) };
    }
    if ascending {
        return first(&sort::argsort(x, Some(line))?, axis, count);
    }
    // sorted backwards: of equal elements the first comes first
    let order = sort::argsort(&manipulate::flip(x, Some(&[line]))?, Some(line))?;
    let order = first(&manipulate::flip(&order, Some(&[line]))?, axis, count)?;
    crate::elementwise::call(ops::SUBTRACT, &[Argument::from(length - 1), Argument::Array(&order)])
}

/// The place of the least element; nan is the greatest here, where `argmin` takes it for the least.
fn least_first(x: &Array, axis: i64) -> Result<Array> {
    if x.dtype().is_integer() || x.dtype().is_bool() {
        return crate::reduce::argmin(x, Some(axis), true);
    }
    first(&sort::argsort(x, Some(axis))?, axis as usize, 1)
}

fn first(x: &Array, axis: usize, count: i64) -> Result<Array> {
    let mut indices = vec![WHOLE; axis];
    indices.push(Index::Slice { start: Some(0), stop: Some(count), step: None });
    index::get(x, &indices)
}

/// One element of every line along an axis (`None`: of the flat array), chosen by number. The indices have the shape of
/// the array without the axis, or with length 1 there.
///
/// # Errors
/// Axis. Value: indices of another shape, or an axis of length 0. Index: fractional indices.
pub fn pick(x: &Array, indices: &Array, axis: Option<i64>, keepdims: bool, mode: Mode) -> Result<Array> {
    let name = "pick";
    let Some(axis) = axis else {
        return manipulate::take(x, indices, None, mode).map_err(|error| error.in_operator(name));
    };
    let axis = checked_axis(name, x, axis)?;
    let length = x.shape()[axis];
    let mut kept = x.shape().to_vec();
    kept[axis] = 1;
    let mut dropped = kept.clone();
    dropped.remove(axis);
    if indices.shape() != kept && indices.shape() != dropped {
        return Err(Error::value(format!(
            "{name}: index must have shape {} (data {} without axis {axis}), got {}",
            shape::text(&dropped),
            shape::text(x.shape()),
            shape::text(indices.shape())
        )));
    }
    let places = tape::paused(|| {
        let whole = super::lookup::whole(name, indices)?.reshape(&kept)?;
        if length == 0 && whole.size() > 0 {
            return Err(Error::value(format!("{name}: axis {axis} of data has no elements to pick")));
        }
        normalised(&whole, length, mode, |place| {
            Error::index(format!("{name}: index {place} is out of bounds for axis {axis} with size {length}"))
        })
    })?;
    let picked = index::get(x, &along_axis(x, &places, axis)?)?;
    if keepdims { Ok(picked) } else { picked.reshape(&dropped) }
}
