//! Distributions over whole numbers as methods, one row each.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::Error;
use mxnet::streams::{Column, Count, fill_count};
use pyo3::prelude::*;

use super::parameters::{Condition, Given, POISSON_MOST, Read, Spread, drawn_shape};
use super::{Draws, Object, Target, Threads};
use crate::arguments::{Integers, Place};
use crate::error::raise;

/// From so many good or bad ones on, the hypergeometric algorithm is not exact.
const HYPERGEOMETRIC_MOST: i64 = 1_000_000_000;

impl Draws {
    /// Draws counts from parameters that have been checked.
    fn count<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        which: Count,
        (reals, whole): (&[&Read<f64>], &[&Read<i64>]),
        size: Option<&Integers>,
        target: Target<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        let shapes: Vec<&[i64]> =
            reals.iter().map(|read| read.shape()).chain(whole.iter().map(|read| read.shape())).collect();
        let scalars = reals.iter().all(|read| read.is_one()) && whole.iter().all(|read| read.is_one());
        let shape = drawn_shape(name, size.map(|size| &size[..]), &shapes)?;
        target.place()?;
        let real_spread: Vec<Spread<f64>> =
            reals.iter().map(|read| read.over(&shape)).collect::<PyResult<_>>()?;
        let whole_spread: Vec<Spread<i64>> =
            whole.iter().map(|read| read.over(&shape)).collect::<PyResult<_>>()?;
        let (mut reals, mut whole) = ([Column::One(0.0); 2], [Column::One(0); 3]);
        reals.iter_mut().zip(&real_spread).for_each(|(column, spread)| *column = spread.column());
        whole.iter_mut().zip(&whole_spread).for_each(|(column, spread)| *column = spread.column());
        if size.is_none() && scalars {
            let mut drawn = [0i64];
            self.work(py, 1, |source, gauss| {
                fill_count(source, gauss, &Threads, which, reals, whole, &mut drawn)
            })?;
            return Ok(drawn[0].into_pyobject(py)?.into_any());
        }
        let result = self.fill(py, &shape, |source, gauss, out| {
            fill_count(source, gauss, &Threads, which, reals, whole, out)
        })?;
        target.finish(py, result)
    }
}

/// Distributions with one parameter.
macro_rules! methods {
    ($(
        $name:ident($parameter:ident $(= $default:literal)? : $condition:ident) $which:ident,
        $signature:literal, $summary:literal, $parameters:literal, $raises:literal, $example:literal;
    )*) => {
        $(
            #[pymethods]
            impl Draws {
                #[doc = concat!($summary, "

Parameters
----------
", $parameters, "size : int or tuple of ints, optional
    Shape of the result; without it, the shape of the parameter.
device, ctx : Device, optional

Returns
-------
int or ndarray of int64

Raises
------
ValueError
    ", $raises, "

Examples
--------
>>> np.random.default_rng(1).", stringify!($name), "(", $example, "size=(2, 3)).shape
(2, 3)")]
                #[pyo3(signature = ($parameter $(= Given::Default($default))?, size=None, *, device=None, ctx=None),
                    text_signature = $signature)]
                fn $name<'py>(
                    &self,
                    py: Python<'py>,
                    $parameter: Given<'py>,
                    size: Option<Integers>,
                    device: Option<Place>,
                    ctx: Option<Place>,
                ) -> PyResult<Object<'py>> {
                    let name = stringify!($name);
                    let read = Read::<f64>::real(name, &$parameter)?;
                    Condition::$condition.check(name, stringify!($parameter), &read)?;
                    self.count(py, name, Count::$which, (&[&read], &[]), size.as_ref(), Target::on(device, ctx))
                }
            }
        )*
    };
}

methods! {
    poisson(lam = 1.0: PoissonMean) Poisson,
        "($self, lam=1.0, size=None, *, device=None, ctx=None)",
        "Counts of events that come independently, so many on average.",
        "lam : array_like, optional\n    The mean.\n", "A negative or too large mean.", "";
    geometric(p: PositiveProbability) Geometric,
        "($self, p, size=None, *, device=None, ctx=None)",
        "Numbers of trials up to the first success, at least 1.",
        "p : array_like\n    The probability of a success.\n", "A probability outside (0, 1].", "0.5, ";
    logseries(p: ProperProbability) Logseries,
        "($self, p, size=None, *, device=None, ctx=None)",
        "Numbers of the logarithmic series distribution, at least 1.",
        "p : array_like\n", "A `p` outside [0, 1).", "0.5, ";
    zipf(a: AboveOne) Zipf,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers of the Zipf distribution, at least 1.",
        "a : array_like\n", "An `a` that is not above 1.", "2, ";
}

