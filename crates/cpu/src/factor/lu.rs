//! Gaussian elimination with row exchanges: determinants, solutions and inverses. Matrices are in C order, so that a row
//! operation runs along memory. Called by the factor kernel, one matrix at a time. Columns are halved until few are left,
//! so that nearly all of the work is products of large blocks; the order of all sums is fixed by the shape alone.
//!
//! Source: Toledo, Locality of reference in LU decomposition with partial pivoting (1997).

use num_traits::Float;

use super::field::{Field, Part, Real, copied, dot, product, subtract_scaled, widened};
use super::triangle::{halves, invert_lower, solve_lower, solve_upper};

/// Columns that are eliminated one by one, in a copy in which each lies in one piece.
const PANEL: usize = 16;
/// A matrix of at most this many rows is eliminated where it lies.
const SMALL: usize = 32;
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

widened! {
    /// Eliminates all columns of a small matrix in place.
    fn eliminate_small<T>(a: &mut [T], n: usize, order: &mut [usize]) -> bool {
        let mut odd = false;
        for column in 0..n {
            let mut pivot_row = column;
            let mut greatest = a[column * n + column].size();
            for row in column + 1..n {
                let size = a[row * n + column].size();
                if size > greatest {
                    (pivot_row, greatest) = (row, size);
                }
            }
            if pivot_row != column {
                let (before, after) = a.split_at_mut(pivot_row * n);
                before[column * n..(column + 1) * n].swap_with_slice(&mut after[..n]);
                order.swap(column, pivot_row);
                odd = !odd;
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
                subtract_scaled(&mut row[column + 1..n], factor, &pivots[column + 1..n]);
            }
        }
        odd
    }
}

/// The place of the greatest size, the first of several; 0 where all are nan.
#[inline(always)]
fn greatest_place<T: Field>(column: &[T]) -> usize {
    const LANES: usize = 16;
    let none = <T::Real as Field>::ZERO;
    let mut most = [none; LANES];
    let parts = column.chunks_exact(LANES);
    let rest = parts.remainder();
    for part in parts {
        for lane in 0..LANES {
            let size = part[lane].size();
            most[lane] = if size > most[lane] { size } else { most[lane] };
        }
    }
    let larger = |most, size| if size > most { size } else { most };
    let greatest = most.into_iter().chain(rest.iter().map(|value| value.size())).fold(none, larger);
    column.iter().position(|value| value.size() == greatest).unwrap_or(0)
}

widened! {
    /// Eliminates columns of `rows` elements that lie one behind the other; tells which row each was exchanged with.
    fn eliminate_panel<T>(panel: &mut [T], rows: usize, exchanged: &mut Vec<usize>) -> () {
        let width = panel.len() / rows;
        for at in 0..width {
            let pivot_row = at + greatest_place(&panel[at * rows + at..(at + 1) * rows]);
            exchanged.push(pivot_row);
            if pivot_row != at {
                for column in panel.chunks_exact_mut(rows) {
                    column.swap(at, pivot_row);
                }
            }
            let (before, after) = panel.split_at_mut((at + 1) * rows);
            let column = &mut before[at * rows + at..];
            let Some((&mut pivot, factors)) = column.split_first_mut() else { return };
            if pivot == T::ZERO {
                continue;
            }
            factors.iter_mut().for_each(|value| *value = value.over(pivot));
            for other in after.chunks_exact_mut(rows) {
                let (head, tail) = other[at..].split_at_mut(1);
                subtract_scaled(tail, head[0], factors);
            }
        }
    }
}

/// A matrix being factored.
struct Elimination<T> {
    n: usize,
    a: Vec<T>,
    order: Vec<usize>,
    odd: bool,
    panel: Vec<T>,
}

impl<T: Field> Elimination<T> {
    /// Eliminates the columns `begin..end`; those left of them are done, and what they do to these columns too.
    fn columns(&mut self, begin: usize, end: usize) {
        let n = self.n;
        let Some(half) = halves(end - begin, PANEL) else { return self.narrow_columns(begin, end) };
        let middle = begin + half;
        self.columns(begin, middle);
        let square = Part { offset: begin * n + begin, rows: half, columns: half, strides: (n, 1) };
        let triangle = copied(&self.a, square, |value| -value);
        solve_lower(&triangle, (half, n), half, &mut self.a[begin * n + middle..], end - middle);
        let left = Part { offset: middle * n + begin, rows: n - middle, columns: half, strides: (n, 1) };
        let negated = copied(&self.a, left, |value| -value);
        let (above, below) = self.a.split_at_mut(middle * n);
        let right = Part { offset: begin * n + middle, rows: half, columns: end - middle, strides: (n, 1) };
        product(
            (&negated, Part { offset: 0, strides: (half, 1), ..left }),
            (above, right),
            (below, Part { offset: middle, rows: n - middle, ..right }),
            true,
        );
        self.columns(middle, end);
    }

