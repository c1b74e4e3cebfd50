//! Functions that make arrays from objects and constants: `array`, `asarray`, `zeros`, `full`, the `*_like` family.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::promote::Weak;
use mxnet::array::create::{self, Order};
use mxnet::array::{Argument, Array};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::arguments::{
    Input, Integers, Layout, Place, Type, Value, device_of, dtype_of, optional_truth, order_of, truth,
};
use crate::array::{NdArray, compute, wrap};
use crate::attributes::same_storage;
use crate::convert;
use crate::error::Raised;
use crate::sequence;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// An array of an object: numbers, nested sequences, arrays of any library. A copy, unless told otherwise.
///
/// Parameters
/// ----------
/// object : array_like
/// dtype : dtype, optional
///     Without it, Python numbers give float32 (bool and complex: bool and complex64), arrays keep theirs.
/// copy : bool or None, optional
///     `None` copies only where needed; `False` raises where it is needed.
/// order : {'K', 'A', 'C', 'F'}, optional
/// subok : bool, optional
/// ndmin : int, optional
///     Least number of axes; axes of length 1 are put in front.
/// ctx, device : Device, optional
/// ndmax : int, optional
///     How many axes nested lists may make; 0 sets no limit.
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Nested sequences of different lengths, or of more than `ndmax` levels.
/// TypeError
///     An element that is not a number.
///
/// Examples
/// --------
/// >>> np.array([1, 2])
/// array([1., 2.])
/// >>> np.array([[True, False]])
/// array([[ True, False]])
#[pyfunction]
#[pyo3(signature = (object, dtype=None, *, copy=Some(true), order=None, subok=false, ndmin=0, ndmax=0, like=None,
    ctx=None, device=None),
        text_signature = "(object, dtype=None, *, copy=True, order='K', subok=False, ndmin=0, ndmax=0, like=None, ctx=None, device=None)")]
fn array<'py>(
    py: Python<'py>,
    object: &Object<'py>,
    dtype: Option<Type>,
    #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
    order: Option<Layout>,
    #[pyo3(from_py_with = truth)] subok: bool,
    ndmin: usize,
    ndmax: usize,
    like: Option<&Object<'py>>,
    ctx: Option<Place>,
    device: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = (subok, like);
    let order = order.map_or(Order::K, |order| order.0);
    let made = converted(py, object, dtype, copy, order, ndmin, ctx, device)?;
    let nested = object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>();
    if nested && ndmax > 0 && made.get().array().ndim() > ndmax {
        return Err(PyValueError::new_err(format!(
            "setting an array element with a sequence. The requested array would exceed the maximum number of \
             dimension of {ndmax}."
        )));
    }
    Ok(made)
}

fn converted<'py>(
    py: Python<'py>,
    object: &Object<'py>,
    dtype: Option<Type>,
    copy: Option<bool>,
    order: Order,
    ndmin: usize,
    ctx: Option<Place>,
    device: Option<Place>,
) -> PyResult<Ours<'py>> {
    let ours = object.cast::<NdArray>().ok();
    let place = match (ours, ctx.or(device)) {
        (Some(source), None) => source.get().array().device(),
        _ => device_of(ctx, device)?,
    };
    let made = convert::make(object, dtype_of(dtype), sequence::Integers::Default, place)?;
    // shared with its source where it is our array's memory, or a foreign one
    let shares = match ours {
        Some(source) => same_storage(source.get().array(), &made),
        None => made.operand().node.is_foreign(),
    };
    let laid_out = create::to_order(&made, order).raised()?;
    let shares = shares && same_storage(&made, &laid_out);
    let array = match copy {
        Some(true) if shares => compute(py, made.size(), || create::copy(&laid_out, order))?,
        Some(false) if !shares => {
            return Err(PyValueError::new_err(
                "Unable to avoid copy while creating an array as requested; use copy=None, or asarray()",
            ));
        }
        _ => laid_out,
    };
    let array = with_axes(array, ndmin)?;
    match ours {
        Some(source) if same_storage(source.get().array(), &array) => {
            let same = array.shape() == source.get().array().shape()
                && array.dtype() == source.get().array().dtype();
            if same && copy != Some(true) {
                Ok(source.clone())
            } else {
                crate::array::wrap_view(source, array)
            }
        }
        _ => wrap(py, array),
    }
}

/// Axes of length 1 in front until there are `ndmin`.
fn with_axes(array: Array, ndmin: usize) -> PyResult<Array> {
    if array.ndim() >= ndmin {
        return Ok(array);
    }
    let missing: Vec<i64> = (0..(ndmin - array.ndim()) as i64).collect();
    array.expand_dims(&missing).raised()
}

/// The object as an array; an array of ours is returned as it is, memory of others is shared.
///
/// Parameters
/// ----------
/// a : array_like
/// dtype : dtype, optional
/// order : {'K', 'A', 'C', 'F'}, optional
/// copy : bool, optional
/// ctx, device : Device, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// TypeError
///     An element that is not a number.
///
/// Examples
/// --------
/// >>> x = np.array([1, 2])
/// >>> np.asarray(x) is x
/// True
#[pyfunction]
#[pyo3(signature = (a, dtype=None, order=None, *, device=None, copy=None, like=None, ctx=None))]
fn asarray<'py>(
    py: Python<'py>,
    a: &Object<'py>,
    dtype: Option<Type>,
    order: Option<Layout>,
    device: Option<Place>,
    #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
    like: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    converted(py, a, dtype, copy, order.map_or(Order::K, |order| order.0), 0, ctx, device)
}

