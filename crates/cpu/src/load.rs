//! Boxes of elements between strided memory and contiguous tiles, in C order of the box. Called by the tile VM for
//! operands that cannot be used where they lie, and by every kernel that copies strided data. Knows element sizes, not
//! dtypes, and never which operator reads the tile.

use base::Dims;

/// Rows of at most this many bytes are copied element by element, cheaper than a call of `memcpy` each.
const SHORT_ROW: usize = 64;

/// The axes of a box without those of length 1 and with neighbours merged where one step walks both, outermost first.
/// Returns lengths and steps; no axis is left for a single element.
fn merged(lengths: &[i64], steps: &[i64]) -> (Dims, Dims) {
    let (mut out_lengths, mut out_steps) = (Dims::new(), Dims::new());
    for (&length, &step) in lengths.iter().zip(steps) {
        if length == 1 {
            continue;
        }
        match (out_lengths.last_mut(), out_steps.last_mut()) {
            (Some(last_length), Some(last_step)) if *last_step == step * length => {
                *last_length *= length;
                *last_step = step;
            }
            _ => {
                out_lengths.push(length);
                out_steps.push(step);
            }
        }
    }
    (out_lengths, out_steps)
}

/// Moves bytes `elements` elements away.
///
/// # Safety
/// The result stays within the object that `pointer` points into (or is not used).
#[inline(always)]
unsafe fn ahead(pointer: *const u8, elements: i64, size: usize) -> *const u8 {
    // SAFETY: promised by the caller.
    unsafe { pointer.offset(elements as isize * size as isize) }
}

/// Copies a strided box to contiguous `destination`.
///
/// # Safety
/// `size` is 1, 2, 4, 8 or 16; every element of the box is readable at its place, `destination` has room for all, and
/// both do not overlap.
pub unsafe fn load_box(size: usize, destination: *mut u8, source: *const u8, lengths: &[i64], steps: &[i64]) {
    let (lengths, steps) = merged(lengths, steps);
    // SAFETY: the merged box is the same set of elements in the same order.
    unsafe { load_merged(size, destination, source, &lengths, &steps) }
}

/// # Safety
/// As for [`load_box`].
unsafe fn load_merged(size: usize, destination: *mut u8, source: *const u8, lengths: &[i64], steps: &[i64]) {
    // SAFETY: each arm touches exactly the elements of the box and the same number of places in the destination.
    unsafe {
        match *lengths {
            [] => destination.copy_from_nonoverlapping(source, size),
            [count] => load_run(size, destination, source, count, steps[0]),
            [rows, columns] => load_plane(size, destination, source, [rows, columns], [steps[0], steps[1]]),
            _ => {
                let inner: i64 = lengths[1..].iter().product();
                for index in 0..lengths[0] {
                    let to = destination.add((index * inner) as usize * size);
                    load_merged(size, to, ahead(source, index * steps[0], size), &lengths[1..], &steps[1..]);
                }
            }
        }
    }
}

/// # Safety
/// As for [`load_box`], for one axis.
unsafe fn load_run(size: usize, destination: *mut u8, source: *const u8, count: i64, step: i64) {
    // SAFETY: promised by the caller.
    unsafe {
        match step {
            1 => destination.copy_from_nonoverlapping(source, count as usize * size),
            0 => spread(size, count as usize, destination, source),
            _ => lanes::gather(size, count as usize, destination, source, step as isize),
        }
    }
}

/// Fills a run with one element, with wide stores where the machine has them.
///
/// # Safety
/// An element at `source`, room for `count` at `destination`.
unsafe fn spread(size: usize, count: usize, destination: *mut u8, source: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        unsafe fn wide(count: usize, destination: *mut [u32; 8], source: *const u8) {
            // SAFETY: promised by the caller.
            unsafe {
                let value = [source.cast::<u32>().read_unaligned(); 8];
                for index in 0..count / 8 {
                    destination.add(index).write_unaligned(value);
                }
            }
        }
        if size == 4 && count >= 64 && lanes::level() >= lanes::Level::Avx2 {
            let done = count / 8 * 8;
            // SAFETY: promised by the caller; the rest follows behind the whole vectors.
            unsafe {
                wide(count, destination.cast(), source);
                lanes::splat(size, count - done, destination.add(done * size), source);
            }
            return;
        }
    }
    // SAFETY: promised by the caller.
    unsafe { lanes::splat(size, count, destination, source) }
}

