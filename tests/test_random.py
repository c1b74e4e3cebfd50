"""Random numbers: reproducible by seed, the same stream on any thread count, and with the moments they promise."""

import numpy as onp
import pytest

from mxnet import np, npx
from oracle import dtype_name

# name: (call with size, mean, standard deviation)
DISTRIBUTIONS = {
    "uniform": (lambda size: np.random.uniform(-1, 3, size), 1, 4 / 12**0.5),
    "normal": (lambda size: np.random.normal(2, 3, size), 2, 3),
    "rand": (lambda size: np.random.rand(*size), 0.5, 1 / 12**0.5),
    "randn": (lambda size: np.random.randn(*size), 0, 1),
    "random": (lambda size: np.random.random(size), 0.5, 1 / 12**0.5),
    "randint": (lambda size: np.random.randint(0, 10, size), 4.5, (99 / 12) ** 0.5),
    "choice": (lambda size: np.random.choice(10, size), 4.5, (99 / 12) ** 0.5),
    "choice with weights": (lambda size: np.random.choice(2, size, p=np.array([0.25, 0.75])), 0.75, 0.1875**0.5),
    "poisson of arrays": (lambda size: np.random.poisson(np.full(size, 3.5)), 3.5, 3.5**0.5),
    "poisson of large arrays": (lambda size: np.random.poisson(np.full(size, 70.0)), 70, 70**0.5),
    "binomial of arrays": (lambda size: np.random.binomial(20, np.full(size, 0.7)), 14, 4.2**0.5),
    "binomial of large arrays": (lambda size: np.random.binomial(np.full(size, 500), 0.25), 125, 93.75**0.5),
    "negative_binomial": (lambda size: np.random.negative_binomial(5, 0.3, size), 35 / 3, (3.5 / 0.09) ** 0.5),
    "negative_binomial of arrays": (
        lambda size: np.random.negative_binomial(5, np.full(size, 0.3)),
        35 / 3,
        (3.5 / 0.09) ** 0.5,
    ),
    "hypergeometric": (lambda size: np.random.hypergeometric(20, 30, 10, size), 4, (2.4 * 40 / 49) ** 0.5),
    "hypergeometric of arrays": (
        lambda size: np.random.hypergeometric(np.full(size, 20), 30, 10),
        4,
        (2.4 * 40 / 49) ** 0.5,
    ),
    "hypergeometric of many": (lambda size: np.random.hypergeometric(150, 100, np.full(size, 120)), 72, 15.036145**0.5),
    "noncentral_chisquare": (lambda size: np.random.noncentral_chisquare(3, 2, size), 5, 14**0.5),
    "noncentral_chisquare of few": (lambda size: np.random.noncentral_chisquare(0.5, 2, size), 2.5, 9**0.5),
    "vonmises": (lambda size: np.random.vonmises(0.5, 2, size), None, None),
    "permutation": (lambda size: np.random.permutation(int(onp.prod(size))).reshape(size), None, None),
}
distributions = pytest.mark.parametrize("name", DISTRIBUTIONS)


def draw(name, size, seed=1):
    np.random.seed(seed)
    return DISTRIBUTIONS[name][0](size).asnumpy()


@distributions
@pytest.mark.parametrize("size", [(3,), (5000,), (72, 80)], ids=str)
def test_a_seed_gives_the_same_numbers(name, size):
    first, second, other = draw(name, size), draw(name, size), draw(name, size, 2)
    assert first.tobytes() == second.tobytes() and first.shape == size
    assert first.tobytes() != other.tobytes() or first.size < 10


@distributions
def test_numbers_do_not_depend_on_threads(name, threads):
    answers = set()
    for count in (1, 2, 4):
        threads(count)
        answers.add(draw(name, (200_000,)).tobytes())
    assert len(answers) == 1


@pytest.mark.parametrize("name", [name for name, row in DISTRIBUTIONS.items() if row[1] is not None])
def test_moments(name):
    _, mean, deviation = DISTRIBUTIONS[name]
    values = draw(name, (200_000,)).astype(float)
    assert abs(values.mean() - mean) < 5 * deviation / len(values) ** 0.5
    assert abs(values.std() - deviation) < 0.02 * deviation
    lag = onp.corrcoef(values[:-1], values[1:])[0, 1]
    assert abs(lag) < 0.02


def test_the_stream_goes_on():
    np.random.seed(3)
    first, second = np.random.uniform(size=(100,)).asnumpy(), np.random.uniform(size=(100,)).asnumpy()
    assert (first != second).any()


