//! Functions that MXNet had before NumPy's names, and ones about gradients and conditions.

use base::{DType, Scalar};
use mxnet::array::elementwise::{call, call2};
use mxnet::array::manipulate::PadMode;
use mxnet::array::neural::{self, NormOrder};
use mxnet::array::{Argument, Array, ops};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::{Object, Ours, named, run};
use crate::arguments::{Input, Integers, Type, axes, dtype_of, truth};
use crate::array::{compute, wrap};
use crate::reductions::finish;

/// The sum of arrays of one shape.
///
/// Parameters
/// ----------
/// *args : array_like
/// out : ndarray, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Different shapes, or no arrays.
///
/// Examples
/// --------
/// >>> npx.add_n(np.ones(2), np.ones(2), np.arange(2))
/// array([2., 3.])
#[pyfunction]
#[pyo3(signature = (*args, out=None))]
fn add_n<'py>(
    py: Python<'py>,
    args: &Bound<'py, PyTuple>,
    out: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let inputs = args.iter().map(|one| one.extract::<Input>()).collect::<PyResult<Vec<_>>>()?;
    let arrays: Vec<&Array> = inputs.iter().map(|input| &**input).collect();
    let size = arrays.iter().map(|array| array.size()).sum();
    let sum = compute(py, size, || neural::add_n(&arrays))?;
    finish(py, "add_n", sum, out)
}

/// The elements in another dtype.
///
/// Parameters
/// ----------
/// data : array_like
/// dtype : dtype
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.cast(np.array([0.9, 2.]), 'int32')
/// array([0, 2], dtype=int32)
#[pyfunction]
fn cast<'py>(data: Input<'py>, dtype: Type) -> PyResult<Ours<'py>> {
    run(&data, |x| x.astype(dtype.0))
}

/// A norm over axes.
///
/// Parameters
/// ----------
/// data : array_like
/// ord : {1, 2}, optional
///     The sum of absolute values, or the root of the sum of squares.
/// axis : int or tuple of ints, optional
///     All by default.
/// out_dtype : dtype, optional
/// keepdims : bool, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Another order.
///
/// Examples
/// --------
/// >>> npx.norm(np.array([[3., 4.], [6., 8.]]), axis=1)
/// array([ 5., 10.])
#[pyfunction]
#[pyo3(signature = (data, ord=2, axis=None, out_dtype=None, keepdims=false))]
fn norm<'py>(
    data: Input<'py>,
    ord: i64,
    axis: Option<Integers>,
    out_dtype: Option<Type>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    let order = match ord {
        1 => NormOrder::One,
        2 => NormOrder::Two,
        _ => return Err(PyValueError::new_err(format!("norm: ord must be 1 or 2, got {ord}"))),
    };
    run(&data, |x| neural::norm(x, order, axes(&axis), dtype_of(out_dtype), keepdims))
}

/// Elements around an array.
///
/// Parameters
/// ----------
/// data : array_like
/// mode : {'constant', 'edge', 'reflect'}
/// pad_width : tuple of ints
///     Before and after the first axis, before and after the second, and so on.
/// constant_value : float, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Another mode, widths that are negative or not two per axis.
///
/// Examples
/// --------
/// >>> npx.pad(np.array([[1., 2.]]), 'edge', (0, 0, 1, 1))
/// array([[1., 1., 2., 2.]])
#[pyfunction]
#[pyo3(signature = (data, mode, pad_width, constant_value=0.0))]
fn pad<'py>(data: Input<'py>, mode: &str, pad_width: Integers, constant_value: f64) -> PyResult<Ours<'py>> {
    let value = Scalar::F64(constant_value);
    let mode = named("pad", "mode", mode, "'constant', 'edge' or 'reflect'", |name| match name {
        "constant" => Some(PadMode::Constant(vec![(value, value)])),
        "edge" => Some(PadMode::Edge),
        "reflect" => Some(PadMode::Reflect { odd: false }),
        _ => None,
    })?;
    run(&data, |x| neural::pad_flat(x, &pad_width, &mode))
}

