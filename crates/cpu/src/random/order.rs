//! Random orders: every permutation of the numbers below a count is equally likely. Numbers are dealt to many heaps at
//! random, and each heap is shuffled by itself while it stays in the cache. Which number comes where follows from key
//! and counter alone: heaps take their numbers in order, and each has words of its own.

use super::transforms::{Fill, WORDS};
use super::{Distribution, counters_used};
use crate::pool;
use base::DType;

/// Numbers of a heap, about.
const HEAP: usize = 1 << 14;
const MOST_HEAPS: usize = 1 << 12;
/// Numbers that are dealt by one task; a multiple of every group of words.
const CHUNK: usize = 1 << 16;
/// Heaps that a word of 64 bits chooses.
const CHOICES: usize = 4;
/// Words that are generated at a time.
const STAGE: usize = 512;

/// A place that tasks write to.
struct Target(*mut i64);
// SAFETY: tasks write different places.
unsafe impl Sync for Target {}

/// Random words from `first` on, piece by piece.
fn words(key: u64, counter: u64, first: usize, count: usize, mut each: impl FnMut(&[u64])) {
    let group = WORDS / 2;
    let fill = Fill { key, counter, distribution: &Distribution::Bits };
    let mut stage = [0u64; STAGE];
    let mut next = first - first % group;
    let mut skip = first % group;
    let mut left = count;
    while left > 0 {
        let counter = counter.wrapping_add(counters_used(next as i64, DType::U64, &Distribution::Bits));
        Fill { counter, ..fill }.integers(&mut stage);
        let piece = &stage[skip..STAGE.min(skip + left)];
        each(piece);
        left -= piece.len();
        next += STAGE;
        skip = 0;
    }
}

/// Calls `each(number, heap)` for the numbers of a chunk in order.
fn deal(
    key: u64,
    counter: u64,
    chunk: usize,
    count: usize,
    heaps: usize,
    mut each: impl FnMut(usize, usize),
) {
    let (begin, end) = (chunk * CHUNK, ((chunk + 1) * CHUNK).min(count));
    let mut number = begin;
    words(key, counter, begin / CHOICES, (end - begin).div_ceil(CHOICES), |piece| {
        for word in piece {
            for choice in 0..CHOICES.min(end - number) {
                each(number, (word >> (16 * choice)) as usize & (heaps - 1));
                number += 1;
            }
        }
    });
}

/// Shuffles a heap with its own words (Fisher and Yates; a word of 64 bits scaled to the places left).
fn shuffle(heap: &mut [i64], key: u64, counter: u64, first_word: usize) {
    let mut left = heap.len();
    words(key, counter, first_word, heap.len(), |piece| {
        for &word in piece {
            let other = ((u128::from(word) * left as u128) >> 64) as usize;
            left -= 1;
            heap.swap(left, other);
        }
    });
}

/// Writes the numbers below `count` in random order. Uses no more counters than there are numbers.
///
/// # Safety
/// `out` points to `count` numbers that nobody else uses meanwhile.
pub unsafe fn order(out: *mut i64, count: usize, key: u64, counter: u64) {
    let heaps = (count / HEAP).next_power_of_two().min(MOST_HEAPS);
    let chunks = count.div_ceil(CHUNK);
    let target = Target(out);
    // The words of the heaps come after those that deal.
    let dealing = counters_used(count.div_ceil(CHOICES) as i64, DType::U64, &Distribution::Bits);
    let shuffling = counter.wrapping_add(dealing);
    let mut starts = vec![0usize; chunks * heaps];
    {
        let starts = crate::sort::pool_slice::Parts::new(&mut starts);
        pool::parallel(chunks, &|chunk| {
            // SAFETY: chunks have counters of their own.
            let counts = unsafe { starts.part(chunk * heaps..(chunk + 1) * heaps) };
            deal(key, counter, chunk, count, heaps, |_, heap| counts[heap] += 1);
        });
    }
    let mut ends = Vec::with_capacity(heaps);
    let mut next = 0;
    for heap in 0..heaps {
        for start in starts.iter_mut().skip(heap).step_by(heaps) {
            next += std::mem::replace(start, next);
        }
        ends.push(next);
    }
    let starts = crate::sort::pool_slice::Parts::new(&mut starts);
    pool::parallel(chunks, &|chunk| {
        let target = &target;
        // SAFETY: chunks have places of their own.
        let places = unsafe { starts.part(chunk * heaps..(chunk + 1) * heaps) };
        deal(key, counter, chunk, count, heaps, |number, heap| {
            // SAFETY: the places of all heaps of all chunks are distinct and cover the output.
            unsafe { target.0.add(places[heap]).write(number as i64) };
            places[heap] += 1;
        });
    });
    pool::parallel(heaps, &|heap| {
        let target = &target;
        let begin = if heap == 0 { 0 } else { ends[heap - 1] };
        // SAFETY: heaps do not overlap, and were written before.
        let numbers = unsafe { std::slice::from_raw_parts_mut(target.0.add(begin), ends[heap] - begin) };
        shuffle(numbers, key, shuffling, begin);
    });
}
