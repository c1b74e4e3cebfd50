//! Products of float32, float64, float16 and bfloat16: chooses the way that fits the shape and the strides.

use super::pack::Real;
use super::tiles::Compute;
use super::{Product, blocked, vectors};

/// Runs one product; m and n are not zero.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn product<T: Real>(product: Product<T>) {
    let product =
        if product.c_strides.1 != 1 && product.c_strides.0 == 1 { product.transposed() } else { product };
    // SAFETY: the caller's promise holds for the product and its transpose alike.
    unsafe {
        if product.k == 0 {
            zero(&product);
        } else if product.n == 1 {
            vectors::matrix_vector(&product);
        } else if product.m == 1 {
            vectors::matrix_vector(&product.transposed());
        } else if product.k == 1 {
            vectors::outer(&product);
        } else {
            blocked::product(&product);
        }
    }
}

/// The empty sum.
unsafe fn zero<T: Real>(product: &Product<T>) {
    if product.accumulate {
        return;
    }
    for row in 0..product.m as isize {
        for column in 0..product.n as isize {
            // SAFETY: the element is inside C.
            unsafe {
                let at = product.c.offset(row * product.c_strides.0 + column * product.c_strides.1);
                *at = T::narrow(T::Compute::ZERO);
            }
        }
    }
}
