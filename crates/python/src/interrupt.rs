//! Ctrl-C while the interpreter is given up: Python only notes the signal then, and raises KeyboardInterrupt when its code
//! goes on, which may be a minute later. So, while SIGINT means KeyboardInterrupt, a handler of ours stands before
//! Python's: it tells the engine, too, whose work of the main thread ends early where nothing is left half written.
//! Handlers that the user installs by `signal.signal` replace ours, and then work runs to its end.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::place::attached;

/// Before work without the interpreter: what was asked for until now is dealt with by Python.
#[inline]
pub(crate) fn check(py: Python<'_>) -> PyResult<()> {
    if base::interrupt::withdraw() { py.check_signals() } else { Ok(()) }
}

/// The exception of work that ended early.
#[cold]
pub(crate) fn exception() -> PyErr {
    base::interrupt::withdraw();
    attached(|py| py.check_signals()).err().unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))
}

#[cfg(not(unix))]
pub(crate) fn listen(_py: Python<'_>) -> bool {
    false
}

#[cfg(unix)]
pub(crate) use signals::listen;

#[cfg(unix)]
mod signals {
    use std::cell::Cell;
    use std::ffi::c_int;
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use pyo3::prelude::*;

    /// The handler that ours calls.
    static PYTHONS: AtomicUsize = AtomicUsize::new(0);

    thread_local! {
        /// Whether this is Python's main thread, which alone gets KeyboardInterrupt; unknown at first.
        static MAIN: Cell<Option<bool>> = const { Cell::new(None) };
    }

    extern "C" fn heard(signal: c_int) {
        base::interrupt::want();
        let pythons = PYTHONS.load(Ordering::Relaxed);
        if pythons != 0 {
            // SAFETY: it was the handler for this signal, of this type, before ours was put before it.
            let pythons = unsafe { std::mem::transmute::<usize, extern "C" fn(c_int)>(pythons) };
            pythons(signal);
        }
    }

    /// Whether Ctrl-C reaches the engine and may end this thread's work: sees to it if possible.
    pub(crate) fn listen(py: Python<'_>) -> bool {
        let main = MAIN.get().unwrap_or_else(|| {
            let main = is_main(py).unwrap_or(false);
            MAIN.set(Some(main));
            main
        });
        main && hears(py).unwrap_or(false)
    }

    fn is_main(py: Python<'_>) -> PyResult<bool> {
        let threading = py.import("threading")?;
        Ok(threading.call_method0("current_thread")?.is(&threading.call_method0("main_thread")?))
    }

    fn hears(py: Python<'_>) -> PyResult<bool> {
        let mut now = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: asks for the present action, and gives a place for it.
        if unsafe { libc::sigaction(libc::SIGINT, ptr::null(), now.as_mut_ptr()) } != 0 {
            return Ok(false);
        }
        // SAFETY: filled, as the call succeeded.
        let mut action = unsafe { now.assume_init() };
        let ours = heard as extern "C" fn(c_int) as usize;
        if action.sa_sigaction == ours {
            return Ok(true);
        }
        let signal = py.import("signal")?;
        let python = signal.call_method1("getsignal", (libc::SIGINT,))?;
        let is_usual = python.is(&signal.getattr("default_int_handler")?);
        let is_plain = action.sa_flags & libc::SA_SIGINFO == 0
            && action.sa_sigaction != libc::SIG_DFL
            && action.sa_sigaction != libc::SIG_IGN;
        if !is_usual || !is_plain {
            return Ok(false);
        }
        PYTHONS.store(action.sa_sigaction, Ordering::Relaxed);
        action.sa_sigaction = ours;
        // SAFETY: `heard` does what a handler may (it stores a flag), and then what the handler before it did; flags and
        // mask stay as they were.
        Ok(unsafe { libc::sigaction(libc::SIGINT, &action, ptr::null_mut()) } == 0)
    }
}
