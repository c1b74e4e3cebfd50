//! Arrays and Rust's own values: typed slices in and out, and the text of arrays. For Rust callers; Python brings its own
//! conversions and calls none of these.

use base::{DType, Error, Result, Scalar, promote};
use graph::{DeviceId, DeviceRef};
use half::{bf16, f16};
use num_complex::{Complex32, Complex64};

use crate::Array;
use crate::print::{self, Elements};

/// A Rust type that is the element of one dtype.
pub trait Element: Copy + Send + Sync + 'static {
    /// The dtype that holds it.
    const DTYPE: DType;
    /// The value as one element.
    fn to_scalar(self) -> Scalar;
    /// The value of an element, converted as `astype` does.
    fn from_scalar(value: Scalar) -> Self;
}

macro_rules! elements {
    ($($type:ty = $variant:ident),* $(,)?) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            fn to_scalar(self) -> Scalar {
                Scalar::$variant(self)
            }
            fn from_scalar(value: Scalar) -> $type {
                match value.cast(DType::$variant) {
                    Scalar::$variant(value) => value,
                    // a cast gives the dtype it was asked for
                    _ => <$type>::default(),
                }
            }
        }
    )*};
}
elements! {
    bool = Bool, i8 = I8, u8 = U8, i16 = I16, u16 = U16, i32 = I32, u32 = U32, i64 = I64, u64 = U64, f16 = F16,
    bf16 = BF16, f32 = F32, f64 = F64, Complex32 = C64, Complex64 = C128,
}

impl Array {
    /// Values in C order under a shape; their type is the dtype.
    ///
    /// # Errors
    /// Value: another number of values than the shape holds.
    pub fn from_values<T: Element>(values: &[T], shape: &[i64], device: DeviceRef) -> Result<Array> {
        let size = T::DTYPE.size();
        let bytes: Vec<u8> =
            values.iter().flat_map(|value| value.to_scalar().to_bytes().into_iter().take(size)).collect();
        Array::from_bytes(&bytes, shape, T::DTYPE, device)
    }

    /// All elements in C order, converted to `T` as `astype` does.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        let bytes = self.detach().astype_if(T::DTYPE)?.to_bytes()?;
        Ok(bytes
            .chunks_exact(T::DTYPE.size())
            .map(|chunk| T::from_scalar(Scalar::from_bytes(T::DTYPE, chunk)))
            .collect())
    }

    /// The only element as a Rust value.
    ///
    /// # Errors
    /// Type: unless the array has exactly one element.
    pub fn to_value<T: Element>(&self) -> Result<T> {
        self.item().map(T::from_scalar)
    }

    /// `repr(x)` as in Python: `array([1., 2.])`.
    pub fn repr(&self) -> Result<String> {
        self.wait_to_read()?;
        let mut hidden = vec![promote::default_float(), DType::Bool];
        if promote::numpy_dtypes() {
            hidden.extend([promote::default_complex(), DType::I64]);
        }
        let id = self.device().id;
        let suffix = (id != DeviceId::CPU).then(|| format!("ctx={id}"));
        Ok(print::to_repr(&Shown(self), &print::options(), &hidden, suffix.as_deref()))
    }
}

/// What printing sees of an array.
struct Shown<'a>(&'a Array);

impl Elements for Shown<'_> {
    fn shape(&self) -> &[i64] {
        self.0.shape()
    }

    fn dtype(&self) -> DType {
        self.0.dtype()
    }

    fn get(&self, index: &[i64]) -> Scalar {
        // Computing was done before, so reading an element inside the shape has no reason left to fail.
        self.0.element(index).unwrap_or_else(|_: Error| Scalar::zero(self.0.dtype()))
    }
}

impl std::fmt::Display for Array {
    /// `str(x)` as in Python. An array that cannot be computed shows the error in its place.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.wait_to_read() {
            Ok(()) => f.write_str(&print::to_str(&Shown(self), &print::options())),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}
