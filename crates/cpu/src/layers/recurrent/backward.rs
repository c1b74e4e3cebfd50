//! The gradient: from the last turn to the first, gradients of all gates' sums (slopes); then (`joint`) the products over
//! all steps.

use base::Result;
use graph::Tensor;
use graph::layers::Cell;
use lanes::Isa;

use super::joint::Joint;
use super::{Body, GATES, LINE, Number, Part, Sheet, Sizes, at_level, cells, pieces, read};
use crate::gather::operands;
use crate::gemm::panels::{Lines, Panels, Plain, Target};
use crate::rounds::rounds;
use crate::scratch::Scratch;

/// Slopes of all steps: (steps * batch) rows, a little longer than the gates so that rows do not meet in one set of a
/// cache.
#[derive(Clone, Copy)]
pub(super) struct Slopes<T> {
    pub data: *mut T,
    pub row: usize,
}

// SAFETY: an address; who writes rows promises that nobody else uses them.
unsafe impl<T: Send> Sync for Slopes<T> {}

struct Walk<'a, T> {
    sizes: Sizes,
    to_out: &'a [T],
    to_state: &'a [T],
    to_cell: &'a [T],
    state_weight: &'a [T],
    state: &'a [T],
    first_cell: &'a [T],
    out: &'a [T],
    gates: &'a [T],
    cells: &'a [T],
    to_first: Sheet<T>,
    to_first_cell: Sheet<T>,
    slopes: Slopes<T>,
    /// Columns of the weights of the state, band by band, over the rows of all gates.
    panels: Panels<T>,
    /// Gradients of the cell or, of a GRU, the share of the state's that goes through no product; band by band.
    kept: Sheet<T>,
    /// Sums of slopes: of each item its gates.
    sums: Sheet<T>,
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(in super::super) unsafe fn gradient<T: Number + Plain>(
    (cell, reverse): (Cell, bool),
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let [to_out, to_state, to_cell, x, weight, state_weight, state, first_cell, out, gates, cells] = inputs
    else {
        return Err(operands("recurrent"));
    };
    let [to_x, to_weight, to_state_weight, to_bias, to_first, to_first_cell] = outputs else {
        return Err(operands("recurrent"));
    };
    let sizes = Sizes::of::<T>(cell, reverse, x, state_weight)?;
    let Sizes { steps, batch, size, width, .. } = sizes;
    let row = (GATES * size).next_multiple_of(LINE) + LINE;
    let slopes_room = Scratch::new::<T>(steps * batch * row);
    let slopes = Slopes { data: slopes_room.pointer::<T>(), row };
    let k = sizes.gates() * size;
    let panels = Scratch::new::<T>(sizes.bands() * width * k);
    let kept = Scratch::new::<T>(sizes.banded());
    let sums_count = sizes.items() * GATES * width;
    let mut sums = Scratch::new::<T>(sums_count);
    sums.slice::<T>(sums_count).fill(<T as lanes::Real>::ZERO);
    // SAFETY: promised by the caller; the rooms are this call's.
    unsafe {
        let walk = Walk {
            sizes,
            to_out: read::<T>(to_out),
            to_state: read(to_state),
            to_cell: read(to_cell),
            state_weight: read(state_weight),
            state: read(state),
            first_cell: read(first_cell),
            out: read(out),
            gates: read(gates),
            cells: read(cells),
            to_first: Sheet::of(to_first),
            to_first_cell: Sheet::of(to_first_cell),
            slopes,
            panels: Panels { data: panels.pointer(), k },
            kept: Sheet { data: kept.pointer(), count: sizes.banded(), streams: false },
            sums: Sheet { data: sums.pointer(), count: sums_count, streams: false },
        };
        rounds(steps + 2, sizes.items(), sizes.wide(), &|round, item| {
            walk.round(round, sizes.part(item), item)
        });
        walk.add_sums(Sheet::<T>::of(to_bias).piece(0, GATES * size));
        let to = |tensor: &Tensor| tensor.data.cast::<T>();
        let joint = Joint {
            sizes,
            slopes,
            x: read(x),
            weight: read(weight),
            state: read(state),
            out: read(out),
            to_x: Sheet::of(to_x),
            to_weight: to(to_weight),
            to_state_weight: to(to_state_weight),
        };
        joint.run();
    }
    Ok(())
}

