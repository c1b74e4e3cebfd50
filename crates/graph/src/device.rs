//! Devices: what one must do (six coarse verbs), which are installed, and how users name them. Never knows an operator.

use std::ptr::NonNull;

use base::{Error, Result};
use parking_lot::RwLock;

use crate::cache::Cache;
use crate::kernel::{Kernel, Tensor};

/// MXNet's device types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    Cpu,
    Gpu,
    CpuPinned,
    CpuShared,
    /// Records what it is asked to run and computes nothing; for tests.
    Null,
}

impl DeviceKind {
    pub const fn name(self) -> &'static str {
        match self {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "gpu",
            DeviceKind::CpuPinned => "cpu_pinned",
            DeviceKind::CpuShared => "cpu_shared",
            DeviceKind::Null => "null",
        }
    }

    /// MXNet's number of the device type, as saved in files.
    pub const fn type_id(self) -> i32 {
        match self {
            DeviceKind::Cpu => 1,
            DeviceKind::Gpu => 2,
            DeviceKind::CpuPinned => 3,
            DeviceKind::CpuShared => 5,
            DeviceKind::Null => 0,
        }
    }

    pub fn from_name(name: &str) -> Option<DeviceKind> {
        let all = [
            DeviceKind::Cpu,
            DeviceKind::Gpu,
            DeviceKind::CpuPinned,
            DeviceKind::CpuShared,
            DeviceKind::Null,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// The installed kind that does the work: all host kinds are the CPU.
    fn backend(self) -> DeviceKind {
        match self {
            DeviceKind::CpuPinned | DeviceKind::CpuShared => DeviceKind::Cpu,
            other => other,
        }
    }
}

/// A device as users name it: `gpu(1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceId {
    pub kind: DeviceKind,
    pub index: u32,
}

impl DeviceId {
    pub const CPU: DeviceId = DeviceId { kind: DeviceKind::Cpu, index: 0 };
}

impl std::fmt::Display for DeviceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.kind.name(), self.index)
    }
}

/// What a device does. `run` is the only verb that computes.
pub trait Device: Send + Sync {
    /// Uninitialised memory, aligned to 64 bytes; `None` when there is none left. `bytes` is never 0.
    fn allocate(&self, bytes: usize) -> Option<NonNull<u8>>;

    /// # Safety
    /// `data` came from `allocate(bytes)` of this device and nothing uses it any more.
    unsafe fn free(&self, data: NonNull<u8>, bytes: usize);

    /// Copies from host memory to the device.
    ///
    /// # Safety
    /// Both ranges hold `bytes` bytes and do not overlap.
    unsafe fn upload(&self, to: *mut u8, from: *const u8, bytes: usize) -> Result<()>;

    /// Copies from the device to host memory.
    ///
    /// # Safety
    /// As for `upload`.
    unsafe fn download(&self, to: *mut u8, from: *const u8, bytes: usize) -> Result<()>;

    /// Queues (or does) the work.
    ///
    /// # Safety
    /// Every tensor's elements lie in live memory of this device, outputs are writable and overlap no input, except
    /// inputs of a program that walk an output's memory exactly as the output does.
    unsafe fn run(&self, kernel: &Kernel, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()>;

    /// Waits until all queued work is done.
    fn synchronize(&self) -> Result<()>;

    /// Whether the host may read and write this device's memory directly.
    fn is_host(&self) -> bool;
}

/// An installed device under one of its names, with its cache of freed buffers. Lives as long as the process.
pub struct DeviceEntry {
    pub id: DeviceId,
    pub backend: &'static dyn Device,
    pub cache: Cache,
    pub(crate) is_host: bool,
}

pub type DeviceRef = &'static DeviceEntry;

impl std::fmt::Debug for DeviceEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.id)
    }
}

struct Installed {
    kind: DeviceKind,
    index: u32,
    backend: &'static dyn Device,
}

static INSTALLED: RwLock<Vec<Installed>> = RwLock::new(Vec::new());
static NAMED: RwLock<Vec<DeviceRef>> = RwLock::new(Vec::new());

/// Makes a device available. Installing the same kind and index again keeps the first.
pub fn install(kind: DeviceKind, index: u32, backend: Box<dyn Device>) {
    let mut installed = INSTALLED.write();
    if !installed.iter().any(|one| one.kind == kind && one.index == index) {
        installed.push(Installed { kind, index, backend: Box::leak(backend) });
    }
}

/// How many devices of a kind are installed.
pub fn count(kind: DeviceKind) -> usize {
    INSTALLED.read().iter().filter(|one| one.kind == kind.backend()).count()
}

/// Every device that has been named so far.
pub fn named() -> Vec<DeviceRef> {
    NAMED.read().clone()
}

/// The device of that name, or an error that says what there is.
pub fn device(id: DeviceId) -> Result<DeviceRef> {
    if let Some(found) = NAMED.read().iter().find(|entry| entry.id == id) {
        return Ok(found);
    }
    let installed = INSTALLED.read();
    let kind = id.kind.backend();
    // any cpu(i) is the one CPU, as in MXNet
    let found =
        installed.iter().find(|one| one.kind == kind && (kind == DeviceKind::Cpu || one.index == id.index));
    let Some(found) = found else {
        return Err(Error::runtime(format!(
            "{id} is not available: {} device(s) of type '{}' found; use npx.cpu(), or check npx.num_gpus() first",
            installed.iter().filter(|one| one.kind == kind).count(),
            kind.name(),
        )));
    };
    let mut named = NAMED.write();
    if let Some(found) = named.iter().find(|entry| entry.id == id) {
        return Ok(found);
    }
    let entry: DeviceRef = Box::leak(Box::new(DeviceEntry {
        id,
        backend: found.backend,
        cache: Cache::new(),
        is_host: found.backend.is_host(),
    }));
    named.push(entry);
    Ok(entry)
}
