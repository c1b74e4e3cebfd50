//! A file is replaced by a new one as a whole, or stays as it was: the new one is written beside it, brought to the disk,
//! and renamed over it.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::{Error, Output, Result};

/// Writes a file through `fill`. A process that ends at any moment leaves the old file or the new one; an error leaves
/// the old one. Rights (and, where the system lets us, the owner) of an existing file are kept; a link is followed.
/// What is no plain file (a pipe, a device) is written to directly.
///
/// # Errors
/// The system's: no right to write the folder or the file, no space; and those of `fill`.
///
/// ```
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("numbers");
/// mxnet_formats::replace(&path, |out| Ok(out.write_all(b"123")?)).unwrap();
/// assert_eq!(std::fs::read(&path).unwrap(), b"123");
/// ```
pub fn replace(path: &Path, fill: impl FnOnce(&mut dyn Output) -> Result<()>) -> Result<()> {
    let target = resolve(path)?;
    let existing = match fs::metadata(&target) {
        Ok(about) => Some(about),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(about) = &existing {
        // who may not write a file may not replace it either
        let file = fs::OpenOptions::new().write(true).open(&target)?;
        if !about.is_file() {
            return through(file, fill).map(|_| ());
        }
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = beside(&target, folder)?;
    let (file, temporary) = temporary.into_parts();
    if let Some(about) = &existing {
        keep_rights(&file, about)?;
    }
    through(file, fill)?.sync_all()?;
    temporary.persist(&target).map_err(|error| Error::Io(error.error))?;
    sync_folder(folder);
    Ok(())
}

/// The file that a path means, through links that may lead to a file that is yet to be written.
fn resolve(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(link) => path = path.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => return Ok(path),
        }
    }
    Err(Error::Io(std::io::Error::other("too many links, one leading to the other")))
}

fn beside(target: &Path, folder: &Path) -> Result<tempfile::NamedTempFile> {
    let name = target.file_name().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
    let mut prefix = std::ffi::OsString::from(".");
    // the name of the temporary file must not be too long where the file's own is just short enough
    if name.len() <= 200 {
        prefix.push(name);
    }
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // the rights that any new file gets, not those of a secret one
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    Ok(builder.tempfile_in(folder)?)
}

fn through(file: fs::File, fill: impl FnOnce(&mut dyn Output) -> Result<()>) -> Result<fs::File> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    fill(&mut out)?;
    out.into_inner().map_err(|error| Error::Io(error.into_error()))
}

fn keep_rights(file: &fs::File, about: &fs::Metadata) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (about.uid(), about.gid()) {
            // only the superuser may give files away; for all others the new file is theirs
            let _refused = fchown(file, Some(about.uid()), Some(about.gid()));
        }
    }
    Ok(file.set_permissions(about.permissions())?)
}

/// Brings the renaming to the disk. Some file systems cannot; the file itself is there already.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = fs::File::open(folder)
    {
        let _unsupported = folder.sync_all();
    }
}
