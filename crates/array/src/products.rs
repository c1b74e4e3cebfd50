//! Products of matrices and tensors: matmul, dot, inner, outer, tensordot, kron. One kernel (`MatMul`) with
//! broadcast batches; everything else is shapes around it, so gradients follow from the recorded parts.

use base::{DType, Dims, Error, Result, promote, shape};
use graph::{Kernel, Operand, work};

use crate::elementwise::{call1, common_device, multiply};
use crate::{Argument, Array, reduce, tape};

/// An operand over the batch axes, the last two axes kept.
fn batched(x: &Array, batch: &[i64]) -> Result<Operand> {
    let mut wanted = Dims::from_slice(batch);
    wanted.extend_from_slice(&x.shape()[x.ndim() - 2..]);
    Ok(Operand::new(x.operand.node.clone(), x.view().broadcast_to(&wanted)?, x.dtype()))
}

/// Matrices (..., m, k) @ (..., k, n) of one dtype -> (..., m, n); not recorded.
fn multiply_matrices(a: &Array, b: &Array) -> Result<Array> {
    let (a_batch, b_batch) = (&a.shape()[..a.ndim() - 2], &b.shape()[..b.ndim() - 2]);
    let batch = shape::broadcast(&[a_batch, b_batch])?;
    let (m, n) = (a.shape()[a.ndim() - 2], b.shape()[b.ndim() - 1]);
    let inner = a.shape()[a.ndim() - 1];
    let mut wanted = batch.clone();
    wanted.extend_from_slice(&[m, n]);
    if inner == 0 {
        return Array::full(&wanted, base::Scalar::I64(0), a.dtype(), a.device());
    }
    let out = Array::empty(&wanted, a.dtype(), a.device())?;
    if out.size() > 0 {
        let inputs = [batched(a, &batch)?, batched(b, &batch)?];
        work::run(&Kernel::MatMul, &inputs, std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

fn conjugate_transpose(x: &Array) -> Result<Array> {
    let turned = x.swapaxes(-1, -2)?;
    if x.dtype().is_complex() { call1(ops::CONJUGATE, &turned) } else { Ok(turned) }
}

/// Both at least 2-D and of one dtype.
fn product(a: &Array, b: &Array) -> Result<Array> {
    let out = multiply_matrices(a, b)?;
    Ok(tape::record_saving("matmul", &[a, b], &[a, b], out, || {
        let (a, b) = (a.clone(), b.clone());
        Box::new(move |gradient| {
            let to_a = product(gradient, &conjugate_transpose(&b)?)?.sum_to(a.shape())?;
            let to_b = product(&conjugate_transpose(&a)?, gradient)?.sum_to(b.shape())?;
            Ok(vec![Some(to_a), Some(to_b)])
        })
    }))
}

/// Matrix product with NumPy's rules: 1-D operands are rows or columns, leading axes broadcast.
///
/// # Errors
/// Value: 0-d operands, inner lengths that differ, leading axes that do not broadcast.
pub fn matmul(a: &Array, b: &Array) -> Result<Array> {
    common_device(&[Argument::Array(a), Argument::Array(b)])?;
    let signature = "(n?,k),(k,m?)->(n?,m?)";
    for (index, one) in [a, b].into_iter().enumerate() {
        if one.ndim() == 0 {
            return Err(Error::value(format!(
                "matmul: Input operand {index} does not have enough dimensions (has 0, gufunc core with signature \
                 {signature} requires 1)"
            )));
        }
    }
    let dtype = promote::promote(a.dtype(), b.dtype());
    let (k_a, k_b) = (a.shape()[a.ndim() - 1], b.shape()[b.ndim().saturating_sub(2)]);
    if k_a != k_b {
        return Err(Error::value(format!(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} (size \
             {k_b} is different from {k_a}); shapes are {} and {}",
            shape::text(a.shape()),
            shape::text(b.shape())
        )));
    }
    let rows = if a.ndim() == 1 { a.expand_dims(&[0])? } else { a.clone() };
    let columns = if b.ndim() == 1 { b.expand_dims(&[1])? } else { b.clone() };
    let out = product(&rows.astype_if(dtype)?, &columns.astype_if(dtype)?)?;
    match (a.ndim(), b.ndim()) {
        (1, 1) => out.reshape(&[]),
        (1, _) => out.squeeze(Some(&[-2])),
        (_, 1) => out.squeeze(Some(&[-1])),
        _ => Ok(out),
    }
}

/// Sum over pairs of axes: `a_axes[k]` of `a` with `b_axes[k]` of `b`; the other axes follow in order.
pub fn tensordot(a: &Array, b: &Array, a_axes: &[i64], b_axes: &[i64]) -> Result<Array> {
    let in_operator = |error: Error| error.in_operator("tensordot");
    let a_axes = shape::axes(a_axes, a.ndim()).map_err(in_operator)?;
    let b_axes = shape::axes(b_axes, b.ndim()).map_err(in_operator)?;
    let equal = a_axes.len() == b_axes.len()
        && a_axes.iter().zip(&b_axes).all(|(&x, &y)| a.shape()[x] == b.shape()[y]);
    if !equal {
        return Err(Error::value(format!(
            "tensordot: shape-mismatch for sum: axes {:?} of {} and {:?} of {}",
            a_axes.as_slice(),
            shape::text(a.shape()),
            b_axes.as_slice(),
            shape::text(b.shape())
        )));
    }
    let free = |x: &Array, axes: &[usize]| -> Vec<usize> { (0..x.ndim()).filter(|axis| !axes.contains(axis)).collect() };
    let (a_free, b_free) = (free(a, &a_axes), free(b, &b_axes));
    let order = |first: &[usize], second: &[usize]| -> Vec<i64> {
        first.iter().chain(second).map(|&axis| axis as i64).collect()
    };
    let lengths = |x: &Array, axes: &[usize]| -> Vec<i64> { axes.iter().map(|&axis| x.shape()[axis]).collect() };
    let inner: i64 = lengths(a, &a_axes).iter().product();
    let (a_out, b_out) = (lengths(a, &a_free), lengths(b, &b_free));
    let left = a.transpose(Some(&order(&a_free, &a_axes)))?.reshape(&[a_out.iter().product(), inner])?;
    let right = b.transpose(Some(&order(&b_axes, &b_free)))?.reshape(&[inner, b_out.iter().product()])?;
    matmul(&left, &right)?.reshape(&[a_out, b_out].concat())
}

/// `numpy.dot`: products of numbers, inner products of vectors, matrix products; for more axes the last of `a` with
/// the second-last of `b`.
pub fn dot(a: &Array, b: &Array) -> Result<Array> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return multiply(a, b);
    }
    let (last, second) = (a.shape()[a.ndim() - 1], b.shape()[b.ndim().saturating_sub(2)]);
    if last != second {
        return Err(Error::value(format!(
            "dot: shapes {} and {} not aligned: {last} (dim {}) != {second} (dim {})",
            shape::tight(a.shape()),
            shape::tight(b.shape()),
            a.ndim() - 1,
            b.ndim().saturating_sub(2)
        )));
    }
    if a.ndim() <= 2 && b.ndim() <= 2 {
        return matmul(a, b);
    }
    tensordot(a, b, &[-1], &[if b.ndim() == 1 { 0 } else { -2 }])
}

