"""Errors of the elementary functions over their whole range, in units in the last place of the exact value.

float32 is judged by float64, float64 by mpmath with 40 digits. The bounds found are printed at the end of the run.
"""

import math

import mpmath
import numpy as onp
import pytest

from mxnet import np, npx

POINTS32, POINTS64 = 20_000, 2_000
DIGITS = 40
POWER_LIKE = {"power", "hypot", "gamma", "gammaln", "digamma", "erfinv"}


def everywhere(dtype, low, high, count, seed=0):
    """Numbers of all magnitudes between the bounds: random bits for half of them, uniform ones for the rest."""
    random = onp.random.RandomState(seed)
    width = onp.dtype(dtype).itemsize
    bits = random.randint(0, 256, 2 * count * width).astype("uint8").view(dtype)
    with onp.errstate(all="ignore"):
        wild = bits[(bits >= low) & (bits <= high)][: count // 2]
        uniform = random.uniform(max(low, -1e3), min(high, 1e3), count - len(wild)).astype(dtype)
        near = onp.array([low, high, 0.0, 1.0, -1.0, 0.5, -0.5, 2.0, math.pi, -math.pi / 2, 1e-10, -1e-5], dtype)
        points = onp.concatenate([wild, uniform, near])
        return points[(points >= low) & (points <= high)]


# name: (namespace, low, high, exact function of mpmath, float64 function for judging float32)
ONE = {
    "exp": (np, -110, 89, mpmath.exp, onp.exp),
    "exp2": (np, -150, 128, lambda x: mpmath.mpf(2) ** x, onp.exp2),
    "expm1": (np, -110, 89, mpmath.expm1, onp.expm1),
    "log": (np, 1e-45, 3e38, mpmath.log, onp.log),
    "log2": (np, 1e-45, 3e38, lambda x: mpmath.log(x, 2), onp.log2),
    "log10": (np, 1e-45, 3e38, mpmath.log10, onp.log10),
    "log1p": (np, -0.99999, 3e38, mpmath.log1p, onp.log1p),
    "sqrt": (np, 0, 3e38, mpmath.sqrt, onp.sqrt),
    "cbrt": (np, -3e38, 3e38, lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), onp.cbrt),
    "sin": (np, -3e38, 3e38, mpmath.sin, onp.sin),
    "cos": (np, -3e38, 3e38, mpmath.cos, onp.cos),
    "tan": (np, -3e38, 3e38, mpmath.tan, onp.tan),
    "arcsin": (np, -1, 1, mpmath.asin, onp.arcsin),
    "arccos": (np, -1, 1, mpmath.acos, onp.arccos),
    "arctan": (np, -3e38, 3e38, mpmath.atan, onp.arctan),
    "sinh": (np, -89, 89, mpmath.sinh, onp.sinh),
    "cosh": (np, -89, 89, mpmath.cosh, onp.cosh),
    "tanh": (np, -3e38, 3e38, mpmath.tanh, onp.tanh),
    "arcsinh": (np, -3e38, 3e38, mpmath.asinh, onp.arcsinh),
    "arccosh": (np, 1, 3e38, mpmath.acosh, onp.arccosh),
    "arctanh": (np, -0.9999999, 0.9999999, mpmath.atanh, onp.arctanh),
    "erf": (npx, -3e38, 3e38, mpmath.erf, onp.vectorize(math.erf)),
    "erfinv": (npx, -0.9999, 0.9999, mpmath.erfinv, None),
    "erfc": (npx, -6, 9, mpmath.erfc, onp.vectorize(math.erfc)),
    "gamma": (npx, 0.01, 34, mpmath.gamma, onp.vectorize(math.gamma)),
    "i0": (np, -90, 90, lambda x: mpmath.besseli(0, x), onp.i0),
    "gammaln": (npx, 0.01, 1e30, mpmath.loggamma, onp.vectorize(math.lgamma)),
    "digamma": (npx, 2, 1e6, mpmath.digamma, None),
}
WHOLE64 = {3e38: 1.7e308, -3e38: -1.7e308, 1e-45: 5e-324}
WIDE64 = {
    "exp": (-745, 709),
    "exp2": (-1074, 1023),
    "expm1": (-745, 709),
    "sinh": (-710, 710),
    "cosh": (-710, 710),
    "erfc": (-6, 26.5),
    "gamma": (0.01, 171.6),
    "i0": (-713, 713),
}
TWO = {
    "power": (lambda x, y: mpmath.power(x, y), onp.power, (1e-3, 1e3), (-12, 12)),
    "arctan2": (mpmath.atan2, onp.arctan2, (-3e38, 3e38), (-3e38, 3e38)),
    "hypot": (mpmath.hypot, onp.hypot, (-1e38, 1e38), (-1e38, 1e38)),
}


def split_exact(function, *points):
    """The exact values as a sum of two doubles."""
    high, low = [], []
    with mpmath.workdps(DIGITS):
        for numbers in zip(*[axis.tolist() for axis in points]):
            value = function(*[mpmath.mpf(number) for number in numbers])
            high.append(float(value))
            low.append(float(value - mpmath.mpf(high[-1])) if math.isfinite(high[-1]) else 0.0)
    return onp.array(high), onp.array(low)


