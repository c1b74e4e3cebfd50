//! The directory of a zip archive, read without trust: every position must lie inside the file, members must not share
//! bytes, and their two headers must agree. Knows stored and deflated members, with and without zip64.

use crate::source::room;
use crate::{Error, Result, Source};

/// A directory larger than this is no archive of arrays.
const DIRECTORY_LIMIT: u64 = 256 << 20;
const END: usize = 22;
/// Deflate cannot pack tighter.
const TIGHTEST: u64 = 1032;

/// A file in the archive.
pub(crate) struct Member {
    pub name: String,
    /// Position of its bytes.
    pub start: u64,
    pub packed: u64,
    pub size: u64,
    pub checksum: u32,
    pub deflated: bool,
}

/// Takes little-endian fields from the front of bytes that were read before.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let (found, rest) = self.0.split_at_checked(count).ok_or_else(|| damaged("a header is cut short"))?;
        self.0 = rest;
        Ok(found)
    }

    fn number(&mut self, count: usize) -> Result<u64> {
        let bytes = self.bytes(count)?;
        Ok(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    fn u16(&mut self) -> Result<u16> {
        self.number(2).map(|number| number as u16)
    }

    fn u32(&mut self) -> Result<u32> {
        self.number(4).map(|number| number as u32)
    }

    fn skip(&mut self, count: usize) -> Result<()> {
        self.bytes(count).map(|_| ())
    }
}

fn damaged(what: &str) -> Error {
    Error::invalid(format!("the zip archive is damaged: {what}"))
}

fn part(source: &mut dyn Source, at: u64, length: u64) -> Result<Vec<u8>> {
    if at.checked_add(length).is_none_or(|end| end > source.size()) {
        return Err(damaged("a header lies outside the file"));
    }
    let mut out = room(length)?;
    source.read_at(at, &mut out)?;
    Ok(out)
}

/// Where the directory is.
struct Directory {
    at: u64,
    size: u64,
    count: u64,
    /// What to add to the positions that the archive names: it may stand behind something else in its file, and count
    /// from the beginning of either.
    shift: i64,
}

/// The members, in the order of the directory.
pub(crate) fn members(source: &mut dyn Source) -> Result<Vec<Member>> {
    let directory = find_directory(source)?;
    if directory.size > DIRECTORY_LIMIT || directory.count > directory.size / 46 {
        return Err(damaged("its directory cannot have that size"));
    }
    let bytes = part(source, directory.at, directory.size)?;
    let mut fields = Fields(&bytes);
    let mut found = Vec::new();
    for _ in 0..directory.count {
        found.push(member(&mut fields)?);
    }
    let mut located = Vec::new();
    for (mut member, header) in found {
        let header = header
            .checked_add_signed(directory.shift)
            .ok_or_else(|| damaged(&format!("the member '{}' lies before the file", member.name)))?;
        member.start = locate(source, &member, header)?;
        if member.start.checked_add(member.packed).is_none_or(|end| end > directory.at) {
            return Err(damaged(&format!("the member '{}' reaches outside of the file", member.name)));
        }
        located.push((header, member));
    }
    check_overlap(&located)?;
    Ok(located.into_iter().map(|(_, member)| member).collect())
}

/// Members that share bytes are how small archives unpack to endless ones.
fn check_overlap(members: &[(u64, Member)]) -> Result<()> {
    let mut ranges: Vec<(u64, u64, &str)> = members
        .iter()
        .map(|(at, member)| (*at, member.start + member.packed, member.name.as_str()))
        .collect();
    ranges.sort_unstable();
    match ranges.windows(2).find(|pair| pair[0].1 > pair[1].0) {
        Some(pair) => Err(damaged(&format!("the members '{}' and '{}' share bytes", pair[0].2, pair[1].2))),
        None => Ok(()),
    }
}

fn find_directory(source: &mut dyn Source) -> Result<Directory> {
    let size = source.size();
    let tail_length = size.min(END as u64 + 0xFFFF);
    let tail = part(source, size - tail_length, tail_length)?;
    let fits = |at: &usize| {
        // what follows the record must be its comment, to the end of the file
        let comment =
            tail.get(at + 20..at + END).map(|bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]])));
        comment.is_some_and(|length| at + END + length == tail.len())
            && tail[*at..].starts_with(b"PK\x05\x06")
    };
    let at = (0..=tail.len().saturating_sub(END)).rev().find(fits).ok_or_else(|| damaged("it has no end"))?;
    let mut fields = Fields(&tail[at + 4..]);
    let disks = (fields.u16()?, fields.u16()?);
    let (_here, count, length, start) = (fields.u16()?, fields.u16()?, fields.u32()?, fields.u32()?);
    if disks != (0, 0) && disks != (u16::MAX, u16::MAX) {
        return Err(damaged("it is one of several parts"));
    }
    let end = size - tail_length + at as u64;
    let mut directory = Directory { at: start.into(), size: length.into(), count: count.into(), shift: 0 };
    let mut limit = end;
    if end >= 20 {
        let locator = part(source, end - 20, 20)?;
        if locator.starts_with(b"PK\x06\x07") {
            // right before its locator, wherever that was said to be
            let position = end.checked_sub(76).ok_or_else(|| damaged("its zip64 end is missing"))?;
            directory = zip64_directory(source, position)?;
            limit = position;
        }
    }
    let at =
        limit.checked_sub(directory.size).ok_or_else(|| damaged("its directory is larger than the file"))?;
    directory.shift = at.wrapping_sub(directory.at).cast_signed();
    directory.at = at;
    Ok(directory)
}

