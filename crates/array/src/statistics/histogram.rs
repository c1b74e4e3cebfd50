//! Counting: how often whole numbers occur, and how many elements fall into bins. Gradients flow to weights.

use base::{DType, Error, ErrorKind, Result, Scalar};
use graph::{Kernel, work};

use super::any;
use super::bins::Rule;
use crate::elementwise::{Argument, call, call2};
use crate::index::{self, Index};
use crate::reduce::{self, Options};
use crate::{Array, create, index_array, manipulate, promote, sort, tape};

/// Sums of weights (or numbers of places) for each of the places 0 to `length - 1`.
fn tally(places: &Array, weights: Option<&Array>, length: i64, dtype: DType) -> Result<Array> {
    let Some(weights) = weights else {
        let totals = Array::empty(&[length], dtype, places.device())?;
        run(&Kernel::Tally, &[&places.detach().contiguous()?], &totals)?;
        return Ok(totals);
    };
    let chosen = [Index::Array(places.astype_if(DType::I64)?.detach())];
    let values = weights.detach().astype_if(dtype)?;
    let totals = if matches!(dtype, DType::F32 | DType::F64) {
        let totals = Array::empty(&[length], dtype, places.device())?;
        run(&Kernel::Tally, &[&places.detach().contiguous()?, &values.contiguous()?], &totals)?;
        totals
    } else {
        let totals = Array::full(&[length], Scalar::zero(dtype), dtype, places.device())?;
        index::at(ops::ADD, &totals, &chosen, Some(&values))?;
        totals
    };
    Ok(tape::record("bincount", &[weights], totals, || {
        let from = weights.dtype();
        Box::new(move |gradient| Ok(vec![Some(index::get(gradient, &chosen)?.astype_if(from)?)]))
    }))
}

fn run(kernel: &Kernel, inputs: &[&Array], out: &Array) -> Result<()> {
    if out.size() == 0 {
        return Ok(());
    }
    let inputs: Vec<_> = inputs.iter().map(|input| input.operand().clone()).collect();
    work::run(kernel, &inputs, std::slice::from_ref(out.operand()))
}

/// How often each of 0, 1, 2, ... occurs, or the sum of the weights that belong to it; at least `least` of them.
///
/// # Errors
/// Value: more than one axis, negative numbers, weights of another shape. Type: fractions, complex weights.
pub fn bincount(x: &Array, weights: Option<&Array>, least: i64) -> Result<Array> {
    bincount_checked(x, weights, least).map_err(|error| error.in_operator("bincount"))
}

fn bincount_checked(x: &Array, weights: Option<&Array>, least: i64) -> Result<Array> {
    let x = x.detach();
    if x.ndim() != 1 {
        return Err(Error::value("object too deep for desired array; x must be 1-D"));
    }
    if least < 0 {
        return Err(Error::value("'minlength' must not be negative"));
    }
    let places = if x.dtype().is_inexact() { x.astype(DType::I64)? } else { x.clone() };
    if x.dtype().is_inexact() && any(&call2(ops::NOT_EQUAL, &places.astype(x.dtype())?, &x)?)? {
        return Err(Error::type_(format!("cannot count {} numbers that have fractions", x.dtype())));
    }
    if weights.is_none()
        && let Some(counts) = counted_at_once(&places, least)?
    {
        return Ok(counts);
    }
    let mut length = least;
    if places.size() > 0 {
        let end = |found: Result<Array>| Ok::<i128, Error>(found?.item()?.as_integer().unwrap_or(0));
        if end(reduce::min(&places, &Options::default()))? < 0 {
            return Err(Error::value("'list' argument must have no negative elements"));
        }
        let greatest = end(reduce::max(&places, &Options::default()))? as i64;
        length = least.max(greatest.saturating_add(1));
    }
    let Some(weights) = weights else { return tally(&places, None, length, DType::I64) };
    if weights.dtype().is_complex() {
        return Err(Error::type_("weights may not be complex"));
    }
    if weights.shape() != x.shape() {
        return Err(Error::value("The weights and list don't have the same length."));
    }
    let dtype = promote::promote(weights.dtype(), promote::default_float());
    tally(&places, Some(weights), length, dtype)
}

/// From so many numbers on, finding out the greatest takes as long as counting.
const MANY: i64 = 1 << 16;
/// So many of them, evenly spread, tell about how great they are.
const SAMPLE: i64 = 1 << 12;
/// More counters than this are not tried.
const MOST_TRIED: i64 = 1 << 15;

