//! `npx.box_iou`, `box_encode`, `box_decode`, `box_nms`, `bipartite_matching`.

use mxnet::array::neural::{self, BoxFormat, Nms};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::{Ours, named};
use crate::arguments::{Input, Integer, truth};
use crate::array::{compute, wrap};

fn format_of(function: &str, argument: &str, name: &str) -> PyResult<BoxFormat> {
    named(function, argument, name, "'corner' or 'center'", BoxFormat::from_name)
}

/// Intersection over union of every box of one array with every box of another.
///
/// Parameters
/// ----------
/// lhs : array_like
///     Of shape (a..., 4).
/// rhs : array_like
///     Of shape (b..., 4).
/// format : {'corner', 'center'}, optional
///     Whether a box is (left, top, right, bottom), or (x, y, width, height) around its centre.
///
/// Returns
/// -------
/// ndarray
///     Of shape (a..., b...); 0 for boxes that do not meet.
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
/// >>> npx.box_iou(np.array([[0., 0., 2., 2.]]), np.array([[1., 1., 2., 2.], [3., 3., 4., 4.]]))
/// array([[0.25, 0.  ]])
#[pyfunction]
#[pyo3(signature = (lhs, rhs, format="corner"))]
fn box_iou<'py>(py: Python<'py>, lhs: Input<'py>, rhs: Input<'py>, format: &str) -> PyResult<Ours<'py>> {
    let format = format_of("box_iou", "format", format)?;
    let (lhs, rhs) = (&*lhs, &*rhs);
    wrap(py, compute(py, lhs.size().saturating_mul(rhs.size()), || neural::box_iou(lhs, rhs, format))?)
}

/// The offsets that a detector shall learn for its anchors, and where there is anything to learn.
///
/// Parameters
/// ----------
/// samples : array_like
///     Of shape (b, n); above 0.5 where an anchor counts.
/// matches : array_like
///     Of shape (b, n): which of `refs` each anchor is matched with.
/// anchors : array_like
///     Of shape (b, n, 4) or (1, n, 4), corners.
/// refs : array_like
///     Of shape (b, m, 4), corners.
/// means, stds : array_like
///     Of shape (4,); subtracted from the offsets, then dividing them.
///
/// Returns
/// -------
/// list of ndarray
///     Offsets and ones where they count, both of shape (b, n, 4): distances of the centres in sizes of the anchor, and
///     logarithms of the growth.
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit.
/// IndexError
///     A match outside of `refs`.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> anchors, refs = np.array([[[0., 0., 2., 2.], [0., 0., 1., 1.]]]), np.array([[[1., 0., 3., 2.]]])
/// >>> offsets, mask = npx.box_encode(
/// ...     np.array([[1., 0.]]), np.array([[0., 0.]]), anchors, refs, np.zeros(4), np.full(4, 0.1))
/// >>> offsets
/// array([[[5., 0., 0., 0.],
///         [0., 0., 0., 0.]]])
/// >>> mask
/// array([[[1., 1., 1., 1.],
///         [0., 0., 0., 0.]]])
#[pyfunction]
fn box_encode<'py>(
    py: Python<'py>,
    samples: Input<'py>,
    matches: Input<'py>,
    anchors: Input<'py>,
    refs: Input<'py>,
    means: Input<'py>,
    stds: Input<'py>,
) -> PyResult<Bound<'py, PyList>> {
    let (samples, matches, anchors) = (&*samples, &*matches, &*anchors);
    let (refs, means, stds) = (&*refs, &*means, &*stds);
    let work = || neural::box_encode(samples, matches, anchors, refs, means, stds);
    list(py, compute(py, anchors.size(), work)?)
}

/// Boxes from offsets relative to anchors, as corners.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (b, n, 4), offsets.
/// anchors : array_like
///     Of shape (1, n, 4) or (b, n, 4).
/// std0, std1, std2, std3 : float, optional
///     Multiply the four offsets first.
/// clip : float, optional
///     Above 0: the greatest logarithm of a growth.
/// format : {'center', 'corner'}, optional
///     What the four numbers of an anchor are.
///
/// Returns
/// -------
/// ndarray
///     Of shape (b, n, 4).
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
/// >>> npx.box_decode(np.array([[[5., 0., 0., 0.]]]), np.array([[[0., 0., 2., 2.]]]), 0.1, format='corner')
/// array([[[1., 0., 3., 2.]]])
#[pyfunction]
#[pyo3(signature = (data, anchors, std0=1.0, std1=1.0, std2=1.0, std3=1.0, clip=-1.0, format="center"))]
fn box_decode<'py>(
    py: Python<'py>,
    data: Input<'py>,
    anchors: Input<'py>,
    std0: f64,
    std1: f64,
    std2: f64,
    std3: f64,
    clip: f64,
    format: &str,
) -> PyResult<Ours<'py>> {
    let format = format_of("box_decode", "format", format)?;
    let (data, anchors) = (&*data, &*anchors);
    let deviations = [std0, std1, std2, std3];
    wrap(py, compute(py, data.size(), || neural::box_decode(data, anchors, deviations, clip, format))?)
}

