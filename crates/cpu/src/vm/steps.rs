//! From a program to steps over cells: which register holds which slot and for how long, what is read and written where
//! it lies, when operands are loaded and stored. The compiler of the tile machine; runs once per launch and must stay
//! far below a microsecond for short programs. Knows no shapes.

use base::{Loop, Result, still};
use graph::{Instruction, Program};
use smallvec::SmallVec;

use super::merge::{self, Operation};
use super::space::Operand;

/// How an operand meets its tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read or written where it lies.
    Direct,
    /// The same values in every tile: loaded once.
    Fixed,
    /// Copied between memory and a register, tile by tile.
    Copied,
    /// Output: copied from a register to a contiguous run past the caches.
    Streamed,
    /// Output: not written by the steps; its slot stays readable until the tile ends.
    Held,
}

/// An address that steps read or write: operands first (inputs, then outputs), then numbers, then registers.
pub(crate) type Cell = u16;

const NOWHERE: Cell = Cell::MAX;

/// What the machine does, in order, for each tile.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// `still` is added to the count: it says which sources are numbers.
    Run {
        code: Loop,
        still: usize,
        destination: Cell,
        sources: [Cell; 3],
    },
    Load {
        operand: u16,
        destination: Cell,
    },
    Store {
        operand: u16,
        source: Cell,
    },
    Stream {
        operand: u16,
        source: Cell,
    },
}

/// The steps of a program with its registers laid out.
pub(crate) struct Steps {
    pub steps: SmallVec<[Step; 8]>,
    /// Loads that are done once, before the first tile: input and register.
    pub fixed: SmallVec<[(u16, Cell); 4]>,
    /// Numbers that are spread over a register too, because a conversion or a store reads them: number and register.
    pub spread: SmallVec<[(u16, Cell); 2]>,
    pub operands: usize,
    /// The program's scalars: each has a cell, a block that loops read again and again.
    pub numbers: usize,
    pub registers: usize,
    /// Bytes of the widest element that a register holds.
    pub widest: usize,
    /// Where each output's slot can be read after the last step.
    pub results: SmallVec<[Cell; 4]>,
}

struct Planner<'a> {
    program: &'a Program,
    operands: &'a [Operand],
    access: &'a [Access],
    out: Steps,
    /// Cell of each slot, once it has one.
    cells: SmallVec<[Cell; 24]>,
    /// Last instruction that reads each slot; `END` for what is read after the last one.
    last_use: SmallVec<[u32; 24]>,
    free: SmallVec<[Cell; 8]>,
    /// What is run for each instruction; nothing for those that another one includes.
    operations: SmallVec<[Option<Operation>; 8]>,
}

const NEVER: u32 = 0;
const END: u32 = u32::MAX;

/// Plans a program. `access` has one entry per operand.
pub(crate) fn plan(program: &Program, operands: &[Operand], access: &[Access]) -> Result<Steps> {
    let slots = program.slots();
    let mut planner = Planner {
        program,
        operands,
        access,
        out: Steps {
            steps: SmallVec::new(),
            fixed: SmallVec::new(),
            spread: SmallVec::new(),
            operands: operands.len(),
            numbers: program.scalars.len(),
            registers: 0,
            widest: 1,
            results: SmallVec::new(),
        },
        cells: SmallVec::from_elem(NOWHERE, slots),
        last_use: SmallVec::from_elem(NEVER, slots),
        free: SmallVec::new(),
        operations: merge::operations(program)?,
    };
    planner.find_last_uses();
    planner.place_inputs();
    for index in 0..program.instructions.len() {
        if let Some(operation) = planner.operations[index].clone() {
            planner.operation(index, &operation);
        }
    }
    planner.finish();
    Ok(planner.out)
}

