//! NumPy's functions on our arrays: `numpy.exp(x)`, `numpy.concatenate([x, y])` and mixed operators come back to the
//! functions of the same name here. What has no counterpart is refused with the way to NumPy.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::array::NdArray;

type Object<'py> = Bound<'py, PyAny>;

#[pymethods]
impl NdArray {
    /// NumPy's ufuncs called with one of our arrays: the ufunc of that name here answers.
    #[pyo3(signature = (ufunc, method, *inputs, **kwargs))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Object<'py>,
        method: &str,
        inputs: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        let name: String = ufunc.getattr("__name__")?.extract()?;
        let module = slf.py().import("mxnet.numpy")?;
        let Ok(own) = module.getattr(name.as_str()) else {
            return Err(without_counterpart(&name));
        };
        let target_is_theirs = kwargs
            .and_then(|kwargs| kwargs.get_item("out").ok().flatten())
            .is_some_and(|out| !holds_ours(&out));
        if target_is_theirs {
            return into_numpy(slf.py(), ufunc, method, inputs, kwargs);
        }
        let called = if method == "__call__" { own } else { own.getattr(method)? };
        called.call(inputs, kwargs)
    }

    /// NumPy's other functions called with one of our arrays: the function of that name here answers.
    fn __array_function__<'py>(
        &self,
        func: &Object<'py>,
        _types: &Object<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: &Bound<'py, PyDict>,
    ) -> PyResult<Object<'py>> {
        let py = func.py();
        let name: String = func.getattr("__name__")?.extract()?;
        let home: String = func.getattr("__module__")?.extract().unwrap_or_default();
        let space = home.strip_prefix("numpy").filter(|rest| matches!(*rest, ".linalg" | ".fft" | ".random"));
        let module = py.import(format!("mxnet.numpy{}", space.unwrap_or_default()))?;
        match module.getattr(name.as_str()) {
            Ok(own) if !own.is(func) => own.call(args, Some(kwargs)),
            _ => Err(without_counterpart(&name)),
        }
    }
}

fn without_counterpart(name: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "numpy.{name} has no counterpart for mxnet arrays; call it with x.asnumpy() to compute it by NumPy"
    ))
}

fn holds_ours(out: &Object<'_>) -> bool {
    match out.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter_borrowed().any(|item| item.is_instance_of::<NdArray>()),
        Err(_) => out.is_instance_of::<NdArray>(),
    }
}

/// A ufunc whose `out` is NumPy's runs in NumPy, on views of our memory.
fn into_numpy<'py>(
    py: Python<'py>,
    ufunc: &Object<'py>,
    method: &str,
    inputs: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Object<'py>> {
    let shared = inputs
        .iter_borrowed()
        .map(|input| match input.cast::<NdArray>() {
            Ok(array) => crate::buffer::shared_numpy(&array),
            Err(_) => Ok(input.to_owned()),
        })
        .collect::<PyResult<Vec<_>>>()?;
    ufunc.getattr(method)?.call(PyTuple::new(py, shared)?, kwargs)
}
