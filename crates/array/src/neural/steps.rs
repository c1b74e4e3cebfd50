//! Sequences taken apart and put together with little work for gradients: parts and steps whose gradients are joined in
//! one array, and products of one weight with the states of all steps. Used by recurrent layers and CTC.

use std::sync::{Arc, OnceLock};

use base::promote::Casting;
use base::{Result, View};
use parking_lot::Mutex;

use crate::manipulate::{concatenate, stack};
use crate::products::matmul;
use crate::{Array, tape};

/// Consecutive parts along an axis; their gradients are joined in one array.
pub(super) fn pieces(x: &Array, axis: usize, lengths: &[i64]) -> Vec<Array> {
    let mut start = 0;
    let parts: Vec<Array> = lengths
        .iter()
        .map(|&length| {
            let mut view: View = x.view().clone();
            view.offset += start * view.strides[axis];
            view.shape[axis] = length;
            start += length;
            x.with_view(view)
        })
        .collect();
    tape::record_function(&[x], &parts, move |gradients| {
        let all: Vec<&Array> = gradients.iter().collect();
        Ok(vec![Some(concatenate(&all, Some(axis as i64), None, Casting::SameKind)?)])
    });
    parts
}

/// The steps of (steps, ...) as arrays; their gradients are stacked.
pub(super) fn steps(x: &Array) -> Vec<Array> {
    let parts: Vec<Array> = (0..x.shape()[0])
        .map(|step| {
            let mut view = x.view().clone();
            view.offset += step * view.strides[0];
            view.shape.remove(0);
            view.strides.remove(0);
            x.with_view(view)
        })
        .collect();
    tape::record_function(&[x], &parts, |gradients| {
        Ok(vec![Some(stack(&gradients.iter().collect::<Vec<_>>(), 0)?)])
    });
    parts
}

/// Products of one weight with the states of all steps. The weight's gradient is one product over all steps: each step
/// leaves its part, and the first step, whose turn comes last, multiplies them.
pub(super) struct Products {
    weight: Array,
    parts: Arc<Vec<Mutex<Option<(Array, Array)>>>>,
    /// The transpose in memory of its own, made by the first gradient.
    turned: Arc<OnceLock<Array>>,
}

impl Products {
    pub(super) fn new(weight: &Array, count: usize) -> Products {
        let parts = Arc::new((0..count).map(|_| Mutex::new(None)).collect());
        Products { weight: weight.clone(), parts, turned: Arc::default() }
    }

    pub(super) fn product(&self, turn: usize, state: &Array) -> Result<Array> {
        let weight = &self.weight;
        let out = tape::paused(|| matmul(weight, state))?;
        Ok(tape::record_saving("rnn", &[weight, state], &[weight, state], out, || {
            let (weight, state) = (weight.clone(), state.clone());
            let (parts, turned) = (self.parts.clone(), self.turned.clone());
            Box::new(move |gradient| {
                *parts[turn].lock() = Some((gradient.clone(), state.clone()));
                let to_weight = if turn == 0 { Some(joint_gradient(&parts)?) } else { None };
                let left = if tape::is_recording() {
                    weight.transpose(None)?
                } else if let Some(turned) = turned.get() {
                    turned.clone()
                } else {
                    let copy = weight.detach().transpose(None)?.copy()?;
                    turned.get_or_init(|| copy).clone()
                };
                Ok(vec![to_weight, Some(matmul(&left, gradient)?)])
            })
        }))
    }
}

/// The sum over steps of gradient times transposed state, as one product.
fn joint_gradient(parts: &[Mutex<Option<(Array, Array)>>]) -> Result<Array> {
    let (gradients, states): (Vec<Array>, Vec<Array>) =
        parts.iter().filter_map(|part| part.lock().take()).unzip();
    let joined =
        |all: &[Array]| concatenate(&all.iter().collect::<Vec<_>>(), Some(1), None, Casting::SameKind);
    matmul(&joined(&gradients)?, &joined(&states)?.transpose(None)?)
}
