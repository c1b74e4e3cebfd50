//! Circular and hyperbolic functions of complex numbers and their inverses, in float64. Called by `complex` only.
//!
//! The circular ones are the hyperbolic ones at the argument times i; the inverses are Kahan's formulas, with the
//! logarithm where his products would overflow.

use num_complex::Complex;

use super::complex::{Wide, exp_times, log_abs, sqrt};
use crate::Real;
use crate::level::Isa;

/// i z with the parts swapped only, which is what odd functions need: f(z) = swap(h(swap(z))).
fn swap(z: Wide) -> Wide {
    Complex { re: z.im, im: z.re }
}

pub(super) fn sin<I: Isa>(z: Wide) -> Wide {
    swap(sinh::<I>(swap(z)))
}

pub(super) fn cos<I: Isa>(z: Wide) -> Wide {
    cosh::<I>(Complex { re: -z.im, im: z.re })
}

pub(super) fn tan<I: Isa>(z: Wide) -> Wide {
    swap(tanh::<I>(swap(z)))
}

/// `(sinh(x) a, cosh(x) b)` without overflow before the products.
fn sinh_cosh_times<I: Isa>(x: f64, a: f64, b: f64) -> (f64, f64) {
    if x.abs() < 40.0 || !x.is_finite() {
        return (Real::sinh::<I>(x) * a, Real::cosh::<I>(x) * b);
    }
    (exp_times::<I>(x.abs(), 0.5 * a) * x.signum(), exp_times::<I>(x.abs(), 0.5 * b))
}

pub(super) fn sinh<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex { re: Real::sinh::<I>(x), im: y };
    }
    if !y.is_finite() && (x == 0.0 || x.is_infinite()) {
        return Complex { re: x, im: f64::NAN };
    }
    let (re, im) = sinh_cosh_times::<I>(x, Real::cos::<I>(y), Real::sin::<I>(y));
    Complex { re, im }
}

pub(super) fn cosh<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex { re: Real::cosh::<I>(x), im: 1.0f64.copysign(x) * y };
    }
    if !y.is_finite() && x.is_infinite() {
        return Complex { re: f64::INFINITY, im: f64::NAN };
    }
    if !y.is_finite() && x == 0.0 {
        return Complex { re: f64::NAN, im: x };
    }
    let (im, re) = sinh_cosh_times::<I>(x, Real::sin::<I>(y), Real::cos::<I>(y));
    Complex { re, im }
}

pub(super) fn tanh<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re, z.im);
    if x.is_nan() {
        return Complex { re: x, im: if y == 0.0 { y } else { f64::NAN } };
    }
    if x.is_infinite() {
        let sign = if y.is_finite() { Real::sin::<I>(y) * Real::cos::<I>(y) } else { y };
        return Complex { re: x.signum(), im: 0.0f64.copysign(sign) };
    }
    if !y.is_finite() {
        return Complex { re: if x == 0.0 { x } else { f64::NAN }, im: f64::NAN };
    }
    if x.abs() >= 22.0 {
        let decay = Real::exp::<I>(-x.abs());
        return Complex { re: x.signum(), im: 4.0 * Real::sin::<I>(y) * Real::cos::<I>(y) * decay * decay };
    }
    let tangent = Real::tan::<I>(y);
    let beta = 1.0 + tangent * tangent;
    let sine = Real::sinh::<I>(x);
    let rho = (1.0 + sine * sine).sqrt();
    let bottom = 1.0 + beta * sine * sine;
    Complex { re: beta * rho * sine / bottom, im: tangent / bottom }
}

/// From here on 1 is nothing beside z^2.
const LARGE: f64 = 1e10;

fn is_large(z: Wide) -> bool {
    z.re.abs() > LARGE || z.im.abs() > LARGE
}

/// `log |2 z|` for large z.
fn log_double<I: Isa>(z: Wide) -> f64 {
    log_abs::<I>(z) + std::f64::consts::LN_2
}

/// `sqrt(1 - z)` and `sqrt(1 + z)`; the signs of zero imaginary parts choose the sides of the cuts.
fn roots<I: Isa>(z: Wide) -> (Wide, Wide) {
    (sqrt::<I>(Complex { re: 1.0 - z.re, im: -z.im }), sqrt::<I>(Complex { re: 1.0 + z.re, im: z.im }))
}

