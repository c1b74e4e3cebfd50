//! Counts: Poisson, negative binomial, geometric, logarithmic series, Zipf.
//!
//! Poisson from 10 on: W. Hörmann, "The transformed rejection method for generating Poisson random variables" (1993).
//! Logarithmic series: A. W. Kemp, "Efficient generation of logarithmically distributed pseudo-random variables" (1981).
//! Zipf: L. Devroye, "Non-uniform random variate generation" (1986), chapter X.

use std::hint::black_box;

use crate::Draw;
use crate::gamma::standard_gamma;

/// The logarithm of the gamma function (S. Zhang and J. Jin, "Computation of special functions", 1996): Stirling's series
/// from 7 on, and the recurrence below.
pub fn log_gamma(x: f64) -> f64 {
    const SERIES: [f64; 10] = [
        8.333333333333333e-02,
        -2.777777777777778e-03,
        7.936507936507937e-04,
        -5.952380952380952e-04,
        8.417508417508418e-04,
        -1.917526917526918e-03,
        6.410256410256410e-03,
        -2.955065359477124e-02,
        1.796443723688307e-01,
        -1.39243221690590e+00,
    ];
    const LOG_TWO_PI: f64 = 1.8378770664093453;
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let steps = if x < 7.0 { (7.0 - x) as i64 } else { 0 };
    let mut shifted = x + steps as f64;
    let square = (1.0 / shifted) * (1.0 / shifted);
    let mut sum = SERIES[9];
    for coefficient in SERIES[..9].iter().rev() {
        sum = sum * square + coefficient;
    }
    let mut log = sum / shifted + 0.5 * LOG_TWO_PI + (shifted - 0.5) * shifted.ln() - shifted;
    for _ in 0..steps {
        log -= (shifted - 1.0).ln();
        shifted -= 1.0;
    }
    log
}

/// A whole number as the conversion of x86 gives it, which NumPy's streams are defined by: out of range, the least one.
fn whole(x: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&x) { x as i64 } else { i64::MIN }
}

pub fn poisson<D: Draw>(draw: &mut D, mean: f64) -> i64 {
    if mean >= 10.0 {
        return poisson_by_rejection(draw, mean);
    }
    if mean == 0.0 {
        return 0;
    }
    let limit = (-mean).exp();
    let (mut count, mut product) = (0, 1.0);
    loop {
        product *= draw.uniform();
        if product > limit {
            count += 1;
        } else {
            return count;
        }
    }
}

fn poisson_by_rejection<D: Draw>(draw: &mut D, mean: f64) -> i64 {
    let (root, log_mean) = (mean.sqrt(), mean.ln());
    let b = 0.931 + 2.53 * root;
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let accepted = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = draw.uniform() - 0.5;
        let v = draw.uniform();
        let us = 0.5 - u.abs();
        let count = whole(((2.0 * a / us + b) * u + mean + 0.43).floor());
        if us >= 0.07 && v <= accepted {
            return count;
        }
        if count < 0 || (us < 0.013 && v > us) {
            continue;
        }
        let log = v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln();
        if log <= -mean + count as f64 * log_mean - log_gamma(count as f64 + 1.0) {
            return count;
        }
    }
}

pub fn negative_binomial<D: Draw>(draw: &mut D, n: f64, p: f64) -> i64 {
    let mean = (1.0 - p) / p * standard_gamma(draw, n);
    poisson(draw, mean)
}

pub fn geometric<D: Draw>(draw: &mut D, p: f64) -> i64 {
    if p < 1.0 / 3.0 {
        return geometric_by_inversion(draw, p);
    }
    let (mut count, mut sum, mut product) = (1, p, p);
    let q = 1.0 - p;
    let u = draw.uniform();
    while u > sum {
        product *= q;
        sum += product;
        count += 1;
    }
    count
}

fn geometric_by_inversion<D: Draw>(draw: &mut D, p: f64) -> i64 {
    if D::LEGACY {
        return whole(((-draw.uniform()).ln_1p() / (1.0 - p).ln()).ceil());
    }
    // the conversion stops at the largest integer by itself
    (-draw.exponential() / (-p).ln_1p()).ceil() as i64
}

pub fn logseries<D: Draw>(draw: &mut D, p: f64) -> i64 {
    let r = if D::LEGACY { (1.0 - p).ln() } else { (-p).ln_1p() };
    loop {
        let v = draw.uniform();
        if v >= p {
            return 1;
        }
        let u = draw.uniform();
        let q = if D::LEGACY { 1.0 - (r * u).exp() } else { -(r * u).exp_m1() };
        if v <= q * q {
            let count = (1.0 + v.ln() / q.ln()).floor();
            if count >= 1.0 && v != 0.0 {
                return count as i64;
            }
        } else {
            return if v >= q { 1 } else { 2 };
        }
    }
}

pub fn zipf<D: Draw>(draw: &mut D, a: f64) -> i64 {
    const MOST: f64 = i64::MAX as f64;
    if a >= 1025.0 && !D::LEGACY {
        return 1; // the power below would overflow, and anything else has a probability below 3e-309
    }
    let exponent = a - 1.0;
    // not a constant: the compiler would call another function of libm, with another rounding
    let b = black_box(2.0f64).powf(exponent);
    let least = MOST.powf(-exponent);
    loop {
        let u = draw.uniform();
        let u = if D::LEGACY { 1.0 - u } else { u * least + (1.0 - u) };
        let v = draw.uniform();
        let x = u.powf(-1.0 / exponent).floor();
        if !(1.0..=MOST).contains(&x) {
            continue;
        }
        let t = (1.0 + 1.0 / x).powf(exponent);
        if v * x * (t - 1.0) / (b - 1.0) <= t / b {
            return x as i64;
        }
    }
}
