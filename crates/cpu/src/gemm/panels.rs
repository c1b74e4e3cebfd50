//! Products of float32 and float64 whose right factor is packed once and then used many times, piece by piece, by tasks
//! that the caller makes: recurrent layers, whose weights meet another state in every step. Knows nothing of threads.
//!
//! A panel is as many columns of the right factor as the tiles are wide, over all of k; where columns end, it is filled
//! with zeros. Every sum goes over k in order, in slices whose length depends on k alone.

use super::blocked::{SLICE, slice_depth};
use super::pack::{Real, panel};
use super::tiles::{Compute, Tiles};

/// A float that products compute in as it is.
pub(crate) trait Plain: Compute + Real<Compute = Self> {}
impl Plain for f32 {}
impl Plain for f64 {}

/// Columns of a panel.
pub(crate) fn width<T: Plain>() -> usize {
    T::kernels().columns
}

/// Panels side by side in memory, each with `k` steps.
#[derive(Clone, Copy)]
pub(crate) struct Panels<T> {
    pub data: *mut T,
    pub k: usize,
}

// SAFETY: an address; who packs a panel promises that nobody else uses it meanwhile.
unsafe impl<T: Send> Sync for Panels<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Panels<T> {}

/// Lines of an operand: rows of a left factor or columns of a right one.
#[derive(Clone, Copy)]
pub(crate) struct Lines<T> {
    pub data: *const T,
    pub count: usize,
    /// From line to line.
    pub line: usize,
    /// From step to step of k.
    pub step: usize,
}

/// Where sums go: rows with columns side by side.
#[derive(Clone, Copy)]
pub(crate) struct Target<T> {
    pub data: *mut T,
    /// From row to row.
    pub row: usize,
    pub columns: usize,
    pub accumulate: bool,
}

impl<T: Plain> Panels<T> {
    /// Packs steps `from..from + steps` of a panel; absent columns are zero.
    ///
    /// # Safety
    /// The panel is inside of the room, and nobody else uses these steps; the columns are readable.
    pub unsafe fn pack(&self, index: usize, from: usize, steps: usize, columns: Lines<T>) {
        let width = width::<T>();
        let Lines { data, count, line, step } = columns;
        // SAFETY: promised by the caller.
        unsafe {
            let to = self.data.add((index * self.k + from) * width);
            panel(data, count.min(width), line as isize, steps, step as isize, width, to);
        }
    }

    /// The sums over steps `from..from + steps` of a panel with rows, whose steps begin there.
    ///
    /// # Safety
    /// The panel is packed; the rows are readable, and as many rows of the target are the caller's.
    pub unsafe fn product(&self, index: usize, (from, steps): (usize, usize), rows: Lines<T>, to: Target<T>) {
        let length = slice_depth(steps);
        let mut start = 0;
        // (once where there is nothing to sum, for zeros)
        while start < steps || start == 0 {
            let part = length.min(steps - start);
            // SAFETY: promised by the caller; the slice is inside.
            unsafe {
                let rows = Lines { data: rows.data.add(start * rows.step), ..rows };
                let accumulate = to.accumulate || start > 0;
                let tile = T::kernels().rows * rows.line;
                self.slice_product(index, (from + start, part), rows, tile, Target { accumulate, ..to });
            }
            start += length;
        }
    }

    /// One slice, whose tiles of rows begin so far from each other.
    ///
    /// # Safety
    /// As for [`Panels::product`].
    unsafe fn slice_product(
        &self,
        index: usize,
        (from, steps): (usize, usize),
        rows: Lines<T>,
        tile: usize,
        to: Target<T>,
    ) {
        let (kernels, width) = (T::kernels(), width::<T>());
        // SAFETY: promised by the caller.
        unsafe {
            (kernels.tiles)(&Tiles {
                m: rows.count,
                n: to.columns,
                k: steps,
                a: rows.data,
                a_strides: (rows.line as isize, rows.step as isize),
                a_tile: tile as isize,
                b: self.data.add((index * self.k + from) * width),
                b_step: width as isize,
                b_panel: (self.k * width) as isize,
                b_padded: true,
                spare: std::ptr::null_mut(),
                c: to.data,
                c_strides: (to.row as isize, 1),
                accumulate: to.accumulate,
                c_is_far: false,
            });
        }
    }

    /// The sums over all steps with rows that lie side by side in every step, for targets of which each begins with a
    /// panel of its own; the rows of a slice are packed into `room` (of [`rows_room`] elements).
    ///
    /// # Safety
    /// As for [`Panels::product`], for all the panels that the targets' columns take.
    pub unsafe fn product_of_turned(&self, rows: Lines<T>, room: *mut T, to: &[(usize, Target<T>)]) {
        let (height, width) = (T::kernels().rows, width::<T>());
        let length = slice_depth(self.k);
        for start in (0..self.k).step_by(length) {
            let steps = length.min(self.k - start);
            // SAFETY: promised by the caller.
            unsafe {
                for row in (0..rows.count).step_by(height) {
                    let from = rows.data.add(start * rows.step + row * rows.line);
                    let (count, line) = (height.min(rows.count - row), rows.line as isize);
                    panel(from, count, line, steps, rows.step as isize, height, room.add(row * steps));
                }
                let packed = Lines { data: room.cast_const(), count: rows.count, line: 1, step: height };
                for &(first, to) in to {
                    for column in (0..to.columns).step_by(width) {
                        let index = first + column / width;
                        let columns = width.min(to.columns - column);
                        let accumulate = to.accumulate || start > 0;
                        let to = Target { data: to.data.add(column), columns, accumulate, ..to };
                        self.slice_product(index, (start, steps), packed, height * steps, to);
                    }
                }
            }
        }
    }
}

/// Elements that so many packed rows of a slice take.
pub(crate) fn rows_room<T: Plain>(rows: usize) -> usize {
    rows.next_multiple_of(T::kernels().rows) * SLICE
}
