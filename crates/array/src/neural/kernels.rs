//! What operators share whose kernels take contiguous arrays of float32 or float64: one dtype for all arguments, another
//! to compute in, and the call itself. Knows no operator.

use base::{DType, Error, Result, promote};
use graph::Kernel;
use graph::work;

use crate::elementwise::{Argument, common_device};
use crate::index::{self, Index};
use crate::{Array, tape};

/// The dtypes of an operator over several arrays: of its results, and to compute in (float32 for halves, which are
/// rounded once at the end).
#[derive(Clone, Copy)]
pub(super) struct Dtypes {
    pub result: DType,
    pub compute: DType,
}

impl Dtypes {
    /// Of arrays that meet by promotion.
    ///
    /// # Errors
    /// Type: no real floats. Runtime: arrays on different devices.
    pub fn of(name: &str, arrays: &[&Array]) -> Result<Dtypes> {
        let arguments: Vec<Argument> = arrays.iter().map(|array| Argument::Array(array)).collect();
        common_device(&arguments).map_err(|error| error.in_operator(name))?;
        let met = arrays.iter().map(|array| array.dtype()).reduce(promote::promote);
        match met {
            Some(dtype) if dtype.is_half() => Ok(Dtypes { result: dtype, compute: DType::F32 }),
            Some(dtype) if dtype.is_float() => Ok(Dtypes { result: dtype, compute: dtype }),
            other => Err(Error::type_(format!(
                "{name}: takes float16, bfloat16, float32 and float64, not {}; cast with astype()",
                other.unwrap_or(DType::Bool)
            ))),
        }
    }

    /// An argument as kernels that no gradient passes read it.
    pub fn read(&self, x: &Array) -> Result<Array> {
        tape::paused(|| x.detach().astype_if(self.compute)?.contiguous())
    }
}

/// Runs a kernel over contiguous arrays. Nothing is run for outputs without elements.
pub(super) fn run(kernel: &Kernel, inputs: &[&Array], outputs: &[&Array]) -> Result<()> {
    if outputs.iter().all(|out| out.size() == 0) {
        return Ok(());
    }
    let operands = |arrays: &[&Array]| arrays.iter().map(|array| array.operand().clone()).collect::<Vec<_>>();
    work::run(kernel, &operands(inputs), &operands(outputs))
}

/// One number of the last axis: `x[..., number]`.
pub(super) fn column(x: &Array, number: i64) -> Result<Array> {
    index::get(x, &[Index::Ellipsis, Index::Integer(number)])
}

/// A run of the last axis: `x[..., start:stop]`.
pub(super) fn columns(x: &Array, start: i64, stop: i64) -> Result<Array> {
    index::get(x, &[Index::Ellipsis, Index::Slice { start: Some(start), stop: Some(stop), step: None }])
}
