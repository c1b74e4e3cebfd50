//! `npx.scaled_dot_product_attention`.

use mxnet::array::neural::attention::{self, Options};
use pyo3::prelude::*;

use crate::arguments::{Input, truth};
use crate::array::{NdArray, compute, wrap};

/// Attention of queries to keys: `softmax(query @ key.T * scale + mask) @ value`, block by block, so that the matrix of
/// all scores never exists.
///
/// Parameters
/// ----------
/// query : array_like
///     Of shape (..., rows, features).
/// key : array_like
///     Of shape (..., keys, features).
/// value : array_like
///     Of shape (..., keys, width).
/// mask : array_like, optional
///     Broadcasts to (..., rows, keys). Bools: which keys are seen. Numbers: added to the scores.
/// dropout_p : float, optional
///     Probability that a weight is dropped while training; the blocks are then computed together.
/// is_causal : bool, optional
///     Whether query `i` sees keys up to `i` only.
/// scale : float, optional
///     `1 / sqrt(features)` unless given.
///
/// Returns
/// -------
/// ndarray
///     Of shape (..., rows, width). Queries that see no key get zeros.
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
/// >>> query, value = np.zeros((1, 2, 4)), np.array([[[1., 2.], [3., 4.]]])
/// >>> npx.scaled_dot_product_attention(query, query, value, is_causal=True)
/// array([[[1., 2.],
///         [2., 3.]]])
#[pyfunction]
#[pyo3(signature = (query, key, value, mask=None, dropout_p=0.0, is_causal=false, scale=None))]
fn scaled_dot_product_attention<'py>(
    py: Python<'py>,
    query: Input<'py>,
    key: Input<'py>,
    value: Input<'py>,
    mask: Option<Input<'py>>,
    dropout_p: f64,
    #[pyo3(from_py_with = truth)] is_causal: bool,
    scale: Option<f64>,
) -> PyResult<Bound<'py, NdArray>> {
    let options = Options { causal: is_causal, scale, dropout: dropout_p };
    let (query, key, value, mask) = (&*query, &*key, &*value, mask.as_deref());
    wrap(py, compute(py, query.size(), || attention::attention(query, key, value, mask, &options))?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(scaled_dot_product_attention, module)?)
}
