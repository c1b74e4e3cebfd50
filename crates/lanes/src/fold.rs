//! Folding rows by an associative body: many accumulators side by side, so that no step waits for the one before. Used by
//! the CPU's reductions. Which elements meet depends on the lengths alone: neither on the level nor on addresses.

use std::mem::MaybeUninit;

use base::Fold;

use crate::Element;
#[cfg(target_arch = "x86_64")]
use crate::level::{Avx2, Avx512};
use crate::level::{Baseline, Isa, Level, level};
use crate::tile::Map2;

/// The fold of a body with two sources.
pub fn fold2<O: Map2<A, A>, A: Element>() -> Fold {
    if const { size_of::<A::Bits>() <= 4 } {
        pick::<O, A, 64>()
    } else if const { size_of::<A::Bits>() <= 8 } {
        pick::<O, A, 32>()
    } else {
        pick::<O, A, 16>()
    }
}

#[cfg(target_arch = "x86_64")]
fn pick<O: Map2<A, A>, A: Element, const N: usize>() -> Fold {
    match level() {
        Level::Avx512 => avx512::<O, A, N>,
        Level::Avx2 => avx2::<O, A, N>,
        Level::Baseline => baseline::<O, A, N>,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn pick<O: Map2<A, A>, A: Element, const N: usize>() -> Fold {
    baseline::<O, A, N>
}

unsafe fn baseline<O: Map2<A, A>, A: Element, const N: usize>(
    length: usize,
    unit: usize,
    destination: *mut u8,
    source: *const u8,
) {
    // SAFETY: the caller keeps the contract of `Fold`.
    unsafe { fold::<O, A, Baseline, N>(length, unit, destination.cast(), source.cast()) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx2<O: Map2<A, A>, A: Element, const N: usize>(
    length: usize,
    unit: usize,
    destination: *mut u8,
    source: *const u8,
) {
    // SAFETY: the caller keeps the contract of `Fold`.
    unsafe { fold::<O, A, Avx2, N>(length, unit, destination.cast(), source.cast()) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx512<O: Map2<A, A>, A: Element, const N: usize>(
    length: usize,
    unit: usize,
    destination: *mut u8,
    source: *const u8,
) {
    // SAFETY: the caller keeps the contract of `Fold`.
    unsafe { fold::<O, A, Avx512, N>(length, unit, destination.cast(), source.cast()) }
}

/// # Safety
/// As for [`Fold`].
#[inline(always)]
unsafe fn fold<O: Map2<A, A>, A: Element, I: Isa, const N: usize>(
    length: usize,
    unit: usize,
    destination: *mut A::Bits,
    source: *const A::Bits,
) {
    // SAFETY: each part stays within `length` rows of `unit` elements, and within the destination's one row.
    unsafe {
        if unit == 1 {
            *destination = row::<O, A, I, N>(length, source);
            return;
        }
        let mut column = 0;
        while column + N <= unit {
            columns::<O, A, I, N>(length, unit, destination.add(column), source.add(column));
            column += N;
        }
        while column + 8 <= unit {
            columns::<O, A, I, 8>(length, unit, destination.add(column), source.add(column));
            column += 8;
        }
        while column < unit {
            columns::<O, A, I, 1>(length, unit, destination.add(column), source.add(column));
            column += 1;
        }
    }
}

/// Folds `N` neighbouring columns: four rows at a time, then one by one. The accumulators are a plain array that is loaded
/// and stored once for four rows; kept as variables, they would be split into scalars by the compiler.
///
/// # Safety
/// `length` rows, `unit` elements apart, of at least `N` elements; room for `N`.
#[inline(always)]
unsafe fn columns<O: Map2<A, A>, A: Element, I: Isa, const N: usize>(
    length: usize,
    unit: usize,
    destination: *mut A::Bits,
    source: *const A::Bits,
) {
    let mut sums = [A::Bits::default(); N];
    // SAFETY: rows `index` to `index + 3` are there, each with `N` elements.
    unsafe {
        sums.as_mut_ptr().copy_from_nonoverlapping(source, N);
        let mut index = 1;
        while index + 4 <= length {
            let four: [*const A::Bits; 4] = std::array::from_fn(|more| source.add((index + more) * unit));
            for (lane, sum) in sums.iter_mut().enumerate() {
                let [a, b, c, d] = four.map(|row| A::from_bits(*row.add(lane)));
                let more = O::apply::<I>(O::apply::<I>(a, b), O::apply::<I>(c, d));
                *sum = O::apply::<I>(A::from_bits(*sum), more).into_bits();
            }
            index += 4;
        }
        while index < length {
            let row = source.add(index * unit);
            for (lane, sum) in sums.iter_mut().enumerate() {
                let next = A::from_bits(*row.add(lane));
                *sum = O::apply::<I>(A::from_bits(*sum), next).into_bits();
            }
            index += 1;
        }
        destination.copy_from_nonoverlapping(sums.as_ptr(), N);
    }
}

/// Folds one row: chunks of `N` elements lane by lane, the rest into the first lanes, then halves of the lanes onto each
/// other.
///
/// # Safety
/// `length` elements, at least one.
#[inline(always)]
unsafe fn row<O: Map2<A, A>, A: Element, I: Isa, const N: usize>(
    length: usize,
    source: *const A::Bits,
) -> A::Bits {
    let mut memory = MaybeUninit::<[A::Bits; N]>::uninit();
    let lanes = memory.as_mut_ptr().cast::<A::Bits>();
    let chunks = length / N;
    let rest = length % N;
    // SAFETY: within the row and the local lanes, whose first `filled` are written before they are read.
    unsafe {
        if chunks > 0 {
            columns::<O, A, I, N>(chunks, N, lanes, source);
            for lane in 0..rest {
                join::<O, A, I>(lanes.add(lane), *source.add(chunks * N + lane));
            }
            halve_all::<O, A, I, N>(lanes);
            return *lanes;
        }
        lanes.copy_from_nonoverlapping(source, rest);
        let mut filled = rest;
        while filled > 1 {
            let half = filled.div_ceil(2);
            for lane in 0..filled - half {
                join::<O, A, I>(lanes.add(lane), *lanes.add(lane + half));
            }
            filled = half;
        }
        *lanes
    }
}

/// Halves of `N` lanes onto each other down to one. The lengths are constants, or each step would be a loop with masks.
///
/// # Safety
/// `N` lanes, a power of two up to 64.
#[inline(always)]
unsafe fn halve_all<O: Map2<A, A>, A: Element, I: Isa, const N: usize>(lanes: *mut A::Bits) {
    const { assert!(N.is_power_of_two() && N <= 64) };
    // SAFETY: promised by the caller.
    unsafe {
        if N > 32 {
            halve::<O, A, I, 32>(lanes);
        }
        if N > 16 {
            halve::<O, A, I, 16>(lanes);
        }
        halve::<O, A, I, 8>(lanes);
        halve::<O, A, I, 4>(lanes);
        halve::<O, A, I, 2>(lanes);
        halve::<O, A, I, 1>(lanes);
    }
}

/// # Safety
/// Twice `H` lanes.
#[inline(always)]
unsafe fn halve<O: Map2<A, A>, A: Element, I: Isa, const H: usize>(lanes: *mut A::Bits) {
    // SAFETY: promised by the caller.
    unsafe {
        let upper: [A::Bits; H] = lanes.add(H).cast::<[A::Bits; H]>().read();
        for (lane, more) in upper.into_iter().enumerate() {
            join::<O, A, I>(lanes.add(lane), more);
        }
    }
}

/// # Safety
/// `to` is an element.
#[inline(always)]
unsafe fn join<O: Map2<A, A>, A: Element, I: Isa>(to: *mut A::Bits, more: A::Bits) {
    // SAFETY: promised by the caller.
    unsafe { *to = O::apply::<I>(A::from_bits(*to), A::from_bits(more)).into_bits() }
}
