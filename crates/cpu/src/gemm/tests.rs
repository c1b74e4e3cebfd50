//! Products of every dtype, shape class and stride against the definition.

use half::{bf16, f16};
use num_complex::Complex;

use super::*;

/// A small generator, so that tests need no crate.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }
    fn small(&mut self) -> f64 {
        (self.next() % 2001) as f64 / 1000.0 - 1.0
    }
}

/// What the tests need to know of an element.
trait Sample: GemmElement {
    fn from_f64(value: f64) -> Self;
    fn to_complex(self) -> Complex<f64>;
    const TOLERANCE: f64;
}

macro_rules! sample {
    ($type:ty, $tolerance:expr, $from:expr, $to:expr) => {
        impl Sample for $type {
            const TOLERANCE: f64 = $tolerance;
            fn from_f64(value: f64) -> $type {
                let from: fn(f64) -> $type = $from;
                from(value)
            }
            fn to_complex(self) -> Complex<f64> {
                let to: fn($type) -> Complex<f64> = $to;
                to(self)
            }
        }
    };
}
sample!(f32, 1e-5, |x| x as f32, |x| Complex::new(x as f64, 0.0));
sample!(f64, 1e-13, |x| x, |x| Complex::new(x, 0.0));
sample!(f16, 2e-3, f16::from_f64, |x| Complex::new(x.to_f64(), 0.0));
sample!(bf16, 2e-2, bf16::from_f64, |x| Complex::new(x.to_f64(), 0.0));
sample!(i64, 0.0, |x| (x * 1e6) as i64, |x| Complex::new(x as f64, 0.0));
sample!(u32, 0.0, |x| (x.abs() * 1e3) as u32, |x| Complex::new(x as f64, 0.0));
sample!(Complex<f32>, 1e-5, |x| Complex::new(x as f32, 0.3 - x as f32), |x| Complex::new(
    x.re as f64,
    x.im as f64
));
sample!(Complex<f64>, 1e-13, |x| Complex::new(x, 0.3 - x), |x| x);

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Rows,
    Columns,
    Spread,
}

impl Layout {
    const ALL: [Layout; 3] = [Layout::Rows, Layout::Columns, Layout::Spread];
    fn strides(self, rows: usize, columns: usize) -> Strides {
        match self {
            Layout::Rows => (columns as isize + 1, 1),
            Layout::Columns => (1, rows as isize),
            Layout::Spread => (2 * columns as isize + 3, 2),
        }
    }
    fn room(self, rows: usize, columns: usize) -> usize {
        (2 * columns + 3) * (rows + 1) + 2
    }
}

fn check<T: Sample>(m: usize, n: usize, k: usize, layouts: [Layout; 3], accumulate: bool) {
    let mut numbers = Numbers((m * 31 + n * 7 + k) as u64);
    let [a_layout, b_layout, c_layout] = layouts;
    let mut fill = |count: usize| (0..count).map(|_| T::from_f64(numbers.small())).collect::<Vec<T>>();
    let (a, b) = (fill(a_layout.room(m, k)), fill(b_layout.room(k, n)));
    let before = fill(c_layout.room(m, n));
    let mut c = before.clone();
    let (sa, sb, sc) = (a_layout.strides(m, k), b_layout.strides(k, n), c_layout.strides(m, n));
    // SAFETY: each vector has room for its matrix in any layout.
    unsafe { gemm(m, n, k, a.as_ptr(), sa, b.as_ptr(), sb, c.as_mut_ptr(), sc, accumulate) };
    let at = |matrix: &[T], strides: Strides, row: usize, column: usize| {
        matrix[(row as isize * strides.0 + column as isize * strides.1) as usize].to_complex()
    };
    let mut touched = vec![false; c.len()];
    for row in 0..m {
        for column in 0..n {
            let mut sum = if accumulate { at(&before, sc, row, column) } else { Complex::new(0.0, 0.0) };
            for step in 0..k {
                sum += at(&a, sa, row, step) * at(&b, sb, step, column);
            }
            let error = (at(&c, sc, row, column) - sum).norm();
            let bound = T::TOLERANCE * (1.0 + (k as f64).sqrt());
            assert!(error <= bound, "{m}x{n}x{k} {layouts:?} [{row}, {column}]: off by {error}");
            touched[(row as isize * sc.0 + column as isize * sc.1) as usize] = true;
        }
    }
    for (index, touched) in touched.into_iter().enumerate() {
        assert!(touched || c[index].to_complex() == before[index].to_complex(), "wrote beside C at {index}");
    }
}

