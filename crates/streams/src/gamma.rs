//! The gamma distribution and what follows from it: beta, chi-square, F, t and their noncentral kin.
//!
//! Shapes from 1 on: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000). Smaller ones:
//! J. H. Ahrens and U. Dieter (1974) with an exponential draw. Beta with both parameters up to 1: M. D. Jöhnk (1964).

use crate::discrete::poisson;
use crate::{Bits, Draw, ziggurat};

/// Gamma numbers with scale 1.
pub fn standard_gamma<D: Draw>(draw: &mut D, shape: f64) -> f64 {
    if shape == 1.0 {
        return draw.exponential();
    }
    if shape == 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        return small_gamma(draw, shape);
    }
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let (x, v) = loop {
            let x = draw.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                break (x, v);
            }
        };
        let v = v * v * v;
        let u = draw.uniform();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) {
            return b * v;
        }
        if u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

fn small_gamma<D: Draw>(draw: &mut D, shape: f64) -> f64 {
    loop {
        let u = draw.uniform();
        let v = draw.exponential();
        if u <= 1.0 - shape {
            let x = u.powf(1.0 / shape);
            if x <= v {
                return x;
            }
        } else {
            let y = -((1.0 - u) / shape).ln();
            let x = (1.0 - shape + shape * y).powf(1.0 / shape);
            if x <= v + y {
                return x;
            }
        }
    }
}

/// Gamma numbers with scale 1, in single precision throughout.
pub fn standard_gamma_single<B: Bits>(bits: &mut B, shape: f32) -> f32 {
    if shape == 1.0 {
        return ziggurat::exponential_single(bits);
    }
    if shape == 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        loop {
            let u = bits.next_f32();
            let v = ziggurat::exponential_single(bits);
            if u <= 1.0 - shape {
                let x = u.powf(1.0 / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -((1.0 - u) / shape).ln();
                let x = (1.0 - shape + shape * y).powf(1.0 / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }
    let b = shape - 1.0f32 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let (x, v) = loop {
            let x = ziggurat::normal_single(bits);
            let v = 1.0 + c * x;
            if v > 0.0 {
                break (x, v);
            }
        };
        let v = v * v * v;
        let u = bits.next_f32();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) {
            return b * v;
        }
        if u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

/// Below this, a beta number other than 0 and 1 is too seldom to be seen.
const TINY_BETA: f64 = 3e-103;

pub fn beta<D: Draw>(draw: &mut D, a: f64, b: f64) -> f64 {
    if a > 1.0 || b > 1.0 || a.is_nan() || b.is_nan() {
        let first = standard_gamma(draw, a);
        let second = standard_gamma(draw, b);
        return first / (first + second);
    }
    if !D::LEGACY && a < TINY_BETA && b < TINY_BETA {
        return f64::from((a + b) * draw.uniform() < a);
    }
    loop {
        let (u, v) = (draw.uniform(), draw.uniform());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        if x + y > 1.0 || (!D::LEGACY && u + v <= 0.0) {
            continue;
        }
        let lost = if D::LEGACY { x + y <= 0.0 } else { x <= 0.0 || y <= 0.0 };
        if !lost {
            return x / (x + y);
        }
        // what underflowed is still known by its logarithm
        let (x, y) = (u.ln() / a, v.ln() / b);
        if D::LEGACY {
            let most = if x > y { x } else { y };
            let (x, y) = (x - most, y - most);
            return (x - (x.exp() + y.exp()).ln()).exp();
        }
        let delta = x - y;
        return if delta > 0.0 {
            (-(-delta).exp().ln_1p()).exp()
        } else {
            (delta - delta.exp().ln_1p()).exp()
        };
    }
}

pub fn chisquare<D: Draw>(draw: &mut D, df: f64) -> f64 {
    2.0 * standard_gamma(draw, df / 2.0)
}

pub fn fisher<D: Draw>(draw: &mut D, numerator: f64, denominator: f64) -> f64 {
    let above = chisquare(draw, numerator) * denominator;
    let below = chisquare(draw, denominator) * numerator;
    above / below
}

pub fn student<D: Draw>(draw: &mut D, df: f64) -> f64 {
    let normal = draw.normal();
    let gamma = standard_gamma(draw, df / 2.0);
    (df / 2.0).sqrt() * normal / gamma.sqrt()
}

pub fn noncentral_chisquare<D: Draw>(draw: &mut D, df: f64, noncentrality: f64) -> f64 {
    if !D::LEGACY && noncentrality.is_nan() {
        return f64::NAN;
    }
    if noncentrality == 0.0 {
        return chisquare(draw, df);
    }
    if df > 1.0 {
        let square = chisquare(draw, df - 1.0);
        let normal = draw.normal() + noncentrality.sqrt();
        return square + normal * normal;
    }
    let count = poisson(draw, noncentrality / 2.0);
    let out = chisquare(draw, df + 2.0 * count as f64);
    if noncentrality.is_nan() { f64::NAN } else { out }
}

pub fn noncentral_fisher<D: Draw>(draw: &mut D, numerator: f64, denominator: f64, noncentrality: f64) -> f64 {
    let above = noncentral_chisquare(draw, numerator, noncentrality) * denominator;
    above / (chisquare(draw, denominator) * numerator)
}
