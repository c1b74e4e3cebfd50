//! Long sorts for several threads: elements go to a few buckets between splitters, and each bucket is sorted by one
//! thread. Called where the machine has a fast sort of vectors to build upon. Results are sorted elements whose equals
//! cannot be told apart, so neither the splitters nor the number of threads show.

use super::PARALLEL_LENGTH;
use super::pool_slice::Parts;
use super::radix::{Radix, Vectors};
use crate::pool;

/// Elements that are brought into buckets at a time; they stay in the second-level cache meanwhile.
const CHUNK: usize = 1 << 15;
/// Buckets per thread, so that uneven ones even out.
const BUCKETS_PER_THREAD: usize = 4;
const MOST_BUCKETS: usize = 64;
/// Elements in the sample per splitter.
const SAMPLES: usize = 32;

/// What elements in memory are before and after their sort: keys have their size.
pub(super) trait Form<T> {
    fn key(&self, element: T) -> T;
    fn element(&self, key: T) -> T;
}

/// Elements that are their own keys.
pub(super) struct Keys;

impl<T> Form<T> for Keys {
    fn key(&self, element: T) -> T {
        element
    }
    fn element(&self, key: T) -> T {
        key
    }
}

/// Sorts with working memory of the same length.
pub(super) fn sort<T: Radix>(vectors: Vectors<T>, data: &mut [T], other: &mut [T]) {
    sort_as(&Keys, vectors, data, other);
}

/// Sorts elements by their keys.
pub(super) fn sort_as<T: Radix, F: Form<T> + Sync>(
    form: &F,
    vectors: Vectors<T>,
    data: &mut [T],
    other: &mut [T],
) {
    let length = data.len().min(other.len());
    let (data, other) = (&mut data[..length], &mut other[..length]);
    if length < PARALLEL_LENGTH || pool::threads() == 1 {
        data.iter_mut().for_each(|element| *element = form.key(*element));
        vectors.sort(data, other);
        data.iter_mut().for_each(|key| *key = form.element(*key));
        return;
    }
    let buckets = (BUCKETS_PER_THREAD * pool::threads()).next_power_of_two().min(MOST_BUCKETS);
    let splitters = splitters(form, vectors, data, buckets);
    let chunks = length.div_ceil(CHUNK);
    let mut counts = vec![0usize; chunks * buckets];
    let range = |chunk: usize| chunk * CHUNK..((chunk + 1) * CHUNK).min(length);
    {
        let (data, other, counts) = (Parts::new(data), Parts::new(other), Parts::new(&mut counts));
        pool::parallel(chunks, &|chunk| {
            // SAFETY: chunks, and their counters, do not overlap.
            let (data, other, counts) = unsafe {
                let counters = chunk * buckets..(chunk + 1) * buckets;
                (data.part(range(chunk)), other.part(range(chunk)), counts.part(counters))
            };
            data.iter_mut().for_each(|element| *element = form.key(*element));
            divide(vectors, data, other, &splitters, counts);
        });
    }
    let ends = collect(data, other, &counts, buckets, &range);
    let (data, other) = (Parts::new(data), Parts::new(other));
    pool::parallel(buckets, &|bucket| {
        let range = if bucket == 0 { 0 } else { ends[bucket - 1] }..ends[bucket];
        // SAFETY: buckets do not overlap.
        let (data, other) = unsafe { (data.part(range.clone()), other.part(range)) };
        vectors.sort(other, data);
        data.iter_mut().zip(other).for_each(|(element, key)| *element = form.element(*key));
    });
}

/// Ascending keys that cut the elements into about equal buckets.
fn splitters<T: Radix, F: Form<T>>(form: &F, vectors: Vectors<T>, data: &[T], buckets: usize) -> Vec<T> {
    let count = SAMPLES * buckets;
    let step = (data.len() / count).max(1);
    // Places that move within their step, so that no period of the data hits them all.
    let place = |index: usize| index * step + index.wrapping_mul(0x9e37_79b1) % step;
    let mut sample: Vec<T> =
        (0..count).filter_map(|index| data.get(place(index)).map(|&element| form.key(element))).collect();
    let mut room = sample.clone();
    vectors.sort(&mut sample, &mut room);
    (1..buckets).map(|bucket| sample[bucket * sample.len() / buckets]).collect()
}

/// Brings keys into the order of their buckets, and counts each bucket's.
fn divide<T: Radix>(
    vectors: Vectors<T>,
    data: &mut [T],
    other: &mut [T],
    splitters: &[T],
    counts: &mut [usize],
) {
    let middle = splitters.len() / 2;
    let Some(&pivot) = splitters.get(middle) else {
        counts[0] = data.len();
        return;
    };
    let below = vectors.partition(data, other, pivot);
    let (low, high) = data.split_at_mut(below);
    let (low_other, high_other) = other.split_at_mut(below);
    let (low_counts, high_counts) = counts.split_at_mut(middle + 1);
    divide(vectors, low, low_other, &splitters[..middle], low_counts);
    divide(vectors, high, high_other, &splitters[middle + 1..], high_counts);
}

/// Copies the buckets of all chunks together, and tells where each ends.
fn collect<T: Radix>(
    data: &[T],
    other: &mut [T],
    counts: &[usize],
    buckets: usize,
    range: &(dyn Fn(usize) -> std::ops::Range<usize> + Sync),
) -> Vec<usize> {
    let mut starts = vec![0usize; counts.len()];
    let mut ends = Vec::with_capacity(buckets);
    let mut next = 0;
    for bucket in 0..buckets {
        for (start, count) in starts.iter_mut().zip(counts).skip(bucket).step_by(buckets) {
            *start = next;
            next += count;
        }
        ends.push(next);
    }
    let other = Parts::new(other);
    pool::parallel(counts.len() / buckets, &|chunk| {
        let mut from = &data[range(chunk)];
        for place in chunk * buckets..(chunk + 1) * buckets {
            let (now, later) = from.split_at(counts[place]);
            // SAFETY: the places of all buckets of all chunks are distinct.
            unsafe { other.part(starts[place]..starts[place] + counts[place]) }.copy_from_slice(now);
            from = later;
        }
    });
    ends
}
