//! NumPy's files: `save`, `savez`, `savez_compressed` and `load`, worded for Rust.

use std::path::{Path, PathBuf};

use array::Array;

use crate::files::{Error, Format, Job, Options, Reader, Result};
use crate::npx;

/// The path with that extension at its end, as NumPy adds it.
fn with_extension(path: &Path, extension: &str) -> PathBuf {
    if path.as_os_str().to_string_lossy().ends_with(extension) {
        return path.to_owned();
    }
    let mut text = path.as_os_str().to_owned();
    text.push(extension);
    text.into()
}

/// Writes one array in NumPy's `.npy` format, byte for byte as NumPy does; `.npy` is added where the path lacks it. The
/// old file stays if anything goes wrong.
///
/// ```
/// use mxnet::np;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("x");
/// np::save(&path, &np::arange(3)?)?;
/// assert_eq!(np::load(path.with_extension("npy"))?.to_string(), "[0. 1. 2.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn save(path: impl AsRef<Path>, array: &Array) -> Result<()> {
    let path = with_extension(path.as_ref(), ".npy");
    Job::new(Format::Npy, &[("0", array)], Options::default())?.save(&path, &mut |_| Ok(()))
}

/// Writes named arrays as NumPy's `.npz` archive, without packing; `.npz` is added where the path lacks it.
///
/// ```
/// use mxnet::np;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("both.npz");
/// np::savez(&path, &[("x", &np::ones(2)?), ("y", &np::zeros(1)?)])?;
/// let found = np::load_npz(&path)?;
/// assert_eq!(found[1].0, "y");
/// # Ok::<(), np::Error>(())
/// ```
pub fn savez(path: impl AsRef<Path>, arrays: &[(&str, &Array)]) -> Result<()> {
    archive(path.as_ref(), arrays, false)
}

/// [`savez`] with every member deflated.
///
/// ```
/// use mxnet::np;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("x.npz");
/// np::savez_compressed(&path, &[("x", &np::ones(10_000)?)])?;
/// assert!(std::fs::metadata(&path).unwrap().len() < 1000);
/// # Ok::<(), np::Error>(())
/// ```
pub fn savez_compressed(path: impl AsRef<Path>, arrays: &[(&str, &Array)]) -> Result<()> {
    archive(path.as_ref(), arrays, true)
}

fn archive(path: &Path, arrays: &[(&str, &Array)], compressed: bool) -> Result<()> {
    let options = Options { compressed, named: true, ..Options::default() };
    Job::new(Format::Npz, arrays, options)?.save(&with_extension(path, ".npz"), &mut |_| Ok(()))
}

/// Reads a `.npy` file.
///
/// # Errors
/// [`Error::Invalid`]: the file is of another format, or damaged.
///
/// ```
/// assert!(mxnet::np::load("there is no such file").is_err());
/// ```
pub fn load(path: impl AsRef<Path>) -> Result<Array> {
    let mut file = Reader::open(path.as_ref())?;
    match file.contents().format {
        Format::Npy => file.load(0, Some(npx::current_device()?), &mut |_| Ok(())),
        other => {
            Err(Error::invalid(format!("load: a .npy file is wanted, not one of format {}", other.name())))
        }
    }
}

/// Reads all arrays of a `.npz` archive.
///
/// # Errors
/// As [`load`].
///
/// ```
/// assert!(mxnet::np::load_npz("there is no such file").is_err());
/// ```
pub fn load_npz(path: impl AsRef<Path>) -> Result<Vec<(String, Array)>> {
    npx::load(path)
}