def test_seed_of_the_whole_library():
    import mxnet

    seeds = [
        function for function in (getattr(npx.random, "seed", None), getattr(mxnet.random, "seed", None)) if function
    ]
    assert seeds
    for seed in seeds:
        seed(5)
        first = np.random.normal(size=(4,)).asnumpy()
        seed(5)
        assert first.tobytes() == np.random.normal(size=(4,)).asnumpy().tobytes()


def test_uniform_stays_in_its_half_open_range():
    values = np.random.uniform(0, 1, (1_000_000,)).asnumpy()
    assert values.min() >= 0 and values.max() < 1
    assert onp.unique(values).size > 900_000


def test_randint_covers_its_range():
    values = np.random.randint(-3, 4, (10_000,)).asnumpy()
    assert set(values.tolist()) == set(range(-3, 4))
    assert set(np.random.randint(2, size=(100,)).asnumpy().tolist()) == {0, 1}
    wide = np.random.randint(0, 2**40, (1000,), dtype="int64").asnumpy()
    assert wide.max() > 2**32


def test_normal_tails():
    values = np.random.normal(size=(1_000_000,)).asnumpy()
    assert 4 < abs(values).max() < 7 and onp.isfinite(values).all()
    assert abs((abs(values) < 1).mean() - 0.6827) < 0.003


@pytest.mark.parametrize(
    "size, shape", [(None, ()), (3, (3,)), ((), ()), ((2, 3), (2, 3)), ((0,), (0,)), ([2], (2,))], ids=str
)
def test_shapes(size, shape):
    for function in (np.random.uniform, np.random.normal):
        assert function(size=size).shape == shape
    assert np.random.randint(0, 5, size).shape == shape
    assert np.random.choice(5, size).shape == shape


def test_shapes_of_rand_and_parameters_that_broadcast():
    assert np.random.rand().shape == () and np.random.rand(2, 3).shape == (2, 3) and np.random.randn(4).shape == (4,)
    assert np.random.normal(np.zeros((3, 1)), np.ones(4)).shape == (3, 4)
    assert np.random.uniform(np.array([0.0, 10.0]), np.array([1.0, 11.0]), (5, 2)).asnumpy()[:, 1].min() >= 10


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_dtypes(dtype):
    assert dtype_name(np.random.uniform(size=(3,), dtype=dtype)) == dtype
    assert dtype_name(np.random.normal(size=(3,), dtype=dtype)) == dtype


def test_shuffle_permutes_rows_in_place():
    x = np.arange(100).reshape((50, 2))
    assert np.random.shuffle(x) is None
    rows = x.asnumpy()
    assert (rows[:, 1] == rows[:, 0] + 1).all() and sorted(rows[:, 0]) == list(range(0, 100, 2))
    assert rows[:, 0].tolist() != list(range(0, 100, 2))
    view = np.arange(10)[::2]
    np.random.shuffle(view)
    assert sorted(view.asnumpy().tolist()) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    ("good", "bad", "sample"), [(0, 0, 0), (0, 5, 3), (5, 0, 3), (4, 3, 7), (4, 3, 0), (10, 1, 10), (3, 100, 50)]
)
def test_hypergeometric_stays_in_its_range(good, bad, sample):
    low, high = max(0, sample - bad), min(good, sample)
    for arguments in ((good, bad, sample), (np.full(2000, good), bad, sample)):
        got = np.random.hypergeometric(*arguments, size=2000).asnumpy()
        assert got.min() >= low and got.max() <= high and (set(got) == set(range(low, high + 1)) or high > 10)


def test_counts_of_certain_outcomes():
    assert (np.random.negative_binomial(3, 1.0, 50).asnumpy() == 0).all()
    assert (np.random.poisson(np.zeros(50)).asnumpy() == 0).all()
    assert (np.random.binomial(np.arange(50), np.ones(50)).asnumpy() == onp.arange(50)).all()
    assert (np.random.binomial(7, np.zeros(50)).asnumpy() == 0).all()


def test_angles_lie_around_their_mode():
    got = np.random.vonmises(3.0, np.full(50_000, 4.0)).asnumpy()
    assert (got >= -onp.pi).all() and (got <= onp.pi).all()
    assert abs(onp.angle(onp.exp(1j * got).mean()) - 3.0) < 0.02


def test_permutation_is_a_copy():
    x = np.arange(20)
    got = np.random.permutation(x)
    assert x.asnumpy().tolist() == list(range(20)) and sorted(got.asnumpy().tolist()) == list(range(20))
    assert sorted(np.random.permutation(7).asnumpy().tolist()) == list(range(7))


def test_choice_without_replacement_and_from_arrays():
    got = np.random.choice(20, 20, replace=False).asnumpy()
    assert sorted(got.tolist()) == list(range(20))
    assert set(np.random.choice(np.array([5.0, 7.0]), (50,)).asnumpy().tolist()) == {5.0, 7.0}


