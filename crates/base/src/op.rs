//! What an operator *is*: a plain row (`Op`), and formulas over rows (`Sym`). Rooms above hold `&'static Op`; the
//! rows themselves stand in the op book (crate `ops`). Names no operator beyond the five signs of arithmetic.
//!
//! A device may fold a binary operator in any grouping (a tree, several threads) when `associative` is set; `identity`
//! is only what users see of an empty reduction, and `maximum` is associative without having one.

use std::ops::Range;
use std::rc::Rc;

use crate::{DType, DTypeKind};

/// One loop over a tile: `count` elements from contiguous `sources` into contiguous `destination`. The top bits of `count`
/// may say that sources stand still (see [`still`]).
///
/// # Safety
/// Every source that the operator reads holds `count` elements of its source dtype, the destination has room for
/// `count` of the result dtype, all aligned to their element; a source is either equal to the destination or
/// disjoint from it.
pub type Loop = unsafe fn(count: usize, destination: *mut u8, sources: [*const u8; 3]);

/// Bytes of a source that stands still: a block of the longest loop step.
pub const STILL_BYTES: usize = 256;

/// Added to the `count` of an operator's [`Loop`]: source number `source` is not `count` elements long but one block of
/// [`STILL_BYTES`], filled with one element, which the loop reads again and again. Conversions take no such sources.
pub const fn still(source: usize) -> usize {
    1 << (usize::BITS as usize - 1 - source)
}

/// What a loop's `count` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Number of elements.
    pub count: usize,
    /// Which sources stand still.
    pub still: [bool; 3],
}

impl Span {
    #[inline(always)]
    pub fn of(count: usize) -> Span {
        let all = still(0) | still(1) | still(2);
        Span { count: count & !all, still: [0, 1, 2].map(|source| count & still(source) != 0) }
    }
}

/// A running fold: `carry = carry (op) source[i]; destination[i] = carry`, with steps in elements.
///
/// # Safety
/// As for [`Loop`], with `destination_step`/`source_step` elements between neighbours; `carry` is one element.
pub type Scan = unsafe fn(
    count: usize,
    destination: *mut u8,
    destination_step: isize,
    source: *const u8,
    source_step: isize,
    carry: *mut u8,
);

/// A fold of `length` rows of `unit` elements, one after the other in memory, into one row, in any grouping. A single
/// column (`unit` 1) is a row of `length` elements folded into one.
///
/// # Safety
/// `source` holds `length * unit` elements (at least one), `destination` has room for `unit`; it may be the first row of
/// the source, otherwise both are apart.
pub type Fold = unsafe fn(length: usize, unit: usize, destination: *mut u8, source: *const u8);

/// Where an operator is found by users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// `np.<name>`
    Np,
    /// `npx.<name>`
    Npx,
    /// No public name: used by formulas and by the fuser.
    Core,
}

/// The dtypes of an operator's result, seen from the dtype it computes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Same dtype in and out, float functions: integers rise to a float first.
    Float1,
    Float2,
    /// Same dtype in and out, integers stay.
    Number1,
    Number2,
    Number3,
    /// bool out
    Test1,
    Compare2,
    Logic1,
    Logic2,
    /// bool and integers only
    Bits1,
    Bits2,
    /// integers in, uint8 out (`bitwise_count`)
    Count1,
    /// complex in, real out (`abs`, `real`); real dtypes stay
    Real1,
    /// (bool, T, T) -> T
    Select3,
}

impl Kind {
    pub const fn arity(self) -> usize {
        match self {
            Kind::Float1
            | Kind::Number1
            | Kind::Test1
            | Kind::Logic1
            | Kind::Bits1
            | Kind::Count1
            | Kind::Real1 => 1,
            Kind::Float2 | Kind::Number2 | Kind::Compare2 | Kind::Logic2 | Kind::Bits2 => 2,
            Kind::Number3 | Kind::Select3 => 3,
        }
    }

    /// Dtype of the result when computing in `compute`.
    pub const fn result(self, compute: DType) -> DType {
        match self {
            Kind::Test1 | Kind::Compare2 | Kind::Logic1 | Kind::Logic2 => DType::Bool,
            Kind::Real1 => compute.real(),
            Kind::Count1 => DType::U8,
            _ => compute,
        }
    }

    /// Dtype of source number `index` when computing in `compute`.
    pub const fn source(self, index: usize, compute: DType) -> DType {
        match (self, index) {
            (Kind::Select3, 0) => DType::Bool,
            _ => compute,
        }
    }
}

/// The four signs of arithmetic: what devices may run as parts of one loop (each still rounds by itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// How the dtype to compute in follows from the inputs' dtypes (see `promote::resolve`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The inputs' common dtype, raised to the first dtype that has a loop.
    Common,
    /// As `Common`, except that integers and bools of every width compute in the default float (`divide`).
    Quotient,
    /// As `Quotient`, except that narrower floats rise to the default float too (`float_power`).
    Widest,
    /// The first input's dtype (raised likewise); the others are cast to it (`ldexp`).
    First,
    /// The common dtype of inputs 1 and 2; input 0 is bool (`where`).
    Select,
}

