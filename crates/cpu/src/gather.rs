//! Indexing by arrays: rows at given offsets, read (`gather`) and written (`scatter`). Offsets were checked before; indices
//! along one axis are checked and converted here, so that no array of offsets is ever written.

use std::sync::atomic::{AtomicUsize, Ordering};

use base::{DType, Error, Loop, Op, Result, Scan};
use graph::{Along, Tensor};

use crate::hint::ask_for;
use crate::load::by_size;
use crate::pool;
use crate::rows::{Rows, Shared};
use crate::vm::cost;

/// Picoseconds for a row's random access, and for each of its bytes.
const ROW_COST: u64 = 2000;
const BYTE_COST: u64 = 50;
/// Picoseconds for looking at an index.
const CHECK_COST: u64 = 500;
/// Rows of at least this many elements are shared among threads when rows must be written in order.
const WIDE_ROW: i64 = 4096;
/// How many places further the memory is asked for. Without it, places at random wait for memory one after the other.
const AHEAD: usize = 128;
/// From this many elements on threads share the places of an axis, each looking at all indices.
const MANY: usize = 1 << 15;
/// More threads than this would spend their time on indices that are not theirs.
const MOST_PARTS: usize = 4;

/// The second operand of both kernels.
struct Places<'a> {
    along: Option<Along>,
    values: &'a [i64],
}

