//! Where the greatest or least element is: the first of equals, and the first nan before all numbers, as in NumPy. Typed
//! loops over contiguous rows (find the value side by side, then look for it) and over columns.

use base::DType;
use half::{bf16, f16};
use lanes::Element;
use num_complex::{Complex32, Complex64};

use super::groups::{Group, elements, kept};
use crate::load::load_box;

/// The loops for one dtype and direction.
#[derive(Clone, Copy)]
pub(crate) struct ArgLoops {
    size: usize,
    /// Joins a row of `count` elements, the first of which has number `first`, into one value and its number.
    row: unsafe fn(count: usize, row: *const u8, first: i64, value: *mut u8, number: *mut i64, fresh: bool),
    /// Joins `count` elements that all have number `number` into as many values and their numbers.
    columns:
        unsafe fn(count: usize, row: *const u8, number: i64, values: *mut u8, numbers: *mut i64, fresh: bool),
    /// Joins results of later elements into those of earlier ones.
    pub join: unsafe fn(
        count: usize,
        values: *mut u8,
        numbers: *mut i64,
        later: *const u8,
        later_numbers: *const i64,
    ),
}

impl ArgLoops {
    pub fn greatest(dtype: DType) -> ArgLoops {
        loops::<true>(dtype)
    }

    pub fn least(dtype: DType) -> ArgLoops {
        loops::<false>(dtype)
    }

    /// Joins a tile into one value and number per kept element. `first` is the number of the tile's first element.
    ///
    /// # Safety
    /// `tile` holds the elements of `groups`, `values` and `numbers` the kept ones (written before unless `fresh`);
    /// `work` has room for the tile.
    pub unsafe fn fold(
        &self,
        groups: &[Group],
        tile: *const u8,
        first: i64,
        values: *mut u8,
        numbers: *mut i64,
        fresh: bool,
        work: *mut u8,
    ) {
        // SAFETY: each arm walks the elements of its groups, and the kept ones of the results.
        unsafe {
            match *groups {
                [] => (self.columns)(1, tile, first, values, numbers, fresh),
                [Group { length, is_folded: false, .. }] => {
                    (self.columns)(length, tile, first, values, numbers, fresh)
                }
                [Group { length, is_folded: true, .. }] => {
                    (self.row)(length, tile, first, values, numbers, fresh)
                }
                [Group { length: outer, is_folded: false, .. }, Group { length, is_folded: true, .. }]
                    if length < LANES =>
                {
                    // Short rows: a turned tile has all first elements side by side, then all second ones.
                    load_box(self.size, work, tile, &[length as i64, outer as i64], &[1, length as i64]);
                    for index in 0..length {
                        let row = work.add(index * outer * self.size);
                        (self.columns)(
                            outer,
                            row,
                            first + index as i64,
                            values,
                            numbers,
                            fresh && index == 0,
                        );
                    }
                }
                [group, ref rest @ ..] => {
                    let (step, kept_step) = (elements(rest), kept(rest));
                    for index in 0..group.length {
                        let from = tile.add(index * step * self.size);
                        if group.is_folded {
                            let number = first + index as i64 * group.index_step;
                            self.fold(rest, from, number, values, numbers, fresh && index == 0, work);
                        } else {
                            let at = index * kept_step;
                            self.fold(
                                rest,
                                from,
                                first,
                                values.add(at * self.size),
                                numbers.add(at),
                                fresh,
                                work,
                            );
                        }
                    }
                }
            }
        }
    }
}

fn loops<const GREATEST: bool>(dtype: DType) -> ArgLoops {
    match dtype {
        DType::Bool => typed::<bool, GREATEST>(),
        DType::I8 => typed::<i8, GREATEST>(),
        DType::U8 => typed::<u8, GREATEST>(),
        DType::I16 => typed::<i16, GREATEST>(),
        DType::U16 => typed::<u16, GREATEST>(),
        DType::I32 => typed::<i32, GREATEST>(),
        DType::U32 => typed::<u32, GREATEST>(),
        DType::I64 => typed::<i64, GREATEST>(),
        DType::U64 => typed::<u64, GREATEST>(),
        DType::F16 => typed::<f16, GREATEST>(),
        DType::BF16 => typed::<bf16, GREATEST>(),
        DType::F32 => typed::<f32, GREATEST>(),
        DType::F64 => typed::<f64, GREATEST>(),
        DType::C64 => typed::<Complex32, GREATEST>(),
        DType::C128 => typed::<Complex64, GREATEST>(),
    }
}

