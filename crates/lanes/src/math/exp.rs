//! exp, exp2, expm1, and the reduction that the hyperbolic functions share.
//!
//! `x = n ln 2 + r` with |r| <= ln(2)/2, then `exp(r) = 1 + r + r^2 q(r)`. The coefficients of q interpolate
//! `(exp(r) - 1 - r) / r^2` at Chebyshev nodes; the stated errors are relative to q.

use super::bits::{Float, Pair, fast_sum, horner, nearest, nearest_multiple, scale};
use crate::Real;
use crate::level::Isa;

/// Constants of the exponential in one precision.
pub(crate) trait ExpConstants: Float {
    const LOG2_E: Self;
    /// ln 2 with so few bits that a product with an exponent is exact, and the rest.
    const LN_2: (Self, Self);
    /// Beyond these exp overflows to infinity or is zero.
    const EXP_RANGE: (Self, Self);
    /// Beyond these exp2 overflows to infinity or is zero.
    const EXP2_RANGE: (Self, Self);
    /// Above this exp is a normal number.
    const EXP_LEAST: Self;
    /// Below this expm1 is -1.
    const EXPM1_LEAST: Self;

    /// The polynomial q.
    fn exp_tail<I: Isa>(r: Self) -> Self;
}

impl ExpConstants for f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN_2: (f32, f32) = (0.693115234375, 3.1946184945309415e-5);
    const EXP_RANGE: (f32, f32) = (-104.5, 90.0);
    const EXP2_RANGE: (f32, f32) = (-151.0, 128.5);
    const EXP_LEAST: f32 = -86.9;
    const EXPM1_LEAST: f32 = -20.0;

    #[inline(always)]
    fn exp_tail<I: Isa>(r: f32) -> f32 {
        // error 1.4e-7
        const Q: [f32; 5] = [0.5, 0.166665763, 0.0416665561, 0.00836320315, 0.00139262131];
        horner::<f32, I, 5>(r, &Q)
    }
}

impl ExpConstants for f64 {
    const LOG2_E: f64 = std::f64::consts::LOG2_E;
    const LN_2: (f64, f64) = (0.6931471803691238, 1.9082149292705877e-10);
    const EXP_RANGE: (f64, f64) = (-746.0, 711.0);
    const EXP2_RANGE: (f64, f64) = (-1076.0, 1024.5);
    const EXP_LEAST: f64 = -707.9;
    const EXPM1_LEAST: f64 = -40.0;

    #[inline(always)]
    fn exp_tail<I: Isa>(r: f64) -> f64 {
        // error 5e-18
        const Q: [f64; 11] = [
            0.5,
            0.1666666666666667,
            0.04166666666666667,
            0.008333333333326112,
            0.001388888888888373,
            0.0001984126987490126,
            2.4801587325605324e-05,
            2.7557255297969643e-06,
            2.755727357010214e-07,
            2.5105259538448494e-08,
            2.0914717341716378e-09,
        ];
        horner::<f64, I, 11>(r, &Q)
    }
}

/// `x` within a range; NaN stays.
#[inline(always)]
pub(crate) fn clamp<T: Float>(x: T, range: (T, T)) -> T {
    let x = if x < range.0 { range.0 } else { x };
    if x > range.1 { range.1 } else { x }
}

/// `(n, r, c)` with `x + correction = n ln 2 + r + c`, c below the last place of r.
#[inline(always)]
fn reduce<T: ExpConstants, I: Isa>(x: T, correction: T) -> (T, T, T) {
    let (n, _) = nearest_multiple::<T, I>(x, T::LOG2_E);
    let high = (-n).fma::<I>(T::LN_2.0, x);
    let low = n.fma::<I>(T::LN_2.1, -correction);
    let r = high - low;
    (n, r, (high - r) - low)
}

