//! Convolution (cross-correlation, as everywhere in neural networks) and its transpose, deconvolution. Both are forms of
//! one product of three arrays that is linear in each, so that gradients of any order are again such products.

use base::{Error, Result, promote, shape};
use graph::kernel::{ConvolutionForm, Kernel, Windows};
use graph::work;

use super::spatial::{self, Layout, per_axis};
use crate::elementwise::{Argument, common_device};
use crate::{Array, reduce, tape};

/// The parameters of both operators. Empty lists stand for the default of every axis.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    pub kernel: &'a [i64],
    pub stride: &'a [i64],
    pub dilate: &'a [i64],
    pub pad: &'a [i64],
    /// Added behind the result of a deconvolution.
    pub adj: &'a [i64],
    /// The lengths that a deconvolution's result shall have: instead of `pad` and `adj`.
    pub target_shape: &'a [i64],
    pub num_filter: i64,
    pub num_group: i64,
    pub layout: Option<&'a str>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            kernel: &[],
            stride: &[],
            dilate: &[],
            pad: &[],
            adj: &[],
            target_shape: &[],
            num_filter: 1,
            num_group: 1,
            layout: None,
        }
    }
}

/// Which of the three arrays, where its windows lie, and its shape.
#[derive(Clone, Copy)]
struct Product {
    form: ConvolutionForm,
    windows: Windows,
    groups: i64,
    lengths: [i64; 5],
    /// Channels are last in the result's memory.
    last: bool,
}

impl Product {
    /// The derivative in an input is the product of this form, of this input's shape.
    fn like(&self, form: ConvolutionForm, input: &Array) -> Product {
        let last = input.strides()[1] == 1 && input.shape()[1] > 1;
        Product { form, lengths: spatial::lengths(input), last, ..*self }
    }
}

/// One of the three arrays from the other two, all in five-axis form and of one dtype.
fn product(what: Product, a: &Array, b: &Array, bias: Option<&Array>) -> Result<Array> {
    let out = spatial::fresh(what.lengths, what.last, a.dtype(), a.device())?;
    if out.size() > 0 {
        let kernel = Kernel::Convolution { form: what.form, windows: what.windows, groups: what.groups };
        let mut inputs = vec![a.operand().clone(), b.operand().clone()];
        inputs.extend(bias.map(|bias| bias.operand().clone()));
        work::run(&kernel, &inputs, std::slice::from_ref(out.operand()))?;
    }
    let name = match what.form {
        ConvolutionForm::Result => "convolution",
        ConvolutionForm::Data => "deconvolution",
        ConvolutionForm::Weight => "convolution_weight",
    };
    let inputs: Vec<&Array> = [a, b].into_iter().chain(bias).collect();
    Ok(tape::record_saving(name, &inputs, &[a, b], out, || {
        let (a, b, bias) = (a.clone(), b.clone(), bias.cloned());
        Box::new(move |gradient| gradients(&what, gradient, &a, &b, bias.as_ref()))
    }))
}

fn gradients(
    what: &Product,
    gradient: &Array,
    a: &Array,
    b: &Array,
    bias: Option<&Array>,
) -> Result<Vec<Option<Array>>> {
    use ConvolutionForm::{Data, Result as Forward, Weight};
    let wanted = |input: &Array| input.link().is_some();
    let of = |input: &Array, form, left: &Array, right: &Array| {
        wanted(input).then(|| product(what.like(form, input), left, right, None)).transpose()
    };
    let (to_a, to_b) = match what.form {
        Forward => (of(a, Data, gradient, b)?, of(b, Weight, a, gradient)?),
        Data => (of(a, Forward, gradient, b)?, of(b, Weight, gradient, a)?),
        Weight => (of(a, Data, b, gradient)?, of(b, Forward, a, gradient)?),
    };
    let mut all = vec![to_a, to_b];
    if let Some(bias) = bias {
        let options =
            reduce::Options { axes: Some(&[0, 2, 3, 4]), dtype: Some(bias.dtype()), ..Default::default() };
        all.push(if wanted(bias) { Some(reduce::sum(gradient, &options)?) } else { None });
    }
    Ok(all)
}

/// Parameters that were checked.
struct Checked {
    layout: Layout,
    kernel: Vec<i64>,
    stride: Vec<i64>,
    dilate: Vec<i64>,
    pad: Vec<i64>,
}

impl Checked {
    /// How far a window reaches along an axis.
    fn reach(&self, axis: usize) -> i64 {
        (self.kernel[axis] - 1).saturating_mul(self.dilate[axis]).saturating_add(1)
    }
}

