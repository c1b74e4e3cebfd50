//! One stream drawn by several threads, with the numbers that one thread would draw.
//!
//! How many words a number takes is known only when it is drawn, so nobody knows where in the stream a later number
//! begins. But a generator that can leap may begin anywhere, and a sequence of numbers that begins at a wrong word soon
//! falls in step with the right one: as soon as both begin a number at the same word, they are the same from there on.
//! So each thread begins at a guess, notes where its first numbers begin, and its part is joined on where the part
//! before arrives at one of those places. Where the two never meet, the numbers are drawn again one after the other:
//! the result is right in any case.
//!
//! Knows distributions only as closures, and threads only as a [`Team`].

use std::sync::{Mutex, PoisonError};

use crate::bits::{Bits, Counted, Leap};
use crate::{Gauss, Legacy, Modern};

/// Numbers that a part draws, about.
const PART: usize = 1 << 14;
/// Parts of a round per thread.
const PARTS_PER_THREAD: usize = 2;
/// Numbers drawn first, to see how many words one takes. Distributions that always take the same are drawn in place.
const FIRST: usize = 1 << 10;
/// Numbers of a part whose beginnings are noted.
const NOTED: usize = 1 << 11;
/// Parts begin at multiples of so many half words: numbers that always take one, two, three, four or six words are in
/// step at once.
const STEP: u64 = 24;

/// Threads that work together.
pub trait Team: Sync {
    /// How many there are.
    fn threads(&self) -> usize;

    /// Runs `body(0)` to `body(parts - 1)`, each once, and returns when all are done. Parts may be left out where
    /// the work is about to be given up.
    fn run(&self, parts: usize, body: &(dyn Fn(usize) + Sync));
}

/// No other threads.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Team for Alone {
    fn threads(&self) -> usize {
        1
    }

    fn run(&self, parts: usize, body: &(dyn Fn(usize) + Sync)) {
        (0..parts).for_each(body);
    }
}

/// What may be drawn from at several places of its stream.
pub trait Divide: Sized + Send {
    /// The same, so many words of 64 bits on (a multiple of 4); `None` where that takes drawing them.
    fn ahead(&self, words: u64) -> Option<Self>;

    /// Half words drawn so far.
    fn drawn(&self) -> u64;

    /// Whether the next number begins with a whole word.
    fn is_whole(&self) -> bool;
}

impl<B: Leap + Send> Divide for Counted<B> {
    fn ahead(&self, words: u64) -> Option<Counted<B>> {
        Some(Counted::ahead(self, words))
    }

    #[inline]
    fn drawn(&self) -> u64 {
        Counted::drawn(self)
    }

    fn is_whole(&self) -> bool {
        !self.bits.spare().full
    }
}

/// A generator that cannot leap.
impl<B: Bits + Send> Divide for &mut B {
    fn ahead(&self, _words: u64) -> Option<Self> {
        None
    }

    fn drawn(&self) -> u64 {
        0
    }

    fn is_whole(&self) -> bool {
        false
    }
}

impl<B: Divide> Divide for Modern<B> {
    fn ahead(&self, words: u64) -> Option<Modern<B>> {
        self.0.ahead(words).map(Modern)
    }

    #[inline]
    fn drawn(&self) -> u64 {
        self.0.drawn()
    }

    /// Doubles and counts take whole words, whatever half of one waits; those that do not are drawn [`Alone`].
    fn is_whole(&self) -> bool {
        true
    }
}

/// The normal number that waits stands in the way.
impl<B: Bits + Send> Divide for Legacy<'_, B> {
    fn ahead(&self, _words: u64) -> Option<Self> {
        let _: &Gauss = self.gauss;
        None
    }

    fn drawn(&self) -> u64 {
        0
    }

    fn is_whole(&self) -> bool {
        false
    }
}

