"""NumPy's own random streams, bit for bit: every distribution of `Generator` and `RandomState`, over every bit
generator, with every form of parameters and sizes; states, spawning, jumping, pickles; errors in NumPy's words.

The table of rows is the specification: (method, positional arguments, keywords).
"""

import numpy as onp
import pytest

from mxnet import np, npx

GENERATORS = ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"]
SIZES = [None, (), 7, (3, 4), 0, (2, 0, 3), 1500]

# Distributions of both classes.
SHARED = [
    ("normal", ()),
    ("normal", (2.5, 0.5)),
    ("normal", (-1, 0)),
    ("uniform", ()),
    ("uniform", (-2, 3.5)),
    ("exponential", ()),
    ("exponential", (2.5,)),
    *[("standard_gamma", (shape,)) for shape in (0, 0.05, 0.6, 1, 1.5, 30)],
    ("gamma", (0.3, 2.0)),
    ("gamma", (5.5, 0.25)),
    *[("beta", pair) for pair in ((0.5, 0.5), (1, 1), (2, 0.3), (5, 7), (1e-3, 1e-3), (0.01, 3))],
    *[("chisquare", (df,)) for df in (0.5, 2, 17)],
    ("f", (3, 5)),
    ("f", (0.7, 40)),
    *[("noncentral_chisquare", pair) for pair in ((0.5, 3), (3, 2), (4, 0), (1, 60))],
    ("noncentral_f", (3, 5, 1)),
    ("noncentral_f", (0.5, 5, 30)),
    ("standard_cauchy", ()),
    ("standard_t", (0.5,)),
    ("standard_t", (12,)),
    *[("vonmises", pair) for pair in ((0, 4), (1.5, 1e-9), (0.3, 1e-6), (-2, 0.4), (3, 900), (0, 0))],
    ("vonmises", (1, 1e5)),
    ("pareto", (3,)),
    ("pareto", (0.2,)),
    ("weibull", (2,)),
    ("weibull", (0,)),
    ("weibull", (0.4,)),
    ("power", (0.5,)),
    ("power", (9,)),
    ("laplace", ()),
    ("laplace", (1, 3)),
    ("gumbel", ()),
    ("gumbel", (1, 3)),
    ("logistic", ()),
    ("logistic", (1, 3)),
    ("lognormal", ()),
    ("lognormal", (1, 0.3)),
    ("rayleigh", ()),
    ("rayleigh", (3,)),
    ("wald", (2, 3)),
    ("wald", (0.1, 50)),
    ("triangular", (0, 1, 2)),
    ("triangular", (-3, -3, 5)),
    *[("binomial", pair) for pair in ((0, 0.5), (10, 0.5), (10, 0), (10, 1), (40, 0.9), (1000, 0.02))],
    *[("binomial", pair) for pair in ((100, 0.4), (1000, 0.7), (10**6, 0.3), (10**12, 0.5), (70, 0.999))],
    *[("negative_binomial", pair) for pair in ((3, 0.5), (0.4, 0.1), (500, 0.3), (20, 1))],
    *[("poisson", (mean,)) for mean in (0, 0.3, 1, 9.99, 10, 33.3, 1e4, 1e10)],
    *[("geometric", (p,)) for p in (1, 0.5, 0.34, 0.3, 0.01, 1e-9)],
    *[("logseries", (p,)) for p in (0, 0.1, 0.5, 0.999)],
    *[("zipf", (a,)) for a in (1.05, 1.5, 2, 4, 30)],
    *[("hypergeometric", row) for row in ((5, 5, 3), (50, 30, 60), (1000, 20, 300), (20, 1000, 9), (9, 8, 17))],
    ("hypergeometric", (10**8, 10**8, 10**6)),
    ("dirichlet", ([1, 2, 3],)),
    ("dirichlet", ([0.5, 0.01, 4.0, 1.0],)),
    ("multinomial", (20, [1 / 6] * 6)),
    ("multinomial", (1000, [0.2, 0.0, 0.8])),
    ("multinomial", (0, [0.5, 0.5])),
    ("choice", (5,)),
    ("choice", (onp.array([1.5, 2.5, 3.5]),)),
    ("choice", (4, "size", True, [0.1, 0.2, 0.3, 0.4])),
    ("random", ()),
    ("standard_normal", ()),
    ("standard_exponential", ()),
]
MODERN = [
    ("standard_exponential", (), {"method": "inv"}),
    *[
        (name, arguments, {"dtype": "float32"} | extra)
        for name, arguments, extra in (
            ("random", (), {}),
            ("standard_normal", (), {}),
            ("standard_exponential", (), {}),
            ("standard_exponential", (), {"method": "inv"}),
            ("standard_gamma", (0,), {}),
            ("standard_gamma", (0.3,), {}),
            ("standard_gamma", (1,), {}),
            ("standard_gamma", (4.5,), {}),
        )
    ],
    ("vonmises", (1, 1e7), {}),
    ("zipf", (1100,), {}),
    ("beta", (1e-110, 2e-110), {}),
    ("dirichlet", ([0.01, 0.02, 0.03],), {}),
    ("dirichlet", ([0.0, 0.0],), {}),
    ("dirichlet", ([0.05, 0.0, 0.01],), {}),
    ("hypergeometric", (10, 20, 0), {}),
    *[
        ("multivariate_hypergeometric", ([16, 8, 4], count), {"method": method})
        for method in ("marginals", "count")
        for count in (0, 6, 20, 28)
    ],
    ("multivariate_hypergeometric", ([1000, 0, 500, 7], 300), {}),
]
LEGACY = [("random_sample", (), {}), ("tomaxint", (), {})]
ROWS = {
    "Generator": [(name, arguments, {}) for name, arguments in SHARED] + MODERN,
    "RandomState": [(name, arguments, {}) for name, arguments in SHARED] + LEGACY,
}


