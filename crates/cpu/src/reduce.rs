//! Programs that end in folds. The index space is cut into tiles in C order, a tile is computed by the tile machine and
//! folded where it lies in the cache, and tiles are combined in a fixed tree. Called by the device.
//!
//! The order in which elements meet follows from the shape and the reduced axes alone: cuts, blocks and trees never look
//! at strides, threads or instructions, so one fold has the same bits however it is reached.

mod arg;
mod combine;
mod fold;
mod groups;
pub(crate) mod straight;
mod task;

use base::{Dims, Result, Scalar};
use graph::kernel::Launch;
use graph::{Action, Tensor};
use smallvec::SmallVec;

use crate::pool;
use crate::vm::cost::{self, Cost};
use crate::vm::frame::Machine;
use crate::vm::space::Space;
use crate::vm::steps::{Access, Steps, plan};
use combine::{Record, finish_regions};
use fold::Fold;
use straight::Straight;
use task::Task;

/// Elements of a tile, at most.
const TILE: i64 = 2048;
/// Axes are taken whole into a tile while it stays shorter than this.
const LONG_ROW: i64 = TILE / 2;
/// Tiles that one block folds at least, and blocks in all at most (where regions alone do not give enough work).
const BLOCK_TILES: i64 = 8;
const MOST_BLOCKS: i64 = 64;

/// A fold of the program: which output it is and how its tiles are folded.
#[derive(Clone, Copy)]
pub(crate) struct Folding {
    pub output: usize,
    pub fold: Fold,
    /// Bytes of one element of the folded slot.
    pub size: usize,
    /// Where its parts lie in a record of results.
    pub record: Record,
}

/// Everything that tasks share.
pub(crate) struct Plan<'a> {
    pub machine: Machine<'a>,
    pub inputs: usize,
    pub reduced: SmallVec<[bool; 8]>,
    pub foldings: SmallVec<[Folding; 2]>,
    /// Grid axes (before and including the cut axis) that are kept, and those that are folded.
    pub kept_axes: SmallVec<[usize; 8]>,
    pub folded_axes: SmallVec<[usize; 8]>,
    pub regions: i64,
    /// Tiles that fold into one region.
    pub series: i64,
    pub blocks: i64,
    pub tiles_per_block: i64,
    /// Bytes of a record: the results of one block for one region.
    pub record_bytes: usize,
}

/// Runs a program with folds.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn reduce(launch: &Launch, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    if !inputs.iter().any(straight::lies_across) {
        // SAFETY: promised by the caller.
        return unsafe { reduce_straight(launch, inputs, outputs) };
    }
    let straight: SmallVec<[Straight; 4]> = inputs
        .iter()
        // SAFETY: promised by the caller.
        .map(|input| unsafe { Straight::new(input) })
        .collect();
    let inputs: SmallVec<[Tensor; 4]> = straight.iter().map(|one| one.tensor.clone()).collect();
    // SAFETY: promised by the caller.
    unsafe { reduce_straight(launch, &inputs, outputs) }
}

/// # Safety
/// As for `Device::run`.
unsafe fn reduce_straight(launch: &Launch, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    if let Some(prepared) = prepare(launch, inputs, outputs)? {
        // SAFETY: promised by the caller.
        unsafe { prepared.run(&launch.scalars) };
    }
    Ok(())
}

/// A program with folds laid over an index space. Its operands may be moved to other addresses before it runs again.
pub(crate) struct Prepared {
    pub space: Space,
    steps: Steps,
    reduced: SmallVec<[bool; 8]>,
    foldings: SmallVec<[Folding; 2]>,
    inputs: usize,
    longest: usize,
    tile_cost: Cost,
}

impl Prepared {
    /// Runs the program with these values of its scalars.
    ///
    /// # Safety
    /// As for `Device::run`.
    pub unsafe fn run(&self, scalars: &[Scalar]) {
        let machine = Machine { space: &self.space, steps: &self.steps, scalars, longest: self.longest };
        let plan = Plan::new(machine, self.inputs, self.reduced.clone(), self.foldings.clone());
        // SAFETY: promised by the caller.
        unsafe { run(&plan, self.tile_cost) };
    }
}

