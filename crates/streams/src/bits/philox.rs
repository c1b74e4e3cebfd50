//! Philox 4x64 with ten rounds (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).

use super::{Bits, Leap, Spare};

const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];
const WEYL: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];
const ROUNDS: usize = 10;

/// Philox: four words per counter and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Philox {
    /// The counter of the words in the buffer, low word first.
    pub counter: [u64; 4],
    /// The key.
    pub key: [u64; 2],
    /// The words of the counter.
    pub buffer: [u64; 4],
    /// How many of them have been used.
    pub used: usize,
    /// Half a word left over.
    pub spare: Spare,
}

impl Philox {
    /// A generator with a key, whose first words belong to the counter after `counter`.
    pub fn new(key: [u64; 2], counter: [u64; 4]) -> Philox {
        Philox { counter, key, buffer: [0; 4], used: 4, spare: Spare::default() }
    }

    /// Goes on by so many counters (four words each), modulo 2^256.
    pub fn advance(&mut self, delta: [u64; 4]) {
        self.count(delta);
        *self = Philox::new(self.key, self.counter);
    }

    fn count(&mut self, delta: [u64; 4]) {
        let mut carry = false;
        for (word, step) in self.counter.iter_mut().zip(delta) {
            let (sum, first) = word.overflowing_add(step);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *word = sum;
            carry = first || second;
        }
    }

    #[cold]
    fn refill(&mut self) {
        self.count([1, 0, 0, 0]);
        self.compute();
        self.used = 0;
    }

    /// The words of the counter.
    fn compute(&mut self) {
        let (mut x, mut key) = (self.counter, self.key);
        for round in 0..ROUNDS {
            if round > 0 {
                key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
            }
            let first = u128::from(MULTIPLIERS[0]) * u128::from(x[0]);
            let second = u128::from(MULTIPLIERS[1]) * u128::from(x[2]);
            x = [
                (second >> 64) as u64 ^ x[1] ^ key[0],
                second as u64,
                (first >> 64) as u64 ^ x[3] ^ key[1],
                first as u64,
            ];
        }
        self.buffer = x;
    }
}

impl Leap for Philox {
    fn leap(&mut self, words: u64) {
        self.count([words / 4, 0, 0, 0]);
        // a buffer that has been used up is never read again
        if self.used < 4 {
            self.compute();
        }
    }

    fn spare(&self) -> Spare {
        self.spare
    }
}

impl Bits for Philox {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        if self.used >= 4 {
            self.refill();
        }
        let word = self.buffer[self.used & 3];
        self.used += 1;
        word
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
    fn the_counter_carries() {
        let mut stream = Philox::new([1, 2], [u64::MAX, u64::MAX, 5, 0]);
        stream.next_u64();
        assert_eq!(stream.counter, [0, 0, 6, 0]);
        let mut advanced = Philox::new([1, 2], [u64::MAX, u64::MAX, u64::MAX, 7]);
        advanced.advance([1, 0, 0, 0]);
        assert_eq!(advanced.counter, [0, 0, 0, 8]);
    }
}
