//! Prints the speed of matrix products (GFLOP/s) per shape, for one thread and for all: `cargo run --release
//! --example gemm_speed [name...]`.

use std::time::Instant;

use half::{bf16, f16};
use mxnet_cpu::{gemm, pool};
use num_complex::Complex;

/// Best of several rounds of about 20 ms each, in seconds per call.
fn seconds(mut call: impl FnMut()) -> f64 {
    call();
    let once = Instant::now();
    call();
    let calls = (0.02 / once.elapsed().as_secs_f64().max(1e-9)).clamp(1.0, 1e6) as usize;
    let round = |_| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / calls as f64
    };
    (0..7).map(round).fold(f64::INFINITY, f64::min)
}

/// A product to time: batch, m, n, k, and whether A and B are stored transposed.
struct Case {
    batch: usize,
    shape: (usize, usize, usize),
    transposed: (bool, bool),
}

fn measure<T: gemm::GemmElement>(name: &str, one: T, case: &Case) {
    let (m, n, k) = case.shape;
    let a = vec![one; case.batch * m * k];
    let b = vec![one; case.batch * k * n];
    let mut c = vec![one; case.batch * m * n];
    let strides = |rows: usize, columns: usize, transposed: bool| match transposed {
        true => (1, rows as isize),
        false => (columns as isize, 1),
    };
    let (sa, sb) = (strides(m, k, case.transposed.0), strides(k, n, case.transposed.1));
    let offsets =
        |index: usize| ((index * m * k) as isize, (index * k * n) as isize, (index * m * n) as isize);
    let mut call = || {
        // SAFETY: the vectors hold `batch` matrices of these shapes.
        unsafe {
            let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
            gemm::gemm_batched(case.batch, m, n, k, a, sa, b, sb, c, (n as isize, 1), &offsets, false);
        }
    };
    let work = 2e-9 * (case.batch * m * n * k) as f64;
    let all = pool::set_threads(1);
    let alone = seconds(&mut call);
    pool::set_threads(all);
    let together = seconds(&mut call);
    let letter = |transposed| if transposed { 'T' } else { 'N' };
    println!(
        "{name:5} {:4} x {m:4} {n:4} {k:5} {}{}  {:7.1} {:7.1}   {:9.2} us {:9.2} us",
        case.batch,
        letter(case.transposed.0),
        letter(case.transposed.1),
        work / alone,
        work / together,
        alone * 1e6,
        together * 1e6
    );
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|other| other == name);
    let case = |batch, m, n, k| Case { batch, shape: (m, n, k), transposed: (false, false) };
    let square = |size| case(1, size, size, size);
    println!("{:36} 1 thread  {} threads", "", pool::threads());
    if asked("region") {
        let region = seconds(|| {
            pool::parallel(2, &|chunk| {
                std::hint::black_box(chunk);
            })
        });
        println!("empty region: {:.0} ns", region * 1e9);
    }
    let mut cases: Vec<Case> = [8, 16, 32, 64, 128, 256, 512, 1024, 2048].map(square).into();
    cases.extend([
        case(1, 1024, 1, 1024),
        case(1, 1, 1024, 1024),
        case(1, 4096, 1, 4096),
        case(1, 1, 4096, 4096),
    ]);
    cases.extend([
        case(1, 1, 1, 1_000_000),
        case(1, 1000, 1000, 1),
        case(1, 8, 1024, 1024),
        case(1, 128, 1000, 512),
    ]);
    for (a, b) in [(true, false), (false, true)] {
        for size in [64, 256, 512] {
            cases.push(Case { batch: 1, shape: (size, size, size), transposed: (a, b) });
        }
    }
    cases.extend([case(512, 8, 8, 8), case(512, 16, 16, 16), case(64, 64, 64, 64), case(96, 128, 128, 64)]);
    for case in &cases {
        if asked("f32") {
            measure("f32", 1f32, case);
        }
        if asked("f64") {
            measure("f64", 1f64, case);
        }
    }
    for case in [square(16), square(256), square(1024), case(1, 1024, 1, 1024)] {
        if asked("half") {
            measure("f16", f16::ONE, &case);
            measure("bf16", bf16::ONE, &case);
        }
        if asked("other") {
            measure("c64", Complex::new(1f32, 0.0), &case);
            measure("i32", 1i32, &case);
            measure("i64", 1i64, &case);
        }
    }
}
