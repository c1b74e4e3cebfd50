//! Freed buffers, kept for reuse: first touch of fresh pages costs more than most kernels. One cache per device; small
//! host buffers have a free list per thread, large ones a shared list by size with the least recently freed dropped.
//! Knows bytes only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::device::{Device, DeviceEntry};

/// Buffers up to this size come from per-thread lists, one per multiple of `SMALL_STEP`.
const SMALL_LIMIT: usize = 4096;
const SMALL_STEP: usize = 64;
/// Free buffers kept per list.
const SMALL_KEPT: usize = 64;
/// Large buffers that are kept apart from the trees.
const HOT: usize = 8;
/// Default cap on cached bytes of large buffers.
const DEFAULT_CAP: usize = 2 << 30;

/// What a device's memory is used for, in bytes. Small buffers (up to 4 KiB) are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub in_use: usize,
    pub peak: usize,
    pub cached: usize,
    pub allocations: u64,
    pub reused: u64,
}

struct Freed {
    data: NonNull<u8>,
}
// SAFETY: a freed buffer is owned by the cache alone; moving the address between threads moves that ownership.
unsafe impl Send for Freed {}

#[derive(Default)]
struct Large {
    /// The buffers freed last, newest last: a program that makes results of one size again and again stays among them,
    /// and the trees stay out of it. Together with the trees they are what is cached.
    hot: SmallVec<[(usize, Freed); HOT]>,
    /// (size, stamp) -> buffer
    by_size: BTreeMap<(usize, u64), Freed>,
    /// stamp -> size, oldest first
    by_age: BTreeMap<u64, usize>,
    cached: usize,
    stamp: u64,
}

impl Large {
    /// The newest buffer of exactly this size.
    fn take_hot(&mut self, size: usize) -> Option<Freed> {
        let at = self.hot.iter().rposition(|(held, _)| *held == size)?;
        self.cached -= size;
        Some(self.hot.remove(at).1)
    }

    /// Puts a buffer into the trees.
    fn settle(&mut self, size: usize, freed: Freed) {
        self.stamp += 1;
        self.by_size.insert((size, self.stamp), freed);
        self.by_age.insert(self.stamp, size);
    }

    fn settle_all(&mut self) {
        for (size, freed) in std::mem::take(&mut self.hot) {
            self.settle(size, freed);
        }
    }
}

pub struct Cache {
    large: Mutex<Large>,
    cap: AtomicUsize,
    in_use: AtomicUsize,
    peak: AtomicUsize,
    allocations: AtomicU64,
    reused: AtomicU64,
}

/// Bytes really taken for a request: few distinct sizes, so that buffers fit again.
pub fn rounded(bytes: usize) -> usize {
    // steps are powers of two and written out: a division here would show in the cost of small operators
    let round =
        |step: usize| bytes.max(1).checked_add(step - 1).map_or(usize::MAX, |bytes| bytes & !(step - 1));
    if bytes <= SMALL_LIMIT {
        round(SMALL_STEP)
    } else if bytes <= 0x10_0000 {
        round(4096)
    } else {
        round(0x4_0000)
    }
}