fn typed<T: Ordered, const GREATEST: bool>() -> ArgLoops {
    ArgLoops {
        size: size_of::<T::Bits>(),
        row: row::<T, GREATEST>,
        columns: columns::<T, GREATEST>,
        join: join::<T, GREATEST>,
    }
}

/// Elements with NumPy's order; complex numbers by real part, then by imaginary part.
trait Ordered: Element {
    fn below(self, other: Self) -> bool;
}

macro_rules! ordered {
    ($($type:ty)*) => {$(
        impl Ordered for $type {
            #[inline(always)]
            fn below(self, other: $type) -> bool { self < other }
        }
    )*};
}
ordered!(bool i8 u8 i16 u16 i32 u32 i64 u64 f16 bf16 f32 f64);

macro_rules! ordered_complex {
    ($($type:ty)*) => {$(
        impl Ordered for $type {
            #[inline(always)]
            fn below(self, other: $type) -> bool {
                (self.re < other.re) | ((self.re == other.re) & (self.im < other.im))
            }
        }
    )*};
}
ordered_complex!(Complex32 Complex64);

/// Whether a later element `x` takes the place of `best`.
#[inline(always)]
fn beats<T: Ordered, const GREATEST: bool>(x: T, best: T) -> bool {
    let better = if GREATEST { best.below(x) } else { x.below(best) };
    (better | x.has_nan()) & !best.has_nan()
}

/// Elements that are compared side by side.
const LANES: usize = 32;

/// Defines a function that runs `body`, compiled for AVX2 where the machine has it.
macro_rules! leveled {
    ($name:ident, $body:ident, ($($argument:ident: $type:ty),*) $(-> $result:ty)?) => {
        /// # Safety
        /// As for the body.
        unsafe fn $name<T: Ordered, const GREATEST: bool>($($argument: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2")]
                unsafe fn wide<T: Ordered, const GREATEST: bool>($($argument: $type),*) $(-> $result)? {
                    // SAFETY: promised by the caller.
                    unsafe { $body::<T, GREATEST>($($argument),*) }
                }
                if lanes::level() >= lanes::Level::Avx2 {
                    // SAFETY: the machine has these instructions.
                    return unsafe { wide::<T, GREATEST>($($argument),*) };
                }
            }
            // SAFETY: promised by the caller.
            unsafe { $body::<T, GREATEST>($($argument),*) }
        }
    };
}

leveled!(row, row_body, (count: usize, row: *const u8, first: i64, value: *mut u8, number: *mut i64, fresh: bool));
leveled!(columns, columns_body,
    (count: usize, row: *const u8, number: i64, values: *mut u8, numbers: *mut i64, fresh: bool));

/// # Safety
/// As for [`ArgLoops::row`].
#[inline(always)]
unsafe fn row_body<T: Ordered, const GREATEST: bool>(
    count: usize,
    row: *const u8,
    first: i64,
    value: *mut u8,
    number: *mut i64,
    fresh: bool,
) {
    let value = value.cast::<T::Bits>();
    // SAFETY: promised by the caller.
    unsafe {
        let elements = std::slice::from_raw_parts(row.cast::<T::Bits>(), count);
        let best = value_of_row::<T, GREATEST>(elements);
        // Where it stands is looked for only if it wins: in a long array few tiles do.
        if fresh || beats::<T, GREATEST>(best, T::from_bits(*value)) {
            *value = best.into_bits();
            *number = first + place_of::<T>(elements, best) as i64;
        }
    }
}

/// The better of two numbers; of equals either.
#[inline(always)]
fn better<T: Ordered, const GREATEST: bool>(x: T, y: T) -> T {
    let second = if GREATEST { x.below(y) } else { y.below(x) };
    if second { y } else { x }
}

