//! Integers, selections, orders and whole random vectors: `randint`, `choice`, `shuffle`, `multinomial`, and draws whose
//! arguments have a form of their own.

use mxnet::array::random::{self, Draw, Population};
use mxnet::array::{Array, Result};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::{Keywords, Parameter};
use crate::arguments::{Input, Integer, Integers, Place, Type, truth};
use crate::array::NdArray;
use crate::error::Raised;
use crate::{convert, foreign, methods};

type Object<'py> = Bound<'py, PyAny>;

/// Integers between `low` (included) and `high` (excluded); with one bound, between 0 and it.
///
/// Parameters
/// ----------
/// low : int or array_like of int
/// high : int or array_like of int, optional
/// size : int or tuple of ints, optional
/// dtype : dtype, optional
///     An integer dtype or bool; int64 by default.
/// device, ctx : Device, optional
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An empty range, or one that the dtype cannot hold.
///
/// Examples
/// --------
/// >>> np.random.randint(0, 5, (2, 3)).shape
/// (2, 3)
#[pyfunction]
#[pyo3(signature = (low, high=None, size=None, dtype=None, device=None, out=None, *, ctx=None))]
fn randint<'py>(
    py: Python<'py>,
    low: &Object<'py>,
    high: Option<&Object<'py>>,
    size: Option<Integers>,
    dtype: Option<Type>,
    device: Option<Place>,
    out: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let several = |given: &Object<'py>| -> PyResult<bool> {
        Ok(!given.is_exact_instance_of::<pyo3::types::PyInt>()
            && convert::to_index_array(given).is_ok_and(|bounds| bounds.ndim() > 0))
    };
    if several(low)? || high.map_or(Ok(false), several)? {
        let first = convert::to_index_array(low)?;
        let second = high.map(convert::to_index_array).transpose()?;
        let keywords = Keywords { size, dtype, device, ctx, out };
        let elements = first.size().max(second.as_ref().map_or(1, Array::size));
        return keywords.draw(py, "randint", true, elements, |draw| {
            random::randint_between(&first, second.as_ref(), draw)
        });
    }
    let bound = |given: &Object<'py>| match given.extract::<u64>() {
        Ok(bound) => Ok(i128::from(bound)),
        Err(_) => convert::to_integer(given).map(i128::from),
    };
    let (low, high) = (bound(low)?, high.map(bound).transpose()?);
    let keywords = Keywords { size, dtype, device, ctx, out };
    keywords.draw(py, "randint", false, 1, |draw| random::randint(low, high, draw))
}

/// Draws of a shape given as arguments.
fn shaped<'py>(
    name: &str,
    size: &Bound<'py, PyTuple>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
    work: fn(&Draw) -> Result<Array>,
) -> PyResult<Object<'py>> {
    let py = size.py();
    let size = if size.is_empty() { Vec::new() } else { methods::spread(size)? };
    let keywords = Keywords { size: Some(Integers(size)), dtype, device, ctx, out: None };
    keywords.draw(py, name, false, 1, work)
}

/// Numbers in [0, 1), all equally likely.
///
/// Parameters
/// ----------
/// *size : int
/// dtype : dtype, optional
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.random.rand(2, 3).shape
/// (2, 3)
#[pyfunction]
#[pyo3(signature = (*size, dtype=None, device=None, ctx=None))]
fn rand<'py>(
    size: &Bound<'py, PyTuple>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    shaped("rand", size, dtype, device, ctx, random::rand)
}

/// Normally distributed numbers with mean 0 and deviation 1.
///
/// Parameters
/// ----------
/// *size : int
/// dtype : dtype, optional
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.random.randn(4).shape
/// (4,)
#[pyfunction]
#[pyo3(signature = (*size, dtype=None, device=None, ctx=None))]
fn randn<'py>(
    size: &Bound<'py, PyTuple>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    shaped("randn", size, dtype, device, ctx, random::randn)
}

/// What a user wants to choose from.
enum Source<'py> {
    Integers(i64),
    Rows(Input<'py>),
}

impl<'py> FromPyObject<'_, 'py> for Source<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Source<'py>> {
        if !foreign::is_numpy_array(&object)
            && let Ok(Integer(count)) = object.extract()
        {
            return Ok(Source::Integers(count));
        }
        object.extract().map(Source::Rows)
    }
}

