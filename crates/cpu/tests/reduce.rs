//! Folds against the interpreter: every subset of axes, fused work, several outputs, layouts, any number of threads.
#![allow(clippy::undocumented_unsafe_blocks)]
mod common;

use base::{DType, Scalar};
use common::*;
use graph::{Action, Output, Program};
use proptest::prelude::*;

fn fold(slot: u16, operator: &'static base::Op) -> Output {
    Output { slot, action: Action::Fold(operator) }
}

/// The output of a fold: reduced axes have stride 0.
fn folded(dtype: DType, shape: &[i64], reduced: &[bool]) -> Array {
    let kept: Vec<i64> =
        shape.iter().zip(reduced).map(|(&length, &fold)| if fold { 1 } else { length }).collect();
    let mut array = Array::contiguous(dtype, &kept);
    for axis in 0..shape.len() {
        if reduced[axis] {
            array.strides[axis] = 0;
        }
    }
    array.shape = shape.into();
    array
}

/// Folds by the interpreter, in C order of the reduced axes.
fn expected(
    program: &Program,
    scalars: &[Scalar],
    shape: &[i64],
    reduced: &[bool],
    inputs: &[Array],
    which: usize,
) -> Array {
    let output = program.outputs[which];
    let is_stored = output.action == Action::Store;
    let axes = if is_stored { vec![false; shape.len()] } else { reduced.to_vec() };
    let mut result = folded(program.output_dtype(&output), shape, &axes);
    let mut values = folded(program.slot_dtype(output.slot), shape, reduced);
    let mut seen = folded(DType::I64, shape, reduced);
    for index in indices(shape) {
        let x = evaluate(program, scalars, inputs, &index)[output.slot as usize];
        let count = seen.get(&index).as_f64() as i64;
        seen.set(&index, Scalar::I64(count + 1));
        let best = values.get(&index);
        let is_nan = |value: Scalar| value.as_f64().is_nan();
        let beats = |greater: bool| {
            let better = if greater { x.as_f64() > best.as_f64() } else { x.as_f64() < best.as_f64() };
            count == 0 || ((better || is_nan(x)) && !is_nan(best))
        };
        match output.action {
            Action::Store => result.set(&index, x),
            Action::Fold(_) if count == 0 => (values.set(&index, x), result.set(&index, x)).1,
            Action::Fold(operator) => {
                let next = apply(operator, values.dtype, &[best, x]);
                values.set(&index, next);
                result.set(&index, next);
            }
            Action::ArgMax | Action::ArgMin if beats(output.action == Action::ArgMax) => {
                values.set(&index, x);
                result.set(&index, Scalar::I64(count));
            }
            _ => {}
        }
    }
    result
}

fn results(program: &Program, shape: &[i64], reduced: &[bool]) -> Vec<Array> {
    let one = |output: &Output| match output.action {
        Action::Store => Array::contiguous(program.slot_dtype(output.slot), shape),
        _ => folded(program.output_dtype(output), shape, reduced),
    };
    program.outputs.iter().map(one).collect()
}

fn run_fold(
    program: &Program,
    scalars: &[Scalar],
    shape: &[i64],
    reduced: &[bool],
    inputs: &[Array],
) -> Vec<Array> {
    let outputs = results(program, shape, reduced);
    let kernel = launch(program.clone(), shape, reduced, scalars);
    let tensors: Vec<_> = inputs.iter().map(Array::tensor).collect();
    run(&kernel, &tensors, &outputs.iter().map(Array::tensor).collect::<Vec<_>>());
    outputs
}

fn check(program: &Program, scalars: &[Scalar], shape: &[i64], reduced: &[bool], inputs: &[Array]) {
    for (which, output) in run_fold(program, scalars, shape, reduced, inputs).iter().enumerate() {
        let expected = expected(program, scalars, shape, reduced, inputs, which);
        for index in indices(shape) {
            let (got, want) = (output.get(&index), expected.get(&index));
            assert_eq!(
                got.to_bytes(),
                want.to_bytes(),
                "{got} {want} output {which} shape {shape:?} {reduced:?} {index:?}\n{program}"
            );
        }
    }
}

