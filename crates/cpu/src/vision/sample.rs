//! Bilinear sampling of planes at real places, its transpose, and their derivatives in the places. Places are shared by
//! the channels of a group: where they lie, and the weights there, are computed once for a block of them.

use base::{DType, Error, Result};
use graph::Tensor;
use graph::vision::{Edge, SampleForm, Sampling};

use super::{Number, Pieces, lengths, read, with_number};
use crate::gather::operands;
use crate::pool;

/// Places whose corners are computed at a time.
const BLOCK: usize = 256;
/// Channels that one task of the transpose writes.
const CHANNELS: usize = 8;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(crate) unsafe fn sample(how: Sampling, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([first, rows, columns], [out]) = (inputs, outputs) else { return Err(operands("sample")) };
    // SAFETY: promised by the caller.
    unsafe { with_number!("sample", out.dtype, run(how, first, rows, columns, out)) }
}

unsafe fn run<S: Number>(
    how: Sampling,
    first: &Tensor,
    rows: &Tensor,
    columns: &Tensor,
    out: &Tensor,
) -> Result<()> {
    let data = if how.form == SampleForm::Take { first } else { out };
    let [images, channels, height, width] = lengths("sample", data)?;
    let [_, groups, places] = lengths("sample", rows)?;
    // SAFETY: promised by the caller.
    let (first, rows, columns, out) =
        unsafe { (read::<S>(first), read::<S>(rows), read::<S>(columns), Pieces::<S>::of(out)) };
    let work =
        Work { how, channels, groups, places, lengths: [height, width], size: height * width, rows, columns };
    if how.form == SampleForm::Take {
        work.take(images, first, &out);
    } else {
        work.spread(images, first, &out);
    }
    Ok(())
}

struct Work<'a, S> {
    how: Sampling,
    channels: usize,
    groups: usize,
    /// Places per image and group.
    places: usize,
    lengths: [usize; 2],
    /// Elements of a plane.
    size: usize,
    rows: &'a [S],
    columns: &'a [S],
}

/// The four elements around each place of a block, and their weights.
struct Around<S> {
    elements: [[u32; BLOCK]; 4],
    weights: [[S; BLOCK]; 4],
}

impl<S: Number> Around<S> {
    fn new() -> Around<S> {
        Around { elements: [[0; BLOCK]; 4], weights: [[S::zero(); BLOCK]; 4] }
    }

    fn fill(&mut self, how: &Sampling, [height, width]: [usize; 2], rows: &[S], columns: &[S]) {
        for (at, (&row, &column)) in rows.iter().zip(columns).enumerate() {
            let down = between(how.edge, how.slopes[0], height, row);
            let right = between(how.edge, how.slopes[1], width, column);
            for (corner, (a, b)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
                self.elements[corner][at] = (down[a].0 * width + right[b].0) as u32;
                self.weights[corner][at] = down[a].1 * right[b].1;
            }
        }
    }
}

/// The two elements of an axis around a place, with their weights or the weights' slopes. Where there is no element, the
/// weight is zero and the element any.
fn between<S: Number>(edge: Edge, slope: bool, length: usize, place: S) -> [(usize, S); 2] {
    let nothing = [(0, S::zero()); 2];
    let end = S::of(length as f64);
    let inside = match edge {
        Edge::Hold => place >= S::zero() && place < end,
        Edge::Zero => place > -S::one() && place < end,
    };
    if !inside {
        return nothing;
    }
    let low = place.floor();
    let fraction = place - low;
    let first = low.to_isize().unwrap_or(0);
    let (before, after) = if slope { (-S::one(), S::one()) } else { (S::one() - fraction, fraction) };
    if edge == Edge::Hold && first + 1 >= length as isize {
        return [(length - 1, if slope { S::zero() } else { S::one() }), (0, S::zero())];
    }
    let at = |element: isize, weight: S| match usize::try_from(element) {
        Ok(element) if element < length => (element, weight),
        _ => (0, S::zero()),
    };
    [at(first, before), at(first + 1, after)]
}

