//! What small work costs in Rust, without Python: nanoseconds per call, the fastest of many
//! rounds; an argument selects rows. `cargo run --release -p mxnet-array --example
//! dispatch_speed`.
use std::hint::black_box;
use std::time::Instant;

use mxnet_array::elementwise::{call, call2};
use mxnet_array::{Argument, Array, DType, DeviceId, Index, Result, Scalar, index, reduce};

fn time(name: &str, mut body: impl FnMut() -> Result<Array>) -> Result<()> {
    if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
        return Ok(());
    }
    let (rounds, calls) = (300, 100);
    let mut least = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(body()?);
        }
        least = least.min(start.elapsed().as_nanos() as f64 / calls as f64);
    }
    println!("{name:32} {least:8.1} ns");
    Ok(())
}

fn main() -> Result<()> {
    cpu::install();
    let device = graph::device::device(DeviceId::CPU)?;
    let full = |shape: &[i64]| Array::full(shape, Scalar::F32(1.5), DType::F32, device);
    let (a, b, row, matrix) = (full(&[10])?, full(&[10])?, full(&[1, 10])?, full(&[10, 10])?);
    let large = full(&[10_000])?;
    time("a + b, 10 elements", || call2(ops::ADD, &a, &b))?;
    time("a + 1.0", || call(ops::ADD, &[Argument::Array(&a), Argument::from(1.0)]))?;
    time("matrix + row (broadcast)", || call2(ops::ADD, &matrix, &row))?;
    time("sum of 10", || reduce::sum(&a, &reduce::Options::default()))?;
    time("a[3]", || index::get(&a, &[Index::Integer(3)]))?;
    time("reshape", || matrix.reshape(&[100]))?;
    time("build a node, 10000 elements", || call2(ops::ADD, &large, &large))?;
    time("build and force", || {
        let node = call2(ops::ADD, &large, &large)?;
        node.wait_to_read()?;
        Ok(node)
    })
}