/// The best element of a row that is not empty; any nan if there is one. Numbers are compared side by side without looking
/// at nan, which one more bit remembers.
#[inline(always)]
fn value_of_row<T: Ordered, const GREATEST: bool>(row: &[T::Bits]) -> T {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let Some(start) = chunks.first() else { return value_of_rest::<T, GREATEST>(rest) };
    let mut best: [T::Bits; LANES] = *start;
    let mut has_nan = start.iter().fold(false, |found, &bits| found | T::from_bits(bits).has_nan());
    let (fours, odd) = chunks[1..].as_chunks::<4>();
    for [a, b, c, d] in fours {
        for lane in 0..LANES {
            let [a, b, c, d] = [a[lane], b[lane], c[lane], d[lane]].map(T::from_bits);
            has_nan |= a.has_nan() | b.has_nan() | c.has_nan() | d.has_nan();
            let more = better::<T, GREATEST>(better::<T, GREATEST>(a, b), better::<T, GREATEST>(c, d));
            best[lane] = better::<T, GREATEST>(T::from_bits(best[lane]), more).into_bits();
        }
    }
    for chunk in odd {
        for lane in 0..LANES {
            let x = T::from_bits(chunk[lane]);
            has_nan |= x.has_nan();
            best[lane] = better::<T, GREATEST>(T::from_bits(best[lane]), x).into_bits();
        }
    }
    if has_nan {
        return value_of_rest::<T, GREATEST>(row);
    }
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            let (x, y) = (T::from_bits(best[lane]), T::from_bits(best[lane + half]));
            best[lane] = better::<T, GREATEST>(x, y).into_bits();
        }
        half /= 2;
    }
    let value = T::from_bits(best[0]);
    if rest.is_empty() {
        return value;
    }
    let last = value_of_rest::<T, GREATEST>(rest);
    if beats::<T, GREATEST>(last, value) { last } else { value }
}

#[inline(always)]
fn value_of_rest<T: Ordered, const GREATEST: bool>(row: &[T::Bits]) -> T {
    let elements = row.iter().map(|&bits| T::from_bits(bits));
    elements.reduce(|best, x| if beats::<T, GREATEST>(x, best) { x } else { best }).unwrap_or_default()
}

/// Where a value (any nan for a nan) stands first in a row that has it.
#[inline(always)]
fn place_of<T: Ordered>(row: &[T::Bits], value: T) -> usize {
    let is_it = |x: T| (x == value) | (x.has_nan() & value.has_nan());
    let (chunks, rest) = row.as_chunks::<LANES>();
    for (index, chunk) in chunks.iter().enumerate() {
        let found = chunk.iter().fold(false, |found, &bits| found | is_it(T::from_bits(bits)));
        if found {
            let lane = chunk.iter().position(|&bits| is_it(T::from_bits(bits))).unwrap_or(0);
            return index * LANES + lane;
        }
    }
    let lane = rest.iter().position(|&bits| is_it(T::from_bits(bits))).unwrap_or(0);
    row.len() - rest.len() + lane
}

/// # Safety
/// As for [`ArgLoops::columns`].
#[inline(always)]
unsafe fn columns_body<T: Ordered, const GREATEST: bool>(
    count: usize,
    row: *const u8,
    number: i64,
    values: *mut u8,
    numbers: *mut i64,
    fresh: bool,
) {
    // SAFETY: promised by the caller.
    let (row, values, numbers) = unsafe {
        (
            std::slice::from_raw_parts(row.cast::<T::Bits>(), count),
            std::slice::from_raw_parts_mut(values.cast::<T::Bits>(), count),
            std::slice::from_raw_parts_mut(numbers, count),
        )
    };
    if fresh {
        values.copy_from_slice(row);
        numbers.fill(number);
        return;
    }
    for index in 0..count {
        let (x, best) = (T::from_bits(row[index]), T::from_bits(values[index]));
        let wins = beats::<T, GREATEST>(x, best);
        values[index] = if wins { x } else { best }.into_bits();
        numbers[index] = if wins { number } else { numbers[index] };
    }
}

/// # Safety
/// As for [`ArgLoops::join`].
unsafe fn join<T: Ordered, const GREATEST: bool>(
    count: usize,
    values: *mut u8,
    numbers: *mut i64,
    later: *const u8,
    later_numbers: *const i64,
) {
    let (values, later) = (values.cast::<T::Bits>(), later.cast::<T::Bits>());
    for index in 0..count {
        // SAFETY: promised by the caller.
        unsafe {
            let x = T::from_bits(*later.add(index));
            if beats::<T, GREATEST>(x, T::from_bits(*values.add(index))) {
                *values.add(index) = x.into_bits();
                *numbers.add(index) = *later_numbers.add(index);
            }
        }
    }
}
