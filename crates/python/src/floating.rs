//! Floating-point exceptions as Python's users asked for them with `np.errstate` and `np.seterr`: who wants to know of
//! which one, and how it is told. Called around operators, reductions and conversions. What the exceptions of an
//! operation are, `array::flags` finds out.
//!
//! Until somebody asks for the first time, asking whether anybody has costs one load.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use base::promote::Casting;
use base::{DType, Op};
use mxnet::array::flags::{self, Flags};
use mxnet::array::{Argument, Array, elementwise};
use pyo3::exceptions::{PyFloatingPointError, PyNameError, PyRuntimeWarning};
use pyo3::prelude::*;

use crate::array::compute;
use crate::error::Raised;

type Object<'py> = Bound<'py, PyAny>;

static WATCHED: AtomicBool = AtomicBool::new(false);
/// `get` of the context variable that holds what was asked for: `None`, or `(divide, over, under, invalid, call)`.
static STATE: OnceLock<Py<PyAny>> = OnceLock::new();

/// What is done about an exception. The order is that of `MODES` in mxnet.numpy._floating_errors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Ignore,
    Warn,
    Raise,
    Call,
    Print,
    Log,
}

impl Mode {
    fn of(number: u8) -> Mode {
        match number {
            0 => Mode::Ignore,
            1 => Mode::Warn,
            2 => Mode::Raise,
            3 => Mode::Call,
            4 => Mode::Print,
            _ => Mode::Log,
        }
    }
}

/// What the running context asked for: at least one exception is not ignored.
pub(crate) struct Watch<'py> {
    /// divide, over, under, invalid
    modes: [Mode; 4],
    call: Object<'py>,
}

/// Starts to look at the state before each operation; from then on asking costs a call of Python.
#[pyfunction]
fn _watch_floating_errors(get: Py<PyAny>) {
    let _first = STATE.set(get);
    WATCHED.store(true, Ordering::Release);
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_watch_floating_errors, module)?)
}

/// Whether anybody ever asked.
#[inline(always)]
pub(crate) fn is_watched() -> bool {
    WATCHED.load(Ordering::Relaxed)
}

