//! Reductions that skip nan: `nansum`, `nanmin`, `nanmean`, `nanvar`, `nanargmax` and their kin.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::statistics::{self, Spread, Warned};
use pyo3::prelude::*;

use super::run_warned;
use crate::arguments::truth;
use crate::convert;
use crate::reductions::{Arguments, correction, ours, position, run};

type Object<'py> = Bound<'py, PyAny>;
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

macro_rules! folds {
    ($($name:ident $run:ident, ($($argument:ident),*), $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, $($argument=None,)* out=None, keepdims=false, initial=None, r#where=None))]
            fn $name<'py>(
                a: &Object<'py>,
                axis: Given<'_, 'py>,
                $($argument: Given<'_, 'py>,)*
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                initial: Given<'_, 'py>,
                r#where: Given<'_, 'py>,
            ) -> PyResult<Object<'py>> {
                let arguments =
                    Arguments { axis, $($argument,)* out, keepdims, initial, mask: r#where, ..Default::default() };
                folds!(@$run $name, a, arguments)
            }
        )*

        fn register_folds(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
    (@quiet $name:ident, $a:ident, $arguments:ident) => {
        run(stringify!($name), &ours($a)?, &$arguments, statistics::$name)
    };
    (@warned $name:ident, $a:ident, $arguments:ident) => {
        run_warned(stringify!($name), $a, &$arguments, statistics::$name)
    };
}

folds! {
    nansum quiet, (dtype), "Sum of the elements that are not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
    dtype of the sum; small integers are summed in 64 bits.
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
    Start of the sum.
where : array_like of bool, optional
    Elements to include.

Returns
-------
ndarray
    0 where all elements are nan.

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.nansum(np.array([[1, np.nan], [3, 4]]), axis=0)
array([4., 4.])";
    nanprod quiet, (dtype), "Product of the elements that are not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray
    1 where all elements are nan.

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.nanprod(np.array([2, np.nan, 4]))
array(8.)";
    nanmin warned, (), "Least element that is not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray
    nan, with a warning, where all elements are nan.

Raises
------
ValueError
    There are no elements.

Examples
--------
>>> np.nanmin(np.array([3, np.nan, 2]))
array(2.)";
    nanmax warned, (), "Greatest element that is not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray
    nan, with a warning, where all elements are nan.

Raises
------
ValueError
    There are no elements.

Examples
--------
>>> np.nanmax(np.array([3, np.nan, 2]))
array(3.)";
}

/// Mean of the elements that are not nan.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : None, int or tuple of ints, optional
/// dtype : dtype, optional
/// out : ndarray, optional
/// keepdims : bool, optional
/// where : array_like of bool, optional
///
/// Returns
/// -------
/// ndarray
///     nan, with a warning, where all elements are nan.
///
/// Raises
/// ------
/// TypeError
///     A dtype without fractions for elements that have them.
///
/// Examples
/// --------
/// >>> np.nanmean(np.array([[1, np.nan], [3, 4]]), axis=1)
/// array([1. , 3.5])
#[pyfunction]
#[pyo3(signature = (a, axis=None, dtype=None, out=None, keepdims=false, *, r#where=None))]
fn nanmean<'py>(
    a: &Object<'py>,
    axis: Given<'_, 'py>,
    dtype: Given<'_, 'py>,
    out: Given<'_, 'py>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
    r#where: Given<'_, 'py>,
) -> PyResult<Object<'py>> {
    let arguments = Arguments { axis, dtype, out, keepdims, mask: r#where, ..Default::default() };
    run_warned("nanmean", a, &arguments, statistics::nanmean)
}

macro_rules! spreads {
    ($($name:ident $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, dtype=None, out=None, ddof=0.0, keepdims=false, *, r#where=None,
                mean=None, correction=None))]
            fn $name<'py>(
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
                let correction = self::correction(ddof, correction)?;
                let mean = mean.filter(|mean| !mean.is_none()).map(convert::to_array).transpose()?;
                let arguments = Arguments { axis, dtype, out, keepdims, mask: r#where, ..Default::default() };
                run_warned(stringify!($name), a, &arguments, |array, options| {
                    statistics::$name(array, options, &Spread { correction, mean: mean.as_ref() })
                })
            }
        )*

        fn register_spreads(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

spreads! {
    nanvar "Variance of the elements that are not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
ddof : float, optional
    The sum of squares is divided by the number of elements minus this.
keepdims : bool, optional
where : array_like of bool, optional
mean : array_like, optional
    The mean, with the reduced axes kept.
correction : float, optional
    Another name of `ddof`.

Returns
-------
ndarray
    nan, with a warning, where there are not more elements than `ddof`.

Raises
------
ValueError
    Both `ddof` and `correction` are given.

Examples
--------
>>> np.nanvar(np.array([1, np.nan, 3]))
array(1.)";
    nanstd "Standard deviation of the elements that are not nan.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
ddof : float, optional
keepdims : bool, optional
where : array_like of bool, optional
mean : array_like, optional
correction : float, optional

Returns
-------
ndarray
    nan, with a warning, where there are not more elements than `ddof`.

Raises
------
ValueError
    Both `ddof` and `correction` are given.

Examples
--------
>>> np.nanstd(np.array([1, np.nan, 5]))
array(2.)";
}

macro_rules! positions {
    ($($name:ident $doc:literal;)*) => {
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
                position(stringify!($name), &ours(a)?, axis, out, keepdims, statistics::$name)
            }
        )*

        fn register_positions(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

positions! {
    nanargmax "Index of the first greatest element that is not nan, along an axis or among all in C order.

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
    There are no elements but nan.

Examples
--------
>>> np.nanargmax(np.array([np.nan, 2, 3]))
array(2, dtype=int64)";
    nanargmin "Index of the first least element that is not nan, along an axis or among all in C order.

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
    There are no elements but nan.

Examples
--------
>>> np.nanargmin(np.array([np.nan, 2, 3]))
array(1, dtype=int64)";
}

macro_rules! medians {
    ($($name:ident $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, out=None, overwrite_input=false, keepdims=false))]
            fn $name<'py>(
                a: &Object<'py>,
                axis: Given<'_, 'py>,
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] overwrite_input: bool,
                #[pyo3(from_py_with = truth)] keepdims: bool,
            ) -> PyResult<Object<'py>> {
                // leave to spoil the input is not needed: lines are sorted in memory of their own
                let _leave = overwrite_input;
                let axis = convert::listed_axes(axis);
                let arguments = Arguments { axis: axis.as_ref(), out, keepdims, ..Default::default() };
                run_warned(stringify!($name), a, &arguments, |array, options| -> base::Result<Warned> {
                    statistics::$name(array, options.axes, options.keepdims)
                })
            }
        )*

        fn register_medians(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

medians! {
    median "The middle element, or the mean of the two in the middle.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
keepdims : bool, optional

Returns
-------
ndarray
    nan where an element is nan, and, with a warning, where there are none.

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.median(np.array([[10, 7, 4], [3, 2, 1]]), axis=1)
array([7., 2.])";
    nanmedian "The middle one of the elements that are not nan, or the mean of the two in the middle.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
keepdims : bool, optional

Returns
-------
ndarray
    nan, with a warning, where all elements are nan.

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.nanmedian(np.array([[10, np.nan, 4], [3, 2, 1]]), axis=1)
array([7., 2.])";
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_folds(module)?;
    module.add_function(wrap_pyfunction!(nanmean, module)?)?;
    register_spreads(module)?;
    register_positions(module)?;
    register_medians(module)
}
