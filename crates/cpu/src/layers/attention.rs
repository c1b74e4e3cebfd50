//! Attention of queries to keys without the matrix of scores, and its gradient. A block of queries meets one block of keys
//! after the other; scores lie with the queries side by side, so that greatest elements and sums are kept for many queries
//! at once, and the weights are the next product's operand as they lie. Which blocks meet depends on the lengths only.
//! A little over the usual length, because the gradient walks the same blocks as the result.
//!
//! Source: Milakov and Gimelshein 2018 (running softmax), Dao et al. 2022 (blocks, recomputation).

use base::{DType, Error, Result};
use graph::Tensor;
use lanes::{Isa, Real};

use super::{Body, Number, Sheet, at_level, read};
use crate::gather::operands;
use crate::gemm::tiles::{Compute, Kernels, Tiles};
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Keys of a block: their scores, and their values, fit in the first-level cache or nearly.
const KEYS: usize = 128;
/// Queries of a block at most.
const QUERIES: usize = 64;
/// Picoseconds per score and feature, roughly.
const COST: u64 = 15;
/// What stands for the greatest score of a query that sees no key.
const LEAST: f64 = -1e30;

/// A mask over (masks, rows or 1, keys).
#[derive(Clone, Copy)]
enum Mask<'a, T> {
    None,
    Seen(&'a [bool]),
    Added(&'a [T]),
}

/// Everything that all blocks read.
#[derive(Clone, Copy)]
struct Problem<'a, T: 'static> {
    kernels: &'static Kernels<T>,
    query: &'a [T],
    key: &'a [T],
    value: &'a [T],
    mask: Mask<'a, T>,
    /// Which mask each batch has.
    masks: &'a [i64],
    /// Whether the mask has a row for every query.
    tall: bool,
    causal: bool,
    batches: usize,
    rows: usize,
    keys: usize,
    features: usize,
    width: usize,
    /// Places of a block's queries.
    places: usize,
}

impl<'a, T: Number + Compute> Problem<'a, T> {
    /// # Safety
    /// The tensors are contiguous and nobody writes to them.
    unsafe fn new(causal: bool, inputs: &'a [Tensor]) -> Result<Problem<'a, T>> {
        let [query, key, value, rest @ ..] = inputs else { return Err(operands("attention")) };
        let ([batches, rows, features], [_, keys, _], [_, _, width]) =
            (axes(query)?, axes(key)?, axes(value)?);
        let mut tall = false;
        let (mut mask, mut masks): (Mask<T>, &[i64]) = (Mask::None, &[]);
        if let [given, which, ..] = rest {
            tall = axes(given)?[1] == rows;
            let seen = given.dtype == DType::Bool;
            // SAFETY: promised by the caller.
            (mask, masks) = unsafe {
                (if seen { Mask::Seen(read(given)) } else { Mask::Added(read(given)) }, read(which))
            };
        }
        // SAFETY: promised by the caller.
        let (query, key, value) = unsafe { (read::<T>(query), read::<T>(key), read::<T>(value)) };
        let places = if rows <= QUERIES / 4 { QUERIES / 4 } else { QUERIES };
        let kernels = T::kernels();
        Ok(Problem {
            kernels,
            query,
            key,
            value,
            mask,
            masks,
            tall,
            causal,
            batches,
            rows,
            keys,
            features,
            width,
            places,
        })
    }

    fn blocks(&self) -> usize {
        self.rows.div_ceil(self.places)
    }

    /// Keys that the queries before `end` see.
    fn seen(&self, end: usize) -> usize {
        if self.causal { self.keys.min(end) } else { self.keys }
    }

    fn cost(&self) -> u64 {
        COST * (self.places * self.keys * (self.features + self.width)) as u64
    }

    /// The product of `a` (m, k) and `b` (k, n; columns side by side) into `c` (m, n; columns side by side).
    ///
    /// # Safety
    /// All elements addressed are valid, and c is nobody else's; `spare` has room for k rows of a panel.
    #[inline(always)]
    unsafe fn multiply(
        &self,
        (m, n, k): (usize, usize, usize),
        a: (*const T, isize, isize),
        b: (*const T, usize),
        c: (*mut T, usize),
        accumulate: bool,
        spare: *mut T,
    ) {
        // SAFETY: promised by the caller.
        unsafe {
            (self.kernels.tiles)(&Tiles {
                m,
                n,
                k,
                a: a.0,
                a_strides: (a.1, a.2),
                a_tile: self.kernels.rows as isize * a.1,
                b: b.0,
                b_step: b.1 as isize,
                b_panel: self.kernels.columns as isize,
                b_padded: false,
                spare,
                c: c.0,
                c_strides: (c.1 as isize, 1),
                accumulate,
                c_is_far: false,
            });
        }
    }

    /// `count` rows of `from`, so far apart, turned: (width, places), zero at the places that are left.
    fn turn(&self, from: &[T], step: usize, width: usize, count: usize, to: &mut [T]) {
        if count < self.places {
            to.fill(<T as Real>::ZERO);
        }
        let from = &from[..(count - 1) * step + width];
        assert!(to.len() >= width * self.places);
        // SAFETY: both slices hold these elements, as just checked.
        unsafe {
            lanes::transpose(
                size_of::<T>(),
                width,
                count,
                to.as_mut_ptr().cast(),
                self.places as isize,
                from.as_ptr().cast(),
                step as isize,
            );
        }
    }

    /// Scores (keys of the block, places) of a block of queries that have been turned.
    ///
    /// # Safety
    /// `turned` holds (features, places), `scores` has room.
    #[inline(always)]
    unsafe fn scores(
        &self,
        at: &Block,
        first: usize,
        count: usize,
        turned: &[T],
        scores: &mut [T],
        bytes: &mut [T],
    ) {
        let places = self.places;
        let key = &self.key[(at.batch * self.keys + first) * self.features..][..count * self.features];
        let sizes = (count, places, self.features);
        let (a, b) = ((key.as_ptr(), self.features as isize, 1), (turned.as_ptr(), places));
        // SAFETY: promised by the caller; whole panels need no spare room.
        unsafe { self.multiply(sizes, a, b, (scores.as_mut_ptr(), places), false, std::ptr::null_mut()) };
        let hidden = -T::INFINITY;
        let which = self.masks.get(at.batch).map_or(0, |&which| which as usize);
        let row = |query: usize| (which * if self.tall { self.rows } else { 1 } + query) * self.keys + first;
        match self.mask {
            Mask::None => {}
            Mask::Seen(mask) if !self.tall => {
                let mask = &mask[row(0)..][..count];
                for (scores, &seen) in scores.chunks_exact_mut(places).zip(mask) {
                    if !seen {
                        scores.fill(hidden);
                    }
                }
            }
            Mask::Added(mask) if !self.tall => {
                let mask = &mask[row(0)..][..count];
                for (scores, &more) in scores.chunks_exact_mut(places).zip(mask) {
                    scores.iter_mut().for_each(|score| *score = *score + more);
                }
            }
            Mask::Seen(mask) => {
                let from = &mask[row(at.start)..][..(at.count - 1) * self.keys + count];
                let turned = bytes.as_mut_ptr().cast::<u8>();
                // SAFETY: the slice holds the rows; `bytes` has room for (KEYS, places) numbers, hence bytes.
                let turned = unsafe {
                    let (places, keys) = (places as isize, self.keys as isize);
                    lanes::transpose(1, count, at.count, turned, places, from.as_ptr().cast(), keys);
                    std::slice::from_raw_parts(turned.cast_const(), count * self.places)
                };
                for (scores, seen) in scores.chunks_exact_mut(places).zip(turned.chunks_exact(places)) {
                    for (score, &seen) in scores[..at.count].iter_mut().zip(&seen[..at.count]) {
                        *score = if seen != 0 { *score } else { hidden };
                    }
                }
            }
            Mask::Added(mask) => {
                let from = &mask[row(at.start)..][..(at.count - 1) * self.keys + count];
                // SAFETY: as above, for numbers.
                unsafe {
                    let (size, to) = (size_of::<T>(), bytes.as_mut_ptr().cast());
                    let (places, keys) = (places as isize, self.keys as isize);
                    lanes::transpose(size, count, at.count, to, places, from.as_ptr().cast(), keys);
                }
                for (scores, more) in scores.chunks_exact_mut(places).zip(bytes.chunks_exact(places)) {
                    for (score, &more) in scores[..at.count].iter_mut().zip(&more[..at.count]) {
                        *score = *score + more;
                    }
                }
            }
        }
        if self.causal && first + count > at.start + 1 {
            for (key, scores) in scores.chunks_exact_mut(places).enumerate().take(count) {
                // queries before the key
                let before = (first + key).saturating_sub(at.start).min(places);
                scores[..before].fill(hidden);
            }
        }
    }
}

/// A block of queries of one batch.
#[derive(Clone, Copy)]
struct Block {
    batch: usize,
    start: usize,
    count: usize,
}

impl Block {
    fn of<T: Number + Compute>(problem: &Problem<T>, task: usize) -> Block {
        let blocks = problem.blocks();
        let start = task % blocks * problem.places;
        Block { batch: task / blocks, start, count: problem.places.min(problem.rows - start) }
    }
}

/// Where rows (outer batch, inner batch, rows, width) lie whose elements are neighbours: results may have the order of
/// the queries that they answer.
#[derive(Clone, Copy)]
struct Rows {
    inner: usize,
    steps: [usize; 3],
    /// From the first element to the last, both included.
    span: usize,
}

impl Rows {
    fn of(tensor: &Tensor) -> Result<Rows> {
        let lengths: [i64; 4] = tensor.shape[..].try_into().map_err(|_| operands("attention"))?;
        let strides: [i64; 4] = tensor.strides[..].try_into().map_err(|_| operands("attention"))?;
        if strides.iter().any(|&stride| stride < 0) || (strides[3] != 1 && lengths[3] > 1) {
            return Err(operands("attention"));
        }
        let empty = lengths.contains(&0);
        let reach: i64 = lengths.iter().zip(strides).map(|(length, stride)| (length - 1) * stride).sum();
        Ok(Rows {
            inner: lengths[1].max(1) as usize,
            steps: [0, 1, 2].map(|axis| strides[axis] as usize),
            span: if empty { 0 } else { reach as usize + 1 },
        })
    }

    /// The first element of a row.
    fn start(&self, batch: usize, row: usize) -> usize {
        let [outer, inner, step] = self.steps;
        batch / self.inner * outer + batch % self.inner * inner + row * step
    }

    fn step(&self) -> usize {
        self.steps[2]
    }

    /// # Safety
    /// The tensor is of these rows and of element type `T`, and nobody writes to it.
    unsafe fn read<'a, T>(&self, tensor: &'a Tensor) -> &'a [T] {
        if self.span == 0 {
            return &[];
        }
        // SAFETY: all elements lie in this span of one storage.
        unsafe { std::slice::from_raw_parts(tensor.data.cast::<T>().cast_const(), self.span) }
    }
}

