//! Hyperbolic functions with their inverses.

use std::ops::Range;

use base::{Pole, Tiny};
use lanes::{Isa, Real};

use crate::arithmetic::Square;
use crate::kind::{Float1, Gradient, Gradient1, Number1};
use crate::number::Complex;
use crate::power::Sqrt;
use crate::table::contents;

contents! {
    SINH = Sinh, COSH = Cosh, TANH = Tanh, ARCSINH = Arcsinh, ARCCOSH = Arccosh, ARCTANH = Arctanh,
}

pub(crate) struct Sinh;
impl Float1 for Sinh {
    const NAME: &str = "sinh";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "Hyperbolic sine of each element.

>>> np.sinh(np.array([0., 1.]))
array([0.       , 1.1752012])";
    const CUDA: &str = "sinh({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.sinh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.sinh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Cosh::of(x));
}

pub(crate) struct Cosh;
impl Float1 for Cosh {
    const NAME: &str = "cosh";
    const DOC: &str = "Hyperbolic cosine of each element.

>>> np.cosh(np.array([0., 1.]))
array([1.       , 1.5430806])";
    const CUDA: &str = "cosh({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.cosh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.cosh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Sinh::of(x));
}

pub(crate) struct Tanh;
impl Float1 for Tanh {
    const NAME: &str = "tanh";
    const DOC: &str = "Hyperbolic tangent of each element.

>>> np.tanh(np.array([0., 1.]))
array([0.       , 0.7615942])";
    const CUDA: &str = "tanh({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.tanh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.tanh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * (1.0 - Square::of(y)));
}

pub(crate) struct Arcsinh;
impl Float1 for Arcsinh {
    const NAME: &str = "arcsinh";
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["asinh"];
    const DOC: &str = "Inverse hyperbolic sine of each element.

>>> np.arcsinh(np.array([0., 1.]))
array([0.       , 0.8813736])";
    const CUDA: &str = "asinh({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arcsinh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arcsinh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / Sqrt::of(Square::of(x) + 1.0));
}

pub(crate) struct Arccosh;
impl Float1 for Arccosh {
    const NAME: &str = "arccosh";
    const ALIASES: &[&str] = &["acosh"];
    const DOC: &str = "Inverse hyperbolic cosine of each element; NaN below 1.

>>> np.arccosh(np.array([1., 2.]))
array([0.      , 1.316958])";
    const CUDA: &str = "acosh({x})";
    const SAMPLE: Range<f64> = 1.2..5.0;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arccosh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arccosh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (Sqrt::of(x.clone() - 1.0) * Sqrt::of(x + 1.0)));
}

pub(crate) struct Arctanh;
impl Float1 for Arctanh {
    const NAME: &str = "arctanh";
    const POLE: Pole = Pole::Everywhere;
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["atanh"];
    const DOC: &str = "Inverse hyperbolic tangent of each element; NaN outside of [-1, 1].

>>> np.arctanh(np.array([0., 0.5]))
array([0.        , 0.54930615])";
    const CUDA: &str = "atanh({x})";
    const SAMPLE: Range<f64> = -0.9..0.9;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arctanh::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arctanh::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (1.0 - Square::of(x)));
}
