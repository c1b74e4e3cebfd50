//! Statistics of arrays beyond the plain reductions: reductions that skip nan, medians and quantiles, covariance,
//! histograms. Compositions of recorded operators, so devices and gradients follow from the parts. Called by the fronts.

mod bins;
mod covariance;
mod histogram;
mod median;
mod method;
mod quantile;
mod skipping;

pub use bins::Rule;
pub use covariance::{Samples, corrcoef, cov};
pub use histogram::{Bins, Histogram, bincount, histogram, histogram_bin_edges};
pub use median::{median, nanmedian};
pub use method::{Method, Place};
pub use quantile::{Options as QuantileOptions, Quantiles, quantile};
pub use skipping::{Spread, nanargmax, nanargmin, nanmax, nanmean, nanmin, nanprod, nanstd, nansum, nanvar};

use base::{DType, Error, Result, Scalar, shape};

use crate::elementwise::{Argument, call, call1};
use crate::index::{self, Index};
use crate::{Array, reduce};

/// What is said of reductions that meet nothing but nan, or nothing at all.
pub(crate) const ALL_NAN: &str = "All-NaN slice encountered";
pub(crate) const EMPTY_MEAN: &str = "Mean of empty slice";
pub(crate) const NO_FREEDOM: &str = "Degrees of freedom <= 0 for slice";

/// A result, and what NumPy warns of beside it. The front decides how a warning reaches the user.
#[derive(Clone, Debug)]
pub struct Warned {
    pub array: Array,
    pub warning: Option<&'static str>,
}

impl Warned {
    fn quiet(array: Array) -> Warned {
        Warned { array, warning: None }
    }

    fn when(condition: bool, warning: &'static str, array: Array) -> Warned {
        Warned { array, warning: condition.then_some(warning) }
    }
}

/// Whether any element is true.
fn any(mask: &Array) -> Result<bool> {
    Ok(reduce::any(&mask.detach(), &reduce::Options::default())?.item()?.is_truthy())
}

/// An array with its reduced axes joined into one last axis, and the shapes of results.
struct Lines {
    array: Array,
    /// Lengths of the axes that stay.
    kept: Vec<i64>,
    /// The same with length 1 for every reduced axis.
    open: Vec<i64>,
}

impl Lines {
    fn of(x: &Array, axes: Option<&[i64]>) -> Result<Lines> {
        let Some(axes) = axes else {
            return Ok(Lines { array: x.reshape(&[x.size()])?, kept: Vec::new(), open: vec![1; x.ndim()] });
        };
        let reduced = shape::axes(axes, x.ndim())?;
        let stays = |axis: &usize| !reduced.contains(axis);
        let order: Vec<i64> =
            (0..x.ndim()).filter(stays).chain(reduced.iter().copied()).map(|axis| axis as i64).collect();
        let kept: Vec<i64> = (0..x.ndim()).filter(stays).map(|axis| x.shape()[axis]).collect();
        let open = (0..x.ndim()).map(|axis| if stays(&axis) { x.shape()[axis] } else { 1 }).collect();
        if reduced.len() != 1 && kept.contains(&0) {
            // as in NumPy: without lines, nothing tells the length of several axes joined
            let joined = shape::tight(&[kept.as_slice(), &[-1]].concat());
            return Err(Error::value(format!("cannot reshape array of size 0 into shape {joined}")));
        }
        let mut joined = kept.clone();
        joined.push(reduced.iter().map(|&axis| x.shape()[axis]).product());
        Ok(Lines { array: x.transpose(Some(&order))?.reshape(&joined)?, kept, open })
    }

    fn length(&self) -> i64 {
        self.array.shape()[self.kept.len()]
    }

    fn shape(&self, keepdims: bool) -> &[i64] {
        if keepdims { &self.open } else { &self.kept }
    }

    /// nan for every line.
    fn nothing(&self, keepdims: bool, dtype: DType) -> Result<Array> {
        Array::full(self.shape(keepdims), Scalar::F64(f64::NAN), dtype, self.array.device())
    }
}

/// Places `start..stop` of the last axis.
fn section(x: &Array, start: i64, stop: i64) -> Result<Array> {
    index::get(x, &[Index::Ellipsis, Index::Slice { start: Some(start), stop: Some(stop), step: None }])
}

/// `values` (one or more per line, on the last axis) with nan wherever a sorted line ends with nan.
fn spoiled_by_nan(values: Array, sorted: &Array) -> Result<Array> {
    let length = sorted.shape()[sorted.ndim() - 1];
    if !sorted.dtype().is_inexact() || length == 0 {
        return Ok(values);
    }
    let last = section(sorted, length - 1, length)?;
    let mask = call1(ops::ISNAN, &last)?;
    let arguments = [Argument::Array(&mask), Argument::Array(&last), Argument::Array(&values)];
    call(ops::WHERE, &arguments)?.astype_if(values.dtype())
}

/// How many elements of each line are numbers.
fn counts(lines: &Array) -> Result<Array> {
    let valid = call1(ops::LOGICAL_NOT, &call1(ops::ISNAN, &lines.detach())?)?;
    reduce::sum(&valid, &reduce::Options { axes: Some(&[-1]), ..Default::default() })
}
