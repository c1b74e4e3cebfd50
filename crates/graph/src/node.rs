//! Nodes: storages that may not have been computed yet. A node is a run of elements in memory, or a pending elementwise
//! expression over other nodes that will fill one. Operands are nodes seen through a view.

use std::any::Any;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use base::{DType, Dims, Error, Op, Place, Result, Scalar, View, place};
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::cache;
use crate::device::DeviceRef;
use crate::program::Action;
use crate::publish::Published;

/// Memory that holds a node's elements.
pub(crate) struct Storage {
    pub data: NonNull<u8>,
    /// Bytes that belong to elements.
    pub bytes: usize,
    owner: Owner,
}

enum Owner {
    /// From the device's cache, with the size to give back.
    Cache { size: usize, device: DeviceRef },
    /// Somebody else's memory, alive as long as this value.
    Foreign { _keeper: Box<dyn Any + Send + Sync>, writable: bool },
}

// SAFETY: a storage is an address range with an owner that is Send + Sync; access to the elements is ordered by the
// engine (pending work) and, between threads, by the user, as with NumPy's arrays.
unsafe impl Send for Storage {}
// SAFETY: as above.
unsafe impl Sync for Storage {}

/// A pending expression: one operator over sources, elementwise over `shape` in C order.
pub(crate) struct Expression {
    /// `None` copies the only source, converted to `compute`.
    pub op: Option<&'static Op>,
    pub compute: DType,
    pub shape: Dims,
    pub sources: Sources,
    /// Upper bound on the operators that forcing this would fuse.
    pub weight: u32,
    /// The source is not taken as it is, but folded (`shape` is what is kept).
    pub fold: Option<Fold>,
    /// Whether a source waits for a fold.
    pub behind_fold: bool,
}

impl Expression {
    /// The elements of an operand of this shape.
    pub fn copy(operand: Operand, shape: &[i64]) -> Expression {
        Expression {
            op: None,
            compute: operand.dtype,
            shape: Dims::from_slice(shape),
            sources: SmallVec::from_iter([Source::Operand(operand)]),
            weight: 1,
            fold: None,
            behind_fold: false,
        }
    }
}

/// A pending fold of the last axes, whose source has `shape`.
pub(crate) struct Fold {
    pub action: Action,
    pub shape: Dims,
    /// How many leading axes are kept.
    pub kept: usize,
}

pub type Sources = SmallVec<[Source; 3]>;

/// A node seen through a view, its bytes read as `dtype`.
#[derive(Clone, Debug)]
pub struct Operand {
    pub node: Arc<Node>,
    /// Shared, so that operands stay small and results of one shape need no new view.
    pub view: Arc<View>,
    pub dtype: DType,
}

impl Operand {
    #[inline]
    pub fn new(node: Arc<Node>, view: impl Into<Arc<View>>, dtype: DType) -> Operand {
        Operand { node, view: view.into(), dtype }
    }
}

/// An input of an elementwise expression, already of the expression's shape.
#[derive(Clone, Debug)]
pub enum Source {
    Operand(Operand),
    Scalar(Scalar),
    /// The int64 number `offset + sum(index[k] * strides[k])`.
    Position(View),
}

impl Source {
    #[inline]
    pub fn dtype(&self) -> DType {
        match self {
            Source::Operand(operand) => operand.dtype,
            Source::Scalar(scalar) => scalar.dtype(),
            Source::Position(_) => DType::I64,
        }
    }
}

/// States of `Node::written`; every place is a larger number.
const UNWATCHED: u64 = 0;
const WATCHED: u64 = 1;

/// A storage, ready or pending.
pub struct Node {
    pub(crate) storage: Published<Storage>,
    pub(crate) pending: Mutex<Option<Box<Expression>>>,
    /// Pending nodes that read this one's storage: they run before anybody writes into it.
    pub(crate) readers: Mutex<Vec<Weak<Node>>>,
    version: AtomicU32,
    /// For autograd's errors: [`UNWATCHED`], [`WATCHED`], or the place of the first write since somebody watched.
    written: AtomicU64,
    /// Foreign holders of the memory who may write into it at any time.
    exports: AtomicU32,
    dtype: DType,
    device: DeviceRef,
}

impl Node {
    #[inline]
    pub(crate) fn with(
        storage: Published<Storage>,
        pending: Option<Box<Expression>>,
        dtype: DType,
        device: DeviceRef,
    ) -> Node {
        Node {
            storage,
            pending: Mutex::new(pending),
            readers: Mutex::new(Vec::new()),
            version: AtomicU32::new(0),
            written: AtomicU64::new(UNWATCHED),
            exports: AtomicU32::new(0),
            dtype,
            device,
        }
    }

    /// Uninitialised elements in fresh memory.
    pub(crate) fn allocate(dtype: DType, count: i64, device: DeviceRef) -> Result<Arc<Node>> {
        Ok(Arc::new(Node::with(
            Published::full(Storage::allocate(dtype, count, device)?),
            None,
            dtype,
            device,
        )))
    }

    pub(crate) fn pending(expression: Expression, dtype: DType, device: DeviceRef) -> Arc<Node> {
        Arc::new(Node::with(Published::empty(), Some(Box::new(expression)), dtype, device))
    }

