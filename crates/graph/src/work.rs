//! Work that is not a map: folds (with the elementwise work before them in one program), whole kernels, and the traffic
//! between host and device. Called by `array`.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use base::{DType, Dims, Error, Result, Scalar, View, interrupt};
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::engine::{self, LOCK, check_capacity, force, prepare, run_stores, tensor};
use crate::fuse::Builder;
use crate::kernel::{Along, Kernel, Tensor};
use crate::node::{Expression, Fold, Node, Operand, Source, Sources, Storage};
use crate::program::Action;
use crate::rows;
use crate::write::{allowance, before_write, force_readers};

/// Uninitialised elements on a device.
pub fn allocate(dtype: DType, count: i64, device: DeviceRef) -> Result<Arc<Node>> {
    check_capacity(dtype, count, device)?;
    Node::allocate(dtype, count, device)
}

/// Rows of at most this many elements are folded with what follows, in one pass; longer ones would not stay in a near
/// cache. Folding such rows never needs more than one block, so that the order of folding does not see other rows.
const LONGEST_ROW: i64 = 8192;
/// Folds that may wait at once: each keeps its source, which is larger than its result, in memory.
const MOST_WAITING: usize = 16;

static WAITING: Mutex<VecDeque<Weak<Node>>> = Mutex::new(VecDeque::new());

/// Folds `source` (of `shape`, converted to `compute`) over the `reduced` axes. The result is C-contiguous over the kept
/// axes. No reduced axis may have length 0. A fold of rows waits until somebody needs it, so that it runs together with
/// what comes of it.
pub fn reduce(
    action: Action,
    compute: DType,
    source: &Source,
    shape: &[i64],
    reduced: &[bool],
    device: DeviceRef,
    ephemeral: bool,
) -> Result<Arc<Node>> {
    match waiting_fold(action, source, shape, reduced) {
        Some(fold) => wait_to_fold(fold, compute, source, device),
        None => fold_now(action, compute, source, shape, reduced, device, ephemeral),
    }
}

/// The fold, if it is one that may wait.
fn waiting_fold(action: Action, source: &Source, shape: &[i64], reduced: &[bool]) -> Option<Fold> {
    let kept = reduced.iter().position(|&reduced| reduced)?;
    let (rows, length): (i64, i64) = (shape[..kept].iter().product(), shape[kept..].iter().product());
    let of_rows =
        reduced[kept..].iter().all(|&reduced| reduced) && rows > 1 && (2..=LONGEST_ROW).contains(&length);
    let in_any_order = matches!(action, Action::Fold(op) if op.associative);
    let Source::Operand(operand) = source else { return None };
    let may_wait = in_any_order && !engine::is_eager() && !operand.node.is_shared();
    (of_rows && may_wait && rows * length > engine::EAGER_LIMIT).then(|| Fold {
        action,
        shape: Dims::from_slice(shape),
        kept,
    })
}

fn wait_to_fold(fold: Fold, compute: DType, source: &Source, device: DeviceRef) -> Result<Arc<Node>> {
    let Source::Operand(operand) = source else { return Err(Error::runtime("a fold of no operand")) };
    let mut sources = Sources::new();
    sources.push(source.clone());
    let (weight, behind_fold) = match operand.node.pending.lock().as_ref() {
        Some(expression) => (expression.weight + 1, rows::waits(expression)),
        None => (1, false),
    };
    let shape = Dims::from_slice(&fold.shape[..fold.kept]);
    let expression = Expression { op: None, compute, shape, sources, weight, fold: Some(fold), behind_fold };
    let node = Node::pending(expression, compute, device);
    operand.node.add_reader(&node);
    let eldest = {
        let mut waiting = WAITING.lock();
        waiting.retain(|weak| weak.upgrade().is_some_and(|node| !node.is_ready()));
        waiting.push_back(Arc::downgrade(&node));
        if waiting.len() > MOST_WAITING { waiting.pop_front() } else { None }
    };
    if let Some(eldest) = eldest.and_then(|weak| weak.upgrade()) {
        force(&eldest)?;
    }
    if operand.node.is_shared() {
        force(&node)?;
    }
    Ok(node)
}

