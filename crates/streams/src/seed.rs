//! Seed sequences: entropy of any length mixed into a pool, from which words for generators are drawn. Called by
//! `numpy.random.SeedSequence` of the Python package.
//!
//! The mixing is that of M. E. O'Neill, "Developing a seed_seq alternative" (2015), as NumPy fixed its constants.

const SHIFT: u32 = 16;
const POOL_MULTIPLIER: u32 = 0x931e_8875;
const WORD_MULTIPLIER: u32 = 0x58f3_8ded;
const POOL_START: u32 = 0x43b0_d7e5;
const WORD_START: u32 = 0x8b51_f9dd;
const LEFT: u32 = 0xca01_f9dd;
const RIGHT: u32 = 0x4973_f715;

/// The entropy pool of a seed sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool(pub Vec<u32>);

/// A hash whose constant changes with every value.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn mix(&mut self, value: u32) -> u32 {
        let value = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let value = value.wrapping_mul(self.constant);
        value ^ (value >> SHIFT)
    }
}

fn join(x: u32, y: u32) -> u32 {
    let mixed = LEFT.wrapping_mul(x).wrapping_sub(RIGHT.wrapping_mul(y));
    mixed ^ (mixed >> SHIFT)
}

impl Pool {
    /// Mixes entropy into a pool of `size` words.
    ///
    /// ```
    /// let pool = mxnet_streams::Pool::new(&[42], 4);
    /// assert_eq!(pool.words(2), [3444837047, 2669555309]);
    /// ```
    pub fn new(entropy: &[u32], size: usize) -> Pool {
        let mut hash = Hash { constant: POOL_START, multiplier: POOL_MULTIPLIER };
        let mut pool: Vec<u32> =
            (0..size).map(|place| hash.mix(entropy.get(place).copied().unwrap_or(0))).collect();
        for from in 0..size {
            for to in 0..size {
                if from != to {
                    pool[to] = join(pool[to], hash.mix(pool[from]));
                }
            }
        }
        for &word in entropy.iter().skip(size) {
            for to in &mut pool {
                *to = join(*to, hash.mix(word));
            }
        }
        Pool(pool)
    }

    /// The first `count` 32-bit words of state.
    pub fn words(&self, count: usize) -> Vec<u32> {
        let mut hash = Hash { constant: WORD_START, multiplier: WORD_MULTIPLIER };
        self.0.iter().cycle().take(count).map(|&word| hash.mix(word)).collect()
    }

    /// The first `count` 64-bit words of state: pairs of 32-bit words, the low half first.
    pub fn wide_words(&self, count: usize) -> Vec<u64> {
        self.words(2 * count)
            .chunks_exact(2)
            .map(|pair| u64::from(pair[1]) << 32 | u64::from(pair[0]))
            .collect()
    }
}

/// Entropy and spawn key as one sequence of words: the key stands behind the pool, so that it never meets zeros that
/// belong to short entropy.
pub fn entropy_words(entropy: &[u32], spawn_key: &[u32], pool_size: usize) -> Vec<u32> {
    let mut words = entropy.to_vec();
    if !spawn_key.is_empty() && words.len() < pool_size {
        words.resize(pool_size, 0);
    }
    words.extend_from_slice(spawn_key);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spawn_key_stands_behind_the_pool() {
        assert_eq!(entropy_words(&[1], &[2], 4), [1, 0, 0, 0, 2]);
        assert_eq!(entropy_words(&[1], &[], 4), [1]);
        assert_ne!(Pool::new(&[1], 4), Pool::new(&entropy_words(&[1], &[0], 4), 4));
    }

    #[test]
    fn wide_words_are_pairs_of_words() {
        let pool = Pool::new(&[7, 8, 9, 10, 11], 4);
        let (narrow, wide) = (pool.words(6), pool.wide_words(3));
        assert_eq!(wide[2], u64::from(narrow[5]) << 32 | u64::from(narrow[4]));
    }
}
