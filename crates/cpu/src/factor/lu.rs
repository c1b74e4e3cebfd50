//! Gaussian elimination with row exchanges, in blocks: determinants, solutions and inverses. Matrices are in C order, so
//! that a row operation runs along memory. Called by the factor kernel, one matrix at a time.
//!
//! Source: Golub and Van Loan, Matrix Computations, 3.4 (right-looking blocks); the order of all sums is fixed by the
//! shape alone.

use num_traits::Float;

use super::field::{Field, Part, Real, copied, dot, product, subtract_scaled, widened};

/// Columns that are eliminated before the rest of the matrix follows in one product.
const BLOCK: usize = 32;
/// Up to this many right sides are solved one by one, along the rows of the triangles.
const FEW_SIDES: usize = 4;

/// A factored matrix: the unit lower and the upper triangle in one, and where each row came from.
pub(super) struct Lu<T> {
    pub n: usize,
    pub packed: Vec<T>,
    pub order: Vec<usize>,
    /// Whether the number of row exchanges is odd.
    pub odd: bool,
    /// Whether a pivot is zero.
    pub singular: bool,
}

/// Two different rows of a matrix in C order, the first to write.
#[inline(always)]
fn two_rows<T>(a: &mut [T], n: usize, written: usize, read: usize) -> (&mut [T], &[T]) {
    if written < read {
        let (before, after) = a.split_at_mut(read * n);
        (&mut before[written * n..(written + 1) * n], &after[..n])
    } else {
        let (before, after) = a.split_at_mut(written * n);
        (&mut after[..n], &before[read * n..(read + 1) * n])
    }
}

widened! {
    /// Eliminates the columns `begin..end`; returns which row each was exchanged with.
    fn eliminate_columns<T>(a: &mut [T], n: usize, begin: usize, end: usize) -> Vec<usize> {
        let mut exchanged = Vec::with_capacity(end - begin);
        for column in begin..end {
            let mut pivot_row = column;
            let mut greatest = a[column * n + column].size();
            for row in column + 1..n {
                let size = a[row * n + column].size();
                if size > greatest {
                    (pivot_row, greatest) = (row, size);
                }
            }
            exchanged.push(pivot_row);
            if pivot_row != column {
                let (before, after) = a.split_at_mut(pivot_row * n);
                before[column * n..(column + 1) * n].swap_with_slice(&mut after[..n]);
            }
            let (above, below) = a.split_at_mut((column + 1) * n);
            let pivots = &above[column * n..];
            let pivot = pivots[column];
            if pivot == T::ZERO {
                continue;
            }
            for row in below.chunks_exact_mut(n) {
                let factor = row[column].over(pivot);
                row[column] = factor;
                subtract_scaled(&mut row[column + 1..end], factor, &pivots[column + 1..end]);
            }
        }
        exchanged
    }
}

widened! {
    /// Rows `begin..end` of the columns from `end` on, as the eliminated columns left of them say.
    fn eliminate_rows<T>(a: &mut [T], n: usize, begin: usize, end: usize) -> () {
        for row in begin + 1..end {
            for other in begin..row {
                let factor = a[row * n + other];
                let (written, read) = two_rows(a, n, row, other);
                subtract_scaled(&mut written[end..], factor, &read[end..]);
            }
        }
    }
}

/// Factors a matrix in C order.
pub(super) fn lu<T: Field>(mut a: Vec<T>, n: usize) -> Lu<T> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut odd = false;
    for begin in (0..n).step_by(BLOCK) {
        let end = n.min(begin + BLOCK);
        for (step, &row) in eliminate_columns(&mut a, n, begin, end).iter().enumerate() {
            if row != begin + step {
                order.swap(begin + step, row);
                odd = !odd;
            }
        }
        if end == n {
            break;
        }
        eliminate_rows(&mut a, n, begin, end);
        let left = Part { offset: end * n + begin, rows: n - end, columns: end - begin, strides: (n, 1) };
        let negated = copied(&a, left, |value| -value);
        let (above, below) = a.split_at_mut(end * n);
        product(
            (&negated, Part { offset: 0, strides: (end - begin, 1), ..left }),
            (above, Part { offset: begin * n + end, rows: end - begin, columns: n - end, strides: (n, 1) }),
            (below, Part { offset: end, rows: n - end, columns: n - end, strides: (n, 1) }),
            true,
        );
    }
    let singular = (0..n).any(|at| a[at * n + at] == T::ZERO);
    Lu { n, packed: a, order, odd, singular }
}

