//! What the bodies of operators may ask of integers and of complex numbers: NumPy's integer arithmetic (wrapping, with
//! x / 0 == 0) and the parts of complex numbers. Used by the kinds and the op book only. Real numbers are
//! `lanes::Real`; halves go through float32, except for the functions of `Half`.

use std::ops::{Add, Mul, Neg, Sub};

use half::{bf16, f16};
use lanes::{ComplexMath, Element, Real};

/// What depends on whether an integer dtype has a sign.
pub trait Sign: Copy {
    /// The absolute value; the least signed integer is its own.
    fn magnitude(self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// What is left after every bit was shifted out to the right.
    fn sign_bits(self) -> Self;
}

macro_rules! signs {
    (signed: $($signed:ident)*; unsigned: $($unsigned:ident)*) => {
        $(impl Sign for $signed {
            #[inline(always)] fn magnitude(self) -> Self { self.wrapping_abs() }
            #[inline(always)] fn sign(self) -> Self { self.signum() }
            #[inline(always)] fn sign_bits(self) -> Self { self >> ($signed::BITS - 1) }
        })*
        $(impl Sign for $unsigned {
            #[inline(always)] fn magnitude(self) -> Self { self }
            #[inline(always)] fn sign(self) -> Self { (self != 0) as $unsigned }
            #[inline(always)] fn sign_bits(self) -> Self { 0 }
        })*
    };
}
signs!(signed: i8 i16 i32 i64; unsigned: u8 u16 u32 u64);

/// An integer dtype with NumPy's arithmetic: results wrap, division by zero gives zero.
pub trait Integer: Ordered + Ord + Sign {
    const ZERO: Self;
    const ONE: Self;

    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Rounds towards zero.
    fn quotient(self, divisor: Self) -> Self;
    /// Has the sign of the dividend (`fmod`).
    fn rest(self, divisor: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn not(self) -> Self;
    /// Zero where the count is negative or not below the width.
    fn shift_left(self, count: Self) -> Self;
    /// Arithmetic for signed integers; only the sign is left where the count is negative or not below the width.
    fn shift_right(self, count: Self) -> Self;
    /// Ones among the bits of the absolute value.
    fn count_ones(self) -> u8;

    /// Whether a division by `divisor` has a result of the other sign (never for unsigned types).
    #[inline(always)]
    fn opposes(self, divisor: Self) -> bool {
        (self < Self::ZERO) != (divisor < Self::ZERO)
    }

    /// Rounds towards minus infinity.
    #[inline(always)]
    fn floor_divide(self, divisor: Self) -> Self {
        let quotient = self.quotient(divisor);
        let inexact = self.rest(divisor) != Self::ZERO;
        if inexact && self.opposes(divisor) { quotient.minus(Self::ONE) } else { quotient }
    }

    /// Has the sign of the divisor.
    #[inline(always)]
    fn remainder(self, divisor: Self) -> Self {
        let rest = self.rest(divisor);
        if rest != Self::ZERO && rest.opposes(divisor) { rest.plus(divisor) } else { rest }
    }

    /// By squaring. A negative exponent, which callers refuse, gives one.
    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        let (mut result, mut square, mut rest) = (Self::ONE, self, exponent);
        while rest > Self::ZERO {
            if rest.and(Self::ONE) != Self::ZERO {
                result = result.times(square);
            }
            square = square.times(square);
            rest = rest.shift_right(Self::ONE);
        }
        result
    }

    #[inline(always)]
    fn gcd(self, other: Self) -> Self {
        let (mut a, mut b) = (self, other);
        while b != Self::ZERO {
            (a, b) = (b, a.rest(b));
        }
        a.magnitude()
    }

