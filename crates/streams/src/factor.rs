//! Factors of small covariance matrices, row-major, for correlated normal vectors: Cholesky's, and eigenvectors by
//! C. G. J. Jacobi's rotations. Called by `multivariate_normal`.

/// Cholesky's lower factor; `None` where the matrix is not positive definite.
///
/// ```
/// let factor = mxnet_streams::cholesky(&[4.0, 2.0, 2.0, 10.0], 2).unwrap();
/// assert_eq!(factor, [2.0, 0.0, 1.0, 3.0]);
/// assert!(mxnet_streams::cholesky(&[1.0, 2.0, 2.0, 1.0], 2).is_none());
/// ```
pub fn cholesky(matrix: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; n * n];
    for row in 0..n {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|k| lower[row * n + k] * lower[column * n + k]).sum();
            let rest = matrix[row * n + column] - dot;
            lower[row * n + column] = if row > column {
                rest / lower[column * n + column]
            } else if rest > 0.0 {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    Some(lower)
}

/// Eigenvalues in ascending order, and eigenvectors as the columns of a matrix, of the symmetric part of a matrix.
///
/// ```
/// let (values, vectors) = mxnet_streams::eigen(&[2.0, 1.0, 1.0, 2.0], 2);
/// assert!((values[0] - 1.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12);
/// assert!((vectors[1] - vectors[3]).abs() < 1e-12);
/// ```
pub fn eigen(matrix: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    const SWEEPS: usize = 60;
    let mut a: Vec<f64> =
        (0..n * n).map(|place| 0.5 * (matrix[place] + matrix[place % n * n + place / n])).collect();
    let mut vectors: Vec<f64> = (0..n * n).map(|place| f64::from(u8::from(place / n == place % n))).collect();
    let scale: f64 = a.iter().map(|value| value * value).sum();
    for _ in 0..SWEEPS {
        let outside: f64 =
            (0..n * n).filter(|place| place / n != place % n).map(|place| a[place] * a[place]).sum();
        // not a number, or small enough
        if outside.partial_cmp(&(scale * 1e-32)) != Some(std::cmp::Ordering::Greater) {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, n, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&x, &y| a[x * n + x].total_cmp(&a[y * n + y]));
    let values = order.iter().map(|&place| a[place * n + place]).collect();
    let columns = (0..n * n).map(|place| vectors[place / n * n + order[place % n]]).collect();
    (values, columns)
}

/// Turns the plane of two axes so that their element outside of the diagonal becomes zero.
fn rotate(a: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) {
    let outside = a[p * n + q];
    if outside == 0.0 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * outside);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..n {
        let (x, y) = (a[k * n + p], a[k * n + q]);
        (a[k * n + p], a[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y);
    }
    for k in 0..n {
        let (x, y) = (a[p * n + k], a[q * n + k]);
        (a[p * n + k], a[q * n + k]) = (cosine * x - sine * y, sine * x + cosine * y);
    }
    for k in 0..n {
        let (x, y) = (vectors[k * n + p], vectors[k * n + q]);
        (vectors[k * n + p], vectors[k * n + q]) = (cosine * x - sine * y, sine * x + cosine * y);
    }
}
