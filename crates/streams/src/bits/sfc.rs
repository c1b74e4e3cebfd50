//! Chris Doty-Humphrey's small fast chaotic generator with 256 bits of state, from PractRand.

use super::{Bits, Spare};

/// SFC64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sfc64 {
    /// Three chaotic words and a counter.
    pub state: [u64; 4],
    /// Half a word left over.
    pub spare: Spare,
}

impl Sfc64 {
    /// A generator from three words of a seed sequence.
    pub fn new(seed: [u64; 3]) -> Sfc64 {
        let mut made = Sfc64 { state: [seed[0], seed[1], seed[2], 1], spare: Spare::default() };
        for _ in 0..12 {
            made.next_u64();
        }
        made
    }
}

impl Bits for Sfc64 {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let [a, b, c, counter] = self.state;
        let out = a.wrapping_add(b).wrapping_add(counter);
        self.state = [
            b ^ (b >> 11),
            c.wrapping_add(c << 3),
            c.rotate_left(24).wrapping_add(out),
            counter.wrapping_add(1),
        ];
        out
    }

    #[inline]
    fn next_u32(&mut self) -> u32 {
        let mut spare = self.spare;
        let half = spare.next(|| self.next_u64());
        self.spare = spare;
        half
    }
}
