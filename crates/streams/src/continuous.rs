//! Real distributions made of one or two standard draws and a formula.

use crate::Draw;

pub fn cauchy<D: Draw>(draw: &mut D) -> f64 {
    let above = draw.normal();
    above / draw.normal()
}

pub fn pareto<D: Draw>(draw: &mut D, a: f64) -> f64 {
    let exponent = draw.exponential() / a;
    if D::LEGACY { exponent.exp() - 1.0 } else { exponent.exp_m1() }
}

pub fn weibull<D: Draw>(draw: &mut D, a: f64) -> f64 {
    if a == 0.0 { 0.0 } else { draw.exponential().powf(1.0 / a) }
}

pub fn power<D: Draw>(draw: &mut D, a: f64) -> f64 {
    let x = -draw.exponential();
    let uniform = if D::LEGACY { 1.0 - x.exp() } else { -x.exp_m1() };
    uniform.powf(1.0 / a)
}

pub fn rayleigh<D: Draw>(draw: &mut D, scale: f64) -> f64 {
    if D::LEGACY {
        scale * (-2.0 * (-draw.uniform()).ln_1p()).sqrt()
    } else {
        scale * (2.0 * draw.exponential()).sqrt()
    }
}

pub fn laplace<D: Draw>(draw: &mut D, location: f64, scale: f64) -> f64 {
    loop {
        let u = draw.uniform();
        if u >= 0.5 {
            return location - scale * (2.0 - u - u).ln();
        }
        if u > 0.0 {
            return location + scale * (u + u).ln();
        }
    }
}

pub fn gumbel<D: Draw>(draw: &mut D, location: f64, scale: f64) -> f64 {
    loop {
        let u = 1.0 - draw.uniform();
        if u < 1.0 {
            return location - scale * (-u.ln()).ln();
        }
    }
}

pub fn logistic<D: Draw>(draw: &mut D, location: f64, scale: f64) -> f64 {
    loop {
        let u = draw.uniform();
        if u > 0.0 {
            return location + scale * (u / (1.0 - u)).ln();
        }
    }
}

/// The inverse normal distribution (J. R. Michael, W. R. Schucany and R. W. Haas, 1976): one of the two roots.
pub fn wald<D: Draw>(draw: &mut D, mean: f64, scale: f64) -> f64 {
    let y = draw.normal();
    let y = mean * y * y;
    let x = if D::LEGACY {
        mean + mean / (2.0 * scale) * (y - (4.0 * scale * y + y * y).sqrt())
    } else {
        let d = 1.0 + (1.0 + 4.0 * scale / y).sqrt();
        mean * (1.0 - 2.0 / d)
    };
    if draw.uniform() <= mean / (mean + x) { x } else { mean * mean / x }
}

pub fn triangular<D: Draw>(draw: &mut D, left: f64, mode: f64, right: f64) -> f64 {
    let base = right - left;
    let ratio = (mode - left) / base;
    let u = draw.uniform();
    if u <= ratio {
        left + (u * ((mode - left) * base)).sqrt()
    } else {
        right - ((1.0 - u) * ((right - mode) * base)).sqrt()
    }
}