fn check_layouts<T: Sample>(shapes: &[(usize, usize, usize)]) {
    for &(m, n, k) in shapes {
        for a in Layout::ALL {
            for b in Layout::ALL {
                for c in Layout::ALL {
                    check::<T>(m, n, k, [a, b, c], (m + n + k) % 2 == 0);
                }
            }
        }
    }
}

const SMALL: [(usize, usize, usize); 14] = [
    (1, 1, 1),
    (1, 7, 5),
    (5, 1, 9),
    (4, 3, 1),
    (3, 4, 0),
    (2, 2, 2),
    (6, 16, 4),
    (7, 17, 33),
    (5, 8, 3),
    (12, 24, 40),
    (13, 33, 10),
    (31, 9, 64),
    (1, 70, 70),
    (70, 1, 70),
];

#[test]
fn small_products_agree_with_the_definition_in_every_layout() {
    check_layouts::<f32>(&SMALL);
    check_layouts::<f64>(&SMALL);
    check_layouts::<f16>(&SMALL);
    check_layouts::<bf16>(&SMALL);
    check_layouts::<i64>(&SMALL);
    check_layouts::<u32>(&SMALL);
    check_layouts::<Complex<f32>>(&SMALL);
    check_layouts::<Complex<f64>>(&SMALL);
}

#[test]
fn products_larger_than_the_blocks_agree_with_the_definition() {
    let shapes =
        [(100, 300, 600), (65, 130, 257), (300, 40, 520), (2, 500, 300), (30, 1, 40000), (600, 1, 300)];
    for (m, n, k) in shapes {
        for layout in Layout::ALL {
            check::<f32>(m, n, k, [layout, Layout::Rows, Layout::Rows], false);
            check::<f64>(m, n, k, [Layout::Rows, layout, Layout::Rows], true);
            check::<f16>(m, n, k, [layout, layout, Layout::Rows], true);
            check::<Complex<f32>>(m, n, k, [layout, layout, Layout::Spread], false);
        }
    }
    check::<f32>(2100, 5, 3, [Layout::Rows; 3], false);
    check::<f32>(5, 2100, 3, [Layout::Rows; 3], false);
    check::<f32>(2100, 2100, 2, [Layout::Rows; 3], true);
}

#[test]
fn integers_wrap_around() {
    let (a, b, mut c) = ([100i8, 100], [2i8, 3], [0i8]);
    // SAFETY: one by two times two by one.
    unsafe { gemm(1, 1, 2, a.as_ptr(), (2, 1), b.as_ptr(), (1, 1), c.as_mut_ptr(), (1, 1), false) };
    assert_eq!(c[0], 500i32 as i8);
}

#[test]
fn bool_products_are_or_of_and() {
    let (a, b) = ([true, false, false, false], [true, true, false, true]);
    let mut c = [false; 4];
    // SAFETY: two by two matrices.
    unsafe { gemm(2, 2, 2, a.as_ptr(), (2, 1), b.as_ptr(), (2, 1), c.as_mut_ptr(), (2, 1), false) };
    assert_eq!(c, [true, true, false, false]);
}

#[test]
fn nan_and_infinity_propagate_and_old_contents_do_not() {
    let n = 40;
    let mut a = vec![1f32; n * n];
    (a[0], a[n]) = (f32::NAN, f32::INFINITY);
    let b = vec![1f32; n * n];
    let mut c = vec![f32::NAN; n * n];
    // SAFETY: n by n matrices.
    unsafe {
        gemm(
            n,
            n,
            n,
            a.as_ptr(),
            (n as isize, 1),
            b.as_ptr(),
            (n as isize, 1),
            c.as_mut_ptr(),
            (n as isize, 1),
            false,
        )
    };
    assert!(c[..n].iter().all(|x| x.is_nan()));
    assert!(c[n..2 * n].iter().all(|&x| x == f32::INFINITY));
    assert!(c[2 * n..].iter().all(|&x| x == n as f32));
}

