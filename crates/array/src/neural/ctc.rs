//! Connectionist temporal classification: minus the logarithm of the probability that a sequence of class scores spells
//! a label, summed over all alignments. Loss and gradient are kernels; where the gradient is recorded itself, the loss goes
//! through operators, from which gradients of every order follow.
//!
//! Source: Graves, Fernandez, Gomez, Schmidhuber 2006, equations 6 to 8.

use std::sync::Arc;

use base::promote::Casting;
use base::{DType, Error, Result, shape};
use graph::Kernel;
use graph::layers::Layer;

use super::kernels;
use super::spatial::check_float;
use super::steps::steps;
use crate::elementwise::{Argument, add, call, call1, call2};
use crate::manipulate::{concatenate, take_along_axis};
use crate::{Array, Index, reduce, tape};

/// Stands for the logarithm of 0: so small that it never adds anything, and finite, so that differences of two are 0.
const NEVER: f64 = -1e30;

/// Rows of places in the kernels are as long as a multiple of this.
const PLACES: usize = 16;

/// Which class is the blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Class 0; labels count from 1, and 0 pads.
    First,
    /// The last class; labels count from 0, and -1 pads.
    Last,
}

/// The labels of a batch, read.
struct Labels {
    /// Classes of each sequence.
    classes: Vec<Vec<i64>>,
    /// Frames of each sequence that count.
    frames: Vec<i64>,
}

fn wrong(message: String) -> Error {
    Error::value(format!("ctc_loss: {message}"))
}

/// Whole numbers from 0 to `most`, one for each sequence.
fn lengths(name: &str, given: Option<&Array>, batch: i64, most: i64) -> Result<Option<Vec<i64>>> {
    let Some(given) = given else { return Ok(None) };
    if given.shape() != [batch] {
        return Err(wrong(format!("{name} has shape {}, expected ({batch},)", shape::text(given.shape()))));
    }
    let found = given.to_vec::<f64>()?;
    if let Some(at) = found.iter().position(|&one| !(0.0..=most as f64).contains(&one) || one.fract() != 0.0)
    {
        return Err(wrong(format!(
            "{name}[{at}] is {}, expected a whole number from 0 to {most}",
            found[at]
        )));
    }
    Ok(Some(found.into_iter().map(|one| one as i64).collect()))
}

fn read_labels(
    data: &[i64],
    label: &Array,
    frames: Option<&Array>,
    counts: Option<&Array>,
    blank: Blank,
) -> Result<Labels> {
    let &[steps, batch, alphabet] = data else { return Err(wrong("data has 3 axes".to_string())) };
    let most = label.shape()[1];
    let frames =
        lengths("data_lengths", frames, batch, steps)?.unwrap_or_else(|| vec![steps; batch as usize]);
    let counts = lengths("label_lengths", counts, batch, most)?;
    let values = label.to_vec::<f64>()?;
    let mut classes = Vec::with_capacity(batch as usize);
    for sequence in 0..batch as usize {
        let row = &values[sequence * most as usize..(sequence + 1) * most as usize];
        let padding = |value: f64| match blank {
            Blank::First => value == 0.0,
            Blank::Last => value < 0.0,
        };
        let count = match &counts {
            Some(counts) => counts[sequence] as usize,
            None => row.iter().position(|&value| padding(value)).unwrap_or(row.len()),
        };
        let range = match blank {
            Blank::First => 1..alphabet,
            Blank::Last => 0..alphabet - 1,
        };
        for (at, &value) in row[..count].iter().enumerate() {
            if value.fract() != 0.0 || !range.contains(&(value as i64)) {
                return Err(wrong(format!(
                    "label[{sequence}, {at}] is {value}, expected a whole number from {} to {}",
                    range.start,
                    range.end - 1
                )));
            }
        }
        classes.push(row[..count].iter().map(|&value| value as i64).collect());
    }
    Ok(Labels { classes, frames })
}

/// Constant tables over (batch, places), where places are blank, label, blank, label, ..., blank.
struct Tables {
    /// The class of each place.
    classes: Array,
    /// 0 where a place may follow the one two before it, else NEVER.
    skip: Array,
    /// 0 at the first two places, else NEVER.
    start: Array,
    /// 0 at the last two places of each label, else NEVER.
    end: Array,
    places: i64,
}

