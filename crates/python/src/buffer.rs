//! Memory shared with the world: the buffer protocol, `__array__`, `__array_interface__`, pickling. Pending work is
//! done before an address leaves the house.

use std::ffi::{CStr, c_int, c_void};
use std::sync::Arc;

use base::{DType, Scalar};
use mxnet::array::create::Order;
use mxnet::array::{Array, DeviceId};
use mxnet::graph::{self, Node, work};
use pyo3::exceptions::{PyAttributeError, PyBufferError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::arguments::{self, optional_truth, order_of};
use crate::array::{NdArray, compute, wrap};
use crate::dtype;
use crate::error::Raised;
use crate::{foreign, number};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// The element format of the buffer protocol; bfloat16 has none.
fn format_of(dtype: DType) -> Option<&'static CStr> {
    Some(match dtype {
        DType::Bool => c"?",
        DType::I8 => c"b",
        DType::U8 => c"B",
        DType::I16 => c"h",
        DType::U16 => c"H",
        DType::I32 => c"i",
        DType::U32 => c"I",
        DType::I64 => c"q",
        DType::U64 => c"Q",
        DType::F16 => c"e",
        DType::BF16 => return None,
        DType::F32 => c"f",
        DType::F64 => c"d",
        DType::C64 => c"Zf",
        DType::C128 => c"Zd",
    })
}

/// NumPy's type string, in native byte order.
fn typestr(dtype: DType) -> Option<String> {
    let kind = match dtype {
        DType::Bool => 'b',
        DType::BF16 => return None,
        other if other.is_signed() => 'i',
        other if other.is_unsigned() => 'u',
        other if other.is_float() => 'f',
        _ => 'c',
    };
    let order = match (dtype.size(), cfg!(target_endian = "little")) {
        (1, _) => '|',
        (_, true) => '<',
        (_, false) => '>',
    };
    Some(format!("{order}{kind}{}", dtype.size()))
}

/// Address of the first element, with pending work done. Who may write through it must not change what was asked for
/// before: pending readers run first. `declared`: a write is announced, and counts as one from now on.
pub(crate) fn address(py: Python<'_>, array: &Array, declared: bool) -> PyResult<*mut u8> {
    compute(py, array.size(), || {
        array.wait_to_read()?;
        match (declared, array.is_writable()) {
            (true, _) => work::prepare_write(array.operand()),
            (false, true) => work::serve_readers(array.operand()),
            (false, false) => Ok(()),
        }
    })?;
    work::host_address(array.operand()).raised()
}

/// Shape and strides in bytes that a buffer points to, freed with it.
struct Layout {
    /// The node that counts this buffer among its foreign writers; none for a read-only buffer.
    written: Option<Arc<Node>>,
    shape: Vec<ffi::Py_ssize_t>,
    strides: Vec<ffi::Py_ssize_t>,
}

fn check_request(array: &Array, flags: c_int) -> PyResult<&'static CStr> {
    let asks = |flag: c_int| flags & flag == flag;
    let view = array.view();
    let Some(format) = format_of(array.dtype()) else {
        return Err(PyBufferError::new_err(
            "bfloat16 has no buffer format; use numpy.asarray(x), or x.view('uint16')",
        ));
    };
    if asks(ffi::PyBUF_WRITABLE) && !array.is_writable() {
        return Err(PyBufferError::new_err("the array is read-only"));
    }
    let contiguous = view.is_contiguous();
    let c_only = asks(ffi::PyBUF_C_CONTIGUOUS) || !asks(ffi::PyBUF_STRIDES);
    let fits = (!c_only || contiguous)
        && (!asks(ffi::PyBUF_F_CONTIGUOUS) || view.is_fortran_contiguous())
        && (!asks(ffi::PyBUF_ANY_CONTIGUOUS) || contiguous || view.is_fortran_contiguous());
    if fits { Ok(format) } else { Err(PyBufferError::new_err("the array is not contiguous as asked")) }
}

