//! Elements put in, taken out and differenced: `insert`, `delete`, `trim_zeros`, `diff`, `ediff1d`. Results are joins of
//! views and takes of places, so gradients follow; index lists, which are short, are worked out on the host.

use base::{DType, Error, Result, shape};

use crate::create::{self, Order};
use crate::elementwise::call2;
use crate::index::{self, Index, slice_bounds};
use crate::{Array, index_array};

use super::axes::{moveaxis, narrow, ravel};
use super::join::join;
use super::take::take_places;

/// The array to edit and its axis: flattened without one.
fn line_of(x: &Array, axis: Option<i64>) -> Result<(Array, usize)> {
    match axis {
        None if x.ndim() == 1 => Ok((x.clone(), 0)),
        None => Ok((ravel(x, Order::C)?, 0)),
        Some(axis) => Ok((x.clone(), shape::axis(axis, x.ndim())?)),
    }
}

/// Places of an axis that an index names, from 0; `None` of a single integer's list is that integer alone.
fn places_of(index: &Index, length: i64, axis: usize, whole: i64) -> Result<Vec<i64>> {
    let checked = |place: i64| {
        if place < -length || place >= whole {
            return Err(Error::index(format!(
                "index {place} is out of bounds for axis {axis} with size {length}"
            )));
        }
        Ok(if place < 0 { place + length } else { place })
    };
    match index {
        Index::Integer(place) => Ok(vec![checked(*place)?]),
        Index::Slice { start, stop, step } => {
            let (start, step, count) = slice_bounds(length, *start, *stop, *step)?;
            Ok((0..count).map(|k| start + k * step).collect())
        }
        Index::Array(mask) if mask.dtype().is_bool() => {
            index_array::host_integers(&index_array::nonzero(&ravel(&mask.detach(), Order::C)?)?[0])
        }
        Index::Array(places) => {
            index_array::host_integers(&index_array::integers(places)?)?.into_iter().map(checked).collect()
        }
        Index::NewAxis | Index::Ellipsis => {
            Err(Error::index("only integers, slices (`:`), and integer or boolean arrays are valid indices"))
        }
    }
}

fn host_places(places: &[i64], x: &Array) -> Result<Array> {
    let bytes: Vec<u8> = places.iter().flat_map(|place| place.to_ne_bytes()).collect();
    Array::from_bytes(&bytes, &[places.len() as i64], DType::I64, x.device())
}

/// The array without these places along an axis (`None`: flattened first).
///
/// # Errors
/// Index: a place outside. Value: a mask of another length.
pub fn delete(x: &Array, index: &Index, axis: Option<i64>) -> Result<Array> {
    delete_checked(x, index, axis).map_err(|error| error.in_operator("delete"))
}

fn delete_checked(x: &Array, index: &Index, axis: Option<i64>) -> Result<Array> {
    let (x, axis) = line_of(x, axis)?;
    let length = x.shape()[axis];
    if let Index::Array(mask) = index
        && mask.dtype().is_bool()
        && mask.shape() != [length]
    {
        return Err(Error::value(format!(
            "boolean array argument `obj` to delete must be one-dimensional and match the axis length of {length}"
        )));
    }
    let mut gone = places_of(index, length, axis, length)?;
    gone.sort_unstable();
    gone.dedup();
    let (Some(&first), Some(&last)) = (gone.first(), gone.last()) else {
        return create::copy(&x, Order::C);
    };
    if last - first + 1 == gone.len() as i64 {
        let kept = [narrow(&x, axis, 0, 1, first), narrow(&x, axis, last + 1, 1, length - last - 1)];
        return join(&kept, axis);
    }
    let mut kept = vec![1u8; length as usize];
    for place in gone {
        kept[place as usize] = 0;
    }
    let kept = Array::from_bytes(&kept, &[length], DType::Bool, x.device())?;
    if axis == 0 {
        return index::get(&x, &[Index::Array(kept)]);
    }
    take_places(&x, &index_array::nonzero(&kept)?[0], axis)
}

/// The array with values put in before these places along an axis (`None`: flattened first). Values are converted to its
/// dtype and broadcast.
///
/// # Errors
/// Index: a place outside. Value: values that do not fit.
pub fn insert(x: &Array, index: &Index, values: &Array, axis: Option<i64>) -> Result<Array> {
    insert_checked(x, index, values, axis).map_err(|error| error.in_operator("insert"))
}

fn insert_checked(x: &Array, index: &Index, values: &Array, axis: Option<i64>) -> Result<Array> {
    let (x, axis) = line_of(x, axis)?;
    let length = x.shape()[axis];
    if let Index::Array(places) = index
        && places.ndim() > 1
    {
        return Err(Error::value("index array argument obj to insert must be one dimensional or scalar"));
    }
    let places = places_of(index, length, axis, length + 1)?;
    let values = values.astype_if(x.dtype())?;
    if let [place] = places.as_slice() {
        let lone =
            matches!(index, Index::Integer(_)) || matches!(index, Index::Array(places) if places.ndim() == 0);
        return insert_before(&x, *place, &values, axis, lone);
    }
    let mut lengths = x.shape().to_vec();
    lengths[axis] = places.len() as i64;
    let values = drop_leading_ones(&values, x.ndim())?.broadcast_to(&lengths)?;
    // stable order of the places: value k lands at its place plus the number of values before it
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&k| places[k]);
    let mut sources = Vec::with_capacity((length as usize).saturating_add(places.len()));
    let mut next = order.iter().peekable();
    for place in 0..=length {
        while let Some(&k) = next.next_if(|&&k| places[k] <= place) {
            sources.push(length + k as i64);
        }
        if place < length {
            sources.push(place);
        }
    }
    let both = join(&[x.clone(), values], axis)?;
    take_places(&both, &host_places(&sources, &x)?, axis)
}

