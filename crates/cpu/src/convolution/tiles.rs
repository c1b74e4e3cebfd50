//! The inner loops of convolutions, over registers of every instruction set: sums over a table of taps, and dots of
//! lines. Know nothing of images, padding or threads.

use std::mem::MaybeUninit;
use std::ops::Add;

use crate::gemm::pack::Real;
#[cfg(target_arch = "x86_64")]
use crate::gemm::vector::x86;
use crate::gemm::vector::{Vector, portable};

/// Vectors side by side in a register tile.
const WIDTH: usize = 2;
/// Elements of the widest register.
pub(super) const MOST_LANES: usize = 16;

/// One step of a sum: where the data lies and which of the tile's packed weights it meets.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub tap: isize,
    pub weight: usize,
}

/// `c[row][column] (+)= sum over k of a[steps[k].weight][row] * b[steps[k].tap + column]`.
pub(super) struct Block<S> {
    pub rows: usize,
    pub columns: usize,
    /// How many steps.
    pub k: usize,
    /// Row tiles one after the other, `a_tile` elements each; within a tile the rows of a step lie side by side.
    pub a: *const S,
    pub a_tile: isize,
    /// Readable for whole tiles of columns beyond every tap.
    pub b: *const S,
    pub steps: *const Step,
    pub c: *mut S,
    /// From row to row; rows have room for whole tiles of columns.
    pub c_row: isize,
    pub accumulate: bool,
}

/// `out[row][column] (+)= sum over images and i < count of y[row][i] * x[lines[column] + i]`, `count` a multiple of the
/// lanes of every register.
pub(super) struct Dots<'a, S> {
    pub rows: usize,
    pub count: usize,
    pub images: usize,
    pub y: *const S,
    pub y_row: isize,
    pub y_image: isize,
    pub x: *const S,
    pub x_image: isize,
    pub lines: &'a [isize],
    pub out: *mut S,
    pub out_row: isize,
    pub out_line: isize,
    pub accumulate: bool,
}

/// The loops of one instruction set.
pub(super) struct Kernels<S: 'static> {
    /// Height of a row tile, and width of a full one.
    pub rows: usize,
    pub columns: usize,
    /// Lines of a tile of dots.
    pub lines: usize,
    pub block: unsafe fn(&Block<S>),
    pub dots: unsafe fn(&Dots<S>),
}

/// A type that convolutions are computed in.
pub(super) trait Sums: Copy + Send + Sync + Default + Add<Output = Self> + 'static {
    fn kernels() -> &'static Kernels<Self>;
}

/// An element type of convolutions.
pub(super) trait Element: Real<Compute: Sums> + crate::gemm::GemmElement {}
impl<T: Real<Compute: Sums> + crate::gemm::GemmElement> Element for T {}

#[inline(always)]
unsafe fn block<V: Vector>(block: &Block<V::Scalar>) {
    let full = WIDTH * V::LANES;
    let mut column = 0;
    while column < block.columns {
        let left = block.columns - column;
        if block.rows == 1 && left >= 2 * full {
            // one row alone would wait for its own sums: twice as many of them
            // SAFETY: as below; all columns of the tile exist.
            unsafe { tile::<V, 1, { 2 * WIDTH }>(block, block.a, block.b.add(column), block.c.add(column)) }
            column += 2 * full;
            continue;
        }
        let mut row = 0;
        while row < block.rows {
            let height = V::ROWS.min(block.rows - row);
            // SAFETY: the tile lies within the block, whose operands have room for whole tiles.
            unsafe {
                let a = block.a.offset((row / V::ROWS) as isize * block.a_tile);
                let b = block.b.add(column);
                let c = block.c.offset(row as isize * block.c_row).add(column);
                if left <= V::LANES {
                    one_tile::<V, 1>(block, height, a, b, c);
                } else {
                    one_tile::<V, WIDTH>(block, height, a, b, c);
                }
            }
            row += height;
        }
        column += full;
    }
}

/// Chooses the instance for a tile's height.
#[inline(always)]
unsafe fn one_tile<V: Vector, const VECTORS: usize>(
    block: &Block<V::Scalar>,
    height: usize,
    a: *const V::Scalar,
    b: *const V::Scalar,
    c: *mut V::Scalar,
) {
    macro_rules! run {
        ($rows:literal) => {
            // SAFETY: the caller's promise about the tile.
            unsafe { tile::<V, $rows, VECTORS>(block, a, b, c) }
        };
    }
    match height {
        1 => run!(1),
        2 => run!(2),
        3 => run!(3),
        4 => run!(4),
        5 => run!(5),
        6 => run!(6),
        _ if V::ROWS <= 6 => {}
        7 => run!(7),
        8 => run!(8),
        9 => run!(9),
        10 => run!(10),
        11 => run!(11),
        _ => run!(12),
    }
}

#[inline(always)]
unsafe fn tile<V: Vector, const ROWS: usize, const VECTORS: usize>(
    block: &Block<V::Scalar>,
    a: *const V::Scalar,
    b: *const V::Scalar,
    c: *mut V::Scalar,
) {
    // SAFETY: the caller's promise: `k` steps of `ROWS` rows, taps within the data, and room in C.
    unsafe {
        let mut sums = [[V::zero(); VECTORS]; ROWS];
        for step in 0..block.k {
            let Step { tap, weight } = *block.steps.add(step);
            let (a, from) = (a.add(weight * ROWS), b.offset(tap));
            let mut right = [V::zero(); VECTORS];
            for vector in 0..VECTORS {
                right[vector] = V::load(from.add(vector * V::LANES));
            }
            for row in 0..ROWS {
                let left = V::splat(a.add(row));
                for vector in 0..VECTORS {
                    sums[row][vector] = sums[row][vector].add_product(left, right[vector]);
                }
            }
        }
        for row in 0..ROWS {
            for vector in 0..VECTORS {
                let to = c.offset(row as isize * block.c_row).add(vector * V::LANES);
                let sum = sums[row][vector];
                if block.accumulate { V::load(to).add(sum).store(to) } else { sum.store(to) }
            }
        }
    }
}

