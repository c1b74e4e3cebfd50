//! Shapes and axes: reshape, transpose, broadcast, flip, split. Views wherever NumPy gives views. A little over the
//! usual length, because most of it are docstrings.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::Array;
use mxnet::array::create::{self, Order};
use mxnet::array::manipulate::{self};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Integer, Integers, Layout, axes, optional_truth, order_of, truth};
use crate::array::NdArray;
use crate::attributes::same_storage;
use crate::error::Raised;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// The same elements under another shape: a view where memory allows it.
///
/// Parameters
/// ----------
/// a : array_like
/// shape : int or tuple of ints
///     One length may be -1: what is left.
/// order : {'C', 'F', 'A'}, optional
/// copy : bool, optional
///     `True` always copies, `False` raises where a copy is needed.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     The sizes differ.
///
/// Examples
/// --------
/// >>> np.reshape(np.arange(4), (2, -1))
/// array([[0., 1.],
///        [2., 3.]])
#[pyfunction]
#[pyo3(signature = (a, /, shape, order=None, *, copy=None),
    text_signature = "(a, /, shape, order='C', *, copy=None)")]
fn reshape<'py>(
    a: Input<'py>,
    shape: Integers,
    order: Option<Layout>,
    #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
) -> PyResult<Ours<'py>> {
    let result = manipulate::reshape_order(&a, &shape, order_of(order)).raised()?;
    match (copy, same_storage(&a, &result)) {
        (Some(true), true) => a.fresh(create::copy(&result, Order::C)),
        (Some(false), false) => {
            Err(pyo3::exceptions::PyValueError::new_err("Unable to avoid creating a copy while reshaping."))
        }
        _ => a.view(Ok(result)),
    }
}

/// The elements as one axis: a view where memory allows it.
///
/// Parameters
/// ----------
/// a : array_like
/// order : {'C', 'F', 'A', 'K'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.ravel([[1, 2], [3, 4]])
/// array([1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (a, order=None), text_signature = "(a, order='C')")]
fn ravel<'py>(a: Input<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
    a.view(manipulate::ravel(&a, order_of(order)))
}

/// Axes in another order: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// axes : tuple of ints, optional
///     Reversed by default.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     `axes` is no permutation.
///
/// Examples
/// --------
/// >>> np.transpose(np.ones((2, 3))).shape
/// (3, 2)
#[pyfunction]
#[pyo3(signature = (a, axes=None))]
fn transpose<'py>(a: Input<'py>, axes: Option<Integers>) -> PyResult<Ours<'py>> {
    a.view(a.transpose(self::axes(&axes)))
}

/// The last two axes exchanged: a view.
///
/// Parameters
/// ----------
/// x : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Fewer than two axes.
///
/// Examples
/// --------
/// >>> np.matrix_transpose(np.ones((4, 2, 3))).shape
/// (4, 3, 2)
#[pyfunction]
#[pyo3(signature = (x, /))]
fn matrix_transpose<'py>(x: Input<'py>) -> PyResult<Ours<'py>> {
    if x.ndim() < 2 {
        return Err(crate::error::raise(base::Error::value(format!(
            "Input array must be at least 2-dimensional, but it is {}",
            x.ndim()
        ))));
    }
    x.view(x.swapaxes(-1, -2))
}

/// Two axes exchanged: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// axis1, axis2 : int
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
/// >>> np.swapaxes(np.ones((2, 3, 4)), 0, 2).shape
/// (4, 3, 2)
#[pyfunction]
fn swapaxes<'py>(a: Input<'py>, axis1: Integer, axis2: Integer) -> PyResult<Ours<'py>> {
    a.view(a.swapaxes(axis1.0, axis2.0))
}

/// Axes moved to other places, the rest in order: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// source, destination : int or sequence of int
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
/// >>> np.moveaxis(np.ones((2, 3, 4)), 0, -1).shape
/// (3, 4, 2)
#[pyfunction]
fn moveaxis<'py>(a: Input<'py>, source: Integers, destination: Integers) -> PyResult<Ours<'py>> {
    a.view(manipulate::moveaxis(&a, &source, &destination))
}

