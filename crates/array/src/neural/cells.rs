//! One direction of one LSTM or GRU layer by a kernel over all steps, recorded as one operator. The gradient is a kernel,
//! too; where it is recorded itself, it goes through the layer in operators. Called by `recurrent`, which checks.

use base::promote::Casting;
use base::{DType, Error, Result};
use graph::Kernel;
use graph::layers::{Cell, Layer};

use super::kernels;
use super::parts::zeros_like;
use super::steps::pieces;
use crate::elementwise::add;
use crate::manipulate::concatenate;
use crate::{Array, tape};

/// The layer in operators: from the arrays that [`run`] takes to those that it gives.
pub(super) type Again = Box<dyn Fn(&[Array]) -> Result<Vec<Array>> + Send + Sync>;

/// A layer that ran.
struct Pass {
    cell: Cell,
    reverse: bool,
    /// Data, weights of the input and of the state, first state, first cell (empty for a GRU); contiguous.
    x: Array,
    weight: Array,
    state_weight: Array,
    state: Array,
    first_cell: Array,
    /// States of all steps; gates and cells, of all steps where there will be gradients.
    out: Array,
    gates: Array,
    cells: Array,
}

/// Whether there is a kernel for arrays of this dtype.
pub(super) fn is_for(dtype: DType) -> bool {
    matches!(dtype, DType::F32 | DType::F64)
}

fn join(parts: &[&Array]) -> Result<Array> {
    concatenate(parts, Some(0), None, Casting::SameKind)
}

/// `inputs`: data (steps, batch, features), weights of input and state, their biases, the first state (batch, size) and,
/// of an LSTM, the first cell. Gives the outputs of all steps, the last state and, of an LSTM, the last cell.
///
/// # Errors
/// Memory.
pub(super) fn run(cell: Cell, reverse: bool, inputs: &[&Array], again: Again) -> Result<Vec<Array>> {
    let keeps = tape::is_recording() && inputs.iter().any(|input| input.link().is_some());
    let pass = tape::paused(|| Pass::new(cell, reverse, inputs, keeps))?;
    let outputs = tape::paused(|| pass.outputs())?;
    let saved: Vec<Array> = inputs.iter().copied().cloned().collect();
    let out = pass.out.detach();
    let watched: Vec<&Array> = inputs.iter().copied().chain([&out]).collect();
    tape::record_outputs("rnn", inputs, &watched, &outputs, move |gradients| {
        if gradients.iter().all(Option::is_none) {
            return Ok(vec![None; saved.len()]);
        }
        if tape::is_recording() {
            by_operators(&saved, &again, &gradients)
        } else {
            pass.gradients(gradients)
        }
    });
    Ok(outputs)
}

/// The gradients of the layer in operators, recorded.
fn by_operators(inputs: &[Array], again: &Again, gradients: &[Option<Array>]) -> Result<Vec<Option<Array>>> {
    let outputs = again(inputs)?;
    let heads: Vec<(&Array, Option<&Array>)> = outputs
        .iter()
        .zip(gradients)
        .filter_map(|(output, gradient)| gradient.as_ref().map(|gradient| (output, Some(gradient))))
        .collect();
    let linked: Vec<&Array> = inputs.iter().filter(|input| input.link().is_some()).collect();
    let mut found = tape::grad(&heads, &linked, true, true)?.into_iter();
    Ok(inputs.iter().map(|input| if input.link().is_some() { found.next() } else { None }).collect())
}

