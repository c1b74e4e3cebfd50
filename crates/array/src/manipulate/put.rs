//! Elements written in place by places or conditions: `put`, `place`, `putmask`, `copyto`, `put_along_axis`,
//! `fill_diagonal`. All go through recorded indexing, so writes while recording behave as `x[...] = value` does.

use base::promote::Casting;
use base::{DType, Dims, Error, Result, View, shape};

use graph::{Operand, few};

use crate::create::Order;
use crate::elementwise::call;
use crate::index::{self, Index};
use crate::{Argument, Array, index_array, tape};

use super::axes::{ravel, reshape_order};
use super::join::check_casts;
use super::places::{Mode, normalised};
use super::repeat::{cycled, resize};
use super::take::along_axis;

/// Whether these are a vector and values that the short roads may take: few, and nothing is recorded.
fn is_few(x: &Array, values: &Array) -> bool {
    x.ndim() == 1 && x.size().max(values.size()) <= few::MOST && !tape::is_recording()
}

/// Values as a vector of `x`'s dtype.
fn vector_of(x: &Array, values: &Array) -> Result<Operand> {
    let flat = if values.ndim() == 1 { values.detach() } else { ravel(&values.detach(), Order::C)? };
    Ok(flat.astype_if(x.dtype())?.operand)
}

/// Writes values (over and over, if they are fewer) at flat places.
///
/// # Errors
/// Index: a place outside (mode `Raise`). Value: a read-only array.
pub fn put(x: &Array, places: &Array, values: &Array, mode: Mode) -> Result<()> {
    put_checked(x, places, values, mode).map_err(|error| error.in_operator("put"))
}

fn put_checked(x: &Array, places: &Array, values: &Array, mode: Mode) -> Result<()> {
    x.check_writable("put")?;
    if places.size() == 0 || values.size() == 0 {
        return Ok(());
    }
    if x.size() == 0 {
        return Err(Error::index("cannot replace elements of an empty array"));
    }
    let few = mode == Mode::Raise && is_few(x, values);
    if few && few::put(&x.operand, &places.operand, &vector_of(x, values)?) {
        return Ok(());
    }
    let places = if places.dtype().is_bool() { places.astype(DType::I64)? } else { places.clone() };
    let length = x.size();
    let flat = ravel(&places.detach(), Order::C)?;
    let recorded = tape::is_recording() && (x.link().is_some() || values.link().is_some());
    if let Some(view) = x.view().reshape(&[length]).filter(|_| !recorded) {
        // (the kernel checks the places on its way)
        let inside = match mode {
            Mode::Raise => index_array::integers(&flat)?,
            _ => normalised(&flat, length, mode, |_| Error::index("put"))?,
        };
        let values = spread_over(values, inside.size())?;
        return index::set_now(&x.with_view(view), &[Index::Array(inside)], &values);
    }
    let inside = normalised(&flat, length, mode, |place| {
        Error::index(format!("index {place} is out of bounds for axis 0 with size {length}"))
    })?;
    set_flat(x, &inside, &cycled(values, inside.size())?)
}

/// As many of the values, over and over, as there are places; one value as it is.
fn spread_over(values: &Array, count: i64) -> Result<Array> {
    let flat = ravel(&values.detach(), Order::C)?;
    match flat.size() {
        1 => Ok(flat),
        size if size < count => cycled(&flat, count),
        _ => Ok(super::axes::narrow(&flat, 0, 0, 1, count)),
    }
}

/// `x.flat[places] = values` for places inside the array, through one index per axis.
fn set_flat(x: &Array, places: &Array, values: &Array) -> Result<()> {
    if x.ndim() == 0 {
        let last = super::axes::narrow(values, 0, values.size() - 1, 1, 1).reshape(&[])?;
        return index::set(x, &[Index::Ellipsis], &last);
    }
    let indices = tape::paused(|| index_array::unravel(places, x.shape()))?;
    index::set(x, &indices.into_iter().map(Index::Array).collect::<Vec<_>>(), values)
}

/// The mask in the shape of `x`; they must have equal sizes.
fn mask_of(x: &Array, mask: &Array, operator: &str) -> Result<Array> {
    if mask.size() != x.size() {
        return Err(Error::value(format!("{operator}: mask and data must be the same size")));
    }
    reshape_order(&mask.detach().astype_if(DType::Bool)?, x.shape(), Order::C)
}

/// [`place`] of a few elements of vectors: `None` where it has to be done otherwise.
fn place_few(x: &Array, mask: &Array, values: &Array) -> Result<Option<Result<()>>> {
    let few = is_few(x, values) && mask.shape() == x.shape();
    let Some(found) = few::nonzero(&mask.operand).filter(|_| few) else { return Ok(None) };
    let (node, count) = found?;
    if count == 0 {
        return Ok(Some(Ok(())));
    }
    let places = Array::whole(node, &[count]);
    let put = few::put(&x.operand, &places.operand, &vector_of(x, values)?);
    Ok(put.then_some(Ok(())))
}

