//! Speed of the tile machine on plain work, in GB/s of memory that must move, for one and two threads:
//! `cargo run --release -p mxnet-cpu --example vm_speed`.

use std::sync::Arc;
use std::time::Instant;

use base::{DType, Dims, Kind, Loop, Op, Rule, Scalar, Space};
use graph::kernel::Launch;
use graph::{Action, DeviceId, Input, Instruction, Kernel, Output, Program, Tensor};
use lanes::{Isa, Map2, map2, scan2};

macro_rules! operator {
    ($row:ident $body:ident $name:literal, ($x:ident, $y:ident) => $value:expr) => {
        struct $body;
        impl Map2<f32, f32> for $body {
            #[inline(always)]
            fn apply<I: Isa>($x: f32, $y: f32) -> f32 {
                $value
            }
        }
        static $row: Op = Op {
            name: $name,
            aliases: &[],
            doc: "",
            space: Space::Np,
            kind: Kind::Number2,
            rule: Rule::Common,
            cuda: "",
            sample: -1.0..1.0,
            loops: |_| -> Option<Loop> { Some(map2::<$body, f32, f32>()) },
            scan: |_| Some(scan2::<$body, f32>()),
            fold: |_| Some(lanes::fold2::<$body, f32>()),
            formula: None,
            vjp: None,
            holomorphic: false,
            identity: None,
            sign: None,
            associative: true,
            pole: base::Pole::Nowhere,
            tiny: base::Tiny::Exact,
            refused: &[],
        };
    };
}
operator!(ADD Add "add", (x, y) => x + y);
operator!(MULTIPLY Multiply "multiply", (x, y) => x * y);
operator!(MAXIMUM Maximum "maximum", (x, y) => if (x > y) | x.is_nan() { x } else { y });

fn op(op: &'static Op, x: u16, y: u16) -> Instruction {
    Instruction::Op { op, compute: DType::F32, sources: [x, y, x] }
}

fn output(action: Action, slot: u16) -> Output {
    Output { slot, action }
}

/// A case: its program, the bytes per element it must move, and strides of inputs and outputs over (rows, columns).
struct Case {
    name: &'static str,
    program: Program,
    scalars: Vec<Scalar>,
    reduced: [bool; 2],
    bytes: usize,
    input_strides: Vec<[i64; 2]>,
    output_strides: [i64; 2],
}

fn cases(rows: i64, columns: i64) -> Vec<Case> {
    let plain = [columns, 1];
    let case =
        |name, inputs: Vec<[i64; 2]>, scalars: Vec<Scalar>, instructions: Vec<Instruction>, last: Output| {
            Case {
                name,
                bytes: 4 * (inputs.len() + (last.action == Action::Store) as usize),
                program: Program {
                    inputs: vec![Input::Memory(DType::F32); inputs.len()],
                    scalars: scalars.iter().map(|scalar| scalar.dtype()).collect(),
                    instructions,
                    outputs: vec![last],
                },
                scalars,
                reduced: [false; 2],
                input_strides: inputs,
                output_strides: plain,
            }
        };
    let store = |slot| output(Action::Store, slot);
    let fold = |reduced: [bool; 2], name, operator, rows_major: bool| Case {
        reduced,
        output_strides: [!reduced[0] as i64 * if reduced[1] { 1 } else { columns }, !reduced[1] as i64],
        ..case(
            name,
            vec![if rows_major { plain } else { [1, rows] }],
            vec![],
            vec![],
            output(Action::Fold(operator), 0),
        )
    };
    vec![
        case("copy", vec![plain], vec![], vec![], store(0)),
        case("a + b", vec![plain; 2], vec![], vec![op(&ADD, 0, 1)], store(2)),
        case("a * 2", vec![plain], vec![Scalar::F32(2.0)], vec![op(&MULTIPLY, 0, 1)], store(2)),
        case("a * b + c", vec![plain; 3], vec![], vec![op(&MULTIPLY, 0, 1), op(&ADD, 3, 2)], store(4)),
        case("a + row", vec![plain, [0, 1]], vec![], vec![op(&ADD, 0, 1)], store(2)),
        case("a + column", vec![plain, [1, 0]], vec![], vec![op(&ADD, 0, 1)], store(2)),
        case("a + b.T", vec![plain, [1, rows]], vec![], vec![op(&ADD, 0, 1)], store(2)),
        case("copy of a.T", vec![[1, rows]], vec![], vec![], store(0)),
        fold([true; 2], "sum", &ADD, true),
        fold([true, false], "sum axis 0", &ADD, true),
        fold([false, true], "sum axis 1", &ADD, true),
        fold([true, false], "sum axis 0 of a.T", &ADD, false),
        fold([false, true], "sum axis 1 of a.T", &ADD, false),
        fold([true; 2], "max", &MAXIMUM, true),
        fold([true, false], "max axis 0", &MAXIMUM, true),
        Case {
            reduced: [true; 2],
            output_strides: [0; 2],
            ..case("argmax", vec![plain], vec![], vec![], output(Action::ArgMax, 0))
        },
        Case {
            reduced: [false, true],
            output_strides: [1, 0],
            ..case("argmax axis 1", vec![plain], vec![], vec![], output(Action::ArgMax, 0))
        },
    ]
}

