//! Rows of values joined to rows by an operator: element by element, run by run, and added up place by place. Called by
//! the kernels that write at indices. It must not know which operator joins.

use base::{DType, Error, Loop, Op, Result, Scan};
use graph::{Along, Tensor};

use super::{BYTE_COST, Places, ROW_COST, operands};
use crate::pool;
use crate::rows::{Rows, Shared};
use crate::vm::cost;

/// Joins one value at a time to an element; halves through float32, rounded after each.
#[derive(Clone, Copy)]
pub(super) struct Join {
    scan: Scan,
    /// To float32 and back.
    halves: Option<(Loop, Loop)>,
}

impl Join {
    pub(super) fn new(op: &'static Op, out: &Tensor) -> Result<Join> {
        let half = out.dtype.is_half();
        let compute = if half { DType::F32 } else { out.dtype };
        let scan = (op.scan)(compute).ok_or_else(|| no_loop(op, out))?;
        let halves = half.then(|| (lanes::cast(out.dtype, DType::F32), lanes::cast(DType::F32, out.dtype)));
        Ok(Join { scan, halves })
    }

    /// # Safety
    /// Both are valid elements of the destination's dtype.
    unsafe fn element(self, to: *mut u8, from: *const u8) {
        let Some((widen, narrow)) = self.halves else {
            // SAFETY: the running fold over one element carries and writes the element itself, in this order.
            return unsafe { (self.scan)(1, to, 0, from, 0, to) };
        };
        let (mut sum, mut value) = (0f32, 0f32);
        let (sum, value) = ((&raw mut sum).cast::<u8>(), (&raw mut value).cast::<u8>());
        // SAFETY: one element each: two valid halves, and two floats of our own.
        unsafe {
            widen(1, sum, [to.cast_const(); 3]);
            widen(1, value, [from; 3]);
            (self.scan)(1, sum, 0, value, 0, sum);
            narrow(1, to, [sum.cast_const(); 3]);
        }
    }
}

/// Joins a run of values to a run.
///
/// # Safety
/// Both are valid runs of the destination's dtype, whose elements have this size.
pub(super) unsafe fn join_run(
    scan: Join,
    code: Option<Loop>,
    to: *mut u8,
    from: *const u8,
    count: usize,
    size: usize,
) {
    // SAFETY: promised by the caller.
    unsafe {
        match code {
            Some(code) if count > 1 => code(count, to, [to, from, to]),
            _ => {
                for element in 0..count {
                    scan.element(to.add(element * size), from.add(element * size));
                }
            }
        }
    }
}

/// For every place of the first axis, zeros to which the rows of values whose index names it are joined in order. One
/// place after the other: each row of the result is written once, and stays in the nearest cache meanwhile.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn add_up(op: &'static Op, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([values, indices], [out]) = (inputs, outputs) else { return Err(operands("add up")) };
    let (length, size) = (out.shape[0], out.dtype.size());
    let count: i64 = out.shape[1..].iter().product();
    let along = Along { axis: 0, length, stride: count, start: 0 };
    // SAFETY: contiguous int64, not written to by this kernel.
    let places = unsafe { Places::new(Some(along), indices) };
    places.check()?;
    let (scan, code) = (Join::new(op, out)?, (op.loops)(out.dtype));
    let (ends, order) = by_place(places.values, length as usize);
    let (from, to) = (Shared::new(values.data), Shared::new(out.data));
    let bytes = (count as usize * size) as u64;
    let joined = (ROW_COST + bytes * BYTE_COST).saturating_mul(order.len() as u64);
    let cost = bytes * BYTE_COST / 2 + joined / (length as u64).max(1);
    pool::parallel_ranges(length, cost::grain(length, cost), &|begin, end| {
        for place in begin as usize..end as usize {
            let to = to.at(place as i64 * count, size);
            let first = if place == 0 { 0 } else { ends[place - 1] };
            // SAFETY: rows inside the output, each one thread's, and rows of values.
            unsafe {
                to.write_bytes(0, bytes as usize);
                for &number in &order[first..ends[place]] {
                    join_run(scan, code, to, from.at(number as i64 * count, size), count as usize, size);
                }
            }
        }
    });
    Ok(())
}

/// The numbers of checked indices by what they name, in order; and for each place, where in there its last one ends.
fn by_place(indices: &[i64], length: usize) -> (Vec<usize>, Vec<usize>) {
    let place = |index: i64| if index < 0 { (index + length as i64) as usize } else { index as usize };
    let mut ends = vec![0; length];
    indices.iter().for_each(|&index| ends[place(index)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        (sum, *end) = (sum + *end, sum);
    }
    let mut order = vec![0; indices.len()];
    for (number, &index) in indices.iter().enumerate() {
        let next = &mut ends[place(index)];
        order[*next] = number;
        *next += 1;
    }
    (ends, order)
}

/// Joins a row of values to a row, element by element.
///
/// # Safety
/// Both are valid rows.
pub(super) unsafe fn join_axes(scan: Join, rows: &Rows, axis: usize, to: *mut u8, from: *const u8) {
    if axis == rows.lengths.len() {
        // SAFETY: an element of the rows.
        unsafe { scan.element(to, from) };
        return;
    }
    for index in 0..rows.lengths[axis] as isize {
        let to_step = index * rows.to_steps[axis] as isize * rows.size as isize;
        let from_step = index * rows.from_steps[axis] as isize * rows.size as isize;
        // SAFETY: within the rows.
        unsafe { join_axes(scan, rows, axis + 1, to.offset(to_step), from.offset(from_step)) };
    }
}

#[cold]
fn no_loop(op: &Op, out: &Tensor) -> Error {
    Error::runtime(format!("{}: no loop joins {}", op.name, out.dtype))
}
