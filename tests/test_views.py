"""Views share memory as in NumPy: writes through one are seen through all, also while work is pending."""

import numpy as onp
import pytest

from mxnet import np
from oracle import judge, ours, same_bits, sample_array
from strategies import LAYOUTS

SIZES = {"small": (4, 6), "large": (72, 80)}
size_parameter = pytest.mark.parametrize("shape", SIZES.values(), ids=SIZES)

# What NumPy makes a view of, as functions of a 2-d array with even axes.
VIEWS = {
    "slice": lambda np, x: x[1:3],
    "steps": lambda np, x: x[::2, 1::3],
    "reversed": lambda np, x: x[::-1, ::-2],
    "row": lambda np, x: x[1],
    "column": lambda np, x: x[:, 2],
    "negative row": lambda np, x: x[-1],
    "new axis": lambda np, x: x[:, None],
    "ellipsis": lambda np, x: x[...],
    "whole": lambda np, x: x[:],
    "T": lambda np, x: x.T,
    "transpose": lambda np, x: np.transpose(x),
    "swapaxes": lambda np, x: np.swapaxes(x, 0, 1),
    "moveaxis": lambda np, x: np.moveaxis(x, 0, -1),
    "rollaxis": lambda np, x: np.rollaxis(x, 1),
    "reshape": lambda np, x: x.reshape(-1),
    "reshape of a slice": lambda np, x: x[1:3].reshape((2, 2, -1)),
    "ravel": lambda np, x: x.ravel(),
    "expand_dims": lambda np, x: np.expand_dims(x, (0, 2)),
    "squeeze": lambda np, x: np.squeeze(x[None, :, None]),
    "split": lambda np, x: np.split(x, 2)[1],
    "hsplit": lambda np, x: np.hsplit(x, 2)[0],
    "array_split": lambda np, x: np.array_split(x, 3, axis=1)[2],
    "flip": lambda np, x: np.flip(x, 0),
    "rot90": lambda np, x: np.rot90(x),
    "atleast_3d": lambda np, x: np.atleast_3d(x),
    "asarray": lambda np, x: np.asarray(x),
    "view": lambda np, x: x.view(),
    "astype without copy": lambda np, x: x.astype(x.dtype, copy=False),
    "view of a view": lambda np, x: x[1:].T[::2][:, ::-1],
    "0-d": lambda np, x: x[1, 2, ...],
}
READ_ONLY = {
    "broadcast_to": lambda np, x: np.broadcast_to(x, (3,) + x.shape),
    "diagonal": lambda np, x: np.diagonal(x),
}
COPIES = {
    "copy": lambda np, x: x.copy(),
    "np.copy": lambda np, x: np.copy(x),
    "flatten": lambda np, x: x.flatten(),
    "array": lambda np, x: np.array(x),
    "integer array": lambda np, x: x[np.array([0, 1])],
    "mask": lambda np, x: x[x > -100],
    "reshape of a transposed one": lambda np, x: x.T.reshape(-1),
    "ravel of a transposed one": lambda np, x: x.T.ravel(),
    "astype": lambda np, x: x.astype("float64"),
    "astype of the same dtype": lambda np, x: x.astype("float32"),
    "concatenate": lambda np, x: np.concatenate([x]),
    "roll": lambda np, x: np.roll(x, 1),
    "take": lambda np, x: np.take(x, np.array([0, 1]), axis=0),
}


@size_parameter
@pytest.mark.parametrize("name", VIEWS)
def test_writing_through_a_view_changes_the_array(name, shape):
    def call(np, x):
        view = VIEWS[name](np, x)
        view[...] = 99
        return x, view

    judge(call, sample_array("float32", shape))


@size_parameter
@pytest.mark.parametrize("name", {**VIEWS, **READ_ONLY})
def test_writing_to_the_array_changes_the_view(name, shape):
    build = {**VIEWS, **READ_ONLY}[name]

    def call(np, x):
        view = build(np, x)
        x[...] = x + 1
        x[0] = 7
        return view

    judge(call, sample_array("float32", shape))


@size_parameter
@pytest.mark.parametrize("name", VIEWS)
def test_views_of_a_pending_array(name, shape):
    def call(np, x):
        pending = x * 2 + 1
        view = VIEWS[name](np, pending)
        later = view * 3
        view += 1
        return pending, view, later

    judge(call, sample_array("float32", shape))


@size_parameter
@pytest.mark.parametrize("name", READ_ONLY)
def test_read_only_views_refuse_to_be_written(name, shape):
    x = np.array(sample_array("float32", shape))
    before = x.asnumpy()
    view = READ_ONLY[name](np, x)
    with pytest.raises(ValueError, match="read-only"):
        view[...] = 5
    with pytest.raises(ValueError, match="read-only"):
        view += 1
    with pytest.raises(ValueError):
        np.add(view, 1, out=view)
    assert not view.flags.writeable and same_bits(x.asnumpy(), before)


