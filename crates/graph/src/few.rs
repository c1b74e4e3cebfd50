//! A few elements in ready host memory, moved at once: copies, conversions, writes, picks by places or masks. What a
//! program or a kernel does, too; for so few elements making one costs more than the work. Each function says by `None`
//! or `false` that the general road must be taken, also where that one has an error to tell.

use std::sync::Arc;

use base::{DType, Result, Scalar, View};
use smallvec::SmallVec;

use crate::device::DeviceRef;
use crate::eager::readable;
use crate::engine::EAGER_LIMIT;
use crate::node::{Node, Operand, Storage};

/// Elements that are converted or walked through one by one.
pub const MOST: i64 = 64;

/// Elements of one dtype at a step in bytes along each axis.
struct Walk<'a> {
    first: *mut u8,
    strides: &'a [i64],
    size: i64,
}

impl Walk<'_> {
    fn at(&self, index: &[i64]) -> *mut u8 {
        let steps: i64 = index.iter().zip(self.strides).map(|(at, stride)| at * stride).sum();
        self.first.wrapping_offset((steps * self.size) as isize)
    }
}

/// Calls `body` with the addresses of each element on both sides, in C order.
fn pairs(shape: &[i64], from: &Walk, to: &Walk, mut body: impl FnMut(*const u8, *mut u8)) {
    let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, shape.len());
    loop {
        body(from.at(&index).cast_const(), to.at(&index));
        let mut axis = shape.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

/// Whether a conversion number by number has the bits of the loops: out of range of an integer they have their own, and
/// halves round in two steps.
fn converts(from: DType, to: DType) -> bool {
    if from.is_half() || to.is_half() {
        return false;
    }
    match (from.is_inexact(), to.is_complex()) {
        (true, false) => from.is_float() && (to.is_float() || to.is_bool()),
        (true, true) => true,
        (false, complex) => !complex,
    }
}

/// Moves elements of `shape`, not empty, from one walk to another.
///
/// # Safety
/// Both walks are live, `to` may be written, and they do not overlap.
unsafe fn convert(shape: &[i64], (from, given): (&Walk, DType), (to, wanted): (&Walk, DType)) {
    let size = given.size();
    // SAFETY: promised by the caller; an element on either side.
    pairs(shape, from, to, |from, to| unsafe {
        if given == wanted {
            match size {
                8 => to.cast::<[u8; 8]>().write(from.cast::<[u8; 8]>().read()),
                4 => to.cast::<[u8; 4]>().write(from.cast::<[u8; 4]>().read()),
                _ => to.copy_from_nonoverlapping(from, size),
            }
        } else {
            let bytes = element(from, given, wanted);
            to.copy_from_nonoverlapping(bytes.as_ptr(), wanted.size());
        }
    });
}

/// The bytes of an element converted to another dtype.
///
/// # Safety
/// There is an element.
unsafe fn element(from: *const u8, given: DType, wanted: DType) -> [u8; 16] {
    // SAFETY: promised by the caller.
    unsafe { scalar(from, given) }.cast(wanted).to_bytes()
}

/// # Safety
/// There is an element.
unsafe fn scalar(from: *const u8, dtype: DType) -> Scalar {
    // SAFETY: promised by the caller.
    Scalar::from_bytes(dtype, unsafe { std::slice::from_raw_parts(from, dtype.size()) })
}

/// Whether so many elements are moved here.
fn is_few(count: i64, runs: bool) -> bool {
    count > 0 && count <= if runs { EAGER_LIMIT } else { MOST }
}

/// The elements of an operand, converted, in C order.
pub(crate) fn converted(operand: &Operand, dtype: DType) -> Option<Result<Arc<Node>>> {
    let (view, same) = (&operand.view, operand.dtype == dtype);
    let (count, runs) = (view.size(), same && view.is_contiguous());
    if !is_few(count, runs) || !(same || converts(operand.dtype, dtype)) {
        return None;
    }
    let first = readable(operand, view, operand.dtype)?;
    let device = operand.node.device();
    let storage = match Storage::allocate(dtype, count, device) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    let to = storage.data.as_ptr();
    // SAFETY: `readable` checked that the view lies inside the live storage; the fresh one has room and overlaps nothing.
    unsafe {
        if runs {
            to.copy_from_nonoverlapping(first, count as usize * dtype.size());
        } else {
            let fresh = View::contiguous(&view.shape);
            let size = operand.dtype.size() as i64;
            let from = Walk { first: first.cast_mut(), strides: &view.strides, size };
            let to = Walk { first: to, strides: &fresh.strides, size: dtype.size() as i64 };
            convert(&view.shape, (&from, operand.dtype), (&to, dtype));
        }
    }
    Some(Ok(Node::ready(storage, dtype, device)))
}

/// Address of a view's first element, if it may be written at once: nobody who waits reads it.
fn writable(destination: &Operand) -> Option<*mut u8> {
    let node = &destination.node;
    let first = readable(destination, &destination.view, destination.dtype)?;
    (node.is_writable() && node.readers.lock().is_empty()).then(|| first.cast_mut())
}

/// Whether two nodes have no byte in common.
fn apart(a: &Node, b: &Node) -> bool {
    let (Some((a, a_bytes)), Some((b, b_bytes))) = (a.memory(), b.memory()) else { return false };
    let (a, b) = (a.as_ptr() as usize, b.as_ptr() as usize);
    a + a_bytes <= b || b + b_bytes <= a
}

/// Writes an operand of the destination's shape into it.
pub fn written(destination: &Operand, source: &Operand) -> bool {
    let (to, from) = (&destination.view, &source.view);
    let same = destination.dtype == source.dtype;
    let runs = same && to.is_contiguous() && from.is_contiguous();
    let few = is_few(to.size(), runs) && (same || converts(source.dtype, destination.dtype));
    if !few || to.shape != from.shape || !apart(&destination.node, &source.node) {
        return false;
    }
    let Some(first) = readable(source, from, source.dtype) else { return false };
    let Some(target) = writable(destination) else { return false };
    destination.node.bump_version();
    // SAFETY: both views lie inside live storages, which are apart; the owner of the destination allows writing.
    unsafe {
        if runs {
            target.copy_from_nonoverlapping(first, to.size() as usize * source.dtype.size());
        } else {
            let size = |dtype: DType| dtype.size() as i64;
            let read = Walk { first: first.cast_mut(), strides: &from.strides, size: size(source.dtype) };
            let write = Walk { first: target, strides: &to.strides, size: size(destination.dtype) };
            convert(&to.shape, (&read, source.dtype), (&write, destination.dtype));
        }
    }
    true
}

/// A few elements of a vector.
struct Line<'a> {
    first: *const u8,
    length: i64,
    stride: i64,
    operand: &'a Operand,
}

