//! The tile machine for programs without folds: cuts the index space into tiles that stay in the first-level cache,
//! and runs the steps over each. Called by the device. Elements are independent, so axes may be reordered at will.

use base::{Result, Scalar};
use graph::{Program, Tensor};
use smallvec::SmallVec;

use super::cost::{self, Cost};
use super::direct::direct;
use super::frame::{Frame, Machine};
use super::scratch;
use super::space::{Place, Space};
use super::steps::{Access, Steps, plan};
use super::stream;
use crate::copy::copied;
use crate::pool;

/// Bytes of a tile, in registers and operands: somewhat more than the first-level cache, since not all are in use at once.
const TILE_BYTES: i64 = 40 * 1024;
const SHORTEST_TILE: i64 = 512;
const LONGEST_TILE: i64 = 4096;
/// Tile of a program without registers: nothing stays in the cache, so only the split among threads counts.
const DIRECT_TILE: i64 = 8 * 1024;
/// Rows longer than this are tiles of their own; shorter ones share tiles.
const LONG_ROW: i64 = 256;
/// Tile of two axes when an operand lies along another axis than the output: bytes that are neighbours in the memory of
/// that operand, and elements along the last axis.
const BOX_BYTES: i64 = 256;
const BOX_COLUMNS: i64 = 64;
/// Outputs of more bytes than this in all are written past the caches.
pub(crate) const STREAM_BYTES: i64 = 8 << 20;

/// Runs a program without folds.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn map(
    program: &Program,
    scalars: &[Scalar],
    shape: &[i64],
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    // SAFETY: promised by the caller.
    if unsafe {
        direct(program, scalars, inputs, outputs, STREAM_BYTES)
            || copied(program, inputs, outputs, STREAM_BYTES)
    } {
        return Ok(());
    }
    if let Some(prepared) = prepare(program, shape, inputs, outputs)? {
        // SAFETY: promised by the caller.
        unsafe { prepared.run(scalars) };
    }
    Ok(())
}

/// A program laid over an index space. Its operands may be moved to other addresses before it runs again.
pub(crate) struct Prepared {
    pub space: Space,
    steps: Steps,
    longest: usize,
    tile_cost: Cost,
    streams: bool,
}

