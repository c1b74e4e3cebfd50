//! Pooling: what becomes of the elements of each window, plane by plane. Called by the device; averages, powers and
//! layouts are the callers' business. Windows are folded row by row, in the order of their elements.

use base::{DType, Error, Result};
use graph::Tensor;
use graph::kernel::{PoolingForm, Windows};
use half::{bf16, f16};

use crate::convolution::Sides;
use crate::gather::operands;
use crate::gemm::pack::Real;
use crate::pool;
use crate::scratch::Scratch;

/// Window elements that one task looks at, at least.
const TASK: usize = 1 << 15;

/// # Safety
/// As for `Device::run`; places lead into the planes of x.
pub(crate) unsafe fn pooling(
    form: PoolingForm,
    windows: &Windows,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let (Some(first), Some(out)) = (inputs.first(), outputs.first()) else { return Err(operands("pooling")) };
    let places = match form {
        PoolingForm::Max => outputs.get(1),
        PoolingForm::SpreadAt | PoolingForm::SelectAt => inputs.get(1),
        _ => None,
    };
    let (x, y) = match form {
        PoolingForm::Spread | PoolingForm::SpreadAt => (out, first),
        _ => (first, out),
    };
    let (Some(x_side), Some(y_side), wanted) = (Sides::of(x), Sides::of(y), places.map(Sides::of)) else {
        return Err(operands("pooling"));
    };
    let Some(wanted) = wanted.map_or(Some(None), |side| side.map(Some)) else {
        return Err(operands("pooling"));
    };
    if out.shape.contains(&0) {
        return Ok(());
    }
    let (images, channels) = (out.shape[0] as usize, out.shape[1] as usize);
    let work =
        Work { windows: *windows, channels, planes: images * channels, x: x_side, y: y_side, places: wanted };
    // SAFETY: promised by the caller; the element type is the tensors'.
    unsafe {
        match out.dtype {
            DType::F32 => work.run::<f32>(form),
            DType::F64 => work.run::<f64>(form),
            DType::F16 => work.run::<f16>(form),
            DType::BF16 => work.run::<bf16>(form),
            other => return Err(Error::type_(format!("pooling: no kernel for {other}"))),
        }
    }
    Ok(())
}

struct Work {
    windows: Windows,
    channels: usize,
    planes: usize,
    x: Sides,
    y: Sides,
    places: Option<Sides>,
}

/// What pooling needs of a type that it computes in.
trait Number: Copy + PartialOrd + std::ops::Add<Output = Self> + Default {
    const LEAST: Self;
}
impl Number for f32 {
    const LEAST: f32 = f32::NEG_INFINITY;
}
impl Number for f64 {
    const LEAST: f64 = f64::NEG_INFINITY;
}

/// Elements of one axis that a window at `place` covers: the first, how many, and the first kernel element.
fn covered(windows: &Windows, axis: usize, place: usize, length: usize) -> (usize, usize) {
    let start = place as i64 * windows.stride[axis] - windows.before[axis];
    let end = (start + windows.kernel[axis]).clamp(0, length as i64);
    let start = start.clamp(0, end);
    (start as usize, (end - start) as usize)
}

impl Work {
    unsafe fn run<T: Real<Compute: Number>>(&self, form: PoolingForm) {
        let places: usize = self.y.lengths.iter().product();
        let window: i64 = self.windows.kernel.iter().product();
        let cost = places.max(1) * (window as usize).max(1);
        let grain = (TASK / cost).max(1) as i64;
        pool::parallel_ranges(self.planes as i64, grain, &|begin, end| {
            for plane in begin as usize..end as usize {
                // SAFETY: every plane is one task's; the rest is the caller's promise.
                unsafe {
                    match form {
                        PoolingForm::Sum => self.sum::<T>(plane),
                        PoolingForm::Max => self.max::<T>(plane),
                        PoolingForm::Spread => self.spread::<T>(plane),
                        PoolingForm::SpreadAt => self.spread_at::<T>(plane),
                        PoolingForm::SelectAt => self.select_at::<T>(plane),
                    }
                }
            }
        });
    }

    fn start(&self, side: &Sides, plane: usize) -> isize {
        (plane / self.channels) as isize * side.image + (plane % self.channels) as isize * side.channel
    }

    /// Calls `row` with (depth place, height place, distance in y of its row).
    fn rows(&self, mut row: impl FnMut(usize, usize, isize)) {
        for depth in 0..self.y.lengths[0] {
            for height in 0..self.y.lengths[1] {
                row(depth, height, depth as isize * self.y.space[0] + height as isize * self.y.space[1]);
            }
        }
    }

    /// The rows of x (as depth and height) that windows at a place cover.
    fn covered_rows(&self, depth: usize, height: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (first, count) = covered(&self.windows, 0, depth, self.x.lengths[0]);
        let (start, high) = covered(&self.windows, 1, height, self.x.lengths[1]);
        (first..first + count).flat_map(move |a| (start..start + high).map(move |b| (a, b)))
    }

    /// Columns of x under each window of a row.
    fn columns(&self) -> Vec<(usize, usize)> {
        let width = self.x.lengths[2];
        (0..self.y.lengths[2]).map(|place| covered(&self.windows, 2, place, width)).collect()
    }

