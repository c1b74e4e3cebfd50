//! gamma, log of |gamma|, digamma, in float64 for both precisions. They branch: one element after the other.
//!
//! Stirling's series from 12 on, in doubled precision; smaller arguments are shifted up by the recurrence, negative
//! ones reflected. Near their zeros lgamma and digamma use polynomials with the zeros as factors.

use super::bits::horner;
use super::bits::{Pair, fast_sum, product, sum};
use super::exp::exp_pair;
use super::neighbours::double::ldexp;
use super::power::log_pair;
use crate::Real;
use crate::level::Isa;

const PI: Pair<f64> = Pair { hi: 3.141592653589793, lo: 1.2246467991473532e-16 };
const HALF_LOG_TWO_PI: Pair<f64> = Pair { hi: 0.9189385332046728, lo: -3.8782941580672414e-17 };

/// Stirling's series starts here: nine terms then leave an error below 1e-19.
const LARGE: f64 = 12.0;

/// `log(gamma(z))` for `z >= LARGE`, to about 60 bits.
fn stirling<I: Isa>(z: Pair<f64>) -> Pair<f64> {
    // B(2k) / (2k (2k - 1))
    const SERIES: [f64; 9] = [
        0.08333333333333333,
        -0.002777777777777778,
        0.0007936507936507937,
        -0.0005952380952380953,
        0.0008417508417508417,
        -0.0019175269175269176,
        0.00641025641025641,
        -0.029550653594771242,
        0.17964437236883057,
    ];
    let inverse = 1.0 / z.hi;
    let series = horner::<f64, I, 9>(inverse * inverse, &SERIES) * inverse;
    let mut ln = log_pair::<I>(z.hi);
    ln.lo += z.lo * inverse;
    let weight = fast_sum(z.hi - 0.5, z.lo);
    let main = ln.times::<I>(weight).plus(Pair { hi: -z.hi, lo: -z.lo });
    main.plus(HALF_LOG_TWO_PI).plus(Pair { hi: series, lo: 0.0 })
}

/// `(z, p)` with `z = x + n >= LARGE` and `p = x (x + 1) ... (x + n - 1)`.
fn shift_up<I: Isa>(x: f64) -> (Pair<f64>, Pair<f64>) {
    let mut factors = Pair { hi: 1.0, lo: 0.0 };
    let mut z = Pair { hi: x, lo: 0.0 };
    let mut steps = 0.0;
    while z.hi < LARGE {
        factors = factors.times::<I>(z);
        steps += 1.0;
        z = sum(x, steps);
    }
    (z, factors)
}

/// `sin(pi a)` for `a > 0`, with relative accuracy near its zeros; about 60 bits where |sin| is small.
fn sine_of_pi<I: Isa>(a: f64) -> Pair<f64> {
    let whole = a.round_ties_even();
    let r = a - whole;
    let angle = product::<f64, I>(r, PI.hi);
    let rest = angle.lo + r * PI.lo;
    let sine = fast_sum(angle.hi.sin(), rest * angle.hi.cos());
    if whole % 2.0 == 0.0 { sine } else { Pair { hi: -sine.hi, lo: -sine.lo } }
}

/// `(p, n)` with `gamma(x) = p 2^n` for `x > 0`, p near 1. From 600 on n says no more than "infinite".
fn gamma_positive<I: Isa>(x: f64) -> (Pair<f64>, f64) {
    let (z, factors) = shift_up::<I>(x.min(600.0));
    let (power, n) = exp_pair::<I>(stirling::<I>(z));
    (power.over::<I>(factors), n)
}

pub(crate) fn gamma<I: Isa>(x: f64) -> f64 {
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == 0.0 {
        return f64::INFINITY.copysign(x);
    }
    let a = x.abs();
    if x < 0.0 && a == a.floor() {
        return f64::NAN;
    }
    if a < 1e-300 {
        return 1.0 / x;
    }
    let (value, n) = gamma_positive::<I>(a);
    if x > 0.0 {
        return ldexp(value.value(), n as i32);
    }
    // gamma(x) = -pi / (a sin(pi a) gamma(a)), of which gamma(a) may overflow while the result does not vanish.
    let bottom = sine_of_pi::<I>(a).times::<I>(value).times::<I>(Pair { hi: -a, lo: 0.0 });
    ldexp(PI.over::<I>(bottom).value(), -n as i32)
}

pub(crate) fn lgamma<I: Isa>(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let a = x.abs();
    if a == f64::INFINITY {
        return a;
    }
    if x > 0.0 {
        return lgamma_positive::<I>(x);
    }
    if a == a.floor() {
        return f64::INFINITY;
    }
    if a < 1e-17 {
        return -a.ln();
    }
    // log(pi / (a sin(pi a))) - log(gamma(a)), which cancel near the zeros left of -2
    let sine = sine_of_pi::<I>(a);
    let size = if sine.hi < 0.0 { Pair { hi: -sine.hi, lo: -sine.lo } } else { sine };
    let reflected = log_of_pair::<I>(PI.over::<I>(size.times::<I>(Pair { hi: a, lo: 0.0 })));
    let ln = lgamma_pair::<I>(a);
    reflected.plus(Pair { hi: -ln.hi, lo: -ln.lo }).value()
}

