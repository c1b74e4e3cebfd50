//! What a parallel region costs: `cargo run --release -p mxnet-cpu --example pool_speed`.
//!
//! Prints the median time of regions over chunks of pure computing on one thread and on two, in nanoseconds, and what
//! the second is above half of the first.

use std::hint::black_box;
use std::time::Instant;

use mxnet_cpu::pool::{parallel, set_threads};

const REGIONS: usize = 5000;

fn compute(steps: u64) {
    let mut state = 1u64;
    for step in 0..steps {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(step);
    }
    black_box(state);
}

fn median_time(threads: usize, chunks: usize, steps: u64) -> u64 {
    set_threads(threads);
    let mut times: Vec<u64> = (0..REGIONS)
        .map(|_| {
            compute(1000);
            let began = Instant::now();
            parallel(chunks, &|_| compute(steps));
            began.elapsed().as_nanos() as u64
        })
        .collect();
    times.sort_unstable();
    times[REGIONS / 2]
}

fn main() {
    for chunks in [2, 4, 20] {
        for steps in [500, 2000, 10_000] {
            let (one, two) = (median_time(1, chunks, steps), median_time(2, chunks, steps));
            println!(
                "{chunks:>3} chunks of {steps:>5}: {one:>6} {two:>6}  {:>6}",
                two as i64 - one as i64 / 2
            );
        }
    }
}
