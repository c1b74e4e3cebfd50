//! Singular values and vectors of an upper bidiagonal matrix. Every piece has one column more than rows, and so a vector
//! on the right that it sends to zero; the row between two pieces couples both. On the basis of the pieces' vectors their union
//! is a diagonal matrix with one full row.
//!
//! Source: Gu and Eisenstat, A divide-and-conquer algorithm for the bidiagonal SVD (1995), as LAPACK's dlasd1-3.

use std::sync::atomic::{AtomicBool, Ordering};

use num_traits::Float;

use super::super::field::{Part, Real, each_run, product};
use super::secular::{Poles, roots};
use super::{Reach, Sorted, Taking, each_work, gather, level, places, quotients, rotate_columns, square};
use spectral::{Source, Spectral, Vectors};

/// Singular values in no order, left and right vectors, column after column; the columns are `step` long, the last left one
/// does not count.
pub(in super::super) struct Found<R> {
    pub step: usize,
    pub values: Vec<R>,
    pub u: Vec<R>,
    pub v: Vec<R>,
}

/// A stretch of columns: of a piece or of two that are to be merged. The last value's place is that of the row below.
struct Stretch<'a, R> {
    d: &'a mut [R],
    u: &'a mut [R],
    v: &'a mut [R],
    step: usize,
    /// row and column of its beginning
    low: usize,
    /// columns of the first piece
    first: usize,
}

/// Cuts everything at the bounds given.
fn stretches<'a, R>(found: &'a mut Found<R>, bounds: &[usize], pieces: usize) -> Vec<Stretch<'a, R>> {
    let step = found.step;
    let (mut d_rest, mut u_rest, mut v_rest) = (&mut found.values[..], &mut found.u[..], &mut found.v[..]);
    let mut all = Vec::new();
    for bounds in bounds.windows(pieces + 1).step_by(pieces) {
        let (low, length) = (bounds[0], bounds[pieces] - bounds[0]);
        let (d, d_after) = std::mem::take(&mut d_rest).split_at_mut(length);
        let (u, u_after) = std::mem::take(&mut u_rest).split_at_mut(length * step);
        let (v, v_after) = std::mem::take(&mut v_rest).split_at_mut(length * step);
        (d_rest, u_rest, v_rest) = (d_after, u_after, v_after);
        all.push(Stretch { d, u, v, step, low, first: bounds[1] - low });
    }
    all
}

/// Decomposes the matrix; `None` where the iteration of a piece does not converge, not even without the elements that are
/// rounding errors beside the greatest one.
pub(in super::super) fn bidiagonal<R>(diagonal: &[R], beside: &[R]) -> Option<Found<R>>
where
    R: Real + Spectral<Size = R>,
{
    as_it_is(diagonal, beside).or_else(|| {
        let both = diagonal.iter().chain(beside);
        let least = R::epsilon() * both.fold(R::ZERO, |most, &value| Float::max(most, Float::abs(value)));
        let cleared = |values: &[R]| -> Vec<R> {
            values.iter().map(|&value| if Float::abs(value) > least { value } else { R::ZERO }).collect()
        };
        as_it_is(&cleared(diagonal), &cleared(beside))
    })
}

fn as_it_is<R>(diagonal: &[R], beside: &[R]) -> Option<Found<R>>
where
    R: Real + Spectral<Size = R>,
{
    let step = diagonal.len() + 1;
    let mut values = diagonal.to_vec();
    values.push(R::ZERO);
    // as if there were one more column, of zeros
    let mut beside = beside.to_vec();
    beside.push(R::ZERO);
    let (u, v) = (vec![R::ZERO; step * step], vec![R::ZERO; step * step]);
    let mut found = Found { step, values, u, v };
    let mut cuts = super::cuts(step);
    let failed = AtomicBool::new(false);
    each_work(stretches(&mut found, &cuts, 1), &|stretch: Stretch<R>| {
        if !stretch.decompose(&beside) {
            failed.store(true, Ordering::Relaxed);
        }
    });
    if failed.into_inner() {
        return None;
    }
    while cuts.len() > 2 {
        each_work(stretches(&mut found, &cuts, 2), &|stretch: Stretch<R>| stretch.merge(&beside));
        cuts = cuts.into_iter().step_by(2).collect();
    }
    found.values.pop();
    Some(found)
}

