//! Devices as Python sees them: the class `Device`, the stack of `with device:` blocks, and the argument `ctx=`/`device=`.

use std::cell::RefCell;
use std::collections::HashMap;

use mxnet::array::{DeviceId, DeviceKind, DeviceRef};
use mxnet::graph;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::Raised;

/// The device types that users name.
const NAMED_KINDS: [DeviceKind; 4] =
    [DeviceKind::Cpu, DeviceKind::Gpu, DeviceKind::CpuPinned, DeviceKind::CpuShared];

thread_local! {
    static STACK: RefCell<Vec<DeviceId>> = const { RefCell::new(Vec::new()) };
}

/// Where arrays live: `cpu(0)`, `gpu(1)`. Usable as `with` block: arrays are then created there.
///
/// Parameters
/// ----------
/// device_type : str or Device
///     'cpu', 'gpu', 'cpu_pinned' or 'cpu_shared'.
/// device_id : int, optional
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.cpu()
/// cpu(0)
/// >>> npx.cpu() == npx.cpu(0)
/// True
#[pyclass(frozen, eq, hash, name = "Device", module = "mxnet", from_py_object)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Device {
    pub id: DeviceId,
}

#[pymethods]
impl Device {
    #[new]
    #[pyo3(signature = (device_type, device_id = 0))]
    fn new(device_type: &Bound<'_, PyAny>, device_id: i64) -> PyResult<Device> {
        if let Ok(device) = device_type.cast::<Device>() {
            return Ok(*device.get());
        }
        let name = device_type.cast::<PyString>()?.to_cow()?;
        let kind = kind_named(&name)?;
        let index = u32::try_from(device_id)
            .map_err(|_| PyValueError::new_err(format!("device_id must not be negative, got {device_id}")))?;
        Ok(Device { id: DeviceId { kind, index } })
    }

    /// 'cpu', 'gpu', 'cpu_pinned' or 'cpu_shared'.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> npx.cpu().device_type
    /// 'cpu'
    #[getter]
    fn device_type(&self) -> &'static str {
        self.id.kind.name()
    }

    /// Number of the device among those of its type.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> npx.gpu(1).device_id
    /// 1
    #[getter]
    fn device_id(&self) -> u32 {
        self.id.index
    }

    /// MXNet's number of the device type, as saved in files.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> npx.cpu().device_typeid
    /// 1
    #[getter]
    fn device_typeid(&self) -> i32 {
        self.id.kind.type_id()
    }

    /// Names of the device types by number.
    #[classattr]
    fn devtype2str() -> HashMap<i32, &'static str> {
        NAMED_KINDS.iter().map(|kind| (kind.type_id(), kind.name())).collect()
    }

    /// Numbers of the device types by name.
    #[classattr]
    fn devstr2type() -> HashMap<&'static str, i32> {
        NAMED_KINDS.iter().map(|kind| (kind.name(), kind.type_id())).collect()
    }

    /// Gives memory that the device keeps for reuse back to it.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     There is no such device.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> npx.cpu().empty_cache()
    fn empty_cache(&self) -> PyResult<()> {
        let device = graph::device::device(self.id).raised()?;
        device.cache.clear(device.backend);
        Ok(())
    }

    fn __repr__(&self) -> String {
        self.id.to_string()
    }

    fn __enter__(slf: Bound<'_, Device>) -> Bound<'_, Device> {
        STACK.with_borrow_mut(|stack| stack.push(slf.get().id));
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyAny>) {
        STACK.with_borrow_mut(|stack| stack.pop());
    }

    fn __reduce__(slf: &Bound<'_, Device>) -> PyResult<(Py<PyAny>, (&'static str, u32))> {
        let id = slf.get().id;
        Ok((slf.get_type().into_any().unbind(), (id.kind.name(), id.index)))
    }
}

fn kind_named(name: &str) -> PyResult<DeviceKind> {
    DeviceKind::from_name(name)
        .ok_or_else(|| PyValueError::new_err(format!("unknown device type '{name}'; use 'cpu' or 'gpu'")))
}

/// `cpu`, `gpu:1` or `gpu(1)`.
fn from_text(text: &str) -> PyResult<DeviceId> {
    let (name, index) = match text.split_once([':', '(']) {
        Some((name, rest)) => (name, rest.trim_end_matches(')')),
        None => (text, "0"),
    };
    let index = index.parse().map_err(|_| {
        PyValueError::new_err(format!("'{text}' names no device; write it as 'cpu' or 'gpu:0'"))
    })?;
    Ok(DeviceId { kind: kind_named(name)?, index })
}

/// The device of the innermost `with device:` block; the CPU outside of all.
pub(crate) fn current_id() -> DeviceId {
    STACK.with_borrow(|stack| stack.last().copied().unwrap_or(DeviceId::CPU))
}

/// [`current_id`], installed.
pub(crate) fn current() -> PyResult<DeviceRef> {
    graph::device::device(current_id()).raised()
}

/// A device as users give it.
pub(crate) fn parse(given: &Bound<'_, PyAny>) -> PyResult<DeviceRef> {
    let id = if let Ok(device) = given.cast::<Device>() {
        device.get().id
    } else if let Ok(text) = given.cast::<PyString>() {
        from_text(&text.to_cow()?)?
    } else {
        let found = given.get_type().name()?;
        return Err(PyTypeError::new_err(format!("a device is wanted, such as npx.cpu(), not '{found}'")));
    };
    graph::device::device(id).raised()
}

/// The arguments `ctx=` and `device=`, which are one; without either, the current device.
pub(crate) fn argument(
    ctx: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<DeviceRef> {
    match (ctx, device) {
        (None, None) => current(),
        (Some(one), None) | (None, Some(one)) => parse(one),
        (Some(ctx), Some(device)) => {
            let (first, second) = (parse(ctx)?, parse(device)?);
            if first.id != second.id {
                return Err(PyValueError::new_err("ctx and device name different devices; give one of them"));
            }
            Ok(first)
        }
    }
}

/// The device at the top of the `with` stack.
///
/// Returns
/// -------
/// Device
///
/// Examples
/// --------
/// >>> from mxnet import npx
/// >>> npx.current_device()
/// cpu(0)
#[pyfunction]
fn current_device() -> Device {
    Device { id: current_id() }
}

/// Number of devices of a type that this machine has.
///
/// Parameters
/// ----------
/// device_type : str
///
/// Returns
/// -------
/// int
///
/// Examples
/// --------
/// >>> from mxnet.device import num_devices
/// >>> num_devices('cpu')
/// 1
#[pyfunction]
fn num_devices(device_type: &str) -> PyResult<usize> {
    Ok(graph::device::count(kind_named(device_type)?))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Device>()?;
    module.add_function(wrap_pyfunction!(current_device, module)?)?;
    module.add_function(wrap_pyfunction!(num_devices, module)?)
}
