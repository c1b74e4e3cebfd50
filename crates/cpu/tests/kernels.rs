//! The kernels that are not programs, against plain indexing.
#![allow(clippy::undocumented_unsafe_blocks)]
mod common;

use base::{DType, Scalar};
use common::*;
use graph::{Along, Kernel, Tensor};

/// Contiguous int64 elements.
fn numbers(values: &[i64]) -> Array {
    let mut array = Array::contiguous(DType::I64, &[values.len() as i64]);
    for (index, &value) in values.iter().enumerate() {
        array.set(&[index as i64], Scalar::I64(value));
    }
    array
}

fn mask(length: i64, is_true: impl Fn(i64) -> bool) -> Array {
    let mut array = Array::contiguous(DType::Bool, &[length]);
    for index in 0..length {
        array.set(&[index], Scalar::Bool(is_true(index)));
    }
    array
}

fn join(first: i64, rest: &[i64]) -> Vec<i64> {
    let mut index = vec![first];
    index.extend(rest);
    index
}

/// The first row of an array: its tensor without the first axis.
fn first_row(array: &Array) -> Tensor {
    let mut row = array.tensor();
    row.shape.remove(0);
    row.strides.remove(0);
    row
}

#[test]
fn running_folds_agree_with_the_definition_along_every_axis() {
    for shape in [vec![7i64], vec![1], vec![5, 40], vec![3, 4, 5], vec![200, 2000], vec![2000, 200]] {
        for axis in 0..shape.len() {
            for operator in [&ADD, &SUBTRACT] {
                let mut order = shape.clone();
                order.reverse();
                let mut strides = base::shape::contiguous_strides(&order);
                strides.reverse();
                let transposed = Array::strided(DType::I64, &shape, &strides).random(1);
                for source in [Array::contiguous(DType::I64, &shape).random(2), transposed] {
                    let out = Array::contiguous(DType::I64, &shape);
                    run(&Kernel::Scan { op: operator, axis }, &[source.tensor()], &[out.tensor()]);
                    for index in indices(&shape) {
                        let mut before = index.clone();
                        before[axis] -= 1;
                        let expected = match index[axis] {
                            0 => source.get(&index),
                            _ => apply(operator, DType::I64, &[out.get(&before), source.get(&index)]),
                        };
                        assert_eq!(out.get(&index), expected, "{shape:?} axis {axis}");
                    }
                }
            }
        }
    }
}

/// Inner shapes and strides of a source with 50 rows or more.
fn inner_layouts() -> Vec<(Vec<i64>, Vec<i64>, i64)> {
    vec![
        (vec![], vec![], 1),
        (vec![], vec![], 3),
        (vec![6], vec![1], 6),
        (vec![6], vec![-2], 20),
        (vec![3, 4], vec![4, 1], 12),
        (vec![3, 4], vec![1, 3], 12),
        (vec![5000], vec![1], 5000),
    ]
}

#[test]
fn gathered_rows_are_the_rows_at_their_offsets() {
    for dtype in [DType::I16, DType::F32, DType::I64, DType::C128, DType::Bool] {
        for (inner, strides, step) in inner_layouts() {
            let source =
                Array::strided(dtype, &[&[50], &inner[..]].concat(), &[&[step], &strides[..]].concat());
            let source = source.random(4);
            let picks: Vec<i64> = (0..90).map(|at| at * 7 % 50).collect();
            let offsets = numbers(&picks.iter().map(|&pick| pick * step).collect::<Vec<_>>());
            let out = Array::contiguous(dtype, &[&[90], &inner[..]].concat());
            run(&Kernel::Gather { along: None }, &[first_row(&source), offsets.tensor()], &[out.tensor()]);
            for index in indices(&inner) {
                for at in [0, 1, 44, 89] {
                    assert_eq!(out.get(&join(at, &index)), source.get(&join(picks[at as usize], &index)));
                }
            }
        }
    }
}

