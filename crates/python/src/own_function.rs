//! Functions written in Python on the tape: `autograd.Function`, whose gradient is Python too, and `autograd.checkpoint`.
//! Knows nothing of variables and modes; those are `gradient`'s.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use base::shape;
use mxnet::array::Array;
use mxnet::array::checkpoint;
use mxnet::array::tape::{self, anomaly};
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::array::{NdArray, wrap};
use crate::convert;
use crate::error::Raised;
use crate::place::attached;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

thread_local! {
    /// The exception that a `backward` written in Python left with, until the walk that called it is over.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Walks back; an error that began as an exception of a function written in Python has it as its cause. What is no
/// `Exception`, such as KeyboardInterrupt, leaves as it is.
pub(crate) fn with_cause<T>(py: Python<'_>, walk: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    RAISED.take();
    let result = walk();
    match (result, RAISED.take()) {
        (Err(_), Some(cause)) if !cause.is_instance_of::<PyException>(py) => Err(cause),
        (Err(error), Some(cause)) => {
            error.set_cause(py, Some(cause));
            Err(error)
        }
        (result, _) => result,
    }
}

/// Puts the outputs of a function written in Python on the tape; `backward` gets their gradients and returns those of the
/// inputs.
#[pyfunction]
fn record_function(inputs: Vec<Py<NdArray>>, outputs: Vec<Py<NdArray>>, backward: Py<PyAny>) -> PyResult<()> {
    let sources: Vec<&Array> = inputs.iter().map(|input| input.get().array()).collect();
    let shapes: Vec<Vec<i64>> = sources.iter().map(|source| source.shape().to_vec()).collect();
    // cloned handles would take the links along, so the links are given to the handles that Python holds
    let results: Vec<Array> = outputs.iter().map(|output| output.get().array().detach()).collect();
    tape::record_function(&sources, &results, move |gradients| {
        attached(|py| {
            call_backward(py, &backward, gradients, &shapes).map_err(|error| {
                let text = error.to_string();
                RAISED.set(Some(error));
                base::Error::runtime(text)
            })
        })
    });
    for (output, result) in outputs.iter().zip(&results) {
        output.get().array().adopt_link(result);
    }
    anomaly::raise_found().raised()
}

/// Calls a Python function on arrays and records it as one operator that is run again by backward; `autograd.checkpoint`
/// puts the results together.
#[pyfunction]
fn record_checkpoint<'py>(
    py: Python<'py>,
    function: Py<PyAny>,
    inputs: Vec<Py<NdArray>>,
) -> PyResult<Vec<Ours<'py>>> {
    let arrays: Vec<Array> = inputs.iter().map(|input| input.get().array().clone()).collect();
    // the function's own exception leaves as it is
    let raised: Arc<Mutex<Option<PyErr>>> = Arc::new(Mutex::new(None));
    let place = raised.clone();
    let call = move |arguments: &[Array]| {
        attached(|py| call_on_arrays(py, &function, arguments)).map_err(|error| {
            let text = error.to_string();
            if let Ok(mut place) = place.lock() {
                *place = Some(error);
            }
            base::Error::runtime(text)
        })
    };
    match checkpoint::checkpoint(&arrays, call) {
        Ok(outputs) => outputs.into_iter().map(|output| wrap(py, output)).collect(),
        Err(error) => {
            let own = raised.lock().ok().and_then(|mut place| place.take());
            Err(own.unwrap_or_else(|| crate::error::raise(error)))
        }
    }
}

/// A function that takes arrays and returns a list of them.
fn call_on_arrays(py: Python<'_>, function: &Py<PyAny>, arguments: &[Array]) -> PyResult<Vec<Array>> {
    let arguments = arguments.iter().map(|one| wrap(py, one.clone())).collect::<PyResult<Vec<_>>>()?;
    let returned = function.bind(py).call1(PyTuple::new(py, arguments)?)?;
    returned.try_iter()?.map(|item| Ok(item?.cast_into::<NdArray>()?.get().array().clone())).collect()
}

/// Calls a Python function with gradients and reads the gradients that it returns.
fn call_backward(
    py: Python<'_>,
    backward: &Py<PyAny>,
    gradients: Vec<Array>,
    shapes: &[Vec<i64>],
) -> PyResult<Vec<Option<Array>>> {
    let arguments = gradients.into_iter().map(|gradient| wrap(py, gradient)).collect::<PyResult<Vec<_>>>()?;
    let returned = backward.bind(py).call1(PyTuple::new(py, arguments)?)?;
    let several = returned.is_instance_of::<PyTuple>() || returned.is_instance_of::<PyList>();
    let items: Vec<Object<'_>> =
        if several { returned.try_iter()?.collect::<PyResult<_>>()? } else { vec![returned] };
    if items.len() != shapes.len() {
        return Err(PyValueError::new_err(format!(
            "Function.backward must return one gradient per input: {} expected, {} returned",
            shapes.len(),
            items.len()
        )));
    }
    items.iter().zip(shapes).enumerate().map(|(place, (item, wanted))| read(item, place, wanted)).collect()
}

/// The gradient of one input, in the input's shape.
fn read(item: &Object<'_>, place: usize, wanted: &[i64]) -> PyResult<Option<Array>> {
    if item.is_none() {
        return Ok(None);
    }
    let gradient = convert::to_array(item)?;
    if gradient.shape() == wanted {
        return Ok(Some(gradient));
    }
    gradient.broadcast_to(wanted).map(Some).map_err(|_| {
        PyValueError::new_err(format!(
            "Function.backward returned a gradient of shape {} for input {place}, whose shape is {}",
            shape::text(gradient.shape()),
            shape::text(wanted)
        ))
    })
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(record_function, module)?)?;
    module.add_function(wrap_pyfunction!(record_checkpoint, module)?)
}
