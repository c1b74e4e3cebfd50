//! Loops that cast a tile from one dtype to another, with C's conversions as NumPy's `astype` shows them on x86-64.
//! Called by the tile machine for loads and stores of other dtypes than the one it computes in.
//!
//! Halves convert through float32, by machine instructions where the level has them.

use base::{DType, Loop};
use half::{bf16, f16};
use num_complex::Complex;

use crate::level::{Isa, Level, level};
use crate::tile::{Map1, map1_up_to_avx2};
use crate::{Element, Real};

/// The loop that casts `from` to `to`.
pub fn cast(from: DType, to: DType) -> Loop {
    match from {
        DType::Bool => cast_from::<bool>(to),
        DType::I8 => cast_from::<i8>(to),
        DType::U8 => cast_from::<u8>(to),
        DType::I16 => cast_from::<i16>(to),
        DType::U16 => cast_from::<u16>(to),
        DType::I32 => cast_from::<i32>(to),
        DType::U32 => cast_from::<u32>(to),
        DType::I64 => cast_from::<i64>(to),
        DType::U64 => cast_from::<u64>(to),
        DType::F32 => cast_from::<f32>(to),
        DType::F64 => cast_from::<f64>(to),
        DType::C64 => cast_from::<Complex<f32>>(to),
        DType::C128 => cast_from::<Complex<f64>>(to),
        DType::F16 => cast_from_half::<f16>(to),
        DType::BF16 => cast_from_half::<bf16>(to),
    }
}

/// Signed and unsigned integers of one size share a loop where their bits agree: always for what is left of a wider
/// integer, and for every integer source.
fn cast_from<A: ToAll>(to: DType) -> Loop {
    match to {
        DType::Bool => loop_of::<A, bool>(),
        DType::I8 | DType::U8 => loop_of::<A, i8>(),
        DType::I16 | DType::U16 => loop_of::<A, i16>(),
        DType::I32 => loop_of::<A, i32>(),
        DType::I64 => loop_of::<A, i64>(),
        // A `const` condition instantiates one side only.
        DType::U32 => {
            if const { A::INTEGER } {
                loop_of::<A, i32>()
            } else {
                loop_of::<A, u32>()
            }
        }
        DType::U64 => {
            if const { A::INTEGER } {
                loop_of::<A, i64>()
            } else {
                loop_of::<A, u64>()
            }
        }
        DType::F32 => loop_of::<A, f32>(),
        DType::F64 => loop_of::<A, f64>(),
        DType::C64 => loop_of::<A, Complex<f32>>(),
        DType::C128 => loop_of::<A, Complex<f64>>(),
        DType::F16 if A::DTYPE == DType::F32 => single_to_half(),
        DType::F16 => through_single::<A, f16>,
        DType::BF16 if A::DTYPE == DType::F32 => loop_of::<f32, bf16>(),
        DType::BF16 => through_single::<A, bf16>,
    }
}

fn cast_from_half<A: Element>(to: DType) -> Loop {
    match to {
        DType::F32 if A::DTYPE == DType::BF16 => loop_of::<bf16, f32>(),
        DType::F32 => half_to_single(),
        DType::Bool => through_single::<A, bool>,
        DType::I8 => through_single::<A, i8>,
        DType::U8 => through_single::<A, u8>,
        DType::I16 => through_single::<A, i16>,
        DType::U16 => through_single::<A, u16>,
        DType::I32 => through_single::<A, i32>,
        DType::U32 => through_single::<A, u32>,
        DType::I64 => through_single::<A, i64>,
        DType::U64 => through_single::<A, u64>,
        DType::F64 => through_single::<A, f64>,
        DType::C64 => through_single::<A, Complex<f32>>,
        DType::C128 => through_single::<A, Complex<f64>>,
        DType::F16 => through_single::<A, f16>,
        DType::BF16 => through_single::<A, bf16>,
    }
}

/// Casts gain nothing from AVX-512 worth its share of the build.
fn loop_of<A: To<B> + Element, B: Element>() -> Loop {
    map1_up_to_avx2::<Cast, A, B>()
}

/// Elements converted per step of a cast in two steps.
const BLOCK: usize = 128;

