//! Philox4x32-10 (Salmon et al. 2011): ten rounds that turn a counter of 128 bits and a key of 64 into 128 random bits.

/// Counters that are worked on side by side; enough for loops over them to be vectorised rather than unrolled.
pub(super) const LANES: usize = 64;
/// The words of a group of counters: word by word, lane by lane.
pub(super) type Words = [[u32; LANES]; 4];

const ROUNDS: usize = 10;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The upper half of the counter for fills; samplers use others, so they never repeat a fill's numbers.
pub(super) const FILL_STREAM: u64 = 0;

/// The words of the counters from `counter` on.
#[inline(always)]
pub(super) fn words(key: u64, counter: u64) -> Words {
    let mut words = [[0; LANES]; 4];
    for lane in 0..LANES {
        let counter = counter.wrapping_add(lane as u64);
        let result = block(key, counter, FILL_STREAM);
        for (word, value) in words.iter_mut().zip(result) {
            word[lane] = value;
        }
    }
    words
}

/// The four words of one counter of 128 bits.
#[inline(always)]
pub(super) fn block(key: u64, low: u64, high: u64) -> [u32; 4] {
    let [mut a, mut b, mut c, mut d] = [low as u32, (low >> 32) as u32, high as u32, (high >> 32) as u32];
    let mut keys = [key as u32, (key >> 32) as u32];
    for _ in 0..ROUNDS {
        let first = a as u64 * MULTIPLIERS[0] as u64;
        let second = c as u64 * MULTIPLIERS[1] as u64;
        a = (second >> 32) as u32 ^ b ^ keys[0];
        b = second as u32;
        c = (first >> 32) as u32 ^ d ^ keys[1];
        d = first as u32;
        keys = [keys[0].wrapping_add(KEY_STEPS[0]), keys[1].wrapping_add(KEY_STEPS[1])];
    }
    [a, b, c, d]
}
