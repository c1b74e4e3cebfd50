//! NumPy's functions on our arrays: `numpy.exp(x)`, `numpy.concatenate([x, y])` and mixed operators come back to the
//! functions of the same name here. What has no counterpart is refused with the way to NumPy. And the other way round:
//! our ufuncs called with objects of classes that answer ufuncs by themselves, such as a series of pandas.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::array::NdArray;
use crate::foreign;

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
        let py = slf.py();
        let out = kwargs.map(|kwargs| kwargs.get_item("out")).transpose()?.flatten();
        if let Some(answer) = answer_of_another(ufunc, method, inputs, None, kwargs)? {
            return Ok(answer);
        }
        let own = own_ufunc(ufunc)?;
        if out.is_some_and(|out| !holds_ours(&out)) {
            let arguments = (own, method, inputs, kwargs);
            return py.import("mxnet.numpy._overrides")?.call_method1("into_theirs", arguments);
        }
        let called = if method == "__call__" { own } else { method_of(own, ufunc, method)? };
        called.call(inputs, kwargs)
    }

    /// NumPy's other functions called with one of our arrays: the function of that name here answers.
    fn __array_function__<'py>(
        &self,
        func: &Object<'py>,
        types: &Object<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: &Bound<'py, PyDict>,
    ) -> PyResult<Object<'py>> {
        let py = func.py();
        for class in types.try_iter()? {
            if !is_known(&class?) {
                return Ok(py.NotImplemented().into_bound(py));
            }
        }
        let own = py.import("mxnet.numpy._overrides")?.call_method1("counterpart", (func,))?;
        if own.is_none() {
            let name: String = func.getattr("__name__")?.extract()?;
            let home: String = func.getattr("__module__")?.extract().unwrap_or_default();
            return Err(without_counterpart(&format!("{home}.{name}")));
        }
        let out = kwargs.get_item("out")?;
        if out.is_some_and(|out| foreign::is_numpy_array(&out)) {
            let arguments = (own, "__call__", args, kwargs);
            return py.import("mxnet.numpy._overrides")?.call_method1("into_theirs", arguments);
        }
        own.call(args, Some(kwargs))
    }
}

/// Our arrays, and NumPy's with their subclasses.
fn is_known(class: &Object<'_>) -> bool {
    let py = class.py();
    let Ok(class) = class.cast::<pyo3::types::PyType>() else { return false };
    let numpys = py.import("numpy").and_then(|numpy| numpy.getattr("ndarray"));
    class.is_subclass_of::<NdArray>().unwrap_or(false)
        || numpys.is_ok_and(|numpys| class.is_subclass(&numpys).unwrap_or(false))
}

/// Our counterpart of a ufunc of NumPy or of SciPy: same name, and not only by chance.
fn own_ufunc<'py>(ufunc: &Object<'py>) -> PyResult<Object<'py>> {
    let py = ufunc.py();
    let name: String = ufunc.getattr("__name__")?.extract()?;
    let loaded = py.import("sys")?.getattr("modules")?;
    for (home, ours) in [("numpy", "mxnet.numpy"), ("scipy.special", "mxnet.numpy_extension")] {
        let Ok(module) = loaded.get_item(home) else { continue };
        if module.getattr(name.as_str()).is_ok_and(|found| found.is(ufunc)) {
            let own = py.import(ours)?.getattr(name.as_str());
            return own.map_err(|_| without_counterpart(&format!("{home}.{name}")));
        }
    }
    Err(without_counterpart(&format!("the ufunc '{name}'")))
}

fn method_of<'py>(own: Object<'py>, ufunc: &Object<'py>, method: &str) -> PyResult<Object<'py>> {
    own.getattr(method).map_err(|_| {
        let name = ufunc.getattr("__name__").map(|name| name.to_string()).unwrap_or_default();
        without_counterpart(&format!("numpy.{name}.{method}"))
    })
}

fn without_counterpart(name: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "{name} has no counterpart for mxnet arrays; call it with x.asnumpy() to compute it by NumPy"
    ))
}

fn holds_ours(out: &Object<'_>) -> bool {
    match out.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter_borrowed().any(|item| item.is_instance_of::<NdArray>()),
        Err(_) => out.is_instance_of::<NdArray>(),
    }
}

/// What the class of an operand answers that has rules of its own for ufuncs; none where there is no such operand, or
/// where it leaves the work to us.
///
/// # Errors
/// TypeError: an operand wants no ufuncs (`__array_ufunc__ = None`).
#[inline]
pub(crate) fn answer_of_another<'py>(
    ufunc: &Object<'py>,
    method: &str,
    inputs: &Bound<'py, PyTuple>,
    out: Option<&Object<'py>>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Object<'py>>> {
    match inputs.iter_borrowed().position(|input| foreign::answers_ufuncs(&input)) {
        None => Ok(None),
        Some(first) => ask_others(ufunc, method, inputs, first, out, kwargs),
    }
}

fn ask_others<'py>(
    ufunc: &Object<'py>,
    method: &str,
    inputs: &Bound<'py, PyTuple>,
    first: usize,
    out: Option<&Object<'py>>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Object<'py>>> {
    let py = ufunc.py();
    let keywords = match kwargs {
        Some(given) => given.copy()?,
        None => PyDict::new(py),
    };
    if let Some(out) = out.filter(|out| !out.is_none()) {
        keywords.set_item("out", (out,))?;
    }
    for input in inputs.iter().skip(first).filter(foreign::answers_ufuncs) {
        let class = input.get_type();
        let handler = class.getattr("__array_ufunc__")?;
        if handler.is_none() {
            let (name, class) = (ufunc.getattr("__name__")?, class.name()?);
            return Err(PyTypeError::new_err(format!("operand '{class}' does not support ufuncs ({name})")));
        }
        let mut arguments = vec![input.clone(), ufunc.clone(), method.into_pyobject(py)?.into_any()];
        arguments.extend(inputs.iter());
        let answer = handler.call(PyTuple::new(py, arguments)?, Some(&keywords))?;
        if !answer.is(py.NotImplemented()) {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}
