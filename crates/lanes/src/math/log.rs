//! log, log2, log10, log1p, logaddexp.
//!
//! `x = m 2^k` with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), z = s^2; then
//! `log(m) = f - (h - s (h + z P(z)))` with h = f^2/2, where P interpolates `(2 atanh(s) - 2 s) / s^3` at Chebyshev
//! nodes of z; the stated errors are relative to P.

use super::bits::{Float, Pair, fast_sum, horner, sum};
use super::exp::{ExpConstants, exp};
use crate::level::Isa;

/// Constants of the logarithm in one precision.
pub(crate) trait LogConstants: ExpConstants {
    /// 1/ln 2, 1/ln 10 and log10 2: a head with few bits, and the rest.
    const PER_LN_2: (Self, Self);
    const PER_LN_10: (Self, Self);
    const LOG10_2: (Self, Self);

    /// The polynomial P.
    fn log_tail<I: Isa>(z: Self) -> Self;
}

impl LogConstants for f32 {
    const PER_LN_2: (f32, f32) = (1.4423828125, 0.00031222838896340733);
    const PER_LN_10: (f32, f32) = (0.4342041015625, 9.038034075182765e-05);
    const LOG10_2: (f32, f32) = (0.301025390625, 4.605038981195214e-06);

    #[inline(always)]
    fn log_tail<I: Isa>(z: f32) -> f32 {
        // error 3e-7
        const P: [f32; 3] = [0.666666865, 0.399887353, 0.295820236];
        horner::<f32, I, 3>(z, &P)
    }
}

impl LogConstants for f64 {
    const PER_LN_2: (f64, f64) = (1.4426950216293335, 1.9259629911266175e-08);
    const PER_LN_10: (f64, f64) = (0.4342944771051407, 4.798111141615973e-09);
    const LOG10_2: (f64, f64) = (0.3010299955494702, 1.1451100898021838e-10);

    #[inline(always)]
    fn log_tail<I: Isa>(z: f64) -> f64 {
        // error 4.8e-16
        const P: [f64; 7] = [
            0.666666666666667,
            0.3999999999989827,
            0.2857142862653362,
            0.22222211043776857,
            0.18182895750119193,
            0.1533150161114533,
            0.1461916613488797,
        ];
        horner::<f64, I, 7>(z, &P)
    }
}

/// The answers at and beyond the ends of the domain: NaN below zero and for NaN, -inf at zero, inf at inf.
#[inline(always)]
fn ends<T: Float>(x: T, inside: T) -> T {
    let result = if x == T::ZERO { -T::INFINITY } else { inside };
    let result = if x == T::INFINITY { x } else { result };
    if x >= T::ZERO { result } else { T::NAN }
}

/// `log(m) + k ln 2 + correction` for a correction much smaller than the sum.
#[inline(always)]
fn join<T: LogConstants, I: Isa>(m: T, k: T, correction: T) -> T {
    let f = m - T::ONE;
    let s = f / (T::TWO + f);
    let z = s * s;
    let h = T::HALF * f * f;
    let bent = s.fma::<I>(z.fma::<I>(T::log_tail::<I>(z), h), k.fma::<I>(T::LN_2.1, correction));
    k.fma::<I>(T::LN_2.0, f - (h - bent))
}

#[inline(always)]
pub(crate) fn log<T: LogConstants, I: Isa>(x: T) -> T {
    let (m, k) = x.split();
    ends(x, join::<T, I>(m, k, T::ZERO))
}

/// `log(m)` as an unevaluated sum whose first part has few bits.
#[inline(always)]
fn log_parts<T: LogConstants, I: Isa>(m: T) -> Pair<T> {
    let f = m - T::ONE;
    let s = f / (T::TWO + f);
    let z = s * s;
    let h = T::HALF * f * f;
    let hi = (f - h).head();
    Pair { hi, lo: s.fma::<I>(z.fma::<I>(T::log_tail::<I>(z), h), (f - hi) - h) }
}

#[inline(always)]
pub(crate) fn log2<T: LogConstants, I: Isa>(x: T) -> T {
    let (m, k) = x.split();
    let ln = log_parts::<T, I>(m);
    let low = (ln.lo + ln.hi).fma::<I>(T::PER_LN_2.1, ln.lo * T::PER_LN_2.0);
    let total = fast_sum(k, ln.hi * T::PER_LN_2.0);
    ends(x, total.hi + (total.lo + low))
}

#[inline(always)]
pub(crate) fn log10<T: LogConstants, I: Isa>(x: T) -> T {
    let (m, k) = x.split();
    let ln = log_parts::<T, I>(m);
    let low = (ln.lo + ln.hi).fma::<I>(T::PER_LN_10.1, k.fma::<I>(T::LOG10_2.1, ln.lo * T::PER_LN_10.0));
    let total = fast_sum(k * T::LOG10_2.0, ln.hi * T::PER_LN_10.0);
    ends(x, total.hi + (total.lo + low))
}

/// `log(1 + x + rest)` for a rest below the last place of x.
#[inline(always)]
pub(crate) fn log1p_pair<T: LogConstants, I: Isa>(x: T, rest: T) -> T {
    let u = sum(T::ONE, x);
    let (m, k) = u.hi.split();
    let inside = join::<T, I>(m, k, (u.lo + rest) / u.hi);
    let result = if u.hi == T::ZERO { -T::INFINITY } else { inside };
    let result = if u.hi == T::INFINITY { u.hi } else { result };
    if u.hi >= T::ZERO { result } else { T::NAN }
}

#[inline(always)]
pub(crate) fn log1p<T: LogConstants, I: Isa>(x: T) -> T {
    let result = log1p_pair::<T, I>(x, T::ZERO);
    // Below half of epsilon the function is its argument, which also keeps -0 and subnormals.
    if x.abs() < T::EPSILON * T::HALF { x } else { result }
}

/// `log(exp(x) + exp(y))`, exact for infinities of equal sign.
#[inline(always)]
pub(crate) fn logaddexp<T: LogConstants, I: Isa>(x: T, y: T) -> T {
    let top = x.maximum(y);
    let gap = if x == y { T::ZERO } else { (x - y).abs() };
    top + log1p_pair::<T, I>(exp::<T, I>(-gap), T::ZERO)
}

/// `log2(2^x + 2^y)`.
#[inline(always)]
pub(crate) fn logaddexp2<T: LogConstants, I: Isa>(x: T, y: T) -> T {
    let top = x.maximum(y);
    let gap = if x == y { T::ZERO } else { (x - y).abs() };
    let ln = log1p_pair::<T, I>(super::exp::exp2::<T, I>(-gap), T::ZERO);
    top + ln * T::LOG2_E
}
