//! Targets of a single-shot detector: which anchor learns which label. Every label gets its best anchor, then anchors that
//! overlap a label enough get it, too; of the others the hardest are negative.
//!
//! Source: Liu et al. 2016, "SSD: Single Shot MultiBox Detector", section 2.2.

use std::cmp::Ordering;

use base::Result;
use graph::Tensor;
use graph::vision::Targeting;

use super::boxes::Corners;
use super::{Number, Pieces, lengths, read};
use crate::gather::operands;
use crate::pool;

/// Overlaps up to this match nothing.
const LEAST_OVERLAP: f64 = 1e-6;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn target<S: Number>(how: &Targeting, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([anchors, labels, predictions], [offsets, masks, classes]) = (inputs, outputs) else {
        return Err(operands("boxes"));
    };
    let ([count, _], [images, most, width]) = (lengths("boxes", anchors)?, lengths("boxes", labels)?);
    let [_, channels, _] = lengths("boxes", predictions)?;
    // SAFETY: promised by the caller.
    let (anchors, labels, predictions, offsets, masks, classes) = unsafe {
        (
            read::<S>(anchors),
            read::<S>(labels),
            read::<S>(predictions),
            Pieces::<S>::of(offsets),
            Pieces::<S>::of(masks),
            Pieces::<S>::of(classes),
        )
    };
    let anchors: Vec<Corners<S>> = anchors.chunks_exact(4).map(Corners::of).collect();
    pool::parallel_ranges(images as i64, 1, &|begin, end| {
        for image in begin as usize..end as usize {
            let here = Image {
                how,
                anchors: &anchors,
                labels: valid_labels(&labels[image * most * width..(image + 1) * most * width], width),
                width,
                predictions: &predictions[image * channels * count..(image + 1) * channels * count],
            };
            // SAFETY: every image has its own pieces.
            unsafe {
                here.write(
                    offsets.piece(image * count * 4, count * 4),
                    masks.piece(image * count * 4, count * 4),
                    classes.piece(image * count, count),
                );
            }
        }
    });
    Ok(())
}

/// The rows before the first of class -1, which pads.
fn valid_labels<S: Number>(rows: &[S], width: usize) -> &[S] {
    let count = rows.chunks_exact(width).take_while(|row| row[0] != -S::one()).count();
    &rows[..count * width]
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Ignored,
    Negative,
    /// With the number of its label.
    Positive(usize),
}

struct Image<'a, S> {
    how: &'a Targeting,
    anchors: &'a [Corners<S>],
    labels: &'a [S],
    width: usize,
    /// (classes, anchors)
    predictions: &'a [S],
}

