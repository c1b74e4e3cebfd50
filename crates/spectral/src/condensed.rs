//! Eigenvalues of symmetric tridiagonal matrices and singular values of bidiagonal ones, without vectors. Called by
//! `dense`; knows nothing of the matrices that they come from.
//!
//! Sources: Parlett, The Symmetric Eigenvalue Problem, 8.15 (QL without square roots, after Pal, Walker and Kahan);
//! Fernando and Parlett, Accurate singular values and differential qd algorithms (1994); shifts after Parlett and
//! Marques, An implementation of the dqds algorithm (1999).

use num_traits::Float;

/// Sweeps per value after which an iteration is given up; a handful is usual.
const MOST_SWEEPS: usize = 60;

fn number<R: Float>(value: f64) -> R {
    R::from(value).unwrap_or_else(R::zero)
}

/// The power of two that brings the greatest element near 1; `None` for nan and infinity.
fn balance<R: Float>(first: &[R], second: &[R]) -> Option<R> {
    let mut greatest = R::zero();
    for &value in first.iter().chain(second) {
        if !value.is_finite() {
            return None;
        }
        greatest = greatest.max(value.abs());
    }
    Some(if greatest == R::zero() { R::one() } else { greatest.log2().floor().exp2() })
}

/// Replaces the diagonal of a symmetric tridiagonal matrix by its eigenvalues, rising; the elements beside the diagonal
/// are used up. `false` where the iteration does not converge.
pub fn eigenvalues<R: Float>(diagonal: &mut [R], beside: &mut [R]) -> bool {
    let Some(scale) = balance(diagonal, beside) else { return false };
    for value in diagonal.iter_mut().chain(beside.iter_mut()) {
        *value = *value / scale;
    }
    let unit = R::epsilon() * number(0.5);
    let mut sweeps = MOST_SWEEPS * diagonal.len();
    let mut begin = 0;
    while begin < diagonal.len() {
        let mut last = begin;
        while last + 1 < diagonal.len() {
            let limit = diagonal[last].abs().sqrt() * diagonal[last + 1].abs().sqrt() * unit;
            if beside[last].abs() <= limit {
                break;
            }
            last += 1;
        }
        if !unreduced(&mut diagonal[begin..=last], &mut beside[begin..last], unit * unit, &mut sweeps) {
            return false;
        }
        begin = last + 1;
    }
    diagonal.iter_mut().for_each(|value| *value = *value * scale);
    diagonal.sort_unstable_by(|x, y| x.partial_cmp(y).unwrap_or(std::cmp::Ordering::Equal));
    true
}

/// QL iterations over squared elements beside the diagonal.
fn unreduced<R: Float>(d: &mut [R], e: &mut [R], unit: R, sweeps: &mut usize) -> bool {
    let n = d.len();
    // the iteration finds the values at the beginning first, where the small ones should stand
    if d[n - 1].abs() < d[0].abs() {
        d.reverse();
        e.reverse();
    }
    e.iter_mut().for_each(|value| *value = *value * *value);
    let mut first = 0;
    while first < n {
        let mut last = first;
        while last + 1 < n && e[last] > unit * (d[last] * d[last + 1]).abs() + R::min_positive_value() {
            last += 1;
        }
        if last + 1 < n {
            e[last] = R::zero();
        }
        if last <= first + 1 {
            if last > first {
                (d[first], d[last]) = two_eigenvalues(d[first], e[first].sqrt(), d[last]);
                e[first] = R::zero();
            }
            first = last + 1;
            continue;
        }
        if *sweeps == 0 {
            return false;
        }
        *sweeps -= 1;
        sweep(&mut d[first..=last], &mut e[first..last]);
    }
    true
}

/// One step of QL with Wilkinson's shift.
fn sweep<R: Float>(d: &mut [R], e: &mut [R]) {
    let root = e[0].sqrt();
    let slope = (d[1] - d[0]) / (root + root);
    let shift = d[0] - root / (slope + slope.hypot(R::one()).copysign(slope));
    let last = e.len();
    let (mut c, mut s) = (R::one(), R::zero());
    let mut gamma = d[last] - shift;
    let mut p = gamma * gamma;
    for at in (0..last).rev() {
        let square = e[at];
        let sum = p + square;
        if at + 1 < last {
            e[at + 1] = s * sum;
        }
        let before = c;
        c = p / sum;
        s = square / sum;
        let known = gamma;
        let value = d[at];
        gamma = c * (value - shift) - s * known;
        d[at + 1] = known + (value - gamma);
        p = if c == R::zero() { before * square } else { gamma * gamma / c };
    }
    e[0] = s * p;
    d[0] = shift + gamma;
}