impl<'a> Places<'a> {
    /// # Safety
    /// The tensor holds contiguous int64 that nobody writes to meanwhile.
    unsafe fn new(along: Option<Along>, tensor: &'a Tensor) -> Places<'a> {
        let count = tensor.shape.iter().product::<i64>() as usize;
        // An empty tensor may have no memory.
        let values = match count {
            0 => &[],
            // SAFETY: promised by the caller.
            _ => unsafe { std::slice::from_raw_parts(tensor.data.cast::<i64>().cast_const(), count) },
        };
        Places { along, values }
    }

    /// Calls `each(number, offset)` for the places from `begin` to `end` in order, and `soon(offset)` some time before.
    /// Stops at an index outside its axis, and returns its number. What `soon` is given may lead anywhere.
    #[inline(always)]
    fn each(&self, begin: i64, end: i64, soon: impl Fn(i64), each: impl FnMut(i64, i64)) -> Option<usize> {
        let values = &self.values[begin as usize..end as usize];
        match self.along {
            Some(along) => walk(values, begin as usize, |index| to_offset(along, index), soon, each),
            None => walk(values, begin as usize, |offset| (offset, true), soon, each),
        }
    }

    /// The error about the index at a place that `each` returned.
    #[cold]
    fn outside(&self, at: usize) -> Error {
        let (axis, length) = self.along.map_or((0, 0), |along| (along.axis, along.length));
        let index = self.values.get(at).copied().unwrap_or(0);
        Error::index(format!("index {index} is out of bounds for axis {axis} with size {length}"))
    }

    /// An error if an index is outside its axis.
    fn check(&self) -> Result<()> {
        let Some(along) = self.along else { return Ok(()) };
        let first = AtomicUsize::new(usize::MAX);
        let count = self.values.len() as i64;
        pool::parallel_ranges(count, cost::grain(count, CHECK_COST), &|begin, end| {
            let part = &self.values[begin as usize..end as usize];
            let (least, length) = (-along.length, along.length);
            let outside = part.iter().fold(false, |any, &index| any | (index < least) | (index >= length));
            if outside {
                let inside = |&index: &i64| (least..length).contains(&index);
                let at = part.iter().take_while(|index| inside(index)).count();
                first.fetch_min(begin as usize + at, Ordering::Relaxed);
            }
        });
        match first.into_inner() {
            usize::MAX => Ok(()),
            at => Err(self.outside(at)),
        }
    }
}

/// The offset of an index, and whether the index is inside the axis.
#[inline(always)]
fn to_offset(along: Along, index: i64) -> (i64, bool) {
    let place = index.wrapping_add(index >> 63 & along.length);
    let offset = along.start.wrapping_add(place.wrapping_mul(along.stride));
    (offset, (place as u64) < along.length as u64)
}

#[inline(always)]
fn walk(
    values: &[i64],
    first: usize,
    offset: impl Fn(i64) -> (i64, bool),
    soon: impl Fn(i64),
    mut each: impl FnMut(i64, i64),
) -> Option<usize> {
    for (at, &value) in values.iter().enumerate() {
        if let Some(&later) = values.get(at + AHEAD) {
            soon(offset(later).0);
        }
        let (offset, is_inside) = offset(value);
        if !is_inside {
            return Some(first + at);
        }
        each((first + at) as i64, offset);
    }
    None
}

/// `out[i, ...] = source at offsets[i] + inner`.
///
/// # Safety
/// As for `Device::run`; all offsets (all places of the axis) lead to rows within the source.
pub(crate) unsafe fn gather(along: Option<Along>, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let [source, offsets] = inputs else { return Err(operands("gather")) };
    let [out] = outputs else { return Err(operands("gather")) };
    let rows = Rows::new(source.dtype.size(), &source.shape, &out.strides[1..], &source.strides);
    let (count, step, size) = (out.shape[0], out.strides[0], rows.size);
    let (from, to) = (Shared::new(source.data), Shared::new(out.data));
    // SAFETY: int64, as many as rows, and not written to by this kernel.
    let places = unsafe { Places::new(along, offsets) };
    let cost = ROW_COST + rows.count() as u64 * size as u64 * BYTE_COST;
    let outside = AtomicUsize::new(usize::MAX);
    pool::parallel_ranges(count, cost::grain(count, cost), &|begin, end| {
        let soon = |offset: i64| ask_for(from.at(offset, size));
        let stopped = if rows.is_element() {
            by_size!(size, T => places.each(begin, end, soon, |index, offset| {
                let (from, to) = (from.at(offset, size).cast::<T>(), to.at(index * step, size).cast::<T>());
                // SAFETY: a place that was promised or checked; each element of the output is written once.
                unsafe { to.write(*from) }
            }))
        } else {
            places.each(begin, end, soon, |index, offset| {
                // SAFETY: as above, for rows.
                unsafe { rows.copy(to.at(index * step, size), from.at(offset, size)) }
            })
        };
        if let Some(at) = stopped {
            outside.fetch_min(at, Ordering::Relaxed);
        }
    });
    match outside.into_inner() {
        usize::MAX => Ok(()),
        at => Err(places.outside(at)),
    }
}

/// Writes rows of values to their offsets in order, so that the last of equal offsets wins; with an operator, joins each
/// to what is there.
///
/// # Safety
/// As for `Device::run`; all offsets (all places of the axis) lead to rows within the destination.
pub(crate) unsafe fn scatter(
    op: Option<&'static Op>,
    along: Option<Along>,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let [values, offsets] = inputs else { return Err(operands("scatter")) };
    let [out] = outputs else { return Err(operands("scatter")) };
    let rows = Rows::new(out.dtype.size(), &out.shape, &out.strides, &values.strides[1..]);
    let scan = match op {
        Some(op) => Some(Join::new(op, out)?),
        None => None,
    };
    let code = op.and_then(|op| (op.loops)(out.dtype));
    // SAFETY: int64, as many as rows, and not written to by this kernel.
    let places = unsafe { Places::new(along, offsets) };
    places.check()?;
    let count = places.values.len() as i64;
    let (from, to, step, size) =
        (Shared::new(values.data), Shared::new(out.data), values.strides[0], rows.size);
    let row = |index: i64, offset: i64, begin: i64, end: i64| {
        let (to, from) = (to.at(offset, size), from.at(index * step, size));
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
    };
    // Rows stay in order for each element: threads share the elements of a row, never the rows.
    let run = |begin: i64, end: i64| {
        // Indices were checked above, so nothing stops this.
        let soon = |offset: i64| ask_for(to.at(offset, size));
        let _ = places.each(0, count, soon, |index, offset| row(index, offset, begin, end));
    };
    if rows.is_element() && scan.is_none() {
        by_size!(size, T => scatter_elements(&places, from.at(0, size).cast::<T>(), to.at(0, size).cast::<T>(), step));
    } else if rows.is_run() {
        pool::parallel_ranges(rows.count(), WIDE_ROW, &run);
    } else {
        run(0, 0);
    }
    Ok(())
}

/// Writes single elements. Many of them are shared among threads by where they go, so that those for one place stay in
/// order.
fn scatter_elements<T: Copy>(places: &Places, from: *mut T, to: *mut T, step: i64) {
    let (from, to) = (Shared::new(from.cast()), Shared::new(to.cast()));
    let count = places.values.len() as i64;
    let parts = match places.along {
        Some(along) if along.stride != 0 && places.values.len() >= MANY => pool::threads().min(MOST_PARTS),
        _ => 1,
    };
    pool::parallel(parts, &|part| {
        let (from, to) = (from.at(0, 1).cast::<T>(), to.at(0, 1).cast::<T>());
        let mine = places.along.filter(|_| parts > 1).map(|along| share(along, part as i64, parts as i64));
        let mut elsewhere = std::mem::MaybeUninit::<T>::uninit();
        let elsewhere = elsewhere.as_mut_ptr();
        let write = |index: i64, place: *mut T| {
            // SAFETY: a valid element on both sides, or our own spare place.
            unsafe { place.write(from.offset(index as isize * step as isize).read()) }
        };
        let all = |offset: i64| to.wrapping_offset(offset as isize);
        // Indices were checked before, so nothing stops this.
        let _ = match mine {
            None => places.each(
                0,
                count,
                |offset| ask_for(all(offset).cast_const().cast()),
                |index, offset| write(index, all(offset)),
            ),
            Some((least, width)) => {
                let place = |offset: i64| {
                    let is_mine = (offset.wrapping_sub(least) as u64) < width;
                    std::hint::select_unpredictable(is_mine, all(offset), elsewhere)
                };
                let soon = |offset| ask_for(place(offset).cast_const().cast());
                places.each(0, count, soon, |index, offset| write(index, place(offset)))
            }
        };
    });
}

/// The offsets of one of `parts` equal shares of an axis: the least, and how many elements they span.
fn share(along: Along, part: i64, parts: i64) -> (i64, u64) {
    let cut = |part: i64| (along.length as i128 * part as i128 / parts as i128) as i64;
    let (first, end) = (cut(part), cut(part + 1));
    let lowest = if along.stride > 0 { first } else { end - 1 };
    (along.start + lowest * along.stride, (end - first) as u64 * along.stride.unsigned_abs())
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