/// What is known of a determinant.
pub(super) struct Determinant<T: Field> {
    /// 0, or of absolute value 1
    pub sign: T,
    pub logarithm: T::Real,
    pub value: T,
}

impl<T: Field> Lu<T> {
    /// The product of the pivots, kept apart from its power of two so that nothing overflows before the end.
    pub fn determinant(&self) -> Determinant<T> {
        let start = if self.odd { -T::ONE } else { T::ONE };
        let (mut sign, mut mantissa, mut exponent) = (start, start, 0i32);
        let mut logarithm = 0.0;
        for at in 0..self.n {
            let pivot = self.packed[at * self.n + at];
            let size = pivot.magnitude();
            if pivot == T::ZERO {
                let none = <T::Real as Real>::from_f64(f64::NEG_INFINITY);
                return Determinant { sign: T::ZERO, logarithm: none, value: T::ZERO };
            }
            sign *= pivot.over(T::from_real(size));
            logarithm += size.to_f64().ln();
            mantissa *= pivot;
            let (scale, shift) = power_of_two(mantissa.size());
            mantissa *= T::from_real(scale);
            exponent += shift;
        }
        Determinant { sign, logarithm: T::Real::from_f64(logarithm), value: scaled(mantissa, exponent) }
    }

    /// The solutions for `count` right sides, the columns of `b` in C order.
    pub fn solve(&self, b: &[T], count: usize) -> Vec<T> {
        let n = self.n;
        if count <= FEW_SIDES {
            let mut sides: Vec<T> = Vec::with_capacity(n * count);
            for side in 0..count {
                sides.extend(self.order.iter().map(|&row| b[row * count + side]));
            }
            solve_few(&self.packed, n, &mut sides);
            let whole = Part { offset: 0, rows: n, columns: count, strides: (1, n) };
            return copied(&sides, whole, |value| value);
        }
        let mut x = Vec::with_capacity(n * count);
        for &row in &self.order {
            x.extend_from_slice(&b[row * count..(row + 1) * count]);
        }
        for begin in (0..n).step_by(BLOCK) {
            let end = n.min(begin + BLOCK);
            let (done, rest) = x.split_at_mut(begin * count);
            self.subtract(begin..end, 0..begin, done, rest, count);
            forward_rows(&self.packed, n, begin, end, &mut x, count);
        }
        self.backward(&mut x, count);
        x
    }

    /// The inverse in C order.
    pub fn inverse(&self) -> Vec<T> {
        let n = self.n;
        let mut x = vec![T::ZERO; n * n];
        for begin in (0..n).step_by(BLOCK) {
            let end = n.min(begin + BLOCK);
            for row in begin..end {
                x[row * n + row] = T::ONE;
            }
            // right of the diagonal block the inverse of the lower triangle is zero
            let left = Part { offset: begin * n, rows: end - begin, columns: begin, strides: (n, 1) };
            let negated = copied(&self.packed, left, |value| -value);
            let (done, rest) = x.split_at_mut(begin * n);
            product(
                (&negated, Part { offset: 0, strides: (begin, 1), ..left }),
                (done, Part { offset: 0, rows: begin, columns: begin, strides: (n, 1) }),
                (rest, Part { offset: 0, rows: end - begin, columns: begin, strides: (n, 1) }),
                false,
            );
            forward_rows(&self.packed, n, begin, end, &mut x, n);
        }
        self.backward(&mut x, n);
        let mut inverse = vec![T::ZERO; n * n];
        for (to, from) in inverse.chunks_exact_mut(n.max(1)).zip(x.chunks_exact(n.max(1))) {
            for (&place, &value) in self.order.iter().zip(from) {
                to[place] = value;
            }
        }
        inverse
    }

