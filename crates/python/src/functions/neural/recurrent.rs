//! `npx.rnn`.

use mxnet::array::neural::recurrent::{self, Inputs, Mode, Options};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::arguments::{Input, Integer, optional_truth, truth};
use crate::array::{compute, wrap};

/// Layers of recurrent cells over sequences.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (steps, batch, features).
/// parameters : array_like
///     Flat. First, for every layer and direction, the weights of the input (gates * state_size, features), of the state
///     (gates * state_size, state) and, with a projection, of it (projection_size, state_size); then, for every layer
///     and direction, the biases of the input and of the state (gates * state_size,) each. Gates: of an LSTM input,
///     forget, new, output; of a GRU reset, update, new.
/// state : array_like
///     Of shape (layers * directions, batch, state_size or projection_size).
/// state_cell : array_like, optional
///     Of shape (layers * directions, batch, state_size); wanted for 'lstm'.
/// sequence_length : array_like, optional
///     Of shape (batch,): how many steps of each sequence count; read with `use_sequence_length`. Outputs behind them
///     are zero, and the last states are those at the end of each sequence.
/// mode : {'rnn_relu', 'rnn_tanh', 'lstm', 'gru'}
/// state_size, num_layers : int
/// bidirectional : bool, optional
/// state_outputs : bool, optional
///     Whether the last states are returned too.
/// p : float, optional
///     Probability that an element between layers is dropped while training.
/// use_sequence_length : bool, optional
/// projection_size : int, optional
///     Length that the state of an LSTM is projected to.
/// lstm_state_clip_min, lstm_state_clip_max : float, optional
///     Bounds of the cell state; both or none.
/// lstm_state_clip_nan : bool, optional
///     Whether nan in the cell state is replaced by the lower bound.
///
/// Returns
/// -------
/// ndarray or list of ndarray
///     The outputs (steps, batch, directions * size); with `state_outputs` a list of them, the last states and, for
///     'lstm', the last cell states.
///
/// Raises
/// ------
/// ValueError
///     Shapes and sizes that do not fit, lengths beyond the steps.
/// TypeError
///     dtypes other than floats.
///
/// Examples
/// --------
/// >>> data, parameters, state = np.ones((3, 1, 2)), np.ones(5) / 2, np.zeros((1, 1, 1))
/// >>> npx.rnn(data, parameters, state, mode='rnn_relu', state_size=1, num_layers=1).flatten()
/// array([2. , 3. , 3.5])
#[pyfunction]
#[pyo3(signature = (data=None, parameters=None, state=None, state_cell=None, sequence_length=None, mode=None,
    state_size=None, num_layers=None, bidirectional=false, state_outputs=false, p=0.0, use_sequence_length=false,
    projection_size=None, lstm_state_clip_min=None, lstm_state_clip_max=None, lstm_state_clip_nan=None))]
fn rnn<'py>(
    py: Python<'py>,
    data: Option<Input<'py>>,
    parameters: Option<Input<'py>>,
    state: Option<Input<'py>>,
    state_cell: Option<Input<'py>>,
    sequence_length: Option<Input<'py>>,
    mode: Option<&str>,
    state_size: Option<Integer>,
    num_layers: Option<Integer>,
    #[pyo3(from_py_with = truth)] bidirectional: bool,
    #[pyo3(from_py_with = truth)] state_outputs: bool,
    p: f64,
    #[pyo3(from_py_with = truth)] use_sequence_length: bool,
    projection_size: Option<Integer>,
    lstm_state_clip_min: Option<f64>,
    lstm_state_clip_max: Option<f64>,
    #[pyo3(from_py_with = optional_truth)] lstm_state_clip_nan: Option<bool>,
) -> PyResult<Bound<'py, PyAny>> {
    let missing = |name: &str| PyValueError::new_err(format!("rnn: {name} is wanted"));
    let mode = mode.ok_or_else(|| missing("mode"))?;
    let options = Options {
        mode: Mode::from_name(mode).ok_or_else(|| {
            PyValueError::new_err(format!(
                "rnn: mode is '{mode}', expected one of 'rnn_relu', 'rnn_tanh', 'lstm', 'gru'"
            ))
        })?,
        state_size: state_size.ok_or_else(|| missing("state_size"))?.0,
        num_layers: num_layers.ok_or_else(|| missing("num_layers"))?.0,
        bidirectional,
        dropout: p,
        projection_size: projection_size.map(|size| size.0),
        clip: match (lstm_state_clip_min, lstm_state_clip_max) {
            (None, None) => None,
            (Some(low), Some(high)) if low <= high => Some((low, high)),
            (Some(low), Some(high)) => {
                return Err(PyValueError::new_err(format!(
                    "rnn: lstm_state_clip_min is {low}, expected at most lstm_state_clip_max, {high}"
                )));
            }
            _ => return Err(missing("each of lstm_state_clip_min and lstm_state_clip_max")),
        },
        clip_nan: lstm_state_clip_nan.unwrap_or(false),
    };
    let data = data.ok_or_else(|| missing("data"))?;
    let parameters = parameters.ok_or_else(|| missing("parameters"))?;
    let state = state.ok_or_else(|| missing("state"))?;
    if use_sequence_length && sequence_length.is_none() {
        return Err(missing("sequence_length"));
    }
    let inputs = Inputs {
        data: &data,
        parameters: &parameters,
        state: &state,
        cell: state_cell.as_deref(),
        lengths: sequence_length.as_deref().filter(|_| use_sequence_length),
    };
    let size = inputs.data.size().max(inputs.parameters.size());
    let outputs = compute(py, size, || recurrent::recurrent(&inputs, &options))?;
    let output = wrap(py, outputs.output)?;
    if !state_outputs {
        return Ok(output.into_any());
    }
    let all = PyList::new(py, [output, wrap(py, outputs.state)?])?;
    if let Some(cell) = outputs.cell {
        all.append(wrap(py, cell)?)?;
    }
    Ok(all.into_any())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(rnn, module)?)
}
