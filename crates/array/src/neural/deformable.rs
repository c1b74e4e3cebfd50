//! Convolution whose kernel elements are moved, by offsets of their own at every place, and weighted: samples of the data
//! as columns, and a product with the weight. Gradients of every order follow from both.
//!
//! Source: Dai et al. 2017, "Deformable Convolutional Networks"; Zhu et al. 2019, "Deformable ConvNets v2".

use base::promote::Casting;
use base::{Error, Result, shape};
use graph::vision::Edge;

use super::bilinear::sampled;
use super::kernels::Dtypes;
use super::parts::{expect_length, expect_ndim, expect_shape};
use super::spatial::{Layout, per_axis};
use crate::elementwise::{add, multiply};
use crate::index::{self, Index};
use crate::manipulate::{WHOLE, concatenate};
use crate::{Array, products};

/// The parameters of both operators. Empty lists stand for the default of every axis.
#[derive(Clone, Copy, Debug)]
pub struct Deformable<'a> {
    /// Two lengths.
    pub kernel: &'a [i64],
    pub stride: &'a [i64],
    pub dilate: &'a [i64],
    pub pad: &'a [i64],
    pub num_filter: i64,
    pub num_group: i64,
    /// Channels fall into so many groups, each with offsets of its own.
    pub num_deformable_group: i64,
    /// Images whose samples exist at the same time.
    pub step: i64,
    pub layout: Option<&'a str>,
}

impl Default for Deformable<'_> {
    fn default() -> Self {
        Deformable {
            kernel: &[],
            stride: &[],
            dilate: &[],
            pad: &[],
            num_filter: 1,
            num_group: 1,
            num_deformable_group: 1,
            step: 64,
            layout: None,
        }
    }
}

/// The arrays of one call.
struct Operands<'a> {
    data: &'a Array,
    offset: &'a Array,
    mask: Option<&'a Array>,
    weight: &'a Array,
    bias: Option<&'a Array>,
}

/// Parameters that were checked.
struct Checked {
    kernel: [i64; 2],
    stride: [i64; 2],
    dilate: [i64; 2],
    pad: [i64; 2],
    /// Places of the result.
    places: [i64; 2],
    groups: i64,
    offset_groups: i64,
}

fn check_parameters(name: &str, options: &Deformable, data: &Array) -> Result<Checked> {
    if options.kernel.len() != 2 {
        return Err(Error::value(format!("{name}: kernel has {} axes, expected 2", options.kernel.len())));
    }
    let layout = Layout::resolve(options.layout, 2).map_err(|error| error.in_operator(name))?;
    if layout.last {
        return Err(Error::value(format!("{name}: layout must be NCHW, got NHWC")));
    }
    layout.check_ndim(name, "data", data)?;
    let numbers = [
        ("num_filter", options.num_filter),
        ("num_group", options.num_group),
        ("num_deformable_group", options.num_deformable_group),
        ("im2col_step", options.step),
    ];
    for (argument, value) in numbers {
        if value < 1 {
            return Err(Error::value(format!("{name}: {argument} is {value}, expected at least 1")));
        }
    }
    for (argument, groups) in &numbers[1..3] {
        if data.shape()[1] % groups != 0 {
            return Err(Error::value(format!(
                "{name}: axis 1 of data is {}, expected a multiple of {argument}, {groups}",
                data.shape()[1]
            )));
        }
    }
    if options.num_filter % options.num_group != 0 {
        return Err(Error::value(format!(
            "{name}: num_filter is {}, expected a multiple of num_group, {}",
            options.num_filter, options.num_group
        )));
    }
    let axes = |argument, given, default, least| -> Result<[i64; 2]> {
        let found = per_axis(name, argument, given, 2, default, least)?;
        Ok([found[0], found[1]])
    };
    let mut checked = Checked {
        kernel: axes("kernel", options.kernel, 1, 1)?,
        stride: axes("stride", options.stride, 1, 1)?,
        dilate: axes("dilate", options.dilate, 1, 1)?,
        pad: axes("pad", options.pad, 0, 0)?,
        places: [0; 2],
        groups: options.num_group,
        offset_groups: options.num_deformable_group,
    };
    for axis in 0..2 {
        let reach = (checked.kernel[axis] - 1).saturating_mul(checked.dilate[axis]).saturating_add(1);
        let room = data.shape()[2 + axis].saturating_add(checked.pad[axis].saturating_mul(2));
        if room < reach {
            return Err(Error::value(format!(
                "{name}: axis {} of data is {}, {room} with padding, which is less than the kernel's reach {reach}",
                2 + axis,
                data.shape()[2 + axis]
            )));
        }
        checked.places[axis] = (room - reach) / checked.stride[axis] + 1;
    }
    Ok(checked)
}