impl<T: Number + Plain> Walk<'_, T> {
    /// A step's matrix (batch, size) of an array of all steps.
    fn of_step(&self, all: &[T], step: usize) -> *mut T {
        all.as_ptr().wrapping_add(step * self.sizes.batch * self.sizes.size).cast_mut()
    }

    fn round(&self, round: usize, part: Part, item: usize) {
        let Sizes { steps, size, width, cell, .. } = self.sizes;
        let (start, count) = self.sizes.banded_part(&part);
        // SAFETY: these elements are this item's.
        let kept = unsafe { self.kept.piece(start, count) };
        if round == 0 {
            return self.begin(part, kept);
        }
        let mut room = Scratch::new::<T>(8 * count);
        let [to_state, rest @ ..] = pieces::<T, 8>(room.slice::<T>(8 * count), count);
        if round == 1 {
            // SAFETY: a whole matrix, which nobody writes.
            unsafe {
                to_state.fill(<T as lanes::Real>::ZERO);
                part.fetch(part.rows_of(self.to_state.as_ptr().cast_mut(), size), width, to_state);
            }
        } else {
            self.multiply(steps + 1 - round, part, to_state);
            if cell == Cell::Gru {
                to_state.iter_mut().zip(&*kept).for_each(|(to, &kept)| *to = *to + kept);
            }
        }
        if round <= steps {
            let turn = steps - round;
            return at_level(StepBack { walk: self, turn, part, item, to_state, rest, kept });
        }
        // SAFETY: these elements of the outputs are this item's.
        unsafe {
            part.put(to_state, width, part.rows_of(self.to_first.data, size));
            if cell == Cell::Lstm {
                part.put(kept, width, part.rows_of(self.to_first_cell.data, size));
            }
        }
    }

    /// Packs the weights of a band, and fetches what the last step needs.
    fn begin(&self, part: Part, kept: &mut [T]) {
        let Sizes { size, width, cell, .. } = self.sizes;
        // SAFETY: the item of a band's first rows packs its panel, which nobody reads in this round.
        unsafe {
            if part.first == 0 {
                let data = self.state_weight.as_ptr().add(part.begin);
                let columns = Lines { data, count: part.features, line: 1, step: size };
                self.panels.pack(part.band, 0, self.panels.k, columns);
            }
            kept.fill(<T as lanes::Real>::ZERO);
            if cell == Cell::Lstm {
                part.fetch(part.rows_of(self.to_cell.as_ptr().cast_mut(), size), width, kept);
            }
        }
    }

    /// What slopes of a turn say of the state before.
    fn multiply(&self, turn: usize, part: Part, to: &mut [T]) {
        let Sizes { batch, size, width, cell, .. } = self.sizes;
        let row = self.sizes.step(turn) * batch + part.first;
        let product = |gate: usize, from: usize, steps: usize, accumulate: bool| {
            let target = Target { data: to.as_ptr().cast_mut(), row: width, columns: width, accumulate };
            // SAFETY: these slopes were written in the round before; whole rows of the working memory are written.
            unsafe {
                let data = self.slopes.data.cast_const().add(row * self.slopes.row + gate * size);
                let rows = Lines { data, count: part.rows, line: self.slopes.row, step: 1 };
                self.panels.product(part.band, (from, steps), rows, target);
            }
        };
        match cell {
            Cell::Lstm => product(0, 0, 4 * size, false),
            Cell::Gru => {
                product(0, 0, 2 * size, false);
                product(3, 2 * size, size, true);
            }
        }
    }

    /// Sums of slopes over items, in their order.
    fn add_sums(&self, to_bias: &mut [T]) {
        let Sizes { size, width, .. } = self.sizes;
        to_bias.fill(<T as lanes::Real>::ZERO);
        for item in 0..self.sizes.items() {
            let part = self.sizes.part(item);
            // SAFETY: all rounds are finished.
            let sums = unsafe { self.sums.piece(item * GATES * width, GATES * width) };
            for (gate, sums) in sums.chunks_exact(width).enumerate() {
                let to = &mut to_bias[gate * size + part.begin..][..part.features];
                to.iter_mut().zip(sums).for_each(|(to, &sum)| *to = *to + sum);
            }
        }
    }
}