/// `exp(x + correction) * 2^shift` for a correction about as small as the last place of x, x within `EXP_RANGE`.
#[inline(always)]
pub(crate) fn exp_shifted<T: ExpConstants, I: Isa>(x: T, correction: T, shift: T) -> T {
    let (n, r, c) = reduce::<T, I>(clamp(x, T::EXP_RANGE), correction);
    let tail = (r * r).fma::<I>(T::exp_tail::<I>(r), c);
    scale(T::ONE + (r + tail), n + shift)
}

/// `(p, n)` with `exp(x) = p 2^n` to about 60 bits, for float64 numbers up to 2000 in size: p is near 1 even where the
/// exponential is not a finite number.
#[inline(always)]
pub(crate) fn exp_pair<I: Isa>(x: Pair<f64>) -> (Pair<f64>, f64) {
    let (n, r, c) = reduce::<f64, I>(clamp(x.hi, (-2000.0, 2000.0)), x.lo);
    // The square's own rounding error is worth a sixteenth of the last place.
    let square = r * r;
    let rest = fast_sum(r, square.fma::<I>(f64::exp_tail::<I>(r), c));
    let whole = fast_sum(1.0, rest.hi);
    (fast_sum(whole.hi, whole.lo + rest.lo), n)
}

#[inline(always)]
pub(crate) fn exp<T: ExpConstants, I: Isa>(x: T) -> T {
    exp_shifted::<T, I>(x, T::ZERO, T::ZERO)
}

/// exp of a number that is not positive, 0 where the result is no normal number: for weights whose greatest is 1.
#[inline(always)]
pub(crate) fn exp_weight<T: ExpConstants, I: Isa>(x: T) -> T {
    let inner = if x < T::EXP_LEAST { T::EXP_LEAST } else { x };
    let (n, shifted) = nearest_multiple::<T, I>(inner, T::LOG2_E);
    let r = (-n).fma::<I>(T::LN_2.1, (-n).fma::<I>(T::LN_2.0, inner));
    let tail = (r * r).fma::<I>(T::exp_tail::<I>(r), r);
    let power = (T::ONE + tail).times_power(shifted);
    if x < T::EXP_LEAST { T::ZERO } else { power }
}

#[inline(always)]
pub(crate) fn exp2<T: ExpConstants, I: Isa>(x: T) -> T {
    let x = clamp(x, T::EXP2_RANGE);
    let n = nearest(x);
    let f = x - n;
    let r = f * T::LN_2.0;
    let c = f.fma::<I>(T::LN_2.0, -r) + f * T::LN_2.1;
    let sum = r + c;
    let c = (r - sum) + c;
    let tail = (sum * sum).fma::<I>(T::exp_tail::<I>(sum), c);
    scale(T::ONE + (sum + tail), n)
}

/// `(hi, lo)` with `hi + lo = expm1(x)`, lo below the last place of hi, for x within `EXP_RANGE`.
#[inline(always)]
pub(crate) fn expm1_parts<T: ExpConstants, I: Isa>(x: T) -> (T, T) {
    let (n, r, c) = reduce::<T, I>(clamp(x, (T::EXPM1_LEAST, T::EXP_RANGE.1 - T::ONE)), T::ZERO);
    let tail = (r * r).fma::<I>(T::exp_tail::<I>(r), c);
    // Half of everything, since 2^n may be one too large for a finite number.
    let half = T::power_of_two(n - T::ONE);
    let base = half - T::HALF;
    let lost = (half - base) - T::HALF;
    let sum = fast_sum(base, half * r);
    let low = sum.lo + half.fma::<I>(tail, lost);
    let hi = sum.hi + low;
    let lo = (sum.hi - hi) + low;
    (hi + hi, lo + lo)
}

#[inline(always)]
pub(crate) fn expm1<T: ExpConstants, I: Isa>(x: T) -> T {
    let (hi, _) = expm1_parts::<T, I>(x);
    // Keeps -0 and the subnormals whose half is not exact.
    if x.abs() < T::MIN_POSITIVE { x } else { hi }
}
