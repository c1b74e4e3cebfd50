//! From random words to distributions, a group of counters at a time, in loops that compilers vectorise.
//! Only additions, multiplications, divisions and square roots: the same bits with any instruction set.

use super::Distribution;
use super::math::{double, single};
use super::philox::{LANES, Words, words};

/// Words in a group: a group gives as many float32 numbers, or half as many of 64 bits.
pub(super) const WORDS: usize = 4 * LANES;

/// A fill, or a part of one.
#[derive(Clone, Copy)]
pub(super) struct Fill<'a> {
    pub key: u64,
    pub counter: u64,
    pub distribution: &'a Distribution,
}

/// Turns the words of a group into N numbers.
trait Transform<T, const N: usize> {
    fn apply(&self, words: &Words, out: &mut [T; N]);
}

/// Runs a transform over all groups of a part.
#[inline(always)]
fn run_plain<T: Copy + Default, const N: usize>(
    fill: &Fill<'_>,
    out: &mut [T],
    transform: &impl Transform<T, N>,
) {
    let mut counter = fill.counter;
    let (groups, rest) = out.as_chunks_mut::<N>();
    for group in groups {
        transform.apply(&words(fill.key, counter), group);
        counter = counter.wrapping_add(LANES as u64);
    }
    if !rest.is_empty() {
        let mut group = [T::default(); N];
        transform.apply(&words(fill.key, counter), &mut group);
        rest.copy_from_slice(&group[..rest.len()]);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<T: Copy + Default, const N: usize>(
    fill: &Fill<'_>,
    out: &mut [T],
    transform: &impl Transform<T, N>,
) {
    run_plain(fill, out, transform);
}

/// Tests set this to compare the instruction sets.
#[cfg(test)]
pub(super) static PLAIN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

fn run<T: Copy + Default, const N: usize>(fill: &Fill<'_>, out: &mut [T], transform: impl Transform<T, N>) {
    #[cfg(test)]
    if PLAIN.load(std::sync::atomic::Ordering::Relaxed) {
        return run_plain(fill, out, &transform);
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has the instructions.
        return unsafe { run_avx2(fill, out, &transform) };
    }
    run_plain(fill, out, &transform);
}

/// Writes a number for the random bits of each place. (Two plain loops, which vectorise; one over all places, with the
/// word as a quotient, would not.)
#[inline(always)]
fn each_bits32<T>(words: &Words, out: &mut [T; WORDS], number: impl Fn(u32) -> T) {
    for (word, out) in words.iter().zip(out.chunks_exact_mut(LANES)) {
        for (bits, to) in word.iter().zip(out) {
            *to = number(*bits);
        }
    }
}

/// The same with 64 bits for each place, from two words.
#[inline(always)]
fn each_bits64<T>(words: &Words, out: &mut [T; WORDS / 2], number: impl Fn(u64) -> T) {
    for (pair, out) in words.chunks_exact(2).zip(out.chunks_exact_mut(LANES)) {
        for ((upper, lower), to) in pair[0].iter().zip(&pair[1]).zip(out) {
            *to = number((*upper as u64) << 32 | *lower as u64);
        }
    }
}

/// The transforms of one float type.
macro_rules! floats {
    ($module:ident, $float:ty, $bits:ty, $each:ident, $math:ident, $count:expr, half open $half_open:expr, open $open:expr,
     radius $radius:expr) => {
        mod $module {
            use super::*;

            const COUNT: usize = $count;

            struct Uniform {
                low: $float,
                range: $float,
                last: $float,
            }

            impl Transform<$float, COUNT> for Uniform {
                #[inline(always)]
                fn apply(&self, words: &Words, out: &mut [$float; COUNT]) {
                    $each(words, out, |bits| {
                        let value = self.low + $half_open(bits) * self.range;
                        // Rounding may reach the upper end.
                        if value > self.last { self.last } else { value }
                    })
                }
            }

            /// Box and Muller: two words give two independent normal numbers.
            struct Normal {
                mean: $float,
                deviation: $float,
            }

            impl Transform<$float, COUNT> for Normal {
                #[inline(always)]
                fn apply(&self, words: &Words, out: &mut [$float; COUNT]) {
                    let mut bits: [$bits; COUNT] = [0; COUNT];
                    $each(words, &mut bits, |bits| bits);
                    for (bits, out) in bits.chunks_exact(2 * LANES).zip(out.chunks_exact_mut(2 * LANES)) {
                        let (radii, turns) = bits.split_at(LANES);
                        let (first, second) = out.split_at_mut(LANES);
                        for lane in 0..LANES {
                            let radius = (-2.0 * $math::log($radius(radii[lane]))).sqrt() * self.deviation;
                            let (sine, cosine) = $math::sin_cos_of_turn(turns[lane]);
                            first[lane] = radius * cosine + self.mean;
                            second[lane] = radius * sine + self.mean;
                        }
                    }
                }
            }

            /// Distributions whose inverse is a formula, applied to a number strictly between 0 and 1.
            struct Inverse<F> {
                location: $float,
                scale: $float,
                formula: F,
            }

            impl<F: Formula> Transform<$float, COUNT> for Inverse<F> {
                #[inline(always)]
                fn apply(&self, words: &Words, out: &mut [$float; COUNT]) {
                    $each(words, out, |bits| self.location + self.scale * self.formula.value($open(bits)))
                }
            }

            trait Formula {
                fn value(&self, u: $float) -> $float;
            }

            macro_rules! formula {
                ($name:ident, $u:ident => $value:expr) => {
                    struct $name;
                    impl Formula for $name {
                        #[inline(always)]
                        fn value(&self, $u: $float) -> $float {
                            $value
                        }
                    }
                };
            }
            formula!(Exponential, u => -$math::log(u));
            formula!(Gumbel, u => -$math::log(-$math::log(u)));
            formula!(Logistic, u => $math::log(u) - $math::log(1.0 - u));
            formula!(Rayleigh, u => (-2.0 * $math::log(u)).sqrt());
            formula!(Laplace, u => {
                let tail = $math::log(2.0 * if u < 0.5 { u } else { 1.0 - u });
                if u < 0.5 { tail } else { -tail }
            });

            pub(super) fn fill(fill: &Fill<'_>, out: &mut [$float]) {
                match *fill.distribution {
                    Distribution::Uniform { low, high } => {
                        let (range, low, high) = ((high - low) as $float, low as $float, high as $float);
                        let last = if low < high { high.next_down() } else { <$float>::INFINITY };
                        run(fill, out, Uniform { low, range, last });
                    }
                    Distribution::Normal { mean, deviation } => {
                        run(fill, out, Normal { mean: mean as $float, deviation: deviation as $float });
                    }
                    Distribution::Exponential { scale } => inverse(fill, out, 0.0, scale, Exponential),
                    Distribution::Gumbel { location, scale } => inverse(fill, out, location, scale, Gumbel),
                    Distribution::Laplace { location, scale } => inverse(fill, out, location, scale, Laplace),
                    Distribution::Logistic { location, scale } => inverse(fill, out, location, scale, Logistic),
                    Distribution::Rayleigh { scale } => inverse(fill, out, 0.0, scale, Rayleigh),
                    // Whole numbers are drawn by `integers` for every dtype.
                    Distribution::Integers { .. } | Distribution::Bernoulli { .. } | Distribution::Bits => {}
                }
            }

            fn inverse(fill: &Fill<'_>, out: &mut [$float], location: f64, scale: f64, formula: impl Formula) {
                run(fill, out, Inverse { location: location as $float, scale: scale as $float, formula });
            }
        }
    };
}

const TWO_TO_32: f64 = 4_294_967_296.0;

floats!(singles, f32, u32, each_bits32, single, WORDS,
    half open |bits: u32| (bits >> 8) as i32 as f32 * (1.0 / 16_777_216.0),
    open |bits: u32| (f32::from_bits(0x3f80_0000 | bits >> 9) - 1.0) + 0.5 / 8_388_608.0,
    // All 32 bits: the tails then reach 6.7 deviations.
    radius |bits: u32| (bits as f32 + 0.5) * (1.0 / TWO_TO_32 as f32));
floats!(doubles, f64, u64, each_bits64, double, WORDS / 2,
    half open |bits: u64| {
        (bits >> 32) as u32 as f64 * (1.0 / TWO_TO_32) + (bits as u32 >> 11) as f64 * (1.0 / (TWO_TO_32 * 2_097_152.0))
    },
    open |bits: u64| open_double(bits),
    radius |bits: u64| open_double(bits));

#[inline(always)]
fn open_double(bits: u64) -> f64 {
    (f64::from_bits(0x3ff0_0000_0000_0000 | bits >> 12) - 1.0) + f64::EPSILON / 2.0
}

/// `low + floor(u * range)` for a range of at most 2^32, exactly, in 64-bit arithmetic.
struct Small {
    low: u64,
    range: u64,
}

impl Transform<u64, { WORDS / 2 }> for Small {
    #[inline(always)]
    fn apply(&self, words: &Words, out: &mut [u64; WORDS / 2]) {
        each_bits64(words, out, |bits| {
            let lower = ((bits & 0xffff_ffff) * self.range) >> 32;
            self.low.wrapping_add(((bits >> 32) * self.range + lower) >> 32)
        })
    }
}

/// The same for any range; 0 stands for 2^64.
struct Large {
    low: u64,
    range: u64,
}

impl Transform<u64, { WORDS / 2 }> for Large {
    #[inline(always)]
    fn apply(&self, words: &Words, out: &mut [u64; WORDS / 2]) {
        each_bits64(words, out, |bits| {
            let scaled =
                if self.range == 0 { bits } else { ((bits as u128 * self.range as u128) >> 64) as u64 };
            self.low.wrapping_add(scaled)
        })
    }
}

/// 1 below a threshold.
struct Below(u64);

impl Transform<u64, { WORDS / 2 }> for Below {
    #[inline(always)]
    fn apply(&self, words: &Words, out: &mut [u64; WORDS / 2]) {
        each_bits64(words, out, |bits| u64::from(bits < self.0))
    }
}

impl Fill<'_> {
    /// Draws float32 numbers of a continuous distribution.
    pub(super) fn f32(&self, out: &mut [f32]) {
        singles::fill(self, out);
    }

    /// Draws float64 numbers of a continuous distribution.
    pub(super) fn f64(&self, out: &mut [f64]) {
        doubles::fill(self, out);
    }

    /// Draws whole numbers; negative ones in two's complement.
    pub(super) fn integers(&self, out: &mut [u64]) {
        match *self.distribution {
            Distribution::Integers { low, range } if range != 0 && range <= 1 << 32 => {
                run(self, out, Small { low: low as u64, range });
            }
            Distribution::Integers { low, range } => run(self, out, Large { low: low as u64, range }),
            Distribution::Bernoulli { probability } if probability >= 1.0 => out.fill(1),
            // 2^64 p, which saturates: nan and negative probabilities give 0.
            Distribution::Bernoulli { probability } => {
                run(self, out, Below((probability * (TWO_TO_32 * TWO_TO_32)) as u64));
            }
            _ => run(self, out, Large { low: 0, range: 0 }),
        }
    }
}
