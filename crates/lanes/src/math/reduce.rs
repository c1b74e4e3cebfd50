//! Payne and Hanek's reduction: any finite float64 modulo pi/2, from as many bits of 2/pi as matter.

use super::bits::{Pair, fast_sum, product};
use crate::level::Baseline;

/// 64 zero bits, then the binary digits of 2/pi.
const TWO_OVER_PI: [u64; 23] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
    0xa9e391615ee61b08,
    0x6599855f14a06840,
];

/// `(quadrant, r)` with `x = (4 k + quadrant) pi/2 + r` and |r| <= pi/4, for finite |x| >= 2^20.
pub(crate) fn reduce_large(x: f64) -> (u32, Pair<f64>) {
    let bits = x.abs().to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let exponent = (bits >> 52) as usize;
    // x = mantissa 2^(exponent - 1075). Digits of 2/pi that stand for multiples of 4 after the multiplication are
    // skipped; what begins here is a number with two integer bits.
    let start = (exponent + 64).saturating_sub(1075 + 2);
    let digits = |index: usize| {
        let (word, shift) = (start / 64 + index, start % 64);
        let (high, low) = (TWO_OVER_PI[word], TWO_OVER_PI[word + 1]);
        if shift == 0 { high } else { (high << shift) | (low >> (64 - shift)) }
    };
    let wide = |digit: u64| u128::from(digit) * u128::from(mantissa);
    let (first, second, third) = (wide(digits(0)) << 64, wide(digits(1)), wide(digits(2)) >> 64);
    let total = first.wrapping_add(second).wrapping_add(third);
    let fraction = (total << 2) as i128;
    // A fraction of one half and more counts down from the next quadrant.
    let quadrant = ((total >> 126) as u32 + u32::from(fraction < 0)) & 3;
    let hi = fraction as f64;
    let lo = (fraction - hi as i128) as f64;
    const UNIT: f64 = 1.0 / (1u128 << 127) as f64 / 2.0;
    let turn = product::<f64, Baseline>(hi * UNIT, std::f64::consts::FRAC_PI_2);
    let r = fast_sum(
        turn.hi,
        turn.lo + (lo * UNIT * std::f64::consts::FRAC_PI_2 + hi * UNIT * 6.123233995736766e-17),
    );
    if x < 0.0 { ((4 - quadrant) & 3, Pair { hi: -r.hi, lo: -r.lo }) } else { (quadrant, r) }
}