impl<'a> Line<'a> {
    /// A vector of ready host memory.
    fn of(operand: &'a Operand) -> Option<Line<'a>> {
        let ([length], [stride]) = (&operand.view.shape[..], &operand.view.strides[..]) else { return None };
        if *length > MOST {
            return None;
        }
        // (of no elements there is nothing to read)
        let first = match *length {
            0 => std::ptr::null(),
            _ => readable(operand, &operand.view, operand.dtype)?,
        };
        Some(Line { first, length: *length, stride: *stride, operand })
    }

    /// Address of an element; the place is inside.
    fn at(&self, place: i64) -> *const u8 {
        let size = self.operand.dtype.size() as i64;
        self.first.wrapping_offset((place * self.stride * size) as isize)
    }

    /// The truth of each element.
    fn truths(&self) -> impl Iterator<Item = bool> {
        // SAFETY: places inside the line, which `of` checked.
        (0..self.length).map(move |at| unsafe { scalar(self.at(at), self.operand.dtype) }.is_truthy())
    }
}

/// The places of an integer array of any shape, inside an axis; `None` also where one of them is outside.
fn places(array: &Operand, length: i64) -> Option<SmallVec<[i64; MOST as usize]>> {
    let count = array.view.size();
    if !is_few(count, false) || !array.dtype.is_integer() || !array.view.is_contiguous() {
        return None;
    }
    let first = readable(array, &array.view, array.dtype)?;
    let mut found = SmallVec::new();
    for at in 0..count as usize {
        // SAFETY: `readable` checked that so many contiguous elements are live.
        let place = unsafe { scalar(first.add(at * array.dtype.size()), array.dtype) }.as_integer()?;
        let place = if place < 0 { place + i128::from(length) } else { place };
        if place < 0 || place >= i128::from(length) {
            return None;
        }
        found.push(place as i64);
    }
    Some(found)
}

fn fresh(dtype: DType, count: usize, operand: &Operand) -> Result<(Storage, *mut u8)> {
    let storage = Storage::allocate(dtype, count as i64, operand.node.device())?;
    let to = storage.data.as_ptr();
    Ok((storage, to))
}

/// The elements of a vector at places along it, in C order over the places.
pub fn taken(x: &Operand, at: &Operand) -> Option<Result<Arc<Node>>> {
    let line = Line::of(x)?;
    let found = places(at, line.length)?;
    Some(picked(&line, found.iter().copied(), found.len()))
}

/// The elements of a vector where a mask of its shape is true, and their number.
pub fn compressed(x: &Operand, mask: &Operand) -> Option<Result<(Arc<Node>, i64)>> {
    let (line, mask) = (Line::of(x)?, Line::of(mask)?);
    if line.length != mask.length {
        return None;
    }
    let count = mask.truths().filter(|&truth| truth).count();
    let chosen = (0..line.length).zip(mask.truths()).filter_map(|(at, truth)| truth.then_some(at));
    Some(picked(&line, chosen, count).map(|node| (node, count as i64)))
}

fn picked(line: &Line, places: impl Iterator<Item = i64>, count: usize) -> Result<Arc<Node>> {
    let (dtype, node) = (line.operand.dtype, &line.operand.node);
    let (storage, to) = fresh(dtype, count, line.operand)?;
    for (number, place) in places.enumerate() {
        // SAFETY: places inside the line; the fresh storage has room for as many elements as there are places.
        unsafe { to.add(number * dtype.size()).copy_from_nonoverlapping(line.at(place), dtype.size()) };
    }
    Ok(Node::ready(storage, dtype, node.device()))
}

/// Writes one number where a mask of a vector's shape is true.
pub fn masked(x: &Operand, mask: &Operand, value: Scalar) -> bool {
    let (Some(line), Some(mask)) = (Line::of(x), Line::of(mask)) else { return false };
    if line.length != mask.length || !apart(&x.node, &mask.operand.node) || value.dtype() != x.dtype {
        return false;
    }
    if line.length == 0 || writable(x).is_none() {
        return false;
    }
    x.node.bump_version();
    let bytes = value.to_bytes();
    for (at, truth) in mask.truths().enumerate() {
        if truth {
            // SAFETY: a place inside the line, which may be written.
            unsafe { line.at(at as i64).cast_mut().copy_from_nonoverlapping(bytes.as_ptr(), x.dtype.size()) };
        }
    }
    true
}

/// Writes values of the vector's dtype, over and over, at places along it, one after the other.
pub fn put(x: &Operand, at: &Operand, values: &Operand) -> bool {
    let (Some(line), Some(values)) = (Line::of(x), Line::of(values)) else { return false };
    let Some(found) = places(at, line.length) else { return false };
    let alike = values.operand.dtype == x.dtype && values.length > 0;
    if !alike || !apart(&x.node, &values.operand.node) || !apart(&x.node, &at.node) || writable(x).is_none() {
        return false;
    }
    x.node.bump_version();
    for (number, &place) in found.iter().enumerate() {
        let from = values.at(number as i64 % values.length);
        // SAFETY: places inside both lines, which are apart; the first may be written.
        unsafe { line.at(place).cast_mut().copy_from_nonoverlapping(from, x.dtype.size()) };
    }
    true
}

/// Places (int64) of the elements of a vector that are not zero, and their number.
pub fn nonzero(x: &Operand) -> Option<Result<(Arc<Node>, i64)>> {
    let line = Line::of(x)?;
    let count = line.truths().filter(|&truth| truth).count();
    let made = fresh(DType::I64, count, x).map(|(storage, to)| {
        let chosen = line.truths().enumerate().filter_map(|(at, truth)| truth.then_some(at as i64));
        for (number, place) in chosen.enumerate() {
            // SAFETY: the fresh storage has room for every place.
            unsafe { to.cast::<i64>().add(number).write(place) };
        }
        (Node::ready(storage, DType::I64, x.node.device()), count as i64)
    });
    Some(made)
}

/// How many elements of a vector are not zero.
pub fn count_nonzero(x: &Operand) -> Option<i64> {
    Some(Line::of(x)?.truths().filter(|&truth| truth).count() as i64)
}

/// The place (int64) of the greatest or least element of a contiguous array of real numbers, counted in C order; a nan is
/// greater and less than all.
pub fn extreme_place(x: &Operand, greatest: bool) -> Option<Result<Arc<Node>>> {
    let (count, dtype) = (x.view.size(), x.dtype);
    if !is_few(count, false) || dtype.is_complex() || !x.view.is_contiguous() {
        return None;
    }
    let first = readable(x, &x.view, dtype)?;
    // SAFETY: `readable` checked that so many contiguous elements are live.
    let value = |at: i64| unsafe { scalar(first.add(at as usize * dtype.size()), dtype) };
    let mut found = 0;
    if dtype.is_float() {
        let mut best = value(0).as_f64();
        for at in 1..count {
            let here = value(at).as_f64();
            if best.is_nan() {
                break;
            }
            if here.is_nan() || (greatest && here > best) || (!greatest && here < best) {
                (found, best) = (at, here);
            }
        }
    } else {
        let mut best = value(0).as_integer()?;
        for at in 1..count {
            let here = value(at).as_integer()?;
            if (greatest && here > best) || (!greatest && here < best) {
                (found, best) = (at, here);
            }
        }
    }
    Some(fresh(DType::I64, 1, x).map(|(storage, to)| {
        // SAFETY: the fresh storage holds one int64.
        unsafe { to.cast::<i64>().write(found) };
        Node::ready(storage, DType::I64, x.node.device())
    }))
}

/// Writes the values of the same places (values over and over, if they are fewer) where a mask of a vector's shape is true.
pub fn put_masked(x: &Operand, mask: &Operand, values: &Operand) -> bool {
    let (Some(line), Some(mask), Some(values)) = (Line::of(x), Line::of(mask), Line::of(values)) else {
        return false;
    };
    let alike = values.operand.dtype == x.dtype && values.length > 0 && line.length == mask.length;
    let alone = apart(&x.node, &values.operand.node) && apart(&x.node, &mask.operand.node);
    if !alike || !alone || line.length == 0 || writable(x).is_none() {
        return false;
    }
    x.node.bump_version();
    for (at, truth) in (0..line.length).zip(mask.truths()) {
        if truth {
            let from = values.at(at % values.length);
            // SAFETY: places inside both lines, which are apart; the first may be written.
            unsafe { line.at(at).cast_mut().copy_from_nonoverlapping(from, x.dtype.size()) };
        }
    }
    true
}

/// The numbers of [`crate::node::Source::Position`], converted.
pub(crate) fn positions(view: &View, dtype: DType, device: DeviceRef) -> Option<Result<Arc<Node>>> {
    let count = view.size();
    if !is_few(count, false) || !device.is_host || !converts(DType::I64, dtype) {
        return None;
    }
    let storage = match Storage::allocate(dtype, count, device) {
        Ok(storage) => storage,
        Err(error) => return Some(Err(error)),
    };
    let (to, size) = (storage.data.as_ptr(), dtype.size());
    let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, view.ndim());
    for number in 0..count as usize {
        let steps: i64 = index.iter().zip(&view.strides).map(|(at, stride)| at * stride).sum();
        let bytes = Scalar::I64(view.offset + steps).cast(dtype).to_bytes();
        // SAFETY: the fresh storage has room for every element.
        unsafe { to.add(number * size).copy_from_nonoverlapping(bytes.as_ptr(), size) };
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < view.shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    Some(Ok(Node::ready(storage, dtype, device)))
}
