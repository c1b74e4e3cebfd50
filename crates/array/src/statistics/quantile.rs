//! Quantiles over axes, of all elements or of those that are numbers, weighted or not. Gradients flow to the elements
//! (through sorting and gathering), not to the quantiles asked for.

use base::{DType, Error, Result};

use super::{ALL_NAN, EMPTY_MEAN, Lines, Method, Place, Warned, any, counts, skipping, spoiled_by_nan};
use crate::elementwise::{Argument, call, call1, call2, multiply};
use crate::index::{self, Index};
use crate::{Array, formulas, manipulate, promote, reduce, sort};

/// The quantiles that are asked for, between 0 and 1.
#[derive(Clone, Debug)]
pub struct Quantiles {
    pub values: Vec<f64>,
    pub shape: Vec<i64>,
    /// The dtype that places are computed in.
    pub precision: DType,
    /// The dtype that takes part in the result's; `None` for a number without one.
    pub dtype: Option<DType>,
    /// Integers, 0 or 1: with the method `linear` the result is an element.
    pub whole: bool,
}

/// The arguments of [`quantile`] beside array and quantiles.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The name that errors begin with.
    pub name: &'static str,
    /// Axes to reduce; `None` for all.
    pub axes: Option<&'a [i64]>,
    pub method: Method,
    pub keepdims: bool,
    /// Weights of the elements (method `InvertedCdf` only).
    pub weights: Option<&'a Array>,
    /// Whether nan does not count; otherwise it makes the result nan.
    pub skips_nan: bool,
}

/// Quantiles over axes: the axes of `quantiles`, then those of `x` that stay.
///
/// # Errors
/// Type: complex elements; bools with a method that interpolates. Value: weights that do not fit, or with another
/// method than `InvertedCdf`. Index: no elements.
pub fn quantile(x: &Array, quantiles: &Quantiles, options: &Options) -> Result<Warned> {
    checked(x, quantiles, options).map_err(|error| error.in_operator(options.name))
}

fn checked(x: &Array, quantiles: &Quantiles, options: &Options) -> Result<Warned> {
    if x.dtype().is_complex() {
        return Err(Error::type_("a must be an array of real numbers"));
    }
    if quantiles.shape.len() > 2 {
        return Err(Error::value("q must be a scalar or 1d"));
    }
    let weights = options.weights.map(|weights| check_weights(x, weights, options)).transpose()?;
    if options.skips_nan && x.size() == 0 {
        let options =
            reduce::Options { axes: options.axes, keepdims: options.keepdims, ..Default::default() };
        return skipping::nanmean(x, &options).map(|mean| Warned { warning: Some(EMPTY_MEAN), ..mean });
    }
    let lines = Lines::of(x, options.axes)?;
    if lines.length() == 0 && lines.kept.iter().all(|&length| length > 0) {
        return Err(Error::index("no elements: a quantile of an empty slice is not defined"));
    }
    let counts = match options.skips_nan && x.dtype().is_inexact() {
        true => Some(counts(&lines.array)?),
        false => None,
    };
    let found = match weights {
        Some(weights) => weighted(&lines, &Lines::of(&weights, options.axes)?, quantiles, counts.as_ref())?,
        None => unweighted(&lines, quantiles, options.method, counts.as_ref())?,
    };
    let mut wanted = quantiles.shape.clone();
    wanted.extend_from_slice(lines.shape(options.keepdims));
    let result = manipulate::moveaxis(&found, &[-1], &[0])?.reshape(&wanted)?;
    let empty = match &counts {
        Some(counts) => any(&call(ops::EQUAL, &[Argument::Array(counts), Argument::from(0i64)])?)?,
        None => false,
    };
    Ok(Warned::when(empty, ALL_NAN, result))
}

