//! The safetensors format: the length of a header, the header as JSON (names, dtypes, shapes, ranges of bytes, and a
//! dictionary of texts), the elements without gaps, little endian, in C order. Written with the larger elements first and
//! names in order, as the format's own library does, so that every array is aligned to its elements.

use std::collections::BTreeMap;
use std::fmt;

use base::DType;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::describe::{Contents, Entry, Format, Item, Order, Place};
use crate::{Error, Result, Source};

/// The format's own limit on headers.
pub(crate) const HEADER_LIMIT: u64 = 100_000_000;
const METADATA: &str = "__metadata__";

/// The format's names of our dtypes.
const DTYPES: [(&str, DType); 14] = [
    ("BOOL", DType::Bool),
    ("U8", DType::U8),
    ("I8", DType::I8),
    ("I16", DType::I16),
    ("U16", DType::U16),
    ("F16", DType::F16),
    ("BF16", DType::BF16),
    ("I32", DType::I32),
    ("U32", DType::U32),
    ("F32", DType::F32),
    ("C64", DType::C64),
    ("F64", DType::F64),
    ("I64", DType::I64),
    ("U64", DType::U64),
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The header, in the order of the file.
#[derive(Default)]
struct Header {
    metadata: Option<BTreeMap<String, String>>,
    tensors: Vec<(String, Tensor)>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Header, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of arrays")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Header, A::Error> {
                let mut header = Header::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name != METADATA {
                        header.tensors.push((name, map.next_value()?));
                    } else if header.metadata.replace(map.next_value()?).is_some() {
                        return Err(A::Error::custom("__metadata__ stands there twice"));
                    }
                }
                Ok(header)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

pub(crate) fn read(source: &mut dyn Source) -> Result<Contents> {
    let mut cursor = crate::cursor(source);
    let length = cursor.u64("the length of the header")?;
    if length > HEADER_LIMIT {
        return Err(Error::invalid(format!(
            "a safetensors header of {length} bytes; {HEADER_LIMIT} are the most"
        )));
    }
    let text = cursor.bytes(length, "the header")?;
    let header: Header = serde_json::from_slice(&text)
        .map_err(|error| Error::invalid(format!("the safetensors header cannot be understood: {error}")))?;
    let (start, space) = (cursor.at(), cursor.left());
    check_ranges(&header, space)?;
    let entries = header
        .tensors
        .into_iter()
        .map(|(name, tensor)| entry(&name, tensor, start).map_err(|error| error.of_array(&name)))
        .collect::<Result<Vec<_>>>()?;
    let mut contents = Contents::new(Format::Safetensors, true, entries, start + space);
    contents.metadata = header.metadata.unwrap_or_default();
    contents.check_names()?;
    Ok(contents)
}

/// Ranges must cover the rest of the file, without gaps and without sharing bytes.
fn check_ranges(header: &Header, space: u64) -> Result<()> {
    let mut ranges: Vec<(u64, u64)> = header.tensors.iter().map(|(_, tensor)| tensor.data_offsets).collect();
    ranges.sort_unstable();
    let mut at = 0;
    for (from, to) in ranges {
        if from != at || to < from || to > space {
            return Err(Error::invalid(format!(
                "an array lies at bytes {from} to {to}, where {at} is the next and {space} the last: the ranges of a \
                 safetensors file have no gaps, share nothing and end with the file"
            )));
        }
        at = to;
    }
    if at != space {
        return Err(Error::invalid(format!("{} bytes of the file belong to no array", space - at)));
    }
    Ok(())
}

fn entry(name: &str, tensor: Tensor, start: u64) -> Result<Entry> {
    let shape = tensor
        .shape
        .iter()
        .map(|&length| {
            i64::try_from(length).map_err(|_| Error::invalid(format!("an axis of length {length}")))
        })
        .collect::<Result<Vec<_>>>()?;
    let known = DTYPES.iter().find(|(named, _)| *named == tensor.dtype).map(|&(_, dtype)| dtype);
    let (from, to) = tensor.data_offsets;
    let entry = Entry {
        name: name.to_owned(),
        dtype: known.ok_or_else(|| format!("of safetensors' dtype {}", tensor.dtype)),
        shape,
        order: Order::C,
        swapped: cfg!(target_endian = "big"),
        device: None,
        place: Place::Plain { start: start + from },
    };
    if known.is_some() && entry.bytes()? != to - from {
        return Err(Error::invalid(format!(
            "the shape {} takes {} bytes, and the file gives it {}",
            base::shape::text(&entry.shape),
            entry.bytes()?,
            to - from
        )));
    }
    Ok(entry)
}

/// An error if the format cannot hold the array.
pub(crate) fn check(item: &Item) -> Result<()> {
    if item.name == METADATA {
        return Err(Error::invalid("safetensors keeps the name '__metadata__' for its own use"));
    }
    match DTYPES.iter().any(|(_, dtype)| *dtype == item.dtype) {
        true => Ok(()),
        false => {
            Err(Error::unsupported(format!("safetensors has no dtype {}; .npy and .npz have it", item.dtype)))
        }
    }
}

/// The numbers of the items in the order in which their elements are written.
pub(crate) fn order(items: &[Item]) -> Vec<usize> {
    let rank = |item: &Item| DTYPES.iter().position(|(_, dtype)| *dtype == item.dtype);
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| {
        rank(&items[b]).cmp(&rank(&items[a])).then_with(|| items[a].name.cmp(&items[b].name))
    });
    order
}

/// Everything before the elements of `items`, which follow in that `order`.
pub(crate) fn header(
    items: &[Item],
    order: &[usize],
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>> {
    let quoted = |text: &str| serde_json::to_string(text).map_err(|error| Error::invalid(error.to_string()));
    let mut parts = Vec::new();
    if !metadata.is_empty() {
        let text = serde_json::to_string(metadata).map_err(|error| Error::invalid(error.to_string()))?;
        parts.push(format!("\"{METADATA}\":{text}"));
    }
    let mut at = 0;
    for &number in order {
        let item = &items[number];
        let end = at + item.bytes()?;
        let dtype = DTYPES.iter().find(|(_, dtype)| *dtype == item.dtype).map_or("", |(name, _)| name);
        let lengths: Vec<String> = item.shape.iter().map(i64::to_string).collect();
        parts.push(format!(
            "{}:{{\"dtype\":\"{dtype}\",\"shape\":[{}],\"data_offsets\":[{at},{end}]}}",
            quoted(&item.name)?,
            lengths.join(",")
        ));
        at = end;
    }
    let mut text = format!("{{{}}}", parts.join(","));
    text.push_str(&" ".repeat(text.len().next_multiple_of(8) - text.len()));
    if text.len() as u64 > HEADER_LIMIT {
        return Err(Error::invalid(format!(
            "the header would take {} bytes; {HEADER_LIMIT} are the most",
            text.len()
        )));
    }
    let mut out = (text.len() as u64).to_le_bytes().to_vec();
    out.extend(text.bytes());
    Ok(out)
}
