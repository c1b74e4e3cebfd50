//! Where the eigenvalues of a diagonal matrix plus one outer product lie, and with which vectors: the roots of
//! `1 + sum weights / (pole - x)`. Every root is kept as its distance from the nearest pole, so that its differences from all
//! poles are exact; the vectors of such roots are orthogonal once their weights are computed back from the roots. Used by the
//! merges; knows no matrix.
//!
//! Sources: Gu and Eisenstat, A stable and efficient algorithm for the rank-one modification of the symmetric eigenproblem
//! (1994); Li, Solving secular equations stably and efficiently (1993).

use num_traits::Float;

use super::super::field::{Field, Real, each_run, widened};

/// Steps after which a root is taken as it is; a handful is usual.
const MOST_STEPS: usize = 80;
/// Steps after which the interval is halved whenever a step did not shrink the value.
const PATIENCE: usize = 12;
/// Differences that one task should at least compute.
const TASK_ELEMENTS: usize = 1 << 12;

/// What the poles are: numbers themselves, or their squares, whose differences are computed without squares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Poles {
    Plain,
    Squares,
}

impl Poles {
    #[inline(always)]
    fn difference<T: Field>(self, x: T, y: T) -> T {
        match self {
            Poles::Plain => x - y,
            Poles::Squares => (x - y) * (x + y),
        }
    }
}

/// The roots of one merge.
pub(super) struct Roots<R> {
    /// Roots for plain poles, their square roots for squares; rising.
    pub values: Vec<R>,
    /// poles minus root, one column for each root
    pub differences: Vec<R>,
    /// The z whose squares are the weights that have exactly these roots.
    pub z: Vec<R>,
}

widened! {
    /// Sums of `w / (d - x)` and of `w / (d - x)^2`.
    fn sums<T>(weights: &[T], differences: &[T], x: T) -> (T, T) {
        const LANES: usize = 8;
        let (mut first, mut second) = ([T::ZERO; LANES], [T::ZERO; LANES]);
        let whole = weights.len() / LANES * LANES;
        for at in (0..whole).step_by(LANES) {
            let (w, d) = (&weights[at..at + LANES], &differences[at..at + LANES]);
            for lane in 0..LANES {
                let inverse = T::ONE / (d[lane] - x);
                let term = w[lane] * inverse;
                first[lane] += term;
                second[lane] += term * inverse;
            }
        }
        for (lane, at) in (whole..weights.len()).enumerate() {
            let inverse = T::ONE / (differences[at] - x);
            let term = weights[at] * inverse;
            first[lane] += term;
            second[lane] += term * inverse;
        }
        let add = |[a, b, c, d, e, f, g, h]: [T; LANES]| ((a + e) + (c + g)) + ((b + f) + (d + h));
        (add(first), add(second))
    }
}

widened! {
    fn fill<T>(poles: Poles, d: &[T], from: T, to: &mut [T]) -> () {
        match poles {
            Poles::Plain => to.iter_mut().zip(d).for_each(|(to, &d)| *to = Poles::Plain.difference(d, from)),
            Poles::Squares => to.iter_mut().zip(d).for_each(|(to, &d)| *to = Poles::Squares.difference(d, from)),
        }
    }
}

widened! {
    fn subtract_each<T>(x: T, to: &mut [T]) -> () {
        to.iter_mut().for_each(|to| *to -= x);
    }
}

widened! {
    /// Multiplies by `differences / (pole - other)`.
    fn times_ratios<T>(poles: Poles, d: &[T], other: T, differences: &[T], products: &mut [T]) -> () {
        for (product, (&difference, &d)) in products.iter_mut().zip(differences.iter().zip(d)) {
            *product *= difference / poles.difference(d, other);
        }
    }
}

/// The function at one place: both sums of the poles up to the root's own, and of those beyond.
struct Value<R> {
    below: (R, R),
    above: (R, R),
}

