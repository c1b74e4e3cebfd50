//! Pooling: the greatest element, sum, average or power mean of each window. Averages and power means are formulas over
//! sums of windows; the greatest element remembers where it was, so that gradients of every order follow the same places.

use base::{DType, Error, Result, shape};
use graph::kernel::{Kernel, PoolingForm, Windows};
use graph::work;

use super::spatial::{self, Layout, per_axis};
use crate::elementwise::{Argument, call, call1, call2};
use crate::{Array, tape};

/// What becomes of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    Max,
    Average,
    Sum,
    /// `(sum of x^p)^(1/p)`
    Power,
}

/// How many windows there are along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// Windows inside the padded axis only.
    Valid,
    /// Windows until every element is covered.
    Full,
    /// One window for every `stride` elements, from the first element on.
    Same,
}

impl Pool {
    /// By MXNet's name.
    pub fn from_name(name: &str) -> Option<Pool> {
        Some(match name {
            "max" => Pool::Max,
            "avg" => Pool::Average,
            "sum" => Pool::Sum,
            "lp" => Pool::Power,
            _ => return None,
        })
    }
}

impl Convention {
    /// By MXNet's name.
    pub fn from_name(name: &str) -> Option<Convention> {
        Some(match name {
            "valid" => Convention::Valid,
            "full" => Convention::Full,
            "same" => Convention::Same,
            _ => return None,
        })
    }
}

/// The parameters of [`pooling`]. Empty lists stand for the default of every axis.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Not read with `global`.
    pub kernel: &'a [i64],
    pub stride: &'a [i64],
    pub pad: &'a [i64],
    pub pool: Pool,
    pub convention: Convention,
    /// One window over everything.
    pub global: bool,
    /// The exponent of [`Pool::Power`]: 1, 2 or 3.
    pub power: Option<i64>,
    /// Whether averages count padding as elements.
    pub count_padding: bool,
    pub layout: Option<&'a str>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            kernel: &[],
            stride: &[],
            pad: &[],
            pool: Pool::Max,
            convention: Convention::Valid,
            global: false,
            power: None,
            count_padding: true,
            layout: None,
        }
    }
}

/// A kernel over five-axis arrays.
fn run(form: PoolingForm, windows: Windows, inputs: &[&Array], outputs: &[&Array]) -> Result<()> {
    if outputs.iter().any(|out| out.size() == 0) {
        return Ok(());
    }
    let operands = |arrays: &[&Array]| arrays.iter().map(|array| array.operand().clone()).collect::<Vec<_>>();
    work::run(&Kernel::Pooling { form, windows }, &operands(inputs), &operands(outputs))
}

/// Shapes on both sides of pooling, and the memory order of what it makes.
#[derive(Clone, Copy)]
struct Places {
    windows: Windows,
    x: [i64; 5],
    y: [i64; 5],
    last: bool,
}

/// Sums of windows, or (transposed) each window's number added to all its elements.
fn linear(form: PoolingForm, places: Places, x: &Array) -> Result<Array> {
    let (lengths, back, name) = match form {
        PoolingForm::Sum => (places.y, PoolingForm::Spread, "pooling"),
        _ => (places.x, PoolingForm::Sum, "pooling_spread"),
    };
    let out = spatial::fresh(lengths, places.last, x.dtype(), x.device())?;
    run(form, places.windows, &[x], &[&out])?;
    Ok(tape::record(name, &[x], out, || {
        Box::new(move |gradient| Ok(vec![Some(linear(back, places, gradient)?)]))
    }))
}

/// The greatest elements.
fn greatest(places: Places, x: &Array) -> Result<Array> {
    let out = spatial::fresh(places.y, places.last, x.dtype(), x.device())?;
    if !(tape::is_recording() && x.link().is_some()) {
        run(PoolingForm::Max, places.windows, &[x], &[&out])?;
        return Ok(out);
    }
    let found = spatial::fresh(places.y, places.last, DType::I32, x.device())?;
    run(PoolingForm::Max, places.windows, &[x], &[&out, &found])?;
    Ok(tape::record("pooling", &[x], out, || {
        Box::new(move |gradient| Ok(vec![Some(at_places(PoolingForm::SpreadAt, places, gradient, &found)?)]))
    }))
}

