//! Methods that are functions of `np` with the array as first argument; the function reads the other arguments.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::{Index, index};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::array::NdArray;
use crate::error::Raised;

type Object<'py> = Bound<'py, PyAny>;

/// `np.<name>(array, *arguments, **keywords)`.
fn forward<'py>(
    name: &str,
    array: &Bound<'py, NdArray>,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Object<'py>> {
    let py = array.py();
    let mut all = vec![array.clone().into_any()];
    all.extend(arguments.iter());
    py.import("mxnet.numpy")?.getattr(name)?.call(PyTuple::new(py, all)?, keywords)
}

macro_rules! forwards {
    ($($name:ident $text:literal;)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.")]
            #[pyo3(signature = (*args, **kwargs), text_signature = $text)]
            fn $name<'py>(
                slf: &Bound<'py, Self>,
                args: &Bound<'py, PyTuple>,
                kwargs: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Object<'py>> {
                forward(stringify!($name), slf, args, kwargs)
            }
        )*}
    };
}

forwards! {
    take "($self, indices, /, axis=None, out=None, mode='raise')";
    repeat "($self, repeats, /, axis=None)";
    nonzero "($self)";
    choose "($self, choices, out=None, mode='raise')";
    put "($self, indices, values, /, mode='raise')";
    clip "($self, min=None, max=None, out=None, **kwargs)";
    round "($self, decimals=0, out=None)";
    argsort "($self, axis=-1, kind=None, order=None, *, stable=None)";
    argpartition "($self, kth, /, axis=-1, kind='introselect', order=None)";
    searchsorted "($self, v, /, side='left', sorter=None)";
    cumsum "($self, axis=None, dtype=None, out=None)";
    cumprod "($self, axis=None, dtype=None, out=None)";
    dot "($self, other, /, out=None)";
    trace "($self, offset=0, axis1=0, axis2=1, dtype=None, out=None)";
}

/// The result of `np.<name>` written over the array itself.
fn in_place<'py>(
    name: &str,
    array: &Bound<'py, NdArray>,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let result = forward(name, array, arguments, keywords)?;
    let result = result.cast::<NdArray>().map_err(PyErr::from)?;
    index::set(array.get().array(), &[Index::Ellipsis], result.get().array()).raised()
}

/// What is done in place has an axis: the result must have the array's shape.
fn check_axis(
    arguments: &Bound<'_, PyTuple>,
    place: usize,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let named = keywords.map(|keywords| keywords.get_item("axis")).transpose()?.flatten();
    match named.or_else(|| arguments.get_item(place).ok()) {
        Some(axis) if axis.is_none() => Err(pyo3::exceptions::PyTypeError::new_err(
            "'NoneType' object cannot be interpreted as an integer",
        )),
        _ => Ok(()),
    }
}

#[pymethods]
impl NdArray {
    /// Sorts the elements along an axis in place; arguments as of `np.sort`.
    #[pyo3(signature = (*args, **kwargs), text_signature = "($self, axis=-1, kind=None, order=None, *, stable=None)")]
    fn sort<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        check_axis(args, 0, kwargs)?;
        in_place("sort", slf, args, kwargs)
    }

    /// Partitions the elements along an axis in place; arguments as of `np.partition`.
    #[pyo3(signature = (*args, **kwargs),
        text_signature = "($self, kth, /, axis=-1, kind='introselect', order=None)")]
    fn partition<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        check_axis(args, 1, kwargs)?;
        in_place("partition", slf, args, kwargs)
    }

    /// `np.compress` of this array; see there.
    #[pyo3(signature = (condition, axis=None, out=None))]
    fn compress<'py>(
        slf: &Bound<'py, Self>,
        condition: &Object<'py>,
        axis: Option<&Object<'py>>,
        out: Option<&Object<'py>>,
    ) -> PyResult<Object<'py>> {
        slf.py().import("mxnet.numpy")?.getattr("compress")?.call1((condition, slf, axis, out))
    }
}
