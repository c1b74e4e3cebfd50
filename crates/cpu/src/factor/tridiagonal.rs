//! Symmetric matrices to tridiagonal ones by Householder's reflections, half of the work as products of blocks. The other
//! half, products with the remaining matrix, reads its lower triangle once for each column, on all threads. Matrices lie
//! column after column; real numbers only. Called by the factor kernel.
//!
//! Source: Dongarra, Sorensen and Hammarling, Block reduction of matrices to condensed forms (1989).

use super::field::{Field, Part, Real, each_run, product, subtract_scaled, widened};
use super::qr::{reflect_all, reflection};

/// Columns that are reduced before the rest of the matrix is updated.
const PANEL: usize = 32;
/// Columns of the rest that are updated in one product, from their diagonal downward.
const UPDATED: usize = 128;
/// Elements that one task of a product with the triangle should at least read.
const TASK_ELEMENTS: usize = 1 << 14;
/// Tasks of such a product at most; each has sums of its own.
const MOST_TASKS: usize = 16;

/// `a = q t q^T`: t, and the reflections of q.
pub(super) struct Tridiagonal<R> {
    n: usize,
    /// n by n; below the elements beside the diagonal are the reflections' vectors
    packed: Vec<R>,
    factors: Vec<R>,
    pub diagonal: Vec<R>,
    pub beside: Vec<R>,
}

/// Adds the product of the triangle's columns and their mirror image with x to y.
fn add_columns<R: Real>(a: &[R], n: usize, columns: std::ops::Range<usize>, x: &[R], y: &mut [R]) {
    assert!(a.len() >= n * n && x.len() >= n && y.len() >= n && columns.end <= n);
    let both_ways = R::kernels().both_ways;
    let mut at = columns.start;
    while at < columns.end {
        let end = columns.end.min(at + 4);
        // (with fewer than four columns to go, the whole rest of the triangle)
        let corner = if end - at == 4 { end } else { n };
        for column in at..end {
            y[column] += a[column * n + column] * x[column];
            for row in column + 1..corner {
                let value = a[column * n + row];
                y[row] += value * x[column];
                y[column] += value * x[row];
            }
        }
        if corner < n {
            let mut sums = [R::ZERO; 4];
            // SAFETY: rows `corner..n` of four columns, and as many elements of x and y, exist as just checked.
            unsafe {
                both_ways(
                    n - corner,
                    a.as_ptr().add(at * n + corner),
                    n as isize,
                    x.as_ptr().add(corner),
                    x.as_ptr().add(at),
                    y.as_mut_ptr().add(corner),
                    sums.as_mut_ptr(),
                );
            }
            y[at..end].iter_mut().zip(sums).for_each(|(y, sum)| *y += sum);
        }
        at = end;
    }
}

/// Where the t-th of some parts of equal area of a triangle of `size` columns begins.
fn part_start(size: usize, t: usize, parts: usize) -> usize {
    if t >= parts {
        return size;
    }
    let left = (1.0 - t as f64 / parts as f64).sqrt();
    ((1.0 - left) * size as f64) as usize / 4 * 4
}

/// The reduction under way.
struct Reduction<R> {
    n: usize,
    a: Vec<R>,
    /// n rows; the vectors v and w of the panel's columns in turn: the rest of the matrix still lacks `-v w^T - w v^T`
    pairs: Vec<R>,
    /// sums of the tasks, n elements each
    sums: Vec<R>,
    /// the weights that a combination of the pairs has
    weights: Vec<R>,
}

impl<R: Real> Reduction<R> {
    /// Rows `first..` of the first `count` vectors.
    fn pairs_from(&self, first: usize, count: usize) -> Part {
        Part { offset: first, rows: self.n - first, columns: count, strides: (1, self.n) }
    }

    /// The weights in the other order, negated: those of v for w.
    fn exchange(&mut self, count: usize) {
        for pair in self.weights[..count].chunks_exact_mut(2) {
            (pair[0], pair[1]) = (-pair[1], -pair[0]);
        }
    }

    /// Adds the combination of vectors to elements `first..`.
    fn combine(&self, first: usize, count: usize, to: &mut [R]) {
        if count == 0 {
            return;
        }
        let weights = Part { offset: 0, rows: count, columns: 1, strides: (1, 1) };
        let column = Part { offset: 0, rows: to.len(), columns: 1, strides: (1, 1) };
        let pairs = (&self.pairs[..], self.pairs_from(first, count));
        product(pairs, (&self.weights, weights), (to, column), true);
    }

    /// The product of the remaining matrix, rows and columns `first..`, with x; both vectors have n elements.
    fn times(&mut self, first: usize, x: &[R], y: &mut [R]) {
        let (n, size) = (self.n, self.n - first);
        let parts = (size * size / 2 / TASK_ELEMENTS).clamp(1, MOST_TASKS);
        let a = &self.a;
        let range = |t: usize| first + part_start(size, t, parts)..first + part_start(size, t + 1, parts);
        if parts == 1 {
            y[first..].fill(R::ZERO);
            return add_columns(a, n, range(0), x, y);
        }
        self.sums.resize(parts * n, R::ZERO);
        each_run(&mut self.sums[..parts * n], n, 1, &|t, sums| {
            sums[first..].fill(R::ZERO);
            add_columns(a, n, range(t), x, sums);
        });
        y[first..].copy_from_slice(&self.sums[first..n]);
        for sums in self.sums[n..parts * n].chunks_exact(n) {
            subtract_scaled(&mut y[first..], -R::ONE, &sums[first..]);
        }
    }

