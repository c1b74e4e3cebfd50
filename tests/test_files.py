"""NumPy's and the safetensors format: bytes as NumPy writes them, and files of either read by the other."""

import io
import os
import pathlib
import tempfile
import warnings
import zipfile

import ml_dtypes
import numpy as onp
import pytest

from mxnet import np, npx

DTYPES = [
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (0, 3), (3, 0), (2, 1, 4), (3, 4, 5), (1,) * 32]


def sample(dtype, shape, order="C"):
    """Numbers of that dtype, different from one another as far as it goes."""
    dtype = getattr(ml_dtypes, dtype, dtype)
    numbers = onp.arange(onp.prod(shape, dtype=int)).reshape(shape)
    return onp.asarray((numbers * 3 - 6).astype(dtype), order=order)


def numpy_bytes(save, *args, **kwds):
    file = io.BytesIO()
    save(file, *args, **kwds)
    return file.getvalue()


def same(ours, theirs):
    theirs = onp.asarray(theirs)
    assert ours.dtype == theirs.dtype.newbyteorder("=") and ours.shape == theirs.shape
    native = theirs.astype(theirs.dtype.newbyteorder("="))
    assert ours.asnumpy().tobytes() == native.tobytes()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_npy_files_are_those_of_numpy(dtype, order):
    for shape in SHAPES:
        array = sample(dtype, shape, order)
        content = numpy_bytes(onp.save, array)
        assert numpy_bytes(np.save, np.asarray(array)) == content
        loaded = np.load(io.BytesIO(content))
        same(loaded, array)
        if dtype != "bfloat16":
            assert onp.load(io.BytesIO(numpy_bytes(np.save, loaded))).tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "view", [lambda x: x.T, lambda x: x[::-1], lambda x: x[:, 1::2], lambda x: x[1], lambda x: x[:0, ::2]]
)
def test_views_are_saved_as_numpy_saves_them(view):
    array = onp.arange(24, dtype="float32").reshape(4, 6)
    assert numpy_bytes(np.save, view(np.asarray(array))) == numpy_bytes(onp.save, view(array))


def test_pending_and_recorded_arrays_are_saved():
    x = np.ones(100_000)
    x.attach_grad()
    from mxnet import autograd

    with autograd.record():
        y = np.exp(x) * 2
    assert numpy_bytes(np.save, y) == numpy_bytes(onp.save, y.asnumpy())


