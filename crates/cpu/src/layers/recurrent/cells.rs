//! The arithmetic of one step of LSTM and GRU cells and of its gradient, over runs of elements of every gate. Must not
//! know where the runs come from.

use lanes::Isa;

use super::super::Number;

#[inline(always)]
fn sigmoid<T: Number, I: Isa>(x: T) -> T {
    let tail = (-x.abs()).exp_weight::<I>();
    (if x < T::ZERO { tail } else { T::ONE }) / (T::ONE + tail)
}

/// Sums of the gates become gates; the old cell becomes the new one.
#[inline(always)]
pub(super) fn lstm<T: Number, I: Isa>(gates: [&mut [T]; 4], cell: &mut [T], state: &mut [T]) {
    let count = state.len();
    let [entry, forget, new, exit] = gates.map(|gate| &mut gate[..count]);
    let cell = &mut cell[..count];
    for at in 0..count {
        entry[at] = sigmoid::<T, I>(entry[at]);
        forget[at] = sigmoid::<T, I>(forget[at]);
    }
    for at in 0..count {
        new[at] = new[at].tanh::<I>();
        exit[at] = sigmoid::<T, I>(exit[at]);
    }
    for at in 0..count {
        cell[at] = forget[at] * cell[at] + entry[at] * new[at];
        state[at] = exit[at] * cell[at].tanh::<I>();
    }
}

/// Sums of the gates (of the new one without the state's share) become gates; the old state becomes the new one.
#[inline(always)]
pub(super) fn gru<T: Number, I: Isa>(gates: [&mut [T]; 4], state: &mut [T]) {
    let count = state.len();
    let [reset, update, new, inner] = gates.map(|gate| &mut gate[..count]);
    for at in 0..count {
        reset[at] = sigmoid::<T, I>(reset[at]);
        update[at] = sigmoid::<T, I>(update[at]);
    }
    for at in 0..count {
        new[at] = (new[at] + reset[at] * inner[at]).tanh::<I>();
        state[at] = new[at] + update[at] * (state[at] - new[at]);
    }
}

/// Gates become gradients of their sums; the gradient of the new cell becomes that of the old one.
#[inline(always)]
pub(super) fn lstm_back<T: Number, I: Isa>(
    gates: [&mut [T]; 4],
    to_state: &[T],
    (cell, old): (&[T], &[T]),
    to_cell: &mut [T],
) {
    let count = to_state.len();
    let [entry, forget, new, exit] = gates.map(|gate| &mut gate[..count]);
    let (cell, old, to_cell) = (&cell[..count], &old[..count], &mut to_cell[..count]);
    for at in 0..count {
        let state = to_state[at];
        let (opened, left, fresh, shown) = (entry[at], forget[at], new[at], exit[at]);
        let value = cell[at].tanh::<I>();
        let inner = to_cell[at] + state * shown * (T::ONE - value * value);
        exit[at] = state * value * shown * (T::ONE - shown);
        entry[at] = inner * fresh * opened * (T::ONE - opened);
        forget[at] = inner * old[at] * left * (T::ONE - left);
        new[at] = inner * opened * (T::ONE - fresh * fresh);
        to_cell[at] = inner * left;
    }
}

/// Gates become gradients of their sums; `kept` is that share of the old state's gradient that goes through no product.
#[inline(always)]
pub(super) fn gru_back<T: Number>(gates: [&mut [T]; 4], to_state: &[T], old: &[T], kept: &mut [T]) {
    let count = to_state.len();
    let [reset, update, new, inner] = gates.map(|gate| &mut gate[..count]);
    let (old, kept) = (&old[..count], &mut kept[..count]);
    for at in 0..count {
        let state = to_state[at];
        let (opened, left, value, share) = (reset[at], update[at], new[at], inner[at]);
        let fresh = state * (T::ONE - left) * (T::ONE - value * value);
        update[at] = state * (old[at] - value) * left * (T::ONE - left);
        reset[at] = fresh * share * opened * (T::ONE - opened);
        new[at] = fresh;
        inner[at] = fresh * opened;
        kept[at] = state * left;
    }
}
