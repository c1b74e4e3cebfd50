//! How wide the bins of a histogram should be: the rules that NumPy knows by name. All but `Stone` are formulas over
//! a few statistics of the elements, taken in float64.

use base::{DType, Result};

use super::histogram::counts_between;
use super::{Method, QuantileOptions, Quantiles, quantile};
use crate::elementwise::{Argument, call, call2, multiply};
use crate::reduce::{self, Options};
use crate::{Array, create};

/// A rule that finds the width of bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Auto,
    Doane,
    FreedmanDiaconis,
    Rice,
    Scott,
    Sqrt,
    Stone,
    Sturges,
}

/// A width, and whether more bins than were tried might be better. A width of 0 stands for a single bin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    pub width: f64,
    pub uncertain: bool,
}

impl Rule {
    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Some(match name {
            "auto" => Rule::Auto,
            "doane" => Rule::Doane,
            "fd" => Rule::FreedmanDiaconis,
            "rice" => Rule::Rice,
            "scott" => Rule::Scott,
            "sqrt" => Rule::Sqrt,
            "stone" => Rule::Stone,
            "sturges" => Rule::Sturges,
            _ => return None,
        })
    }

    /// The width for elements (at least one) that all lie between `first` and `last`.
    pub(super) fn width(self, x: &Array, first: f64, last: f64) -> Result<Width> {
        let x = x.astype_if(DType::F64)?;
        let count = x.size() as f64;
        let extent =
            number(reduce::max(&x, &Options::default()))? - number(reduce::min(&x, &Options::default()))?;
        let sturges = extent / (count.log2() + 1.0);
        let sqrt = extent / count.sqrt();
        let width = match self {
            Rule::Sturges => sturges,
            Rule::Sqrt => sqrt,
            Rule::Rice => extent / (2.0 * count.cbrt()),
            Rule::Scott => {
                let deviation = number(reduce::std(&x, &Options::default(), 0.0, None))?;
                (24.0 * std::f64::consts::PI.sqrt() / count).cbrt() * deviation
            }
            Rule::FreedmanDiaconis => by_quartiles(&x)?,
            // quartiles that coincide would ask for very many bins
            Rule::Auto => by_quartiles(&x)?.max(sqrt / 2.0).min(sturges),
            Rule::Doane => by_skewness(&x, extent)?,
            Rule::Stone => return by_expected_loss(&x, extent, first, last),
        };
        Ok(Width { width, uncertain: false })
    }
}

fn number(x: Result<Array>) -> Result<f64> {
    Ok(x?.item()?.as_f64())
}

/// Freedman and Diaconis: twice the distance of the quartiles over the cube root of the number of elements.
fn by_quartiles(x: &Array) -> Result<f64> {
    let quarters = Quantiles {
        values: vec![0.25, 0.75],
        shape: vec![2],
        precision: DType::F64,
        dtype: None,
        whole: false,
    };
    let options = QuantileOptions {
        name: "histogram",
        axes: None,
        method: Method::Linear,
        keepdims: false,
        weights: None,
        skips_nan: false,
    };
    let quartiles: Vec<f64> = quantile(x, &quarters, &options)?.array.to_vec()?;
    let distance = quartiles.iter().rev().copied().reduce(|upper, lower| upper - lower).unwrap_or(0.0);
    Ok(2.0 * distance / (x.size() as f64).cbrt())
}

/// Doane: Sturges' rule with more bins for skewed elements.
fn by_skewness(x: &Array, extent: f64) -> Result<f64> {
    let count = x.size() as f64;
    let deviation = number(reduce::std(x, &Options::default(), 0.0, None))?;
    if count <= 2.0 || deviation <= 0.0 {
        return Ok(0.0);
    }
    let error = (6.0 * (count - 2.0) / ((count + 1.0) * (count + 3.0))).sqrt();
    let distance = call2(ops::SUBTRACT, x, &reduce::mean(x, &Options::default())?)?;
    let scaled = call(ops::DIVIDE, &[Argument::Array(&distance), Argument::from(deviation)])?;
    let cubes = multiply(&multiply(&scaled, &scaled)?, &scaled)?;
    let skewness = number(reduce::mean(&cubes, &Options::default()))?;
    Ok(extent / (1.0 + count.log2() + (1.0 + skewness.abs() / error).log2()))
}

/// Stone: the number of bins with the least estimated loss, found by trying.
fn by_expected_loss(x: &Array, extent: f64, first: f64, last: f64) -> Result<Width> {
    let count = x.size() as f64;
    if count <= 1.0 || extent == 0.0 {
        return Ok(Width { width: 0.0, uncertain: false });
    }
    let most = 100.max(count.sqrt() as i64);
    let (mut best, mut least) = (1, f64::INFINITY);
    for bins in 1..=most {
        let ends = (Argument::from(first), Argument::from(last));
        let (edges, _) = create::linspace(ends.0, ends.1, bins + 1, true, Some(DType::F64), 0, x.device())?;
        let counts: Vec<f64> = counts_between(x, &edges, true, None)?.to_vec()?;
        let squares: f64 = counts.iter().map(|inside| (inside / count).powi(2)).sum();
        let loss = (2.0 - (count + 1.0) * squares) * bins as f64 / extent;
        if loss < least {
            (best, least) = (bins, loss);
        }
    }
    Ok(Width { width: extent / best as f64, uncertain: best == most })
}
