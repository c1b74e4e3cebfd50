//! Shifting, splitting into views, windows and strides.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::shape;
use mxnet::array::manipulate::{self, Sections};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyTuple};

use crate::arguments::{Input, Integer, Integers, axes, truth};
use crate::array::NdArray;
use crate::convert;
use crate::error::Raised;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Elements shifted along axes, those that leave come in at the other end.
///
/// Parameters
/// ----------
/// a : array_like
/// shift : int or tuple of ints
/// axis : int or tuple of ints, optional
///     Without it the flattened elements are shifted.
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
/// >>> np.roll(np.arange(4), 1)
/// array([3., 0., 1., 2.])
#[pyfunction]
#[pyo3(signature = (a, shift, axis=None))]
fn roll<'py>(a: Input<'py>, shift: &Bound<'py, PyAny>, axis: Option<Integers>) -> PyResult<Ours<'py>> {
    let shift = match shift.extract::<Integers>() {
        // a whole turn of all axes changes nothing, so a shift beyond 64 bits is one within it
        Err(error) if error.is_instance_of::<PyOverflowError>(shift.py()) => {
            let turn = a.size().max(1);
            let shifts = if shift.is_instance_of::<PyInt>() {
                vec![shift.clone()]
            } else {
                shift.try_iter()?.collect::<PyResult<Vec<_>>>()?
            };
            Integers(shifts.iter().map(|shift| shift.rem(turn)?.extract()).collect::<PyResult<_>>()?)
        }
        read => read?,
    };
    a.fresh(manipulate::roll(&a, &shift, axes(&axis)))
}

/// Elements on a diagonal: a read-only view.
///
/// Parameters
/// ----------
/// a : array_like
/// offset : int, optional
/// axis1, axis2 : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     The axes are one, or there are fewer than two.
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.diagonal([[1, 2], [3, 4]])
/// array([1., 4.])
#[pyfunction]
#[pyo3(signature = (a, offset=Integer(0), axis1=Integer(0), axis2=Integer(1)),
    text_signature = "(a, offset=0, axis1=0, axis2=1)")]
fn diagonal<'py>(a: Input<'py>, offset: Integer, axis1: Integer, axis2: Integer) -> PyResult<Ours<'py>> {
    a.view(a.diagonal(offset.0, axis1.0, axis2.0))
}

fn sections(given: &Object<'_>) -> PyResult<Sections> {
    let is_array = given.cast::<NdArray>().is_ok_and(|array| array.get().array().ndim() > 0);
    if !is_array && (given.hasattr("__index__")? && given.extract::<i64>().is_ok()) {
        return convert::to_integer(given).map(Sections::Count);
    }
    convert::to_integers(given).map(Sections::At)
}

