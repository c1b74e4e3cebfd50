//! The tile machine against the interpreter: every layout, several outputs, in place, any number of threads.
#![allow(clippy::undocumented_unsafe_blocks)]
mod common;

use base::{DType, Scalar};
use common::*;
use graph::Program;
use proptest::prelude::*;

/// (a * scalar + b) and (a + b) - a: three registers, two results.
fn two_results() -> Program {
    let f32s = [DType::F32; 2];
    let instructions = vec![
        op(&MULTIPLY, DType::F32, &[0, 2]),
        op(&ADD, DType::F32, &[3, 1]),
        op(&ADD, DType::F32, &[0, 1]),
        op(&SUBTRACT, DType::F32, &[5, 0]),
    ];
    program(&f32s, &[DType::F32], instructions, vec![store(4), store(6)])
}

/// Strides of an axis order (innermost last), with gaps, reversed and broadcast axes.
fn layout(shape: &[i64], order: &[usize], gap: i64, reversed: u8, broadcast: u8) -> Vec<i64> {
    let mut strides = vec![0; shape.len()];
    let mut step = gap;
    for &axis in order.iter().rev() {
        if broadcast >> axis & 1 == 0 {
            strides[axis] = if reversed >> axis & 1 == 1 { -step } else { step };
            step *= shape[axis];
        }
    }
    strides
}

fn any_layout(ndim: usize) -> impl Strategy<Value = (Vec<usize>, i64, u8, u8)> {
    let order = Just((0..ndim).collect::<Vec<usize>>()).prop_shuffle();
    let straight = prop_oneof![3 => Just(0u8), 1 => any::<u8>()];
    (order, prop_oneof![3 => Just(1i64), 1 => Just(2)], straight.clone(), straight)
}

fn any_shape() -> impl Strategy<Value = Vec<i64>> {
    prop_oneof![
        proptest::collection::vec(1i64..7, 0..5),
        proptest::collection::vec(1i64..90, 2..=2),
        proptest::collection::vec(prop_oneof![Just(3i64), Just(300), Just(1)], 1..=3)
            .prop_filter("small", |shape| shape.iter().product::<i64>() < 300_000),
        (1i64..20_000).prop_map(|length| vec![length]),
    ]
}

