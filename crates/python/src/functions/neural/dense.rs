//! Matrix products of layers, tables of vectors, rotary positions.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::DType;
use mxnet::array::Array;
use mxnet::array::neural::{self, Rope};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Ours, array_of, check_keywords, run};
use crate::arguments::{Input, Integer, Places, Type, dtype_of, truth};

/// `x @ weight.T + bias`.
///
/// Parameters
/// ----------
/// x : array_like
/// weight : array_like
///     Of shape (num_hidden, inputs).
/// bias : array_like, optional
///     Of shape (num_hidden,). It counts with `no_bias=False` only.
/// num_hidden : int, optional
///     Checked against the weight.
/// no_bias : bool, optional
/// flatten : bool, optional
///     Whether all axes but the first are the inputs, or the last axis only.
/// **kwargs
///     `name` and `cudnn_off`, which change nothing; others raise a TypeError.
///
/// Returns
/// -------
/// ndarray
///     Of shape (len(x), num_hidden), or with the last axis replaced.
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit.
///
/// Examples
/// --------
/// >>> x, w, b = np.array([[1., 2.]]), np.array([[3., 4.], [5., 6.], [7., 8.]]), np.ones(3)
/// >>> npx.fully_connected(x, w, b, num_hidden=3, no_bias=False)
/// array([[12., 18., 24.]])
#[pyfunction]
#[pyo3(signature = (x, weight, bias=None, num_hidden=None, no_bias=true, flatten=true, **kwargs))]
fn fully_connected<'py>(
    x: Input<'py>,
    weight: Input<'py>,
    bias: Option<Input<'py>>,
    num_hidden: Option<Integer>,
    #[pyo3(from_py_with = truth)] no_bias: bool,
    #[pyo3(from_py_with = truth)] flatten: bool,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    check_keywords("fully_connected", kwargs)?;
    check_length("fully_connected", "num_hidden", num_hidden, &weight, 0)?;
    if !no_bias && bias.is_none() {
        return Err(PyValueError::new_err("fully_connected: no_bias=False needs a bias"));
    }
    let bias = array_of(&bias).filter(|_| !no_bias);
    let weight: &Array = &weight;
    run(&x, |x| neural::fully_connected(x, weight, bias, flatten))
}

/// A number that is given, although a weight's shape says it.
fn check_length(
    name: &str,
    argument: &str,
    given: Option<Integer>,
    weight: &Array,
    axis: usize,
) -> PyResult<()> {
    match (given, weight.shape().get(axis)) {
        (Some(given), Some(&length)) if given.0 != length => Err(PyValueError::new_err(format!(
            "{name}: {argument}={} does not fit weight, whose axis {axis} has length {length}",
            given.0
        ))),
        _ => Ok(()),
    }
}

/// Products of the matrices on the last two axes; the axes before them are equal.
///
/// Parameters
/// ----------
/// a, b : array_like
/// transpose_a, transpose_b : bool, optional
///     Whether the last two axes are swapped first.
/// forward_stype : str, optional
///     Belongs to sparse arrays; `'default'` or None.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit, a sparse result.
///
/// Examples
/// --------
/// >>> a, b = np.ones((2, 1, 3)), np.ones((2, 4, 3))
/// >>> npx.batch_dot(a, b, transpose_b=True).shape
/// (2, 1, 4)
#[pyfunction]
#[pyo3(signature = (a, b, transpose_a=false, transpose_b=false, forward_stype=Some("default")),
    text_signature = "(a, b, transpose_a=False, transpose_b=False, forward_stype='default')")]
fn batch_dot<'py>(
    a: Input<'py>,
    b: Input<'py>,
    #[pyo3(from_py_with = truth)] transpose_a: bool,
    #[pyo3(from_py_with = truth)] transpose_b: bool,
    forward_stype: Option<&str>,
) -> PyResult<Ours<'py>> {
    if forward_stype.is_some_and(|name| name != "default") {
        return Err(PyValueError::new_err(
            "batch_dot: forward_stype must be 'default'; there are no sparse arrays",
        ));
    }
    let b: &Array = &b;
    run(&a, |a| neural::batch_dot(a, b, transpose_a, transpose_b))
}