/// Prepares a program without folds; `None` where there is nothing to do.
pub(crate) fn prepare(
    program: &Program,
    shape: &[i64],
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<Option<Prepared>> {
    let mut space = Space::new(shape, inputs, outputs);
    if space.size() == 0 || outputs.is_empty() {
        return Ok(None);
    }
    space.normalise(inputs.len());
    let split = cut(&mut space, inputs.len());
    let access = accesses(&space, inputs.len());
    let steps = plan(program, &space.operands, &access)?;
    if let Some(axis) = split {
        lengthen(&mut space, axis, &steps, &access);
    }
    let longest = space.tile[space.first.min(space.tile.len())..].iter().product::<i64>() as usize;
    let tile_cost = cost::per_element(program, &space, &access) * longest as Cost;
    Ok(Some(Prepared { space, steps, longest, tile_cost, streams: access.contains(&Access::Streamed) }))
}

impl Prepared {
    /// Runs the program with these values of its scalars.
    ///
    /// # Safety
    /// As for `Device::run`.
    pub unsafe fn run(&self, scalars: &[Scalar]) {
        let machine = Machine { space: &self.space, steps: &self.steps, scalars, longest: self.longest };
        // SAFETY: promised by the caller.
        unsafe { run(&machine, self.tile_cost, self.streams) };
    }
}

/// First cut, with the shortest tiles. Returns the axis along which tiles may be lengthened.
fn cut(space: &mut Space, inputs: usize) -> Option<usize> {
    let ndim = space.shape.len();
    space.tile = base::Dims::from_elem(1, ndim);
    let last = ndim.checked_sub(1)?;
    if let Some(axis) = crossing_axis(space, inputs) {
        space.move_axis(axis, last - 1);
        space.first = last - 1;
        let widest = space.operands.iter().map(|operand| operand.size as i64).max().unwrap_or(1);
        space.tile[last - 1] = (BOX_BYTES / widest).min(space.shape[last - 1]);
        space.tile[last] = BOX_COLUMNS.min(space.shape[last]);
        return None;
    }
    let mut inner = 1;
    let mut axis = last;
    while axis > 0 && inner * space.shape[axis] <= LONG_ROW {
        inner *= space.shape[axis];
        space.tile[axis] = space.shape[axis];
        axis -= 1;
    }
    space.first = axis;
    space.tile[axis] = space.shape[axis].min(SHORTEST_TILE / inner);
    Some(axis)
}

/// An axis other than the last along which some operand lies in memory, while the last axis would tear its cache lines.
fn crossing_axis(space: &Space, inputs: usize) -> Option<usize> {
    let last = space.shape.len() - 1;
    if last == 0 || space.shape[last] <= BOX_COLUMNS {
        return None;
    }
    let crossing = |index: usize| {
        let strides = &space.strides[index];
        let torn = (strides[last].unsigned_abs() as usize).saturating_mul(space.operands[index].size) >= 64;
        let axis = (0..last).find(|&axis| strides[axis].abs() == 1 && space.shape[axis] >= 8)?;
        (torn && !space.operands[index].is_position()).then_some(axis)
    };
    (0..inputs).chain(inputs..space.operands.len()).find_map(crossing)
}

fn accesses(space: &Space, inputs: usize) -> SmallVec<[Access; 6]> {
    let output_bytes: i64 =
        space.operands[inputs..].iter().map(|output| output.size as i64 * space.size()).sum();
    let mut access: SmallVec<[Access; 6]> =
        (0..space.operands.len()).map(|index| space.access(index)).collect();
    for index in inputs..access.len() {
        let data = space.operands[index].data;
        let in_place = space.operands[..inputs].iter().any(|input| input.data == data);
        access[index] = match access[index] {
            // Memory that was just read is in the cache: writing past it would gain nothing.
            Access::Direct if output_bytes > STREAM_BYTES && !in_place => Access::Streamed,
            Access::Direct => Access::Direct,
            _ => Access::Copied,
        };
    }
    access
}

/// Makes tiles as long as the working memory allows.
fn lengthen(space: &mut Space, axis: usize, steps: &Steps, access: &[Access]) {
    let length = match steps.registers {
        0 => DIRECT_TILE,
        count => {
            let walked = space.operands.iter().zip(access).filter(|(_, access)| **access != Access::Fixed);
            let element = count * steps.widest + walked.map(|(operand, _)| operand.size).sum::<usize>();
            (TILE_BYTES / element as i64).clamp(SHORTEST_TILE, LONGEST_TILE)
        }
    };
    let inner: i64 = space.tile[axis + 1..].iter().product();
    let whole = space.shape[axis];
    let pieces = (whole * inner - 1) / length + 1;
    // Equal pieces, rounded up to whole cache lines of single bytes where the pieces are long.
    let piece = (whole - 1) / pieces + 1;
    space.tile[axis] = if piece >= 64 { ((piece + 63) / 64 * 64).min(whole) } else { piece };
}

/// Runs all tiles, on several threads where that pays.
///
/// # Safety
/// As for `Device::run`.
unsafe fn run(machine: &Machine, tile_cost: Cost, streams: bool) {
    let tiles = machine.space.tiles();
    let grain = cost::grain(tiles, tile_cost);
    let body = |begin: i64, end: i64| {
        scratch::with(machine.scratch_bytes(), |scratch| {
            // SAFETY: the scratch memory is large enough and this thread's; each range of tiles is one thread's.
            unsafe {
                let mut frame = Frame::new(machine, scratch);
                let mut place = Place::new(machine.space);
                place.seek(machine.space, 0..machine.space.shape.len(), begin);
                for _ in begin..end {
                    frame.run(&place);
                    place.advance(machine.space);
                }
            }
        });
        if streams {
            stream::finish();
        }
    };
    pool::parallel_ranges(tiles, grain, &body);
}
