//! Putting elements in, by index or mask, and the arithmetic of places.

use mxnet::array::Array;
use mxnet::array::manipulate::{self, Mode};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Integer, Integers, Layout, Places, order_of, truth};
use crate::array::{NdArray, wrap};
use crate::error::Raised;
use crate::functions::select::mode_of;
use crate::methods;
use crate::reductions::out_array;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

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
///
/// Examples
/// --------
/// >>> x = np.zeros(4)
/// >>> np.put(x, [0, 2], [5, 6])
/// >>> x
/// array([5., 0., 6., 0.])
#[pyfunction]
#[pyo3(signature = (a, ind, v, mode="raise"))]
pub(crate) fn put(a: &Object<'_>, ind: Places, v: Input<'_>, mode: &str) -> PyResult<()> {
    manipulate::put(out_array("put", a)?.get().array(), &ind.0, &v, mode_of(mode)?).raised()
}

/// Writes values along an axis, with indices for every position of the others.
///
/// Parameters
/// ----------
/// arr : ndarray
/// indices : array_like of int
/// values : array_like
/// axis : int or None
///
/// Raises
/// ------
/// ValueError
///     Indices with another number of axes.
/// IndexError
///     An index outside of the axis.
///
/// Examples
/// --------
/// >>> x = np.zeros((2, 2))
/// >>> np.put_along_axis(x, np.array([[1], [0]]), 7, axis=1)
/// >>> x
/// array([[0., 7.],
///        [7., 0.]])
#[pyfunction]
fn put_along_axis(
    arr: &Object<'_>,
    indices: Places,
    values: Input<'_>,
    axis: Option<Integer>,
) -> PyResult<()> {
    let target = &out_array("put_along_axis", arr)?.get().array();
    manipulate::put_along_axis(target, &indices.0, &values, axis.map(|axis| axis.0)).raised()
}

/// Writes the first values to the places where a mask is true.
///
/// Parameters
/// ----------
/// arr : ndarray
/// mask : array_like of bool
/// vals : array_like
///
/// Examples
/// --------
/// >>> x = np.zeros(4)
/// >>> np.place(x, np.array([True, False, True, False]), [5, 6])
/// >>> x
/// array([5., 0., 6., 0.])
#[pyfunction]
fn place(arr: &Object<'_>, mask: Input<'_>, vals: Input<'_>) -> PyResult<()> {
    manipulate::place(out_array("place", arr)?.get().array(), &mask, &vals).raised()
}

/// Writes the values that stand where a mask is true.
///
/// Parameters
/// ----------
/// a : ndarray
/// mask : array_like of bool
/// values : array_like
///
/// Examples
/// --------
/// >>> x = np.arange(4)
/// >>> np.putmask(x, x > 1, x * 10)
/// >>> x
/// array([ 0.,  1., 20., 30.])
#[pyfunction]
#[pyo3(signature = (a, /, mask, values))]
fn putmask(a: &Object<'_>, mask: Input<'_>, values: Input<'_>) -> PyResult<()> {
    manipulate::putmask(out_array("putmask", a)?.get().array(), &mask, &values).raised()
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
///
/// Examples
/// --------
/// >>> x = np.zeros(4)
/// >>> np.copyto(x, 2, where=np.array([True, False, True, False]))
/// >>> x
/// array([2., 0., 2., 0.])
#[pyfunction]
#[pyo3(signature = (dst, src, casting="same_kind", r#where=None),
    text_signature = "(dst, src, casting='same_kind', where=True)")]
fn copyto(dst: &Object<'_>, src: &Object<'_>, casting: &str, r#where: Option<Input<'_>>) -> PyResult<()> {
    let target = &out_array("copyto", dst)?.get().array();
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
///
/// Raises
/// ------
/// ValueError
///     Fewer than two axes, or more that are not all of one length.
///
/// Examples
/// --------
/// >>> x = np.zeros((2, 2))
/// >>> np.fill_diagonal(x, 3)
/// >>> x
/// array([[3., 0.],
///        [0., 3.]])
#[pyfunction]
#[pyo3(signature = (a, val, wrap=false))]
fn fill_diagonal(a: &Object<'_>, val: &Object<'_>, #[pyo3(from_py_with = truth)] wrap: bool) -> PyResult<()> {
    let target = &out_array("fill_diagonal", a)?.get().array();
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
/// Raises
/// ------
/// ValueError
///     An index outside of the shape.
///
/// Examples
/// --------
/// >>> np.unravel_index(5, (2, 3))
/// (array(1, dtype=int64), array(2, dtype=int64))
#[pyfunction]
#[pyo3(signature = (indices, shape, order=None), text_signature = "(indices, shape, order='C')")]
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
/// Raises
/// ------
/// ValueError
///     An index outside of its axis with `mode='raise'`, or another `mode`.
///
/// Examples
/// --------
/// >>> np.ravel_multi_index(([1], [2]), (2, 3))
/// array([5], dtype=int64)
#[pyfunction]
#[pyo3(signature = (multi_index, dims, mode=None, order=None),
    text_signature = "(multi_index, dims, mode='raise', order='C')")]
fn ravel_multi_index<'py>(
    py: Python<'py>,
    multi_index: Vec<Places>,
    dims: Integers,
    mode: Option<&Object<'py>>,
    order: Option<Layout>,
) -> PyResult<Ours<'py>> {
    let modes = match mode {
        None => vec![Mode::Raise],
        Some(one) if one.is_instance_of::<pyo3::types::PyString>() => {
            vec![mode_of(&one.extract::<String>()?)?]
        }
        Some(several) => {
            several.try_iter()?.map(|one| mode_of(&one?.extract::<String>()?)).collect::<PyResult<_>>()?
        }
    };
    let places: Vec<&Array> = multi_index.iter().map(|place| &place.0).collect();
    wrap(py, manipulate::ravel_multi_index(&places, &dims, &modes, order_of(order)).raised()?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(put, module)?)?;
    module.add_function(wrap_pyfunction!(put_along_axis, module)?)?;
    module.add_function(wrap_pyfunction!(place, module)?)?;
    module.add_function(wrap_pyfunction!(putmask, module)?)?;
    module.add_function(wrap_pyfunction!(copyto, module)?)?;
    module.add_function(wrap_pyfunction!(fill_diagonal, module)?)?;
    module.add_function(wrap_pyfunction!(unravel_index, module)?)?;
    module.add_function(wrap_pyfunction!(ravel_multi_index, module)?)
}
