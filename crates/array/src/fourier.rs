//! Discrete Fourier transforms: checks, lengths and norms, one kernel (`Fourier`) per axis, gradients by the transposed
//! transform. Called by the fronts; knows no algorithm.
//!
//! float32 gives complex64 and float64 complex128; halves compute in float32, integers in the default float.

use base::{DType, Error, Result, Scalar, promote, shape};
use graph::{Fourier, Kernel, Operand, work};

use crate::elementwise::{call1, multiply};
use crate::{Array, DeviceRef, create, manipulate, ops, tape};

/// Which direction is divided by the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Normalization {
    /// The inverse.
    #[default]
    Backward,
    /// Both, by its root.
    Ortho,
    /// The forward transform.
    Forward,
}

impl Normalization {
    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<Normalization> {
        Some(match name {
            "backward" => Normalization::Backward,
            "ortho" => Normalization::Ortho,
            "forward" => Normalization::Forward,
            _ => return None,
        })
    }

    fn scale(self, length: i64, inverse: bool) -> f64 {
        match (self, inverse) {
            (Normalization::Ortho, _) => 1.0 / (length as f64).sqrt(),
            (Normalization::Backward, true) | (Normalization::Forward, false) => 1.0 / length as f64,
            _ => 1.0,
        }
    }

    fn reversed(self) -> Normalization {
        match self {
            Normalization::Backward => Normalization::Forward,
            Normalization::Forward => Normalization::Backward,
            Normalization::Ortho => Normalization::Ortho,
        }
    }
}

fn computed(x: &Array) -> Result<Array> {
    let dtype = x.dtype();
    x.astype_if(match dtype {
        _ if dtype.is_half() => DType::F32,
        _ if dtype.is_inexact() => dtype,
        _ => promote::default_float(),
    })
}

/// One kernel along an axis; `length` is that of the result. Recorded.
fn run(kind: Fourier, scale: f64, x: &Array, axis: usize, length: i64) -> Result<Array> {
    let dtype = if kind == Fourier::RealInverse { x.dtype().real() } else { x.dtype().complex() };
    let mut wanted = x.shape().to_vec();
    wanted[axis] = length;
    let out = Array::empty(&wanted, dtype, x.device())?;
    if out.size() > 0 {
        let last = |array: &Array| {
            let mut order: Vec<usize> = (0..array.ndim()).filter(|&other| other != axis).collect();
            order.push(axis);
            Operand::new(array.operand.node.clone(), array.view().permute(&order), array.dtype())
        };
        let kernel = Kernel::Fourier { transform: kind, scale };
        work::run(&kernel, &[last(x)], &[last(&out)])?;
    }
    let taken = x.shape()[axis];
    let real = !x.dtype().is_complex();
    Ok(tape::record("fft", &[x], out, || {
        Box::new(move |gradient| back(kind, scale, gradient, axis, taken, real).map(|back| vec![Some(back)]))
    }))
}

/// The transposed transform of a gradient, for an input of `taken` elements along the axis.
fn back(kind: Fourier, scale: f64, gradient: &Array, axis: usize, taken: i64, real: bool) -> Result<Array> {
    let length = gradient.shape()[axis];
    match kind {
        Fourier::Complex { inverse } => {
            let whole = run(Fourier::Complex { inverse: !inverse }, scale, gradient, axis, length)?;
            let whole = if real { call1(ops::REAL, &whole)? } else { whole };
            fitted(&whole, axis, taken)
        }
        Fourier::RealForward { length: full } => {
            // every element but the first and the middle one stands for two of the whole spectrum
            let weighted = multiply(gradient, &weights(gradient, axis, full, 0.5)?)?;
            fitted(&run(Fourier::RealInverse, scale, &weighted, axis, full)?, axis, taken)
        }
        Fourier::RealInverse => {
            let half = length / 2 + 1;
            let spectrum = run(Fourier::RealForward { length }, scale, gradient, axis, half)?;
            let weighted = multiply(&spectrum, &weights(&spectrum, axis, length, 2.0)?)?;
            fitted(&weighted, axis, taken)
        }
    }
}

/// 1 for the elements of a half spectrum that stand alone, `pair` for those with a mirrored one.
fn weights(spectrum: &Array, axis: usize, length: i64, pair: f64) -> Result<Array> {
    let half = length / 2 + 1;
    let values: Vec<f64> = (0..half).map(|at| if at == 0 || 2 * at == length { 1.0 } else { pair }).collect();
    let mut wanted = vec![1; spectrum.ndim()];
    wanted[axis] = half;
    Array::from_values(&values, &wanted, spectrum.device())?.astype(spectrum.dtype().real())
}

