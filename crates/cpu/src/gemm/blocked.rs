//! Cache blocking of real products: C is cut into large blocks, k into slices; operands of a slice are packed once
//! (where that pays) and register tiles are computed in parallel. Slices follow each other in order, so each element
//! of C is the same sum however the rest is cut.

use super::kept::{self, Kept};
use super::pack::{Real, panel};
use super::tiles::{Compute, Kernels, Tiles};
use super::{Product, Strides};
use crate::pool;
use crate::scratch::Scratch;

/// Most steps of k in a slice: a packed panel of B (two vectors wide) then fills about half of the first-level cache.
pub(super) const SLICE: usize = 256;
/// Bytes of packed A that one task keeps in the second-level cache.
const ROW_BLOCK_BYTES: usize = 192 << 10;
/// Rows and columns of C that are worked on at a time; bounds the packing buffers.
const MOST_ROWS: usize = 2048;
const MOST_COLUMNS: usize = 2048;
/// Below this many multiplications waking other threads costs more than it gains.
const PARALLEL_WORK: usize = 1 << 19;
/// B is read in place while it fits in the first-level cache ...
const SMALL_B_BYTES: usize = 32 << 10;
/// ... or while it is read only a few times.
const FEW_ROW_TILES: usize = 2;
/// A is read in place when each element is needed by at most this many panels.
const FEW_PANELS: usize = 8;
/// A larger block of C is asked for before it is needed.
const NEAR_C_BYTES: usize = 256 << 10;
/// Tasks per thread, so that a late thread costs little.
const TASKS_PER_THREAD: usize = 4;
/// Panels that one packing task packs.
const PANELS_PER_TASK: usize = 8;
/// An operand of one slice as the tiles read it.
#[derive(Clone, Copy)]
pub(super) struct Operand<S> {
    data: *const S,
    /// From line (row of A, column of B) to line, and from step to step.
    strides: Strides,
    /// From one group of lines to the next.
    group: isize,
    packed: bool,
}

/// Elements of C being computed, in the type of computation.
#[derive(Clone, Copy)]
struct Target<S> {
    data: *mut S,
    strides: Strides,
}

/// One slice of k for one large block.
struct Slice<S: 'static> {
    kernels: &'static Kernels<S>,
    m: usize,
    n: usize,
    k: usize,
    a: Operand<S>,
    b: Operand<S>,
    c: Target<S>,
    accumulate: bool,
}

impl<S> Slice<S> {
    /// How far C reaches: where it is added to, over all that lies between its rows.
    fn c_bytes(&self) -> usize {
        let row = if self.accumulate { self.n.max(self.c.strides.0.unsigned_abs()) } else { self.n };
        self.m.saturating_mul(row).saturating_mul(size_of::<S>())
    }
}

// SAFETY: a slice describes work; its tasks write disjoint parts of C and only read A and B.
unsafe impl<S> Sync for Slice<S> {}

/// Computes a product with m, n and k of at least 2 (smaller ones work, but have faster ways).
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn product<T: Real>(product: &Product<T>) {
    let parallel = product.work() >= PARALLEL_WORK;
    if parallel && let Some(cut) = kept::cut(product) {
        // SAFETY: the caller's promise.
        return unsafe { kept::run(product, cut) };
    }
    let most_rows = if T::WIDENS { MOST_ROWS / 2 } else { MOST_ROWS };
    let most_columns = if T::WIDENS { MOST_COLUMNS / 2 } else { MOST_COLUMNS };
    for column in (0..product.n).step_by(most_columns) {
        for row in (0..product.m).step_by(most_rows) {
            // SAFETY: the block lies within the operands and C.
            unsafe {
                let block = product.part(row, most_rows, column, most_columns);
                large_block(&block, &Kept::default(), block.work() >= PARALLEL_WORK);
            }
        }
    }
}

/// Steps of k in each slice but the last: at least 1.
pub(super) fn slice_depth(k: usize) -> usize {
    k.div_ceil(k.div_ceil(SLICE).max(1)).max(1)
}

/// Whether A is worth packing for so many panels of B.
pub(super) fn packs_a<T: Real>(product: &Product<T>, panels: usize) -> bool {
    T::WIDENS || product.a_strides.1 != 1 || panels > FEW_PANELS
}

/// Whether B is worth packing for so many row tiles of A.
pub(super) fn packs_b<T: Real>(product: &Product<T>, row_tiles: usize) -> bool {
    // what lies between its rows counts: rows far apart crowd into few sets of the cache
    let reach = product.n.max(product.b_strides.0.unsigned_abs());
    let small = slice_depth(product.k).saturating_mul(reach).saturating_mul(size_of::<T>()) <= SMALL_B_BYTES;
    T::WIDENS || product.b_strides.1 != 1 || !(small || row_tiles <= FEW_ROW_TILES)
}