/// Fills `out` by `work`, by all threads where that pays.
pub(crate) fn fill<D: Divide, T: Copy + Send + Sync>(
    draw: &mut D,
    team: &dyn Team,
    out: &mut [T],
    work: impl Fn(&mut D) -> T + Sync,
) {
    let mut rest = out;
    let least = 2 * PARTS_PER_THREAD * team.threads() * PART;
    if team.threads() > 1 && rest.len() > least && draw.ahead(0).is_some() {
        let begin = draw.drawn();
        let mut filled = one_by_one(draw, &mut rest[..FIRST], &work);
        let each = (draw.drawn() - begin) / FIRST as u64;
        // a half word that waits is used up by the first numbers
        while !draw.is_whole() && filled < 2 * FIRST {
            filled += one_by_one(draw, &mut rest[filled..filled + 1], &work);
        }
        let average = (draw.drawn() - begin) as f64 / filled as f64;
        let mut left = &mut rest[filled..];
        if draw.is_whole() && each as f64 == average {
            let filled = steady(draw, team, left, each * PART as u64, &work);
            left = &mut left[filled..];
        }
        if draw.is_whole() {
            let filled = joined(draw, team, left, average, &work);
            left = &mut left[filled..];
        }
        rest = left;
    }
    one_by_one(draw, rest, &work);
}

fn one_by_one<D, T>(draw: &mut D, out: &mut [T], work: &impl Fn(&mut D) -> T) -> usize {
    out.iter_mut().for_each(|slot| *slot = work(draw));
    out.len()
}

/// Numbers that seem to take the same number of words each, drawn where they belong, in parts of `length` half words; how
/// many are right.
fn steady<D: Divide, T: Send>(
    draw: &mut D,
    team: &dyn Team,
    out: &mut [T],
    length: u64,
    work: &(impl Fn(&mut D) -> T + Sync),
) -> usize {
    let origin = draw.drawn();
    let begun = out
        .chunks_exact_mut(PART)
        .enumerate()
        .map(|(part, out)| Mutex::new((draw.ahead(part as u64 * length / 2), out)));
    let begun: Vec<_> = begun.collect();
    team.run(begun.len(), &|part| {
        let mut part = begun[part].lock().unwrap_or_else(PoisonError::into_inner);
        // as in `Part::run`
        let Some(mut draw) = part.0.take() else { return };
        one_by_one(&mut draw, part.1, work);
        part.0 = Some(draw);
    });
    let mut filled = 0;
    for (number, part) in begun.into_iter().enumerate() {
        let (after, numbers) = part.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(after) = after else { break };
        let (begin, place) = (origin + number as u64 * length, after.drawn());
        if place == begin {
            break; // left out
        }
        filled += numbers.len();
        *draw = after;
        if place != begin + length {
            break; // the next part has begun at a wrong word
        }
    }
    filled
}

/// The work of one thread: numbers from a guessed place on.
struct Part<D, T> {
    draw: Option<D>,
    numbers: Vec<T>,
    count: usize,
    /// Where the first numbers begin, in half words of the stream.
    begins: Vec<u64>,
}

impl<D: Divide, T> Part<D, T> {
    /// Draws up to a place of the stream, or until the part is full.
    fn run(&mut self, end: u64, work: &impl Fn(&mut D) -> T) {
        // what changes with every number is kept off the cache lines of other threads' parts
        let Some(mut draw) = self.draw.take() else { return };
        let mut count = 0;
        let (noted, others) = self.numbers.split_at_mut(NOTED);
        for slot in noted {
            if draw.drawn() >= end {
                break;
            }
            self.begins.push(draw.drawn());
            *slot = work(&mut draw);
            count += 1;
        }
        for slot in others {
            if draw.drawn() >= end {
                break;
            }
            *slot = work(&mut draw);
            count += 1;
        }
        self.count = count;
        self.draw = Some(draw);
    }
}

