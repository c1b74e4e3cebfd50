//! Distinct elements and orders by several keys: `unique`, `lexsort`, `isin`. Built on the stable argsort and on
//! indexing, so they run on any device and the chosen elements keep their gradients. Called by the fronts.

use base::{DType, Error, Result, Scalar, promote, shape};

use crate::create::{self, Order};
use crate::elementwise::{Argument, call, call1, call2};
use crate::index::{self, Index};
use crate::manipulate::{self, Mode};
use crate::{Array, index_array, reduce, sort, tape};

/// What [`unique`] finds out.
#[derive(Clone, Debug)]
pub struct Unique {
    /// The distinct elements (or slices), ascending.
    pub values: Array,
    /// Place of the first occurrence of each.
    pub indices: Array,
    /// Which distinct element stands at each place.
    pub inverse: Array,
    /// How often each occurs.
    pub counts: Array,
}

/// Which entries along the first axis differ from the one before them; the first does.
fn starts(ordered: &Array, equal_nan: bool) -> Result<Array> {
    let count = ordered.shape()[0];
    let mask = Array::full(&[count], Scalar::Bool(true), DType::Bool, ordered.device())?;
    if count < 2 {
        return Ok(mask);
    }
    let part = |start: Option<i64>, stop: Option<i64>| {
        index::get(ordered, &[Index::Slice { start, stop, step: None }])
    };
    let (later, earlier) = (part(Some(1), None)?, part(None, Some(-1))?);
    let mut differs = call2(ops::NOT_EQUAL, &later, &earlier)?;
    if equal_nan && ordered.dtype().is_inexact() {
        let both = call2(ops::LOGICAL_AND, &call1(ops::ISNAN, &later)?, &call1(ops::ISNAN, &earlier)?)?;
        differs = call2(ops::LOGICAL_AND, &differs, &call1(ops::LOGICAL_NOT, &both)?)?;
    }
    if differs.ndim() > 1 {
        let axes: Vec<i64> = (1..differs.ndim() as i64).collect();
        differs = reduce::any(&differs, &reduce::Options { axes: Some(&axes), ..Default::default() })?;
    }
    index::set(&mask, &[Index::Slice { start: Some(1), stop: None, step: None }], &differs)?;
    Ok(mask)
}

/// The int64 order that sorts the rows of a matrix, the first column first.
fn row_order(rows: &Array) -> Result<Array> {
    let columns: Vec<Array> = (0..rows.shape()[1])
        .rev()
        .map(|column| {
            index::get(rows, &[Index::Slice { start: None, stop: None, step: None }, Index::Integer(column)])
        })
        .collect::<Result<_>>()?;
    match columns.is_empty() {
        true => create::counting(rows.shape()[0], DType::I64, rows.device()),
        false => lexsort(&columns.iter().collect::<Vec<_>>(), 0),
    }
}

/// The distinct elements of the flat array, or the distinct slices along an axis, ascending. With `equal_nan` all nan
/// are one element (slices with nan always differ).
///
/// # Errors
/// Axis: an axis that the array does not have.
pub fn unique(x: &Array, axis: Option<i64>, equal_nan: bool) -> Result<Unique> {
    unique_checked(x, axis, equal_nan).map_err(|error| error.in_operator("unique"))
}

fn unique_checked(x: &Array, axis: Option<i64>, equal_nan: bool) -> Result<Unique> {
    let entries = match axis {
        None => manipulate::ravel(x, Order::C)?,
        Some(axis) => manipulate::moveaxis(x, &[axis], &[0])?,
    };
    let count = entries.shape()[0];
    let flat = entries.detach();
    let (order, starts) = tape::paused(|| -> Result<_> {
        let order = match entries.ndim() {
            1 => sort::argsort(&flat, Some(0))?,
            _ => row_order(&flat.reshape(&[count, flat.shape()[1..].iter().product()])?)?,
        };
        let ordered = index::get(&flat, &[Index::Array(order.clone())])?;
        Ok((order, starts(&ordered, equal_nan && entries.ndim() == 1)?))
    })?;
    let places = index_array::nonzero(&starts)?.swap_remove(0);
    let indices = index::get(&order, &[Index::Array(places.clone())])?;
    let chosen = index::get(&entries, &[Index::Array(indices.clone())])?;
    let values = match axis {
        Some(axis) => manipulate::moveaxis(&chosen, &[0], &[axis])?,
        None => chosen,
    };
    let numbers =
        call(ops::SUBTRACT, &[(&sort::cumsum(&starts, Some(0), Some(DType::I64))?).into(), 1i64.into()])?;
    let inverse = Array::empty(&[count], DType::I64, x.device())?;
    index::set(&inverse, &[Index::Array(order)], &numbers)?;
    let inverse = if axis.is_none() { inverse.reshape(x.shape())? } else { inverse };
    let end = Array::full(&[1], Scalar::I64(count), DType::I64, x.device())?;
    let counts = manipulate::diff(&places, 1, 0, None, Some(&end))?;
    Ok(Unique { values, indices, inverse, counts })
}

/// The distinct elements of the flat array, ascending: [`unique`] where nothing else is asked for.
pub fn unique_values(x: &Array, equal_nan: bool) -> Result<Array> {
    if tape::is_recording() && x.link().is_some() {
        return Ok(unique(x, None, equal_nan)?.values);
    }
    let ordered = sort::sort(&manipulate::ravel(&x.detach(), Order::C)?, Some(0))?;
    let starts = starts(&ordered, equal_nan)?;
    index::get(&ordered, &[Index::Array(starts)])
}

/// The int64 order that sorts by the last key, equal ones by the key before it, and so on.
///
/// # Errors
/// Type: no keys. Value: keys of different shapes.
pub fn lexsort(keys: &[&Array], axis: i64) -> Result<Array> {
    tape::paused(|| lexsort_checked(keys, axis)).map_err(|error| error.in_operator("lexsort"))
}

fn lexsort_checked(keys: &[&Array], axis: i64) -> Result<Array> {
    let Some(first) = keys.first() else {
        return Err(Error::type_("need sequence of keys with len > 0 in lexsort"));
    };
    if keys.iter().any(|key| key.shape() != first.shape()) {
        return Err(Error::value("all keys need to be the same shape"));
    }
    if first.ndim() == 0 {
        return Array::scalar(Scalar::I64(0), first.device());
    }
    let axis = shape::axis(axis, first.ndim())? as i64;
    let mut order = sort::argsort(first, Some(axis))?;
    for key in &keys[1..] {
        let rearranged = manipulate::take_along_axis(&key.detach(), &order, Some(axis))?;
        order = manipulate::take_along_axis(&order, &sort::argsort(&rearranged, Some(axis))?, Some(axis))?;
    }
    Ok(order)
}

/// Whether each element occurs among others; nan never does.
pub fn isin(elements: &Array, others: &Array) -> Result<Array> {
    tape::paused(|| isin_checked(elements, others)).map_err(|error| error.in_operator("isin"))
}

fn isin_checked(elements: &Array, others: &Array) -> Result<Array> {
    if others.size() == 0 {
        return Array::full(elements.shape(), Scalar::Bool(false), DType::Bool, elements.device());
    }
    let dtype = promote::promote(elements.dtype(), others.dtype());
    let elements = elements.detach().astype_if(dtype)?;
    let sorted = sort::sort(&others.detach().astype_if(dtype)?, None)?;
    let places = sort::searchsorted(&sorted, &elements, false)?;
    let found = manipulate::take(&sorted, &places, Some(0), Mode::Clip)?;
    call(ops::EQUAL, &[Argument::Array(&found), Argument::Array(&elements)])
}