impl Cache {
    pub(crate) fn new() -> Cache {
        let cap =
            std::env::var("MXNET_CACHE_BYTES").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_CAP);
        Cache {
            large: Mutex::new(Large::default()),
            cap: AtomicUsize::new(cap),
            in_use: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            allocations: AtomicU64::new(0),
            reused: AtomicU64::new(0),
        }
    }

    pub fn statistics(&self) -> Statistics {
        Statistics {
            in_use: self.in_use.load(Ordering::Relaxed),
            peak: self.peak.load(Ordering::Relaxed),
            cached: self.large.lock().cached,
            allocations: self.allocations.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
        }
    }

    fn count(&self, bytes: usize) {
        let now = self.in_use.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.peak.fetch_max(now, Ordering::Relaxed);
    }

    /// A cached buffer of at least `bytes`, with its real size: less than twice the request.
    fn take(&self, bytes: usize) -> Option<(NonNull<u8>, usize)> {
        let mut large = self.large.lock();
        if let Some(freed) = large.take_hot(bytes) {
            return Some((freed.data, bytes));
        }
        large.settle_all();
        let (&(size, _), _) = large.by_size.range((bytes, 0)..(bytes.saturating_mul(2), 0)).next()?;
        // The newest of that size: its lines may still be in the caches.
        let (&(_, stamp), _) = large.by_size.range((size, 0)..=(size, u64::MAX)).next_back()?;
        let freed = large.by_size.remove(&(size, stamp))?;
        large.by_age.remove(&stamp);
        large.cached -= size;
        Some((freed.data, size))
    }

    fn keep(&self, backend: &'static dyn Device, data: NonNull<u8>, size: usize) {
        let mut dropped = Vec::new();
        {
            let mut large = self.large.lock();
            if large.hot.len() == HOT {
                let (size, eldest) = large.hot.remove(0);
                large.settle(size, eldest);
            }
            large.hot.push((size, Freed { data }));
            large.cached += size;
            let cap = self.cap.load(Ordering::Relaxed);
            if large.cached > cap {
                large.settle_all();
            }
            while large.cached > cap {
                let Some((stamp, size)) = large.by_age.pop_first() else { break };
                if let Some(freed) = large.by_size.remove(&(size, stamp)) {
                    large.cached -= size;
                    dropped.push((freed.data, size));
                }
            }
        }
        for (data, size) in dropped {
            // SAFETY: the buffer came from this device with this size and was owned by the cache alone.
            unsafe { backend.free(data, size) };
        }
    }

    /// Gives all cached large buffers back to the device.
    pub fn clear(&self, backend: &'static dyn Device) {
        let mut taken = std::mem::take(&mut *self.large.lock());
        taken.settle_all();
        for ((size, _), freed) in taken.by_size {
            // SAFETY: the buffer came from this device with this size and was owned by the cache alone.
            unsafe { backend.free(freed.data, size) };
        }
    }
}

/// Per-thread lists of small host buffers. All host devices share one allocator, so one set of lists serves them.
struct Small {
    lists: [Vec<NonNull<u8>>; SMALL_LIMIT / SMALL_STEP + 1],
    backend: Option<&'static dyn Device>,
}

impl Drop for Small {
    fn drop(&mut self) {
        let Some(backend) = self.backend else { return };
        for (index, list) in self.lists.iter_mut().enumerate() {
            for data in list.drain(..) {
                // SAFETY: the buffer came from this backend with the size of its list.
                unsafe { backend.free(data, index * SMALL_STEP) };
            }
        }
    }
}

thread_local! {
    static SMALL: RefCell<Small> =
        const { RefCell::new(Small { lists: [const { Vec::new() }; SMALL_LIMIT / SMALL_STEP + 1], backend: None }) };
}

/// Memory for `bytes`, from the cache or the device; the second value is the size to give back to [`release`].
pub(crate) fn acquire(device: &'static DeviceEntry, bytes: usize) -> Option<(NonNull<u8>, usize)> {
    let size = rounded(bytes);
    if device.is_host && size <= SMALL_LIMIT {
        let found = SMALL.try_with(|small| small.borrow_mut().lists[size / SMALL_STEP].pop()).ok().flatten();
        return found.or_else(|| device.backend.allocate(size)).map(|data| (data, size));
    }
    device.cache.allocations.fetch_add(1, Ordering::Relaxed);
    let found = match device.cache.take(size) {
        Some(found) => {
            device.cache.reused.fetch_add(1, Ordering::Relaxed);
            Some(found)
        }
        None => device.backend.allocate(size).map(|data| (data, size)).or_else(|| {
            device.cache.clear(device.backend);
            device.backend.allocate(size).map(|data| (data, size))
        }),
    };
    if let Some((_, size)) = found {
        device.cache.count(size);
    }
    found
}

/// Takes back what [`acquire`] gave.
pub(crate) fn release(device: &'static DeviceEntry, data: NonNull<u8>, size: usize) {
    if device.is_host && size <= SMALL_LIMIT {
        let kept = SMALL.try_with(|small| {
            let mut small = small.borrow_mut();
            small.backend = Some(device.backend);
            let list = &mut small.lists[size / SMALL_STEP];
            let keep = list.len() < SMALL_KEPT;
            if keep {
                list.push(data);
            }
            keep
        });
        if !kept.unwrap_or(false) {
            // SAFETY: the buffer came from this backend with this size, and its owner just gave it up.
            unsafe { device.backend.free(data, size) };
        }
        return;
    }
    device.cache.in_use.fetch_sub(size, Ordering::Relaxed);
    device.cache.keep(device.backend, data, size);
}
