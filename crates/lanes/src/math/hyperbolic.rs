//! sinh, cosh, tanh from `expm1` or `exp`, and their inverses from `log1p`.

use super::bits::{Float, Pair, fast_sum, horner, nearest_multiple, product, sum};
use super::exp::{ExpConstants, clamp, exp_shifted, expm1_parts};
use super::log::{LogConstants, log, log1p_pair};
use crate::Real;
use crate::level::Isa;

#[inline(always)]
pub(crate) fn sinh<T: ExpConstants, I: Isa>(x: T) -> T {
    let a = x.abs();
    // With E = expm1(a): sinh = (E + E / (1 + E)) / 2, without cancellation.
    let (hi, lo) = expm1_parts::<T, I>(clamp(a, (T::ZERO, T::MANTISSA)));
    let bottom = sum(T::ONE, hi);
    let quotient = Pair { hi, lo }.over::<I>(Pair { hi: bottom.hi, lo: bottom.lo + lo });
    let near = T::HALF * (hi + (quotient.hi + (quotient.lo + lo)));
    // Where exp(-a) no longer counts and exp(a) may overflow.
    let far = exp_shifted::<T, I>(clamp(a, (T::ZERO, T::EXP_RANGE.1 + T::ONE)), T::ZERO, -T::ONE);
    let result = if a > T::MANTISSA { far } else { near };
    let result = if a < T::EPSILON * T::HALF { a } else { result };
    result.copysign(x)
}

#[inline(always)]
pub(crate) fn cosh<T: ExpConstants, I: Isa>(x: T) -> T {
    let half = exp_shifted::<T, I>(x.abs(), T::ZERO, -T::ONE);
    half + (T::HALF * T::HALF) / half
}

/// tanh in one precision.
pub(crate) trait Tanh: ExpConstants {
    /// tanh of a number that is not negative.
    fn tanh_positive<I: Isa>(a: Self) -> Self;
}

impl Tanh for f32 {
    #[inline(always)]
    fn tanh_positive<I: Isa>(a: f32) -> f32 {
        // `(tanh(a) - a) / a^3` of `z = a^2` up to 0.64, error 3e-8 (relative to tanh)
        const P: [f32; 6] = [
            -0.3333333134651184,
            0.13333062827587128,
            -0.05391799286007881,
            0.02152135595679283,
            -0.007734463084489107,
            0.001762877218425274,
        ];
        let z = a * a;
        let near = (a * z).fma::<I>(horner::<f32, I, 6>(z, &P), a);
        // 1 - 2 / (exp(2 a) + 1): what is lost in the quotient counts little, since it is less than the half of 1.
        let doubled = if a > 10.0 { 20.0 } else { a + a };
        let far = 1.0 - 2.0 / (exp_plain::<I>(doubled) + 1.0);
        if a < 0.8 { near } else { far }
    }
}

/// exp of numbers from 0 to 20, to about one unit in the last place.
#[inline(always)]
fn exp_plain<I: Isa>(x: f32) -> f32 {
    let (n, _) = nearest_multiple::<f32, I>(x, f32::LOG2_E);
    let r = (-n).fma::<I>(f32::LN_2.1, (-n).fma::<I>(f32::LN_2.0, x));
    let tail = (r * r).fma::<I>(f32::exp_tail::<I>(r), r);
    (1.0 + tail) * f32::power_of_two(n)
}

impl Tanh for f64 {
    #[inline(always)]
    fn tanh_positive<I: Isa>(a: f64) -> f64 {
        // E / (E + 2) with E = expm1(2 a); it is 1 before `MANTISSA / 2`.
        let doubled = if a > f64::MANTISSA * 0.5 { f64::MANTISSA } else { a + a };
        let (hi, lo) = expm1_parts::<f64, I>(doubled);
        let bottom = sum(2.0, hi);
        let quotient = Pair { hi, lo }.over::<I>(Pair { hi: bottom.hi, lo: bottom.lo + lo }).hi;
        if a < f64::EPSILON * 0.5 { a } else { quotient }
    }
}

#[inline(always)]
pub(crate) fn tanh<T: Tanh, I: Isa>(x: T) -> T {
    T::tanh_positive::<I>(x.abs()).copysign(x)
}

#[inline(always)]
pub(crate) fn arcsinh<T: LogConstants, I: Isa>(x: T) -> T {
    let a = x.abs();
    // From here on a^2 + 1 is a^2, and the square could overflow.
    let large = a > T::ONE / T::EPSILON;
    let square = if large { T::ONE } else { a * a };
    let growth = fast_sum(a, square / (T::ONE + (T::ONE + square).sqrt()));
    let near = log1p_pair::<T, I>(growth.hi, growth.lo);
    let far = log::<T, I>(a) + (T::LN_2.0 + T::LN_2.1);
    let result = if large { far } else { near };
    let result = if a < T::EPSILON.sqrt() * T::HALF * T::HALF { a } else { result };
    result.copysign(x)
}

#[inline(always)]
pub(crate) fn arccosh<T: LogConstants, I: Isa>(x: T) -> T {
    let large = x > T::ONE / T::EPSILON;
    let t = if large { T::ONE } else { x - T::ONE };
    // sqrt(t (t + 2)) with its rounding errors: log1p of a small argument would keep them all.
    let factor = sum(T::TWO, t);
    let square = product::<T, I>(t, factor.hi);
    let root = square.hi.sqrt();
    let back = product::<T, I>(root, root);
    let rest = (((square.hi - back.hi) - back.lo) + (square.lo + t * factor.lo)) / (root + root);
    let argument = sum(t, root);
    let near = log1p_pair::<T, I>(argument.hi, argument.lo + if root > T::ZERO { rest } else { T::ZERO });
    let far = log::<T, I>(x) + (T::LN_2.0 + T::LN_2.1);
    let result = if large { far } else { near };
    if x >= T::ONE { result } else { T::NAN }
}

#[inline(always)]
pub(crate) fn arctanh<T: LogConstants, I: Isa>(x: T) -> T {
    let a = x.abs();
    let ratio = Pair { hi: a + a, lo: T::ZERO }.over::<I>(fast_sum(T::ONE, -a));
    let result = T::HALF * log1p_pair::<T, I>(ratio.hi, ratio.lo);
    let result = if a < T::EPSILON.sqrt() * T::HALF { a } else { result };
    let result = if a == T::ONE { T::INFINITY } else { result };
    let result = if a <= T::ONE { result } else { T::NAN };
    result.copysign(x)
}
