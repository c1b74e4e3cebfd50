//! Packing: copies a panel of an operand so that the micro-kernel reads it in one sweep, widening halves on the way.
//! A panel of A is a few rows, a panel of B a few columns; to packing both are `lines` taken side by side.

use half::{bf16, f16};

use super::tiles::Compute;

/// Steps of k that are transposed at a time.
const BLOCK: usize = 8;

/// An element type of real products: stored as itself, computed in `Compute`.
pub(crate) trait Real: Copy + Send + Sync + 'static {
    type Compute: Compute;
    /// Storage differs from computation, so operands must be packed and C goes through working memory.
    const WIDENS: bool;
    fn widen(self) -> Self::Compute;
    fn narrow(wide: Self::Compute) -> Self;
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Real for $type {
            type Compute = $type;
            const WIDENS: bool = false;
            #[inline(always)]
            fn widen(self) -> $type {
                self
            }
            #[inline(always)]
            fn narrow(wide: $type) -> $type {
                wide
            }
        }
    )*};
}
plain!(f32, f64);

impl Real for bf16 {
    type Compute = f32;
    const WIDENS: bool = true;
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_bits((self.to_bits() as u32) << 16)
    }
    #[inline(always)]
    fn narrow(wide: f32) -> bf16 {
        bf16::from_f32(wide)
    }
}

impl Real for f16 {
    type Compute = f32;
    const WIDENS: bool = true;
    /// Without branches, so that packing loops vectorise: the shifted bits read as a float32 are the value times
    /// 2^-112 (subnormals too); infinity and nan then need their exponent filled up.
    #[inline(always)]
    fn widen(self) -> f32 {
        let bits = self.to_bits() as u32;
        let scaled = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits((127 + 112) << 23);
        let special = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
        f32::from_bits(scaled.to_bits() | special | (bits & 0x8000) << 16)
    }
    #[inline(always)]
    fn narrow(wide: f32) -> f16 {
        f16::from_f32(wide)
    }
}

/// Widens a run of elements.
///
/// # Safety
/// `count` elements are readable at `from` and writable at `to`.
pub(crate) unsafe fn widen_run<T: Real>(from: *const T, count: usize, to: *mut T::Compute) {
    #[inline(always)]
    unsafe fn run<T: Real>(from: *const T, count: usize, to: *mut T::Compute) {
        // SAFETY: the caller's promise; the two runs have different element types or different owners.
        let (from, to) =
            unsafe { (std::slice::from_raw_parts(from, count), std::slice::from_raw_parts_mut(to, count)) };
        for (to, from) in to.iter_mut().zip(from) {
            *to = from.widen();
        }
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn run_avx2<T: Real>(from: *const T, count: usize, to: *mut T::Compute) {
        // SAFETY: the caller's promise.
        unsafe { run(from, count, to) }
    }
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the instructions exist; the rest is the caller's promise.
        return unsafe { run_avx2(from, count, to) };
    }
    // SAFETY: the caller's promise.
    unsafe { run(from, count, to) }
}

/// Packs `lines` <= `width` lines of `k` steps: `out[step * width + line]`; absent lines are zero.
///
/// # Safety
/// The lines are readable with these strides, and `out` has room for `k * width` elements.
pub(super) unsafe fn panel<T: Real>(
    from: *const T,
    lines: usize,
    line_stride: isize,
    k: usize,
    step_stride: isize,
    width: usize,
    out: *mut T::Compute,
) {
    // SAFETY: the caller's promise; `lines` == the constant in the fast ways.
    unsafe {
        match width {
            6 if lines == 6 => full_panel::<T, 6>(from, line_stride, k, step_stride, out),
            8 if lines == 8 => full_panel::<T, 8>(from, line_stride, k, step_stride, out),
            12 if lines == 12 => full_panel::<T, 12>(from, line_stride, k, step_stride, out),
            16 if lines == 16 => full_panel::<T, 16>(from, line_stride, k, step_stride, out),
            32 if lines == 32 => full_panel::<T, 32>(from, line_stride, k, step_stride, out),
            _ => {
                for step in 0..k {
                    for line in 0..width {
                        let exists = line < lines;
                        let value = if exists {
                            (*from.offset(step as isize * step_stride + line as isize * line_stride)).widen()
                        } else {
                            T::Compute::ZERO
                        };
                        *out.add(step * width + line) = value;
                    }
                }
            }
        }
    }
}

