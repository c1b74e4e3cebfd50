//! Orthogonal factorisation by Householder's reflections in blocks, in LAPACK's conventions: the diagonal of r is real,
//! `h = 1 - factor v v^H` with v = (0, ..., 1, ...), q = h1 h2 ... hk. Matrices lie column after column here. Called by
//! the factor kernel, one matrix at a time.
//!
//! Source: Schreiber and Van Loan, A storage-efficient WY representation (1989).

use num_traits::Float;

use super::field::{Field, Part, copied, dot, product, scaled, subtract_scaled, widened};

/// Columns whose reflections are applied to the rest in one go.
const BLOCK: usize = 32;

/// A factored matrix: r above, the reflections' vectors below the diagonal.
pub(super) struct Qr<T> {
    m: usize,
    n: usize,
    /// m by n, column after column
    pub packed: Vec<T>,
    pub factors: Vec<T>,
}

/// The reflection that turns a column (its first element and the rest) into `beta` and zeros: its factor. The rest
/// becomes its vector.
#[inline(always)]
fn reflection<T: Field>(column: &mut [T]) -> T {
    let Some((head, tail)) = column.split_first_mut() else { return T::ZERO };
    let greatest = tail.iter().fold(<T::Real as Field>::ZERO, |most, value| {
        let size = value.size();
        if size > most || Float::is_nan(size) { size } else { most }
    });
    if greatest == <T::Real as Field>::ZERO && head.im() == <T::Real as Field>::ZERO {
        return T::ZERO;
    }
    // scaled, so that squares neither overflow nor vanish
    let scale = if greatest > head.size() { greatest } else { head.size() };
    let inverse = <T::Real as Field>::ONE / scale;
    let square = |value: T| {
        let (re, im) = (value.re() * inverse, value.im() * inverse);
        re * re + im * im
    };
    let sum = tail.iter().fold(square(*head), |sum, &value| sum + square(value));
    let norm = scale * Float::sqrt(sum);
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
                let block = Block::new(done, m, begin..end, &factors[begin..end]);
                block.apply(rest, n - end, true);
            }
        }
        Qr { m, n, packed: a, factors }
    }

    /// The first `columns` columns of q, column after column.
    pub fn orthogonal(&self, columns: usize) -> Vec<T> {
        let (m, count) = (self.m, self.factors.len());
        let mut q = vec![T::ZERO; m * columns];
        for at in 0..columns.min(m) {
            q[at * m + at] = T::ONE;
        }
        for begin in (0..count).step_by(BLOCK).rev() {
            let end = count.min(begin + BLOCK);
            let block = Block::new(&self.packed, m, begin..end, &self.factors[begin..end]);
            // columns left of the block are still those of the identity and end above it
            let first = begin.min(columns);
            block.apply(&mut q[first * m..], columns - first, false);
        }
        q
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

/// Several reflections as one: `1 - v t v^H`.
struct Block<T> {
    /// Rows above which the vectors are zero.
    begin: usize,
    height: usize,
    width: usize,
    m: usize,
    /// height by width, column after column, with the ones and the zeros above them
    vectors: Vec<T>,
    /// width by width, upper triangle, C order
    triangle: Vec<T>,
}

impl<T: Field> Block<T> {
    fn new(packed: &[T], m: usize, columns: std::ops::Range<usize>, factors: &[T]) -> Block<T> {
        let (begin, width) = (columns.start, columns.len());
        let height = m - begin;
        let mut vectors = vec![T::ZERO; height * width];
        for (at, vector) in vectors.chunks_exact_mut(height).enumerate() {
            vector[at] = T::ONE;
            let start = (begin + at) * m;
            vector[at + 1..].copy_from_slice(&packed[start + begin + at + 1..start + m]);
        }
        let mut triangle = vec![T::ZERO; width * width];
        for at in 0..width {
            let factor = factors[at];
            let own = &vectors[at * height..(at + 1) * height];
            let overlaps: Vec<T> = (0..at)
                .map(|other| conjugate_dot(&vectors[other * height + at..(other + 1) * height], &own[at..]))
                .collect();
            for row in 0..at {
                let sum = (row..at)
                    .fold(T::ZERO, |sum, other| sum + triangle[row * width + other] * overlaps[other]);
                triangle[row * width + at] = -factor * sum;
            }
            triangle[at * width + at] = factor;
        }
        Block { begin, height, width, m, vectors, triangle }
    }

    /// Applies the reflections to `count` columns of m elements, from the left; with `adjoint` their inverse.
    fn apply(&self, columns: &mut [T], count: usize, adjoint: bool) {
        let (height, width) = (self.height, self.width);
        if count == 0 {
            return;
        }
        let conjugate = |value: T| value.conjugate();
        let by_rows = Part { offset: 0, rows: height, columns: width, strides: (1, height) };
        let below = Part { offset: self.begin, rows: height, columns: count, strides: (1, self.m) };
        let turned;
        let adjoint_vectors: (&[T], Part) = if T::COMPLEX {
            turned = copied(&self.vectors, by_rows, conjugate);
            (&turned, Part { offset: 0, rows: width, columns: height, strides: (1, width) })
        } else {
            (&self.vectors, Part { offset: 0, rows: width, columns: height, strides: (height, 1) })
        };
        let mut weights = vec![T::ZERO; width * count];
        let lines = Part { offset: 0, rows: width, columns: count, strides: (count, 1) };
        product(adjoint_vectors, (columns, below), (&mut weights, lines), false);
        let triangle = Part { offset: 0, rows: width, columns: width, strides: (width, 1) };
        let across = Part { strides: (1, width), ..triangle };
        let negated = if adjoint {
            copied(&self.triangle, across, |value| -value.conjugate())
        } else {
            copied(&self.triangle, triangle, |value| -value)
        };
        let mut combined = vec![T::ZERO; width * count];
        product((&negated, triangle), (&weights, lines), (&mut combined, lines), false);
        product((&self.vectors, by_rows), (&combined, lines), (columns, below), true);
    }
}
