//! Evenly spaced numbers, matrices with a pattern, and coordinate grids.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::DType;
use mxnet::array::Argument;
use mxnet::array::create::{self};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Layout, Place, Type, Value, device_of, dtype_of, order_of, truth};
use crate::array::{NdArray, wrap};
use crate::error::Raised;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Numbers from `start`, `step` apart, before `stop`.
///
/// Parameters
/// ----------
/// start : number, optional
///     0 by default; one positional argument is `stop`.
/// stop : number
/// step : number, optional
/// dtype : dtype, optional
///     float32 by default.
/// ctx, device : Device, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ZeroDivisionError
///     A step of zero.
///
/// Examples
/// --------
/// >>> np.arange(4)
/// array([0., 1., 2., 3.])
/// >>> np.arange(1, 10, 3, dtype='int32')
/// array([1, 4, 7], dtype=int32)
#[pyfunction]
#[pyo3(signature = (start=None, stop=None, step=None, dtype=None, *, device=None, like=None, ctx=None))]
fn arange<'py>(
    py: Python<'py>,
    start: Option<Value<'py>>,
    stop: Option<Value<'py>>,
    step: Option<Value<'py>>,
    dtype: Option<Type>,
    device: Option<Place>,
    like: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    let (start, stop) = match (start, stop) {
        (start, Some(stop)) => (start, stop),
        (Some(stop), None) => (None, stop),
        (None, None) => return Err(PyTypeError::new_err("arange() requires stop to be specified.")),
    };
    let dtype = dtype_of(dtype);
    let start = start.as_ref().map_or(Ok(Argument::from(0i64)), |start| start.argument(dtype))?;
    let step = step.as_ref().map_or(Ok(Argument::from(1i64)), |step| step.argument(dtype))?;
    let stop = stop.argument(dtype)?;
    wrap(py, create::arange(start, stop, step, dtype, device_of(ctx, device)?).raised()?)
}

/// Evenly spaced samples from `start` to `stop`.
///
/// Parameters
/// ----------
/// start, stop : number or array_like
/// num : int, optional
/// endpoint : bool, optional
///     Whether `stop` is the last sample.
/// retstep : bool, optional
///     Returns the distance of the samples too.
/// dtype : dtype, optional
/// axis : int, optional
///     Where the new axis goes, for array bounds.
/// ctx, device : Device, optional
///
/// Returns
/// -------
/// ndarray, or a tuple with the distance
///     The distance is a float between numbers, an array between arrays.
///
/// Raises
/// ------
/// ValueError
///     A negative `num`.
///
/// Examples
/// --------
/// >>> np.linspace(0, 1, 5)
/// array([0.  , 0.25, 0.5 , 0.75, 1.  ])
#[pyfunction]
#[pyo3(signature = (start, stop, num=Integer(50), endpoint=true, retstep=false, dtype=None, axis=Integer(0), *,
    device=None, ctx=None),
        text_signature = "(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None, ctx=None)")]
fn linspace<'py>(
    py: Python<'py>,
    start: Value<'py>,
    stop: Value<'py>,
    num: Integer,
    #[pyo3(from_py_with = truth)] endpoint: bool,
    #[pyo3(from_py_with = truth)] retstep: bool,
    dtype: Option<Type>,
    axis: Integer,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let device = device_of(ctx, device)?;
    let (start, stop) = (start.argument(None)?, stop.argument(None)?);
    let (samples, step) =
        create::linspace(start, stop, num.0, endpoint, dtype_of(dtype), axis.0, device).raised()?;
    let samples = wrap(py, samples)?;
    if !retstep {
        return Ok(samples.into_any());
    }
    // between numbers the distance is a number, in double precision
    let numbers = [start, stop].iter().all(|bound| matches!(bound, Argument::Scalar(..)));
    if numbers && step.dtype() == DType::F64 {
        let distance = step.item().raised()?.as_f64();
        return Ok((samples, distance).into_pyobject(py)?.into_any());
    }
    Ok((samples, wrap(py, step)?).into_pyobject(py)?.into_any())
}

