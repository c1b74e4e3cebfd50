//! Philox4x32-10 (Salmon et al. 2011): ten rounds that turn a counter of 128 bits and a key of 64 into 128 random bits.

/// Counters that are worked on side by side.
pub(super) const LANES: usize = 8;
/// The words of eight counters: word by word, lane by lane.
pub(super) type Words = [[u32; LANES]; 4];

const ROUNDS: usize = 10;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The upper half of the counter for fills; samplers use others, so they never repeat a fill's numbers.
pub(super) const FILL_STREAM: u64 = 0;

/// The words of the counters `counter` to `counter + 7`.
#[inline(always)]
pub(super) fn words(key: u64, counter: u64) -> Words {
    let counters: [u64; LANES] = std::array::from_fn(|lane| counter.wrapping_add(lane as u64));
    let mut words = [
        counters.map(|counter| counter as u32),
        counters.map(|counter| (counter >> 32) as u32),
        [FILL_STREAM as u32; LANES],
        [(FILL_STREAM >> 32) as u32; LANES],
    ];
    rounds(&mut words, key);
    words
}

/// The four words of one counter of 128 bits.
pub(super) fn block(key: u64, low: u64, high: u64) -> [u32; 4] {
    let mut words = [[low as u32], [(low >> 32) as u32], [high as u32], [(high >> 32) as u32]];
    rounds(&mut words, key);
    words.map(|[word]| word)
}

#[inline(always)]
fn rounds<const N: usize>(words: &mut [[u32; N]; 4], key: u64) {
    let mut keys = [key as u32, (key >> 32) as u32];
    for _ in 0..ROUNDS {
        for lane in 0..N {
            let first = words[0][lane] as u64 * MULTIPLIERS[0] as u64;
            let second = words[2][lane] as u64 * MULTIPLIERS[1] as u64;
            words[0][lane] = (second >> 32) as u32 ^ words[1][lane] ^ keys[0];
            words[1][lane] = second as u32;
            words[2][lane] = (first >> 32) as u32 ^ words[3][lane] ^ keys[1];
            words[3][lane] = first as u32;
        }
        keys = [keys[0].wrapping_add(KEY_STEPS[0]), keys[1].wrapping_add(KEY_STEPS[1])];
    }
}
