"""How each library runs a work: its namespace, its arrays, its way of waiting for a result.

A library that is not installed is left out; one that lacks a function shows as missing in its row. `workers.py` asks
`prepare` for a function that times a number of calls; nothing else here is its business.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import os
import time
from collections.abc import Callable, Mapping

import numpy

from works import OURS, Routine, Statement, Work

#: times that many calls, in seconds
Timer = Callable[[int], float]

#: set by `compare.py --single` for its worker processes: one thread each, and processor time instead of the clock, so
#: that other load on the machine hardly matters
SINGLE = bool(os.environ.get("MXNET_BENCH_SINGLE"))
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
THREADS = 1 if SINGLE else CORES
clock = time.process_time if SINGLE else time.perf_counter


class Missing(Exception):
    """The library has no such function."""


class Library:
    """NumPy, and what the others inherit."""

    name = "numpy"
    title = "NumPy"

    def __init__(self) -> None:
        self.namespace = numpy
        self.version = numpy.__version__

    def array(self, source: numpy.ndarray):
        return source.copy()

    def wrap(self, call: Callable) -> Callable:
        """The call with the namespace bound."""
        namespace = self.namespace
        return lambda **inputs: call(namespace, **inputs)

    def wait(self, result) -> None:
        """Return when the result's bytes exist."""

    def mode(self, work: Work | Statement | Routine) -> contextlib.AbstractContextManager:
        """What must be switched on while the work is prepared and timed."""
        return contextlib.nullcontext()

    def prepare(self, work: Work | Statement | Routine, inputs: Mapping[str, numpy.ndarray]) -> Timer:
        if isinstance(work, Routine):
            if self.name not in work.builds:
                raise Missing
            return self._routine_timer(work, {name: self.array(value) for name, value in inputs.items()})
        own = work.special.get(self.name, work.statement if isinstance(work, Statement) else work.call)
        if own is None:
            raise Missing
        arrays = {name: self.array(value) for name, value in inputs.items()}
        return self._statement_timer(own, arrays) if isinstance(own, str) else self._call_timer(work, own, arrays)

    def _call_timer(self, work: Work, call: Callable, arrays: dict) -> Timer:
        call, wait = self.wrap(call), self.wait

        def timer(count: int) -> float:
            with self.mode(work):
                start = clock()
                for _ in range(count):
                    wait(call(**arrays))
                return clock() - start

        return timer

    def _routine_timer(self, work: Routine, arrays: dict) -> Timer:
        with self.mode(work):
            call, wait = work.builds[self.name](**arrays), self.wait

        def timer(count: int) -> float:
            with self.mode(work):
                start = clock()
                for _ in range(count):
                    wait(call())
                return clock() - start

        return timer

    def _statement_timer(self, statement: str, arrays: dict) -> Timer:
        """A bare loop over the statement with the arrays as local variables, as `timeit` does it."""
        source = (
            f"def timer(count, {', '.join(arrays)}, xp, clock):\n"
            "    start = clock()\n"
            "    for _ in range(count):\n"
            f"        {statement}\n"
            "    return clock() - start\n"
        )
        names: dict = {}
        exec(source, names)
        timer, xp = names["timer"], self.namespace
        return lambda count: timer(count, **arrays, xp=xp, clock=clock)


class Ours(Library):
    name = OURS
    title = "ours"

    def __init__(self) -> None:
        import mxnet

        if SINGLE:
            mxnet.npx.set_num_threads(1)
        self.namespace = mxnet.np
        self.version = mxnet.__version__

    def array(self, source: numpy.ndarray):
        return self.namespace.array(source, dtype=source.dtype)

    def wait(self, result) -> None:
        if isinstance(result, (tuple, list)):
            for one in result:
                self.wait(one)
        elif isinstance(result, self.namespace.ndarray):
            result.wait_to_read()


class SciPy(Library):
    """Only where a row spells it out or `scipy.linalg` and `scipy.fft` share NumPy's spelling."""

    name = "scipy"
    title = "SciPy"

    def __init__(self) -> None:
        import scipy.fft
        import scipy.linalg

        self.fft = scipy.fft
        self.namespace = scipy
        self.version = scipy.__version__

    def mode(self, work: Work | Statement | Routine) -> contextlib.AbstractContextManager:
        return self.fft.set_workers(THREADS)


class Torch(Library):
    name = "torch"
    title = "PyTorch"

    def __init__(self) -> None:
        import torch

        torch.set_num_threads(THREADS)
        torch.set_grad_enabled(False)
        self.namespace = torch
        self.version = torch.__version__

    def array(self, source: numpy.ndarray):
        return self.namespace.from_numpy(source.copy())

    def mode(self, work: Work | Statement | Routine) -> contextlib.AbstractContextManager:
        wanted = isinstance(work, Routine) and work.gradients
        return self.namespace.enable_grad() if wanted else contextlib.nullcontext()


class Jax(Library):
    """Whole calls are compiled with jax.jit; statements are dispatched eagerly."""

    name = "jax"
    title = "JAX jit"

    def __init__(self) -> None:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax

        jax.config.update("jax_enable_x64", True)  # or float64 rows would run in float32
        self.jax = jax
        self.namespace = jax.numpy
        self.version = jax.__version__

    def array(self, source: numpy.ndarray):
        return self.namespace.asarray(source)

    def wrap(self, call: Callable) -> Callable:
        return self.jax.jit(super().wrap(call))

    def wait(self, result) -> None:
        self.jax.block_until_ready(result)


class Limit(Library):
    """The machine itself: `memmove` on every core (the C library streams past the caches) over the bytes that the work
    must move. No peer; a bound.
    """

    name = "limit"
    title = "memory limit"

    def __init__(self) -> None:
        super().__init__()
        self.pool = concurrent.futures.ThreadPoolExecutor(THREADS)
        traffic = 160_000_000
        timer = self._copy_timer(traffic)
        best = min(timer(1) for _ in range(10))
        self.version = f"{traffic / best / 1e9:.0f} GB/s, read and written, by memmove on every core"

    def prepare(self, work: Work | Statement | Routine, inputs: Mapping[str, numpy.ndarray]) -> Timer:
        traffic = getattr(work, "traffic", 0)
        if not traffic:
            raise Missing
        return self._copy_timer(traffic)

    def _copy_timer(self, traffic: int) -> Timer:
        # Half of the traffic is read, half is written.
        share = traffic // 2 // THREADS
        pairs = [(numpy.ones(share, "uint8"), numpy.ones(share, "uint8")) for _ in range(THREADS)]

        def copy(pair) -> None:
            ctypes.memmove(pair[0].ctypes.data, pair[1].ctypes.data, share)

        def timer(count: int) -> float:
            start = clock()
            for _ in range(count):
                list(self.pool.map(copy, pairs))
            return clock() - start

        return timer


#: ours first
KINDS: dict[str, type[Library]] = {kind.name: kind for kind in (Ours, Library, SciPy, Torch, Jax, Limit)}