/// Values before one place. A lone place (not in a list) takes the values' first axis as the new elements.
fn insert_before(x: &Array, place: i64, values: &Array, axis: usize, lone: bool) -> Result<Array> {
    let mut raised = vec![1; x.ndim().saturating_sub(values.ndim())];
    raised.extend_from_slice(values.shape());
    let values = values.reshape(&raised)?;
    let values = if lone && axis != 0 { moveaxis(&values, &[0], &[axis as i64])? } else { values };
    let values = drop_leading_ones(&values, x.ndim())?;
    let mut lengths = x.shape().to_vec();
    lengths[axis] = values.shape()[axis];
    let values = values.broadcast_to(&lengths)?;
    let length = x.shape()[axis];
    let (head, tail) = (narrow(x, axis, 0, 1, place), narrow(x, axis, place, 1, length - place));
    join(&[head, values, tail], axis)
}

fn drop_leading_ones(values: &Array, ndim: usize) -> Result<Array> {
    let extra = values.ndim().saturating_sub(ndim);
    if values.shape()[..extra].iter().any(|&length| length != 1) {
        return Err(Error::value(format!(
            "could not broadcast input array from shape {} into {ndim} dimensions",
            shape::tight(values.shape())
        )));
    }
    values.reshape(&values.shape()[extra..])
}

/// A view without the zeros around the array: `front` and `back` of these axes (all without).
pub fn trim_zeros(x: &Array, front: bool, back: bool, axes: Option<&[i64]>) -> Result<Array> {
    trim_checked(x, front, back, axes).map_err(|error| error.in_operator("trim_zeros"))
}

fn trim_checked(x: &Array, front: bool, back: bool, axes: Option<&[i64]>) -> Result<Array> {
    let axes: Vec<usize> = match axes {
        None => (0..x.ndim()).collect(),
        Some(axes) => shape::axes(axes, x.ndim())?.to_vec(),
    };
    if x.ndim() == 0 {
        return Ok(x.clone());
    }
    let places = index_array::nonzero(&x.detach())?;
    let mut trimmed = x.clone();
    for axis in axes {
        let length = x.shape()[axis];
        let (first, last) = match super::places::extent(&places[axis])? {
            Some((low, high)) => (if front { low } else { 0 }, if back { high + 1 } else { length }),
            // nothing but zeros: trimmed from the front all goes, from the back all goes
            None if front => (length, length),
            None if back => (0, 0),
            None => (0, length),
        };
        trimmed = narrow(&trimmed, axis, first, 1, last - first);
    }
    Ok(trimmed)
}

/// Differences of neighbours along an axis, taken `times` times, after joining what is put in front and behind.
///
/// # Errors
/// Value: a negative number of times, a 0-d array.
pub fn diff(
    x: &Array,
    times: i64,
    axis: i64,
    before: Option<&Array>,
    after: Option<&Array>,
) -> Result<Array> {
    if times < 0 {
        return Err(Error::value(format!("diff: order must be non-negative but got {times}")));
    }
    if times == 0 {
        return Ok(x.clone());
    }
    if x.ndim() == 0 {
        return Err(Error::value("diff: diff requires input that is at least one dimensional"));
    }
    diff_checked(x, times, axis, before, after).map_err(|error| error.in_operator("diff"))
}

fn diff_checked(
    x: &Array,
    times: i64,
    axis: i64,
    before: Option<&Array>,
    after: Option<&Array>,
) -> Result<Array> {
    let axis = shape::axis(axis, x.ndim())?;
    let as_line = |part: &Array| {
        if part.ndim() > 0 {
            return Ok(part.clone());
        }
        let mut lengths = x.shape().to_vec();
        lengths[axis] = 1;
        part.broadcast_to(&lengths)
    };
    let mut parts = Vec::new();
    if let Some(before) = before {
        parts.push(as_line(before)?);
    }
    parts.push(x.clone());
    if let Some(after) = after {
        parts.push(as_line(after)?);
    }
    let mut values = if parts.len() == 1 { x.clone() } else { join(&parts, axis)? };
    let op = if values.dtype().is_bool() { ops::NOT_EQUAL } else { ops::SUBTRACT };
    // once at least, so that the result has memory of its own
    for _ in 0..times.min(values.shape()[axis].max(1)) {
        let rest = (values.shape()[axis] - 1).max(0);
        let upper = narrow(&values, axis, values.shape()[axis] - rest, 1, rest);
        values = call2(op, &upper, &narrow(&values, axis, 0, 1, rest))?;
    }
    Ok(values)
}

/// Differences of neighbours of the flat array, with values put in front and behind.
///
/// # Errors
/// Type: values whose dtype does not cast to the array's.
pub fn ediff1d(x: &Array, behind: Option<&Array>, in_front: Option<&Array>) -> Result<Array> {
    let flat = ravel(x, Order::C)?;
    let differences = diff(&flat, 1, 0, None, None).map_err(|error| error.in_operator("ediff1d"))?;
    let mut parts = Vec::new();
    for (part, name) in [(in_front, "to_begin"), (behind, "to_end")] {
        let Some(part) = part else { continue };
        if !base::promote::can_cast(part.dtype(), x.dtype(), base::promote::Casting::SameKind) {
            return Err(Error::type_(format!(
                "ediff1d: dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule."
            )));
        }
        parts.push(ravel(&part.astype_if(x.dtype())?, Order::C)?);
    }
    if in_front.is_some() {
        parts.insert(1, differences);
    } else {
        parts.insert(0, differences);
    }
    join(&parts, 0)
}
