//! One direction of one recurrent layer (LSTM, GRU) over all steps, and its gradient. All steps run as rounds of one
//! parallel region: an item of a round is a band of features for some rows of the batch, with all gates of these
//! features, whose weights are packed once and stay in its thread's nearer caches. Must know nothing of tapes.
//!
//! * `forward`: states of all steps. `backward`: gradients. `joint`: those products of the gradient that have no order of
//!   steps. `cells`: the arithmetic of one step between the products.
//!
//! Arrays lie steps first, then batch, then features (of gates: gate by gate). Items are cut by sizes alone.

mod backward;
mod cells;
mod forward;
mod joint;

use base::Result;
use graph::Tensor;
use graph::layers::Cell;

use super::{Body, Number, Sheet, at_level, read};
use crate::gather::operands;
use crate::gemm::panels::{Plain, width};

pub(super) use backward::gradient;
pub(super) use forward::forward;

/// Blocks of gates that are kept: input, forget, new, output; or reset, update, new and the state's share of new.
const GATES: usize = 4;
/// Rows of the batch in an item at most: its sums and gates then stay in the second-level cache.
const MOST_ROWS: usize = 96;
/// Where a batch has more than twice as many rows, it is cut until there are [`ENOUGH_ITEMS`].
const FEW_ROWS: usize = 24;
const ENOUGH_ITEMS: usize = 16;
/// Rows of every cut but the last are a multiple of the tallest tile.
const TILE: usize = 12;
/// Rounds of fewer multiplications are run by one thread.
const WIDE_ROUND: usize = 1 << 15;
/// Elements that are copied at a time.
const LINE: usize = 16;

/// Lengths.
#[derive(Clone, Copy)]
struct Sizes {
    cell: Cell,
    reverse: bool,
    steps: usize,
    batch: usize,
    inputs: usize,
    /// Length of a state.
    size: usize,
    /// Features of a band.
    width: usize,
    /// Rows of the batch in an item.
    rows: usize,
}

/// What an item works on.
#[derive(Clone, Copy)]
struct Part {
    band: usize,
    /// Features.
    begin: usize,
    features: usize,
    /// Rows of the batch.
    first: usize,
    rows: usize,
}

impl Sizes {
    fn of<T: Plain>(cell: Cell, reverse: bool, x: &Tensor, weight: &Tensor) -> Result<Sizes> {
        let (&[steps, batch, inputs], &[_, size]) = (&x.shape[..], &weight.shape[..]) else {
            return Err(operands("recurrent"));
        };
        let [steps, batch, inputs, size] = [steps, batch, inputs, size].map(|length| length as usize);
        let width = width::<T>();
        let few = ENOUGH_ITEMS.div_ceil(size.div_ceil(width)).min(batch / FEW_ROWS).max(1);
        let cuts = few.max(batch.div_ceil(MOST_ROWS));
        let rows = batch.div_ceil(cuts).next_multiple_of(TILE).min(batch);
        Ok(Sizes { cell, reverse, steps, batch, inputs, size, width, rows })
    }

    /// Gates with weights.
    fn gates(&self) -> usize {
        match self.cell {
            Cell::Lstm => 4,
            Cell::Gru => 3,
        }
    }

    /// Which of the kept gates has the weights `gate` of the state.
    fn state_gate(&self, gate: usize) -> usize {
        if self.cell == Cell::Gru && gate == 2 { 3 } else { gate }
    }

    /// The step of turn `turn`.
    fn step(&self, turn: usize) -> usize {
        if self.reverse { self.steps - 1 - turn } else { turn }
    }

    fn bands(&self) -> usize {
        self.size.div_ceil(self.width)
    }

    /// Items of one band.
    fn cuts(&self) -> usize {
        self.batch.div_ceil(self.rows)
    }

    fn items(&self) -> usize {
        self.bands() * self.cuts()
    }

    /// Whether a round is worth more than one thread.
    fn wide(&self) -> bool {
        self.batch.saturating_mul(self.size).saturating_mul(self.gates() * self.size) >= WIDE_ROUND
    }

    /// Elements of an array that has whole bands of all rows.
    fn banded(&self) -> usize {
        self.bands() * self.batch * self.width
    }

    fn part(&self, item: usize) -> Part {
        let (band, first) = (item / self.cuts(), item % self.cuts() * self.rows);
        let begin = band * self.width;
        let features = self.width.min(self.size - begin);
        Part { band, begin, features, first, rows: self.rows.min(self.batch - first) }
    }

    /// Where the elements of a part are in an array that has whole bands, and how many.
    fn banded_part(&self, part: &Part) -> (usize, usize) {
        ((part.band * self.batch + part.first) * self.width, part.rows * self.width)
    }
}

/// Rows of a part in an array of another width.
#[derive(Clone, Copy)]
struct Rows<T> {
    data: *mut T,
    /// From row to row.
    stride: usize,
}

impl Part {
    /// The part's rows in a matrix whose first row and feature are at `data`.
    fn rows_of<T>(&self, data: *mut T, stride: usize) -> Rows<T> {
        Rows { data: data.wrapping_add(self.first * stride + self.begin), stride }
    }

    /// Copies the part's elements to whole rows of `width`.
    ///
    /// # Safety
    /// The rows are readable, and nobody writes them; `to` has as many whole rows.
    #[inline(always)]
    unsafe fn fetch<T: Copy>(&self, from: Rows<T>, width: usize, to: &mut [T]) {
        for (row, to) in to.chunks_exact_mut(width).enumerate().take(self.rows) {
            // SAFETY: promised by the caller; a whole row holds the part's features.
            unsafe { copy(from.data.add(row * from.stride), to.as_mut_ptr(), self.features) }
        }
    }

    /// The other way round.
    ///
    /// # Safety
    /// The rows are this part's alone.
    #[inline(always)]
    unsafe fn put<T: Copy>(&self, from: &[T], width: usize, to: Rows<T>) {
        for (row, from) in from.chunks_exact(width).enumerate().take(self.rows) {
            // SAFETY: as above.
            unsafe { copy(from.as_ptr(), to.data.add(row * to.stride), self.features) }
        }
    }
}

/// Copies a few elements by whole vectors.
///
/// # Safety
/// They are readable and writable, and apart.
#[inline(always)]
unsafe fn copy<T: Copy>(from: *const T, to: *mut T, count: usize) {
    let mut at = 0;
    // SAFETY: promised by the caller; indices stay below `count`.
    unsafe {
        while at + LINE <= count {
            let line = from.add(at).cast::<[T; LINE]>().read_unaligned();
            to.add(at).cast::<[T; LINE]>().write_unaligned(line);
            at += LINE;
        }
        while at < count {
            *to.add(at) = *from.add(at);
            at += 1;
        }
    }
}

/// Cuts working memory into pieces of one length.
fn pieces<T, const COUNT: usize>(room: &mut [T], length: usize) -> [&mut [T]; COUNT] {
    let mut rest = room;
    std::array::from_fn(|_| {
        let (piece, later) = std::mem::take(&mut rest).split_at_mut(length);
        rest = later;
        piece
    })
}