/// A panel whose lines all exist.
#[inline(always)]
unsafe fn full_panel<T: Real, const WIDTH: usize>(
    from: *const T,
    line_stride: isize,
    k: usize,
    step_stride: isize,
    out: *mut T::Compute,
) {
    // SAFETY: each branch reads lines 0..WIDTH at steps 0..k and writes out[0..k * WIDTH].
    unsafe {
        if line_stride == 1 {
            for step in 0..k {
                let start = from.offset(step as isize * step_stride);
                if T::WIDENS {
                    let line = start.cast::<[T; WIDTH]>().read_unaligned();
                    out.add(step * WIDTH).cast::<[T::Compute; WIDTH]>().write_unaligned(line.map(T::widen));
                } else {
                    out.add(step * WIDTH).copy_from_nonoverlapping(start.cast(), WIDTH);
                }
            }
            return;
        }
        let mut step = 0;
        if step_stride == 1 {
            #[cfg(target_arch = "x86_64")]
            if WIDTH == 6 && !T::WIDENS && is_x86_feature_detected!("avx2") {
                // Computed as itself, so four bytes are a float32 and eight a float64.
                step = match size_of::<T>() {
                    4 => six_floats(from.cast(), line_stride, k, out.cast()),
                    _ => six_doubles(from.cast(), line_stride, k, out.cast()),
                };
            }
            #[cfg(target_arch = "x86_64")]
            if WIDTH.is_multiple_of(4) && !T::WIDENS && is_x86_feature_detected!("avx2") {
                step = match size_of::<T>() {
                    4 => turned_floats::<WIDTH>(from.cast(), line_stride, k, out.cast()),
                    _ => turned_doubles::<WIDTH>(from.cast(), line_stride, k, out.cast()),
                };
            }
            while step + BLOCK <= k {
                let mut block = [[T::Compute::ZERO; BLOCK]; WIDTH];
                for line in 0..WIDTH {
                    let start = from.offset(line as isize * line_stride).add(step);
                    block[line] = start.cast::<[T; BLOCK]>().read_unaligned().map(T::widen);
                }
                let out = out.add(step * WIDTH);
                for inner in 0..BLOCK {
                    for line in 0..WIDTH {
                        *out.add(inner * WIDTH + line) = block[line][inner];
                    }
                }
                step += BLOCK;
            }
        }
        for step in step..k {
            let start = from.offset(step as isize * step_stride);
            for line in 0..WIDTH {
                *out.add(step * WIDTH + line) = (*start.offset(line as isize * line_stride)).widen();
            }
        }
    }
}

/// Packs six rows of float32, eight steps at a time; returns how many steps are done (fewer than `k`).
///
/// # Safety
/// As [`full_panel`] for six lines with steps side by side; the machine has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn six_floats(from: *const f32, line_stride: isize, k: usize, out: *mut f32) -> usize {
    use std::arch::x86_64::*;
    let mut step = 0;
    // A step is stored as eight elements, of which the next step overwrites the last two: one step must remain.
    while step + 8 < k {
        // SAFETY: steps step..step + 8 of all lines are readable, and `out` has room for one step more.
        unsafe {
            let line = |line: isize| _mm256_loadu_ps(from.offset(line * line_stride).add(step));
            let (a, b, c, d, e, f) = (line(0), line(1), line(2), line(3), line(4), line(5));
            let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            let (ef_low, ef_high) = (_mm256_unpacklo_ps(e, f), _mm256_unpackhi_ps(e, f));
            // Step i in the lower half, step i + 4 in the upper half.
            let pairs = [
                (_mm256_shuffle_ps::<0x44>(ab_low, cd_low), ef_low),
                (_mm256_shuffle_ps::<0xee>(ab_low, cd_low), _mm256_shuffle_ps::<0xee>(ef_low, ef_low)),
                (_mm256_shuffle_ps::<0x44>(ab_high, cd_high), ef_high),
                (_mm256_shuffle_ps::<0xee>(ab_high, cd_high), _mm256_shuffle_ps::<0xee>(ef_high, ef_high)),
            ];
            let out = out.add(step * 6);
            for (index, (abcd, ef)) in pairs.into_iter().enumerate() {
                _mm256_storeu_ps(out.add(index * 6), _mm256_permute2f128_ps::<0x20>(abcd, ef));
            }
            for (index, (abcd, ef)) in pairs.into_iter().enumerate() {
                _mm256_storeu_ps(out.add((index + 4) * 6), _mm256_permute2f128_ps::<0x31>(abcd, ef));
            }
        }
        step += 8;
    }
    step
}

