//! Normalisation of rows with one scale and one shift per column (layer and RMS normalisation), and its gradient. A row is
//! read once from afar; sums over rows go through blocks of rows whose size depends on the shape only.

use base::Result;
use graph::Tensor;
use lanes::Isa;

use super::wide::{self, Sums, WideBody, parts};
use super::{Body, Number, Sheet, WIDTH, at_level, at_width, read, total};
use crate::gather::operands;
use crate::gemm::vector::Vector;
use crate::hint::ask_for;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Picoseconds per element, roughly.
const COST: u64 = 300;
/// Blocks of rows whose sums for gamma and beta are kept apart, at most, and rows of a block at least.
const BLOCKS: usize = 32;
const LEAST_ROWS: usize = 8;
/// Bytes of a cache line.
const LINE: usize = 64;
/// Registers for the sums of one kind over rows side by side.
const SIDE_BY_SIDE: usize = 8;
/// How many bytes of each input the gradient asks for ahead, as its rows side by side are no stream that processors foresee.
const AHEAD: usize = 16 << 10;

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
        at_width(Forward { centered, epsilon, x, gamma, beta, out, moments, begin, end });
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

impl<T: Number> WideBody<T> for Forward<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Scalar = T>>(self) {
        let length = self.gamma.len();
        let mut scratch = Scratch::new::<T>(length);
        let room = scratch.slice::<T>(length);
        let (count, epsilon) = (T::from_f64(length as f64), T::from_f64(self.epsilon));
        for row in self.begin..self.end {
            let x = &self.x[row * length..(row + 1) * length];
            // SAFETY: compiled for these registers, as promised by the caller.
            let (mean, variance) = unsafe {
                let mean = if self.centered { wide::sum_of::<V>(x, None) / count } else { T::ZERO };
                (mean, wide::sum_of::<V>(x, Some(mean)) / count)
            };
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
    let out = out.beside(size_of_val(above) + size_of_val(x));
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
            let mut scratch = Scratch::new::<T>(length);
            let (out, room) = (&out, scratch.slice::<T>(length));
            at_width(Gradient { centered, above, x, gamma, mean, inverse, out, sums, room, begin, end });
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
    /// For one row.
    room: &'a mut [T],
    begin: usize,
    end: usize,
}

impl<T: Number> WideBody<T> for Gradient<'_, T> {
    #[inline(always)]
    unsafe fn run<V: Vector<Scalar = T>>(mut self) {
        self.sums.fill(T::ZERO);
        let mut row = self.begin;
        // As many rows side by side as the registers hold sums of.
        let side_by_side = if V::ROWS < 12 { 1 } else { SIDE_BY_SIDE / parts::<V>() };
        // SAFETY: compiled for these registers, as promised by the caller; rows of this body.
        unsafe {
            while side_by_side == 4 && row + 4 <= self.end {
                self.rows::<V, 4>(row);
                row += 4;
            }
            while side_by_side == 2 && row + 2 <= self.end {
                self.rows::<V, 2>(row);
                row += 2;
            }
            while row < self.end {
                self.rows::<V, 1>(row);
                row += 1;
            }
        }
        self.out.finish();
    }
}

impl<T: Number> Gradient<'_, T> {
    /// The gradient of `R` rows, and their part of the sums for gamma and beta, row after row.
    ///
    /// # Safety
    /// As for [`WideBody::run`]; rows from `row` on that are this body's.
    #[inline(always)]
    unsafe fn rows<V: Vector<Scalar = T>, const R: usize>(&mut self, row: usize) {
        let length = self.gamma.len();
        let line = |all: &'_ [T], row: usize| all[row * length..(row + 1) * length].as_ptr();
        let x: [*const T; R] = std::array::from_fn(|at| line(self.x, row + at));
        let above: [*const T; R] = std::array::from_fn(|at| line(self.above, row + at));
        let mean: [T; R] = std::array::from_fn(|at| self.mean[row + at]);
        let inverse: [T; R] = std::array::from_fn(|at| self.inverse[row + at]);
        let (to_gamma, to_beta) = self.sums.split_at_mut(length);
        let whole = length / WIDTH * WIDTH;
        // SAFETY: all rows, and the sums, have `length` elements.
        let (mut shift, mut slope) = unsafe {
            let means: [V; R] = std::array::from_fn(|at| V::splat(&mean[at]));
            let inverses: [V; R] = std::array::from_fn(|at| V::splat(&inverse[at]));
            let (mut shift, mut slope) = ([Sums::<V>::new(); R], [Sums::<V>::new(); R]);
            let mut start = 0;
            while start < whole {
                for part in 0..parts::<V>() {
                    let at = start + part * V::LANES;
                    let gamma = V::load(self.gamma.as_ptr().add(at));
                    let mut sums = [to_gamma.as_ptr(), to_beta.as_ptr()].map(|sums| V::load(sums.add(at)));
                    for row in 0..R {
                        let (x, g) = (V::load(x[row].add(at)), V::load(above[row].add(at)));
                        let s = x.subtract(means[row]).multiply(inverses[row]);
                        sums = [sums[0].add(g.multiply(s)), sums[1].add(g)];
                        let g = g.multiply(gamma);
                        shift[row].add(part, g);
                        slope[row].add(part, g.multiply(s));
                    }
                    sums[0].store(to_gamma.as_mut_ptr().add(at));
                    sums[1].store(to_beta.as_mut_ptr().add(at));
                }
                start += WIDTH;
            }
            (shift.map(|sums| sums.lanes()), slope.map(|sums| sums.lanes()))
        };
        let count = T::from_f64(length as f64);
        let ahead = AHEAD / size_of::<T>() / length.max(1) * length;
        for at in 0..R {
            let start = (row + at) * length;
            let (x, above) = (&self.x[start..start + length], &self.above[start..start + length]);
            let (mean, inverse) = (mean[at], inverse[at]);
            for (lane, place) in (whole..length).enumerate() {
                let (g, s) = (above[place], (x[place] - mean) * inverse);
                to_gamma[place] = to_gamma[place] + g * s;
                to_beta[place] = to_beta[place] + g;
                let g = g * self.gamma[place];
                shift[at][lane] = shift[at][lane] + g;
                slope[at][lane] = slope[at][lane] + g * s;
            }
            let shift = if self.centered { total(shift[at]) / count } else { T::ZERO };
            let slope = total(slope[at]) / count;
            if ahead > 0 {
                for place in (start + ahead..start + ahead + length).step_by(LINE / size_of::<T>()) {
                    ask_for(self.x.as_ptr().wrapping_add(place).cast());
                    ask_for(self.above.as_ptr().wrapping_add(place).cast());
                }
            }
            // SAFETY: this row is this thread's; `finish` follows in the caller.
            unsafe {
                self.out.write(start, length, self.room, |to| {
                    for (((to, &x), &g), &gamma) in to.iter_mut().zip(x).zip(above).zip(self.gamma) {
                        *to = (g * gamma - shift - (x - mean) * inverse * slope) * inverse;
                    }
                });
            }
        }
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
