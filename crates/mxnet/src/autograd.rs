//! Gradients: what happens inside [`record`] leaves a tape; [`backward`] walks it.
//!
//! ```
//! use mxnet::{autograd, np};
//! let w = np::array([1.0, 2.0, 3.0])?;
//! autograd::attach_grad(&w)?;
//! let loss = autograd::record(|| np::sum(&np::square(&w)?, ()))?;
//! autograd::backward(&loss)?;
//! assert_eq!(autograd::grad_of(&w)?.to_string(), "[2. 4. 6.]");
//! # Ok::<(), np::Error>(())
//! ```

use array::{Array, Error, Result, checkpoint as checkpoints, tape};

pub use array::tape::{GradRequest, is_recording, is_training, set_recording, set_training};

/// Restores this thread's modes, also when the work panics.
struct Modes {
    recording: bool,
    training: bool,
}

impl Modes {
    fn set(recording: bool, training: bool) -> Modes {
        Modes { recording: set_recording(recording), training: set_training(training) }
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        set_recording(self.recording);
        set_training(self.training);
    }
}

/// Runs `work` with operators recorded, in training mode: Python's `with autograd.record():`.
///
/// ```
/// use mxnet::autograd;
/// assert!(autograd::record(autograd::is_recording));
/// assert!(!autograd::is_recording());
/// ```
pub fn record<T>(work: impl FnOnce() -> T) -> T {
    let _modes = Modes::set(true, true);
    work()
}

/// Runs `work` without recording, in prediction mode.
///
/// ```
/// use mxnet::autograd;
/// assert!(!autograd::record(|| autograd::pause(autograd::is_recording)));
/// ```
pub fn pause<T>(work: impl FnOnce() -> T) -> T {
    let _modes = Modes::set(false, false);
    work()
}

/// Runs `work` in training mode; recording stays as it is.
///
/// ```
/// use mxnet::autograd;
/// assert!(autograd::train_mode(autograd::is_training));
/// ```
pub fn train_mode<T>(work: impl FnOnce() -> T) -> T {
    let _modes = Modes::set(is_recording(), true);
    work()
}

/// Runs `work` in prediction mode; recording stays as it is.
///
/// ```
/// use mxnet::autograd;
/// assert!(!autograd::record(|| autograd::predict_mode(autograd::is_training)));
/// ```
pub fn predict_mode<T>(work: impl FnOnce() -> T) -> T {
    let _modes = Modes::set(is_recording(), false);
    work()
}

/// Makes the array a variable with a gradient, which every [`backward`] overwrites.
///
/// ```
/// use mxnet::{autograd, np};
/// let w = np::ones(2)?;
/// autograd::attach_grad(&w)?;
/// assert_eq!(autograd::grad_of(&w)?.to_string(), "[0. 0.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn attach_grad(x: &Array) -> Result<()> {
    tape::attach_grad(x, GradRequest::Write)
}

/// [`attach_grad`] with a choice of what backward does to the gradient.
///
/// ```
/// use mxnet::{autograd, np};
/// let w = np::ones(2)?;
/// autograd::attach_grad_as(&w, autograd::GradRequest::Add)?;
/// for _ in 0..2 {
///     autograd::backward(&autograd::record(|| np::sum(&w, ()))?)?;
/// }
/// assert_eq!(autograd::grad_of(&w)?.to_string(), "[2. 2.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn attach_grad_as(x: &Array, request: GradRequest) -> Result<()> {
    tape::attach_grad(x, request)
}

/// The gradient of a variable: Python's `x.grad`.
///
/// # Errors
/// Runtime: the array is no variable.
///
/// ```
/// use mxnet::{autograd, np};
/// assert!(autograd::grad_of(&np::ones(2)?).is_err());
/// # Ok::<(), np::Error>(())
/// ```
pub fn grad_of(x: &Array) -> Result<Array> {
    tape::gradient_of(x)
        .ok_or_else(|| Error::runtime("grad_of: the array has no gradient; call attach_grad() first"))
}

/// Computes the gradients of `head` (of its sum, where it has several elements) for all variables behind it.
///
/// # Errors
/// Runtime: the head was not recorded, or its tape was used up by an earlier backward.
///
/// ```
/// use mxnet::{autograd, np};
/// let x = np::array([0.5])?;
/// autograd::attach_grad(&x)?;
/// autograd::backward(&autograd::record(|| np::exp(&x))?)?;
/// assert_eq!(autograd::grad_of(&x)?.to_string(), np::exp(&x)?.to_string());
/// # Ok::<(), np::Error>(())
/// ```
pub fn backward(head: &Array) -> Result<()> {
    tape::backward(&[(head, None)], false)
}

/// [`backward`] of several heads, each with a gradient to start from; with `retain`, the tape can be walked again.
///
/// ```
/// use mxnet::{autograd, np};
/// let x = np::array([1.0, 2.0])?;
/// autograd::attach_grad(&x)?;
/// let y = autograd::record(|| &x * 3.0);
/// autograd::backward_from(&[(&y, Some(&np::array([1.0, 10.0])?))], false)?;
/// assert_eq!(autograd::grad_of(&x)?.to_string(), "[ 3. 30.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn backward_from(heads: &[(&Array, Option<&Array>)], retain: bool) -> Result<()> {
    tape::backward(heads, retain)
}

/// Gradients of `head` for variables as new arrays. With `create_graph` they are recorded, so that gradients of
/// gradients can follow.
///
/// ```
/// use mxnet::{autograd, np};
/// let x = np::array([2.0])?;
/// autograd::attach_grad(&x)?;
/// let cube = autograd::record(|| &(&x * &x) * &x);
/// let slope = autograd::grad(&cube, &[&x], true)?.remove(0);
/// assert_eq!(slope.to_string(), "[12.]");
/// autograd::backward(&slope)?;
/// assert_eq!(autograd::grad_of(&x)?.to_string(), "[12.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn grad(head: &Array, variables: &[&Array], create_graph: bool) -> Result<Vec<Array>> {
    tape::grad(&[(head, None)], variables, create_graph, create_graph)
}

/// Runs a function as one operator of the tape: what it computes in between is forgotten, and computed again when
/// backward arrives. Variables that it reads besides its inputs get their gradients, too.
///
/// ```
/// use mxnet::{autograd, np};
/// let x = np::array([2.0])?;
/// autograd::attach_grad(&x)?;
/// let y = autograd::record(|| {
///     autograd::checkpoint(&[x.clone()], |inputs| Ok(vec![&(&inputs[0] * &inputs[0]) * &inputs[0]]))
/// })?;
/// autograd::backward(&y[0])?;
/// assert_eq!(autograd::grad_of(&x)?.to_string(), "[12.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn checkpoint(
    inputs: &[Array],
    function: impl Fn(&[Array]) -> Result<Vec<Array>> + Send + Sync + 'static,
) -> Result<Vec<Array>> {
    checkpoints::checkpoint(inputs, function)
}

/// What was recorded for an array, one line for each operator, oldest first.
///
/// # Errors
/// Runtime: the array was not recorded.
///
/// ```
/// use mxnet::{autograd, np};
/// let x = np::array([2.0])?;
/// autograd::attach_grad(&x)?;
/// let y = autograd::record(|| np::exp(&x))?;
/// assert_eq!(autograd::explain(&y)?, "%0 = variable float32 (1,)\n%1 = exp(%0)\n");
/// # Ok::<(), np::Error>(())
/// ```
pub fn explain(x: &Array) -> Result<String> {
    checkpoints::explain(x)
}
