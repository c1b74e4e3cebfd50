//! Greedy matching of the rows of a score matrix with its columns: the best pair first, then the best of what is left.

use std::cmp::Ordering;

use base::Result;
use graph::Tensor;

use super::{Number, Pieces, lengths, read};
use crate::gather::operands;
use crate::pool;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(super) unsafe fn matching<S: Number>(
    ascending: bool,
    threshold: f64,
    most: usize,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([scores], [of_rows, of_columns]) = (inputs, outputs) else { return Err(operands("boxes")) };
    let [images, rows, columns] = lengths("boxes", scores)?;
    // SAFETY: promised by the caller; the outputs are int64.
    let (scores, of_rows, of_columns) =
        unsafe { (read::<S>(scores), Pieces::<i64>::of(of_rows), Pieces::<i64>::of(of_columns)) };
    pool::parallel_ranges(images as i64, 1, &|begin, end| {
        for image in begin as usize..end as usize {
            let scores = &scores[image * rows * columns..(image + 1) * rows * columns];
            // SAFETY: every image has its own pieces.
            let (of_rows, of_columns) =
                unsafe { (of_rows.piece(image * rows, rows), of_columns.piece(image * columns, columns)) };
            match_image(scores, (ascending, S::of(threshold), most), of_rows, of_columns);
        }
    });
    Ok(())
}

fn match_image<S: Number>(
    scores: &[S],
    (ascending, threshold, most): (bool, S, usize),
    of_rows: &mut [i64],
    of_columns: &mut [i64],
) {
    of_rows.fill(-1);
    of_columns.fill(-1);
    let better = |score: S| if ascending { score < threshold } else { score > threshold };
    let mut order: Vec<(S, usize)> = scores
        .iter()
        .enumerate()
        .filter(|(_, score)| better(**score))
        .map(|(at, &score)| (score, at))
        .collect();
    order.sort_by(|a, b| {
        let rising = a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal);
        if ascending { rising } else { rising.reverse() }
    });
    let columns = of_columns.len();
    let mut pairs = 0;
    for (_, at) in order {
        if pairs == most {
            break;
        }
        let (row, column) = (at / columns, at % columns);
        if of_rows[row] < 0 && of_columns[column] < 0 {
            of_rows[row] = column as i64;
            of_columns[column] = row as i64;
            pairs += 1;
        }
    }
}
