//! What every target does with its bytes: opens them as a file, holds what it says against itself, and loads every array
//! that is small enough. Panics where a promise is broken; errors are what damaged files should give.

use mxnet_formats::{Bytes, read, fill};

/// Arrays beyond this are described, but not loaded: the fuzzer has little memory.
const LARGEST: u64 = 1 << 20;

/// Loads everything in `content`, whose first bytes are made those of the format, so that none is wasted on others.
pub fn load(content: &[u8], mark: &[u8]) {
    let mut content = content.to_vec();
    for (byte, wanted) in content.iter_mut().zip(mark) {
        *byte = *wanted;
    }
    let mut source = Bytes(&content);
    let Ok(contents) = read(&mut source) else { return };
    assert!(contents.end <= content.len() as u64);
    for entry in &contents.entries {
        let Ok(bytes) = entry.bytes() else { continue };
        if let Some(at) = entry.mapped_at() {
            assert!(at + bytes <= content.len() as u64, "an array that reaches outside of the file");
        }
        if bytes <= LARGEST {
            let mut into = vec![0; bytes as usize];
            let mut told = 0;
            let result = fill(&mut source, entry, &mut into, &mut |count| {
                told += count;
                Ok(())
            });
            assert!(result.is_err() || told == bytes, "the progress of {told} bytes out of {bytes}");
        }
    }
}
