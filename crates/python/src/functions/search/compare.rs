//! Comparison of whole arrays: `isclose`, `allclose`, `array_equal`, `array_equiv`.

use mxnet::array::Array;
use mxnet::array::formulas::{self, Tolerance};
use pyo3::prelude::*;

use crate::arguments::{Input, Value, truth};
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Runs `work` with both numbers or arrays and the tolerance.
fn near<'py, T: Send>(
    py: Python<'py>,
    a: &Value<'py>,
    b: &Value<'py>,
    limits: (&Value<'py>, &Value<'py>),
    equal_nan: bool,
    work: impl FnOnce(mxnet::array::Argument, mxnet::array::Argument, &Tolerance) -> base::Result<T> + Send,
) -> PyResult<T> {
    let wide = Some(base::DType::F64);
    let (x, y) = (a.argument(wide)?, b.argument(wide)?);
    let tolerance =
        Tolerance { relative: limits.0.argument(None)?, absolute: limits.1.argument(None)?, equal_nan };
    let size = |argument: &mxnet::array::Argument| match argument {
        mxnet::array::Argument::Array(array) => array.size(),
        mxnet::array::Argument::Scalar(..) => 1,
    };
    compute(py, size(&x).max(size(&y)), || work(x, y, &tolerance))
}

/// Whether elements are equal within a tolerance: `|a - b| <= atol + rtol * |b|`.
///
/// Parameters
/// ----------
/// a, b : array_like
/// rtol, atol : array_like, optional
/// equal_nan : bool, optional
///     Whether nan is near nan.
///
/// Returns
/// -------
/// ndarray of bool
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not broadcast.
///
/// Examples
/// --------
/// >>> np.isclose(np.array([1, 2]), np.array([1.000001, 2.1]))
/// array([ True, False])
#[pyfunction]
#[pyo3(signature = (a, b, rtol=None, atol=None, equal_nan=false),
    text_signature = "(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)")]
fn isclose<'py>(
    py: Python<'py>,
    a: Value<'py>,
    b: Value<'py>,
    rtol: Option<Value<'py>>,
    atol: Option<Value<'py>>,
    #[pyo3(from_py_with = truth)] equal_nan: bool,
) -> PyResult<Ours<'py>> {
    let (rtol, atol) = limits(py, rtol, atol)?;
    wrap(py, near(py, &a, &b, (&rtol, &atol), equal_nan, formulas::isclose)?)
}

/// NumPy's tolerances where none are given.
fn limits<'py>(
    py: Python<'py>,
    rtol: Option<Value<'py>>,
    atol: Option<Value<'py>>,
) -> PyResult<(Value<'py>, Value<'py>)> {
    let number = |value: f64| pyo3::types::PyFloat::new(py, value).into_any().extract::<Value>();
    let or = |given: Option<Value<'py>>, value: f64| given.map_or_else(|| number(value), Ok);
    Ok((or(rtol, 1e-5)?, or(atol, 1e-8)?))
}

/// Whether all elements are equal within a tolerance; see `isclose`.
///
/// Parameters
/// ----------
/// a, b : array_like
/// rtol, atol : array_like, optional
/// equal_nan : bool, optional
///
/// Returns
/// -------
/// bool
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not broadcast.
///
/// Examples
/// --------
/// >>> np.allclose(np.array([1, 2]), np.array([1, 2.000001]))
/// True
#[pyfunction]
#[pyo3(signature = (a, b, rtol=None, atol=None, equal_nan=false),
    text_signature = "(a, b, rtol=1e-05, atol=1e-08, equal_nan=False)")]
fn allclose<'py>(
    py: Python<'py>,
    a: Value<'py>,
    b: Value<'py>,
    rtol: Option<Value<'py>>,
    atol: Option<Value<'py>>,
    #[pyo3(from_py_with = truth)] equal_nan: bool,
) -> PyResult<bool> {
    let (rtol, atol) = limits(py, rtol, atol)?;
    near(py, &a, &b, (&rtol, &atol), equal_nan, formulas::allclose)
}

/// Both as arrays; nothing where one of them cannot be an array.
fn both<'py>(a: &Object<'py>, b: &Object<'py>) -> Option<(Input<'py>, Input<'py>)> {
    a.extract().ok().zip(b.extract().ok())
}

/// Whether two arrays have one shape and equal elements.
///
/// Parameters
/// ----------
/// a1, a2 : array_like
/// equal_nan : bool, optional
///     Whether nan equals nan.
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> np.array_equal(np.array([1, 2]), [1, 2])
/// True
#[pyfunction]
#[pyo3(signature = (a1, a2, equal_nan=false))]
fn array_equal<'py>(
    py: Python<'py>,
    a1: &Object<'py>,
    a2: &Object<'py>,
    #[pyo3(from_py_with = truth)] equal_nan: bool,
) -> PyResult<bool> {
    let Some((a, b)) = both(a1, a2) else { return Ok(false) };
    let (x, y): (&Array, &Array) = (&a, &b);
    compute(py, x.size(), || formulas::array_equal(x, y, equal_nan))
}

/// Whether two arrays broadcast together and have equal elements then.
///
/// Parameters
/// ----------
/// a1, a2 : array_like
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> np.array_equiv(np.array([1, 2]), [[1, 2], [1, 2]])
/// True
#[pyfunction]
fn array_equiv<'py>(py: Python<'py>, a1: &Object<'py>, a2: &Object<'py>) -> PyResult<bool> {
    let Some((a, b)) = both(a1, a2) else { return Ok(false) };
    let (x, y): (&Array, &Array) = (&a, &b);
    compute(py, x.size().max(y.size()), || formulas::array_equiv(x, y))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(isclose, module)?)?;
    module.add_function(wrap_pyfunction!(allclose, module)?)?;
    module.add_function(wrap_pyfunction!(array_equal, module)?)?;
    module.add_function(wrap_pyfunction!(array_equiv, module)?)
}
