//! `save`, `load` and `open` for all formats, worded for Rust: the extension of a file chooses what is written, its first
//! bytes what is read.

use std::path::Path;

use array::Array;

use crate::files::{File, Format, Job, Options, Reader, Result};
use crate::npx;

/// Writes named arrays, in the format that the extension names (`.npz`, `.safetensors`), otherwise in MXNet's own. The old
/// file stays if anything goes wrong.
///
/// # Errors
/// [`crate::files::Error::Unsupported`]: a dtype that the format lacks.
///
/// ```
/// use mxnet::{np, npx};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("net.params");
/// npx::save(&path, &[("arg:weight", &np::ones([2, 2])?)])?;
/// let found = npx::load(&path)?;
/// assert_eq!(found[0].0, "arg:weight");
/// assert_eq!(found[0].1.to_string(), "[[1. 1.]\n [1. 1.]]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn save(path: impl AsRef<Path>, arrays: &[(&str, &Array)]) -> Result<()> {
    let path = path.as_ref();
    let options = Options { named: true, ..Options::default() };
    Job::new(Format::from_path(path), arrays, options)?.save(path, &mut |_| Ok(()))
}

/// [`save`] for arrays without names: they are numbered, and MXNet's format keeps no names at all.
///
/// ```
/// use mxnet::{np, npx};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("list");
/// npx::save_list(&path, &[&np::ones(1)?, &np::zeros(1)?])?;
/// assert_eq!(npx::load(&path)?[1].0, "1");
/// # Ok::<(), np::Error>(())
/// ```
pub fn save_list(path: impl AsRef<Path>, arrays: &[&Array]) -> Result<()> {
    let path = path.as_ref();
    let format = Format::from_path(path);
    let names: Vec<String> = (0..arrays.len()).map(|number| number.to_string()).collect();
    let named: Vec<(&str, &Array)> = names.iter().map(String::as_str).zip(arrays.iter().copied()).collect();
    Job::new(format, &named, Options::default())?.save(path, &mut |_| Ok(()))
}

/// Reads all arrays of a file of any known format, with their names (numbers where the file has none). Arrays go to the
/// device that the file names, if this machine has it.
///
/// # Errors
/// [`crate::files::Error::Io`]: no such file; [`crate::files::Error::Invalid`]: another format, or damaged.
///
/// ```
/// assert!(mxnet::npx::load("there is no such file").is_err());
/// ```
pub fn load(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>> {
    let mut file = open(path)?;
    let device = match file.contents().format {
        Format::Mxnet => None,
        _ => Some(npx::current_device()?),
    };
    let names: Vec<String> = file.contents().entries.iter().map(|entry| entry.name.clone()).collect();
    let loaded = |(number, name)| Ok((name, file.load(number, device, &mut |_| Ok(()))?));
    names.into_iter().enumerate().map(loaded).collect()
}

/// Opens a file and reads only what it says of its arrays.
///
/// # Errors
/// As [`load`].
///
/// ```
/// assert!(mxnet::npx::open("there is no such file").is_err());
/// ```
pub fn open(path: impl AsRef<Path>) -> Result<Reader<File>> {
    Reader::open(path.as_ref())
}
