//! The index space of a launch: the operands' strides over it, and how it is cut into box-shaped tiles. Called by the
//! map and reduction machines, which choose the cuts. Never looks at a program.

use base::{Dims, view};
use graph::Tensor;
use smallvec::SmallVec;

use super::steps::Access;

/// An input or output of a program, seen from the machine.
#[derive(Clone)]
pub(crate) struct Operand {
    /// Address of the element at the origin; null for positions.
    pub data: *mut u8,
    /// Value at the origin of positions.
    pub offset: i64,
    /// Bytes of an element.
    pub size: usize,
}

// SAFETY: the caller of a kernel lets all threads of the region use these addresses; different tiles write different
// elements.
unsafe impl Sync for Operand {}

impl Operand {
    pub fn is_position(&self) -> bool {
        self.data.is_null()
    }
}

/// Operands (inputs first, then outputs) over a common shape that is cut into tiles of lengths `tile`.
pub(crate) struct Space {
    pub shape: Dims,
    /// Length of a tile along each axis; the last tile of an axis may be shorter.
    pub tile: Dims,
    /// Axes before this one have tiles of length 1.
    pub first: usize,
    pub operands: SmallVec<[Operand; 6]>,
    pub strides: SmallVec<[Dims; 6]>,
}

impl Space {
    pub fn new(shape: &[i64], inputs: &[Tensor], outputs: &[Tensor]) -> Space {
        let mut space = Space {
            shape: Dims::from_slice(shape),
            tile: Dims::new(),
            first: 0,
            operands: SmallVec::new(),
            strides: SmallVec::new(),
        };
        for tensor in inputs.iter().chain(outputs) {
            space.operands.push(Operand {
                data: tensor.data,
                offset: tensor.offset,
                size: tensor.dtype.size(),
            });
            space.strides.push(Dims::from_slice(&tensor.strides));
        }
        space
    }

    /// Moves an operand some elements on.
    pub fn shift(&mut self, index: usize, elements: i64) {
        let operand = &mut self.operands[index];
        if operand.is_position() {
            operand.offset += elements;
        } else {
            operand.data = operand.data.wrapping_offset(elements as isize * operand.size as isize);
        }
    }

    pub fn size(&self) -> i64 {
        self.shape.iter().product()
    }

    /// Drops axes of length 1, which have no say in anything.
    pub fn drop_ones(&mut self) {
        if !self.shape.contains(&1) {
            return;
        }
        let keep: SmallVec<[usize; 8]> =
            (0..self.shape.len()).filter(|&axis| self.shape[axis] != 1).collect();
        self.shape = keep.iter().map(|&axis| self.shape[axis]).collect();
        for strides in &mut self.strides {
            *strides = keep.iter().map(|&axis| strides[axis]).collect();
        }
    }

    /// Brings the axes of a map into the order of memory, forwards, and merges what all operands walk as one. Only for
    /// maps, whose elements may be visited in any order. The operand `leader` decides.
    pub fn normalise(&mut self, leader: usize) {
        self.drop_ones();
        for axis in 0..self.shape.len() {
            if self.strides[leader][axis] < 0 {
                self.flip(axis);
            }
        }
        self.sort_axes(leader);
        view::collapse(&mut self.shape, &mut self.strides);
    }

    /// Walks an axis from its other end.
    fn flip(&mut self, axis: usize) {
        for (operand, strides) in self.operands.iter_mut().zip(&mut self.strides) {
            let reach = (self.shape[axis] - 1) * strides[axis];
            if operand.is_position() {
                operand.offset += reach;
            } else {
                operand.data = operand.data.wrapping_offset(reach as isize * operand.size as isize);
            }
            strides[axis] = -strides[axis];
        }
    }

    /// Insertion sort by falling stride of the leader; axes that it does not walk stay where they are.
    fn sort_axes(&mut self, leader: usize) {
        for end in 1..self.shape.len() {
            let mut at = end;
            while at > 0 {
                let (left, right) = (self.strides[leader][at - 1], self.strides[leader][at]);
                if left == 0 || right == 0 || left >= right {
                    break;
                }
                self.swap_axes(at - 1, at);
                at -= 1;
            }
        }
    }

