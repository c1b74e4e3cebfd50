//! Floor 6: `mxnet._core`, the extension module. Arguments in, arrays and exceptions out; no mathematics. The package
//! `python/mxnet` holds the namespaces that users see.

mod arguments;
mod array;
mod attributes;
mod buffer;
mod convert;
mod device;
mod dlpack;
mod dtype;
mod elements;
mod error;
mod files;
mod flags;
mod flat;
mod floating;
mod foreign;
mod forwards;
mod functions;
mod gradient;
mod in_place;
mod index;
mod interop;
mod interrupt;
mod legacy;
mod methods;
mod number;
mod operators;
mod own_function;
mod place;
mod protocols;
mod reductions;
mod sequence;
mod statistics;
mod successors;
mod text;
mod ufunc;
mod ufunc_methods;
mod ufunc_text;

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    mxnet::init();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<array::NdArray>()?;
    module.add_class::<flags::Flags>()?;
    module.add_class::<flat::FlatIterator>()?;
    device::register(module)?;
    ufunc::register(module)?;
    buffer::register(module)?;
    files::register(module)?;
    legacy::register(module)?;
    gradient::register(module)?;
    own_function::register(module)?;
    functions::engine::register(module)?;
    floating::register(module)?;
    // Functions of `mxnet.numpy` know that module as theirs, so that they can be pickled by name.
    let numpy = PyModule::new(module.py(), "mxnet.numpy")?;
    reductions::register(&numpy)?;
    statistics::register(&numpy)?;
    text::register(&numpy)?;
    dlpack::register(&numpy)?;
    functions::register(&numpy)?;
    module.add("numpy", numpy)?;
    let extension = PyModule::new(module.py(), "mxnet.numpy_extension")?;
    functions::neural::register(&extension)?;
    module.add("numpy_extension", extension)?;
    let random = PyModule::new(module.py(), "mxnet.numpy.random")?;
    functions::random::register(&random)?;
    module.add("random", random)
}