/// Computes a block of C that is at most MOST_ROWS by MOST_COLUMNS, of operands of which some may be packed already.
///
/// # Safety
/// As `gemm`; what is kept was packed from the operands of this block.
pub(super) unsafe fn large_block<T: Real>(block: &Product<T>, kept: &Kept<T::Compute>, parallel: bool) {
    let kernels = T::Compute::kernels();
    let (m, n, k) = (block.m, block.n, block.k);
    let row_tiles = m.div_ceil(kernels.rows);
    let panels = n.div_ceil(kernels.columns);
    let depth = slice_depth(k);
    let pack_a = kept.a.is_empty() && packs_a(block, panels);
    let pack_b = kept.b.is_empty() && packs_b(block, row_tiles);
    let a_room = pack_a.then(|| Scratch::new::<T::Compute>(row_tiles * kernels.rows * depth));
    let b_room = pack_b.then(|| Scratch::new::<T::Compute>(panels * kernels.columns * depth));
    let c_room = if T::WIDENS { Some(Scratch::new::<T::Compute>(m * n)) } else { None };
    let c = match &c_room {
        Some(room) => Target { data: room.pointer(), strides: (n as isize, 1) },
        None => Target { data: block.c.cast(), strides: block.c_strides },
    };

    for (index, start) in (0..k).step_by(depth).enumerate() {
        let depth = depth.min(k - start);
        // SAFETY: `start` < k, so both slices lie within their operands; the rooms hold all panels of a slice.
        unsafe {
            let a = kept.a.get(index).copied();
            let a = a.unwrap_or_else(|| {
                Lines::of_a(block, start).operand(depth, kernels.rows, a_room.as_ref(), parallel)
            });
            let b = kept.b.get(index).copied();
            let b = b.unwrap_or_else(|| {
                Lines::of_b(block, start).operand(depth, kernels.columns, b_room.as_ref(), parallel)
            });
            let accumulate = start > 0 || (block.accumulate && !T::WIDENS);
            compute(&Slice { kernels, m, n, k: depth, a, b, c, accumulate }, parallel);
        }
    }
    if c_room.is_some() {
        // SAFETY: the working memory holds the whole block.
        unsafe { narrow(block, c.data, parallel) }
    }
}

/// The lines of an operand before packing.
#[derive(Clone, Copy)]
pub(super) struct Lines<T> {
    data: *const T,
    count: usize,
    strides: Strides,
}

// SAFETY: only read from, by every task.
unsafe impl<T> Sync for Lines<T> {}

/// A pointer into working memory whose parts the tasks share out.
#[derive(Clone, Copy)]
struct Shared<S>(*mut S);
// SAFETY: each task writes its own panels or rows.
unsafe impl<S> Sync for Shared<S> {}

impl<T: Real> Lines<T> {
    /// The rows of A from step `start` on, which is less than k.
    pub(super) unsafe fn of_a(product: &Product<T>, start: usize) -> Lines<T> {
        let (row, step) = product.a_strides;
        // SAFETY: the step exists in the operand.
        let data = unsafe { product.a.offset(start as isize * step) };
        Lines { data, count: product.m, strides: (row, step) }
    }

    /// The columns of B from step `start` on, which is less than k.
    pub(super) unsafe fn of_b(product: &Product<T>, start: usize) -> Lines<T> {
        let (step, column) = product.b_strides;
        // SAFETY: the step exists in the operand.
        let data = unsafe { product.b.offset(start as isize * step) };
        Lines { data, count: product.n, strides: (column, step) }
    }

    /// The operand for the tiles: packed into `room`, or as it lies.
    unsafe fn operand(
        self,
        k: usize,
        width: usize,
        room: Option<&Scratch>,
        parallel: bool,
    ) -> Operand<T::Compute> {
        match room {
            // SAFETY: the caller's room holds all panels.
            Some(room) => unsafe { self.packed(k, width, room.pointer(), parallel) },
            None => {
                let group = width as isize * self.strides.0;
                Operand { data: self.data.cast(), strides: self.strides, group, packed: false }
            }
        }
    }

