//! Coordinate grids and the indices of triangles and diagonals.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::Array;
use mxnet::array::create::{self, Indexing};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Input, Integer, Integers, Place, Type, device_of, dtype_of, truth};
use crate::array::wrap;
use crate::error::Raised;

type Object<'py> = Bound<'py, PyAny>;

fn all<'py>(py: Python<'py>, arrays: base::Result<Vec<Array>>) -> PyResult<Bound<'py, PyTuple>> {
    let arrays = arrays.raised()?.into_iter().map(|array| wrap(py, array)).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, arrays)
}

/// Coordinate arrays from coordinate vectors.
///
/// Parameters
/// ----------
/// *xi : array_like
/// copy : bool, optional
/// sparse : bool, optional
///     Leaves axes that do not vary at length 1.
/// indexing : {'xy', 'ij'}, optional
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Raises
/// ------
/// ValueError
///     `indexing` has another value, or a grid is given that is no vector.
///
/// Examples
/// --------
/// >>> x, y = np.meshgrid(np.arange(2), np.arange(3))
/// >>> x.shape
/// (3, 2)
#[pyfunction]
#[pyo3(signature = (*xi, copy=true, sparse=false, indexing="xy"))]
fn meshgrid<'py>(
    py: Python<'py>,
    xi: &Bound<'py, PyTuple>,
    #[pyo3(from_py_with = truth)] copy: bool,
    #[pyo3(from_py_with = truth)] sparse: bool,
    indexing: &str,
) -> PyResult<Bound<'py, PyTuple>> {
    let vectors = xi.iter().map(|vector| vector.extract()).collect::<PyResult<Vec<Input>>>()?;
    let vectors: Vec<&Array> = vectors.iter().map(|vector| &**vector).collect();
    all(py, create::meshgrid(&vectors, Indexing::from_name(indexing).raised()?, sparse, copy))
}

/// The index of every element of a grid, one array per axis.
///
/// Parameters
/// ----------
/// dimensions : sequence of int
/// dtype : dtype, optional
/// sparse : bool, optional
/// device, ctx : Device, optional
///     Where the arrays are made.
///
/// Returns
/// -------
/// ndarray, or a tuple of them where sparse
///
/// Examples
/// --------
/// >>> np.indices((2, 2)).shape
/// (2, 2, 2)
#[pyfunction]
#[pyo3(signature = (dimensions, dtype=None, sparse=false, *, device=None, ctx=None))]
fn indices<'py>(
    py: Python<'py>,
    dimensions: Integers,
    dtype: Option<Type>,
    #[pyo3(from_py_with = truth)] sparse: bool,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Object<'py>> {
    let (dtype, device) = (dtype_of(dtype), device_of(ctx, device)?);
    if sparse {
        return all(py, create::indices_sparse(&dimensions, dtype, device)).map(Bound::into_any);
    }
    wrap(py, create::indices(&dimensions, dtype, device).raised()?).map(Bound::into_any)
}

macro_rules! triangles {
    ($($name:ident $from:ident $which:literal $row:literal $column:literal;)*) => {
        $(
            #[doc = concat!("Indices of the ", $which, " triangle of a matrix.

Parameters
----------
n : int
    Rows.
k : int, optional
    Which diagonal bounds the triangle; 0 is the main one.
m : int, optional
    Columns; as many as rows by default.
device, ctx : Device, optional
    Where the arrays are made.

Returns
-------
tuple of ndarray

Examples
--------
>>> rows, columns = np.", stringify!($name), "(2)
>>> rows.tolist(), columns.tolist()
([", $row, "], [", $column, "])")]
            #[pyfunction]
            #[pyo3(signature = (n, k=Integer(0), m=None, *, device=None, ctx=None),
                text_signature = "(n, k=0, m=None, *, device=None, ctx=None)")]
            fn $name<'py>(
                py: Python<'py>,
                n: Integer,
                k: Integer,
                m: Option<Integer>,
                device: Option<Place>,
                ctx: Option<Place>,
            ) -> PyResult<Bound<'py, PyTuple>> {
                all(py, create::$name(n.0, k.0, m.map(|columns| columns.0), device_of(ctx, device)?))
            }

            #[doc = concat!("Indices of the ", $which, " triangle of an array.

Parameters
----------
arr : array_like
    With two axes.
k : int, optional
    Which diagonal bounds the triangle; 0 is the main one.

Returns
-------
tuple of ndarray

Examples
--------
>>> rows, columns = np.", stringify!($from), "(np.ones((2, 2)))
>>> rows.tolist(), columns.tolist()
([", $row, "], [", $column, "])")]
            #[pyfunction]
            #[pyo3(signature = (arr, k=Integer(0)), text_signature = "(arr, k=0)")]
            fn $from<'py>(py: Python<'py>, arr: Input<'py>, k: Integer) -> PyResult<Bound<'py, PyTuple>> {
                all(py, create::$from(&arr, k.0))
            }
        )*
        fn register_triangles(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($name, module)?)?;
                module.add_function(wrap_pyfunction!($from, module)?)?;
            )*
            Ok(())
        }
    };
}

triangles! {
    tril_indices tril_indices_from "lower" "0, 1, 1" "0, 0, 1";
    triu_indices triu_indices_from "upper" "0, 0, 1" "0, 1, 1";
}

/// Indices of the main diagonal of an array with axes of one length.
///
/// Parameters
/// ----------
/// n : int
/// ndim : int, optional
/// device, ctx : Device, optional
///     Where the arrays are made.
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Examples
/// --------
/// >>> np.eye(3)[np.diag_indices(3)]
/// array([1., 1., 1.])
#[pyfunction]
#[pyo3(signature = (n, ndim=2, *, device=None, ctx=None))]
fn diag_indices<'py>(
    py: Python<'py>,
    n: Integer,
    ndim: usize,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Bound<'py, PyTuple>> {
    all(py, create::diag_indices(n.0, ndim, device_of(ctx, device)?))
}

/// Indices of the main diagonal of an array.
///
/// Parameters
/// ----------
/// arr : array_like
///
/// Returns
/// -------
/// tuple of ndarray
///
/// Examples
/// --------
/// >>> x = np.array([[1, 2], [3, 4]])
/// >>> x[np.diag_indices_from(x)]
/// array([1., 4.])
#[pyfunction]
fn diag_indices_from<'py>(py: Python<'py>, arr: Input<'py>) -> PyResult<Bound<'py, PyTuple>> {
    all(py, create::diag_indices_from(&arr))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_triangles(module)?;
    module.add_function(wrap_pyfunction!(meshgrid, module)?)?;
    module.add_function(wrap_pyfunction!(indices, module)?)?;
    module.add_function(wrap_pyfunction!(diag_indices, module)?)?;
    module.add_function(wrap_pyfunction!(diag_indices_from, module)?)
}