    fn swap_axes(&mut self, left: usize, right: usize) {
        self.shape.swap(left, right);
        for strides in &mut self.strides {
            strides.swap(left, right);
        }
    }

    /// Moves axis `from` to place `to`, keeping the order of the others.
    pub fn move_axis(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            self.swap_axes(at, at + 1);
            at += 1;
        }
    }

    /// How a tile reaches operand `index`: in place where its tiles are runs of memory, once for all where no tile
    /// differs from another, otherwise by a copy per tile.
    pub fn access(&self, index: usize) -> Access {
        let strides = &self.strides[index];
        let position = self.operands[index].is_position();
        if !position && self.is_run(strides) {
            return Access::Direct;
        }
        // Only the axes along which there is more than one tile can make tiles differ.
        let differs =
            (0..self.shape.len()).any(|axis| self.tile[axis] < self.shape[axis] && strides[axis] != 0);
        // A shorter tile is the beginning of a longer one only when it is cut along its first axis.
        let uneven = self.is_cut_inside() && strides[self.first..].iter().any(|&stride| stride != 0);
        if differs || uneven { Access::Copied } else { Access::Fixed }
    }

    /// Whether tiles are cut along an axis after their first.
    fn is_cut_inside(&self) -> bool {
        (self.first + 1..self.shape.len()).any(|axis| self.tile[axis] < self.shape[axis])
    }

    /// Whether every tile is a contiguous run under these strides.
    fn is_run(&self, strides: &[i64]) -> bool {
        if self.is_cut_inside() {
            return false;
        }
        let mut step = 1;
        for axis in (self.first..self.shape.len()).rev() {
            if self.tile[axis] > 1 {
                if strides[axis] != step {
                    return false;
                }
                step *= self.tile[axis];
            }
        }
        true
    }

    /// Number of tiles along an axis.
    pub fn tiles_along(&self, axis: usize) -> i64 {
        (self.shape[axis] - 1) / self.tile[axis] + 1
    }

    /// Number of tiles of the whole space.
    pub fn tiles(&self) -> i64 {
        (0..self.shape.len()).map(|axis| self.tiles_along(axis)).product()
    }
}

/// One tile: where it begins, how long it is along each axis.
#[derive(Clone)]
pub(crate) struct Place {
    pub start: Dims,
    pub lengths: Dims,
}

impl Place {
    /// The first tile.
    pub fn new(space: &Space) -> Place {
        Place { start: Dims::from_elem(0, space.shape.len()), lengths: Dims::from_slice(&space.tile) }
    }

    /// Goes to the tile with these numbers along `axes` (row-major number `tile` over them); other axes stay.
    pub fn seek(&mut self, space: &Space, axes: std::ops::Range<usize>, mut tile: i64) {
        for axis in axes.rev() {
            let along = space.tiles_along(axis);
            self.set(space, axis, tile % along);
            tile /= along;
        }
    }

    /// Goes to tile `number` along one axis.
    pub fn set(&mut self, space: &Space, axis: usize, number: i64) {
        let start = number * space.tile[axis];
        self.start[axis] = start;
        self.lengths[axis] = space.tile[axis].min(space.shape[axis] - start);
    }

    /// Goes to the next tile in row-major order; after the last comes the first.
    pub fn advance(&mut self, space: &Space) {
        for axis in (0..self.start.len()).rev() {
            let next = self.start[axis] + space.tile[axis];
            if next < space.shape[axis] {
                self.start[axis] = next;
                self.lengths[axis] = space.tile[axis].min(space.shape[axis] - next);
                return;
            }
            self.start[axis] = 0;
            self.lengths[axis] = space.tile[axis];
        }
    }

    /// Number of elements of the tile.
    pub fn count(&self, space: &Space) -> usize {
        self.lengths[space.first..].iter().product::<i64>() as usize
    }

    /// Elements between an operand's origin and this tile's first element.
    pub fn offset(&self, strides: &[i64]) -> i64 {
        self.start.iter().zip(strides).map(|(start, stride)| start * stride).sum()
    }
}
