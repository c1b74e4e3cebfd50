"""Edits of arrays large enough for kernels and threads: copies of rows, places read and written; NumPy is the judge."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import NUMPY_DTYPES

ROWS, COLUMNS = 300, 130


def numbers(dtype, shape=(ROWS, COLUMNS), seed=0):
    values = onp.random.RandomState(seed).randint(0, 100, shape)
    return (values % 2 == 0) if dtype == "bool" else values.astype(dtype)


def ours(x):
    return np.array(x, dtype=x.dtype)


def agree(function, *arrays):
    """Results, and what became of the arrays, equal NumPy's."""
    mine, theirs = [ours(x) for x in arrays], [x.copy() for x in arrays]
    got, wanted = function(np, *mine), function(onp, *theirs)
    onp.testing.assert_array_equal(got.asnumpy(), wanted)
    assert got.dtype == wanted.dtype
    for x, y in zip(mine, theirs, strict=True):
        onp.testing.assert_array_equal(x.asnumpy(), y)


COPIES = {
    "concatenate rows": lambda np, x, y: np.concatenate((x, y, x[:7])),
    "concatenate columns": lambda np, x, y: np.concatenate((x, y, x[:, :3]), axis=1),
    "concatenate however they lie": lambda np, x, y: np.concatenate((x[::-1], y[:, ::-1], x[::2, :], y[50:20:-3])),
    "concatenate transposed": lambda np, x, y: np.concatenate((x.T, y.T), axis=1),
    "concatenate with one to come": lambda np, x, y: np.concatenate((x, x * y, y), axis=1),
    "concatenate flat": lambda np, x, y: np.concatenate((x, y), axis=None),
    "stack": lambda np, x, y: np.stack((x, y)),
    "stack columns": lambda np, x, y: np.stack((x, y), axis=-1),
    "pad zeros": lambda np, x, y: np.pad(x, 2),
    "pad edge": lambda np, x, y: np.pad(x, ((2, 3), (0, 5)), mode="edge"),
    "pad reflect": lambda np, x, y: np.pad(x, ((0, 3), (4, 1)), mode="reflect"),
    "pad symmetric": lambda np, x, y: np.pad(x[:, :3], 8, mode="symmetric"),
    "pad wrap": lambda np, x, y: np.pad(x[:, :3], ((3, 1), (7, 8)), mode="wrap"),
    "pad one row": lambda np, x, y: np.pad(x[:1], 3, mode="reflect"),
    "pad blocks": lambda np, x, y: np.pad(x.reshape(30, 10, 130), 2, mode="edge"),
    "pad blocks wrap": lambda np, x, y: np.pad(x.reshape(30, 10, 130), ((1, 2), (0, 0), (3, 0)), mode="wrap"),
    "roll rows": lambda np, x, y: np.roll(x, 7, axis=0),
    "roll columns": lambda np, x, y: np.roll(x, -3, axis=1),
    "roll flat": lambda np, x, y: np.roll(x, 1001),
    "tile": lambda np, x, y: np.tile(x, (2, 2)),
    "repeat rows": lambda np, x, y: np.repeat(x, 2, axis=0),
    "copy of rows": lambda np, x, y: x[::3].copy(),
    "copy of columns": lambda np, x, y: x[:, 1:].copy(),
}


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", COPIES)
def test_copies_of_rows(name, dtype):
    agree(COPIES[name], numbers(dtype), numbers(dtype, seed=1))


def test_parts_of_other_dtypes():
    agree(lambda np, x, y: np.concatenate((x, y, x)), numbers("float32"), numbers("float64"))
    agree(lambda np, x, y: np.concatenate((x, y), axis=1), numbers("int8"), numbers("int16"))


def shifted(np, x, y):
    """Rows written over rows of the same memory."""
    x[3:] = x[:-3]
    x[:, :-5] = x[:, 5:]
    x[:-1, 1:] = x[1:, :-1]
    x[...] = x
    x[10:20] = y[10:20]
    return x