/// Counts into somewhat more counters than a sample asks for, and keeps those that are needed; `None` where there are
/// few numbers, or one has no counter.
fn counted_at_once(places: &Array, least: i64) -> Result<Option<Array>> {
    if places.size() < MANY || !places.device().backend.is_host() {
        return Ok(None);
    }
    let step = places.size() / SAMPLE;
    let sample = index::get(places, &[Index::Slice { start: None, stop: None, step: Some(step) }])?;
    let seen = reduce::max(&sample, &Options::default())?.item()?.as_integer().unwrap_or(0);
    if seen < 0 || seen + seen / 64 + 16 > i128::from(MOST_TRIED) || least > MOST_TRIED {
        return Ok(None);
    }
    let tried = least.max((seen + seen / 64 + 16) as i64);
    let counts = match tally(places, None, tried, DType::I64) {
        Err(error) if error.kind == ErrorKind::Index => return Ok(None),
        counts => counts?,
    };
    let used = index_array::host_integers(&counts)?.iter().rposition(|&count| count > 0);
    let length = least.max(used.map_or(0, |last| last as i64 + 1));
    let kept = index::get(&counts, &[Index::Slice { start: None, stop: Some(length), step: None }])?;
    kept.copy().map(Some)
}

/// The bins of a histogram.
#[derive(Clone, Debug)]
pub enum Bins {
    /// So many of equal width.
    Count(i64),
    /// Between ascending edges.
    Edges(Array),
    /// Of equal width, found by a rule.
    Rule(Rule),
}

/// A histogram, and what NumPy warns of beside it.
#[derive(Clone, Debug)]
pub struct Histogram {
    pub counts: Array,
    pub edges: Array,
    pub warning: Option<&'static str>,
}

/// First and last edge of bins of equal width.
fn limits(x: &Array, range: Option<(f64, f64)>) -> Result<(f64, f64)> {
    let finite = |first: f64, last: f64| first.is_finite() && last.is_finite();
    let (first, last) = match range {
        Some((first, last)) if first > last => {
            return Err(Error::value("max must be larger than min in range parameter."));
        }
        Some((first, last)) if !finite(first, last) => {
            return Err(Error::value(format!("supplied range of [{first}, {last}] is not finite")));
        }
        Some(range) => range,
        None if x.size() == 0 => (0.0, 1.0),
        None => {
            let least = reduce::min(x, &Options::default())?.item()?.as_f64();
            let greatest = reduce::max(x, &Options::default())?.item()?.as_f64();
            if !finite(least, greatest) {
                return Err(Error::value(format!(
                    "autodetected range of [{least}, {greatest}] is not finite"
                )));
            }
            (least, greatest)
        }
    };
    Ok(if first == last { (first - 0.5, last + 0.5) } else { (first, last) })
}

/// Which elements lie between two ends, these included.
fn inside(x: &Array, first: Argument, last: Argument) -> Result<Array> {
    let above = call(ops::GREATER_EQUAL, &[Argument::Array(x), first])?;
    let below = call(ops::LESS_EQUAL, &[Argument::Array(x), last])?;
    call2(ops::LOGICAL_AND, &above, &below)
}

/// How many bins a rule asks for, and what there is to warn of.
fn count_by_rule(x: &Array, rule: Rule, first: f64, last: f64) -> Result<(i64, Option<&'static str>)> {
    let chosen = manipulate::extract(&inside(x, Argument::from(first), Argument::from(last))?, x)?;
    if chosen.size() == 0 {
        return Ok((1, None));
    }
    let found = rule.width(&chosen, first, last)?;
    // integers fill no bins narrower than 1
    let width = if x.dtype().is_integer() && found.width > 0.0 { found.width.max(1.0) } else { found.width };
    let warning = found.uncertain.then_some("The number of bins estimated may be suboptimal.");
    Ok((if width > 0.0 { ((last - first) / width).ceil() as i64 } else { 1 }, warning))
}

fn edges_of(x: &Array, bins: &Bins, range: Option<(f64, f64)>) -> Result<(Array, Option<&'static str>)> {
    let neighbours = |edges: &Array, op| {
        let length = edges.shape()[0];
        call2(op, &super::section(edges, 0, length - 1)?, &super::section(edges, 1.min(length), length)?)
    };
    let (count, warning, (first, last)) = match bins {
        Bins::Edges(edges) => {
            let edges = edges.detach();
            if edges.ndim() != 1 {
                return Err(Error::value("`bins` must be 1d, when an array"));
            }
            if edges.size() > 1 && any(&neighbours(&edges, ops::GREATER)?)? {
                return Err(Error::value("`bins` must increase monotonically, when an array"));
            }
            return Ok((edges, None));
        }
        Bins::Count(count) if *count < 1 => {
            return Err(Error::value("`bins` must be positive, when an integer"));
        }
        Bins::Count(count) => (*count, None, limits(x, range)?),
        Bins::Rule(rule) => {
            let (first, last) = limits(x, range)?;
            let (count, warning) = count_by_rule(x, *rule, first, last)?;
            (count, warning, (first, last))
        }
    };
    let dtype = if x.dtype().is_inexact() { x.dtype() } else { promote::default_float() };
    let ends = (Argument::from(first), Argument::from(last));
    let (edges, _) =
        create::linspace(ends.0, ends.1, count.saturating_add(1), true, Some(dtype), 0, x.device())?;
    if any(&neighbours(&edges, ops::GREATER_EQUAL)?)? {
        return Err(Error::value(format!(
            "Too many bins for data range. Cannot create {count} finite-sized bins."
        )));
    }
    Ok((edges, warning))
}

