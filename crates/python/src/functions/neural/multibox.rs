//! `npx.multibox_prior`, `multibox_target`, `multibox_detection`: the single-shot detector's own operators.

use mxnet::array::neural::{self, Detections, Priors, Targets};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::Ours;
use super::boxes::list;
use crate::arguments::{Input, Integer, truth};
use crate::array::{compute, wrap};

/// One number, or a sequence of them.
struct Floats(Vec<f64>);

impl FromPyObject<'_, '_> for Floats {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Floats> {
        if let Ok(one) = object.extract::<f64>() {
            return Ok(Floats(vec![one]));
        }
        let wanted = || PyTypeError::new_err("a number or a sequence of numbers is wanted");
        let items = object.try_iter().map_err(|_| wanted())?;
        items.map(|item| item?.extract::<f64>().map_err(|_| wanted())).collect::<PyResult<_>>().map(Floats)
    }
}

/// Exactly so many numbers, or the default.
fn exactly<const N: usize>(
    function: &str,
    argument: &str,
    given: Option<Floats>,
    default: [f64; N],
) -> PyResult<[f64; N]> {
    let Some(Floats(values)) = given else { return Ok(default) };
    values.as_slice().try_into().map_err(|_| {
        PyValueError::new_err(format!("{function}: {argument} has {} numbers, expected {N}", values.len()))
    })
}

/// Anchors around every element of a feature map, as corners in parts of the image.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, c, height, width); only its shape and dtype are read.
/// sizes : tuple of float, optional
///     Heights of anchors, every one with the first ratio.
/// ratios : tuple of float, optional
///     Widths by heights, every one with the first size.
/// clip : bool, optional
///     Into the unit square.
/// steps : tuple of float, optional
///     From anchor to anchor, down and right; (-1, -1): one part of the image per element.
/// offsets : tuple of float, optional
///     Where in its step the centre of an anchor is, down and right.
///
/// Returns
/// -------
/// ndarray
///     Of shape (1, height * width * (len(sizes) + len(ratios) - 1), 4).
///
/// Raises
/// ------
/// ValueError
///     Shapes and parameters that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> npx.multibox_prior(np.zeros((1, 3, 1, 2)), sizes=(0.5,))
/// array([[[0.125, 0.25 , 0.375, 0.75 ],
///         [0.625, 0.25 , 0.875, 0.75 ]]])
#[pyfunction]
#[pyo3(signature = (data, sizes=None, ratios=None, clip=false, steps=None, offsets=None),
    text_signature = "(data, sizes=(1,), ratios=(1,), clip=False, steps=(-1, -1), offsets=(0.5, 0.5))")]
fn multibox_prior<'py>(
    py: Python<'py>,
    data: Input<'py>,
    sizes: Option<Floats>,
    ratios: Option<Floats>,
    #[pyo3(from_py_with = truth)] clip: bool,
    steps: Option<Floats>,
    offsets: Option<Floats>,
) -> PyResult<Ours<'py>> {
    let name = "multibox_prior";
    let (sizes, ratios) =
        (sizes.map_or(vec![1.0], |given| given.0), ratios.map_or(vec![1.0], |given| given.0));
    let defaults = Priors::default();
    let options = Priors {
        sizes: &sizes,
        ratios: &ratios,
        clip,
        steps: exactly(name, "steps", steps, defaults.steps)?,
        offsets: exactly(name, "offsets", offsets, defaults.offsets)?,
    };
    let data = &*data;
    wrap(py, compute(py, data.size(), || neural::multibox_prior(data, &options))?)
}

/// What the anchors of a detector shall learn.
///
/// Every label gets the anchor that overlaps it best, then anchors get the label that they overlap by more than
/// `overlap_threshold`. The others are negative (class 0), or, with mining, only those of them that the detector takes for
/// something most surely.
///
/// Parameters
/// ----------
/// anchor : array_like
///     Of shape (1, n, 4), corners.
/// label : array_like
///     Of shape (b, m, width): class, corners, and what else there is. Rows from the first of class -1 on are padding.
/// cls_pred : array_like
///     Of shape (b, classes, n): scores before softmax, of which class 0 is the background. Read for mining.
/// overlap_threshold : float, optional
/// ignore_label : float, optional
///     The class of anchors that do not count.
/// negative_mining_ratio : float, optional
///     Negative anchors per positive one; not above 0: all that are not positive.
/// negative_mining_thresh : float, optional
///     Negative anchors overlap every label by less.
/// minimum_negative_samples : int, optional
/// variances : tuple of float, optional
///     The units of the four offsets.
///
/// Returns
/// -------
/// list of ndarray
///     Offsets (b, 4 n), ones where they count (b, 4 n), and classes (b, n), counted from 1. Images without labels have
///     offsets of 0 and `ignore_label`.
///
/// Raises
/// ------
/// ValueError
///     Shapes and parameters that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> anchors = np.array([[[0.1, 0.1, 0.5, 0.5], [0.5, 0.5, 0.9, 0.9]]])
/// >>> labels = np.array([[[2., 0.1, 0.1, 0.5, 0.5]]])
/// >>> offsets, mask, classes = npx.multibox_target(anchors, labels, np.zeros((1, 4, 2)))
/// >>> classes
/// array([[3., 0.]])
/// >>> mask
/// array([[1., 1., 1., 1., 0., 0., 0., 0.]])
#[pyfunction]
#[pyo3(signature = (anchor, label, cls_pred, overlap_threshold=0.5, ignore_label=-1.0, negative_mining_ratio=-1.0,
    negative_mining_thresh=0.5, minimum_negative_samples=Integer(0), variances=None),
    text_signature = "(anchor, label, cls_pred, overlap_threshold=0.5, ignore_label=-1, negative_mining_ratio=-1, \
    negative_mining_thresh=0.5, minimum_negative_samples=0, variances=(0.1, 0.1, 0.2, 0.2))")]
