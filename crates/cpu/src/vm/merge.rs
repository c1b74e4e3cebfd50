//! Which loop runs for which instruction: the operator's own, or one loop for two signs of arithmetic where the first
//! result is needed once. Called by the planner; never changes bits, since the loop rounds after each sign.

use base::{Error, Loop, Result, Sign};
use graph::{Instruction, Program};
use smallvec::SmallVec;

/// What the machine runs for an instruction.
#[derive(Clone)]
pub(crate) struct Operation {
    pub code: Loop,
    /// Slots that the loop reads.
    pub sources: SmallVec<[u16; 3]>,
}

/// An operation for each instruction; `None` where another one includes it.
pub(crate) fn operations(program: &Program) -> Result<SmallVec<[Option<Operation>; 8]>> {
    let mut operations: SmallVec<[Option<Operation>; 8]> =
        program.instructions.iter().map(|one| operation(program, one).map(Some)).collect::<Result<_>>()?;
    if operations.len() < 2 {
        return Ok(operations);
    }
    let merger = Merger::new(program);
    for index in (0..operations.len()).rev() {
        if operations[index].is_some()
            && let Some((included, merged)) = merger.pair(index, &operations)
        {
            operations[included] = None;
            operations[index] = Some(merged);
        }
    }
    Ok(operations)
}

fn operation(program: &Program, instruction: &Instruction) -> Result<Operation> {
    match *instruction {
        Instruction::Op { op, compute, sources } => {
            let code = (op.loops)(compute)
                .ok_or_else(|| Error::runtime(format!("{}: no loop computes in {compute}", op.name)))?;
            Ok(Operation { code, sources: SmallVec::from_slice(&sources[..op.arity()]) })
        }
        Instruction::Cast { to, source } => {
            let code = lanes::cast(program.slot_dtype(source), to);
            Ok(Operation { code, sources: SmallVec::from_slice(&[source]) })
        }
    }
}

struct Merger<'a> {
    program: &'a Program,
    /// How often each slot is read or stored.
    uses: SmallVec<[u16; 24]>,
}

impl Merger<'_> {
    fn new(program: &Program) -> Merger<'_> {
        let mut uses: SmallVec<[u16; 24]> = SmallVec::from_elem(0, program.slots());
        for instruction in &program.instructions {
            match instruction {
                Instruction::Op { op, sources, .. } => {
                    sources[..op.arity()].iter().for_each(|&source| uses[source as usize] += 1);
                }
                Instruction::Cast { source, .. } => uses[*source as usize] += 1,
            }
        }
        program.outputs.iter().for_each(|output| uses[output.slot as usize] += 1);
        Merger { program, uses }
    }

    /// The sign of an instruction.
    fn sign(&self, index: usize) -> Option<Sign> {
        match self.program.instructions[index] {
            Instruction::Op { op, .. } => op.sign,
            Instruction::Cast { .. } => None,
        }
    }

    /// The instruction whose result is source `at` of instruction `index`, if it is arithmetic that nobody else needs.
    fn included(&self, index: usize, at: usize) -> Option<usize> {
        let Instruction::Op { sources, .. } = self.program.instructions[index] else { return None };
        let included = (sources[at] as usize).checked_sub(self.program.first_result())?;
        (self.uses[sources[at] as usize] == 1 && self.sign(included).is_some()).then_some(included)
    }

    /// The instruction to include in arithmetic `index`, and the loop of both.
    fn pair(&self, index: usize, operations: &[Option<Operation>]) -> Option<(usize, Operation)> {
        let second = self.sign(index)?;
        let Instruction::Op { compute, sources, .. } = self.program.instructions[index] else { return None };
        let known = [0, 1].map(|at| self.included(index, at));
        // Of two, the one that could not form a pair of its own.
        let forms_pair = |included: usize| (0..2).any(|at| self.included(included, at).is_some());
        let at = match known {
            [None, None] => return None,
            [Some(_), None] => 0,
            [None, Some(_)] => 1,
            [Some(_), Some(right)] => usize::from(!forms_pair(right)),
        };
        let included = known[at]?;
        let code = lanes::pair(self.sign(included)?, second, at == 1, compute)?;
        let mut read = operations[included].as_ref()?.sources.clone();
        read.push(sources[1 - at]);
        Some((included, Operation { code, sources: read }))
    }
}
