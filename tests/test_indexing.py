"""NumPy's index grammar for reading and writing, by random index expressions, and its errors."""

import copy

import numpy as onp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mxnet import np
from oracle import assert_same, judge, sample_array
from strategies import LAYOUTS, advanced_indices, as_lists, basic_indices

EXAMPLES = settings(
    max_examples=250,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SHAPES = [(), (5,), (3, 4), (2, 3, 4), (0, 3), (2, 1, 3, 2), (70, 80), (6000,)]


@st.composite
def cases(draw, indices):
    """A shape and an index expression for it."""
    shape = draw(st.sampled_from(SHAPES))
    return shape, draw(indices(shape))


def convert(np, index):
    """Integer arrays and masks as arrays of the library under test."""
    if isinstance(index, tuple):
        return tuple(convert(np, item) for item in index)
    return np.array(index) if isinstance(index, onp.ndarray) else index


def read(np, x, index):
    return x[index]


def write(np, x, index, value):
    x[index] = value
    return x


@EXAMPLES
@given(cases(basic_indices))
def test_basic_reading(case):
    shape, index = case
    judge(lambda np, x: x[index], sample_array("float32", shape))


@EXAMPLES
@given(cases(advanced_indices), st.sampled_from(["arrays", "numpy", "lists"]))
def test_advanced_reading(case, form):
    shape, index = case
    values = onp.arange(int(onp.prod(shape)), dtype="float32").reshape(shape)
    if form == "lists":
        index = as_lists(index)
    judge(lambda np, x: x[convert(np, index) if form == "arrays" else index], values)


@EXAMPLES
@given(cases(basic_indices), st.sampled_from(["float32", "int32", "bool"]))
def test_basic_writing_of_a_scalar(case, dtype):
    shape, index = case
    judge(lambda np, x: write(np, x, index, 3), sample_array(dtype, shape), dtype="same")


@EXAMPLES
@given(cases(basic_indices), st.integers(0, 3))
def test_basic_writing_of_arrays_broadcasts(case, drop):
    shape, index = case
    values = sample_array("float32", shape)
    selected = onp.asarray(values[index]).shape
    source = sample_array("float64", selected[min(drop, len(selected)) :], seed=3)
    judge(lambda np, x, y: write(np, x, index, y), values, source, dtype="same")


@EXAMPLES
@given(cases(advanced_indices), st.booleans())
def test_advanced_writing(case, scalar):
    shape, index = case
    values = sample_array("float32", shape)
    try:
        selected = values[index].shape
    except (IndexError, ValueError):
        selected = (1,)
    source = 7 if scalar else onp.full(selected, 5, "float32")  # equal values: duplicates have one answer
    judge(lambda np, x, *y: write(np, x, convert(np, index), *(y or (7,))), values, *([] if scalar else [source]))


@EXAMPLES
@given(cases(advanced_indices))
def test_augmented_assignment_through_an_index(case):
    shape, index = case

    def call(np, x):
        x[convert(np, index)] += 2
        return x

    judge(call, sample_array("float32", shape))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "index",
    [
        (slice(1, None), slice(None, None, -1)),
        (Ellipsis, 0),
        (onp.array([1, 0, 1]),),
        (slice(None), onp.array([[0], [0]])),
        (onp.array([0, 1]), onp.array([0, 0])),
        (None, slice(0, 1)),
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", [(6, 8), (72, 80)])
def test_layouts(layout, index, shape):
    build = LAYOUTS[layout]
    judge(lambda np, x: build(np, x)[convert(np, index)], sample_array("float32", shape))
    judge(lambda np, x: write(np, build(np, x), convert(np, index), 9), sample_array("float32", shape))


@pytest.mark.parametrize("where", ["first", "second", "both", "split by a slice"])
def test_place_of_the_dimensions_of_integer_arrays(where):
    index = {
        "first": (onp.array([1, 0]),),
        "second": (slice(None), onp.array([1, 0])),
        "both": (onp.array([1, 0]), onp.array([0, 2])),
        "split by a slice": (onp.array([1, 0]), slice(None), onp.array([2, 2])),
    }[where]
    judge(lambda np, x: x[convert(np, index)], sample_array("int32", (3, 4, 5)))


def test_last_of_repeated_indices_wins():
    judge(
        lambda np, x, i, y: write(np, x, i, y),
        onp.zeros(4, "float32"),
        onp.array([1, 1, 3, 1]),
        onp.arange(4, dtype="float32"),
    )


def test_masks_of_leading_dimensions_and_0d_masks():
    x = sample_array("float32", (3, 4, 2))
    judge(lambda np, x: x[x[..., 0] > 0], x)
    judge(lambda np, x: x[np.array([True, False, True])], x)
    judge(lambda np, x: x[:, np.array([True, False, True, True])], x)
    judge(lambda np, x: x[True], x)
    judge(lambda np, x: x[False], x)
    judge(lambda np, x: x[np.array(True)], x)
    judge(lambda np, x: x[[True, False, True]], x)
    judge(lambda np, x: write(np, x, x > 0, x[x > 0] * 2), x)


def test_whole_floats_index_and_fractions_do_not():
    x = np.arange(6)
    assert x[np.array([0, 2, -1])].asnumpy().tolist() == [0, 2, 5]
    x[np.array([1, 3])] = 9
    assert x.asnumpy().tolist() == [0, 9, 2, 9, 4, 5]
    for index in (np.array([0.5]), np.array([float("nan")])):
        with pytest.raises(IndexError):
            x[index]


BAD = {
    "integer too large": (5,),
    "integer too small": (-6,),
    "too many": (0, 0),
    "two ellipses": (Ellipsis, Ellipsis),
    "a float": (1.5,),
    "a whole float": (1.0,),
    "text": ("x",),
    "an object": (object(),),
    "a dict": ({},),
    "array too large": (onp.array([0, 5]),),
    "array too small": (onp.array([-6]),),
    "zero step": (slice(None, None, 0),),
    "float slice": (slice(0.5, 2),),
    "short mask": (onp.array([True, False]),),
    "long mask": (onp.ones(6, bool),),
    "2-d mask": (onp.ones((5, 2), bool),),
    "complex": (onp.array([1j]),),
    "huge": (2**70,),
    "complex number": (1j,),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_indices_are_refused_and_change_nothing(what):
    index = BAD[what] if len(BAD[what]) > 1 else BAD[what][0]
    values = onp.arange(5, dtype="float32")
    judge(lambda np, x: x[convert(np, index)], values)
    judge(lambda np, x: write(np, x, convert(np, index), 1), values)
    x = np.array(values)
    with pytest.raises((IndexError, ValueError, TypeError)):
        x[copy.copy(index) if not isinstance(index, onp.ndarray) else np.array(index)] = 1
    assert x.asnumpy().tolist() == values.tolist()


@pytest.mark.parametrize(
    "value",
    [onp.ones(3, "float32"), [1, 2, 3], "text", None, [[1, 2], [3]], object(), {}],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "index", [slice(0, 2), Ellipsis, onp.array([0, 1]), onp.array([True] * 2 + [False] * 3)], ids=str
)
def test_bad_values_are_refused_and_change_nothing(index, value):
    x = np.array(onp.arange(5, dtype="int32"))
    with pytest.raises((ValueError, TypeError, IndexError)):
        x[convert(np, index)] = value
    assert x.asnumpy().tolist() == [0, 1, 2, 3, 4]


def test_zero_dimensional_arrays():
    judge(lambda np, x: x[()], onp.float32(3))
    judge(lambda np, x: x[...], onp.float32(3))
    judge(lambda np, x: x[None], onp.float32(3))
    judge(lambda np, x: write(np, x, (), 5), onp.array(3, "float32"))
    judge(lambda np, x: write(np, x, Ellipsis, 5), onp.array(3, "float32"))
    judge(lambda np, x: write(np, x, slice(None), 5), onp.array(3, "float32"))
    judge(lambda np, x: x[0], onp.array(3, "float32"))


def test_values_are_cast_to_the_array():
    judge(lambda np, x: write(np, x, 1, 2.7), onp.zeros(3, "int32"))
    judge(
        lambda np, x, y: write(np, x, slice(None), y),
        onp.zeros(3, "int8"),
        onp.array([1.5, -2.5, 100], "float64"),
        dtype="same",
    )
    judge(lambda np, x: write(np, x, 0, 2), onp.zeros(3, "bool"))
    judge(lambda np, x: write(np, x, 0, 300), onp.zeros(3, "int8"))
    judge(lambda np, x: write(np, x, 0, True), onp.zeros(3, "float32"))


def test_take_put_and_friends():
    x, i = sample_array("float32", (4, 5)), onp.array([[0, 3], [-1, 2]])
    for mode in ("raise", "wrap", "clip"):
        judge(lambda np, x, i, mode=mode: np.take(x, i, axis=1, mode=mode), x, i)
        judge(lambda np, x, i, mode=mode: np.take(x, i * 9, mode=mode), x, i)
    judge(lambda np, x, i: np.take_along_axis(x, i, axis=1), x, onp.array([[0], [4], [1], [2]]))
    judge(lambda np, x, m: np.compress(m, x, axis=0), x, onp.array([True, False, True]))
    judge(lambda np, x, m: np.extract(m, x), x, x > 0)
    judge(lambda np, x, i: np.choose(i, [x[0], x[1], x[2]]), x, onp.array([0, 2, 1, 0, 2]))

    def put_along(np, x, i):
        np.put_along_axis(x, i, 9, axis=1)
        return x

    judge(put_along, x, onp.array([[0], [4], [1], [2]]))


@pytest.mark.parametrize("count", [3, 5000, 70_000])
@pytest.mark.parametrize("layout", ["whole", "reversed", "every third"])
@pytest.mark.parametrize("dtype", ["float32", "complex128", "int8"])
def test_one_index_array_counts_from_both_ends_and_the_last_write_wins(count, layout, dtype):
    step = {"whole": 1, "reversed": -1, "every third": 3}[layout]
    ours = np.array(onp.arange(90_000), dtype=dtype)
    theirs = onp.array(ours.asnumpy())
    length = theirs[::step].size
    index = onp.random.default_rng(count).integers(-length, length, count)
    assert_same(ours[::step][np.array(index, dtype="int64")], theirs[::step][index])
    values = onp.arange(count).astype(dtype)
    theirs[::step][index] = values
    ours[::step][np.array(index, dtype="int64")] = np.array(values, dtype=dtype)
    assert_same(ours, theirs)


@pytest.mark.parametrize("count", [3, 5000, 70_000])
@pytest.mark.parametrize("outside", [10, -11, 2**62, -(2**63)])
def test_one_index_outside_is_an_error_and_nothing_is_written(count, outside):
    ours = np.zeros((10, 4))
    index = onp.zeros(count, "int64")
    index[count // 2] = outside
    index = np.array(index, dtype="int64")
    message = f"index {outside} is out of bounds for axis 0 with size 10"
    with pytest.raises(IndexError, match=message):
        ours[index]
    with pytest.raises(IndexError, match=message):
        ours[index] = 1
    with pytest.raises(IndexError, match=message):
        ours[:, 2][index] = 1
    assert not ours.any()


def test_an_array_may_be_its_own_index():
    order = onp.random.default_rng(5).permutation(6000)
    ours, theirs = np.array(order, dtype="int64"), order.copy()
    assert_same(ours[ours], theirs[theirs])
    ours[ours] = np.array(order[::-1].copy(), dtype="int64")
    theirs[order] = order[::-1]
    assert_same(ours, theirs)