fn axes(tensor: &Tensor) -> Result<[usize; 3]> {
    let axes: [i64; 3] = tensor.shape[..].try_into().map_err(|_| operands("attention"))?;
    Ok(axes.map(|length| length as usize))
}

/// Runs a kernel for the dtype.
macro_rules! by_dtype {
    ($dtype:expr, $function:ident($($argument:expr),*)) => {
        match $dtype {
            DType::F32 => $function::<f32>($($argument),*),
            DType::F64 => $function::<f64>($($argument),*),
            other => Err(Error::type_(format!("attention: no kernel for {other}"))),
        }
    };
}

/// # Safety
/// As for `Device::run`; tensors are contiguous, but for the rows of the result.
pub(super) unsafe fn forward(causal: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let Some(out) = outputs.first() else { return Err(operands("attention")) };
    // SAFETY: promised by the caller.
    unsafe { by_dtype!(out.dtype, forward_in(causal, inputs, outputs)) }
}

unsafe fn forward_in<T: Number + Compute>(causal: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let [out, logarithms] = outputs else { return Err(operands("attention")) };
    let rows = Rows::of(out)?;
    // SAFETY: promised by the caller.
    let (problem, logarithms) = unsafe { (Problem::<T>::new(causal, inputs)?, Sheet::<T>::of(logarithms)) };
    let out = Sheet::<T> { data: out.data.cast(), count: rows.span, streams: false };
    let tasks = (problem.batches * problem.blocks()) as i64;
    pool::parallel_ranges(tasks, cost::grain(tasks, problem.cost()), &|begin, end| {
        at_level(Forward { problem, rows, out: &out, logarithms: &logarithms, begin, end });
    });
    Ok(())
}

