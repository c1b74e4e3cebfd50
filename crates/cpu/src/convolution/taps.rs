//! Result from data, and data from result: sums over taps. For the latter, the elements of the data fall into residues
//! of the stride; those of one residue are touched by the same kernel elements, so each residue is a plain sum over taps.
//! Small images go another way, in `abreast`.

use std::marker::PhantomData;

use graph::kernel::Windows;

use super::abreast::Abreast;
use super::spread::{Shared, Spread};
use super::tiles::{Block, Element, Kernels, Step, Sums};
use super::{Sides, Work};
use crate::pool;
use crate::scratch::Scratch;

/// Steps of k in a slice: a row tile of weights and the data under one panel then share the first-level cache.
const SLICE: usize = 320;
/// Bytes of sums that one task keeps in the second-level cache, and its columns at most.
const SUMS_BYTES: usize = 128 << 10;
const MOST_COLUMNS: usize = 1024;
/// Tasks per thread, so that a late thread costs little.
const TASKS_PER_THREAD: usize = 4;

/// The places of one residue (of all places, where the stride does not matter).
pub(super) struct Grid {
    /// Places along each axis, the first place and the distance between places, in the output.
    pub counts: [usize; 3],
    pub first: [usize; 3],
    pub step: [usize; 3],
    /// Of the kernel elements: distances from a place, in elements of the source with the lead before it.
    pub elements: Vec<[i64; 3]>,
    /// Steps (channel, kernel element).
    pub steps: Vec<Step>,
    /// Packed weights of every group.
    pub weights: Scratch,
}

/// One form over all images.
pub(super) struct Pass<'a, S> {
    pub work: &'a Work,
    pub from: &'a Sides,
    pub to: &'a Sides,
    /// Channels per group that are summed over, and that come out.
    pub sources: usize,
    pub targets: usize,
    pub spread: Spread,
    pub grids: Vec<Grid>,
    /// Where images go abreast.
    pub abreast: Option<Abreast>,
    sums: PhantomData<S>,
}

// SAFETY: scratch rooms are written before the tasks start and only read by them.
unsafe impl Sync for Grid {}

/// # Safety
/// As for `Device::run`.
pub(super) unsafe fn result<T: Element>(work: &Work) {
    let Windows { kernel, stride, dilate, before } = work.windows;
    let offsets = [0, 1, 2].map(|axis| (0..kernel[axis]).map(|at| at * dilate[axis]).collect());
    let spread = Spread::new(before, stride, offsets, work.result.lengths, work.data.lengths);
    let channels = (work.data_channels, work.result_channels);
    let abreast = Abreast::choose::<T::Compute>(work.images, channels, &spread, [work.result.lengths]);
    let spread = if abreast.is_some() { spread.abreast() } else { spread };
    let elements = work.kernel_elements();
    let offsets = elements.iter().map(|(at, _)| [0, 1, 2].map(|axis| at[axis] as i64 * dilate[axis]));
    let offsets: Vec<[i64; 3]> = offsets.collect();
    let steps = steps(work.data_channels, &spread, &offsets);
    let places: Vec<isize> = (0..work.data_channels as isize)
        .flat_map(|channel| elements.iter().map(move |(_, place)| channel * work.weight.channel + place))
        .collect();
    let weight = work.weight.data.cast::<T>();
    let rows = Rows { count: work.result_channels, stride: work.weight.image, places: &places };
    let group = work.result_channels as isize * work.weight.image;
    // SAFETY: the weight has these rows and places in every group.
    let weights = unsafe { pack_groups(work.groups, weight, group, &rows) };
    let grid =
        Grid { counts: work.result.lengths, first: [0; 3], step: [1; 3], elements: offsets, steps, weights };
    let pass: Pass<'_, T::Compute> = Pass {
        work,
        from: &work.data,
        to: &work.result,
        sources: work.data_channels,
        targets: work.result_channels,
        spread,
        grids: vec![grid],
        abreast,
        sums: PhantomData,
    };
    // SAFETY: the caller's promise.
    unsafe { pass.run::<T>() }
}

