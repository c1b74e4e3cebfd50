"""Reference answers for rows of the op book: NumPy in a wider dtype, rounded once, with the error that each may have.

Used by `test_elementwise.py` and `test_operators.py`. NumPy's own float32 functions are off by up to 4 ULP, hence the
wider dtype; operations that IEEE defines exactly (or that depend on the dtype's grid) run in their own dtype.
"""

import numpy as onp

from oracle import BFLOAT16, host_dtype, kind_of, lowered

EXACT = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "sqrt",
    "absolute",
    "fabs",
    "negative",
    "positive",
    "floor",
    "ceil",
    "trunc",
    "rint",
    "fix",
    "sign",
    "signbit",
    "copysign",
    "nextafter",
    "spacing",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "square",
    "reciprocal",
    "remainder",
    "fmod",
    "floor_divide",
    "heaviside",
    "ldexp",
    "conjugate",
    "gcd",
    "lcm",
    "isnan",
    "isinf",
    "isfinite",
    "equal",
    "not_equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "logical_not",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "invert",
    "left_shift",
    "right_shift",
    "bitwise_count",
    "real",
    "imag",
    "where",
    "clip",
}
# Their answers depend on the dtype's grid: integers must rise before NumPy computes.
OF_THE_GRID = {"nextafter", "spacing"}
# Sums that cancel, and a sine whose reference is off by the rounding of pi: no error relative to the answer is bounded.
CANCELLING = {"logaddexp", "logaddexp2", "sinc"}
POWER_LIKE = {"power", "float_power", "hypot", "logaddexp", "logaddexp2"}
WIDER = {
    "float16": "float32",
    "float32": "float64",
    "float64": "longdouble",
    "complex64": "complex128",
    "complex128": "clongdouble",
}


def allowed_ulp(name, dtype, arrays=()):
    """Largest error against the correctly rounded answer, in whole units (the reference itself is rounded)."""
    if name == "absolute" and any(array.dtype.kind == "c" for array in arrays):
        return 1  # a hypotenuse
    if name == "i0" and dtype == "float64":
        return 4  # NumPy's series has float64 coefficients in every dtype
    if name in EXACT:
        # A complex product or quotient rounds several times.
        return 4 if kind_of(dtype) == "c" else 0
    if dtype in ("float16", "bfloat16"):
        return 1
    if kind_of(dtype) == "c":
        return 64 if name in POWER_LIKE else 8
    return 4 if name in POWER_LIKE else 2


def allowed_absolute(name, dtype):
    """Error allowed beside the relative one."""
    if dtype == "bfloat16":
        return 4 * float(onp.finfo("float32").eps) if name == "sinc" else 0.0
    return 4 * float(onp.finfo(dtype).eps) if name in CANCELLING and dtype in WIDER else 0.0


def inputs_of(row, dtype, shape, seed=0):
    """NumPy arrays for each argument of a row, inside its sampling range."""
    return [one_input(row, position, dtype, shape, seed + 17 * position) for position in range(row["arity"])]


def one_input(row, position, dtype, shape, seed):
    random = onp.random.RandomState(seed)
    low, high = row["sample"]
    if row["name"] == "ldexp" and position == 1:
        return random.randint(-3, 4, shape).astype("int32")
    if row["name"] == "where" and position == 0:
        return random.rand(*shape) < 0.5
    kind = kind_of(dtype)
    if kind == "b":
        return random.rand(*shape) < 0.5
    if kind in "iu":
        info = onp.iinfo(dtype)
        first = max(int(onp.ceil(low)), info.min, -100)
        last = max(min(int(onp.floor(high)), info.max, 100), first)
        return random.randint(first, last + 1, shape).astype(dtype)
    values = random.uniform(low, high, shape)
    if kind == "c":
        values = values + 1j * random.uniform(low, high, shape)
    return onp.asarray(values).astype(host_dtype(dtype))


def function_of(name):
    """NumPy's function of that name (an operator of ours that has none fails by its own test)."""
    return getattr(onp, name)


def float_input(name, dtype):
    """The dtype that integers rise to before `name` computes, or None."""
    with onp.errstate(all="ignore"):
        result = function_of(name)(*[onp.ones(1, dtype)] * function_of(name).nin).dtype
    return str(result) if result.kind == "f" and kind_of(dtype) in "biu" else None


def reference(name, arrays):
    """(answer, dtype expected of ours) in default mode; raises what NumPy raises."""
    function, dtype = function_of(name), str(arrays[0].dtype)
    with onp.errstate(all="ignore"):
        if dtype == "bfloat16":
            return bfloat16_reference(name, function, arrays)
        plain = function(*arrays)
        wide = {"float64", "complex128"} & {str(array.dtype) for array in arrays}
        expected = str(plain.dtype) if wide else lowered(plain.dtype)
        if name in OF_THE_GRID and arrays[0].dtype.kind in "biu":
            plain = function(*[array.astype(expected) for array in arrays])
        hypotenuse = name == "absolute" and arrays[0].dtype.kind == "c"
        if (name in EXACT and not hypotenuse) or plain.dtype.kind not in "fc":
            return plain.astype(expected), expected
        return function(*[widened(array, expected) for array in arrays]).astype(expected), expected


def widened(array, compute):
    """The input as the operator sees it in `compute`, in the next wider dtype."""
    if array.dtype.kind in "fc":
        return array.astype(WIDER[str(array.dtype)])
    return array.astype(compute).astype(WIDER[compute]) if array.dtype.kind in "iub" else array


def bfloat16_reference(name, function, arrays):
    if name in OF_THE_GRID:
        return function(*arrays), "bfloat16"
    compute = "float32" if name in EXACT else "float64"
    plain = function(*[array.astype(compute) if array.dtype == BFLOAT16 else array for array in arrays])
    if plain.dtype == bool:
        return plain, "bool"
    if name == "float_power":  # at least the default float
        return plain.astype("float32"), "float32"
    return plain.astype(BFLOAT16), "bfloat16"
