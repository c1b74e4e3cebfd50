//! Angles, and trigonometric functions with their inverses.

use std::f64::consts::PI;
use std::ops::Range;

use base::{Rule, Sym, Tiny};
use lanes::{Isa, Real, Style};

use crate::arithmetic::Square;
use crate::compare::Equal;
use crate::kind::{Compare2, Float1, Float2, Gradient, Gradient1, Gradient2, Number1, Select3};
use crate::number::Complex;
use crate::power::Sqrt;
use crate::select::Where;
use crate::table::contents;

contents! {
    SIN = Sin, COS = Cos, TAN = Tan, ARCSIN = Arcsin, ARCCOS = Arccos, ARCTAN = Arctan, ARCTAN2 = Arctan2, DEGREES = Degrees, RADIANS = Radians, SINC = Sinc,
}

pub(crate) struct Sin;
impl Float1 for Sin {
    const NAME: &str = "sin";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "Sine of each element, in radians.

>>> np.sin(np.array([0., 1.]))
array([0.        , 0.84147096])";
    const CUDA: &str = "sin({x})";
    const STYLE: Style = Style::Deferred;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.sin::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.sin::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Cos::of(x));
}

pub(crate) struct Cos;
impl Float1 for Cos {
    const NAME: &str = "cos";
    const DOC: &str = "Cosine of each element, in radians.

>>> np.cos(np.array([0., 1.]))
array([1.       , 0.5403023])";
    const CUDA: &str = "cos({x})";
    const STYLE: Style = Style::Deferred;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.cos::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.cos::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| -(g * Sin::of(x)));
}

pub(crate) struct Tan;
impl Float1 for Tan {
    const NAME: &str = "tan";
    const TINY: Tiny = Tiny::Rounded;
    const DOC: &str = "Tangent of each element, in radians.

>>> np.tan(np.array([0., 1.]))
array([0.       , 1.5574077])";
    const CUDA: &str = "tan({x})";
    const SAMPLE: Range<f64> = -1.3..1.3;
    const STYLE: Style = Style::Deferred;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.tan::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.tan::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * (Square::of(y) + 1.0));
}

pub(crate) struct Arcsin;
impl Float1 for Arcsin {
    const NAME: &str = "arcsin";
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["asin"];
    const DOC: &str = "Inverse sine of each element, in [-pi/2, pi/2].

>>> np.arcsin(np.array([0., 1.]))
array([0.       , 1.5707964])";
    const CUDA: &str = "asin({x})";
    const SAMPLE: Range<f64> = -0.9..0.9;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arcsin::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arcsin::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / Sqrt::of(1.0 - Square::of(x)));
}

pub(crate) struct Arccos;
impl Float1 for Arccos {
    const NAME: &str = "arccos";
    const ALIASES: &[&str] = &["acos"];
    const DOC: &str = "Inverse cosine of each element, in [0, pi].

>>> np.arccos(np.array([0., 1.]))
array([1.5707964, 0.       ])";
    const CUDA: &str = "acos({x})";
    const SAMPLE: Range<f64> = -0.9..0.9;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arccos::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arccos::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| -(g / Sqrt::of(1.0 - Square::of(x))));
}

pub(crate) struct Arctan;
impl Float1 for Arctan {
    const NAME: &str = "arctan";
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["atan"];
    const DOC: &str = "Inverse tangent of each element, in [-pi/2, pi/2].

>>> np.arctan(np.array([0., 1.]))
array([0.       , 0.7853982])";
    const CUDA: &str = "atan({x})";
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.arctan::<I>()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.arctan::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g / (Square::of(x) + 1.0));
}

pub(crate) struct Arctan2;
impl Float2 for Arctan2 {
    const NAME: &str = "arctan2";
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["atan2"];
    const DOC: &str = "Angle of the point (second, first), in [-pi, pi], with its quadrant.

>>> np.arctan2(np.array([1., -1.]), -1)
array([ 2.3561945, -2.3561945])";
    const CUDA: &str = "atan2({x}, {y})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(y: F, x: F) -> F {
        y.arctan2::<I>(x)
    }
    const VJP: Gradient2 = Gradient::Rule(|g, y, x, _angle| {
        let scaled = g / (Square::of(x.clone()) + Square::of(y.clone()));
        [Some(scaled.clone() * x), Some(-(scaled * y))]
    });
}

pub(crate) struct Degrees;
impl Float1 for Degrees {
    const NAME: &str = "degrees";
    const ALIASES: &[&str] = &["rad2deg"];
    const DOC: &str = "Angles in degrees, from radians.

>>> np.degrees(np.array([0., 1.]))
array([ 0.      , 57.295776])";
    const CUDA: &str = "{x} * decltype({x})(57.295779513082320877)";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x * (F::from_f64(180.0) / F::PI)
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| Degrees::of(g));
}

pub(crate) struct Radians;
impl Float1 for Radians {
    const NAME: &str = "radians";
    const TINY: Tiny = Tiny::Rounded;
    const ALIASES: &[&str] = &["deg2rad"];
    const DOC: &str = "Angles in radians, from degrees.

>>> np.radians(np.array([90., 180.]))
array([1.5707964, 3.1415927])";
    const CUDA: &str = "{x} * decltype({x})(0.017453292519943295769)";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x * (F::PI / F::from_f64(180.0))
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| Radians::of(g));
}

/// 1 for even whole numbers, -1 for odd ones.
#[inline(always)]
fn parity_sign<F: Real>(whole: F) -> F {
    let half = whole * F::HALF;
    if half == half.rint() { F::ONE } else { -F::ONE }
}

pub(crate) struct Sinc;
impl Float1 for Sinc {
    const NAME: &str = "sinc";
    const DOC: &str = "sin(pi x) / (pi x), and 1 at zero.

>>> np.sinc(np.array([0., 0.5, 1.5]))
array([ 1.        ,  0.63661975, -0.21220659])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        return a == 0 ? decltype(a)(1) : sinpi(a) / (a * decltype(a)(3.14159265358979323846));
    }({x})";
    const RULE: Rule = Rule::Quotient;
    const STYLE: Style = Style::Deferred;
    const COMPLEX: bool = true;
    // sin(pi x) from the distance to the nearest integer, which is exact: zeros are zero, and near them digits stay
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        let whole = x.rint();
        let sine = ((x - whole) * F::PI).sin::<I>();
        // adding 0 takes the sign from the zeros
        let ratio = sine * parity_sign(whole) / (x * F::PI) + F::ZERO;
        if x == F::ZERO { F::ONE } else { ratio }
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        let whole = x.re().rint();
        let sine = C::from_parts(x.re() - whole, x.im()).scale(C::Part::PI).sin::<I>();
        if x == C::default() {
            C::from_parts(C::Part::ONE, C::Part::ZERO)
        } else {
            sine.scale(parity_sign(whole)).divide(x.scale(C::Part::PI))
        }
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, y| {
        let slope = (Cos::of(x.clone() * PI) - y) / x.clone();
        g * Where::of(Equal::of(x, Sym::Number(0.0)), Sym::Number(0.0), slope)
    });
}
