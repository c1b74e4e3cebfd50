//! Padding in all of NumPy's modes. Constant borders, and borders that are elements of the array, are written around it
//! in one pass; other modes, and all that are recorded, join each axis with views of itself or with values computed from
//! it, so gradients follow.

use base::promote::Weak;
use base::{DType, Error, Result, Scalar, shape};
use graph::{Kernel, work};

use crate::create::{self, Order};
use crate::elementwise::{call, call1, call2};
use crate::{Argument, Array, reduce, tape};

use super::axes::{flip, moveaxis, narrow};
use super::join::join;
use super::take::take_along_axis;

/// What stands in the border. Pairs are (before, after): one for all axes, or one per axis.
#[derive(Clone, Debug, PartialEq)]
pub enum PadMode {
    Constant(Vec<(Scalar, Scalar)>),
    Edge,
    /// Evenly from the edge to these end values.
    LinearRamp(Vec<(Scalar, Scalar)>),
    /// Statistics of this many elements at the edge (`None`: all).
    Maximum(Option<Vec<(i64, i64)>>),
    Minimum(Option<Vec<(i64, i64)>>),
    Mean(Option<Vec<(i64, i64)>>),
    Median(Option<Vec<(i64, i64)>>),
    /// Mirrored at the edge elements; `odd` also around their values.
    Reflect {
        odd: bool,
    },
    /// Mirrored with the edge elements repeated.
    Symmetric {
        odd: bool,
    },
    Wrap,
    /// Uninitialised.
    Empty,
}

fn pair<T: Copy>(pairs: &[T], axis: usize, ndim: usize) -> Result<T> {
    match (pairs, pairs.len()) {
        ([one], _) => Ok(*one),
        (_, count) if count == ndim => Ok(pairs[axis]),
        (_, count) => Err(Error::value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: ({count},2) and \
             requested shape ({ndim},2)"
        ))),
    }
}

/// One pair of widths per axis, from one for all or one per axis.
///
/// # Errors
/// Value: another number of pairs, negative widths.
pub fn border_widths(widths: &[(i64, i64)], ndim: usize) -> Result<Vec<(i64, i64)>> {
    let widths = (0..ndim).map(|axis| pair(widths, axis, ndim)).collect::<Result<Vec<_>>>()?;
    if widths.iter().any(|&(before, after)| before < 0 || after < 0) {
        return Err(Error::value("index can't contain negative values"));
    }
    Ok(widths)
}

/// The array with borders of these widths, (before, after): one pair for all axes, or one per axis.
///
/// # Errors
/// Value: negative widths, a border of an empty axis that needs its elements.
pub fn pad(x: &Array, widths: &[(i64, i64)], mode: &PadMode) -> Result<Array> {
    pad_checked(x, widths, mode).map_err(|error| error.in_operator("pad"))
}

fn pad_checked(x: &Array, widths: &[(i64, i64)], mode: &PadMode) -> Result<Array> {
    let widths = border_widths(widths, x.ndim())?;
    let lengths: Vec<i64> = x
        .shape()
        .iter()
        .zip(&widths)
        .map(|(length, (before, after))| length.saturating_add(*before).saturating_add(*after))
        .collect();
    shape::check(&lengths)?;
    match mode {
        PadMode::Constant(values) => return framed(x, &widths, &lengths, Some(values)),
        PadMode::Empty => return framed(x, &widths, &lengths, None),
        _ => {}
    }
    if is_picked(mode) && !(tape::is_recording() && x.link().is_some()) && x.size() > 0 {
        return tape::paused(|| bordered(x, &widths, &lengths, mode));
    }
    let mut padded = x.clone();
    for (axis, &(before, after)) in widths.iter().enumerate() {
        if (before, after) == (0, 0) {
            continue;
        }
        if x.shape()[axis] == 0 {
            return Err(Error::value(format!(
                "can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
            )));
        }
        padded = pad_axis(&padded, axis, (before, after), mode, x.ndim())?;
    }
    if widths.iter().all(|&width| width == (0, 0)) { create::copy(x, Order::C) } else { Ok(padded) }
}

