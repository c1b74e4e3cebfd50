//! Standard normal and exponential draws by the ziggurat method (G. Marsaglia and W. W. Tsang, "The ziggurat method for
//! generating random variables", 2000; 256 layers as J. A. Doornik numbers them), in double and in single precision.

#[rustfmt::skip] // rows of numbers, not one per line
mod tables;

use crate::Bits;

const fn doubles(bits: [u64; 256]) -> [f64; 256] {
    let mut out = [0.0; 256];
    let mut place = 0;
    while place < 256 {
        out[place] = f64::from_bits(bits[place]);
        place += 1;
    }
    out
}

const fn singles(bits: [u32; 256]) -> [f32; 256] {
    let mut out = [0.0; 256];
    let mut place = 0;
    while place < 256 {
        out[place] = f32::from_bits(bits[place]);
        place += 1;
    }
    out
}

/// Double-precision tables in single precision; scaling by a power of two loses nothing before the rounding.
const fn rounded(bits: [u64; 256], scale: f64) -> [f32; 256] {
    let mut out = [0.0; 256];
    let mut place = 0;
    while place < 256 {
        out[place] = (f64::from_bits(bits[place]) * scale) as f32;
        place += 1;
    }
    out
}

static KI: [u64; 256] = tables::KI;
static WI: [f64; 256] = doubles(tables::WI);
static FI: [f64; 256] = doubles(tables::FI);
static KE: [u64; 256] = tables::KE;
static WE: [f64; 256] = doubles(tables::WE);
static FE: [f64; 256] = doubles(tables::FE);
static KI_F: [u32; 256] = tables::KI_F;
static WI_F: [f32; 256] = rounded(tables::WI, (1u64 << 29) as f64);
static FI_F: [f32; 256] = rounded(tables::FI, 1.0);
static KE_F: [u32; 256] = tables::KE_F;
static WE_F: [f32; 256] = singles(tables::WE_F);
static FE_F: [f32; 256] = singles(tables::FE_F);

/// Where the tail of the normal density begins, and its inverse.
const NORMAL_TAIL: f64 = 3.654_152_885_361_008_796_351_947_251_8;
const NORMAL_TAIL_INVERSE: f64 = 0.273_661_237_329_758_272_033_382_475_96;
/// Where the tail of the exponential density begins.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_049_714_044_628_048_1;

/// A standard normal number.
#[inline]
pub fn normal<B: Bits>(bits: &mut B) -> f64 {
    loop {
        let word = bits.next_u64();
        let layer = (word & 0xff) as usize;
        let negative = word >> 8 & 1 == 1;
        let magnitude = word >> 9 & 0x000f_ffff_ffff_ffff;
        let x = magnitude as f64 * WI[layer];
        let x = if negative { -x } else { x };
        if magnitude < KI[layer] {
            return x;
        }
        if let Some(x) = normal_rest(bits, layer, magnitude, x) {
            return x;
        }
    }
}

/// The seldom cases: the tail, and the wedge under the curve.
#[cold]
fn normal_rest<B: Bits>(bits: &mut B, layer: usize, magnitude: u64, x: f64) -> Option<f64> {
    if layer > 0 {
        let height = (FI[layer - 1] - FI[layer]) * bits.next_f64() + FI[layer];
        return (height < (-0.5 * x * x).exp()).then_some(x);
    }
    loop {
        let beyond = -NORMAL_TAIL_INVERSE * (-bits.next_f64()).ln_1p();
        let height = -(-bits.next_f64()).ln_1p();
        if height + height > beyond * beyond {
            let tail = NORMAL_TAIL + beyond;
            return Some(if magnitude >> 8 & 1 == 1 { -tail } else { tail });
        }
    }
}

/// A standard normal number in single precision.
#[inline]
pub fn normal_single<B: Bits>(bits: &mut B) -> f32 {
    loop {
        let word = bits.next_u32();
        let layer = (word & 0xff) as usize;
        let negative = word >> 8 & 1 == 1;
        let magnitude = word >> 9;
        let x = magnitude as f32 * WI_F[layer];
        let x = if negative { -x } else { x };
        if magnitude < KI_F[layer] {
            return x;
        }
        if let Some(x) = normal_single_rest(bits, layer, magnitude, x) {
            return x;
        }
    }
}

#[cold]
fn normal_single_rest<B: Bits>(bits: &mut B, layer: usize, magnitude: u32, x: f32) -> Option<f32> {
    if layer > 0 {
        let height = (FI_F[layer - 1] - FI_F[layer]) * bits.next_f32() + FI_F[layer];
        let wide = f64::from(x);
        return (f64::from(height) < (-0.5 * wide * wide).exp()).then_some(x);
    }
    loop {
        let beyond = -(NORMAL_TAIL_INVERSE as f32) * (-bits.next_f32()).ln_1p();
        let height = -(-bits.next_f32()).ln_1p();
        if height + height > beyond * beyond {
            let tail = NORMAL_TAIL as f32 + beyond;
            return Some(if magnitude >> 8 & 1 == 1 { -tail } else { tail });
        }
    }
}

/// An exponentially distributed number with mean 1.
#[inline]
pub fn exponential<B: Bits>(bits: &mut B) -> f64 {
    loop {
        let word = bits.next_u64() >> 3;
        let layer = (word & 0xff) as usize;
        let magnitude = word >> 8;
        let x = magnitude as f64 * WE[layer];
        if magnitude < KE[layer] {
            return x;
        }
        if layer == 0 {
            return EXPONENTIAL_TAIL - (-bits.next_f64()).ln_1p();
        }
        if (FE[layer - 1] - FE[layer]) * bits.next_f64() + FE[layer] < (-x).exp() {
            return x;
        }
    }
}

/// An exponentially distributed number with mean 1, in single precision.
#[inline]
pub fn exponential_single<B: Bits>(bits: &mut B) -> f32 {
    loop {
        let word = bits.next_u32() >> 1;
        let layer = (word & 0xff) as usize;
        let magnitude = word >> 8;
        let x = magnitude as f32 * WE_F[layer];
        if magnitude < KE_F[layer] {
            return x;
        }
        if layer == 0 {
            return EXPONENTIAL_TAIL as f32 - (-bits.next_f32()).ln_1p();
        }
        if (FE_F[layer - 1] - FE_F[layer]) * bits.next_f32() + FE_F[layer] < (-x).exp() {
            return x;
        }
    }
}