/// One axis rolled backwards until it stands at a place: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int
/// start : int, optional
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
/// >>> np.rollaxis(np.ones((2, 3, 4)), 2).shape
/// (4, 2, 3)
#[pyfunction]
#[pyo3(signature = (a, axis, start=Integer(0)), text_signature = "(a, axis, start=0)")]
fn rollaxis<'py>(a: Input<'py>, axis: Integer, start: Integer) -> PyResult<Ours<'py>> {
    a.view(manipulate::rollaxis(&a, axis.0, start.0))
}

/// New axes of length 1 at places of the result: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int or tuple of ints
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
/// >>> np.expand_dims(np.ones(3), 0).shape
/// (1, 3)
#[pyfunction]
fn expand_dims<'py>(a: Input<'py>, axis: Integers) -> PyResult<Ours<'py>> {
    a.view(a.expand_dims(&axis))
}

/// Without axes of length 1: a view.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int or tuple of ints, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An axis of another length.
///
/// Examples
/// --------
/// >>> np.squeeze(np.ones((1, 3, 1))).shape
/// (3,)
#[pyfunction]
#[pyo3(signature = (a, axis=None))]
fn squeeze<'py>(a: Input<'py>, axis: Option<Integers>) -> PyResult<Ours<'py>> {
    a.view(a.squeeze(axes(&axis)))
}

/// The array over a larger shape: a read-only view.
///
/// Parameters
/// ----------
/// array : array_like
/// shape : int or tuple of ints
///     A length of -2 is the array's own, counted from the last axis, as in MXNet.
/// subok : bool, optional
///     Without meaning here: there are no subclasses.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     The shapes do not fit.
///
/// Examples
/// --------
/// >>> np.broadcast_to(np.array([1, 2]), (2, 2))
/// array([[1., 2.],
///        [1., 2.]])
#[pyfunction]
#[pyo3(signature = (array, shape, subok=false))]
fn broadcast_to<'py>(
    array: Input<'py>,
    shape: Integers,
    #[pyo3(from_py_with = truth)] subok: bool,
) -> PyResult<Ours<'py>> {
    let _no_subclasses = subok;
    array.view(array.broadcast_to(&own_lengths(&shape, array.shape())))
}

/// A shape in which -2 stands for the length that the array has at this axis, counted from the last one.
fn own_lengths(wanted: &[i64], own: &[i64]) -> Vec<i64> {
    let length = |(at, &length): (usize, &i64)| {
        let axis = (at + own.len()).checked_sub(wanted.len());
        if length == -2 { axis.map_or(length, |axis| own[axis]) } else { length }
    };
    wanted.iter().enumerate().map(length).collect()
}

fn inputs<'py>(arrays: &Bound<'py, PyTuple>) -> PyResult<Vec<Input<'py>>> {
    arrays.iter().map(|array| array.extract()).collect()
}

fn viewed<'py>(
    py: Python<'py>,
    inputs: &[Input<'py>],
    results: base::Result<Vec<Array>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let results = results.raised()?;
    let views = inputs.iter().zip(results).map(|(input, result)| input.view(Ok(result)));
    PyTuple::new(py, views.collect::<PyResult<Vec<_>>>()?)
}

/// Arrays over their common shape: read-only views.
///
/// Parameters
/// ----------
/// *args : array_like
/// subok : bool, optional
///     Without meaning here: there are no subclasses.
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Raises
/// ------
/// ValueError
///     The shapes do not fit.
///
/// Examples
/// --------
/// >>> [x.shape for x in np.broadcast_arrays(np.ones(3), np.ones((2, 1)))]
/// [(2, 3), (2, 3)]
#[pyfunction]
#[pyo3(signature = (*args, subok=false))]
fn broadcast_arrays<'py>(
    py: Python<'py>,
    args: &Bound<'py, PyTuple>,
    #[pyo3(from_py_with = truth)] subok: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let _no_subclasses = subok;
    let inputs = inputs(args)?;
    let arrays: Vec<&Array> = inputs.iter().map(|input| &**input).collect();
    viewed(py, &inputs, manipulate::broadcast_arrays(&arrays))
}

