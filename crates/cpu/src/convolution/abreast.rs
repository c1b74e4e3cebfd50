//! Many small images: a row of the result is then shorter than a register or two, and the places between rows that
//! `taps` computes in vain are many. Images lie abreast instead: a register holds one place of as many images as it has
//! elements. As each place is a column of its own, its sums leave out the steps that meet zeros around the image. Which way
//! is taken depends on shapes only. Called by `taps` and `weight`.

use super::Sides;
use super::spread::{Shared, Spread};
use super::taps::{Grid, Pass};
use super::tiles::{Block, Element, MOST_LANES, Step, Sums};
use crate::pool;
use crate::scratch::Scratch;

/// Images that lie side by side at most: one register tile of the widest registers.
const MOST_IMAGES: usize = 2 * MOST_LANES;
/// Channels on both sides without which the copy costs more than it gains.
const LEAST_CHANNELS: usize = 8;
/// Bytes that the copy of a block of images takes at most.
const MOST_BYTES: usize = 64 << 20;
/// Steps of k in a slice: the data of a tile, which no two steps share, and its weights fill the first-level cache.
const SLICE: usize = 160;
/// Steps that are written out at most, for all runs of places; beyond, every place takes all steps.
const MOST_STEPS: usize = 1 << 18;
/// Bytes of sums that one task keeps in the second-level cache, and its columns where there are enough of them.
const SUMS_BYTES: usize = 384 << 10;
const COLUMNS: usize = 2048;
/// Tasks per thread, so that a late thread costs little.
const TASKS_PER_THREAD: usize = 4;

/// How many images form a block, and the run of elements that a place of all of them takes.
#[derive(Clone, Copy)]
pub(super) struct Abreast {
    pub images: usize,
    pub lanes: usize,
}

impl Abreast {
    /// The blocks of so many images, if they use registers better than the other way, which uses `other` of 1.
    pub fn of(images: usize, other: f64) -> Option<Abreast> {
        let blocks = images.div_ceil(MOST_IMAGES).max(1);
        let each = images.div_ceil(blocks);
        let lanes = each.next_multiple_of(MOST_LANES);
        let used = images as f64 / (blocks * lanes).max(1) as f64;
        (images > 1 && used > 1.1 * other).then_some(Abreast { images: each, lanes })
    }

    /// The blocks for the sums of `taps` over grids of these lengths, from and to so many channels.
    pub fn choose<S>(
        images: usize,
        (sources, targets): (usize, usize),
        spread: &Spread,
        grids: impl IntoIterator<Item = [usize; 3]>,
    ) -> Option<Abreast> {
        if !is_worth(sources, targets) {
            return None;
        }
        let (mut places, mut columns) = (0, 0);
        for [depth, height, width] in grids {
            if depth * height * width > 0 {
                let total = ((depth - 1) * spread.height + height - 1) * spread.pitch + width;
                places += depth * height * width;
                columns += total.next_multiple_of(MOST_LANES);
            }
        }
        let found = Abreast::of(images, places as f64 / columns.max(1) as f64)?;
        found.fits(spread.room(sources), size_of::<S>()).then_some(found)
    }

    /// Whether so many elements, copied for every image of a block, stay within bounds.
    pub fn fits(self, elements: usize, size: usize) -> bool {
        elements.saturating_mul(self.lanes).saturating_mul(size) <= MOST_BYTES
    }
}

/// Whether there are enough channels for the copy to be cheap beside the sums.
pub(super) fn is_worth(sources: usize, targets: usize) -> bool {
    sources.min(targets) >= LEAST_CHANNELS
}

/// Rows and lines of one task's sums.
struct Part {
    row: usize,
    rows: usize,
    line: usize,
    lines: usize,
}

/// Places along an axis for which the same kernel elements lie inside of the image.
struct Run {
    begin: usize,
    end: usize,
    /// Of each kernel element of the grid: whether it lies inside along this axis.
    seen: Vec<bool>,
}

/// What the places of a grid sum over.
struct Edges {
    runs: [Vec<Run>; 3],
    /// Steps of each triple of runs, the last axis fastest.
    steps: Vec<Vec<Step>>,
}

