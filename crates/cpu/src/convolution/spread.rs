//! The padded copy of one image's channels: widened, with zeros around it, and cut into phases (every `step`-th element)
//! where windows jump, so that neighbouring windows read neighbouring elements; small images are copied abreast. Used by all
//! forms.

use std::ops::Range;

use super::Sides;
use super::tiles::Element;
use crate::pool;

/// Room behind every plane for whole tiles of columns, and what planes are rounded up to.
const SLACK: usize = 32;
/// Elements that one task copies at least.
const TASK: usize = 1 << 14;

/// How the copy of a channel is laid out. Element (phase, place) along an axis is the channel's element
/// `place * step + phase - lead`.
pub(super) struct Spread {
    lead: [i64; 3],
    step: [i64; 3],
    /// The phases that are needed, ascending.
    phases: [Vec<i64>; 3],
    /// Places along depth and height; from row to row.
    depth: usize,
    pub height: usize,
    pub pitch: usize,
    plane: usize,
    /// From channel to channel.
    pub channel: usize,
    /// Zeros behind the last channel.
    behind: usize,
}

/// A pointer whose parts tasks share out.
#[derive(Clone, Copy)]
pub(super) struct Shared<S>(pub *mut S);
// SAFETY: each task writes its own part.
unsafe impl<S> Sync for Shared<S> {}

impl Spread {
    /// For windows that begin at `-lead` and whose elements lie at `offsets` (per axis), moved by `step` from place to
    /// place, `counts` places; `lengths` are the channel's.
    pub fn new(
        lead: [i64; 3],
        step: [i64; 3],
        offsets: [Vec<i64>; 3],
        counts: [usize; 3],
        lengths: [usize; 3],
    ) -> Spread {
        let far = |axis: usize| {
            let far = offsets[axis].iter().map(|offset| offset / step[axis]).max();
            far.unwrap_or(0) as usize
        };
        let places = |axis: usize| counts[axis] + far(axis);
        let width = places(2);
        // Zeros behind a row may be the zeros in front of the next.
        let behind = (width as i64 - lead[2] - lengths[2] as i64).max(0);
        let shared = if step[2] == 1 { behind.min(lead[2].max(0)) as usize } else { 0 };
        let shared = shared.min(far(2));
        let phases = std::array::from_fn(|axis| {
            let mut phases: Vec<i64> = offsets[axis].iter().map(|offset| offset % step[axis]).collect();
            phases.sort_unstable();
            phases.dedup();
            phases
        });
        let (depth, height, pitch) = (places(0), places(1), (width - shared).max(1));
        let plane = (depth * height * pitch).next_multiple_of(SLACK);
        let channel = phases.iter().map(Vec::len).product::<usize>() * plane;
        Spread { lead, step, phases, depth, height, pitch, plane, channel, behind: SLACK + shared }
    }

    /// The same copy for images abreast: planes of an odd number of places, so that the same place of many channels does
    /// not fall on the same lines of the cache, as it would a power of two apart.
    pub fn abreast(self) -> Spread {
        let plane = (self.depth * self.height * self.pitch) | 1;
        Spread { channel: self.channel / self.plane.max(1) * plane, plane, ..self }
    }

    /// Elements of the copies of so many channels.
    pub fn room(&self, channels: usize) -> usize {
        channels * self.channel + self.behind
    }

    /// Distance of a window's element at `offset` from the window's place.
    pub fn distance(&self, offset: [i64; 3]) -> isize {
        let mut phase = 0;
        for axis in 0..3 {
            let wanted = offset[axis] % self.step[axis];
            let at = self.phases[axis].iter().position(|&phase| phase == wanted).unwrap_or(0);
            phase = phase * self.phases[axis].len() + at;
        }
        let [a, b, c] = [0, 1, 2].map(|axis| (offset[axis] / self.step[axis]) as usize);
        (phase * self.plane + (a * self.height + b) * self.pitch + c) as isize
    }

    /// Whether the element at `offset` from a place exists along an axis of so many elements.
    pub fn exists(&self, axis: usize, place: usize, offset: i64, length: usize) -> bool {
        (0..length as i64).contains(&(place as i64 * self.step[axis] + offset - self.lead[axis]))
    }