    fn narrow_columns(&mut self, begin: usize, end: usize) {
        let (n, rows, width) = (self.n, self.n - begin, end - begin);
        self.panel.resize(rows * width, T::ZERO);
        turn(&self.a[begin * n + begin..], n, &mut self.panel, rows);
        let mut exchanged = Vec::with_capacity(width);
        eliminate_panel(&mut self.panel, rows, &mut exchanged);
        for (at, &row) in exchanged.iter().enumerate() {
            if row != at {
                let (at, row) = (begin + at, begin + row);
                let (before, after) = self.a.split_at_mut(row * n);
                before[at * n..(at + 1) * n].swap_with_slice(&mut after[..n]);
                self.order.swap(at, row);
                self.odd = !self.odd;
            }
        }
        for row in 0..rows {
            let line = &mut self.a[(begin + row) * n + begin..][..width];
            for (at, value) in line.iter_mut().enumerate() {
                *value = self.panel[at * rows + row];
            }
        }
    }
}

/// Copies rows `step` apart into columns of `rows` elements.
fn turn<T: Field>(a: &[T], step: usize, columns: &mut [T], rows: usize) {
    let width = columns.len() / rows;
    for row in 0..rows {
        for (at, &value) in a[row * step..row * step + width].iter().enumerate() {
            columns[at * rows + row] = value;
        }
    }
}

/// Factors a matrix in C order.
pub(super) fn lu<T: Field>(a: Vec<T>, n: usize) -> Lu<T> {
    let order: Vec<usize> = (0..n).collect();
    let mut work = Elimination { n, a, order, odd: false, panel: Vec::new() };
    if n <= SMALL {
        work.odd = eliminate_small(&mut work.a, n, &mut work.order);
    } else {
        work.columns(0, n);
    }
    let singular = (0..n).any(|at| work.a[at * n + at] == T::ZERO);
    Lu { n, packed: work.a, order: work.order, odd: work.odd, singular }
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
        for at in 0..self.n {
            let pivot = self.packed[at * self.n + at];
            let size = pivot.magnitude();
            if pivot == T::ZERO {
                let none = <T::Real as Real>::from_f64(f64::NEG_INFINITY);
                return Determinant { sign: T::ZERO, logarithm: none, value: T::ZERO };
            }
            sign *= pivot.over(T::from_real(size));
            mantissa *= pivot;
            let (scale, shift) = power_of_two(mantissa.size());
            mantissa *= T::from_real(scale);
            exponent += shift;
        }
        let logarithm = mantissa.magnitude().to_f64().ln() + f64::from(exponent) * std::f64::consts::LN_2;
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
        let negated = self.negated();
        solve_lower(&negated, (n, count), n, &mut x, count);
        solve_upper(&negated, (n, count), n, &mut x, count);
        x
    }

    /// Both triangles, all elements beside the diagonal negated.
    fn negated(&self) -> Vec<T> {
        let mut negated: Vec<T> = self.packed.iter().map(|&value| -value).collect();
        for at in (0..self.n).map(|at| at * self.n + at) {
            negated[at] = self.packed[at];
        }
        negated
    }

    /// The inverse in C order.
    pub fn inverse(&self) -> Vec<T> {
        let n = self.n;
        let mut x = vec![T::ZERO; n * n];
        if n == 0 {
            return x;
        }
        let negated = self.negated();
        invert_lower(&negated, n, 0, n, &mut x);
        solve_upper(&negated, (n, n), n, &mut x, n);
        // every row in the order of the rows that were exchanged
        let mut line = vec![T::ZERO; n];
        for row in x.chunks_exact_mut(n) {
            for (&place, &value) in self.order.iter().zip(row.iter()) {
                line[place] = value;
            }
            row.copy_from_slice(&line);
        }
        x
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
    let biased = (size.to_f64().to_bits() >> 52 & 0x7ff) as i32;
    let exponent = (biased - 1023).clamp(-120, 120);
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