fn check_arrays(name: &str, checked: &Checked, options: &Deformable, arrays: &Operands) -> Result<()> {
    let data = arrays.data;
    let (n, c) = (data.shape()[0], data.shape()[1]);
    let taps = checked.kernel[0] * checked.kernel[1];
    let [high, wide] = checked.places;
    expect_shape(name, "offset", arrays.offset, &[n, 2 * taps * checked.offset_groups, high, wide])?;
    if let Some(mask) = arrays.mask {
        expect_shape(name, "mask", mask, &[n, taps * checked.offset_groups, high, wide])?;
    }
    let [a, b] = checked.kernel;
    expect_shape(name, "weight", arrays.weight, &[options.num_filter, c / checked.groups, a, b])?;
    if let Some(bias) = arrays.bias {
        expect_ndim(name, "bias", bias, 1)?;
        expect_length(name, "bias", bias, 0, options.num_filter)?;
    }
    if data.shape()[2..]
        .iter()
        .try_fold(1i64, |all, &one| all.checked_mul(one))
        .is_none_or(|all| all >= 1 << 31)
    {
        return Err(Error::value(format!("{name}: more than 2**31 - 1 elements in one channel")));
    }
    let columns = [n, c, taps, high, wide];
    shape::size(&columns).map(|_| ()).map_err(|error| error.in_operator(name))
}

/// Where kernel elements would lie without offsets, along one axis: (1, 1, taps, high, wide).
fn grid(checked: &Checked, axis: usize, x: &Array) -> Result<Array> {
    let ([a, b], [high, wide]) = (checked.kernel, checked.places);
    let mut taps = Vec::with_capacity((a * b) as usize);
    for element in 0..a * b {
        let at = if axis == 0 { element / b } else { element % b };
        taps.push((at * checked.dilate[axis] - checked.pad[axis]) as f64);
    }
    let taps = Array::from_values(&taps, &[1, 1, a * b, 1, 1], x.device())?;
    let starts: Vec<f64> =
        (0..checked.places[axis]).map(|place| (place * checked.stride[axis]) as f64).collect();
    let open = if axis == 0 { [1, 1, 1, high, 1] } else { [1, 1, 1, 1, wide] };
    let starts = Array::from_values(&starts, &open, x.device())?;
    add(&taps, &starts)?.astype_if(x.dtype())
}

/// The convolution of some images, without bias, in the dtype of computation.
fn products_of(checked: &Checked, edge: Edge, arrays: &Operands) -> Result<Array> {
    let (data, weight) = (arrays.data, arrays.weight);
    let (n, c) = (data.shape()[0], data.shape()[1]);
    let ([high, wide], taps) = (checked.places, checked.kernel[0] * checked.kernel[1]);
    let groups = checked.offset_groups;
    let split = arrays.offset.reshape(&[n, groups, taps, 2, high, wide])?;
    let points = |axis: usize| {
        let offset = index::get(&split, &[WHOLE, WHOLE, WHOLE, Index::Integer(axis as i64)])?;
        add(&offset, &grid(checked, axis, data)?)?.reshape(&[n, groups, taps * high * wide])
    };
    let mut columns = sampled(data, &points(0)?, &points(1)?, edge)?;
    if let Some(mask) = arrays.mask {
        let split = columns.reshape(&[n, groups, c / groups, taps * high * wide])?;
        columns = multiply(&split, &mask.reshape(&[n, groups, 1, taps * high * wide])?)?;
    }
    let filters = weight.shape()[0];
    let depth = c / checked.groups * taps;
    let columns = columns.reshape(&[n, checked.groups, depth, high * wide])?;
    let weight = weight.reshape(&[1, checked.groups, filters / checked.groups, depth])?;
    products::matmul(&weight, &columns)?.reshape(&[n, filters, high, wide])
}