impl Source<'_> {
    fn population(&self) -> (Population<'_>, bool, i64) {
        match self {
            Source::Integers(count) => (Population::Integers(*count), false, *count),
            Source::Rows(rows) => (Population::Rows(rows), true, rows.size()),
        }
    }
}

/// A random sample of the integers below a number, or of the entries of an array.
///
/// Parameters
/// ----------
/// a : int or array_like
/// size : int or tuple of ints, optional
/// replace : bool, optional
///     Whether an entry may be chosen more than once.
/// p : array_like, optional
///     Probabilities of the entries, equal without it.
/// device, ctx : Device, optional
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Nothing to choose from, more than there is without replacement, or probabilities that do not sum to 1.
///
/// Examples
/// --------
/// >>> np.sort(np.random.choice(3, 3, replace=False))
/// array([0, 1, 2], dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, size=None, replace=true, p=None, device=None, out=None, *, ctx=None))]
fn choice<'py>(
    py: Python<'py>,
    a: Source<'py>,
    size: Option<Integers>,
    #[pyo3(from_py_with = truth)] replace: bool,
    p: Option<Input<'py>>,
    device: Option<Place>,
    out: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let (population, rows, count) = a.population();
    let weights: Option<&Array> = p.as_deref();
    let keywords = Keywords { size, dtype: None, device, ctx, out };
    keywords.draw(py, "choice", rows, count, |draw| random::choice(population, replace, weights, draw))
}

/// The integers below a number, or the entries of an array, in random order.
///
/// Parameters
/// ----------
/// x : int or array_like
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///     A copy.
///
/// Raises
/// ------
/// ValueError
///     A negative number.
///
/// Examples
/// --------
/// >>> np.sort(np.random.permutation(3))
/// array([0, 1, 2], dtype=int64)
#[pyfunction]
#[pyo3(signature = (x, *, device=None, ctx=None))]
fn permutation<'py>(
    py: Python<'py>,
    x: Source<'py>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let (population, rows, count) = x.population();
    let keywords = Keywords { size: None, dtype: None, device, ctx, out: None };
    keywords.draw(py, "permutation", rows, count, |draw| random::permutation(population, draw))
}

/// Brings the entries along the first axis into random order, in place.
///
/// Parameters
/// ----------
/// x : ndarray
///
/// Raises
/// ------
/// TypeError
///     No array, or one without axes.
///
/// Examples
/// --------
/// >>> x = np.array([1, 2, 3])
/// >>> np.random.shuffle(x)
/// >>> np.sort(x)
/// array([1., 2., 3.])
#[pyfunction]
fn shuffle(x: &Object<'_>) -> PyResult<()> {
    // NumPy's arrays lend their memory, so they are shuffled in place too
    if x.cast::<NdArray>().is_err() && !foreign::is_numpy_array(x) {
        return Err(PyTypeError::new_err("shuffle: x must be an array, which is shuffled in place"));
    }
    let array: Input = x.extract()?;
    random::shuffle(&array).raised()
}

/// How often each outcome occurs in `n` independent experiments.
///
/// Parameters
/// ----------
/// n : int
/// pvals : array_like
///     Probabilities of the outcomes.
/// size : int or tuple of ints, optional
/// dtype : dtype, optional
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///     Of shape `size + (len(pvals),)`, int64 unless `dtype` says otherwise.
///
/// Raises
/// ------
/// ValueError
///     A negative number, or probabilities that sum to more than 1.
///
/// Examples
/// --------
/// >>> np.random.multinomial(10, np.array([0.5, 0.5]), size=3).sum(axis=1)
/// array([10, 10, 10], dtype=int64)
#[pyfunction]
#[pyo3(signature = (n, pvals, size=None, *, dtype=None, device=None, ctx=None))]
fn multinomial<'py>(
    py: Python<'py>,
    n: Integer,
    pvals: Input<'py>,
    size: Option<Integers>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let probabilities: &Array = &pvals;
    let keywords = Keywords { size, dtype, device, ctx, out: None };
    keywords.draw(py, "multinomial", true, i64::MAX, |draw| random::multinomial(n.0, probabilities, draw))
}