/// What the running context asked for, if it asked for anything.
#[inline(always)]
pub(crate) fn watch(py: Python<'_>) -> PyResult<Option<Watch<'_>>> {
    if is_watched() { state(py) } else { Ok(None) }
}

#[cold]
fn state(py: Python<'_>) -> PyResult<Option<Watch<'_>>> {
    let Some(get) = STATE.get() else { return Ok(None) };
    let found = get.bind(py).call0()?;
    if found.is_none() {
        return Ok(None);
    }
    let (divide, over, under, invalid, call): (u8, u8, u8, u8, Object<'_>) = found.extract()?;
    Ok(Some(Watch { modes: [divide, over, under, invalid].map(Mode::of), call }))
}

impl Watch<'_> {
    /// Whether underflow is looked for, which costs more than the others.
    pub fn underflow(&self) -> bool {
        self.modes[2] != Mode::Ignore
    }

    /// Tells of the exceptions that operator `name` met.
    ///
    /// # Errors
    /// FloatingPointError where that was asked for, NameError where a callback is missing, and what warnings and callbacks raise.
    pub fn report(&self, py: Python<'_>, name: &str, flags: Flags) -> PyResult<()> {
        let met = [flags.divide, flags.overflow, flags.underflow, flags.invalid];
        // as NumPy numbers them
        let all: u8 = met.iter().zip([1, 2, 4, 8]).filter(|(met, _)| **met).map(|(_, bit)| bit).sum();
        let kinds = ["divide by zero", "overflow", "underflow", "invalid value"];
        for ((met, mode), kind) in met.into_iter().zip(self.modes).zip(kinds) {
            if met {
                self.tell(py, mode, kind, name, all)?;
            }
        }
        Ok(())
    }

    fn tell(&self, py: Python<'_>, mode: Mode, kind: &str, name: &str, all: u8) -> PyResult<()> {
        let text = format!("{kind} encountered in {name}");
        match mode {
            Mode::Ignore => Ok(()),
            Mode::Warn => {
                let text = std::ffi::CString::new(text)?;
                PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &text, 1)
            }
            Mode::Raise => Err(PyFloatingPointError::new_err(text)),
            Mode::Call if self.call.is_none() => Err(PyNameError::new_err(format!(
                "python callback specified for {kind} (in {name}) but no function found."
            ))),
            Mode::Call => self.call.call1((kind, all)).map(drop),
            Mode::Print => {
                let text = format!("Warning: {text}\n");
                py.import("sys")?.getattr("stderr")?.call_method1("write", (text,)).map(drop)
            }
            Mode::Log if !self.call.hasattr("write")? => Err(PyNameError::new_err(format!(
                "log specified for {kind} (in {name}) but no object with write method found."
            ))),
            Mode::Log => self.call.call_method1("write", (format!("Warning: {text}\n"),)).map(drop),
        }
    }
}

/// What `find` finds out about work that was done, if anybody asked.
#[inline]
pub(crate) fn after(py: Python<'_>, find: impl FnOnce(bool) -> base::Result<Flags>) -> PyResult<Flags> {
    match watch(py)? {
        Some(watch) => find(watch.underflow()).raised(),
        None => Ok(Flags::default()),
    }
}

/// Tells of exceptions that were found.
#[inline]
pub(crate) fn tell(py: Python<'_>, name: &str, flags: Flags) -> PyResult<()> {
    match watch(py)? {
        Some(watch) if flags != Flags::default() => watch.report(py, name, flags),
        _ => Ok(()),
    }
}

/// Runs `work`; afterwards tells of the exceptions that `find` found before, while inputs that are outputs too were whole.
///
/// # Errors
/// Those of both, and of [`Watch::report`].
#[inline]
pub(crate) fn observed<T>(
    py: Python<'_>,
    name: &str,
    find: impl FnOnce(bool) -> base::Result<Flags>,
    work: impl FnOnce() -> PyResult<T>,
) -> PyResult<T> {
    let Some(watch) = watch(py)? else { return work() };
    let flags = find(watch.underflow()).raised()?;
    let done = work()?;
    watch.report(py, name, flags)?;
    Ok(done)
}

/// `op(*arguments)` over `size` elements.
#[inline]
pub(crate) fn call(py: Python<'_>, op: &'static Op, size: i64, arguments: &[Argument]) -> PyResult<Array> {
    if is_watched() {
        let work = || compute(py, size, || elementwise::call(op, arguments));
        return observed(py, op.name, |under| flags::of_call(op, arguments, None, None, under), work);
    }
    compute(py, size, || elementwise::call(op, arguments))
}

/// `op(*arguments)` over `size` elements, written into `out`.
#[inline]
pub(crate) fn call_into(
    py: Python<'_>,
    op: &'static Op,
    size: i64,
    arguments: &[Argument],
    (out, mask): (&Array, Option<&Array>),
    wanted: Option<DType>,
    casting: Casting,
) -> PyResult<()> {
    let work = || compute(py, size, || elementwise::call_into(op, arguments, out, mask, wanted, casting));
    if is_watched() {
        return observed(py, op.name, |under| flags::of_call(op, arguments, wanted, mask, under), work);
    }
    work()
}

/// A product of two arrays.
#[inline]
pub(crate) fn product(
    py: Python<'_>,
    name: &str,
    product: impl Fn(&Array, &Array) -> base::Result<Array> + Sync,
    x: &Array,
    y: &Array,
) -> PyResult<Array> {
    let result = compute(py, x.size().max(y.size()), || product(x, y))?;
    if let Some(watch) = watch(py)? {
        watch.report(py, name, flags::of_product(product, x, y, &result).raised()?)?;
    }
    Ok(result)
}

/// The conversion of an array to another dtype.
#[inline]
pub(crate) fn cast(py: Python<'_>, array: &Array, dtype: DType) -> PyResult<Array> {
    let work = || compute(py, array.size(), || array.astype(dtype));
    observed(py, "cast", |under| flags::of_cast(array, dtype, under), work)
}