@pytest.mark.parametrize("descr", [">i2", ">u4", ">i8", ">f2", ">f4", ">f8", ">c8", ">c16", "=f4", "|u1"])
def test_other_byte_orders_are_read(descr):
    array = onp.arange(12).reshape(3, 4).astype(descr)
    same(np.load(io.BytesIO(numpy_bytes(onp.save, array))), array)
    same(np.load(io.BytesIO(numpy_bytes(onp.savez, a=array)))["a"], array)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_versions_of_npy(version):
    file = io.BytesIO()
    array = onp.arange(6.0).reshape(2, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        onp.lib.format.write_array(file, array, version=version)
    file.seek(0)
    same(np.load(file), array)


def test_long_headers_are_those_of_numpy(tmp_path):
    """Shapes so long that the header passes the next multiple of 64."""
    for ndim in range(1, 33):
        array = onp.zeros((1,) * (ndim - 1) + (12345,), dtype="int8")
        assert numpy_bytes(np.save, np.asarray(array)) == numpy_bytes(onp.save, array)


@pytest.mark.parametrize("ours, theirs", [(np.savez, onp.savez), (np.savez_compressed, onp.savez_compressed)])
def test_npz_archives(ours, theirs):
    arrays = {dtype: sample(dtype, (3, 4), order) for dtype, order in zip(DTYPES, "CF" * 8)}
    arrays |= {"päth/ü": onp.zeros(3), "empty": onp.zeros((0, 2)), "scalar": onp.array(4.5)}
    content = numpy_bytes(ours, onp.ones(2), **arrays)
    expected = numpy_bytes(theirs, onp.ones(2), **arrays)
    if ours is np.savez:
        assert content == expected
    with zipfile.ZipFile(io.BytesIO(content)) as mine, zipfile.ZipFile(io.BytesIO(expected)) as other:
        assert mine.testzip() is None and mine.namelist() == other.namelist()
        assert [mine.read(name) for name in mine.namelist()] == [other.read(name) for name in other.namelist()]
    for file in (content, expected):
        with np.load(io.BytesIO(file)) as archive:
            assert archive.files == list(arrays) + ["arr_0"]
            for name, array in arrays.items():
                same(archive[name], array)
            same(archive["arr_0"], onp.ones(2))
    assert onp.load(io.BytesIO(content))["empty"].shape == (0, 2)


def test_an_empty_archive():
    assert numpy_bytes(np.savez) == numpy_bytes(onp.savez)
    assert np.load(io.BytesIO(numpy_bytes(onp.savez))).files == []


def test_archives_are_mappings(tmp_path):
    path = tmp_path / "both"
    np.savez(path, x=np.arange(3), y=np.ones(1))
    with np.load(str(path) + ".npz") as archive:
        assert list(archive) == ["x", "y"] and len(archive) == 2 and "x" in archive and "x.npy" in archive
        assert "z" not in archive and archive.get("z") is None
        assert {name: array.tolist() for name, array in archive.items()} == {"x": [0, 1, 2], "y": [1]}
        assert archive["x.npy"].tolist() == [0, 1, 2]
        with pytest.raises(KeyError, match="'z' is not a file"):
            archive["z"]
    with pytest.raises(ValueError, match="closed"):
        archive["x"]
    with pytest.raises(ValueError, match="arr_0"):
        np.savez(path, np.ones(1), arr_0=np.ones(1))


@pytest.mark.parametrize("form", [str, os.fsencode, pathlib.Path])
def test_forms_of_paths(form, tmp_path):
    path = form(str(tmp_path / "näme"))
    np.save(path, np.arange(3))
    assert onp.load(tmp_path / "näme.npy").tolist() == [0, 1, 2]
    npx.save(path, {"a": np.arange(3)})
    assert npx.load(path)["a"].tolist() == [0, 1, 2]


def test_file_objects(tmp_path):
    path = tmp_path / "several"
    with open(path, "wb") as file:
        file.write(b"lead")
        np.save(file, np.arange(3))
        np.save(file, np.ones((2, 2)))
        npx.save(file, [np.zeros(1)])
    with open(path, "rb") as file:
        assert file.read(4) == b"lead"
        assert [np.load(file).shape, np.load(file).shape] == [(3,), (2, 2)]
        assert [x.tolist() for x in npx.load(file)] == [[0.0]]
        with pytest.raises(EOFError, match="No data left in file"):
            np.load(file)
    with tempfile.TemporaryFile() as file:
        file.write(b"lead")
        np.savez(file, a=np.arange(3))
        file.seek(0)
        assert zipfile.ZipFile(file).namelist() == ["a.npy"]
        file.seek(4)
        assert onp.load(file)["a"].tolist() == [0, 1, 2]
        file.seek(4)
        assert np.load(file)["a"].tolist() == [0, 1, 2]


class Pipe(io.RawIOBase):
    """A stream that goes forward only, and takes and gives a few bytes at a time."""

    def __init__(self, content=b""):
        self.content, self.at = bytearray(content), 0

    def writable(self):
        return True

    def readable(self):
        return True

    def write(self, data):
        self.content += bytes(data)[:1000]
        return min(len(data), 1000)

    def readinto(self, target):
        part = self.content[self.at : self.at + min(len(target), 1000)]
        target[: len(part)] = part
        self.at += len(part)
        return len(part)


@pytest.mark.parametrize("save", [np.save, lambda f, x: np.savez(f, a=x), lambda f, x: npx.save(f, {"a": x})])
def test_streams_without_positions(save):
    x = np.arange(5000)
    pipe = Pipe()
    save(pipe, x)
    assert bytes(pipe.content) == numpy_bytes(save, x)
    found = npx.load(Pipe(pipe.content))
    assert (found["a"] if isinstance(found, dict) else found).tolist() == x.tolist()


@pytest.mark.parametrize("thing", [3, None, [1, 2]])
def test_what_is_no_file(thing):
    for work in (np.load, npx.load, lambda file: np.save(file, np.ones(1))):
        with pytest.raises(TypeError, match="a path or a file object is wanted"):
            work(thing)


def test_a_file_that_is_not_there(tmp_path):
    for load in (np.load, npx.load, npx.open):
        with pytest.raises(FileNotFoundError) as caught:
            load(tmp_path / "nothing")
        assert caught.value.filename == str(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        npx.load(tmp_path)
    with pytest.raises(FileNotFoundError):
        np.save(tmp_path / "no" / "folder", np.ones(1))


class Planted:
    """Would leave a file behind if it were unpickled."""

    def __reduce__(self):
        return (open, ("planted", "w"))


def test_pickles_are_never_loaded(tmp_path, monkeypatch):
    import pickle

    monkeypatch.chdir(tmp_path)
    content = numpy_bytes(onp.save, onp.array([Planted()], dtype=object))
    archive = numpy_bytes(onp.savez, good=onp.ones(2), bad=onp.array([Planted()], dtype=object))
    for allow in (False, True):
        with pytest.raises(ValueError, match="Object arrays cannot be loaded when allow_pickle=False"):
            np.load(io.BytesIO(content), allow_pickle=allow)
        with np.load(io.BytesIO(archive), allow_pickle=allow) as loaded:
            assert loaded["good"].tolist() == [1, 1]
            with pytest.raises(ValueError, match="allow_pickle=False"):
                loaded["bad"]
        with pytest.raises(ValueError, match="allow_pickle=False"):
            np.load(io.BytesIO(pickle.dumps(Planted())), allow_pickle=allow)
    assert not os.path.exists("planted")


@pytest.mark.parametrize(
    "array", [onp.array(["text"]), onp.zeros(2, dtype=[("a", "i4"), ("b", "f8")]), onp.zeros(2, "M8[s]")]
)
def test_elements_that_are_no_numbers(array):
    with pytest.raises(TypeError, match="numbers"):
        np.load(io.BytesIO(numpy_bytes(onp.save, array)))
    loaded = np.load(io.BytesIO(numpy_bytes(onp.savez, a=array, b=onp.ones(1))))
    assert loaded["b"].tolist() == [1]
    assert loaded.entry("a").dtype is None
    with pytest.raises(TypeError, match="array 'a'"):
        loaded["a"]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_mapped_npy(dtype, order, tmp_path):
    path, array = tmp_path / "x.npy", sample(dtype, (5, 7), order)
    np.save(path, np.asarray(array))
    before = path.read_bytes()
    for mode in ("r", "c", "r+"):
        same(np.load(path, mmap_mode=mode), array)
    fixed, private = np.load(path, mmap_mode="r"), np.load(path, mmap_mode="c")
    assert not fixed.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        fixed[0] = 1
    private[0] = 0
    assert path.read_bytes() == before
    shared = np.load(path, mmap_mode="r+")
    shared[0] = 0
    same(np.load(path), private.asnumpy())
    assert fixed[0, 0].item() == private[0, 0].item()
    del fixed, private, shared
    assert path.read_bytes() != before


def test_mapping_that_cannot_be(tmp_path):
    path = tmp_path / "big.npy"
    onp.save(path, onp.arange(3, dtype=">f4"))
    assert np.load(path, mmap_mode="r").tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="cannot be mapped"):
        np.load(path, mmap_mode="r+")
    with pytest.raises(ValueError, match="mmap_mode"):
        np.load(path, mmap_mode="w+")
    with pytest.raises(ValueError, match="only a file with a path"):
        np.load(io.BytesIO(numpy_bytes(onp.save, onp.ones(3))), mmap_mode="r")
    npx.save(tmp_path / "a.params", [np.ones(1)])
    with pytest.raises(ValueError, match="MXNet's format cannot be mapped"):
        npx.load(tmp_path / "a.params", mmap_mode="r")


def test_a_mapped_file_may_be_replaced(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros(100_000))
    old = np.load(path, mmap_mode="r")
    np.save(path, old + 1)
    assert old.sum() == 0 and np.load(path).sum() == 100_000


def safetensors():
    return pytest.importorskip("safetensors.numpy")


SAFE = [dtype for dtype in DTYPES if not dtype.startswith("complex")]


@pytest.mark.parametrize("mode", [None, "r", "c", "r+"])
def test_safetensors_both_ways(mode, tmp_path):
    library = safetensors()
    arrays = {f"{dtype} {shape}": sample(dtype, shape) for dtype in SAFE for shape in SHAPES[:-1]}
    npx.save(tmp_path / "ours.safetensors", {name: np.asarray(array) for name, array in arrays.items()})
    library.save_file(arrays, tmp_path / "theirs.safetensors")
    assert (tmp_path / "ours.safetensors").read_bytes() == (tmp_path / "theirs.safetensors").read_bytes()
    theirs = library.load_file(tmp_path / "ours.safetensors")
    ours = npx.load(tmp_path / "theirs.safetensors", mmap_mode=mode)
    assert set(ours) == set(theirs) == set(arrays)
    for name, array in arrays.items():
        same(ours[name], array)
        assert theirs[name].tobytes() == array.tobytes()


def test_safetensors_metadata_and_names(tmp_path):
    library = safetensors()
    path = tmp_path / "x.safetensors"
    metadata = {"format": "pt", 'a "quote"': "ü\n"}
    npx.save(path, {'wei"ght\\': np.ones((2, 3)), "ü": np.zeros(0)}, metadata=metadata)
    assert npx.open(path).metadata == metadata
    import safetensors as package

    with package.safe_open(path, "numpy") as file:
        assert file.metadata() == metadata and set(file.keys()) == {'wei"ght\\', "ü"}
    assert library.load_file(path)['wei"ght\\'].shape == (2, 3)


def test_safetensors_of_unaligned_arrays(tmp_path):
    """Files of others need not align: what is not aligned is read instead of mapped."""
    path = tmp_path / "x.safetensors"
    header = (
        b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}'
    )
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\x07" + onp.float32([1, 2]).tobytes())
    for mode in (None, "r", "c"):
        found = npx.load(path, mmap_mode=mode)
        assert found["a"].tolist() == [7] and found["b"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="not aligned"):
        npx.load(path, mmap_mode="r+")


