//! Counting: how often whole numbers occur, and how many elements lie between edges. Called by the device. Counts are
//! taken by several threads and added; weights are summed in the order of the elements, so that sums never depend on
//! the number of threads.

use base::{DType, Error, Result};
use graph::Tensor;

use crate::gather::operands;
use crate::{pool, sort};

/// From this many elements on several threads count.
const MANY: usize = 1 << 15;
/// With more counters than this a table per thread would not stay in the cache.
const MOST_COUNTERS: usize = 1 << 15;
/// With no more counters than this, tables take turns: equal neighbours do not wait for each other.
const FEW_COUNTERS: usize = 1 << 11;
const TURNS: usize = 4;
/// Values between two looks at whether all were places.
const BLOCK: usize = 1 << 16;

/// Adds up tables of counters that `count(begin, end, table)` fills, one for each thread.
fn counted(
    length: usize,
    counters: usize,
    out: &mut [i64],
    count: &(dyn Fn(usize, usize, &mut [i64]) -> bool + Sync),
) -> bool {
    out.fill(0);
    let parts = if length < MANY || counters > MOST_COUNTERS { 1 } else { pool::threads() };
    if parts == 1 {
        return count(0, length, out);
    }
    let each = length.div_ceil(parts);
    let tables: Vec<_> = (0..parts).map(|_| std::sync::Mutex::new((vec![0i64; counters], true))).collect();
    pool::parallel(parts, &|part| {
        let mut table = tables[part].lock().unwrap_or_else(|error| error.into_inner());
        let (begin, end) = ((part * each).min(length), ((part + 1) * each).min(length));
        table.1 = count(begin, end, &mut table.0);
    });
    let mut holds = true;
    for table in tables {
        let (counts, held) = table.into_inner().unwrap_or_else(|error| error.into_inner());
        out.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        holds &= held;
    }
    holds
}

/// A whole number as a place; anything else is none.
trait Place: Copy + Sync {
    fn place(self) -> usize;
}
macro_rules! places {
    ($($type:ty),*) => {$(
        impl Place for $type {
            #[inline(always)]
            fn place(self) -> usize {
                usize::try_from(self).unwrap_or(usize::MAX)
            }
        }
    )*};
}
places!(bool, i8, u8, i16, u16, i32, u32, i64, u64);

/// Counts places; `false` (and some are not counted) if one of them is not a place of the table.
fn count_places<T: Place>(values: &[T], table: &mut [i64]) -> bool {
    let counters = table.len();
    let mut blocks = values.chunks(BLOCK);
    if counters > FEW_COUNTERS || values.len() < counters {
        return blocks.all(|block| count_in_order(block, table));
    }
    // A row more for what is no place.
    let mut tables = vec![0u32; TURNS * (counters + 1)];
    blocks.all(|block| count_in_turns(block, &mut tables, table))
}

fn count_in_order<T: Place>(values: &[T], table: &mut [i64]) -> bool {
    let mut inside = true;
    for value in values {
        match table.get_mut(value.place()) {
            Some(count) => *count += 1,
            None => inside = false,
        }
    }
    inside
}

/// Counts with a table for each of some neighbours, which are zeros before and after.
fn count_in_turns<T: Place>(values: &[T], tables: &mut [u32], table: &mut [i64]) -> bool {
    let counters = table.len();
    let (groups, rest) = values.as_chunks::<TURNS>();
    for group in groups {
        for (turn, value) in group.iter().enumerate() {
            tables[turn * (counters + 1) + value.place().min(counters)] += 1;
        }
    }
    for value in rest {
        tables[value.place().min(counters)] += 1;
    }
    let mut outside = 0;
    for table_of_turn in tables.chunks_mut(counters + 1) {
        for (sum, count) in table.iter_mut().zip(&*table_of_turn) {
            *sum += i64::from(*count);
        }
        outside += table_of_turn[counters];
        table_of_turn.fill(0);
    }
    outside == 0
}

/// # Safety
/// The tensors hold contiguous elements of their dtypes.
unsafe fn slice<T>(tensor: &Tensor) -> &[T] {
    let count = tensor.shape.iter().product::<i64>() as usize;
    if count == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(tensor.data.cast(), count) }
}

/// # Safety
/// As for [`slice`], and nobody else uses the memory.
// The tensor only says where the memory is; the caller answers for nobody else using it.
#[allow(clippy::mut_from_ref)]
unsafe fn slice_mut<T>(tensor: &Tensor) -> &mut [T] {
    let count = tensor.shape.iter().product::<i64>() as usize;
    if count == 0 {
        return &mut [];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts_mut(tensor.data.cast(), count) }
}

