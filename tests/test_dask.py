"""Dask on our arrays: chunks stay ours through common operations, in threads and in processes, and hold what NumPy's
chunks hold.
"""

import dask
import numpy as onp
import pytest
from dask import array as blocked

from mxnet import np
from oracle import ours, sample_array

X = sample_array("float32", (40, 30))
Y = onp.abs(sample_array("float32", (40, 30), seed=1)) % 1 + onp.float32(0.5)
V = sample_array("float32", (50,))


def chunks(array, size=13):
    return blocked.from_array(array, chunks=size, asarray=False)


OPERATIONS = {
    "same": lambda x, y, v: x,
    "add": lambda x, y, v: x + y,
    "number_first": lambda x, y, v: 1 + x,
    "divide": lambda x, y, v: x / y,
    "power": lambda x, y, v: y**2,
    "negative": lambda x, y, v: -x,
    "compare": lambda x, y, v: (x > 0) & (y > 0.5),
    "ufunc": lambda x, y, v: blocked.exp(-abs(x)),
    "numpy_ufunc": lambda x, y, v: onp.sqrt(y),
    "maximum": lambda x, y, v: blocked.maximum(x, y),
    "where": lambda x, y, v: blocked.where(x > 0, x, y),
    "clip": lambda x, y, v: x.clip(-1, 1),
    "round": lambda x, y, v: x.round(1),
    "astype": lambda x, y, v: x.astype("float64"),
    "sum": lambda x, y, v: x.sum(),
    "sum_axis": lambda x, y, v: x.sum(axis=0),
    "mean": lambda x, y, v: x.mean(axis=1),
    "std": lambda x, y, v: x.std(),
    "var": lambda x, y, v: x.var(axis=0),
    "min": lambda x, y, v: x.min(),
    "max": lambda x, y, v: x.max(axis=0),
    "prod": lambda x, y, v: y.prod(axis=1),
    "any": lambda x, y, v: (x > 0).any(),
    "all": lambda x, y, v: (x > 0).all(axis=0),
    "argmax": lambda x, y, v: x.argmax(axis=0),
    "argmin_of_all": lambda x, y, v: x.argmin(),
    "cumsum": lambda x, y, v: x.cumsum(axis=0),
    "cumprod": lambda x, y, v: y.cumprod(axis=1),
    "nansum": lambda x, y, v: blocked.nansum(x),
    "nanmean": lambda x, y, v: blocked.nanmean(x, axis=0),
    "dot": lambda x, y, v: x.dot(y.T),
    "matmul": lambda x, y, v: x @ y.T,
    "tensordot": lambda x, y, v: blocked.tensordot(x, y, axes=((0, 1), (0, 1))),
    "einsum": lambda x, y, v: blocked.einsum("ij,ij->i", x, y),
    "transpose": lambda x, y, v: x.T,
    "reshape": lambda x, y, v: x.reshape(20, 2, 30),
    "ravel": lambda x, y, v: x.ravel(),
    "slice": lambda x, y, v: x[3:20:2, ::-1],
    "fancy": lambda x, y, v: x[[1, 5, 7]],
    "mask": lambda x, y, v: x[x > 0],
    "newaxis": lambda x, y, v: x[:, None],
    "concatenate": lambda x, y, v: blocked.concatenate([x, y]),
    "stack": lambda x, y, v: blocked.stack([x, y]),
    "rechunk": lambda x, y, v: x.rechunk((7, 7)),
    "flip": lambda x, y, v: blocked.flip(x, 0),
    "roll": lambda x, y, v: blocked.roll(x, 3, axis=0),
    "pad": lambda x, y, v: blocked.pad(x, 2, mode="reflect"),
    "repeat": lambda x, y, v: blocked.repeat(x, 2, axis=0),
    "diff": lambda x, y, v: blocked.diff(x, axis=0),
    "topk": lambda x, y, v: blocked.topk(v, 3),
    "histogram": lambda x, y, v: blocked.histogram(x, bins=5, range=(-1, 1))[0],
    "percentile": lambda x, y, v: blocked.percentile(v, [25, 75]),
    "median": lambda x, y, v: blocked.median(x, axis=0),
    "quantile": lambda x, y, v: blocked.quantile(x, 0.3, axis=0),
    "unique": lambda x, y, v: blocked.unique(v),
    "bincount": lambda x, y, v: blocked.bincount((v > 0).astype("int64"), minlength=3),
    "digitize": lambda x, y, v: blocked.digitize(v, onp.array([0.0, 1])),
    "map_blocks": lambda x, y, v: x.map_blocks(lambda block: block * 2),
    "map_overlap": lambda x, y, v: x.map_overlap(lambda block: block * 2, depth=1),
    "svd": lambda x, y, v: blocked.linalg.svd(x.rechunk((13, 30)))[1],
    "qr": lambda x, y, v: abs(blocked.linalg.qr(x.rechunk((13, 30)))[1]),
    "norm": lambda x, y, v: blocked.linalg.norm(x),
    "fft": lambda x, y, v: blocked.fft.fft(v.rechunk(50)),
    "cov": lambda x, y, v: blocked.cov(x),
    "average": lambda x, y, v: blocked.average(x, axis=0, weights=y),
    "isin": lambda x, y, v: blocked.isin(v, V[:3]),
    "take": lambda x, y, v: blocked.take(x, [1, 2], axis=0),
    "tril": lambda x, y, v: blocked.tril(x),
    "isclose": lambda x, y, v: blocked.isclose(x, y),
    "coarsen": lambda x, y, v: blocked.coarsen(onp.sum, x, {0: 2, 1: 2}),
    "ones_like": lambda x, y, v: blocked.ones_like(x),
    "broadcast_to": lambda x, y, v: blocked.broadcast_to(v, (3, 50)),
}


