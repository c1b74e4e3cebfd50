//! What goes wrong with files, with enough of a class that each front end can raise its own. Knows no paths: who opened
//! the file adds its name.

use std::fmt;
use std::io;

/// An error of reading or writing a file of arrays.
#[derive(Debug)]
pub enum Error {
    /// The system refused: no such file, no space, no right.
    Io(io::Error),
    /// The bytes are not what the format says, or the arrays do not fit the format.
    Invalid(String),
    /// A dtype or a kind of object that the format or this library does not have.
    Unsupported(String),
    /// Not one byte is there.
    Empty,
    /// The memory for an array is not there.
    Memory(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    #[cold]
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::Invalid(message.into())
    }

    #[cold]
    pub fn unsupported(message: impl Into<String>) -> Error {
        Error::Unsupported(message.into())
    }

    /// The same error with the name of the array that it is about before its text.
    pub fn of_array(self, name: &str) -> Error {
        let with = |message: String| format!("array '{name}': {message}");
        match self {
            Error::Invalid(message) => Error::Invalid(with(message)),
            Error::Unsupported(message) => Error::Unsupported(with(message)),
            Error::Memory(message) => Error::Memory(with(message)),
            other => other,
        }
    }

    /// The same error with `where: ` before its text: the operator and the file.
    pub fn at(self, place: &str) -> Error {
        let with = |message: String| format!("{place}: {message}");
        match self {
            Error::Invalid(message) => Error::Invalid(with(message)),
            Error::Unsupported(message) => Error::Unsupported(with(message)),
            Error::Memory(message) => Error::Memory(with(message)),
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(error) => error.fmt(f),
            Error::Invalid(message) | Error::Unsupported(message) | Error::Memory(message) => {
                f.write_str(message)
            }
            Error::Empty => f.write_str("No data left in file"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error::Io(error)
    }
}

impl From<base::Error> for Error {
    fn from(error: base::Error) -> Error {
        match error.kind {
            base::ErrorKind::Memory => Error::Memory(error.message),
            base::ErrorKind::Type => Error::Unsupported(error.message),
            _ => Error::Invalid(error.message),
        }
    }
}

impl From<Error> for base::Error {
    fn from(error: Error) -> base::Error {
        let message = error.to_string();
        match error {
            Error::Io(_) => base::Error::runtime(message),
            Error::Invalid(_) | Error::Empty => base::Error::value(message),
            Error::Unsupported(_) => base::Error::type_(message),
            Error::Memory(_) => base::Error::memory(message),
        }
    }
}
