"""Rare arguments of NumPy's functions: enormous numbers, exact numbers, empty and 0-d arrays, outputs by position,
known means, memory order, and `nditer`. One row each, by ours and by NumPy."""

import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as onp
import pytest

from mxnet import np

pytestmark = pytest.mark.usefixtures("numpy_dtypes")


def shown(value):
    """A result as comparable Python objects."""
    if isinstance(value, (tuple, list)):
        return [shown(one) for one in value]
    if hasattr(value, "dtype"):
        value = value.asnumpy() if hasattr(value, "asnumpy") else onp.asarray(value)
        order = (value.flags.c_contiguous, value.flags.f_contiguous)
        return str(value.dtype), value.shape, order, onp.round(value.astype("complex128"), 12).tolist()
    return value


def outcome(space, call):
    """What a call gives, which warnings it gives, or the class of its exception."""
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        try:
            result = shown(call(space))
        except Exception as error:
            kinds = (TypeError, ValueError, IndexError, OverflowError, onp.linalg.LinAlgError)
            return [kind.__name__ for kind in kinds if isinstance(error, kind)]
    return result, sorted({one.category.__name__ for one in met if one.category is not RuntimeWarning})


def three(np):
    return np.zeros(2), np.zeros(2), np.zeros(2, dtype="int32")


X = [1.5, -2.25]
GRID = onp.arange(12.0).reshape(3, 4)
FLAGS = [True, False, True, True]

