//! Elements by rank, by number along an axis, and at places that are columns of an index array; draws of classes.

use base::DType;
use mxnet::array::Array;
use mxnet::array::manipulate::Mode;
use mxnet::array::neural::{self, Ranked, TopK};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::{Object, Ours, named, run};
use crate::arguments::{Input, Integer, Integers, Places, Type, dtype_of, truth};
use crate::array::{compute, wrap};

/// The greatest elements along an axis, sorted; of equal ones the first, nan before all.
///
/// Parameters
/// ----------
/// data : array_like
/// axis : int, optional
///     `None` for the flattened array.
/// k : int, optional
///     How many; below 1: all.
/// ret_typ : {'indices', 'value', 'mask', 'both'}, optional
///     Their places, their values, ones in an array of zeros, or values and places.
/// is_ascend : bool, optional
///     The least instead of the greatest.
/// dtype : dtype, optional
///     Of the places; float32 by default.
///
/// Returns
/// -------
/// ndarray, or list of ndarray for 'both'
///
/// Raises
/// ------
/// ValueError
///     More elements than the axis has.
///
/// Examples
/// --------
/// >>> x = np.array([[0.3, 0.2, 0.4], [0.1, 0.3, 0.2]])
/// >>> npx.topk(x, k=2, dtype='int64')
/// array([[2, 0],
///        [1, 2]], dtype=int64)
/// >>> npx.topk(x, ret_typ='value', is_ascend=True)
/// array([[0.2],
///        [0.1]])
/// >>> npx.topk(x, k=2, ret_typ='mask')
/// array([[1., 0., 1.],
///        [0., 1., 1.]])
#[pyfunction]
#[pyo3(signature = (data, axis=Some(Integer(-1)), k=Integer(1), ret_typ="indices", is_ascend=false, dtype=None),
    text_signature = "(data, axis=-1, k=1, ret_typ='indices', is_ascend=False, dtype='float32')")]
fn topk<'py>(
    py: Python<'py>,
    data: Input<'py>,
    axis: Option<Integer>,
    k: Integer,
    ret_typ: &str,
    #[pyo3(from_py_with = truth)] is_ascend: bool,
    dtype: Option<Type>,
) -> PyResult<Object<'py>> {
    let names = "'indices', 'value', 'mask' or 'both'";
    let ranked = named("topk", "ret_typ", ret_typ, names, Ranked::from_name)?;
    let options = TopK {
        axis: axis.map(|axis| axis.0),
        count: k.0,
        ascending: is_ascend,
        ranked,
        dtype: dtype_of(dtype).unwrap_or(DType::F32),
    };
    let x: &Array = &data;
    let found = compute(py, x.size(), || neural::topk(x, &options))?;
    let mut found = found.into_iter().map(|array| wrap(py, array)).collect::<PyResult<Vec<_>>>()?;
    match ranked {
        Ranked::Both => PyList::new(py, found).map(Bound::into_any),
        _ => Ok(found.swap_remove(0).into_any()),
    }
}

/// One element of every line along an axis, chosen by number.
///
/// Parameters
/// ----------
/// data : array_like
/// index : array_like
///     Shape of `data` without the axis, or with length 1 there.
/// axis : int, optional
///     `None` for the flattened array.
/// mode : {'clip', 'wrap'}, optional
///     What becomes of numbers outside of the axis.
/// keepdims : bool, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     Numbers with fractions.
/// ValueError
///     Indices of another shape.
///
/// Examples
/// --------
/// >>> x = np.array([[1., 2.], [3., 4.], [5., 6.]])
/// >>> npx.pick(x, np.array([0, 1, 0]), 1)
/// array([1., 4., 5.])
/// >>> npx.pick(x, np.array([2, -1, -2]), 1, mode='wrap')
/// array([1., 4., 5.])
#[pyfunction]
#[pyo3(signature = (data, index, axis=Some(Integer(-1)), mode="clip", keepdims=false),
    text_signature = "(data, index, axis=-1, mode='clip', keepdims=False)")]
