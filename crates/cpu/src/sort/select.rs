//! Selection without a whole sort: elements at places of the sorted row, and rows partitioned around them. Called by
//! the fronts of this module for one row at a time. Knows real elements only.
//!
//! A round counts the highest digit of all keys, and keeps the keys of the digits that the places fall into; few keys
//! are sorted. So a row takes a pass or two, whatever it looks like. Results follow from the elements alone: a
//! partition keeps the order of the row among the elements below, at and above each place; short rows are sorted.

use std::ops::Range;

use super::PARALLEL_LENGTH;
use super::keys::Real;
use super::pool_slice::Parts;
use super::radix::{self, Whole};
use crate::pool;
use crate::scratch::Scratch;

/// Rows shorter than this are sorted.
pub(super) const SELECT_LENGTH: usize = 1 << 13;
/// With more different places than this, a partition is a sort.
const MOST_PLACES: usize = 8;
const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;
/// Elements that are looked at together.
const BLOCK: usize = 256;

/// Where an element stands in the order of a sort: by its bits, but all nan are one and the greatest.
#[inline(always)]
fn place_key<T: Real>(element: T) -> T::Key {
    if element.is_nan() { T::Key::from_number(u64::MAX) } else { element.to_key() }
}

#[inline(always)]
fn itself<K>(key: K) -> K {
    key
}

/// The elements at ascending places of the sorted row.
pub(super) fn select<T: Real>(data: &[T], places: &[usize], out: &mut [T]) {
    for (to, key) in out.iter_mut().zip(keys_at(data, places)) {
        *to = T::from_key(key);
    }
}

fn keys_at<T: Real>(data: &[T], places: &[usize]) -> Vec<T::Key> {
    let mut found = vec![T::Key::from_number(0); places.len()];
    if data.len() < SELECT_LENGTH {
        let mut room = Scratch::new::<T::Key>(data.len());
        let keys = room.slice::<T::Key>(data.len());
        for (key, &element) in keys.iter_mut().zip(data) {
            *key = place_key(element);
        }
        keys_among(keys, places, &mut found);
    } else {
        round(data, place_key, places, &mut found);
    }
    found
}

/// The keys at ascending places among some that may be moved.
fn keys_among<K: Whole>(keys: &mut [K], places: &[usize], found: &mut [K]) {
    if keys.len() >= SELECT_LENGTH {
        return round(keys, itself, places, found);
    }
    let mut room = Scratch::new::<K>(keys.len());
    radix::sort_short(keys, room.slice(keys.len()));
    for (found, &place) in found.iter_mut().zip(places) {
        *found = keys[place];
    }
}

/// A digit that places fall into.
struct Wanted {
    digit: usize,
    /// How many keys have lesser digits, and how many this one.
    before: usize,
    count: usize,
    /// Which of the places.
    places: Range<usize>,
}

/// How a pass over a row is shared out.
struct Shares {
    length: usize,
    each: usize,
}

impl Shares {
    fn new(length: usize) -> Shares {
        let parts = if length < PARALLEL_LENGTH { 1 } else { pool::threads() };
        Shares { length, each: length.div_ceil(parts).min(u32::MAX as usize).max(1) }
    }

    fn count(&self) -> usize {
        self.length.div_ceil(self.each)
    }

    fn range(&self, part: usize) -> Range<usize> {
        part * self.each..((part + 1) * self.each).min(self.length)
    }
}

/// One result for each part.
fn each_part<R: Send + Clone>(shares: &Shares, empty: R, work: impl Fn(Range<usize>) -> R + Sync) -> Vec<R> {
    let mut results = vec![empty; shares.count()];
    {
        let results = Parts::new(&mut results);
        pool::parallel(shares.count(), &|part| {
            let result = work(shares.range(part));
            // SAFETY: each part has a place of its own.
            for place in unsafe { results.part(part..part + 1) } {
                *place = result.clone();
            }
        });
    }
    results
}