def test_rows_written_over_each_other():
    agree(shifted, numbers("float32"), numbers("float32", seed=1))


def put(mode="raise"):
    def call(np, x, places, values):
        np.put(x, places, values, mode=mode)
        return x

    return call


def wide(np, x, places, values):
    np.put(x[:, ::2], places, values)
    return x


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("count", [100, 9_000, 60_000])
@pytest.mark.parametrize("values", [1, 17, 9_000, 70_000])
def test_put_writes_in_order(dtype, count, values):
    places = onp.random.RandomState(2).randint(-ROWS * COLUMNS, ROWS * COLUMNS, count)
    given = numbers(dtype, (values,), seed=3)
    agree(put(), numbers(dtype), places, given)
    agree(put("wrap"), numbers(dtype), places * 3, given)
    agree(put("clip"), numbers(dtype), places * 3, given)
    agree(wide, numbers(dtype), places // 2, given)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "uint64", "float32"])
def test_places_of_any_dtype(dtype):
    places = onp.random.RandomState(2).randint(0, 100, 20_000).astype(dtype)
    x = numbers("float32")
    wanted = x.copy()
    onp.put(wanted, places.astype("int64"), 5.0)
    got = ours(x)
    np.put(got, ours(places), 5.0)
    onp.testing.assert_array_equal(got.asnumpy(), wanted)
    onp.testing.assert_array_equal(np.take(ours(x), ours(places)).asnumpy(), x.take(places.astype("int64")))


@pytest.mark.parametrize("at", [0, 12_345, 39_999])
@pytest.mark.parametrize("outside", [ROWS * COLUMNS, -ROWS * COLUMNS - 1, 2**62, -(2**63)])
def test_a_place_outside_is_an_error_and_nothing_is_written(at, outside):
    places = onp.random.RandomState(2).randint(0, ROWS * COLUMNS, 40_000)
    places[at] = outside
    x = ours(numbers("float32"))
    message = f"index {outside} is out of bounds for axis 0 with size {ROWS * COLUMNS}"
    with pytest.raises(IndexError, match=message):
        np.put(x, ours(places), 1.0)
    with pytest.raises(IndexError, match=message):
        np.put(x, ours(places), ours(numbers("float32")))
    with pytest.raises(IndexError, match=message):
        x.reshape(-1)[ours(places)] = 1.0
    with pytest.raises(IndexError, match=message):
        np.take(x, ours(places))
    onp.testing.assert_array_equal(x.asnumpy(), numbers("float32"))


def test_places_and_values_in_the_memory_that_is_written():
    def own(np, x, places):
        np.put(x, x[:, :40], x[:, 1:41])
        np.put(places, places, places[::-1])
        return x

    agree(own, numbers("int64"), onp.random.RandomState(2).permutation(30_000))


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("mode", ["raise", "wrap", "clip"])
def test_take(dtype, mode):
    places = onp.random.RandomState(2).randint(-ROWS * COLUMNS, ROWS * COLUMNS, (100, 250))
    agree(lambda np, x, i: np.take(x, i, mode=mode), numbers(dtype), places)
    agree(lambda np, x, i: np.take(x[::-1], i, mode=mode), numbers(dtype), places)
    agree(lambda np, x, i: x[::2, 5][i], numbers(dtype), places % (ROWS // 2))
    agree(lambda np, x, i: np.take(x, i, axis=0, mode=mode), numbers(dtype), places[0] % (2 * ROWS) - ROWS)
    agree(lambda np, x, i: np.take(x, i, axis=1, mode=mode), numbers(dtype), places[0] % (2 * COLUMNS) - COLUMNS)


def written_rows(np, x, places, values):
    x[places] = values[: len(places)]
    x[:, places[:50] % 130] = values[0, 0]
    x[places] = 3
    x[places[::-1]] = values[5]
    return x


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
def test_the_last_of_rows_for_one_place_stays(dtype):
    places = onp.random.RandomState(2).randint(-ROWS, ROWS, 900)
    agree(written_rows, numbers(dtype), places, numbers(dtype, (900, COLUMNS), seed=4))


def test_rows_that_share_memory_are_written_in_order():
    def windows(np, x, places, values):
        view = np.lib.stride_tricks.as_strided(x, shape=(9000, 200), strides=(x.itemsize, x.itemsize))
        view[places] = values
        np.add.at(view, places, values)
        return x

    places = onp.random.RandomState(2).randint(0, 9000, 800)
    agree(windows, numbers("float32", (9200,)), places, numbers("float32", (800, 200), seed=4))


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex64", "float16"])
def test_rows_added_at_places(dtype):
    def added(np, x, places, values):
        np.add.at(x, places, values[: len(places)])
        np.add.at(x.reshape(-1), places, values[0, 0])
        np.add.at(x.T, places % 130, values.T[:1, :300])
        return x

    places = onp.random.RandomState(2).randint(-ROWS, ROWS, 900)
    values = numbers("int8", (900, COLUMNS), seed=4) % 3
    agree(added, (numbers("int8") % 3).astype(dtype), places, values.astype(dtype))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("inner", [(), (3,), (16,), (5, 7)])
def test_gradients_of_taken_rows_are_added_up(dtype, inner):
    table = numbers(dtype, (500, *inner))
    places = onp.random.RandomState(2).randint(-500, 500, (40, 60))
    head = numbers(dtype, (40, 60, *inner), seed=5)
    wanted = onp.zeros_like(table)
    onp.add.at(wanted, places, head)
    weight = ours(table)
    weight.attach_grad()
    for result in (lambda: weight[ours(places)], lambda: np.take(weight, ours(places), axis=0)):
        with autograd.record():
            taken = result()
        taken.backward(ours(head))
        onp.testing.assert_array_equal(weight.grad.asnumpy(), wanted)
    with autograd.record():
        total = weight[ours(places)].sum()
    total.backward()
    count = onp.bincount(places.reshape(-1) % 500, minlength=500).astype(dtype)
    spread = count.reshape(500, *[1] * len(inner)) * onp.ones_like(table)
    onp.testing.assert_array_equal(weight.grad.asnumpy(), spread)


def test_edits_do_not_depend_on_the_number_of_threads():
    x, places = numbers("float32"), onp.random.RandomState(2).randint(-ROWS, ROWS, 5000)
    values = onp.random.RandomState(3).standard_normal((5000, COLUMNS)).astype("float32")
    before, answers = npx.set_num_threads(1), set()
    try:
        for count in (1, 2, 3, 7):
            npx.set_num_threads(count)
            y = ours(x)
            np.add.at(y, ours(places), ours(values))
            y[ours(places)] += ours(values)
            np.put(y, ours(places), ours(values))
            y.attach_grad()
            with autograd.record():
                taken = y[ours(places)]
            taken.backward(ours(values))
            answers.add(y.asnumpy().tobytes() + y.grad.asnumpy().tobytes())
    finally:
        npx.set_num_threads(before)
    assert len(answers) == 1


def test_bincount_of_numbers_that_a_sample_misses():
    x = onp.zeros(200_000, "int64")
    for greatest in (3, 1000, 30_000, 40_000, 5_000_000):
        x[12_347] = greatest
        onp.testing.assert_array_equal(np.bincount(ours(x)).asnumpy(), onp.bincount(x))
        onp.testing.assert_array_equal(np.bincount(ours(x), minlength=999).asnumpy(), onp.bincount(x, minlength=999))
    x[12_347] = -1
    with pytest.raises(ValueError, match="must have no negative elements"):
        np.bincount(ours(x))


def test_operands_that_do_not_lie_in_a_row():
    agree(lambda np, x, y: x[:, 7] + y[0], numbers("float32", (3000, 9)), numbers("float32", (2, 3000)))
    agree(lambda np, x, y: x[:, 7] - y[:, 1], numbers("float64", (3000, 9)), numbers("float64", (3000, 2)))
    agree(lambda np, x, y: y[0] < x[:, 7], numbers("int8", (3000, 9)), numbers("int8", (2, 3000)))
