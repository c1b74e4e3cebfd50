//! Gradients of elementwise operators: a row's formula, kept with the arrays that it reads (and no others, so that the rest
//! of an expression need not stay in memory) and instantiated by backward.

use std::sync::atomic::{AtomicU64, Ordering};

use base::{DType, Dims, Error, Op, Result, Scalar, Sym};
use smallvec::SmallVec;

use crate::elementwise::{Argument, call1};
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

/// The row's gradient formulas: input 0 is the gradient, then come the operator's inputs and its output.
fn formulas(op: &'static Op, inputs: usize) -> Option<Vec<Option<Sym>>> {
    let symbols: Vec<Sym> = (0..inputs + 2).map(Sym::Input).collect();
    Some(op.vjp?(symbols[0].clone(), &symbols[1..=inputs], symbols[inputs + 1].clone()))
}

/// Most inputs of a row.
const INPUTS: usize = 3;
/// Bits that tell what one formula reads: its inputs, and the output.
const BITS: usize = INPUTS + 1;

/// What each formula of a row reads. Looked up by the row's address, since every recorded call asks.
#[derive(Clone, Copy)]
struct Reads(u64);

impl Reads {
    fn of(op: &'static Op, inputs: usize) -> Reads {
        const SLOTS: usize = 1024;
        const PROBES: usize = 8;
        const FREE: u64 = 0;
        static SEEN: [AtomicU64; SLOTS] = [const { AtomicU64::new(FREE) }; SLOTS];
        let address = std::ptr::from_ref(op) as u64;
        let key = address << (INPUTS * BITS);
        let first = (address / align_of::<Op>() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
        let mut free = None;
        for probe in 0..PROBES {
            let slot = &SEEN[(first as usize + probe) % SLOTS];
            let seen = slot.load(Ordering::Relaxed);
            if seen >> (INPUTS * BITS) == key >> (INPUTS * BITS) && seen != FREE {
                return Reads(seen);
            }
            if seen == FREE {
                free = Some(slot);
                break;
            }
        }
        let found = Reads::compute(op, inputs);
        if let Some(slot) = free {
            slot.store(key | found.0, Ordering::Relaxed);
        }
        found
    }

    fn compute(op: &'static Op, inputs: usize) -> Reads {
        let mut bits = 0;
        for (at, formula) in formulas(op, inputs).unwrap_or_default().iter().enumerate() {
            let Some(formula) = formula else { continue };
            for input in 0..inputs {
                bits |= u64::from(mentions(formula, input + 1)) << (at * BITS + input);
            }
            bits |= u64::from(mentions(formula, inputs + 1)) << (at * BITS + INPUTS);
        }
        Reads(bits)
    }

    /// Whether the formula for one input reads another (or, for `INPUTS`, the output).
    fn reads(self, formula: usize, input: usize) -> bool {
        self.0 >> (formula * BITS + input) & 1 == 1
    }
}

/// What is kept of one argument.
enum Saved {
    /// Its elements, with the version they had.
    Array(Array, u32),
    Number(Scalar),
    /// Nothing: no formula that is wanted reads it.
    Unread,
}

/// The form of an argument's gradient; `None` where none is wanted.
type Form = Option<(Dims, DType)>;

/// The row's gradient formula over these arguments.
fn gradient_rule(op: &'static Op, arguments: &[Argument], compute: DType, output: Array) -> tape::Rule {
    let forms: SmallVec<[Form; 2]> = arguments
        .iter()
        .map(|argument| match argument {
            Argument::Array(array) if array.link().is_some() => {
                Some((Dims::from_slice(array.shape()), array.dtype()))
            }
            _ => None,
        })
        .collect();
    let reads = Reads::of(op, arguments.len());
    let is_read = |input: usize| (0..forms.len()).any(|at| forms[at].is_some() && reads.reads(at, input));
    let saved: SmallVec<[Saved; 2]> = arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| match argument {
            Argument::Array(array) if is_read(index) => {
                array.operand.node.watch();
                Saved::Array((*array).clone(), array.operand.node.version())
            }
            Argument::Array(_) => Saved::Unread,
            Argument::Scalar(_, value) => Saved::Number(*value),
        })
        .collect();
    let version = output.operand.node.version();
    let output = is_read(INPUTS).then_some((output, version));
    Box::new(move |gradient| {
        let Some(formulas) = formulas(op, saved.len()) else {
            return Err(Error::runtime(format!("{}: the operator has no gradient", op.name)));
        };
        let mut inputs = Vec::with_capacity(saved.len() + 2);
        inputs.push(gradient.clone());
        for (index, one) in saved.iter().enumerate() {
            let dtype = op.kind.source(index, compute);
            inputs.push(match one {
                Saved::Array(array, version) => {
                    tape::check_saved(op.name, array, *version)?;
                    array.astype_if(dtype)?
                }
                Saved::Number(value) => Array::scalar(value.cast(dtype), gradient.device())?,
                // (holds the place; nobody reads it)
                Saved::Unread => gradient.clone(),
            });
        }
        inputs.push(match &output {
            Some((output, version)) => {
                tape::check_saved(op.name, output, *version)?;
                // when the gradient itself is recorded, the output is on the tape where it was made
                if tape::is_recording() { tape::as_result(output)? } else { output.clone() }
            }
            None => gradient.clone(),
        });
        let conjugated = compute.is_complex() && op.holomorphic;
        if conjugated {
            inputs[0] = call1(ops::CONJUGATE, gradient)?;
        }
        let mut gradients = Vec::with_capacity(forms.len());
        for ((one, form), formula) in saved.iter().zip(&forms).zip(formulas) {
            if matches!(one, Saved::Number(_)) {
                continue;
            }
            gradients.push(match formula.zip(form.as_ref()) {
                None => None,
                Some((formula, (shape, dtype))) => {
                    Some(finish_gradient(&formula, &inputs, shape, *dtype, conjugated)?)
                }
            });
        }
        Ok(gradients)
    })
}

/// A formula's value as the gradient of an input of this shape and dtype.
fn finish_gradient(
    formula: &Sym,
    inputs: &[Array],
    shape: &[i64],
    dtype: DType,
    conjugated: bool,
) -> Result<Array> {
    let value = match instantiate(formula, inputs)? {
        Evaluated::Array(value) => value,
        Evaluated::Number(value) => {
            Array::full(inputs[0].shape(), Scalar::F64(value), dtype, inputs[0].device())?
        }
    };
    let value = if conjugated { call1(ops::CONJUGATE, &value)? } else { value };
    let value =
        if value.dtype().is_complex() && !dtype.is_complex() { call1(ops::REAL, &value)? } else { value };
    let whole = if value.ndim() < inputs[0].ndim() { value.broadcast_to(inputs[0].shape())? } else { value };
    whole.sum_to(shape)?.astype_if(dtype)
}
