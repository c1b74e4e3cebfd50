//! `npx`: operators of neural networks, one file per family. Each reads its arguments and calls `array::neural`.

mod activation;
mod attention;
mod band;
mod boxes;
mod convolution;
mod ctc;
mod deformable;
mod dense;
mod legacy;
mod loss;
mod multibox;
mod normalize;
mod picking;
mod pooling;
mod quantized;
mod recurrent;
mod sequence;
mod shape;
mod softmax;

use mxnet::array::Array;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::Input;
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Runs work on a large array without the interpreter, and wraps its result.
fn run<'py>(x: &Input<'py>, work: impl FnOnce(&Array) -> base::Result<Array> + Send) -> PyResult<Ours<'py>> {
    let (py, array): (Python<'py>, &Array) = (x.object().py(), x);
    wrap(py, compute(py, array.size(), || work(array))?)
}

/// An argument whose default only says that its name may be left out in front of others.
fn needed<'a, 'py>(name: &str, argument: &str, given: &'a Option<Input<'py>>) -> PyResult<&'a Input<'py>> {
    given.as_ref().ok_or_else(|| PyTypeError::new_err(format!("{name}: the argument {argument} is missing")))
}

/// The array that an optional argument holds.
fn array_of<'a>(given: &'a Option<Input<'_>>) -> Option<&'a Array> {
    given.as_ref().map(|given| &**given)
}

/// MXNet names nodes of a graph with `name=`, which means nothing here; other keywords are mistakes.
fn check_keywords(function: &str, given: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
    let Some(given) = given else { return Ok(()) };
    for key in given.keys() {
        let key: String = key.extract()?;
        if !["name", "cudnn_off"].contains(&key.as_str()) {
            return Err(PyTypeError::new_err(format!(
                "{function}() got an unexpected keyword argument '{key}'"
            )));
        }
    }
    Ok(())
}

/// What a name stands for, or an error that lists the names.
fn named<T>(
    function: &str,
    argument: &str,
    name: &str,
    names: &str,
    read: impl Fn(&str) -> Option<T>,
) -> PyResult<T> {
    read(name)
        .ok_or_else(|| PyValueError::new_err(format!("{function}: {argument} must be {names}, got '{name}'")))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    activation::register(module)?;
    softmax::register(module)?;
    loss::register(module)?;
    normalize::register(module)?;
    dense::register(module)?;
    picking::register(module)?;
    sequence::register(module)?;
    shape::register(module)?;
    legacy::register(module)?;
    attention::register(module)?;
    band::register(module)?;
    boxes::register(module)?;
    multibox::register(module)?;
    deformable::register(module)?;
    convolution::register(module)?;
    ctc::register(module)?;
    pooling::register(module)?;
    quantized::register(module)?;
    recurrent::register(module)
}
