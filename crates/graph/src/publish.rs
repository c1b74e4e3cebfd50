//! A cell that is written at most once and read without waiting. `std::sync::OnceLock` does the same, but making a full
//! one goes through its once-machinery, which shows in the cost of small operators.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) struct Published<T> {
    ready: AtomicBool,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: the value is written before `ready` is set (release) and only read after `ready` was seen (acquire); writers
// are kept apart by the contract of `publish`.
unsafe impl<T: Send + Sync> Sync for Published<T> {}

impl<T> Published<T> {
    pub const fn empty() -> Published<T> {
        Published { ready: AtomicBool::new(false), value: UnsafeCell::new(None) }
    }

    #[inline]
    pub const fn full(value: T) -> Published<T> {
        Published { ready: AtomicBool::new(true), value: UnsafeCell::new(Some(value)) }
    }

    #[inline]
    pub fn get(&self) -> Option<&T> {
        if !self.ready.load(Ordering::Acquire) {
            return None;
        }
        // SAFETY: `ready` was set after the only write, so nobody writes any more.
        unsafe { (*self.value.get()).as_ref() }
    }

    /// Makes the value visible; a second call changes nothing.
    ///
    /// # Safety
    /// Calls for one cell do not run at the same time (the engine's lock is held).
    pub unsafe fn publish(&self, value: T) {
        if self.ready.load(Ordering::Acquire) {
            return;
        }
        // SAFETY: not ready, so no reader looks at the value, and the caller keeps other writers away.
        unsafe { *self.value.get() = Some(value) };
        self.ready.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays() {
        let cell = Published::empty();
        assert_eq!(cell.get(), None);
        // SAFETY: one thread.
        unsafe {
            cell.publish(1);
            cell.publish(2);
        }
        assert_eq!(cell.get(), Some(&1));
        assert_eq!(Published::full(3).get(), Some(&3));
    }
}