fn check_options(operator: &str, options: &Options) -> Result<Checked> {
    let layout =
        Layout::resolve(options.layout, options.kernel.len()).map_err(|error| error.in_operator(operator))?;
    let axes = |name, given, default, least| per_axis(operator, name, given, layout.spatial, default, least);
    for (name, value) in [("num_filter", options.num_filter), ("num_group", options.num_group)] {
        if value < 1 {
            return Err(Error::value(format!("{operator}: {name} is {value}, expected at least 1")));
        }
    }
    if options.num_filter % options.num_group != 0 {
        return Err(Error::value(format!(
            "{operator}: num_filter is {}, expected a multiple of num_group, {}",
            options.num_filter, options.num_group
        )));
    }
    Ok(Checked {
        layout,
        kernel: axes("kernel", options.kernel, 1, 1)?,
        stride: axes("stride", options.stride, 1, 1)?,
        dilate: axes("dilate", options.dilate, 1, 1)?,
        pad: axes("pad", options.pad, 0, 0)?,
    })
}

/// Checks data, weight and bias against each other: `first` and `second` are the lengths of the weight's channel axes.
fn check_arrays(
    operator: &str,
    checked: &Checked,
    options: &Options,
    arrays: (&Array, &Array, Option<&Array>),
    channels: [(i64, &str); 2],
) -> Result<()> {
    let (data, weight, bias) = arrays;
    let layout = checked.layout;
    layout.check_ndim(operator, "weight", weight)?;
    let at = |axis: usize, wanted: i64, meaning: String| {
        let got = weight.shape()[axis];
        if got == wanted {
            return Ok(());
        }
        Err(Error::value(format!(
            "{operator}: axis {axis} of weight is {got}, expected {wanted} ({meaning}); shapes are data {} and weight {}",
            shape::text(data.shape()),
            shape::text(weight.shape())
        )))
    };
    at(0, channels[0].0, channels[0].1.to_string())?;
    at(layout.channel_axis(), channels[1].0, channels[1].1.to_string())?;
    for axis in 0..layout.spatial {
        at(layout.spatial_axis(axis), checked.kernel[axis], format!("kernel[{axis}]"))?;
    }
    match bias {
        Some(bias) if bias.shape() != [options.num_filter] => Err(Error::value(format!(
            "{operator}: bias has shape {}, expected ({},), num_filter",
            shape::text(bias.shape()),
            options.num_filter
        ))),
        _ => Ok(()),
    }
}

fn check_groups(operator: &str, layout: Layout, data: &Array, groups: i64) -> Result<i64> {
    layout.check_ndim(operator, "data", data)?;
    let channels = data.shape()[layout.channel_axis()];
    if channels % groups == 0 {
        return Ok(channels);
    }
    Err(Error::value(format!(
        "{operator}: axis {} of data is {channels}, expected a multiple of num_group, {groups}",
        layout.channel_axis()
    )))
}

/// All of one dtype.
fn unified(
    operator: &str,
    data: &Array,
    weight: &Array,
    bias: Option<&Array>,
) -> Result<(Array, Array, Option<Array>)> {
    let mut arguments = vec![Argument::Array(data), Argument::Array(weight)];
    arguments.extend(bias.map(Argument::Array));
    common_device(&arguments).map_err(|error| error.in_operator(operator))?;
    let mut dtype = promote::promote(data.dtype(), weight.dtype());
    if let Some(bias) = bias {
        dtype = promote::promote(dtype, bias.dtype());
    }
    spatial::check_float(operator, dtype)?;
    let bias = bias.map(|bias| bias.astype_if(dtype)).transpose()?;
    Ok((data.astype_if(dtype)?, weight.astype_if(dtype)?, bias))
}

