//! Indexing by arrays: rows at given offsets, read (`gather`) and written (`scatter`). Offsets were checked before; indices
//! along one axis are checked and converted here, so that no array of offsets is ever written.

use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Error, Op, Result, View};
use graph::{Along, Tensor};

mod join;

pub(crate) use join::add_up;
use join::{Join, join_axes, join_run};

use crate::hint::ask_for;
use crate::load::{Wide, by_size};
use crate::pool;
use crate::rows::{Rows, Shared};
use crate::vm::cost;

/// Picoseconds for a row's random access, and for each of its bytes.
const ROW_COST: u64 = 2000;
const BYTE_COST: u64 = 50;
/// Picoseconds for looking at an index.
const CHECK_COST: u64 = 250;
/// Rows of at least this many elements are shared among threads when rows must be written in order.
const WIDE_ROW: i64 = 4096;
/// How many places further the memory is asked for. Without it, places at random wait for memory one after the other.
const AHEAD: usize = 128;
/// ... where the places span more bytes than the caches hold that can be waited for: reads wait for each other less than
/// writes do.
const NEAR_READS: u64 = 8 << 20;
const NEAR_WRITES: u64 = 1 << 19;
/// Picoseconds for reading or writing an element at an index.
const ELEMENT_COST: u64 = 800;
/// From this many elements on threads share the places of an axis, each looking at all indices.
const MANY: usize = 1 << 15;
/// More threads than this would spend their time on indices that are not theirs.
const MOST_PARTS: usize = 4;
/// Likewise where a row is much more work than an index.
const MOST_ROW_PARTS: usize = 16;

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

    /// Whether elements of this size at these places span more than so many bytes.
    fn is_far(&self, size: usize, bytes: u64) -> bool {
        let span = |along: Along| along.length as u64 * along.stride.unsigned_abs() * size as u64;
        self.along.is_none_or(|along| span(along) > bytes)
    }

    /// The error about the index at a place that `each` returned.
    #[cold]
    fn outside(&self, at: usize) -> Error {
        let (axis, length) = self.along.map_or((0, 0), |along| (along.axis, along.length));
        let index = self.values.get(at).copied().unwrap_or(0);
        Error::index(format!("index {index} is out of bounds for axis {axis} with size {length}"))
    }

    /// In how many parts threads may share the places of the axis, `most` at most.
    fn parts(&self, most: usize) -> usize {
        match self.along {
            Some(along) if along.stride != 0 => pool::threads().min(most).max(1),
            _ => 1,
        }
    }

    /// In how many parts threads may share rows of the axis: rows of different places must not touch.
    fn parts_of_rows(&self, rows: &Rows) -> usize {
        let Some(along) = self.along else { return 1 };
        let bytes = rows.count() as u64 * rows.size as u64;
        let work = (ROW_COST + bytes * BYTE_COST).saturating_mul(self.values.len() as u64);
        let most = if rows.is_element() { MOST_PARTS } else { MOST_ROW_PARTS };
        let parts = self.parts(most.min(cost::most_shares(work)));
        let (mut shape, mut strides) = (rows.lengths.clone(), rows.to_steps.clone());
        shape.push(along.length);
        strides.push(along.stride);
        let places = View { shape, strides, offset: 0 };
        if parts > 1 && places.is_injective() { parts } else { 1 }
    }

    /// An error if an index is outside its axis.
    fn check(&self) -> Result<()> {
        let Some(along) = self.along else { return Ok(()) };
        let first = AtomicUsize::new(usize::MAX);
        let count = self.values.len() as i64;
        pool::parallel_ranges(count, cost::grain(count, CHECK_COST), &|begin, end| {
            if let Some(at) = first_outside(&self.values[begin as usize..end as usize], along.length) {
                first.fetch_min(begin as usize + at, Ordering::Relaxed);
            }
        });
        match first.into_inner() {
            usize::MAX => Ok(()),
            at => Err(self.outside(at)),
        }
    }
}

