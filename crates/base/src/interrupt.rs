//! Ctrl-C: whether somebody wants the running work to stop, and who may be stopped. The front says that work of this
//! thread may end early (`allowed`); the engine says which kernels leave nothing half written that anybody could see
//! (`stoppable`) or do (`whole`); the pool of threads looks at the flag between chunks of work (`is_wanted`) and unwinds.
//! It must not know where the wish comes from.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Error, Result};

/// Set by a signal handler, so there is nothing but a flag.
static WANTED: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Work of this thread runs to its end.
    Whole,
    /// Work may end early wherever the engine allows it.
    Allowed,
    /// A kernel runs that may end early.
    Stoppable,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Whole) };
}

/// What unwinds.
struct Stop;

/// Asks running work to stop. May be called by a signal handler.
pub fn want() {
    WANTED.store(true, Ordering::Relaxed);
}

/// Takes the wish back; whether there was one.
pub fn withdraw() -> bool {
    // (an exchange takes the cache line from other processors, and this is called for every larger operation)
    WANTED.load(Ordering::Relaxed) && WANTED.swap(false, Ordering::Relaxed)
}

#[inline]
pub fn is_wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}

/// Whether this thread runs a kernel that may end early.
#[inline]
pub fn is_stoppable() -> bool {
    STATE.get() == State::Stoppable
}

/// Ends the running kernel, which must be stoppable.
#[cold]
pub fn stop() -> ! {
    // (no message: nothing is wrong)
    resume_unwind(Box::new(Stop))
}

/// Work whose caller can deal with [`crate::ErrorKind::Interrupted`].
pub fn allowed<T>(work: impl FnOnce() -> T) -> T {
    within(State::Allowed, work)
}

/// Work that must not end early, such as a write into memory that is in use.
#[inline]
pub fn whole<T>(work: impl FnOnce() -> T) -> T {
    within(State::Whole, work)
}

/// A kernel whose results nobody can see before it has ended.
///
/// # Errors
/// Those of `work`. Interrupted: it was ended early, or not begun.
#[inline]
pub fn stoppable<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    if STATE.get() != State::Allowed { work() } else { watched(work) }
}

fn watched<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    if is_wanted() {
        return Err(Error::interrupted("interrupted"));
    }
    match catch_unwind(AssertUnwindSafe(|| within(State::Stoppable, work))) {
        Ok(outcome) => outcome,
        Err(reason) if reason.is::<Stop>() => Err(Error::interrupted("interrupted")),
        Err(reason) => resume_unwind(reason),
    }
}

fn within<T>(state: State, work: impl FnOnce() -> T) -> T {
    struct Restore(State);
    impl Drop for Restore {
        fn drop(&mut self) {
            STATE.set(self.0);
        }
    }
    let _restore = Restore(STATE.replace(state));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    /// A kernel of two chunks, as a pool runs it.
    fn kernel() -> Result<u8> {
        want();
        if is_stoppable() && is_wanted() {
            stop();
        }
        Ok(2)
    }

    #[test]
    fn only_stoppable_work_that_may_is_stopped() {
        assert_eq!(stoppable(kernel), Ok(2));
        assert_eq!(allowed(|| whole(|| stoppable(kernel))), Ok(2));
        assert!(withdraw());
        assert_eq!(allowed(|| stoppable(kernel)).unwrap_err().kind, ErrorKind::Interrupted);
        assert_eq!(allowed(|| stoppable(|| Ok(1))).unwrap_err().kind, ErrorKind::Interrupted);
        assert!(withdraw() && !withdraw());
        assert_eq!(allowed(|| stoppable(|| Ok(1))), Ok(1));
        assert!(!is_stoppable());
    }
}
