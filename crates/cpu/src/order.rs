//! From tensors to the kernels on plain slices: sorting, searching and random fills. Called by the device.

use base::Result;
use graph::{Distribution, Law, Tensor};

use crate::gather::operands;
use crate::rows::Shared;
use crate::{pool, random, sort};

/// Number of rows of the last axis, and their length.
fn rows(tensor: &Tensor) -> (usize, usize) {
    let Some((&length, outer)) = tensor.shape.split_last() else { return (1, 1) };
    (outer.iter().product::<i64>() as usize, length as usize)
}

fn is_empty(tensor: &Tensor) -> bool {
    tensor.shape.contains(&0)
}

/// Elements that one task copies.
const COPIES: i64 = 1 << 16;

/// Copies bytes, with several threads if they are many.
///
/// # Safety
/// Both are valid and do not overlap.
unsafe fn copy(from: *const u8, to: *mut u8, bytes: usize) {
    let (from, to) = (Shared::new(from.cast_mut()), Shared::new(to));
    pool::parallel_ranges(bytes as i64, COPIES, &|begin, end| {
        let (from, to) = (from.at(begin, 1), to.at(begin, 1));
        // SAFETY: a part of both; parts do not overlap.
        unsafe { to.copy_from_nonoverlapping(from, (end - begin) as usize) }
    });
}

/// x -> sorted along the last axis; without x the output is sorted in place.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn sorted(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([] | [_], [out]) = (inputs, outputs) else { return Err(operands("sort")) };
    if !is_empty(out) {
        let (count, length) = rows(out);
        // SAFETY: both are contiguous and of one dtype and shape.
        unsafe {
            if let [source] = inputs {
                copy(source.data, out.data, count * length * out.dtype.size());
            }
            sort::sort_rows(out.dtype, out.data, count, length);
        }
    }
    Ok(())
}

/// x, places -> elements at these places of the sorted last axis.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn selected(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([source, places], [out]) = (inputs, outputs) else { return Err(operands("select")) };
    if !is_empty(out) {
        let (shape, (_, asked)) = (rows(source), rows(out));
        // SAFETY: all are contiguous; places and output have one shape, and as many rows as the source.
        unsafe {
            sort::select_rows(source.dtype, source.data, shape, places.data.cast(), asked, out.data);
        }
    }
    Ok(())
}

/// x, places -> partitioned along the last axis, or the order that does so.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn partitioned(indices: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([source, places], [out]) = (inputs, outputs) else { return Err(operands("partition")) };
    if !is_empty(out) {
        let count = places.shape.iter().product::<i64>() as usize;
        let places = match count {
            // an empty tensor may have no memory
            0 => &[],
            // SAFETY: contiguous int64.
            _ => unsafe { std::slice::from_raw_parts(places.data.cast::<i64>().cast_const(), count) },
        };
        // SAFETY: source and output have one shape.
        unsafe { sort::partition_rows(source.dtype, source.data, rows(source), places, out.data, indices) };
    }
    Ok(())
}

/// x -> indices that sort the last axis.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn sorting_order(inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([source], [out]) = (inputs, outputs) else { return Err(operands("argsort")) };
    if !is_empty(out) {
        let (count, length) = rows(out);
        // SAFETY: both are contiguous and of one shape, the output int64.
        unsafe { sort::argsort_rows(source.dtype, source.data, out.data.cast(), count, length) };
    }
    Ok(())
}

/// Where values would be inserted.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn insertion_points(right: bool, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let ([sorted, values], [out]) = (inputs, outputs) else { return Err(operands("searchsorted")) };
    let count: i64 = values.shape.iter().product();
    if count == 0 {
        return Ok(());
    }
    let length: i64 = sorted.shape.iter().product();
    if length == 0 {
        // SAFETY: the output is int64 and has room for every value.
        unsafe { out.data.cast::<i64>().write_bytes(0, count as usize) };
        return Ok(());
    }
    let (length, count) = (length as usize, count as usize);
    // SAFETY: all are contiguous, the inputs of one dtype, the output int64.
    unsafe {
        sort::searchsorted_dtype(
            sorted.dtype,
            sorted.data,
            length,
            values.data,
            count,
            right,
            out.data.cast(),
        );
    }
    Ok(())
}

