//! Editing along an axis: entries deleted, inserted, trimmed, subtracted from their neighbours.

use mxnet::array::manipulate::{self};
use mxnet::array::{Argument, Array, Index};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, Value, axes};
use crate::array::NdArray;
use crate::error::Raised;
use crate::reductions::one_axis;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// One index for `delete` and `insert`: an integer, a slice, a mask or several integers.
fn one_index<T>(given: &Object<'_>, work: impl FnOnce(&Index) -> PyResult<T>) -> PyResult<T> {
    crate::index::with_index(given, |indices| match indices {
        [only] => work(only),
        several => {
            let places = several.iter().map(|index| match index {
                Index::Integer(place) => Ok(*place),
                _ => Err(PyTypeError::new_err("integers are wanted")),
            });
            let bytes: Vec<u8> =
                places.collect::<PyResult<Vec<_>>>()?.iter().flat_map(|place| place.to_ne_bytes()).collect();
            let device = crate::device::current()?;
            let count = several.len() as i64;
            work(&Index::Array(Array::from_bytes(&bytes, &[count], base::DType::I64, device).raised()?))
        }
    })
}

/// The array without entries along an axis.
///
/// Parameters
/// ----------
/// arr : array_like
/// obj : int, slice, or sequence of int or bool
/// axis : int, optional
///     Without it the elements are flattened.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     An entry that does not exist.
///
/// Examples
/// --------
/// >>> np.delete(np.arange(4), 1)
/// array([0., 2., 3.])
#[pyfunction]
#[pyo3(signature = (arr, obj, axis=None))]
fn delete<'py>(arr: Input<'py>, obj: &Object<'py>, axis: Option<&Object<'py>>) -> PyResult<Ours<'py>> {
    let axis = one_axis(axis)?;
    one_index(obj, |index| arr.fresh(manipulate::delete(&arr, index, axis)))
}

/// The array with values put in before entries along an axis.
///
/// Parameters
/// ----------
/// arr : array_like
/// obj : int, slice, or sequence of int or bool
/// values : array_like
/// axis : int, optional
///     Without it the elements are flattened.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// IndexError
///     An entry that does not exist.
///
/// Examples
/// --------
/// >>> np.insert(np.arange(3), 1, 9)
/// array([0., 9., 1., 2.])
#[pyfunction]
#[pyo3(signature = (arr, obj, values, axis=None))]
fn insert<'py>(
    arr: Input<'py>,
    obj: &Object<'py>,
    values: Input<'py>,
    axis: Option<&Object<'py>>,
) -> PyResult<Ours<'py>> {
    let axis = one_axis(axis)?;
    one_index(obj, |index| arr.fresh(manipulate::insert(&arr, index, &values, axis)))
}

/// Without zeros at the ends.
///
/// Parameters
/// ----------
/// filt : array_like
/// trim : {'fb', 'f', 'b'}, optional
/// axis : int or tuple of ints, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     `trim` has another value.
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.trim_zeros(np.array([0, 1, 2, 0]))
/// array([1., 2.])
#[pyfunction]
#[pyo3(signature = (filt, trim="fb", axis=None))]
fn trim_zeros<'py>(filt: Input<'py>, trim: &str, axis: Option<Integers>) -> PyResult<Ours<'py>> {
    let trim = trim.to_lowercase();
    filt.view(manipulate::trim_zeros(&filt, trim.contains('f'), trim.contains('b'), axes(&axis)))
}

/// Differences of neighbours along an axis.
///
/// Parameters
/// ----------
/// a : array_like
/// n : int, optional
///     How many times.
/// axis : int, optional
/// prepend, append : array_like, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative `n`.
///
/// Examples
/// --------
/// >>> np.diff(np.array([1, 4, 9]))
/// array([3., 5.])
#[pyfunction]
#[pyo3(signature = (a, n=Integer(1), axis=Integer(-1), prepend=None, append=None),
    text_signature = "(a, n=1, axis=-1, prepend=None, append=None)")]