/// A fresh larger array with `x` inside, and with border values around it if there are any.
fn framed(
    x: &Array,
    widths: &[(i64, i64)],
    lengths: &[i64],
    values: Option<&Vec<(Scalar, Scalar)>>,
) -> Result<Array> {
    let whole = Array::empty(lengths, x.dtype(), x.device())?;
    // the slab that is still to fill; each axis writes its borders and leaves what is between them
    let mut inner = whole.clone();
    for (axis, &(before, after)) in widths.iter().enumerate().rev() {
        let length = x.shape()[axis];
        if let Some(values) = values {
            let (low, high) = pair(values, axis, x.ndim())?;
            fill(&inner, axis, 0, before, low)?;
            fill(&inner, axis, before + length, after, high)?;
        }
        inner = tape::paused(|| narrow(&inner, axis, before, 1, length));
    }
    if x.size() > 0 {
        inner.write(x, false)?;
    }
    let (widths, lengths) = (widths.to_vec(), x.view().shape.clone());
    Ok(tape::record("pad", &[x], whole, || {
        Box::new(move |gradient| {
            let mut part = gradient.clone();
            for (axis, &(before, _)) in widths.iter().enumerate() {
                part = narrow(&part, axis, before, 1, lengths[axis]);
            }
            Ok(vec![Some(part)])
        })
    }))
}

/// Whether the borders are elements of the array, whichever axis comes first.
fn is_picked(mode: &PadMode) -> bool {
    matches!(
        mode,
        PadMode::Edge | PadMode::Wrap | PadMode::Reflect { odd: false } | PadMode::Symmetric { odd: false }
    )
}

/// A fresh larger array with `x` inside and elements of it around: the last axis takes them from `x`, each other one from
/// what stands in the result already. Not recorded.
fn bordered(x: &Array, widths: &[(i64, i64)], lengths: &[i64], mode: &PadMode) -> Result<Array> {
    let whole = Array::empty(lengths, x.dtype(), x.device())?;
    let inside = |axes: std::ops::Range<usize>| {
        axes.fold(whole.clone(), |slab, axis| narrow(&slab, axis, widths[axis].0, 1, x.shape()[axis]))
    };
    inside(0..x.ndim()).write(x, false)?;
    for (axis, &(before, after)) in widths.iter().enumerate().rev() {
        if (before, after) == (0, 0) {
            continue;
        }
        let is_first = widths[axis + 1..].iter().all(|&width| width == (0, 0));
        let filled = if is_first { x.detach() } else { inside(0..axis + 1) };
        let (low, high) = sides(&filled, axis, (before, after), mode, x.ndim())?;
        let slab = inside(0..axis);
        for (parts, mut start) in [(low, 0), (high, before + x.shape()[axis])] {
            for part in parts.iter().filter(|part| part.size() > 0) {
                let length = part.shape()[axis];
                narrow(&slab, axis, start, 1, length).write(part, false)?;
                start += length;
            }
        }
    }
    Ok(whole)
}

fn fill(slab: &Array, axis: usize, start: i64, count: i64, value: Scalar) -> Result<()> {
    let border = tape::paused(|| narrow(slab, axis, start, 1, count));
    if border.size() == 0 { Ok(()) } else { border.write_scalar(value) }
}

type Sides = (Vec<Array>, Vec<Array>);

fn pad_axis(x: &Array, axis: usize, width: (i64, i64), mode: &PadMode, ndim: usize) -> Result<Array> {
    let (mut before, after) = sides(x, axis, width, mode, ndim)?;
    before.push(x.clone());
    before.extend(after);
    join(&before, axis)
}

/// What stands before and behind the array along an axis.
fn sides(x: &Array, axis: usize, width: (i64, i64), mode: &PadMode, ndim: usize) -> Result<Sides> {
    match mode {
        PadMode::Reflect { odd } => mirrored(x, axis, width, *odd, false),
        PadMode::Symmetric { odd } => mirrored(x, axis, width, *odd, true),
        PadMode::Wrap => Ok(wrapped(x, axis, width)),
        PadMode::Edge => edges(x, axis, width),
        PadMode::LinearRamp(ends) => ramps(x, axis, width, pair(ends, axis, ndim)?),
        PadMode::Maximum(lengths) => statistics(x, axis, width, lengths, ndim, Statistic::Maximum),
        PadMode::Minimum(lengths) => statistics(x, axis, width, lengths, ndim, Statistic::Minimum),
        PadMode::Mean(lengths) => statistics(x, axis, width, lengths, ndim, Statistic::Mean),
        PadMode::Median(lengths) => statistics(x, axis, width, lengths, ndim, Statistic::Median),
        PadMode::Constant(_) | PadMode::Empty => Ok((Vec::new(), Vec::new())),
    }
}

/// `line` (length 1 along the axis) seen `count` times.
fn spread(line: &Array, axis: usize, count: i64) -> Result<Array> {
    let mut wanted = line.shape().to_vec();
    wanted[axis] = count;
    line.broadcast_to(&wanted)
}

