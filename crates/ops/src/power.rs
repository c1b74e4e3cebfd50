//! Powers, roots and lengths.

use std::ops::Range;

use base::{Pole, Rule, Sym, Tiny};
use lanes::{Isa, Real, Style};

use crate::arithmetic::Square;
use crate::compare::Equal;
use crate::exponential::Log;
use crate::kind::{
    Compare2, Float1, Float2, Gradient, Gradient1, Gradient2, Integers, Number1, Number2, Select3,
};
use crate::number::{Complex, Integer, Ordered};
use crate::select::Where;
use crate::table::contents;

contents! {
    POWER = Power, FLOAT_POWER = FloatPower, SQRT = Sqrt, CBRT = Cbrt, HYPOT = Hypot,
}

/// Gradients of `power`: zero for the base where the exponent is 0, and for the exponent where the base is 0.
fn power_gradients(g: Sym, x: Sym, y: Sym, power: Sym) -> [Option<Sym>; 2] {
    let (zero, one) = (Sym::Number(0.0), Sym::Number(1.0));
    let slope = y.clone() * Power::of(x.clone(), y.clone() - 1.0);
    let gx = g.clone() * Where::of(Equal::of(y, zero.clone()), zero.clone(), slope);
    let gy = g * power * Log::of(Where::of(Equal::of(x.clone(), zero), one, x));
    [Some(gx), Some(gy)]
}

pub(crate) struct Power;
impl Number2 for Power {
    const NAME: &str = "power";
    const POLE: Pole = Pole::Zero(0);
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["pow"];
    const DOC: &str = "First elements raised to the powers of the second. Integers stay integers, and refuse negative exponents.

>>> np.power(np.array([2., 3.]), 3)
array([ 8., 27.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        using T = decltype(a);
        if constexpr (T(0.5) != T(0)) return pow(a, b);
        else { T r = 1; for (; b > T(0); b >>= 1) { if (b & 1) r *= a; a *= a; } return r; }
    }({x}, {y})";
    const SAMPLE: Range<f64> = 0.2..3.0;
    const INTEGERS: Integers = Integers::Each;
    const INTEGER_STYLE: Style = Style::Scalar;
    const COMPLEX: bool = true;
    const COMPLEX_STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.pow::<I>(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.power(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        x.pow::<I>(y)
    }
    const VJP: Gradient2 = Gradient::Rule(power_gradients);
}

pub(crate) struct FloatPower;
impl Float2 for FloatPower {
    const NAME: &str = "float_power";
    const POLE: Pole = Pole::Zero(0);
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str =
        "First elements raised to the powers of the second, as floats of at least the default width.

>>> np.float_power(np.array([2., 4.]), -0.5)
array([0.70710677, 0.5       ])";
    const CUDA: &str = "pow({x}, {y})";
    const SAMPLE: Range<f64> = 0.2..3.0;
    const RULE: Rule = Rule::Widest;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.pow::<I>(y)
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C, y: C) -> C {
        x.pow::<I>(y)
    }
    const VJP: Gradient2 = Gradient::Rule(power_gradients);
}

pub(crate) struct Sqrt;
impl Float1 for Sqrt {
    const NAME: &str = "sqrt";
    const DOC: &str = "Non-negative square root of each element; NaN for negative real numbers.

>>> np.sqrt(np.array([4., 2.]))
array([2.       , 1.4142135])";
    const CUDA: &str = "sqrt({x})";
    const SAMPLE: Range<f64> = 0.1..9.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.sqrt()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.sqrt::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g / (2.0 * y));
}

pub(crate) struct Cbrt;
impl Float1 for Cbrt {
    const NAME: &str = "cbrt";
    const DOC: &str = "Cube root of each element.

>>> np.cbrt(np.array([1., 8., -27.]))
array([ 1.,  2., -3.])";
    const CUDA: &str = "cbrt({x})";
    const SAMPLE: Range<f64> = 0.1..8.0;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.cbrt::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g / (3.0 * Square::of(y)));
}

pub(crate) struct Hypot;
impl Float2 for Hypot {
    const NAME: &str = "hypot";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "Length of the hypotenuse: sqrt(x**2 + y**2), without overflow on the way.

>>> np.hypot(np.array([3., 5.]), np.array([4., 12.]))
array([ 5., 13.])";
    const CUDA: &str = "hypot({x}, {y})";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.hypot::<I>(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, r| [Some(g.clone() * x / r.clone()), Some(g * y / r)]);
}
