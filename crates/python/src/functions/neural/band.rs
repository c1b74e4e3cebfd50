//! `npx.sldwin_atten_score`, `sldwin_atten_context`, `sldwin_atten_mask_like`: sliding-window attention.

use mxnet::array::neural;
use pyo3::prelude::*;

use super::Ours;
use crate::arguments::{Input, Integer, truth};
use crate::array::{compute, wrap};

/// Scores of every query with the keys around it.
///
/// `score[b, i, h, j]` is the product of `query[b, i, h]` and `key[b, i + (j - w) * dilation[h], h]`, zero where there is
/// no such key.
///
/// Parameters
/// ----------
/// query, key : array_like
///     Of shape (batch, length, heads, size).
/// dilation : array_like
///     Of shape (heads,), whole numbers from 1 on: steps between the keys that a head sees.
/// w : int
///     How many keys are seen on one side.
/// symmetric : bool
///     Whether keys behind the query are seen, too.
///
/// Returns
/// -------
/// ndarray
///     Of shape (batch, length, heads, 2 * w + 1), or w + 1 unless symmetric.
///
/// Raises
/// ------
/// ValueError
///     Shapes, dilations below 1, a negative `w`.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> x = np.array([1., 2., 3.]).reshape(1, 3, 1, 1)
/// >>> npx.sldwin_atten_score(x, x, np.array([1]), w=1, symmetric=True).reshape(3, 3)
/// array([[0., 1., 2.],
///        [2., 4., 6.],
///        [6., 9., 0.]])
#[pyfunction]
fn sldwin_atten_score<'py>(
    py: Python<'py>,
    query: Input<'py>,
    key: Input<'py>,
    dilation: Input<'py>,
    w: Integer,
    #[pyo3(from_py_with = truth)] symmetric: bool,
) -> PyResult<Ours<'py>> {
    let (query, key, dilation) = (&*query, &*key, &*dilation);
    let work = || neural::sldwin_atten_score(query, key, dilation, w.0, symmetric);
    wrap(py, compute(py, query.size(), work)?)
}

/// Sums of the values around each row, weighted by scores.
///
/// `context[b, i, h]` is the sum over j of `score[b, i, h, j] * value[b, i + (j - w) * dilation[h], h]`.
///
/// Parameters
/// ----------
/// score : array_like
///     Of shape (batch, length, heads, 2 * w + 1), or w + 1 unless symmetric.
/// value : array_like
///     Of shape (batch, length, heads, size).
/// dilation : array_like
///     Of shape (heads,), whole numbers from 1 on.
/// w : int
/// symmetric : bool
///
/// Returns
/// -------
/// ndarray
///     Of the shape of `value`.
///
/// Raises
/// ------
/// ValueError
///     Shapes, dilations below 1, a negative `w`.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> value = np.array([1., 2., 3.]).reshape(1, 3, 1, 1)
/// >>> npx.sldwin_atten_context(np.ones((1, 3, 1, 2)), value, np.array([1]), w=1, symmetric=False).reshape(3)
/// array([1., 3., 5.])
#[pyfunction]
fn sldwin_atten_context<'py>(
    py: Python<'py>,
    score: Input<'py>,
    value: Input<'py>,
    dilation: Input<'py>,
    w: Integer,
    #[pyo3(from_py_with = truth)] symmetric: bool,
) -> PyResult<Ours<'py>> {
    let (score, value, dilation) = (&*score, &*value, &*dilation);
    let work = || neural::sldwin_atten_context(score, value, dilation, w.0, symmetric);
    wrap(py, compute(py, score.size(), work)?)
}

/// Ones where a score of sliding-window attention has a query and a key inside the valid length, zeros elsewhere.
///
/// Parameters
/// ----------
/// score : array_like
///     Of shape (batch, length, heads, 2 * w + 1), or w + 1 unless symmetric.
/// dilation : array_like
///     Of shape (heads,), whole numbers from 1 on.
/// valid_length : array_like
///     Of shape (batch,), whole numbers.
/// w : int
/// symmetric : bool
///
/// Returns
/// -------
/// ndarray
///     Of the shape and dtype of `score`.
///
/// Raises
/// ------
/// ValueError
///     Shapes, dilations below 1, a negative `w`.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> score = np.zeros((1, 3, 1, 3))
/// >>> npx.sldwin_atten_mask_like(score, np.array([1]), np.array([2]), w=1, symmetric=True).reshape(3, 3)
/// array([[0., 1., 1.],
///        [1., 1., 0.],
///        [0., 0., 0.]])
#[pyfunction]
fn sldwin_atten_mask_like<'py>(
    py: Python<'py>,
    score: Input<'py>,
    dilation: Input<'py>,
    valid_length: Input<'py>,
    w: Integer,
    #[pyo3(from_py_with = truth)] symmetric: bool,
) -> PyResult<Ours<'py>> {
    let (score, dilation, valid_length) = (&*score, &*dilation, &*valid_length);
    let work = || neural::sldwin_atten_mask_like(score, dilation, valid_length, w.0, symmetric);
    wrap(py, compute(py, score.size(), work)?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(sldwin_atten_score, module)?)?;
    module.add_function(wrap_pyfunction!(sldwin_atten_context, module)?)?;
    module.add_function(wrap_pyfunction!(sldwin_atten_mask_like, module)?)
}
