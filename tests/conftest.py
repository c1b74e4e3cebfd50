"""What every test file shares: paths, warning filters, and fixtures that switch a mode and switch it back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config):
    # Special values are fed on purpose; NumPy and we both warn about them as RuntimeWarning.
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning")
    config.addinivalue_line("filterwarnings", "ignore::numpy.exceptions.ComplexWarning")
    config.ulp_bounds = []


def pytest_terminal_summary(terminalreporter, config):
    """The error bounds that `test_ulp.py` measured."""
    if config.ulp_bounds:
        terminalreporter.section("largest error in ULP")
        for name, dtype, error in sorted(config.ulp_bounds):
            terminalreporter.write_line(f"{name:>12} {dtype} {error:8.3f}")


@pytest.fixture
def numpy_dtypes():
    """NumPy's default dtypes and promotion for one test: `npx.set_np(dtype=True)`."""
    from mxnet import npx

    npx.set_np(dtype=True)
    yield
    npx.set_np(dtype=False)


@pytest.fixture
def threads():
    """A function that sets the number of threads; the former number comes back after the test."""
    from mxnet import npx

    before = npx.get_num_threads()
    yield npx.set_num_threads
    npx.set_num_threads(before)


@pytest.fixture
def tests_directory():
    """Where helper scripts that run as subprocesses live."""
    return Path(__file__).parent


@pytest.fixture
def repository(tests_directory):
    """Root of the checkout: manifests, README."""
    return tests_directory.parent


@pytest.fixture
def run_python():
    """A function that runs a program in a fresh interpreter, with variables added to the environment; its output."""

    def run(program, **environment):
        command = [sys.executable, "-W", "ignore", "-c", program]
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
