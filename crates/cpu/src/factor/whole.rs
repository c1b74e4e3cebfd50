//! Singular values and eigenvalues of one matrix: chooses between the crate `spectral`, for complex and for short matrices,
//! and our own reductions and merges, which use all threads. Called by the factor kernel.

use num_complex::Complex;
use num_traits::Float;

use super::bidiagonal::Bidiagonal;
use super::field::{Field, Part, Real, each_run};
use super::merge;
use super::qr::Qr;
use super::tridiagonal::Tridiagonal;
use crate::pool;
use spectral::{Condensed, Source, Spectral, Vectors};

/// Real symmetric matrices of this length and more are decomposed here.
const LONG_SYMMETRIC: usize = 100;
/// The same of any real matrix.
const LONG: usize = 160;
/// The same of any matrix, of values alone.
const LONG_VALUES: usize = 384;
/// The same of symmetric ones: their reduction gains less from a second thread than it loses by waiting.
const LONG_SYMMETRIC_VALUES: usize = 700;
/// Up to this length the pieces of work are too short to wake other threads for.
const ONE_THREAD: usize = 384;
/// Rows and columns that are turned at a time.
const TILE: usize = 16;

/// Matrices in C order: u, the singular values (falling), and the adjoint of v.
pub(super) struct Singular<T: Field> {
    pub u: Vec<T>,
    pub s: Vec<T::Real>,
    pub adjoint: Vec<T>,
}

/// Decompositions over a field; `None` where an iteration did not converge. Elements are finite.
pub(super) trait Whole: Field {
    fn svd(a: &[Self], size: (usize, usize), full: bool) -> Option<Singular<Self>>;
    /// Singular values, falling.
    fn svd_values(a: &[Self], size: (usize, usize)) -> Option<Vec<Self::Real>>;
    /// Eigenvalues (rising) and, if wanted, vectors of a Hermitian matrix whose lower triangle is given, as a matrix in C
    /// order.
    fn symmetric(a: &[Self], n: usize, vectors: bool) -> Option<(Vec<Self::Real>, Vec<Self>)>;
}

macro_rules! whole {
    ($($real:ty),*) => {$(
        impl Whole for $real {
            fn svd(a: &[$real], size: (usize, usize), full: bool) -> Option<Singular<$real>> {
                let length = size.0.min(size.1);
                let long = || match length < ONE_THREAD {
                    true => pool::alone(|| long_svd(a, size, full)),
                    false => long_svd(a, size, full),
                };
                let found = if length < LONG { None } else { long() };
                found.or_else(|| short_svd(a, size, full))
            }
            fn svd_values(a: &[$real], size: (usize, usize)) -> Option<Vec<$real>> {
                if size.0.min(size.1) < LONG_VALUES { short_values(a, size) } else { long_values(a, size) }
            }
            fn symmetric(a: &[$real], n: usize, vectors: bool) -> Option<(Vec<$real>, Vec<$real>)> {
                match vectors {
                    true if n >= ONE_THREAD => long_symmetric(a, n),
                    true if n >= LONG_SYMMETRIC => pool::alone(|| long_symmetric(a, n)),
                    false if n >= LONG_SYMMETRIC_VALUES => Some((long_symmetric_values(a, n)?, Vec::new())),
                    _ => short_symmetric(a, n, vectors),
                }
            }
        }
        impl Whole for Complex<$real> {
            fn svd(a: &[Self], size: (usize, usize), full: bool) -> Option<Singular<Self>> {
                short_svd(a, size, full)
            }
            fn svd_values(a: &[Self], size: (usize, usize)) -> Option<Vec<$real>> {
                short_values(a, size)
            }
            fn symmetric(a: &[Self], n: usize, vectors: bool) -> Option<(Vec<$real>, Vec<Self>)> {
                short_symmetric(a, n, vectors)
            }
        }
    )*};
}
whole!(f32, f64);

