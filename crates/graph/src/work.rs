//! Work that is not a map: folds (with the elementwise work before them in one program), whole kernels, and the traffic
//! between host and device. Called by `array`.

use std::sync::Arc;

use base::{DType, Error, Result, Scalar, View};
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::engine::{LOCK, check_capacity, force, prepare, run_stores, tensor};
use crate::fuse::Builder;
use crate::kernel::{Kernel, Tensor};
use crate::node::{Node, Operand, Source, Storage};
use crate::program::Action;
use crate::write::{allowance, before_write, force_readers};

/// Uninitialised elements on a device.
pub fn allocate(dtype: DType, count: i64, device: DeviceRef) -> Result<Arc<Node>> {
    check_capacity(dtype, count, device)?;
    Node::allocate(dtype, count, device)
}

/// Folds `source` (of `shape`, converted to `compute`) over the `reduced` axes. The result is C-contiguous over the kept
/// axes. No reduced axis may have length 0.
pub fn reduce(
    action: Action,
    compute: DType,
    source: &Source,
    shape: &[i64],
    reduced: &[bool],
    device: DeviceRef,
    ephemeral: bool,
) -> Result<Arc<Node>> {
    let _guard = LOCK.lock();
    let kept: SmallVec<[i64; 4]> =
        shape.iter().zip(reduced).filter(|(_, reduced)| !**reduced).map(|(&length, _)| length).collect();
    let dtype = match action {
        Action::ArgMax | Action::ArgMin => DType::I64,
        _ => compute,
    };
    let out = View::contiguous(&kept);
    let storage = Storage::allocate(dtype, out.size(), device)?;
    if out.size() == 0 {
        return Ok(Node::ready(storage, dtype, device));
    }
    if let Source::Operand(operand) = source {
        prepare(operand, shape)?;
    }
    let mut builder = Builder::new(shape);
    let value = builder.source(source);
    let value = builder.cast(value, compute);
    builder.output(value, action);
    let mut strides = out.strides.iter();
    let over_shape =
        reduced.iter().map(|&reduced| if reduced { 0 } else { *strides.next().unwrap_or(&0) }).collect();
    let target = Tensor {
        data: storage.data.as_ptr(),
        offset: 0,
        dtype,
        shape: builder.shape.clone(),
        strides: over_shape,
    };
    let allowance = allowance(source, ephemeral);
    run_stores(builder, device, None, allowance, &[target], SmallVec::from_slice(reduced), false)?;
    Ok(Node::ready(storage, dtype, device))
}

/// Runs a kernel (not a program). Inputs are forced, outputs made ready to be written; no output may share memory with
/// an input.
pub fn run(kernel: &Kernel, inputs: &[Operand], outputs: &[Operand]) -> Result<()> {
    let _guard = LOCK.lock();
    for input in inputs {
        force(&input.node)?;
    }
    for output in outputs {
        before_write(output, None)?;
        output.node.bump_version();
        if inputs.iter().any(|input| Arc::ptr_eq(&input.node, &output.node)) {
            return Err(Error::runtime(format!("{}: an output shares memory with an input", kernel.name())));
        }
    }
    let tensors =
        |operands: &[Operand]| operands.iter().map(tensor).collect::<Result<SmallVec<[Tensor; 4]>>>();
    let (inputs, tensors_out) = (tensors(inputs)?, tensors(outputs)?);
    let Some(device) = outputs.first().map(|output| output.node.device()) else { return Ok(()) };
    // SAFETY: `tensor` checked that every view lies inside its live storage; outputs share no memory with inputs.
    unsafe { device.backend.run(kernel, &inputs, &tensors_out) }
}

