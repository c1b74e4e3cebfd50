"""Writes numpy.txt: what NumPy's ufuncs give for a few values of each dtype, and which dtypes they have loops for.

Run it with NumPy 2.4 when an operator is added: python generate.py > numpy.txt
Lines: `support NAME dtype,...` and `values NAME dtype x,... [y,... [z,...]] result,...`
"""

import math
import sys

import numpy as np

CHARS = {"?": "bool", "b": "int8", "B": "uint8", "h": "int16", "H": "uint16", "i": "int32", "I": "uint32",
         "l": "int64", "L": "uint64", "f": "float32", "d": "float64", "F": "complex64", "D": "complex128"}  # fmt: skip
DTYPES = ["bool", "int8", "uint8", "uint32", "int64", "float32", "float64", "complex64", "complex128"]
SKIPPED = {"matmul", "matvec", "vecmat", "vecdot", "divmod", "frexp", "modf", "ldexp", "isnat", "float_power"}
# Counts and exponents that other operators would give nonsense for.
SECOND = {"power": [0, 1, 2, 3, 5, 2, 1, 0, 7], "left_shift": [0, 1, 7, 8, 63, 64, 200, 3, 2],
          "right_shift": [0, 1, 7, 8, 63, 64, 200, 3, 2]}  # fmt: skip


def sources(name, dtype, count):
    kind = np.dtype(dtype).kind
    if kind == "b":
        x, y, z = [0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 0, 1]
    elif kind in "iu":
        info = np.iinfo(dtype)
        x = [0, 1, 7, -7, info.min, info.max, 100, -1, -8]
        y = SECOND.get(name, [0, 3, -2, 2, -1, 2, 0, info.min, 3])
        z = [1, 1, 5, 4, 0, 100, 3, 2, 1]
        if name == "reciprocal":
            x[0] = 2  # 1 / 0 is whatever the processor makes of it in NumPy, and 0 here
    elif kind == "f":
        x = [0.0, -0.0, 1.0, -1.0, 0.3, -2.5, 3.7, -7.0, 88.5, 1e10, np.inf, -np.inf, np.nan, 7.0, -3.0, np.inf, 2.0]
        y = [1.0, 2.0, -0.0, 3.0, -0.7, 2.5, np.inf, 2.0, -3.0, np.nan, 2.0, -np.inf, 1.0, -np.inf, 3.0, 0.0, 0.0]
        z = [0.5, 5.0, np.nan, 4.0, 0.0, 3.0, 3.0, 9.0, 1.0, 1.0, 8.0, 2.0, 1.0, 2.0, 2.0, 7.0, -4.0]
    else:
        x = [0, 1, -1, 1j, 0.3 - 0.4j, 2 + 3j, -1.5 + 0.25j, -0.2 - 2j]
        y = [1, 2, -1, 2j, 1 + 1j, 2 - 3j, -1.5 + 0.25j, 0.5 + 1j]
        z = [1, 1, 1, 1, 1, 2 + 4j, 3, 0.1]
    wrap = [np.array(values).astype(dtype) for values in (x, y, z)]
    return wrap[:count]


def text(array):
    if array.dtype.kind == "c":
        return ",".join(f"{v.real!s}|{v.imag!s}" for v in array)
    return ",".join(str(int(v)) if array.dtype.kind in "biu" else str(v) for v in array)


def emit(name, dtype, inputs, result):
    print("values", name, dtype, *map(text, inputs), text(result))


def ufuncs():
    for ufunc in sorted({f for f in vars(np).values() if isinstance(f, np.ufunc)}, key=lambda f: f.__name__):
        if ufunc.__name__ not in SKIPPED:
            yield ufunc
    yield np._core.umath.clip


def loops(ufunc):
    """Dtypes whose loop takes nothing but that dtype."""
    found = set()
    for signature in ufunc.types:
        inputs = set(signature.split("->")[0])
        if len(inputs) == 1 and inputs <= set(CHARS):
            found.add(CHARS[inputs.pop()])
    return sorted(found)


def sinc(x):
    """NumPy's, except that whole numbers are the zeros that they are (NumPy has the sine of a rounded pi there)."""
    return np.where(np.isfinite(x) & (x == np.rint(x)) & (x != 0), 0, np.sinc(x))


def main():
    for ufunc in ufuncs():
        print("support", ufunc.__name__, ",".join(loops(ufunc)))
        for dtype in DTYPES:
            if dtype in loops(ufunc):
                inputs = sources(ufunc.__name__, dtype, ufunc.nin)
                emit(ufunc.__name__, dtype, inputs, ufunc(*inputs))
    for dtype in ["float32", "float64"]:
        (x,) = sources("", dtype, 1)
        for names, results in [
            (["frexp_mantissa", "frexp_exponent"], np.frexp(x)),
            (["modf_fraction", "modf_integral"], np.modf(x)),
            (["sinc", "i0", "angle"], [sinc(x), np.i0(np.clip(x, -80, 80)), np.angle(x)]),
        ]:
            for name, result in zip(names, results):
                emit(name, dtype, [np.clip(x, -80, 80) if name == "i0" else x], result.astype(dtype))
        exponents = np.array([3, -2, 0, 200, -200, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, 2000]).astype(dtype)
        emit("ldexp", dtype, [x, exponents], np.ldexp(x, exponents.astype("int32")))
    finite = np.array([0.25, 0.5, 2.5, 3.7, 6.0, 10.5])
    for name, function in [("erf", math.erf), ("erfc", math.erfc), ("gamma", math.gamma), ("gammaln", math.lgamma)]:
        emit(name, "float64", [finite], np.array([function(v) for v in finite]))
    for name in ["angle", "real", "imag", "isreal", "iscomplex"]:
        (x,) = sources("", "complex128", 1)
        emit(name, "complex128", [x], getattr(np, name)(x))


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        sys.exit(main())
