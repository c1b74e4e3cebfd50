//! NumPy's archives, stored and deflated.

#![no_main]

libfuzzer_sys::fuzz_target!(|content: &[u8]| mxnet_formats_fuzz::load(content, b"PK"));
