//! Eigenvalues and eigenvectors of a symmetric tridiagonal matrix. Two halves that are coupled by one element are
//! block diagonal plus one outer product; vectors on which the product has no effect stay as they are.
//!
//! Source: Cuppen, A divide and conquer method for the symmetric tridiagonal eigenproblem (1981), as LAPACK's dlaed1-3.

use num_traits::Float;

use super::super::field::{Part, Real, each_run, product};
use super::secular::{Poles, roots};
use super::{Reach, Sorted, Taking, each_work, gather, level, places, quotients, rotate_columns, square};
use spectral::Condensed;

/// Two pieces that lie one behind the other: their values, their vectors (whole columns of `step` elements), and the
/// element between them.
struct Merge<'a, R> {
    d: &'a mut [R],
    q: &'a mut [R],
    step: usize,
    /// row and column of the first piece's beginning
    low: usize,
    /// length of the first piece
    first: usize,
    beside: R,
}

/// Eigenvalues (in no order) in place of the diagonal, and the vectors, n by n, column after column; `None` where the
/// iteration of a piece does not converge.
pub(in super::super) fn tridiagonal<R: Real + Condensed>(d: &mut [R], beside: &[R]) -> Option<Vec<R>> {
    let most = d.iter().chain(beside).fold(R::ZERO, |most, &value| Float::max(most, Float::abs(value)));
    // a power of two, so that nothing is rounded
    let size = if most > R::ZERO { Float::exp2(Float::floor(Float::log2(most))) } else { R::ONE };
    d.iter_mut().for_each(|value| *value /= size);
    let beside: Vec<R> = beside.iter().map(|&value| value / size).collect();
    let q = near_one(d, &beside);
    d.iter_mut().for_each(|value| *value *= size);
    q
}

/// [`tridiagonal`] of a matrix whose greatest element is near 1.
fn near_one<R: Real + Condensed>(d: &mut [R], beside: &[R]) -> Option<Vec<R>> {
    let n = d.len();
    let mut q = vec![R::ZERO; n * n];
    let mut cuts = super::cuts(n);
    for &cut in &cuts[1..cuts.len() - 1] {
        let size = Float::abs(beside[cut - 1]);
        d[cut - 1] -= size;
        d[cut] -= size;
    }
    let mut pieces = Vec::new();
    let (mut d_rest, mut q_rest) = (&mut *d, &mut q[..]);
    for bounds in cuts.windows(2) {
        let length = bounds[1] - bounds[0];
        let (d_here, d_after) = std::mem::take(&mut d_rest).split_at_mut(length);
        let (q_here, q_after) = std::mem::take(&mut q_rest).split_at_mut(length * n);
        (d_rest, q_rest) = (d_after, q_after);
        pieces.push((d_here, q_here, bounds[0]));
    }
    let failed = std::sync::atomic::AtomicBool::new(false);
    each_work(pieces, &|(d, q, low): (&mut [R], &mut [R], usize)| {
        let length = d.len();
        let mut both = [&*d, &beside[low..low + length - 1]].concat();
        let size = level(&mut both);
        let (values, beside) = both.split_at_mut(length);
        match R::tridiagonal_vectors(values, beside) {
            Some(vectors) => {
                d.iter_mut().zip(values).for_each(|(d, &mut value)| *d = value * size);
                for (to, from) in q.chunks_exact_mut(n).zip(vectors.chunks_exact(length)) {
                    to[low..low + length].copy_from_slice(from);
                }
            }
            None => failed.store(true, std::sync::atomic::Ordering::Relaxed),
        }
    });
    if failed.into_inner() {
        return None;
    }
    while cuts.len() > 2 {
        let mut merges = Vec::new();
        let (mut d_rest, mut q_rest) = (&mut *d, &mut q[..]);
        for bounds in cuts.windows(3).step_by(2) {
            let length = bounds[2] - bounds[0];
            let (d, d_after) = std::mem::take(&mut d_rest).split_at_mut(length);
            let (q, q_after) = std::mem::take(&mut q_rest).split_at_mut(length * n);
            (d_rest, q_rest) = (d_after, q_after);
            let (low, first) = (bounds[0], bounds[1] - bounds[0]);
            merges.push(Merge { d, q, step: n, low, first, beside: beside[bounds[1] - 1] });
        }
        each_work(merges, &Merge::run);
        cuts = cuts.into_iter().step_by(2).collect();
    }
    Some(q)
}

