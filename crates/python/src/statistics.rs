//! `var`, `std`, `argmax`, `argmin`: the reductions whose arguments differ from the others', as methods and functions.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::Array;
use mxnet::array::reduce::{self, Options};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

use crate::arguments::truth;
use crate::array::NdArray;
use crate::error::Raised;
use crate::reductions::{Arguments, Told, correction, ours, position, run_observed};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

type Kernel = fn(&Array, &Options, f64, Option<&Array>) -> base::Result<Array>;

/// A variance or deviation; too few elements for the correction are told of, as in NumPy.
fn spread<'py>(
    name: &str,
    x: &Ours<'py>,
    arguments: &Arguments<'_, 'py>,
    ddof: f64,
    mean: Given<'_, 'py>,
    kernel: Kernel,
) -> PyResult<Object<'py>> {
    let mean = mean.filter(|mean| !mean.is_none()).map(crate::convert::to_array).transpose()?;
    let work = move |array: &Array, options: &Options| kernel(array, options, ddof, mean.as_ref());
    let result = run_observed(name, Told::Spread, x, arguments, work)?;
    let array = x.get().array();
    let count = match crate::convert::to_axes(arguments.axis)? {
        None => array.size(),
        Some(axes) if array.ndim() == 0 && !axes.is_empty() => 1,
        Some(axes) => axes
            .iter()
            .map(|&axis| base::shape::axis(axis, array.ndim()).map(|axis| array.shape()[axis]))
            .product::<base::Result<i64>>()
            .raised()?,
    };
    if count as f64 <= ddof && arguments.mask.is_none() {
        let py = x.py();
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), c"Degrees of freedom <= 0 for slice", 1)?;
    }
    Ok(result)
}

macro_rules! spreads {
    ($($public:literal $name:ident $function:ident $kernel:path, $example:literal, $doc:literal;)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.\n\nExamples\n--------\n", $example)]
            #[pyo3(signature = (axis=None, dtype=None, out=None, ddof=0.0, keepdims=false, *, r#where=None, mean=None,
                correction=None))]
            fn $name<'py>(
                slf: &Ours<'py>,
                axis: Given<'_, 'py>,
                dtype: Given<'_, 'py>,
                out: Given<'_, 'py>,
                ddof: f64,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                r#where: Given<'_, 'py>,
                mean: Given<'_, 'py>,
                correction: Option<f64>,
            ) -> PyResult<Object<'py>> {
                let ddof = self::correction(ddof, correction)?;
                let arguments = Arguments { axis, dtype, out, keepdims, mask: r#where, ..Default::default() };
                spread(stringify!($name), slf, &arguments, ddof, mean, $kernel)
            }
        )*}

        $(
            #[doc = $doc]
            #[pyfunction(name = $public)]
            #[pyo3(signature = (a, axis=None, dtype=None, out=None, ddof=0.0, keepdims=false, *, r#where=None,
                mean=None, correction=None))]
            fn $function<'py>(
                a: &Object<'py>,
                axis: Given<'_, 'py>,
                dtype: Given<'_, 'py>,
                out: Given<'_, 'py>,
                ddof: f64,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                r#where: Given<'_, 'py>,
                mean: Given<'_, 'py>,
                correction: Option<f64>,
            ) -> PyResult<Object<'py>> {
                let ddof = self::correction(ddof, correction)?;
                let arguments = Arguments { axis, dtype, out, keepdims, mask: r#where, ..Default::default() };
                spread(stringify!($name), &ours(a)?, &arguments, ddof, mean, $kernel)
            }
        )*

        fn register_spreads(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($function, module)?)?; )*
            Ok(())
        }
    };
}

spreads! {
    "var" var variance reduce::var,
        ">>> np.array([1, 2, 3, 4]).var()\narray(1.25)",
        "Variance over axes: the mean squared distance from the mean.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
ddof : float, optional
    The sum of squares is divided by the number of elements minus this.
keepdims : bool, optional
    Whether reduced axes stay, with length 1.
where : array_like of bool, optional
    Elements to include.
mean : array_like, optional
    The mean where it is known already, shaped as with `keepdims=True`.
correction : float, optional
    Another name of `ddof`.

Returns
-------
ndarray

Raises
------
ValueError
    Both `ddof` and `correction` are given.

Examples
--------
>>> np.var(np.array([1, 2, 3, 4]))
array(1.25)";
    "std" std deviation reduce::std,
        ">>> np.array([1, 1, 3, 3]).std()\narray(1.)",
        "Standard deviation over axes: the square root of the variance.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
ddof : float, optional
    The sum of squares is divided by the number of elements minus this.
keepdims : bool, optional
    Whether reduced axes stay, with length 1.
where : array_like of bool, optional
    Elements to include.
mean : array_like, optional
    The mean where it is known already, shaped as with `keepdims=True`.
correction : float, optional
    Another name of `ddof`.

Returns
-------
ndarray

Raises
------
ValueError
    Both `ddof` and `correction` are given.

Examples
--------
>>> np.std(np.array([1, 1, 3, 3]))
array(1.)";
}

macro_rules! positions {
    ($($name:ident $example:literal, $doc:literal;)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.\n\nExamples\n--------\n", $example)]
            #[pyo3(signature = (axis=None, out=None, *, keepdims=false))]
            fn $name<'py>(
                slf: &Ours<'py>,
                axis: Given<'_, 'py>,
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
            ) -> PyResult<Object<'py>> {
                position(stringify!($name), slf, axis, out, keepdims, reduce::$name)
            }
        )*}

        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, out=None, *, keepdims=false))]
            fn $name<'py>(
                a: &Object<'py>,
                axis: Given<'_, 'py>,
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
            ) -> PyResult<Object<'py>> {
                position(stringify!($name), &ours(a)?, axis, out, keepdims, reduce::$name)
            }
        )*

        fn register_positions(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

positions! {
    argmax ">>> np.array([3, 7, 5]).argmax()\narray(1, dtype=int64)",
        "Index of the first greatest element along an axis, or among all in C order.

Parameters
----------
a : array_like
axis : int, optional
out : ndarray, optional
keepdims : bool, optional

Returns
-------
ndarray of int64

Raises
------
ValueError
    There are no elements.

Examples
--------
>>> np.argmax(np.array([3, 7, 5]))
array(1, dtype=int64)";
    argmin ">>> np.array([3, 7, 5]).argmin()\narray(0, dtype=int64)",
        "Index of the first least element along an axis, or among all in C order.

Parameters
----------
a : array_like
axis : int, optional
out : ndarray, optional
keepdims : bool, optional

Returns
-------
ndarray of int64

Raises
------
ValueError
    There are no elements.

Examples
--------
>>> np.argmin(np.array([3, 7, 5]))
array(0, dtype=int64)";
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_spreads(module)?;
    register_positions(module)
}
