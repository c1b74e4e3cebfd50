//! From the `MatMul` kernel's tensors to the packed matrix product: batches, strides, and stacks that are one matrix.

use base::{DType, Dims, Result, view};
use graph::Tensor;

use crate::gather::operands;
use crate::gemm::bytes::{Bytes, gemm_bytes};
use crate::gemm::gemm_batched_dtype;

/// a (..., m, k), b (..., k, n) -> c (..., m, n); of one dtype, or of bytes with a result of int32.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn matmul(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([a, b], [c]) = (inputs, outputs) else { return Err(operands("matmul")) };
    let Some(lead) = c.shape.len().checked_sub(2) else { return Err(operands("matmul")) };
    let (mut m, n, k) = (c.shape[lead] as usize, c.shape[lead + 1] as usize, a.shape[lead + 1] as usize);
    let mut batch = Dims::from_slice(&c.shape[..lead]);
    if batch.contains(&0) {
        return Ok(());
    }
    let mut strides = [a, b, c].map(|tensor| Dims::from_slice(&tensor.strides[..lead]));
    view::collapse(&mut batch, &mut strides);
    let step = |tensor: &Tensor, axis: usize| tensor.strides[lead + axis] as isize;
    let (mut a_strides, b_strides, mut c_strides) =
        ((step(a, 0), step(a, 1)), (step(b, 0), step(b, 1)), (step(c, 0), step(c, 1)));
    // A stack of left matrices against one right matrix is one tall matrix where its rows are equally spaced.
    if let ([count], [a_step, b_step, c_step]) =
        (batch.as_slice(), strides.each_ref().map(|one| one.first().copied()))
        && b_step == Some(0)
    {
        let rows = m as i64;
        let follows = |step: Option<i64>, row: isize| step == Some(rows * row as i64);
        if m == 1 {
            (a_strides.0, c_strides.0) = (a_step.unwrap_or(0) as isize, c_step.unwrap_or(0) as isize);
            (m, batch) = (*count as usize, Dims::new());
        } else if follows(a_step, a_strides.0) && follows(c_step, c_strides.0) {
            (m, batch) = (m * *count as usize, Dims::new());
        }
    }
    let offsets = |number: usize| {
        let (mut left, mut at) = (number as i64, [0isize; 3]);
        for axis in (0..batch.len()).rev() {
            let index = left % batch[axis];
            left /= batch[axis];
            for (at, strides) in at.iter_mut().zip(&strides) {
                *at += (index * strides[axis]) as isize;
            }
        }
        (at[0], at[1], at[2])
    };
    let count = batch.iter().product::<i64>() as usize;
    if c.dtype == DType::I32 && a.dtype != c.dtype {
        let bytes = |tensor: &Tensor, at: isize, strides| {
            let signed = tensor.dtype == DType::I8;
            // SAFETY: an element of a byte lies at this offset, as the caller promises.
            Bytes { data: unsafe { tensor.data.cast_const().offset(at) }, signed, strides }
        };
        for number in 0..count {
            let (a_at, b_at, c_at) = offsets(number);
            // SAFETY: promised by the caller.
            unsafe {
                let to = c.data.cast::<i32>().offset(c_at);
                gemm_bytes((m, n, k), bytes(a, a_at, a_strides), bytes(b, b_at, b_strides), to, c_strides);
            }
        }
        return Ok(());
    }
    // SAFETY: promised by the caller.
    unsafe {
        gemm_batched_dtype(
            c.dtype,
            count,
            (m, n, k),
            a.data,
            a_strides,
            b.data,
            b_strides,
            c.data,
            c_strides,
            &offsets,
            false,
        )
    };
    Ok(())
}
