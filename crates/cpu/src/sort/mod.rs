//! Sorting in NumPy's order: sort, stable argsort, selection and searchsorted over contiguous rows. Called by the device
//! for the sorting family of operators. Knows nothing of axes: the caller lays the rows out.
//!
//! Elements become unsigned keys of the same order (`keys`). Keys of 32 and 64 bits are sorted by vector instructions
//! where the machine has them (`vector`), long rows in parts (`spread`). Otherwise short rows go to the standard
//! library's sorts, long ones to a radix sort (`radix`). Elements at places, and partitions, come from `select`. Results
//! are determined by the data alone: equal elements are indistinguishable in a sort and keep their order in an argsort
//! and in a partition, so neither algorithm nor number of threads shows.

mod keys;
mod radix;
mod select;
mod spread;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod vector;

use base::DType;

pub use keys::SortKey;

use crate::pool;

/// Without vector instructions, rows shorter than this go to the standard library.
const RADIX_LENGTH: usize = 1 << 11;
/// For keys of 64 bits: the radix sort needs more passes.
const WIDE_RADIX_LENGTH: usize = 1 << 13;
/// From this length on the work on one row is shared by all threads.
const PARALLEL_LENGTH: usize = 100_000;
/// Elements that one task of many short rows should at least have.
const TASK_ELEMENTS: usize = 1 << 13;
/// Values that are searched for at the same time.
pub(crate) const SEARCHES: usize = 8;
/// Values that one task of a search should at least have.
const TASK_VALUES: i64 = 1 << 10;

/// Sorts ascending, nan last; -0 and 0 count as equal.
pub fn sort<T: SortKey>(data: &mut [T]) {
    T::sort_slice(data);
}

/// Writes the stable order that sorts `data`: equal elements (nan among themselves too) keep their order.
///
/// Only as many indices are written as both slices have elements.
pub fn argsort<T: SortKey>(data: &[T], out: &mut [i64]) {
    let length = data.len().min(out.len());
    T::argsort_slice(&data[..length], &mut out[..length]);
}

/// Elements of the sorted row at ascending places, which lie inside the row.
pub fn select<T: SortKey>(data: &[T], places: &[usize], out: &mut [T]) {
    T::select_slice(data, places, out);
}

/// The row rearranged so that at each of the ascending places stands what a sort would bring there, with nothing
/// greater before and nothing less behind it.
pub fn partition<T: SortKey>(data: &[T], places: &[usize], out: &mut [T]) {
    let length = data.len().min(out.len());
    T::partition_slice(&data[..length], places, &mut out[..length]);
}

/// The order that [`partition`] brings a row into.
pub fn argpartition<T: SortKey>(data: &[T], places: &[usize], out: &mut [i64]) {
    let length = data.len().min(out.len());
    T::argpartition_slice(&data[..length], places, &mut out[..length]);
}

/// Where each value would be inserted in the sorted slice: before equal elements, or after them with `right`.
pub fn searchsorted<T: SortKey>(sorted: &[T], values: &[T], right: bool, out: &mut [i64]) {
    let count = values.len().min(out.len());
    let places = pool_slice::Parts::new(&mut out[..count]);
    pool::parallel_ranges(count as i64, TASK_VALUES, &|begin, end| {
        let range = begin as usize..end as usize;
        // SAFETY: the ranges of a region do not overlap.
        let places = unsafe { places.part(range.clone()) };
        let (values, rest) = values[range].as_chunks::<SEARCHES>();
        let (places, rest_places) = places.as_chunks_mut::<SEARCHES>();
        for (places, values) in places.iter_mut().zip(values) {
            *places = search(sorted, values.map(T::rank), right);
        }
        for (place, value) in rest_places.iter_mut().zip(rest) {
            [*place] = search(sorted, [value.rank()], right);
        }
    });
}

/// Halves the range of several searches in step: while one waits for memory, the others go on.
#[inline(always)]
pub(crate) fn search<T: SortKey, const COUNT: usize>(
    sorted: &[T],
    ranks: [T::Rank; COUNT],
    right: bool,
) -> [i64; COUNT] {
    let mut starts = [0usize; COUNT];
    let mut length = sorted.len();
    let before = |place: usize, rank: T::Rank| {
        let other = sorted[place].rank();
        if right { other <= rank } else { other < rank }
    };
    while length > 1 {
        let half = length / 2;
        for (start, &rank) in starts.iter_mut().zip(&ranks) {
            *start = std::hint::select_unpredictable(before(*start + half, rank), *start + half, *start);
        }
        length -= half;
    }
    std::array::from_fn(|index| {
        let start = starts[index];
        let passed = length == 1 && before(start, ranks[index]);
        (start + usize::from(passed)) as i64
    })
}

