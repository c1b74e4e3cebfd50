//! DLPack both ways, for host memory. Capsules are NumPy's: it describes the memory that it shares with us, so one
//! implementation of the protocol's versions serves both libraries and nothing is copied.

use mxnet::array::{Array, DeviceId, DeviceKind};
use mxnet::graph;
use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::Place;
use crate::array::{NdArray, compute, wrap};
use crate::buffer::shared_numpy;
use crate::error::Raised;
use crate::foreign;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Device types of the protocol.
const CPU: i32 = 1;
const CUDA: i32 = 2;

#[pymethods]
impl NdArray {
    /// A capsule that describes the memory, for `from_dlpack` of another library; host memory only.
    #[pyo3(signature = (*, stream=None, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__<'py>(
        slf: &Ours<'py>,
        stream: Option<&Object<'py>>,
        max_version: Option<&Object<'py>>,
        dl_device: Option<&Object<'py>>,
        copy: Option<bool>,
    ) -> PyResult<Object<'py>> {
        let device = slf.get().array.device();
        if !device.backend.is_host() {
            return Err(PyBufferError::new_err(format!(
                "__dlpack__: the array lives on {}; share x.to_device('cpu') instead",
                device.id
            )));
        }
        let options = PyDict::new(slf.py());
        options.set_item("stream", stream)?;
        options.set_item("max_version", max_version)?;
        options.set_item("dl_device", dl_device)?;
        options.set_item("copy", copy)?;
        shared_numpy(slf)?.call_method("__dlpack__", (), Some(&options))
    }

    /// Type and number of the device that holds the elements, as the protocol counts them.
    fn __dlpack_device__(&self) -> (i32, i32) {
        let id = self.array.device().id;
        match id.kind {
            DeviceKind::Gpu => (CUDA, id.index as i32),
            _ => (CPU, 0),
        }
    }
}

/// The array of another library as ours, over the same memory.
///
/// Parameters
/// ----------
/// x : object
///     With `__dlpack__` and `__dlpack_device__`; in host memory.
/// device : Device, optional
///     Where the array shall be; another device than the CPU needs a copy.
/// copy : bool, optional
///     `True` copies always, `False` never.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// BufferError
///     The other library cannot share this memory.
/// ValueError
///     A copy is needed, and forbidden.
///
/// Examples
/// --------
/// >>> import numpy
/// >>> np.from_dlpack(numpy.arange(3))
/// array([0, 1, 2], dtype=int64)
#[pyfunction]
#[pyo3(signature = (x, /, *, device=None, copy=None))]
fn from_dlpack<'py>(x: &Object<'py>, device: Option<Place>, copy: Option<bool>) -> PyResult<Ours<'py>> {
    let py = x.py();
    let shared: Array = match x.cast::<NdArray>() {
        Ok(array) => array.get().array.clone(),
        Err(_) => {
            let host = graph::device::device(DeviceId::CPU).raised()?;
            foreign::adopt(&py.import("numpy")?.call_method1("from_dlpack", (x,))?, host)?
        }
    };
    let there = device.map_or(shared.device(), |place| place.0);
    let moves = !std::ptr::eq(there, shared.device());
    if moves && copy == Some(false) {
        return Err(PyValueError::new_err(
            "from_dlpack: another device needs a copy, and copy=False forbids one",
        ));
    }
    if !moves && copy == Some(true) {
        return wrap(py, compute(py, shared.size(), || shared.copy())?);
    }
    wrap(py, shared.to_device(there).raised()?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(from_dlpack, module)?)
}