def check(name, mine, theirs):
    assert isinstance(mine, np.ndarray), f"{name}: {type(mine)}"
    assert mine.shape == theirs.shape
    onp.testing.assert_allclose(mine.asnumpy(), theirs, 2e-3, 2e-3, err_msg=name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_chunks_stay_ours_in_threads(name):
    mine = OPERATIONS[name](*map(chunks, map(ours, (X, Y, V))))
    theirs = OPERATIONS[name](*map(chunks, (X, Y, V)))
    check(name, mine.compute(scheduler="threads"), onp.asarray(theirs.compute(scheduler="sync")))


@pytest.mark.slow
def test_chunks_stay_ours_in_processes():
    from distributed import Client, LocalCluster

    options = dict(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with LocalCluster(**options) as cluster, Client(cluster):
        mine = dask.compute({name: call(*map(chunks, map(ours, (X, Y, V)))) for name, call in OPERATIONS.items()})[0]
    theirs = dask.compute({name: call(*map(chunks, (X, Y, V))) for name, call in OPERATIONS.items()}, scheduler="sync")[
        0
    ]
    for name in OPERATIONS:
        check(name, mine[name], onp.asarray(theirs[name]))


MIXED = {
    "array_first": lambda x, d: x * d,
    "array_last": lambda x, d: d * x,
    "numpy_ufunc": lambda x, d: onp.add(x, d),
    "our_ufunc": lambda x, d: np.add(x, d),
    "function": lambda x, d: onp.concatenate([x, d]),
    "matmul": lambda x, d: x @ d.T,
}


@pytest.mark.parametrize("name", MIXED)
def test_arrays_among_collections_wait_with_them(name):
    mine = MIXED[name](ours(X), chunks(ours(X)))
    assert isinstance(mine, blocked.Array)
    check(name, mine.compute(), MIXED[name](X, X))


CREATED = {
    "ones": lambda: blocked.ones((10, 10), chunks=5),
    "zeros": lambda: blocked.zeros(5, dtype="int32"),
    "full": lambda: blocked.full((4, 4), 3.5, chunks=2),
    "arange": lambda: blocked.arange(1, 10, 2, chunks=3),
    "ones_like": lambda: blocked.ones_like(blocked.ones(4)),
    "generator": lambda: blocked.random.default_rng(3).normal(size=(10, 10), chunks=5),
    "random_state": lambda: blocked.random.RandomState(3).normal(size=(10,), chunks=5),
    "integers": lambda: blocked.random.default_rng(3).integers(0, 5, size=4),
    "permutation": lambda: blocked.random.default_rng(3).permutation(10),
    "moved": lambda: blocked.from_array(onp.ones(4)).to_backend("mxnet"),
}


@pytest.mark.parametrize("name", CREATED)
def test_collections_are_made_of_our_arrays(name):
    theirs = CREATED[name]().compute() if name != "moved" else onp.ones(4)
    with dask.config.set({"array.backend": "mxnet"}):
        collection = CREATED[name]()
        assert isinstance(collection._meta, np.ndarray)
        check(name, collection.compute(), theirs)
    back = collection.to_backend("numpy").compute()
    assert type(back) is onp.ndarray


def test_creation_has_our_default_dtypes():
    with dask.config.set({"array.backend": "mxnet"}):
        assert blocked.ones(3).dtype == blocked.arange(3).dtype == np.ones(3).dtype == "float32"