/// Numbers of elements (or sums of their weights) between neighbouring edges; the last bin has its right edge too. `even`:
/// the bins are about equally wide.
pub(super) fn counts_between(x: &Array, edges: &Array, even: bool, weights: Option<&Array>) -> Result<Array> {
    let bins = (edges.size() - 1).max(0);
    let dtype = weights.map_or(DType::I64, Array::dtype);
    if bins == 0 {
        return Array::empty(&[0], dtype, x.device());
    }
    if weights.is_none() {
        let common = promote::promote(x.dtype(), edges.dtype());
        let counts = Array::empty(&[bins], dtype, x.device())?;
        let of_one_dtype = |array: &Array| array.detach().astype_if(common)?.contiguous();
        run(&Kernel::Histogram { even }, &[&of_one_dtype(x)?, &of_one_dtype(edges)?], &counts)?;
        return Ok(counts);
    }
    let (first, last) = (super::section(edges, 0, 1)?, super::section(edges, bins, bins + 1)?);
    let mask = inside(x, Argument::Array(&first), Argument::Array(&last))?;
    let behind = sort::searchsorted(edges, &manipulate::extract(&mask, x)?, true)?;
    let places = call(ops::SUBTRACT, &[Argument::Array(&behind), Argument::from(1i64)])?;
    let places = call(ops::MINIMUM, &[Argument::Array(&places), Argument::from(bins - 1)])?;
    let weights = weights.map(|weights| manipulate::extract(&mask, weights)).transpose()?;
    tally(&places, weights.as_ref(), bins, dtype)
}

/// The elements of a histogram as a flat real array.
fn elements(x: &Array) -> Result<(Array, Option<&'static str>)> {
    if x.dtype().is_complex() {
        return Err(Error::type_("complex numbers have no order to put them into bins"));
    }
    let flat = x.detach().reshape(&[x.size()])?;
    if flat.dtype().is_bool() {
        return Ok((flat.astype(DType::U8)?, Some("Converting input from bool to uint8 for compatibility.")));
    }
    Ok((flat, None))
}

/// The edges of a histogram's bins.
///
/// # Errors
/// As of [`histogram`].
pub fn histogram_bin_edges(x: &Array, bins: &Bins, range: Option<(f64, f64)>) -> Result<super::Warned> {
    let found = elements(x).and_then(|(x, said)| {
        let (array, warning) = edges_of(&x, bins, range)?;
        Ok(super::Warned { array, warning: said.or(warning) })
    });
    found.map_err(|error| error.in_operator("histogram_bin_edges"))
}

/// How many elements fall into bins, or the sums of their weights; `density` scales so that the integral is 1.
///
/// # Errors
/// Value: edges or a range that do not ascend, ranges that are not finite, weights of another shape. Type: complex
/// elements, a rule together with weights.
pub fn histogram(
    x: &Array,
    bins: &Bins,
    range: Option<(f64, f64)>,
    weights: Option<&Array>,
    density: bool,
) -> Result<Histogram> {
    histogram_checked(x, bins, range, weights, density).map_err(|error| error.in_operator("histogram"))
}

fn histogram_checked(
    x: &Array,
    bins: &Bins,
    range: Option<(f64, f64)>,
    weights: Option<&Array>,
    density: bool,
) -> Result<Histogram> {
    if weights.is_some_and(|weights| weights.shape() != x.shape()) {
        return Err(Error::value("weights should have the same shape as a."));
    }
    if weights.is_some() && matches!(bins, Bins::Rule(_)) {
        return Err(Error::type_(
            "Automated estimation of the number of bins is not supported for weighted data",
        ));
    }
    let (x, said) = elements(x)?;
    let (edges, warning) = edges_of(&x, bins, range)?;
    let weights = weights.map(|weights| weights.reshape(&[weights.size()])).transpose()?;
    let counts = counts_between(&x, &edges, !matches!(bins, Bins::Edges(_)), weights.as_ref())?;
    let counts = if density { densities(&counts, &edges)? } else { counts };
    Ok(Histogram { counts, edges, warning: said.or(warning) })
}

fn densities(counts: &Array, edges: &Array) -> Result<Array> {
    let real = promote::promote(edges.dtype(), promote::default_float());
    let widths = manipulate::diff(&edges.astype_if(real)?, 1, 0, None, None)?;
    let total = reduce::sum(counts, &Options::default())?;
    call2(ops::DIVIDE, &call2(ops::DIVIDE, counts, &widths)?, &total)
}
