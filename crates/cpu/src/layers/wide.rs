//! Sums along rows in whole registers: written with scalars, the side-by-side sums of a loop would be torn into pieces by the
//! compiler. The order is that of the scalar sums beside (`sum_of`), so the width never shows. Knows no layer.

use lanes::Real;

use super::{Number, WIDTH, rest_block, total};
use crate::gemm::vector::Vector;

/// Registers that hold `WIDTH` numbers, at most.
pub(super) const MOST_PARTS: usize = 16;

/// Work that is compiled for every kind of register.
pub(super) trait WideBody<T> {
    /// # Safety
    /// Called inside a function that is compiled for these registers.
    unsafe fn run<V: Vector<Scalar = T>>(self);
}

/// Registers for `WIDTH` numbers.
pub(super) const fn parts<V: Vector>() -> usize {
    WIDTH / V::LANES
}

/// `WIDTH` sums side by side.
#[derive(Clone, Copy)]
pub(super) struct Sums<V>([V; MOST_PARTS]);

impl<V: Vector<Scalar: Number>> Sums<V> {
    /// # Safety
    /// As for [`WideBody::run`], here and below.
    #[inline(always)]
    pub(super) unsafe fn new() -> Self {
        const { assert!(WIDTH.is_multiple_of(V::LANES) && WIDTH / V::LANES <= MOST_PARTS) };
        // SAFETY: promised by the caller.
        Sums([unsafe { V::zero() }; MOST_PARTS])
    }

    /// # Safety
    /// As for [`Sums::new`].
    #[inline(always)]
    pub(super) unsafe fn add(&mut self, part: usize, more: V) {
        // SAFETY: promised by the caller.
        self.0[part] = unsafe { self.0[part].add(more) };
    }

    /// # Safety
    /// As for [`Sums::new`].
    #[inline(always)]
    pub(super) unsafe fn lanes(self) -> [V::Scalar; WIDTH] {
        let mut lanes = [V::Scalar::ZERO; WIDTH];
        for part in 0..parts::<V>() {
            // SAFETY: promised by the caller; the parts are as long as the array.
            unsafe { self.0[part].store(lanes.as_mut_ptr().add(part * V::LANES)) };
        }
        lanes
    }
}

/// Of a row: the sum (without a center), or the sum of the squared distances from it.
///
/// # Safety
/// As for [`WideBody::run`].
#[inline(always)]
pub(super) unsafe fn sum_of<V: Vector<Scalar: Number>>(
    x: &[V::Scalar],
    center: Option<V::Scalar>,
) -> V::Scalar {
    // SAFETY: promised by the caller; blocks of the row, and one of our own.
    unsafe {
        let middle = center.map(|center| V::splat(&center));
        let term = |from: *const V::Scalar| {
            let x = V::load(from);
            let Some(middle) = middle else { return x };
            let distance = x.subtract(middle);
            distance.multiply(distance)
        };
        let mut sums = Sums::<V>::new();
        let chunks = x.chunks_exact(WIDTH);
        let rest = chunks.remainder();
        for x in chunks {
            for part in 0..parts::<V>() {
                sums.add(part, term(x.as_ptr().add(part * V::LANES)));
            }
        }
        let mut sums = sums.lanes();
        if let Some(&first) = rest.first() {
            let x = rest_block(rest, first);
            for lane in 0..WIDTH {
                let distance = x[lane] - center.unwrap_or(V::Scalar::ZERO);
                let term = if center.is_some() { distance * distance } else { x[lane] };
                sums[lane] = sums[lane] + if lane < rest.len() { term } else { V::Scalar::ZERO };
            }
        }
        total(sums)
    }
}
