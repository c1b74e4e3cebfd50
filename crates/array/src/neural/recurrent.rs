//! Recurrent layers: relu, tanh, LSTM (with projection) and GRU cells over sequences, in several layers and both
//! directions. Plain LSTM and GRU layers have a kernel (`cells`). Everything else is made of recorded operators, so that
//! gradients of every order follow; one matrix product serves the inputs of all steps.
//!
//! Source of the formulas: Hochreiter and Schmidhuber 1997 (LSTM), Sak et al. 2014 (projection), Cho et al. 2014 (GRU,
//! with the reset gate behind the product).

use base::promote::Casting;
use base::{DType, Error, Op, Result, promote, shape};
use graph::layers::Cell;

use super::cells;
use super::spatial::check_float;
use super::steps::{Products, pieces, steps};
use crate::elementwise::{Argument, add, call, call1, call2, common_device, multiply};
use crate::manipulate::{concatenate, stack};
use crate::products::matmul;
use crate::random::{Draw, bernoulli};
use crate::{Array, tape};

/// The cell of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Relu,
    Tanh,
    Lstm,
    Gru,
}

impl Mode {
    /// By MXNet's name.
    pub fn from_name(name: &str) -> Option<Mode> {
        Some(match name {
            "rnn_relu" => Mode::Relu,
            "rnn_tanh" => Mode::Tanh,
            "lstm" => Mode::Lstm,
            "gru" => Mode::Gru,
            _ => return None,
        })
    }

    fn gates(self) -> i64 {
        match self {
            Mode::Relu | Mode::Tanh => 1,
            Mode::Lstm => 4,
            Mode::Gru => 3,
        }
    }
}

/// The parameters of [`recurrent`] that are no arrays.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub mode: Mode,
    pub state_size: i64,
    pub num_layers: i64,
    pub bidirectional: bool,
    /// Probability that an element between layers is dropped while training.
    pub dropout: f64,
    pub projection_size: Option<i64>,
    /// Bounds of an LSTM's cell state.
    pub clip: Option<(f64, f64)>,
    /// Whether nan in the cell state is replaced by the lower bound.
    pub clip_nan: bool,
}

/// The arrays of [`recurrent`].
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// (steps, batch, features)
    pub data: &'a Array,
    /// Flat: of every layer and direction the weights of the input, of the state and of the projection; then of every
    /// layer and direction the biases of the input and of the state.
    pub parameters: &'a Array,
    /// (layers * directions, batch, state or projection)
    pub state: &'a Array,
    /// (layers * directions, batch, state), of an LSTM
    pub cell: Option<&'a Array>,
    /// (batch,): steps of each sequence that count
    pub lengths: Option<&'a Array>,
}

/// What comes out.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// (steps, batch, directions * (state or projection)), zero behind the end of a sequence
    pub output: Array,
    /// As the states that went in, after each sequence's last step.
    pub state: Array,
    pub cell: Option<Array>,
}

/// Arrays of one layer in one direction.
struct Weights {
    input: Array,
    state: Array,
    projection: Option<Array>,
    input_bias: Array,
    state_bias: Array,
}

/// Sizes that follow from data and options.
struct Sizes {
    steps: i64,
    batch: i64,
    features: i64,
    directions: i64,
    /// Length of the state that goes around.
    around: i64,
}

fn wrong(message: String) -> Error {
    Error::value(format!("rnn: {message}"))
}

fn sizes(inputs: &Inputs, options: &Options) -> Result<Sizes> {
    let &[steps, batch, features] = inputs.data.shape() else {
        return Err(wrong(format!(
            "data has {} axes, expected 3 (steps, batch, features); its shape is {}",
            inputs.data.ndim(),
            shape::text(inputs.data.shape())
        )));
    };
    for (name, value) in [("state_size", options.state_size), ("num_layers", options.num_layers)] {
        if value < 1 {
            return Err(wrong(format!("{name} is {value}, expected at least 1")));
        }
    }
    if !(0.0..1.0).contains(&options.dropout) {
        return Err(wrong(format!("p is {}, expected 0 <= p < 1", options.dropout)));
    }
    if let Some(size) = options.projection_size {
        if options.mode != Mode::Lstm {
            return Err(wrong("projection_size is for mode 'lstm' only".to_string()));
        }
        if size < 1 {
            return Err(wrong(format!("projection_size is {size}, expected at least 1")));
        }
    }
    let directions = if options.bidirectional { 2 } else { 1 };
    let around = options.projection_size.unwrap_or(options.state_size);
    Ok(Sizes { steps, batch, features, directions, around })
}

