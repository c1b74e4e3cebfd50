//! Attention of queries to keys: `softmax(query @ key^T * scale + mask) @ value`. Works on blocks, so that the matrix of all
//! scores never exists; the gradient computes each block's scores again. There is a kernel, in float32 for halves; masks
//! that want a gradient go through blocks of queries in operators. A little over the usual length, because both ways share
//! the problem and its formulas.
//!
//! Source: Vaswani et al. 2017; recomputation as in Rabe and Staats 2021 and Dao et al. 2022.

use base::{DType, Error, Result, Scalar, View, promote, shape};
use graph::Kernel;
use graph::layers::Layer;

use super::kernels;
use super::spatial::check_float;
use crate::elementwise::{Argument, add, call, call1, call2, common_device, multiply};
use crate::products::matmul;
use crate::random::{Draw, bernoulli};
use crate::{Array, reduce, tape};

/// Scores of one block at most: whole batches where they are small, otherwise some queries of each.
const BLOCK_SCORES: i64 = 1 << 18;
/// Scores below this count as not seen.
const NOT_SEEN: f64 = -1e30;
/// Queries of a block at least.
const LEAST_ROWS: i64 = 64;

/// The parameters of [`attention`] that are no arrays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Query `i` sees keys up to `i` only.
    pub causal: bool,
    /// Factor of the scores; the root of one divided by the length of a query unless given.
    pub scale: Option<f64>,
    /// Probability that a weight is dropped while training.
    pub dropout: f64,
}

/// What a block needs beside its queries, which are scaled already. All have the same batch axes.
struct Problem {
    key: Array,
    value: Array,
    mask: Option<Array>,
    causal: bool,
    rows: i64,
    keys: i64,
}

/// Part of an axis, not recorded.
fn part(x: &Array, axis: usize, start: i64, length: i64) -> Array {
    if x.shape()[axis] == 1 {
        return x.clone();
    }
    let mut view: View = x.view().clone();
    view.offset += start * view.strides[axis];
    view.shape[axis] = length;
    x.with_view(view)
}

fn turned(x: &Array) -> Result<Array> {
    x.swapaxes(-1, -2)
}

fn over_last(x: &Array, work: fn(&Array, &reduce::Options) -> Result<Array>) -> Result<Array> {
    work(x, &reduce::Options { axes: Some(&[-1]), keepdims: true, ..Default::default() })
}

impl Problem {
    /// Keys that queries up to `end` may see.
    fn seen(&self, end: i64) -> i64 {
        if self.causal { end.clamp(1, self.keys.max(1)).min(self.keys) } else { self.keys }
    }

    /// Scores of the queries from `start` on; those of keys that are not seen are minus infinity.
    fn scores(&self, query: &Array, key: &Array, mask: Option<&Array>, start: i64) -> Result<Array> {
        let scores = matmul(query, &turned(key)?)?;
        let (rows, keys) = (query.shape()[query.ndim() - 2], key.shape()[key.ndim() - 2]);
        let scores = match mask {
            Some(mask) if mask.dtype().is_bool() => {
                call(ops::WHERE, &[mask.into(), (&scores).into(), Argument::from(f64::NEG_INFINITY)])?
            }
            Some(mask) => add(&scores, mask)?,
            None => scores,
        };
        if !self.causal {
            return Ok(scores);
        }
        // query start + i sees key j where i - j + start >= 0
        let view =
            View { shape: [rows, keys].as_slice().into(), strides: [1, -1].as_slice().into(), offset: start };
        let place = Array::positions(view, DType::I64, query.device())?;
        let visible = call(ops::GREATER_EQUAL, &[(&place).into(), Argument::from(0i64)])?;
        call(ops::WHERE, &[(&visible).into(), (&scores).into(), Argument::from(f64::NEG_INFINITY)])
    }