/// `log(p)` of a positive pair, to about 60 bits.
fn log_of_pair<I: Isa>(p: Pair<f64>) -> Pair<f64> {
    let ln = log_pair::<I>(p.hi);
    fast_sum(ln.hi, ln.lo + p.lo / p.hi)
}

/// `log(gamma(x))` for positive x up to 1e300, to about 60 bits of its largest term.
fn lgamma_pair<I: Isa>(x: f64) -> Pair<f64> {
    let (z, factors) = shift_up::<I>(x);
    let divisor = log_of_pair::<I>(factors);
    stirling::<I>(z).plus(Pair { hi: -divisor.hi, lo: -divisor.lo })
}

fn lgamma_positive<I: Isa>(x: f64) -> f64 {
    // lgamma(x) / ((x - 1) (x - 2)) of x - 1.625, Chebyshev interpolation, error 8e-17
    const NEAR: [f64; 28] = [
        0.4658096373623269,
        -0.13157899128683392,
        0.05257942622043937,
        -0.024194436430703802,
        0.011991915956499372,
        -0.00621545041323489,
        0.0033172708773245253,
        -0.0018070640357632822,
        0.0009992724245075058,
        -0.0005589494106068609,
        0.00031549804291288813,
        -0.00017939313105501867,
        0.0001026003402656151,
        -5.8998760750724216e-05,
        3.421059890824056e-05,
        -1.9838632733797806e-05,
        1.1085585270613788e-05,
        -6.463194749433188e-06,
        4.885100167397681e-06,
        -2.876360054600979e-06,
        -1.7892978108030423e-07,
        1.1895569076493655e-07,
        2.105904667208317e-06,
        -1.2558018032199685e-06,
        -9.124700240373162e-07,
        5.461671488725152e-07,
        4.1773465519182704e-07,
        -2.4939825760558607e-07,
    ];
    if (0.79..2.46).contains(&x) {
        // adding 0 gives both zeros the plus sign that C gives them
        return horner::<f64, I, 28>(x - 1.625, &NEAR) * ((x - 1.0) * (x - 2.0)) + 0.0;
    }
    if x > 1e300 {
        return x * (x.ln() - 1.0);
    }
    lgamma_pair::<I>(x).value()
}

pub(crate) fn digamma<I: Isa>(x: f64) -> f64 {
    // B(2k) / 2k
    const SERIES: [f64; 9] = [
        0.08333333333333333,
        -0.008333333333333333,
        0.003968253968253968,
        -0.004166666666666667,
        0.007575757575757576,
        -0.021092796092796094,
        0.08333333333333333,
        -0.4432598039215686,
        3.0539543302701198,
    ];
    // digamma(x) / (x - ROOT) of x - 1.5, Chebyshev interpolation on [1, 2], error 5e-17
    const NEAR: [f64; 24] = [
        0.9510558760318328,
        -0.42362742128146047,
        0.24054248424078736,
        -0.14840492305391761,
        0.09498872445283,
        -0.06192213327165706,
        0.04076083394462657,
        -0.02697579684427536,
        0.017907248195969127,
        -0.011908215172584002,
        0.007927024067961237,
        -0.00528001782089874,
        0.0035180800751066694,
        -0.002344650082351321,
        0.0015635679757533885,
        -0.001042261556504223,
        0.0006899717801166841,
        -0.0004599625144612576,
        0.0003268068044141764,
        -0.0002178682145501451,
        9.173383289174792e-05,
        -6.11554261750751e-05,
        0.00012230983055406747,
        -8.153978973309418e-05,
    ];
    const ROOT: Pair<f64> = Pair { hi: 1.4616321449683622, lo: 9.549995429965697e-17 };
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY.copysign(-x);
    }
    if x < 0.0 {
        let a = -x;
        if a == a.floor() {
            return f64::NAN;
        }
        let r = a - a.round_ties_even();
        return digamma::<I>(a) + 1.0 / a + std::f64::consts::PI / (std::f64::consts::PI * r).tan();
    }
    if (1.0..=2.0).contains(&x) {
        return horner::<f64, I, 24>(x - 1.5, &NEAR) * ((x - ROOT.hi) - ROOT.lo);
    }
    if x < 1.0 {
        return digamma::<I>(x + 1.0) - 1.0 / x;
    }
    if x < LARGE {
        // Down to [1, 2]; the smallest terms come first.
        let (mut z, mut above) = (x, 0.0);
        while z > 2.0 {
            z -= 1.0;
            above += 1.0 / z;
        }
        return digamma::<I>(z) + above;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = 0.5f64.fma::<I>(inverse, square * horner::<f64, I, 9>(square, &SERIES));
    x.ln() - series
}
