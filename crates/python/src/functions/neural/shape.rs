//! Shapes and slices by MXNet's names and codes.

use base::DType;
use mxnet::array::{Array, manipulate, neural};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{Object, Ours, run};
use crate::arguments::{Input, Integer, Integers, Place, axes, truth};
use crate::array::wrap;
use crate::convert;
use crate::error::Raised;

/// Another shape, given as lengths and codes that refer to the array's axes from left to right.
///
/// * `-1`: what is left
/// * `-2`: the length of this axis
/// * `-3`: leaves out this axis, whose length is 1
/// * `-4`: all other axes
/// * `-5`: this axis and the next one as one
/// * `-6`: this axis as two, whose lengths follow (one may be -1)
///
/// Parameters
/// ----------
/// a : array_like
/// newshape : int or tuple of ints
/// reverse : bool, optional
///     Reads from right to left.
/// order : {'C'}, optional
///
/// Returns
/// -------
/// ndarray
///     A view where possible.
///
/// Raises
/// ------
/// ValueError
///     Codes that do not fit the shape.
///
/// Examples
/// --------
/// >>> npx.reshape(np.ones((2, 3, 8)), (-2, -2, 2, -1)).shape
/// (2, 3, 2, 4)
/// >>> npx.reshape(np.ones((8, 3, 3, 3, 4, 4)), (-6, 2, -1, -4)).shape
/// (2, 4, 3, 3, 3, 4, 4)
/// >>> npx.reshape(np.ones((8, 3, 3, 3, 4, 8)), (-4, -1, 2, -6), reverse=True).shape
/// (8, 3, 3, 3, 4, 4, 2)
#[pyfunction]
#[pyo3(signature = (a, newshape, reverse=false, order="C"))]
fn reshape<'py>(
    a: Input<'py>,
    newshape: Integers,
    #[pyo3(from_py_with = truth)] reverse: bool,
    order: &str,
) -> PyResult<Ours<'py>> {
    if order != "C" {
        return Err(PyValueError::new_err(format!("reshape: order must be 'C', got '{order}'")));
    }
    a.view(neural::reshape_codes(&a, &newshape, reverse))
}

/// The elements of one array in the shape of another, or with some axes replaced by some of the other's.
///
/// Parameters
/// ----------
/// lhs : array_like
/// rhs : array_like
///     Its shape counts only.
/// lhs_begin, lhs_end : int, optional
///     The axes to replace.
/// rhs_begin, rhs_end : int, optional
///     The axes to take.
///
/// Returns
/// -------
/// ndarray
///     A view where possible.
///
/// Raises
/// ------
/// ValueError
///     A shape of another size.
///
/// Examples
/// --------
/// >>> npx.reshape_like(np.arange(6), np.ones((2, 3)))
/// array([[0., 1., 2.],
///        [3., 4., 5.]])
/// >>> npx.reshape_like(np.ones((30, 7)), np.ones((15, 2, 4)), 0, 1, 0, 2).shape
/// (15, 2, 7)
#[pyfunction]
#[pyo3(signature = (lhs, rhs, lhs_begin=None, lhs_end=None, rhs_begin=None, rhs_end=None))]
fn reshape_like<'py>(
    lhs: Input<'py>,
    rhs: Input<'py>,
    lhs_begin: Option<i64>,
    lhs_end: Option<i64>,
    rhs_begin: Option<i64>,
    rhs_end: Option<i64>,
) -> PyResult<Ours<'py>> {
    lhs.view(neural::reshape_like(&lhs, &rhs, (lhs_begin, lhs_end), (rhs_begin, rhs_end)))
}

