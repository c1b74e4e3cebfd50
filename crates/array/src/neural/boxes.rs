//! Formulas over boxes: how much they overlap, and how one lies relative to another. Made of elementwise operators, so
//! gradients of every order follow.

use base::{DType, Error, Result, shape};

use super::kernels::{Dtypes, column};
use super::parts::{choose, expect_length, expect_ndim, op2};
use crate::Array;
use crate::elementwise::{add, call1, call2, multiply};
use crate::index_array;
use crate::manipulate::{extent, stack, take_along_axis};

/// What the four numbers of a box are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxFormat {
    /// Least x, least y, greatest x, greatest y.
    Corner,
    /// x and y of the centre, width, height.
    Center,
}

impl BoxFormat {
    /// By MXNet's name.
    pub fn from_name(name: &str) -> Option<BoxFormat> {
        match name {
            "corner" => Some(BoxFormat::Corner),
            "center" => Some(BoxFormat::Center),
            _ => None,
        }
    }
}

/// Checks that the last axis holds boxes.
fn expect_boxes(name: &str, argument: &str, x: &Array, ndim: Option<usize>) -> Result<()> {
    match ndim {
        Some(ndim) => expect_ndim(name, argument, x, ndim)?,
        None if x.ndim() < 2 => {
            return Err(Error::value(format!(
                "{name}: {argument} must have at least 2 axes, got {} (shape {})",
                x.ndim(),
                shape::text(x.shape())
            )));
        }
        None => {}
    }
    expect_length(name, argument, x, x.ndim() - 1, 4)
}

/// The four numbers of boxes, each without the last axis.
fn numbers(x: &Array) -> Result<[Array; 4]> {
    Ok([column(x, 0)?, column(x, 1)?, column(x, 2)?, column(x, 3)?])
}

/// As corners: left, top, right, bottom.
fn corners(x: &Array, format: BoxFormat) -> Result<[Array; 4]> {
    let [a, b, c, d] = numbers(x)?;
    if format == BoxFormat::Corner {
        return Ok([a, b, c, d]);
    }
    let (width, height) = (op2(ops::MULTIPLY, &c, 0.5)?, op2(ops::MULTIPLY, &d, 0.5)?);
    Ok([
        call2(ops::SUBTRACT, &a, &width)?,
        call2(ops::SUBTRACT, &b, &height)?,
        add(&a, &width)?,
        add(&b, &height)?,
    ])
}

/// As centre and size: x, y, width, height.
fn centers(x: &Array, format: BoxFormat) -> Result<[Array; 4]> {
    let [a, b, c, d] = numbers(x)?;
    if format == BoxFormat::Center {
        return Ok([a, b, c, d]);
    }
    let (width, height) = (call2(ops::SUBTRACT, &c, &a)?, call2(ops::SUBTRACT, &d, &b)?);
    let middle = |low: &Array, size: &Array| add(low, &op2(ops::MULTIPLY, size, 0.5)?);
    Ok([middle(&a, &width)?, middle(&b, &height)?, width, height])
}

/// Boxes in another format.
pub(super) fn converted(x: &Array, from: BoxFormat, to: BoxFormat) -> Result<Array> {
    let parts = match to {
        BoxFormat::Corner => corners(x, from)?,
        BoxFormat::Center => centers(x, from)?,
    };
    stack(&parts.each_ref(), -1)
}

fn positive_difference(high: &Array, low: &Array) -> Result<Array> {
    op2(ops::MAXIMUM, &call2(ops::SUBTRACT, high, low)?, 0.0)
}

