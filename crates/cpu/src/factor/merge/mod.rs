//! Eigenvectors of symmetric tridiagonal matrices and singular vectors of bidiagonal ones by divide and conquer: the matrix
//! is cut into short pieces, which the crate `spectral` decomposes, and pieces are merged two by two. Nearly all of the work is
//! the products of the last merges. Called by the factor kernel; real numbers only, vectors lie column after column.
//!
//! * `secular`: the roots and vectors of one merge. `symmetric`, `singular`: the merges.
//!
//! Many small merges are shared out among the threads; the last ones use all of them inside. Nothing depends on how many
//! there are.

mod secular;
mod singular;
mod symmetric;

pub(super) use singular::bidiagonal;
pub(super) use symmetric::tridiagonal;

use std::sync::Mutex;

use num_traits::Float;

use super::field::{Field, Real, each_run, widened};
use crate::pool;

/// Pieces are at most this long.
const PIECE: usize = 32;
/// So many merges of one level are shared out; fewer run one after the other.
const SHARED_MERGES: usize = 4;
/// Elements that one task of a copy should at least move.
const COPIED: usize = 1 << 15;

/// Which of a merge's two pieces a vector has elements in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    First = 0,
    Both = 1,
    Second = 2,
}

/// A vector that takes part in a merge.
#[derive(Clone, Copy)]
struct Taking<R> {
    column: usize,
    reach: Reach,
    d: R,
    z: R,
}

/// Vectors of one merge: those that are mixed, in the order of `d`, and those that stay as they are.
struct Sorted<R> {
    mixed: Vec<Taking<R>>,
    kept: Vec<Taking<R>>,
}

/// Where each mixed vector stands when those of the first piece come first and those of the second last; how many have
/// elements in the first piece; how many before those of the second.
fn places<R>(mixed: &[Taking<R>]) -> (Vec<usize>, usize, usize) {
    let mut counts = [0; 3];
    mixed.iter().for_each(|taking| counts[taking.reach as usize] += 1);
    let [first, both, _] = counts;
    let mut next = [0, first, first + both];
    let places = mixed
        .iter()
        .map(|taking| {
            let place = &mut next[taking.reach as usize];
            *place += 1;
            *place - 1
        })
        .collect();
    (places, first + both, first)
}

/// Runs all merges of a level.
fn each_work<W: Send>(works: Vec<W>, run: &(dyn Fn(W) + Sync)) {
    if works.len() < SHARED_MERGES {
        return works.into_iter().for_each(run);
    }
    let works: Vec<Mutex<Option<W>>> = works.into_iter().map(|work| Mutex::new(Some(work))).collect();
    pool::parallel(works.len(), &|index| {
        let work = works[index].lock().ok().and_then(|mut work| work.take());
        if let Some(work) = work {
            run(work);
        }
    });
}

/// Where the pieces of a length begin, and its end; a power of two of pieces.
fn cuts(length: usize) -> Vec<usize> {
    let mut pieces = 1;
    while length.div_ceil(pieces) > PIECE {
        pieces *= 2;
    }
    (0..=pieces).map(|piece| piece * length / pieces).collect()
}

/// Brings the greatest element of a piece near 1, by the power of two that it returns, and clears elements that do not count
/// beside it: iterations on pieces need not deal with vanishing squares.
fn level<R: Real>(piece: &mut [R]) -> R {
    let most = piece.iter().fold(R::ZERO, |most, &value| Float::max(most, Float::abs(value)));
    if most == R::ZERO {
        return R::ONE;
    }
    let size = Float::exp2(Float::floor(Float::log2(most)));
    let least = R::epsilon() * R::epsilon();
    for value in piece {
        *value /= size;
        if Float::abs(*value) < least {
            *value = R::ZERO;
        }
    }
    size
}

/// Rows `low..low + rows` of some columns, one behind the other.
fn gather<R: Real>(q: &[R], step: usize, (low, rows): (usize, usize), columns: &[usize]) -> Vec<R> {
    let mut gathered = vec![R::ZERO; rows * columns.len()];
    if rows > 0 {
        each_run(&mut gathered, rows, COPIED.div_ceil(rows), &|first, part| {
            for (to, &column) in part.chunks_exact_mut(rows).zip(&columns[first..]) {
                to.copy_from_slice(&q[column * step + low..column * step + low + rows]);
            }
        });
    }
    gathered
}

widened! {
    /// Turns two columns in their plane: `c x + s y` and `c y - s x`.
    fn rotate<T>(x: &mut [T], y: &mut [T], c: T, s: T) -> () {
        for (x, y) in x.iter_mut().zip(y) {
            let (old_x, old_y) = (*x, *y);
            *x = c * old_x + s * old_y;
            *y = c * old_y - s * old_x;
        }
    }
}

/// [`rotate`] of rows `low..low + rows` of two columns.
fn rotate_columns<R: Real>(
    q: &mut [R],
    step: usize,
    (low, rows): (usize, usize),
    (x, y): (usize, usize),
    (c, s): (R, R),
) {
    let (left, right) = (x.min(y), x.max(y));
    let (before, after) = q.split_at_mut(right * step);
    let (left, right) = (&mut before[left * step + low..][..rows], &mut after[low..low + rows]);
    if x < y { rotate(left, right, c, s) } else { rotate(right, left, c, s) }
}

widened! {
    /// The sum of squares.
    fn square<T>(x: &[T]) -> T {
        super::field::dot(x, x)
    }
}

widened! {
    /// `z / differences`.
    fn quotients<T>(z: &[T], differences: &[T], to: &mut [T]) -> () {
        for (to, (&z, &difference)) in to.iter_mut().zip(z.iter().zip(differences)) {
            *to = z / difference;
        }
    }
}

#[cfg(test)]
mod tests;