/// The object as an array that is contiguous in C order, with at least one axis.
///
/// Parameters
/// ----------
/// a : array_like
/// dtype : dtype, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.ascontiguousarray(np.ones((2, 3)).T).flags.c_contiguous
/// True
#[pyfunction]
#[pyo3(signature = (a, dtype=None, *, like=None))]
fn ascontiguousarray<'py>(
    py: Python<'py>,
    a: &Object<'py>,
    dtype: Option<Type>,
    like: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    converted(py, a, dtype, None, Order::C, 1, None, None)
}

/// The object as an array that is contiguous in Fortran order, with at least one axis.
///
/// Parameters
/// ----------
/// a : array_like
/// dtype : dtype, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.asfortranarray(np.ones((2, 3))).flags.f_contiguous
/// True
#[pyfunction]
#[pyo3(signature = (a, dtype=None, *, like=None))]
fn asfortranarray<'py>(
    py: Python<'py>,
    a: &Object<'py>,
    dtype: Option<Type>,
    like: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    converted(py, a, dtype, None, Order::F, 1, None, None)
}

/// A copy of an array-like.
///
/// Parameters
/// ----------
/// a : array_like
/// order : {'K', 'A', 'C', 'F'}, optional
/// subok : bool, optional
///     Without meaning here: there are no subclasses.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.copy(np.array([1, 2]))
/// array([1., 2.])
#[pyfunction]
#[pyo3(signature = (a, order=Layout(Order::K), subok=false), text_signature = "(a, order='K', subok=False)")]
fn copy<'py>(a: Input<'py>, order: Layout, #[pyo3(from_py_with = truth)] subok: bool) -> PyResult<Ours<'py>> {
    let _no_subclasses = subok;
    a.fresh(create::copy(&a, order.0))
}

macro_rules! constants {
    ($($name:ident $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (shape, dtype=None, order=None, *, device=None, like=None, ctx=None),
                text_signature = "(shape, dtype=None, order='C', *, device=None, like=None, ctx=None)")]
            fn $name<'py>(
                py: Python<'py>,
                shape: Integers,
                dtype: Option<Type>,
                order: Option<Layout>,
                device: Option<Place>,
                like: Option<&Object<'py>>,
                ctx: Option<Place>,
            ) -> PyResult<Ours<'py>> {
                let _ignored = like;
                let device = device_of(ctx, device)?;
                wrap(py, create::$name(&shape, dtype_of(dtype), order_of(order), device).raised()?)
            }
        )*
        fn register_constants(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

constants! {
    zeros "Zeros in a shape.

Parameters
----------
shape : int or tuple of ints
dtype : dtype, optional
    float32 by default.
order : {'C', 'F'}, optional
ctx, device : Device, optional
like : object, optional
    Without meaning here; NumPy's name for arrays of other libraries.

Returns
-------
ndarray

Raises
------
ValueError
    A negative length.
MemoryError
    More than the machine has.

Examples
--------
>>> np.zeros((2, 2))
array([[0., 0.],
       [0., 0.]])";
    ones "Ones in a shape.

Parameters
----------
shape : int or tuple of ints
dtype : dtype, optional
    float32 by default.
order : {'C', 'F'}, optional
ctx, device : Device, optional
like : object, optional
    Without meaning here; NumPy's name for arrays of other libraries.

Returns
-------
ndarray

Raises
------
ValueError
    A negative length.

Examples
--------
>>> np.ones(3)
array([1., 1., 1.])";
    empty "An array whose elements are whatever the memory held.

Parameters
----------
shape : int or tuple of ints
dtype : dtype, optional
    float32 by default.
order : {'C', 'F'}, optional
ctx, device : Device, optional
like : object, optional
    Without meaning here; NumPy's name for arrays of other libraries.

Returns
-------
ndarray

Raises
------
ValueError
    A negative length.

Examples
--------
>>> np.empty((2, 3)).shape
(2, 3)";
}

/// One value in a shape.
///
/// Parameters
/// ----------
/// shape : int or tuple of ints
/// fill_value : number or array_like
/// dtype : dtype, optional
///     The default dtype of the number's kind, or the dtype of the array.
/// order : {'C', 'F'}, optional
/// ctx, device : Device, optional
/// out : ndarray, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// OverflowError
///     An integer that the dtype cannot hold.
///
/// Examples
/// --------
/// >>> np.full((2,), 7)
/// array([7., 7.])
#[pyfunction]
#[pyo3(signature = (shape, fill_value, dtype=None, order=None, *, device=None, like=None, ctx=None, out=None),
    text_signature = "(shape, fill_value, dtype=None, order='C', *, device=None, like=None, ctx=None, out=None)")]
fn full<'py>(
    py: Python<'py>,
    shape: Integers,
    fill_value: Value<'py>,
    dtype: Option<Type>,
    order: Option<Layout>,
    device: Option<Place>,
    like: Option<&Object<'py>>,
    ctx: Option<Place>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let _ignored = like;
    let dtype = dtype_of(dtype);
    let device = device_of(ctx, device)?;
    let value = fill_value.argument(dtype)?;
    let made = create::full(&shape, value, dtype, order_of(order), device).raised()?;
    if let (Argument::Scalar(Weak::Integer, number), None) = (value, dtype)
        && sequence::loses(number, made.dtype())
    {
        sequence::warn_inexact(py, number, made.dtype())?;
    }
    crate::reductions::finish(py, "full", made, out)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_constants(module)?;
    module.add_function(wrap_pyfunction!(array, module)?)?;
    module.add_function(wrap_pyfunction!(asarray, module)?)?;
    module.add_function(wrap_pyfunction!(ascontiguousarray, module)?)?;
    module.add_function(wrap_pyfunction!(asfortranarray, module)?)?;
    module.add_function(wrap_pyfunction!(copy, module)?)?;
    module.add_function(wrap_pyfunction!(full, module)?)
}
