"""Corners of NumPy that its own documentation and tests walk into, and that one row per function does not reach."""

import itertools
import warnings

import numpy as onp
import pytest

from mxnet import np


def both(call):
    """The results of one call by ours and by NumPy, as NumPy arrays."""
    ours = call(np, lambda values: np.array(onp.asarray(values)))
    return np.asarray(ours).asnumpy(), onp.asarray(call(onp, onp.asarray))


CALLS = {
    "logspace, array of bases": lambda np, a: np.logspace(2.0, 3.0, 4, base=a([2.0, 3.0])),
    "logspace, array of bases, last axis": lambda np, a: np.logspace(2.0, 3.0, 4, base=a([2.0, 3.0]), axis=-1),
    "logspace, bases and bounds": lambda np, a: np.logspace(
        a([1.0, 2.0]), 3.0, 5, base=a([[2.0], [3.0], [4.0]]), axis=1
    ),
    "logspace, more bounds than bases": lambda np, a: np.logspace(a([[1.0], [2.0]]), 3.0, 5, base=a([2.0, 3.0, 4.0])),
    "unique along the last of three axes": lambda np, a: np.unique(
        a([[[1, 1], [1, 0]], [[0, 1], [0, 0]], [[2, 1], [3, 0]]]), axis=2
    ),
    "unique along the middle axis": lambda np, a: np.unique(a(onp.arange(24).reshape(2, 3, 4) % 5), axis=1),
    "unique of nan along the only axis": lambda np, a: np.unique(a([onp.nan, 0, 0, onp.nan]), axis=0, equal_nan=True),
    "geomspace around zero": lambda np, a: np.geomspace(-1, 1, num=3, dtype="complex128"),
    "geomspace of imaginary numbers": lambda np, a: np.geomspace(1j, 16j, num=5, dtype="complex128"),
    "einsum into integers": lambda np, a: np.einsum(
        "ij,j", a(onp.ones((2, 2))), a(onp.ones(2)), out=np.zeros(2, dtype="int64"), dtype="float64", casting="unsafe"
    ),
    "choose into integers": lambda np, a: np.choose(
        a([0, 1]), [a([1.5, 2.5]), a([3.5, 4.5])], out=np.zeros(2, dtype="int32")
    ),
    "clip, bounds beyond the dtype": lambda np, a: np.clip(np.asarray(a([-3, 200])).astype("int16"), -(2**70), 2**40),
    "clip, one bound beyond the dtype": lambda np, a: np.clip(np.asarray(a([3, 200])).astype("uint8"), -1, 129),
    "zero to a complex power": lambda np, a: np.power(a([0j, 0j, 2j]), a([1 + 1j, 2j, 1 + 1j]))[::2],
    "pad by a function": lambda np, a: np.pad(a([[1.0, 2.0], [3.0, 4.0]]), ((1, 2), (0, 3)), ends),
    "pad by a function with keywords": lambda np, a: np.pad(a(onp.ones((2, 2, 2))), 1, ends, first=7),
}


def ends(vector, width, axis, kwargs):
    """Writes the axis and a keyword into both ends, as NumPy's documentation does it."""
    assert isinstance(axis, int) and isinstance(kwargs, dict)
    vector[: width[0]] = kwargs.get("first", 5)
    if width[1]:
        vector[-width[1] :] = 10 + axis


@pytest.mark.parametrize("name", CALLS)
def test_values(name):
    ours, theirs = both(CALLS[name])
    assert ours.dtype == theirs.dtype
    onp.testing.assert_allclose(ours, theirs, rtol=1e-6)


