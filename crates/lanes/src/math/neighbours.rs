//! Functions of the representation: neighbours of a number, its mantissa and exponent, remainders.

macro_rules! representation {
    ($module:ident, $type:ident, $bits:ident, $mantissa:literal, $bias:literal) => {
        pub(crate) mod $module {
            const SIGN: $bits = 1 << ($bits::BITS - 1);
            const FRACTION: $bits = (1 << $mantissa) - 1;
            const TWO_TO_MANTISSA: $type = 1.0 / <$type>::EPSILON;

            #[inline(always)]
            pub(crate) fn nextafter(x: $type, toward: $type) -> $type {
                let bits = x.to_bits();
                let outward = (toward > x) == (x > 0.0);
                let moved = if outward { bits.wrapping_add(1) } else { bits.wrapping_sub(1) };
                let least = (1 as $bits) | (toward.to_bits() & SIGN);
                let next = if x == 0.0 { least } else { moved };
                let result = <$type>::from_bits(next);
                let result = if x == toward { toward } else { result };
                if x.is_nan() | toward.is_nan() { <$type>::NAN } else { result }
            }

            #[inline(always)]
            pub(crate) fn spacing(x: $type) -> $type {
                let bits = x.to_bits();
                let gap = <$type>::from_bits((bits & !SIGN).wrapping_add(1)) - x.abs();
                let result = if x.is_finite() { gap } else { <$type>::NAN };
                if x < 0.0 { -result } else { result }
            }

            /// The number scaled into the normal range, and by which exponent.
            #[inline(always)]
            fn normal(x: $type) -> ($type, i32) {
                if x.abs() < <$type>::MIN_POSITIVE { (x * TWO_TO_MANTISSA, $mantissa) } else { (x, 0) }
            }

            #[inline(always)]
            pub(crate) fn frexp_mantissa(x: $type) -> $type {
                let (scaled, _) = normal(x);
                let half =
                    <$type>::from_bits((scaled.to_bits() & (SIGN | FRACTION)) | (0.5 as $type).to_bits());
                if (x == 0.0) | !x.is_finite() { x } else { half }
            }

            #[inline(always)]
            pub(crate) fn frexp_exponent(x: $type) -> i32 {
                let (scaled, shift) = normal(x);
                let field = ((scaled.to_bits() & !SIGN) >> $mantissa) as i32;
                if (x == 0.0) | !x.is_finite() { 0 } else { field - ($bias - 1) - shift }
            }

            #[inline(always)]
            fn power_of_two(n: i32) -> $type {
                <$type>::from_bits(((n + $bias) as $bits) << $mantissa)
            }

            #[inline(always)]
            pub(crate) fn ldexp(x: $type, exponent: i32) -> $type {
                // Three factors reach from the largest number to the least. A downward step keeps normal numbers
                // normal, or leaves so much to the next factor that the result is zero: no double rounding.
                const UP: i32 = $bias;
                const DOWN: i32 = $bias - 2 - $mantissa;
                let (mut scaled, mut rest) = (x, exponent);
                for _ in 0..2 {
                    let down = if rest < 1 - $bias { -DOWN } else { 0 };
                    let step = if rest > $bias { UP } else { down };
                    scaled *= power_of_two(step);
                    rest -= step;
                }
                scaled * power_of_two(rest.clamp(1 - $bias, $bias))
            }

            #[inline(always)]
            pub(crate) fn modf_fraction(x: $type) -> $type {
                let fraction = if x.is_infinite() { 0.0 } else { x - x.trunc() };
                fraction.copysign(x)
            }

            /// Python's `%` from C's remainder: the sign of the divisor, also of a zero.
            #[inline(always)]
            pub(crate) fn remainder(x: $type, divisor: $type) -> $type {
                let c = x % divisor;
                let moved = if (c < 0.0) != (divisor < 0.0) { c + divisor } else { c };
                if c == 0.0 { c.copysign(divisor) } else { moved }
            }

            /// Python's `//`: consistent with `remainder`, as NumPy computes it.
            #[inline(always)]
            pub(crate) fn floor_divide(x: $type, divisor: $type) -> $type {
                let quotient = x / divisor;
                if divisor == 0.0 || !x.is_finite() {
                    return if divisor == 0.0 { quotient } else { <$type>::NAN };
                }
                let c = x % divisor;
                let exact = (x - c) / divisor;
                let exact = if c != 0.0 && (c < 0.0) != (divisor < 0.0) { exact - 1.0 } else { exact };
                if exact == 0.0 {
                    return (0.0 as $type).copysign(quotient);
                }
                let floor = exact.floor();
                if exact - floor > 0.5 { floor + 1.0 } else { floor }
            }
        }
    };
}

representation!(single, f32, u32, 23, 127);
representation!(double, f64, u64, 52, 1023);
