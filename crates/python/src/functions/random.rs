//! Functions of the random family (being written by its own author; bind nothing here from elsewhere).

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let _ = module;
    Ok(())
}