/// # Safety
/// As for [`load_box`], for two axes.
unsafe fn load_plane(
    size: usize,
    destination: *mut u8,
    source: *const u8,
    lengths: [i64; 2],
    steps: [i64; 2],
) {
    let [rows, columns] = lengths;
    let row_bytes = columns as usize * size;
    // SAFETY: each arm touches exactly the elements of the box and the same number of places in the destination; the
    // repeated rows of step 0 are copied from rows of the destination that are already written.
    unsafe {
        if steps[0] == 0 {
            load_run(size, destination, source, columns, steps[1]);
            repeat(destination, row_bytes, rows as usize);
        } else if steps[0] == 1 && steps[1] != 0 {
            let (rows, columns) = (rows as usize, columns as usize);
            lanes::transpose(size, rows, columns, destination, columns as isize, source, steps[1] as isize);
        } else if steps[1] == 1 && row_bytes > SHORT_ROW {
            for row in 0..rows {
                let from = ahead(source, row * steps[0], size);
                destination.add(row as usize * row_bytes).copy_from_nonoverlapping(from, row_bytes);
            }
        } else if columns < 8 {
            short_rows(size, destination, source, lengths, steps);
        } else {
            for row in 0..rows {
                let to = destination.add(row as usize * row_bytes);
                load_run(size, to, ahead(source, row * steps[0], size), columns, steps[1]);
            }
        }
    }
}

/// Fills `count` periods of `period` bytes with copies of the first, doubling what is there.
///
/// # Safety
/// The first period is written and there is room for `count`.
pub unsafe fn repeat(start: *mut u8, period: usize, count: usize) {
    let total = period * count;
    let mut done = period;
    while done < total {
        let more = done.min(total - done);
        // SAFETY: `done` bytes are written, `more` of them fit behind, and both ranges do not overlap.
        unsafe { start.add(done).copy_from_nonoverlapping(start, more) };
        done += more;
    }
}

/// An element of 16 bytes that needs no more alignment than its halves.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Wide([u64; 2]);

impl Wide {
    pub(crate) fn halves(self) -> [u64; 2] {
        self.0
    }
}

/// Runs `$body` with `$type` an integer (or pair) of `$size` bytes.
macro_rules! by_size {
    ($size:expr, $type:ident => $body:expr) => {
        match $size {
            1 => {
                type $type = u8;
                $body
            }
            2 => {
                type $type = u16;
                $body
            }
            4 => {
                type $type = u32;
                $body
            }
            8 => {
                type $type = u64;
                $body
            }
            _ => {
                type $type = $crate::load::Wide;
                $body
            }
        }
    };
}
pub(crate) use by_size;

/// Rows of a few elements: a plain double loop over whole elements.
///
/// # Safety
/// As for [`load_box`], for two axes.
unsafe fn short_rows(
    size: usize,
    destination: *mut u8,
    source: *const u8,
    lengths: [i64; 2],
    steps: [i64; 2],
) {
    unsafe fn go<T: Copy>(destination: *mut u8, source: *const u8, lengths: [i64; 2], steps: [i64; 2]) {
        let (mut to, from) = (destination as *mut T, source as *const T);
        for row in 0..lengths[0] {
            for column in 0..lengths[1] {
                // SAFETY: promised by the caller of `short_rows`.
                unsafe {
                    to.write(*from.offset((row * steps[0] + column * steps[1]) as isize));
                    to = to.add(1);
                }
            }
        }
    }
    // SAFETY: the type has the size of the element and its alignment at most.
    unsafe { by_size!(size, T => go::<T>(destination, source, lengths, steps)) }
}

/// Copies a contiguous tile to a strided box, in C order of the box.
///
/// # Safety
/// As for [`load_box`] with the roles exchanged.
pub unsafe fn store_box(
    size: usize,
    destination: *mut u8,
    source: *const u8,
    lengths: &[i64],
    steps: &[i64],
) {
    let (lengths, steps) = merged(lengths, steps);
    // SAFETY: the merged box is the same set of elements in the same order.
    unsafe { store_merged(size, destination, source, &lengths, &steps) }
}

