//! Runs rows on plain numbers: every value travels as a complex f64 (and integers as i128), so that one test walks all
//! dtypes. Used by the tests of this crate only.

use base::{DType, Op};
use num_complex::Complex;

/// An element of any dtype.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Whole(i128),
    Number(Complex<f64>),
}

impl Value {
    /// A number without an imaginary part.
    pub fn real(value: f64) -> Value {
        Value::Number(Complex::new(value, 0.0))
    }

    fn write(self, dtype: DType, bytes: &mut Vec<u8>) {
        match (self, dtype) {
            (Value::Whole(value), _) => bytes.extend(&value.to_le_bytes()[..dtype.size()]),
            (Value::Number(value), DType::F32) => bytes.extend((value.re as f32).to_le_bytes()),
            (Value::Number(value), DType::F64) => bytes.extend(value.re.to_le_bytes()),
            (Value::Number(value), DType::C64) => {
                bytes.extend((value.re as f32).to_le_bytes());
                bytes.extend((value.im as f32).to_le_bytes());
            }
            (Value::Number(value), _) => {
                bytes.extend(value.re.to_le_bytes());
                bytes.extend(value.im.to_le_bytes());
            }
        }
    }

    fn read(dtype: DType, bytes: &[u8]) -> Value {
        let single = |at: usize| f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as f64;
        let double = |at: usize| f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        match dtype {
            DType::F32 => Value::real(single(0)),
            DType::F64 => Value::real(double(0)),
            DType::C64 => Value::Number(Complex::new(single(0), single(4))),
            DType::C128 => Value::Number(Complex::new(double(0), double(8))),
            _ => {
                let negative = dtype.is_signed() && bytes[bytes.len() - 1] >= 128;
                let mut wide = [if negative { 255 } else { 0 }; 16];
                wide[..bytes.len()].copy_from_slice(bytes);
                Value::Whole(i128::from_le_bytes(wide))
            }
        }
    }
}

/// Memory for elements of any dtype, aligned to the widest.
fn aligned(values: &[Value], dtype: DType) -> Vec<u128> {
    let mut bytes = Vec::new();
    for value in values {
        value.write(dtype, &mut bytes);
    }
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    bytes.chunks_exact(16).map(|chunk| u128::from_le_bytes(chunk.try_into().unwrap())).collect()
}

/// The row's loop for `compute` over columns of inputs.
#[expect(
    unsafe_code,
    reason = "a loop takes raw pointers; only the crates that own buffers call it otherwise"
)]
pub fn run(op: &Op, compute: DType, inputs: &[Vec<Value>]) -> Vec<Value> {
    let code = (op.loops)(compute).unwrap_or_else(|| panic!("{} has no loop for {compute}", op.name));
    let count = inputs[0].len();
    let result = op.kind.result(compute);
    let memory: Vec<_> =
        (0..inputs.len()).map(|at| aligned(&inputs[at], op.kind.source(at, compute))).collect();
    let source = |at: usize| memory[at.min(memory.len() - 1)].as_ptr().cast::<u8>();
    let mut output = vec![0_u128; count];
    // SAFETY: each source holds `count` elements of its dtype, and the output has 16 bytes for each result.
    unsafe { code(count, output.as_mut_ptr().cast(), [source(0), source(1), source(2)]) };
    let bytes: Vec<u8> = output.iter().flat_map(|wide| wide.to_le_bytes()).collect();
    bytes.chunks_exact(result.size()).take(count).map(|element| Value::read(result, element)).collect()
}
