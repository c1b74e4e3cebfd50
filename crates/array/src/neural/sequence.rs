//! Batches of sequences of different lengths: (steps, batch, ...), or (batch, steps, ...) with axis 1.

use base::{DType, Error, Result, Scalar, shape};

use super::parts::{along, choose, expect_length, expect_ndim, op2, positions};
use crate::elementwise::{Argument, call, call2};
use crate::index::{self, Index};
use crate::{Array, manipulate, tape};

/// Lengths as int64, which must be whole and lie between `least` and the length of the axis.
pub(super) fn checked_lengths(name: &str, lengths: &Array, least: i64, most: i64) -> Result<Array> {
    let whole = super::lookup::whole(name, lengths).map_err(|error| {
        if lengths.dtype().is_float() {
            Error::value(format!("{name}: lengths of sequences must be whole numbers"))
        } else {
            error
        }
    })?;
    let Some((low, high)) = manipulate::extent(&whole)? else { return Ok(whole) };
    let outside = if low < least { Some(low) } else { (high > most).then_some(high) };
    match outside {
        None => Ok(whole),
        Some(length) => Err(Error::value(format!(
            "{name}: a length of {length} is outside of {least} to {most}, the length of the sequence axis"
        ))),
    }
}

/// The axis of the steps, and the lengths as int64 over the batch's axis.
fn batch(
    name: &str,
    x: &Array,
    lengths: Option<&Array>,
    axis: i64,
    least: i64,
) -> Result<(usize, Option<Array>)> {
    if x.ndim() < 2 {
        return Err(Error::value(format!(
            "{name}: data must have at least 2 axes (steps and batch), got shape {}",
            shape::text(x.shape())
        )));
    }
    let axis = match axis {
        0 | 1 => axis as usize,
        _ => return Err(Error::value(format!("{name}: axis must be 0 or 1, got {axis}"))),
    };
    let Some(lengths) = lengths else { return Ok((axis, None)) };
    expect_ndim(name, "sequence_length", lengths, 1)?;
    expect_length(name, "sequence_length", lengths, 0, x.shape()[1 - axis])?;
    Ok((axis, Some(checked_lengths(name, lengths, least, x.shape()[axis])?)))
}

/// Steps at and after the length of their sequence replaced by a number; without lengths, a copy.
///
/// # Errors
/// Value: too few axes, an axis other than 0 and 1, lengths of another shape or outside the axis.
pub fn sequence_mask(x: &Array, lengths: Option<&Array>, value: f64, axis: i64) -> Result<Array> {
    let (axis, lengths) = batch("sequence_mask", x, lengths, axis, 0)?;
    let Some(lengths) = lengths else { return x.astype(x.dtype()) };
    let inside = tape::paused(|| {
        let lengths = along(&lengths, x.ndim(), 1 - axis)?;
        call2(ops::LESS, &positions(x, axis, DType::I64)?, &lengths)
    })?;
    let value = Array::scalar(Scalar::F64(value).cast(x.dtype()), x.device())?;
    choose(&inside, x, &value)
}

/// The last step of every sequence; without lengths, the last of all steps.
///
/// # Errors
/// Value: as of [`sequence_mask`], and sequences without steps.
pub fn sequence_last(x: &Array, lengths: Option<&Array>, axis: i64) -> Result<Array> {
    let name = "sequence_last";
    let (axis, lengths) = batch(name, x, lengths, axis, 1)?;
    let count = x.shape()[1 - axis];
    if x.shape()[axis] == 0 {
        return Err(Error::value(format!("{name}: axis {axis} of data has no steps")));
    }
    let last = match lengths {
        Some(lengths) => tape::paused(|| op2(ops::SUBTRACT, &lengths, 1i64))?,
        None => Array::full(&[count], Scalar::I64(x.shape()[axis] - 1), DType::I64, x.device())?,
    };
    let numbers = crate::create::counting(count, DType::I64, x.device())?;
    let mut indices = [Index::Array(last), Index::Array(numbers)];
    if axis == 1 {
        indices.swap(0, 1);
    }
    index::get(x, &indices)
}

/// The steps of every sequence in reverse order, the ones after its length as they are; without lengths, all steps.
///
/// # Errors
/// Value: as of [`sequence_mask`].
pub fn sequence_reverse(x: &Array, lengths: Option<&Array>, axis: i64) -> Result<Array> {
    let (axis, lengths) = batch("sequence_reverse", x, lengths, axis, 0)?;
    let Some(lengths) = lengths else { return manipulate::flip(x, Some(&[axis as i64])) };
    let steps = x.shape()[axis];
    let places = tape::paused(|| {
        let mut open = [1, 1];
        open[axis] = steps;
        let step = crate::create::counting(steps, DType::I64, x.device())?.reshape(&open)?;
        let lengths = along(&lengths, 2, 1 - axis)?;
        let mirrored = op2(ops::SUBTRACT, &call2(ops::SUBTRACT, &lengths, &step)?, 1i64)?;
        let inside = call2(ops::LESS, &step, &lengths)?;
        call(ops::WHERE, &[Argument::Array(&inside), Argument::Array(&mirrored), Argument::Array(&step)])
    })?;
    let mut open = [1, 1];
    open[1 - axis] = x.shape()[1 - axis];
    let numbers = crate::create::counting(x.shape()[1 - axis], DType::I64, x.device())?.reshape(&open)?;
    let mut indices = [Index::Array(places), Index::Array(numbers)];
    if axis == 1 {
        indices.swap(0, 1);
    }
    index::get(x, &indices)
}