fn pick<'py>(
    data: Input<'py>,
    index: Places,
    axis: Option<Integer>,
    mode: &str,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    let mode = named("pick", "mode", mode, "'clip' or 'wrap'", |name| match name {
        "clip" => Some(Mode::Clip),
        "wrap" => Some(Mode::Wrap),
        _ => None,
    })?;
    run(&data, |x| neural::pick(x, &index.0, axis.map(|axis| axis.0), keepdims, mode))
}

/// Elements at places that are columns of an index array: `data[indices[0], indices[1], ...]`.
///
/// Parameters
/// ----------
/// data : array_like
/// indices : array_like
///     Of shape (M, ...): row `i` holds the places along axis `i`.
///
/// Returns
/// -------
/// ndarray
///     Of shape `indices.shape[1:] + data.shape[M:]`.
///
/// Raises
/// ------
/// IndexError
///     A place outside of its axis, more rows than axes.
///
/// Examples
/// --------
/// >>> npx.gather_nd(np.array([[0., 1.], [2., 3.]]), np.array([[1, 1, 0], [0, 1, 0]]))
/// array([2., 3., 0.])
#[pyfunction]
fn gather_nd<'py>(data: Input<'py>, indices: Places) -> PyResult<Ours<'py>> {
    run(&data, |x| neural::gather_nd(x, &indices.0))
}

/// Zeros with values written at places that are columns of an index array: the reverse of `gather_nd`.
///
/// Parameters
/// ----------
/// data : array_like
///     The values, of shape `indices.shape[1:] + shape[M:]`.
/// indices : array_like
///     Of shape (M, ...): row `i` holds the places along axis `i`.
/// shape : tuple of ints
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     A place outside of the shape.
/// ValueError
///     Values that do not fit the places.
///
/// Examples
/// --------
/// >>> npx.scatter_nd(np.array([2., 3., 1.]), np.array([[1, 1, 0], [0, 1, 0]]), (2, 2))
/// array([[1., 0.],
///        [2., 3.]])
#[pyfunction]
fn scatter_nd<'py>(data: Input<'py>, indices: Places, shape: Integers) -> PyResult<Ours<'py>> {
    run(&data, |x| neural::scatter_nd(x, &indices.0, &shape))
}

/// A copy with values added at places; repeated places add up.
///
/// Parameters
/// ----------
/// a : array_like
/// ind : array_like
///     Of shape (axes, count): every column is a place on the first axes of `a`.
/// val : array_like
///     Broadcasts to the elements at the places.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     A place outside of `a`.
/// ValueError
///     Values that do not fit.
///
/// Examples
/// --------
/// >>> npx.index_add(np.zeros((2, 2)), np.array([[0, 0], [1, 1]]), np.array([1., 2.]))
/// array([[0., 3.],
///        [0., 0.]])
#[pyfunction]
fn index_add<'py>(a: Input<'py>, ind: Places, val: Input<'py>) -> PyResult<Ours<'py>> {
    let val: &Array = &val;
    run(&a, |a| neural::index_add(a, &ind.0, val))
}

/// A copy with values written at places; of repeated places, the last one counts.
///
/// Parameters
/// ----------
/// a : array_like
/// ind : array_like
///     Of shape (axes, count): every column is a place on the first axes of `a`.
/// val : array_like
///     Broadcasts to the elements at the places.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     A place outside of `a`.
/// ValueError
///     Values that do not fit.
///
/// Examples
/// --------
/// >>> npx.index_update(np.zeros((2, 2)), np.array([[0, 1], [1, 0]]), np.array([5., 6.]))
/// array([[0., 5.],
///        [6., 0.]])
#[pyfunction]
fn index_update<'py>(a: Input<'py>, ind: Places, val: Input<'py>) -> PyResult<Ours<'py>> {
    let val: &Array = &val;
    run(&a, |a| neural::index_update(a, &ind.0, val))
}

