//! Indexing by arrays: rows at given offsets, read (`gather`) and written (`scatter`). Offsets were checked before.

use base::{DType, Error, Loop, Op, Result, Scan};
use graph::Tensor;

use crate::load::by_size;
use crate::pool;
use crate::rows::{Rows, Shared};
use crate::vm::cost;

/// Picoseconds for a row's random access, and for each of its bytes.
const ROW_COST: u64 = 2000;
const BYTE_COST: u64 = 50;
/// Rows of at least this many elements are shared among threads when rows must be written in order.
const WIDE_ROW: i64 = 4096;

/// `out[i, ...] = source at offsets[i] + inner`.
///
/// # Safety
/// As for `Device::run`; all offsets lead to rows within the source.
pub(crate) unsafe fn gather(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let [source, offsets] = inputs else { return Err(operands("gather")) };
    let [out] = outputs else { return Err(operands("gather")) };
    let rows = Rows::new(source.dtype.size(), &source.shape, &out.strides[1..], &source.strides);
    let (count, step, size) = (out.shape[0], out.strides[0], rows.size);
    let (from, to, offsets) = (Shared::new(source.data), Shared::new(out.data), Shared::new(offsets.data));
    let cost = ROW_COST + rows.count() as u64 * size as u64 * BYTE_COST;
    pool::parallel_ranges(count, cost::grain(count, cost), &|begin, end| {
        // SAFETY: offsets are int64 and as many as rows; each row of the output is written once.
        unsafe {
            let offsets =
                std::slice::from_raw_parts(offsets.at(begin, 8).cast::<i64>(), (end - begin) as usize);
            if rows.is_element() {
                by_size!(size, T => {
                    let (from, to) = (from.at(0, size).cast::<T>(), to.at(begin * step, size).cast::<T>());
                    for (index, &offset) in offsets.iter().enumerate() {
                        to.offset(index as isize * step as isize).write(*from.offset(offset as isize));
                    }
                });
            } else {
                for (index, &offset) in offsets.iter().enumerate() {
                    rows.copy(to.at((begin + index as i64) * step, size), from.at(offset, size));
                }
            }
        }
    });
    Ok(())
}

/// Writes rows of values to their offsets in order, so that the last of equal offsets wins; with an operator, joins each
/// to what is there.
///
/// # Safety
/// As for `Device::run`; all offsets lead to rows within the destination.
pub(crate) unsafe fn scatter(op: Option<&'static Op>, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let [values, offsets] = inputs else { return Err(operands("scatter")) };
    let [out] = outputs else { return Err(operands("scatter")) };
    let rows = Rows::new(out.dtype.size(), &out.shape, &out.strides, &values.strides[1..]);
    let scan = match op {
        Some(op) => Some(Join::new(op, out)?),
        None => None,
    };
    let code = op.and_then(|op| (op.loops)(out.dtype));
    let count = values.shape[0] as usize;
    // SAFETY: offsets are int64 and contiguous.
    let offsets = unsafe { std::slice::from_raw_parts(offsets.data.cast::<i64>().cast_const(), count) };
    let (from, to, step, size) =
        (Shared::new(values.data), Shared::new(out.data), values.strides[0], rows.size);
    // Rows stay in order for each element: threads share the elements of a row, never the rows.
    let run = |begin: i64, end: i64| {
        for (index, &offset) in offsets.iter().enumerate() {
            let (to, from) = (to.at(offset, size), from.at(index as i64 * step, size));
            // SAFETY: the row lies within the destination, and [begin, end) of its elements are this thread's.
            unsafe {
                match (scan, code) {
                    (Some(scan), code) if rows.is_run() => {
                        let (to, from) = (to.add(begin as usize * size), from.add(begin as usize * size));
                        match code {
                            Some(code) if end - begin > 1 => code((end - begin) as usize, to, [to, from, to]),
                            _ => {
                                for element in 0..(end - begin) as usize {
                                    scan.element(to.add(element * size), from.add(element * size));
                                }
                            }
                        }
                    }
                    (Some(scan), _) => join_axes(scan, &rows, 0, to, from),
                    (None, _) if rows.is_run() => {
                        let skip = begin as usize * size;
                        to.add(skip).copy_from_nonoverlapping(from.add(skip), (end - begin) as usize * size);
                    }
                    (None, _) => rows.copy(to, from),
                }
            }
        }
    };
    if rows.is_element() && scan.is_none() {
        by_size!(size, T => for (index, &offset) in offsets.iter().enumerate() {
            // SAFETY: a valid element on both sides.
            unsafe { to.at(offset, size).cast::<T>().write(*from.at(index as i64 * step, size).cast::<T>()) };
        });
    } else if rows.is_run() {
        pool::parallel_ranges(rows.count(), WIDE_ROW, &run);
    } else {
        run(0, 0);
    }
    Ok(())
}

/// Joins one value at a time to an element; halves through float32, rounded after each.
#[derive(Clone, Copy)]
struct Join {
    scan: Scan,
    /// To float32 and back.
    halves: Option<(Loop, Loop)>,
}

impl Join {
    fn new(op: &'static Op, out: &Tensor) -> Result<Join> {
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

/// Joins a row of values to a row, element by element.
///
/// # Safety
/// Both are valid rows.
unsafe fn join_axes(scan: Join, rows: &Rows, axis: usize, to: *mut u8, from: *const u8) {
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

/// The error of a kernel with the wrong number of operands.
#[cold]
pub(crate) fn operands(kernel: &str) -> Error {
    Error::runtime(format!("{kernel}: called with the wrong number of operands"))
}