fn check_arrays(inputs: &Inputs, options: &Options, sizes: &Sizes) -> Result<()> {
    let all = options.num_layers * sizes.directions;
    let state = |name: &str, array: &Array, length: i64| {
        let expected = [all, sizes.batch, length];
        if array.shape() == expected {
            return Ok(());
        }
        Err(wrong(format!(
            "{name} has shape {}, expected {} (layers * directions, batch, size)",
            shape::text(array.shape()),
            shape::text(&expected)
        )))
    };
    state("state", inputs.state, sizes.around)?;
    match (options.mode, inputs.cell) {
        (Mode::Lstm, Some(cell)) => state("state_cell", cell, options.state_size)?,
        (Mode::Lstm, None) => return Err(wrong("state_cell is wanted for mode 'lstm'".to_string())),
        _ => {}
    }
    let expected: i64 = part_lengths(options, sizes).iter().flatten().sum();
    if inputs.parameters.shape() != [expected] {
        return Err(wrong(format!(
            "parameters has shape {}, expected ({expected},) for {} features, state_size {}, {} layers and {} directions",
            shape::text(inputs.parameters.shape()),
            sizes.features,
            options.state_size,
            options.num_layers,
            sizes.directions
        )));
    }
    let Some(lengths) = inputs.lengths else { return Ok(()) };
    if lengths.shape() != [sizes.batch] {
        return Err(wrong(format!(
            "sequence_length has shape {}, expected ({},), one for each sequence of the batch",
            shape::text(lengths.shape()),
            sizes.batch
        )));
    }
    let found = lengths.to_vec::<f64>()?;
    match found
        .iter()
        .position(|&length| !(0.0..=sizes.steps as f64).contains(&length) || length.fract() != 0.0)
    {
        Some(at) => Err(wrong(format!(
            "sequence_length[{at}] is {}, expected a whole number from 0 to {}, the steps of data",
            found[at], sizes.steps
        ))),
        None => Ok(()),
    }
}

/// Lengths of the flat parameters' parts: weights of each layer and direction, then biases.
fn part_lengths(options: &Options, sizes: &Sizes) -> [Vec<i64>; 2] {
    let rows = options.mode.gates() * options.state_size;
    let (mut weights, mut biases) = (Vec::new(), Vec::new());
    for layer in 0..options.num_layers {
        let from = if layer == 0 { sizes.features } else { sizes.directions * sizes.around };
        for _ in 0..sizes.directions {
            weights.extend([rows * from, rows * sizes.around]);
            weights.extend(options.projection_size.map(|size| size * options.state_size));
            biases.extend([rows, rows]);
        }
    }
    [weights, biases]
}

/// The flat parameters as arrays.
fn unpack(parameters: &Array, options: &Options, sizes: &Sizes) -> Result<Vec<Weights>> {
    let [weights, biases] = part_lengths(options, sizes);
    let all = [weights, biases].concat();
    let parts = pieces(parameters, 0, &all);
    let each = if options.projection_size.is_some() { 3 } else { 2 };
    let count = (options.num_layers * sizes.directions) as usize;
    let rows = options.mode.gates() * options.state_size;
    (0..count)
        .map(|at| {
            let (weights, biases) = (&parts[at * each..], &parts[count * each + 2 * at..]);
            let projection = match options.projection_size {
                Some(size) => Some(weights[2].reshape(&[size, options.state_size])?),
                None => None,
            };
            Ok(Weights {
                input: weights[0].reshape(&[rows, -1])?,
                state: weights[1].reshape(&[rows, sizes.around])?,
                projection,
                input_bias: biases[0].clone(),
                state_bias: biases[1].clone(),
            })
        })
        .collect()
}

