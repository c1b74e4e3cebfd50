//! Comparisons of signed with uint64 numbers, exactly. Their common dtype is float64, which cannot tell neighbours beyond
//! 2^53 apart; so both are compared as uint64, and where the signed number is negative its sign decides. Called by
//! `elementwise`; knows no device.

use base::{DType, Op, Result};

use crate::Array;
use crate::elementwise::{Argument, call, call_in, call2};

/// The comparison, if one side is signed and the other uint64.
pub(crate) fn compare(op: &'static Op, arguments: &[Argument]) -> Result<Option<Array>> {
    let [Argument::Array(first), Argument::Array(second)] = arguments else { return Ok(None) };
    let first_is_signed = match (first.dtype(), second.dtype()) {
        (signed, DType::U64) if signed.is_signed() => true,
        (DType::U64, signed) if signed.is_signed() => false,
        _ => return Ok(None),
    };
    let signed = if first_is_signed { first } else { second };
    let as_unsigned = call_in(
        op,
        &[(&first.detach().astype_if(DType::U64)?).into(), (&second.detach().astype_if(DType::U64)?).into()],
        Some(DType::U64),
    )?;
    let negative = call(ops::LESS, &[(&signed.detach()).into(), Argument::from(0i64)])?;
    // what the operator says of a negative number on this side
    let (left, right) = if first_is_signed { (-1i64, 0) } else { (0, -1i64) };
    let decided = if holds(op, left, right)? {
        call2(ops::LOGICAL_OR, &as_unsigned, &negative)?
    } else {
        call2(ops::GREATER, &as_unsigned, &negative)?
    };
    Ok(Some(decided))
}

/// Whether the comparison holds for two numbers.
fn holds(op: &'static Op, left: i64, right: i64) -> Result<bool> {
    Ok(call(op, &[Argument::from(left), Argument::from(right)])?.item()?.is_truthy())
}
