//! Looking for the first nan: while detecting, every recorded result and every gradient is computed at once and looked
//! at. Off, it costs one read of a flag per recorded operator. `tape` asks; the front raises what was found.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, Ordering};

use base::{Error, Place, Result, place};

use super::paused;
use crate::elementwise::call1;
use crate::{Array, reduce};

thread_local! {
    static DETECTING: Cell<bool> = const { Cell::new(false) };
    static FOUND: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Whether some thread found something: read after every operator, so it is a plain flag.
static ANY_FOUND: AtomicBool = AtomicBool::new(false);

/// Whether this thread looks for nans.
#[inline]
pub fn is_detecting() -> bool {
    DETECTING.with(Cell::get)
}

/// Switches detection on this thread; returns what it was.
pub fn set_detecting(on: bool) -> bool {
    DETECTING.with(|flag| flag.replace(on))
}

/// Looks at an operator's result. What is wrong with it waits for [`raise_found`], because recording itself cannot fail.
pub(crate) fn check_result(name: &'static str, output: &Array) {
    let answer = has_nan(output).and_then(|nan| if nan { Err(result_error(name)) } else { Ok(()) });
    if let Err(error) = answer {
        FOUND.with(|found| {
            found.borrow_mut().get_or_insert(error);
        });
        ANY_FOUND.store(true, Ordering::Relaxed);
    }
}

fn result_error(name: &str) -> Error {
    let line = Place::in_brackets(place::here());
    Error::runtime(format!("detect_anomaly: {name} returned nan{line}"))
}

/// The first nan that this thread's recorded operators returned since the last call, as an error.
///
/// # Errors
/// Runtime: there was one.
#[inline]
pub fn raise_found() -> Result<()> {
    if ANY_FOUND.load(Ordering::Relaxed) { take_found() } else { Ok(()) }
}

#[cold]
fn take_found() -> Result<()> {
    // another thread's error keeps the flag up: it is only a hint
    match FOUND.with(|found| found.borrow_mut().take()) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Looks at what backward through an operator gave.
///
/// # Errors
/// Runtime: a nan that was not in the gradient that arrived.
pub(crate) fn check_gradients(name: &str, arrived: &Array, gradients: &[Option<Array>]) -> Result<()> {
    for (index, gradient) in gradients.iter().enumerate() {
        let Some(gradient) = gradient else { continue };
        if has_nan(gradient)? {
            FOUND.with(|found| found.borrow_mut().take());
            let whence = if has_nan(arrived)? { "got a gradient with nan" } else { "gave nan" };
            return Err(Error::runtime(format!(
                "detect_anomaly: the gradient of {name} {whence} for input {index}"
            )));
        }
    }
    Ok(())
}

fn has_nan(array: &Array) -> Result<bool> {
    if !array.dtype().is_inexact() {
        return Ok(false);
    }
    paused(|| {
        let nan = call1(ops::ISNAN, &array.detach())?;
        Ok(reduce::any(&nan, &reduce::Options::default())?.item()?.is_truthy())
    })
}
