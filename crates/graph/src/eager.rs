//! Work done at once: results of at most one tile, or everything when laziness is off. A one-instruction program
//! through the same loops as fused work, hence the same bits; small contiguous operands skip the program altogether.

use std::mem::MaybeUninit;
use std::sync::{Arc, OnceLock};

use base::{DType, Op, Result, Scalar, View};
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::engine::{EAGER_LIMIT, force, launch};
use crate::fuse::Builder;
use crate::kernel::Tensor;
use crate::node::{Node, Operand, Source, Storage};
use crate::program::Action;

/// Scalars are spread over this many elements before a loop reads them.
const BLOCK: usize = 64;

/// Computes `op` over `sources` now.
pub(crate) fn map(
    op: Option<&'static Op>,
    compute: DType,
    dtype: DType,
    shape: &[i64],
    sources: &[Source],
    device: DeviceRef,
) -> Result<Arc<Node>> {
    for source in sources {
        if let Source::Operand(operand) = source {
            force(&operand.node)?;
        }
    }
    let view = View::contiguous(shape);
    let mut builder = Builder::new(shape);
    let values: SmallVec<[_; 3]> = sources.iter().map(|source| builder.source(source)).collect();
    let value = match op {
        Some(op) => builder.apply(op, compute, &values),
        None => builder.cast(values[0], compute),
    };
    builder.output(value, Action::Store);
    let storage = Storage::allocate(dtype, view.size(), device)?;
    let output =
        Tensor { data: storage.data.as_ptr(), offset: 0, dtype, shape: view.shape.clone(), strides: view.strides };
    let reduced = SmallVec::from_elem(false, shape.len());
    launch(&builder, reduced, &[output], device)?;
    Ok(Node::ready(storage, dtype, device))
}

/// The shortest road, for what small programs do most: one operator over contiguous host operands of one shape and the
/// dtype it computes in, or such an operand and a scalar. `None` where the general road must be taken.
#[inline]
pub fn small(op: &'static Op, compute: DType, operands: [Small<'_>; 2], count: i64) -> Option<Result<Arc<Node>>> {
    if count > EAGER_LIMIT || count == 0 {
        return None;
    }
    let code = (op.loops)(compute)?;
    let mut spread = [MaybeUninit::<u128>::uninit(); BLOCK];
    let mut sources = [std::ptr::null::<u8>(); 3];
    let mut steps = [0usize; 3];
    let mut device = None;
    let mut scalar = false;
    for (index, operand) in operands.into_iter().enumerate() {
        match operand {
            Small::Operand(operand) => {
                let storage = operand.node.storage.get()?;
                let size = operand.dtype.size();
                let start = usize::try_from(operand.view.offset).ok()? * size;
                let contiguous = operand.dtype == compute && operand.view.is_contiguous();
                if !contiguous || !operand.node.device().is_host || start + count as usize * size > storage.bytes {
                    return None;
                }
                device = Some(operand.node.device());
                // SAFETY: start + count * size lies inside the storage, as just checked.
                sources[index] = unsafe { storage.data.as_ptr().add(start) };
                steps[index] = size;
            }
            Small::Scalar(value) => {
                splat(value.cast(compute), &mut spread, (count as usize).min(BLOCK));
                sources[index] = spread.as_ptr().cast();
                scalar = true;
            }
            Small::Nothing => {}
        }
    }
    let device = device?;
    let dtype = op.kind.result(compute);
    let storage = match Storage::allocate(dtype, count, device) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    let (count, out) = (count as usize, storage.data.as_ptr());
    let block = if scalar { BLOCK } else { count };
    let mut done = 0;
    while done < count {
        let now = block.min(count - done);
        // SAFETY: `now` elements from `done` lie inside every operand and the fresh result; scalars are spread over a
        // whole block; a fresh result overlaps nothing.
        unsafe {
            let at = |index: usize| sources[index].wrapping_add(done * steps[index]);
            code(now, out.add(done * dtype.size()), [at(0), at(1), at(2)]);
        }
        done += now;
    }
    Some(Ok(Node::ready(storage, dtype, device)))
}

/// An operand of [`small`].
#[derive(Clone, Copy, Debug)]
pub enum Small<'a> {
    Operand(&'a Operand),
    Scalar(Scalar),
    Nothing,
}

fn splat(value: Scalar, spread: &mut [MaybeUninit<u128>; BLOCK], count: usize) {
    let (bytes, size) = (value.to_bytes(), value.dtype().size());
    let room = spread.as_mut_ptr().cast::<u8>();
    for index in 0..count.min(BLOCK) {
        // SAFETY: the array holds BLOCK * 16 bytes; fewer than BLOCK elements of `size` <= 16 bytes come before.
        unsafe { room.add(index * size).copy_from_nonoverlapping(bytes.as_ptr(), size) };
    }
}

impl Node {
    pub(crate) fn ready(storage: Storage, dtype: DType, device: DeviceRef) -> Arc<Node> {
        Arc::new(Node::with(OnceLock::from(storage), None, dtype, device))
    }
}
