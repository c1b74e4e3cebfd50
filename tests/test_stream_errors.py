"""Errors of NumPy's own random streams: NumPy's class and words, and nothing is drawn."""

import numpy as onp
import pytest

from mxnet import np
from test_streams import pair, same

ERRORS = [
    ("normal", (0, -1), {}, ValueError, "scale < 0"),
    ("normal", (0, [1, -1]), {}, ValueError, "scale < 0"),
    ("normal", (0, -0.0), {}, ValueError, "scale < 0"),
    ("normal", (1j,), {}, TypeError, "Cannot cast"),
    ("normal", (onp.array([1j]),), {}, TypeError, "Cannot cast"),
    ("normal", ([1, 2], [1, 2, 3]), {}, ValueError, "shape"),
    ("normal", ([1, 2],), {"size": 3}, ValueError, "shape|not compatible"),
    ("normal", ([1, 2],), {"size": 1}, ValueError, "not compatible with broadcast dimensions of inputs"),
    ("normal", (), {"size": -1}, ValueError, "negative dimensions are not allowed"),
    ("uniform", (0, onp.inf), {}, OverflowError, "range exceeds valid bounds"),
    ("uniform", (2, 1), {}, ValueError, "high - low < 0"),
    ("exponential", (-1,), {}, ValueError, "scale < 0"),
    ("gamma", (-1, 1), {}, ValueError, "shape < 0"),
    ("beta", (0, 1), {}, ValueError, "a <= 0"),
    ("beta", (1, [1, 0]), {}, ValueError, "b <= 0"),
    ("standard_t", (0,), {}, ValueError, "df <= 0"),
    ("vonmises", (0, -1), {}, ValueError, "kappa < 0"),
    ("triangular", (2, 1, 3), {}, ValueError, "left > mode"),
    ("triangular", (0, 4, 3), {}, ValueError, "mode > right"),
    ("triangular", (1, 1, 1), {}, ValueError, "left == right"),
    ("triangular", ([1, 0], 1, 1), {}, ValueError, "left == right"),
    ("poisson", (-1,), {}, ValueError, "lam < 0 or lam is NaN"),
    ("poisson", ([1, onp.nan],), {}, ValueError, "lam value too large|lam < 0 or lam contains NaNs"),
    ("poisson", (1e30,), {}, ValueError, "lam value too large"),
    ("binomial", (-1, 0.5), {}, ValueError, "n < 0"),
    ("binomial", (onp.array([2.5]), 0.5), {}, TypeError, "Cannot cast"),
    ("binomial", (onp.array([2], "uint64"), 0.5), {}, TypeError, "Cannot cast"),
    ("binomial", (2**64, 0.5), {}, OverflowError, ""),
    ("binomial", (5, 1.5), {}, ValueError, "p < 0, p > 1 or p is NaN"),
    ("binomial", (5, [0.5, onp.nan]), {}, ValueError, "p < 0, p > 1 or p contains NaNs"),
    ("negative_binomial", (0, 0.5), {}, ValueError, "n <= 0"),
    ("negative_binomial", (onp.nan, 0.5), {}, ValueError, "n must not be NaN"),
    ("negative_binomial", (2, 1e-30), {}, ValueError, "n too large or p too small"),
    ("geometric", (0,), {}, ValueError, "p <= 0, p > 1 or p contains NaNs"),
    ("logseries", (1,), {}, ValueError, "p < 0, p >= 1 or p is NaN"),
    ("zipf", (1,), {}, ValueError, "a <= 1 or a is NaN"),
    ("hypergeometric", (5, 5, 11), {}, ValueError, "ngood \\+ nbad < nsample"),
    ("hypergeometric", (-5, 15, 1), {}, ValueError, "ngood < 0"),
    ("hypergeometric", (10**9, 5, 1), {}, ValueError, "both ngood and nbad must be less than 1000000000"),
    ("integers", (5, 5), {}, ValueError, "low >= high"),
    ("integers", (0, 0), {}, ValueError, "high <= 0"),
    ("integers", (0,), {}, ValueError, "high <= 0"),
    ("integers", (5, 4), {"endpoint": True}, ValueError, "low > high"),
    ("integers", (0, -1), {"endpoint": True}, ValueError, "high < 0"),
    ("integers", (-1, 5), {"dtype": "uint8"}, ValueError, "low is out of bounds for uint8"),
    ("integers", (0, 300), {"dtype": "uint8"}, ValueError, "high is out of bounds for uint8"),
    ("integers", (0, [1, 300]), {"dtype": "uint8"}, ValueError, "high is out of bounds for uint8"),
    ("integers", ([0, 5], [1, 5]), {}, ValueError, "low >= high"),
    ("integers", (0, 2**65), {}, ValueError, "high is out of bounds for int64"),
    ("integers", (0, 5), {"dtype": "float64"}, TypeError, "Unsupported dtype"),
    ("random", (), {"dtype": "int32"}, TypeError, "Unsupported dtype .* for random"),
    ("choice", (0, 3), {}, ValueError, "a must be a positive integer unless no samples are taken"),
    ("choice", ([], 3), {}, ValueError, "a cannot be empty unless no samples are taken"),
    ("choice", (2.5, 3), {}, ValueError, "a must be a sequence or an integer"),
    ("choice", (3, 4, False), {}, ValueError, "Cannot take a larger sample than population"),
    ("choice", (3, 2, True, [0.5, 0.5]), {}, ValueError, "a and p must have same size"),
    ("choice", (2, 2, True, [0.5, 0.6]), {}, ValueError, "Probabilities do not sum to 1"),
    ("choice", (2, 2, True, [1.5, -0.5]), {}, ValueError, "Probabilities are not non-negative"),
    ("choice", (2, 2, True, [0.5, onp.nan]), {}, ValueError, "Probabilities contain NaN"),
    ("choice", (2, 2, True, [[0.5, 0.5]]), {}, ValueError, "p must be 1-dimensional"),
    ("choice", (3, 2, False, [1, 0, 0]), {}, ValueError, "Fewer non-zero entries in p than size"),
    ("dirichlet", ([1, -1],), {}, ValueError, "alpha < 0"),
    ("multinomial", (5, [0.6, 0.6, 0.1]), {}, ValueError, r"sum\(pvals\[:-1\]\) > 1.0"),
    ("multinomial", (5, [1.6, 0.1]), {}, ValueError, "pvals < 0, pvals > 1 or pvals contains NaNs"),
    ("multinomial", (-5, [0.5, 0.5]), {}, ValueError, "n < 0"),
    ("multinomial", (5, []), {}, ValueError, "pvals must have at least 1 dimension"),
    ("multivariate_hypergeometric", ([1, 2], 4), {}, ValueError, r"nsample > sum\(colors\)"),
    ("multivariate_hypergeometric", ([1, -2], 1), {}, ValueError, "colors must be a one-dimensional sequence"),
    ("multivariate_hypergeometric", ([1, 2], -1), {}, ValueError, "nsample must be nonnegative"),
    ("multivariate_hypergeometric", ([1, 2], 1.5), {}, ValueError, "nsample must be an integer"),
    ("multivariate_hypergeometric", ([1, 2], 1), {"method": "x"}, ValueError, "method must be"),
    ("permutation", (5,), {"axis": 3}, None, ""),
    ("permuted", (5,), {}, TypeError, ""),
]


