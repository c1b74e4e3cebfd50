//! Orders: `sort`, `argsort`, `lexsort`, `partition`, and places in a sorted array: `searchsorted`, `digitize`.

use base::DType;
use base::promote;
use mxnet::array::manipulate::{self, Mode};
use mxnet::array::{Argument, Array, Result, elementwise, reduce, sets, sort};
use mxnet::ops;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::arguments::{Input, Inputs, Integer, Places, Value, optional_truth, truth};
use crate::array::{NdArray, compute, wrap};
use crate::convert;
use crate::error::Raised;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// `kind=` of a sort. MXNet has `descending` at this place, so a bool is that.
enum Kind {
    Named(String),
    Descending(bool),
}

impl FromPyObject<'_, '_> for Kind {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Kind> {
        if let Ok(descending) = object.cast::<PyBool>() {
            return Ok(Kind::Descending(descending.is_true()));
        }
        object.extract().map(Kind::Named)
    }
}

/// Checks the keywords of a sort; whether it is a descending one.
fn is_descending(
    kind: Option<Kind>,
    order: Option<&Object<'_>>,
    stable: Option<bool>,
    descending: bool,
) -> PyResult<bool> {
    let (name, turned) = match &kind {
        Some(Kind::Named(name)) => (Some(name.as_str()), false),
        Some(Kind::Descending(turned)) => (None, *turned),
        None => (None, false),
    };
    check_kind(name, order, stable)?;
    Ok(descending || turned)
}

/// Checks `kind`, `order` and `stable`: every kind of sort gives the same result here.
fn check_kind(kind: Option<&str>, order: Option<&Object<'_>>, stable: Option<bool>) -> PyResult<()> {
    if order.is_some() {
        return Err(PyValueError::new_err("Cannot specify order when the array has no fields."));
    }
    match kind {
        Some(_) if stable.is_some() => Err(PyValueError::new_err(
            "`kind` and keyword parameters can't be provided at the same time. Use only one of them.",
        )),
        None | Some("quick" | "quicksort" | "heap" | "heapsort" | "merge" | "mergesort" | "stable") => Ok(()),
        Some(other) => Err(PyValueError::new_err(format!(
            "sort kind must be one of 'quick', 'heap', or 'stable' (got '{other}')"
        ))),
    }
}

/// The axis that an optional `axis=` means for arrays that `None` flattens.
fn flattened(x: &Array, axis: Option<Integer>) -> Result<(Array, i64)> {
    match axis {
        Some(axis) => Ok((x.clone(), axis.0)),
        None => Ok((manipulate::ravel(x, mxnet::array::create::Order::C)?, 0)),
    }
}

fn sorted(x: &Array, axis: Option<Integer>, descending: bool) -> Result<Array> {
    let ascending = sort::sort(x, axis.map(|axis| axis.0))?;
    if descending {
        manipulate::flip(&ascending, Some(&[axis.map_or(-1, |axis| axis.0)]))
    } else {
        Ok(ascending)
    }
}

/// The stable order; descending, equal elements keep their order too.
fn order_of(x: &Array, axis: Option<Integer>, descending: bool) -> Result<Array> {
    let (x, axis) = flattened(x, axis)?;
    if !descending {
        return sort::argsort(&x, Some(axis));
    }
    let axis = base::shape::axis(axis, x.ndim()).map_err(|error| error.in_operator("argsort"))? as i64;
    let backwards = sort::argsort(&manipulate::flip(&x, Some(&[axis]))?, Some(axis))?;
    let last = Argument::from(x.shape()[axis as usize] - 1);
    let mirrored = elementwise::call(ops::SUBTRACT, &[last, Argument::Array(&backwards)])?;
    manipulate::flip(&mirrored, Some(&[axis]))
}

/// A sorted copy.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int or None, optional
///     Without an axis the flat array is sorted.
/// kind : {'quicksort', 'mergesort', 'heapsort', 'stable'}, optional
///     Makes no difference: there is one sort. A bool is `descending`, as in MXNet.
/// order : None
/// stable : bool, optional
/// descending : bool, optional
///
/// Returns
/// -------
/// ndarray
///     nan stands last (descending: first).
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.sort(np.array([3, 1, 2]))
/// array([1., 2., 3.])
/// >>> np.sort(np.array([3, 1, 2]), descending=True)
/// array([3., 2., 1.])
#[pyfunction(name = "sort")]
#[pyo3(signature = (a, axis=Some(Integer(-1)), kind=None, order=None, *, stable=None, descending=false),
    text_signature = "(a, axis=-1, kind=None, order=None, *, stable=None, descending=False)")]
