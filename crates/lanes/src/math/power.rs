//! pow, cbrt, hypot, and the logarithm in doubled precision that pow and gamma need.

use super::bits::{Float, Pair, fast_sum, horner, nearest, nearest_multiple, product, sum};
use super::exp::{ExpConstants, clamp, exp_shifted};
use crate::Real;
use crate::level::Isa;

/// 2/3 and ln 2 as pairs; the head of ln 2 has so few bits that a product with an exponent is exact.
const TWO_THIRDS: Pair<f64> = Pair { hi: 0.6666666666666666, lo: 3.700743415417188e-17 };

/// `log(x)` of a positive finite number, to about 65 bits.
///
/// As in `log`, with s and the first two terms of `2 s + 2/3 s^3 + s^5 T(s^2)` as pairs; T interpolates at Chebyshev
/// nodes with relative error 7.5e-16, and enters the result with a weight of 2e-4 at most.
#[inline(always)]
pub(crate) fn log_pair<I: Isa>(x: f64) -> Pair<f64> {
    const T: [f64; 7] = [
        0.4000000000000003,
        0.2857142857133746,
        0.22222222271577444,
        0.1818180817006874,
        0.15385580435394985,
        0.13285770192868424,
        0.12915929658165393,
    ];
    let (m, k) = x.split();
    let f = m - 1.0;
    let bottom = sum(m, 1.0);
    let inverse = 1.0 / bottom.hi;
    let quotient = f * inverse;
    let back = product::<f64, I>(quotient, bottom.hi);
    let s = fast_sum(quotient, ((f - back.hi) - back.lo - quotient * bottom.lo) * inverse);
    let z = s.times::<I>(s);
    let bracket = fast_sum(TWO_THIRDS.hi, z.hi.fma::<I>(horner::<f64, I, 7>(z.hi, &T), TWO_THIRDS.lo));
    let cubic = s.times::<I>(z).times::<I>(bracket);
    let ln = Pair { hi: s.hi + s.hi, lo: s.lo + s.lo }.plus(cubic);
    let whole = fast_sum(k * f64::LN_2.0, ln.hi);
    fast_sum(whole.hi, whole.lo + (ln.lo + k * f64::LN_2.1))
}

/// Whether `|a|` is an integer, without rounding instructions.
#[inline(always)]
fn is_integer(a: f64) -> bool {
    const INTEGERS: f64 = 1.0 / f64::EPSILON;
    let rounded = (a + INTEGERS) - INTEGERS;
    (rounded == a) | (a >= INTEGERS)
}

/// What C99 says of zero, infinite, negative and NaN arguments, given `|x|^y` for positive finite `|x|`.
#[inline(always)]
fn pow_ends(x: f64, y: f64, magnitude: f64) -> f64 {
    let a = x.abs();
    let at_zero = if y < 0.0 { f64::INFINITY } else { 0.0 };
    let at_infinity = if y < 0.0 { 0.0 } else { f64::INFINITY };
    let magnitude = if a == 0.0 { at_zero } else { magnitude };
    let magnitude = if a == f64::INFINITY { at_infinity } else { magnitude };
    let whole = is_integer(y.abs());
    let odd = whole & !is_integer(y.abs() * 0.5);
    let signed = if odd { magnitude.copysign(x) } else { magnitude };
    let outside = (x < 0.0) & !whole & (a != f64::INFINITY);
    let result = if outside | x.is_nan() | y.is_nan() { f64::NAN } else { signed };
    if (y == 0.0) | (x == 1.0) { 1.0 } else { result }
}

#[inline(always)]
pub(crate) fn pow64<I: Isa>(x: f64, y: f64) -> f64 {
    // Beyond 2^65 the power of any number but 1 is infinite or zero; the limit keeps products finite.
    const LIMIT: f64 = 36893488147419103232.0;
    let exponent = clamp(y, (-LIMIT, LIMIT));
    let ln = log_pair::<I>(x.abs());
    let main = product::<f64, I>(ln.hi, exponent);
    let low = ln.lo.fma::<I>(exponent, main.lo);
    // Where the result is infinite or zero, a large correction would only disturb.
    let low = if main.hi.abs() < 1000.0 { low } else { 0.0 };
    pow_ends(x, y, exp_shifted::<f64, I>(main.hi, low, 0.0))
}