/// All axes but the first as one.
///
/// Parameters
/// ----------
/// data : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An array without axes.
///
/// Examples
/// --------
/// >>> npx.batch_flatten(np.ones((2, 3, 4))).shape
/// (2, 12)
#[pyfunction]
fn batch_flatten<'py>(data: Input<'py>) -> PyResult<Ours<'py>> {
    data.view(neural::batch_flatten(&data))
}

/// Rows of a table by number.
///
/// Parameters
/// ----------
/// data : array_like
///     Row numbers, in any shape. Ones outside of the table take the nearest row.
/// weight : array_like
///     The table, of shape (input_dim, output_dim).
/// input_dim, output_dim : int, optional
///     Checked against the weight.
/// dtype : dtype, optional
///     The dtype of the weight decides.
/// sparse_grad : bool, optional
///     Row numbers outside are an error. (The gradient is an ordinary array.)
/// **kwargs
///     `name` and `cudnn_off`, which change nothing; others raise a TypeError.
///
/// Returns
/// -------
/// ndarray
///     Of shape `data.shape + (output_dim,)`.
///
/// Raises
/// ------
/// IndexError
///     Numbers with fractions; `sparse_grad`, and a row number outside.
/// ValueError
///     A weight that is no matrix, or of another shape than said.
///
/// Examples
/// --------
/// >>> table = np.array([[1., 2.], [3., 4.], [5., 6.]])
/// >>> npx.embedding(np.array([[0, 2]]), table, 3, 2)
/// array([[[1., 2.],
///         [5., 6.]]])
#[pyfunction]
#[pyo3(signature = (data, weight, input_dim=None, output_dim=None, dtype=None, sparse_grad=false, **kwargs),
    text_signature = "(data, weight, input_dim=None, output_dim=None, dtype='float32', sparse_grad=False, **kwargs)")]
fn embedding<'py>(
    data: Places,
    weight: Input<'py>,
    input_dim: Option<Integer>,
    output_dim: Option<Integer>,
    dtype: Option<Type>,
    #[pyo3(from_py_with = truth)] sparse_grad: bool,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    let _the_weight_decides = dtype;
    check_keywords("embedding", kwargs)?;
    check_length("embedding", "input_dim", input_dim, &weight, 0)?;
    check_length("embedding", "output_dim", output_dim, &weight, 1)?;
    run(&weight, |weight| neural::embedding(&data.0, weight, sparse_grad))
}

/// Class numbers as rows of ones and zeros.
///
/// Parameters
/// ----------
/// data : array_like
///     Class numbers. Ones outside give rows without a one.
/// depth : int
///     The number of classes.
/// on_value, off_value : float, optional
/// dtype : dtype, optional
///     float32 by default.
///
/// Returns
/// -------
/// ndarray
///     Of shape `data.shape + (depth,)`.
///
/// Raises
/// ------
/// IndexError
///     Numbers with fractions.
/// ValueError
///     A negative depth.
///
/// Examples
/// --------
/// >>> npx.one_hot(np.array([1, 0, -1]), 2)
/// array([[0., 1.],
///        [1., 0.],
///        [0., 0.]])
#[pyfunction]
#[pyo3(signature = (data, depth=None, on_value=1.0, off_value=0.0, dtype=None),
    text_signature = "(data, depth=None, on_value=1.0, off_value=0.0, dtype='float32')")]
fn one_hot<'py>(
    py: Python<'py>,
    data: Places,
    depth: Option<Integer>,
    on_value: f64,
    off_value: f64,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let Some(depth) = depth else {
        return Err(pyo3::exceptions::PyTypeError::new_err("one_hot: the argument depth is missing"));
    };
    let dtype = dtype_of(dtype).unwrap_or(DType::F32);
    let size = data.0.size().saturating_mul(depth.0.max(0));
    let result =
        crate::array::compute(py, size, || neural::one_hot(&data.0, depth.0, on_value, off_value, dtype))?;
    crate::array::wrap(py, result)
}

