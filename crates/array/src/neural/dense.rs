//! Matrix products of layers: fully connected, batches of products, flattening.

use base::{Error, Result, promote, shape};

use super::parts::{expect_length, expect_ndim};
use crate::elementwise::add;
use crate::{Array, products, tape};

/// All axes but the first as one.
///
/// # Errors
/// Value: an array without axes.
pub fn batch_flatten(x: &Array) -> Result<Array> {
    if x.ndim() == 0 {
        return Err(Error::value("batch_flatten: data must have at least 1 axis, got shape ()"));
    }
    let rest: i64 = x.shape()[1..].iter().product();
    x.reshape(&[x.shape()[0], rest])
}

/// `x @ weight.T + bias`, with a weight of shape (outputs, inputs) and a bias of shape (outputs,). With `flatten`, all
/// axes of `x` but the first are the inputs, otherwise its last axis.
///
/// # Errors
/// Value: shapes that do not fit.
pub fn fully_connected(x: &Array, weight: &Array, bias: Option<&Array>, flatten: bool) -> Result<Array> {
    let name = "fully_connected";
    expect_ndim(name, "weight", weight, 2)?;
    if x.ndim() == 0 {
        return Err(Error::value("fully_connected: x must have at least 1 axis, got shape ()"));
    }
    let (outputs, inputs) = (weight.shape()[0], weight.shape()[1]);
    let rows = if flatten { batch_flatten(x)? } else { x.clone() };
    let last = rows.ndim() - 1;
    if rows.shape()[last] != inputs {
        return Err(Error::value(format!(
            "{name}: x of shape {} has {} inputs{}, but axis 1 of weight (shape {}) has {inputs}",
            shape::text(x.shape()),
            rows.shape()[last],
            if flatten { " per row, flattened" } else { " on its last axis" },
            shape::text(weight.shape())
        )));
    }
    let mut dtype = promote::promote(x.dtype(), weight.dtype());
    if let Some(bias) = bias {
        expect_ndim(name, "bias", bias, 1)?;
        expect_length(name, "bias", bias, 0, outputs)?;
        dtype = promote::promote(dtype, bias.dtype());
    }
    let mut wanted = rows.shape().to_vec();
    wanted[last] = outputs;
    let count = wanted[..last].iter().product();
    let (rows, weight) = (rows.reshape(&[count, inputs])?.astype_if(dtype)?, weight.astype_if(dtype)?);
    let bias = bias.map(|bias| bias.astype_if(dtype)).transpose()?;
    affine(&rows, &weight, bias.as_ref()).map_err(|error| error.in_operator(name))?.reshape(&wanted)
}

/// Matrices (n, k), (m, k) and a vector (m,) of one dtype; the sum goes into the product's memory.
fn affine(x: &Array, weight: &Array, bias: Option<&Array>) -> Result<Array> {
    let product = || products::matmul(x, &weight.transpose(None)?);
    let Some(bias) = bias else { return product() };
    let out = tape::paused(|| {
        let out = product()?;
        out.write(&add(&out, &bias.detach())?, true)?;
        Ok::<_, Error>(out)
    })?;
    Ok(tape::record_saving("fully_connected", &[x, weight, bias], &[x, weight], out, || {
        let (x, weight, size) = (x.clone(), weight.clone(), bias.view().shape.clone());
        let wanted = [x.link().is_some(), weight.link().is_some(), bias.link().is_some()];
        Box::new(move |gradient| {
            let to_x = wanted[0].then(|| products::matmul(gradient, &weight)).transpose()?;
            let to_weight =
                wanted[1].then(|| products::matmul(&gradient.transpose(None)?, &x)).transpose()?;
            let to_bias = wanted[2].then(|| gradient.sum_to(&size)).transpose()?;
            Ok(vec![to_x, to_weight, to_bias])
        })
    }))
}

/// Products of the matrices on the last two axes; the axes before them must be equal.
///
/// # Errors
/// Value: shapes that do not fit.
pub fn batch_dot(a: &Array, b: &Array, transpose_a: bool, transpose_b: bool) -> Result<Array> {
    let name = "batch_dot";
    for (array, text) in [(a, "a"), (b, "b")] {
        if array.ndim() < 3 {
            return Err(Error::value(format!(
                "{name}: {text} must have at least 3 axes, got shape {}",
                shape::text(array.shape())
            )));
        }
    }
    expect_ndim(name, "b", b, a.ndim())?;
    (0..a.ndim() - 2).try_for_each(|axis| expect_length(name, "b", b, axis, a.shape()[axis]))?;
    let turned = |x: &Array, turn: bool| if turn { x.swapaxes(-1, -2) } else { Ok(x.clone()) };
    let (left, right) = (turned(a, transpose_a)?, turned(b, transpose_b)?);
    let inner = left.shape()[left.ndim() - 1];
    if right.shape()[right.ndim() - 2] != inner {
        let axis = b.ndim() - if transpose_b { 1 } else { 2 };
        return expect_length(name, "b", b, axis, inner).map(|()| left);
    }
    products::matmul(&left, &right)
}