/// A cast in two loops, from A to float32 and on to B, block by block. From wider floats to a half the first step
/// rounds to odd, so that the second rounds as if from the exact value.
unsafe fn through_single<A: Element, B: Element>(
    count: usize,
    destination: *mut u8,
    sources: [*const u8; 3],
) {
    let narrows = matches!(B::DTYPE, DType::F16 | DType::BF16);
    let first = match A::DTYPE {
        DType::F64 if narrows => map1_up_to_avx2::<Odd, f64, f32>(),
        DType::C128 if narrows => map1_up_to_avx2::<Odd, Complex<f64>, f32>(),
        from => cast(from, DType::F32),
    };
    let second = cast(DType::F32, B::DTYPE);
    let mut singles = [0f32; BLOCK];
    let singles = singles.as_mut_ptr().cast::<u8>();
    let mut start = 0;
    while start < count {
        let length = BLOCK.min(count - start);
        // SAFETY: `start + length <= count`, and the local block holds `length` float32.
        unsafe {
            let source = sources[0].add(start * size_of::<A::Bits>());
            first(length, singles, [source; 3]);
            second(length, destination.add(start * size_of::<B::Bits>()), [singles.cast_const(); 3]);
        }
        start += length;
    }
}

/// The conversions that C's cast does.
trait To<B> {
    fn to(self) -> B;
}

/// Converts to every dtype but the halves.
trait ToAll:
    Element
    + To<bool>
    + To<i8>
    + To<i16>
    + To<i32>
    + To<u32>
    + To<i64>
    + To<u64>
    + To<f32>
    + To<f64>
    + To<Complex<f32>>
    + To<Complex<f64>>
{
    /// A bool or an integer, whose conversions to signed and unsigned targets have the same bits.
    const INTEGER: bool;
}

struct Cast;
impl<A: To<B> + 'static, B: 'static> Map1<A, B> for Cast {
    #[inline(always)]
    fn apply<I: Isa>(x: A) -> B {
        x.to()
    }
}

macro_rules! conversions {
    ($from:ty => $($to:ty)*, $x:ident: $body:expr) => {
        $( impl To<$to> for $from {
            #[inline(always)]
            fn to(self) -> $to { let $x = self; $body as $to }
        } )*
    };
}

macro_rules! to_complex {
    ($($from:ty)*) => {
        $(
            impl ToAll for $from {
                const INTEGER: bool = !matches!(<$from as Element>::DTYPE, DType::F32 | DType::F64);
            }
            impl<T: Real> To<Complex<T>> for $from where $from: To<T> {
                #[inline(always)]
                fn to(self) -> Complex<T> { Complex { re: self.to(), im: T::ZERO } }
            }
        )*
    };
}
to_complex!(bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64);

conversions!(bool => i8 i16 i32 u32 i64 u64 f32 f64, x: x as u8);
impl To<bool> for bool {
    #[inline(always)]
    fn to(self) -> bool {
        self
    }
}

macro_rules! from_integer {
    ($($from:ty)*) => {
        $(
            conversions!($from => i8 i16 i32 u32 i64 u64 f32 f64, x: x);
            impl To<bool> for $from {
                #[inline(always)]
                fn to(self) -> bool { self != 0 }
            }
        )*
    };
}
from_integer!(i8 u8 i16 u16 i32 u32 i64 u64);

macro_rules! from_float {
    ($from:ident) => {
        conversions!($from => f32 f64, x: x);
        // Narrow integers are what is left of a 32-bit one, uint32 of a 64-bit one: as compilers for C do it.
        conversions!($from => i8 i16, x: To::<i32>::to(x));
        conversions!($from => u32, x: To::<i64>::to(x));
        impl To<bool> for $from {
            #[inline(always)]
            fn to(self) -> bool { self != 0.0 }
        }
        impl To<i32> for $from {
            #[inline(always)]
            fn to(self) -> i32 {
                // Everything that truncates into the range; a float32 cannot lie between -2^31 - 1 and -2^31.
                let inside = (self as f64 > -2147483649.0) & (self < 2147483648.0);
                let safe = if inside { self } else { 0.0 };
                // SAFETY: `safe` is finite and truncates to a 32-bit integer.
                let value = unsafe { safe.to_int_unchecked::<i32>() };
                if inside { value } else { i32::MIN }
            }
        }
        impl To<i64> for $from {
            #[inline(always)]
            fn to(self) -> i64 {
                let inside = (-9223372036854775808.0..9223372036854775808.0).contains(&self);
                let safe = if inside { self } else { 0.0 };
                // SAFETY: `safe` is finite and within the range.
                let value = unsafe { safe.to_int_unchecked::<i64>() };
                if inside { value } else { i64::MIN }
            }
        }
        impl To<u64> for $from {
            #[inline(always)]
            fn to(self) -> u64 {
                const HALF: $from = 9223372036854775808.0;
                let high = self >= HALF;
                let value = To::<i64>::to(if high { self - HALF } else { self }) as u64;
                value ^ ((high as u64) << 63)
            }
        }
    };
}
from_float!(f32);
from_float!(f64);

