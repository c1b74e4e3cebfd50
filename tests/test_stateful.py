"""The engine's promise: no program can tell lazy, mutable, fused arrays from NumPy's, whatever the mode or threads.

`make test` runs some hundred programs per mode; `MXNET_STATEFUL_PROGRAMS=20000` makes it the long run.
"""

import functools
import os
import subprocess
import sys

import pytest

PROGRAMS = int(os.environ.get("MXNET_STATEFUL_PROGRAMS", "600"))
MODES = [(eager, threads) for eager in (False, True) for threads in (1, 2, 4)]


@functools.cache
def run(directory, eager, threads, *more):
    """Run the programs in a fresh process: the engine's mode is chosen at import."""
    command = [sys.executable, str(directory / "stateful.py"), f"--threads={threads}", *more]
    command += ["--eager"] if eager else []
    command += [] if any(item.startswith("--programs") for item in more) else [f"--programs={PROGRAMS}"]
    environment = {name: value for name, value in os.environ.items() if name != "MXNET_EAGER"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=7200)
    return done.returncode, done.stdout + done.stderr, done.stdout.strip().splitlines()[-1:]


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("eager, threads", MODES, ids=[f"{'eager' if e else 'lazy'}-{t}" for e, t in MODES])
def test_random_programs_equal_numpy(tests_directory, eager, threads):
    code, output, _ = run(tests_directory, eager, threads)
    assert code == 0, output


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("eager, threads", MODES[1:], ids=[f"{'eager' if e else 'lazy'}-{t}" for e, t in MODES[1:]])
def test_every_mode_gives_the_same_bits(tests_directory, eager, threads):
    first, this = run(tests_directory, *MODES[0]), run(tests_directory, eager, threads)
    assert first[2] and first[2][0].startswith("digest"), first[1]
    assert first[2] == this[2], f"{first[1]}\n{this[1]}"


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("eager", [False, True], ids=["lazy", "eager"])
def test_comparing_after_every_step(tests_directory, eager):
    code, output, _ = run(tests_directory, eager, 2, "--full", f"--programs={PROGRAMS // 4}", "--first=1000000")
    assert code == 0, output