CALLS = {
    # outputs by position
    "modf": lambda np: (o := three(np), np.modf(np.array(X), o[0], o[1]), o[:2])[1:],
    "modf, one output": lambda np: (o := three(np), np.modf(np.array(X), None, o[1]), o[1])[1:],
    "modf, outputs twice": lambda np: np.modf(np.array(X), three(np)[0], out=(None, three(np)[1])),
    "modf, too many": lambda np: np.modf(np.array(X), *three(np)),
    "frexp": lambda np: (o := three(np), np.frexp(np.array(X), o[0], o[2]), o)[1],
    "divmod": lambda np: (o := three(np), np.divmod(np.array(X), 2, o[0], o[1]), o[:2])[1:],
    # lengths of transforms
    **{
        f"{name}, s={s}, axes={axes}": lambda np, name=name, s=s, axes=axes: getattr(np.fft, name)(
            np.array(GRID), s=s, axes=axes
        )
        for name in ("fftn", "ifftn", "rfftn", "irfftn", "fft2", "irfft2")
        for s, axes in (
            ((2, None), (0, 1)),
            ((None, 2), None),
            ((2, 2), None),
            ((2,), None),
            ((-1, 2), (0, 1)),
            ((2, 2, 2), (0, 1)),
            ((2.5, 2), (0, 1)),
            (3, None),
        )
    },
    # enormous numbers
    **{
        f"matrix_power {n}": lambda np, n=n: np.linalg.matrix_power(np.array([[1, 1], [0, 1]], dtype="int64"), n)
        for n in (10**19, 2**64 + 3, 2**62, 2**63, 0)
    },
    "matrix_power, negative": lambda np: np.linalg.matrix_power(np.array([[1.0, 0.5], [0, 1]]), -(10**19)),
    **{
        f"roll {shift}, {axis}": lambda np, shift=shift, axis=axis: np.roll(np.array(GRID), shift, axis)
        for shift, axis in (
            (10**20, None),
            (-(2**63) - 1, None),
            (2**63 - 1, 0),
            ((10**20, 1), (0, 1)),
            ((2**62, 2**62, 2**62), 1),
            ((2**62, 2**62, 2**62), None),
        )
    },
    **{
        f"array of {number}, {dtype}": lambda np, number=number, dtype=dtype: np.array(number, dtype=dtype)
        for number in ([2**64], 2**64, [-(2**63) - 1], [2**70, 1], [10**400])
        for dtype in ("uint8", "int64", "uint64", "float64", "bool")
    },
    "float with an integer beyond doubles": lambda np: np.array(X) + 10**400,
    # exact numbers
    **{
        f"{dtype} {op} {other}": lambda np, dtype=dtype, op=op, other=other: getattr(
            np.array([1, 2, 3], dtype=dtype), op
        )(other)
        for dtype in ("int64", "uint8", "float64")
        for op in ("__eq__", "__ne__", "__lt__", "__ge__")
        for other in (2**70, -(2**70), 10**300, Fraction(3, 2), Decimal("2"), Decimal("0.1"))
    },
    "reflected": lambda np: (Fraction(3, 2) < np.array([1, 2]), Decimal(1) == np.array([1, 2]), np.array([1]) < 2**80),
    "less, both sides": lambda np: (np.less(2**100, np.array([1])), np.greater(2**100, np.array([1], dtype="uint64"))),
    # folds by comparisons
    **{
        f"{name}.{method} {dtype}": lambda np, name=name, method=method, dtype=dtype: getattr(
            getattr(np, name), method
        )(np.array(FLAGS, dtype=dtype), *([[0, 2]] if method == "reduceat" else []))
        for name in ("equal", "not_equal", "less", "greater_equal")
        for method in ("reduce", "accumulate", "reduceat")
        for dtype in ("bool", "int64", "float64")
    },
    "equal.reduce, as bools": lambda np: np.equal.reduce(np.array([1, 2, 0]), dtype=bool),
    "equal.reduce, initial": lambda np: np.equal.reduce(np.array(FLAGS), initial=False),
    "less.reduce, initial": lambda np: np.less.reduce(np.array([FLAGS, FLAGS[::-1]]), axis=1, initial=True),
    "equal.reduce, keepdims": lambda np: np.equal.reduce(np.array([FLAGS, FLAGS]), axis=1, keepdims=True),
    "equal.reduce, where": lambda np: np.equal.reduce(np.array(FLAGS), where=np.array(FLAGS)),
    "equal.reduce, where and initial": lambda np: np.equal.reduce(np.array(FLAGS), where=np.array(FLAGS), initial=True),
    "equal.reduce of nothing": lambda np: np.equal.reduce(np.zeros(0, dtype=bool)),
    "equal.reduce of two axes": lambda np: np.equal.reduce(np.ones((2, 2), dtype=bool), axis=(0, 1)),
    # orders of 0-d and empty arrays
    **{
        f"{name} of {shape}, {axis}": lambda np, name=name, shape=shape, axis=axis: getattr(np, name)(
            np.ones(shape), *([0] if "partition" in name else []), axis=axis
        )
        for name in ("argsort", "argpartition", "sort", "partition")
        for shape in ((), (0,), (0, 3), (3, 0))
        for axis in (-1, 0, 1, None)
    },
    **{
        f"{name}, kth={kth}": lambda np, name=name, kth=kth: getattr(np, name)(np.ones(3), kth)
        for name in ("partition", "argpartition")
        for kth in ([], 3, -4, 1.5, True, [[1, 2]], [True, False], [1, 2], -3)
    },
    # spreads around a known mean
    **{
        f"{name}, mean={mean}, axis={axis}": lambda np, name=name, mean=mean, axis=axis: getattr(np, name)(
            np.array(GRID), axis=axis, mean=np.array(mean) if isinstance(mean, list) else mean
        )
        for name in ("var", "std", "nanvar", "nanstd")
        for mean, axis in ((3.0, None), ([[1.0], [2.0], [3.0]], 1), ([1.0, 2.0, 3.0, 4.0], 0), ([1.0, 2.0], 1))
    },
    "std, mean, correction": lambda np: np.std(np.array(GRID), mean=3, correction=1, axis=0),
    "var, complex": lambda np: np.var(np.array(GRID) + 1j, mean=3),
    "var, where and mean": lambda np: np.var(
        np.array(GRID), axis=1, where=np.array(GRID) > 1, mean=np.array([[1.0], [2.0], [3.0]])
    ),
    "both corrections": lambda np: np.var(np.array(GRID), ddof=1, correction=1),
    # closeness of narrow floats and numbers
    **{
        f"isclose {dtype}, {number}, {options}": lambda np, dtype=dtype, number=number, options=options: (
            np.isclose(np.array([0.1, 1, onp.inf, onp.nan], dtype=dtype), number, **options),
            np.isclose(number, np.array([0.1, 1, onp.inf, onp.nan], dtype=dtype), **options),
        )
        for dtype in ("float16", "float32", "float64", "complex64")
        for number in (0.1, 1, onp.inf, onp.nan, 1.0005, 1 + 0j)
        for options in ({}, {"rtol": 0, "atol": 0}, {"equal_nan": True})
    },
    "isclose of numbers": lambda np: (
        np.isclose(0.1 + 0.2, 0.3, rtol=1e-12, atol=0),
        np.isclose(1, 1 + 1e-9, rtol=1e-12),
    ),
    "isclose, tolerances as arrays": lambda np: np.isclose(np.array([1.0, 2.0]), 1.5, rtol=np.array([0.1, 0.5])),
    "allclose float32": lambda np: np.allclose(np.array([0.1], dtype="float32"), 0.1, rtol=0, atol=0),
    # memory order
    **{
        f"pad, {mode}, {order}": lambda np, mode=mode, order=order: np.pad(
            np.array(GRID, order=order), 0 if mode == "empty" else ((1, 2), (0, 1)), mode=mode
        )
        for mode in ("constant", "edge", "reflect", "mean", "linear_ramp", "empty")
        for order in ("C", "F")
    },
    **{
        f"{name}, {order}, {shape}": lambda np, name=name, order=order, shape=shape: (
            lambda made: (made.shape, made.strides)
        )(getattr(np, name)(np.ones((2, 3, 4)).transpose(2, 1, 0), order=order, shape=shape))
        for name in ("empty_like", "zeros_like", "ones_like")
        for order in ("C", "F", "A", "K")
        for shape in (None, (4, 5), (4, 5, 6), 3)
    },
    "round keeps the order": lambda np: np.round(np.array([[1, 2, 3], [4, 5, 6]], order="F", dtype="int64")),
    # fill takes numbers
    **{
        f"fill {value}": lambda np, value=value: (x := np.zeros(3), x.fill(value), x)[2]
        for value in ([1], [[1]], [1, 2], 7, True, "a")
    },
    "fill an array": lambda np: (x := np.zeros(3), x.fill(np.array([1])), x)[2],
    "fill a 0-d array": lambda np: (x := np.zeros(3), x.fill(np.array(4.0)), x)[2],
    # products in place keep their shape
    "a product that does not fit": lambda np: (x := np.ones((2, 3)), x.__imatmul__(np.ones((3, 1))))[1],
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name):
    assert outcome(np, CALLS[name]) == outcome(onp, CALLS[name])


