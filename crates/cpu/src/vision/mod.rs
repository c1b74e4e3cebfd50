//! Kernels of detection layers and of sliding-window attention: bilinear sampling, the greatest elements of regions,
//! products over bands, and choices over boxes. Called by the device; shapes, dtypes and parameters were checked before.
//! Each image, region or row is one task's, and what comes of it does not depend on the others.

pub(crate) mod band;
mod boxes;
mod detect;
mod matching;
pub(crate) mod regions;
pub(crate) mod sample;
mod suppress;
mod target;

use base::{DType, Error, Result};
use graph::Tensor;
use graph::vision::BoxChoice;
use num_traits::Float;

use crate::gather::operands;

/// What these kernels compute in.
pub(crate) trait Number: Float + Send + Sync + 'static {
    fn of(value: f64) -> Self;
}
impl Number for f32 {
    fn of(value: f64) -> f32 {
        value as f32
    }
}
impl Number for f64 {
    fn of(value: f64) -> f64 {
        value
    }
}

/// The elements of a contiguous tensor.
///
/// # Safety
/// The tensor is contiguous, of element type `T`, and nobody writes to it.
unsafe fn read<T>(tensor: &Tensor) -> &[T] {
    let count: i64 = tensor.shape.iter().product();
    if count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(tensor.data.cast::<T>().cast_const(), count as usize) }
}

/// The elements of a contiguous output, lent out piece by piece.
struct Pieces<T> {
    data: *mut T,
    count: usize,
}

// SAFETY: an address; who takes pieces promises that they lie apart.
unsafe impl<T: Send> Sync for Pieces<T> {}

impl<T> Pieces<T> {
    /// # Safety
    /// The tensor is contiguous and of element type `T`; nobody else reads or writes it.
    unsafe fn of(tensor: &Tensor) -> Pieces<T> {
        let count: i64 = tensor.shape.iter().product();
        Pieces { data: tensor.data.cast(), count: count as usize }
    }

    /// # Safety
    /// Pieces that live at the same time lie apart.
    #[allow(clippy::mut_from_ref)]
    unsafe fn piece(&self, start: usize, count: usize) -> &mut [T] {
        let end = start.saturating_add(count).min(self.count);
        if start >= end {
            return &mut [];
        }
        // SAFETY: inside the tensor; apart from others by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(start), end - start) }
    }
}

/// The lengths of a tensor's axes, where it has that many.
fn lengths<const N: usize>(kernel: &str, tensor: &Tensor) -> Result<[usize; N]> {
    let lengths: [i64; N] = tensor.shape[..].try_into().map_err(|_| operands(kernel))?;
    Ok(lengths.map(|length| length as usize))
}

/// Calls a function generic over `Number` for the dtype.
macro_rules! with_number {
    ($name:expr, $dtype:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $dtype {
            DType::F32 => $function::<f32>($($argument),*),
            DType::F64 => $function::<f64>($($argument),*),
            other => Err(Error::type_(format!("{}: no kernel for {other}", $name))),
        }
    };
}
use with_number;

/// Choices over boxes.
///
/// # Safety
/// As for `Device::run`; all tensors are contiguous.
pub(crate) unsafe fn choose(choice: &BoxChoice, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let Some(first) = inputs.first() else { return Err(operands("boxes")) };
    // SAFETY: promised by the caller.
    unsafe { with_number!("boxes", first.dtype, choose_in(choice, inputs, outputs)) }
}

unsafe fn choose_in<S: Number>(choice: &BoxChoice, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    // SAFETY: promised by the caller.
    unsafe {
        match choice {
            BoxChoice::Suppress(how) => suppress::suppress::<S>(how, inputs, outputs),
            BoxChoice::Match { ascending, threshold, most } => {
                matching::matching::<S>(*ascending, *threshold, *most, inputs, outputs)
            }
            BoxChoice::Target(how) => target::target::<S>(how, inputs, outputs),
            BoxChoice::Detect(how) => detect::detect::<S>(how, inputs, outputs),
        }
    }
}
