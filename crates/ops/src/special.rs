//! Special functions: error functions, gamma and its derivatives, Bessel functions.

use std::f64::consts::FRAC_2_SQRT_PI;
use std::ops::Range;

use base::{Rule, Space, Sym};
use lanes::{Isa, Real, Style};

use crate::arithmetic::Square;
use crate::compare::Equal;
use crate::exponential::Exp;
use crate::kind::{Compare2, Float1, Float2, Gradient, Gradient1, Gradient2, Number1, Select3};
use crate::select::Where;
use crate::special::series::{polygamma, trigamma};
use crate::table::contents;

mod series;

contents! {
    ERF = Erf, ERFC = Erfc, ERFINV = Erfinv, GAMMA = Gamma, GAMMALN = Gammaln, DIGAMMA = Digamma, TRIGAMMA = Trigamma,
    POLYGAMMA = Polygamma, I0 = BesselI0, I1 = BesselI1,
}

pub(crate) struct Erf;
impl Float1 for Erf {
    const NAME: &str = "erf";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "Error function of each element.

>>> npx.erf(np.array([0., 0.5, 1.]))
array([0.       , 0.5204999, 0.8427008])";
    const CUDA: &str = "erf({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.erf::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * FRAC_2_SQRT_PI * Exp::of(-Square::of(x)));
}

pub(crate) struct Erfc;
impl Float1 for Erfc {
    const NAME: &str = "erfc";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "1 - erf(x), accurate for large elements.

>>> npx.erfc(np.array([0., 0.5, 1.]))
array([1.        , 0.47950011, 0.1572992 ])";
    const CUDA: &str = "erfc({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.erfc::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| -(g * FRAC_2_SQRT_PI * Exp::of(-Square::of(x))));
}

pub(crate) struct Erfinv;
impl Float1 for Erfinv {
    const NAME: &str = "erfinv";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "Inverse of `erf`; infinite at -1 and 1.

>>> npx.erfinv(np.array([0., 0.5, 0.9]))
array([0.        , 0.47693628, 1.1630871 ])";
    const CUDA: &str = "erfinv({x})";
    const SAMPLE: Range<f64> = -0.9..0.9;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.erfinv::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g / FRAC_2_SQRT_PI * Exp::of(Square::of(y)));
}

pub(crate) struct Gamma;
impl Float1 for Gamma {
    const NAME: &str = "gamma";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "Gamma function of each element: (x - 1)! for whole x.

>>> npx.gamma(np.array([0.5, 1., 5.]))
array([ 1.7724539,  1.       , 24.       ])";
    const CUDA: &str = "tgamma({x})";
    const SAMPLE: Range<f64> = 0.2..5.0;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.gamma::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, y| g * y * Digamma::of(x));
}

pub(crate) struct Gammaln;
impl Float1 for Gammaln {
    const NAME: &str = "gammaln";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "Logarithm of the absolute value of the gamma function.

>>> npx.gammaln(np.array([0.5, 1., 5.]))
array([0.5723649, 0.       , 3.1780539])";
    const CUDA: &str = "lgamma({x})";
    const SAMPLE: Range<f64> = 0.2..5.0;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.lgamma::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Digamma::of(x));
}

pub(crate) struct Digamma;
impl Float1 for Digamma {
    const NAME: &str = "digamma";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "Derivative of the logarithm of the gamma function.

>>> npx.digamma(np.array([0.5, 1., 5.]))
array([-1.96351  , -0.5772157,  1.5061177])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        using T = decltype(a);
        const T pi = T(3.14159265358979323846);
        T r = 0;
        if (a == 0) return T(-1) / a;
        if (a < 0) { if (a == floor(a)) return (a - a) / (a - a); r = -pi / tan(pi * (a - floor(a))); a = 1 - a; }
        for (; a < 10; a += 1) r -= 1 / a;
        T q = 1 / (a * a);
        T tail = q * (T(1) / 12 - q * (T(1) / 120 - q * (T(1) / 252 - q * (T(1) / 240 - q * T(1) / 132))));
        return r + log(a) - T(0.5) / a - tail;
    }({x})";
    const SAMPLE: Range<f64> = 0.2..5.0;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.digamma::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Trigamma::of(x));
}

