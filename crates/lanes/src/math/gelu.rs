//! gelu, `x P(x)` for the normal distribution function P, and its derivative.
//!
//! With a = |x|, P(-a) is a power of two that is about exp(-a^2 / 2) times a rational fit on [0, 13], whose error is relative:
//! small results keep their digits. Both functions are an exponential, two short polynomials and one division.

use super::bits::{Float, product};
use super::erf::erfc64;
use super::exp::clamp;
use crate::Real;
use crate::level::Isa;

/// 1 / sqrt(2 pi)
const DENSITY: f64 = 0.3989422804014327;
/// P(-a) is 0 there; where it is no normal float32 (from 13 on), it may be anything as small.
const END: f32 = 18.0;
/// The step of a^2 that halves: 2 log(2) in so few bits that its products with exponents are exact.
const STEP: f32 = 22713.0 / 16384.0;
/// The leading coefficient of N is 1 instead of this, and that of E instead of 2^-13 over it.
const LEADING: f64 = 0.47076724083466737;
const SHIFTED: f32 = f32::MAGIC - 13.0;
/// log(2) / STEP - 1/2: `exp(-a^2 / 2)` is nearly `2^(-a^2 / STEP) (1 + LEFT a^2)`.
const LEFT: f64 = std::f64::consts::LN_2 / STEP as f64 - 0.5;

/// For a from 0 to `END`: `(2^n E(t), N(a), D(a), a^2)` with `P(-a) = 2^n E(t) N(a) / D(a)`.
///
/// `a^2 = -(n + 13) STEP - t`, and E is 2^(t / STEP) for |t| <= STEP / 2, error 1.2e-7. `2^(-a^2 / STEP)` is not quite
/// exp(-a^2 / 2): N / D takes what is left, error 8e-8. In all three the highest power stands alone, which saves products.
#[inline(always)]
fn parts<I: Isa>(a: f32) -> (f32, f32, f32, f32) {
    const N: [f32; 4] = [77082.3984375, 50545.94921875, 15676.16796875, 2021.9339599609375];
    const D: [f32; 5] = [72575.7421875, 105497.5234375, 62649.22265625, 18434.466796875, 2390.232421875];
    const E: [f32; 5] =
        [3856.525634765625, 1928.2659912109375, 482.05694580078125, 80.34917449951172, 10.103184700012207];
    let square = a * a;
    let shifted = square.fma::<I>(-1.0 / STEP, SHIFTED);
    let whole = (shifted - SHIFTED) * -STEP;
    let t = if I::FMA {
        (-a).fma::<I>(a, whole)
    } else {
        let exact = product::<f32, I>(a, a);
        (whole - exact.hi) - exact.lo
    };
    let e = (t + E[4]).fma::<I>(t, E[3]).fma::<I>(t, E[2]).fma::<I>(t, E[1]).fma::<I>(t, E[0]);
    let d = (a + D[4]).fma::<I>(square, a.fma::<I>(D[3], D[2])).fma::<I>(square, a.fma::<I>(D[1], D[0]));
    let n = (a + N[3]).fma::<I>(a, N[2]).fma::<I>(square, a.fma::<I>(N[1], N[0]));
    // Where the exponent leaves its bits it reaches that of the sign: 0.
    let power = (e.times_power(shifted).to_bits() as i32).max(0);
    (f32::from_bits(power as u32), n, d, square)
}

/// All bits set where the sign is. Bits, because comparisons would take turns with the products.
#[inline(always)]
fn sign_mask(x: f32) -> u32 {
    ((x.to_bits() as i32) >> 31) as u32
}

const SIGN: u32 = 1 << 31;

/// `max(x, -0) - a P(-a)`.
#[inline(always)]
pub(crate) fn gelu32<I: Isa>(x: f32) -> f32 {
    let whole = x.abs();
    let a = if whole > END { END } else { whole };
    let (power, n, d, _) = parts::<I>(a);
    let above = f32::from_bits((x.to_bits() & !sign_mask(x)) | (x.to_bits() & SIGN));
    (-a).fma::<I>(n / d * power, above)
}

/// `P(-a) - a p(a)` for the density p, or 1 minus that.
#[inline(always)]
pub(crate) fn gelu_slope32<I: Isa>(x: f32) -> f32 {
    let whole = x.abs();
    let a = if whole > END { END } else { whole };
    let (power, n, d, square) = parts::<I>(a);
    // exp(-a^2 / 2) from 2^(-a^2 / STEP)
    let density = square.fma::<I>((LEFT * DENSITY / LEADING) as f32, (DENSITY / LEADING) as f32);
    let tail = (a * -density).fma::<I>(d, n) / d * power;
    let negative = sign_mask(x);
    let above = f32::from_bits(1f32.to_bits() & !negative);
    above + f32::from_bits(tail.to_bits() ^ (!negative & SIGN))
}

#[inline(always)]
pub(crate) fn gelu64<I: Isa>(x: f64) -> f64 {
    // Beyond, the result is -0 or x.
    let inner = if x < -40.0 { -40.0 } else { x };
    inner * (0.5 * erfc64::<I>(inner * -std::f64::consts::FRAC_1_SQRT_2))
}

#[inline(always)]
pub(crate) fn gelu_slope64<I: Isa>(x: f64) -> f64 {
    // Beyond, the result is 0 or 1.
    let inner = clamp(x, (-40.0, 40.0));
    let below = 0.5 * erfc64::<I>(inner * -std::f64::consts::FRAC_1_SQRT_2);
    below + inner * Real::exp::<I>(inner * inner * -0.5) * DENSITY
}