fn scaled(op: &'static Op, x: &Array, number: f64) -> Result<Array> {
    call(op, &[Argument::Array(x), Argument::from(number)])
}

/// A step's states where it lies inside a sequence, and the old ones elsewhere, where the output is zero.
fn masked(
    mask: &Array,
    new: Array,
    state: &Array,
    new_cell: Option<Array>,
    cell: Option<&Array>,
) -> Result<(Array, Array, Option<Array>)> {
    let choose = |new: &Array, old: &Array| call(ops::WHERE, &[mask.into(), new.into(), old.into()]);
    let shown = call(ops::WHERE, &[mask.into(), (&new).into(), Argument::from(0.0)])?;
    let kept_cell = match (new_cell, cell) {
        (Some(new), Some(old)) => Some(choose(&new, old)?),
        _ => None,
    };
    Ok((choose(&new, state)?, shown, kept_cell))
}

/// One direction of one layer.
struct Direction<'a> {
    options: &'a Options,
    weights: &'a Weights,
    reverse: bool,
    /// Per step (1, batch): whether it counts.
    masks: Option<&'a [Array]>,
}

impl Direction<'_> {
    /// Outputs of all steps, and the last states.
    fn run(&self, x: &Array, state: &Array, cell: Option<&Array>) -> Result<(Array, Array, Option<Array>)> {
        let Some(kind) = self.kernel(x) else { return self.by_operators(x, state, cell) };
        let weights = self.weights;
        let mut inputs =
            vec![x, &weights.input, &weights.state, &weights.input_bias, &weights.state_bias, state];
        inputs.extend(cell);
        let (options, reverse) = (*self.options, self.reverse);
        let again = move |arrays: &[Array]| {
            let weights = Weights {
                input: arrays[1].clone(),
                state: arrays[2].clone(),
                projection: None,
                input_bias: arrays[3].clone(),
                state_bias: arrays[4].clone(),
            };
            let way = Direction { options: &options, weights: &weights, reverse, masks: None };
            let (output, state, cell) = way.by_operators(&arrays[0], &arrays[5], arrays.get(6))?;
            Ok([output, state].into_iter().chain(cell).collect())
        };
        let mut all = cells::run(kind, self.reverse, &inputs, Box::new(again))?.into_iter();
        match (all.next(), all.next()) {
            (Some(output), Some(state)) => Ok((output, state, all.next())),
            _ => Err(wrong("a kernel gave no outputs".to_string())),
        }
    }

    /// The cell, where a kernel does all that is asked for.
    fn kernel(&self, x: &Array) -> Option<Cell> {
        let plain = self.masks.is_none() && self.options.clip.is_none() && self.weights.projection.is_none();
        match self.options.mode {
            _ if !plain || x.size() == 0 || !cells::is_for(x.dtype()) => None,
            Mode::Lstm => Some(Cell::Lstm),
            Mode::Gru => Some(Cell::Gru),
            _ => None,
        }
    }

    /// As [`Direction::run`]. Inside, features come before the batch: so the weights are the left
    /// factor of every product, which reads them where they lie.
    fn by_operators(
        &self,
        x: &Array,
        state: &Array,
        cell: Option<&Array>,
    ) -> Result<(Array, Array, Option<Array>)> {
        let &[count, batch, features] = x.shape() else { return Err(wrong("data has 3 axes".to_string())) };
        let flat = x.reshape(&[count * batch, features])?;
        let rows = self.weights.input.shape()[0];
        let (bias, state_bias) = self.biases()?;
        let inputs = matmul(&self.weights.input, &flat.transpose(None)?)?;
        let inputs = add(&inputs, &bias.expand_dims(&[1])?)?.reshape(&[rows, count, batch])?;
        let inputs = steps(&inputs.transpose(Some(&[1, 0, 2]))?);
        let state_bias = state_bias.map(|bias| bias.expand_dims(&[1])).transpose()?;
        let products = Products::new(&self.weights.state, count as usize);
        let (mut state, mut cell) =
            (state.transpose(None)?, cell.map(|cell| cell.transpose(None)).transpose()?);
        let mut outputs: Vec<Option<Array>> = vec![None; count as usize];
        for turn in 0..count as usize {
            let step = if self.reverse { count as usize - 1 - turn } else { turn };
            let product = products.product(turn, &state)?;
            let (new, new_cell) =
                self.step(&inputs[step], &product, state_bias.as_ref(), &state, cell.as_ref())?;
            let (kept, output, kept_cell) = match self.masks {
                None => (new.clone(), new, new_cell),
                Some(masks) => masked(&masks[step], new, &state, new_cell, cell.as_ref())?,
            };
            outputs[step] = Some(output.transpose(None)?);
            (state, cell) = (kept, kept_cell);
        }
        let outputs: Vec<&Array> = outputs.iter().flatten().collect();
        let output = if outputs.is_empty() {
            Array::empty(&[0, batch, state.shape()[0]], x.dtype(), x.device())?
        } else {
            stack(&outputs, 0)?
        };
        Ok((output, state.transpose(None)?, cell.map(|cell| cell.transpose(None)).transpose()?))
    }

    /// The bias that all gates have before the state is known, and that of a GRU's new state.
    fn biases(&self) -> Result<(Array, Option<Array>)> {
        let Weights { input_bias, state_bias, .. } = self.weights;
        if self.options.mode != Mode::Gru {
            return Ok((add(input_bias, state_bias)?, None));
        }
        let size = self.options.state_size;
        let (first, second) =
            (pieces(input_bias, 0, &[2 * size, size]), pieces(state_bias, 0, &[2 * size, size]));
        let gates = add(&first[0], &second[0])?;
        let joined = concatenate(&[&gates, &first[1]], Some(0), None, Casting::SameKind)?;
        Ok((joined, Some(second[1].clone())))
    }

    /// The states after one step; `input` has its share of all gates already, `product` is the state's.
    fn step(
        &self,
        input: &Array,
        product: &Array,
        state_bias: Option<&Array>,
        state: &Array,
        cell: Option<&Array>,
    ) -> Result<(Array, Option<Array>)> {
        let size = self.options.state_size;
        match self.options.mode {
            Mode::Relu => Ok((call1(ops::RELU, &add(input, product)?)?, None)),
            Mode::Tanh => Ok((call1(ops::TANH, &add(input, product)?)?, None)),
            Mode::Lstm => {
                let gates = pieces(&add(input, product)?, 0, &[size; 4]);
                let [entry, forget, new, exit] = [
                    call1(ops::SIGMOID, &gates[0])?,
                    call1(ops::SIGMOID, &gates[1])?,
                    call1(ops::TANH, &gates[2])?,
                    call1(ops::SIGMOID, &gates[3])?,
                ];
                let cell = cell.ok_or_else(|| wrong("state_cell is wanted for mode 'lstm'".to_string()))?;
                let cell = self.clipped(add(&multiply(&forget, cell)?, &multiply(&entry, &new)?)?)?;
                let shown = multiply(&exit, &call1(ops::TANH, &cell)?)?;
                let state = match &self.weights.projection {
                    Some(projection) => matmul(projection, &shown)?,
                    None => shown,
                };
                Ok((state, Some(cell)))
            }
            Mode::Gru => {
                let (given, own) = (pieces(input, 0, &[size; 3]), pieces(product, 0, &[size; 3]));
                let reset = call1(ops::SIGMOID, &add(&given[0], &own[0])?)?;
                let update = call1(ops::SIGMOID, &add(&given[1], &own[1])?)?;
                let inner = match state_bias {
                    Some(bias) => add(&own[2], bias)?,
                    None => own[2].clone(),
                };
                let new = call1(ops::TANH, &add(&given[2], &multiply(&reset, &inner)?)?)?;
                // (1 - update) * new + update * state
                let moved = multiply(&update, &call2(ops::SUBTRACT, state, &new)?)?;
                Ok((add(&new, &moved)?, None))
            }
        }
    }

    fn clipped(&self, cell: Array) -> Result<Array> {
        let Some((low, high)) = self.options.clip else { return Ok(cell) };
        let cell = if self.options.clip_nan {
            let nan = call1(ops::ISNAN, &cell)?;
            call(ops::WHERE, &[(&nan).into(), Argument::from(low), (&cell).into()])?
        } else {
            cell
        };
        scaled(ops::MINIMUM, &scaled(ops::MAXIMUM, &cell, low)?, high)
    }
}

