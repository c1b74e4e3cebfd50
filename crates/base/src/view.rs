//! Views: shape, strides and offset over a run of elements. All stride algebra stands here and nowhere else: slicing,
//! transposing, broadcasting, reshaping without a copy, collapsing axes. No data, no dtype.

use crate::shape::{self, Dims};
use crate::{Error, Result};

/// Which elements of a storage an array shows. Strides and offset count elements.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct View {
    pub shape: Dims,
    pub strides: Dims,
    pub offset: i64,
}

impl Clone for View {
    /// By slices: the derived way clones element by element, which shows in every small operation.
    #[inline]
    fn clone(&self) -> View {
        View {
            shape: Dims::from_slice(&self.shape),
            strides: Dims::from_slice(&self.strides),
            offset: self.offset,
        }
    }
}

impl View {
    /// All elements of a fresh C-contiguous array.
    #[inline]
    pub fn contiguous(shape: &[i64]) -> View {
        View { shape: Dims::from_slice(shape), strides: shape::contiguous_strides(shape), offset: 0 }
    }

    #[inline]
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements shown (shapes are checked when made, so this cannot overflow).
    #[inline]
    pub fn size(&self) -> i64 {
        self.shape.iter().product()
    }

    /// Whether elements lie in C order without gaps (axes of length 1 may have any stride).
    #[inline]
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1;
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if length != 1 {
                if stride != step {
                    // without elements there is nothing to lie anywhere
                    return self.shape.contains(&0);
                }
                step *= length;
            }
        }
        true
    }

    /// Whether elements lie in Fortran order without gaps.
    pub fn is_fortran_contiguous(&self) -> bool {
        let mut step = 1;
        if self.shape.contains(&0) {
            return true;
        }
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            if length != 1 {
                if stride != step {
                    return false;
                }
                step *= length;
            }
        }
        true
    }

    /// Least and greatest element index touched; `None` where the view is empty.
    #[inline]
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let (mut low, mut high) = (self.offset, self.offset);
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            if length == 0 {
                return None;
            }
            let reach = (length - 1) * stride;
            if reach < 0 { low += reach } else { high += reach }
        }
        Some((low, high))
    }

    /// Whether no element is shown twice, as far as cheap algebra tells (false negatives only).
    pub fn is_injective(&self) -> bool {
        let mut axes: Vec<(i64, i64)> = self
            .shape
            .iter()
            .zip(&self.strides)
            .filter(|(length, _)| **length > 1)
            .map(|(&length, &stride)| (stride.abs(), length))
            .collect();
        axes.sort_unstable();
        let mut reach = 0;
        for (stride, length) in axes {
            if stride <= reach {
                return false;
            }
            reach += stride * (length - 1);
        }
        true
    }

    /// Axes in a new order.
    pub fn permute(&self, order: &[usize]) -> View {
        View {
            shape: order.iter().map(|&axis| self.shape[axis]).collect(),
            strides: order.iter().map(|&axis| self.strides[axis]).collect(),
            offset: self.offset,
        }
    }

    pub fn transpose(&self) -> View {
        let order: Vec<usize> = (0..self.ndim()).rev().collect();
        self.permute(&order)
    }

    /// Elements `start, start + step, ...` of one axis, `length` of them (already clipped to the axis).
    #[inline]
    pub fn slice(&mut self, axis: usize, start: i64, step: i64, length: i64) {
        if length > 0 {
            self.offset += start * self.strides[axis];
        }
        // saturating: a step that leaves the axis at once is never walked
        self.strides[axis] =
            if length > 1 { self.strides[axis] * step } else { self.strides[axis].saturating_mul(step) };
        self.shape[axis] = length;
    }

    /// One element of an axis; the axis goes away.
    #[inline]
    pub fn select(&mut self, axis: usize, index: i64) {
        self.offset += index * self.strides[axis];
        self.shape.remove(axis);
        self.strides.remove(axis);
    }

    pub fn insert_axis(&mut self, axis: usize) {
        self.shape.insert(axis, 1);
        self.strides.insert(axis, 0);
    }

    /// The same elements under a larger shape; new and stretched axes have stride 0.
    pub fn broadcast_to(&self, shape: &[i64]) -> Result<View> {
        let fail = || {
            Error::value(format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: {} and requested \
                 shape {}",
                shape::tight(&self.shape),
                shape::tight(shape)
            ))
        };
        if self.shape.as_slice() == shape {
            return Ok(self.clone());
        }
        let lead = shape.len().checked_sub(self.ndim()).ok_or_else(fail)?;
        let mut strides = Dims::from_elem(0, shape.len());
        for axis in 0..self.ndim() {
            if self.shape[axis] == shape[lead + axis] {
                strides[lead + axis] = self.strides[axis];
            } else if self.shape[axis] != 1 {
                return Err(fail());
            }
        }
        Ok(View { shape: Dims::from_slice(shape), strides, offset: self.offset })
    }

    /// The same elements in C order under another shape of equal size, where strides allow it without a copy.
    pub fn reshape(&self, shape: &[i64]) -> Option<View> {
        if self.is_contiguous() {
            return Some(View { offset: self.offset, ..View::contiguous(shape) });
        }
        if self.size() == 0 {
            return Some(View { offset: self.offset, ..View::contiguous(shape) });
        }
        // Walk runs of old axes that are contiguous among themselves and split each run into new axes.
        let old: Vec<(i64, i64)> = self
            .shape
            .iter()
            .zip(&self.strides)
            .filter(|(length, _)| **length != 1)
            .map(|(&length, &stride)| (length, stride))
            .collect();
        let mut strides = Dims::from_elem(0, shape.len());
        let (mut o, mut n) = (0, 0);
        while o < old.len() && n < shape.len() {
            let (mut o_end, mut n_end) = (o + 1, n + 1);
            let (mut o_size, mut n_size) = (old[o].0, shape[n]);
            while o_size != n_size {
                if o_size < n_size {
                    o_size *= old.get(o_end)?.0;
                    o_end += 1;
                } else {
                    n_size *= *shape.get(n_end)?;
                    n_end += 1;
                }
            }
            for k in o..o_end - 1 {
                if old[k].1 != old[k + 1].1 * old[k + 1].0 {
                    return None;
                }
            }
            let mut step = old[o_end - 1].1;
            for k in (n..n_end).rev() {
                strides[k] = step;
                step *= shape[k];
            }
            (o, n) = (o_end, n_end);
        }
        // what is left of the new shape are ones
        Some(View { shape: Dims::from_slice(shape), strides, offset: self.offset })
    }

    /// The axis order of a copy that keeps the memory order (`order='K'`), as NumPy sorts it: by stride, so that broadcast
    /// axes become the innermost.
    pub fn copy_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        if !self.is_contiguous() {
            order.sort_by_key(|&axis| std::cmp::Reverse(self.strides[axis].abs()));
        }
        order
    }

    /// Whether [`View::memory_order`] would leave the axes as they are.
    pub fn is_in_memory_order(&self) -> bool {
        let mut least = i64::MAX;
        self.shape.iter().zip(&self.strides).all(|(&length, stride)| {
            let stride = stride.abs();
            let fits = length == 1 || (stride != 0 && stride <= least);
            least = if length == 1 { least } else { stride };
            fits
        })
    }

    /// The axis order, outermost first, in which memory is best walked; broadcast axes keep their place.
    pub fn memory_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.ndim()).collect();
        // stable insertion: axes of stride 0 or length 1 keep their place
        for i in 1..order.len() {
            let mut at = i;
            while at > 0 {
                let (left, right) = (order[at - 1], order[at]);
                let (a, b) = (self.strides[left].abs(), self.strides[right].abs());
                let movable = self.shape[left] != 1 && self.shape[right] != 1 && a != 0 && b != 0;
                if movable && a < b {
                    order.swap(at - 1, at);
                    at -= 1;
                } else {
                    break;
                }
            }
        }
        order
    }
}

