//! `npx.pooling`.

use mxnet::array::neural::pooling::{self, Convention, Options, Pool};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, axes};
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
#[pyfunction]
#[pyo3(name = "pooling", signature = (data=None, kernel=None, stride=None, pad=None, pool_type="max",
    pooling_convention="valid", global_pool=false, cudnn_off=None, p_value=None, count_include_pad=None, layout=None),
    text_signature = "(data=None, kernel=None, stride=None, pad=None, pool_type='max', pooling_convention='valid', \
    global_pool=False, cudnn_off=False, p_value=None, count_include_pad=None, layout=None)")]
fn pool<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    kernel: Option<Integers>,
    stride: Option<Integers>,
    pad: Option<Integers>,
    pool_type: &str,
    pooling_convention: &str,
    global_pool: bool,
    cudnn_off: Option<&Bound<'py, PyAny>>,
    p_value: Option<Integer>,
    count_include_pad: Option<bool>,
    layout: Option<&str>,
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
    wrap(py, compute(py, x.size(), || pooling::pooling(x, &options))?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pool, module)?)
}
