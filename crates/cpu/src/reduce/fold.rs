//! Folding one tile by an operator: in a halving tree where the operator is associative, strictly from left to right
//! otherwise. Works on contiguous tiles by the operator's own tile loop; knows no operator.

use base::{DType, Error, Loop, Result, Scan};
use graph::Action;

use super::arg::ArgLoops;
use super::groups::{Group, Groups, elements, kept};
use crate::load::load_box;

/// Rows of fewer elements than this are folded together, column by column.
const SHORT: usize = 128;
/// Columns that are worth a fold from top to bottom.
const WIDE: usize = 64;

/// How a slot is folded.
#[derive(Clone, Copy)]
pub(crate) enum Fold {
    /// In any grouping.
    Tree { code: Loop, fold: Option<base::Fold> },
    /// From left to right.
    Strict { code: Loop, scan: Scan },
    /// To the position of the greatest or least element.
    Arg { loops: ArgLoops },
}

impl Fold {
    pub fn new(action: Action, dtype: DType) -> Result<Fold> {
        match action {
            Action::Fold(op) => {
                let missing = || Error::runtime(format!("{}: no loop folds {dtype}", op.name));
                let code = (op.loops)(dtype).ok_or_else(missing)?;
                if op.associative {
                    return Ok(Fold::Tree { code, fold: (op.fold)(dtype) });
                }
                Ok(Fold::Strict { code, scan: (op.scan)(dtype).ok_or_else(missing)? })
            }
            Action::ArgMin => Ok(Fold::Arg { loops: ArgLoops::least(dtype) }),
            _ => Ok(Fold::Arg { loops: ArgLoops::greatest(dtype) }),
        }
    }
}

/// Room for folding a tile: two areas of a tile's size each.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    pub result: *mut u8,
    pub work: *mut u8,
}

/// The loops of an associative operator, and the size of its elements.
#[derive(Clone, Copy)]
pub(crate) struct Folder {
    pub code: Loop,
    pub fold: Option<base::Fold>,
    pub size: usize,
}

impl Folder {
    /// Folds a tile to its kept elements. The result lies in the tile itself (nothing folded) or in the room.
    ///
    /// # Safety
    /// `tile` holds the elements of `groups`, and the room is as long and apart from it.
    pub unsafe fn tile(self, groups: &[Group], tile: *const u8, room: Room) -> *const u8 {
        let mut left = Groups::from_slice(groups);
        let mut from = tile;
        while let Some(at) = left.iter().rposition(|group| group.is_folded) {
            let outer = elements(&left[..at]);
            let unit = elements(&left[at + 1..]);
            // SAFETY: the elements of `left` lie at `from`: at first the tile, then the result of the step before.
            unsafe { self.group([outer, left[at].length, unit], from, room) };
            from = room.result;
            left.remove(at);
        }
        from
    }

    /// Folds the middle axis of (outer, length, unit). Which elements meet when depends on length and unit only.
    ///
    /// # Safety
    /// As for [`Folder::tile`]; `from` may be the result area.
    unsafe fn group(self, lengths: [usize; 3], from: *const u8, room: Room) {
        let [outer, length, unit] = lengths;
        let size = self.size;
        // SAFETY: all areas hold outer * length * unit elements; row `o` of the result lies at or before row `o` of the
        // source, whose elements are read by then.
        unsafe {
            if length * unit >= SHORT {
                for index in 0..outer {
                    let row = from.add(index * length * unit * size);
                    let result = room.result.add(index * unit * size);
                    match self.fold {
                        Some(fold) if unit == 1 || unit >= WIDE => fold(length, unit, result, row),
                        _ => halve(self.code, size, length, unit, row, room.work, result),
                    }
                }
            } else {
                let box_lengths = [length as i64, outer as i64, unit as i64];
                let steps = [unit as i64, (length * unit) as i64, 1];
                load_box(size, room.work, from, &box_lengths, &steps);
                halve(self.code, size, length, outer * unit, room.work, room.work, room.result);
            }
        }
    }
}

/// Folds `length` rows of `unit` elements into one: the second half of the rows onto the first, again and again; an odd
/// last row goes onto the first row.
///
/// # Safety
/// `from` holds the rows; `work` holds half as many and is `from` itself or apart from it; `result` holds one row.
unsafe fn halve(
    code: Loop,
    size: usize,
    mut length: usize,
    unit: usize,
    mut from: *const u8,
    work: *mut u8,
    result: *mut u8,
) {
    let row = unit * size;
    while length > 1 {
        let half = length / 2;
        let to = if half == 1 { result } else { work };
        // SAFETY: rows [half, 2 half) and the odd row after them are apart from what is written, rows [0, half).
        unsafe {
            let second = from.add(half * row);
            code(half * unit, to, [from, second, from]);
            if length % 2 == 1 {
                code(unit, to, [to, from.add(2 * half * row), to]);
            }
        }
        (from, length) = (to, half);
    }
}

/// Folds a tile onto `carry` (one element per kept element) from left to right; `fresh` where nothing is there yet.
///
/// # Safety
/// `tile` holds the elements of `groups`, `carry` the kept ones and `spare` one element.
pub(crate) unsafe fn fold_strictly(
    (code, scan): (Loop, Scan),
    size: usize,
    groups: &[Group],
    tile: *const u8,
    carry: *mut u8,
    spare: *mut u8,
    fresh: bool,
) {
    // SAFETY: each arm walks the elements of its groups, and of `carry` the kept ones.
    unsafe {
        match *groups {
            [] if fresh => carry.copy_from_nonoverlapping(tile, size),
            [] => code(1, carry, [carry, tile, carry]),
            [Group { length, is_folded: false, .. }] if fresh => {
                carry.copy_from_nonoverlapping(tile, length * size)
            }
            [Group { length, is_folded: false, .. }] => code(length, carry, [carry, tile, carry]),
            [Group { length, is_folded: true, .. }] => {
                if fresh {
                    carry.copy_from_nonoverlapping(tile, size);
                }
                let done = fresh as usize;
                scan(length - done, spare, 0, tile.add(done * size), 1, carry);
            }
            [group, ref rest @ ..] => {
                let (step, kept_step) = (elements(rest) * size, kept(rest) * size);
                for index in 0..group.length {
                    let from = tile.add(index * step);
                    if group.is_folded {
                        fold_strictly((code, scan), size, rest, from, carry, spare, fresh && index == 0);
                    } else {
                        fold_strictly(
                            (code, scan),
                            size,
                            rest,
                            from,
                            carry.add(index * kept_step),
                            spare,
                            fresh,
                        );
                    }
                }
            }
        }
    }
}