BOUNDS = {
    dtype: (0, 2) if dtype == "bool" else (int(onp.iinfo(dtype).min), int(onp.iinfo(dtype).max) + 1)
    for dtype in ("bool", "int8", "uint8", "int32", "uint32", "int64", "uint64")
}


@pytest.mark.parametrize("dtype", BOUNDS)
def test_bounds_in_lists_may_be_all_of_a_dtype(dtype):
    low, high = BOUNDS[dtype]
    bounds = [([low], [high]), ([low] * 3, high), (low, [high] * 3), ([high - 1] * 2, [high] * 2)]
    bounds += [([low - 1], high), (low, [high + 1]), ([low, low - 1], [high, high]), ([0], [0]), (0, [2**200])]
    for one, two in bounds:
        ours, theirs = np.random.default_rng(3), onp.random.default_rng(3)
        call = [outcome(None, lambda _, g=g: g.integers(one, two, dtype=dtype)) for g in (ours, theirs)]  # noqa: B023
        assert call[0] == call[1]
        ours, theirs = np.random.RandomState(3), onp.random.RandomState(3)
        call = [outcome(None, lambda _, g=g: g.randint(one, two, dtype=dtype)) for g in (ours, theirs)]  # noqa: B023
        assert call[0] == call[1]


def test_equal_variances_keep_the_order_of_the_axes():
    for method in ("svd", "eigh", "cholesky"):
        ours, theirs = (
            s.random.default_rng(5).multivariate_normal([0, 1], onp.eye(2), 3, method=method) for s in (np, onp)
        )
        onp.testing.assert_allclose(ours.asnumpy(), theirs, rtol=1e-12)


def test_probabilities_of_narrow_floats_are_summed_as_doubles():
    narrow = onp.array([9.9e-01, 9.9e-01, 1e-09, 1e-09], dtype="float32")
    narrow = narrow / narrow.sum()
    for space in (np, onp):
        with pytest.raises(ValueError, match="pvals array is cast to 64-bit floating"):
            space.random.default_rng(1).multinomial(1, space.asarray(narrow))


# nditer


CUBE = onp.arange(24.0).reshape(2, 3, 4)
WALKS = {
    f"{name}, {flags}, {order}": (x, {"flags": list(flags), "order": order})
    for name, x in {
        "C": CUBE,
        "F": onp.asfortranarray(CUBE),
        "backwards": CUBE[::-1, :, ::-1],
        "swapped": CUBE.swapaxes(0, 1),
        "0-d": onp.array(5.0),
        "row": CUBE[:1, :1],
    }.items()
    for flags in (
        (),
        ("multi_index",),
        ("c_index",),
        ("f_index", "multi_index"),
        ("external_loop",),
        ("external_loop", "buffered"),
    )
    for order in "CFAK"
}