fn short_svd<T>(a: &[T], (rows, columns): (usize, usize), full: bool) -> Option<Singular<T>>
where
    T: Field + Spectral<Size = <T as Field>::Real>,
{
    let vectors = if full { Vectors::Full } else { Vectors::Thin };
    let mut found = T::singular(Source { data: a, rows, columns }, vectors)?;
    if T::COMPLEX {
        found.v.iter_mut().for_each(|value| *value = value.conjugate());
    }
    Some(Singular { u: turned(&found.u, rows), s: found.s, adjoint: found.v })
}

fn short_values<T>(a: &[T], (rows, columns): (usize, usize)) -> Option<Vec<<T as Field>::Real>>
where
    T: Field + Spectral<Size = <T as Field>::Real>,
{
    T::singular_values(Source { data: a, rows, columns })
}

fn short_symmetric<T>(a: &[T], n: usize, vectors: bool) -> Option<(Vec<<T as Field>::Real>, Vec<T>)>
where
    T: Field + Spectral<Size = <T as Field>::Real>,
{
    let (values, found) = T::symmetric(Source { data: a, rows: n, columns: n }, vectors)?;
    Some((values, turned(&found, n)))
}

fn long_symmetric<R: Real + Condensed>(a: &[R], n: usize) -> Option<(Vec<R>, Vec<R>)> {
    // (the transpose of the lower triangle in C order is the one in columns)
    let reduced = Tridiagonal::new(turned(a, n), n);
    let mut d = reduced.diagonal.clone();
    let q = merge::tridiagonal(&mut d, &reduced.beside)?;
    let order = order(&d, |x, y| x < y);
    let mut vectors = turned_in_order(&q, (n, n), &order);
    reduced.apply(&mut vectors, Part { offset: 0, rows: n, columns: n, strides: (n, 1) });
    Some((order.iter().map(|&at| d[at]).collect(), vectors))
}

fn long_symmetric_values<R: Real>(a: &[R], n: usize) -> Option<Vec<R>> {
    let Tridiagonal { mut diagonal, mut beside, .. } = Tridiagonal::new(turned(a, n), n);
    beside.iter_mut().for_each(|value| *value = Float::abs(*value));
    spectral::eigenvalues(&mut diagonal, &mut beside).then_some(diagonal)
}

/// A matrix with at least as many rows as columns, column after column: a, or its transpose.
struct Tall<R> {
    data: Vec<R>,
    m: usize,
    n: usize,
    /// Whether it is the transpose.
    wide: bool,
}

impl<R: Real> Tall<R> {
    fn new(a: &[R], (rows, columns): (usize, usize)) -> Tall<R> {
        if rows >= columns {
            // a row of `turned` is a column of a
            Tall { data: turned(a, columns), m: rows, n: columns, wide: false }
        } else {
            Tall { data: a.to_vec(), m: columns, n: rows, wide: true }
        }
    }

    /// Whether an orthogonal factor is taken out first.
    fn is_long(&self) -> bool {
        self.m > self.n + self.n / 2
    }

    /// The bidiagonal form, and the orthogonal factor if one is taken out.
    fn reduce(self) -> (Bidiagonal<R>, Option<Qr<R>>) {
        if !self.is_long() {
            return (Bidiagonal::new(self.data, self.m, self.n), None);
        }
        let n = self.n;
        let factored = Qr::new(self.data, self.m, n);
        let triangle = turned(&factored.triangle(n), n);
        (Bidiagonal::new(triangle, n, n), Some(factored))
    }
}

fn long_values<R: Real>(a: &[R], size: (usize, usize)) -> Option<Vec<R>> {
    let (Bidiagonal { mut diagonal, mut beside, .. }, _) = Tall::new(a, size).reduce();
    for value in diagonal.iter_mut().chain(&mut beside) {
        *value = Float::abs(*value);
    }
    spectral::singular_values(&mut diagonal, &mut beside).then_some(diagonal)
}

