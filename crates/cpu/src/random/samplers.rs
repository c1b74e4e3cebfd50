//! Distributions drawn element by element, so that parameters may be arrays. Each element has a stream of its own,
//! addressed by (key, element): rejection may take any number of words without moving other elements.
//! Parameters out of range give nan; the caller has checked them where NumPy raises.

use super::discrete;
use super::philox::block;

/// The distributions, with the meaning of `params` in NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// low, high
    Uniform,
    /// loc, scale
    Normal,
    /// mean, sigma
    LogNormal,
    /// scale
    Exponential,
    /// shape, scale
    Gamma,
    /// a, b
    Beta,
    /// df
    ChiSquare,
    /// df, nonc
    NoncentralChiSquare,
    /// dfnum, dfden
    F,
    /// dfnum, dfden, nonc
    NoncentralF,
    /// df
    StandardT,
    StandardCauchy,
    /// a
    Weibull,
    /// a
    Pareto,
    /// a
    Power,
    /// loc, scale
    Gumbel,
    /// loc, scale
    Laplace,
    /// loc, scale
    Logistic,
    /// scale
    Rayleigh,
    /// left, mode, right
    Triangular,
    /// mu, kappa
    VonMises,
    /// mean, scale
    Wald,
    /// lam
    Poisson,
    /// n, p
    Binomial,
    /// n, p
    NegativeBinomial,
    /// p
    Geometric,
    /// ngood, nbad, nsample
    HyperGeometric,
    /// p
    LogSeries,
    /// a
    Zipf,
}

/// Draws one element; the result depends on the arguments only.
pub fn sample(kind: Kind, params: [f64; 3], key: u64, element: u64) -> f64 {
    let [a, b, c] = params;
    let stream = &mut Stream::new(key, element);
    match kind {
        Kind::Uniform => {
            let value = a + (b - a) * stream.half_open();
            if a < b && value >= b { b.next_down() } else { value }
        }
        Kind::Normal => a + b * stream.normal(),
        Kind::LogNormal => (a + b * stream.normal()).exp(),
        Kind::Exponential => a * stream.exponential(),
        Kind::Gamma => b * gamma(stream, a),
        Kind::Beta => beta(stream, a, b),
        Kind::ChiSquare => chi_square(stream, a),
        Kind::NoncentralChiSquare => noncentral_chi_square(stream, a, b),
        Kind::F => chi_square(stream, a) * b / (chi_square(stream, b) * a),
        Kind::NoncentralF => noncentral_chi_square(stream, a, c) * b / (chi_square(stream, b) * a),
        Kind::StandardT => stream.normal() / (gamma(stream, a / 2.0) * 2.0 / a).sqrt(),
        Kind::StandardCauchy => stream.normal() / stream.normal(),
        Kind::Weibull => stream.exponential().powf(1.0 / a),
        Kind::Pareto => (stream.exponential() / a).exp_m1(),
        Kind::Power => (-(-stream.exponential()).exp_m1()).powf(1.0 / a),
        Kind::Gumbel => a - b * (-stream.open().ln()).ln(),
        Kind::Laplace => laplace(stream, a, b),
        Kind::Logistic => {
            let u = stream.open();
            a + b * (u / (1.0 - u)).ln()
        }
        Kind::Rayleigh => a * (2.0 * stream.exponential()).sqrt(),
        Kind::Triangular => triangular(stream, a, b, c),
        Kind::VonMises => von_mises(stream, a, b),
        Kind::Wald => wald(stream, a, b),
        Kind::Poisson => discrete::poisson(stream, a),
        Kind::Binomial => discrete::binomial(stream, a, b),
        Kind::NegativeBinomial => {
            let mean = (1.0 - b) / b * gamma(stream, a);
            discrete::poisson(stream, mean)
        }
        Kind::Geometric => discrete::geometric(stream, a),
        Kind::HyperGeometric => discrete::hypergeometric(stream, a, b, c),
        Kind::LogSeries => discrete::log_series(stream, a),
        Kind::Zipf => discrete::zipf(stream, a),
    }
}

/// The random words of one element.
pub(super) struct Stream {
    key: u64,
    element: u64,
    blocks: u64,
    words: [u32; 4],
    left: usize,
}

/// Sets the upper half of the counter apart from that of fills.
const ELEMENT_STREAM: u64 = 1 << 63;

impl Stream {
    pub(super) fn new(key: u64, element: u64) -> Stream {
        Stream { key, element, blocks: 0, words: [0; 4], left: 0 }
    }

    fn bits(&mut self) -> u64 {
        if self.left == 0 {
            self.words = block(self.key, self.element, ELEMENT_STREAM | self.blocks);
            self.blocks += 1;
            self.left = 4;
        }
        self.left -= 2;
        (self.words[self.left] as u64) << 32 | self.words[self.left + 1] as u64
    }

    /// 0 <= u < 1, of 53 bits.
    pub(super) fn half_open(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (f64::EPSILON / 2.0)
    }