/// Prepares a program with folds; `None` where there is nothing to do.
pub(crate) fn prepare(launch: &Launch, inputs: &[Tensor], outputs: &[Tensor]) -> Result<Option<Prepared>> {
    let program = &*launch.program;
    let mut space = Space::new(&launch.shape, inputs, outputs);
    if space.size() == 0 {
        return Ok(None);
    }
    let axes = launch.shape.iter().zip(&launch.reduced);
    let reduced: SmallVec<[bool; 8]> =
        axes.filter(|(length, _)| **length != 1).map(|(_, reduced)| *reduced).collect();
    space.drop_ones();
    cut(&mut space);
    let access: SmallVec<[Access; 6]> = (0..space.operands.len())
        .map(|index| match index.checked_sub(inputs.len()).map(|output| program.outputs[output].action) {
            None => space.access(index),
            Some(Action::Store) if space.access(index) == Access::Direct => Access::Direct,
            Some(Action::Store) => Access::Copied,
            Some(_) => Access::Held,
        })
        .collect();
    let steps = plan(program, &space.operands, &access)?;
    let longest = space.tile.iter().product::<i64>() as usize;
    let mut foldings: SmallVec<[Folding; 2]> = SmallVec::new();
    for (index, output) in program.outputs.iter().enumerate() {
        if output.action != Action::Store {
            let dtype = program.slot_dtype(output.slot);
            let fold = Fold::new(output.action, dtype)?;
            foldings.push(Folding { output: index, fold, size: dtype.size(), record: Record::default() });
        }
    }
    let cost = cost::per_element(program, &space, &access) + foldings.iter().map(fold_cost).sum::<Cost>();
    let tile_cost = cost * longest as Cost;
    Ok(Some(Prepared { space, steps, reduced, foldings, inputs: inputs.len(), longest, tile_cost }))
}

fn fold_cost(folding: &Folding) -> Cost {
    match folding.fold {
        Fold::Tree { .. } => 15 * folding.size as Cost,
        Fold::Strict { .. } => 1500,
        Fold::Arg { .. } => 60 * folding.size as Cost,
    }
}

/// Cuts the space into tiles that are runs of C order, by its shape alone.
fn cut(space: &mut Space) {
    space.tile = Dims::from_elem(1, space.shape.len());
    let Some(mut axis) = space.shape.len().checked_sub(1) else { return };
    let mut inner = 1;
    while axis > 0 && inner * space.shape[axis] <= LONG_ROW {
        inner *= space.shape[axis];
        space.tile[axis] = space.shape[axis];
        axis -= 1;
    }
    space.first = axis;
    let pieces = (space.shape[axis] * inner - 1) / TILE + 1;
    space.tile[axis] = (space.shape[axis] - 1) / pieces + 1;
}

impl<'a> Plan<'a> {
    fn new(
        machine: Machine<'a>,
        inputs: usize,
        reduced: SmallVec<[bool; 8]>,
        mut foldings: SmallVec<[Folding; 2]>,
    ) -> Plan<'a> {
        let space = machine.space;
        let grid = space.shape.len().min(space.first + 1);
        let (folded_axes, kept_axes): (SmallVec<[usize; 8]>, SmallVec<[usize; 8]>) =
            (0..grid).partition(|&axis| reduced[axis]);
        let tiles = |axes: &[usize]| axes.iter().map(|&axis| space.tiles_along(axis)).product::<i64>();
        let (regions, series) = (tiles(&kept_axes), tiles(&folded_axes));
        let in_any_order = foldings.iter().all(|folding| !matches!(folding.fold, Fold::Strict { .. }));
        let wanted = if in_any_order { (series / BLOCK_TILES).min(MOST_BLOCKS / regions) } else { 1 };
        let tiles_per_block = (series - 1) / wanted.max(1) + 1;
        let width = (0..space.shape.len())
            .filter(|&axis| !reduced[axis])
            .map(|axis| space.tile[axis])
            .product::<i64>();
        let mut record_bytes = 0;
        for folding in &mut foldings {
            folding.record = Record::new(&mut record_bytes, width as usize, folding.size, &folding.fold);
        }
        let blocks = (series - 1) / tiles_per_block + 1;
        Plan {
            machine,
            inputs,
            reduced,
            foldings,
            kept_axes,
            folded_axes,
            regions,
            series,
            blocks,
            tiles_per_block,
            record_bytes,
        }
    }
}

/// Runs all tasks: every block of every region.
///
/// # Safety
/// As for `Device::run`.
unsafe fn run(plan: &Plan, tile_cost: Cost) {
    let tasks = plan.regions * plan.blocks;
    let task_cost = tile_cost.saturating_mul(plan.tiles_per_block as Cost);
    let grain = cost::grain(tasks, task_cost);
    let partials = (plan.blocks > 1).then(|| combine::Partials::new(tasks as usize * plan.record_bytes));
    pool::parallel_ranges(tasks, grain, &|begin, end| {
        Task::with(plan, |task| {
            for number in begin..end {
                // SAFETY: each task is run once, by one thread; its record and its region are its own.
                unsafe {
                    match &partials {
                        Some(partials) => task.run(number, Some(partials.record(number, plan.record_bytes))),
                        None => task.run(number, None),
                    }
                }
            }
        });
    });
    if let Some(partials) = &partials {
        // SAFETY: all records are written.
        unsafe { finish_regions(plan, partials) };
    }
}
