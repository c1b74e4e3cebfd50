//! Quicksort of keys of 32 and 64 bits in AVX-512: partitions by compressing registers, and sorts the last few hundred
//! keys in a network of 2 to 16 registers. Called by the sorts of this module where the machine has the instructions
//! ([`runs`]). Knows keys only: unsigned numbers whose equals cannot be told apart.

use std::arch::x86_64::*;

use super::radix::Radix;

/// Whether this machine has what the functions of this file need.
pub(super) fn runs() -> bool {
    lanes::level() >= lanes::Level::Avx512
}

/// Registers of the largest network.
const MOST_ROWS: usize = 16;
/// From this length on a pivot is worth a better sample.
const LONG: usize = 1 << 14;

/// A register of keys.
///
/// # Safety
/// Everything here needs AVX-512 F, and pointers to as many keys as are touched.
pub(super) trait Lanes: Copy {
    type Key: Radix;
    const COUNT: usize;
    const GREATEST: Self::Key;
    unsafe fn splat(key: Self::Key) -> Self;
    unsafe fn load(from: *const Self::Key) -> Self;
    /// The first `count` keys, the greatest number in the other lanes.
    unsafe fn load_some(from: *const Self::Key, count: usize) -> Self;
    unsafe fn store(self, to: *mut Self::Key);
    unsafe fn store_some(self, to: *mut Self::Key, count: usize);
    unsafe fn min(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// One bit per lane.
    unsafe fn less(self, other: Self) -> u32;
    unsafe fn less_equal(self, other: Self) -> u32;
    /// The lanes of the mask, moved together.
    unsafe fn compress(self, mask: u32) -> Self;
    /// Lane `i` gets lane `i ^ mask`.
    unsafe fn exchange(self, mask: usize) -> Self;
    /// The lesser of both keys in lanes whose number lacks the bit, the greater in others.
    unsafe fn sorted_with(self, other: Self, bit: usize) -> Self;
    /// The lower and the upper halves of both, lane by lane in turns.
    unsafe fn zip(self, other: Self) -> (Self, Self);
}

macro_rules! lanes {
    ($name:ident, $key:ty, $number:ty, $count:literal, $all:ty, $splat:ident, $load:ident, $load_some:ident,
     $store:ident, $store_some:ident, $min:ident, $max:ident, $mask_max:ident, $less:ident, $less_equal:ident,
     $compress:ident, $permute:ident, $permute2:ident) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name(__m512i);

        // SAFETY (of the blocks): the trait's promise.
        #[allow(clippy::undocumented_unsafe_blocks)]
        impl Lanes for $name {
            type Key = $key;
            const COUNT: usize = $count;
            const GREATEST: $key = <$key>::MAX;
            #[inline(always)]
            unsafe fn splat(key: $key) -> Self {
                unsafe { $name($splat(key as _)) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $key) -> Self {
                unsafe { $name($load(from.cast())) }
            }
            #[inline(always)]
            unsafe fn load_some(from: *const $key, count: usize) -> Self {
                let mask = !(<$all>::MAX.checked_shl(count as u32).unwrap_or(0));
                unsafe { $name($load_some($splat(-1), mask, from.cast())) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $key) {
                unsafe { $store(to.cast(), self.0) }
            }
            #[inline(always)]
            unsafe fn store_some(self, to: *mut $key, count: usize) {
                let mask = !(<$all>::MAX.checked_shl(count as u32).unwrap_or(0));
                unsafe { $store_some(to.cast(), mask, self.0) }
            }
            #[inline(always)]
            unsafe fn min(self, other: Self) -> Self {
                unsafe { $name($min(self.0, other.0)) }
            }
            #[inline(always)]
            unsafe fn max(self, other: Self) -> Self {
                unsafe { $name($max(self.0, other.0)) }
            }
            #[inline(always)]
            unsafe fn less(self, other: Self) -> u32 {
                unsafe { u32::from($less(self.0, other.0)) }
            }
            #[inline(always)]
            unsafe fn less_equal(self, other: Self) -> u32 {
                unsafe { u32::from($less_equal(self.0, other.0)) }
            }
            #[inline(always)]
            unsafe fn compress(self, mask: u32) -> Self {
                unsafe { $name($compress(mask as $all, self.0)) }
            }
            #[inline(always)]
            unsafe fn exchange(self, mask: usize) -> Self {
                let lanes: [$number; $count] = std::array::from_fn(|lane| (lane ^ mask) as $number);
                unsafe { $name($permute($load(lanes.as_ptr().cast()), self.0)) }
            }
            #[inline(always)]
            unsafe fn sorted_with(self, other: Self, bit: usize) -> Self {
                let upper = (0..$count).fold(0, |mask, lane| mask | <$all>::from(lane & bit != 0) << lane);
                unsafe { $name($mask_max($min(self.0, other.0), upper, self.0, other.0)) }
            }
            #[inline(always)]
            unsafe fn zip(self, other: Self) -> (Self, Self) {
                let turn = |lane: usize| (lane / 2 + lane % 2 * $count) as $number;
                let low: [$number; $count] = std::array::from_fn(turn);
                let high: [$number; $count] = std::array::from_fn(|lane| turn(lane) + $count / 2);
                unsafe {
                    let (low, high) = ($load(low.as_ptr().cast()), $load(high.as_ptr().cast()));
                    ($name($permute2(self.0, low, other.0)), $name($permute2(self.0, high, other.0)))
                }
            }
        }
    };
}
lanes! {
    Lanes32, u32, i32, 16, u16, _mm512_set1_epi32, _mm512_loadu_epi32, _mm512_mask_loadu_epi32, _mm512_storeu_epi32,
    _mm512_mask_storeu_epi32, _mm512_min_epu32, _mm512_max_epu32, _mm512_mask_max_epu32, _mm512_cmplt_epu32_mask,
    _mm512_cmple_epu32_mask, _mm512_maskz_compress_epi32, _mm512_permutexvar_epi32, _mm512_permutex2var_epi32
}
lanes! {
    Lanes64, u64, i64, 8, u8, _mm512_set1_epi64, _mm512_loadu_epi64, _mm512_mask_loadu_epi64, _mm512_storeu_epi64,
    _mm512_mask_storeu_epi64, _mm512_min_epu64, _mm512_max_epu64, _mm512_mask_max_epu64, _mm512_cmplt_epu64_mask,
    _mm512_cmple_epu64_mask, _mm512_maskz_compress_epi64, _mm512_permutexvar_epi64, _mm512_permutex2var_epi64
}

/// Sorts 32-bit keys with working memory of the same length.
///
/// # Safety
/// [`runs`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2")]
pub(super) unsafe fn sort_32(data: &mut [u32], other: &mut [u32]) {
    // SAFETY: the caller's promise.
    unsafe { sort::<Lanes32>(data, other) }
}

/// The same for 64-bit keys.
///
/// # Safety
/// [`runs`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2")]
pub(super) unsafe fn sort_64(data: &mut [u64], other: &mut [u64]) {
    // SAFETY: the caller's promise.
    unsafe { sort::<Lanes64>(data, other) }
}

/// Brings the keys below the pivot to the front, and returns how many there are.
///
/// # Safety
/// [`runs`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2")]
pub(super) unsafe fn partition_32(data: &mut [u32], other: &mut [u32], pivot: u32) -> usize {
    // SAFETY: the caller's promise.
    unsafe { partition::<Lanes32, true>(data, other, pivot) }
}

/// The same for 64-bit keys.
///
/// # Safety
/// [`runs`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2")]
pub(super) unsafe fn partition_64(data: &mut [u64], other: &mut [u64], pivot: u64) -> usize {
    // SAFETY: the caller's promise.
    unsafe { partition::<Lanes64, true>(data, other, pivot) }
}

#[inline(always)]
unsafe fn sort<V: Lanes>(data: &mut [V::Key], other: &mut [V::Key]) {
    let length = data.len().min(other.len());
    if length <= MOST_ROWS * V::COUNT {
        // SAFETY: the caller's promise.
        return unsafe { sort_short::<V>(&mut data[..length]) };
    }
    let depth = 2 * length.checked_ilog2().unwrap_or(0) + 4;
    let mut open = vec![(0, length, depth)];
    while let Some((mut start, end, mut depth)) = open.pop() {
        loop {
            let part = &mut data[start..end];
            if part.len() <= MOST_ROWS * V::COUNT {
                // SAFETY: the caller's promise.
                unsafe { sort_short::<V>(part) };
                break;
            }
            if depth == 0 {
                // Pivots that never split well: an input made for that.
                part.sort_unstable();
                break;
            }
            depth -= 1;
            let room = &mut other[start..end];
            // SAFETY: the caller's promise.
            let pivot = unsafe { pivot_of::<V>(part) };
            // SAFETY: as above.
            let below = unsafe { partition::<V, true>(part, room, pivot) };
            if below == 0 {
                // The pivot is the least: all that equal it are in their places at once.
                // SAFETY: as above.
                start += unsafe { partition::<V, false>(part, room, pivot) };
                continue;
            }
            let middle = start + below;
            // The shorter part goes on, so few parts are ever open.
            if below < end - middle {
                open.push((middle, end, depth));
                open.push((start, middle, depth));
            } else {
                open.push((start, middle, depth));
                open.push((middle, end, depth));
            }
            break;
        }
    }
}

/// The median of keys from all over the slice, which has at least as many as a network holds.
#[inline(always)]
unsafe fn pivot_of<V: Lanes>(data: &[V::Key]) -> V::Key {
    let mut sample = [data[0]; MOST_ROWS * 16];
    let count = if data.len() < LONG { 2 * V::COUNT } else { MOST_ROWS * V::COUNT };
    let step = data.len() / count;
    for (index, key) in sample[..count].iter_mut().enumerate() {
        // Places that move within their step, so that no period of the data hits them all.
        *key = data[index * step + index.wrapping_mul(0x9e37_79b1) % step];
    }
    // SAFETY: the caller's promise.
    unsafe { sort_short::<V>(&mut sample[..count]) };
    sample[count / 2]
}

/// Keys less than the pivot (or equal to it, unless `STRICT`) to the front, in order, the others behind them, in order;
/// returns how many are in front. The working memory is as long as the keys.
#[inline(always)]
unsafe fn partition<V: Lanes, const STRICT: bool>(
    data: &mut [V::Key],
    other: &mut [V::Key],
    pivot: V::Key,
) -> usize {
    let length = data.len().min(other.len());
    let (keys, rest) = (data.as_mut_ptr(), other.as_mut_ptr());
    let (mut front, mut back, mut at) = (0, 0, 0);
    // SAFETY: the caller's promise. Whole registers are written, but never beyond what was read already: `front` and
    // `back` are at most `at`, and both slices have `length` places.
    unsafe {
        let wide = V::splat(pivot);
        while at + V::COUNT <= length {
            let now = V::load(keys.add(at));
            let mask = if STRICT { now.less(wide) } else { now.less_equal(wide) };
            let count = mask.count_ones() as usize;
            now.compress(mask).store(keys.add(front));
            now.compress(!mask).store(rest.add(back));
            front += count;
            back += V::COUNT - count;
            at += V::COUNT;
        }
        while at < length {
            let key = *keys.add(at);
            let before = if STRICT { key < pivot } else { key <= pivot };
            keys.add(front).write(key);
            rest.add(back).write(key);
            front += usize::from(before);
            back += usize::from(!before);
            at += 1;
        }
        keys.add(front).copy_from_nonoverlapping(rest, back);
    }
    front
}

/// Sorts no more keys than the largest network holds.
#[inline(always)]
unsafe fn sort_short<V: Lanes>(data: &mut [V::Key]) {
    let rows = data.len().div_ceil(V::COUNT);
    // SAFETY: the caller's promise.
    unsafe {
        match rows {
            0..=2 => network::<V, 2>(data),
            3..=4 => network::<V, 4>(data),
            5..=8 => network::<V, 8>(data),
            _ => network::<V, 16>(data),
        }
    }
}

/// Sorts at most `ROWS` registers of keys. A lane holds a sorted run from row to row; runs are merged from lane to lane
/// (bitonic merges, the second run upside down), and read lane after lane at the end.
#[inline(always)]
unsafe fn network<V: Lanes, const ROWS: usize>(data: &mut [V::Key]) {
    let keys = data.as_mut_ptr();
    let length = data.len().min(ROWS * V::COUNT);
    let some = |row: usize| length.saturating_sub(row * V::COUNT).min(V::COUNT);
    // SAFETY: the caller's promise; partial loads and stores stay within the slice.
    unsafe {
        let mut rows: [V; ROWS] = std::array::from_fn(|row| match some(row) {
            0 => V::splat(V::GREATEST),
            count if count == V::COUNT => V::load(keys.add(row * V::COUNT)),
            count => V::load_some(keys.add(row * V::COUNT), count),
        });
        sort_lanes(&mut rows);
        merge_lanes::<V, ROWS, 2>(&mut rows);
        merge_lanes::<V, ROWS, 4>(&mut rows);
        merge_lanes::<V, ROWS, 8>(&mut rows);
        merge_lanes::<V, ROWS, 16>(&mut rows);
        to_lane_order(&mut rows);
        for row in 0..ROWS {
            match some(row) {
                0 => break,
                count if count == V::COUNT => rows[row].store(keys.add(row * V::COUNT)),
                count => rows[row].store_some(keys.add(row * V::COUNT), count),
            }
        }
    }
}

#[inline(always)]
unsafe fn exchange_rows<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS], low: usize, high: usize) {
    let (a, b) = (rows[low], rows[high]);
    // SAFETY: the caller's promise.
    (rows[low], rows[high]) = unsafe { (a.min(b), a.max(b)) };
}