/// Numbers of `average` half words, drawn in parts that are joined; how many, nearly all of `out`.
fn joined<D: Divide, T: Copy + Send + Sync>(
    draw: &mut D,
    team: &dyn Team,
    out: &mut [T],
    average: f64,
    work: &(impl Fn(&mut D) -> T + Sync),
) -> usize {
    let parts = team.threads() * PARTS_PER_THREAD;
    let length = ((average * PART as f64) as u64).max(1).next_multiple_of(STEP);
    let Some(&any) = out.first() else { return 0 };
    let empty = || Part {
        draw: None,
        numbers: vec![any; PART + PART / 8],
        count: 0,
        begins: Vec::with_capacity(NOTED),
    };
    let mut kept: Vec<_> = (0..parts).map(|_| Mutex::new(empty())).collect();
    let mut filled = 0;
    while draw.is_whole() && out.len() - filled > parts * PART * 5 / 4 {
        filled += round(draw, team, &mut kept, length, &mut out[filled..], work);
        // the next round begins with a whole word, as parts do
        while !draw.is_whole() && filled < out.len() {
            filled += one_by_one(draw, &mut out[filled..filled + 1], work);
        }
    }
    filled
}

/// Numbers from several places at once, joined; how many. `draw` has gone on as far.
fn round<D: Divide, T: Copy + Send + Sync>(
    draw: &mut D,
    team: &dyn Team,
    parts: &mut [Mutex<Part<D, T>>],
    length: u64,
    out: &mut [T],
    work: &(impl Fn(&mut D) -> T + Sync),
) -> usize {
    let origin = draw.drawn();
    let end = |part: usize| origin + (part as u64 + 1) * length;
    for (number, part) in parts.iter_mut().enumerate() {
        let part = part.get_mut().unwrap_or_else(PoisonError::into_inner);
        part.draw = draw.ahead(number as u64 * length / 2);
        part.count = 0;
        part.begins.clear();
    }
    team.run(parts.len(), &|part| {
        parts[part].lock().unwrap_or_else(PoisonError::into_inner).run(end(part), work);
    });
    let mut copies = Vec::with_capacity(parts.len());
    let mut filled = 0;
    for (number, part) in parts.iter_mut().enumerate() {
        let part = part.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = meet(draw, part, end(number), out, &mut filled, work) else { continue };
        let count = part.count - first;
        if count > out.len() - filled {
            break;
        }
        copies.push((filled, &part.numbers[first..part.count]));
        filled += count;
        if let Some(after) = part.draw.take() {
            *draw = after;
        }
    }
    place(team, out, &copies);
    filled
}

/// Draws one number after the other until the next one is among those of `part`, and says which; `None` where that
/// does not happen before the part's end, up to which `out` is filled then.
fn meet<D: Divide, T>(
    draw: &mut D,
    part: &Part<D, T>,
    end: u64,
    out: &mut [T],
    filled: &mut usize,
    work: &impl Fn(&mut D) -> T,
) -> Option<usize> {
    while draw.drawn() < end && *filled < out.len() {
        if let Ok(first) = part.begins.binary_search(&draw.drawn()) {
            return Some(first);
        }
        *filled += one_by_one(draw, &mut out[*filled..*filled + 1], work);
    }
    None
}