impl<R: Real> Merge<'_, R> {
    fn run(mut self) {
        let two = R::ONE + R::ONE;
        let size = Float::abs(self.beside);
        let half = Float::sqrt(R::ONE / two);
        let last = self.low + self.first - 1;
        let mut takings: Vec<Taking<R>> = (0..self.d.len())
            .map(|column| {
                let in_first = column < self.first;
                let row = if in_first { last } else { last + 1 };
                let z = half * self.q[column * self.step + row];
                let z = if !in_first && self.beside < R::ZERO { -z } else { z };
                let reach = if in_first { Reach::First } else { Reach::Second };
                Taking { column, reach, d: self.d[column], z }
            })
            .collect();
        takings.sort_by(|x, y| x.d.partial_cmp(&y.d).unwrap_or(std::cmp::Ordering::Equal));
        let scale = two * size;
        let sorted = self.sort_out(takings, scale);
        self.mix(&sorted, scale);
    }

    /// Finds the vectors that the coupling leaves alone, turning others so that there are more of them.
    fn sort_out(&mut self, takings: Vec<Taking<R>>, scale: R) -> Sorted<R> {
        let greatest = |pick: fn(&Taking<R>) -> R| {
            takings.iter().fold(R::ZERO, |most, taking| Float::max(most, Float::abs(pick(taking))))
        };
        let most = greatest(|taking| taking.z);
        let limit = R::from_f64(4.0) * R::epsilon() * Float::max(greatest(|taking| taking.d), most);
        let mut sorted = Sorted { mixed: Vec::with_capacity(takings.len()), kept: Vec::new() };
        if scale * most <= limit {
            sorted.kept = takings;
            return sorted;
        }
        let mut waiting: Option<Taking<R>> = None;
        for mut taking in takings {
            if scale * Float::abs(taking.z) <= limit {
                sorted.kept.push(taking);
                continue;
            }
            if let Some(mut other) = waiting.take() {
                let length = Float::hypot(taking.z, other.z);
                let (c, s) = (taking.z / length, -other.z / length);
                if Float::abs((taking.d - other.d) * c * s) <= limit {
                    let rows = (self.low, self.d.len());
                    rotate_columns(self.q, self.step, rows, (other.column, taking.column), (c, s));
                    (other.d, taking.d) =
                        (other.d * c * c + taking.d * s * s, other.d * s * s + taking.d * c * c);
                    taking.z = length;
                    if taking.reach != other.reach {
                        (taking.reach, other.reach) = (Reach::Both, Reach::Both);
                    }
                    sorted.kept.push(other);
                } else {
                    sorted.mixed.push(other);
                }
            }
            waiting = Some(taking);
        }
        sorted.mixed.extend(waiting);
        sorted
    }

    /// Writes the values and vectors of the merged piece: first the mixed ones, then the others.
    fn mix(&mut self, sorted: &Sorted<R>, scale: R) {
        let (step, low, length) = (self.step, self.low, self.d.len());
        let (mixed, kept) = (&sorted.mixed, &sorted.kept);
        let count = mixed.len();
        let columns: Vec<usize> = kept.iter().map(|taking| taking.column).collect();
        let still = gather(self.q, step, (low, length), &columns);
        if count > 0 {
            self.mix_some(mixed, scale);
        }
        for (at, (taking, vector)) in kept.iter().zip(still.chunks_exact(length)).enumerate() {
            self.d[count + at] = taking.d;
            let start = (count + at) * step + low;
            self.q[start..start + length].copy_from_slice(vector);
        }
    }

    fn mix_some(&mut self, mixed: &[Taking<R>], scale: R) {
        let (step, low, first) = (self.step, self.low, self.first);
        let (count, second) = (mixed.len(), self.d.len() - first);
        let (d, z): (Vec<R>, Vec<R>) = mixed.iter().map(|taking| (taking.d, taking.z)).unzip();
        let found = roots(Poles::Plain, &d, &z, scale);
        let (places, with_first, before_second) = places(mixed);
        let mut columns = vec![0; count];
        places.iter().zip(mixed).for_each(|(&place, taking)| columns[place] = taking.column);
        let above = gather(self.q, step, (low, first), &columns[..with_first]);
        let below = gather(self.q, step, (low + first, second), &columns[before_second..]);
        let mut mixing = found.differences;
        each_run(&mut mixing, count, super::COPIED.div_ceil(8 * count), &|_, part| {
            let mut vector = vec![R::ZERO; count];
            for column in part.chunks_exact_mut(count) {
                quotients(&found.z, column, &mut vector);
                let inverse = R::ONE / Float::sqrt(square(&vector));
                places.iter().zip(&vector).for_each(|(&place, &value)| column[place] = value * inverse);
            }
        });
        for (source, rows, (begin, end), top) in
            [(&above, first, (0, with_first), low), (&below, second, (before_second, count), low + first)]
        {
            let source_part = Part { offset: 0, rows, columns: end - begin, strides: (1, rows) };
            let mixing_part = Part { offset: begin, rows: end - begin, columns: count, strides: (1, count) };
            let target = Part { offset: top, rows, columns: count, strides: (1, step) };
            product((source, source_part), (&mixing, mixing_part), (&mut *self.q, target), false);
        }
        self.d[..count].copy_from_slice(&found.values);
    }
}
