//! Linear algebra: factorisations, solutions, norms, over stacks of matrices in the last two axes. Each function checks its
//! operands, runs one kernel (`Factor`) on the device, and writes its gradient in operators, so that gradients can be
//! differentiated again. Called by the fronts; knows no algorithm.
//!
//! float32, float64, complex64 and complex128; integers and bool compute in the default float. Gradients of complex
//! results follow the convention of the tape: what belongs to z is dL/dRe z + i dL/dIm z.

mod chains;
mod eigen;
mod factors;
mod least;
mod norms;
mod singular;
mod solving;

pub use chains::{matrix_power, multi_dot};
pub use eigen::{eig, eigh, eigvals, eigvalsh};
pub use factors::{QrMode, cholesky, qr};
pub use least::{Cutoff, LeastSquares, cond, lstsq, matrix_rank, pinv};
pub use norms::{NormOrder, matrix_norm, norm, vector_norm};
pub use singular::{svd, svdvals};
pub use solving::{det, inv, slogdet, solve, tensorinv, tensorsolve};

use base::{DType, Dims, Error, Result, Scalar, promote, shape};
use graph::{Factorization, Kernel, Operand, work};

use crate::create::{self, Order};
use crate::elementwise::{Argument, call, call1};
use crate::{Array, Index, ops, products, tape};

/// The dtype that a matrix of this dtype is computed in.
fn field(name: &str, dtype: DType) -> Result<DType> {
    if dtype.is_half() {
        return Err(Error::type_(format!(
            "{name}: array type {dtype} is unsupported in linalg; cast it to float32 with astype()"
        )));
    }
    Ok(if dtype.is_inexact() { dtype } else { promote::default_float() })
}

/// At least two axes, in a dtype that can be factored.
fn matrices(name: &str, x: &Array) -> Result<Array> {
    if x.ndim() < 2 {
        return Err(Error::linear_algebra(format!(
            "{name}: {}-dimensional array given. Array must be at least two-dimensional",
            x.ndim()
        )));
    }
    x.astype_if(field(name, x.dtype())?)
}

/// [`matrices`] that are square.
fn square_matrices(name: &str, x: &Array) -> Result<Array> {
    let x = matrices(name, x)?;
    let (rows, columns) = lengths(&x);
    if rows != columns {
        return Err(Error::linear_algebra(format!(
            "{name}: Last 2 dimensions of the array must be square, not {rows} by {columns}"
        )));
    }
    Ok(x)
}

/// Rows and columns of the matrices.
fn lengths(x: &Array) -> (i64, i64) {
    let shape = x.shape();
    (shape[shape.len() - 2], shape[shape.len() - 1])
}

/// The axes in front of the matrices.
fn batch(x: &Array) -> &[i64] {
    &x.shape()[..x.ndim() - 2]
}

/// A batch shape with further axes.
fn with_axes(batch: &[i64], more: &[i64]) -> Vec<i64> {
    [batch, more].concat()
}