impl Planner<'_> {
    /// Instruction `i` counts as time `i + 1`, so that `NEVER` is before all of them.
    fn find_last_uses(&mut self) {
        for (index, operation) in self.operations.iter().enumerate() {
            for &source in operation.iter().flat_map(|operation| &operation.sources) {
                self.last_use[source as usize] = index as u32 + 1;
            }
        }
        for (index, output) in self.program.outputs.iter().enumerate() {
            if self.output_access(index) != Access::Direct
                || (output.slot as usize) < self.program.first_result()
            {
                self.last_use[output.slot as usize] = END;
            }
        }
    }

    fn output_access(&self, output: usize) -> Access {
        self.access[self.program.inputs.len() + output]
    }

    fn size(&self, slot: usize) -> usize {
        self.program.slot_dtype(slot as u16).size()
    }

    fn new_register(&mut self, slot: usize) -> Cell {
        self.out.widest = self.out.widest.max(self.size(slot));
        self.free.pop().unwrap_or_else(|| self.fresh_register())
    }

    fn fresh_register(&mut self) -> Cell {
        self.out.registers += 1;
        (self.first_register() + self.out.registers - 1) as Cell
    }

    fn first_register(&self) -> usize {
        self.out.operands + self.out.numbers
    }

    /// Inputs that need no load per tile and scalars have their cells from the start.
    fn place_inputs(&mut self) {
        for input in 0..self.program.inputs.len() {
            match self.access[input] {
                Access::Direct if !self.is_swapped(input) => self.cells[input] = input as Cell,
                Access::Fixed => {
                    self.out.widest = self.out.widest.max(self.size(input));
                    self.cells[input] = self.fresh_register();
                    self.out.fixed.push((input as u16, self.cells[input]));
                }
                _ => {}
            }
        }
        for scalar in 0..self.program.scalars.len() {
            let slot = self.program.inputs.len() + scalar;
            self.cells[slot] = (self.out.operands + scalar) as Cell;
            if self.is_output(slot) || self.is_converted(slot) {
                self.out.widest = self.out.widest.max(self.size(slot));
                self.cells[slot] = self.fresh_register();
                self.out.spread.push((scalar as u16, self.cells[slot]));
            }
        }
    }

    /// Whether an instruction converts the slot.
    fn is_converted(&self, slot: usize) -> bool {
        let converts =
            |one: &Instruction| matches!(one, Instruction::Cast { source, .. } if *source as usize == slot);
        self.program.instructions.iter().any(converts)
    }

    /// Whether a cell is a number's block, which stands still while tiles are walked.
    fn is_number(&self, cell: Cell) -> bool {
        (self.out.operands..self.first_register()).contains(&(cell as usize))
    }

    /// Whether an input that is an output as it is lies in the memory of another output, which might be stored earlier.
    fn is_swapped(&self, input: usize) -> bool {
        let taken = |output: &graph::Output| output.slot as usize == input;
        let outputs = &self.program.outputs;
        let data = |output: usize| self.operands[self.program.inputs.len() + output].data;
        outputs.iter().any(taken)
            && (0..outputs.len())
                .any(|index| !taken(&outputs[index]) && data(index) == self.operands[input].data)
    }

    /// Whether output `index` may be written at `time` although loads or reads of inputs are still to come.
    fn is_safe(&self, index: usize, time: u32) -> bool {
        let data = self.operands[self.program.inputs.len() + index].data;
        (0..self.program.inputs.len())
            .all(|input| self.operands[input].data != data || self.last_use[input] <= time)
    }

    /// A direct output that wants this slot and may be written at `time`.
    fn direct_output(&self, slot: usize, time: u32) -> Option<Cell> {
        let wants = |index: &usize| {
            let output = &self.program.outputs[*index];
            output.slot as usize == slot
                && self.output_access(*index) == Access::Direct
                && self.is_safe(*index, time)
        };
        let index = (0..self.program.outputs.len()).find(wants)?;
        Some((self.program.inputs.len() + index) as Cell)
    }

    /// Loads an input that has no cell yet, into a register.
    fn load(&mut self, slot: usize) {
        if self.cells[slot] == NOWHERE {
            let register = self.new_register(slot);
            self.cells[slot] = register;
            self.out.steps.push(Step::Load { operand: slot as u16, destination: register });
        }
    }

    fn operation(&mut self, index: usize, operation: &Operation) {
        let time = index as u32 + 1;
        let slot = self.program.first_result() + index;
        let read = &operation.sources;
        for &source in read {
            self.load(source as usize);
        }
        let size = self.size(slot);
        let direct = self.direct_output(slot, time);
        // A source that dies here may be overwritten by a result of the same size; one of another size only later.
        self.release(read, time, |planner, source| direct.is_none() && planner.size(source) == size);
        let destination = direct.unwrap_or_else(|| self.new_register(slot));
        self.cells[slot] = destination;
        self.release(read, time, |planner, source| direct.is_some() || planner.size(source) != size);
        self.push_run(operation.code, destination, read);
        if direct.is_none() && self.last_use[slot] == NEVER && !self.is_output(slot) {
            self.free.push(destination);
        }
    }

    fn is_output(&self, slot: usize) -> bool {
        self.program.outputs.iter().any(|output| output.slot as usize == slot)
    }

    /// Gives back the registers of sources that are read for the last time at `time` and chosen by `which`.
    fn release(&mut self, read: &[u16], time: u32, which: impl Fn(&Self, usize) -> bool) {
        for (index, &source) in read.iter().enumerate() {
            let source = source as usize;
            let cell = self.cells[source];
            let is_register = cell as usize >= self.first_register();
            let is_fixed = self.is_fixed(source);
            let dies = self.last_use[source] == time && !self.is_waiting(source);
            if is_register
                && !is_fixed
                && dies
                && !read[..index].contains(&(source as u16))
                && which(self, source)
            {
                self.free.push(cell);
            }
        }
    }

    /// Scalars and inputs loaded once keep their registers for all tiles.
    fn is_fixed(&self, slot: usize) -> bool {
        slot < self.program.first_result()
            && (slot >= self.program.inputs.len() || self.access[slot] == Access::Fixed)
    }

    /// Whether a direct output could not be written when its slot was made and is still to be copied.
    fn is_waiting(&self, slot: usize) -> bool {
        self.is_output(slot) && self.cells[slot] as usize >= self.first_register()
    }

    fn push_run(&mut self, code: Loop, destination: Cell, read: &[u16]) {
        let cell = |at: usize| self.cells[read[at.min(read.len() - 1)] as usize];
        let sources = [cell(0), cell(1), cell(2)];
        let numbers = (0..read.len()).filter(|&at| self.is_number(sources[at]));
        let still = numbers.fold(0, |flags, at| flags | still(at));
        self.out.steps.push(Step::Run { code, still, destination, sources });
    }

    /// Writes the outputs that no instruction wrote.
    fn finish(&mut self) {
        self.copy_inputs();
        for index in 0..self.program.outputs.len() {
            let operand = (self.program.inputs.len() + index) as u16;
            let source = self.cells[self.program.outputs[index].slot as usize];
            self.out.results.push(source);
            match self.output_access(index) {
                Access::Held => {}
                _ if source == operand => {}
                Access::Streamed => self.out.steps.push(Step::Stream { operand, source }),
                _ => self.out.steps.push(Step::Store { operand, source }),
            }
        }
    }

    /// Loads inputs that are outputs as they are: straight to their place where nothing else can be disturbed.
    fn copy_inputs(&mut self) {
        let alone = self.program.outputs.len() == 1 && self.program.instructions.is_empty();
        for index in 0..self.program.outputs.len() {
            let slot = self.program.outputs[index].slot as usize;
            if slot < self.program.inputs.len() && self.cells[slot] == NOWHERE {
                let operand = self.program.inputs.len() + index;
                if alone && self.output_access(index) == Access::Direct && !self.operands[slot].is_position()
                {
                    self.cells[slot] = operand as Cell;
                    self.out.steps.push(Step::Load { operand: slot as u16, destination: operand as Cell });
                } else {
                    self.load(slot);
                }
            }
        }
    }
}