macro_rules! at_least {
    ($($name:ident $count:literal;)*) => {
        $(
            #[doc = concat!("Arrays with at least ", $count, " axes.

Parameters
----------
*arys : array_like

Returns
-------
ndarray, or a tuple of them

Examples
--------
>>> np.", stringify!($name), "(3.0).ndim
", stringify!($count))]
            #[pyfunction]
            #[pyo3(signature = (*arys))]
            fn $name<'py>(py: Python<'py>, arys: &Bound<'py, PyTuple>) -> PyResult<Object<'py>> {
                // what has enough axes is given back itself, as by NumPy
                let enough = |input: Input<'py>| match input.ndim() >= $count {
                    true => Ok(input.object().clone()),
                    false => input.view(manipulate::$name(&input)),
                };
                let mut results = inputs(arys)?.into_iter().map(enough).collect::<PyResult<Vec<_>>>()?;
                match (results.len(), results.pop()) {
                    (1, Some(only)) => Ok(only.into_any()),
                    (_, last) => {
                        results.extend(last);
                        PyTuple::new(py, results).map(Bound::into_any)
                    }
                }
            }
        )*
        fn register_at_least(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

at_least! {
    atleast_1d 1;
    atleast_2d 2;
    atleast_3d 3;
}

/// Elements in reverse order along axes: a view.
///
/// Parameters
/// ----------
/// m : array_like
/// axis : int or tuple of ints, optional
///     All of them by default.
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
/// >>> np.flip(np.arange(3))
/// array([2., 1., 0.])
#[pyfunction]
#[pyo3(signature = (m, axis=None))]
fn flip<'py>(m: Input<'py>, axis: Option<Integers>) -> PyResult<Ours<'py>> {
    m.view(manipulate::flip(&m, axes(&axis)))
}

/// Rows in reverse order: a view.
///
/// Parameters
/// ----------
/// m : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.flipud(np.arange(2))
/// array([1., 0.])
#[pyfunction]
fn flipud<'py>(m: Input<'py>) -> PyResult<Ours<'py>> {
    m.view(manipulate::flipud(&m))
}

/// Columns in reverse order: a view.
///
/// Parameters
/// ----------
/// m : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.fliplr([[1, 2]])
/// array([[2., 1.]])
#[pyfunction]
fn fliplr<'py>(m: Input<'py>) -> PyResult<Ours<'py>> {
    m.view(manipulate::fliplr(&m))
}

/// A plane turned by quarter turns: a view.
///
/// Parameters
/// ----------
/// m : array_like
/// k : int, optional
///     Turns.
/// axes : tuple of two ints, optional
///     The plane, from the first to the second.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     The axes are one, or not two of the array's.
///
/// Examples
/// --------
/// >>> np.rot90([[1, 2], [3, 4]])
/// array([[2., 4.],
///        [1., 3.]])
#[pyfunction]
#[pyo3(signature = (m, k=Integer(1), axes=(0, 1)), text_signature = "(m, k=1, axes=(0, 1))")]
fn rot90<'py>(m: Input<'py>, k: Integer, axes: (i64, i64)) -> PyResult<Ours<'py>> {
    m.view(manipulate::rot90(&m, k.0, axes))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_at_least(module)?;
    module.add_function(wrap_pyfunction!(reshape, module)?)?;
    module.add_function(wrap_pyfunction!(ravel, module)?)?;
    module.add_function(wrap_pyfunction!(transpose, module)?)?;
    module.add("permute_dims", module.getattr("transpose")?)?;
    module.add_function(wrap_pyfunction!(matrix_transpose, module)?)?;
    module.add_function(wrap_pyfunction!(swapaxes, module)?)?;
    module.add_function(wrap_pyfunction!(moveaxis, module)?)?;
    module.add_function(wrap_pyfunction!(rollaxis, module)?)?;
    module.add_function(wrap_pyfunction!(expand_dims, module)?)?;
    module.add_function(wrap_pyfunction!(squeeze, module)?)?;
    module.add_function(wrap_pyfunction!(broadcast_to, module)?)?;
    module.add_function(wrap_pyfunction!(broadcast_arrays, module)?)?;
    module.add_function(wrap_pyfunction!(flip, module)?)?;
    module.add_function(wrap_pyfunction!(flipud, module)?)?;
    module.add_function(wrap_pyfunction!(fliplr, module)?)?;
    module.add_function(wrap_pyfunction!(rot90, module)?)
}
