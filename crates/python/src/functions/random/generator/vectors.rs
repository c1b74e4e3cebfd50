//! Whole vectors (`multinomial`, `dirichlet`, `multivariate_hypergeometric`), and the draws behind selections: orders,
//! samples, weighted samples.

use base::{DType, Error, shape};
use mxnet::array::Array;
use mxnet::streams::{
    self, Column, colours_by_count, colours_by_marginals, dirichlet, multinomial, without_replacement,
};
use pyo3::prelude::*;

use super::parameters::{Condition, Given, Read, array_of, drawn_shape};
use super::{Draws, Object, Target, Threads};
use crate::arguments::{Flag, Integers, Place};
use crate::array::wrap_any;
use crate::error::{Raised, raise};
use crate::sequence;

/// A sum whose rounding is compensated (W. Kahan, 1965), as NumPy's check of probabilities takes it.
fn compensated_sum(values: &[f64]) -> f64 {
    let Some((&first, rest)) = values.split_first() else { return 0.0 };
    let (mut sum, mut lost) = (first, 0.0);
    for value in rest {
        let next = value - lost;
        let total = sum + next;
        lost = (total - sum) - next;
        sum = total;
    }
    sum
}

fn fail<T>(name: &str, message: &str) -> PyResult<T> {
    Err(raise(Error::value(format!("{name}: {message}"))))
}

/// `size` with one more axis.
fn rows(name: &str, size: Option<&Integers>, length: i64) -> PyResult<Vec<i64>> {
    let mut out = size.map_or_else(Vec::new, |size| size.0.clone());
    out.push(length);
    shape::check(&out).map_err(|error| error.in_operator(name)).raised()?;
    Ok(out)
}

/// Places as an array of int64.
fn places(py: Python<'_>, values: &[i64], shape: &[i64]) -> PyResult<Py<PyAny>> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let array = Array::from_bytes(&bytes, shape, DType::I64, super::host()?).raised()?;
    Ok(wrap_any(py, array)?.unbind())
}

/// Probabilities whose last axis names categories; checked.
fn categories(name: &str, pvals: &Object<'_>, one_axis: bool) -> PyResult<Read<f64>> {
    let read = Read::<f64>::real(name, &Given::Object(pvals.clone()))?;
    let length = read.shape().last().copied().unwrap_or(0);
    if length == 0 && !one_axis {
        return fail(
            name,
            "pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.",
        );
    }
    Condition::Probability.check(name, "pvals", &read)?;
    // float32 numbers may add up to more than 1 as doubles
    let narrow = match pvals.getattr("dtype") {
        Ok(dtype) => crate::dtype::parse(&dtype).is_ok_and(|dtype| dtype.is_float() && dtype != DType::F64),
        Err(_) => false,
    };
    for row in read.values().chunks_exact(length.max(1) as usize) {
        if compensated_sum(&row[..row.len() - 1]) > 1.0 + 1e-12 {
            let dots = if read.shape().len() == 1 { "[:-1]" } else { "[...,:-1]" };
            if narrow && row.iter().sum::<f64>() < 1.0001 {
                return fail(
                    name,
                    &format!(
                        "The sum of pvals{dots}.astype(np.float64) > 1.0. The pvals array is cast to 64-bit floating \
                         point prior to checking the sum. Precision changes when casting may cause problems even if \
                         the sum of the original pvals is valid."
                    ),
                );
            }
            return fail(name, &format!("sum(pvals{dots}) > 1.0"));
        }
    }
    Ok(read)
}

