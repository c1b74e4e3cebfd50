//! Work done at once: results of at most one tile, or everything when laziness is off. A one-instruction program
//! through the same loops as fused work, hence the same bits; small contiguous operands skip the program altogether.

use std::mem::MaybeUninit;
use std::sync::Arc;

use base::{DType, Op, Result, STILL_BYTES, Scalar, View, still};
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::engine::{EAGER_LIMIT, force, launch};
use crate::few;
use crate::fuse::Builder;
use crate::kernel::Tensor;
use crate::node::{Node, Operand, Source, Storage};
use crate::program::Action;
use crate::publish::Published;

/// Writes of one number take the shortest road up to this many elements.
const NUMBER_LIMIT: i64 = 64;
/// Bytes of stack per operand that is gathered or spread.
const SCRATCH_BYTES: usize = 4096;
/// Folds of at most this many elements run one after the other, without a program.
const FOLD_LIMIT: i64 = 64;

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
    if op.is_none()
        && let [Source::Operand(operand)] = sources
        && let Some(copied) = few::converted(operand, compute)
    {
        return copied;
    }
    if op.is_none()
        && let [Source::Position(view)] = sources
        && let Some(numbers) = few::positions(view, compute, device)
    {
        return numbers;
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
    let output = Tensor {
        data: storage.data.as_ptr(),
        offset: 0,
        dtype,
        shape: view.shape.clone(),
        strides: view.strides,
    };
    let reduced = SmallVec::from_elem(false, shape.len());
    launch(&builder, reduced, &[output], device)?;
    Ok(Node::ready(storage, dtype, device))
}

/// The shortest road, for what small programs do most: one operator over host operands of the dtype it computes in, and
/// numbers. The result has `count` elements in C order; `None` where the general road must be taken.
#[inline]
pub fn small(
    op: &'static Op,
    compute: DType,
    operands: [Small<'_>; 2],
    count: i64,
) -> Option<Result<Arc<Node>>> {
    if count > EAGER_LIMIT || count == 0 {
        return None;
    }
    let code = (op.loops)(compute)?;
    let mut scratch = [Scratch::new(), Scratch::new()];
    let mut sources = [std::ptr::null::<u8>(); 3];
    let mut device = None;
    let mut numbers = 0;
    let dtype = op.kind.result(compute);
    let mut fresh = None;
    for (index, operand) in operands.into_iter().enumerate() {
        match operand {
            Small::Operand(operand, view) => {
                let size = compute.size();
                device = Some(operand.node.device());
                sources[index] = if view.is_contiguous() {
                    readable_run(operand, view, count, compute)?
                } else if count as usize * size <= SCRATCH_BYTES {
                    let address = readable(operand, view, compute)?;
                    // SAFETY: `readable` checked that the view lies inside the live storage, and the scratch has room.
                    unsafe { gather(address, view, size, scratch[index].address()) };
                    scratch[index].address()
                } else if fresh.is_none() && dtype.size() == size {
                    // the result's memory holds the operand meanwhile: a loop may write what it reads
                    let address = readable(operand, view, compute)?;
                    let storage = match Storage::allocate(dtype, count, operand.node.device()) {
                        Ok(storage) => fresh.insert(storage),
                        Err(error) => return Some(Err(error)),
                    };
                    // SAFETY: as above; the fresh storage has room for as many elements of that size.
                    unsafe { gather(address, view, size, storage.data.as_ptr()) };
                    storage.data.as_ptr()
                } else {
                    return None;
                };
            }
            Small::Scalar(value) => {
                let spread = scratch[index].address();
                splat(value.cast(compute), spread, count as usize);
                sources[index] = spread;
                numbers |= still(index);
            }
            Small::Nothing => {}
        }
    }
    let device = device?;
    let storage = match fresh.map_or_else(|| Storage::allocate(dtype, count, device), Ok) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    // SAFETY: `count` elements lie inside every operand and the fresh result; numbers are spread over a whole block, or
    // over all elements where they are fewer; a fresh result overlaps nothing, but for an operand that it holds itself.
    unsafe { code(count as usize | numbers, storage.data.as_ptr(), sources) };
    Some(Ok(Node::ready(storage, dtype, device)))
}

/// An operand of [`small`]; its view has the result's shape (broadcast axes have stride 0).
#[derive(Clone, Copy, Debug)]
pub enum Small<'a> {
    Operand(&'a Operand, &'a View),
    Scalar(Scalar),
    Nothing,
}

/// Elements on the stack: operands that are gathered, numbers that are spread.
struct Scratch([MaybeUninit<u128>; SCRATCH_BYTES / 16]);

impl Scratch {
    #[inline]
    fn new() -> Scratch {
        Scratch([MaybeUninit::uninit(); SCRATCH_BYTES / 16])
    }