/// Vectors of positive numbers with the sum 1.
///
/// Parameters
/// ----------
/// alpha : array_like
///     Concentrations, one per component.
/// size : int or tuple of ints, optional
/// dtype : dtype, optional
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///     Of shape `size + (len(alpha),)`.
///
/// Raises
/// ------
/// ValueError
///     Concentrations that are not positive.
///
/// Examples
/// --------
/// >>> np.random.dirichlet(np.array([1, 2, 3]), size=4).shape
/// (4, 3)
#[pyfunction]
#[pyo3(signature = (alpha, size=None, *, dtype=None, device=None, ctx=None))]
fn dirichlet<'py>(
    py: Python<'py>,
    alpha: Input<'py>,
    size: Option<Integers>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let concentrations: &Array = &alpha;
    let keywords = Keywords { size, dtype, device, ctx, out: None };
    keywords.draw(py, "dirichlet", true, i64::MAX, |draw| random::dirichlet(concentrations, draw))
}

/// Correlated normally distributed vectors; gradients flow to the mean.
///
/// Parameters
/// ----------
/// mean : array_like
/// cov : array_like
///     The covariances, symmetric and positive-semidefinite: this is always checked.
/// size : int or tuple of ints, optional
/// check_valid, tol : optional
///     Accepted for compatibility.
/// dtype : dtype, optional
/// device, ctx : Device, optional
///
/// Returns
/// -------
/// ndarray
///     Of shape `size + (len(mean),)`.
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit, or covariances that there cannot be.
///
/// Examples
/// --------
/// >>> np.random.multivariate_normal(np.zeros(2), np.eye(2), size=5).shape
/// (5, 2)
#[pyfunction]
#[pyo3(signature = (mean, cov, size=None, check_valid=None, tol=None, *, dtype=None, device=None, ctx=None),
    text_signature = "(mean, cov, size=None, check_valid='warn', tol=1e-08, *, dtype=None, device=None, ctx=None)")]
fn multivariate_normal<'py>(
    py: Python<'py>,
    mean: Input<'py>,
    cov: Input<'py>,
    size: Option<Integers>,
    check_valid: Option<&str>,
    tol: Option<f64>,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let _always_checked = (check_valid, tol);
    let (mean, covariance): (&Array, &Array) = (&mean, &cov);
    let keywords = Keywords { size, dtype, device, ctx, out: None };
    keywords.draw(py, "multivariate_normal", true, i64::MAX, |draw| {
        random::multivariate_normal(mean, covariance, draw)
    })
}

/// 1 with a probability, else 0.
///
/// Parameters
/// ----------
/// prob, logit : array_like
///     The probability, or its logit: exactly one of them.
/// size : int or tuple of ints, optional
/// dtype : dtype, optional
/// device, ctx : Device, optional
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Both or neither given, or a probability outside [0, 1].
///
/// Examples
/// --------
/// >>> npx.random.bernoulli(1.0, size=3)
/// array([1., 1., 1.])
#[pyfunction]
#[pyo3(signature = (prob=None, logit=None, size=None, dtype=None, device=None, out=None, *, ctx=None))]
fn _bernoulli<'py>(
    py: Python<'py>,
    prob: Option<Parameter<'py>>,
    logit: Option<Parameter<'py>>,
    size: Option<Integers>,
    dtype: Option<Type>,
    device: Option<Place>,
    out: Option<&Object<'py>>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let keywords = Keywords { size, dtype, device, ctx, out };
    match (prob, logit) {
        (Some(prob), None) => super::drawn(py, "bernoulli", [prob], &keywords, |[prob], draw| {
            random::bernoulli(Some(prob), None, draw)
        }),
        (None, Some(logit)) => super::drawn(py, "bernoulli", [logit], &keywords, |[logit], draw| {
            random::bernoulli(None, Some(logit), draw)
        }),
        _ => Err(PyValueError::new_err("bernoulli: give exactly one of prob and logit")),
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(randint, module)?)?;
    module.add_function(wrap_pyfunction!(rand, module)?)?;
    module.add_function(wrap_pyfunction!(randn, module)?)?;
    module.add_function(wrap_pyfunction!(choice, module)?)?;
    module.add_function(wrap_pyfunction!(permutation, module)?)?;
    module.add_function(wrap_pyfunction!(shuffle, module)?)?;
    module.add_function(wrap_pyfunction!(multinomial, module)?)?;
    module.add_function(wrap_pyfunction!(dirichlet, module)?)?;
    module.add_function(wrap_pyfunction!(multivariate_normal, module)?)?;
    module.add_function(wrap_pyfunction!(_bernoulli, module)?)
}
