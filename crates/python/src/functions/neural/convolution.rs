//! `npx.convolution` and `npx.deconvolution`.

use mxnet::array::neural::convolution as operators;
use mxnet::array::neural::convolution::Options;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, axes, truth};
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// The arrays of a call: without `no_bias` there must be a bias, with it one that is given is not read.
struct Arrays<'py> {
    data: Input<'py>,
    weight: Input<'py>,
    bias: Option<Input<'py>>,
}

impl<'py> Arrays<'py> {
    fn read(
        operator: &str,
        data: Option<Input<'py>>,
        weight: Option<Input<'py>>,
        bias: Option<Input<'py>>,
        kernel: &Option<Integers>,
        no_bias: bool,
    ) -> PyResult<Arrays<'py>> {
        let missing = |name: &str| PyValueError::new_err(format!("{operator}: {name} is wanted"));
        if kernel.is_none() {
            return Err(missing("kernel"));
        }
        if bias.is_none() && !no_bias {
            return Err(PyValueError::new_err(format!(
                "{operator}: bias is wanted; pass no_bias=True to go without one"
            )));
        }
        Ok(Arrays {
            data: data.ok_or_else(|| missing("data"))?,
            weight: weight.ok_or_else(|| missing("weight"))?,
            bias: bias.filter(|_| !no_bias),
        })
    }
}

/// Sums of products of a weight with windows of the data (cross-correlation).
///
/// For each image, filter and place the result is the sum over channels and kernel elements `i` of
/// `weight[filter, channel, i] * data[image, channel, place * stride + i * dilate - pad]`, plus the filter's bias.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, space...), or (n, space..., channels) with a layout of channels last; one, two or three
///     axes of space.
/// weight : array_like
///     Of shape (num_filter, channels / num_group, kernel...), with channels last (num_filter, kernel...,
///     channels / num_group).
/// bias : array_like, optional
///     Of shape (num_filter,).
/// kernel : tuple of int
/// stride, dilate : tuple of int, optional
///     1 along every axis unless given.
/// pad : tuple of int, optional
///     Zeros on both sides of each axis.
/// num_filter : int
/// num_group : int, optional
///     Channels and filters fall into so many groups, each convolved by itself.
/// no_bias : bool, optional
/// layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
/// workspace, cudnn_tune, cudnn_off : optional
///     Accepted, without effect.
///
/// Returns
/// -------
/// ndarray
///     With `(length + 2 * pad - dilate * (kernel - 1) - 1) // stride + 1` places along each axis of space.
///
/// Raises
/// ------
/// ValueError
///     Shapes and parameters that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> data = np.arange(9).reshape(1, 1, 3, 3)
/// >>> npx.convolution(data, np.ones((1, 1, 2, 2)), kernel=(2, 2), num_filter=1, no_bias=True)
/// array([[[[ 8., 12.],
///          [20., 24.]]]])
#[pyfunction]
#[pyo3(signature = (data=None, weight=None, bias=None, kernel=None, stride=None, dilate=None, pad=None,
    num_filter=Integer(1), num_group=Integer(1), workspace=None, no_bias=false, cudnn_tune=None, cudnn_off=None,
    layout=None),
    text_signature = "(data=None, weight=None, bias=None, kernel=None, stride=None, dilate=None, pad=None, \
    num_filter=1, num_group=1, workspace=1024, no_bias=False, cudnn_tune=None, cudnn_off=False, layout=None)")]
fn convolution<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    weight: Option<Input<'py>>,
    bias: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    dilate: Option<Integers>,
    pad: Option<Integers>,
    num_filter: Integer,
    num_group: Integer,
    workspace: Option<&Object<'py>>,
    #[pyo3(from_py_with = truth)] no_bias: bool,
    cudnn_tune: Option<&Object<'py>>,
    cudnn_off: Option<&Object<'py>>,
    layout: Option<&str>,
) -> PyResult<Ours<'py>> {
    let _ = (workspace, cudnn_tune, cudnn_off);
    let arrays = Arrays::read("convolution", data, weight, bias, &kernel, no_bias)?;
    let options = Options {
        kernel: axes(&kernel).unwrap_or(&[]),
        stride: axes(&stride).unwrap_or(&[]),
        dilate: axes(&dilate).unwrap_or(&[]),
        pad: axes(&pad).unwrap_or(&[]),
        num_filter: num_filter.0,
        num_group: num_group.0,
        layout,
        ..Options::default()
    };
    let (data, weight, bias) = (&*arrays.data, &*arrays.weight, arrays.bias.as_deref());
    wrap(py, compute(py, data.size(), || operators::convolution(data, weight, bias, &options))?)
}

