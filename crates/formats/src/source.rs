//! Where bytes come from: files, memory, or whatever a front end brings. Random access, because members are loaded one by
//! one. `Cursor` is what the readers of formats walk with.

use std::io;

use crate::{Error, Result};

/// Bytes that can be read from any position.
pub trait Source {
    /// How many there are.
    fn size(&self) -> u64;
    /// Fills `into` with the bytes from `at` on; an error where there are fewer.
    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Bytes in memory.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Source for Bytes<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let found = usize::try_from(at)
            .ok()
            .and_then(|at| self.0.get(at..)?.get(..into.len()))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(found);
        Ok(())
    }
}

/// An open file.
#[derive(Debug)]
pub struct File {
    file: std::fs::File,
    size: u64,
}

impl File {
    pub fn open(path: &std::path::Path) -> io::Result<File> {
        let file = std::fs::File::open(path)?;
        let about = file.metadata()?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(File { size: about.len(), file })
    }

    /// The file itself, for who maps it into memory.
    pub fn inner(&self) -> &std::fs::File {
        &self.file
    }
}

impl Source for File {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, into, at)
    }

    #[cfg(not(unix))]
    fn read_at(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        use std::io::{Read, Seek};
        self.file.seek(io::SeekFrom::Start(at))?;
        self.file.read_exact(into)
    }
}

/// That many zeros; an error where there is no memory for them.
pub(crate) fn room(count: u64) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let wanted = usize::try_from(count).unwrap_or(usize::MAX);
    if out.try_reserve_exact(wanted).is_err() {
        return Err(Error::Memory(format!("there is no memory for {count} bytes")));
    }
    out.resize(wanted, 0);
    Ok(out)
}

/// How many bytes a cursor asks the source for at once.
const WINDOW: usize = 4096;

/// Takes values from the front of a source. Reading past the end is [`Error::Invalid`].
pub(crate) struct Cursor<'a> {
    source: &'a mut dyn Source,
    size: u64,
    at: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Cursor<'a> {
    pub fn new(source: &'a mut dyn Source) -> Cursor<'a> {
        Cursor { size: source.size(), source, at: 0, window: Vec::new(), window_at: 0 }
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn left(&self) -> u64 {
        self.size - self.at
    }

    /// Steps over bytes.
    pub fn skip(&mut self, count: u64, what: &str) -> Result<()> {
        if count > self.left() {
            return Err(Error::invalid(format!(
                "the file is cut short: {what} needs {count} bytes at position {}, and {} are left",
                self.at,
                self.left()
            )));
        }
        self.at += count;
        Ok(())
    }

    /// The next bytes. Memory is taken only for what the file holds.
    pub fn bytes(&mut self, count: u64, what: &str) -> Result<Vec<u8>> {
        let start = self.at;
        self.skip(count, what)?;
        let mut out = room(count)?;
        if out.len() > WINDOW {
            self.source.read_at(start, &mut out)?;
            return Ok(out);
        }
        let held = self.window_at..self.window_at + self.window.len() as u64;
        if start < held.start || start + count > held.end {
            self.window.resize((self.size - start).min(WINDOW as u64) as usize, 0);
            self.window_at = start;
            self.source.read_at(start, &mut self.window)?;
        }
        let from = (start - self.window_at) as usize;
        let length = out.len();
        out.copy_from_slice(&self.window[from..from + length]);
        Ok(out)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(&self.bytes(N as u64, what)?);
        Ok(out)
    }

    pub fn u32(&mut self, what: &str) -> Result<u32> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub fn i32(&mut self, what: &str) -> Result<i32> {
        self.array(what).map(i32::from_le_bytes)
    }

    pub fn i64(&mut self, what: &str) -> Result<i64> {
        self.array(what).map(i64::from_le_bytes)
    }

    pub fn u64(&mut self, what: &str) -> Result<u64> {
        self.array(what).map(u64::from_le_bytes)
    }
}
