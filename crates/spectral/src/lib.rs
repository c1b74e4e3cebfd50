//! Singular values and eigenvalues of one matrix at a time, with or without vectors. Called by the CPU's factor kernel;
//! knows no tensors, no threads and no other room. A crate of its own because the generic code of faer takes long to
//! compile and changes rarely.
//!
//! * `dense`: a matrix in C order is brought to condensed form, and whole decompositions, by the crate faer.
//! * `condensed`: values alone of tridiagonal and bidiagonal matrices, by iterations without rotations.
//!
//! Elements should lie in the middle of the numbers' range, so that their squares neither overflow nor vanish.

mod condensed;
mod dense;

pub use condensed::{eigenvalues, singular_values};
pub use dense::{Condensed, Spectral};

use num_complex::Complex;

/// A matrix in memory that is only read, C order.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a, T> {
    pub data: &'a [T],
    pub rows: usize,
    pub columns: usize,
}

/// The vectors that go with singular values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// The first min(m, n) of both sides.
    Thin,
    /// Square matrices of them.
    Full,
}

/// u and v (not its adjoint), column after column, and the singular values, falling.
#[derive(Clone, Debug)]
pub struct Singular<T, R> {
    pub u: Vec<T>,
    pub s: Vec<R>,
    pub v: Vec<T>,
}

/// Eigenvalues of any matrix, and unit eigenvectors, column after column.
#[derive(Clone, Debug)]
pub struct Eigen<R> {
    pub values: Vec<Complex<R>>,
    pub vectors: Vec<Complex<R>>,
}
