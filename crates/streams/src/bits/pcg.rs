//! The two PCG generators with 128 bits of state (M. E. O'Neill, "PCG: A family of simple fast space-efficient
//! statistically good algorithms for random number generation", 2014).

use super::{Bits, Leap, Spare};

const MULTIPLIER: u128 = 2549297995355413924 << 64 | 4865540595714422341;
const CHEAP_MULTIPLIER: u64 = 0xda94_2042_e4dd_58b5;
/// The golden ratio of 128 bits: so far apart are streams after a jump.
const JUMP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;

/// State and increment of the linear congruential generator below, seeded as PCG prescribes; NumPy seeds with the large
/// multiplier, also where the cheap one steps.
fn start(seed: [u64; 4]) -> (u128, u128) {
    let step = |state: u128, increment| state.wrapping_mul(MULTIPLIER).wrapping_add(increment);
    let wide = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
    let increment = wide(seed[2], seed[3]) << 1 | 1;
    let state = step(0, increment).wrapping_add(wide(seed[0], seed[1]));
    (step(state, increment), increment)
}

/// The state `delta` steps on (F. Brown, "Random number generation with arbitrary stride", 1994).
fn advanced(state: u128, mut delta: u128, mut multiplier: u128, mut increment: u128) -> u128 {
    let (mut product, mut sum) = (1u128, 0u128);
    while delta > 0 {
        if delta & 1 == 1 {
            product = product.wrapping_mul(multiplier);
            sum = sum.wrapping_mul(multiplier).wrapping_add(increment);
        }
        increment = multiplier.wrapping_add(1).wrapping_mul(increment);
        multiplier = multiplier.wrapping_mul(multiplier);
        delta >>= 1;
    }
    product.wrapping_mul(state).wrapping_add(sum)
}

macro_rules! generator {
    ($(#[$doc:meta])* $name:ident, $multiplier:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// State of the congruential generator.
            pub state: u128,
            /// Its increment, which names the stream.
            pub increment: u128,
            /// Half a word left over.
            pub spare: Spare,
        }

        impl $name {
            /// A generator from four words of a seed sequence.
            pub fn new(seed: [u64; 4]) -> $name {
                let (state, increment) = start(seed);
                $name { state, increment, spare: Spare::default() }
            }

            /// Goes on as if so many 64-bit words had been drawn; backwards with a delta modulo 2^128.
            pub fn advance(&mut self, delta: u128) {
                self.state = advanced(self.state, delta, $multiplier as u128, self.increment);
                self.spare = Spare::default();
            }

            /// Jumps so many times the golden ratio of the period.
            pub fn jump(&mut self, jumps: u128) {
                self.advance(JUMP.wrapping_mul(jumps));
            }

            #[inline]
            fn step(&mut self) {
                self.state = self.state.wrapping_mul($multiplier as u128).wrapping_add(self.increment);
            }
        }

        impl Leap for $name {
            fn leap(&mut self, words: u64) {
                self.state = advanced(self.state, u128::from(words), $multiplier as u128, self.increment);
            }

            fn spare(&self) -> Spare {
                self.spare
            }
        }
    };
}

generator! {
    /// PCG XSL-RR 128/64: xorshift of the state's halves, then a rotation by the state's top bits.
    Pcg64, MULTIPLIER
}

generator! {
    /// PCG DXSM 128/64: double xorshift and multiplication of the state before the step, with a 64-bit multiplier.
    Pcg64Dxsm, CHEAP_MULTIPLIER
}

impl Bits for Pcg64 {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.step();
        ((self.state >> 64) as u64 ^ self.state as u64).rotate_right((self.state >> 122) as u32)
    }

    #[inline]
    fn next_u32(&mut self) -> u32 {
        let mut spare = self.spare;
        let half = spare.next(|| self.next_u64());
        self.spare = spare;
        half
    }
}

impl Bits for Pcg64Dxsm {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let (mut high, low) = ((self.state >> 64) as u64, self.state as u64 | 1);
        high ^= high >> 32;
        high = high.wrapping_mul(CHEAP_MULTIPLIER);
        high ^= high >> 48;
        self.step();
        high.wrapping_mul(low)
    }

    #[inline]
    fn next_u32(&mut self) -> u32 {
        let mut spare = self.spare;
        let half = spare.next(|| self.next_u64());
        self.spare = spare;
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advancing_is_drawing() {
        let mut drawn = Pcg64::new([1, 2, 3, 4]);
        let mut advanced = drawn.clone();
        for _ in 0..1000 {
            drawn.next_u64();
        }
        advanced.advance(1000);
        assert_eq!(drawn, advanced);
        advanced.advance(1000u128.wrapping_neg());
        assert_eq!(advanced, Pcg64::new([1, 2, 3, 4]));
    }

    #[test]
    fn a_32_bit_draw_leaves_the_upper_half() {
        let mut halves = Pcg64Dxsm::new([1, 2, 3, 4]);
        let word = halves.clone().next_u64();
        let (low, high) = (halves.next_u32(), halves.next_u32());
        assert_eq!(u64::from(high) << 32 | u64::from(low), word);
    }
}