/// `base` to the power of evenly spaced exponents.
///
/// Parameters
/// ----------
/// start, stop : number or array_like
///     First and last exponent.
/// num : int, optional
/// endpoint : bool, optional
/// base : number or array_like, optional
/// dtype : dtype, optional
/// axis : int, optional
/// ctx, device : Device, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     `num` is negative.
/// numpy.exceptions.AxisError
///     An axis that the result does not have.
///
/// Examples
/// --------
/// >>> np.logspace(0, 2, 3)
/// array([  1.,  10., 100.])
#[pyfunction]
#[pyo3(signature = (start, stop, num=Integer(50), endpoint=true, base=None, dtype=None, axis=Integer(0), *,
    device=None, ctx=None),
        text_signature = "(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0, *, device=None, ctx=None)")]
fn logspace<'py>(
    py: Python<'py>,
    start: Value<'py>,
    stop: Value<'py>,
    num: Integer,
    #[pyo3(from_py_with = truth)] endpoint: bool,
    base: Option<Value<'py>>,
    dtype: Option<Type>,
    axis: Integer,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let device = device_of(ctx, device)?;
    let base = base.as_ref().map_or(Ok(Argument::from(10.0)), |base| base.argument(None))?;
    let (start, stop) = (start.argument(None)?, stop.argument(None)?);
    wrap(py, create::logspace(start, stop, num.0, endpoint, base, dtype_of(dtype), axis.0, device).raised()?)
}

/// Samples from `start` to `stop`, each the same multiple of the one before.
///
/// Parameters
/// ----------
/// start, stop : number or array_like
/// num : int, optional
/// endpoint : bool, optional
/// dtype : dtype, optional
/// axis : int, optional
/// ctx, device : Device, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A bound of zero.
///
/// Examples
/// --------
/// >>> np.geomspace(1, 100, 3)
/// array([  1.,  10., 100.])
#[pyfunction]
#[pyo3(signature = (start, stop, num=Integer(50), endpoint=true, dtype=None, axis=Integer(0), *, device=None, ctx=None),
    text_signature = "(start, stop, num=50, endpoint=True, dtype=None, axis=0, *, device=None, ctx=None)")]
fn geomspace<'py>(
    py: Python<'py>,
    start: Value<'py>,
    stop: Value<'py>,
    num: Integer,
    #[pyo3(from_py_with = truth)] endpoint: bool,
    dtype: Option<Type>,
    axis: Integer,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let device = device_of(ctx, device)?;
    let (start, stop) = (start.argument(None)?, stop.argument(None)?);
    wrap(py, create::geomspace(start, stop, num.0, endpoint, dtype_of(dtype), axis.0, device).raised()?)
}

/// A matrix with ones on a diagonal and zeros elsewhere.
///
/// Parameters
/// ----------
/// N : int
///     Rows.
/// M : int, optional
///     Columns; as many as rows by default.
/// k : int, optional
///     Which diagonal; positive ones lie right of the main one.
/// dtype : dtype, optional
/// order : {'C', 'F'}, optional
/// ctx, device : Device, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative number of rows or columns.
///
/// Examples
/// --------
/// >>> np.eye(2)
/// array([[1., 0.],
///        [0., 1.]])
#[pyfunction]
#[allow(non_snake_case)]
#[pyo3(signature = (N, M=None, k=Integer(0), dtype=None, order=None, *, device=None, like=None, ctx=None),
    text_signature = "(N, M=None, k=0, dtype=None, order='C', *, device=None, like=None, ctx=None)")]
fn eye<'py>(
    py: Python<'py>,
    N: Integer,
    M: Option<Integer>,
    k: Integer,
    dtype: Option<Type>,
    order: Option<Layout>,
    device: Option<Place>,
    like: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    let columns = M.map(|columns| columns.0);
    let device = device_of(ctx, device)?;
    wrap(py, create::eye(N.0, columns, k.0, dtype_of(dtype), order_of(order), device).raised()?)
}

/// The square identity matrix.
///
/// Parameters
/// ----------
/// n : int
/// dtype : dtype, optional
/// ctx, device : Device, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.identity(2)
/// array([[1., 0.],
///        [0., 1.]])
#[pyfunction]
#[pyo3(signature = (n, dtype=None, *, like=None, device=None, ctx=None))]
fn identity<'py>(
    py: Python<'py>,
    n: Integer,
    dtype: Option<Type>,
    like: Option<&Object<'py>>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    wrap(py, create::identity(n.0, dtype_of(dtype), device_of(ctx, device)?).raised()?)
}