/// Packs six rows of float64, four steps at a time; returns how many steps are done.
///
/// # Safety
/// As [`six_floats`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn six_doubles(from: *const f64, line_stride: isize, k: usize, out: *mut f64) -> usize {
    use std::arch::x86_64::*;
    let mut step = 0;
    while step + 4 <= k {
        // SAFETY: steps step..step + 4 of all lines are readable, and `out` has room for all steps.
        unsafe {
            let line = |line: isize| _mm256_loadu_pd(from.offset(line * line_stride).add(step));
            let (a, b, c, d, e, f) = (line(0), line(1), line(2), line(3), line(4), line(5));
            let even = (_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d), _mm256_unpacklo_pd(e, f));
            let odd = (_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d), _mm256_unpackhi_pd(e, f));
            for (index, (ab, cd, ef)) in [even, odd].into_iter().enumerate() {
                let low = out.add((step + index) * 6);
                _mm256_storeu_pd(low, _mm256_permute2f128_pd::<0x20>(ab, cd));
                _mm_storeu_pd(low.add(4), _mm256_castpd256_pd128(ef));
                let high = low.add(12);
                _mm256_storeu_pd(high, _mm256_permute2f128_pd::<0x31>(ab, cd));
                _mm_storeu_pd(high.add(4), _mm256_extractf128_pd::<1>(ef));
            }
        }
        step += 4;
    }
    step
}

/// Packs lines of float32 in fours, eight steps at a time; returns how many steps are done.
///
/// # Safety
/// As [`full_panel`] for lines with steps side by side, `WIDTH` a multiple of four; the machine has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn turned_floats<const WIDTH: usize>(
    from: *const f32,
    line_stride: isize,
    k: usize,
    out: *mut f32,
) -> usize {
    use std::arch::x86_64::*;
    let whole = k - k % 8;
    for step in (0..whole).step_by(8) {
        for first in (0..WIDTH).step_by(4) {
            // SAFETY: steps step..step + 8 of four lines are readable, and `out` has room for them.
            unsafe {
                let line = |line: usize| {
                    _mm256_loadu_ps(from.offset((first + line) as isize * line_stride).add(step))
                };
                let (a, b, c, d) = (line(0), line(1), line(2), line(3));
                let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                // Step i in the lower half, step i + 4 in the upper half.
                let turned = [
                    _mm256_shuffle_ps::<0x44>(ab_low, cd_low),
                    _mm256_shuffle_ps::<0xee>(ab_low, cd_low),
                    _mm256_shuffle_ps::<0x44>(ab_high, cd_high),
                    _mm256_shuffle_ps::<0xee>(ab_high, cd_high),
                ];
                for (index, value) in turned.into_iter().enumerate() {
                    let to = out.add((step + index) * WIDTH + first);
                    _mm_storeu_ps(to, _mm256_castps256_ps128(value));
                    _mm_storeu_ps(to.add(4 * WIDTH), _mm256_extractf128_ps::<1>(value));
                }
            }
        }
    }
    whole
}

/// Packs lines of float64 in fours, four steps at a time; returns how many steps are done.
///
/// # Safety
/// As [`turned_floats`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn turned_doubles<const WIDTH: usize>(
    from: *const f64,
    line_stride: isize,
    k: usize,
    out: *mut f64,
) -> usize {
    use std::arch::x86_64::*;
    let whole = k - k % 4;
    for step in (0..whole).step_by(4) {
        for first in (0..WIDTH).step_by(4) {
            // SAFETY: steps step..step + 4 of four lines are readable, and `out` has room for them.
            unsafe {
                let line = |line: usize| {
                    _mm256_loadu_pd(from.offset((first + line) as isize * line_stride).add(step))
                };
                let (a, b, c, d) = (line(0), line(1), line(2), line(3));
                let even = (_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d));
                let odd = (_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d));
                for (index, (ab, cd)) in [even, odd].into_iter().enumerate() {
                    let to = out.add((step + index) * WIDTH + first);
                    _mm256_storeu_pd(to, _mm256_permute2f128_pd::<0x20>(ab, cd));
                    _mm256_storeu_pd(to.add(2 * WIDTH), _mm256_permute2f128_pd::<0x31>(ab, cd));
                }
            }
        }
    }
    whole
}
