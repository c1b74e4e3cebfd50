//! Moving elements between strided memory and contiguous tiles, by element size alone: gather, scatter, splat and the
//! copy of a transposed block. Dtypes do not matter here.

/// Copies `count` elements that lie `step` elements apart in `source` to contiguous `destination`.
///
/// # Safety
/// `size` is 1, 2, 4, 8 or 16; all addressed elements are valid and aligned to... see the module; no overlap.
pub unsafe fn gather(size: usize, count: usize, destination: *mut u8, source: *const u8, step: isize) {
    for i in 0..count {
        unsafe {
            destination
                .add(i * size)
                .copy_from_nonoverlapping(source.offset(i as isize * step * size as isize), size)
        }
    }
}
/// Copies `count` contiguous elements to `destination`, `step` elements apart.
///
/// # Safety
/// As for [`gather`].
pub unsafe fn scatter(size: usize, count: usize, destination: *mut u8, step: isize, source: *const u8) {
    for i in 0..count {
        unsafe {
            destination
                .offset(i as isize * step * size as isize)
                .copy_from_nonoverlapping(source.add(i * size), size)
        }
    }
}
/// Fills `count` elements with one value.
///
/// # Safety
/// As for [`gather`].
pub unsafe fn splat(size: usize, count: usize, destination: *mut u8, value: *const u8) {
    unsafe { gather(size, count, destination, value, 0) }
}
/// Copies a block of `rows` x `columns` elements whose rows lie along memory in the destination and whose columns lie
/// along memory in the source: `destination[r * destination_step + c] = source[c * source_step + r]`.
///
/// # Safety
/// As for [`gather`]; steps in elements.
pub unsafe fn transpose(
    size: usize,
    rows: usize,
    columns: usize,
    destination: *mut u8,
    destination_step: isize,
    source: *const u8,
    source_step: isize,
) {
    for r in 0..rows as isize {
        unsafe {
            gather(
                size,
                columns,
                destination.offset(r * destination_step * size as isize),
                source.offset(r * size as isize),
                source_step,
            )
        }
    }
}