    /// Weights before they are divided, and their sums, with what was subtracted from the scores.
    fn exponentials(&self, scores: &Array) -> Result<(Array, Array, Array)> {
        // a row without any visible key has weights of zero
        let greatest = over_last(&scores.detach(), reduce::max)?;
        let greatest = call(ops::MAXIMUM, &[(&greatest).into(), Argument::from(NOT_SEEN)])?;
        let exponentials = call1(ops::EXP, &call2(ops::SUBTRACT, scores, &greatest)?)?;
        let sums = over_last(&exponentials, reduce::sum)?;
        let one = call(ops::EQUAL, &[(&sums).into(), Argument::from(0.0)])?;
        let sums = call(ops::WHERE, &[(&one).into(), Argument::from(1.0), (&sums).into()])?;
        Ok((exponentials, sums, greatest))
    }

    /// Weights of all queries, as formulas.
    fn weights(&self, query: &Array) -> Result<Array> {
        let scores = self.scores(query, &self.key, self.mask.as_ref(), 0)?;
        let (exponentials, sums, _) = self.exponentials(&scores)?;
        call2(ops::DIVIDE, &exponentials, &sums)
    }

    fn has_kernel(&self) -> bool {
        let wants = |mask: &Array| mask.dtype().is_inexact() && mask.link().is_some();
        !self.mask.as_ref().is_some_and(wants)
    }

    /// Batches and queries of one block.
    fn block(&self, batches: i64) -> (i64, i64) {
        let least = LEAST_ROWS.min(self.rows);
        let rows = (BLOCK_SCORES / self.keys.max(1)).clamp(least, self.rows);
        ((BLOCK_SCORES / (rows * self.keys).max(1)).clamp(1, batches), rows)
    }
}

fn check(operator: &str, query: &Array, key: &Array, value: &Array) -> Result<()> {
    for (name, array) in [("query", query), ("key", key), ("value", value)] {
        if array.ndim() < 2 {
            return Err(Error::value(format!(
                "{operator}: {name} has shape {}, expected at least two axes (..., length, features)",
                shape::text(array.shape())
            )));
        }
    }
    let last = |array: &Array, back: usize| array.shape()[array.ndim() - back];
    if last(query, 1) != last(key, 1) {
        return Err(Error::value(format!(
            "{operator}: the last axis of key is {}, expected {}, as of query",
            last(key, 1),
            last(query, 1)
        )));
    }
    if last(key, 2) != last(value, 2) {
        return Err(Error::value(format!(
            "{operator}: axis -2 of value is {}, expected {}, as of key",
            last(value, 2),
            last(key, 2)
        )));
    }
    Ok(())
}

/// Over the batch axes `batch`, a view.
fn over(x: &Array, batch: &[i64]) -> Result<Array> {
    let wanted = [batch, &x.shape()[x.ndim() - 2..]].concat();
    if x.shape() == wanted { Ok(x.clone()) } else { x.broadcast_to(&wanted) }
}

/// Attention. `query` (..., rows, features), `key` (..., keys, features), `value` (..., keys, width) of broadcast batch
/// axes; `mask` broadcasts to the scores (..., rows, keys): bools say which keys are seen, numbers are added.
///
/// # Errors
/// Value: shapes that do not fit. Type: dtypes other than floats.
pub fn attention(
    query: &Array,
    key: &Array,
    value: &Array,
    mask: Option<&Array>,
    options: &Options,
) -> Result<Array> {
    let operator = "scaled_dot_product_attention";
    check(operator, query, key, value)?;
    if !(0.0..1.0).contains(&options.dropout) {
        return Err(Error::value(format!(
            "{operator}: dropout is {}, expected 0 <= dropout < 1",
            options.dropout
        )));
    }
    let mut arguments = vec![Argument::Array(query), Argument::Array(key), Argument::Array(value)];
    arguments.extend(mask.map(Argument::Array));
    common_device(&arguments).map_err(|error| error.in_operator(operator))?;
    let dtype = promote::promote(promote::promote(query.dtype(), key.dtype()), value.dtype());
    check_float(operator, dtype)?;
    // halves are computed in float32 and rounded once
    let (result, dtype) = (dtype, if dtype.is_half() { DType::F32 } else { dtype });
    let lead = |x: &Array| x.shape()[..x.ndim() - 2].to_vec();
    let batch = shape::broadcast(&[&lead(query), &lead(key), &lead(value)])
        .map_err(|error| error.in_operator(operator))?;
    let (rows, keys) = (query.shape()[query.ndim() - 2], key.shape()[key.ndim() - 2]);
    let mask = mask.map(|mask| spread_mask(operator, mask, &batch, rows, keys, dtype)).transpose()?;
    let features = query.shape()[query.ndim() - 1].max(1) as f64;
    let scale = options.scale.unwrap_or(1.0 / features.sqrt());
    let query = query.astype_if(dtype)?;
    let problem = Problem {
        key: over(&key.astype_if(dtype)?, &batch)?,
        value: over(&value.astype_if(dtype)?, &batch)?,
        mask,
        causal: options.causal,
        rows,
        keys,
    };
    if keys == 0 || rows == 0 || batch.contains(&0) {
        // nothing to see: zeros, as for rows whose keys are all masked
        let width = problem.value.shape()[batch.len() + 1];
        let wanted = [&batch[..], &[rows, width]].concat();
        return Array::full(&wanted, Scalar::F64(0.0), result, query.device());
    }
    weighted(query, scale, problem, &batch, options.dropout)?.astype_if(result)
}