/// # Safety
/// As for `Device::run`.
pub(super) unsafe fn data<T: Element>(work: &Work) {
    let axes: [Vec<Residue>; 3] =
        [0, 1, 2].map(|axis| residues(&work.windows, axis, work.data.lengths[axis]));
    let used = |axis: usize| axes[axis].iter().flat_map(|residue| residue.taps.iter().map(|&(_, at)| at));
    let lead = [0, 1, 2].map(|axis| used(axis).map(|at| -at).max().unwrap_or(0).max(0));
    let offsets = [0, 1, 2].map(|axis| used(axis).map(|at| at + lead[axis]).collect::<Vec<i64>>());
    let counts = [0, 1, 2].map(|axis| axes[axis].iter().map(|residue| residue.count).max().unwrap_or(0));
    let spread = Spread::new(lead, [1; 3], offsets, counts, work.result.lengths);
    let mut every = Vec::new();
    for a in &axes[0] {
        for b in &axes[1] {
            every.extend(axes[2].iter().map(|c| [a.count, b.count, c.count]));
        }
    }
    let channels = (work.result_channels, work.data_channels);
    let abreast = Abreast::choose::<T::Compute>(work.images, channels, &spread, every);
    let spread = if abreast.is_some() { spread.abreast() } else { spread };
    let mut grids = Vec::new();
    for a in &axes[0] {
        for b in &axes[1] {
            for c in &axes[2] {
                // SAFETY: the weight's elements are readable, by the caller's promise.
                grids.push(unsafe { residue_grid::<T>(work, &spread, lead, [a, b, c]) });
            }
        }
    }
    let pass: Pass<'_, T::Compute> = Pass {
        work,
        from: &work.result,
        to: &work.data,
        sources: work.result_channels,
        targets: work.data_channels,
        spread,
        grids,
        abreast,
        sums: PhantomData,
    };
    // SAFETY: the caller's promise.
    unsafe { pass.run::<T>() }
}

/// Elements of the data along one axis that are equal modulo the stride.
struct Residue {
    first: usize,
    count: usize,
    step: usize,
    /// (kernel element, distance of the result's element from the place).
    taps: Vec<(usize, i64)>,
}

fn residues(windows: &Windows, axis: usize, length: usize) -> Vec<Residue> {
    let (stride, dilate) = (windows.stride[axis], windows.dilate[axis]);
    let all = (0..stride.min(length as i64)).map(|first| {
        let reached = (0..windows.kernel[axis]).filter_map(|at| {
            let distance = first + windows.before[axis] - at * dilate;
            (distance.rem_euclid(stride) == 0).then(|| (at as usize, distance.div_euclid(stride)))
        });
        let count = (length - first as usize).div_ceil(stride as usize);
        Residue { first: first as usize, count, step: stride as usize, taps: reached.collect() }
    });
    all.collect()
}

unsafe fn residue_grid<T: Element>(
    work: &Work,
    spread: &Spread,
    lead: [i64; 3],
    axes: [&Residue; 3],
) -> Grid {
    let (mut elements, mut inner) = (Vec::new(), Vec::new());
    for &(a, first) in &axes[0].taps {
        for &(b, second) in &axes[1].taps {
            for &(c, third) in &axes[2].taps {
                elements.push([first + lead[0], second + lead[1], third + lead[2]]);
                let at = [a, b, c];
                inner.push((0..3).map(|axis| at[axis] as isize * work.weight.space[axis]).sum::<isize>());
            }
        }
    }
    let steps = steps(work.result_channels, spread, &elements);
    let places: Vec<isize> = (0..work.result_channels as isize)
        .flat_map(|channel| inner.iter().map(move |inner| channel * work.weight.image + inner))
        .collect();
    let rows = Rows { count: work.data_channels, stride: work.weight.channel, places: &places };
    let group = work.result_channels as isize * work.weight.image;
    // SAFETY: the caller's promise about the weight.
    let weights = unsafe { pack_groups(work.groups, work.weight.data.cast::<T>(), group, &rows) };
    Grid {
        counts: axes.map(|axis| axis.count),
        first: axes.map(|axis| axis.first),
        step: axes.map(|axis| axis.step),
        elements,
        steps,
        weights,
    }
}

/// The steps of so many channels with kernel elements at these offsets.
fn steps(channels: usize, spread: &Spread, elements: &[[i64; 3]]) -> Vec<Step> {
    let distances: Vec<isize> = elements.iter().map(|&offset| spread.distance(offset)).collect();
    let all = (0..channels).flat_map(|channel| {
        let start = (channel * spread.channel) as isize;
        distances.iter().enumerate().map(move |(element, distance)| Step {
            tap: start + distance,
            weight: channel * elements.len() + element,
        })
    });
    all.collect()
}

/// Weights as a matrix: `count` rows, and the place of each step.
struct Rows<'a> {
    count: usize,
    stride: isize,
    places: &'a [isize],
}

