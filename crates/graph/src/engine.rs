//! The engine: builds nodes, forces them, keeps reads and writes in order. Everything that touches pending work runs
//! under one lock (never taken while holding a node's own locks); kernels themselves use all cores. Called by `array`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{DType, Dims, Error, Op, Result, View, interrupt, shape};
use parking_lot::ReentrantMutex;
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::eager;
use crate::fuse::{self, Builder, Load};
use crate::kernel::{Kernel, Launch, Tensor};
use crate::node::{self, Expression, Node, Operand, Source, Sources, Storage};
use crate::program::Action;
use crate::rows;
use crate::single;
use crate::work;

pub use crate::write::assign;

/// Results of at most this many elements are computed at once: a node would cost more (measured).
pub const EAGER_LIMIT: i64 = 4096;
/// Operators that one program fuses at most.
const WEIGHT_LIMIT: u32 = 64;

static EAGER: AtomicBool = AtomicBool::new(false);
pub(crate) static LOCK: ReentrantMutex<()> = ReentrantMutex::new(());

/// Switches laziness off (`true`) or on. Results have the same bits in both modes.
pub fn set_eager(on: bool) -> bool {
    EAGER.swap(on, Ordering::Relaxed)
}

pub fn is_eager() -> bool {
    EAGER.load(Ordering::Relaxed)
}

/// A new array's elements, `op` over `sources` (each already of `shape`; sources are converted to the dtype the
/// operator computes in). Small results are computed now, others when somebody needs them. C order over `shape`.
pub fn map(
    op: Option<&'static Op>,
    compute: DType,
    shape: &[i64],
    sources: Sources,
    device: DeviceRef,
) -> Result<Arc<Node>> {
    let dtype = op.map_or(compute, |op| op.kind.result(compute));
    let count = shape::size(shape)?;
    if count == 0 {
        return Node::allocate(dtype, 0, device);
    }
    let behind_fold = !is_eager() && sources.iter().any(waits_for_fold);
    let small =
        count <= EAGER_LIMIT && !(behind_fold && sources.iter().all(|source| is_whole(source, count)));
    if small || is_eager() {
        return eager::map(op, compute, dtype, shape, &sources, device);
    }
    check_capacity(dtype, count, device)?;
    let mut weight = weight_of(&sources);
    if weight > WEIGHT_LIMIT {
        weight = exact_weight(&sources);
    }
    if weight > WEIGHT_LIMIT {
        for source in &sources {
            if let Source::Operand(operand) = source {
                force(&operand.node)?;
            }
        }
        weight = 1;
    }
    let readers: SmallVec<[Arc<Node>; 3]> = sources.iter().filter_map(operand_node).cloned().collect();
    let behind_fold = behind_fold && sources.iter().any(waits_for_fold);
    let expression =
        Expression { op, compute, shape: Dims::from_slice(shape), sources, weight, fold: None, behind_fold };
    let node = Node::pending(expression, dtype, device);
    for read in &readers {
        read.add_reader(&node);
    }
    if readers.iter().any(|read| read.is_shared()) {
        force(&node)?;
    }
    Ok(node)
}

/// Whether a source is a fold that has not been computed, or waits for one.
fn waits_for_fold(source: &Source) -> bool {
    operand_node(source).is_some_and(|node| {
        !node.is_ready() && node.pending.lock().as_ref().is_some_and(|pending| rows::waits(pending))
    })
}

/// Whether a source that waits for a fold is used element by element: only then can a small result wait with it.
fn is_whole(source: &Source, count: i64) -> bool {
    match source {
        Source::Operand(operand) if waits_for_fold(source) => {
            let view = &operand.view;
            let length =
                operand.node.pending.lock().as_ref().map(|expression| expression.shape.iter().product());
            length == Some(count) && view.size() == count && view.offset == 0 && view.is_contiguous()
        }
        _ => true,
    }
}

fn operand_node(source: &Source) -> Option<&Arc<Node>> {
    match source {
        Source::Operand(operand) => Some(&operand.node),
        _ => None,
    }
}

