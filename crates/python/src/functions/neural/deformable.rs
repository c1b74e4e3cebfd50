//! `npx.deformable_convolution` and `npx.modulated_deformable_convolution`.

use mxnet::array::neural::{self, Deformable};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::{Object, Ours, array_of};
use crate::arguments::{Input, Integer, Integers, axes, truth};
use crate::array::{compute, wrap};

/// The parameters that both have, as they were given.
struct Given {
    kernel: Option<Integers>,
    stride: Option<Integers>,
    dilate: Option<Integers>,
    pad: Option<Integers>,
    num_filter: Option<Integer>,
    num_group: Integer,
    num_deformable_group: Integer,
    step: i64,
}

impl Given {
    fn options<'a>(&'a self, name: &str, layout: Option<&'a str>) -> PyResult<Deformable<'a>> {
        let missing =
            |argument: &str| PyTypeError::new_err(format!("{name}: the argument {argument} is missing"));
        Ok(Deformable {
            kernel: axes(&self.kernel).ok_or_else(|| missing("kernel"))?,
            stride: axes(&self.stride).unwrap_or(&[]),
            dilate: axes(&self.dilate).unwrap_or(&[]),
            pad: axes(&self.pad).unwrap_or(&[]),
            num_filter: self.num_filter.ok_or_else(|| missing("num_filter"))?.0,
            num_group: self.num_group.0,
            num_deformable_group: self.num_deformable_group.0,
            step: self.step,
            layout,
        })
    }
}

/// A bias must be there unless `no_bias`, which makes one that is given not be read.
fn bias_of<'py>(name: &str, bias: Option<Input<'py>>, no_bias: bool) -> PyResult<Option<Input<'py>>> {
    match bias {
        None if !no_bias => Err(PyTypeError::new_err(format!(
            "{name}: the argument bias is missing; pass no_bias=True to go without one"
        ))),
        bias => Ok(bias.filter(|_| !no_bias)),
    }
}

/// Convolution with moved kernel elements: each is read, bilinearly, at its own offset from where it would lie.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, height, width).
/// offset : array_like
///     Of shape (n, 2 * kernel elements * num_deformable_group, places...): down and right for each kernel element.
/// weight : array_like
///     Of shape (num_filter, channels / num_group, kernel...).
/// bias : array_like, optional
///     Of shape (num_filter,).
/// kernel : tuple of int
///     Two lengths.
/// stride, dilate : tuple of int, optional
///     1 along every axis unless given.
/// pad : tuple of int, optional
///     Zeros on both sides of each axis.
/// num_filter : int
/// num_group : int, optional
///     Channels and filters fall into so many groups, each convolved by itself.
/// num_deformable_group : int, optional
///     Channels fall into so many groups, each with offsets of its own.
/// no_bias : bool, optional
/// layout : {'NCHW'}, optional
/// workspace : optional
///     Accepted, without effect.
///
/// Returns
/// -------
/// ndarray
///     Of shape (n, num_filter, places...), with `(length + 2 * pad - dilate * (kernel - 1) - 1) // stride + 1` places
///     along each axis. Gradients go to all arrays.
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
/// >>> offset = np.full((1, 2, 3, 3), 0.5)
/// >>> npx.deformable_convolution(data, offset, np.ones((1, 1, 1, 1)), kernel=(1, 1), num_filter=1, no_bias=True)
/// array([[[[2. , 3. , 3.5],
///          [5. , 6. , 6.5],
///          [6.5, 7.5, 8. ]]]])
#[pyfunction]
#[pyo3(signature = (data, offset, weight, bias=None, kernel=None, stride=None, dilate=None, pad=None,
    num_filter=None, num_group=Integer(1), num_deformable_group=Integer(1), workspace=None, no_bias=false,
    layout=None),
    text_signature = "(data, offset, weight, bias=None, kernel=None, stride=None, dilate=None, pad=None, \
    num_filter=None, num_group=1, num_deformable_group=1, workspace=1024, no_bias=False, layout=None)")]