/// Class numbers drawn by rows of probabilities.
///
/// Parameters
/// ----------
/// data : array_like
///     Probabilities of shape (..., classes); rows need not add up to 1.
/// shape : int or tuple of ints, optional
///     How many draws for every row.
/// get_prob : bool, optional
///     Returns the logarithms of the drawn classes' probabilities, too; they have a gradient.
/// dtype : dtype, optional
///     int32 by default.
///
/// Returns
/// -------
/// ndarray, or tuple of two
///     Of shape `data.shape[:-1] + shape`.
///
/// Raises
/// ------
/// ValueError
///     Negative probabilities, or a row without a positive sum.
///
/// Examples
/// --------
/// >>> npx.random.categorical(np.array([[0., 1., 0.], [0., 0., 1.]]), shape=2)
/// array([[1, 1],
///        [2, 2]], dtype=int32)
#[pyfunction]
#[pyo3(signature = (data, shape=None, get_prob=false, dtype=None),
    text_signature = "(data, shape=(), get_prob=False, dtype='int32')")]
fn _categorical<'py>(
    py: Python<'py>,
    data: Input<'py>,
    shape: Option<Integers>,
    #[pyo3(from_py_with = truth)] get_prob: bool,
    dtype: Option<Type>,
) -> PyResult<Object<'py>> {
    let (x, size): (&Array, _) = (&data, shape.map(|shape| shape.0).unwrap_or_default());
    let dtype = dtype_of(dtype).unwrap_or(DType::I32);
    let (drawn, likelihood) = compute(py, i64::MAX, || neural::categorical(x, &size, get_prob, dtype))?;
    let drawn = wrap(py, drawn)?;
    match likelihood {
        None => Ok(drawn.into_any()),
        Some(likelihood) => Ok((drawn, wrap(py, likelihood)?).into_pyobject(py)?.into_any()),
    }
}

/// How often each class comes in `n` draws by rows of probabilities.
///
/// Parameters
/// ----------
/// n : array_like
///     Numbers of draws; broadcasts to `p.shape[:-1]`.
/// p : array_like
///     Probabilities of shape (..., classes).
/// shape : int or tuple of ints, optional
///     How many counts for every row.
/// ctx : Device, optional
///     Counts live where `p` does.
/// dtype : dtype, optional
///     int32 by default.
///
/// Returns
/// -------
/// ndarray
///     Of shape `p.shape[:-1] + shape + (classes,)`.
///
/// Raises
/// ------
/// ValueError
///     Negative probabilities, a row without a positive sum, negative numbers of draws.
///
/// Examples
/// --------
/// >>> npx.random.multinomial(np.array([5, 3]), np.array([[0.5, 0.5], [0., 1.]]), shape=4).sum(axis=-1)
/// array([[5, 5, 5, 5],
///        [3, 3, 3, 3]], dtype=int64)
#[pyfunction]
#[pyo3(signature = (n, p, shape=None, ctx=None, dtype=None),
    text_signature = "(n, p, shape=(), ctx=None, dtype='int32')")]
fn _multinomial<'py>(
    py: Python<'py>,
    n: Places,
    p: Input<'py>,
    shape: Option<Integers>,
    ctx: Option<&Object<'py>>,
    dtype: Option<Type>,
) -> PyResult<Ours<'py>> {
    let _where_p_is = ctx;
    let (x, size): (&Array, _) = (&p, shape.map(|shape| shape.0).unwrap_or_default());
    let dtype = dtype_of(dtype).unwrap_or(DType::I32);
    wrap(py, compute(py, i64::MAX, || neural::multinomial(&n.0, x, &size, dtype))?)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(topk, module)?)?;
    module.add_function(wrap_pyfunction!(pick, module)?)?;
    module.add_function(wrap_pyfunction!(gather_nd, module)?)?;
    module.add_function(wrap_pyfunction!(scatter_nd, module)?)?;
    module.add_function(wrap_pyfunction!(index_add, module)?)?;
    module.add_function(wrap_pyfunction!(index_update, module)?)?;
    module.add_function(wrap_pyfunction!(_categorical, module)?)?;
    module.add_function(wrap_pyfunction!(_multinomial, module)?)
}
