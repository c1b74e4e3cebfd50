//! Texts of numbers for Python: tables and runs of numbers into arrays, and a file that is replaced by what an iterator
//! gives. What users call stands in `python/mxnet/numpy/_text.py`.

use std::path::PathBuf;

use mxnet::array::Array;
use mxnet::files::text::{self, Layout, Wrong};
use mxnet::files::{self, Error};
use pyo3::exceptions::{PyUnicodeDecodeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::{Object, raise};
use crate::array::{NdArray, compute, wrap};
use crate::device;
use crate::error::Raised;
use crate::place::detached;

/// (delimiter, comments, quote, lines to skip, columns, rows at most, whether all rows are of one length)
type LayoutFields = (Option<char>, Vec<String>, Option<char>, usize, Option<Vec<i64>>, Option<usize>, bool);

fn layout_of(fields: LayoutFields) -> Layout {
    let (delimiter, comments, quote, skip, columns, max_rows, even) = fields;
    Layout { delimiter, comments, quote, skip, columns, max_rows, even }
}

/// The exception that NumPy raises.
fn raised(py: Python<'_>, wrong: Wrong, dtype: &str) -> PyErr {
    PyValueError::new_err(match wrong {
        Wrong::Field { text, row, column } => {
            let shown = PyString::new(py, &text).repr().map_or_else(|_| text, |shown| shown.to_string());
            let shown: String = shown.chars().take(100).collect();
            format!("could not convert string {shown} to {dtype} at row {row}, column {column}.")
        }
        Wrong::Ragged { before, now, row } => format!(
            "the number of columns changed from {before} to {now} at row {row}; use `usecols` to select a subset and \
             avoid this error"
        ),
        Wrong::Column { column, row, found } => {
            format!("invalid column index {column} at row {row} with {found} columns")
        }
        Wrong::Unmatched => "string or file could not be read to its end due to unmatched data".to_owned(),
        Wrong::DType => format!("elements of {dtype} are not read from texts"),
    })
}

fn known(dtype: &str) -> PyResult<base::DType> {
    base::DType::from_name(dtype).ok_or_else(|| PyValueError::new_err(format!("there is no dtype {dtype}")))
}

fn utf8<'a>(content: &'a Bound<'_, PyBytes>) -> PyResult<&'a str> {
    let bytes = content.as_bytes();
    std::str::from_utf8(bytes).map_err(|wrong| {
        match PyUnicodeDecodeError::new_utf8(content.py(), bytes, wrong) {
            Ok(raised) => PyErr::from_value(raised.into_any()),
            Err(raised) => raised,
        }
    })
}

/// The table in a text in UTF-8, on the current device. `wanted` is the dtype that errors speak of.
#[pyfunction]
fn parse_table<'py>(
    py: Python<'py>,
    content: &Bound<'py, PyBytes>,
    dtype: &str,
    wanted: &str,
    layout: LayoutFields,
) -> PyResult<Bound<'py, NdArray>> {
    let (read, layout) = (known(dtype)?, layout_of(layout));
    let content = utf8(content)?;
    let table =
        detached(py, || text::table(content, read, &layout)).map_err(|wrong| raised(py, wrong, wanted))?;
    let (shape, device) = ([table.rows as i64, table.columns as i64], device::current()?);
    wrap(py, compute(py, shape[0], || Array::from_bytes(&table.bytes, &shape, read, device))?)
}

/// The fields of every row of a text in UTF-8.
#[pyfunction]
fn split_table(
    py: Python<'_>,
    content: &Bound<'_, PyBytes>,
    wanted: &str,
    layout: LayoutFields,
) -> PyResult<Vec<Vec<String>>> {
    let layout = layout_of(layout);
    let content = utf8(content)?;
    detached(py, || text::fields(content, &layout)).map_err(|wrong| raised(py, wrong, wanted))
}

/// A run of numbers with separators, on the current device.
#[pyfunction]
fn parse_run<'py>(
    py: Python<'py>,
    content: &Bound<'py, PyBytes>,
    dtype: &str,
    separator: &str,
    limit: Option<usize>,
) -> PyResult<Bound<'py, NdArray>> {
    let read = known(dtype)?;
    let content = utf8(content)?;
    let bytes = detached(py, || text::run(content, read, separator, limit))
        .map_err(|wrong| raised(py, wrong, dtype))?;
    let count = (bytes.len() / read.size()) as i64;
    let array = Array::from_bytes(&bytes, &[count], read, device::current()?).raised()?;
    wrap(py, array)
}

/// Replaces a file by the bytes that an iterator gives, or leaves it as it was.
#[pyfunction]
fn replace_file(path: PathBuf, pieces: &Object<'_>, operator: &str) -> PyResult<()> {
    let place = format!("{operator}: {}", path.display());
    let written = files::replace(&path, |out| {
        for piece in pieces.try_iter().map_err(carried)? {
            let piece = piece.map_err(carried)?;
            out.write_all(piece.extract::<&[u8]>().map_err(|wrong| carried(wrong.into()))?)?;
        }
        Ok(())
    });
    written.map_err(|failure| raise(failure, &place, Some(&path)))
}

/// An exception on its way through functions that know only errors of files.
fn carried(raised: PyErr) -> Error {
    Error::Io(std::io::Error::other(raised))
}

#[pymethods]
impl NdArray {
    /// Writes the elements into a file, in C order: as bytes, or as text.
    ///
    /// Parameters
    /// ----------
    /// fid : str, path or open binary file
    /// sep : str, optional
    ///     What stands between numbers of a text; bytes are written where it is empty.
    /// format : str, optional
    ///     How a number is written in a text, as `%` takes it.
    ///
    /// Raises
    /// ------
    /// OSError
    ///     The file cannot be written.
    ///
    /// Examples
    /// --------
    /// >>> import tempfile
    /// >>> with tempfile.TemporaryFile() as file:
    /// ...     np.array([1, 2]).tofile(file, sep=' ')
    /// ...     _ = file.seek(0)
    /// ...     file.read()
    /// b'1.0 2.0'
    #[pyo3(signature = (fid, /, sep="", format="%s"))]
    fn tofile<'py>(slf: &Bound<'py, Self>, fid: &Object<'py>, sep: &str, format: &str) -> PyResult<()> {
        let write = slf.py().import("mxnet.numpy._text")?.getattr("write_elements")?;
        write.call1((slf, fid, sep, format)).map(|_| ())
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(parse_table, module)?)?;
    module.add_function(wrap_pyfunction!(split_table, module)?)?;
    module.add_function(wrap_pyfunction!(parse_run, module)?)?;
    module.add_function(wrap_pyfunction!(replace_file, module)?)
}
