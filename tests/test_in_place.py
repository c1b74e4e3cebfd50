"""Assigning what an array is (shape, strides, dtype, size), parts of its elements, and its memory for C, with NumPy as
the judge. An object that changed shows its new self everywhere; views that were taken before keep what they show."""

import contextlib
import ctypes
import gc
import io
import pickle
import warnings
import weakref

import numpy as onp
import pytest

from mxnet import autograd, np
from oracle import same_bits

SHAPES = [(3, 4), (72, 80)]


def outcome(space, work, shape=(3, 4), dtype="float64"):
    """What the work leaves of an array, or the exception's class and text."""
    array = space.arange(float(onp.prod(shape)), dtype=dtype).reshape(shape).copy()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = work(space, array)
            array = array if result is None else result
            left = (onp.asarray(array).tolist(), tuple(array.shape), tuple(array.strides), str(array.dtype))
        except Exception as error:
            known = (AttributeError, ValueError, TypeError, IndexError)
            left = (next((one for one in known if isinstance(error, one)), type(error)),)
    return left, [one.category for one in warned]


def assigned(name, value, view=None):
    def work(space, array):
        # (the base of a view is kept, as in a program)
        found = array if view is None else view(array)
        setattr(found, name, value)
        return found

    return work


ASSIGNED = {
    "shape": assigned("shape", (4, 3)),
    "shape with an open length": assigned("shape", (2, -1)),
    "shape as a number": assigned("shape", 12),
    "shape of another size": assigned("shape", (5, 3)),
    "shape of a transposed one": assigned("shape", (12,), lambda x: x.T),
    "shape of a transposed one that fits": assigned("shape", (2, 2, 3), lambda x: x.T),
    "shape of a part": assigned("shape", (2, 2, 2), lambda x: x[1:]),
    "shape of one element": assigned("shape", (), lambda x: x[:1, :1]),
    "strides": assigned("strides", (8, 24)),
    "strides of a part": assigned("strides", (8, 16), lambda x: x[:, :2]),
    "strides backwards": assigned("strides", (-32, -8), lambda x: x[1:2, 1:3]),
    "strides that leave the memory": assigned("strides", (64, 24)),
    "strides that leave the owner's memory": assigned("strides", (32, 16), lambda x: x[1:]),
    "too few strides": assigned("strides", (8,)),
    "dtype": assigned("dtype", "int64"),
    "narrower dtype": assigned("dtype", "float32"),
    "wider dtype": assigned("dtype", "complex128"),
    "dtype of a transposed one": assigned("dtype", "float32", lambda x: x.T),
    "dtype of steps": assigned("dtype", "float32", lambda x: x[:, ::2]),
    "dtype that does not fit": assigned("dtype", "complex128", lambda x: x[:, :3]),
    "dtype of one element": assigned("dtype", "float32", lambda x: x[0, 0, ...]),
    "unknown dtype": assigned("dtype", "bogus"),
    "flat": assigned("flat", [1, 2, 3]),
    "flat from a number": assigned("flat", 5),
    "flat of a transposed one": assigned("flat", onp.arange(20).reshape(4, 5), lambda x: x.T),
    "flat from nothing": assigned("flat", []),
    "flat of nothing": assigned("flat", [1], lambda x: x[:0]),
    "flat from text": assigned("flat", "abc"),
    "real": assigned("real", 7),
    "imag": assigned("imag", 7),
}


@pytest.mark.parametrize("name", ASSIGNED)
def test_assigning_is_numpys(name):
    assert outcome(np, ASSIGNED[name]) == outcome(onp, ASSIGNED[name])


FLAT_KEYS = [
    slice(2, 9), slice(None, None, -2), 2, -1, 12, [1, 3, 5], onp.array([[1, 2], [3, 4]]), onp.arange(12) % 2 == 0,
    Ellipsis, (), (1,), (slice(1, 3),), (1, 2), None,
]  # fmt: skip


