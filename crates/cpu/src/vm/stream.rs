//! Copying a run of bytes past the caches: large results would only push useful lines out, and an ordinary store reads
//! each line before it writes it.

/// Bytes that a 256-bit store writes at once.
const WIDTH: usize = 32;

/// Copies `bytes` bytes with streaming stores. [`finish`] must follow before other threads may read the destination.
///
/// # Safety
/// Both ranges are valid and do not overlap.
pub(crate) unsafe fn stream(destination: *mut u8, source: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    if lanes::level() >= lanes::Level::Avx2 {
        let head = destination.align_offset(WIDTH).min(bytes);
        let body = (bytes - head) / WIDTH * WIDTH;
        // SAFETY: the three parts are the range, the middle one is aligned and a multiple of the width.
        unsafe {
            destination.copy_from_nonoverlapping(source, head);
            stream_aligned(destination.add(head), source.add(head), body);
            let done = head + body;
            destination.add(done).copy_from_nonoverlapping(source.add(done), bytes - done);
        }
        return;
    }
    // SAFETY: promised by the caller.
    unsafe { destination.copy_from_nonoverlapping(source, bytes) }
}

/// # Safety
/// As for [`stream`]; `destination` is aligned to 32 bytes, `bytes` is a multiple of 32, the machine has AVX.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
unsafe fn stream_aligned(destination: *mut u8, source: *const u8, bytes: usize) {
    use std::arch::x86_64::{__m256i, _mm256_loadu_si256, _mm256_stream_si256};
    for at in (0..bytes).step_by(WIDTH) {
        // SAFETY: within both ranges, and aligned on the writing side.
        unsafe {
            let value = _mm256_loadu_si256(source.add(at).cast::<__m256i>());
            _mm256_stream_si256(destination.add(at).cast::<__m256i>(), value);
        }
    }
}

/// Makes this thread's streaming stores visible before anything it does afterwards.
pub(crate) fn finish() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 machine has this instruction; it touches no memory of ours.
    unsafe {
        std::arch::x86_64::_mm_sfence()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alignment_and_length_is_copied_whole() {
        let source: Vec<u8> = (0..400u32).map(|value| value as u8).collect();
        for start in [0, 1, 7, 31, 32] {
            for bytes in [0, 1, 5, 31, 32, 33, 64, 100, 257] {
                let mut destination = vec![0u8; 400];
                // SAFETY: both vectors have 400 bytes, and start + bytes is less.
                unsafe { stream(destination.as_mut_ptr().add(start), source.as_ptr().add(3), bytes) };
                finish();
                assert_eq!(destination[start..start + bytes], source[3..3 + bytes]);
                assert!(destination[start + bytes..].iter().all(|&byte| byte == 0));
            }
        }
    }
}