/// Runs a factorisation: its outputs by shape (after the batch axes) and dtype, and which matrices were unfit (int64).
fn run(
    factorization: Factorization,
    inputs: &[&Array],
    outputs: &[(&[i64], DType)],
) -> Result<(Vec<Array>, Array)> {
    let device = inputs[0].device();
    let stack = shape::broadcast(&inputs.iter().map(|input| batch(input)).collect::<Vec<_>>())?;
    let operands = inputs
        .iter()
        .map(|input| {
            let mut wanted = Dims::from_slice(&stack);
            wanted.extend_from_slice(&input.shape()[input.ndim() - 2..]);
            let view = input.view().broadcast_to(&wanted)?;
            Ok(Operand::new(input.operand.node.clone(), view, input.dtype()))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut made = outputs
        .iter()
        .map(|(axes, dtype)| Array::empty(&with_axes(&stack, axes), *dtype, device))
        .collect::<Result<Vec<_>>>()?;
    made.push(Array::full(&stack, Scalar::I64(0), DType::I64, device)?);
    if !stack.contains(&0) {
        let targets: Vec<Operand> = made.iter().map(|output| output.operand.clone()).collect();
        work::run(&Kernel::Factor(factorization), &operands, &targets)?;
    }
    let status = made.pop().ok_or_else(|| Error::runtime("factor: no status"))?;
    Ok((made, status))
}

/// [`run`] where every matrix must be fit.
fn run_checked(
    name: &str,
    problem: &str,
    factorization: Factorization,
    inputs: &[&Array],
    outputs: &[(&[i64], DType)],
) -> Result<Vec<Array>> {
    let (made, status) = run(factorization, inputs, outputs)?;
    if status.to_vec::<i64>()?.iter().any(|&unfit| unfit != 0) {
        return Err(Error::linear_algebra(format!("{name}: {problem}")));
    }
    Ok(made)
}

/// Outputs whose place on the tape says that there is no gradient, and why.
fn without_gradient(name: &'static str, why: &'static str, inputs: &[&Array], outputs: &[Array]) {
    tape::record_outputs(name, inputs, &[], outputs, move |_| {
        Err(Error::runtime(format!("{name}: no gradient {why}")))
    });
}

/// What a rule reads of its operator's outputs: those that were saved, or, when the gradient itself is recorded, the same
/// made again on the tape.
fn known(saved: &[Array], again: impl FnOnce() -> Result<Vec<Array>>) -> Result<Vec<Array>> {
    if tape::is_recording() { again() } else { Ok(saved.to_vec()) }
}

fn detached(outputs: &[Array]) -> Vec<Array> {
    outputs.iter().map(Array::detach).collect()
}

fn matmul(a: &Array, b: &Array) -> Result<Array> {
    products::matmul(a, b)
}

fn conjugate(x: &Array) -> Result<Array> {
    if x.dtype().is_complex() { call1(ops::CONJUGATE, x) } else { Ok(x.clone()) }
}

/// Conjugate transpose of the matrices.
fn adjoint(x: &Array) -> Result<Array> {
    conjugate(&x.swapaxes(-1, -2)?)
}

/// Values as rows (..., 1, n): multiplied to matrices they scale columns.
fn as_row(x: &Array) -> Result<Array> {
    x.expand_dims(&[-2])
}

/// Values as columns (..., n, 1): multiplied to matrices they scale rows.
fn as_column(x: &Array) -> Result<Array> {
    x.expand_dims(&[-1])
}

/// Numbers over the batch axes, as matrices of one element.
fn as_matrix(x: &Array) -> Result<Array> {
    x.expand_dims(&[-2, -1])
}

fn identity(length: i64, like: &Array) -> Result<Array> {
    create::eye(length, None, 0, Some(like.dtype()), Order::C, like.device())
}

fn identity_mask(length: i64, like: &Array) -> Result<Array> {
    create::eye(length, None, 0, Some(DType::Bool), Order::C, like.device())
}

/// `1 / x`, and 0 where `x` is 0, also for gradients.
fn reciprocal_or_zero(x: &Array) -> Result<Array> {
    let zero = x.eq(0.0)?;
    let safe = choose(&zero, Argument::from(1.0), Argument::Array(x))?;
    let one = Array::full(&[], Scalar::one(x.dtype()), x.dtype(), x.device())?;
    choose(&zero, Argument::from(0.0), Argument::Array(&one.div(&safe)?))
}

fn choose(mask: &Array, chosen: Argument, other: Argument) -> Result<Array> {
    call(ops::WHERE, &[Argument::Array(mask), chosen, other])
}

/// Matrices with the values on their diagonal.
fn diagonal_matrices(values: &Array) -> Result<Array> {
    let length = values.shape()[values.ndim() - 1];
    choose(&identity_mask(length, values)?, Argument::Array(&as_row(values)?), Argument::from(0.0))
}

/// The elements on the diagonal of square matrices.
fn diagonal_of(x: &Array) -> Result<Array> {
    x.diagonal(0, -2, -1)
}

/// The real part where a gradient belongs to a real array.
fn in_field_of(gradient: Array, x: &Array) -> Result<Array> {
    if gradient.dtype().is_complex() && !x.dtype().is_complex() {
        call1(ops::REAL, &gradient)
    } else {
        gradient.astype_if(x.dtype())
    }
}

fn range(start: i64, stop: i64) -> Index {
    Index::Slice { start: Some(start), stop: Some(stop), step: None }
}

/// The columns from `start` up to `stop` of the matrices.
fn columns(x: &Array, start: i64, stop: i64) -> Result<Array> {
    crate::index::get(x, &[Index::Ellipsis, range(start, stop)])
}

/// The rows from `start` up to `stop` of the matrices.
fn rows(x: &Array, start: i64, stop: i64) -> Result<Array> {
    let all = Index::Slice { start: None, stop: None, step: None };
    crate::index::get(x, &[Index::Ellipsis, range(start, stop), all])
}

/// Sum of two gradients of which either may be missing.
fn sum_of(first: Option<Array>, second: Option<Array>) -> Result<Option<Array>> {
    Ok(match (first, second) {
        (Some(first), Some(second)) => Some(first.add(&second)?),
        (first, second) => first.or(second),
    })
}