impl Pass {
    fn new(cell: Cell, reverse: bool, inputs: &[&Array], keeps: bool) -> Result<Pass> {
        let held = inputs.iter().map(|input| input.detach().contiguous()).collect::<Result<Vec<_>>>()?;
        let [x, weight, state_weight, bias, state_bias, state, rest @ ..] = &held[..] else {
            return Err(Error::runtime("rnn: too few arrays"));
        };
        let empty = |lengths: &[i64]| Array::empty(lengths, x.dtype(), x.device());
        let (&[steps, batch, _], size) = (x.shape(), state.shape()[1]) else {
            return Err(Error::runtime("rnn: data has 3 axes"));
        };
        let bias = match cell {
            Cell::Lstm => add(bias, state_bias)?.contiguous()?,
            Cell::Gru => {
                let (first, second) =
                    (pieces(bias, 0, &[2 * size, size]), pieces(state_bias, 0, &[2 * size, size]));
                join(&[&add(&first[0], &second[0])?, &first[1], &second[1]])?
            }
        };
        let first_cell = rest.first().map_or_else(|| empty(&[0]), |first| Ok(first.clone()))?;
        let kept = if keeps { steps } else { 0 };
        let cells = if cell == Cell::Lstm { empty(&[kept.max(1), batch, size])? } else { empty(&[0])? };
        let (out, gates) = (empty(&[steps, batch, size])?, empty(&[kept, batch, 4 * size])?);
        let given = [x, weight, state_weight, &bias, state, &first_cell];
        kernels::run(&Kernel::Layer(Layer::Recurrent { cell, reverse }), &given, &[&out, &gates, &cells])?;
        let [x, weight, state_weight, state] = [x, weight, state_weight, state].map(Array::clone);
        Ok(Pass { cell, reverse, x, weight, state_weight, state, first_cell, out, gates, cells })
    }

    /// Outputs of all steps, and copies of the last state and cell.
    fn outputs(&self) -> Result<Vec<Array>> {
        let at = |x: &Array| {
            let last = if self.reverse { 0 } else { x.shape()[0] - 1 };
            let mut view = x.view().clone();
            view.offset += last * view.strides[0];
            view.shape.remove(0);
            view.strides.remove(0);
            x.with_view(view)
        };
        let mut all = vec![self.out.detach(), at(&self.out).copy()?];
        if self.cell == Cell::Lstm {
            all.push(at(&self.cells).copy()?);
        }
        Ok(all)
    }

    fn gradients(&self, gradients: Vec<Option<Array>>) -> Result<Vec<Option<Array>>> {
        let mut above = gradients.into_iter();
        let mut next = |alike: &Array| match above.next().flatten() {
            Some(gradient) => gradient.contiguous(),
            None => zeros_like(alike),
        };
        let (to_out, to_state, to_cell) = (next(&self.out)?, next(&self.state)?, next(&self.first_cell)?);
        let like = |x: &Array| Array::empty(x.shape(), x.dtype(), x.device());
        let (to_x, to_weight, to_state_weight) =
            (like(&self.x)?, like(&self.weight)?, like(&self.state_weight)?);
        let size = self.state.shape()[1];
        let to_bias = Array::empty(&[4 * size], self.x.dtype(), self.x.device())?;
        let (to_first, to_first_cell) = (like(&self.state)?, like(&self.first_cell)?);
        let given = [
            [&to_out, &to_state, &to_cell, &self.x, &self.weight].as_slice(),
            &[&self.state_weight, &self.state, &self.first_cell, &self.out, &self.gates, &self.cells],
        ]
        .concat();
        let found = [&to_x, &to_weight, &to_state_weight, &to_bias, &to_first, &to_first_cell];
        let layer = Layer::RecurrentGradient { cell: self.cell, reverse: self.reverse };
        kernels::run(&Kernel::Layer(layer), &given, &found)?;
        let [to_input_bias, to_state_bias] = match self.cell {
            Cell::Lstm => [to_bias.clone(), to_bias],
            Cell::Gru => {
                let parts = pieces(&to_bias, 0, &[2 * size, size, size]);
                [join(&[&parts[0], &parts[1]])?, join(&[&parts[0], &parts[2]])?]
            }
        };
        let mut all = vec![to_x, to_weight, to_state_weight, to_input_bias, to_state_bias, to_first];
        if self.cell == Cell::Lstm {
            all.push(to_first_cell);
        }
        Ok(all.into_iter().map(Some).collect())
    }
}