/// Per step (1, batch): whether it lies inside each sequence.
fn step_masks(lengths: &Array, count: i64, dtype: DType) -> Result<Vec<Array>> {
    let lengths = lengths
        .detach()
        .astype_if(if dtype == DType::F64 { DType::F64 } else { DType::F32 })?
        .expand_dims(&[0])?;
    (0..count).map(|step| scaled(ops::GREATER, &lengths, step as f64)).collect()
}

/// Elements dropped with probability `p`, the others scaled so that the mean stays.
fn dropped(x: &Array, p: f64) -> Result<Array> {
    let draw = Draw { size: Some(x.shape()), dtype: Some(x.dtype()), device: Some(x.device()) };
    let kept = bernoulli(Some(Argument::from(1.0 - p)), None, &draw)?;
    multiply(x, &scaled(ops::DIVIDE, &kept, 1.0 - p)?)
}

/// Runs layers of cells over sequences.
///
/// # Errors
/// Value: shapes and sizes that do not fit, lengths beyond the steps. Type: dtypes other than floats.
pub fn recurrent(inputs: &Inputs, options: &Options) -> Result<Outputs> {
    let sizes = sizes(inputs, options)?;
    check_arrays(inputs, options, &sizes)?;
    let mut arguments = vec![inputs.data, inputs.parameters, inputs.state];
    arguments.extend(inputs.cell);
    let dtype =
        arguments[1..].iter().fold(inputs.data.dtype(), |dtype, one| promote::promote(dtype, one.dtype()));
    check_float("rnn", dtype)?;
    common_device(&arguments.iter().map(|&one| Argument::Array(one)).collect::<Vec<_>>())
        .map_err(|error| error.in_operator("rnn"))?;
    let weights = unpack(&inputs.parameters.astype_if(dtype)?, options, &sizes)?;
    let states = steps(&inputs.state.astype_if(dtype)?);
    let cells = match inputs.cell.filter(|_| options.mode == Mode::Lstm) {
        Some(cell) => Some(steps(&cell.astype_if(dtype)?)),
        None => None,
    };
    let masks = inputs.lengths.map(|lengths| step_masks(lengths, sizes.steps, dtype)).transpose()?;
    let mut x = inputs.data.astype_if(dtype)?;
    let (mut last_states, mut last_cells) = (Vec::new(), Vec::new());
    for layer in 0..options.num_layers as usize {
        if layer > 0 && options.dropout > 0.0 && tape::is_training() {
            x = dropped(&x, options.dropout)?;
        }
        let mut outputs = Vec::new();
        for direction in 0..sizes.directions as usize {
            let at = layer * sizes.directions as usize + direction;
            let way = Direction {
                options,
                weights: &weights[at],
                reverse: direction == 1,
                masks: masks.as_deref(),
            };
            let (output, state, cell) = way.run(&x, &states[at], cells.as_ref().map(|cells| &cells[at]))?;
            outputs.push(output);
            last_states.push(state);
            last_cells.extend(cell);
        }
        x = match &outputs[..] {
            [one] => one.clone(),
            all => concatenate(&all.iter().collect::<Vec<_>>(), Some(2), None, Casting::SameKind)?,
        };
    }
    let cell =
        if last_cells.is_empty() { None } else { Some(stack(&last_cells.iter().collect::<Vec<_>>(), 0)?) };
    Ok(Outputs { output: x, state: stack(&last_states.iter().collect::<Vec<_>>(), 0)?, cell })
}