def pair(kind, bits="PCG64", seed=1):
    """Ours and NumPy's."""
    return [
        getattr(module.random, kind)(getattr(module.random, bits)(seed)) if bits else module.random.RandomState(seed)
        for module in (np, onp)
    ]


def same(ours, theirs):
    """Whether two results have equal class of result, dtype, shape and bits."""
    if isinstance(ours, np.ndarray):
        ours = ours.asnumpy()
        theirs = onp.asarray(theirs)
        assert ours.shape == theirs.shape and ours.dtype == theirs.dtype, (ours.dtype, theirs.dtype)
    else:
        assert onp.ndim(theirs) == 0, (ours, theirs)
        ours, theirs = onp.asarray(ours), onp.asarray(theirs)
    assert ours.tobytes() == theirs.tobytes(), (ours.ravel()[:5], theirs.ravel()[:5])


def same_state(ours, theirs):
    ours, theirs = [
        (generator.bit_generator if hasattr(generator, "bit_generator") else generator._bit_generator).state
        for generator in (ours, theirs)
    ]
    plain(ours, theirs)


def plain(ours, theirs):
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for name in theirs:
            plain(ours[name], theirs[name])
    elif isinstance(theirs, onp.ndarray):
        same(ours, theirs)
    else:
        assert ours == theirs


def called(generator, row, size):
    name, arguments, keywords = row
    if any(isinstance(argument, str) for argument in arguments):
        return getattr(generator, name)(*(size if isinstance(argument, str) else argument for argument in arguments))
    return getattr(generator, name)(*arguments, size=size, **keywords)


def cases():
    for kind, rows in ROWS.items():
        for place, row in enumerate(rows):
            yield pytest.param(kind, row, place, id=f"{kind}-{row[0]}{row[1]}{row[2] or ''}".replace(" ", ""))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind, row, place", list(cases()))
def test_distributions_give_numpys_numbers(kind, row, place):
    ours, theirs = pair(kind, GENERATORS[place % 5], place)
    for size in SIZES:
        same(called(ours, row, size), called(theirs, row, size))
    same_state(ours, theirs)


