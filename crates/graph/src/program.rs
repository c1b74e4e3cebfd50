//! What to run, as data: straight-line code over typed slots. No shapes and no addresses, so a program is hashable and
//! is the key of every cache. Everything that varies per call is in `kernel::Launch` and the tensors beside it.

use base::{DType, Op};

/// Number of a value: inputs first, then scalars, then the instructions' results in order.
pub type Slot = u16;

/// Where a program's strided input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Elements in memory.
    Memory(DType),
    /// No memory: the int64 number `offset + sum(index[k] * strides[k])` of the tensor that stands for it.
    Position,
}

impl Input {
    pub fn dtype(self) -> DType {
        match self {
            Input::Memory(dtype) => dtype,
            Input::Position => DType::I64,
        }
    }
}

/// One step; its result is the next slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// `(op.loops)(compute)`, which exists, over `op.arity()` sources (the rest repeat the first).
    Op { op: &'static Op, compute: DType, sources: [Slot; 3] },
    /// Conversion to another dtype.
    Cast { to: DType, source: Slot },
}

/// What becomes of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Written element by element.
    Store,
    /// Folded over the reduced axes by a binary operator that computes in the slot's dtype.
    Fold(&'static Op),
    /// int64 index (in C order over the reduced axes) of the first greatest element; the first nan wins.
    ArgMax,
    /// Likewise of the least.
    ArgMin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Output {
    pub slot: Slot,
    pub action: Action,
}

/// Straight-line code over slots: a map, or a map that ends in folds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Program {
    pub inputs: Vec<Input>,
    pub scalars: Vec<DType>,
    pub instructions: Vec<Instruction>,
    pub outputs: Vec<Output>,
}

impl Program {
    /// Slot of the first instruction's result.
    pub fn first_result(&self) -> usize {
        self.inputs.len() + self.scalars.len()
    }

    pub fn slots(&self) -> usize {
        self.first_result() + self.instructions.len()
    }

    pub fn slot_dtype(&self, slot: Slot) -> DType {
        let slot = slot as usize;
        if slot < self.inputs.len() {
            self.inputs[slot].dtype()
        } else if slot < self.first_result() {
            self.scalars[slot - self.inputs.len()]
        } else {
            match self.instructions[slot - self.first_result()] {
                Instruction::Op { op, compute, .. } => op.kind.result(compute),
                Instruction::Cast { to, .. } => to,
            }
        }
    }

    pub fn output_dtype(&self, output: &Output) -> DType {
        match output.action {
            Action::ArgMax | Action::ArgMin => DType::I64,
            _ => self.slot_dtype(output.slot),
        }
    }

    pub fn reduces(&self) -> bool {
        self.outputs.iter().any(|output| output.action != Action::Store)
    }
}

impl std::fmt::Display for Program {
    /// One line per slot: `%3 = multiply.float32 %0 %2`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (slot, input) in self.inputs.iter().enumerate() {
            match input {
                Input::Memory(dtype) => writeln!(f, "  %{slot} = load.{dtype}")?,
                Input::Position => writeln!(f, "  %{slot} = position")?,
            }
        }
        for (index, dtype) in self.scalars.iter().enumerate() {
            writeln!(f, "  %{} = scalar.{dtype}", self.inputs.len() + index)?;
        }
        for (index, instruction) in self.instructions.iter().enumerate() {
            let slot = self.first_result() + index;
            match instruction {
                Instruction::Op { op, compute, sources } => {
                    write!(f, "  %{slot} = {}.{compute}", op.name)?;
                    for source in &sources[..op.arity()] {
                        write!(f, " %{source}")?;
                    }
                    writeln!(f)?;
                }
                Instruction::Cast { to, source } => writeln!(f, "  %{slot} = cast.{to} %{source}")?,
            }
        }
        for output in &self.outputs {
            match output.action {
                Action::Store => writeln!(f, "  store %{}", output.slot)?,
                Action::Fold(op) => writeln!(f, "  fold.{} %{}", op.name, output.slot)?,
                Action::ArgMax => writeln!(f, "  argmax %{}", output.slot)?,
                Action::ArgMin => writeln!(f, "  argmin %{}", output.slot)?,
            }
        }
        Ok(())
    }
}
