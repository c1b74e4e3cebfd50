"""Files are replaced as a whole or not at all: killed writers, full disks, folders that cannot be written."""

import os
import pathlib
import random
import stat
import subprocess
import sys
import tempfile
import time

import numpy as onp
import pytest

from mxnet import np, npx

unix = pytest.mark.skipif(os.name == "nt", reason="rights and limits of Unix")


def load_one(path):
    found = npx.load(path)
    return next(iter(found.values())) if isinstance(found, dict) else found


@unix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["x.params", "x.npy", "x.npz", "x.safetensors"])
def test_a_killed_writer_leaves_a_whole_file(name, tmp_path, tests_directory):
    path = tmp_path / name
    chance = random.Random(name)
    left_over = 0
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, tests_directory / "files_writer.py", path], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.0, 0.15))
            writer.kill()
        if path.exists():
            values = set(onp.unique(load_one(path).asnumpy()))
            assert values in ({1.0}, {2.0})
        for other in set(os.listdir(tmp_path)) - {name}:
            assert other.startswith(f".{name}.") and other.endswith(".partial")
            os.unlink(tmp_path / other)
            left_over += 1
    # the killing must have hit writers at work, or it proves nothing
    assert path.exists() and left_over > 0


def saves():
    x = np.ones(100_000)
    return {
        "x.params": lambda path: npx.save(path, {"x": x}),
        "x.safetensors": lambda path: npx.save(path, {"x": x}),
        "x.npy": lambda path: np.save(path, x),
        "x.npz": lambda path: np.savez(path, x=x),
        "packed.npz": lambda path: np.savez_compressed(path, x=np.asarray(onp.random.default_rng(0).random(100_000))),
    }


@unix
@pytest.mark.parametrize("name", saves())
@pytest.mark.parametrize("limit", [0, 100, 5000, 65536, 390_000])
def test_a_full_disk_is_an_error_and_the_old_file_stays(name, limit, tmp_path):
    import resource
    import signal

    path = tmp_path / name
    saves()[name](path)
    old = path.read_bytes()
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        with pytest.raises(OSError) as caught:
            saves()[name](path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.filename == str(path) and caught.value.errno
    assert path.read_bytes() == old and os.listdir(tmp_path) == [name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("name", saves())
def test_a_full_device(name, tmp_path):
    link = tmp_path / name
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        saves()[name](link)
    assert link.is_symlink()


def somebody_else(work):
    """The exit status of a process that works without the rights of the superuser, who may write everywhere."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@unix
@pytest.mark.parametrize("name", saves())
def test_a_folder_that_cannot_be_written(name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, name)
        saves()[name](path)
        old = path.read_bytes()
        path.chmod(0o666)
        os.chmod(folder, 0o555)

        def work():
            with pytest.raises(PermissionError) as caught:
                saves()[name](path)
            return 0 if caught.value.filename == str(path) else 1

        status = somebody_else(work)
        os.chmod(folder, 0o755)
        assert status == 0
        assert path.read_bytes() == old and os.listdir(folder) == [name]


@unix
def test_a_file_that_cannot_be_written():
    """Replacing it would be possible, but who made it read-only did not want that."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.npy")
        np.save(path, np.ones(1))
        os.chmod(folder, 0o777)
        path.chmod(0o444)

        def work():
            with pytest.raises(PermissionError):
                np.save(path, np.zeros(1))
            return 0

        assert somebody_else(work) == 0 and np.load(path).tolist() == [1]


@unix
def test_rights_are_those_of_any_new_file_and_are_kept(tmp_path):
    path = tmp_path / "x.npy"
    umask = os.umask(0o027)
    try:
        np.save(path, np.ones(1))
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(umask)
    path.chmod(0o604)
    np.save(path, np.zeros(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o604 and np.load(path).tolist() == [0]


@unix
def test_links_are_followed(tmp_path):
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "x.npy", tmp_path / "link.npy"
    link.symlink_to("real/x.npy")
    for number in (1, 2):
        np.save(link, np.full(3, number))
        assert link.is_symlink() and np.load(target).tolist() == [number] * 3
    (tmp_path / "loop.npy").symlink_to("loop.npy")
    with pytest.raises(OSError):
        np.save(tmp_path / "loop.npy", np.ones(1))


@unix
def test_pipes_are_written_to(tmp_path):
    pipe = tmp_path / "pipe.npy"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        np.save(pipe, np.arange(3))
        content = reader.stdout.read()
    import io

    assert np.load(io.BytesIO(content)).tolist() == [0, 1, 2]


def test_long_names(tmp_path):
    path = tmp_path / ("n" * 250)
    npx.save(path, [np.ones(1)])
    npx.save(path, [np.zeros(1)])
    assert npx.load(path)[0].tolist() == [0] and len(os.listdir(tmp_path)) == 1


def test_many_writers_of_one_file(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "x.params"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: npx.save(path, [np.full(10_000, number)]), range(20)))
    values = npx.load(path)[0]
    assert (values == values[0]).all() and os.listdir(tmp_path) == ["x.params"]


def test_memory_is_never_above_one_copy(tmp_path):
    """Saving takes no copy of the arrays, loading only the arrays themselves."""
    script = """
import os, resource, sys
from mxnet import np, npx
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
path, bytes = sys.argv[1], 64 << 20
if sys.argv[2] == "save":
    x = np.ones(bytes // 4)
    x.wait_to_read()
    before = peak()
    npx.save(path, {"x": x})
    x = None
else:
    before = peak()
    x = npx.load(path)
print((peak() - before) / bytes)
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("the peak is measured as on Linux")
    for name in ("x.params", "x.npz", "x.safetensors"):
        for work, most in (("save", 0.2), ("load", 1.2)):
            command = [sys.executable, "-c", script, tmp_path / name, work]
            copies = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            assert copies < most, (name, work)
