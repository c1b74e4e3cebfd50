//! Functions of `npx` about the engine: modes, threads, memory, a look inside.

use base::promote;
use mxnet::{graph, pool};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::truth;
use crate::convert;
use crate::error::Raised;
use crate::place::detached;

/// Whether NumPy's own default dtypes and promotion are in force (`set_np(dtype=True)`).
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.is_np_default_dtype()
/// False
#[pyfunction]
fn is_np_default_dtype() -> bool {
    promote::numpy_dtypes()
}

/// Chooses NumPy's default dtypes and promotion (float64, int64), or MXNet's (float32).
///
/// Parameters
/// ----------
/// is_np_default_dtype : bool, optional
///
/// Returns
/// -------
/// bool
///     What it was.
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.set_np_default_dtype(False)
/// False
#[pyfunction]
#[pyo3(signature = (is_np_default_dtype=true))]
fn set_np_default_dtype(#[pyo3(from_py_with = truth)] is_np_default_dtype: bool) -> bool {
    let before = promote::numpy_dtypes();
    promote::set_numpy_dtypes(is_np_default_dtype);
    before
}

/// Whether every operation runs at once.
///
/// Returns
/// -------
/// bool
#[pyfunction]
fn is_eager() -> bool {
    graph::engine::is_eager()
}

/// Makes every operation run at once (`True`), or lets elementwise work wait and fuse. Results are the same.
///
/// Parameters
/// ----------
/// eager : bool
///
/// Returns
/// -------
/// bool
///     What it was.
#[pyfunction]
fn set_eager(#[pyo3(from_py_with = truth)] eager: bool) -> bool {
    graph::engine::set_eager(eager)
}

/// The programs that a pending array would run, as text; what it is already, where it is not pending.
///
/// Parameters
/// ----------
/// x : ndarray
///
/// Returns
/// -------
/// str
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> print(npx.explain(np.zeros(4)))
/// ready: 16 bytes of float32 on cpu(0)
#[pyfunction]
fn explain(x: &Bound<'_, PyAny>) -> PyResult<String> {
    let array = convert::to_array(x)?;
    Ok(graph::explain::explain(&array.operand().node).trim_end().to_owned())
}

/// Number of threads that work in parallel.
///
/// Returns
/// -------
/// int
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.get_num_threads() >= 1
/// True
#[pyfunction]
fn get_num_threads() -> usize {
    pool::threads()
}

/// Sets the number of threads that work in parallel. Results do not depend on it.
///
/// Parameters
/// ----------
/// count : int
///
/// Returns
/// -------
/// int
///     What it was.
///
/// Raises
/// ------
/// ValueError
///     Fewer than one.
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> before = npx.set_num_threads(npx.get_num_threads())
#[pyfunction]
fn set_num_threads(count: i64) -> PyResult<usize> {
    match usize::try_from(count) {
        Ok(count) if count >= 1 => Ok(pool::set_threads(count)),
        _ => Err(PyValueError::new_err(format!("the number of threads must be at least 1, not {count}"))),
    }
}

fn device_of(device: Option<&Bound<'_, PyAny>>) -> PyResult<mxnet::array::DeviceRef> {
    match device {
        Some(device) if !device.is_none() => crate::device::parse(device),
        _ => crate::device::current(),
    }
}

/// What a device's memory is used for, in bytes. Buffers of up to 4 KiB are not counted.
///
/// Parameters
/// ----------
/// device : Device, optional
///
/// Returns
/// -------
/// dict
///     in_use, peak, cached (bytes); allocations, reused (how often).
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> sorted(npx.memory_stats())
/// ['allocations', 'cached', 'in_use', 'peak', 'reused']
#[pyfunction]
#[pyo3(signature = (device=None))]
fn memory_stats<'py>(py: Python<'py>, device: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyDict>> {
    let statistics = device_of(device)?.cache.statistics();
    let out = PyDict::new(py);
    out.set_item("in_use", statistics.in_use)?;
    out.set_item("peak", statistics.peak)?;
    out.set_item("cached", statistics.cached)?;
    out.set_item("allocations", statistics.allocations)?;
    out.set_item("reused", statistics.reused)?;
    Ok(out)
}

/// Gives memory that a device keeps for reuse back to it.
///
/// Parameters
/// ----------
/// device : Device, optional
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.empty_cache()
#[pyfunction]
#[pyo3(signature = (device=None))]
fn empty_cache(py: Python<'_>, device: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let device = device_of(device)?;
    detached(py, || device.cache.clear(device.backend));
    Ok(())
}

/// Waits until all work that was started on any device is done.
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.waitall()
#[pyfunction]
fn waitall(py: Python<'_>) -> PyResult<()> {
    detached(py, || graph::device::named().iter().try_for_each(|device| device.backend.synchronize()))
        .raised()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_np_default_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(set_np_default_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(is_eager, module)?)?;
    module.add_function(wrap_pyfunction!(set_eager, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(get_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(set_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(memory_stats, module)?)?;
    module.add_function(wrap_pyfunction!(empty_cache, module)?)?;
    module.add_function(wrap_pyfunction!(waitall, module)?)
}
