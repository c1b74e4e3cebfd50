//! Products of arrays: `dot`, `inner`, `outer`, `tensordot`, `kron`, `cross`, `convolve`, `trace`. Those with a ufunc's
//! keywords (`matmul`, `vecdot`, ...) stand in `products::generalized`, `einsum` in `products::einstein`.

mod einstein;
mod generalized;

use mxnet::array::products::{self, Overlap};
use mxnet::array::{Array, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, Type, dtype_of};
use crate::array::{NdArray, compute, wrap};
use crate::error::Raised;
use crate::floating;
use crate::reductions::finish;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Work with a product, without the interpreter where that pays: `sizes` of both say how much it is at least.
fn product<'py>(
    py: Python<'py>,
    a: &Array,
    b: &Array,
    work: impl Fn(&Array, &Array) -> Result<Array> + Sync,
) -> PyResult<Array> {
    floating::product(py, "dot", work, a, b)
}

/// [`product`] without a word about floating-point exceptions, where NumPy says none.
fn plain(
    py: Python<'_>,
    a: &Array,
    b: &Array,
    work: impl FnOnce(&Array, &Array) -> Result<Array> + Send,
) -> PyResult<Array> {
    compute(py, a.size().max(b.size()), || work(a, b))
}

/// Product of two arrays: of numbers, of vectors (a sum of products), of matrices; for more axes the last axis of `a`
/// with the second-last of `b`.
///
/// Parameters
/// ----------
/// a, b : array_like
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Lengths that differ.
///
/// Examples
/// --------
/// >>> np.dot(np.array([1, 2]), np.array([3, 4]))
/// array(11.)
#[pyfunction]
#[pyo3(signature = (a, b, out=None))]
pub(crate) fn dot<'py>(
    py: Python<'py>,
    a: Input<'py>,
    b: Input<'py>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let result = product(py, &a, &b, products::dot)?;
    finish(py, "dot", result, out)
}

/// Sum of products over the last axes.
///
/// Parameters
/// ----------
/// a, b : array_like
///
/// Returns
/// -------
/// ndarray
///     Of shape `a.shape[:-1] + b.shape[:-1]`.
///
/// Raises
/// ------
/// ValueError
///     Last axes of different lengths.
///
/// Examples
/// --------
/// >>> np.inner(np.array([1, 2, 3]), np.array([0, 1, 0]))
/// array(2.)
#[pyfunction]
#[pyo3(signature = (a, b, /))]
fn inner<'py>(py: Python<'py>, a: Input<'py>, b: Input<'py>) -> PyResult<Ours<'py>> {
    wrap(py, product(py, &a, &b, products::inner)?)
}

/// Sum of `conj(a) * b` over all elements.
///
/// Parameters
/// ----------
/// a, b : array_like
///
/// Returns
/// -------
/// ndarray
///     A number.
///
/// Raises
/// ------
/// ValueError
///     Different numbers of elements.
///
/// Examples
/// --------
/// >>> np.vdot(np.array([1 + 2j]), np.array([1 + 2j]))
/// array(5.+0.j, dtype=complex64)
#[pyfunction]
#[pyo3(signature = (a, b, /))]
fn vdot<'py>(py: Python<'py>, a: Input<'py>, b: Input<'py>) -> PyResult<Ours<'py>> {
    wrap(py, plain(py, &a, &b, products::vdot)?)
}

/// All products of an element of `a` with one of `b`, both flattened.
///
/// Parameters
/// ----------
/// a, b : array_like
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///     Of shape `(a.size, b.size)`.
///
/// Raises
/// ------
/// ValueError
///     `out` has another shape.
///
/// Examples
/// --------
/// >>> np.outer(np.array([1, 2]), np.array([3, 4]))
/// array([[3., 4.],
///        [6., 8.]])
#[pyfunction]
#[pyo3(signature = (a, b, out=None))]
fn outer<'py>(
    py: Python<'py>,
    a: Input<'py>,
    b: Input<'py>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let (x, y): (&Array, &Array) = (&a, &b);
    let result = floating::product(py, "multiply", products::outer, x, y)?;
    finish(py, "outer", result, out)
}

