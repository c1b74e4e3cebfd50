//! `bincount`, `histogram` and `histogram_bin_edges`.

use mxnet::array::statistics::{self, Bins, Rule, Warned};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::warn;
use crate::arguments::{Input, Integer, Places, optional_truth};
use crate::array::{NdArray, compute, wrap};
use crate::convert;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// `bins`: the name of a rule, a number, or edges.
fn bins(given: Option<&Object<'_>>) -> PyResult<Bins> {
    let Some(given) = given else { return Ok(Bins::Count(10)) };
    if let Ok(name) = given.cast::<PyString>() {
        let name = name.to_string();
        return Rule::from_name(&name)
            .map(Bins::Rule)
            .ok_or_else(|| PyValueError::new_err(format!("'{name}' is not a valid estimator for `bins`")));
    }
    let edges = convert::to_array(given)?;
    if edges.ndim() == 0 { convert::to_integer(given).map(Bins::Count) } else { Ok(Bins::Edges(edges)) }
}

/// `range`: first and last edge.
fn ends(range: Option<Vec<f64>>) -> PyResult<Option<(f64, f64)>> {
    match range.as_deref() {
        None => Ok(None),
        Some(&[first, last]) => Ok(Some((first, last))),
        Some(other) => Err(PyValueError::new_err(format!(
            "range must be a first and a last edge, not {} numbers",
            other.len()
        ))),
    }
}

/// How often each of the integers 0, 1, 2, ... occurs, or the sum of the weights that belong to it.
///
/// Parameters
/// ----------
/// x : array_like
///     Integers that are not negative.
/// weights : array_like, optional
/// minlength : int, optional
///     Least number of counts.
///
/// Returns
/// -------
/// ndarray
///     int64; with weights, a float dtype.
///
/// Raises
/// ------
/// ValueError
///     A negative integer, or more than one axis.
/// TypeError
///     Numbers with fractions.
///
/// Examples
/// --------
/// >>> np.bincount(np.array([0, 3, 3, 1], dtype='int64'))
/// array([1, 1, 0, 2], dtype=int64)
#[pyfunction]
#[pyo3(signature = (x, /, weights=None, minlength=Integer(0)),
    text_signature = "(x, /, weights=None, minlength=0)")]
fn bincount<'py>(
    py: Python<'py>,
    x: Places,
    weights: Option<Input<'py>>,
    minlength: Integer,
) -> PyResult<Ours<'py>> {
    let (Places(array), weights) = (&x, weights.as_deref());
    wrap(py, compute(py, array.size(), || statistics::bincount(array, weights, minlength.0))?)
}

/// The edges of the bins of a histogram.
///
/// Parameters
/// ----------
/// a : array_like
/// bins : int, array_like or str, optional
///     How many bins of equal width, the edges themselves, or the name of a rule: 'auto', 'fd', 'doane', 'scott',
///     'stone', 'rice', 'sturges' or 'sqrt'.
/// range : pair of float, optional
///     First and last edge.
/// weights : array_like, optional
///     Makes no difference.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Edges that are not ascending.
///
/// Examples
/// --------
/// >>> np.histogram_bin_edges(np.array([0, 4]), bins=4)
/// array([0., 1., 2., 3., 4.])
#[pyfunction]
#[pyo3(signature = (a, bins=None, range=None, weights=None),
    text_signature = "(a, bins=10, range=None, weights=None)")]
fn histogram_bin_edges<'py>(
    py: Python<'py>,
    a: Input<'py>,
    bins: Option<&Object<'py>>,
    range: Option<Vec<f64>>,
    weights: Option<Input<'py>>,
) -> PyResult<Ours<'py>> {
    let (bins, range) = (self::bins(bins)?, ends(range)?);
    if weights.as_ref().is_some_and(|weights| weights.shape() != a.shape()) {
        return Err(PyValueError::new_err("weights should have the same shape as a."));
    }
    if weights.is_some() && matches!(bins, Bins::Rule(_)) {
        return Err(pyo3::exceptions::PyTypeError::new_err(
            "Automated estimation of the number of bins is not supported for weighted data",
        ));
    }
    let array: &mxnet::array::Array = &a;
    let Warned { array, warning } =
        compute(py, array.size(), || statistics::histogram_bin_edges(array, &bins, range))?;
    warn(py, warning)?;
    wrap(py, array)
}

/// How many elements fall into each of some bins; the last bin has its right edge too.
///
/// Parameters
/// ----------
/// a : array_like
/// bins : int, array_like or str, optional
///     How many bins of equal width, their edges, or the name of a rule (see `histogram_bin_edges`).
/// range : pair of float, optional
///     First and last edge.
/// density : bool, optional
///     Whether to scale the counts so that their integral is 1.
/// weights : array_like, optional
///     What each element counts.
///
/// Returns
/// -------
/// hist, bin_edges : ndarray
///     Counts and edges.
///
/// Raises
/// ------
/// ValueError
///     Edges that are not ascending, or weights of another shape.
/// TypeError
///     Weights together with a rule.
///
/// Examples
/// --------
/// >>> np.histogram(np.array([1, 2, 1]), bins=np.array([0, 1, 2, 3]))
/// (array([0, 2, 1], dtype=int64), array([0., 1., 2., 3.]))
#[pyfunction]
#[pyo3(signature = (a, bins=None, range=None, density=None, weights=None),
    text_signature = "(a, bins=10, range=None, density=None, weights=None)")]
fn histogram<'py>(
    py: Python<'py>,
    a: Input<'py>,
    bins: Option<&Object<'py>>,
    range: Option<Vec<f64>>,
    #[pyo3(from_py_with = optional_truth)] density: Option<bool>,
    weights: Option<Input<'py>>,
) -> PyResult<(Ours<'py>, Ours<'py>)> {
    let (bins, range) = (self::bins(bins)?, ends(range)?);
    let (array, weights): (&mxnet::array::Array, _) = (&a, weights.as_deref());
    let density = density.unwrap_or(false);
    let found = compute(py, array.size(), || statistics::histogram(array, &bins, range, weights, density))?;
    warn(py, found.warning)?;
    Ok((wrap(py, found.counts)?, wrap(py, found.edges)?))
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(bincount, module)?)?;
    module.add_function(wrap_pyfunction!(histogram_bin_edges, module)?)?;
    module.add_function(wrap_pyfunction!(histogram, module)?)
}
