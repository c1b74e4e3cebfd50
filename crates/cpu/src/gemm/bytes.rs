//! Products of matrices of bytes with sums of 32 bits, for quantized layers. Both sides are packed as 16-bit numbers in
//! pairs along k, so that one instruction multiplies sixteen of them and adds the pairs; nothing can overflow before the
//! sum, which wraps around. Called by the device when the factors are bytes and the result is int32; knows no scales.

use super::Strides;
use crate::pool;
use crate::scratch::Scratch;

/// Rows and columns of C that one tile holds in registers.
const ROWS: usize = 4;
const COLUMNS: usize = 16;
/// Steps along k, in pairs, for which a packed panel of B stays in the first-level cache.
const PAIRS_AT_ONCE: usize = 512;
/// Rows of C that follow each other on one panel of B.
const ROWS_AT_ONCE: usize = 16 * ROWS;
/// Multiplications that one task should at least have.
const TASK_WORK: usize = 1 << 17;

/// A matrix of bytes: where it begins, whether the bytes have a sign, its strides.
#[derive(Clone, Copy)]
pub(crate) struct Bytes {
    pub(crate) data: *const u8,
    pub(crate) signed: bool,
    pub(crate) strides: Strides,
}

// SAFETY: a description of memory that is only read while a product runs.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// Packs lines of this matrix, `lines` at a time and `width` to a block: block, pair, line, the two of the pair.
    /// `line` and `step` are the strides from line to line and along k. What lies outside is zero.
    unsafe fn pack(self, to: *mut i16, lines: usize, k: usize, width: usize, line: isize, step: isize) {
        // SAFETY: the caller's promise, told of the sign.
        unsafe {
            if self.signed {
                self.pack_as(to, lines, k, width, (line, step), |byte| i16::from(byte.cast_signed()));
            } else {
                self.pack_as(to, lines, k, width, (line, step), i16::from);
            }
        }
    }

    #[inline(always)]
    unsafe fn pack_as(
        self,
        to: *mut i16,
        lines: usize,
        k: usize,
        width: usize,
        (line, step): (isize, isize),
        widened: impl Fn(u8) -> i16 + Sync,
    ) {
        let pairs = k.div_ceil(2);
        let (to, this) = (Shared(to), &self);
        let grain = (TASK_WORK / (width * k).max(1)).max(1);
        pool::parallel_ranges(lines.div_ceil(width) as i64, grain as i64, &|begin, end| {
            for block in begin as usize..end as usize {
                for within in 0..width {
                    let number = block * width + within;
                    let length = if number < lines { k } else { 0 };
                    // SAFETY: places of the line inside the matrix are read; each place of the room is written once.
                    unsafe {
                        let from = this.data.offset(if length > 0 { number as isize * line } else { 0 });
                        let read = |place: usize| widened(*from.offset(place as isize * step));
                        let to = to.get().add((block * pairs * width + within) * 2);
                        let write = |pair: usize, one: i16, two: i16| {
                            to.add(pair * width * 2).cast::<[i16; 2]>().write([one, two]);
                        };
                        for pair in 0..length / 2 {
                            write(pair, read(2 * pair), read(2 * pair + 1));
                        }
                        if length % 2 == 1 {
                            write(length / 2, read(length - 1), 0);
                        }
                        for pair in length.div_ceil(2)..pairs {
                            write(pair, 0, 0);
                        }
                    }
                }
            }
        });
    }
}

/// A pointer into memory of which every task writes its own part.
struct Shared<T>(*mut T);

// SAFETY: the tasks write different elements.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn get(&self) -> *mut T {
        self.0
    }
}

/// `C = A B` of m by k and k by n, with sums modulo 2**32.
///
/// # Safety
/// All elements addressed by the pointers and strides are valid; those of C are distinct and overlap neither A nor B.
pub(crate) unsafe fn gemm_bytes(
    (m, n, k): (usize, usize, usize),
    a: Bytes,
    b: Bytes,
    c: *mut i32,
    c_strides: Strides,
) {
    if m == 0 || n == 0 {
        return;
    }
    let pairs = k.div_ceil(2);
    let (blocks, panels) = (m.div_ceil(ROWS), n.div_ceil(COLUMNS));
    let rooms =
        (Scratch::new::<i16>(blocks * ROWS * pairs * 2), Scratch::new::<i16>(panels * COLUMNS * pairs * 2));
    let (packed_a, packed_b) = (Shared(rooms.0.pointer::<i16>()), Shared(rooms.1.pointer::<i16>()));
    // SAFETY: the rooms hold all blocks; the strides are those of the matrices.
    unsafe {
        a.pack(packed_a.get(), m, k, ROWS, a.strides.0, a.strides.1);
        b.pack(packed_b.get(), n, k, COLUMNS, b.strides.1, b.strides.0);
    }
    let c = Shared(c);
    let groups = m.div_ceil(ROWS_AT_ONCE);
    let grain = (TASK_WORK / (ROWS_AT_ONCE.min(m) * COLUMNS * k).max(1)).max(1);
    pool::parallel_ranges((groups * panels) as i64, grain as i64, &|begin, end| {
        for task in begin as usize..end as usize {
            let (group, panel) = (task / panels, task % panels);
            let last = blocks.min((group + 1) * ROWS_AT_ONCE / ROWS);
            for from in (0..pairs.max(1)).step_by(PAIRS_AT_ONCE) {
                let count = PAIRS_AT_ONCE.min(pairs - from);
                for block in group * ROWS_AT_ONCE / ROWS..last {
                    // SAFETY: blocks and panels exist in the rooms; tasks write different tiles of C.
                    unsafe {
                        let left = packed_a.get().add((block * pairs + from) * ROWS * 2);
                        let right = packed_b.get().add((panel * pairs + from) * COLUMNS * 2);
                        let sums = tile(left, right, count);
                        let (top, first) = (block * ROWS, panel * COLUMNS);
                        for row in top..m.min(top + ROWS) {
                            for column in first..n.min(first + COLUMNS) {
                                let offset = row as isize * c_strides.0 + column as isize * c_strides.1;
                                let to = c.get().offset(offset);
                                let sum = sums[row - top][column - first];
                                *to = if from == 0 { sum } else { (*to).wrapping_add(sum) };
                            }
                        }
                    }
                }
            }
        }
    });
}

