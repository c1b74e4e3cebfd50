//! Parts of arrays by MXNet's names: slices given as begin, end and step, equal parts, parts in the shape of another
//! array; and ranges in the shape of an array.

use base::{DType, Error, Result, View, promote, shape};

use super::parts::{checked_axis, op2};
use crate::index::{self, Index};
use crate::manipulate::{self, Sections};
use crate::{Array, tape};

/// `x[begin[0]:end[0]:step[0], begin[1]:..., ...]`, a view. An empty `step` means 1.
///
/// # Errors
/// Value: lists of different lengths, a step of 0. Index: more slices than axes.
pub fn slice(x: &Array, begin: &[Option<i64>], end: &[Option<i64>], step: &[Option<i64>]) -> Result<Array> {
    let name = "slice";
    if begin.len() != end.len() || (!step.is_empty() && step.len() != begin.len()) {
        return Err(Error::value(format!(
            "{name}: begin, end and step must name as many axes, got {}, {} and {}",
            begin.len(),
            end.len(),
            step.len()
        )));
    }
    let one =
        |at: usize| Index::Slice { start: begin[at], stop: end[at], step: step.get(at).copied().flatten() };
    let indices: Vec<Index> = (0..begin.len()).map(one).collect();
    index::get(x, &indices).map_err(|error| error.in_operator(name))
}

/// `x[..., begin:end, ...]` on one axis, a view.
///
/// # Errors
/// Axis.
pub fn slice_axis(x: &Array, axis: i64, begin: Option<i64>, end: Option<i64>) -> Result<Array> {
    let axis = checked_axis("slice_axis", x, axis)?;
    let mut indices = vec![manipulate::WHOLE; axis];
    indices.push(Index::Slice { start: begin, stop: end, step: None });
    index::get(x, &indices)
}

/// The front of `x` with the lengths that `other` has, on some axes or (with none named) on all; a view.
///
/// # Errors
/// Value: an axis that is shorter than `other`'s, different numbers of axes where all are meant. Axis.
pub fn slice_like(x: &Array, other: &Array, axes: &[i64]) -> Result<Array> {
    let name = "slice_like";
    if axes.is_empty() && x.ndim() != other.ndim() {
        return Err(Error::value(format!(
            "{name}: data of shape {} and shape_like of shape {} must have as many axes; name the axes to cut",
            shape::text(x.shape()),
            shape::text(other.shape())
        )));
    }
    let all: Vec<i64> = (0..x.ndim() as i64).collect();
    let mut indices = vec![manipulate::WHOLE; x.ndim()];
    for &axis in if axes.is_empty() { &all } else { axes } {
        let axis = checked_axis(name, x, axis)?;
        let length = other.shape().get(axis).copied().ok_or_else(|| {
            Error::value(format!(
                "{name}: shape_like of shape {} has no axis {axis}",
                shape::text(other.shape())
            ))
        })?;
        if length > x.shape()[axis] {
            return Err(Error::value(format!(
                "{name}: axis {axis} of data has length {}, shorter than shape_like's {length}",
                x.shape()[axis]
            )));
        }
        indices[axis] = Index::Slice { start: Some(0), stop: Some(length), step: None };
    }
    index::get(x, &indices)
}

/// Equal parts along an axis, views; with `squeeze`, parts of length 1 lose the axis.
///
/// # Errors
/// Axis. Value: a length that the number of parts does not divide, or parts that cannot be squeezed.
pub fn slice_channel(x: &Array, count: i64, axis: i64, squeeze: bool) -> Result<Vec<Array>> {
    let name = "slice_channel";
    let axis = checked_axis(name, x, axis)?;
    let length = x.shape()[axis];
    if count < 1 || length % count != 0 || (squeeze && length != count) {
        let what = if squeeze { "parts of length 1" } else { "equal parts" };
        return Err(Error::value(format!(
            "{name}: axis {axis} of data (length {length}) does not divide into {count} {what}"
        )));
    }
    let parts = manipulate::split(x, &Sections::Count(count), axis as i64)?;
    if !squeeze {
        return Ok(parts);
    }
    parts.iter().map(|part| part.squeeze(Some(&[axis as i64]))).collect()
}

/// `start, start + step, ...` in the shape of `x`, or as many as an axis is long; every number `repeat` times. In the
/// dtype of `x` (the default float for bools).
///
/// # Errors
/// Axis. Value: a repeat below 1.
pub fn arange_like(x: &Array, start: f64, step: f64, repeat: i64, axis: Option<i64>) -> Result<Array> {
    let name = "arange_like";
    if repeat < 1 {
        return Err(Error::value(format!("{name}: repeat must be at least 1, got {repeat}")));
    }
    let (count, wanted) = match axis {
        None => (x.size(), x.shape().to_vec()),
        Some(axis) => {
            let length = x.shape()[checked_axis(name, x, axis)?];
            (length, vec![length])
        }
    };
    let dtype = if x.dtype().is_bool() { promote::default_float() } else { x.dtype() };
    tape::paused(|| {
        let mut places = Array::positions(View::contiguous(&[count]), DType::I64, x.device())?;
        if repeat > 1 {
            places = op2(ops::FLOOR_DIVIDE, &places, repeat)?;
        }
        let numbers = op2(ops::MULTIPLY, &places.astype(DType::F64)?, step)?;
        op2(ops::ADD, &numbers, start)?.astype(dtype)?.reshape(&wanted)
    })
}
