"""How arrays meet the rest of Python: numbers, iteration, pickle, copy, buffers, NumPy's protocols, other libraries."""

import copy
import operator
import pickle

import numpy as onp
import pytest

from mxnet import np
from oracle import ALL_DTYPES, NUMPY_DTYPES, assert_same, host, ours, same_bits, sample_array


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_pickle(dtype, protocol):
    for shape in ((), (3,), (2, 0), (72, 80)):
        values = sample_array(dtype, shape)
        assert same_bits(host(pickle.loads(pickle.dumps(ours(values), protocol))), values)
    view = ours(sample_array(dtype, (6, 8))).T[::2]
    assert same_bits(host(pickle.loads(pickle.dumps(view, protocol))), host(view))


def test_pickle_out_of_band():
    x, buffers = ours(sample_array("float32", (100, 100))), []
    data = pickle.dumps(x, 5, buffer_callback=buffers.append)
    assert buffers and len(data) < 1000
    assert same_bits(host(pickle.loads(data, buffers=buffers)), host(x))


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, lambda x: x.copy()], ids=["copy", "deepcopy", "method"])
def test_copies_are_independent(copier):
    x = ours(sample_array("float32", (4, 6)))
    before = x.asnumpy()
    copied = copier(x[::2].T)
    copied[...] = 0
    assert same_bits(x.asnumpy(), before)


def test_conversion_to_python_numbers():
    assert int(np.array(3)) == 3 and float(np.array([2.5])) == 2.5 and bool(np.array([[1]])) is True
    assert complex(np.array(1 + 2j)) == 1 + 2j
    assert operator.index(np.array(3, dtype="int64")) == 3 and [10, 20, 30][np.array(1, dtype="int64")] == 20
    assert type(np.array(3, dtype="int64").item()) is int and type(np.array(1.5).item()) is float
    assert np.array([[1, 2], [3, 4]]).item(3) == 4 and np.array([[1, 2], [3, 4]]).item(1, 0) == 3
    assert np.array([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]] and np.array(5).tolist() == 5
    assert round(float(np.array(2.7))) == 3 and not np.array(0.0)


@pytest.mark.parametrize(
    "call, error",
    [
        (lambda x: int(x), TypeError),
        (lambda x: float(x), TypeError),
        (lambda x: bool(x), ValueError),
        (lambda x: hash(x), TypeError),
        (lambda x: operator.index(x), TypeError),
        (lambda x: x.item(), ValueError),
        (lambda x: len(x[0, ...]), TypeError),
        (lambda x: iter(x[0, ...]), TypeError),
        (lambda x: x.item(7), IndexError),
    ],
)
def test_conversions_that_make_no_sense(call, error):
    with pytest.raises(error):
        call(np.array([1.0, 2.0]))


def test_fractions_are_no_index():
    with pytest.raises(TypeError):
        operator.index(np.array(1.5))


def test_sequence_protocol():
    x = np.array([[1, 2], [3, 4], [5, 6]])
    assert len(x) == 3 and [row.tolist() for row in x] == [[1, 2], [3, 4], [5, 6]]
    assert 4 in x and 7 not in x and next(iter(reversed(x))).tolist() == [5, 6]
    first, *rest = x
    assert first.tolist() == [1, 2] and len(rest) == 2
    assert all(isinstance(row, np.ndarray) and row.shape == () for row in x[0])


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
def test_buffer_protocol_is_zero_copy(dtype):
    x = ours(sample_array(dtype, (4, 6)))
    view = memoryview(x)
    assert view.shape == (4, 6) and view.itemsize == x.itemsize
    seen = onp.asarray(x)
    assert seen.dtype == dtype and onp.shares_memory(seen, onp.asarray(view))
    x[1, 2] = 1
    assert seen[1, 2] == 1
    strided = onp.asarray(x.T[::2])
    assert strided.strides == host(x).T[::2].strides


def test_array_protocol():
    x = ours(sample_array("float32", (4, 6)))
    assert same_bits(onp.array(x), host(x)) and not onp.shares_memory(onp.array(x), onp.asarray(x))
    assert onp.asarray(x, dtype="float64").dtype == "float64"
    assert onp.asarray(x * 2 + 1).tolist() == (host(x) * 2 + 1).tolist()
    assert not onp.asarray(np.broadcast_to(x, (2, 4, 6))).flags.writeable
    x.asnumpy()[...] = 0
    assert not (x.asnumpy() == 0).all()


def test_numpy_functions_on_our_arrays_stay_ours():
    x = ours(sample_array("float32", (4, 6)))
    for result in (
        onp.exp(x),
        onp.add(x, 1),
        onp.add(host(x), x),
        onp.sum(x),
        onp.concatenate([x, x]),
        onp.mean(x, axis=0),
        onp.where(x > 0, x, 0),
        onp.add.reduce(x),
        onp.stack([x, x]),
        onp.dot(x, x.T),
    ):
        assert isinstance(result, np.ndarray), type(result)
    target = onp.zeros((4, 6), "float32")
    onp.add(target, onp.asarray(x), out=target)
    assert same_bits(target, host(x) + 0)