/// Of the matrix a b, b c.
fn two_eigenvalues<R: Float>(a: R, b: R, c: R) -> (R, R) {
    let half = number::<R>(0.5);
    let (sum, apart, twice) = (a + c, (a - c).abs(), (b + b).abs());
    let (large, small) = if a.abs() > c.abs() { (a, c) } else { (c, a) };
    let root = if apart > twice {
        apart * (R::one() + (twice / apart).powi(2)).sqrt()
    } else if apart < twice {
        twice * (R::one() + (apart / twice).powi(2)).sqrt()
    } else {
        twice * number::<R>(2.0).sqrt()
    };
    if sum == R::zero() {
        return (half * root, -half * root);
    }
    let first = half * (sum + root.copysign(sum));
    (first, (large / first) * small - (b / first) * b)
}

/// Replaces the diagonal of a bidiagonal matrix by its singular values, falling; the elements beside the diagonal are used
/// up. `false` where the iteration does not converge.
pub fn singular_values<R: Float>(diagonal: &mut [R], beside: &mut [R]) -> bool {
    let Some(scale) = balance(diagonal, beside) else { return false };
    for value in diagonal.iter_mut().chain(beside.iter_mut()) {
        *value = (*value / scale).powi(2);
    }
    if !squared_values(diagonal, beside) {
        return false;
    }
    diagonal.iter_mut().for_each(|value| *value = value.sqrt() * scale);
    diagonal.sort_unstable_by(|x, y| y.partial_cmp(x).unwrap_or(std::cmp::Ordering::Equal));
    true
}

/// What a transform tells of the matrix: the least of all d, of all but the last, of all but the last two, and the last ones.
#[derive(Clone, Copy)]
struct Least<R> {
    all: R,
    but_one: R,
    but_two: R,
    last: R,
    before: R,
}

/// The squares of the singular values from the squares of the elements, by shifted qd transforms.
fn squared_values<R: Float>(q: &mut [R], e: &mut [R]) -> bool {
    let small = (R::epsilon() * number(100.0)).powi(2);
    let (mut next_q, mut next_e) = (q.to_vec(), e.to_vec());
    let mut sweeps = MOST_SWEEPS * q.len();
    // parts that are still to do: first, behind the last, and the sum of shifts
    let mut open = vec![(0, q.len(), R::zero())];
    while let Some((mut first, mut stop, mut sum)) = open.pop() {
        let mut least: Option<Least<R>> = None;
        while stop > first {
            let last = stop - 1;
            if last == first || e[last - 1] <= small * (sum + q[last]) || e[last - 1] <= small * q[last - 1] {
                q[last] = q[last] + sum;
                stop = last;
                continue;
            }
            if last == first + 1 || e[last - 2] <= small * sum || e[last - 2] <= small * q[last - 2] {
                let (large, little) = two_squares(q[last - 1], e[last - 1], q[last], small);
                (q[last - 1], q[last]) = (large + sum, little + sum);
                stop = last - 1;
                continue;
            }
            if let Some(cut) = (first..last - 2).rev().find(|&at| e[at] <= small * sum) {
                open.push((first, cut + 1, sum));
                (first, least) = (cut + 1, None);
                continue;
            }
            if q[first] * number(1.5) < q[last] {
                q[first..stop].reverse();
                e[first..last].reverse();
                least = None;
            }
            let part = (&q[first..stop], &e[first..last]);
            let next = (&mut next_q[first..stop], &mut next_e[first..last]);
            let Some((shift, found)) = transform(part, next, least, sum, &mut sweeps) else { return false };
            q[first..stop].copy_from_slice(&next_q[first..stop]);
            e[first..last].copy_from_slice(&next_e[first..last]);
            (sum, least) = (sum + shift, Some(found));
        }
    }
    true
}

/// One transform, with the greatest shift that is found to be below the least value; `None` when all sweeps are used up.
fn transform<R: Float>(
    (q, e): (&[R], &[R]),
    (next_q, next_e): (&mut [R], &mut [R]),
    least: Option<Least<R>>,
    sum: R,
    sweeps: &mut usize,
) -> Option<(R, Least<R>)> {
    let tolerance = R::epsilon() * number(100.0);
    let last = e.len();
    let mut shift = least.map_or(R::zero(), |least| guess(q, e, least));
    let mut tries = 0;
    loop {
        if *sweeps == 0 {
            return None;
        }
        *sweeps -= 1;
        let mut found = shifted(q, e, next_q, next_e, shift);
        if found.all >= R::zero() {
            return Some((shift, found));
        }
        let hidden =
            next_e[last - 1] < tolerance * (sum + found.before) && found.last.abs() < tolerance * sum;
        if found.but_one > R::zero() && hidden {
            // converged below rounding errors of the shifts
            next_q[last] = R::zero();
            (found.all, found.last) = (R::zero(), R::zero());
            return Some((shift, found));
        }
        tries += 1;
        shift = if tries > 3 || !found.all.is_finite() {
            R::zero()
        } else if found.but_one > R::zero() {
            // only the last one is negative: it tells how much too large the shift was
            ((shift + found.all) * (R::one() - R::epsilon() - R::epsilon())).max(R::zero())
        } else {
            shift * number(0.25)
        };
    }
}

