//! Statistics: reductions that skip nan, medians and quantiles, covariance, histograms, one file per family. What they share:
//! the way a warning of the core reaches Python.

mod covariance;
mod histograms;
mod quantiles;
mod skipping;

use std::ffi::CString;

use mxnet::array::statistics::Warned;
use mxnet::array::{Array, Result, reduce};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

use crate::reductions::{Arguments, ours, run};

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    skipping::register(module)?;
    quantiles::register(module)?;
    covariance::register(module)?;
    histograms::register(module)
}

/// A `RuntimeWarning` at the caller's line.
fn warn(py: Python<'_>, warning: Option<&'static str>) -> PyResult<()> {
    match warning {
        Some(text) => PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &CString::new(text)?, 1),
        None => Ok(()),
    }
}

/// [`run`] for work that may warn.
fn run_warned<'py>(
    name: &str,
    a: &Bound<'py, PyAny>,
    arguments: &Arguments<'_, 'py>,
    work: impl FnOnce(&Array, &reduce::Options) -> Result<Warned> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let mut warning = None;
    let result = run(name, &ours(a)?, arguments, |array, options| {
        let warned = work(array, options)?;
        warning = warned.warning;
        Ok(warned.array)
    })?;
    warn(a.py(), warning)?;
    Ok(result)
}
