//! The Mersenne twister (M. Matsumoto and T. Nishimura, "Mersenne twister: a 623-dimensionally equidistributed uniform
//! pseudorandom number generator", 1998) with its two ways of seeding.

use super::{Bits, jump};

pub(super) const WORDS: usize = 624;
pub(super) const MIDDLE: usize = 397;
pub(super) const TWIST: u32 = 0x9908_b0df;
const UPPER: u32 = 0x8000_0000;
const LOWER: u32 = 0x7fff_ffff;

/// MT19937.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mt19937 {
    /// The last 624 words of the recurrence.
    pub key: [u32; WORDS],
    /// How many of them have been put out.
    pub position: usize,
}

/// The word that follows `first`, given its successor and the word in the middle.
#[inline]
pub(super) fn twisted(first: u32, second: u32, middle: u32) -> u32 {
    let joined = (first & UPPER) | (second & LOWER);
    middle ^ (joined >> 1) ^ ((joined & 1).wrapping_neg() & TWIST)
}

impl Mt19937 {
    /// A generator from 624 words of a seed sequence.
    pub fn new(words: &[u32; WORDS]) -> Mt19937 {
        let mut key = *words;
        key[0] = UPPER; // not all of the state may be zero
        Mt19937 { key, position: WORDS - 1 }
    }

    /// The legacy seeding with one number.
    pub fn from_number(seed: u32) -> Mt19937 {
        let mut key = [0; WORDS];
        let mut word = seed;
        for (place, slot) in key.iter_mut().enumerate() {
            *slot = word;
            word = (word ^ (word >> 30)).wrapping_mul(1_812_433_253).wrapping_add(place as u32 + 1);
        }
        Mt19937 { key, position: WORDS }
    }

    /// The legacy seeding with several numbers; `None` without any.
    pub fn from_numbers(seed: &[u32]) -> Option<Mt19937> {
        if seed.is_empty() {
            return None;
        }
        let mut made = Mt19937::from_number(19_650_218);
        let key = &mut made.key;
        let (mut place, mut from) = (1, 0);
        let mixed = |key: &[u32; WORDS], place: usize, multiplier: u32| {
            let before = key[place - 1];
            key[place] ^ (before ^ (before >> 30)).wrapping_mul(multiplier)
        };
        let next = |key: &mut [u32; WORDS], place: usize| {
            if place + 1 < WORDS {
                return place + 1;
            }
            key[0] = key[WORDS - 1];
            1
        };
        for _ in 0..WORDS.max(seed.len()) {
            key[place] = mixed(key, place, 1_664_525).wrapping_add(seed[from]).wrapping_add(from as u32);
            place = next(key, place);
            from = (from + 1) % seed.len();
        }
        for _ in 0..WORDS - 1 {
            key[place] = mixed(key, place, 1_566_083_941).wrapping_sub(place as u32);
            place = next(key, place);
        }
        key[0] = UPPER;
        Some(made)
    }

    /// Jumps `2^128` steps, so many times.
    pub fn jump(&mut self, jumps: u64) {
        for _ in 0..jumps {
            jump::jump(self);
        }
    }

    #[cold]
    fn refill(&mut self) {
        let key = &mut self.key;
        for place in 0..WORDS - MIDDLE {
            key[place] = twisted(key[place], key[place + 1], key[place + MIDDLE]);
        }
        for place in WORDS - MIDDLE..WORDS - 1 {
            key[place] = twisted(key[place], key[place + 1], key[place + MIDDLE - WORDS]);
        }
        key[WORDS - 1] = twisted(key[WORDS - 1], key[0], key[MIDDLE - 1]);
        self.position = 0;
    }
}

impl Bits for Mt19937 {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        if self.position >= WORDS {
            self.refill();
        }
        let mut word = self.key[self.position];
        self.position += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    #[inline]
    fn next_u64(&mut self) -> u64 {
        let high = u64::from(self.next_u32());
        high << 32 | u64::from(self.next_u32())
    }

    fn next_raw(&mut self) -> u64 {
        u64::from(self.next_u32())
    }

    #[inline]
    fn next_f64(&mut self) -> f64 {
        let (high, low) = (self.next_u32() >> 5, self.next_u32() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_output() {
        // the first numbers of the authors' own program, whose seed is this array
        let mut stream = Mt19937::from_numbers(&[0x123, 0x234, 0x345, 0x456]).unwrap();
        assert_eq!(
            [stream.next_u32(), stream.next_u32(), stream.next_u32()],
            [1067595299, 955945823, 477289528]
        );
        assert!(Mt19937::from_numbers(&[]).is_none());
    }
}
