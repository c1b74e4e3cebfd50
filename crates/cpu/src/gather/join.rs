//! Rows of values joined to rows by an operator: element by element, run by run, and added up place by place. Called by
//! the kernels that write at indices. It must not know which operator joins.

use std::ops::Range;

use base::{DType, Error, Loop, Op, Result, STILL_BYTES, Scan, still};
use graph::{Along, Tensor};

use super::{BYTE_COST, Places, ROW_COST, operands};
use crate::pool;
use crate::rows::{Rows, Shared};
use crate::scratch::Scratch;
use crate::vm::map::STREAM_BYTES;
use crate::vm::{cost, stream};

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

/// Zeros that stand still (see `base::still`).
#[repr(align(64))]
struct Zeros([u8; STILL_BYTES]);

static ZEROS: Zeros = Zeros([0; STILL_BYTES]);

/// Bytes of rows that are written past the caches, at least and at most.
const LEAST_STREAMED: usize = 256;
const MOST_STREAMED: usize = 64 << 10;

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
    let rows = AddUp { scan, code, ends: &ends, order: &order, from, to, count: count as usize, size };
    let streams = rows.streams(length as usize);
    pool::parallel_ranges(length, cost::grain(length, cost), &|begin, end| {
        // SAFETY: places of this thread, and checked indices.
        unsafe { rows.run(begin as usize..end as usize, streams) }
    });
    Ok(())
}

/// Rows of values, by the places that they are added up at.
struct AddUp<'a> {
    scan: Join,
    code: Option<Loop>,
    ends: &'a [usize],
    order: &'a [usize],
    from: Shared,
    to: Shared,
    /// Elements of a row, and bytes of each.
    count: usize,
    size: usize,
}

impl AddUp<'_> {
    fn bytes(&self) -> usize {
        self.count * self.size
    }

    /// Whether the result is written past the caches.
    fn streams(&self, length: usize) -> bool {
        let bytes = self.bytes();
        (LEAST_STREAMED..=MOST_STREAMED).contains(&bytes)
            && length.saturating_mul(bytes) > STREAM_BYTES as usize
    }

    /// # Safety
    /// Nobody else writes these places; the order names rows of values.
    unsafe fn run(&self, places: Range<usize>, streams: bool) {
        let bytes = self.bytes();
        if !streams {
            for place in places {
                // SAFETY: promised by the caller.
                unsafe { self.sum(place, self.to.at((place * self.count) as i64, self.size)) };
            }
            return;
        }
        let room = Scratch::new::<u64>(2 * bytes.div_ceil(8));
        let sum = room.pointer::<u8>();
        // SAFETY: the room holds two rows: a sum, and zeros.
        let zeros = unsafe {
            let zeros = sum.add(bytes.next_multiple_of(8));
            zeros.write_bytes(0, bytes);
            zeros
        };
        for place in places {
            let to = self.to.at((place * self.count) as i64, self.size);
            // SAFETY: promised by the caller; a row of our own.
            unsafe {
                let is_empty = self.numbers(place).is_empty();
                if !is_empty {
                    self.sum(place, sum);
                }
                stream::stream(to, if is_empty { zeros } else { sum }, bytes);
            }
        }
        stream::finish();
    }

    /// The numbers of the rows for a place.
    fn numbers(&self, place: usize) -> &[usize] {
        let first = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.order[first..self.ends[place]]
    }

    /// Writes the sum for a place.
    ///
    /// # Safety
    /// Room for a row that is this thread's; the order names rows of values.
    unsafe fn sum(&self, place: usize, to: *mut u8) {
        let mut numbers = self.numbers(place).iter();
        let from = |number: usize| self.from.at((number * self.count) as i64, self.size).cast_const();
        // SAFETY: promised by the caller; the block of zeros is whole.
        unsafe {
            match (self.code, numbers.as_slice().first()) {
                // the first one is joined to zeros that need not be written
                (Some(code), Some(&number)) if self.count > 1 => {
                    numbers.next();
                    code(self.count | still(0), to, [ZEROS.0.as_ptr(), from(number), from(number)]);
                }
                _ => to.write_bytes(0, self.bytes()),
            }
            for &number in numbers {
                join_run(self.scan, self.code, to, from(number), self.count, self.size);
            }
        }
    }
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