/// The way that a problem goes.
fn weighted(query: Array, scale: f64, problem: Problem, batch: &[i64], dropout: f64) -> Result<Array> {
    let drops = dropout > 0.0 && tape::is_training();
    if !drops && problem.has_kernel() {
        return by_kernel(over(&query, batch)?, scale, problem, batch);
    }
    let query = over(&scaled(&query, scale)?, batch)?;
    if drops {
        return dropped(&query, &problem, dropout);
    }
    let (rows, width) = (problem.rows, problem.value.shape()[batch.len() + 1]);
    let (query, problem) = flattened(query, problem, batch.iter().product())?;
    blockwise(query, problem)?.reshape(&[batch, &[rows, width]].concat())
}

fn scaled(x: &Array, scale: f64) -> Result<Array> {
    call(ops::MULTIPLY, &[x.into(), Argument::from(scale)])
}

/// A mask over (batch..., rows or 1, keys).
fn spread_mask(
    operator: &str,
    mask: &Array,
    batch: &[i64],
    rows: i64,
    keys: i64,
    dtype: DType,
) -> Result<Array> {
    // one row for all queries stays one, so that flattening copies little; a gradient needs all of them
    let shared = mask.link().is_none() && (mask.ndim() < 2 || mask.shape()[mask.ndim() - 2] == 1);
    let wanted = [batch, &[if shared { 1 } else { rows }, keys]].concat();
    let spread = if mask.dtype().is_bool() { mask.clone() } else { mask.astype_if(dtype)? };
    spread.broadcast_to(&wanted).map_err(|_| {
        Error::value(format!(
            "{operator}: mask has shape {}, which does not broadcast to {} (..., rows, keys)",
            shape::text(mask.shape()),
            shape::text(&wanted)
        ))
    })
}

/// With one batch axis for all.
fn flattened(query: Array, problem: Problem, batches: i64) -> Result<(Array, Problem)> {
    let flat = |x: &Array| x.reshape(&[batches, x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]]);
    let mask = problem.mask.as_ref().map(&flat).transpose()?;
    let (key, value) = (flat(&problem.key)?, flat(&problem.value)?);
    Ok((flat(&query)?, Problem { key, value, mask, ..problem }))
}

/// With dropout of weights: as formulas, over all queries at once.
fn dropped(query: &Array, problem: &Problem, p: f64) -> Result<Array> {
    let weights = problem.weights(query)?;
    let draw =
        Draw { size: Some(weights.shape()), dtype: Some(weights.dtype()), device: Some(weights.device()) };
    let kept = bernoulli(Some(Argument::from(1.0 - p)), None, &draw)?;
    let kept = call(ops::DIVIDE, &[(&kept).into(), Argument::from(1.0 - p)])?;
    matmul(&multiply(&weights, &kept)?, &problem.value)
}

