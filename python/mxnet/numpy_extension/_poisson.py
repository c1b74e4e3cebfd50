"""Poisson draws by MXNet's names, whose shape comes after that of the rates. Exported by `npx`; made of
`np.random.poisson`."""

from .. import numpy as _np
from ..numpy import random as _random

__all__ = ["scalar_poisson", "tensor_poisson"]


def _shape(given):
    return (given,) if isinstance(given, int) else tuple(given or ())


def scalar_poisson(lam=1, shape=None, ctx=None, dtype=None, *, device=None):
    """Poisson draws of one rate.

    Parameters
    ----------
    lam : float, optional
    shape : int or tuple of ints, optional
    ctx, device : Device, optional
    dtype : dtype, optional
        float32 by default.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A negative rate.

    Examples
    --------
    >>> npx.scalar_poisson(4, shape=(2, 3)).shape
    (2, 3)
    """
    return _random.poisson(lam, _shape(shape), dtype or "float32", device=device or ctx)


def tensor_poisson(lam, shape=(), dtype=None):
    """Poisson draws for every rate.

    Parameters
    ----------
    lam : array_like
    shape : int or tuple of ints, optional
        How many draws for each rate.
    dtype : dtype, optional
        float32 by default.

    Returns
    -------
    ndarray
        Of shape `lam.shape + shape`.

    Raises
    ------
    ValueError
        A negative rate.

    Examples
    --------
    >>> npx.tensor_poisson(np.array([1., 20.]), shape=(2, 3)).shape
    (2, 2, 3)
    """
    lam, shape = _np.array(lam), _shape(shape)
    spread = _np.broadcast_to(lam.reshape(lam.shape + (1,) * len(shape)), lam.shape + shape)
    return _random.poisson(spread, dtype=dtype or "float32")
