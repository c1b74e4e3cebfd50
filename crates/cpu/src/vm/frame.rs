//! Running steps over tiles: one frame per thread and chunk of work, with the addresses of all cells. Called by the map
//! and reduction machines, which choose the tiles. Never looks at a program.

use base::{STILL_BYTES, Scalar};
use smallvec::SmallVec;

use super::space::{Place, Space};
use super::steps::{Cell, Step, Steps};
use super::stream::stream;
use crate::load::{load_box, positions, store_box};
use crate::vm::scratch::LINE;

/// What all tiles of a launch share.
pub(crate) struct Machine<'a> {
    pub space: &'a Space,
    pub steps: &'a Steps,
    pub scalars: &'a [Scalar],
    /// Elements of the longest tile.
    pub longest: usize,
}

impl Machine<'_> {
    fn register_bytes(&self) -> usize {
        // One line more than needed: registers at equal distances modulo 4096 would collide in the cache.
        (self.longest * self.steps.widest).next_multiple_of(LINE) + LINE
    }

    /// Bytes of working memory that a frame needs.
    pub fn scratch_bytes(&self) -> usize {
        self.steps.registers * self.register_bytes() + self.steps.numbers * STILL_BYTES
    }
}

pub(crate) struct Frame<'a> {
    machine: &'a Machine<'a>,
    cells: SmallVec<[*mut u8; 16]>,
}

impl<'a> Frame<'a> {
    /// Lays the registers out in `scratch` and loads what is the same in all tiles.
    ///
    /// # Safety
    /// `scratch` has `machine.scratch_bytes()` bytes, nobody else's while the frame lives; the machine's operands are
    /// as `Device::run` demands.
    pub unsafe fn new(machine: &'a Machine<'a>, scratch: *mut u8) -> Frame<'a> {
        let mut cells: SmallVec<[*mut u8; 16]> =
            SmallVec::from_elem(std::ptr::null_mut(), machine.steps.operands);
        let numbers = scratch.wrapping_add(machine.steps.registers * machine.register_bytes());
        cells.extend((0..machine.steps.numbers).map(|number| numbers.wrapping_add(number * STILL_BYTES)));
        let register = |number| scratch.wrapping_add(number * machine.register_bytes());
        cells.extend((0..machine.steps.registers).map(register));
        let frame = Frame { machine, cells };
        let whole = Place::new(machine.space);
        for &(operand, register) in &machine.steps.fixed {
            // SAFETY: the first tile is the longest, and fits a register.
            unsafe { frame.load(operand as usize, register, &whole) };
        }
        let spread = |scalar: Scalar, to: Cell, count: usize| {
            // SAFETY: a register holds the longest tile of the widest element, a number's block the rest of its bytes.
            unsafe {
                lanes::splat(scalar.dtype().size(), count, frame.cell(to), scalar.to_bytes().as_ptr());
            }
        };
        for (number, &scalar) in machine.scalars.iter().enumerate() {
            let count = STILL_BYTES / scalar.dtype().size();
            spread(scalar, (machine.steps.operands + number) as Cell, count);
        }
        for &(number, register) in &machine.steps.spread {
            spread(machine.scalars[number as usize], register, machine.longest);
        }
        frame
    }

    /// Address of a cell; for operands, valid for the tile that ran last.
    pub fn cell(&self, cell: Cell) -> *mut u8 {
        self.cells[cell as usize]
    }

    /// Runs all steps over one tile.
    ///
    /// # Safety
    /// As for [`Frame::new`]; no other thread works on this tile.
    pub unsafe fn run(&mut self, place: &Place) {
        let space = self.machine.space;
        for (index, operand) in space.operands.iter().enumerate() {
            let offset = place.offset(&space.strides[index]) as isize * operand.size as isize;
            self.cells[index] = operand.data.wrapping_offset(offset);
        }
        let count = place.count(space);
        for step in &self.machine.steps.steps {
            // SAFETY: cells are registers that hold a tile, or runs of operands at this tile; the planner made sources
            // equal to the destination or disjoint from it.
            unsafe {
                match *step {
                    Step::Run { code, still, destination, sources } => {
                        let from = sources.map(|cell| self.cells[cell as usize].cast_const());
                        code(count | still, self.cells[destination as usize], from);
                    }
                    Step::Load { operand, destination } => self.load(operand as usize, destination, place),
                    Step::Store { operand, source } => self.store(operand as usize, source, place),
                    Step::Stream { operand, source } => {
                        let bytes = count * space.operands[operand as usize].size;
                        stream(self.cells[operand as usize], self.cells[source as usize], bytes);
                    }
                }
            }
        }
    }

    /// # Safety
    /// As for [`Frame::run`].
    unsafe fn load(&self, operand: usize, destination: Cell, place: &Place) {
        let space = self.machine.space;
        let from = &space.operands[operand];
        let (first, strides) = (space.first, &space.strides[operand]);
        let to = self.cells[destination as usize];
        let (lengths, steps) = (&place.lengths[first..], &strides[first..]);
        // SAFETY: the box is this tile's part of the operand, and the destination holds a tile.
        unsafe {
            if from.is_position() {
                positions(to.cast(), from.offset + place.offset(strides), lengths, steps);
            } else {
                let start = from.data.wrapping_offset(place.offset(strides) as isize * from.size as isize);
                load_box(from.size, to, start, lengths, steps);
            }
        }
    }

    /// # Safety
    /// As for [`Frame::run`].
    unsafe fn store(&self, operand: usize, source: Cell, place: &Place) {
        let space = self.machine.space;
        let (to, from) = (self.cells[operand], self.cells[source as usize]);
        if to != from {
            let (lengths, steps) = (&place.lengths[space.first..], &space.strides[operand][space.first..]);
            // SAFETY: the box is this tile's part of the operand, and the source holds a tile.
            unsafe { store_box(space.operands[operand].size, to, from, lengths, steps) };
        }
    }
}