fn check(program: &Program, scalars: &[Scalar], shape: &[i64], inputs: &[Array], outputs: &mut [Array]) {
    let kernel = launch(program.clone(), shape, &vec![false; shape.len()], scalars);
    let tensors: Vec<_> = inputs.iter().map(Array::tensor).collect();
    let results: Vec<_> = outputs.iter().map(Array::tensor).collect();
    run(&kernel, &tensors, &results);
    for index in indices(shape) {
        let slots = evaluate(program, scalars, inputs, &index);
        for (output, array) in program.outputs.iter().zip(outputs.iter()) {
            let expected = slots[output.slot as usize];
            assert_eq!(
                array.get(&index).to_bytes(),
                expected.to_bytes(),
                "shape {shape:?} at {index:?}\n{program}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_layout_of_inputs_and_outputs_gives_what_the_interpreter_gives(
        (shape, layouts) in any_shape().prop_flat_map(|shape| {
            let layouts = proptest::collection::vec(any_layout(shape.len()), 4);
            (Just(shape), layouts)
        }),
        seed in any::<u64>(),
    ) {
        let array = |index: usize, broadcast: bool| {
            let (order, gap, reversed, stretched) = &layouts[index];
            let strides = layout(&shape, order, *gap, *reversed, if broadcast { *stretched } else { 0 });
            Array::strided(DType::F32, &shape, &strides).random(seed ^ index as u64)
        };
        let inputs = [array(0, true), array(1, true)];
        let mut outputs = [array(2, false), array(3, false)];
        check(&two_results(), &[Scalar::F32(1.5)], &shape, &inputs, &mut outputs);
        let copy = program(&[DType::F32], &[], vec![], vec![store(0)]);
        check(&copy, &[], &shape, &inputs[..1], &mut outputs[..1]);
    }

    #[test]
    fn any_straight_line_program_gives_what_the_interpreter_gives(
        steps in proptest::collection::vec((0usize..4, any::<u16>(), any::<u16>()), 1..14),
        (length, stored, place) in (1i64..6000, any::<u16>(), 0usize..3),
        seed in any::<u64>(),
    ) {
        // slots 0 and 1 are inputs, 2 and 3 numbers
        let rows = [&ADD, &MULTIPLY, &SUBTRACT, &MAXIMUM];
        let instruction = |(index, &(row, x, y)): (usize, &(usize, u16, u16))| {
            op(rows[row], DType::F32, &[x, y].map(|slot| slot % (4 + index as u16)))
        };
        let instructions: Vec<_> = steps.iter().enumerate().map(instruction).collect();
        let last = 3 + steps.len() as u16;
        let outputs = vec![store(last), store(stored % (last + 1))];
        let program = program(&[DType::F32; 2], &[DType::F32; 2], instructions, outputs);
        let scalars = [Scalar::F32(1.5), Scalar::F32(-0.25)];
        let array = |seed: u64| Array::contiguous(DType::F32, &[length]).random(seed);
        let (a, b, fresh, other) = (array(seed), array(seed ^ 1), array(2), array(3));
        let before = [a.clone(), b.clone()];
        // the first result over an input, or not
        let first = [&a, &b, &fresh][place];
        let kernel = launch(program.clone(), &[length], &[false], &scalars);
        run(&kernel, &[a.tensor(), b.tensor()], &[first.tensor(), other.tensor()]);
        let is_nan = |value: Scalar| matches!(value, Scalar::F32(value) if value.is_nan());
        for at in 0..length {
            let slots = evaluate(&program, &scalars, &before, &[at]);
            for (output, array) in program.outputs.iter().zip([first, &other]) {
                let (got, wanted) = (array.get(&[at]), slots[output.slot as usize]);
                let same = got.to_bytes() == wanted.to_bytes() || (is_nan(got) && is_nan(wanted));
                prop_assert!(same, "{got:?} for {wanted:?} at {at} of {length}\n{program}");
            }
        }
    }

    #[test]
    fn an_output_in_the_memory_of_an_input_is_written_after_all_its_reads(
        (shape, (order, gap, reversed, _)) in any_shape().prop_flat_map(|shape| {
            let layout = any_layout(shape.len());
            (Just(shape), layout)
        }),
        which in 0usize..4,
        seed in any::<u64>(),
    ) {
        let strides = layout(&shape, &order, gap, reversed, 0);
        let a = Array::strided(DType::F32, &shape, &strides).random(seed);
        let b = Array::contiguous(DType::F32, &shape).random(seed + 1);
        let other = Array::contiguous(DType::F32, &shape);
        let before = [a.clone(), b.clone()];
        let program = two_results();
        let kernel = launch(program.clone(), &shape, &vec![false; shape.len()], &[Scalar::F32(0.5)]);
        let outputs = match which {
            0 => [a.tensor(), other.tensor()],
            1 => [other.tensor(), a.tensor()],
            2 => [b.tensor(), a.tensor()],
            _ => [a.tensor(), b.tensor()],
        };
        run(&kernel, &[a.tensor(), b.tensor()], &outputs);
        let results = match which { 0 => [&a, &other], 1 => [&other, &a], 2 => [&b, &a], _ => [&a, &b] };
        for index in indices(&shape) {
            let slots = evaluate(&program, &[Scalar::F32(0.5)], &before, &index);
            prop_assert_eq!(results[0].get(&index), slots[4]);
            prop_assert_eq!(results[1].get(&index), slots[6]);
        }
    }
}

#[test]
fn two_arrays_are_swapped_in_place() {
    for length in [5i64, 5000, 100_000] {
        let a = Array::contiguous(DType::F32, &[length]).random(1);
        let b = Array::contiguous(DType::F32, &[length]).random(2);
        let before = [a.clone(), b.clone()];
        let swap = program(&[DType::F32; 2], &[], vec![], vec![store(1), store(0)]);
        run(&launch(swap, &[length], &[false], &[]), &[a.tensor(), b.tensor()], &[a.tensor(), b.tensor()]);
        assert_eq!(a.bits(), before[1].bits());
        assert_eq!(b.bits(), before[0].bits());
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads_and_large_ones_are_streamed_whole() {
    let shape = [1100i64, 2001];
    let a = Array::contiguous(DType::F32, &shape).random(3);
    let b = Array::strided(DType::F32, &shape, &[1, 1100]).random(4);
    let mut seen: Vec<Vec<[u8; 16]>> = Vec::new();
    for threads in [1, 2, 4] {
        let before = mxnet_cpu::pool::set_threads(threads);
        let outputs = [Array::contiguous(DType::F32, &shape), Array::contiguous(DType::F32, &shape)];
        let kernel = launch(two_results(), &shape, &[false; 2], &[Scalar::F32(0.5)]);
        run(&kernel, &[a.tensor(), b.tensor()], &[outputs[0].tensor(), outputs[1].tensor()]);
        mxnet_cpu::pool::set_threads(before);
        seen.push(outputs.iter().flat_map(Array::bits).collect());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    let slots = evaluate(&two_results(), &[Scalar::F32(0.5)], &[a, b], &[1099, 2000]);
    assert_eq!(seen[0].last(), Some(&slots[6].to_bytes()));
}

#[test]
fn dtypes_of_different_sizes_share_registers_without_harm() {
    // int16 -> float32 -> int64 and back, with sources dying at each step
    let instructions = vec![
        graph::Instruction::Cast { to: DType::F32, source: 0 },
        op(&ADD, DType::F32, &[1, 1]),
        graph::Instruction::Cast { to: DType::I64, source: 2 },
        op(&MULTIPLY, DType::I64, &[3, 3]),
        graph::Instruction::Cast { to: DType::I16, source: 4 },
        op(&ADD, DType::I16, &[5, 0]),
    ];
    let program = program(&[DType::I16], &[], instructions, vec![store(4), store(6)]);
    for length in [1i64, 31, 3000, 40_000] {
        let input = [Array::contiguous(DType::I16, &[length]).random(9)];
        let mut outputs =
            [Array::contiguous(DType::I64, &[length]), Array::contiguous(DType::I16, &[length])];
        check(&program, &[], &[length], &input, &mut outputs);
    }
}

#[test]
fn positions_count_along_their_strides() {
    let program = Program {
        inputs: vec![graph::Input::Position],
        scalars: vec![DType::I64],
        instructions: vec![op(&MULTIPLY, DType::I64, &[0, 1])],
        outputs: vec![store(2), store(0)],
    };
    for shape in [[3i64, 5], [700, 900], [1, 1]] {
        let outputs =
            [Array::contiguous(DType::I64, &shape), Array::strided(DType::I64, &shape, &[1, shape[0]])];
        let mut position = outputs[0].tensor();
        (position.data, position.offset, position.strides) = (std::ptr::null_mut(), 100, [7, -2][..].into());
        let kernel = launch(program.clone(), &shape, &[false; 2], &[Scalar::I64(3)]);
        run(&kernel, &[position], &[outputs[0].tensor(), outputs[1].tensor()]);
        for index in indices(&shape) {
            let value = 100 + 7 * index[0] - 2 * index[1];
            assert_eq!(outputs[0].get(&index), Scalar::I64(3 * value));
            assert_eq!(outputs[1].get(&index), Scalar::I64(value));
        }
    }
}