/// Runs `row(index)` for all rows: in parallel over rows when there are enough, otherwise inside the rows.
fn for_rows(rows: usize, length: usize, row: &(dyn Fn(usize) + Sync)) {
    if rows < 2 * pool::threads() && length >= PARALLEL_LENGTH {
        (0..rows).for_each(row);
        return;
    }
    let grain = (TASK_ELEMENTS / length.max(1)).max(1);
    pool::parallel_ranges(rows as i64, grain as i64, &|begin, end| {
        (begin as usize..end as usize).for_each(row);
    });
}

/// Evaluates an expression with `$type` standing for the element type of a dtype.
macro_rules! with_type {
    ($dtype:expr, $type:ident => $body:expr) => {
        match $dtype {
            DType::Bool => {
                type $type = bool;
                $body
            }
            DType::I8 => {
                type $type = i8;
                $body
            }
            DType::U8 => {
                type $type = u8;
                $body
            }
            DType::I16 => {
                type $type = i16;
                $body
            }
            DType::U16 => {
                type $type = u16;
                $body
            }
            DType::I32 => {
                type $type = i32;
                $body
            }
            DType::U32 => {
                type $type = u32;
                $body
            }
            DType::I64 => {
                type $type = i64;
                $body
            }
            DType::U64 => {
                type $type = u64;
                $body
            }
            DType::F16 => {
                type $type = half::f16;
                $body
            }
            DType::BF16 => {
                type $type = half::bf16;
                $body
            }
            DType::F32 => {
                type $type = f32;
                $body
            }
            DType::F64 => {
                type $type = f64;
                $body
            }
            DType::C64 => {
                type $type = num_complex::Complex<f32>;
                $body
            }
            DType::C128 => {
                type $type = num_complex::Complex<f64>;
                $body
            }
        }
    };
}

pub(crate) use with_type;

/// Sorts each of `rows` contiguous rows of `length` elements in place.
///
/// # Safety
/// `data` points to that many elements of `dtype`, aligned, and nobody else uses them meanwhile.
pub unsafe fn sort_rows(dtype: DType, data: *mut u8, rows: usize, length: usize) {
    with_type!(dtype, T => {
        // SAFETY: the caller's promise.
        let all = unsafe { std::slice::from_raw_parts_mut(data.cast::<T>(), rows * length) };
        let all = pool_slice::Parts::new(all);
        // SAFETY: rows do not overlap.
        for_rows(rows, length, &|row| sort(unsafe { all.part(row * length..(row + 1) * length) }));
    })
}

/// Writes the stable sorting order of each row.
///
/// # Safety
/// `source` points to `rows * length` elements of `dtype`, `out` to as many indices, aligned and not overlapping, and
/// nobody else writes to them meanwhile.
pub unsafe fn argsort_rows(dtype: DType, source: *const u8, out: *mut i64, rows: usize, length: usize) {
    with_type!(dtype, T => {
        // SAFETY: the caller's promise.
        let (data, out) = unsafe {
            let data = std::slice::from_raw_parts(source.cast::<T>(), rows * length);
            (data, std::slice::from_raw_parts_mut(out, rows * length))
        };
        let out = pool_slice::Parts::new(out);
        for_rows(rows, length, &|row| {
            let range = row * length..(row + 1) * length;
            // SAFETY: rows do not overlap.
            argsort(&data[range.clone()], unsafe { out.part(range) });
        });
    })
}

