//! Stable least-significant-digit radix sort, in parallel for long input. Digits that do not vary are skipped.

use super::pool_slice::Parts;
use crate::pool;

/// Bits of a digit: three digits make 32 bits, and the counters of a digit fit in the first-level cache.
const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;
/// From this length on the passes are shared by all threads.
pub(super) const PARALLEL_LENGTH: usize = 100_000;

/// Something that is sorted by an unsigned number.
pub(super) trait Radix: Copy + Send + Sync + Ord {
    const BITS: u32;
    const ZERO: Self;
    /// The number that is sorted by.
    fn number(self) -> u64;
}

macro_rules! unsigned {
    ($($type:ty),*) => {$(
        impl Radix for $type {
            const BITS: u32 = <$type>::BITS;
            const ZERO: $type = 0;
            #[inline(always)]
            fn number(self) -> u64 {
                self as u64
            }
        }
    )*};
}
unsigned!(u8, u16, u32, u64);

/// A wide key with the index it came from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub key: u64,
    pub index: u64,
}

impl Radix for Pair {
    const BITS: u32 = 64;
    const ZERO: Pair = Pair { key: 0, index: 0 };
    #[inline(always)]
    fn number(self) -> u64 {
        self.key
    }
}

/// Sorts stably by the bits of the number from `low` upwards.
pub(super) fn sort<T: Radix>(data: &mut [T], low: u32) {
    let Some(&first) = data.first() else { return };
    let varying = data.iter().fold(0, |varying, x| varying | (x.number() ^ first.number()));
    let mut other = vec![T::ZERO; data.len()];
    let mut in_other = false;
    let mut shift = low;
    while shift < T::BITS && varying >> shift != 0 {
        // Start at a bit that varies: fewer digits then cover the rest.
        shift += (varying >> shift).trailing_zeros();
        if in_other { pass(&other, data, shift) } else { pass(data, &mut other, shift) }
        in_other = !in_other;
        shift += DIGIT_BITS;
    }
    if in_other {
        data.copy_from_slice(&other);
    }
}

#[inline(always)]
fn digit<T: Radix>(element: T, shift: u32) -> usize {
    (element.number() >> shift) as usize & (BUCKETS - 1)
}

/// One pass: counts a digit, then moves every element to its bucket. Parts of the input go to different threads; a
/// bucket takes the elements of part 0 first, then those of part 1, and so on, which is the order of the input.
fn pass<T: Radix>(from: &[T], to: &mut [T], shift: u32) {
    let parts = if from.len() < PARALLEL_LENGTH { 1 } else { pool::threads() };
    let size = from.len().div_ceil(parts);
    let part = |index: usize| &from[(index * size).min(from.len())..((index + 1) * size).min(from.len())];
    let mut starts = vec![[0usize; BUCKETS]; parts];
    {
        let starts = Parts::new(&mut starts);
        pool::parallel(parts, &|index| {
            // SAFETY: each task has counters of its own.
            for counts in unsafe { starts.part(index..index + 1) } {
                for &element in part(index) {
                    counts[digit(element, shift)] += 1;
                }
            }
        });
    }
    let mut next = 0;
    for bucket in 0..BUCKETS {
        for counts in &mut starts {
            next += std::mem::replace(&mut counts[bucket], next);
        }
    }
    let to = Parts::new(to);
    let starts = Parts::new(&mut starts);
    pool::parallel(parts, &|index| {
        // SAFETY: each task has counters of its own.
        for places in unsafe { starts.part(index..index + 1) } {
            for &element in part(index) {
                let place = &mut places[digit(element, shift)];
                // SAFETY: the places of all buckets of all parts are distinct and cover the output.
                unsafe { to.write(*place, element) };
                *place += 1;
            }
        }
    });
}
