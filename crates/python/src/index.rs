//! Python's indices as `array::Index`: one integer and one slice take a short road, everything else the whole grammar.

use base::{DType, Scalar};
use mxnet::array::{Array, Index};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PyList, PySlice, PyString, PyTuple};

use crate::array::NdArray;
use crate::error::Raised;
use crate::sequence::{self, Integers};
use crate::{device, foreign};

/// Calls `work` with the index that `key` stands for.
#[inline]
pub(crate) fn with_index<T>(
    key: &Bound<'_, PyAny>,
    work: impl FnOnce(&[Index]) -> PyResult<T>,
) -> PyResult<T> {
    if let Ok(tuple) = key.cast_exact::<PyTuple>() {
        let indices = tuple.iter_borrowed().map(|item| entry(&item)).collect::<PyResult<Vec<Index>>>()?;
        return work(&indices);
    }
    work(&[entry(key)?])
}

/// One entry of an index.
#[inline]
fn entry(key: &Bound<'_, PyAny>) -> PyResult<Index> {
    if key.is_exact_instance_of::<PyInt>() {
        return integer(key);
    }
    if let Ok(slice) = key.cast_exact::<PySlice>() {
        return slice_entry(slice);
    }
    rarer_entry(key)
}

#[inline]
fn integer(key: &Bound<'_, PyAny>) -> PyResult<Index> {
    match key.extract::<i64>() {
        Ok(value) => Ok(Index::Integer(value)),
        Err(_) => Err(PyIndexError::new_err(format!("cannot fit {key} into an index-sized integer"))),
    }
}

/// Integers beyond 64 bits are as good as the farthest ones, and missing ones as the ends; CPython knows how.
#[inline]
fn slice_entry(slice: &Bound<'_, PySlice>) -> PyResult<Index> {
    let (mut start, mut stop, mut step) = (0, 0, 0);
    // SAFETY: the slice is alive, the GIL is held, and the three places may be written.
    if unsafe { ffi::PySlice_Unpack(slice.as_ptr(), &mut start, &mut stop, &mut step) } == 0 {
        return Ok(Index::Slice {
            start: Some(start as i64),
            stop: Some(stop as i64),
            step: Some(step as i64),
        });
    }
    let error = PyErr::fetch(slice.py());
    if !error.is_instance_of::<PyTypeError>(slice.py()) {
        return Err(error);
    }
    let part = |name: &str| bound(&slice.getattr(name)?);
    Ok(Index::Slice { start: part("start")?, stop: part("stop")?, step: part("step")? })
}

/// One part of a slice that is no Python integer, such as an array without axes.
fn bound(part: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if part.is_none() {
        return Ok(None);
    }
    if let Ok(value) = part.extract::<i64>() {
        return Ok(Some(value));
    }
    if let Ok(array) = part.cast::<NdArray>()
        && array.get().array().ndim() == 0
    {
        return whole(array.get().array()).map(Some);
    }
    part.extract::<i64>().map(Some)
}

/// The whole number in an array without axes.
fn whole(array: &Array) -> PyResult<i64> {
    let value = array.item().raised()?;
    if let Some(integer) = value.as_integer() {
        return Ok(integer as i64);
    }
    let number = value.as_f64();
    if value.dtype().is_complex() || number.fract() != 0.0 || !number.is_finite() {
        return Err(PyIndexError::new_err(format!("an index must be a whole number, not {number}")));
    }
    Ok(number as i64)
}

fn refused() -> PyErr {
    PyIndexError::new_err(
        "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid \
         indices",
    )
}

fn rarer_entry(key: &Bound<'_, PyAny>) -> PyResult<Index> {
    if key.is_none() {
        return Ok(Index::NewAxis);
    }
    if key.is_instance_of::<PyEllipsis>() {
        return Ok(Index::Ellipsis);
    }
    if let Ok(flag) = key.cast::<PyBool>() {
        let device = device::current()?;
        return crate::convert::scalar_array(Scalar::Bool(flag.is_true()), device).map(Index::Array);
    }
    if let Ok(array) = key.cast::<NdArray>() {
        return array_entry(array.get().array().clone());
    }
    if key.is_instance_of::<PyString>() {
        return Err(refused());
    }
    if foreign::is_numpy_array(key) || foreign::is_numpy_scalar(key) {
        return array_entry(foreign::adopt(key, device::current()?)?);
    }
    if key.is_instance_of::<PyList>() || key.is_instance_of::<PyTuple>() {
        let array = sequence::array(key, None, Integers::Int64, device::current()?)?;
        return array_entry(array);
    }
    if key.hasattr("__index__")? {
        return integer(&key.call_method0("__index__")?);
    }
    if foreign::is_array_like(key) {
        return array_entry(foreign::adopt(key, device::current()?)?);
    }
    if sequence::is_sequence(key) {
        let array = sequence::array(key, None, Integers::Int64, device::current()?)?;
        return array_entry(array);
    }
    Err(refused())
}

/// An array as an index: without axes it is an integer (or a mask of one element), with axes it gathers.
fn array_entry(array: Array) -> PyResult<Index> {
    if array.dtype().is_complex() {
        return Err(refused());
    }
    if array.ndim() == 0 && array.dtype() != DType::Bool {
        return whole(&array).map(Index::Integer);
    }
    Ok(Index::Array(array))
}