RARE = [
    *[("binomial", pair) for pair in ((50, 0.7), (1000, 0.3), (10**5, 0.05), (10**7, 0.999), (10**12, 0.4))],
    *[("hypergeometric", row) for row in ((200, 200, 150), (10**5, 1000, 5000), (12, 11, 10))],
    *[("poisson", (mean,)) for mean in (12, 1000, 1e8)],
    ("standard_normal", ()),
    ("standard_exponential", ()),
    ("logseries", (0.999999,)),
    ("zipf", (1.1,)),
    ("standard_gamma", (0.1,)),
    ("beta", (0.01, 0.01)),
]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("name, arguments", RARE, ids=str)
def test_seldom_branches(kind, name, arguments):
    """So many draws that tails, second squeezes and series are met."""
    ours, theirs = pair(kind, "SFC64")
    same(getattr(ours, name)(*arguments, size=200_000), getattr(theirs, name)(*arguments, size=200_000))


@pytest.fixture
def two_threads():
    before = npx.set_num_threads(2)
    yield
    npx.set_num_threads(before)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row, place", [case.values[1:] for case in cases() if case.values[0] == "Generator"], ids=str)
def test_long_fills_by_several_threads(two_threads, row, place):
    """Threads that begin somewhere in the stream are joined where the numbers of one thread are."""
    ours, theirs = pair("Generator", ["PCG64", "PCG64DXSM", "Philox"][place % 3], place)
    same(called(ours, row, 7), called(theirs, row, 7))
    same(called(ours, row, 200_001), called(theirs, row, 200_001))
    same_state(ours, theirs)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("bits", GENERATORS)
def test_calls_in_any_order(kind, bits):
    """Two thousand draws of every kind between each other: spare halves, waiting normals, everything goes on."""
    dice = onp.random.default_rng(3)
    ours, theirs = pair(kind, bits, 99)
    draw = "integers" if kind == "Generator" else "randint"
    rows = ROWS[kind] + [(draw, (0, 1000), {"dtype": dtype}) for dtype in ("int8", "uint16", "int32", "bool")]
    rows = [row if row[-1].get("dtype") not in ("int8", "bool") else (draw, (0, 2), row[-1]) for row in rows]
    for choice in dice.integers(len(rows), size=2000):
        size = [None, 1, 3, 10][dice.integers(4)]
        same(called(ours, rows[choice], size), called(theirs, rows[choice], size))
    same_state(ours, theirs)


BROADCAST = [
    ("normal", ([[0.0], [10.0]], [1.0, 2.0, 3.0])),
    ("uniform", ([0.1, 0.2], [0.7, 9.3])),
    ("exponential", ([0.1, 2.0, 3.3],)),
    ("gamma", ([0.5, 1.0, 4.0], [[2.0], [0.1]])),
    ("standard_gamma", ([0.0, 0.5, 1.0, 4.0],)),
    ("beta", ([0.5, 4.0], 2.0)),
    ("f", ([3.0, 4.0], [5.0, 6.0])),
    ("noncentral_f", ([3.0, 4.0], 5, [[1.0], [0.0]])),
    ("noncentral_chisquare", ([0.5, 3.0], [0.0, 2.0])),
    ("triangular", ([0.0, 1.0], 1.5, [2.0, 7.0])),
    ("wald", ([1.0, 2.0], 3.0)),
    ("vonmises", (0.0, [0.0, 1e-7, 3.0, 100.0])),
    ("weibull", ([0.0, 1.0, 2.0],)),
    ("poisson", ([0.0, 3.0, 300.0],)),
    ("geometric", ([0.9, 0.01],)),
    ("zipf", ([1.5, 3.0],)),
    ("logseries", ([0.1, 0.9],)),
    ("binomial", ([10, 1000, 10000], [[0.1], [0.9]])),
    ("negative_binomial", ([1.0, 10.0], [0.2, 0.9])),
    ("hypergeometric", ([10, 100, 1000], 40, [5, 45, 300])),
]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("name, arguments", BROADCAST, ids=[row[0] for row in BROADCAST])
@pytest.mark.parametrize("form", ["lists", "numpy", "ours", "strided"])
def test_parameters_broadcast(kind, name, arguments, form):
    ours, theirs = pair(kind)
    arrays = [onp.asarray(argument) for argument in arguments]

    def made(argument):
        if not isinstance(argument, list) or form == "lists":
            return argument
        array = onp.asarray(argument)
        if form == "strided":
            wide = np.array(onp.repeat(array, 2, axis=-1))
            return wide[..., ::2]
        return array if form == "numpy" else np.array(array)

    given = [made(argument) for argument in arguments]
    shape = onp.broadcast_shapes(*(array.shape for array in arrays))
    for size in (None, shape, (4, *shape), (2, 3, *shape)):
        same(getattr(ours, name)(*given, size=size), getattr(theirs, name)(*arrays, size=size))
    same_state(ours, theirs)


DTYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
INTEGERS = [
    *[((0, 10), {"dtype": dtype}) for dtype in DTYPES],
    *[((onp.iinfo(dtype).min, onp.iinfo(dtype).max), {"dtype": dtype, "endpoint": True}) for dtype in DTYPES],
    ((0, 2), {"dtype": "bool"}),
    ((1, 2), {"dtype": "bool"}),
    ((0, 1), {"dtype": "bool"}),
    ((5,), {}),
    ((3, 4), {}),
    ((-7, 12), {"dtype": "int8"}),
    ((0, 2**32), {}),
    ((0, 2**32 - 1), {}),
    ((0, 2**32 + 1), {}),
    ((-(2**62), 2**62), {}),
    ((0, 3 * 2**61), {"dtype": "uint64"}),
    ((0, 200), {"dtype": "uint8"}),
    ((0, 40000), {"dtype": "uint16"}),
    ((0, 3 * 10**9), {"dtype": "uint32"}),
    ((2.7, 9.9), {}),
    (([0, 5, 10], [[11], [100]]), {}),
    (([0, 5, 10], 100), {"dtype": "int8"}),
    ((0, [1, 10, 1000]), {"dtype": "uint16"}),
    (([0, 1], 2), {"dtype": "bool"}),
    ((0, [2**40, 5]), {"dtype": "uint64"}),
]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("bits", ["PCG64", "MT19937"])
@pytest.mark.parametrize("bounds, keywords", INTEGERS, ids=str)
def test_integers(kind, bits, bounds, keywords):
    ours, theirs = pair(kind, bits)
    name = "integers" if kind == "Generator" else "randint"
    if kind == "RandomState" and keywords.get("endpoint"):
        keywords = {"dtype": keywords["dtype"]}
    shape = onp.broadcast_shapes(*(onp.shape(bound) for bound in bounds))
    for size in (None, shape, (5, *shape), (1000, *shape), 0):
        same(getattr(ours, name)(*bounds, size=size, **keywords), getattr(theirs, name)(*bounds, size=size, **keywords))
    same_state(ours, theirs)


def test_python_types_give_python_numbers():
    ours, theirs = pair("Generator")
    for dtype in (int, bool):
        drawn = ours.integers(0, 2, dtype=dtype)
        assert type(drawn) is dtype and drawn == theirs.integers(0, 2, dtype=dtype)
    assert type(ours.random()) is float and type(ours.poisson(3)) is int and type(ours.choice(5)) is int


CHOICES = [
    ((10, 4, False), {}),
    ((10, 10, False), {}),
    ((10, (2, 3), False), {"shuffle": False}),
    ((20000, 3, False), {}),
    ((20000, 5000, False), {}),
    ((20000, 5000, False), {"shuffle": False}),
    ((20000, 20000, False), {}),
    ((5, 3, False, [0.1, 0.0, 0.4, 0.2, 0.3]), {}),
    ((5, (2, 2), False, [0.1, 0.0, 0.4, 0.2, 0.3]), {}),
    ((onp.arange(12.0).reshape(4, 3), 5), {}),
    ((onp.arange(12.0).reshape(4, 3), 2, False), {"axis": 1}),
    ((onp.arange(12.0).reshape(4, 3), None), {"axis": 1}),
    ((onp.arange(12.0).reshape(4, 3), (2, 2)), {"axis": -1}),
    ((onp.arange(5), 0), {}),
    ((0, 0), {}),
    ((3, ()), {}),
    ((onp.arange(5), (), True, [0.2] * 5), {}),
]


