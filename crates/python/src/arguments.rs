//! Arguments of functions, read by their types: an array-like, a shape, axes, a dtype, a number. A function of `np` names
//! these types in its signature and has nothing left to convert.

use std::ops::Deref;

use base::DType;
use mxnet::array::create::Order;
use mxnet::array::{Argument, Array, DeviceRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::array::{NdArray, wrap, wrap_view};
use crate::convert::{self, Operand};
use crate::error::Raised;
use crate::{device, dtype};

/// An array-like: our array as it is, anything else converted.
pub(crate) struct Input<'py> {
    object: Bound<'py, NdArray>,
}

impl<'py> FromPyObject<'_, 'py> for Input<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Input<'py>> {
        if let Ok(array) = object.cast::<NdArray>() {
            return Ok(Input { object: array.to_owned() });
        }
        wrap(object.py(), convert::to_array(&object)?).map(|object| Input { object })
    }
}

impl Deref for Input<'_> {
    type Target = Array;
    fn deref(&self) -> &Array {
        self.object.get().array()
    }
}

impl<'py> Input<'py> {
    /// A result that may be a view of this argument.
    pub fn view(&self, result: base::Result<Array>) -> PyResult<Bound<'py, NdArray>> {
        wrap_view(&self.object, result.raised()?)
    }

    /// A result with memory of its own.
    pub fn fresh(&self, result: base::Result<Array>) -> PyResult<Bound<'py, NdArray>> {
        wrap(self.object.py(), result.raised()?)
    }

    /// Several results that may be views of this argument.
    pub fn views(&self, results: base::Result<Vec<Array>>) -> PyResult<Vec<Bound<'py, NdArray>>> {
        results.raised()?.into_iter().map(|result| wrap_view(&self.object, result)).collect()
    }

    pub fn object(&self) -> &Bound<'py, NdArray> {
        &self.object
    }
}

/// An array-like whose Python integers are int64: indices, counts.
pub(crate) struct Places(pub Array);

impl FromPyObject<'_, '_> for Places {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Places> {
        convert::to_index_array(&object).map(Places)
    }
}

/// One integer, or a sequence of them: a shape, axes.
pub(crate) struct Integers(pub Vec<i64>);

impl FromPyObject<'_, '_> for Integers {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Integers> {
        convert::to_integers(&object).map(Integers)
    }
}

impl Deref for Integers {
    type Target = [i64];
    fn deref(&self) -> &[i64] {
        &self.0
    }
}

/// `axis=`: none, one or several.
pub(crate) fn axes(given: &Option<Integers>) -> Option<&[i64]> {
    given.as_ref().map(|given| given.0.as_slice())
}

/// One integer, or anything that is one.
#[derive(Clone, Copy)]
pub(crate) struct Integer(pub i64);

impl FromPyObject<'_, '_> for Integer {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Integer> {
        convert::to_integer(&object).map(Integer)
    }
}

/// `dtype=`.
#[derive(Clone, Copy)]
pub(crate) struct Type(pub DType);

impl FromPyObject<'_, '_> for Type {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Type> {
        dtype::parse(&object).map(Type)
    }
}

/// The dtype of an optional `dtype=`.
pub(crate) fn dtype_of(given: Option<Type>) -> Option<DType> {
    given.map(|given| given.0)
}

/// `ctx=` or `device=`.
#[derive(Clone, Copy)]
pub(crate) struct Place(pub DeviceRef);

impl FromPyObject<'_, '_> for Place {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Place> {
        device::parse(&object).map(Place)
    }
}

/// The device that `ctx=` and `device=`, which are one argument, ask for.
pub(crate) fn device_of(ctx: Option<Place>, device: Option<Place>) -> PyResult<DeviceRef> {
    match (ctx, device) {
        (None, None) => device::current(),
        (Some(one), None) | (None, Some(one)) => Ok(one.0),
        (Some(ctx), Some(device)) if ctx.0.id == device.0.id => Ok(ctx.0),
        _ => Err(PyValueError::new_err("ctx and device name different devices; give one of them")),
    }
}

