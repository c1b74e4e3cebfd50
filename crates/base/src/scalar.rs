//! One number of any dtype, and the conversion rules between dtypes for single values (C's, as NumPy casts).

use half::{bf16, f16};
use num_complex::{Complex32, Complex64};

use crate::DType;

/// One element. The variant is the dtype.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    Bool(bool),
    I8(i8),
    U8(u8),
    I16(i16),
    U16(u16),
    I32(i32),
    U32(u32),
    I64(i64),
    U64(u64),
    F16(f16),
    BF16(bf16),
    F32(f32),
    F64(f64),
    C64(Complex32),
    C128(Complex64),
}

macro_rules! for_all {
    ($self:expr, $value:ident => $body:expr) => {
        match $self {
            Scalar::Bool($value) => $body,
            Scalar::I8($value) => $body,
            Scalar::U8($value) => $body,
            Scalar::I16($value) => $body,
            Scalar::U16($value) => $body,
            Scalar::I32($value) => $body,
            Scalar::U32($value) => $body,
            Scalar::I64($value) => $body,
            Scalar::U64($value) => $body,
            Scalar::F16($value) => $body,
            Scalar::BF16($value) => $body,
            Scalar::F32($value) => $body,
            Scalar::F64($value) => $body,
            Scalar::C64($value) => $body,
            Scalar::C128($value) => $body,
        }
    };
}

impl Scalar {
    pub const fn dtype(self) -> DType {
        match self {
            Scalar::Bool(_) => DType::Bool,
            Scalar::I8(_) => DType::I8,
            Scalar::U8(_) => DType::U8,
            Scalar::I16(_) => DType::I16,
            Scalar::U16(_) => DType::U16,
            Scalar::I32(_) => DType::I32,
            Scalar::U32(_) => DType::U32,
            Scalar::I64(_) => DType::I64,
            Scalar::U64(_) => DType::U64,
            Scalar::F16(_) => DType::F16,
            Scalar::BF16(_) => DType::BF16,
            Scalar::F32(_) => DType::F32,
            Scalar::F64(_) => DType::F64,
            Scalar::C64(_) => DType::C64,
            Scalar::C128(_) => DType::C128,
        }
    }

    pub fn zero(dtype: DType) -> Scalar {
        Scalar::I64(0).cast(dtype)
    }

    pub fn one(dtype: DType) -> Scalar {
        Scalar::I64(1).cast(dtype)
    }

    /// The exact integer value of a bool or integer; `None` for inexact dtypes.
    pub fn as_integer(self) -> Option<i128> {
        Some(match self {
            Scalar::Bool(v) => v as i128,
            Scalar::I8(v) => v as i128,
            Scalar::U8(v) => v as i128,
            Scalar::I16(v) => v as i128,
            Scalar::U16(v) => v as i128,
            Scalar::I32(v) => v as i128,
            Scalar::U32(v) => v as i128,
            Scalar::I64(v) => v as i128,
            Scalar::U64(v) => v as i128,
            _ => return None,
        })
    }

    /// The value as a double; the real part of a complex number.
    pub fn as_f64(self) -> f64 {
        match self {
            Scalar::F16(v) => v.to_f64(),
            Scalar::BF16(v) => v.to_f64(),
            Scalar::F32(v) => v as f64,
            Scalar::F64(v) => v,
            Scalar::C64(v) => v.re as f64,
            Scalar::C128(v) => v.re,
            other => other.as_integer().unwrap_or(0) as f64,
        }
    }

    pub fn as_complex(self) -> Complex64 {
        match self {
            Scalar::C64(v) => Complex64::new(v.re as f64, v.im as f64),
            Scalar::C128(v) => v,
            other => Complex64::new(other.as_f64(), 0.0),
        }
    }

    /// Whether the value is not zero (nan counts as true).
    pub fn is_truthy(self) -> bool {
        match self.as_integer() {
            Some(v) => v != 0,
            None => self.as_complex() != Complex64::new(0.0, 0.0),
        }
    }

    /// As `ndarray.astype`: integers wrap around, floats are cut off, complex numbers lose the imaginary part.
    pub fn cast(self, dtype: DType) -> Scalar {
        if self.dtype() == dtype {
            return self;
        }
        match dtype {
            DType::Bool => Scalar::Bool(self.is_truthy()),
            DType::I8 => Scalar::I8(self.wrapped() as i8),
            DType::U8 => Scalar::U8(self.wrapped() as u8),
            DType::I16 => Scalar::I16(self.wrapped() as i16),
            DType::U16 => Scalar::U16(self.wrapped() as u16),
            DType::I32 => Scalar::I32(self.wrapped() as i32),
            DType::U32 => Scalar::U32(self.wrapped() as u32),
            DType::I64 => Scalar::I64(self.wrapped() as i64),
            DType::U64 => Scalar::U64(self.wrapped() as u64),
            DType::F16 => Scalar::F16(f16::from_f64(sticky(self.as_f64()))),
            DType::BF16 => Scalar::BF16(bf16::from_f64(sticky(self.as_f64()))),
            DType::F32 => Scalar::F32(self.as_f32()),
            DType::F64 => Scalar::F64(self.as_f64()),
            DType::C64 => {
                let value = self.as_complex();
                Scalar::C64(Complex32::new(value.re as f32, value.im as f32))
            }
            DType::C128 => Scalar::C128(self.as_complex()),
        }
    }

