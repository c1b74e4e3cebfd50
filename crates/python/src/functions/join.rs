//! Joining and repeating: functions whose results have memory of their own.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::Array;
use mxnet::array::manipulate::{self, Block, Repeats};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::arguments::{Input, Inputs, Integer, Integers, Type, dtype_of};
use crate::array::{NdArray, compute, wrap, wrap_any};
use crate::error::Raised;
use crate::reductions::out_array;
use crate::{convert, methods};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

fn joined_size(arrays: &[&Array]) -> i64 {
    arrays.iter().map(|array| array.size()).sum()
}

/// Arrays joined along an axis that they have.
///
/// Parameters
/// ----------
/// arrays : sequence of array_like
/// axis : int or None, optional
///     `None` joins the flattened arrays.
/// out : ndarray, optional
/// dtype : dtype, optional
/// casting : {'same_kind', 'no', 'equiv', 'safe', 'unsafe'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit, or nothing to join.
///
/// Examples
/// --------
/// >>> np.concatenate([np.zeros(2), np.ones(1)])
/// array([0., 0., 1.])
#[pyfunction]
#[pyo3(signature = (arrays, /, axis=Some(Integer(0)), out=None, *, dtype=None, casting="same_kind"),
    text_signature = "(arrays, /, axis=0, out=None, *, dtype=None, casting='same_kind')")]
fn concatenate<'py>(
    py: Python<'py>,
    arrays: Inputs<'py>,
    axis: Option<Integer>,
    out: Option<&Object<'py>>,
    dtype: Option<Type>,
    casting: &str,
) -> PyResult<Object<'py>> {
    let (given, casting) = (arrays.arrays(), methods::casting(casting)?);
    let axis = axis.map(|axis| axis.0);
    let Some(out) = out.filter(|out| !out.is_none()) else {
        let dtype = dtype_of(dtype);
        let joined =
            compute(py, joined_size(&given), || manipulate::concatenate(&given, axis, dtype, casting))?;
        return wrap_any(py, joined);
    };
    if dtype.is_some() {
        return Err(PyTypeError::new_err(
            "concatenate() only takes `out` or `dtype` as an argument, but both were provided.",
        ));
    }
    let target = &out_array("concatenate", out)?.get().array();
    compute(py, joined_size(&given), || manipulate::concatenate_into(&given, axis, target, casting))?;
    Ok(out.clone())
}

/// Arrays of one shape joined along a new axis.
///
/// Parameters
/// ----------
/// arrays : sequence of array_like
/// axis : int, optional
/// out : ndarray, optional
/// dtype : dtype, optional
/// casting : str, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Shapes that differ, or nothing to join.
///
/// Examples
/// --------
/// >>> np.stack([np.zeros(2), np.ones(2)])
/// array([[0., 0.],
///        [1., 1.]])
#[pyfunction]
#[pyo3(signature = (arrays, axis=Integer(0), out=None, *, dtype=None, casting="same_kind"),
    text_signature = "(arrays, axis=0, out=None, *, dtype=None, casting='same_kind')")]
fn stack<'py>(
    py: Python<'py>,
    arrays: Inputs<'py>,
    axis: Integer,
    out: Option<&Object<'py>>,
    dtype: Option<Type>,
    casting: &str,
) -> PyResult<Object<'py>> {
    let given = arrays.arrays();
    let joined = compute(py, joined_size(&given), || manipulate::stack(&given, axis.0))?;
    crate::reductions::finish(py, "stack", cast(joined, dtype, casting)?, out)
}

fn cast(array: Array, dtype: Option<Type>, casting: &str) -> PyResult<Array> {
    let rule = methods::casting(casting)?;
    match dtype {
        None => Ok(array),
        Some(Type(dtype)) if base::promote::can_cast(array.dtype(), dtype, rule) => {
            array.astype_if(dtype).raised()
        }
        Some(Type(dtype)) => Err(PyTypeError::new_err(format!(
            "Cannot cast array data from {} to {dtype} according to the rule '{casting}'",
            array.dtype()
        ))),
    }
}