type Tile = [[i32; COLUMNS]; ROWS];

/// The sums of one tile over so many pairs, with the best instructions of this machine.
unsafe fn tile(left: *const i16, right: *const i16, pairs: usize) -> Tile {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the instructions exist; the rest is the caller's promise.
        return unsafe { tile_avx2(left, right, pairs) };
    }
    // SAFETY: the caller's promise.
    unsafe { tile_plain(left, right, pairs) }
}

unsafe fn tile_plain(left: *const i16, right: *const i16, pairs: usize) -> Tile {
    let mut sums = [[0i32; COLUMNS]; ROWS];
    for pair in 0..pairs {
        for (row, sums) in sums.iter_mut().enumerate() {
            for (column, sum) in sums.iter_mut().enumerate() {
                // SAFETY: both packed blocks hold `pairs` pairs of their lines.
                unsafe {
                    let (left, right) =
                        (left.add((pair * ROWS + row) * 2), right.add((pair * COLUMNS + column) * 2));
                    let product = |place| i32::from(*left.add(place)) * i32::from(*right.add(place));
                    *sum = sum.wrapping_add(product(0) + product(1));
                }
            }
        }
    }
    sums
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn tile_avx2(left: *const i16, right: *const i16, pairs: usize) -> Tile {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_set1_epi32,
        _mm256_setzero_si256, _mm256_storeu_si256,
    };
    let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
    for pair in 0..pairs {
        // SAFETY: both packed blocks hold `pairs` pairs of their lines: 32 numbers on the right, 8 on the left.
        unsafe {
            let here = right.add(pair * COLUMNS * 2).cast::<__m256i>();
            let columns = [_mm256_loadu_si256(here), _mm256_loadu_si256(here.add(1))];
            for (row, sums) in sums.iter_mut().enumerate() {
                let both = left.add((pair * ROWS + row) * 2).cast::<i32>().read_unaligned();
                let both = _mm256_set1_epi32(both);
                sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(both, columns[0]));
                sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(both, columns[1]));
            }
        }
    }
    let mut result = [[0i32; COLUMNS]; ROWS];
    for (row, sums) in sums.into_iter().enumerate() {
        for (half, sum) in sums.into_iter().enumerate() {
            // SAFETY: a row of the result holds two vectors.
            unsafe { _mm256_storeu_si256(result[row].as_mut_ptr().add(half * COLUMNS / 2).cast(), sum) }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(byte: u8, signed: bool) -> i32 {
        if signed { i32::from(byte.cast_signed()) } else { i32::from(byte) }
    }

    #[test]
    fn sums_are_those_of_plain_loops() {
        let mut state = 12345u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for (m, n, k) in
            [(1, 1, 1), (4, 16, 2), (5, 17, 3), (67, 33, 129), (3, 1, 2500), (130, 2, 0), (1, 40, 7)]
        {
            let a: Vec<u8> = (0..m * k).map(|_| next()).collect();
            let b: Vec<u8> = (0..k * n).map(|_| next()).collect();
            for (a_signed, b_signed, turned) in
                [(true, true, false), (false, true, true), (true, false, false), (false, false, true)]
            {
                // B as rows, or as columns
                let b_strides = if turned { (1, k as isize) } else { (n as isize, 1) };
                let mut c = vec![-1i32; m * n];
                let left = Bytes { data: a.as_ptr(), signed: a_signed, strides: (k as isize, 1) };
                let right = Bytes { data: b.as_ptr(), signed: b_signed, strides: b_strides };
                // SAFETY: the vectors have the sizes that the shapes and strides say.
                unsafe { gemm_bytes((m, n, k), left, right, c.as_mut_ptr(), (n as isize, 1)) };
                for row in 0..m {
                    for column in 0..n {
                        let wanted: i32 = (0..k)
                            .map(|step| {
                                let at = step as isize * b_strides.0 + column as isize * b_strides.1;
                                value(a[row * k + step], a_signed) * value(b[at as usize], b_signed)
                            })
                            .sum();
                        assert_eq!(c[row * n + column], wanted, "{m} {n} {k} {a_signed} {b_signed}");
                    }
                }
            }
        }
    }

    #[test]
    fn both_kinds_of_instructions_agree() {
        let left: Vec<i16> = (0..ROWS * 2 * 9).map(|index| (index as i16 * 37) % 256 - 128).collect();
        let right: Vec<i16> = (0..COLUMNS * 2 * 9).map(|index| (index as i16 * 53) % 256).collect();
        // SAFETY: the vectors hold nine pairs.
        let (best, plain) =
            unsafe { (tile(left.as_ptr(), right.as_ptr(), 9), tile_plain(left.as_ptr(), right.as_ptr(), 9)) };
        assert_eq!(best, plain);
    }
}
