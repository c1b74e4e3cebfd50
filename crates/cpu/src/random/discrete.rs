//! Distributions of whole numbers by rejection: poisson, binomial, geometric, hypergeometric, logarithmic, zipf.
//! Values come back as floats, which hold whole numbers exactly up to 2^53.

use super::samplers::Stream;

/// `ln k!` for whole k >= 0: exact products for small k, Stirling's series beyond.
fn ln_factorial(k: f64) -> f64 {
    if k < 16.0 {
        let mut product = 1.0;
        let mut factor = 2.0;
        while factor <= k {
            product *= factor;
            factor += 1.0;
        }
        return product.ln();
    }
    let z = 1.0 / (k * k);
    let series = (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z / 1680.0))) / k;
    (k + 0.5) * k.ln() - k + 0.5 * std::f64::consts::TAU.ln() + series
}

/// Products of uniforms for small means, Hörmann's transformed rejection (PTRS, 1993) otherwise.
pub(super) fn poisson(stream: &mut Stream, mean: f64) -> f64 {
    if mean.is_nan() || mean < 0.0 || mean == f64::INFINITY {
        return f64::NAN;
    }
    if mean < 10.0 {
        let limit = (-mean).exp();
        let (mut count, mut product) = (0.0, stream.open());
        while product > limit {
            count += 1.0;
            product *= stream.open();
        }
        return count;
    }
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let edge = 0.9277 - 3.6224 / (b - 2.0);
    let ln_mean = mean.ln();
    loop {
        let (u, v) = (stream.open() - 0.5, stream.open());
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= edge {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        if v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln() <= k * ln_mean - mean - ln_factorial(k) {
            return k;
        }
    }
}

/// Inversion where few successes are expected, Hörmann's transformed rejection (BTRS, 1993) otherwise.
pub(super) fn binomial(stream: &mut Stream, trials: f64, probability: f64) -> f64 {
    if !(trials >= 0.0 && trials.is_finite() && (0.0..=1.0).contains(&probability)) {
        return f64::NAN;
    }
    if probability > 0.5 {
        return trials - binomial(stream, trials, 1.0 - probability);
    }
    if trials * probability < 10.0 {
        return binomial_by_gaps(stream, trials, probability);
    }
    let (n, p) = (trials, probability);
    let deviation = (n * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = n * p + 0.5;
    let edge = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let ln_odds = (p / (1.0 - p)).ln();
    let mode = ((n + 1.0) * p).floor();
    let h = ln_factorial(mode) + ln_factorial(n - mode);
    loop {
        let (u, v) = (stream.open() - 0.5, stream.open());
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + c).floor();
        if k < 0.0 || k > n {
            continue;
        }
        if us >= 0.07 && v <= edge {
            return k;
        }
        let v = (v * alpha / (a / (us * us) + b)).ln();
        if v <= h - ln_factorial(k) - ln_factorial(n - k) + (k - mode) * ln_odds {
            return k;
        }
    }
}

/// Counts successes by the gaps between them, which are geometric: about `n p` steps.
fn binomial_by_gaps(stream: &mut Stream, trials: f64, probability: f64) -> f64 {
    if probability == 0.0 {
        return 0.0;
    }
    let (mut successes, mut at) = (0.0, 0.0);
    loop {
        at += geometric(stream, probability);
        if at > trials {
            return successes;
        }
        successes += 1.0;
    }
}

/// Trials up to and with the first success.
pub(super) fn geometric(stream: &mut Stream, probability: f64) -> f64 {
    if !(probability > 0.0 && probability <= 1.0) {
        return f64::NAN;
    }
    if probability == 1.0 {
        return 1.0;
    }
    (-stream.exponential() / (-probability).ln_1p()).ceil().max(1.0)
}

/// Good ones among a sample without replacement. Small samples are drawn one by one; large ones by rejection from a
/// table mountain (ratio of uniforms, Stadlober's HRUA 1989).
pub(super) fn hypergeometric(stream: &mut Stream, good: f64, bad: f64, sample: f64) -> f64 {
    let total = good + bad;
    if !(good >= 0.0 && bad >= 0.0 && sample >= 0.0 && sample <= total && total.is_finite()) {
        return f64::NAN;
    }
    // The rarer kind and the smaller of sample and rest decide how long drawing takes.
    let (rare, drawn) = (good.min(bad), sample.min(total - sample));
    let count =
        if drawn <= 20.0 { draw(stream, rare, total, drawn) } else { draw_many(stream, rare, total, drawn) };
    let count = if good > bad { drawn - count } else { count };
    if sample > total - sample { good - count } else { count }
}

fn draw(stream: &mut Stream, rare: f64, total: f64, drawn: f64) -> f64 {
    let (mut left, mut size, mut count) = (rare, total, 0.0);
    while size > total - drawn {
        if stream.half_open() * size < left {
            left -= 1.0;
            count += 1.0;
        }
        size -= 1.0;
    }
    count
}

fn draw_many(stream: &mut Stream, rare: f64, total: f64, drawn: f64) -> f64 {
    let p = rare / total;
    let mean = drawn * p;
    let variance = (total - drawn) * drawn * p * (1.0 - p) / (total - 1.0);
    let width = 1.715_527_769_921_413_5 * (variance + 0.5).sqrt() + 0.898_916_162_058_898_8;
    let center = mean + 0.5;
    let mode = ((drawn + 1.0) * (rare + 1.0) / (total + 2.0)).floor();
    let weight = |k: f64| {
        ln_factorial(k)
            + ln_factorial(rare - k)
            + ln_factorial(drawn - k)
            + ln_factorial(total - rare - drawn + k)
    };
    let at_mode = weight(mode);
    loop {
        let (u, v) = (stream.open(), stream.half_open());
        let k = (center + width * (v - 0.5) / u).floor();
        if k < 0.0 || k > drawn.min(rare) {
            continue;
        }
        if 2.0 * u.ln() <= at_mode - weight(k) {
            return k;
        }
    }
}

/// Kemp 1981.
pub(super) fn log_series(stream: &mut Stream, p: f64) -> f64 {
    if !(0.0..1.0).contains(&p) {
        return f64::NAN;
    }
    let r = (-p).ln_1p();
    loop {
        let v = stream.half_open();
        if v >= p {
            return 1.0;
        }
        let q = -(r * stream.open()).exp_m1();
        if v <= q * q {
            let k = (1.0 + v.ln() / q.ln()).floor();
            if k >= 1.0 && k.is_finite() {
                return k;
            }
        } else {
            return if v >= q { 1.0 } else { 2.0 };
        }
    }
}

/// Devroye 1986, chapter X.6.
pub(super) fn zipf(stream: &mut Stream, a: f64) -> f64 {
    if a.is_nan() || a <= 1.0 {
        return f64::NAN;
    }
    if a >= 1025.0 {
        return 1.0;
    }
    let b = (a - 1.0).exp2();
    loop {
        let (u, v) = (stream.open(), stream.half_open());
        let x = u.powf(-1.0 / (a - 1.0)).floor();
        // Values beyond the 64-bit integers are drawn again, as NumPy does.
        if !(1.0..9.2e18).contains(&x) {
            continue;
        }
        let t = (1.0 + 1.0 / x).powf(a - 1.0);
        if v * x * (t - 1.0) / (b - 1.0) <= t / b {
            return x;
        }
    }
}
