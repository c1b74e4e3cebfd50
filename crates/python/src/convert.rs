//! Python objects as arrays and operands: our arrays, numbers, sequences, NumPy's arrays and scalars, anything that
//! NumPy can read. Called by every function that takes an `array_like`.

use base::promote::{self, Weak};
use base::{DType, Error, Kind, Op, Scalar};
use mxnet::array::{Argument, Array, DeviceRef};
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::array::NdArray;
use crate::error::{self, Raised};
use crate::number::{self, Number};
use crate::sequence::{self, Integers};
use crate::{device, foreign};

/// An argument of an operator.
pub(crate) enum Operand<'a, 'py> {
    Ours(&'a Bound<'py, NdArray>),
    Made(Box<Array>),
    Number(Number),
}

impl<'a, 'py> Operand<'a, 'py> {
    /// What the object is as an operand; `None` where it is nothing that arrays can be combined with.
    #[inline]
    pub fn of(object: &'a Bound<'py, PyAny>) -> PyResult<Option<Operand<'a, 'py>>> {
        if let Ok(array) = object.cast_exact::<NdArray>() {
            return Ok(Some(Operand::Ours(array)));
        }
        if let Some(number) = number::number(object) {
            return Ok(Some(Operand::Number(number)));
        }
        Operand::of_rarer(object)
    }

    /// The operand of one of Python's operators: `None` also where the object's own class answers, such as a series of
    /// pandas.
    #[inline]
    pub fn of_operator(object: &'a Bound<'py, PyAny>) -> PyResult<Option<Operand<'a, 'py>>> {
        if let Ok(array) = object.cast_exact::<NdArray>() {
            return Ok(Some(Operand::Ours(array)));
        }
        if let Some(number) = number::number(object) {
            return Ok(Some(Operand::Number(number)));
        }
        if foreign::answers_operators(object) { Ok(None) } else { Operand::of_rarer(object) }
    }

    fn of_rarer(object: &'a Bound<'py, PyAny>) -> PyResult<Option<Operand<'a, 'py>>> {
        if let Ok(array) = object.cast::<NdArray>() {
            return Ok(Some(Operand::Ours(array)));
        }
        let device = device::current()?;
        if foreign::is_numpy_array(object) || foreign::is_numpy_scalar(object) {
            return foreign::adopt(object, device).map(|array| Some(Operand::Made(Box::new(array))));
        }
        if sequence::is_sequence(object) {
            let array = sequence::array(object, None, Integers::Default, device)?;
            return Ok(Some(Operand::Made(Box::new(array))));
        }
        if foreign::is_array_like(object) {
            return foreign::adopt(object, device).map(|array| Some(Operand::Made(Box::new(array))));
        }
        Ok(None)
    }

    pub fn array(&self) -> Option<&Array> {
        match self {
            Operand::Ours(array) => Some(array.get().array()),
            Operand::Made(array) => Some(array),
            Operand::Number(_) => None,
        }
    }

    /// As the argument of an operator whose other arguments have `dtype`.
    #[inline]
    pub fn argument(&self, dtype: Option<DType>) -> PyResult<Argument<'_>> {
        Ok(match self {
            Operand::Ours(array) => Argument::Array(array.get().array()),
            Operand::Made(array) => Argument::Array(array),
            Operand::Number(number) => {
                let (weak, value) = number.beside(dtype)?;
                Argument::Scalar(weak, value)
            }
        })
    }

    /// As the argument of `op`. Integers beyond 64 bits compare with all others, as if they were infinite.
    #[inline]
    pub fn argument_of(&self, op: &Op, dtype: Option<DType>) -> PyResult<Argument<'_>> {
        match self {
            Operand::Number(Number::Huge(value))
                if op.kind == Kind::Compare2 && dtype.is_some_and(DType::is_integer) =>
            {
                Ok(Argument::Scalar(Weak::Float, Scalar::F64(f64::INFINITY.copysign(*value))))
            }
            _ => self.argument(dtype),
        }
    }
}

/// The array that an object is, or can be made into; shares memory where it can.
pub(crate) fn to_array(object: &Bound<'_, PyAny>) -> PyResult<Array> {
    if let Ok(array) = object.cast::<NdArray>() {
        return Ok(array.get().array().clone());
    }
    make(object, None, Integers::Default, device::current()?)
}

