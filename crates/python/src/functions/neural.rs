//! Functions of `npx` for neural networks, one file per family. Each reads its arguments and calls `array::neural`.

pub(crate) mod convolution;
pub(crate) mod pooling;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    convolution::register(module)?;
    pooling::register(module)
}
