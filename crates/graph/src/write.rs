//! In-place writes: pending readers run first, overlapping sources behave as in NumPy, and a pending source is written
//! straight to its destination. Called by `array` for every kind of assignment.

use std::sync::Arc;

use base::{Error, Result, View, interrupt};
use smallvec::SmallVec;

use crate::engine::{LOCK, force, launch, prepare, run_stores, tensor};
use crate::fuse::Builder;
use crate::kernel::{Kernel, Tensor};
use crate::node::{Expression, Node, Operand, Source, Storage};
use crate::program::Action;
use crate::{eager, few};

/// Writes `source` (of the destination's shape; converted to its dtype) into `destination`.
///
/// `ephemeral`: the caller knows that nobody but itself holds the source's node, so a pending source need not be kept.
pub fn assign(destination: &Operand, source: &Source, ephemeral: bool) -> Result<()> {
    let quick = match source {
        Source::Operand(operand) => few::written(destination, operand),
        Source::Scalar(value) => {
            eager::write_number(destination, &destination.view, value.cast(destination.dtype))
        }
        Source::Position(_) => false,
    };
    if quick {
        return Ok(());
    }
    let _guard = LOCK.lock();
    before_write(destination, Some(source))?;
    destination.node.bump_version();
    if destination.view.size() == 0 {
        return Ok(());
    }
    if let Source::Operand(operand) = source
        && is_plain_copy(operand, destination)
    {
        return copy(operand, destination);
    }
    let shape = destination.view.shape.clone();
    if let Source::Operand(operand) = source {
        prepare(operand, &shape)?;
    }
    let mut builder = Builder::new(&shape);
    let value = builder.source(source);
    let converted = builder.cast(value, destination.dtype);
    if overlaps(&builder, destination) {
        return assign_through_copy(builder, converted, destination, ephemeral);
    }
    builder.output(converted, Action::Store);
    let destroys = reads(&builder, &destination.node);
    let target = match tensor(destination) {
        Ok(target) => target,
        Err(error) => {
            builder.restore();
            return Err(error);
        }
    };
    let reduced = SmallVec::from_elem(false, shape.len());
    let device = destination.node.device();
    let Some(root) = echo(&builder, source, destination, ephemeral) else {
        let allowance = allowance(source, ephemeral);
        let run = || run_stores(builder, device, None, allowance, &[target], reduced, destroys);
        return interrupt::whole(run);
    };
    interrupt::whole(|| run_stores(builder, device, None, EVERYBODY, &[target], reduced, destroys))?;
    let expression = Expression::copy(destination.clone(), &shape);
    *root.pending.lock() = Some(Box::new(expression));
    destination.node.add_reader(&root);
    Ok(())
}

/// Whether elements in host memory are written as they are into other memory.
fn is_plain_copy(source: &Operand, destination: &Operand) -> bool {
    source.node.is_ready()
        && source.dtype == destination.dtype
        && source.node.device().is_host
        && std::ptr::eq(source.node.device(), destination.node.device())
        && !same_memory(&source.node, &destination.node)
}

fn copy(source: &Operand, destination: &Operand) -> Result<()> {
    let (from, to) = (tensor(source)?, tensor(destination)?);
    let backend = destination.node.device().backend;
    // SAFETY: `tensor` checked that both lie inside live storages, which are different memory.
    interrupt::whole(|| unsafe { backend.run(&Kernel::Copy, &[from], &[to]) })
}

/// An allowance that no number of holders exceeds.
const EVERYBODY: usize = usize::MAX / 2;

/// The source's node, where it may stay behind as a pending copy of what is written, instead of being stored a second
/// time: nobody can tell whether the holder of `x[:] = a + b`'s right side is done with it. Whoever wants it before the
/// next write to the destination reads it there; that write computes it first, as any reader.
fn echo(builder: &Builder, source: &Source, destination: &Operand, ephemeral: bool) -> Option<Arc<Node>> {
    let Source::Operand(operand) = source else { return None };
    let last = builder.inlined.last()?;
    let fits = Arc::ptr_eq(&last.node, &operand.node)
        && operand.dtype == destination.dtype
        && !destination.node.is_shared()
        && destination.view.is_injective();
    (fits && !ephemeral).then(|| operand.node.clone())
}

/// Handles of the source's node that are not holders: the source itself, and the caller's array if it says so.
pub(crate) fn allowance(source: &Source, ephemeral: bool) -> usize {
    match source {
        Source::Operand(_) => 1 + usize::from(ephemeral),
        _ => 0,
    }
}

/// Makes the destination's memory ready to be written: computed, writable, and read by nobody who is still pending
/// (but for what `source` itself computes, which reads before it writes).
pub(crate) fn before_write(destination: &Operand, source: Option<&Source>) -> Result<()> {
    force(&destination.node)?;
    if !destination.node.is_writable() {
        return Err(Error::value("assignment destination is read-only"));
    }
    force_readers(destination, source)
}

