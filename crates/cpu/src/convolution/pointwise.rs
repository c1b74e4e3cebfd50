//! Windows of one element: a convolution is then a matrix product of each image.

use graph::kernel::ConvolutionForm;

use super::Work;
use super::tiles::Element;
use crate::gemm::gemm_batched;

/// Result or data, by matrix products over the channels.
///
/// # Safety
/// As for `Device::run`; every window is one element of the data.
pub(super) unsafe fn pointwise<T: Element>(form: ConvolutionForm, work: &Work) {
    let weight = &work.weight;
    let group = work.result_channels as isize * weight.image;
    let (from, to, k, m, strides) = match form {
        ConvolutionForm::Data => {
            (&work.result, &work.data, work.result_channels, work.data_channels, (weight.channel, weight.image))
        }
        _ => (&work.data, &work.result, work.data_channels, work.result_channels, (weight.image, weight.channel)),
    };
    // SAFETY: the bias has an element for every channel.
    unsafe { fill_bias::<T>(work, to, m) };
    let [depth, height, width] = to.lengths;
    // Rows of space that follow each other are one long row.
    let joined = |space: [isize; 3]| {
        let long = space[1] == width as isize * space[2] || height == 1;
        long && (depth == 1 || space[0] == (height * width) as isize * space[2])
    };
    let (rows, columns) =
        if joined(from.space) && joined(to.space) { (1, depth * height * width) } else { (depth * height, width) };
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
    // SAFETY: each product reads one group of an image and writes its own part of the output.
    unsafe {
        gemm_batched::<T>(
            work.images * work.groups * rows,
            m,
            columns,
            k,
            weight.data.cast(),
            strides,
            from.data.cast(),
            (from.channel, from.space[2]),
            to.data.cast(),
            (to.channel, to.space[2]),
            &offsets,
            work.bias.is_some(),
        );
    }
}

/// Writes each channel's bias to all its places, for the product to be added to.
unsafe fn fill_bias<T: Element>(work: &Work, to: &super::Sides, channels: usize) {
    if work.bias.is_none() {
        return;
    }
    let all = channels * work.groups;
    let [depth, height, width] = to.lengths;
    crate::pool::parallel_ranges((work.images * all) as i64, 8, &|begin, end| {
        let Some((bias, stride)) = work.bias else { return };
        for index in begin as usize..end as usize {
            let (image, channel) = (index / all, (index % all) as isize);
            // SAFETY: every channel of the output and of the bias exists; each task writes its own channels.
            unsafe {
                let value = *bias.cast::<T>().offset(channel * stride);
                let start = to.data.cast::<T>().offset(image as isize * to.image + channel * to.channel);
                for a in 0..depth as isize {
                    for b in 0..height as isize {
                        let row = start.offset(a * to.space[0] + b * to.space[1]);
                        for c in 0..width as isize {
                            row.offset(c * to.space[2]).write(value);
                        }
                    }
                }
            }
        }
    });
}
