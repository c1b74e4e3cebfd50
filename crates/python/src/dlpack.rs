//! DLPack both ways, for host memory. Capsules are NumPy's: it describes the memory that it shares with us, so one
//! implementation of the protocol's versions serves both libraries and nothing is copied. bfloat16, which NumPy does not
//! know, travels as its bits, under a label that is changed in the capsule.

use std::sync::atomic::{AtomicBool, Ordering};

use base::DType;
use mxnet::array::{Array, DeviceId, DeviceKind};
use mxnet::graph;
use pyo3::exceptions::{PyBufferError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::{Place, optional_truth};
use crate::array::{NdArray, compute, wrap};
use crate::buffer::shared_numpy;
use crate::error::Raised;
use crate::{dtype, foreign};

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
        #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
    ) -> PyResult<Object<'py>> {
        let device = slf.get().array().device();
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
        if slf.get().array().dtype() != DType::BF16 {
            return shared_numpy(slf)?.call_method("__dlpack__", (), Some(&options));
        }
        let bits = shared_numpy(slf)?.call_method1("view", ("uint16",))?;
        let capsule = bits.call_method("__dlpack__", (), Some(&options))?;
        label::change(&capsule, label::BITS, label::BFLOAT)?;
        Ok(capsule)
    }

    /// Type and number of the device that holds the elements, as the protocol counts them.
    fn __dlpack_device__(&self) -> (i32, i32) {
        let id = self.array().device().id;
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
fn from_dlpack<'py>(
    x: &Object<'py>,
    device: Option<Place>,
    #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
) -> PyResult<Ours<'py>> {
    let py = x.py();
    let shared: Array = match x.cast::<NdArray>() {
        Ok(array) => array.get().array().clone(),
        Err(_) => {
            let host = graph::device::device(DeviceId::CPU).raised()?;
            let source = Bound::new(py, Relabelled { source: x.clone().unbind(), is_bfloat: false.into() })?;
            let taken = py.import("numpy")?.call_method1("from_dlpack", (&source,))?;
            match source.get().is_bfloat.load(Ordering::Relaxed) {
                false => foreign::adopt(&taken, host)?,
                true => {
                    foreign::adopt(&taken.call_method1("view", (dtype::object(py, DType::BF16)?,))?, host)?
                }
            }
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

/// Another library's array as NumPy shall see it: bfloat16 as 16 bits.
#[pyclass(frozen, module = "mxnet._core")]
struct Relabelled {
    source: Py<PyAny>,
    is_bfloat: AtomicBool,
}

#[pymethods]
impl Relabelled {
    #[pyo3(signature = (**options))]
    fn __dlpack__<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        let capsule = self.source.bind(py).call_method("__dlpack__", (), options)?;
        if label::change(&capsule, label::BFLOAT, label::BITS)? {
            self.is_bfloat.store(true, Ordering::Relaxed);
        }
        Ok(capsule)
    }

    fn __dlpack_device__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        self.source.bind(py).call_method0("__dlpack_device__")
    }
}

/// The dtype in a capsule.
mod label {
    use std::ffi::c_void;

    use pyo3::ffi;
    use pyo3::prelude::*;

    /// Kind of numbers and their size in bits, as the protocol counts.
    pub type Label = [u8; 2];
    pub const BITS: Label = [1, 16];
    pub const BFLOAT: Label = [4, 16];

    /// `DLTensor` of the protocol, up to the dtype.
    #[repr(C)]
    struct Tensor {
        data: *mut c_void,
        device: [i32; 2],
        ndim: i32,
        label: Label,
        lanes: u16,
    }

    /// `DLManagedTensorVersioned`, up to the tensor.
    #[repr(C)]
    struct Versioned {
        version: [u32; 2],
        context: *mut c_void,
        deleter: *mut c_void,
        flags: u64,
        tensor: Tensor,
    }

    /// Changes the label of a capsule that nobody has consumed, if it is `from`; whether it was.
    pub fn change(capsule: &Bound<'_, PyAny>, from: Label, to: Label) -> PyResult<bool> {
        let object = capsule.as_ptr();
        // SAFETY: the capsule is alive, and a capsule of either name holds what the protocol says; it belongs to its only
        // holder until it is consumed, so nobody reads the label meanwhile.
        unsafe {
            let tensor = if ffi::PyCapsule_IsValid(object, c"dltensor_versioned".as_ptr()) != 0 {
                let held = ffi::PyCapsule_GetPointer(object, c"dltensor_versioned".as_ptr());
                &raw mut (*held.cast::<Versioned>()).tensor
            } else if ffi::PyCapsule_IsValid(object, c"dltensor".as_ptr()) != 0 {
                ffi::PyCapsule_GetPointer(object, c"dltensor".as_ptr()).cast::<Tensor>()
            } else {
                return Ok(false);
            };
            let found = (*tensor).label == from;
            if found {
                (*tensor).label = to;
            }
            Ok(found)
        }
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(from_dlpack, module)?)
}
