//! One operator over operands that all lie in memory as the result does: its loop runs over ranges, without tiles, steps
//! and frames. The commonest program, and the one whose planning shows. Called by `map`.

use base::{STILL_BYTES, Scalar, still};
use graph::{Action, Instruction, Program, Tensor};
use smallvec::SmallVec;

use super::cost;
use crate::pool;

/// Ranges are cut at multiples of so many elements: whole cache lines and whole blocks of every loop.
const UNIT: i64 = 64;

/// Blocks of numbers, aligned for vectors.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Numbers([[u8; STILL_BYTES]; 3]);

/// A pointer that the threads of a region share; each works on a range of its own.
#[derive(Clone, Copy)]
struct Shared {
    address: *mut u8,
    /// Bytes between neighbours; 0 for numbers.
    size: usize,
}
// SAFETY: threads read sources and write disjoint ranges of the output.
unsafe impl Sync for Shared {}

/// Runs the program if it is such a case; says whether it was. Outputs beyond `most_bytes` are left to the tile machine,
/// which writes them past the caches.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn direct(
    program: &Program,
    scalars: &[Scalar],
    inputs: &[Tensor],
    outputs: &[Tensor],
    most_bytes: i64,
) -> bool {
    let ([Instruction::Op { op, compute, sources }], [output], [target]) =
        (&program.instructions[..], &program.outputs[..], outputs)
    else {
        return false;
    };
    let plain = output.action == Action::Store && output.slot as usize == program.first_result();
    if !plain || !is_run(target) || !inputs.iter().all(|input| is_run(input) && !input.data.is_null()) {
        return false;
    }
    let count: i64 = target.shape.iter().product();
    let size = target.dtype.size();
    let Some(code) = (op.loops)(*compute) else { return false };
    if count * size as i64 > most_bytes || scalars.len() > 3 {
        return false;
    }
    let mut numbers = Numbers([[0; STILL_BYTES]; 3]);
    for (block, scalar) in numbers.0.iter_mut().zip(scalars) {
        let (bytes, size) = (scalar.to_bytes(), scalar.dtype().size());
        // SAFETY: the block holds so many elements.
        unsafe { lanes::splat(size, STILL_BYTES / size, block.as_mut_ptr(), bytes.as_ptr()) };
    }
    let mut flags = 0;
    let read: SmallVec<[Shared; 3]> = (0..op.arity())
        .map(|at| match inputs.get(sources[at] as usize) {
            Some(input) => Shared { address: input.data, size: input.dtype.size() },
            None => {
                flags |= still(at);
                let block = &numbers.0[sources[at] as usize - inputs.len()];
                Shared { address: block.as_ptr().cast_mut(), size: 0 }
            }
        })
        .collect();
    let written = Shared { address: target.data, size };
    let body = |begin: i64, end: i64| {
        let (read, written) = (&read, &written);
        let at = |index: usize| {
            let one = &read[index.min(read.len() - 1)];
            one.address.wrapping_add(begin as usize * one.size).cast_const()
        };
        let to = written.address.wrapping_add(begin as usize * written.size);
        // SAFETY: the range lies inside every operand; an operand that is the output is walked alike.
        unsafe { code((end - begin) as usize | flags, to, [at(0), at(1), at(2)]) };
    };
    let moved = size + inputs.iter().map(|input| input.dtype.size()).sum::<usize>();
    let shares = cost::direct_shares(&program.instructions[0], moved, count);
    let grain = (count / shares / UNIT + 1) * UNIT;
    pool::parallel_ranges(count, if shares == 1 { count } else { grain }, &body);
    true
}

/// Whether a tensor's elements lie in C order without gaps.
fn is_run(tensor: &Tensor) -> bool {
    let mut step = 1;
    for (&length, &stride) in tensor.shape.iter().zip(&tensor.strides).rev() {
        if length != 1 && stride != step {
            return false;
        }
        step *= length;
    }
    true
}
