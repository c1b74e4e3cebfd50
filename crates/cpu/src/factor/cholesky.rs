//! Cholesky's factorisation in blocks, lower triangle, C order. Called by the factor kernel, one matrix at a time.
//!
//! Source: Golub and Van Loan, Matrix Computations, 4.2 (left-looking blocks).

use num_traits::Float;

use super::field::{Field, Part, copied, dot, product, widened};

/// Columns that are finished after one product with all columns left of them.
const BLOCK: usize = 48;

widened! {
    /// Finishes the columns `begin..end` of all rows below, after the columns left of them were subtracted. `false` where
    /// a pivot is not positive.
    fn finish_columns<T>(a: &mut [T], n: usize, begin: usize, end: usize) -> bool {
        // rows of the diagonal block, conjugated, one behind the other
        let width = end - begin;
        let mut triangle = vec![T::ZERO; width * width];
        for row in begin..n {
            let (at, stop) = (row - begin, end.min(row + 1));
            let line = &mut a[row * n..(row + 1) * n];
            for column in begin..stop.min(row) {
                let known = &triangle[(column - begin) * width..(column - begin + 1) * width];
                let sum = dot(&line[begin..column], &known[..column - begin]);
                line[column] = (line[column] - sum).over(T::from_real(known[column - begin].re()));
            }
            if row < end {
                let own = &mut triangle[at * width..(at + 1) * width];
                for column in begin..row {
                    own[column - begin] = line[column].conjugate();
                }
                let sum = dot(&line[begin..row], &own[..at]);
                let square = (line[row] - sum).re();
                if square <= <T::Real as Field>::ZERO || Float::is_nan(square) {
                    return false;
                }
                let root = T::from_real(Float::sqrt(square));
                line[row] = root;
                own[at] = root;
            }
        }
        true
    }
}

/// Replaces a matrix in C order, of which the lower triangle is read, by its lower factor. `false` where the matrix is
/// not positive definite.
pub(super) fn cholesky<T: Field>(a: &mut [T], n: usize) -> bool {
    for begin in (0..n).step_by(BLOCK) {
        let end = n.min(begin + BLOCK);
        if begin > 0 {
            let rows = Part { offset: begin * n, rows: end - begin, columns: begin, strides: (n, 1) };
            let turned = copied(a, rows, |value| -value.conjugate());
            let left: Vec<T> = copied(a, Part { rows: n - begin, ..rows }, |value| value);
            product(
                (&left, Part { offset: 0, rows: n - begin, columns: begin, strides: (begin, 1) }),
                (&turned, Part { offset: 0, rows: begin, columns: end - begin, strides: (1, begin) }),
                (
                    a,
                    Part {
                        offset: begin * n + begin,
                        rows: n - begin,
                        columns: end - begin,
                        strides: (n, 1),
                    },
                ),
                true,
            );
        }
        if !finish_columns(a, n, begin, end) {
            return false;
        }
    }
    for row in 0..n {
        a[row * n + row + 1..(row + 1) * n].fill(T::ZERO);
    }
    true
}
