//! Putting tiles and blocks together: records of results, the tree that combines the tiles of a block, and the tree that
//! combines the blocks of a region. Both trees are fixed by the number of tiles.

use base::{Dims, Loop};

use super::Plan;
use super::fold::Fold;
use crate::load::store_box;
use crate::pool;
use crate::vm::scratch::LINE;
use crate::vm::space::Place;

/// Where the results of a fold lie in a record.
#[derive(Clone, Copy, Default)]
pub(crate) struct Record {
    pub values: usize,
    /// Positions, of folds that look for one.
    pub indices: usize,
}

impl Record {
    /// Appends room for `width` results to a record of `bytes` bytes.
    pub fn new(bytes: &mut usize, width: usize, size: usize, fold: &Fold) -> Record {
        let values = *bytes;
        let indices = values + (width * size).next_multiple_of(LINE);
        let more = if matches!(fold, Fold::Arg { .. }) { width * 8 } else { 0 };
        *bytes = indices + more.next_multiple_of(LINE);
        Record { values, indices }
    }
}

/// The records of all tasks.
pub(crate) struct Partials {
    memory: Vec<Line>,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[allow(dead_code, reason = "only its size and alignment matter")] [u8; LINE]);

impl Partials {
    pub fn new(bytes: usize) -> Partials {
        Partials { memory: vec![Line([0; LINE]); bytes / LINE + 1] }
    }

    /// Address of record `number`; each is written by one task only.
    pub fn record(&self, number: i64, record_bytes: usize) -> *mut u8 {
        self.memory.as_ptr().cast::<u8>().cast_mut().wrapping_add(number as usize * record_bytes)
    }
}

/// Tiles that are folded one after the other before they enter the tree.
const RUN: u64 = 8;

/// The fold of a series of rows: runs of eight one after the other, runs in a tree like a binary counter. Bounds the
/// rounding error as pairwise summation does, with little more traffic than a plain sum.
pub(crate) struct Tree {
    code: Loop,
    bytes: usize,
    count: usize,
    /// Rows `level_bytes` apart: first the current run, then one for each level of the tree.
    levels: *mut u8,
    level_bytes: usize,
    rows: u64,
}

impl Tree {
    /// Bytes of memory for a tree over `rows` rows of `bytes` bytes.
    pub fn memory(rows: i64, bytes: usize) -> usize {
        let levels = 2 + (64 - (rows as u64 / RUN).leading_zeros()) as usize;
        levels * bytes.next_multiple_of(LINE)
    }

    /// # Safety
    /// `levels` has [`Tree::memory`] bytes for as many rows as are pushed.
    pub unsafe fn new(code: Loop, count: usize, size: usize, levels: *mut u8) -> Tree {
        let bytes = count * size;
        Tree { code, bytes, count, levels, level_bytes: bytes.next_multiple_of(LINE), rows: 0 }
    }

    fn level(&self, level: u32) -> *mut u8 {
        self.levels.wrapping_add((level as usize + 1) * self.level_bytes)
    }

    /// # Safety
    /// `row` holds a row.
    pub unsafe fn push(&mut self, row: *const u8) {
        let run = self.levels;
        // SAFETY: the levels are ours; by the number of rows, those that are read were written.
        unsafe {
            if self.rows.is_multiple_of(RUN) {
                run.copy_from_nonoverlapping(row, self.bytes);
            } else {
                (self.code)(self.count, run, [run, row, run]);
            }
            self.rows += 1;
            if self.rows.is_multiple_of(RUN) {
                let full = (self.rows / RUN - 1).trailing_ones();
                for level in 0..full {
                    (self.code)(self.count, run, [self.level(level), run, run]);
                }
                self.level(full).copy_from_nonoverlapping(run, self.bytes);
            }
        }
    }

    /// The fold of all rows; at least one was pushed.
    pub fn finish(&mut self) -> *const u8 {
        let mut result: *const u8 = self.levels;
        let mut is_empty = self.rows.is_multiple_of(RUN);
        let runs = self.rows / RUN;
        for level in 0..64 - runs.leading_zeros() {
            if runs >> level & 1 == 1 {
                if is_empty {
                    (result, is_empty) = (self.level(level), false);
                } else {
                    // SAFETY: both rows were written; the current run's row takes the result.
                    unsafe { (self.code)(self.count, self.levels, [self.level(level), result, result]) };
                    result = self.levels;
                }
            }
        }
        result
    }
}

