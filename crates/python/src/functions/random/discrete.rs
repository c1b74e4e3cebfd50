//! Distributions over whole numbers, one row each; results are int64 unless a dtype is given.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use mxnet::array::random;
use pyo3::prelude::*;

use super::{Keywords, Parameter, drawn};
use crate::arguments::{Integers, Place, Type};

type Object<'py> = Bound<'py, PyAny>;

distributions! {
    "poisson" poisson(lam = 1.0) random::poisson,
        "(lam=1.0, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Counts of events that come independently, so many on average.",
        "lam : array_like, optional
    The mean.\n",
        "A negative mean.", "";
    "binomial" binomial(n, p) random::binomial,
        "(n, p, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of successes in `n` independent trials.",
        "n : array_like of int
p : array_like
    The probability of a success.\n",
        "Negative trials, or a probability outside [0, 1].", "10, 0.5, ";
    "geometric" geometric(p) random::geometric,
        "(p, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of trials up to the first success, at least 1.",
        "p : array_like
    The probability of a success.\n",
        "A probability outside (0, 1].", "0.5, ";
    "negative_binomial" negative_binomial(n, p) random::negative_binomial,
        "(n, p, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of failures before the `n`-th success.",
        "n : array_like
p : array_like
    The probability of a success.\n",
        "An `n` that is not positive, or a probability outside (0, 1].", "3, 0.5, ";
    "logseries" logseries(p) random::logseries,
        "(p, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the logarithmic series distribution, at least 1.",
        "p : array_like\n",
        "A `p` outside [0, 1).", "0.5, ";
    "zipf" zipf(a) random::zipf,
        "(a, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of the Zipf distribution, at least 1.",
        "a : array_like\n",
        "An `a` that is not above 1.", "2, ";
    "hypergeometric" hypergeometric(ngood, nbad, nsample) random::hypergeometric,
        "(ngood, nbad, nsample, size=None, dtype=None, device=None, out=None, *, ctx=None)",
        "Numbers of good ones in a sample drawn without replacement.",
        "ngood, nbad, nsample : array_like of int\n",
        "Negative numbers, or a sample larger than the population.", "5, 5, 3, ";
}
