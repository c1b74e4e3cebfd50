//! The Rust types that stand for dtypes, and how they are read from and written to raw memory. Used by the tile loops
//! and by every operator that is generic over dtype.

use base::DType;
use half::{bf16, f16};
use num_complex::Complex;

/// A type of array elements.
pub trait Element: Copy + PartialEq + Default + Send + Sync + 'static {
    /// What lies in memory: the type itself, except that a bool is a byte which may hold any value.
    type Bits: Copy + Default + 'static;
    const DTYPE: DType;

    fn from_bits(bits: Self::Bits) -> Self;
    fn into_bits(self) -> Self::Bits;
    /// Whether any part is not a number; false for integers and bool.
    fn has_nan(self) -> bool;
}

impl Element for bool {
    type Bits = u8;
    const DTYPE: DType = DType::Bool;

    // Foreign buffers may hold bytes other than 0 and 1; any of them is true, as in NumPy.
    #[inline(always)]
    fn from_bits(bits: u8) -> bool {
        bits != 0
    }
    #[inline(always)]
    fn into_bits(self) -> u8 {
        self as u8
    }
    #[inline(always)]
    fn has_nan(self) -> bool {
        false
    }
}

macro_rules! elements {
    ($($type:ty, $dtype:ident, $value:ident => $nan:expr;)*) => {$(
        impl Element for $type {
            type Bits = $type;
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn from_bits(bits: $type) -> $type { bits }
            #[inline(always)]
            fn into_bits(self) -> $type { self }
            #[inline(always)]
            fn has_nan(self) -> bool { let $value = self; $nan }
        }
    )*};
}

elements! {
    i8, I8, _x => false;
    u8, U8, _x => false;
    i16, I16, _x => false;
    u16, U16, _x => false;
    i32, I32, _x => false;
    u32, U32, _x => false;
    i64, I64, _x => false;
    u64, U64, _x => false;
    f16, F16, x => x.is_nan();
    bf16, BF16, x => x.is_nan();
    f32, F32, x => x.is_nan();
    f64, F64, x => x.is_nan();
    Complex<f32>, C64, x => x.re.is_nan() | x.im.is_nan();
    Complex<f64>, C128, x => x.re.is_nan() | x.im.is_nan();
}
