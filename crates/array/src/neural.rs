//! Operators of neural networks that are no rows of the op book, one file per family: shapes, dtypes, errors and
//! gradients. Called by the fronts as `npx`.
pub mod attention;
pub mod convolution;
pub mod ctc;
pub mod pooling;
pub mod recurrent;
pub(crate) mod spatial;
mod steps;
