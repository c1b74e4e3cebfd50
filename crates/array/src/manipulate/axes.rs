//! Axes moved, added, reversed and merged: views wherever strides allow it.

use base::{Error, Result, View, shape};

use crate::create::{self, Order};
use crate::{Array, tape};

/// Elements `start, start + step, ...` of one axis, `count` of them, which lie inside the axis: a view.
pub(crate) fn narrow(x: &Array, axis: usize, start: i64, step: i64, count: i64) -> Array {
    let mut view = x.view().clone();
    view.slice(axis, start, step, count);
    if !tape::is_recording() {
        return x.with_view(view);
    }
    x.scattered_view("slice", view, move |whole| Ok(narrow(whole, axis, start, step, count)))
}

/// Axes moved to other places, the rest staying in order.
pub fn moveaxis(x: &Array, source: &[i64], destination: &[i64]) -> Result<Array> {
    let resolve = |axes: &[i64], name: &str| {
        shape::axes(axes, x.ndim()).map_err(|mut error| {
            error.message = if error.message.contains("duplicate") {
                format!("repeated axis in `{name}` argument")
            } else {
                format!("{name}: {}", error.message)
            };
            error.in_operator("moveaxis")
        })
    };
    let (from, to) = (resolve(source, "source")?, resolve(destination, "destination")?);
    if from.len() != to.len() {
        return Err(Error::value(
            "moveaxis: `source` and `destination` arguments must have the same number of elements",
        ));
    }
    let mut order: Vec<i64> =
        (0..x.ndim()).filter(|axis| !from.contains(axis)).map(|axis| axis as i64).collect();
    let mut moves: Vec<(usize, usize)> = to.iter().copied().zip(from.iter().copied()).collect();
    moves.sort_unstable();
    for (place, axis) in moves {
        order.insert(place, axis as i64);
    }
    x.transpose(Some(&order))
}

/// One axis rolled backwards until it stands before `start`.
pub fn rollaxis(x: &Array, axis: i64, start: i64) -> Result<Array> {
    let axis = shape::axis(axis, x.ndim()).map_err(|error| error.in_operator("rollaxis"))?;
    let ndim = x.ndim() as i64;
    if !(-ndim..=ndim).contains(&start) {
        return Err(Error::axis(format!(
            "rollaxis: 'start' arg requires {} <= start < {}, but {start} was passed in",
            -ndim,
            ndim + 1
        )));
    }
    let start = if start < 0 { start + ndim } else { start } as usize;
    let place = if axis < start { start - 1 } else { start };
    moveaxis(x, &[axis as i64], &[place as i64])
}

/// Vectors as they are, numbers as vectors of length 1.
pub fn atleast_1d(x: &Array) -> Result<Array> {
    if x.ndim() == 0 { x.expand_dims(&[0]) } else { Ok(x.clone()) }
}

/// At least two axes: a vector becomes a row.
pub fn atleast_2d(x: &Array) -> Result<Array> {
    match x.ndim() {
        0 => x.expand_dims(&[0, 1]),
        1 => x.expand_dims(&[0]),
        _ => Ok(x.clone()),
    }
}

/// At least three axes: a vector becomes (1, n, 1), a matrix (m, n, 1).
pub fn atleast_3d(x: &Array) -> Result<Array> {
    match x.ndim() {
        0 => x.expand_dims(&[0, 1, 2]),
        1 => x.expand_dims(&[0, 2]),
        2 => x.expand_dims(&[2]),
        _ => Ok(x.clone()),
    }
}

/// All arrays seen over their common shape, read-only.
pub fn broadcast_arrays(arrays: &[&Array]) -> Result<Vec<Array>> {
    let shapes: Vec<&[i64]> = arrays.iter().map(|array| array.shape()).collect();
    let common = shape::broadcast(&shapes).map_err(|_| {
        let all: Vec<String> = shapes.iter().map(|shape| shape::tight(shape)).collect();
        Error::value(format!(
            "broadcast_arrays: shape mismatch: objects cannot be broadcast to a single shape: {}",
            all.join(" ")
        ))
    })?;
    arrays.iter().map(|array| array.broadcast_to(&common)).collect()
}

