//! The one table of dtype promotion: NumPy 2's rules (NEP 50) within a kind, MXNet's where kinds meet in default mode.
//! Tested over all pairs. Knows dtypes only; values appear as weak Python scalars.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::{DType, DTypeKind, Error, Op, Result, Rule};
use DType::*;

/// `npx.set_np(dtype=True)`: NumPy's defaults and promotion, to the letter.
static NUMPY_DTYPES: AtomicBool = AtomicBool::new(false);

pub fn set_numpy_dtypes(on: bool) {
    NUMPY_DTYPES.store(on, Ordering::Relaxed);
}

pub fn numpy_dtypes() -> bool {
    NUMPY_DTYPES.load(Ordering::Relaxed)
}

/// dtype of creation functions without `dtype`, and of true division of integers.
pub fn default_float() -> DType {
    if numpy_dtypes() { F64 } else { F32 }
}

/// dtype of Python ints and of integer ranges without `dtype`.
pub fn default_integer() -> DType {
    if numpy_dtypes() { I64 } else { F32 }
}

/// dtype of Python complex numbers without `dtype`.
pub fn default_complex() -> DType {
    if numpy_dtypes() { C128 } else { C64 }
}

/// A Python number: it takes part with its kind only, never with a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weak {
    Bool,
    Integer,
    Float,
    Complex,
}

/// The common dtype of two arrays.
///
/// ```
/// use mxnet_base::{DType, promote::promote};
/// assert_eq!(promote(DType::I8, DType::U8), DType::I16);
/// assert_eq!(promote(DType::I64, DType::F32), DType::F32);
/// ```
pub fn promote(a: DType, b: DType) -> DType {
    promote_in(a, b, numpy_dtypes())
}

/// The common dtype of several, whatever their order: floats and complex numbers first, then each integer with what they
/// have in common (uint16, int16 and float32 are float32, although uint16 and int16 alone would be int32, and that with
/// float32 NumPy's float64). `None` of none.
///
/// ```
/// use mxnet_base::{DType, promote::promote_all};
/// assert_eq!(promote_all([DType::U16, DType::I16, DType::F32]), Some(DType::F32));
/// assert_eq!(promote_all([]), None);
/// ```
pub fn promote_all(dtypes: impl IntoIterator<Item = DType>) -> Option<DType> {
    let dtypes: smallvec::SmallVec<[DType; 8]> = dtypes.into_iter().collect();
    let inexact = dtypes.iter().copied().filter(|dtype| dtype.is_inexact()).reduce(promote);
    let Some(inexact) = inexact else { return dtypes.into_iter().reduce(promote) };
    Some(dtypes.into_iter().filter(|dtype| !dtype.is_inexact()).fold(inexact, |common, integer| {
        // every integer is weighed against the floats, not against what another integer widened them to
        promote(common, promote(inexact, integer))
    }))
}

/// [`promote`] in a given mode: NumPy's table, or MXNet's rule that an integer never widens a float.
pub fn promote_in(a: DType, b: DType, numpy: bool) -> DType {
    if a == b {
        return a;
    }
    let (low, high) = if a.kind() <= b.kind() { (a, b) } else { (b, a) };
    match (low.kind(), high.kind()) {
        (DTypeKind::Bool, _) => high,
        (DTypeKind::Signed, DTypeKind::Unsigned) => promote_signs(low, high),
        (DTypeKind::Signed | DTypeKind::Unsigned, DTypeKind::Float | DTypeKind::Complex) => {
            // bfloat16 holds every 8-bit integer, as float16 does
            let holds = high == BF16 && low.size() == 1;
            if numpy && !holds { promote_in(float_for(low), high, true) } else { high }
        }
        (DTypeKind::Float, DTypeKind::Complex) => match low {
            F64 => C128,
            _ => high,
        },
        // float16 and bfloat16 hold different values: float32 holds both
        (DTypeKind::Float, DTypeKind::Float) if low.is_half() && high.is_half() => F32,
        _ => {
            if low.size() >= high.size() {
                low
            } else {
                high
            }
        }
    }
}

fn promote_signs(signed: DType, unsigned: DType) -> DType {
    if signed.size() > unsigned.size() {
        return signed;
    }
    match unsigned {
        U8 => I16,
        U16 => I32,
        U32 => I64,
        _ => F64,
    }
}

/// The narrowest float that NumPy gives to float functions of an integer dtype.
fn float_for(dtype: DType) -> DType {
    match dtype {
        Bool | I8 | U8 => F16,
        I16 | U16 => F32,
        I32 | U32 | I64 | U64 => F64,
        other => other,
    }
}

/// dtype in which a float function computes: NumPy's table, with float32 for float64 in default mode.
pub fn float_function(dtype: DType) -> DType {
    if dtype.is_inexact() {
        return dtype;
    }
    match float_for(dtype) {
        F64 => default_float(),
        other => other,
    }
}

/// The common dtype of an array and a Python number: the array's unless the number is of a higher kind.
pub fn promote_weak(a: DType, weak: Weak) -> DType {
    match weak {
        Weak::Bool => a,
        Weak::Integer if a == Bool => I64,
        Weak::Integer => a,
        Weak::Float if a.is_inexact() => a,
        Weak::Float => default_float(),
        Weak::Complex if a.is_complex() => a,
        Weak::Complex if a == F64 => C128,
        Weak::Complex if a.is_float() => C64,
        Weak::Complex => default_complex(),
    }
}