#[test]
fn scattered_rows_arrive_in_order_and_may_be_joined() {
    for operator in [None, Some(&ADD as &'static base::Op), Some(&SUBTRACT)] {
        for (inner, strides, step) in inner_layouts() {
            let shape = [&[50], &inner[..]].concat();
            let mut out = Array::strided(DType::I64, &shape, &[&[step], &strides[..]].concat()).random(4);
            let values = Array::contiguous(DType::I64, &[&[90], &inner[..]].concat()).random(5);
            let picks: Vec<i64> = (0..90).map(|at| at * 7 % 40).collect();
            let offsets = numbers(&picks.iter().map(|&pick| pick * step).collect::<Vec<_>>());
            let done = out.clone();
            run(
                &Kernel::Scatter { op: operator, along: None },
                &[values.tensor(), offsets.tensor()],
                &[first_row(&done)],
            );
            for (at, &pick) in picks.iter().enumerate() {
                for index in indices(&inner) {
                    let value = values.get(&join(at as i64, &index));
                    let place = join(pick, &index);
                    let value = match operator {
                        Some(operator) => apply(operator, DType::I64, &[out.get(&place), value]),
                        None => value,
                    };
                    out.set(&place, value);
                }
            }
            assert_eq!(out.memory, done.memory);
        }
    }
}

/// Places of an axis of this length, first from its start and then from its end.
fn picks(count: i64, length: i64) -> Vec<i64> {
    (0..count).map(|at| at * 7 % length - if at % 3 == 0 { length } else { 0 }).collect()
}

#[test]
fn indices_along_an_axis_count_from_both_ends() {
    for dtype in [DType::I16, DType::F32, DType::C128] {
        for (inner, strides, step) in inner_layouts() {
            let source =
                Array::strided(dtype, &[&[50], &inner[..]].concat(), &[&[step], &strides[..]].concat());
            let source = source.random(4);
            let (picks, along) = (picks(300, 50), Along { axis: 0, length: 50, stride: step, start: 0 });
            let out = Array::contiguous(dtype, &[&[300], &inner[..]].concat());
            let kernel = Kernel::Gather { along: Some(along) };
            run(&kernel, &[first_row(&source), numbers(&picks).tensor()], &[out.tensor()]);
            let back = source.clone().random(9);
            let kernel = Kernel::Scatter { op: None, along: Some(along) };
            run(&kernel, &[out.tensor(), numbers(&picks).tensor()], &[first_row(&back)]);
            for index in indices(&inner) {
                for (at, pick) in picks.iter().enumerate() {
                    let expected = source.get(&join(pick.rem_euclid(50), &index));
                    assert_eq!(out.get(&join(at as i64, &index)), expected);
                    assert_eq!(back.get(&join(pick.rem_euclid(50), &index)), expected);
                }
            }
        }
    }
}

#[test]
fn the_last_of_equal_indices_wins_on_any_number_of_threads() {
    for (stride, start) in [(1, 0), (2, 0), (-3, 3 * 9_999)] {
        let along = Along { axis: 0, length: 10_000, stride, start };
        let picks = picks(60_000, 10_000);
        let values = Array::contiguous(DType::F32, &[60_000]).random(3);
        let mut expected = Array::contiguous(DType::F32, &[30_000]);
        for (at, &pick) in picks.iter().enumerate() {
            expected.set(&[start + pick.rem_euclid(10_000) * stride], values.get(&[at as i64]));
        }
        for threads in [1, 2, 3, 8] {
            let before = mxnet_cpu::pool::set_threads(threads);
            let out = Array::contiguous(DType::F32, &[30_000]);
            let kernel = Kernel::Scatter { op: None, along: Some(along) };
            run(&kernel, &[values.tensor(), numbers(&picks).tensor()], &[first_row(&out)]);
            mxnet_cpu::pool::set_threads(before);
            assert_eq!(out.memory, expected.memory, "stride {stride}, {threads} threads");
        }
    }
}

#[test]
fn masks_count_pick_and_place_rows() {
    for length in [0i64, 1, 7, 64, 1000, 100_000] {
        for divisor in [1i64, 3, 1000] {
            let mask = mask(length, |at| at % divisor == 0);
            let expected: Vec<i64> = (0..length).filter(|at| at % divisor == 0).collect();
            let count = Array::contiguous(DType::I64, &[1]);
            run(&Kernel::Count, &[mask.tensor()], &[count.tensor()]);
            assert_eq!(count.get(&[0]), Scalar::I64(expected.len() as i64));
            let rows = expected.len() as i64;
            let positions = Array::contiguous(DType::I64, &[rows]);
            run(&Kernel::Nonzero, &[mask.tensor()], &[positions.tensor()]);
            assert_eq!(positions.bits(), numbers(&expected).bits());
            for inner in [vec![], vec![3i64]] {
                let source = Array::contiguous(DType::F32, &[&[length], &inner[..]].concat()).random(1);
                let picked = Array::contiguous(DType::F32, &[&[rows], &inner[..]].concat());
                run(&Kernel::Compress, &[mask.tensor(), source.tensor()], &[picked.tensor()]);
                let placed = Array::contiguous(DType::F32, &source.shape);
                run(&Kernel::Expand, &[mask.tensor(), picked.tensor()], &[placed.tensor()]);
                for (number, &at) in expected.iter().enumerate() {
                    for index in indices(&inner) {
                        let value = source.get(&join(at, &index));
                        assert_eq!(picked.get(&join(number as i64, &index)), value);
                        assert_eq!(placed.get(&join(at, &index)), value);
                    }
                }
            }
        }
    }
}

#[test]
fn one_value_is_placed_wherever_the_mask_is_true() {
    let mask = mask(100, |at| at > 90);
    let mut value = numbers(&[42]);
    (value.shape, value.strides) = ([9][..].into(), [0][..].into());
    let placed = Array::contiguous(DType::I64, &[100]);
    run(&Kernel::Expand, &[mask.tensor(), value.tensor()], &[placed.tensor()]);
    assert_eq!((placed.get(&[90]), placed.get(&[91])), (Scalar::I64(0), Scalar::I64(42)));
}

fn check_product(a: &Array, b: &Array, c: &Array) {
    run(&Kernel::MatMul, &[a.tensor(), b.tensor()], &[c.tensor()]);
    let (lead, depth) = (c.shape.len() - 2, a.shape[a.shape.len() - 1]);
    for index in indices(&c.shape) {
        let mut sum = 0.0;
        for k in 0..depth {
            let (mut left, mut right) = (index.clone(), index.clone());
            (left[lead + 1], right[lead]) = (k, k);
            sum += a.get(&left).as_f64() * b.get(&right).as_f64();
        }
        let got = c.get(&index).as_f64();
        assert!((got - sum).abs() < 1e-3, "{got} {sum} at {index:?} of {:?}", c.shape);
    }
}

#[test]
fn stacks_of_matrices_multiply_however_they_lie() {
    let array = |shape: &[i64]| Array::contiguous(DType::F32, shape).random(6);
    let with = |shape: &[i64], strides: &[i64]| Array::strided(DType::F32, shape, strides).random(7);
    let result = |shape: &[i64]| Array::contiguous(DType::F32, shape);
    check_product(&array(&[5, 6]), &array(&[6, 7]), &result(&[5, 7]));
    check_product(&array(&[5, 6]), &with(&[6, 7], &[1, 6]), &with(&[5, 7], &[1, 5]));
    check_product(&array(&[4, 5, 6]), &array(&[4, 6, 7]), &result(&[4, 5, 7]));
    // one right matrix for all: a tall product, also where the left ones are vectors or transposed
    check_product(&array(&[4, 5, 6]), &with(&[4, 6, 7], &[0, 7, 1]), &result(&[4, 5, 7]));
    check_product(&array(&[4, 1, 6]), &with(&[4, 6, 7], &[0, 7, 1]), &result(&[4, 1, 7]));
    check_product(&with(&[4, 5, 6], &[30, 1, 5]), &with(&[4, 6, 7], &[0, 7, 1]), &result(&[4, 5, 7]));
    check_product(&with(&[2, 3, 5, 6], &[0, 30, 6, 1]), &array(&[2, 3, 6, 7]), &result(&[2, 3, 5, 7]));
    check_product(&array(&[2, 1, 5, 6]), &array(&[2, 1, 6, 7]), &result(&[2, 1, 5, 7]));
}

#[test]
fn rows_are_sorted_searched_and_filled() {
    let source = Array::contiguous(DType::F32, &[3, 50]).random(8);
    let sorted = Array::contiguous(DType::F32, &[3, 50]);
    let order = Array::contiguous(DType::I64, &[3, 50]);
    run(&Kernel::Sort, &[source.tensor()], &[sorted.tensor()]);
    run(&Kernel::ArgSort, &[source.tensor()], &[order.tensor()]);
    for index in indices(&[3, 50]) {
        let from = order.get(&index).as_f64() as i64;
        assert_eq!(sorted.get(&index), source.get(&[index[0], from]));
        assert!(
            index[1] == 0 || sorted.get(&[index[0], index[1] - 1]).as_f64() <= sorted.get(&index).as_f64()
        );
    }
    let points = Array::contiguous(DType::I64, &[3]);
    let edges = numbers(&[1, 3, 3, 9]);
    run(
        &Kernel::SearchSorted { right: true },
        &[edges.tensor(), numbers(&[0, 3, 10]).tensor()],
        &[points.tensor()],
    );
    assert_eq!(points.bits(), numbers(&[0, 3, 4]).bits());
    let filled = Array::contiguous(DType::F32, &[1000]);
    let distribution = graph::Distribution::Uniform { low: 2.0, high: 3.0 };
    run(&Kernel::Random { distribution, key: 1, counter: 0 }, &[], &[filled.tensor()]);
    assert!(indices(&[1000]).all(|index| (2.0..3.0).contains(&filled.get(&index).as_f64())));
}
