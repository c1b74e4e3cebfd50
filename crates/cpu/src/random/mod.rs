//! Random numbers from a counter: element i of a fill is a function of (key, counter, i) and of nothing else, so
//! results depend neither on the number of threads nor on the instruction set. Called by the device for the random
//! family of operators. Knows nothing of seeds and generators' state: the caller counts with [`counters_used`].
//!
//! * `philox`: the generator, many counters side by side. `math`: logarithm, sine and cosine without fused
//!   operations, the same bits everywhere. `transforms`: from words to distributions, vectorised.
//! * `order`: permutations.
//! * `samplers`, `discrete`: distributions that need rejection, element by element, each with a stream of its own.
//!   `gamma`: many gamma numbers at a time.

mod discrete;
mod gamma;
mod math;
mod order;
mod philox;
mod samplers;
#[cfg(test)]
mod tests;
mod transforms;

use base::DType;
use half::{bf16, f16};

pub use order::order;
pub use samplers::{Kind, sample};

use crate::pool;
use philox::LANES;
use transforms::{Fill, WORDS};

/// Elements of one task; a multiple of every group.
const CHUNK: usize = 1 << 13;
/// Elements that are generated at a time when they must be converted.
const STAGE: usize = 512;

/// What a fill draws from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// `low <= x < high`, from 24 random bits (float64: 53).
    Uniform {
        low: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    Exponential {
        scale: f64,
    },
    Gumbel {
        location: f64,
        scale: f64,
    },
    Laplace {
        location: f64,
        scale: f64,
    },
    Logistic {
        location: f64,
        scale: f64,
    },
    Rayleigh {
        scale: f64,
    },
    /// `low + k` for k below `range`, all equally likely up to 2^-32 or better; range 0 stands for 2^64.
    Integers {
        low: i64,
        range: u64,
    },
    /// 1 with this probability, otherwise 0.
    Bernoulli {
        probability: f64,
    },
    /// The low bits of 64 random ones, as many as the dtype has; floats take their value as an integer.
    Bits,
}

impl Distribution {
    /// Values are whole numbers, which are drawn as 64-bit integers.
    fn is_integral(&self) -> bool {
        matches!(self, Distribution::Integers { .. } | Distribution::Bernoulli { .. } | Distribution::Bits)
    }
}

/// How the values of a fill are drawn before they are converted to their dtype.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    F32,
    F64,
    Integers,
}

fn source(dtype: DType, distribution: &Distribution) -> Source {
    match dtype {
        _ if distribution.is_integral() => Source::Integers,
        DType::F16 | DType::BF16 | DType::F32 | DType::C64 => Source::F32,
        _ => Source::F64,
    }
}

/// How many counters a fill consumes: the next one may start that much later.
pub fn counters_used(count: i64, dtype: DType, distribution: &Distribution) -> u64 {
    let numbers = count.max(0) as u64 * if dtype.is_complex() { 2 } else { 1 };
    let per_group = match source(dtype, distribution) {
        Source::F32 => WORDS,
        Source::F64 | Source::Integers => WORDS / 2,
    };
    numbers.div_ceil(per_group as u64) * LANES as u64
}

/// Where a fill writes; shared by its tasks.
struct Target(*mut u8);
// SAFETY: each task writes its own elements.
unsafe impl Sync for Target {}

/// Fills `count` contiguous elements. Continuous distributions are cut to whole numbers for integer dtypes; complex
/// elements get independent real and imaginary parts.
///
/// # Safety
/// `target` points to `count` elements of `dtype`, aligned, that nobody else uses meanwhile.
pub unsafe fn fill(
    dtype: DType,
    target: *mut u8,
    count: i64,
    key: u64,
    counter: u64,
    distribution: &Distribution,
) {
    let (dtype, count) = if dtype.is_complex() { (dtype.real(), 2 * count) } else { (dtype, count) };
    let target = Target(target);
    pool::parallel_ranges(count, CHUNK as i64, &|begin, end| {
        let target = &target;
        let length = (end - begin) as usize;
        let counter = counter.wrapping_add(counters_used(begin, dtype, distribution));
        let fill = Fill { key, counter, distribution };
        // SAFETY: the range lies within the target, and ranges of a region do not overlap.
        unsafe {
            let to = target.0.add(begin as usize * dtype.size());
            match source(dtype, distribution) {
                Source::F32 if dtype == DType::F32 => {
                    fill.f32(std::slice::from_raw_parts_mut(to.cast(), length))
                }
                Source::F64 if dtype == DType::F64 => {
                    fill.f64(std::slice::from_raw_parts_mut(to.cast(), length))
                }
                Source::F32 => staged(length, 0f32, WORDS, &fill, Fill::f32, |at, values| match dtype {
                    DType::F16 => narrow_f16(to.cast::<f16>().add(at), values, distribution),
                    _ => narrow_bf16(to.cast::<bf16>().add(at), values, distribution),
                }),
                Source::F64 => staged(length, 0f64, WORDS / 2, &fill, Fill::f64, |at, values| {
                    convert(dtype, to, at, values.iter().map(|&x| Number::Float(x)));
                }),
                Source::Integers => staged(length, 0u64, WORDS / 2, &fill, Fill::integers, |at, values| {
                    let signed = matches!(distribution, Distribution::Integers { low, .. } if *low < 0);
                    let number =
                        |&x: &u64| if signed { Number::Signed(x as i64) } else { Number::Unsigned(x) };
                    convert(dtype, to, at, values.iter().map(number));
                }),
            }
        }
    });
}

