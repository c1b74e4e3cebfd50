//! What can go wrong, in NumPy's classes. The text begins with the operator: `add: ...`; Python maps the kind.

/// NumPy's exception class for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// ValueError: shapes that do not fit, values out of their domain.
    Value,
    /// TypeError: dtypes or argument types that an operator does not take.
    Type,
    /// IndexError
    Index,
    /// numpy.exceptions.AxisError (a ValueError and an IndexError)
    Axis,
    /// MemoryError
    Memory,
    /// OverflowError
    Overflow,
    /// ZeroDivisionError
    ZeroDivision,
    /// numpy.linalg.LinAlgError (a ValueError)
    LinearAlgebra,
    /// NotImplementedError
    NotImplemented,
    /// KeyboardInterrupt: the user wants the work to end.
    Interrupted,
    /// MXNetError (a RuntimeError): devices, autograd state.
    Runtime,
}

/// An error with the class that Python users catch and a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: ErrorKind,
    pub message: String,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! constructors {
    ($($name:ident $kind:ident),*) => {$(
        #[cold]
        pub fn $name(message: impl Into<String>) -> Error {
            Error { kind: ErrorKind::$kind, message: message.into() }
        }
    )*};
}

impl Error {
    constructors!(
        value Value, type_ Type, index Index, axis Axis, memory Memory, overflow Overflow, zero_division ZeroDivision,
        linear_algebra LinearAlgebra, not_implemented NotImplemented, interrupted Interrupted, runtime Runtime
    );

    /// The same error with `operator: ` before its text, unless it begins so already.
    pub fn in_operator(mut self, operator: &str) -> Error {
        let named = self.message.strip_prefix(operator).is_some_and(|rest| rest.starts_with(':'));
        if !named {
            self.message = format!("{operator}: {}", self.message);
        }
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