def test_safetensors_of_other_dtypes(tmp_path):
    header = b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]},'
    header += b'"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}'
    (tmp_path / "x").write_bytes(len(header).to_bytes(8, "little") + header + b"\x07\x08")
    with npx.open(tmp_path / "x") as archive:
        assert archive["b"].tolist() == [8] and archive.entry("a").dtype is None
        with pytest.raises(TypeError, match="F8_E4M3"):
            archive["a"]


@pytest.mark.parametrize("name", ["x", "x.params", "x.npy", "x.npz", "x.safetensors", "x.NPZ", "x.bin"])
def test_the_extension_chooses_and_the_content_tells(name, tmp_path):
    path = tmp_path / name
    arr = np.arange(3) if name == "x.npy" else {"a": np.arange(3)}
    npx.save(path, arr)
    expected = {"npy": "npy", "npz": "npz", "safetensors": "safetensors"}.get(name.lower().split(".")[-1], "mxnet")
    path = path.rename(tmp_path / "renamed")
    with npx.open(path) as archive:
        assert archive.format == expected
    loaded = npx.load(path)
    assert (loaded if name == "x.npy" else loaded["a"]).tolist() == [0, 1, 2]


REFUSED = [
    ("x.npy", lambda: [np.ones(1), np.ones(1)], {}, ValueError, "one array"),
    ("x.safetensors", lambda: [np.ones(1)], {}, ValueError, "named arrays"),
    (
        "x.safetensors",
        lambda: {"a": np.ones(1, dtype="complex128")},
        {},
        TypeError,
        "array 'a': .*complex128; .npy and .npz",
    ),
    ("x.params", lambda: {"a": np.ones(1, dtype="complex64")}, {}, TypeError, "complex64; .npy, .npz and .safetensors"),
    ("x.params", lambda: {"a": np.ones(1, dtype="uint16")}, {}, TypeError, "uint16.*version='2'"),
    ("x.params", lambda: {"a": np.array(1.0)}, {"version": "nd"}, ValueError, r"shape \(\)"),
    ("x.params", lambda: {"a": np.ones(1)}, {"version": "7"}, ValueError, "version"),
    ("x.params", lambda: {"a": np.ones(1)}, {"format": "hdf5"}, ValueError, "hdf5"),
    ("x.params", lambda: {"a": np.ones(1)}, {"metadata": {"a": "b"}}, ValueError, "metadata"),
    ("x.params", lambda: {"a": 3}, {}, TypeError, "'int'"),
    ("x.params", lambda: {3: np.ones(1)}, {}, TypeError, "names"),
    ("x.npz", lambda: {"../a": np.ones(1)}, {}, ValueError, "leads out"),
]


