//! Exponentials and logarithms.

use std::f64::consts::{LN_2, LN_10};
use std::ops::Range;

use base::{Pole, Sym, Tiny};
use lanes::{Isa, Real};

use crate::kind::{Float1, Float2, Gradient, Gradient1, Gradient2};
use crate::number::Complex;
use crate::table::contents;

contents! {
    EXP = Exp, EXP2 = Exp2, EXPM1 = Expm1, LOG = Log, LOG2 = Log2, LOG10 = Log10, LOG1P = Log1p, LOGADDEXP = Logaddexp, LOGADDEXP2 = Logaddexp2,
}

pub(crate) struct Exp;
impl Float1 for Exp {
    const NAME: &str = "exp";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "e raised to each element.

>>> np.exp(np.array([0., 1.]))
array([1.       , 2.7182817])";
    const CUDA: &str = "exp({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.exp::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.exp::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * y);
}

pub(crate) struct Exp2;
impl Float1 for Exp2 {
    const NAME: &str = "exp2";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "2 raised to each element.

>>> np.exp2(np.array([3., 0.5]))
array([8.       , 1.4142135])";
    const CUDA: &str = "exp2({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.exp2::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.exp2::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * y * LN_2);
}

pub(crate) struct Expm1;
impl Float1 for Expm1 {
    const NAME: &str = "expm1";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "exp(x) - 1, accurate near zero.

>>> np.expm1(np.array([1e-6, 1.]))
array([1.0000005e-06, 1.7182819e+00])";
    const CUDA: &str = "expm1({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.expm1::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.expm1::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * (y + 1.0));
}

pub(crate) struct Log;
impl Float1 for Log {
    const NAME: &str = "log";
    const POLE: Pole = Pole::Zero(0);
    const DOC: &str = "Natural logarithm of each element.

>>> np.log(np.array([1., 10.]))
array([0.       , 2.3025851])";
    const CUDA: &str = "log({x})";
    const SAMPLE: Range<f64> = 0.1..9.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.log::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.log::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / x);
}

pub(crate) struct Log2;
impl Float1 for Log2 {
    const NAME: &str = "log2";
    const POLE: Pole = Pole::Zero(0);
    const DOC: &str = "Logarithm to base 2 of each element.

>>> np.log2(np.array([8., 10.]))
array([3.      , 3.321928])";
    const CUDA: &str = "log2({x})";
    const SAMPLE: Range<f64> = 0.1..9.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.log2::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.log2::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (x * LN_2));
}

pub(crate) struct Log10;
impl Float1 for Log10 {
    const NAME: &str = "log10";
    const POLE: Pole = Pole::Zero(0);
    const DOC: &str = "Logarithm to base 10 of each element.

>>> np.log10(np.array([2., 1000.]))
array([0.30103, 3.     ])";
    const CUDA: &str = "log10({x})";
    const SAMPLE: Range<f64> = 0.1..9.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.log10::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.log10::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (x * LN_10));
}

pub(crate) struct Log1p;
impl Float1 for Log1p {
    const NAME: &str = "log1p";
    const POLE: Pole = Pole::Everywhere;
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "log(1 + x), accurate near zero.

>>> np.log1p(np.array([1e-6, 1.]))
array([9.999995e-07, 6.931472e-01])";
    const CUDA: &str = "log1p({x})";
    const SAMPLE: Range<f64> = -0.8..3.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.log1p::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.log1p::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (x + 1.0));
}

pub(crate) struct Logaddexp;
impl Float2 for Logaddexp {
    const NAME: &str = "logaddexp";
    const DOC: &str = "log(exp(x) + exp(y)), without overflow on the way.

>>> np.logaddexp(np.array([0., 100.]), 1)
array([  1.3132617, 100.       ])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        if (a == b) return a + decltype(a)(0.693147180559945309);
        auto d = a - b;
        return d > 0 ? a + log1p(exp(-d)) : d <= 0 ? b + log1p(exp(d)) : d;
    }({x}, {y})";
    const IDENTITY: Option<f64> = Some(f64::NEG_INFINITY);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.logaddexp::<I>(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, sum| {
        let share = |part: Sym| g.clone() * Exp::of(part - sum.clone());
        [Some(share(x)), Some(share(y))]
    });
}

pub(crate) struct Logaddexp2;
impl Float2 for Logaddexp2 {
    const NAME: &str = "logaddexp2";
    const DOC: &str = "log2(2**x + 2**y), without overflow on the way.

>>> np.logaddexp2(np.array([0., 100.]), 1)
array([  1.5849625, 100.       ])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) {
        if (a == b) return a + decltype(a)(1);
        auto d = a - b;
        return d > 0 ? a + log1p(exp2(-d)) * decltype(a)(1.44269504088896341) : d <= 0 ? b + log1p(exp2(d)) * decltype(a)(1.44269504088896341) : d;
    }({x}, {y})";
    const IDENTITY: Option<f64> = Some(f64::NEG_INFINITY);
    const ASSOCIATIVE: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.logaddexp2::<I>(y)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, sum| {
        let share = |part: Sym| g.clone() * Exp2::of(part - sum.clone());
        [Some(share(x)), Some(share(y))]
    });
}
