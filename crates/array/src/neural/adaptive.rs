//! Pooling to a number of windows instead of windows of a length: window i of o covers the elements from
//! `floor(i * length / o)` to before `ceil((i + 1) * length / o)`. Sums are products with a matrix per axis, the greatest
//! are found axis by axis; where the windows are of one length, ordinary pooling does it.

use base::{DType, Error, Result, shape};

use super::parts::along;
use super::pooling::{self, Options, Pool};
use super::spatial::{self, Layout};
use crate::elementwise::{add, call1, call2};
use crate::manipulate::{moveaxis, take_along_axis, take_places};
use crate::{Array, products, reduce, tape};

/// Memory for that many numbers of the host, or an error where a vector would abort.
fn room<T>(count: i64, each: i64) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let wanted = usize::try_from(count.saturating_mul(each)).unwrap_or(usize::MAX);
    found.try_reserve_exact(wanted).map_err(|_| {
        Error::memory(format!("pooling: unable to hold {count} windows; use a smaller output_size"))
    })?;
    Ok(found)
}

/// From and to of each window.
fn windows(length: i64, count: i64) -> Result<Vec<(i64, i64)>> {
    let mut found = room(count, 1)?;
    let wide = |product: i128| (product / i128::from(count)) as i64;
    let (whole, step) = (i128::from(length), i128::from(count) - 1);
    found.extend((0..count).map(|place| {
        let place = i128::from(place);
        (wide(place * whole), wide((place + 1) * whole + step))
    }));
    Ok(found)
}

/// Sums of windows along one axis, or averages.
fn summed(x: &Array, axis: usize, count: i64, average: bool) -> Result<Array> {
    let length = x.shape()[axis];
    let windows = windows(length, count)?;
    let mut matrix = room(count, length)?;
    matrix.resize(windows.len() * length as usize, 0.0);
    for (place, (start, end)) in windows.into_iter().enumerate() {
        let weight = if average { 1.0 / (end - start) as f64 } else { 1.0 };
        let row = place * length as usize;
        matrix[row + start as usize..row + end as usize].fill(weight);
    }
    let matrix = Array::from_values(&matrix, &[count, length], x.device())?.astype_if(x.dtype())?;
    moveaxis(&products::tensordot(x, &matrix, &[axis as i64], &[1])?, &[-1], &[axis as i64])
}

/// The greatest of windows along one axis; of equal ones the first, which gets the gradient.
fn greatest(x: &Array, axis: usize, count: i64) -> Result<Array> {
    let windows = windows(x.shape()[axis], count)?;
    let longest = windows.iter().map(|(start, end)| end - start).max().unwrap_or(1);
    // shorter windows name their last element again
    let mut elements: Vec<i64> = room(count, longest)?;
    elements.extend(
        windows.iter().flat_map(|&(start, end)| (0..longest).map(move |at| (start + at).min(end - 1))),
    );
    let starts: Vec<i64> = windows.iter().map(|&(start, _)| start).collect();
    let places = tape::paused(|| {
        let elements = Array::from_values(&elements, &[count, longest], x.device())?;
        let spread = take_places(&x.detach(), &elements, axis)?;
        let found = reduce::argmax(&spread, Some(axis as i64 + 1), false)?;
        add(&found, &along(&Array::from_values(&starts, &[count], x.device())?, x.ndim(), axis)?)
    })?;
    take_along_axis(x, &places, Some(axis as i64))
}

/// [`pooling`](pooling::pooling) into `sizes` windows along the axes of space: as many as there are, or one number for all.
/// Kernel, stride, padding and convention of the options are not read.
///
/// # Errors
/// Value: sizes below 1, axes without elements, an exponent other than 1, 2 and 3. Type: dtypes other than floats.
pub fn adaptive_pooling(x: &Array, sizes: &[i64], options: &Options) -> Result<Array> {
    let name = "pooling";
    let layout = Layout::resolve(options.layout, x.ndim().saturating_sub(2))
        .map_err(|error| error.in_operator(name))?;
    layout.check_ndim(name, "data", x)?;
    spatial::check_float(name, x.dtype())?;
    let spatial = layout.spatial;
    if sizes.len() > 1 && sizes.len() != spatial {
        return Err(Error::value(format!(
            "{name}: output_size has {} numbers, expected 1 or {spatial} for data of shape {}",
            sizes.len(),
            shape::text(x.shape())
        )));
    }
    let mut kernel = Vec::with_capacity(spatial);
    let mut even = true;
    for axis in 0..spatial {
        let (size, at) = (size_of(sizes, axis), layout.spatial_axis(axis));
        let length = x.shape()[at];
        if size < 1 {
            return Err(Error::value(format!("{name}: output_size[{axis}] is {size}, expected at least 1")));
        }
        if length == 0 {
            return Err(Error::value(format!(
                "{name}: axis {at} of data has no elements; its shape is {}",
                shape::text(x.shape())
            )));
        }
        even &= length % size == 0;
        kernel.push((length / size).max(1));
    }
    if even || (options.pool == Pool::Power && !matches!(options.power, Some(1..=3))) {
        let same = Options {
            kernel: &kernel,
            stride: &kernel,
            pad: &[],
            convention: pooling::Convention::Valid,
            global: false,
            ..*options
        };
        return pooling::pooling(x, &same);
    }
    uneven(x, sizes, layout, options)
}

fn size_of(sizes: &[i64], axis: usize) -> i64 {
    sizes.get(axis).or(sizes.first()).copied().unwrap_or(1)
}

fn uneven(x: &Array, sizes: &[i64], layout: Layout, options: &Options) -> Result<Array> {
    // halves keep their sums in float32 until the end
    let wide = if x.dtype().size() < 4 { DType::F32 } else { x.dtype() };
    let power = if options.pool == Pool::Power { options.power.unwrap_or(1) } else { 1 };
    let mut result = x.astype_if(wide)?;
    let base = result.clone();
    for _ in 1..power {
        result = call2(ops::MULTIPLY, &result, &base)?;
    }
    for axis in 0..layout.spatial {
        let (at, count) = (layout.spatial_axis(axis), size_of(sizes, axis));
        result = match options.pool {
            Pool::Max => greatest(&result, at, count)?,
            pool => summed(&result, at, count, pool == Pool::Average)?,
        };
    }
    let root = match power {
        2 => call1(ops::SQRT, &result)?,
        3 => call1(ops::CBRT, &result)?,
        _ => result,
    };
    root.astype_if(x.dtype())
}