impl<S: Number> Work<'_, S> {
    /// The places of a block: image and group, first place, how many.
    fn block(&self, line: usize, block: usize) -> (usize, usize) {
        let start = block * BLOCK;
        (line * self.places + start, BLOCK.min(self.places - start))
    }

    fn take(&self, images: usize, data: &[S], out: &Pieces<S>) {
        let blocks = self.places.div_ceil(BLOCK);
        let share = self.channels / self.groups.max(1);
        pool::parallel_ranges((images * self.groups * blocks) as i64, 1, &|begin, end| {
            let mut around = Around::new();
            for task in begin as usize..end as usize {
                let (line, block) = (task / blocks, task % blocks);
                let (start, count) = self.block(line, block);
                let (rows, columns) = (&self.rows[start..start + count], &self.columns[start..start + count]);
                around.fill(&self.how, self.lengths, rows, columns);
                for plane in line * share..(line + 1) * share {
                    let elements = &data[plane * self.size..(plane + 1) * self.size];
                    // SAFETY: every plane and block has its own piece.
                    let to = unsafe { out.piece(plane * self.places + block * BLOCK, count) };
                    weighted(&around, elements, to);
                }
            }
        });
    }

    fn spread(&self, images: usize, samples: &[S], out: &Pieces<S>) {
        let blocks = self.places.div_ceil(BLOCK);
        let share = self.channels / self.groups.max(1);
        let parts = share.div_ceil(CHANNELS);
        pool::parallel_ranges((images * self.groups * parts) as i64, 1, &|begin, end| {
            let mut around = Around::new();
            for task in begin as usize..end as usize {
                let (line, part) = (task / parts, task % parts);
                let channels = part * CHANNELS..share.min((part + 1) * CHANNELS);
                let (first, count) = (line * share + channels.start, channels.len());
                // SAFETY: every part of the channels has its own piece.
                let planes = unsafe { out.piece(first * self.size, count * self.size) };
                planes.fill(S::zero());
                for block in 0..blocks {
                    let (start, length) = self.block(line, block);
                    let (rows, columns) =
                        (&self.rows[start..start + length], &self.columns[start..start + length]);
                    around.fill(&self.how, self.lengths, rows, columns);
                    for (channel, plane) in planes.chunks_exact_mut(self.size.max(1)).enumerate() {
                        let from = (first + channel) * self.places + block * BLOCK;
                        scattered(&around, &samples[from..from + length], plane);
                    }
                }
            }
        });
    }
}

/// Weighted sums of the elements around each place. Elements without weight are not looked at, so that nan and infinity
/// stay where they are.
fn weighted<S: Number>(around: &Around<S>, elements: &[S], to: &mut [S]) {
    for (at, to) in to.iter_mut().enumerate() {
        let mut sum = S::zero();
        for corner in 0..4 {
            let weight = around.weights[corner][at];
            if weight != S::zero() {
                sum = sum + weight * elements[around.elements[corner][at] as usize];
            }
        }
        *to = sum;
    }
}

fn scattered<S: Number>(around: &Around<S>, samples: &[S], plane: &mut [S]) {
    for (at, &sample) in samples.iter().enumerate() {
        for corner in 0..4 {
            let weight = around.weights[corner][at];
            if weight != S::zero() {
                let element = &mut plane[around.elements[corner][at] as usize];
                *element = *element + weight * sample;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(edge: Edge, slope: bool, place: f64) -> f64 {
        let line = [1.0, 3.0, 7.0];
        between(edge, slope, 3, place).iter().map(|&(element, weight)| line[element] * weight).sum()
    }

    #[test]
    fn edges_hold_or_fall_to_zero() {
        for (place, held, zero) in [
            (-1.0, 0.0, 0.0),
            (-0.5, 0.0, 0.5),
            (0.0, 1.0, 1.0),
            (1.5, 5.0, 5.0),
            (2.5, 7.0, 3.5),
            (3.0, 0.0, 0.0),
        ] {
            assert_eq!(value(Edge::Hold, false, place), held, "held at {place}");
            assert_eq!(value(Edge::Zero, false, place), zero, "zero at {place}");
        }
        assert_eq!(value(Edge::Hold, false, f64::NAN), 0.0);
    }

    #[test]
    fn slopes_are_differences() {
        for place in [-0.75, -0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25] {
            for edge in [Edge::Hold, Edge::Zero] {
                let step = 1e-6;
                let wanted =
                    (value(edge, false, place + step) - value(edge, false, place - step)) / (2.0 * step);
                assert!((value(edge, true, place) - wanted).abs() < 1e-6, "{edge:?} at {place}");
            }
        }
    }
}