@size_parameter
@pytest.mark.parametrize("name", COPIES)
def test_copies_are_independent(name, shape):
    def call(np, x):
        copy = COPIES[name](np, x)
        copy[...] = 99
        return x, copy

    judge(call, sample_array("float32", shape), dtype="same")


@size_parameter
@pytest.mark.parametrize("name", {**VIEWS, **READ_ONLY, **LAYOUTS})
def test_strides_shape_and_flags_are_those_of_numpy(name, shape):
    build = {**VIEWS, **READ_ONLY, **LAYOUTS}[name]
    values = sample_array("float32", shape)
    want, got = build(onp, values), build(np, np.array(values))
    assert got.shape == want.shape and got.ndim == want.ndim and got.size == want.size
    assert got.itemsize == want.itemsize and got.nbytes == want.nbytes
    if want.size and all(length > 1 for length in want.shape):
        assert got.strides == want.strides
    assert got.flags.c_contiguous == want.flags.c_contiguous
    assert got.flags.f_contiguous == want.flags.f_contiguous
    assert got.flags["C_CONTIGUOUS"] == want.flags["C_CONTIGUOUS"]
    assert got.flags.writeable == want.flags.writeable


@pytest.mark.parametrize("name", {**VIEWS, **READ_ONLY, **COPIES})
def test_shares_memory(name):
    build = {**VIEWS, **READ_ONLY, **COPIES}[name]
    values = sample_array("float32", (4, 6))
    x = np.array(values)
    assert bool(np.shares_memory(x, build(np, x))) == onp.shares_memory(values, build(onp, values))


OVERLAPS = {
    "shift up": lambda np, x: x.__setitem__(slice(1, None), x[:-1]),
    "shift down": lambda np, x: x.__setitem__(slice(None, -1), x[1:]),
    "reverse": lambda np, x: x.__setitem__(Ellipsis, x[::-1]),
    "transpose": lambda np, x: x[:4, :4].__setitem__(Ellipsis, x[:4, :4].T),
    "add shifted": lambda np, x: x[1:].__iadd__(x[:-1]),
    "multiply by the first row": lambda np, x: x.__imul__(x[0]),
    "add the transpose": lambda np, x: x[:4, :4].__iadd__(x[:4, :4].T),
    "out shifted": lambda np, x: np.add(x[1:], x[:-1], out=x[1:]),
    "out shifted back": lambda np, x: np.add(x[1:], x[:-1], out=x[:-1]),
    "out reversed": lambda np, x: np.negative(x, out=x[::-1]),
    "where with itself": lambda np, x: np.add(x, 1, out=x, where=x > 0),
    "column from row": lambda np, x: x[:4].__setitem__((slice(None), 0), x[0, :4]),
    "interleaved": lambda np, x: x.__setitem__((slice(None), slice(0, None, 2)), x[:, 1::2]),
    "masked by itself": lambda np, x: x.__setitem__(x > 0, -x[x > 0]),
    "copyto": lambda np, x: np.copyto(x[1:], x[:-1]),
    "cumulative": lambda np, x: np.add.accumulate(x, axis=0, out=x),
    "wider source": lambda np, x: x[1:].__setitem__(Ellipsis, x.astype("float64")[:-1]),
}


@size_parameter
@pytest.mark.parametrize("pending", [False, True], ids=["stored", "pending"])
@pytest.mark.parametrize("name", OVERLAPS)
def test_overlapping_source_and_destination(name, pending, shape):
    def call(np, x):
        if pending:
            x = x * 2
        later = x[::-1] + 1  # must see the values from before the write
        OVERLAPS[name](np, x)
        return x, later

    judge(call, sample_array("float32", shape))


def test_sliding_windows():
    x = sample_array("float32", (5, 6))

    def windows(np, x, *arguments, **keywords):
        return np.lib.stride_tricks.sliding_window_view(x, *arguments, **keywords)

    judge(lambda np, x: windows(np, x, 3, axis=1), x)
    judge(lambda np, x: windows(np, x, (2, 3)), x)
    judge(lambda np, x: windows(np, x, 9, axis=0), x)
    judge(lambda np, x: windows(np, x, 2, axis=0).sum(axis=-1), x)


def test_real_and_imag_are_views():
    def call(np, x):
        x.real[...] = 3
        x.imag += 1
        return x

    judge(call, sample_array("complex64", (4, 6)))


def test_a_view_outlives_its_array():
    x = np.array(sample_array("float32", (72, 80)))
    want = x.asnumpy()[10:20, ::-1]
    view = x[10:20, ::-1]
    del x
    assert same_bits(view.asnumpy(), want)


