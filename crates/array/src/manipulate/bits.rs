//! Bits in bytes: `packbits` and `unpackbits`, row by row on the host.

use base::{DType, Error, Result, shape};
use graph::work;

use super::axes::{moveaxis, ravel};
use crate::create::Order;
use crate::{Array, tape};

/// The rows along an axis (`None`: the flattened array), contiguous, and the number of that axis.
fn rows(x: &Array, axis: Option<i64>) -> Result<(Array, usize)> {
    let x = x.detach();
    match axis {
        None => Ok((ravel(&x, Order::C)?, 0)),
        Some(axis) => {
            let axis = shape::axis(axis, x.ndim())?;
            if axis + 1 == x.ndim() {
                return Ok((x.contiguous()?, axis));
            }
            Ok((moveaxis(&x, &[axis as i64], &[-1])?.contiguous()?, axis))
        }
    }
}

/// An array of bytes whose rows `fill` makes of those of `x`, back in the order of `x`'s axes.
fn bytes_of_rows(x: &Array, axis: usize, length: i64, fill: impl Fn(&[u8], &mut [u8])) -> Result<Array> {
    let (before, outer) = match x.shape().split_last() {
        Some((&last, outer)) => (last, outer),
        None => (1, x.shape()),
    };
    let mut wanted = outer.to_vec();
    wanted.push(length);
    shape::check(&wanted)?;
    let node = work::filled(DType::U8, shape::size(&wanted)?, x.device(), |out| -> Result<()> {
        if length == 0 {
            return Ok(());
        }
        if before == 0 {
            out.fill(0);
            return Ok(());
        }
        work::look(&x.operand, |bytes| {
            for (row, out) in bytes.chunks_exact(before as usize).zip(out.chunks_exact_mut(length as usize)) {
                fill(row, out);
            }
            Ok(())
        })
    })?;
    let made = Array::whole(node, &wanted);
    if axis + 1 == wanted.len() {
        return Ok(made);
    }
    moveaxis(&made, &[-1], &[axis as i64])?.contiguous()
}

/// Eight truth values in one byte, along an axis or of the flattened array; a rest of fewer than eight is filled with zeros.
/// `little`: the first one is the lowest bit.
///
/// # Errors
/// Type: floats and complex numbers. Axis: an axis that the array does not have.
pub fn packbits(x: &Array, axis: Option<i64>, little: bool) -> Result<Array> {
    if x.dtype().is_inexact() {
        return Err(Error::type_("Expected an input array of integer or boolean data type"));
    }
    tape::paused(|| {
        let (rows, axis) = rows(&x.detach().astype_if(DType::Bool)?, axis)?;
        let length = rows.shape().last().map_or(1, |last| (last + 7) / 8);
        bytes_of_rows(&rows, axis, length, |row, out| {
            for (bits, byte) in row.chunks(8).zip(out) {
                *byte = bits.iter().enumerate().fold(0, |byte, (at, &bit)| {
                    byte | u8::from(bit != 0) << if little { at } else { 7 - at }
                });
            }
        })
    })
}

/// The bits of bytes as zeros and ones. `count`: so many of each row, or without so many where it is negative; beyond the
/// last bit stand zeros.
///
/// # Errors
/// Type: another dtype than uint8. Value: more bits left out than there are. Axis: an axis that the array does not have.
pub fn unpackbits(x: &Array, axis: Option<i64>, count: Option<i64>, little: bool) -> Result<Array> {
    if x.dtype() != DType::U8 {
        return Err(Error::type_("Expected an input array of unsigned byte data type"));
    }
    tape::paused(|| {
        let (rows, axis) = rows(x, axis)?;
        let have = rows.shape().last().map_or(8, |last| last.saturating_mul(8));
        let wanted = match count {
            None => have,
            Some(count) if count < -have => {
                return Err(Error::value(format!("-count larger than number of elements ({have})")));
            }
            Some(count) if count < 0 => have + count,
            Some(count) => count,
        };
        bytes_of_rows(&rows, axis, wanted, |row, out| {
            for (at, bit) in out.iter_mut().enumerate() {
                let place = if little { at % 8 } else { 7 - at % 8 };
                *bit = row.get(at / 8).map_or(0, |byte| byte >> place & 1);
            }
        })
    })
}
