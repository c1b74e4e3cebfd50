//! The products of the gradient that all steps have in common: gradients of the inputs and of both weights. The right
//! factors (inputs and states; weights) are packed once, by all threads; then each task multiplies its own rows.

use graph::layers::Cell;

use super::backward::Slopes;
use super::{GATES, Number, Sheet, Sizes};
use crate::gemm::panels::{Lines, Panels, Plain, Target, rows_room};
use crate::pool;
use crate::scratch::Scratch;

/// Rows of a task.
const ROWS: usize = 96;

pub(super) struct Joint<'a, T> {
    pub sizes: Sizes,
    pub slopes: Slopes<T>,
    pub x: &'a [T],
    pub weight: &'a [T],
    pub state: &'a [T],
    pub out: &'a [T],
    pub to_x: Sheet<T>,
    pub to_weight: *mut T,
    pub to_state_weight: *mut T,
}

// SAFETY: tasks write rows of their own.
unsafe impl<T: Send + Sync> Sync for Joint<'_, T> {}

impl<T: Number + Plain> Joint<'_, T> {
    /// # Safety
    /// The outputs have room.
    pub unsafe fn run(&self) {
        let Sizes { steps, batch, inputs, size, width, .. } = self.sizes;
        let (k, wide) = (self.sizes.gates() * size, steps * batch);
        let (input_panels, state_panels) = (inputs.div_ceil(width), size.div_ceil(width));
        let given_room = Scratch::new::<T>((input_panels + state_panels) * width * wide);
        let weight_room = Scratch::new::<T>(input_panels * width * k);
        let given = Panels { data: given_room.pointer::<T>(), k: wide };
        let weights = Panels { data: weight_room.pointer::<T>(), k };
        pool::parallel(2 * input_panels + state_panels, &|index| {
            // SAFETY: each task packs a panel of its own.
            unsafe {
                match index.checked_sub(input_panels + state_panels) {
                    Some(panel) => {
                        let data = self.weight.as_ptr().add(panel * width);
                        let count = width.min(inputs - panel * width);
                        weights.pack(panel, 0, k, Lines { data, count, line: 1, step: inputs });
                    }
                    None if index < input_panels => {
                        let data = self.x.as_ptr().add(index * width);
                        let count = width.min(inputs - index * width);
                        given.pack(index, 0, wide, Lines { data, count, line: 1, step: inputs });
                    }
                    None => self.pack_states(&given, index, (index - input_panels) * width),
                }
            }
        });
        let blocks = size.div_ceil(ROWS);
        pool::parallel(GATES * blocks + wide.div_ceil(ROWS), &|index| {
            // SAFETY: everything is packed; each task writes rows of its own.
            unsafe {
                match index.checked_sub(GATES * blocks) {
                    Some(block) => self.to_inputs(&weights, block * ROWS),
                    None => self.to_weights(&given, input_panels, index / blocks, index % blocks * ROWS),
                }
            }
        });
    }

    /// Packs a panel of the states before each step.
    unsafe fn pack_states(&self, given: &Panels<T>, index: usize, begin: usize) {
        let Sizes { steps, batch, size, width, reverse, .. } = self.sizes;
        let others = (steps - 1) * batch;
        // states before each step but the first are outputs of the steps before
        let (first, later, earlier) = if reverse { (others, 0, batch) } else { (0, batch, 0) };
        let pack = |from: usize, count: usize, data: *const T| {
            // SAFETY: promised by the caller: the panel is this task's; the states are whole rows.
            unsafe {
                let columns =
                    Lines { data: data.add(begin), count: width.min(size - begin), line: 1, step: size };
                given.pack(index, from, count, columns);
            }
        };
        pack(first, batch, self.state.as_ptr());
        pack(later, others, self.out.as_ptr().wrapping_add(earlier * size));
    }

    unsafe fn to_inputs(&self, weights: &Panels<T>, row: usize) {
        let Sizes { steps, batch, inputs, width, .. } = self.sizes;
        let count = ROWS.min(steps * batch - row);
        for column in (0..inputs).step_by(width) {
            // SAFETY: promised by the caller.
            unsafe {
                let data = self.slopes.data.cast_const().add(row * self.slopes.row);
                let rows = Lines { data, count, line: self.slopes.row, step: 1 };
                let data = self.to_x.data.add(row * inputs + column);
                let columns = width.min(inputs - column);
                let target = Target { data, row: inputs, columns, accumulate: false };
                weights.product(column / width, (0, weights.k), rows, target);
            }
        }
    }

    /// Rows of the weights' gradients that belong to features of a kept gate.
    unsafe fn to_weights(&self, given: &Panels<T>, input_panels: usize, gate: usize, begin: usize) {
        let Sizes { inputs, size, cell, .. } = self.sizes;
        let count = ROWS.min(size - begin);
        // Of a GRU the inputs have no share in the last gate, nor the state in the one before.
        let (of_inputs, of_state) = match (cell, gate) {
            (Cell::Lstm, _) | (Cell::Gru, 0 | 1) => (Some(gate), Some(gate)),
            (Cell::Gru, 2) => (Some(2), None),
            (Cell::Gru, _) => (None, Some(2)),
        };
        let room = Scratch::new::<T>(rows_room::<T>(count));
        // SAFETY: promised by the caller.
        unsafe {
            let target = |to: *mut T, gate: usize, columns: usize| {
                let data = to.add((gate * size + begin) * columns);
                Target { data, row: columns, columns, accumulate: false }
            };
            let of_inputs = of_inputs.map(|gate| (0, target(self.to_weight, gate, inputs)));
            let of_state = of_state.map(|gate| (input_panels, target(self.to_state_weight, gate, size)));
            let targets: Vec<(usize, Target<T>)> = of_inputs.into_iter().chain(of_state).collect();
            let data = self.slopes.data.cast_const().add(gate * size + begin);
            let rows = Lines { data, count, line: 1, step: self.slopes.row };
            given.product_of_turned(rows, room.pointer(), &targets);
        }
    }
}
