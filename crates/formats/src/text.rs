//! Tables of numbers in texts: lines of fields into elements, and one run of numbers with separators. Follows the rules of
//! NumPy's `loadtxt` and `fromstring`, so that every text means the same to both. Knows no arrays and no files: text in,
//! elements in native byte order out.

mod number;

use std::borrow::Cow;

use base::DType;

use number::{Store, store_of};

/// How the lines of a text fall into fields.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Between fields; without one, any white space.
    pub delimiter: Option<char>,
    /// What begins a comment, which lasts to the end of the line.
    pub comments: Vec<String>,
    /// What encloses fields that hold delimiters, comments or ends of lines.
    pub quote: Option<char>,
    /// Lines to pass over first, whatever they hold.
    pub skip: usize,
    /// The fields that are wanted, negative ones counted from the last; all of them without it.
    pub columns: Option<Vec<i64>>,
    /// Whether all rows have as many fields even where only some columns are wanted.
    pub even: bool,
    /// Rows to read at most; lines without fields are no rows.
    pub max_rows: Option<usize>,
}

/// What a text held: rows of as many columns each.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Elements row by row, in native byte order.
    pub bytes: Vec<u8>,
    pub rows: usize,
    pub columns: usize,
}

/// Why a text is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A field is no number of that dtype. Rows count from 0, columns from 1, as NumPy says it.
    Field { text: String, row: usize, column: usize },
    /// A row has another number of fields than those before it. Rows count from 1.
    Ragged { before: usize, now: usize, row: usize },
    /// A row lacks a column that is wanted. Rows count from 1.
    Column { column: i64, row: usize, found: usize },
    /// What follows in a run of numbers is neither a number nor a separator.
    Unmatched,
    /// Elements of this dtype are not read from texts.
    DType,
}

/// White space as Python sees it.
fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}

/// The lines of a text that hold fields.
struct Rows<'a> {
    rest: &'a str,
    layout: &'a Layout,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, layout: &'a Layout) -> Rows<'a> {
        let mut rows = Rows { rest: text, layout };
        for _ in 0..layout.skip {
            rows.line();
        }
        rows
    }

    /// The next line, without its end.
    fn line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let Some(at) = bytes.iter().position(|&byte| byte == b'\n' || byte == b'\r') else {
            return Some(std::mem::take(&mut self.rest));
        };
        let line = &self.rest[..at];
        let end = if bytes[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
        self.rest = &self.rest[end..];
        Some(line)
    }

    /// Puts the fields of the next row into `fields`; false at the end of the text.
    fn next(&mut self, fields: &mut Vec<Cow<'a, str>>) -> bool {
        loop {
            fields.clear();
            let more = match self.layout.quote {
                Some(quote) => self.quoted(quote, fields),
                None => self.plain(fields),
            };
            if !more || !fields.is_empty() {
                return more;
            }
        }
    }

    fn plain(&mut self, fields: &mut Vec<Cow<'a, str>>) -> bool {
        let Some(mut line) = self.line() else { return false };
        for comment in &self.layout.comments {
            if let Some(at) = line.find(comment.as_str()) {
                line = &line[..at];
            }
        }
        match self.layout.delimiter {
            _ if line.is_empty() => {}
            Some(delimiter) => fields.extend(line.split(delimiter).map(Cow::Borrowed)),
            None => {
                fields.extend(line.split(is_space).filter(|field| !field.is_empty()).map(Cow::Borrowed));
            }
        }
        true
    }

    /// A row whose fields may stand in quotes; such a field may go on over ends of lines.
    fn quoted(&mut self, quote: char, fields: &mut Vec<Cow<'a, str>>) -> bool {
        if self.rest.is_empty() {
            return false;
        }
        let mut any = false;
        loop {
            if self.layout.delimiter.is_none() {
                self.rest = self.rest.trim_start_matches(|c| is_space(c) && c != '\n' && c != '\r');
            }
            let (field, enclosed, end) = self.field(quote);
            any |= enclosed || !field.is_empty() || end == End::Delimiter;
            // an empty line has no field, and neither has what follows the last white space
            if any && (enclosed || !field.is_empty() || self.layout.delimiter.is_some()) {
                fields.push(Cow::Owned(field));
            }
            if end == End::Line {
                return true;
            }
        }
    }

    /// One field, whether any of it stood in quotes, and what ended it.
    fn field(&mut self, quote: char) -> (String, bool, End) {
        let mut field = String::new();
        let (mut inside, mut enclosed) = (false, false);
        if let Some(rest) = self.rest.strip_prefix(quote) {
            (self.rest, inside, enclosed) = (rest, true, true);
        }
        while let Some(character) = self.rest.chars().next() {
            let after = &self.rest[character.len_utf8()..];
            if inside {
                self.rest = after;
                if character != quote {
                    field.push(character);
                } else if let Some(doubled) = after.strip_prefix(quote) {
                    field.push(quote);
                    self.rest = doubled;
                } else {
                    inside = false;
                }
                continue;
            }
            let comment = self.layout.comments.iter().any(|comment| self.rest.starts_with(comment.as_str()));
            if comment || character == '\n' || character == '\r' {
                self.line();
                return (field, enclosed, End::Line);
            }
            self.rest = after;
            match self.layout.delimiter {
                Some(delimiter) if character == delimiter => return (field, enclosed, End::Delimiter),
                None if is_space(character) => return (field, enclosed, End::Delimiter),
                _ => field.push(character),
            }
        }
        (field, enclosed, End::Line)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Delimiter,
    Line,
}