fn tables(labels: &Labels, alphabet: i64, blank: Blank, dtype: DType, data: &Array) -> Result<Tables> {
    let blank = if blank == Blank::First { 0 } else { alphabet - 1 };
    let longest = labels.classes.iter().map(Vec::len).max().unwrap_or(0);
    let places = 2 * longest + 1;
    let batch = labels.classes.len();
    let mut classes = vec![blank; batch * places];
    let (mut skip, mut start, mut end) =
        (vec![NEVER; batch * places], vec![NEVER; batch * places], vec![NEVER; batch * places]);
    for (sequence, label) in labels.classes.iter().enumerate() {
        let row = sequence * places;
        for (at, &class) in label.iter().enumerate() {
            classes[row + 2 * at + 1] = class;
            if at > 0 && label[at - 1] != class {
                skip[row + 2 * at + 1] = 0.0;
            }
        }
        start[row] = 0.0;
        end[row + 2 * label.len()] = 0.0;
        if !label.is_empty() {
            start[row + 1] = 0.0;
            end[row + 2 * label.len() - 1] = 0.0;
        }
    }
    let lengths = [batch as i64, places as i64];
    let table = |values: &[f64]| Array::from_values(values, &lengths, data.device())?.astype_if(dtype);
    Ok(Tables {
        classes: Array::from_values(&classes, &lengths, data.device())?,
        skip: table(&skip)?,
        start: table(&start)?,
        end: table(&end)?,
        places: places as i64,
    })
}

/// `log(sum of exp)` along an axis.
fn log_sum(x: &Array, axis: i64, keepdims: bool) -> Result<Array> {
    let options =
        reduce::Options { axes: Some(std::slice::from_ref(&axis)), keepdims: true, ..Default::default() };
    let greatest = reduce::max(&x.detach(), &options)?;
    let sums = reduce::sum(&call1(ops::EXP, &call2(ops::SUBTRACT, x, &greatest)?)?, &options)?;
    let all = add(&call1(ops::LOG, &sums)?, &greatest)?;
    if keepdims { Ok(all) } else { all.squeeze(Some(&[axis])) }
}

/// Elements moved to later places, NEVER in front.
fn moved(x: &Array, by: i64, never: &Array) -> Result<Array> {
    let places = x.shape()[1];
    let by = by.min(places);
    let whole = Index::Slice { start: None, stop: None, step: None };
    let kept = x.get([whole, Index::Slice { start: None, stop: Some(places - by), step: None }])?;
    let front = never.broadcast_to(&[x.shape()[0], by])?;
    concatenate(&[&front, &kept], Some(1), None, Casting::SameKind)
}

/// The loss of each sequence.
///
/// `data` (steps, batch, classes) holds scores before softmax, `label` (batch, most) the classes; where
/// `label_lengths` is not given a label ends at the first padding. A label that no alignment spells has a loss of
/// about 1e30, and a gradient of 0.
///
/// # Errors
/// Value: shapes that do not fit, labels and lengths out of range. Type: scores other than floats.
pub fn ctc_loss(
    data: &Array,
    label: &Array,
    data_lengths: Option<&Array>,
    label_lengths: Option<&Array>,
    blank: Blank,
) -> Result<Array> {
    let (&[steps, batch, alphabet], &[rows, _]) = (data.shape(), label.shape()) else {
        return Err(wrong(format!(
            "data has shape {} and label {}, expected (steps, batch, classes) and (batch, length)",
            shape::text(data.shape()),
            shape::text(label.shape())
        )));
    };
    if rows != batch {
        return Err(wrong(format!("axis 0 of label is {rows}, expected {batch}, axis 1 of data")));
    }
    if steps == 0 || alphabet == 0 {
        return Err(wrong(format!(
            "data has shape {}, expected steps and classes",
            shape::text(data.shape())
        )));
    }
    check_float("ctc_loss", data.dtype())?;
    let labels = read_labels(data.shape(), label, data_lengths, label_lengths, blank)?;
    if batch == 0 {
        return Array::empty(&[0], data.dtype(), data.device());
    }
    let wide = if data.dtype().size() < 4 { DType::F32 } else { data.dtype() };
    losses(&data.astype_if(wide)?, Arc::new(labels), blank)?.astype_if(data.dtype())
}

/// The losses by a kernel, recorded.
fn losses(scores: &Array, labels: Arc<Labels>, blank: Blank) -> Result<Array> {
    let pass = tape::paused(|| Pass::new(&scores.detach(), &labels, blank))?;
    let out = pass.losses.detach();
    Ok(tape::record_saving("ctc_loss", &[scores], &[scores], out, || {
        let scores = scores.clone();
        Box::new(move |gradient| {
            if !tape::is_recording() {
                return pass.gradient(gradient).map(|gradient| vec![Some(gradient)]);
            }
            let again = by_operators(&scores, &labels, blank)?;
            let found = tape::grad(&[(&again, Some(gradient))], &[&scores], true, true)?;
            Ok(found.into_iter().map(Some).collect())
        })
    }))
}