/// Turns pairs of features by angles that grow with the position, so that products of turned vectors depend on the
/// distance of their positions.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (..., length, size) with an even size.
/// positions : array_like, optional
///     Broadcasts to `data.shape[:-1]`; 0, 1, 2, ... along the last axis but one by default.
/// base : float, optional
///     Pair `i` of `n` turns by `position * base**(-i / n)`.
/// interleaved : bool, optional
///     Whether pairs are neighbours, or one feature of each half.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An odd size, positions that do not fit.
///
/// Notes
/// -----
/// Su and others, "RoFormer: enhanced transformer with rotary position embedding" (2021).
///
/// Examples
/// --------
/// >>> npx.rope(np.array([[1., 0.], [1., 0.]])).round(4)
/// array([[1.    , 0.    ],
///        [0.5403, 0.8415]])
#[pyfunction]
#[pyo3(signature = (data, positions=None, base=10000.0, interleaved=false))]
fn rope<'py>(
    data: Input<'py>,
    positions: Option<Input<'py>>,
    base: f64,
    #[pyo3(from_py_with = truth)] interleaved: bool,
) -> PyResult<Ours<'py>> {
    let positions = array_of(&positions);
    run(&data, |x| neural::rope(x, &Rope { positions, base, interleaved }))
}

macro_rules! attention {
    ($($name:ident $kernel:ident ($($argument:ident),*) $summary:literal $shapes:literal $example:literal;)*) => {
        $(
            #[doc = concat!($summary, "

Parameters
----------
", $shapes, "heads : int

Returns
-------
ndarray

Raises
------
ValueError
    Shapes that do not fit the number of heads or each other.

Examples
--------
", $example)]
            #[pyfunction]
            fn $name<'py>(py: Python<'py>, $($argument: Input<'py>,)* heads: Integer) -> PyResult<Ours<'py>> {
                $(let $argument: &Array = &$argument;)*
                let size = 0 $(+ $argument.size())*;
                let result = crate::array::compute(py, size, || neural::$kernel($($argument,)* heads.0))?;
                crate::array::wrap(py, result)
            }
        )*

        fn register_attention(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

attention! {
    interleaved_matmul_selfatt_qk selfatt_qk (queries_keys_values)
        "Scores of self-attention: queries times keys, divided by the root of the head's size, of shape
(batch * heads, length, length)."
        "queries_keys_values : array_like
    Of shape (length, batch, heads * 3 * size): every head's query, key and value side by side.
"
        ">>> npx.interleaved_matmul_selfatt_qk(np.ones((5, 2, 24)), heads=2).shape
(4, 5, 5)";
    interleaved_matmul_selfatt_valatt selfatt_valatt (queries_keys_values, attention)
        "Values of self-attention weighted by attention, of shape (length, batch, heads * size)."
        "queries_keys_values : array_like
    Of shape (length, batch, heads * 3 * size): every head's query, key and value side by side.
attention : array_like
    Of shape (batch * heads, length, length).
"
        ">>> npx.interleaved_matmul_selfatt_valatt(np.ones((5, 2, 24)), np.ones((4, 5, 5)), heads=2).shape
(5, 2, 8)";
    interleaved_matmul_encdec_qk encdec_qk (queries, keys_values)
        "Scores of attention between two sequences: queries times keys, divided by the root of the head's size, of shape
(batch * heads, query length, key length)."
        "queries : array_like
    Of shape (query length, batch, heads * size).
keys_values : array_like
    Of shape (key length, batch, heads * 2 * size): every head's key and value side by side.
"
        ">>> npx.interleaved_matmul_encdec_qk(np.ones((3, 2, 8)), np.ones((5, 2, 16)), heads=2).shape
(4, 3, 5)";
    interleaved_matmul_encdec_valatt encdec_valatt (keys_values, attention)
        "Values of attention between two sequences weighted by attention, of shape (query length, batch, heads * size)."
        "keys_values : array_like
    Of shape (key length, batch, heads * 2 * size): every head's key and value side by side.
attention : array_like
    Of shape (batch * heads, query length, key length).
"
        ">>> npx.interleaved_matmul_encdec_valatt(np.ones((5, 2, 16)), np.ones((4, 3, 5)), heads=2).shape
(3, 2, 8)";
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_attention(module)?;
    module.add_function(wrap_pyfunction!(fully_connected, module)?)?;
    module.add_function(wrap_pyfunction!(batch_dot, module)?)?;
    module.add_function(wrap_pyfunction!(batch_flatten, module)?)?;
    module.add_function(wrap_pyfunction!(embedding, module)?)?;
    module.add_function(wrap_pyfunction!(one_hot, module)?)?;
    module.add_function(wrap_pyfunction!(rope, module)?)
}