/// Copies numbers to their places in `out`, which ascend.
fn place<T: Copy + Send + Sync>(team: &dyn Team, out: &mut [T], numbers: &[(usize, &[T])]) {
    let mut rest = out;
    let mut at = 0;
    let mut copies = Vec::with_capacity(numbers.len());
    for &(begin, numbers) in numbers {
        let (_, behind) = std::mem::take(&mut rest).split_at_mut(begin - at);
        let (target, behind) = behind.split_at_mut(numbers.len());
        copies.push(Mutex::new((target, numbers)));
        rest = behind;
        at = begin + numbers.len();
    }
    team.run(copies.len(), &|copy| {
        let mut copy = copies[copy].lock().unwrap_or_else(PoisonError::into_inner);
        let (target, numbers) = &mut *copy;
        target.copy_from_slice(numbers);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fill::{Column, Count, Real, Single, fill_count, fill_real, fill_single};
    use crate::{Pcg64, Pcg64Dxsm, Philox, Source};

    const COUNT: usize = 300_001;

    /// Three threads, one after the other, the last first.
    struct Odd;

    impl Team for Odd {
        fn threads(&self) -> usize {
            3
        }

        fn run(&self, parts: usize, body: &(dyn Fn(usize) + Sync)) {
            (0..parts).rev().for_each(body);
        }
    }

    fn sources() -> [Source; 3] {
        let mut philox = Source::Philox(Philox::new([3, 4], [5, 6, 7, 8]));
        fill_real(&mut philox, None, &Alone, Real::Uniform01, [Column::One(0.0); 3], &mut [0.0; 3]);
        [Source::Pcg64(Pcg64::new([1, 2, 3, 4])), Source::Pcg64Dxsm(Pcg64Dxsm::new([5, 6, 7, 8])), philox]
    }

    #[test]
    fn a_team_draws_the_numbers_of_one_thread() {
        let distributions = [
            (Real::Uniform01, [0.0; 3]),
            (Real::StandardNormal, [0.0; 3]),
            (Real::Gamma, [2.5, 2.0, 0.0]),
            (Real::Gamma, [0.3, 1.0, 0.0]),
            (Real::Beta, [2.0, 3.0, 0.0]),
            (Real::Beta, [0.5, 0.5, 0.0]),
            (Real::Vonmises, [0.0, 1.0, 0.0]),
        ];
        for source in sources() {
            for (which, parameters) in distributions {
                let columns = parameters.map(Column::One);
                let (mut alone, mut team) = (source.clone(), source.clone());
                let (mut expected, mut drawn) = (vec![0.0; COUNT], vec![0.0; COUNT]);
                fill_real(&mut alone, None, &Alone, which, columns, &mut expected);
                fill_real(&mut team, None, &Odd, which, columns, &mut drawn);
                assert_eq!(expected, drawn, "{which:?}");
                assert_eq!(alone, team, "{which:?}");
            }
        }
    }

    #[test]
    fn a_team_draws_the_counts_of_one_thread() {
        let distributions = [
            (Count::Poisson, 4.0, [0; 3]),
            (Count::Poisson, 100.0, [0; 3]),
            (Count::Binomial, 0.3, [10, 0, 0]),
            (Count::Binomial, 0.3, [1000, 0, 0]),
            (Count::Zipf, 2.5, [0; 3]),
            (Count::Hypergeometric, 0.0, [20, 30, 25]),
            (Count::Hypergeometric, 0.0, [5, 5, 3]),
        ];
        for source in sources() {
            for (which, parameter, whole) in distributions {
                let (columns, whole) = ([Column::One(parameter); 2], whole.map(Column::One));
                let (mut alone, mut team) = (source.clone(), source.clone());
                let (mut expected, mut drawn) = (vec![0; COUNT], vec![0; COUNT]);
                fill_count(&mut alone, None, &Alone, which, columns, whole, &mut expected);
                fill_count(&mut team, None, &Odd, which, columns, whole, &mut drawn);
                assert_eq!(expected, drawn, "{which:?}");
                assert_eq!(alone, team, "{which:?}");
            }
        }
    }

    #[test]
    fn a_team_draws_the_halves_of_one_thread() {
        for source in sources() {
            for which in [Single::Uniform01, Single::StandardNormal, Single::StandardGamma] {
                for before in [2, 3] {
                    let (mut alone, mut team) = (source.clone(), source.clone());
                    let (mut expected, mut drawn) = (vec![0.0; COUNT], vec![0.0; COUNT]);
                    for source in [&mut alone, &mut team] {
                        fill_single(
                            source,
                            &Alone,
                            Single::Uniform01,
                            Column::One(0.0),
                            &mut [0.0; 3][..before],
                        );
                    }
                    fill_single(&mut alone, &Alone, which, Column::One(2.5), &mut expected);
                    fill_single(&mut team, &Odd, which, Column::One(2.5), &mut drawn);
                    assert_eq!(expected, drawn, "{which:?}");
                    assert_eq!(alone, team, "{which:?}");
                }
            }
        }
    }
}
