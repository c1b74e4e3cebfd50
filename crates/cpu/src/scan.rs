//! Running folds along one axis (`cumsum` and its kin). Every element is the fold of those before it, from left to right;
//! what runs side by side are the other axes.

use base::{Dims, Error, Loop, Op, Result, Scan};
use graph::Tensor;

use crate::gather::operands;
use crate::pool;
use crate::rows::Shared;
use crate::vm::cost;

/// Picoseconds per element of the two ways.
const STEP_COST: u64 = 1500;
const SIDE_BY_SIDE_COST: u64 = 250;
/// Neighbouring lanes that are worth a tile loop, and how many of them stay in the first-level cache.
const FEW_LANES: i64 = 16;
const LANES: i64 = 1024;

/// x -> running fold along `axis`.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn scan(op: &'static Op, axis: usize, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([source], [out]) = (inputs, outputs) else { return Err(operands("scan")) };
    if out.shape.contains(&0) {
        return Ok(());
    }
    let missing = || Error::runtime(format!("{}: no running fold of {}", op.name, out.dtype));
    let mut lanes = Lanes::new(axis, source, out);
    let (outer, inner) = lanes.split();
    // SAFETY: promised by the caller.
    unsafe {
        if inner >= FEW_LANES {
            let code = (op.loops)(out.dtype).ok_or_else(missing)?;
            lanes.side_by_side(code, outer, inner);
        } else {
            let scan = (op.scan)(out.dtype).ok_or_else(missing)?;
            lanes.one_by_one(scan, outer * inner);
        }
    }
    Ok(())
}

/// The scanned axis, and the other axes whose indices are the lanes.
struct Lanes {
    size: usize,
    length: i64,
    from_step: i64,
    to_step: i64,
    shape: Dims,
    /// Strides of the source and of the output over the lanes.
    strides: [Dims; 2],
    from: Shared,
    to: Shared,
}

impl Lanes {
    fn new(axis: usize, source: &Tensor, out: &Tensor) -> Lanes {
        let without = |dims: &Dims| -> Dims {
            let others = dims.iter().enumerate().filter(|(index, _)| *index != axis);
            others.map(|(_, &value)| value).collect()
        };
        let mut shape = without(&out.shape);
        let mut strides = [without(&source.strides), without(&out.strides)];
        base::view::collapse(&mut shape, &mut strides);
        Lanes {
            size: out.dtype.size(),
            length: out.shape[axis],
            from_step: source.strides[axis],
            to_step: out.strides[axis],
            shape,
            strides,
            from: Shared::new(source.data),
            to: Shared::new(out.data),
        }
    }

    /// Number of groups of lanes that are neighbours in memory on both sides, and the size of such a group.
    fn split(&mut self) -> (i64, i64) {
        let total: i64 = self.shape.iter().product();
        match self.shape.last() {
            Some(&inner) if self.strides.iter().all(|strides| strides.last() == Some(&1)) => {
                (total / inner, inner)
            }
            _ => (total, 1),
        }
    }

    /// Where lane `number` (row-major) begins on both sides.
    fn start(&self, mut number: i64) -> (*const u8, *mut u8) {
        let (mut from, mut to) = (0, 0);
        for axis in (0..self.shape.len()).rev() {
            let index = number % self.shape[axis];
            number /= self.shape[axis];
            from += index * self.strides[0][axis];
            to += index * self.strides[1][axis];
        }
        (self.from.at(from, self.size), self.to.at(to, self.size))
    }

    /// # Safety
    /// As for `Device::run`.
    unsafe fn one_by_one(&self, scan: Scan, count: i64) {
        let grain = cost::grain(count, STEP_COST * self.length as u64);
        pool::parallel_ranges(count, grain, &|begin, end| {
            for lane in begin..end {
                let (from, to) = self.start(lane);
                let mut carry = [0u64; 2];
                let carry = carry.as_mut_ptr().cast::<u8>();
                let (from_bytes, to_bytes) = (self.from_step as isize, self.to_step as isize);
                // SAFETY: the lane's elements are this thread's; the carry holds any element.
                unsafe {
                    carry.copy_from_nonoverlapping(from, self.size);
                    to.copy_from_nonoverlapping(from, self.size);
                    if self.length > 1 {
                        let next_from = from.offset(from_bytes * self.size as isize);
                        let next_to = to.offset(to_bytes * self.size as isize);
                        scan(self.length as usize - 1, next_to, to_bytes, next_from, from_bytes, carry);
                    }
                }
            }
        });
    }

    /// # Safety
    /// As for `Device::run`; groups of `inner` lanes are contiguous on both sides.
    unsafe fn side_by_side(&self, code: Loop, outer: i64, inner: i64) {
        let pieces = (inner - 1) / LANES + 1;
        let grain = cost::grain(outer * pieces, SIDE_BY_SIDE_COST * (LANES.min(inner) * self.length) as u64);
        pool::parallel_ranges(outer * pieces, grain, &|begin, end| {
            for piece in begin..end {
                let first = piece % pieces * LANES;
                let count = LANES.min(inner - first) as usize;
                let (from, to) = self.start(piece / pieces * inner + first);
                // SAFETY: these lanes are this thread's; each row is read from the one just written.
                unsafe {
                    to.copy_from_nonoverlapping(from, count * self.size);
                    for index in 1..self.length as isize {
                        let row = to.offset(index * self.to_step as isize * self.size as isize);
                        let before = row.offset(-self.to_step as isize * self.size as isize);
                        let next = from.offset(index * self.from_step as isize * self.size as isize);
                        code(count, row, [before, next, before]);
                    }
                }
            }
        });
    }
}
