//! Registers of floats, one type per instruction set, behind one trait that the inner loops are written with.
//! Methods are always inlined, so that they become single instructions inside a function of their instruction set.

use std::ops::{Add, Mul};

/// A register of floats. The methods are unsafe where they touch memory or need the instruction set.
pub(crate) trait Vector: Copy {
    type Scalar: Copy + Add<Output = Self::Scalar> + Mul<Output = Self::Scalar>;
    /// Elements per register.
    const LANES: usize;
    /// Height of the register tile: as many sums as the registers hold beside the operands.
    const ROWS: usize;
    unsafe fn zero() -> Self;
    unsafe fn splat(from: *const Self::Scalar) -> Self;
    unsafe fn load(from: *const Self::Scalar) -> Self;
    unsafe fn store(self, to: *mut Self::Scalar);
    unsafe fn add(self, other: Self) -> Self;
    /// `left * right + self`
    unsafe fn add_product(self, left: Self, right: Self) -> Self;
}

pub(crate) mod portable {
    use super::Vector;

    /// Four floats (two doubles) in an array, which compilers turn into a 128-bit register.
    #[derive(Clone, Copy)]
    pub(crate) struct Pack<S, const LANES: usize>([S; LANES]);

    macro_rules! pack {
        ($scalar:ty, $lanes:literal) => {
            impl Vector for Pack<$scalar, $lanes> {
                type Scalar = $scalar;
                const LANES: usize = $lanes;
                const ROWS: usize = 6;
                #[inline(always)]
                unsafe fn zero() -> Self {
                    Pack([0.0; $lanes])
                }
                #[inline(always)]
                unsafe fn splat(from: *const $scalar) -> Self {
                    // SAFETY: the caller's promise that `from` is readable.
                    Pack([unsafe { *from }; $lanes])
                }
                #[inline(always)]
                unsafe fn load(from: *const $scalar) -> Self {
                    // SAFETY: the caller's promise that a whole vector is readable.
                    Pack(unsafe { from.cast::<[$scalar; $lanes]>().read_unaligned() })
                }
                #[inline(always)]
                unsafe fn store(self, to: *mut $scalar) {
                    // SAFETY: the caller's promise that a whole vector is writable.
                    unsafe { to.cast::<[$scalar; $lanes]>().write_unaligned(self.0) }
                }
                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    Pack(std::array::from_fn(|lane| self.0[lane] + other.0[lane]))
                }
                #[inline(always)]
                unsafe fn add_product(self, left: Self, right: Self) -> Self {
                    Pack(std::array::from_fn(|lane| self.0[lane] + left.0[lane] * right.0[lane]))
                }
            }
        };
    }
    pack!(f32, 4);
    pack!(f64, 2);
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod x86 {
    use super::Vector;
    use std::arch::x86_64::*;

    macro_rules! register {
        ($name:ident, $register:ty, $scalar:ty, $lanes:literal, $rows:literal, $zero:ident, $splat:ident, $load:ident,
         $store:ident, $add:ident, $fma:ident) => {
            #[derive(Clone, Copy)]
            pub(crate) struct $name($register);
            impl Vector for $name {
                type Scalar = $scalar;
                const LANES: usize = $lanes;
                const ROWS: usize = $rows;
                #[inline(always)]
                unsafe fn zero() -> Self {
                    // SAFETY: only instances for this instruction set call it, here and below.
                    $name(unsafe { $zero() })
                }
                #[inline(always)]
                unsafe fn splat(from: *const $scalar) -> Self {
                    // SAFETY: the caller's promise that `from` is readable.
                    $name(unsafe { $splat(*from) })
                }
                #[inline(always)]
                unsafe fn load(from: *const $scalar) -> Self {
                    // SAFETY: the caller's promise that a whole vector is readable.
                    $name(unsafe { $load(from) })
                }
                #[inline(always)]
                unsafe fn store(self, to: *mut $scalar) {
                    // SAFETY: the caller's promise that a whole vector is writable.
                    unsafe { $store(to, self.0) }
                }
                #[inline(always)]
                unsafe fn add(self, other: Self) -> Self {
                    // SAFETY: as `zero`.
                    $name(unsafe { $add(self.0, other.0) })
                }
                #[inline(always)]
                unsafe fn add_product(self, left: Self, right: Self) -> Self {
                    // SAFETY: as `zero`.
                    $name(unsafe { $fma(left.0, right.0, self.0) })
                }
            }
        };
    }
    register!(
        F32x8,
        __m256,
        f32,
        8,
        6,
        _mm256_setzero_ps,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_add_ps,
        _mm256_fmadd_ps
    );
    register!(
        F64x4,
        __m256d,
        f64,
        4,
        6,
        _mm256_setzero_pd,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_add_pd,
        _mm256_fmadd_pd
    );
    register!(
        F32x16,
        __m512,
        f32,
        16,
        12,
        _mm512_setzero_ps,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_add_ps,
        _mm512_fmadd_ps
    );
    register!(
        F64x8,
        __m512d,
        f64,
        8,
        12,
        _mm512_setzero_pd,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_add_pd,
        _mm512_fmadd_pd
    );
}