fn deformable_convolution<'py>(
    py: Python<'py>,
    data: Input<'py>,
    offset: Input<'py>,
    weight: Input<'py>,
    bias: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    dilate: Option<Integers>,
    pad: Option<Integers>,
    num_filter: Option<Integer>,
    num_group: Integer,
    num_deformable_group: Integer,
    workspace: Option<&Object<'py>>,
    #[pyo3(from_py_with = truth)] no_bias: bool,
    layout: Option<&str>,
) -> PyResult<Ours<'py>> {
    let _ = workspace;
    let name = "deformable_convolution";
    let bias = bias_of(name, bias, no_bias)?;
    let step = i64::MAX;
    let given = Given { kernel, stride, dilate, pad, num_filter, num_group, num_deformable_group, step };
    let options = given.options(name, layout)?;
    let (data, offset, weight, bias) = (&*data, &*offset, &*weight, array_of(&bias));
    let work = || neural::deformable_convolution(data, offset, weight, bias, &options);
    wrap(py, compute(py, data.size(), work)?)
}

/// Convolution with moved and weighted kernel elements: as `deformable_convolution`, with a factor for each sample.
///
/// Around the data, values fall to zero within one element.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, height, width).
/// offset : array_like
///     Of shape (n, 2 * kernel elements * num_deformable_group, places...): down and right for each kernel element.
/// mask : array_like
///     Of shape (n, kernel elements * num_deformable_group, places...).
/// weight : array_like
///     Of shape (num_filter, channels / num_group, kernel...).
/// bias : array_like, optional
///     Of shape (num_filter,).
/// kernel : tuple of int
///     Two lengths.
/// stride, dilate : tuple of int, optional
///     1 along every axis unless given.
/// pad : tuple of int, optional
///     Zeros on both sides of each axis.
/// num_filter : int
/// num_group : int, optional
///     Channels and filters fall into so many groups, each convolved by itself.
/// num_deformable_group : int, optional
///     Channels fall into so many groups, each with offsets and factors of its own.
/// no_bias : bool, optional
/// im2col_step : int, optional
///     Images whose samples are in memory at the same time.
/// layout : {'NCHW'}, optional
/// workspace : optional
///     Accepted, without effect.
///
/// Returns
/// -------
/// ndarray
///     Of shape (n, num_filter, places...). Gradients go to all arrays.
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
/// >>> data, offset = np.arange(4).reshape(1, 1, 2, 2), np.zeros((1, 2, 2, 2))
/// >>> npx.modulated_deformable_convolution(
/// ...     data, offset, np.full((1, 1, 2, 2), 0.5), np.ones((1, 1, 1, 1)), kernel=(1, 1), num_filter=1, no_bias=True)
/// array([[[[0. , 0.5],
///          [1. , 1.5]]]])
#[pyfunction]
#[pyo3(signature = (data, offset, mask, weight, bias=None, kernel=None, stride=None, dilate=None, pad=None,
    num_filter=None, num_group=Integer(1), num_deformable_group=Integer(1), workspace=None, no_bias=false,
    im2col_step=Integer(64), layout=None),
    text_signature = "(data, offset, mask, weight, bias=None, kernel=None, stride=None, dilate=None, pad=None, \
    num_filter=None, num_group=1, num_deformable_group=1, workspace=1024, no_bias=False, im2col_step=64, \
    layout=None)")]
fn modulated_deformable_convolution<'py>(
    py: Python<'py>,
    data: Input<'py>,
    offset: Input<'py>,
    mask: Input<'py>,
    weight: Input<'py>,
    bias: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    dilate: Option<Integers>,
    pad: Option<Integers>,
    num_filter: Option<Integer>,
    num_group: Integer,
    num_deformable_group: Integer,
    workspace: Option<&Object<'py>>,
    #[pyo3(from_py_with = truth)] no_bias: bool,
    im2col_step: Integer,
    layout: Option<&str>,
) -> PyResult<Ours<'py>> {
    let _ = workspace;
    let name = "modulated_deformable_convolution";
    let bias = bias_of(name, bias, no_bias)?;
    let step = im2col_step.0;
    let given = Given { kernel, stride, dilate, pad, num_filter, num_group, num_deformable_group, step };
    let options = given.options(name, layout)?;
    let (data, offset, mask, weight, bias) = (&*data, &*offset, &*mask, &*weight, array_of(&bias));
    let work = || neural::modulated_deformable_convolution(data, offset, mask, weight, bias, &options);
    wrap(py, compute(py, data.size(), work)?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(deformable_convolution, module)?)?;
    module.add_function(wrap_pyfunction!(modulated_deformable_convolution, module)?)
}