#[pymethods]
impl Draws {
    /// Numbers of successes in `n` independent trials.
    ///
    /// Parameters
    /// ----------
    /// n : array_like of int
    /// p : array_like
    ///     The probability of a success.
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// int or ndarray of int64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Negative trials, or a probability outside [0, 1].
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).binomial(10, 0.5, size=(2, 3)).shape
    /// (2, 3)
    #[pyo3(signature = (n, p, size=None, *, device=None, ctx=None))]
    fn binomial<'py>(
        &self,
        py: Python<'py>,
        n: &Object<'py>,
        p: Given<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let name = "binomial";
        let (p, n) = (Read::<f64>::real(name, &p)?, Read::<i64>::whole(name, n)?);
        Condition::Probability.check(name, "p", &p)?;
        Condition::NonNegative.check(name, "n", &n)?;
        self.count(py, name, Count::Binomial, (&[&p], &[&n]), size.as_ref(), Target::on(device, ctx))
    }

    /// Numbers of failures before the `n`-th success.
    ///
    /// Parameters
    /// ----------
    /// n : array_like
    /// p : array_like
    ///     The probability of a success.
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// int or ndarray of int64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     An `n` that is not positive, a probability outside (0, 1], or counts that 64 bits could not hold.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).negative_binomial(3, 0.5, size=(2, 3)).shape
    /// (2, 3)
    #[pyo3(signature = (n, p, size=None, *, device=None, ctx=None))]
    fn negative_binomial<'py>(
        &self,
        py: Python<'py>,
        n: Given<'py>,
        p: Given<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let name = "negative_binomial";
        let (n, p) = (Read::<f64>::real(name, &n)?, Read::<f64>::real(name, &p)?);
        if self.legacy() {
            Condition::Positive.check(name, "n", &n)?;
            Condition::Probability.check(name, "p", &p)?;
        } else {
            Condition::PositiveNumber.check(name, "n", &n)?;
            Condition::PositiveProbability.check(name, "p", &p)?;
            let both = drawn_shape(name, None, &[n.shape(), p.shape()])?;
            let (trials, chances) = (n.over(&both)?, p.over(&both)?);
            let count = both.iter().product::<i64>() as usize;
            let too_many = (0..count).any(|at| {
                let (n, p) = (trials.column().at(at), chances.column().at(at));
                (1.0 - p) / p * (n + 10.0 * n.sqrt()) > POISSON_MOST
            });
            if too_many {
                return Err(raise(Error::value(
                    "negative_binomial: n too large or p too small, see Generator.negative_binomial Notes",
                )));
            }
        }
        self.count(
            py,
            name,
            Count::NegativeBinomial,
            (&[&n, &p], &[]),
            size.as_ref(),
            Target::on(device, ctx),
        )
    }

    /// Numbers of good ones in a sample drawn without replacement.
    ///
    /// Parameters
    /// ----------
    /// ngood, nbad, nsample : array_like of int
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// int or ndarray of int64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Negative numbers, a sample larger than the population, or 1e9 good or bad ones and more.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).hypergeometric(5, 5, 3, size=(2, 3)).shape
    /// (2, 3)
    #[pyo3(signature = (ngood, nbad, nsample, size=None, *, device=None, ctx=None))]
    fn hypergeometric<'py>(
        &self,
        py: Python<'py>,
        ngood: &Object<'py>,
        nbad: &Object<'py>,
        nsample: &Object<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let name = "hypergeometric";
        let read = |given: &Object<'py>| Read::<i64>::whole(name, given);
        let (good, bad, sample) = (read(ngood)?, read(nbad)?, read(nsample)?);
        let fail = |message: String| Err(raise(Error::value(format!("{name}: {message}"))));
        let too_many = |read: &Read<i64>| read.values().iter().any(|&count| count >= HYPERGEOMETRIC_MOST);
        if !self.legacy() && (too_many(&good) || too_many(&bad)) {
            return fail(format!("both ngood and nbad must be less than {HYPERGEOMETRIC_MOST}"));
        }
        let all = drawn_shape(name, None, &[good.shape(), bad.shape(), sample.shape()])?;
        let (goods, bads, samples) = (good.over(&all)?, bad.over(&all)?, sample.over(&all)?);
        let count = all.iter().product::<i64>() as usize;
        if (0..count)
            .any(|at| goods.column().at(at).saturating_add(bads.column().at(at)) < samples.column().at(at))
        {
            return fail("ngood + nbad < nsample".to_owned());
        }
        let least = if self.legacy() { Condition::AtLeastOne } else { Condition::NonNegative };
        Condition::NonNegative.check(name, "ngood", &good)?;
        Condition::NonNegative.check(name, "nbad", &bad)?;
        least.check(name, "nsample", &sample)?;
        let whole: [&Read<i64>; 3] = [&good, &bad, &sample];
        self.count(py, name, Count::Hypergeometric, (&[], &whole), size.as_ref(), Target::on(device, ctx))
    }

    /// Integers between 0 and the largest of 64 bits: what `RandomState.tomaxint` gives.
    #[pyo3(signature = (size=None))]
    fn _positive<'py>(&self, py: Python<'py>, size: Option<Integers>) -> PyResult<Object<'py>> {
        self.count(py, "tomaxint", Count::Positive, (&[], &[]), size.as_ref(), Target::default())
    }
}
