//! `cov` and `corrcoef`.

use mxnet::array::statistics::{self, Samples, Warned};
use mxnet::array::{Array, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::warn;
use crate::arguments::{Input, Type, dtype_of};
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;

/// Anything as true or false.
struct Truth(bool);

impl FromPyObject<'_, '_> for Truth {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Truth> {
        object.is_truthy().map(Truth)
    }
}

fn finish<'py>(
    py: Python<'py>,
    x: &Array,
    samples: &Samples,
    work: fn(&Array, &Samples) -> Result<Warned>,
) -> PyResult<Ours<'py>> {
    let Warned { array, warning } = compute(py, x.size(), || work(x, samples))?;
    warn(py, warning)?;
    wrap(py, array)
}

/// What the sum of products is divided by is the number of samples minus this.
fn correction(ddof: Option<f64>, bias: bool) -> PyResult<i64> {
    match ddof {
        Some(ddof) if ddof.fract() != 0.0 || !ddof.is_finite() => {
            Err(PyValueError::new_err("ddof must be integer"))
        }
        Some(ddof) => Ok(ddof as i64),
        None => Ok(i64::from(!bias)),
    }
}

/// Covariances of all pairs of variables.
///
/// Parameters
/// ----------
/// m : array_like
///     Rows are variables, columns samples.
/// y : array_like, optional
///     More variables.
/// rowvar : bool, optional
///     `False`: columns are variables, rows samples.
/// bias : bool, optional
///     Whether to divide by the number of samples rather than by one less.
/// ddof : int, optional
///     What to take off the number of samples, instead of `bias`.
/// fweights : array_like of int, optional
///     How often each sample occurs.
/// aweights : array_like, optional
///     How much each sample counts.
/// dtype : dtype, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     More than two axes, negative weights, or `ddof` with a fraction.
/// TypeError
///     `fweights` with fractions.
/// RuntimeError
///     Another number of weights than of samples.
///
/// Examples
/// --------
/// >>> np.cov(np.array([[0, 1, 2], [2, 1, 0]]))
/// array([[ 1., -1.],
///        [-1.,  1.]])
#[pyfunction]
#[pyo3(signature = (m, y=None, rowvar=Truth(true), bias=Truth(false), ddof=None, fweights=None, aweights=None, *,
    dtype=None),
    text_signature = "(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None)")]
fn cov<'py>(
    py: Python<'py>,
    m: Input<'py>,
    y: Option<Input<'py>>,
    rowvar: Truth,
    bias: Truth,
    ddof: Option<f64>,
    fweights: Option<Input<'py>>,
    aweights: Option<Input<'py>>,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let samples = Samples {
        more: y.as_deref(),
        by_columns: !rowvar.0,
        correction: correction(ddof, bias.0)?,
        frequencies: fweights.as_deref(),
        weights: aweights.as_deref(),
        dtype: dtype_of(dtype),
    };
    finish(py, &m, &samples, statistics::cov)
}

/// Correlation coefficients of all pairs of variables.
///
/// Parameters
/// ----------
/// x : array_like
///     Rows are variables, columns samples.
/// y : array_like, optional
///     More variables.
/// rowvar : bool, optional
///     `False`: columns are variables, rows samples.
/// dtype : dtype, optional
///
/// Returns
/// -------
/// ndarray
///     nan for variables that do not vary.
///
/// Raises
/// ------
/// ValueError
///     More than two axes.
///
/// Examples
/// --------
/// >>> np.corrcoef(np.array([[0, 1, 2], [2, 1, 0]]))
/// array([[ 1., -1.],
///        [-1.,  1.]])
#[pyfunction]
#[pyo3(signature = (x, y=None, rowvar=Truth(true), *, dtype=None),
    text_signature = "(x, y=None, rowvar=True, *, dtype=None)")]
fn corrcoef<'py>(
    py: Python<'py>,
    x: Input<'py>,
    y: Option<Input<'py>>,
    rowvar: Truth,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let samples = Samples {
        more: y.as_deref(),
        by_columns: !rowvar.0,
        correction: 1,
        dtype: dtype_of(dtype),
        ..Samples::default()
    };
    finish(py, &x, &samples, statistics::corrcoef)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(cov, module)?)?;
    module.add_function(wrap_pyfunction!(corrcoef, module)?)
}
