//! Products of multi-head attention over projections that hold queries, keys and values side by side, head by head:
//! (length, batch, heads * parts * size).

use base::{Error, Result, shape};

use super::parts::{expect_length, expect_ndim, op2};
use crate::index::{self, Index};
use crate::manipulate::WHOLE;
use crate::{Array, products};

/// The heads of a projection: (length, batch, heads * parts * size) as (batch * heads, length, size), one array per part.
fn heads_of(name: &str, argument: &str, x: &Array, heads: i64, parts: i64) -> Result<Vec<Array>> {
    expect_ndim(name, argument, x, 3)?;
    let (length, batch, width) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    if heads < 1 || width % (heads * parts) != 0 {
        return Err(Error::value(format!(
            "{name}: axis 2 of {argument} (length {width}) must divide into {parts} part(s) of heads={heads}"
        )));
    }
    let size = width / (heads * parts);
    let split = x.reshape(&[length, batch, heads, parts, size])?;
    (0..parts)
        .map(|part| {
            let one = index::get(&split, &[WHOLE, WHOLE, WHOLE, Index::Integer(part)])?;
            one.transpose(Some(&[1, 2, 0, 3]))?.reshape(&[batch * heads, length, size])
        })
        .collect()
}

fn scores(queries: &Array, keys: &Array) -> Result<Array> {
    let size = queries.shape()[2].max(1) as f64;
    products::matmul(&op2(ops::DIVIDE, queries, size.sqrt())?, &keys.swapaxes(-1, -2)?)
}

fn context(name: &str, attention: &Array, values: &Array, batch: i64, heads: i64) -> Result<Array> {
    expect_ndim(name, "attention", attention, 3)?;
    expect_length(name, "attention", attention, 0, batch * heads)?;
    expect_length(name, "attention", attention, 2, values.shape()[1])?;
    let (length, size) = (attention.shape()[1], values.shape()[2]);
    let mixed = products::matmul(attention, values)?.reshape(&[batch, heads, length, size])?;
    mixed.transpose(Some(&[2, 0, 1, 3]))?.reshape(&[length, batch, heads * size])
}

/// Scores (batch * heads, length, length) of queries with keys, divided by the root of the head's size, from
/// projections (length, batch, heads * 3 * size).
///
/// # Errors
/// Value: shapes that do not fit the number of heads.
pub fn selfatt_qk(projections: &Array, heads: i64) -> Result<Array> {
    let parts = heads_of("interleaved_matmul_selfatt_qk", "queries_keys_values", projections, heads, 3)?;
    scores(&parts[0], &parts[1])
}

/// Values weighted by attention (batch * heads, length, length), as (length, batch, heads * size).
///
/// # Errors
/// Value: shapes that do not fit the number of heads or the attention.
pub fn selfatt_valatt(projections: &Array, attention: &Array, heads: i64) -> Result<Array> {
    let name = "interleaved_matmul_selfatt_valatt";
    let parts = heads_of(name, "queries_keys_values", projections, heads, 3)?;
    context(name, attention, &parts[2], projections.shape()[1], heads)
}

/// Scores (batch * heads, query length, key length) of queries (length, batch, heads * size) with the keys in
/// projections (length, batch, heads * 2 * size).
///
/// # Errors
/// Value: shapes that do not fit the number of heads or each other.
pub fn encdec_qk(queries: &Array, projections: &Array, heads: i64) -> Result<Array> {
    let name = "interleaved_matmul_encdec_qk";
    let left = heads_of(name, "queries", queries, heads, 1)?;
    let right = heads_of(name, "keys_values", projections, heads, 2)?;
    if queries.shape()[1] != projections.shape()[1] || left[0].shape()[2] != right[0].shape()[2] {
        return Err(Error::value(format!(
            "{name}: queries of shape {} do not fit keys_values of shape {} with heads={heads}",
            shape::text(queries.shape()),
            shape::text(projections.shape())
        )));
    }
    scores(&left[0], &right[0])
}

/// Values in projections (length, batch, heads * 2 * size) weighted by attention (batch * heads, query length, length).
///
/// # Errors
/// Value: shapes that do not fit the number of heads or the attention.
pub fn encdec_valatt(projections: &Array, attention: &Array, heads: i64) -> Result<Array> {
    let name = "interleaved_matmul_encdec_valatt";
    let parts = heads_of(name, "keys_values", projections, heads, 2)?;
    context(name, attention, &parts[1], projections.shape()[1], heads)
}
