//! Cholesky's factorisation, lower triangle, C order. Called by the factor kernel, one matrix at a time. A matrix is
//! halved until it is small, so that nearly all of the work is products of large blocks.
//!
//! Source: Golub and Van Loan, Matrix Computations, 4.2; Gustavson, Recursion leads to automatic variable blocking (1997).

use num_traits::Float;

use super::field::{Field, Part, copied, product, widened};
use super::triangle::halves;

/// Columns that are finished one by one.
const SMALL: usize = 32;
/// Rows that these columns are worked on together in, side by side in memory.
const STRIP: usize = 32;
/// A square below which also what is above its diagonal is computed, rather than in smaller parts.
const SQUARE: usize = 96;

/// Rows of at most SMALL columns, turned: element `row` of column `at` is `[at * WIDTH + row]`.
#[inline(always)]
fn turn_in<T: Field, const WIDTH: usize>(
    a: &[T],
    step: usize,
    rows: usize,
    columns: usize,
    turned: &mut [T],
) {
    for row in 0..rows {
        for (at, &value) in a[row * step..row * step + columns].iter().enumerate() {
            turned[at * WIDTH + row] = value;
        }
    }
}

#[inline(always)]
fn turn_out<T: Field, const WIDTH: usize>(
    turned: &[T],
    step: usize,
    rows: usize,
    columns: usize,
    a: &mut [T],
) {
    for row in 0..rows {
        for (at, value) in a[row * step..row * step + columns].iter_mut().enumerate() {
            *value = turned[at * WIDTH + row];
        }
    }
}

/// Column `at` of turned rows, less its products with those before it; `factor(k)` is the element of the triangle.
#[inline(always)]
fn reduced<T: Field, const WIDTH: usize>(turned: &[T], at: usize, factor: impl Fn(usize) -> T) -> [T; WIDTH] {
    let mut sums = [T::ZERO; WIDTH];
    sums.copy_from_slice(&turned[at * WIDTH..(at + 1) * WIDTH]);
    for before in 0..at {
        let (factor, column) = (factor(before), &turned[before * WIDTH..(before + 1) * WIDTH]);
        for row in 0..WIDTH {
            sums[row] -= factor * column[row];
        }
    }
    sums
}

#[inline(always)]
fn divided<T: Field>(value: T, by: T::Real) -> T {
    T::new(value.re() / by, value.im() / by)
}

/// Factors a small square at the beginning of a; `false` where a pivot is not positive.
#[inline(always)]
fn small_square<T: Field, const WIDTH: usize>(a: &mut [T], step: usize, n: usize, turned: &mut [T]) -> bool {
    turn_in::<T, WIDTH>(a, step, n, n, turned);
    for at in 0..n {
        let mut column = reduced::<T, WIDTH>(turned, at, |before| turned[before * WIDTH + at].conjugate());
        let square = column[at].re();
        if square <= <T::Real as Field>::ZERO || Float::is_nan(square) {
            return false;
        }
        let root = Float::sqrt(square);
        column.iter_mut().for_each(|value| *value = divided(*value, root));
        column[at] = T::from_real(root);
        turned[at * WIDTH..(at + 1) * WIDTH].copy_from_slice(&column);
    }
    turn_out::<T, WIDTH>(turned, step, n, n, a);
    true
}

widened! {
    fn finish_square<T>(a: &mut [T], step: usize, n: usize) -> bool {
        const FEW: usize = 8;
        if n <= FEW {
            return small_square::<T, FEW>(a, step, n, &mut [T::ZERO; FEW * FEW]);
        }
        small_square::<T, STRIP>(a, step, n, &mut [T::ZERO; SMALL * STRIP])
    }
}

widened! {
    /// Divides `rows` rows at the beginning of a by the adjoint of a small triangle of n rows.
    fn divide_few<T>(a: &mut [T], step: usize, rows: usize, triangle: &[T], n: usize) -> () {
        let mut room = [T::ZERO; SMALL * STRIP];
        for first in (0..rows).step_by(STRIP) {
            let height = STRIP.min(rows - first);
            let part = &mut a[first * step..];
            turn_in::<T, STRIP>(part, step, height, n, &mut room);
            for at in 0..n {
                let line = &triangle[at * n..(at + 1) * n];
                let mut column = reduced::<T, STRIP>(&room, at, |before| line[before].conjugate());
                column.iter_mut().for_each(|value| *value = divided(*value, line[at].re()));
                room[at * STRIP..(at + 1) * STRIP].copy_from_slice(&column);
            }
            turn_out::<T, STRIP>(&room, step, height, n, part);
        }
    }
}