/// Computes a pending fold by itself.
pub(crate) fn force_fold(node: &Arc<Node>) -> Result<()> {
    let Some(expression) = node.pending.lock().take() else { return Ok(()) };
    let Some(fold) = &expression.fold else {
        *node.pending.lock() = Some(expression);
        return Ok(());
    };
    let reduced: SmallVec<[bool; 4]> = (0..fold.shape.len()).map(|axis| axis >= fold.kept).collect();
    let (action, source) = (fold.action, &expression.sources[0]);
    let folded = fold_into(action, expression.compute, source, &fold.shape, &reduced, node.device(), false);
    match folded {
        Ok(storage) => {
            // SAFETY: pending nodes are computed under the engine's lock only, which the callers hold.
            unsafe { node.storage.publish(storage) };
            Ok(())
        }
        Err(error) => {
            *node.pending.lock() = Some(expression);
            Err(error)
        }
    }
}

fn fold_now(
    action: Action,
    compute: DType,
    source: &Source,
    shape: &[i64],
    reduced: &[bool],
    device: DeviceRef,
    ephemeral: bool,
) -> Result<Arc<Node>> {
    let storage = fold_into(action, compute, source, shape, reduced, device, ephemeral)?;
    Ok(Node::ready(storage, folded_dtype(action, compute), device))
}

fn folded_dtype(action: Action, compute: DType) -> DType {
    match action {
        Action::ArgMax | Action::ArgMin => DType::I64,
        _ => compute,
    }
}

/// Folds now, into fresh memory.
fn fold_into(
    action: Action,
    compute: DType,
    source: &Source,
    shape: &[i64],
    reduced: &[bool],
    device: DeviceRef,
    ephemeral: bool,
) -> Result<Storage> {
    let _guard = LOCK.lock();
    let kept: SmallVec<[i64; 4]> =
        shape.iter().zip(reduced).filter(|(_, reduced)| !**reduced).map(|(&length, _)| length).collect();
    let dtype = folded_dtype(action, compute);
    let out = View::contiguous(&kept);
    let storage = Storage::allocate(dtype, out.size(), device)?;
    if out.size() == 0 {
        return Ok(storage);
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
    Ok(storage)
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
    let run = || unsafe { device.backend.run(kernel, &inputs, &tensors_out) };
    // all others write into memory that was made for them
    if matches!(kernel, Kernel::Expand) { interrupt::whole(run) } else { interrupt::stoppable(run) }
}

/// [`Kernel::Gather`] (source, offsets -> rows) or [`Kernel::Scatter`] (rows, offsets -> destination). The indexed
/// operand's view holds the inner axes at the origin; the caller checked that every offset, plus the inner axes, lies
/// inside the view it was computed from. Indices in the place of offsets (`along`) are checked by the kernel.
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
    let copied_offsets;
    let offsets = if Arc::ptr_eq(&offsets.node, &destination.node) {
        copied_offsets = fresh_copy(offsets)?;
        &copied_offsets
    } else {
        offsets
    };
    let copied;
    let rows = if Arc::ptr_eq(&rows.node, &indexed.node) {
        copied = fresh_copy(rows)?;
        &copied
    } else {
        rows
    };
    let Some((data, bytes)) = indexed.node.memory() else { return Err(Error::runtime("no memory to index")) };
    match kernel {
        Kernel::Gather { along: Some(along) } | Kernel::Scatter { along: Some(along), .. } => {
            check_along(indexed, offsets, *along, bytes)?
        }
        _ => check_offsets(indexed, offsets, bytes)?,
    }
    let origin = Tensor {
        data: data.as_ptr(),
        offset: 0,
        dtype: indexed.dtype,
        shape: indexed.view.shape.clone(),
        strides: indexed.view.strides.clone(),
    };
    let (rows, offsets) = (tensor(rows)?, tensor(offsets)?);
    let backend = destination.node.device().backend;
    // SAFETY: rows and offsets were checked by `tensor`; the checks above proved that every offset plus every inner
    // position lies inside the storage; rows share no memory with the indexed storage.
    unsafe {
        match kernel {
            Kernel::Scatter { .. } => backend.run(kernel, &[rows, offsets], &[origin])?,
            _ => backend.run(kernel, &[origin, offsets], &[rows])?,
        }
    }
    destination.node.bump_version();
    Ok(())
}

/// Proves that every place of an axis reaches only elements of the storage.
fn check_along(indexed: &Operand, indices: &Operand, along: Along, bytes: usize) -> Result<()> {
    if !indices.view.is_contiguous() || indices.dtype != DType::I64 {
        return Err(Error::runtime("indices must be contiguous int64"));
    }
    let (Some((low, high)), Some((least, greatest))) = (indexed.view.bounds(), along.bounds()) else {
        return Ok(());
    };
    let elements = (bytes / indexed.dtype.size()) as i64;
    if least.saturating_add(low) < 0 || greatest.saturating_add(high) >= elements {
        return Err(Error::index("an axis reaches outside the array"));
    }
    Ok(())
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
