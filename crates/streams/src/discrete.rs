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

/// What the draws of one mean have in common.
pub enum Poisson {
    Zero,
    /// By a product of uniform numbers, down to this.
    Product(f64),
    Rejection(Hat),
}

/// The hat of transformed rejection.
pub struct Hat {
    mean: f64,
    log_mean: f64,
    a: f64,
    b: f64,
    inverse_alpha: f64,
    accepted: f64,
}

impl Poisson {
    /// Chooses the method.
    #[inline]
    pub fn new(mean: f64) -> Poisson {
        if mean >= 10.0 {
            let b = 0.931 + 2.53 * mean.sqrt();
            return Poisson::Rejection(Hat {
                mean,
                log_mean: mean.ln(),
                a: -0.059 + 0.02483 * b,
                b,
                inverse_alpha: 1.1239 + 1.1328 / (b - 3.4),
                accepted: 0.9277 - 3.6224 / (b - 2.0),
            });
        }
        if mean == 0.0 { Poisson::Zero } else { Poisson::Product((-mean).exp()) }
    }

    /// One draw.
    #[inline]
    pub fn draw<D: Draw>(&self, draw: &mut D) -> i64 {
        match self {
            Poisson::Zero => 0,
            Poisson::Product(limit) => {
                let (mut count, mut product) = (0, draw.uniform());
                while product > *limit {
                    count += 1;
                    product *= draw.uniform();
                }
                count
            }
            Poisson::Rejection(hat) => hat.draw(draw),
        }
    }
}

impl Hat {
    #[inline]
    fn draw<D: Draw>(&self, draw: &mut D) -> i64 {
        let Hat { mean, log_mean, a, b, inverse_alpha, accepted } = *self;
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
}

pub fn poisson<D: Draw>(draw: &mut D, mean: f64) -> i64 {
    Poisson::new(mean).draw(draw)
}

pub fn negative_binomial<D: Draw>(draw: &mut D, n: f64, p: f64) -> i64 {
    let mean = (1.0 - p) / p * standard_gamma(draw, n);
    poisson(draw, mean)
}

/// What the draws of one probability have in common.
pub struct Geometric {
    p: f64,
    /// The logarithm of the probability of failure, where it is used.
    log: f64,
}

impl Geometric {
    /// Chooses the method.
    #[inline]
    pub fn new<D: Draw>(p: f64) -> Geometric {
        let log = if D::LEGACY { (1.0 - p).ln() } else { (-p).ln_1p() };
        Geometric { p, log }
    }

    /// One draw.
    #[inline]
    pub fn draw<D: Draw>(&self, draw: &mut D) -> i64 {
        if self.p < 1.0 / 3.0 {
            return match D::LEGACY {
                true => whole(((-draw.uniform()).ln_1p() / self.log).ceil()),
                // the conversion stops at the largest integer by itself
                false => (-draw.exponential() / self.log).ceil() as i64,
            };
        }
        geometric_by_search(draw, self.p)
    }
}

pub fn geometric<D: Draw>(draw: &mut D, p: f64) -> i64 {
    Geometric::new::<D>(p).draw(draw)
}

fn geometric_by_search<D: Draw>(draw: &mut D, p: f64) -> i64 {
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
