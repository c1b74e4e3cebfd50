//! Matrix times vector, dot and outer product: bound by memory, so they read the matrix once, in its own order.

use super::Product;
use super::pack::{Real, widen_run};
use super::tiles::{Compute, Kernels};
use crate::pool;
use crate::scratch::Scratch;

/// Longest run of k that is summed in one go; longer rows are sums of such runs, in order.
const RUN: usize = 1 << 14;
/// Elements of the matrix that one task reads at least.
const TASK_ELEMENTS: usize = 1 << 15;
/// Rows of a column-major matrix whose sums are kept in the first-level cache.
const ROWS_AT_ONCE: usize = 512;
/// Elements copied at a time when a row cannot be read in place.
const STAGE: usize = 1024;
/// Columns that are added at a time.
const COLUMNS: usize = 4;
/// Columns after which a sum begins anew: one long chain of additions would lose precision.
const COLUMNS_SUMMED: usize = 512;

/// The vector of a matrix-vector product, contiguous and in the type of computation.
struct Contiguous<S> {
    data: *const S,
    _room: Option<Scratch>,
}

impl<S> Contiguous<S> {
    unsafe fn new<T: Real<Compute = S>>(from: *const T, stride: isize, count: usize) -> Contiguous<S> {
        if !T::WIDENS && stride == 1 {
            return Contiguous { data: from.cast(), _room: None };
        }
        let room = Scratch::new::<S>(count);
        for index in 0..count {
            // SAFETY: `index` < count, which both sides hold.
            unsafe { room.pointer::<S>().add(index).write((*from.offset(index as isize * stride)).widen()) }
        }
        Contiguous { data: room.pointer(), _room: Some(room) }
    }
}

/// A matrix-vector product made ready.
struct Ready<'a, T: Real> {
    product: &'a Product<T>,
    kernels: &'static Kernels<T::Compute>,
    x: *const T::Compute,
}

// SAFETY: everything behind the pointers is only read, except C, whose rows the tasks share out.
unsafe impl<T: Real> Sync for Ready<'_, T> {}

/// `c = A b` for a product with n = 1.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn matrix_vector<T: Real>(product: &Product<T>) {
    // SAFETY: b holds k elements.
    let x = unsafe { Contiguous::new(product.b, product.b_strides.0, product.k) };
    let ready = Ready { product, kernels: T::Compute::kernels(), x: x.data };
    let (m, k) = (product.m, product.k);
    let (row, column) = product.a_strides;
    // SAFETY: the ranges below stay within m rows and k columns.
    unsafe {
        if row == 1 && column != 1 && m > 1 {
            let few = m * k < 2 * TASK_ELEMENTS;
            let grain = if few { m } else { ROWS_AT_ONCE };
            pool::parallel_ranges(m as i64, grain as i64, &|begin, end| {
                for begin in (begin as usize..end as usize).step_by(ROWS_AT_ONCE) {
                    ready.column_sums(begin, ROWS_AT_ONCE.min(end as usize - begin));
                }
            });
        } else if k <= RUN {
            let grain = (TASK_ELEMENTS / k).next_multiple_of(2).max(2);
            pool::parallel_ranges(m as i64, grain as i64, &|begin, end| {
                ready.row_dots(begin as usize, end as usize);
            });
        } else {
            ready.long_dots();
        }
    }
}

