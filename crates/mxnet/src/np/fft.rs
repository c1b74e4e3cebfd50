//! `np::fft`: discrete Fourier transforms, by NumPy's names. What the functions do, their errors and gradients stand in
//! `array::fourier`.
//!
//! ```
//! use mxnet::np;
//! let spectrum = np::fft::fft(&np::array([1.0, 2.0, 3.0, 4.0])?, None, -1, Default::default())?;
//! assert_eq!(spectrum.to_string(), "[10.+0.j -2.+2.j -2.+0.j -2.-2.j]");
//! # Ok::<(), np::Error>(())
//! ```

pub use array::fourier::{
    Normalization, frequencies, hermitian as hfft, hermitian_inverse as ihfft, real as rfft,
    real_inverse as irfft, real_inverse_over as irfftn, real_over as rfftn, shift,
};

use super::{Array, Result};

/// The transform along an axis; `n` cuts the input or fills it with zeros.
///
/// # Errors
/// Axis. Value: a length below 1.
pub fn fft(x: &Array, n: Option<i64>, axis: i64, normalization: Normalization) -> Result<Array> {
    array::fourier::complex(x, n, axis, normalization, false)
}

/// The inverse of [`fft()`].
///
/// # Errors
/// As of [`fft()`].
pub fn ifft(x: &Array, n: Option<i64>, axis: i64, normalization: Normalization) -> Result<Array> {
    array::fourier::complex(x, n, axis, normalization, true)
}

/// The transform over several axes, the last first; all of them without `axes` and `s`.
///
/// # Errors
/// As of [`fft()`]. Value: other numbers of lengths than of axes.
pub fn fftn(
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    normalization: Normalization,
) -> Result<Array> {
    array::fourier::complex_over(x, s, axes, normalization, false)
}

/// The inverse of [`fftn()`].
///
/// # Errors
/// As of [`fftn()`].
pub fn ifftn(
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    normalization: Normalization,
) -> Result<Array> {
    array::fourier::complex_over(x, s, axes, normalization, true)
}
