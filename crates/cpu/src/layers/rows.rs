//! Normalisation of rows with one scale and one shift per column (layer and RMS normalisation), and its gradient. A row is
//! read once from afar; sums over rows go through blocks of rows whose size depends on the shape only.

use base::Result;
use graph::Tensor;
use lanes::Isa;

use super::{Body, Number, Sheet, at_level, read, sum_of, sums_of};
use crate::gather::operands;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Picoseconds per element, roughly.
const COST: u64 = 300;
/// Blocks of rows whose sums for gamma and beta are kept apart, at most, and rows of a block at least.
const BLOCKS: usize = 32;
const LEAST_ROWS: usize = 8;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn forward<T: Number>(
    centered: bool,
    epsilon: f64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([x, gamma, beta], [out, mean, variance, inverse]) = (inputs, outputs) else {
        return Err(operands("normalise rows"));
    };
    // SAFETY: promised by the caller.
    let (x, gamma, beta, out, moments) = unsafe {
        let moments = [Sheet::<T>::of(mean), Sheet::of(variance), Sheet::of(inverse)];
        (read::<T>(x), read::<T>(gamma), read::<T>(beta), Sheet::of(out), moments)
    };
    let length = gamma.len();
    let rows = (x.len() / length.max(1)) as i64;
    pool::parallel_ranges(rows, cost::grain(rows, COST * length as u64), &|begin, end| {
        let (begin, end) = (begin as usize, end as usize);
        let (out, moments) = (&out, &moments);
        at_level(Forward { centered, epsilon, x, gamma, beta, out, moments, begin, end });
    });
    Ok(())
}

struct Forward<'a, T> {
    centered: bool,
    epsilon: f64,
    x: &'a [T],
    gamma: &'a [T],
    beta: &'a [T],
    out: &'a Sheet<T>,
    moments: &'a [Sheet<T>; 3],
    begin: usize,
    end: usize,
}

impl<T: Number> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let length = self.gamma.len();
        let mut scratch = Scratch::new::<T>(length);
        let room = scratch.slice::<T>(length);
        let (count, epsilon) = (T::from_f64(length as f64), T::from_f64(self.epsilon));
        for row in self.begin..self.end {
            let x = &self.x[row * length..(row + 1) * length];
            let mean = if self.centered { sum_of(x, |x| x) / count } else { T::ZERO };
            let square = |x: T| (x - mean) * (x - mean);
            let variance = sum_of(x, square) / count;
            let inverse = T::ONE / (variance + epsilon).sqrt();
            // SAFETY: this row is this thread's; `finish` follows below.
            unsafe {
                self.out.write(row * length, length, room, |to| {
                    for (((to, &x), &gamma), &beta) in to.iter_mut().zip(x).zip(self.gamma).zip(self.beta) {
                        *to = (x - mean) * inverse * gamma + beta;
                    }
                });
                for (sheet, moment) in self.moments.iter().zip([mean, variance, inverse]) {
                    sheet.piece(row, 1).fill(moment);
                }
            }
        }
        self.out.finish();
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn gradient<T: Number>(
    centered: bool,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([above, x, gamma, mean, inverse], [out, to_gamma, to_beta]) = (inputs, outputs) else {
        return Err(operands("normalise rows"));
    };
    // SAFETY: promised by the caller.
    let (above, x, gamma, mean, inverse) =
        unsafe { (read::<T>(above), read::<T>(x), read::<T>(gamma), read::<T>(mean), read::<T>(inverse)) };
    // SAFETY: as above.
    let (out, to_gamma, to_beta) =
        unsafe { (Sheet::of(out), Sheet::<T>::of(to_gamma), Sheet::<T>::of(to_beta)) };
    let (length, rows) = (gamma.len(), mean.len());
    let height = rows.div_ceil(BLOCKS).max(LEAST_ROWS);
    let blocks = rows.div_ceil(height);
    let room = Scratch::new::<T>(2 * length * blocks);
    let sums = Sheet { data: room.pointer::<T>(), count: 2 * length * blocks, streams: false };
    let grain = cost::grain(blocks as i64, 2 * COST * (height * length) as u64);
    pool::parallel_ranges(blocks as i64, grain, &|begin, end| {
        for block in begin as usize..end as usize {
            // SAFETY: each block of rows has sums of its own.
            let sums = unsafe { sums.piece(2 * length * block, 2 * length) };
            let (begin, end) = (block * height, rows.min((block + 1) * height));
            let (gamma, out) = (gamma, &out);
            at_level(Gradient { centered, above, x, gamma, mean, inverse, out, sums, begin, end });
        }
    });
    // SAFETY: nobody else has these outputs or sums now.
    unsafe {
        let (to_gamma, to_beta) = (to_gamma.piece(0, length), to_beta.piece(0, length));
        at_level(Join { sums: sums.piece(0, 2 * length * blocks), to_gamma, to_beta });
    }
    Ok(())
}

struct Gradient<'a, T> {
    centered: bool,
    above: &'a [T],
    x: &'a [T],
    gamma: &'a [T],
    mean: &'a [T],
    inverse: &'a [T],
    out: &'a Sheet<T>,
    /// Sums over the rows: for gamma, then for beta.
    sums: &'a mut [T],
    begin: usize,
    end: usize,
}

impl<T: Number> Body for Gradient<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let length = self.gamma.len();
        let mut scratch = Scratch::new::<T>(3 * length);
        let (room, pair) = scratch.slice::<T>(3 * length).split_at_mut(length);
        let (scaled, standard) = pair.split_at_mut(length);
        let count = T::from_f64(length as f64);
        self.sums.fill(T::ZERO);
        let (to_gamma, to_beta) = self.sums.split_at_mut(length);
        for row in self.begin..self.end {
            let start = row * length;
            let (x, above) = (&self.x[start..start + length], &self.above[start..start + length]);
            let (mean, inverse) = (self.mean[row], self.inverse[row]);
            for at in 0..length {
                let (g, s) = (above[at], (x[at] - mean) * inverse);
                to_gamma[at] = to_gamma[at] + g * s;
                to_beta[at] = to_beta[at] + g;
                scaled[at] = g * self.gamma[at];
                standard[at] = s;
            }
            let (shift, slope) = sums_of(scaled, standard, |g, s| (g, g * s));
            let shift = if self.centered { shift / count } else { T::ZERO };
            let slope = slope / count;
            // SAFETY: this row is this thread's; `finish` follows below.
            unsafe {
                self.out.write(start, length, room, |to| {
                    for ((to, &g), &s) in to.iter_mut().zip(&*scaled).zip(&*standard) {
                        *to = (g - shift - s * slope) * inverse;
                    }
                });
            }
        }
        self.out.finish();
    }
}

struct Join<'a, T> {
    sums: &'a [T],
    to_gamma: &'a mut [T],
    to_beta: &'a mut [T],
}

impl<T: Number> Body for Join<'_, T> {
    /// Adds up the blocks' sums, in their order.
    #[inline(always)]
    fn run<I: Isa>(self) {
        let length = self.to_gamma.len();
        self.to_gamma.fill(T::ZERO);
        self.to_beta.fill(T::ZERO);
        for sums in self.sums.chunks_exact(2 * length.max(1)) {
            let (gamma, beta) = sums.split_at(length);
            self.to_gamma.iter_mut().zip(gamma).for_each(|(to, &sum)| *to = *to + sum);
            self.to_beta.iter_mut().zip(beta).for_each(|(to, &sum)| *to = *to + sum);
        }
    }
}
