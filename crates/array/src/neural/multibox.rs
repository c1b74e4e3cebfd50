//! The single-shot detector's own operators: anchors of a feature map, targets for them, and boxes from answers. Targets
//! and boxes are choices and have no gradient.
//!
//! Source: Liu et al. 2016, "SSD: Single Shot MultiBox Detector".

use base::{Error, Result, Scalar, shape};
use graph::Kernel;
use graph::vision::{BoxChoice, Detection, Targeting};

use super::kernels::{Dtypes, run};
use super::parts::{compute_dtype, expect_length, expect_ndim, expect_shape, op2};
use crate::Array;
use crate::elementwise::add;
use crate::manipulate::stack;

/// The parameters of [`multibox_prior`].
#[derive(Clone, Copy, Debug)]
pub struct Priors<'a> {
    /// Heights of anchors, as parts of the image; every one with the first ratio.
    pub sizes: &'a [f64],
    /// Widths by heights; every one with the first size.
    pub ratios: &'a [f64],
    /// Into the unit square.
    pub clip: bool,
    /// From anchor to anchor, down and right; not above 0: one part of the image per element.
    pub steps: [f64; 2],
    /// Where in its step an anchor's centre is, down and right.
    pub offsets: [f64; 2],
}

impl Default for Priors<'_> {
    fn default() -> Self {
        Priors { sizes: &[1.0], ratios: &[1.0], clip: false, steps: [-1.0; 2], offsets: [0.5; 2] }
    }
}

fn check_priors(name: &str, options: &Priors) -> Result<()> {
    for (argument, values) in [("sizes", options.sizes), ("ratios", options.ratios)] {
        if values.is_empty() {
            return Err(Error::value(format!("{name}: {argument} is empty, expected one number at least")));
        }
        if let Some(at) = values.iter().position(|&value| value <= 0.0 || value.is_nan()) {
            return Err(Error::value(format!(
                "{name}: {argument}[{at}] is {}, expected more than 0",
                values[at]
            )));
        }
    }
    if let Some(at) = options.offsets.iter().position(|offset| !(0.0..=1.0).contains(offset)) {
        return Err(Error::value(format!(
            "{name}: offsets[{at}] is {}, expected 0 to 1",
            options.offsets[at]
        )));
    }
    if options.steps[0] * options.steps[1] < 0.0 {
        return Err(Error::value(format!(
            "{name}: steps are {} and {}, expected both above 0, or neither",
            options.steps[0], options.steps[1]
        )));
    }
    Ok(())
}

/// Anchors around every element of a feature map `data` (n, c, height, width), as corners in parts of the image:
/// (1, height * width * (sizes + ratios - 1), 4), in the data's dtype.
///
/// # Errors
/// Value: a map that is not (n, c, height, width) or has no elements, parameters. Type: dtypes other than floats.
pub fn multibox_prior(data: &Array, options: &Priors) -> Result<Array> {
    let name = "multibox_prior";
    expect_ndim(name, "data", data, 4)?;
    let compute = compute_dtype(name, data)?;
    check_priors(name, options)?;
    let (height, width) = (data.shape()[2], data.shape()[3]);
    for (axis, length) in [(2, height), (3, width)] {
        if length == 0 {
            return Err(Error::value(format!(
                "{name}: axis {axis} of data has length 0, expected elements (shape {})",
                shape::text(data.shape())
            )));
        }
    }
    let steps = if options.steps.iter().all(|step| *step > 0.0) {
        options.steps
    } else {
        [1.0 / height as f64, 1.0 / width as f64]
    };
    let places = |axis: usize, length: i64, open: [i64; 2]| {
        let values: Vec<f64> =
            (0..length).map(|place| (place as f64 + options.offsets[axis]) * steps[axis]).collect();
        Array::from_values(&values, &open, data.device())?.astype_if(compute)?.broadcast_to(&[height, width])
    };
    let (down, right) = (places(0, height, [height, 1])?, places(1, width, [1, width])?);
    let centers = stack(&[&right, &down, &right, &down], -1)?.expand_dims(&[2])?;
    let reaches = reaches(options, height as f64 / width as f64);
    let kinds = reaches.len() as i64 / 4;
    let reaches = Array::from_values(&reaches, &[kinds, 4], data.device())?.astype_if(compute)?;
    let boxes = add(&centers, &reaches)?;
    let boxes = if options.clip { op2(ops::MINIMUM, &op2(ops::MAXIMUM, &boxes, 0.0)?, 1.0)? } else { boxes };
    boxes.reshape(&[1, height * width * kinds, 4])?.astype_if(data.dtype())
}

/// How far each kind of anchor reaches from its centre, as corners.
fn reaches(options: &Priors, aspect: f64) -> Vec<f64> {
    let first = options.ratios[0];
    let of_sizes = options.sizes.iter().map(|&size| (size, first));
    let of_ratios = options.ratios[1..].iter().map(|&ratio| (options.sizes[0], ratio));
    of_sizes
        .chain(of_ratios)
        .flat_map(|(size, ratio)| {
            let (width, height) = (size * aspect * ratio.sqrt() / 2.0, size / ratio.sqrt() / 2.0);
            [-width, -height, width, height]
        })
        .collect()
}

/// The parameters of [`multibox_target`].
#[derive(Clone, Copy, Debug)]
pub struct Targets {
    /// Anchors that overlap a label by more than this learn it, besides the best of each label.
    pub overlap: f64,
    /// The class of anchors that do not count.
    pub ignored: f64,
    /// Negative anchors per positive one; not above 0: all that are not positive.
    pub negatives: f64,
    /// Negative anchors overlap every label by less than this.
    pub negative_overlap: f64,
    pub least_negatives: i64,
    pub variances: [f64; 4],
}