/// float32 through float64 with short polynomials (relative errors 1.1e-11 and 2.9e-9 of their tails).
#[inline(always)]
pub(crate) fn pow32<I: Isa>(x: f32, y: f32) -> f32 {
    const P: [f64; 5] =
        [0.666666666673823, 0.3999999878752578, 0.28571756537234566, 0.2219127389362563, 0.1936511759489153];
    const Q: [f64; 6] = [
        0.5000000013498178,
        0.16666666681659179,
        0.04166646460202654,
        0.008333310889582076,
        0.0013933685862617174,
        0.00019891030654370327,
    ];
    let (base, exponent) = (x as f64, y as f64);
    let (m, k) = base.abs().split();
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let ln = (s * z).fma::<I>(horner::<f64, I, 5>(z, &P), s + s);
    let ln = k.fma::<I>(std::f64::consts::LN_2, ln);
    // A finite exponent, for 1 to an infinite power is 1.
    let t = clamp(ln * clamp(exponent, (-1e39, 1e39)), (-200.0, 200.0));
    let (n, _) = nearest_multiple::<f64, I>(t, std::f64::consts::LOG2_E);
    let r = (-n).fma::<I>(std::f64::consts::LN_2, t);
    let power = (r * r).fma::<I>(horner::<f64, I, 6>(r, &Q), r) + 1.0;
    pow_ends(base, exponent, power * f64::power_of_two(n)) as f32
}

#[inline(always)]
pub(crate) fn cbrt<I: Isa, const SHORT: bool>(x: f64) -> f64 {
    // cbrt on [sqrt(1/2), sqrt(2)], relative error 1.3e-5
    const START: [f64; 5] = [
        0.45368909753942654,
        0.8967342183168651,
        -0.5237555897004545,
        0.2093366051622106,
        -0.03599743055091161,
    ];
    let (m, k) = x.abs().split();
    let third = nearest(k * (1.0 / 3.0));
    let rest = k - 3.0 * third;
    let a = m * f64::power_of_two(rest);
    let down = if rest < 0.0 { 0.7937005259840998 } else { 1.0 };
    let factor = if rest > 0.0 { 1.2599210498948732 } else { down };
    let y = horner::<f64, I, 5>(m, &START) * factor;
    let cube = y * y * y;
    let y = y * (cube + (a + a)) / ((cube + cube) + a);
    let root = if SHORT {
        y
    } else {
        // A Newton step whose residue is exact: the head's square is.
        let head = y.head();
        let quotient = a / (head * head);
        head.fma::<I>((quotient - head) / ((head + head) + quotient), head)
    };
    let result = root * f64::power_of_two(third);
    let result = if (x == 0.0) | (x.abs() == f64::INFINITY) | x.is_nan() { x } else { result };
    result.copysign(x)
}

#[inline(always)]
pub(crate) fn hypot64<I: Isa>(x: f64, y: f64) -> f64 {
    const HUGE: f64 = 1.3407807929942597e154; // 2^512
    let (a, b) = (x.abs(), y.abs());
    let top = if a > b { a } else { b };
    let shrink = if top > HUGE * 0.25 { 1.0 / (HUGE * HUGE.sqrt()) } else { 1.0 };
    let factor = if top < 1.0 / HUGE { HUGE * HUGE.sqrt() } else { shrink };
    let (a, b) = (a * factor, b * factor);
    // The squares' rounding errors count too: the sum then is good to the last place.
    let (p, q) = (product::<f64, I>(a, a), product::<f64, I>(b, b));
    let total = sum(p.hi, q.hi);
    let root = (total.hi + (total.lo + (p.lo + q.lo))).sqrt() / factor;
    if (x.abs() == f64::INFINITY) | (y.abs() == f64::INFINITY) { f64::INFINITY } else { root }
}
