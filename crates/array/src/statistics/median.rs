//! Medians: the middle of sorted lines, or the mean of the two elements around it.

use base::{DType, Result};

use super::{ALL_NAN, EMPTY_MEAN, Lines, Warned, any, counts, section, skipping, spoiled_by_nan};
use crate::elementwise::{Argument, call, call2};
use crate::{Array, reduce, sort};

/// The mean over the last axis, which stays with length 1.
fn mean_of_last(x: &Array) -> Result<Array> {
    reduce::mean(x, &reduce::Options { axes: Some(&[-1]), keepdims: true, ..Default::default() })
}

/// The middle element over axes (`None`: all), or the mean of the two middle ones; nan among them gives nan.
pub fn median(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Warned> {
    median_of(x, axes, keepdims).map_err(|error| error.in_operator("median"))
}

fn median_of(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Warned> {
    let lines = Lines::of(x, axes)?;
    let length = lines.length();
    if length == 0 {
        let nothing = lines.nothing(keepdims, reduce::mean_dtype(x.dtype()))?;
        return Ok(Warned::when(nothing.size() > 0, EMPTY_MEAN, nothing));
    }
    // one or two in the middle, and the last, where nan would stand
    let places = Array::from_values(&[(length - 1) / 2, length / 2, length - 1], &[3], x.device())?;
    let chosen = sort::select(&lines.array, &places)?;
    let middle = mean_of_last(&section(&chosen, length % 2, 2)?)?;
    let middle = spoiled_by_nan(middle, &chosen)?;
    middle.reshape(lines.shape(keepdims)).map(Warned::quiet)
}

/// [`median`] of the elements that are numbers; nan where there are none.
pub fn nanmedian(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Warned> {
    if x.size() == 0 {
        let options = reduce::Options { axes, keepdims, ..Default::default() };
        return skipping::nanmean(x, &options);
    }
    if !x.dtype().is_inexact() {
        return median(x, axes, keepdims).map_err(|error| error.in_operator("nanmedian"));
    }
    nanmedian_of(x, axes, keepdims).map_err(|error| error.in_operator("nanmedian"))
}

fn nanmedian_of(x: &Array, axes: Option<&[i64]>, keepdims: bool) -> Result<Warned> {
    let lines = Lines::of(x, axes)?;
    let counts = counts(&lines.array)?.expand_dims(&[-1])?;
    // the numbers stand in front of the nan: places (count - 1) / 2 and count / 2, or the first nan
    let shifts = Array::from_values(&[1i64, 0], &[2], x.device())?;
    let ends = call2(ops::SUBTRACT, &counts, &shifts)?;
    let halves = call(ops::FLOOR_DIVIDE, &[Argument::Array(&ends), Argument::from(2i64)])?;
    let places = call(ops::MAXIMUM, &[Argument::Array(&halves), Argument::from(0i64)])?;
    let around = sort::select(&lines.array, &places)?;
    let mean = mean_of_last(&around)?;
    // the sum of one great number with itself would overflow
    let first = section(&around, 0, 1)?;
    let rest = call(ops::REMAINDER, &[Argument::Array(&counts), Argument::from(2i64)])?;
    let odd = rest.astype(DType::Bool)?;
    let middle = call(ops::WHERE, &[Argument::Array(&odd), Argument::Array(&first), Argument::Array(&mean)])?;
    let empty = any(&call(ops::EQUAL, &[Argument::Array(&counts), Argument::from(0i64)])?)?;
    Ok(Warned::when(empty, ALL_NAN, middle.reshape(lines.shape(keepdims))?))
}
