//! What a file says of its arrays: names, dtypes, shapes, orders, devices, and where the bytes lie. Made by the readers of
//! the formats, read by `fill` and the front ends.

use std::collections::BTreeMap;

use base::{DType, shape};

use crate::{Error, Result};

/// The formats that are read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// NumPy's single array.
    Npy,
    /// NumPy's archive: a zip file of `.npy` members.
    Npz,
    /// Hugging Face's format of named arrays.
    Safetensors,
    /// MXNet's list or dictionary of arrays, usually called `.params`.
    Mxnet,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Npy, Format::Npz, Format::Safetensors, Format::Mxnet];

    /// How users name it.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Npy => "npy",
            Format::Npz => "npz",
            Format::Safetensors => "safetensors",
            Format::Mxnet => "mxnet",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file name asks for; MXNet's where it does not say.
    ///
    /// ```
    /// use mxnet_formats::Format;
    /// assert_eq!(Format::from_path("weights.safetensors".as_ref()), Format::Safetensors);
    /// assert_eq!(Format::from_path("net-0001.params".as_ref()), Format::Mxnet);
    /// ```
    pub fn from_path(path: &std::path::Path) -> Format {
        let extension = path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase());
        let named = extension.as_deref().and_then(Format::from_name);
        named.unwrap_or(Format::Mxnet)
    }
}

/// In which order the elements of an array lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    C,
    Fortran,
}

/// A device as files record it: MXNet's number of the type, and which one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceMark {
    pub kind: i32,
    pub index: i32,
}

/// Where the bytes of an array lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the file as they are.
    Plain { start: u64 },
    /// In a member of a zip archive, which begins at `start` and has `prefix` bytes before the elements.
    Member { start: u64, prefix: u64, packed: u64, deflated: bool, checksum: u32 },
    /// MXNet's sparse arrays: values and indices, which are spread out.
    Sparse(Box<crate::sparse::Sparse>),
}

/// What elements that are Python objects are called.
pub(crate) const PICKLED: &str = "pickled Python objects";

/// One array of a file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name; its number where the file has no names.
    pub name: String,
    /// Its dtype, or how the file calls one that this library does not have.
    pub dtype: std::result::Result<DType, String>,
    pub shape: Vec<i64>,
    pub order: Order,
    /// Elements have the other byte order.
    pub swapped: bool,
    pub device: Option<DeviceMark>,
    pub(crate) place: Place,
}

impl Entry {
    /// The dtype, or an error that says what it is instead.
    pub fn known_dtype(&self) -> Result<DType> {
        self.dtype.clone().map_err(|named| {
            // NumPy has an error of its own for these
            let is_pickle = named == PICKLED;
            let what = match is_pickle {
                true => {
                    "Object arrays cannot be loaded when allow_pickle=False; pickles are never loaded here"
                        .to_owned()
                }
                false => format!("its elements are {named}, and arrays here hold numbers"),
            };
            let error = if is_pickle { Error::invalid(what) } else { Error::unsupported(what) };
            error.of_array(&self.name)
        })
    }

    /// Bytes of the elements in memory.
    pub fn bytes(&self) -> Result<u64> {
        bytes_of(self.known_dtype()?, &self.shape)
    }

    /// Position of the elements in the file, where they lie there as they would in memory.
    pub fn mapped_at(&self) -> Option<u64> {
        match self.place {
            Place::Plain { start } if !self.swapped => Some(start),
            _ => None,
        }
    }

    /// How MXNet calls the way in which the elements are stored: `default`, `row_sparse` or `csr`.
    pub fn storage(&self) -> &'static str {
        match &self.place {
            Place::Sparse(sparse) => sparse.kind.name(),
            _ => "default",
        }
    }
}

/// Bytes of an array; an error where they are more than there can be.
pub(crate) fn bytes_of(dtype: DType, dims: &[i64]) -> Result<u64> {
    shape::check(dims)?;
    let size = shape::size(dims)?;
    let bytes = size.checked_mul(dtype.size() as i64).filter(|&bytes| bytes <= isize::MAX as i64);
    bytes.map(|bytes| bytes as u64).ok_or_else(|| {
        Error::invalid(format!("the shape {} of {dtype} is more than memory can hold", shape::text(dims)))
    })
}

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Contents {
    pub format: Format,
    /// Whether the file gives names; else entries are numbered.
    pub named: bool,
    pub entries: Vec<Entry>,
    /// What the file says of itself (safetensors).
    pub metadata: BTreeMap<String, String>,
    /// Position after the last array, for who goes on reading there.
    pub end: u64,
}

impl Contents {
    pub(crate) fn new(format: Format, named: bool, entries: Vec<Entry>, end: u64) -> Contents {
        Contents { format, named, entries, metadata: BTreeMap::new(), end }
    }

    /// Number of the entry of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    /// An error if two arrays have one name.
    pub(crate) fn check_names(&self) -> Result<()> {
        let mut names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::invalid(format!("two arrays have the name '{}'", pair[0]))),
            None => Ok(()),
        }
    }
}

/// An array to be written.
#[derive(Clone, Debug)]
pub struct Item {
    pub name: String,
    pub dtype: DType,
    pub shape: Vec<i64>,
    /// Order in which its bytes are delivered; only NumPy's formats have another than C.
    pub order: Order,
    pub device: DeviceMark,
}

impl Item {
    pub fn bytes(&self) -> Result<u64> {
        bytes_of(self.dtype, &self.shape)
    }
}