/// The differential transform of q and e with a shift. It ends early, with a negative least d, where the shift is too large.
fn shifted<R: Float>(q: &[R], e: &[R], next_q: &mut [R], next_e: &mut [R], shift: R) -> Least<R> {
    let last = e.len();
    let mut d = q[0] - shift;
    let mut found = Least { all: d, but_one: d, but_two: d, last: d, before: d };
    for at in 0..last {
        if d < R::zero() {
            return Least { all: d, but_one: -R::one(), but_two: -R::one(), last: d, before: d };
        }
        let pivot = d + e[at];
        next_q[at] = pivot;
        found.before = d;
        if pivot == R::zero() {
            next_e[at] = R::zero();
            d = q[at + 1] - shift;
        } else {
            let ratio = q[at + 1] / pivot;
            next_e[at] = e[at] * ratio;
            d = d * ratio - shift;
        }
        (found.but_two, found.but_one) = (found.but_one, found.all);
        found.all = if d < found.all || d.is_nan() { d } else { found.all };
    }
    next_q[last] = d;
    found.last = d;
    found
}

/// A shift that should be a little below the least value.
fn guess<R: Float>(q: &[R], e: &[R], least: Least<R>) -> R {
    let last = e.len();
    let quarter = least.all * number(0.25);
    if least.all <= R::zero() || least.all != least.last || last < 2 {
        return quarter.max(R::zero());
    }
    if least.but_one == least.before {
        // the last two elements decide, as far as the third is away
        let b1 = q[last].sqrt() * e[last - 1].sqrt();
        let b2 = q[last - 1].sqrt() * e[last - 2].sqrt();
        let a2 = q[last - 1] + e[last - 1];
        let far = least.but_two * number(0.75) - a2;
        let near = if far > R::zero() && far > b2 {
            a2 - least.last - (b2 / far) * b2
        } else {
            a2 - least.last - (b1 + b2)
        };
        if near > R::zero() && near > b1 {
            return (least.last - (b1 / near) * b1).max(least.all * number(0.5));
        }
        let mut shift = (least.last - b1).max(R::zero());
        if a2 > b1 + b2 {
            shift = shift.min(a2 - (b1 + b2));
        }
        return shift.max(least.all * number(0.333));
    }
    // Rayleigh's quotient of the vector that belongs to the last element, by its norm
    let mut term = e[last - 1] / q[last - 1];
    let mut norm = term;
    for at in (0..last - 1).rev() {
        let before = term;
        if e[at] > q[at] {
            return quarter;
        }
        term = term * (e[at] / q[at]);
        norm = norm + term;
        if term.max(before) * number(100.0) < norm || norm > number(0.563) {
            break;
        }
    }
    norm = norm * number(1.05);
    if norm < number(0.563) { least.last * (R::one() - norm.sqrt()) / (R::one() + norm) } else { quarter }
}