/// One round over a row: see the head of this file.
fn round<E: Copy + Sync, K: Whole>(
    data: &[E],
    key: impl Fn(E) -> K + Copy + Sync,
    places: &[usize],
    found: &mut [K],
) {
    let shares = Shares::new(data.len());
    let first = key(data[0]);
    let differences = each_part(&shares, K::from_number(0), |range| {
        data[range].iter().fold(K::from_number(0), |all, &element| all.join(first.difference(key(element))))
    });
    let varying = differences.into_iter().fold(0, |all, part| all | part.number());
    let Some(top) = varying.checked_ilog2() else { return found.fill(first) };
    let shift = (top + 1).saturating_sub(DIGIT_BITS);
    let digit = |key: K| (key.number() >> shift) as usize & (BUCKETS - 1);
    let counts = each_part(&shares, Vec::new(), |range| count_digits(&data[range], |x| digit(key(x))));
    let wanted = wanted_digits(&counts, places);
    if shift == 0 {
        // The digit is all that varies.
        let rest = first.number() & !(BUCKETS as u64 - 1);
        let top_digit = |wanted: &Wanted| rest | wanted.digit as u64;
        wanted.iter().for_each(|one| found[one.places.clone()].fill(K::from_number(top_digit(one))));
        return;
    }
    let mut room = Scratch::new::<K>(wanted.iter().map(|one| one.count).sum());
    let kept = room.slice::<K>(wanted.iter().map(|one| one.count).sum());
    keep(data, |x| (key(x), digit(key(x))), &shares, &counts, &wanted, kept);
    let mut rest = kept;
    for one in wanted {
        let (keys, later) = rest.split_at_mut(one.count);
        let among: Vec<usize> = places[one.places.clone()].iter().map(|place| place - one.before).collect();
        keys_among(keys, &among, &mut found[one.places]);
        rest = later;
    }
}

fn count_digits<E: Copy>(data: &[E], digit: impl Fn(E) -> usize) -> Vec<u32> {
    // Two tables in turns: equal neighbours do not wait for each other's counter.
    let mut counts = vec![0; 2 * BUCKETS];
    let (even, odd) = counts.split_at_mut(BUCKETS);
    let (pairs, rest) = data.as_chunks::<2>();
    for &[a, b] in pairs {
        even[digit(a) & (BUCKETS - 1)] += 1;
        odd[digit(b) & (BUCKETS - 1)] += 1;
    }
    for &a in rest {
        even[digit(a)] += 1;
    }
    even.iter_mut().zip(&*odd).for_each(|(even, odd): (&mut u32, &u32)| *even += odd);
    counts.truncate(BUCKETS);
    counts
}

fn wanted_digits(counts: &[Vec<u32>], places: &[usize]) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let (mut before, mut first) = (0, 0);
    for digit in 0..BUCKETS {
        let count: usize = counts.iter().map(|counts| counts[digit] as usize).sum();
        let end = first + places[first..].partition_point(|&place| place < before + count);
        if end > first {
            wanted.push(Wanted { digit, before, count, places: first..end });
        }
        before += count;
        first = end;
    }
    wanted
}

/// Writes the keys of the wanted digits, digit after digit.
fn keep<E: Copy + Sync, K: Whole>(
    data: &[E],
    key: impl Fn(E) -> (K, usize) + Sync,
    shares: &Shares,
    counts: &[Vec<u32>],
    wanted: &[Wanted],
    out: &mut [K],
) {
    // Where each part writes each digit.
    let mut next = 0;
    let mut starts = vec![vec![0usize; wanted.len()]; counts.len()];
    for (index, one) in wanted.iter().enumerate() {
        for (starts, counts) in starts.iter_mut().zip(counts) {
            starts[index] = next;
            next += counts[one.digit] as usize;
        }
    }
    let out = Parts::new(out);
    pool::parallel(counts.len(), &|part| {
        let mut stage = [K::from_number(0); BLOCK];
        let mut starts = starts[part].clone();
        for block in data[shares.range(part)].chunks(BLOCK) {
            for (start, one) in starts.iter_mut().zip(wanted) {
                let mut count = 0;
                for &element in block {
                    let (key, digit) = key(element);
                    stage[count & (BLOCK - 1)] = key;
                    count += usize::from(digit == one.digit);
                }
                // SAFETY: the places of all digits of all parts are distinct.
                unsafe { out.part(*start..*start + count) }.copy_from_slice(&stage[..count]);
                *start += count;
            }
        }
    });
}

/// The row with lesser elements before, and greater ones behind those at the ascending places.
pub(super) fn partition<T: Real>(data: &[T], places: &[usize], out: &mut [T]) {
    match pivots(data, places) {
        Some(pivots) => distribute(data, &pivots, |_, element| element, out),
        None => {
            out.copy_from_slice(data);
            T::sort_slice(out);
        }
    }
}