fn weight_of(sources: &[Source]) -> u32 {
    let mut weight = 1u32;
    for (index, source) in sources.iter().enumerate() {
        let Some(node) = operand_node(source) else { continue };
        let again = sources[..index].iter().filter_map(operand_node).any(|one| Arc::ptr_eq(one, node));
        if !again && let Some(expression) = node.pending.lock().as_ref() {
            weight = weight.saturating_add(expression.weight);
        }
    }
    weight
}

/// Number of different pending expressions behind the sources, plus one; stops counting beyond the limit.
fn exact_weight(sources: &[Source]) -> u32 {
    let mut seen: Vec<*const Node> = Vec::new();
    let mut open: Vec<Arc<Node>> = sources.iter().filter_map(operand_node).cloned().collect();
    while let Some(node) = open.pop() {
        if seen.len() as u32 > WEIGHT_LIMIT {
            break;
        }
        if let Some(expression) = node.pending.lock().as_ref()
            && !seen.contains(&Arc::as_ptr(&node))
        {
            seen.push(Arc::as_ptr(&node));
            open.extend(expression.sources.iter().filter_map(operand_node).cloned());
        }
    }
    seen.len() as u32 + 1
}

/// A pending array that could never be computed is refused at the call.
pub(crate) fn check_capacity(dtype: DType, count: i64, device: DeviceRef) -> Result<()> {
    let bytes = node::bytes_of(dtype, count)?;
    if device.is_host && bytes > host_memory() {
        return Err(node::out_of_memory(bytes, device));
    }
    Ok(())
}

/// The machine's memory in bytes, where the system tells; otherwise no limit.
fn host_memory() -> usize {
    static TOTAL: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *TOTAL.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kibibytes = text
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
        kibibytes.map_or(usize::MAX, |kibibytes: usize| kibibytes.saturating_mul(1024))
    })
}

/// Computes a pending node (and, in the same pass, every sub-expression that somebody else still holds).
pub fn force(node: &Arc<Node>) -> Result<()> {
    if node.is_ready() {
        return Ok(());
    }
    let _guard = LOCK.lock();
    if node.is_ready() {
        return Ok(());
    }
    if rows::run(node)? || single::force(node)? {
        return Ok(());
    }
    let (shape, folds) = match node.pending.lock().as_ref() {
        Some(expression) => (Dims::from_slice(&expression.shape), expression.fold.is_some()),
        None => return Err(lost()),
    };
    if folds {
        return work::force_fold(node);
    }
    let root = Operand::new(node.clone(), View::contiguous(&shape), node.dtype());
    prepare(&root, &shape)?;
    let mut builder = Builder::new(&shape);
    builder.operand(&root);
    drop(root);
    let reduced = SmallVec::from_elem(false, shape.len());
    run_stores(builder, node.device(), Some(node), 0, &[], reduced, false)
}

#[cold]
fn lost() -> Error {
    Error::runtime(
        "this value was never computed and what it was to be computed from has been overwritten by an in-place write; \
         keep a copy() from before the write",
    )
}

/// Forces what a program over `shape` cannot inline below `operand`, so that building it meets ready nodes only.
pub(crate) fn prepare(operand: &Operand, shape: &[i64]) -> Result<()> {
    let mut seen: Vec<*const Node> = Vec::new();
    let mut open = vec![operand.clone()];
    while let Some(operand) = open.pop() {
        if operand.node.is_ready() {
            continue;
        }
        if !fuse::inlines(&operand, shape) {
            force(&operand.node)?;
            continue;
        }
        if seen.contains(&Arc::as_ptr(&operand.node)) {
            continue;
        }
        seen.push(Arc::as_ptr(&operand.node));
        if let Some(expression) = operand.node.pending.lock().as_ref() {
            for source in &expression.sources {
                if let Source::Operand(operand) = source {
                    open.push(operand.clone());
                }
            }
        }
    }
    Ok(())
}

