//! The greatest element of each window and its place; numbers put at such places, and numbers found there. Of equal elements
//! the first in the order of the plane counts. Rows of x are folded into one row first, then the columns of each window,
//! many windows at a time.

use super::{Number, Work, greater, max_line};
use crate::gemm::pack::Real;
use crate::scratch::Scratch;

/// Working memory for one row of windows.
struct Rooms<'a, S> {
    /// The greatest element of each column of x, and its place.
    line: &'a mut [S],
    places: &'a mut [i32],
    /// Of each window.
    best: &'a mut [S],
    found: &'a mut [i32],
}

/// Neighbouring windows that lie inside the row with all their columns.
#[derive(Clone, Copy)]
struct Run {
    /// The first column of the first window; from window to window; columns of each.
    first: usize,
    stride: usize,
    kernel: usize,
}

impl Work {
    pub(super) unsafe fn max<T: Real<Compute: Number>>(&self, plane: usize) {
        let x = self.x.data.cast::<T>().wrapping_offset(self.start(&self.x, plane)).cast_const();
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane));
        let (width, windows) = (self.x.lengths[2], self.y.lengths[2]);
        let columns = self.columns();
        let numbers = [Scratch::new::<T::Compute>(width.max(1)), Scratch::new::<T::Compute>(windows.max(1))];
        let indices = [Scratch::new::<i32>(width.max(1)), Scratch::new::<i32>(windows.max(1))];
        // SAFETY: the rooms were made for so many elements.
        let mut rooms = unsafe {
            Rooms {
                line: std::slice::from_raw_parts_mut(numbers[0].pointer::<T::Compute>(), width),
                places: std::slice::from_raw_parts_mut(indices[0].pointer::<i32>(), width),
                best: std::slice::from_raw_parts_mut(numbers[1].pointer::<T::Compute>(), windows),
                found: std::slice::from_raw_parts_mut(indices[1].pointer::<i32>(), windows),
            }
        };
        self.rows(|depth, height, at| {
            let mut rows = self.covered_rows(depth, height);
            let start = |(a, b): (usize, usize)| {
                x.wrapping_offset(a as isize * self.x.space[0] + b as isize * self.x.space[1])
            };
            let number = |(a, b): (usize, usize)| ((a * self.x.lengths[1] + b) * width) as i32;
            // SAFETY: rows and columns lie inside x, places inside y and inside the places' array.
            unsafe {
                if let Some(row) = rows.next() {
                    first_row::<T>(&mut rooms, start(row), self.x.space[2], number(row));
                    for row in rows {
                        if self.places.is_some() {
                            join_row::<T>(&mut rooms, start(row), self.x.space[2], number(row));
                        } else {
                            max_line::<T>(rooms.line, start(row), self.x.space[2]);
                        }
                    }
                    self.join_columns::<T>(&mut rooms, &columns);
                } else {
                    rooms.best.fill(T::Compute::LEAST);
                    rooms.found.fill(-1);
                }
                for (place, &value) in rooms.best.iter().enumerate() {
                    y.offset(at + place as isize * self.y.space[2]).write(T::narrow(value));
                }
                let Some(side) = &self.places else { return };
                let to = depth as isize * side.space[0] + height as isize * side.space[1];
                let to = side.data.cast::<i32>().offset(self.start(side, plane) + to);
                for (place, &found) in rooms.found.iter().enumerate() {
                    to.offset(place as isize * side.space[2]).write(found);
                }
            }
        });
    }

    /// From columns to windows.
    fn join_columns<T: Real<Compute: Number>>(
        &self,
        rooms: &mut Rooms<T::Compute>,
        columns: &[(usize, usize)],
    ) {
        let kernel = self.windows.kernel[2] as usize;
        let whole = |&(_, count): &(usize, usize)| count == kernel;
        let begin = columns.iter().position(whole).unwrap_or(columns.len());
        let end = columns.iter().rposition(whole).map_or(begin, |last| last + 1);
        for place in (0..begin).chain(end..columns.len()) {
            let (first, count) = columns[place];
            let mut best = (T::Compute::LEAST, -1);
            for column in first..first + count {
                let new = (rooms.line[column], rooms.places[column]);
                if column == first || wins(new, best) {
                    best = new;
                }
            }
            (rooms.best[place], rooms.found[place]) = best;
        }
        if begin < end {
            let run = Run { first: columns[begin].0, stride: self.windows.stride[2] as usize, kernel };
            let mut inner = Rooms {
                line: &mut *rooms.line,
                places: &mut *rooms.places,
                best: &mut rooms.best[begin..end],
                found: &mut rooms.found[begin..end],
            };
            // SAFETY: the windows between the first whole one and the last lie inside the row.
            unsafe { join_windows::<T>(&mut inner, run) }
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

    pub(super) unsafe fn spread_at<T: Real<Compute: Number>>(&self, plane: usize) {
        let y = self.y.data.cast::<T>().wrapping_offset(self.start(&self.y, plane)).cast_const();
        // SAFETY: distances lie inside y, elements inside the plane, which is this task's.
        unsafe {
            self.fill_plane::<T>(plane, |sums| {
                self.places(plane, |at, found| {
                    if let Some(found) = found {
                        sums[found] = sums[found] + (*y.offset(at)).widen();
                    }
                });
            });
        }
    }

    pub(super) unsafe fn select_at<T: Real<Compute: Number>>(&self, plane: usize) {
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

/// Whether an element at a place replaces another: greater, the first nan, or equal and earlier.
#[inline(always)]
fn wins<S: PartialOrd + Copy>(new: (S, i32), old: (S, i32)) -> bool {
    greater(new.0, old.0) | ((new.0 == old.0) & (new.1 < old.1))
}

/// The first row of windows: its elements and their places.
///
/// # Safety
/// As many elements as the line lie `step` apart from `from` on.
unsafe fn first_row<T: Real<Compute: Number>>(
    rooms: &mut Rooms<T::Compute>,
    from: *const T,
    step: isize,
    number: i32,
) {
    for (column, (value, place)) in rooms.line.iter_mut().zip(rooms.places.iter_mut()).enumerate() {
        // SAFETY: the caller's promise.
        *value = unsafe { (*from.offset(column as isize * step)).widen() };
        *place = number + column as i32;
    }
}

/// Instantiates a loop for wide registers where the machine has them.
macro_rules! wide {
    ($(#[$doc:meta])* $name:ident, $run:ident, $($argument:ident: $type:ty),*) => {
        $(#[$doc])*
        unsafe fn $name<T: Real<Compute: Number>>(rooms: &mut Rooms<T::Compute>, $($argument: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            unsafe fn wide<T: Real<Compute: Number>>(rooms: &mut Rooms<T::Compute>, $($argument: $type),*) {
                // SAFETY: the caller's promise.
                unsafe { $run::<T>(rooms, $($argument),*) }
            }
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                // SAFETY: the instructions exist; the rest is the caller's promise.
                return unsafe { wide::<T>(rooms, $($argument),*) };
            }
            // SAFETY: the caller's promise.
            unsafe { $run::<T>(rooms, $($argument),*) }
        }
    };
}
wide!(
    /// Joins another row of x.
    ///
    /// # Safety
    /// As [`first_row`].
    join_row, run_row, from: *const T, step: isize, number: i32
);
wide!(
    /// The greatest of each window's columns.
    ///
    /// # Safety
    /// The windows' columns lie inside the line.
    join_windows, run_windows, run: Run
);

#[inline(always)]
unsafe fn run_row<T: Real<Compute: Number>>(
    rooms: &mut Rooms<T::Compute>,
    from: *const T,
    step: isize,
    number: i32,
) {
    let join = |column: usize, value: T, best: &mut T::Compute, place: &mut i32| {
        let value = value.widen();
        let wins = greater(value, *best);
        *best = if wins { value } else { *best };
        *place = if wins { number + column as i32 } else { *place };
    };
    let lines = rooms.line.iter_mut().zip(rooms.places.iter_mut()).enumerate();
    if step == 1 {
        for (column, (best, place)) in lines {
            // SAFETY: the caller's promise: as many elements as the line, side by side.
            join(column, unsafe { *from.add(column) }, best, place);
        }
    } else {
        for (column, (best, place)) in lines {
            // SAFETY: the caller's promise.
            join(column, unsafe { *from.offset(column as isize * step) }, best, place);
        }
    }
}

#[inline(always)]
unsafe fn run_windows<T: Real<Compute: Number>>(rooms: &mut Rooms<T::Compute>, run: Run) {
    // SAFETY: the caller's promise; the commonest strides are written out so that the compiler knows them.
    unsafe {
        match run.stride {
            1 => strided_windows(rooms, run, 1),
            2 => strided_windows(rooms, run, 2),
            3 => strided_windows(rooms, run, 3),
            stride => strided_windows(rooms, run, stride),
        }
    }
}

#[inline(always)]
unsafe fn strided_windows<S: Number>(rooms: &mut Rooms<S>, run: Run, stride: usize) {
    let windows = rooms.best.len().min(rooms.found.len());
    let (line, places) = (rooms.line.as_ptr(), rooms.places.as_ptr());
    for column in 0..run.kernel {
        // SAFETY: the caller's promise: this column of every window lies inside the line.
        let (line, places) = unsafe { (line.add(run.first + column), places.add(run.first + column)) };
        for window in 0..windows {
            // SAFETY: as above.
            unsafe {
                let new = (*line.add(window * stride), *places.add(window * stride));
                let best = rooms.best.get_unchecked_mut(window);
                let found = rooms.found.get_unchecked_mut(window);
                let wins = (column == 0) | wins(new, (*best, *found));
                *best = if wins { new.0 } else { *best };
                *found = if wins { new.1 } else { *found };
            }
        }
    }
}
