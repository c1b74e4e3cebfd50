//! Integer products, which wrap around, and bool products, which are "or" of "and". Rows of C are sums of scaled rows
//! of B, in loops that compilers vectorise.

use super::Product;
use crate::pool;
use crate::scratch::Scratch;

/// Columns whose sums are kept in the first-level cache.
const COLUMNS_AT_ONCE: usize = 512;
/// Rows of B that are added at a time.
const STEPS: usize = 4;
/// Independent sums of a dot.
const DOT_SUMS: usize = 32;
/// Multiplications that one task should at least have.
const TASK_WORK: usize = 1 << 16;

/// What a product needs of its elements.
pub(super) trait Ring: Copy + Send + Sync + 'static {
    const ZERO: Self;
    /// `self + left * right`
    fn add_product(self, left: Self, right: Self) -> Self;
    fn add(self, other: Self) -> Self;
}

macro_rules! wrapping {
    ($($type:ty),*) => {$(
        impl Ring for $type {
            const ZERO: $type = 0;
            #[inline(always)]
            fn add_product(self, left: $type, right: $type) -> $type {
                self.wrapping_add(left.wrapping_mul(right))
            }
            #[inline(always)]
            fn add(self, other: $type) -> $type {
                self.wrapping_add(other)
            }
        }
    )*};
}
wrapping!(i8, u8, i16, u16, i32, u32, i64, u64);

impl Ring for bool {
    const ZERO: bool = false;
    #[inline(always)]
    fn add_product(self, left: bool, right: bool) -> bool {
        self | (left & right)
    }
    #[inline(always)]
    fn add(self, other: bool) -> bool {
        self | other
    }
}

/// Runs one product; m and n are not zero.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn product<T: Ring>(product: Product<T>) {
    // Rows of B are what is read fast; a single column of B is read fast when the rows of A are contiguous.
    let turn = product.n == 1 && product.m > 1 && product.a_strides.1 != 1;
    let mut product = if turn { product.transposed() } else { product };
    let scattered = if product.n == 1 { product.b_strides.0 != 1 } else { product.b_strides.1 != 1 };
    let room = scattered.then(|| Scratch::new::<T>(product.k * product.n));
    if let Some(room) = &room {
        let packed = room.pointer::<T>();
        for step in 0..product.k {
            for column in 0..product.n {
                let offset = step as isize * product.b_strides.0 + column as isize * product.b_strides.1;
                // SAFETY: the element is inside B, and its copy inside the room.
                unsafe { packed.add(step * product.n + column).write(*product.b.offset(offset)) }
            }
        }
        (product.b, product.b_strides) = (packed, (product.n as isize, 1));
    }
    let row_work = product.n.saturating_mul(product.k).max(1);
    let grain = (TASK_WORK / row_work).max(1);
    pool::parallel_ranges(product.m as i64, grain as i64, &|begin, end| {
        // SAFETY: the rows exist; tasks write different rows.
        unsafe { rows(&product, begin as usize, end as usize) }
    });
}

/// Computes some rows with the best instructions of this machine; the results do not depend on them.
unsafe fn rows<T: Ring>(product: &Product<T>, begin: usize, end: usize) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the instructions exist; the rest is the caller's promise.
        return unsafe { rows_avx2(product, begin, end) };
    }
    // SAFETY: the caller's promise.
    unsafe { rows_plain(product, begin, end) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn rows_avx2<T: Ring>(product: &Product<T>, begin: usize, end: usize) {
    // SAFETY: the caller's promise.
    unsafe { rows_plain(product, begin, end) }
}

#[inline(always)]
unsafe fn rows_plain<T: Ring>(product: &Product<T>, begin: usize, end: usize) {
    if product.n == 1 && product.a_strides.1 == 1 {
        // SAFETY: the caller's promise; B's only column is contiguous by now.
        return unsafe { dots(product, begin, end) };
    }
    for first in (0..product.n).step_by(COLUMNS_AT_ONCE) {
        let count = COLUMNS_AT_ONCE.min(product.n - first);
        for row in begin..end {
            let mut sums = [T::ZERO; COLUMNS_AT_ONCE];
            let sums = &mut sums[..count];
            // SAFETY: indices stay below m, n and k; B's rows are contiguous where count > 1.
            unsafe {
                for step in (0..product.k).step_by(STEPS) {
                    add_steps(product, row, first, step, sums);
                }
                let c = product.c.offset(row as isize * product.c_strides.0);
                for (column, sum) in sums.iter().enumerate() {
                    let to = c.offset((first + column) as isize * product.c_strides.1);
                    *to = if product.accumulate { (*to).add(*sum) } else { *sum };
                }
            }
        }
    }
}

/// Rows of A times the only column of B, in independent sums so that the loop vectorises.
#[inline(always)]
unsafe fn dots<T: Ring>(product: &Product<T>, begin: usize, end: usize) {
    // SAFETY: the column has k elements.
    let right = unsafe { std::slice::from_raw_parts(product.b, product.k) };
    for row in begin as isize..end as isize {
        // SAFETY: the row exists in A and in C.
        unsafe {
            let left = std::slice::from_raw_parts(product.a.offset(row * product.a_strides.0), product.k);
            let mut sums = [T::ZERO; DOT_SUMS];
            let (left, left_rest) = left.as_chunks::<DOT_SUMS>();
            let (right, right_rest) = right.as_chunks::<DOT_SUMS>();
            for (left, right) in left.iter().zip(right) {
                for index in 0..DOT_SUMS {
                    sums[index] = sums[index].add_product(left[index], right[index]);
                }
            }
            let rest = left_rest.iter().zip(right_rest).fold(T::ZERO, |sum, (&l, &r)| sum.add_product(l, r));
            let sum = sums.into_iter().fold(rest, T::add);
            let to = product.c.offset(row * product.c_strides.0);
            *to = if product.accumulate { (*to).add(sum) } else { sum };
        }
    }
}

/// Adds up to four scaled rows of B to the sums.
#[inline(always)]
unsafe fn add_steps<T: Ring>(product: &Product<T>, row: usize, first: usize, step: usize, sums: &mut [T]) {
    let count = sums.len();
    let at = |step: usize| {
        // SAFETY: row and step are inside A; the row of B has `count` elements from `first`.
        unsafe {
            let scale =
                product.a.offset(row as isize * product.a_strides.0 + step as isize * product.a_strides.1);
            let line =
                product.b.offset(step as isize * product.b_strides.0 + first as isize * product.b_strides.1);
            (*scale, std::slice::from_raw_parts(line, count))
        }
    };
    if step + STEPS <= product.k {
        let lines: [(T, &[T]); STEPS] = std::array::from_fn(|index| at(step + index));
        for column in 0..sums.len() {
            let mut sum = sums[column];
            for (scale, line) in lines {
                sum = sum.add_product(scale, line[column]);
            }
            sums[column] = sum;
        }
    } else {
        for (scale, line) in (step..product.k).map(at) {
            for (sum, &right) in sums.iter_mut().zip(line) {
                *sum = sum.add_product(scale, right);
            }
        }
    }
}
