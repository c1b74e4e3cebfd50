//! What the tests of the machine share: a few operators of their own, operands with their memory, and an interpreter
//! that works element by element.
#![allow(dead_code, clippy::undocumented_unsafe_blocks)]

use std::sync::Arc;

use base::{DType, Dims, Fold, Kind, Loop, Op, Rule, Scalar, Scan, Sign, Space};
use graph::kernel::Launch;
use graph::{Action, Input, Instruction, Kernel, Output, Program, Tensor};
use lanes::{Isa, Map2, fold2, map2, scan2};

macro_rules! operators {
    ($($row:ident $body:ident $name:literal $identity:expr, $associative:literal, $sign:expr, ($x:ident, $y:ident) => $float:expr, $integer:expr;)*) => {$(
        struct $body;
        impl Map2<f32, f32> for $body {
            fn apply<I: Isa>($x: f32, $y: f32) -> f32 { $float }
        }
        impl Map2<i64, i64> for $body {
            fn apply<I: Isa>($x: i64, $y: i64) -> i64 { $integer }
        }
        impl Map2<i16, i16> for $body {
            fn apply<I: Isa>($x: i16, $y: i16) -> i16 { $integer }
        }
        pub static $row: Op = Op {
            name: $name, aliases: &[], doc: "", space: Space::Np, kind: Kind::Number2, rule: Rule::Common, cuda: "",
            sample: -1.0..1.0,
            loops: |dtype| -> Option<Loop> { match dtype {
                DType::F32 => Some(map2::<$body, f32, f32>()),
                DType::I64 => Some(map2::<$body, i64, i64>()),
                DType::I16 => Some(map2::<$body, i16, i16>()),
                _ => None,
            }},
            scan: |dtype| -> Option<Scan> { match dtype {
                DType::F32 => Some(scan2::<$body, f32>()),
                DType::I64 => Some(scan2::<$body, i64>()),
                DType::I16 => Some(scan2::<$body, i16>()),
                _ => None,
            }},
            fold: |dtype| -> Option<Fold> { match dtype {
                DType::F32 if $associative => Some(fold2::<$body, f32>()),
                DType::I64 if $associative => Some(fold2::<$body, i64>()),
                _ => None,
            }},
            formula: None, vjp: None, holomorphic: false, identity: $identity, associative: $associative, sign: $sign,
            pole: base::Pole::Nowhere, tiny: base::Tiny::Exact, refused: &[],
        };
    )*};
}
operators! {
    ADD Add "add" Some(0.0), true, Some(Sign::Add), (x, y) => x + y, x.wrapping_add(y);
    MULTIPLY Multiply "multiply" Some(1.0), true, Some(Sign::Multiply), (x, y) => x * y, x.wrapping_mul(y);
    SUBTRACT Subtract "subtract" None, false, Some(Sign::Subtract), (x, y) => x - y, x.wrapping_sub(y);
    MAXIMUM Maximum "maximum" None, true, None, (x, y) => if (x > y) | x.is_nan() { x } else { y }, x.max(y);
}

/// Runs a kernel on the CPU device.
pub fn run(kernel: &Kernel, inputs: &[Tensor], outputs: &[Tensor]) {
    mxnet_cpu::install();
    let device = graph::device::device(graph::DeviceId::CPU).expect("the CPU is installed");
    unsafe { device.backend.run(kernel, inputs, outputs) }.expect("the kernel runs");
}

pub fn launch(program: Program, shape: &[i64], reduced: &[bool], scalars: &[Scalar]) -> Kernel {
    Kernel::Program(Launch {
        program: Arc::new(program),
        shape: Dims::from_slice(shape),
        reduced: reduced.iter().copied().collect(),
        scalars: scalars.iter().copied().collect(),
    })
}

pub fn op(op: &'static Op, compute: DType, sources: &[u16]) -> Instruction {
    let at = |index: usize| sources.get(index).copied().unwrap_or(sources[0]);
    Instruction::Op { op, compute, sources: [at(0), at(1), at(2)] }
}

pub fn store(slot: u16) -> Output {
    Output { slot, action: Action::Store }
}

/// A program whose inputs are all of one dtype.
pub fn program(
    inputs: &[DType],
    scalars: &[DType],
    instructions: Vec<Instruction>,
    outputs: Vec<Output>,
) -> Program {
    Program {
        inputs: inputs.iter().map(|&dtype| Input::Memory(dtype)).collect(),
        scalars: scalars.to_vec(),
        instructions,
        outputs,
    }
}

