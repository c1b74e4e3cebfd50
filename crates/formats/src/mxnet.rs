//! MXNet's own format: a list or a dictionary of arrays, in all versions of its array header. Little endian throughout.
//!
//! A file is the number [`LIST`], a reserved number, the arrays and the names (as many, or none). An array is its header
//! and its elements in C order. The headers: V0 has no mark and 32-bit lengths; V1 a mark and 64-bit lengths; V2 adds the
//! kind of storage (dense, row_sparse, csr); V3 is V2 under NumPy's semantics, where no axes and axes of length 0 are
//! shapes like any other, while before they meant "nothing known".

use base::DType;

use crate::describe::{Contents, DeviceMark, Entry, Format, Item, Order, Place, bytes_of};
use crate::source::Cursor;
use crate::sparse::{Indices, Kind, Sparse};
use crate::{Error, Result, Source};

pub(crate) const LIST: u64 = 0x112;
const V1: u32 = 0xF993_FAC8;
const V2: u32 = 0xF993_FAC9;
const V3: u32 = 0xF993_FACA;

/// MXNet's numbers of the dtypes.
const DTYPES: [DType; 13] = [
    DType::F32,
    DType::F64,
    DType::F16,
    DType::U8,
    DType::I32,
    DType::I8,
    DType::I64,
    DType::Bool,
    DType::I16,
    DType::U16,
    DType::U32,
    DType::U64,
    DType::BF16,
];
/// Dtypes from here on came with MXNet 2.
const NEWER: usize = 8;

/// The most arrays a file may have: descriptions take more memory than the shortest arrays take in the file.
const MOST_ARRAYS: u64 = 1 << 22;

/// Which files of MXNet are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Version {
    /// What MXNet 1.9.1 writes for arrays of `mx.np` (V3), with the dtypes that it has: every MXNet since 1.6 reads it.
    #[default]
    Np,
    /// What `mx.nd.save` writes (V2): read by MXNet since 0.12, but without 0-d and zero-size arrays.
    Nd,
    /// V3 with the dtypes that came with MXNet 2 (16-bit and unsigned integers, bfloat16).
    Two,
}

impl Version {
    /// The version of that name: `np`, `nd` or `2`.
    pub fn from_name(name: &str) -> Option<Version> {
        match name {
            "np" => Some(Version::Np),
            "nd" => Some(Version::Nd),
            "2" => Some(Version::Two),
            _ => None,
        }
    }
}

pub(crate) fn read(source: &mut dyn Source) -> Result<Contents> {
    let mut cursor = crate::cursor(source);
    let mark = cursor.u64("the mark of MXNet's format")?;
    if mark.swap_bytes() == LIST {
        return Err(Error::invalid(
            "the file was written on a big-endian machine; MXNet's format has no byte order of its own, so convert it there",
        ));
    }
    cursor.u64("the reserved number")?;
    let count = cursor.u64("the number of arrays")?;
    if count > MOST_ARRAYS || count > cursor.left() / 4 {
        return Err(Error::invalid(format!(
            "the file says that it holds {count} arrays, and {} bytes are left for them",
            cursor.left()
        )));
    }
    let mut entries = Vec::new();
    for number in 0..count {
        let name = number.to_string();
        entries.push(read_array(&mut cursor, &name).map_err(|error| error.of_array(&name))?);
    }
    let named = read_names(&mut cursor, &mut entries)?;
    let contents = Contents::new(Format::Mxnet, named, entries, cursor.at());
    contents.check_names()?;
    Ok(contents)
}

/// Whether there are names; they replace the numbers.
fn read_names(cursor: &mut Cursor<'_>, entries: &mut [Entry]) -> Result<bool> {
    let count = cursor.u64("the number of names")?;
    if count != 0 && count != entries.len() as u64 {
        return Err(Error::invalid(format!("the file has {} arrays, but {count} names", entries.len())));
    }
    for entry in entries.iter_mut().take(count as usize) {
        let length = cursor.u64("the length of a name")?;
        let name = cursor.bytes(length, "a name")?;
        entry.name =
            String::from_utf8(name).map_err(|_| Error::invalid("the name of an array is not UTF-8"))?;
    }
    Ok(count > 0)
}