/// Intersection over union of every box of `lhs` (a..., 4) with every box of `rhs` (b..., 4): (a..., b...). Boxes turned
/// inside out have no area; boxes that do not meet have 0.
///
/// # Errors
/// Value: shapes. Type: dtypes other than floats.
pub fn box_iou(lhs: &Array, rhs: &Array, format: BoxFormat) -> Result<Array> {
    let name = "box_iou";
    expect_boxes(name, "lhs", lhs, None)?;
    expect_boxes(name, "rhs", rhs, None)?;
    let dtypes = Dtypes::of(name, &[lhs, rhs])?;
    let mut wide = lhs.shape()[..lhs.ndim() - 1].to_vec();
    wide.extend(std::iter::repeat_n(1, rhs.ndim() - 1));
    wide.push(4);
    let one = corners(&lhs.astype_if(dtypes.compute)?.reshape(&wide)?, format)?;
    let other = corners(&rhs.astype_if(dtypes.compute)?, format)?;
    let area = |sides: &[Array; 4]| {
        multiply(&positive_difference(&sides[2], &sides[0])?, &positive_difference(&sides[3], &sides[1])?)
    };
    let shared = |low: usize, high: usize| {
        let end = call2(ops::MINIMUM, &one[high], &other[high])?;
        positive_difference(&end, &call2(ops::MAXIMUM, &one[low], &other[low])?)
    };
    let shared = multiply(&shared(0, 2)?, &shared(1, 3)?)?;
    let union = call2(ops::SUBTRACT, &add(&area(&one)?, &area(&other)?)?, &shared)?;
    let meets = op2(ops::GREATER, &shared.detach(), 0.0)?;
    // a union of nothing would make gradients that are not numbers
    let overlap = call2(ops::DIVIDE, &shared, &choose(&meets, &union, 1.0)?)?;
    choose(&meets, &overlap, 0.0)?.astype_if(dtypes.result)
}

/// The offsets that a detector shall learn: where the matched box lies relative to the anchor, less the means, in units of
/// the deviations; and ones where there is anything to learn.
///
/// `samples` (b, n): above 0.5 where the anchor counts. `matches` (b, n): which box of `refs` (b, m, 4) it is matched
/// with, not looked at where it does not count. `anchors` (b, n, 4) or (1, n, 4). Boxes are corners. Both results are
/// (b, n, 4).
///
/// # Errors
/// Value: shapes. Index: a match outside of `refs`. Type: dtypes other than floats.
pub fn box_encode(
    samples: &Array,
    matches: &Array,
    anchors: &Array,
    refs: &Array,
    means: &Array,
    stds: &Array,
) -> Result<[Array; 2]> {
    let name = "box_encode";
    expect_ndim(name, "samples", samples, 2)?;
    let (batch, count) = (samples.shape()[0], samples.shape()[1]);
    super::parts::expect_shape(name, "matches", matches, &[batch, count])?;
    expect_boxes(name, "anchors", anchors, Some(3))?;
    expect_boxes(name, "refs", refs, Some(3))?;
    if anchors.shape()[0] != 1 {
        expect_length(name, "anchors", anchors, 0, batch)?;
    }
    expect_length(name, "anchors", anchors, 1, count)?;
    expect_length(name, "refs", refs, 0, batch)?;
    super::parts::expect_shape(name, "means", means, &[4])?;
    super::parts::expect_shape(name, "stds", stds, &[4])?;
    let dtypes = Dtypes::of(name, &[anchors, refs, means, stds])?;
    let counts = op2(ops::GREATER, &samples.detach(), 0.5)?;
    let places = matched_places(name, &counts, matches, refs.shape()[1])?;
    let whole = [batch, count, 4];
    let mask = counts.astype(dtypes.result)?.expand_dims(&[2])?.broadcast_to(&whole)?.copy()?;
    if refs.shape()[1] == 0 {
        return Ok([Array::full(&whole, base::Scalar::F64(0.0), dtypes.result, refs.device())?, mask]);
    }
    let wide = |x: &Array| x.astype_if(dtypes.compute);
    let matched = take_along_axis(&wide(refs)?, &places.expand_dims(&[2])?, Some(1))?;
    let [x, y, width, height] = centers(&matched, BoxFormat::Corner)?;
    let [from_x, from_y, from_width, from_height] = centers(&wide(anchors)?, BoxFormat::Corner)?;
    let distance =
        |to: &Array, from: &Array, size: &Array| call2(ops::DIVIDE, &call2(ops::SUBTRACT, to, from)?, size);
    // boxes that do not count may have no size
    let growth =
        |to: &Array, from: &Array| call1(ops::LOG, &choose(&counts, &call2(ops::DIVIDE, to, from)?, 1.0)?);
    let offsets = stack(
        &[
            &distance(&x, &from_x, &from_width)?,
            &distance(&y, &from_y, &from_height)?,
            &growth(&width, &from_width)?,
            &growth(&height, &from_height)?,
        ],
        -1,
    )?;
    let scaled = call2(ops::DIVIDE, &call2(ops::SUBTRACT, &offsets, &wide(means)?)?, &wide(stds)?)?;
    let targets = choose(&counts.expand_dims(&[2])?, &scaled, 0.0)?;
    Ok([targets.astype_if(dtypes.result)?, mask])
}

