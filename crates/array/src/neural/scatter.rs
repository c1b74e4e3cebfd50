//! Reading and writing at places that are columns of an index array: `gather_nd`, `scatter_nd`, `index_add`,
//! `index_update`. Writes go into copies.

use base::{Error, Result, Scalar, shape};

use crate::index::{self, Index};
use crate::{Array, index_array, tape};

/// One index array per axis of the places: the rows of `indices`.
fn columns(name: &str, x: &Array, indices: &Array) -> Result<Vec<Index>> {
    let whole = index_array::integers(indices).map_err(|error| error.in_operator(name))?;
    let whole = if whole.ndim() == 0 { whole.reshape(&[1])? } else { whole };
    let count = whole.shape()[0];
    if count > x.ndim() as i64 {
        return Err(Error::index(format!(
            "{name}: axis 0 of the indices (length {count}) names more axes than the array of shape {} has",
            shape::text(x.shape())
        )));
    }
    (0..count).map(|axis| index::get(&whole, &[Index::Integer(axis)]).map(Index::Array)).collect()
}

/// The places of `index_add` and `index_update`: rows of a matrix (axes, count), or numbers along the first axis.
fn places(name: &str, x: &Array, indices: &Array) -> Result<Vec<Index>> {
    match indices.ndim() {
        0 | 1 => columns(name, x, &indices.reshape(&[1, indices.size()])?),
        2 => columns(name, x, indices),
        _ => Err(Error::value(format!(
            "{name}: ind must have at most 2 axes (indexed axes, places), got shape {}",
            shape::text(indices.shape())
        ))),
    }
}

/// `x[indices[0], indices[1], ...]`; the gradient adds up where places repeat.
///
/// # Errors
/// Index: more rows than axes, indices outside or fractional.
pub fn gather_nd(x: &Array, indices: &Array) -> Result<Array> {
    let columns = columns("gather_nd", x, indices)?;
    index::get(x, &columns).map_err(|error| error.in_operator("gather_nd"))
}

/// Zeros of a shape with `values` written at `[indices[0], indices[1], ...]`; of equal places, the last one counts.
///
/// # Errors
/// Index: indices outside the shape. Value: values that do not fit the indices.
pub fn scatter_nd(values: &Array, indices: &Array, wanted: &[i64]) -> Result<Array> {
    let name = "scatter_nd";
    shape::check(wanted).map_err(|error| error.in_operator(name))?;
    let out = Array::full(wanted, Scalar::I64(0), values.dtype(), values.device())?;
    let columns = columns(name, &out, indices)?;
    index::set(&out, &columns, values).map_err(|error| error.in_operator(name))?;
    Ok(out)
}

/// A copy of `x` with values added at the places; repeated places add up.
///
/// # Errors
/// Index: indices outside. Value: values that do not broadcast to the places.
pub fn index_add(x: &Array, indices: &Array, values: &Array) -> Result<Array> {
    let name = "index_add";
    let columns = places(name, x, indices)?;
    let out = tape::paused(|| {
        let out = x.detach().copy()?;
        index::add_at(&out, &columns, &values.detach()).map(|()| out)
    })
    .map_err(|error| error.in_operator(name))?;
    Ok(tape::record(name, &[x, values], out, || {
        let (wanted, dtype) = (values.view().shape.clone(), values.dtype());
        Box::new(move |gradient| {
            let mut inner = index::get(gradient, &columns)?;
            if inner.ndim() < wanted.len() {
                let lead = vec![1; wanted.len() - inner.ndim()];
                inner = inner.reshape(&[&lead, inner.shape()].concat())?;
            }
            Ok(vec![Some(gradient.clone()), Some(inner.sum_to(&wanted)?.astype_if(dtype)?)])
        })
    }))
}

/// A copy of `x` with values written at the places; of repeated places, the last one counts.
///
/// # Errors
/// Index: indices outside. Value: values that do not broadcast to the places.
pub fn index_update(x: &Array, indices: &Array, values: &Array) -> Result<Array> {
    let name = "index_update";
    let columns = places(name, x, indices)?;
    let out = x.astype(x.dtype())?;
    index::set(&out, &columns, values).map_err(|error| error.in_operator(name))?;
    Ok(out)
}