/// Weights over the shape of `x`.
fn check_weights(x: &Array, weights: &Array, options: &Options) -> Result<Array> {
    if options.method != Method::InvertedCdf {
        let name =
            Method::ALL.iter().find(|(_, method)| *method == options.method).map_or("", |(name, _)| name);
        return Err(Error::value(format!("Only method 'inverted_cdf' supports weights. Got: {name}.")));
    }
    let weights = formulas::spread_weights(x, &weights.detach(), options.axes)?.astype_if(DType::F64)?;
    if any(&call(ops::LESS, &[Argument::Array(&weights), Argument::from(0.0)])?)? {
        return Err(Error::value("Weights must be non-negative."));
    }
    weights.broadcast_to(x.shape())
}

/// Places of all quantiles, on the last axis: the same for all lines, or for each line its own.
struct Places {
    places: Vec<Place>,
    shape: Vec<i64>,
}

impl Places {
    fn new(lines: &Lines, quantiles: &Quantiles, method: Method, counts: Option<&Array>) -> Result<Places> {
        let places_in = |count: i64| {
            quantiles.values.iter().map(move |&value| method.place(count.max(1), value, quantiles.precision))
        };
        let asked = quantiles.values.len() as i64;
        match counts {
            None => Ok(Places { places: places_in(lines.length()).collect(), shape: vec![asked] }),
            Some(counts) => {
                let counts: Vec<i64> = counts.to_vec()?;
                let mut shape = lines.kept.clone();
                shape.push(asked);
                Ok(Places { places: counts.into_iter().flat_map(places_in).collect(), shape })
            }
        }
    }

    /// The elements of sorted lines at one place each, and at the other where it differs; then the last one.
    fn select(&self, lines: &Lines) -> Result<[Array; 3]> {
        let asked = self.shape[self.shape.len() - 1];
        let last = lines.length() - 1;
        let wanted = self.places.chunks(asked.max(1) as usize).flat_map(|places| {
            let (near, far) = (places.iter().map(|place| place.near), places.iter().map(|place| place.far));
            near.chain(far).chain([last])
        });
        let mut shape = self.shape.clone();
        let mut wanted: Vec<i64> = wanted.collect();
        if wanted.is_empty() && asked == 0 {
            let lines: i64 = shape[..shape.len() - 1].iter().product();
            wanted = vec![last; lines as usize];
        }
        if let Some(length) = shape.last_mut() {
            *length = 2 * asked + 1;
        }
        let chosen = sort::select(&lines.array, &Array::from_values(&wanted, &shape, lines.array.device())?)?;
        let part = |start: i64, stop: i64| super::section(&chosen, start, stop);
        Ok([part(0, asked)?, part(asked, 2 * asked)?, part(2 * asked, 2 * asked + 1)?])
    }

    fn shares(&self, like: &Array, dtype: DType) -> Result<Array> {
        let shares: Vec<f64> = self.places.iter().map(|place| place.share).collect();
        Array::from_values(&shares, &self.shape, like.device())?.astype_if(dtype)
    }
}

/// Elements at places along the last axis, which are the same for all lines or given for each line.
fn gather(sorted: &Array, places: &Array) -> Result<Array> {
    if places.ndim() == sorted.ndim() && sorted.ndim() > 1 {
        return manipulate::take_along_axis(sorted, places, Some(-1));
    }
    index::get(sorted, &[Index::Ellipsis, Index::Array(places.clone())])
}

/// dtype of results that may lie between elements.
fn interpolated_dtype(x: DType, quantiles: &Quantiles) -> DType {
    match quantiles.dtype {
        Some(dtype) => promote::promote(x, dtype),
        None if x.is_inexact() => x,
        None => promote::default_float(),
    }
}

