//! Reductions, as methods and as functions of `np`: one reading of `axis`, `dtype`, `out`, `keepdims`, `initial`, `where`
//! for all of them.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]
// Some reductions have no `dtype`, and the struct update stands for it.
#![allow(clippy::needless_update)]

use base::promote::{self, Casting};
use base::{DType, Op, Scalar, shape};
use mxnet::array::flags::{self, Flags};
use mxnet::array::reduce::{self, Options};
use mxnet::array::{Array, Index, index};
use mxnet::ops;
use pyo3::exceptions::{PyRuntimeWarning, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::arguments::truth;
use crate::array::{NdArray, compute, is_temporary, wrap_any};
use crate::error::Raised;
use crate::floating;
use crate::{convert, dtype};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The arguments of a reduction as users give them.
#[derive(Default)]
pub(crate) struct Arguments<'a, 'py> {
    pub axis: Given<'a, 'py>,
    pub dtype: Given<'a, 'py>,
    pub out: Given<'a, 'py>,
    pub keepdims: bool,
    pub initial: Given<'a, 'py>,
    pub mask: Given<'a, 'py>,
}

/// Runs `work` with the options that the arguments stand for.
#[inline]
pub(crate) fn run<'py>(
    name: &str,
    x: &Ours<'py>,
    arguments: &Arguments<'_, 'py>,
    work: impl FnOnce(&Array, &Options) -> base::Result<Array> + Send,
) -> PyResult<Object<'py>> {
    run_observed(name, Told::Nothing, x, arguments, work)
}

/// [`run`] of a fold by an operator, whose floating-point exceptions are told.
pub(crate) fn run_fold<'py>(
    name: &str,
    op: &'static Op,
    x: &Ours<'py>,
    arguments: &Arguments<'_, 'py>,
    work: impl FnOnce(&Array, &Options) -> base::Result<Array> + Send,
) -> PyResult<Object<'py>> {
    run_observed(name, Told::Fold(op), x, arguments, work)
}

/// What a reduction is made of, for telling of floating-point exceptions.
#[derive(Clone, Copy)]
pub(crate) enum Told {
    Nothing,
    Fold(&'static Op),
    /// A sum and a division.
    Mean,
    /// Distances from the mean, a sum of their squares, a division.
    Spread,
}

/// The exceptions that each step met, by the names that NumPy gives the steps.
fn met_by(
    py: Python<'_>,
    told: Told,
    x: &Array,
    options: &Options,
    result: &Array,
) -> PyResult<[(&'static str, Flags); 2]> {
    let op = match told {
        Told::Nothing => return Ok([("reduce", Flags::default()); 2]),
        Told::Fold(op) => op,
        Told::Mean | Told::Spread => ops::ADD,
    };
    let mut met = floating::after(py, |_| flags::of_fold(op, x, options, result))?;
    let mut last = ("divide", Flags::default());
    let empty = x.size() == 0 && result.size() > 0;
    match told {
        Told::Mean | Told::Spread if empty => {
            std::mem::swap(&mut met.invalid, &mut last.1.invalid);
        }
        Told::Spread if met != Flags::default() => {
            // the sum for the mean comes first, and what it met is not met again
            let dtype = Some(base::promote::promote(x.dtype(), result.dtype()));
            let total = compute(py, x.size(), || reduce::sum(x, &Options { dtype, ..*options }))?;
            let sum = floating::after(py, |_| flags::of_fold(ops::ADD, x, options, &total))?;
            last = ("subtract", Flags { invalid: met.invalid && !sum.invalid, ..Flags::default() });
            met.invalid = sum.invalid;
        }
        _ => {}
    }
    let first = ("reduce", met);
    Ok(if let Told::Spread = told { [last, first] } else { [first, last] })
}

#[inline]
pub(crate) fn run_observed<'py>(
    name: &str,
    told: Told,
    x: &Ours<'py>,
    arguments: &Arguments<'_, 'py>,
    work: impl FnOnce(&Array, &Options) -> base::Result<Array> + Send,
) -> PyResult<Object<'py>> {
    let (py, array) = (x.py(), x.get().array());
    let axes = convert::to_axes(arguments.axis)?;
    let dtype = dtype::parse_option(arguments.dtype)?;
    let initial = initial(arguments.initial, dtype.unwrap_or(array.dtype()))?;
    let mask = match arguments.mask {
        Some(mask) if !is_true(mask) => Some(convert::to_array(mask)?.astype_if(DType::Bool).raised()?),
        _ => None,
    };
    let options = Options {
        axes: axes.as_deref(),
        dtype,
        keepdims: arguments.keepdims,
        initial,
        mask: mask.as_ref(),
        ephemeral: is_temporary(x),
    };
    let result = compute(py, array.size(), || work(array, &options))?;
    let met = met_by(py, told, array, &options, &result)?;
    let elements = result.size();
    let result = finish(py, name, result, arguments.out)?;
    if let Told::Mean = told
        && array.size() == 0
        && elements > 0
    {
        PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), c"Mean of empty slice", 1)?;
    }
    for (place, flags) in met {
        floating::tell(py, place, flags)?;
    }
    Ok(result)
}

