//! One field of a text as one element, by the rules of NumPy's text reader: white space around it is ignored, nothing else.
//! Single precision is rounded from double precision, as there.

use base::DType;

use super::is_space;

/// Appends the element that a field means; false where it means none.
pub(super) type Store = fn(&str, &mut Vec<u8>) -> bool;

/// What reads fields of a dtype; none for the halves.
pub(super) fn store_of(dtype: DType) -> Option<Store> {
    macro_rules! whole {
        ($number:ty) => {
            |field, out| push(out, trimmed(field).parse::<$number>().ok().map(<$number>::to_ne_bytes))
        };
    }
    Some(match dtype {
        DType::Bool => {
            |field, out| push(out, trimmed(field).parse().ok().map(|number: i64| [u8::from(number != 0)]))
        }
        DType::I8 => whole!(i8),
        DType::U8 => whole!(u8),
        DType::I16 => whole!(i16),
        DType::U16 => whole!(u16),
        DType::I32 => whole!(i32),
        DType::U32 => whole!(u32),
        DType::I64 => whole!(i64),
        DType::U64 => whole!(u64),
        DType::F32 => |field, out| push(out, float(field).map(|number| (number as f32).to_ne_bytes())),
        DType::F64 => |field, out| push(out, float(field).map(f64::to_ne_bytes)),
        DType::C64 => |field, out| {
            let parts = complex(field);
            push(out, parts.map(|(real, _)| (real as f32).to_ne_bytes()))
                && push(out, parts.map(|(_, imaginary)| (imaginary as f32).to_ne_bytes()))
        },
        DType::C128 => |field, out| {
            let parts = complex(field);
            push(out, parts.map(|(real, _)| real.to_ne_bytes()))
                && push(out, parts.map(|(_, imaginary)| imaginary.to_ne_bytes()))
        },
        DType::F16 | DType::BF16 => return None,
    })
}

fn push<const N: usize>(out: &mut Vec<u8>, element: Option<[u8; N]>) -> bool {
    match element {
        Some(bytes) => {
            out.extend_from_slice(&bytes);
            true
        }
        None => false,
    }
}

fn trimmed(field: &str) -> &str {
    field.trim_matches(is_space)
}

fn float(field: &str) -> Option<f64> {
    trimmed(field).parse().ok()
}

/// `1`, `2j`, `1-2j`, also in parentheses; also `1+-2j`, as NumPy once wrote it.
fn complex(field: &str) -> Option<(f64, f64)> {
    let mut field = trimmed(field);
    if let Some(inner) = field.strip_prefix('(') {
        field = trimmed(inner.strip_suffix(')')?);
    }
    let (first, rest) = field.split_at(float_extent(field));
    let first: f64 = first.parse().ok()?;
    match rest {
        "" => return Some((first, 0.0)),
        "j" => return Some((0.0, first)),
        _ if !rest.starts_with(['+', '-']) => return None,
        _ => {}
    }
    let second = rest.strip_suffix('j')?;
    // one plus may stand before a signed number
    let second = second.strip_prefix('+').unwrap_or(second);
    Some((first, second.parse().ok()?))
}

/// How many bytes at the front of a text are a number of a dtype, as far as it goes.
pub(super) fn extent(text: &str, dtype: DType) -> usize {
    if dtype.is_integer() {
        let sign = usize::from(text.starts_with(['+', '-']));
        let digits = digits(&text.as_bytes()[sign..]);
        return if digits == 0 { 0 } else { sign + digits };
    }
    let first = float_extent(text);
    if !dtype.is_complex() || first == 0 {
        return first;
    }
    let rest = &text[first..];
    if rest.starts_with('j') {
        return first + 1;
    }
    let second = if rest.starts_with(['+', '-']) { float_extent(rest) } else { 0 };
    if second > 0 && rest[second..].starts_with('j') { first + second + 1 } else { first }
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// How many bytes at the front of a text are a floating point number.
fn float_extent(text: &str) -> usize {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let body = &bytes[sign..];
    for word in ["infinity", "inf", "nan"] {
        if body.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())) {
            return sign + word.len();
        }
    }
    let whole = digits(body);
    let mut end = whole;
    if body.get(end) == Some(&b'.') {
        let fraction = digits(&body[end + 1..]);
        if whole + fraction == 0 {
            return 0;
        }
        end += 1 + fraction;
    }
    if end == 0 {
        return 0;
    }
    if matches!(body.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(body.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(&body[end + 1 + sign..]);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    sign + end
}
