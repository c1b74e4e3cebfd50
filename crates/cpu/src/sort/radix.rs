//! Stable radix sort, in parallel for long input; bits that do not vary are skipped. Up to 33 varying bits are sorted
//! digit by digit from the lowest; more are first split by the highest digit, and the parts sorted by comparison while
//! they are in the cache.

use super::pool_slice::Parts;
use super::{PARALLEL_LENGTH, spread};
use crate::pool;
use crate::scratch::{AnyBits, Scratch};

/// Bits of a digit: three digits make 32 bits, and the counters of a digit fit in the first-level cache.
const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;
/// More varying bits than these digits hold are split from the top.
const MOST_PASSES: u32 = 3;
/// A bucket up to this long is sorted by comparison.
const SMALL_BUCKET: usize = 1 << 12;
/// Buckets that one task sorts.
const BUCKETS_PER_TASK: i64 = 32;

/// Something that is sorted by an unsigned number. Its own order is that of the numbers, or finer.
pub(super) trait Radix: AnyBits + Send + Sync + Ord {
    /// The number that is sorted by.
    fn number(self) -> u64;
    /// Sorts with the widest vectors, where there is such a sort of this type and this machine runs it.
    fn vectors() -> Option<Vectors<Self>> {
        None
    }
}

/// A sort whose equal elements cannot be told apart. Working memory is as long as the data.
#[derive(Clone, Copy)]
pub(super) struct Vectors<T> {
    sort: unsafe fn(&mut [T], &mut [T]),
    partition: unsafe fn(&mut [T], &mut [T], T) -> usize,
}

impl<T> Vectors<T> {
    pub(super) fn sort(&self, data: &mut [T], other: &mut [T]) {
        // SAFETY: there is a value of this type only where the machine runs its functions.
        unsafe { (self.sort)(data, other) }
    }

    /// Elements below the pivot to the front; returns how many they are.
    pub(super) fn partition(&self, data: &mut [T], other: &mut [T], pivot: T) -> usize {
        // SAFETY: as above.
        unsafe { (self.partition)(data, other, pivot) }
    }
}

macro_rules! unsigned {
    ($($type:ty $(, $sort:ident, $partition:ident)?;)*) => {$(
        // SAFETY: an unsigned integer.
        unsafe impl AnyBits for $type {}
        impl Radix for $type {
            #[inline(always)]
            fn number(self) -> u64 {
                self as u64
            }
            $(
                #[cfg(target_arch = "x86_64")]
                fn vectors() -> Option<Vectors<$type>> {
                    use super::vector;
                    vector::runs().then_some(Vectors { sort: vector::$sort, partition: vector::$partition })
                }
            )?
        }
        impl Whole for $type {
            #[inline(always)]
            fn from_number(number: u64) -> $type {
                number as $type
            }
            #[inline(always)]
            fn difference(self, other: $type) -> $type {
                self ^ other
            }
            #[inline(always)]
            fn join(self, other: $type) -> $type {
                self | other
            }
        }
    )*};
}
unsigned! {
    u8;
    u16;
    u32, sort_32, partition_32;
    u64, sort_64, partition_64;
}

/// An element that is its number.
pub(super) trait Whole: Radix {
    /// The low bits of a number.
    fn from_number(number: u64) -> Self;
    /// The bits in which both differ.
    fn difference(self, other: Self) -> Self;
    /// The bits that either has.
    fn join(self, other: Self) -> Self;
}

/// A wide key with the index it came from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(C)]
pub(super) struct Pair {
    pub key: u64,
    pub index: u64,
}

// SAFETY: two integers of 64 bits, without padding.
unsafe impl AnyBits for Pair {}

impl Radix for Pair {
    #[inline(always)]
    fn number(self) -> u64 {
        self.key
    }
}

/// Sorts stably by the bits of the number from `low` upwards. Elements that these bits do not tell apart must either
/// be in their own order already, or be equal.
pub(super) fn sort<T: Radix>(data: &mut [T], low: u32) {
    let mut room = Scratch::new::<T>(data.len());
    let other = room.slice(data.len());
    match T::vectors() {
        Some(vectors) => spread::sort(vectors, data, other),
        None => sort_with(data, other, low),
    }
}

