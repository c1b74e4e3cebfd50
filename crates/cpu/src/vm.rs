//! The tile machine: interprets programs tile by tile, so that a chain of operators costs one pass over memory. `map`
//! runs programs without folds; `crate::reduce` drives the same steps for those with folds.
pub(crate) mod cost;
pub(crate) mod direct;
pub(crate) mod frame;
pub(crate) mod map;
pub(crate) mod merge;
pub(crate) mod scratch;
pub(crate) mod space;
pub(crate) mod steps;
pub(crate) mod stream;