/// # Safety
/// As for [`store_box`].
unsafe fn store_merged(size: usize, destination: *mut u8, source: *const u8, lengths: &[i64], steps: &[i64]) {
    // SAFETY: each arm writes exactly the elements of the box and reads the same number from the tile.
    unsafe {
        match *lengths {
            [] => destination.copy_from_nonoverlapping(source, size),
            [count] if steps[0] == 1 => destination.copy_from_nonoverlapping(source, count as usize * size),
            [count] => lanes::scatter(size, count as usize, destination, steps[0] as isize, source),
            [rows, columns] if steps[0] == 1 => {
                // The tile's columns lie along memory: the same block transpose with the roles exchanged.
                let (rows, columns) = (rows as usize, columns as usize);
                lanes::transpose(
                    size,
                    columns,
                    rows,
                    destination,
                    steps[1] as isize,
                    source,
                    columns as isize,
                );
            }
            _ => {
                let inner: i64 = lengths[1..].iter().product();
                for index in 0..lengths[0] {
                    let to = destination.offset((index * steps[0]) as isize * size as isize);
                    store_merged(size, to, ahead(source, index * inner, size), &lengths[1..], &steps[1..]);
                }
            }
        }
    }
}

/// Writes the numbers `start + sum(index[k] * steps[k])` of a box to an int64 tile.
///
/// # Safety
/// `destination` is aligned to 8 bytes and has room for every element of the box.
pub unsafe fn positions(destination: *mut i64, start: i64, lengths: &[i64], steps: &[i64]) {
    let (lengths, steps) = merged(lengths, steps);
    // SAFETY: the merged box has as many elements.
    unsafe { positions_merged(destination, start, &lengths, &steps) }
}

/// # Safety
/// As for [`positions`].
unsafe fn positions_merged(destination: *mut i64, start: i64, lengths: &[i64], steps: &[i64]) {
    // SAFETY: each arm writes as many numbers as the box has elements.
    unsafe {
        match *lengths {
            [] => destination.write(start),
            [count] => {
                let tile = std::slice::from_raw_parts_mut(destination, count as usize);
                for (index, value) in tile.iter_mut().enumerate() {
                    *value = start.wrapping_add((index as i64).wrapping_mul(steps[0]));
                }
            }
            _ => {
                let inner: i64 = lengths[1..].iter().product();
                for index in 0..lengths[0] {
                    let value = start.wrapping_add(index.wrapping_mul(steps[0]));
                    positions_merged(
                        destination.add((index * inner) as usize),
                        value,
                        &lengths[1..],
                        &steps[1..],
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads a box and stores it back to another place with the same steps; both must agree with plain indexing.
    fn round_trip(lengths: &[i64], steps: &[i64]) {
        let reach: i64 = lengths.iter().zip(steps).map(|(length, step)| (length - 1) * step).sum();
        let memory: Vec<u32> = (0..=reach as u32).collect();
        let count: i64 = lengths.iter().product();
        let mut tile = vec![0u32; count as usize];
        let mut back = vec![u32::MAX; memory.len()];
        let mut numbers = vec![0i64; count as usize];
        // SAFETY: the vectors hold every element that the box addresses.
        unsafe {
            load_box(4, tile.as_mut_ptr().cast(), memory.as_ptr().cast(), lengths, steps);
            store_box(4, back.as_mut_ptr().cast(), tile.as_ptr().cast(), lengths, steps);
            positions(numbers.as_mut_ptr(), 0, lengths, steps);
        }
        let mut index = vec![0i64; lengths.len()];
        for at in 0..count as usize {
            let place: i64 = index.iter().zip(steps).map(|(index, step)| index * step).sum();
            assert_eq!(tile[at] as i64, place, "{lengths:?} {steps:?}");
            assert_eq!(back[place as usize] as i64, place, "{lengths:?} {steps:?}");
            assert_eq!(numbers[at], place);
            for axis in (0..lengths.len()).rev() {
                index[axis] += 1;
                if index[axis] < lengths[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
    }

    #[test]
    fn boxes_of_every_layout_survive_a_round_trip() {
        round_trip(&[], &[]);
        round_trip(&[7], &[1]);
        round_trip(&[7], &[3]);
        round_trip(&[5, 40], &[50, 1]);
        round_trip(&[40, 5], &[1, 50]);
        round_trip(&[33, 65], &[1, 40]);
        round_trip(&[5, 3], &[9, 2]);
        round_trip(&[2, 3, 4], &[12, 4, 1]);
        round_trip(&[2, 3, 4], &[1, 2, 6]);
        round_trip(&[4, 1, 3, 5], &[3, 100, 1, 20]);
        round_trip(&[4, 6], &[0, 1]);
        round_trip(&[4, 6], &[1, 0]);
    }
}
