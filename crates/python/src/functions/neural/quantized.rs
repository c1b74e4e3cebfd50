//! What the quantized layers, which are written in Python, need of the core: products of bytes, and the search for the
//! range of a histogram. Private names; people call the layers.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::Array;
use mxnet::array::neural::divergences;
use mxnet::array::products;
use pyo3::prelude::*;

use super::{Ours, run};
use crate::arguments::Input;
use crate::place::detached;

/// Matrices of bytes with sums of 32 bits.
#[pyfunction]
fn _matmul_bytes<'py>(a: Input<'py>, b: Input<'py>) -> PyResult<Ours<'py>> {
    let b: &Array = &b;
    run(&a, |a| products::matmul_bytes(a, b))
}

/// What cutting a histogram loses, for every reach from the middle.
#[pyfunction]
fn _divergences(py: Python<'_>, counts: Vec<f64>, kinds: usize) -> Vec<f64> {
    detached(py, || divergences(&counts, kinds))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_matmul_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(_divergences, module)?)
}
