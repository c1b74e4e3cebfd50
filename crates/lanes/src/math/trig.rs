//! sin, cos, tan. Float32 goes through float64 with short polynomials: reduction and result are then nearly exact.
//!
//! `x = n pi + r` (cos: `(n + 1/2) pi + r`) with |r| <= pi/2, from pi in pieces whose products with n are exact; then
//! `sin(r) = r + r^3 S(r^2)`. tan uses multiples of pi/2 and `cos(r) = 1 - r^2/2 + r^4 C(r^2)`. S and C interpolate at
//! Chebyshev nodes of r^2; the stated errors are relative to S and C. Arguments above a limit go through `reduce`.

use super::bits::{Float, horner, nearest_multiple};
use super::reduce::reduce_large;
use crate::Real;
use crate::level::Isa;

/// Above it, products with the pieces of pi would no longer be exact.
const LIMIT: f64 = 1.5e6;

const PI: [f64; 3] = [3.1415926534682512, 1.2154201012607932e-10, 4.044532497591901e-21];
const HALF_PI: [f64; 3] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];

/// S on [0, (pi/2)^2]
#[inline(always)]
fn sine_tail<I: Isa, const SHORT: bool>(z: f64) -> f64 {
    if SHORT {
        // error 1.9e-10
        const S: [f64; 5] = [
            -0.1666666666387985,
            0.008333332768529359,
            -0.0001984108650700057,
            2.753645944364609e-06,
            -2.408009508712208e-08,
        ];
        return horner::<f64, I, 5>(z, &S);
    }
    // error 2.3e-18
    const S: [f64; 8] = [
        -0.16666666666666666,
        0.008333333333333316,
        -0.00019841269841254966,
        2.7557319219160833e-06,
        -2.505210761669045e-08,
        1.6058977292642743e-10,
        -7.643969663988074e-13,
        2.7314368769379893e-15,
    ];
    horner::<f64, I, 8>(z, &S)
}

/// C on [0, (pi/4)^2]
#[inline(always)]
fn cosine_tail<I: Isa, const SHORT: bool>(z: f64) -> f64 {
    if SHORT {
        // error 5.8e-11
        const C: [f64; 4] =
            [0.041666666664316516, -0.0013888887670194634, 2.480059939299715e-05, -2.730083162069671e-07];
        return horner::<f64, I, 4>(z, &C);
    }
    // error 5.7e-17
    const C: [f64; 6] = [
        0.041666666666666664,
        -0.0013888888888887393,
        2.4801587298760048e-05,
        -2.755731726880539e-07,
        2.0876145659059344e-09,
        -1.1382588535352522e-11,
    ];
    horner::<f64, I, 6>(z, &C)
}

/// `x - n period` as `(r, lo)`, lo below the last place of r.
#[inline(always)]
fn subtract<I: Isa, const SHORT: bool>(x: f64, n: f64, period: &[f64; 3]) -> (f64, f64) {
    let high = (-n).fma::<I>(period[0], x);
    if SHORT {
        return ((-n).fma::<I>(period[1], high), 0.0);
    }
    let step = n * period[1];
    let middle = high - step;
    let low = (-n).fma::<I>(period[2], (high - middle) - step);
    let r = middle + low;
    (r, (middle - r) + low)
}

/// `sin(r + lo)` for |r| <= pi/2.
#[inline(always)]
fn sine<I: Isa, const SHORT: bool>(r: f64, lo: f64) -> f64 {
    // 1 - 4 z / pi^2 stands for cos(r), the factor of lo.
    const FADE: f64 = -0.4052847345693511;
    let z = r * r;
    if SHORT {
        return r * z.fma::<I>(sine_tail::<I, SHORT>(z), 1.0);
    }
    let tail = (r * z).fma::<I>(sine_tail::<I, SHORT>(z), lo * z.fma::<I>(FADE, 1.0));
    r + tail
}

/// `cos(r + lo)` for |r| <= pi/4.
#[inline(always)]
fn cosine<I: Isa, const SHORT: bool>(r: f64, lo: f64) -> f64 {
    let z = r * r;
    if SHORT {
        return (z * z).fma::<I>(cosine_tail::<I, SHORT>(z), z.fma::<I>(-0.5, 1.0));
    }
    let half = 0.5 * z;
    let top = 1.0 - half;
    top + (((1.0 - top) - half) + (z * z).fma::<I>(cosine_tail::<I, SHORT>(z), -(r * lo)))
}

/// The fast value where it holds; else NaN in a first pass, or the slow value.
#[inline(always)]
fn choose<I: Isa>(x: f64, fast: f64, slow: impl FnOnce(f64) -> f64) -> f64 {
    if I::DEFER {
        if x.abs() <= LIMIT { fast } else { f64::NAN }
    } else if x.abs() <= LIMIT {
        fast
    } else {
        slow(x)
    }
}

#[inline(always)]
pub(crate) fn sin<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let (n, shifted) = nearest_multiple::<f64, I>(x, std::f64::consts::FRAC_1_PI);
    let (r, lo) = subtract::<I, SHORT>(x, n, &PI);
    let fast = sine::<I, SHORT>(r, lo).flip(f64::parity_sign(shifted));
    // -0 has lost its sign in a sum
    let fast = if !SHORT && x == 0.0 { x } else { fast };
    choose::<I>(x, fast, |x| slow(x, Function::Sin))
}

#[inline(always)]
pub(crate) fn cos<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let shifted = x.fma::<I>(std::f64::consts::FRAC_1_PI, -0.5) + f64::MAGIC;
    let (r, lo) = subtract::<I, SHORT>(x, (shifted - f64::MAGIC) + 0.5, &PI);
    let fast = -sine::<I, SHORT>(r, lo).flip(f64::parity_sign(shifted));
    choose::<I>(x, fast, |x| slow(x, Function::Cos))
}

#[inline(always)]
pub(crate) fn tan<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let (n, shifted) = nearest_multiple::<f64, I>(x, std::f64::consts::FRAC_2_PI);
    let (r, lo) = subtract::<I, SHORT>(x, n, &HALF_PI);
    let (s, c) = (sine::<I, SHORT>(r, lo), cosine::<I, SHORT>(r, lo));
    let odd = f64::parity_sign(shifted).is_sign_negative();
    let (top, bottom) = if odd { (-c, s) } else { (s, c) };
    let fast = top / bottom;
    let fast = if !SHORT && x == 0.0 { x } else { fast };
    choose::<I>(x, fast, |x| slow(x, Function::Tan))
}

#[derive(Clone, Copy)]
enum Function {
    Sin,
    Cos,
    Tan,
}

/// Any finite argument; NaN for the others. Without fused operations, so that all levels share it.
#[cold]
#[inline(never)]
fn slow(x: f64, function: Function) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let (quadrant, r) = reduce_large(x);
    let s = sine::<crate::level::Baseline, false>(r.hi, r.lo);
    let c = cosine::<crate::level::Baseline, false>(r.hi, r.lo);
    match (function, quadrant) {
        (Function::Sin, 0) | (Function::Cos, 3) => s,
        (Function::Sin, 1) | (Function::Cos, 0) => c,
        (Function::Sin, 2) | (Function::Cos, 1) => -s,
        (Function::Sin, _) | (Function::Cos, _) => -c,
        (Function::Tan, 0 | 2) => s / c,
        (Function::Tan, _) => -c / s,
    }
}
