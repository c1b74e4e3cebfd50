//! Arrays of others: NumPy's arrays and scalars, and whatever NumPy can read (buffers, `__array__`,
//! `__array_interface__`). Their memory is shared where the dtype, byte order and alignment allow it.

use std::ptr::NonNull;

use base::{DType, Dims, View};
use mxnet::array::{Array, DeviceId, DeviceRef};
use mxnet::graph::{self, Node, Operand};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyFloat, PyInt, PyList, PyTuple, PyType};

use crate::array::NdArray;
use crate::dtype;
use crate::error::Raised;

static NDARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static GENERIC: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// Whether the object is a `numpy.ndarray`.
pub(crate) fn is_numpy_array(object: &Bound<'_, PyAny>) -> bool {
    let py = object.py();
    let class = NDARRAY.import(py, "numpy", "ndarray");
    class.is_ok_and(|class| object.is_instance(class).unwrap_or(false))
}

/// Whether the object is a NumPy scalar, such as `numpy.float32(1)`.
pub(crate) fn is_numpy_scalar(object: &Bound<'_, PyAny>) -> bool {
    let py = object.py();
    let class = GENERIC.import(py, "numpy", "generic");
    class.is_ok_and(|class| object.is_instance(class).unwrap_or(false))
}

/// Whether the object's class answers NumPy's ufuncs by rules of its own: neither our arrays nor NumPy's and lists.
pub(crate) fn answers_ufuncs(object: &Bound<'_, PyAny>) -> bool {
    let plain = object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyList>()
        || object.is_exact_instance_of::<PyTuple>()
        || object.is_instance_of::<NdArray>();
    if plain || is_numpy_array(object) || is_numpy_scalar(object) {
        return false;
    }
    object.get_type().hasattr("__array_ufunc__").unwrap_or(false)
}

/// Whether an operator between one of our arrays and the object is the object's, by NumPy's rule: its class has
/// `__array_ufunc__` (`None` too), or is a subclass of NumPy's arrays with a priority, such as masked arrays.
pub(crate) fn answers_operators(object: &Bound<'_, PyAny>) -> bool {
    if answers_ufuncs(object) {
        return true;
    }
    let py = object.py();
    let is_plain = NDARRAY.import(py, "numpy", "ndarray").is_ok_and(|class| object.get_type().is(class));
    if is_plain || !is_numpy_array(object) {
        return false;
    }
    let priority = object.get_type().getattr("__array_priority__").and_then(|found| found.extract::<f64>());
    priority.is_ok_and(|priority| priority > 0.0)
}

/// Whether NumPy can make an array of the object without looking at it as a sequence.
pub(crate) fn is_array_like(object: &Bound<'_, PyAny>) -> bool {
    let py = object.py();
    if object.is_instance_of::<PyType>() {
        return false;
    }
    let named = ["__array__", "__array_interface__", "__array_struct__"];
    named.iter().any(|name| object.getattr(*name).is_ok_and(|found| !found.is_none()))
        || has_buffer(py, object)
}

fn has_buffer(_py: Python<'_>, object: &Bound<'_, PyAny>) -> bool {
    use pyo3::types::{PyBytes, PyString};
    // SAFETY: the object is alive and the GIL is held.
    let exports = unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } != 0;
    exports && !object.is_instance_of::<PyBytes>() && !object.is_instance_of::<PyString>()
}

/// Our array over the elements of a NumPy array, a NumPy scalar or an array-like. Memory is shared where possible.
///
/// # Errors
/// TypeError: elements that are not numbers.
pub(crate) fn adopt(object: &Bound<'_, PyAny>, device: DeviceRef) -> PyResult<Array> {
    let py = object.py();
    let array = match is_numpy_array(object) {
        true => object.clone(),
        false => py.import("numpy")?.getattr("asarray")?.call1((object,))?,
    };
    let described = array.getattr("dtype")?;
    let Some(dtype) = dtype::from_numpy(&described)? else {
        return Err(PyTypeError::new_err(format!(
            "a NumPy array of dtype {described} cannot become an mxnet array: its elements are not numbers of ours"
        )));
    };
    let array = match described.getattr("isnative")?.extract()? {
        true => array,
        false => array.call_method1("astype", (dtype::object(py, dtype)?,))?,
    };
    let shared = share(&array, dtype)?;
    if device.id == DeviceId::CPU { Ok(shared) } else { shared.to_device(device).raised() }
}

