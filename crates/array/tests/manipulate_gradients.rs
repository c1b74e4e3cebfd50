//! First and second gradients of functions that rearrange elements agree with finite differences.

mod table;

use base::DType::F64;
use base::promote::Casting;
use base::{Result, Scalar};
use mxnet_array::create::{self, Order};
use mxnet_array::manipulate::{self, Mode, PadMode, Repeats};
use mxnet_array::reduce::{self, Options};
use mxnet_array::tape::{self, GradRequest};
use mxnet_array::{Array, Index, elementwise};
use table::*;

type Function<'a> = dyn Fn(&Array) -> Result<Array> + 'a;

/// `sum(f(x)^3)`: its gradient has a gradient of its own.
fn loss(function: &Function, x: &Array) -> Result<Array> {
    let y = function(x)?;
    let square = elementwise::call2(ops::MULTIPLY, &y, &y)?;
    reduce::sum(&elementwise::call2(ops::MULTIPLY, &square, &y)?, &Options::default())
}

fn recorded<T>(work: impl FnOnce() -> T) -> T {
    let before = tape::set_recording(true);
    let result = work();
    tape::set_recording(before);
    result
}

fn gradient(function: &Function, x: &Array) -> Result<Array> {
    recorded(|| {
        let loss = loss(function, x)?;
        Ok(tape::grad(&[(&loss, None)], &[x], true, true)?.remove(0))
    })
}

/// `sum(gradient^2)` and its gradient.
fn second(function: &Function, x: &Array) -> Result<(f64, Vec<f64>)> {
    recorded(|| {
        let first = gradient(function, x)?;
        tape::set_recording(true);
        let total = reduce::sum(&elementwise::call2(ops::MULTIPLY, &first, &first)?, &Options::default())?;
        let gradient = tape::grad(&[(&total, None)], &[x], true, false)?.remove(0);
        Ok((total.detach().item()?.as_f64(), values(&gradient)))
    })
}

fn variable(shape: &[i64], elements: &[f64]) -> Array {
    let x = array(shape, F64, elements);
    tape::attach_grad(&x, GradRequest::Write).unwrap();
    x
}

/// Whether the slopes of `value` around `elements` are `slopes`.
fn agrees(elements: &[f64], slopes: &[f64], value: &dyn Fn(&[f64]) -> f64) -> bool {
    let step = 1e-5;
    elements.len() == slopes.len()
        && (0..elements.len()).all(|k| {
            let mut moved = elements.to_vec();
            moved[k] += step;
            let above = value(&moved);
            moved[k] -= 2.0 * step;
            let slope = (above - value(&moved)) / (2.0 * step);
            (slope - slopes[k]).abs() <= 1e-4 * slope.abs().max(1.0)
        })
}

fn check(name: &str, shape: &[i64], function: &Function) {
    let size: i64 = shape.iter().product();
    let elements: Vec<f64> = (0..size).map(|k| ((k * 7 + 3) % 11) as f64 / 5.0 - 0.9).collect();
    let x = variable(shape, &elements);
    let first = gradient(function, &x).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(first.shape(), shape, "{name}");
    let value =
        |elements: &[f64]| loss(function, &array(shape, F64, elements)).unwrap().item().unwrap().as_f64();
    assert!(agrees(&elements, &values(&first), &value), "{name}: first gradient {:?}", values(&first));
    let (_, slopes) = second(function, &x).unwrap_or_else(|error| panic!("{name}, twice: {error}"));
    let value = |elements: &[f64]| second(function, &variable(shape, elements)).unwrap().0;
    assert!(agrees(&elements, &slopes, &value), "{name}: second gradient {slopes:?}");
}

#[test]
fn joins_splits_and_repeats_have_gradients() {
    check("concatenate", &[2, 3], &|x| manipulate::concatenate(&[x, x], Some(1), None, Casting::SameKind));
    check("concatenate, flat", &[2, 2], &|x| manipulate::concatenate(&[x, x], None, None, Casting::SameKind));
    check("stack", &[3], &|x| manipulate::stack(&[x, &manipulate::flip(x, None)?], 1));
    check("split", &[4], &|x| Ok(manipulate::split(x, &manipulate::Sections::Count(2), 0)?.remove(1)));
    check("tile", &[2, 2], &|x| manipulate::tile(x, &[2, 1, 3]));
    check("repeat", &[2, 3], &|x| manipulate::repeat(x, Repeats::Each(2), Some(1)));
    check("repeat, counts", &[3], &|x| {
        manipulate::repeat(x, Repeats::Counts(&integers(&[2.0, 0.0, 1.0])), None)
    });
    check("resize", &[3], &|x| manipulate::resize(x, &[2, 4]));
}

