//! Losses.

use mxnet::array::neural::{self, Reduction};
use pyo3::prelude::*;

use super::{Ours, named, run};
use crate::arguments::{Input, Integer, Places};

/// Cross-entropy of the softmax of `data` with class numbers, in one operator: `-log(softmax(data))` at the labels.
///
/// Parameters
/// ----------
/// data : array_like
///     Unnormalised logarithms of probabilities.
/// label : array_like
///     Class numbers: shape of `data` without the axis.
/// axis : int, optional
///     The axis of the classes.
/// reduction : {'sum', 'mean', 'none'}, optional
///     The sum over all examples (as in MXNet, of shape (1,)), their mean, or a loss for each.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     A label that is no class number.
/// ValueError
///     Labels of another shape.
///
/// Examples
/// --------
/// >>> npx.softmax_cross_entropy(np.array([[0., 0.], [0., 0.]]), np.array([0, 1]))
/// array([1.3862944])
/// >>> npx.softmax_cross_entropy(np.array([[0., 0.], [-100., 100.]]), np.array([0, 1]), reduction='none')
/// array([ 0.6931472, -0.       ])
#[pyfunction]
#[pyo3(signature = (data, label, axis=Integer(-1), reduction="sum"),
    text_signature = "(data, label, axis=-1, reduction='sum')")]
fn softmax_cross_entropy<'py>(
    data: Input<'py>,
    label: Places,
    axis: Integer,
    reduction: &str,
) -> PyResult<Ours<'py>> {
    let names = "'sum', 'mean' or 'none'";
    let reduction = named("softmax_cross_entropy", "reduction", reduction, names, Reduction::from_name)?;
    run(&data, |x| neural::softmax_cross_entropy(x, &label.0, axis.0, reduction))
}

/// A loss that is quadratic near zero and linear farther away: `0.5 * (scalar * x)**2` where `abs(x) < 1 / scalar**2`,
/// otherwise `abs(x) - 0.5 / scalar**2`.
///
/// Parameters
/// ----------
/// data : array_like
/// scalar : float, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.smooth_l1(np.array([-2., 0.5, 1.]), 1)
/// array([1.5  , 0.125, 0.5  ])
#[pyfunction]
#[pyo3(signature = (data, scalar=1.0))]
fn smooth_l1<'py>(data: Input<'py>, scalar: f64) -> PyResult<Ours<'py>> {
    run(&data, |x| neural::smooth_l1(x, scalar))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(softmax_cross_entropy, module)?)?;
    module.add_function(wrap_pyfunction!(smooth_l1, module)?)
}