pub(crate) struct Trigamma;
impl Float1 for Trigamma {
    const NAME: &str = "trigamma";
    const SPACE: Space = Space::Core;
    const DOC: &str = "Derivative of `digamma`.";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        using T = decltype(a);
        const T pi = T(3.14159265358979323846);
        T r = 0, s = 1;
        if (a < T(0.5)) { T w = sinpi(a); r = pi * pi / (w * w); s = -1; a = 1 - a; }
        for (; a < 10; a += 1) r += s / (a * a);
        T q = 1 / (a * a);
        T tail = q * (T(1) / 6 - q * (T(1) / 30 - q * (T(1) / 42 - q * (T(1) / 30 - q * T(5) / 66))));
        return r + s * (1 + T(0.5) / a + tail) / a;
    }({x})";
    const SAMPLE: Range<f64> = 0.2..5.0;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        trigamma::<F, I>(x)
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Polygamma::of(Sym::Number(2.0), x));
}

pub(crate) struct Polygamma;
impl Float2 for Polygamma {
    const NAME: &str = "polygamma";
    const SPACE: Space = Space::Core;
    const DOC: &str = "Derivative of `digamma` of a whole order from 1 to 30; nan for other orders.";
    const CUDA: &str = "[](auto order, auto a) -> decltype(a) {
        using T = decltype(a);
        const int n = int(order);
        if (!(order >= 1 && order <= 30 && T(n) == order)) return T(NAN);
        const T even[8] = {T(1) / 6, T(-1) / 30, T(1) / 42, T(-1) / 30, T(5) / 66, T(-691) / 2730, T(7) / 6, T(-3617) / 510};
        T sign = n % 2 ? T(1) : T(-1), r = 0, f = 1;
        for (int k = 2; k < n; ++k) f *= k;
        if (a <= 0 && a == floor(a)) return n % 2 ? T(INFINITY) : T(NAN);
        for (; a < 20 + n; a += 1) r += f * n / pow(a, T(n + 1));
        T q = 1 / (a * a), power = f / pow(a, T(n)), tail = power * (1 + T(0.5) * n / a);
        for (int k = 1; k <= 8; ++k) {
            power *= q * (2 * k + n - 1) * (2 * k + n - 2) / ((2 * k) * (2 * k - 1));
            tail += even[k - 1] * power;
        }
        return sign * (r + tail);
    }({x}, {y})";
    const SAMPLE: Range<f64> = 1.0..5.0;
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        F::from_f64(polygamma(x.to_f64(), y.to_f64()))
    }
    const VJP: Gradient2 =
        Gradient::Rule(|g, x, y, _z| [None, Some(g * Polygamma::of(x + Sym::Number(1.0), y))]);
}

pub(crate) struct BesselI0;
impl Float1 for BesselI0 {
    const NAME: &str = "i0";
    const DOC: &str = "Modified Bessel function of the first kind, order 0.

>>> np.i0(np.array([0., 1., 2.]))
array([1.       , 1.2660658, 2.2795854])";
    const CUDA: &str = "cyl_bessel_i0({x})";
    const RULE: Rule = Rule::Quotient;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.bessel_i0::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * BesselI1::of(x));
}

pub(crate) struct BesselI1;
impl Float1 for BesselI1 {
    const NAME: &str = "i1";
    const SPACE: Space = Space::Core;
    const DOC: &str = "Modified Bessel function of the first kind, order 1.";
    const CUDA: &str = "cyl_bessel_i1({x})";
    const RULE: Rule = Rule::Quotient;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.bessel_i1::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, y| {
        // at 0, where the quotient has a limit only, the power series, whose derivatives are right as well
        let zero = Equal::of(x.clone(), Sym::Number(0.0));
        let safe = Where::of(zero.clone(), Sym::Number(1.0), x.clone());
        let slope = BesselI0::of(x.clone()) - y / safe;
        let square = x.clone() * x;
        let series = [7.0 / 18432.0, 5.0 / 384.0, 3.0 / 16.0, 0.5].map(Sym::Number);
        let series = series.into_iter().reduce(|sum, term| sum * square.clone() + term);
        g * Where::of(zero, series.unwrap_or(Sym::Number(0.5)), slope)
    });
}