def laid(space, x):
    """The array with the same strides, in either library."""
    return x if space is onp else np.asarray(x)


@pytest.mark.parametrize("name", WALKS)
def test_walks(name):
    x, options = WALKS[name]

    def told(space):
        it = space.nditer(laid(space, x), **options)
        steps = []
        for element in it:
            step = [onp.ravel(onp.asarray(element)).tolist(), it.iterindex]
            step += [it.multi_index] if it.has_multi_index else []
            step += [it.index] if it.has_index else []
            steps.append(step)
        return steps, it.itersize, it.nop

    assert told(np) == told(onp)
    ours, theirs = np.nditer(laid(np, x), **options), onp.nditer(x, **options)
    assert (ours.shape, ours.ndim, ours.iterrange) == (theirs.shape, theirs.ndim, theirs.iterrange)


@pytest.mark.parametrize("size", [1, 3, 5, 100])
@pytest.mark.parametrize("order", ["C", "K"])
def test_buffered_runs_have_the_size_of_the_buffer(size, order):
    def runs(space):
        flags = ["external_loop", "buffered"]
        it = space.nditer(
            laid(space, CUBE.T), flags, op_dtypes=["float32"], casting="same_kind", order=order, buffersize=size
        )
        return [run.tolist() for run in it], str(it.dtypes[0])

    assert runs(np) == runs(onp)


def summed(space, flags, axes, dtype="float64"):
    x = space.array(CUBE)
    it = space.nditer(
        [x, None],
        ["reduce_ok", *flags],
        [["readonly"], ["readwrite", "allocate"]],
        op_axes=[[0, 1, 2], axes],
        op_dtypes=[None, dtype],
    )
    with it:
        it.operands[1][...] = 0
        it.reset()
        for element, total in it:
            total[...] += element
        return shown(it.operands[1])


@pytest.mark.parametrize("flags", [[], ["external_loop"], ["buffered", "delay_bufalloc"]], ids=str)
@pytest.mark.parametrize("axes", [[0, 1, 2], [0, 1, -1], [-1, 0, 1], [0, -1, -1], [-1, -1, -1], [1, -1, 0]], ids=str)
def test_reductions_by_axes(flags, axes):
    if flags == ["external_loop"] and axes[-1] == -1:
        axes = [*axes[:-1], -1]
    assert summed(np, flags, axes) == summed(onp, flags, axes)


def test_outer_products_by_axes():
    def outer(space):
        it = space.nditer(
            [space.array([1.0, 2.0]), space.array([3.0, 4.0, 5.0]), None],
            ["external_loop"],
            op_axes=[[0, -1], [-1, 0], None],
        )
        with it:
            for x, y, z in it:
                z[...] = x * y
            return shown(it.operands[2])

    assert outer(np) == outer(onp)


OPERANDS = {
    "an element": lambda it: float(it[0]),
    "from the end": lambda it: float(it[-1]),
    "a slice": lambda it: [float(one) for one in it[0:2]],
    "outside": lambda it: it[2],
    "no index": lambda it: it["a"],
    "set": lambda it: (it.__setitem__(1, 7), it.operands[1].tolist())[1],
    "set a slice": lambda it: (it.__setitem__(slice(1, 2), (8,)), it.operands[1].tolist())[1],
    "set a slice of another length": lambda it: it.__setitem__(slice(0, 2), (8,)),
    "set what is read": lambda it: it.__setitem__(0, 7),
    "delete": lambda it: it.__delitem__(0),
    "iterindex": lambda it: (setattr(it, "iterindex", 4), float(it[0]), it.multi_index)[1:],
    "multi_index": lambda it: (setattr(it, "multi_index", (1, 2)), float(it[0]), it.iterindex)[1:],
    "multi_index outside": lambda it: setattr(it, "multi_index", (2, 0)),
    "multi_index of another length": lambda it: setattr(it, "multi_index", (1,)),
    "range without the flag": lambda it: setattr(it, "iterrange", (1, 2)),
    "iternext": lambda it: (it.iternext(), float(it[0]), it.reset(), float(it[0])),
    "copy": lambda it: (next(it), it.copy().iterindex, next(it.copy())[0].tolist())[1:],
    "remove_axis": lambda it: (it.remove_axis(1), [x.tolist() for x, _ in it])[1],
    "remove_multi_index": lambda it: (it.remove_multi_index(), it.shape, it.has_multi_index)[1:],
    "loops": lambda it: (it.remove_multi_index(), it.enable_external_loop(), it.value[0].tolist())[2],
    "loops with an index": lambda it: it.enable_external_loop(),
    "after the end": lambda it: ([None for _ in it], it.value),
    "after close": lambda it: (it.close(), it.operands),
}


