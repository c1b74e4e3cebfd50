//! Distributions over the real numbers as methods, one row each.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::DType;
use mxnet::streams::{Column, Real, fill_real};
use pyo3::prelude::*;

use super::parameters::{Condition, Given, Read, drawn_shape};
use super::{Draws, Object, Target, Threads, float};
use crate::arguments::{Integers, Place};

/// A parameter that has been read, with its name and its condition.
pub(super) type Row<'a> = (&'a str, Condition, Read<f64>);

impl Draws {
    /// Draws doubles.
    pub(super) fn real<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        which: Real,
        parameters: &[Row<'_>],
        size: Option<&Integers>,
        target: Target<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        let out = target.out(name, DType::F64, size, !parameters.is_empty())?;
        for (parameter, condition, read) in parameters {
            condition.check(name, parameter, read)?;
        }
        let scalars = parameters.iter().all(|(_, _, read)| read.is_one());
        if size.is_none() && out.is_none() && scalars {
            return self.one_real(py, which, parameters);
        }
        let shapes: Vec<&[i64]> = parameters.iter().map(|(_, _, read)| read.shape()).collect();
        let size = out.as_ref().map(|out| out.view.shape()).or(size.map(|size| &size[..]));
        let shape = drawn_shape(name, size, &shapes)?;
        target.place()?;
        let spread: Vec<_> =
            parameters.iter().map(|(_, _, read)| read.over(&shape)).collect::<PyResult<_>>()?;
        let mut columns = [Column::One(0.0); 3];
        columns.iter_mut().zip(&spread).for_each(|(column, spread)| *column = spread.column());
        let result = self
            .fill(py, &shape, |source, gauss, out| fill_real(source, gauss, &Threads, which, columns, out))?;
        match out {
            Some(out) => out.write(&target, &result),
            None => target.finish(py, result),
        }
    }

    fn one_real<'py>(&self, py: Python<'py>, which: Real, parameters: &[Row<'_>]) -> PyResult<Object<'py>> {
        let mut columns = [Column::One(0.0); 3];
        for (column, (_, _, read)) in columns.iter_mut().zip(parameters) {
            *column = Column::One(read.values()[0]);
        }
        let mut drawn = [0.0];
        self.work(py, 1, |source, gauss| fill_real(source, gauss, &Threads, which, columns, &mut drawn))?;
        float(py, drawn[0])
    }
}

macro_rules! methods {
    ($(
        $name:ident($($parameter:ident $(= $default:literal)? : $condition:ident),*) $which:ident,
        $signature:literal, $summary:literal, $parameters:literal, $raises:literal, $example:literal;
    )*) => {
        $(
            #[pymethods]
            impl Draws {
                #[doc = concat!($summary, "

Parameters
----------
", $parameters, "size : int or tuple of ints, optional
    Shape of the result; without it, the shape that the parameters have together.
device, ctx : Device, optional

Returns
-------
float or ndarray of float64

Raises
------
ValueError
    ", $raises, "

Examples
--------
>>> np.random.default_rng(1).", stringify!($name), "(", $example, "size=(2, 3)).shape
(2, 3)")]
                #[pyo3(signature = ($($parameter $(= Given::Default($default))?,)* size=None, *, device=None, ctx=None),
                    text_signature = $signature)]
                fn $name<'py>(
                    &self,
                    py: Python<'py>,
                    $($parameter: Given<'py>,)*
                    size: Option<Integers>,
                    device: Option<Place>,
                    ctx: Option<Place>,
                ) -> PyResult<Object<'py>> {
                    let name = stringify!($name);
                    let rows = [$((
                        stringify!($parameter),
                        Condition::$condition,
                        Read::<f64>::real(name, &$parameter)?,
                    )),*];
                    self.real(py, name, Real::$which, &rows, size.as_ref(), Target::on(device, ctx))
                }
            }
        )*
    };
}

