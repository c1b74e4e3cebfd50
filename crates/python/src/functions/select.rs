//! Taking elements out and putting them in, by index or condition.

use base::promote::Casting;
use mxnet::array::elementwise;
use mxnet::array::manipulate::{self, Mode};
use mxnet::array::{Argument, Array, sort};
use mxnet::ops;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Inputs, Integer, Integers, Places, Value, axes, truth};
use crate::array::{NdArray, compute, wrap, wrap_any};
use crate::error::Raised;
use crate::reductions::{finish, finish_in, one_axis};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

pub(crate) fn mode_of(name: &str) -> PyResult<Mode> {
    Mode::from_name(name).ok_or_else(|| {
        PyValueError::new_err(format!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{name}')"))
    })
}

/// Elements by index along an axis.
///
/// Parameters
/// ----------
/// a : array_like
/// indices : array_like of int
/// axis : int, optional
///     Without it the flattened elements are taken.
/// out : ndarray, optional
/// mode : {'raise', 'wrap', 'clip'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     An index outside of the axis.
///
/// Examples
/// --------
/// >>> np.take(np.array([5, 6, 7]), [2, 0])
/// array([7., 5.])
#[pyfunction]
#[pyo3(signature = (a, indices, axis=None, out=None, mode="raise"))]
fn take<'py>(
    py: Python<'py>,
    a: Input<'py>,
    indices: Places,
    axis: Option<&Object<'py>>,
    out: Option<&Object<'py>>,
    mode: &str,
) -> PyResult<Object<'py>> {
    let (axis, mode, array) = (one_axis(axis)?, mode_of(mode)?, &*a);
    let taken = compute(py, indices.0.size(), || manipulate::take(array, &indices.0, axis, mode))?;
    finish(py, "take", taken, out)
}

/// Elements by index along an axis, with indices for every position of the others.
///
/// Parameters
/// ----------
/// arr : array_like
/// indices : array_like of int
/// axis : int or None, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     An index outside of the axis.
///
/// Examples
/// --------
/// >>> x = np.array([[3, 1], [2, 4]])
/// >>> np.take_along_axis(x, np.argsort(x, axis=1), axis=1)
/// array([[1., 3.],
///        [2., 4.]])
#[pyfunction]
#[pyo3(signature = (arr, indices, axis=Some(Integer(-1))), text_signature = "(arr, indices, axis=-1)")]
fn take_along_axis<'py>(arr: Input<'py>, indices: Places, axis: Option<Integer>) -> PyResult<Ours<'py>> {
    arr.fresh(manipulate::take_along_axis(&arr, &indices.0, axis.map(|axis| axis.0)))
}

/// Elements of several arrays, each position from the array that a number names.
///
/// Parameters
/// ----------
/// a : array_like of int
/// choices : sequence of array_like
/// out : ndarray, optional
/// mode : {'raise', 'wrap', 'clip'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A number that names no array.
///
/// Examples
/// --------
/// >>> np.choose([0, 1], [[1, 2], [3, 4]])
/// array([1., 4.])
#[pyfunction]
#[pyo3(signature = (a, choices, out=None, mode="raise"))]
fn choose<'py>(
    py: Python<'py>,
    a: Places,
    choices: Inputs<'py>,
    out: Option<&Object<'py>>,
    mode: &str,
) -> PyResult<Object<'py>> {
    let chosen = manipulate::choose(&a.0, &choices.arrays(), mode_of(mode)?).raised()?;
    // NumPy converts into out= by force here
    finish_in(py, "choose", chosen, out, Casting::Unsafe)
}

/// Elements of several arrays, each position from the first whose condition is true.
///
/// Parameters
/// ----------
/// condlist : sequence of array_like of bool
/// choicelist : sequence of array_like
/// default : number or array_like, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Lists of different lengths.
///
/// Examples
/// --------
/// >>> x = np.arange(4)
/// >>> np.select([x < 1, x > 2], [x, x * 10])
/// array([ 0.,  0.,  0., 30.])
#[pyfunction]
#[pyo3(signature = (condlist, choicelist, default=None),
    text_signature = "(condlist, choicelist, default=0)")]
fn select<'py>(
    py: Python<'py>,
    condlist: Inputs<'py>,
    choicelist: Vec<Value<'py>>,
    default: Option<Value<'py>>,
) -> PyResult<Ours<'py>> {
    let choices = choicelist.iter().map(|choice| choice.argument(None)).collect::<PyResult<Vec<_>>>()?;
    let default = default.as_ref().map_or(Ok(Argument::from(0i64)), |default| default.argument(None))?;
    wrap(py, manipulate::select(&condlist.arrays(), &choices, default).raised()?)
}