fn sort_copy<'py>(
    py: Python<'py>,
    a: Input<'py>,
    axis: Option<Integer>,
    kind: Option<Kind>,
    order: Option<&Object<'py>>,
    #[pyo3(from_py_with = optional_truth)] stable: Option<bool>,
    #[pyo3(from_py_with = truth)] descending: bool,
) -> PyResult<Ours<'py>> {
    let descending = is_descending(kind, order, stable, descending)?;
    let array: &Array = &a;
    wrap(py, compute(py, array.size(), || sorted(array, axis, descending))?)
}

/// The order that sorts: indices, the place of the least element first.
///
/// Parameters
/// ----------
/// a : array_like
/// axis : int or None, optional
///     Without an axis the flat array is sorted.
/// kind : {'quicksort', 'mergesort', 'heapsort', 'stable'}, optional
///     Makes no difference: the order is always stable. A bool is `descending`, as in MXNet.
/// order : None
/// stable : bool, optional
/// descending : bool, optional
///
/// Returns
/// -------
/// ndarray of int64
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.argsort(np.array([3, 1, 2]))
/// array([1, 2, 0], dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, axis=Some(Integer(-1)), kind=None, order=None, *, stable=None, descending=false),
    text_signature = "(a, axis=-1, kind=None, order=None, *, stable=None, descending=False)")]
fn argsort<'py>(
    py: Python<'py>,
    a: Input<'py>,
    axis: Option<Integer>,
    kind: Option<Kind>,
    order: Option<&Object<'py>>,
    #[pyo3(from_py_with = optional_truth)] stable: Option<bool>,
    #[pyo3(from_py_with = truth)] descending: bool,
) -> PyResult<Ours<'py>> {
    let descending = is_descending(kind, order, stable, descending)?;
    let array: &Array = &a;
    wrap(py, compute(py, array.size(), || order_of(array, axis, descending))?)
}

/// Checks `kth` and the keywords of `partition`.
/// `kth=`: one place or several, which must be integers.
struct Ranks(Vec<i64>);

impl FromPyObject<'_, '_> for Ranks {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Ranks> {
        let no_integer = || PyTypeError::new_err("Partition index must be integer");
        if object.is_instance_of::<PyBool>() {
            return Err(PyValueError::new_err("Booleans unacceptable as partition index"));
        }
        let ranks = match convert::to_index_array(&object) {
            Ok(array) if array.ndim() > 1 => {
                return Err(PyValueError::new_err(
                    "setting an array element with a sequence. The requested array would exceed the maximum number \
                     of dimension of 1.",
                ));
            }
            Ok(array) if array.dtype() == base::DType::Bool => {
                return Err(PyValueError::new_err("Booleans unacceptable as partition index"));
            }
            Ok(_) => convert::to_integers(&object).map_err(|_| no_integer())?,
            Err(_) => return Err(no_integer()),
        };
        // an empty list has no integers, as NumPy sees it
        if ranks.is_empty() && !object.hasattr("dtype")? { Err(no_integer()) } else { Ok(Ranks(ranks)) }
    }
}

impl std::ops::Deref for Ranks {
    type Target = [i64];
    fn deref(&self) -> &[i64] {
        &self.0
    }
}

fn check_partition(
    shape: &[i64],
    kth: &[i64],
    axis: Option<Integer>,
    kind: &str,
    order: Option<&Object<'_>>,
) -> PyResult<()> {
    check_kind(None, order, None)?;
    if kind != "introselect" {
        return Err(PyValueError::new_err(format!("select kind must be 'introselect' (got '{kind}')")));
    }
    let length = match axis {
        None => base::shape::size(shape).raised()?,
        Some(axis) => shape[base::shape::axis(axis.0, shape.len()).raised()?],
    };
    match kth.iter().find(|&&place| place < -length || place >= length) {
        Some(&place) if !shape.contains(&0) => {
            let place = if place < 0 { place + length } else { place };
            Err(PyValueError::new_err(format!("kth(={place}) out of bounds ({length})")))
        }
        _ => Ok(()),
    }
}