BOTH = [
    (kind, *row) for row in CHOICES for kind in ROWS if kind == "Generator" or not (row[1] or onp.ndim(row[0][0]) > 1)
]


@pytest.mark.parametrize("kind, arguments, keywords", BOTH, ids=lambda value: str(value)[:40])
def test_choice(kind, arguments, keywords):
    for seed in range(4):
        ours, theirs = pair(kind, "PCG64", seed)
        given = [np.array(argument) if isinstance(argument, onp.ndarray) else argument for argument in arguments]
        same(ours.choice(*given, **keywords), theirs.choice(*arguments, **keywords))
        same_state(ours, theirs)


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("shape", [(10,), (1,), (0,), (4, 3), (3, 0), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "int8", "float64", "complex128", "bool"])
def test_orders(kind, shape, dtype):
    array = onp.arange(onp.prod(shape)).reshape(shape).astype(dtype)
    ours, theirs = pair(kind)
    for axis in range(array.ndim) if kind == "Generator" else [0]:
        keywords = {"axis": axis} if kind == "Generator" else {}
        same(ours.permutation(np.array(array), **keywords), theirs.permutation(array, **keywords))
        x, y = np.array(array), array.copy()
        assert ours.shuffle(x, **keywords) is None and theirs.shuffle(y, **keywords) is None
        same(x, y)
        if kind == "Generator":
            same(ours.permuted(np.array(array), **keywords), theirs.permuted(array, **keywords))
            out, wanted = np.empty(shape, dtype=dtype), onp.empty(shape, dtype)
            assert ours.permuted(np.array(array), out=out, **keywords) is out
            same(out, theirs.permuted(array, out=wanted, **keywords))
    if kind == "Generator":
        same(ours.permuted(np.array(array)), theirs.permuted(array))
        fortran = onp.asfortranarray(array)
        same(ours.permuted(np.array(array).copy(order="F")), theirs.permuted(fortran))
    same(ours.permutation(7), theirs.permutation(7))
    same_state(ours, theirs)


def test_shuffles_write_through_views_into_lists_and_into_numpy_arrays():
    for kind in ROWS:
        ours, theirs = pair(kind)
        x, y = np.arange(20, dtype="int64"), onp.arange(20)
        ours.shuffle(x[::2]), theirs.shuffle(y[::2])
        same(x, y)
        x, y = list("abcdefgh"), list("abcdefgh")
        ours.shuffle(x), theirs.shuffle(y)
        assert x == y
        x, y = onp.arange(12).reshape(6, 2), onp.arange(12).reshape(6, 2)
        ours.shuffle(x), theirs.shuffle(y)
        same(np.array(x), y)
        same_state(ours, theirs)


@pytest.mark.parametrize("length", [0, 1, 4, 5, 1001])
@pytest.mark.parametrize("kind", ROWS)
def test_bytes(kind, length):
    ours, theirs = pair(kind)
    assert ours.bytes(length) == theirs.bytes(length)
    same_state(ours, theirs)


@pytest.mark.parametrize(
    "n, p", [([10, 20], [0.2, 0.8]), (5, [[0.2, 0.8], [0.5, 0.5]]), ([[3], [4]], [[0.2, 0.8]] * 3)]
)
def test_multinomial_broadcasts(n, p):
    ours, theirs = pair("Generator")
    shape = onp.broadcast_shapes(onp.shape(n), onp.shape(p)[:-1])
    for size in (None, (2, *shape)):
        same(ours.multinomial(n, p, size), theirs.multinomial(n, p, size))


