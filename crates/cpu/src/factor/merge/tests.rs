//! Divide and conquer on matrices of many kinds: the vectors are orthogonal and give the matrix back.

use super::super::bidiagonal::Bidiagonal;
use super::super::tridiagonal::Tridiagonal;
use super::*;

/// Numbers in -0.5..0.5, the same on every run.
fn random(count: usize, mut state: u64) -> Vec<f64> {
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    (0..count).map(|_| next()).collect()
}

/// Diagonals and elements beside them.
fn matrices(n: usize) -> Vec<(Vec<f64>, Vec<f64>)> {
    let graded = |base: f64| (0..n).map(|at| 10f64.powf(base * at as f64 / n as f64)).collect::<Vec<f64>>();
    let beside = n - 1;
    let split = (0..beside).map(|at| if at % 7 == 3 { 0.0 } else { 1.0 }).collect();
    let glued = (0..beside).map(|at| if at % 21 == 20 { 1e-9 } else { 1.0 }).collect();
    let wilkinson = (0..n).map(|at| (at % 21) as f64 - 10.0).map(f64::abs).collect();
    let mut spike = vec![0.0; n];
    spike[n / 2] = 1e150;
    vec![
        (random(n, 1), random(beside, 2)),
        (random(n, 1).iter().map(|x| -x * x).collect(), random(beside, 2)),
        (vec![2.0; n], vec![-1.0; beside]),
        (vec![1.0; n], vec![0.0; beside]),
        (vec![0.0; n], vec![0.0; beside]),
        (vec![0.0; n], vec![1.0; beside]),
        (vec![1.0; n], random(beside, 3).iter().map(|x| x * 1e-15).collect()),
        (random(n, 4), split),
        (wilkinson, glued),
        (graded(-200.0), graded(-200.0)[1..].to_vec()),
        (graded(200.0), graded(200.0)[1..].to_vec()),
        (graded(-14.0), vec![1e-8; beside]),
        (random(n, 5).iter().map(|x| x * 1e-150).collect(), vec![1e-150; beside]),
        (spike, vec![1.0; beside]),
    ]
}

/// The greatest element of `x^T x - 1`, of columns `step` apart of which `rows` elements count.
fn apart(x: &[f64], step: usize, rows: usize, columns: usize) -> f64 {
    let column = |at: usize| &x[at * step..at * step + rows];
    let mut most = 0f64;
    for left in 0..columns {
        for right in 0..=left {
            let sum: f64 = column(left).iter().zip(column(right)).map(|(x, y)| x * y).sum();
            most = most.max((sum - f64::from(u8::from(left == right))).abs());
        }
    }
    most
}

fn size(diagonal: &[f64], beside: &[f64]) -> f64 {
    diagonal.iter().chain(beside).fold(0f64, |most, value| most.max(value.abs()))
}

#[test]
fn eigenvectors_of_many_kinds_of_matrices() {
    for n in [1, 2, 31, 33, 64, 100, 150, 300] {
        for (kind, (diagonal, beside)) in matrices(n).into_iter().enumerate() {
            let mut values = diagonal.clone();
            let q = tridiagonal(&mut values, &beside).unwrap_or_else(|| panic!("{n}, {kind}"));
            assert!(apart(&q, n, n, n) < 1e-13, "{n}, {kind}: {:e}", apart(&q, n, n, n));
            let limit = 1e-14 * size(&diagonal, &beside) * (n as f64).sqrt().max(2.0);
            for (value, vector) in values.iter().zip(q.chunks_exact(n)) {
                for row in 0..n {
                    let mut sum = (diagonal[row] - value) * vector[row];
                    sum += if row > 0 { beside[row - 1] * vector[row - 1] } else { 0.0 };
                    sum += if row + 1 < n { beside[row] * vector[row + 1] } else { 0.0 };
                    assert!(sum.abs() <= limit, "{n}, {kind}: {sum:e} > {limit:e}");
                }
            }
        }
    }
}

