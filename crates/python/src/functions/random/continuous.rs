//! Distributions over the real numbers, one row each.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::random;
use pyo3::prelude::*;

use super::{Keywords, Parameter, drawn};
use crate::arguments::{Integers, Place, Type};

type Object<'py> = Bound<'py, PyAny>;

distributions! {
    "uniform" uniform(low = 0.0, high = 1.0) random::uniform,
        "(low=0.0, high=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers between `low` (included) and `high` (excluded), all equally likely.",
        "low, high : array_like, optional\n",
        "Parameters whose shapes do not fit the size.", "";
    "normal" normal(loc = 0.0, scale = 1.0) random::normal,
        "(loc=0.0, scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Normally distributed numbers; gradients flow to both parameters.",
        "loc, scale : array_like, optional
    Mean and standard deviation.\n",
        "A negative scale, or shapes that do not fit.", "";
    "gumbel" gumbel(loc = 0.0, scale = 1.0) random::gumbel,
        "(loc=0.0, scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Gumbel distribution (of maxima); gradients flow to both parameters.",
        "loc, scale : array_like, optional\n",
        "A negative scale, or shapes that do not fit.", "";
    "laplace" laplace(loc = 0.0, scale = 1.0) random::laplace,
        "(loc=0.0, scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Laplace distribution (double exponential); gradients flow to both parameters.",
        "loc, scale : array_like, optional\n",
        "A negative scale, or shapes that do not fit.", "";
    "logistic" logistic(loc = 0.0, scale = 1.0) random::logistic,
        "(loc=0.0, scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the logistic distribution; gradients flow to both parameters.",
        "loc, scale : array_like, optional\n",
        "A negative scale, or shapes that do not fit.", "";
    "lognormal" lognormal(mean = 0.0, sigma = 1.0) random::lognormal,
        "(mean=0.0, sigma=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers whose logarithm is normally distributed; gradients flow to both parameters.",
        "mean, sigma : array_like, optional
    Of the logarithm.\n",
        "A negative sigma, or shapes that do not fit.", "";
    "exponential" exponential(scale = 1.0) random::exponential,
        "(scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Exponentially distributed numbers; gradients flow to the scale.",
        "scale : array_like, optional
    The mean.\n",
        "A negative scale.", "";
    "rayleigh" rayleigh(scale = 1.0) random::rayleigh,
        "(scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Rayleigh distribution; gradients flow to the scale.",
        "scale : array_like, optional\n",
        "A negative scale.", "";
    "weibull" weibull(a) random::weibull,
        "(a, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Weibull distribution with scale 1; gradients flow to the shape.",
        "a : array_like
    The shape of the distribution.\n",
        "A negative shape.", "2, ";
    "pareto" pareto(a) random::pareto,
        "(a, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Pareto II (Lomax) distribution; gradients flow to the shape.",
        "a : array_like
    The shape of the distribution.\n",
        "A shape that is not positive.", "3, ";
    "power" power(a) random::power,
        "(a, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers in [0, 1) with the density `a * x**(a - 1)`; gradients flow to `a`.",
        "a : array_like\n",
        "An `a` that is not positive.", "2, ";
    "gamma" gamma(shape, scale = 1.0) random::gamma,
        "(shape, scale=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the gamma distribution; gradients flow to shape and scale.",
        "shape, scale : array_like\n",
        "A negative shape or scale.", "2, ";
    "standard_gamma" standard_gamma(shape) random::standard_gamma,
        "(shape, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the gamma distribution with scale 1.",
        "shape : array_like\n",
        "A negative shape.", "2, ";
    "beta" beta(a, b) random::beta,
        "(a, b, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the beta distribution, in [0, 1].",
        "a, b : array_like\n",
        "An `a` or `b` that is not positive.", "2, 3, ";
    "chisquare" chisquare(df) random::chisquare,
        "(df, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Sums of squares of so many standard normal numbers.",
        "df : array_like
    Degrees of freedom.\n",
        "Degrees of freedom that are not positive.", "3, ";
    "f" fisher(dfnum, dfden) random::f,
        "(dfnum, dfden, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the F distribution.",
        "dfnum, dfden : array_like
    Degrees of freedom.\n",
        "Degrees of freedom that are not positive.", "3, 5, ";
    "standard_t" standard_t(df) random::standard_t,
        "(df, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of Student's t distribution.",
        "df : array_like
    Degrees of freedom.\n",
        "Degrees of freedom that are not positive.", "3, ";
    "random" random_floats() random::rand,
        "(size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers in [0, 1), all equally likely.",
        "",
        "A negative size.", "";
    "standard_normal" standard_normal() random::standard_normal,
        "(size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Normally distributed numbers with mean 0 and deviation 1.",
        "",
        "A negative size.", "";
    "standard_exponential" standard_exponential() random::standard_exponential,
        "(size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Exponentially distributed numbers with mean 1.",
        "",
        "A negative size.", "";
    "standard_cauchy" standard_cauchy() random::standard_cauchy,
        "(size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Cauchy distribution with mode 0.",
        "",
        "A negative size.", "";
    "noncentral_chisquare" noncentral_chisquare(df, nonc) random::noncentral_chisquare,
        "(df, nonc, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Sums of squares of normal numbers whose means are not 0.",
        "df, nonc : array_like
    Degrees of freedom, and the sum of the squared means.\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 1, ";
    "noncentral_f" noncentral_f(dfnum, dfden, nonc) random::noncentral_f,
        "(dfnum, dfden, nonc, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the noncentral F distribution.",
        "dfnum, dfden, nonc : array_like\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 5, 1, ";
    "wald" wald(mean, scale) random::wald,
        "(mean, scale, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Wald (inverse normal) distribution.",
        "mean, scale : array_like\n",
        "A mean or scale that is not positive.", "2, 3, ";
    "vonmises" vonmises(mu, kappa) random::vonmises,
        "(mu, kappa, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Angles in [-pi, pi] around a direction.",
        "mu, kappa : array_like
    The direction, and how narrow the angles lie around it.\n",
        "A negative kappa.", "0, 4, ";
    "triangular" triangular(left, mode, right) random::triangular,
        "(left, mode, right, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the triangular distribution over `left..right` with its peak at `mode`.",
        "left, mode, right : array_like\n",
        "Unless `left <= mode <= right` and `left < right`.", "0, 1, 2, ";
}
