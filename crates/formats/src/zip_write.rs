//! Zip archives as Python's `zipfile` writes them for NumPy: the same fields, the same order, zip64 fields in every local
//! header, a fixed date. Sizes and checksums are filled in after the member was written.

use std::io::{self, Seek, SeekFrom, Write};

use crate::{Error, Result};

/// Sizes and counts from here on stand in zip64 fields.
const LIMIT: u64 = (1 << 31) - 1;
const COUNT_LIMIT: usize = 65535;
const VERSION: u16 = 45;
/// 1980-01-01, so that equal arrays give equal files.
const DATE: u16 = 0x21;
const DEFLATED: u16 = 8;

struct Member {
    name: String,
    at: u64,
    deflated: bool,
    checksum: u32,
    packed: u64,
    size: u64,
}

/// Where archives go: files, or what a front end brings.
pub trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}

pub(crate) struct ZipWriter<'a> {
    out: &'a mut dyn Output,
    at: u64,
    members: Vec<Member>,
}

/// Counts what goes through.
struct Counted<'a> {
    out: &'a mut dyn Output,
    count: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<'a> ZipWriter<'a> {
    /// Begins where `out` stands.
    pub fn new(out: &'a mut dyn Output) -> Result<ZipWriter<'a>> {
        let at = out.stream_position()?;
        Ok(ZipWriter { out, at, members: Vec::new() })
    }

    /// Writes a member; `body` hands its bytes over piece by piece.
    pub fn member(
        &mut self,
        name: &str,
        deflated: bool,
        body: &mut dyn FnMut(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>,
    ) -> Result<()> {
        if name.len() > usize::from(u16::MAX) {
            return Err(Error::invalid(format!("a name of {} bytes; a zip archive takes 65535", name.len())));
        }
        let mut member =
            Member { name: name.to_owned(), at: self.at, deflated, checksum: 0, packed: 0, size: 0 };
        let header = local_header(&member);
        self.out.write_all(&header)?;
        let mut checksum = crc32fast::Hasher::new();
        let mut counted = Counted { out: &mut *self.out, count: 0 };
        if deflated {
            let mut packer = flate2::write::DeflateEncoder::new(counted, flate2::Compression::default());
            body(&mut |piece| {
                checksum.update(piece);
                member.size += piece.len() as u64;
                Ok(packer.write_all(piece)?)
            })?;
            counted = packer.finish()?;
        } else {
            body(&mut |piece| {
                checksum.update(piece);
                member.size += piece.len() as u64;
                Ok(counted.write_all(piece)?)
            })?;
        }
        member.packed = counted.count;
        member.checksum = checksum.finalize();
        let end = self.at + header.len() as u64 + member.packed;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.out.write_all(&local_header(&member))?;
        self.out.seek(SeekFrom::Start(end))?;
        self.at = end;
        self.members.push(member);
        Ok(())
    }

    /// Writes the directory.
    pub fn finish(self) -> Result<()> {
        let directory: Vec<u8> = self.members.iter().flat_map(directory_entry).collect();
        let (count, size, at) = (self.members.len(), directory.len() as u64, self.at);
        self.out.write_all(&directory)?;
        if count > COUNT_LIMIT || at > LIMIT || size > LIMIT {
            self.out.write_all(&zip64_end(count as u64, size, at))?;
        }
        let mut end = Fields::default();
        end.bytes(b"PK\x05\x06").u16(0).u16(0);
        end.u16(count.min(0xFFFF) as u16).u16(count.min(0xFFFF) as u16);
        end.u32(size.min(0xFFFF_FFFF) as u32).u32(at.min(0xFFFF_FFFF) as u32).u16(0);
        Ok(self.out.write_all(&end.0)?)
    }
}

/// Little-endian fields, one after the other.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Fields {
        self.0.extend(bytes);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Fields {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> &mut Fields {
        self.bytes(&value.to_le_bytes())
    }

    fn u64(&mut self, value: u64) -> &mut Fields {
        self.bytes(&value.to_le_bytes())
    }
}

fn flags(member: &Member) -> u16 {
    if member.name.is_ascii() { 0 } else { 0x800 }
}

fn method(member: &Member) -> u16 {
    if member.deflated { DEFLATED } else { 0 }
}

fn local_header(member: &Member) -> Vec<u8> {
    let mut out = Fields::default();
    out.bytes(b"PK\x03\x04").u16(VERSION).u16(flags(member)).u16(method(member)).u16(0).u16(DATE);
    out.u32(member.checksum).u32(u32::MAX).u32(u32::MAX).u16(member.name.len() as u16).u16(20);
    out.bytes(member.name.as_bytes()).u16(1).u16(16).u64(member.size).u64(member.packed);
    out.0
}

fn directory_entry(member: &Member) -> Vec<u8> {
    let mut extra = Fields::default();
    let large = member.size > LIMIT || member.packed > LIMIT;
    let (mut size, mut packed, mut at) = (member.size, member.packed, member.at);
    if large {
        extra.u64(size).u64(packed);
        (size, packed) = (u64::from(u32::MAX), u64::from(u32::MAX));
    }
    if at > LIMIT {
        extra.u64(at);
        at = u64::from(u32::MAX);
    }
    let extra_length = if extra.0.is_empty() { 0 } else { extra.0.len() as u16 + 4 };
    let mut out = Fields::default();
    // 3: made on Unix; 0o600: the rights of the file
    out.bytes(b"PK\x01\x02").u16(VERSION | 3 << 8).u16(VERSION).u16(flags(member)).u16(method(member));
    out.u16(0).u16(DATE).u32(member.checksum).u32(packed as u32).u32(size as u32);
    out.u16(member.name.len() as u16).u16(extra_length).u16(0).u16(0).u16(0).u32(0o600 << 16).u32(at as u32);
    out.bytes(member.name.as_bytes());
    if extra_length > 0 {
        out.u16(1).u16(extra_length - 4).bytes(&extra.0);
    }
    out.0
}

fn zip64_end(count: u64, size: u64, at: u64) -> Vec<u8> {
    let mut out = Fields::default();
    out.bytes(b"PK\x06\x06").u64(44).u16(VERSION).u16(VERSION).u32(0).u32(0);
    out.u64(count).u64(count).u64(size).u64(at);
    out.bytes(b"PK\x06\x07").u32(0).u64(at + size).u32(1);
    out.0
}