/// `order=`.
#[derive(Clone, Copy)]
pub(crate) struct Layout(pub Order);

impl FromPyObject<'_, '_> for Layout {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Layout> {
        let name: String = object.extract()?;
        Order::from_name(&name).map(Layout).ok_or_else(|| {
            PyValueError::new_err(format!("order must be one of 'C', 'F', 'A', or 'K' (got '{name}')"))
        })
    }
}

/// A flag in a signature, by `#[pyo3(from_py_with = truth)]`: like NumPy's and MXNet's, anything that is true or false
/// (`keepdims=1`), but no text, as "False" would be true.
pub(crate) fn truth(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err(format!("True or False is wanted, not {}", object.repr()?)));
    }
    object.is_truthy()
}

/// A flag that may be left open by `None`.
pub(crate) fn optional_truth(object: &Bound<'_, PyAny>) -> PyResult<Option<bool>> {
    if object.is_none() { Ok(None) } else { truth(object).map(Some) }
}

/// A flag such as `copy=`: anything that is true or false.
#[derive(Clone, Copy)]
pub(crate) struct Flag(pub bool);

impl FromPyObject<'_, '_> for Flag {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Flag> {
        object.is_truthy().map(Flag)
    }
}

/// The order of an optional `order=`; C where none is given.
pub(crate) fn order_of(given: Option<Layout>) -> Order {
    given.map_or(Order::C, |given| given.0)
}

/// A number that stays weak, or an array-like.
pub(crate) struct Value<'py> {
    object: Bound<'py, PyAny>,
    made: Option<Array>,
}

impl<'py> FromPyObject<'_, 'py> for Value<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Value<'py>> {
        let made = match Operand::of(&object)? {
            Some(Operand::Made(array)) => Some(*array),
            Some(_) => None,
            None => return Err(crate::sequence::not_a_number(&object)),
        };
        Ok(Value { object: object.to_owned(), made })
    }
}

impl<'py> Value<'py> {
    /// Number of axes: none for a number.
    pub fn ndim(&self) -> usize {
        match (&self.made, self.object.cast::<NdArray>()) {
            (Some(array), _) => array.ndim(),
            (None, Ok(array)) => array.get().array().ndim(),
            (None, Err(_)) => 0,
        }
    }

    /// The object that was given.
    pub fn object(&self) -> &Bound<'py, PyAny> {
        &self.object
    }

    /// The array that it is, or can be made into.
    pub fn to_array(&self) -> PyResult<Array> {
        match &self.made {
            Some(array) => Ok(array.clone()),
            None => convert::to_array(&self.object),
        }
    }

    /// As an argument beside arrays of `dtype`.
    pub fn argument(&self, dtype: Option<DType>) -> PyResult<Argument<'_>> {
        if let Some(array) = &self.made {
            return Ok(Argument::Array(array));
        }
        if let Ok(array) = self.object.cast::<NdArray>() {
            return Ok(Argument::Array(array.get().array()));
        }
        match crate::number::number(&self.object) {
            Some(number) => number.beside(dtype).map(|(weak, value)| Argument::Scalar(weak, value)),
            None => Err(crate::sequence::not_a_number(&self.object)),
        }
    }
}

/// A sequence of array-likes, such as `concatenate` takes.
pub(crate) struct Inputs<'py>(pub Vec<Input<'py>>);

impl<'py> FromPyObject<'_, 'py> for Inputs<'py> {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Inputs<'py>> {
        if object.cast::<NdArray>().is_ok_and(|array| array.get().array().ndim() == 0) {
            return Err(PyTypeError::new_err("a sequence of arrays is wanted, not one array without axes"));
        }
        object.try_iter()?.map(|item| item?.extract()).collect::<PyResult<Vec<_>>>().map(Inputs)
    }
}

impl Inputs<'_> {
    pub fn arrays(&self) -> Vec<&Array> {
        self.0.iter().map(|input| &**input).collect()
    }
}
