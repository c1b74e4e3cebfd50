//! Matrices with at least as many rows as columns to upper bidiagonal ones by Householder's reflections from both sides,
//! half of the work as products of blocks. The other half, two products with the remaining matrix for each column, reads
//! it once, on all threads: the row that the second product needs is known column by column while the first one runs.
//! Matrices lie column after column; real numbers only. Called by the factor kernel.
//!
//! Sources: Dongarra, Sorensen and Hammarling, Block reduction of matrices to condensed forms (1989); Howell, Demmel, Fulton,
//! Hammarling and Marmol, Cache efficient bidiagonalization using BLAS 2.5 operators (2008).

use super::field::{Field, Part, Real, each_run, product, subtract_scaled, widened};
use super::qr::{reflect_all, reflection};

/// Columns and rows that are reduced before the rest of the matrix is updated.
const PANEL: usize = 32;
/// Elements that one task of a pass should at least read.
const TASK_ELEMENTS: usize = 1 << 14;
/// Tasks of a pass at most; each has sums of its own.
const MOST_TASKS: usize = 16;

/// `a = q b p^T`: b, and the reflections of q and p.
pub(super) struct Bidiagonal<R> {
    m: usize,
    n: usize,
    /// m by n; below the diagonal are the vectors of the left reflections
    left: Vec<R>,
    left_factors: Vec<R>,
    /// n - 1 by n - 1; below the diagonal are the vectors of the right reflections
    right: Vec<R>,
    right_factors: Vec<R>,
    pub diagonal: Vec<R>,
    pub beside: Vec<R>,
}

/// What a pass over the remaining columns needs: `a` from the reflected row downward, `height` elements of every `step`.
struct Pass<'a, R> {
    a: &'a [R],
    step: usize,
    height: usize,
    v: &'a [R],
    factor: R,
    /// what the left reflection's product with the pairs is, per column
    known: &'a [R],
    /// the row before the reflection
    row: &'a [R],
}

/// Adds to `w` the product of columns `begin..` and the reflected row, which it finds on its way, with the left
/// reflection's product: `y = factor (a^T v - known)`, `row - y`. Both are written to `found`, in turn.
fn pass<R: Real>(pass: &Pass<R>, begin: usize, found: &mut [R], w: &mut [R]) {
    let (height, step) = (pass.height, pass.step);
    let kernels = R::kernels();
    assert!(pass.v.len() >= height && w.len() >= height);
    for (group, found) in found.chunks_mut(8).enumerate() {
        let (at, width) = (begin + 4 * group, found.len() / 2);
        let columns = &pass.a[at * step..];
        assert!((width - 1) * step + height <= columns.len());
        let (mut sums, mut factors) = ([R::ZERO; 4], [R::ZERO; 4]);
        for first in (0..width).step_by(2) {
            let columns = &columns[first * step..];
            // SAFETY: as many columns of `height` elements exist, as just checked, and as many of v.
            unsafe {
                let out = sums.as_mut_ptr().add(first);
                (kernels.dots)(
                    2.min(width - first),
                    height,
                    columns.as_ptr(),
                    step as isize,
                    pass.v.as_ptr(),
                    out,
                );
            }
        }
        for (add, found) in found.chunks_exact_mut(2).enumerate() {
            let y = pass.factor * (sums[add] - pass.known[at + add]);
            factors[add] = pass.row[at + add] - y;
            (found[0], found[1]) = (y, factors[add]);
        }
        // SAFETY: as above, and w has as many elements.
        unsafe {
            let (columns, factors) = (columns.as_ptr(), factors.as_ptr());
            (kernels.add_columns)(height, width, columns, step as isize, factors, w.as_mut_ptr());
        }
    }
}

widened! {
    fn add_one<T>(column: &[T], factor: T, y: &mut [T]) -> () {
        subtract_scaled(y, -factor, column);
    }
}

/// The reduction under way. The rest of the matrix still lacks `-v y^T - x u^T` of every column and row of the panel.
struct Reduction<R> {
    m: usize,
    n: usize,
    a: Vec<R>,
    /// v and x in turn, m elements each
    tall: Vec<R>,
    /// y and u in turn, n elements each
    wide: Vec<R>,
    weights: Vec<R>,
    /// sums of the tasks, m elements each
    sums: Vec<R>,
    /// what a pass finds
    found: Vec<R>,
}

