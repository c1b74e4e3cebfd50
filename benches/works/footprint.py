"""What it costs to have the package, and to train with it: import beyond NumPy's own, the wheel's size, memory."""

import functools
import statistics
import subprocess
import sys
from pathlib import Path

from works import Gauge
from works.training import MODELS

IMPORT = "import numpy, time; start = time.perf_counter(); import mxnet; print(time.perf_counter() - start)"
MEMORY = Path(__file__).parents[1] / "memory.py"


def answer(*command: str) -> float | None:
    """The number that a program prints; None where it fails."""
    run = subprocess.run([sys.executable, *command], capture_output=True, text=True)
    return None if run.returncode else float(run.stdout)


def import_milliseconds():
    runs = [answer("-c", IMPORT) for _ in range(9)]
    return None if None in runs else statistics.median(runs) * 1e3


def wheel_megabytes():
    wheels = sorted(Path("target/wheels").glob("*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    return wheels[-1].stat().st_size / 1e6 if wheels else None


def quotient(above: tuple[str, ...], below: tuple[str, ...]):
    first, second = answer(str(MEMORY), *above), answer(str(MEMORY), *below)
    return first / second if first is not None and second else None


PEERS = ()

WORKS = [
    Gauge("import mxnet, beyond NumPy's own", import_milliseconds, 60, "ms"),
    Gauge("wheel", wheel_megabytes, 15, "MB"),
    *(
        Gauge(
            f"memory kept for backward, {name}",
            functools.partial(quotient, ("saved", "mxnet", name), ("saved", "torch", name)),
            1.005,
            "x PyTorch's",
        )
        for name in MODELS
    ),
    Gauge(
        "memory of attention, 4096 against 2048 steps",
        functools.partial(quotient, ("attention", "4096"), ("attention", "2048")),
        2.1,
        "x",
    ),
]
