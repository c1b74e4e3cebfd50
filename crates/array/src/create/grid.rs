//! Index and coordinate grids: `meshgrid`, `indices`, and the places of triangles and diagonals. Index-valued results
//! are int64.

use base::{DType, Dims, Error, Result, View, shape};
use graph::DeviceRef;

use crate::elementwise::call1;
use crate::manipulate::stack;
use crate::{Array, index_array};

use super::{Order, copy, range::counting, tri};

/// Which of the first two axes of a mesh the first vector runs along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Indexing {
    /// Cartesian: the first vector runs along axis 1.
    #[default]
    Xy,
    /// Matrix: vector k runs along axis k.
    Ij,
}

impl Indexing {
    pub fn from_name(name: &str) -> Result<Indexing> {
        match name {
            "xy" => Ok(Indexing::Xy),
            "ij" => Ok(Indexing::Ij),
            _ => Err(Error::value("meshgrid: Valid values for `indexing` are 'xy' and 'ij'.")),
        }
    }
}

/// Coordinate arrays of a grid, one per vector. `sparse` leaves axes of length 1; without `copied` the results are
/// read-only views.
pub fn meshgrid(vectors: &[&Array], indexing: Indexing, sparse: bool, copied: bool) -> Result<Vec<Array>> {
    let ndim = vectors.len();
    let swapped = indexing == Indexing::Xy && ndim > 1;
    let axis_of = |k: usize| if swapped && k < 2 { 1 - k } else { k };
    let mut lengths = vec![1; ndim];
    for (k, vector) in vectors.iter().enumerate() {
        lengths[axis_of(k)] = vector.size();
    }
    shape::check(&lengths).map_err(|error| error.in_operator("meshgrid"))?;
    let mut grids = Vec::with_capacity(ndim);
    for (k, vector) in vectors.iter().enumerate() {
        let mut open = vec![1; ndim];
        open[axis_of(k)] = vector.size();
        let shaped = vector.reshape(&open)?;
        let grid = if sparse { shaped } else { shaped.broadcast_to(&lengths)? };
        grids.push(if copied { copy(&grid, Order::C)? } else { grid });
    }
    Ok(grids)
}

/// The index along `axis` at every place of the shape.
fn index_along(dimensions: &[i64], axis: usize, dtype: DType, device: DeviceRef) -> Result<Array> {
    let mut strides = Dims::from_elem(0, dimensions.len());
    strides[axis] = 1;
    Array::positions(View { shape: Dims::from_slice(dimensions), strides, offset: 0 }, dtype, device)
}

/// Every place's index, stacked along a new first axis: shape `(n, d0, d1, ...)`. int64 without `dtype`.
pub fn indices(dimensions: &[i64], dtype: Option<DType>, device: DeviceRef) -> Result<Array> {
    shape::check(dimensions).map_err(|error| error.in_operator("indices"))?;
    let dtype = dtype.unwrap_or(DType::I64);
    if dimensions.is_empty() {
        return Array::empty(&[0], dtype, device);
    }
    let grids = (0..dimensions.len())
        .map(|axis| index_along(dimensions, axis, dtype, device))
        .collect::<Result<Vec<_>>>()?;
    stack(&grids.iter().collect::<Vec<_>>(), 0)
}

/// As [`indices`], one open array per axis.
pub fn indices_sparse(dimensions: &[i64], dtype: Option<DType>, device: DeviceRef) -> Result<Vec<Array>> {
    shape::check(dimensions).map_err(|error| error.in_operator("indices"))?;
    let dtype = dtype.unwrap_or(DType::I64);
    let mut grids = Vec::with_capacity(dimensions.len());
    for (axis, &length) in dimensions.iter().enumerate() {
        let mut open = vec![1; dimensions.len()];
        open[axis] = length;
        grids.push(counting(length, dtype, device)?.reshape(&open)?);
    }
    Ok(grids)
}

/// Row and column indices of the lower triangle of a `rows` x `columns` matrix.
pub fn tril_indices(rows: i64, offset: i64, columns: Option<i64>, device: DeviceRef) -> Result<Vec<Array>> {
    index_array::nonzero(&tri(rows, columns, offset, Some(DType::Bool), device)?)
}

/// Row and column indices of the upper triangle of a `rows` x `columns` matrix.
pub fn triu_indices(rows: i64, offset: i64, columns: Option<i64>, device: DeviceRef) -> Result<Vec<Array>> {
    let below = tri(rows, columns, offset.saturating_sub(1), Some(DType::Bool), device)?;
    index_array::nonzero(&call1(ops::LOGICAL_NOT, &below)?)
}

fn matrix_shape(x: &Array, operator: &str) -> Result<(i64, i64)> {
    match x.shape() {
        &[rows, columns] => Ok((rows, columns)),
        _ => Err(Error::value(format!("{operator}: input array must be 2-d"))),
    }
}

/// [`tril_indices`] for the shape of a matrix.
pub fn tril_indices_from(x: &Array, offset: i64) -> Result<Vec<Array>> {
    let (rows, columns) = matrix_shape(x, "tril_indices_from")?;
    tril_indices(rows, offset, Some(columns), x.device())
}

/// [`triu_indices`] for the shape of a matrix.
pub fn triu_indices_from(x: &Array, offset: i64) -> Result<Vec<Array>> {
    let (rows, columns) = matrix_shape(x, "triu_indices_from")?;
    triu_indices(rows, offset, Some(columns), x.device())
}

/// Indices of the main diagonal of an array with `ndim` axes of this length.
pub fn diag_indices(length: i64, ndim: usize, device: DeviceRef) -> Result<Vec<Array>> {
    shape::check(&[length]).map_err(|error| error.in_operator("diag_indices"))?;
    let places = counting(length, DType::I64, device)?;
    Ok(vec![places; ndim])
}

/// [`diag_indices`] for the shape of an array.
pub fn diag_indices_from(x: &Array) -> Result<Vec<Array>> {
    if x.ndim() < 2 {
        return Err(Error::value("diag_indices_from: input array must be at least 2-d"));
    }
    if x.shape().iter().any(|&length| length != x.shape()[0]) {
        return Err(Error::value("diag_indices_from: All dimensions of input must be of equal length"));
    }
    diag_indices(x.shape()[0], x.ndim(), x.device())
}
