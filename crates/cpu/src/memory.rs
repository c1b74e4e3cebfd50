//! Memory of the CPU device: aligned for vector instructions, and large blocks on huge pages, whose first touch is
//! several times cheaper. Called by the device only.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

/// Cache line, and the width of the widest vector instructions.
const ALIGNMENT: usize = 64;
/// Blocks of this size and more are aligned to it and ask the system for huge pages.
const HUGE_PAGE: usize = 2 << 20;

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes, if bytes >= HUGE_PAGE { HUGE_PAGE } else { ALIGNMENT }).ok()
}

/// Uninitialised memory; `None` when there is none left. `bytes` is not 0.
pub(crate) fn allocate(bytes: usize) -> Option<NonNull<u8>> {
    let layout = layout(bytes)?;
    // SAFETY: the layout has a size.
    let start = NonNull::new(unsafe { alloc(layout) })?;
    #[cfg(target_os = "linux")]
    if bytes >= HUGE_PAGE {
        // SAFETY: the range is ours and aligned to pages. Advice that the system does not follow costs nothing but time.
        unsafe { libc::madvise(start.as_ptr().cast(), bytes, libc::MADV_HUGEPAGE) };
    }
    Some(start)
}

/// # Safety
/// `start` came from `allocate(bytes)` and nothing uses it any more.
pub(crate) unsafe fn free(start: NonNull<u8>, bytes: usize) {
    if let Some(layout) = layout(bytes) {
        // SAFETY: allocated with the same layout.
        unsafe { dealloc(start.as_ptr(), layout) }
    }
}