@pytest.mark.parametrize("key", FLAT_KEYS, ids=str)
@pytest.mark.parametrize("turned", [False, True], ids=["C", "T"])
def test_flat_by_key_is_numpys(key, turned):
    def read(space, array):
        return space.asarray((array.T if turned else array).flat[key])

    def write(values):
        def work(space, array):
            (array.T if turned else array).flat[key] = values

        return work

    assert outcome(np, read)[0] == outcome(onp, read)[0]
    for values in (7, [7, 8], [], onp.arange(20.0)):
        assert outcome(np, write(values))[0] == outcome(onp, write(values))[0]


def test_the_flat_iterator_tells_where_it_is():
    for space in (np, onp):
        walk = space.arange(6.0).reshape(2, 3).T.flat
        assert (walk.coords, walk.index, float(next(walk)), walk.coords, walk.index) == ((0, 0), 0, 0.0, (0, 1), 1)
    ours, theirs = np.arange(6.0).reshape(2, 3).flat, onp.arange(6.0).reshape(2, 3).flat
    for compare in (lambda x: x == 3, lambda x: x < 3, lambda x: x != 3, lambda x: x >= 3):
        assert onp.array_equal(compare(ours), compare(theirs))
    assert onp.array_equal(onp.asarray(ours), onp.asarray(theirs))


def resized(*shape, view=lambda x: x, **keywords):
    def work(space, array):
        # NumPy counts references: nothing here may hold another one
        made = space.asarray(array.tolist(), dtype=array.dtype)
        if view(made) is made:
            made.resize(*shape, **keywords)
            return made
        part = view(made)
        part.resize(*shape, **keywords)
        return part

    return work


def fortran(space, array):
    made = space.asfortranarray(array)
    made.resize(5, 5)
    return made


RESIZED = {
    "larger": resized((4, 4)),
    "smaller": resized(2, 3),
    "numbers": resized(2, 7),
    "one number": resized(3),
    "same size": resized((2, 6)),
    "nothing": resized(),
    "None": resized(None),
    "empty": resized(0),
    "no axes": resized(()),
    "negative": resized(-1),
    "negative length": resized((2, -1)),
    "float": resized(3.0),
    "bool": resized(True),
    "text": resized("a"),
    "part": resized((2,), view=lambda x: x[1:]),
    "part of the same size": resized((8,), view=lambda x: x[1:]),
    "part with gaps": resized((2,), view=lambda x: x[:, 1:]),
    "refcheck": resized((3,), refcheck=False),
    "bogus keyword": resized((3,), bogus=False),
    "named shape": resized(new_shape=(3,)),
    "Fortran's order": fortran,
}


@pytest.mark.parametrize("name", RESIZED)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int8", "complex64"])
def test_resize_is_numpys(name, dtype):
    assert outcome(np, RESIZED[name], dtype=dtype) == outcome(onp, RESIZED[name], dtype=dtype)


def test_resize_refuses_what_is_referenced():
    for space in (np, onp):
        x = space.zeros(3)
        also = x
        with pytest.raises(ValueError, match="references or is referenced"):
            x.resize(4)
        assert also.shape == (3,)
        del also
        part = x[1:]
        with pytest.raises(ValueError, match="references or is referenced"):
            x.resize(4)
        del part
        weak = weakref.ref(x)
        with pytest.raises(ValueError, match="references or is referenced"):
            x.resize(4)
        del weak
        x.resize(4)
        assert x.tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="does not own its data"):
        np.frombuffer(bytes(8), "uint8").resize(3)


def test_views_keep_what_they_show_when_the_array_is_resized():
    x = np.arange(6)
    part, twice = x[2:], x * 2
    x.resize(10, refcheck=False)
    x[2] = 100
    assert part.tolist() == [2, 3, 4, 5] and twice.tolist() == [0, 2, 4, 6, 8, 10]
    assert x.tolist() == [0, 1, 100, 3, 4, 5, 0, 0, 0, 0]


@pytest.mark.parametrize("size", [10, 20_000])
def test_growing_and_shrinking(size):
    """Step by step, against a list; what was cut off comes back as zeros, and pending readers see what was there."""
    x, known, pending = np.zeros(0), [], []
    for step in range(1, 30):
        length = (step * 7919) % size
        x.resize(length)
        known = known[:length] + [0.0] * (length - len(known))
        if length > 3:
            pending.append((x + 1, [one + 1 for one in known]))
            x[-3:] = step
            known[-3:] = [float(step)] * 3
        assert x.tolist() == known
    for value, wanted in pending:
        assert value.tolist() == wanted