/// A part of a as it is the right factor of a product: its adjoint.
fn adjoint<'a, T: Field>(a: &'a [T], part: Part, room: &'a mut Vec<T>) -> (&'a [T], Part) {
    let turned = |part: Part, strides: (usize, usize)| Part {
        rows: part.columns,
        columns: part.rows,
        strides,
        ..part
    };
    if T::COMPLEX {
        *room = copied(a, part, |value| value.conjugate());
        return (room, turned(Part { offset: 0, ..part }, (1, part.columns)));
    }
    (a, turned(part, (1, part.strides.0)))
}

/// Divides the rows `first..last` of the columns `begin..end` by the adjoint of the finished triangle there.
fn divide<T: Field>(a: &mut [T], n: usize, first: usize, last: usize, begin: usize, end: usize) {
    let Some(half) = halves(end - begin, SMALL) else {
        let square =
            Part { offset: begin * n + begin, rows: end - begin, columns: end - begin, strides: (n, 1) };
        let triangle = copied(a, square, |value| value);
        return divide_few(&mut a[first * n + begin..], n, last - first, &triangle, end - begin);
    };
    let middle = begin + half;
    divide(a, n, first, last, begin, middle);
    let done = Part { offset: first * n + begin, rows: last - first, columns: half, strides: (n, 1) };
    let negated = copied(a, done, |value| -value);
    let (above, below) = a.split_at_mut(first * n);
    let right = Part { offset: middle * n + begin, rows: end - middle, columns: half, strides: (n, 1) };
    let place = Part { offset: middle, rows: last - first, columns: end - middle, strides: (n, 1) };
    let left = (&negated[..], Part { offset: 0, strides: (half, 1), ..done });
    product(left, adjoint(above, right, &mut Vec::new()), (below, place), true);
    divide(a, n, first, last, middle, end);
}

/// `square -= rows rows^H`, its lower triangle, for `count` rows of `width` elements; `negated` is -rows.
fn subtract_square<T: Field>(
    rows: &[T],
    negated: &[T],
    count: usize,
    width: usize,
    square: &mut [T],
    n: usize,
) {
    let all = Part { offset: 0, rows: count, columns: width, strides: (width, 1) };
    if count <= SQUARE {
        let place = Part { columns: count, strides: (n, 1), ..all };
        return product((negated, all), adjoint(rows, all, &mut Vec::new()), (square, place), true);
    }
    let half = (count / 2).next_multiple_of(SMALL);
    let (above, below) =
        (Part { rows: half, ..all }, Part { offset: half * width, rows: count - half, ..all });
    subtract_square(rows, negated, half, width, square, n);
    let place = Part { offset: half * n, rows: count - half, columns: half, strides: (n, 1) };
    product((negated, below), adjoint(rows, above, &mut Vec::new()), (square, place), true);
    let corner = &mut square[half * n + half..];
    subtract_square(&rows[half * width..], &negated[half * width..], count - half, width, corner, n);
}

/// Factors rows and columns `begin..end`.
fn factor<T: Field>(a: &mut [T], n: usize, begin: usize, end: usize) -> bool {
    let Some(half) = halves(end - begin, SMALL) else {
        return finish_square(&mut a[begin * n + begin..], n, end - begin);
    };
    let middle = begin + half;
    if !factor(a, n, begin, middle) {
        return false;
    }
    divide(a, n, middle, end, begin, middle);
    let part = Part { offset: middle * n + begin, rows: end - middle, columns: half, strides: (n, 1) };
    let (rows, negated) = (copied(a, part, |value| value), copied(a, part, |value| -value));
    subtract_square(&rows, &negated, end - middle, half, &mut a[middle * n + middle..], n);
    factor(a, n, middle, end)
}

/// Replaces a matrix in C order, of which the lower triangle is read, by its lower factor. `false` where the matrix is
/// not positive definite.
pub(super) fn cholesky<T: Field>(a: &mut [T], n: usize) -> bool {
    if n > 0 && !factor(a, n, 0, n) {
        return false;
    }
    for row in 0..n {
        a[row * n + row + 1..(row + 1) * n].fill(T::ZERO);
    }
    true
}