/// The number of the first index outside an axis of this length.
fn first_outside(indices: &[i64], length: i64) -> Option<usize> {
    #[inline(always)]
    fn any_outside(indices: &[i64], length: i64) -> bool {
        indices.iter().fold(false, |any, &index| any | (index < -length) | (index >= length))
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn any_outside_wide(indices: &[i64], length: i64) -> bool {
        any_outside(indices, length)
    }
    #[cfg(target_arch = "x86_64")]
    let found = match lanes::level() >= lanes::Level::Avx2 {
        // SAFETY: the machine has these instructions.
        true => unsafe { any_outside_wide(indices, length) },
        false => any_outside(indices, length),
    };
    #[cfg(not(target_arch = "x86_64"))]
    let found = any_outside(indices, length);
    let is_outside = |&index: &i64| index < -length || index >= length;
    if found { indices.iter().position(is_outside) } else { None }
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
    let cost = match rows.is_element() {
        true if !places.is_far(size, NEAR_READS) => ELEMENT_COST,
        _ => ROW_COST + rows.count() as u64 * size as u64 * BYTE_COST,
    };
    let outside = AtomicUsize::new(usize::MAX);
    pool::parallel_ranges(count, cost::grain(count, cost), &|begin, end| {
        let soon = |offset: i64| ask_for(from.at(offset, size));
        let stopped = if rows.is_element() {
            let to = to.at(begin * step, size);
            // SAFETY: places that were promised, or are checked there; each element of the output is written once.
            by_size!(size, T => unsafe {
                gather_elements(&places, [begin, end], from.at(0, size).cast::<T>(), to.cast::<T>(), step)
            })
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

/// Reads the elements at places `begin..end`; stops as [`Places::each`] does.
///
/// # Safety
/// The places lead to elements that `from` is the origin of, and `to` has room for one of each at these steps.
unsafe fn gather_elements<T: Copy>(
    places: &Places,
    [begin, end]: [i64; 2],
    from: *const T,
    to: *mut T,
    step: i64,
) -> Option<usize> {
    let each = |index: i64, offset: i64| {
        // SAFETY: a place inside, and the room that was promised.
        unsafe { to.offset(((index - begin) * step) as isize).write(*from.offset(offset as isize)) }
    };
    match places.along {
        Some(along) if !places.is_far(size_of::<T>(), NEAR_READS) => match along {
            // a constant saves a multiplication, of which there is little else
            Along { stride: 1, .. } => {
                Places { along: Some(Along { stride: 1, ..along }), ..*places }.each(begin, end, |_| (), each)
            }
            _ => places.each(begin, end, |_| (), each),
        },
        _ => {
            let soon = |offset: i64| ask_for(from.wrapping_offset(offset as isize).cast());
            places.each(begin, end, soon, each)
        }
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
                    let skip = begin as usize * size;
                    join_run(scan, code, to.add(skip), from.add(skip), (end - begin) as usize, size);
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
    let parts = places.parts_of_rows(&rows);
    if rows.is_element() && scan.is_none() {
        by_size!(size, T => scatter_elements(&places, from.at(0, size).cast::<T>(), to.at(0, size).cast::<T>(), step));
    } else if let Some(along) = places.along.filter(|_| parts > 1) {
        // Rows of the destination are shared among threads, so that those for one place stay in order.
        pool::parallel(parts, &|part| {
            let (least, width) = share(along, part as i64, parts as i64);
            let _ = places.each(
                0,
                count,
                |_| (),
                |index, offset| {
                    if (offset.wrapping_sub(least) as u64) < width {
                        row(index, offset, 0, rows.count());
                    }
                },
            );
        });
    } else if rows.is_run() {
        pool::parallel_ranges(rows.count(), WIDE_ROW, &run);
    } else {
        run(0, 0);
    }
    Ok(())
}

/// Writes single elements. Many of them are shared among threads by where they go, so that those for one place stay in
/// order.
fn scatter_elements<T: Copy + Cell>(places: &Places, from: *mut T, to: *mut T, step: i64) {
    if step == 0 && to.addr().is_multiple_of(size_of::<T>().min(size_of::<u64>())) {
        // SAFETY: there is a value.
        return scatter_one(places, unsafe { from.read() }, to);
    }
    let (from, to) = (Shared::new(from.cast()), Shared::new(to.cast()));
    let count = places.values.len() as i64;
    let parts = if places.values.len() < MANY { 1 } else { places.parts(MOST_PARTS) };
    let is_far = places.is_far(size_of::<T>(), NEAR_WRITES);
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
            None if is_far => places.each(
                0,
                count,
                |offset| ask_for(all(offset).cast_const().cast()),
                |index, offset| write(index, all(offset)),
            ),
            None => places.each(0, count, |_| (), |index, offset| write(index, all(offset))),
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

/// An element that threads may write at once, all the same value: each write is whole.
trait Cell: Sized {
    /// # Safety
    /// A valid element, which nobody reads meanwhile.
    unsafe fn put(self, to: *mut Self);
}
macro_rules! cells {
    ($($type:ty: $atomic:ident),*) => {$(
        impl Cell for $type {
            #[inline(always)]
            unsafe fn put(self, to: *mut Self) {
                // SAFETY: promised by the caller; elements lie at multiples of their size.
                unsafe { std::sync::atomic::$atomic::from_ptr(to) }.store(self, Ordering::Relaxed);
            }
        }
    )*};
}
cells!(u8: AtomicU8, u16: AtomicU16, u32: AtomicU32, u64: AtomicU64);
impl Cell for Wide {
    #[inline(always)]
    unsafe fn put(self, to: *mut Self) {
        for (at, half) in self.halves().into_iter().enumerate() {
            // SAFETY: both halves of the element.
            unsafe { half.put(to.cast::<u64>().add(at)) };
        }
    }
}

/// Writes one value to all places, which were checked: their order does not matter.
fn scatter_one<T: Copy + Cell>(places: &Places, value: T, to: *mut T) {
    struct Value<T>(T);
    // SAFETY: a plain number.
    unsafe impl<T: Copy> Sync for Value<T> {}
    let (to, value) = (Shared::new(to.cast()), Value(value));
    let count = places.values.len() as i64;
    let is_far = places.is_far(size_of::<T>(), NEAR_WRITES);
    let grain = cost::grain(count, if is_far { ROW_COST } else { ELEMENT_COST });
    pool::parallel_ranges(count, grain, &|begin, end| {
        let (to, value) = (to.at(0, 1).cast::<T>(), &value);
        let place = |offset: i64| to.wrapping_offset(offset as isize);
        // SAFETY: a place inside.
        let each = |_: i64, offset: i64| unsafe { value.0.put(place(offset)) };
        let _ = match is_far {
            true => places.each(begin, end, |offset| ask_for(place(offset).cast_const().cast()), each),
            false => places.each(begin, end, |_| (), each),
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

/// The error of a kernel with the wrong number of operands.
#[cold]
pub(crate) fn operands(kernel: &str) -> Error {
    Error::runtime(format!("{kernel}: called with the wrong number of operands"))
}
