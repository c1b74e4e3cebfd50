//! States of all steps. In front of some steps each item multiplies their inputs for its own gates, so that these sums
//! are still near when they are wanted.

use base::Result;
use graph::Tensor;
use graph::layers::Cell;
use lanes::Isa;

use super::{Body, GATES, Number, Part, Rows, Sheet, Sizes, at_level, cells, copy, pieces, read};
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
    /// Of all steps, or of those whose inputs were multiplied last.
    gates: Sheet<T>,
    /// Of all steps, or of the last.
    cells: Sheet<T>,
    /// Whether gates and cells of all steps are wanted.
    keeps: bool,
    /// Steps whose inputs are multiplied at a time.
    block: usize,
    /// Of each band its gates in turn.
    input_panels: Panels<T>,
    state_panels: Panels<T>,
    /// The cell or, of a GRU, the state, band by band.
    kept: Sheet<T>,
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
    let gates_count = block * batch * GATES * size;
    let gates_room = (!keeps).then(|| Scratch::new::<T>(gates_count));
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
            gates: match &gates_room {
                Some(room) => Sheet { data: room.pointer(), count: gates_count, streams: false },
                None => Sheet::of(gates),
            },
            cells: Sheet::of(cells),
            keeps,
            block,
            input_panels: Panels { data: input_room.pointer(), k: inputs },
            state_panels: Panels { data: state_room.pointer(), k: size },
            kept: Sheet { data: kept.pointer(), count: sizes.banded(), streams: false },
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

    /// Where gates of a turn lie.
    fn gates_of(&self, turn: usize) -> *mut T {
        let step = self.sizes.step(turn);
        let slot = if self.keeps { step } else { step - self.block(turn / self.block * self.block).0 };
        self.gates.data.wrapping_add(slot * self.sizes.batch * GATES * self.sizes.size)
    }

    fn turn(&self, turn: usize, part: Part) {
        let Sizes { batch, size, width, .. } = self.sizes;
        if turn.is_multiple_of(self.block) {
            self.multiply_inputs(turn, part);
        }
        let flat = part.rows * width;
        let mut room = Scratch::new::<T>((GATES + 1) * flat);
        let [entry, forget, new, exit, state] = pieces(room.slice::<T>((GATES + 1) * flat), flat);
        let mut gates = [entry, forget, new, exit];
        let before = match turn.checked_sub(1) {
            Some(before) => {
                self.out.data.wrapping_add(self.sizes.step(before) * batch * size).cast_const()
            }
            None => self.state.as_ptr(),
        };
        self.fetch_sums(turn, part, &mut gates);
        let count = self.sizes.gates();
        for gate in 0..count {
            let to = gates[self.sizes.state_gate(gate)].as_mut_ptr();
            let target = Target { data: to, row: width, columns: width, accumulate: true };
            // SAFETY: the state was finished in the round before; whole rows of the working memory are written.
            unsafe {
                let rows = before.add(part.first * size);
                let rows = Lines { data: rows, count: part.rows, line: size, step: 1 };
                self.state_panels.product(part.band * count + gate, (0, size), rows, target);
            }
        }
        at_level(Step { forward: self, turn, part, gates, state });
    }

    /// What the sums over the state are added to: sums over the inputs with biases or, of a GRU's last gate, its bias.
    fn fetch_sums(&self, turn: usize, part: Part, to: &mut [&mut [T]; GATES]) {
        let Sizes { size, width, .. } = self.sizes;
        let from = self.gates_of(turn);
        let count = self.sizes.gates();
        for (gate, to) in to.iter_mut().enumerate() {
            if part.features < width {
                to.fill(<T as lanes::Real>::ZERO);
            }
            // SAFETY: this item wrote these sums; a bias is as long as the features.
            unsafe {
                if gate < count {
                    part.fetch(part.rows_of(from.add(gate * size), GATES * size), width, to);
                } else {
                    part.fetch(self.bias_of(gate, part), width, to);
                }
            }
        }
    }

    /// A part's bias as rows that are all the same.
    fn bias_of(&self, gate: usize, part: Part) -> Rows<T> {
        let bias = &self.bias[gate * self.sizes.size + part.begin..][..part.features];
        Rows { data: bias.as_ptr().cast_mut(), stride: 0 }
    }

    /// Biases and sums over the inputs of a block of steps.
    fn multiply_inputs(&self, turn: usize, part: Part) {
        let Sizes { batch, size, inputs, .. } = self.sizes;
        let (step, steps) = self.block(turn);
        // Blocks of several steps have all rows.
        let count = (steps - 1) * batch + part.rows;
        let gates = if self.keeps { step * batch } else { 0 } + part.first;
        let stride = GATES * size;
        for gate in 0..self.sizes.gates() {
            // SAFETY: these rows exist; gates of these features and rows are this item's.
            unsafe {
                let data = self.x.as_ptr().add((step * batch + part.first) * inputs);
                let rows = Lines { data, count, line: inputs, step: 1 };
                let data = self.gates.data.add(gates * stride + gate * size + part.begin);
                let bias = self.bias_of(gate, part).data;
                (0..count).for_each(|row| copy(bias, data.add(row * stride), part.features));
                let target = Target { data, row: stride, columns: part.features, accumulate: true };
                let index = part.band * self.sizes.gates() + gate;
                self.input_panels.product(index, (0, inputs), rows, target);
            }
        }
    }
}

/// What follows the products of a step.
struct Step<'a, T> {
    forward: &'a Forward<'a, T>,
    turn: usize,
    part: Part,
    /// Sums.
    gates: [&'a mut [T]; 4],
    state: &'a mut [T],
}

impl<T: Number + Plain> Body for Step<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let Step { forward, turn, part, gates: [entry, forget, new, exit], state } = self;
        let sizes = forward.sizes;
        let Sizes { batch, size, width, .. } = sizes;
        let given = forward.gates_of(turn);
        let rows = |gate: usize| part.rows_of(given.wrapping_add(gate * size), GATES * size);
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
                for (gate, values) in [entry, forget, new, exit].into_iter().enumerate() {
                    part.put(values, width, rows(gate));
                }
            }
        }
    }
}