fn read_array(cursor: &mut Cursor<'_>, name: &str) -> Result<Entry> {
    let mark = cursor.u32("the header of an array")?;
    let (storage, stored, shape) = match mark {
        V2 | V3 => {
            let storage = storage_of(cursor.i32("the kind of storage")?, mark == V3)?;
            let stored = if storage.is_some() { read_shape(cursor)? } else { None };
            (storage, stored, read_shape(cursor)?)
        }
        V1 => (None, None, read_shape(cursor)?),
        ndim => (None, None, read_old_shape(cursor, ndim)?),
    };
    // before NumPy's semantics, no axes meant that there is no array
    let Some(shape) = shape.filter(|shape| mark == V3 || !shape.is_empty()) else {
        return Ok(nothing(name, cursor.at()));
    };
    let device = DeviceMark { kind: cursor.i32("the device")?, index: cursor.i32("the device")? };
    let dtype = dtype_of(cursor.i32("the dtype")?)?;
    let place = match storage {
        None => {
            let start = cursor.at();
            cursor.skip(bytes_of(dtype, &shape)?, "the elements")?;
            Place::Plain { start }
        }
        Some(kind) => {
            let stored = stored.ok_or_else(|| Error::invalid("a sparse array whose values have no shape"))?;
            let sparse = read_sparse(cursor, kind, stored, dtype)?;
            sparse.check(dtype, &shape)?;
            Place::Sparse(Box::new(sparse))
        }
    };
    Ok(Entry {
        name: name.to_owned(),
        dtype: Ok(dtype),
        shape,
        order: Order::C,
        swapped: cfg!(target_endian = "big"),
        device: Some(device),
        place,
    })
}

/// An array that was never given a shape: it loads with no elements.
fn nothing(name: &str, at: u64) -> Entry {
    Entry {
        name: name.to_owned(),
        dtype: Ok(DType::F32),
        shape: vec![0],
        order: Order::C,
        swapped: false,
        device: None,
        place: Place::Plain { start: at },
    }
}

fn storage_of(number: i32, numpy: bool) -> Result<Option<Kind>> {
    match number {
        -1 | 0 => Ok(None),
        1 if !numpy => Ok(Some(Kind::RowSparse)),
        2 if !numpy => Ok(Some(Kind::Csr)),
        1 | 2 => Err(Error::invalid("a sparse array under NumPy's semantics, which MXNet does not have")),
        _ => Err(Error::invalid(format!("storage type {number}, which MXNet does not have"))),
    }
}

fn dtype_of(number: i32) -> Result<DType> {
    let found = usize::try_from(number).ok().and_then(|number| DTYPES.get(number));
    found.copied().ok_or_else(|| Error::invalid(format!("dtype number {number}, which MXNet does not have")))
}

/// `None` for a shape that is not known.
fn read_shape(cursor: &mut Cursor<'_>) -> Result<Option<Vec<i64>>> {
    let ndim = cursor.i32("the number of axes")?;
    if ndim == -1 {
        return Ok(None);
    }
    let count = u32::try_from(ndim).map_err(|_| Error::invalid(format!("{ndim} axes")))?;
    check_ndim(count)?;
    let lengths = (0..count).map(|_| cursor.i64("a shape")).collect::<Result<Vec<_>>>()?;
    if lengths.contains(&-1) {
        return Ok(None);
    }
    base::shape::check(&lengths)?;
    Ok(Some(lengths))
}

