"""MXNet's own format, byte by byte: what is written, and all versions that were ever written."""

import io
import struct

import ml_dtypes
import numpy as onp
import pytest

from mxnet import np, npx

V1, V2, V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
DTYPES = [
    *("float32", "float64", "float16", "uint8", "int32", "int8", "int64", "bool"),
    *("int16", "uint16", "uint32", "uint64", "bfloat16"),
]
CPU = struct.pack("<ii", 1, 0)


def file_of(*arrays, names=()):
    """A file of arrays that are already bytes."""
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays)), *arrays, struct.pack("<Q", len(names))]
    parts += [struct.pack("<Q", len(name.encode())) + name.encode() for name in names]
    return b"".join(parts)


def shape_of(*lengths):
    return struct.pack(f"<i{len(lengths)}q", len(lengths), *lengths)


def dense(version, array, device=CPU):
    """The bytes of an array under the header of any version."""
    head = {
        0: struct.pack(f"<I{array.ndim}I", array.ndim, *array.shape),
        1: struct.pack("<I", V1) + shape_of(*array.shape),
        2: struct.pack("<Ii", V2, 0) + shape_of(*array.shape),
        3: struct.pack("<Ii", V3, 0) + shape_of(*array.shape),
    }[version]
    return head + device + struct.pack("<i", DTYPES.index(array.dtype.name)) + array.tobytes()


def row_sparse(shape, rows, values, index="int64"):
    rows = onp.asarray(rows, dtype=index)
    head = struct.pack("<Ii", V2, 1) + shape_of(*values.shape) + shape_of(*shape) + CPU
    head += struct.pack("<i", DTYPES.index(values.dtype.name))
    return head + struct.pack("<i", DTYPES.index(index)) + shape_of(len(rows)) + values.tobytes() + rows.tobytes()


def csr(shape, starts, columns, values, index="int64"):
    runs = [onp.asarray(run, dtype=index) for run in (starts, columns)]
    head = struct.pack("<Ii", V2, 2) + shape_of(len(values)) + shape_of(*shape) + CPU
    head += struct.pack("<i", DTYPES.index(values.dtype.name))
    head += b"".join(struct.pack("<i", DTYPES.index(index)) + shape_of(len(run)) for run in runs)
    return head + values.tobytes() + b"".join(run.tobytes() for run in runs)


def load(content):
    return npx.load(io.BytesIO(content))


def saved(*args, **options):
    file = io.BytesIO()
    npx.save(file, *args, **options)
    return file.getvalue()


def numbers(dtype, shape):
    return onp.arange(onp.prod(shape, dtype=int)).reshape(shape).astype(getattr(ml_dtypes, dtype, dtype))


def test_the_file_of_a_scalar_that_mxnet_wrote():
    content = bytes.fromhex(
        "1201000000000000 0000000000000000 0100000000000000 cafa93f9 00000000 00000000 0100000000000000 00000000"
        "00006040 0100000000000000 0100000000000000 77"
    )
    assert len(content) == 69 and saved({"w": np.array(3.5)}) == content
    found = load(content)
    assert list(found) == ["w"] and found["w"].shape == () and found["w"].item() == 3.5


