//! NumPy's format of one array: a mark, a version, a header that is a Python dictionary, the elements. Headers are
//! written as NumPy writes them, byte for byte.

use base::{DType, DTypeKind, shape};

use crate::describe::{Contents, Entry, Format, Item, Order, PICKLED, Place};
use crate::literal::{self, Literal};
use crate::source::Cursor;
use crate::{Error, Result, Source};

pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Headers beyond this are not for arrays of numbers.
const HEADER_LIMIT: u64 = 1 << 20;
/// NumPy leaves room for the first length to grow to as many digits.
const GROWTH: usize = 21;

/// What a header says, and how long it is.
pub(crate) struct Header {
    pub dtype: std::result::Result<DType, String>,
    pub swapped: bool,
    pub order: Order,
    pub shape: Vec<i64>,
    pub length: u64,
}

pub(crate) fn read(source: &mut dyn Source) -> Result<Contents> {
    let header = read_header(source)?;
    let mut entry = Entry {
        name: "0".to_owned(),
        dtype: header.dtype,
        shape: header.shape,
        order: header.order,
        swapped: header.swapped,
        device: None,
        place: Place::Plain { start: header.length },
    };
    let mut end = header.length;
    if entry.dtype.is_ok() {
        let (bytes, left) = (entry.bytes()?, source.size() - header.length);
        if bytes > left {
            return Err(Error::invalid(format!(
                "the file is cut short: an array of shape {} takes {bytes} bytes, and {left} are left",
                shape::text(&entry.shape)
            )));
        }
        end += bytes;
    }
    if entry.shape.len() < 2 {
        entry.order = Order::C;
    }
    Ok(Contents::new(Format::Npy, false, vec![entry], end))
}