/// Combines the blocks of every region and writes the results to the outputs.
///
/// # Safety
/// All records are written and nobody else uses them.
pub(crate) unsafe fn finish_regions(plan: &Plan, partials: &Partials) {
    let space = plan.machine.space;
    pool::parallel(plan.regions as usize, &|region| {
        let mut place = Place::new(space);
        seek(&mut place, plan, &plan.kept_axes, region as i64);
        let count = kept_count(plan, &place);
        let record = |block: i64| partials.record(region as i64 * plan.blocks + block, plan.record_bytes);
        let mut step = 1;
        while step < plan.blocks {
            for block in (0..plan.blocks - step).step_by(2 * step as usize) {
                // SAFETY: two different records of this region.
                unsafe { join(plan, count, record(block), record(block + step)) };
            }
            step *= 2;
        }
        // SAFETY: the first record now holds the region's results.
        unsafe { store_record(plan, &place, record(0)) };
    });
}

/// Joins the record of later elements into the record of earlier ones.
///
/// # Safety
/// Both are records with `count` results, and different.
unsafe fn join(plan: &Plan, count: usize, earlier: *mut u8, later: *const u8) {
    for folding in &plan.foldings {
        // SAFETY: promised by the caller.
        unsafe {
            let (values, more) = (earlier.add(folding.record.values), later.add(folding.record.values));
            match folding.fold {
                Fold::Tree { code, .. } | Fold::Strict { code, .. } => {
                    code(count, values, [values, more, values])
                }
                Fold::Arg { loops } => {
                    let (indices, more_indices) =
                        (earlier.add(folding.record.indices), later.add(folding.record.indices));
                    (loops.join)(count, values, indices.cast(), more, more_indices.cast());
                }
            }
        }
    }
}

/// Writes the results of a region, which lie in a record, to the outputs.
///
/// # Safety
/// The record holds the results of the region at `place`.
pub(crate) unsafe fn store_record(plan: &Plan, place: &Place, record: *const u8) {
    for folding in &plan.foldings {
        let source = match folding.fold {
            Fold::Arg { .. } => record.wrapping_add(folding.record.indices),
            _ => record.wrapping_add(folding.record.values),
        };
        // SAFETY: promised by the caller.
        unsafe { store_results(plan, folding.output, place, source) };
    }
}

/// Writes results of one fold to its output.
///
/// # Safety
/// `source` holds the results of the region at `place`.
unsafe fn store_results(plan: &Plan, output: usize, place: &Place, source: *const u8) {
    let space = plan.machine.space;
    let operand = &space.operands[plan.inputs + output];
    let strides = &space.strides[plan.inputs + output];
    let lengths: Dims = (space.first..space.shape.len())
        .map(|axis| if plan.reduced[axis] { 1 } else { place.lengths[axis] })
        .collect();
    let kept_start: i64 = (0..space.shape.len())
        .filter(|&axis| !plan.reduced[axis])
        .map(|axis| place.start[axis] * strides[axis])
        .sum();
    let to = operand.data.wrapping_offset(kept_start as isize * operand.size as isize);
    // SAFETY: the box is the region's part of the output, which no other region writes.
    unsafe { store_box(operand.size, to, source, &lengths, &strides[space.first.min(strides.len())..]) };
}

/// Goes to tile `number` of the row-major grid over `axes`.
pub(crate) fn seek(place: &mut Place, plan: &Plan, axes: &[usize], mut number: i64) {
    for &axis in axes.iter().rev() {
        let along = plan.machine.space.tiles_along(axis);
        place.set(plan.machine.space, axis, number % along);
        number /= along;
    }
}

/// Number of results of the region at `place`.
pub(crate) fn kept_count(plan: &Plan, place: &Place) -> usize {
    let axes = plan.machine.space.first..place.lengths.len();
    axes.filter(|&axis| !plan.reduced[axis]).map(|axis| place.lengths[axis]).product::<i64>() as usize
}