/// Sum of products over the last axes.
pub fn inner(a: &Array, b: &Array) -> Result<Array> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return multiply(a, b);
    }
    tensordot(a, b, &[-1], &[-1]).map_err(|error| Error {
        message: error.message.replacen("tensordot", "inner", 1),
        ..error
    })
}

/// All products of an element of `a` with one of `b`, both flattened: shape (a.size, b.size).
pub fn outer(a: &Array, b: &Array) -> Result<Array> {
    multiply(&a.reshape(&[a.size(), 1])?, &b.reshape(&[1, b.size()])?)
}

/// Sum of `conj(a) * b` over all elements.
pub fn vdot(a: &Array, b: &Array) -> Result<Array> {
    let a = a.reshape(&[-1])?;
    let a = if a.dtype().is_complex() { call1(ops::CONJUGATE, &a)? } else { a };
    dot(&a, &b.reshape(&[-1])?)
}

/// Kronecker product: every element of `a` times a copy of `b`.
pub fn kron(a: &Array, b: &Array) -> Result<Array> {
    let ndim = a.ndim().max(b.ndim());
    let padded = |x: &Array| -> Result<(Array, Vec<i64>)> {
        let mut lengths = vec![1; ndim - x.ndim()];
        lengths.extend_from_slice(x.shape());
        Ok((x.reshape(&lengths)?, lengths))
    };
    let ((a, a_lengths), (b, b_lengths)) = (padded(a)?, padded(b)?);
    let spread = |lengths: &[i64], second: bool| -> Vec<i64> {
        lengths.iter().flat_map(|&length| if second { [1, length] } else { [length, 1] }).collect()
    };
    let product = multiply(&a.reshape(&spread(&a_lengths, false))?, &b.reshape(&spread(&b_lengths, true))?)?;
    let wanted: Vec<i64> = a_lengths.iter().zip(&b_lengths).map(|(x, y)| x * y).collect();
    product.reshape(&wanted)
}

/// Sum along a diagonal of two axes.
pub fn trace(x: &Array, offset: i64, first: i64, second: i64, dtype: Option<DType>) -> Result<Array> {
    let diagonal = x.diagonal(offset, first, second).map_err(|error| error.in_operator("trace"))?;
    reduce::sum(&diagonal, &reduce::Options { axes: Some(&[-1]), dtype, ..Default::default() })
}