fn multibox_target<'py>(
    py: Python<'py>,
    anchor: Input<'py>,
    label: Input<'py>,
    cls_pred: Input<'py>,
    overlap_threshold: f64,
    ignore_label: f64,
    negative_mining_ratio: f64,
    negative_mining_thresh: f64,
    minimum_negative_samples: Integer,
    variances: Option<Floats>,
) -> PyResult<Bound<'py, PyList>> {
    let options = Targets {
        overlap: overlap_threshold,
        ignored: ignore_label,
        negatives: negative_mining_ratio,
        negative_overlap: negative_mining_thresh,
        least_negatives: minimum_negative_samples.0,
        variances: exactly("multibox_target", "variances", variances, Targets::default().variances)?,
    };
    let (anchor, label, cls_pred) = (&*anchor, &*label, &*cls_pred);
    list(py, compute(py, anchor.size(), || neural::multibox_target(anchor, label, cls_pred, &options))?)
}

/// Boxes from a detector's answers: the likeliest class of each anchor, its corners, and suppression.
///
/// Parameters
/// ----------
/// cls_prob : array_like
///     Probabilities of shape (b, classes, n).
/// loc_pred : array_like
///     Offsets of shape (b, 4 n).
/// anchor : array_like
///     Of shape (1, n, 4), corners.
/// clip : bool, optional
///     Into the unit square.
/// threshold : float, optional
///     Boxes with a smaller score go.
/// background_id : int, optional
///     The class that is none; below 0: all are classes.
/// nms_threshold : float, optional
///     Boxes that overlap a better one by at least this are suppressed; outside (0, 1] none is.
/// force_suppress : bool, optional
///     Boxes suppress those of other classes, too.
/// variances : tuple of float, optional
///     Multiply the four offsets first.
/// nms_topk : int, optional
///     Above 0: how many of the best may stay.
///
/// Returns
/// -------
/// ndarray
///     Of shape (b, n, 6): class (counted without the background), score, corners; best first. Boxes that were suppressed
///     have class -1, rows behind the last box are -1.
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> probabilities = np.array([[[0.5, 0.25], [0.5, 0.75]]])
/// >>> anchors = np.array([[[0., 0., 0.5, 0.5], [0.5, 0.5, 1., 1.]]])
/// >>> npx.multibox_detection(probabilities, np.zeros((1, 8)), anchors)
/// array([[[0.  , 0.75, 0.5 , 0.5 , 1.  , 1.  ],
///         [0.  , 0.5 , 0.  , 0.  , 0.5 , 0.5 ]]])
#[pyfunction]
#[pyo3(signature = (cls_prob, loc_pred, anchor, clip=true, threshold=0.01, background_id=Integer(0),
    nms_threshold=0.5, force_suppress=false, variances=None, nms_topk=Integer(-1)),
    text_signature = "(cls_prob, loc_pred, anchor, clip=True, threshold=0.01, background_id=0, nms_threshold=0.5, \
    force_suppress=False, variances=(0.1, 0.1, 0.2, 0.2), nms_topk=-1)")]
fn multibox_detection<'py>(
    py: Python<'py>,
    cls_prob: Input<'py>,
    loc_pred: Input<'py>,
    anchor: Input<'py>,
    #[pyo3(from_py_with = truth)] clip: bool,
    threshold: f64,
    background_id: Integer,
    nms_threshold: f64,
    #[pyo3(from_py_with = truth)] force_suppress: bool,
    variances: Option<Floats>,
    nms_topk: Integer,
) -> PyResult<Ours<'py>> {
    let options = Detections {
        clip,
        least: threshold,
        background: background_id.0,
        overlap: nms_threshold,
        force: force_suppress,
        variances: exactly("multibox_detection", "variances", variances, Detections::default().variances)?,
        topk: nms_topk.0,
    };
    let (cls_prob, loc_pred, anchor) = (&*cls_prob, &*loc_pred, &*anchor);
    wrap(
        py,
        compute(py, cls_prob.size(), || neural::multibox_detection(cls_prob, loc_pred, anchor, &options))?,
    )
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(multibox_prior, module)?)?;
    module.add_function(wrap_pyfunction!(multibox_target, module)?)?;
    module.add_function(wrap_pyfunction!(multibox_detection, module)?)
}
