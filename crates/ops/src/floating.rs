//! The parts of floating-point numbers: signs, exponents, neighbours.

use base::{Rule, Space, Sym, Tiny};
use lanes::{Isa, Real};

use crate::kind::{Float1, Float2, Gradient, Gradient1, Gradient2};
use crate::number::Half;
use crate::table::contents;

contents! {
    COPYSIGN = Copysign, NEXTAFTER = Nextafter, SPACING = Spacing, LDEXP = Ldexp, FREXP_MANTISSA = FrexpMantissa, FREXP_EXPONENT = FrexpExponent, MODF_FRACTION = ModfFraction, MODF_INTEGRAL = ModfIntegral,
}

pub(crate) struct Copysign;
impl Float2 for Copysign {
    const NAME: &str = "copysign";
    const DOC: &str = "The first elements with the signs of the second.

>>> np.copysign(np.array([1., -2.]), -0.)
array([-1., -2.])";
    const CUDA: &str = "copysign({x}, {y})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.copysign(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, _z| {
        let sign = |of: Sym| Copysign::of(Sym::Number(1.0), of);
        [Some(g * sign(x) * sign(y)), None]
    });
}

pub(crate) struct Nextafter;
impl Float2 for Nextafter {
    const NAME: &str = "nextafter";
    const DOC: &str = "The next float after the first element in the direction of the second.

>>> np.nextafter(np.array([1., 2.]), 0)
array([0.99999994, 1.9999999 ])";
    const CUDA: &str = "nextafter({x}, {y})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.nextafter(y)
    }
    const HALVES: bool = true;
    #[inline(always)]
    fn half<H: Half>(x: H, y: H) -> H {
        x.nextafter(y)
    }
    const VJP: Gradient2 = Gradient::Unknown;
}

pub(crate) struct Spacing;
impl Float1 for Spacing {
    const NAME: &str = "spacing";
    const DOC: &str = "Distance from each element to the next float away from zero.

>>> np.spacing(np.array([1., 1000.]))
array([1.1920929e-07, 6.1035156e-05])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        auto limit = copysign(decltype(a)(1) / (a - a), a);
        return nextafter(a, limit) - a;
    }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.spacing()
    }
    const HALVES: bool = true;
    #[inline(always)]
    fn half<H: Half>(x: H) -> H {
        x.spacing()
    }
    const VJP: Gradient1 = Gradient::Zero;
}

pub(crate) struct Ldexp;
impl Float2 for Ldexp {
    const NAME: &str = "ldexp";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "x * 2**y for whole y, rounded once; the dtype is that of the first input.

>>> np.ldexp(np.array([1., 3.]), np.array([2, -1], dtype='int32'))
array([4. , 1.5])";
    const CUDA: &str = "ldexp({x}, (int){y})";
    const RULE: Rule = Rule::First;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        // saturates, which overflows or vanishes just as well
        x.ldexp(y.to_f64() as i32)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, _x, y, _z| [Some(Ldexp::of(g, y)), None]);
}

pub(crate) struct FrexpMantissa;
impl Float1 for FrexpMantissa {
    const NAME: &str = "frexp_mantissa";
    const SPACE: Space = Space::Core;
    const DOC: &str = "The mantissa of `frexp`: x == mantissa * 2**exponent, with 0.5 <= abs(mantissa) < 1.";
    const CUDA: &str = "[](auto a) -> decltype(a) { int e; return frexp(a, &e); }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.frexp_mantissa()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| Ldexp::of(g, -FrexpExponent::of(x)));
}

pub(crate) struct FrexpExponent;
impl Float1 for FrexpExponent {
    const NAME: &str = "frexp_exponent";
    const SPACE: Space = Space::Core;
    const DOC: &str = "The exponent of `frexp`, as a float; the caller casts it to int32.";
    const CUDA: &str = "[](auto a) -> decltype(a) { int e; return frexp(a, &e), isfinite(a) ? e : 0; }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        F::from_f64(x.frexp_exponent() as f64)
    }
    const VJP: Gradient1 = Gradient::Zero;
}

pub(crate) struct ModfFraction;
impl Float1 for ModfFraction {
    const NAME: &str = "modf_fraction";
    const SPACE: Space = Space::Core;
    const DOC: &str = "The fractional part of `modf`, with the sign of x.";
    const CUDA: &str = "[](auto a) -> decltype(a) { return isinf(a) ? copysign(decltype(a)(0), a) : copysign(a - trunc(a), a); }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.modf_fraction()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| g);
}

pub(crate) struct ModfIntegral;
impl Float1 for ModfIntegral {
    const NAME: &str = "modf_integral";
    const SPACE: Space = Space::Core;
    const DOC: &str = "The integral part of `modf`, with the sign of x.";
    const CUDA: &str = "trunc({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.trunc()
    }
    const VJP: Gradient1 = Gradient::Zero;
}
