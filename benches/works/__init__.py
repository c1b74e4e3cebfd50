"""The works that are measured, as rows of data: what to run, against whom, and what is asked of it.

One file per family; each exports `WORKS`. `compare.py` measures them, `libraries.py` knows how each library runs one.
A file of works never measures and never prints.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy

FAMILIES = (
    "dispatch",
    "small",
    "elementwise",
    "chains",
    "math",
    "rows",
    "reduce",
    "layout",
    "edit",
    "sort",
    "matmul",
    "linalg",
    "fft",
    "random",
    "layers",
    "training",
    "footprint",
)

OURS = "mxnet"


@dataclass(frozen=True)
class Need:
    """Our time must be at most the fastest peer's time divided by `ratio`."""

    ratio: float
    peers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.ratio:.3g}x {'/'.join(self.peers)}"


def need(ratio: float, *peers: str) -> Need:
    return Need(ratio, peers)


@dataclass(frozen=True)
class Work:
    """A computation on arrays. `call(xp, **inputs)` is the same source for every library; `special` names the libraries
    that spell it differently (`None`: the library has no such thing). The result is forced inside the timed call.
    """

    name: str
    inputs: Callable[[], Mapping[str, numpy.ndarray]]
    call: Callable
    needs: tuple[Need, ...] = ()
    special: Mapping[str, Callable | None] = field(default_factory=dict)
    #: bytes that must cross the memory bus; gives the row a "limit" column
    traffic: int = 0


@dataclass(frozen=True)
class Statement:
    """A Python statement on tiny arrays, timed in a bare loop, because a function call around it would cost as much as
    the work. `xp` is the library's namespace.
    """

    name: str
    inputs: Callable[[], Mapping[str, numpy.ndarray]]
    statement: str
    needs: tuple[Need, ...] = ()
    special: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Routine:
    """A computation with a state of its own. `builds[library](**inputs)` makes the state (parameters, generators) and
    returns the call to time; libraries that are not named have no such thing. The call's result is forced.
    """

    name: str
    inputs: Callable[[], Mapping[str, numpy.ndarray]]
    builds: Mapping[str, Callable[..., Callable]]
    needs: tuple[Need, ...] = ()
    #: whether PyTorch records what its backward pass needs; elsewhere it must not pay for that
    gradients: bool = False


@dataclass(frozen=True)
class Median:
    """The median over the family's rows whose names start with one of `starts`; its needs are asked of that figure."""

    name: str
    starts: tuple[str, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Gauge:
    """A figure without a peer: `measure()` must stay below `limit`; None where it cannot be taken."""

    name: str
    measure: Callable[[], float | None]
    limit: float
    unit: str


#: what a family's file may hold
Entry = Work | Statement | Routine | Median | Gauge


def family(name: str) -> list[Entry]:
    return importlib.import_module(f"works.{name}").WORKS


def peers(name: str) -> tuple[str, ...]:
    """The libraries that are columns of the family's table, after ours: its `PEERS`, or the usual ones."""
    return getattr(importlib.import_module(f"works.{name}"), "PEERS", ("numpy", "torch", "jax", "limit"))


def compact(name: str) -> bool:
    """Whether the family's table shows only the rows that miss something."""
    return getattr(importlib.import_module(f"works.{name}"), "COMPACT", False)


def normal(*shape: int, dtype: str = "float32", seed: int = 0) -> numpy.ndarray:
    """Reproducible inputs from the normal distribution."""
    return numpy.random.default_rng(seed).standard_normal(shape, dtype="float32").astype(dtype)


def positive(*shape: int, dtype: str = "float32", seed: int = 0) -> numpy.ndarray:
    """Reproducible inputs from 0.5 to 2.5."""
    return (numpy.random.default_rng(seed).random(shape, dtype="float32") * 2 + 0.5).astype(dtype)


def size_name(size: int) -> str:
    """1e5 for 100000."""
    text = f"{size:.0e}".replace("e+0", "e")
    return text if float(text) == size else str(size)
