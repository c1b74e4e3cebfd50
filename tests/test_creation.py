"""Creating arrays: from data of every form, filled, ranges, grids, and the devices that they are made on."""

import decimal
import fractions

import numpy as onp
import pytest

from mxnet import np, npx
from oracle import ALL_DTYPES, NUMPY_DTYPES, assert_same, host_dtype, judge, lowered

# What each makes without `dtype` has the dtype of NumPy's answer, in float32 for float64 and int64.
PLAIN = {
    "zeros": lambda np: np.zeros((2, 3)),
    "zeros of an integer shape": lambda np: np.zeros(4),
    "zeros of no axes": lambda np: np.zeros(()),
    "zeros of a list shape": lambda np: np.zeros([2, 0]),
    "zeros of NumPy integers": lambda np: np.zeros((onp.int64(2), onp.int32(3))),
    "ones": lambda np: np.ones((3, 2000)),
    "full": lambda np: np.full((2, 2), 3.5),
    "full of a row": lambda np: np.full((2, 3), [1.0, 2.0, 3.0]),
    "arange": lambda np: np.arange(7),
    "arange from": lambda np: np.arange(2, 7),
    "arange down": lambda np: np.arange(9, -3, -2.5),
    "arange of nothing": lambda np: np.arange(5, 2),
    "arange long": lambda np: np.arange(0, 10000, 2),
    "linspace": lambda np: np.linspace(0, 1, 11),
    "linspace open": lambda np: np.linspace(2, 8, 6, endpoint=False),
    "linspace of one": lambda np: np.linspace(2, 8, 1),
    "linspace of nothing": lambda np: np.linspace(2, 8, 0),
    "linspace with step": lambda np: np.linspace(0, 4, 5, retstep=True)[0],
    "linspace of arrays": lambda np: np.linspace(np.array([0.0, 1.0]), np.array([4.0, 9.0]), 5, axis=1),
    "logspace": lambda np: np.logspace(0, 3, 4),
    "logspace of base 2": lambda np: np.logspace(0, 3, 4, base=2.0),
    "geomspace": lambda np: np.geomspace(1, 256, 9),
    "eye": lambda np: np.eye(3),
    "eye wide": lambda np: np.eye(3, 5, 1),
    "eye below": lambda np: np.eye(4, 3, -2),
    "identity": lambda np: np.identity(4),
    "tri": lambda np: np.tri(3, 4, 1),
    "vander": lambda np: np.vander(np.array([1.0, 2.0, 3.0]), 4),
    "vander increasing": lambda np: np.vander(np.array([1.0, 2.0]), increasing=True),
    "meshgrid": lambda np: np.meshgrid(np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])),
    "meshgrid ij": lambda np: np.meshgrid(np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]), indexing="ij"),
    "meshgrid sparse": lambda np: np.meshgrid(np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]), sparse=True),
    "fromfunction": lambda np: np.fromfunction(lambda i, j: i + 2.0 * j, (3, 3)),
    "fromiter": lambda np: np.fromiter((x * 0.5 for x in range(4)), dtype="float32"),
    "hanning": lambda np: np.hanning(8),
    "hamming": lambda np: np.hamming(8),
    "blackman": lambda np: np.blackman(8),
    "array of lists": lambda np: np.array([[1.0, 2.0], [3.0, 4.0]]),
    "array of tuples": lambda np: np.array(((1.5,), (2.5,))),
    "array of a range": lambda np: np.array(range(5)),
    "array of nested nothing": lambda np: np.array([[], []]),
    "array of as many levels as ndmax": lambda np: np.array([[1.0, 2.0]], ndmax=2),
    "array with ndmin": lambda np: np.array([1.0, 2.0], ndmin=3),
    "array of arrays": lambda np: np.array([np.array([1.0, 2.0]), np.array([3.0, 4.0])]),
    "array of 0-d arrays": lambda np: np.array([np.array(1.0), np.array(2.0)]),
    "array of generators' list": lambda np: np.array([float(i) for i in range(3)]),
}
SAME_DTYPE = {
    "indices": lambda np: np.indices((2, 3)),
    "tril_indices": lambda np: np.tril_indices(3),
    "triu_indices": lambda np: np.triu_indices(3, 1),
    "diag_indices": lambda np: np.diag_indices(3),
    "unravel_index": lambda np: np.unravel_index(np.array([5, 7], dtype="int64"), (3, 4)),
    "ravel_multi_index": lambda np: np.ravel_multi_index(
        (np.array([1, 2], dtype="int64"), np.array([3, 0], dtype="int64")), (3, 4)
    ),
    "array of bools": lambda np: np.array([[True], [False]]),
    "frombuffer": lambda np: np.frombuffer(b"\x01\x00\x02\x00", dtype="int16"),
    "mask_indices": lambda np: np.nonzero(np.tri(3, dtype=bool)),
}


