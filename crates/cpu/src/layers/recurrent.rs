//! One direction of one recurrent layer (LSTM, GRU) over all steps, and its gradient. One product serves the inputs of all
//! steps; a step is one product with the state and one pass over the gates. Gates lie features first, then steps, then
//! batch: so the weights are the left factor of every product, and the weights' gradients are one product over all steps.
//! Over the usual length, because a cell's pass over the gates and its gradient read side by side.

use base::Result;
use graph::Tensor;
use graph::layers::Cell;
use lanes::Isa;

use super::{Body, Number, Sheet, at_level, read, sum_of};
use crate::gather::operands;
use crate::gemm::{GemmElement, gemm};
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Features that one task looks at.
const FEATURES: usize = 32;
/// Blocks of gates that are kept: input, forget, new, output; or reset, update, new and the state's share of new.
const GATES: usize = 4;
/// Picoseconds per element of a state, roughly.
const COST: u64 = 3000;

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
}

impl Sizes {
    fn of(cell: Cell, reverse: bool, x: &Tensor, weight: &Tensor) -> Result<Sizes> {
        let (&[steps, batch, inputs], &[_, size]) = (&x.shape[..], &weight.shape[..]) else {
            return Err(operands("recurrent"));
        };
        let [steps, batch, inputs, size] = [steps, batch, inputs, size].map(|length| length as usize);
        Ok(Sizes { cell, reverse, steps, batch, inputs, size })
    }

    /// Rows of the weights.
    fn rows(&self) -> usize {
        match self.cell {
            Cell::Lstm => 4 * self.size,
            Cell::Gru => 3 * self.size,
        }
    }

    /// Where the row of a gate begins.
    fn row(&self, gate: usize, feature: usize, step: usize) -> usize {
        ((gate * self.size + feature) * self.steps + step) * self.batch
    }

    fn wide(&self) -> isize {
        (self.steps * self.batch) as isize
    }

    /// The step of turn `turn`.
    fn step(&self, turn: usize) -> usize {
        if self.reverse { self.steps - 1 - turn } else { turn }
    }

    /// Runs `work` over ranges of features.
    fn share(&self, work: &(dyn Fn(usize, usize) + Sync)) {
        let tasks = self.size.div_ceil(FEATURES) as i64;
        let grain = cost::grain(tasks, COST / 2 * (FEATURES * self.batch) as u64);
        pool::parallel_ranges(tasks, grain, &|begin, end| {
            for task in begin as usize..end as usize {
                work(task * FEATURES, self.size.min((task + 1) * FEATURES));
            }
        });
    }

    /// Turns (batch, features) of a range of features, which lie in rows of `size`, to (features, batch).
    fn turn<T>(&self, from: &[T], (begin, end): (usize, usize), to: &mut [T]) {
        assert!(from.len() >= self.batch * self.size && to.len() >= (end - begin) * self.batch);
        // SAFETY: both slices hold what is addressed, as just checked.
        unsafe {
            lanes::transpose(
                size_of::<T>(),
                end - begin,
                self.batch,
                to.as_mut_ptr().cast(),
                self.batch as isize,
                from.as_ptr().add(begin).cast(),
                self.size as isize,
            );
        }
    }