/// A loss that was computed.
struct Pass {
    blank: usize,
    /// Scores, labels, their lengths, frames.
    given: [Array; 4],
    losses: Array,
    norms: Array,
    beginnings: Array,
}

impl Pass {
    fn new(scores: &Array, labels: &Labels, blank: Blank) -> Result<Pass> {
        let &[steps, batch, alphabet] = scores.shape() else {
            return Err(wrong("data has 3 axes".to_string()));
        };
        let device = scores.device();
        let longest = labels.classes.iter().map(Vec::len).max().unwrap_or(0);
        let mut classes = vec![0i64; batch as usize * longest];
        for (row, label) in classes.chunks_exact_mut(longest.max(1)).zip(&labels.classes) {
            row[..label.len()].copy_from_slice(label);
        }
        let counts: Vec<i64> = labels.classes.iter().map(|label| label.len() as i64).collect();
        let given = [
            scores.contiguous()?,
            Array::from_values(&classes, &[batch, longest as i64], device)?,
            Array::from_values(&counts, &[batch], device)?,
            Array::from_values(&labels.frames, &[batch], device)?,
        ];
        let empty = |lengths: &[i64]| Array::empty(lengths, scores.dtype(), device);
        let places = (2 * longest + 1).next_multiple_of(PLACES) as i64;
        let (losses, norms, beginnings) =
            (empty(&[batch])?, empty(&[batch, steps])?, empty(&[batch, steps, places])?);
        let blank = if blank == Blank::First { 0 } else { alphabet as usize - 1 };
        let inputs: Vec<&Array> = given.iter().collect();
        kernels::run(&Kernel::Layer(Layer::Ctc { blank }), &inputs, &[&losses, &norms, &beginnings])?;
        Ok(Pass { blank, given, losses, norms, beginnings })
    }

    fn gradient(&self, gradient: &Array) -> Result<Array> {
        let [scores, ..] = &self.given;
        let out = Array::empty(scores.shape(), scores.dtype(), scores.device())?;
        let gradient = gradient.contiguous()?;
        let mut inputs = vec![&gradient];
        inputs.extend(&self.given);
        inputs.extend([&self.losses, &self.norms, &self.beginnings]);
        kernels::run(&Kernel::Layer(Layer::CtcGradient { blank: self.blank }), &inputs, &[&out])?;
        Ok(out)
    }
}

/// The losses in operators.
fn by_operators(scores: &Array, labels: &Labels, blank: Blank) -> Result<Array> {
    let &[steps, batch, alphabet] = scores.shape() else { return Err(wrong("data has 3 axes".to_string())) };
    let tables = tables(labels, alphabet, blank, scores.dtype(), scores)?;
    let logarithms = call2(ops::SUBTRACT, scores, &log_sum(scores, 2, true)?)?;
    let classes = tables.classes.expand_dims(&[0])?.broadcast_to(&[steps, batch, tables.places])?;
    let emitted = take_along_axis(&logarithms, &classes.contiguous()?, Some(2))?;
    let last = forward(&emitted, &tables, &labels.frames)?;
    let total = log_sum(&add(&last, &tables.end)?, 1, false)?;
    call1(ops::NEGATIVE, &total)
}

/// Logarithms of the probabilities of all beginnings that end in each place, after each sequence's last frame.
fn forward(emitted: &Array, tables: &Tables, frames: &[i64]) -> Result<Array> {
    let device = emitted.device();
    let never = Array::full(&[1, 1], base::Scalar::F64(NEVER), emitted.dtype(), device)?;
    let counts = Array::from_values(frames, &[frames.len() as i64, 1], device)?;
    let mut all = call(ops::ADD, &[(&tables.start).into(), Argument::from(0.0)])?;
    for (step, here) in steps(emitted).iter().enumerate() {
        let next = if step == 0 {
            add(&all, here)?
        } else {
            let one = call2(ops::LOGADDEXP, &all, &moved(&all, 1, &never)?)?;
            let two = add(&moved(&all, 2, &never)?, &tables.skip)?;
            add(&call2(ops::LOGADDEXP, &one, &two)?, here)?
        };
        // sums of several NEVERs stay at NEVER
        let next = call(ops::MAXIMUM, &[(&next).into(), Argument::from(NEVER)])?;
        let counts_on = call(ops::GREATER, &[(&counts).into(), Argument::from(step as i64)])?;
        all = call(ops::WHERE, &[(&counts_on).into(), (&next).into(), (&all).into()])?;
    }
    Ok(all)
}
