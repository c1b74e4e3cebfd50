//! Short formulas over whole arrays: `round`, `nan_to_num`, `ptp`, `average`.

use mxnet::array::formulas::{self, Replacements};
use mxnet::array::{Argument, Array, Index, index, reduce};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Integer, Integers, Value, axes, truth};
use crate::array::{NdArray, compute, wrap};
use crate::error::Raised;
use crate::reductions::{Arguments, finish, ours, run};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Rounded to so many decimals, halves to even.
///
/// Parameters
/// ----------
/// a : array_like
/// decimals : int, optional
///     Negative ones round before the decimal point.
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     `out` has another shape.
///
/// Examples
/// --------
/// >>> np.round(np.array([0.5, 1.5, 2.345]), 2)
/// array([0.5 , 1.5 , 2.34])
#[pyfunction]
#[pyo3(signature = (a, decimals=Integer(0), out=None), text_signature = "(a, decimals=0, out=None)")]
pub(crate) fn round<'py>(
    py: Python<'py>,
    a: Input<'py>,
    decimals: Integer,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let array: &Array = &a;
    let result = compute(py, array.size(), || formulas::round(array, decimals.0))?;
    finish(py, "round", result, out)
}

/// nan and infinities replaced by numbers.
///
/// Parameters
/// ----------
/// x : array_like
/// copy : bool, optional
///     `False` writes into `x` and returns it.
/// nan : array_like, optional
/// posinf, neginf : array_like, optional
///     The limits of the dtype by default.
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.nan_to_num(np.array([np.nan, np.inf, 1]), posinf=9)
/// array([0., 9., 1.])
#[pyfunction]
#[pyo3(signature = (x, copy=true, nan=None, posinf=None, neginf=None),
    text_signature = "(x, copy=True, nan=0.0, posinf=None, neginf=None)")]
fn nan_to_num<'py>(
    py: Python<'py>,
    x: Input<'py>,
    #[pyo3(from_py_with = truth)] copy: bool,
    nan: Option<Value<'py>>,
    posinf: Option<Value<'py>>,
    neginf: Option<Value<'py>>,
) -> PyResult<Ours<'py>> {
    let replacements = Replacements {
        nan: nan.as_ref().map_or(Ok(Argument::from(0.0)), |value| value.argument(None))?,
        positive_infinity: posinf.as_ref().map(|value| value.argument(None)).transpose()?,
        negative_infinity: neginf.as_ref().map(|value| value.argument(None)).transpose()?,
    };
    let array: &Array = &x;
    let result = compute(py, array.size(), || formulas::nan_to_num(array, &replacements))?;
    if copy {
        return wrap(py, result);
    }
    index::set(array, &[Index::Ellipsis], &result).raised()?;
    Ok(x.object().clone())
}

/// Distance between the greatest and the least element over axes.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : None, int or tuple of ints, optional
/// out : ndarray, optional
/// keepdims : bool, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     There are no elements.
///
/// Examples
/// --------
/// >>> np.ptp(np.array([[1, 5], [2, 2]]), axis=1)
/// array([4., 0.])
#[pyfunction]
#[pyo3(signature = (a, axis=None, out=None, keepdims=false))]
fn ptp<'py>(
    a: &Object<'py>,
    axis: Option<&Object<'py>>,
    out: Option<&Object<'py>>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Object<'py>> {
    let arguments = Arguments { axis, out, keepdims, ..Default::default() };
    run("ptp", &ours(a)?, &arguments, |array, options: &reduce::Options| formulas::ptp(array, options))
}

/// The mean over axes in which elements count by their weights.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : None, int or tuple of ints, optional
/// weights : array_like, optional
///     Of the shape of `a`, or of its axes `axis`.
/// returned : bool, optional
///     Whether to give the sum of the weights too.
/// keepdims : bool, optional
///
/// Returns
/// -------
/// ndarray or tuple of ndarray
///
/// Raises
/// ------
/// ZeroDivisionError
///     Weights with the sum 0.
/// TypeError
///     Weights of another shape, and no axis.
///
/// Examples
/// --------
/// >>> np.average(np.array([1, 2, 3]), weights=np.array([3, 0, 1]))
/// array(1.5)
#[pyfunction]
#[pyo3(signature = (a, axis=None, weights=None, returned=false, *, keepdims=false))]
fn average<'py>(
    py: Python<'py>,
    a: Input<'py>,
    axis: Option<Integers>,
    weights: Option<Input<'py>>,
    #[pyo3(from_py_with = truth)] returned: bool,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Object<'py>> {
    let (array, weights): (&Array, Option<&Array>) = (&a, weights.as_deref());
    let axis = axes(&axis);
    let (mean, total) = compute(py, array.size(), || formulas::average(array, axis, weights, keepdims))?;
    let mean = wrap(py, mean)?;
    if returned { Ok(PyTuple::new(py, [mean, wrap(py, total)?])?.into_any()) } else { Ok(mean.into_any()) }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(round, module)?)?;
    module.add("around", module.getattr("round")?)?;
    module.add_function(wrap_pyfunction!(nan_to_num, module)?)?;
    module.add_function(wrap_pyfunction!(ptp, module)?)?;
    module.add_function(wrap_pyfunction!(average, module)?)
}
