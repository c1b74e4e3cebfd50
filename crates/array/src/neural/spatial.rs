//! What convolution and pooling share: layouts, parameters per spatial axis, and the five-axis form that kernels take,
//! (n, c, depth, height, width) with missing axes of length 1.

use base::{DType, Error, Result, shape};
use graph::kernel::Windows;

use crate::Array;

/// The greatest kernel, stride, dilation or padding: products of two of them stay within an i64.
const GREATEST: i64 = i32::MAX as i64;

/// Where the channels are: behind the batch axis, or last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Number of spatial axes, 1 to 3.
    pub spatial: usize,
    pub last: bool,
}

const LAYOUTS: [(&str, usize, bool); 6] = [
    ("NCW", 1, false),
    ("NCHW", 2, false),
    ("NCDHW", 3, false),
    ("NWC", 1, true),
    ("NHWC", 2, true),
    ("NDHWC", 3, true),
];

impl Layout {
    /// The layout of that name for `spatial` axes; channels behind the batch axis where none is named.
    pub fn resolve(name: Option<&str>, spatial: usize) -> Result<Layout> {
        if !(1..=3).contains(&spatial) {
            return Err(Error::value(format!("kernel has {spatial} axes; 1, 2 or 3 are possible")));
        }
        let Some(name) = name else { return Ok(Layout { spatial, last: false }) };
        match LAYOUTS.iter().find(|(known, ..)| *known == name) {
            Some(&(_, axes, last)) if axes == spatial => Ok(Layout { spatial, last }),
            Some((_, axes, _)) => {
                Err(Error::value(format!("layout '{name}' has {axes} spatial axes, kernel has {spatial}")))
            }
            None => Err(Error::value(format!(
                "layout '{name}' is unknown; it is one of NCW, NCHW, NCDHW, NWC, NHWC, NDHWC"
            ))),
        }
    }

    /// Its name, such as (N, C, H, W).
    pub fn axes(self) -> String {
        let named = LAYOUTS.iter().find(|(_, axes, last)| *axes == self.spatial && *last == self.last);
        let letters: Vec<String> =
            named.map_or("", |(name, ..)| name).chars().map(|letter| letter.to_string()).collect();
        format!("({})", letters.join(", "))
    }

    /// Where the channels are.
    pub fn channel_axis(self) -> usize {
        if self.last { self.spatial + 1 } else { 1 }
    }

    /// The axis of the array that spatial axis `axis` is.
    pub fn spatial_axis(self, axis: usize) -> usize {
        axis + if self.last { 1 } else { 2 }
    }

    pub fn check_ndim(self, operator: &str, argument: &str, x: &Array) -> Result<()> {
        if x.ndim() == self.spatial + 2 {
            return Ok(());
        }
        Err(Error::value(format!(
            "{operator}: {argument} has {} axes, expected {} {} for a kernel of {} axes; its shape is {}",
            x.ndim(),
            self.spatial + 2,
            self.axes(),
            self.spatial,
            shape::text(x.shape())
        )))
    }

    /// The five-axis form, a view.
    pub fn spread(self, x: &Array) -> Result<Array> {
        let mut axes: Vec<i64> = (0..x.ndim() as i64).collect();
        if self.last {
            axes.remove(self.spatial + 1);
            axes.insert(1, self.spatial as i64 + 1);
        }
        let turned = if self.last { x.transpose(Some(&axes))? } else { x.clone() };
        let missing: Vec<i64> = (2..5 - self.spatial as i64).collect();
        if missing.is_empty() { Ok(turned) } else { turned.expand_dims(&missing) }
    }

    /// From the five-axis form back, a view.
    pub fn gather(self, x: &Array) -> Result<Array> {
        let missing: Vec<i64> = (2..5 - self.spatial as i64).collect();
        let squeezed = if missing.is_empty() { x.clone() } else { x.squeeze(Some(&missing))? };
        if !self.last {
            return Ok(squeezed);
        }
        let mut axes: Vec<i64> = (0..squeezed.ndim() as i64).collect();
        axes.remove(1);
        axes.push(1);
        squeezed.transpose(Some(&axes))
    }
}

/// A fresh array of the five-axis form; in memory, channels are last where the layout says so.
pub(crate) fn fresh(lengths: [i64; 5], last: bool, dtype: DType, device: graph::DeviceRef) -> Result<Array> {
    if !last {
        return Array::empty(&lengths, dtype, device);
    }
    let [n, c, depth, height, width] = lengths;
    let whole = Array::empty(&[n, depth, height, width, c], dtype, device)?;
    let view = whole.view().permute(&[0, 4, 1, 2, 3]);
    Ok(whole.with_view(view))
}

/// The five lengths of an array in five-axis form.
pub(crate) fn lengths(x: &Array) -> [i64; 5] {
    std::array::from_fn(|axis| x.shape().get(axis).copied().unwrap_or(1))
}

/// A parameter with one number per spatial axis: as given, or `default` for all.
pub(crate) fn per_axis(
    operator: &str,
    name: &str,
    given: &[i64],
    spatial: usize,
    default: i64,
    least: i64,
) -> Result<Vec<i64>> {
    if given.is_empty() {
        return Ok(vec![default; spatial]);
    }
    if given.len() != spatial {
        return Err(Error::value(format!(
            "{operator}: {name} has {} numbers, expected {spatial} as kernel",
            given.len()
        )));
    }
    for (axis, &number) in given.iter().enumerate() {
        if number < least {
            return Err(Error::value(format!(
                "{operator}: {name}[{axis}] is {number}, expected at least {least}"
            )));
        }
        if number > GREATEST {
            return Err(Error::value(format!(
                "{operator}: {name}[{axis}] is {number}, expected at most {GREATEST}"
            )));
        }
    }
    Ok(given.to_vec())
}

/// Numbers of the last axes, with `default` in front of them.
pub(crate) fn three(numbers: &[i64], default: i64) -> [i64; 3] {
    let lead = 3 - numbers.len().min(3);
    std::array::from_fn(|axis| if axis < lead { default } else { numbers[axis - lead] })
}

/// Windows over three axes.
pub(crate) fn windows(kernel: &[i64], stride: &[i64], dilate: &[i64], before: &[i64]) -> Windows {
    Windows {
        kernel: three(kernel, 1),
        stride: three(stride, 1),
        dilate: three(dilate, 1),
        before: three(before, 0),
    }
}

/// Refuses dtypes without a kernel.
pub(crate) fn check_float(operator: &str, dtype: DType) -> Result<()> {
    if dtype.is_inexact() && !dtype.is_complex() {
        return Ok(());
    }
    Err(Error::type_(format!("{operator}: takes float16, bfloat16, float32 and float64, not {dtype}")))
}