    /// Copies `channels` channels from `from` on.
    ///
    /// # Safety
    /// The channels are readable with the strides of `side`; `to` has room for all of them.
    pub unsafe fn fill<T: Element>(
        &self,
        from: *const T,
        side: &Sides,
        channels: usize,
        to: Shared<T::Compute>,
    ) {
        let grain = (TASK / self.channel.max(1)).max(1);
        let from = Shared(from.cast_mut());
        pool::parallel_ranges(channels as i64, grain as i64, &|begin, end| {
            let (from, to) = (&from, &to);
            for channel in begin as usize..end as usize {
                // SAFETY: the channel exists on both sides, and is this task's alone.
                unsafe {
                    let from = from.0.cast_const().offset(channel as isize * side.channel);
                    self.fill_channel(from, side, to.0.add(channel * self.channel));
                }
            }
        });
        // SAFETY: room for it was asked for.
        let slack = unsafe { std::slice::from_raw_parts_mut(to.0.add(channels * self.channel), self.behind) };
        slack.fill(T::Compute::default());
    }

    /// As [`Spread::fill`], for `images` images abreast: every element of the copy is a run of `lanes` elements, one of
    /// each image (and zeros for images that there are not). Distances grow by that factor.
    ///
    /// # Safety
    /// As [`Spread::fill`], for every image; `to` has room for `lanes` times as much.
    pub unsafe fn fill_abreast<T: Element>(
        &self,
        from: *const T,
        side: &Sides,
        channels: usize,
        (images, lanes): (usize, usize),
        to: Shared<T::Compute>,
    ) {
        let grain = (TASK / (self.channel * lanes).max(1)).max(1);
        let from = Shared(from.cast_mut());
        pool::parallel_ranges(channels as i64, grain as i64, &|begin, end| {
            let (from, to) = (&from, &to);
            for channel in begin as usize..end as usize {
                // SAFETY: the channel exists on both sides, and is this task's alone.
                unsafe {
                    let from = from.0.cast_const().offset(channel as isize * side.channel);
                    let to = to.0.add(channel * self.channel * lanes);
                    self.fill_channel_abreast(from, side, (images, lanes), to);
                }
            }
        });
        // SAFETY: room for it was asked for.
        unsafe { zeros(to.0.add(channels * self.channel * lanes), self.behind * lanes) };
    }

    unsafe fn fill_channel_abreast<T: Element>(
        &self,
        from: *const T,
        side: &Sides,
        (images, lanes): (usize, usize),
        to: *mut T::Compute,
    ) {
        let source = |axis: usize, place: usize, phase: i64| {
            let at = place as i64 * self.step[axis] + phase - self.lead[axis];
            (0..side.lengths[axis] as i64).contains(&at).then_some(at as isize * side.space[axis])
        };
        let mut plane = to;
        for &first in &self.phases[0] {
            for &second in &self.phases[1] {
                for &third in &self.phases[2] {
                    for row in 0..self.depth * self.height {
                        let (depth, height) = (row / self.height, row % self.height);
                        let start = source(0, depth, first).zip(source(1, height, second));
                        for place in 0..self.pitch {
                            let at = start.zip(source(2, place, third));
                            // SAFETY: the place lies within the channel's room; sources exist in every image.
                            unsafe {
                                let to = plane.add((row * self.pitch + place) * lanes);
                                let Some(((a, b), c)) = at else {
                                    zeros(to, lanes);
                                    continue;
                                };
                                let from = from.offset(a + b + c);
                                for image in 0..images {
                                    let from = from.offset(image as isize * side.image);
                                    to.add(image).write((*from).widen());
                                }
                                zeros(to.add(images), lanes - images);
                            }
                        }
                    }
                    let written = self.depth * self.height * self.pitch;
                    // SAFETY: the rest of the plane.
                    unsafe { zeros(plane.add(written * lanes), (self.plane - written) * lanes) };
                    plane = plane.wrapping_add(self.plane * lanes);
                }
            }
        }
    }

    unsafe fn fill_channel<T: Element>(&self, from: *const T, side: &Sides, mut to: *mut T::Compute) {
        for &first in &self.phases[0] {
            for &second in &self.phases[1] {
                for &third in &self.phases[2] {
                    // SAFETY: the phase's plane lies within the channel's room.
                    unsafe { self.fill_plane(from, side, [first, second, third], to) };
                    to = to.wrapping_add(self.plane);
                }
            }
        }
    }

