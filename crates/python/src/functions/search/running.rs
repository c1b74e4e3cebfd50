//! Running sums and products: `cumsum`, `cumprod`, their array-API names and those that skip nan.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::{DType, Scalar};
use mxnet::array::{Argument, Array, Result, elementwise, flags, manipulate, sort};
use mxnet::ops;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Type, dtype_of, truth};
use crate::array::compute;
use crate::error::Raised;
use crate::floating;
use crate::reductions::finish;

type Object<'py> = Bound<'py, PyAny>;

/// The elements with nan replaced by the number that changes nothing.
fn without_nan(x: &Array, neutral: i64) -> Result<Array> {
    if !x.dtype().is_inexact() {
        return Ok(x.clone());
    }
    let mask = elementwise::call1(ops::ISNAN, x)?;
    elementwise::call(ops::WHERE, &[Argument::Array(&mask), Argument::from(neutral), Argument::Array(x)])
}

/// The running fold with its start in front.
fn with_initial(folded: &Array, axis: i64, neutral: i64) -> Result<Array> {
    let mut lengths = folded.shape().to_vec();
    lengths[base::shape::axis(axis, folded.ndim())?] = 1;
    let start = Array::full(&lengths, Scalar::I64(neutral), folded.dtype(), folded.device())?;
    manipulate::concatenate(&[&start, folded], Some(axis), None, base::promote::Casting::SameKind)
}

fn include<'py>(
    py: Python<'py>,
    name: &str,
    x: &Array,
    axis: Option<Integer>,
    neutral: Option<i64>,
    work: impl FnOnce(&Array, Option<i64>) -> Result<Array> + Send,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    if axis.is_none() && x.ndim() > 1 {
        return Err(PyValueError::new_err(format!(
            "{name}: For arrays which have more than one dimension ``axis`` argument is required."
        )));
    }
    let axis = axis.map_or(if x.ndim() == 0 { None } else { Some(0) }, |axis| Some(axis.0));
    let folded = compute(py, x.size(), || work(x, axis))?;
    let met = floating::after(py, |_| flags::of_scan(x, axis, &folded))?;
    let result = match neutral {
        Some(neutral) => with_initial(&folded, axis.unwrap_or(0), neutral).raised()?,
        None => folded,
    };
    let result = finish(py, name, result, out)?;
    floating::tell(py, "accumulate", met)?;
    Ok(result)
}

/// A running fold, written into `out` if there is one.
fn finish_scan<'py>(
    py: Python<'py>,
    name: &str,
    array: &Array,
    axis: Option<i64>,
    out: Option<&Object<'py>>,
    work: impl FnOnce(&Array, Option<i64>) -> Result<Array> + Send,
) -> PyResult<Object<'py>> {
    let result = compute(py, array.size(), || work(array, axis))?;
    let met = floating::after(py, |_| flags::of_scan(array, axis, &result))?;
    let result = finish(py, name, result, out)?;
    floating::tell(py, "accumulate", met)?;
    Ok(result)
}

macro_rules! running {
    ($(
        $name:ident $skipping:ident $whole:ident $kernel:path, $neutral:literal,
        [$doc:literal, $skipping_doc:literal, $whole_doc:literal];
    )*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, dtype=None, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                a: Input<'py>,
                axis: Option<Integer>,
                dtype: Option<Type>,
                out: Option<&Object<'py>>,
            ) -> PyResult<Object<'py>> {
                let (array, axis): (&Array, _) = (&a, axis.map(|axis| axis.0));
                finish_scan(py, stringify!($name), array, axis, out, |array, axis| $kernel(array, axis, dtype_of(dtype)))
            }

            #[doc = $skipping_doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, dtype=None, out=None))]
            fn $skipping<'py>(
                py: Python<'py>,
                a: Input<'py>,
                axis: Option<Integer>,
                dtype: Option<Type>,
                out: Option<&Object<'py>>,
            ) -> PyResult<Object<'py>> {
                let (array, axis): (&Array, _) = (&a, axis.map(|axis| axis.0));
                let array = &compute(py, array.size(), || without_nan(array, $neutral))?;
                finish_scan(py, stringify!($skipping), array, axis, out, |array, axis| $kernel(array, axis, dtype_of(dtype)))
            }

            #[doc = $whole_doc]
            #[pyfunction]
            #[pyo3(signature = (x, /, *, axis=None, dtype=None, out=None, include_initial=false))]
            fn $whole<'py>(
                py: Python<'py>,
                x: Input<'py>,
                axis: Option<Integer>,
                dtype: Option<Type>,
                out: Option<&Object<'py>>,
                #[pyo3(from_py_with = truth)] include_initial: bool,
            ) -> PyResult<Object<'py>> {
                let dtype: Option<DType> = dtype_of(dtype);
                let neutral = include_initial.then_some($neutral);
                include(py, stringify!($whole), &x, axis, neutral, |x, axis| $kernel(x, axis, dtype), out)
            }
        )*

        pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($name, module)?)?;
                module.add_function(wrap_pyfunction!($skipping, module)?)?;
                module.add_function(wrap_pyfunction!($whole, module)?)?;
            )*
            Ok(())
        }
    };
}

running! {
    cumsum nancumsum cumulative_sum sort::cumsum, 0, [
"Running sum along an axis.

Parameters
----------
a : array_like
axis : int, optional
    Without an axis the flat array is summed.
dtype : dtype, optional
    Small integers are summed in 64 bits without it.
out : ndarray, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.cumsum(np.array([1, 2, 3]))
array([1., 3., 6.])",
"Running sum along an axis in which nan counts as 0.

Parameters
----------
a : array_like
axis : int, optional
dtype : dtype, optional
out : ndarray, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.nancumsum(np.array([1, np.nan, 3]))
array([1., 1., 4.])",
"Running sum along an axis, as the array API has it.

Parameters
----------
x : array_like
axis : int, optional
    Needed for more than one axis.
dtype : dtype, optional
out : ndarray, optional
include_initial : bool, optional
    Whether a 0 stands in front.

Returns
-------
ndarray

Raises
------
ValueError
    More than one axis and no `axis`.

Examples
--------
>>> np.cumulative_sum(np.array([1, 2, 3]), include_initial=True)
array([0., 1., 3., 6.])"
];
    cumprod nancumprod cumulative_prod sort::cumprod, 1, [
"Running product along an axis.

Parameters
----------
a : array_like
axis : int, optional
    Without an axis the flat array is multiplied.
dtype : dtype, optional
    Small integers are multiplied in 64 bits without it.
out : ndarray, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.cumprod(np.array([1, 2, 3]))
array([1., 2., 6.])",
"Running product along an axis in which nan counts as 1.

Parameters
----------
a : array_like
axis : int, optional
dtype : dtype, optional
out : ndarray, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.nancumprod(np.array([2, np.nan, 3]))
array([2., 2., 6.])",
"Running product along an axis, as the array API has it.

Parameters
----------
x : array_like
axis : int, optional
    Needed for more than one axis.
dtype : dtype, optional
out : ndarray, optional
include_initial : bool, optional
    Whether a 1 stands in front.

Returns
-------
ndarray

Raises
------
ValueError
    More than one axis and no `axis`.

Examples
--------
>>> np.cumulative_prod(np.array([2, 3]), include_initial=True)
array([1., 2., 6.])"
];
}