/// Memory with a view on it.
#[derive(Clone, Debug)]
pub struct Array {
    pub memory: Vec<u64>,
    pub dtype: DType,
    pub shape: Dims,
    pub strides: Dims,
    pub offset: i64,
}

impl Array {
    /// Room for a view with these strides; elements are zero.
    pub fn strided(dtype: DType, shape: &[i64], strides: &[i64]) -> Array {
        let view = base::View { shape: shape.into(), strides: strides.into(), offset: 0 };
        let (low, high) = view.bounds().unwrap_or((0, 0));
        let count = (high - low + 1) as usize;
        Array {
            memory: vec![0; (count * dtype.size()).div_ceil(8) + 8],
            dtype,
            shape: shape.into(),
            strides: strides.into(),
            offset: -low,
        }
    }

    pub fn contiguous(dtype: DType, shape: &[i64]) -> Array {
        Array::strided(dtype, shape, &base::shape::contiguous_strides(shape))
    }

    /// Fills all memory with small numbers.
    pub fn random(mut self, seed: u64) -> Array {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        for at in 0..self.memory.len() * 8 / self.dtype.size() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let value = (state >> 40) as i64 % 41 - 20;
            let scalar = match self.dtype {
                DType::F32 => Scalar::F32(value as f32 * 0.37),
                dtype => Scalar::I64(value).cast(dtype),
            };
            self.write(at as i64, scalar);
        }
        self
    }

    fn address(&self, at: i64) -> *mut u8 {
        let data = self.memory.as_ptr() as *mut u8;
        data.wrapping_offset(at as isize * self.dtype.size() as isize)
    }

    fn write(&mut self, at: i64, value: Scalar) {
        let bytes = value.to_bytes();
        unsafe { self.address(at).copy_from_nonoverlapping(bytes.as_ptr(), self.dtype.size()) };
    }

    pub fn place(&self, index: &[i64]) -> i64 {
        self.offset + index.iter().zip(&self.strides).map(|(index, stride)| index * stride).sum::<i64>()
    }

    pub fn get(&self, index: &[i64]) -> Scalar {
        let bytes = unsafe { std::slice::from_raw_parts(self.address(self.place(index)), self.dtype.size()) };
        Scalar::from_bytes(self.dtype, bytes)
    }

    pub fn set(&mut self, index: &[i64], value: Scalar) {
        self.write(self.place(index), value);
    }

    pub fn tensor(&self) -> Tensor {
        Tensor {
            data: self.address(self.offset),
            offset: 0,
            dtype: self.dtype,
            shape: self.shape.clone(),
            strides: self.strides.clone(),
        }
    }

    /// All elements in C order, as bits.
    pub fn bits(&self) -> Vec<[u8; 16]> {
        indices(&self.shape).map(|index| self.get(&index).to_bytes()).collect()
    }
}

/// All indices of a shape in C order.
pub fn indices(shape: &[i64]) -> impl Iterator<Item = Vec<i64>> + use<> {
    let shape = shape.to_vec();
    let count: i64 = shape.iter().product();
    (0..count).map(move |mut at| {
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = at % shape[axis];
            at /= shape[axis];
        }
        index
    })
}

/// One application of an operator.
pub fn apply(op: &Op, compute: DType, values: &[Scalar]) -> Scalar {
    let mut sources = [[0u64; 2]; 3];
    for (source, value) in sources.iter_mut().zip(values) {
        let bytes = value.to_bytes();
        *source = [0, 8].map(|at| u64::from_ne_bytes(bytes[at..at + 8].try_into().expect("eight bytes")));
    }
    let mut result = [0u64; 2];
    let code = (op.loops)(compute).expect("the loop exists");
    unsafe { code(1, result.as_mut_ptr().cast(), [0, 1, 2].map(|at| sources[at].as_ptr().cast())) };
    let bytes: Vec<u8> = result.iter().flat_map(|word| word.to_ne_bytes()).collect();
    Scalar::from_bytes(op.kind.result(compute), &bytes)
}

/// Values of all slots at one index.
pub fn evaluate(program: &Program, scalars: &[Scalar], inputs: &[Array], index: &[i64]) -> Vec<Scalar> {
    let mut slots: Vec<Scalar> = inputs.iter().map(|input| input.get(index)).collect();
    slots.extend(scalars);
    for instruction in &program.instructions {
        let value = match instruction {
            Instruction::Op { op, compute, sources } => {
                let values: Vec<Scalar> =
                    sources[..op.arity()].iter().map(|&slot| slots[slot as usize]).collect();
                apply(op, *compute, &values)
            }
            Instruction::Cast { to, source } => slots[*source as usize].cast(*to),
        };
        slots.push(value);
    }
    slots
}
