//! One task of a reduction: the tiles of one block of one region, computed and folded in order.

use smallvec::SmallVec;

use super::Plan;
use super::combine::{Tree, kept_count, seek, store_record};
use super::fold::{Fold, Folder, Room, fold_strictly};
use super::groups::{Group, first_index, groups};
use crate::vm::frame::Frame;
use crate::vm::scratch::{self, LINE};
use crate::vm::space::Place;

/// A thread's working memory for tasks.
pub(crate) struct Task<'a> {
    plan: &'a Plan<'a>,
    frame: Frame<'a>,
    room: Room,
    /// A record for folds that carry one.
    record: *mut u8,
    trees: *mut u8,
    place: Place,
}

impl Task<'_> {
    /// Runs `body` with a task whose memory is this thread's.
    pub fn with<'a>(plan: &'a Plan<'a>, body: impl FnOnce(&mut Task<'a>)) {
        let widest = plan.foldings.iter().map(|folding| folding.size).max().unwrap_or(1);
        let room_bytes = (plan.machine.longest * widest).next_multiple_of(LINE) + LINE;
        let registers = plan.machine.scratch_bytes();
        let total = registers + 2 * room_bytes + plan.record_bytes + tree_bytes(plan) * plan.foldings.len();
        scratch::with(total, |memory| {
            // SAFETY: all parts lie within the memory, one after the other; it is this thread's while `body` runs.
            unsafe {
                let room = Room { result: memory.add(registers), work: memory.add(registers + room_bytes) };
                let record = room.work.add(room_bytes);
                let frame = Frame::new(&plan.machine, memory);
                let trees = record.add(plan.record_bytes);
                let place = Place::new(plan.machine.space);
                body(&mut Task { plan, frame, room, record, trees, place });
            }
        });
    }

    /// Folds block `number % blocks` of region `number / blocks` into `record`, or into the outputs when it is `None`.
    ///
    /// # Safety
    /// As for `Device::run`; nobody else runs this task or uses the record.
    pub unsafe fn run(&mut self, number: i64, record: Option<*mut u8>) {
        let plan = self.plan;
        seek(&mut self.place, plan, &plan.kept_axes, number / plan.blocks);
        let count = kept_count(plan, &self.place);
        let begin = number % plan.blocks * plan.tiles_per_block;
        let end = plan.series.min(begin + plan.tiles_per_block);
        let carry = record.unwrap_or(self.record);
        // SAFETY: each fold has its own tree memory; tiles of this task are this thread's; a record has room for the
        // results of a region.
        unsafe {
            let mut trees = self.trees(count);
            for tile in begin..end {
                seek(&mut self.place, plan, &plan.folded_axes, tile);
                self.frame.run(&self.place);
                let groups = groups(plan.machine.space, &plan.reduced, &self.place);
                for index in 0..plan.foldings.len() {
                    self.fold(index, &groups, trees[index].as_mut(), carry, tile == begin);
                }
            }
            self.finish(&mut trees, carry, record.is_none(), count);
        }
    }

    /// # Safety
    /// As for [`Task::run`].
    unsafe fn trees(&self, count: usize) -> SmallVec<[Option<Tree>; 2]> {
        let tree_bytes = tree_bytes(self.plan);
        let one = |(index, folding): (usize, &super::Folding)| match folding.fold {
            Fold::Tree { code, .. } => {
                let memory = self.trees.wrapping_add(index * tree_bytes);
                // SAFETY: sized for a whole block of the longest tiles.
                Some(unsafe { Tree::new(code, count, folding.size, memory) })
            }
            _ => None,
        };
        self.plan.foldings.iter().enumerate().map(one).collect()
    }

    /// Folds the tile that was computed last.
    ///
    /// # Safety
    /// As for [`Task::run`].
    unsafe fn fold(
        &self,
        index: usize,
        groups: &[Group],
        tree: Option<&mut Tree>,
        carry: *mut u8,
        fresh: bool,
    ) {
        let folding = &self.plan.foldings[index];
        let tile = self.frame.cell(self.plan.machine.steps.results[folding.output]);
        // SAFETY: the slot's cell holds the tile; all memory is sized for the longest one.
        unsafe {
            let values = carry.add(folding.record.values);
            match folding.fold {
                Fold::Tree { code, fold } => {
                    let row = Folder { code, fold, size: folding.size }.tile(groups, tile, self.room);
                    if let Some(tree) = tree {
                        tree.push(row);
                    }
                }
                Fold::Strict { code, scan } => {
                    let spare = self.room.work;
                    fold_strictly((code, scan), folding.size, groups, tile, values, spare, fresh);
                }
                Fold::Arg { loops } => {
                    let indices = carry.add(folding.record.indices).cast();
                    let first = first_index(self.plan.machine.space, &self.plan.reduced, &self.place);
                    loops.fold(groups, tile, first, values, indices, fresh, self.room.work);
                }
            }
        }
    }

    /// Brings the results of trees into the record, and the record to the outputs where it is this task's own.
    ///
    /// # Safety
    /// As for [`Task::run`].
    unsafe fn finish(&self, trees: &mut [Option<Tree>], carry: *mut u8, is_last: bool, count: usize) {
        // SAFETY: a tree's row holds `count` results; the record or the region is this task's.
        unsafe {
            for (folding, tree) in self.plan.foldings.iter().zip(trees) {
                if let Some(tree) = tree {
                    carry
                        .add(folding.record.values)
                        .copy_from_nonoverlapping(tree.finish(), count * folding.size);
                }
            }
            if is_last {
                store_record(self.plan, &self.place, carry);
            }
        }
    }
}

/// Bytes of one tree.
fn tree_bytes(plan: &Plan) -> usize {
    Tree::memory(plan.tiles_per_block, plan.record_bytes)
}
