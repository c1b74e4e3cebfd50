//! Matrix products of every dtype: `C = A B`, or `C += A B`, with any strides. Called by the device for matmul,
//! dot, tensordot, einsum and by linear algebra. Knows nothing of shapes beyond m, n, k, and nothing of broadcasting.
//!
//! * `real`: float32, float64 and the halves (which accumulate in float32): chooses among the ways below.
//! * `tiles`: the micro-kernels, over `vector`; `blocked`: packing and cache blocking; `vectors`: matrix times vector, dot, outer;
//!   `both_ways`: the loop of symmetric ones, for factorisations.
//! * `complex`: real products with one side expanded. `integer`: integers (wrapping) and bool (or of ands).
//! * `bytes`: bytes with sums of 32 bits.
//!
//! Every element of C is one sum over k in an order fixed by the shapes, so the number of threads never shows.

mod blocked;
mod both_ways;
pub(crate) mod bytes;
mod complex;
mod integer;
mod kept;
pub(crate) mod pack;
pub(crate) mod panels;
mod real;
#[cfg(test)]
mod tests;
pub(crate) mod tiles;
pub(crate) mod vector;
mod vectors;

use base::DType;
use half::{bf16, f16};
use num_complex::Complex;

use crate::pool;

/// Strides of a matrix in elements: from row to row, from column to column.
pub type Strides = (isize, isize);

/// Multiplications in one matrix of a batch above which its own product uses all threads.
const LARGE_PRODUCT: usize = 96 * 96 * 96;
/// Multiplications that one chunk of a batch should at least have.
const CHUNK_WORK: usize = 1 << 15;

/// One product, as it travels through this module.
#[derive(Clone, Copy)]
pub(crate) struct Product<T> {
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_strides: Strides,
    b: *const T,
    b_strides: Strides,
    c: *mut T,
    c_strides: Strides,
    accumulate: bool,
}

// SAFETY: a product is a description; whoever runs parts of one on several threads gives each its own elements of C.
unsafe impl<T> Sync for Product<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Product<T> {}

impl<T> Product<T> {
    /// The same product, told of the transposes: `C' = B' A'`.
    fn transposed(self) -> Product<T> {
        let swap = |(row, column): Strides| (column, row);
        Product {
            m: self.n,
            n: self.m,
            k: self.k,
            a: self.b,
            a_strides: swap(self.b_strides),
            b: self.a,
            b_strides: swap(self.a_strides),
            c: self.c,
            c_strides: swap(self.c_strides),
            accumulate: self.accumulate,
        }
    }

    /// The product for so many rows and columns of C from a place in it on, or as many as there are.
    ///
    /// # Safety
    /// The place is inside of C.
    unsafe fn part(&self, row: usize, rows: usize, column: usize, columns: usize) -> Product<T> {
        let (down, right) = (row as isize, column as isize);
        // SAFETY: the place is inside of C, so its row is inside of A and its column inside of B.
        unsafe {
            Product {
                m: rows.min(self.m - row),
                n: columns.min(self.n - column),
                a: self.a.offset(down * self.a_strides.0),
                b: self.b.offset(right * self.b_strides.1),
                c: self.c.offset(down * self.c_strides.0 + right * self.c_strides.1),
                ..*self
            }
        }
    }

    /// Multiplications in this product.
    fn work(&self) -> usize {
        self.m.saturating_mul(self.n).saturating_mul(self.k)
    }
}

mod sealed {
    pub trait Sealed {}
}

/// An element type that can be multiplied as matrices.
pub trait GemmElement: Copy + Send + Sync + sealed::Sealed + 'static {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    /// Runs one product.
    ///
    /// # Safety
    /// As [`gemm`].
    unsafe fn product(product: Product<Self>);
}

macro_rules! elements {
    ($module:ident: $($type:ty),*) => {$(
        impl sealed::Sealed for $type {}
        impl GemmElement for $type {
            #[allow(private_interfaces)]
            unsafe fn product(product: Product<$type>) {
                // SAFETY: the caller's promise, passed on.
                unsafe { $module::product(product) }
            }
        }
    )*};
}
elements!(real: f32, f64, f16, bf16);
elements!(complex: Complex<f32>, Complex<f64>);
elements!(integer: i8, u8, i16, u16, i32, u32, i64, u64, bool);

