//! Products over a band: what each row has to do with its neighbours, and nothing beyond. The three forms of one sum; see
//! `BandForm`. Every sum has an order that is fixed by the shapes.

use std::ops::Range;

use base::{DType, Error, Result};
use graph::Tensor;
use graph::vision::BandForm;

use super::{Number, Pieces, lengths, read, with_number};
use crate::gather::operands;
use crate::pool;

/// Rows that one task computes.
const ROWS: usize = 32;
/// Sums that run beside each other in a product of two rows.
const PARTS: usize = 16;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(crate) unsafe fn band(form: BandForm, before: i64, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([first, second, dilations], [out]) = (inputs, outputs) else { return Err(operands("band")) };
    // SAFETY: promised by the caller.
    unsafe { with_number!("band", out.dtype, run(form, before, first, second, dilations, out)) }
}

unsafe fn run<S: Number>(
    form: BandForm,
    before: i64,
    first: &Tensor,
    second: &Tensor,
    dilations: &Tensor,
    out: &Tensor,
) -> Result<()> {
    let (score, other) = if form == BandForm::Score { (out, first) } else { (first, out) };
    let ([batch, length, heads, window], [.., size]) =
        (lengths("band", score)?, lengths::<4>("band", other)?);
    // SAFETY: promised by the caller; dilations are int64.
    let (first, second, dilations, out) =
        unsafe { (read::<S>(first), read::<S>(second), read::<i64>(dilations), Pieces::<S>::of(out)) };
    let band = Band { length, heads, window, size, before, dilations, first, second };
    let blocks = length.div_ceil(ROWS);
    pool::parallel_ranges((batch * heads * blocks) as i64, 1, &|begin, end| {
        for task in begin as usize..end as usize {
            let (block, head, image) = (task % blocks, task / blocks % heads, task / blocks / heads);
            let rows = block * ROWS..length.min((block + 1) * ROWS);
            // SAFETY: every task writes its own rows of its own head.
            unsafe { wide_or_plain(form, &band, (image, head), rows, &out) };
        }
    });
    Ok(())
}

struct Band<'a, S> {
    length: usize,
    heads: usize,
    window: usize,
    size: usize,
    before: i64,
    dilations: &'a [i64],
    first: &'a [S],
    second: &'a [S],
}

/// # Safety
/// Nobody else reads or writes these rows.
unsafe fn wide_or_plain<S: Number>(
    form: BandForm,
    band: &Band<S>,
    place: (usize, usize),
    rows: Range<usize>,
    out: &Pieces<S>,
) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the instructions exist; the rest is the caller's promise. The same operations, so the same bits.
        return unsafe { wide(form, band, place, rows, out) };
    }
    // SAFETY: the caller's promise.
    unsafe { band.compute(form, place, rows, out) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn wide<S: Number>(
    form: BandForm,
    band: &Band<S>,
    place: (usize, usize),
    rows: Range<usize>,
    out: &Pieces<S>,
) {
    // SAFETY: the caller's promise.
    unsafe { band.compute(form, place, rows, out) }
}

impl<S: Number> Band<'_, S> {
    /// Where a row of one head begins, in rows of any size.
    #[inline(always)]
    fn row(&self, (image, head): (usize, usize), row: usize) -> usize {
        (image * self.length + row) * self.heads + head
    }

    /// The row that is `steps` away, if there is one.
    #[inline(always)]
    fn neighbour(&self, head: usize, row: usize, steps: i64) -> Option<usize> {
        let distance = steps.checked_mul(self.dilations[head])?;
        let found = usize::try_from((row as i64).checked_add(distance)?).ok()?;
        (found < self.length).then_some(found)
    }

    #[inline(always)]
    unsafe fn compute(&self, form: BandForm, place: (usize, usize), rows: Range<usize>, out: &Pieces<S>) {
        let (size, window) = (self.size, self.window);
        for row in rows {
            let at = self.row(place, row);
            let width = if form == BandForm::Score { window } else { size };
            // SAFETY: the caller's promise.
            let out = unsafe { out.piece(at * width, width) };
            out.fill(S::zero());
            for step in 0..window {
                let steps = step as i64 - self.before;
                let steps = if form == BandForm::Key { -steps } else { steps };
                let Some(other) = self.neighbour(place.1, row, steps) else { continue };
                let other = self.row(place, other);
                let theirs = &self.second[other * size..(other + 1) * size];
                match form {
                    BandForm::Score => out[step] = dot(&self.first[at * size..(at + 1) * size], theirs),
                    BandForm::Query => add_multiple(out, self.first[at * window + step], theirs),
                    BandForm::Key => add_multiple(out, self.first[other * window + step], theirs),
                }
            }
        }
    }
}

#[inline(always)]
fn dot<S: Number>(a: &[S], b: &[S]) -> S {
    let mut parts = [S::zero(); PARTS];
    let (a_chunks, b_chunks) = (a.chunks_exact(PARTS), b.chunks_exact(PARTS));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let rest = rest.fold(S::zero(), |sum, (&x, &y)| sum + x * y);
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((part, &x), &y) in parts.iter_mut().zip(a).zip(b) {
            *part = *part + x * y;
        }
    }
    let mut count = PARTS;
    while count > 1 {
        count /= 2;
        for at in 0..count {
            parts[at] = parts[at] + parts[at + count];
        }
    }
    parts[0] + rest
}

#[inline(always)]
fn add_multiple<S: Number>(sums: &mut [S], factor: S, x: &[S]) {
    for (sum, &x) in sums.iter_mut().zip(x) {
        *sum = *sum + factor * x;
    }
}