/// The axes of `tensordot`: so many last and first ones, or two lists.
fn paired_axes(axes: &Object<'_>) -> PyResult<(Vec<i64>, Vec<i64>)> {
    if let Ok(Integer(count)) = axes.extract() {
        return Ok(((-count..0).collect(), (0..count).collect()));
    }
    let (Integers(first), Integers(second)) = axes.extract::<(Integers, Integers)>().or_else(|_| {
        let both: Vec<Integers> = axes.try_iter()?.map(|item| item?.extract()).collect::<PyResult<_>>()?;
        <[Integers; 2]>::try_from(both).map(|[first, second]| (first, second)).map_err(|_| {
            PyValueError::new_err("tensordot: axes must be a number, or one list of axes for each array")
        })
    })?;
    Ok((first, second))
}

/// Sum of products over pairs of axes; the other axes follow, those of `a` first.
///
/// Parameters
/// ----------
/// a, b : array_like
/// axes : int or pair of (int or sequence of int), optional
///     A number pairs so many last axes of `a` with the first of `b`.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Paired axes of different lengths.
///
/// Examples
/// --------
/// >>> np.tensordot(np.ones((2, 3, 4)), np.ones((3, 4, 5)))
/// array([[12., 12., 12., 12., 12.],
///        [12., 12., 12., 12., 12.]])
/// >>> np.tensordot(np.ones((2, 3)), np.ones((3, 2)), axes=([0], [1])).shape
/// (3, 3)
#[pyfunction]
#[pyo3(signature = (a, b, axes=None), text_signature = "(a, b, axes=2)")]
fn tensordot<'py>(
    py: Python<'py>,
    a: Input<'py>,
    b: Input<'py>,
    axes: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    let (first, second) = match axes {
        Some(axes) => paired_axes(axes)?,
        None => (vec![-2, -1], vec![0, 1]),
    };
    wrap(py, product(py, &a, &b, |a, b| products::tensordot(a, b, &first, &second))?)
}

/// Kronecker product: every element of `a` times a copy of `b`.
///
/// Parameters
/// ----------
/// a, b : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.kron(np.array([1, 10]), np.array([5, 6]))
/// array([ 5.,  6., 50., 60.])
#[pyfunction]
fn kron<'py>(py: Python<'py>, a: Input<'py>, b: Input<'py>) -> PyResult<Ours<'py>> {
    let size = a.size().saturating_mul(b.size());
    let (a, b): (&Array, &Array) = (&a, &b);
    wrap(py, compute(py, size, || products::kron(a, b))?)
}

/// Vector product of vectors with three components; a third component that is missing counts as 0.
///
/// Parameters
/// ----------
/// a, b : array_like
/// axisa, axisb : int, optional
///     Where the components are.
/// axisc : int, optional
///     Where the components of the product go.
/// axis : int, optional
///     All three of them.
///
/// Returns
/// -------
/// ndarray
///     Of two plane vectors only the third component.
///
/// Raises
/// ------
/// ValueError
///     Vectors that have neither 2 nor 3 components.
///
/// Examples
/// --------
/// >>> np.cross(np.array([1, 0, 0]), np.array([0, 1, 0]))
/// array([0., 0., 1.])
#[pyfunction]
#[pyo3(signature = (a, b, axisa=Integer(-1), axisb=Integer(-1), axisc=Integer(-1), axis=None),
    text_signature = "(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None)")]
fn cross<'py>(
    a: Input<'py>,
    b: Input<'py>,
    axisa: Integer,
    axisb: Integer,
    axisc: Integer,
    axis: Option<Integer>,
) -> PyResult<Ours<'py>> {
    let (first, second, third) = match axis {
        Some(axis) => (axis.0, axis.0, axis.0),
        None => (axisa.0, axisb.0, axisc.0),
    };
    let last = |x: &Array, axis: i64| {
        mxnet::array::manipulate::moveaxis(x, &[axis], &[-1]).map_err(|error| error.in_operator("cross"))
    };
    let (x, y) = (last(&a, first).raised()?, last(&b, second).raised()?);
    let result = products::cross(&x, &y).raised()?;
    let whole = x.shape().last() == Some(&3) || y.shape().last() == Some(&3);
    a.fresh(if whole { mxnet::array::manipulate::moveaxis(&result, &[-1], &[third]) } else { Ok(result) })
}

