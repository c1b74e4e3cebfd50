//! Pooling: what becomes of the elements of each window, plane by plane. Called by the device; averages, powers and
//! layouts are the callers' business. Windows are folded row by row, in the order of their elements. The greatest elements,
//! and what follows their places, stand in `greatest`.

mod greatest;

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

    unsafe fn spread<T: Real<Compute: Number>>(&self, plane: usize) {
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane)).cast_const();
        let (width, columns) = (self.x.lengths[2], self.columns());
        let room = Scratch::new::<T::Compute>(width.max(1));
        // SAFETY: the room holds a row; the plane is this task's.
        let line = unsafe { std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), width) };
        let spread = |sums: &mut [T::Compute]| {
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
        };
        // SAFETY: as above.
        unsafe { self.fill_plane::<T>(plane, spread) };
    }

    /// Lets `add` add to a plane of zeros, which becomes a plane of x: its own memory where that is one run of the type
    /// that sums are computed in.
    ///
    /// # Safety
    /// The plane is the caller's alone.
    unsafe fn fill_plane<T: Real<Compute: Number>>(&self, plane: usize, add: impl FnOnce(&mut [T::Compute])) {
        let [depth, height, width] = self.x.lengths;
        let all = depth * height * width;
        let space = self.x.space;
        let is_run = space[2] == 1
            && (height == 1 || space[1] == width as isize)
            && (depth == 1 || space[0] == (height * width) as isize);
        if is_run && !T::WIDENS {
            let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane));
            // SAFETY: the plane is a run of so many elements, whose type is the sums'.
            let sums = unsafe { std::slice::from_raw_parts_mut(x.cast::<T::Compute>(), all) };
            sums.fill(T::Compute::default());
            return add(sums);
        }
        let room = Scratch::new::<T::Compute>(all.max(1));
        // SAFETY: the room holds the plane, which is the caller's.
        unsafe {
            let sums = std::slice::from_raw_parts_mut(room.pointer::<T::Compute>(), all);
            sums.fill(T::Compute::default());
            add(sums);
            self.store_plane::<T>(plane, sums);
        }
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

/// Whether `new` replaces `old`: greater, or the first nan. Without branches, so that loops over it are wide.
#[inline(always)]
fn greater<S: PartialOrd>(new: S, old: S) -> bool {
    #[allow(clippy::eq_op)]
    let nan = |value: &S| value != value;
    (new > old) | (nan(&new) & !nan(&old))
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
