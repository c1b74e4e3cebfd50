//! Floor 1: what an array *is* (dtype, shape, view, scalar), what an operator *is* (`Op`, `Sym`) and how things
//! go wrong (`Error`). No computing on arrays, no memory, no `unsafe`, no operator's name.
pub mod dtype;
pub mod error;
pub mod interrupt;
pub mod op;
pub mod place;
pub mod promote;
pub mod scalar;
pub mod shape;
pub mod view;

pub use dtype::{DType, DTypeKind};
pub use error::{Error, ErrorKind, Result};
pub use op::{Fold, Kind, Loop, Op, Pole, Rule, STILL_BYTES, Scan, Sign, Space, Span, Sym, Tiny, Vjp, still};
pub use place::Place;
pub use scalar::Scalar;
pub use shape::Dims;
pub use view::View;