/// `C = A B`, or `C += A B` with `accumulate`, for A of m by k, B of k by n, C of m by n.
///
/// With k = 0, C becomes zero (or stays). nan and infinity propagate; C is not read unless accumulating.
///
/// # Safety
/// All elements addressed by the pointers and strides are valid; those of C are distinct and overlap neither A nor B.
pub unsafe fn gemm<T: GemmElement>(
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_strides: Strides,
    b: *const T,
    b_strides: Strides,
    c: *mut T,
    c_strides: Strides,
    accumulate: bool,
) {
    if m == 0 || n == 0 {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe { T::product(Product { m, n, k, a, a_strides, b, b_strides, c, c_strides, accumulate }) }
}

/// Many products of one shape; `offsets(i)` tells where the i-th A, B and C begin, in elements from the pointers.
///
/// # Safety
/// As [`gemm`] for each product, and no two products share elements of C.
pub unsafe fn gemm_batched<T: GemmElement>(
    batch: usize,
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_strides: Strides,
    b: *const T,
    b_strides: Strides,
    c: *mut T,
    c_strides: Strides,
    offsets: &(dyn Fn(usize) -> (isize, isize, isize) + Sync),
    accumulate: bool,
) {
    if m == 0 || n == 0 {
        return;
    }
    let first = Product { m, n, k, a, a_strides, b, b_strides, c, c_strides, accumulate };
    let run = |index: usize| {
        let first = &first;
        let (a, b, c) = offsets(index);
        // SAFETY: the caller promises that each product lies within its arrays.
        unsafe {
            T::product(Product { a: first.a.offset(a), b: first.b.offset(b), c: first.c.offset(c), ..*first })
        }
    };
    let work = first.work();
    let few = batch < 2 * pool::threads();
    if batch <= 1 || (few && work >= LARGE_PRODUCT) || work.saturating_mul(batch) < 2 * CHUNK_WORK {
        (0..batch).for_each(run);
    } else {
        let grain = (CHUNK_WORK / work.max(1)).max(1);
        pool::parallel_ranges(batch as i64, grain as i64, &|begin, end| {
            (begin as usize..end as usize).for_each(run);
        });
    }
}

/// [`gemm_batched`] for a dtype known at run time.
///
/// # Safety
/// As [`gemm_batched`], with pointers to elements of `dtype`.
pub unsafe fn gemm_batched_dtype(
    dtype: DType,
    batch: usize,
    (m, n, k): (usize, usize, usize),
    a: *const u8,
    a_strides: Strides,
    b: *const u8,
    b_strides: Strides,
    c: *mut u8,
    c_strides: Strides,
    offsets: &(dyn Fn(usize) -> (isize, isize, isize) + Sync),
    accumulate: bool,
) {
    macro_rules! run {
        ($type:ty) => {
            // SAFETY: the caller's promise, with the element type that `dtype` names.
            unsafe {
                gemm_batched::<$type>(
                    batch,
                    m,
                    n,
                    k,
                    a.cast(),
                    a_strides,
                    b.cast(),
                    b_strides,
                    c.cast(),
                    c_strides,
                    offsets,
                    accumulate,
                )
            }
        };
    }
    match dtype {
        DType::Bool => run!(bool),
        DType::I8 => run!(i8),
        DType::U8 => run!(u8),
        DType::I16 => run!(i16),
        DType::U16 => run!(u16),
        DType::I32 => run!(i32),
        DType::U32 => run!(u32),
        DType::I64 => run!(i64),
        DType::U64 => run!(u64),
        DType::F16 => run!(f16),
        DType::BF16 => run!(bf16),
        DType::F32 => run!(f32),
        DType::F64 => run!(f64),
        DType::C64 => run!(Complex<f32>),
        DType::C128 => run!(Complex<f64>),
    }
}
