//! Complex products as real ones: with B expanded to `[[re, im], [-im, re]]` per element, the real product of A as it
//! lies in memory (m by 2k) and B (2k by 2n) is C as it lies in memory (m by 2n).

use std::ops::Neg;

use num_complex::Complex;

use super::pack::Real;
use super::tiles::Compute;
use super::{Product, real};
use crate::scratch::Scratch;

/// Up to this many multiplications the plain loop is faster than expanding B.
const SMALL_WORK: usize = 64;
/// Columns and steps of k whose B is expanded at a time; bounds the working memory.
const COLUMNS_AT_ONCE: usize = 1024;
const STEPS_AT_ONCE: usize = 512;

/// The real types that complex numbers are made of.
pub(super) trait Part: Real<Compute = Self> + Compute + Neg<Output = Self> {}
impl Part for f32 {}
impl Part for f64 {}

/// Runs one product; m and n are not zero.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn product<T: Part>(product: Product<Complex<T>>) {
    let product =
        if product.c_strides.1 != 1 && product.c_strides.0 == 1 { product.transposed() } else { product };
    // SAFETY: the caller's promise holds for the product, its transpose and its parts.
    unsafe {
        if product.work() <= SMALL_WORK {
            plain(&product);
        } else if product.n == 1 {
            matrix_vector(&product);
        } else if product.m == 1 {
            matrix_vector(&product.transposed());
        } else {
            with_contiguous_rows(&product);
        }
    }
}

/// The definition, element by element.
unsafe fn plain<T: Part>(product: &Product<Complex<T>>) {
    for row in 0..product.m {
        for column in 0..product.n {
            let mut sum = Complex::new(T::ZERO, T::ZERO);
            for step in 0..product.k {
                // SAFETY: all indices are below m, n and k.
                let (a, b) = unsafe {
                    (
                        *at(product.a, product.a_strides, row, step),
                        *at(product.b, product.b_strides, step, column),
                    )
                };
                sum.re = sum.re + (a.re * b.re + a.im * -b.im);
                sum.im = sum.im + (a.re * b.im + a.im * b.re);
            }
            // SAFETY: the same.
            unsafe { finish(product, row, column, sum) }
        }
    }
}

/// Where an element of a matrix lies.
unsafe fn at<T>(data: *const T, strides: super::Strides, row: usize, column: usize) -> *const T {
    // SAFETY: the caller names an element of the matrix.
    unsafe { data.offset(row as isize * strides.0 + column as isize * strides.1) }
}

/// Stores (or adds) a finished sum.
unsafe fn finish<T: Part>(product: &Product<Complex<T>>, row: usize, column: usize, sum: Complex<T>) {
    // SAFETY: the caller names an element of C.
    unsafe {
        let to = at(product.c, product.c_strides, row, column).cast_mut();
        *to = if product.accumulate { Complex::new((*to).re + sum.re, (*to).im + sum.im) } else { sum };
    }
}

/// `c = A b` with two real matrix-vector products, for whichever side of A is contiguous.
unsafe fn matrix_vector<T: Part>(product: &Product<Complex<T>>) {
    let (m, k) = (product.m, product.k);
    let by_columns = product.a_strides.0 == 1 && product.a_strides.1 != 1;
    let (height, depth) = if by_columns { (2 * m, k) } else { (m, 2 * k) };
    let copy = (!by_columns && product.a_strides.1 != 1).then(|| Scratch::new::<Complex<T>>(m * k));
    let room = Scratch::new::<T>(2 * depth + 2 * height);
    let (right, sums) = (room.pointer::<T>(), room.pointer::<T>().wrapping_add(2 * depth));
    // SAFETY: the room holds two vectors of `depth` and two of `height`; A is read within its m by k elements.
    unsafe {
        for step in 0..k {
            let b = *product.b.offset(step as isize * product.b_strides.0);
            if by_columns {
                right.add(step).write(b.re);
                right.add(k + step).write(b.im);
            } else {
                right.add(2 * step).cast::<[T; 2]>().write([b.re, -b.im]);
                right.add(2 * k + 2 * step).cast::<[T; 2]>().write([b.im, b.re]);
            }
        }
        let (a, a_strides) = match &copy {
            Some(copy) => (contiguous_rows(product, copy), (2 * k as isize, 1)),
            None if by_columns => (product.a, (1, 2 * product.a_strides.1)),
            None => (product.a, (2 * product.a_strides.0, 1)),
        };
        for half in 0..2 {
            real::product(Product {
                m: height,
                n: 1,
                k: depth,
                a: a.cast::<T>(),
                a_strides,
                b: right.add(half * depth).cast_const(),
                b_strides: (1, 1),
                c: sums.add(half * height),
                c_strides: (1, 1),
                accumulate: false,
            });
        }
        let (first, second) = (sums, sums.add(height));
        for row in 0..m {
            let sum = if by_columns {
                let re = *first.add(2 * row) + -*second.add(2 * row + 1);
                Complex::new(re, *first.add(2 * row + 1) + *second.add(2 * row))
            } else {
                Complex::new(*first.add(row), *second.add(row))
            };
            finish(product, row, 0, sum);
        }
    }
}