impl<T: Real> Ready<'_, T> {
    /// Stores (or adds) a finished sum.
    unsafe fn finish(&self, row: usize, sum: T::Compute) {
        // SAFETY: the caller names a row of C.
        unsafe {
            let to = self.product.c.offset(row as isize * self.product.c_strides.0);
            *to = T::narrow(if self.product.accumulate { (*to).widen() + sum } else { sum });
        }
    }

    /// Dots of whole rows.
    unsafe fn row_dots(&self, begin: usize, end: usize) {
        let (row_stride, step) = self.product.a_strides;
        let mut row = begin;
        while row < end {
            let mut sums = [T::Compute::ZERO; 2];
            // SAFETY: rows `row` and, if there is one, `row + 1` are in the matrix.
            unsafe {
                let count = 2.min(end - row);
                if !T::WIDENS && step == 1 {
                    let a = self.product.a.offset(row as isize * row_stride).cast();
                    (self.kernels.dots)(count, self.product.k, a, row_stride, self.x, sums.as_mut_ptr());
                } else {
                    for index in 0..count {
                        sums[index] = self.run_dot(row + index, 0, self.product.k);
                    }
                }
                for index in 0..count {
                    self.finish(row + index, sums[index]);
                }
                row += count;
            }
        }
    }

    /// The dot of a part of a row, copied piece by piece where it cannot be read in place.
    unsafe fn run_dot(&self, row: usize, start: usize, count: usize) -> T::Compute {
        let (row_stride, step) = self.product.a_strides;
        let mut total = T::Compute::ZERO;
        // SAFETY: the part lies within the row; pieces are at most STAGE long.
        unsafe {
            let a = self.product.a.offset(row as isize * row_stride + start as isize * step);
            let x = self.x.add(start);
            if !T::WIDENS && step == 1 {
                (self.kernels.dots)(1, count, a.cast(), 0, x, &mut total);
                return total;
            }
            let mut stage = [T::Compute::ZERO; STAGE];
            for begin in (0..count).step_by(STAGE) {
                let length = STAGE.min(count - begin);
                if step == 1 {
                    widen_run(a.add(begin), length, stage.as_mut_ptr());
                } else {
                    for (index, to) in stage[..length].iter_mut().enumerate() {
                        *to = (*a.offset((begin + index) as isize * step)).widen();
                    }
                }
                let mut sum = T::Compute::ZERO;
                (self.kernels.dots)(1, length, stage.as_ptr(), 0, x.add(begin), &mut sum);
                total = total + sum;
            }
        }
        total
    }

    /// Rows longer than RUN: runs are dotted in parallel and added in order.
    unsafe fn long_dots(&self) {
        let (m, k) = (self.product.m, self.product.k);
        let runs = k.div_ceil(RUN);
        let room = Scratch::new::<T::Compute>(m * runs);
        let partial = Partial(room.pointer::<T::Compute>());
        pool::parallel(m * runs, &|task| {
            let partial = &partial;
            let (row, start) = (task / runs, task % runs * RUN);
            // SAFETY: the run lies within the row; each task writes its own partial sum.
            unsafe { partial.0.add(task).write(self.run_dot(row, start, RUN.min(k - start))) }
        });
        for row in 0..m {
            // SAFETY: all partial sums are written by now.
            unsafe {
                let mut total = *partial.0.add(row * runs);
                for run in 1..runs {
                    total = total + *partial.0.add(row * runs + run);
                }
                self.finish(row, total);
            }
        }
    }

    /// Sums for some rows of a column-major matrix, column after column.
    unsafe fn column_sums(&self, begin: usize, count: usize) {
        let column_stride = self.product.a_strides.1;
        let mut totals = [T::Compute::ZERO; ROWS_AT_ONCE];
        let mut sums = [T::Compute::ZERO; ROWS_AT_ONCE];
        let mut stage = [T::Compute::ZERO; ROWS_AT_ONCE];
        // SAFETY: rows begin..begin + count and all columns exist.
        unsafe {
            let a = self.product.a.add(begin);
            for column in (0..self.product.k).step_by(COLUMNS) {
                if column % COLUMNS_SUMMED == 0 {
                    take_over(&mut totals[..count], &mut sums);
                }
                let columns = COLUMNS.min(self.product.k - column);
                let from = a.offset(column as isize * column_stride);
                let x = self.x.add(column);
                if !T::WIDENS {
                    (self.kernels.add_columns)(
                        count,
                        columns,
                        from.cast(),
                        column_stride,
                        x,
                        sums.as_mut_ptr(),
                    );
                    continue;
                }
                for index in 0..columns {
                    widen_run(from.offset(index as isize * column_stride), count, stage.as_mut_ptr());
                    (self.kernels.add_columns)(count, 1, stage.as_ptr(), 0, x.add(index), sums.as_mut_ptr());
                }
            }
            take_over(&mut totals[..count], &mut sums);
            for index in 0..count {
                self.finish(begin + index, totals[index]);
            }
        }
    }
}

/// Adds partial sums to the totals and clears them.
fn take_over<S: Compute>(totals: &mut [S], sums: &mut [S]) {
    for (total, sum) in totals.iter_mut().zip(sums) {
        *total = *total + std::mem::replace(sum, S::ZERO);
    }
}

/// Partial sums that tasks fill in.
struct Partial<S>(*mut S);
// SAFETY: each task writes its own element.
unsafe impl<S> Sync for Partial<S> {}

/// `C = a b` for a product with k = 1.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn outer<T: Real>(product: &Product<T>) {
    // SAFETY: b holds n elements.
    let right = unsafe { Contiguous::new(product.b, product.b_strides.1, product.n) };
    let right = Partial(right.data.cast_mut());
    let grain = (TASK_ELEMENTS / product.n).max(1);
    pool::parallel_ranges(product.m as i64, grain as i64, &|begin, end| {
        let right = &right;
        for row in begin as isize..end as isize {
            // SAFETY: rows and columns are within the operands and C.
            unsafe {
                let left = (*product.a.offset(row * product.a_strides.0)).widen();
                let c = product.c.offset(row * product.c_strides.0);
                if product.c_strides.1 == 1 && !product.accumulate {
                    for column in 0..product.n {
                        *c.add(column) = T::narrow(left * *right.0.add(column));
                    }
                    continue;
                }
                for column in 0..product.n {
                    let to = c.offset(column as isize * product.c_strides.1);
                    let value = left * *right.0.add(column);
                    *to = T::narrow(if product.accumulate { (*to).widen() + value } else { value });
                }
            }
        }
    });
}