    /// Elements in memory that somebody else owns, kept alive by `keeper`.
    ///
    /// # Safety
    /// `bytes` bytes at `data` stay valid as long as `keeper` lives (and writable, if so), aligned to the dtype, in
    /// memory that `device` reads.
    pub unsafe fn foreign(
        dtype: DType,
        data: NonNull<u8>,
        bytes: usize,
        writable: bool,
        keeper: Box<dyn Any + Send + Sync>,
        device: DeviceRef,
    ) -> Arc<Node> {
        let storage = Storage { data, bytes, owner: Owner::Foreign { _keeper: keeper, writable } };
        Arc::new(Node::with(Published::full(storage), None, dtype, device))
    }

    /// dtype the node was made with; operands may read its bytes as another one.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    #[inline]
    pub fn device(&self) -> DeviceRef {
        self.device
    }

    /// Whether the elements are in memory.
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.storage.get().is_some()
    }

    /// Whether the memory may be written (foreign memory may be read-only).
    #[inline]
    pub fn is_writable(&self) -> bool {
        !matches!(self.storage.get(), Some(Storage { owner: Owner::Foreign { writable: false, .. }, .. }))
    }

    /// Whether the memory belongs to somebody else.
    pub fn is_foreign(&self) -> bool {
        matches!(self.storage.get(), Some(Storage { owner: Owner::Foreign { .. }, .. }))
    }

    /// Whether somebody outside the engine may write into the memory, so that what reads it cannot wait.
    pub fn is_shared(&self) -> bool {
        self.exports.load(Ordering::Relaxed) > 0 || self.is_foreign()
    }

    /// Notes that a foreign writer got hold of the memory (see `work::prepare_write`) ...
    pub fn add_export(&self) {
        self.exports.fetch_add(1, Ordering::Relaxed);
    }

    /// ... and that one let go of it.
    pub fn remove_export(&self) {
        self.exports.fetch_sub(1, Ordering::Relaxed);
    }

    /// Grows with every write, so that autograd notices when a saved value was overwritten.
    pub fn version(&self) -> u32 {
        self.version.load(Ordering::Relaxed)
    }

    pub(crate) fn bump_version(&self) {
        self.version.fetch_add(1, Ordering::Relaxed);
        if self.written.load(Ordering::Relaxed) == WATCHED {
            self.note_write();
        }
    }

    /// Asks that the place of the next write be kept.
    pub fn watch(&self) {
        self.written.store(WATCHED, Ordering::Relaxed);
    }

    #[cold]
    fn note_write(&self) {
        if let Some(place) = place::here() {
            self.written.store(place.packed(), Ordering::Relaxed);
        }
    }

    /// Where the first write since [`Node::watch`] was made, if somebody could tell.
    pub fn written_at(&self) -> Option<Place> {
        Place::unpacked(self.written.load(Ordering::Relaxed))
    }

    /// Address and number of bytes of a ready node's elements.
    pub fn memory(&self) -> Option<(NonNull<u8>, usize)> {
        self.storage.get().map(|storage| (storage.data, storage.bytes))
    }

    /// Records that `reader`, pending, reads this storage. Dead readers are swept when the list has doubled.
    pub(crate) fn add_reader(&self, reader: &Arc<Node>) {
        let mut readers = self.readers.lock();
        if readers.len() >= 8 && readers.len().is_power_of_two() {
            readers.retain(|weak| weak.upgrade().is_some_and(|node| !node.is_ready()));
        }
        readers.push(Arc::downgrade(reader));
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.is_ready() { "ready" } else { "pending" };
        write!(f, "Node({state} {} on {})", self.dtype, self.device.id)
    }
}

impl Storage {
    pub(crate) fn allocate(dtype: DType, count: i64, device: DeviceRef) -> Result<Storage> {
        let bytes = bytes_of(dtype, count)?;
        let (data, size) = cache::acquire(device, bytes).ok_or_else(|| out_of_memory(bytes, device))?;
        Ok(Storage { data, bytes, owner: Owner::Cache { size, device } })
    }
}

/// Bytes of `count` elements, if they can be addressed at all.
pub(crate) fn bytes_of(dtype: DType, count: i64) -> Result<usize> {
    usize::try_from(count)
        .ok()
        .and_then(|count| count.checked_mul(dtype.size()))
        .filter(|&bytes| bytes <= isize::MAX as usize / 2)
        .ok_or_else(|| {
            Error::value("array is too big; its size in bytes does not fit in a pointer-sized integer")
        })
}

pub(crate) fn out_of_memory(bytes: usize, device: DeviceRef) -> Error {
    let held = device.cache.statistics();
    Error::memory(format!(
        "unable to allocate {bytes} bytes ({:.3} GiB) on {}: {} bytes are held by live arrays; use a smaller shape or \
         dtype, or delete arrays",
        bytes as f64 / (1u64 << 30) as f64,
        device.id,
        held.in_use,
    ))
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Owner::Cache { size, device } = self.owner {
            cache::release(device, self.data, size);
        }
    }
}
