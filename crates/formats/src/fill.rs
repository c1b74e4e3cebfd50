//! Elements out of a file, into memory that the caller holds: read, unpacked, checked against their checksum, turned into
//! this machine's byte order.

use std::io::Read;

use crate::describe::{Entry, Place};
use crate::npz::{Packed, unpacking};
use crate::{Error, Result, Source};

/// Bytes that are read at once; between them the caller hears of the progress and may stop.
const PIECE: usize = 8 << 20;
/// The same where every byte is also looked at: they should still be in the cache then.
const CHECKED_PIECE: usize = 1 << 20;

/// Reads the elements of an entry into `into`, which has exactly as many bytes, in the order that the entry names.
/// `progress` hears how many bytes came since it was called before; its error stops the reading.
///
/// # Errors
/// As [`crate::read`]; also a checksum that does not fit.
pub fn fill(
    source: &mut dyn Source,
    entry: &Entry,
    into: &mut [u8],
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    let dtype = entry.known_dtype()?;
    if entry.bytes()? != into.len() as u64 {
        return Err(Error::invalid(format!("array '{}': {} bytes were asked for", entry.name, into.len())));
    }
    match &entry.place {
        Place::Plain { start } => {
            let mut at = *start;
            for piece in into.chunks_mut(PIECE) {
                source.read_at(at, piece)?;
                at += piece.len() as u64;
                progress(piece.len() as u64)?;
            }
        }
        Place::Sparse(sparse) => {
            sparse.spread(source, dtype, &entry.shape, into).map_err(|error| error.of_array(&entry.name))?;
            progress(into.len() as u64)?;
        }
        Place::Member { start, prefix, packed, deflated, checksum } => {
            let bytes = Packed::new(source, *start, *packed);
            let found = if *deflated {
                unpack(flate2::read::DeflateDecoder::new(bytes), *prefix, into, progress)
            } else {
                unpack(bytes, *prefix, into, progress)
            };
            if found.map_err(|error| error.of_array(&entry.name))? != *checksum {
                return Err(Error::invalid("the bytes do not fit their checksum").of_array(&entry.name));
            }
        }
    }
    if entry.swapped {
        swap(into, if dtype.is_complex() { dtype.size() / 2 } else { dtype.size() });
    }
    Ok(())
}

/// Reads a member to its end: the header again, then the elements, then nothing more. Returns the checksum of it all.
fn unpack(
    mut member: impl Read,
    prefix: u64,
    into: &mut [u8],
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<u32> {
    let short = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Error::invalid("the member ends before its array does"),
        _ => unpacking(error),
    };
    let mut checksum = crc32fast::Hasher::new();
    let mut header = crate::source::room(prefix)?;
    member.read_exact(&mut header).map_err(short)?;
    checksum.update(&header);
    for piece in into.chunks_mut(CHECKED_PIECE) {
        member.read_exact(piece).map_err(short)?;
        checksum.update(piece);
        progress(piece.len() as u64)?;
    }
    match member.read(&mut [0]).map_err(unpacking)? {
        0 => Ok(checksum.finalize()),
        _ => Err(Error::invalid("the member goes on after its array")),
    }
}

/// Turns the bytes of every number of `size` bytes around.
fn swap(bytes: &mut [u8], size: usize) {
    fn each<const N: usize>(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut::<N>().0 {
            number.reverse();
        }
    }
    match size {
        2 => each::<2>(bytes),
        4 => each::<4>(bytes),
        8 => each::<8>(bytes),
        _ => {}
    }
}
