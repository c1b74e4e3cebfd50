//! The commonest forced node: one operator over arrays in memory, of the dtype it computes in, and numbers; or a copy. Its
//! program is written down without the fuser, because after large work every instruction of ours is fetched anew. Called
//! by `engine` under its lock; the results are the general road's.

use std::sync::Arc;

use base::{DType, Dims, Op, Result, interrupt};
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::engine::tensor;
use crate::kernel::{Kernel, Launch, Tensor};
use crate::node::{Expression, Node, Source, Storage};
use crate::program::{Action, Input, Instruction, Output, Program, Slot};

/// Computes `node` if its expression is such a case; `false` where the general road must be taken.
pub(crate) fn force(node: &Arc<Node>) -> Result<bool> {
    let mut pending = node.pending.lock();
    let Some(expression) = pending.take_if(|expression| is_single(expression)) else { return Ok(false) };
    drop(pending);
    match run(node, &expression) {
        Ok(storage) => {
            // SAFETY: pending nodes are computed under the engine's lock only, which the caller holds.
            unsafe { node.storage.publish(storage) };
            Ok(true)
        }
        Err(error) => {
            *node.pending.lock() = Some(expression);
            Err(error)
        }
    }
}

fn is_single(expression: &Expression) -> bool {
    let Some(op) = expression.op else { return is_copy(expression) };
    let fits = |(index, source): (usize, &Source)| match source {
        Source::Operand(operand) => {
            operand.node.is_ready() && operand.dtype == op.kind.source(index, expression.compute)
        }
        Source::Scalar(scalar) => scalar.dtype() == op.kind.source(index, expression.compute),
        Source::Position(_) => false,
    };
    (op.loops)(expression.compute).is_some() && expression.sources.iter().enumerate().all(fits)
}

/// Whether the elements of an array in host memory stay what they are.
fn is_copy(expression: &Expression) -> bool {
    let [Source::Operand(operand)] = &expression.sources[..] else { return false };
    let same = operand.dtype == expression.compute && expression.fold.is_none();
    same && operand.node.is_ready() && operand.node.device().is_host
}

fn run(node: &Node, expression: &Expression) -> Result<Storage> {
    let mut inputs: SmallVec<[Tensor; 3]> = SmallVec::new();
    let mut scalars = SmallVec::new();
    for source in &expression.sources {
        match source {
            Source::Operand(operand) => inputs.push(tensor(operand)?),
            Source::Scalar(scalar) => scalars.push(*scalar),
            Source::Position(_) => {}
        }
    }
    let shape = Dims::from_slice(&expression.shape);
    let storage = Storage::allocate(node.dtype(), shape.iter().product(), node.device())?;
    let output = Tensor {
        data: storage.data.as_ptr(),
        offset: 0,
        dtype: node.dtype(),
        strides: base::shape::contiguous_strides(&shape),
        shape: Dims::from_slice(&shape),
    };
    let kernel = match expression.op {
        None => Kernel::Copy,
        Some(_) => {
            let reduced = SmallVec::from_elem(false, shape.len());
            let program = known_program(expression);
            Kernel::Program(Launch { program, shape, reduced, scalars })
        }
    };
    // SAFETY: `tensor` checked that inputs lie inside live storages, which the expression keeps alive; the output is
    // fresh.
    interrupt::stoppable(|| unsafe { node.device().backend.run(&kernel, &inputs, &[output]) })?;
    Ok(storage)
}

/// What a program of one operator depends on: the operator, what it computes in, and which sources are numbers.
type Key = (*const Op, DType, u8);

/// Programs written down before, each at a place that its key names: most programs of this kind run again and again.
struct Known([Option<(Key, Arc<Program>)>; KNOWN]);
// SAFETY: addresses of operators are compared only, and operators live for ever.
unsafe impl Send for Known {}

const KNOWN: usize = 64;
static PROGRAMS: Mutex<Known> = Mutex::new(Known([const { None }; KNOWN]));

/// [`program`], or the same one from before.
fn known_program(expression: &Expression) -> Arc<Program> {
    let numbers = expression.sources.iter().enumerate();
    let pattern = numbers
        .fold(0u8, |pattern, (at, source)| pattern | u8::from(matches!(source, Source::Scalar(_))) << at);
    let op = expression.op.map_or(std::ptr::null(), std::ptr::from_ref);
    let key = (op, expression.compute, pattern);
    let place =
        (op.addr() / size_of::<Op>() * 31 + expression.compute as usize * 7 + pattern as usize) % KNOWN;
    let mut programs = PROGRAMS.lock();
    let known = &mut programs.0[place];
    if let Some((_, program)) = known.as_ref().filter(|(found, _)| *found == key) {
        return program.clone();
    }
    let program = Arc::new(program(expression));
    *known = Some((key, program.clone()));
    program
}

fn program(expression: &Expression) -> Program {
    let mut program = Program::default();
    let mut sources: [Slot; 3] = [0; 3];
    let operands =
        expression.sources.iter().filter(|source| matches!(source, Source::Operand(_))).count() as Slot;
    for (at, source) in expression.sources.iter().enumerate() {
        sources[at] = match source {
            Source::Scalar(scalar) => {
                program.scalars.push(scalar.dtype());
                operands + program.scalars.len() as Slot - 1
            }
            _ => {
                program.inputs.push(Input::Memory(source.dtype()));
                program.inputs.len() as Slot - 1
            }
        };
    }
    for at in expression.sources.len()..3 {
        sources[at] = sources[0];
    }
    program.outputs.push(Output { slot: program.first_result() as Slot, action: Action::Store });
    program.instructions.extend(expression.op.map(|op| {
        let compute: DType = expression.compute;
        Instruction::Op { op, compute, sources }
    }));
    program
}
