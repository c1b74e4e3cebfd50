//! Series behind special functions that have no home in the scalar library: each is called by one row only.

use lanes::{Isa, Real};

/// Derivative of digamma: reflected below 1/2, moved above 10 by its recurrence, then its asymptotic series.
#[inline(always)]
pub(super) fn trigamma<F: Real, I: Isa>(x: F) -> F {
    let number = F::from_f64;
    let (mut sum, mut sign, mut x) = (F::ZERO, F::ONE, x);
    if x < F::HALF {
        // the sine has period 2, and its argument must be small to be exact
        let turn = x - F::TWO * (x * F::HALF).rint();
        let sine = (turn * F::PI).sin::<I>();
        let cosecant = if x == x.rint() { F::INFINITY } else { F::PI / sine };
        (sum, sign, x) = (cosecant * cosecant, -F::ONE, F::ONE - x);
    }
    while x < number(10.0) {
        sum = sum + sign / (x * x);
        x = x + F::ONE;
    }
    let square = F::ONE / (x * x);
    let bernoulli = [5.0 / 66.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 1.0 / 6.0];
    let tail = bernoulli.iter().fold(number(-691.0 / 2730.0), |tail, &term| tail * square + number(term));
    sum + sign * (F::ONE + F::HALF / x + tail * square) / x
}

/// The Bernoulli numbers of even order, from the second on.
const BERNOULLI: [f64; 8] = [
    1.0 / 6.0,
    -1.0 / 30.0,
    1.0 / 42.0,
    -1.0 / 30.0,
    5.0 / 66.0,
    -691.0 / 2730.0,
    7.0 / 6.0,
    -3617.0 / 510.0,
];

/// The derivative of digamma of a whole order from 1 to 30: moved to large numbers by its recurrence, then its asymptotic
/// series (Abramowitz and Stegun 6.4.6 and 6.4.11). Far on the negative side, where the recurrence would take long, terms
/// that do not count are left out.
pub(super) fn polygamma(order: f64, x: f64) -> f64 {
    if !(1.0..=30.0).contains(&order) || order.fract() != 0.0 || x.is_nan() {
        return f64::NAN;
    }
    let n = order as i32;
    let sign = if n % 2 == 1 { 1.0 } else { -1.0 };
    if x <= 0.0 && x.fract() == 0.0 {
        // a pole, whose sides have one sign only for odd orders
        return if n % 2 == 1 { f64::INFINITY } else { f64::NAN };
    }
    let factorial: f64 = (2..n).map(f64::from).product();
    let (mut sum, mut x) = (0.0, x);
    if x < -FAR {
        // the sum over the integers to the left of x, which the recurrence would meet first
        x = x.fract() - FAR;
    }
    while x < 20.0 + order {
        sum += factorial * order / x.powi(n + 1);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let mut power = factorial / x.powi(n);
    let mut tail = power * (1.0 + 0.5 * order / x);
    for (index, bernoulli) in BERNOULLI.iter().enumerate() {
        let even = 2.0 * (index + 1) as f64;
        power *= square * (even + order - 1.0) * (even + order - 2.0) / (even * (even - 1.0));
        tail += bernoulli * power;
    }
    sign * (sum + tail)
}

/// The sum over more than so many integers changes nothing that matters: from the second order on less than 2e-9.
const FAR: f64 = 20_000.0;

/// Sum of a Chebyshev series at `x` in [-1, 1], by Clenshaw's recurrence.
#[inline(always)]
fn chebyshev<const N: usize>(x: f64, series: &[f64; N]) -> f64 {
    let (mut last, mut before) = (0.0, 0.0);
    for &term in series[1..].iter().rev() {
        (last, before) = (2.0 * x * last - before + term, last);
    }
    x * last - before + series[0]
}

/// The power series of a Bessel function in the square of half the argument: all terms are positive.
#[inline(always)]
fn powers<I: Isa>(square: f64, series: &[f64; 24]) -> f64 {
    series[..23].iter().rev().fold(series[23], |sum, &term| sum.fma::<I>(square, term))
}

/// Where the power series ends.
const LIMIT: f64 = 8.0;

/// Even. In float64 for float32 too: the large values of a series that grows like exp need the digits.
#[inline(always)]
pub(super) fn bessel_i0<F: Real, I: Isa>(x: F) -> F {
    let size = x.to_f64().abs();
    let small = powers::<I>(0.25 * size * size, &I0_SMALL);
    let large = grown::<I>(chebyshev(2.0 * LIMIT / size - 1.0, &I0_LARGE) / size.sqrt(), size);
    F::from_f64(if size <= LIMIT { small } else { large })
}

/// Odd; see `bessel_i0`.
#[inline(always)]
pub(super) fn bessel_i1<F: Real, I: Isa>(x: F) -> F {
    let size = x.to_f64().abs();
    let small = powers::<I>(0.25 * size * size, &I1_SMALL) * (0.5 * size);
    let large = grown::<I>(chebyshev(2.0 * LIMIT / size - 1.0, &I1_LARGE) / size.sqrt(), size);
    let value = F::from_f64(if size <= LIMIT { small } else { large });
    if x < F::ZERO { -value } else { value }
}

/// scaled * exp(x) in two steps, for the result may be finite where exp(x) is not.
#[inline(always)]
fn grown<I: Isa>(scaled: f64, x: f64) -> f64 {
    let half = Real::exp::<I>(0.5 * x);
    if x.is_infinite() { x } else { scaled * half * half }
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