#[test]
fn every_instruction_set_computes_the_same_products() {
    let (m, n, k) = (29, 45, 37);
    let mut numbers = Numbers(5);
    let a: Vec<f32> = (0..m * k).map(|_| numbers.small() as f32).collect();
    let b: Vec<f32> = (0..k * n).map(|_| numbers.small() as f32).collect();
    for kernels in tiles::all_kernels_f32() {
        let mut c = vec![0f32; m * n];
        let mut spare = vec![0f32; k * kernels.columns];
        let block = tiles::Tiles {
            m,
            n,
            k,
            a: a.as_ptr(),
            a_strides: (k as isize, 1),
            a_tile: (kernels.rows * k) as isize,
            b: b.as_ptr(),
            b_step: n as isize,
            b_panel: kernels.columns as isize,
            b_padded: false,
            spare: spare.as_mut_ptr(),
            c: c.as_mut_ptr(),
            c_strides: (n as isize, 1),
            accumulate: false,
            c_is_far: true,
        };
        // SAFETY: the block describes the vectors above; the machine runs these kernels.
        unsafe { (kernels.tiles)(&block) };
        for row in 0..m {
            for column in 0..n {
                let sum: f64 =
                    (0..k).map(|step| a[row * k + step] as f64 * b[step * n + column] as f64).sum();
                assert!((c[row * n + column] as f64 - sum).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let (m, n, k) = (130, 150, 700);
    let mut numbers = Numbers(9);
    let a: Vec<f32> = (0..m * k).map(|_| numbers.small() as f32).collect();
    let b: Vec<f32> = (0..k * n).map(|_| numbers.small() as f32).collect();
    let run = |threads: usize, columns: usize| {
        let before = pool::set_threads(threads);
        let mut c = vec![0f32; m * columns];
        let (wide, deep) = (columns as isize, k as isize);
        // SAFETY: the matrices have these shapes (B is read as k by `columns`).
        unsafe {
            gemm(
                m,
                columns,
                k,
                a.as_ptr(),
                (deep, 1),
                b.as_ptr(),
                (wide, 1),
                c.as_mut_ptr(),
                (wide, 1),
                false,
            )
        };
        pool::set_threads(before);
        c.iter().map(|x| x.to_bits()).collect::<Vec<u32>>()
    };
    for columns in [1, 150] {
        let alone = run(1, columns);
        for threads in [2, 3, 7] {
            assert_eq!(alone, run(threads, columns));
        }
    }
}

#[test]
fn batches_place_every_product_where_its_offset_says() {
    let (batch, size) = (37, 9);
    let mut numbers = Numbers(3);
    let a: Vec<f64> = (0..batch * size * size).map(|_| numbers.small()).collect();
    let mut c = vec![0f64; a.len()];
    let stride = (size as isize, 1);
    let step = (size * size) as isize;
    // SAFETY: `batch` matrices in each vector; B is the same for all.
    unsafe {
        gemm_batched(
            batch,
            size,
            size,
            size,
            a.as_ptr(),
            stride,
            a.as_ptr(),
            stride,
            c.as_mut_ptr(),
            stride,
            &|index| (index as isize * step, 0, index as isize * step),
            false,
        );
    }
    for index in 0..batch {
        let mut alone = vec![0f64; size * size];
        // SAFETY: one matrix of the batch.
        unsafe {
            let from = a.as_ptr().add(index * size * size);
            gemm(size, size, size, from, stride, a.as_ptr(), stride, alone.as_mut_ptr(), stride, false);
        }
        assert_eq!(alone, c[index * size * size..][..size * size]);
    }
}

#[test]
fn packed_panels_hold_every_step_of_every_line() {
    fn check<T: pack::Real<Compute = T> + PartialEq + std::fmt::Debug>(number: fn(usize) -> T, mark: T) {
        for (k, apart, along) in (0..40).flat_map(|k| [(k, 41, 1), (k, 1, 7), (k, 100, 2)]) {
            let lines: Vec<T> = (0..1000).map(number).collect();
            let mut out = vec![mark; 6 * k + 8];
            // SAFETY: the largest place is 5 * 100 + 39 * 7 < 1000, and `out` holds more than 6 * k elements.
            unsafe { pack::panel(lines.as_ptr(), 6, apart as isize, k, along as isize, 6, out.as_mut_ptr()) };
            for (at, &value) in out[..6 * k].iter().enumerate() {
                assert_eq!(value, number(at % 6 * apart + at / 6 * along), "k {k}, steps {along} apart");
            }
            assert!(out[6 * k..].iter().all(|&value| value == mark), "k {k}: wrote beyond the panel");
        }
    }
    check(|at| at as f32, -1.0);
    check(|at| at as f64, -1.0);
}