#[pymethods]
impl NdArray {
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let array = slf.get().array();
        if view.is_null() {
            return Err(PyBufferError::new_err("no view to fill"));
        }
        // SAFETY: not null, and CPython passes a view that may be written.
        let view = unsafe { &mut *view };
        view.obj = std::ptr::null_mut();
        let format = check_request(array, flags)?;
        let declared = flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE;
        let written = array.is_writable().then(|| array.operand().node.clone());
        let data = address(slf.py(), array, declared)?;
        if let Some(node) = &written {
            node.add_export();
        }
        let size = array.dtype().size() as i64;
        let readonly = c_int::from(written.is_none());
        let layout = Box::new(Layout {
            written,
            shape: array.shape().iter().map(|&length| length as ffi::Py_ssize_t).collect(),
            strides: array.strides().iter().map(|&stride| (stride * size) as ffi::Py_ssize_t).collect(),
        });
        view.buf = data.cast::<c_void>();
        view.len = (array.size() * size) as ffi::Py_ssize_t;
        view.readonly = readonly;
        view.itemsize = size as ffi::Py_ssize_t;
        view.ndim = array.ndim() as c_int;
        view.format = match flags & ffi::PyBUF_FORMAT == ffi::PyBUF_FORMAT {
            true => format.as_ptr().cast_mut(),
            false => std::ptr::null_mut(),
        };
        let (shape, strides) = (layout.shape.as_ptr().cast_mut(), layout.strides.as_ptr().cast_mut());
        view.shape = if flags & ffi::PyBUF_ND == ffi::PyBUF_ND { shape } else { std::ptr::null_mut() };
        view.strides =
            if flags & ffi::PyBUF_STRIDES == ffi::PyBUF_STRIDES { strides } else { std::ptr::null_mut() };
        view.suboffsets = std::ptr::null_mut();
        view.internal = Box::into_raw(layout).cast();
        view.obj = slf.into_any().into_ptr();
        Ok(())
    }

    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: CPython passes a view that `__getbuffer__` filled, once; `internal` is the box made there.
        let layout = unsafe { Box::from_raw((*view).internal.cast::<Layout>()) };
        if let Some(node) = &layout.written {
            node.remove_export();
        }
    }

    /// A NumPy array over the same memory (a copy where the dtype changes or a copy is asked for).
    #[pyo3(signature = (dtype=None, /, *, copy=None))]
    fn __array__<'py>(
        slf: &Ours<'py>,
        dtype: Option<&Object<'py>>,
        #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
    ) -> PyResult<Object<'py>> {
        let wanted = crate::dtype::parse_option(dtype)?.unwrap_or(slf.get().array().dtype());
        if wanted != slf.get().array().dtype() {
            if copy == Some(false) {
                return Err(PyValueError::new_err(
                    "a change of dtype needs a copy, and copy=False forbids one",
                ));
            }
            return read_only(slf)?.call_method1("astype", (crate::dtype::object(slf.py(), wanted)?,));
        }
        if copy == Some(true) { read_only(slf)?.call_method1("copy", ("K",)) } else { shared_numpy(slf) }
    }

    #[getter]
    fn __array_interface__<'py>(slf: &Ours<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (py, array) = (slf.py(), slf.get().array());
        let Some(typestr) = typestr(array.dtype()) else {
            return Err(PyAttributeError::new_err("bfloat16 has no array interface; use numpy.asarray(x)"));
        };
        if array.device().id != DeviceId::CPU && !array.device().backend.is_host() {
            return Err(PyAttributeError::new_err("the array does not live in host memory"));
        }
        let interface = PyDict::new(py);
        let data = address(py, array, false)? as usize;
        interface.set_item("version", 3)?;
        interface.set_item("descr", [("", typestr.as_str())])?;
        interface.set_item("typestr", typestr)?;
        interface.set_item("shape", slf.getattr("shape")?)?;
        let strides = if array.view().is_contiguous() { None } else { Some(slf.getattr("strides")?) };
        interface.set_item("strides", strides)?;
        interface.set_item("data", (data, !array.is_writable()))?;
        Ok(interface)
    }

    /// A NumPy array with a copy of the elements: it does not change when this array does.
    ///
    /// Returns
    /// -------
    /// numpy.ndarray
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2]).asnumpy()
    /// array([1., 2.], dtype=float32)
    fn asnumpy<'py>(slf: &Ours<'py>) -> PyResult<Object<'py>> {
        let (py, array) = (slf.py(), slf.get().array());
        if array.device().backend.is_host() {
            return read_only(slf)?.call_method1("copy", ("K",));
        }
        let host = graph::device::device(DeviceId::CPU).raised()?;
        shared_numpy(&wrap(py, compute(py, i64::MAX, || array.to_device(host))?)?)
    }

    /// The elements as bytes.
    ///
    /// Parameters
    /// ----------
    /// order : {'C', 'F', 'A', 'K'}, optional
    ///     In which order elements are read.
    ///
    /// Returns
    /// -------
    /// bytes
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another `order`.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2], dtype='int16').tobytes()
    /// b'\x01\x00\x02\x00'
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn tobytes<'py>(
        &self,
        py: Python<'py>,
        order: Option<arguments::Layout>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let array = self.array();
        let fortran = match order_of(order) {
            Order::C | Order::K => false,
            Order::F => true,
            Order::A => array.view().is_fortran_contiguous() && !array.view().is_contiguous(),
        };
        let bytes = compute(py, array.size(), || {
            if fortran { array.transpose(None)?.to_bytes() } else { array.to_bytes() }
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The elements as nested lists of Python numbers; of an array without axes, one number.
    ///
    /// Returns
    /// -------
    /// list or number
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).tolist()
    /// [[1.0, 2.0], [3.0, 4.0]]
    fn tolist<'py>(slf: &Ours<'py>) -> PyResult<Object<'py>> {
        let array = slf.get().array().detach();
        let py = slf.py();
        let contiguous = compute(py, array.size(), || {
            let array = array.contiguous()?;
            work::look::<_, base::Error>(array.operand(), |_| Ok(()))?;
            Ok(array)
        })?;
        work::look::<_, Failure>(contiguous.operand(), |bytes| {
            nested(py, bytes, contiguous.shape(), contiguous.dtype()).map_err(Failure::Python)
        })
        .map_err(Failure::raised)
    }

    fn __reduce__<'py>(slf: &Ours<'py>) -> PyResult<(Object<'py>, Bound<'py, PyTuple>)> {
        NdArray::__reduce_ex__(slf, 2)
    }

    #[pyo3(signature = (protocol, /))]
    fn __reduce_ex__<'py>(slf: &Ours<'py>, protocol: i32) -> PyResult<(Object<'py>, Bound<'py, PyTuple>)> {
        let (py, array) = (slf.py(), slf.get().array());
        let contiguous =
            wrap(py, compute(py, array.size(), || array.contiguous()?.view_as(bits(array.dtype())))?)?;
        let data = if protocol >= 5 && array.device().backend.is_host() {
            py.import("pickle")?.getattr("PickleBuffer")?.call1((contiguous,))?
        } else {
            PyBytes::new(py, &contiguous.get().array().to_bytes().raised()?).into_any()
        };
        let rebuild = py.import("mxnet._core")?.getattr("_rebuild")?;
        let device = array.device().id;
        let arguments = (data, slf.getattr("shape")?, array.dtype().name(), device.kind.name(), device.index);
        Ok((rebuild, arguments.into_pyobject(py)?))
    }
}

