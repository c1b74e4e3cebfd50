//! Sliding-window attention: scores of every row with its neighbours at `dilation` steps, contexts from such scores, and
//! the mask of what lies inside. Scores and contexts are forms of one sum that is linear in three arrays, so that
//! gradients of every order are again such forms.
//!
//! Source: Beltagy, Peters, Cohan 2020, "Longformer: The Long-Document Transformer", section 3.1.

use base::{DType, Error, Result, shape};
use graph::Kernel;
use graph::vision::BandForm;

use super::kernels::{Dtypes, run};
use super::parts::{along, expect_length, expect_ndim, expect_shape, op2, positions};
use crate::elementwise::call2;
use crate::{Array, index_array, tape};

/// What all forms of one call share.
#[derive(Clone)]
struct Band {
    before: i64,
    window: i64,
    /// Contiguous int64 (heads,).
    dilation: Array,
}

impl Band {
    fn of(name: &str, dilation: &Array, heads: i64, w: i64, symmetric: bool) -> Result<Band> {
        if w < 0 {
            return Err(Error::value(format!("{name}: w is {w}, expected at least 0")));
        }
        let window = w.checked_mul(if symmetric { 2 } else { 1 }).and_then(|window| window.checked_add(1));
        let window =
            window.ok_or_else(|| Error::value(format!("{name}: w is {w}, which is more than fits")))?;
        expect_ndim(name, "dilation", dilation, 1)?;
        expect_length(name, "dilation", dilation, 0, heads)?;
        let dilation = tape::paused(|| {
            index_array::integers(dilation).map_err(|error| error.in_operator(name))?.contiguous()
        })?;
        let values = index_array::host_integers(&dilation)?;
        if let Some(head) = values.iter().position(|&value| value < 1) {
            return Err(Error::value(format!(
                "{name}: dilation[{head}] is {}, expected at least 1",
                values[head]
            )));
        }
        Ok(Band { before: w, window, dilation })
    }
}

/// One of score (b, l, h, window), query and key (b, l, h, size) from the other two; `last` is its last length.
fn product(form: BandForm, band: &Band, a: &Array, b: &Array, last: i64) -> Result<Array> {
    let (a, b) = (a.contiguous()?, b.contiguous()?);
    let mut lengths = a.shape().to_vec();
    lengths[3] = last;
    shape::size(&lengths)?;
    let out = Array::empty(&lengths, a.dtype(), a.device())?;
    run(&Kernel::Band { form, before: band.before }, &[&a, &b, &band.dilation], &[&out])?;
    let name = match form {
        BandForm::Score => "sldwin_atten_score",
        BandForm::Query => "sldwin_atten_context",
        BandForm::Key => "sldwin_atten_spread",
    };
    Ok(tape::record_saving(name, &[&a, &b], &[&a, &b], out, || {
        let (band, a, b) = (band.clone(), a.clone(), b.clone());
        Box::new(move |gradient| gradients(form, &band, &a, &b, gradient))
    }))
}

fn gradients(
    form: BandForm,
    band: &Band,
    a: &Array,
    b: &Array,
    gradient: &Array,
) -> Result<Vec<Option<Array>>> {
    use BandForm::{Key, Query, Score};
    let wanted = |input: &Array, form, left: &Array, right: &Array| {
        if input.link().is_none() {
            return Ok(None);
        }
        product(form, band, left, right, input.shape()[3]).map(Some)
    };
    let both = match form {
        Score => [wanted(a, Query, gradient, b)?, wanted(b, Key, gradient, a)?],
        Query => [wanted(a, Score, gradient, b)?, wanted(b, Key, a, gradient)?],
        Key => [wanted(a, Score, b, gradient)?, wanted(b, Query, a, gradient)?],
    };
    Ok(both.into())
}

