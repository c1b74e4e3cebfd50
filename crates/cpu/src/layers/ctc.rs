//! Connectionist temporal classification of one batch: losses and their gradients by recursions over places (blank, label,
//! blank, ..., blank) in logarithms. One task per sequence; the places of a step lie side by side. Each step's greatest
//! logarithm is taken out and summed in float64, so that long sequences keep their digits.

use base::Result;
use graph::Tensor;
use lanes::{Isa, Real};

use super::{Body, Number, Sheet, at_level, greatest, read, sum_of};
use crate::gather::operands;
use crate::pool;
use crate::scratch::Scratch;
use crate::vm::cost;

/// Stands for the logarithm of 0: so small that it never adds anything, and finite, so that differences of two are 0.
const NEVER: f64 = -1e30;
/// Places that are looked at together; rows of places are padded to a multiple.
const LANES: usize = 16;
/// Picoseconds per place and per class of a step, roughly.
const PLACE_COST: u64 = 1500;
const CLASS_COST: u64 = 300;

/// What all sequences have in common.
struct Batch<'a, T> {
    /// (steps, batch, alphabet)
    x: &'a [T],
    /// (batch, most), counts and frames (batch,)
    labels: &'a [i64],
    counts: &'a [i64],
    frames: &'a [i64],
    blank: usize,
    alphabet: usize,
    steps: usize,
    /// Length of a row of places.
    places: usize,
}

impl<'a, T> Batch<'a, T> {
    /// # Safety
    /// As for `Device::run`; tensors are contiguous.
    unsafe fn of(blank: usize, inputs: &'a [Tensor], alphas: &Tensor) -> Result<Batch<'a, T>> {
        let [x, labels, counts, frames, ..] = inputs else { return Err(operands("ctc")) };
        let (&[steps, _, alphabet], &[.., places]) = (&x.shape[..], &alphas.shape[..]) else {
            return Err(operands("ctc"));
        };
        let [steps, alphabet, places] = [steps, alphabet, places].map(|length| length as usize);
        // SAFETY: promised by the caller.
        let (x, labels, counts, frames) = unsafe { (read(x), read(labels), read(counts), read(frames)) };
        Ok(Batch { x, labels, counts, frames, blank, alphabet, steps, places })
    }

    fn sequences(&self) -> usize {
        self.counts.len()
    }

    fn share(&self, work: &(dyn Fn(usize) + Sync)) {
        let step = PLACE_COST * self.places as u64 + CLASS_COST * self.alphabet as u64;
        let sequences = self.sequences() as i64;
        pool::parallel_ranges(sequences, cost::grain(sequences, step * self.steps as u64), &|begin, end| {
            (begin as usize..end as usize).for_each(work);
        });
    }

    fn label(&self, sequence: usize) -> &[i64] {
        let most = self.labels.len() / self.sequences();
        &self.labels[sequence * most..][..self.counts[sequence] as usize]
    }

    /// Where the scores of a step begin.
    fn row(&self, sequence: usize, step: usize) -> usize {
        (step * self.sequences() + sequence) * self.alphabet
    }
}

/// Rows of places for one sequence, with room on both sides for places that do not exist.
struct Places<'a, T> {
    /// 0 where a place may follow the one two before it, else NEVER.
    skip: &'a mut [T],
    emitted: &'a mut [T],
    now: &'a mut [T],
    next: &'a mut [T],
}

