//! The Python line that an operator was called from, for errors that are found later. Kept as a code object's number and
//! an instruction's offset, which is cheap to take; the line is looked up when an error is written. Frames of this
//! package are skipped. Also here: giving up the interpreter, because without it there is no line to read.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base::place::{Front, Place, install};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

/// Code objects that are kept, so that their numbers stay good; older ones are forgotten.
const KEPT: usize = 4096;
/// How many frames of this package are looked through for the caller's.
const DEPTH: usize = 64;

/// A code object that something was recorded from.
struct Entry {
    number: u32,
    address: usize,
    code: Py<PyAny>,
    /// Whether it is this package's.
    own: bool,
}

/// The newest code objects: number `n` stands at `(n - 1) % KEPT`.
struct Codes {
    numbers: BTreeMap<usize, u32>,
    entries: Vec<Entry>,
    last: u32,
}

static CODES: Mutex<Codes> = Mutex::new(Codes { numbers: BTreeMap::new(), entries: Vec::new(), last: 0 });

/// The directory of this package.
static PACKAGE: PyOnceLock<String> = PyOnceLock::new();

/// The last code object that this thread met: its address, and its number (0 for this package's own). It is alive as
/// long as its number is in the table.
#[derive(Clone, Copy)]
struct Last {
    address: usize,
    number: u32,
}

thread_local! {
    static LAST: Cell<Last> = const { Cell::new(Last { address: 0, number: 0 }) };
    /// Set while this thread has given up the interpreter: the line that it did so at.
    static AWAY: Cell<Option<Option<Place>>> = const { Cell::new(None) };
}

/// Begins to note lines; before the first recording nobody wants them.
pub(crate) fn begin() {
    install(Front { here, text });
}

/// Runs work without the interpreter.
#[inline]
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let line = if base::place::is_installed() { here() } else { None };
    let stoppable = crate::interrupt::listen(py);
    let work = || if stoppable { base::interrupt::allowed(work) } else { work() };
    #[expect(clippy::disallowed_methods, reason = "this is the way that the others are to take")]
    within(Some(line), || py.detach(work))
}

/// Runs work with the interpreter, from inside of [`detached`] or not.
pub(crate) fn attached<T>(work: impl FnOnce(Python<'_>) -> T) -> T {
    // what Python calls now has lines of its own
    #[expect(clippy::disallowed_methods, reason = "as above")]
    Python::attach(|py| within(None, || base::place::on_behalf_of(None, || work(py))))
}

fn within<T>(state: Option<Option<Place>>, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Option<Place>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            AWAY.with(|cell| cell.set(self.0));
        }
    }
    let _restore = Restore(AWAY.with(|cell| cell.replace(state)));
    work()
}

fn here() -> Option<Place> {
    if let Some(line) = AWAY.with(Cell::get) {
        return line;
    }
    // SAFETY: every way of giving up the interpreter goes through `detached`, so this thread has it now. Threads that
    // Python knows nothing of do not record.
    let py = unsafe { Python::assume_attached() };
    // SAFETY: the interpreter is held; the answer is borrowed or null.
    let frame = unsafe { Bound::from_borrowed_ptr_or_opt(py, pyo3::ffi::PyEval_GetFrame().cast()) }?;
    of_frame(&frame).ok().flatten()
}

/// The line of the innermost frame that is not this package's.
fn of_frame(frame: &Bound<'_, PyAny>) -> PyResult<Option<Place>> {
    let py = frame.py();
    let mut frame = frame.clone();
    for _ in 0..DEPTH {
        // SAFETY: it is a frame; the answer is a new reference.
        let code = unsafe {
            let code = pyo3::ffi::PyFrame_GetCode(frame.as_ptr().cast());
            Bound::from_owned_ptr(py, code.cast())
        };
        let number = number_of(&code)?;
        if number != 0 {
            let at: u32 = frame.getattr(intern!(py, "f_lasti"))?.extract().unwrap_or(0);
            return Ok(Place::new(number, at));
        }
        let outer = frame.getattr(intern!(py, "f_back"))?;
        if outer.is_none() {
            break;
        }
        frame = outer;
    }
    Ok(None)
}

fn codes() -> MutexGuard<'static, Codes> {
    CODES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A code object's number, or 0 for this package's.
fn number_of(code: &Bound<'_, PyAny>) -> PyResult<u32> {
    let address = code.as_ptr() as usize;
    let last = LAST.with(Cell::get);
    if last.address == address {
        return Ok(last.number);
    }
    let known = codes().find(address);
    let number = match known {
        Some(number) => number,
        None => {
            let own = is_own(code)?;
            let (number, forgotten) = codes().enter(address, code.clone().unbind(), own);
            // dropping may run Python code, which the lock must not see
            drop(forgotten);
            number
        }
    };
    LAST.with(|cell| cell.set(Last { address, number }));
    Ok(number)
}

/// Whether a code object stands in a file of this package.
fn is_own(code: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = code.py();
    let package = PACKAGE.get_or_try_init(py, || -> PyResult<String> {
        let file: String = py.import("mxnet")?.getattr("__file__")?.extract()?;
        Ok(file.trim_end_matches("__init__.py").to_owned())
    })?;
    let file = code.getattr(intern!(py, "co_filename"))?;
    Ok(file.cast::<PyString>()?.to_str()?.starts_with(package))
}

impl Codes {
    fn slot(number: u32) -> usize {
        (number as usize).wrapping_sub(1) % KEPT
    }

    fn find(&self, address: usize) -> Option<u32> {
        let number = *self.numbers.get(&address)?;
        let own = self.entries.get(Codes::slot(number))?.own;
        Some(if own { 0 } else { number })
    }

    /// The new entry's number, and the code object that had to make room for it.
    fn enter(&mut self, address: usize, code: Py<PyAny>, own: bool) -> (u32, Option<Entry>) {
        // 0 stands for this package; after four thousand million, the count goes on in the same slot
        self.last = self.last.checked_add(1).unwrap_or(u32::MAX % KEPT as u32 + 1);
        let number = self.last;
        self.numbers.insert(address, number);
        let entry = Entry { number, address, code, own };
        let forgotten = match self.entries.get_mut(Codes::slot(number)) {
            Some(old) => Some(std::mem::replace(old, entry)),
            None => {
                self.entries.push(entry);
                None
            }
        };
        if let Some(old) = &forgotten {
            self.numbers.remove(&old.address);
        }
        (if own { 0 } else { number }, forgotten)
    }
}

/// `File "train.py", line 12, in step`, as tracebacks have it.
pub(crate) fn text(place: Place) -> Option<String> {
    attached(|py| {
        let code = {
            let codes = codes();
            let entry = codes.entries.get(Codes::slot(place.code()))?;
            (entry.number == place.code()).then(|| entry.code.clone_ref(py))?
        };
        let code = code.bind(py);
        let file: String = code.getattr("co_filename").ok()?.extract().ok()?;
        let name: String = code.getattr("co_name").ok()?.extract().ok()?;
        let line = line_of(code, place.at()).ok().flatten()?;
        Some(format!("File \"{file}\", line {line}, in {name}"))
    })
}

/// The line of the instruction at an offset.
fn line_of(code: &Bound<'_, PyAny>, at: u32) -> PyResult<Option<u32>> {
    for range in code.call_method0("co_lines")?.try_iter()? {
        let (start, end, line): (u32, u32, Option<u32>) = range?.extract()?;
        if (start..end).contains(&at) {
            return Ok(line);
        }
    }
    Ok(None)
}