/// Each lane ascending from row to row.
#[inline(always)]
unsafe fn sort_lanes<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    // SAFETY: the caller's promise.
    unsafe {
        mirror_rows::<V, ROWS, 2>(rows);
        mirror_rows::<V, ROWS, 4>(rows);
        clean_rows::<V, ROWS, 1>(rows, 4);
        mirror_rows::<V, ROWS, 8>(rows);
        clean_rows::<V, ROWS, 2>(rows, 8);
        clean_rows::<V, ROWS, 1>(rows, 8);
        mirror_rows::<V, ROWS, 16>(rows);
        clean_rows::<V, ROWS, 4>(rows, 16);
        clean_rows::<V, ROWS, 2>(rows, 16);
        clean_rows::<V, ROWS, 1>(rows, 16);
    }
}

/// The first step of merging runs of `GROUP / 2` rows.
#[inline(always)]
unsafe fn mirror_rows<V: Lanes, const ROWS: usize, const GROUP: usize>(rows: &mut [V; ROWS]) {
    if GROUP > ROWS {
        return;
    }
    for row in 0..ROWS {
        if row & (GROUP / 2) == 0 {
            // SAFETY: the caller's promise.
            unsafe { exchange_rows(rows, row, row ^ (GROUP - 1)) };
        }
    }
}

