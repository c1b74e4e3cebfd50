//! Jumping the Mersenne twister: a state 2^128 steps on is a polynomial of the step applied to the state (H. Haramoto et
//! al., "Efficient jump ahead for F2-linear random number generators", 2008). The polynomial, t^(2^128) modulo the
//! characteristic polynomial that Matsumoto and Nishimura give in their appendix, is computed at the first jump.

use std::sync::OnceLock;

use super::mersenne::{MIDDLE, Mt19937, TWIST, WORDS, twisted};

const DEGREE: usize = 19937;
/// Limbs of a product of two reduced polynomials.
const LIMBS: usize = 2 * DEGREE / 64 + 1;

/// A polynomial over two elements, lowest coefficient first.
#[derive(Clone)]
struct Polynomial(Vec<u64>);

impl Polynomial {
    fn zero() -> Polynomial {
        Polynomial(vec![0; LIMBS])
    }

    fn flip(&mut self, power: usize) {
        self.0[power / 64] ^= 1 << (power % 64);
    }

    fn has(&self, power: usize) -> bool {
        self.0[power / 64] >> (power % 64) & 1 == 1
    }

    fn powers(&self) -> Vec<usize> {
        (0..LIMBS * 64).filter(|&power| self.has(power)).collect()
    }

    /// Times `t^high + t^low`.
    fn times(&self, high: usize, low: usize) -> Polynomial {
        let mut product = Polynomial::zero();
        for power in self.powers() {
            product.flip(power + high);
            product.flip(power + low);
        }
        product
    }

    /// The square: every power doubles.
    fn square(&self) -> Polynomial {
        let mut square = Polynomial::zero();
        for power in self.powers() {
            square.flip(2 * power);
        }
        square
    }

    /// The remainder by `t^DEGREE + ` the powers of `tail`, which all lie at least 64 lower: 64 powers fall at a time.
    fn reduce(&mut self, tail: &[usize]) {
        for start in (DEGREE..LIMBS * 64 - 63).rev().step_by(64).chain([DEGREE]) {
            let bits = self.take(start);
            for &power in tail {
                self.add(bits, start - DEGREE + power);
            }
        }
    }

    /// 64 coefficients from `start` on, which become zero.
    fn take(&mut self, start: usize) -> u64 {
        let (limb, shift) = (start / 64, start % 64);
        let mut bits = self.0[limb] >> shift;
        self.0[limb] &= !(u64::MAX << shift);
        if shift > 0 && limb + 1 < LIMBS {
            bits |= self.0[limb + 1] << (64 - shift);
            self.0[limb + 1] &= u64::MAX << shift;
        }
        bits
    }

    fn add(&mut self, bits: u64, start: usize) {
        let (limb, shift) = (start / 64, start % 64);
        self.0[limb] ^= bits << shift;
        if shift > 0 && limb + 1 < LIMBS {
            self.0[limb + 1] ^= bits >> (64 - shift);
        }
    }
}

/// The powers of the characteristic polynomial below its degree.
fn characteristic() -> Vec<usize> {
    let bit = |place: usize| TWIST >> place & 1 == 1;
    let mut sum = Polynomial::zero();
    let mut product = Polynomial::zero();
    product.flip(0);
    // from the last term of the appendix's formula to the first: a_31, then a_30 (t^n + t^m), a_29 (...)(...), ...
    for place in (0..32).rev() {
        if bit(place) {
            product.powers().into_iter().for_each(|power| sum.flip(power));
        }
        product = match place {
            31 => product.times(WORDS, MIDDLE),
            _ => product.times(WORDS - 1, MIDDLE - 1),
        };
    }
    product.powers().into_iter().for_each(|power| sum.flip(power));
    sum.powers().into_iter().filter(|&power| power != DEGREE).collect()
}

/// Coefficients of t^(2^128) modulo the characteristic polynomial.
fn polynomial() -> &'static [bool] {
    static COEFFICIENTS: OnceLock<Vec<bool>> = OnceLock::new();
    COEFFICIENTS.get_or_init(|| {
        let tail = characteristic();
        let mut power = Polynomial::zero();
        power.flip(1);
        for _ in 0..128 {
            power = power.square();
            power.reduce(&tail);
        }
        (0..DEGREE).map(|place| power.has(place)).collect()
    })
}

/// One step of the recurrence, at the place where the state stands.
fn step(state: &mut Mt19937) {
    let place = state.position;
    let after = |distance: usize| (place + distance) % WORDS;
    state.key[place] = twisted(state.key[place], state.key[after(1)], state.key[after(MIDDLE)]);
    state.position = after(1);
}

/// Adds a state, word by word from where each of them stands.
fn add(state: &mut Mt19937, other: &Mt19937) {
    for distance in 0..WORDS {
        state.key[(state.position + distance) % WORDS] ^= other.key[(other.position + distance) % WORDS];
    }
}

/// Goes on by 2^128 steps: Horner's rule over the jump polynomial.
pub(super) fn jump(state: &mut Mt19937) {
    state.position %= WORDS;
    let coefficients = polynomial();
    let start = state.clone();
    let Some(degree) = coefficients.iter().rposition(|&set| set) else { return };
    for &set in coefficients[..degree].iter().rev() {
        step(state);
        if set {
            add(state, &start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characteristic_polynomial_has_its_135_terms() {
        assert_eq!(characteristic().len() + 1, 135);
        assert!(characteristic().iter().all(|power| power + 64 <= DEGREE));
    }

    #[test]
    fn a_remainder_keeps_low_powers() {
        let tail = characteristic();
        let mut low = Polynomial::zero();
        low.flip(0);
        low.flip(DEGREE - 1);
        let same = low.clone();
        low.reduce(&tail);
        assert_eq!(low.0, same.0);
        let mut high = Polynomial::zero();
        high.flip(DEGREE + 3);
        high.reduce(&tail);
        assert_eq!(
            high.powers(),
            tail.iter()
                .map(|power| power + 3)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
        );
    }
}
