//! Functions of `np` and `npx` that are no ufuncs, one file per family. Each reads its arguments and calls `array`.

pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod engine;
pub(crate) mod fft;
pub(crate) mod grid;
pub(crate) mod join;
pub(crate) mod like;
pub(crate) mod linalg;
pub(crate) mod neural;
pub(crate) mod pad;
pub(crate) mod products;
pub(crate) mod put;
pub(crate) mod random;
pub(crate) mod range;
pub(crate) mod search;
pub(crate) mod select;
pub(crate) mod shape;
pub(crate) mod split;
pub(crate) mod statistics;
pub(crate) mod types;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    create::register(module)?;
    like::register(module)?;
    grid::register(module)?;
    split::register(module)?;
    edit::register(module)?;
    put::register(module)?;
    range::register(module)?;
    shape::register(module)?;
    join::register(module)?;
    pad::register(module)?;
    select::register(module)?;
    types::register(module)?;
    products::register(module)?;
    search::register(module)?;
    statistics::register(module)?;
    // the package has a file of this name, which takes the functions from here
    let random = PyModule::new(module.py(), "mxnet.numpy.random")?;
    random::register(&random)?;
    module.add("_random", random)?;
    let linalg = PyModule::new(module.py(), "mxnet.numpy.linalg")?;
    linalg::register(&linalg)?;
    module.add("_linalg", linalg)?;
    let fft = PyModule::new(module.py(), "mxnet.numpy.fft")?;
    fft::register(&fft)?;
    module.add("_fft", fft)
}