/// Fills the output from a distribution.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn fill(
    distribution: Distribution,
    key: u64,
    counter: u64,
    outputs: &[Tensor],
) -> Result<()> {
    let [out] = outputs else { return Err(operands("random")) };
    if !is_empty(out) {
        let count: i64 = out.shape.iter().product();
        // SAFETY: the output is contiguous.
        unsafe { random::fill(out.dtype, out.data, count, key, counter, &kernel_distribution(distribution)) };
    }
    Ok(())
}

/// Samples with arrays as parameters.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn sample(
    law: Law,
    key: u64,
    counter: u64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let [out] = outputs else { return Err(operands("random")) };
    if !is_empty(out) {
        let kind = match law {
            Law::Poisson => random::Kind::Poisson,
            Law::Binomial => random::Kind::Binomial,
            Law::NegativeBinomial => random::Kind::NegativeBinomial,
            Law::HyperGeometric => random::Kind::HyperGeometric,
            Law::NoncentralChiSquare => random::Kind::NoncentralChiSquare,
            Law::VonMises => random::Kind::VonMises,
            Law::Gamma => random::Kind::Gamma,
            Law::Beta => random::Kind::Beta,
            Law::F => random::Kind::F,
            Law::NoncentralF => random::Kind::NoncentralF,
            Law::StandardT => random::Kind::StandardT,
            Law::Triangular => random::Kind::Triangular,
            Law::Wald => random::Kind::Wald,
            Law::LogSeries => random::Kind::LogSeries,
            Law::Zipf => random::Kind::Zipf,
        };
        let length = |tensor: &Tensor| tensor.shape.iter().product::<i64>() as usize;
        // SAFETY: all are contiguous float64, and nobody else writes to the output.
        let (params, out) = unsafe {
            let param =
                |input: &Tensor| std::slice::from_raw_parts(input.data.cast_const().cast(), length(input));
            let params: Vec<&[f64]> = inputs.iter().map(param).collect();
            (params, std::slice::from_raw_parts_mut(out.data.cast::<f64>(), length(out)))
        };
        random::sample_all(kind, &params, out, key, counter);
    }
    Ok(())
}

/// Writes the numbers below the length in random order.
///
/// # Safety
/// As for `Device::run`.
pub(crate) unsafe fn random_order(key: u64, counter: u64, outputs: &[Tensor]) -> Result<()> {
    let [out] = outputs else { return Err(operands("random")) };
    if !is_empty(out) {
        let count = out.shape.iter().product::<i64>() as usize;
        // SAFETY: contiguous int64.
        unsafe { random::order(out.data.cast(), count, key, counter) };
    }
    Ok(())
}

fn kernel_distribution(distribution: Distribution) -> random::Distribution {
    match distribution {
        Distribution::Uniform { low, high } => random::Distribution::Uniform { low, high },
        Distribution::Normal { mean, deviation } => random::Distribution::Normal { mean, deviation },
        Distribution::Integers { low, range } => random::Distribution::Integers { low, range },
        Distribution::Exponential { scale } => random::Distribution::Exponential { scale },
        Distribution::Gumbel { location, scale } => random::Distribution::Gumbel { location, scale },
        Distribution::Laplace { location, scale } => random::Distribution::Laplace { location, scale },
        Distribution::Logistic { location, scale } => random::Distribution::Logistic { location, scale },
        Distribution::Rayleigh { scale } => random::Distribution::Rayleigh { scale },
        Distribution::Bernoulli { probability } => random::Distribution::Bernoulli { probability },
    }
}
