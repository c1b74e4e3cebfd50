"""Random numbers. Counter-based: a seed gives the same numbers with any number of threads and on any device.

Parameters of distributions are numbers or arrays, sizes are `None`, a length or a shape, and every distribution takes
`dtype`, `device` (or `ctx`) and mostly `out`. Gradients flow to parameters that shift or scale.

`default_rng`, `Generator` and `RandomState` draw NumPy's own sequential streams instead: the same seed gives NumPy's
numbers, bit for bit.
"""

from .._core import numpy as _core_functions
from ._bit_generators import MT19937, PCG64, PCG64DXSM, SFC64, BitGenerator, Philox, SeedSequence
from ._generators import Generator, RandomState, default_rng

_functions = {name: value for name, value in vars(_core_functions._random).items() if not name.startswith("_")}
_classes = (BitGenerator, Generator, MT19937, PCG64, PCG64DXSM, Philox, RandomState, SFC64, SeedSequence)
globals().update(_functions)

for _public in (*_classes, default_rng):
    _public.__module__ = __name__

__all__ = sorted([*_functions, *(public.__name__ for public in _classes), "default_rng"])


def __dir__():
    return __all__