/// Cut, or filled with zeros, to a length along an axis.
fn fitted(x: &Array, axis: usize, length: i64) -> Result<Array> {
    let known = x.shape()[axis];
    if known > length {
        let mut index = vec![crate::Index::Slice { start: None, stop: None, step: None }; axis];
        index.push(crate::Index::Slice { start: Some(0), stop: Some(length), step: None });
        return crate::index::get(x, &index);
    }
    if known == length {
        return Ok(x.clone());
    }
    let mut width = vec![(0, 0); x.ndim()];
    width[axis] = (0, length - known);
    let zero = Scalar::F64(0.0);
    manipulate::pad(x, &width, &manipulate::PadMode::Constant(vec![(zero, zero)]))
}

fn checked_axis(name: &str, x: &Array, axis: i64) -> Result<usize> {
    shape::axis(axis, x.ndim()).map_err(|error| error.in_operator(name))
}

fn checked_length(name: &str, length: i64) -> Result<i64> {
    if length < 1 {
        return Err(Error::value(format!("{name}: Invalid number of FFT data points ({length}) specified.")));
    }
    Ok(length)
}

/// The transform along an axis (`fft`, `ifft`); `n` cuts the input or fills it with zeros.
///
/// # Errors
/// Axis. Value: a length below 1.
pub fn complex(
    x: &Array,
    n: Option<i64>,
    axis: i64,
    normalization: Normalization,
    inverse: bool,
) -> Result<Array> {
    let name = if inverse { "ifft" } else { "fft" };
    let x = computed(x)?;
    let axis = checked_axis(name, &x, axis)?;
    let length = checked_length(name, n.unwrap_or(x.shape()[axis]))?;
    run(Fourier::Complex { inverse }, normalization.scale(length, inverse), &x, axis, length)
}

/// The half spectrum of real numbers (`rfft`).
///
/// # Errors
/// As of [`complex`]. Type: complex numbers.
pub fn real(x: &Array, n: Option<i64>, axis: i64, normalization: Normalization) -> Result<Array> {
    real_named("rfft", x, n, axis, normalization)
}

fn real_named(
    name: &str,
    x: &Array,
    n: Option<i64>,
    axis: i64,
    normalization: Normalization,
) -> Result<Array> {
    if x.dtype().is_complex() {
        return Err(Error::type_(format!(
            "{name}: ufunc 'rfft_n_even' did not contain a loop with signature matching types: real numbers are wanted, \
             not {}",
            x.dtype()
        )));
    }
    let x = computed(x)?;
    let axis = checked_axis(name, &x, axis)?;
    let length = checked_length(name, n.unwrap_or(x.shape()[axis]))?;
    let scale = normalization.scale(length, false);
    run(Fourier::RealForward { length }, scale, &x, axis, length / 2 + 1)
}

/// Real numbers of a half spectrum (`irfft`); without `n` there are 2 (m - 1) of them.
///
/// # Errors
/// As of [`complex`].
pub fn real_inverse(x: &Array, n: Option<i64>, axis: i64, normalization: Normalization) -> Result<Array> {
    inverse_named("irfft", x, n, axis, normalization)
}

fn inverse_named(
    name: &str,
    x: &Array,
    n: Option<i64>,
    axis: i64,
    normalization: Normalization,
) -> Result<Array> {
    let x = computed(x)?;
    let axis = checked_axis(name, &x, axis)?;
    let length = checked_length(name, n.unwrap_or(2 * (x.shape()[axis] - 1)))?;
    let x = x.astype_if(x.dtype().complex())?;
    run(Fourier::RealInverse, normalization.scale(length, true), &x, axis, length)
}

/// The real spectrum of a signal with Hermitian symmetry, given by its half (`hfft`).
///
/// # Errors
/// As of [`complex`].
pub fn hermitian(x: &Array, n: Option<i64>, axis: i64, normalization: Normalization) -> Result<Array> {
    let turned = if x.dtype().is_complex() { call1(ops::CONJUGATE, x)? } else { x.clone() };
    inverse_named("hfft", &turned, n, axis, normalization.reversed())
}

/// The inverse of [`hermitian`] (`ihfft`).
///
/// # Errors
/// As of [`real`].
pub fn hermitian_inverse(
    x: &Array,
    n: Option<i64>,
    axis: i64,
    normalization: Normalization,
) -> Result<Array> {
    call1(ops::CONJUGATE, &real_named("ihfft", x, n, axis, normalization.reversed())?)
}

/// Lengths and axes of a transform over several axes: `s` and `axes` as NumPy takes them; -1 in `s` keeps a length.
fn several(
    name: &str,
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    half_last: bool,
) -> Result<(Vec<i64>, Vec<i64>)> {
    let ndim = x.ndim() as i64;
    let axes: Vec<i64> = match (axes, s) {
        (Some(axes), _) => axes.to_vec(),
        (None, None) => (0..ndim).collect(),
        (None, Some(s)) => (-(s.len() as i64)..0).collect(),
    };
    let own = axes
        .iter()
        .map(|&axis| checked_axis(name, x, axis).map(|axis| x.shape()[axis]))
        .collect::<Result<Vec<i64>>>()?;
    let lengths = match s {
        None => {
            let mut own = own;
            if let Some(last) = own.last_mut().filter(|_| half_last) {
                *last = (*last - 1) * 2;
            }
            own
        }
        Some(s) if s.len() != axes.len() => {
            return Err(Error::value(format!("{name}: Shape and axes have different lengths.")));
        }
        Some(s) => {
            s.iter().zip(&own).map(|(&length, &own)| if length == -1 { own } else { length }).collect()
        }
    };
    Ok((lengths, axes))
}