/// Matches where they count, zero elsewhere, checked.
fn matched_places(name: &str, counts: &Array, matches: &Array, boxes: i64) -> Result<Array> {
    let zero = Array::scalar(base::Scalar::zero(matches.dtype()), matches.device())?;
    let places = choose(counts, &matches.detach(), &zero)?;
    let places = index_array::integers(&places).map_err(|error| error.in_operator(name))?;
    let any = || crate::reduce::any(counts, &crate::reduce::Options::default())?.item();
    let outside = match extent(&places)? {
        Some((low, _)) if low < 0 => Some(low),
        Some((_, high)) if high >= boxes && (high > 0 || any()?.is_truthy()) => Some(high),
        _ => None,
    };
    match outside {
        Some(place) => Err(Error::index(format!(
            "{name}: matches holds {place}, expected places from 0 to {} along axis 1 of refs (length {boxes})",
            boxes - 1
        ))),
        None => places.astype_if(DType::I64),
    }
}

/// Boxes from offsets relative to anchors, as corners: what [`box_encode`] made, back.
///
/// `data` (b, n, 4), `anchors` (1, n, 4) or (b, n, 4) in `format`; offsets are multiplied by `deviations` first. Above
/// zero, `clip` is the greatest logarithm of a growth.
///
/// # Errors
/// Value: shapes. Type: dtypes other than floats.
pub fn box_decode(
    data: &Array,
    anchors: &Array,
    deviations: [f64; 4],
    clip: f64,
    format: BoxFormat,
) -> Result<Array> {
    let name = "box_decode";
    expect_boxes(name, "data", data, Some(3))?;
    expect_boxes(name, "anchors", anchors, Some(3))?;
    if anchors.shape()[0] != 1 {
        expect_length(name, "anchors", anchors, 0, data.shape()[0])?;
    }
    expect_length(name, "anchors", anchors, 1, data.shape()[1])?;
    let dtypes = Dtypes::of(name, &[data, anchors])?;
    let offsets = numbers(&data.astype_if(dtypes.compute)?)?;
    let [x, y, width, height] = centers(&anchors.astype_if(dtypes.compute)?, format)?;
    let scaled = |axis: usize| op2(ops::MULTIPLY, &offsets[axis], deviations[axis]);
    let middle = |axis: usize, from: &Array, size: &Array| add(&multiply(&scaled(axis)?, size)?, from);
    let reach = |axis: usize, size: &Array| {
        let growth = scaled(axis)?;
        let growth = if clip > 0.0 { op2(ops::MINIMUM, &growth, clip)? } else { growth };
        op2(ops::MULTIPLY, &multiply(&call1(ops::EXP, &growth)?, size)?, 0.5)
    };
    let (x, y) = (middle(0, &x, &width)?, middle(1, &y, &height)?);
    let (width, height) = (reach(2, &width)?, reach(3, &height)?);
    let sides = [
        &call2(ops::SUBTRACT, &x, &width)?,
        &call2(ops::SUBTRACT, &y, &height)?,
        &add(&x, &width)?,
        &add(&y, &height)?,
    ];
    stack(&sides, -1)?.astype_if(dtypes.result)
}