    #[inline]
    fn address(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// Address of the view's first element, if the operand is ready, on the host, of this dtype and inside its storage.
#[inline]
pub(crate) fn readable(operand: &Operand, view: &View, dtype: DType) -> Option<*const u8> {
    let storage = operand.node.storage.get()?;
    let size = dtype.size();
    let (low, high) = view.bounds()?;
    let inside = low >= 0 && (high as usize + 1) * size <= storage.bytes;
    if operand.dtype != dtype || !inside || !operand.node.device().is_host {
        return None;
    }
    Some(storage.data.as_ptr().wrapping_add(view.offset as usize * size))
}

/// [`readable`] for a contiguous view of `count` > 0 elements.
#[inline]
fn readable_run(operand: &Operand, view: &View, count: i64, dtype: DType) -> Option<*const u8> {
    let storage = operand.node.storage.get()?;
    let size = dtype.size();
    let end = view.offset.checked_add(count)?;
    let inside = view.offset >= 0 && end as usize * size <= storage.bytes;
    if operand.dtype != dtype || !inside || !operand.node.device().is_host {
        return None;
    }
    Some(storage.data.as_ptr().wrapping_add(view.offset as usize * size))
}

/// Copies a view's elements to contiguous memory in C order.
///
/// # Safety
/// Every element of the view, seen from `address` (its first), is readable; `to` has room for all of them.
unsafe fn gather(address: *const u8, view: &View, size: usize, mut to: *mut u8) {
    let ndim = view.ndim();
    let (inner, step) = match ndim {
        0 => (1, 0),
        _ => (view.shape[ndim - 1], view.strides[ndim - 1]),
    };
    let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, ndim.saturating_sub(1));
    loop {
        let start: i64 = index.iter().zip(&view.strides).map(|(at, stride)| at * stride).sum();
        for k in 0..inner {
            let from = address.wrapping_offset(((start + k * step) * size as i64) as isize);
            // SAFETY: promised by the caller; one element of `size` bytes each.
            unsafe {
                match size {
                    4 => to.cast::<[u8; 4]>().write(from.cast::<[u8; 4]>().read()),
                    8 => to.cast::<[u8; 8]>().write(from.cast::<[u8; 8]>().read()),
                    _ => to.copy_from_nonoverlapping(from, size),
                }
                to = to.add(size);
            }
        }
        let mut axis = index.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < view.shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

/// Spreads a number over a block, or over `count` elements where they are fewer.
fn splat(value: Scalar, to: *mut u8, count: usize) {
    let (bytes, size) = (value.to_bytes(), value.dtype().size());
    for index in 0..count.min(STILL_BYTES / size) {
        // SAFETY: callers give room for a block.
        unsafe { to.add(index * size).copy_from_nonoverlapping(bytes.as_ptr(), size) };
    }
}

/// Folds all elements of a small contiguous host operand one after the other, in the operand's dtype.
pub fn fold(op: &'static Op, operand: &Operand) -> Option<Result<Arc<Node>>> {
    let (count, dtype) = (operand.view.size(), operand.dtype);
    if !(1..=FOLD_LIMIT).contains(&count) || !operand.view.is_contiguous() {
        return None;
    }
    let scan = (op.scan)(dtype)?;
    let first = readable(operand, &operand.view, dtype)?;
    let device = operand.node.device();
    let storage = match Storage::allocate(dtype, 1, device) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    let (out, size) = (storage.data.as_ptr(), dtype.size());
    let mut carry = [0u128; 1];
    let identity = op.identity.map(|value| Scalar::F64(value).cast(dtype).to_bytes());
    // SAFETY: `readable` checked that `count` contiguous elements are live; the fresh result holds one element, written
    // again and again with step 0; the carry has room for any element and overlaps nothing.
    unsafe {
        let carry = carry.as_mut_ptr().cast::<u8>();
        match identity {
            Some(bytes) => {
                carry.copy_from_nonoverlapping(bytes.as_ptr(), size);
                scan(count as usize, out, 0, first, 1, carry);
            }
            None => {
                carry.copy_from_nonoverlapping(first, size);
                out.copy_from_nonoverlapping(first, size);
                scan(count as usize - 1, out, 0, first.add(size), 1, carry);
            }
        }
    }
    Some(Ok(Node::ready(storage, dtype, device)))
}

/// Writes one number into a few elements (`view`) of an operand's memory, if it is ready host memory that no pending work reads; `false` where the general road
/// must be taken.
pub fn write_number(destination: &Operand, view: &View, value: Scalar) -> bool {
    let node = &destination.node;
    let (count, size) = (view.size(), destination.dtype.size());
    if count > NUMBER_LIMIT || !node.is_writable() || !node.readers.lock().is_empty() {
        return false;
    }
    if count == 0 {
        return node.is_ready();
    }
    let Some(first) = readable(destination, view, value.dtype()) else { return false };
    let bytes = value.to_bytes();
    node.bump_version();
    let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, view.ndim());
    for _ in 0..count {
        let at: i64 = index.iter().zip(&view.strides).map(|(at, stride)| at * stride).sum();
        // SAFETY: `readable` checked that every element of the view lies inside the live storage, whose owner allows
        // writing.
        unsafe {
            let to = first.wrapping_offset((at * size as i64) as isize).cast_mut();
            to.copy_from_nonoverlapping(bytes.as_ptr(), size);
        }
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < view.shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    true
}

/// A small host array of one number.
pub fn fill(value: Scalar, count: i64, device: DeviceRef) -> Option<Result<Arc<Node>>> {
    if count > EAGER_LIMIT || !device.is_host {
        return None;
    }
    let dtype = value.dtype();
    let storage = match Storage::allocate(dtype, count, device) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    let (bytes, size) = (value.to_bytes(), dtype.size());
    for index in 0..count as usize {
        // SAFETY: the fresh storage holds `count` elements of `size` <= 16 bytes.
        unsafe { storage.data.as_ptr().add(index * size).copy_from_nonoverlapping(bytes.as_ptr(), size) };
    }
    Some(Ok(Node::ready(storage, dtype, device)))
}

impl Node {
    pub(crate) fn ready(storage: Storage, dtype: DType, device: DeviceRef) -> Arc<Node> {
        Arc::new(Node::with(Published::full(storage), None, dtype, device))
    }
}