impl<R: Real> Value<R> {
    fn at(weights: &[R], differences: &[R], own: usize, x: R) -> Value<R> {
        let (w, d) = (weights.split_at(own + 1), differences.split_at(own + 1));
        Value { below: sums(w.0, d.0, x), above: sums(w.1, d.1, x) }
    }

    fn value(&self) -> R {
        R::ONE + self.below.0 + self.above.0
    }

    fn slope(&self) -> R {
        self.below.1 + self.above.1
    }

    /// How much of the value may be rounding errors.
    fn error(&self, x: R) -> R {
        let eight = R::from_f64(8.0);
        R::epsilon() * (R::ONE + eight * (self.above.0 - self.below.0) + Float::abs(x) * self.slope())
    }
}

/// The zero between the poles of `c + a / (first - x) + b / (second - x)`, one of which is at 0.
fn zero_between<R: Real>(c: R, (a, first): (R, R), (b, second): (R, R)) -> R {
    let linear = c * (first + second) + a + b;
    let constant = a * second + b * first;
    let four = R::from_f64(4.0);
    let root = Float::sqrt(Float::max(linear * linear - four * c * constant, R::ZERO));
    if linear > R::ZERO { (constant + constant) / (linear + root) } else { (linear - root) / (c + c) }
}

/// The interval that a root is in, and the pole that it is measured from.
struct Search<R> {
    own: usize,
    nearest: usize,
    low: R,
    high: R,
    x: R,
}

impl<R: Real> Search<R> {
    /// Fills `differences` with those from the nearest pole.
    fn new(poles: Poles, d: &[R], weights: &[R], own: usize, differences: &mut [R]) -> Search<R> {
        let half = R::from_f64(0.5);
        fill(poles, d, d[own], differences);
        if own + 1 == d.len() {
            let most = weights.iter().fold(R::ZERO, |sum, &weight| sum + weight);
            // (a little more, for the rounding errors of the sum)
            let high = most + most * R::epsilon() * R::from_f64(d.len() as f64 + 4.0);
            return Search { own, nearest: own, low: R::ZERO, high, x: most * half };
        }
        let gap = differences[own + 1];
        let middle = gap * half;
        let value = Value::at(weights, differences, own, middle).value();
        let others = value - weights[own] / (differences[own] - middle) - weights[own + 1] / (gap - middle);
        if value >= R::ZERO {
            let x = zero_between(others, (weights[own], R::ZERO), (weights[own + 1], gap));
            return Search { own, nearest: own, low: R::ZERO, high: middle, x };
        }
        fill(poles, d, d[own + 1], differences);
        let gap = differences[own];
        let x = zero_between(others, (weights[own], gap), (weights[own + 1], R::ZERO));
        Search { own, nearest: own + 1, low: gap * half, high: R::ZERO, x }
    }

    /// A place inside of the interval.
    fn inside(&self, x: R) -> R {
        if x > self.low && x < self.high { x } else { (self.low + self.high) * R::from_f64(0.5) }
    }

    fn run(&mut self, weights: &[R], differences: &[R]) {
        self.x = self.inside(self.x);
        let (mut before, mut fixed) = (R::infinity(), true);
        for step in 0..MOST_STEPS {
            let value = Value::at(weights, differences, self.own, self.x);
            let size = Float::abs(value.value());
            if size <= value.error(self.x) {
                return;
            }
            if value.value() < R::ZERO {
                self.low = self.x
            } else {
                self.high = self.x
            }
            if size * R::from_f64(10.0) > before {
                fixed = !fixed;
            }
            let slow = step >= PATIENCE && size * R::from_f64(2.0) > before;
            before = size;
            let next = if slow { self.low } else { self.next(weights, differences, &value, fixed) };
            let next = self.inside(next);
            let change = Float::abs(next - self.x);
            if next == self.low || next == self.high || change <= R::epsilon() * Float::abs(next) {
                return;
            }
            self.x = next;
        }
    }

