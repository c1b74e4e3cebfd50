"""NumPy's own random streams, bit for bit: every distribution of `Generator` and `RandomState`, over every bit
generator, with every form of parameters and sizes; states, spawning, jumping, pickles; errors in NumPy's words.

The table of rows is the specification: (method, positional arguments, keywords).
"""

import copy
import pickle

import numpy as onp
import pytest

from mxnet import np

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


# What a seed may be.
SEEDS = [0, 1, 42, 2**32 - 1, 2**32, 2**64 + 3, 2**200 + 7, [1, 2, 3], [0], [2**40, 5, 0], (7, 8), range(5), []]


@pytest.mark.parametrize("seed", [*SEEDS, onp.arange(5), onp.arange(6, dtype="uint32"), onp.uint64(7)], ids=str)
@pytest.mark.parametrize("bits", GENERATORS)
def test_seeds(seed, bits):
    ours, theirs = getattr(np.random, bits)(seed), getattr(onp.random, bits)(seed)
    plain(ours.state, theirs.state)
    same(ours.random_raw(10), theirs.random_raw(10))
    assert ours.random_raw() == theirs.random_raw()
    assert ours.random_raw(3, output=False) is None
    theirs.random_raw(3, output=False)
    plain(ours.state, theirs.state)


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_seed_sequences(seed):
    ours, theirs = np.random.SeedSequence(seed), onp.random.SeedSequence(seed)
    for _ in range(2):
        for child, other in zip(ours.spawn(2), theirs.spawn(2), strict=True):
            assert child.spawn_key == other.spawn_key and child.state == other.state and repr(child) == repr(other)
            same(child.generate_state(9), other.generate_state(9))
            same(child.generate_state(5, "uint64"), other.generate_state(5, "uint64"))
            same(child.spawn(1)[0].pool, other.spawn(1)[0].pool)
    assert ours.n_children_spawned == 4 and repr(ours) == repr(theirs)
    wide = [module.random.SeedSequence(seed, pool_size=8, spawn_key=(3,)) for module in (np, onp)]
    same(wide[0].generate_state(20), wide[1].generate_state(20))


@pytest.mark.parametrize(
    "seed", [0, 1, 2**32 - 1, [1], [1, 2, 3], list(range(700)), onp.uint32(5)], ids=lambda x: str(x)[:20]
)
def test_legacy_seeds(seed):
    ours, theirs = np.random.RandomState(seed), onp.random.RandomState(seed)
    same(ours.random_sample(700), theirs.random_sample(700))
    ours.standard_normal(), theirs.standard_normal()
    ours.seed(seed), theirs.seed(seed)
    plain(ours.get_state(legacy=False), theirs.get_state(legacy=False))
    same(ours.rand(2, 3), theirs.rand(2, 3)), same(ours.randn(5), theirs.randn(5))
    for mine, other in zip(ours.get_state(), theirs.get_state(), strict=True):
        plain(mine, other)


@pytest.mark.parametrize("bits", GENERATORS)
def test_states_travel_to_numpy_and_back(bits):
    ours, theirs = pair("Generator", bits)
    for generator in (ours, theirs):
        generator.integers(0, 10, size=3, dtype="int32")
        generator.standard_normal(5)
    fresh, other = pair("Generator", bits, 77)
    other.bit_generator.state = theirs.bit_generator.state
    fresh.bit_generator.state = theirs.bit_generator.state
    same(fresh.random(10), other.random(10))
    state = ours.bit_generator.state
    first = ours.integers(0, 1000, size=7, dtype="uint32").tolist()
    ours.bit_generator.state = state
    assert ours.integers(0, 1000, size=7, dtype="uint32").tolist() == first
    with pytest.raises(ValueError, match="state must be for a"):
        ours.bit_generator.state = {"bit_generator": "Other"}
    with pytest.raises(TypeError, match="state must be a dict"):
        ours.bit_generator.state = 5


def test_legacy_states_travel():
    ours, theirs = np.random.RandomState(5), onp.random.RandomState(9)
    theirs.standard_normal(3)
    ours.set_state(theirs.get_state())
    same(ours.standard_normal(5), theirs.standard_normal(5))
    ours.set_state(theirs.get_state(legacy=False))
    same(ours.random_sample(5), theirs.random_sample(5))
    for state in (("Philox", [1], 2), {"state": 1}):
        with pytest.raises(ValueError):
            ours.set_state(state)
    with pytest.raises(TypeError):
        ours.set_state(5)


