//! Modified Bessel functions of the first kind, in float64 for both precisions: a series that grows like exp needs the
//! digits.
//!
//! Up to `LIMIT` the power series in the square of half the argument, whose terms are all positive; its largest terms
//! are summed in pairs. Beyond, `exp(x) / sqrt(x)` times a Chebyshev series in 16 / x - 1.

use super::bits::{Pair, fast_sum, product, scale};
use super::exp::exp_pair;
use crate::Real;
use crate::level::Isa;

/// Where the power series ends.
const LIMIT: f64 = 8.0;
/// So many terms of the power series are summed in pairs.
const PAIRED: usize = 9;

/// Sum of a Chebyshev series at `x` in [-1, 1], by Clenshaw's recurrence.
#[inline(always)]
fn chebyshev<const N: usize>(x: f64, series: &[f64; N]) -> Pair<f64> {
    let (mut last, mut before) = (0.0, 0.0);
    for &term in series[1..].iter().rev() {
        (last, before) = (2.0 * x * last - before + term, last);
    }
    fast_sum(series[0], x * last - before)
}

#[inline(always)]
fn powers<I: Isa>(size: f64, series: &[f64; 24]) -> Pair<f64> {
    let square = product::<f64, I>(0.5 * size, 0.5 * size);
    let small = series[PAIRED..23].iter().rev().fold(series[23], |sum, &term| sum.fma::<I>(square.hi, term));
    let small = Pair { hi: small, lo: 0.0 };
    series[..PAIRED].iter().rev().fold(small, |sum, &term| {
        let product = sum.times::<I>(square);
        // The terms grow before they fall, so neither summand is always the larger.
        Pair { hi: term, lo: 0.0 }.plus(product)
    })
}

/// `exp(size) / sqrt(size)` times the series.
#[inline(always)]
fn grown<I: Isa>(size: f64, series: &[f64; 27]) -> f64 {
    let factor = chebyshev(2.0 * LIMIT / size - 1.0, series);
    let root = size.sqrt();
    let square = product::<f64, I>(root, root);
    let root = Pair { hi: root, lo: ((size - square.hi) - square.lo) / (root + root) };
    let (power, n) = exp_pair::<I>(Pair { hi: size, lo: 0.0 });
    scale(power.times::<I>(factor.over::<I>(root)).value(), n)
}

/// Even.
#[inline(always)]
pub(crate) fn bessel_i0<I: Isa>(x: f64) -> f64 {
    let size = x.abs();
    let small = powers::<I>(size, &I0_SMALL).value();
    let large = grown::<I>(if size < 1e3 { size } else { 1e3 }, &I0_LARGE);
    if size > LIMIT { large } else { small }
}

/// Odd.
#[inline(always)]
pub(crate) fn bessel_i1<I: Isa>(x: f64) -> f64 {
    let size = x.abs();
    let small = powers::<I>(size, &I1_SMALL).times::<I>(Pair { hi: 0.5 * size, lo: 0.0 }).value();
    let large = grown::<I>(if size < 1e3 { size } else { 1e3 }, &I1_LARGE);
    let value = if size > LIMIT { large } else { small };
    if x < 0.0 { -value } else { value }
}

// Below: 1 / (k! k!) and 1 / (k! (k + 1)!). Above: Chebyshev coefficients of exp(-x) sqrt(x) I(x) in 16 / x - 1,
// computed in 60 digits.
const I0_SMALL: [f64; 24] = [
    1.0,
    1.0,
    0.25,
    0.027777777777777776,
    0.001736111111111111,
    6.944444444444444e-05,
    1.9290123456790124e-06,
    3.936759889140842e-08,
    6.151187326782565e-10,
    7.594058428126624e-12,
    7.594058428126623e-14,
    6.276081345559193e-16,
    4.358389823304995e-18,
    2.5789288895295828e-20,
    1.3157800456783586e-22,
    5.8479113141260385e-25,
    2.2843403570804838e-27,
    7.904291893012054e-30,
    2.4395962632753253e-32,
    6.757884385804225e-35,
    1.6894710964510564e-37,
    3.8310002187098785e-40,
    7.915289708078262e-43,
    1.4962740468957016e-45,
];
const I0_LARGE: [f64; 27] = [
    4.02245205507054393e-01,
    3.36911647825569429e-03,
    6.88975834691682454e-05,
    2.89137052083475665e-06,
    2.04891858946906384e-07,
    2.26666899049817804e-08,
    3.39623202570838651e-09,
    4.94060238822497006e-10,
    1.18891471078464390e-11,
    -3.14991652796324165e-11,
    -1.32158118404477133e-11,
    -1.79417853150680615e-12,
    7.18012445138366601e-13,
    3.85277838274214259e-13,
    1.54008621752140996e-14,
    -4.15056934728722224e-14,
    -9.55484669882830731e-15,
    3.81168066935262240e-15,
    1.77256013305652631e-15,
    -3.42548561967721900e-16,
    -2.82762398051658365e-16,
    3.46122286769746122e-17,
    4.46562142029675975e-17,
    -4.83050448594417803e-18,
    -7.23318048787475996e-18,
    9.92147541217367561e-19,
    1.19365089084600631e-18,
];
const I1_SMALL: [f64; 24] = [
    1.0,
    0.5,
    0.08333333333333333,
    0.006944444444444444,
    0.00034722222222222224,
    1.1574074074074073e-05,
    2.755731922398589e-07,
    4.920949861426052e-09,
    6.834652585313961e-11,
    7.594058428126623e-13,
    6.903689480115112e-15,
    5.230067787965994e-17,
    3.352607556388458e-19,
    1.842092063949702e-21,
    8.771866971189057e-24,
    3.654944571328774e-26,
    1.3437296218120491e-28,
    4.391273273895586e-31,
    1.2839980333028028e-33,
    3.3789421929021126e-36,
    8.045100459290744e-39,
    1.7413637357772174e-41,
    3.4414303078601135e-44,
    6.234475195398757e-47,
];
const I1_LARGE: [f64; 27] = [
    3.89288117509140053e-01,
    -9.76109749136146870e-03,
    -1.10588938762623713e-04,
    -3.88256480887769059e-06,
    -2.51223623787020884e-07,
    -2.63146884688951959e-08,
    -3.83538038596423700e-09,
    -5.58974346219658378e-10,
    -1.89749581235054126e-11,
    3.25260358301548844e-11,
    1.41258074366137819e-11,
    2.03562854414708956e-12,
    -7.19855177624590836e-13,
    -4.08355111109219740e-13,
    -2.10154184277266430e-14,
    4.27244001671195105e-14,
    1.04202769841288021e-14,
    -3.81440307243700754e-15,
    -1.88035477551078251e-15,
    3.30820231092092852e-16,
    2.96262899764595008e-16,
    -3.20952592199342376e-17,
    -4.65030536848935801e-17,
    4.41434832307170380e-18,
    7.51729631084211138e-18,
    -9.31417886732686304e-19,
    -1.24219327519491524e-18,
];