#[pymethods]
impl Draws {
    /// How often each category occurs in `n` trials.
    ///
    /// Parameters
    /// ----------
    /// n : array_like of int
    /// pvals : array_like
    ///     Probabilities of the categories along the last axis; the last one takes what is left.
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// ndarray of int64
    ///     Counts, (shape of the draw..., categories).
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Negative trials, or probabilities outside [0, 1] or with a sum above 1.
    ///
    /// Examples
    /// --------
    /// >>> int(np.random.default_rng(1).multinomial(20, [1 / 6] * 6).sum())
    /// 20
    #[pyo3(signature = (n, pvals, size=None, *, device=None, ctx=None))]
    fn multinomial<'py>(
        &self,
        py: Python<'py>,
        n: &Object<'py>,
        pvals: &Object<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let (name, legacy, target) = ("multinomial", self.legacy(), Target::on(device, ctx));
        let trials = Read::<i64>::whole(name, n)?;
        let pvals = categories(name, pvals, legacy)?;
        if legacy && (pvals.shape().len() != 1 || !trials.is_one()) {
            return Err(raise(Error::type_(format!(
                "{name}: n must be an integer, and pvals must be a 1-d sequence"
            ))));
        }
        Condition::NonNegative.check(name, "n", &trials)?;
        let (&length, lead) = pvals.shape().split_last().unwrap_or((&0, &[]));
        let drawn = drawn_shape(name, size.as_ref().map(|size| &size[..]), &[trials.shape(), lead])?;
        let wanted = rows(name, Some(&Integers(drawn.to_vec())), length)?;
        target.place()?;
        let starts: Vec<i64> = (0..pvals.values().len() as i64).step_by(length.max(1) as usize).collect();
        let bytes: Vec<u8> = starts.iter().flat_map(|start| start.to_ne_bytes()).collect();
        let starts = Array::from_bytes(&bytes, lead, DType::I64, super::host()?);
        let starts = if length == 0 {
            Vec::new()
        } else {
            let spread = starts.and_then(|starts| starts.broadcast_to(&drawn)?.to_bytes()).raised()?;
            spread
                .chunks_exact(8)
                .map(|chunk| usize::from_ne_bytes(chunk.try_into().unwrap_or_default()))
                .collect()
        };
        let trials = trials.over(&drawn)?;
        let result = self.fill(py, &wanted, |source, _, out: &mut [i64]| {
            out.fill(0);
            let starts = Column::Each(&starts[..]);
            multinomial(source, trials.column(), pvals.values(), starts, out, length as usize);
        })?;
        target.finish(py, result)
    }

    /// Vectors of positive numbers that add up to 1.
    ///
    /// Parameters
    /// ----------
    /// alpha : array_like
    ///     Concentrations, 1-D.
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// ndarray of float64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Negative concentrations, or not 1-D.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).dirichlet([1, 2, 3], size=4).shape
    /// (4, 3)
    #[pyo3(signature = (alpha, size=None, *, device=None, ctx=None))]
    fn dirichlet<'py>(
        &self,
        py: Python<'py>,
        alpha: &Object<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let (name, target) = ("dirichlet", Target::on(device, ctx));
        let alpha = Read::<f64>::real(name, &Given::Object(alpha.clone()))?;
        if alpha.shape().len() != 1 {
            return fail(name, "alpha must be a 1-d sequence of concentrations");
        }
        if self.legacy() {
            if alpha.values().iter().any(|&value| value <= 0.0) {
                return fail(name, "alpha <= 0");
            }
        } else if alpha.values().iter().any(|&value| value < 0.0) {
            return fail(name, "alpha < 0");
        }
        let wanted = rows(name, size.as_ref(), alpha.values().len() as i64)?;
        target.place()?;
        let result = self.fill(py, &wanted, |source, gauss, out: &mut [f64]| {
            out.fill(0.0);
            dirichlet(source, gauss, alpha.values(), out);
        })?;
        target.finish(py, result)
    }

    /// Samples of coloured items, drawn without replacement: how many there are of each colour.
    ///
    /// Parameters
    /// ----------
    /// colors : array_like of int
    ///     How many items there are of each colour.
    /// nsample : int
    /// size : int or tuple of ints, optional
    /// method : str, optional
    ///     'marginals' draws colour by colour, 'count' shuffles all items in memory.
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// ndarray of int64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Negative numbers, a sample larger than the population, an unknown method.
    ///
    /// Examples
    /// --------
    /// >>> int(np.random.default_rng(1).multivariate_hypergeometric([16, 8, 4], 6).sum())
    /// 6
    #[pyo3(signature = (colors, nsample, size=None, method="marginals", *, device=None, ctx=None))]
    fn multivariate_hypergeometric<'py>(
        &self,
        py: Python<'py>,
        colors: &Object<'py>,
        nsample: &Object<'py>,
        size: Option<Integers>,
        method: &str,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let (name, target) = ("multivariate_hypergeometric", Target::on(device, ctx));
        if !["count", "marginals"].contains(&method) {
            return fail(name, "method must be \"count\" or \"marginals\".");
        }
        let Ok(sample) = crate::convert::to_integer(nsample) else {
            return fail(name, "nsample must be an integer");
        };
        if sample < 0 {
            return fail(name, "nsample must be nonnegative.");
        }
        let colours = match Read::<i64>::whole(name, colors) {
            Ok(read) if read.shape().len() == 1 && read.values().iter().all(|&count| count >= 0) => read,
            _ => {
                let message =
                    "colors must be a one-dimensional sequence of nonnegative integers not exceeding";
                return fail(name, &format!("{message} {}.", i64::MAX));
            }
        };
        let sum = colours.values().iter().try_fold(0i64, |sum, &count| sum.checked_add(count));
        let Some(total) = sum else {
            let message = "sum(colors) must not exceed the maximum value of a 64 bit signed integer";
            return fail(name, &format!("{message} ({})", i64::MAX));
        };
        if method == "marginals" && total >= 1_000_000_000 {
            return fail(name, "When method is \"marginals\", sum(colors) must be less than 1000000000.");
        }
        if method == "count" && total > i64::MAX / 8 {
            return fail(
                name,
                &format!("When method is 'count', sum(colors) must not exceed {}", i64::MAX / 8),
            );
        }
        if sample > total {
            return fail(name, "nsample > sum(colors)");
        }
        if method == "count" {
            let mut probe: Vec<usize> = Vec::new();
            probe.try_reserve_exact(total as usize).map_err(|_| {
                pyo3::exceptions::PyMemoryError::new_err(format!(
                    "{name}: Insufficient memory with method='count' and sum(colors)={total}"
                ))
            })?;
        }
        let wanted = rows(name, size.as_ref(), colours.values().len() as i64)?;
        target.place()?;
        let result = self.fill(py, &wanted, |source, _, out: &mut [i64]| {
            out.fill(0);
            match method {
                "count" => colours_by_count(source, colours.values(), sample, out),
                _ => colours_by_marginals(source, colours.values(), sample, out),
            }
        })?;
        target.finish(py, result)
    }

    /// `0..count` in a random order; with `orders`, so many of them as rows.
    #[pyo3(signature = (count, orders=None))]
    fn _order(&self, py: Python<'_>, count: i64, orders: Option<i64>) -> PyResult<Py<PyAny>> {
        let shape: &[i64] = &orders.map_or_else(|| vec![count], |orders| vec![orders, count]);
        shape::check(shape).raised()?;
        let repeats = orders.unwrap_or(1);
        let drawn = self.work(py, count.saturating_mul(repeats), |source, _| {
            (0..repeats).flat_map(|_| streams::shuffled(source, count as usize)).collect::<Vec<i64>>()
        })?;
        places(py, &drawn, shape)
    }

    /// Different numbers of `0..population`.
    fn _sample(&self, py: Python<'_>, population: i64, count: i64, shuffle: Flag) -> PyResult<Py<PyAny>> {
        if !(0..=population).contains(&count) {
            return fail("choice", "Cannot take a larger sample than population when replace is False");
        }
        let drawn = self.work(py, count, |source, _| {
            without_replacement(source, population as usize, count as usize, shuffle.0)
        })?;
        places(py, &drawn, &[count])
    }

    /// Places drawn by their weights, which the caller has checked.
    fn _weighted(&self, py: Python<'_>, p: &Object<'_>, count: i64, replace: Flag) -> PyResult<Py<PyAny>> {
        let weights = Read::<f64>::real("choice", &Given::Object(p.clone()))?;
        let possible = weights.values().iter().filter(|&&weight| weight > 0.0).count() as i64;
        if !replace.0 && possible < count {
            return fail("choice", "Fewer non-zero entries in p than size");
        }
        shape::check(&[count]).raised()?;
        let drawn = self.work(py, count, |source, _| {
            streams::weighted(source, &Threads, weights.values(), count as usize, replace.0)
        })?;
        places(py, &drawn, &[count])
    }

    /// The sum of weights, with their rounding compensated, and whether one is negative.
    #[staticmethod]
    fn _weigh(p: &Object<'_>) -> PyResult<(f64, bool, Vec<i64>)> {
        let array = array_of(p, DType::F64, sequence::Integers::Default)?;
        let weights = Read::<f64>::real("choice", &Given::Object(p.clone()))?;
        let negative = weights.values().iter().any(|&weight| weight < 0.0);
        Ok((compensated_sum(weights.values()), negative, array.shape().to_vec()))
    }

    /// A matrix F with F F^T = `cov` as rows, by a method, and whether `cov` is symmetric and positive-semidefinite;
    /// no matrix where Cholesky's does not exist.
    #[staticmethod]
    fn _factor(
        py: Python<'_>,
        cov: &Object<'_>,
        method: &str,
        tolerance: f64,
    ) -> PyResult<Option<(Py<PyAny>, bool)>> {
        let matrix = Read::<f64>::real("multivariate_normal", &Given::Object(cov.clone()))?;
        let (shape, matrix) = (matrix.shape(), matrix.values());
        let n = shape.first().map_or(0, |&n| n as usize);
        if matrix.len() != n * n {
            return fail("multivariate_normal", "cov must be 2 dimensional and square");
        }
        let (factor, valid) = if method == "cholesky" {
            let Some(factor) = streams::cholesky(matrix, n) else { return Ok(None) };
            (factor, true)
        } else {
            let (values, vectors) = streams::eigen(matrix, n);
            let spread: Vec<f64> = (0..n * n).map(|at| vectors[at] * values[at % n].abs().sqrt()).collect();
            let close = |at: usize| {
                let (row, column) = (at / n, at % n);
                let made: f64 = (0..n).map(|k| spread[row * n + k] * spread[column * n + k]).sum();
                (made - matrix[at]).abs() <= tolerance + tolerance * matrix[at].abs()
            };
            let valid = if method == "svd" {
                (0..n * n).all(close)
            } else {
                values.iter().all(|&value| value >= -tolerance)
            };
            // singular values stand in descending order, eigenvalues in ascending order
            let mut order: Vec<usize> = (0..n).collect();
            if method == "svd" {
                order.sort_by(|&x, &y| values[y].abs().total_cmp(&values[x].abs()));
            }
            ((0..n * n).map(|at| spread[at / n * n + order[at % n]]).collect(), valid)
        };
        let bytes: Vec<u8> = factor.iter().flat_map(|value| value.to_ne_bytes()).collect();
        let array = Array::from_bytes(&bytes, shape, DType::F64, super::host()?).raised()?;
        Ok(Some((wrap_any(py, array)?.unbind(), valid)))
    }
}