#[test]
fn singular_vectors_of_many_kinds_of_matrices() {
    for n in [1, 2, 31, 33, 64, 100, 150, 300] {
        for (kind, (diagonal, beside)) in matrices(n).into_iter().enumerate() {
            let found = bidiagonal(&diagonal, &beside).unwrap_or_else(|| panic!("{n}, {kind}"));
            let step = found.step;
            assert!(apart(&found.u, step, n, n) < 1e-13, "{n}, {kind}: {:e}", apart(&found.u, step, n, n));
            assert!(apart(&found.v, step, n, n) < 1e-13, "{n}, {kind}: {:e}", apart(&found.v, step, n, n));
            let limit = 1e-14 * size(&diagonal, &beside) * (n as f64).sqrt().max(2.0);
            for at in 0..n {
                assert!(found.values[at] >= 0.0);
                let (u, v) = (&found.u[at * step..][..n], &found.v[at * step..][..n]);
                for row in 0..n {
                    let mut sum = diagonal[row] * v[row] - found.values[at] * u[row];
                    sum += if row + 1 < n { beside[row] * v[row + 1] } else { 0.0 };
                    assert!(sum.abs() <= limit, "{n}, {kind}: {sum:e} > {limit:e}");
                }
            }
        }
    }
}

/// `left^T a right` for matrices of columns.
fn between(left: &[f64], a: &[f64], right: &[f64], (m, n): (usize, usize)) -> Vec<f64> {
    let mut half = vec![0.0; m * n];
    let part = |rows, columns, strides| super::super::field::Part { offset: 0, rows, columns, strides };
    use super::super::field::product;
    let whole = part(m, n, (1, m));
    product((a, whole), (right, part(n, n, (1, n))), (&mut half, whole), false);
    let mut made = vec![0.0; m * n];
    product((left, part(m, m, (m, 1))), (&half, whole), (&mut made, whole), false);
    made
}

fn identity(n: usize) -> Vec<f64> {
    (0..n * n).map(|at| f64::from(u8::from(at / n == at % n))).collect()
}

#[test]
fn reductions_leave_two_diagonals() {
    use super::super::field::Part;
    for (m, n) in [(1, 1), (2, 2), (7, 3), (33, 33), (70, 64), (65, 65), (200, 130), (300, 300)] {
        let a = random(m * n, 9);
        let reduced = Bidiagonal::new(a.clone(), m, n);
        let (mut q, mut p) = (identity(m), identity(n));
        reduced.apply_left(&mut q, Part { offset: 0, rows: m, columns: m, strides: (1, m) });
        reduced.apply_right(&mut p, Part { offset: 0, rows: n, columns: n, strides: (1, n) });
        let b = between(&q, &a, &p, (m, n));
        for column in 0..n {
            for row in 0..m {
                let want = match row {
                    _ if row == column => reduced.diagonal[row],
                    _ if row + 1 == column => reduced.beside[row],
                    _ => 0.0,
                };
                let got = b[column * m + row];
                assert!((got - want).abs() < 1e-13, "{m} {n}, {row} {column}: {got} {want}");
            }
        }
    }
    for n in [1, 2, 3, 33, 64, 65, 130, 300] {
        let mut a = random(n * n, 10);
        for column in 0..n {
            for row in 0..column {
                a[column * n + row] = a[row * n + column];
            }
        }
        let reduced = Tridiagonal::new(a.clone(), n);
        let mut q = identity(n);
        reduced.apply(&mut q, Part { offset: 0, rows: n, columns: n, strides: (1, n) });
        let t = between(&q, &a, &q, (n, n));
        for column in 0..n {
            for row in 0..n {
                let want = match row.abs_diff(column) {
                    0 => reduced.diagonal[row],
                    1 => reduced.beside[row.min(column)],
                    _ => 0.0,
                };
                let got = t[column * n + row];
                assert!((got - want).abs() < 1e-13, "{n}, {row} {column}: {got} {want}");
            }
        }
    }
}
