//! States of all steps. In front of some steps each item multiplies their inputs for its own gates, so that these sums
//! are still near when they are wanted.

use base::Result;
use graph::Tensor;
use graph::layers::Cell;
use lanes::Isa;

use super::{Body, GATES, Number, Part, Rows, Sheet, Sizes, at_level, cells, pieces, read};
use crate::gather::operands;
use crate::gemm::panels::{Lines, Panels, Plain, Target};
use crate::rounds::rounds;
use crate::scratch::Scratch;

/// Rows of inputs that are multiplied at a time, where an item has all rows of the batch.
const INPUT_ROWS: usize = 96;

struct Forward<'a, T> {
    sizes: Sizes,
    x: &'a [T],
    weight: &'a [T],
    state_weight: &'a [T],
    bias: &'a [T],
    state: &'a [T],
    first_cell: &'a [T],
    out: Sheet<T>,
    /// Of all steps, if they are wanted.
    gates: Sheet<T>,
    /// Of all steps, or of the last.
    cells: Sheet<T>,
    keeps: bool,
    /// Steps whose inputs are multiplied at a time.
    block: usize,
    /// Of each band its gates in turn.
    input_panels: Panels<T>,
    state_panels: Panels<T>,
    /// The cell or, of a GRU, the state, band by band.
    kept: Sheet<T>,
    /// Sums over the inputs, which become gates: of each item all gates, of each the steps of a block.
    sums: Sheet<T>,
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(in super::super) unsafe fn forward<T: Number + Plain>(
    (cell, reverse): (Cell, bool),
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([x, weight, state_weight, bias, state, rest @ ..], [out, gates, cells, ..]) = (inputs, outputs)
    else {
        return Err(operands("recurrent"));
    };
    let sizes = Sizes::of::<T>(cell, reverse, x, state_weight)?;
    let Sizes { steps, batch, inputs, size, .. } = sizes;
    let block = if sizes.cuts() == 1 { (INPUT_ROWS / batch.max(1)).clamp(1, steps.max(1)) } else { 1 };
    let keeps = gates.shape.iter().product::<i64>() > 0;
    let columns = sizes.bands() * sizes.gates() * sizes.width;
    let input_room = Scratch::new::<T>(columns * inputs);
    let state_room = Scratch::new::<T>(columns * size);
    let kept = Scratch::new::<T>(sizes.banded());
    let sums_count = GATES * block * sizes.banded();
    let sums = Scratch::new::<T>(sums_count);
    // SAFETY: promised by the caller; the rooms are this call's.
    let forward = unsafe {
        Forward {
            sizes,
            x: read::<T>(x),
            weight: read(weight),
            state_weight: read(state_weight),
            bias: read(bias),
            state: read(state),
            first_cell: rest.first().map_or(&[][..], |first| read(first)),
            out: Sheet::of(out),
            gates: Sheet::of(gates),
            cells: Sheet::of(cells),
            keeps,
            block,
            input_panels: Panels { data: input_room.pointer(), k: inputs },
            state_panels: Panels { data: state_room.pointer(), k: size },
            kept: Sheet { data: kept.pointer(), count: sizes.banded(), streams: false },
            sums: Sheet { data: sums.pointer(), count: sums_count, streams: false },
        }
    };
    rounds(steps + 1, sizes.items(), sizes.wide(), &|round, item| {
        let part = sizes.part(item);
        match round.checked_sub(1) {
            None => forward.begin(part),
            Some(turn) => forward.turn(turn, part),
        }
    });
    Ok(())
}

