//! Normalisation layers.

use mxnet::array::neural::{self, BatchNorm, Normalized};
use mxnet::array::{Array, ops};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{Object, Ours, array_of, check_keywords, needed, run};
use crate::arguments::{Input, Integer, optional_truth, truth};
use crate::array::{compute, wrap};

/// One array, or several as a tuple.
fn output<'py>(py: Python<'py>, mut arrays: Vec<Array>, all: bool) -> PyResult<Object<'py>> {
    if !all {
        return wrap(py, arrays.swap_remove(0)).map(Bound::into_any);
    }
    let arrays = arrays.into_iter().map(|array| wrap(py, array)).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, arrays).map(Bound::into_any)
}

fn with_moments(found: Normalized) -> Vec<Array> {
    vec![found.output, found.mean, found.deviation]
}

/// Normalises to mean 0 and variance 1 along an axis, then scales by gamma and shifts by beta.
///
/// Parameters
/// ----------
/// data : array_like
/// gamma, beta : array_like
///     Vectors over the axis.
/// axis : int, optional
///     The last by default.
/// eps : float, optional
///     Added to the variance; 1e-5 by default.
/// output_mean_var : bool, optional
///
/// Returns
/// -------
/// ndarray, or tuple of ndarray
///     With `output_mean_var` also the means and the standard deviations `sqrt(variance + eps)`.
///
/// Raises
/// ------
/// ValueError
///     Parameters of another length.
///
/// Examples
/// --------
/// >>> npx.layer_norm(np.array([[1., 3.], [0., 100.]]), np.ones(2), np.zeros(2)).round(3)
/// array([[-1.,  1.],
///        [-1.,  1.]])
#[pyfunction]
#[pyo3(signature = (data=None, gamma=None, beta=None, axis=None, eps=None, output_mean_var=None))]
fn layer_norm<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    gamma: Option<Input<'py>>,
    beta: Option<Input<'py>>,
    axis: Option<Integer>,
    eps: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] output_mean_var: Option<bool>,
) -> PyResult<Object<'py>> {
    let x: &Array = needed("layer_norm", "data", &data)?;
    let gamma: &Array = needed("layer_norm", "gamma", &gamma)?;
    let beta: &Array = needed("layer_norm", "beta", &beta)?;
    let (axis, eps, all) =
        (axis.map_or(-1, |axis| axis.0), eps.unwrap_or(1e-5), output_mean_var.unwrap_or(false));
    let found = compute(py, x.size(), || neural::layer_norm(x, gamma, beta, axis, eps, all))?;
    output(py, with_moments(found), all)
}

/// Divides by the root of the mean square along an axis and scales by gamma.
///
/// Parameters
/// ----------
/// data : array_like
/// gamma : array_like, optional
///     A vector over the axis; ones without it.
/// axis : int, optional
/// eps : float, optional
///     Added to the mean square.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A gamma of another length.
///
/// Notes
/// -----
/// Zhang and Sennrich, "Root mean square layer normalization" (2019).
///
/// Examples
/// --------
/// >>> npx.rms_norm(np.array([3., 4.]), eps=0)
/// array([0.84852815, 1.1313709 ])
#[pyfunction]
#[pyo3(signature = (data, gamma=None, axis=Integer(-1), eps=1e-6),
    text_signature = "(data, gamma=None, axis=-1, eps=1e-06)")]
fn rms_norm<'py>(
    data: Input<'py>,
    gamma: Option<Input<'py>>,
    axis: Integer,
    eps: f64,
) -> PyResult<Ours<'py>> {
    let gamma = array_of(&gamma);
    run(&data, |x| neural::rms_norm(x, gamma, axis.0, eps))
}

/// Normalises every example of (N, C, ...) over groups of channels, then scales and shifts every channel.
///
/// Parameters
/// ----------
/// data : array_like
/// gamma, beta : array_like
///     Vectors over the channels (axis 1).
/// num_groups : int, optional
/// eps : float, optional
///     Added to the variance.
/// output_mean_var : bool, optional
///
/// Returns
/// -------
/// ndarray, or tuple of ndarray
///     With `output_mean_var` also the means and standard deviations, of shape (N, num_groups).
///
/// Raises
/// ------
/// ValueError
///     Fewer than 3 axes, channels that groups do not divide, parameters of another length.
///
/// Examples
/// --------
/// >>> x = np.arange(8).reshape(1, 4, 2)
/// >>> npx.group_norm(x, np.ones(4), np.zeros(4), num_groups=2, eps=0).round(2)
/// array([[[-1.34, -0.45],
///         [ 0.45,  1.34],
///         [-1.34, -0.45],
///         [ 0.45,  1.34]]])
#[pyfunction]
#[pyo3(signature = (data, gamma, beta, num_groups=Integer(1), eps=1e-3, output_mean_var=false),
    text_signature = "(data, gamma, beta, num_groups=1, eps=0.001, output_mean_var=False)")]