macro_rules! stacks {
    ($($name:ident ($($dtype:ident $casting:ident)?) $doc:literal $example:literal;)*) => {
        $(
            #[doc = concat!($doc, "

Parameters
----------
tup : sequence of array_like", $("
", stringify!($dtype), " : dtype, optional
    dtype of the result; the arrays' common one by default.
", stringify!($casting), " : {'same_kind', 'no', 'equiv', 'safe', 'unsafe'}, optional
    What may be converted to it.",)? "

Returns
-------
ndarray

Raises
------
ValueError
    Shapes that do not fit.

Examples
--------
", $example)]
            #[pyfunction]
            #[pyo3(signature = (tup $(, *, $dtype=None, $casting="same_kind")?))]
            fn $name<'py>(
                py: Python<'py>,
                tup: Inputs<'py>
                $(, $dtype: Option<Type>, $casting: &str)?
            ) -> PyResult<Ours<'py>> {
                let given = tup.arrays();
                let joined = compute(py, joined_size(&given), || manipulate::$name(&given))?;
                $(let joined = cast(joined, $dtype, $casting)?;)?
                wrap(py, joined)
            }
        )*
        fn register_stacks(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

stacks! {
    vstack (dtype casting) "Arrays joined along the first axis; vectors are rows."
        ">>> np.vstack([np.arange(2), np.ones(2)])\narray([[0., 1.],\n       [1., 1.]])";
    hstack (dtype casting) "Arrays joined along the second axis (vectors: the first)."
        ">>> np.hstack([np.arange(2), np.ones(2)])\narray([0., 1., 1., 1.])";
    dstack () "Arrays joined along the third axis."
        ">>> np.dstack([np.arange(2), np.ones(2)])\narray([[[0., 1.],\n        [1., 1.]]])";
    column_stack () "Arrays joined along the second axis; vectors are columns."
        ">>> np.column_stack([np.arange(2), np.ones(2)])\narray([[0., 1.],\n       [1., 1.]])";
}

/// Values joined to the end of an array.
///
/// Parameters
/// ----------
/// arr, values : array_like
/// axis : int, optional
///     Without it both are flattened.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// numpy.exceptions.AxisError
///     An axis that the array does not have.
///
/// Examples
/// --------
/// >>> np.append(np.array([1, 2]), 3)
/// array([1., 2., 3.])
#[pyfunction]
#[pyo3(signature = (arr, values, axis=None))]
fn append<'py>(arr: Input<'py>, values: Input<'py>, axis: Option<Integer>) -> PyResult<Ours<'py>> {
    arr.fresh(manipulate::append(&arr, &values, axis.map(|axis| axis.0)))
}

fn blocks(given: &Object<'_>) -> PyResult<Block> {
    match given.cast::<PyList>() {
        Ok(list) => list.iter().map(|item| blocks(&item)).collect::<PyResult<Vec<_>>>().map(Block::List),
        Err(_) => convert::to_array(given).map(Block::Array),
    }
}

/// Arrays put together as lists are nested: the innermost along the last axis.
///
/// Parameters
/// ----------
/// arrays : nested list of array_like
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Lists of different depths, or shapes that do not fit.
///
/// Examples
/// --------
/// >>> np.block([[np.ones((1, 2)), np.zeros((1, 1))]])
/// array([[1., 1., 0.]])
#[pyfunction]
fn block<'py>(py: Python<'py>, arrays: &Object<'py>) -> PyResult<Ours<'py>> {
    wrap(py, manipulate::block(&blocks(arrays)?).raised()?)
}

/// The array repeated as a whole.
///
/// Parameters
/// ----------
/// A : array_like
/// reps : int or tuple of ints
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> np.tile(np.array([1, 2]), 2)
/// array([1., 2., 1., 2.])
#[pyfunction]
#[allow(non_snake_case)]
fn tile<'py>(A: Input<'py>, reps: Integers) -> PyResult<Ours<'py>> {
    A.fresh(manipulate::tile(&A, &reps))
}

/// Every element repeated in place.
///
/// Parameters
/// ----------
/// a : array_like
/// repeats : int or array_like of int
/// axis : int, optional
///     Without it the elements are flattened.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative count, or not one count per element.
///
/// Examples
/// --------
/// >>> np.repeat(np.array([1, 2]), 2)
/// array([1., 1., 2., 2.])
#[pyfunction]
#[pyo3(signature = (a, repeats, axis=None))]
pub(crate) fn repeat<'py>(
    a: Input<'py>,
    repeats: &Object<'py>,
    axis: Option<Integer>,
) -> PyResult<Ours<'py>> {
    let counts = convert::to_index_array(repeats)?;
    let axis = axis.map(|axis| axis.0);
    if counts.size() == 1 {
        let each = convert::to_integers(repeats)?;
        return a.fresh(manipulate::repeat(&a, Repeats::Each(each.first().copied().unwrap_or(0)), axis));
    }
    a.fresh(manipulate::repeat(&a, Repeats::Counts(&counts), axis))
}

/// The elements in a new shape, repeated or cut as needed.
///
/// Parameters
/// ----------
/// a : array_like
/// new_shape : int or tuple of ints
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative length.
///
/// Examples
/// --------
/// >>> np.resize(np.array([1, 2]), 3)
/// array([1., 2., 1.])
#[pyfunction]
fn resize<'py>(a: Input<'py>, new_shape: Integers) -> PyResult<Ours<'py>> {
    a.fresh(manipulate::resize(&a, &new_shape))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_stacks(module)?;
    module.add_function(wrap_pyfunction!(concatenate, module)?)?;
    module.add("concat", module.getattr("concatenate")?)?;
    module.add_function(wrap_pyfunction!(stack, module)?)?;
    module.add_function(wrap_pyfunction!(append, module)?)?;
    module.add_function(wrap_pyfunction!(block, module)?)?;
    module.add_function(wrap_pyfunction!(tile, module)?)?;
    module.add_function(wrap_pyfunction!(repeat, module)?)?;
    module.add_function(wrap_pyfunction!(resize, module)?)
}
