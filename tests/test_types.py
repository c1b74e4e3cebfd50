"""The stubs: true to the package, fresh, and enough for a typed program."""

import subprocess
import sys

import pytest


def run(repository, *command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_stubs_say_what_the_package_is(repository):
    options = ["--mypy-config-file", "pyproject.toml", "--allowlist", "tests/stubtest_allowlist.txt", "--concise"]
    run(repository, "mypy.stubtest", "mxnet", *options)


@pytest.mark.slow
def test_a_typed_program_passes_the_checker(repository):
    run(repository, "mypy", "--strict", "tests/typed_program.py")


@pytest.mark.slow
def test_a_typed_program_passes_the_other_checker(repository):
    pytest.importorskip("pyright")
    run(repository, "pyright", "--pythonpath", sys.executable, "tests/typed_program.py")


def test_a_typed_program_runs(repository):
    run(repository, "tests.typed_program")


@pytest.mark.parametrize(
    "wrong", ["np.sum(x, axes=0)", "np.ones(3).asnumpi()", "np.linspace()", "np.reshape(x, 'no', copy='no')"]
)
@pytest.mark.slow
def test_the_checker_finds_what_is_wrong(repository, tmp_path, wrong):
    program = tmp_path / "wrong.py"
    program.write_text(f"from mxnet import np\nx = np.ones(3)\n{wrong}\n")
    command = [sys.executable, "-m", "mypy", str(program)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert done.returncode == 1 and "wrong.py:3" in done.stdout, done.stdout