    /// The other way round.
    ///
    /// # Safety
    /// `to` is a whole (batch, size), whose columns of this range are this task's.
    unsafe fn turn_back<T>(&self, from: &[T], (begin, end): (usize, usize), to: *mut T) {
        assert!(from.len() >= (end - begin) * self.batch);
        // SAFETY: as just checked, and promised by the caller.
        unsafe {
            lanes::transpose(
                size_of::<T>(),
                self.batch,
                end - begin,
                to.add(begin).cast(),
                self.size as isize,
                from.as_ptr().cast(),
                self.batch as isize,
            );
        }
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn forward<T: Number + GemmElement>(
    (cell, reverse): (Cell, bool),
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([x, weight, state_weight, bias, state, rest @ ..], [out, gates, cells, ..]) = (inputs, outputs)
    else {
        return Err(operands("recurrent"));
    };
    let sizes = Sizes::of(cell, reverse, x, state_weight)?;
    let Sizes { steps, batch, size, .. } = sizes;
    // SAFETY: promised by the caller.
    let (x, weight, state_weight, bias, state, first_cell) = unsafe {
        let first_cell = rest.first().map_or(&[][..], |first| read::<T>(first));
        (
            read::<T>(x),
            read::<T>(weight),
            read::<T>(state_weight),
            read::<T>(bias),
            read::<T>(state),
            first_cell,
        )
    };
    // SAFETY: as above.
    let (out, gates, cells) = unsafe { (Sheet::<T>::of(out), Sheet::<T>::of(gates), Sheet::<T>::of(cells)) };
    let mut room = Scratch::new::<T>(2 * size * batch);
    let (now, old_cell) = room.slice::<T>(2 * size * batch).split_at_mut(size * batch);
    sizes.turn(state, (0, size), now);
    if cell == Cell::Lstm {
        sizes.turn(first_cell, (0, size), old_cell);
    }
    // SAFETY: gates begin with as many rows; the operands are whole arrays.
    unsafe {
        let (m, n, k) = (sizes.rows(), steps * batch, sizes.inputs);
        let across = (1, k as isize);
        gemm(
            m,
            n,
            k,
            weight.as_ptr(),
            (k as isize, 1),
            x.as_ptr(),
            across,
            gates.data,
            (n as isize, 1),
            false,
        );
    }
    let now = Sheet { data: now.as_mut_ptr(), count: size * batch, streams: false };
    for turn in 0..steps {
        let step = sizes.step(turn);
        let previous = (turn > 0).then(|| sizes.step(turn - 1));
        // SAFETY: the products write rows of this step, and read the state, which nobody writes meanwhile.
        unsafe {
            let product = |from: usize, rows: usize, to: usize, accumulate: bool| {
                let weight = state_weight.as_ptr().add(from * size);
                let to = gates.data.add((to * steps + step) * batch);
                let (n, k) = (batch, size);
                let b = now.data.cast_const();
                gemm(
                    rows,
                    n,
                    k,
                    weight,
                    (k as isize, 1),
                    b,
                    (n as isize, 1),
                    to,
                    (sizes.wide(), 1),
                    accumulate,
                );
            };
            match cell {
                Cell::Lstm => product(0, 4 * size, 0, true),
                Cell::Gru => {
                    product(0, 2 * size, 0, true);
                    product(2 * size, size, 3 * size, false);
                }
            }
        }
        sizes.share(&|begin, end| {
            // SAFETY: the cell of the step before, which is finished.
            let before = |step: usize| unsafe { &*cells.piece(step * size * batch, size * batch) };
            let previous = previous.filter(|_| cell == Cell::Lstm);
            let old_cell = previous.map_or(&*old_cell, before);
            let range = (begin, end);
            let (out, gates, cells, now) = (&out, &gates, &cells, &now);
            at_level(Step { sizes, bias, out, gates, cells, now, old_cell, step, range });
        });
    }
    Ok(())
}

/// A pass over the gates of one step and a range of features.
struct Step<'a, T> {
    sizes: Sizes,
    bias: &'a [T],
    out: &'a Sheet<T>,
    gates: &'a Sheet<T>,
    cells: &'a Sheet<T>,
    now: &'a Sheet<T>,
    old_cell: &'a [T],
    step: usize,
    range: (usize, usize),
}

#[inline(always)]
fn sigmoid<T: Number, I: Isa>(x: T) -> T {
    let tail = (-x.abs()).exp_weight::<I>();
    (if x < T::ZERO { tail } else { T::ONE }) / (T::ONE + tail)
}

impl<T: Number> Body for Step<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let Sizes { batch, size, .. } = self.sizes;
        let (begin, end) = self.range;
        for feature in begin..end {
            // SAFETY: these features are this task's; different gates are different rows.
            let (rows, state) = unsafe {
                let row = |gate: usize| self.gates.piece(self.sizes.row(gate, feature, self.step), batch);
                ([row(0), row(1), row(2), row(3)], self.now.piece(feature * batch, batch))
            };
            let bias = [0, 1, 2, 3].map(|gate| self.bias[gate * size + feature]);
            match self.sizes.cell {
                Cell::Lstm => {
                    let old = &self.old_cell[feature * batch..(feature + 1) * batch];
                    // SAFETY: as above.
                    let cell = unsafe { self.cells.piece((self.step * size + feature) * batch, batch) };
                    lstm::<T, I>(rows, bias, old, cell, state);
                }
                Cell::Gru => gru::<T, I>(rows, bias, state),
            }
        }
        // SAFETY: the states of these features were written just now; the columns of this step are this task's.
        unsafe {
            let states = self.now.piece(begin * batch, (end - begin) * batch);
            self.sizes.turn_back(states, self.range, self.out.data.add(self.step * batch * size));
        }
    }
}