/// One array over the shape of another, or over some of its axes.
///
/// Parameters
/// ----------
/// lhs : array_like
/// rhs : array_like
///     Its shape counts only.
/// lhs_axes, rhs_axes : int or tuple of ints, optional
///     The axes to stretch, and the axes whose lengths they get.
///
/// Returns
/// -------
/// ndarray
///     A read-only view.
///
/// Raises
/// ------
/// ValueError
///     An axis that cannot be stretched.
///
/// Examples
/// --------
/// >>> npx.broadcast_like(np.array([[1., 2.]]), np.ones((2, 2)))
/// array([[1., 2.],
///        [1., 2.]])
/// >>> npx.broadcast_like(np.ones((1, 2)), np.ones((3, 4)), lhs_axes=(0,), rhs_axes=(1,)).shape
/// (4, 2)
#[pyfunction]
#[pyo3(signature = (lhs, rhs, lhs_axes=None, rhs_axes=None))]
fn broadcast_like<'py>(
    lhs: Input<'py>,
    rhs: Input<'py>,
    lhs_axes: Option<Integers>,
    rhs_axes: Option<Integers>,
) -> PyResult<Ours<'py>> {
    lhs.view(neural::broadcast_like(&lhs, &rhs, axes(&lhs_axes), axes(&rhs_axes)))
}

/// A range in the shape of an array, or as long as one of its axes.
///
/// Parameters
/// ----------
/// data : array_like
///     Its shape and dtype count only.
/// start, step : float, optional
/// repeat : int, optional
///     How often every number comes.
/// ctx : Device, optional
///     Where the result lives; where `data` lives by default.
/// axis : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A repeat below 1.
///
/// Examples
/// --------
/// >>> npx.arange_like(np.ones((2, 3)), start=1)
/// array([[1., 2., 3.],
///        [4., 5., 6.]])
/// >>> npx.arange_like(np.ones((2, 3)), axis=-1, repeat=2)
/// array([0., 0., 1.])
#[pyfunction]
#[pyo3(signature = (data, start=0.0, step=1.0, repeat=Integer(1), ctx=None, axis=None),
    text_signature = "(data, start=0.0, step=1.0, repeat=1, ctx=None, axis=None)")]
fn arange_like<'py>(
    data: Input<'py>,
    start: f64,
    step: f64,
    repeat: Integer,
    ctx: Option<Place>,
    axis: Option<Integer>,
) -> PyResult<Ours<'py>> {
    run(&data, |x| {
        let range = neural::arange_like(x, start, step, repeat.0, axis.map(|axis| axis.0))?;
        ctx.map_or(Ok(range.clone()), |place| range.to_device(place.0))
    })
}

/// Numbers, each of which may be `None`.
fn bounds(given: Option<&Object<'_>>) -> PyResult<Vec<Option<i64>>> {
    let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(Vec::new()) };
    if given.hasattr("__index__")? && !given.is_instance_of::<crate::array::NdArray>() {
        return Ok(vec![Some(convert::to_integer(given)?)]);
    }
    let one = |item: Object<'_>| if item.is_none() { Ok(None) } else { convert::to_integer(&item).map(Some) };
    given.try_iter()?.map(|item| one(item?)).collect()
}

/// `data[begin[0]:end[0]:step[0], begin[1]:end[1]:step[1], ...]`.
///
/// Parameters
/// ----------
/// data : array_like
/// begin, end : tuple of ints or None
/// step : tuple of ints or None, optional
///     Ones by default.
///
/// Returns
/// -------
/// ndarray
///     A view.
///
/// Raises
/// ------
/// ValueError
///     Tuples of different lengths, a step of 0.
/// IndexError
///     More slices than axes.
///
/// Examples
/// --------
/// >>> npx.slice(np.arange(12).reshape(3, 4), (None, 0), (2, None), (None, 2))
/// array([[0., 2.],
///        [4., 6.]])
#[pyfunction]
#[pyo3(signature = (data, begin, end, step=None), text_signature = "(data, begin, end, step=())")]
fn slice<'py>(
    data: Input<'py>,
    begin: &Object<'py>,
    end: &Object<'py>,
    step: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    data.view(neural::slice(&data, &bounds(Some(begin))?, &bounds(Some(end))?, &bounds(step)?))
}

/// `data[..., begin:end, ...]` on one axis.
///
/// Parameters
/// ----------
/// data : array_like
/// axis : int
/// begin, end : int or None
///
/// Returns
/// -------
/// ndarray
///     A view.
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> npx.slice_axis(np.arange(6).reshape(2, 3), axis=1, begin=1, end=None)
/// array([[1., 2.],
///        [4., 5.]])
#[pyfunction]
#[pyo3(signature = (data, axis, begin, end))]
fn slice_axis<'py>(
    data: Input<'py>,
    axis: Integer,
    begin: Option<Integer>,
    end: Option<Integer>,
) -> PyResult<Ours<'py>> {
    data.view(neural::slice_axis(&data, axis.0, begin.map(|begin| begin.0), end.map(|end| end.0)))
}

