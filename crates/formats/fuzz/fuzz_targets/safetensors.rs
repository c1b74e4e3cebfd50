//! The safetensors format; the mark is left to the fuzzer, as the length of the header is part of it.

#![no_main]

libfuzzer_sys::fuzz_target!(|content: &[u8]| mxnet_formats_fuzz::load(content, &[]));
