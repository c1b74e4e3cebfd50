//! arcsin, arccos, arctan, arctan2, computed in float64; float32 takes shorter polynomials.
//!
//! `arctan(t) = t + t^3 A(t^2)` for 0 <= t <= 1, else pi/2 minus that of 1/t; `arcsin(t) = t + t^3 B(t^2)` for
//! |t| <= 1/2, else through `arcsin(t) = pi/2 - 2 arcsin(sqrt((1 - t) / 2))`. A and B interpolate at Chebyshev nodes of
//! t^2; the stated errors are relative to A and B.

use super::bits::{Float, horner};
use crate::Real;
use crate::level::Isa;

const PI: (f64, f64) = (3.141592653589793, 1.2246467991473532e-16);
const HALF_PI: (f64, f64) = (1.5707963267948966, 6.123233995736766e-17);

#[inline(always)]
fn arctan_tail<I: Isa, const SHORT: bool>(z: f64) -> f64 {
    if SHORT {
        // error 7.6e-9
        const A: [f64; 10] = [
            -0.3333333308107325,
            0.19999949321141888,
            -0.1428400379473353,
            0.11088261628735159,
            -0.08931826777381315,
            0.07031914250029966,
            -0.04896051402709067,
            0.026305001110062377,
            -0.009144629760592396,
            0.0014886919393047597,
        ];
        return horner::<f64, I, 10>(z, &A);
    }
    // error 2.8e-16, of which a third at most enters the result
    const A: [f64; 21] = [
        -0.3333333333333333,
        0.19999999999999554,
        -0.14285714285648404,
        0.11111111107234799,
        -0.09090908969557403,
        0.07692305354678655,
        -0.06666636435777692,
        0.05882074956371294,
        -0.05261265735709454,
        0.04752086773576656,
        -0.04308119655330471,
        0.03872640214042632,
        -0.033750132001619734,
        0.027567942297344678,
        -0.020238706986393514,
        0.012756172907694298,
        -0.006575683344151699,
        0.002622977891906089,
        -0.0007518472526973822,
        0.0001368724853148122,
        -1.1832505417555692e-05,
    ];
    horner::<f64, I, 21>(z, &A)
}

#[inline(always)]
fn arcsin_tail<I: Isa, const SHORT: bool>(z: f64) -> f64 {
    if SHORT {
        // error 2.3e-8
        const B: [f64; 6] = [
            0.16666666337430908,
            0.07500094543497424,
            0.04459940152851218,
            0.03110066273549457,
            0.017149238357677253,
            0.03369084720283012,
        ];
        return horner::<f64, I, 6>(z, &B);
    }
    // error 1.2e-16
    const B: [f64; 13] = [
        0.16666666666666669,
        0.07499999999998433,
        0.04464285714635543,
        0.030381944138531247,
        0.02237217294214989,
        0.017352392720869973,
        0.013971212973552933,
        0.011479177415184906,
        0.01032281435018578,
        0.005457506718640358,
        0.01740087944269402,
        -0.014851887071247204,
        0.028757851367421566,
    ];
    horner::<f64, I, 13>(z, &B)
}

/// `arctan(low / high)` for `0 <= low <= high`, and its complement to pi/2 where `swap`.
#[inline(always)]
fn octant<I: Isa, const SHORT: bool>(low: f64, high: f64, swap: bool) -> f64 {
    let t = low / high;
    let z = t * t;
    let tail = (t * z) * arctan_tail::<I, SHORT>(z);
    let near = t + tail;
    let far = HALF_PI.0 - ((t - HALF_PI.1) + tail);
    if swap { far } else { near }
}

#[inline(always)]
pub(crate) fn arctan<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let a = x.abs();
    let swap = a > 1.0;
    let (low, high) = if swap { (1.0, a) } else { (a, 1.0) };
    octant::<I, SHORT>(low, high, swap).copysign(x)
}

#[inline(always)]
pub(crate) fn arctan2<I: Isa, const SHORT: bool>(y: f64, x: f64) -> f64 {
    let (a, b) = (y.abs(), x.abs());
    let swap = a > b;
    let (low, high) = if swap { (b, a) } else { (a, b) };
    // 0/0 stands for angle 0 and inf/inf for a diagonal; halving keeps 1/subnormal-free quotients unchanged.
    let (low, high) = if low == f64::INFINITY { (1.0, 1.0) } else { (low, high) };
    let high = if high == 0.0 { 1.0 } else { high };
    let first = octant::<I, SHORT>(low, high, swap);
    let second = PI.0 - (first - PI.1);
    let angle = if x.is_sign_negative() { second } else { first };
    let angle = if y.is_nan() | x.is_nan() { f64::NAN } else { angle };
    angle.copysign(y)
}

/// What arcsin and arccos share: `(small, arcsin(t), t)` where t is |x| up to 1/2, else sqrt((1 - |x|) / 2) with the
/// rounding error of the root added to the arcsin.
#[inline(always)]
fn half_range<I: Isa, const SHORT: bool>(x: f64) -> (bool, f64, f64) {
    let a = x.abs();
    let small = a <= 0.5;
    let z = if small { a * a } else { 0.5 - 0.5 * a };
    let root = z.sqrt();
    let t = if small { a } else { root };
    let head = root.head();
    let bottom = root + head;
    let error =
        if small | (bottom == 0.0) { 0.0 } else { (-head).fma::<I>(head, z) / bottom - (root - head) };
    (small, (t * z).fma::<I>(arcsin_tail::<I, SHORT>(z), error), t)
}

#[inline(always)]
pub(crate) fn arcsin<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let (small, tail, t) = half_range::<I, SHORT>(x);
    let near = t + tail;
    let far = (HALF_PI.0 - (t + t)) - ((tail + tail) - HALF_PI.1);
    let rest = (HALF_PI.0 - (HALF_PI.0 - (t + t))) - (t + t);
    let far = far + rest;
    (if small { near } else { far }).copysign(x)
}

#[inline(always)]
pub(crate) fn arccos<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    let (small, tail, t) = half_range::<I, SHORT>(x);
    let (signed_t, signed_tail) = (t.copysign(x), tail.flip(x));
    let middle = HALF_PI.0 - (signed_t - (HALF_PI.1 - signed_tail));
    let right = (t + t) + (tail + tail);
    let left = PI.0 - (right - PI.1);
    let outer = if x < 0.0 { left } else { right };
    if small { middle } else { outer }
}
