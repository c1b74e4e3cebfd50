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


PATTERNS = ["random", "sorted", "reversed", "constant", "organ pipe", "few", "nearly sorted", "two ends"]


def pattern(name, dtype, count, special=False):
    """Numbers of one kind of order; `special`: with nan, infinities and both zeros among them."""
    rng = onp.random.RandomState(count % 1000 + len(name))
    dtype = onp.dtype(dtype)
    low, high = (-99, 99) if dtype == "int8" else (0, 199) if dtype.kind == "u" else (-(2**30), 2**30)
    values = rng.uniform(low, high, count)
    if name == "sorted":
        values = onp.sort(values)
    elif name == "reversed":
        values = onp.sort(values)[::-1]
    elif name == "constant":
        values[:] = 7
    elif name == "organ pipe":
        values = onp.concatenate([onp.arange(count // 2), onp.arange(count - count // 2)[::-1]]) % 100
    elif name == "few":
        values = rng.randint(0, 5, count)
    elif name == "nearly sorted":
        values = onp.sort(values)
        values[rng.randint(0, max(count, 1), count // 50)] = 3
    elif name == "two ends":
        values = onp.where(rng.uniform(size=count) < 0.5, low, high)
    values = onp.asarray(values).astype(dtype)
    if special and dtype.kind == "f" and count > 10:
        places = rng.randint(0, count, (6, max(count // 40, 1)))
        for place, value in zip(places, [onp.nan, -onp.nan, onp.inf, -onp.inf, 0.0, -0.0], strict=True):
            values[place] = value
    return values


def in_order(values):
    """NumPy's sort; its own of float16 goes wrong where there are many infinities and nan."""
    return onp.sort(values.astype("float64")).astype("float16") if values.dtype == "float16" else onp.sort(values)


# around registers, networks, rows that are selected from, shared ones, and chunks of these
COUNTS = [0, 1, 15, 16, 17, 33, 128, 129, 257, 1000, 8192, 20_001, 99_999, 150_001]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "float16", "uint8", "int16"])
def test_sorts_of_every_order(dtype, count):
    for name in PATTERNS:
        values = pattern(name, dtype, count, special=True)
        got = np.sort(np.array(values, dtype=dtype)).asnumpy()
        onp.testing.assert_array_equal(got, in_order(values), err_msg=name)
        order = np.argsort(np.array(values, dtype=dtype), kind="stable").asnumpy()
        onp.testing.assert_array_equal(order, onp.argsort(values, kind="stable"), err_msg=name)


def check_partition(values, got, places):
    """Elements at their places, lesser ones before and greater ones behind; the same elements as before."""
    ordered = in_order(values)
    onp.testing.assert_array_equal(got[places], ordered[places])
    onp.testing.assert_array_equal(in_order(got), ordered)
    ranks = onp.searchsorted(ordered, got)
    for place in places:
        assert (ranks[:place] <= ranks[place]).all() and (ranks[place:] >= ranks[place]).all()


@pytest.mark.parametrize("count", [1, 2, 100, 8191, 8192, 30_000, 120_000])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "float16", "int8", "uint16", "bool"])
def test_partitions_of_every_order(dtype, count):
    for name in PATTERNS if count < 50_000 else ["random", "few"]:
        values = pattern(name, dtype, count, special=True)
        ours = np.array(values, dtype=dtype)
        for places in (
            [count // 3],
            [0],
            [count - 1],
            [count // 2, count // 3, 0, -1],
            list(range(0, count, count // 12 + 1)),
        ):
            check_partition(values, np.partition(ours, places).asnumpy(), places)
            order = np.argpartition(ours, places).asnumpy()
            assert onp.array_equal(onp.sort(order), onp.arange(count))
            check_partition(values, values[order], places)


def test_partition_along_axes_and_of_views():
    values = pattern("random", "float32", 60_000)
    for shape, axis in [((6, 10_000), 1), ((10_000, 6), 0), ((3, 10_000, 2), -2), ((300, 200), None), ((200, 300), 0)]:
        theirs = values.reshape(shape)
        got = np.partition(np.array(theirs), 90, axis=axis).asnumpy()
        lines = onp.moveaxis(got, axis, -1).reshape(-1, got.shape[axis]) if axis is not None else got[None]
        before = onp.moveaxis(theirs, axis, -1).reshape(lines.shape) if axis is not None else theirs.reshape(1, -1)
        for line, source in zip(lines, before, strict=True):
            check_partition(source, line, [90])
    check_partition(values[::-3], np.partition(np.array(values)[::-3], 5000).asnumpy(), [5000])
    assert np.partition(np.zeros((0, 3)), 1, axis=1).shape == (0, 3)
    for bad in (3, -4):
        with pytest.raises(ValueError, match="out of bounds"):
            np.partition(np.zeros(3), bad)


def test_partition_keeps_gradients():
    from mxnet import autograd

    x = np.array([3.0, 1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = np.partition(x, 1)[1] * 5
    y.backward()
    assert x.grad.tolist() == [0, 0, 5]


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64", "float16", "uint8"])
def test_medians_and_quantiles_of_long_rows(dtype):
    for name in PATTERNS:
        for count in (8191, 8192, 40_001):
            values = pattern(name, dtype, count)
            if dtype == "float16":
                values = onp.clip(values, -1000, 1000)
            ours, wide = np.array(values, dtype=dtype), values.astype("float64")
            tolerance = {"float16": 1e-2}.get(dtype, 1e-5)
            onp.testing.assert_allclose(float(np.median(ours)), onp.median(wide), rtol=tolerance, err_msg=name)
            for method in ("linear", "lower", "higher", "nearest", "midpoint", "hazen", "inverted_cdf"):
                got = np.quantile(ours, onp.array([0, 0.05, 0.5, 0.951, 1]), method=method).asnumpy()
                expected = onp.quantile(wide, [0, 0.05, 0.5, 0.951, 1], method=method)
                onp.testing.assert_allclose(got, expected, rtol=tolerance, err_msg=f"{name} {method}")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_medians_with_nan(dtype):
    values = pattern("random", dtype, 30_000, special=True)
    ours = np.array(values, dtype=dtype)
    assert onp.isnan(float(np.median(ours))) and onp.isnan(np.quantile(ours, 0.1).item())
    onp.testing.assert_allclose(float(np.nanmedian(ours)), onp.nanmedian(values), rtol=1e-6)
    onp.testing.assert_allclose(np.nanquantile(ours, 0.3).item(), onp.nanquantile(values, 0.3), rtol=1e-5)
    rows, ours = values.reshape(3, 10_000), ours.reshape(3, 10_000)
    onp.testing.assert_allclose(np.nanmedian(ours, axis=1).asnumpy(), onp.nanmedian(rows, axis=1), rtol=1e-5)
    onp.testing.assert_allclose(np.nanmedian(ours, axis=0).asnumpy(), onp.nanmedian(rows, axis=0), rtol=1e-5)


def test_selection_does_not_depend_on_threads(threads):
    values = np.array(pattern("random", "float32", 300_000, special=True))
    counts = np.array(pattern("few", "int32", 100_000), dtype="int32")

    def results():
        found = [np.sort(values), np.partition(values, 1000), np.argpartition(values, [5, 777]), np.nanmedian(values)]
        found += [
            np.bincount(counts),
            np.bincount(counts, weights=values[:100_000]),
            np.histogram(values, 9, (-1e9, 1e9))[0],
        ]
        return b"".join(x.asnumpy().tobytes() for x in found)

    answers = set()
    for count in (1, 2, 4):
        threads(count)
        answers.add(results())
    assert len(answers) == 1


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "bool"])
@pytest.mark.parametrize("count", [0, 1, 5, 1000, 40_000, 120_003])
def test_bincount_of_every_integer(dtype, count):
    values = onp.random.RandomState(3).randint(0, 2 if dtype == "bool" else 100, count).astype(dtype)
    theirs = onp.bincount(values.astype("int64"), minlength=3)
    onp.testing.assert_array_equal(np.bincount(np.array(values, dtype=dtype), minlength=3).asnumpy(), theirs)
    large = values.astype("int64") * 5000
    onp.testing.assert_array_equal(np.bincount(np.array(large, dtype="int64")).asnumpy(), onp.bincount(large))
    weights = onp.random.RandomState(4).uniform(size=count)
    got = np.bincount(np.array(values, dtype=dtype), weights=np.array(weights, dtype="float64")).asnumpy()
    onp.testing.assert_allclose(got, onp.bincount(values.astype("int64"), weights))
    with pytest.raises(ValueError):
        np.bincount(np.array([1, -1], dtype="int32"))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "float16"])
@pytest.mark.parametrize("count", [0, 1, 7, 1000, 50_000])
def test_histograms_fall_between_their_edges(dtype, count):
    for name in PATTERNS:
        values = (pattern(name, "float64", count) % 199 - (0 if dtype == "uint8" else 99)).astype(dtype)
        if count > 10 and dtype in ("float32", "float64"):
            values[::9] = onp.nan
            values[::11] = onp.inf
        ours, wide = np.array(values, dtype=dtype), values.astype("float64")
        finite = wide[onp.isfinite(wide)]
        for bins in (1, 10, 33):
            counts, edges = np.histogram(ours, bins, range=(-50, 120))
            expected = onp.histogram(finite, edges.asnumpy().astype("float64"))[0]
            onp.testing.assert_array_equal(counts.asnumpy(), expected, err_msg=f"{name} {bins}")
        edges = onp.array([-5, 0, 0, 1, 40, 60], "float64" if dtype == "float64" else "float32")
        counts, _ = np.histogram(ours, np.array(edges, dtype=edges.dtype))
        onp.testing.assert_array_equal(counts.asnumpy(), onp.histogram(finite, edges)[0], err_msg=name)


def test_histogram_with_edges_of_nan_is_empty():
    edges = np.array([onp.nan, onp.nan, onp.nan])
    assert np.histogram(np.array([1.0, 2.0]), edges)[0].tolist() == [0, 0]


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
