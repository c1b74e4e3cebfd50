//! Working memory of a thread: kept between kernels, so that tiles stay in the same warm cache lines.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Registers begin on cache lines.
pub(crate) const LINE: usize = 64;

struct Buffer {
    start: NonNull<u8>,
    bytes: usize,
}

impl Buffer {
    const fn empty() -> Buffer {
        Buffer { start: NonNull::dangling(), bytes: 0 }
    }

    fn new(bytes: usize) -> Buffer {
        let Ok(layout) = Layout::from_size_align(bytes.max(LINE), LINE) else { return Buffer::empty() };
        // SAFETY: the layout has a size.
        match NonNull::new(unsafe { alloc(layout) }) {
            Some(start) => Buffer { start, bytes: layout.size() },
            None => std::alloc::handle_alloc_error(layout),
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.bytes > 0
            && let Ok(layout) = Layout::from_size_align(self.bytes, LINE)
        {
            // SAFETY: allocated in `new` with this layout.
            unsafe { dealloc(self.start.as_ptr(), layout) }
        }
    }
}

thread_local! {
    static BUFFER: RefCell<Buffer> = const { RefCell::new(Buffer::empty()) };
}

/// Runs `body` with at least `bytes` bytes of uninitialised memory, aligned to a cache line.
pub(crate) fn with<R>(bytes: usize, body: impl FnOnce(*mut u8) -> R) -> R {
    BUFFER.with(|cell| match cell.try_borrow_mut() {
        Ok(mut buffer) => {
            if buffer.bytes < bytes {
                *buffer = Buffer::new(bytes.next_power_of_two());
            }
            body(buffer.start.as_ptr())
        }
        // A kernel within a kernel on the same thread brings its own.
        Err(_) => body(Buffer::new(bytes).start.as_ptr()),
    })
}
