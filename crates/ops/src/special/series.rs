//! The series of trigamma, which one row calls.

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
