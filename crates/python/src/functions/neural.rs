//! Functions of `npx` for neural networks, one file per family. Each reads its arguments and calls `array::neural`.

pub(crate) mod attention;
pub(crate) mod convolution;
pub(crate) mod ctc;
pub(crate) mod pooling;
pub(crate) mod recurrent;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    attention::register(module)?;
    convolution::register(module)?;
    ctc::register(module)?;
    pooling::register(module)?;
    recurrent::register(module)
}
