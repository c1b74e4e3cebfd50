//! Products of matrices and tensors: matmul, dot, inner, outer, tensordot, kron. One kernel (`MatMul`) with
//! broadcast batches; everything else is shapes around it, so gradients follow from the recorded parts.

use base::{DType, Dims, Error, Result, promote, shape};
use graph::{Kernel, Operand, work};

use crate::elementwise::{call1, call2, common_device, multiply};
use crate::manipulate::{self, PadMode};
use crate::{Argument, Array, Index, reduce, tape};

/// An operand over the batch axes, the last two axes kept.
fn batched(x: &Array, batch: &[i64]) -> Result<Operand> {
    let mut wanted = Dims::from_slice(batch);
    wanted.extend_from_slice(&x.shape()[x.ndim() - 2..]);
    Ok(Operand::new(x.operand.node.clone(), x.view().broadcast_to(&wanted)?, x.dtype()))
}

/// Matrices (..., m, k) @ (..., k, n) of one dtype -> (..., m, n); not recorded.
fn multiply_matrices(a: &Array, b: &Array) -> Result<Array> {
    multiply_into(a, b, a.dtype())
}

/// The product as an array of `dtype`, which is that of the factors, or int32 for bytes.
fn multiply_into(a: &Array, b: &Array, dtype: DType) -> Result<Array> {
    let (a_batch, b_batch) = (&a.shape()[..a.ndim() - 2], &b.shape()[..b.ndim() - 2]);
    let batch = shape::broadcast(&[a_batch, b_batch])?;
    let (m, n) = (a.shape()[a.ndim() - 2], b.shape()[b.ndim() - 1]);
    let inner = a.shape()[a.ndim() - 1];
    let mut wanted = batch.clone();
    wanted.extend_from_slice(&[m, n]);
    if inner == 0 {
        return Array::full(&wanted, base::Scalar::I64(0), dtype, a.device());
    }
    let out = Array::empty(&wanted, dtype, a.device())?;
    if out.size() > 0 {
        let inputs = [batched(a, &batch)?, batched(b, &batch)?];
        work::run(&Kernel::MatMul, &inputs, std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

/// Matrices of bytes (..., m, k) @ (..., k, n) -> int32 (..., m, n), with sums of 32 bits; not recorded.
///
/// # Errors
/// Type: other dtypes than int8 and uint8. Value: fewer than 2 axes, inner lengths that differ, leading axes that do not
/// broadcast.
pub fn matmul_bytes(a: &Array, b: &Array) -> Result<Array> {
    let name = "matmul_bytes";
    common_device(&[Argument::Array(a), Argument::Array(b)])?;
    for one in [a, b] {
        if !matches!(one.dtype(), DType::I8 | DType::U8) {
            return Err(Error::type_(format!("{name}: matrices are int8 or uint8, not {}", one.dtype())));
        }
    }
    let texts = || format!("{} and {}", shape::text(a.shape()), shape::text(b.shape()));
    if a.ndim() < 2 || b.ndim() < 2 || a.shape()[a.ndim() - 1] != b.shape()[b.ndim() - 2] {
        return Err(Error::value(format!(
            "{name}: shapes {} are not those of a product of matrices",
            texts()
        )));
    }
    multiply_into(a, b, DType::I32).map_err(|error| error.in_operator(name))
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
    let free = |x: &Array, axes: &[usize]| -> Vec<usize> {
        (0..x.ndim()).filter(|axis| !axes.contains(axis)).collect()
    };
    let (a_free, b_free) = (free(a, &a_axes), free(b, &b_axes));
    let order = |first: &[usize], second: &[usize]| -> Vec<i64> {
        first.iter().chain(second).map(|&axis| axis as i64).collect()
    };
    let lengths =
        |x: &Array, axes: &[usize]| -> Vec<i64> { axes.iter().map(|&axis| x.shape()[axis]).collect() };
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
    if a.ndim() == 1 && b.shape() == a.shape() {
        return matmul(a, b);
    }
    tensordot(a, b, &[-1], &[-1])
        .map_err(|error| Error { message: error.message.replacen("tensordot", "inner", 1), ..error })
}

/// All products of an element of `a` with one of `b`, both flattened: shape (a.size, b.size).
pub fn outer(a: &Array, b: &Array) -> Result<Array> {
    multiply(&a.reshape(&[a.size(), 1])?, &b.reshape(&[1, b.size()])?)
}

/// Sum of `conj(a) * b` over all elements.
pub fn vdot(a: &Array, b: &Array) -> Result<Array> {
    if a.ndim() == 1 && b.ndim() == 1 {
        return dot(&conjugated(a)?, b);
    }
    let a = a.reshape(&[-1])?;
    dot(&conjugated(&a)?, &b.reshape(&[-1])?)
}

/// A length that two operands must share.
fn check_inner(
    operator: &str,
    signature: &str,
    first: (&Array, usize),
    second: (&Array, usize),
) -> Result<()> {
    for (index, (array, least)) in [first, second].into_iter().enumerate() {
        if array.ndim() < least {
            return Err(Error::value(format!(
                "{operator}: Input operand {index} does not have enough dimensions (has {}, gufunc core with signature \
                 {signature} requires {least})",
                array.ndim()
            )));
        }
    }
    let (a, b) = (first.0.shape()[first.0.ndim() - 1], second.0.shape()[second.0.ndim() - second.1]);
    if a != b {
        return Err(Error::value(format!(
            "{operator}: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {signature} \
             (size {b} is different from {a})"
        )));
    }
    Ok(())
}

fn conjugated(x: &Array) -> Result<Array> {
    if x.dtype().is_complex() { call1(ops::CONJUGATE, x) } else { Ok(x.clone()) }
}

/// Sum of `conj(a) * b` over the last axes, the others broadcast.
///
/// # Errors
/// Value: last axes of different lengths.
pub fn vecdot(a: &Array, b: &Array) -> Result<Array> {
    check_inner("vecdot", "(n),(n)->()", (a, 1), (b, 1))?;
    let row = conjugated(a)?.expand_dims(&[-2])?;
    matmul(&row, &b.expand_dims(&[-1])?)?.squeeze(Some(&[-2, -1]))
}

/// Matrices times vectors, (..., m, n) and (..., n) -> (..., m).
///
/// # Errors
/// Value: lengths that differ.
pub fn matvec(a: &Array, b: &Array) -> Result<Array> {
    check_inner("matvec", "(m,n),(n)->(m)", (a, 2), (b, 1))?;
    matmul(a, &b.expand_dims(&[-1])?)?.squeeze(Some(&[-1]))
}

/// Conjugated vectors times matrices, (..., n) and (..., n, m) -> (..., m).
///
/// # Errors
/// Value: lengths that differ.
pub fn vecmat(a: &Array, b: &Array) -> Result<Array> {
    check_inner("vecmat", "(n),(n,m)->(m)", (a, 1), (b, 2))?;
    matmul(&conjugated(a)?.expand_dims(&[-2])?, b)?.squeeze(Some(&[-2]))
}

/// Components of vectors along the last axis: two or three.
fn components(x: &Array) -> Result<Vec<Array>> {
    match x.shape().last() {
        Some(&count @ (2 | 3)) => {
            (0..count).map(|at| crate::index::get(x, &[Index::Ellipsis, Index::Integer(at)])).collect()
        }
        _ => {
            Err(Error::value("cross: incompatible dimensions for cross product\n(dimension must be 2 or 3)"))
        }
    }
}

/// Vector product of vectors along the last axes; a third component that is missing counts as 0. Of two plane vectors
/// only the third component of the product is given.
///
/// # Errors
/// Value: vectors that have neither 2 nor 3 components.
pub fn cross(a: &Array, b: &Array) -> Result<Array> {
    let (a, b) = (components(a)?, components(b)?);
    let minor = |i: usize, j: usize| -> Result<Option<Array>> {
        let product =
            |x: Option<&Array>, y: Option<&Array>| x.zip(y).map(|(x, y)| multiply(x, y)).transpose();
        Ok(match (product(a.get(i), b.get(j))?, product(a.get(j), b.get(i))?) {
            (Some(plus), Some(minus)) => Some(call2(ops::SUBTRACT, &plus, &minus)?),
            (Some(plus), None) => Some(plus),
            (None, Some(minus)) => Some(call1(ops::NEGATIVE, &minus)?),
            (None, None) => None,
        })
    };
    let minors = [minor(1, 2)?, minor(2, 0)?, minor(0, 1)?];
    let found: Vec<&Array> = minors.iter().flatten().collect();
    match found[..] {
        [only] => Ok(only.clone()),
        _ => manipulate::stack(&found, -1),
    }
}

/// How much of a convolution is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Every place where the two touch.
    Full,
    /// As many places as the longer has.
    Same,
    /// Places where they overlap wholly.
    Valid,
}

impl Overlap {
    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<Overlap> {
        Some(match name {
            "full" => Overlap::Full,
            "same" => Overlap::Same,
            "valid" => Overlap::Valid,
            _ => return None,
        })
    }
}

/// Discrete convolution of two sequences: windows of the longer one times the shorter one reversed.
///
/// # Errors
/// Value: sequences that are empty or have more than one axis.
pub fn convolve(a: &Array, v: &Array, overlap: Overlap) -> Result<Array> {
    let in_operator = |error: Error| error.in_operator("convolve");
    let (a, v) = (manipulate::atleast_1d(a)?, manipulate::atleast_1d(v)?);
    if a.ndim() != 1 || v.ndim() != 1 {
        return Err(Error::value("convolve: object too deep for desired array; both must be 1-D"));
    }
    for (array, name) in [(&a, "a"), (&v, "v")] {
        if array.size() == 0 {
            return Err(Error::value(format!("convolve: {name} cannot be empty")));
        }
    }
    let (long, short) = if a.size() >= v.size() { (a, v) } else { (v, a) };
    let beyond = short.size() - 1;
    let width = match overlap {
        Overlap::Full => (beyond, beyond),
        Overlap::Same => (beyond - beyond / 2, beyond / 2),
        Overlap::Valid => (0, 0),
    };
    let zero = base::Scalar::I64(0);
    let padded =
        manipulate::pad(&long, &[width], &PadMode::Constant(vec![(zero, zero)])).map_err(in_operator)?;
    let windows =
        manipulate::sliding_window_view(&padded, &[short.size()], None, false).map_err(in_operator)?;
    let reversed = manipulate::flip(&short, None)?;
    matmul(&windows, &reversed).map_err(in_operator)
}

/// Cross-correlation of two sequences: [`convolve`] with the conjugate of the second, reversed.
///
/// # Errors
/// As of [`convolve`].
pub fn correlate(a: &Array, v: &Array, overlap: Overlap) -> Result<Array> {
    let (a, v) = (manipulate::atleast_1d(a)?, conjugated(&manipulate::atleast_1d(v)?)?);
    let flip = |x: &Array| manipulate::flip(x, None);
    // the longer one slides, so that `Same` keeps the places around its elements
    let found = if v.size() > a.size() {
        convolve(&v, &flip(&a)?, overlap).and_then(|found| flip(&found))
    } else {
        convolve(&a, &flip(&v)?, overlap)
    };
    found.map_err(|error| Error { message: error.message.replacen("convolve", "correlate", 1), ..error })
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
