//! Kernels over boolean masks: counting, positions, picking rows (`compress`) and writing rows (`expand`). Work is cut
//! into blocks of the mask; a first pass counts, so that each block knows where its rows begin.

use std::sync::atomic::{AtomicI64, Ordering};

use base::Result;
use graph::Tensor;

use crate::gather::operands;
use crate::load::by_size;
use crate::pool;
use crate::rows::{Rows, Shared};

/// Elements of the mask that one thread takes at a time.
const BLOCK: i64 = 32 * 1024;

/// One bit per byte of a word: whether it is not zero.
#[inline(always)]
fn bits_of(word: u64) -> u32 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let high = (((word & LOW) + LOW) | word) & !LOW;
    ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

/// Calls `body` with the position of every byte that is not zero, ascending.
#[inline(always)]
fn for_each_true(mask: &[u8], mut body: impl FnMut(usize)) {
    let (words, rest) = mask.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let mut bits = bits_of(u64::from_le_bytes(*word));
        while bits != 0 {
            body(index * 8 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
    for (index, _) in rest.iter().enumerate().filter(|(_, byte)| **byte != 0) {
        body(words.len() * 8 + index);
    }
}

/// Whether so few of `length` elements are true that looking for them beats passing over all without branches.
fn is_sparse(trues: i64, length: usize) -> bool {
    trues as usize * 8 < length
}

/// How many bytes are not zero.
fn count_true(mask: &[u8]) -> i64 {
    // Sums of bytes cannot overflow within 255 of them, and are eight times as many per vector as wider sums.
    mask.chunks(255).map(|chunk| chunk.iter().map(|&byte| (byte != 0) as u8).sum::<u8>() as i64).sum()
}

/// # Safety
/// The tensor is a contiguous mask.
unsafe fn bytes(mask: &Tensor) -> &[u8] {
    let length = mask.shape.first().map_or(1, |&length| length as usize);
    if length == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(mask.data, length) }
}

/// Calls `body(at, number, is_true)` for every position up to the last of `trues` trues, `number` being that of the next
/// true. Without branches, whose outcome in a random mask cannot be foreseen.
#[inline(always)]
fn for_each_number(mask: &[u8], trues: i64, mut body: impl FnMut(usize, i64, bool)) {
    let mut number = 0;
    for (at, &byte) in mask.iter().enumerate() {
        if number == trues {
            break;
        }
        let is_true = byte != 0;
        body(at, number, is_true);
        number += is_true as i64;
    }
}

/// How many elements of a mask are true.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn count(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([mask], [out]) = (inputs, outputs) else { return Err(operands("count")) };
    // SAFETY: promised by the caller.
    let mask = unsafe { bytes(mask) };
    let total = AtomicI64::new(0);
    pool::parallel_ranges(mask.len() as i64, 4 * BLOCK, &|begin, end| {
        total.fetch_add(count_true(&mask[begin as usize..end as usize]), Ordering::Relaxed);
    });
    // SAFETY: the output is one int64.
    unsafe { out.data.cast::<i64>().write(total.into_inner()) };
    Ok(())
}

/// Calls `body(begin, end, first, trues)` for every block of the mask, `first` being the number of trues before it and
/// `trues` that of its own.
fn for_blocks(mask: &[u8], body: &(dyn Fn(usize, usize, i64, i64) + Sync)) {
    let length = mask.len() as i64;
    if length <= BLOCK {
        return body(0, mask.len(), 0, count_true(mask));
    }
    let counts: Vec<AtomicI64> = (0..(length - 1) / BLOCK + 1).map(|_| AtomicI64::new(0)).collect();
    pool::parallel_ranges(length, BLOCK, &|begin, end| {
        counts[(begin / BLOCK) as usize]
            .store(count_true(&mask[begin as usize..end as usize]), Ordering::Relaxed);
    });
    let mut total = 0;
    for count in &counts {
        total += count.swap(total, Ordering::Relaxed);
    }
    pool::parallel_ranges(length, BLOCK, &|begin, end| {
        let block = (begin / BLOCK) as usize;
        let first = counts[block].load(Ordering::Relaxed);
        let next = counts.get(block + 1).map_or(total, |next| next.load(Ordering::Relaxed));
        body(begin as usize, end as usize, first, next - first);
    });
}

/// Positions of the trues.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn nonzero(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([mask], [out]) = (inputs, outputs) else { return Err(operands("nonzero")) };
    // SAFETY: promised by the caller.
    let mask = unsafe { bytes(mask) };
    let (to, step) = (Shared::new(out.data), out.strides[0]);
    for_blocks(mask, &|begin, end, first, trues| {
        let block = &mask[begin..end];
        let place = |number: i64| to.at((first + number) * step, 8).cast::<i64>();
        if is_sparse(trues, block.len()) {
            let mut next = 0;
            for_each_true(block, |at| {
                // SAFETY: there is room for every true; blocks write their own part.
                unsafe { place(next).write((begin + at) as i64) };
                next += 1;
            });
        } else {
            // SAFETY: as above; the last place is written again until its true has come.
            for_each_number(block, trues, |at, number, _| unsafe {
                place(number).write((begin + at) as i64)
            });
        }
    });
    Ok(())
}