/// The ascending, different places inside a row of `length`, and where each of `places` is among them.
fn in_order(places: &[i64], length: usize) -> (Vec<usize>, impl Fn(i64) -> usize) {
    let inside = move |place: i64| (place.max(0) as usize).min(length - 1);
    let mut sorted: Vec<usize> = places.iter().map(|&place| inside(place)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let known = sorted.clone();
    (sorted, move |place| known.partition_point(|&other| other < inside(place)))
}

/// Writes elements of each sorted row: `count` for the places given for the row.
///
/// # Safety
/// `source` points to `rows * length` elements of `dtype` (`length` not 0), `places` to `rows * count` numbers, `out`
/// to as many elements, aligned and not overlapping, and nobody else writes to them meanwhile.
pub unsafe fn select_rows(
    dtype: DType,
    source: *const u8,
    (rows, length): (usize, usize),
    places: *const i64,
    count: usize,
    out: *mut u8,
) {
    with_type!(dtype, T => {
        // SAFETY: the caller's promise.
        let (data, places, out) = unsafe {
            let data = std::slice::from_raw_parts(source.cast::<T>(), rows * length);
            let places = std::slice::from_raw_parts(places, rows * count);
            (data, places, std::slice::from_raw_parts_mut(out.cast::<T>(), rows * count))
        };
        let out = pool_slice::Parts::new(out);
        for_rows(rows, length, &|row| {
            let places = &places[row * count..(row + 1) * count];
            let (sorted, find) = in_order(places, length);
            let mut found = vec![T::default(); sorted.len()];
            select(&data[row * length..(row + 1) * length], &sorted, &mut found);
            // SAFETY: rows do not overlap.
            let out = unsafe { out.part(row * count..(row + 1) * count) };
            for (to, &place) in out.iter_mut().zip(places) {
                *to = found[find(place)];
            }
        });
    })
}

/// Writes each row partitioned at the same places; with `indices`, the int64 order that does so.
///
/// # Safety
/// `source` points to `rows * length` elements of `dtype`, `out` to as many (or indices), aligned and not overlapping,
/// and nobody else writes to them meanwhile. Rows are not empty.
pub unsafe fn partition_rows(
    dtype: DType,
    source: *const u8,
    (rows, length): (usize, usize),
    places: &[i64],
    out: *mut u8,
    indices: bool,
) {
    let (sorted, _) = in_order(places, length);
    with_type!(dtype, T => {
        // SAFETY: the caller's promise.
        let data = unsafe { std::slice::from_raw_parts(source.cast::<T>(), rows * length) };
        let row_of = |row: usize| row * length..(row + 1) * length;
        if indices {
            // SAFETY: the caller's promise.
            let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<i64>(), rows * length) };
            let out = pool_slice::Parts::new(out);
            // SAFETY: rows do not overlap.
            let row = |row| argpartition(&data[row_of(row)], &sorted, unsafe { out.part(row_of(row)) });
            for_rows(rows, length, &row);
        } else {
            // SAFETY: the caller's promise.
            let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<T>(), rows * length) };
            let out = pool_slice::Parts::new(out);
            // SAFETY: rows do not overlap.
            let row = |row| partition(&data[row_of(row)], &sorted, unsafe { out.part(row_of(row)) });
            for_rows(rows, length, &row);
        }
    })
}

/// Writes where each of `count` values would be inserted in `length` sorted elements.
///
/// # Safety
/// The pointers lead to that many elements of `dtype` and indices, aligned and not overlapping, and nobody else
/// writes to them meanwhile.
pub unsafe fn searchsorted_dtype(
    dtype: DType,
    sorted: *const u8,
    length: usize,
    values: *const u8,
    count: usize,
    right: bool,
    out: *mut i64,
) {
    with_type!(dtype, T => {
        // SAFETY: the caller's promise.
        unsafe {
            let sorted = std::slice::from_raw_parts(sorted.cast::<T>(), length);
            let values = std::slice::from_raw_parts(values.cast::<T>(), count);
            searchsorted(sorted, values, right, std::slice::from_raw_parts_mut(out, count));
        }
    })
}

/// A slice whose parts the tasks of a region share out.
pub(crate) mod pool_slice {
    use std::marker::PhantomData;
    use std::ops::Range;

    pub(crate) struct Parts<'a, T> {
        data: *mut T,
        length: usize,
        lifetime: PhantomData<&'a mut [T]>,
    }

    // SAFETY: parts go to one task each, and elements may move between threads.
    unsafe impl<T: Send> Sync for Parts<'_, T> {}

    impl<'a, T> Parts<'a, T> {
        pub(crate) fn new(slice: &'a mut [T]) -> Parts<'a, T> {
            Parts { data: slice.as_mut_ptr(), length: slice.len(), lifetime: PhantomData }
        }

        /// A part of the slice, cut to its length.
        ///
        /// # Safety
        /// Parts that are alive at the same time do not overlap.
        pub(crate) unsafe fn part(&self, range: Range<usize>) -> &'a mut [T] {
            let end = range.end.min(self.length);
            let begin = range.start.min(end);
            // SAFETY: the range was cut to the slice; the caller promises that nobody else has it.
            unsafe { std::slice::from_raw_parts_mut(self.data.add(begin), end - begin) }
        }

        /// Writes one element.
        ///
        /// # Safety
        /// `index` is inside the slice, and no other task writes it.
        pub(crate) unsafe fn write(&self, index: usize, value: T) {
            // SAFETY: the caller's promise.
            unsafe { self.data.add(index).write(value) }
        }
    }
}