def test_an_array_that_grows_does_not_keep_all_it_had():
    x = np.zeros(1000)
    addresses = set()
    for length in range(1001, 4000, 10):
        x.resize(length)
        addresses.add(x.__array_interface__["data"][0])
    assert len(addresses) < 10


def test_going_to_and_fro_keeps_two_arrays():
    x = np.arange(12)
    base, address = x.base, x.__array_interface__["data"]
    for _ in range(1000):
        x.shape = (3, 4)
        assert x[2].tolist() == [8, 9, 10, 11]
        x.shape = (12,)
    assert x.base is base and x.__array_interface__["data"] == address
    x.dtype = "int32"
    assert x.dtype == "int32"
    x.dtype = "float32"
    assert x.tolist() == list(range(12))


def test_flags_follow_the_object():
    x = np.arange(12)
    x.setflags(write=False)
    x.shape = (3, 4)
    assert not x.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 1
    x.setflags(write=True)
    x.shape = (12,)
    assert x.flags.writeable
    x[0] = 5
    assert x[0] == 5


def test_everything_sees_the_new_shape():
    x = np.arange(12)
    before = memoryview(x)
    x.shape = (3, 4)
    assert len(x) == 3 and x.ndim == 2 and memoryview(x).shape == (3, 4) and before.shape == (12,)
    assert (x + x).shape == (3, 4) and np.sum(x, axis=0).shape == (4,)
    assert repr(x) == repr(np.arange(12).reshape(3, 4)) and pickle.loads(pickle.dumps(x)).shape == (3, 4)
    assert [row.tolist() for row in x] == x.tolist()