ERRORS = {
    "pad, width of floats": (TypeError, "must be of integral type", lambda np, x: np.pad(x, 1.5)),
    "pad, width None": (TypeError, "must be of integral type", lambda np, x: np.pad(x, None)),
    "pad, three widths": (ValueError, "could not be broadcast", lambda np, x: np.pad(x, (1, 2, 3))),
    "pad, nested widths": (ValueError, "more dimensions than allowed", lambda np, x: np.pad(x, [[[1], [2]]])),
    "pad, mode None": (ValueError, "is not supported", lambda np, x: np.pad(x, 1, mode=3)),
    "pad, unknown mode": (ValueError, "is not supported", lambda np, x: np.pad(x, 1, mode="other")),
    "pad, keyword of another mode": (ValueError, "unsupported keyword", lambda np, x: np.pad(x, 1, stat_length=1)),
    "isin, unknown kind": (ValueError, "Invalid kind", lambda np, x: np.isin(x, x, kind="quicksort")),
    "isin, table of floats": (ValueError, "'table' method", lambda np, x: np.isin(x, x, kind="table")),
    "clip, one end by place": (TypeError, "missing 1 required", lambda np, x: np.clip(x, 1)),
    "clip, a number too great as the least": (
        OverflowError,
        "out of bounds",
        lambda np, x: np.clip(x.astype("int8"), 1000, 2000),
    ),
    "vectorize a number": (TypeError, None, lambda np, x: np.vectorize(3)),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    error, words, call = ERRORS[name]
    for module in (np, onp):
        with pytest.raises(error, match=words):
            call(module, module.ones((2, 2)))


def test_one_operand_of_einsum_is_a_view_that_may_be_written():
    x = np.zeros((3, 3))
    np.einsum("ii->i", x)[:] = 1
    np.einsum("ij->ji", x)[0, 1] = 5
    onp.testing.assert_array_equal(x.asnumpy(), [[1, 0, 0], [5, 1, 0], [0, 0, 1]])
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        np.einsum("ii->i", x)[:] = 1


@pytest.mark.parametrize("dtypes", [("uint16", "int16", "float32"), ("int32", "float32", "float16"), ("int8", "uint8")])
def test_the_order_of_dtypes_makes_no_difference(dtypes, numpy_dtypes):
    for order in itertools.permutations(dtypes):
        wanted = onp.result_type(*order)
        assert np.result_type(*order) == wanted
        arrays = [np.ones(2, dtype=dtype) for dtype in order]
        assert np.concatenate(arrays).dtype == np.choose([0, 1], arrays).dtype == wanted


@pytest.mark.parametrize("name", ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"])
@pytest.mark.parametrize("signed", ["int8", "int64"])
@pytest.mark.parametrize("size", [1, 9000])
def test_signed_and_unsigned_numbers_compare_exactly(name, signed, size):
    top = onp.iinfo(signed).max
    one = onp.resize(onp.array([0, -1, top, top - 1, 5], dtype=signed), (size, 5))
    two = onp.resize(onp.array([0, 2**64 - 1, top - 1, top, 5], dtype="uint64"), (size, 5))
    for x, y in ((one, two), (two, one)):
        ours = getattr(np, name)(np.array(x), np.array(y))
        onp.testing.assert_array_equal(ours.asnumpy(), getattr(onp, name)(x, y))


def test_reduceat_without_places():
    assert np.add.reduceat(np.ones((3, 2)), np.array([], dtype="int64")).shape == (0, 2)


def test_flags_compare_by_what_they_say():
    x = np.ones((2, 3))
    assert x.flags == np.zeros((2, 3)).flags
    assert x.flags != x.T.flags and x.flags != 3


def test_imaginary_parts_are_not_lost_silently():
    x = np.array([1 + 2j])
    with pytest.warns(onp.exceptions.ComplexWarning, match="discards the imaginary part"):
        assert x.astype("float64").tolist() == [1.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x.astype("complex128"), x.astype("bool"), x.real.astype("float64")


def test_what_has_enough_axes_is_given_back_itself():
    x = np.ones((2, 2))
    assert np.atleast_1d(x) is x and np.atleast_2d(x) is x
    assert np.atleast_3d(x).shape == (2, 2, 1)
    one, two = np.atleast_2d(x, np.ones(3))
    assert one is x and two.shape == (1, 3)


def test_vectorize_as_a_decorator_with_options():
    @np.vectorize(otypes=["float64"])
    def half(x):
        """Half of it."""
        return x / 2

    assert half.__name__ == "half" and half.__doc__ == "Half of it."
    result = half(np.array([1, 2]))
    assert result.dtype == "float64" and result.tolist() == [0.5, 1.0]


def test_what_is_no_number_is_not_complex():
    for value in (None, "text", 1.0, [1, 2]):
        assert np.isrealobj(value) == onp.isrealobj(value)
        assert np.iscomplexobj(value) == onp.iscomplexobj(value)


INTERPOLATING = ["linear", "hazen", "weibull", "median_unbiased", "normal_unbiased", "interpolated_inverted_cdf"]


@pytest.mark.parametrize("method", INTERPOLATING)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_quantiles_have_numpys_bits(dtype, method):
    x = (onp.random.default_rng(5).normal(size=(3, 97)) * 50).astype(dtype)
    mine = np.array(x, dtype=dtype)
    shares = [0.0, 0.1, 0.37, 0.5, 0.623, 0.75, 0.99, 1.0]
    for share in shares:
        theirs = onp.quantile(x, share, axis=1, method=method)
        ours = np.quantile(mine, share, axis=1, method=method).asnumpy()
        if dtype == "int32":  # floats of integers are float32 here
            theirs = theirs.astype(ours.dtype)
        assert ours.dtype == theirs.dtype and ours.tobytes() == theirs.tobytes(), (share, ours, theirs)


METHODS = {
    "a.choose(b, b + 1)": "i",
    "a.choose((b, b + 1))": "i",
    "a.choose(b, b + 1, mode='wrap')": "i",
    "a.clip(3)": "f",
    "a.clip(3, max=5)": "f",
    "a.clip(min=3)": "f",
    "a.clip()": "f",
    "a.conj(b)": "f",
    "a.conjugate(b)": "c",
    "a.conj()": "c",
}


@pytest.mark.parametrize("expression", METHODS)
def test_methods_whose_arguments_are_not_those_of_functions(expression):
    values = {"i": [0, 1, 1], "f": [1.0, 5.0, 9.0], "c": [1 + 2j, 3 - 1j, 0]}[METHODS[expression]]
    results = []
    for xp in (onp, np):
        a = xp.array(values, dtype={"i": "int64", "f": "float64", "c": "complex128"}[METHODS[expression]])
        b = xp.array([10, 20, 30], dtype=a.dtype)
        result = eval(expression, {"a": a, "b": b})
        results.append([onp.asarray(result).tolist(), onp.asarray(b).tolist()])
    assert results[0] == results[1]