fn read_old_shape(cursor: &mut Cursor<'_>, ndim: u32) -> Result<Option<Vec<i64>>> {
    check_ndim(ndim)?;
    let lengths = (0..ndim).map(|_| cursor.u32("a shape").map(i64::from)).collect::<Result<Vec<_>>>()?;
    Ok(Some(lengths))
}

fn check_ndim(ndim: u32) -> Result<()> {
    if ndim as usize > base::shape::MAX_NDIM {
        return Err(Error::invalid(format!(
            "an array header begins with {ndim:#x}, which is neither a mark of MXNet's nor a number of axes"
        )));
    }
    Ok(())
}

fn read_sparse(cursor: &mut Cursor<'_>, kind: Kind, stored: Vec<i64>, dtype: DType) -> Result<Sparse> {
    let runs = if kind == Kind::RowSparse { 1 } else { 2 };
    let mut indices = Vec::new();
    for _ in 0..runs {
        let dtype = dtype_of(cursor.i32("the dtype of indices")?)?;
        if !matches!(dtype, DType::I32 | DType::I64) {
            return Err(Error::invalid(format!("indices of dtype {dtype}")));
        }
        let shape = read_shape(cursor)?.unwrap_or_default();
        let [count] = shape[..] else { return Err(Error::invalid("indices that are no vector")) };
        indices.push(Indices { start: 0, count: count as u64, dtype });
    }
    let values = cursor.at();
    cursor.skip(bytes_of(dtype, &stored)?, "the values")?;
    for run in &mut indices {
        run.start = cursor.at();
        cursor.skip(bytes_of(run.dtype, &[run.count as i64])?, "the indices")?;
    }
    Ok(Sparse { kind, stored, values, indices })
}

/// An error if this version of the format cannot hold the array.
pub(crate) fn check(item: &Item, version: Version) -> Result<()> {
    let number = DTYPES.iter().position(|&dtype| dtype == item.dtype);
    let most = if version == Version::Two { DTYPES.len() } else { NEWER };
    match number {
        Some(number) if number < most => {}
        Some(_) => {
            return Err(Error::unsupported(format!(
                "MXNet 1.x has no dtype {}; .npy, .npz and .safetensors have it, and MXNet 2's form of the format \
                 (version='2')",
                item.dtype
            )));
        }
        None => {
            let formats = match item.dtype {
                DType::C128 => ".npy and .npz have it",
                _ => ".npy, .npz and .safetensors have it",
            };
            return Err(Error::unsupported(format!("MXNet's format has no dtype {}; {formats}", item.dtype)));
        }
    }
    if version == Version::Nd && item.shape.contains(&0) | item.shape.is_empty() {
        return Err(Error::invalid(format!(
            "MXNet's format of mx.nd has no arrays of shape {}; the one of mx.np has (version='np')",
            base::shape::text(&item.shape)
        )));
    }
    Ok(())
}

/// The beginning of a file of that many arrays.
pub(crate) fn opening(count: usize) -> Vec<u8> {
    [LIST, 0, count as u64].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// What stands before the elements of an array.
pub(crate) fn header(item: &Item, version: Version) -> Vec<u8> {
    let mark = if version == Version::Nd { V2 } else { V3 };
    let number = DTYPES.iter().position(|&dtype| dtype == item.dtype).unwrap_or_default();
    let mut out = mark.to_le_bytes().to_vec();
    out.extend(0i32.to_le_bytes());
    out.extend((item.shape.len() as i32).to_le_bytes());
    out.extend(item.shape.iter().flat_map(|length| length.to_le_bytes()));
    out.extend(item.device.kind.to_le_bytes());
    out.extend(item.device.index.to_le_bytes());
    out.extend((number as i32).to_le_bytes());
    out
}

/// What stands after the last array.
pub(crate) fn closing(names: &[&str]) -> Vec<u8> {
    let mut out = (names.len() as u64).to_le_bytes().to_vec();
    for name in names {
        out.extend((name.len() as u64).to_le_bytes());
        out.extend(name.bytes());
    }
    out
}