/// Rows of the source where the mask is true, one after the other.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn compress(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([mask, source], [out]) = (inputs, outputs) else { return Err(operands("compress")) };
    let rows = Rows::new(source.dtype.size(), &source.shape[1..], &out.strides[1..], &source.strides[1..]);
    // SAFETY: promised by the caller; both sides have a row for every true.
    unsafe { pair_rows(bytes(mask), &rows, (out, false), (source, true)) };
    Ok(())
}

/// Values, one after the other, to the rows of the destination where the mask is true.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn expand(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([mask, values], [out]) = (inputs, outputs) else { return Err(operands("expand")) };
    let rows = Rows::new(out.dtype.size(), &out.shape[1..], &out.strides[1..], &values.strides[1..]);
    // SAFETY: promised by the caller; both sides have a row for every true.
    unsafe { pair_rows(bytes(mask), &rows, (out, true), (values, false)) };
    Ok(())
}

/// A piece of the mask.
struct Block<'a> {
    mask: &'a [u8],
    trues: i64,
}

impl Block<'_> {
    /// Copies the elements where the mask is true to the front.
    ///
    /// # Safety
    /// At the given steps, the destination has an element for every true and the source one for every position.
    unsafe fn compress<T: Copy>(&self, (to, to_step): (*mut T, i64), (from, from_step): (*const T, i64)) {
        for_each_number(self.mask, self.trues, |at, number, _| {
            // SAFETY: the last place is written again until its true has come.
            unsafe {
                to.offset((number * to_step) as isize).write(*from.offset(at as isize * from_step as isize))
            }
        });
    }

    /// Copies elements from the front to where the mask is true; others are written as they are.
    ///
    /// # Safety
    /// As for `compress`, with the roles exchanged.
    unsafe fn expand<T: Copy>(&self, (to, to_step): (*mut T, i64), (from, from_step): (*const T, i64)) {
        for_each_number(self.mask, self.trues, |at, number, is_true| {
            // SAFETY: promised by the caller.
            unsafe {
                let to = to.offset(at as isize * to_step as isize);
                let new = from.offset((number * from_step) as isize);
                to.write(*std::hint::select_unpredictable(is_true, new, to.cast_const()));
            }
        });
    }
}

/// Copies a row for every true of the mask. Each side says whether its rows are numbered by the mask's positions or by
/// the trues.
///
/// # Safety
/// Both sides have the rows that are so numbered, and do not overlap.
unsafe fn pair_rows(
    mask: &[u8],
    rows: &Rows,
    (to, to_masked): (&Tensor, bool),
    (from, from_masked): (&Tensor, bool),
) {
    let size = rows.size;
    let (to_step, from_step) = (to.strides[0], from.strides[0]);
    let (to, from) = (Shared::new(to.data), Shared::new(from.data));
    for_blocks(mask, &|begin, end, first, trues| {
        if rows.is_element() && !is_sparse(trues, end - begin) {
            let block = Block { mask: &mask[begin..end], trues };
            let to = to.at(if to_masked { begin as i64 } else { first } * to_step, size);
            let from = from.at(if from_masked { begin as i64 } else { first } * from_step, size);
            // SAFETY: the block's elements on both sides, which are its own.
            by_size!(size, T => unsafe {
                if to_masked {
                    block.expand::<T>((to.cast(), to_step), (from.cast(), from_step));
                } else {
                    block.compress::<T>((to.cast(), to_step), (from.cast(), from_step));
                }
            });
            return;
        }
        let mut next = first;
        let mut places = |at: usize| {
            let (row, number) = ((begin + at) as i64, next);
            next += 1;
            let to_row = if to_masked { row } else { number };
            let from_row = if from_masked { row } else { number };
            (to.at(to_row * to_step, size), from.at(from_row * from_step, size))
        };
        if rows.is_element() {
            by_size!(size, T => for_each_true(&mask[begin..end], |at| {
                let (to, from) = places(at);
                // SAFETY: an element on both sides; blocks write their own rows.
                unsafe { to.cast::<T>().write(*from.cast::<T>()) };
            }));
        } else {
            for_each_true(&mask[begin..end], |at| {
                let (to, from) = places(at);
                // SAFETY: a row on both sides; blocks write their own rows.
                unsafe { rows.copy(to, from) };
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_byte_but_zero_is_true() {
        let mask: Vec<u8> =
            (0..300u32).map(|at| if at % 3 == 0 { 0 } else { (at % 256) as u8 | 1 << (at % 8) }).collect();
        let mut seen = Vec::new();
        for_each_true(&mask, |at| seen.push(at));
        let expected: Vec<usize> = (0..300).filter(|&at| mask[at] != 0).collect();
        assert_eq!(seen, expected);
        assert_eq!(count_true(&mask), expected.len() as i64);
    }
}