/// The squared values of two rows, the greater first.
fn two_squares<R: Float>(a: R, b: R, c: R, small: R) -> (R, R) {
    let (mut large, mut little) = if c > a { (c, a) } else { (a, c) };
    let half = number::<R>(0.5) * ((large - little) + b);
    if b > little * small && half != R::zero() {
        let s = little * (b / half);
        let s = if s <= half {
            little * (b / (half * (R::one() + (R::one() + s / half).sqrt())))
        } else {
            little * (b / (half + half.sqrt() * (half + s).sqrt()))
        };
        let sum = large + (s + b);
        little = little * (large / sum);
        large = sum;
    }
    (large, little)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in 0..1, the same on every run.
    fn random(count: usize, mut state: u64) -> Vec<f64> {
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..count).map(|_| next()).collect()
    }

    /// How many eigenvalues of a symmetric tridiagonal matrix are below x, by Sylvester's law.
    fn below(diagonal: &[f64], beside: &[f64], x: f64) -> usize {
        let mut count = 0;
        let mut pivot = 1.0;
        for at in 0..diagonal.len() {
            let square = if at == 0 { 0.0 } else { beside[at - 1] * beside[at - 1] };
            pivot = diagonal[at] - x - if square == 0.0 { 0.0 } else { square / pivot };
            if pivot == 0.0 {
                pivot = f64::MIN_POSITIVE;
            }
            count += usize::from(pivot < 0.0);
        }
        count
    }

    fn eigenvalues_are_where_the_matrix_has_them(diagonal: &[f64], beside: &[f64]) {
        let (mut values, mut used) = (diagonal.to_vec(), beside.to_vec());
        assert!(eigenvalues(&mut values, &mut used));
        let size = values.iter().fold(0f64, |most, value| most.max(value.abs()));
        let reach = 40.0 * f64::EPSILON * size + f64::MIN_POSITIVE;
        for (at, &value) in values.iter().enumerate() {
            assert!(below(diagonal, beside, value - reach) <= at, "{at}: {value}");
            assert!(below(diagonal, beside, value + reach) > at, "{at}: {value}");
        }
    }

    /// The singular values of b and their negatives are the eigenvalues of the matrix with its elements beside a zero
    /// diagonal.
    fn singular_values_are_where_the_matrix_has_them(diagonal: &[f64], beside: &[f64]) {
        let n = diagonal.len();
        let (mut values, mut used) = (diagonal.to_vec(), beside.to_vec());
        assert!(singular_values(&mut values, &mut used));
        let woven: Vec<f64> =
            (0..2 * n - 1).map(|at| if at % 2 == 0 { diagonal[at / 2] } else { beside[at / 2] }).collect();
        let reach = 40.0 * f64::EPSILON * values[0] + f64::MIN_POSITIVE;
        for (at, &value) in values.iter().enumerate() {
            let place = 2 * n - 1 - at;
            assert!(below(&vec![0.0; 2 * n], &woven, value - reach) <= place, "{at}: {value}");
            assert!(below(&vec![0.0; 2 * n], &woven, value + reach) > place, "{at}: {value}");
        }
    }

    fn matrices(n: usize) -> Vec<(Vec<f64>, Vec<f64>)> {
        let graded = |sign: f64| (0..n).map(move |at| 10f64.powf(sign * 15.0 * at as f64 / n as f64));
        let mut zeros = random(n, 3);
        zeros[n / 2] = 0.0;
        let mut split = random(n, 4);
        split[n / 3] = 1e-20;
        let near =
            |value: f64, spread: f64| random(n, 5).into_iter().map(move |x| value + spread * x).collect();
        vec![
            (random(n, 1), random(n - 1, 2)),
            (
                random(n, 1).iter().map(|x| x - 0.5).collect(),
                random(n - 1, 2).iter().map(|x| x - 0.5).collect(),
            ),
            (vec![1.0; n], vec![1.0; n - 1]),
            (vec![1.0; n], vec![0.0; n - 1]),
            (vec![0.0; n], random(n - 1, 2)),
            (zeros, random(n - 1, 2)),
            (random(n, 1), split[..n - 1].to_vec()),
            (graded(-1.0).collect(), graded(-1.0).skip(1).collect()),
            (graded(1.0).collect(), graded(1.0).skip(1).collect()),
            (near(1.0, 1e-14), random(n - 1, 6).into_iter().map(|x| 1e-9 * x).collect()),
            (vec![1.0; n], vec![-2.0; n - 1]),
            (vec![0.0; n], vec![0.0; n - 1]),
        ]
    }

    #[test]
    fn values_of_many_kinds_of_matrices() {
        for n in [1, 2, 3, 5, 16, 64, 200] {
            for (diagonal, beside) in matrices(n) {
                eigenvalues_are_where_the_matrix_has_them(&diagonal, &beside);
                singular_values_are_where_the_matrix_has_them(&diagonal, &beside);
            }
        }
    }

    #[test]
    fn small_singular_values_are_as_exact_as_large_ones() {
        // of a diagonal matrix with one small coupling
        let (mut values, mut beside) = (vec![1.0, 1e-60, 1e-120], vec![0.0, 1e-130]);
        assert!(singular_values(&mut values, &mut beside));
        assert!((values[1] / 1e-60 - 1.0).abs() < 1e-14 && (values[2] / 1e-120 - 1.0).abs() < 1e-14);
    }

    #[test]
    fn nan_and_infinity_do_not_converge() {
        for wrong in [f64::NAN, f64::INFINITY] {
            assert!(!eigenvalues(&mut [1.0, wrong], &mut [1.0]));
            assert!(!singular_values(&mut [1.0, 2.0], &mut [wrong]));
        }
    }
}