#[inline(always)]
fn lstm<T: Number, I: Isa>(rows: [&mut [T]; 4], bias: [T; 4], old: &[T], cell: &mut [T], state: &mut [T]) {
    let count = state.len();
    let [entry, forget, new, exit] = rows;
    let (entry, forget, new, exit) =
        (&mut entry[..count], &mut forget[..count], &mut new[..count], &mut exit[..count]);
    let (old, cell) = (&old[..count], &mut cell[..count]);
    for at in 0..count {
        entry[at] = sigmoid::<T, I>(entry[at] + bias[0]);
        forget[at] = sigmoid::<T, I>(forget[at] + bias[1]);
    }
    for at in 0..count {
        new[at] = (new[at] + bias[2]).tanh::<I>();
        exit[at] = sigmoid::<T, I>(exit[at] + bias[3]);
    }
    for at in 0..count {
        cell[at] = forget[at] * old[at] + entry[at] * new[at];
        state[at] = exit[at] * cell[at].tanh::<I>();
    }
}

#[inline(always)]
fn gru<T: Number, I: Isa>(rows: [&mut [T]; 4], bias: [T; 4], state: &mut [T]) {
    let count = state.len();
    let [reset, update, new, inner] = rows;
    let (reset, update, new, inner) =
        (&mut reset[..count], &mut update[..count], &mut new[..count], &mut inner[..count]);
    for at in 0..count {
        reset[at] = sigmoid::<T, I>(reset[at] + bias[0]);
        update[at] = sigmoid::<T, I>(update[at] + bias[1]);
    }
    for at in 0..count {
        inner[at] = inner[at] + bias[3];
        new[at] = (new[at] + bias[2] + reset[at] * inner[at]).tanh::<I>();
        state[at] = new[at] + update[at] * (state[at] - new[at]);
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn gradient<T: Number + GemmElement>(
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
    let sizes = Sizes::of(cell, reverse, x, state_weight)?;
    // SAFETY: promised by the caller.
    let back = unsafe {
        Back {
            sizes,
            to_out: read::<T>(to_out),
            x: read(x),
            weight: read(weight),
            state_weight: read(state_weight),
            state: read(state),
            out: read(out),
            gates: read(gates),
            cells: read(cells),
        }
    };
    let Sizes { steps, batch, size, .. } = sizes;
    let area = size * batch;
    let mut room = Scratch::new::<T>(3 * area);
    let (now, rest) = room.slice::<T>(3 * area).split_at_mut(area);
    let (cell_now, old_cell) = rest.split_at_mut(area);
    // SAFETY: promised by the caller.
    unsafe {
        sizes.turn(read::<T>(to_state), (0, size), now);
        if cell == Cell::Lstm {
            sizes.turn(read::<T>(to_cell), (0, size), cell_now);
            sizes.turn(read::<T>(first_cell), (0, size), old_cell);
        }
    }
    let slopes = Scratch::new::<T>(GATES * size * steps * batch);
    let slopes = Sheet { data: slopes.pointer::<T>(), count: GATES * size * steps * batch, streams: false };
    let now = Sheet { data: now.as_mut_ptr(), count: area, streams: false };
    let cell_now = Sheet { data: cell_now.as_mut_ptr(), count: area, streams: false };
    back.walk(&slopes, &now, &cell_now, old_cell);
    // SAFETY: promised by the caller; each output is written once.
    unsafe {
        let to = |tensor: &Tensor| tensor.data.cast::<T>();
        sizes.turn_back(now.piece(0, area), (0, size), to(to_first));
        if cell == Cell::Lstm {
            sizes.turn_back(cell_now.piece(0, area), (0, size), to(to_first_cell));
        }
        back.joint(&slopes, to(to_x), to(to_weight), to(to_state_weight));
        let to_bias = Sheet::<T>::of(to_bias);
        sizes.share(&|begin, end| {
            at_level(Sums { slopes: &slopes, to_bias: &to_bias, sizes, range: (begin, end) });
        });
    }
    Ok(())
}

/// What the gradient reads.
struct Back<'a, T> {
    sizes: Sizes,
    to_out: &'a [T],
    x: &'a [T],
    weight: &'a [T],
    state_weight: &'a [T],
    state: &'a [T],
    out: &'a [T],
    gates: &'a [T],
    cells: &'a [T],
}

impl<T: Number + GemmElement> Back<'_, T> {
    /// The state before turn `turn`, (batch, size).
    fn state_before(&self, turn: usize) -> &[T] {
        let area = self.sizes.batch * self.sizes.size;
        match turn.checked_sub(1) {
            Some(before) => &self.out[self.sizes.step(before) * area..][..area],
            None => self.state,
        }
    }

    /// From the last turn to the first: gradients of all gates; those of the first state and cell stay in `now`.
    fn walk(&self, slopes: &Sheet<T>, now: &Sheet<T>, cell_now: &Sheet<T>, old_cell: &[T]) {
        let sizes = self.sizes;
        let Sizes { steps, batch, size, .. } = sizes;
        let (rows, area) = (sizes.rows(), size * batch);
        // The weights of the state, turned once: left factors are read as they lie.
        let room = Scratch::new::<T>(rows * size);
        let turned = room.pointer::<T>();
        // SAFETY: the room holds (size, rows).
        unsafe {
            let from = self.state_weight.as_ptr().cast();
            lanes::transpose(size_of::<T>(), size, rows, turned.cast(), rows as isize, from, size as isize);
        }
        for turn in (0..steps).rev() {
            let step = sizes.step(turn);
            let old_cell = match turn.checked_sub(1) {
                Some(before) if sizes.cell == Cell::Lstm => &self.cells[sizes.step(before) * area..][..area],
                _ => old_cell,
            };
            sizes.share(&|begin, end| {
                let range = (begin, end);
                at_level(StepBack { back: self, slopes, now, cell_now, old_cell, turn, step, range });
            });
            // SAFETY: the products read rows of this step and write the state's gradient, which nobody else uses now.
            unsafe {
                let product = |from: usize, count: usize, gate: usize, accumulate: bool| {
                    let (left, right) = (
                        turned.cast_const().add(from),
                        slopes.data.cast_const().add(sizes.row(gate, 0, step)),
                    );
                    let (strides, to) = ((rows as isize, 1), now.data);
                    let right_strides = (sizes.wide(), 1);
                    gemm(
                        size,
                        batch,
                        count,
                        left,
                        strides,
                        right,
                        right_strides,
                        to,
                        (batch as isize, 1),
                        accumulate,
                    );
                };
                match sizes.cell {
                    Cell::Lstm => product(0, 4 * size, 0, false),
                    Cell::Gru => {
                        // a share of the state's gradient is there already
                        product(0, 2 * size, 0, true);
                        product(2 * size, size, 3, true);
                    }
                }
            }
        }
    }

    /// What all steps have in common: gradients of the inputs and of both weights.
    ///
    /// # Safety
    /// The outputs have room.
    unsafe fn joint(&self, slopes: &Sheet<T>, to_x: *mut T, to_weight: *mut T, to_state_weight: *mut T) {
        let sizes = self.sizes;
        let Sizes { steps, batch, inputs, size, .. } = sizes;
        let (rows, wide) = (sizes.rows(), steps * batch);
        let (slopes, across) = (slopes.data.cast_const(), (sizes.wide(), 1));
        let along = (inputs as isize, 1);
        // SAFETY: promised by the caller; the operands are whole arrays, or the parts of steps that exist.
        unsafe {
            gemm(rows, inputs, wide, slopes, across, self.x.as_ptr(), along, to_weight, along, false);
            let turned = (1, sizes.wide());
            gemm(wide, inputs, rows, slopes, turned, self.weight.as_ptr(), along, to_x, along, false);
            let product = |from: usize, count: usize, to: usize| {
                // states before each step but the first are outputs of the steps before
                let (later, earlier) = if sizes.reverse { (0, batch) } else { (batch, 0) };
                let first = sizes.step(0) * batch;
                let (to, own) = (to_state_weight.add(to * size), (size as isize, 1));
                let slopes = slopes.add(from * wide);
                let states = self.out.as_ptr().add(earlier * size);
                gemm(count, size, wide - batch, slopes.add(later), across, states, own, to, own, false);
                gemm(count, size, batch, slopes.add(first), across, self.state.as_ptr(), own, to, own, true);
            };
            match sizes.cell {
                Cell::Lstm => product(0, 4 * size, 0),
                Cell::Gru => {
                    product(0, 2 * size, 0);
                    product(3 * size, size, 2 * size);
                }
            }
        }
    }
}

