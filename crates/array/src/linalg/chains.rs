//! Powers of a matrix, and products of several in the best order.

use base::{Error, Result};

use super::{lengths, matmul};
use crate::Array;
use crate::create::{self, Order};

/// Square matrices to an integer power, by repeated squaring; a negative power is one of the inverse.
///
/// # Errors
/// LinearAlgebra: not square, or singular for a negative power.
pub fn matrix_power(x: &Array, power: i64) -> Result<Array> {
    let name = "matrix_power";
    if x.ndim() < 2 {
        return Err(Error::linear_algebra(format!(
            "{name}: {}-dimensional array given. Array must be at least two-dimensional",
            x.ndim()
        )));
    }
    let (rows, columns) = lengths(x);
    if rows != columns {
        return Err(Error::linear_algebra(format!(
            "{name}: Last 2 dimensions of the array must be square, not {rows} by {columns}"
        )));
    }
    if power == 0 {
        let one = create::eye(rows, None, 0, Some(x.dtype()), Order::C, x.device())?;
        return create::copy(&one.broadcast_to(x.shape())?, Order::C);
    }
    let base = if power > 0 {
        x.clone()
    } else {
        super::inv(x).map_err(|error| Error { message: error.message.replacen("inv", name, 1), ..error })?
    };
    let mut left = power.unsigned_abs();
    let mut square = base;
    let mut result: Option<Array> = None;
    loop {
        if left & 1 == 1 {
            result = Some(match result {
                None => square.clone(),
                Some(result) => matmul(&result, &square)?,
            });
        }
        left >>= 1;
        if left == 0 {
            break;
        }
        square = matmul(&square, &square)?;
    }
    match result {
        Some(result) if power == 1 => create::copy(&result, Order::C),
        Some(result) => Ok(result),
        None => Err(Error::runtime("matrix_power: no factor")),
    }
}

/// The product of two or more matrices in the order of fewest multiplications; the first and the last may be vectors.
///
/// # Errors
/// Value: fewer than two arrays, or lengths that differ. LinearAlgebra: an array that is no matrix.
pub fn multi_dot(arrays: &[&Array]) -> Result<Array> {
    let in_operator = |error: Error| error.in_operator("multi_dot");
    let ([first, .., last], count) = (arrays, arrays.len()) else {
        return Err(Error::value("multi_dot: Expecting at least two arrays."));
    };
    let mut factors = Vec::with_capacity(count);
    for (place, &array) in arrays.iter().enumerate() {
        factors.push(match array.ndim() {
            2 => array.clone(),
            1 if place == 0 => array.expand_dims(&[0])?,
            1 if place + 1 == count => array.expand_dims(&[1])?,
            other => {
                return Err(Error::linear_algebra(format!(
                    "multi_dot: {other}-dimensional array given. Array must be two-dimensional"
                )));
            }
        });
    }
    let mut sizes: Vec<i64> = factors.iter().map(|factor| factor.shape()[0]).collect();
    sizes.push(factors[count - 1].shape()[1]);
    let result = chain(&factors, &splits(&sizes), 0, count - 1).map_err(in_operator)?;
    let dropped: Vec<i64> = [(first.ndim(), 0), (last.ndim(), 1)]
        .into_iter()
        .filter_map(|(ndim, axis)| (ndim == 1).then_some(axis))
        .collect();
    if dropped.is_empty() { Ok(result) } else { result.squeeze(Some(&dropped)) }
}

/// Where to split each run of factors, by dynamic programming over the number of multiplications.
fn splits(sizes: &[i64]) -> Vec<Vec<usize>> {
    let count = sizes.len() - 1;
    let mut cost = vec![vec![0f64; count]; count];
    let mut splits = vec![vec![0; count]; count];
    for width in 1..count {
        for first in 0..count - width {
            let last = first + width;
            cost[first][last] = f64::INFINITY;
            for at in first..last {
                let own = sizes[first] as f64 * sizes[at + 1] as f64 * sizes[last + 1] as f64;
                let total = cost[first][at] + cost[at + 1][last] + own;
                if total < cost[first][last] {
                    (cost[first][last], splits[first][last]) = (total, at);
                }
            }
        }
    }
    splits
}

fn chain(factors: &[Array], splits: &[Vec<usize>], first: usize, last: usize) -> Result<Array> {
    if first == last {
        return Ok(factors[first].clone());
    }
    let at = splits[first][last];
    matmul(&chain(factors, splits, first, at)?, &chain(factors, splits, at + 1, last)?)
}