/// Non-maximum suppression: of boxes that overlap, the one with the best score stays.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (..., boxes, width): a box per row, with a score, four coordinates and perhaps a class.
/// overlap_thresh : float, optional
///     A box goes if its intersection over union with a better one that stays is greater.
/// valid_thresh : float, optional
///     Boxes whose score is not greater go.
/// topk : int, optional
///     How many of the best are looked at; below 0 all. With 0 the data is returned as it is.
/// coord_start, score_index : int, optional
///     Where in a row the coordinates begin, and where the score is.
/// id_index : int, optional
///     Where the class is; below 0 for boxes without one.
/// background_id : int, optional
///     Boxes of this class go.
/// force_suppress : bool, optional
///     Boxes suppress those of other classes, too.
/// in_format, out_format : {'corner', 'center'}, optional
///     What the coordinates are, and what they shall be.
///
/// Returns
/// -------
/// ndarray
///     Of the shape of `data`: the boxes that stay, best first, then rows of -1. Gradients go to the rows that stay.
///
/// Raises
/// ------
/// ValueError
///     A width or places that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> boxes = np.array([[0., 0.5, 0., 0., 2., 2.], [0., 0.4, 0., 0., 2., 1.9], [1., 0.3, 0., 0., 2., 2.]])
/// >>> npx.box_nms(boxes, id_index=0)
/// array([[ 0. ,  0.5,  0. ,  0. ,  2. ,  2. ],
///        [ 1. ,  0.3,  0. ,  0. ,  2. ,  2. ],
///        [-1. , -1. , -1. , -1. , -1. , -1. ]])
#[pyfunction]
#[pyo3(signature = (data, overlap_thresh=0.5, valid_thresh=0.0, topk=Integer(-1), coord_start=Integer(2),
    score_index=Integer(1), id_index=Integer(-1), background_id=Integer(-1), force_suppress=false,
    in_format="corner", out_format="corner"),
    text_signature = "(data, overlap_thresh=0.5, valid_thresh=0, topk=-1, coord_start=2, score_index=1, id_index=-1, \
    background_id=-1, force_suppress=False, in_format='corner', out_format='corner')")]
fn box_nms<'py>(
    py: Python<'py>,
    data: Input<'py>,
    overlap_thresh: f64,
    valid_thresh: f64,
    topk: Integer,
    coord_start: Integer,
    score_index: Integer,
    id_index: Integer,
    background_id: Integer,
    #[pyo3(from_py_with = truth)] force_suppress: bool,
    in_format: &str,
    out_format: &str,
) -> PyResult<Ours<'py>> {
    let options = Nms {
        overlap: overlap_thresh,
        least: valid_thresh,
        topk: topk.0,
        coordinates: coord_start.0,
        score: score_index.0,
        class: id_index.0,
        background: background_id.0,
        force: force_suppress,
        from: format_of("box_nms", "in_format", in_format)?,
        to: format_of("box_nms", "out_format", out_format)?,
    };
    let data = &*data;
    wrap(py, compute(py, data.size(), || neural::box_nms(data, &options))?)
}

/// Greedy matching of rows with columns: the best pair first, then the best of what is left.
///
/// Parameters
/// ----------
/// data : array_like
///     Scores of shape (..., rows, columns).
/// is_ascend : bool, optional
///     The least scores are best.
/// threshold : float
///     A pair must be better: greater, or less with `is_ascend`.
/// topk : int, optional
///     Above 0: the greatest number of pairs.
///
/// Returns
/// -------
/// list of ndarray
///     The column of each row (..., rows) and the row of each column (..., columns), -1 where there is none, in the dtype
///     of the scores.
///
/// Raises
/// ------
/// ValueError
///     Fewer than two axes.
/// TypeError
///     dtypes other than floats; no threshold.
///
/// Examples
/// --------
/// >>> npx.bipartite_matching(np.array([[0.5, 0.6], [0.1, 0.2], [0.3, 0.4]]), threshold=1e-12)
/// [array([ 1., -1.,  0.]), array([2., 0.])]
#[pyfunction]
#[pyo3(signature = (data, is_ascend=false, threshold=None, topk=Integer(-1)),
    text_signature = "(data, is_ascend=False, threshold=None, topk=-1)")]
fn bipartite_matching<'py>(
    py: Python<'py>,
    data: Input<'py>,
    #[pyo3(from_py_with = truth)] is_ascend: bool,
    threshold: Option<f64>,
    topk: Integer,
) -> PyResult<Bound<'py, PyList>> {
    let threshold = threshold
        .ok_or_else(|| PyTypeError::new_err("bipartite_matching: the argument threshold is missing"))?;
    let data = &*data;
    list(py, compute(py, data.size(), || neural::bipartite_matching(data, threshold, is_ascend, topk.0))?)
}

/// Several results.
pub(super) fn list<'py, const N: usize>(
    py: Python<'py>,
    arrays: [mxnet::array::Array; N],
) -> PyResult<Bound<'py, PyList>> {
    let wrapped = arrays.into_iter().map(|array| wrap(py, array)).collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, wrapped)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(box_iou, module)?)?;
    module.add_function(wrap_pyfunction!(box_encode, module)?)?;
    module.add_function(wrap_pyfunction!(box_decode, module)?)?;
    module.add_function(wrap_pyfunction!(box_nms, module)?)?;
    module.add_function(wrap_pyfunction!(bipartite_matching, module)?)
}
