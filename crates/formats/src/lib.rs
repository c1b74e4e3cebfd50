//! Floor 2: files of arrays as bytes. Reads what a file says of its arrays (name, dtype, shape, order, device, where the
//! bytes lie) and writes such descriptions and bytes, in MXNet's, NumPy's and the safetensors format; puts files in place
//! atomically. Knows no arrays, no devices beyond their numbers, and trusts nothing that it reads: every length is held
//! against the file before memory is taken for it.
//!
//! * `source`, `describe`, `error`: where bytes come from, what is said of them, what goes wrong.
//! * `mxnet`, `npy` (with `literal`), `npz` (with `zip_read`, `zip_write`), `safetensors`: one format each.
//! * `text`: tables of numbers in texts.
//! * `fill` brings elements into memory (`sparse` spreads MXNet's sparse arrays out), `write` brings them into a file,
//!   `atomic` replaces a file by a new one or not at all.

mod atomic;
mod describe;
mod error;
mod fill;
mod literal;
mod mxnet;
mod npy;
mod npz;
mod safetensors;
mod source;
mod sparse;
pub mod text;
mod write;
mod zip_read;
mod zip_write;

pub use atomic::replace;
pub use describe::{Contents, DeviceMark, Entry, Format, Item, Order};
pub use error::{Error, Result};
pub use fill::fill;
pub use source::{Bytes, File, Source};
pub use write::{Body, Options, Output, Pieces, Version, check, write};

use source::Cursor;

/// What a file holds, told by its first bytes.
///
/// # Errors
/// [`Error::Empty`] for no bytes at all; [`Error::Invalid`] where the format is unknown or the file is damaged.
///
/// ```
/// use mxnet_formats::{Bytes, Format, read};
/// let mut header = b"\x93NUMPY\x01\x00v\x00".to_vec();
/// header.extend(format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }").bytes());
/// header.extend([0; 8]);
/// let contents = read(&mut Bytes(&header)).unwrap();
/// assert_eq!(contents.format, Format::Npy);
/// assert_eq!(contents.entries[0].shape, [2]);
/// ```
pub fn read(source: &mut dyn Source) -> Result<Contents> {
    match sniff(source)? {
        Format::Npy => npy::read(source),
        Format::Npz => npz::read(source),
        Format::Safetensors => safetensors::read(source),
        Format::Mxnet => mxnet::read(source),
    }
}

/// The format that the first bytes belong to.
pub fn sniff(source: &mut dyn Source) -> Result<Format> {
    let size = source.size();
    if size == 0 {
        return Err(Error::Empty);
    }
    let mut head = [0; 9];
    let known = size.min(9) as usize;
    source.read_at(0, &mut head[..known])?;
    let first = u64::from_le_bytes(head[..8].try_into().unwrap_or_default());
    if head.starts_with(npy::MAGIC) {
        Ok(Format::Npy)
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Ok(Format::Npz)
    } else if known >= 8 && (first == mxnet::LIST || first.swap_bytes() == mxnet::LIST) {
        Ok(Format::Mxnet)
    } else if known == 9 && head[8] == b'{' && first <= safetensors::HEADER_LIMIT {
        Ok(Format::Safetensors)
    } else {
        if head[0] == 0x80 && (2..=5).contains(&head[1]) {
            return Err(Error::invalid(
                "Cannot load file containing pickled data when allow_pickle=False; pickles are never loaded here",
            ));
        }
        let shown: Vec<String> = head[..known].iter().map(|byte| format!("{byte:02x}")).collect();
        Err(Error::invalid(format!(
            "the file begins with the bytes {}, which no known format does (.npy, .npz, .safetensors, MXNet's .params)",
            shown.join(" ")
        )))
    }
}

/// A reader that takes values from the front, for the formats.
fn cursor(source: &mut dyn Source) -> Cursor<'_> {
    Cursor::new(source)
}
