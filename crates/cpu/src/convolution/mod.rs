//! Convolution without an unfolded copy of the data. The data is copied once per image, widened and padded, so that one
//! kernel element lies at one constant distance for all places of the result; a register tile then walks a table of such
//! distances ("taps") where a matrix product walks rows. Called by the device; knows nothing of layouts (strides tell) or
//! of gradients, which are the other forms.
//!
//! * `spread`: the padded copy, cut into phases where the stride is not 1. `tiles`: the inner loops.
//! * `taps`: result from data, and data from result (one pass per residue of the stride). `weight`: weight from both.
//! * `abreast`: both for many small images, whose rows would fill registers badly: a register holds one place of many images.
//!
//! Every element is one sum in an order fixed by the shapes. Zeros stand for what lies outside the data and are
//! multiplied like other elements.

mod abreast;
mod pointwise;
mod spread;
mod taps;
mod tiles;
mod weight;

use base::{DType, Error, Result};
use graph::Tensor;
use graph::kernel::{ConvolutionForm, Windows};
use half::{bf16, f16};

use crate::gather::operands;

/// Strides of a five-axis tensor in elements: image, channel, three of space.
pub(crate) struct Sides {
    pub data: *mut u8,
    pub image: isize,
    pub channel: isize,
    pub space: [isize; 3],
    pub lengths: [usize; 3],
}

// SAFETY: an address with strides; kernels give each thread its own elements to write.
unsafe impl Sync for Sides {}

impl Sides {
    pub(crate) fn of(tensor: &Tensor) -> Option<Sides> {
        let ([image, channel, a, b, c], [_, _, x, y, z]) = (&tensor.strides[..], &tensor.shape[..]) else {
            return None;
        };
        Some(Sides {
            data: tensor.data,
            image: *image as isize,
            channel: *channel as isize,
            space: [*a as isize, *b as isize, *c as isize],
            lengths: [*x as usize, *y as usize, *z as usize],
        })
    }
}

/// One convolution, as the files here read it.
pub(crate) struct Work {
    pub windows: Windows,
    pub groups: usize,
    pub images: usize,
    /// Channels of the data and of the result in one group.
    pub data_channels: usize,
    pub result_channels: usize,
    pub data: Sides,
    pub weight: Sides,
    pub result: Sides,
    /// Address and stride of the bias.
    pub bias: Option<(*const u8, isize)>,
}

// SAFETY: as for `Sides`.
unsafe impl Sync for Work {}

impl Work {
    /// Kernel elements as (place in the kernel, distance in the weight).
    fn kernel_elements(&self) -> Vec<([usize; 3], isize)> {
        let [depth, height, width] = self.windows.kernel.map(|length| length as usize);
        let mut all = Vec::with_capacity(depth * height * width);
        for a in 0..depth {
            for b in 0..height {
                for c in 0..width {
                    let at = [a, b, c];
                    all.push((at, (0..3).map(|axis| at[axis] as isize * self.weight.space[axis]).sum()));
                }
            }
        }
        all
    }

    /// Windows of one element, one after the other, that lie wholly inside.
    fn is_pointwise(&self) -> bool {
        let windows = &self.windows;
        windows.kernel == [1; 3]
            && windows.stride == [1; 3]
            && windows.before == [0; 3]
            && self.data.lengths == self.result.lengths
    }
}

/// Computes one of the three arrays from the others.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn convolution(
    form: ConvolutionForm,
    windows: &Windows,
    groups: i64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let (Some(first), Some(second), Some(out)) = (inputs.first(), inputs.get(1), outputs.first()) else {
        return Err(operands("convolution"));
    };
    let (data, weight, result) = match form {
        ConvolutionForm::Result => (first, second, out),
        ConvolutionForm::Data => (out, second, first),
        ConvolutionForm::Weight => (first, out, second),
    };
    let (Some(data_side), Some(weight_side), Some(result_side)) =
        (Sides::of(data), Sides::of(weight), Sides::of(result))
    else {
        return Err(operands("convolution"));
    };
    let groups = groups.max(1) as usize;
    let work = Work {
        windows: *windows,
        groups,
        images: data.shape[0] as usize,
        data_channels: data.shape[1] as usize / groups,
        result_channels: result.shape[1] as usize / groups,
        data: data_side,
        weight: weight_side,
        result: result_side,
        bias: inputs.get(2).map(|bias| (bias.data.cast_const(), bias.strides[0] as isize)),
    };
    if out.shape.contains(&0) {
        return Ok(());
    }
    // SAFETY: promised by the caller; the element type is the tensors'.
    unsafe {
        match out.dtype {
            DType::F32 => run::<f32>(form, &work),
            DType::F64 => run::<f64>(form, &work),
            DType::F16 => run::<f16>(form, &work),
            DType::BF16 => run::<bf16>(form, &work),
            other => return Err(Error::type_(format!("convolution: no kernel for {other}"))),
        }
    }
    Ok(())
}

unsafe fn run<T: tiles::Element>(form: ConvolutionForm, work: &Work) {
    // SAFETY: the caller's promise.
    unsafe {
        match form {
            ConvolutionForm::Weight => weight::weight::<T>(work),
            _ if work.is_pointwise() && work.data_channels.min(work.result_channels) > 1 => {
                pointwise::pointwise::<T>(form, work);
            }
            ConvolutionForm::Result => taps::result::<T>(work),
            ConvolutionForm::Data => taps::data::<T>(work),
        }
    }
}