    unsafe fn sum<T: Real<Compute: Number>>(&self, plane: usize) {
        let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane)).cast_const();
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane));
        let (width, columns) = (self.x.lengths[2], self.columns());
        let room = Scratch::new::<T::Compute>(width.max(1));
        self.rows(|depth, height, at| {
            // SAFETY: the room holds a row; rows and columns lie inside x, places inside y.
            unsafe {
                let line = std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), width);
                line.fill(T::Compute::default());
                for (a, b) in self.covered_rows(depth, height) {
                    let from = x.offset(a as isize * self.x.space[0] + b as isize * self.x.space[1]);
                    add_line(line, from, self.x.space[2]);
                }
                for (place, &(first, count)) in columns.iter().enumerate() {
                    let sum = sum_of(&line[first..first + count]);
                    y.offset(at + place as isize * self.y.space[2]).write(T::narrow(sum));
                }
            }
        });
    }

    unsafe fn max<T: Real<Compute: Number>>(&self, plane: usize) {
        let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane)).cast_const();
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane));
        let (width, columns) = (self.x.lengths[2], self.columns());
        let room = Scratch::new::<T::Compute>(width.max(1));
        let rows = Scratch::new::<i32>(width.max(1));
        let lookup = self.places.as_ref();
        self.rows(|depth, height, at| {
            // SAFETY: the rooms hold a row each; rows and columns lie inside x, places inside y.
            unsafe {
                let line = std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), width);
                let row_of = std::slice::from_raw_parts_mut(rows.pointer::<i32>(), width);
                line.fill(T::Compute::LEAST);
                row_of.fill(-1);
                for (a, b) in self.covered_rows(depth, height) {
                    let from = x.offset(a as isize * self.x.space[0] + b as isize * self.x.space[1]);
                    let number = (a * self.x.lengths[1] + b) as i32;
                    if lookup.is_some() {
                        max_line_with_rows(line, row_of, from, self.x.space[2], number);
                    } else {
                        max_line(line, from, self.x.space[2]);
                    }
                }
                for (place, &(first, count)) in columns.iter().enumerate() {
                    let mut best = first;
                    for column in first + 1..first + count {
                        if greater(line[column], line[best])
                            || (lookup.is_some()
                                && line[column] == line[best]
                                && row_of[column] < row_of[best])
                        {
                            best = column;
                        }
                    }
                    let value = if count == 0 { T::Compute::LEAST } else { line[best] };
                    y.offset(at + place as isize * self.y.space[2]).write(T::narrow(value));
                    if let Some(side) = lookup {
                        let found = if count == 0 || row_of[best] < 0 {
                            -1
                        } else {
                            row_of[best] * width as i32 + best as i32
                        };
                        let to = depth as isize * side.space[0] + height as isize * side.space[1];
                        let to = self.start(side, plane) + to + place as isize * side.space[2];
                        side.data.cast::<i32>().offset(to).write(found);
                    }
                }
            }
        });
    }

    unsafe fn spread<T: Real<Compute: Number>>(&self, plane: usize) {
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane)).cast_const();
        let (width, columns) = (self.x.lengths[2], self.columns());
        let all = self.x.lengths[0] * self.x.lengths[1] * width;
        let room = Scratch::new::<T::Compute>(all + width);
        // SAFETY: the room holds the plane and one row more.
        let whole = unsafe { std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), all + width) };
        whole.fill(T::Compute::default());
        let (sums, line) = whole.split_at_mut(all);
        self.rows(|depth, height, at| {
            line.fill(T::Compute::default());
            for (place, &(first, count)) in columns.iter().enumerate() {
                // SAFETY: the place lies inside y.
                let value = unsafe { (*y.offset(at + place as isize * self.y.space[2])).widen() };
                for column in &mut line[first..first + count] {
                    *column = *column + value;
                }
            }
            for (a, b) in self.covered_rows(depth, height) {
                let start = (a * self.x.lengths[1] + b) * width;
                for (sum, &value) in sums[start..start + width].iter_mut().zip(line.iter()) {
                    *sum = *sum + value;
                }
            }
        });
        // SAFETY: the plane is this task's.
        unsafe { self.store_plane::<T>(plane, sums) };
    }

    /// Rounds a plane's sums into x.
    unsafe fn store_plane<T: Real>(&self, plane: usize, sums: &[T::Compute]) {
        let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane));
        let [_, height, width] = self.x.lengths;
        for (row, line) in sums.chunks_exact(width.max(1)).enumerate() {
            let (a, b) = ((row / height) as isize, (row % height) as isize);
            let to = x.wrapping_offset(a * self.x.space[0] + b * self.x.space[1]);
            for (column, &value) in line.iter().enumerate() {
                // SAFETY: the element lies inside the plane.
                unsafe { to.offset(column as isize * self.x.space[2]).write(T::narrow(value)) };
            }
        }
    }

    /// Calls `visit` with (distance of the place in y, element of the plane), for places that lie inside x.
    unsafe fn places(&self, plane: usize, mut visit: impl FnMut(isize, Option<usize>)) {
        let Some(side) = &self.places else { return };
        let from = side.data.cast::<i32>().wrapping_offset(self.start(side, plane)).cast_const();
        let most: usize = self.x.lengths.iter().product();
        self.rows(|depth, height, at| {
            let row = from.wrapping_offset(depth as isize * side.space[0] + height as isize * side.space[1]);
            for place in 0..self.y.lengths[2] as isize {
                // SAFETY: there is a place for every element of y.
                let found = unsafe { *row.offset(place * side.space[2]) };
                let inside = usize::try_from(found).ok().filter(|&found| found < most);
                visit(at + place * self.y.space[2], inside);
            }
        });
    }

    unsafe fn spread_at<T: Real<Compute: Number>>(&self, plane: usize) {
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane)).cast_const();
        let all: usize = self.x.lengths.iter().product();
        let room = Scratch::new::<T::Compute>(all.max(1));
        // SAFETY: the room holds the plane; distances lie inside y, elements inside the plane.
        unsafe {
            let sums = std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), all);
            sums.fill(T::Compute::default());
            self.places(plane, |at, found| {
                if let Some(found) = found {
                    sums[found] = sums[found] + (*y.offset(at)).widen();
                }
            });
            self.store_plane::<T>(plane, sums);
        }
    }

    unsafe fn select_at<T: Real<Compute: Number>>(&self, plane: usize) {
        let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane)).cast_const();
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane));
        let [_, height, width] = self.x.lengths;
        // SAFETY: elements lie inside the plane of x, distances inside y.
        unsafe {
            self.places(plane, |at, found| {
                let value = found.map_or(T::narrow(T::Compute::default()), |found| {
                    let (row, column) = (found / width, (found % width) as isize);
                    let (a, b) = ((row / height) as isize, (row % height) as isize);
                    *x.offset(a * self.x.space[0] + b * self.x.space[1] + column * self.x.space[2])
                });
                y.offset(at).write(value);
            });
        }
    }
}