fn edges(x: &Array, axis: usize, (before, after): (i64, i64)) -> Result<Sides> {
    let first = narrow(x, axis, 0, 1, 1);
    let last = narrow(x, axis, x.shape()[axis] - 1, 1, 1);
    Ok((vec![spread(&first, axis, before)?], vec![spread(&last, axis, after)?]))
}

fn ramps(x: &Array, axis: usize, (before, after): (i64, i64), ends: (Scalar, Scalar)) -> Result<Sides> {
    let first = narrow(x, axis, 0, 1, 1);
    let last = narrow(x, axis, x.shape()[axis] - 1, 1, 1);
    let low = ramp(&first, axis, before, ends.0)?;
    let high = flip(&ramp(&last, axis, after, ends.1)?, Some(&[axis as i64]))?;
    Ok((vec![low], vec![high]))
}

/// `count` steps from the end value towards the edge, which is not among them.
fn ramp(edge: &Array, axis: usize, count: i64, end: Scalar) -> Result<Array> {
    let line = edge.squeeze(Some(&[axis as i64]))?;
    let weak = if end.dtype().is_complex() { Weak::Complex } else { Weak::Float };
    let end = Argument::Scalar(weak, end);
    let place = axis as i64;
    let (values, _) = create::linspace(
        end,
        Argument::Array(&line),
        count,
        false,
        Some(edge.dtype()),
        place,
        edge.device(),
    )?;
    Ok(values)
}

#[derive(Clone, Copy)]
enum Statistic {
    Maximum,
    Minimum,
    Mean,
    Median,
}

fn statistics(
    x: &Array,
    axis: usize,
    (before, after): (i64, i64),
    lengths: &Option<Vec<(i64, i64)>>,
    ndim: usize,
    statistic: Statistic,
) -> Result<Sides> {
    let length = x.shape()[axis];
    let (low, high) = match lengths {
        None => (length, length),
        Some(lengths) => pair(lengths, axis, ndim)?,
    };
    if low < 0 || high < 0 {
        return Err(Error::value("index can't contain negative values"));
    }
    let (low, high) = (low.min(length), high.min(length));
    if (low == 0 || high == 0) && matches!(statistic, Statistic::Maximum | Statistic::Minimum) {
        return Err(Error::value("stat_length of 0 yields no value for padding"));
    }
    let first = statistic_of(&narrow(x, axis, 0, 1, low), axis, statistic)?;
    let last = statistic_of(&narrow(x, axis, length - high, 1, high), axis, statistic)?;
    Ok((vec![spread(&first, axis, before)?], vec![spread(&last, axis, after)?]))
}

fn statistic_of(x: &Array, axis: usize, statistic: Statistic) -> Result<Array> {
    let axes = [axis as i64];
    let options = reduce::Options { axes: Some(&axes), keepdims: true, ..reduce::Options::default() };
    let value = match statistic {
        Statistic::Maximum => return reduce::max(x, &options),
        Statistic::Minimum => return reduce::min(x, &options),
        Statistic::Mean => reduce::mean(x, &reduce::Options { dtype: precise(x.dtype()), ..options })?,
        Statistic::Median => median(x, axis)?,
    };
    let rounded = if x.dtype().is_integer() { call1(ops::RINT, &value)? } else { value };
    rounded.astype_if(x.dtype())
}

/// Means of integers are taken in float64, as NumPy does: they are rounded to integers again.
fn precise(dtype: DType) -> Option<DType> {
    (!dtype.is_inexact()).then_some(DType::F64)
}

/// The middle element along an axis, or the mean of the two middle ones; keeps the axis.
fn median(x: &Array, axis: usize) -> Result<Array> {
    let x = x.astype_if(precise(x.dtype()).unwrap_or(x.dtype()))?;
    let length = x.shape()[axis];
    if length == 0 {
        let mut wanted = x.shape().to_vec();
        wanted[axis] = 1;
        return Array::full(&wanted, Scalar::F64(f64::NAN), x.dtype(), x.device());
    }
    let lines = moveaxis(&x, &[axis as i64], &[-1])?;
    let last = lines.ndim() - 1;
    let contiguous = lines.detach().contiguous()?;
    let order = Array::empty(contiguous.shape(), DType::I64, x.device())?;
    if order.size() > 0 {
        let (input, output) = (contiguous.operand(), order.operand());
        work::run(&Kernel::ArgSort, std::slice::from_ref(input), std::slice::from_ref(output))?;
    }
    let middle = |place: i64| take_along_axis(&lines, &narrow(&order, last, place, 1, 1), Some(-1));
    let upper = middle(length / 2)?;
    let value = if length % 2 == 1 {
        upper
    } else {
        let total = call2(ops::ADD, &middle(length / 2 - 1)?, &upper)?;
        call(ops::MULTIPLY, &[Argument::Array(&total), Argument::from(0.5)])?
    };
    moveaxis(&value, &[-1], &[axis as i64])
}