@pytest.mark.parametrize("name, keywords", [("random", {}), ("standard_normal", {}), ("standard_exponential", {})])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_out(name, keywords, dtype, order):
    ours, theirs = pair("Generator")
    x, y = np.empty((3, 4), dtype=dtype, order=order), onp.empty((3, 4), dtype, order)
    assert getattr(ours, name)(out=x, dtype=dtype) is x
    getattr(theirs, name)(out=y, dtype=dtype)
    same(x, y)
    getattr(ours, name)(size=(3, 4), out=x, dtype=dtype), getattr(theirs, name)(size=(3, 4), out=y, dtype=dtype)
    same(x, y)


def test_out_of_standard_gamma_and_views():
    ours, theirs = pair("Generator")
    x, y = np.zeros((4, 3), dtype="float64"), onp.zeros((4, 3))
    ours.standard_gamma([1.0, 2.0, 0.5], out=x), theirs.standard_gamma([1.0, 2.0, 0.5], out=y)
    same(x, y)
    ours.random(out=x[1]), theirs.random(out=y[1])
    same(x, y)


def test_threads_share_a_generator():
    """Draws of several threads are pieces of one stream."""
    from concurrent.futures import ThreadPoolExecutor

    ours = np.random.default_rng(8)
    with ThreadPoolExecutor(4) as pool:
        pieces = list(pool.map(lambda _: ours.random(50_000).asnumpy(), range(8)))
    whole = onp.random.default_rng(8).random(400_000)
    assert sorted(onp.concatenate(pieces).tolist()) == sorted(whole.tolist())


COVARIANCE = [[2.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 0.7]]


def test_correlated_vectors():
    ours, theirs = pair("Generator")
    for size in (None, 3, (2, 5), 0):
        x, y = [
            generator.multivariate_normal([1, 2, 3], COVARIANCE, size, method="cholesky")
            for generator in (ours, theirs)
        ]
        onp.testing.assert_allclose(x.asnumpy(), y, rtol=1e-13)
        assert x.dtype == "float64" and x.shape == y.shape
    same_state(ours, theirs)
    for draw in (
        lambda size: ours.multivariate_normal([1, 2, 3], COVARIANCE, size),
        lambda size: ours.multivariate_normal([1, 2, 3], COVARIANCE, size, method="eigh"),
        lambda size: np.random.RandomState(3).multivariate_normal([1, 2, 3], COVARIANCE, size),
    ):
        x = draw(100_000).asnumpy()
        onp.testing.assert_allclose(x.mean(0), [1, 2, 3], atol=0.02)
        onp.testing.assert_allclose(onp.cov(x.T), COVARIANCE, atol=0.03)


def test_covariances_that_are_none():
    ours = np.random.default_rng(1)
    with pytest.warns(RuntimeWarning, match="not symmetric positive-semidefinite"):
        ours.multivariate_normal([0, 0], [[1, 2], [2, 1]])
    with pytest.raises(ValueError, match="not symmetric positive-semidefinite"):
        ours.multivariate_normal([0, 0], [[1, 2], [2, 1]], check_valid="raise")
    with pytest.raises(ValueError, match="not symmetric"):
        ours.multivariate_normal([0, 0], [[1, 0.5], [0, 1]], check_valid="raise")
    with pytest.raises(onp.linalg.LinAlgError):
        ours.multivariate_normal([0, 0], [[1, 2], [2, 1]], method="cholesky")
    for mean, cov in (([[0]], [[1]]), ([0], [1]), ([0, 1], [[1]])):
        with pytest.raises(ValueError):
            ours.multivariate_normal(mean, cov)
    with pytest.raises(TypeError, match="complex"):
        ours.multivariate_normal(np.array([0j]), [[1]])


def test_results_live_where_they_are_asked_for():
    from mxnet import npx

    generator = np.random.default_rng(1)
    for keywords in ({"ctx": npx.cpu()}, {"device": npx.cpu()}):
        assert generator.normal(size=3, **keywords).ctx == npx.cpu()
        assert generator.integers(5, size=3, **keywords).ctx == npx.cpu()
        assert generator.choice(5, size=3, **keywords).ctx == npx.cpu()
    with pytest.raises(Exception, match="gpu"):
        generator.normal(size=3, ctx=npx.gpu(99))
