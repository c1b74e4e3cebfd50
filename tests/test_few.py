"""A few elements are moved, picked and put without a program (`graph::few`), a few random numbers drawn one by one: the
same rows against NumPy as for many elements, on both sides of the limits.
"""

import itertools

import numpy as onp
import pytest

from mxnet import np

INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
DTYPES = [*INTEGERS, "float16", "float32", "float64", "complex64", "complex128"]
#: one below and one above the limits of `graph::few`
COUNTS = (0, 1, 7, 64, 65)


def ours(array):
    return np.array(array, dtype=array.dtype)


def alike(mine, theirs):
    theirs = onp.asarray(theirs)
    assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape)
    onp.testing.assert_array_equal(onp.asarray(mine), theirs)


def numbers(count, dtype):
    values = onp.arange(count) * 37 % 101 - 40
    if onp.dtype(dtype).kind in "fc":
        values = values / 4
    return values.astype(dtype)


@pytest.mark.parametrize(("given", "wanted"), list(itertools.product(DTYPES, DTYPES)))
def test_conversions(given, wanted):
    for count in COUNTS:
        values = numbers(count, given)
        alike(ours(values).astype(wanted), values.astype(wanted))
        target, theirs = np.zeros(count, dtype=wanted), onp.zeros(count, dtype=wanted)
        target[...], theirs[...] = ours(values), values
        alike(target, theirs)


@pytest.mark.parametrize("wanted", DTYPES)
def test_conversions_of_numbers_out_of_range(wanted):
    values = onp.array([1e30, -1e30, onp.inf, -onp.inf, onp.nan, 3e9, -3e9, 300.5])
    few, many = ours(values).astype(wanted), ours(onp.resize(values, 800)).astype(wanted)
    alike(few, many[:8].asnumpy())


@pytest.mark.parametrize("cut", [slice(None, None, -1), slice(1, None, 2), slice(None), slice(5, 2, -1)])
def test_copies_of_views(cut):
    theirs = onp.arange(48.0).reshape(6, 8)
    mine = ours(theirs)
    alike(mine[cut].copy(), theirs[cut].copy())
    alike(mine.T[cut].copy("K"), theirs.T[cut].copy("K"))
    alike(mine[cut, cut].flatten(), theirs[cut, cut].flatten())
    alike(np.broadcast_to(mine[0], (3, 8))[:, cut].copy(), onp.broadcast_to(theirs[0], (3, 8))[:, cut].copy())


def test_writes():
    for count in (10, 100):
        for to, source in itertools.product(
            [slice(1, None), slice(None, -1), slice(None, None, -1), slice(None, None, 2)], repeat=2
        ):
            mine, theirs = np.arange(count, dtype="float64"), onp.arange(count, dtype="float64")
            length = min(len(theirs[to]), len(theirs[source]))
            mine[to][:length] = mine[source][:length]
            theirs[to][:length] = theirs[source][:length].copy()
            alike(mine, theirs)


def test_writes_through_pending_readers():
    x = np.ones(5000)
    later = x + 1  # pending
    view = x[:3]
    view.fill(7)
    view[...] = np.zeros(3)
    assert float(later.sum()) == 10000
    assert x[:3].tolist() == [0, 0, 0]


def test_read_only():
    x = np.broadcast_to(np.ones(1), (4,))
    for write in (
        lambda: x.fill(2),
        lambda: x.put([0], 2),
        lambda: np.place(x, np.ones(4, dtype=bool), [2]),
        lambda: np.putmask(x, np.ones(4, dtype=bool), [2]),
        lambda: np.copyto(x, np.ones(4)),
    ):
        with pytest.raises(ValueError, match="read-only"):
            write()


