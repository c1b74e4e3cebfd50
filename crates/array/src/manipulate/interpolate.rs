//! `interp` of a few numbers, in one loop. Of more of them, and where gradients are wanted, it is a formula of operators.

use base::{DType, Result, Scalar};
use graph::work;

use crate::{Array, tape};

/// Numbers and points of at most this many elements.
const MOST: i64 = 1024;

macro_rules! straight {
    ($name:ident, $float:ty) => {
        /// Values at `x` on the straight lines between the points, rounded step by step as the operators do.
        fn $name(x: &[u8], points: &[u8], values: &[u8], ends: [Option<f64>; 2], out: &mut [u8]) {
            const SIZE: usize = size_of::<$float>();
            let at = |bytes: &[u8], index: usize| {
                let mut number = [0; SIZE];
                number.copy_from_slice(&bytes[index * SIZE..(index + 1) * SIZE]);
                <$float>::from_ne_bytes(number)
            };
            let count = points.len() / SIZE;
            let (first, last) = (at(points, 0), at(points, count - 1));
            for (index, out) in out.chunks_exact_mut(SIZE).enumerate() {
                let x = at(x, index);
                let (mut after, mut end) = (0, count);
                while after < end {
                    let middle = (after + end) / 2;
                    if at(points, middle) <= x || x.is_nan() { after = middle + 1 } else { end = middle }
                }
                let low = after.saturating_sub(1).min(count.saturating_sub(2));
                let high = (low + 1).min(count - 1);
                let width = at(points, high) - at(points, low);
                let slope = (at(values, high) - at(values, low)) / if width == 0.0 { 1.0 } else { width };
                let inside = at(values, low) + slope * (x - at(points, low));
                let mut value = if x == at(points, high) {
                    at(values, high)
                } else if x == at(points, low) {
                    at(values, low)
                } else {
                    inside
                };
                // beside an infinite value: from the other end, and what is flat stays flat, as NumPy does it
                if value.is_nan() && !x.is_nan() {
                    let (bottom, top) = (at(values, low), at(values, high));
                    value = slope * (x - at(points, high)) + top;
                    if value.is_nan() && bottom == top {
                        value = bottom;
                    }
                }
                if x < first {
                    value = ends[0].map_or(at(values, 0), |left| left as $float);
                }
                if x > last {
                    value = ends[1].map_or(at(values, count - 1), |right| right as $float);
                }
                out.copy_from_slice(&value.to_ne_bytes());
            }
        }
    };
}
straight!(singles, f32);
straight!(doubles, f64);

/// `interp(x, points, values)` with these values outside; the points are a vector that is not empty, and as many as values.
/// `None` where there are many numbers, dtypes other than one of float32 and float64, or a tape.
pub fn interp_few(
    x: &Array,
    points: &Array,
    values: &Array,
    ends: [Option<Scalar>; 2],
) -> Result<Option<Array>> {
    let dtype = x.dtype();
    let alike = points.dtype() == dtype && values.dtype() == dtype;
    let few = x.size().max(points.size()) <= MOST && x.size() > 0 && !tape::is_recording();
    let run = match dtype {
        DType::F32 => singles,
        DType::F64 => doubles,
        _ => return Ok(None),
    };
    if !alike || !few || ends.iter().flatten().any(|end| end.dtype().is_complex()) {
        return Ok(None);
    }
    let ends = ends.map(|end| end.map(Scalar::as_f64));
    let (x, points, values) = (x.contiguous()?, points.contiguous()?, values.contiguous()?);
    let node = work::filled(dtype, x.size(), x.device(), |out| -> Result<()> {
        work::look(&x.operand, |x| {
            work::look(&points.operand, |points| {
                work::look(&values.operand, |values| {
                    run(x, points, values, ends, out);
                    Ok(())
                })
            })
        })
    })?;
    Ok(Some(Array::whole(node, x.shape())))
}