methods! {
    normal(loc = 0.0: Any, scale = 1.0: NonNegative) Normal,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Normally distributed numbers.",
        "loc, scale : array_like, optional\n    Mean and standard deviation.\n", "A negative scale.", "";
    lognormal(mean = 0.0: Any, sigma = 1.0: NonNegative) Lognormal,
        "($self, mean=0.0, sigma=1.0, size=None, *, device=None, ctx=None)",
        "Numbers whose logarithm is normally distributed.",
        "mean, sigma : array_like, optional\n    Of the logarithm.\n", "A negative sigma.", "";
    exponential(scale = 1.0: NonNegative) Exponential,
        "($self, scale=1.0, size=None, *, device=None, ctx=None)",
        "Exponentially distributed numbers.",
        "scale : array_like, optional\n    The mean.\n", "A negative scale.", "";
    gamma(shape: NonNegative, scale = 1.0: NonNegative) Gamma,
        "($self, shape, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the gamma distribution.",
        "shape, scale : array_like\n", "A negative shape or scale.", "2, ";
    beta(a: Positive, b: Positive) Beta,
        "($self, a, b, size=None, *, device=None, ctx=None)",
        "Numbers of the beta distribution, in [0, 1].",
        "a, b : array_like\n", "An `a` or `b` that is not positive.", "2, 3, ";
    chisquare(df: Positive) Chisquare,
        "($self, df, size=None, *, device=None, ctx=None)",
        "Sums of squares of so many standard normal numbers.",
        "df : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, ";
    f(dfnum: Positive, dfden: Positive) Fisher,
        "($self, dfnum, dfden, size=None, *, device=None, ctx=None)",
        "Numbers of the F distribution.",
        "dfnum, dfden : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, 5, ";
    standard_t(df: Positive) Student,
        "($self, df, size=None, *, device=None, ctx=None)",
        "Numbers of Student's t distribution.",
        "df : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, ";
    noncentral_chisquare(df: Positive, nonc: NonNegative) NoncentralChisquare,
        "($self, df, nonc, size=None, *, device=None, ctx=None)",
        "Sums of squares of normal numbers whose means are not 0.",
        "df, nonc : array_like\n    Degrees of freedom, and the sum of the squared means.\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 1, ";
    noncentral_f(dfnum: Positive, dfden: Positive, nonc: NonNegative) NoncentralFisher,
        "($self, dfnum, dfden, nonc, size=None, *, device=None, ctx=None)",
        "Numbers of the noncentral F distribution.",
        "dfnum, dfden, nonc : array_like\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 5, 1, ";
    standard_cauchy() StandardCauchy,
        "($self, size=None, *, device=None, ctx=None)",
        "Numbers of the Cauchy distribution with mode 0.",
        "", "A negative size.", "";
    pareto(a: Positive) Pareto,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers of the Pareto II (Lomax) distribution.",
        "a : array_like\n    The shape of the distribution.\n", "A shape that is not positive.", "3, ";
    weibull(a: NonNegative) Weibull,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers of the Weibull distribution with scale 1.",
        "a : array_like\n    The shape of the distribution.\n", "A negative shape.", "2, ";
    power(a: Positive) Power,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers in [0, 1) with the density `a * x**(a - 1)`.",
        "a : array_like\n", "An `a` that is not positive.", "2, ";
    laplace(loc = 0.0: Any, scale = 1.0: NonNegative) Laplace,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Laplace distribution (double exponential).",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    gumbel(loc = 0.0: Any, scale = 1.0: NonNegative) Gumbel,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Gumbel distribution (of maxima).",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    logistic(loc = 0.0: Any, scale = 1.0: NonNegative) Logistic,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the logistic distribution.",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    rayleigh(scale = 1.0: NonNegative) Rayleigh,
        "($self, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Rayleigh distribution.",
        "scale : array_like, optional\n", "A negative scale.", "";
    wald(mean: Positive, scale: Positive) Wald,
        "($self, mean, scale, size=None, *, device=None, ctx=None)",
        "Numbers of the Wald (inverse normal) distribution.",
        "mean, scale : array_like\n", "A mean or scale that is not positive.", "2, 3, ";
    vonmises(mu: Any, kappa: NonNegative) Vonmises,
        "($self, mu, kappa, size=None, *, device=None, ctx=None)",
        "Angles in [-pi, pi] around a direction.",
        "mu, kappa : array_like\n    The direction, and how narrow the angles lie around it.\n",
        "A negative kappa.", "0, 4, ";
}
