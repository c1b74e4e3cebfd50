//! dtypes between Python and Rust: `numpy.dtype` objects outwards (cached), anything that NumPy takes as dtype inwards.
//! bfloat16 is the dtype of `ml_dtypes`, imported when it is first met.

use base::DType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

static OBJECTS: [PyOnceLock<Py<PyAny>>; 15] = [const { PyOnceLock::new() }; 15];

/// The `numpy.dtype` object of a dtype.
pub(crate) fn object<'py>(py: Python<'py>, dtype: DType) -> PyResult<&'py Bound<'py, PyAny>> {
    let made = OBJECTS[dtype as usize].get_or_try_init(py, || {
        let name: Bound<'py, PyAny> = match dtype {
            DType::BF16 => py.import("ml_dtypes")?.getattr("bfloat16")?,
            other => PyString::new(py, other.name()).into_any(),
        };
        py.import("numpy")?.getattr("dtype")?.call1((name,)).map(Bound::unbind)
    })?;
    Ok(made.bind(py))
}

/// What a user gave as `dtype=`; `None` stays `None`.
///
/// # Errors
/// TypeError: NumPy does not know it, or we do not have it.
pub(crate) fn parse_option(given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<DType>> {
    match given {
        Some(given) if !given.is_none() => parse(given).map(Some),
        _ => Ok(None),
    }
}

/// A dtype in any form that NumPy takes: a dtype object, a name, a type.
pub(crate) fn parse(given: &Bound<'_, PyAny>) -> PyResult<DType> {
    let py = given.py();
    for dtype in DType::ALL {
        if OBJECTS[dtype as usize].get(py).is_some_and(|known| known.is(given)) {
            return Ok(dtype);
        }
    }
    if let Ok(name) = given.cast::<PyString>()
        && let Some(dtype) = DType::from_name(&name.to_cow()?)
    {
        return Ok(dtype);
    }
    let dtype = py.import("numpy")?.getattr("dtype")?.call1((given,))?;
    from_numpy(&dtype)?.ok_or_else(|| unknown(&dtype))
}

fn unknown(dtype: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!(
        "dtype {dtype} is not supported; the dtypes are bool, int8 to int64, uint8 to uint64, float16, bfloat16, \
         float32, float64, complex64 and complex128"
    ))
}

/// The dtype of a `numpy.dtype` object in any byte order; `None` where we have no such dtype.
pub(crate) fn from_numpy(dtype: &Bound<'_, PyAny>) -> PyResult<Option<DType>> {
    let py = dtype.py();
    for known in DType::ALL {
        if OBJECTS[known as usize].get(py).is_some_and(|object| object.is(dtype)) {
            return Ok(Some(known));
        }
    }
    let kind: char = dtype.getattr("kind")?.extract()?;
    let size: usize = dtype.getattr("itemsize")?.extract()?;
    Ok(match (kind, size) {
        ('b', 1) => Some(DType::Bool),
        ('i', 1) => Some(DType::I8),
        ('i', 2) => Some(DType::I16),
        ('i', 4) => Some(DType::I32),
        ('i', 8) => Some(DType::I64),
        ('u', 1) => Some(DType::U8),
        ('u', 2) => Some(DType::U16),
        ('u', 4) => Some(DType::U32),
        ('u', 8) => Some(DType::U64),
        ('c', 8) => Some(DType::C64),
        ('c', 16) => Some(DType::C128),
        ('f', 4) => Some(DType::F32),
        ('f', 8) => Some(DType::F64),
        ('f' | 'V', 2) => match dtype.getattr("name")?.extract::<String>()?.as_str() {
            "float16" => Some(DType::F16),
            "bfloat16" => Some(DType::BF16),
            _ => None,
        },
        _ => None,
    })
}
