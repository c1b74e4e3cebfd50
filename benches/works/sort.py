"""Order, and what follows from it: sorting, selecting, counting, looking up."""

import numpy

from works import Work, need, size_name


def values(size, dtype, seed=0):
    """Numbers in no order; integers with many repetitions left apart (see `small_integers`)."""
    generator = numpy.random.default_rng(seed)
    if dtype == "int64":
        return generator.integers(-(2**40), 2**40, size)
    return generator.standard_normal(size, dtype=dtype)


def one(size, dtype):
    return lambda: {"x": values(size, dtype)}


def haystack(size, dtype):
    return lambda: {"x": numpy.sort(values(size, dtype)), "v": values(size, dtype, seed=1)}


def small_integers(size, dtype):
    return lambda: {"x": numpy.random.default_rng(0).integers(0, 1000, size)}


#: what two threads can share
SHARED = (need(1.5, "numpy"),)
LEVEL = (need(1, "numpy"),)

# Name -> (inputs, call, PyTorch's spelling, needs, dtypes at 1e6, dtypes at 1e7)
ALL = ("float32", "float64", "int64")
CALLS = {
    "sort": (one, lambda xp, x: xp.sort(x), lambda xp, x: xp.sort(x).values, SHARED, ALL, ALL),
    "argsort": (one, lambda xp, x: xp.argsort(x), ..., SHARED, ALL, ("float32", "float64")),
    "partition, middle": (
        one,
        lambda xp, x: xp.partition(x, x.size // 2),
        None,
        LEVEL,
        ALL,
        ALL,
    ),
    "argpartition, middle": (one, lambda xp, x: xp.argpartition(x, x.size // 2), None, LEVEL, ALL, ("float64",)),
    "unique": (one, lambda xp, x: xp.unique(x), ..., SHARED, ALL, ("float64",)),
    "unique, 1000 values": (small_integers, lambda xp, x: xp.unique(x), ..., SHARED, ("int64",), ("int64",)),
    "unique with inverse and counts": (
        one,
        lambda xp, x: xp.unique(x, return_inverse=True, return_counts=True),
        ...,
        SHARED,
        ("float64",),
        (),
    ),
    "searchsorted": (haystack, lambda xp, x, v: xp.searchsorted(x, v), ..., SHARED, ALL, ("float64",)),
    "histogram, 100 bins": (
        one,
        lambda xp, x: xp.histogram(x, 100),
        lambda xp, x: xp.histogram(x, 100),
        SHARED,
        ALL,
        ALL,
    ),
    "bincount, 1000 values": (small_integers, lambda xp, x: xp.bincount(x), ..., SHARED, ("int64",), ("int64",)),
    "percentile, 5 and 95": (
        one,
        lambda xp, x: xp.percentile(x, xp.array([5.0, 95.0])),
        None,
        LEVEL,
        ALL,
        ("float32", "float64"),
    ),
    "median": (one, lambda xp, x: xp.median(x), None, LEVEL, ALL, ("float32", "float64")),
}


def rows_of(size):
    return lambda: {"x": values(size, "float32").reshape(-1, 1000)}


PEERS = ("numpy", "torch")

WORKS = [
    *(
        Work(
            f"{name}, {dtype}, {size_name(size)}",
            inputs(size, dtype),
            call,
            needs,
            special={} if torch is ... else {"torch": torch},
        )
        for name, (inputs, call, torch, needs, million, more) in CALLS.items()
        for size, dtypes in ((1_000_000, million), (10_000_000, more))
        for dtype in dtypes
    ),
    Work(
        "sort, rows of 1000, float32, 1e6",
        rows_of(1_000_000),
        lambda xp, x: xp.sort(x, axis=1),
        SHARED,
        special={"torch": lambda xp, x: xp.sort(x, 1).values},
    ),
    Work("argsort, rows of 1000, float32, 1e6", rows_of(1_000_000), lambda xp, x: xp.argsort(x, axis=1), SHARED),
    Work(
        "median, rows of 1000, float32, 1e6",
        rows_of(1_000_000),
        lambda xp, x: xp.median(x, axis=1),
        LEVEL,
        special={"torch": None},
    ),
]