fn is_true(mask: &Object<'_>) -> bool {
    mask.is(pyo3::types::PyBool::new(mask.py(), true)) || mask.is_none()
}

fn initial(given: Given<'_, '_>, dtype: DType) -> PyResult<Option<Scalar>> {
    match given {
        Some(value) if !value.is_none() => {
            // kept as wide as it was given: the fold converts it to the dtype it computes in
            let wide = if dtype.is_bool() || dtype.is_integer() { None } else { Some(dtype) };
            match (wide, crate::number::number(value)) {
                (None, Some(number)) => Ok(Some(number.beside(None)?.1)),
                (_, _) => convert::to_scalar(value, dtype).map(Some),
            }
        }
        _ => Ok(None),
    }
}

/// The result itself, or `out` with the result written into it.
pub(crate) fn finish<'py>(
    py: Python<'py>,
    name: &str,
    result: Array,
    out: Given<'_, 'py>,
) -> PyResult<Object<'py>> {
    finish_in(py, name, result, out, Casting::SameKind)
}

/// [`finish`], with the conversion into `out` that a casting rule allows.
pub(crate) fn finish_in<'py>(
    py: Python<'py>,
    name: &str,
    result: Array,
    out: Given<'_, 'py>,
    casting: Casting,
) -> PyResult<Object<'py>> {
    let Some(out) = out.filter(|out| !out.is_none()) else { return wrap_any(py, result) };
    let target = out_array(name, out)?;
    let array = target.get().array();
    if !promote::can_cast(result.dtype(), array.dtype(), casting) {
        return Err(crate::error::raise(base::Error::type_(format!(
            "{name}: cannot cast output from {} to {} with casting rule '{}'",
            result.dtype(),
            array.dtype(),
            casting.name()
        ))));
    }
    if array.shape() != result.shape() {
        return Err(crate::error::raise(base::Error::value(format!(
            "{name}: output array has shape {}, the result has shape {}",
            shape::text(array.shape()),
            shape::text(result.shape())
        ))));
    }
    index::set(array, &[Index::Ellipsis], &result).raised()?;
    Ok(target.clone().into_any())
}

/// `out=` as one of our arrays; NumPy's arrays cannot be written by us.
pub(crate) fn out_array<'a, 'py>(name: &str, out: &'a Object<'py>) -> PyResult<&'a Ours<'py>> {
    out.cast::<NdArray>().map_err(|_| {
        let class = out.get_type();
        let class = class.name().map(|name| name.to_string()).unwrap_or_default();
        PyTypeError::new_err(format!("{name}: out must be an mxnet array, not '{class}'"))
    })
}

/// The argument of a function as our array object.
pub(crate) fn ours<'py>(a: &Object<'py>) -> PyResult<Ours<'py>> {
    match a.cast::<NdArray>() {
        Ok(array) => Ok(array.clone()),
        Err(_) => crate::array::wrap(a.py(), convert::to_array(a)?),
    }
}

/// One integer axis, or none.
pub(crate) fn one_axis(axis: Given<'_, '_>) -> PyResult<Option<i64>> {
    match axis {
        Some(axis) if !axis.is_none() => convert::to_integer(axis).map(Some),
        _ => Ok(None),
    }
}

/// `correction` and `ddof` are one argument under two names.
pub(crate) fn correction(ddof: f64, correction: Option<f64>) -> PyResult<f64> {
    match correction {
        Some(_) if ddof != 0.0 => {
            Err(PyValueError::new_err("ddof and correction can't be provided simultaneously."))
        }
        Some(correction) => Ok(correction),
        None => Ok(ddof),
    }
}

/// `argmax` and `argmin`.
pub(crate) fn position<'py>(
    name: &str,
    x: &Ours<'py>,
    axis: Given<'_, 'py>,
    out: Given<'_, 'py>,
    keepdims: bool,
    work: fn(&Array, Option<i64>, bool) -> base::Result<Array>,
) -> PyResult<Object<'py>> {
    let axis = one_axis(axis)?;
    let array = x.get().array();
    let found = compute(x.py(), array.size(), || work(array, axis, keepdims))?;
    finish(x.py(), name, found, out)
}

