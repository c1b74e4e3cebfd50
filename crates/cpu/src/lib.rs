//! Floor 3: the CPU device. Interprets programs tile by tile (`vm`, `reduce`), and runs the kernels that are not
//! programs, on a thread pool of its own. Names no operator.
mod convolution;
mod copy;
mod device;
mod factor;
mod fourier;
mod gather;
pub mod gemm;
mod hint;
mod layers;
mod load;
mod mask;
mod matmul;
mod memory;
mod order;
pub mod pool;
mod pooling;
pub mod random;
mod reduce;
mod rounds;
mod row_program;
mod rows;
mod scan;
mod scratch;
pub mod sort;
mod tally;
mod vision;
mod vm;

/// Which of the loops run on this machine, by name.
pub fn level() -> String {
    format!("{:?}", lanes::level()).to_lowercase()
}

/// Makes the CPU available as `graph` device.
pub fn install() {
    graph::device::install(graph::DeviceKind::Cpu, 0, Box::new(device::Cpu));
}
