//! The inner loops of real products: register tiles of C, and dots and sums of scaled columns for vectors.
//! Written once over `Vector` and instantiated per instruction set behind function pointers ([`Kernels`]).
//! Works on plain or packed operands alike (only strides differ); knows nothing of caches or threads.

use std::ops::{Add, Mul};

use super::Strides;
use super::both_ways::both_ways;
#[cfg(target_arch = "x86_64")]
use super::vector::x86;
use super::vector::{Vector, portable};
use crate::hint::ask_for;

/// Vectors side by side in a full register tile.
const WIDTH: usize = 2;
/// The tallest register tile of any instruction set.
const MOST_ROWS: usize = 12;
/// The widest, in elements.
const MOST_COLUMNS: usize = 32;

/// A block of C with its operands. Rows come in tiles of `Vector::ROWS`, columns in panels of two vectors.
#[derive(Clone, Copy)]
pub(crate) struct Tiles<S> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: *const S,
    /// From row to row, and from step to step of k.
    pub a_strides: Strides,
    /// From one row tile to the next.
    pub a_tile: isize,
    pub b: *const S,
    /// From step to step of k; columns of a panel lie side by side.
    pub b_step: isize,
    /// From one panel to the next.
    pub b_panel: isize,
    /// The last panel is padded to full width. Otherwise `spare` has room to do that: k * two vectors.
    pub b_padded: bool,
    pub spare: *mut S,
    pub c: *mut S,
    pub c_strides: Strides,
    pub accumulate: bool,
    /// C is not in the nearer caches: a tile asks for its part before it computes the sums.
    pub c_is_far: bool,
}

/// The loops of one instruction set.
pub(crate) struct Kernels<S: 'static> {
    /// Height of a row tile.
    pub rows: usize,
    /// Width of a panel.
    pub columns: usize,
    /// Computes a block.
    pub tiles: unsafe fn(&Tiles<S>),
    /// `(rows <= 2, k, a, row stride, x, out)`: out[i] = sum over k of a[i][k] * x[k].
    pub dots: unsafe fn(usize, usize, *const S, isize, *const S, *mut S),
    /// `(count, columns <= 4, a, column stride, x, y)`: y[i] += sum over columns of a[i][column] * x[column].
    pub add_columns: unsafe fn(usize, usize, *const S, isize, *const S, *mut S),
    /// `(count, a, column stride, x, weights, y, out)`, of four columns, each read once: y[i] += sum over columns of
    /// a[i][column] * weights[column], and out[column] = sum over i of a[i][column] * x[i].
    pub both_ways: unsafe fn(usize, *const S, isize, *const S, *const S, *mut S, *mut S),
}

/// Computes all tiles of a block, panel by panel: a panel of B stays in the first-level cache, A streams.
#[inline(always)]
unsafe fn all_tiles<V: Vector>(block: &Tiles<V::Scalar>) {
    let columns = WIDTH * V::LANES;
    let mut column = 0;
    while column < block.n {
        let width = columns.min(block.n - column);
        // SAFETY: `column` is within the block, and so are the addresses of its panel.
        unsafe {
            let mut b = block.b.offset((column / columns) as isize * block.b_panel);
            let mut b_step = block.b_step;
            if !block.b_padded && width != columns && width != V::LANES {
                pad_panel::<V>(block, b, width);
                (b, b_step) = (block.spare.cast_const(), columns as isize);
            }
            let c = block.c.offset(column as isize * block.c_strides.1);
            let mut row = 0;
            while row < block.m {
                let height = V::ROWS.min(block.m - row);
                let a = block.a.offset((row / V::ROWS) as isize * block.a_tile);
                let place = Place { c: c.offset(row as isize * block.c_strides.0), height, width };
                one_tile::<V>(block, a, b, b_step, place);
                row += height;
            }
        }
        column += width;
    }
}

/// Where a tile of C lies and how much of it exists.
#[derive(Clone, Copy)]
struct Place<S> {
    c: *mut S,
    height: usize,
    width: usize,
}

/// Copies a ragged panel of B into `spare`, filled up with its own first column (any readable value serves).
#[inline(always)]
unsafe fn pad_panel<V: Vector>(block: &Tiles<V::Scalar>, b: *const V::Scalar, width: usize) {
    let columns = WIDTH * V::LANES;
    for step in 0..block.k {
        // SAFETY: `spare` holds k rows of a full panel; the panel has `width` columns.
        unsafe {
            let from = b.offset(step as isize * block.b_step);
            let to = block.spare.add(step * columns);
            for column in 0..columns {
                *to.add(column) = *from.add(if column < width { column } else { 0 });
            }
        }
    }
}

