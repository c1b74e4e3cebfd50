//! The dtype that each kind computes in and gives, for rows that NumPy users know.

use base::DType::{self, *};
use base::promote::{common, resolve};
use mxnet_ops as ops;

fn computes(name: &str, inputs: &[DType]) -> Option<DType> {
    let op = ops::find(name).unwrap_or_else(|| panic!("no row for {name}"));
    resolve(op, common(op.rule, inputs)).ok()
}

#[test]
fn float_functions_of_small_integers_give_small_floats() {
    assert_eq!(computes("sin", &[I8]), Some(F16));
    assert_eq!(computes("sin", &[I16]), Some(F32));
    assert_eq!(computes("sin", &[I64]), Some(F32));
    assert_eq!(computes("sin", &[BF16]), Some(BF16));
    assert_eq!(computes("sin", &[C64]), Some(C64));
    assert_eq!(computes("arctan2", &[I8, I8]), Some(F16));
    assert_eq!(computes("ldexp", &[F16, I64]), Some(F16));
}

#[test]
fn true_division_of_integers_gives_the_default_float() {
    for dtype in [Bool, I8, U16, I64] {
        assert_eq!(computes("divide", &[dtype, dtype]), Some(F32), "{dtype}");
    }
    assert_eq!(computes("divide", &[F16, F16]), Some(F16));
}

#[test]
fn float_power_is_at_least_the_default_float() {
    for dtype in [Bool, I8, I64, F16, BF16, F32] {
        assert_eq!(computes("float_power", &[dtype, dtype]), Some(F32), "{dtype}");
    }
    assert_eq!(computes("float_power", &[F32, F64]), Some(F64));
    assert_eq!(computes("float_power", &[C64, F32]), Some(C64));
}

#[test]
fn arithmetic_keeps_integers() {
    assert_eq!(computes("add", &[Bool, Bool]), Some(Bool));
    assert_eq!(computes("add", &[I8, U8]), Some(I16));
    assert_eq!(computes("floor_divide", &[Bool, Bool]), Some(I8));
    assert_eq!(computes("absolute", &[U8]), Some(U8));
    assert_eq!(computes("floor", &[I32]), Some(I32));
    assert_eq!(computes("rint", &[I32]), Some(F32));
}

#[test]
fn bools_are_refused_where_numpy_refuses_them() {
    for name in ["subtract", "negative", "positive", "sign", "gcd", "lcm"] {
        let arity = ops::find(name).map_or(1, |op| op.arity());
        assert_eq!(computes(name, &[Bool, Bool][..arity]), None, "{name}");
    }
}

#[test]
fn bit_operations_refuse_floats_and_widen_bools_only_to_shift() {
    assert_eq!(computes("left_shift", &[Bool, Bool]), Some(I8));
    assert_eq!(computes("bitwise_and", &[Bool, Bool]), Some(Bool));
    assert_eq!(computes("invert", &[F32]), None);
}

#[test]
fn real_functions_refuse_complex_numbers() {
    for name in ["cbrt", "floor", "arctan2", "remainder", "silu"] {
        let arity = ops::find(name).map_or(1, |op| op.arity());
        assert_eq!(computes(name, &[C64, C64][..arity]), None, "{name}");
    }
}

#[test]
fn results_follow_the_kind() {
    assert_eq!(ops::BITWISE_COUNT.kind.result(I64), U8);
    assert_eq!(ops::ISNAN.kind.result(F16), Bool);
    assert_eq!(ops::ABSOLUTE.kind.result(C64), F32);
    assert_eq!(ops::WHERE.kind.source(0, F32), Bool);
    assert_eq!(computes("where", &[Bool, I8, F16]), Some(F16));
}
