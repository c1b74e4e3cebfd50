//! Boxes from a single-shot detector's answers: the likeliest class of each anchor, its corners, and suppression.

use std::cmp::Ordering;

use base::Result;
use graph::Tensor;
use graph::vision::Detection;

use super::boxes::Corners;
use super::{Number, Pieces, lengths, read};
use crate::gather::operands;
use crate::pool;

/// Class, score, corners.
type Row<S> = [S; 6];

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn detect<S: Number>(how: &Detection, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([probabilities, offsets, anchors], [out]) = (inputs, outputs) else { return Err(operands("boxes")) };
    let [images, classes, count] = lengths("boxes", probabilities)?;
    // SAFETY: promised by the caller.
    let (probabilities, offsets, anchors, out) =
        unsafe { (read::<S>(probabilities), read::<S>(offsets), read::<S>(anchors), Pieces::<S>::of(out)) };
    pool::parallel_ranges(images as i64, 1, &|begin, end| {
        for image in begin as usize..end as usize {
            let probabilities = &probabilities[image * classes * count..(image + 1) * classes * count];
            let offsets = &offsets[image * count * 4..(image + 1) * count * 4];
            let mut rows = Vec::new();
            for at in 0..count {
                let Some((class, score)) = likeliest(how, &probabilities[at..], count) else { continue };
                let corners = decoded(how, &anchors[4 * at..4 * at + 4], &offsets[4 * at..4 * at + 4]);
                rows.push([class, score, corners[0], corners[1], corners[2], corners[3]]);
            }
            suppress(how, &mut rows);
            // SAFETY: every image has its own piece.
            let out = unsafe { out.piece(image * count * 6, count * 6) };
            out.fill(-S::one());
            for (to, row) in out.chunks_exact_mut(6).zip(&rows) {
                to.copy_from_slice(row);
            }
        }
    });
    Ok(())
}

/// The likeliest class that is not the background, counted without it, and its probability; of equal ones the first.
/// `probabilities` are those of one anchor, every `step`-th.
fn likeliest<S: Number>(how: &Detection, probabilities: &[S], step: usize) -> Option<(S, S)> {
    let mut best: Option<(usize, S)> = None;
    for (class, &score) in probabilities.iter().step_by(step).enumerate() {
        let better = score > best.map_or(-S::one(), |(_, most)| most);
        if Some(class) != how.background && better {
            best = Some((class, score));
        }
    }
    let (class, score) = best?;
    let before = how.background.is_some_and(|background| background < class);
    (score >= S::of(how.least)).then(|| (S::of((class - usize::from(before)) as f64), score))
}

fn decoded<S: Number>(how: &Detection, anchor: &[S], offsets: &[S]) -> [S; 4] {
    let (center, size) = Corners::of(anchor).centered();
    let variances = how.variances.map(S::of);
    let half = S::of(0.5);
    let mut corners = [S::zero(); 4];
    for axis in 0..2 {
        let middle = offsets[axis] * variances[axis] * size[axis] + center[axis];
        let reach = (offsets[axis + 2] * variances[axis + 2]).exp() * size[axis] * half;
        (corners[axis], corners[axis + 2]) = (middle - reach, middle + reach);
    }
    if how.clip { corners.map(|place| place.max(S::zero()).min(S::one())) } else { corners }
}

/// Sorts rows by falling score, and gives class -1 to those that a better one beats.
fn suppress<S: Number>(how: &Detection, rows: &mut [Row<S>]) {
    if !(how.overlap > 0.0 && how.overlap <= 1.0) {
        return;
    }
    rows.sort_by(|a, b| b[1].partial_cmp(&a[1]).unwrap_or(Ordering::Equal));
    let most = how.most.unwrap_or(rows.len()).min(rows.len());
    for row in &mut rows[most..] {
        row[0] = -S::one();
    }
    let overlap = S::of(how.overlap);
    let mut kept: Vec<(S, Corners<S>)> = Vec::new();
    for row in &mut rows[..most] {
        let corners = Corners::of(&row[2..6]);
        let beaten = kept
            .iter()
            .any(|(class, better)| (how.across || *class == row[0]) && better.overlap(&corners) >= overlap);
        if beaten {
            row[0] = -S::one();
        } else {
            kept.push((row[0], corners));
        }
    }
}
