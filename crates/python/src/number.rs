//! Python numbers: recognised quickly, and turned into scalars and back. NumPy's scalars are not Python numbers here:
//! they have a dtype of their own, even where their class inherits from `float`.

use base::promote::Weak;
use base::{DType, Scalar};
use num_complex::Complex64;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt};

/// A Python number as an operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Small(Weak, Scalar),
    /// An integer beyond 64 bits, as the double nearest to it.
    Huge(f64),
}

impl Number {
    /// As an operand beside arrays of `dtype`.
    ///
    /// # Errors
    /// OverflowError: an integer beyond 64 bits beside integers, or beyond all doubles.
    pub fn beside(self, dtype: Option<DType>) -> PyResult<(Weak, Scalar)> {
        match self {
            Number::Small(weak, value) => Ok((weak, value)),
            Number::Huge(value) if value.is_infinite() => {
                Err(PyOverflowError::new_err("int too large to convert to float"))
            }
            Number::Huge(value) if dtype.is_some_and(DType::is_inexact) => {
                Ok((Weak::Float, Scalar::F64(value)))
            }
            Number::Huge(value) => Err(PyOverflowError::new_err(format!(
                "Python integer of about {value:e} does not fit into 64 bits; write it as a float"
            ))),
        }
    }
}

/// The number of a Python bool, int, float or complex; `None` for everything else.
#[inline]
pub(crate) fn number(object: &Bound<'_, PyAny>) -> Option<Number> {
    if let Ok(value) = object.cast_exact::<PyFloat>() {
        return Some(Number::Small(Weak::Float, Scalar::F64(value.value())));
    }
    if object.cast_exact::<PyInt>().is_ok() {
        return integer(object);
    }
    number_of_rarer_type(object)
}

#[inline]
fn integer(object: &Bound<'_, PyAny>) -> Option<Number> {
    if let Ok(value) = object.extract::<i64>() {
        return Some(Number::Small(Weak::Integer, Scalar::I64(value)));
    }
    if let Ok(value) = object.extract::<u64>() {
        return Some(Number::Small(Weak::Integer, Scalar::U64(value)));
    }
    let sign = if object.lt(0).ok()? { f64::NEG_INFINITY } else { f64::INFINITY };
    Some(Number::Huge(object.extract::<f64>().unwrap_or(sign)))
}

fn number_of_rarer_type(object: &Bound<'_, PyAny>) -> Option<Number> {
    if let Ok(value) = object.cast::<PyBool>() {
        return Some(Number::Small(Weak::Bool, Scalar::Bool(value.is_true())));
    }
    if let Ok(value) = object.cast_exact::<PyComplex>() {
        return Some(complex(value));
    }
    // subclasses such as IntEnum; numpy.float64 inherits from float, but has a dtype
    if object.is_instance_of::<PyInt>() {
        return integer(object);
    }
    if crate::foreign::is_numpy_scalar(object) {
        return None;
    }
    if let Ok(value) = object.cast::<PyFloat>() {
        return Some(Number::Small(Weak::Float, Scalar::F64(value.value())));
    }
    object.cast::<PyComplex>().ok().map(complex)
}

fn complex(value: &Bound<'_, PyComplex>) -> Number {
    Number::Small(Weak::Complex, Scalar::C128(Complex64::new(value.real(), value.imag())))
}

/// The Python number of one element.
pub(crate) fn to_python(py: Python<'_>, value: Scalar) -> PyResult<Bound<'_, PyAny>> {
    Ok(match value {
        Scalar::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        Scalar::U64(value) => value.into_pyobject(py)?.into_any(),
        Scalar::C64(_) | Scalar::C128(_) => {
            let value = value.as_complex();
            PyComplex::from_doubles(py, value.re, value.im).into_any()
        }
        other => match other.as_integer() {
            Some(value) => (value as i64).into_pyobject(py)?.into_any(),
            None => PyFloat::new(py, other.as_f64()).into_any(),
        },
    })
}

/// A Python integer as an element of `dtype`.
///
/// # Errors
/// OverflowError: it does not fit.
pub(crate) fn fit(value: Scalar, dtype: DType) -> PyResult<Scalar> {
    if let (Some(number), Some((low, high))) = (value.as_integer(), dtype.integer_range())
        && !dtype.is_bool()
        && !(low <= number && number <= high)
    {
        return Err(PyOverflowError::new_err(format!("Python integer {number} out of bounds for {dtype}")));
    }
    Ok(value.cast(dtype))
}
