//! Arrays in files: where descriptions and bytes (`formats`) meet arrays and devices (`array`). `np` and `npx` word it for
//! Rust users, the extension module for Python's; formats themselves are understood further down.

use std::path::Path;

use array::graph::mapped::{self, Access};
use array::graph::{Node, Operand, device, work};
use array::{Array, DeviceId, DeviceKind, DeviceRef};
use base::View;

pub use formats::{
    Bytes, Contents, DeviceMark, Entry, Error, File, Format, Item, Options, Order, Output, Result, Source,
    Version, replace, text,
};

/// A file whose arrays are loaded one by one.
///
/// ```
/// use mxnet::{np, npx};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("net.params");
/// npx::save(&path, &[("weight", &np::ones([2, 3])?), ("bias", &np::zeros(3)?)])?;
/// let mut file = npx::open(&path)?;
/// assert_eq!(file.contents().entries[0].shape, [2, 3]);
/// let number = file.contents().find("bias").unwrap();
/// assert_eq!(file.load(number, None, &mut |_| Ok(()))?.to_string(), "[0. 0. 0.]");
/// # Ok::<(), np::Error>(())
/// ```
pub struct Reader<S: Source> {
    source: S,
    contents: Contents,
}

impl Reader<File> {
    /// Opens a file and reads what it says of its arrays.
    ///
    /// # Errors
    /// [`Error::Io`]: there is no such file; [`Error::Invalid`]: it is of no known format, or damaged.
    pub fn open(path: &Path) -> Result<Reader<File>> {
        Reader::new(File::open(path)?)
    }

    /// An array whose elements stay in the file until they are touched: nothing is copied. The file must not be
    /// shortened meanwhile; replacing it by another (as saving does) is harmless.
    ///
    /// # Errors
    /// [`Error::Invalid`]: the elements do not lie in the file as they would in memory (packed, in another byte order,
    /// not aligned).
    pub fn map(&self, number: usize, access: Access) -> Result<Array> {
        let entry = self.entry(number)?;
        map_entry(self.source.inner(), entry, access)
    }
}

/// [`Reader::map`] for who holds the file.
pub fn map_entry(file: &std::fs::File, entry: &Entry, access: Access) -> Result<Array> {
    let dtype = entry.known_dtype()?;
    let count = base::shape::size(&entry.shape)?;
    let Some(at) = entry.mapped_at() else {
        return Err(Error::invalid(format!(
            "array '{}' cannot be mapped: its elements are packed, sparse or in another byte order",
            entry.name
        )));
    };
    let node = mapped::map_file(file, at, dtype, count, access, host()?)
        .map_err(|error| Error::from(error).of_array(&entry.name))?;
    Ok(over(node, entry))
}

impl<S: Source> Reader<S> {
    /// Reads what the bytes of `source` say of their arrays.
    pub fn new(mut source: S) -> Result<Reader<S>> {
        crate::init();
        let contents = formats::read(&mut source)?;
        Ok(Reader { source, contents })
    }

    /// Names, dtypes, shapes and all else that is known without loading.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    pub fn source(&self) -> &S {
        &self.source
    }

    fn entry(&self, number: usize) -> Result<&Entry> {
        let count = self.contents.entries.len();
        let found = self.contents.entries.get(number);
        found.ok_or_else(|| Error::invalid(format!("array number {number} of a file with {count} arrays")))
    }

    /// Loads one array, to `device` or, without one, to the device that the file names (the CPU where it names none or one
    /// that this machine does not have). `progress` hears of bytes as they come; its error stops the loading.
    ///
    /// # Errors
    /// [`Error::Invalid`]: damaged bytes; [`Error::Unsupported`]: elements that are no numbers; [`Error::Memory`].
    pub fn load(
        &mut self,
        number: usize,
        device: Option<DeviceRef>,
        progress: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<Array> {
        let entry = self.entry(number)?.clone();
        let device = match device {
            Some(device) => device,
            None => recorded(entry.device)?,
        };
        let count = base::shape::size(&entry.shape)?;
        entry.bytes()?;
        let source = &mut self.source;
        let node = work::filled(entry.known_dtype()?, count, device, |bytes| {
            formats::fill(source, &entry, bytes, progress)
        })?;
        Ok(over(node, &entry))
    }
}