@pytest.mark.parametrize("count", [c for c in COUNTS if c])
def test_picking(count):
    values = numbers(count, "float64")
    mask, places = values > 0, (onp.arange(9) * 5 - 3) % count
    a, m, k = ours(values), ours(mask), ours(places)
    for index, theirs in ((m, mask), (k, places), (-k - 1, -places - 1), (k.reshape(3, 3), places.reshape(3, 3))):
        alike(a[index], values[theirs])
        alike(a[::-1][index], values[::-1][theirs])
    alike(a.take(k), values.take(places))
    alike(a.compress(m), values.compress(mask))
    alike(np.nonzero(a)[0], onp.nonzero(values)[0])
    alike(np.nonzero(a[::-2])[0], onp.nonzero(values[::-2])[0])
    assert int(np.count_nonzero(a)) == onp.count_nonzero(values)
    for outside in (count, -count - 1):
        with pytest.raises(IndexError):
            a[np.array([outside], dtype="int64")]
        with pytest.raises(IndexError):
            a.put([outside], 1)
    with pytest.raises(IndexError):
        a[np.ones(count + 1, dtype=bool)]


@pytest.mark.parametrize("count", [c for c in COUNTS if c])
def test_putting(count):
    mask, places = onp.arange(count) % 3 != 1, (onp.arange(9) * 5 - 3) % count
    for step in (1, -2):
        for put in (
            lambda xp, x, k, m, v: xp.put(x, k, v) if len(v) else None,
            lambda xp, x, k, m, v: x.put(-k - 1 if len(x) == count else k % len(x), v),
            lambda xp, x, k, m, v: xp.place(x, m[: len(x)], v),
            lambda xp, x, k, m, v: xp.putmask(x, m[: len(x)], v),
            lambda xp, x, k, m, v: x.__setitem__(m[: len(x)], -1.5),
        ):
            for values in ([1.0], [1.0, 2.0], list(range(70))):
                x, theirs = np.zeros(count, dtype="float64"), onp.zeros(count)
                inside = places % len(theirs[::step])
                put(np, x[::step], ours(inside), ours(mask), np.array(values, dtype="int64"))
                put(onp, theirs[::step], inside, mask, onp.array(values))
                alike(x, theirs)


def test_diagonals():
    for shape in ((3, 3), (2, 5), (5, 2), (3, 3, 3)):
        for wrap, values in itertools.product((False, True), (4, [1, 2])):
            mine, theirs = np.zeros(shape, dtype="float64"), onp.zeros(shape)
            np.fill_diagonal(mine, values, wrap)
            onp.fill_diagonal(theirs, values, wrap)
            alike(mine, theirs)


@pytest.mark.parametrize("dtype", [d for d in DTYPES if not d.startswith("complex")])
def test_places_of_extremes(dtype):
    for count in (1, 10, 64, 65):
        values = numbers(count, dtype)
        cases = [values, values[::-1], onp.zeros_like(values)]
        if values.dtype.kind == "f" and count > 5:
            nan = values.copy()
            nan[[3, 5]] = onp.nan
            cases.append(nan)
        for case in cases:
            mine = ours(onp.ascontiguousarray(case))
            assert (int(mine.argmax()), int(mine.argmin())) == (case.argmax(), case.argmin())


@pytest.mark.parametrize("dtype", DTYPES)
def test_lists(dtype):
    for shape in ((), (0,), (3,), (2, 3), (2, 0), (2, 2, 2), (300,)):
        values = onp.resize(numbers(7, dtype), shape)
        mine = ours(values).tolist()
        assert mine == values.tolist()
        assert repr(mine) == repr(values.tolist())
    assert ours(numbers(6, dtype).reshape(2, 3)).T.tolist() == numbers(6, dtype).reshape(2, 3).T.tolist()


