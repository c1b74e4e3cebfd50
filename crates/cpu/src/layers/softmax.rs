//! Softmax of rows and its gradient: a row stays in the first-level cache while it is read three times.

use base::Result;
use graph::Tensor;
use graph::layers::Softmax;
use lanes::Isa;

use super::{Body, Number, Sheet, at_level, greatest, read, sum_into, sum_of, sums_of};
use crate::gather::operands;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Picoseconds per element, roughly.
const COST: u64 = 300;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn forward<T: Number>(how: &Softmax, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([x, rest @ ..], [out]) = (inputs, outputs) else { return Err(operands("softmax")) };
    let Some(&length) = x.shape.last() else { return Err(operands("softmax")) };
    let length = length as usize;
    // SAFETY: promised by the caller.
    let (x, mask, out) =
        unsafe { (read::<T>(x), rest.first().map(|mask| read::<bool>(mask)), Sheet::<T>::of(out)) };
    share(length, x.len(), &|begin, end| at_level(Forward { how, x, mask, out: &out, length, begin, end }));
    Ok(())
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn gradient<T: Number>(how: &Softmax, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([above, result, rest @ ..], [out]) = (inputs, outputs) else { return Err(operands("softmax")) };
    let Some(&length) = result.shape.last() else { return Err(operands("softmax")) };
    let length = length as usize;
    // SAFETY: promised by the caller.
    let (above, result, mask, out) = unsafe {
        let mask = rest.first().map(|mask| read::<bool>(mask));
        (read::<T>(above), read::<T>(result), mask, Sheet::<T>::of(out))
    };
    share(length, result.len(), &|begin, end| {
        at_level(Gradient { how, above, result, mask, out: &out, length, begin, end });
    });
    Ok(())
}

/// Shares the rows among threads.
fn share(length: usize, count: usize, work: &(dyn Fn(usize, usize) + Sync)) {
    let rows = (count / length.max(1)) as i64;
    let grain = cost::grain(rows, COST * length as u64);
    pool::parallel_ranges(rows, grain, &|begin, end| work(begin as usize, end as usize));
}

struct Forward<'a, T> {
    how: &'a Softmax,
    x: &'a [T],
    mask: Option<&'a [bool]>,
    out: &'a Sheet<T>,
    length: usize,
    begin: usize,
    end: usize,
}

impl<T: Number> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let mut scratch = Scratch::new::<T>(self.length);
        let room = scratch.slice::<T>(self.length);
        for row in self.begin..self.end {
            let (start, end) = (row * self.length, (row + 1) * self.length);
            let x = &self.x[start..end];
            let mask = self.mask.map(|mask| &mask[start..end]);
            // SAFETY: this row is this thread's; `finish` follows below.
            unsafe {
                self.out.write(start, self.length, room, |to| one::<T, I>(self.how, x, mask, to));
            }
        }
        self.out.finish();
    }
}

#[inline(always)]
fn one<T: Number, I: Isa>(how: &Softmax, x: &[T], mask: Option<&[bool]>, to: &mut [T]) {
    let temperature = T::from_f64(how.temperature);
    match mask {
        // read where it lies
        None if how.temperature == 1.0 => return normalise::<T, I>(how.logarithm, greatest(x), Some(x), to),
        None => to.iter_mut().zip(x).for_each(|(to, &x)| *to = x / temperature),
        Some(mask) => {
            for ((to, &x), &seen) in to.iter_mut().zip(x).zip(mask) {
                *to = if seen { x / temperature } else { -T::INFINITY };
            }
        }
    }
    let most = greatest(to);
    // rows in which nothing takes part
    let most = if mask.is_some() && most == -T::INFINITY { T::ZERO } else { most };
    normalise::<T, I>(how.logarithm, most, None, to);
    if let Some(mask) = mask {
        let outside = T::from_f64(how.outside);
        to.iter_mut().zip(mask).for_each(|(to, &seen)| *to = if seen { *to } else { outside });
    }
}

/// The softmax of `x`, or of what lies in `to`, whose greatest element is known.
#[inline(always)]
fn normalise<T: Number, I: Isa>(logarithm: bool, most: T, x: Option<&[T]>, to: &mut [T]) {
    let weight = |x: T| (x - most).exp_weight::<I>();
    match (logarithm, x) {
        (true, Some(x)) => {
            let sum = sum_of(x, weight).log::<I>();
            to.iter_mut().zip(x).for_each(|(to, &x)| *to = (x - most) - sum);
        }
        (true, None) => {
            let sum = sum_of(to, weight).log::<I>();
            to.iter_mut().for_each(|to| *to = (*to - most) - sum);
        }
        (false, x) => {
            let sum = match x {
                Some(x) => sum_into(to, x, weight),
                None => {
                    to.iter_mut().for_each(|to| *to = weight(*to));
                    sum_of(to, |x| x)
                }
            };
            let inverse = T::ONE / sum;
            to.iter_mut().for_each(|to| *to = *to * inverse);
        }
    }
}

struct Gradient<'a, T> {
    how: &'a Softmax,
    above: &'a [T],
    result: &'a [T],
    mask: Option<&'a [bool]>,
    out: &'a Sheet<T>,
    length: usize,
    begin: usize,
    end: usize,
}

impl<T: Number> Body for Gradient<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let mut scratch = Scratch::new::<T>(self.length);
        let room = scratch.slice::<T>(self.length);
        for row in self.begin..self.end {
            let (start, end) = (row * self.length, (row + 1) * self.length);
            let (above, result) = (&self.above[start..end], &self.result[start..end]);
            let mask = self.mask.map(|mask| &mask[start..end]);
            // SAFETY: this row is this thread's; `finish` follows below.
            unsafe {
                self.out.write(start, self.length, room, |to| {
                    back::<T, I>(self.how, above, result, mask, to);
                });
            }
        }
        self.out.finish();
    }
}

#[inline(always)]
fn back<T: Number, I: Isa>(how: &Softmax, above: &[T], result: &[T], mask: Option<&[bool]>, to: &mut [T]) {
    let temperature = T::from_f64(how.temperature);
    if !how.logarithm {
        let (sum, _) = sums_of(above, result, |g, y| (g * y, T::ZERO));
        for ((to, &g), &y) in to.iter_mut().zip(above).zip(result) {
            *to = y * (g - sum);
        }
    } else if let Some(mask) = mask {
        for ((to, &g), &seen) in to.iter_mut().zip(above).zip(mask) {
            *to = if seen { g } else { T::ZERO };
        }
        let sum = sum_of(to, |g| g);
        for ((to, &y), &seen) in to.iter_mut().zip(result).zip(mask) {
            *to = if seen { *to - y.exp::<I>() * sum } else { T::ZERO };
        }
    } else {
        let sum = sum_of(above, |g| g);
        for ((to, &g), &y) in to.iter_mut().zip(above).zip(result) {
            *to = g - y.exp::<I>() * sum;
        }
    }
    if how.temperature != 1.0 {
        to.iter_mut().for_each(|to| *to = *to / temperature);
    }
}
