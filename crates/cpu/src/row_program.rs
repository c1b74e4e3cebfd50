//! Row programs: all stages over one block of rows, then over the next, so that what passes from stage to stage stays in
//! the second-level cache. A stage runs on the machines of maps and folds; bits do not depend on the blocks, because
//! every row is folded by itself. Called by the device.

use std::sync::{Mutex, PoisonError};

use base::{Dims, Result, Scalar, view};
use graph::kernel::{Launch, RowLaunch, Wire};
use graph::{Program, Tensor};
use smallvec::SmallVec;

use crate::pool;
use crate::reduce;
use crate::reduce::straight::Straight;
use crate::scratch::Scratch;
use crate::vm::space::Space;
use crate::vm::{cost, map};

/// Bytes of a block's temporaries and operands, at most: half of a usual second-level cache.
const BLOCK_BYTES: i64 = 256 * 1024;
/// Picoseconds per element of an instruction, and of moving a value: rough, for the choice of threads only.
const STEP_COST: u64 = 200;

/// Runs a row program.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn run(launch: &RowLaunch, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    // SAFETY: promised by the caller.
    let straight: Vec<Straight> = inputs.iter().map(|input| unsafe { Straight::new(input) }).collect();
    let inputs: Vec<Tensor> = straight.iter().map(|one| one.tensor.clone()).collect();
    let rows = Rows::new(launch, &inputs, outputs);
    let failure = Mutex::new(None);
    let grain = cost::grain(rows.blocks(), rows.cost());
    pool::parallel_ranges(rows.blocks(), grain, &|begin, end| {
        // SAFETY: promised by the caller; the rows of these blocks are this thread's.
        if let Err(error) = unsafe { rows.run(begin, end) } {
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// The stages, prepared for a block.
struct Block {
    count: i64,
    /// Where the block begins in each tensor.
    offsets: SmallVec<[i64; 8]>,
    work: Vec<Work>,
}

/// A prepared stage; `None` where it has nothing to do.
enum Work {
    Map(Option<map::Prepared>),
    Fold(Option<reduce::Prepared>),
}

impl Work {
    /// # Safety
    /// As for `Device::run`.
    unsafe fn run(&self, scalars: &[Scalar]) {
        // SAFETY: promised by the caller.
        unsafe {
            match self {
                Work::Map(Some(prepared)) => prepared.run(scalars),
                Work::Fold(Some(prepared)) => prepared.run(scalars),
                _ => {}
            }
        }
    }

    fn space(&mut self) -> Option<&mut Space> {
        match self {
            Work::Map(prepared) => prepared.as_mut().map(|prepared| &mut prepared.space),
            Work::Fold(prepared) => prepared.as_mut().map(|prepared| &mut prepared.space),
        }
    }
}

impl Block {
    /// Moves all stages to a block of as many rows at other offsets.
    fn shift(&mut self, launch: &RowLaunch, inputs: usize, offsets: &[i64]) {
        for (stage, work) in launch.stages.iter().zip(&mut self.work) {
            let Some(space) = work.space() else { continue };
            for (index, wire) in stage.inputs.iter().chain(&stage.outputs).enumerate() {
                let tensor = match wire {
                    Wire::Input(number) => *number,
                    Wire::Output(number) => inputs + number,
                    Wire::Temporary(_) => continue,
                };
                space.shift(index, offsets[tensor] - self.offsets[tensor]);
            }
        }
        self.offsets.copy_from_slice(offsets);
    }
}

/// The kernel with its kept axes brought down to as few as all tensors allow.
struct Rows<'a> {
    launch: &'a RowLaunch,
    /// Inputs, then outputs.
    tensors: Vec<&'a Tensor>,
    inputs: usize,
    /// Kept axes; the last one is cut into blocks.
    kept: Dims,
    /// Strides of each tensor over them.
    strides: Vec<Dims>,
    /// Lengths of the folded axes.
    folded: Dims,
    /// Rows of a block.
    block: i64,
    /// Where each temporary begins, in bytes.
    starts: Vec<usize>,
}

// SAFETY: the caller of the kernel lets all threads use the tensors' addresses; different blocks write different rows.
unsafe impl Sync for Rows<'_> {}

impl<'a> Rows<'a> {
    fn new(launch: &'a RowLaunch, inputs: &'a [Tensor], outputs: &'a [Tensor]) -> Rows<'a> {
        let tensors: Vec<&Tensor> = inputs.iter().chain(outputs).collect();
        let mut kept = Dims::from_slice(&launch.shape[..launch.kept]);
        let mut strides: Vec<Dims> =
            tensors.iter().map(|tensor| Dims::from_slice(&tensor.strides[..launch.kept])).collect();
        view::collapse(&mut kept, &mut strides);
        if kept.is_empty() {
            kept.push(1);
            strides.iter_mut().for_each(|strides| strides.push(0));
        }
        let folded = Dims::from_slice(&launch.shape[launch.kept..]);
        let length: i64 = folded.iter().product();
        let sizes = launch.temporaries.iter().filter(|one| one.wide).map(|one| one.dtype.size());
        let wide = |tensor: &&&Tensor| tensor.strides[launch.kept..].iter().any(|&stride| stride != 0);
        let all = sizes.chain(tensors.iter().filter(wide).map(|tensor| tensor.dtype.size()));
        let row_bytes = length * all.sum::<usize>() as i64;
        let block = (BLOCK_BYTES / row_bytes.max(1)).clamp(1, kept[kept.len() - 1]);
        let mut rows =
            Rows { launch, tensors, inputs: inputs.len(), kept, strides, folded, block, starts: Vec::new() };
        rows.lay_out();
        rows
    }

    fn length(&self) -> i64 {
        self.folded.iter().product()
    }

    /// Gives each temporary its place; the last entry is the end.
    fn lay_out(&mut self) {
        let mut at = 0;
        for temporary in &self.launch.temporaries {
            self.starts.push(at);
            let count = if temporary.wide { self.block * self.length() } else { self.block };
            // One line more: arrays at equal distances modulo 4096 would collide in the cache.
            at += (count as usize * temporary.dtype.size()).next_multiple_of(64) + 64;
        }
        self.starts.push(at);
    }

    fn temporary_bytes(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    fn blocks_along(&self) -> i64 {
        (self.kept[self.kept.len() - 1] - 1) / self.block + 1
    }

    fn blocks(&self) -> i64 {
        self.kept[..self.kept.len() - 1].iter().product::<i64>() * self.blocks_along()
    }

    /// Picoseconds of one block.
    fn cost(&self) -> u64 {
        let steps = |program: &Program| (program.instructions.len() + 1) as u64;
        let wide = self.launch.stages.iter().filter(|stage| stage.wide);
        wide.map(|stage| steps(&stage.program)).sum::<u64>() * STEP_COST * (self.block * self.length()) as u64
    }

    /// Offsets of every tensor at block `number`, and its rows.
    fn place(&self, number: i64) -> (SmallVec<[i64; 8]>, i64) {
        let last = self.kept.len() - 1;
        let start = number % self.blocks_along() * self.block;
        let mut index = Dims::from_elem(0, last + 1);
        index[last] = start;
        let mut outer = number / self.blocks_along();
        for axis in (0..last).rev() {
            index[axis] = outer % self.kept[axis];
            outer /= self.kept[axis];
        }
        let offset = |strides: &Dims| index.iter().zip(strides).map(|(at, stride)| at * stride).sum();
        (self.strides.iter().map(offset).collect(), self.block.min(self.kept[last] - start))
    }

    /// Runs blocks `begin` to `end - 1` on this thread.
    ///
    /// # Safety
    /// As for `Device::run`; no other thread works on these rows.
    unsafe fn run(&self, begin: i64, end: i64) -> Result<()> {
        let scratch = Scratch::new::<u8>(self.temporary_bytes());
        let mut prepared: Option<Block> = None;
        for number in begin..end {
            let (offsets, count) = self.place(number);
            match &mut prepared {
                Some(block) if block.count == count => block.shift(self.launch, self.inputs, &offsets),
                _ => prepared = Some(self.prepare(&offsets, count, scratch.pointer())?),
            }
            if let Some(block) = &prepared {
                for (stage, work) in self.launch.stages.iter().zip(&block.work) {
                    // SAFETY: promised by the caller; the temporaries are this thread's.
                    unsafe { work.run(&stage.scalars) };
                }
            }
        }
        Ok(())
    }

    /// Lays all stages over one block.
    fn prepare(&self, offsets: &[i64], count: i64, scratch: *mut u8) -> Result<Block> {
        let mut block = Block { count, offsets: SmallVec::from_slice(offsets), work: Vec::new() };
        for stage in &self.launch.stages {
            let mut shape = Dims::from_slice(&[count]);
            if stage.wide {
                shape.extend_from_slice(&self.folded);
            }
            let tensors = |wires: &[Wire]| -> SmallVec<[Tensor; 4]> {
                wires.iter().map(|wire| self.tensor(*wire, &shape, offsets, count, scratch)).collect()
            };
            let (inputs, outputs) = (tensors(&stage.inputs), tensors(&stage.outputs));
            block.work.push(if stage.program.reduces() {
                let reduced = (0..shape.len()).map(|axis| axis > 0).collect();
                let scalars = stage.scalars.clone();
                let launch = Launch { program: stage.program.clone(), shape, reduced, scalars };
                Work::Fold(reduce::prepare(&launch, &inputs, &outputs)?)
            } else {
                Work::Map(map::prepare(&stage.program, &shape, &inputs, &outputs)?)
            });
        }
        Ok(block)
    }

    /// The block's part of what a wire leads to, over `shape`.
    fn tensor(&self, wire: Wire, shape: &[i64], offsets: &[i64], count: i64, scratch: *mut u8) -> Tensor {
        let number = match wire {
            Wire::Temporary(number) => return self.temporary(number, shape, count, scratch),
            Wire::Input(number) => number,
            Wire::Output(number) => self.inputs + number,
        };
        let tensor = self.tensors[number];
        let (mut data, mut offset) = (tensor.data, tensor.offset);
        if data.is_null() {
            offset += offsets[number];
        } else {
            data = data.wrapping_offset(offsets[number] as isize * tensor.dtype.size() as isize);
        }
        let row = &self.strides[number];
        let mut strides = Dims::from_slice(&[row[row.len() - 1]]);
        strides.extend_from_slice(&tensor.strides[self.launch.kept..]);
        strides.truncate(shape.len());
        Tensor { data, offset, dtype: tensor.dtype, shape: Dims::from_slice(shape), strides }
    }

    fn temporary(&self, number: usize, shape: &[i64], count: i64, scratch: *mut u8) -> Tensor {
        let temporary = self.launch.temporaries[number];
        let mut strides = if temporary.wide {
            base::shape::contiguous_strides(shape)
        } else {
            let mut strides = Dims::from_elem(0, shape.len());
            strides[0] = i64::from(count > 1);
            strides
        };
        strides.truncate(shape.len());
        Tensor {
            data: scratch.wrapping_add(self.starts[number]),
            offset: 0,
            dtype: temporary.dtype,
            shape: Dims::from_slice(shape),
            strides,
        }
    }
}