/// The gradients of the gates of one step and a range of features.
struct StepBack<'a, T> {
    back: &'a Back<'a, T>,
    slopes: &'a Sheet<T>,
    now: &'a Sheet<T>,
    cell_now: &'a Sheet<T>,
    old_cell: &'a [T],
    turn: usize,
    step: usize,
    range: (usize, usize),
}

impl<T: Number + GemmElement> Body for StepBack<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (back, sizes) = (self.back, self.back.sizes);
        let Sizes { batch, size, .. } = sizes;
        let (begin, end) = self.range;
        let count = (end - begin) * batch;
        let mut room = Scratch::new::<T>(2 * count);
        let (above, old) = room.slice::<T>(2 * count).split_at_mut(count);
        sizes.turn(&back.to_out[self.step * batch * size..][..batch * size], self.range, above);
        if sizes.cell == Cell::Gru {
            sizes.turn(back.state_before(self.turn), self.range, old);
        }
        for feature in begin..end {
            let own = (feature - begin) * batch..(feature - begin + 1) * batch;
            let gates = [0, 1, 2, 3].map(|gate| &back.gates[sizes.row(gate, feature, self.step)..][..batch]);
            // SAFETY: these features are this task's; different gates are different rows.
            let (slopes, now) = unsafe {
                let row = |gate: usize| self.slopes.piece(sizes.row(gate, feature, self.step), batch);
                ([row(0), row(1), row(2), row(3)], self.now.piece(feature * batch, batch))
            };
            match sizes.cell {
                Cell::Lstm => {
                    // SAFETY: as above.
                    let cell_now = unsafe { self.cell_now.piece(feature * batch, batch) };
                    let cell = &back.cells[(self.step * size + feature) * batch..][..batch];
                    let old = &self.old_cell[feature * batch..][..batch];
                    lstm_back::<T, I>(gates, slopes, (&above[own], now), (cell, old, cell_now));
                }
                Cell::Gru => gru_back(gates, slopes, &above[own.clone()], now, &old[own]),
            }
        }
    }
}