/// Numbers put at places, or those found there.
fn at_places(form: PoolingForm, places: Places, x: &Array, found: &Array) -> Result<Array> {
    let (lengths, back) = match form {
        PoolingForm::SpreadAt => (places.x, PoolingForm::SelectAt),
        _ => (places.y, PoolingForm::SpreadAt),
    };
    let out = spatial::fresh(lengths, places.last, x.dtype(), x.device())?;
    run(form, places.windows, &[x, found], &[&out])?;
    let found = found.clone();
    Ok(tape::record("pooling_places", &[x], out, || {
        Box::new(move |gradient| Ok(vec![Some(at_places(back, places, gradient, &found)?)]))
    }))
}

/// Number of windows along an axis.
fn count(convention: Convention, length: i64, kernel: i64, stride: i64, pad: i64) -> i64 {
    let over = length + 2 * pad - kernel;
    match convention {
        Convention::Valid => over / stride + 1,
        Convention::Full => (over + stride - 1) / stride + 1,
        Convention::Same => (length + stride - 1) / stride,
    }
}

/// Elements that each window of an average counts along one axis.
fn counted(options: &Options, windows: &Windows, axis: usize, length: i64, places: i64) -> Vec<i64> {
    let (kernel, stride, pad) = (windows.kernel[axis], windows.stride[axis], windows.before[axis]);
    let covered = |place: i64| {
        let start = place * stride - pad;
        if options.count_padding {
            (start + kernel).min(length + pad) - start
        } else {
            (start + kernel).min(length) - start.max(0)
        }
    };
    (0..places).map(|place| covered(place).max(1)).collect()
}

/// One divided by the number of elements of each window.
fn weights(options: &Options, places: &Places, dtype: DType, x: &Array) -> Result<Option<Array>> {
    let axes: Vec<Vec<i64>> = (0..3)
        .map(|axis| counted(options, &places.windows, axis, places.x[axis + 2], places.y[axis + 2]))
        .collect();
    let [depth, height, width] = [&axes[0], &axes[1], &axes[2]];
    let mut all = Vec::with_capacity(depth.len() * height.len() * width.len());
    for &a in depth {
        for &b in height {
            all.extend(width.iter().map(|&c| 1.0 / (a as f64 * b as f64 * c as f64)));
        }
    }
    if all.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok(None);
    }
    let lengths = [1, 1, places.y[2], places.y[3], places.y[4]];
    Array::from_values(&all, &lengths, x.device())?.astype_if(dtype).map(Some)
}

/// Averages, in the layout of the result (so that weights do not decide its memory order).
fn averages(options: &Options, layout: Layout, places: Places, x: &Array) -> Result<Array> {
    // halves keep their sums in float32 until they are divided
    let wide = if x.dtype().size() < 4 { DType::F32 } else { x.dtype() };
    let sums = layout.gather(&linear(PoolingForm::Sum, places, &x.astype_if(wide)?)?)?;
    let means = match weights(options, &places, wide, x)? {
        Some(weights) => call2(ops::MULTIPLY, &sums, &layout.gather(&weights)?)?,
        None => {
            let one =
                |axis: usize| counted(options, &places.windows, axis, places.x[axis + 2], places.y[axis + 2]);
            let window: i64 = (0..3).map(|axis| one(axis).first().copied().unwrap_or(1)).product();
            call(ops::DIVIDE, &[Argument::Array(&sums), Argument::from(window as f64)])?
        }
    };
    means.astype_if(x.dtype())
}

fn powers(power: i64, layout: Layout, places: Places, x: &Array) -> Result<Array> {
    let sums = |x: &Array| layout.gather(&linear(PoolingForm::Sum, places, x)?);
    match power {
        1 => sums(x),
        2 => {
            let squares = call2(ops::MULTIPLY, x, x)?;
            call1(ops::SQRT, &sums(&squares)?)
        }
        _ => {
            let cubes = call2(ops::MULTIPLY, &call2(ops::MULTIPLY, x, x)?, x)?;
            call1(ops::CBRT, &sums(&cubes)?)
        }
    }
}