/// [`to_array`], where Python integers become int64: shapes, indices, counts.
pub(crate) fn to_index_array(object: &Bound<'_, PyAny>) -> PyResult<Array> {
    if let Ok(array) = object.cast::<NdArray>() {
        return Ok(array.get().array().clone());
    }
    make(object, None, Integers::Int64, device::current()?)
}

/// An array of what is not ours yet.
pub(crate) fn make(
    object: &Bound<'_, PyAny>,
    dtype: Option<DType>,
    integers: Integers,
    device: DeviceRef,
) -> PyResult<Array> {
    if let Ok(array) = object.cast::<NdArray>() {
        let array = array.get().array().to_device(device).raised()?;
        return cast(array, dtype);
    }
    if let Some(number) = number::number(object) {
        return from_number(object.py(), number, dtype, integers, device);
    }
    if object.is_exact_instance_of::<PyList>() || object.is_exact_instance_of::<PyTuple>() {
        return sequence::array(object, dtype, integers, device);
    }
    if foreign::is_numpy_array(object) || foreign::is_numpy_scalar(object) {
        return cast(foreign::adopt(object, device)?, dtype);
    }
    if sequence::is_sequence(object) && !foreign::is_array_like(object) {
        return sequence::array(object, dtype, integers, device);
    }
    if foreign::is_array_like(object) {
        return cast(foreign::adopt(object, device)?, dtype);
    }
    match scalar_like(object, dtype.is_some())? {
        Some((weak, value)) => from_number(object.py(), Number::Small(weak, value), dtype, integers, device),
        None => Err(sequence::not_a_number(object)),
    }
}

fn cast(array: Array, dtype: Option<DType>) -> PyResult<Array> {
    match dtype {
        Some(dtype) => array.astype_if(dtype).raised(),
        None => Ok(array),
    }
}

fn from_number(
    py: Python<'_>,
    number: Number,
    dtype: Option<DType>,
    integers: Integers,
    device: DeviceRef,
) -> PyResult<Array> {
    let (weak, value) = match (number, dtype) {
        (Number::Huge(_), Some(DType::Bool)) => (Weak::Bool, Scalar::Bool(true)),
        _ => number.beside(dtype.or(Some(DType::F32)))?,
    };
    let chosen = dtype.unwrap_or_else(|| match (weak, value) {
        (Weak::Integer, _) if integers == Integers::Int64 => DType::I64,
        (Weak::Integer, Scalar::U64(_)) if promote::numpy_dtypes() => DType::U64,
        _ => promote::weak_default(weak),
    });
    let element = if weak == Weak::Integer { number::fit(value, chosen)? } else { real_into(value, chosen)? };
    if dtype.is_none() && weak == Weak::Integer && sequence::loses(value, chosen) {
        sequence::warn_inexact(py, value, chosen)?;
    }
    scalar_array(element, device)
}

/// An array without axes. Its bytes are copied, which is quicker than a program that fills one element.
pub(crate) fn scalar_array(value: Scalar, device: DeviceRef) -> PyResult<Array> {
    let dtype = value.dtype();
    Array::from_bytes(&value.to_bytes()[..dtype.size()], &[], dtype, device).raised()
}

/// A float or complex number as an element of `dtype`; complex numbers do not become real ones.
pub(crate) fn real_into(value: Scalar, dtype: DType) -> PyResult<Scalar> {
    if value.dtype().is_complex() && !dtype.is_complex() && !dtype.is_bool() {
        return Err(PyTypeError::new_err(format!(
            "a complex number cannot become an element of dtype {dtype}; take its .real"
        )));
    }
    if dtype.is_integer() && !value.as_f64().is_finite() {
        return Err(match value.as_f64().is_nan() {
            true => PyValueError::new_err("cannot convert float NaN to integer"),
            false => PyOverflowError::new_err("cannot convert float infinity to integer"),
        });
    }
    Ok(value.cast(dtype))
}

