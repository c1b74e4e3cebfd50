//! Files as memory: elements that the system brings in from a file when they are first touched. Called by whoever loads
//! files; knows no format of files.

use std::fs::File;
use std::ptr::NonNull;
use std::sync::Arc;

use base::{DType, Error, Result};

use crate::device::DeviceRef;
use crate::node::Node;

/// What writes into a mapped file do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// There are none.
    Read,
    /// They reach the file.
    Write,
    /// They stay with the array.
    Copy,
}

/// Keeps a mapping alive.
enum Mapping {
    Fixed(memmap2::Mmap),
    Changing(memmap2::MmapMut),
}

/// `count` elements at byte `at` of a file, which must lie there as in memory. Whoever shortens the file meanwhile makes
/// the process end at the next touch (the system's rule for mapped files).
///
/// # Errors
/// Value: the position is not aligned to the elements, or the file is too short. Runtime: the system refuses.
pub fn map_file(
    file: &File,
    at: u64,
    dtype: DType,
    count: i64,
    access: Access,
    device: DeviceRef,
) -> Result<Arc<Node>> {
    let wanted = usize::try_from(count).ok().and_then(|count| count.checked_mul(dtype.size()));
    let wanted = wanted.ok_or_else(|| Error::value("a mapped array of that size"))?;
    let refused = |error: std::io::Error| Error::runtime(format!("the file cannot be mapped: {error}"));
    let length = file.metadata().map_err(refused)?.len();
    if at.checked_add(wanted as u64).is_none_or(|end| end > length) {
        return Err(Error::value(format!("{wanted} bytes at {at} of a file of {length} bytes")));
    }
    if !at.is_multiple_of(dtype.size().min(8) as u64) {
        return Err(Error::value(format!("the elements lie at byte {at}, which {dtype} is not aligned to")));
    }
    if wanted == 0 {
        return Node::allocate(dtype, 0, device);
    }
    let mut options = memmap2::MmapOptions::new();
    options.offset(at).len(wanted);
    // SAFETY: the file may change under the mapping. Elements are numbers, for which every pattern of bits is a value, and
    // all access to them goes through raw pointers, as to any memory that others may write to.
    let mapping = unsafe {
        match access {
            Access::Read => options.map(file).map(Mapping::Fixed),
            Access::Write => options.map_mut(file).map(Mapping::Changing),
            Access::Copy => options.map_copy(file).map(Mapping::Changing),
        }
    };
    let mut mapping = mapping.map_err(refused)?;
    let address = match &mut mapping {
        Mapping::Fixed(map) => map.as_ptr().cast_mut(),
        Mapping::Changing(map) => map.as_mut_ptr(),
    };
    let data = NonNull::new(address).ok_or_else(|| Error::runtime("the file was mapped nowhere"))?;
    let writable = access != Access::Read;
    // SAFETY: the mapping has `wanted` bytes at `data`, lives as long as the keeper that it is moved into (moving it does
    // not move the bytes), and is aligned as checked above (mappings begin at pages).
    Ok(unsafe { Node::foreign(dtype, data, wanted, writable, Box::new(mapping), device) })
}
