//! Every gradient rule against central differences in float64: formulas are computed by the rows' own loops, over
//! points of `sample`.

mod common;

use base::{DType, Op, Space, Sym};
use common::{Value, run};
use mxnet_ops as ops;

/// The value of a formula, computed in float64; bools travel as 0 and 1.
fn evaluate(formula: &Sym, inputs: &[f64]) -> f64 {
    let pair = |pair: &(Sym, Sym)| (evaluate(&pair.0, inputs), evaluate(&pair.1, inputs));
    match formula {
        Sym::Input(index) => inputs[*index],
        Sym::Number(value) => *value,
        Sym::Add(both) => pair(both).0 + pair(both).1,
        Sym::Subtract(both) => pair(both).0 - pair(both).1,
        Sym::Multiply(both) => pair(both).0 * pair(both).1,
        Sym::Divide(both) => pair(both).0 / pair(both).1,
        Sym::Negative(of) => -evaluate(of, inputs),
        Sym::Call(op, arguments) => {
            let values: Vec<f64> = arguments.iter().map(|argument| evaluate(argument, inputs)).collect();
            apply(op, &values)
        }
    }
}

fn apply(op: &Op, values: &[f64]) -> f64 {
    if let Some(formula) = op.formula {
        let symbols: Vec<Sym> = (0..values.len()).map(Sym::Input).collect();
        return evaluate(&formula(&symbols), values);
    }
    let column = |(at, &value): (usize, &f64)| match op.kind.source(at, DType::F64) {
        DType::Bool => vec![Value::Whole((value != 0.0) as i128)],
        _ => vec![Value::real(value)],
    };
    let columns: Vec<_> = values.iter().enumerate().map(column).collect();
    match run(op, DType::F64, &columns)[0] {
        Value::Whole(value) => value as f64,
        Value::Number(value) => value.re,
    }
}

/// Points spread over the sample, away from whole numbers, where rounding operators jump.
fn points(op: &Op) -> Vec<Vec<f64>> {
    let width = op.sample.end - op.sample.start;
    let point = |step: usize| op.sample.start + width * (0.07 + 0.137 * step as f64).fract();
    let arguments = |step: usize| (0..op.arity()).map(|at| point(step + 3 * at)).collect::<Vec<_>>();
    let condition = |mut values: Vec<f64>| {
        if op.name == "where" {
            values[0] = (values[0] > 0.0) as i32 as f64;
        }
        values
    };
    (0..7).map(arguments).map(condition).collect()
}

fn difference(op: &Op, values: &[f64], at: usize) -> f64 {
    let step = 1e-5;
    let moved = |by: f64| {
        let mut moved = values.to_vec();
        moved[at] += by;
        apply(op, &moved)
    };
    (moved(step) - moved(-step)) / (2.0 * step)
}

#[test]
fn rules_agree_with_central_differences() {
    let mut wrong = Vec::new();
    let computes = |op: &&Op| (op.loops)(DType::F64).is_some() && op.kind.result(DType::F64) == DType::F64;
    for op in ops::all().filter(computes) {
        let Some(vjp) = op.vjp else { continue };
        // Its third argument is a function of the second, and its rule is that of complex numbers.
        if op.name == "sign_gradient" {
            continue;
        }
        for values in points(op) {
            let symbols: Vec<Sym> = (0..op.arity()).map(Sym::Input).collect();
            let gradients = vjp(Sym::Number(1.0), &symbols, Sym::call(op_static(op), symbols.clone()));
            assert_eq!(gradients.len(), op.arity(), "{}", op.name);
            for (at, gradient) in gradients.iter().enumerate() {
                if op.kind.source(at, DType::F64) == DType::Bool {
                    continue;
                }
                let got = gradient.as_ref().map_or(0.0, |gradient| evaluate(gradient, &values));
                let want = difference(op, &values, at);
                if (got - want).abs() > 1e-6 * want.abs().max(1.0) {
                    wrong.push(format!("{} {values:?} input {at}: rule {got}, difference {want}", op.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn op_static(op: &Op) -> &'static Op {
    ops::find(op.name).expect("a row")
}

#[test]
fn only_a_few_rows_lack_a_gradient() {
    let lacking: Vec<_> =
        ops::all().filter(|op| op.vjp.is_none() && op.formula.is_none()).map(|op| op.name).collect();
    assert_eq!(lacking, ["nextafter"]);
}

#[test]
fn conventions_at_kinks_hold() {
    let gradient = |op: &'static Op, values: &[f64]| -> Vec<f64> {
        let symbols: Vec<Sym> = (0..op.arity()).map(Sym::Input).collect();
        let rule = op.vjp.expect("a rule");
        let formulas = rule(Sym::Number(1.0), &symbols, Sym::call(op, symbols.clone()));
        formulas
            .iter()
            .map(|formula| formula.as_ref().map_or(0.0, |formula| evaluate(formula, values)))
            .collect()
    };
    assert_eq!(gradient(ops::MAXIMUM, &[2.0, 2.0]), [1.0, 0.0]);
    assert_eq!(gradient(ops::MINIMUM, &[2.0, 2.0]), [1.0, 0.0]);
    assert_eq!(gradient(ops::FMAX, &[f64::NAN, 2.0]), [0.0, 1.0]);
    assert_eq!(gradient(ops::RELU, &[0.0]), [0.0]);
    assert_eq!(gradient(ops::ABSOLUTE, &[0.0]), [0.0]);
    assert_eq!(gradient(ops::CLIP, &[1.0, 1.0, 3.0]), [1.0, 0.0, 0.0]);
    assert_eq!(gradient(ops::CLIP, &[3.0, 1.0, 3.0]), [1.0, 0.0, 0.0]);
    assert_eq!(gradient(ops::SQRT, &[0.0]), [f64::INFINITY]);
    assert_eq!(gradient(ops::POWER, &[0.0, 0.0]), [0.0, 0.0]);
    assert_eq!(gradient(ops::POWER, &[0.0, 2.0]), [0.0, 0.0]);
}

#[test]
fn formulas_compute_what_their_docs_say() {
    for (name, want) in [
        ("softsign", 2.0 / 3.0),
        ("silu", 1.7615941559557649),
        ("mish", 1.9439589595339946),
        ("gelu_tanh", 1.954597694087775),
        ("selu", 2.1014019747),
    ] {
        let op = ops::find(name).expect("a row");
        assert_eq!(op.space, Space::Npx);
        assert!((apply(op, &[2.0]) - want).abs() < 1e-9, "{name}: {}", apply(op, &[2.0]));
    }
}
