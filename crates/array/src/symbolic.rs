//! Formulas over rows (`Sym`) as operators on arrays: second-storey operators, and the gradient rules of `gradient`.

use base::{DType, Op, Result, Scalar, Sym};
use graph::DeviceRef;

use crate::elementwise::{Argument, Arguments, call};
use crate::{Array, reduce};

/// The operator's formula over the arguments, converted to the dtype it computes in.
pub(crate) fn call_formula(
    op: &'static Op,
    formula: fn(&[Sym]) -> Sym,
    arguments: &[Argument],
    compute: DType,
    device: DeviceRef,
) -> Result<Array> {
    let mut inputs = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        inputs.push(match argument {
            Argument::Array(array) => array.astype_if(op.kind.source(index, compute))?,
            Argument::Scalar(_, value) => Array::scalar(value.cast(op.kind.source(index, compute)), device)?,
        });
    }
    let symbols: Vec<Sym> = (0..inputs.len()).map(Sym::Input).collect();
    match instantiate(&formula(&symbols), &inputs)? {
        Evaluated::Array(array) => Ok(array),
        Evaluated::Number(value) => Array::scalar(Scalar::F64(value).cast(compute), device),
    }
}

/// A formula's value: numbers stay numbers until they meet an array.
pub(crate) enum Evaluated {
    Array(Array),
    Number(f64),
}

impl Evaluated {
    fn argument(&self) -> Argument<'_> {
        match self {
            Evaluated::Array(array) => Argument::Array(array),
            Evaluated::Number(value) => Argument::from(*value),
        }
    }
}

/// A formula over arrays, as operators (recorded if this thread records).
pub(crate) fn instantiate(symbol: &Sym, inputs: &[Array]) -> Result<Evaluated> {
    let binary = |op: &'static Op, pair: &(Sym, Sym)| apply(op, &[&pair.0, &pair.1], inputs);
    match symbol {
        Sym::Input(index) => Ok(Evaluated::Array(inputs[*index].clone())),
        Sym::Number(value) => Ok(Evaluated::Number(*value)),
        Sym::Add(pair) => binary(ops::ADD, pair),
        Sym::Subtract(pair) => binary(ops::SUBTRACT, pair),
        Sym::Multiply(pair) => binary(ops::MULTIPLY, pair),
        Sym::Divide(pair) => binary(ops::DIVIDE, pair),
        Sym::Negative(inner) => apply(ops::NEGATIVE, &[inner], inputs),
        Sym::Call(op, arguments) => apply(op, &arguments.iter().collect::<Vec<_>>(), inputs),
    }
}

fn apply(op: &'static Op, symbols: &[&Sym], inputs: &[Array]) -> Result<Evaluated> {
    let values = symbols.iter().map(|symbol| instantiate(symbol, inputs)).collect::<Result<Vec<_>>>()?;
    let arguments: Arguments = values.iter().map(Evaluated::argument).collect();
    if values.iter().all(|value| matches!(value, Evaluated::Number(_)))
        && let Some(array) = inputs.first()
    {
        // a formula of numbers alone: computed once, in the inputs' dtype
        let device = array.device();
        let numbers = values
            .iter()
            .map(|value| match value {
                Evaluated::Number(value) => Array::scalar(Scalar::F64(*value).cast(array.dtype()), device),
                Evaluated::Array(array) => Ok(array.clone()),
            })
            .collect::<Result<Vec<_>>>()?;
        let arguments: Arguments = numbers.iter().map(Argument::Array).collect();
        return call(op, &arguments).map(Evaluated::Array);
    }
    call(op, &arguments).map(Evaluated::Array)
}

impl Array {
    /// [`Array::astype`] unless the dtype is that already.
    pub fn astype_if(&self, dtype: DType) -> Result<Array> {
        if self.dtype() == dtype { Ok(self.clone()) } else { self.astype(dtype) }
    }

    /// Sums a gradient over the axes that broadcasting added or stretched.
    pub(crate) fn sum_to(&self, shape: &[i64]) -> Result<Array> {
        if self.shape() == shape {
            return Ok(self.clone());
        }
        let lead = self.ndim() - shape.len();
        let axes: Vec<usize> = (0..self.ndim())
            .filter(|&axis| axis < lead || (shape[axis - lead] == 1 && self.shape()[axis] != 1))
            .collect();
        let sum = reduce::fold_axes(ops::ADD, self, &axes, true)?;
        crate::array_reshape(&sum, shape)
    }
}