/// A later step of a merge, if there are rows enough for that merge.
#[inline(always)]
unsafe fn clean_rows<V: Lanes, const ROWS: usize, const DISTANCE: usize>(rows: &mut [V; ROWS], group: usize) {
    if group > ROWS || 2 * DISTANCE > ROWS {
        return;
    }
    for row in 0..ROWS {
        if row & DISTANCE == 0 {
            // SAFETY: the caller's promise.
            unsafe { exchange_rows(rows, row, row + DISTANCE) };
        }
    }
}

/// Merges the runs of `GROUP / 2` lanes each.
#[inline(always)]
unsafe fn merge_lanes<V: Lanes, const ROWS: usize, const GROUP: usize>(rows: &mut [V; ROWS]) {
    if GROUP > V::COUNT {
        return;
    }
    // SAFETY: the caller's promise.
    unsafe {
        for row in 0..ROWS / 2 {
            let (a, b) = (rows[row], rows[ROWS - 1 - row]);
            rows[row] = a.sorted_with(b.exchange(GROUP - 1), GROUP / 2);
            rows[ROWS - 1 - row] = b.sorted_with(a.exchange(GROUP - 1), GROUP / 2);
        }
        clean_lanes::<V, ROWS, 4>(rows, GROUP);
        clean_lanes::<V, ROWS, 2>(rows, GROUP);
        clean_lanes::<V, ROWS, 1>(rows, GROUP);
        clean_rows::<V, ROWS, 8>(rows, ROWS);
        clean_rows::<V, ROWS, 4>(rows, ROWS);
        clean_rows::<V, ROWS, 2>(rows, ROWS);
        clean_rows::<V, ROWS, 1>(rows, ROWS);
    }
}

#[inline(always)]
unsafe fn clean_lanes<V: Lanes, const ROWS: usize, const DISTANCE: usize>(
    rows: &mut [V; ROWS],
    group: usize,
) {
    if 4 * DISTANCE > group {
        return;
    }
    for row in rows {
        // SAFETY: the caller's promise.
        *row = unsafe { row.sorted_with(row.exchange(DISTANCE), DISTANCE) };
    }
}

/// From rows to lanes one after the other.
#[inline(always)]
unsafe fn to_lane_order<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    // SAFETY: the caller's promise.
    unsafe {
        zip_rows(rows, 2);
        zip_rows(rows, 4);
        zip_rows(rows, 8);
        zip_rows(rows, 16);
    }
}

/// One round of `ROWS.ilog2()`.
#[inline(always)]
unsafe fn zip_rows<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS], round: usize) {
    if round > ROWS {
        return;
    }
    let before = *rows;
    for row in 0..ROWS / 2 {
        // SAFETY: the caller's promise.
        (rows[2 * row], rows[2 * row + 1]) = unsafe { before[row].zip(before[row + ROWS / 2]) };
    }
}