/// The arrays as the kernel reads them: contiguous, with one batch axis, and each different mask once.
struct Contiguous {
    query: Array,
    key: Array,
    value: Array,
    /// The masks, and which of them each batch has.
    mask: Option<[Array; 2]>,
}

impl Contiguous {
    fn new(query: &Array, scale: f64, problem: &Problem, batch: &[i64]) -> Result<Contiguous> {
        let query = &scaled(&query.detach(), scale)?;
        let count = batch.iter().product::<i64>();
        let flat = |x: &Array| {
            let lengths = [count, x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]];
            x.detach().reshape(&lengths)?.contiguous()
        };
        let mask = problem.mask.as_ref().map(|mask| distinct(&mask.detach(), batch)).transpose()?;
        Ok(Contiguous { query: flat(query)?, key: flat(&problem.key)?, value: flat(&problem.value)?, mask })
    }

    fn inputs(&self) -> Vec<&Array> {
        let mut all = vec![&self.query, &self.key, &self.value];
        all.extend(self.mask.iter().flatten());
        all
    }
}

/// A mask without the copies that broadcasting made along batch axes, and for each batch the number of its mask.
fn distinct(mask: &Array, batch: &[i64]) -> Result<[Array; 2]> {
    let mut view: View = mask.view().clone();
    for axis in 0..batch.len() {
        if view.strides[axis] == 0 {
            view.shape[axis] = 1;
        }
    }
    let kept: Vec<i64> = view.shape[..batch.len()].to_vec();
    let numbers = (0..batch.iter().product::<i64>()).map(|number| {
        let (mut left, mut found, mut step) = (number, 0, 1);
        for axis in (0..batch.len()).rev() {
            found += if kept[axis] == 1 { 0 } else { left % batch[axis] * step };
            left /= batch[axis];
            step *= kept[axis];
        }
        found
    });
    let numbers: Vec<i64> = numbers.collect();
    let lengths = [kept.iter().product(), view.shape[batch.len()], view.shape[batch.len() + 1]];
    let masks = mask.with_view(view).reshape(&lengths)?.contiguous()?;
    Ok([masks, Array::from_values(&numbers, &[numbers.len() as i64], mask.device())?])
}

/// By the kernel; recorded as one operator. What is kept for the gradient is what the caller has anyway: queries before
/// they are scaled, and views as they are.
fn by_kernel(query: Array, scale: f64, problem: Problem, batch: &[i64]) -> Result<Array> {
    let causal = problem.causal;
    let arrays = tape::paused(|| Contiguous::new(&query, scale, &problem, batch))?;
    let (count, width) = (arrays.query.shape()[0], arrays.value.shape()[2]);
    let result = empty_rows(&query, batch, width)?;
    let logarithms = Array::empty(&[count, problem.rows], query.dtype(), query.device())?;
    kernels::run(&Kernel::Layer(Layer::Attention { causal }), &arrays.inputs(), &[&result, &logarithms])?;
    drop(arrays);
    let output = result.reshape(&[batch, &[problem.rows, width]].concat())?;
    let inputs = [query.clone(), problem.key.clone(), problem.value.clone()];
    let links = inputs.each_ref();
    let shapes = links.map(|input| input.shape().to_vec());
    let saved = [&inputs[0], &inputs[1], &inputs[2], &result.detach()];
    let batch = batch.to_vec();
    Ok(tape::record_saving("scaled_dot_product_attention", &links, &saved, output, move || {
        Box::new(move |gradient| {
            if tape::is_recording() {
                let mut all = again(&query, scale, &problem, gradient)?;
                all.truncate(3);
                return Ok(all);
            }
            let arrays = Contiguous::new(&query, scale, &problem, &batch)?;
            let gradient = as_rows(gradient, &batch)?;
            let mut given = vec![&gradient, &result, &logarithms];
            given.extend(arrays.inputs());
            let [to_query, to_key, to_value] = [&arrays.query, &arrays.key, &arrays.value]
                .map(|array| Array::empty(array.shape(), array.dtype(), array.device()));
            let found = [to_query?, to_key?, to_value?];
            kernels::run(&Kernel::Layer(Layer::AttentionGradient { causal }), &given, &found.each_ref())?;
            let found = [scaled(&found[0], scale)?, found[1].clone(), found[2].clone()];
            found.iter().zip(&shapes).map(|(array, shape)| array.reshape(shape).map(Some)).collect()
        })
    }))
}