/// Subtracts from `to` (elements `first..`) the combination of the first vectors with these weights, which are negated.
fn subtract<R: Real>(vectors: &[R], length: usize, first: usize, weights: &mut [R], to: &mut [R]) {
    if weights.is_empty() {
        return;
    }
    weights.iter_mut().for_each(|weight| *weight = -*weight);
    let count = weights.len();
    let part = Part { offset: first, rows: length - first, columns: count, strides: (1, length) };
    let column = |rows: usize| Part { offset: 0, rows, columns: 1, strides: (1, 1) };
    product((vectors, part), (&*weights, column(count)), (to, column(length - first)), true);
}

/// The products of the first vectors (elements `first..`) with x.
fn products<R: Real>(vectors: &[R], length: usize, first: usize, x: &[R], weights: &mut [R]) {
    if weights.is_empty() {
        return;
    }
    let count = weights.len();
    let part = Part { offset: first, rows: count, columns: length - first, strides: (length, 1) };
    let column = |rows: usize| Part { offset: 0, rows, columns: 1, strides: (1, 1) };
    product((vectors, part), (x, column(length - first)), (weights, column(count)), false);
}

impl<R: Real> Reduction<R> {
    /// The weights of the first `count` vectors at one place.
    fn pick(weights: &mut [R], vectors: &[R], length: usize, place: usize) {
        for (vector, weight) in weights.iter_mut().enumerate() {
            *weight = vectors[vector * length + place];
        }
    }

    /// Reflects column `at`; v is left in the pairs, its factor returned.
    fn column(&mut self, at: usize, count: usize, made: &mut Bidiagonal<R>) -> R {
        let m = self.m;
        Self::pick(&mut self.weights[..count], &self.wide, self.n, at);
        let column = &mut self.a[at * m + at..(at + 1) * m];
        subtract(&self.tall, m, at, &mut self.weights[..count], column);
        let factor = reflect(column);
        made.diagonal.push(column[0]);
        made.left_factors.push(factor);
        let v = &mut self.tall[count * m + at..(count + 1) * m];
        v[0] = R::ONE;
        v[1..].copy_from_slice(&column[1..]);
        factor
    }

    /// The pass over columns `at + 1..`: leaves y in the pairs, returns the reflected row and the product with it.
    fn rest(&mut self, at: usize, count: usize, factor: R) -> (Vec<R>, Vec<R>) {
        let (m, n, first) = (self.m, self.n, at + 1);
        let mut row: Vec<R> = (first..n).map(|column| self.a[column * m + at]).collect();
        Self::pick(&mut self.weights[..count], &self.tall, m, at);
        subtract(&self.wide, n, first, &mut self.weights[..count], &mut row);
        let mut known = vec![R::ZERO; n - first];
        let (before, v) = self.tall.split_at(count * m);
        let v = &v[at..m];
        products(before, m, at, v, &mut self.weights[..count]);
        self.weights[..count].iter_mut().for_each(|weight| *weight = -*weight);
        subtract(&self.wide, n, first, &mut self.weights[..count], &mut known);

        let (columns, height) = (n - first, m - at);
        let parts = (columns * height / TASK_ELEMENTS).clamp(1, MOST_TASKS).min(columns.div_ceil(4));
        let each = columns.div_ceil(parts).next_multiple_of(4);
        let parts = columns.div_ceil(each);
        let work =
            Pass { a: &self.a[first * m + at..], step: m, height, v, factor, known: &known, row: &row };
        // of each task: y and the row of its columns, then its sums
        let length = 2 * each + height;
        self.found.resize((parts * length).max(self.found.len()), R::ZERO);
        each_run(&mut self.found[..parts * length], length, 1, &|t, room| {
            let (found, w) = room.split_at_mut(2 * each);
            w.fill(R::ZERO);
            pass(&work, t * each, &mut found[..2 * each.min(columns - t * each)], w);
        });
        let mut w = std::mem::take(&mut self.sums);
        w.clear();
        w.resize(m - first, R::ZERO);
        let y = &mut self.wide[count * n + first..(count + 1) * n];
        for (t, room) in self.found[..parts * length].chunks_exact(length).enumerate() {
            for (column, found) in (t * each..columns).zip(room[..2 * each].chunks_exact(2)) {
                (y[column], row[column]) = (found[0], found[1]);
            }
            add_one(&room[2 * each + 1..], R::ONE, &mut w);
        }
        (row, w)
    }

