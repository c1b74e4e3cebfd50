//! Activation functions by name, and dropout.

use mxnet::array::neural::{self, Activation, LeakyRelu};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Ours, check_keywords, named, needed, run};
use crate::arguments::{Input, Integers, optional_truth};

/// An elementwise function chosen by name.
///
/// Parameters
/// ----------
/// data : array_like
/// act_type : {'relu', 'sigmoid', 'log_sigmoid', 'tanh', 'softrelu', 'softsign', 'mish'}, optional
/// **kwargs
///     `name` and `cudnn_off`, which change nothing; others raise a TypeError.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Another name.
///
/// Examples
/// --------
/// >>> npx.activation(np.array([-1., 0., 2.]), 'softsign')
/// array([-0.5      ,  0.       ,  0.6666667])
#[pyfunction]
#[pyo3(signature = (data, act_type="relu", **kwargs))]
fn activation<'py>(
    data: Input<'py>,
    act_type: &str,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    check_keywords("activation", kwargs)?;
    let names = "one of relu, sigmoid, log_sigmoid, tanh, softrelu, softsign, mish";
    let function = named("activation", "act_type", act_type, names, Activation::from_name)?;
    run(&data, |x| neural::activation(x, function))
}

/// Rectifiers that let something of negative elements through.
///
/// * `leaky`: `slope * x` where `x` is negative
/// * `prelu`: `gamma * x`, with one gamma for all, one per channel (axis 1), or an array that broadcasts
/// * `rrelu`: a slope drawn from `[lower_bound, upper_bound)` for every element in training, the middle otherwise
/// * `elu`: `slope * (exp(x) - 1)`
/// * `selu`: the scaled exponential linear unit
/// * `gelu` (also `gelu_erf`): x times the normal distribution function; `gelu_tanh`: its approximation
///
/// Parameters
/// ----------
/// data : array_like
/// gamma : array_like, optional
///     For `prelu` only.
/// act_type : str, optional
/// slope : float, optional
///     Of `leaky` and `elu`.
/// lower_bound, upper_bound : float, optional
///     Of `rrelu`.
/// **kwargs
///     `name` and `cudnn_off`, which change nothing; others raise a TypeError.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Another name, a gamma that does not fit.
///
/// Examples
/// --------
/// >>> npx.leaky_relu(np.array([-2., 0., 3.]), act_type='leaky', slope=0.1)
/// array([-0.2,  0. ,  3. ])
/// >>> npx.leaky_relu(np.array([[-2.], [3.]]), np.array([0.5]), act_type='prelu')
/// array([[-1.],
///        [ 3.]])
#[pyfunction]
#[pyo3(signature = (data=None, gamma=None, act_type="leaky", slope=0.25, lower_bound=0.125, upper_bound=0.334, **kwargs))]
fn leaky_relu<'py>(
    data: Option<Input<'py>>,
    gamma: Option<Input<'py>>,
    act_type: &str,
    slope: f64,
    lower_bound: f64,
    upper_bound: f64,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    check_keywords("leaky_relu", kwargs)?;
    let data = needed("leaky_relu", "data", &data)?;
    let kind = match (act_type, &gamma) {
        ("leaky", _) => LeakyRelu::Leaky { slope },
        ("prelu", Some(gamma)) => LeakyRelu::Prelu { gamma },
        ("prelu", None) => return Err(PyTypeError::new_err("leaky_relu: act_type 'prelu' needs gamma")),
        ("rrelu", _) => LeakyRelu::Rrelu { lower: lower_bound, upper: upper_bound },
        ("elu", _) => LeakyRelu::Elu { slope },
        ("selu", _) => LeakyRelu::Selu,
        ("gelu" | "gelu_erf", _) => LeakyRelu::Gelu,
        ("gelu_tanh", _) => LeakyRelu::GeluTanh,
        _ => {
            return Err(PyValueError::new_err(format!(
                "leaky_relu: act_type must be one of leaky, prelu, rrelu, elu, selu, gelu, gelu_erf, gelu_tanh, got \
                 '{act_type}'"
            )));
        }
    };
    run(data, |x| neural::leaky_relu(x, kind))
}

/// Sets elements to zero by chance in training, and divides the others by the share that is left.
///
/// Outside of `autograd.record()` (or `autograd.train_mode()`) the array is returned as it is.
///
/// Parameters
/// ----------
/// data : array_like
/// p : float, optional
///     Probability of a zero.
/// mode : {'training', 'always'}, optional
///     `'always'` drops outside of training, too.
/// axes : int or tuple of ints, optional
///     Axes along which all elements share one draw.
/// cudnn_off : bool, optional
///     Without meaning here.
/// **kwargs
///     `name` and `cudnn_off`, which change nothing; others raise a TypeError.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A probability outside of [0, 1].
///
/// Examples
/// --------
/// >>> x = np.ones(4)
/// >>> npx.dropout(x, 0.5)
/// array([1., 1., 1., 1.])
/// >>> sorted(set(npx.dropout(np.ones(100), 0.5, mode='always').tolist()))
/// [0.0, 2.0]
#[pyfunction]
#[pyo3(signature = (data, p=0.5, mode="training", axes=None, cudnn_off=false, **kwargs))]
fn dropout<'py>(
    data: Input<'py>,
    p: f64,
    mode: &str,
    axes: Option<Integers>,
    #[pyo3(from_py_with = optional_truth)] cudnn_off: Option<bool>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    let _no_such_library = cudnn_off;
    check_keywords("dropout", kwargs)?;
    let always = named("dropout", "mode", mode, "'training' or 'always'", |name| match name {
        "training" => Some(false),
        "always" => Some(true),
        _ => None,
    })?;
    let shared = axes.map(|axes| axes.0).unwrap_or_default();
    run(&data, |x| neural::dropout(x, p, &shared, always))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(activation, module)?)?;
    module.add_function(wrap_pyfunction!(leaky_relu, module)?)?;
    module.add_function(wrap_pyfunction!(dropout, module)?)
}