struct Forward<'a, T: 'static> {
    problem: Problem<'a, T>,
    rows: Rows,
    out: &'a Sheet<T>,
    logarithms: &'a Sheet<T>,
    begin: i64,
    end: i64,
}

impl<T: Number + Compute> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let problem = &self.problem;
        let (places, width) = (problem.places, problem.width);
        let spare = KEYS * problem.kernels.columns;
        let parts = [problem.features * places, KEYS * places, KEYS * places, places * width, spare];
        let mut scratch = Scratch::new::<T>(parts.iter().sum());
        let all = scratch.slice::<T>(parts.iter().sum());
        let (turned, all) = all.split_at_mut(parts[0]);
        let (scores, all) = all.split_at_mut(parts[1]);
        let (bytes, all) = all.split_at_mut(parts[2]);
        let (mixed, spare) = all.split_at_mut(parts[3]);
        for task in self.begin as usize..self.end as usize {
            let at = Block::of(problem, task);
            let place = at.batch * problem.rows + at.start;
            let query = &problem.query[place * problem.features..][..at.count * problem.features];
            problem.turn(query, problem.features, problem.features, at.count, turned);
            let out = &mut mixed[..at.count * width];
            let mut most = [T::from_f64(LEAST); QUERIES];
            let mut sums = [<T as Real>::ZERO; QUERIES];
            out.fill(<T as Real>::ZERO);
            for first in (0..problem.seen(at.start + at.count)).step_by(KEYS) {
                let count = KEYS.min(problem.seen(at.start + at.count) - first);
                let scores = &mut scores[..count * places];
                // SAFETY: the parts have room for what they hold.
                unsafe { problem.scores(&at, first, count, turned, scores, bytes) };
                let shrunk = if places == QUERIES {
                    weigh::<T, I, QUERIES>(scores, &mut most, &mut sums)
                } else {
                    weigh::<T, I, { QUERIES / 4 }>(scores, &mut most, &mut sums)
                };
                if first > 0 && width > 0 {
                    for (row, &factor) in out.chunks_exact_mut(width).zip(&shrunk) {
                        row.iter_mut().for_each(|out| *out = *out * factor);
                    }
                }
                let value = &problem.value[(at.batch * problem.keys + first) * width..][..count * width];
                let (a, b) = ((scores.as_ptr(), 1, places as isize), (value.as_ptr(), width));
                let sizes = (at.count, width, count);
                // SAFETY: weights, values and results lie inside their slices.
                unsafe { problem.multiply(sizes, a, b, (out.as_mut_ptr(), width), true, spare.as_mut_ptr()) };
            }
            // SAFETY: as above.
            let logarithms = unsafe { self.logarithms.piece(place, at.count) };
            for query in 0..at.count {
                // a query that sees no key has weights of zero
                let sum = if sums[query] == <T as Real>::ZERO { T::ONE } else { sums[query] };
                logarithms[query] = most[query] + sum.log::<I>();
                // SAFETY: this row is this task's.
                let row = unsafe { self.out.piece(self.rows.start(at.batch, at.start + query), width) };
                let mixed = &out[query * width..(query + 1) * width];
                row.iter_mut().zip(mixed).for_each(|(out, &mixed)| *out = mixed / sum);
            }
        }
    }
}