    /// The zero of a simple function that has the value and the slope here. With `fixed`, the nearest pole keeps its weight.
    fn next(&self, weights: &[R], differences: &[R], value: &Value<R>, fixed: bool) -> R {
        let (own, x) = (self.own, self.x);
        let total = value.value();
        let here = differences[own] - x;
        if own + 1 == weights.len() {
            return total_zero(total, value.slope(), x);
        }
        let (first, second) = (differences[own], differences[own + 1]);
        let there = second - x;
        if !fixed {
            let c = total - value.below.1 * here - value.above.1 * there;
            return zero_between(
                c,
                (value.below.1 * here * here, first),
                (value.above.1 * there * there, second),
            );
        }
        if self.nearest == own {
            let slope = value.slope() - weights[own] / here / here;
            let c = total - weights[own] / here - slope * there;
            zero_between(c, (weights[own], first), (slope * there * there, second))
        } else {
            let slope = value.slope() - weights[own + 1] / there / there;
            let c = total - weights[own + 1] / there - slope * here;
            zero_between(c, (slope * here * here, first), (weights[own + 1], second))
        }
    }
}

/// The zero of `c - s / x` with this value and slope at x.
fn total_zero<R: Real>(value: R, slope: R, x: R) -> R {
    slope * x * x / (value + slope * x)
}

/// Solves for all roots; `d` rises strictly (from 0 for squares), and no element of z is zero. The weights are `scale z^2`.
pub(super) fn roots<R: Real>(poles: Poles, d: &[R], z: &[R], scale: R) -> Roots<R> {
    let count = d.len();
    let weights: Vec<R> = z.iter().map(|&z| scale * z * z).collect();
    let mut differences = vec![R::ZERO; count * count];
    let grain = (TASK_ELEMENTS / count.max(1) / 8).max(1);
    let mut found = vec![(R::ZERO, 0); count];
    {
        let weights = &weights;
        let places = Columns(found.as_mut_ptr());
        each_run(&mut differences, count, grain, &|first, columns| {
            let places = &places;
            for (add, column) in columns.chunks_exact_mut(count).enumerate() {
                let mut search = Search::new(poles, d, weights, first + add, column);
                search.run(weights, column);
                subtract_each(search.x, column);
                // SAFETY: every root has a place of its own.
                unsafe { places.0.add(first + add).write((search.x, search.nearest)) };
            }
        });
    }
    let values = found
        .iter()
        .map(|&(x, nearest)| match poles {
            Poles::Plain => d[nearest] + x,
            Poles::Squares => {
                let pole = d[nearest];
                pole + x / (pole + Float::sqrt(Float::max(pole * pole + x, R::ZERO)))
            }
        })
        .collect();
    let z = weights_of_roots(poles, d, z, &differences);
    Roots { values, differences, z }
}

struct Columns<T>(*mut T);
// SAFETY: every task writes its own places.
unsafe impl<T: Send> Sync for Columns<T> {}

/// The z that has exactly these roots (but for a common factor).
fn weights_of_roots<R: Real>(poles: Poles, d: &[R], z: &[R], differences: &[R]) -> Vec<R> {
    let count = d.len();
    let mut products = vec![R::ONE; count];
    let grain = (TASK_ELEMENTS / count.max(1)).next_multiple_of(16);
    each_run(&mut products, 1, grain, &|first, products| {
        let end = first + products.len();
        for (root, column) in differences.chunks_exact(count).enumerate() {
            let column = &column[first..end];
            let d_here = &d[first..end];
            if root < first || root >= end {
                times_ratios(poles, d_here, d[root], column, products);
                continue;
            }
            let own = root - first;
            let (before, after) = products.split_at_mut(own);
            times_ratios(poles, &d_here[..own], d[root], &column[..own], before);
            after[0] *= column[own];
            times_ratios(poles, &d_here[own + 1..], d[root], &column[own + 1..], &mut after[1..]);
        }
    });
    products
        .iter()
        .zip(z)
        .map(|(&product, &z)| Float::copysign(Float::sqrt(Float::abs(product)), z))
        .collect()
}