/// What a buffer tells of itself.
struct Buffer {
    data: NonNull<u8>,
    readonly: bool,
    shape: Dims,
    strides: Dims,
}

/// Address, shape and strides in bytes of a NumPy array, which keeps its memory in place as long as it lives.
fn describe(array: &Bound<'_, PyAny>) -> PyResult<Buffer> {
    let mut view = std::mem::MaybeUninit::<ffi::Py_buffer>::uninit();
    // SAFETY: the array is alive, the GIL is held, and `view` is filled when the call succeeds.
    let view = unsafe {
        if ffi::PyObject_GetBuffer(array.as_ptr(), view.as_mut_ptr(), ffi::PyBUF_STRIDES) != 0 {
            return Err(PyErr::fetch(array.py()));
        }
        view.assume_init_mut()
    };
    let ndim = view.ndim as usize;
    let list = |from: *const ffi::Py_ssize_t| -> Dims {
        // SAFETY: PyBUF_STRIDES gives `ndim` lengths and strides; with ndim 0 the pointers are not read.
        (0..ndim).map(|axis| unsafe { *from.add(axis) } as i64).collect()
    };
    let buffer = Buffer {
        data: NonNull::new(view.buf.cast()).unwrap_or(NonNull::dangling()),
        readonly: view.readonly != 0,
        shape: list(view.shape),
        strides: list(view.strides),
    };
    // SAFETY: filled by PyObject_GetBuffer above and not used afterwards; NumPy does not move memory that it lent.
    unsafe { ffi::PyBuffer_Release(view) };
    Ok(buffer)
}

/// A read-only array over the memory of `bytes`, with one axis; `None` where they are no whole number of aligned elements.
pub(crate) fn of_bytes(bytes: &Bound<'_, PyBytes>, dtype: DType, device: DeviceRef) -> Option<Array> {
    let held = bytes.as_bytes();
    let start = NonNull::new(held.as_ptr().cast_mut())?;
    let aligned = start.addr().get() % dtype.size().min(8) == 0 && held.len() % dtype.size() == 0;
    if held.is_empty() || !aligned || device.id != DeviceId::CPU {
        return None;
    }
    let keeper = Box::new(bytes.clone().unbind());
    // SAFETY: the keeper holds the object whose bytes these are, which never moves or changes them; alignment was checked.
    let node = unsafe { Node::foreign(dtype, start, held.len(), false, keeper, device) };
    let view = View::contiguous(&[(held.len() / dtype.size()) as i64]);
    Some(Array::from_operand(Operand::new(node, view, dtype)))
}

/// Our array over the memory of a NumPy array of that dtype in native byte order.
fn share(array: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Array> {
    let size = dtype.size() as i64;
    // bfloat16 has no buffer format: its bits have
    let exported = match dtype {
        DType::BF16 => array.call_method1("view", ("uint16",))?,
        _ => array.clone(),
    };
    let mut buffer = describe(&exported)?;
    let aligned = buffer.data.addr().get() % dtype.size().min(8) == 0
        && buffer
            .strides
            .iter()
            .zip(&buffer.shape)
            .all(|(stride, &length)| length <= 1 || stride % size == 0);
    let owner = if aligned { array.clone() } else { exported.call_method1("copy", ("C",))? };
    if !aligned {
        buffer = describe(&owner)?;
    }
    let strides: Dims = buffer.strides.iter().map(|stride| stride / size).collect();
    let mut view = View { shape: buffer.shape, strides, offset: 0 };
    let Some((low, high)) = view.bounds() else {
        let device = graph::device::device(DeviceId::CPU).raised()?;
        return Array::empty(&view.shape, dtype, device).raised();
    };
    view.offset = -low;
    let bytes = ((high - low + 1) * size) as usize;
    // SAFETY: `low` elements lie before the first element inside the same NumPy allocation.
    let start = unsafe { buffer.data.as_ptr().offset((low * size) as isize) };
    let start = NonNull::new(start).ok_or_else(|| PyValueError::new_err("the array has no memory"))?;
    let device = graph::device::device(DeviceId::CPU).raised()?;
    let keeper = Box::new(owner.unbind());
    // SAFETY: `bounds` of the shape and strides that NumPy vouches for span exactly `bytes` bytes from `start`; the
    // keeper holds the array that owns them; alignment was checked above.
    let node = unsafe { Node::foreign(dtype, start, bytes, !buffer.readonly, keeper, device) };
    Ok(Array::from_operand(Operand::new(node, view, dtype)))
}
