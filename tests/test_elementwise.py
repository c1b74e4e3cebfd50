"""Every elementwise row of the op book in `np` against NumPy: dtypes, special values, layouts, broadcasting, keywords.

Tables come from `mxnet._core.op_table()`: a new operator is tested here without an edit.
"""

import numpy as onp
import pytest

from elementwise_reference import EXACT, allowed_absolute, allowed_ulp, inputs_of, reference
from mxnet import np
from oracle import ALL_DTYPES, assert_same, judge, kind_of, operators, ours, outcome, special_values
from strategies import LAYOUTS

ROWS = [row for row in operators("np") if hasattr(onp, row["name"])]
NAMES = [row["name"] for row in ROWS]
BINARY = [row for row in ROWS if row["arity"] == 2]
# `real`, `imag`, `angle` and `clip` are functions, as in NumPy.
UFUNCS = [row for row in ROWS if isinstance(getattr(np, row["name"]), np.ufunc)]
row_parameter = pytest.mark.parametrize("row", ROWS, ids=NAMES)
ufunc_parameter = pytest.mark.parametrize("row", UFUNCS, ids=[row["name"] for row in UFUNCS])
binary_parameter = pytest.mark.parametrize("row", BINARY, ids=[row["name"] for row in BINARY])


def dtype_for(row):
    """A dtype that the row computes in without conversion."""
    return "int32" if row["kind"].startswith(("Bits", "Count")) else "float32"


def check(row, arrays):
    """Ours against the reference; where NumPy refuses, ours must too."""
    state, want = outcome(lambda: reference(row["name"], arrays))
    call = getattr(np, row["name"])
    if state == "error":
        assert isinstance(want, (TypeError, ValueError)), want
        with pytest.raises((TypeError, ValueError)):
            call(*ours(arrays)).asnumpy()
        return
    answer, dtype = want
    ulp, absolute = allowed_ulp(row["name"], dtype, arrays), allowed_absolute(row["name"], dtype)
    assert_same(call(*ours(arrays)), answer, ulp, dtype, absolute)


def test_all_ufuncs_of_numpy_are_there():
    scalar = {name for name in dir(onp) if isinstance(getattr(onp, name), onp.ufunc)} - {"isnat"}
    assert not [name for name in sorted(scalar) if not hasattr(np, name)]


def test_names_and_aliases_are_one_object():
    for row in ROWS:
        for alias in row["aliases"]:
            assert getattr(np, alias) is getattr(np, row["name"]), alias


@row_parameter
@pytest.mark.parametrize("dtype", ALL_DTYPES)
@pytest.mark.parametrize("size", [24, 5000], ids=["small", "large"])
def test_values_over_dtypes(row, dtype, size):
    check(row, inputs_of(row, dtype, (size,)))


@row_parameter
@pytest.mark.parametrize("dtype", [d for d in ALL_DTYPES if not d.startswith("complex")])
def test_special_values(row, dtype):
    values = special_values(dtype)
    if row["name"] == "reciprocal" and kind_of(dtype) in "iu":
        values = values[values != 0]  # NumPy casts an infinity, which C leaves undefined; ours is 0
    if row["name"] == "i0":
        values = values[~onp.isinf(values)] if kind_of(dtype) == "f" else values  # NumPy's series has nan; ours is inf
    if row["arity"] == 1:
        check(row, [values])
    elif row["arity"] == 2 and row["name"] != "ldexp":
        first, second = [axis.ravel() for axis in onp.meshgrid(values, values)]
        if row["name"] in ("maximum", "minimum", "fmax", "fmin"):
            keep = ~((first == 0) & (second == 0))  # which zero wins is not specified
            first, second = first[keep], second[keep]
        check(row, [first, second])


@row_parameter
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(6, 8), (72, 80)], ids=["small", "large"])
def test_layouts(row, layout, shape):
    name, build = row["name"], LAYOUTS[layout]
    arrays = inputs_of(row, dtype_for(row), shape)
    views = [build(onp, array) for array in arrays]
    want, dtype = reference(name, views)
    got = getattr(np, name)(*[build(np, np.array(array)) for array in arrays])
    assert_same(got, want, allowed_ulp(name, dtype), dtype, allowed_absolute(name, dtype))


@binary_parameter
@pytest.mark.parametrize(
    "shapes",
    [
        ((3, 1), (4,)),
        ((), (5,)),
        ((2, 1, 3), (4, 1)),
        ((0, 3), (1, 3)),
        ((1,), (70, 80)),
        ((70, 1), (1, 80)),
        ((80,), (70, 80)),
    ],
    ids=str,
)
def test_broadcasting(row, shapes):
    dtype = dtype_for(row)
    check(row, [inputs_of(row, dtype, shape)[position] for position, shape in enumerate(shapes)])


@binary_parameter
def test_shapes_that_do_not_fit_name_the_operator_and_both_shapes(row):
    dtype = "int32" if row["kind"].startswith(("Bits", "Count")) else "float32"
    first, second = np.ones((2, 3), dtype=dtype), np.ones((4,), dtype="int32" if row["name"] == "ldexp" else dtype)
    with pytest.raises(ValueError) as info:
        getattr(np, row["name"])(first, second)
    assert "(2, 3)" in str(info.value).replace("(2,3)", "(2, 3)") and row["name"] in str(info.value)


