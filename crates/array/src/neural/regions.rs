//! Pooling of regions: the greatest element of each part of a region. A kernel finds the places; values are read there,
//! so that gradients of every order go to the same elements.
//!
//! Source: Girshick 2015, "Fast R-CNN", section 2.1.

use base::{DType, Error, Result, Scalar, shape};
use graph::Kernel;

use super::kernels::{Dtypes, run};
use super::parts::{choose, compute_dtype, expect_length, expect_ndim, op2};
use crate::manipulate::take_places;
use crate::{Array, tape};

/// The greatest elements of `pooled` (high, wide) parts of each region of `data` (n, c, height, width):
/// (regions, c, high, wide).
///
/// `rois` (regions, 5): number of the image, then left, top, right and bottom, which are multiplied by `scale` and rounded
/// to elements; both corners belong to the region. Parts without elements, and regions of images that are not there, give
/// 0. No gradient goes to `rois`.
///
/// # Errors
/// Value: shapes, a pooled size below 1. Type: dtypes other than floats.
pub fn roi_pooling(data: &Array, rois: &Array, pooled: [i64; 2], scale: f64) -> Result<Array> {
    let name = "roi_pooling";
    expect_ndim(name, "data", data, 4)?;
    expect_ndim(name, "rois", rois, 2)?;
    expect_length(name, "rois", rois, 1, 5)?;
    if let Some(axis) = pooled.iter().position(|&length| length < 1) {
        return Err(Error::value(format!(
            "{name}: pooled_size[{axis}] is {}, expected at least 1",
            pooled[axis]
        )));
    }
    Dtypes::of(name, &[data, rois])?;
    let compute = compute_dtype(name, data)?;
    let lengths = [rois.shape()[0], data.shape()[1], pooled[0], pooled[1]];
    shape::size(&lengths).map_err(|error| error.in_operator(name))?;
    if data.size() == 0 {
        return Array::full(&lengths, Scalar::F64(0.0), data.dtype(), data.device());
    }
    let places = Array::empty(&lengths, DType::I64, data.device())?;
    let (elements, regions) = tape::paused(|| -> Result<_> {
        Ok((data.detach().contiguous()?, rois.detach().astype_if(compute)?.contiguous()?))
    })?;
    run(&Kernel::Regions { pooled, scale }, &[&elements, &regions], &[&places])?;
    let (inside, found) = tape::paused(|| -> Result<_> {
        Ok((op2(ops::GREATER_EQUAL, &places, 0i64)?, op2(ops::MAXIMUM, &places, 0i64)?))
    })?;
    choose(&inside, &take_places(&data.reshape(&[-1])?, &found, 0)?, 0.0)
}
