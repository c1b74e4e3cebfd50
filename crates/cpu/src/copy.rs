//! Copies whose rows are runs of memory on both sides: `Kernel::Copy`, and programs that compute nothing. They need
//! neither tiles nor registers, and all parts of one kernel are shared among the threads at once. What does not lie so,
//! and what is better written past the caches, the tile machine copies. Knows element sizes, not what elements mean.

use base::{Dims, Result, view};
use graph::program::{Input, Output};
use graph::{Action, Program, Tensor};
use smallvec::SmallVec;

use crate::gather::operands;
use crate::pool;
use crate::rows::Shared;
use crate::vm::{cost, map};

/// Shorter rows cost more to find than to copy.
const SHORTEST_ROW: usize = 128;
/// Runs up to this size are left to `memcpy`; the string instructions that it takes for longer ones are slow on some
/// processors, depending on the last bits of both addresses.
const MEMCPY_BYTES: usize = 2048;
/// Bytes between the cuts that threads share.
const UNIT: i64 = 1024;

/// A box of rows.
struct Part {
    from: Shared,
    to: Shared,
    /// Axes of the rows, and steps in bytes along them.
    lengths: Dims,
    from_steps: Dims,
    to_steps: Dims,
    /// Bytes of a row.
    row: usize,
    /// Bytes of the parts before this one, and those up to its end.
    begin: usize,
    end: usize,
}

impl Part {
    /// The part behind `begin` bytes of others; `None` if its rows are no runs.
    fn of(input: &Tensor, output: &Tensor, begin: usize) -> Option<Part> {
        let size = output.dtype.size();
        let mut lengths = Dims::from_slice(&output.shape);
        let mut steps = [Dims::from_slice(&input.strides), Dims::from_slice(&output.strides)];
        view::collapse(&mut lengths, &mut steps);
        let [mut from_steps, mut to_steps] = steps;
        let mut row = size;
        if let Some(length) = lengths.pop() {
            if (from_steps.pop(), to_steps.pop()) != (Some(1), Some(1)) {
                return None;
            }
            row *= length as usize;
        }
        if row == 0 || (!lengths.is_empty() && row < SHORTEST_ROW) {
            return None;
        }
        for step in from_steps.iter_mut().chain(&mut to_steps) {
            *step *= size as i64;
        }
        let bytes = row * lengths.iter().product::<i64>() as usize;
        let (from, to) = (Shared::new(input.data), Shared::new(output.data));
        Some(Part { from, to, lengths, from_steps, to_steps, row, begin, end: begin + bytes })
    }

    /// Copies bytes `begin..end` of the box in C order.
    ///
    /// # Safety
    /// All rows lie in valid memory, which does not overlap; no other thread writes these bytes.
    unsafe fn copy(&self, begin: usize, end: usize) {
        let axes = self.lengths.len();
        let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, axes);
        let (mut from, mut to) = (0i64, 0i64);
        let mut number = (begin / self.row) as i64;
        for axis in (0..axes).rev() {
            index[axis] = number % self.lengths[axis];
            number /= self.lengths[axis];
            from += index[axis] * self.from_steps[axis];
            to += index[axis] * self.to_steps[axis];
        }
        let (mut skip, mut left) = (begin % self.row, end - begin);
        while left > 0 {
            let bytes = (self.row - skip).min(left);
            // SAFETY: inside a row on both sides.
            unsafe { copy_run(self.to.at(to, 1).add(skip), self.from.at(from, 1).add(skip), bytes) };
            (skip, left) = (0, left - bytes);
            for axis in (0..axes).rev() {
                index[axis] += 1;
                from += self.from_steps[axis];
                to += self.to_steps[axis];
                if index[axis] < self.lengths[axis] {
                    break;
                }
                index[axis] = 0;
                from -= self.lengths[axis] * self.from_steps[axis];
                to -= self.lengths[axis] * self.to_steps[axis];
            }
        }
    }
}

