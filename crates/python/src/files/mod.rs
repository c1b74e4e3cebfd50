//! Files of arrays for Python: the class that reads them one by one, and the function that writes them. Paths and file
//! objects alike; what users call stands in `python/mxnet/numpy_extension/_saving.py`.

mod stream;
mod text;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mxnet::array::{Array, DeviceRef};
use mxnet::files::{self, Entry, Error, Format, Job, Options, Reader, Version};
use mxnet::graph::mapped::Access;
use pyo3::exceptions::{PyEOFError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use self::stream::{Input, Target};
use crate::arguments::truth;
use crate::array::{NdArray, wrap};
use crate::place::{attached, detached};
use crate::{device, error};

type Object<'py> = Bound<'py, PyAny>;

/// The Python exception of an error of files. `place` is the operator and the file, `path` the file alone.
fn raise(failure: Error, place: &str, path: Option<&Path>) -> PyErr {
    let failure = match failure {
        Error::Io(failure) => return raise_io(failure, place, path),
        Error::Empty => return PyEOFError::new_err(format!("{place}: No data left in file")),
        other => other.at(place),
    };
    error::raise(failure.into())
}

/// The system's error as Python raises it, with its number and the file; an exception that came by way of an error of the
/// system leaves as it came.
fn raise_io(failure: std::io::Error, place: &str, path: Option<&Path>) -> PyErr {
    if failure.get_ref().is_some_and(|inner| inner.is::<PyErr>()) {
        let inner = failure.into_inner().and_then(|inner| inner.downcast::<PyErr>().ok());
        return inner.map_or_else(|| PyOSError::new_err(place.to_owned()), |inner| *inner);
    }
    if failure.kind() == std::io::ErrorKind::UnexpectedEof {
        return error::raise(base::Error::value(format!(
            "{place}: the file was cut short while it was read"
        )));
    }
    attached(|py| {
        let described = || -> PyResult<(i32, String)> {
            let number = match failure.raw_os_error() {
                Some(number) => number,
                None => py.import("errno")?.getattr(errno_name(failure.kind()))?.extract()?,
            };
            Ok((number, py.import("os")?.getattr("strerror")?.call1((number,))?.extract()?))
        };
        match described() {
            Ok((number, text)) => {
                PyOSError::new_err((number, text, path.map(|path| path.as_os_str().to_owned())))
            }
            Err(_) => PyOSError::new_err(format!("{place}: {failure}")),
        }
    })
}

/// The number of an error that lost it on the way (libraries wrap errors to name their files), by its name.
fn errno_name(kind: std::io::ErrorKind) -> &'static str {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::IsADirectory => "EISDIR",
        ErrorKind::NotADirectory => "ENOTDIR",
        ErrorKind::StorageFull => "ENOSPC",
        ErrorKind::ReadOnlyFilesystem => "EROFS",
        ErrorKind::QuotaExceeded => "EDQUOT",
        ErrorKind::InvalidFilename => "ENAMETOOLONG",
        ErrorKind::InvalidInput => "EINVAL",
        _ => "EIO",
    }
}

/// Counts bytes, tells Python of them, and lets it interrupt.
struct Progress {
    callback: Option<Py<PyAny>>,
    done: u64,
    total: u64,
}

impl Progress {
    fn new(callback: Option<&Object<'_>>, total: u64) -> Progress {
        let callback =
            callback.filter(|callback| !callback.is_none()).map(|callback| callback.clone().unbind());
        Progress { callback, done: 0, total }
    }

    fn step(&mut self, bytes: u64) -> files::Result<()> {
        self.done += bytes;
        let told = attached(|py| {
            py.check_signals()?;
            match &self.callback {
                Some(callback) => callback.call1(py, (self.done, self.total)).map(|_| ()),
                None => Ok(()),
            }
        });
        told.map_err(|stopped| Error::Io(std::io::Error::other(stopped)))
    }
}