    /// Solves with the upper triangle, in place.
    fn backward(&self, x: &mut [T], count: usize) {
        let n = self.n;
        for begin in (0..n).step_by(BLOCK).rev() {
            let end = n.min(begin + BLOCK);
            let (open, done) = x.split_at_mut(end * count);
            self.subtract(begin..end, end..n, done, &mut open[begin * count..], count);
            backward_rows(&self.packed, n, begin, end, x, count);
        }
    }

    /// `rest -= packed[rows, columns] * done`
    fn subtract(
        &self,
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
        done: &[T],
        rest: &mut [T],
        count: usize,
    ) {
        if columns.is_empty() {
            return;
        }
        let (height, width) = (rows.len(), columns.len());
        let offset = rows.start * self.n + columns.start;
        let part = Part { offset, rows: height, columns: width, strides: (self.n, 1) };
        let negated = copied(&self.packed, part, |value| -value);
        product(
            (&negated, Part { offset: 0, strides: (width, 1), ..part }),
            (done, Part { offset: 0, rows: width, columns: count, strides: (count, 1) }),
            (rest, Part { offset: 0, rows: height, columns: count, strides: (count, 1) }),
            true,
        );
    }
}

widened! {
    /// Substitution inside a block of the unit lower triangle.
    fn forward_rows<T>(packed: &[T], n: usize, begin: usize, end: usize, x: &mut [T], count: usize) -> () {
        for row in begin + 1..end {
            for other in begin..row {
                let (written, read) = two_rows(x, count, row, other);
                subtract_scaled(written, packed[row * n + other], read);
            }
        }
    }
}

widened! {
    /// Substitution inside a block of the upper triangle.
    fn backward_rows<T>(packed: &[T], n: usize, begin: usize, end: usize, x: &mut [T], count: usize) -> () {
        for row in (begin..end).rev() {
            for other in row + 1..end {
                let (written, read) = two_rows(x, count, row, other);
                subtract_scaled(written, packed[row * n + other], read);
            }
            let pivot = packed[row * n + row];
            for value in &mut x[row * count..(row + 1) * count] {
                *value = value.over(pivot);
            }
        }
    }
}

widened! {
    /// Both substitutions for vectors that lie one behind the other.
    fn solve_few<T>(packed: &[T], n: usize, sides: &mut [T]) -> () {
        for x in sides.chunks_exact_mut(n.max(1)) {
            for row in 1..n {
                let sum = dot(&packed[row * n..row * n + row], &x[..row]);
                x[row] -= sum;
            }
            for row in (0..n).rev() {
                let sum = dot(&packed[row * n + row + 1..(row + 1) * n], &x[row + 1..]);
                x[row] = (x[row] - sum).over(packed[row * n + row]);
            }
        }
    }
}

/// A power of two that brings a number near 1, and the exponent taken out.
fn power_of_two<R: Real>(size: R) -> (R, i32) {
    if !Float::is_finite(size) || size == R::ZERO {
        return (R::ONE, 0);
    }
    let exponent = size.to_f64().log2().floor().clamp(-120.0, 120.0) as i32;
    (R::from_f64(2f64.powi(-exponent)), exponent)
}

/// `mantissa * 2^exponent`, in steps that a double can hold.
fn scaled<T: Field>(mantissa: T, mut exponent: i32) -> T {
    let mut value = mantissa;
    while exponent != 0 {
        let step = exponent.clamp(-100, 100);
        value *= T::from_real(T::Real::from_f64(2f64.powi(step)));
        exponent -= step;
        if value == T::ZERO || !value.finite() {
            break;
        }
    }
    value
}
