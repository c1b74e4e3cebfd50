//! Arrays into a file, in any of the formats: descriptions first, then the elements, which the caller hands over one
//! array after the other. Everything that can be refused is refused before the first byte.

use std::collections::BTreeMap;

use crate::describe::{Format, Item, Order};
pub use crate::mxnet::Version;
pub use crate::zip_write::Output;
use crate::zip_write::ZipWriter;
use crate::{Error, Result, mxnet, npy, safetensors, zip_read};

/// Bytes that are written at once; between them the caller hears of the progress and may stop.
const PIECE: usize = 8 << 20;
/// The same where every byte is also looked at.
const CHECKED_PIECE: usize = 1 << 20;

/// What formats leave open.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether the names are written (MXNet's lists have none).
    pub named: bool,
    /// Whether the members of a `.npz` are deflated.
    pub compressed: bool,
    /// Which of MXNet's versions is written.
    pub version: Version,
    /// What a safetensors file says of itself.
    pub metadata: BTreeMap<String, String>,
}

/// Who has the elements.
pub trait Body {
    /// Hands the bytes of the array of that number over, little endian, in the order that its item names.
    fn write(&mut self, number: usize, pieces: &mut Pieces<'_>) -> Result<()>;
}

/// Takes the bytes of one array.
pub struct Pieces<'a> {
    sink: &'a mut dyn FnMut(&[u8]) -> Result<()>,
    progress: &'a mut dyn FnMut(u64) -> Result<()>,
    length: usize,
    left: u64,
}

impl Pieces<'_> {
    /// Takes the next bytes.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let rest = self.left.checked_sub(bytes.len() as u64);
        self.left = rest.ok_or_else(|| Error::invalid("more bytes than the array has"))?;
        for piece in bytes.chunks(self.length) {
            (self.sink)(piece)?;
            (self.progress)(piece.len() as u64)?;
        }
        Ok(())
    }
}

/// An error if the format cannot hold the arrays.
pub fn check(format: Format, items: &[Item], options: &Options) -> Result<()> {
    if cfg!(target_endian = "big") && !matches!(format, Format::Npy | Format::Npz) {
        return Err(Error::unsupported(
            "this format is little endian, and this machine is not; use .npy or .npz",
        ));
    }
    for item in items {
        item.bytes().map_err(|error| error.of_array(&item.name))?;
        match format {
            Format::Mxnet => mxnet::check(item, options.version),
            Format::Safetensors => safetensors::check(item),
            Format::Npz => zip_read::check_name(&item.name),
            Format::Npy => Ok(()),
        }
        .map_err(|error| error.of_array(&item.name))?;
        if item.order == Order::Fortran && !matches!(format, Format::Npy | Format::Npz) {
            return Err(Error::invalid(format!("{} files hold arrays in C order only", format.name())));
        }
    }
    if format == Format::Npy && items.len() != 1 {
        return Err(Error::invalid(format!(
            "a .npy file holds one array, not {}; a .npz file holds many",
            items.len()
        )));
    }
    if !options.metadata.is_empty() && format != Format::Safetensors {
        return Err(Error::invalid(format!(
            "only safetensors files hold metadata, {} files do not",
            format.name()
        )));
    }
    let mut names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::invalid(format!("two arrays have the name '{}'", pair[0])));
    }
    Ok(())
}

/// Writes a whole file. `progress` hears how many bytes of elements went since it was called before; its error stops the
/// writing.
///
/// # Errors
/// What [`check`] finds; the system's errors.
pub fn write(
    format: Format,
    items: &[Item],
    options: &Options,
    body: &mut dyn Body,
    out: &mut dyn Output,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    check(format, items, options)?;
    let mut job = Job { items, body, progress };
    match format {
        Format::Npy => {
            out.write_all(&npy::header(&items[0]))?;
            job.plain(0, out)
        }
        Format::Npz => {
            let mut zip = ZipWriter::new(out)?;
            for (number, item) in items.iter().enumerate() {
                let name = format!("{}.npy", item.name);
                zip.member(&name, options.compressed, &mut |take| {
                    take(&npy::header(item))?;
                    job.each(number, CHECKED_PIECE, take)
                })?;
            }
            zip.finish()
        }
        Format::Safetensors => {
            let order = safetensors::order(items);
            out.write_all(&safetensors::header(items, &order, &options.metadata)?)?;
            order.iter().try_for_each(|&number| job.plain(number, out))
        }
        Format::Mxnet => {
            out.write_all(&mxnet::opening(items.len()))?;
            for (number, item) in items.iter().enumerate() {
                out.write_all(&mxnet::header(item, options.version))?;
                job.plain(number, out)?;
            }
            let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
            Ok(out.write_all(&mxnet::closing(if options.named { &names } else { &[] }))?)
        }
    }
}

struct Job<'a> {
    items: &'a [Item],
    body: &'a mut dyn Body,
    progress: &'a mut dyn FnMut(u64) -> Result<()>,
}

impl Job<'_> {
    fn plain(&mut self, number: usize, out: &mut dyn Output) -> Result<()> {
        self.each(number, PIECE, &mut |piece| Ok(out.write_all(piece)?))
    }

    fn each(
        &mut self,
        number: usize,
        length: usize,
        sink: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let left = self.items[number].bytes()?;
        let mut pieces = Pieces { sink, progress: &mut *self.progress, length, left };
        self.body.write(number, &mut pieces)?;
        match pieces.left {
            0 => Ok(()),
            left => {
                Err(Error::invalid(format!("{left} bytes are missing")).of_array(&self.items[number].name))
            }
        }
    }
}