/// Merges neighbouring axes that every operand walks as one; axes of length 1 go away. `strides[k]` are operand k's
/// strides over `shape`. Works in place.
pub fn collapse(shape: &mut Dims, strides: &mut [Dims]) {
    let ndim = shape.len();
    let mut kept = 0;
    for axis in 0..ndim {
        if shape[axis] == 1 {
            continue;
        }
        let joins = kept > 0 && strides.iter().all(|s| s[kept - 1] == s[axis] * shape[axis]);
        if joins {
            shape[kept - 1] *= shape[axis];
            for s in strides.iter_mut() {
                s[kept - 1] = s[axis];
            }
        } else {
            shape[kept] = shape[axis];
            for s in strides.iter_mut() {
                s[kept] = s[axis];
            }
            kept += 1;
        }
    }
    shape.truncate(kept);
    for s in strides.iter_mut() {
        s.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposed_matrix_reshapes_only_with_a_copy() {
        let v = View::contiguous(&[2, 3]).transpose();
        assert!(v.reshape(&[6]).is_none());
        assert!(v.reshape(&[3, 1, 2]).is_some());
        assert_eq!(v.memory_order(), vec![1, 0]);
    }

    #[test]
    fn collapse_merges_what_all_operands_walk_alike() {
        let mut shape = Dims::from_slice(&[2, 3, 4]);
        let mut strides = vec![Dims::from_slice(&[12, 4, 1]), Dims::from_slice(&[0, 4, 1])];
        collapse(&mut shape, &mut strides);
        assert_eq!(shape.as_slice(), &[2, 12]);
        assert_eq!(strides[1].as_slice(), &[0, 1]);
    }

    #[test]
    fn strided_rows_split() {
        let mut v = View::contiguous(&[4, 6]);
        v.slice(0, 0, 2, 2);
        let r = v.reshape(&[2, 2, 3]).unwrap();
        assert_eq!(r.strides.as_slice(), &[12, 3, 1]);
    }
}