/// Pools the windows of `x` (n, c, space...), or (n, space..., c) with such a layout.
///
/// Padding counts as less than every element for the greatest, as zero for sums.
///
/// # Errors
/// Value: kernels, strides and padding that do not fit, windows larger than the padded axis, an exponent other than 1, 2
/// and 3. Type: dtypes other than floats.
pub fn pooling(x: &Array, options: &Options) -> Result<Array> {
    let operator = "pooling";
    let spatial = if options.kernel.is_empty() || options.global {
        x.ndim().saturating_sub(2)
    } else {
        options.kernel.len()
    };
    let layout = Layout::resolve(options.layout, spatial).map_err(|error| error.in_operator(operator))?;
    layout.check_ndim(operator, "data", x)?;
    spatial::check_float(operator, x.dtype())?;
    if options.pool == Pool::Power && !matches!(options.power, Some(1..=3)) {
        return Err(Error::value(format!(
            "{operator}: pool_type 'lp' needs p_value 1, 2 or 3, got {}",
            options.power.map_or("None".to_string(), |power| power.to_string())
        )));
    }
    let places = places(operator, layout, x, options)?;
    let wide = layout.spread(x)?;
    match options.pool {
        Pool::Max => layout.gather(&greatest(places, &wide)?),
        Pool::Sum => layout.gather(&linear(PoolingForm::Sum, places, &wide)?),
        Pool::Average => averages(options, layout, places, &wide),
        Pool::Power => powers(options.power.unwrap_or(1), layout, places, &wide),
    }
}

fn places(operator: &str, layout: Layout, x: &Array, options: &Options) -> Result<Places> {
    let spatial = layout.spatial;
    let lengths: Vec<i64> = (0..spatial).map(|axis| x.shape()[layout.spatial_axis(axis)]).collect();
    let (kernel, stride, pad) = if options.global {
        (lengths.iter().map(|&length| length.max(1)).collect(), vec![1; spatial], vec![0; spatial])
    } else {
        if options.kernel.is_empty() {
            return Err(Error::value(format!("{operator}: kernel is wanted unless global_pool is True")));
        }
        (
            per_axis(operator, "kernel", options.kernel, spatial, 1, 1)?,
            per_axis(operator, "stride", options.stride, spatial, 1, 1)?,
            per_axis(operator, "pad", options.pad, spatial, 0, 0)?,
        )
    };
    let convention = if options.global { Convention::Valid } else { options.convention };
    let mut counts = Vec::with_capacity(spatial);
    for axis in 0..spatial {
        let (length, kernel, pad) = (lengths[axis], kernel[axis], pad[axis]);
        let at = layout.spatial_axis(axis);
        if convention == Convention::Same && pad != 0 {
            return Err(Error::value(format!(
                "{operator}: pad[{axis}] is {pad}, expected 0 with convention 'same'"
            )));
        }
        if pad >= kernel {
            return Err(Error::value(format!(
                "{operator}: pad[{axis}] is {pad}, expected less than kernel[{axis}], {kernel}"
            )));
        }
        if convention != Convention::Same && kernel > length + 2 * pad {
            return Err(Error::value(format!(
                "{operator}: axis {at} of data is {length}, {} with padding, less than kernel[{axis}], {kernel}; data has \
                 shape {}",
                length + 2 * pad,
                shape::text(x.shape())
            )));
        }
        counts.push(count(convention, length, kernel, stride[axis], pad));
    }
    let (n, c) = (x.shape()[0], x.shape()[layout.channel_axis()]);
    let ([depth, height, width], [a, b, d]) = (spatial::three(&lengths, 1), spatial::three(&counts, 1));
    if [depth, height, width]
        .iter()
        .try_fold(1i64, |all, &one| all.checked_mul(one))
        .is_none_or(|all| all > i64::from(i32::MAX))
    {
        return Err(Error::value(format!("{operator}: more than 2**31 - 1 elements in one channel")));
    }
    Ok(Places {
        windows: spatial::windows(&kernel, &stride, &vec![1; spatial], &pad),
        x: [n, c, depth, height, width],
        y: [n, c, a, b, d],
        last: layout.last,
    })
}