/// A copy in which the element that belongs at place `kth` stands there, smaller ones before it, greater ones behind.
///
/// Parameters
/// ----------
/// a : array_like
/// kth : int or sequence of ints
/// axis : int or None, optional
/// kind : {'introselect'}, optional
/// order : None
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A place outside the axis.
///
/// Examples
/// --------
/// >>> np.partition(np.array([3, 1, 2]), 1)[1]
/// array(2.)
#[pyfunction]
#[pyo3(signature = (a, kth, axis=Some(Integer(-1)), kind="introselect", order=None),
    text_signature = "(a, kth, axis=-1, kind='introselect', order=None)")]
fn partition<'py>(
    py: Python<'py>,
    a: Input<'py>,
    kth: Ranks,
    axis: Option<Integer>,
    kind: &str,
    order: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    check_partition(a.shape(), &kth, axis, kind, order)?;
    let array: &Array = &a;
    wrap(py, compute(py, array.size(), || sort::partition(array, &kth, axis.map(|axis| axis.0)))?)
}

/// The indices of a partition; see `partition`.
///
/// Parameters
/// ----------
/// a : array_like
/// kth : int or sequence of ints
/// axis : int or None, optional
/// kind : {'introselect'}, optional
/// order : None
///
/// Returns
/// -------
/// ndarray of int64
///
/// Raises
/// ------
/// ValueError
///     A place outside the axis.
///
/// Examples
/// --------
/// >>> np.argpartition(np.array([3, 1, 2]), 1)[1]
/// array(2, dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, kth, axis=Some(Integer(-1)), kind="introselect", order=None),
    text_signature = "(a, kth, axis=-1, kind='introselect', order=None)")]
fn argpartition<'py>(
    py: Python<'py>,
    a: Input<'py>,
    kth: Ranks,
    axis: Option<Integer>,
    kind: &str,
    order: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    let shape = if a.ndim() == 0 && axis.is_some() { &[1] } else { a.shape() };
    check_partition(shape, &kth, axis, kind, order)?;
    let array: &Array = &a;
    wrap(py, compute(py, array.size(), || sort::argpartition(array, &kth, axis.map(|axis| axis.0)))?)
}

/// The order that sorts by several keys: by the last, where it is equal by the one before it, and so on.
///
/// Parameters
/// ----------
/// keys : sequence of array_like
/// axis : int, optional
///
/// Returns
/// -------
/// ndarray of int64
///
/// Raises
/// ------
/// TypeError
///     No keys.
/// ValueError
///     Keys of different shapes.
///
/// Examples
/// --------
/// >>> np.lexsort((np.array([2, 1, 0]), np.array([5, 5, 3])))
/// array([2, 1, 0], dtype=int64)
#[pyfunction]
#[pyo3(signature = (keys, axis=Integer(-1)), text_signature = "(keys, axis=-1)")]
fn lexsort<'py>(py: Python<'py>, keys: Inputs<'py>, axis: Integer) -> PyResult<Ours<'py>> {
    wrap(py, sets::lexsort(&keys.arrays(), axis.0).raised()?)
}

/// A number beside an array as a 0-d array of the dtype that it takes there; anything else as its own array.
fn beside(value: &Value<'_>, array: &Array) -> PyResult<Array> {
    match value.argument(Some(array.dtype()))? {
        Argument::Array(array) => Ok(array.clone()),
        Argument::Scalar(weak, number) => {
            let dtype = promote::promote_weak(array.dtype(), weak);
            // beside narrow integers a number may be out of their range and still be looked for
            let dtype = if dtype.is_integer() { DType::I64 } else { dtype };
            Array::scalar(number.cast(dtype), array.device()).raised()
        }
    }
}

fn is_right(side: &str) -> PyResult<bool> {
    match side {
        "left" => Ok(false),
        "right" => Ok(true),
        other => Err(PyValueError::new_err(format!("search side must be 'left' or 'right' (got '{other}')"))),
    }
}