    /// Reduces columns `begin..end`; the rest of the matrix stays as it is, for [`Reduction::update`].
    fn panel(&mut self, begin: usize, end: usize, made: &mut Tridiagonal<R>) {
        let n = self.n;
        let (mut v, mut w) = (vec![R::ZERO; n], vec![R::ZERO; n]);
        let mut column = Vec::with_capacity(n);
        for at in begin..end {
            let count = 2 * (at - begin);
            for vector in 0..count {
                self.weights[vector] = self.pairs[vector * n + at];
            }
            self.exchange(count);
            column.clear();
            column.extend_from_slice(&self.a[at * n + at..(at + 1) * n]);
            self.combine(at, count, &mut column);
            made.diagonal.push(column[0]);
            let factor = reflection(&mut column[1..]);
            made.beside.push(column[1]);
            made.factors.push(factor);
            self.a[at * n + at..(at + 1) * n].copy_from_slice(&column);
            let first = at + 1;
            v[first] = R::ONE;
            v[first + 1..].copy_from_slice(&column[2..]);
            self.times(first, &v, &mut w);
            let whole = self.pairs_from(first, count);
            let across = Part { rows: count, columns: n - first, strides: (n, 1), ..whole };
            let sides = Part { offset: 0, rows: n - first, columns: 1, strides: (1, 1) };
            let mut weights = std::mem::take(&mut self.weights);
            let lines = Part { offset: 0, rows: count, columns: 1, strides: (1, 1) };
            product((&self.pairs, across), (&v[first..], sides), (&mut weights, lines), false);
            self.weights = weights;
            self.exchange(count);
            self.combine(first, count, &mut w[first..]);
            finish_pair(factor, &v[first..], &mut w[first..]);
            self.pairs[count * n + first..(count + 1) * n].copy_from_slice(&v[first..]);
            self.pairs[(count + 1) * n + first..(count + 2) * n].copy_from_slice(&w[first..]);
        }
    }

    /// What the panel does to the lower triangle of rows and columns `end..`.
    fn update(&mut self, end: usize, count: usize) {
        let n = self.n;
        let mut turned = vec![R::ZERO; count * n];
        for (to, from) in turned.chunks_exact_mut(2 * n).zip(self.pairs.chunks_exact(2 * n)) {
            for row in end..n {
                (to[row], to[n + row]) = (-from[n + row], -from[row]);
            }
        }
        for begin in (end..n).step_by(UPDATED) {
            let columns = UPDATED.min(n - begin);
            let right = Part { offset: begin, rows: count, columns, strides: (n, 1) };
            let target = Part { offset: begin * n + begin, rows: n - begin, columns, strides: (1, n) };
            product(
                (&self.pairs, self.pairs_from(begin, count)),
                (&turned, right),
                (&mut self.a, target),
                true,
            );
        }
    }
}

widened! {
    /// Turns `w = a v` into the w of `-v w^T - w v^T`.
    fn finish_pair<T>(factor: T, v: &[T], w: &mut [T]) -> () {
        w.iter_mut().for_each(|value| *value *= factor);
        let half = factor * (T::ONE / (T::ONE + T::ONE));
        let along = half * super::field::dot(w, v);
        subtract_scaled(w, along, v);
    }
}

impl<R: Real> Tridiagonal<R> {
    /// Reduces a matrix (at least one row) of which the lower triangle is read, column after column.
    pub fn new(a: Vec<R>, n: usize) -> Tridiagonal<R> {
        let mut made = Tridiagonal {
            n,
            packed: Vec::new(),
            factors: Vec::with_capacity(n),
            diagonal: Vec::with_capacity(n),
            beside: Vec::with_capacity(n),
        };
        let pairs = vec![R::ZERO; 2 * PANEL * n];
        let weights = vec![R::ZERO; 2 * PANEL];
        let mut work = Reduction { n, a, pairs, sums: Vec::new(), weights };
        for begin in (0..n - 1).step_by(PANEL) {
            let end = (begin + PANEL).min(n - 1);
            work.panel(begin, end, &mut made);
            work.update(end, 2 * (end - begin));
        }
        made.diagonal.push(work.a[n * n - 1]);
        made.packed = work.a;
        made
    }

    /// Multiplies a matrix of n rows by q from the left.
    pub fn apply(&self, x: &mut [R], part: Part) {
        if self.n > 1 {
            let below = Part { offset: part.offset + part.strides.0, rows: self.n - 1, ..part };
            reflect_all(&self.packed[1..], (self.n - 1, self.n), &self.factors, x, below);
        }
    }
}