    /// The operand packed to panels of `width` lines and `k` steps at `out`, which has room for all of them.
    pub(super) unsafe fn packed(
        self,
        k: usize,
        width: usize,
        out: *mut T::Compute,
        parallel: bool,
    ) -> Operand<T::Compute> {
        let out = Shared(out);
        let lines = &self;
        let pack = |begin: i64, end: i64| {
            let out = &out;
            for group in begin as usize..end as usize {
                let first = group * width;
                // SAFETY: the group's lines exist, and its panel lies within the room.
                unsafe {
                    let from = lines.data.offset(first as isize * lines.strides.0);
                    let count = width.min(lines.count - first);
                    panel(from, count, lines.strides.0, k, lines.strides.1, width, out.0.add(first * k));
                }
            }
        };
        let groups = self.count.div_ceil(width) as i64;
        pool::parallel_ranges(groups, if parallel { PANELS_PER_TASK as i64 } else { groups }, &pack);
        let strides = (1, width as isize);
        Operand { data: out.0, strides, group: (width * k) as isize, packed: true }
    }
}

/// Computes all tiles of a slice, cut into tasks whose part of A stays in the second-level cache.
unsafe fn compute<S: Compute>(slice: &Slice<S>, parallel: bool) {
    let (row_step, column_step) = task_size(slice, parallel);
    let across = slice.n.div_ceil(column_step);
    let tasks = slice.m.div_ceil(row_step) * across;
    let task = |index: usize| {
        let (row, column) = (index / across * row_step, index % across * column_step);
        let (m, n) = (row_step.min(slice.m - row), column_step.min(slice.n - column));
        // SAFETY: steps are whole groups, so the task's corner is the beginning of a group in both operands.
        unsafe { run_task(slice, row, column, m, n) }
    };
    if parallel { pool::parallel(tasks, &task) } else { (0..tasks).for_each(task) }
}

unsafe fn run_task<S: Compute>(slice: &Slice<S>, row: usize, column: usize, m: usize, n: usize) {
    let kernels = slice.kernels;
    let (a, b, c) = (&slice.a, &slice.b, &slice.c);
    // A ragged panel of B in place needs a padded copy: its vectors would read beyond the row.
    let spare = if b.packed { None } else { Some(Scratch::new::<S>(slice.k * kernels.columns)) };
    // SAFETY: the caller's promise about the corner; the strides are those of the operands.
    unsafe {
        (kernels.tiles)(&Tiles {
            m,
            n,
            k: slice.k,
            a: a.data.offset((row / kernels.rows) as isize * a.group),
            a_strides: a.strides,
            a_tile: a.group,
            b: b.data.offset((column / kernels.columns) as isize * b.group),
            b_step: b.strides.1,
            b_panel: b.group,
            b_padded: b.packed,
            spare: spare.as_ref().map_or(std::ptr::null_mut(), Scratch::pointer),
            c: c.data.offset(row as isize * c.strides.0 + column as isize * c.strides.1),
            c_strides: c.strides,
            accumulate: slice.accumulate,
            c_is_far: slice.c_bytes() > NEAR_C_BYTES,
        });
    }
}

/// Rows and columns of one task, in whole tiles and panels.
fn task_size<S>(slice: &Slice<S>, parallel: bool) -> (usize, usize) {
    let (rows, columns) = (slice.kernels.rows, slice.kernels.columns);
    let fitting = (ROW_BLOCK_BYTES / (slice.k * size_of::<S>()) / rows).max(1) * rows;
    let mut down = slice.m.div_ceil(fitting);
    let mut across = 1;
    if parallel {
        let wanted = TASKS_PER_THREAD * pool::threads();
        // A task that is narrower than a few panels would read A too often.
        across = wanted.div_ceil(down).min(slice.n.div_ceil(4 * columns));
        down = down.max(wanted.div_ceil(across)).min(slice.m.div_ceil(rows));
    }
    let even = |total: usize, parts: usize, unit: usize| total.div_ceil(parts).next_multiple_of(unit);
    (even(slice.m, down, rows), even(slice.n, across, columns))
}

/// Rounds the sums of a block into C.
unsafe fn narrow<T: Real>(block: &Product<T>, sums: *mut T::Compute, parallel: bool) {
    let sums = Shared(sums);
    let rows = |begin: i64, end: i64| {
        let sums = &sums;
        for row in begin as usize..end as usize {
            for column in 0..block.n {
                // SAFETY: the element is inside the block and inside the working memory.
                unsafe {
                    let offset = row as isize * block.c_strides.0 + column as isize * block.c_strides.1;
                    let to = block.c.offset(offset);
                    let sum = *sums.0.add(row * block.n + column);
                    *to = T::narrow(if block.accumulate { (*to).widen() + sum } else { sum });
                }
            }
        }
    };
    let grain = if parallel { 32 } else { block.m as i64 };
    pool::parallel_ranges(block.m as i64, grain, &rows);
}