/// dtype of a Python number on its own.
pub fn weak_default(weak: Weak) -> DType {
    match weak {
        Weak::Bool => Bool,
        Weak::Integer => default_integer(),
        Weak::Float => default_float(),
        Weak::Complex => default_complex(),
    }
}

/// NumPy's casting rules, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Casting {
    No,
    Equiv,
    Safe,
    SameKind,
    Unsafe,
}

impl Casting {
    pub fn from_name(name: &str) -> Option<Casting> {
        Some(match name {
            "no" => Casting::No,
            "equiv" => Casting::Equiv,
            "safe" => Casting::Safe,
            "same_kind" => Casting::SameKind,
            "unsafe" => Casting::Unsafe,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Casting::No => "no",
            Casting::Equiv => "equiv",
            Casting::Safe => "safe",
            Casting::SameKind => "same_kind",
            Casting::Unsafe => "unsafe",
        }
    }
}

/// Whether values of `from` may be cast to `to` under the rule (as `numpy.can_cast`).
pub fn can_cast(from: DType, to: DType, casting: Casting) -> bool {
    match casting {
        Casting::No | Casting::Equiv => from == to,
        Casting::Safe => promote_in(from, to, true) == to,
        Casting::SameKind => {
            let rank = |dtype: DType| match dtype.kind() {
                DTypeKind::Bool => 0,
                DTypeKind::Unsigned => 1,
                DTypeKind::Signed => 2,
                DTypeKind::Float => 3,
                DTypeKind::Complex => 4,
            };
            promote_in(from, to, true) == to || rank(from) <= rank(to)
        }
        Casting::Unsafe => true,
    }
}

/// The dtype in which `op` computes for inputs whose common dtype (by its [`Rule`]) is `common`.
///
/// As NumPy's type resolver: the first dtype, in order, to which `common` casts safely and which the operator has.
/// Float functions of integers follow [`float_function`].
pub fn resolve(op: &Op, common: DType) -> Result<DType> {
    let common = if op.rule == Rule::Widest { promote(common, default_float()) } else { common };
    if op.computes_in(common) {
        return Ok(common);
    }
    if !op.refused.contains(&common) {
        if !common.is_inexact() && float_only(op) {
            return Ok(if op.rule == Rule::Quotient { default_float() } else { float_function(common) });
        }
        let wider =
            DType::ALL.into_iter().find(|&to| can_cast(common, to, Casting::Safe) && op.computes_in(to));
        if let Some(dtype) = wider {
            return Ok(dtype);
        }
    }
    Err(Error::type_(format!(
        "{}: {common} is not supported; cast the input with astype() to a dtype that the operator takes",
        op.name
    )))
}

fn float_only(op: &Op) -> bool {
    !op.computes_in(I64) && op.computes_in(F32)
}

/// The common dtype that [`resolve`] starts from, of array inputs with dtypes `inputs`.
pub fn common(rule: Rule, inputs: &[DType]) -> DType {
    match rule {
        Rule::First => inputs[0],
        Rule::Select => promote(inputs[1], inputs[2]),
        Rule::Common | Rule::Quotient | Rule::Widest => {
            inputs[1..].iter().fold(inputs[0], |a, &b| promote(a, b))
        }
    }
}

/// dtype that `sum`, `prod` and their running forms accumulate small integers in.
pub fn sum_dtype(dtype: DType) -> DType {
    match dtype.kind() {
        DTypeKind::Bool | DTypeKind::Signed => I64,
        DTypeKind::Unsigned => U64,
        _ => dtype,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_is_commutative_and_idempotent() {
        for numpy in [false, true] {
            for a in DType::ALL {
                assert_eq!(promote_in(a, a, numpy), a);
                for b in DType::ALL {
                    assert_eq!(promote_in(a, b, numpy), promote_in(b, a, numpy), "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn numpy_table_matches_known_rows() {
        for (a, b, want) in [
            (I64, F32, F64),
            (I32, F16, F64),
            (I16, F16, F32),
            (U64, I8, F64),
            (U8, I8, I16),
            (BF16, U8, BF16),
            (BF16, I16, F32),
            (F64, C64, C128),
            (I8, F16, F16),
            (Bool, F16, F16),
            (I64, C64, C128),
            (U16, C64, C64),
        ] {
            assert_eq!(promote_in(a, b, true), want, "{a} {b}");
        }
    }

    #[test]
    fn default_table_keeps_the_float() {
        for (a, b, want) in
            [(I64, F32, F32), (I32, F16, F16), (U64, I8, F64), (F64, I8, F64), (F16, BF16, F32)]
        {
            assert_eq!(promote_in(a, b, false), want, "{a} {b}");
        }
    }

    #[test]
    fn casting_rules() {
        assert!(can_cast(I32, I64, Casting::Safe));
        assert!(!can_cast(I64, I32, Casting::Safe));
        assert!(can_cast(I64, I32, Casting::SameKind));
        assert!(!can_cast(F32, I32, Casting::SameKind));
        assert!(can_cast(U8, I8, Casting::SameKind));
        assert!(!can_cast(I8, U8, Casting::SameKind));
        assert!(can_cast(C64, I8, Casting::Unsafe));
    }
}