@pytest.mark.parametrize("bits", GENERATORS)
def test_copies_and_pickles_go_on_alike(bits):
    ours, _ = pair("Generator", bits)
    ours.integers(0, 10, size=3, dtype="int32")
    for made in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        state = ours.bit_generator.state
        assert made.random(5).tolist() == ours.random(5).tolist()
        ours.bit_generator.state = state
        assert type(made.bit_generator) is type(ours.bit_generator)
        assert made.spawn(1)[0].random() == copy.deepcopy(ours).spawn(1)[0].random()
    legacy = np.random.RandomState(getattr(np.random, bits)(3))
    legacy.standard_normal()
    assert pickle.loads(pickle.dumps(legacy)).standard_normal(3).tolist() == legacy.standard_normal(3).tolist()


@pytest.mark.parametrize("bits", GENERATORS)
def test_spawned_generators(bits):
    ours, theirs = pair("Generator", bits, 12)
    for _ in range(2):
        for child, other in zip(ours.spawn(3), theirs.spawn(3), strict=True):
            same(child.random(4), other.random(4))
            same(child.spawn(1)[0].random(4), other.spawn(1)[0].random(4))
    with pytest.raises(ValueError, match="n_children must be non-negative"):
        ours.spawn(-1)


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox"])
def test_jumps(bits):
    ours, theirs = getattr(np.random, bits)(4), getattr(onp.random, bits)(4)
    for generator in (ours, theirs):
        generator.random_raw(13)
    for jumps in (1, 2, 3):
        plain(ours.jumped(jumps).state, theirs.jumped(jumps).state)
        same(ours.jumped(jumps).random_raw(5), theirs.jumped(jumps).random_raw(5))
    plain(ours.jumped().jumped().state, theirs.jumped().jumped().state)
    plain(ours.state, theirs.state)


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "Philox"])
@pytest.mark.parametrize("delta", [0, 1, 1000, 2**63, 2**64 + 1, 2**127, -1, -12345, 2**255 + 5])
def test_advances(bits, delta):
    ours, theirs = getattr(np.random, bits)(4), getattr(onp.random, bits)(4)
    for generator in (ours, theirs):
        generator.random_raw(3)
        assert generator.advance(delta) is generator
    plain(ours.state, theirs.state)
    same(ours.random_raw(5), theirs.random_raw(5))


def test_whole_numbers_in_any_dress():
    """Python's floats are cut, NumPy's are refused, ours count where they are whole."""
    ours, theirs = pair("Generator")
    for n in (10.7, [10.7, 20], 2**60, [2**60 + 1, 3], onp.int8(7), onp.uint8(7), onp.array([3, 4], "uint16"), True):
        same(ours.binomial(n, 0.25), theirs.binomial(n, 0.25))
    same(ours.binomial(np.array([10, 20]), 0.5), theirs.binomial([10, 20], 0.5))
    same(ours.hypergeometric(np.array(10), 20, 9), theirs.hypergeometric(10, 20, 9))
    with pytest.raises(TypeError, match="Cannot cast"):
        ours.binomial(np.array([10.5]), 0.5)


def test_philox_keys_and_counters():
    for keywords in ({"key": 5}, {"key": [1, 2], "counter": 2**200}, {"seed": 3, "counter": [1, 2, 3, 4]}):
        plain(np.random.Philox(**keywords).state, onp.random.Philox(**keywords).state)
    for keywords in ({"seed": 1, "key": 2}, {"key": -1}, {"key": 2**128}, {"key": [1, 2, 3]}, {"counter": 2**256}):
        with pytest.raises(ValueError):
            np.random.Philox(**keywords)


def test_default_rng_takes_what_numpy_takes():
    same(np.random.default_rng(5).random(3), onp.random.default_rng(5).random(3))
    generator = np.random.default_rng(np.random.SeedSequence(3))
    assert np.random.default_rng(generator) is generator
    bits = np.random.Philox(3)
    assert np.random.default_rng(bits).bit_generator is bits
    legacy = np.random.RandomState(3)
    assert np.random.default_rng(legacy).bit_generator is legacy.bit_generator
    assert np.random.default_rng().random() != np.random.default_rng().random()
    assert str(generator) == "Generator(PCG64)" and repr(legacy).startswith("RandomState(MT19937) at 0x")
    same(np.random.default_rng(np.array([1, 2, 3])).random(3), onp.random.default_rng([1, 2, 3]).random(3))