@pytest.mark.parametrize("name", OPERANDS)
def test_nditer_as_a_sequence(name):
    def work(space):
        x = space.array([[0.0, 1, 2], [3, 4, 5]])
        return OPERANDS[name](space.nditer([x, x * 10], ["multi_index"], [["readonly"], ["readwrite"]]))

    assert outcome(np, work) == outcome(onp, work)


MADE = {
    "no operands": lambda np, x: np.nditer([]),
    "two modes": lambda np, x: np.nditer(x, op_flags=["readonly", "readwrite"]),
    "no mode": lambda np, x: np.nditer(x, op_flags=["copy"]),
    "unknown mode": lambda np, x: np.nditer(x, op_flags=["readslowly"]),
    "not allocated": lambda np, x: np.nditer([x, None], op_flags=[["readonly"], ["writeonly"]]),
    "two indices": lambda np, x: np.nditer(x, ["c_index", "f_index"]),
    "loops with an index": lambda np, x: np.nditer(x, ["external_loop", "c_index"]),
    "a cast without a buffer": lambda np, x: np.nditer(x, op_dtypes=["float32"]),
    "a cast that is not allowed": lambda np, x: np.nditer(x, ["buffered"], op_dtypes=["int32"]),
    "an axis twice": lambda np, x: np.nditer([x, x], op_axes=[[0, 1], [0, 0]]),
    "an axis outside": lambda np, x: np.nditer([x, x], op_axes=[[0, 1], [0, 3]]),
    "other numbers of axes": lambda np, x: np.nditer([x, x], op_axes=[[0, 1], [0]]),
    "axes for one": lambda np, x: np.nditer([x, x], op_axes=[[0, 1]]),
    "axes that do not fit": lambda np, x: np.nditer([x, x], op_axes=[[0, 1], [1, 0]]),
    "a shape": lambda np, x: np.nditer(x, ["multi_index"], itershape=(4, 2, 3)).shape,
    "a shape that is left open": lambda np, x: np.nditer(x[:1], ["multi_index"], itershape=(4, -1)).shape,
    "a shape that does not fit": lambda np, x: np.nditer(x, itershape=(2, 4)),
    "a reduction": lambda np, x: np.nditer([x, np.zeros(3)], op_flags=[["readonly"], ["readwrite"]]),
    "no broadcast": lambda np, x: np.nditer([x, x[0]], op_flags=[["readonly"], ["readonly", "no_broadcast"]]),
    "a range": lambda np, x: (
        it := np.nditer(x, ["ranged"]),
        setattr(it, "iterrange", (2, 5)),
        [float(one) for one in it],
    )[2],
    "common dtypes": lambda np, x: [
        str(dtype) for dtype in np.nditer([x, x.astype("int8")], ["common_dtype", "buffered"]).dtypes
    ],
    "written back": lambda np, x: (
        y := np.arange(3).astype("int64"),
        it := np.nditer(y, ["buffered"], ["readwrite"], op_dtypes=["float64"], casting="unsafe"),
        [one.__setitem__(..., one * 2.5) for one in it],
        y.tolist(),
    )[3],
    "apart": lambda np, x: (
        y := np.arange(4.0),
        it := np.nditer([y[1:], y[:-1]], ["copy_if_overlap"], [["readonly"], ["readwrite"]]),
        [b.__setitem__(..., a) for a, b in it],
        it.close(),
        y.tolist(),
    )[4],
}


@pytest.mark.parametrize("name", MADE)
def test_nditer_is_made_as_numpy_makes_it(name):
    def work(space):
        made = MADE[name](space, space.array([[0.0, 1, 2], [3, 4, 5]]))
        return made if isinstance(made, (list, tuple)) else None

    assert outcome(np, work) == outcome(onp, work)


def test_what_testing_calls_gets_its_arguments_as_they_are():
    items, array = [3, 1, 2], np.zeros(2)
    np.testing.assert_no_warnings(items.sort)
    np.testing.assert_no_warnings(lambda given: given.append(4), items)
    np.testing.assert_no_warnings(array.fill, 7)
    np.testing.assert_raises(
        ValueError, lambda given: given.reshape(3) if isinstance(given, np.ndarray) else None, array
    )
    assert items == [1, 2, 3, 4] and array.tolist() == [7.0, 7.0]