fn unweighted(lines: &Lines, quantiles: &Quantiles, method: Method, counts: Option<&Array>) -> Result<Array> {
    let places = Places::new(lines, quantiles, method, counts)?;
    let [near, far, last] = places.select(lines)?;
    let chosen = method.chooses() || (method == Method::Linear && quantiles.whole);
    let found = if chosen {
        near
    } else {
        if near.dtype().is_bool() {
            return Err(Error::type_(
                "bools have nothing between them; choose a method such as 'inverted_cdf'",
            ));
        }
        let result = interpolated_dtype(near.dtype(), quantiles);
        // integers may lie farther apart than their dtype reaches
        let wide = if near.dtype().is_inexact() { result } else { DType::F64 };
        let near = near.astype_if(wide)?;
        let far = far.astype_if(wide)?;
        between(&near, &far, &places.shares(&near, wide)?)?.astype_if(result)?
    };
    if counts.is_some() { Ok(found) } else { spoiled_by_nan(found, &last) }
}

/// The numbers at a share of the way from `near` to `far`, reckoned from the nearer end as NumPy does.
fn between(near: &Array, far: &Array, share: &Array) -> Result<Array> {
    let way = call2(ops::SUBTRACT, far, near)?;
    let from_near = call2(ops::ADD, near, &multiply(&way, share)?)?;
    let rest = call(ops::SUBTRACT, &[Argument::from(1.0), Argument::Array(share)])?;
    let from_far = call2(ops::SUBTRACT, far, &multiply(&way, &rest)?)?;
    let is_far = call(ops::GREATER_EQUAL, &[Argument::Array(share), Argument::from(0.5)])?;
    call(ops::WHERE, &[(&is_far).into(), (&from_far).into(), (&from_near).into()])
}

/// The first element at which the running share of the weights reaches the quantile.
fn weighted(lines: &Lines, weights: &Lines, quantiles: &Quantiles, counts: Option<&Array>) -> Result<Array> {
    let order = sort::argsort(&lines.array, Some(-1))?;
    let sorted = manipulate::take_along_axis(&lines.array, &order, Some(-1))?;
    let mut weights = manipulate::take_along_axis(&weights.array, &order, Some(-1))?;
    if counts.is_some() {
        let nan = call1(ops::ISNAN, &sorted.detach())?;
        let valid = call1(ops::LOGICAL_NOT, &nan)?;
        weights = multiply(&weights, &valid.astype(DType::F64)?)?;
    }
    let running = sort::cumsum(&weights, Some(-1), None)?;
    let length = lines.length();
    let total = super::section(&running, length - 1, length)?;
    let shares = call2(ops::DIVIDE, &running, &total)?;
    let undefined = call1(ops::ISNAN, &super::section(&shares, length - 1, length)?)?;
    let undefined = match counts {
        None => undefined,
        // a line of nothing but nan has no weights, and nan as its result
        Some(counts) => {
            call2(ops::LOGICAL_AND, &undefined, &counts.astype(DType::Bool)?.expand_dims(&[-1])?)?
        }
    };
    if any(&undefined)? {
        return Err(Error::value("Weights included NaN, inf or were all zero."));
    }
    let shares = shares.astype_if(quantiles.precision)?;
    // the quantile 0 is the first element that has a weight
    let zero = call(ops::EQUAL, &[Argument::Array(&shares), Argument::from(0.0)])?;
    let shares = call(ops::WHERE, &[Argument::Array(&zero), Argument::from(-1.0), Argument::Array(&shares)])?;
    let found = gather(&sorted, &reached(&shares, quantiles, length)?)?;
    if counts.is_some() { Ok(found) } else { spoiled_by_nan(found, &sorted) }
}

/// For every line and quantile, the number of running shares below it.
fn reached(shares: &Array, quantiles: &Quantiles, length: i64) -> Result<Array> {
    let count = quantiles.values.len() as i64;
    let wanted =
        Array::from_values(&quantiles.values, &[count, 1], shares.device())?.astype_if(shares.dtype())?;
    let below = call2(ops::LESS, &shares.expand_dims(&[-2])?, &wanted)?;
    let places = reduce::sum(&below, &reduce::Options { axes: Some(&[-1]), ..Default::default() })?;
    call(ops::MINIMUM, &[Argument::Array(&places), Argument::from(length - 1)])
}