#[inline(always)]
fn lstm_back<T: Number, I: Isa>(
    gates: [&[T]; 4],
    slopes: [&mut [T]; 4],
    (above, now): (&[T], &[T]),
    (cell, old, cell_now): (&[T], &[T], &mut [T]),
) {
    let count = now.len();
    let [entry, forget, new, exit] = gates.map(|row| &row[..count]);
    let [to_entry, to_forget, to_new, to_exit] = slopes.map(|row| &mut row[..count]);
    let (above, cell, old, cell_now) =
        (&above[..count], &cell[..count], &old[..count], &mut cell_now[..count]);
    for at in 0..count {
        let state = now[at] + above[at];
        let shown = cell[at].tanh::<I>();
        let inner = cell_now[at] + state * exit[at] * (T::ONE - shown * shown);
        to_exit[at] = state * shown * exit[at] * (T::ONE - exit[at]);
        to_entry[at] = inner * new[at] * entry[at] * (T::ONE - entry[at]);
        to_forget[at] = inner * old[at] * forget[at] * (T::ONE - forget[at]);
        to_new[at] = inner * entry[at] * (T::ONE - new[at] * new[at]);
        cell_now[at] = inner * forget[at];
    }
}

#[inline(always)]
fn gru_back<T: Number>(gates: [&[T]; 4], slopes: [&mut [T]; 4], above: &[T], now: &mut [T], old: &[T]) {
    let count = now.len();
    let [reset, update, new, inner] = gates.map(|row| &row[..count]);
    let [to_reset, to_update, to_new, to_inner] = slopes.map(|row| &mut row[..count]);
    let (above, old) = (&above[..count], &old[..count]);
    for at in 0..count {
        let state = now[at] + above[at];
        let fresh = state * (T::ONE - update[at]) * (T::ONE - new[at] * new[at]);
        to_update[at] = state * (old[at] - new[at]) * update[at] * (T::ONE - update[at]);
        to_reset[at] = fresh * inner[at] * reset[at] * (T::ONE - reset[at]);
        to_new[at] = fresh;
        to_inner[at] = fresh * reset[at];
        now[at] = state * update[at];
    }
}

/// Sums of the gates' gradients over steps and batch.
struct Sums<'a, T> {
    slopes: &'a Sheet<T>,
    to_bias: &'a Sheet<T>,
    sizes: Sizes,
    range: (usize, usize),
}

impl<T: Number> Body for Sums<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (begin, end) = self.range;
        for gate in 0..GATES {
            for feature in begin..end {
                // SAFETY: nobody writes slopes now; this number is this task's.
                unsafe {
                    let row = self
                        .slopes
                        .piece(self.sizes.row(gate, feature, 0), self.sizes.steps * self.sizes.batch);
                    self.to_bias.piece(gate * self.sizes.size + feature, 1).fill(sum_of(row, |x| x));
                }
            }
        }
    }
}