@pytest.mark.parametrize("name", PLAIN)
def test_default_dtype(name):
    judge(lambda np: as_float32(PLAIN[name](np)), dtype="same", ulp=2, atol=1e-6)


def as_float32(made):
    """NumPy's float64 and int64 answers as ours must be; ours are checked to be float32 already."""
    if isinstance(made, (list, tuple)):
        return [as_float32(item) for item in made]
    if isinstance(made, onp.ndarray) and not isinstance(made, np.ndarray):
        return made.astype("float32")
    return made


@pytest.mark.parametrize("name", SAME_DTYPE)
def test_index_and_explicit_dtypes(name):
    judge(SAME_DTYPE[name], dtype="same")


@pytest.mark.parametrize("name", PLAIN)
def test_numpy_mode_is_numpy_to_the_letter(name, numpy_dtypes):
    judge(PLAIN[name], dtype="same", ulp=2, atol=1e-14)


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize(
    "make",
    [
        lambda np, d: np.zeros((2, 3), dtype=d),
        lambda np, d: np.ones((2, 3), d),
        lambda np, d: np.full((3,), 1, dtype=d),
        lambda np, d: np.arange(2, dtype=d),
        lambda np, d: np.eye(3, dtype=d),
        lambda np, d: np.tri(3, dtype=d),
        lambda np, d: np.array([[0, 1], [1, 1]], dtype=d),
        lambda np, d: np.identity(2, dtype=d),
        lambda np, d: np.asarray([1, 0], dtype=d),
        lambda np, d: np.linspace(0, 8, 5, dtype=d),
        lambda np, d: np.zeros_like(np.ones(3), dtype=d),
        lambda np, d: np.full_like(np.ones((2, 2)), 1, dtype=d),
    ],
    ids=[
        "zeros",
        "ones",
        "full",
        "arange",
        "eye",
        "tri",
        "array",
        "identity",
        "asarray",
        "linspace",
        "zeros_like",
        "full_like",
    ],
)
def test_explicit_dtype(make, dtype):
    judge(lambda np: make(np, dtype), dtype="same")


@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_like_functions_keep_shape_and_dtype(dtype):
    for shape in ((2, 3), (), (0, 2), (70, 80)):
        x = np.zeros(shape, dtype=dtype)
        for name, value in (("zeros_like", 0), ("ones_like", 1)):
            assert_same(getattr(np, name)(x), onp.full(shape, value).astype(host_dtype(dtype)))
        assert_same(np.full_like(x, 1), onp.full(shape, 1).astype(host_dtype(dtype)))
        assert np.empty_like(x).shape == shape and np.empty_like(x).dtype == x.dtype
        assert np.zeros_like(x, shape=(4,)).shape == (4,)


@pytest.mark.parametrize("value", [3, -2, 1.5, True, 2j, float("nan"), float("inf"), 10**12, -(10**12)], ids=repr)
@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
def test_python_numbers_into_every_dtype(value, dtype):
    judge(lambda np: np.array(value, dtype=dtype), dtype="same")
    judge(lambda np: np.array([value, value], dtype=dtype), dtype="same")


@pytest.mark.parametrize("source", NUMPY_DTYPES)
@pytest.mark.parametrize("target", NUMPY_DTYPES)
def test_astype_over_all_pairs(source, target):
    values = onp.array([0, 1, 2, 100]).astype(source)
    judge(lambda np, x: x.astype(target), values, dtype="same")
    judge(lambda np, x: x[::-2].astype(target), onp.tile(values, 2000), dtype="same")


def test_astype_keywords():
    x = onp.arange(6, dtype="float32")
    for casting in ("no", "equiv", "safe", "same_kind", "unsafe"):
        for target in ("float32", "float64", "float16", "int32"):
            judge(lambda np, x, to=target, rule=casting: x.astype(to, casting=rule), x, dtype="same")
    judge(lambda np, x: x.astype("nonsense"), x)
    judge(lambda np, x: x.astype(object if np is onp else "nonsense", casting="no"), x)


