//! Quotients, remainders and common divisors, with Python's signs and NumPy's zero for integer division by zero.

use std::ops::Range;

use base::{DType, Pole, Rule, Sign, Tiny};
use lanes::{Isa, Real, Style};

use crate::arithmetic::Square;
use crate::kind::{Bits2, Float2, Gradient, Gradient1, Gradient2, Integers, Number1, Number2};
use crate::number::{Complex, Integer};
use crate::rounding::Trunc;
use crate::table::contents;

contents! {
    DIVIDE = Divide, FLOOR_DIVIDE = FloorDivide, REMAINDER = Remainder, FMOD = Fmod, RECIPROCAL = Reciprocal, GCD = Gcd,
    LCM = Lcm,
}

pub(crate) struct Divide;
impl Float2 for Divide {
    const NAME: &str = "divide";
    const POLE: Pole = Pole::Zero(1);
    const TINY: Tiny = Tiny::Quotient;
    const ALIASES: &[&str] = &["true_divide"];
    const DOC: &str = "Divide arguments element-wise; integers give the default float.

>>> np.divide(np.array([1., 2.]), 4)
array([0.25, 0.5 ])";
    const CUDA: &str = "{x} / {y}";
    const SIGN: Option<Sign> = Some(Sign::Divide);
    const RULE: Rule = Rule::Quotient;
    const COMPLEX: bool = true;
    const COMPLEX_STYLE: Style = Style::Lanes;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x / y
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C, y: C) -> C {
        x.divide(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, _x, y, quotient| {
        let gx = g / y.clone();
        [Some(gx.clone()), Some(-(gx * quotient))]
    });
}

pub(crate) struct FloorDivide;
impl Number2 for FloorDivide {
    const NAME: &str = "floor_divide";
    const POLE: Pole = Pole::Zero(1);
    const DOC: &str = "Largest integer not above the quotient, element-wise (Python's `//`). Integer division by zero gives 0.

>>> np.floor_divide(np.array([7., -7.]), 2)
array([ 3., -4.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        if constexpr (T(0.5) != T(0)) {
            if (b == 0) return a / b;
            T r = fmod(a, b), q = (a - r) / b;
            if (r != 0 && (r < 0) != (b < 0)) q -= 1;
            if (q == 0) return copysign(T(0), a / b);
            T f = floor(q);
            return q - f > T(0.5) ? f + 1 : f;
        } else {
            if (b == 0) return 0;
            if (b == T(-1) && T(-1) < T(0)) return T(0) - a;
            T q = a / b;
            return q * b != a && (a < T(0)) != (b < T(0)) ? q - 1 : q;
        }
    }({x}, {y})";
    const STYLE: Style = Style::Scalar;
    const INTEGERS: Integers = Integers::Each;
    const INTEGER_STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.floor_divide(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.floor_divide(y)
    }
    const VJP: Gradient2 = Gradient::Zero;
}

pub(crate) struct Remainder;
impl Number2 for Remainder {
    const NAME: &str = "remainder";
    const POLE: Pole = Pole::Zero(1);
    const ALIASES: &[&str] = &["mod"];
    const DOC: &str = "Remainder of `floor_divide`, with the sign of the divisor (Python's `%`). Modulo integer zero gives 0.

>>> np.remainder(np.array([7., -7.]), 3)
array([1., 2.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        if constexpr (T(0.5) != T(0)) {
            T r = fmod(a, b);
            if (b == 0) return r;
            if (r == 0) return copysign(T(0), b);
            return (r < 0) != (b < 0) ? r + b : r;
        } else {
            if (b == 0 || (b == T(-1) && T(-1) < T(0))) return 0;
            T r = a % b;
            return r != 0 && (r < T(0)) != (b < T(0)) ? r + b : r;
        }
    }({x}, {y})";
    const STYLE: Style = Style::Scalar;
    const INTEGERS: Integers = Integers::Each;
    const INTEGER_STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.remainder(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.remainder(y)
    }
    const VJP: Gradient2 =
        Gradient::Rule(|g, x, y, _rest| [Some(g.clone()), Some(-(g * FloorDivide::of(x, y)))]);
}

pub(crate) struct Fmod;
impl Number2 for Fmod {
    const NAME: &str = "fmod";
    const POLE: Pole = Pole::Zero(1);
    const DOC: &str =
        "Remainder with the sign of the dividend (C's `fmod` and `%`). Modulo integer zero gives 0.

>>> np.fmod(np.array([7., -7.]), 3)
array([ 1., -1.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        if constexpr (T(0.5) != T(0)) return fmod(a, b);
        else return b == 0 || (b == T(-1) && T(-1) < T(0)) ? T(0) : T(a % b);
    }({x}, {y})";
    const STYLE: Style = Style::Scalar;
    const INTEGERS: Integers = Integers::Each;
    const INTEGER_STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.fmod(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.rest(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, _rest| [Some(g.clone()), Some(-(g * Trunc::of(x / y)))]);
}

pub(crate) struct Reciprocal;
impl Number1 for Reciprocal {
    const NAME: &str = "reciprocal";
    const POLE: Pole = Pole::Zero(0);
    const TINY: Tiny = Tiny::Quotient;
    const DOC: &str = "One over each element; for integers truncated, and 0 for zero.

>>> np.reciprocal(np.array([2., 4.]))
array([0.5 , 0.25])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        using T = decltype(a);
        if constexpr (T(0.5) != T(0)) return T(1) / a;
        else return a == T(1) || (a == T(-1) && T(-1) < T(0)) ? a : T(0);
    }({x})";
    const SAMPLE: Range<f64> = 0.5..3.0;
    const INTEGERS: Integers = Integers::Each;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        F::ONE / x
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        N::ONE.quotient(x)
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.reciprocal()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| -(g * Square::of(y)));
}

pub(crate) struct Gcd;
impl Bits2 for Gcd {
    const NAME: &str = "gcd";
    const DOC: &str = "Greatest common divisor of the absolute values, for integers.

>>> np.gcd(np.array([12, 18], dtype='int32'), 8)
array([4, 2], dtype=int32)";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        while (b != 0) { T r = b == T(-1) ? T(0) : T(a % b); a = b; b = r; }
        return a < T(0) ? T(0) - a : a;
    }({x}, {y})";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    const REFUSED: &[DType] = &[DType::Bool];
    const INTEGERS: Integers = Integers::Each;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.gcd(y)
    }
}

pub(crate) struct Lcm;
impl Bits2 for Lcm {
    const NAME: &str = "lcm";
    const DOC: &str = "Lowest common multiple of the absolute values, for integers.

>>> np.lcm(np.array([4, 6], dtype='int32'), 10)
array([20, 30], dtype=int32)";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        T c = a, d = b;
        while (d != 0) { T r = d == T(-1) ? T(0) : T(c % d); c = d; d = r; }
        if (c == 0) return 0;
        if (c == T(-1)) c = 1;
        T m = a / c;
        return (m < T(0) ? T(0) - m : m) * (b < T(0) ? T(0) - b : b);
    }({x}, {y})";
    const ASSOCIATIVE: bool = true;
    const REFUSED: &[DType] = &[DType::Bool];
    const INTEGERS: Integers = Integers::Each;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<N: Integer>(x: N, y: N) -> N {
        x.lcm(y)
    }
}
