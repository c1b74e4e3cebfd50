"""Sorting, searching, counting and sets, with NumPy's order of nan and its stable ties."""

import numpy as onp
import pytest

from mxnet import np
from oracle import NUMPY_DTYPES, judge, sample_array

SHAPES = [(7,), (4, 6), (3, 1000), (2, 3, 4), (70, 80), (9000,), (0,), (3, 0), (1,)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("axis", [-1, 0, None])
@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_axes(name, shape, axis):
    judge(lambda np, x: getattr(np, name)(x, axis=axis, kind="stable"), sample_array("float32", shape))


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", ["sort", "argsort", "unique", "nonzero", "flatnonzero", "count_nonzero", "argwhere"])
def test_dtypes(name, dtype):
    keywords = {"kind": "stable"} if name == "argsort" else {}
    for shape in ((40,), (5000,)):
        judge(lambda np, x: getattr(np, name)(x, **keywords), sample_array(dtype, shape), dtype="same")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_nan_and_infinities_come_last(dtype):
    values = onp.array([3, onp.nan, -onp.inf, 0, onp.inf, onp.nan, -1], dtype)
    judge(lambda np, x: np.sort(x), values)
    judge(lambda np, x: np.argsort(x, kind="stable"), values)
    judge(lambda np, x: np.sort(np.tile(x, 800)), values)
    judge(lambda np, x: np.unique(x), values)


@pytest.mark.parametrize("kind", [None, "quicksort", "mergesort", "heapsort", "stable", "nonsense"])
def test_kinds(kind):
    judge(lambda np, x: np.sort(x, kind=kind), sample_array("int32", (40,)))


def test_sort_in_place_also_through_views():
    def call(np, x):
        x.sort(axis=0)
        x[:, ::-2].sort()
        x.T[1].sort()
        return x

    judge(call, sample_array("float32", (6, 8)))
    judge(call, sample_array("int16", (70, 80)))


@pytest.mark.parametrize("name", ["partition", "argpartition"])
def test_partition_puts_the_kth_in_its_place(name):
    values = onp.random.RandomState(0).permutation(500).astype("float32")
    got = getattr(np, name)(np.array(values), 40).asnumpy()
    ordered = values[got] if name == "argpartition" else got
    assert ordered[40] == 40 and set(ordered[:40]) == set(range(40)) and set(ordered) == set(values)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"return_index": True},
        {"return_inverse": True},
        {"return_counts": True},
        {"return_index": True, "return_inverse": True, "return_counts": True},
        {"axis": 0},
    ],
    ids=str,
)
def test_unique(options):
    judge(lambda np, x: np.unique(x, **options), sample_array("int32", (5, 8)))
    judge(lambda np, x: np.unique(x, **options), sample_array("float32", (50,)))
    judge(lambda np, x: np.unique(x, **options), onp.zeros((0,), "float32"))


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_and_digitize(side):
    edges, values = onp.array([0, 1, 1, 2, 5], "float32"), onp.array([[-1, 0, 1], [1.5, 5, 9]], "float32")
    judge(lambda np, e, v: np.searchsorted(e, v, side=side), edges, values)
    judge(
        lambda np, e, v: np.searchsorted(e[::-1], v, side=side, sorter=np.array([4, 3, 2, 1, 0], dtype="int64")),
        edges,
        values,
    )
    judge(lambda np, e, v: np.digitize(v, e, right=side == "right"), edges, values)
    judge(lambda np, e, v: np.searchsorted(e, 1), edges, values)


@pytest.mark.parametrize("name", ["intersect1d", "union1d", "setdiff1d", "setxor1d", "isin"])
def test_sets(name):
    judge(lambda np, x, y: getattr(np, name)(x, y), sample_array("int32", (20,), 1), sample_array("int32", (5,), 2))
    judge(lambda np, x, y: getattr(np, name)(x, y), sample_array("float32", (20,), 1), onp.zeros((0,), "float32"))


def test_where_with_one_argument():
    judge(lambda np, x: np.where(x > 0), sample_array("float32", (4, 6)))
    judge(lambda np, x: np.nonzero(x > 0), sample_array("float32", (70, 80)))
    judge(lambda np, x: x.nonzero(), sample_array("int8", (4, 6)))
    judge(lambda np, x: np.nonzero(x), onp.float32(3))


def test_lexsort_and_sort_complex():
    judge(lambda np, x, y: np.lexsort((x, y)), sample_array("int32", (30,), 1), sample_array("int32", (30,), 2))


def test_counting():
    x = onp.array([0, 3, 3, 1, 7], "int64")
    judge(lambda np, x: np.bincount(x), x)
    judge(lambda np, x: np.bincount(x, minlength=12), x)
    judge(lambda np, x, w: np.bincount(x, weights=w), x, onp.arange(5, dtype="float64"))
    judge(lambda np, x: np.bincount(x - 4), x)
    judge(lambda np, x: np.histogram(x, bins=4), x.astype("float64"))
    judge(lambda np, x: np.histogram(x, bins=4, range=(0, 5), density=True), x.astype("float64"), ulp=4)
    judge(lambda np, x, e: np.histogram(x, bins=e), x.astype("float64"), onp.array([0.0, 2, 8]))


def test_topk_by_descending_order():
    x = sample_array("float32", (5, 9))
    got = np.sort(np.array(x), axis=1, descending=True).asnumpy()
    assert (got == onp.sort(x, axis=1)[:, ::-1]).all()


@pytest.mark.parametrize("name", ["sort", "argsort", "argmax", "unique"])
def test_wrong_axes(name):
    judge(lambda np, x: getattr(np, name)(x, axis=5), sample_array("float32", (4, 6)))


@pytest.mark.parametrize("name", ["allclose", "isclose", "array_equal", "array_equiv"])
def test_comparing_arrays(name):
    x = onp.array([1, 1 + 1e-7, onp.nan, onp.inf, 5], "float64")
    y = onp.array([1, 1, onp.nan, onp.inf, 6], "float64")
    judge(lambda np, x, y: as_array(np, getattr(np, name)(x, y)), x, y)
    judge(lambda np, x, y: as_array(np, getattr(np, name)(x[:2], y[:2])), x, y)
    if name != "array_equiv":
        judge(lambda np, x, y: as_array(np, getattr(np, name)(x[:4], y[:4], equal_nan=True)), x, y)


def as_array(np, value):
    """Python and 0-d bools are the same answer here."""
    return np.asarray(value)


def test_interp_and_extremes():
    judge(
        lambda np, x, p, f: np.interp(x, p, f),
        onp.array([-1, 0.5, 1.5, 9]),
        onp.array([0.0, 1, 2]),
        onp.array([3.0, 5, 4]),
    )
    judge(lambda np, x: np.gradient(x), onp.array([1.0, 4, 9, 16]))
    judge(lambda np, x: np.trapezoid(x), onp.array([1.0, 4, 9, 16]))
    judge(lambda np, x: np.diff(x, n=2), onp.array([1.0, 4, 9, 16]))


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)], ids=str)
@pytest.mark.parametrize("name", ["partition", "argpartition"])
def test_any_place_is_fine_where_nothing_is_partitioned(name, shape):
    judge(lambda np, x: getattr(np, name)(x, 5), sample_array("float32", shape))
