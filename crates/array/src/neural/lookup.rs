//! Rows of a table by number, and numbers as rows of ones and zeros.

use base::{DType, Error, Result, Scalar, shape};

use super::parts::{choose, expect_ndim, positions};
use crate::elementwise::call2;
use crate::manipulate::{Mode, extent, normalised, take_places};
use crate::{Array, index_array, tape};

/// Numbers as int64. Floats with whole values are accepted, as in MXNet, whose arrays are floats unless told otherwise.
pub(super) fn whole(name: &str, x: &Array) -> Result<Array> {
    if x.dtype().is_complex() {
        return Err(Error::type_(format!("{name}: indices must be integers, not {}", x.dtype())));
    }
    if x.dtype().is_float() {
        return index_array::integers(x).map_err(|error| error.in_operator(name));
    }
    x.detach().astype_if(DType::I64)
}

/// The row of `weight` (rows, size) for every index: shape of the indices, then (size,). Indices outside take the
/// nearest row; with `strict`, they are an error.
///
/// # Errors
/// Value: a weight that is no matrix, or empty. Index: fractional indices; `strict`, and an index outside. Type: complex
/// indices.
pub fn embedding(indices: &Array, weight: &Array, strict: bool) -> Result<Array> {
    let name = "embedding";
    expect_ndim(name, "weight", weight, 2)?;
    let rows = weight.shape()[0];
    let indices = whole(name, indices)?;
    if rows == 0 && indices.size() > 0 {
        return Err(Error::index(format!(
            "{name}: a weight of shape {} has no rows",
            shape::text(weight.shape())
        )));
    }
    if strict && let Some((low, high)) = extent(&indices)? {
        let outside = if low < 0 { Some(low) } else { (high >= rows).then_some(high) };
        if let Some(index) = outside {
            return Err(Error::index(format!(
                "{name}: index {index} is outside of the {rows} rows of weight"
            )));
        }
    }
    let inside = tape::paused(|| normalised(&indices, rows, Mode::Clip, |_| Error::index(name)))?;
    take_places(weight, &inside, 0)
}

/// Where the position along `axis` of `x` is the label of its line.
pub(super) fn hot_mask(x: &Array, labels: &Array, axis: usize) -> Result<Array> {
    let labels = labels.detach().expand_dims(&[axis as i64])?;
    call2(ops::EQUAL, &positions(x, axis, DType::I64)?, &labels)
}

/// A last axis of length `depth` with `on` at the index and `off` elsewhere; indices outside have no `on`.
///
/// # Errors
/// Value: a negative depth. Index: fractional indices. Type: complex indices.
pub fn one_hot(indices: &Array, depth: i64, on: f64, off: f64, dtype: DType) -> Result<Array> {
    let name = "one_hot";
    if depth < 0 {
        return Err(Error::value(format!("{name}: depth must not be negative, got {depth}")));
    }
    let device = indices.device();
    let indices = whole(name, indices)?.expand_dims(&[-1])?;
    let classes = Array::positions(base::View::contiguous(&[depth]), DType::I64, device)?;
    let hot = tape::paused(|| call2(ops::EQUAL, &indices, &classes))?;
    let value = |number: f64| Array::scalar(Scalar::F64(number).cast(dtype), device);
    tape::paused(|| choose(&hot, &value(on)?, &value(off)?)?.astype_if(dtype))
}
