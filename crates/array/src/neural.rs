//! Operators of neural networks that are no rows of the op book, one file per family: shapes, dtypes, errors and
//! gradients. Called by the fronts as `npx`.
pub mod convolution;
pub mod pooling;
pub(crate) mod spatial;