/// Chooses the instance for a tile's height and width.
#[inline(always)]
unsafe fn one_tile<V: Vector>(
    block: &Tiles<V::Scalar>,
    a: *const V::Scalar,
    b: *const V::Scalar,
    b_step: isize,
    place: Place<V::Scalar>,
) {
    let (row, step) = block.a_strides;
    let packed = row == 1 && step == V::ROWS as isize && b_step == (WIDTH * V::LANES) as isize;
    let narrow = place.width <= V::LANES;
    macro_rules! run {
        ($rows:literal) => {
            if narrow {
                // SAFETY: the caller's promise about the tile.
                unsafe { tile::<V, $rows, 1>(block, a, (row, step), b, b_step, place) }
            } else {
                // SAFETY: the same.
                unsafe { tile::<V, $rows, 2>(block, a, (row, step), b, b_step, place) }
            }
        };
    }
    macro_rules! full {
        ($rows:literal) => {
            if V::ROWS == $rows && packed && !narrow {
                let strides = (1, $rows as isize);
                // SAFETY: as above; the strides are written out so that the compiler folds them into addresses.
                return unsafe { tile::<V, $rows, 2>(block, a, strides, b, (WIDTH * V::LANES) as isize, place) };
            }
        };
    }
    if place.height == V::ROWS {
        full!(6);
        full!(12);
    }
    match place.height {
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

/// One register tile: `ROWS` rows by `VECTORS` vectors, summed over k in order.
#[inline(always)]
unsafe fn tile<V: Vector, const ROWS: usize, const VECTORS: usize>(
    block: &Tiles<V::Scalar>,
    mut a: *const V::Scalar,
    (a_row, a_step): Strides,
    mut b: *const V::Scalar,
    b_step: isize,
    place: Place<V::Scalar>,
) {
    if block.c_is_far {
        for row in 0..ROWS {
            let c = place.c.wrapping_offset(row as isize * block.c_strides.0);
            ask_for(c.cast_const().cast());
            ask_for(c.wrapping_add(VECTORS * V::LANES - 1).cast_const().cast());
        }
    }
    // SAFETY: a tile's operands are readable as the block's strides say, and B for the whole width of its vectors.
    let sums = unsafe {
        let mut sums = [[V::zero(); VECTORS]; ROWS];
        for _ in 0..block.k {
            let mut right = [V::zero(); VECTORS];
            for vector in 0..VECTORS {
                right[vector] = V::load(b.add(vector * V::LANES));
            }
            for row in 0..ROWS {
                let left = V::splat(a.offset(row as isize * a_row));
                for vector in 0..VECTORS {
                    sums[row][vector] = sums[row][vector].add_product(left, right[vector]);
                }
            }
            a = a.wrapping_offset(a_step);
            b = b.wrapping_offset(b_step);
        }
        sums
    };
    let whole = place.width == VECTORS * V::LANES && block.c_strides.1 == 1;
    for row in 0..ROWS {
        // SAFETY: row `row` of the tile exists in C.
        let c = unsafe { place.c.offset(row as isize * block.c_strides.0) };
        if whole {
            for vector in 0..VECTORS {
                // SAFETY: all columns of the tile exist in C, side by side.
                unsafe {
                    let to = c.add(vector * V::LANES);
                    let sum = sums[row][vector];
                    if block.accumulate { V::load(to).add(sum).store(to) } else { sum.store(to) }
                }
            }
        } else {
            // SAFETY: as above, for `width` columns with any stride.
            unsafe { store_ragged(&sums[row], c, block, place.width) }
        }
    }
}

/// Stores the first `width` elements of a row of sums, with any column stride.
#[inline(always)]
unsafe fn store_ragged<V: Vector, const VECTORS: usize>(
    sums: &[V; VECTORS],
    c: *mut V::Scalar,
    block: &Tiles<V::Scalar>,
    width: usize,
) {
    let mut row = [std::mem::MaybeUninit::<V::Scalar>::uninit(); MOST_COLUMNS];
    for vector in 0..VECTORS {
        // SAFETY: no register tile is wider than MOST_COLUMNS.
        unsafe { sums[vector].store(row.as_mut_ptr().add(vector * V::LANES).cast()) }
    }
    for column in 0..width {
        // SAFETY: `column` < `width` exists in C and was stored in `row` above.
        unsafe {
            let to = c.offset(column as isize * block.c_strides.1);
            let sum = row[column].assume_init();
            *to = if block.accumulate { *to + sum } else { sum };
        }
    }
}

/// One or two dots with one vector. Lanes are summed in a fixed order, the rest of k at the end.
#[inline(always)]
unsafe fn dots<V: Vector>(
    rows: usize,
    k: usize,
    a: *const V::Scalar,
    a_row: isize,
    x: *const V::Scalar,
    out: *mut V::Scalar,
) {
    // SAFETY: the caller promises `rows` rows of k elements, k elements of x and `rows` of `out`.
    unsafe {
        match rows {
            1 => dot_rows::<V, 1>(k, a, a_row, x, out),
            _ => dot_rows::<V, 2>(k, a, a_row, x, out),
        }
    }
}

/// The sum of a register's elements, by halves.
#[inline(always)]
pub(super) unsafe fn lane_sum<V: Vector>(register: V) -> V::Scalar {
    let mut lanes = [std::mem::MaybeUninit::<V::Scalar>::uninit(); MOST_COLUMNS];
    // SAFETY: the array holds a whole register, which is written before it is read.
    unsafe {
        register.store(lanes.as_mut_ptr().cast());
        let mut half = V::LANES / 2;
        while half > 0 {
            for lane in 0..half {
                lanes[lane].write(lanes[lane].assume_init() + lanes[lane + half].assume_init());
            }
            half /= 2;
        }
        lanes[0].assume_init()
    }
}

#[inline(always)]
unsafe fn dot_rows<V: Vector, const ROWS: usize>(
    k: usize,
    a: *const V::Scalar,
    a_row: isize,
    x: *const V::Scalar,
    out: *mut V::Scalar,
) {
    // One row alone would wait for its own sums, so the four sums per row are the same whatever ROWS is.
    const SUMS: usize = 4;
    let stride = SUMS * V::LANES;
    let whole = k - k % stride;
    // SAFETY: indices stay below k; `lanes` holds a full set of sums.
    unsafe {
        let mut sums = [[V::zero(); SUMS]; ROWS];
        let mut step = 0;
        while step < whole {
            for sum in 0..SUMS {
                let right = V::load(x.add(step + sum * V::LANES));
                for row in 0..ROWS {
                    let left = V::load(a.offset(row as isize * a_row).add(step + sum * V::LANES));
                    sums[row][sum] = sums[row][sum].add_product(left, right);
                }
            }
            step += stride;
        }
        for row in 0..ROWS {
            let total = sums[row][0].add(sums[row][1]).add(sums[row][2].add(sums[row][3]));
            let total = lane_sum(total);
            // The rest goes through lane 0 of a vector, so that it is rounded like the others.
            let mut rest = V::zero();
            for step in whole..k {
                rest = rest
                    .add_product(V::splat(a.offset(row as isize * a_row).add(step)), V::splat(x.add(step)));
            }
            let mut rest_lanes = [std::mem::MaybeUninit::<V::Scalar>::uninit(); MOST_COLUMNS];
            rest.store(rest_lanes.as_mut_ptr().cast());
            *out.add(row) = total + rest_lanes[0].assume_init();
        }
    }
}

/// Adds up to four scaled columns to y.
#[inline(always)]
unsafe fn add_columns<V: Vector>(
    count: usize,
    columns: usize,
    a: *const V::Scalar,
    a_column: isize,
    x: *const V::Scalar,
    y: *mut V::Scalar,
) {
    // SAFETY: the caller promises `columns` columns of `count` elements, as many of x, and `count` elements of y.
    unsafe {
        match columns {
            1 => scaled_columns::<V, 1>(count, a, a_column, x, y),
            2 => scaled_columns::<V, 2>(count, a, a_column, x, y),
            3 => scaled_columns::<V, 3>(count, a, a_column, x, y),
            _ => scaled_columns::<V, 4>(count, a, a_column, x, y),
        }
    }
}

#[inline(always)]
unsafe fn scaled_columns<V: Vector, const COLUMNS: usize>(
    count: usize,
    a: *const V::Scalar,
    a_column: isize,
    x: *const V::Scalar,
    y: *mut V::Scalar,
) {
    // SAFETY: indices stay below `count` and COLUMNS.
    unsafe {
        let mut scales = [V::zero(); COLUMNS];
        for column in 0..COLUMNS {
            scales[column] = V::splat(x.add(column));
        }
        let whole = count - count % V::LANES;
        let mut row = 0;
        while row < whole {
            let mut sum = V::load(y.add(row));
            for column in 0..COLUMNS {
                sum = sum.add_product(V::load(a.offset(column as isize * a_column).add(row)), scales[column]);
            }
            sum.store(y.add(row));
            row += V::LANES;
        }
        for row in whole..count {
            let mut sum = V::splat(y.add(row));
            for column in 0..COLUMNS {
                sum =
                    sum.add_product(V::splat(a.offset(column as isize * a_column).add(row)), scales[column]);
            }
            let mut lanes = [std::mem::MaybeUninit::<V::Scalar>::uninit(); MOST_COLUMNS];
            sum.store(lanes.as_mut_ptr().cast());
            *y.add(row) = lanes[0].assume_init();
        }
    }
}

/// A real type that products are computed in.
pub(crate) trait Compute:
    Copy + Send + Sync + Add<Output = Self> + Mul<Output = Self> + 'static
{
    const ZERO: Self;
    /// The fastest loops that this machine can run.
    fn kernels() -> &'static Kernels<Self>;
}

/// Instantiates the loops for a vector type behind functions that may use its instructions.
macro_rules! kernels {
    ($name:ident, $vector:ty, $scalar:ty, $($feature:literal)?) => {
        static $name: Kernels<$scalar> = {
            type V = $vector;
            const _: () = assert!(V::ROWS <= MOST_ROWS && WIDTH * V::LANES <= MOST_COLUMNS);
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_tiles(block: &Tiles<$scalar>) {
                // SAFETY: the caller's promise about the block; the instruction set was checked at selection.
                unsafe { all_tiles::<V>(block) }
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_dots(
                rows: usize, k: usize, a: *const $scalar, row: isize, x: *const $scalar, out: *mut $scalar,
            ) {
                // SAFETY: as above.
                unsafe { dots::<V>(rows, k, a, row, x, out) }
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_columns(
                count: usize, columns: usize, a: *const $scalar, column: isize, x: *const $scalar, y: *mut $scalar,
            ) {
                // SAFETY: as above.
                unsafe { add_columns::<V>(count, columns, a, column, x, y) }
            }
            $(#[target_feature(enable = $feature)])?
            unsafe fn run_both(
                count: usize,
                a: *const $scalar,
                column: isize,
                x: *const $scalar,
                weights: *const $scalar,
                y: *mut $scalar,
                out: *mut $scalar,
            ) {
                // SAFETY: as above.
                unsafe { both_ways::<V>(count, a, column, x, weights, y, out) }
            }
            Kernels {
                rows: V::ROWS,
                columns: WIDTH * V::LANES,
                tiles: run_tiles,
                dots: run_dots,
                add_columns: run_columns,
                both_ways: run_both,
            }
        };
    };
}

kernels!(PORTABLE_F32, portable::Pack<f32, 4>, f32,);
kernels!(PORTABLE_F64, portable::Pack<f64, 2>, f64,);
#[cfg(target_arch = "x86_64")]
kernels!(AVX2_F32, x86::F32x8, f32, "avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(AVX2_F64, x86::F64x4, f64, "avx2,fma");
#[cfg(target_arch = "x86_64")]
kernels!(AVX512_F32, x86::F32x16, f32, "avx512f");
#[cfg(target_arch = "x86_64")]
kernels!(AVX512_F64, x86::F64x8, f64, "avx512f");

macro_rules! compute {
    ($scalar:ty, $portable:ident, $avx2:ident, $avx512:ident) => {
        impl Compute for $scalar {
            const ZERO: $scalar = 0.0;
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
compute!(f32, PORTABLE_F32, AVX2_F32, AVX512_F32);
compute!(f64, PORTABLE_F64, AVX2_F64, AVX512_F64);

/// Every set of loops that this machine can run, for tests.
#[cfg(test)]
pub(super) fn all_kernels_f32() -> Vec<&'static Kernels<f32>> {
    let mut all = vec![&PORTABLE_F32];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            all.push(&AVX2_F32);
        }
        if is_x86_feature_detected!("avx512f") {
            all.push(&AVX512_F32);
        }
    }
    all
}
