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
    ($($name:ident)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.")]
            #[pyo3(signature = (*args, **kwargs))]
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
    take repeat nonzero choose put clip round argsort argpartition searchsorted cumsum cumprod dot trace
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
    index::set(&array.get().array, &[Index::Ellipsis], &result.get().array).raised()
}

#[pymethods]
impl NdArray {
    /// Sorts the elements along an axis in place; arguments as of `np.sort`.
    #[pyo3(signature = (*args, **kwargs))]
    fn sort<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        in_place("sort", slf, args, kwargs)
    }

    /// Partitions the elements along an axis in place; arguments as of `np.partition`.
    #[pyo3(signature = (*args, **kwargs))]
    fn partition<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
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
