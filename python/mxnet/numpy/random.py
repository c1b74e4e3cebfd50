"""Random numbers. Counter-based: a seed gives the same numbers with any number of threads and on any device.

Parameters of distributions are numbers or arrays, sizes are `None`, a length or a shape, and every distribution takes
`dtype`, `device` (or `ctx`) and mostly `out`. Gradients flow to parameters that shift or scale.
"""

from .._core import numpy as _core_functions

_functions = {name: value for name, value in vars(_core_functions._random).items() if not name.startswith("_")}
globals().update(_functions)

__all__ = sorted(_functions)


def __dir__():
    return __all__