def test_foreign_numbers():
    assert float(np.array(decimal.Decimal("1.5"), dtype="float64")) == 1.5
    assert float(np.array(fractions.Fraction(1, 4), dtype="float64")) == 0.25
    assert np.array([onp.float32(1), onp.float32(2)]).asnumpy().tolist() == [1.0, 2.0]


class HasArray:
    """Anything with __array__ is data."""

    def __array__(self, dtype=None, copy=None):
        return onp.arange(3, dtype="int16")


def test_data_of_other_libraries():
    assert_same(np.array(HasArray()), onp.arange(3, dtype="int16"))
    assert_same(np.array(memoryview(b"ab")), onp.array(memoryview(b"ab")))
    assert_same(np.array(onp.arange(6).reshape(2, 3).T), onp.arange(6).reshape(2, 3).T)
    assert_same(np.array(onp.arange(6, dtype=">i4")), onp.arange(6, dtype="int32"))
    assert_same(np.array(onp.matrix([[1, 2]])), onp.array([[1, 2]]))
    with pytest.raises(TypeError):
        np.array(onp.array(["a", "b"]))
    with pytest.raises(TypeError):
        np.array(onp.array([object()]))


def test_copy_keyword():
    x = np.ones(3)
    assert np.shares_memory(np.asarray(x), x)
    assert np.shares_memory(np.array(x, copy=False), x)
    assert not np.shares_memory(np.array(x), x)
    assert np.shares_memory(np.asarray(x, copy=None), x)
    with pytest.raises(ValueError):
        np.asarray([1, 2], copy=False)


@pytest.mark.parametrize("keyword", ["ctx", "device"])
def test_device_of_created_arrays(keyword):
    for make in (
        lambda **k: np.zeros(2, **k),
        lambda **k: np.array([1], **k),
        lambda **k: np.arange(3, **k),
        lambda **k: np.eye(2, **k),
        lambda **k: np.linspace(0, 1, 3, **k),
        lambda **k: np.full(2, 1, **k),
        lambda **k: np.random.uniform(**k),
        lambda **k: np.ones_like(np.zeros(2), **k),
    ):
        assert make(**{keyword: npx.cpu()}).ctx == npx.cpu()


BAD = {
    "negative length": lambda np: np.zeros((-1, 2)),
    "float shape": lambda np: np.zeros(2.5),
    "text shape": lambda np: np.zeros("ab"),
    "no shape": lambda np: np.zeros(),
    "None in a shape": lambda np: np.ones((2, None)),
    "unknown dtype": lambda np: np.zeros(2, dtype="float33"),
    "dtype of another type": lambda np: np.zeros(2, dtype=3.5),
    "ragged": lambda np: np.array([[1, 2], [3]]),
    "ragged deeper": lambda np: np.array([[[1], [2]], [[3], 4]]),
    "zero step": lambda np: np.arange(0, 5, 0),
    "nan step": lambda np: np.arange(0, 5, float("nan")),
    "endless range": lambda np: np.arange(float("inf")),
    "text range": lambda np: np.arange("a"),
    "no range": lambda np: np.arange(),
    "negative count": lambda np: np.linspace(0, 1, -1),
    "fractional count": lambda np: np.linspace(0, 1, 2.5),
    "full of another shape": lambda np: np.full((2, 2), [1, 2, 3]),
    "unknown keyword": lambda np: np.zeros(2, colour=1),
    "negative eye": lambda np: np.eye(-2.5),
    "geomspace of zero": lambda np: np.geomspace(0, 4, 3),
    "integer too large": lambda np: np.array(2**70, dtype="int64"),
    "integers too large": lambda np: np.array([1, 300], dtype="int8"),
    "infinity as integer": lambda np: np.array(float("inf"), dtype="int32"),
    "more levels than ndmax": lambda np: np.array([[1.0, 2.0]], ndmax=1),
    "unknown keyword of the class": lambda np: np.ndarray(2, colour=1),
    "None as integer": lambda np: np.array([1, None], dtype="int32"),
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_arguments_are_numpys_errors(name):
    judge(BAD[name])


def test_lowered_is_what_these_tests_assume():
    assert lowered("float64") == "float32" and lowered("int64") == "int64"
