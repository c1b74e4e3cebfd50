//! Errors of the rooms below as Python exceptions: the one place that knows which class is which. Every class that
//! stands for an error of an operator is both NumPy's class and `MXNetError`, so that either `except` finds it.

use base::{Error, ErrorKind};
use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyTypeError, PyZeroDivisionError};
use pyo3::prelude::*;

use crate::place::attached;

/// `result.raised()?` leaves with the Python exception that an error stands for.
pub(crate) trait Raised<T> {
    fn raised(self) -> PyResult<T>;
}

impl<T> Raised<T> for base::Result<T> {
    #[inline]
    fn raised(self) -> PyResult<T> {
        self.map_err(raise)
    }
}

/// The exception of an error.
#[cold]
pub(crate) fn raise(error: Error) -> PyErr {
    let class = match error.kind {
        ErrorKind::Memory => return PyMemoryError::new_err(error.message),
        ErrorKind::Overflow => return PyOverflowError::new_err(error.message),
        ErrorKind::ZeroDivision => return PyZeroDivisionError::new_err(error.message),
        ErrorKind::Interrupted => return crate::interrupt::exception(),
        ErrorKind::Value => "MXNetValueError",
        ErrorKind::Type => "MXNetTypeError",
        ErrorKind::Index => "MXNetIndexError",
        ErrorKind::Axis => "MXNetAxisError",
        ErrorKind::LinearAlgebra => "MXNetLinAlgError",
        ErrorKind::NotImplemented => "MXNetNotImplementedError",
        ErrorKind::Runtime => "MXNetError",
    };
    attached(|py| {
        let made = py
            .import("mxnet.base")
            .and_then(|module| module.getattr(class))
            .and_then(|class| class.call1((error.message,)));
        match made {
            Ok(value) => PyErr::from_value(value),
            Err(failure) => failure,
        }
    })
}

/// A TypeError of Python's own about an argument, as the class that is MXNet's too; other exceptions as they are.
#[cold]
pub(crate) fn both_names(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.get_type(py).is(py.get_type::<PyTypeError>()) {
        return error;
    }
    raise(Error::type_(error.value(py).to_string()))
}
