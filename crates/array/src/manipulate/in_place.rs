//! What takes an array's place when its shape, strides, dtype or size are assigned: a view of the same memory, or larger
//! memory with the same elements. Called by the front that has objects which change; arrays themselves do not.

use base::{Error, Result, Scalar, View, shape};

use crate::views::resolve_shape;
use crate::{Array, tape};

/// Assigning to what autograd follows would tear it off the tape.
fn check_unlinked(x: &Array, name: &str, instead: &str) -> Result<()> {
    if tape::is_linked(x) {
        return Err(Error::runtime(format!(
            "{name} of a variable or a recorded result cannot be set, as gradients would be lost: {instead}"
        )));
    }
    Ok(())
}

/// The array under another shape, if the memory allows it; one length may be -1.
///
/// # Errors
/// Value: a shape of another size. Runtime: autograd knows the array.
pub fn reshaped_in_place(x: &Array, wanted: &[i64]) -> Result<Option<Array>> {
    check_unlinked(x, "the shape", "y = x.reshape(shape)")?;
    let wanted = resolve_shape(wanted, x.shape())?;
    Ok(x.view().reshape(&wanted).map(|view| x.with_view(view)))
}

/// The array with other strides (in bytes) that stay inside the `room`, a first and an end byte of the memory.
///
/// # Errors
/// Value: another number of strides, or strides that leave the room or are no whole number of elements. Runtime:
/// autograd knows the array.
pub fn restrided(x: &Array, strides: &[i64], room: (i64, i64)) -> Result<Array> {
    check_unlinked(x, "the strides", "y = np.lib.stride_tricks.as_strided(x, shape, strides)")?;
    if strides.len() != x.ndim() {
        return Err(Error::value(format!("strides must be  same length as shape ({})", x.ndim())));
    }
    let size = x.dtype().size() as i64;
    let (mut low, mut high) = (x.view().offset as i128 * size as i128, 0);
    high += low + size as i128;
    for (&length, &stride) in x.shape().iter().zip(strides) {
        let far = (length - 1).max(0) as i128 * stride as i128;
        if far < 0 { low += far } else { high += far }
    }
    if x.size() > 0 && (low < room.0 as i128 || high > room.1 as i128) {
        return Err(Error::value("strides is not compatible with available memory"));
    }
    if strides.iter().zip(x.shape()).any(|(stride, &length)| length > 1 && stride % size != 0) {
        return Err(Error::value(format!("strides must be multiples of the element size, {size} bytes")));
    }
    let strides = strides.iter().map(|stride| stride / size).collect();
    Ok(x.with_view(View { shape: x.view().shape.clone(), strides, offset: x.view().offset }))
}

/// [`Array::view_as`] for an array that autograd does not know.
///
/// # Errors
/// Those of [`Array::view_as`]. Runtime: autograd knows the array.
pub fn retyped(x: &Array, dtype: base::DType) -> Result<Array> {
    check_unlinked(x, "the dtype", "y = x.view(dtype), or x.astype(dtype)")?;
    x.view_as(dtype)
}

/// An array with as many of the elements as fit, in the order of their memory, and zeros behind them; and how many
/// elements it may grow to where it lies. `room` is what the answer before said, 0 at first: it is used up before there is
/// fresh memory. That is then larger than needed, so that an array that grows step by step is not copied at every step.
///
/// # Errors
/// Value: elements with gaps between them, or a bad shape. Memory. Runtime: autograd knows the array.
pub fn resized(x: &Array, wanted: &[i64], room: i64) -> Result<(Array, i64)> {
    check_unlinked(x, "the size", "y = np.resize(x, shape)")?;
    let fortran = x.view().is_fortran_contiguous() && !x.view().is_contiguous();
    if !fortran && !x.view().is_contiguous() {
        return Err(Error::value("resize only works on single-segment arrays"));
    }
    if wanted.iter().any(|&length| length < 0) {
        return Err(Error::value("negative dimensions not allowed"));
    }
    shape::check(wanted)?;
    let (before, size) = (x.size(), shape::size(wanted)?);
    let run = |length: i64, from: i64| View { offset: x.view().offset + from, ..View::contiguous(&[length]) };
    let (holder, room) = if size <= before.max(room) {
        (x.with_view(run(size, 0)), room)
    } else {
        // (a first resize gives what was asked for, like a constructor)
        let larger = if room == 0 { size } else { size.max(room.saturating_add(room / 2)) };
        let fresh = Array::empty(&[larger], x.dtype(), x.device())?;
        fresh.with_view(View::contiguous(&[before])).write(&x.with_view(run(before, 0)), false)?;
        let _same = fresh.set_writable(x.is_writable());
        (fresh, larger)
    };
    if size > before {
        let offset = holder.view().offset + before;
        let behind = holder.with_view(View { offset, ..View::contiguous(&[size - before]) });
        behind.write_scalar(Scalar::zero(x.dtype()))?;
    }
    let offset = holder.view().offset;
    let view = if fortran {
        let reversed: Vec<i64> = wanted.iter().rev().copied().collect();
        View { offset, ..View::contiguous(&reversed) }.transpose()
    } else {
        View { offset, ..View::contiguous(wanted) }
    };
    Ok((holder.with_view(view), room))
}
