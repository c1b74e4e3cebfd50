//! The op book as a whole: what holds for every row.

use std::collections::HashSet;

use base::{DType, Kind, Space};
use mxnet_ops as ops;

#[test]
fn names_and_aliases_are_unique() {
    let mut seen = HashSet::new();
    for op in ops::all() {
        for name in op.aliases.iter().chain([&op.name]) {
            assert!(seen.insert(*name), "{name} names two operators");
            assert_eq!(ops::find(name), Some(op));
        }
    }
    assert_eq!(ops::find("no_such_operator"), None);
}

#[test]
fn public_rows_have_a_doc_with_an_example() {
    for op in ops::all() {
        assert!(!op.doc.is_empty(), "{}", op.name);
        if op.space != Space::Core {
            let space = if op.space == Space::Np { "np" } else { "npx" };
            assert!(op.doc.contains(&format!(">>> {space}.{}(", op.name)), "{}", op.name);
        }
    }
}

#[test]
fn device_text_reads_what_the_operator_takes() {
    for op in ops::all().filter(|op| op.formula.is_none()) {
        assert!(!op.cuda.is_empty(), "{}", op.name);
        for (at, place) in ["{x}", "{y}", "{z}"].into_iter().enumerate() {
            assert!(at < op.arity() || !op.cuda.contains(place), "{} reads {place}", op.name);
        }
    }
}

#[test]
fn every_row_computes_in_some_dtype() {
    for op in ops::all() {
        assert!(DType::ALL.into_iter().any(|dtype| op.computes_in(dtype)), "{}", op.name);
        let folds = DType::ALL.into_iter().any(|dtype| (op.scan)(dtype).is_some());
        let foldable = matches!(op.kind, Kind::Float2 | Kind::Number2 | Kind::Logic2 | Kind::Bits2);
        assert_eq!(folds, foldable, "{}", op.name);
        assert!(foldable || op.identity.is_none() && !op.associative, "{}", op.name);
    }
}

#[test]
fn rows_are_reached_by_their_names_in_rust() {
    assert_eq!(ops::ADD.name, "add");
    assert_eq!(ops::find("abs"), Some(ops::ABSOLUTE));
    assert_eq!(ops::find("pow"), Some(ops::POWER));
}

#[test]
fn identities_are_those_of_numpy() {
    let expected = [
        ("add", Some(0.0)),
        ("multiply", Some(1.0)),
        ("logical_and", Some(1.0)),
        ("logical_or", Some(0.0)),
        ("logical_xor", Some(0.0)),
        ("bitwise_and", Some(-1.0)),
        ("bitwise_or", Some(0.0)),
        ("bitwise_xor", Some(0.0)),
        ("logaddexp", Some(f64::NEG_INFINITY)),
        ("gcd", Some(0.0)),
        ("hypot", Some(0.0)),
        ("maximum", None),
        ("subtract", None),
    ];
    for (name, identity) in expected {
        assert_eq!(ops::find(name).and_then(|op| op.identity), identity, "{name}");
    }
}
