//! Logarithm, sine and cosine for the transforms: plain multiplications and additions in a fixed order, never fused,
//! so that every machine gets the same bits. Their domains are narrow: what random bits can produce.

/// The functions for one float type. `terms` are where the series reach its precision.
macro_rules! functions {
    ($module:ident, $float:ty, $bits:ty, mantissa $mantissa:literal, log terms $log_terms:literal,
     turn terms $turn_terms:literal, to float $to_float:expr) => {
        pub(super) mod $module {
            const MANTISSA: u32 = $mantissa;
            const ONE: $bits = (1.0 as $float).to_bits();
            const HALF_ROOT: $bits = (std::f64::consts::FRAC_1_SQRT_2 as $float).to_bits();

            /// Natural logarithm of a positive normal number.
            ///
            /// With x = 2^e m, m between about 0.7 and 1.4: log m = 2 artanh((m - 1) / (m + 1)), by its series.
            #[inline(always)]
            pub fn log(x: $float) -> $float {
                let shifted = x.to_bits().wrapping_sub(HALF_ROOT);
                // Biased by one, so that the shift needs no sign: vectors of 64 bits have no signed one.
                let biased = shifted.wrapping_add(ONE) >> MANTISSA;
                let to_float: fn($bits) -> $float = $to_float;
                let e = to_float(biased) - (ONE >> MANTISSA) as $float;
                let mantissa = <$float>::from_bits((shifted & ((1 << MANTISSA) - 1)).wrapping_add(HALF_ROOT));
                let s = (mantissa - 1.0) / (mantissa + 1.0);
                let z = s * s;
                let mut series: $float = 0.0;
                // (Counted upwards: loops over inclusive or reversed ranges are not unrolled, and then nothing vectorises.)
                for done in 0..$log_terms {
                    let term = $log_terms - done;
                    series = (series + 1.0 / (2 * term + 1) as $float) * z;
                }
                e * (std::f64::consts::LN_2 as $float) + (s + s * series) * 2.0
            }

            /// Sine and cosine of `turn / 2^bits` turns.
            #[inline(always)]
            pub fn sin_cos_of_turn(turn: $bits) -> ($float, $float) {
                const BITS: u32 = <$bits>::BITS;
                // The nearest multiple of a quarter turn, and the signed rest in quarter turns, at most a half.
                let shifted = turn.wrapping_add(1 << (BITS - 3));
                let quadrant = shifted >> (BITS - 2);
                let rest = <$float>::from_bits(ONE | (shifted << 2) >> (BITS - MANTISSA)) - 1.5;
                let x = rest * (std::f64::consts::FRAC_PI_2 as $float);
                let z = x * x;
                let (mut sine, mut cosine): ($float, $float) = (1.0, 1.0);
                for done in 0..$turn_terms {
                    let even = (2 * ($turn_terms - done)) as $float;
                    sine = 1.0 - z * (1.0 / (even * (even + 1.0))) * sine;
                    cosine = 1.0 - z * (1.0 / (even * (even - 1.0))) * cosine;
                }
                // In odd quadrants the two change places; done on bits, because a branch would keep loops scalar.
                let (sine, cosine) = ((x * sine).to_bits(), cosine.to_bits());
                let change = (sine ^ cosine) & (quadrant & 1).wrapping_neg();
                let sine_sign = (quadrant >> 1) << (BITS - 1);
                let cosine_sign = (quadrant ^ quadrant >> 1) << (BITS - 1);
                (
                    <$float>::from_bits(sine ^ change ^ sine_sign),
                    <$float>::from_bits(cosine ^ change ^ cosine_sign),
                )
            }
        }
    };
}

functions!(single, f32, u32, mantissa 23, log terms 5, turn terms 5, to float |biased| biased as i32 as f32);
// Small integers become doubles by way of the bits of 2^52 + n: there is no vector conversion from 64-bit integers.
functions!(double, f64, u64, mantissa 52, log terms 11, turn terms 9,
    to float |biased| f64::from_bits(biased | 0x4330_0000_0000_0000) - 4_503_599_627_370_496.0);