/// `step` images after the other.
fn convolved(name: &str, edge: Edge, options: &Deformable, arrays: &Operands) -> Result<Array> {
    let checked = check_parameters(name, options, arrays.data)?;
    check_arrays(name, &checked, options, arrays)?;
    let mut all = vec![arrays.data, arrays.offset, arrays.weight];
    all.extend(arrays.mask);
    all.extend(arrays.bias);
    let dtypes = Dtypes::of(name, &all)?;
    let wide = |x: &Array| x.astype_if(dtypes.compute);
    let (data, offset, weight) = (wide(arrays.data)?, wide(arrays.offset)?, wide(arrays.weight)?);
    let mask = arrays.mask.map(wide).transpose()?;
    let images = data.shape()[0];
    let some = |start: i64| -> Result<Array> {
        let part = |x: &Array| {
            if options.step >= images {
                return Ok(x.clone());
            }
            let stop = (start + options.step).min(images);
            index::get(x, &[Index::Slice { start: Some(start), stop: Some(stop), step: None }])
        };
        let mask = mask.as_ref().map(part).transpose()?;
        let arrays = Operands {
            data: &part(&data)?,
            offset: &part(&offset)?,
            mask: mask.as_ref(),
            weight: &weight,
            bias: None,
        };
        products_of(&checked, edge, &arrays)
    };
    let parts = (0..images.max(1)).step_by(options.step as usize).map(some).collect::<Result<Vec<_>>>()?;
    let mut result = match &parts[..] {
        [one] => one.clone(),
        parts => concatenate(&parts.iter().collect::<Vec<_>>(), Some(0), None, Casting::SameKind)?,
    };
    if let Some(bias) = arrays.bias {
        result = add(&result, &wide(bias)?.reshape(&[1, -1, 1, 1])?)?;
    }
    result.astype_if(dtypes.result)
}

/// Convolution with moved kernel elements: each is read, bilinearly, at its own offset from where it would lie.
///
/// `data` (n, c, height, width); `offset` (n, 2 * kernel elements * offset groups, places...), down and right for each
/// element; `weight` (num_filter, c / num_group, kernel...); `bias` (num_filter,). Outside the data there are zeros; behind
/// the last row and column, values are held for less than one element.
///
/// # Errors
/// Value: shapes and parameters that do not fit. Type: dtypes other than floats.
pub fn deformable_convolution(
    data: &Array,
    offset: &Array,
    weight: &Array,
    bias: Option<&Array>,
    options: &Deformable,
) -> Result<Array> {
    let arrays = Operands { data, offset, mask: None, weight, bias };
    convolved("deformable_convolution", Edge::Hold, options, &arrays)
}

/// [`deformable_convolution`] with a `mask` (n, kernel elements * offset groups, places...) that the samples are multiplied
/// by. Values fall to zero within one element around the data.
///
/// # Errors
/// As of [`deformable_convolution`].
pub fn modulated_deformable_convolution(
    data: &Array,
    offset: &Array,
    mask: &Array,
    weight: &Array,
    bias: Option<&Array>,
    options: &Deformable,
) -> Result<Array> {
    let arrays = Operands { data, offset, mask: Some(mask), weight, bias };
    convolved("modulated_deformable_convolution", Edge::Zero, options, &arrays)
}