/// A matrix with ones on and below a diagonal and zeros above.
///
/// Parameters
/// ----------
/// N : int
/// M : int, optional
/// k : int, optional
/// dtype : dtype, optional
/// ctx, device : Device, optional
/// like : object, optional
///     Without meaning here; NumPy's name for arrays of other libraries.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.tri(2, 3)
/// array([[1., 0., 0.],
///        [1., 1., 0.]])
#[pyfunction]
#[allow(non_snake_case)]
#[pyo3(signature = (N, M=None, k=Integer(0), dtype=None, *, like=None, device=None, ctx=None),
    text_signature = "(N, M=None, k=0, dtype=None, *, like=None, device=None, ctx=None)")]
fn tri<'py>(
    py: Python<'py>,
    N: Integer,
    M: Option<Integer>,
    k: Integer,
    dtype: Option<Type>,
    like: Option<&Object<'py>>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _ignored = like;
    let columns = M.map(|columns| columns.0);
    wrap(py, create::tri(N.0, columns, k.0, dtype_of(dtype), device_of(ctx, device)?).raised()?)
}

/// The matrix with zeros above a diagonal.
///
/// Parameters
/// ----------
/// m : array_like
/// k : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.tril(np.ones((2, 2)))
/// array([[1., 0.],
///        [1., 1.]])
#[pyfunction]
#[pyo3(signature = (m, k=Integer(0)), text_signature = "(m, k=0)")]
fn tril<'py>(m: Input<'py>, k: Integer) -> PyResult<Ours<'py>> {
    m.fresh(create::tril(&m, k.0))
}

/// The matrix with zeros below a diagonal.
///
/// Parameters
/// ----------
/// m : array_like
/// k : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.triu(np.ones((2, 2)))
/// array([[1., 1.],
///        [0., 1.]])
#[pyfunction]
#[pyo3(signature = (m, k=Integer(0)), text_signature = "(m, k=0)")]
fn triu<'py>(m: Input<'py>, k: Integer) -> PyResult<Ours<'py>> {
    m.fresh(create::triu(&m, k.0))
}

/// The diagonal of a matrix, or the matrix with a vector on its diagonal.
///
/// Parameters
/// ----------
/// v : array_like
/// k : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     More than two axes.
///
/// Examples
/// --------
/// >>> np.diag(np.array([1, 2]))
/// array([[1., 0.],
///        [0., 2.]])
#[pyfunction]
#[pyo3(signature = (v, k=Integer(0)), text_signature = "(v, k=0)")]
fn diag<'py>(v: Input<'py>, k: Integer) -> PyResult<Ours<'py>> {
    v.view(create::diag(&v, k.0))
}

/// The matrix with the flattened elements on its diagonal.
///
/// Parameters
/// ----------
/// v : array_like
/// k : int, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.diagflat([[1, 2]])
/// array([[1., 0.],
///        [0., 2.]])
#[pyfunction]
#[pyo3(signature = (v, k=Integer(0)), text_signature = "(v, k=0)")]
fn diagflat<'py>(v: Input<'py>, k: Integer) -> PyResult<Ours<'py>> {
    v.fresh(create::diagflat(&v, k.0))
}

/// The matrix of powers of a vector's elements.
///
/// Parameters
/// ----------
/// x : array_like
/// N : int, optional
///     Columns.
/// increasing : bool, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.vander(np.array([1, 2]), 3)
/// array([[1., 1., 1.],
///        [4., 2., 1.]])
#[pyfunction]
#[allow(non_snake_case)]
#[pyo3(signature = (x, N=None, increasing=false))]
fn vander<'py>(
    x: Input<'py>,
    N: Option<Integer>,
    #[pyo3(from_py_with = truth)] increasing: bool,
) -> PyResult<Ours<'py>> {
    x.fresh(create::vander(&x, N.map(|columns| columns.0), increasing))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(arange, module)?)?;
    module.add_function(wrap_pyfunction!(linspace, module)?)?;
    module.add_function(wrap_pyfunction!(logspace, module)?)?;
    module.add_function(wrap_pyfunction!(geomspace, module)?)?;
    module.add_function(wrap_pyfunction!(eye, module)?)?;
    module.add_function(wrap_pyfunction!(identity, module)?)?;
    module.add_function(wrap_pyfunction!(tri, module)?)?;
    module.add_function(wrap_pyfunction!(tril, module)?)?;
    module.add_function(wrap_pyfunction!(triu, module)?)?;
    module.add_function(wrap_pyfunction!(diag, module)?)?;
    module.add_function(wrap_pyfunction!(diagflat, module)?)?;
    module.add_function(wrap_pyfunction!(vander, module)?)
}
