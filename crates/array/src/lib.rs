//! Floor 4: NumPy's semantics in Rust, and the tape. Arrays, operators with broadcasting and promotion, indexing,
//! reductions, products, sorting, random numbers, gradients, printing. No Python, no device code: work goes to `graph`.
pub mod array;
pub mod checkpoint;
pub mod create;
pub mod einsum;
pub mod elementwise;
pub mod flags;
pub mod formulas;
pub mod fourier;
mod gradient;
pub mod host;
pub mod index;
pub(crate) mod index_array;
pub mod linalg;
pub mod manipulate;
mod mixed_signs;
pub mod neural;
pub mod operators;
pub mod print;
pub mod products;
pub mod random;
pub mod reduce;
pub mod sets;
pub mod sort;
pub mod statistics;
mod symbolic;
pub mod tape;
pub mod views;

pub use array::Array;
pub use base::{DType, Error, ErrorKind, Result, Scalar, promote};
pub use elementwise::Argument;
pub use graph::{DeviceId, DeviceKind, DeviceRef};
pub use host::Element;
pub use index::Index;
pub(crate) use views::array_reshape;
pub use {graph, ops};