/// The places of the elements of [`partition`].
pub(super) fn argpartition<T: Real>(data: &[T], places: &[usize], out: &mut [i64]) {
    match pivots(data, places) {
        Some(pivots) => distribute(data, &pivots, |index, _| index as i64, out),
        None => T::argsort_slice(data, out),
    }
}

/// The different keys at places, unless a sort is the better way.
fn pivots<T: Real>(data: &[T], places: &[usize]) -> Option<Vec<T::Key>> {
    if data.len() < SELECT_LENGTH || places.len() > MOST_PLACES {
        return None;
    }
    let mut keys = keys_at(data, places);
    keys.dedup();
    Some(keys)
}

/// Writes a value for each element: first those below the first pivot, then those equal to it, those between it and the
/// second, and so on; each kind in the order of the row.
fn distribute<T: Real, R: Copy + Default + Send>(
    data: &[T],
    pivots: &[T::Key],
    value: impl Fn(usize, T) -> R + Sync,
    out: &mut [R],
) {
    let shares = Shares::new(data.len());
    let counts = each_part(&shares, Vec::new(), |range| count_kinds(&data[range], pivots));
    let kinds = 2 * pivots.len() + 1;
    let mut starts = counts;
    let mut next = 0;
    for kind in 0..kinds {
        for starts in &mut starts {
            next += std::mem::replace(&mut starts[kind], next);
        }
    }
    let out = Parts::new(out);
    pool::parallel(shares.count(), &|part| {
        let range = shares.range(part);
        let (first, mut starts) = (range.start, starts[part].clone());
        for (block, elements) in data[range].chunks(BLOCK).enumerate() {
            let at = first + block * BLOCK;
            match pivots {
                [pivot] => split_block(elements, *pivot, |index, x| value(at + index, x), &mut starts, &out),
                _ => sort_block(elements, pivots, |index, x| value(at + index, x), &mut starts, &out),
            }
        }
    });
}

/// How many elements are of each kind.
fn count_kinds<T: Real>(data: &[T], pivots: &[T::Key]) -> Vec<usize> {
    let mut below = vec![0usize; 2 * pivots.len() + 1];
    for block in data.chunks(BLOCK) {
        for (index, &pivot) in pivots.iter().enumerate() {
            let (mut less, mut no_more) = (0u32, 0u32);
            for &element in block {
                let key = place_key(element);
                less += u32::from(key < pivot);
                no_more += u32::from(key <= pivot);
            }
            below[2 * index] += less as usize;
            below[2 * index + 1] += no_more as usize;
        }
    }
    below[2 * pivots.len()] = data.len();
    for kind in (1..below.len()).rev() {
        below[kind] -= below[kind - 1];
    }
    below
}

/// A block around one pivot: every element is written to all three kinds, and kept by one.
fn split_block<T: Real, R: Copy + Default>(
    elements: &[T],
    pivot: T::Key,
    value: impl Fn(usize, T) -> R,
    starts: &mut [usize],
    out: &Parts<'_, R>,
) {
    let mut stages = [[R::default(); BLOCK]; 3];
    let mut counts = [0usize; 3];
    for (index, &element) in elements.iter().enumerate() {
        let (key, value) = (place_key(element), value(index, element));
        let is_kind = [key < pivot, key == pivot, key > pivot];
        for ((stage, count), is_kind) in stages.iter_mut().zip(&mut counts).zip(is_kind) {
            stage[*count & (BLOCK - 1)] = value;
            *count += usize::from(is_kind);
        }
    }
    for ((stage, count), start) in stages.iter().zip(counts).zip(starts) {
        // SAFETY: the places of all kinds of all parts are distinct.
        unsafe { out.part(*start..*start + count) }.copy_from_slice(&stage[..count]);
        *start += count;
    }
}

/// A block around several pivots.
fn sort_block<T: Real, R: Copy>(
    elements: &[T],
    pivots: &[T::Key],
    value: impl Fn(usize, T) -> R,
    starts: &mut [usize],
    out: &Parts<'_, R>,
) {
    let mut kinds = [0u8; BLOCK];
    for &pivot in pivots {
        for (kind, &element) in kinds.iter_mut().zip(elements) {
            let key = place_key(element);
            *kind += u8::from(key >= pivot) + u8::from(key > pivot);
        }
    }
    for (index, (&element, kind)) in elements.iter().zip(kinds).enumerate() {
        let start = &mut starts[kind as usize];
        // SAFETY: inside, as all elements were counted; the places of all kinds of all parts are distinct.
        unsafe { out.write(*start, value(index, element)) };
        *start += 1;
    }
}