pub(super) fn arcsin<I: Isa>(z: Wide) -> Wide {
    if z.re.is_nan() || z.im.is_nan() {
        return undefined(z);
    }
    if is_large(z) {
        return Complex { re: Real::arctan2::<I>(z.re, z.im.abs()), im: log_double::<I>(z).copysign(z.im) };
    }
    let (minus, plus) = roots::<I>(z);
    let re = Real::arctan2::<I>(z.re, minus.re * plus.re - minus.im * plus.im);
    let im = Real::arcsinh::<I>(minus.re * plus.im - minus.im * plus.re);
    Complex { re, im: if im == 0.0 { 0.0f64.copysign(z.im) } else { im } }
}

pub(super) fn arccos<I: Isa>(z: Wide) -> Wide {
    if z.re.is_nan() || z.im.is_nan() {
        let im = if z.re.is_infinite() || z.im.is_infinite() { f64::INFINITY } else { f64::NAN };
        let re = if z.re == 0.0 { std::f64::consts::FRAC_PI_2 } else { f64::NAN };
        return Complex { re, im: if z.im.is_infinite() { -z.im } else { im } };
    }
    if is_large(z) {
        return Complex { re: Real::arctan2::<I>(z.im.abs(), z.re), im: -log_double::<I>(z).copysign(z.im) };
    }
    let (minus, plus) = roots::<I>(z);
    let re = 2.0 * Real::arctan2::<I>(minus.re, plus.re);
    let im = Real::arcsinh::<I>(plus.re * minus.im - plus.im * minus.re);
    Complex { re, im: if im == 0.0 { -(0.0f64.copysign(z.im)) } else { im } }
}

/// C99's answers of asin where a part is NaN.
fn undefined(z: Wide) -> Wide {
    let im = if z.re.is_infinite() || z.im.is_infinite() { f64::INFINITY.copysign(z.im) } else { f64::NAN };
    Complex {
        re: if z.re == 0.0 { z.re } else { f64::NAN },
        im: if z.im == 0.0 && z.re.is_nan() { f64::NAN } else { im },
    }
}

pub(super) fn arcsinh<I: Isa>(z: Wide) -> Wide {
    swap(arcsin::<I>(swap(z)))
}

pub(super) fn arccosh<I: Isa>(z: Wide) -> Wide {
    // i or -i times arccos, whichever has a real part that is not negative.
    let w = arccos::<I>(z);
    if w.im.is_nan() {
        return Complex { re: w.im, im: w.re };
    }
    Complex { re: w.im.abs(), im: w.re.copysign(z.im) }
}

pub(super) fn arctanh<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re.abs(), z.im.abs());
    if x.is_nan() || y.is_nan() {
        // C99's answers
        let vanishes = x.is_infinite() || y.is_infinite() || x == 0.0;
        let quarter = if y.is_infinite() { std::f64::consts::FRAC_PI_2 } else { f64::NAN };
        return Complex {
            re: if vanishes { 0.0f64.copysign(z.re) } else { f64::NAN },
            im: quarter.copysign(z.im),
        };
    }
    if is_large(z) {
        // 1/z, whose imaginary part is nothing beside pi/2; scaled, for the square may overflow.
        let size = if x > y { x } else { y };
        let (a, b) = (x / size, y / size);
        let re = if x.is_infinite() || y.is_infinite() { 0.0 } else { a / (a * a + b * b) / size };
        return Complex { re: re.copysign(z.re), im: std::f64::consts::FRAC_PI_2.copysign(z.im) };
    }
    let gap = 1.0 - x;
    let re = 0.25 * Real::log1p::<I>(4.0 * x / (gap * gap + y * y));
    let im = 0.5 * Real::arctan2::<I>(y + y, gap * (1.0 + x) - y * y);
    Complex { re: if x == 0.0 { x } else { re }.copysign(z.re), im: im.copysign(z.im) }
}

pub(super) fn arctan<I: Isa>(z: Wide) -> Wide {
    swap(arctanh::<I>(swap(z)))
}
