//! Working memory of kernels: 64-byte aligned and kept per thread for the next call, since fresh pages cost more than
//! many a kernel. Contents are whatever was left there, but never uninitialised.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Alignment of every buffer: a cache line, and the widest vector.
const ALIGNMENT: usize = 64;
/// Buffers kept per thread; more than one product ever needs at once would only waste memory.
const MOST_KEPT: usize = 6;
/// Buffers larger than this many bytes are not kept.
const LARGEST_KEPT: usize = 32 << 20;

/// Blocks of this size and more come from the system in pages.
#[cfg(target_os = "linux")]
const HUGE_PAGE: usize = 2 << 20;

struct Block {
    data: NonNull<u8>,
    layout: Layout,
}

impl Drop for Block {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if self.layout.size() >= HUGE_PAGE {
            // SAFETY: mapped with this size, and freed once.
            unsafe { libc::munmap(self.data.as_ptr().cast(), self.layout.size()) };
            return;
        }
        // SAFETY: `data` was allocated with this layout and is freed once.
        unsafe { dealloc(self.data.as_ptr(), self.layout) }
    }
}

thread_local! {
    static KEPT: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// A buffer on loan from its thread's store.
pub(crate) struct Scratch(Option<Block>);

impl Scratch {
    /// A buffer for `count` elements.
    pub(crate) fn new<T>(count: usize) -> Scratch {
        let bytes = (count * size_of::<T>()).max(ALIGNMENT);
        let kept = KEPT.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            // the smallest that fits: a large one serves the large request that comes with the small one
            let fitting = (0..kept.len())
                .filter(|&index| kept[index].layout.size() >= bytes)
                .min_by_key(|&index| kept[index].layout.size());
            fitting.map(|index| kept.swap_remove(index))
        });
        Scratch(Some(kept.ok().flatten().unwrap_or_else(|| Block::new(bytes))))
    }

    /// The first element.
    pub(crate) fn pointer<T>(&self) -> *mut T {
        self.0.as_ref().map_or(std::ptr::null_mut(), |block| block.data.as_ptr().cast())
    }
}

/// Numbers for which any bits are a value.
///
/// # Safety
/// The type has no padding, no invalid bit patterns and an alignment of at most 64.
pub(crate) unsafe trait AnyBits: Copy {}

// SAFETY: a float of 32 bits.
unsafe impl AnyBits for f32 {}
// SAFETY: a float of 64 bits.
unsafe impl AnyBits for f64 {}
// SAFETY: two numbers of that kind, side by side.
unsafe impl<T: AnyBits> AnyBits for num_complex::Complex<T> {}

impl Scratch {
    /// The buffer as a slice of `count` elements, which must be no more than it was made for.
    pub(crate) fn slice<T: AnyBits>(&mut self, count: usize) -> &mut [T] {
        let bytes = self.0.as_ref().map_or(0, |block| block.layout.size());
        let count = count.min(bytes / size_of::<T>());
        let data = self.pointer::<T>();
        if count == 0 {
            return &mut [];
        }
        // SAFETY: the block is aligned, large enough, initialised since its allocation, and borrowed with `self`.
        unsafe { std::slice::from_raw_parts_mut(data, count) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let Some(block) = self.0.take() else { return };
        if block.layout.size() > LARGEST_KEPT {
            return;
        }
        // While the thread ends its store may be gone; then the block is simply freed.
        let _ = KEPT.try_with(|kept| {
            let mut kept = kept.borrow_mut();
            if kept.len() >= MOST_KEPT {
                // The smallest goes: a larger buffer serves any request.
                if let Some(index) = (0..kept.len()).min_by_key(|&index| kept[index].layout.size()) {
                    kept.swap_remove(index);
                }
            }
            kept.push(block);
        });
    }
}

impl Block {
    fn new(bytes: usize) -> Block {
        #[cfg(target_os = "linux")]
        if bytes >= HUGE_PAGE {
            return Block::pages(bytes);
        }
        let rounded = bytes.next_multiple_of(4096);
        let Ok(layout) = Layout::from_size_align(rounded, ALIGNMENT) else {
            handle_alloc_error(Layout::new::<u8>());
        };
        // SAFETY: the size is not zero.
        match NonNull::new(unsafe { alloc_zeroed(layout) }) {
            Some(data) => Block { data, layout },
            None => handle_alloc_error(layout),
        }
    }

    /// Zeros from the system, which nobody has to write, on huge pages if it has some.
    #[cfg(target_os = "linux")]
    fn pages(bytes: usize) -> Block {
        let rounded = bytes.next_multiple_of(HUGE_PAGE);
        let Ok(layout) = Layout::from_size_align(rounded, HUGE_PAGE) else {
            handle_alloc_error(Layout::new::<u8>());
        };
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: fresh memory, one page larger than needed; what is not aligned is given back at once.
        unsafe {
            let whole = libc::mmap(std::ptr::null_mut(), rounded + HUGE_PAGE, protection, flags, -1, 0);
            if whole == libc::MAP_FAILED {
                handle_alloc_error(layout);
            }
            let before = whole.cast::<u8>().align_offset(HUGE_PAGE);
            let start = whole.cast::<u8>().add(before);
            if before > 0 {
                libc::munmap(whole, before);
            }
            if before < HUGE_PAGE {
                libc::munmap(start.add(rounded).cast(), HUGE_PAGE - before);
            }
            libc::madvise(start.cast(), rounded, libc::MADV_HUGEPAGE);
            Block { data: NonNull::new_unchecked(start), layout }
        }
    }
}