impl<T: Number> Places<'_, T> {
    /// Elements of working memory.
    fn room(places: usize) -> usize {
        4 * (places + 2 * LANES)
    }

    fn of(room: &mut [T], places: usize) -> Places<'_, T> {
        let never = T::from_f64(NEVER);
        room.fill(never);
        let (skip, rest) = room.split_at_mut(places + 2 * LANES);
        let (emitted, rest) = rest.split_at_mut(places + 2 * LANES);
        let (now, next) = rest.split_at_mut(places + 2 * LANES);
        emitted.fill(T::ZERO);
        Places { skip, emitted, now, next }
    }

    fn allow(&mut self, label: &[i64]) {
        for at in 1..label.len() {
            if label[at] != label[at - 1] {
                self.skip[LANES + 2 * at + 1] = T::ZERO;
            }
        }
    }

    /// Logarithms of the probabilities of the classes at the places of a step.
    fn emit(&mut self, x: &[T], norm: T, label: &[i64], blank: usize) {
        let blank = x[blank] - norm;
        let emitted = &mut self.emitted[LANES..];
        for (pair, &class) in emitted.chunks_exact_mut(2).zip(label) {
            (pair[0], pair[1]) = (blank, x[class as usize] - norm);
        }
        emitted[2 * label.len()] = blank;
    }

    /// `next` from `now`: from each place on, to the next one, and over it.
    #[inline(always)]
    fn step_on<I: Isa>(&mut self) {
        for at in (LANES..self.now.len() - LANES).step_by(LANES) {
            let (stay, one) = (lanes_of(self.now, at), lanes_of(self.now, at - 1));
            let (two, skip) = (lanes_of(self.now, at - 2), lanes_of(self.skip, at));
            let emitted = lanes_of(self.emitted, at);
            let mut next = [T::ZERO; LANES];
            for lane in 0..LANES {
                let sum = log_sum::<T, I>(stay[lane], one[lane], two[lane] + skip[lane]);
                next[lane] = sum + emitted[lane];
            }
            self.next[at..at + LANES].copy_from_slice(&next);
        }
    }

    /// The same the other way round, without the classes' own probabilities.
    #[inline(always)]
    fn step_back<I: Isa>(&mut self) {
        for at in (LANES..self.now.len() - LANES).step_by(LANES) {
            let (stay, one) = (lanes_of(self.now, at), lanes_of(self.now, at + 1));
            let (two, skip) = (lanes_of(self.now, at + 2), lanes_of(self.skip, at + 2));
            let mut next = [T::ZERO; LANES];
            for lane in 0..LANES {
                next[lane] = log_sum::<T, I>(stay[lane], one[lane], two[lane] + skip[lane]);
            }
            self.next[at..at + LANES].copy_from_slice(&next);
        }
    }

    /// Takes the greatest out of the endings in `next`, and puts the places' shares, up to one factor, in the place of `now`:
    /// products of beginnings and endings, whose sum is the same at every step.
    #[inline(always)]
    fn share<I: Isa>(&mut self, beginnings: &[T]) {
        let own = LANES..LANES + beginnings.len();
        let (shares, endings) = (&mut self.now[own.clone()], &mut self.next[own]);
        let most = greatest(endings);
        for ((share, &beginning), ending) in shares.iter_mut().zip(beginnings).zip(&mut *endings) {
            *ending = at_least_never(*ending - most);
            *share = beginning + *ending;
        }
        let most = greatest(shares);
        shares.iter_mut().for_each(|share| *share = (*share - most).exp_weight::<I>());
    }
}

/// `log(exp(a) + exp(b) + exp(c))`.
#[inline(always)]
fn log_sum<T: Real, I: Isa>(a: T, b: T, c: T) -> T {
    let most = if a > b { a } else { b };
    let most = if most > c { most } else { c };
    let sum = (a - most).exp_weight::<I>() + (b - most).exp_weight::<I>() + (c - most).exp_weight::<I>();
    most + sum.log::<I>()
}

#[inline(always)]
fn at_least_never<T: Real>(x: T) -> T {
    let never = T::from_f64(NEVER);
    if x < never { never } else { x }
}

/// `x[start..start + LANES]`.
#[inline(always)]
fn lanes_of<T: Copy>(x: &[T], start: usize) -> &[T; LANES] {
    &x[start..start + LANES].as_chunks().0[0]
}

/// # Safety
/// As for `Device::run`; tensors are contiguous, labels, counts and frames inside of their bounds.
pub(super) unsafe fn forward<T: Number>(blank: usize, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let [losses, norms, alphas] = outputs else { return Err(operands("ctc")) };
    // SAFETY: promised by the caller.
    let batch = unsafe { Batch::<T>::of(blank, inputs, alphas)? };
    // SAFETY: as above.
    let sheets = unsafe { [Sheet::<T>::of(losses), Sheet::of(norms), Sheet::of(alphas)] };
    batch.share(&|sequence| {
        let rows = batch.steps * batch.places;
        // SAFETY: a sequence's outputs are its task's.
        let (loss, norms, alphas) = unsafe {
            let loss = sheets[0].piece(sequence, 1);
            (
                loss,
                sheets[1].piece(sequence * batch.steps, batch.steps),
                sheets[2].piece(sequence * rows, rows),
            )
        };
        at_level(Forward { batch: &batch, sequence, loss, norms, alphas });
    });
    Ok(())
}

struct Forward<'a, T> {
    batch: &'a Batch<'a, T>,
    sequence: usize,
    loss: &'a mut [T],
    norms: &'a mut [T],
    alphas: &'a mut [T],
}

