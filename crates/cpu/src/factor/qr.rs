//! Orthogonal factorisation by Householder's reflections in blocks, in LAPACK's conventions: the diagonal of r is real,
//! `h = 1 - factor v v^H` with v = (0, ..., 1, ...), q = h1 h2 ... hk. Matrices lie column after column here. Called by
//! the factor kernel, one matrix at a time.
//!
//! Source: Schreiber and Van Loan, A storage-efficient WY representation (1989).

use num_traits::Float;

use super::field::{Field, Part, copied, dot, product, scaled, subtract_scaled, widened};

/// Columns whose reflections are applied to the rest in one go.
const BLOCK: usize = 32;
/// The same where all vectors are known beforehand.
const WIDE_BLOCK: usize = 64;

/// A factored matrix: r above, the reflections' vectors below the diagonal.
pub(super) struct Qr<T> {
    pub m: usize,
    pub n: usize,
    /// m by n, column after column
    pub packed: Vec<T>,
    pub factors: Vec<T>,
}

#[inline(always)]
fn square<T: Field>(value: T) -> T::Real {
    value.re() * value.re() + value.im() * value.im()
}

/// The sum of squares, in eight running sums.
#[inline(always)]
fn squares<T: Field>(values: &[T]) -> T::Real {
    const SUMS: usize = 8;
    let mut sums = [<T::Real as Field>::ZERO; SUMS];
    let parts = values.chunks_exact(SUMS);
    for (sum, &value) in sums.iter_mut().zip(parts.remainder()) {
        *sum += square(value);
    }
    for part in parts {
        for at in 0..SUMS {
            sums[at] += square(part[at]);
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The length of a column whose squares might overflow or vanish.
#[cold]
fn scaled_norm<T: Field>(head: T, tail: &[T]) -> T::Real {
    let greatest = tail.iter().fold(head.size(), |most, value| {
        let size = value.size();
        if size > most || Float::is_nan(size) { size } else { most }
    });
    if greatest == <T::Real as Field>::ZERO {
        return greatest;
    }
    let part = |value: T| square(T::new(value.re() / greatest, value.im() / greatest));
    greatest * Float::sqrt(tail.iter().fold(part(head), |sum, &value| sum + part(value)))
}

/// The reflection that turns a column (its first element and the rest) into `beta` and zeros: its factor. The rest
/// becomes its vector.
#[inline(always)]
pub(super) fn reflection<T: Field>(column: &mut [T]) -> T {
    let Some((head, tail)) = column.split_first_mut() else { return T::ZERO };
    let mut norm = Float::sqrt(squares(tail) + square(*head));
    let least = Float::sqrt(<T::Real as Float>::min_positive_value()) / <T::Real as Float>::epsilon();
    if !(norm > least && Float::is_finite(norm)) {
        norm = scaled_norm(*head, tail);
    }
    let tiny = <T::Real as Float>::min_positive_value() / <T::Real as Float>::epsilon();
    if norm < tiny {
        // (what is left of equal columns shrinks to where reciprocals are infinite)
        tail.fill(T::ZERO);
        *head = T::from_real(head.re());
        return T::ZERO;
    }
    let is_done = |value: &T| value.size() == <T::Real as Field>::ZERO;
    if head.im() == <T::Real as Field>::ZERO && tail.iter().all(is_done) {
        return T::ZERO;
    }
    let beta = if head.re() >= <T::Real as Field>::ZERO { -norm } else { norm };
    let factor = T::new((beta - head.re()) / beta, -head.im() / beta);
    let shrink = T::ONE.over(*head - T::from_real(beta));
    tail.iter_mut().for_each(|value| *value *= shrink);
    *head = T::from_real(beta);
    factor
}

#[inline(always)]
fn conjugate_dot<T: Field>(v: &[T], x: &[T]) -> T {
    if !T::COMPLEX {
        return dot(v, x);
    }
    v.iter().zip(x).fold(T::ZERO, |sum, (&v, &x)| sum + v.conjugate() * x)
}

widened! {
    /// Reflects the columns `begin..end` one after the other, each applied to those right of it up to `end`.
    fn reflect_columns<T>(a: &mut [T], m: usize, begin: usize, end: usize, factors: &mut Vec<T>) -> () {
        for at in begin..end {
            let (before, after) = a.split_at_mut((at + 1) * m);
            let column = &mut before[at * m + at..];
            let factor = reflection(column);
            factors.push(factor);
            let vector = &column[1..];
            let turned = factor.conjugate();
            for other in after.chunks_exact_mut(m).take(end - at - 1) {
                let (head, tail) = other[at..].split_at_mut(1);
                let weight = turned * (head[0] + conjugate_dot(vector, tail));
                head[0] -= weight;
                subtract_scaled(tail, weight, vector);
            }
        }
    }
}

impl<T: Field> Qr<T> {
    /// Factors a matrix that lies column after column.
    pub fn new(mut a: Vec<T>, m: usize, n: usize) -> Qr<T> {
        let count = m.min(n);
        let mut factors = Vec::with_capacity(count);
        for begin in (0..count).step_by(BLOCK) {
            let end = count.min(begin + BLOCK);
            reflect_columns(&mut a, m, begin, end, &mut factors);
            if end < n {
                let (done, rest) = a.split_at_mut(end * m);
                let block = Block::new(done, (m, m), begin..end, &factors[begin..end]);
                block.apply(rest, Part { offset: 0, rows: m, columns: n - end, strides: (1, m) }, true);
            }
        }
        Qr { m, n, packed: a, factors }
    }

    /// The first `columns` columns of q, column after column.
    pub fn orthogonal(&self, columns: usize) -> Vec<T> {
        let m = self.m;
        let mut q = vec![T::ZERO; m * columns];
        for at in 0..columns.min(m) {
            q[at * m + at] = T::ONE;
        }
        for begin in (0..self.factors.len()).step_by(BLOCK).rev() {
            // columns left of the block are still those of the identity and end above it
            let first = begin.min(columns);
            let right = Part { offset: first * m, rows: m, columns: columns - first, strides: (1, m) };
            let end = self.factors.len().min(begin + BLOCK);
            let block = Block::new(&self.packed, (m, m), begin..end, &self.factors[begin..end]);
            block.apply(&mut q, right, false);
        }
        q
    }

    /// Multiplies a matrix of m rows by q from the left.
    pub fn apply(&self, x: &mut [T], part: Part) {
        reflect_all(&self.packed, (self.m, self.m), &self.factors, x, part);
    }

    /// Multiplies r by a power of two.
    pub fn scale_triangle(&mut self, exponent: i32) {
        if exponent != 0 {
            for column in 0..self.n {
                let start = column * self.m;
                for value in &mut self.packed[start..start + self.m.min(column + 1)] {
                    *value = T::new(scaled(value.re(), exponent), scaled(value.im(), exponent));
                }
            }
        }
    }

    /// The first `rows` rows of r, in C order.
    pub fn triangle(&self, rows: usize) -> Vec<T> {
        let mut r = vec![T::ZERO; rows * self.n];
        for row in 0..rows.min(self.m) {
            for column in row..self.n {
                r[row * self.n + column] = self.packed[column * self.m + row];
            }
        }
        r
    }
}

/// Multiplies a matrix of `m` rows from the left by reflections whose vectors lie in columns `step` apart, each beginning
/// one row below the one before.
pub(super) fn reflect_all<T: Field>(
    packed: &[T],
    (m, step): (usize, usize),
    factors: &[T],
    x: &mut [T],
    part: Part,
) {
    for begin in (0..factors.len()).step_by(WIDE_BLOCK).rev() {
        let end = factors.len().min(begin + WIDE_BLOCK);
        Block::new(packed, (m, step), begin..end, &factors[begin..end]).apply(x, part, false);
    }
}

/// Several reflections as one: `1 - v t v^H`.
struct Block<T> {
    /// Rows above which the vectors are zero.
    begin: usize,
    height: usize,
    width: usize,
    /// height by width, column after column, with the ones and the zeros above them
    vectors: Vec<T>,
    /// the same, conjugated; empty for real numbers
    conjugates: Vec<T>,
    /// width by width, upper triangle, C order
    triangle: Vec<T>,
}

impl<T: Field> Block<T> {
    /// Of columns of m elements that lie `step` apart.
    fn new(
        packed: &[T],
        (m, step): (usize, usize),
        columns: std::ops::Range<usize>,
        factors: &[T],
    ) -> Block<T> {
        let (begin, width) = (columns.start, columns.len());
        let height = m - begin;
        let mut vectors = vec![T::ZERO; height * width];
        for (at, vector) in vectors.chunks_exact_mut(height).enumerate() {
            vector[at] = T::ONE;
            let start = (begin + at) * step;
            vector[at + 1..].copy_from_slice(&packed[start + begin + at + 1..start + m]);
        }
        let conjugates =
            if T::COMPLEX { vectors.iter().map(|value| value.conjugate()).collect() } else { Vec::new() };
        let mut block = Block { begin, height, width, vectors, conjugates, triangle: Vec::new() };
        let mut overlaps = vec![T::ZERO; width * width];
        let square = Part { offset: 0, rows: width, columns: width, strides: (width, 1) };
        product(block.adjoint(), (&block.vectors, block.by_rows()), (&mut overlaps, square), false);
        let mut triangle = vec![T::ZERO; width * width];
        for at in 0..width {
            for row in 0..at {
                let sum = (row..at).fold(T::ZERO, |sum, other| {
                    sum + triangle[row * width + other] * overlaps[other * width + at]
                });
                triangle[row * width + at] = -factors[at] * sum;
            }
            triangle[at * width + at] = factors[at];
        }
        block.triangle = triangle;
        block
    }

    fn by_rows(&self) -> Part {
        Part { offset: 0, rows: self.height, columns: self.width, strides: (1, self.height) }
    }

    /// The adjoint of the vectors.
    fn adjoint(&self) -> (&[T], Part) {
        let vectors = if T::COMPLEX { &self.conjugates } else { &self.vectors };
        (vectors, Part { offset: 0, rows: self.width, columns: self.height, strides: (self.height, 1) })
    }

    /// Applies the reflections to a matrix of m rows from the left; with `adjoint` their inverse.
    fn apply(&self, x: &mut [T], part: Part, adjoint: bool) {
        let (height, width, count) = (self.height, self.width, part.columns);
        if count == 0 {
            return;
        }
        let below = Part { offset: part.offset + self.begin * part.strides.0, rows: height, ..part };
        let mut weights = vec![T::ZERO; width * count];
        let lines = Part { offset: 0, rows: width, columns: count, strides: (count, 1) };
        product(self.adjoint(), (x, below), (&mut weights, lines), false);
        let triangle = Part { offset: 0, rows: width, columns: width, strides: (width, 1) };
        let across = Part { strides: (1, width), ..triangle };
        let negated = if adjoint {
            copied(&self.triangle, across, |value| -value.conjugate())
        } else {
            copied(&self.triangle, triangle, |value| -value)
        };
        let mut combined = vec![T::ZERO; width * count];
        product((&negated, triangle), (&weights, lines), (&mut combined, lines), false);
        product((&self.vectors, self.by_rows()), (&combined, lines), (x, below), true);
    }
}
