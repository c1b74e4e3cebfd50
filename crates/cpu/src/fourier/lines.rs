//! Lines of an array to working memory and back, several neighbouring ones at a time. Called by the transforms beside it;
//! knows no transform.

/// Neighbouring lines that are read together.
pub(super) const LINES: usize = 16;

/// Reads `taken` elements of each line; line `i` goes to `room[i * apart..]`, filled with zeros up to `length`.
///
/// # Safety
/// Each start leads to that many elements `step` apart.
pub(super) unsafe fn read_lines<T: Copy + Default>(
    starts: &[*const T],
    step: isize,
    taken: usize,
    length: usize,
    apart: usize,
    room: &mut [T],
) {
    for (line, &start) in room.chunks_exact_mut(apart).zip(starts) {
        if step == 1 {
            // SAFETY: promised by the caller.
            line[..taken].copy_from_slice(unsafe { std::slice::from_raw_parts(start, taken) });
        }
        line[taken..length].fill(T::default());
    }
    if step == 1 {
        return;
    }
    let beside = starts.windows(2).all(|pair| pair[0].wrapping_add(1) == pair[1]);
    if starts.len() == LINES && beside {
        for at in 0..taken {
            // SAFETY: promised by the caller; the lines lie beside each other.
            let row = unsafe { starts[0].offset(at as isize * step).cast::<[T; LINES]>().read_unaligned() };
            for (line, value) in row.into_iter().enumerate() {
                room[line * apart + at] = value;
            }
        }
        return;
    }
    for at in 0..taken {
        for (line, &start) in starts.iter().enumerate() {
            // SAFETY: promised by the caller.
            room[line * apart + at] = unsafe { *start.offset(at as isize * step) };
        }
    }
}

/// Writes the first `written` elements of each line of the room.
///
/// # Safety
/// Each start leads to that many elements `step` apart, which nobody else uses.
pub(super) unsafe fn write_lines<T: Copy>(
    starts: &[*mut T],
    step: isize,
    written: usize,
    apart: usize,
    room: &[T],
) {
    if step == 1 {
        for (line, &start) in room.chunks_exact(apart).zip(starts) {
            // SAFETY: promised by the caller.
            unsafe { start.copy_from_nonoverlapping(line.as_ptr(), written) };
        }
        return;
    }
    let beside = starts.windows(2).all(|pair| pair[0].wrapping_add(1) == pair[1]);
    if starts.len() == LINES && beside {
        for at in 0..written {
            let row: [T; LINES] = std::array::from_fn(|line| room[line * apart + at]);
            // SAFETY: promised by the caller; the lines lie beside each other.
            unsafe { starts[0].offset(at as isize * step).cast::<[T; LINES]>().write_unaligned(row) };
        }
        return;
    }
    for at in 0..written {
        for (line, &start) in starts.iter().enumerate() {
            // SAFETY: promised by the caller.
            unsafe { start.offset(at as isize * step).write(room[line * apart + at]) };
        }
    }
}

/// The distance of lines of working memory: one cache line more than they need, as lines a power of two apart would
/// push each other out of the cache.
pub(super) fn apart<T>(length: usize) -> usize {
    let line = (64 / size_of::<T>()).max(1);
    length.next_multiple_of(line) + line
}
