//! Products of middling size: each thread packs the operand that all tasks share once for itself, since what one core packs for
//! another has to travel between their caches, and takes tasks of the other operand while there are any. The cut shows in no sum.
//! Knows which operand to keep and how fine to cut; packing and computing are `blocked`'s.

use smallvec::SmallVec;

use super::Product;
use super::blocked::{Lines, Operand, large_block, packs_a, packs_b, slice_depth};
use super::pack::Real;
use super::tiles::Compute;
use crate::pool;
use crate::scratch::Scratch;

/// An operand of at most so many bytes is kept by each thread; with its part of the other it fits into the second-level cache.
const KEPT_BYTES: usize = 512 << 10;
/// Multiplications of a task at least: some microseconds.
const TASK_WORK: usize = 1 << 18;
/// Tasks per thread at least, so that a late thread costs little ...
const TASKS_PER_THREAD: usize = 2;
/// ... and at most: each begins at the first panel again.
const MOST_TASKS: usize = 16;

/// Lines of C (rows or columns) in one task, in whole tiles; the operand of the other lines is kept.
pub(super) enum Cut {
    Rows(usize),
    Columns(usize),
}

/// Operands packed before: one for each slice of k, or none.
pub(super) struct Kept<S> {
    pub a: SmallVec<[Operand<S>; 4]>,
    pub b: SmallVec<[Operand<S>; 4]>,
    /// What they lie in.
    _room: Option<Scratch>,
}

impl<S> Default for Kept<S> {
    fn default() -> Kept<S> {
        Kept { a: SmallVec::new(), b: SmallVec::new(), _room: None }
    }
}

/// How to cut a product, if it is of middling size.
pub(super) fn cut<T: Real>(product: &Product<T>) -> Option<Cut> {
    let (m, n, k) = (product.m, product.n, product.k);
    let kernels = T::Compute::kernels();
    let threads = pool::threads();
    if threads == 1 {
        return None;
    }
    let (row_tiles, panels) = (m.div_ceil(kernels.rows), n.div_ceil(kernels.columns));
    let fits = |lines: usize| lines.saturating_mul(k).saturating_mul(size_of::<T::Compute>()) <= KEPT_BYTES;
    // tiles of a task, if there are enough for everybody
    let step = |tiles: usize, work: usize| {
        let step = TASK_WORK.div_ceil(work.max(1)).max(tiles.div_ceil(MOST_TASKS * threads));
        (tiles.div_ceil(step) >= TASKS_PER_THREAD * threads).then_some(step)
    };
    let rows = step(row_tiles, kernels.rows * n * k).filter(|_| fits(n));
    let columns = step(panels, kernels.columns * m * k).filter(|_| fits(m));
    // what all threads together pack
    let packed_b = |times: usize| if packs_b(product, row_tiles / threads) { times * n * k } else { 0 };
    let packed_a = |times: usize| if packs_a(product, panels / threads) { times * m * k } else { 0 };
    let dear_rows = 2 * (packed_b(threads) + packed_a(1)) > 3 * (packed_a(threads) + packed_b(1));
    match (rows, columns) {
        (Some(_), Some(step)) if dear_rows => Some(Cut::Columns(step * kernels.columns)),
        (Some(step), _) => Some(Cut::Rows(step * kernels.rows)),
        (None, Some(step)) => Some(Cut::Columns(step * kernels.columns)),
        (None, None) => None,
    }
}

/// Computes a product cut in that way.
///
/// # Safety
/// As `gemm`.
pub(super) unsafe fn run<T: Real>(product: &Product<T>, cut: Cut) {
    let tasks = match cut {
        Cut::Rows(rows) => product.m.div_ceil(rows),
        Cut::Columns(columns) => product.n.div_ceil(columns),
    };
    pool::parallel_by_thread(tasks, &|next| {
        let Some(first) = next() else {
            return;
        };
        // SAFETY: the caller's promise.
        let kept = unsafe { Kept::new(product, &cut) };
        let mut task = Some(first);
        while let Some(index) = task {
            // SAFETY: the part lies within the operands and is this task's; kept is the operand that all parts share.
            unsafe {
                let part = match cut {
                    Cut::Rows(rows) => product.part(index * rows, rows, 0, product.n),
                    Cut::Columns(columns) => product.part(0, product.m, index * columns, columns),
                };
                large_block(&part, &kept, false);
            }
            task = next();
        }
    });
}

impl<S: Compute> Kept<S> {
    /// Packs the operand that all tasks of a cut share, if that is worth it.
    ///
    /// # Safety
    /// As `gemm`.
    unsafe fn new<T: Real<Compute = S>>(product: &Product<T>, cut: &Cut) -> Kept<S> {
        let kernels = S::kernels();
        let threads = pool::threads();
        let (m, n) = (product.m, product.n);
        let (width, lines, wanted) = match cut {
            Cut::Rows(_) => (kernels.columns, n, packs_b(product, m.div_ceil(kernels.rows) / threads)),
            Cut::Columns(_) => (kernels.rows, m, packs_a(product, n.div_ceil(kernels.columns) / threads)),
        };
        if !wanted {
            return Kept::default();
        }
        let padded = lines.next_multiple_of(width);
        let room = Scratch::new::<S>(padded * product.k);
        let out = room.pointer::<S>();
        let depth = slice_depth(product.k);
        let slices = (0..product.k).step_by(depth).map(|start| {
            let depth = depth.min(product.k - start);
            // SAFETY: the slice begins within k; the room holds the panels of all slices, one after the other.
            unsafe {
                let lines = match cut {
                    Cut::Rows(_) => Lines::of_b(product, start),
                    Cut::Columns(_) => Lines::of_a(product, start),
                };
                lines.packed(depth, width, out.add(padded * start), false)
            }
        });
        let slices = slices.collect();
        match cut {
            Cut::Rows(_) => Kept { a: SmallVec::new(), b: slices, _room: Some(room) },
            Cut::Columns(_) => Kept { a: slices, b: SmallVec::new(), _room: Some(room) },
        }
    }
}
