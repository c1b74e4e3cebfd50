//! The kinds: traits that turn a definition into a row. An operator implements the trait of its kind for a unit struct;
//! the trait's provided items build the const row `ROW` and let gradient rules call the operator (`of`). The trait IS
//! the dtype rule, so rule and loops cannot disagree. Called by the op book only.
//!
//! A definition always gives `NAME`, `DOC`, `CUDA` (a C++ expression over `{x}`, `{y}`, `{z}`) and its bodies; the
//! other facts have defaults (see `facts`). Every body is `#[inline(always)]`: a body that stays a function of its own
//! is compiled without the instruction set of the loop that calls it, and no lanes come of it.
//!
//! `CUDA` text may call C++'s mathematical functions, and `abs`, `real`, `imag`, `angle`, `conj` and `rotate`, which the
//! printer of kernels overloads for every dtype. Its lambdas are device code (`--device-as-default-execution-space`).

mod bits;
mod float;
mod formula;
mod logic;
mod number;

pub(crate) use bits::{Bits1, Bits2, Count1};
pub(crate) use float::{Float1, Float2, Real1};
pub(crate) use formula::Formula1;
pub(crate) use logic::{Compare2, Logic1, Logic2, Select3, Test1};
pub(crate) use number::{Number1, Number2, Number3};

use base::{DType, Fold, Loop, Scan, Sym};

use crate::number::Integer;

/// What a definition says about its gradient.
#[derive(Clone, Copy)]
pub(crate) enum Gradient<R> {
    /// A formula for the gradient of each input.
    Rule(R),
    /// Constant wherever it is differentiable.
    Zero,
    /// No rule: differentiating through the operator is an error.
    Unknown,
}

/// From `(g, x, output)` to the gradient of `x`.
pub(crate) type Gradient1 = Gradient<fn(Sym, Sym, Sym) -> Sym>;
/// From `(g, x, y, output)` to the gradients of `x` and `y` (`None`: zero).
pub(crate) type Gradient2 = Gradient<fn(Sym, Sym, Sym, Sym) -> [Option<Sym>; 2]>;
/// From `(g, [x, y, z], output)` to the gradients of all three.
pub(crate) type Gradient3 = Gradient<fn(Sym, [Sym; 3], Sym) -> [Option<Sym>; 3]>;

impl Gradient1 {
    fn apply(self, g: Sym, inputs: &[Sym], output: Sym) -> Vec<Option<Sym>> {
        match (self, inputs) {
            (Gradient::Rule(rule), [x]) => vec![Some(rule(g, x.clone(), output))],
            _ => vec![None],
        }
    }
}

impl Gradient2 {
    fn apply(self, g: Sym, inputs: &[Sym], output: Sym) -> Vec<Option<Sym>> {
        match (self, inputs) {
            (Gradient::Rule(rule), [x, y]) => rule(g, x.clone(), y.clone(), output).into(),
            _ => vec![None, None],
        }
    }
}

impl Gradient3 {
    fn apply(self, g: Sym, inputs: &[Sym], output: Sym) -> Vec<Option<Sym>> {
        match (self, inputs) {
            (Gradient::Rule(rule), [x, y, z]) => rule(g, [x.clone(), y.clone(), z.clone()], output).into(),
            _ => vec![None, None, None],
        }
    }
}

/// Which loops an operator has for integers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integers {
    /// None.
    Refused,
    /// One per dtype.
    Each,
    /// One per width: the bits of the result do not depend on signs, as for sums and products.
    PerWidth,
}

/// The loops of an operator without any.
fn no_loop(_dtype: DType) -> Option<Loop> {
    None
}

/// The running folds of an operator without any.
fn no_scan(_dtype: DType) -> Option<Scan> {
    None
}

/// The folds of an operator without any.
fn no_fold(_dtype: DType) -> Option<Fold> {
    None
}

/// The facts of a definition, as associated consts of its kind.
macro_rules! facts {
    () => {
        const NAME: &'static str;
        const DOC: &'static str;
        const ALIASES: &'static [&'static str] = &[];
        const SPACE: base::Space = base::Space::Np;
        const SAMPLE: std::ops::Range<f64> = -3.0..3.0;
        const RULE: base::Rule = base::Rule::Common;
        const IDENTITY: Option<f64> = None;
        const ASSOCIATIVE: bool = false;
        const SIGN: Option<base::Sign> = None;
        const POLE: base::Pole = base::Pole::Nowhere;
        const TINY: base::Tiny = base::Tiny::Exact;
    };
}

/// The row of a definition: its facts, and what its kind makes of its bodies.
macro_rules! row {
    ($kind:ident, $loops:expr, $scan:expr, $vjp:expr, $holomorphic:expr) => {
        row!($kind, $loops, $scan, $vjp, $holomorphic, None, $crate::kind::no_fold)
    };
    ($kind:ident, $loops:expr, $scan:expr, $vjp:expr, $holomorphic:expr, $formula:expr) => {
        row!($kind, $loops, $scan, $vjp, $holomorphic, $formula, $crate::kind::no_fold)
    };
    ($kind:ident, $loops:expr, $scan:expr, $vjp:expr, $holomorphic:expr, $formula:expr, $fold:expr) => {
        &base::Op {
            name: Self::NAME,
            aliases: Self::ALIASES,
            doc: Self::DOC,
            space: Self::SPACE,
            kind: base::Kind::$kind,
            rule: Self::RULE,
            cuda: Self::CUDA,
            sample: Self::SAMPLE,
            loops: $loops,
            scan: $scan,
            fold: $fold,
            formula: $formula,
            vjp: $vjp,
            holomorphic: $holomorphic,
            identity: Self::IDENTITY,
            sign: Self::SIGN,
            associative: Self::ASSOCIATIVE,
            pole: Self::POLE,
            tiny: Self::TINY,
            refused: Self::REFUSED,
        }
    };
}

/// The row's gradient: none, or the definition's rule in the shape that the tape calls.
macro_rules! vjp {
    () => {
        match Self::VJP {
            $crate::kind::Gradient::Unknown => None,
            _ => Some(|g, inputs, output| Self::VJP.apply(g, inputs, output)),
        }
    };
}

/// The gradient of an operator that is constant wherever it is differentiable.
fn zero_vjp(_g: Sym, inputs: &[Sym], _output: Sym) -> Vec<Option<Sym>> {
    vec![None; inputs.len()]
}

/// Something made once per integer dtype: a loop or a running fold.
trait PerInteger {
    type Made;
    const INTEGERS: Integers;
    fn make<N: Integer>() -> Self::Made;
}

/// What `M` makes for an integer dtype. The conditions are `const`, so that nothing else is instantiated.
fn for_integer<M: PerInteger>(dtype: DType) -> Option<M::Made> {
    if const { matches!(M::INTEGERS, Integers::Refused) } {
        return None;
    }
    Some(match dtype {
        DType::I8 => M::make::<i8>(),
        DType::I16 => M::make::<i16>(),
        DType::I32 => M::make::<i32>(),
        DType::I64 => M::make::<i64>(),
        DType::U8 => for_unsigned::<M, i8, u8>(),
        DType::U16 => for_unsigned::<M, i16, u16>(),
        DType::U32 => for_unsigned::<M, i32, u32>(),
        DType::U64 => for_unsigned::<M, i64, u64>(),
        _ => return None,
    })
}

fn for_unsigned<M: PerInteger, S: Integer, U: Integer>() -> M::Made {
    if const { matches!(M::INTEGERS, Integers::PerWidth) } { M::make::<S>() } else { M::make::<U>() }
}

use {facts, row, vjp};
