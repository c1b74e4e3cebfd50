//! Copying rows of one fixed shape again and again, from one strided place to another. Used by the kernels that pick rows
//! (gather, scatter, masks). Knows element sizes, not dtypes.

use base::{Dims, view};

use crate::load::{load_box, store_box};

/// How rows look on both sides.
pub(crate) struct Rows {
    pub size: usize,
    pub lengths: Dims,
    pub to_steps: Dims,
    pub from_steps: Dims,
}

impl Rows {
    /// Rows of this shape, with strides in elements on both sides.
    pub fn new(size: usize, shape: &[i64], to_strides: &[i64], from_strides: &[i64]) -> Rows {
        let mut lengths = Dims::from_slice(shape);
        let mut strides = [Dims::from_slice(to_strides), Dims::from_slice(from_strides)];
        view::collapse(&mut lengths, &mut strides);
        let [to_steps, from_steps] = strides;
        Rows { size, lengths, to_steps, from_steps }
    }

    /// Number of elements of a row.
    pub fn count(&self) -> i64 {
        self.lengths.iter().product()
    }

    /// Whether a row is a single element.
    pub fn is_element(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Whether rows are contiguous on both sides.
    pub fn is_run(&self) -> bool {
        self.is_element() || (self.lengths.len() == 1 && self.to_steps[0] == 1 && self.from_steps[0] == 1)
    }

    /// Copies a row.
    ///
    /// # Safety
    /// Both rows lie in valid memory and do not overlap.
    pub unsafe fn copy(&self, to: *mut u8, from: *const u8) {
        // SAFETY: promised by the caller.
        unsafe {
            if self.is_run() {
                to.copy_from_nonoverlapping(from, self.count() as usize * self.size);
            } else {
                self.copy_axes(0, to, from);
            }
        }
    }

    /// # Safety
    /// As for [`Rows::copy`].
    unsafe fn copy_axes(&self, axis: usize, to: *mut u8, from: *const u8) {
        let (lengths, to_steps) = (&self.lengths[axis..], &self.to_steps[axis..]);
        let from_steps = &self.from_steps[axis..];
        // SAFETY: each arm copies the elements of the remaining axes.
        unsafe {
            if is_contiguous(lengths, to_steps) {
                load_box(self.size, to, from, lengths, from_steps);
            } else if is_contiguous(lengths, from_steps) {
                store_box(self.size, to, from, lengths, to_steps);
            } else {
                for index in 0..lengths[0] as isize {
                    let to = to.offset(index * to_steps[0] as isize * self.size as isize);
                    let from = from.offset(index * from_steps[0] as isize * self.size as isize);
                    self.copy_axes(axis + 1, to, from);
                }
            }
        }
    }
}

fn is_contiguous(lengths: &[i64], steps: &[i64]) -> bool {
    let mut step = 1;
    lengths.iter().zip(steps).rev().all(|(&length, &actual)| {
        let fits = actual == step;
        step *= length;
        fits
    })
}

/// An address that all threads of a region may use; each touches its own elements.
#[derive(Clone, Copy)]
pub(crate) struct Shared(*mut u8);

// SAFETY: the kernels below give each thread its own elements to write.
unsafe impl Sync for Shared {}

impl Shared {
    pub fn new(data: *mut u8) -> Shared {
        Shared(data)
    }

    /// The address `elements` elements of `size` bytes further.
    pub fn at(&self, elements: i64, size: usize) -> *mut u8 {
        self.0.wrapping_offset(elements as isize * size as isize)
    }
}
