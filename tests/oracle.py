"""NumPy as judge: the same callable runs on both libraries, and dtype, shape and values must agree.

Differences between the two are rules, not exceptions, and they all stand here: in default mode NumPy's float64 results
of inputs that are not float64 are float32 (complex128: complex64), and an integer never widens a float.
`promote` is written independently of the library's own table, so that a typing error there is seen here.
"""

import copy

import ml_dtypes
import numpy as onp

import mxnet
from mxnet import np

BFLOAT16 = onp.dtype(ml_dtypes.bfloat16)
BOOLS = ["bool"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTEGERS = SIGNED + UNSIGNED
FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEXES = ["complex64", "complex128"]
ALL_DTYPES = BOOLS + INTEGERS + FLOATS + COMPLEXES
NUMPY_DTYPES = [name for name in ALL_DTYPES if name != "bfloat16"]
LOWERED = {"float64": "float32", "complex128": "complex64"}


def host_dtype(name):
    """NumPy's dtype object of that name; bfloat16 is the one of ml_dtypes."""
    return BFLOAT16 if str(name) == "bfloat16" else onp.dtype(name)


def dtype_name(array):
    """Name of an array's dtype, ours or NumPy's."""
    return str(onp.dtype(array.dtype))


def host(value):
    """A NumPy copy of ours; NumPy arrays and scalars as arrays; other values as they are."""
    if isinstance(value, np.ndarray):
        return value.asnumpy()
    if isinstance(value, (onp.ndarray, onp.generic)):
        return onp.asarray(value)
    return value


def ours(value):
    """Our array of a NumPy array, dtype kept; containers element by element; other values as they are."""
    if isinstance(value, (onp.ndarray, onp.generic)):
        return np.array(value)
    if isinstance(value, (list, tuple)) and any(isinstance(item, (onp.ndarray, onp.generic)) for item in value):
        return type(value)(ours(item) for item in value)
    return value


def lowered(name):
    """Default mode's dtype where NumPy answers with `name` for inputs that are not 64-bit floats."""
    return LOWERED.get(str(name), str(name))


def kind_of(name):
    """b, i, u, f or c; bfloat16 is a float."""
    return "f" if name == "bfloat16" else onp.dtype(name).kind


def promote(first, second, numpy_mode=False):
    """Common dtype of two arrays by the rules of ARCHITECTURE.md."""
    if first == second:
        return first
    kinds = kind_of(first), kind_of(second)
    if "bfloat16" in (first, second):
        return promote_bfloat16(second if first == "bfloat16" else first, numpy_mode)
    if not numpy_mode:
        for one, other in ((0, 1), (1, 0)):
            if kinds[one] in "iu" and kinds[other] in "fc":
                return (first, second)[other]
    return str(onp.result_type(onp.dtype(first), onp.dtype(second)))


def promote_bfloat16(other, numpy_mode):
    """bfloat16 with another dtype: it ranks with float16, and the two meet in float32."""
    if other == "float16":
        return "float32"
    if kind_of(other) in "fc":
        return other
    return promote("float16", other, True).replace("float16", "bfloat16") if numpy_mode else "bfloat16"


def float_function(name, numpy_mode=False):
    """dtype in which a float function of integers computes."""
    if kind_of(name) in "fc":
        return name
    wide = str(onp.sqrt(onp.ones(1, onp.dtype(name))).dtype)
    return wide if numpy_mode else lowered(wide)


def ordered_bits(array):
    """Integers whose difference counts representable numbers between two floats."""
    width = array.dtype.itemsize
    bits = array.view(f"int{8 * width}").astype(onp.int64)
    least = -(2 ** (8 * width - 1))
    return onp.where(bits < 0, onp.int64(least) - bits, bits)


def ulp_distance(got, want):
    """Largest distance in units in the last place; nan equals nan, infinities only themselves."""
    got, want = onp.ascontiguousarray(got).ravel(), onp.ascontiguousarray(want).ravel()
    finite = onp.isfinite(want) & onp.isfinite(got)
    same = (got == want) | (onp.isnan(got) & onp.isnan(want))
    if not onp.all(same | finite):
        return onp.inf
    if not finite.any():
        return 0
    first, second = ordered_bits(got[finite]), ordered_bits(want[finite])
    # longdouble holds 64-bit integers and their differences exactly.
    return float(onp.max(onp.abs(first.astype(onp.longdouble) - second.astype(onp.longdouble))))


def complex_distance(got, want):
    """Error of complex numbers in ULP of their modulus: components alone may cancel."""
    got, want = onp.ravel(got), onp.ravel(want)
    finite = onp.isfinite(want) & onp.isfinite(got)
    if not finite.any():
        return 0
    scale = onp.abs(want[finite]).astype(onp.float64) * onp.finfo(want.dtype).eps
    return float(onp.max(onp.abs(got[finite] - want[finite]) / onp.maximum(scale, onp.finfo(want.dtype).tiny)))


def same_bits(got, want):
    """Equal values with equal signs of zero; any nan equals any nan."""
    if got.dtype != want.dtype or got.shape != want.shape:
        return False
    if got.tobytes() == want.tobytes():
        return True
    if got.dtype.kind == "c":
        return same_bits(got.real.copy(), want.real.copy()) and same_bits(got.imag.copy(), want.imag.copy())
    if kind_of(str(got.dtype)) != "f":
        return False
    both_nan = onp.isnan(got) & onp.isnan(want)
    return bool(onp.all(both_nan | ((got == want) & (onp.signbit(got) == onp.signbit(want)))))


def assert_same(got, want, ulp=0, dtype=None, atol=0.0):
    """Assert that ours equals NumPy's answer; `dtype` is the dtype expected of ours (default: NumPy's)."""
    if isinstance(want, (tuple, list)):
        assert len(got) == len(want), f"{len(got)} results instead of {len(want)}"
        for one, other in zip(got, want):
            assert_same(one, other, ulp, dtype, atol)
        return
    if not isinstance(want, (onp.ndarray, onp.generic)):
        assert host(got) == want, f"{got!r} instead of {want!r}"
        return
    want = onp.asarray(want)
    expected = host_dtype(dtype or str(want.dtype))
    assert isinstance(got, np.ndarray), f"{type(got).__name__} instead of ndarray"
    assert tuple(got.shape) == want.shape, f"shape {got.shape} instead of {want.shape}"
    assert str(onp.dtype(got.dtype)) == str(expected), f"dtype {got.dtype} instead of {expected}"
    assert_close(host(got), want.astype(expected), ulp, atol)


def assert_close(got, want, ulp=0, atol=0.0):
    """Values of two NumPy arrays of one dtype within `ulp` units in the last place, or `atol` absolutely."""
    if same_bits(got, want):
        return
    exact = kind_of(str(want.dtype)) not in "fc" or (ulp == 0 and atol == 0)
    if exact:
        onp.testing.assert_array_equal(got, want)
        if ulp == 0 and atol == 0 and kind_of(str(want.dtype)) == "f":
            raise AssertionError(f"signs of zero differ:\n{got}\n{want}")
        return
    if atol:
        wide = onp.complex128 if kind_of(str(want.dtype)) == "c" else onp.float64
        tolerance = ulp * float(ml_dtypes.finfo(want.dtype).eps)
        onp.testing.assert_allclose(got.astype(wide), want.astype(wide), rtol=tolerance, atol=atol)
        return
    distance = complex_distance(got, want) if want.dtype.kind == "c" else ulp_distance(got, want)
    assert distance <= ulp, f"{distance} ULP instead of {ulp}:\n{got}\n{want}"


def builtin_families(error):
    """Built-in exception classes that an error is an instance of, without the general ones."""
    general = {"Exception", "BaseException", "object", "LookupError", "ArithmeticError", "RuntimeError"}
    return {c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins" and c.__name__ not in general}


def outcome(call):
    """("value", result) or ("error", exception)."""
    try:
        return "value", call()
    except Exception as error:
        return "error", error


def assert_same_error(got, want):
    """Ours must be caught by every `except` clause that catches NumPy's."""
    missing = builtin_families(want) - builtin_families(got)
    assert not missing, f"{type(got).__name__}: {got}\ninstead of {type(want).__name__}: {want}"
    assert str(got), "an error without a sentence"


def judge(call, *arguments, ulp=0, dtype="lower", atol=0.0):
    """Run `call(np, *arguments)` on both libraries; the same result or the same exception class must come out.

    `arguments` are NumPy arrays (converted for ours) or plain values. `dtype`: "lower" for default mode's mapping,
    "same" for NumPy's own, or the name that ours must have.
    """
    # The callable may write into its arguments, so each library gets its own copy.
    mine, theirs = [ours(argument) for argument in arguments], copy.deepcopy(arguments)
    with onp.errstate(all="ignore"):
        state, want = outcome(lambda: call(onp, *theirs))
    if state == "error":
        _, got = outcome(lambda: call(np, *mine))
        assert isinstance(got, Exception), f"no error where NumPy raises {type(want).__name__}: {want}\ngot {got!r}"
        assert_same_error(got, want)
        return None
    got = call(np, *mine)
    compare_results(got, want, arguments, ulp, dtype, atol)
    return got


def compare_results(got, want, arguments, ulp, dtype, atol):
    """Compare results with the dtype that the mode asks for."""
    if isinstance(want, (tuple, list)) and not isinstance(got, np.ndarray):
        assert len(got) == len(want), f"{len(got)} results instead of {len(want)}"
        for one, other in zip(got, want):
            compare_results(one, other, arguments, ulp, dtype, atol)
        return
    expected = None
    if isinstance(want, (onp.ndarray, onp.generic)) and dtype == "lower":
        expected = str(want.dtype) if has_wide_float(arguments) else lowered(want.dtype)
    elif dtype not in ("lower", "same"):
        expected = dtype
    assert_same(got, want, ulp, expected, atol)


def has_wide_float(arguments):
    """Whether an input is float64 or complex128, so that NumPy's float64 result is ours too."""
    flat = []
    for argument in arguments:
        flat.extend(argument if isinstance(argument, (list, tuple)) else [argument])
    return any(isinstance(item, (onp.ndarray, onp.generic)) and str(item.dtype) in LOWERED for item in flat)


def sample_array(dtype, shape, seed=0, low=-4, high=5):
    """A NumPy array of small random numbers of any dtype: whole for integers, multiples of 1/4 for floats."""
    random = onp.random.RandomState(seed)
    kind = kind_of(str(dtype))
    if kind == "b":
        return random.randint(0, 2, shape).astype(bool)
    if kind in "iu":
        return random.randint(max(low, 0) if kind == "u" else low, high, shape).astype(dtype)
    values = random.randint(4 * low, 4 * high, shape) / 4
    if kind == "c":
        values = values + 1j * random.randint(4 * low, 4 * high, shape) / 4
    return onp.asarray(values).astype(host_dtype(dtype))


def special_values(dtype):
    """Values at the edges of a dtype: limits, zeros of both signs, infinities, nan, subnormals."""
    kind = kind_of(str(dtype))
    if kind == "b":
        return onp.array([False, True])
    if kind in "iu":
        info = onp.iinfo(dtype)
        return onp.array([info.min, info.min + 1, 0, 1, 2, 7, info.max - 1, info.max], dtype)
    real = {"complex64": "float32", "complex128": "float64"}.get(str(dtype), str(dtype))
    info = ml_dtypes.finfo(host_dtype(real))
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, float("inf"), float("-inf"), float("nan")]
    edges += [float(info.max), float(info.tiny), float(info.smallest_subnormal), -float(info.tiny)]
    if kind == "c":
        return onp.array([complex(a, b) for a in edges[:7] for b in edges[:7]], dtype)
    return onp.array(edges).astype(host_dtype(dtype))


def operators(space="np"):
    """Rows of the op book in one namespace, as dicts."""
    return [row for row in mxnet._core.op_table() if row["space"] == space]