/// Sums of products of the weight with the windows of `data`: for each image, filter and place
/// `sum(weight[filter, channel, i] * data[image, channel, place * stride + i * dilate - pad]) + bias[filter]`.
///
/// `data` (n, c, space...), `weight` (num_filter, c / num_group, kernel...), `bias` (num_filter,); with a layout of
/// channels last (n, space..., c) and (num_filter, kernel..., c / num_group). Along an axis the result has
/// `(length + 2 * pad - dilate * (kernel - 1) - 1) / stride + 1` places.
///
/// # Errors
/// Value: shapes and parameters that do not fit. Type: dtypes other than floats.
///
/// # Source
/// The memory-conscious unfolding follows the indirect convolution algorithm (Dukhan 2019, arXiv:1907.02129).
pub fn convolution(data: &Array, weight: &Array, bias: Option<&Array>, options: &Options) -> Result<Array> {
    let operator = "convolution";
    let checked = check_options(operator, options)?;
    let layout = checked.layout;
    let channels = check_groups(operator, layout, data, options.num_group)?;
    let wanted = [(options.num_filter, "num_filter"), (channels / options.num_group, "channels / num_group")];
    check_arrays(operator, &checked, options, (data, weight, bias), wanted)?;
    let mut places = Vec::with_capacity(layout.spatial);
    for axis in 0..layout.spatial {
        let length = data.shape()[layout.spatial_axis(axis)];
        let room = length.saturating_add(checked.pad[axis].saturating_mul(2));
        if room < checked.reach(axis) {
            return Err(Error::value(format!(
                "{operator}: axis {} of data is {length}, {room} with padding, which is less than the kernel's reach {}",
                layout.spatial_axis(axis),
                checked.reach(axis)
            )));
        }
        places.push((room - checked.reach(axis)) / checked.stride[axis] + 1);
    }
    let (data, weight, bias) = unified(operator, data, weight, bias)?;
    let [depth, height, width] = spatial::three(&places, 1);
    let what = Product {
        form: ConvolutionForm::Result,
        windows: spatial::windows(&checked.kernel, &checked.stride, &checked.dilate, &checked.pad),
        groups: options.num_group,
        lengths: [data.shape()[0], options.num_filter, depth, height, width],
        last: layout.last,
    };
    layout.gather(&product(what, &layout.spread(&data)?, &layout.spread(&weight)?, bias.as_ref())?)
}

/// The transpose of [`convolution`]: every element of `data` adds its multiple of the weight to a window of the result.
///
/// `data` (n, c, space...), `weight` (c, num_filter / num_group, kernel...), `bias` (num_filter,). Along an axis the
/// result has `(length - 1) * stride + dilate * (kernel - 1) + 1 - 2 * pad + adj` places, or `target_shape`.
///
/// # Errors
/// As of [`convolution`]; Value: `adj` not below `stride`, a target that is too large.
pub fn deconvolution(data: &Array, weight: &Array, bias: Option<&Array>, options: &Options) -> Result<Array> {
    let operator = "deconvolution";
    let checked = check_options(operator, options)?;
    let layout = checked.layout;
    let channels = check_groups(operator, layout, data, options.num_group)?;
    let wanted = [(channels, "channels"), (options.num_filter / options.num_group, "num_filter / num_group")];
    check_arrays(operator, &checked, options, (data, weight, bias), wanted)?;
    let (pad, places) = transposed_places(operator, &checked, options, data)?;
    let (data, weight, bias) = unified(operator, data, weight, bias)?;
    let [depth, height, width] = spatial::three(&places, 1);
    let what = Product {
        form: ConvolutionForm::Data,
        windows: spatial::windows(&checked.kernel, &checked.stride, &checked.dilate, &pad),
        groups: options.num_group,
        lengths: [data.shape()[0], options.num_filter, depth, height, width],
        last: layout.last,
    };
    layout.gather(&product(what, &layout.spread(&data)?, &layout.spread(&weight)?, bias.as_ref())?)
}

/// Padding and lengths of a deconvolution's result.
fn transposed_places(
    operator: &str,
    checked: &Checked,
    options: &Options,
    data: &Array,
) -> Result<(Vec<i64>, Vec<i64>)> {
    let spatial = checked.layout.spatial;
    let adj = per_axis(operator, "adj", options.adj, spatial, 0, 0)?;
    let target = per_axis(operator, "target_shape", options.target_shape, spatial, 0, 0)?;
    let targeted = target.iter().any(|&length| length != 0);
    let (mut pads, mut places) = (Vec::new(), Vec::new());
    for axis in 0..spatial {
        let at = checked.layout.spatial_axis(axis);
        let length = data.shape()[at];
        let whole = if length == 0 {
            0
        } else {
            (length - 1).saturating_mul(checked.stride[axis]).saturating_add(checked.reach(axis))
        };
        let (pad, adj) = if targeted {
            let beyond = whole - target[axis];
            if beyond < 0 {
                return Err(Error::value(format!(
                    "{operator}: target_shape[{axis}] is {}, expected at most {whole}",
                    target[axis]
                )));
            }
            ((beyond + 1) / 2, beyond % 2)
        } else {
            (checked.pad[axis], adj[axis])
        };
        if adj >= checked.stride[axis] {
            return Err(Error::value(format!(
                "{operator}: adj[{axis}] is {adj}, expected less than stride[{axis}], {}",
                checked.stride[axis]
            )));
        }
        let count = (whole - 2 * pad).saturating_add(adj);
        if count < 0 || (count == 0 && length > 0) {
            return Err(Error::value(format!(
                "{operator}: axis {at} of data is {length}, which leaves no place in the result with pad {pad}"
            )));
        }
        pads.push(pad);
        places.push(count);
    }
    Ok((pads, places))
}