impl<S: Number> Image<'_, S> {
    fn write(&self, offsets: &mut [S], masks: &mut [S], classes: &mut [S]) {
        offsets.fill(S::zero());
        masks.fill(S::zero());
        classes.fill(S::of(self.how.ignored));
        if self.labels.is_empty() {
            return;
        }
        for (at, state) in self.states().into_iter().enumerate() {
            match state {
                State::Ignored => {}
                State::Negative => classes[at] = S::zero(),
                State::Positive(label) => {
                    let row = &self.labels[label * self.width..(label + 1) * self.width];
                    classes[at] = row[0] + S::one();
                    masks[4 * at..4 * at + 4].fill(S::one());
                    let learned = self.offsets(&self.anchors[at], &Corners::of(&row[1..5]));
                    offsets[4 * at..4 * at + 4].copy_from_slice(&learned);
                }
            }
        }
    }

    /// How the label lies relative to the anchor, in units of the variances.
    fn offsets(&self, anchor: &Corners<S>, label: &Corners<S>) -> [S; 4] {
        let ((from, size), (to, wanted)) = (anchor.centered(), label.centered());
        let variances = self.how.variances.map(S::of);
        [
            (to[0] - from[0]) / size[0] / variances[0],
            (to[1] - from[1]) / size[1] / variances[1],
            (wanted[0] / size[0]).ln() / variances[2],
            (wanted[1] / size[1]).ln() / variances[3],
        ]
    }

    fn states(&self) -> Vec<State> {
        // one line of overlaps per label
        let overlaps: Vec<Vec<S>> = self
            .labels
            .chunks_exact(self.width)
            .map(|row| {
                let label = Corners::of(&row[1..5]);
                self.anchors.iter().map(|anchor| anchor.overlap(&label)).collect()
            })
            .collect();
        let mut states = vec![State::Ignored; self.anchors.len()];
        let mut positives = best_of_labels(&overlaps, &mut states);
        let best = best_of_anchors(&overlaps);
        if self.how.overlap > 0.0 {
            for (state, (overlap, label)) in states.iter_mut().zip(&best) {
                if *state == State::Ignored && *overlap > S::of(self.how.overlap) {
                    *state = State::Positive(*label);
                    positives += 1;
                }
            }
        }
        self.choose_negatives(&mut states, positives, &best);
        states
    }

    fn choose_negatives(&self, states: &mut [State], positives: usize, best: &[(S, usize)]) {
        let others = states.len() - positives;
        if self.how.negatives <= 0.0 {
            for state in states.iter_mut().filter(|state| **state == State::Ignored) {
                *state = State::Negative;
            }
            return;
        }
        let wanted = (positives as f64 * self.how.negatives) as usize;
        let wanted = wanted.max(self.how.least_negatives).min(others);
        if wanted == 0 {
            return;
        }
        let limit = S::of(self.how.negative_overlap);
        let mut hardest: Vec<(S, usize)> = (0..states.len())
            .filter(|&at| states[at] == State::Ignored && best[at].0 < limit)
            .map(|at| (self.background(at), at))
            .collect();
        hardest.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
        for &(_, at) in hardest.iter().take(wanted) {
            states[at] = State::Negative;
        }
    }

    /// The predicted probability of class 0 at an anchor.
    fn background(&self, at: usize) -> S {
        let scores = || self.predictions[at..].iter().step_by(self.anchors.len()).copied();
        let greatest =
            scores().fold(S::neg_infinity(), |best, score| if score > best { score } else { best });
        let total = scores().fold(S::zero(), |sum, score| sum + (score - greatest).exp());
        scores().next().map_or(S::zero(), |first| (first - greatest).exp() / total)
    }
}

/// Gives every label the anchor that overlaps it best, the best pair first. Returns how many there were.
fn best_of_labels<S: Number>(overlaps: &[Vec<S>], states: &mut [State]) -> usize {
    let best = |line: &[S], states: &[State]| {
        let mut found = (S::of(LEAST_OVERLAP), None);
        for (at, &overlap) in line.iter().enumerate() {
            if overlap > found.0 && states[at] == State::Ignored {
                found = (overlap, Some(at));
            }
        }
        found
    };
    let mut candidates: Vec<(S, Option<usize>)> = overlaps.iter().map(|line| best(line, states)).collect();
    let mut pairs = 0;
    loop {
        // of equal overlaps the first anchor, then the first label
        let mut next: Option<(S, usize, usize)> = None;
        for (label, &(overlap, at)) in candidates.iter().enumerate() {
            let Some(at) = at else { continue };
            let wins = next.is_none_or(|(most, first, _)| overlap > most || (overlap == most && at < first));
            if wins {
                next = Some((overlap, at, label));
            }
        }
        let Some((_, taken, label)) = next else { return pairs };
        states[taken] = State::Positive(label);
        pairs += 1;
        candidates[label] = (S::zero(), None);
        for (other, candidate) in candidates.iter_mut().enumerate() {
            if candidate.1 == Some(taken) {
                *candidate = best(&overlaps[other], states);
            }
        }
    }
}

/// The label that overlaps each anchor best, the first of equal ones.
fn best_of_anchors<S: Number>(overlaps: &[Vec<S>]) -> Vec<(S, usize)> {
    let count = overlaps.first().map_or(0, Vec::len);
    let mut best = vec![(-S::one(), 0); count];
    for (label, line) in overlaps.iter().enumerate() {
        for (best, &overlap) in best.iter_mut().zip(line) {
            if overlap > best.0 {
                *best = (overlap, label);
            }
        }
    }
    best
}