/// The batch axes as two, of which the second is the last one.
fn two_axes(batch: &[i64]) -> [i64; 2] {
    let Some((&inner, outer)) = batch.split_last() else { return [1, 1] };
    [outer.iter().product(), inner]
}

/// An array (outer batch, inner batch, rows, width) whose elements of a row are neighbours.
fn as_rows(x: &Array, batch: &[i64]) -> Result<Array> {
    let [outer, inner] = two_axes(batch);
    let rows = x.reshape(&[outer, inner, x.shape()[x.ndim() - 2], x.shape()[x.ndim() - 1]])?;
    let strides = rows.strides();
    if strides[3] == 1 && strides.iter().all(|&stride| stride >= 0) { Ok(rows) } else { rows.copy() }
}

/// Memory for the result of queries, in their order: the heads of one place of a text side by side stay so.
fn empty_rows(query: &Array, batch: &[i64], width: i64) -> Result<Array> {
    let [outer, inner] = two_axes(batch);
    let rows = query.shape()[query.ndim() - 2];
    let empty = |lengths: &[i64]| Array::empty(lengths, query.dtype(), query.device());
    let [.., across, down, _] = query.strides() else { return empty(&[outer, inner, rows, width]) };
    if inner > 1 && down > across && *across > 0 {
        return empty(&[outer, rows, inner, width])?.transpose(Some(&[0, 2, 1, 3]));
    }
    empty(&[outer, inner, rows, width])
}

/// Block after block; recorded as one operator.
fn blockwise(query: Array, problem: Problem) -> Result<Array> {
    let (batches, width) = (query.shape()[0], problem.value.shape()[2]);
    let (dtype, device) = (query.dtype(), query.device());
    let output = Array::empty(&[batches, problem.rows, width], dtype, device)?;
    // logarithms of the sums of each row's exponentials, from which the gradient makes the weights at once
    let sums = Array::empty(&[batches, problem.rows, 1], dtype, device)?;
    tape::paused(|| {
        each_block(&query, &problem, |block| {
            let scores = problem.scores(&block.query, &block.key, block.mask.as_ref(), block.start)?;
            let (exponentials, total, greatest) = problem.exponentials(&scores)?;
            let mixed = call2(ops::DIVIDE, &matmul(&exponentials, &block.value)?, &total)?;
            block.of(&output).write(&mixed, false)?;
            block.of(&sums).write(&add(&greatest, &call1(ops::LOG, &total)?)?, false)
        })
    })?;
    let mut inputs = vec![query.clone(), problem.key.clone(), problem.value.clone()];
    inputs.extend(problem.mask.clone().filter(|mask| mask.dtype().is_inexact()));
    let links: Vec<&Array> = inputs.iter().collect();
    let saved = output.detach();
    Ok(tape::record_saving("scaled_dot_product_attention", &links, &links, output, move || {
        Box::new(move |gradient| {
            if tape::is_recording() {
                again(&query, 1.0, &problem, gradient)
            } else {
                gradients(&query, &problem, &saved, &sums, gradient)
            }
        })
    }))
}

/// Calls `work` with every block.
fn each_block(query: &Array, problem: &Problem, mut work: impl FnMut(&Block) -> Result<()>) -> Result<()> {
    let batches = query.shape()[0];
    let (wide, high) = problem.block(batches);
    for first in (0..batches).step_by(wide as usize) {
        for start in (0..problem.rows).step_by(high as usize) {
            work(&Block::new(
                query,
                problem,
                (first, wide.min(batches - first)),
                (start, high.min(problem.rows - start)),
            ))?;
        }
    }
    Ok(())
}

/// One block's share of the arrays, cut from the tape.
struct Block {
    query: Array,
    key: Array,
    value: Array,
    mask: Option<Array>,
    batches: (i64, i64),
    start: i64,
    rows: i64,
    keys: i64,
}