@ufunc_parameter
@pytest.mark.parametrize("size", [6, 5000])
def test_out_receives_the_result_and_is_returned(row, size):
    arrays = inputs_of(row, dtype_for(row), (size,))
    want, dtype = reference(row["name"], arrays)
    out = np.zeros((size,), dtype=dtype)
    got = getattr(np, row["name"])(*ours(arrays), out=out)
    assert got is out
    assert_same(out, want, allowed_ulp(row["name"], dtype), dtype, allowed_absolute(row["name"], dtype))


@ufunc_parameter
def test_out_may_be_a_view_and_an_operand(row):
    arrays = inputs_of(row, dtype_for(row), (40,))
    want, dtype = reference(row["name"], [array[::2] for array in arrays])
    operands = ours(arrays)
    target = operands[0] if dtype == str(arrays[0].dtype) else np.zeros((40,), dtype=dtype)
    getattr(np, row["name"])(*[operand[::2] for operand in operands], out=target[::2])
    assert_same(target[::2], want, allowed_ulp(row["name"], dtype), dtype, allowed_absolute(row["name"], dtype))


@ufunc_parameter
@pytest.mark.parametrize("size", [8, 5000])
def test_where_leaves_other_elements_alone(row, size):
    arrays, mask = inputs_of(row, dtype_for(row), (size,)), onp.arange(size) % 3 == 0
    want, dtype = reference(row["name"], arrays)
    out = np.ones((size,), dtype=dtype)
    getattr(np, row["name"])(*ours(arrays), out=out, where=np.array(mask))
    want = onp.where(mask, want, onp.ones(size, dtype))
    assert_same(out, want, allowed_ulp(row["name"], dtype), dtype, allowed_absolute(row["name"], dtype))


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NAMES
        if isinstance(getattr(onp, name), onp.ufunc) and (name in EXACT or name in ("exp", "sin", "power", "log"))
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool", "complex128"])
def test_dtype_keyword_chooses_the_loop(name, dtype):
    row = ROWS[NAMES.index(name)]
    arrays = inputs_of(row, dtype_for(row), (7,))
    ulp = 4 if name not in EXACT or dtype.startswith("complex") else 0
    judge(lambda np, *inputs: getattr(np, name)(*inputs, dtype=dtype), *arrays, dtype="same", ulp=ulp)


@pytest.mark.parametrize("casting", ["no", "equiv", "safe", "same_kind", "unsafe"])
@pytest.mark.parametrize("name", ["add", "sqrt", "equal", "bitwise_and"])
@pytest.mark.parametrize("source, target", [("int32", "float64"), ("float64", "float32"), ("float32", "int8")])
def test_casting_keyword(name, casting, source, target):
    values = onp.ones(3, source)
    count = 1 if name == "sqrt" else 2
    judge(
        lambda np, *inputs: getattr(np, name)(*inputs, dtype=target, casting=casting), *[values] * count, dtype="same"
    )
    judge(
        lambda np, out, *inputs: getattr(np, name)(*inputs, out=out, casting=casting),
        onp.zeros(3, target),
        *[values] * count,
        dtype="same",
    )


def test_unknown_keyword_or_wrong_count_is_a_type_error():
    for call in (
        lambda: np.exp(np.ones(2), wrong=1),
        lambda: np.exp(),
        lambda: np.add(np.ones(2)),
        lambda: np.exp(np.ones(2), np.ones(2), np.ones(2)),
        lambda: np.add(np.ones(2), "text"),
        lambda: np.add(np.ones(2), None),
        lambda: np.add(np.ones(2), object()),
    ):
        with pytest.raises(TypeError):
            call()


def test_failed_out_leaves_the_array_unchanged():
    out = np.full((3,), 7, dtype="int32")
    for call in (lambda: np.add(np.ones(3), np.ones(3), out=out), lambda: np.sqrt(np.ones(5), out=out)):
        with pytest.raises((TypeError, ValueError)):
            call()
    assert out.asnumpy().tolist() == [7, 7, 7]


@ufunc_parameter
def test_objects_describe_themselves(row):
    ufunc = getattr(np, row["name"])
    assert ufunc.__name__ == row["name"]
    assert (ufunc.nin, ufunc.nout, ufunc.nargs) == (row["arity"], 1, row["arity"] + 1)
    assert ufunc.__doc__ and ">>>" in ufunc.__doc__
    assert row["name"] in repr(ufunc)


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["divmod", "modf", "frexp"])
def test_functions_with_two_results(name, dtype):
    values = onp.array([7, 2, 0, 5, 100, 3]).astype(dtype)
    if onp.dtype(dtype).kind == "f":
        values = onp.concatenate([values, -values / 3, onp.array([onp.inf, -onp.inf, onp.nan], dtype)])
    count = 2 if name == "divmod" else 1
    arrays = [values, values[::-1].copy()][:count]
    judge(lambda np, *inputs: getattr(np, name)(*inputs), *arrays)
