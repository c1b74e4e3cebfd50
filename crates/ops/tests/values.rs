//! Every row against NumPy, on the values and dtypes in `data/numpy.txt`.

mod common;

use base::DType;
use common::{Value, run};
use mxnet_ops as ops;
use num_complex::Complex;

const NUMPY: &str = include_str!("data/numpy.txt");

fn lines(kind: &str) -> impl Iterator<Item = Vec<&str>> {
    let words = |line: &'static str| line.split(' ').collect::<Vec<_>>();
    NUMPY.lines().map(words).filter(move |words| words[0] == kind)
}

/// Text of `data/numpy.txt`: a whole number, a float, or `re|im`.
fn parse(dtype: DType, text: &str) -> Value {
    // Text of a float32 has the digits that tell it from other float32s.
    let single = dtype.real() == DType::F32;
    let float = |text: &str| {
        if single { text.parse::<f32>().map(f64::from) } else { text.parse::<f64>() }.expect("a float")
    };
    if !dtype.is_inexact() {
        return Value::Whole(text.parse().expect("a whole number"));
    }
    let (re, im) = text.split_once('|').unwrap_or((text, "0"));
    Value::Number(Complex::new(float(re), float(im)))
}

fn close(got: f64, want: f64, epsilon: f64, scale: f64) -> bool {
    (got.is_nan() && want.is_nan())
        || (got == want && (got != 0.0 || got.is_sign_negative() == want.is_sign_negative()))
        || (want != 0.0 && (got - want).abs() <= epsilon * scale.max(f64::MIN_POSITIVE))
}

fn agree(result: DType, got: Value, want: Value) -> bool {
    let epsilon = if result.real() == DType::F32 { 1e-6 } else { 4e-15 };
    match (got, want) {
        (Value::Number(got), Value::Number(want)) if result.is_complex() => {
            // Signs of zero parts depend on the order of operations in NumPy's own formulas.
            let scale = want.norm();
            got == want
                || (got.re.is_nan() && want.re.is_nan())
                || ((got - want).norm() <= 4.0 * epsilon * scale.max(f64::MIN_POSITIVE))
        }
        (Value::Number(got), Value::Number(want)) => close(got.re, want.re, epsilon, want.re.abs()),
        (got, want) => got == want,
    }
}

#[test]
fn values_are_those_of_numpy() {
    let mut wrong = Vec::new();
    for words in lines("values") {
        let (name, columns) = (words[1], &words[3..]);
        let compute = DType::from_name(words[2]).expect("a dtype");
        let op = ops::find(name).unwrap_or_else(|| panic!("no row for {name}"));
        let column = |text: &str, dtype| text.split(',').map(|value| parse(dtype, value)).collect::<Vec<_>>();
        let inputs: Vec<_> = columns[..op.arity()].iter().map(|text| column(text, compute)).collect();
        let result = op.kind.result(compute);
        let wanted = column(columns[op.arity()], result);
        for (at, (got, want)) in run(op, compute, &inputs).into_iter().zip(wanted).enumerate() {
            if !agree(result, got, want) {
                let arguments: Vec<_> = inputs.iter().map(|column| column[at]).collect();
                wrong.push(format!("{name} {compute} {arguments:?}: {got:?}, NumPy {want:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} values differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn loops_exist_for_numpys_dtypes_and_no_others() {
    for words in lines("support") {
        let op = ops::find(words[1]).unwrap_or_else(|| panic!("no row for {}", words[1]));
        let wanted: Vec<_> = words[2].split(',').collect();
        for dtype in DType::ALL.into_iter().filter(|dtype| !dtype.is_half()) {
            assert_eq!((op.loops)(dtype).is_some(), wanted.contains(&dtype.name()), "{} {dtype}", op.name);
        }
    }
}
