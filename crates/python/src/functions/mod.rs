//! Functions of `np` and `npx` that are no ufuncs, one file per family. Each reads its arguments and calls `array`.

pub(crate) mod create;
pub(crate) mod engine;
pub(crate) mod range;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    create::register(module)?;
    range::register(module)
}