def test_pending_readers_keep_the_values_from_before_a_write():
    x = np.zeros((5000,))
    sums = []
    for step in range(5):
        sums.append(x + step)
        x += 1
        x[::2] = -step
    got = [value.asnumpy() for value in sums]
    mirror = onp.zeros(5000, "float32")
    for step in range(5):
        assert same_bits(got[step], mirror + onp.float32(step))
        mirror += 1
        mirror[::2] = -step


def test_base_of_views():
    x = np.ones((4, 6))
    assert x.base is None
    assert x[1:].base is not None


def test_fill_and_put_write_in_place():
    def call(np, x):
        x[::2].fill(5)
        x.T[1:3].fill(6)
        np.put(x, np.array([0, 3]), np.array([8, 9]))
        np.fill_diagonal(x, 1)
        np.place(x, x == 5, [0.5, 0.25])
        np.putmask(x, x > 8, 2)
        return x

    judge(call, sample_array("float32", (4, 6)))


def test_writing_into_a_view_of_another_dtype_casts():
    for dtype in ("int8", "uint16", "int64", "float16", "float64", "bool"):

        def call(np, x, y):
            x[:, ::2] = y[:, ::2]
            return x

        judge(call, onp.zeros((4, 6), dtype), abs(sample_array("float32", (4, 6))), dtype="same")


def test_arrays_made_of_ours_and_numpys_memory():
    x = ours(onp.arange(6, dtype="float32"))
    seen = onp.asarray(x)
    x[2] = 42
    assert seen[2] == 42
    copied = x.asnumpy()
    x[2] = 0
    assert copied[2] == 42


@pytest.mark.parametrize("dtype", ["int16", "uint32", "int64", "float32", "float64", "bool"])
@pytest.mark.parametrize("step", [1, -2])
def test_byteswap(dtype, step):
    values = onp.arange(7).astype(dtype)[::step]
    onp.testing.assert_array_equal(np.array(values).byteswap().asnumpy(), values.byteswap())
    x = np.array(values)
    assert x.byteswap(inplace=True) is x
    assert x.asnumpy().tobytes() == values.byteswap().tobytes()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"offset": 2},
        {"offset": 2, "strides": (8, 2)},
        {"strides": (2, 10)},
        {"order": "F"},
    ],
    ids=str,
)
def test_arrays_over_a_buffer(options):
    memory = bytearray(range(64))
    x = np.ndarray((2, 3), dtype="int16", buffer=memory, **options)
    expected = onp.ndarray((2, 3), dtype="int16", buffer=memory, **options)
    onp.testing.assert_array_equal(x.asnumpy(), expected)
    x[0, 1] = -1
    assert expected[0, 1] == -1


@pytest.mark.parametrize("dtype, start", [("float64", 1), ("float64", 4), ("int16", 1), ("complex64", 2)])
def test_memory_that_lies_askew_is_refused(dtype, start):
    """NumPy reads such memory element by element; our loops need it aligned."""
    memory = memoryview(onp.arange(12, dtype="float64").tobytes())[start : start + 64]
    values = onp.frombuffer(memory, dtype)
    for view in (
        lambda: np.frombuffer(memory, "uint8").view(dtype),
        lambda: np.ndarray((2,), dtype=dtype, buffer=memory),
    ):
        with pytest.raises(ValueError, match=r"copy\(\) it first"):
            view()
    onp.testing.assert_array_equal(np.frombuffer(memory, "uint8").copy().view(dtype).asnumpy(), values)
    onp.testing.assert_array_equal(np.frombuffer(memory, dtype).asnumpy(), values)


OVERWRITES = {
    "all": lambda np, c, y: c.__setitem__(slice(None), 0),
    "a part": lambda np, c, y: c.__setitem__(slice(None, None, 2), 7),
    "by itself": lambda np, c, y: c.__iadd__(y),
    "by a permutation": lambda np, c, y: c.__setitem__(slice(None), c[::-1]),
}


@pytest.mark.parametrize("name", OVERWRITES)
def test_a_pending_value_that_was_assigned_keeps_its_elements(name):
    """It may wait as a copy of the place that it was written to."""
    values, results = onp.random.default_rng(0).random(10_000, "float32"), []
    for library in (onp, np):
        a, c = library.array(values), library.zeros(10_000, dtype="float32")
        y = a * 2
        c[:] = y
        OVERWRITES[name](library, c, y)
        results.append((c, y))
    for expected, got in zip(*results, strict=True):
        onp.testing.assert_array_equal(got.asnumpy(), expected)


def test_a_pending_value_that_was_assigned_outlives_and_survives_foreign_writes():
    values = onp.random.default_rng(0).random(10_000, "float32")
    c = np.zeros(10_000)
    y = np.array(values) * 2
    c[:] = y
    onp.asarray(memoryview(c))[:] = 5
    onp.testing.assert_array_equal(y.asnumpy(), values * 2)
    y = np.array(values) * 3
    c[:] = y
    del c
    onp.testing.assert_array_equal(y.asnumpy(), values * 3)
