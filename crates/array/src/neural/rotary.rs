//! Rotary position embedding (Su and others 2021): pairs of features turned by angles that grow with the position.

use base::{DType, Error, Result, View, shape};

use super::parts::{compute_dtype, op2};
use crate::elementwise::{add, call1, call2, multiply};
use crate::index::{self, Index};
use crate::{Array, manipulate, tape};

/// How to turn.
#[derive(Clone, Copy, Debug)]
pub struct Rope<'a> {
    /// Positions that broadcast to the array's axes without the last; `None`: 0, 1, 2, ... along the last axis but one.
    pub positions: Option<&'a Array>,
    /// Pair `i` of `n` turns by `position * base ** (-i / n)`.
    pub base: f64,
    /// Pairs of neighbours instead of pairs of the two halves.
    pub interleaved: bool,
}

/// `x` (..., length, size) with its pairs of features turned; the size is even.
///
/// # Errors
/// Type: data that are not real floats. Value: fewer than 2 axes, an odd size, positions that do not fit, a base that is
/// not positive.
pub fn rope(x: &Array, options: &Rope) -> Result<Array> {
    turned(x, options).map_err(|error| error.in_operator("rope"))
}

fn turned(x: &Array, options: &Rope) -> Result<Array> {
    let compute = compute_dtype("rope", x)?;
    let size = x.shape().last().copied().unwrap_or(0);
    if x.ndim() < 2 || size % 2 != 0 {
        return Err(Error::value(format!(
            "data must have at least 2 axes, and an even length on the last, got shape {}",
            shape::text(x.shape())
        )));
    }
    if !options.base.is_finite() || options.base <= 0.0 {
        return Err(Error::value(format!("base must be a positive number, got {}", options.base)));
    }
    let (cosine, sine) = tape::paused(|| angles(x, options, compute))?;
    let wide = x.astype_if(compute)?;
    let (first, second) = pairs(&wide, options.interleaved)?;
    let left = call2(ops::SUBTRACT, &multiply(&first, &cosine)?, &multiply(&second, &sine)?)?;
    let right = add(&multiply(&second, &cosine)?, &multiply(&first, &sine)?)?;
    let out = if options.interleaved {
        manipulate::stack(&[&left, &right], -1)?.reshape(x.shape())?
    } else {
        manipulate::join(&[left, right], x.ndim() - 1)?
    };
    out.astype_if(x.dtype())
}

/// Cosines and sines (..., length, size / 2), computed in float64.
fn angles(x: &Array, options: &Rope, dtype: DType) -> Result<(Array, Array)> {
    let last = x.ndim() - 1;
    let (length, half) = (x.shape()[last - 1], x.shape()[last] / 2);
    let counting = |length: i64| Array::positions(View::contiguous(&[length]), DType::F64, x.device());
    let positions = match options.positions {
        None => counting(length)?,
        Some(positions) => {
            let wanted = &x.shape()[..last];
            let fits =
                shape::broadcast(&[positions.shape(), wanted]).is_ok_and(|both| both.as_slice() == wanted);
            if !fits || positions.dtype().is_complex() {
                return Err(Error::value(format!(
                    "positions of shape {} and dtype {} do not fit data of shape {} without its last axis",
                    shape::text(positions.shape()),
                    positions.dtype(),
                    shape::text(x.shape())
                )));
            }
            positions.detach().astype_if(DType::F64)?
        }
    };
    let exponents = op2(ops::MULTIPLY, &counting(half)?, -options.base.ln() / half.max(1) as f64)?;
    let angles = multiply(&positions.expand_dims(&[-1])?, &call1(ops::EXP, &exponents)?)?;
    Ok((call1(ops::COS, &angles)?.astype(dtype)?, call1(ops::SIN, &angles)?.astype(dtype)?))
}

/// The first and the second features of all pairs.
fn pairs(x: &Array, interleaved: bool) -> Result<(Array, Array)> {
    let half = x.shape()[x.ndim() - 1] / 2;
    let part = |start: i64, stop: Option<i64>, step: i64| {
        index::get(x, &[Index::Ellipsis, Index::Slice { start: Some(start), stop, step: Some(step) }])
    };
    if interleaved {
        Ok((part(0, None, 2)?, part(1, None, 2)?))
    } else {
        Ok((part(0, Some(half), 1)?, part(half, None, 1)?))
    }
}
