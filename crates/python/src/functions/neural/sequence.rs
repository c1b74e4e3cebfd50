//! Batches of sequences of different lengths.

use mxnet::array::neural;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::{Ours, run};
use crate::arguments::{Input, Integer, Places, truth};

/// Lengths count only where they are switched on.
fn lengths(name: &str, given: Option<Places>, switch: bool) -> PyResult<Option<mxnet::array::Array>> {
    match (given, switch) {
        (_, false) => Ok(None),
        (Some(lengths), true) => Ok(Some(lengths.0)),
        (None, true) => {
            Err(PyValueError::new_err(format!("{name}: use_sequence_length=True needs sequence_length")))
        }
    }
}

/// Steps after the end of their sequence replaced by a number.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (steps, batch, ...), or (batch, steps, ...) with axis 1.
/// sequence_length : array_like, optional
///     Numbers of steps, of shape (batch,).
/// use_sequence_length : bool, optional
///     Whether they count; otherwise nothing is replaced.
/// value : float, optional
/// axis : {0, 1}, optional
///     The axis of the steps.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Lengths of another shape, or longer than the axis.
///
/// Examples
/// --------
/// >>> npx.sequence_mask(np.ones((3, 2)), np.array([1, 2]), use_sequence_length=True, value=-1)
/// array([[ 1.,  1.],
///        [-1.,  1.],
///        [-1., -1.]])
#[pyfunction]
#[pyo3(signature = (data, sequence_length=None, use_sequence_length=false, value=0.0, axis=Integer(0)),
    text_signature = "(data, sequence_length=None, use_sequence_length=False, value=0, axis=0)")]
fn sequence_mask<'py>(
    data: Input<'py>,
    sequence_length: Option<Places>,
    #[pyo3(from_py_with = truth)] use_sequence_length: bool,
    value: f64,
    axis: Integer,
) -> PyResult<Ours<'py>> {
    let lengths = lengths("sequence_mask", sequence_length, use_sequence_length)?;
    run(&data, |x| neural::sequence_mask(x, lengths.as_ref(), value, axis.0))
}

/// The last step of every sequence.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (steps, batch, ...), or (batch, steps, ...) with axis 1.
/// sequence_length : array_like, optional
///     Numbers of steps (at least 1), of shape (batch,).
/// use_sequence_length : bool, optional
///     Whether they count; otherwise all sequences have all steps.
/// axis : {0, 1}, optional
///     The axis of the steps.
///
/// Returns
/// -------
/// ndarray
///     Of shape (batch, ...).
///
/// Raises
/// ------
/// ValueError
///     Lengths of another shape, less than 1, or longer than the axis.
///
/// Examples
/// --------
/// >>> npx.sequence_last(np.array([[1., 2.], [3., 4.]]), np.array([1, 2]), use_sequence_length=True)
/// array([1., 4.])
#[pyfunction]
#[pyo3(signature = (data, sequence_length=None, use_sequence_length=false, axis=Integer(0)),
    text_signature = "(data, sequence_length=None, use_sequence_length=False, axis=0)")]
fn sequence_last<'py>(
    data: Input<'py>,
    sequence_length: Option<Places>,
    #[pyo3(from_py_with = truth)] use_sequence_length: bool,
    axis: Integer,
) -> PyResult<Ours<'py>> {
    let lengths = lengths("sequence_last", sequence_length, use_sequence_length)?;
    run(&data, |x| neural::sequence_last(x, lengths.as_ref(), axis.0))
}

/// The steps of every sequence in reverse order; steps after its end stay where they are.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (steps, batch, ...), or (batch, steps, ...) with axis 1.
/// sequence_length : array_like, optional
///     Numbers of steps, of shape (batch,).
/// use_sequence_length : bool, optional
///     Whether they count; otherwise all steps are reversed.
/// axis : {0, 1}, optional
///     The axis of the steps.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Lengths of another shape, or longer than the axis.
///
/// Examples
/// --------
/// >>> x = np.array([[1., 2.], [3., 4.], [5., 6.]])
/// >>> npx.sequence_reverse(x, np.array([2, 3]), use_sequence_length=True)
/// array([[3., 6.],
///        [1., 4.],
///        [5., 2.]])
#[pyfunction]
#[pyo3(signature = (data, sequence_length=None, use_sequence_length=false, axis=Integer(0)),
    text_signature = "(data, sequence_length=None, use_sequence_length=False, axis=0)")]
fn sequence_reverse<'py>(
    data: Input<'py>,
    sequence_length: Option<Places>,
    #[pyo3(from_py_with = truth)] use_sequence_length: bool,
    axis: Integer,
) -> PyResult<Ours<'py>> {
    let lengths = lengths("sequence_reverse", sequence_length, use_sequence_length)?;
    run(&data, |x| neural::sequence_reverse(x, lengths.as_ref(), axis.0))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(sequence_mask, module)?)?;
    module.add_function(wrap_pyfunction!(sequence_last, module)?)?;
    module.add_function(wrap_pyfunction!(sequence_reverse, module)?)
}