    /// Integers convert to float32 in one rounding, not through float64.
    fn as_f32(self) -> f32 {
        match self.as_integer() {
            Some(v) => v as f32,
            None => self.as_f64() as f32,
        }
    }

    /// Low 128 bits of the value cut off towards zero; out-of-range floats saturate first.
    fn wrapped(self) -> i128 {
        self.as_integer().unwrap_or_else(|| self.as_f64() as i128)
    }

    /// The element's bytes in memory order, padded with zeros to 16.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut out = [0; 16];
        macro_rules! put { ($($bytes:expr),*) => {{ let mut at = 0; $( let b = $bytes; out[at..at + b.len()].copy_from_slice(&b); at += b.len(); )* let _ = at; }}; }
        match self {
            Scalar::Bool(v) => out[0] = v as u8,
            Scalar::I8(v) => put!(v.to_ne_bytes()),
            Scalar::U8(v) => put!(v.to_ne_bytes()),
            Scalar::I16(v) => put!(v.to_ne_bytes()),
            Scalar::U16(v) => put!(v.to_ne_bytes()),
            Scalar::I32(v) => put!(v.to_ne_bytes()),
            Scalar::U32(v) => put!(v.to_ne_bytes()),
            Scalar::I64(v) => put!(v.to_ne_bytes()),
            Scalar::U64(v) => put!(v.to_ne_bytes()),
            Scalar::F16(v) => put!(v.to_ne_bytes()),
            Scalar::BF16(v) => put!(v.to_ne_bytes()),
            Scalar::F32(v) => put!(v.to_ne_bytes()),
            Scalar::F64(v) => put!(v.to_ne_bytes()),
            Scalar::C64(v) => put!(v.re.to_ne_bytes(), v.im.to_ne_bytes()),
            Scalar::C128(v) => put!(v.re.to_ne_bytes(), v.im.to_ne_bytes()),
        }
        out
    }

    /// The element stored in the first `dtype.size()` bytes (which the slice must hold).
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Scalar {
        fn first<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
            std::array::from_fn(|i| bytes[at + i])
        }
        match dtype {
            DType::Bool => Scalar::Bool(bytes[0] != 0),
            DType::I8 => Scalar::I8(bytes[0] as i8),
            DType::U8 => Scalar::U8(bytes[0]),
            DType::I16 => Scalar::I16(i16::from_ne_bytes(first(bytes, 0))),
            DType::U16 => Scalar::U16(u16::from_ne_bytes(first(bytes, 0))),
            DType::I32 => Scalar::I32(i32::from_ne_bytes(first(bytes, 0))),
            DType::U32 => Scalar::U32(u32::from_ne_bytes(first(bytes, 0))),
            DType::I64 => Scalar::I64(i64::from_ne_bytes(first(bytes, 0))),
            DType::U64 => Scalar::U64(u64::from_ne_bytes(first(bytes, 0))),
            DType::F16 => Scalar::F16(f16::from_ne_bytes(first(bytes, 0))),
            DType::BF16 => Scalar::BF16(bf16::from_ne_bytes(first(bytes, 0))),
            DType::F32 => Scalar::F32(f32::from_ne_bytes(first(bytes, 0))),
            DType::F64 => Scalar::F64(f64::from_ne_bytes(first(bytes, 0))),
            DType::C64 => Scalar::C64(Complex32::new(
                f32::from_ne_bytes(first(bytes, 0)),
                f32::from_ne_bytes(first(bytes, 4)),
            )),
            DType::C128 => Scalar::C128(Complex64::new(
                f64::from_ne_bytes(first(bytes, 0)),
                f64::from_ne_bytes(first(bytes, 8)),
            )),
        }
    }
}

/// The double cut to 20 bits of mantissa, rounded to odd, so that a second rounding to a half gives the nearest one
/// (`half` drops the low 32 bits before it rounds).
fn sticky(value: f64) -> f64 {
    let bits = value.to_bits();
    f64::from_bits(if bits as u32 == 0 { bits } else { (bits | 1 << 32) & !0xFFFF_FFFF })
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for_all!(self, v => write!(f, "{v}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_just_above_a_tie_rounds_up_to_half() {
        let tie = 1.0 + 2f64.powi(-11);
        assert_eq!(Scalar::F64(tie).cast(DType::F16), Scalar::F16(f16::from_f32(1.0)));
        let above = f64::from_bits(tie.to_bits() + 1);
        assert_eq!(Scalar::F64(above).cast(DType::F16), Scalar::F16(f16::from_f32(1.0 + 2f32.powi(-10))));
    }

    #[test]
    fn integers_wrap_and_floats_are_cut() {
        assert_eq!(Scalar::I64(300).cast(DType::U8), Scalar::U8(44));
        assert_eq!(Scalar::F64(-2.7).cast(DType::I32), Scalar::I32(-2));
        assert_eq!(Scalar::F64(f64::NAN).cast(DType::Bool), Scalar::Bool(true));
    }

    #[test]
    fn bytes_round_trip() {
        for dtype in DType::ALL {
            let one = Scalar::one(dtype);
            assert_eq!(Scalar::from_bytes(dtype, &one.to_bytes()), one);
        }
    }
}