@pytest.mark.parametrize("name, value", [("shape", (4,)), ("strides", (4, 8)), ("dtype", "int32")])
def test_what_autograd_knows_is_not_torn_off(name, value):
    x = np.ones((2, 2))
    x.attach_grad()
    with autograd.record():
        y = x * 2
    for known in (x, y):
        with pytest.raises(RuntimeError, match="gradients would be lost"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            setattr(known, name, value)
        with pytest.raises(RuntimeError, match="gradients would be lost"):
            known.resize(9, refcheck=False)
    y.backward()
    assert x.grad.tolist() == [[2, 2], [2, 2]] and x.shape == (2, 2)


# parts of elements, pickles, C


FIELDS = [
    ("complex128", "float64", 8), ("complex128", "float32", 12), ("float64", "float32", 4), ("int64", "uint8", 7),
    ("float64", "complex128", 0), ("float64", "float32", 5), ("float64", "float32", -1), ("float32", "float32", 0),
]  # fmt: skip


@pytest.mark.parametrize("dtype, part, offset", FIELDS)
def test_fields_are_numpys(dtype, part, offset):
    def read(space, array):
        return array.T.getfield(part, offset)

    def write(space, array):
        array[::2].setfield(3, part, offset)

    def write_rows(space, array):
        array.setfield([1, 2, 3, 4], dtype=part, offset=offset)

    for work in (read, write, write_rows):
        assert outcome(np, work, dtype=dtype) == outcome(onp, work, dtype=dtype)


def test_a_field_is_a_view():
    x = np.array([1 + 2j, 3 + 4j])
    x.getfield("float32", 4)[:] = 9
    assert x.tolist() == [1 + 9j, 3 + 9j]


def test_pickles_by_method(tmp_path):
    x = np.arange(6).reshape(2, 3).astype("bfloat16")
    assert same_bits(pickle.loads(x.dumps()), x)
    x.dump(tmp_path / "path")
    x.dump(str(tmp_path / "text"))
    with open(tmp_path / "file", "wb") as file:
        x.dump(file)
    for name in ("path", "text", "file"):
        assert same_bits(pickle.loads((tmp_path / name).read_bytes()), x)


def test_ctypes_is_numpys():
    ours, theirs = (
        np.arange(12, dtype="float32").reshape(3, 4)[:, ::2],
        onp.arange(12, dtype="float32").reshape(3, 4)[:, ::2],
    )
    mine, other = ours.ctypes, theirs.ctypes
    assert mine.data == ours.__array_interface__["data"][0]
    assert list(mine.shape) == list(other.shape) and list(mine.strides) == list(other.strides)
    assert type(mine.shape) is type(other.shape)
    assert list(mine.shape_as(ctypes.c_short)) == [3, 2] and list(mine.strides_as(ctypes.c_int)) == [16, 8]
    assert np.zeros(()).ctypes.shape is None
    pointer = ours.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    assert [pointer[at] for at in range(0, 12, 2)] == ours.ravel().tolist()
    assert ours.ctypes._as_parameter_.value == mine.data


def test_c_may_write_at_any_time():
    x = np.zeros(10_000)
    pointer = x.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    later = x + 1
    pointer[3] = 7.0
    assert x[3] == 7 and later[3] == 1
    del x
    gc.collect()
    pointer[4] = 8.0
    assert pointer[3] == 7.0


def test_other_hooks():
    x = np.arange(3)
    assert onp.array_equal(np.ndarray.__array_wrap__(x, onp.ones(2)), [1, 1])
    assert x.__array_finalize__(None) is None
    assert np.ndarray[int, float].__origin__ is np.ndarray
    assert type(x.__array_struct__).__name__ == "PyCapsule"


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("writable", [True, False])
def test_flags_by_every_name(order, writable):
    ours, theirs = np.zeros((2, 3), order=order), onp.zeros((2, 3), order=order)
    for one, other in ((ours, theirs), (ours[:, :1], theirs[:, :1]), (ours[0], theirs[0])):
        one.setflags(write=writable)
        other.setflags(write=writable)
        for name in dir(other.flags):
            if not name.startswith("_"):
                assert getattr(one.flags, name) == getattr(other.flags, name), name
        for name in ("C", "F", "O", "W", "A", "X", "B", "CA", "FA", "FNC", "FORC", "BEHAVED", "CARRAY", "FARRAY"):
            assert one.flags[name] == other.flags[name], name


# what the package tells of itself


def test_info_prints_what_numpy_prints():
    for array in (onp.zeros((2, 3), "float32"), onp.asfortranarray(onp.zeros((2, 3), "float32")), onp.zeros(3, "int8")):
        ours, theirs = io.StringIO(), io.StringIO()
        np.info(np.asarray(array), output=ours)
        onp.info(array, output=theirs)
        assert ours.getvalue() == theirs.getvalue()
    text = io.StringIO()
    np.info("norm", output=text)
    assert "Found in mxnet.numpy.linalg" in text.getvalue() and "Returns" in text.getvalue()
    text = io.StringIO()
    np.info("bogus", output=text)
    assert text.getvalue() == "Help for bogus not found.\n"


def test_the_build_and_the_machine():
    assert np.show_config(mode="dicts")["Build"]["processor features"] in ("baseline", "avx2", "avx512")
    for show in (np.show_config, np.show_runtime):
        with contextlib.redirect_stdout(io.StringIO()) as text:
            assert show() is None
        assert "mxnet" in text.getvalue()
    with pytest.raises(AttributeError, match="mode"):
        np.show_config("bogus")


@pytest.mark.parametrize("size", [0, 4, 15, 16, 17, -1, 10**7, 10**7 + 16, 2.0])
def test_buffer_sizes_are_numpys(size):
    def outcome(space):
        try:
            return space.setbufsize(size), space.getbufsize(), space.setbufsize(8192)
        except (ValueError, TypeError) as error:
            return type(error), str(error)

    assert outcome(np) == outcome(onp)


NESTED = [[[0], [1, 2]], [[2], [1], [0]], [[1], [0, 2]], [[0, 1], [2]], [[], [0, 1, 2]], [[0], []]]


def walked(space, array, axes):
    loops = space.nested_iters(array, axes, flags=["multi_index"])
    found = []

    def walk(level):
        for element in loops[level]:
            if level + 1 < len(loops):
                walk(level + 1)
            else:
                found.append((tuple(loop.multi_index for loop in loops), float(element)))

    walk(0)
    return found


@pytest.mark.parametrize("axes", NESTED, ids=str)
def test_loops_in_loops_are_numpys(axes):
    array = onp.arange(24.0).reshape(2, 3, 4)
    assert walked(np, np.array(array), axes) == walked(onp, array, axes)


def test_loops_in_loops_write_and_broadcast():
    def work(space, array):
        outer, inner = space.nested_iters(
            [array, space.full((3, 4), 2.0)], [[0], [1]], flags=["multi_index"], op_flags=[["readwrite"], ["readonly"]]
        )
        for _ in outer:
            for x, y in inner:
                x[...] = x * y

    assert outcome(np, work) == outcome(onp, work)


@pytest.mark.parametrize("axes", [[[0]], [[0], [0]], [[0], [5]]])
def test_loops_in_loops_refuse(axes):
    for space in (np, onp):
        with pytest.raises(ValueError):
            space.nested_iters(space.zeros((2, 3)), axes)


# files as memory


def mapped(space, path, *args, **options):
    """What a map shows, or the exception's class."""
    try:
        array = space.memmap(path, *args, **options)
    except (ValueError, OSError, TypeError) as error:
        return next(one for one in (ValueError, OSError, TypeError) if isinstance(error, one))
    left = (
        onp.asarray(array).tolist(),
        tuple(array.shape),
        str(array.dtype),
        array.mode,
        array.offset,
        str(array.filename),
    )
    return (*left, array.flags.writeable, array.flags.f_contiguous, array.base is None)


MAPS = [
    ({"dtype": "float32"}, 0), ({}, 0), ({"dtype": "int16", "mode": "r"}, 0), ({"dtype": "int16", "mode": "c"}, 0),
    ({"dtype": "int16", "mode": "readonly", "offset": 4}, 0),
    ({"dtype": "float64", "shape": (2, 2), "order": "F"}, 0), ({"dtype": "int32", "shape": 3}, 0),
    ({"dtype": "int32", "shape": (100,)}, 0), ({"dtype": "int32", "mode": "w+"}, ValueError),
    ({"dtype": "int32", "mode": "bogus"}, ValueError), ({"dtype": "complex128", "offset": 8}, ValueError),
    ({"dtype": "int32", "mode": "r", "shape": (100,)}, ValueError),
    ({"dtype": "int64", "mode": "r", "offset": 4096}, 0), ({"dtype": "int32", "mode": "w+", "shape": (2, 3)}, 0),
    ({"dtype": "int32", "mode": "w+", "shape": 0}, 0), ({"dtype": "int8", "offset": 4100, "mode": "r"}, 0),
]  # fmt: skip


@pytest.mark.parametrize("options, wrong", MAPS, ids=str)
def test_memmap_is_numpys(options, wrong, tmp_path):
    for as_path in (True, False):
        path = tmp_path / "numbers"
        path.write_bytes(bytes(range(1, 33)) if options.get("offset", 0) < 4000 else bytes(4096) + bytes(range(16)))
        before = path.read_bytes()
        ours = mapped(np, path if as_path else str(path), **options)
        path.write_bytes(before)
        theirs = mapped(onp, path if as_path else str(path), **options)
        assert ours == theirs and (not wrong or ours is wrong)


def test_what_is_written_into_a_map_reaches_the_file(tmp_path):
    path = tmp_path / "numbers"
    x = np.memmap(path, dtype="float32", mode="w+", shape=(3, 4))
    x[:] = np.arange(12).reshape(3, 4)
    x.T[1] += 100
    x.flush()
    assert onp.fromfile(path, "float32").tolist() == x.ravel().tolist() == (x * 1).ravel().tolist()
    copy = np.memmap(path, dtype="float32", mode="c", shape=(3, 4))
    copy[:] = 5
    copy.flush()
    assert onp.fromfile(path, "float32").tolist() == x.ravel().tolist()
    with pytest.raises(ValueError, match="read-only"):
        np.memmap(path, dtype="float32", mode="r")[0] = 1
    with open(path, "r+b") as file:
        again = np.memmap(file, dtype="float32", offset=16, shape=4)
    assert again.tolist() == x[1].tolist() and isinstance(again, np.ndarray) and isinstance(again, np.memmap)
    part = again[1:]
    del again
    gc.collect()
    assert part.tolist() == x[1, 1:].tolist()
