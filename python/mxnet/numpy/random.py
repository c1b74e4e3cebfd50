"""Random numbers: counter-based, the same on any number of threads."""

from .. import _core

globals().update((name, value) for name, value in vars(_core.random).items() if not name.startswith("_"))
