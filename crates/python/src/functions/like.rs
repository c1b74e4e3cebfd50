//! The `*_like` functions: arrays made in the shape, dtype and memory order of another.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::create::{self, Like, Order};
use pyo3::prelude::*;

use crate::arguments::{Input, Integers, Layout, Place, Type, Value, dtype_of, truth};
use crate::array::NdArray;

type Ours<'py> = Bound<'py, NdArray>;

/// What the `*_like` functions are given beside the prototype.
fn like_options<'a>(
    dtype: Option<Type>,
    order: Layout,
    shape: &'a Option<Integers>,
    ctx: Option<Place>,
    device: Option<Place>,
) -> Like<'a> {
    Like {
        dtype: dtype_of(dtype),
        order: Some(order.0),
        shape: shape.as_ref().map(|shape| shape.0.as_slice()),
        device: ctx.or(device).map(|place| place.0),
    }
}

macro_rules! likes {
    ($($name:ident $a:ident [$($first:tt)*] $text:literal $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = ($($first)*, dtype=None, order=Layout(Order::K), subok=true, shape=None, *, device=None, ctx=None),
                text_signature = $text)]
            fn $name<'py>(
                $a: Input<'py>,
                dtype: Option<Type>,
                order: Layout,
                #[pyo3(from_py_with = truth)] subok: bool,
                shape: Option<Integers>,
                device: Option<Place>,
                ctx: Option<Place>,
            ) -> PyResult<Ours<'py>> {
                let _no_subclasses = subok;
                $a.fresh(create::$name(&$a, &like_options(dtype, order, &shape, ctx, device)))
            }
        )*
        fn register_likes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

likes! {
    zeros_like a [a]
        "(a, dtype=None, order='K', subok=True, shape=None, *, device=None, ctx=None)"
        "Zeros in the shape, dtype and memory order of an array.

Parameters
----------
a : array_like
dtype : dtype, optional
order : {'K', 'A', 'C', 'F'}, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
shape : int or tuple of ints, optional
ctx, device : Device, optional

Returns
-------
ndarray

Raises
------
ValueError
    A negative length in `shape`.

Examples
--------
>>> np.zeros_like(np.array([1, 2]))
array([0., 0.])";
    ones_like a [a]
        "(a, dtype=None, order='K', subok=True, shape=None, *, device=None, ctx=None)"
        "Ones in the shape, dtype and memory order of an array.

Parameters
----------
a : array_like
dtype : dtype, optional
order : {'K', 'A', 'C', 'F'}, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
shape : int or tuple of ints, optional
ctx, device : Device, optional

Returns
-------
ndarray

Raises
------
ValueError
    A negative length in `shape`.

Examples
--------
>>> np.ones_like(np.array([1, 2]))
array([1., 1.])";
    empty_like prototype [prototype, /]
        "(prototype, /, dtype=None, order='K', subok=True, shape=None, *, device=None, ctx=None)"
        "Uninitialised elements in the shape, dtype and memory order of an array.

Parameters
----------
prototype : array_like
dtype : dtype, optional
order : {'K', 'A', 'C', 'F'}, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
shape : int or tuple of ints, optional
ctx, device : Device, optional

Returns
-------
ndarray

Raises
------
ValueError
    A negative length in `shape`.

Examples
--------
>>> np.empty_like(np.array([1, 2])).shape
(2,)";
}

/// One value in the shape, dtype and memory order of an array.
///
/// Parameters
/// ----------
/// a : array_like
/// fill_value : number or array_like
/// dtype : dtype, optional
/// order : {'K', 'A', 'C', 'F'}, optional
/// subok : bool, optional
///     Without meaning here: there are no subclasses.
/// shape : int or tuple of ints, optional
/// ctx, device : Device, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative length in `shape`.
///
/// Examples
/// --------
/// >>> np.full_like(np.array([1, 2]), 5)
/// array([5., 5.])
#[pyfunction]
#[pyo3(signature = (a, fill_value, dtype=None, order=Layout(Order::K), subok=true, shape=None, *, device=None, ctx=None),
    text_signature = "(a, fill_value, dtype=None, order='K', subok=True, shape=None, *, device=None, ctx=None)")]
fn full_like<'py>(
    a: Input<'py>,
    fill_value: Value<'py>,
    dtype: Option<Type>,
    order: Layout,
    #[pyo3(from_py_with = truth)] subok: bool,
    shape: Option<Integers>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let _no_subclasses = subok;
    let options = like_options(dtype, order, &shape, ctx, device);
    let value = fill_value.argument(Some(options.dtype.unwrap_or(a.dtype())))?;
    a.fresh(create::full_like(&a, value, &options))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_likes(module)?;
    module.add_function(wrap_pyfunction!(full_like, module)?)
}