/// Writes values, one after the other and over and over, where the mask is true.
///
/// # Errors
/// Value: a mask of another size, no values for true places.
pub fn place(x: &Array, mask: &Array, values: &Array) -> Result<()> {
    x.check_writable("place")?;
    if let Some(written) = place_few(x, mask, values)? {
        return written;
    }
    let mask = mask_of(x, mask, "place")?;
    let count = index_array::count(&mask.contiguous()?.reshape(&[mask.size()])?)?;
    if count == 0 {
        return Ok(());
    }
    if values.size() == 0 {
        return Err(Error::value("place: Cannot insert from an empty array!"));
    }
    let values = cycled(values, count)?;
    let values = if x.ndim() == 0 { values.reshape(&[])? } else { values };
    index::set(x, &[Index::Array(mask)], &values).map_err(|error| error.in_operator("place"))
}

/// Where the mask is true, the value of the same flat place (values over and over, if they are fewer).
///
/// # Errors
/// Value: a mask of another size.
pub fn putmask(x: &Array, mask: &Array, values: &Array) -> Result<()> {
    x.check_writable("putmask")?;
    if is_few(x, values)
        && mask.shape() == x.shape()
        && few::put_masked(&x.operand, &mask.operand, &vector_of(x, values)?)
    {
        return Ok(());
    }
    let mask = mask_of(x, mask, "putmask")?;
    if values.size() == 0 || x.size() == 0 {
        return Ok(());
    }
    let values = if values.shape() == x.shape() { values.clone() } else { resize(values, x.shape())? };
    write_where(x, &mask, &values.astype_if(x.dtype())?).map_err(|error| error.in_operator("putmask"))
}

fn write_where(x: &Array, mask: &Array, values: &Array) -> Result<()> {
    let current = x.detach();
    current.set_link(x.link());
    let arguments = [Argument::Array(mask), Argument::Array(values), Argument::Array(&current)];
    index::set(x, &[Index::Ellipsis], &call(ops::WHERE, &arguments)?)
}

/// Writes an array, broadcast and converted, where the mask (everywhere without one) is true.
///
/// # Errors
/// Type: a cast that `casting` does not allow. Value: shapes that do not broadcast.
pub fn copyto(destination: &Array, source: &Array, casting: Casting, mask: Option<&Array>) -> Result<()> {
    destination.check_writable("copyto")?;
    let written = check_casts(&[source], destination.dtype(), casting).and_then(|()| match mask {
        None => index::set(destination, &[Index::Ellipsis], source),
        Some(mask) => {
            let mask = mask.detach().astype_if(DType::Bool)?.broadcast_to(destination.shape())?;
            let source = source.broadcast_to(destination.shape())?.astype_if(destination.dtype())?;
            write_where(destination, &mask, &source)
        }
    });
    written.map_err(|error| error.in_operator("copyto"))
}

/// For every line along an axis (`None`: the flat array), writes values at the places of the same line.
pub fn put_along_axis(x: &Array, places: &Array, values: &Array, axis: Option<i64>) -> Result<()> {
    x.check_writable("put_along_axis")?;
    let written = match axis {
        None if places.ndim() != 1 => {
            Err(Error::value("when axis=None, `indices` must have a single dimension."))
        }
        None => {
            let length = x.size();
            let inside = normalised(places, length, Mode::Raise, |place| {
                Error::index(format!("index {place} is out of bounds for axis 0 with size {length}"))
            });
            inside.and_then(|inside| set_flat(x, &inside, values))
        }
        Some(axis) => {
            shape::axis(axis, x.ndim()).and_then(|axis| index::set(x, &along_axis(x, places, axis)?, values))
        }
    };
    written.map_err(|error| error.in_operator("put_along_axis"))
}

/// Writes values (over and over, if they are fewer) along the main diagonal; `wrap` begins it again below the end of a
/// tall matrix.
///
/// # Errors
/// Value: fewer than two axes, or more than two of different lengths.
pub fn fill_diagonal(x: &Array, values: &Array, wrap: bool) -> Result<()> {
    x.check_writable("fill_diagonal")?;
    if x.ndim() < 2 {
        return Err(Error::value("fill_diagonal: array must be at least 2-d"));
    }
    let (step, end) = if x.ndim() == 2 {
        let columns = x.shape()[1];
        (columns + 1, if wrap { x.size() } else { x.size().min(columns.saturating_mul(columns)) })
    } else {
        if x.shape().iter().any(|&length| length != x.shape()[0]) {
            return Err(Error::value("fill_diagonal: All dimensions of input must be of equal length"));
        }
        (shape::contiguous_strides(x.shape()).iter().sum(), x.size())
    };
    if end == 0 || values.size() == 0 {
        return Ok(());
    }
    let count = (end - 1) / step + 1;
    let mut view = View { shape: Dims::from_slice(&[count]), strides: Dims::from_slice(&[step]), offset: 0 };
    if x.view().is_contiguous() && !tape::is_recording() {
        view.offset = x.view().offset;
        let values = if values.size() == 1 { values.reshape(&[1])? } else { cycled(values, count)? };
        return x.with_view(view).write(&values, false).map_err(|error| error.in_operator("fill_diagonal"));
    }
    let places = Array::positions(view, DType::I64, x.device())?;
    set_flat(x, &places, &cycled(values, count)?).map_err(|error| error.in_operator("fill_diagonal"))
}