/// The same with working memory of the same length.
fn sort_with<T: Radix>(data: &mut [T], other: &mut [T], low: u32) {
    let Some(&first) = data.first() else { return };
    let varying = data.iter().fold(0, |varying, x| varying | (x.number() ^ first.number())) >> low;
    let Some(top) = varying.checked_ilog2() else { return };
    if top + 1 - varying.trailing_zeros() > MOST_PASSES * DIGIT_BITS {
        return split(data, other, low, low + top + 1 - DIGIT_BITS);
    }
    let mut in_other = false;
    let mut shift = 0;
    while shift <= top && varying >> shift != 0 {
        // Start at a bit that varies: fewer digits then cover the rest.
        shift += (varying >> shift).trailing_zeros();
        let mut starts = Vec::new();
        if in_other {
            pass(other, data, low + shift, &mut starts)
        } else {
            pass(data, other, low + shift, &mut starts)
        }
        in_other = !in_other;
        shift += DIGIT_BITS;
    }
    if in_other {
        data.copy_from_slice(other);
    }
}

/// Distributes by the digit at `shift`, the highest that varies, and sorts the buckets.
fn split<T: Radix>(data: &mut [T], other: &mut [T], low: u32, shift: u32) {
    let mut ends = Vec::new();
    pass(data, other, shift, &mut ends);
    let (data, other) = (Parts::new(data), Parts::new(other));
    pool::parallel_ranges(BUCKETS as i64, BUCKETS_PER_TASK, &|begin, end| {
        for bucket in begin as usize..end as usize {
            let start = if bucket == 0 { 0 } else { ends[bucket - 1] };
            let range = start..ends[bucket];
            // SAFETY: buckets do not overlap.
            let (data, other) = unsafe { (data.part(range.clone()), other.part(range)) };
            if other.len() <= SMALL_BUCKET {
                sort_short(other, data);
            } else {
                sort_with(other, data, low);
            }
            data.copy_from_slice(other);
        }
    });
}

/// Sorts few elements, whose equals cannot be told apart.
pub(super) fn sort_short<T: Radix>(data: &mut [T], other: &mut [T]) {
    match T::vectors() {
        Some(vectors) => vectors.sort(data, other),
        None => data.sort_unstable(),
    }
}

#[inline(always)]
fn digit<T: Radix>(element: T, shift: u32) -> usize {
    (element.number() >> shift) as usize & (BUCKETS - 1)
}

/// One pass: counts a digit, then moves every element to its bucket, and tells where the buckets end. Parts of the
/// input go to different threads; a bucket takes the elements of part 0 first, then those of part 1, and so on, which
/// is the order of the input.
fn pass<T: Radix>(from: &[T], to: &mut [T], shift: u32, ends: &mut Vec<usize>) {
    let parts = if from.len() < PARALLEL_LENGTH { 1 } else { pool::threads() };
    let size = from.len().div_ceil(parts);
    let part = |index: usize| &from[(index * size).min(from.len())..((index + 1) * size).min(from.len())];
    let mut places = vec![[0usize; BUCKETS]; parts];
    {
        let places = Parts::new(&mut places);
        pool::parallel(parts, &|index| {
            // SAFETY: each task has counters of its own.
            for counts in unsafe { places.part(index..index + 1) } {
                for &element in part(index) {
                    counts[digit(element, shift)] += 1;
                }
            }
        });
    }
    let mut next = 0;
    for bucket in 0..BUCKETS {
        for counts in &mut places {
            next += std::mem::replace(&mut counts[bucket], next);
        }
        ends.push(next);
    }
    let to = Parts::new(to);
    let places = Parts::new(&mut places);
    pool::parallel(parts, &|index| {
        // SAFETY: each task has counters of its own.
        for places in unsafe { places.part(index..index + 1) } {
            for &element in part(index) {
                let place = &mut places[digit(element, shift)];
                // SAFETY: the places of all buckets of all parts are distinct and cover the output.
                unsafe { to.write(*place, element) };
                *place += 1;
            }
        }
    });
}
