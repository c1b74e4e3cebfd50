//! Lists and dictionaries of MXNet's, all versions, dense and sparse.

#![no_main]

libfuzzer_sys::fuzz_target!(|content: &[u8]| mxnet_formats_fuzz::load(content, &[0x12, 1, 0, 0, 0, 0, 0, 0]));