#[inline(always)]
unsafe fn dots<V: Vector, const ROWS: usize, const LINES: usize>(work: &Dots<V::Scalar>) {
    let mut row = 0;
    while row < work.rows {
        let height = ROWS.min(work.rows - row);
        let mut line = 0;
        while line < work.lines.len() {
            let count = LINES.min(work.lines.len() - line);
            // SAFETY: rows and lines of the tile exist.
            unsafe {
                match (height == ROWS, count == LINES) {
                    (true, true) => dot_tile::<V, ROWS, LINES>(work, row, line),
                    (true, false) => {
                        (line..line + count).for_each(|line| dot_tile::<V, ROWS, 1>(work, row, line));
                    }
                    (false, true) => {
                        (row..row + height).for_each(|row| dot_tile::<V, 1, LINES>(work, row, line));
                    }
                    (false, false) => {
                        for row in row..row + height {
                            (line..line + count).for_each(|line| dot_tile::<V, 1, 1>(work, row, line));
                        }
                    }
                }
            }
            line += count;
        }
        row += height;
    }
}

#[inline(always)]
unsafe fn dot_tile<V: Vector, const ROWS: usize, const LINES: usize>(
    work: &Dots<V::Scalar>,
    row: usize,
    line: usize,
) {
    // SAFETY: the caller's promise: every image has these rows and lines, `count` elements each.
    unsafe {
        let mut sums = [[V::zero(); LINES]; ROWS];
        for image in 0..work.images as isize {
            let y = work.y.offset(image * work.y_image + row as isize * work.y_row);
            let x = work.x.offset(image * work.x_image);
            let mut starts = [x; LINES];
            for column in 0..LINES {
                starts[column] = x.offset(work.lines[line + column]);
            }
            let mut at = 0;
            while at < work.count {
                let mut left = [V::zero(); ROWS];
                for row in 0..ROWS {
                    left[row] = V::load(y.offset(row as isize * work.y_row).add(at));
                }
                for column in 0..LINES {
                    let right = V::load(starts[column].add(at));
                    for row in 0..ROWS {
                        sums[row][column] = sums[row][column].add_product(left[row], right);
                    }
                }
                at += V::LANES;
            }
        }
        // all at once and then through memory, which the compiler may not look through: it keeps the sums of the loop in
        // registers only where it cannot take them apart
        let mut room = [[MaybeUninit::<[V::Scalar; MOST_LANES]>::uninit(); LINES]; ROWS];
        for tile_row in 0..ROWS {
            for column in 0..LINES {
                sums[tile_row][column].store(room[tile_row][column].as_mut_ptr().cast());
            }
        }
        let room = std::hint::black_box(&room);
        for tile_row in 0..ROWS {
            for column in 0..LINES {
                let sum = V::load(room[tile_row][column].as_ptr().cast()).sum();
                let row = (row + tile_row) as isize * work.out_row;
                let to = work.out.offset(row + (line + column) as isize * work.out_line);
                to.write(if work.accumulate { *to + sum } else { sum });
            }
        }
    }
}

/// Instantiates the loops for a vector type behind functions that may use its instructions.
macro_rules! kernels {
    ($name:ident, $vector:ty, $scalar:ty, $rows:literal, $lines:literal, $($feature:literal)?) => {
        static $name: Kernels<$scalar> = {
            type V = $vector;
            const _: () = assert!(V::ROWS <= 12 && V::LANES <= MOST_LANES);
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_block(work: &Block<$scalar>) {
                // SAFETY: the caller's promise about the block; the instruction set was checked at selection.
                unsafe { block::<V>(work) }
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_dots(work: &Dots<$scalar>) {
                // SAFETY: as above.
                unsafe { dots::<V, $rows, $lines>(work) }
            }
            Kernels { rows: V::ROWS, columns: WIDTH * V::LANES, lines: $lines, block: run_block, dots: run_dots }
        };
    };
}

kernels!(PORTABLE_F32, portable::Pack<f32, 4>, f32, 3, 4,);
kernels!(PORTABLE_F64, portable::Pack<f64, 2>, f64, 3, 4,);
#[cfg(target_arch = "x86_64")]
kernels!(AVX2_F32, x86::F32x8, f32, 3, 4, "avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(AVX2_F64, x86::F64x4, f64, 3, 4, "avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(AVX512_F32, x86::F32x16, f32, 4, 6, "avx512f");
#[cfg(target_arch = "x86_64")]
kernels!(AVX512_F64, x86::F64x8, f64, 4, 6, "avx512f");

macro_rules! sums {
    ($scalar:ty, $portable:ident, $avx2:ident, $avx512:ident) => {
        impl Sums for $scalar {
            fn kernels() -> &'static Kernels<$scalar> {
                #[cfg(target_arch = "x86_64")]
                {
                    if is_x86_feature_detected!("avx512f") {
                        return &$avx512;
                    }
                    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                        return &$avx2;
                    }
                }
                &$portable
            }
        }
    };
}
sums!(f32, PORTABLE_F32, AVX2_F32, AVX512_F32);
sums!(f64, PORTABLE_F64, AVX2_F64, AVX512_F64);