fn overlap(mode: &str) -> PyResult<Overlap> {
    Overlap::from_name(mode).ok_or_else(|| {
        PyValueError::new_err(format!("mode must be one of 'valid', 'same', or 'full' (got '{mode}')"))
    })
}

/// Discrete convolution of two sequences.
///
/// Parameters
/// ----------
/// a, v : array_like
/// mode : {'full', 'same', 'valid'}, optional
///     Every overlap, as many places as the longer sequence has, or only whole overlaps.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An empty sequence, or more than one axis.
///
/// Examples
/// --------
/// >>> np.convolve(np.array([1, 2, 3]), np.array([0, 1, 0.5]))
/// array([0. , 1. , 2.5, 4. , 1.5])
#[pyfunction]
#[pyo3(signature = (a, v, mode="full"))]
fn convolve<'py>(py: Python<'py>, a: Input<'py>, v: Input<'py>, mode: &str) -> PyResult<Ours<'py>> {
    let overlap = overlap(mode)?;
    wrap(py, plain(py, &a, &v, |a, v| products::convolve(a, v, overlap))?)
}

/// Cross-correlation of two sequences.
///
/// Parameters
/// ----------
/// a, v : array_like
/// mode : {'valid', 'same', 'full'}, optional
///     As of `convolve`.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     An empty sequence, or more than one axis.
///
/// Examples
/// --------
/// >>> np.correlate(np.array([1, 2, 3]), np.array([0, 1, 0.5]))
/// array([3.5])
#[pyfunction]
#[pyo3(signature = (a, v, mode="valid"))]
fn correlate<'py>(py: Python<'py>, a: Input<'py>, v: Input<'py>, mode: &str) -> PyResult<Ours<'py>> {
    let overlap = overlap(mode)?;
    wrap(py, plain(py, &a, &v, |a, v| products::correlate(a, v, overlap))?)
}

/// Sum along a diagonal.
///
/// Parameters
/// ----------
/// a : array_like
/// offset : int, optional
///     Which diagonal: above the main one where positive, below it where negative.
/// axis1, axis2 : int, optional
///     The axes whose diagonal it is.
/// dtype : dtype, optional
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Fewer than two axes.
///
/// Examples
/// --------
/// >>> np.trace(np.eye(3))
/// array(3.)
#[pyfunction]
#[pyo3(signature = (a, offset=Integer(0), axis1=Integer(0), axis2=Integer(1), dtype=None, out=None),
    text_signature = "(a, offset=0, axis1=0, axis2=1, dtype=None, out=None)")]
pub(crate) fn trace<'py>(
    py: Python<'py>,
    a: Input<'py>,
    offset: Integer,
    axis1: Integer,
    axis2: Integer,
    dtype: Option<Type>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let result = products::trace(&a, offset.0, axis1.0, axis2.0, dtype_of(dtype)).raised()?;
    finish(py, "trace", result, out)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    generalized::register(module)?;
    einstein::register(module)?;
    module.add_function(wrap_pyfunction!(dot, module)?)?;
    module.add_function(wrap_pyfunction!(inner, module)?)?;
    module.add_function(wrap_pyfunction!(vdot, module)?)?;
    module.add_function(wrap_pyfunction!(outer, module)?)?;
    module.add_function(wrap_pyfunction!(tensordot, module)?)?;
    module.add_function(wrap_pyfunction!(kron, module)?)?;
    module.add_function(wrap_pyfunction!(cross, module)?)?;
    module.add_function(wrap_pyfunction!(convolve, module)?)?;
    module.add_function(wrap_pyfunction!(correlate, module)?)?;
    module.add_function(wrap_pyfunction!(trace, module)?)
}
