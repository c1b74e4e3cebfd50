//! What NumPy does not have: devices, modes, memory, a look inside the engine, and the operators of neural networks.

mod files;
pub mod neural;
mod operators;

use std::cell::Cell;

use array::graph::cache::Statistics;
use array::graph::{self, device, engine};
use array::{Array, DeviceId, DeviceKind, DeviceRef, Result, promote};

pub use array::graph::engine::{is_eager, set_eager};
pub use array::{DeviceId as Device, DeviceKind as Kind};
pub use cpu::pool::{set_threads as set_num_threads, threads as num_threads};
pub use files::{load, open, save, save_list};
pub use neural::*;
pub use operators::*;

thread_local! {
    /// Where this thread creates arrays.
    static CURRENT: Cell<DeviceId> = const { Cell::new(DeviceId::CPU) };
}

/// The CPU. Any number names the same memory, as in MXNet.
///
/// ```
/// use mxnet::npx;
/// assert_eq!(npx::cpu(0)?.id.to_string(), "cpu(0)");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn cpu(index: u32) -> Result<DeviceRef> {
    device_of(DeviceKind::Cpu, index)
}

/// A GPU.
///
/// # Errors
/// Runtime: there is none of that number.
///
/// ```
/// use mxnet::npx;
/// assert_eq!(npx::gpu(0).is_ok(), npx::num_gpus() > 0);
/// ```
pub fn gpu(index: u32) -> Result<DeviceRef> {
    device_of(DeviceKind::Gpu, index)
}

/// Host memory from which a GPU copies fast.
///
/// ```
/// use mxnet::npx;
/// assert_eq!(npx::cpu_pinned(0)?.id.to_string(), "cpu_pinned(0)");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn cpu_pinned(index: u32) -> Result<DeviceRef> {
    device_of(DeviceKind::CpuPinned, index)
}

fn device_of(kind: DeviceKind, index: u32) -> Result<DeviceRef> {
    crate::init();
    device::device(DeviceId { kind, index })
}

/// How many GPUs there are.
///
/// ```
/// assert!(mxnet::npx::num_gpus() < 1000);
/// ```
pub fn num_gpus() -> usize {
    crate::init();
    device::count(DeviceKind::Gpu)
}

/// Where this thread creates arrays: the CPU, or what [`with_device`] says.
///
/// ```
/// use mxnet::npx;
/// assert_eq!(npx::current_device()?.id, npx::Device::CPU);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn current_device() -> Result<DeviceRef> {
    crate::init();
    device::device(CURRENT.with(Cell::get))
}

/// Runs `work` with another device as the one where arrays are created: Python's `with device:`.
///
/// ```
/// use mxnet::{np, npx};
/// let x = npx::with_device(npx::cpu_pinned(0)?, || np::zeros(3))?;
/// assert_eq!(x.device().id.to_string(), "cpu_pinned(0)");
/// # Ok::<(), np::Error>(())
/// ```
pub fn with_device<T>(device: DeviceRef, work: impl FnOnce() -> T) -> T {
    struct Restore(DeviceId);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.with(|current| current.set(self.0));
        }
    }
    let _restore = Restore(CURRENT.with(|current| current.replace(device.id)));
    work()
}

/// Waits until every device has done its queued work. Pending expressions stay pending: nobody has asked for them.
///
/// ```
/// mxnet::npx::waitall()?;
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn waitall() -> Result<()> {
    crate::init();
    device::named().iter().try_for_each(|device| device.backend.synchronize())
}

/// The programs that an array would run when somebody asks for its elements.
///
/// ```
/// use mxnet::{np, npx};
/// let x = np::ones(100_000)?;
/// let y = np::exp(&(&x * 2.0))? + 1.0;
/// # if !npx::is_eager() {
/// let text = npx::explain(&y);
/// assert!(text.contains("exp.float32"), "{text}");
/// # }
/// # Ok::<(), np::Error>(())
/// ```
pub fn explain(x: &Array) -> String {
    graph::explain::explain(&x.operand().node)
}

/// What a device's memory is used for.
///
/// ```
/// use mxnet::{np, npx};
/// let x = np::ones(1 << 20)?;
/// x.wait_to_read()?;
/// assert!(npx::memory_stats(npx::cpu(0)?).in_use >= 4 << 20);
/// # Ok::<(), np::Error>(())
/// ```
pub fn memory_stats(device: DeviceRef) -> Statistics {
    device.cache.statistics()
}

/// Gives cached buffers back to the system.
///
/// ```
/// use mxnet::npx;
/// npx::empty_cache(npx::cpu(0)?);
/// assert_eq!(npx::memory_stats(npx::cpu(0)?).cached, 0);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn empty_cache(device: DeviceRef) {
    device.cache.clear(device.backend);
}

/// Computes everything at once while `work` runs: the same bits, for debugging and tests.
///
/// ```
/// use mxnet::{np, npx};
/// npx::eagerly(|| {
///     let y = np::ones(100_000)? * 2.0;
///     assert!(npx::explain(&y).starts_with("ready"));
///     Ok::<(), np::Error>(())
/// })?;
/// # Ok::<(), np::Error>(())
/// ```
pub fn eagerly<T>(work: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            engine::set_eager(self.0);
        }
    }
    let _restore = Restore(engine::set_eager(true));
    work()
}

/// NumPy's default dtypes and promotion to the letter (`true`), or MXNet's (`false`), for the whole process.
///
/// ```
/// use mxnet::{np, npx};
/// npx::set_np_dtypes(true);
/// assert_eq!(np::zeros(1)?.dtype(), np::DType::F64);
/// npx::set_np_dtypes(false);
/// # Ok::<(), np::Error>(())
/// ```
pub fn set_np_dtypes(on: bool) {
    promote::set_numpy_dtypes(on);
}
