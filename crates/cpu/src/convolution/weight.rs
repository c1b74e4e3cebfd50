//! Weight from data and result: for every pair of channels and every kernel element, the dot of the result's channel
//! with the data's, moved by the element's place. Both are spread with the same pitch, so each dot is one long line;
//! where rows end, the result's copy has zeros (which an infinity beside them turns into nan). Small images lie abreast.

use std::ops::Range;

use graph::kernel::Windows;

use super::abreast::{self, Abreast};
use super::spread::{Shared, Spread, reaching};
use super::tiles::{Dots, Element, Sums};
use super::{Sides, Work};
use crate::pool;
use crate::scratch::Scratch;

/// Bytes of spread images that are worked on at a time.
const BLOCK_BYTES: usize = 4 << 20;
/// Result channels and lines of one task.
const ROWS: usize = 12;
/// A multiple of the lanes of every register.
const LANES: usize = 16;
const LINES: usize = 144;

/// # Safety
/// As for `Device::run`.
pub(super) unsafe fn weight<T: Element>(work: &Work) {
    let Windows { kernel, stride, dilate, before } = work.windows;
    let offsets = [0, 1, 2].map(|axis| (0..kernel[axis]).map(|at| at * dilate[axis]).collect());
    let x = Spread::new(before, stride, offsets, work.result.lengths, work.data.lengths);
    let [_, height, width] = work.result.lengths;
    let gaps = [vec![0], vec![(x.height - height) as i64], vec![(x.pitch - width) as i64]];
    let y = Spread::new([0; 3], [1; 3], gaps, work.result.lengths, work.result.lengths);
    let used = work.result.lengths.iter().product::<usize>() as f64;
    let count = count(work, &y);
    let abreast = Abreast::of(work.images, used / count.max(1) as f64).filter(|abreast| {
        let room = x.room(work.data_channels) + y.room(work.result_channels);
        abreast::is_worth(work.data_channels, work.result_channels)
            && abreast.fits(room, size_of::<T::Compute>())
    });
    let (x, y) = if abreast.is_some() { (x.abreast(), y.abreast()) } else { (x, y) };
    let elements = work.kernel_elements();
    let mut lines = Vec::with_capacity(work.data_channels * elements.len());
    for channel in 0..work.data_channels {
        for (at, _) in &elements {
            let offset = [0, 1, 2].map(|axis| at[axis] as i64 * dilate[axis]);
            lines.push((channel * x.channel) as isize + x.distance(offset));
        }
    }
    let total = work.result_channels * work.groups * lines.len();
    // the weight itself where the sums may be written to it as they come
    let plain = !T::WIDENS
        && work.weight.image == lines.len() as isize
        && work.weight.channel == elements.len() as isize
        && elements.iter().enumerate().all(|(index, (_, place))| *place == index as isize);
    let room = (!plain).then(|| Scratch::new::<T::Compute>(total));
    let sums = Shared(room.as_ref().map_or(work.weight.data.cast(), Scratch::pointer::<T::Compute>));
    let pass = Pass { work, x, y, lines, count, sums };
    // SAFETY: the caller's promise; the sums have room for `total` elements.
    unsafe {
        if work.images == 0 || count == 0 {
            std::slice::from_raw_parts_mut(sums.0, total).fill(T::Compute::default());
        } else if let Some(abreast) = abreast {
            pass.run_abreast::<T>(abreast, &elements);
        } else {
            pass.run::<T>();
        }
        if !plain {
            pass.store::<T>(&elements);
        }
    }
}

/// Places from the first window to the last, rounded up to whole registers.
fn count(work: &Work, y: &Spread) -> usize {
    let [depth, height, width] = work.result.lengths;
    if depth * height * width == 0 {
        return 0;
    }
    (((depth - 1) * y.height + height - 1) * y.pitch + width).next_multiple_of(LANES)
}

/// A kernel element.
struct Tap {
    /// Places of the result, along each axis, for which it lies inside of the data.
    places: [Range<usize>; 3],
    /// Where its line begins in each channel of the data.
    lines: Vec<isize>,
}

struct Pass<'a, S> {
    work: &'a Work,
    x: Spread,
    y: Spread,
    lines: Vec<isize>,
    /// Places from the first window to the last, rounded up to whole registers.
    count: usize,
    /// (result channels, lines of their group)
    sums: Shared<S>,
}

