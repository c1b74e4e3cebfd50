//! `quantile`, `percentile` and those that skip nan: reading of `q`, which may be a weak number, a list or an array.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::promote::{self, Weak};
use base::{DType, Scalar};
use mxnet::array::statistics::{self, Method, QuantileOptions, Quantiles};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::run_warned;
use crate::arguments::{Input, optional_truth, truth};
use crate::error::Raised;
use crate::number::{self, Number};
use crate::reductions::Arguments;
use crate::sequence::Integers;
use crate::{convert, device};

type Object<'py> = Bound<'py, PyAny>;
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// Whether quantiles count from 0 to 1 or from 0 to 100.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Unit,
    Percent,
}

/// `q` as it was given, before it is scaled.
fn read(q: &Object<'_>) -> PyResult<Quantiles> {
    if let Some(number) = number::number(q) {
        let whole = matches!(number, Number::Small(Weak::Integer, _));
        let value = number.beside(Some(DType::F64))?.1;
        let values = vec![convert::real_into(value, DType::F64)?.as_f64()];
        return Ok(Quantiles { values, shape: Vec::new(), precision: DType::F64, dtype: None, whole });
    }
    let listed = q.is_instance_of::<PyList>() || q.is_instance_of::<PyTuple>();
    let array = match listed && !promote::numpy_dtypes() {
        // a tenth in a list is the double nearest to it, although lists are float32 arrays otherwise
        true => convert::make(q, Some(DType::F64), Integers::Default, device::current()?)?,
        false => convert::to_array(q)?,
    };
    let given = array.dtype();
    if given.is_complex() {
        return Err(PyTypeError::new_err("q must be an array of real numbers"));
    }
    let precision = if given.is_float() { given } else { DType::F64 };
    let dtype = if listed || !given.is_float() { promote::default_float() } else { given };
    let values = array.to_vec::<f64>().raised()?;
    let whole = given.is_integer();
    Ok(Quantiles { values, shape: array.shape().to_vec(), precision, dtype: Some(dtype), whole })
}

/// `q` as quantiles between 0 and 1.
fn quantiles(q: &Object<'_>, scale: Scale) -> PyResult<Quantiles> {
    let mut quantiles = read(q)?;
    if scale == Scale::Percent {
        quantiles.whole = false;
        for value in &mut quantiles.values {
            *value = Scalar::F64(*value / 100.0).cast(quantiles.precision).as_f64();
        }
    }
    if quantiles.values.iter().all(|value| (0.0..=1.0).contains(value)) {
        return Ok(quantiles);
    }
    Err(PyValueError::new_err(match scale {
        Scale::Unit => "Quantiles must be in the range [0, 1]",
        Scale::Percent => "Percentiles must be in the range [0, 100]",
    }))
}

fn method(name: &str) -> PyResult<Method> {
    Method::from_name(name).ok_or_else(|| {
        let known: Vec<String> = Method::ALL.iter().map(|(name, _)| format!("'{name}'")).collect();
        PyValueError::new_err(format!("'{name}' is not a valid method. Use one of: {}", known.join(", ")))
    })
}

/// The method that `method` names, or `interpolation`, MXNet's keyword for it.
fn chosen(name: &str, interpolation: Option<&str>) -> PyResult<Method> {
    match interpolation {
        Some(_) if name != "linear" => Err(PyTypeError::new_err(
            "You shall not pass both `method` and `interpolation`: they are one argument",
        )),
        Some(other) => method(other),
        None => method(name),
    }
}

macro_rules! quantiles {
    ($($name:ident $scale:ident $skips_nan:literal $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, q, axis=None, out=None, overwrite_input=Some(false), method="linear", keepdims=false, *,
                weights=None, interpolation=None),
                text_signature = "(a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False, *, weights=None, interpolation=None)")]
            fn $name<'py>(
                a: &Object<'py>,
                q: &Object<'py>,
                axis: Given<'_, 'py>,
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = optional_truth)] overwrite_input: Option<bool>,
                method: &str,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                weights: Option<Input<'py>>,
                interpolation: Option<&str>,
            ) -> PyResult<Object<'py>> {
                // leave to spoil the input is not needed: lines are sorted in memory of their own
                let _leave = overwrite_input;
                let (asked, method) = (quantiles(q, Scale::$scale)?, chosen(method, interpolation)?);
                let weights = weights.as_deref();
                let axis = convert::listed_axes(axis);
                let arguments = Arguments { axis: axis.as_ref(), out, keepdims, ..Default::default() };
                run_warned(stringify!($name), a, &arguments, |array, options| {
                    let options = QuantileOptions {
                        name: stringify!($name),
                        axes: options.axes,
                        method,
                        keepdims,
                        weights,
                        skips_nan: $skips_nan,
                    };
                    statistics::quantile(array, &asked, &options)
                })
            }
        )*

        pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