/// What is known of an array in a file without loading it.
type Described<'py> =
    (String, Bound<'py, PyTuple>, Option<&'static str>, Option<String>, Option<u64>, &'static str, bool);

/// A file whose arrays are loaded one by one.
#[pyclass(frozen, module = "mxnet._core")]
struct FileReader {
    reader: Mutex<Option<Reader<Input>>>,
    place: String,
    path: Option<PathBuf>,
}

impl FileReader {
    fn raised<T>(&self, result: files::Result<T>) -> PyResult<T> {
        result.map_err(|failure| raise(failure, &self.place, self.path.as_deref()))
    }

    /// Works with the reader while others wait; never waits with the interpreter held, as the reader may need it.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Reader<Input>) -> files::Result<T> + Send,
    ) -> PyResult<T> {
        let done = detached(py, || {
            let mut guard = self.reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            guard.as_mut().map(work)
        });
        match done {
            Some(result) => self.raised(result),
            None => Err(PyValueError::new_err(format!("{}: the file is closed", self.place))),
        }
    }

    fn entry_of(&self, py: Python<'_>, number: usize) -> PyResult<Entry> {
        self.with(py, |reader| {
            let found = reader.contents().entries.get(number).cloned();
            found.ok_or_else(|| Error::invalid(format!("there is no array number {number}")))
        })
    }
}

#[pymethods]
impl FileReader {
    /// `source` is a path (str) or a file object; `operator` names the caller in errors.
    #[new]
    #[pyo3(signature = (source, operator="load"))]
    fn new(source: &Object<'_>, operator: &str) -> PyResult<FileReader> {
        let py = source.py();
        let (path, place) = match source.is_instance_of::<PyString>() {
            true => {
                let path: PathBuf = source.extract()?;
                let place = format!("{operator}: {}", path.display());
                (Some(path), place)
            }
            false => (None, operator.to_owned()),
        };
        let opened = match &path {
            Some(path) => detached(py, || Reader::new(Input::open(path)?)),
            None => {
                let input = Input::of_object(source)?;
                detached(py, || Reader::new(input))
            }
        };
        let reader = opened.map_err(|failure| raise(failure, &place, path.as_deref()))?;
        Ok(FileReader { reader: Mutex::new(Some(reader)), place, path })
    }

    #[getter]
    fn format(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.with(py, |reader| Ok(reader.contents().format.name()))
    }

    /// Whether the file has names; else arrays are numbered.
    #[getter]
    fn named(&self, py: Python<'_>) -> PyResult<bool> {
        self.with(py, |reader| Ok(reader.contents().named))
    }

    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let found = self.with(py, |reader| Ok(reader.contents().metadata.clone()))?;
        let metadata = PyDict::new(py);
        for (key, value) in found {
            metadata.set_item(key, value)?;
        }
        Ok(metadata)
    }

    fn names(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.with(py, |reader| Ok(reader.contents().entries.iter().map(|entry| entry.name.clone()).collect()))
    }

    /// (name, shape, dtype or None, device or None, bytes or None, storage, whether it can be mapped)
    fn entry<'py>(&self, py: Python<'py>, number: usize) -> PyResult<Described<'py>> {
        let entry = self.entry_of(py, number)?;
        let shape = PyTuple::new(py, &entry.shape)?;
        let dtype = entry.dtype.as_ref().ok().map(|dtype| dtype.name());
        let device = entry.device.map(files::device_text);
        let bytes = match dtype {
            Some(_) => Some(self.raised(entry.bytes())?),
            None => None,
        };
        let storage = entry.storage();
        let mapped = entry.mapped_at().is_some();
        Ok((entry.name, shape, dtype, device, bytes, storage, mapped))
    }

    /// Loads an array; to the device that the file names, or to the current one where it names none.
    #[pyo3(signature = (number, device=None, progress=None))]
    fn load<'py>(
        &self,
        py: Python<'py>,
        number: usize,
        device: Option<&Object<'py>>,
        progress: Option<&Object<'py>>,
    ) -> PyResult<Bound<'py, NdArray>> {
        let entry = self.entry_of(py, number)?;
        let target: Option<DeviceRef> = match device.filter(|device| !device.is_none()) {
            Some(device) => Some(device::parse(device)?),
            None if entry.device.is_none() => Some(device::current()?),
            None => None,
        };
        let bytes = self.raised(entry.bytes())?;
        let mut progress = Progress::new(progress, bytes);
        let array = self.with(py, |reader| reader.load(number, target, &mut |count| progress.step(count)))?;
        wrap(py, array)
    }

    /// An array whose elements stay in the file; `mode` is NumPy's: `r`, `r+` or `c`.
    fn map<'py>(&self, py: Python<'py>, number: usize, mode: &str) -> PyResult<Bound<'py, NdArray>> {
        let access = match mode {
            "r" => Access::Read,
            "r+" => Access::Write,
            "c" => Access::Copy,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "{}: mmap_mode is 'r', 'r+' or 'c', not {mode:?}",
                    self.place
                )));
            }
        };
        let Some(path) = &self.path else {
            return Err(PyValueError::new_err(format!(
                "{}: only a file with a path can be mapped",
                self.place
            )));
        };
        let entry = self.entry_of(py, number)?;
        let mapped = detached(py, || {
            if access == Access::Write {
                let file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
                return files::map_entry(&file, &entry, access);
            }
            // the file that was opened, even if another has its name by now
            self.reader
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .as_ref()
                .and_then(|reader| reader.source().file())
                .map_or_else(
                    || Err(Error::invalid("the file is closed")),
                    |file| files::map_entry(file, &entry, access),
                )
        });
        let array = self.raised(mapped)?;
        wrap(py, array)
    }

    /// Leaves a file object after its last array, so that the next one can be read from there.
    fn seek_end(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |reader| {
            let end = reader.contents().end;
            reader.source().seek(end).map_err(Error::Io)
        })
    }

    /// Lets go of the file.
    fn close(&self, py: Python<'_>) {
        detached(py, || {
            self.reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        });
    }

    #[getter]
    fn closed(&self, py: Python<'_>) -> bool {
        detached(py, || self.reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_none())
    }
}