impl<S: Sums> Pass<'_, S> {
    /// Groups side by side where there are enough, otherwise each cut into tasks.
    unsafe fn run<T: Element<Compute = S>>(&self) {
        let groups = self.work.groups;
        // SAFETY: each group has sums of its own.
        let one = |group: usize| unsafe { self.group::<T>(group) };
        if groups >= 2 * pool::threads() { pool::parallel(groups, &one) } else { (0..groups).for_each(one) }
    }

    unsafe fn group<T: Element<Compute = S>>(&self, group: usize) {
        let work = self.work;
        let (x_room, y_room) = (self.x.room(work.data_channels), self.y.room(work.result_channels));
        let fitting = BLOCK_BYTES / ((x_room + y_room) * size_of::<S>()).max(1);
        let block = fitting.clamp(1, work.images.max(1));
        let rooms = [Scratch::new::<S>(block * x_room), Scratch::new::<S>(block * y_room)];
        let (x, y) = (Shared(rooms[0].pointer::<S>()), Shared(rooms[1].pointer::<S>()));
        for first in (0..work.images).step_by(block) {
            let images = block.min(work.images - first);
            pool::parallel(images, &|index| {
                let (x, y) = (&x, &y);
                let start = |side: &Sides, channels: usize| {
                    let at =
                        (first + index) as isize * side.image + (group * channels) as isize * side.channel;
                    side.data.cast::<T>().wrapping_offset(at).cast_const()
                };
                // SAFETY: the image exists, and its room is this task's.
                unsafe {
                    let from = start(&work.data, work.data_channels);
                    self.x.fill(from, &work.data, work.data_channels, Shared(x.0.add(index * x_room)));
                    let from = start(&work.result, work.result_channels);
                    self.y.fill(from, &work.result, work.result_channels, Shared(y.0.add(index * y_room)));
                }
            });
            let across = self.lines.len().div_ceil(LINES);
            let tasks = work.result_channels.div_ceil(ROWS) * across;
            pool::parallel(tasks, &|index| {
                let (x, y, sums) = (&x, &y, &self.sums);
                let (row, line) = (index / across * ROWS, index % across * LINES);
                let lines = &self.lines[line..(line + LINES).min(self.lines.len())];
                let out_row = self.lines.len();
                // SAFETY: the task's rows and lines exist, and its sums are its own.
                unsafe {
                    (S::kernels().dots)(&Dots {
                        rows: ROWS.min(work.result_channels - row),
                        count: self.count,
                        images,
                        y: y.0.add(row * self.y.channel),
                        y_row: self.y.channel as isize,
                        y_image: y_room as isize,
                        x: x.0,
                        x_image: x_room as isize,
                        lines,
                        out: sums.0.add((group * work.result_channels + row) * out_row + line),
                        out_row: out_row as isize,
                        out_line: 1,
                        accumulate: first > 0,
                    });
                }
            });
        }
    }

    /// Images side by side, block after block.
    unsafe fn run_abreast<T: Element<Compute = S>>(
        &self,
        abreast: Abreast,
        elements: &[([usize; 3], isize)],
    ) {
        let (work, lanes) = (self.work, abreast.lanes);
        let taps = self.taps(elements, lanes);
        let rooms = [
            Scratch::new::<S>(self.x.room(work.data_channels) * lanes),
            Scratch::new::<S>(self.y.room(work.result_channels) * lanes),
        ];
        let (x, y) = (Shared(rooms[0].pointer::<S>()), Shared(rooms[1].pointer::<S>()));
        for group in 0..work.groups {
            for first in (0..work.images).step_by(abreast.images) {
                let block = (abreast.images.min(work.images - first), lanes);
                let start = |side: &Sides, channels: usize| {
                    let at = first as isize * side.image + (group * channels) as isize * side.channel;
                    side.data.cast::<T>().wrapping_offset(at).cast_const()
                };
                // SAFETY: the block's images and channels exist; the rooms hold their copies.
                unsafe {
                    let from = start(&work.data, work.data_channels);
                    self.x.fill_abreast(from, &work.data, work.data_channels, block, x);
                    let from = start(&work.result, work.result_channels);
                    self.y.fill_abreast(from, &work.result, work.result_channels, block, y);
                    self.dots_abreast(group, lanes, &taps, (x, y), first > 0);
                }
            }
        }
    }

    /// Every kernel element with the places of the result for which it lies inside of the data.
    fn taps(&self, elements: &[([usize; 3], isize)], lanes: usize) -> Vec<Tap> {
        let Windows { stride, dilate, before, .. } = self.work.windows;
        let channels = self.work.data_channels;
        let all = elements.iter().enumerate().map(|(element, (at, _))| {
            let places = [0, 1, 2].map(|axis| {
                let start = at[axis] as i64 * dilate[axis] - before[axis];
                reaching(self.work.result.lengths[axis], stride[axis], start, self.work.data.lengths[axis])
            });
            let line = |channel: usize| self.lines[channel * elements.len() + element] * lanes as isize;
            Tap { places, lines: (0..channels).map(line).collect() }
        });
        all.collect()
    }

    /// Adds the dots of one block of images: rows of the result one after the other, as images elsewhere, and without the
    /// places that meet zeros around the data.
    unsafe fn dots_abreast(
        &self,
        group: usize,
        lanes: usize,
        taps: &[Tap],
        (x, y): (Shared<S>, Shared<S>),
        accumulate: bool,
    ) {
        let work = self.work;
        let (channels, kernels) = (work.data_channels, S::kernels());
        // whole tiles of the channels of one kernel element; its neighbours find them in the nearer caches
        let step = LINES.div_ceil(taps.len().max(1)).next_multiple_of(kernels.lines);
        let across = channels.div_ceil(step);
        let tasks = work.result_channels.div_ceil(ROWS) * across;
        pool::parallel(tasks, &|index| {
            let (x, y, sums) = (&x, &y, &self.sums);
            let (row, channel) = (index / across * ROWS, index % across * step);
            let out_row = channels * taps.len();
            for (element, tap) in taps.iter().enumerate() {
                let [planes, rows, columns] = &tap.places;
                let place = |spread: &Spread, plane: usize| {
                    ((plane * spread.height + rows.start) * spread.pitch + columns.start) * lanes
                };
                let dots = |plane: usize, images: usize, accumulate: bool| {
                    let lines = &tap.lines[channel..(channel + step).min(channels)];
                    // SAFETY: the task's rows and lines exist at these places, and its sums are its own.
                    unsafe {
                        (kernels.dots)(&Dots {
                            rows: ROWS.min(work.result_channels - row),
                            count: columns.len() * lanes,
                            images,
                            y: y.0.add(row * self.y.channel * lanes + place(&self.y, plane)),
                            y_row: (self.y.channel * lanes) as isize,
                            y_image: (self.y.pitch * lanes) as isize,
                            x: x.0.add(place(&self.x, plane)),
                            x_image: (self.x.pitch * lanes) as isize,
                            lines,
                            out: sums.0.add(
                                (group * work.result_channels + row) * out_row
                                    + channel * taps.len()
                                    + element,
                            ),
                            out_row: out_row as isize,
                            out_line: taps.len() as isize,
                            accumulate,
                        });
                    }
                };
                if planes.is_empty() || rows.is_empty() || columns.is_empty() {
                    // no place meets it: the sums are zero
                    dots(0, 0, accumulate);
                }
                for plane in planes.clone() {
                    dots(plane, rows.len(), accumulate || plane > planes.start);
                }
            }
        });
    }

    /// Rounds the sums into the weight.
    unsafe fn store<T: Element<Compute = S>>(&self, elements: &[([usize; 3], isize)]) {
        let work = self.work;
        let rows = (work.result_channels * work.groups) as i64;
        pool::parallel_ranges(rows, 16, &|begin, end| {
            let sums = &self.sums;
            for row in begin as usize..end as usize {
                let mut from = sums.0.wrapping_add(row * self.lines.len()).cast_const();
                for channel in 0..work.data_channels as isize {
                    for (_, place) in elements {
                        // SAFETY: the weight has this element, and the sums have one for each.
                        unsafe {
                            let at = row as isize * work.weight.image + channel * work.weight.channel + place;
                            work.weight.data.cast::<T>().offset(at).write(T::narrow(*from));
                            from = from.add(1);
                        }
                    }
                }
            }
        });
    }
}