/// Slopes of one turn and part.
struct StepBack<'a, T> {
    walk: &'a Walk<'a, T>,
    turn: usize,
    part: Part,
    item: usize,
    to_state: &'a mut [T],
    /// Working memory.
    rest: [&'a mut [T]; 7],
    kept: &'a mut [T],
}

impl<T: Number + Plain> Body for StepBack<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let StepBack { walk, turn, part, item, to_state, rest, kept } = self;
        let [entry, forget, new, exit, cell, old, above] = rest;
        let Sizes { batch, size, width, .. } = walk.sizes;
        let step = walk.sizes.step(turn);
        let before = turn.checked_sub(1).map(|turn| walk.sizes.step(turn));
        let gates = [entry, forget, new, exit];
        // SAFETY: what is fetched was written before this call; slopes and sums are this item's.
        unsafe {
            let fetch = |from: *mut T, to: &mut [T]| part.fetch(part.rows_of(from, size), width, to);
            fetch(walk.of_step(walk.to_out, step), above);
            to_state.iter_mut().zip(&*above).for_each(|(to, &above)| *to = *to + above);
            let [entry, forget, new, exit] = gates;
            let all = walk.gates.as_ptr().add(step * batch * GATES * size).cast_mut();
            let fetch_gate = |gate: usize, to: &mut [T]| {
                part.fetch(part.rows_of(all.add(gate * size), GATES * size), width, to);
            };
            fetch_gate(0, entry);
            fetch_gate(1, forget);
            fetch_gate(2, new);
            fetch_gate(3, exit);
            match walk.sizes.cell {
                Cell::Lstm => {
                    fetch(walk.of_step(walk.cells, step), cell);
                    let first = walk.first_cell.as_ptr().cast_mut();
                    fetch(before.map_or(first, |step| walk.of_step(walk.cells, step)), old);
                    cells::lstm_back::<T, I>([&mut *entry, forget, new, exit], to_state, (cell, old), kept);
                }
                Cell::Gru => {
                    let first = walk.state.as_ptr().cast_mut();
                    fetch(before.map_or(first, |step| walk.of_step(walk.out, step)), old);
                    cells::gru_back([&mut *entry, forget, new, exit], to_state, old, kept);
                }
            }
            let sums = walk.sums.piece(item * GATES * width, GATES * width);
            let to = walk.slopes.data.wrapping_add(step * batch * walk.slopes.row);
            for (gate, slopes) in [entry, forget, new, exit].into_iter().enumerate() {
                part.put(slopes, width, part.rows_of(to.wrapping_add(gate * size), walk.slopes.row));
                add_rows(slopes, above, &mut sums[gate * width..(gate + 1) * width]);
            }
        }
    }
}

/// Adds the sum of whole rows, which is made in working memory first, so that few sums have many terms.
fn add_rows<T: Number + Plain>(rows: &[T], sums: &mut [T], to: &mut [T]) {
    /// Rows that are added at a time.
    const TOGETHER: usize = 4;
    let (width, kernels) = (to.len(), T::kernels());
    let ones = [T::ONE; TOGETHER];
    let sums = &mut sums[..width];
    sums.fill(<T as lanes::Real>::ZERO);
    for rows in rows.chunks(TOGETHER * width) {
        // SAFETY: so many whole rows; as many sums as a row has elements.
        unsafe {
            let count = rows.len() / width;
            (kernels.add_columns)(
                width,
                count,
                rows.as_ptr(),
                width as isize,
                ones.as_ptr(),
                sums.as_mut_ptr(),
            );
        }
    }
    // SAFETY: one row.
    unsafe {
        (kernels.add_columns)(width, 1, sums.as_ptr(), width as isize, ones.as_ptr(), to.as_mut_ptr());
    }
}
