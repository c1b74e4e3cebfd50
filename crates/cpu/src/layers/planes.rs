//! Normalisation of groups of planes with one scale and one shift per plane (batch, group and instance normalisation),
//! and its gradient. A plane's mean and squares are found while it is near, and joined to the group's in float64 (Chan,
//! Golub, LeVeque 1979), so that an array is read once before it is read again to be written.

use base::Result;
use graph::Tensor;
use graph::layers::Planes;
use lanes::Isa;

use super::{Body, Number, Sheet, at_level, read, sum_of, sums_of};
use crate::gather::operands;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Picoseconds per element, roughly.
const COST: u64 = 300;
/// Elements that are looked at together: they stay in the first-level cache.
const RUN: usize = 4096;

/// The elements of plane `number` of a group.
fn start(planes: &Planes, group: usize, number: usize) -> usize {
    (group * planes.group_step + number * planes.plane_step) * planes.inner
}

fn channel(planes: &Planes, group: usize, number: usize) -> usize {
    (group * planes.group_step + number * planes.plane_step) % planes.channels
}

fn share(planes: &Planes, work: &(dyn Fn(usize) + Sync)) {
    let groups = planes.groups as i64;
    let grain = cost::grain(groups, COST * (planes.planes * planes.inner) as u64);
    pool::parallel_ranges(groups, grain, &|begin, end| (begin as usize..end as usize).for_each(work));
}

/// # Safety
/// As for `Device::run`; tensors are contiguous and the planes are those of x.
pub(super) unsafe fn forward<T: Number>(
    planes: &Planes,
    epsilon: f64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([x, gamma, beta], [out, mean, variance, inverse]) = (inputs, outputs) else {
        return Err(operands("normalise planes"));
    };
    // SAFETY: promised by the caller.
    let (x, gamma, beta, out, moments) = unsafe {
        let moments = [Sheet::<T>::of(mean), Sheet::of(variance), Sheet::of(inverse)];
        (read::<T>(x), read::<T>(gamma), read::<T>(beta), Sheet::of(out), moments)
    };
    share(planes, &|group| {
        let (out, moments) = (&out, &moments);
        at_level(Forward { planes, epsilon, x, gamma, beta, out, moments, group });
    });
    Ok(())
}

struct Forward<'a, T> {
    planes: &'a Planes,
    epsilon: f64,
    x: &'a [T],
    gamma: &'a [T],
    beta: &'a [T],
    out: &'a Sheet<T>,
    moments: &'a [Sheet<T>; 3],
    group: usize,
}

impl<T: Number> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (planes, group) = (self.planes, self.group);
        let (mut count, mut mean, mut squares) = (0.0f64, 0.0f64, 0.0f64);
        for number in 0..planes.planes {
            let start = start(planes, group, number);
            for run in self.x[start..start + planes.inner].chunks(RUN) {
                let length = run.len() as f64;
                let own = sum_of(run, |x| x) / T::from_f64(length);
                let more = sum_of(run, |x| (x - own) * (x - own)).to_f64();
                let (own, all) = (own.to_f64(), count + length);
                let distance = own - mean;
                squares += more + distance * distance * (count * length / all);
                mean += distance * (length / all);
                count = all;
            }
        }
        let variance = T::from_f64(squares / count);
        let inverse = T::ONE / (variance + T::from_f64(self.epsilon)).sqrt();
        let mean = T::from_f64(mean);
        let mut scratch = Scratch::new::<T>(RUN);
        let room = scratch.slice::<T>(RUN);
        for number in 0..planes.planes {
            let channel = channel(planes, group, number);
            let (gamma, beta) = (self.gamma[channel], self.beta[channel]);
            let begin = start(planes, group, number);
            for at in (begin..begin + planes.inner).step_by(RUN) {
                let end = (at + RUN).min(begin + planes.inner);
                let x = &self.x[at..end];
                // SAFETY: this plane is this thread's; `finish` follows below.
                unsafe {
                    self.out.write(at, end - at, room, |to| {
                        to.iter_mut().zip(x).for_each(|(to, &x)| *to = (x - mean) * inverse * gamma + beta);
                    });
                }
            }
        }
        self.out.finish();
        for (sheet, moment) in self.moments.iter().zip([mean, variance, inverse]) {
            // SAFETY: this group's.
            unsafe { sheet.piece(group, 1).fill(moment) };
        }
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous and the planes are those of x.
pub(super) unsafe fn gradient<T: Number>(
    planes: &Planes,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([above, x, gamma, mean, inverse], [out, to_gamma, to_beta]) = (inputs, outputs) else {
        return Err(operands("normalise planes"));
    };
    // SAFETY: promised by the caller.
    let (above, x, gamma, mean, inverse) =
        unsafe { (read::<T>(above), read::<T>(x), read::<T>(gamma), read::<T>(mean), read::<T>(inverse)) };
    // SAFETY: as above.
    let (out, to_gamma, to_beta) =
        unsafe { (Sheet::of(out), Sheet::<T>::of(to_gamma), Sheet::<T>::of(to_beta)) };
    let count = 2 * planes.groups * planes.planes;
    let room = Scratch::new::<T>(count);
    let sums = Sheet { data: room.pointer::<T>(), count, streams: false };
    share(planes, &|group| {
        // SAFETY: each group has sums of its own.
        let sums = unsafe { sums.piece(2 * planes.planes * group, 2 * planes.planes) };
        at_level(Gradient { planes, above, x, gamma, mean, inverse, out: &out, sums, group });
    });
    // SAFETY: nobody else has these outputs or sums now.
    let (sums, to_gamma, to_beta) = unsafe {
        (sums.piece(0, count), to_gamma.piece(0, planes.channels), to_beta.piece(0, planes.channels))
    };
    to_gamma.fill(T::ZERO);
    to_beta.fill(T::ZERO);
    for (at, sums) in sums.chunks_exact(2).enumerate() {
        let channel = channel(planes, at / planes.planes, at % planes.planes);
        to_beta[channel] = to_beta[channel] + sums[0];
        to_gamma[channel] = to_gamma[channel] + sums[1];
    }
    Ok(())
}