@pytest.mark.parametrize("name, arr, options, error, words", REFUSED)
def test_what_a_format_cannot_hold_is_refused_before_writing(name, arr, options, error, words, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"old")
    with pytest.raises(error, match=words):
        npx.save(path, arr(), **options)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["x.params", "x.npz", "x.safetensors"])
def test_entries_say_what_would_be_loaded(name, tmp_path):
    path = tmp_path / name
    npx.save(path, {"w": np.ones((2, 3)), "b": np.zeros(5, dtype="int64")})
    with npx.open(path) as archive:
        assert sorted(archive.names()) == ["b", "w"]
        w, b = archive.entry("w"), archive.entry("b")
        assert (w.name, w.shape, w.dtype, w.nbytes, w.storage) == ("w", (2, 3), "float32", 24, "default")
        assert (b.shape, b.dtype, b.nbytes) == ((5,), "int64", 40)
        assert w.device == ("cpu(0)" if name == "x.params" else None)
        assert archive.load("b").tolist() == [0] * 5


@pytest.mark.parametrize("name", ["x.params", "x.npz", "x.safetensors"])
def test_progress(name, tmp_path):
    path, arrays = tmp_path / name, {"a": np.ones(3_000_000), "b": np.zeros(10)}
    calls = []
    npx.save(path, arrays, progress=lambda *call: calls.append(call))
    for _ in range(2):
        assert len(calls) > 2 and calls[-1] == (12_000_040, 12_000_040)
        assert [done for done, _ in calls] == sorted(done for done, _ in calls)
        calls.clear()
        npx.load(path, progress=lambda *call: calls.append(call))


