//! Cross-entropy of a softmax at one label per row: the softmax itself is never written.

use base::Result;
use graph::Tensor;
use lanes::Isa;

use super::{Body, Number, Sheet, WIDTH, at_level, greatest, read, sum_of};
use crate::gather::operands;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Picoseconds per element, roughly.
const COST: u64 = 300;
/// Rows of few elements that are computed side by side.
const SIDE: usize = 16;

/// # Safety
/// As for `Device::run`; tensors are contiguous, labels inside of the rows.
pub(super) unsafe fn forward<T: Number>(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([x, labels], [losses, most, sums]) = (inputs, outputs) else {
        return Err(operands("cross-entropy"));
    };
    let Some(&length) = x.shape.last() else { return Err(operands("cross-entropy")) };
    let length = length as usize;
    // SAFETY: promised by the caller.
    let (x, labels, losses, most, sums) =
        unsafe { (read::<T>(x), read::<i64>(labels), Sheet::of(losses), Sheet::of(most), Sheet::of(sums)) };
    let rows = labels.len() as i64;
    pool::parallel_ranges(rows, cost::grain(rows, COST * length as u64), &|begin, end| {
        let (begin, count) = (begin as usize, (end - begin) as usize);
        // SAFETY: these rows are this task's.
        let (losses, most, sums) =
            unsafe { (losses.piece(begin, count), most.piece(begin, count), sums.piece(begin, count)) };
        let (x, labels) = (&x[begin * length..], &labels[begin..]);
        at_level(Forward { x, labels, losses, most, sums, length });
    });
    Ok(())
}

struct Forward<'a, T> {
    x: &'a [T],
    labels: &'a [i64],
    losses: &'a mut [T],
    most: &'a mut [T],
    sums: &'a mut [T],
    length: usize,
}

impl<T: Number> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(mut self) {
        let mut row = 0;
        if (1..=WIDTH).contains(&self.length) {
            let mut columns = [[T::ZERO; SIDE]; WIDTH];
            while row + SIDE <= self.losses.len() {
                self.side_by_side::<I>(row, &mut columns);
                row += SIDE;
            }
        }
        for row in row..self.losses.len() {
            let x = &self.x[row * self.length..(row + 1) * self.length];
            let most = greatest(x);
            let sum = sum_of(x, |x| (x - most).exp_weight::<I>());
            let at = x.get(self.labels[row] as usize).copied().unwrap_or(T::NAN);
            self.losses[row] = -((at - most) - sum.log::<I>());
            (self.most[row], self.sums[row]) = (most, sum);
        }
    }
}

impl<T: Number> Forward<'_, T> {
    /// The losses of `SIDE` short rows, one in each lane, with the sums of rows that stand alone.
    #[inline(always)]
    fn side_by_side<I: Isa>(&mut self, row: usize, columns: &mut [[T; SIDE]; WIDTH]) {
        let x = &self.x[row * self.length..(row + SIDE) * self.length];
        for (lane, x) in x.chunks_exact(self.length).enumerate() {
            columns.iter_mut().zip(x).for_each(|(column, &x)| column[lane] = x);
        }
        let columns = &mut columns[..self.length];
        let mut most = [-T::INFINITY; SIDE];
        for column in &*columns {
            for lane in 0..SIDE {
                most[lane] = if column[lane] > most[lane] { column[lane] } else { most[lane] };
            }
        }
        for column in &mut *columns {
            for lane in 0..SIDE {
                column[lane] = (column[lane] - most[lane]).exp_weight::<I>();
            }
        }
        // Halves onto each other, as of whole blocks that end in zeros.
        let (mut count, mut live) = (WIDTH, self.length);
        while count > 1 {
            count /= 2;
            if live > count {
                let (low, high) = columns[..live].split_at_mut(count);
                for (low, high) in low.iter_mut().zip(high) {
                    for lane in 0..SIDE {
                        low[lane] = low[lane] + high[lane];
                    }
                }
                live = count;
            }
        }
        let sums = columns[0];
        for lane in 0..SIDE {
            columns[0][lane] = sums[lane].log::<I>();
        }
        for (lane, x) in x.chunks_exact(self.length).enumerate() {
            let at = x.get(self.labels[row + lane] as usize).copied().unwrap_or(T::NAN);
            self.losses[row + lane] = -((at - most[lane]) - columns[0][lane]);
        }
        self.most[row..row + SIDE].copy_from_slice(&most);
        self.sums[row..row + SIDE].copy_from_slice(&sums);
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous, labels inside of the rows.
pub(super) unsafe fn gradient<T: Number>(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([above, x, labels, most, sums], [out]) = (inputs, outputs) else {
        return Err(operands("cross-entropy"));
    };
    let Some(&length) = x.shape.last() else { return Err(operands("cross-entropy")) };
    let length = length as usize;
    // SAFETY: promised by the caller.
    let (above, x, labels, most, sums, out) = unsafe {
        let labels = read::<i64>(labels);
        (read::<T>(above), read::<T>(x), labels, read::<T>(most), read::<T>(sums), Sheet::of(out))
    };
    let rows = labels.len() as i64;
    pool::parallel_ranges(rows, cost::grain(rows, COST * length as u64), &|begin, end| {
        let (begin, end) = (begin as usize, end as usize);
        at_level(Gradient { above, x, labels, most, sums, out: &out, length, begin, end });
    });
    Ok(())
}

struct Gradient<'a, T> {
    above: &'a [T],
    x: &'a [T],
    labels: &'a [i64],
    most: &'a [T],
    sums: &'a [T],
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
            let start = row * self.length;
            let x = &self.x[start..start + self.length];
            let (most, above) = (self.most[row], self.above[row]);
            let scale = above / self.sums[row];
            // SAFETY: this row is this thread's; `finish` follows below.
            unsafe {
                self.out.write(start, self.length, room, |to| {
                    to.iter_mut().zip(x).for_each(|(to, &x)| *to = (x - most).exp_weight::<I>() * scale);
                    if let Some(at) = to.get_mut(self.labels[row] as usize) {
                        *at = *at - above;
                    }
                });
            }
        }
        self.out.finish();
    }
}