    unsafe fn fill_plane<T: Element>(
        &self,
        from: *const T,
        side: &Sides,
        phase: [i64; 3],
        to: *mut T::Compute,
    ) {
        let source = |axis: usize, place: usize| {
            let at = place as i64 * self.step[axis] + phase[axis] - self.lead[axis];
            (0..side.lengths[axis] as i64).contains(&at).then_some(at as isize * side.space[axis])
        };
        // SAFETY: rows lie within the plane; sources inside the channel.
        unsafe {
            for depth in 0..self.depth {
                for height in 0..self.height {
                    let row = to.add((depth * self.height + height) * self.pitch);
                    match (source(0, depth), source(1, height)) {
                        (Some(a), Some(b)) => self.fill_row(from.offset(a + b), side, phase[2], row),
                        _ => zeros(row, self.pitch),
                    }
                }
            }
            let written = self.depth * self.height * self.pitch;
            zeros(to.add(written), self.plane - written);
        }
    }

    unsafe fn fill_row<T: Element>(&self, from: *const T, side: &Sides, phase: i64, to: *mut T::Compute) {
        let (step, start) = (self.step[2], phase - self.lead[2]);
        let Range { start: begin, end } = reaching(self.pitch, step, start, side.lengths[2]);
        // SAFETY: the row has `pitch` places; the elements between `begin` and `end` exist.
        unsafe {
            zeros(to, begin);
            let first = from.offset((begin as i64 * step + start) as isize * side.space[2]);
            copy::<T>(first, step as isize * side.space[2], end - begin, to.add(begin));
            zeros(to.add(end), self.pitch - end);
        }
    }
}

/// Of so many places those whose element exists: `0 <= place * step + start < length`.
pub(super) fn reaching(places: usize, step: i64, start: i64, length: usize) -> Range<usize> {
    let first = |bound: i64| ((bound - start).max(0) as u64).div_ceil(step.max(1) as u64) as usize;
    let end = first(length as i64).min(places);
    first(0).min(end)..end
}

#[inline(always)]
unsafe fn zeros<S: Default + Copy>(to: *mut S, count: usize) {
    // SAFETY: the caller has room for `count` elements.
    unsafe {
        match count {
            // between the rows of images there are one or two: not worth a call
            0 => {}
            1 => to.write(S::default()),
            2 => to.cast::<[S; 2]>().write([S::default(); 2]),
            _ => std::slice::from_raw_parts_mut(to, count).fill(S::default()),
        }
    }
}

/// Widens elements at equal distances.
#[inline(always)]
unsafe fn copy<T: Element>(from: *const T, step: isize, count: usize, to: *mut T::Compute) {
    // SAFETY: the caller's promise about both sides; without widening, the two types are one.
    unsafe {
        if step == 1 && !T::WIDENS {
            to.copy_from_nonoverlapping(from.cast(), count);
        } else if step == 1 {
            crate::gemm::pack::widen_run(from, count, to);
        } else {
            let mut done = 0;
            #[cfg(target_arch = "x86_64")]
            if step == 2 && !T::WIDENS && size_of::<T>() == 4 && is_x86_feature_detected!("avx2") {
                done = every_second(from.cast(), count, to.cast());
            }
            for index in done..count {
                to.add(index).write((*from.offset(index as isize * step)).widen());
            }
        }
    }
}

/// Copies every second float, eight at a time; returns how many are done (fewer than `count`, so that nothing behind the
/// last element is read).
///
/// # Safety
/// `2 * count - 1` floats are readable at `from`, `count` writable at `to`; the machine has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn every_second(from: *const f32, count: usize, to: *mut f32) -> usize {
    use std::arch::x86_64::*;
    let mut done = 0;
    while done + 8 < count {
        // SAFETY: sixteen floats from `2 * done` on lie before the last element.
        unsafe {
            let (a, b) = (_mm256_loadu_ps(from.add(2 * done)), _mm256_loadu_ps(from.add(2 * done + 8)));
            let mixed = _mm256_castps_pd(_mm256_shuffle_ps::<0x88>(a, b));
            let even = _mm256_castpd_ps(_mm256_permute4x64_pd::<0xd8>(mixed));
            _mm256_storeu_ps(to.add(done), even);
        }
        done += 8;
    }
    done
}
