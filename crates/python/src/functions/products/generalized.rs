//! Products with the keywords of a ufunc: `matmul`, `vecdot`, `matvec`, `vecmat`. The keywords say which axes hold the
//! vectors and matrices, and in which dtype to compute.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::promote::{self, Casting};
use base::{DType, Error};
use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Result, flags, manipulate, products};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, Layout, Type, dtype_of, truth};
use crate::array::compute;
use crate::reductions::finish;
use crate::{floating, methods};

type Object<'py> = Bound<'py, PyAny>;

/// A product over the last axes: its name, how many axes of each operand and of the result it works on.
struct Product {
    name: &'static str,
    core: [usize; 3],
    work: fn(&Array, &Array) -> Result<Array>,
}

/// The keywords of a call, read.
struct Keywords {
    axes: Option<Vec<Vec<i64>>>,
    axis: Option<i64>,
    keepdims: bool,
    casting: Casting,
    order: Order,
    dtype: Option<DType>,
}

impl Product {
    /// How many of its last axes an operand gives to the product: of a 1-D operand of `matmul`, one.
    fn core_of(&self, operand: usize, x: &Array) -> usize {
        if self.name == "matmul" { self.core[operand].min(x.ndim()) } else { self.core[operand] }
    }

    fn input(&self, x: &Array, keywords: &Keywords) -> Result<Array> {
        let Some(dtype) = keywords.dtype else { return Ok(x.clone()) };
        if !promote::can_cast(x.dtype(), dtype, keywords.casting) {
            return Err(Error::type_(format!(
                "Cannot cast ufunc '{}' input from {} to {dtype} with casting rule '{}'",
                self.name,
                x.dtype(),
                keywords.casting.name()
            )));
        }
        x.astype_if(dtype)
    }

    /// The axes that the keywords name for operand or result number `which`, as a list of `core` axes.
    fn named(&self, keywords: &Keywords, which: usize, core: usize) -> Result<Option<Vec<i64>>> {
        if let Some(axis) = keywords.axis {
            return Ok((core == 1).then(|| vec![axis]));
        }
        let Some(axes) = &keywords.axes else { return Ok(None) };
        let fits = axes.len() == 3 || (axes.len() == 2 && self.core[2] == 0);
        if !fits {
            return Err(Error::value(format!(
                "{}: axes should be a list with an entry for all 2 inputs and 1 outputs",
                self.name
            )));
        }
        match axes.get(which) {
            Some(axes) if axes.len() == core => Ok(Some(axes.clone())),
            None if core == 0 => Ok(None),
            _ => Err(Error::value(format!(
                "{}: axes item {which} should be a tuple with {core} elements",
                self.name
            ))),
        }
    }

    fn call(&self, a: &Array, b: &Array, keywords: &Keywords) -> Result<Array> {
        let [a, b] = [self.input(a, keywords)?, self.input(b, keywords)?];
        let cores = [self.core_of(0, &a), self.core_of(1, &b)];
        let result_core =
            if self.name == "matmul" { (cores[0] + cores[1]).saturating_sub(2) } else { self.core[2] };
        let placed = |x: &Array, which: usize| match self.named(keywords, which, cores[which])? {
            Some(axes) => manipulate::moveaxis(x, &axes, &last(axes.len())),
            None => Ok(x.clone()),
        };
        let mut result = (self.work)(&placed(&a, 0)?, &placed(&b, 1)?)?;
        if keywords.keepdims {
            result = result.expand_dims(&[-1])?;
            let axis = self.named(keywords, 0, 1)?.map_or(-1, |axes| axes[0]);
            result = manipulate::moveaxis(&result, &[-1], &[axis])?;
        } else if let Some(axes) = self.named(keywords, 2, result_core)? {
            result = manipulate::moveaxis(&result, &last(axes.len()), &axes)?;
        }
        create::to_order(&result, keywords.order)
    }

    /// `axis` and `keepdims` make sense for a single axis that both operands share.
    fn check(&self, keywords: &Keywords) -> PyResult<()> {
        if self.core == [1, 1, 0] {
            return match (&keywords.axes, keywords.axis) {
                (Some(_), Some(_)) => Err(PyTypeError::new_err("cannot specify both 'axis' and 'axes'")),
                _ => Ok(()),
            };
        }
        let name = self.name;
        if keywords.axis.is_some() {
            return Err(PyTypeError::new_err(format!(
                "{name}: axis can only be used with a single shared core dimension"
            )));
        }
        if keywords.keepdims {
            return Err(PyTypeError::new_err(format!(
                "{name} does not support keepdims: it is for products of one shared axis only"
            )));
        }
        Ok(())
    }
}

/// The last `count` axes.
fn last(count: usize) -> Vec<i64> {
    (-(count as i64)..0).collect()
}

fn lists(axes: Option<&Object<'_>>) -> PyResult<Option<Vec<Vec<i64>>>> {
    let Some(axes) = axes else { return Ok(None) };
    axes.try_iter()?.map(|item| Ok(item?.extract::<Integers>()?.0)).collect::<PyResult<_>>().map(Some)
}

