//! Orders and samples: shuffles, samples without replacement, samples with weights. Places are 64-bit integers.

use std::collections::HashSet;
use std::hint::black_box;

use crate::bounded::below_or_at;
use crate::divide::{self, Divide, Team};
use crate::fill::with_draw;
use crate::{Bits, Draw, Gauss, Source, with_bits};

/// A number of `0..=most` by a mask and rejection, from 32-bit words where they suffice.
#[inline]
pub(crate) fn interval<B: Bits>(bits: &mut B, most: u64) -> u64 {
    if most == 0 {
        return 0;
    }
    let mask = u64::MAX >> most.leading_zeros();
    loop {
        let word = if most <= u64::from(u32::MAX) { u64::from(bits.next_u32()) } else { bits.next_u64() };
        if word & mask <= most {
            return word & mask;
        }
    }
}

/// Places that are drawn before any of them is used.
const AHEAD: usize = 64;
/// With more bytes of items than this, each one drawn is far away in memory.
const FAR: usize = 1 << 20;

/// Swaps every place from the last down to `first` with one that `draw` gives for it. Far items are read some time before
/// they are swapped, so that they wait for memory together and not one after the other.
fn swap_all<T: Copy>(items: &mut [T], first: usize, mut draw: impl FnMut(usize) -> usize) {
    let far = size_of_val(items) > FAR;
    let mut others = [0; AHEAD];
    let mut end = items.len();
    while end > first {
        let others = &mut others[..(end - first).min(AHEAD)];
        for (step, other) in others.iter_mut().enumerate() {
            *other = draw(end - 1 - step);
        }
        if far {
            others.iter().for_each(|&other| {
                black_box(items[other]);
            });
        }
        for (step, &other) in others.iter().enumerate() {
            items.swap(end - 1 - step, other);
        }
        end -= others.len();
    }
}

fn shuffle_with<B: Bits, T: Copy>(bits: &mut B, items: &mut [T]) {
    swap_all(items, 1, |place| interval(bits, place as u64) as usize);
}

/// Puts items into a random order (R. A. Fisher and F. Yates, from the end).
pub fn shuffle<T: Copy>(source: &mut Source, items: &mut [T]) {
    with_bits!(source, bits => shuffle_with(bits, items))
}

/// `0..count` in a random order.
pub fn shuffled(source: &mut Source, count: usize) -> Vec<i64> {
    let mut order: Vec<i64> = (0..count as i64).collect();
    shuffle(source, &mut order);
    order
}

/// As [`shuffle`] from `first` on, with numbers by multiplication.
fn shuffle_from<B: Bits>(bits: &mut B, first: usize, items: &mut [i64]) {
    swap_all(items, first, |place| below_or_at(bits, place as u64) as usize);
}

/// `wanted` different numbers of `0..population`; in no particular order only if `in_order` is asked for.
///
/// A part of a shuffle where the sample is large, else R. W. Floyd's method ("A sample of brilliance", 1987). The caller
/// has checked that `wanted <= population`.
pub fn without_replacement(
    source: &mut Source,
    population: usize,
    wanted: usize,
    shuffled: bool,
) -> Vec<i64> {
    with_bits!(source, bits => sample(bits, population, wanted, shuffled))
}

fn sample<B: Bits>(bits: &mut B, population: usize, wanted: usize, shuffled: bool) -> Vec<i64> {
    let part = if shuffled { 50 } else { 20 };
    if population > 10_000 && wanted > population / part {
        let mut order: Vec<i64> = (0..population as i64).collect();
        shuffle_from(bits, (population - wanted).max(1), &mut order);
        return order.split_off(population - wanted);
    }
    let mut seen = HashSet::with_capacity(wanted);
    let mut out = Vec::with_capacity(wanted);
    for last in population - wanted..population {
        let drawn = below_or_at(bits, last as u64) as i64;
        let new = if seen.insert(drawn) { drawn } else { last as i64 };
        seen.insert(new);
        out.push(new);
    }
    if shuffled {
        shuffle_from(bits, 1, &mut out);
    }
    out
}

/// Running sums of weights, over their total.
fn distribution(weights: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut running: Vec<f64> = weights
        .iter()
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect();
    let total = sum;
    running.iter_mut().for_each(|value| *value /= total);
    running
}

/// Places drawn by their weights, with replacement or without. The caller has checked that there are enough weights
/// above zero.
pub fn weighted(
    source: &mut Source,
    team: &dyn Team,
    weights: &[f64],
    wanted: usize,
    replace: bool,
) -> Vec<i64> {
    with_draw!(source, None::<&mut Gauss>, draw => weighted_with(draw, team, weights, wanted, replace))
}

fn weighted_with<D: Draw + Divide>(
    draw: &mut D,
    team: &dyn Team,
    weights: &[f64],
    wanted: usize,
    replace: bool,
) -> Vec<i64> {
    let one = |draw: &mut D, running: &[f64]| {
        let u = draw.uniform();
        running.partition_point(|&sum| sum <= u) as i64
    };
    if replace {
        let running = distribution(weights);
        let mut out = vec![0; wanted];
        divide::fill(draw, team, &mut out, |draw| one(draw, &running));
        return out;
    }
    let mut weights = weights.to_vec();
    let mut found: Vec<i64> = Vec::with_capacity(wanted);
    while found.len() < wanted {
        // what has been found already cannot come again
        found.iter().for_each(|&place| weights[place as usize] = 0.0);
        let running = distribution(&weights);
        let mut seen = HashSet::new();
        for _ in found.len()..wanted {
            let place = one(draw, &running);
            if seen.insert(place) {
                found.push(place);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Alone, Pcg64};

    #[test]
    fn samples_are_different_numbers_of_the_population() {
        let mut source = Source::Pcg64(Pcg64::new([1, 2, 3, 4]));
        for (population, wanted) in [(10, 10), (10, 0), (20_000, 1000), (20_000, 20), (1_000_000, 5)] {
            for ordered in [false, true] {
                let mut sample = without_replacement(&mut source, population, wanted, ordered);
                sample.sort_unstable();
                sample.dedup();
                assert_eq!(sample.len(), wanted);
                assert!(sample.iter().all(|&place| (place as usize) < population));
            }
        }
    }

    #[test]
    fn weights_of_zero_never_come() {
        let mut source = Source::Pcg64(Pcg64::new([1, 2, 3, 4]));
        let places = weighted(&mut source, &Alone, &[0.0, 0.5, 0.0, 0.5], 100, true);
        assert!(places.iter().all(|place| [1, 3].contains(place)));
        let mut both = weighted(&mut source, &Alone, &[0.0, 0.5, 0.0, 0.5], 2, false);
        both.sort_unstable();
        assert_eq!(both, [1, 3]);
    }
}