def largest_error(got, high, low):
    """max |got - exact| in units in the last place of exact, and where; infinities must match."""
    dtype = got.dtype
    with onp.errstate(all="ignore"):
        unit = onp.spacing(onp.abs(high.astype(dtype))).astype("longdouble")
        error = onp.abs((got.astype("longdouble") - high) - low) / unit
    rounded = high.astype(dtype)
    settled = onp.isinf(rounded) | onp.isinf(got) | onp.isnan(got)
    limit = onp.finfo(dtype).max
    agree = (
        (got == rounded)
        | (onp.isinf(rounded) & (onp.abs(got) == limit))
        | (onp.isinf(got) & (onp.abs(rounded) == limit))
    )
    error = onp.where(settled, onp.where(agree, 0, onp.inf), error)
    return float(error.max()), int(error.argmax())


def judge_bound(name, dtype, got, high, low, points, config):
    error, place = largest_error(got, high, low)
    config.ulp_bounds.append((name, dtype, error))
    bound = (3 if name in POWER_LIKE else 1.5) if dtype == "float32" else 2
    where = [axis[place] for axis in points]
    assert error <= bound, f"{name} of {dtype}: {error:.3f} ULP at {where}: {got[place]!r} instead of {high[place]!r}"


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_of_one_argument(name, dtype, pytestconfig):
    space, low, high, exact, wide = ONE[name]
    if dtype == "float64":
        low, high = WIDE64.get(name, [WHOLE64.get(bound, bound) for bound in (low, high)])
    by_float64 = dtype == "float32" and wide is not None
    points = everywhere(dtype, low, high, POINTS32 if by_float64 else POINTS64)
    if by_float64:
        with onp.errstate(all="ignore"):
            best = wide(points.astype("float64"))
        rest = onp.zeros_like(best)
    else:
        best, rest = split_exact(exact, points)
    got = getattr(space, name)(np.array(points)).asnumpy()
    assert got.dtype == dtype
    judge_bound(name, dtype, got, best, rest, [points], pytestconfig)


def left_of_zero():
    random = onp.random.RandomState(0)
    return onp.concatenate([random.uniform(-170, 0, POINTS64), random.uniform(-6, 0, POINTS64)])


def test_gamma_left_of_zero(pytestconfig):
    points = left_of_zero()
    high, low = split_exact(mpmath.gamma, points)
    judge_bound("gamma", "float64", npx.gamma(np.array(points)).asnumpy(), high, low, [points], pytestconfig)


def test_gammaln_left_of_zero():
    """The zeros there lie near poles: the error is small beside 1 only."""
    points = left_of_zero()
    high, low = split_exact(lambda x: mpmath.log(abs(mpmath.gamma(x))), points)
    error = onp.abs((npx.gammaln(np.array(points)).asnumpy() - high) - low)
    assert (error <= 2 * onp.spacing(onp.maximum(onp.abs(high), 1.0))).all()


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions_of_two_arguments(name, dtype, pytestconfig):
    exact, wide, first_range, second_range = TWO[name]
    count = POINTS32 if dtype == "float32" else POINTS64
    first, second = everywhere(dtype, *first_range, count, 1), everywhere(dtype, *second_range, count, 2)
    length = min(len(first), len(second))
    points = [onp.random.RandomState(3).permutation(axis)[:length] for axis in (first, second)]
    if dtype == "float32":
        with onp.errstate(all="ignore"):
            best = wide(*[axis.astype("float64") for axis in points])
        rest = onp.zeros_like(best)
    else:
        best, rest = split_exact(exact, *points)
    got = getattr(np, name)(*[np.array(axis) for axis in points]).asnumpy()
    judge_bound(name, dtype, got, best, rest, points, pytestconfig)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("name", [name for name, row in ONE.items() if row[0] is np and name != "i0"])
def test_special_values(name, dtype):
    points = onp.array([0.0, -0.0, onp.inf, -onp.inf, onp.nan, 1, -1, -2, 3], dtype)
    with onp.errstate(all="ignore"):
        want = getattr(onp, name)(points)
    got = getattr(np, name)(np.array(points)).asnumpy()
    for kind in (onp.isnan, onp.isinf):
        assert (kind(got) == kind(want)).all(), f"{points}\n{got}\n{want}"
    number = ~onp.isnan(want)
    assert (onp.signbit(got) == onp.signbit(want))[number].all(), f"{points}\n{got}\n{want}"


def test_the_bessel_function_of_infinity():
    """NumPy gives nan there, because its formula divides infinities."""
    points = np.array([np.inf, -np.inf, np.nan], dtype="float64")
    onp.testing.assert_array_equal(np.i0(points).asnumpy(), [onp.inf, onp.inf, onp.nan])


def test_a_value_does_not_depend_on_its_neighbours():
    """The same number gives the same bits in every place of a small, a large and a strided array."""
    points = everywhere("float32", -80, 80, 5000)
    for name in ("exp", "sin", "tanh", "log1p", "cbrt", "arctan"):
        function = getattr(np, name)
        whole = function(np.array(points)).asnumpy()
        for start in (0, 1, 3, 8, 15, 4090):
            part = function(np.array(points[start : start + 9])).asnumpy()
            assert part.tobytes() == whole[start : start + 9].tobytes(), name
        assert function(np.array(points)[::-3]).asnumpy().tobytes() == whole[::-3].tobytes(), name