/// Exact in any order: integers (wrapping) and maxima; with a stored product, and a fold in strict order.
fn exact() -> Program {
    let instructions = vec![op(&MULTIPLY, DType::I64, &[0, 1]), op(&ADD, DType::I64, &[2, 0])];
    let argmax = Output { slot: 2, action: Action::ArgMax };
    let argmin = Output { slot: 0, action: Action::ArgMin };
    let outputs = vec![fold(3, &ADD), fold(0, &MAXIMUM), store(2), argmax, argmin, fold(2, &SUBTRACT)];
    program(&[DType::I64; 2], &[], instructions, outputs)
}

fn any_case() -> impl Strategy<Value = (Vec<i64>, u8, u8, bool)> {
    let shape = prop_oneof![
        3 => proptest::collection::vec(1i64..8, 0..5),
        2 => proptest::collection::vec(prop_oneof![Just(1i64), Just(2), Just(3), Just(40), Just(600)], 1..=3)
            .prop_filter("small", |shape| shape.iter().product::<i64>() < 60_000),
        1 => (1i64..50_000).prop_map(|length| vec![length]),
    ];
    (shape, any::<u8>(), any::<u8>(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_axes_of_any_layout_fold_to_what_the_interpreter_says((shape, axes, broadcast, reversed) in any_case(), seed: u64) {
        let reduced: Vec<bool> = (0..shape.len()).map(|axis| axes >> axis & 1 == 1).collect();
        let mut strides = base::shape::contiguous_strides(&shape);
        let mut order: Vec<usize> = (0..shape.len()).collect();
        if reversed {
            order.reverse();
        }
        let mut step = 1;
        for &axis in order.iter().rev() {
            strides[axis] = if broadcast >> axis & 9 == 9 { 0 } else { step };
            step *= shape[axis];
        }
        let a = Array::strided(DType::I64, &shape, &strides).random(seed);
        let b = Array::contiguous(DType::I64, &shape).random(seed + 1);
        check(&exact(), &[], &shape, &reduced, &[a, b]);
    }

    #[test]
    fn float_sums_have_the_same_bits_for_any_layout_fusion_and_threads((shape, axes, _, _) in any_case(), seed: u64) {
        let reduced: Vec<bool> = (0..shape.len()).map(|axis| axes >> axis & 1 == 1).collect();
        let a = Array::contiguous(DType::F32, &shape).random(seed);
        let mut strides = base::Dims::from_slice(&shape);
        let mut step = 1;
        for axis in 0..shape.len() {
            strides[axis] = -step;
            step *= shape[axis];
        }
        let mut same = Array::strided(DType::F32, &shape, &strides);
        for index in indices(&shape) {
            same.set(&index, a.get(&index));
        }
        let plain = program(&[DType::F32], &[], vec![], vec![fold(0, &ADD)]);
        let fused = program(
            &[DType::F32], &[DType::F32], vec![op(&MULTIPLY, DType::F32, &[0, 1])], vec![fold(2, &ADD), store(2)],
        );
        let one = run_fold(&plain, &[], &shape, &reduced, std::slice::from_ref(&a))[0].bits();
        prop_assert_eq!(&one, &run_fold(&plain, &[], &shape, &reduced, std::slice::from_ref(&same))[0].bits());
        prop_assert_eq!(&one, &run_fold(&fused, &[Scalar::F32(1.0)], &shape, &reduced, &[same])[0].bits());
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    for (shape, reduced) in [
        (vec![300_000i64], vec![true]),
        (vec![700, 900], vec![true, false]),
        (vec![700, 900], vec![false, true]),
        (vec![40_000, 3], vec![true, false]),
        (vec![90, 80, 70], vec![false, true, false]),
        (vec![90, 80, 70], vec![true, false, true]),
    ] {
        let a = Array::contiguous(DType::F32, &shape).random(5);
        let instructions = vec![op(&MULTIPLY, DType::F32, &[0, 0])];
        let argmax = Output { slot: 1, action: Action::ArgMax };
        let program = program(&[DType::F32], &[], instructions, vec![fold(1, &ADD), argmax]);
        let mut seen = Vec::new();
        for threads in [1, 2, 4] {
            let before = mxnet_cpu::pool::set_threads(threads);
            let outputs = run_fold(&program, &[], &shape, &reduced, std::slice::from_ref(&a));
            mxnet_cpu::pool::set_threads(before);
            seen.push(outputs.iter().flat_map(Array::bits).collect::<Vec<_>>());
        }
        assert_eq!(seen[0], seen[1], "{shape:?}");
        assert_eq!(seen[0], seen[2], "{shape:?}");
    }
}

#[test]
fn the_first_nan_and_the_first_of_equals_win() {
    for length in [1i64, 2, 31, 32, 33, 100, 5000, 70_000] {
        for shape in [vec![length], vec![length, 3], vec![3, length]] {
            let reduced: Vec<bool> = shape.iter().map(|&extent| extent == length).collect();
            let mut a = Array::contiguous(DType::F32, &shape).random(7);
            let actions = [Action::ArgMax, Action::ArgMin].map(|action| Output { slot: 0, action });
            let program = program(&[DType::F32], &[], vec![], actions.to_vec());
            check(&program, &[], &shape, &reduced, std::slice::from_ref(&a));
            for at in [length / 2, length - 1] {
                let index: Vec<i64> =
                    shape.iter().map(|&extent| if extent == length { at } else { 1 }).collect();
                a.set(&index, Scalar::F32(f32::NAN));
                check(&program, &[], &shape, &reduced, std::slice::from_ref(&a));
            }
        }
    }
}

#[test]
fn bools_have_a_first_true() {
    let mut a = Array::contiguous(DType::Bool, &[5000]);
    a.set(&[3210], Scalar::Bool(true));
    a.set(&[4000], Scalar::Bool(true));
    let actions = [Action::ArgMax, Action::ArgMin].map(|action| Output { slot: 0, action });
    check(&program(&[DType::Bool], &[], vec![], actions.to_vec()), &[], &[5000], &[true], &[a]);
}

#[test]
fn a_sum_of_a_million_tenths_is_as_accurate_as_pairwise() {
    let mut a = Array::contiguous(DType::F32, &[1_000_000, 1]);
    for index in 0..1_000_000 {
        a.set(&[index, 0], Scalar::F32(0.1));
    }
    let sum = program(&[DType::F32], &[], vec![], vec![fold(0, &ADD)]);
    let result = run_fold(&sum, &[], &[1_000_000, 1], &[true, false], &[a])[0].get(&[0, 0]).as_f64();
    assert!((result - 100_000.0).abs() < 0.02, "{result}");
}

#[test]
fn folded_inputs_may_be_overwritten_in_the_same_pass() {
    let a = Array::contiguous(DType::F32, &[50, 70]).random(1);
    let before = a.clone();
    let program = program(
        &[DType::F32],
        &[DType::F32],
        vec![op(&ADD, DType::F32, &[0, 1])],
        vec![store(2), fold(0, &MAXIMUM)],
    );
    let maximum = folded(DType::F32, &[50, 70], &[false, true]);
    let kernel = launch(program.clone(), &[50, 70], &[false, true], &[Scalar::F32(1.0)]);
    run(&kernel, &[a.tensor()], &[a.tensor(), maximum.tensor()]);
    let want = expected(&program, &[Scalar::F32(1.0)], &[50, 70], &[false, true], &[before], 1);
    assert_eq!(maximum.bits(), want.bits());
}