    #[inline(always)]
    fn lcm(self, other: Self) -> Self {
        self.quotient(self.gcd(other)).magnitude().times(other.magnitude())
    }
}

macro_rules! integers {
    ($($type:ident as $unsigned:ident)*) => {$(
        impl Integer for $type {
            const ZERO: $type = 0;
            const ONE: $type = 1;

            #[inline(always)]
            fn plus(self, other: $type) -> $type { self.wrapping_add(other) }
            #[inline(always)]
            fn minus(self, other: $type) -> $type { self.wrapping_sub(other) }
            #[inline(always)]
            fn times(self, other: $type) -> $type { self.wrapping_mul(other) }
            #[inline(always)]
            fn quotient(self, divisor: $type) -> $type {
                if divisor == 0 { 0 } else { self.wrapping_div(divisor) }
            }
            #[inline(always)]
            fn rest(self, divisor: $type) -> $type {
                if divisor == 0 { 0 } else { self.wrapping_rem(divisor) }
            }
            #[inline(always)]
            fn and(self, other: $type) -> $type { self & other }
            #[inline(always)]
            fn or(self, other: $type) -> $type { self | other }
            #[inline(always)]
            fn xor(self, other: $type) -> $type { self ^ other }
            #[inline(always)]
            fn not(self) -> $type { !self }
            #[inline(always)]
            fn shift_left(self, count: $type) -> $type {
                if (count as $unsigned) < $type::BITS as $unsigned { self.wrapping_shl(count as u32) } else { 0 }
            }
            #[inline(always)]
            fn shift_right(self, count: $type) -> $type {
                let inside = (count as $unsigned) < $type::BITS as $unsigned;
                if inside { self.wrapping_shr(count as u32) } else { self.sign_bits() }
            }
            #[inline(always)]
            fn count_ones(self) -> u8 { (self.magnitude() as $unsigned).count_ones() as u8 }
        }
    )*};
}
integers!(i8 as u8 u8 as u8 i16 as u16 u16 as u16 i32 as u32 u32 as u32 i64 as u64 u64 as u64);

/// float16 or bfloat16: functions that depend on their own grid, and so cannot go through float32.
pub trait Half: Element {
    fn nextafter(self, toward: Self) -> Self;
    /// As `Real::spacing`, except that float16 has the distance to the next number above, as NumPy has it.
    fn spacing(self) -> Self;
}

macro_rules! halves {
    ($($type:ident: equal $equal:expr, away from $limit:expr;)*) => {$(
        impl Half for $type {
            #[inline(always)]
            fn nextafter(self, toward: $type) -> $type {
                let (bits, x, y) = (self.to_bits(), self.to_f32(), toward.to_f32());
                if x.is_nan() | y.is_nan() {
                    $type::NAN
                } else if x == y {
                    $equal(self, toward)
                } else if x == 0.0 {
                    $type::from_bits(1 | (toward.to_bits() & 0x8000))
                } else {
                    // away from zero, the bits count up
                    $type::from_bits(if (y > x) == (x > 0.0) { bits + 1 } else { bits - 1 })
                }
            }
            #[inline(always)]
            fn spacing(self) -> $type {
                let next = self.nextafter($limit(self));
                if self.is_finite() { $type::from_f32(next.to_f32() - self.to_f32()) } else { $type::NAN }
            }
        }
    )*};
}
halves! {
    f16: equal |from, _| from, away from |_| f16::INFINITY;
    bf16: equal |_, toward| toward, away from |x| bf16::INFINITY.copysign(x);
}

/// A complex dtype: the functions of `lanes`, the parts, and NumPy's order (by real part, then by imaginary part).
pub trait Complex:
    ComplexMath + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    fn from_parts(re: Self::Part, im: Self::Part) -> Self;
    fn re(self) -> Self::Part;
    fn im(self) -> Self::Part;

    #[inline(always)]
    fn conjugate(self) -> Self {
        Self::from_parts(self.re(), -self.im())
    }

    /// Multiplied by a real number, part by part.
    #[inline(always)]
    fn scale(self, factor: Self::Part) -> Self {
        Self::from_parts(self.re() * factor, self.im() * factor)
    }

    #[inline(always)]
    fn is_nan(self) -> bool {
        self.re().is_nan() | self.im().is_nan()
    }
}

macro_rules! complexes {
    ($($part:ident)*) => {$(
        impl Complex for num_complex::Complex<$part> {
            #[inline(always)]
            fn from_parts(re: $part, im: $part) -> Self { Self { re, im } }
            #[inline(always)]
            fn re(self) -> $part { self.re }
            #[inline(always)]
            fn im(self) -> $part { self.im }
        }
    )*};
}
complexes!(f32 f64);

/// A dtype with NumPy's order. NaN is neither less nor equal; complex numbers compare by real part, then by imaginary
/// part, and by neither where an imaginary part is NaN.
pub trait Ordered: Element {
    fn less(self, other: Self) -> bool;
    fn less_equal(self, other: Self) -> bool;
}

macro_rules! ordered {
    ($($type:ty)*) => {$(
        impl Ordered for $type {
            #[inline(always)]
            fn less(self, other: $type) -> bool { self < other }
            #[inline(always)]
            fn less_equal(self, other: $type) -> bool { self <= other }
        }
    )*};
}
ordered!(bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64);

macro_rules! ordered_pairs {
    ($($part:ident)*) => {$(
        impl Ordered for num_complex::Complex<$part> {
            #[inline(always)]
            fn less(self, other: Self) -> bool {
                let real = (self.re < other.re) & !self.im.is_nan() & !other.im.is_nan();
                real | ((self.re == other.re) & (self.im < other.im))
            }
            #[inline(always)]
            fn less_equal(self, other: Self) -> bool { self.less(other) | (self == other) }
        }
    )*};
}
ordered_pairs!(f32 f64);
