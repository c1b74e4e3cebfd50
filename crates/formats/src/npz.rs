//! NumPy's archives: zip files whose members are `.npy` files. The header of each member is read when the archive is
//! opened; its elements when somebody asks.

use std::io::Read;

use base::shape;

use crate::describe::{Contents, Entry, Format, Order, Place};
use crate::source::Bytes;
use crate::zip_read::{self, Member};
use crate::{Error, Result, Source, npy};

/// How many bytes of a member are looked at for its header; long headers take a second look.
const GLANCE: u64 = 256;
const LONG_GLANCE: u64 = (1 << 20) + 16;

pub(crate) fn read(source: &mut dyn Source) -> Result<Contents> {
    let members = zip_read::members(source)?;
    let mut entries = Vec::new();
    for member in &members {
        if member.name.ends_with('/') {
            continue;
        }
        let name = member.name.strip_suffix(".npy").unwrap_or(&member.name);
        entries.push(entry(source, member, name).map_err(|error| error.of_array(name))?);
    }
    let contents = Contents::new(Format::Npz, true, entries, source.size());
    contents.check_names()?;
    Ok(contents)
}

fn entry(source: &mut dyn Source, member: &Member, name: &str) -> Result<Entry> {
    let mut front = glance(source, member, GLANCE)?;
    let mut entry = Entry {
        name: name.to_owned(),
        dtype: Err("something else than a .npy file".to_owned()),
        shape: Vec::new(),
        order: Order::C,
        swapped: false,
        device: None,
        place: Place::Plain { start: member.start },
    };
    if !front.starts_with(npy::MAGIC) {
        return Ok(entry);
    }
    let header = match npy::read_header(&mut Bytes(&front)) {
        Ok(header) => header,
        Err(_) => {
            front = glance(source, member, LONG_GLANCE)?;
            npy::read_header(&mut Bytes(&front))?
        }
    };
    entry.dtype = header.dtype;
    entry.shape = header.shape;
    entry.order = if entry.shape.len() < 2 { Order::C } else { header.order };
    entry.swapped = header.swapped;
    if entry.dtype.is_ok() && header.length.checked_add(entry.bytes()?) != Some(member.size) {
        return Err(Error::invalid(format!(
            "an array of shape {} takes {} bytes, and the member has {} after its header",
            shape::text(&entry.shape),
            entry.bytes()?,
            member.size.saturating_sub(header.length)
        )));
    }
    entry.place = Place::Member {
        start: member.start,
        prefix: header.length,
        packed: member.packed,
        deflated: member.deflated,
        checksum: member.checksum,
    };
    Ok(entry)
}

/// The first bytes of a member, unpacked.
fn glance(source: &mut dyn Source, member: &Member, length: u64) -> Result<Vec<u8>> {
    let wanted = member.size.min(length);
    let mut out = Vec::new();
    if member.deflated {
        let packed = Packed::new(source, member.start, member.packed);
        flate2::read::DeflateDecoder::new(packed).take(wanted).read_to_end(&mut out).map_err(unpacking)?;
    } else {
        Packed::new(source, member.start, member.packed).take(wanted).read_to_end(&mut out)?;
    }
    Ok(out)
}

/// What the unpacker says of damaged bytes is an error of the file, not of the system.
pub(crate) fn unpacking(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
            Error::invalid("the packed bytes are damaged")
        }
        _ => Error::Io(error),
    }
}

/// The bytes of a member in the file, one after the other.
pub(crate) struct Packed<'a> {
    source: &'a mut dyn Source,
    at: u64,
    end: u64,
}

impl<'a> Packed<'a> {
    pub fn new(source: &'a mut dyn Source, at: u64, length: u64) -> Packed<'a> {
        Packed { source, at, end: at + length }
    }
}

impl Read for Packed<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = (self.end - self.at).min(into.len() as u64) as usize;
        self.source.read_at(self.at, &mut into[..count])?;
        self.at += count as u64;
        Ok(count)
    }
}