/// Where values would have to be inserted into a sorted array to keep it sorted.
///
/// Parameters
/// ----------
/// a : array_like
///     One axis, ascending (or so in the order of `sorter`).
/// v : array_like
/// side : {'left', 'right'}, optional
///     Before or behind equal elements.
/// sorter : array_like of int, optional
///     The order that sorts `a`.
///
/// Returns
/// -------
/// ndarray of int64
///
/// Raises
/// ------
/// ValueError
///     `a` with more than one axis, or another side.
///
/// Examples
/// --------
/// >>> np.searchsorted(np.array([1, 2, 3]), np.array([2, 5]))
/// array([1, 3], dtype=int64)
#[pyfunction]
#[pyo3(signature = (a, v, side="left", sorter=None))]
fn searchsorted<'py>(
    py: Python<'py>,
    a: Input<'py>,
    v: Value<'py>,
    side: &str,
    sorter: Option<Places>,
) -> PyResult<Ours<'py>> {
    let right = is_right(side)?;
    let values = beside(&v, &a)?;
    let array: &Array = &a;
    let found = compute(py, values.size().max(array.size()), || {
        let Some(Places(order)) = &sorter else { return sort::searchsorted(array, &values, right) };
        if order.ndim() != 1 || order.size() != array.size() {
            return Err(base::Error::value("searchsorted: sorter.size must equal a.size, and have one axis"));
        }
        sort::searchsorted(&manipulate::take(array, order, Some(0), Mode::Raise)?, &values, right)
    })?;
    wrap(py, found)
}

/// Whether all neighbours stand in this order.
fn is_monotonic(edges: &Array, op: &'static base::Op) -> Result<bool> {
    let differences = manipulate::diff(edges, 1, 0, None, None)?;
    let holds = elementwise::call(op, &[Argument::Array(&differences), Argument::from(0i64)])?;
    Ok(reduce::all(&holds, &reduce::Options::default())?.item()?.is_truthy())
}

fn bins_of(x: &Array, edges: &Array, right: bool) -> Result<Array> {
    let edges = edges.detach();
    if edges.ndim() != 1 {
        return Err(base::Error::value("digitize: object of too small depth or too deep; bins must be 1-D"));
    }
    // differences of unsigned or bool edges would wrap
    let signed = if edges.dtype().is_inexact() { edges.clone() } else { edges.astype(DType::F64)? };
    if is_monotonic(&signed, ops::GREATER_EQUAL)? {
        return sort::searchsorted(&edges, x, !right);
    }
    if !is_monotonic(&signed, ops::LESS_EQUAL)? {
        return Err(base::Error::value("digitize: bins must be monotonically increasing or decreasing"));
    }
    let behind = sort::searchsorted(&manipulate::flip(&edges, None)?, x, !right)?;
    elementwise::call(ops::SUBTRACT, &[Argument::from(edges.size()), Argument::Array(&behind)])
}

/// The number of the bin that each value falls into.
///
/// Parameters
/// ----------
/// x : array_like
/// bins : array_like
///     Edges, ascending or descending.
/// right : bool, optional
///     Whether the right edge belongs to a bin.
///
/// Returns
/// -------
/// ndarray of int64
///     0 before the first edge, `len(bins)` behind the last.
///
/// Raises
/// ------
/// ValueError
///     Edges that are not monotonic.
///
/// Examples
/// --------
/// >>> np.digitize(np.array([0.2, 6.4, 3.0]), np.array([0, 1, 2.5, 4, 10]))
/// array([1, 4, 3], dtype=int64)
#[pyfunction]
#[pyo3(signature = (x, bins, right=false))]
fn digitize<'py>(
    py: Python<'py>,
    x: Input<'py>,
    bins: Input<'py>,
    #[pyo3(from_py_with = truth)] right: bool,
) -> PyResult<Ours<'py>> {
    if x.dtype().is_complex() {
        return Err(PyTypeError::new_err("digitize: x may not be complex"));
    }
    let (values, edges): (&Array, &Array) = (&x, &bins);
    wrap(py, compute(py, values.size(), || bins_of(values, edges, right))?)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(sort_copy, module)?)?;
    module.add_function(wrap_pyfunction!(argsort, module)?)?;
    module.add_function(wrap_pyfunction!(partition, module)?)?;
    module.add_function(wrap_pyfunction!(argpartition, module)?)?;
    module.add_function(wrap_pyfunction!(lexsort, module)?)?;
    module.add_function(wrap_pyfunction!(searchsorted, module)?)?;
    module.add_function(wrap_pyfunction!(digitize, module)?)
}