/// Entries along an axis where a condition is true.
///
/// Parameters
/// ----------
/// condition : array_like of bool
/// a : array_like
/// axis : int, optional
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.compress([True, False, True], np.arange(3))
/// array([0., 2.])
#[pyfunction]
#[pyo3(signature = (condition, a, axis=None, out=None))]
fn compress<'py>(
    py: Python<'py>,
    condition: Input<'py>,
    a: Input<'py>,
    axis: Option<&Object<'py>>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    finish(py, "compress", manipulate::compress(&condition, &a, one_axis(axis)?).raised()?, out)
}

/// The elements where a condition is true, flattened.
///
/// Parameters
/// ----------
/// condition : array_like of bool
/// arr : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> x = np.arange(4)
/// >>> np.extract(x > 1, x)
/// array([2., 3.])
#[pyfunction]
fn extract<'py>(condition: Input<'py>, arr: Input<'py>) -> PyResult<Ours<'py>> {
    arr.fresh(manipulate::extract(&condition, &arr))
}

/// Elements of one array where a condition is true, of another elsewhere; with only a condition, where it is true.
///
/// Parameters
/// ----------
/// condition : array_like of bool
/// x, y : array_like, optional
///
/// Returns
/// -------
/// ndarray, or a tuple of index arrays
///
/// Raises
/// ------
/// ValueError
///     Only one of `x` and `y`, or shapes that do not fit.
///
/// Examples
/// --------
/// >>> x = np.array([1, -2, 3])
/// >>> np.where(x > 0, x, 0)
/// array([1., 0., 3.])
#[pyfunction]
#[pyo3(signature = (condition, x=None, y=None, /))]
pub(crate) fn r#where<'py>(
    py: Python<'py>,
    condition: Input<'py>,
    x: Option<Value<'py>>,
    y: Option<Value<'py>>,
) -> PyResult<Object<'py>> {
    match (x, y) {
        (None, None) => nonzero(py, condition).map(Bound::into_any),
        (Some(x), Some(y)) => {
            let arguments = [Argument::Array(&condition), x.argument(None)?, y.argument(None)?];
            let size = arguments.iter().map(|argument| match argument {
                Argument::Array(array) => array.size(),
                Argument::Scalar(..) => 0,
            });
            let size = size.max().unwrap_or(0);
            wrap_any(py, compute(py, size, || elementwise::call(ops::WHERE, &arguments))?)
        }
        _ => Err(PyValueError::new_err("either both or neither of x and y should be given")),
    }
}

/// Indices of the elements that are not zero, one array per axis.
///
/// Parameters
/// ----------
/// a : array_like
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Examples
/// --------
/// >>> np.nonzero(np.array([0, 3, 0, 5]))
/// (array([1, 3], dtype=int64),)
#[pyfunction]
pub(crate) fn nonzero<'py>(py: Python<'py>, a: Input<'py>) -> PyResult<Bound<'py, PyTuple>> {
    let array: &Array = &a;
    let places = compute(py, array.size(), || sort::nonzero(array))?;
    PyTuple::new(py, places.into_iter().map(|place| wrap(py, place)).collect::<PyResult<Vec<_>>>()?)
}

/// Indices of the elements that are not zero, among the flattened elements.
///
/// Parameters
/// ----------
/// a : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.flatnonzero(np.array([0, 3, 0, 5]))
/// array([1, 3], dtype=int64)
#[pyfunction]
fn flatnonzero<'py>(a: Input<'py>) -> PyResult<Ours<'py>> {
    a.fresh(manipulate::flatnonzero(&a))
}

/// Indices of the elements that are not zero, one row each.
///
/// Parameters
/// ----------
/// a : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.argwhere(np.array([0, 3, 0, 5]))
/// array([[1],
///        [3]], dtype=int64)
#[pyfunction]
fn argwhere<'py>(a: Input<'py>) -> PyResult<Ours<'py>> {
    a.fresh(manipulate::argwhere(&a))
}

/// Number of elements that are not zero.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int or tuple of ints, optional
/// keepdims : bool, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.count_nonzero(np.array([0, 3, 0, 5]))
/// array(2, dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, axis=None, *, keepdims=false))]
fn count_nonzero<'py>(
    a: Input<'py>,
    axis: Option<Integers>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    a.fresh(sort::count_nonzero(&a, axes(&axis), keepdims))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(take, module)?)?;
    module.add_function(wrap_pyfunction!(take_along_axis, module)?)?;
    module.add_function(wrap_pyfunction!(choose, module)?)?;
    module.add_function(wrap_pyfunction!(select, module)?)?;
    module.add_function(wrap_pyfunction!(compress, module)?)?;
    module.add_function(wrap_pyfunction!(extract, module)?)?;
    module.add_function(wrap_pyfunction!(r#where, module)?)?;
    module.add_function(wrap_pyfunction!(nonzero, module)?)?;
    module.add_function(wrap_pyfunction!(flatnonzero, module)?)?;
    module.add_function(wrap_pyfunction!(argwhere, module)?)?;
    module.add_function(wrap_pyfunction!(count_nonzero, module)?)
}