/// [`Kernel::Gather`] (source, offsets -> rows) or [`Kernel::Scatter`] (rows, offsets -> destination). The indexed
/// operand's view holds the inner axes at the origin; the caller checked that every offset, plus the inner axes, lies
/// inside the view it was computed from.
pub fn run_indexed(
    kernel: &Kernel,
    source: &Operand,
    offsets: &Operand,
    destination: &Operand,
) -> Result<()> {
    let _guard = LOCK.lock();
    let (indexed, rows) = match kernel {
        Kernel::Scatter { .. } => (destination, source),
        _ => (source, destination),
    };
    force(&offsets.node)?;
    force(&source.node)?;
    before_write(destination, None)?;
    destination.node.bump_version();
    let copied;
    let rows = if Arc::ptr_eq(&rows.node, &indexed.node) {
        copied = fresh_copy(rows)?;
        &copied
    } else {
        rows
    };
    let Some((data, bytes)) = indexed.node.memory() else { return Err(Error::runtime("no memory to index")) };
    check_offsets(indexed, offsets, bytes)?;
    let origin = Tensor {
        data: data.as_ptr(),
        offset: 0,
        dtype: indexed.dtype,
        shape: indexed.view.shape.clone(),
        strides: indexed.view.strides.clone(),
    };
    let (rows, offsets) = (tensor(rows)?, tensor(offsets)?);
    let backend = destination.node.device().backend;
    // SAFETY: rows and offsets were checked by `tensor`; `check_offsets` proved that every offset plus every inner
    // position lies inside the storage; rows share no memory with the indexed storage.
    unsafe {
        match kernel {
            Kernel::Scatter { .. } => backend.run(kernel, &[rows, offsets], &[origin]),
            _ => backend.run(kernel, &[origin, offsets], &[rows]),
        }
    }
}

fn fresh_copy(operand: &Operand) -> Result<Operand> {
    let shape = operand.view.shape.clone();
    let mut sources = crate::node::Sources::new();
    sources.push(Source::Operand(operand.clone()));
    let node = crate::engine::map(None, operand.dtype, &shape, sources, operand.node.device())?;
    force(&node)?;
    Ok(Operand::new(node, View::contiguous(&shape), operand.dtype))
}

/// Proves that offsets (already in memory) reach only elements of the storage. On a device that the host cannot read,
/// the caller's own bounds check of the indices stands for this.
fn check_offsets(indexed: &Operand, offsets: &Operand, bytes: usize) -> Result<()> {
    let Some((low, high)) = indexed.view.bounds() else { return Ok(()) };
    if !offsets.node.device().is_host {
        return Ok(());
    }
    let count = offsets.view.size() as usize;
    let address = tensor(offsets)?.data.cast::<i64>();
    if !offsets.view.is_contiguous() || offsets.dtype != DType::I64 {
        return Err(Error::runtime("offsets must be contiguous int64"));
    }
    // SAFETY: `tensor` checked that `count` contiguous int64 elements lie inside the live storage.
    let values = unsafe { std::slice::from_raw_parts(address, count) };
    let (least, greatest) = values.iter().fold((i64::MAX, i64::MIN), |(a, b), &v| (a.min(v), b.max(v)));
    let elements = (bytes / indexed.dtype.size()) as i64;
    if count > 0 && (least.saturating_add(low) < 0 || greatest.saturating_add(high) >= elements) {
        return Err(Error::index("an index reaches outside the array"));
    }
    Ok(())
}

/// A device copy of host bytes, `bytes.len() / dtype.size()` elements.
pub fn from_bytes(dtype: DType, bytes: &[u8], device: DeviceRef) -> Result<Arc<Node>> {
    let count = (bytes.len() / dtype.size()) as i64;
    let storage = Storage::allocate(dtype, count, device)?;
    if !bytes.is_empty() {
        // SAFETY: the fresh storage holds at least count * size <= bytes.len() bytes and overlaps nothing.
        unsafe {
            device.backend.upload(storage.data.as_ptr(), bytes.as_ptr(), count as usize * dtype.size())?
        };
    }
    Ok(Node::ready(storage, dtype, device))
}

/// `count` elements whose bytes `fill` writes, straight into the memory that keeps them where the host can reach it.
///
/// # Errors
/// Memory; and those of `fill`, as they are.
pub fn filled<E: From<Error>>(
    dtype: DType,
    count: i64,
    device: DeviceRef,
    fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
) -> Result<Arc<Node>, E> {
    check_capacity(dtype, count, device)?;
    if !device.is_host {
        let mut bytes = vec![0; count as usize * dtype.size()];
        fill(&mut bytes)?;
        return Ok(from_bytes(dtype, &bytes, device)?);
    }
    let storage = Storage::allocate(dtype, count, device)?;
    let bytes = count as usize * dtype.size();
    if bytes > 0 {
        // SAFETY: the fresh storage holds that many bytes, and nobody else knows it yet. Bytes that were never written
        // hold whatever the allocator left, which is a number like any other (as in `empty`).
        fill(unsafe { std::slice::from_raw_parts_mut(storage.data.as_ptr(), bytes) })?;
    } else {
        fill(&mut [])?;
    }
    Ok(Node::ready(storage, dtype, device))
}

