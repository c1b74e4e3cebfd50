//! Questions about dtypes and memory: promotion, casting, sharing.

use base::promote;
use mxnet::array::{Argument, Array, elementwise};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Type, Value};
use crate::array::NdArray;
use crate::buffer::{address, shared_numpy};
use crate::{dtype, methods};

type Object<'py> = Bound<'py, PyAny>;

/// What an argument of `result_type` counts as.
enum Kind<'py> {
    Dtype(base::DType),
    Value(Value<'py>),
}

fn kind<'py>(given: &Object<'py>) -> PyResult<Kind<'py>> {
    let is_value = given.is_instance_of::<crate::array::NdArray>()
        || crate::number::number(given).is_some()
        || crate::foreign::is_numpy_array(given)
        || crate::foreign::is_numpy_scalar(given)
        || given.is_instance_of::<pyo3::types::PyList>();
    if is_value { given.extract().map(Kind::Value) } else { dtype::parse(given).map(Kind::Dtype) }
}

/// The dtype that arrays, dtypes and numbers have in common.
///
/// Parameters
/// ----------
/// *arrays_and_dtypes : array_like or dtype
///
/// Returns
/// -------
/// dtype
///
/// Examples
/// --------
/// >>> np.result_type('int8', 'uint8')
/// dtype('int16')
/// >>> np.result_type(np.array([1, 2]), 3)
/// dtype('float32')
#[pyfunction]
#[pyo3(signature = (*arrays_and_dtypes))]
fn result_type<'py>(py: Python<'py>, arrays_and_dtypes: &Bound<'py, PyTuple>) -> PyResult<Object<'py>> {
    let kinds = arrays_and_dtypes.iter().map(|given| kind(&given)).collect::<PyResult<Vec<_>>>()?;
    let mut known = Vec::new();
    let mut arguments = Vec::new();
    for kind in &kinds {
        match kind {
            Kind::Dtype(dtype) => known.push(*dtype),
            Kind::Value(value) => match value.argument(Some(base::DType::F64))? {
                Argument::Array(array) => known.push(array.dtype()),
                number => arguments.push(number),
            },
        }
    }
    let strong = promote::promote_all(known);
    if strong.is_none() && arguments.is_empty() {
        return Err(PyValueError::new_err("at least one array or dtype is required"));
    }
    let common = match strong {
        None => elementwise::common_dtype(&arguments),
        Some(dtype) => arguments.iter().fold(dtype, |dtype, argument| match argument {
            Argument::Scalar(weak, _) => promote::promote_weak(dtype, *weak),
            Argument::Array(_) => dtype,
        }),
    };
    dtype::object(py, common).cloned()
}

/// The dtype that two dtypes have in common.
///
/// Parameters
/// ----------
/// type1, type2 : dtype
///
/// Returns
/// -------
/// dtype
///
/// Raises
/// ------
/// TypeError
///     There is no such dtype.
///
/// Examples
/// --------
/// >>> np.promote_types('int64', 'float32')
/// dtype('float32')
#[pyfunction]
#[pyo3(signature = (type1, type2, /))]
fn promote_types<'py>(py: Python<'py>, type1: Type, type2: Type) -> PyResult<Object<'py>> {
    dtype::object(py, promote::promote(type1.0, type2.0)).cloned()
}

/// Whether a cast between dtypes is allowed by a rule.
///
/// Parameters
/// ----------
/// from_ : dtype or ndarray
/// to : dtype
/// casting : {'safe', 'same_kind', 'unsafe', 'no', 'equiv'}, optional
///
/// Returns
/// -------
/// bool
///
/// Raises
/// ------
/// ValueError
///     `casting` has another value.
/// TypeError
///     `from_` is a Python number.
///
/// Examples
/// --------
/// >>> np.can_cast('int32', 'int64')
/// True
#[pyfunction]
#[pyo3(signature = (from_, to, casting="safe"))]
fn can_cast(from_: &Object<'_>, to: Type, casting: &str) -> PyResult<bool> {
    let from = match kind(from_)? {
        Kind::Dtype(dtype) => dtype,
        Kind::Value(value) => value.to_array()?.dtype(),
    };
    Ok(promote::can_cast(from, to.0, methods::casting(casting)?))
}

/// Whether two arrays may share memory, by the bounds of what they show.
///
/// Parameters
/// ----------
/// a, b : array_like
/// max_work : int, optional
///     Without meaning here: the answer is exact and quick.
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> x = np.arange(10)
/// >>> np.may_share_memory(x[::2], x[1::2])
/// True
#[pyfunction]
#[pyo3(signature = (a, b, /, max_work=None), text_signature = "(a, b, /, max_work=0)")]
fn may_share_memory(py: Python<'_>, a: Input<'_>, b: Input<'_>, max_work: Option<i64>) -> PyResult<bool> {
    let _bounds_only = max_work;
    bounds_overlap(py, &a, &b)
}

/// Whether the memory between the first and the last element of two arrays overlaps. Arrays over the memory of another
/// library's are different buffers to the engine, so addresses decide.
fn bounds_overlap(py: Python<'_>, a: &Array, b: &Array) -> PyResult<bool> {
    let on_host = |array: &Array| array.device().backend.is_host();
    if a.may_share_memory(b) || !on_host(a) || !on_host(b) {
        return Ok(a.may_share_memory(b));
    }
    let bytes = |array: &Array| -> PyResult<Option<(i64, i64)>> {
        let Some((low, high)) = array.view().bounds() else { return Ok(None) };
        let (size, first) = (array.dtype().size() as i64, array.view().offset);
        let start = address(py, array, false)? as i64;
        Ok(Some((start + (low - first) * size, start + (high + 1 - first) * size)))
    };
    Ok(matches!((bytes(a)?, bytes(b)?), (Some((a, b)), Some((c, d))) if a < d && c < b))
}

/// Whether two arrays share an element.
///
/// Parameters
/// ----------
/// a, b : array_like
/// max_work : int, optional
///     Without meaning here: the answer is exact and quick.
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> x = np.arange(10)
/// >>> np.shares_memory(x[::2], x[1::2])
/// False
#[pyfunction]
#[pyo3(signature = (a, b, /, max_work=None), text_signature = "(a, b, /, max_work=-1)")]
fn shares_memory(py: Python<'_>, a: Input<'_>, b: Input<'_>, max_work: Option<i64>) -> PyResult<bool> {
    if !bounds_overlap(py, &a, &b)? {
        return Ok(false);
    }
    // a question of integers, which NumPy solves exactly
    let arguments = (shared_numpy(a.object())?, shared_numpy(b.object())?, max_work);
    py.import("numpy")?.getattr("shares_memory")?.call1(arguments)?.extract()
}

/// A read-only array over `bytes` of a dtype by its name; `None` where that takes more than an address.
#[pyfunction]
fn _of_bytes<'py>(
    buffer: &Bound<'py, pyo3::types::PyBytes>,
    dtype: &str,
) -> PyResult<Option<Bound<'py, NdArray>>> {
    let Some(dtype) = base::DType::from_name(dtype) else { return Ok(None) };
    let shown = crate::foreign::of_bytes(buffer, dtype, crate::device::current()?);
    shown.map(|shown| crate::array::wrap(buffer.py(), shown)).transpose()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_of_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(result_type, module)?)?;
    module.add_function(wrap_pyfunction!(promote_types, module)?)?;
    module.add_function(wrap_pyfunction!(can_cast, module)?)?;
    module.add_function(wrap_pyfunction!(may_share_memory, module)?)?;
    module.add_function(wrap_pyfunction!(shares_memory, module)?)
}
