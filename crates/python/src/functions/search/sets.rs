//! Distinct elements and membership: `unique`, `isin`.

use mxnet::array::{Array, sets};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Integer, truth};
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// The distinct elements, ascending.
///
/// Parameters
/// ----------
/// ar : array_like
/// return_index, return_inverse, return_counts : bool, optional
///     Whether to give the place of each first occurrence, which distinct element stands at each place, and how often
///     each occurs.
/// axis : int, optional
///     Distinct slices along this axis instead of elements.
/// equal_nan : bool, optional
///     Whether all nan are one element.
/// sorted : bool, optional
///     Results are sorted in either case.
///
/// Returns
/// -------
/// ndarray or tuple of ndarray
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.unique(np.array([3, 1, 3]))
/// array([1., 3.])
/// >>> np.unique(np.array([3, 1, 3]), return_counts=True)
/// (array([1., 3.]), array([1, 2], dtype=int64))
#[pyfunction]
#[pyo3(signature = (ar, return_index=false, return_inverse=false, return_counts=false, axis=None, *, equal_nan=true,
    sorted=true))]
fn unique<'py>(
    py: Python<'py>,
    ar: Input<'py>,
    #[pyo3(from_py_with = truth)] return_index: bool,
    #[pyo3(from_py_with = truth)] return_inverse: bool,
    #[pyo3(from_py_with = truth)] return_counts: bool,
    axis: Option<Integer>,
    #[pyo3(from_py_with = truth)] equal_nan: bool,
    #[pyo3(from_py_with = truth)] sorted: bool,
) -> PyResult<Object<'py>> {
    let _always = sorted;
    let (array, axis): (&Array, _) = (&ar, axis.map(|axis| axis.0));
    let wanted = [return_index, return_inverse, return_counts];
    if axis.is_none() && !wanted.contains(&true) {
        let values = compute(py, array.size(), || sets::unique_values(array, equal_nan))?;
        return Ok(wrap(py, values)?.into_any());
    }
    let found = compute(py, array.size(), || sets::unique(array, axis, equal_nan))?;
    let extras = [found.indices, found.inverse, found.counts];
    let mut results = vec![wrap(py, found.values)?];
    for (extra, _) in extras.into_iter().zip(wanted).filter(|(_, wanted)| *wanted) {
        results.push(wrap(py, extra)?);
    }
    match &results[..] {
        [values] => Ok(values.clone().into_any()),
        _ => Ok(PyTuple::new(py, results)?.into_any()),
    }
}

/// Whether each element occurs among others.
///
/// Parameters
/// ----------
/// element : array_like
/// test_elements : array_like
/// assume_unique : bool, optional
///     Makes no difference.
/// invert : bool, optional
///     Whether to tell which do not occur.
/// kind : {None, 'sort', 'table'}, optional
///     Makes no difference.
///
/// Returns
/// -------
/// ndarray of bool
///
/// Raises
/// ------
/// ValueError
///     Another kind, or 'table' for elements that are no integers.
///
/// Examples
/// --------
/// >>> np.isin(np.array([1, 2, 3]), np.array([3, 1]))
/// array([ True, False,  True])
#[pyfunction]
#[pyo3(signature = (element, test_elements, assume_unique=false, invert=false, *, kind=None))]
fn isin<'py>(
    py: Python<'py>,
    element: Input<'py>,
    test_elements: Input<'py>,
    #[pyo3(from_py_with = truth)] assume_unique: bool,
    #[pyo3(from_py_with = truth)] invert: bool,
    kind: Option<&str>,
) -> PyResult<Ours<'py>> {
    let _no_difference = assume_unique;
    let (elements, others): (&Array, &Array) = (&element, &test_elements);
    match kind {
        None | Some("sort") => {}
        Some("table") if [elements, others].iter().all(|array| !array.dtype().is_inexact()) => {}
        Some("table") => {
            return Err(PyValueError::new_err(
                "isin: The 'table' method is only supported for boolean or integer arrays. Please select 'sort' or None \
                 for kind.",
            ));
        }
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "isin: Invalid kind: '{other}'. Please use None, 'sort' or 'table'."
            )));
        }
    }
    let found = compute(py, elements.size().max(others.size()), || {
        let found = sets::isin(elements, others)?;
        if invert { mxnet::array::elementwise::call1(mxnet::ops::LOGICAL_NOT, &found) } else { Ok(found) }
    })?;
    wrap(py, found)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(unique, module)?)?;
    module.add_function(wrap_pyfunction!(isin, module)?)
}