/// Writes arrays to a path (atomically) or to a file object.
#[pyfunction]
#[pyo3(signature = (target, format, names, arrays, *, named=true, compressed=false, version="np", metadata=None,
                    progress=None, operator="save"))]
fn write_arrays(
    target: &Object<'_>,
    format: &str,
    names: Vec<String>,
    arrays: Vec<Bound<'_, NdArray>>,
    #[pyo3(from_py_with = truth)] named: bool,
    #[pyo3(from_py_with = truth)] compressed: bool,
    version: &str,
    metadata: Option<std::collections::BTreeMap<String, String>>,
    progress: Option<&Object<'_>>,
    operator: &str,
) -> PyResult<()> {
    let py = target.py();
    let format = Format::from_name(format)
        .ok_or_else(|| PyValueError::new_err(format!("{operator}: there is no format {format:?}")))?;
    let version = Version::from_name(version).ok_or_else(|| {
        PyValueError::new_err(format!("{operator}: version is 'np', 'nd' or '2', not {version:?}"))
    })?;
    let options = Options { named, compressed, version, metadata: metadata.unwrap_or_default() };
    let held: Vec<Array> = arrays.iter().map(|array| array.get().array().detach()).collect();
    let listed: Vec<(&str, &Array)> = names.iter().map(String::as_str).zip(&held).collect();
    let job = Job::new(format, &listed, options).map_err(|failure| raise(failure, operator, None))?;
    let total = job.bytes().map_err(|failure| raise(failure, operator, None))?;
    let mut progress = Progress::new(progress, total);
    if target.is_instance_of::<PyString>() {
        let path: PathBuf = target.extract()?;
        let place = format!("{operator}: {}", path.display());
        return detached(py, || job.save(&path, &mut |count| progress.step(count)))
            .map_err(|failure| raise(failure, &place, Some(&path)));
    }
    let mut out = Target::of_object(target, format == Format::Npz)?;
    detached(py, || {
        job.write(&mut out, &mut |count| progress.step(count))?;
        Ok(out.finish()?)
    })
    .map_err(|failure| raise(failure, operator, None))
}

/// The format that a path asks for by its extension.
#[pyfunction]
fn format_of_path(path: PathBuf) -> &'static str {
    Format::from_path(&path).name()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<FileReader>()?;
    module.add_function(wrap_pyfunction!(write_arrays, module)?)?;
    module.add_function(wrap_pyfunction!(format_of_path, module)?)?;
    text::register(module)
}
