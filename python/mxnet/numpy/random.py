"""Random numbers. Counter-based: a seed gives the same numbers with any number of threads and on any device.

Parameters of distributions are numbers or arrays, sizes are `None`, a length or a shape, and every distribution takes
`dtype`, `device` (or `ctx`) and mostly `out`. Gradients flow to parameters that shift or scale,
and to the shapes of the gamma distribution and of what is made of it.

`default_rng`, `Generator` and `RandomState` draw NumPy's own sequential streams instead: the same seed gives NumPy's
numbers, bit for bit.
"""

import warnings as _warnings

from .._core import numpy as _core_functions
from ._bit_generators import MT19937, PCG64, PCG64DXSM, SFC64, BitGenerator, Philox
from ._generators import Generator, default_rng
from ._legacy import RandomState
from ._seeds import SeedSequence

_functions = {name: value for name, value in vars(_core_functions._random).items() if not name.startswith("_")}
_classes = (BitGenerator, Generator, MT19937, PCG64, PCG64DXSM, Philox, RandomState, SFC64, SeedSequence)
globals().update(_functions)

for _public in (*_classes, default_rng):
    _public.__module__ = __name__

__all__ = sorted([*_functions, *(public.__name__ for public in _classes), "bytes", "default_rng", "random_integers"])


def bytes(length):
    """Random bytes.

    Parameters
    ----------
    length : int

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        A negative length.

    Examples
    --------
    >>> len(np.random.bytes(10))
    10
    """
    return _functions["randint"](0, 256, length, "uint8").tobytes()


def random_integers(low, high=None, size=None):
    """Integers between `low` and `high`, both included; deprecated in favour of `randint`.

    Parameters
    ----------
    low : int
        The upper bound where `high` is missing; the lower one is then 1.
    high : int, optional
    size : int or tuple of ints, optional

    Returns
    -------
    ndarray of int64

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True):
    ...     np.random.random_integers(1, 6, 3).shape
    (3,)
    """
    low, high = (1, low) if high is None else (low, high)
    message = f"This function is deprecated. Please call randint({low}, {high} + 1) instead"
    _warnings.warn(message, DeprecationWarning, stacklevel=2)
    return _functions["randint"](low, int(high) + 1, size)


def __getattr__(name):
    from ._absent import message

    raise AttributeError(message("np.random", name))


def __dir__():
    return __all__
