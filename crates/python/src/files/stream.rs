//! Python's file objects as sources and targets of bytes. Every call takes the interpreter for itself.

use std::io::{self, Cursor, Seek, SeekFrom, Write};
use std::path::Path;

use mxnet::files::{Bytes, File, Source};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::place::attached;

type Object<'py> = Bound<'py, PyAny>;

/// An exception on its way through functions that know only errors of the system.
fn carried(raised: PyErr) -> io::Error {
    io::Error::other(raised)
}

/// Where arrays are read from.
pub(super) enum Input {
    File(File),
    /// A file object that can be read from any position; positions count from where it stood.
    Object {
        object: Py<PyAny>,
        start: u64,
        size: u64,
    },
    /// All that a file object without positions had.
    Content(Vec<u8>),
}

impl Input {
    pub fn open(path: &Path) -> io::Result<Input> {
        File::open(path).map(Input::File)
    }

    pub fn of_object(object: &Object<'_>) -> PyResult<Input> {
        if !object.hasattr("read")? {
            return Err(PyTypeError::new_err(format!(
                "load: a path or a file object is wanted, not '{}'",
                object.get_type().name()?
            )));
        }
        let seekable = object.hasattr("seek")?
            && object.hasattr("tell")?
            && (!object.hasattr("seekable")? || object.call_method0("seekable")?.extract()?);
        if !seekable {
            return Ok(Input::Content(object.call_method0("read")?.extract()?));
        }
        let start: u64 = object.call_method0("tell")?.extract()?;
        object.call_method1("seek", (0, 2))?;
        let end: u64 = object.call_method0("tell")?.extract()?;
        object.call_method1("seek", (start,))?;
        Ok(Input::Object { object: object.clone().unbind(), start, size: end.saturating_sub(start) })
    }

    /// The file of the system, if it is one.
    pub fn file(&self) -> Option<&std::fs::File> {
        match self {
            Input::File(file) => Some(file.inner()),
            _ => None,
        }
    }

    /// Moves a file object on, for who reads from it next.
    pub fn seek(&self, at: u64) -> io::Result<()> {
        match self {
            Input::Object { object, start, .. } => {
                attached(|py| object.call_method1(py, "seek", (start + at,)).map(|_| ())).map_err(carried)
            }
            _ => Ok(()),
        }
    }
}

impl Source for Input {
    fn size(&self) -> u64 {
        match self {
            Input::File(file) => file.size(),
            Input::Object { size, .. } => *size,
            Input::Content(content) => content.len() as u64,
        }
    }

    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        match self {
            Input::File(file) => file.read_at(at, into),
            Input::Content(content) => Bytes(content).read_at(at, into),
            Input::Object { object, start, .. } => {
                attached(|py| read_object(object.bind(py), *start + at, into))
            }
        }
    }
}

fn read_object(object: &Object<'_>, at: u64, mut into: &mut [u8]) -> io::Result<()> {
    object.call_method1("seek", (at,)).map_err(carried)?;
    while !into.is_empty() {
        let found = object.call_method1("read", (into.len(),)).map_err(carried)?;
        let bytes = found.cast::<PyBytes>().map_err(|wrong| carried(wrong.into()))?.as_bytes();
        if bytes.is_empty() || bytes.len() > into.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let (filled, rest) = into.split_at_mut(bytes.len());
        filled.copy_from_slice(bytes);
        into = rest;
    }
    Ok(())
}

/// Where arrays are written to: a file object, or memory where the format jumps back and the object cannot.
pub(super) struct Target {
    object: Py<PyAny>,
    held: Option<Cursor<Vec<u8>>>,
}

impl Target {
    pub fn of_object(object: &Object<'_>, jumps: bool) -> PyResult<Target> {
        if !object.hasattr("write")? {
            return Err(PyTypeError::new_err(format!(
                "save: a path or a file object is wanted, not '{}'",
                object.get_type().name()?
            )));
        }
        let seekable = object.hasattr("seek")?
            && object.hasattr("tell")?
            && (!object.hasattr("seekable")? || object.call_method0("seekable")?.extract()?);
        let held = (jumps && !seekable).then(|| Cursor::new(Vec::new()));
        Ok(Target { object: object.clone().unbind(), held })
    }

    /// Sends what was held back.
    pub fn finish(mut self) -> io::Result<()> {
        match self.held.take() {
            Some(held) => self.write_all(held.get_ref()),
            None => Ok(()),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(held) = &mut self.held {
            return held.write(bytes);
        }
        attached(|py| {
            let written = self.object.call_method1(py, "write", (PyBytes::new(py, bytes),))?;
            // raw files say how many bytes they took; others take all and may say nothing
            Ok(written.extract::<usize>(py).map_or(bytes.len(), |count| count.min(bytes.len())))
        })
        .map_err(carried)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Target {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let Some(held) = &mut self.held {
            return held.seek(to);
        }
        let (offset, whence) = match to {
            SeekFrom::Start(at) => (at as i64, 0),
            SeekFrom::Current(by) => (by, 1),
            SeekFrom::End(by) => (by, 2),
        };
        attached(|py| {
            self.object.call_method1(py, "seek", (offset, whence))?;
            self.object.call_method0(py, "tell")?.extract(py)
        })
        .map_err(carried)
    }
}