/// Computes every pending node that reads the destination's memory, but for what `source` itself computes.
pub(crate) fn force_readers(destination: &Operand, source: Option<&Source>) -> Result<()> {
    let mut readers = std::mem::take(&mut *destination.node.readers.lock()).into_iter();
    while let Some(weak) = readers.next() {
        let Some(reader) = weak.upgrade() else { continue };
        let own = source.is_some_and(|source| computes(source, &reader, &destination.view));
        if own {
            destination.node.add_reader(&reader);
        } else if reader.pending.lock().is_some() {
            // (a reader without an expression was consumed by a write of another thread and reads nothing any more)
            if let Err(error) = force(&reader) {
                // nothing is written then: all that were not computed go on reading
                destination.node.readers.lock().extend(std::iter::once(weak).chain(readers));
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Whether `node` is one of the pending nodes that a program for `source` would inline.
fn computes(source: &Source, node: &Arc<Node>, destination: &View) -> bool {
    let Source::Operand(root) = source else { return false };
    let mut open = vec![root.clone()];
    let mut seen: Vec<*const Node> = Vec::new();
    while let Some(operand) = open.pop() {
        if !crate::fuse::inlines(&operand, &destination.shape) || seen.contains(&Arc::as_ptr(&operand.node)) {
            continue;
        }
        if Arc::ptr_eq(&operand.node, node) {
            return true;
        }
        seen.push(Arc::as_ptr(&operand.node));
        if let Some(expression) = operand.node.pending.lock().as_ref() {
            let operands = expression.sources.iter().filter_map(|source| match source {
                Source::Operand(operand) => Some(operand.clone()),
                _ => None,
            });
            open.extend(operands);
        }
    }
    false
}

fn loads_of(builder: &Builder) -> impl Iterator<Item = &Operand> {
    builder.loads.iter().filter_map(|load| match load {
        crate::fuse::Load::Memory(operand) => Some(operand),
        crate::fuse::Load::Position(_) => None,
    })
}

fn reads(builder: &Builder, node: &Arc<Node>) -> bool {
    loads_of(builder).any(|operand| same_memory(&operand.node, node))
}

/// Two nodes over the same memory: one node, or foreign storages that wrap the same bytes.
fn same_memory(a: &Arc<Node>, b: &Arc<Node>) -> bool {
    if Arc::ptr_eq(a, b) {
        return true;
    }
    let (Some((a_data, a_bytes)), Some((b_data, b_bytes))) = (a.memory(), b.memory()) else { return false };
    let foreign = a.is_foreign() || b.is_foreign();
    let (a_start, b_start) = (a_data.as_ptr() as usize, b_data.as_ptr() as usize);
    foreign && a_start < b_start + b_bytes && b_start < a_start + a_bytes
}

/// Whether the program reads elements of the destination at other positions than it writes them.
fn overlaps(builder: &Builder, destination: &Operand) -> bool {
    loads_of(builder).any(|operand| {
        if !same_memory(&operand.node, &destination.node) {
            return false;
        }
        let own = Arc::ptr_eq(&operand.node, &destination.node);
        if own && operand.dtype == destination.dtype && walks_alike(&operand.view, &destination.view) {
            return false;
        }
        !own || !disjoint(operand, destination)
    })
}

/// Whether both views visit the same elements in the same order, each once.
fn walks_alike(a: &View, b: &View) -> bool {
    a.offset == b.offset
        && a.shape == b.shape
        && (0..a.ndim()).all(|axis| a.shape[axis] <= 1 || a.strides[axis] == b.strides[axis])
        && a.is_injective()
}

fn disjoint(a: &Operand, b: &Operand) -> bool {
    let (Some((a_low, a_high)), Some((b_low, b_high))) = (a.view.bounds(), b.view.bounds()) else {
        return true;
    };
    let (a_size, b_size) = (a.dtype.size() as i64, b.dtype.size() as i64);
    (a_high + 1) * a_size <= b_low * b_size || (b_high + 1) * b_size <= a_low * a_size
}

/// Computes the source into fresh memory first, then copies.
fn assign_through_copy(
    mut builder: Builder,
    value: crate::fuse::Value,
    destination: &Operand,
    ephemeral: bool,
) -> Result<()> {
    let view = View::contiguous(&builder.shape);
    let device = destination.node.device();
    let storage = match Storage::allocate(destination.dtype, view.size(), device) {
        Ok(storage) => storage,
        Err(error) => {
            builder.restore();
            return Err(error);
        }
    };
    builder.output(value, Action::Store);
    let fresh = [Tensor {
        data: storage.data.as_ptr(),
        offset: 0,
        dtype: destination.dtype,
        shape: view.shape.clone(),
        strides: view.strides.clone(),
    }];
    let reduced = SmallVec::from_elem(false, destination.view.ndim());
    run_stores(builder, device, None, 1 + usize::from(ephemeral), &fresh, reduced.clone(), true)?;
    let copy = Operand::new(Node::ready(storage, destination.dtype, device), view, destination.dtype);
    let mut builder = Builder::new(&destination.view.shape);
    let value = builder.operand(&copy);
    builder.output(value, Action::Store);
    let target = tensor(destination)?;
    interrupt::whole(|| launch(&builder, reduced, &[target], device))
}
