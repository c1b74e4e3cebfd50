//! Elements shifted around their axes.

use base::{Error, Result, shape};

use crate::Array;
use crate::create::{self, Order};

use super::axes::{narrow, ravel};
use super::join::join;

/// Elements shifted along axes; what leaves at the end comes in at the start. Without axes, over the flat array.
/// `shifts` and `axes` have equal lengths, or one of them length 1.
///
/// # Errors
/// Value: lengths that do not match. Axis.
pub fn roll(x: &Array, shifts: &[i64], axes: Option<&[i64]>) -> Result<Array> {
    let Some(axes) = axes else {
        let length = x.size().max(1);
        let total = shifts.iter().fold(0i64, |total, &shift| (total + shift % length) % length);
        return roll_axis(&ravel(x, Order::C)?, total, 0)?.reshape(x.shape());
    };
    let count = match (shifts.len(), axes.len()) {
        (shifts, axes) if shifts == axes => shifts,
        (1, axes) => axes,
        (shifts, 1) => shifts,
        _ => {
            return Err(Error::value(format!(
                "roll: shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with \
                 shape ({},) and arg 1 with shape ({},).",
                shifts.len(),
                axes.len()
            )));
        }
    };
    let mut totals = vec![0i64; x.ndim()];
    for k in 0..count {
        let axis = if axes.len() == 1 { axes[0] } else { axes[k] };
        let axis = shape::axis(axis, x.ndim()).map_err(|error| error.in_operator("roll"))?;
        let shift = if shifts.len() == 1 { shifts[0] } else { shifts[k] };
        let length = x.shape()[axis].max(1);
        totals[axis] = (totals[axis] + shift % length) % length;
    }
    let mut rolled: Option<Array> = None;
    for (axis, &total) in totals.iter().enumerate().filter(|(_, total)| **total != 0) {
        rolled = Some(roll_axis(rolled.as_ref().unwrap_or(x), total, axis)?);
    }
    rolled.map_or_else(|| create::copy(x, Order::C), Ok)
}

fn roll_axis(x: &Array, shift: i64, axis: usize) -> Result<Array> {
    let length = x.shape()[axis];
    let shift = shift.rem_euclid(length.max(1));
    if shift == 0 {
        return create::copy(x, Order::C);
    }
    let (tail, head) = (narrow(x, axis, length - shift, 1, shift), narrow(x, axis, 0, 1, length - shift));
    join(&[tail, head], axis)
}
