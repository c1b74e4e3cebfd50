//! Gradients of elementwise operators: a row's formula, kept with the arrays it needs and instantiated by backward.

use base::{DType, Error, Op, Result, Scalar, Sym};
use smallvec::SmallVec;

use crate::elementwise::{Argument, Arguments, call_in, call1};
use crate::symbolic::{Evaluated, instantiate};
use crate::{Array, tape};

pub(crate) fn record_call(op: &'static Op, arguments: &[Argument], compute: DType, output: Array) -> Array {
    // what has no rule is constant almost everywhere where it gives integers, and an error later where it gives floats
    if !tape::is_recording() || !output.dtype().is_inexact() && op.vjp.is_none() {
        return output;
    }
    let arrays: SmallVec<[&Array; 3]> = arguments
        .iter()
        .filter_map(|argument| match argument {
            Argument::Array(array) => Some(*array),
            Argument::Scalar(..) => None,
        })
        .collect();
    let detached = output.detach();
    tape::record(op.name, &arrays, output, || gradient_rule(op, arguments, compute, detached))
}

/// Whether a formula reads the input of this number.
fn mentions(symbol: &Sym, input: usize) -> bool {
    match symbol {
        Sym::Input(index) => *index == input,
        Sym::Number(_) => false,
        Sym::Add(pair) | Sym::Subtract(pair) | Sym::Multiply(pair) | Sym::Divide(pair) => {
            mentions(&pair.0, input) || mentions(&pair.1, input)
        }
        Sym::Negative(inner) => mentions(inner, input),
        Sym::Call(_, arguments) => arguments.iter().any(|one| mentions(one, input)),
    }
}

/// The row's gradient formula over these arguments.
fn gradient_rule(op: &'static Op, arguments: &[Argument], compute: DType, output: Array) -> tape::Rule {
    enum Saved {
        Array(Array, u32),
        Number(Scalar),
    }
    let saved: SmallVec<[Saved; 2]> = arguments
        .iter()
        .map(|argument| match argument {
            Argument::Array(array) => {
                array.operand.node.watch();
                Saved::Array((*array).clone(), array.operand.node.version())
            }
            Argument::Scalar(_, value) => Saved::Number(*value),
        })
        .collect();
    let output_version = output.operand.node.version();
    Box::new(move |gradient| {
        let Some(vjp) = op.vjp else {
            return Err(Error::runtime(format!("{}: the operator has no gradient", op.name)));
        };
        // The output is computed again from the inputs when the gradient itself is recorded, so that it is on the tape.
        let mut inputs = vec![gradient.clone()];
        for (index, one) in saved.iter().enumerate() {
            let dtype = op.kind.source(index, compute);
            inputs.push(match one {
                Saved::Array(array, _) => array.astype_if(dtype)?,
                Saved::Number(value) => Array::scalar(value.cast(dtype), gradient.device())?,
            });
        }
        inputs.push(if tape::is_recording() {
            let arguments: Arguments = inputs[1..].iter().map(Argument::Array).collect();
            call_in(op, &arguments, None)?
        } else {
            output.clone()
        });
        let conjugated = compute.is_complex() && op.holomorphic;
        if conjugated {
            inputs[0] = call1(ops::CONJUGATE, gradient)?;
        }
        let symbols: Vec<Sym> = (0..inputs.len()).map(Sym::Input).collect();
        let last = symbols.len() - 1;
        let formulas = vjp(symbols[0].clone(), &symbols[1..last], symbols[last].clone());
        let reads = |input: usize| formulas.iter().flatten().any(|formula| mentions(formula, input));
        for (index, one) in saved.iter().enumerate() {
            if let Saved::Array(array, version) = one
                && reads(index + 1)
            {
                tape::check_saved(op.name, array, *version)?;
            }
        }
        if reads(last) {
            tape::check_saved(op.name, &output, output_version)?;
        }
        let mut gradients = Vec::new();
        for (one, formula) in saved.iter().zip(formulas) {
            let Saved::Array(array, _) = one else { continue };
            let wanted = array.dtype().is_inexact() || array.link().is_some();
            gradients.push(match formula.filter(|_| wanted) {
                None => None,
                Some(formula) => Some(finish_gradient(&formula, &inputs, array, conjugated)?),
            });
        }
        Ok(gradients)
    })
}

/// A formula's value as the gradient of `array`: its dtype, summed to its shape.
fn finish_gradient(formula: &Sym, inputs: &[Array], array: &Array, conjugated: bool) -> Result<Array> {
    let value = match instantiate(formula, inputs)? {
        Evaluated::Array(value) => value,
        Evaluated::Number(value) => {
            Array::full(inputs[0].shape(), Scalar::F64(value), array.dtype(), array.device())?
        }
    };
    let value = if conjugated { call1(ops::CONJUGATE, &value)? } else { value };
    let value = if value.dtype().is_complex() && !array.dtype().is_complex() {
        call1(ops::REAL, &value)?
    } else {
        value
    };
    let whole = if value.ndim() < inputs[0].ndim() { value.broadcast_to(inputs[0].shape())? } else { value };
    whole.sum_to(array.shape())?.astype_if(array.dtype())
}