/// The place of column `column` in a row of `found` fields.
fn place(column: i64, found: usize, row: usize) -> Result<usize, Wrong> {
    let at = if column < 0 { column.saturating_add(found as i64) } else { column };
    usize::try_from(at).ok().filter(|&at| at < found).ok_or(Wrong::Column { column, row: row + 1, found })
}

/// Hands every wanted field to `take`, with its place; gives the number of rows and columns.
fn walk<'a>(
    text: &'a str,
    layout: &'a Layout,
    mut take: impl FnMut(&str, usize, usize) -> Result<(), Wrong>,
) -> Result<(usize, usize), Wrong> {
    let mut reader = Rows::new(text, layout);
    let mut fields = Vec::new();
    let (mut row, mut before) = (0, None);
    while layout.max_rows.is_none_or(|limit| row < limit) && reader.next(&mut fields) {
        let (first, now) = (*before.get_or_insert(fields.len()), fields.len());
        if first != now && (layout.even || layout.columns.is_none()) {
            return Err(Wrong::Ragged { before: first, now, row: row + 1 });
        }
        match &layout.columns {
            Some(columns) => {
                for &column in columns {
                    let at = place(column, fields.len(), row)?;
                    take(&fields[at], row, at)?;
                }
            }
            None => {
                for (at, field) in fields.iter().enumerate() {
                    take(field, row, at)?;
                }
            }
        }
        row += 1;
    }
    Ok((row, layout.columns.as_ref().map_or(before.unwrap_or(0), Vec::len)))
}

/// Reads the lines of a text as rows of numbers.
///
/// # Errors
/// [`Wrong`]: a field that is no number, rows of different lengths, a column that is not there, a half dtype (which is
/// rounded from `float64` by whoever has arrays).
///
/// ```
/// use mxnet_formats::text::{Layout, Wrong, table};
/// let layout = Layout { delimiter: Some(','), comments: vec!["#".into()], ..Layout::default() };
/// let found = table("# x,y\n1,2\n\n3,4 # last\n", base::DType::U8, &layout).unwrap();
/// assert_eq!((found.rows, found.columns, &found.bytes[..]), (2, 2, &[1, 2, 3, 4][..]));
/// let wrong = table("1,2\n3,x", base::DType::U8, &layout).unwrap_err();
/// assert_eq!(wrong, Wrong::Field { text: "x".into(), row: 1, column: 2 });
/// ```
pub fn table(text: &str, dtype: DType, layout: &Layout) -> Result<Table, Wrong> {
    let store = store_of(dtype).ok_or(Wrong::DType)?;
    let mut bytes = Vec::new();
    let (rows, columns) = walk(text, layout, |field, row, column| match store(field, &mut bytes) {
        true => Ok(()),
        false => Err(Wrong::Field { text: field.to_owned(), row, column: column + 1 }),
    })?;
    Ok(Table { bytes, rows, columns })
}

/// The fields of every row, as they stand.
///
/// # Errors
/// [`Wrong`]: rows of different lengths, or a column that is not there.
///
/// ```
/// use mxnet_formats::text::{Layout, fields};
/// let layout = Layout { delimiter: Some(','), quote: Some('"'), ..Layout::default() };
/// assert_eq!(fields("a,\"b,\"\"c\"\n", &layout).unwrap(), [["a", "b,\"c"]]);
/// ```
pub fn fields(text: &str, layout: &Layout) -> Result<Vec<Vec<String>>, Wrong> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (count, _) = walk(text, layout, |field, row, _| {
        rows.resize_with(row + 1, Vec::new);
        rows[row].push(field.to_owned());
        Ok(())
    })?;
    rows.resize_with(count, Vec::new);
    Ok(rows)
}

/// Reads numbers with `separator` between them, at most `limit`; gives their elements. White space in the separator
/// stands for any amount of it, also for none.
///
/// # Errors
/// [`Wrong::Unmatched`]: something else than a number or the separator; [`Wrong::DType`]: a half dtype.
///
/// ```
/// use mxnet_formats::text::run;
/// assert_eq!(run("1, 2 ,3", base::DType::I8, ",", None).unwrap(), [1, 2, 3]);
/// assert!(run("1; 2", base::DType::I8, ",", None).is_err());
/// ```
pub fn run(text: &str, dtype: DType, separator: &str, limit: Option<usize>) -> Result<Vec<u8>, Wrong> {
    let store: Store = store_of(if dtype.is_bool() { DType::F64 } else { dtype }).ok_or(Wrong::DType)?;
    let mut bytes = Vec::new();
    let (mut rest, mut count) = (text, 0);
    while limit.is_none_or(|limit| count < limit) && !rest.is_empty() {
        let begin = rest.trim_start_matches(is_space);
        if begin.is_empty() {
            break;
        }
        let length = number::extent(begin, dtype);
        if length == 0 || !store(&begin[..length], &mut bytes) {
            return Err(Wrong::Unmatched);
        }
        count += 1;
        rest = &begin[length..];
        if limit != Some(count) {
            rest = after_separator(rest, separator)?;
        }
    }
    if dtype.is_bool() {
        let flags = bytes.chunks_exact(8).map(|number| u8::from(number[..] != [0; 8]));
        return Ok(flags.collect());
    }
    Ok(bytes)
}

/// What follows the separator, which the end of the text may cut short.
fn after_separator<'a>(text: &'a str, separator: &str) -> Result<&'a str, Wrong> {
    let mut rest = text.trim_start_matches(is_space);
    for part in separator.split(is_space).filter(|part| !part.is_empty()) {
        if part.starts_with(rest) {
            return Ok("");
        }
        rest = rest.strip_prefix(part).ok_or(Wrong::Unmatched)?.trim_start_matches(is_space);
    }
    if rest.len() == text.len() && !rest.is_empty() { Err(Wrong::Unmatched) } else { Ok(rest) }
}
