//! The copy of a transposed matrix, by element size alone: square blocks that fit in the registers, turned by shuffles
//! where the machine has them. Used through `strided`; knows no dtypes.

use crate::strided::Sixteen;

/// Where a matrix lies on both sides: `destination[r * destination_step + c] = source[c * source_step + r]`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<T> {
    rows: usize,
    columns: usize,
    destination: *mut T,
    destination_step: isize,
    source: *const T,
    source_step: isize,
}

impl<T: Copy> Matrix<T> {
    /// The part that begins at this row and column, of `T` or of elements of the same size.
    #[inline(always)]
    fn at(&self, row: usize, column: usize) -> (*mut T, *const T) {
        let (row, column) = (row as isize, column as isize);
        (
            self.destination.wrapping_offset(row * self.destination_step + column),
            self.source.wrapping_offset(column * self.source_step + row),
        )
    }

    /// Copies a part element by element.
    #[inline(always)]
    unsafe fn plainly(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) {
        for row in rows {
            for column in columns.clone() {
                let (to, from) = self.at(row, column);
                // SAFETY: an element of the matrix.
                unsafe { to.write(from.read()) }
            }
        }
    }
}

/// Defines a transposition by blocks of `$side` squared, compiled for `$feature`. Blocks follow one another down the
/// rows, so that whole lines of the source are used up; the next ones are fetched meanwhile, also beyond the matrix,
/// where the next tile usually begins.
macro_rules! by_blocks {
    ($(#[$attribute:meta])* $name:ident, $type:ty, $side:expr, $block:path) => {
        $(#[$attribute])*
        pub(super) unsafe fn $name(matrix: Matrix<$type>) {
            const SIDE: usize = $side;
            let (rows, columns) = (matrix.rows / SIDE * SIDE, matrix.columns / SIDE * SIDE);
            for column in (0..columns).step_by(SIDE) {
                for row in (0..rows).step_by(SIDE) {
                    let (to, from) = matrix.at(row, column);
                    if row * size_of::<$type>() % LINE == 0 {
                        for ahead in SIDE..2 * SIDE {
                            fetch(from.wrapping_offset(ahead as isize * matrix.source_step));
                        }
                    }
                    // SAFETY: a whole block lies there on both sides.
                    unsafe { $block(to, matrix.destination_step, from, matrix.source_step) };
                }
            }
            // SAFETY: the rest of the matrix.
            unsafe {
                matrix.plainly(rows..matrix.rows, 0..columns);
                matrix.plainly(0..matrix.rows, columns..matrix.columns);
            }
        }
    };
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// Asks for the line at an address, which need not exist.
#[inline(always)]
fn fetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint that never faults.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

by_blocks!(plain1, u8, 8, plain_block::<u8, 8>);
by_blocks!(plain2, u16, 8, plain_block::<u16, 8>);
by_blocks!(plain4, u32, 8, plain_block::<u32, 8>);
by_blocks!(plain8, u64, 4, plain_block::<u64, 4>);
by_blocks!(plain16, Sixteen, 4, plain_block::<Sixteen, 4>);

/// # Safety
/// A block lies there on both sides.
#[inline(always)]
unsafe fn plain_block<T: Copy, const SIDE: usize>(
    destination: *mut T,
    destination_step: isize,
    source: *const T,
    source_step: isize,
) {
    // SAFETY: promised by the caller. Whole lines are read and written at once.
    unsafe {
        let lines: [[T; SIDE]; SIDE] =
            std::array::from_fn(|c| source.offset(c as isize * source_step).cast::<[T; SIDE]>().read());
        for r in 0..SIDE {
            let line: [T; SIDE] = std::array::from_fn(|c| lines[c][r]);
            destination.offset(r as isize * destination_step).cast::<[T; SIDE]>().write(line);
        }
    }
}

/// Transposes a matrix of elements of `size` bytes.
///
/// # Safety
/// As for `strided::transpose`.
pub(crate) unsafe fn transpose(
    size: usize,
    rows: usize,
    columns: usize,
    destination: *mut u8,
    destination_step: isize,
    source: *const u8,
    source_step: isize,
) {
    macro_rules! run {
        ($code:path) => {
            $code(Matrix {
                rows,
                columns,
                destination: destination.cast(),
                destination_step,
                source: source.cast(),
                source_step,
            })
        };
    }
    // SAFETY: promised by the caller; the wide ones run where the machine has their instructions.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        if crate::level() >= crate::Level::Avx2 {
            match size {
                1 => return run!(wide::turn1),
                2 => return run!(wide::turn2),
                4 => return run!(wide::turn4),
                8 => return run!(wide::turn8),
                _ => {}
            }
        }
        match size {
            1 => run!(plain1),
            2 => run!(plain2),
            4 => run!(plain4),
            8 => run!(plain8),
            _ => run!(plain16),
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    //! Blocks turned in vector registers: neighbours of 1, 2 and 4 lines are interleaved in turn.

    use std::arch::x86_64::*;

    use super::{LINE, Matrix, fetch};

    by_blocks!(
        #[target_feature(enable = "avx2")]
        turn1,
        u8,
        16,
        block1
    );
    by_blocks!(
        #[target_feature(enable = "avx2")]
        turn2,
        u16,
        8,
        block2
    );
    by_blocks!(
        #[target_feature(enable = "avx2")]
        turn4,
        u32,
        8,
        block4
    );
    by_blocks!(
        #[target_feature(enable = "avx2")]
        turn8,
        u64,
        4,
        block8
    );

    /// One step of a network: line `2 i` and `2 i + 1` of the result are the interleaved lines `i` and `i + half`.
    /// After as many steps as the side has bits, lines and columns have changed places.
    macro_rules! interleave {
        ($lines:ident, $low:ident, $high:ident) => {{
            let half = $lines.len() / 2;
            let mut next = $lines;
            for line in 0..half {
                next[2 * line] = $low($lines[line], $lines[line + half]);
                next[2 * line + 1] = $high($lines[line], $lines[line + half]);
            }
            next
        }};
    }

    /// # Safety
    /// Sixteen lines of sixteen bytes lie there on both sides.
    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn block1(to: *mut u8, to_step: isize, from: *const u8, from_step: isize) {
        // SAFETY: promised by the caller.
        unsafe {
            let mut lines: [__m128i; 16] =
                std::array::from_fn(|line| _mm_loadu_si128(from.offset(line as isize * from_step).cast()));
            for _ in 0..4 {
                lines = interleave!(lines, _mm_unpacklo_epi8, _mm_unpackhi_epi8);
            }
            for (line, value) in lines.into_iter().enumerate() {
                _mm_storeu_si128(to.offset(line as isize * to_step).cast(), value);
            }
        }
    }

    /// # Safety
    /// Eight lines of eight elements lie there on both sides.
    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn block2(to: *mut u16, to_step: isize, from: *const u16, from_step: isize) {
        // SAFETY: promised by the caller.
        unsafe {
            let mut lines: [__m128i; 8] =
                std::array::from_fn(|line| _mm_loadu_si128(from.offset(line as isize * from_step).cast()));
            for _ in 0..3 {
                lines = interleave!(lines, _mm_unpacklo_epi16, _mm_unpackhi_epi16);
            }
            for (line, value) in lines.into_iter().enumerate() {
                _mm_storeu_si128(to.offset(line as isize * to_step).cast(), value);
            }
        }
    }

    /// # Safety
    /// Eight lines of eight elements lie there on both sides.
    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn block4(to: *mut u32, to_step: isize, from: *const u32, from_step: isize) {
        // SAFETY: promised by the caller.
        unsafe {
            // Each register holds halves of two lines four apart, so that all that is left stays within halves.
            let half = |line: isize, at: usize| {
                _mm256_insertf128_ps::<1>(
                    _mm256_castps128_ps256(_mm_loadu_ps(from.offset(line * from_step).add(at).cast())),
                    _mm_loadu_ps(from.offset((line + 4) * from_step).add(at).cast()),
                )
            };
            for at in [0usize, 4] {
                let lines = [half(0, at), half(1, at), half(2, at), half(3, at)];
                let (a, b) = (_mm256_unpacklo_ps(lines[0], lines[1]), _mm256_unpackhi_ps(lines[0], lines[1]));
                let (c, d) = (_mm256_unpacklo_ps(lines[2], lines[3]), _mm256_unpackhi_ps(lines[2], lines[3]));
                let turned = [
                    _mm256_shuffle_ps::<0x44>(a, c),
                    _mm256_shuffle_ps::<0xee>(a, c),
                    _mm256_shuffle_ps::<0x44>(b, d),
                    _mm256_shuffle_ps::<0xee>(b, d),
                ];
                for (line, value) in turned.into_iter().enumerate() {
                    _mm256_storeu_ps(to.offset((at + line) as isize * to_step).cast(), value);
                }
            }
        }
    }

    /// # Safety
    /// Four lines of four elements lie there on both sides.
    #[target_feature(enable = "avx2")]
    #[inline]
    unsafe fn block8(to: *mut u64, to_step: isize, from: *const u64, from_step: isize) {
        // SAFETY: promised by the caller.
        unsafe {
            let half = |line: isize, at: usize| {
                _mm256_insertf128_pd::<1>(
                    _mm256_castpd128_pd256(_mm_loadu_pd(from.offset(line * from_step).add(at).cast())),
                    _mm_loadu_pd(from.offset((line + 2) * from_step).add(at).cast()),
                )
            };
            for at in [0usize, 2] {
                let lines = [half(0, at), half(1, at)];
                let turned = [_mm256_unpacklo_pd(lines[0], lines[1]), _mm256_unpackhi_pd(lines[0], lines[1])];
                for (line, value) in turned.into_iter().enumerate() {
                    _mm256_storeu_pd(to.offset((at + line) as isize * to_step).cast(), value);
                }
            }
        }
    }
}