def test_the_file_of_a_list_that_mxnet_wrote():
    content = bytes.fromhex(
        "1201000000000000 0000000000000000 0100000000000000 c9fa93f9 00000000 01000000 0100000000000000"
        "0100000000000000 06000000 0100000000000000 0000000000000000"
    )
    x = np.array([1], dtype="int64")
    assert len(content) == 72 and saved([x], version="nd") == content
    assert saved([x]) == content.replace(b"\xc9\xfa\x93\xf9", b"\xca\xfa\x93\xf9")
    (found,) = load(content)
    assert found.dtype == onp.int64 and found.tolist() == [1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_dense_arrays_of_every_version(dtype):
    shapes = [(1,), (3,), (2, 3), (2, 1, 2, 2)]
    for version in range(4):
        arrays = [numbers(dtype, shape) for shape in shapes + ([(), (0,), (2, 0)] if version == 3 else [])]
        names = [f"arg:{array.shape}" for array in arrays]
        content = file_of(*(dense(version, array) for array in arrays), names=names)
        for found, array in zip(load(content).values(), arrays):
            assert found.dtype == array.dtype and found.shape == array.shape
            assert found.asnumpy().tobytes() == array.tobytes()
        if version >= 2:
            ours = {name: np.asarray(array) for name, array in zip(names, arrays)}
            if DTYPES.index(dtype) < 8:
                assert saved(ours, version={2: "nd", 3: "np"}[version]) == content
            if version == 3:
                assert saved(ours, version="2") == content


def test_views_are_written_in_c_order():
    x = numbers("float32", (3, 4))
    assert saved([np.asarray(x).T]) == file_of(dense(3, x.T.copy()))
    assert saved([np.asarray(x)[::-1, ::2]]) == file_of(dense(3, x[::-1, ::2].copy()))


def test_lists_dictionaries_and_single_arrays():
    x = numbers("float32", (3,))
    assert saved(np.asarray(x)) == saved([np.asarray(x)]) == saved((np.asarray(x),)) == file_of(dense(3, x))
    assert saved({}) == saved([]) == file_of()
    assert load(file_of()) == []
    found = load(file_of(dense(3, x), dense(3, x), names=["arg:w", "aux:ü"]))
    assert list(found) == ["arg:w", "aux:ü"]
    assert saved(found) == file_of(dense(3, x), dense(3, x), names=["arg:w", "aux:ü"])


@pytest.mark.parametrize("device", [(1, 0), (1, 3), (2, 0), (2, 999), (3, 0), (5, 1), (77, -1)])
def test_devices_that_are_not_here(device):
    x = numbers("float32", (3,))
    content = file_of(dense(2, x, struct.pack("<ii", *device)))
    archive = npx.open(io.BytesIO(content))
    names = {1: "cpu", 2: "gpu", 3: "cpu_pinned", 5: "cpu_shared", 77: "device type 77"}
    assert archive.entry("0").device == f"{names[device[0]]}({device[1]})"
    (found,) = load(content)
    assert found.tolist() == [0, 1, 2]
    assert found.ctx == (npx.gpu(device[1]) if device[0] == 2 and device[1] < npx.num_gpus() else npx.cpu())


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<I", 0),
        struct.pack("<II", V1, 0),
        struct.pack("<Iii", V2, 0, 0),
        struct.pack("<Iii", V2, -1, 0),
        struct.pack("<Iii", V3, 0, -1),
        struct.pack("<Iiiq", V3, 0, 1, -1),
    ],
)
def test_arrays_without_a_shape_load_without_elements(content):
    x = numbers("float32", (3,))
    found = load(file_of(dense(2, x), content, dense(3, x)))
    assert [array.shape for array in found] == [(3,), (0,), (3,)] and found[2].tolist() == [0, 1, 2]


@pytest.mark.parametrize("index", ["int64", "int32"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "float16"])
def test_sparse_arrays_become_dense(dtype, index):
    values = numbers(dtype, (2, 3)) + onp.ones((), dtype)
    expected = onp.zeros((5, 3), dtype)
    expected[[1, 4]] = values
    matrix = onp.zeros((3, 4), dtype)
    matrix[[0, 0, 2], [1, 3, 0]] = numbers(dtype, (3,)) + onp.ones((), dtype)
    content = file_of(
        row_sparse((5, 3), [1, 4], values, index),
        row_sparse((5, 3), [], values[:0], index),
        csr((3, 4), [0, 2, 2, 3], [1, 3, 0], matrix[[0, 0, 2], [1, 3, 0]], index),
        csr((3, 4), [], [], values[0, :0], index),
        dense(2, values),
        names=["rows", "no rows", "csr", "empty csr", "dense"],
    )
    archive = npx.open(io.BytesIO(content))
    storages = [archive.entry(name).storage for name in archive]
    assert storages == ["row_sparse", "row_sparse", "csr", "csr", "default"]
    with pytest.warns(UserWarning) as notes:
        found = load(content)
    assert len(notes) == 4 and str(notes[0].message) == "load: the row_sparse array 'rows' was loaded as a dense array"
    assert found["rows"].tolist() == expected.tolist() and found["csr"].tolist() == matrix.tolist()
    assert found["no rows"].tolist() == onp.zeros((5, 3)).tolist()
    assert found["empty csr"].tolist() == onp.zeros((3, 4)).tolist()
    assert found["dense"].tolist() == values.tolist() and found["rows"].dtype == dtype