ERRORS = [
    ("normal", (0, -1), {}, ValueError, "scale < 0"),
    ("normal", (0, [1, -1]), {}, ValueError, "scale < 0"),
    ("normal", (0, -0.0), {}, ValueError, "scale < 0"),
    ("normal", (1j,), {}, TypeError, "Cannot cast"),
    ("normal", (onp.array([1j]),), {}, TypeError, "Cannot cast"),
    ("normal", ([1, 2], [1, 2, 3]), {}, ValueError, "shape"),
    ("normal", ([1, 2],), {"size": 3}, ValueError, "shape|not compatible"),
    ("normal", ([1, 2],), {"size": 1}, ValueError, "not compatible with broadcast dimensions of inputs"),
    ("normal", (), {"size": -1}, ValueError, "negative dimensions are not allowed"),
    ("uniform", (0, onp.inf), {}, OverflowError, "range exceeds valid bounds"),
    ("uniform", (2, 1), {}, ValueError, "high - low < 0"),
    ("exponential", (-1,), {}, ValueError, "scale < 0"),
    ("gamma", (-1, 1), {}, ValueError, "shape < 0"),
    ("beta", (0, 1), {}, ValueError, "a <= 0"),
    ("beta", (1, [1, 0]), {}, ValueError, "b <= 0"),
    ("standard_t", (0,), {}, ValueError, "df <= 0"),
    ("vonmises", (0, -1), {}, ValueError, "kappa < 0"),
    ("triangular", (2, 1, 3), {}, ValueError, "left > mode"),
    ("triangular", (0, 4, 3), {}, ValueError, "mode > right"),
    ("triangular", (1, 1, 1), {}, ValueError, "left == right"),
    ("triangular", ([1, 0], 1, 1), {}, ValueError, "left == right"),
    ("poisson", (-1,), {}, ValueError, "lam < 0 or lam is NaN"),
    ("poisson", ([1, onp.nan],), {}, ValueError, "lam value too large|lam < 0 or lam contains NaNs"),
    ("poisson", (1e30,), {}, ValueError, "lam value too large"),
    ("binomial", (-1, 0.5), {}, ValueError, "n < 0"),
    ("binomial", (onp.array([2.5]), 0.5), {}, TypeError, "Cannot cast"),
    ("binomial", (onp.array([2], "uint64"), 0.5), {}, TypeError, "Cannot cast"),
    ("binomial", (2**64, 0.5), {}, OverflowError, ""),
    ("binomial", (5, 1.5), {}, ValueError, "p < 0, p > 1 or p is NaN"),
    ("binomial", (5, [0.5, onp.nan]), {}, ValueError, "p < 0, p > 1 or p contains NaNs"),
    ("negative_binomial", (0, 0.5), {}, ValueError, "n <= 0"),
    ("negative_binomial", (onp.nan, 0.5), {}, ValueError, "n must not be NaN"),
    ("negative_binomial", (2, 1e-30), {}, ValueError, "n too large or p too small"),
    ("geometric", (0,), {}, ValueError, "p <= 0, p > 1 or p contains NaNs"),
    ("logseries", (1,), {}, ValueError, "p < 0, p >= 1 or p is NaN"),
    ("zipf", (1,), {}, ValueError, "a <= 1 or a is NaN"),
    ("hypergeometric", (5, 5, 11), {}, ValueError, "ngood \\+ nbad < nsample"),
    ("hypergeometric", (-5, 15, 1), {}, ValueError, "ngood < 0"),
    ("hypergeometric", (10**9, 5, 1), {}, ValueError, "both ngood and nbad must be less than 1000000000"),
    ("integers", (5, 5), {}, ValueError, "low >= high"),
    ("integers", (0, 0), {}, ValueError, "high <= 0"),
    ("integers", (0,), {}, ValueError, "high <= 0"),
    ("integers", (5, 4), {"endpoint": True}, ValueError, "low > high"),
    ("integers", (0, -1), {"endpoint": True}, ValueError, "high < 0"),
    ("integers", (-1, 5), {"dtype": "uint8"}, ValueError, "low is out of bounds for uint8"),
    ("integers", (0, 300), {"dtype": "uint8"}, ValueError, "high is out of bounds for uint8"),
    ("integers", (0, [1, 300]), {"dtype": "uint8"}, ValueError, "high is out of bounds for uint8"),
    ("integers", ([0, 5], [1, 5]), {}, ValueError, "low >= high"),
    ("integers", (0, 2**65), {}, ValueError, "high is out of bounds for int64"),
    ("integers", (0, 5), {"dtype": "float64"}, TypeError, "Unsupported dtype"),
    ("random", (), {"dtype": "int32"}, TypeError, "Unsupported dtype .* for random"),
    ("choice", (0, 3), {}, ValueError, "a must be a positive integer unless no samples are taken"),
    ("choice", ([], 3), {}, ValueError, "a cannot be empty unless no samples are taken"),
    ("choice", (2.5, 3), {}, ValueError, "a must be a sequence or an integer"),
    ("choice", (3, 4, False), {}, ValueError, "Cannot take a larger sample than population"),
    ("choice", (3, 2, True, [0.5, 0.5]), {}, ValueError, "a and p must have same size"),
    ("choice", (2, 2, True, [0.5, 0.6]), {}, ValueError, "Probabilities do not sum to 1"),
    ("choice", (2, 2, True, [1.5, -0.5]), {}, ValueError, "Probabilities are not non-negative"),
    ("choice", (2, 2, True, [0.5, onp.nan]), {}, ValueError, "Probabilities contain NaN"),
    ("choice", (2, 2, True, [[0.5, 0.5]]), {}, ValueError, "p must be 1-dimensional"),
    ("choice", (3, 2, False, [1, 0, 0]), {}, ValueError, "Fewer non-zero entries in p than size"),
    ("dirichlet", ([1, -1],), {}, ValueError, "alpha < 0"),
    ("multinomial", (5, [0.6, 0.6, 0.1]), {}, ValueError, r"sum\(pvals\[:-1\]\) > 1.0"),
    ("multinomial", (5, [1.6, 0.1]), {}, ValueError, "pvals < 0, pvals > 1 or pvals contains NaNs"),
    ("multinomial", (-5, [0.5, 0.5]), {}, ValueError, "n < 0"),
    ("multinomial", (5, []), {}, ValueError, "pvals must have at least 1 dimension"),
    ("multivariate_hypergeometric", ([1, 2], 4), {}, ValueError, r"nsample > sum\(colors\)"),
    ("multivariate_hypergeometric", ([1, -2], 1), {}, ValueError, "colors must be a one-dimensional sequence"),
    ("multivariate_hypergeometric", ([1, 2], -1), {}, ValueError, "nsample must be nonnegative"),
    ("multivariate_hypergeometric", ([1, 2], 1.5), {}, ValueError, "nsample must be an integer"),
    ("multivariate_hypergeometric", ([1, 2], 1), {"method": "x"}, ValueError, "method must be"),
    ("permutation", (5,), {"axis": 3}, None, ""),
    ("permuted", (5,), {}, TypeError, ""),
]


