"""What it costs to have the package: import time beyond NumPy's own, and the size of the wheel."""

import statistics
import subprocess
import sys
from pathlib import Path

from works import Gauge

IMPORT = "import numpy, time; start = time.perf_counter(); import mxnet; print(time.perf_counter() - start)"


def import_milliseconds():
    runs = [subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True) for _ in range(9)]
    if any(run.returncode for run in runs):
        return None
    return statistics.median(float(run.stdout) for run in runs) * 1e3


def wheel_megabytes():
    wheels = sorted(Path("target/wheels").glob("*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    return wheels[-1].stat().st_size / 1e6 if wheels else None


WORKS = [
    Gauge("import mxnet, beyond NumPy's own", import_milliseconds, 60, "ms"),
    Gauge("wheel", wheel_megabytes, 15, "MB"),
]