quantiles! {
    quantile Unit false "The element below which a share `q` of the elements lies.

Parameters
----------
a : array_like
q : float or array_like of float
    Between 0 and 1.
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
method : str, optional
    How to estimate quantiles that fall between elements: 'inverted_cdf', 'averaged_inverted_cdf',
    'closest_observation', 'interpolated_inverted_cdf', 'hazen', 'weibull', 'linear', 'median_unbiased',
    'normal_unbiased', 'lower', 'higher', 'midpoint' or 'nearest'.
keepdims : bool, optional
interpolation : str, optional
    MXNet's name of `method`.
weights : array_like, optional
    Weights of the elements, with the method 'inverted_cdf'.

Returns
-------
ndarray
    The axes of `q` come first. nan where an element is nan.

Raises
------
ValueError
    A share outside 0 to 1, an unknown method, or weights with another one than 'inverted_cdf'.
TypeError
    Complex elements.
IndexError
    There are no elements.

Examples
--------
>>> np.quantile(np.array([10, 7, 4, 3]), [0.5, 1])
array([ 5.5, 10. ])
>>> np.quantile(np.array([10, 7, 4, 3]), 0.5, method='lower')
array(4.)";
    percentile Percent false "The element below which `q` percent of the elements lie.

Parameters
----------
a : array_like
q : float or array_like of float
    Between 0 and 100.
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
method : str, optional
    One of those of `quantile`.
keepdims : bool, optional
interpolation : str, optional
    MXNet's name of `method`.
weights : array_like, optional
    Weights of the elements, with the method 'inverted_cdf'.

Returns
-------
ndarray
    The axes of `q` come first. nan where an element is nan.

Raises
------
ValueError
    A percentage outside 0 to 100, an unknown method, or weights with another one than 'inverted_cdf'.
TypeError
    Complex elements.
IndexError
    There are no elements.

Examples
--------
>>> np.percentile(np.array([[10, 7, 4], [3, 2, 1]]), 50, axis=0)
array([6.5, 4.5, 2.5])";
    nanquantile Unit true "`quantile` of the elements that are not nan.

Parameters
----------
a : array_like
q : float or array_like of float
    Between 0 and 1.
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
method : str, optional
    One of those of `quantile`.
keepdims : bool, optional
interpolation : str, optional
    MXNet's name of `method`.
weights : array_like, optional
    Weights of the elements, with the method 'inverted_cdf'.

Returns
-------
ndarray
    nan, with a warning, where all elements are nan.

Raises
------
ValueError
    A share outside 0 to 1, an unknown method, or weights with another one than 'inverted_cdf'.
TypeError
    Complex elements.

Examples
--------
>>> np.nanquantile(np.array([[10, np.nan, 4], [3, 2, 1]]), 0.5, axis=1)
array([7., 2.])";
    nanpercentile Percent true "`percentile` of the elements that are not nan.

Parameters
----------
a : array_like
q : float or array_like of float
    Between 0 and 100.
axis : None, int or tuple of ints, optional
out : ndarray, optional
overwrite_input : bool, optional
    Makes no difference: the input is never changed.
method : str, optional
    One of those of `quantile`.
keepdims : bool, optional
interpolation : str, optional
    MXNet's name of `method`.
weights : array_like, optional
    Weights of the elements, with the method 'inverted_cdf'.

Returns
-------
ndarray
    nan, with a warning, where all elements are nan.

Raises
------
ValueError
    A percentage outside 0 to 100, an unknown method, or weights with another one than 'inverted_cdf'.
TypeError
    Complex elements.

Examples
--------
>>> np.nanpercentile(np.array([[10, np.nan, 4], [3, 2, 1]]), 50, axis=1)
array([7., 2.])";
}
