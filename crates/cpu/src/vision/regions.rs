//! Where the greatest element of each part of a region is: the forward half of region-of-interest pooling, whose values
//! and gradients are reads and writes at these places.
//!
//! Source: Girshick 2015, "Fast R-CNN", section 2.1.

use base::{DType, Error, Result};
use graph::Tensor;
use half::{bf16, f16};
use num_traits::Float;

use super::{Number, Pieces, lengths, read};
use crate::gather::operands;
use crate::gemm::pack::Real;
use crate::pool;

/// Channels of one region that a task looks at.
const CHANNELS: usize = 16;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(crate) unsafe fn regions(
    pooled: [i64; 2],
    scale: f64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([data, regions], [out]) = (inputs, outputs) else { return Err(operands("regions")) };
    // SAFETY: promised by the caller.
    unsafe {
        match data.dtype {
            DType::F32 => run::<f32>(pooled, scale, data, regions, out),
            DType::F64 => run::<f64>(pooled, scale, data, regions, out),
            DType::F16 => run::<f16>(pooled, scale, data, regions, out),
            DType::BF16 => run::<bf16>(pooled, scale, data, regions, out),
            other => Err(Error::type_(format!("regions: no kernel for {other}"))),
        }
    }
}

unsafe fn run<T: Real<Compute: Number>>(
    pooled: [i64; 2],
    scale: f64,
    data: &Tensor,
    regions: &Tensor,
    out: &Tensor,
) -> Result<()> {
    let ([images, channels, height, width], [count, _]) =
        (lengths("regions", data)?, lengths("regions", regions)?);
    let [high, wide] = pooled.map(|length| length as usize);
    // SAFETY: promised by the caller; regions are of the data's dtype of computation, places int64.
    let (data, regions, out) =
        unsafe { (read::<T>(data), read::<T::Compute>(regions), Pieces::<i64>::of(out)) };
    let size = high * wide;
    let parts = channels.div_ceil(CHANNELS);
    pool::parallel_ranges((count * parts) as i64, 1, &|begin, end| {
        for task in begin as usize..end as usize {
            let (number, part) = (task / parts, task % parts);
            let region = &regions[5 * number..5 * number + 5];
            let mine = part * CHANNELS..channels.min((part + 1) * CHANNELS);
            // SAFETY: every part of a region's channels has its own piece.
            let places = unsafe { out.piece((number * channels + mine.start) * size, mine.len() * size) };
            places.fill(-1);
            let Some(image) = index_of(region[0], images) else { continue };
            let columns = spans(region[1], region[3], scale, wide, width);
            let rows = spans(region[2], region[4], scale, high, height);
            for (channel, places) in mine.zip(places.chunks_exact_mut(size.max(1))) {
                let start = (image * channels + channel) * height * width;
                let plane = &data[start..start + height * width];
                greatest_of_parts(plane, width, &rows, &columns, |part, found| {
                    places[part] = (start + found) as i64;
                });
            }
        }
    });
    Ok(())
}

/// A whole number below `count`, or none.
fn index_of<S: Number>(value: S, count: usize) -> Option<usize> {
    value.trunc().to_usize().filter(|&index| value > -S::one() && index < count)
}

/// The elements of an axis that each part of a region covers: from, to. Corners are scaled and rounded to elements; a
/// region covers both, and one element at least.
fn spans<S: Number>(low: S, high: S, scale: f64, parts: usize, length: usize) -> Vec<(usize, usize)> {
    let scale = S::of(scale);
    let (first, last) = ((low * scale).round(), (high * scale).round());
    let whole = (last - first + S::one()).max(S::one());
    let part = whole / S::of(parts as f64);
    let inside = |place: S| {
        let place = (place + first).max(S::zero()).min(S::of(length as f64));
        place.to_usize().unwrap_or(0)
    };
    (0..parts)
        .map(|number| {
            let start = inside((S::of(number as f64) * part).floor());
            let end = inside((S::of((number + 1) as f64) * part).ceil());
            (start, end)
        })
        .collect()
}

/// Calls `found` with the number of each part that has elements, and where in the plane its greatest one is: nan is
/// greatest, of equal ones the first.
fn greatest_of_parts<T: Real<Compute: Number>>(
    plane: &[T],
    width: usize,
    rows: &[(usize, usize)],
    columns: &[(usize, usize)],
    mut found: impl FnMut(usize, usize),
) {
    for (row, &(top, bottom)) in rows.iter().enumerate() {
        for (column, &(left, right)) in columns.iter().enumerate() {
            if top >= bottom || left >= right {
                continue;
            }
            let mut best = (top * width + left, plane[top * width + left].widen());
            for line in top..bottom {
                for at in line * width + left..line * width + right {
                    let value = plane[at].widen();
                    if value > best.1 || (value.is_nan() && !best.1.is_nan()) {
                        best = (at, value);
                    }
                }
            }
            found(row * columns.len() + column, best.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_a_region_and_stay_inside() {
        assert_eq!(spans(0.0, 4.0, 1.0, 2, 6), [(0, 3), (2, 5)]);
        assert_eq!(spans(0.0, 4.0, 0.7, 2, 6), [(0, 2), (2, 4)]);
        assert_eq!(spans(-3.0, 9.0, 1.0, 3, 6), [(0, 2), (1, 6), (5, 6)]);
        assert_eq!(spans(5.0, 2.0, 1.0, 1, 6), [(5, 6)]);
        assert_eq!(spans(f64::NAN, 2.0, 1.0, 1, 6).len(), 1);
    }

    #[test]
    fn images_are_numbers_inside() {
        assert_eq!(index_of(1.0, 2), Some(1));
        for outside in [-1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert_eq!(index_of(outside, 2), None);
        }
    }
}