/// What goes wrong while elements are looked at.
enum Failure {
    Engine(base::Error),
    Python(PyErr),
}

impl From<base::Error> for Failure {
    fn from(error: base::Error) -> Failure {
        Failure::Engine(error)
    }
}

impl Failure {
    fn raised(self) -> PyErr {
        match self {
            Failure::Engine(error) => crate::error::raise(error),
            Failure::Python(error) => error,
        }
    }
}

/// The elements of a shape as Python numbers, in lists of lists.
fn nested<'py>(py: Python<'py>, bytes: &[u8], shape: &[i64], dtype: DType) -> PyResult<Object<'py>> {
    let Some((&length, inner)) = shape.split_first() else {
        return number::to_python(py, Scalar::from_bytes(dtype, bytes));
    };
    let size = inner.iter().product::<i64>() as usize * dtype.size();
    let list = PyList::empty(py);
    for at in 0..length as usize {
        list.append(nested(py, &bytes[at * size..(at + 1) * size], inner, dtype)?)?;
    }
    Ok(list.into_any())
}

/// The dtype under which elements travel as bytes: bfloat16 has no buffer format, its bits have.
fn bits(dtype: DType) -> DType {
    if dtype == DType::BF16 { DType::U16 } else { dtype }
}

/// A NumPy array over the same memory that cannot be written, for readers who copy at once: nothing has to be computed
/// for fear of writes.
fn read_only<'py>(array: &Ours<'py>) -> PyResult<Object<'py>> {
    let shown = array.get().array().detach();
    shown.set_writable(false).raised()?;
    let base = Some(array.clone().into_any().unbind());
    shared_numpy(&Bound::new(array.py(), NdArray::over(shown, base))?)
}

/// A NumPy array over the same memory, which keeps ours alive.
pub(crate) fn shared_numpy<'py>(array: &Ours<'py>) -> PyResult<Object<'py>> {
    let py = array.py();
    let held = array.get().array();
    let asarray = py.import("numpy")?.getattr("asarray")?;
    if held.dtype() != DType::BF16 {
        return asarray.call1((pyo3::types::PyMemoryView::from(array.as_any())?,));
    }
    let bits = held.view_as(DType::U16).raised()?;
    let bits = Bound::new(py, NdArray::over(bits, Some(array.clone().into_any().unbind())))?;
    let shared = asarray.call1((pyo3::types::PyMemoryView::from(bits.as_any())?,))?;
    shared.call_method1("view", (dtype::object(py, DType::BF16)?,))
}

/// What pickles call: an array from its bytes.
#[pyfunction]
fn _rebuild<'py>(
    py: Python<'py>,
    data: &Object<'py>,
    shape: Vec<i64>,
    dtype: &str,
    device_type: &str,
    device_id: u32,
) -> PyResult<Ours<'py>> {
    let dtype = DType::from_name(dtype)
        .ok_or_else(|| PyValueError::new_err(format!("the pickle names an unknown dtype '{dtype}'")))?;
    let kind = mxnet::array::DeviceKind::from_name(device_type).ok_or_else(|| {
        PyValueError::new_err(format!("the pickle names an unknown device '{device_type}'"))
    })?;
    let device = graph::device::device(DeviceId { kind, index: device_id }).raised()?;
    if let Ok(bytes) = data.cast::<PyBytes>() {
        return wrap(py, Array::from_bytes(bytes.as_bytes(), &shape, dtype, device).raised()?);
    }
    if shape.contains(&0) {
        return wrap(py, Array::empty(&shape, dtype, device).raised()?);
    }
    // a buffer that travelled beside the pickle becomes the array's memory
    let elements = py.import("numpy")?.getattr("frombuffer")?.call1((data, dtype::object(py, dtype)?))?;
    let shared = foreign::adopt(&elements, device)?;
    let array = if shared.is_writable() { shared } else { shared.copy().raised()? };
    wrap(py, array.reshape(&shape).raised()?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_rebuild, module)?)
}
