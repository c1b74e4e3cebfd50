//! The binomial distribution: inversion for few expected successes, and BTPE beyond (V. Kachitvichyanukul and B. W.
//! Schmeiser, "Binomial random variate generation", 1988).

use crate::Draw;

/// Successes of `n` trials with probability `p`.
pub fn binomial<D: Draw>(draw: &mut D, n: i64, p: f64) -> i64 {
    Binomial::new::<D>(n, p).draw(draw)
}

/// What the draws of one number of trials and one probability have in common.
pub struct Binomial {
    n: i64,
    /// Whether failures are counted, which are rarer.
    swapped: bool,
    method: Method,
}

enum Method {
    Nothing,
    Inversion(Inversion),
    Btpe(Hat),
}

impl Binomial {
    /// Chooses the method.
    pub fn new<D: Draw>(n: i64, p: f64) -> Binomial {
        let (rarer, swapped) = if p <= 0.5 { (p, false) } else { (1.0 - p, true) };
        let method = if !D::LEGACY && (n == 0 || p == 0.0) {
            Method::Nothing
        } else if rarer * n as f64 <= 30.0 {
            Method::Inversion(Inversion::new::<D>(n, rarer))
        } else {
            Method::Btpe(Hat::new(n, rarer))
        };
        Binomial { n, swapped, method }
    }

    /// One draw.
    pub fn draw<D: Draw>(&self, draw: &mut D) -> i64 {
        let count = match &self.method {
            Method::Nothing => return 0,
            Method::Inversion(inversion) => inversion.draw(draw),
            Method::Btpe(hat) => btpe(draw, hat, self.n),
        };
        if self.swapped { self.n - count } else { count }
    }
}

/// Walks along the probabilities until they add up to a uniform number; starts anew far out, where rounding reigns.
struct Inversion {
    n: i64,
    p: f64,
    q: f64,
    none: f64,
    bound: i64,
}

impl Inversion {
    fn new<D: Draw>(n: i64, p: f64) -> Inversion {
        let trials = n as f64;
        let q = 1.0 - p;
        let none = if D::LEGACY { (trials * q.ln()).exp() } else { (trials * (-p).ln_1p()).exp() };
        let mean = trials * p;
        let bound = trials.min(mean + 10.0 * (mean * q + 1.0).sqrt()) as i64;
        Inversion { n, p, q, none, bound }
    }

    fn draw<D: Draw>(&self, draw: &mut D) -> i64 {
        let (mut count, mut probability) = (0, self.none);
        let mut u = draw.uniform();
        while u > probability {
            count += 1;
            if count > self.bound {
                count = 0;
                probability = self.none;
                u = draw.uniform();
            } else {
                u -= probability;
                probability = ((self.n - count + 1) as f64 * self.p * probability) / (count as f64 * self.q);
            }
        }
        count
    }
}

/// The hat function of BTPE: a triangle, a parallelogram, and two exponential tails.
struct Hat {
    r: f64,
    q: f64,
    mode: i64,
    middle: f64,
    left: f64,
    right: f64,
    height: f64,
    left_rate: f64,
    right_rate: f64,
    /// Cumulative areas of the four regions.
    areas: [f64; 4],
}

impl Hat {
    fn new(n: i64, p: f64) -> Hat {
        let trials = n as f64;
        let r = p.min(1.0 - p);
        let q = 1.0 - r;
        let fm = trials * r + r;
        let mode = fm.floor() as i64;
        let half = (2.195 * (trials * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let middle = mode as f64 + 0.5;
        let (left, right) = (middle - half, middle + half);
        let height = 0.134 + 20.5 / (15.3 + mode as f64);
        let rate = |a: f64| a * (1.0 + a / 2.0);
        let left_rate = rate((fm - left) / (fm - left * r));
        let right_rate = rate((right - fm) / (right * q));
        let second = half * (1.0 + 2.0 * height);
        let third = second + height / left_rate;
        let areas = [half, second, third, third + height / right_rate];
        Hat { r, q, mode, middle, left, right, height, left_rate, right_rate, areas }
    }

    /// A candidate and the height to compare with, or `None` for one that is rejected; a height of none accepts.
    fn candidate<D: Draw>(&self, draw: &mut D, n: i64) -> Option<(i64, Option<f64>)> {
        let [first, second, third, fourth] = self.areas;
        let u = draw.uniform() * fourth;
        let v = draw.uniform();
        if u <= first {
            return Some(((self.middle - first * v + u).floor() as i64, None));
        }
        if u <= second {
            let x = self.left + (u - first) / self.height;
            let v = v * self.height + 1.0 - (self.mode as f64 - x + 0.5).abs() / first;
            return (v <= 1.0).then(|| (x.floor() as i64, Some(v)));
        }
        if u <= third {
            let y = (self.left + v.ln() / self.left_rate).floor();
            return (y >= 0.0 && v != 0.0).then_some((y as i64, Some(v * (u - second) * self.left_rate)));
        }
        let y = (self.right - v.ln() / self.right_rate).floor();
        (y <= n as f64 && v != 0.0).then_some((y as i64, Some(v * (u - third) * self.right_rate)))
    }
}

fn btpe<D: Draw>(draw: &mut D, hat: &Hat, n: i64) -> i64 {
    loop {
        let Some((count, height)) = hat.candidate(draw, n) else { continue };
        let Some(v) = height else { return count };
        if accepts(hat, n, count, v) {
            return count;
        }
    }
}

/// Whether `v` lies below the probability of `count`, relative to that of the mode.
fn accepts(hat: &Hat, n: i64, count: i64, v: f64) -> bool {
    let Hat { r, q, mode, .. } = *hat;
    let variance = n as f64 * r * q;
    let distance = (count - mode).abs();
    if distance <= 20 || distance as f64 >= variance / 2.0 - 1.0 {
        // near the mode, or far out: the quotients themselves
        let s = r / q;
        let a = s * (n + 1) as f64;
        let mut ratio = 1.0;
        for i in mode + 1..=count {
            ratio *= a / i as f64 - s;
        }
        for i in count + 1..=mode {
            ratio /= a / i as f64 - s;
        }
        return v <= ratio;
    }
    let k = distance as f64;
    let rho = (k / variance) * ((k * (k / 3.0 + 0.625) + 0.16666666666666666) / variance + 0.5);
    let t = (-distance * distance) as f64 / (2.0 * variance);
    let log = v.ln();
    if log < t - rho {
        return true;
    }
    if log > t + rho {
        return false;
    }
    log <= by_stirling(hat, n, count)
}

/// The logarithm of the quotient of probabilities, by Stirling's formula: with the signs of the paper and the first
/// coefficient of NumPy 2.4 (later releases have others, and so other numbers).
fn by_stirling(hat: &Hat, n: i64, count: i64) -> f64 {
    let (trials, y, m) = (n as f64, count as f64, hat.mode as f64);
    let (x1, f1, z, w) = (y + 1.0, m + 1.0, trials + 1.0 - m, trials - y + 1.0);
    let error = |x: f64| {
        let square = x * x;
        (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / square) / square) / square) / square) / x / 166320.0
    };
    hat.middle * (f1 / x1).ln()
        + ((n - hat.mode) as f64 + 0.5) * (z / w).ln()
        + (count - hat.mode) as f64 * (w * hat.r / (x1 * hat.q)).ln()
        + error(f1)
        + error(z)
        + error(x1)
        + error(w)
}
