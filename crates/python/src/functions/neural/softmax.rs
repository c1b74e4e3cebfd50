//! Softmax and its logarithm, with lengths and with masks.

use mxnet::array::Array;
use mxnet::array::neural::{self, Logits};
use pyo3::prelude::*;

use super::{Ours, run};
use crate::arguments::{Input, Integer, Type, dtype_of, optional_truth};

/// Lengths count only where they are switched on.
fn lengths_of(name: &str, given: Option<Input<'_>>, switch: Option<bool>) -> PyResult<Option<Array>> {
    match (given, switch.unwrap_or(false)) {
        (_, false) => Ok(None),
        (Some(lengths), true) => Ok(Some((*lengths).clone())),
        (None, true) => {
            Err(pyo3::exceptions::PyValueError::new_err(format!("{name}: use_length=True needs length")))
        }
    }
}

/// `exp(x / temperature)` divided by its sum along an axis.
///
/// Parameters
/// ----------
/// data : array_like
/// length : array_like, optional
///     With `use_length`, elements at and after this place along the axis do not take part, and the result is 0 there.
///     Shape of `data` without the axis.
/// axis : int, optional
/// temperature : float, optional
///     1 by default.
/// use_length : bool, optional
/// dtype : dtype, optional
///     Of the result; that of `data` by default.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// TypeError
///     Data that are not real floats.
/// ValueError
///     Lengths that do not fit, a temperature of 0.
///
/// Examples
/// --------
/// >>> npx.softmax(np.array([[1., 1.], [0., 200.]]))
/// array([[0.5, 0.5],
///        [0. , 1. ]])
/// >>> npx.softmax(np.ones((2, 3)), np.array([1, 2]), use_length=True)
/// array([[1. , 0. , 0. ],
///        [0.5, 0.5, 0. ]])
#[pyfunction]
#[pyo3(signature = (data, length=None, axis=Integer(-1), temperature=None, use_length=false, dtype=None),
    text_signature = "(data, length=None, axis=-1, temperature=None, use_length=False, dtype=None)")]
fn softmax<'py>(
    data: Input<'py>,
    length: Option<Input<'py>>,
    axis: Integer,
    temperature: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] use_length: Option<bool>,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let lengths = lengths_of("softmax", length, use_length)?;
    run(&data, |x| {
        let logits = Logits {
            axis: axis.0,
            temperature,
            lengths: lengths.as_ref(),
            mask: None,
            dtype: dtype_of(dtype),
        };
        neural::softmax(x, &logits)
    })
}

/// The logarithm of `softmax`, accurate where that is nearly 0 or 1.
///
/// Parameters
/// ----------
/// data : array_like
/// axis : int, optional
/// length : array_like, optional
///     As in `softmax`.
/// temperature : float, optional
/// use_length : bool, optional
/// dtype : dtype, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// TypeError
///     Data that are not real floats.
/// ValueError
///     Lengths that do not fit, a temperature of 0.
///
/// Examples
/// --------
/// >>> npx.log_softmax(np.array([0., 200.]))
/// array([-200.,    0.])
#[pyfunction]
#[pyo3(signature = (data, axis=Integer(-1), length=None, temperature=None, use_length=false, dtype=None),
    text_signature = "(data, axis=-1, length=None, temperature=None, use_length=False, dtype=None)")]
fn log_softmax<'py>(
    data: Input<'py>,
    axis: Integer,
    length: Option<Input<'py>>,
    temperature: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] use_length: Option<bool>,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let lengths = lengths_of("log_softmax", length, use_length)?;
    run(&data, |x| {
        let logits = Logits {
            axis: axis.0,
            temperature,
            lengths: lengths.as_ref(),
            mask: None,
            dtype: dtype_of(dtype),
        };
        neural::log_softmax(x, &logits)
    })
}

/// `softmax` over the elements where a mask is true; 0 elsewhere.
///
/// Parameters
/// ----------
/// data : array_like
/// mask : array_like of bool
///     Broadcasts to `data`.
/// axis : int, optional
/// temperature : float, optional
/// normalize : bool, optional
///     Accepted for compatibility; as in MXNet it changes nothing.
///
/// Returns
/// -------
/// ndarray
///     Rows in which the mask is nowhere true are 0.
///
/// Raises
/// ------
/// ValueError
///     A mask that does not broadcast.
///
/// Examples
/// --------
/// >>> npx.masked_softmax(np.array([1., 5., 1.]), np.array([True, False, True]))
/// array([0.5, 0. , 0.5])
#[pyfunction]
#[pyo3(signature = (data, mask, axis=Integer(-1), temperature=Some(1.0), normalize=true),
    text_signature = "(data, mask, axis=-1, temperature=1.0, normalize=True)")]
fn masked_softmax<'py>(
    data: Input<'py>,
    mask: Input<'py>,
    axis: Integer,
    temperature: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] normalize: Option<bool>,
) -> PyResult<Ours<'py>> {
    let _as_in_mxnet = normalize;
    let mask: Option<&Array> = Some(&mask);
    run(&data, |x| neural::softmax(x, &Logits { axis: axis.0, temperature, mask, ..Logits::default() }))
}

/// The logarithm of `masked_softmax`: -inf where the mask is false.
///
/// Parameters
/// ----------
/// data : array_like
/// mask : array_like of bool
///     Broadcasts to `data`.
/// axis : int, optional
/// temperature : float, optional
/// normalize : bool, optional
///     Accepted for compatibility; as in MXNet it changes nothing.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A mask that does not broadcast.
///
/// Examples
/// --------
/// >>> npx.masked_log_softmax(np.array([1., 5., 1.]), np.array([True, False, True]))
/// array([-0.6931472,       -inf, -0.6931472])
#[pyfunction]
#[pyo3(signature = (data, mask, axis=Integer(-1), temperature=Some(1.0), normalize=true),
    text_signature = "(data, mask, axis=-1, temperature=1.0, normalize=True)")]
fn masked_log_softmax<'py>(
    data: Input<'py>,
    mask: Input<'py>,
    axis: Integer,
    temperature: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] normalize: Option<bool>,
) -> PyResult<Ours<'py>> {
    let _as_in_mxnet = normalize;
    let mask: Option<&Array> = Some(&mask);
    run(&data, |x| neural::log_softmax(x, &Logits { axis: axis.0, temperature, mask, ..Logits::default() }))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(softmax, module)?)?;
    module.add_function(wrap_pyfunction!(log_softmax, module)?)?;
    module.add_function(wrap_pyfunction!(masked_softmax, module)?)?;
    module.add_function(wrap_pyfunction!(masked_log_softmax, module)?)
}