macro_rules! from_complex {
    ($part:ty => $($to:ty)*) => {
        $( impl To<$to> for Complex<$part> {
            #[inline(always)]
            fn to(self) -> $to { self.re.to() }
        } )*
        impl To<bool> for Complex<$part> {
            #[inline(always)]
            fn to(self) -> bool { (self.re != 0.0) | (self.im != 0.0) }
        }
        impl<T: Real> To<Complex<T>> for Complex<$part> where $part: To<T> {
            #[inline(always)]
            fn to(self) -> Complex<T> { Complex { re: self.re.to(), im: self.im.to() } }
        }
        impl ToAll for Complex<$part> {
            const INTEGER: bool = false;
        }
    };
}
from_complex!(f32 => i8 i16 i32 u32 i64 u64 f32 f64);
from_complex!(f64 => i8 i16 i32 u32 i64 u64 f32 f64);

impl To<bf16> for f32 {
    /// To nearest, ties to even; a NaN keeps its upper bits and becomes quiet.
    #[inline(always)]
    fn to(self) -> bf16 {
        let bits = self.to_bits();
        let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
        let quiet = (bits >> 16) | 0x40;
        bf16::from_bits(if self.is_nan() { quiet } else { rounded } as u16)
    }
}
impl To<f32> for bf16 {
    #[inline(always)]
    fn to(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }
}
impl To<f16> for f32 {
    #[inline(always)]
    fn to(self) -> f16 {
        f16::from_f32_const(self)
    }
}
impl To<f32> for f16 {
    #[inline(always)]
    fn to(self) -> f32 {
        self.to_f32_const()
    }
}

/// float64 to float32, an inexact result taking the neighbour with an odd last bit.
struct Odd;
impl Map1<f64, f32> for Odd {
    #[inline(always)]
    fn apply<I: Isa>(x: f64) -> f32 {
        let near = x as f32;
        let back = near as f64;
        let toward_zero = near.to_bits().wrapping_sub((back.abs() > x.abs()) as u32);
        let odd = f32::from_bits(toward_zero | 1);
        if (back == x) | x.is_nan() { near } else { odd }
    }
}
impl Map1<Complex<f64>, f32> for Odd {
    #[inline(always)]
    fn apply<I: Isa>(x: Complex<f64>) -> f32 {
        <Odd as Map1<f64, f32>>::apply::<I>(x.re)
    }
}

fn single_to_half() -> Loop {
    #[cfg(target_arch = "x86_64")]
    if level() >= Level::Avx2 {
        return machine::narrow;
    }
    loop_of::<f32, f16>()
}

fn half_to_single() -> Loop {
    #[cfg(target_arch = "x86_64")]
    if level() >= Level::Avx2 {
        return machine::widen;
    }
    loop_of::<f16, f32>()
}

/// Eight halves at a time by the F16C instructions, which every machine of level `Avx2` has.
#[cfg(target_arch = "x86_64")]
mod machine {
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) unsafe fn widen(count: usize, destination: *mut u8, sources: [*const u8; 3]) {
        let (out, source) = (destination.cast::<f32>(), sources[0].cast::<u16>());
        let whole = count / 8 * 8;
        // SAFETY: the caller keeps the contract of `Loop`; the rest goes through local blocks of eight.
        unsafe {
            for start in (0..whole).step_by(8) {
                _mm256_storeu_ps(out.add(start), _mm256_cvtph_ps(_mm_loadu_si128(source.add(start).cast())));
            }
            let (mut halves, mut singles) = ([0u16; 8], [0f32; 8]);
            halves.as_mut_ptr().copy_from_nonoverlapping(source.add(whole), count - whole);
            _mm256_storeu_ps(singles.as_mut_ptr(), _mm256_cvtph_ps(_mm_loadu_si128(halves.as_ptr().cast())));
            out.add(whole).copy_from_nonoverlapping(singles.as_ptr(), count - whole);
        }
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) unsafe fn narrow(count: usize, destination: *mut u8, sources: [*const u8; 3]) {
        let (out, source) = (destination.cast::<u16>(), sources[0].cast::<f32>());
        let whole = count / 8 * 8;
        // SAFETY: the caller keeps the contract of `Loop`; the rest goes through local blocks of eight.
        unsafe {
            for start in (0..whole).step_by(8) {
                let halves = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(_mm256_loadu_ps(source.add(start)));
                _mm_storeu_si128(out.add(start).cast(), halves);
            }
            let (mut halves, mut singles) = ([0u16; 8], [0f32; 8]);
            singles.as_mut_ptr().copy_from_nonoverlapping(source.add(whole), count - whole);
            let narrowed = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(_mm256_loadu_ps(singles.as_ptr()));
            _mm_storeu_si128(halves.as_mut_ptr().cast(), narrowed);
            out.add(whole).copy_from_nonoverlapping(halves.as_ptr(), count - whole);
        }
    }
}