@pytest.mark.parametrize("name, arguments, keywords, error, words", ERRORS, ids=lambda value: str(value)[:25])
def test_errors(name, arguments, keywords, error, words):
    """NumPy's class and words, and nothing is drawn."""
    ours, theirs = pair("Generator")
    state = ours.bit_generator.state
    if error is None:
        same(getattr(ours, name)(*arguments, **keywords), getattr(theirs, name)(*arguments, **keywords))
        return
    with pytest.raises(error):
        getattr(theirs, name)(*arguments, **keywords)
    with pytest.raises(error, match=words or None):
        getattr(ours, name)(*arguments, **keywords)
    assert ours.bit_generator.state == state


OUTS = [
    ({"out": np.empty((3,))}, TypeError, "wrong type. Expected float64, got float32"),
    ({"out": np.empty((3,), dtype="float64"), "size": 4}, ValueError, "size must match out.shape"),
    ({"out": np.empty((6,), dtype="float64")[::2]}, ValueError, "must be contiguous"),
    ({"out": onp.empty(3)}, TypeError, "out must be an mxnet array"),
]


@pytest.mark.parametrize("keywords, error, words", OUTS, ids=lambda value: str(value)[:25])
def test_errors_of_out(keywords, error, words):
    with pytest.raises(error, match=words):
        np.random.default_rng(1).random(**keywords)


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda module: module.random.SeedSequence(-1), ValueError),
        (lambda module: module.random.SeedSequence(1.5), TypeError),
        (lambda module: module.random.SeedSequence(["x"]), ValueError),
        (lambda module: module.random.SeedSequence("abc"), TypeError),
        (lambda module: module.random.SeedSequence(1, pool_size=3), ValueError),
        (lambda module: module.random.SeedSequence(1).generate_state(2, "int8"), ValueError),
        (lambda module: module.random.SeedSequence(1).spawn(-1), (ValueError, OverflowError)),
        (lambda module: module.random.RandomState(-1), ValueError),
        (lambda module: module.random.RandomState(2**32), ValueError),
        (lambda module: module.random.RandomState([]), ValueError),
        (lambda module: module.random.RandomState(1.5), TypeError),
        (lambda module: module.random.RandomState(module.random.PCG64(1)).seed(2), TypeError),
        (lambda module: module.random.Generator(module.random.PCG64), ValueError),
        (lambda module: module.random.BitGenerator(), NotImplementedError),
        (lambda module: module.random.RandomState(1).hypergeometric(5, 5, 0), ValueError),
        (lambda module: module.random.RandomState(1).dirichlet([0, 1]), ValueError),
        (lambda module: module.random.RandomState(1).choice([[1]]), ValueError),
        (lambda module: module.random.RandomState(1).permutation(2.5), IndexError),
    ],
)
def test_errors_of_seeds(call, error):
    for module in (onp, np):
        with pytest.raises(error):
            call(module)


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
