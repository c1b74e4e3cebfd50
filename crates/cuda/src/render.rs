//! From a map program to CUDA C++: one grid-stride loop, operands addressed through strides given at launch. The text is
//! the same for every shape of one rank, so it is compiled once per program and rank.

use base::{DType, Error, Result};
use graph::program::{Action, Input, Instruction, Program};

/// CUDA's name of a dtype's values in registers: halves compute in float.
fn register(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::I8 => "signed char",
        DType::U8 => "unsigned char",
        DType::I16 => "short",
        DType::U16 => "unsigned short",
        DType::I32 => "int",
        DType::U32 => "unsigned int",
        DType::I64 => "long long",
        DType::U64 => "unsigned long long",
        DType::F16 => "__half",
        DType::BF16 => "__nv_bfloat16",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::C64 => "complex<float>",
        DType::C128 => "complex<double>",
    }
}

/// The kernel's source for an index space of `ndim` axes (after collapsing).
///
/// Arguments of the kernel: number of elements, lengths, then per input address (or offset) and strides, scalars by
/// value, then per output address and strides.
///
/// # Errors
/// NotImplemented: programs with folds.
pub fn render(program: &Program, ndim: usize) -> Result<String> {
    if program.outputs.iter().any(|output| output.action != Action::Store) {
        return Err(Error::not_implemented("cuda: folds are not printed yet"));
    }
    let mut text = format!("extern \"C\" __global__ void map({})\n{{\n", parameters(program, ndim));
    text += "  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < count; i += (long long)blockDim.x * gridDim.x) {\n";
    text += &indices(ndim);
    for (slot, input) in program.inputs.iter().enumerate() {
        text += &load(slot, *input, ndim);
    }
    for (index, instruction) in program.instructions.iter().enumerate() {
        text += &step(program, program.first_result() + index, instruction);
    }
    for (index, output) in program.outputs.iter().enumerate() {
        text += &format!("    out{index}[{}] = v{};\n", position(&format!("out{index}"), ndim), output.slot);
    }
    text += "  }\n}\n";
    Ok(text)
}

fn parameters(program: &Program, ndim: usize) -> String {
    let strides =
        |name: &str| (0..ndim).map(|axis| format!(", long long {name}_s{axis}")).collect::<String>();
    let mut text = String::from("long long count");
    text += &(0..ndim).map(|axis| format!(", long long n{axis}")).collect::<String>();
    for (slot, input) in program.inputs.iter().enumerate() {
        text += &match input {
            Input::Memory(dtype) => format!(", const {}* in{slot}", register(*dtype)),
            Input::Position => format!(", long long in{slot}"),
        };
        text += &strides(&format!("in{slot}"));
    }
    for (index, dtype) in program.scalars.iter().enumerate() {
        text += &format!(", {} v{}", register(*dtype), program.inputs.len() + index);
    }
    for (index, output) in program.outputs.iter().enumerate() {
        text += &format!(", {}* out{index}", register(program.output_dtype(output)));
        text += &strides(&format!("out{index}"));
    }
    text
}

/// The index along each axis from the linear index.
fn indices(ndim: usize) -> String {
    let mut text = String::from("    long long rest = i;\n");
    for axis in (0..ndim).rev() {
        text += &format!("    long long i{axis} = rest % n{axis}; rest /= n{axis};\n");
    }
    text
}

fn position(name: &str, ndim: usize) -> String {
    let terms: Vec<String> = (0..ndim).map(|axis| format!("i{axis} * {name}_s{axis}")).collect();
    if terms.is_empty() { String::from("0") } else { terms.join(" + ") }
}

fn load(slot: usize, input: Input, ndim: usize) -> String {
    let at = position(&format!("in{slot}"), ndim);
    match input {
        Input::Memory(dtype) => format!("    {} v{slot} = in{slot}[{at}];\n", register(dtype)),
        Input::Position => format!("    long long v{slot} = in{slot} + {at};\n"),
    }
}

fn step(program: &Program, slot: usize, instruction: &Instruction) -> String {
    let result = register(program.slot_dtype(slot as u16));
    match instruction {
        Instruction::Cast { to, source } => format!("    {result} v{slot} = ({})v{source};\n", register(*to)),
        Instruction::Op { op, sources, .. } => {
            let mut expression = op.cuda.to_string();
            for (name, source) in ["{x}", "{y}", "{z}"].iter().zip(sources) {
                expression = expression.replace(name, &format!("v{source}"));
            }
            format!("    {result} v{slot} = {expression};\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph::program::Output;

    #[test]
    fn a_cast_over_two_axes_prints_loads_steps_and_stores() {
        let program = Program {
            inputs: vec![Input::Memory(DType::F16), Input::Position],
            scalars: vec![DType::F32],
            instructions: vec![Instruction::Cast { to: DType::F32, source: 0 }],
            outputs: vec![Output { slot: 3, action: Action::Store }],
        };
        let text = render(&program, 2).unwrap();
        assert!(text.contains("const __half* in0, long long in0_s0, long long in0_s1, long long in1"));
        assert!(text.contains("float v3 = (float)v0;"));
        assert!(text.contains("out0[i0 * out0_s0 + i1 * out0_s1] = v3;"));
    }

    #[test]
    fn folds_are_refused() {
        let program = Program {
            inputs: vec![Input::Memory(DType::F32)],
            outputs: vec![Output { slot: 0, action: Action::ArgMax }],
            ..Program::default()
        };
        assert!(render(&program, 1).is_err());
    }
}
