//! NumPy's single arrays.

#![no_main]

libfuzzer_sys::fuzz_target!(|content: &[u8]| mxnet_formats_fuzz::load(content, b"\x93NUMPY"));
