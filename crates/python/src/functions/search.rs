//! Sorting, searching, running folds, sets and comparison of whole arrays, one file per family.

mod compare;
mod order;
mod rounding;
mod running;
mod sets;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    order::register(module)?;
    running::register(module)?;
    sets::register(module)?;
    compare::register(module)?;
    rounding::register(module)
}
