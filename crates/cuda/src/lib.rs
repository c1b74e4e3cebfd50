//! Floor 3: programs for CUDA. Prints a program as CUDA C++ source, a pure function that needs no GPU to be reviewed or
//! tested; the driver that compiles and launches the source is not here yet, so no GPU is installed and
//! `npx.num_gpus()` is 0. Names no operator: text comes from the rows.
mod render;

pub use render::render;

/// Installs the GPUs that this build can drive: none yet.
pub fn install() {}