/// Scores become exponentials; returns what earlier ones shrink by, as greater scores are found.
#[inline(always)]
fn weigh<T: Number, I: Isa, const N: usize>(
    scores: &mut [T],
    most: &mut [T; QUERIES],
    sums: &mut [T; QUERIES],
) -> [T; QUERIES] {
    let mut now = [<T as Real>::ZERO; N];
    now.copy_from_slice(&most[..N]);
    for scores in scores.chunks_exact(N) {
        for place in 0..N {
            now[place] = if scores[place] > now[place] { scores[place] } else { now[place] };
        }
    }
    let mut total = [<T as Real>::ZERO; N];
    for scores in scores.chunks_exact_mut(N) {
        for place in 0..N {
            let weight = (scores[place] - now[place]).exp_weight::<I>();
            scores[place] = weight;
            total[place] = total[place] + weight;
        }
    }
    let mut shrunk = [T::ONE; QUERIES];
    for place in 0..N {
        shrunk[place] = (most[place] - now[place]).exp_weight::<I>();
        sums[place] = sums[place] * shrunk[place] + total[place];
        most[place] = now[place];
    }
    shrunk
}

/// # Safety
/// As for `Device::run`; tensors are contiguous, but for the rows of the result and its gradient.
pub(super) unsafe fn gradient(causal: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let Some(out) = outputs.first() else { return Err(operands("attention")) };
    // SAFETY: promised by the caller.
    unsafe { by_dtype!(out.dtype, gradient_in(causal, inputs, outputs)) }
}

