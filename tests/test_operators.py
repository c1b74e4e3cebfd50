"""Operators of arrays, weak Python scalars, reflected and in-place forms, and the methods of ufunc objects."""

import operator

import numpy as onp
import pytest

from elementwise_reference import inputs_of
from mxnet import np
from oracle import NUMPY_DTYPES, judge, operators, ours, promote, sample_array

ROWS = {row["name"]: row for row in operators("np")}
BINARY = [name for name, row in ROWS.items() if row["arity"] == 2 and hasattr(onp, name) and name != "ldexp"]
FOLDS = [
    "add",
    "multiply",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "logical_and",
    "logical_or",
    "logical_xor",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "subtract",
    "hypot",
    "logaddexp",
    "gcd",
    "lcm",
]
ARITHMETIC = {
    name: getattr(operator, name)
    for name in [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "and_",
        "or_",
        "xor",
        "lshift",
        "rshift",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
    ]
}
IN_PLACE = {
    name: getattr(operator, name)
    for name in [
        "iadd",
        "isub",
        "imul",
        "itruediv",
        "ifloordiv",
        "imod",
        "ipow",
        "iand",
        "ior",
        "ixor",
        "ilshift",
        "irshift",
    ]
}
UNARY = {name: getattr(operator, name) for name in ["neg", "pos", "abs", "invert"]}
SCALARS = [0, 1, 3, -2, 0.5, -1.5, True, 2j, 300, float("inf")]


def integers_for(name, dtype):
    low = 1 if name in ("lcm", "gcd", "hypot", "power", "float_power") else -3
    return dict(seed=5, low=low, high=4)


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", ARITHMETIC)
def test_binary_operators(name, dtype):
    first, second = sample_array(dtype, (3, 4), 1), sample_array(dtype, (4,), 2)
    if name == "pow":
        second = abs(second)
    ulp = 8 if name == "pow" or onp.dtype(dtype).kind == "c" else 0
    judge(lambda np, x, y: ARITHMETIC[name](x, y), first, second, ulp=ulp)


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", UNARY)
def test_unary_operators(name, dtype):
    judge(lambda np, x: UNARY[name](x), sample_array(dtype, (3, 4), 1), ulp=2 if dtype.startswith("complex") else 0)


@pytest.mark.parametrize("scalar", SCALARS, ids=repr)
@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod", "eq", "lt", "pow"])
@pytest.mark.parametrize("reflected", [False, True], ids=["", "reflected"])
def test_python_scalars_are_weak(name, dtype, scalar, reflected):
    values = abs(sample_array(dtype, (6,), 3)) if name == "pow" else sample_array(dtype, (6,), 3)
    call = ARITHMETIC[name]
    inexact = name in ("pow",) or onp.dtype(dtype).kind == "c" or isinstance(scalar, complex)
    # float16 results of NumPy's power go through float32 in one rounding, as ours.
    judge(lambda np, x: call(scalar, x) if reflected else call(x, scalar), values, ulp=8 if inexact else 1)


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", IN_PLACE)
@pytest.mark.parametrize("other", ["same dtype", "scalar", "view of itself"])
def test_in_place_operators_write_where_the_array_lives(name, dtype, other):
    def call(np, x, y):
        whole, view = x, x[1:]
        operand = {"same dtype": y[1:], "scalar": 2, "view of itself": x[:-1]}[other]
        result = IN_PLACE[name](view, operand)
        assert result is view
        return whole

    values, more = abs(sample_array(dtype, (7,), 3)), abs(sample_array(dtype, (7,), 4))
    judge(call, values, more, dtype="same", ulp=8 if name == "ipow" or dtype.startswith("complex") else 0)


@pytest.mark.parametrize("first", ["int8", "int64", "uint8", "float32", "bool"])
@pytest.mark.parametrize("second", ["float32", "float64", "int8", "uint64", "complex64"])
def test_in_place_with_a_wider_kind_is_refused_and_changes_nothing(first, second):
    def call(np, x, y):
        x += y
        return x

    x, y = ours([onp.ones(3, first), onp.ones(3, second)])
    if promote(first, second) == promote(first, second, True):
        judge(call, onp.ones(3, first), onp.ones(3, second), dtype="same")
    elif onp.dtype(first).kind in "iub" and onp.dtype(second).kind in "fc":
        with pytest.raises(TypeError):
            x += y
        assert x.asnumpy().tolist() == onp.ones(3, first).tolist()


def test_divmod_and_reflected_matmul():
    x, y = sample_array("int32", (5,), 1), onp.array([1, 2, 3, -2, 5], "int32")
    judge(lambda np, x, y: divmod(x, y), x, y)
    judge(lambda np, x: divmod(x, 3), x)
    judge(lambda np, x: divmod(17, x + 9), x)
    judge(lambda np, x: x @ x, x)


def test_comparison_with_foreign_objects():
    x = np.array([1.0, 2.0])
    assert (x == None).asnumpy().tolist() == [False, False]  # noqa: E711 - elementwise, as in NumPy
    assert (x != None).asnumpy().tolist() == [True, True]  # noqa: E711
    for value in (None, "text", object(), {}):
        with pytest.raises(TypeError):
            x < value
        with pytest.raises(TypeError):
            x + value


