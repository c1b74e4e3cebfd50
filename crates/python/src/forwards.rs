//! Methods that are functions of `np` with the array as first argument; the function reads the other arguments.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::{Index, index};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

use crate::array::NdArray;
use crate::error::Raised;

type Object<'py> = Bound<'py, PyAny>;

/// `np.<name>`, looked up once.
fn function<'py>(py: Python<'py>, found: &PyOnceLock<Py<PyAny>>, name: &str) -> PyResult<Object<'py>> {
    let look = || Ok::<_, PyErr>(py.import("mxnet.numpy")?.getattr(name)?.unbind());
    Ok(found.get_or_try_init(py, look)?.bind(py).clone())
}

/// `np.<name>(array, *arguments, **keywords)`.
fn forward<'py>(
    found: &PyOnceLock<Py<PyAny>>,
    name: &str,
    array: &Bound<'py, NdArray>,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Object<'py>> {
    let py = array.py();
    let function = function(py, found, name)?;
    if keywords.is_none() {
        match arguments.len() {
            0 => return function.call1((array,)),
            1 => return function.call1((array, arguments.get_item(0)?)),
            _ => {}
        }
    }
    let mut all = vec![array.clone().into_any()];
    all.extend(arguments.iter());
    function.call(PyTuple::new(py, all)?, keywords)
}

macro_rules! forwards {
    ($($name:ident $text:literal $example:literal;)*) => {
        #[pymethods]
        impl NdArray {$(
            #[doc = concat!("`np.", stringify!($name), "` of this array; see there.\n\nExamples\n--------\n", $example)]
            #[pyo3(signature = (*args, **kwargs), text_signature = $text)]
            fn $name<'py>(
                slf: &Bound<'py, Self>,
                args: &Bound<'py, PyTuple>,
                kwargs: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Object<'py>> {
                static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                forward(&FOUND, stringify!($name), slf, args, kwargs)
            }
        )*}
    };
}

forwards! {
    take "($self, indices, /, axis=None, out=None, mode='raise')"
        ">>> np.array([5, 6, 7]).take([2, 0])\narray([7., 5.])";
    repeat "($self, repeats, /, axis=None)"
        ">>> np.array([1, 2]).repeat(2)\narray([1., 1., 2., 2.])";
    nonzero "($self)"
        ">>> np.array([0, 5, 6]).nonzero()\n(array([1, 2], dtype=int64),)";
    put "($self, indices, values, /, mode='raise')"
        ">>> x = np.zeros(3)\n>>> x.put([0, 2], [1, 2])\n>>> x\narray([1., 0., 2.])";
    round "($self, decimals=0, out=None)"
        ">>> np.array([1.25, 3.75]).round(1)\narray([1.2, 3.8])";
    argsort "($self, axis=-1, kind=None, order=None, *, stable=None)"
        ">>> np.array([3, 1, 2]).argsort()\narray([1, 2, 0], dtype=int64)";
    argpartition "($self, kth, /, axis=-1, kind='introselect', order=None)"
        ">>> np.array([3, 1, 2]).argpartition(0)[0]\narray(1, dtype=int64)";
    searchsorted "($self, v, /, side='left', sorter=None)"
        ">>> np.array([1, 2, 3]).searchsorted(2)\narray(1, dtype=int64)";
    cumsum "($self, axis=None, dtype=None, out=None)"
        ">>> np.array([1, 2, 3]).cumsum()\narray([1., 3., 6.])";
    cumprod "($self, axis=None, dtype=None, out=None)"
        ">>> np.array([1, 2, 3]).cumprod()\narray([1., 2., 6.])";
    dot "($self, other, /, out=None)"
        ">>> np.array([1, 2]).dot(np.array([3, 4]))\narray(11.)";
    trace "($self, offset=0, axis1=0, axis2=1, dtype=None, out=None)"
        ">>> np.array([[1, 2], [3, 4]]).trace()\narray(5.)";
}

/// The result of `np.<name>` written over the array itself.
fn in_place<'py>(
    found: &PyOnceLock<Py<PyAny>>,
    name: &str,
    array: &Bound<'py, NdArray>,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let result = forward(found, name, array, arguments, keywords)?;
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
    /// `np.choose` of this array; see there.
    ///
    /// Choices may stand in one sequence, or one after the other.
    ///
    /// Examples
    /// --------
    /// >>> np.array([0, 1], dtype='int64').choose([[1, 2], [3, 4]])
    /// array([1., 4.])
    #[pyo3(signature = (*args, **kwargs), text_signature = "($self, /, choices, out=None, mode='raise')")]
    fn choose<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        if args.len() <= 1 {
            return forward(&FOUND, "choose", slf, args, kwargs);
        }
        forward(&FOUND, "choose", slf, &PyTuple::new(slf.py(), [args])?, kwargs)
    }

    /// `np.clip` of this array; see there.
    ///
    /// One bound alone is the lower one.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 5, 9]).clip(2, 7)
    /// array([2., 5., 7.])
    #[pyo3(signature = (*args, **kwargs), text_signature = "($self, min=None, max=None, out=None, **kwargs)")]
    fn clip<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let names = |name: &str| kwargs.map_or(Ok(false), |kwargs| kwargs.contains(name));
        if args.len() != 1 || names("max")? || names("a_max")? {
            return forward(&FOUND, "clip", slf, args, kwargs);
        }
        let none = slf.py().None().into_bound(slf.py());
        forward(&FOUND, "clip", slf, &PyTuple::new(slf.py(), [args.get_item(0)?, none])?, kwargs)
    }

    /// `np.sort` of this array, in place; see there.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([3, 1, 2])
    /// >>> x.sort()
    /// >>> x
    /// array([1., 2., 3.])
    #[pyo3(signature = (*args, **kwargs),
        text_signature = "($self, axis=-1, kind=None, order=None, *, stable=None)")]
    fn sort<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        check_axis(args, 0, kwargs)?;
        in_place(&FOUND, "sort", slf, args, kwargs)
    }

    /// `np.partition` of this array, in place; see there.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([3, 1, 2])
    /// >>> x.partition(0)
    /// >>> x[0]
    /// array(1.)
    #[pyo3(signature = (*args, **kwargs),
        text_signature = "($self, kth, /, axis=-1, kind='introselect', order=None)")]
    fn partition<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        check_axis(args, 1, kwargs)?;
        in_place(&FOUND, "partition", slf, args, kwargs)
    }

    /// `np.compress` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2, 3]).compress([True, False, True])
    /// array([1., 3.])
    #[pyo3(signature = (condition, axis=None, out=None))]
    fn compress<'py>(
        slf: &Bound<'py, Self>,
        condition: &Object<'py>,
        axis: Option<&Object<'py>>,
        out: Option<&Object<'py>>,
    ) -> PyResult<Object<'py>> {
        static FOUND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        function(slf.py(), &FOUND, "compress")?.call1((condition, slf, axis, out))
    }
}