/// Scores of queries with the keys around them: `score[b, i, h, j] = sum of query[b, i, h] * key[b, i + (j - w) *
/// dilation[h], h]`, zero where there is no such key.
///
/// `query`, `key` (batch, length, heads, size), `dilation` (heads,) whole numbers from 1 on. The result is (batch, length,
/// heads, window), where the window is w keys before, the key itself and, if `symmetric`, w keys behind.
///
/// # Errors
/// Value: shapes, dilations, a negative `w`. Index: fractional dilations. Type: dtypes other than floats.
pub fn sldwin_atten_score(
    query: &Array,
    key: &Array,
    dilation: &Array,
    w: i64,
    symmetric: bool,
) -> Result<Array> {
    let name = "sldwin_atten_score";
    expect_ndim(name, "query", query, 4)?;
    expect_shape(name, "key", key, query.shape())?;
    let band = Band::of(name, dilation, query.shape()[2], w, symmetric)?;
    let dtypes = Dtypes::of(name, &[query, key])?;
    let (query, key) = (query.astype_if(dtypes.compute)?, key.astype_if(dtypes.compute)?);
    product(BandForm::Score, &band, &query, &key, band.window)?.astype_if(dtypes.result)
}

/// Sums of the values around each row, weighted by scores: `context[b, i, h] = sum of score[b, i, h, j] * value[b, i + (j -
/// w) * dilation[h], h]`.
///
/// `score` (batch, length, heads, window) as of [`sldwin_atten_score`], `value` (batch, length, heads, size). The result
/// has the shape of `value`.
///
/// # Errors
/// As of [`sldwin_atten_score`].
pub fn sldwin_atten_context(
    score: &Array,
    value: &Array,
    dilation: &Array,
    w: i64,
    symmetric: bool,
) -> Result<Array> {
    let name = "sldwin_atten_context";
    expect_ndim(name, "score", score, 4)?;
    expect_ndim(name, "value", value, 4)?;
    let band = Band::of(name, dilation, score.shape()[2], w, symmetric)?;
    expect_length(name, "score", score, 3, band.window)?;
    for axis in 0..3 {
        expect_length(name, "value", value, axis, score.shape()[axis])?;
    }
    let dtypes = Dtypes::of(name, &[score, value])?;
    let (score, value) = (score.astype_if(dtypes.compute)?, value.astype_if(dtypes.compute)?);
    product(BandForm::Query, &band, &score, &value, value.shape()[3])?.astype_if(dtypes.result)
}

/// Ones where a score has a query and a key inside the valid length, zeros elsewhere; of the scores' shape and dtype.
///
/// `valid_length` (batch,): how many rows of each sequence count.
///
/// # Errors
/// As of [`sldwin_atten_score`].
pub fn sldwin_atten_mask_like(
    score: &Array,
    dilation: &Array,
    valid_length: &Array,
    w: i64,
    symmetric: bool,
) -> Result<Array> {
    let name = "sldwin_atten_mask_like";
    expect_ndim(name, "score", score, 4)?;
    let band = Band::of(name, dilation, score.shape()[2], w, symmetric)?;
    expect_length(name, "score", score, 3, band.window)?;
    expect_ndim(name, "valid_length", valid_length, 1)?;
    expect_length(name, "valid_length", valid_length, 0, score.shape()[0])?;
    let dtype = Dtypes::of(name, &[score])?.result;
    tape::paused(|| {
        let valid = index_array::integers(valid_length).map_err(|error| error.in_operator(name))?;
        let valid = along(&valid, 4, 0)?;
        let rows = positions(score, 1, DType::I64)?;
        let steps = op2(ops::SUBTRACT, &positions(score, 3, DType::I64)?, w)?;
        let keys = op2(ops::ADD, &rows, &op2(ops::MULTIPLY, &steps, &along(&band.dilation, 4, 2)?)?)?;
        let inside = call2(
            ops::LOGICAL_AND,
            &op2(ops::GREATER_EQUAL, &keys, 0i64)?,
            &call2(ops::LESS, &keys, &valid)?,
        )?;
        call2(ops::LOGICAL_AND, &inside, &call2(ops::LESS, &rows, &valid)?)?.astype(dtype)
    })
}