macro_rules! whole_numbers {
    ($dtype:expr, $type:ident => $body:expr) => {
        whole_numbers!(@ $dtype, $type => $body, Bool bool, I8 i8, U8 u8, I16 i16, U16 u16, I32 i32, U32 u32, I64 i64, U64 u64)
    };
    (@ $dtype:expr, $type:ident => $body:expr, $($name:ident $rust:ty),*) => {
        match $dtype {
            $(DType::$name => {
                type $type = $rust;
                $body
            })*
            other => return Err(Error::runtime(format!("tally: {other} elements are no places"))),
        }
    };
}

#[cold]
fn outside() -> Error {
    Error::index("tally: a place lies outside the counters")
}

/// places, or places and weights -> how often each place occurs, or the sum of its weights.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn tally(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let (([places], [out]) | ([places, _], [out])) = (inputs, outputs) else { return Err(operands("tally")) };
    let holds = match inputs.get(1) {
        None => whole_numbers!(places.dtype, T => {
            // SAFETY: contiguous, of these dtypes.
            let (values, counts) = unsafe { (slice::<T>(places), slice_mut::<i64>(out)) };
            let counters = counts.len();
            counted(values.len(), counters, counts, &|begin, end, table| count_places(&values[begin..end], table))
        }),
        Some(weights) => {
            whole_numbers!(places.dtype, T => {
                // SAFETY: contiguous, of these dtypes.
                unsafe {
                    let values = slice::<T>(places);
                    match out.dtype {
                        DType::F32 => add_weights::<T, f32>(values, slice(weights), slice_mut(out)),
                        DType::F64 => add_weights::<T, f64>(values, slice(weights), slice_mut(out)),
                        other => return Err(Error::runtime(format!("tally: no sums of {other} weights"))),
                    }
                }
            })
        }
    };
    if holds { Ok(()) } else { Err(outside()) }
}

fn add_weights<T: Place, W: Copy + Default + std::ops::AddAssign>(
    values: &[T],
    weights: &[W],
    sums: &mut [W],
) -> bool {
    sums.fill(W::default());
    let mut inside = true;
    for (value, &weight) in values.iter().zip(weights) {
        match sums.get_mut(value.place()) {
            Some(sum) => *sum += weight,
            None => inside = false,
        }
    }
    inside
}

/// elements, ascending edges of the same dtype -> how many elements lie between neighbouring edges, the last one
/// included. `even` promises about equal distances; it changes no result.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn histogram(even: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([elements, edges], [out]) = (inputs, outputs) else { return Err(operands("histogram")) };
    // SAFETY: contiguous, of these dtypes.
    unsafe {
        let counts = slice_mut::<i64>(out);
        match elements.dtype {
            DType::F32 if even => count_even::<f32>(slice(elements), slice(edges), counts),
            DType::F64 if even => count_even::<f64>(slice(elements), slice(edges), counts),
            dtype => sort::with_type!(dtype, T => count_between::<T>(slice(elements), slice(edges), counts)),
        }
    }
    Ok(())
}

trait Float: Copy + PartialOrd + Sync {
    fn wide(self) -> f64;
}
impl Float for f32 {
    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }
}
impl Float for f64 {
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}

/// Finds the bin by a product, and corrects it by the edges.
fn count_even<T: Float>(elements: &[T], edges: &[T], counts: &mut [i64]) {
    let bins = counts.len().min(edges.len().saturating_sub(1));
    if bins == 0 {
        return;
    }
    let (first, last) = (edges[0], edges[bins]);
    let scale = bins as f64 / (last.wide() - first.wide());
    counted(elements.len(), bins, &mut counts[..bins], &|begin, end, table| {
        for &x in &elements[begin..end] {
            if !(x >= first && x <= last) {
                continue;
            }
            let mut bin = (((x.wide() - first.wide()) * scale) as usize).min(bins - 1);
            while bin > 0 && x < edges[bin] {
                bin -= 1;
            }
            while bin + 1 < bins && x >= edges[bin + 1] {
                bin += 1;
            }
            table[bin] += 1;
        }
        true
    });
}

/// Finds bins by halving.
fn count_between<T: sort::SortKey>(elements: &[T], edges: &[T], counts: &mut [i64]) {
    let bins = counts.len().min(edges.len().saturating_sub(1));
    if bins == 0 {
        return;
    }
    let (first, last) = (edges[0], edges[bins]);
    let between = |x: T| x.rank() >= first.rank() && x.rank() <= last.rank();
    counted(elements.len(), bins, &mut counts[..bins], &|begin, end, table| {
        if first.is_unordered() || last.is_unordered() {
            return true;
        }
        let (groups, rest) = elements[begin..end].as_chunks::<{ sort::SEARCHES }>();
        let mut count = |x: T, behind: i64| {
            if between(x) {
                table[(behind as usize).clamp(1, bins) - 1] += 1;
            }
        };
        for group in groups {
            let behind = sort::search(edges, group.map(T::rank), true);
            group.iter().zip(behind).for_each(|(&x, behind)| count(x, behind));
        }
        for &x in rest {
            count(x, sort::search(edges, [x.rank()], true)[0]);
        }
        true
    });
}