/// A reduction as method of `ndarray` and as function of `np`, with NumPy's signatures: what stands between `keepdims` and
/// `where` is told by each row.
macro_rules! reductions {
    ($($name:ident $kernel:path, $told:expr, ($($argument:ident),*) [$($tail:tt)*] ($($start:ident)?),
        $example:literal, $doc:literal;)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.\n\nExamples\n--------\n", $example)]
            #[pyo3(signature = (axis=None, $($argument=None,)* out=None, keepdims=false, $($tail)* r#where=None))]
            fn $name<'py>(
                slf: &Ours<'py>,
                axis: Given<'_, 'py>,
                $($argument: Given<'_, 'py>,)*
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                $($start: Given<'_, 'py>,)?
                r#where: Given<'_, 'py>,
            ) -> PyResult<Object<'py>> {
                let arguments =
                    Arguments { axis, $($argument,)* out, keepdims, $($start,)? mask: r#where, ..Default::default() };
                run_observed(stringify!($name), $told, slf, &arguments, $kernel)
            }
        )*}

        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (a, axis=None, $($argument=None,)* out=None, keepdims=false, $($tail)* r#where=None))]
            fn $name<'py>(
                a: &Object<'py>,
                axis: Given<'_, 'py>,
                $($argument: Given<'_, 'py>,)*
                out: Given<'_, 'py>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                $($start: Given<'_, 'py>,)?
                r#where: Given<'_, 'py>,
            ) -> PyResult<Object<'py>> {
                let arguments =
                    Arguments { axis, $($argument,)* out, keepdims, $($start,)? mask: r#where, ..Default::default() };
                run_observed(stringify!($name), $told, &ours(a)?, &arguments, $kernel)
            }
        )*

        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

reductions! {
    sum reduce::sum, Told::Fold(ops::ADD), (dtype) [initial=None,] (initial),
        ">>> np.array([[1, 2], [3, 4]]).sum(axis=0)\narray([4., 6.])",
        "Sum of elements over axes.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
    Axes to sum over; all of them by default.
dtype : dtype, optional
    dtype of the sum; small integers are summed in 64 bits.
out : ndarray, optional
keepdims : bool, optional
    Whether reduced axes stay, with length 1.
initial : number, optional
    Start of the sum.
where : array_like of bool, optional
    Elements to include.

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.sum(np.array([[1, 2], [3, 4]]), axis=0)
array([4., 6.])";
    prod reduce::prod, Told::Fold(ops::MULTIPLY), (dtype) [initial=None,] (initial),
        ">>> np.array([[1, 2], [3, 4]]).prod(axis=1)\narray([ 2., 12.])",
        "Product of elements over axes.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.prod(np.array([[1, 2], [3, 4]]), axis=1)
array([ 2., 12.])";
    max reduce::max, Told::Nothing, () [initial=None,] (initial),
        ">>> np.array([[1, 5], [3, 4]]).max(axis=0)\narray([3., 5.])",
        "Greatest element over axes; nan wins.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray

Raises
------
ValueError
    No elements and no `initial`.

Examples
--------
>>> np.max(np.array([[1, 5], [3, 4]]), axis=0)
array([3., 5.])";
    min reduce::min, Told::Nothing, () [initial=None,] (initial),
        ">>> np.array([[1, 5], [3, 4]]).min(axis=0)\narray([1., 4.])",
        "Least element over axes; nan wins.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
initial : number, optional
where : array_like of bool, optional

Returns
-------
ndarray

Raises
------
ValueError
    No elements and no `initial`.

Examples
--------
>>> np.min(np.array([[1, 5], [3, 4]]), axis=0)
array([1., 4.])";
    any reduce::any, Told::Nothing, () [*,] (),
        ">>> np.array([[0, 1], [0, 0]]).any(axis=1)\narray([ True, False])",
        "Whether any element over axes is true.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
where : array_like of bool, optional

Returns
-------
ndarray of bool

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.any(np.array([[0, 1], [0, 0]]), axis=1)
array([ True, False])";
    all reduce::all, Told::Nothing, () [*,] (),
        ">>> np.array([[1, 1], [0, 1]]).all(axis=1)\narray([ True, False])",
        "Whether all elements over axes are true.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
out : ndarray, optional
keepdims : bool, optional
where : array_like of bool, optional

Returns
-------
ndarray of bool

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.all(np.array([[1, 1], [0, 1]]), axis=1)
array([ True, False])";
    mean reduce::mean, Told::Mean, (dtype) [*,] (),
        ">>> np.array([[1, 2], [3, 4]]).mean(axis=0)\narray([2., 3.])",
        "Arithmetic mean over axes.

Parameters
----------
a : array_like
axis : None, int or tuple of ints, optional
dtype : dtype, optional
    dtype of the mean; integers give the default float.
out : ndarray, optional
keepdims : bool, optional
where : array_like of bool, optional

Returns
-------
ndarray

Raises
------
numpy.exceptions.AxisError
    An axis that the array does not have.

Examples
--------
>>> np.mean(np.array([[1, 2], [3, 4]]), axis=0)
array([2., 3.])";
}