@pytest.mark.parametrize("name, arguments, keywords, error, words", ERRORS, ids=lambda value: str(value)[:25])
def test_errors(name, arguments, keywords, error, words):
    """NumPy's class and words, and nothing is drawn."""
    ours, theirs = pair("Generator")
    state = ours.bit_generator.state
    if error is None:
        same(getattr(ours, name)(*arguments, **keywords), getattr(theirs, name)(*arguments, **keywords))
        return
    with pytest.raises(error):
        getattr(theirs, name)(*arguments, **keywords)
    with pytest.raises(error, match=words or None):
        getattr(ours, name)(*arguments, **keywords)
    assert ours.bit_generator.state == state


OUTS = [
    ({"out": np.empty((3,))}, TypeError, "wrong type. Expected float64, got float32"),
    ({"out": np.empty((3,), dtype="float64"), "size": 4}, ValueError, "size must match out.shape"),
    ({"out": np.empty((6,), dtype="float64")[::2]}, ValueError, "must be contiguous"),
    ({"out": onp.empty(3)}, TypeError, "out must be an mxnet array"),
]


@pytest.mark.parametrize("keywords, error, words", OUTS, ids=lambda value: str(value)[:25])
def test_errors_of_out(keywords, error, words):
    with pytest.raises(error, match=words):
        np.random.default_rng(1).random(**keywords)


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda module: module.random.SeedSequence(-1), ValueError),
        (lambda module: module.random.SeedSequence(1.5), TypeError),
        (lambda module: module.random.SeedSequence(["x"]), ValueError),
        (lambda module: module.random.SeedSequence("abc"), TypeError),
        (lambda module: module.random.SeedSequence(1, pool_size=3), ValueError),
        (lambda module: module.random.SeedSequence(1).generate_state(2, "int8"), ValueError),
        (lambda module: module.random.SeedSequence(1).spawn(-1), (ValueError, OverflowError)),
        (lambda module: module.random.RandomState(-1), ValueError),
        (lambda module: module.random.RandomState(2**32), ValueError),
        (lambda module: module.random.RandomState([]), ValueError),
        (lambda module: module.random.RandomState(1.5), TypeError),
        (lambda module: module.random.RandomState(module.random.PCG64(1)).seed(2), TypeError),
        (lambda module: module.random.Generator(module.random.PCG64), ValueError),
        (lambda module: module.random.BitGenerator(), NotImplementedError),
        (lambda module: module.random.RandomState(1).hypergeometric(5, 5, 0), ValueError),
        (lambda module: module.random.RandomState(1).dirichlet([0, 1]), ValueError),
        (lambda module: module.random.RandomState(1).choice([[1]]), ValueError),
        (lambda module: module.random.RandomState(1).permutation(2.5), IndexError),
    ],
)
def test_errors_of_seeds(call, error):
    for module in (onp, np):
        with pytest.raises(error):
            call(module)
