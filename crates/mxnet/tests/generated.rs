//! The functions of `np` and `npx` that follow from the op book stand in generated files. This test fails when one is
//! stale; `MXNET_GENERATE=1 cargo test -p mxnet --test generated` writes them anew.

use std::fmt::Write;
use std::path::Path;

use mxnet::ops;

/// Names that Rust keeps for itself.
const KEYWORDS: &[&str] = &["where", "mod", "fn", "type", "match", "move"];

/// Rows and their spaces come from the table; crate `base` is known here through them only.
struct Row {
    name: &'static str,
    row: &'static str,
    doc: &'static str,
    arity: usize,
    space: String,
    integers_only: bool,
    sample: (f64, f64),
}

fn rows(space: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for op in ops::all() {
        for &name in [op.name].iter().chain(op.aliases) {
            rows.push(Row {
                name,
                row: op.name,
                doc: op.doc,
                arity: op.arity(),
                space: format!("{:?}", op.space),
                integers_only: !op.computes_in(mxnet::np::DType::F32),
                sample: (op.sample.start, op.sample.end),
            });
        }
    }
    rows.retain(|row| row.space == space);
    rows.sort_by_key(|row| row.name);
    rows
}

fn identifier(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The Python example as Rust, where it is an array of numbers in and a printed array out.
fn converted_example(row: &Row, space: &str) -> Option<String> {
    let (_, example) = row.doc.split_once(">>> ")?;
    let (call, output) = example.split_once('\n')?;
    let plain = call.starts_with(&format!("{space}.{}(", row.row))
        && !call.contains('=')
        && !call.contains("inf")
        && !call.contains("nan")
        && !call.contains('j')
        && !output.contains(">>>")
        && output.starts_with("array(");
    if !plain {
        return None;
    }
    let call = call.replace("True", "true").replace("False", "false");
    let mut rust = String::new();
    let mut rest = call.strip_prefix(&format!("{space}.{}", row.row))?;
    while let Some((before, after)) = rest.split_once("np.array(") {
        let (data, tail) = after.split_once(')')?;
        if data.contains('(') {
            return None;
        }
        write!(rust, "{before}np::array({data})?").ok()?;
        rest = tail;
    }
    rust.push_str(rest);
    let output = output.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    Some(format!("let y = {space}::{}{rust}?;\n{}", identifier(row.name), check(&output)))
}

/// Printed text as an assertion: to the letter where results are exact, within rounding where digits depend on the
/// instruction set.
fn check(output: &str) -> String {
    let inner = output.trim_start_matches("array(").trim_end_matches(')').trim_matches(['[', ']']);
    let numbers: Vec<&str> = inner.split(',').map(str::trim).collect();
    let digits = |number: &&str| number.chars().filter(char::is_ascii_digit).count();
    let values: Option<Vec<f64>> = numbers.iter().map(|number| number.parse().ok()).collect();
    match values {
        Some(values) if numbers.iter().map(digits).max() > Some(6) => {
            let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
            let values = values.join(", ");
            format!(
                "for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([{values}]) {{\n    \
                 assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), \"{{y}}\");\n}}"
            )
        }
        _ => format!("assert_eq!(y.repr()?, {output:?});"),
    }
}

/// An example for every other row: two elements from where the tests draw inputs.
fn sampled_example(row: &Row, space: &str) -> String {
    let (low, high) = row.sample;
    let point = |share: f64| ((low + (high - low) * share) * 100.0).round() / 100.0;
    let operand = |index: usize| {
        let (a, b) = (point(0.25 + 0.1 * index as f64), point(0.75 - 0.1 * index as f64));
        if row.integers_only {
            let dtype = "np::DType::I64";
            format!(
                "np::array_as([{}, {}], {dtype})?",
                a.floor().clamp(0.0, 8.0) as i64,
                b.floor().clamp(1.0, 8.0) as i64
            )
        } else {
            format!("np::array([{a:?}, {b:?}])?")
        }
    };
    let operands: Vec<String> = (0..row.arity).map(operand).collect();
    format!("assert_eq!({space}::{}({})?.shape(), [2]);", identifier(row.name), operands.join(", "))
}

fn document(row: &Row, space: &str) -> String {
    let mut text = String::new();
    let prose = row.doc.split(">>>").next().unwrap_or_default().trim();
    for line in prose.lines() {
        writeln!(text, "{}", format!("/// {line}").trim_end()).expect("writing to a string");
    }
    let example = converted_example(row, space).unwrap_or_else(|| sampled_example(row, space));
    let imports = if example.contains("np::") && space == "npx" { "np, npx" } else { space };
    let imports = if imports.contains(',') { format!("{{{imports}}}") } else { imports.to_owned() };
    text.push_str("///\n/// ```\n");
    writeln!(text, "/// # use mxnet::{imports};").expect("writing to a string");
    for line in example.lines() {
        writeln!(text, "/// {line}").expect("writing to a string");
    }
    text.push_str("/// # Ok::<(), mxnet::np::Error>(())\n/// ```\n");
    text
}

fn function(row: &Row, space: &str) -> String {
    let names = ["x", "y", "z"];
    let parameters: Vec<String> =
        names[..row.arity].iter().map(|name| format!("{name}: impl Operand")).collect();
    let arguments: Vec<String> = names[..row.arity].iter().map(|name| format!("{name}.argument()")).collect();
    format!(
        "{}pub fn {}({}) -> Result<Array> {{\n    call(ops::{}, &[{}])\n}}\n",
        document(row, space),
        identifier(row.name),
        parameters.join(", "),
        row.row.to_uppercase(),
        arguments.join(", ")
    )
}

fn file(space: &str, variant: &str) -> String {
    let operand = if space == "np" { "super::Operand" } else { "crate::np::Operand" };
    let mut text = format!(
        "//! The functions of `{space}` that are rows of the op book. Generated from it by `tests/generated.rs`; edit the\n\
         //! table (crate `ops`), then run `MXNET_GENERATE=1 cargo test -p mxnet --test generated`. All fail with Type for\n\
         //! dtypes that the operator does not take, and with Value for shapes that do not broadcast.\n\n\
         use array::elementwise::call;\nuse array::{{Array, Result, ops}};\n\nuse {operand};\n"
    );
    for row in rows(variant) {
        text.push('\n');
        text.push_str(&function(&row, space));
    }
    text
}

#[test]
fn generated_operators_are_those_of_the_op_book() {
    for (space, variant) in [("np", "Np"), ("npx", "Npx")] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/{space}/operators.rs"));
        let wanted = file(space, variant);
        if std::env::var_os("MXNET_GENERATE").is_some() {
            std::fs::write(&path, &wanted).expect("the source tree is writable");
        }
        let found = std::fs::read_to_string(&path).expect("the generated file exists");
        assert!(found == wanted, "{} is stale; run with MXNET_GENERATE=1", path.display());
    }
}