fn wrapped(x: &Array, axis: usize, (before, after): (i64, i64)) -> Sides {
    let length = x.shape()[axis];
    let mut low = vec![narrow(x, axis, length - before % length, 1, before % length)];
    low.extend((0..before / length).map(|_| x.clone()));
    let mut high: Vec<Array> = (0..after / length).map(|_| x.clone()).collect();
    high.push(narrow(x, axis, 0, 1, after % length));
    (low, high)
}

/// Mirror images, as many as the widths need: odd-numbered ones are reversed, even-numbered ones are not.
fn mirrored(x: &Array, axis: usize, width: (i64, i64), odd: bool, symmetric: bool) -> Result<Sides> {
    let length = x.shape()[axis];
    if length == 1 && !symmetric {
        return edges(x, axis, width);
    }
    let period = if symmetric { length } else { length - 1 };
    let mirror = Mirror { x, axis, period, odd };
    let mut low = mirror.images(width.0, Side::Before)?;
    low.reverse();
    Ok((low, mirror.images(width.1, Side::After)?))
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

struct Mirror<'a> {
    x: &'a Array,
    axis: usize,
    /// Elements per image: all, or all but the edge that is mirrored at.
    period: i64,
    odd: bool,
}

impl Mirror<'_> {
    /// Images from the array outwards, the last one cut to what is left of `width`.
    fn images(&self, width: i64, side: Side) -> Result<Vec<Array>> {
        let mut found = Vec::new();
        let mut left = width;
        let mut number = 1;
        while left > 0 {
            let count = left.min(self.period);
            found.push(self.image(number, count, side)?);
            left -= count;
            number += 1;
        }
        Ok(found)
    }

    fn image(&self, number: i64, count: i64, side: Side) -> Result<Array> {
        let length = self.x.shape()[self.axis];
        let reversed = number % 2 == 1;
        // the elements of the image that lie nearest to the array
        let skipped = length - self.period;
        let at_start = (side == Side::Before) == reversed;
        let start = if at_start { skipped } else { length - skipped - count };
        let part = narrow(self.x, self.axis, start, 1, count);
        let part = if reversed { flip(&part, Some(&[self.axis as i64]))? } else { part };
        if !self.odd {
            return Ok(part);
        }
        if self.x.dtype().is_bool() {
            return self.odd_image_of_bools(&part, number, side);
        }
        let (first, last) = (narrow(self.x, self.axis, 0, 1, 1), narrow(self.x, self.axis, length - 1, 1, 1));
        // an odd image falls (or rises) by the array's rise for every image between
        let rise = call2(ops::SUBTRACT, &last, &first)?;
        let steps = if reversed { number - 1 } else { number };
        let signed = if side == Side::Before { -steps } else { steps };
        let shift = self.scaled(&rise, signed)?;
        let moved = if reversed {
            let edge = if side == Side::Before { first } else { last };
            call2(ops::SUBTRACT, &self.scaled(&edge, 2)?, &part)?
        } else {
            part
        };
        call2(ops::ADD, &moved, &shift)
    }

    /// Twice the edge less the element, as a bool: true where either is true. Later images are mirrored at both edges.
    fn odd_image_of_bools(&self, part: &Array, number: i64, side: Side) -> Result<Array> {
        let length = self.x.shape()[self.axis];
        let (first, last) = (narrow(self.x, self.axis, 0, 1, 1), narrow(self.x, self.axis, length - 1, 1, 1));
        let edge = match (number, side) {
            (1, Side::Before) => first,
            (1, Side::After) => last,
            _ => call2(ops::LOGICAL_OR, &first, &last)?,
        };
        call2(ops::LOGICAL_OR, &edge, part)
    }

    fn scaled(&self, line: &Array, factor: i64) -> Result<Array> {
        let factor = Array::scalar(Scalar::I64(factor).cast(line.dtype()), line.device())?;
        call2(ops::MULTIPLY, line, &factor)
    }
}