def test_a_bar_is_drawn_on_request(tmp_path, capsys):
    pytest.importorskip("tqdm")
    npx.save(tmp_path / "x", [np.ones(1000)], progress=True)
    npx.load(tmp_path / "x", progress=True)
    assert capsys.readouterr().err.count("100%") >= 2


def test_progress_can_stop_the_work(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros(3))
    old = path.read_bytes()

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        np.save(path, np.ones(100), progress=stop)
    assert path.read_bytes() == old and os.listdir(tmp_path) == ["x.npy"]
    with pytest.raises(KeyboardInterrupt):
        np.load(path, progress=stop)


def test_limits_on_memory(tmp_path):
    npx.save(tmp_path / "x", [np.ones(1000)])
    assert npx.load(tmp_path / "x", max_bytes=4000)[0].shape == (1000,)
    with pytest.raises(ValueError, match="max_bytes is 3999"):
        npx.load(tmp_path / "x", max_bytes=3999)


def test_devices(tmp_path):
    x = np.ones(3, ctx=npx.cpu_pinned(0))
    npx.save(tmp_path / "x", [x])
    assert npx.open(tmp_path / "x").entry("0").device == "cpu_pinned(0)"
    assert npx.load(tmp_path / "x")[0].ctx == npx.cpu()
    assert npx.load(tmp_path / "x", device=npx.cpu_pinned(0))[0].ctx == npx.cpu_pinned(0)
    np.save(tmp_path / "x.npy", x)
    with npx.cpu_pinned(0):
        assert np.load(tmp_path / "x.npy").ctx == npx.cpu_pinned(0)


def test_threads_share_an_archive(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "x.npz"
    np.savez_compressed(path, **{str(number): np.full(50_000, number) for number in range(16)})
    for file in (path, io.BytesIO(path.read_bytes())):
        with np.load(file) as archive, ThreadPoolExecutor(8) as pool:
            for number, array in enumerate(pool.map(lambda number: archive[str(number)], range(16))):
                assert (array == number).all()
