//! What the polynomials stand on: exponents and mantissas by bit patterns, exact sums and products, Horner's rule.
//! Everything here is branch-free and vectorises on every level, also where rounding instructions and arithmetic
//! shifts of 64-bit integers are missing.

use crate::Real;
use crate::level::Isa;

/// Bit-level view of a real type.
pub(crate) trait Float: Real {
    /// Adding and subtracting it rounds to an integer, ties to even, for numbers below a quarter of it.
    const MAGIC: Self;
    /// `-log2(EPSILON)`: 23 or 52.
    const MANTISSA: Self;

    /// `2^n` for integral `n` within the normal range.
    fn power_of_two(n: Self) -> Self;
    /// `self * 2^n`, given `shifted = n + MAGIC`, where self and the result are normal numbers.
    fn times_power(self, shifted: Self) -> Self;
    /// `(m, k)` with `self = m * 2^k` and m in [sqrt(1/2), sqrt(2)), for positive finite numbers.
    fn split(self) -> (Self, Self);
    /// The number without the lower half of its mantissa bits.
    fn head(self) -> Self;
    /// Negated where `sign` is negative.
    fn flip(self, sign: Self) -> Self;
    /// -0 for odd, 0 for even n, given `shifted = n + MAGIC`.
    fn parity_sign(shifted: Self) -> Self;
}

macro_rules! float {
    ($type:ident, $bits:ident, $mantissa:literal, $exponent:literal, $sqrt_half:literal, $head:literal) => {
        impl Float for $type {
            const MAGIC: $type = 1.5 / <$type>::EPSILON;
            const MANTISSA: $type = $mantissa as $type;

            #[inline(always)]
            fn power_of_two(n: $type) -> $type {
                // The bias is added as a float, which leaves `n + bias` in the low bits of the sum.
                <$type>::from_bits((n + (Self::MAGIC + $exponent as $type)).to_bits() << $mantissa)
            }

            #[inline(always)]
            fn times_power(self, shifted: $type) -> $type {
                <$type>::from_bits(self.to_bits().wrapping_add(shifted.to_bits() << $mantissa))
            }

            #[inline(always)]
            fn split(self) -> ($type, $type) {
                const ONE: $bits = (1.0 as $type).to_bits();
                const FRACTION: $bits = (1 << $mantissa) - 1;
                const INTEGER: $type = 1.0 / <$type>::EPSILON;
                let small = self < <$type>::MIN_POSITIVE;
                let scaled = if small { self * INTEGER } else { self };
                // Moves sqrt(1/2) to a power of two, so that the exponent field counts from there.
                let shifted = scaled.to_bits().wrapping_add(ONE - $sqrt_half);
                let exponent = <$type>::from_bits((shifted >> $mantissa) | INTEGER.to_bits()) - INTEGER;
                let m = <$type>::from_bits((shifted & FRACTION) + $sqrt_half);
                let bias = if small { ($exponent + $mantissa) as $type } else { $exponent as $type };
                (m, exponent - bias)
            }

            #[inline(always)]
            fn head(self) -> $type {
                <$type>::from_bits(self.to_bits() & !$head)
            }

            #[inline(always)]
            fn flip(self, sign: $type) -> $type {
                <$type>::from_bits(self.to_bits() ^ (sign.to_bits() & (-0.0 as $type).to_bits()))
            }

            #[inline(always)]
            fn parity_sign(shifted: $type) -> $type {
                <$type>::from_bits(shifted.to_bits() << ($bits::BITS - 1))
            }
        }
    };
}

float!(f32, u32, 23, 127, 0x3f35_04f3, 0xfff);
float!(f64, u64, 52, 1023, 0x3fe6_a09e_667f_3bcd, 0x7ff_ffff);

/// Nearest integer of a number below a quarter of `MAGIC`.
#[inline(always)]
pub(crate) fn nearest<T: Float>(x: T) -> T {
    (x + T::MAGIC) - T::MAGIC
}

/// `(n, n + MAGIC)` for the integer n nearest to `x * factor`.
#[inline(always)]
pub(crate) fn nearest_multiple<T: Float, I: Isa>(x: T, factor: T) -> (T, T) {
    let shifted = x.fma::<I>(factor, T::MAGIC);
    (shifted - T::MAGIC, shifted)
}

/// `x * 2^n` rounded once, for integral `n` up to twice the normal range, `|x|` about 1.
#[inline(always)]
pub(crate) fn scale<T: Float>(x: T, n: T) -> T {
    let half = nearest(n * T::HALF);
    x * T::power_of_two(half) * T::power_of_two(n - half)
}

/// `c[0] + c[1] x + c[2] x^2 + ...` by Horner's rule.
#[inline(always)]
pub(crate) fn horner<T: Float, I: Isa, const N: usize>(x: T, coefficients: &[T; N]) -> T {
    let mut sum = coefficients[N - 1];
    let mut index = N - 1;
    while index > 0 {
        index -= 1;
        sum = sum.fma::<I>(x, coefficients[index]);
    }
    sum
}

/// An unevaluated sum of two numbers, the second below the last place of the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<T> {
    pub hi: T,
    pub lo: T,
}

/// `a + b` exactly, if `|a| >= |b|` or `a == 0`.
#[inline(always)]
pub(crate) fn fast_sum<T: Float>(a: T, b: T) -> Pair<T> {
    let hi = a + b;
    Pair { hi, lo: b - (hi - a) }
}

/// `a + b` exactly.
#[inline(always)]
pub(crate) fn sum<T: Float>(a: T, b: T) -> Pair<T> {
    let hi = a + b;
    let b_part = hi - a;
    Pair { hi, lo: (a - (hi - b_part)) + (b - b_part) }
}

/// `a * b` exactly (without the instruction: up to the last bit of `lo`).
#[inline(always)]
pub(crate) fn product<T: Float, I: Isa>(a: T, b: T) -> Pair<T> {
    let hi = a * b;
    if I::FMA {
        return Pair { hi, lo: a.fma::<I>(b, -hi) };
    }
    let (a_head, b_head) = (a.head(), b.head());
    let (a_tail, b_tail) = (a - a_head, b - b_head);
    Pair { hi, lo: ((a_head * b_head - hi) + a_head * b_tail + a_tail * b_head) + a_tail * b_tail }
}

impl<T: Float> Pair<T> {
    /// The product with another pair, to about twice the precision of `T`.
    #[inline(always)]
    pub fn times<I: Isa>(self, other: Pair<T>) -> Pair<T> {
        let p = product::<T, I>(self.hi, other.hi);
        fast_sum(p.hi, p.lo + (self.hi * other.lo + self.lo * other.hi))
    }

    /// The sum with another pair, to about twice the precision of `T` unless terms cancel.
    #[inline(always)]
    pub fn plus(self, other: Pair<T>) -> Pair<T> {
        let s = sum(self.hi, other.hi);
        fast_sum(s.hi, s.lo + (self.lo + other.lo))
    }

    /// The quotient by another pair; good to a few units of twice the precision of `T`.
    #[inline(always)]
    pub fn over<I: Isa>(self, divisor: Pair<T>) -> Pair<T> {
        let inverse = T::ONE / divisor.hi;
        let quotient = self.hi * inverse;
        let back = product::<T, I>(quotient, divisor.hi);
        let rest = ((self.hi - back.hi) - back.lo) + (self.lo - quotient * divisor.lo);
        fast_sum(quotient, rest * inverse)
    }

    #[inline(always)]
    pub fn value(self) -> T {
        self.hi + self.lo
    }
}