impl Block {
    fn new(query: &Array, problem: &Problem, batches: (i64, i64), (start, rows): (i64, i64)) -> Block {
        let keys = problem.seen(start + rows);
        let of = |x: &Array| part(&x.detach(), 0, batches.0, batches.1);
        Block {
            query: part(&of(query), 1, start, rows),
            key: part(&of(&problem.key), 1, 0, keys),
            value: part(&of(&problem.value), 1, 0, keys),
            mask: problem.mask.as_ref().map(|mask| part(&part(&of(mask), 1, start, rows), 2, 0, keys)),
            batches,
            start,
            rows,
            keys,
        }
    }

    /// The part of an array over queries.
    fn of(&self, x: &Array) -> Array {
        part(&part(x, 0, self.batches.0, self.batches.1), 1, self.start, self.rows)
    }

    /// The part of an array over keys.
    fn of_keys(&self, x: &Array) -> Array {
        part(&part(x, 0, self.batches.0, self.batches.1), 1, 0, self.keys)
    }
}

/// The same as formulas that are on the tape, and their gradients.
fn again(query: &Array, scale: f64, problem: &Problem, gradient: &Array) -> Result<Vec<Option<Array>>> {
    let weights = match scale {
        1.0 => problem.weights(query)?,
        scale => problem.weights(&scaled(query, scale)?)?,
    };
    let output = matmul(&weights, &problem.value)?;
    let mut inputs = vec![query, &problem.key, &problem.value];
    inputs.extend(problem.mask.as_ref().filter(|mask| mask.dtype().is_inexact()));
    let linked: Vec<&Array> = inputs.iter().copied().filter(|input| input.link().is_some()).collect();
    let mut found = tape::grad(&[(&output, Some(gradient))], &linked, true, true)?.into_iter();
    Ok(inputs.iter().map(|input| if input.link().is_some() { found.next() } else { None }).collect())
}

/// Gradients block by block: of the weights P, dS = P * (dP - sum(output * gradient)).
fn gradients(
    query: &Array,
    problem: &Problem,
    output: &Array,
    sums: &Array,
    gradient: &Array,
) -> Result<Vec<Option<Array>>> {
    let zeros = |x: &Array| Array::full(x.shape(), Scalar::F64(0.0), x.dtype(), x.device());
    let float_mask = problem.mask.as_ref().filter(|mask| mask.dtype().is_inexact() && mask.link().is_some());
    let to_query = Array::empty(query.shape(), query.dtype(), query.device())?;
    let (to_key, to_value) = (zeros(&problem.key)?, zeros(&problem.value)?);
    let to_mask = float_mask.map(zeros).transpose()?;
    each_block(query, problem, |block| {
        let scores = problem.scores(&block.query, &block.key, block.mask.as_ref(), block.start)?;
        let weights = call1(ops::EXP, &call2(ops::SUBTRACT, &scores, &block.of(sums))?)?;
        let (above, seen) = (block.of(gradient), block.of(output));
        accumulate(&block.of_keys(&to_value), &matmul(&turned(&weights)?, &above)?)?;
        let to_weights = matmul(&above, &turned(&block.value)?)?;
        let mean = over_last(&multiply(&above, &seen)?, reduce::sum)?;
        let to_scores = multiply(&weights, &call2(ops::SUBTRACT, &to_weights, &mean)?)?;
        if let Some(to_mask) = &to_mask {
            part(&block.of(to_mask), 2, 0, block.keys).write(&to_scores, false)?;
        }
        block.of(&to_query).write(&matmul(&to_scores, &block.key)?, false)?;
        accumulate(&block.of_keys(&to_key), &matmul(&turned(&to_scores)?, &block.query)?)
    })?;
    let mut all = vec![Some(to_query), Some(to_key), Some(to_value)];
    if problem.mask.as_ref().is_some_and(|mask| mask.dtype().is_inexact()) {
        all.push(to_mask);
    }
    Ok(all)
}

fn accumulate(to: &Array, more: &Array) -> Result<()> {
    to.write(&add(to, more)?, false)
}