/// Elements that one task samples.
const SAMPLES: i64 = 1 << 10;

/// Fills `out` with samples: element i is drawn from counters and streams of `counter..counter + count`. Each parameter
/// has one value for all elements, or one per element.
pub fn sample_all(kind: Kind, params: &[&[f64]], out: &mut [f64], key: u64, counter: u64) {
    let count = out.len();
    let out = Target(out.as_mut_ptr().cast());
    let at = |param: usize, index: usize| {
        let values = params.get(param).copied().unwrap_or_default();
        if values.len() == 1 { values[0] } else { values.get(index).copied().unwrap_or(0.0) }
    };
    pool::parallel_ranges(count as i64, SAMPLES, &|begin, end| {
        let out = &out;
        let (begin, end) = (begin as usize, end as usize);
        // SAFETY: the range lies within `out`, and ranges of a region do not overlap.
        let out = unsafe { std::slice::from_raw_parts_mut(out.0.cast::<f64>().add(begin), end - begin) };
        let counter = counter.wrapping_add(begin as u64);
        let mut done = 0;
        if kind == Kind::Gamma {
            done = gamma::fill(|index| at(0, begin + index), out, key, counter);
            out[..done].iter_mut().enumerate().for_each(|(index, value)| *value *= at(1, begin + index));
        }
        for (index, value) in out.iter_mut().enumerate().skip(done) {
            let values = std::array::from_fn(|param| at(param, begin + index));
            *value = sample(kind, values, key, counter.wrapping_add(index as u64));
        }
    });
}

/// Generates a range piece by piece and hands each piece on.
fn staged<'a, T: Copy>(
    length: usize,
    zero: T,
    per_group: usize,
    fill: &Fill<'a>,
    generate: fn(&Fill<'a>, &mut [T]),
    mut store: impl FnMut(usize, &[T]),
) {
    let mut stage = [zero; STAGE];
    for begin in (0..length).step_by(STAGE) {
        let piece = &mut stage[..STAGE.min(length - begin)];
        let counters = (begin / per_group * LANES) as u64;
        generate(&Fill { counter: fill.counter.wrapping_add(counters), ..*fill }, piece);
        store(begin, piece);
    }
}

/// A drawn value on its way to another dtype.
enum Number {
    Float(f64),
    Signed(i64),
    Unsigned(u64),
}

/// Stores values as `dtype`, from element `at` on.
///
/// # Safety
/// As many elements from there on may be written.
unsafe fn convert(dtype: DType, to: *mut u8, at: usize, values: impl Iterator<Item = Number>) {
    macro_rules! store {
        ($type:ty, $number:ident => $value:expr) => {
            for (index, $number) in values.enumerate() {
                // SAFETY: the caller's promise.
                unsafe { to.cast::<$type>().add(at + index).write($value) }
            }
        };
    }
    macro_rules! plain {
        ($type:ty) => {
            store!($type, number => match number {
                Number::Float(value) => value as $type,
                Number::Signed(value) => value as $type,
                Number::Unsigned(value) => value as $type,
            })
        };
    }
    match dtype {
        DType::Bool => store!(bool, number => match number {
            Number::Float(value) => value != 0.0,
            Number::Signed(value) => value & 1 != 0,
            Number::Unsigned(value) => value & 1 != 0,
        }),
        DType::I8 => plain!(i8),
        DType::U8 => plain!(u8),
        DType::I16 => plain!(i16),
        DType::U16 => plain!(u16),
        DType::I32 => plain!(i32),
        DType::U32 => plain!(u32),
        DType::I64 => plain!(i64),
        DType::U64 => plain!(u64),
        DType::F16 => store!(f16, number => f16::from_f64(number.to_f64())),
        DType::BF16 => store!(bf16, number => bf16::from_f64(number.to_f64())),
        DType::F32 => plain!(f32),
        // Complex dtypes arrive here as their parts.
        DType::F64 | DType::C64 | DType::C128 => plain!(f64),
    }
}

impl Number {
    fn to_f64(&self) -> f64 {
        match *self {
            Number::Float(value) => value,
            Number::Signed(value) => value as f64,
            Number::Unsigned(value) => value as f64,
        }
    }
}

macro_rules! narrow {
    ($name:ident, $type:ty) => {
        /// Rounds values, except that a uniform one never reaches its upper end by rounding.
        ///
        /// # Safety
        /// As many elements as values may be written.
        unsafe fn $name(to: *mut $type, values: &[f32], distribution: &Distribution) {
            let below = match distribution {
                Distribution::Uniform { low, high } if low < high => *high as f32,
                _ => f32::INFINITY,
            };
            for (index, &value) in values.iter().enumerate() {
                let mut rounded = <$type>::from_f32(value);
                if rounded.to_f32() >= below && value < below {
                    // The neighbour towards the lower end, which is towards zero for positive values.
                    let bits = rounded.to_bits();
                    rounded = match bits {
                        0 => <$type>::from_bits(0x8001),
                        _ if bits & 0x8000 == 0 => <$type>::from_bits(bits - 1),
                        _ => <$type>::from_bits(bits + 1),
                    };
                }
                // SAFETY: the caller's promise.
                unsafe { to.add(index).write(rounded) }
            }
        }
    };
}
narrow!(narrow_f16, f16);
narrow!(narrow_bf16, bf16);