BAD = {
    "negative size": lambda: np.random.uniform(size=(-1,)),
    "text size": lambda: np.random.normal(size="ab"),
    "empty range": lambda: np.random.randint(5, 5),
    "reversed range": lambda: np.random.randint(5, 2, (3,)),
    "negative scale": lambda: np.random.normal(0, -1, (3,)).asnumpy(),
    "more than there are": lambda: np.random.choice(3, 5, replace=False),
    "weights of another length": lambda: np.random.choice(3, 5, p=np.array([0.5, 0.5])),
    "weights that do not sum to one": lambda: np.random.choice(2, 5, p=np.array([0.5, 0.1])),
    "choice of nothing": lambda: np.random.choice(0, 5),
    "shuffle of a number": lambda: np.random.shuffle(3),
    "unknown keyword": lambda: np.random.uniform(colour=1),
    "range beyond the dtype": lambda: np.random.randint(0, 1000, (3,), dtype="int8"),
    "shapes that do not fit": lambda: np.random.normal(np.zeros(3), np.ones(2)),
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_arguments(name):
    with pytest.raises((ValueError, TypeError)) as info:
        BAD[name]()
    assert str(info.value)


def test_bytes_and_random_integers():
    np.random.seed(1)
    drawn = np.random.bytes(100_000)
    assert type(drawn) is bytes and len(drawn) == 100_000 and np.random.bytes(0) == b""
    counts = onp.bincount(onp.frombuffer(drawn, "uint8"), minlength=256)
    assert ((counts - 100_000 / 256) ** 2 / (100_000 / 256)).sum() < 340  # chi-square, 255 degrees of freedom
    with pytest.raises(ValueError):
        np.random.bytes(-1)
    with pytest.warns(DeprecationWarning, match="Please call randint"):
        assert set(np.random.random_integers(6, size=1000).tolist()) == set(range(1, 7))
    with pytest.warns(DeprecationWarning):
        assert np.random.random_integers(3, 3) == 3


def test_randint_between_arrays():
    np.random.seed(2)
    low, high = np.array([0, 5, -3]), np.array([[1], [100]])
    drawn = np.random.randint(low, np.array([[6], [100]]), size=(5000, 2, 3))
    assert dtype_name(drawn) == "int64"
    drawn = drawn.asnumpy()
    assert (drawn.min(0) == [[0, 5, -3], [0, 5, -3]]).all() and (drawn.max(0) == [[5] * 3, [99] * 3]).all()
    onp.testing.assert_allclose(drawn.mean(0), [[2.5, 5, 1], [49.5, 52, 48]], atol=1.6)
    assert np.random.randint([3, 4]).shape == (2,) and np.random.randint(0, [2**40, 5]).shape == (2,)
    assert dtype_name(np.random.randint([1, 2], 9, dtype="int8")) == "int8"
    for arguments, keywords, words in (
        ((low, high), {}, "low >= high"),
        (([0, -1], 5), {"dtype": "uint8"}, "low is out of bounds for uint8"),
        ((0, [5, 2**31 + 1]), {"dtype": "int32"}, "high is out of bounds for int32"),
        ((0, [5, 2**60]), {}, "at most 2\\*\\*53 integers"),
        ((low, 200), {"size": 2}, "broadcast|compatible"),
    ):
        with pytest.raises(ValueError, match=words):
            np.random.randint(*arguments, **keywords)
    with pytest.raises(TypeError, match="whole numbers"):
        np.random.randint(np.array([0.5]), 4)


def test_triangular_takes_arrays():
    from scipy import stats

    np.random.seed(3)
    left, mode, right = onp.array([0.0, -1.0]), onp.array([0.25, 2.0]), onp.array([1.0, 4.0])
    drawn = np.random.triangular(np.array(left), np.array(mode), np.array(right), size=(20_000, 2)).asnumpy()
    for column, (a, c, b) in enumerate(zip(left, mode, right, strict=True)):
        law = stats.triang((c - a) / (b - a), a, b - a)
        assert stats.kstest(drawn[:, column], law.cdf).pvalue > 1e-3
    out = np.empty((2,))
    assert np.random.triangular(0, [0.5, 0.1], 1, out=out) is out
    rows = ((([0, 3], 2, 4), "left > mode"), ((0, [5, 1], 4), "mode > right"), ((1, 1, [2, 1]), "left == right"))
    for bounds, words in rows:
        with pytest.raises(ValueError, match=words):
            np.random.triangular(*bounds)


def test_what_is_absent_says_why():
    with pytest.raises(AttributeError, match="parallel generator of their own"):
        np.random.get_bit_generator
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        np.random.nothing