/// # Safety
/// Both runs are valid and do not overlap.
#[inline]
unsafe fn copy_run(to: *mut u8, from: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        type Block = [std::arch::x86_64::__m256i; 4];
        #[target_feature(enable = "avx2")]
        unsafe fn blocks(to: *mut Block, from: *const Block, count: usize) {
            for at in 0..count {
                // SAFETY: promised by the caller.
                unsafe { to.add(at).write_unaligned(from.add(at).read_unaligned()) };
            }
        }
        if bytes > MEMCPY_BYTES && lanes::level() >= lanes::Level::Avx2 {
            let whole = bytes / size_of::<Block>();
            let done = whole * size_of::<Block>();
            // SAFETY: whole blocks inside the runs, and what is behind them.
            unsafe {
                blocks(to.cast(), from.cast(), whole);
                to.add(done).copy_from_nonoverlapping(from.add(done), bytes - done);
            }
            return;
        }
    }
    // SAFETY: promised by the caller.
    unsafe { to.copy_from_nonoverlapping(from, bytes) }
}

/// Copies parts, one behind the other.
///
/// # Safety
/// As for `Device::run`.
unsafe fn copy_parts(parts: &[Part]) {
    let total = parts.last().map_or(0, |last| last.end) as i64;
    let shares = cost::copying_shares(total);
    let grain = if shares == 1 { total } else { (total / shares / UNIT + 1) * UNIT };
    pool::parallel_ranges(total, grain, &|begin, end| {
        let (begin, end) = (begin as usize, end as usize);
        let first = parts.partition_point(|part| part.end <= begin);
        for part in parts[first..].iter().take_while(|part| part.begin < end) {
            let (from, to) = (begin.max(part.begin), end.min(part.end));
            // SAFETY: the parts are valid, and ranges of their bytes are one thread's.
            unsafe { part.copy(from - part.begin, to - part.begin) };
        }
    });
}

/// Runs a program that copies one operand into another, if it is such a case; says whether it was. Outputs beyond
/// `most_bytes` are left to the tile machine.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn copied(
    program: &Program,
    inputs: &[Tensor],
    outputs: &[Tensor],
    most_bytes: i64,
) -> bool {
    let ([Input::Memory(from)], [], [], [output], [input], [target]) = (
        &program.inputs[..],
        &program.scalars[..],
        &program.instructions[..],
        &program.outputs[..],
        inputs,
        outputs,
    ) else {
        return false;
    };
    if output.action != Action::Store || *from != target.dtype || input.data == target.data {
        return false;
    }
    let Some(part) = Part::of(input, target, 0).filter(|part| part.end as i64 <= most_bytes) else {
        return false;
    };
    // SAFETY: promised by the caller; operands that are not walked alike do not overlap.
    unsafe { copy_parts(&[part]) };
    true
}

/// Copies every input to the output beside it.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn copy(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    if inputs.len() != outputs.len() {
        return Err(operands("copy"));
    }
    let bytes = |output: &Tensor| output.shape.iter().product::<i64>() * output.dtype.size() as i64;
    let is_large = outputs.iter().map(bytes).sum::<i64>() > map::STREAM_BYTES;
    let mut parts: SmallVec<[Part; 4]> = SmallVec::new();
    for (input, output) in inputs.iter().zip(outputs) {
        let begin = parts.last().map_or(0, |last| last.end);
        match Part::of(input, output, begin).filter(|_| !is_large) {
            Some(part) => parts.push(part),
            None => {
                let program = Program {
                    inputs: vec![Input::Memory(output.dtype)],
                    outputs: vec![Output { slot: 0, action: Action::Store }],
                    ..Program::default()
                };
                let (input, output) = (std::slice::from_ref(input), std::slice::from_ref(output));
                // SAFETY: promised by the caller.
                unsafe { map::map(&program, &[], &output[0].shape, input, output)? };
            }
        }
    }
    // SAFETY: promised by the caller.
    unsafe { copy_parts(&parts) };
    Ok(())
}
