//! Choices among boxes by their scores: non-maximum suppression and greedy matching. The choice itself is a kernel; values
//! are read at the places that it finds, so that gradients go where values came from.

use base::promote::Casting;
use base::{DType, Error, Result, shape};
use graph::Kernel;
use graph::vision::{BoxChoice, Suppression};

use super::boxes::{BoxFormat, converted};
use super::kernels::{Dtypes, columns, run};
use super::parts::{choose, op2, zeros_like};
use crate::manipulate::{concatenate, take_places};
use crate::{Array, tape};

/// The parameters of [`box_nms`].
#[derive(Clone, Copy, Debug)]
pub struct Nms {
    /// Boxes that overlap a better one by more than this go.
    pub overlap: f64,
    /// Boxes whose score is not greater go.
    pub least: f64,
    /// How many of the best are looked at; below 0: all. With 0 the data is returned as it is.
    pub topk: i64,
    /// Where in a row the four coordinates begin, where the score is, and where the class (below 0: none).
    pub coordinates: i64,
    pub score: i64,
    pub class: i64,
    /// Boxes of this class go.
    pub background: i64,
    /// Boxes suppress those of other classes, too.
    pub force: bool,
    pub from: BoxFormat,
    pub to: BoxFormat,
}

impl Default for Nms {
    fn default() -> Self {
        Nms {
            overlap: 0.5,
            least: 0.0,
            topk: -1,
            coordinates: 2,
            score: 1,
            class: -1,
            background: -1,
            force: false,
            from: BoxFormat::Corner,
            to: BoxFormat::Corner,
        }
    }
}

fn check_places(name: &str, options: &Nms, data: &Array) -> Result<()> {
    if data.ndim() < 2 {
        return Err(Error::value(format!(
            "{name}: data must have at least 2 axes, got {} (shape {})",
            data.ndim(),
            shape::text(data.shape())
        )));
    }
    let width = data.shape()[data.ndim() - 1];
    let first = options.coordinates;
    if first < 0 || first > width - 4 {
        return Err(Error::value(format!(
            "{name}: coord_start={first} needs 4 numbers from there on, the last axis of data has {width} (shape {})",
            shape::text(data.shape())
        )));
    }
    let mut taken = vec![("score_index", options.score)];
    if options.class >= 0 {
        taken.push(("id_index", options.class));
    }
    for &(argument, place) in &taken {
        if place < 0 || place >= width {
            return Err(Error::value(format!(
                "{name}: {argument}={place} is outside of the last axis of data, whose length is {width}"
            )));
        }
        if (first..first + 4).contains(&place) {
            return Err(Error::value(format!(
                "{name}: {argument}={place} is one of the coordinates, {first} to {}",
                first + 3
            )));
        }
    }
    if options.class == options.score {
        return Err(Error::value(format!("{name}: id_index and score_index are both {}", options.score)));
    }
    Ok(())
}

/// The boxes that stay, best score first; the rows behind them are -1. `data` (..., boxes, width) has a box per row, with
/// a score, four coordinates and perhaps a class. A box goes if it overlaps a better one that stays by more than
/// `overlap`, unless both have classes that differ.
///
/// # Errors
/// Value: a width or places that do not fit. Type: dtypes other than floats.
pub fn box_nms(data: &Array, options: &Nms) -> Result<Array> {
    let name = "box_nms";
    check_places(name, options, data)?;
    let dtypes = Dtypes::of(name, &[data])?;
    let (boxes, width) = (data.shape()[data.ndim() - 2], data.shape()[data.ndim() - 1]);
    if options.topk == 0 || data.size() == 0 {
        return data.copy();
    }
    let images = data.size() / (boxes * width);
    let rows = data.reshape(&[images * boxes, width])?;
    let kept = Array::empty(&[images, boxes], DType::I64, data.device())?;
    let kernel = Kernel::Boxes(BoxChoice::Suppress(Suppression {
        overlap: options.overlap,
        least: options.least,
        most: usize::try_from(options.topk).unwrap_or(usize::MAX),
        coordinates: options.coordinates as usize,
        score: options.score as usize,
        class: usize::try_from(options.class).ok(),
        background: options.background as f64,
        across: options.force || options.class < 0,
        centered: options.from == BoxFormat::Center,
    }));
    run(&kernel, &[&dtypes.read(&rows)?.reshape(&[images, boxes, width])?], &[&kept])?;
    let (stays, places) = tape::paused(|| -> Result<_> {
        let stays = op2(ops::GREATER_EQUAL, &kept, 0i64)?.expand_dims(&[2])?;
        let starts = super::parts::positions(&kept, 0, DType::I64)?;
        let starts = op2(ops::MULTIPLY, &starts, boxes)?;
        Ok((stays, op2(ops::ADD, &op2(ops::MAXIMUM, &kept, 0i64)?, &starts)?))
    })?;
    let found = reformatted(&take_places(&rows, &places, 0)?, options)?;
    choose(&stays, &found, -1.0)?.reshape(data.shape())
}

/// Rows with their coordinates in the format that is wanted.
fn reformatted(rows: &Array, options: &Nms) -> Result<Array> {
    if options.from == options.to {
        return Ok(rows.clone());
    }
    let (first, width) = (options.coordinates, rows.shape()[2]);
    let middle = converted(&columns(rows, first, first + 4)?, options.from, options.to)?;
    let (before, behind) = (columns(rows, 0, first)?, columns(rows, first + 4, width)?);
    concatenate(&[&before, &middle, &behind], Some(-1), None, Casting::SameKind)
}

/// Matches the rows of scores (..., rows, columns) with the columns, each once, the best pair first: the column of each
/// row (..., rows), and the row of each column (..., columns), -1 where there is none, in the dtype of the scores. A pair
/// must be better than `threshold`: greater, or less if `ascending`. Above zero, `topk` is the greatest number of pairs.
///
/// # Errors
/// Value: fewer than two axes. Type: dtypes other than floats.
pub fn bipartite_matching(data: &Array, threshold: f64, ascending: bool, topk: i64) -> Result<[Array; 2]> {
    let name = "bipartite_matching";
    if data.ndim() < 2 {
        return Err(Error::value(format!(
            "{name}: data must have at least 2 axes, got {} (shape {})",
            data.ndim(),
            shape::text(data.shape())
        )));
    }
    let dtypes = Dtypes::of(name, &[data])?;
    let (outer, last) = data.shape().split_at(data.ndim() - 2);
    let images: i64 = outer.iter().product();
    let of = |length: i64| Array::empty(&[images, length], DType::I64, data.device());
    let (rows, columns) = (of(last[0])?, of(last[1])?);
    let most = if topk > 0 { topk as usize } else { usize::MAX };
    let kernel = Kernel::Boxes(BoxChoice::Match { ascending, threshold, most });
    run(&kernel, &[&dtypes.read(data)?.reshape(&[images, last[0], last[1]])?], &[&rows, &columns])?;
    let shaped = |found: Array, length: i64| {
        let mut lengths = outer.to_vec();
        lengths.push(length);
        let places = found.astype(dtypes.result)?.reshape(&lengths)?;
        Ok(tape::record(name, &[data], places, || {
            let data = data.detach();
            Box::new(move |_| Ok(vec![Some(zeros_like(&data)?)]))
        }))
    };
    Ok([shaped(rows, last[0])?, shaped(columns, last[1])?])
}