fn zip64_directory(source: &mut dyn Source, at: u64) -> Result<Directory> {
    let record = part(source, at, 56)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(damaged("its zip64 end is missing"));
    }
    let mut fields = Fields(&record[32..]);
    let (count, size, at) = (fields.number(8)?, fields.number(8)?, fields.number(8)?);
    Ok(Directory { at, size, count, shift: 0 })
}

/// One entry of the directory, and the position of the member's own header.
fn member(fields: &mut Fields<'_>) -> Result<(Member, u64)> {
    if fields.bytes(4)? != b"PK\x01\x02" {
        return Err(damaged("its directory breaks off"));
    }
    fields.skip(4)?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?;
    let (checksum, packed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    fields.skip(8)?;
    let at = fields.u32()?;
    let name = std::str::from_utf8(fields.bytes(name.into())?)
        .map_err(|_| Error::invalid("a name in the zip archive is not UTF-8"))?
        .to_owned();
    let extra = fields.bytes(extra.into())?;
    fields.skip(comment.into())?;
    let [size, packed, at] = widened(extra, [size, packed, at])?;
    if flags & 1 != 0 {
        return Err(Error::unsupported(format!("the member '{name}' is encrypted")));
    }
    let deflated = match method {
        0 => false,
        8 => true,
        _ => {
            return Err(Error::unsupported(format!(
                "the member '{name}' is packed by method {method}; 0 and 8 are known"
            )));
        }
    };
    check_name(&name)?;
    if !deflated && packed != size || deflated && size / TIGHTEST > packed {
        return Err(damaged(&format!("the member '{name}' cannot hold {size} bytes in {packed}")));
    }
    Ok((Member { name, start: 0, packed, size, checksum, deflated }, at))
}

/// The fields, from the zip64 extra field where they did not fit.
fn widened(extra: &[u8], fields: [u32; 3]) -> Result<[u64; 3]> {
    let mut wide = Fields(&[]);
    let mut rest = Fields(extra);
    while rest.0.len() >= 4 {
        let (id, length) = (rest.u16()?, rest.u16()?);
        let content = rest.bytes(length.into())?;
        if id == 1 {
            wide = Fields(content);
        }
    }
    let mut out = [0; 3];
    for (slot, field) in out.iter_mut().zip(fields) {
        *slot = if field == u32::MAX { wide.number(8)? } else { field.into() };
    }
    Ok(out)
}

/// Names that would lead out of a folder are refused, although nothing is ever unpacked: who wrote them meant harm.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let leads_out = name.starts_with('/')
        || name.contains(['\\', '\0'])
        || name.split('/').any(|step| step == "..")
        || name.as_bytes().get(1) == Some(&b':');
    if leads_out {
        return Err(Error::invalid(format!("the name {name:?} leads out of the archive")));
    }
    Ok(())
}

/// Position of a member's bytes, after its own header.
fn locate(source: &mut dyn Source, member: &Member, at: u64) -> Result<u64> {
    let header = part(source, at, 30)?;
    let mut fields = Fields(&header);
    if fields.bytes(4)? != b"PK\x03\x04" {
        return Err(damaged(&format!("the member '{}' is not where the directory says", member.name)));
    }
    fields.skip(4)?;
    let method = fields.u16()?;
    fields.skip(16)?;
    let (name, extra) = (u64::from(fields.u16()?), u64::from(fields.u16()?));
    let own = part(source, at + 30, name)?;
    if own != member.name.as_bytes() || (method == 8) != member.deflated {
        return Err(damaged(&format!("the member '{}' calls itself otherwise", member.name)));
    }
    Ok(at + 30 + name + extra)
}