fn diff<'py>(
    a: Input<'py>,
    n: Integer,
    axis: Integer,
    prepend: Option<Input<'py>>,
    append: Option<Input<'py>>,
) -> PyResult<Ours<'py>> {
    a.fresh(manipulate::diff(&a, n.0, axis.0, prepend.as_deref(), append.as_deref()))
}

/// Differences of neighbours among the flattened elements.
///
/// Parameters
/// ----------
/// ary : array_like
/// to_end, to_begin : array_like, optional
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.ediff1d(np.array([1, 4, 9]))
/// array([3., 5.])
#[pyfunction]
#[pyo3(signature = (ary, to_end=None, to_begin=None))]
fn ediff1d<'py>(
    ary: Input<'py>,
    to_end: Option<Value<'py>>,
    to_begin: Option<Value<'py>>,
) -> PyResult<Ours<'py>> {
    let (to_end, to_begin) = (beside(&to_end, &ary)?, beside(&to_begin, &ary)?);
    ary.fresh(manipulate::ediff1d(&ary, to_end.as_ref(), to_begin.as_ref()))
}

/// A value as an array; a number that an element of `array` can be becomes one.
fn beside(value: &Option<Value<'_>>, array: &Array) -> PyResult<Option<Array>> {
    let Some(value) = value else { return Ok(None) };
    if let Argument::Scalar(weak, number) = value.argument(Some(array.dtype()))?
        && base::promote::promote_weak(array.dtype(), weak) == array.dtype()
    {
        return Array::scalar(number.cast(array.dtype()), array.device()).raised().map(Some);
    }
    value.to_array().map(Some)
}

/// Which end of a byte comes first.
fn is_little(bitorder: &str) -> PyResult<bool> {
    match bitorder {
        "little" => Ok(true),
        "big" => Ok(false),
        _ => Err(PyValueError::new_err("'order' must be either 'little' or 'big'")),
    }
}

#[pyfunction]
fn _packbits<'py>(a: Input<'py>, axis: Option<Integer>, bitorder: &str) -> PyResult<Ours<'py>> {
    a.fresh(manipulate::packbits(&a, axis.map(|axis| axis.0), is_little(bitorder)?))
}

#[pyfunction]
fn _unpackbits<'py>(
    a: Input<'py>,
    axis: Option<Integer>,
    count: Option<Integer>,
    bitorder: &str,
) -> PyResult<Ours<'py>> {
    let (axis, count) = (axis.map(|axis| axis.0), count.map(|count| count.0));
    a.fresh(manipulate::unpackbits(&a, axis, count, is_little(bitorder)?))
}

/// `interp` of a few numbers; `None` where the general formula is needed.
#[pyfunction]
fn _interp_few<'py>(
    x: Input<'py>,
    xp: Input<'py>,
    fp: Input<'py>,
    left: Option<&Object<'py>>,
    right: Option<&Object<'py>>,
) -> PyResult<Option<Ours<'py>>> {
    let mut ends = [None, None];
    for (end, given) in ends.iter_mut().zip([left, right]) {
        if let Some(given) = given {
            let Some(number) = crate::number::number(given) else { return Ok(None) };
            *end = Some(number.beside(Some(x.dtype()))?.1);
        }
    }
    let found = manipulate::interp_few(&x, &xp, &fp, ends).raised()?;
    found.map(|found| crate::array::wrap(x.object().py(), found)).transpose()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(delete, module)?)?;
    module.add_function(wrap_pyfunction!(insert, module)?)?;
    module.add_function(wrap_pyfunction!(trim_zeros, module)?)?;
    module.add_function(wrap_pyfunction!(diff, module)?)?;
    module.add_function(wrap_pyfunction!(ediff1d, module)?)?;
    module.add_function(wrap_pyfunction!(_packbits, module)?)?;
    module.add_function(wrap_pyfunction!(_unpackbits, module)?)?;
    module.add_function(wrap_pyfunction!(_interp_few, module)?)
}