/// Median time of one run in microseconds.
fn measure(kernel: &Kernel, inputs: &[Tensor], outputs: &[Tensor], rounds: usize) -> f64 {
    let device = graph::device::device(DeviceId::CPU).expect("the CPU is installed").backend;
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            // SAFETY: the tensors lie in live memory of their full extent.
            unsafe { device.run(kernel, inputs, outputs) }.expect("the kernel runs");
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    mxnet_cpu::install();
    let device = graph::device::device(DeviceId::CPU).expect("the CPU is installed").backend;
    let largest = 10_000_000usize * 4;
    let buffers: Vec<*mut u8> = (0..4)
        .map(|_| {
            let data = device.allocate(largest).expect("memory").as_ptr();
            // SAFETY: just allocated with this size.
            unsafe { data.write_bytes(0, largest) };
            data
        })
        .collect();
    let filter = std::env::args().nth(1);
    for (rows, columns) in
        [(10i64, 100i64), (100, 100), (250, 400), (1000, 1000), (2500, 4000), (3_333_333, 3), (3, 3_333_333)]
    {
        println!("{rows} x {columns}");
        for case in cases(rows, columns) {
            if filter.as_ref().is_some_and(|filter| !case.name.contains(filter.as_str())) {
                continue;
            }
            let tensor = |data: *mut u8, strides: [i64; 2], dtype: DType| Tensor {
                data,
                offset: 0,
                dtype,
                shape: Dims::from_slice(&[rows, columns]),
                strides: Dims::from_slice(&strides),
            };
            let inputs: Vec<Tensor> = case
                .input_strides
                .iter()
                .zip(&buffers)
                .map(|(&strides, &data)| tensor(data, strides, DType::F32))
                .collect();
            let result = case.program.output_dtype(&case.program.outputs[0]);
            let outputs = [tensor(buffers[3], case.output_strides, result)];
            let kernel = Kernel::Program(Launch {
                program: Arc::new(case.program.clone()),
                shape: Dims::from_slice(&[rows, columns]),
                reduced: case.reduced.iter().copied().collect(),
                scalars: case.scalars.iter().copied().collect(),
            });
            let count = (rows * columns) as usize;
            let rounds = (20_000_000 / count).clamp(7, 2001);
            print!("  {:<20}", case.name);
            for threads in [1, 2] {
                mxnet_cpu::pool::set_threads(threads);
                let time = measure(&kernel, &inputs, &outputs, rounds);
                print!("  {time:>9.2} us {:>6.1} GB/s", (count * case.bytes) as f64 / time / 1e3);
            }
            println!();
        }
    }
}