fn host() -> Result<DeviceRef> {
    Ok(device::device(DeviceId::CPU)?)
}

/// The device of a mark where this machine has it. All marks of host memory mean the CPU, as when MXNet loads.
fn recorded(mark: Option<DeviceMark>) -> Result<DeviceRef> {
    let gpu = mark.filter(|mark| mark.kind == DeviceKind::Gpu.type_id());
    let index = gpu.and_then(|mark| u32::try_from(mark.index).ok());
    match index {
        Some(index) if (index as usize) < device::count(DeviceKind::Gpu) => {
            Ok(device::device(DeviceId { kind: DeviceKind::Gpu, index })?)
        }
        _ => host(),
    }
}

/// How a mark reads: `gpu(0)`.
pub fn device_text(mark: DeviceMark) -> String {
    let kinds = [DeviceKind::Cpu, DeviceKind::Gpu, DeviceKind::CpuPinned, DeviceKind::CpuShared];
    match kinds.into_iter().find(|kind| kind.type_id() == mark.kind) {
        Some(kind) => format!("{}({})", kind.name(), mark.index),
        None => format!("device type {}({})", mark.kind, mark.index),
    }
}

/// An array over all of a node whose elements lie in the order of the entry.
fn over(node: std::sync::Arc<Node>, entry: &Entry) -> Array {
    let dtype = node.dtype();
    let view = match entry.order {
        Order::C => View::contiguous(&entry.shape),
        Order::Fortran => {
            let reversed: Vec<i64> = entry.shape.iter().rev().copied().collect();
            View::contiguous(&reversed).transpose()
        }
    };
    Array::from_operand(Operand::new(node, view, dtype))
}

/// Arrays as the bytes of a file.
struct Elements<'a> {
    arrays: &'a [Array],
    items: &'a [Item],
}

impl formats::Body for Elements<'_> {
    fn write(&mut self, number: usize, pieces: &mut formats::Pieces<'_>) -> Result<()> {
        let array = self.arrays[number].detach();
        let laid = match self.items[number].order {
            Order::C => array.contiguous()?,
            Order::Fortran => array.transpose(None)?,
        };
        work::look(laid.operand(), |bytes| pieces.put(bytes))
    }
}

/// What is said of an array in a file of that format.
fn describe(name: &str, array: &Array, format: Format) -> Item {
    let view = array.view();
    let fortran = matches!(format, Format::Npy | Format::Npz)
        && array.size() > 0
        && !view.is_contiguous()
        && view.is_fortran_contiguous();
    let device = array.device().id;
    Item {
        name: name.to_owned(),
        dtype: array.dtype(),
        shape: array.shape().to_vec(),
        order: if fortran { Order::Fortran } else { Order::C },
        device: DeviceMark { kind: device.kind.type_id(), index: device.index as i32 },
    }
}

/// Arrays with their names, checked against a format and ready to be written.
pub struct Job {
    format: Format,
    options: Options,
    arrays: Vec<Array>,
    items: Vec<Item>,
}

impl Job {
    /// # Errors
    /// [`Error::Unsupported`]: a dtype that the format lacks. [`Error::Invalid`]: two arrays of one name, and whatever
    /// else the format cannot hold.
    pub fn new(format: Format, arrays: &[(&str, &Array)], options: Options) -> Result<Job> {
        let items: Vec<Item> = arrays.iter().map(|(name, array)| describe(name, array, format)).collect();
        formats::check(format, &items, &options)?;
        let arrays = arrays.iter().map(|(_, array)| array.detach()).collect();
        Ok(Job { format, options, arrays, items })
    }

    /// Bytes of all elements.
    pub fn bytes(&self) -> Result<u64> {
        self.items.iter().map(Item::bytes).sum()
    }

    /// Writes to whatever takes bytes.
    pub fn write(&self, out: &mut dyn Output, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        let mut body = Elements { arrays: &self.arrays, items: &self.items };
        formats::write(self.format, &self.items, &self.options, &mut body, out, progress)
    }

    /// Writes a file, or leaves what was there before.
    pub fn save(&self, path: &Path, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<()> {
        formats::replace(path, |out| self.write(out, progress))
    }
}
