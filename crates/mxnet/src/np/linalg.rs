//! `np::linalg`: linear algebra over stacks of matrices in the last two axes. What the functions do, their errors and
//! gradients stand in `array::linalg`.
//!
//! ```
//! use mxnet::np;
//! let a = np::array([[3.0, 1.0], [1.0, 2.0]])?;
//! let x = np::linalg::solve(&a, &np::array([9.0, 8.0])?)?;
//! assert_eq!(x.to_string(), "[2. 3.]");
//! # Ok::<(), np::Error>(())
//! ```

pub use array::linalg::{
    Cutoff, LeastSquares, NormOrder, QrMode, cholesky, cond, det, eig, eigh, eigvals, eigvalsh, inv, lstsq,
    matrix_norm, matrix_power, matrix_rank, multi_dot, norm, pinv, qr, slogdet, solve, svd, svdvals,
    tensorinv, tensorsolve, vector_norm,
};
pub use array::products::{cross, matmul, outer, tensordot, vecdot};