    /// Reflects row `at`, whose elements and whose product with the rest of the matrix are given.
    fn row(&mut self, at: usize, count: usize, (mut row, mut w): (Vec<R>, Vec<R>), made: &mut Bidiagonal<R>) {
        let (m, n, first) = (self.m, self.n, at + 1);
        let head = row[0];
        let factor = reflect(&mut row);
        let beside = row[0];
        made.beside.push(beside);
        made.right_factors.push(factor);
        made.right[at * (n - 1) + at..(at + 1) * (n - 1)].copy_from_slice(&row);
        row[0] = R::ONE;
        self.wide[(count + 1) * n + first..(count + 2) * n].copy_from_slice(&row);
        let x = &mut self.tall[(count + 1) * m + first..(count + 2) * m];
        x.fill(R::ZERO);
        if factor != R::ZERO {
            // the vector is the row, less `beside` in its first element, over the difference there
            add_one(&self.a[first * m + first..(first + 1) * m], -beside, &mut w);
            let scale = factor / (head - beside);
            x.iter_mut().zip(&w).for_each(|(x, &w)| *x = scale * w);
            let weights = &mut self.weights[..count + 1];
            products(&self.wide, n, first, &row, weights);
            weights.iter_mut().for_each(|weight| *weight *= factor);
            let (before, x) = self.tall.split_at_mut((count + 1) * m);
            subtract(before, m, first, weights, &mut x[first..m]);
        }
        self.sums = w;
    }

    /// What the panel does to rows and columns `end..`.
    fn update(&mut self, end: usize, count: usize) {
        let (m, n) = (self.m, self.n);
        if end == n {
            return;
        }
        let negated: Vec<R> = self.wide[..count * n].iter().map(|&value| -value).collect();
        let down = Part { offset: end, rows: m - end, columns: count, strides: (1, m) };
        let across = Part { offset: end, rows: count, columns: n - end, strides: (n, 1) };
        let target = Part { offset: end * m + end, rows: m - end, columns: n - end, strides: (1, m) };
        product((&self.tall, down), (&negated, across), (&mut self.a, target), true);
    }
}

widened! {
    fn reflect<T>(column: &mut [T]) -> T {
        reflection(column)
    }
}

impl<R: Real> Bidiagonal<R> {
    /// Reduces a matrix of m rows and n columns (at least one, at most m), column after column.
    pub fn new(a: Vec<R>, m: usize, n: usize) -> Bidiagonal<R> {
        let mut made = Bidiagonal {
            m,
            n,
            left: Vec::new(),
            left_factors: Vec::with_capacity(n),
            right: vec![R::ZERO; (n - 1) * (n - 1)],
            right_factors: Vec::with_capacity(n),
            diagonal: Vec::with_capacity(n),
            beside: Vec::with_capacity(n),
        };
        let most = 2 * PANEL.min(n);
        let mut work = Reduction {
            m,
            n,
            a,
            tall: vec![R::ZERO; most * m],
            wide: vec![R::ZERO; most * n],
            weights: vec![R::ZERO; most],
            sums: Vec::with_capacity(m),
            found: Vec::new(),
        };
        for begin in (0..n).step_by(PANEL) {
            let end = (begin + PANEL).min(n);
            for at in begin..end {
                let count = 2 * (at - begin);
                let factor = work.column(at, count, &mut made);
                if at + 1 < n {
                    let found = work.rest(at, count, factor);
                    work.row(at, count, found, &mut made);
                }
            }
            work.update(end, 2 * (end - begin));
        }
        made.left = work.a;
        made
    }

    /// Multiplies a matrix of m rows by q from the left.
    pub fn apply_left(&self, x: &mut [R], part: Part) {
        reflect_all(&self.left, (self.m, self.m), &self.left_factors, x, part);
    }

    /// Multiplies a matrix of n rows by p from the left.
    pub fn apply_right(&self, x: &mut [R], part: Part) {
        if self.n > 1 {
            let below = Part { offset: part.offset + part.strides.0, rows: self.n - 1, ..part };
            reflect_all(&self.right, (self.n - 1, self.n - 1), &self.right_factors, x, below);
        }
    }
}