fn group_norm<'py>(
    py: Python<'py>,
    data: Input<'py>,
    gamma: Input<'py>,
    beta: Input<'py>,
    num_groups: Integer,
    eps: f64,
    #[pyo3(from_py_with = truth)] output_mean_var: bool,
) -> PyResult<Object<'py>> {
    let (x, gamma, beta): (&Array, &Array, &Array) = (&data, &gamma, &beta);
    let found =
        compute(py, x.size(), || neural::group_norm(x, gamma, beta, num_groups.0, eps, output_mean_var))?;
    output(py, with_moments(found), output_mean_var)
}

/// Normalises every channel of every example of (N, C, ...) over its places, then scales and shifts every channel.
///
/// Parameters
/// ----------
/// data : array_like
/// gamma, beta : array_like
///     Vectors over the channels (axis 1).
/// eps : float, optional
///     Added to the variance.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Fewer than 3 axes, parameters of another length.
///
/// Examples
/// --------
/// >>> npx.instance_norm(np.array([[[1., 3.], [0., 8.]]]), np.ones(2), np.array([0., 1.]), eps=0)
/// array([[[-1.,  1.],
///         [ 0.,  2.]]])
#[pyfunction]
#[pyo3(signature = (data, gamma, beta, eps=1e-3), text_signature = "(data, gamma, beta, eps=0.001)")]
fn instance_norm<'py>(
    data: Input<'py>,
    gamma: Input<'py>,
    beta: Input<'py>,
    eps: f64,
) -> PyResult<Ours<'py>> {
    let (gamma, beta): (&Array, &Array) = (&gamma, &beta);
    run(&data, |x| neural::instance_norm(x, gamma, beta, eps))
}

fn batch_normalized<'py>(
    py: Python<'py>,
    arrays: [&Input<'py>; 5],
    options: BatchNorm,
    all: bool,
    rectified: bool,
) -> PyResult<Object<'py>> {
    let [x, gamma, beta, mean, variance]: [&Array; 5] = arrays.map(|array| &**array);
    let found = compute(py, x.size(), || {
        let mut found = neural::batch_norm(x, gamma, beta, [mean, variance], &options)?;
        if rectified {
            found[0] = mxnet::array::elementwise::call1(ops::RELU, &found[0])?;
        }
        Ok(found)
    })?;
    output(py, found.into(), all)
}