impl<T: Number> Body for Forward<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let Batch { alphabet, places, .. } = *self.batch;
        let (label, frames) = (self.batch.label(self.sequence), self.batch.frames[self.sequence] as usize);
        let mut scratch = Scratch::new::<T>(Places::<T>::room(places));
        let mut rows = Places::of(scratch.slice::<T>(Places::<T>::room(places)), places);
        rows.allow(label);
        let mut taken_out = 0.0;
        for step in 0..frames {
            let x = &self.batch.x[self.batch.row(self.sequence, step)..][..alphabet];
            let most = greatest(x);
            let norm = most + sum_of(x, |x| (x - most).exp_weight::<I>()).log::<I>();
            self.norms[step] = norm;
            rows.emit(x, norm, label, self.batch.blank);
            if step == 0 {
                let first = LANES..LANES + if label.is_empty() { 1 } else { 2 };
                rows.next[first.clone()].copy_from_slice(&rows.emitted[first]);
            } else {
                rows.step_on::<I>();
            }
            let own = &mut rows.next[LANES..LANES + places];
            // places behind the last one get what nobody asks for
            own[2 * label.len() + 1..].fill(T::from_f64(NEVER));
            let most = greatest(own);
            let most = if most > T::from_f64(0.5 * NEVER) { most } else { T::ZERO };
            taken_out += most.to_f64();
            own.iter_mut().for_each(|one| *one = at_least_never(*one - most));
            self.alphas[step * places..][..places].copy_from_slice(own);
            std::mem::swap(&mut rows.now, &mut rows.next);
        }
        let last = LANES + 2 * label.len();
        let total = match frames {
            0 if label.is_empty() => T::ZERO,
            0 => T::from_f64(NEVER),
            _ if label.is_empty() => rows.now[last],
            _ => log_sum::<T, I>(rows.now[last], rows.now[last - 1], T::from_f64(NEVER)),
        };
        self.loss[0] = T::from_f64(-(total.to_f64() + taken_out));
    }
}

/// # Safety
/// As for `Device::run`; tensors are contiguous, labels, counts and frames inside of their bounds.
pub(super) unsafe fn gradient<T: Number>(blank: usize, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([above, rest @ .., losses, norms, alphas], [out]) = (inputs, outputs) else {
        return Err(operands("ctc gradient"));
    };
    // SAFETY: promised by the caller.
    let batch = unsafe { Batch::<T>::of(blank, rest, alphas)? };
    // SAFETY: as above.
    let (above, losses, norms, alphas, out) =
        unsafe { (read::<T>(above), read::<T>(losses), read(norms), read(alphas), Sheet::<T>::of(out)) };
    batch.share(&|sequence| {
        let (above, loss) = (above[sequence], losses[sequence]);
        at_level(Gradient { batch: &batch, sequence, above, loss, norms, alphas, out: &out });
    });
    Ok(())
}

struct Gradient<'a, T> {
    batch: &'a Batch<'a, T>,
    sequence: usize,
    above: T,
    loss: T,
    norms: &'a [T],
    alphas: &'a [T],
    out: &'a Sheet<T>,
}

impl<T: Number> Body for Gradient<'_, T> {
    #[inline(always)]
    fn run<I: Isa>(self) {
        let Batch { alphabet, places, steps, blank, .. } = *self.batch;
        let (label, frames) = (self.batch.label(self.sequence), self.batch.frames[self.sequence] as usize);
        // a label that nothing spells pulls nowhere; steps behind the last frame do not either
        let counts = if self.loss < T::from_f64(-0.5 * NEVER) { frames } else { 0 };
        let mut scratch = Scratch::new::<T>(Places::<T>::room(places));
        let mut rows = Places::of(scratch.slice::<T>(Places::<T>::room(places)), places);
        rows.allow(label);
        for step in (0..steps).rev() {
            // SAFETY: the rows of a sequence are its task's.
            let out = unsafe { self.out.piece(self.batch.row(self.sequence, step), alphabet) };
            if step >= counts {
                out.fill(T::ZERO);
                continue;
            }
            if step + 1 == counts {
                let last = LANES + 2 * label.len();
                rows.next[last - usize::from(!label.is_empty())..=last].fill(T::ZERO);
            } else {
                rows.step_back::<I>();
            }
            let x = &self.batch.x[self.batch.row(self.sequence, step)..][..alphabet];
            let norm = self.norms[self.sequence * steps + step];
            let (above, minus) = (self.above, T::ZERO - self.above);
            out.iter_mut().zip(x).for_each(|(to, &x)| *to = (x - norm).exp_weight::<I>() * above);
            let alphas = &self.alphas[(self.sequence * steps + step) * places..][..places];
            rows.share::<I>(alphas);
            let shares = &rows.now[LANES..LANES + places];
            let scale = minus / sum_of(shares, |share| share);
            for (at, &share) in shares[..2 * label.len() + 1].iter().enumerate() {
                let class = if at % 2 == 0 { blank } else { label[at / 2] as usize };
                out[class] = out[class] + share * scale;
            }
            // what the step before reads: with this step's classes
            rows.emit(x, norm, label, blank);
            let (betas, emitted) = (&mut rows.next[LANES..LANES + places], &rows.emitted[LANES..]);
            betas
                .iter_mut()
                .zip(emitted)
                .for_each(|(beta, &emitted)| *beta = at_least_never(*beta + emitted));
            std::mem::swap(&mut rows.now, &mut rows.next);
        }
    }
}
