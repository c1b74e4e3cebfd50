//! sinh, cosh, tanh from `expm1`, and their inverses from `log1p`.

use super::bits::{Pair, fast_sum, product, sum};
use super::exp::{ExpConstants, clamp, exp_shifted, expm1_parts};
use super::log::{LogConstants, log, log1p_pair};
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

#[inline(always)]
pub(crate) fn tanh<T: ExpConstants, I: Isa>(x: T) -> T {
    // tanh = E / (E + 2) with E = expm1(2 a); it is 1 before `MANTISSA / 2`.
    let a = x.abs();
    let doubled = if a > T::MANTISSA * T::HALF { T::MANTISSA } else { a + a };
    let (hi, lo) = expm1_parts::<T, I>(doubled);
    let bottom = sum(T::TWO, hi);
    let quotient = Pair { hi, lo }.over::<I>(Pair { hi: bottom.hi, lo: bottom.lo + lo }).hi;
    let result = if a < T::EPSILON * T::HALF { a } else { quotient };
    result.copysign(x)
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