VALUES = onp.ones((2, 3), "float32")
DAMAGED = [
    (row_sparse((5, 3), [1, 5], VALUES), "index 5 on an axis of length 5"),
    (row_sparse((5, 3), [-1, 2], VALUES), "index -1"),
    (row_sparse((5, 4), [1, 2], VALUES), "cannot have values of shape"),
    (row_sparse((5, 3), [1], VALUES), "cannot have values of shape"),
    (row_sparse((1, 3), [0, 0], VALUES), "cannot have values of shape"),
    (csr((2, 4), [0, 1, 3], [1, 4, 0], VALUES[0]), "index 4 on an axis of length 4"),
    (csr((2, 4), [0, 1, 9], [1, 2, 0], VALUES[0]), "row 1 of a csr array goes from value 1 to 9"),
    (csr((2, 4), [0, 2, 1], [1, 2, 0], VALUES[0]), "from value 2 to 1"),
    (csr((3, 4), [0, 1, 3], [1, 2, 0], VALUES[0]), "cannot have values"),
    (struct.pack("<Ii", V2, 7) + shape_of(1), "storage type 7"),
    (struct.pack("<Ii", V3, 1) + shape_of(1), "under NumPy's semantics"),
    (struct.pack("<Iii", V2, 0, 65), "0x41"),
    (struct.pack("<Iii", V2, 0, -2), "-2 axes"),
    (struct.pack("<I", 0xF993FACB), "0xf993facb"),
    (struct.pack("<Ii", V2, 0) + shape_of(-5) + CPU, "negative"),
    (struct.pack("<Ii", V2, 0) + shape_of(2**62, 4) + CPU + bytes(4), "too big"),
    (struct.pack("<Ii", V2, 0) + shape_of(2**61) + CPU + bytes(4), "more than memory can hold"),
    (struct.pack("<Ii", V2, 0) + shape_of(10**15) + CPU + bytes(4), "cut short: the elements"),
    (struct.pack("<Ii", V2, 0) + shape_of(1) + CPU + struct.pack("<i", 13) + bytes(99), "dtype number 13"),
    (struct.pack("<Ii", V2, 0) + shape_of(1) + CPU + struct.pack("<i", -1) + bytes(99), "dtype number -1"),
]


@pytest.mark.parametrize("array, words", DAMAGED)
def test_damaged_arrays_are_errors(array, words):
    with pytest.raises(ValueError) as caught:
        load(file_of(array))
    assert words in str(caught.value) and "array '0'" in str(caught.value)


FILES = [
    (struct.pack(">QQQ", 0x112, 0, 0), "big-endian"),
    (struct.pack("<QQQ", 0x112, 0, 2**60), f"{2**60} arrays"),
    (struct.pack("<QQQ", 0x112, 0, 1), "1 arrays"),
    (struct.pack("<QQ", 0x112, 0), "cut short"),
    (struct.pack("<QQQQ", 0x112, 0, 0, 5), "0 arrays, but 5 names"),
    (file_of(dense(3, VALUES), dense(3, VALUES), names=["a"]), "2 arrays, but 1 names"),
    (file_of(dense(3, VALUES), dense(3, VALUES), names=["a", "a"]), "two arrays have the name 'a'"),
    (file_of(dense(3, VALUES), names=["a"])[:-1], "cut short: a name"),
    (file_of(dense(3, VALUES), names=["a"])[:-1] + b"\xff", "not UTF-8"),
    (file_of(dense(3, VALUES))[:-8] + struct.pack("<QQ", 1, 2**63), "a name"),
    (b"something else entirely", "no known format"),
    (b"\x12", "no known format"),
]


@pytest.mark.parametrize("content, words", FILES)
def test_damaged_files_are_errors(content, words):
    with pytest.raises(ValueError, match=words):
        load(content)


def test_a_sparse_array_that_would_not_fit_is_refused():
    with pytest.raises(MemoryError, match="would take 4000000000000 bytes as a dense array"):
        load(file_of(row_sparse((10**12, 1), [3], onp.ones((1, 1), "float32"))))


def test_every_cut_of_a_file_is_an_error():
    content = file_of(
        dense(0, VALUES), dense(1, VALUES), csr((2, 4), [0, 1, 3], [1, 2, 0], VALUES[0]), names=["a", "b", "c"]
    )
    for length in range(1, len(content)):
        with pytest.raises(ValueError):
            load(content[:length])


def test_files_of_several_lists(tmp_path):
    """What follows the names is left to who reads on."""
    with open(tmp_path / "x", "wb") as file:
        npx.save(file, [np.ones(1)])
        npx.save(file, {"a": np.zeros(2)})
    with open(tmp_path / "x", "rb") as file:
        assert npx.load(file)[0].tolist() == [1] and npx.load(file)["a"].tolist() == [0, 0]