/// Packs the weights of every group: row tiles one after the other, the rows of a step side by side.
unsafe fn pack_groups<T: Element>(groups: usize, from: *const T, group: isize, rows: &Rows) -> Scratch {
    let height = T::Compute::kernels().rows;
    let room = rows.count * rows.places.len();
    let all = Scratch::new::<T::Compute>(groups * room);
    let to = Shared(all.pointer::<T::Compute>());
    let from = Shared(from.cast_mut());
    let (tiles, tile_room) = (rows.count.div_ceil(height), height * rows.places.len());
    let grain = ((1 << 14) / tile_room.max(1)).max(1);
    pool::parallel_ranges((groups * tiles) as i64, grain as i64, &|begin, end| {
        let (to, from) = (&to, &from);
        for index in begin as usize..end as usize {
            let (index, tile) = (index / tiles, index % tiles * height);
            let tall = height.min(rows.count - tile);
            let first = index as isize * group + tile as isize * rows.stride;
            let to = to.0.wrapping_add(index * room + tile * rows.places.len());
            // SAFETY: the group's rows and places exist; the room holds all of them, each tile in its place.
            unsafe {
                let from = from.0.cast_const().offset(first);
                match tall {
                    6 => pack_tile::<T, 6>(from, rows, to),
                    12 => pack_tile::<T, 12>(from, rows, to),
                    _ => (0..tall).for_each(|row| {
                        pack_row(from.offset(row as isize * rows.stride), rows.places, to.add(row), tall);
                    }),
                }
            }
        }
    });
    all
}

/// A row tile of a height that the compiler knows.
unsafe fn pack_tile<T: Element, const ROWS: usize>(from: *const T, rows: &Rows, to: *mut T::Compute) {
    for (step, &place) in rows.places.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe {
            let (from, to) = (from.offset(place), to.add(step * ROWS));
            for row in 0..ROWS {
                to.add(row).write((*from.offset(row as isize * rows.stride)).widen());
            }
        }
    }
}

/// One row of a lower tile.
unsafe fn pack_row<T: Element>(from: *const T, places: &[isize], to: *mut T::Compute, height: usize) {
    for (step, &place) in places.iter().enumerate() {
        // SAFETY: the caller's promise.
        unsafe { to.add(step * height).write((*from.offset(place)).widen()) };
    }
}

