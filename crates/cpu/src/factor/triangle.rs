//! Substitution: solves with a triangle for many right sides at once, which lie in rows. Called by `lu`; knows no pivots'
//! order. A triangle is halved until it is small, so that nearly all of the work is products of large blocks.
//!
//! Triangles come with all elements beside the diagonal negated: products can only be added.

use super::field::{Field, Part, product, widened};

/// A triangle of at most this many rows is solved row by row.
const SMALL: usize = 32;
/// Columns of right sides that are worked on together.
const CHUNK: usize = 32;

/// Where a triangle of `n` rows is cut in two, or `None` where it is small.
pub(super) fn halves(n: usize, small: usize) -> Option<usize> {
    (n > small).then(|| (n / 2).next_multiple_of(small).min(n - 1))
}

/// `line += sum of factors[i] * rows[i]`, the rows beginning `stride` apart.
#[inline(always)]
fn add_rows<T: Field>(factors: &[T], rows: &[T], stride: usize, line: &mut [T]) {
    if let Ok(whole) = <&mut [T; CHUNK]>::try_from(&mut *line) {
        let mut sums = *whole;
        for (row, &factor) in factors.iter().enumerate() {
            let from = &rows[row * stride..row * stride + CHUNK];
            for at in 0..CHUNK {
                sums[at] += factor * from[at];
            }
        }
        *whole = sums;
        return;
    }
    for (row, &factor) in factors.iter().enumerate() {
        let from = &rows[row * stride..row * stride + line.len()];
        for (sum, &value) in line.iter_mut().zip(from) {
            *sum += factor * value;
        }
    }
}

widened! {
    fn small_lower<T>(t: &[T], steps: (usize, usize), n: usize, x: &mut [T], count: usize) -> () {
        let (t_step, x_step) = steps;
        for first in (0..count).step_by(CHUNK) {
            let width = CHUNK.min(count - first);
            for row in 1..n {
                let (done, open) = x.split_at_mut(row * x_step);
                add_rows(&t[row * t_step..row * t_step + row], &done[first..], x_step, &mut open[first..first + width]);
            }
        }
    }
}

widened! {
    fn small_upper<T>(t: &[T], steps: (usize, usize), n: usize, x: &mut [T], count: usize) -> () {
        let (t_step, x_step) = steps;
        for first in (0..count).step_by(CHUNK) {
            let width = CHUNK.min(count - first);
            for row in (0..n).rev() {
                let line = &t[row * t_step..row * t_step + n];
                let pivot = line[row];
                if row + 1 < n {
                    let (open, done) = x.split_at_mut((row + 1) * x_step);
                    let own = &mut open[row * x_step + first..row * x_step + first + width];
                    add_rows(&line[row + 1..], &done[first..], x_step, own);
                }
                for value in &mut x[row * x_step + first..row * x_step + first + width] {
                    *value = value.over(pivot);
                }
            }
        }
    }
}

/// Replaces the `n` rows of x, `count` elements each, by their solution with a lower triangle whose diagonal is 1. The
/// steps are those from row to row of both.
pub(super) fn solve_lower<T: Field>(t: &[T], steps: (usize, usize), n: usize, x: &mut [T], count: usize) {
    if count == 0 {
        return;
    }
    let Some(half) = halves(n, SMALL) else { return small_lower(t, steps, n, x, count) };
    let (t_step, x_step) = steps;
    solve_lower(t, steps, half, x, count);
    let (done, open) = x.split_at_mut(half * x_step);
    let below = Part { offset: half * t_step, rows: n - half, columns: half, strides: (t_step, 1) };
    let above = Part { offset: 0, rows: half, columns: count, strides: (x_step, 1) };
    product((t, below), (done, above), (open, Part { rows: n - half, ..above }), true);
    solve_lower(&t[half * t_step + half..], steps, n - half, open, count);
}

/// [`solve_lower`] with an upper triangle, by whose diagonal rows are divided.
pub(super) fn solve_upper<T: Field>(t: &[T], steps: (usize, usize), n: usize, x: &mut [T], count: usize) {
    if count == 0 {
        return;
    }
    let Some(half) = halves(n, SMALL) else { return small_upper(t, steps, n, x, count) };
    let (t_step, x_step) = steps;
    let (open, done) = x.split_at_mut(half * x_step);
    solve_upper(&t[half * t_step + half..], steps, n - half, done, count);
    let right = Part { offset: half, rows: half, columns: n - half, strides: (t_step, 1) };
    let above = Part { offset: 0, rows: half, columns: count, strides: (x_step, 1) };
    product((t, right), (done, Part { rows: n - half, ..above }), (open, above), true);
    solve_upper(t, steps, half, open, count);
}

/// Fills rows and columns `begin..end` of x, zero before, with the inverse of the lower triangle t, whose diagonal is 1.
/// Both have rows of `step` elements.
pub(super) fn invert_lower<T: Field>(t: &[T], step: usize, begin: usize, end: usize, x: &mut [T]) {
    let corner = begin * step + begin;
    let Some(half) = halves(end - begin, SMALL) else {
        for row in begin..end {
            x[row * step + row] = T::ONE;
        }
        return small_lower(&t[corner..], (step, step), end - begin, &mut x[corner..], end - begin);
    };
    let middle = begin + half;
    invert_lower(t, step, begin, middle, x);
    let (done, open) = x.split_at_mut(middle * step);
    let below = Part { offset: middle * step + begin, rows: end - middle, columns: half, strides: (step, 1) };
    let above = Part { offset: corner, rows: half, columns: half, strides: (step, 1) };
    let place = Part { offset: begin, rows: end - middle, columns: half, strides: (step, 1) };
    product((t, below), (done, above), (open, place), false);
    solve_lower(&t[middle * step + middle..], (step, step), end - middle, &mut open[begin..], half);
    invert_lower(t, step, middle, end, x);
}