/// The front of an array in the lengths of another.
///
/// Parameters
/// ----------
/// data : array_like
/// shape_like : array_like
///     Its shape counts only.
/// axes : int or tuple of ints, optional
///     The axes to cut; all by default.
///
/// Returns
/// -------
/// ndarray
///     A view.
///
/// Raises
/// ------
/// ValueError
///     An axis that is shorter than the other array's.
///
/// Examples
/// --------
/// >>> npx.slice_like(np.arange(12).reshape(3, 4), np.ones((2, 3)))
/// array([[0., 1., 2.],
///        [4., 5., 6.]])
#[pyfunction]
#[pyo3(signature = (data, shape_like, axes=None), text_signature = "(data, shape_like, axes=())")]
fn slice_like<'py>(data: Input<'py>, shape_like: Input<'py>, axes: Option<Integers>) -> PyResult<Ours<'py>> {
    let chosen = axes.map(|axes| axes.0).unwrap_or_default();
    data.view(neural::slice_like(&data, &shape_like, &chosen))
}

/// Equal parts along an axis.
///
/// Parameters
/// ----------
/// data : array_like
/// num_outputs : int
/// axis : int, optional
/// squeeze_axis : bool, optional
///     Whether parts of length 1 lose the axis.
///
/// Returns
/// -------
/// list of ndarray
///     Views.
///
/// Raises
/// ------
/// ValueError
///     A length that `num_outputs` does not divide.
///
/// Examples
/// --------
/// >>> npx.slice_channel(np.array([[1., 2.], [3., 4.]]), 2, squeeze_axis=True)
/// [array([1., 3.]), array([2., 4.])]
#[pyfunction]
#[pyo3(signature = (data, num_outputs, axis=Integer(1), squeeze_axis=false),
    text_signature = "(data, num_outputs, axis=1, squeeze_axis=False)")]
fn slice_channel<'py>(
    data: Input<'py>,
    num_outputs: Integer,
    axis: Integer,
    #[pyo3(from_py_with = truth)] squeeze_axis: bool,
) -> PyResult<Vec<Ours<'py>>> {
    data.views(neural::slice_channel(&data, num_outputs.0, axis.0, squeeze_axis))
}

/// The shape of an array as an int64 array.
///
/// Parameters
/// ----------
/// data : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.shape_array(np.ones((2, 3)))
/// array([2, 3], dtype=int64)
#[pyfunction]
fn shape_array<'py>(data: Input<'py>) -> PyResult<Ours<'py>> {
    let bytes: Vec<u8> = data.shape().iter().flat_map(|length| length.to_ne_bytes()).collect();
    data.fresh(Array::from_bytes(&bytes, &[data.ndim() as i64], DType::I64, data.device()))
}

/// The places of elements that are not zero, as rows of one int64 array.
///
/// Parameters
/// ----------
/// x : array_like
///
/// Returns
/// -------
/// ndarray
///     Of shape (count, x.ndim).
///
/// Examples
/// --------
/// >>> npx.nonzero(np.array([[1., 0.], [0., 4.]]))
/// array([[0, 0],
///        [1, 1]], dtype=int64)
#[pyfunction]
fn nonzero<'py>(py: Python<'py>, x: Input<'py>) -> PyResult<Ours<'py>> {
    wrap(py, manipulate::argwhere(&x.detach()).raised()?)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(reshape, module)?)?;
    module.add_function(wrap_pyfunction!(reshape_like, module)?)?;
    module.add_function(wrap_pyfunction!(broadcast_like, module)?)?;
    module.add_function(wrap_pyfunction!(arange_like, module)?)?;
    module.add_function(wrap_pyfunction!(slice, module)?)?;
    module.add_function(wrap_pyfunction!(slice_axis, module)?)?;
    module.add_function(wrap_pyfunction!(slice_like, module)?)?;
    module.add_function(wrap_pyfunction!(slice_channel, module)?)?;
    module.add_function(wrap_pyfunction!(shape_array, module)?)?;
    module.add_function(wrap_pyfunction!(nonzero, module)?)
}
