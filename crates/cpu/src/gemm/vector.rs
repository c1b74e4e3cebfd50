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
    unsafe fn subtract(self, other: Self) -> Self;
    unsafe fn multiply(self, other: Self) -> Self;
    /// `left * right + self`
    unsafe fn add_product(self, left: Self, right: Self) -> Self;
    /// The sum of all lanes, halves of the register first: on every instruction set the same additions for the same lanes.
    unsafe fn sum(self) -> Self::Scalar;
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
                unsafe fn subtract(self, other: Self) -> Self {
                    Pack(std::array::from_fn(|lane| self.0[lane] - other.0[lane]))
                }
                #[inline(always)]
                unsafe fn multiply(self, other: Self) -> Self {
                    Pack(std::array::from_fn(|lane| self.0[lane] * other.0[lane]))
                }
                #[inline(always)]
                unsafe fn add_product(self, left: Self, right: Self) -> Self {
                    Pack(std::array::from_fn(|lane| self.0[lane] + left.0[lane] * right.0[lane]))
                }
                #[inline(always)]
                unsafe fn sum(self) -> $scalar {
                    let mut lanes = self.0;
                    let mut half = $lanes / 2;
                    while half > 0 {
                        for lane in 0..half {
                            lanes[lane] += lanes[lane + half];
                        }
                        half /= 2;
                    }
                    lanes[0]
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

    /// The sum of a register's lanes, from the sum of its halves.
    macro_rules! sum_of_halves {
        ($name:ident($register:ty) -> $scalar:ty, $value:ident: $sum:expr) => {
            #[inline(always)]
            unsafe fn $name($value: $register) -> $scalar {
                // SAFETY: only called where the register's instruction set is there.
                unsafe { $sum }
            }
        };
    }
    sum_of_halves!(sum_f32x2(__m128) -> f32, v: _mm_cvtss_f32(_mm_add_ss(v, _mm_shuffle_ps::<1>(v, v))));
    sum_of_halves!(sum_f32x4(__m128) -> f32, v: sum_f32x2(_mm_add_ps(v, _mm_movehl_ps(v, v))));
    sum_of_halves!(sum_f32x8(__m256) -> f32, v: {
        sum_f32x4(_mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v)))
    });
    sum_of_halves!(sum_f32x16(__m512) -> f32, v: {
        let upper = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(v)));
        sum_f32x8(_mm256_add_ps(_mm512_castps512_ps256(v), upper))
    });
    sum_of_halves!(sum_f64x2(__m128d) -> f64, v: _mm_cvtsd_f64(_mm_add_sd(v, _mm_unpackhi_pd(v, v))));
    sum_of_halves!(sum_f64x4(__m256d) -> f64, v: {
        sum_f64x2(_mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd::<1>(v)))
    });
    sum_of_halves!(sum_f64x8(__m512d) -> f64, v: {
        sum_f64x4(_mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd::<1>(v)))
    });

    macro_rules! register {
        ($name:ident, $register:ty, $scalar:ty, $lanes:literal, $rows:literal, $zero:ident, $splat:ident, $load:ident,
         $store:ident, $add:ident, $subtract:ident, $multiply:ident, $fma:ident, $sum:ident) => {
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
                unsafe fn subtract(self, other: Self) -> Self {
                    // SAFETY: as `zero`.
                    $name(unsafe { $subtract(self.0, other.0) })
                }
                #[inline(always)]
                unsafe fn multiply(self, other: Self) -> Self {
                    // SAFETY: as `zero`.
                    $name(unsafe { $multiply(self.0, other.0) })
                }
                #[inline(always)]
                unsafe fn add_product(self, left: Self, right: Self) -> Self {
                    // SAFETY: as `zero`.
                    $name(unsafe { $fma(left.0, right.0, self.0) })
                }
                #[inline(always)]
                unsafe fn sum(self) -> $scalar {
                    // SAFETY: as `zero`.
                    unsafe { $sum(self.0) }
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
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_fmadd_ps,
        sum_f32x8
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
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_fmadd_pd,
        sum_f64x4
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
        _mm512_sub_ps,
        _mm512_mul_ps,
        _mm512_fmadd_ps,
        sum_f32x16
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
        _mm512_sub_pd,
        _mm512_mul_pd,
        _mm512_fmadd_pd,
        sum_f64x8
    );
}