#[test]
fn moves_and_edits_have_gradients() {
    let places = integers(&[1.0, 0.0]);
    check("roll", &[2, 3], &|x| manipulate::roll(x, &[1, 2], Some(&[0, 1])));
    check("rot90", &[2, 3], &|x| manipulate::rot90(x, 1, (0, 1)));
    check("moveaxis", &[2, 1, 3], &|x| manipulate::moveaxis(x, &[0], &[-1]));
    check("flatten", &[2, 3], &|x| manipulate::flatten(x, Order::F));
    check("copy", &[2, 3], &|x| create::copy(x, Order::F));
    check("insert", &[2, 3], &|x| manipulate::insert(x, &Index::Array(places.clone()), x, Some(0)));
    check("delete", &[4], &|x| manipulate::delete(x, &Index::Integer(1), None));
    check("diff", &[5], &|x| manipulate::diff(x, 2, -1, None, None));
    check("windows", &[5], &|x| manipulate::sliding_window_view(x, &[3], None, false));
    check("windows of columns", &[3, 2], &|x| {
        manipulate::sliding_window_view(&x.transpose(None)?, &[2], Some(&[1]), false)
    });
    check("as_strided", &[4], &|x| manipulate::as_strided(x, Some(&[2, 3]), Some(&[8, 8]), false));
    check("trace", &[3, 3], &|x| manipulate::trace(x, 0, 0, 1, None));
}

#[test]
fn padding_has_gradients() {
    let zero = (Scalar::F64(2.0), Scalar::F64(-1.0));
    let modes = [
        PadMode::Constant(vec![zero]),
        PadMode::Edge,
        PadMode::LinearRamp(vec![zero]),
        PadMode::Maximum(None),
        PadMode::Minimum(Some(vec![(2, 1)])),
        PadMode::Mean(None),
        PadMode::Median(None),
        PadMode::Reflect { odd: false },
        PadMode::Reflect { odd: true },
        PadMode::Symmetric { odd: true },
        PadMode::Wrap,
    ];
    for mode in modes {
        check(&format!("{mode:?}"), &[2, 4], &|x| manipulate::pad(x, &[(1, 0), (3, 5)], &mode));
    }
}

#[test]
fn takes_and_grids_have_gradients() {
    let places = integers(&[2.0, -1.0, 2.0]);
    let lines = array(&[2, 2], base::DType::I64, &[0.0, 2.0, 1.0, 1.0]);
    let (numbers, mask) = (integers(&[0.0, 1.0, 1.0]), bools(&[1.0, 0.0, 1.0]));
    check("take", &[2, 3], &|x| manipulate::take(x, &places, Some(1), Mode::Raise));
    check("take, wrapped", &[3], &|x| manipulate::take(x, &integers(&[5.0, -7.0]), None, Mode::Wrap));
    check("take_along_axis", &[2, 3], &|x| manipulate::take_along_axis(x, &lines, Some(1)));
    check("choose", &[3], &|x| manipulate::choose(&numbers, &[x, &manipulate::flip(x, None)?], Mode::Raise));
    check("select", &[3], &|x| manipulate::select(&[&mask], &[x.into()], 7i64.into()));
    check("compress", &[3, 2], &|x| manipulate::compress(&mask, x, Some(0)));
    check("diag of a vector", &[3], &|x| create::diag(x, 1));
    check("diag of a matrix", &[3, 3], &|x| create::diag(x, -1));
    check("triu", &[3, 3], &|x| create::triu(x, 1));
    check("vander", &[3], &|x| create::vander(x, None, false));
    check("meshgrid", &[3], &|x| Ok(create::meshgrid(&[x, x], create::Indexing::Xy, false, true)?.remove(0)));
    check("linspace", &[2], &|x| {
        let stop = elementwise::call2(ops::MULTIPLY, x, x)?;
        Ok(create::linspace(x.into(), (&stop).into(), 4, true, None, 0, device())?.0)
    });
    check("full", &[3], &|x| create::full(&[2, 3], x.into(), None, Order::C, device()));
}