macro_rules! batch_norms {
    ($($name:ident $x:ident $mean:ident $variance:ident $rectified:literal [$($extra:ident: $type:ty = $default:expr),*]
        $signature:literal $summary:literal $notes:literal $example:literal;)*) => {
        $(
            #[doc = concat!($summary, "

In training (inside of `autograd.record()`), and without `use_global_stats`, these are the mean and the variance of the
batch over all axes but the channels'; when the gradient is computed, the running arrays take them in:
`momentum * running + (1 - momentum) * batch`. Otherwise they are the running ones.

Parameters
----------
", stringify!($x), " : array_like
gamma, beta : array_like
    Vectors over the channels.
", stringify!($mean), ", ", stringify!($variance), " : ndarray
    Vectors over the channels, which training changes.
eps : float, optional
    Added to the variance.
momentum : float, optional
    How much of the running arrays stays.
fix_gamma : bool, optional
    Takes ones for gamma, whose gradient is zero.
use_global_stats : bool, optional
    Uses the running arrays in training, too.
output_mean_var : bool, optional
", $notes, "
Returns
-------
ndarray, or tuple of ndarray
    With `output_mean_var` also the means and the inverse standard deviations.

Raises
------
ValueError
    Parameters of another length.

Examples
--------
", $example)]
            #[pyfunction]
            #[pyo3(signature = ($x, gamma, beta, $mean, $variance, eps=1e-3, momentum=0.9, fix_gamma=true,
                use_global_stats=false, output_mean_var=false, axis=Integer(1), $($extra=$default,)* **kwargs),
                text_signature = $signature)]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                py: Python<'py>,
                $x: Input<'py>,
                gamma: Input<'py>,
                beta: Input<'py>,
                $mean: Input<'py>,
                $variance: Input<'py>,
                eps: f64,
                momentum: f64,
                #[pyo3(from_py_with = truth)] fix_gamma: bool,
                #[pyo3(from_py_with = truth)] use_global_stats: bool,
                #[pyo3(from_py_with = truth)] output_mean_var: bool,
                axis: Integer,
                $($extra: $type,)*
                kwargs: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Object<'py>> {
                check_keywords(stringify!($name), kwargs)?;
                // what belongs to libraries and calibration changes nothing here
                $(let _ = $extra;)*
                let options = BatchNorm { epsilon: eps, momentum, fix_gamma, use_global_stats, axis: axis.0 };
                let arrays = [&$x, &gamma, &beta, &$mean, &$variance];
                batch_normalized(py, arrays, options, output_mean_var, $rectified)
            }
        )*

        fn register_batch_norms(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

batch_norms! {
    batch_norm x running_mean running_var false
        [cudnn_off: bool = false, min_calib_range: Option<f64> = None, max_calib_range: Option<f64> = None]
        "(x, gamma, beta, running_mean, running_var, eps=0.001, momentum=0.9, fix_gamma=True, use_global_stats=False, output_mean_var=False, axis=1, cudnn_off=False, min_calib_range=None, max_calib_range=None, **kwargs)"
        "Normalises every channel by a mean and a variance, then scales and shifts it."
        "axis : int, optional
    The axis of the channels.
cudnn_off, min_calib_range, max_calib_range : optional
    Accepted for compatibility; they change nothing.
**kwargs
    `name`, which changes nothing either; others raise a TypeError.
"
        ">>> mean, variance = np.zeros(1), np.ones(1)
>>> x = np.array([[1.], [3.]])
>>> x.attach_grad()
>>> with autograd.record():
...     y = npx.batch_norm(x, np.ones(1), np.zeros(1), mean, variance)
>>> y.round(2)
array([[-1.],
       [ 1.]])
>>> y.backward()
>>> mean, variance
(array([0.2]), array([1.]))";
    batch_norm_with_relu data moving_mean moving_var true
        [cudnn_off: bool = false, min_calib_range: Option<f64> = None, max_calib_range: Option<f64> = None]
        "(data, gamma, beta, moving_mean, moving_var, eps=0.001, momentum=0.9, fix_gamma=True, use_global_stats=False, output_mean_var=False, axis=1, cudnn_off=False, min_calib_range=None, max_calib_range=None, **kwargs)"
        "`batch_norm`, of which negative results become zero."
        "axis : int, optional
    The axis of the channels.
cudnn_off, min_calib_range, max_calib_range : optional
    Accepted for compatibility; they change nothing.
**kwargs
    `name`, which changes nothing either; others raise a TypeError.
"
        ">>> x = np.array([[-1., 2.]])
>>> npx.batch_norm_with_relu(x, np.ones(2), np.zeros(2), np.zeros(2), np.ones(2), eps=0)
array([[0., 2.]])";
}

/// `batch_norm` whose batch is spread over devices in MXNet; here a batch lives on one device, so it is `batch_norm`.
///
/// Parameters
/// ----------
/// data : array_like
/// gamma, beta : array_like
///     Vectors over the channels (axis 1).
/// moving_mean, moving_var : ndarray
///     Vectors over the channels, which training changes.
/// eps, momentum, fix_gamma, use_global_stats, output_mean_var : optional
///     As of `batch_norm`.
/// ndev : int, optional
///     The number of devices: 1.
/// key : str, optional
///     Names the layer in MXNet; it changes nothing.
///
/// Returns
/// -------
/// ndarray, or tuple of ndarray
///
/// Raises
/// ------
/// ValueError
///     More than one device, parameters of another length.
///
/// Examples
/// --------
/// >>> x = np.array([[-1., 2.]])
/// >>> npx.sync_batch_norm(x, np.ones(2), np.zeros(2), np.zeros(2), np.ones(2), eps=0, key='first')
/// array([[-1.,  2.]])
#[pyfunction]
#[pyo3(signature = (data, gamma, beta, moving_mean, moving_var, eps=1e-3, momentum=0.9, fix_gamma=true,
    use_global_stats=false, output_mean_var=false, ndev=1, key=""),
    text_signature = "(data, gamma, beta, moving_mean, moving_var, eps=0.001, momentum=0.9, fix_gamma=True, use_global_stats=False, output_mean_var=False, ndev=1, key='')")]
#[allow(clippy::too_many_arguments)]
fn sync_batch_norm<'py>(
    py: Python<'py>,
    data: Input<'py>,
    gamma: Input<'py>,
    beta: Input<'py>,
    moving_mean: Input<'py>,
    moving_var: Input<'py>,
    eps: f64,
    momentum: f64,
    #[pyo3(from_py_with = truth)] fix_gamma: bool,
    #[pyo3(from_py_with = truth)] use_global_stats: bool,
    #[pyo3(from_py_with = truth)] output_mean_var: bool,
    ndev: i64,
    key: &str,
) -> PyResult<Object<'py>> {
    let _a_name = key;
    if ndev != 1 {
        return Err(pyo3::exceptions::PyValueError::new_err(format!(
            "sync_batch_norm: statistics over {ndev} devices are not available; ndev must be 1"
        )));
    }
    let options = BatchNorm { epsilon: eps, momentum, fix_gamma, use_global_stats, axis: 1 };
    batch_normalized(py, [&data, &gamma, &beta, &moving_mean, &moving_var], options, output_mean_var, false)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_batch_norms(module)?;
    module.add_function(wrap_pyfunction!(sync_batch_norm, module)?)?;
    module.add_function(wrap_pyfunction!(layer_norm, module)?)?;
    module.add_function(wrap_pyfunction!(rms_norm, module)?)?;
    module.add_function(wrap_pyfunction!(group_norm, module)?)?;
    module.add_function(wrap_pyfunction!(instance_norm, module)?)
}