/// The transpose of a convolution: each element of the data adds its multiple of the weight to a window of the result.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, space...), or (n, space..., channels) with a layout of channels last.
/// weight : array_like
///     Of shape (channels, num_filter / num_group, kernel...), with channels last (channels, kernel...,
///     num_filter / num_group).
/// bias : array_like, optional
///     Of shape (num_filter,).
/// kernel : tuple of int
/// stride, dilate, pad : tuple of int, optional
///     Those of the convolution whose transpose this is.
/// adj : tuple of int, optional
///     Places added behind each axis of the result; less than the stride.
/// target_shape : tuple of int, optional
///     The lengths that the result shall have, instead of `pad` and `adj`.
/// num_filter : int
/// num_group : int, optional
/// no_bias : bool, optional
/// layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
/// workspace, cudnn_tune, cudnn_off : optional
///     Accepted, without effect.
///
/// Returns
/// -------
/// ndarray
///     With `(length - 1) * stride + dilate * (kernel - 1) + 1 - 2 * pad + adj` places along each axis of space.
///
/// Raises
/// ------
/// ValueError
///     Shapes and parameters that do not fit.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> data = np.array([[[1., 2.]]])
/// >>> npx.deconvolution(data, np.ones((1, 1, 2)), kernel=(2,), stride=(2,), num_filter=1, no_bias=True)
/// array([[[1., 1., 2., 2.]]])
#[pyfunction]
#[pyo3(signature = (data=None, weight=None, bias=None, kernel=None, stride=None, dilate=None, pad=None, adj=None,
    target_shape=None, num_filter=Integer(1), num_group=Integer(1), workspace=None, no_bias=false, cudnn_tune=None,
    cudnn_off=None, layout=None),
    text_signature = "(data=None, weight=None, bias=None, kernel=None, stride=None, dilate=None, pad=None, adj=None, \
    target_shape=None, num_filter=1, num_group=1, workspace=1024, no_bias=False, cudnn_tune=None, cudnn_off=False, \
    layout=None)")]
fn deconvolution<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    weight: Option<Input<'py>>,
    bias: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    dilate: Option<Integers>,
    pad: Option<Integers>,
    adj: Option<Integers>,
    target_shape: Option<Integers>,
    num_filter: Integer,
    num_group: Integer,
    workspace: Option<&Object<'py>>,
    #[pyo3(from_py_with = truth)] no_bias: bool,
    cudnn_tune: Option<&Object<'py>>,
    cudnn_off: Option<&Object<'py>>,
    layout: Option<&str>,
) -> PyResult<Ours<'py>> {
    let _ = (workspace, cudnn_tune, cudnn_off);
    let arrays = Arrays::read("deconvolution", data, weight, bias, &kernel, no_bias)?;
    let options = Options {
        kernel: axes(&kernel).unwrap_or(&[]),
        stride: axes(&stride).unwrap_or(&[]),
        dilate: axes(&dilate).unwrap_or(&[]),
        pad: axes(&pad).unwrap_or(&[]),
        adj: axes(&adj).unwrap_or(&[]),
        target_shape: axes(&target_shape).unwrap_or(&[]),
        num_filter: num_filter.0,
        num_group: num_group.0,
        layout,
    };
    let (data, weight, bias) = (&*arrays.data, &*arrays.weight, arrays.bias.as_deref());
    wrap(py, compute(py, data.size(), || operators::deconvolution(data, weight, bias, &options))?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(convolution, module)?)?;
    module.add_function(wrap_pyfunction!(deconvolution, module)?)
}