/// A, copied so that its rows are contiguous.
unsafe fn contiguous_rows<T: Part>(product: &Product<Complex<T>>, room: &Scratch) -> *const Complex<T> {
    let to = room.pointer::<Complex<T>>();
    for row in 0..product.m {
        for step in 0..product.k {
            // SAFETY: the room holds m by k elements.
            unsafe { to.add(row * product.k + step).write(*at(product.a, product.a_strides, row, step)) }
        }
    }
    to
}

/// Sees to it that A and C have contiguous rows.
unsafe fn with_contiguous_rows<T: Part>(product: &Product<Complex<T>>) {
    let mut inner = *product;
    let a_room = (product.a_strides.1 != 1).then(|| Scratch::new::<Complex<T>>(product.m * product.k));
    let c_room = (product.c_strides.1 != 1).then(|| Scratch::new::<Complex<T>>(product.m * product.n));
    // SAFETY: the rooms hold whole matrices.
    unsafe {
        if let Some(room) = &a_room {
            (inner.a, inner.a_strides) = (contiguous_rows(product, room), (product.k as isize, 1));
        }
        if let Some(room) = &c_room {
            (inner.c, inner.c_strides) = (room.pointer(), (product.n as isize, 1));
            inner.accumulate = false;
        }
        expanded(&inner);
        if c_room.is_some() {
            for row in 0..product.m {
                for column in 0..product.n {
                    finish(product, row, column, *at(inner.c, inner.c_strides, row, column));
                }
            }
        }
    }
}

/// The real product, for some columns and steps of k at a time.
unsafe fn expanded<T: Part>(product: &Product<Complex<T>>) {
    for first in (0..product.n).step_by(COLUMNS_AT_ONCE) {
        let n = COLUMNS_AT_ONCE.min(product.n - first);
        for start in (0..product.k).step_by(STEPS_AT_ONCE) {
            let k = STEPS_AT_ONCE.min(product.k - start);
            let room = Scratch::new::<T>(4 * n * k);
            // SAFETY: the part lies within the operands and C; the room holds the expanded part of B.
            unsafe {
                expand(product, (first, n), (start, k), room.pointer());
                real::product(Product {
                    m: product.m,
                    n: 2 * n,
                    k: 2 * k,
                    a: product.a.add(start).cast::<T>(),
                    a_strides: (2 * product.a_strides.0, 1),
                    b: room.pointer::<T>().cast_const(),
                    b_strides: (2 * n as isize, 1),
                    c: product.c.add(first).cast::<T>(),
                    c_strides: (2 * product.c_strides.0, 1),
                    accumulate: product.accumulate || start > 0,
                });
            }
        }
    }
}

/// Writes `[[re, im], [-im, re]]` for each element of a part of B.
unsafe fn expand<T: Part>(
    product: &Product<Complex<T>>,
    (first, n): (usize, usize),
    (start, k): (usize, usize),
    to: *mut T,
) {
    for step in 0..k {
        for column in 0..n {
            // SAFETY: the element is inside B, its four parts inside the room of 2k by 2n.
            unsafe {
                let b = *at(product.b, product.b_strides, start + step, first + column);
                to.add(4 * n * step + 2 * column).cast::<[T; 2]>().write([b.re, b.im]);
                to.add(4 * n * step + 2 * n + 2 * column).cast::<[T; 2]>().write([-b.im, b.re]);
            }
        }
    }
}