struct Gradient<'a, T> {
    planes: &'a Planes,
    above: &'a [T],
    x: &'a [T],
    gamma: &'a [T],
    mean: &'a [T],
    inverse: &'a [T],
    out: &'a Sheet<T>,
    /// Of each plane: the sum of the gradient, and of its product with the normalised elements.
    sums: &'a mut [T],
    group: usize,
}

impl<T: Number> Body for Gradient<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (planes, group) = (self.planes, self.group);
        let (mean, inverse) = (self.mean[group], self.inverse[group]);
        let (mut shift, mut slope) = (T::ZERO, T::ZERO);
        for number in 0..planes.planes {
            let start = start(planes, group, number);
            let (x, above) = (&self.x[start..start + planes.inner], &self.above[start..start + planes.inner]);
            let (mut plain, mut weighted) = (T::ZERO, T::ZERO);
            for (x, above) in x.chunks(RUN).zip(above.chunks(RUN)) {
                let (first, second) = sums_of(above, x, |g, x| (g, g * (x - mean)));
                (plain, weighted) = (plain + first, weighted + second);
            }
            let weighted = weighted * inverse;
            (self.sums[2 * number], self.sums[2 * number + 1]) = (plain, weighted);
            let gamma = self.gamma[channel(planes, group, number)];
            (shift, slope) = (shift + gamma * plain, slope + gamma * weighted);
        }
        let count = T::from_f64((planes.planes * planes.inner) as f64);
        let (shift, slope) = (shift / count, slope / count * inverse);
        let mut scratch = Scratch::new::<T>(RUN);
        let room = scratch.slice::<T>(RUN);
        for number in 0..planes.planes {
            let gamma = self.gamma[channel(planes, group, number)];
            let begin = start(planes, group, number);
            for at in (begin..begin + planes.inner).step_by(RUN) {
                let end = (at + RUN).min(begin + planes.inner);
                let (x, above) = (&self.x[at..end], &self.above[at..end]);
                // SAFETY: this plane is this thread's; `finish` follows below.
                unsafe {
                    self.out.write(at, end - at, room, |to| {
                        for ((to, &g), &x) in to.iter_mut().zip(above).zip(x) {
                            *to = (g * gamma - shift - (x - mean) * slope) * inverse;
                        }
                    });
                }
            }
        }
        self.out.finish();
    }
}

/// By statistics that are given.
///
/// # Safety
/// As for `Device::run`; tensors are contiguous and the planes are those of x.
pub(super) unsafe fn given<T: Number>(planes: &Planes, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([x, mean, scale, beta], [out]) = (inputs, outputs) else {
        return Err(operands("normalise planes, given"));
    };
    // SAFETY: promised by the caller.
    let (x, vectors, out) = unsafe {
        let vectors = [read::<T>(mean), read::<T>(scale), read::<T>(beta)];
        (read::<T>(x), vectors, Sheet::of(out))
    };
    let count = (x.len() / planes.inner.max(1)) as i64;
    pool::parallel_ranges(count, cost::grain(count, COST * planes.inner as u64), &|begin, end| {
        for plane in begin as usize..end as usize {
            let [mean, scale, beta] = vectors.map(|vector| vector[plane % planes.channels]);
            at_level(Given { x, plane, inner: planes.inner, mean, scale, beta, out: &out });
        }
        out.finish();
    });
    Ok(())
}

struct Given<'a, T> {
    x: &'a [T],
    plane: usize,
    inner: usize,
    mean: T,
    scale: T,
    beta: T,
    out: &'a Sheet<T>,
}

impl<T: Number> Body for Given<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let mut scratch = Scratch::new::<T>(RUN);
        let room = scratch.slice::<T>(RUN);
        let (begin, all) = (self.plane * self.inner, (self.plane + 1) * self.inner);
        for at in (begin..all).step_by(RUN) {
            let end = (at + RUN).min(all);
            let x = &self.x[at..end];
            // SAFETY: this plane is this thread's; the caller finishes.
            unsafe {
                self.out.write(at, end - at, room, |to| {
                    for (to, &x) in to.iter_mut().zip(x) {
                        *to = (x - self.mean) * self.scale + self.beta;
                    }
                });
            }
        }
    }
}