impl Edges {
    /// The runs along the line at places `a` and `b` of the first two axes, with their steps.
    fn along(&self, a: usize, b: usize) -> impl Iterator<Item = (&Run, &[Step])> {
        let at = |axis: usize, place: usize| self.runs[axis].partition_point(|run| run.end <= place);
        let first = (at(0, a) * self.runs[1].len() + at(1, b)) * self.runs[2].len();
        self.runs[2].iter().zip(self.steps[first..].iter().map(Vec::as_slice))
    }
}

impl<S: Sums> Pass<'_, S> {
    /// # Safety
    /// As for `Device::run`.
    pub(super) unsafe fn run_abreast<T: Element<Compute = S>>(&self, abreast: Abreast) {
        let (work, lanes) = (self.work, abreast.lanes);
        let edges: Vec<Edges> = self.grids.iter().map(|grid| self.edges(grid, lanes)).collect();
        let room = Scratch::new::<S>(self.spread.room(self.sources) * lanes);
        for group in 0..work.groups {
            for first in (0..work.images).step_by(abreast.images) {
                let images = abreast.images.min(work.images - first);
                let start = |side: &Sides, channels: usize| {
                    let at = first as isize * side.image + (group * channels) as isize * side.channel;
                    side.data.cast::<T>().wrapping_offset(at)
                };
                let spread = Shared(room.pointer::<S>());
                let from = start(self.from, self.sources).cast_const();
                let to = Shared(start(self.to, self.targets));
                // SAFETY: the block's images and channels exist on both sides; the room holds their copy.
                unsafe {
                    self.spread.fill_abreast(from, self.from, self.sources, (images, lanes), spread);
                    for (grid, edges) in self.grids.iter().zip(&edges) {
                        self.grid_abreast::<T>(grid, edges, (images, lanes), group, spread, to);
                    }
                }
            }
        }
    }

    /// One grid of one block of images, cut into tasks by rows first, so that weights are read once.
    unsafe fn grid_abreast<T: Element<Compute = S>>(
        &self,
        grid: &Grid,
        edges: &Edges,
        (images, lanes): (usize, usize),
        group: usize,
        spread: Shared<S>,
        to: Shared<T>,
    ) {
        let [depth, height, width] = grid.counts;
        let all_lines = depth * height;
        if all_lines * width == 0 {
            return;
        }
        let lines = (COLUMNS / (width * lanes)).clamp(1, all_lines);
        let across = all_lines.div_ceil(lines);
        let tall = S::kernels().rows;
        let tiles = self.targets.div_ceil(tall);
        let fitting = (SUMS_BYTES / (lines * width * lanes * size_of::<S>() * tall)).max(1);
        let wanted = (TASKS_PER_THREAD * pool::threads()).div_ceil(across);
        let down = tiles.div_ceil(fitting).max(wanted).min(tiles);
        let weights =
            Shared(grid.weights.pointer::<S>().wrapping_add(group * self.targets * grid.steps.len()));
        pool::parallel(across * down, &|index| {
            let (spread, to, weights) = (&spread, &to, &weights);
            let (down_at, line) = (index / across, index % across * lines);
            let row = down_at * tiles / down * tall;
            let part = Part {
                row,
                rows: ((down_at + 1) * tiles / down * tall).min(self.targets) - row,
                line,
                lines: lines.min(all_lines - line),
            };
            let sums = Scratch::new::<S>(part.rows * part.lines * width * lanes);
            // SAFETY: parts lie within the grid; the sums have room for them.
            unsafe {
                self.sum_abreast(grid, edges, lanes, &part, spread.0, weights.0, sums.pointer());
                self.store_abreast::<T>(grid, (images, lanes), group, &part, sums.pointer(), to.0);
            }
        });
    }

    /// The steps of every run of places.
    fn edges(&self, grid: &Grid, lanes: usize) -> Edges {
        let runs = [0, 1, 2].map(|axis| {
            let mut runs: Vec<Run> = Vec::new();
            for place in 0..grid.counts[axis] {
                let seen = grid
                    .elements
                    .iter()
                    .map(|offset| self.spread.exists(axis, place, offset[axis], self.from.lengths[axis]));
                let seen: Vec<bool> = seen.collect();
                match runs.last_mut().filter(|run| run.seen == seen) {
                    Some(run) => run.end = place + 1,
                    None => runs.push(Run { begin: place, end: place + 1, seen }),
                }
            }
            runs
        });
        let combinations = runs.iter().map(Vec::len).product::<usize>();
        let runs = if combinations.saturating_mul(grid.steps.len()) <= MOST_STEPS {
            runs
        } else {
            [0, 1, 2].map(|axis| {
                vec![Run { begin: 0, end: grid.counts[axis], seen: vec![true; grid.elements.len()] }]
            })
        };
        let mut steps = Vec::new();
        for a in &runs[0] {
            for b in &runs[1] {
                for c in &runs[2] {
                    let seen = |step: &Step| {
                        let element = step.weight % grid.elements.len();
                        a.seen[element] && b.seen[element] && c.seen[element]
                    };
                    let seen = grid.steps.iter().filter(|step| seen(step));
                    steps.push(seen.map(|step| Step { tap: step.tap * lanes as isize, ..*step }).collect());
                }
            }
        }
        Edges { runs, steps }
    }

    /// The sums of one part, slice by slice of channels.
    unsafe fn sum_abreast(
        &self,
        grid: &Grid,
        edges: &Edges,
        lanes: usize,
        part: &Part,
        spread: *const S,
        weights: *const S,
        sums: *mut S,
    ) {
        let kernels = S::kernels();
        let (k, width) = (grid.steps.len(), grid.counts[2] * lanes);
        let slices = k.div_ceil(SLICE).clamp(1, self.sources.max(1));
        let c_row = part.lines * width;
        let full = part.rows / kernels.rows * kernels.rows;
        for slice in 0..slices {
            for line in 0..part.lines {
                let (a, b) = ((part.line + line) / grid.counts[1], (part.line + line) % grid.counts[1]);
                let place = (a * self.spread.height + b) * self.spread.pitch;
                for (run, steps) in edges.along(a, b) {
                    // whole channels, as each has the same number of steps
                    let per_channel = steps.len() / self.sources.max(1);
                    let cut = |slice: usize| slice * self.sources / slices * per_channel;
                    let steps = &steps[cut(slice)..cut(slice + 1)];
                    let column = run.begin * lanes;
                    for (first, rows) in [(0, full), (full, part.rows - full)] {
                        if rows == 0 {
                            continue;
                        }
                        // SAFETY: rows, steps and columns lie within their rooms; runs are whole registers, so that tiles
                        // end with them.
                        unsafe {
                            (kernels.block)(&Block {
                                rows,
                                columns: (run.end - run.begin) * lanes,
                                k: steps.len(),
                                a: weights.add((part.row + first) * k),
                                a_tile: (kernels.rows * k) as isize,
                                b: spread.add(place * lanes + column),
                                steps: steps.as_ptr(),
                                c: sums.add(first * c_row + line * width + column),
                                c_row: c_row as isize,
                                accumulate: slice > 0,
                            });
                        }
                    }
                }
            }
        }
    }

    /// Adds the bias, rounds and puts the sums of every image where they belong.
    unsafe fn store_abreast<T: Element<Compute = S>>(
        &self,
        grid: &Grid,
        (images, lanes): (usize, usize),
        group: usize,
        part: &Part,
        sums: *const S,
        to: *mut T,
    ) {
        let [_, height, width] = grid.counts;
        let place =
            |axis: usize, at: usize| (grid.first[axis] + at * grid.step[axis]) as isize * self.to.space[axis];
        let step = grid.step[2] as isize * self.to.space[2];
        for row in 0..part.rows {
            let channel = (part.row + row) as isize;
            // SAFETY: the bias has an element for every channel.
            let added = self.work.bias.map_or(S::default(), |(bias, stride)| unsafe {
                let bias = bias.cast::<T>().offset(((group * self.targets) as isize + channel) * stride);
                (*bias).widen()
            });
            for line in 0..part.lines {
                let (a, b) = ((part.line + line) / height, (part.line + line) % height);
                let offset = channel * self.to.channel + place(0, a) + place(1, b) + place(2, 0);
                // SAFETY: the sums of this line exist, and so do their places in every image.
                unsafe {
                    let from = sums.add((row * part.lines + line) * width * lanes);
                    for image in 0..images {
                        let to = to.offset(image as isize * self.to.image + offset);
                        for column in 0..width {
                            let sum = *from.add(column * lanes + image) + added;
                            to.offset(column as isize * step).write(T::narrow(sum));
                        }
                    }
                }
            }
        }
    }
}
