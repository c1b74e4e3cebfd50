//! Shapes: broadcasting, axes, sizes. All sizes are i64; overflow is an error, never a wrap.

use smallvec::SmallVec;

use crate::{Error, Result};

/// Lengths or strides of the axes; up to four stay off the heap.
pub type Dims = SmallVec<[i64; 4]>;

/// NumPy's limit on the number of axes.
pub const MAX_NDIM: usize = 64;

/// Number of elements; an error where it does not fit in i64.
#[inline]
pub fn size(shape: &[i64]) -> Result<i64> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let mut total: i64 = 1;
    for &length in shape {
        total = total.checked_mul(length).ok_or_else(|| {
            Error::value(format!("array is too big: shape {} has more than 2^63-1 elements", text(shape)))
        })?;
    }
    Ok(total)
}

/// `(2, 3)` as Python prints a tuple.
pub fn text(shape: &[i64]) -> String {
    let inner: Vec<String> = shape.iter().map(i64::to_string).collect();
    if shape.len() == 1 { format!("({},)", inner[0]) } else { format!("({})", inner.join(", ")) }
}

/// As NumPy spells shapes in broadcast errors: `(2,3)`.
pub fn tight(shape: &[i64]) -> String {
    let inner: Vec<String> = shape.iter().map(i64::to_string).collect();
    if shape.len() == 1 { format!("({},)", inner[0]) } else { format!("({})", inner.join(",")) }
}

/// Checks lengths and size of a shape that a user gave.
#[inline]
pub fn check(shape: &[i64]) -> Result<()> {
    if shape.len() > MAX_NDIM {
        return Err(Error::value(format!(
            "maximum supported dimension for an ndarray is {MAX_NDIM}, found {}",
            shape.len()
        )));
    }
    if shape.iter().any(|&length| length < 0) {
        return Err(Error::value(format!("negative dimensions are not allowed: shape {}", text(shape))));
    }
    size(shape).map(|_| ())
}

/// The shape that all of `shapes` broadcast to.
///
/// ```
/// use mxnet_base::shape::broadcast;
/// assert_eq!(broadcast(&[&[2, 1], &[3]]).unwrap().as_slice(), &[2, 3]);
/// assert!(broadcast(&[&[2], &[3]]).is_err());
/// ```
pub fn broadcast(shapes: &[&[i64]]) -> Result<Dims> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut out = Dims::from_elem(1, ndim);
    for shape in shapes {
        let lead = ndim - shape.len();
        for (axis, &length) in shape.iter().enumerate() {
            let slot = &mut out[lead + axis];
            if *slot == 1 {
                *slot = length;
            } else if length != 1 && length != *slot {
                let all: Vec<String> = shapes.iter().map(|shape| tight(shape)).collect();
                return Err(Error::value(format!(
                    "operands could not be broadcast together with shapes {} ",
                    all.join(" ")
                )));
            }
        }
    }
    Ok(out)
}

/// A possibly negative axis as an index below `ndim`.
pub fn axis(axis: i64, ndim: usize) -> Result<usize> {
    let n = ndim as i64;
    if axis < -n || axis >= n {
        return Err(Error::axis(format!("axis {axis} is out of bounds for array of dimension {ndim}")));
    }
    Ok(if axis < 0 { axis + n } else { axis } as usize)
}

/// Several axes, each once.
pub fn axes(given: &[i64], ndim: usize) -> Result<SmallVec<[usize; 4]>> {
    let mut out = SmallVec::new();
    for &one in given {
        let index = axis(one, ndim)?;
        if out.contains(&index) {
            return Err(Error::value("duplicate value in 'axis'"));
        }
        out.push(index);
    }
    Ok(out)
}

/// Strides, in elements, of a C-contiguous array.
#[inline]
pub fn contiguous_strides(shape: &[i64]) -> Dims {
    let mut strides = Dims::from_slice(shape);
    let mut step = 1i64;
    for index in (0..shape.len()).rev() {
        strides[index] = step;
        step = step.saturating_mul(shape[index].max(1));
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_size_and_overflow() {
        assert_eq!(size(&[0, i64::MAX, i64::MAX]).unwrap(), 0);
        assert!(size(&[1 << 40, 1 << 40]).is_err());
        assert_eq!(size(&[]).unwrap(), 1);
    }

    #[test]
    fn zero_length_broadcasts_with_one_only() {
        assert_eq!(broadcast(&[&[0], &[1]]).unwrap().as_slice(), &[0]);
        assert!(broadcast(&[&[0], &[2]]).is_err());
    }
}
