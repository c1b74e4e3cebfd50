"""`python -m mxnet.inspect`: what it says of files, what it converts, and how it fails."""

import subprocess
import sys

import ml_dtypes
import numpy as onp
import pytest

from mxnet import np, npx
from mxnet.inspect import convert, describe, main

EXTENSIONS = [".npz", ".safetensors", ".params", ".nd", ".bin"]


def arrays(extension):
    found = {
        "layer.weight": onp.arange(6, dtype="float32").reshape(2, 3) / 4,
        "bytes": onp.array([3, 255, 0], dtype="uint8"),
        "big": onp.array([-(2**62), 5], dtype="int64"),
        "empty": onp.zeros((0, 3), dtype="float32"),
        "half": onp.array(2.5, dtype="float16"),
        "nan": onp.array([1, onp.nan]),
    }
    if extension in (".npz", ".safetensors"):
        found["complex"] = onp.array([1 + 2j], dtype="complex64")
        found["wide"] = onp.array([65535], dtype="uint16")
    return found


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_describe_equals_numpy(tmp_path, extension):
    expected = arrays(extension)
    path = tmp_path / ("f" + extension)
    npx.save(path, {name: np.array(array) for name, array in expected.items()})
    rows = {row["name"]: row for row in describe(path)}
    assert sorted(rows) == sorted(expected)
    for name, array in expected.items():
        row = rows[name]
        assert (row["shape"], row["dtype"], row["bytes"]) == (array.shape, array.dtype.name, array.nbytes)
        assert row["device"] == ("cpu(0)" if extension in (".params", ".nd", ".bin") else None)
        if array.size == 0 or array.dtype.kind == "c":
            assert row["min"] is row["mean"] is row["max"] is None
        else:
            onp.testing.assert_array_equal([row["min"], row["max"]], [array.min(), array.max()])
            onp.testing.assert_allclose(row["mean"], array.mean(dtype="float64"), rtol=1e-15)
    assert all(row["min"] is None for row in describe(path, statistics=False))


def test_table(tmp_path, capsys):
    path = str(tmp_path / "net.params")
    npx.save(path, {"weight": np.arange(6).reshape(2, 3), "b": np.array([True, False])})
    assert main([path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}: mxnet, 2 arrays, 26 bytes of elements"
    assert lines[1].split() == ["name", "shape", "dtype", "device", "bytes", "min", "mean", "max"]
    assert lines[2].split() == ["weight", "(2,", "3)", "float32", "cpu(0)", "24", "0", "2.5", "5"]
    assert lines[3].split() == ["b", "(2,)", "bool", "cpu(0)", "2", "False", "0.5", "True"]


def test_the_content_tells_the_format_and_metadata_is_shown(tmp_path, capsys):
    path = tmp_path / "weights.npy"
    npx.save(path, {"a": np.ones(2)}, format="safetensors", metadata={"epoch": "3"})
    assert main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "safetensors, 1 array, 8 bytes" in out and "epoch: 3" in out


@pytest.mark.parametrize("source", EXTENSIONS)
@pytest.mark.parametrize("target", EXTENSIONS)
def test_convert_keeps_all(tmp_path, source, target):
    expected = arrays("")
    npx.save(tmp_path / ("in" + source), {name: np.array(array) for name, array in expected.items()})
    assert main([str(tmp_path / ("in" + source)), "--convert", str(tmp_path / ("out" + target))]) == 0
    found = npx.load(tmp_path / ("out" + target))
    assert sorted(found) == sorted(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert found[name].asnumpy().tobytes() == array.tobytes()


@pytest.mark.parametrize("target", EXTENSIONS + [".npy"])
def test_convert_one_array(tmp_path, target):
    onp.save(tmp_path / "x.npy", onp.arange(6, dtype="int32").reshape(2, 3))
    convert(tmp_path / "x.npy", tmp_path / ("out" + target))
    found = npx.load(tmp_path / ("out" + target))
    found = found["0"] if isinstance(found, dict) else found[0] if isinstance(found, list) else found
    assert found.dtype == "int32" and found.tolist() == [[0, 1, 2], [3, 4, 5]]
    convert(tmp_path / ("out" + target), tmp_path / "back.npy")
    assert (tmp_path / "back.npy").read_bytes() == (tmp_path / "x.npy").read_bytes()


def test_convert_keeps_metadata_and_bfloat16(tmp_path):
    halves = np.array(onp.array([1.5, 3], dtype=ml_dtypes.bfloat16))
    npx.save(tmp_path / "a.safetensors", {"x": halves}, metadata={"k": "v"})
    convert(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    with npx.open(tmp_path / "b.safetensors") as archive:
        assert archive.metadata == {"k": "v"} and archive["x"].dtype.name == "bfloat16"
        assert archive["x"].tolist() == [1.5, 3]


def failing(tmp_path):
    onp.save(tmp_path / "good.npy", onp.arange(100.0))
    content = (tmp_path / "good.npy").read_bytes()
    npx.save(tmp_path / "good.params", {"a": np.ones(100)})
    params = (tmp_path / "good.params").read_bytes()
    return {
        "missing": None,
        "empty": b"",
        "text.txt": b"this is no file of arrays",
        "cut.npy": content[:-8],
        "cut.params": params[:60],
        "pickle.npy": b"\x80\x04K\x05.",
        "zip.npz": b"PK\x03\x04" + bytes(60),
    }


@pytest.mark.parametrize("name", ["missing", "empty", "text.txt", "cut.npy", "cut.params", "pickle.npy", "zip.npz"])
@pytest.mark.parametrize("extra", [[], ["--convert", "out.npz"]])
def test_bad_files_have_a_message_and_a_status(tmp_path, capsys, monkeypatch, name, extra):
    monkeypatch.chdir(tmp_path)
    content = failing(tmp_path)[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main([name, *extra]) == 1
    seen = capsys.readouterr()
    assert seen.out == "" and name in seen.err and seen.err.startswith("mxnet.inspect: ") and len(seen.err) > 40
    assert not (tmp_path / "out.npz").exists()


def test_what_the_new_format_cannot_hold(tmp_path, capsys):
    path = str(tmp_path / "a.npz")
    npx.save(path, {"x": np.ones(2), "y": np.array([1j], dtype="complex64")})
    (tmp_path / "old.params").write_text("old")
    for out in ("a.npy", "old.params", "a.unknown"):
        assert main([path, "--convert", str(tmp_path / out)]) == 1
        assert capsys.readouterr().err.startswith("mxnet.inspect: ")
    assert (tmp_path / "old.params").read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.npz", "old.params"]


def test_one_bad_file_among_good_ones(tmp_path, capsys):
    npx.save(tmp_path / "a.params", [np.ones(2)])
    assert main([str(tmp_path / "none"), str(tmp_path / "a.params")]) == 1
    seen = capsys.readouterr()
    assert "a.params: mxnet, 1 array" in seen.out and "none" in seen.err


@pytest.mark.parametrize(
    "arguments, status", [(["good.npy"], 0), (["none"], 1), ([], 2), (["a", "b", "--convert", "c.npz"], 2)]
)
def test_the_process(tmp_path, arguments, status):
    onp.save(tmp_path / "good.npy", onp.ones(3))
    done = subprocess.run(
        [sys.executable, "-m", "mxnet.inspect", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr and bool(done.stdout) == (status == 0)
