//! gelu, `x P(x)` for the normal distribution function P, and its derivative.
//!
//! With a = |x|, `P(-a) = exp(-a^2 / 2) N(a) / D(a)`. N / D is a rational fit on [0, 13.3], its error relative to P: small
//! results keep their digits. Both functions are an exponential, two short polynomials and one division.

use super::bits::{Float, horner, nearest_multiple, product};
use super::erf::erfc64;
use super::exp::{ExpConstants, clamp};
use crate::Real;
use crate::level::Isa;

/// 1 / sqrt(2 pi)
const DENSITY: f64 = 0.3989422804014327;
/// Beyond, P(-a) is no normal float32: 0.
const END: f32 = 13.0;

/// `(exp(-a^2 / 2), N(a), D(a))` for a from 0 to `END`.
#[inline(always)]
fn parts<I: Isa>(a: f32) -> (f32, f32, f32) {
    // N / D: error 5e-9
    const N: [f32; 5] =
        [49.6163330078125, 43.23482894897461, 17.991905212402344, 3.967846155166626, 0.39894795417785645];
    const D: [f32; 5] =
        [99.232666015625, 165.64590454101562, 118.53337860107422, 46.08262252807617, 9.946647644042969];
    // exp(-s / 2) for |s| <= log(2), error 9e-8
    const EXP: [f32; 6] = [
        1.0,
        -0.49999985098838806,
        0.12499786913394928,
        -0.0208345465362072,
        0.002618631115183234,
        -0.0002590713556855917,
    ];
    // a^2 = -2 n log(2) + s
    let square = product::<f32, I>(a, a);
    let (n, shifted) = nearest_multiple::<f32, I>(square.hi, -0.5 * f32::LOG2_E);
    let s = n.fma::<I>(2.0 * f32::LN_2.0, square.hi) + square.lo;
    let s = n.fma::<I>(2.0 * f32::LN_2.1, s);
    let power = horner::<f32, I, 6>(s, &EXP).times_power(shifted);
    let d = (a + D[4]).fma::<I>(a, D[3]).fma::<I>(a, D[2]).fma::<I>(a, D[1]).fma::<I>(a, D[0]);
    (power, horner::<f32, I, 5>(a, &N), d)
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
    let (power, n, d) = parts::<I>(a);
    let power = if whole > END { 0.0 } else { power };
    let tail = (a * n) * power / d;
    let above = f32::from_bits((x.to_bits() & !sign_mask(x)) | (x.to_bits() & SIGN));
    above - tail
}

/// `P(-a) - a p(a)` for the density p, or 1 minus that.
#[inline(always)]
pub(crate) fn gelu_slope32<I: Isa>(x: f32) -> f32 {
    let whole = x.abs();
    let a = if whole > END { END } else { whole };
    let (power, n, d) = parts::<I>(a);
    let power = if whole > END { 0.0 } else { power };
    let tail = (a * -(DENSITY as f32)).fma::<I>(d, n) * power / d;
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