/// Runs a built program: `extra` outputs first (already declared on the builder), then a fresh storage for every
/// inlined node that is `root` or held by more than `allowance` (which counts for the last inlined node only).
pub(crate) fn run_stores(
    mut builder: Builder,
    device: DeviceRef,
    root: Option<&Arc<Node>>,
    allowance: usize,
    extra: &[Tensor],
    reduced: SmallVec<[bool; 4]>,
    destroys: bool,
) -> Result<()> {
    let mut outputs: SmallVec<[Tensor; 4]> = extra.iter().cloned().collect();
    let mut stored: SmallVec<[(usize, Storage); 2]> = SmallVec::new();
    let last = builder.inlined.len().wrapping_sub(1);
    let contiguous = View::contiguous(&builder.shape);
    for index in 0..builder.inlined.len() {
        let node = builder.inlined[index].node.clone();
        let is_root = root.is_some_and(|root| Arc::ptr_eq(root, &node));
        // one more handle: `node` itself
        if !is_root && !builder.is_held(index, 1 + if index == last { allowance } else { 0 }) {
            continue;
        }
        let storage = match Storage::allocate(node.dtype(), contiguous.size(), node.device()) {
            Ok(storage) => storage,
            Err(error) => {
                builder.restore();
                return Err(error);
            }
        };
        let value = builder.inlined[index].value;
        builder.output(value, Action::Store);
        outputs.push(Tensor {
            data: storage.data.as_ptr(),
            offset: 0,
            dtype: node.dtype(),
            shape: Dims::from_slice(&contiguous.shape),
            strides: Dims::from_slice(&contiguous.strides),
        });
        stored.push((index, storage));
    }
    if let Err(error) = launch(&builder, reduced, &outputs, device) {
        builder.restore();
        return Err(error);
    }
    publish(&builder, stored);
    builder.finish(destroys);
    Ok(())
}

fn publish(builder: &Builder, stored: SmallVec<[(usize, Storage); 2]>) {
    for (index, storage) in stored {
        // SAFETY: pending nodes are computed under the engine's lock only, which the callers hold.
        unsafe { builder.inlined[index].node.storage.publish(storage) };
    }
}

/// Runs the builder's program over its shape with these output tensors.
pub(crate) fn launch(
    builder: &Builder,
    reduced: SmallVec<[bool; 4]>,
    outputs: &[Tensor],
    device: DeviceRef,
) -> Result<()> {
    let mut inputs: SmallVec<[Tensor; 4]> = SmallVec::with_capacity(builder.loads.len());
    for load in &builder.loads {
        inputs.push(match load {
            Load::Memory(operand) => tensor(operand)?,
            Load::Position(view) => Tensor::position(view),
        });
    }
    let kernel = Kernel::Program(Launch {
        program: Arc::new(builder.program()),
        shape: Dims::from_slice(&builder.shape),
        reduced,
        scalars: SmallVec::from_slice(&builder.scalars),
    });
    // SAFETY: `tensor` checked that inputs lie inside live storages, which the builder's loads keep alive; callers made
    // the outputs fresh or checked them the same way, and resolved overlaps.
    interrupt::stoppable(|| unsafe { device.backend.run(&kernel, &inputs, outputs) })
}

/// The address of a ready operand, after checking that every element of the view lies inside the storage.
pub(crate) fn tensor(operand: &Operand) -> Result<Tensor> {
    let Some((data, bytes)) = operand.node.memory() else { return Err(lost()) };
    let size = operand.dtype.size() as i64;
    let count = bytes as i64 / size;
    if let Some((low, high)) = operand.view.bounds()
        && (low < 0 || high >= count)
    {
        return Err(Error::runtime(format!(
            "a view reaches elements {low}..={high} of a storage of {count}; please report this"
        )));
    }
    let start = if operand.view.size() == 0 { 0 } else { operand.view.offset * size };
    Ok(Tensor {
        data: data.as_ptr().wrapping_offset(start as isize),
        offset: 0,
        dtype: operand.dtype,
        // (copies of slices are plain; `clone` goes element by element)
        shape: Dims::from_slice(&operand.view.shape),
        strides: Dims::from_slice(&operand.view.strides),
    })
}

/// Waits until an array's elements are in memory and the device has finished.
pub fn wait(node: &Arc<Node>) -> Result<()> {
    force(node)?;
    node.device().backend.synchronize()
}