def test_a_waiting_expression_does_not_see_writes_through_a_numpy_view():
    x = np.ones(5000)
    before = x * 2
    view = onp.asarray(x)
    view[:] = 7
    assert before.asnumpy().tolist() == [2] * 5000
    during = x * 2
    view[:] = 0
    assert during.asnumpy().tolist() == [14] * 5000 and float(x.sum()) == 0


@pytest.mark.parametrize(
    "switch", [lambda x, on: setattr(x.flags, "writeable", on), lambda x, on: x.setflags(write=on)]
)
def test_an_array_can_be_made_read_only(switch):
    x = np.zeros(3)
    switch(x, False)
    assert not x.flags.writeable and not onp.asarray(x).flags.writeable
    with pytest.raises(ValueError):
        x[0] = 1
    switch(x, True)
    x[0] = 1
    with pytest.raises(ValueError):
        np.frombuffer(b"1234", dtype="int32").flags.writeable = True


def test_text_is_read_as_numbers_where_a_dtype_is_given():
    assert np.array(["1.5", "2"], dtype="float32").tolist() == [1.5, 2]
    assert np.array("9007199254740993", dtype="int64").item() == 9007199254740993
    with pytest.raises(TypeError):
        np.array(["1.5"])


@pytest.mark.parametrize("value", [7, [1, 2], [[1, 2], [3, 4]], [1, 2, 3, 4, 5, 6, 7, 8], []])
@pytest.mark.parametrize("turned", [False, True])
def test_flat_is_assigned_in_c_order(value, turned):
    mine, numpys = np.zeros((2, 3), dtype="float32"), onp.zeros((2, 3), dtype="float32")
    (mine.T if turned else mine).flat = value
    (numpys.T if turned else numpys).flat = value
    assert_same(mine, numpys)


def test_vectorize_takes_core_axes():
    x = sample_array("float32", (2, 3))
    assert_same(np.vectorize(lambda row: row.sum(), signature="(n)->()")(ours(x)), x.sum(axis=1))


def test_vectorize_decorates_with_and_without_arguments():
    @np.vectorize
    def double(x):
        """Twice."""
        return 2 * x

    @np.vectorize(otypes="i", doc="Thrice.")
    def triple(x):
        return 3 * x

    assert double([1, 2]).tolist() == [2, 4] and triple([1, 2]).dtype == "int32"
    assert (double.__doc__, double.__name__, triple.__doc__, triple.__name__) == (
        "Twice.",
        "double",
        "Thrice.",
        "triple",
    )
    with pytest.raises(TypeError, match="only accepts keyword arguments"):
        np.vectorize("i")


def test_a_ufunc_and_its_class_tell_of_themselves():
    assert np.ufunc.__doc__.startswith("A function of single elements")
    assert np.exp.__doc__.startswith("exp(x, /, out=None, *, where=True,")
    assert np.where.__doc__.startswith("where(condition, x=None, y=None, /,")
    with pytest.raises(AttributeError):
        np.exp.__doc__ = "changed"


def test_array_namespace():
    x = np.ones(2)
    assert x.__array_namespace__().__name__ == np.__name__
    assert x.__array_namespace__().asarray is np.asarray


def test_dlpack_both_ways():
    x = ours(sample_array("float32", (4, 6)))
    seen = onp.from_dlpack(x)
    x[0, 0] = 42
    assert seen[0, 0] == 42
    values = onp.arange(6, dtype="int32").reshape(2, 3)
    mine = np.from_dlpack(values)
    assert_same(mine, values)
    assert x.__dlpack_device__()[0] == 1


def test_sizes_and_attributes():
    x = np.zeros((4, 6))
    assert x.__sizeof__() >= 96 and x.nbytes == 96 and x.itemsize == 4 and x.size == 24 and x.ndim == 2
    assert x.shape == (4, 6) and isinstance(x.shape, tuple) and x.strides == (24, 4)
    assert isinstance(x, np.ndarray) and type(x[0, 0]) is type(x)
    assert x.tobytes() == bytes(96) and np.array([1.0]).tobytes() == onp.array([1], "float32").tobytes()


def test_interoperation_with_scikit_learn_style_checks():
    x = ours(sample_array("float32", (4, 6)))
    assert onp.asanyarray(x).shape == (4, 6) and onp.isfinite(onp.asarray(x)).all()
    assert sorted(x[0].tolist()) == sorted(host(x)[0].tolist())


def test_matplotlib_takes_arrays_as_they_are():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    x = np.linspace(0, 1, 20)
    figure, axes = pyplot.subplots()
    (line,) = axes.plot(x, np.exp(x))
    axes.imshow(np.ones((4, 6)))
    axes.scatter(x, x, c=x)
    axes.hist(x, bins=4)
    figure.canvas.draw()
    assert onp.allclose(line.get_ydata(), onp.exp(onp.linspace(0, 1, 20)))
    pyplot.close(figure)


def test_iteration_writes_through_rows():
    x = np.zeros((3, 2))
    for number, row in enumerate(x):
        row[...] = number
    assert x.tolist() == [[0, 0], [1, 1], [2, 2]]


def test_weak_references_and_attributes():
    import gc
    import weakref

    x = np.ones(5000) * 2
    reference = weakref.ref(x)
    del x
    gc.collect()
    assert reference() is None