unsafe fn gradient_in<T: Number + Compute>(
    causal: bool,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([above, result, logarithms, rest @ ..], [to_query, to_key, to_value]) = (inputs, outputs) else {
        return Err(operands("attention"));
    };
    let rows = [Rows::of(above)?, Rows::of(result)?];
    // SAFETY: promised by the caller.
    let (problem, given, outputs) = unsafe {
        let given = [rows[0].read::<T>(above), rows[1].read::<T>(result), read::<T>(logarithms)];
        let outputs = [Sheet::<T>::of(to_query), Sheet::of(to_key), Sheet::of(to_value)];
        (Problem::<T>::new(causal, rest)?, given, outputs)
    };
    let batches = problem.batches as i64;
    let whole = 3 * problem.cost() * problem.blocks() as u64;
    pool::parallel_ranges(batches, cost::grain(batches, whole), &|begin, end| {
        for batch in begin as usize..end as usize {
            at_level(Gradient { problem, rows, given, outputs: &outputs, batch });
        }
    });
    Ok(())
}

struct Gradient<'a, T: 'static> {
    problem: Problem<'a, T>,
    /// Of the gradient of the result, and of the result.
    rows: [Rows; 2],
    /// Both, and the logarithms of the sums.
    given: [&'a [T]; 3],
    outputs: &'a [Sheet<T>; 3],
    batch: usize,
}

impl<T: Number + Compute> Body for Gradient<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let (problem, batch) = (&self.problem, self.batch);
        let (places, width, features) = (problem.places, problem.width, problem.features);
        let spare = problem.kernels.columns * KEYS.max(places);
        let parts = [features * places, width * places, KEYS * places, KEYS * places, spare];
        let mut scratch = Scratch::new::<T>(parts.iter().sum());
        let all = scratch.slice::<T>(parts.iter().sum());
        let (turned, all) = all.split_at_mut(parts[0]);
        let (turned_above, all) = all.split_at_mut(parts[1]);
        let (weights, all) = all.split_at_mut(parts[2]);
        let (slopes, spare) = all.split_at_mut(parts[3]);
        let spare = spare.as_mut_ptr();
        // SAFETY: this batch is this task's.
        let [to_query, to_key, to_value] = unsafe {
            let (rows, keys) = (problem.rows, problem.keys);
            [
                self.outputs[0].piece(batch * rows * features, rows * features),
                self.outputs[1].piece(batch * keys * features, keys * features),
                self.outputs[2].piece(batch * keys * width, keys * width),
            ]
        };
        to_query.fill(<T as Real>::ZERO);
        to_key.fill(<T as Real>::ZERO);
        to_value.fill(<T as Real>::ZERO);
        for block in 0..problem.blocks() {
            let at = Block::of(problem, batch * problem.blocks() + block);
            let place = batch * problem.rows + at.start;
            let query = &problem.query[place * features..][..at.count * features];
            let [above, result] = [0, 1].map(|which| {
                let rows: &Rows = &self.rows[which];
                let length = (at.count - 1) * rows.step() + width;
                &self.given[which][rows.start(batch, at.start)..][..length]
            });
            let steps = [self.rows[0].step(), self.rows[1].step()];
            problem.turn(query, features, features, at.count, turned);
            problem.turn(above, steps[0], width, at.count, turned_above);
            // places without a query have no weights
            let mut logarithms = [T::INFINITY; QUERIES];
            logarithms[..at.count].copy_from_slice(&self.given[2][place..][..at.count]);
            let mut means = [<T as Real>::ZERO; QUERIES];
            for query in 0..at.count {
                let [above, result] = [&above[query * steps[0]..], &result[query * steps[1]..]];
                let product = |g, y| (g * y, <T as Real>::ZERO);
                means[query] = super::sums_of(&above[..width], &result[..width], product).0;
            }
            let to_query = &mut to_query[at.start * features..][..at.count * features];
            for first in (0..problem.seen(at.start + at.count)).step_by(KEYS) {
                let count = KEYS.min(problem.seen(at.start + at.count) - first);
                let (weights, slopes) = (&mut weights[..count * places], &mut slopes[..KEYS * places]);
                let key = &problem.key[(batch * problem.keys + first) * features..][..count * features];
                let value = &problem.value[(batch * problem.keys + first) * width..][..count * width];
                let to_key = &mut to_key[first * features..][..count * features];
                let to_value = &mut to_value[first * width..][..count * width];
                // SAFETY: all operands lie inside the slices made above.
                unsafe {
                    problem.scores(&at, first, count, turned, weights, slopes);
                    let (a, b) = ((value.as_ptr(), width as isize, 1), (turned_above.as_ptr(), places));
                    let c = (slopes.as_mut_ptr(), places);
                    problem.multiply((count, places, width), a, b, c, false, spare);
                    if places == QUERIES {
                        slope::<T, I, QUERIES>(weights, slopes, &logarithms, &means);
                    } else {
                        slope::<T, I, { QUERIES / 4 }>(weights, slopes, &logarithms, &means);
                    }
                    let step = places as isize;
                    let (a, b) = ((weights.as_ptr(), step, 1), (above.as_ptr(), steps[0]));
                    let c = (to_value.as_mut_ptr(), width);
                    problem.multiply((count, width, at.count), a, b, c, true, spare);
                    let (a, b) = ((slopes.as_ptr(), step, 1), (query.as_ptr(), features));
                    let c = (to_key.as_mut_ptr(), features);
                    problem.multiply((count, features, at.count), a, b, c, true, spare);
                    let (a, b) = ((slopes.as_ptr(), 1, step), (key.as_ptr(), features));
                    let c = (to_query.as_mut_ptr(), features);
                    problem.multiply((at.count, features, count), a, b, c, true, spare);
                }
            }
        }
    }
}

/// Scores become weights, and gradients of weights become gradients of scores: `weight * (slope - mean)`.
#[inline(always)]
fn slope<T: Number, I: Isa, const N: usize>(
    weights: &mut [T],
    slopes: &mut [T],
    logarithms: &[T; QUERIES],
    means: &[T; QUERIES],
) {
    for (weights, slopes) in weights.chunks_exact_mut(N).zip(slopes.chunks_exact_mut(N)) {
        for place in 0..N {
            let weight = (weights[place] - logarithms[place]).exp_weight::<I>();
            weights[place] = weight;
            slopes[place] = weight * (slopes[place] - means[place]);
        }
    }
}
