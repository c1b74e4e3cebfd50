//! Element types: names, sizes, kinds, limits. Knows nothing of promotion (see `promote`) or of values.

/// The type of an array's elements, in NumPy's naming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DType {
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F16,
    BF16,
    F32,
    F64,
    C64,
    C128,
}

/// Families of dtypes, ordered from the narrowest set of numbers to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DTypeKind {
    Bool,
    Signed,
    Unsigned,
    Float,
    Complex,
}

use DType::*;

impl DType {
    /// Every dtype, in promotion order: a dtype never casts safely to one before it.
    pub const ALL: [DType; 15] = [Bool, I8, U8, I16, U16, I32, U32, I64, U64, F16, BF16, F32, F64, C64, C128];

    /// NumPy's name, e.g. `"float32"`.
    pub const fn name(self) -> &'static str {
        match self {
            Bool => "bool",
            I8 => "int8",
            U8 => "uint8",
            I16 => "int16",
            U16 => "uint16",
            I32 => "int32",
            U32 => "uint32",
            I64 => "int64",
            U64 => "uint64",
            F16 => "float16",
            BF16 => "bfloat16",
            F32 => "float32",
            F64 => "float64",
            C64 => "complex64",
            C128 => "complex128",
        }
    }

    /// The dtype of that NumPy name.
    ///
    /// ```
    /// assert_eq!(mxnet_base::DType::from_name("float32"), Some(mxnet_base::DType::F32));
    /// ```
    pub fn from_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.name() == name)
    }

    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Bool | I8 | U8 => 1,
            I16 | U16 | F16 | BF16 => 2,
            I32 | U32 | F32 => 4,
            I64 | U64 | F64 | C64 => 8,
            C128 => 16,
        }
    }

    pub const fn kind(self) -> DTypeKind {
        match self {
            Bool => DTypeKind::Bool,
            I8 | I16 | I32 | I64 => DTypeKind::Signed,
            U8 | U16 | U32 | U64 => DTypeKind::Unsigned,
            F16 | BF16 | F32 | F64 => DTypeKind::Float,
            C64 | C128 => DTypeKind::Complex,
        }
    }

    pub const fn is_bool(self) -> bool {
        matches!(self, Bool)
    }
    /// Signed or unsigned integer; bool is not one.
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), DTypeKind::Signed | DTypeKind::Unsigned)
    }
    pub const fn is_signed(self) -> bool {
        matches!(self.kind(), DTypeKind::Signed)
    }
    pub const fn is_unsigned(self) -> bool {
        matches!(self.kind(), DTypeKind::Unsigned)
    }
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), DTypeKind::Float)
    }
    pub const fn is_complex(self) -> bool {
        matches!(self.kind(), DTypeKind::Complex)
    }
    /// float or complex
    pub const fn is_inexact(self) -> bool {
        self.is_float() || self.is_complex()
    }
    /// float16 or bfloat16, which compute in float32 and round after each operation.
    pub const fn is_half(self) -> bool {
        matches!(self, F16 | BF16)
    }

    /// The dtype of the real part: `complex64` -> `float32`; others are their own.
    pub const fn real(self) -> DType {
        match self {
            C64 => F32,
            C128 => F64,
            other => other,
        }
    }

    /// The complex dtype that holds this one's values as real parts.
    pub const fn complex(self) -> DType {
        match self {
            F64 | C128 | I64 | U64 | I32 | U32 => C128,
            _ => C64,
        }
    }

    /// Least and greatest value of an integer dtype (bool: 0 and 1); `None` for inexact dtypes.
    pub const fn integer_range(self) -> Option<(i128, i128)> {
        Some(match self {
            Bool => (0, 1),
            I8 => (i8::MIN as i128, i8::MAX as i128),
            U8 => (0, u8::MAX as i128),
            I16 => (i16::MIN as i128, i16::MAX as i128),
            U16 => (0, u16::MAX as i128),
            I32 => (i32::MIN as i128, i32::MAX as i128),
            U32 => (0, u32::MAX as i128),
            I64 => (i64::MIN as i128, i64::MAX as i128),
            U64 => (0, u64::MAX as i128),
            _ => return None,
        })
    }
}

impl std::fmt::Display for DType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