macro_rules! products {
    ($($name:ident $core:expr, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            #[pyfunction]
            #[pyo3(signature = (
                x1, x2, /, out=None, *, axes=None, axis=None, keepdims=false, casting="same_kind",
                order=Layout(Order::K), dtype=None, subok=true, signature=None
            ), text_signature = "(x1, x2, /, out=None, *, axes=None, axis=None, keepdims=False, \
                casting='same_kind', order='K', dtype=None, subok=True, signature=None)")]
            fn $name<'py>(
                py: Python<'py>,
                x1: Input<'py>,
                x2: Input<'py>,
                out: Option<&Object<'py>>,
                axes: Option<&Object<'py>>,
                axis: Option<Integer>,
                #[pyo3(from_py_with = truth)] keepdims: bool,
                casting: &str,
                order: Layout,
                dtype: Option<Type>,
                #[pyo3(from_py_with = truth)] subok: bool,
                signature: Option<&Object<'py>>,
            ) -> PyResult<Object<'py>> {
                let _no_other_loops = (subok, signature);
                let keywords = Keywords {
                    axes: lists(axes)?,
                    axis: axis.map(|axis| axis.0),
                    keepdims,
                    casting: methods::casting(casting)?,
                    order: order.0,
                    dtype: dtype_of(dtype),
                };
                let product = Product { name: stringify!($name), core: $core, work: products::$name };
                product.check(&keywords)?;
                let (a, b): (&Array, &Array) = (&x1, &x2);
                let result = compute(py, a.size().max(b.size()), || product.call(a, b, &keywords))?;
                let met = floating::after(py, |_| flags::of_product(product.work, a, b, &result))?;
                let result = finish(py, product.name, result, out)?;
                floating::tell(py, product.name, met)?;
                Ok(result)
            }
        )*

        pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $( module.add_function(wrap_pyfunction!($name, module)?)?; )*
            Ok(())
        }
    };
}

products! {
    matmul [2, 2, 2], "Matrix product. Vectors count as rows or columns, leading axes broadcast.

Parameters
----------
x1, x2 : array_like
out : ndarray, optional
axes : list of tuples of int, optional
    Axes of the matrices in `x1`, `x2` and in the result; the last two by default.
axis : int, optional
    For products of two vectors alone, so refused.
keepdims : bool, optional
    For products of two vectors alone, so refused.
casting : {'no', 'equiv', 'safe', 'same_kind', 'unsafe'}, optional
order : {'K', 'C', 'F', 'A'}, optional
dtype : dtype, optional
    dtype to compute in.
subok : bool, optional
    Without meaning here: there are no subclasses.
signature : None, optional
    Use `dtype`.

Returns
-------
ndarray

Raises
------
ValueError
    Numbers instead of arrays, or lengths that differ.

Examples
--------
>>> np.matmul(np.array([[1, 2], [3, 4]]), np.array([10, 1]))
array([12., 34.])";
    vecdot [1, 1, 0], "Sum of `conj(x1) * x2` over an axis; the others broadcast.

Parameters
----------
x1, x2 : array_like
out : ndarray, optional
axes : list of tuples of int, optional
axis : int, optional
    The axis of the vectors, the last by default.
keepdims : bool, optional
casting : {'no', 'equiv', 'safe', 'same_kind', 'unsafe'}, optional
order : {'K', 'C', 'F', 'A'}, optional
dtype : dtype, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
signature : None, optional
    Use `dtype`.

Returns
-------
ndarray

Raises
------
ValueError
    Vectors of different lengths.

Examples
--------
>>> np.vecdot(np.array([[1, 2], [3, 4]]), np.array([1, 10]))
array([21., 43.])";
    matvec [2, 1, 1], "Matrices times vectors; leading axes broadcast.

Parameters
----------
x1, x2 : array_like
out : ndarray, optional
axes : list of tuples of int, optional
axis : int, optional
    For products of two vectors alone, so refused.
keepdims : bool, optional
    For products of two vectors alone, so refused.
casting : {'no', 'equiv', 'safe', 'same_kind', 'unsafe'}, optional
order : {'K', 'C', 'F', 'A'}, optional
dtype : dtype, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
signature : None, optional
    Use `dtype`.

Returns
-------
ndarray

Raises
------
ValueError
    Lengths that differ.

Examples
--------
>>> np.matvec(np.array([[1, 2], [3, 4]]), np.array([[1, 0], [0, 1]]))
array([[1., 3.],
       [2., 4.]])";
    vecmat [1, 2, 1], "Vectors, conjugated, times matrices; leading axes broadcast.

Parameters
----------
x1, x2 : array_like
out : ndarray, optional
axes : list of tuples of int, optional
axis : int, optional
    For products of two vectors alone, so refused.
keepdims : bool, optional
    For products of two vectors alone, so refused.
casting : {'no', 'equiv', 'safe', 'same_kind', 'unsafe'}, optional
order : {'K', 'C', 'F', 'A'}, optional
dtype : dtype, optional
subok : bool, optional
    Without meaning here: there are no subclasses.
signature : None, optional
    Use `dtype`.

Returns
-------
ndarray

Raises
------
ValueError
    Lengths that differ.

Examples
--------
>>> np.vecmat(np.array([1, 10]), np.array([[1, 2], [3, 4]]))
array([31., 42.])";
}