/// A flat array of all elements in this order; a view where the memory lies so.
pub fn ravel(x: &Array, order: Order) -> Result<Array> {
    let axes: Vec<i64> = order.axes(x).into_iter().map(|axis| axis as i64).collect();
    let in_order = axes.iter().enumerate().all(|(place, &axis)| place as i64 == axis);
    let turned = if in_order { x.clone() } else { x.transpose(Some(&axes))? };
    // as NumPy: what is flat already stays a view, everything else is copied
    let turned = if turned.view().is_contiguous() { turned } else { create::copy(&turned, Order::C)? };
    turned.reshape(&[x.size()])
}

/// A flat copy of all elements in this order.
pub fn flatten(x: &Array, order: Order) -> Result<Array> {
    let flat = ravel(x, order)?;
    if flat.may_share_memory(x) { create::copy(&flat, Order::C) } else { Ok(flat) }
}

/// [`Array::reshape`] that reads and lays out elements in this order.
pub fn reshape_order(x: &Array, wanted: &[i64], order: Order) -> Result<Array> {
    let fortran = match order {
        Order::C => false,
        Order::F => true,
        Order::A => x.view().is_fortran_contiguous() && !x.view().is_contiguous(),
        Order::K => return Err(Error::value("reshape: order 'K' is not permitted for reshaping")),
    };
    if !fortran {
        return x.reshape(wanted);
    }
    let backwards: Vec<i64> = wanted.iter().rev().copied().collect();
    x.transpose(None)?.reshape(&backwards)?.transpose(None)
}

/// Elements in reverse along these axes (all without): a view.
pub fn flip(x: &Array, axes: Option<&[i64]>) -> Result<Array> {
    let axes: Vec<usize> = match axes {
        None => (0..x.ndim()).collect(),
        Some(axes) => shape::axes(axes, x.ndim()).map_err(|error| error.in_operator("flip"))?.to_vec(),
    };
    let view = reversed(x.view(), &axes);
    Ok(x.viewed("flip", view, move |gradient| {
        let again: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
        flip(gradient, Some(&again))
    }))
}

fn reversed(view: &View, axes: &[usize]) -> View {
    let mut view = view.clone();
    for &axis in axes {
        let length = view.shape[axis];
        view.slice(axis, (length - 1).max(0), -1, length);
    }
    view
}

/// Rows in reverse order.
pub fn flipud(x: &Array) -> Result<Array> {
    if x.ndim() < 1 {
        return Err(Error::value("flipud: Input must be >= 1-d."));
    }
    flip(x, Some(&[0]))
}

/// Columns in reverse order.
pub fn fliplr(x: &Array) -> Result<Array> {
    if x.ndim() < 2 {
        return Err(Error::value("fliplr: Input must be >= 2-d."));
    }
    flip(x, Some(&[1]))
}

/// Turned by `turns` right angles in the plane of two axes, from the first towards the second: a view.
pub fn rot90(x: &Array, turns: i64, plane: (i64, i64)) -> Result<Array> {
    let (first, second) = plane;
    let ndim = x.ndim() as i64;
    if first == second || (first - second).abs() == ndim {
        return Err(Error::value("rot90: Axes must be different."));
    }
    let inside = |axis: i64| (-ndim..ndim).contains(&axis);
    if !inside(first) || !inside(second) {
        return Err(Error::value(format!(
            "rot90: Axes=({first}, {second}) out of range for array of ndim={ndim}."
        )));
    }
    match turns.rem_euclid(4) {
        0 => x.reshape(x.shape()),
        1 => flip(x, Some(&[second]))?.swapaxes(first, second),
        2 => flip(&flip(x, Some(&[first]))?, Some(&[second])),
        _ => flip(&x.swapaxes(first, second)?, Some(&[second])),
    }
}