macro_rules! splits {
    ($($name:ident ($($axis:ident)?) $text:literal $doc:literal $example:literal;)*) => {
        $(
            #[doc = concat!($doc, "

Parameters
----------
ary : array_like
indices_or_sections : int or sequence of int
    A number of parts, or where to cut.", $(concat!("
", stringify!($axis), " : int, optional"),)? "

Returns
-------
list of ndarray

Raises
------
ValueError
    Parts that are not possible.

Examples
--------
", $example)]
            #[pyfunction]
            #[pyo3(signature = (ary, indices_or_sections $(, $axis=Integer(0))?), text_signature = $text)]
            fn $name<'py>(
                ary: Input<'py>,
                indices_or_sections: &Object<'py>
                $(, $axis: Integer)?
            ) -> PyResult<Vec<Ours<'py>>> {
                ary.views(manipulate::$name(&ary, &sections(indices_or_sections)? $(, $axis.0)?))
            }
        )*
        fn register_splits(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

splits! {
    split (axis) "(ary, indices_or_sections, axis=0)"
        "Equal parts along an axis, as views."
        ">>> np.split(np.arange(4), 2)\n[array([0., 1.]), array([2., 3.])]";
    array_split (axis) "(ary, indices_or_sections, axis=0)"
        "Parts along an axis, as views; the first are longer where the length does not divide."
        ">>> [part.size for part in np.array_split(np.arange(5), 2)]\n[3, 2]";
    hsplit () "(ary, indices_or_sections)"
        "Parts along the second axis (of a vector: the first), as views."
        ">>> np.hsplit(np.array([[1, 2], [3, 4]]), 2)[1].tolist()\n[[2.0], [4.0]]";
    vsplit () "(ary, indices_or_sections)"
        "Parts along the first axis, as views."
        ">>> np.vsplit(np.array([[1, 2], [3, 4]]), 2)[1]\narray([[3., 4.]])";
    dsplit () "(ary, indices_or_sections)"
        "Parts along the third axis, as views."
        ">>> np.dsplit(np.ones((2, 3, 4)), 2)[0].shape\n(2, 3, 2)";
}

/// Windows that slide over axes: a view with the windows' axes last.
///
/// Parameters
/// ----------
/// x : array_like
/// window_shape : int or tuple of ints
/// axis : int or tuple of ints, optional
/// writeable : bool, optional
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
///     A window larger than its axis.
///
/// Examples
/// --------
/// >>> np.sliding_window_view(np.arange(4), 2)
/// array([[0., 1.],
///        [1., 2.],
///        [2., 3.]])
#[pyfunction]
#[pyo3(signature = (x, window_shape, axis=None, *, subok=false, writeable=false))]
fn sliding_window_view<'py>(
    x: Input<'py>,
    window_shape: Integers,
    axis: Option<Integers>,
    #[pyo3(from_py_with = truth)] subok: bool,
    #[pyo3(from_py_with = truth)] writeable: bool,
) -> PyResult<Ours<'py>> {
    let _no_subclasses = subok;
    x.view(manipulate::sliding_window_view(&x, &window_shape, axes(&axis), writeable))
}

/// The memory of an array under a shape and strides of one's choice: a view.
///
/// Parameters
/// ----------
/// x : array_like
/// shape : tuple of ints, optional
/// strides : tuple of ints, optional
///     In bytes.
/// writeable : bool, optional
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
///     Elements outside of the memory.
///
/// Examples
/// --------
/// >>> np.as_strided(np.arange(4), (2, 2), (8, 4))
/// array([[0., 1.],
///        [2., 3.]])
#[pyfunction]
#[pyo3(signature = (x, shape=None, strides=None, subok=false, writeable=true))]
fn as_strided<'py>(
    x: Input<'py>,
    shape: Option<Integers>,
    strides: Option<Integers>,
    #[pyo3(from_py_with = truth)] subok: bool,
    #[pyo3(from_py_with = truth)] writeable: bool,
) -> PyResult<Ours<'py>> {
    let _no_subclasses = subok;
    x.view(manipulate::as_strided(&x, axes(&shape), axes(&strides), writeable))
}

/// The shape that shapes broadcast to.
///
/// Parameters
/// ----------
/// *args : int or tuple of ints
///     Shapes.
///
/// Returns
/// -------
/// tuple of int
///
/// Raises
/// ------
/// ValueError
///     The shapes do not fit.
///
/// Examples
/// --------
/// >>> np.broadcast_shapes((2, 1), (3,))
/// (2, 3)
#[pyfunction]
#[pyo3(signature = (*args))]
fn broadcast_shapes<'py>(py: Python<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let shapes = args.iter().map(|shape| convert::to_integers(&shape)).collect::<PyResult<Vec<_>>>()?;
    let shapes: Vec<&[i64]> = shapes.iter().map(Vec::as_slice).collect();
    PyTuple::new(py, shape::broadcast(&shapes).raised()?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_splits(module)?;
    module.add_function(wrap_pyfunction!(broadcast_shapes, module)?)?;
    module.add_function(wrap_pyfunction!(roll, module)?)?;
    module.add_function(wrap_pyfunction!(diagonal, module)?)?;
    module.add_function(wrap_pyfunction!(sliding_window_view, module)?)?;
    module.add_function(wrap_pyfunction!(as_strided, module)?)
}
