//! Logic on truth, and tests of floats. Everything but zero is true, NaN too.

use lanes::Real;

use crate::kind::{Logic1, Logic2, Test1};
use crate::table::contents;

contents! {
    LOGICAL_AND = LogicalAnd, LOGICAL_OR = LogicalOr, LOGICAL_XOR = LogicalXor, LOGICAL_NOT = LogicalNot,
    ISNAN = Isnan, ISINF = Isinf, ISFINITE = Isfinite, ISPOSINF = Isposinf, ISNEGINF = Isneginf, SIGNBIT = Signbit,
    ISREAL = Isreal, ISCOMPLEX = Iscomplex,
}

pub(crate) struct LogicalAnd;
impl Logic2 for LogicalAnd {
    const NAME: &str = "logical_and";
    const DOC: &str = "Whether both elements are true.

>>> np.logical_and(np.array([0., 0., 1., 2.]), np.array([0., 3., 0., 4.]))
array([False, False, False,  True])";
    const CUDA: &str = "{x} != 0 && {y} != 0";
    const IDENTITY: Option<f64> = Some(1.0);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu(x: bool, y: bool) -> bool {
        x & y
    }
}

pub(crate) struct LogicalOr;
impl Logic2 for LogicalOr {
    const NAME: &str = "logical_or";
    const DOC: &str = "Whether either element is true.

>>> np.logical_or(np.array([0., 0., 1., 2.]), np.array([0., 3., 0., 4.]))
array([False,  True,  True,  True])";
    const CUDA: &str = "{x} != 0 || {y} != 0";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu(x: bool, y: bool) -> bool {
        x | y
    }
}

pub(crate) struct LogicalXor;
impl Logic2 for LogicalXor {
    const NAME: &str = "logical_xor";
    const DOC: &str = "Whether exactly one element is true.

>>> np.logical_xor(np.array([0., 0., 1., 2.]), np.array([0., 3., 0., 4.]))
array([False,  True,  True, False])";
    const CUDA: &str = "({x} != 0) != ({y} != 0)";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu(x: bool, y: bool) -> bool {
        x ^ y
    }
}

pub(crate) struct LogicalNot;
impl Logic1 for LogicalNot {
    const NAME: &str = "logical_not";
    const DOC: &str = "Whether each element is zero.

>>> np.logical_not(np.array([0., 2.]))
array([ True, False])";
    const CUDA: &str = "{x} == 0";
    #[inline(always)]
    fn cpu(x: bool) -> bool {
        !x
    }
}

pub(crate) struct Isnan;
impl Test1 for Isnan {
    const NAME: &str = "isnan";
    const DOC: &str = "Whether each element is NaN.

>>> np.isnan(np.array([1., -np.inf, np.nan]))
array([False, False,  True])";
    const CUDA: &str = "{x} != {x}";
    const EXACT: Option<bool> = Some(false);
    const PARTS: bool = true;
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x.is_nan()
    }
    #[inline(always)]
    fn parts<F: Real>(re: F, im: F) -> bool {
        re.is_nan() | im.is_nan()
    }
}

pub(crate) struct Isinf;
impl Test1 for Isinf {
    const NAME: &str = "isinf";
    const DOC: &str = "Whether each element is infinite.

>>> np.isinf(np.array([1., -np.inf, np.nan]))
array([False,  True, False])";
    const CUDA: &str = "[](auto a) { return a - a != a - a && a == a; }({x})";
    const EXACT: Option<bool> = Some(false);
    const PARTS: bool = true;
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x.is_infinite()
    }
    #[inline(always)]
    fn parts<F: Real>(re: F, im: F) -> bool {
        re.is_infinite() | im.is_infinite()
    }
}

pub(crate) struct Isfinite;
impl Test1 for Isfinite {
    const NAME: &str = "isfinite";
    const DOC: &str = "Whether each element is neither infinite nor NaN.

>>> np.isfinite(np.array([1., -np.inf, np.nan]))
array([ True, False, False])";
    const CUDA: &str = "[](auto a) { return a - a == a - a; }({x})";
    const EXACT: Option<bool> = Some(true);
    const PARTS: bool = true;
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x.is_finite()
    }
    #[inline(always)]
    fn parts<F: Real>(re: F, im: F) -> bool {
        re.is_finite() & im.is_finite()
    }
}

pub(crate) struct Isposinf;
impl Test1 for Isposinf {
    const NAME: &str = "isposinf";
    const DOC: &str = "Whether each element is positive infinity.

>>> np.isposinf(np.array([1., -np.inf, np.nan]))
array([False, False, False])";
    const CUDA: &str = "[](auto a) { return a - a != a - a && a > 0; }({x})";
    const EXACT: Option<bool> = Some(false);
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x == F::INFINITY
    }
}

pub(crate) struct Isneginf;
impl Test1 for Isneginf {
    const NAME: &str = "isneginf";
    const DOC: &str = "Whether each element is negative infinity.

>>> np.isneginf(np.array([1., -np.inf, np.nan]))
array([False,  True, False])";
    const CUDA: &str = "[](auto a) { return a - a != a - a && a < 0; }({x})";
    const EXACT: Option<bool> = Some(false);
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x == -F::INFINITY
    }
}

pub(crate) struct Signbit;
impl Test1 for Signbit {
    const NAME: &str = "signbit";
    const DOC: &str = "Whether the sign bit of each element is set; so it is for -0.

>>> np.signbit(np.array([1., -np.inf, np.nan]))
array([False,  True, False])";
    const CUDA: &str = "signbit({x})";
    const EXACT: Option<bool> = None;
    #[inline(always)]
    fn cpu<F: Real>(x: F) -> bool {
        x.signbit()
    }
}

pub(crate) struct Isreal;
impl Test1 for Isreal {
    const NAME: &str = "isreal";
    const DOC: &str = "Whether each element has a zero imaginary part.

>>> np.isreal(np.array([1., -np.inf, np.nan]))
array([ True,  True,  True])";
    const CUDA: &str = "true";
    const EXACT: Option<bool> = Some(true);
    const PARTS: bool = true;
    #[inline(always)]
    fn cpu<F: Real>(_x: F) -> bool {
        true
    }
    #[inline(always)]
    fn parts<F: Real>(_re: F, im: F) -> bool {
        im == F::ZERO
    }
}

pub(crate) struct Iscomplex;
impl Test1 for Iscomplex {
    const NAME: &str = "iscomplex";
    const DOC: &str = "Whether each element has an imaginary part other than zero.

>>> np.iscomplex(np.array([1., -np.inf, np.nan]))
array([False, False, False])";
    const CUDA: &str = "false";
    const EXACT: Option<bool> = Some(false);
    const PARTS: bool = true;
    #[inline(always)]
    fn cpu<F: Real>(_x: F) -> bool {
        false
    }
    #[inline(always)]
    fn parts<F: Real>(_re: F, im: F) -> bool {
        im != F::ZERO
    }
}