def test_bytes_as_memory():
    for data, dtype in ((b"0123456789", "uint8"), (b"01234567", "float32"), (bytes(16), "int64")):
        mine = np.frombuffer(data, dtype)
        alike(mine, onp.frombuffer(data, dtype))
        assert not mine.flags.writeable
    with pytest.raises(ValueError):
        np.frombuffer(b"012", "int16")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_interpolation(dtype):
    points = onp.array([-1, 0, 0.5, 0.5, 3], dtype=dtype)
    values = onp.array([2, -1, 4, 5, 0.25], dtype=dtype)
    x = onp.array([-2, -1, -0.5, 0, 0.4, 0.5, 2, 3, 3.5, onp.nan], dtype=dtype)
    for ends in ({}, {"left": -7}, {"right": 9.5}, {"left": 0, "right": 0}):
        mine = np.interp(ours(x), ours(points), ours(values), **ends)
        onp.testing.assert_allclose(mine.asnumpy(), onp.interp(x, points, values, **ends), rtol=1e-6)
        many = np.interp(ours(onp.resize(x, 5000)), ours(points), ours(values), **ends)
        onp.testing.assert_array_equal(many[:10].asnumpy(), mine.asnumpy())
    alone = np.interp(ours(x[:-1]), ours(points[:1]), ours(values[:1]))
    onp.testing.assert_allclose(alone.asnumpy(), onp.interp(x[:-1], points[:1], values[:1]))


@pytest.mark.parametrize("arguments", [([1, 3, 3, 4], [4, 3, 9]), ([1], []), ([onp.nan, 1], [onp.nan, 1, 2])])
def test_intersections(arguments):
    mine = np.intersect1d(*(np.array(one, dtype="float64") for one in arguments))
    alike(mine, onp.intersect1d(*(onp.array(one, dtype="float64") for one in arguments)))


#: draw -> mean and variance
MOMENTS = {
    "gamma, low": (lambda size: np.random.gamma(0.5, 2.0, size=size), 1.0, 2.0),
    "gamma": (lambda size: np.random.gamma(2.5, 2.0, size=size), 5.0, 10.0),
    "beta": (lambda size: np.random.beta(2.0, 3.0, size=size), 0.4, 0.04),
    "chisquare": (lambda size: np.random.chisquare(3.0, size=size), 3.0, 6.0),
    "f": (lambda size: np.random.f(4.0, 20.0, size=size), 20 / 18, None),
    "noncentral_f": (lambda size: np.random.noncentral_f(4.0, 20.0, 2.0, size=size), 20 * 6 / (4 * 18), None),
    "noncentral_chisquare": (lambda size: np.random.noncentral_chisquare(3.0, 2.0, size=size), 5.0, 14.0),
    "standard_t": (lambda size: np.random.standard_t(9.0, size=size), 0.0, 9 / 7),
    "triangular": (lambda size: np.random.triangular(0.0, 1.0, 2.0, size=size), 1.0, 1 / 6),
    "wald": (lambda size: np.random.wald(2.0, 8.0, size=size), 2.0, 1.0),
    "vonmises": (lambda size: np.random.vonmises(0.0, 4.0, size=size), 0.0, None),
    "logseries": (lambda size: np.random.logseries(0.5, size=size), 0.5 / (0.5 * 0.6931472), None),
    "zipf": (lambda size: np.random.zipf(5.0, size=size), 1.0823232 / 1.0369278, None),
    "hypergeometric": (lambda size: np.random.hypergeometric(10, 15, 8, size=size), 3.2, None),
    "negative_binomial": (lambda size: np.random.negative_binomial(3, 0.4, size=size), 4.5, 11.25),
    "multinomial": (lambda size: np.random.multinomial(10, [0.2, 0.8], size // 2)[:, 0], 2.0, 1.6),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_moments_of_few_draws(name):
    draw, mean, variance = MOMENTS[name]
    np.random.seed(5)
    drawn = onp.concatenate([onp.asarray(draw(40), dtype="float64").ravel() for _ in range(500)])
    assert abs(drawn.mean() - mean) < 5 * drawn.std() / len(drawn) ** 0.5
    if variance is not None:
        spread = (drawn - drawn.mean()) ** 2
        assert abs(spread.mean() - variance) < 5 * spread.std() / len(drawn) ** 0.5


def test_few_draws_follow_the_seed():
    np.random.seed(3)
    first = [np.random.gamma(2.0, size=10), np.random.gamma(2.0, size=10)]
    np.random.seed(3)
    again = [np.random.gamma(2.0, size=10), np.random.gamma(2.0, size=10)]
    assert [a.tolist() for a in first] == [b.tolist() for b in again]
    assert first[0].tolist() != first[1].tolist()
    assert first[0].dtype == "float32"