impl<T: Number + Plain> Forward<'_, T> {
    /// Packs the weights of a band, and fetches what the first step needs.
    fn begin(&self, part: Part) {
        let Sizes { size, width, inputs, .. } = self.sizes;
        let gates = self.sizes.gates();
        // SAFETY: the item of a band's first rows packs its panels, which nobody reads in this round; elements of `kept`
        // are this item's; the first states are whole matrices.
        unsafe {
            for gate in (0..gates).filter(|_| part.first == 0) {
                let pack = |panels: &Panels<T>, weight: &[T], k: usize| {
                    let data = weight.as_ptr().add((gate * size + part.begin) * k);
                    let lines = Lines { data, count: part.features, line: k, step: 1 };
                    panels.pack(part.band * gates + gate, 0, k, lines);
                };
                pack(&self.input_panels, self.weight, inputs);
                pack(&self.state_panels, self.state_weight, size);
            }
            let from = match self.sizes.cell {
                Cell::Lstm => self.first_cell,
                Cell::Gru => self.state,
            };
            let (start, count) = self.sizes.banded_part(&part);
            let kept = self.kept.piece(start, count);
            kept.fill(<T as lanes::Real>::ZERO);
            part.fetch(part.rows_of(from.as_ptr().cast_mut(), size), width, kept);
        }
    }

    /// The steps of a block that begins with turn `turn`: the first in memory, and how many.
    fn block(&self, turn: usize) -> (usize, usize) {
        let count = self.block.min(self.sizes.steps - turn);
        (self.sizes.step(turn).min(self.sizes.step(turn + count - 1)), count)
    }

    fn turn(&self, turn: usize, part: Part) {
        let Sizes { batch, size, width, cell, .. } = self.sizes;
        let (start, flat) = self.sizes.banded_part(&part);
        let length = self.block * flat;
        // SAFETY: these sums are this item's.
        let sums = unsafe { self.sums.piece(GATES * self.block * start, GATES * length) };
        let mut sums: [&mut [T]; GATES] = pieces(sums, length);
        if turn.is_multiple_of(self.block) {
            self.multiply_inputs(turn, part, &mut sums);
        }
        let slot = self.sizes.step(turn) - self.block(turn / self.block * self.block).0;
        let gates = sums.map(|sums| &mut sums[slot * flat..(slot + 1) * flat]);
        if cell == Cell::Gru {
            self.fetch_bias(3, part, gates[3]);
        }
        let before = match turn.checked_sub(1) {
            Some(before) => self.out.data.wrapping_add(self.sizes.step(before) * batch * size).cast_const(),
            None => self.state.as_ptr(),
        };
        let count = self.sizes.gates();
        for gate in 0..count {
            let to = gates[self.sizes.state_gate(gate)].as_mut_ptr();
            let target = Target { data: to, row: width, columns: width, accumulate: true };
            // SAFETY: the state was finished in the round before; whole rows of the sums are written.
            unsafe {
                let rows = before.add(part.first * size);
                let rows = Lines { data: rows, count: part.rows, line: size, step: 1 };
                self.state_panels.product(part.band * count + gate, (0, size), rows, target);
            }
        }
        let mut room = Scratch::new::<T>(flat);
        at_level(Step { forward: self, turn, part, gates, state: room.slice(flat) });
    }

    /// Fills whole rows with a bias.
    fn fetch_bias(&self, gate: usize, part: Part, to: &mut [T]) {
        let Sizes { size, width, .. } = self.sizes;
        let bias = &self.bias[gate * size + part.begin..][..part.features];
        if part.features < width {
            to.fill(<T as lanes::Real>::ZERO);
        }
        // SAFETY: the bias is as long as the part's features.
        unsafe { part.fetch(Rows { data: bias.as_ptr().cast_mut(), stride: 0 }, width, to) }
    }

    /// Biases and sums over the inputs of a block of steps.
    fn multiply_inputs(&self, turn: usize, part: Part, to: &mut [&mut [T]; GATES]) {
        let Sizes { batch, inputs, width, .. } = self.sizes;
        let (step, steps) = self.block(turn);
        // (blocks of several steps have all rows)
        let rows = (steps - 1) * batch + part.rows;
        let count = self.sizes.gates();
        for gate in 0..count {
            let to = &mut to[gate][..rows * width];
            self.fetch_bias(gate, Part { rows, ..part }, to);
            // SAFETY: these rows exist; whole rows of the sums are written.
            unsafe {
                let data = self.x.as_ptr().add((step * batch + part.first) * inputs);
                let rows = Lines { data, count: rows, line: inputs, step: 1 };
                let target = Target { data: to.as_mut_ptr(), row: width, columns: width, accumulate: true };
                self.input_panels.product(part.band * count + gate, (0, inputs), rows, target);
            }
        }
    }
}

/// What follows the products of a step.
struct Step<'a, T> {
    forward: &'a Forward<'a, T>,
    turn: usize,
    part: Part,
    /// Their sums.
    gates: [&'a mut [T]; 4],
    state: &'a mut [T],
}

impl<T: Number + Plain> Body for Step<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let Step { forward, turn, part, gates: [entry, forget, new, exit], state } = self;
        let sizes = forward.sizes;
        let Sizes { batch, size, width, .. } = sizes;
        let (start, count) = sizes.banded_part(&part);
        // SAFETY: the elements of `kept` and what is written are this item's.
        unsafe {
            let kept = forward.kept.piece(start, count);
            match sizes.cell {
                Cell::Lstm => {
                    cells::lstm::<T, I>([&mut *entry, &mut *forget, &mut *new, &mut *exit], kept, state);
                }
                Cell::Gru => cells::gru::<T, I>([&mut *entry, &mut *forget, &mut *new, &mut *exit], kept),
            }
            let step = sizes.step(turn);
            let out = part.rows_of(forward.out.data.wrapping_add(step * batch * size), size);
            match sizes.cell {
                Cell::Lstm => {
                    part.put(state, width, out);
                    if forward.keeps || turn + 1 == sizes.steps {
                        let step = if forward.keeps { step } else { 0 };
                        let to = forward.cells.data.wrapping_add(step * batch * size);
                        part.put(kept, width, part.rows_of(to, size));
                    }
                }
                Cell::Gru => part.put(kept, width, out),
            }
            if forward.keeps {
                let to = forward.gates.data.wrapping_add(step * batch * GATES * size);
                for (gate, values) in [entry, forget, new, exit].into_iter().enumerate() {
                    part.put(values, width, part.rows_of(to.wrapping_add(gate * size), GATES * size));
                }
            }
        }
    }
}
