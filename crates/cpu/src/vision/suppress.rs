//! Non-maximum suppression: of boxes that overlap, the one with the best score stays. Greedy, as Felzenszwalb, Girshick,
//! McAllester, Ramanan 2010, section 5.1, describe it.

use base::Result;
use graph::Tensor;
use graph::vision::Suppression;

use super::boxes::Corners;
use super::{Number, Pieces, lengths, read};
use crate::gather::operands;
use crate::pool;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn suppress<S: Number>(
    how: &Suppression,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([rows], [kept]) = (inputs, outputs) else { return Err(operands("boxes")) };
    let [images, count, width] = lengths("boxes", rows)?;
    // SAFETY: promised by the caller; the output is int64.
    let (rows, kept) = unsafe { (read::<S>(rows), Pieces::<i64>::of(kept)) };
    pool::parallel_ranges(images as i64, 1, &|begin, end| {
        for image in begin as usize..end as usize {
            // SAFETY: every image has its own piece.
            let kept = unsafe { kept.piece(image * count, count) };
            let rows = &rows[image * count * width..(image + 1) * count * width];
            suppress_image(how, rows, width, kept);
        }
    });
    Ok(())
}

/// A box that stays.
struct Kept<S> {
    corners: Corners<S>,
    area: S,
    class: S,
}

fn suppress_image<S: Number>(how: &Suppression, rows: &[S], width: usize, kept: &mut [i64]) {
    kept.fill(-1);
    let (least, overlap, background) = (S::of(how.least), S::of(how.overlap), S::of(how.background));
    let class_of = |row: &[S]| how.class.map_or(S::zero(), |at| row[at]);
    let mut order: Vec<(S, usize)> = rows
        .chunks_exact(width)
        .enumerate()
        .filter(|(_, row)| row[how.score] > least && (how.class.is_none() || class_of(row) != background))
        .map(|(place, row)| (row[how.score], place))
        .collect();
    // scores that are not numbers were not above the least
    order.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(std::cmp::Ordering::Equal));
    order.truncate(how.most);
    let mut staying: Vec<Kept<S>> = Vec::new();
    for (_, place) in order {
        let row = &rows[place * width..(place + 1) * width];
        let coordinates = &row[how.coordinates..how.coordinates + 4];
        let corners = if how.centered { Corners::around(coordinates) } else { Corners::of(coordinates) };
        let one = Kept { corners, area: corners.area(), class: class_of(row).trunc() };
        let beaten = staying.iter().any(|better| {
            let shared = one.corners.shared(&better.corners);
            (how.across || better.class == one.class) && shared / (one.area + better.area - shared) > overlap
        });
        if !beaten {
            kept[staying.len()] = place as i64;
            staying.push(one);
        }
    }
}
