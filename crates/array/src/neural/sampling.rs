//! Draws by rows of probabilities: class numbers, and counts of classes.

use base::{DType, Error, Result, Scalar, View, shape};

use super::parts::{op2, sum_kept};
use crate::elementwise::{Argument, add, call1, call2};
use crate::manipulate::{self, Mode};
use crate::random::{self, Draw};
use crate::{Array, reduce, sort, tape};

/// Rows of probabilities as float64 (rows, classes), each with a positive sum.
fn rows_of(name: &str, data: &Array) -> Result<Array> {
    if data.ndim() == 0 || data.shape()[data.ndim() - 1] == 0 || data.dtype().is_complex() {
        return Err(Error::value(format!(
            "{name}: probabilities must be real numbers with at least one class on the last axis, got shape {} of {}",
            shape::text(data.shape()),
            data.dtype()
        )));
    }
    let classes = data.shape()[data.ndim() - 1];
    let count = data.size() / classes;
    let rows = data.detach().astype_if(DType::F64)?.reshape(&[count, classes])?;
    let all =
        |mask: &Array| Ok::<_, Error>(reduce::all(mask, &reduce::Options::default())?.item()?.is_truthy());
    let valid = all(&op2(ops::GREATER_EQUAL, &rows, 0.0)?)?
        && all(&op2(ops::GREATER, &sum_kept(&rows, &[1])?, 0.0)?)?;
    if valid {
        return Ok(rows);
    }
    Err(Error::value(format!(
        "{name}: probabilities must not be negative, and must have a positive sum in every row"
    )))
}

/// Class numbers drawn by rows of probabilities (..., classes): shape (..., *size). With `likelihood`, also the
/// logarithms of the drawn classes' probabilities, differentiable in the data.
///
/// # Errors
/// Value: no classes, negative probabilities, a row without a positive sum, a negative size.
pub fn categorical(
    data: &Array,
    size: &[i64],
    likelihood: bool,
    dtype: DType,
) -> Result<(Array, Option<Array>)> {
    let name = "categorical";
    shape::check(size).map_err(|error| error.in_operator(name))?;
    let draws = shape::size(size)?;
    let rows = tape::paused(|| rows_of(name, data))?;
    let (count, classes) = (rows.shape()[0], rows.shape()[1]);
    let chosen = tape::paused(|| draw_classes(&rows, draws))?;
    let wanted = [&data.shape()[..data.ndim() - 1], size].concat();
    let result = chosen.reshape(&wanted)?.astype(dtype)?;
    if !likelihood {
        return Ok((result, None));
    }
    let wide =
        if data.dtype().is_inexact() { data.clone() } else { data.astype(base::promote::default_float())? };
    let picked = manipulate::take_along_axis(&wide.reshape(&[count, classes])?, &chosen, Some(1))?;
    Ok((result, Some(call1(ops::LOG, &picked)?.reshape(&wanted)?)))
}

/// int64 (rows, draws): every row's running sum, brought to [row, row + 1), is one ascending line to search in.
fn draw_classes(rows: &Array, draws: i64) -> Result<Array> {
    let (count, classes) = (rows.shape()[0], rows.shape()[1]);
    let running = sort::cumsum(rows, Some(1), None)?;
    let total = manipulate::take(
        &running,
        &Array::scalar(Scalar::I64(classes - 1), rows.device())?,
        Some(1),
        Mode::Raise,
    )?;
    let share = call2(ops::DIVIDE, &running, &total.reshape(&[count, 1])?)?;
    let numbers = Array::positions(View::contiguous(&[count, 1]), DType::F64, rows.device())?;
    let line = add(&share, &numbers)?.contiguous()?.reshape(&[-1])?;
    let draw = Draw { size: Some(&[count, draws]), dtype: Some(DType::F64), device: Some(rows.device()) };
    let places = add(&random::uniform(Argument::from(0.0), Argument::from(1.0), &draw)?, &numbers)?;
    let found = sort::searchsorted(&line, &places, true)?;
    let first = Array::positions(View::contiguous(&[count, 1]), DType::I64, rows.device())?;
    let found = call2(ops::SUBTRACT, &found, &op2(ops::MULTIPLY, &first, classes)?)?;
    op2(ops::MINIMUM, &op2(ops::MAXIMUM, &found, 0i64)?, classes - 1)
}

/// How often each class comes in `trials` draws by rows of probabilities: trials (...), probabilities (..., classes),
/// result (..., *size, classes). Class by class, by binomial draws of what is left.
///
/// # Errors
/// Value: as of [`categorical`], trials that are negative, do not broadcast or do not fit the dtype.
pub fn multinomial(trials: &Array, data: &Array, size: &[i64], dtype: DType) -> Result<Array> {
    let name = "multinomial";
    shape::check(size).map_err(|error| error.in_operator(name))?;
    tape::paused(|| {
        let most = manipulate::extent(&trials.detach().astype_if(DType::I64)?)?.map_or(0, |(_, high)| high);
        if dtype.integer_range().is_some_and(|(_, greatest)| i128::from(most) > greatest) {
            return Err(Error::value(format!(
                "{name}: n of {most} does not fit {dtype}; ask for a wider dtype"
            )));
        }
        counts(name, &trials.detach(), data, size)?.astype_if(dtype)
    })
}

fn counts(name: &str, trials: &Array, data: &Array, size: &[i64]) -> Result<Array> {
    let rows = rows_of(name, data)?;
    let lead = &data.shape()[..data.ndim() - 1];
    let (count, classes) = (rows.shape()[0], rows.shape()[1]);
    let trials = trials.astype_if(DType::I64)?.broadcast_to(lead).map_err(|_| {
        Error::value(format!(
            "{name}: n of shape {} does not broadcast to probabilities of shape {} without the last axis",
            shape::text(trials.shape()),
            shape::text(data.shape())
        ))
    })?;
    let draws = shape::size(size)?;
    let wanted = [count, draws];
    let mut left = trials.reshape(&[count, 1])?.broadcast_to(&wanted)?.copy()?;
    let share = call2(ops::DIVIDE, &rows, &sum_kept(&rows, &[1])?)?;
    let mut rest = Array::full(&[count, 1], Scalar::F64(1.0), DType::F64, data.device())?;
    let mut columns = Vec::with_capacity(classes as usize);
    for class in 0..classes - 1 {
        let one = manipulate::narrow(&share, 1, class, 1, 1);
        let chance = call2(ops::DIVIDE, &one, &op2(ops::MAXIMUM, &rest, f64::MIN_POSITIVE)?)?;
        let chance = op2(ops::MINIMUM, &chance, 1.0)?;
        let draw = Draw { size: Some(&wanted), dtype: Some(DType::I64), device: None };
        let drawn = random::binomial(Argument::Array(&left), Argument::Array(&chance), &draw)
            .map_err(|error| Error { message: error.message.replacen("binomial", name, 1), ..error })?;
        left = call2(ops::SUBTRACT, &left, &drawn)?;
        rest = call2(ops::SUBTRACT, &rest, &one)?;
        columns.push(drawn);
    }
    columns.push(left);
    let stacked = manipulate::stack(&columns.iter().collect::<Vec<_>>(), -1)?;
    stacked.reshape(&[lead, size, &[classes]].concat())
}
