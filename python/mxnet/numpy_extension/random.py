"""`npx.random`: the seed, and draws that NumPy does not have."""

from .. import _core
from ..numpy import broadcast_shapes, shape
from ..numpy import random as _random
from ..numpy.random import seed

__all__ = ["bernoulli", "categorical", "multinomial", "normal_n", "seed", "uniform_n"]

bernoulli = _core.numpy._random._bernoulli
categorical, multinomial = _core.numpy_extension._categorical, _core.numpy_extension._multinomial


def _batch(first, second, batch_shape):
    """The shape of a batch of draws with these parameters."""
    batch = (batch_shape,) if isinstance(batch_shape, int) else tuple(batch_shape or ())
    return batch + broadcast_shapes(shape(first), shape(second))


def uniform_n(low=0.0, high=1.0, batch_shape=None, dtype=None, device=None, *, ctx=None):
    """A batch of uniform draws: the shape of the parameters comes after that of the batch.

    Parameters
    ----------
    low, high : array_like, optional
    batch_shape : int or tuple of ints, optional
    dtype : dtype, optional
    device, ctx : Device, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> npx.random.uniform_n(np.zeros(3), 1, batch_shape=(2,)).shape
    (2, 3)
    """
    return _random.uniform(low, high, _batch(low, high, batch_shape), dtype, device, ctx=ctx)


def normal_n(loc=0.0, scale=1.0, batch_shape=None, dtype=None, device=None, *, ctx=None):
    """A batch of normal draws: the shape of the parameters comes after that of the batch.

    Parameters
    ----------
    loc, scale : array_like, optional
    batch_shape : int or tuple of ints, optional
    dtype : dtype, optional
    device, ctx : Device, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> npx.random.normal_n(np.zeros(3), 1, batch_shape=(2,)).shape
    (2, 3)
    """
    return _random.normal(loc, scale, _batch(loc, scale, batch_shape), dtype, device, ctx=ctx)
