//! The scalar functions of real numbers, for `f32` and `f64`: what bodies of operators are written with. Every method
//! that is generic over [`Isa`] is safe to call anywhere and gives the same result inside and outside of a tile loop.

use crate::Element;
use crate::level::Isa;
use crate::math::{bessel, erf, exp, gamma, gelu, hyperbolic, inverse_trig, log, neighbours, power, trig};

/// A real floating-point type. Results for NaN, infinities, signed zeros and subnormals follow C99 Annex F, which is
/// what NumPy gives.
pub trait Real:
    Element
    + PartialOrd
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    const TWO: Self;
    const HALF: Self;
    const PI: Self;
    const EPSILON: Self;
    const MIN_POSITIVE: Self;
    const MAX: Self;
    const INFINITY: Self;
    const NAN: Self;

    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;

    fn is_nan(self) -> bool;
    fn is_infinite(self) -> bool;
    fn is_finite(self) -> bool;
    fn signbit(self) -> bool;
    fn abs(self) -> Self;
    fn copysign(self, sign: Self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn trunc(self) -> Self;
    /// Nearest integer, ties to even.
    fn rint(self) -> Self;
    fn sqrt(self) -> Self;
    /// `self * factor + term`, rounded once where the level has the instruction, twice elsewhere.
    fn fma<I: Isa>(self, factor: Self, term: Self) -> Self;

    /// NumPy's `maximum`: NaN if either is NaN.
    fn maximum(self, other: Self) -> Self;
    /// NumPy's `minimum`: NaN if either is NaN.
    fn minimum(self, other: Self) -> Self;
    /// NumPy's `fmax`: the number where the other is NaN.
    fn fmax(self, other: Self) -> Self;
    /// NumPy's `fmin`: the number where the other is NaN.
    fn fmin(self, other: Self) -> Self;
    /// NumPy's `sign`: -1, 0, 1 or NaN.
    fn sign(self) -> Self;

    fn exp<I: Isa>(self) -> Self;
    /// exp of a number that is not positive, 0 where that is no normal number.
    fn exp_weight<I: Isa>(self) -> Self;
    fn exp2<I: Isa>(self) -> Self;
    fn expm1<I: Isa>(self) -> Self;
    fn log<I: Isa>(self) -> Self;
    fn log2<I: Isa>(self) -> Self;
    fn log10<I: Isa>(self) -> Self;
    fn log1p<I: Isa>(self) -> Self;
    fn logaddexp<I: Isa>(self, other: Self) -> Self;
    fn logaddexp2<I: Isa>(self, other: Self) -> Self;

    fn cbrt<I: Isa>(self) -> Self;
    fn pow<I: Isa>(self, exponent: Self) -> Self;
    fn hypot<I: Isa>(self, other: Self) -> Self;

    /// Has a slow path above a limit: bodies that call it are `Style::Deferred`.
    fn sin<I: Isa>(self) -> Self;
    /// Has a slow path above a limit: bodies that call it are `Style::Deferred`.
    fn cos<I: Isa>(self) -> Self;
    /// Has a slow path above a limit: bodies that call it are `Style::Deferred`.
    fn tan<I: Isa>(self) -> Self;
    fn arcsin<I: Isa>(self) -> Self;
    fn arccos<I: Isa>(self) -> Self;
    fn arctan<I: Isa>(self) -> Self;
    /// `arctan2(y, x)` with `self` as `y`.
    fn arctan2<I: Isa>(self, x: Self) -> Self;
    fn sinh<I: Isa>(self) -> Self;
    fn cosh<I: Isa>(self) -> Self;
    fn tanh<I: Isa>(self) -> Self;
    fn arcsinh<I: Isa>(self) -> Self;
    fn arccosh<I: Isa>(self) -> Self;
    fn arctanh<I: Isa>(self) -> Self;

    fn erf<I: Isa>(self) -> Self;
    fn erfc<I: Isa>(self) -> Self;
    /// `self` times the normal distribution function: in float32 to about 7 units in the last place, also where it is small.
    fn gelu<I: Isa>(self) -> Self;
    /// The derivative of `gelu`: in float32 to about 7 units in the last place of the greater of it and 0.1.
    fn gelu_slope<I: Isa>(self) -> Self;
    fn erfinv<I: Isa>(self) -> Self;
    /// Branches inside: bodies that call it are `Style::Scalar`.
    fn gamma<I: Isa>(self) -> Self;
    /// Logarithm of the absolute value of gamma. Branches inside: bodies that call it are `Style::Scalar`.
    fn lgamma<I: Isa>(self) -> Self;
    /// Branches inside: bodies that call it are `Style::Scalar`.
    fn digamma<I: Isa>(self) -> Self;
    /// Modified Bessel function of the first kind, order 0.
    fn bessel_i0<I: Isa>(self) -> Self;
    /// Modified Bessel function of the first kind, order 1.
    fn bessel_i1<I: Isa>(self) -> Self;

    /// C's remainder, with the sign of `self`. Loops inside: bodies that call it are `Style::Scalar`.
    fn fmod(self, divisor: Self) -> Self;
    /// Python's and NumPy's `%`, with the sign of `divisor`. Bodies that call it are `Style::Scalar`.
    fn remainder(self, divisor: Self) -> Self;
    /// Python's and NumPy's `//`. Bodies that call it are `Style::Scalar`.
    fn floor_divide(self, divisor: Self) -> Self;
    fn nextafter(self, toward: Self) -> Self;
    /// NumPy's `spacing`: distance to the next number away from zero, with the sign of `self`.
    fn spacing(self) -> Self;
    /// `self * 2^exponent`, rounded once.
    fn ldexp(self, exponent: i32) -> Self;
    /// The mantissa of `self == mantissa * 2^exponent`, in [0.5, 1).
    fn frexp_mantissa(self) -> Self;
    /// The exponent of `self == mantissa * 2^exponent`; 0 for zero, infinities and NaN.
    fn frexp_exponent(self) -> i32;
    /// Fractional part with the sign of `self`.
    fn modf_fraction(self) -> Self;
}
/// What both precisions share, then what differs.
macro_rules! real {
    ($type:ident, $bits:ident, $neighbours:ident, { $($own:item)* }) => {
        impl Real for $type {
            const ZERO: $type = 0.0;
            const ONE: $type = 1.0;
            const TWO: $type = 2.0;
            const HALF: $type = 0.5;
            const PI: $type = std::$type::consts::PI;
            const EPSILON: $type = <$type>::EPSILON;
            const MIN_POSITIVE: $type = <$type>::MIN_POSITIVE;
            const MAX: $type = <$type>::MAX;
            const INFINITY: $type = <$type>::INFINITY;
            const NAN: $type = <$type>::NAN;
            #[inline(always)]
            fn from_f64(value: f64) -> $type {
                value as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                <$type>::is_nan(self)
            }
            #[inline(always)]
            fn is_infinite(self) -> bool {
                <$type>::is_infinite(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
            #[inline(always)]
            fn signbit(self) -> bool {
                <$type>::is_sign_negative(self)
            }
            #[inline(always)]
            fn abs(self) -> $type {
                <$type>::abs(self)
            }
            #[inline(always)]
            fn floor(self) -> $type {
                <$type>::floor(self)
            }
            #[inline(always)]
            fn ceil(self) -> $type {
                <$type>::ceil(self)
            }
            #[inline(always)]
            fn trunc(self) -> $type {
                <$type>::trunc(self)
            }
            #[inline(always)]
            fn rint(self) -> $type {
                <$type>::round_ties_even(self)
            }
            #[inline(always)]
            fn sqrt(self) -> $type {
                <$type>::sqrt(self)
            }
            #[inline(always)]
            fn copysign(self, sign: $type) -> $type {
                <$type>::copysign(self, sign)
            }
            #[inline(always)]
            fn fma<I: Isa>(self, factor: $type, term: $type) -> $type {
                if I::FMA { self.mul_add(factor, term) } else { self * factor + term }
            }
            #[inline(always)]
            fn maximum(self, other: $type) -> $type {
                // One instruction, which gives `other` where either is NaN. A mask of ones is a NaN of its own: two
                // choices in a row would become two comparisons and two blends.
                let picked = if self > other { self } else { other };
                let nan = if <$type>::is_nan(self) { <$bits>::MAX } else { 0 };
                <$type>::from_bits(picked.to_bits() | nan)
            }
            #[inline(always)]
            fn minimum(self, other: $type) -> $type {
                let picked = if self < other { self } else { other };
                let nan = if <$type>::is_nan(self) { <$bits>::MAX } else { 0 };
                <$type>::from_bits(picked.to_bits() | nan)
            }
            #[inline(always)]
            fn fmax(self, other: $type) -> $type {
                let picked = if self > other { self } else { other };
                if <$type>::is_nan(other) { self } else { picked }
            }
            #[inline(always)]
            fn fmin(self, other: $type) -> $type {
                let picked = if self < other { self } else { other };
                if <$type>::is_nan(other) { self } else { picked }
            }
            #[inline(always)]
            fn sign(self) -> $type {
                let positive = if self > 0.0 { 1.0 } else { 0.0 };
                let sign = if self < 0.0 { -1.0 } else { positive };
                if <$type>::is_nan(self) { self } else { sign }
            }
            #[inline(always)]
            fn exp<I: Isa>(self) -> $type {
                exp::exp::<$type, I>(self)
            }
            #[inline(always)]
            fn exp_weight<I: Isa>(self) -> $type {
                exp::exp_weight::<$type, I>(self)
            }
            #[inline(always)]
            fn exp2<I: Isa>(self) -> $type {
                exp::exp2::<$type, I>(self)
            }
            #[inline(always)]
            fn expm1<I: Isa>(self) -> $type {
                exp::expm1::<$type, I>(self)
            }
            #[inline(always)]
            fn log<I: Isa>(self) -> $type {
                log::log::<$type, I>(self)
            }
            #[inline(always)]
            fn log2<I: Isa>(self) -> $type {
                log::log2::<$type, I>(self)
            }
            #[inline(always)]
            fn log10<I: Isa>(self) -> $type {
                log::log10::<$type, I>(self)
            }
            #[inline(always)]
            fn log1p<I: Isa>(self) -> $type {
                log::log1p::<$type, I>(self)
            }
            #[inline(always)]
            fn sinh<I: Isa>(self) -> $type {
                hyperbolic::sinh::<$type, I>(self)
            }
            #[inline(always)]
            fn cosh<I: Isa>(self) -> $type {
                hyperbolic::cosh::<$type, I>(self)
            }
            #[inline(always)]
            fn tanh<I: Isa>(self) -> $type {
                hyperbolic::tanh::<$type, I>(self)
            }
            #[inline(always)]
            fn arcsinh<I: Isa>(self) -> $type {
                hyperbolic::arcsinh::<$type, I>(self)
            }
            #[inline(always)]
            fn arccosh<I: Isa>(self) -> $type {
                hyperbolic::arccosh::<$type, I>(self)
            }
            #[inline(always)]
            fn arctanh<I: Isa>(self) -> $type {
                hyperbolic::arctanh::<$type, I>(self)
            }
            #[inline(always)]
            fn logaddexp<I: Isa>(self, other: $type) -> $type {
                log::logaddexp::<$type, I>(self, other)
            }
            #[inline(always)]
            fn logaddexp2<I: Isa>(self, other: $type) -> $type {
                log::logaddexp2::<$type, I>(self, other)
            }
            #[inline(always)]
            fn sin<I: Isa>(self) -> $type {
                trig::sin::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn cos<I: Isa>(self) -> $type {
                trig::cos::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn tan<I: Isa>(self) -> $type {
                trig::tan::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn arcsin<I: Isa>(self) -> $type {
                inverse_trig::arcsin::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn arccos<I: Isa>(self) -> $type {
                inverse_trig::arccos::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn arctan<I: Isa>(self) -> $type {
                inverse_trig::arctan::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn cbrt<I: Isa>(self) -> $type {
                power::cbrt::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64) as $type
            }
            #[inline(always)]
            fn arctan2<I: Isa>(self, x: $type) -> $type {
                inverse_trig::arctan2::<I, { $type::MANTISSA_DIGITS < 53 }>(self as f64, x as f64) as $type
            }
            #[inline(always)]
            fn erfinv<I: Isa>(self) -> $type {
                erf::erfinv::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn gamma<I: Isa>(self) -> $type {
                gamma::gamma::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn lgamma<I: Isa>(self) -> $type {
                gamma::lgamma::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn digamma<I: Isa>(self) -> $type {
                gamma::digamma::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn bessel_i0<I: Isa>(self) -> $type {
                bessel::bessel_i0::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn bessel_i1<I: Isa>(self) -> $type {
                bessel::bessel_i1::<I>(self as f64) as $type
            }
            #[inline(always)]
            fn fmod(self, divisor: $type) -> $type {
                self % divisor
            }
            #[inline(always)]
            fn remainder(self, divisor: $type) -> $type {
                neighbours::$neighbours::remainder(self, divisor)
            }
            #[inline(always)]
            fn floor_divide(self, divisor: $type) -> $type {
                neighbours::$neighbours::floor_divide(self, divisor)
            }
            #[inline(always)]
            fn nextafter(self, toward: $type) -> $type {
                neighbours::$neighbours::nextafter(self, toward)
            }
            #[inline(always)]
            fn ldexp(self, exponent: i32) -> $type {
                neighbours::$neighbours::ldexp(self, exponent)
            }
            #[inline(always)]
            fn spacing(self) -> $type {
                neighbours::$neighbours::spacing(self)
            }
            #[inline(always)]
            fn frexp_mantissa(self) -> $type {
                neighbours::$neighbours::frexp_mantissa(self)
            }
            #[inline(always)]
            fn modf_fraction(self) -> $type {
                neighbours::$neighbours::modf_fraction(self)
            }
            #[inline(always)]
            fn frexp_exponent(self) -> i32 {
                neighbours::$neighbours::frexp_exponent(self)
            }
            $($own)*
        }
    };
}

real!(f32, u32, single, {
    #[inline(always)]
    fn erf<I: Isa>(self) -> f32 {
        erf::erf32::<I>(self)
    }
    #[inline(always)]
    fn erfc<I: Isa>(self) -> f32 {
        erf::erfc32::<I>(self)
    }
    #[inline(always)]
    fn gelu<I: Isa>(self) -> f32 {
        gelu::gelu32::<I>(self)
    }
    #[inline(always)]
    fn gelu_slope<I: Isa>(self) -> f32 {
        gelu::gelu_slope32::<I>(self)
    }
    #[inline(always)]
    fn pow<I: Isa>(self, exponent: f32) -> f32 {
        power::pow32::<I>(self, exponent)
    }
    #[inline(always)]
    fn hypot<I: Isa>(self, other: f32) -> f32 {
        // Squares of float32 numbers neither overflow nor vanish in float64.
        let (x, y) = (self as f64, other as f64);
        let root = (x * x + y * y).sqrt() as f32;
        if <f32>::is_infinite(self) | <f32>::is_infinite(other) { <f32>::INFINITY } else { root }
    }
});

real!(f64, u64, double, {
    #[inline(always)]
    fn erf<I: Isa>(self) -> f64 {
        erf::erf64::<I>(self)
    }
    #[inline(always)]
    fn erfc<I: Isa>(self) -> f64 {
        erf::erfc64::<I>(self)
    }
    #[inline(always)]
    fn gelu<I: Isa>(self) -> f64 {
        gelu::gelu64::<I>(self)
    }
    #[inline(always)]
    fn gelu_slope<I: Isa>(self) -> f64 {
        gelu::gelu_slope64::<I>(self)
    }
    #[inline(always)]
    fn pow<I: Isa>(self, exponent: f64) -> f64 {
        power::pow64::<I>(self, exponent)
    }
    #[inline(always)]
    fn hypot<I: Isa>(self, other: f64) -> f64 {
        power::hypot64::<I>(self, other)
    }
});