    /// 0 < u < 1
    pub(super) fn open(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * f64::EPSILON
    }

    pub(super) fn exponential(&mut self) -> f64 {
        -self.open().ln()
    }

    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.open().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.half_open()).cos()
    }
}

/// Gamma numbers of scale 1.
pub(super) fn gamma(stream: &mut Stream, shape: f64) -> f64 {
    gamma_from(stream, shape, None)
}

/// Marsaglia and Tsang 2000; for shapes below 1 from shape + 1 by a power of a uniform number. The first proposal, a
/// normal number and a uniform one, may be given.
pub(super) fn gamma_from(stream: &mut Stream, shape: f64, proposal: Option<(f64, f64)>) -> f64 {
    if shape.is_nan() || shape < 0.0 {
        return f64::NAN;
    }
    if shape == 0.0 || shape == f64::INFINITY {
        return shape;
    }
    if shape < 1.0 {
        return log_gamma_below_one(stream, shape, proposal).exp();
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let mut given = proposal;
    loop {
        let (x, u) = given.take().unwrap_or_else(|| (stream.normal(), stream.open()));
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let (v, square) = (v * v * v, x * x);
        let clear = u < 1.0 - 0.0331 * square * square;
        if clear || u.ln() < 0.5 * square + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// The logarithm of a gamma number of small shape, which itself may be too small for a float.
fn log_gamma_below_one(stream: &mut Stream, shape: f64, proposal: Option<(f64, f64)>) -> f64 {
    gamma_from(stream, shape + 1.0, proposal).ln() - stream.exponential() / shape
}

fn chi_square(stream: &mut Stream, degrees: f64) -> f64 {
    2.0 * gamma(stream, degrees / 2.0)
}

fn noncentral_chi_square(stream: &mut Stream, degrees: f64, noncentrality: f64) -> f64 {
    if noncentrality == 0.0 {
        chi_square(stream, degrees)
    } else if degrees > 1.0 {
        let shifted = stream.normal() + noncentrality.sqrt();
        chi_square(stream, degrees - 1.0) + shifted * shifted
    } else {
        let pairs = discrete::poisson(stream, noncentrality / 2.0);
        chi_square(stream, degrees + 2.0 * pairs)
    }
}

fn beta(stream: &mut Stream, a: f64, b: f64) -> f64 {
    if a < 1.0 && b < 1.0 && a > 0.0 && b > 0.0 {
        // Both may underflow, so the quotient is taken of their logarithms.
        let (x, y) = (log_gamma_below_one(stream, a, None), log_gamma_below_one(stream, b, None));
        return 1.0 / (1.0 + (y - x).exp());
    }
    let (x, y) = (gamma(stream, a), gamma(stream, b));
    x / (x + y)
}

fn laplace(stream: &mut Stream, location: f64, scale: f64) -> f64 {
    let u = stream.open();
    location + scale * if u < 0.5 { (2.0 * u).ln() } else { -(2.0 * (1.0 - u)).ln() }
}

fn triangular(stream: &mut Stream, left: f64, mode: f64, right: f64) -> f64 {
    let (base, ascent) = (right - left, mode - left);
    let u = stream.half_open();
    if u * base <= ascent {
        left + (u * base * ascent).sqrt()
    } else {
        right - ((1.0 - u) * (right - mode) * base).sqrt()
    }
}

/// Best and Fisher 1979; nearly uniform or nearly normal where the concentration is extreme.
fn von_mises(stream: &mut Stream, mean: f64, concentration: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if mean.is_nan() || concentration.is_nan() || concentration < 0.0 {
        return f64::NAN;
    }
    let wrap = |angle: f64| (angle + PI).rem_euclid(TAU) - PI;
    if concentration < 1e-8 {
        return wrap(mean + PI * (2.0 * stream.half_open() - 1.0));
    }
    if concentration > 1e6 {
        return wrap(mean + stream.normal() / concentration.sqrt());
    }
    let tau = 1.0 + (1.0 + 4.0 * concentration * concentration).sqrt();
    let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * concentration);
    let r = if concentration < 1e-5 {
        1.0 / concentration + concentration
    } else {
        (1.0 + rho * rho) / (2.0 * rho)
    };
    loop {
        let z = (PI * stream.open()).cos();
        let f = (1.0 + r * z) / (r + z);
        let y = concentration * (r - f);
        let u = stream.open();
        if y * (2.0 - y) - u >= 0.0 || (y / u).ln() + 1.0 - y >= 0.0 {
            let angle = f.clamp(-1.0, 1.0).acos();
            return wrap(mean + if stream.half_open() < 0.5 { -angle } else { angle });
        }
    }
}

/// Michael, Schucany and Haas 1976.
fn wald(stream: &mut Stream, mean: f64, scale: f64) -> f64 {
    let y = mean * stream.normal().powi(2);
    let x = mean + mean / (2.0 * scale) * (y - (4.0 * scale * y + y * y).sqrt());
    if stream.half_open() <= mean / (mean + x) { x } else { mean * mean / x }
}