/// Where infinite results are exact, so that they tell of a division by zero; elsewhere an infinite result of finite
/// inputs has overflowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pole {
    Nowhere,
    /// Where that input is zero (`divide`); of integers every result there is a substitute.
    Zero(usize),
    /// Wherever the inputs are finite (`arctanh`).
    Everywhere,
}

/// Whether results below the normal numbers have lost digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tiny {
    /// They have not, as those of sums and remainders.
    Exact,
    /// As products of the inputs (of one input: its square) do.
    Product,
    Quotient,
    /// They have, unless an input is zero.
    Rounded,
}

/// Gradient rule: from the output's gradient `g`, the inputs and the output to each input's gradient. An entry is
/// `None` where the operator is constant in that input (its gradient is zero).
pub type Vjp = fn(g: Sym, inputs: &[Sym], output: Sym) -> Vec<Option<Sym>>;

/// One row of the op book: everything that any room wants to know about an elementwise operator.
pub struct Op {
    pub name: &'static str,
    /// Other public names of the same operator (`absolute`, `abs`).
    pub aliases: &'static [&'static str],
    pub doc: &'static str,
    pub space: Space,
    pub kind: Kind,
    pub rule: Rule,
    /// CUDA C++ expression over `{x}`, `{y}`, `{z}`.
    pub cuda: &'static str,
    /// Where tests and benchmarks draw inputs from.
    pub sample: Range<f64>,
    /// The tile loop that computes in this dtype. Halves have none: they go through float32.
    pub loops: fn(DType) -> Option<Loop>,
    /// Running fold for `accumulate` and for folds of strided data (binary operators).
    pub scan: fn(DType) -> Option<Scan>,
    /// Fold in any grouping, of operators that are folded often (all of them associative).
    pub fold: fn(DType) -> Option<Fold>,
    /// Second storey: an operator that is only a formula over others.
    pub formula: Option<fn(&[Sym]) -> Sym>,
    pub vjp: Option<Vjp>,
    /// Whether the complex derivative exists, so that one rule serves real and complex numbers.
    pub holomorphic: bool,
    /// Value `e` with `e (op) x == x`, for reductions (`None`: an empty reduction is an error).
    pub identity: Option<f64>,
    /// Which sign of arithmetic on floats this is, if any.
    pub sign: Option<Sign>,
    /// Whether a fold may group the elements as it likes (up to rounding).
    pub associative: bool,
    pub pole: Pole,
    pub tiny: Tiny,
    /// Dtypes that the operator refuses although a wider loop exists (`subtract` of bools).
    pub refused: &'static [DType],
}

impl Op {
    pub const fn arity(&self) -> usize {
        self.kind.arity()
    }

    /// Whether it computes in `dtype`: by a loop of its own, through float32 for halves, or by its formula.
    pub fn computes_in(&self, dtype: DType) -> bool {
        if self.refused.contains(&dtype) {
            return false;
        }
        if self.formula.is_some() {
            return matches!(dtype.kind(), DTypeKind::Float | DTypeKind::Complex)
                || (self.loops)(dtype).is_some();
        }
        (self.loops)(dtype).is_some() || (dtype.is_half() && (self.loops)(DType::F32).is_some())
    }
}

impl std::fmt::Debug for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

// Rows are compared by name: names are unique (a test of the op book says so), addresses of consts are not.
impl PartialEq for Op {
    fn eq(&self, other: &Op) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}
impl Eq for Op {}
impl std::hash::Hash for Op {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// A formula over operators: the language of gradient rules and of second-storey operators.
#[derive(Clone, Debug)]
pub enum Sym {
    /// A value bound when the formula is used, by position.
    Input(usize),
    /// A constant, weak as a Python float.
    Number(f64),
    Add(Rc<(Sym, Sym)>),
    Subtract(Rc<(Sym, Sym)>),
    Multiply(Rc<(Sym, Sym)>),
    Divide(Rc<(Sym, Sym)>),
    Negative(Rc<Sym>),
    Call(&'static Op, Rc<Vec<Sym>>),
}

impl Sym {
    /// The operator `op` applied to `inputs`.
    pub fn call(op: &'static Op, inputs: Vec<Sym>) -> Sym {
        Sym::Call(op, Rc::new(inputs))
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $variant:ident),*) => {$(
        impl std::ops::$trait for Sym {
            type Output = Sym;
            fn $method(self, other: Sym) -> Sym { Sym::$variant(Rc::new((self, other))) }
        }
        impl std::ops::$trait<f64> for Sym {
            type Output = Sym;
            fn $method(self, other: f64) -> Sym { Sym::$variant(Rc::new((self, Sym::Number(other)))) }
        }
        impl std::ops::$trait<Sym> for f64 {
            type Output = Sym;
            fn $method(self, other: Sym) -> Sym { Sym::$variant(Rc::new((Sym::Number(self), other))) }
        }
    )*};
}
arithmetic!(Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide);

impl std::ops::Neg for Sym {
    type Output = Sym;
    fn neg(self) -> Sym {
        Sym::Negative(Rc::new(self))
    }
}
