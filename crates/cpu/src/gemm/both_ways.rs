//! The inner loop of a symmetric matrix times a vector: every element of the triangle is read once, for its row and for its
//! column. Instantiated by `tiles` for each instruction set; knows nothing of caches or threads.

use super::tiles::lane_sum;
use super::vector::Vector;

/// Four scaled columns added to y, and the four dots of the columns with x.
#[inline(always)]
pub(super) unsafe fn both_ways<V: Vector>(
    count: usize,
    a: *const V::Scalar,
    a_column: isize,
    x: *const V::Scalar,
    weights: *const V::Scalar,
    y: *mut V::Scalar,
    out: *mut V::Scalar,
) {
    const COLUMNS: usize = 4;
    // SAFETY: indices stay below `count` and COLUMNS.
    unsafe {
        let mut scales = [V::zero(); COLUMNS];
        for column in 0..COLUMNS {
            scales[column] = V::splat(weights.add(column));
        }
        let mut sums = [V::zero(); COLUMNS];
        let whole = count - count % V::LANES;
        let mut row = 0;
        while row < whole {
            let right = V::load(x.add(row));
            let mut sum = V::load(y.add(row));
            for column in 0..COLUMNS {
                let left = V::load(a.offset(column as isize * a_column).add(row));
                sum = sum.add_product(left, scales[column]);
                sums[column] = sums[column].add_product(left, right);
            }
            sum.store(y.add(row));
            row += V::LANES;
        }
        for column in 0..COLUMNS {
            *out.add(column) = lane_sum(sums[column]);
        }
        for row in whole..count {
            for column in 0..COLUMNS {
                let left = *a.offset(column as isize * a_column).add(row);
                *y.add(row) = *y.add(row) + left * *weights.add(column);
                *out.add(column) = *out.add(column) + left * *x.add(row);
            }
        }
    }
}