impl<S: Sums> Pass<'_, S> {
    /// All images and groups: side by side where there are enough of them, otherwise each cut into tasks.
    unsafe fn run<T: Element<Compute = S>>(&self) {
        let (images, groups) = (self.work.images, self.work.groups);
        if let Some(abreast) = self.abreast {
            // SAFETY: the caller's promise.
            return unsafe { self.run_abreast::<T>(abreast) };
        }
        let all = images * groups;
        let one = |index: usize| {
            // SAFETY: every (image, group) has elements of its own in the output.
            unsafe { self.image::<T>(index / groups, index % groups) }
        };
        if all >= 2 * pool::threads() {
            let grain = all.div_ceil(256) as i64;
            pool::parallel_ranges(all as i64, grain, &|begin, end| {
                (begin as usize..end as usize).for_each(one)
            });
        } else {
            (0..all).for_each(one);
        }
    }

    unsafe fn image<T: Element<Compute = S>>(&self, image: usize, group: usize) {
        let room = Scratch::new::<S>(self.spread.room(self.sources));
        let spread = Shared(room.pointer::<S>());
        let start = |side: &Sides, channels: usize| {
            image as isize * side.image + (group * channels) as isize * side.channel
        };
        let from = self.from.data.cast::<T>().wrapping_offset(start(self.from, self.sources));
        let to = Shared(self.to.data.cast::<T>().wrapping_offset(start(self.to, self.targets)));
        // SAFETY: the image's channels of this group lie at `from`; the room holds them.
        unsafe { self.spread.fill(from.cast_const(), self.from, self.sources, spread) };
        let kernels = S::kernels();
        let bias = self.work.bias.map(|(bias, stride)| {
            (
                Shared(bias.cast::<T>().wrapping_offset((group * self.targets) as isize * stride).cast_mut()),
                stride,
            )
        });
        for grid in &self.grids {
            let [depth, height, width] = grid.counts;
            if depth * height * width == 0 {
                continue;
            }
            let total = ((depth - 1) * self.spread.height + height - 1) * self.spread.pitch + width;
            let (columns, rows) = self.task_size(kernels, total);
            let across = total.div_ceil(columns);
            let tasks = across * self.targets.div_ceil(rows);
            let weights =
                Shared(grid.weights.pointer::<S>().wrapping_add(group * self.targets * grid.steps.len()));
            let task = |index: usize| {
                let (spread, to, weights, bias) = (&spread, &to, &weights, &bias);
                let (row, column) = (index / across * rows, index % across * columns);
                let part = Part {
                    row,
                    rows: rows.min(self.targets - row),
                    column,
                    columns: columns.min(total - column),
                };
                let sums = Scratch::new::<S>(part.rows * part.columns.next_multiple_of(kernels.columns));
                // SAFETY: parts lie within the grid; the sums have room for whole tiles.
                unsafe {
                    self.sum(grid, &part, spread.0, weights.0, sums.pointer());
                    self.store::<T>(grid, &part, sums.pointer(), *bias, to.0);
                }
            };
            let work = total * self.targets * grid.steps.len();
            if work < 1 << 18 { (0..tasks).for_each(task) } else { pool::parallel(tasks, &task) }
        }
    }

    /// Columns and rows of one task, in whole tiles.
    fn task_size(&self, kernels: &Kernels<S>, total: usize) -> (usize, usize) {
        let fitting = SUMS_BYTES / (self.targets * size_of::<S>());
        let columns = (fitting / kernels.columns).max(2) * kernels.columns;
        let columns = columns.min(MOST_COLUMNS).min(total.next_multiple_of(kernels.columns));
        let wanted = if self.work.images * self.work.groups >= 2 * pool::threads() {
            1
        } else {
            TASKS_PER_THREAD * pool::threads()
        };
        let down = wanted.div_ceil(total.div_ceil(columns)).min(self.targets.div_ceil(kernels.rows)).max(1);
        (columns, self.targets.div_ceil(down).next_multiple_of(kernels.rows))
    }

    /// The sums of one part, slice by slice of k.
    unsafe fn sum(&self, grid: &Grid, part: &Part, spread: *const S, weights: *const S, sums: *mut S) {
        let kernels = S::kernels();
        let k = grid.steps.len();
        let c_row = part.columns.next_multiple_of(kernels.columns) as isize;
        let depth = k.div_ceil(k.div_ceil(SLICE).max(1)).max(1);
        let (full, rest) = (part.rows / kernels.rows * kernels.rows, part.rows % kernels.rows);
        let mut start = 0;
        loop {
            let steps = depth.min(k - start);
            for (first, rows) in [(0, full), (full, rest)] {
                if rows == 0 {
                    continue;
                }
                // SAFETY: the part's rows, steps and columns lie within their rooms.
                unsafe {
                    (kernels.block)(&Block {
                        rows,
                        columns: part.columns,
                        k: steps,
                        a: weights.add((part.row + first) * k),
                        a_tile: (kernels.rows * k) as isize,
                        b: spread.add(part.column),
                        steps: grid.steps.as_ptr().add(start),
                        c: sums.offset(first as isize * c_row),
                        c_row,
                        accumulate: start > 0,
                    });
                }
            }
            start += steps;
            if start >= k {
                break;
            }
        }
    }

    /// Adds the bias, rounds and puts the sums where they belong; columns between the rows of the grid are left out.
    unsafe fn store<T: Element<Compute = S>>(
        &self,
        grid: &Grid,
        part: &Part,
        sums: *const S,
        bias: Option<(Shared<T>, isize)>,
        to: *mut T,
    ) {
        let c_row = part.columns.next_multiple_of(S::kernels().columns);
        let (pitch, height) = (self.spread.pitch, self.spread.height);
        let place =
            |axis: usize, at: usize| (grid.first[axis] + at * grid.step[axis]) as isize * self.to.space[axis];
        let step = grid.step[2] as isize * self.to.space[2];
        let end = part.column + part.columns;
        for line in part.column / pitch..=(end - 1) / pitch {
            let (a, b) = (line / height, line % height);
            if a >= grid.counts[0] || b >= grid.counts[1] {
                continue;
            }
            let begin = part.column.max(line * pitch);
            let end = end.min(line * pitch + grid.counts[2]);
            if begin >= end {
                continue;
            }
            let offset = place(0, a) + place(1, b) + place(2, begin - line * pitch);
            for row in 0..part.rows {
                // SAFETY: the sums of this row exist, and so do their places in the output.
                unsafe {
                    let channel = (part.row + row) as isize;
                    let from = sums.add(row * c_row + begin - part.column);
                    let to = to.offset(channel * self.to.channel + offset);
                    let added = bias
                        .map_or(S::default(), |(bias, stride)| (*bias.0.offset(channel * stride)).widen());
                    store_row::<T>(from, end - begin, added, to, step);
                }
            }
        }
    }
}

/// A part of the sums: rows and columns of the grid.
struct Part {
    row: usize,
    rows: usize,
    column: usize,
    columns: usize,
}

#[inline(always)]
unsafe fn store_row<T: Element>(
    from: *const T::Compute,
    count: usize,
    added: T::Compute,
    to: *mut T,
    step: isize,
) {
    // SAFETY: the caller's promise about both rows.
    unsafe {
        if step == 1 {
            for index in 0..count {
                to.add(index).write(T::narrow(*from.add(index) + added));
            }
        } else {
            for index in 0..count {
                to.offset(index as isize * step).write(T::narrow(*from.add(index) + added));
            }
        }
    }
}