/// The transform over several axes (`fftn`, `ifftn`), the last first.
///
/// # Errors
/// As of [`complex`]. Value: other numbers of lengths than of axes.
pub fn complex_over(
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    normalization: Normalization,
    inverse: bool,
) -> Result<Array> {
    let name = if inverse { "ifftn" } else { "fftn" };
    let (lengths, axes) = several(name, x, s, axes, false)?;
    let mut result = computed(x)?;
    for (&length, &axis) in lengths.iter().zip(&axes).rev() {
        result = complex(&result, Some(length), axis, normalization, inverse)?;
    }
    // over no axes at all the elements stay as they are
    if axes.is_empty() { result.copy()?.astype_if(result.dtype().complex()) } else { Ok(result) }
}

/// The half spectrum over several axes, halved along the last (`rfftn`).
///
/// # Errors
/// As of [`complex_over`] and [`real`].
pub fn real_over(
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    normalization: Normalization,
) -> Result<Array> {
    let (lengths, axes) = several("rfftn", x, s, axes, false)?;
    let (Some((&length, lengths)), Some((&axis, axes))) = (lengths.split_last(), axes.split_last()) else {
        return Err(Error::index("rfftn: at least one axis is wanted"));
    };
    let mut result = real_named("rfftn", x, Some(length), axis, normalization)?;
    for (&length, &axis) in lengths.iter().zip(axes).rev() {
        result = complex(&result, Some(length), axis, normalization, false)?;
    }
    Ok(result)
}

/// The inverse of [`real_over`] (`irfftn`).
///
/// # Errors
/// As of [`complex_over`].
pub fn real_inverse_over(
    x: &Array,
    s: Option<&[i64]>,
    axes: Option<&[i64]>,
    normalization: Normalization,
) -> Result<Array> {
    let (lengths, axes) = several("irfftn", x, s, axes, true)?;
    let (Some((&length, lengths)), Some((&axis, axes))) = (lengths.split_last(), axes.split_last()) else {
        return Err(Error::index("irfftn: at least one axis is wanted"));
    };
    let mut result = computed(x)?;
    for (&length, &axis) in lengths.iter().zip(axes) {
        result = complex(&result, Some(length), axis, normalization, true)?;
    }
    inverse_named("irfftn", &result, Some(length), axis, normalization)
}

/// The frequencies of a transform's elements, in cycles per unit when `spacing` units lie between samples.
///
/// # Errors
/// ZeroDivision: no samples, or no spacing. Type: a dtype that is not a real float.
pub fn frequencies(
    n: i64,
    spacing: f64,
    half: bool,
    dtype: Option<DType>,
    device: DeviceRef,
) -> Result<Array> {
    let name = if half { "rfftfreq" } else { "fftfreq" };
    let dtype = dtype.unwrap_or(promote::default_float());
    if dtype.kind() != base::DTypeKind::Float {
        return Err(Error::type_(format!("{name}: dtype must be a real floating dtype, not {dtype}")));
    }
    if n as f64 * spacing == 0.0 {
        return Err(Error::zero_division(format!("{name}: float division by zero")));
    }
    shape::check(&[n]).map_err(|error| error.in_operator(name))?;
    let step = 1.0 / (n as f64 * spacing);
    let count = |from: i64, to: i64| -> Result<Array> {
        let view = base::View {
            shape: base::Dims::from_slice(&[(to - from).max(0)]),
            strides: base::Dims::from_slice(&[1]),
            offset: from,
        };
        Array::positions(view, DType::I64, device)
    };
    let places = if half {
        count(0, n / 2 + 1)?
    } else {
        manipulate::append(&count(0, (n - 1) / 2 + 1)?, &count(-(n / 2), 0)?, Some(0))?
    };
    places.astype(DType::F64)?.mul(step)?.astype_if(dtype)
}

/// Frequency zero moved to the middle (`fftshift`), or back (`ifftshift`).
///
/// # Errors
/// Axis.
pub fn shift(x: &Array, axes: Option<&[i64]>, inverse: bool) -> Result<Array> {
    let name = if inverse { "ifftshift" } else { "fftshift" };
    let axes: Vec<i64> = axes.map_or_else(|| (0..x.ndim() as i64).collect(), <[i64]>::to_vec);
    let shifts = axes
        .iter()
        .map(|&axis| {
            let length = x.shape()[checked_axis(name, x, axis)?];
            Ok(if inverse { -(length / 2) } else { length / 2 })
        })
        .collect::<Result<Vec<i64>>>()?;
    if axes.is_empty() {
        create::copy(x, create::Order::C)
    } else {
        manipulate::roll(x, &shifts, Some(&axes))
    }
}
