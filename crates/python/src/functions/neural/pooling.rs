//! `npx.pooling` and `npx.roi_pooling`.

use mxnet::array::neural::pooling::{self, Convention, Options, Pool};
use mxnet::array::neural::{adaptive_pooling, roi_pooling as pooled_regions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, axes, optional_truth, truth};
use crate::array::{NdArray, compute, wrap};

/// The greatest element, sum, average or power mean of each window.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, space...), or (n, space..., channels) with a layout of channels last; one, two or three
///     axes of space.
/// kernel : tuple of int
///     Lengths of a window; not wanted with `global_pool`.
/// stride : tuple of int, optional
///     From window to window, 1 along every axis unless given.
/// pad : tuple of int, optional
///     On both sides of each axis; less than the kernel. Padding counts as less than every element for 'max', as zero
///     otherwise.
/// pool_type : {'max', 'avg', 'sum', 'lp'}, optional
///     'lp' is the root of order `p_value` of the sum of that power.
/// pooling_convention : {'valid', 'full', 'same'}, optional
///     Windows inside the padded axis only; windows until every element is covered; or one for every `stride` elements,
///     from the first element on.
/// global_pool : bool, optional
///     One window over everything.
/// p_value : {1, 2, 3}, optional
/// count_include_pad : bool, optional
///     Whether averages count padding as elements; True unless given.
/// layout : {'NCW', 'NCHW', 'NCDHW', 'NWC', 'NHWC', 'NDHWC'}, optional
/// output_size : int or tuple of int, optional
///     Instead of a kernel: how many windows there shall be along every axis. Window i of o covers the elements from
///     `floor(i * length / o)` to before `ceil((i + 1) * length / o)`.
/// cudnn_off : optional
///     Accepted, without effect.
///
/// Returns
/// -------
/// ndarray
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
/// >>> data = np.arange(6).reshape(1, 1, 6)
/// >>> npx.pooling(data, kernel=(2,), stride=(2,))
/// array([[[1., 3., 5.]]])
/// >>> npx.pooling(data, global_pool=True, pool_type='avg')
/// array([[[2.5]]])
/// >>> npx.pooling(data, output_size=4, pool_type='avg')
/// array([[[0.5, 1.5, 3.5, 4.5]]])
#[pyfunction]
#[pyo3(name = "pooling", signature = (data=None, kernel=None, stride=None, pad=None, pool_type="max",
    pooling_convention="valid", global_pool=false, cudnn_off=None, p_value=None, count_include_pad=None, layout=None,
    output_size=None),
    text_signature = "(data=None, kernel=None, stride=None, pad=None, pool_type='max', pooling_convention='valid', \
    global_pool=False, cudnn_off=False, p_value=None, count_include_pad=None, layout=None, output_size=None)")]
fn pool<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    pad: Option<Integers>,
    pool_type: &str,
    pooling_convention: &str,
    #[pyo3(from_py_with = truth)] global_pool: bool,
    cudnn_off: Option<&Bound<'py, PyAny>>,
    p_value: Option<Integer>,
    #[pyo3(from_py_with = optional_truth)] count_include_pad: Option<bool>,
    layout: Option<&str>,
    output_size: Option<Integers>,
) -> PyResult<Bound<'py, NdArray>> {
    let _ = cudnn_off;
    let data = data.ok_or_else(|| PyValueError::new_err("pooling: data is wanted"))?;
    let unknown = |name: &str, given: &str, known: &str| {
        PyValueError::new_err(format!("pooling: {name} is '{given}', expected one of {known}"))
    };
    let options = Options {
        kernel: axes(&kernel).unwrap_or(&[]),
        stride: axes(&stride).unwrap_or(&[]),
        pad: axes(&pad).unwrap_or(&[]),
        pool: Pool::from_name(pool_type)
            .ok_or_else(|| unknown("pool_type", pool_type, "'max', 'avg', 'sum', 'lp'"))?,
        convention: Convention::from_name(pooling_convention)
            .ok_or_else(|| unknown("pooling_convention", pooling_convention, "'valid', 'full', 'same'"))?,
        global: global_pool,
        power: p_value.map(|power| power.0),
        count_padding: count_include_pad.unwrap_or(true),
        layout,
    };
    let x = &*data;
    let Some(sizes) = &output_size else {
        return wrap(py, compute(py, x.size(), || pooling::pooling(x, &options))?);
    };
    if global_pool || !options.kernel.is_empty() {
        return Err(PyValueError::new_err("pooling: output_size goes without kernel and global_pool"));
    }
    wrap(py, compute(py, x.size(), || adaptive_pooling(x, sizes, &options))?)
}

/// The greatest element of each part of each region of interest.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (n, channels, height, width).
/// rois : array_like
///     Of shape (regions, 5): number of the image, left, top, right, bottom. Both corners belong to the region.
/// pooled_size : tuple of int
///     How many parts a region has, down and right; one number for both.
/// spatial_scale : float
///     Multiplies the corners, which are then rounded to elements.
///
/// Returns
/// -------
/// ndarray
///     Of shape (regions, channels, *pooled_size); 0 for parts without elements, and for regions of images that are not
///     there. Gradients go to the data.
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
/// >>> data = np.arange(48).reshape(1, 1, 8, 6)
/// >>> npx.roi_pooling(data, np.array([[0, 0, 0, 4, 4]]), (2, 2), 1.0)
/// array([[[[14., 16.],
///          [26., 28.]]]])
#[pyfunction]
fn roi_pooling<'py>(
    py: Python<'py>,
    data: Input<'py>,
    rois: Input<'py>,
    pooled_size: Integers,
    spatial_scale: f64,
) -> PyResult<Bound<'py, NdArray>> {
    let pooled = match pooled_size[..] {
        [both] => [both, both],
        [high, wide] => [high, wide],
        _ => {
            return Err(PyValueError::new_err(format!(
                "roi_pooling: pooled_size has {} numbers, expected 2",
                pooled_size.len()
            )));
        }
    };
    let (data, rois) = (&*data, &*rois);
    wrap(py, compute(py, data.size(), || pooled_regions(data, rois, pooled, spatial_scale))?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pool, module)?)?;
    module.add_function(wrap_pyfunction!(roi_pooling, module)?)
}