pub(crate) fn read_header(source: &mut dyn Source) -> Result<Header> {
    let mut cursor = Cursor::new(source);
    if cursor.bytes(6, "the mark of a .npy file")? != MAGIC {
        return Err(Error::invalid("not a .npy file: it does not begin with \\x93NUMPY"));
    }
    let version = cursor.bytes(2, "the version of a .npy file")?;
    let length = match version[..] {
        [1, 0] => {
            let length = cursor.bytes(2, "the length of the header")?;
            u64::from(u16::from_le_bytes([length[0], length[1]]))
        }
        [2 | 3, 0] => u64::from(cursor.u32("the length of the header")?),
        _ => {
            return Err(Error::invalid(format!(
                "version {}.{} of the .npy format; 1.0, 2.0 and 3.0 are known",
                version[0], version[1]
            )));
        }
    };
    if length > HEADER_LIMIT {
        return Err(Error::invalid(format!("a .npy header of {length} bytes")));
    }
    let bytes = cursor.bytes(length, "the header")?;
    let text = match version[0] {
        3 => String::from_utf8(bytes).map_err(|_| Error::invalid("the header is not UTF-8"))?,
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    let length = cursor.at();
    understand(&text, length)
}

fn understand(text: &str, length: u64) -> Result<Header> {
    let Literal::Dictionary(pairs) = literal::parse(text)? else {
        return Err(Error::invalid("the header is no dictionary"));
    };
    let (mut described, mut fortran, mut dims) = (None, None, None);
    for (key, value) in pairs {
        let Literal::Text(key) = key else { return Err(Error::invalid("a key of the header is no text")) };
        let slot_taken = match (key.as_str(), value) {
            ("descr", value) => described.replace(value).is_some(),
            ("fortran_order", Literal::Truth(value)) => fortran.replace(value).is_some(),
            ("shape", Literal::Sequence(items)) => dims.replace(items).is_some(),
            (key, value) => return Err(Error::invalid(format!("the header says {key}: {value:?}"))),
        };
        if slot_taken {
            return Err(Error::invalid(format!("the header says '{key}' twice")));
        }
    }
    let (Some(described), Some(fortran), Some(dims)) = (described, fortran, dims) else {
        return Err(Error::invalid("the header wants 'descr', 'fortran_order' and 'shape'"));
    };
    let dims = dims
        .into_iter()
        .map(|item| match item {
            Literal::Number(length) => Ok(length),
            other => Err(Error::invalid(format!("the shape has the length {other:?}"))),
        })
        .collect::<Result<Vec<_>>>()?;
    shape::check(&dims)?;
    let (dtype, swapped) = match described {
        Literal::Text(text) => dtype_of(&text),
        _ => (Err("records of several fields".to_owned()), false),
    };
    let order = if fortran { Order::Fortran } else { Order::C };
    Ok(Header { dtype, swapped, order, shape: dims, length })
}

/// The dtype of a type string such as `<f4`, and whether its byte order is the other one.
fn dtype_of(text: &str) -> (std::result::Result<DType, String>, bool) {
    let (order, kind) = match text.split_at_checked(1) {
        Some(("<" | ">" | "|" | "=", kind)) => (&text[..1], kind),
        _ => ("=", text),
    };
    let dtype = match kind {
        "b1" | "?" => DType::Bool,
        "V2" => DType::BF16,
        "O" => return (Err(PICKLED.to_owned()), false),
        _ => {
            let name = |letter: char| match letter {
                'i' => Some("int"),
                'u' => Some("uint"),
                'f' => Some("float"),
                'c' => Some("complex"),
                _ => None,
            };
            let mut letters = kind.chars();
            let found = letters.next().and_then(name).and_then(|name| {
                let size: usize = letters.as_str().parse().ok().filter(|&size| size <= 16)?;
                DType::from_name(&format!("{name}{}", size * 8))
            });
            match found {
                Some(dtype) => dtype,
                None => return (Err(format!("of NumPy's dtype '{text}'")), false),
            }
        }
    };
    let other = if cfg!(target_endian = "little") { ">" } else { "<" };
    (Ok(dtype), order == other && dtype.size() > 1)
}

/// NumPy's type string in this machine's byte order; bfloat16 has none of its own there, and goes as two raw bytes.
fn descr(dtype: DType) -> String {
    let order = match (dtype.size(), cfg!(target_endian = "little")) {
        (1, _) => '|',
        (_, true) => '<',
        (_, false) => '>',
    };
    let letter = match (dtype, dtype.kind()) {
        (DType::BF16, _) => 'V',
        (_, DTypeKind::Bool) => 'b',
        (_, DTypeKind::Signed) => 'i',
        (_, DTypeKind::Unsigned) => 'u',
        (_, DTypeKind::Float) => 'f',
        (_, DTypeKind::Complex) => 'c',
    };
    format!("{order}{letter}{}", dtype.size())
}

/// Everything before the elements.
pub(crate) fn header(item: &Item) -> Vec<u8> {
    let fortran = item.order == Order::Fortran;
    let mut text = format!(
        "{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}",
        descr(item.dtype),
        if fortran { "True" } else { "False" },
        shape::text(&item.shape)
    );
    let growing = if fortran { item.shape.last() } else { item.shape.first() };
    if let Some(length) = growing {
        text.push_str(&" ".repeat(GROWTH.saturating_sub(length.to_string().len())));
    }
    let padded = |lead: usize| {
        let mut padded = text.clone();
        padded.push_str(&" ".repeat(64 - (lead + text.len() + 1) % 64));
        padded.push('\n');
        padded
    };
    let mut out = MAGIC.to_vec();
    let first = padded(10);
    match u16::try_from(first.len()) {
        Ok(length) => {
            out.extend([1, 0]);
            out.extend(length.to_le_bytes());
            out.extend(first.bytes());
        }
        Err(_) => {
            let second = padded(12);
            out.extend([2, 0]);
            out.extend((second.len() as u32).to_le_bytes());
            out.extend(second.bytes());
        }
    }
    out
}