impl Default for Targets {
    fn default() -> Self {
        Targets {
            overlap: 0.5,
            ignored: -1.0,
            negatives: -1.0,
            negative_overlap: 0.5,
            least_negatives: 0,
            variances: [0.1, 0.1, 0.2, 0.2],
        }
    }
}

/// What the anchors (1, n, 4) shall learn of labels (b, m, width; class, corners, and what else there is; rows from the
/// first of class -1 on are padding) and predictions (b, classes, n): offsets (b, 4 n), ones where they count (b, 4 n),
/// and classes (b, n), counted from 1, with 0 for the background.
///
/// # Errors
/// Value: shapes, a threshold for negatives that is not above 0. Type: dtypes other than floats.
pub fn multibox_target(
    anchors: &Array,
    labels: &Array,
    predictions: &Array,
    options: &Targets,
) -> Result<[Array; 3]> {
    let name = "multibox_target";
    expect_ndim(name, "anchor", anchors, 3)?;
    expect_length(name, "anchor", anchors, 0, 1)?;
    expect_length(name, "anchor", anchors, 2, 4)?;
    expect_ndim(name, "label", labels, 3)?;
    expect_ndim(name, "cls_pred", predictions, 3)?;
    let (batch, count) = (labels.shape()[0], anchors.shape()[1]);
    if labels.shape()[2] < 5 {
        return Err(Error::value(format!(
            "{name}: axis 2 of label must have length 5 at least (class and corners), got {} (shape {})",
            labels.shape()[2],
            shape::text(labels.shape())
        )));
    }
    expect_length(name, "cls_pred", predictions, 0, batch)?;
    expect_length(name, "cls_pred", predictions, 2, count)?;
    let least = options.negative_overlap;
    if options.negatives > 0.0 && (least <= 0.0 || least.is_nan()) {
        return Err(Error::value(format!(
            "{name}: negative_mining_thresh is {least}, expected more than 0 with mining"
        )));
    }
    let dtypes = Dtypes::of(name, &[anchors, labels, predictions])?;
    let kernel = Kernel::Boxes(BoxChoice::Target(Targeting {
        overlap: options.overlap,
        ignored: options.ignored,
        negatives: options.negatives,
        negative_overlap: options.negative_overlap,
        least_negatives: usize::try_from(options.least_negatives).unwrap_or(0),
        variances: options.variances,
    }));
    let of = |lengths: &[i64]| Array::empty(lengths, dtypes.compute, labels.device());
    let (offsets, mask, classes) = (of(&[batch, 4 * count])?, of(&[batch, 4 * count])?, of(&[batch, count])?);
    let anchors = dtypes.read(anchors)?.reshape(&[count, 4])?;
    run(
        &kernel,
        &[&anchors, &dtypes.read(labels)?, &dtypes.read(predictions)?],
        &[&offsets, &mask, &classes],
    )?;
    let done = |x: Array| x.astype_if(dtypes.result);
    Ok([done(offsets)?, done(mask)?, done(classes)?])
}

/// The parameters of [`multibox_detection`].
#[derive(Clone, Copy, Debug)]
pub struct Detections {
    /// Into the unit square.
    pub clip: bool,
    /// Boxes with a smaller score go.
    pub least: f64,
    /// The class that is none; below 0: all are classes.
    pub background: i64,
    /// Boxes that overlap a better one by at least this go; outside (0, 1] all stay, in the order of the anchors.
    pub overlap: f64,
    /// Boxes suppress those of other classes, too.
    pub force: bool,
    pub variances: [f64; 4],
    /// Above 0: how many of the best may stay.
    pub topk: i64,
}

impl Default for Detections {
    fn default() -> Self {
        Detections {
            clip: true,
            least: 0.01,
            background: 0,
            overlap: 0.5,
            force: false,
            variances: [0.1, 0.1, 0.2, 0.2],
            topk: -1,
        }
    }
}

/// Boxes from answers: probabilities (b, classes, n), offsets (b, 4 n), anchors (1, n, 4) -> (b, n, 6), rows of class
/// (counted without the background), score and corners, best first. Boxes that were suppressed have class -1; rows behind
/// the last box are -1.
///
/// # Errors
/// Value: shapes. Type: dtypes other than floats.
pub fn multibox_detection(
    probabilities: &Array,
    offsets: &Array,
    anchors: &Array,
    options: &Detections,
) -> Result<Array> {
    let name = "multibox_detection";
    expect_ndim(name, "cls_prob", probabilities, 3)?;
    let (batch, count) = (probabilities.shape()[0], probabilities.shape()[2]);
    expect_shape(name, "loc_pred", offsets, &[batch, 4 * count])?;
    expect_shape(name, "anchor", anchors, &[1, count, 4])?;
    let dtypes = Dtypes::of(name, &[probabilities, offsets, anchors])?;
    let kernel = Kernel::Boxes(BoxChoice::Detect(Detection {
        clip: options.clip,
        least: options.least,
        background: usize::try_from(options.background).ok(),
        overlap: options.overlap,
        across: options.force,
        variances: options.variances,
        most: usize::try_from(options.topk).ok().filter(|most| *most > 0),
    }));
    if probabilities.shape()[1] == 0 {
        return Array::full(&[batch, count, 6], Scalar::F64(-1.0), dtypes.result, probabilities.device());
    }
    let out = Array::empty(&[batch, count, 6], dtypes.compute, probabilities.device())?;
    let anchors = dtypes.read(anchors)?.reshape(&[count, 4])?;
    run(&kernel, &[&dtypes.read(probabilities)?, &dtypes.read(offsets)?, &anchors], &[&out])?;
    out.astype_if(dtypes.result)
}