impl<R: Real> Stretch<'_, R> {
    /// A piece, as a whole.
    fn decompose(self, beside: &[R]) -> bool
    where
        R: Spectral<Size = R>,
    {
        let (columns, step, low) = (self.d.len(), self.step, self.low);
        let rows = columns - 1;
        // (the vector of the row below the piece)
        self.u[rows * step + low + rows] = R::ONE;
        if rows == 0 {
            self.v[low] = R::ONE;
            return true;
        }
        let mut matrix = vec![R::ZERO; rows * columns];
        for row in 0..rows {
            matrix[row * columns + row] = self.d[row];
            matrix[row * columns + row + 1] = beside[low + row];
        }
        let size = level(&mut matrix);
        let Some(found) = R::singular(Source { data: &matrix, rows, columns }, Vectors::Full) else {
            return false;
        };
        self.d.iter_mut().zip(&found.s).for_each(|(d, &s)| *d = s * size);
        for (to, from) in self.u.chunks_exact_mut(step).zip(found.u.chunks_exact(rows)) {
            to[low..low + rows].copy_from_slice(from);
        }
        for (to, from) in self.v.chunks_exact_mut(step).zip(found.v.chunks_exact(columns)) {
            to[low..low + columns].copy_from_slice(from);
        }
        true
    }

    /// Merges two pieces that are decomposed.
    fn merge(mut self, beside: &[R]) {
        let (step, low, length, middle) = (self.step, self.low, self.d.len(), self.first - 1);
        let (alpha, beta) = (self.d[middle], beside[low + middle]);
        let values = self.d[..length - 1].iter();
        let most = values.fold(Float::abs(beta), |most, &value| Float::max(most, Float::abs(value)));
        if most == R::ZERO {
            return;
        }
        // a power of two, so that nothing is rounded
        let size = Float::exp2(Float::floor(Float::log2(most)));
        let row = low + middle;
        let coupling = |column: usize, v: &[R]| {
            if column <= middle {
                alpha / size * v[column * step + row]
            } else {
                beta / size * v[column * step + row + 1]
            }
        };
        let limit = R::from_f64(32.0) * R::epsilon() * most / size;
        let (left, right) = (coupling(middle, self.v), coupling(length - 1, self.v));
        let mut head = Float::hypot(left, right);
        if head > limit {
            // the two vectors that the pieces send to zero become one that is coupled and one that is not
            let turn = (left / head, right / head);
            rotate_columns(self.v, step, (low, length), (middle, length - 1), turn);
        } else {
            head = limit;
        }
        let mut takings: Vec<Taking<R>> = (0..length - 1)
            .filter(|&column| column != middle)
            .map(|column| {
                let reach = if column < middle { Reach::First } else { Reach::Second };
                Taking { column, reach, d: self.d[column] / size, z: coupling(column, self.v) }
            })
            .collect();
        takings.sort_by(|x, y| x.d.partial_cmp(&y.d).unwrap_or(std::cmp::Ordering::Equal));
        let first = Taking { column: middle, reach: Reach::Both, d: R::ZERO, z: head };
        let sorted = self.sort_out(first, takings, limit);
        self.mix(&sorted);
        self.d[..length - 1].iter_mut().for_each(|value| *value *= size);
    }

    /// Finds the vectors that the coupling leaves alone, turning others so that there are more of them.
    fn sort_out(&mut self, first: Taking<R>, takings: Vec<Taking<R>>, limit: R) -> Sorted<R> {
        let mut sorted = Sorted { mixed: vec![first], kept: Vec::new() };
        let mut waiting: Option<Taking<R>> = None;
        for mut taking in takings {
            if Float::abs(taking.z) <= limit {
                sorted.kept.push(taking);
                continue;
            }
            if let Some(mut other) = waiting.take() {
                if taking.d - other.d <= limit {
                    let length = Float::hypot(taking.z, other.z);
                    let turn = (taking.z / length, -other.z / length);
                    let rows = (self.low, self.d.len());
                    for vectors in [&mut *self.u, &mut *self.v] {
                        rotate_columns(vectors, self.step, rows, (other.column, taking.column), turn);
                    }
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
        if let Some(second) = sorted.mixed.get_mut(1) {
            second.d = Float::max(second.d, limit * R::from_f64(0.5));
        }
        sorted
    }

    /// Writes the values and vectors of the merged piece: first the mixed ones, then the others.
    fn mix(&mut self, sorted: &Sorted<R>) {
        let (step, low, length) = (self.step, self.low, self.d.len());
        let count = sorted.mixed.len();
        let columns: Vec<usize> = sorted.kept.iter().map(|taking| taking.column).collect();
        let still_u = gather(self.u, step, (low, length), &columns);
        let still_v = gather(self.v, step, (low, length), &columns);
        self.mix_some(&sorted.mixed);
        for (at, taking) in sorted.kept.iter().enumerate() {
            self.d[count + at] = taking.d;
            let start = (count + at) * step + low;
            self.u[start..start + length].copy_from_slice(&still_u[at * length..(at + 1) * length]);
            self.v[start..start + length].copy_from_slice(&still_v[at * length..(at + 1) * length]);
        }
        // of the place of the row below
        self.u[(length - 1) * step + low..][..length - 1].fill(R::ZERO);
        self.u[(length - 1) * step + low + length - 1] = R::ONE;
    }

    fn mix_some(&mut self, mixed: &[Taking<R>]) {
        let (step, low, length, first) = (self.step, self.low, self.d.len(), self.first);
        let count = mixed.len();
        let (d, z): (Vec<R>, Vec<R>) = mixed.iter().map(|taking| (taking.d, taking.z)).unzip();
        let found = roots(Poles::Squares, &d, &z, R::ONE);
        let (places, with_first, before_second) = places(mixed);
        let mut columns = vec![0; count];
        places.iter().zip(mixed).for_each(|(&place, taking)| columns[place] = taking.column);
        // both vectors of a root, one behind the other: right, left
        let mut mixing = vec![R::ZERO; 2 * count * count];
        each_run(&mut mixing, 2 * count, super::COPIED.div_ceil(8 * count), &|begin, part| {
            let mut vector = vec![R::ZERO; count];
            for (add, pair) in part.chunks_exact_mut(2 * count).enumerate() {
                let differences = &found.differences[(begin + add) * count..(begin + add + 1) * count];
                quotients(&found.z, differences, &mut vector);
                let (right, left) = pair.split_at_mut(count);
                let inverse = R::ONE / Float::sqrt(square(&vector));
                places.iter().zip(&vector).for_each(|(&place, &value)| right[place] = value * inverse);
                vector.iter_mut().zip(&d).for_each(|(value, &d)| *value *= d);
                vector[0] = -R::ONE;
                let inverse = R::ONE / Float::sqrt(square(&vector));
                places.iter().zip(&vector).for_each(|(&place, &value)| left[place] = value * inverse);
            }
        });
        let second = length - first;
        for (vectors, half) in [(&mut *self.v, 0), (&mut *self.u, count)] {
            let above = gather(vectors, step, (low, first), &columns[..with_first]);
            let below = gather(vectors, step, (low + first, second), &columns[before_second..]);
            for (source, rows, (begin, end), top) in
                [(&above, first, (0, with_first), low), (&below, second, (before_second, count), low + first)]
            {
                let source_part = Part { offset: 0, rows, columns: end - begin, strides: (1, rows) };
                let strides = (1, 2 * count);
                let mixing_part = Part { offset: half + begin, rows: end - begin, columns: count, strides };
                let target = Part { offset: top, rows, columns: count, strides: (1, step) };
                product((source, source_part), (&mixing, mixing_part), (&mut *vectors, target), false);
            }
        }
        self.d[..count].copy_from_slice(&found.values);
    }
}
