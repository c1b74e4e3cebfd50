//! Taking elements out and putting them in, by index or condition.

use mxnet::array::elementwise;
use mxnet::array::manipulate::{self, Mode};
use mxnet::array::{Argument, Array, sort};
use mxnet::ops;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Inputs, Integer, Integers, Layout, Places, Value, axes, order_of};
use crate::array::{NdArray, compute, wrap, wrap_any};
use crate::error::Raised;
use crate::methods;
use crate::reductions::{finish, one_axis, out_array};

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
#[pyo3(signature = (arr, indices, axis=Some(Integer(-1))))]
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
    finish(py, "choose", manipulate::choose(&a.0, &choices.arrays(), mode_of(mode)?).raised()?, out)
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
#[pyo3(signature = (condlist, choicelist, default=None))]
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
fn r#where<'py>(
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
/// Examples
/// --------
/// >>> np.count_nonzero(np.array([0, 3, 0, 5]))
/// array(2, dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, axis=None, *, keepdims=false))]
fn count_nonzero<'py>(a: Input<'py>, axis: Option<Integers>, keepdims: bool) -> PyResult<Ours<'py>> {
    a.fresh(sort::count_nonzero(&a, axes(&axis), keepdims))
}

/// Writes values to places among the flattened elements.
///
/// Parameters
/// ----------
/// a : ndarray
/// ind : array_like of int
/// v : array_like
/// mode : {'raise', 'wrap', 'clip'}, optional
///
/// Raises
/// ------
/// IndexError
///     A place outside of the array.
#[pyfunction]
#[pyo3(signature = (a, ind, v, mode="raise"))]
pub(crate) fn put(a: &Object<'_>, ind: Places, v: Input<'_>, mode: &str) -> PyResult<()> {
    manipulate::put(&out_array("put", a)?.get().array, &ind.0, &v, mode_of(mode)?).raised()
}

/// Writes values along an axis, with indices for every position of the others.
///
/// Parameters
/// ----------
/// arr : ndarray
/// indices : array_like of int
/// values : array_like
/// axis : int or None
#[pyfunction]
fn put_along_axis(arr: &Object<'_>, indices: Places, values: Input<'_>, axis: Option<Integer>) -> PyResult<()> {
    let target = &out_array("put_along_axis", arr)?.get().array;
    manipulate::put_along_axis(target, &indices.0, &values, axis.map(|axis| axis.0)).raised()
}

/// Writes the first values to the places where a mask is true.
///
/// Parameters
/// ----------
/// arr : ndarray
/// mask : array_like of bool
/// vals : array_like
#[pyfunction]
fn place(arr: &Object<'_>, mask: Input<'_>, vals: Input<'_>) -> PyResult<()> {
    manipulate::place(&out_array("place", arr)?.get().array, &mask, &vals).raised()
}

/// Writes the values that stand where a mask is true.
///
/// Parameters
/// ----------
/// a : ndarray
/// mask : array_like of bool
/// values : array_like
#[pyfunction]
fn putmask(a: &Object<'_>, mask: Input<'_>, values: Input<'_>) -> PyResult<()> {
    manipulate::putmask(&out_array("putmask", a)?.get().array, &mask, &values).raised()
}

/// Writes one array into another.
///
/// Parameters
/// ----------
/// dst : ndarray
/// src : array_like
/// casting : str, optional
/// where : array_like of bool, optional
///
/// Raises
/// ------
/// TypeError
///     A cast that the rule does not allow.
#[pyfunction]
#[pyo3(signature = (dst, src, casting="same_kind", r#where=None))]
fn copyto(dst: &Object<'_>, src: &Object<'_>, casting: &str, r#where: Option<Input<'_>>) -> PyResult<()> {
    let target = &out_array("copyto", dst)?.get().array;
    let source = crate::protocols::value_for(target, src)?;
    manipulate::copyto(target, &source, methods::casting(casting)?, r#where.as_deref()).raised()
}

/// Writes values on the main diagonal.
///
/// Parameters
/// ----------
/// a : ndarray
/// val : array_like
/// wrap : bool, optional
///     Whether the diagonal starts again below a tall matrix's last column.
#[pyfunction]
#[pyo3(signature = (a, val, wrap=false))]
fn fill_diagonal(a: &Object<'_>, val: &Object<'_>, wrap: bool) -> PyResult<()> {
    let target = &out_array("fill_diagonal", a)?.get().array;
    let values = crate::protocols::value_for(target, val)?;
    manipulate::fill_diagonal(target, &values, wrap).raised()
}

/// Indices over all axes of places among the flattened elements.
///
/// Parameters
/// ----------
/// indices : array_like of int
/// shape : tuple of ints
/// order : {'C', 'F'}, optional
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Examples
/// --------
/// >>> np.unravel_index(5, (2, 3))
/// (array(1, dtype=int64), array(2, dtype=int64))
#[pyfunction]
#[pyo3(signature = (indices, shape, order=None))]
fn unravel_index<'py>(
    py: Python<'py>,
    indices: Places,
    shape: Integers,
    order: Option<Layout>,
) -> PyResult<Bound<'py, PyTuple>> {
    let places = manipulate::unravel_index(&indices.0, &shape, order_of(order)).raised()?;
    PyTuple::new(py, places.into_iter().map(|place| wrap(py, place)).collect::<PyResult<Vec<_>>>()?)
}

/// Places among the flattened elements of indices over all axes.
///
/// Parameters
/// ----------
/// multi_index : sequence of array_like of int
/// dims : tuple of ints
/// mode : str or tuple of str, optional
/// order : {'C', 'F'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.ravel_multi_index(([1], [2]), (2, 3))
/// array([5], dtype=int64)
#[pyfunction]
#[pyo3(signature = (multi_index, dims, mode=None, order=None))]
fn ravel_multi_index<'py>(
    py: Python<'py>,
    multi_index: Vec<Places>,
    dims: Integers,
    mode: Option<&Object<'py>>,
    order: Option<Layout>,
) -> PyResult<Ours<'py>> {
    let modes = match mode {
        None => vec![Mode::Raise],
        Some(one) if one.is_instance_of::<pyo3::types::PyString>() => vec![mode_of(&one.extract::<String>()?)?],
        Some(several) => {
            several.try_iter()?.map(|one| mode_of(&one?.extract::<String>()?)).collect::<PyResult<_>>()?
        }
    };
    let places: Vec<&Array> = multi_index.iter().map(|place| &place.0).collect();
    wrap(py, manipulate::ravel_multi_index(&places, &dims, &modes, order_of(order)).raised()?)
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
    module.add_function(wrap_pyfunction!(count_nonzero, module)?)?;
    module.add_function(wrap_pyfunction!(put, module)?)?;
    module.add_function(wrap_pyfunction!(put_along_axis, module)?)?;
    module.add_function(wrap_pyfunction!(place, module)?)?;
    module.add_function(wrap_pyfunction!(putmask, module)?)?;
    module.add_function(wrap_pyfunction!(copyto, module)?)?;
    module.add_function(wrap_pyfunction!(fill_diagonal, module)?)?;
    module.add_function(wrap_pyfunction!(unravel_index, module)?)?;
    module.add_function(wrap_pyfunction!(ravel_multi_index, module)?)
}