/// An object that can say which integer it is (or, for an explicit dtype, which float; text is read as one).
pub(crate) fn scalar_like(object: &Bound<'_, PyAny>, explicit: bool) -> PyResult<Option<(Weak, Scalar)>> {
    if object.hasattr("__index__")? {
        let integer = object.call_method0("__index__")?;
        return match number::number(&integer) {
            Some(number) => number.beside(None).map(Some),
            None => Ok(None),
        };
    }
    if explicit && (object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>()) {
        return text_number(object).map(Some);
    }
    if explicit && object.hasattr("__float__")? {
        return Ok(Some((Weak::Float, Scalar::F64(object.extract()?))));
    }
    Ok(None)
}

/// The number that a text spells, as `float()` reads it; whole ones keep all their digits.
fn text_number(text: &Bound<'_, PyAny>) -> PyResult<(Weak, Scalar)> {
    let py = text.py();
    let float: f64 = py.get_type::<PyFloat>().call1((text,))?.extract()?;
    let whole = py.get_type::<PyInt>().call1((text,)).and_then(|whole| whole.extract::<i64>());
    Ok(whole.map_or((Weak::Float, Scalar::F64(float)), |whole| (Weak::Integer, Scalar::I64(whole))))
}

/// One number for places that take a single value (`fill_value`, `initial`), as an element of `dtype`.
pub(crate) fn to_scalar(object: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Scalar> {
    match number::number(object) {
        Some(Number::Small(Weak::Integer, value)) => number::fit(value, dtype),
        Some(number) => real_into(number.beside(Some(dtype))?.1, dtype),
        None => {
            let array = match object.cast::<NdArray>() {
                Ok(array) => array.get().array().clone(),
                Err(_) => make(object, Some(dtype), Integers::Default, device::current()?)?,
            };
            if array.size() != 1 {
                return Err(PyValueError::new_err("setting an array element with a sequence."));
            }
            Ok(array.item().raised()?.cast(dtype))
        }
    }
}

/// A Python integer, or anything with `__index__`.
pub(crate) fn to_integer(object: &Bound<'_, PyAny>) -> PyResult<i64> {
    if object.is_exact_instance_of::<PyInt>() {
        return object.extract();
    }
    if let Ok(array) = object.cast::<NdArray>() {
        // MXNet's integers are float32 arrays unless told otherwise: whole numbers count
        let value = array.get().array().item().raised()?;
        let number = value.as_f64();
        if value.as_integer().is_none() && (number.fract() != 0.0 || value.dtype().is_complex()) {
            return Err(error::raise(Error::type_(format!("an integer is wanted, not {number}"))));
        }
        return Ok(value.as_integer().map_or(number as i64, |integer| integer as i64));
    }
    object.extract().map_err(|error| error::both_names(object.py(), error))
}

/// One integer or several: shapes, axes, sections.
pub(crate) fn to_integers(object: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        return tuple.iter_borrowed().map(|item| to_integer(&item)).collect();
    }
    if object.is_exact_instance_of::<PyInt>() {
        return Ok(vec![object.extract()?]);
    }
    if let Ok(array) = object.cast::<NdArray>()
        && array.get().array().ndim() == 0
    {
        return Ok(vec![to_integer(object)?]);
    }
    if object.hasattr("__index__")? && !object.is_instance_of::<NdArray>() {
        return Ok(vec![object.extract()?]);
    }
    match object.try_iter() {
        Ok(items) => items.map(|item| to_integer(&item?)).collect(),
        Err(_) => to_integer(object).map(|integer| vec![integer]),
    }
}

/// Several axes as a tuple, for the functions where NumPy lets a list name them too.
pub(crate) fn listed_axes<'py>(axis: Option<&Bound<'py, PyAny>>) -> Option<Bound<'py, PyAny>> {
    let axis = axis?;
    Some(match axis.cast::<PyList>() {
        Ok(list) => list.to_tuple().into_any(),
        Err(_) => axis.clone(),
    })
}

/// `axis=None`, an integer, or a tuple of them.
pub(crate) fn to_axes(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<i64>>> {
    match object {
        Some(object) if object.is_instance_of::<PyList>() => {
            // as NumPy: several axes are a tuple
            Err(PyTypeError::new_err(
                "'list' object cannot be interpreted as an integer; name several axes in a tuple",
            ))
        }
        Some(object) if object.is_instance_of::<PyBool>() => {
            Err(PyTypeError::new_err("an integer is required for the axis"))
        }
        Some(object) if !object.is_none() => to_integers(object).map(Some),
        _ => Ok(None),
    }
}
