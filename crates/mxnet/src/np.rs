//! NumPy's main namespace for Rust: the names of `mxnet.np` with Rust's forms of their arguments. Only wording stands
//! here: conversions of arguments, options as builders. What the functions do stands in `array`.
//!
//! * `operands`, `nested`, `shapes`, `indexing`: what users pass. `creation`, `reductions`, `shaping`: functions with
//!   options. `operators`: every row of the op book (generated). `random`, `linalg`, `fft`: as NumPy's.

mod creation;
pub mod fft;
mod files;
mod indexing;
pub mod linalg;
mod nested;
mod operands;
mod operators;
pub mod random;
mod reductions;
mod shapes;
mod shaping;

pub use array::array::Array;
pub use array::create::{
    Indexing, diag, diagflat, meshgrid, tril, tril_indices_from, triu, triu_indices_from, vander,
};
pub use array::einsum::einsum;
pub use array::manipulate::{
    Mode, PadMode, Repeats, Sections, array_split, atleast_1d, atleast_2d, atleast_3d, broadcast_arrays,
    choose, column_stack, diff, dstack, extract, fill_diagonal, flatnonzero, fliplr, flipud, hsplit, hstack,
    moveaxis, pad, repeat, roll, rollaxis, rot90, sliding_window_view, split, stack, take, take_along_axis,
    tile, vsplit, vstack,
};
pub use array::products::{dot, inner, kron, matmul, outer, tensordot, trace, vdot};
pub use array::sort::{argsort, cumprod, cumsum, nonzero, searchsorted, sort};
pub use array::{Argument, DType, Element, Error, ErrorKind, Index, Result, Scalar};
pub use array::{elementwise, index, reduce};
pub use creation::{
    arange, arange_as, array, array_as, empty, eye, full, full_as, full_like, geomspace, identity, linspace,
    logspace, ones, ones_as, ones_like, zeros, zeros_as, zeros_like,
};
pub use files::{load, load_npz, save, savez, savez_compressed};
pub use indexing::{ELLIPSIS, IntoIndex, NEWAXIS, slice};
pub use nested::Nested;
pub use operands::Operand;
pub use operators::*;
pub use reductions::{
    Over, all, any, argmax, argmin, axes, axis, count_nonzero, max, mean, min, over, prod, std, sum, var,
};
pub use shapes::{IntoRange, IntoShape};
pub use shaping::{
    broadcast_to, concatenate, copy, expand_dims, flip, reshape, squeeze, swapaxes, transpose,
};

pub use crate::s;
