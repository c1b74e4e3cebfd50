//! Moving elements between strided memory and contiguous tiles, by element size alone: gather, scatter, splat and the
//! copy of a transposed block. Dtypes do not matter here; the tile machine calls these around its loops.

/// A stand-in for complex128: sixteen bytes at the alignment of float64.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Sixteen([u64; 2]);

/// Calls a generic function for the element type of that size; other sizes do not exist.
macro_rules! by_size {
    ($size:expr, $function:ident($($argument:expr),*)) => {
        match $size {
            1 => $function::<u8>($($argument),*),
            2 => $function::<u16>($($argument),*),
            4 => $function::<u32>($($argument),*),
            8 => $function::<u64>($($argument),*),
            _ => $function::<Sixteen>($($argument),*),
        }
    };
}

/// Copies `count` elements of `size` bytes that lie `step` elements apart in `source` to contiguous `destination`.
///
/// # Safety
/// `size` is 1, 2, 4, 8 or 16; all elements addressed on both sides are valid and aligned (to at most 8 bytes), and the
/// destination does not overlap the source.
pub unsafe fn gather(size: usize, count: usize, destination: *mut u8, source: *const u8, step: isize) {
    #[cfg(target_arch = "x86_64")]
    if step == 2 && matches!(size, 4 | 8) && crate::level() >= crate::Level::Avx2 {
        // SAFETY: the caller's promise is the callee's; the machine has the instructions.
        return unsafe { every_second(size, count, destination, source) };
    }
    // SAFETY: the caller's promise is the callee's.
    unsafe { by_size!(size, gather_elements(count, destination.cast(), source.cast(), step)) }
}

/// Copies `count` contiguous elements of `size` bytes to places `step` elements apart.
///
/// # Safety
/// As for [`gather`].
pub unsafe fn scatter(size: usize, count: usize, destination: *mut u8, step: isize, source: *const u8) {
    // SAFETY: the caller's promise is the callee's.
    unsafe { by_size!(size, scatter_elements(count, destination.cast(), step, source.cast())) }
}

/// Fills `count` contiguous elements of `size` bytes with one value.
///
/// # Safety
/// As for [`gather`]; `value` is one element.
pub unsafe fn splat(size: usize, count: usize, destination: *mut u8, value: *const u8) {
    // SAFETY: the caller's promise is the callee's.
    unsafe { by_size!(size, splat_elements(count, destination.cast(), value.cast())) }
}

/// Copies a matrix whose rows are contiguous in the destination and whose columns are contiguous in the source:
/// `destination[r * destination_step + c] = source[c * source_step + r]`, steps in elements.
///
/// # Safety
/// As for [`gather`], for all `rows * columns` elements on both sides.
pub unsafe fn transpose(
    size: usize,
    rows: usize,
    columns: usize,
    destination: *mut u8,
    destination_step: isize,
    source: *const u8,
    source_step: isize,
) {
    // SAFETY: the caller's promise is the callee's.
    unsafe {
        crate::transpose::transpose(size, rows, columns, destination, destination_step, source, source_step)
    }
}

/// Every second element of 4 or 8 bytes: vectors of which one half is dropped.
///
/// # Safety
/// As for [`gather`] with step 2; the machine has AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn every_second(size: usize, count: usize, destination: *mut u8, source: *const u8) {
    use std::arch::x86_64::*;
    let lanes = 32 / size;
    // The element after the last need not exist: at least one more must follow what whole vectors read.
    let whole = count.saturating_sub(1) / lanes * lanes;
    for start in (0..whole).step_by(lanes) {
        // SAFETY: `2 * lanes` elements follow `2 * start`, and `lanes` places `start`.
        unsafe {
            let from = source.add(2 * start * size).cast::<f32>();
            let (low, high) = (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8)));
            let kept = if size == 4 {
                _mm256_castps_pd(_mm256_shuffle_ps::<0x88>(low, high))
            } else {
                _mm256_unpacklo_pd(_mm256_castps_pd(low), _mm256_castps_pd(high))
            };
            let ordered = _mm256_permute4x64_pd::<0xd8>(kept);
            _mm256_storeu_pd(destination.add(start * size).cast(), ordered);
        }
    }
    let (to, from) = (destination.wrapping_add(whole * size), source.wrapping_add(2 * whole * size));
    // SAFETY: the rest of the elements.
    unsafe { by_size!(size, gather_apart(count - whole, to.cast(), from.cast(), 2)) }
}

