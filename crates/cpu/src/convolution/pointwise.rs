//! Windows of one element: a convolution is then a matrix product of each image.

use graph::kernel::ConvolutionForm;

use super::Work;
use super::tiles::Element;
use crate::gemm::gemm;
use crate::pool;

/// Multiplications that a task has at least.
const SMALL_WORK: usize = 1 << 17;

/// Result or data, by matrix products over the channels.
///
/// # Safety
/// As for `Device::run`; every window is one element of the data.
pub(super) unsafe fn pointwise<T: Element>(form: ConvolutionForm, work: &Work) {
    let weight = &work.weight;
    let group = work.result_channels as isize * weight.image;
    let (from, to, k, m, strides) = match form {
        ConvolutionForm::Data => (
            &work.result,
            &work.data,
            work.result_channels,
            work.data_channels,
            (weight.channel, weight.image),
        ),
        _ => (
            &work.data,
            &work.result,
            work.data_channels,
            work.result_channels,
            (weight.image, weight.channel),
        ),
    };
    let [depth, height, width] = to.lengths;
    // Rows of space that follow each other are one long row.
    let joined = |space: [isize; 3]| {
        let long = space[1] == width as isize * space[2] || height == 1;
        long && (depth == 1 || space[0] == (height * width) as isize * space[2])
    };
    let (rows, columns) = if joined(from.space) && joined(to.space) {
        (1, depth * height * width)
    } else {
        (depth * height, width)
    };
    let offsets = |index: usize| {
        let (row, rest) = (index % rows, index / rows);
        let (group_at, image) = ((rest % work.groups) as isize, (rest / work.groups) as isize);
        let (a, b) = ((row / height) as isize, (row % height) as isize);
        let start = |side: &super::Sides, channels: usize| {
            image * side.image
                + group_at * channels as isize * side.channel
                + if rows == 1 { 0 } else { a * side.space[0] + b * side.space[1] }
        };
        (group_at * group, start(from, k), start(to, m))
    };
    let count = work.images * work.groups * rows;
    let one = |index: usize| {
        let (at_weight, at_from, at_to) = offsets(index);
        let channel = (index / rows % work.groups * m) as isize;
        // SAFETY: each product reads one group of an image and writes its own part of the output; the bias has an
        // element for every channel.
        unsafe {
            let to_start = to.data.cast::<T>().offset(at_to);
            let to_strides = (to.channel, to.space[2]);
            let bias = work.bias.map(|(bias, stride)| (bias.cast::<T>().offset(channel * stride), stride));
            if let Some((bias, stride)) = bias {
                fill(m, columns, bias, stride, to_start, to_strides);
            }
            gemm::<T>(
                m,
                columns,
                k,
                weight.data.cast::<T>().offset(at_weight),
                strides,
                from.data.cast::<T>().offset(at_from),
                (from.channel, from.space[2]),
                to_start,
                to_strides,
                bias.is_some(),
            );
        }
    };
    if count >= 2 * pool::threads() && count * m * columns * k > SMALL_WORK {
        let grain = (SMALL_WORK / (m * columns * k).max(1)).max(1);
        let all = |begin: i64, end: i64| (begin as usize..end as usize).for_each(one);
        pool::parallel_ranges(count as i64, grain as i64, &all);
    } else {
        (0..count).for_each(one);
    }
}

/// Writes each channel's bias to all its places, for the product to be added to.
unsafe fn fill<T: Copy>(
    channels: usize,
    places: usize,
    bias: *const T,
    bias_stride: isize,
    to: *mut T,
    (to_channel, to_place): (isize, isize),
) {
    for channel in 0..channels as isize {
        // SAFETY: the caller's promise about channels and places.
        unsafe {
            let (value, to) = (*bias.offset(channel * bias_stride), to.offset(channel * to_channel));
            if to_place == 1 {
                std::slice::from_raw_parts_mut(to, places).fill(value);
            } else {
                (0..places as isize).for_each(|place| to.offset(place * to_place).write(value));
            }
        }
    }
}