fn long_svd<R: Real + Spectral<Size = R>>(a: &[R], size: (usize, usize), full: bool) -> Option<Singular<R>> {
    let tall = Tall::new(a, size);
    let (m, n, wide) = (tall.m, tall.n, tall.wide);
    let (reduced, factored) = tall.reduce();
    let found = merge::bidiagonal(&reduced.diagonal, &reduced.beside)?;
    let order = order(&found.values, |x, y| x > y);
    let s = order.iter().map(|&at| found.values[at]).collect();
    // the side of the m rows, then that of the n: the one that will be u in C order, the other column after column
    let columns = if full { m } else { n };
    let (tall_strides, short_strides) = if wide { ((1, m), (n, 1)) } else { ((columns, 1), (1, n)) };
    let mut left = vec![R::ZERO; m * columns];
    place(&found.u, found.step, &order, &mut left, tall_strides);
    for at in n..columns {
        left[at * tall_strides.0 + at * tall_strides.1] = R::ONE;
    }
    let inner = if factored.is_some() { n } else { m };
    reduced.apply_left(&mut left, Part { offset: 0, rows: inner, columns, strides: tall_strides });
    if let Some(factored) = factored {
        factored.apply(&mut left, Part { offset: 0, rows: m, columns, strides: tall_strides });
    }
    let mut right = vec![R::ZERO; n * n];
    place(&found.v, found.step, &order, &mut right, short_strides);
    reduced.apply_right(&mut right, Part { offset: 0, rows: n, columns: n, strides: short_strides });
    let (u, adjoint) = if wide { (right, left) } else { (left, right) };
    Some(Singular { u, s, adjoint })
}

/// Copies the first elements of columns `step` apart, in an order, into a matrix with these strides.
fn place<R: Real>(columns: &[R], step: usize, order: &[usize], to: &mut [R], strides: (usize, usize)) {
    let n = order.len();
    if strides.0 == 1 {
        each_run(to, strides.1, 1 + (1 << 14) / strides.1, &|first, part| {
            for (to, &column) in part.chunks_exact_mut(strides.1).zip(order.get(first..).unwrap_or(&[])) {
                to[..n].copy_from_slice(&columns[column * step..column * step + n]);
            }
        });
        return;
    }
    turn_into(columns, step, order, n, to, strides.0);
}

/// The order of values, equal ones as they stand.
fn order<R: Real>(values: &[R], before: impl Fn(R, R) -> bool) -> Vec<usize> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&x, &y| {
        let (x, y) = (values[x], values[y]);
        if before(x, y) {
            Less
        } else if before(y, x) {
            Greater
        } else {
            Equal
        }
    });
    order
}

/// From column after column to C order, or from C order to column after column: lines of `length` elements become columns.
pub(super) fn turned<T: Copy + Send + Sync>(lines: &[T], length: usize) -> Vec<T> {
    let count = lines.len() / length.max(1);
    let all: Vec<usize> = (0..count).collect();
    turned_in_order(lines, (length, count), &all)
}

fn turned_in_order<T: Copy + Send + Sync>(
    lines: &[T],
    (length, count): (usize, usize),
    order: &[usize],
) -> Vec<T> {
    let Some(&any) = lines.first() else { return Vec::new() };
    let mut turned = vec![any; length * count];
    turn_into(lines, length, order, length, &mut turned, count);
    turned
}

/// Writes lines as columns of the first rows of a matrix in C order.
fn turn_into<T: Copy + Send + Sync>(
    lines: &[T],
    step: usize,
    order: &[usize],
    rows: usize,
    to: &mut [T],
    width: usize,
) {
    if rows == 0 || width == 0 {
        return;
    }
    each_run(&mut to[..rows * width], width, TILE.max((1 << 14) / width), &|first, part| {
        let last = first + part.len() / width;
        for rows in (first..last).step_by(TILE) {
            for columns in (0..order.len()).step_by(TILE) {
                for column in columns..order.len().min(columns + TILE) {
                    let line = &lines[order[column] * step..];
                    for row in rows..last.min(rows + TILE) {
                        part[(row - first) * width + column] = line[row];
                    }
                }
            }
        }
    });
}