/// The sum of a run, in eight interleaved parts where it is long.
#[inline(always)]
fn sum_of<S: Number>(run: &[S]) -> S {
    let chunks = run.chunks_exact(8);
    let rest = chunks.remainder().iter().fold(S::default(), |sum, &value| sum + value);
    if run.len() < 8 {
        return rest;
    }
    let mut parts = [S::default(); 8];
    for chunk in chunks {
        for (part, &value) in parts.iter_mut().zip(chunk) {
            *part = *part + value;
        }
    }
    let [a, b, c, d, e, f, g, h] = parts;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}

/// Whether `new` replaces `old`: greater, or the first nan.
#[inline(always)]
fn greater<S: PartialOrd>(new: S, old: S) -> bool {
    #[allow(clippy::eq_op)]
    let nan = |value: &S| value != value;
    new > old || (nan(&new) && !nan(&old))
}

/// Instantiates a loop over neighbouring elements for wide registers where the machine has them.
macro_rules! line_loop {
    ($(#[$doc:meta])* $name:ident, $run:ident, $join:expr) => {
        $(#[$doc])*
        unsafe fn $name<T: Real<Compute: Number>>(line: &mut [T::Compute], from: *const T, step: isize) {
            #[inline(always)]
            unsafe fn $run<T: Real<Compute: Number>>(line: &mut [T::Compute], from: *const T) {
                // SAFETY: the caller's promise: as many elements as the line, side by side.
                let from = unsafe { std::slice::from_raw_parts(from, line.len()) };
                for (old, new) in line.iter_mut().zip(from) {
                    *old = $join(*old, new.widen());
                }
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            unsafe fn wide<T: Real<Compute: Number>>(line: &mut [T::Compute], from: *const T) {
                // SAFETY: the caller's promise.
                unsafe { $run(line, from) }
            }
            #[cfg(target_arch = "x86_64")]
            if step == 1 && is_x86_feature_detected!("avx2") {
                // SAFETY: the instructions exist; the rest is the caller's promise.
                return unsafe { wide(line, from) };
            }
            if step == 1 {
                // SAFETY: the caller's promise.
                return unsafe { $run(line, from) };
            }
            for (column, old) in line.iter_mut().enumerate() {
                // SAFETY: the caller's promise.
                *old = $join(*old, unsafe { *from.offset(column as isize * step) }.widen());
            }
        }
    };
}
line_loop!(
    /// Adds a row of x.
    add_line, add_run, |sum, value| sum + value
);
line_loop!(
    /// Keeps the greater of each column.
    max_line, max_run, |best, value| if greater(value, best) { value } else { best }
);

#[inline(always)]
unsafe fn max_line_with_rows<T: Real<Compute: Number>>(
    line: &mut [T::Compute],
    rows: &mut [i32],
    from: *const T,
    step: isize,
    number: i32,
) {
    // SAFETY: as above.
    unsafe {
        for (column, (best, row)) in line.iter_mut().zip(rows).enumerate() {
            let value = (*from.offset(column as isize * step)).widen();
            let wins = greater(value, *best) || *row < 0;
            *best = if wins { value } else { *best };
            *row = if wins { number } else { *row };
        }
    }
}