unsafe fn gather_elements<T: Copy>(count: usize, destination: *mut T, source: *const T, step: isize) {
    // SAFETY: the caller says that every element addressed is valid and that the sides are disjoint.
    unsafe {
        match step {
            0 if count > 0 => splat_elements(count, destination, source),
            1 => destination.copy_from_nonoverlapping(source, count),
            // Constant steps let the compiler use shuffles.
            -1 => gather_apart(count, destination, source, -1),
            2 => gather_apart(count, destination, source, 2),
            _ => gather_apart(count, destination, source, step),
        }
    }
}

#[inline(always)]
unsafe fn gather_apart<T: Copy>(count: usize, destination: *mut T, source: *const T, step: isize) {
    for index in 0..count {
        // SAFETY: as promised to `gather`.
        unsafe { destination.add(index).write(source.offset(index as isize * step).read()) }
    }
}

unsafe fn scatter_elements<T: Copy>(count: usize, destination: *mut T, step: isize, source: *const T) {
    // SAFETY: as promised to `scatter`.
    unsafe {
        match step {
            1 => destination.copy_from_nonoverlapping(source, count),
            -1 => scatter_apart(count, destination, -1, source),
            2 => scatter_apart(count, destination, 2, source),
            _ => scatter_apart(count, destination, step, source),
        }
    }
}

#[inline(always)]
unsafe fn scatter_apart<T: Copy>(count: usize, destination: *mut T, step: isize, source: *const T) {
    for index in 0..count {
        // SAFETY: as promised to `scatter`.
        unsafe { destination.offset(index as isize * step).write(source.add(index).read()) }
    }
}

unsafe fn splat_elements<T: Copy>(count: usize, destination: *mut T, value: *const T) {
    // SAFETY: as promised to `splat`.
    unsafe {
        let value = value.read();
        for index in 0..count {
            destination.add(index).write(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T>(values: &[T]) -> *const u8 {
        values.as_ptr().cast()
    }

    #[test]
    fn gather_and_scatter_undo_each_other_for_every_size_and_step() {
        for size in [1usize, 2, 4, 8, 16] {
            for step in [-3isize, -2, -1, 1, 2, 3, 5] {
                let count = 37;
                let span = (count - 1) * step.unsigned_abs() + 1;
                let source: Vec<u64> = (0..(span * size).div_ceil(8) as u64)
                    .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                    .collect();
                let mut tile = vec![0u64; (count * size).div_ceil(8)];
                let mut back = source.clone();
                let first = if step < 0 { (span - 1) * size } else { 0 };
                // SAFETY: the buffers hold `span` and `count` elements.
                unsafe {
                    gather(size, count, tile.as_mut_ptr().cast(), bytes(&source).add(first), step);
                    for index in 0..count {
                        let from = bytes(&source).add(first).offset(index as isize * step * size as isize);
                        let expected = std::slice::from_raw_parts(from, size);
                        let got = std::slice::from_raw_parts(bytes(&tile).add(index * size), size);
                        assert_eq!(expected, got, "size {size} step {step} element {index}");
                    }
                    scatter(size, count, back.as_mut_ptr().cast::<u8>().add(first), step, bytes(&tile));
                }
                assert_eq!(source, back);
            }
        }
    }

    #[test]
    fn splat_is_a_gather_of_step_zero() {
        let (value, mut one, mut two) = ([7u16], [0u16; 9], [0u16; 9]);
        // SAFETY: nine elements each.
        unsafe {
            splat(2, 9, one.as_mut_ptr().cast(), bytes(&value));
            gather(2, 9, two.as_mut_ptr().cast(), bytes(&value), 0);
            gather(2, 0, two.as_mut_ptr().cast(), std::ptr::null(), 0);
        }
        assert_eq!(one, two);
        assert_eq!(one, [7; 9]);
    }

    #[test]
    fn transposing_a_ragged_matrix_moves_every_element_of_every_size() {
        let (rows, columns) = (35usize, 53usize);
        for size in [1usize, 2, 4, 8, 16] {
            let source: Vec<u64> = (0..(rows * columns * size).div_ceil(8) as u64)
                .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                .collect();
            let mut out = vec![0u64; source.len()];
            let (from, to) = (bytes(&source), out.as_mut_ptr().cast::<u8>());
            // SAFETY: both hold rows * columns elements.
            unsafe {
                transpose(size, rows, columns, to, columns as isize, from, rows as isize);
                for r in 0..rows {
                    for c in 0..columns {
                        let got = std::slice::from_raw_parts(to.add((r * columns + c) * size), size);
                        let expected = std::slice::from_raw_parts(from.add((c * rows + r) * size), size);
                        assert_eq!(got, expected, "size {size} row {r} column {c}");
                    }
                }
            }
        }
    }
}
