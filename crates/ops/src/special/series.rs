//! The series of trigamma and polygamma, which one row each calls.

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