/// Shows the bytes of a contiguous operand's elements to `look`: where they lie, if the host can reach them, else a copy.
/// Who writes into the array meanwhile changes what `look` sees, as with any reader.
///
/// # Errors
/// Runtime: the operand is not contiguous; and those of computing it, and of `look`.
pub fn look<T, E: From<Error>>(operand: &Operand, look: impl FnOnce(&[u8]) -> Result<T, E>) -> Result<T, E> {
    if operand.view.size() == 0 {
        return look(&[]);
    }
    if !operand.node.device().is_host {
        return look(&to_bytes(operand)?);
    }
    force(&operand.node)?;
    if !operand.view.is_contiguous() {
        return Err(Error::runtime("only contiguous elements can be read as bytes; copy first").into());
    }
    let from = tensor(operand)?;
    let bytes = operand.view.size() as usize * operand.dtype.size();
    // SAFETY: `tensor` checked that the elements lie inside the storage, which the operand keeps alive.
    look(unsafe { std::slice::from_raw_parts(from.data, bytes) })
}

/// The bytes of a contiguous operand's elements, on the host.
pub fn to_bytes(operand: &Operand) -> Result<Vec<u8>> {
    force(&operand.node)?;
    if !operand.view.is_contiguous() {
        return Err(Error::runtime("only contiguous elements can be read as bytes; copy first"));
    }
    let bytes = operand.view.size() as usize * operand.dtype.size();
    let mut out = vec![0u8; bytes];
    if bytes > 0 {
        let from = tensor(operand)?;
        // SAFETY: `tensor` checked that the elements lie inside the storage, and `out` has room for them.
        unsafe { operand.node.device().backend.download(out.as_mut_ptr(), from.data, bytes)? };
    }
    Ok(out)
}

/// The element that a view's offset points at.
pub fn element(operand: &Operand) -> Result<Scalar> {
    element_at(operand, operand.view.offset)
}

/// The element at an offset of the operand's storage, in elements.
pub fn element_at(operand: &Operand, offset: i64) -> Result<Scalar> {
    force(&operand.node)?;
    let mut bytes = [0u8; 16];
    let size = operand.dtype.size();
    let Some((data, length)) = operand.node.memory() else {
        return Err(Error::runtime("no memory to read from"));
    };
    let start = usize::try_from(offset).ok().and_then(|offset| offset.checked_mul(size));
    let Some(start) = start.filter(|start| start + size <= length) else {
        return Err(Error::index(format!("element {offset} of a storage of {length} bytes")));
    };
    let device = operand.node.device();
    // SAFETY: start + size <= length, as just checked; `bytes` has room for any element.
    unsafe {
        let from = data.as_ptr().add(start);
        if device.is_host {
            std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), size);
        } else {
            device.backend.download(bytes.as_mut_ptr(), from, size)?;
        }
    }
    Ok(Scalar::from_bytes(operand.dtype, &bytes))
}

/// Address of an operand's first element, after forcing: for zero-copy readers on the host.
pub fn host_address(operand: &Operand) -> Result<*mut u8> {
    force(&operand.node)?;
    if !operand.node.device().is_host {
        return Err(Error::runtime(format!(
            "the array lives on {}; copy it to the host first",
            operand.node.device().id
        )));
    }
    Ok(tensor(operand)?.data)
}

/// Before a foreign writer gets hold of the memory and may or may not write (a NumPy view of it): pending readers run,
/// but nothing counts as written yet, so that autograd's saved values stay valid.
pub fn serve_readers(operand: &Operand) -> Result<()> {
    let _guard = LOCK.lock();
    force(&operand.node)?;
    force_readers(operand, None)
}

/// Before a foreign writer gets hold of the memory (a NumPy view of it, say): pending readers run, and the version moves
/// on. Call `Node::add_export` as long as the writer may write, so that later readers do not wait.
pub fn prepare_write(operand: &Operand) -> Result<()> {
    let _guard = LOCK.lock();
    before_write(operand, None)?;
    operand.node.bump_version();
    Ok(())
}
