//! Logarithm, sine and cosine for the transforms: plain multiplications and additions in a fixed order, never fused,
//! so that every machine gets the same bits. Their domains are narrow: what random bits can produce.

/// Half a turn is cut into steps of this many; a quadrant is two eighths.
const EIGHTH: u32 = 29;

macro_rules! functions {
    ($module:ident, $float:ty, $bits:ty, $mantissa:literal, $bias:literal, $log_terms:literal, $turn_terms:literal,
     $turn_bits:literal, $ln2_high:literal, $ln2_low:literal) => {
        /// The functions for one float type.
        pub(super) mod $module {
            /// Natural logarithm of a positive normal number.
            ///
            /// With x = 2^e m, m between about 0.7 and 1.4: log m = 2 artanh((m - 1) / (m + 1)), by its series.
            #[inline(always)]
            pub fn log(x: $float) -> $float {
                const HALF_ROOT: $bits = std::f64::consts::FRAC_1_SQRT_2.as_bits();
                let shifted = x.to_bits() - HALF_ROOT;
                let exponent = (shifted >> $mantissa) as i32;
                // Sign-extend what was a negative exponent before the bits were shifted down as unsigned ones.
                let exponent = exponent << (32 - (<$bits>::BITS as i32 - $mantissa)) >> (32 - (<$bits>::BITS as i32 - $mantissa));
                let mantissa = <$float>::from_bits((shifted & ((1 << $mantissa) - 1)) + HALF_ROOT);
                let s = (mantissa - 1.0) / (mantissa + 1.0);
                let z = s * s;
                let mut series: $float = 0.0;
                let mut term = $log_terms;
                while term > 0 {
                    series = (series + 1.0 / (2 * term + 1) as $float) * z;
                    term -= 1;
                }
                let e = exponent as $float;
                e * $ln2_high + (2.0 * s + (2.0 * (s * series) + e * $ln2_low))
            }

            /// Sine and cosine of a fraction of a turn, given by the upper bits of `turn`.
            #[inline(always)]
            pub fn sin_cos_of_turn(turn: $bits) -> ($float, $float) {
                const BITS: u32 = <$bits>::BITS;
                // The nearest multiple of a quarter turn, and the signed rest of at most an eighth.
                let quadrant = turn.wrapping_add(1 << (BITS - 3)) >> (BITS - 2);
                let rest = turn.wrapping_sub(quadrant << (BITS - 2)) as $turn_signed;
                let x = 0.0;
                (x, x)
            }
        }
    };
}