def test_lists_and_numpy_arrays_are_operands():
    x = np.array([1.0, 2.0])
    for result in (x + [1, 2], [1, 2] + x, x + onp.array([1, 2], "float32"), onp.array([1, 2], "float32") + x):
        assert isinstance(result, np.ndarray) and result.asnumpy().tolist() == [2.0, 4.0]


def test_operators_return_not_implemented_for_classes_that_take_over():
    class Takes:
        __array_ufunc__ = None

        def __radd__(self, other):
            return "taken"

    assert np.array([1.0]) + Takes() == "taken"


# Methods of ufunc objects.


def fold_input(name, shape, dtype=None):
    dtype = dtype or (
        "int32"
        if ROWS.get(name, {}).get("kind", "").startswith(("Bits", "Count"))
        or name in ("gcd", "lcm")
        or name.startswith("bitwise")
        else "float32"
    )
    return sample_array(dtype, shape, **integers_for(name, dtype))


def fold_ulp(name):
    return 8 if name in ("hypot", "logaddexp", "multiply") else 0


@pytest.mark.parametrize("axis", [0, 1, -1, None, (0, 1), (0, 2)], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("name", FOLDS)
def test_reduce(name, axis, keepdims):
    values = fold_input(name, (3, 4, 5))
    judge(lambda np, x: getattr(np, name).reduce(x, axis=axis, keepdims=keepdims), values, ulp=fold_ulp(name))


@pytest.mark.parametrize("name", FOLDS)
@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "float16", "float64"])
def test_reduce_dtypes(name, dtype):
    values = fold_input(name, (30, 2), dtype)
    judge(lambda np, x: getattr(np, name).reduce(x), values, ulp=fold_ulp(name))


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "logical_and"])
def test_reduce_keywords(name):
    values, mask = fold_input(name, (4, 6)), onp.arange(24).reshape(4, 6) % 2 == 0
    judge(lambda np, x, m: getattr(np, name).reduce(x, axis=1, where=m, initial=1), values, mask, ulp=2)
    judge(lambda np, x: getattr(np, name).reduce(x, axis=1, initial=2, keepdims=True), values, ulp=2)
    judge(lambda np, x: getattr(np, name).reduce(x, dtype="float64"), values, dtype="same", ulp=2)
    judge(lambda np, x: getattr(np, name).reduce(x[:0]), values)
    judge(lambda np, x: getattr(np, name).reduce(x[:, :0], axis=1), values)
    judge(lambda np, x: getattr(np, name).reduce(x, axis=7), values)


@pytest.mark.parametrize("name", [name for name in FOLDS if name not in ("fmax", "fmin")])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("shape", [(3, 4), (70, 80), (0, 3)], ids=str)
def test_accumulate(name, axis, shape):
    values = fold_input(name, shape)
    if name == "multiply":
        values = onp.sign(values)
    judge(lambda np, x: getattr(np, name).accumulate(x, axis=axis), values, ulp=200 if fold_ulp(name) else 0)


@pytest.mark.parametrize("name", BINARY)
def test_outer(name):
    row = ROWS[name]
    dtype = "int32" if row["kind"].startswith(("Bits", "Count")) else "float32"
    first, second = inputs_of(row, dtype, (3, 2))[0], inputs_of(row, dtype, (4,))[1]
    judge(lambda np, x, y: getattr(np, name).outer(x, y), first, second, ulp=8)


@pytest.mark.parametrize("name", ["add", "multiply", "maximum", "minimum", "logical_or", "bitwise_and"])
@pytest.mark.parametrize("axis", [0, 1])
def test_reduceat(name, axis):
    values, places = fold_input(name, (6, 6)), onp.array([0, 3, 1, 5])
    judge(lambda np, x, i: getattr(np, name).reduceat(x, i, axis=axis), values, places, ulp=4)
    judge(lambda np, x, i: getattr(np, name).reduceat(x, i + 9, axis=axis), values, places)


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "maximum", "minimum"])
def test_at_counts_repeated_indices(name):
    def call(np, x, i, y):
        getattr(np, name).at(x, i, y)
        return x

    values, places = fold_input(name, (6, 3)), onp.array([0, 0, 5, 0, -1])
    judge(call, values, places, fold_input(name, (5, 1)))
    judge(call, values, places, onp.float32(2))
    judge(call, values, onp.array([0, 17]), onp.float32(2))


def test_at_of_a_unary_ufunc():
    def call(np, x, i):
        np.negative.at(x, i)
        return x

    judge(call, sample_array("float32", (5,)), onp.array([0, 0, 3]))


@pytest.mark.parametrize("method", ["reduce", "accumulate", "reduceat", "outer"])
def test_methods_of_unary_ufuncs_are_refused(method):
    arguments = (onp.ones(3, "float32"),) + ((onp.array([0]),) if method in ("reduceat", "outer") else ())
    judge(lambda np, *inputs: getattr(np.exp, method)(*inputs), *arguments)


def test_identities():
    for name in FOLDS:
        assert getattr(np, name).identity == getattr(onp, name).identity, name