/// 1 where an element is greater, 0 elsewhere, in the arrays' common dtype.
///
/// Parameters
/// ----------
/// lhs, rhs : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.broadcast_greater(np.array([[1.], [2.]]), np.array([1., 1.5]))
/// array([[0., 0.],
///        [1., 1.]])
#[pyfunction]
fn broadcast_greater<'py>(lhs: Input<'py>, rhs: Input<'py>) -> PyResult<Ours<'py>> {
    let rhs: &Array = &rhs;
    run(&lhs, |lhs| {
        let dtype = base::promote::promote(lhs.dtype(), rhs.dtype());
        let dtype = if dtype == DType::Bool { base::promote::default_float() } else { dtype };
        let mask = call2(ops::GREATER, lhs, rhs)?;
        let (one, zero) = (
            Array::scalar(Scalar::one(dtype), lhs.device())?,
            Array::scalar(Scalar::zero(dtype), lhs.device())?,
        );
        call(ops::WHERE, &[Argument::Array(&mask), Argument::Array(&one), Argument::Array(&zero)])
    })
}

/// The same elements as a constant: gradients that arrive here end.
///
/// Parameters
/// ----------
/// data : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> x = np.array([3.])
/// >>> x.attach_grad()
/// >>> with autograd.record():
/// ...     y = x * npx.stop_gradient(x)
/// >>> y.backward()
/// >>> x.grad
/// array([3.])
#[pyfunction]
fn stop_gradient<'py>(data: Input<'py>) -> PyResult<Ours<'py>> {
    data.view(Ok(neural::stop_gradient(&data)))
}

/// Rounded to whole numbers, halves away from zero, with the gradient of the identity (a straight-through estimator).
///
/// Parameters
/// ----------
/// data : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.round_ste(np.array([-1.5, 0.4, 2.5]))
/// array([-2.,  0.,  3.])
#[pyfunction]
fn round_ste<'py>(data: Input<'py>) -> PyResult<Ours<'py>> {
    run(&data, neural::round_ste)
}

/// -1, 0 or 1 by the sign, with the gradient of the identity (a straight-through estimator).
///
/// Parameters
/// ----------
/// data : array_like
///
/// Returns
/// -------
/// ndarray
///
/// Examples
/// --------
/// >>> npx.sign_ste(np.array([-1.5, 0., 2.5]))
/// array([-1.,  0.,  1.])
#[pyfunction]
fn sign_ste<'py>(data: Input<'py>) -> PyResult<Ours<'py>> {
    run(&data, neural::sign_ste)
}

/// True, where all elements of a bool array are; otherwise an error.
///
/// Parameters
/// ----------
/// input : array_like of bool
/// msg : str, optional
///
/// Returns
/// -------
/// ndarray
///     A bool without axes.
///
/// Raises
/// ------
/// ValueError
///     An element is false; the text is `msg`.
///
/// Examples
/// --------
/// >>> npx.constraint_check(np.array([1., 2.]) > 0, 'must be positive')
/// array(True)
#[pyfunction]
#[pyo3(signature = (input, msg="Constraint violated."))]
fn constraint_check<'py>(py: Python<'py>, input: Input<'py>, msg: &str) -> PyResult<Ours<'py>> {
    let condition: &Array = &input;
    wrap(py, compute(py, condition.size(), || neural::constraint_check(condition, msg))?)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(add_n, module)?)?;
    module.add_function(wrap_pyfunction!(cast, module)?)?;
    module.add_function(wrap_pyfunction!(norm, module)?)?;
    module.add_function(wrap_pyfunction!(pad, module)?)?;
    module.add_function(wrap_pyfunction!(broadcast_greater, module)?)?;
    module.add_function(wrap_pyfunction!(stop_gradient, module)?)?;
    module.add_function(wrap_pyfunction!(round_ste, module)?)?;
    module.add_function(wrap_pyfunction!(sign_ste, module)?)?;
    module.add_function(wrap_pyfunction!(constraint_check, module)?)
}
