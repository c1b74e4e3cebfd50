"""`Generator` and `default_rng`: the native distributions, and what is made of them."""

import copyreg
import math
import operator

from .._core import ndarray
from .._core import numpy as _core
from ._bit_generators import PCG64, BitGenerator
from ._legacy import RandomState
from ._selections import Streams, axis_of, is_integer, shape_of

_WORDS = {"a": "a", "p": "p", "P": "P"}


class Generator(Streams):
    """NumPy's generator of today: the same methods, and for the same seed the same numbers, bit for bit.

    Results are float64, int64 or what `dtype` says, as in NumPy, and every method takes `device` (or `ctx`).

    Parameters
    ----------
    bit_generator : BitGenerator

    Raises
    ------
    ValueError
        A class instead of a generator.

    Examples
    --------
    >>> np.random.Generator(np.random.PCG64(12345)).random()
    0.22733602246716966
    """

    __slots__ = ()

    def __new__(cls, bit_generator):
        if isinstance(bit_generator, type):
            raise ValueError("Invalid bit generator. The bit generator must be instantiated.")
        if not isinstance(bit_generator, BitGenerator):
            raise TypeError(f"Generator wants one of the bit generators of this module, not {type(bit_generator)}")
        return super().__new__(cls, bit_generator)

    def __reduce__(self):
        return copyreg.__newobj__, (type(self), self.bit_generator)

    def spawn(self, n_children):
        """Generators that are independent of this one and of each other.

        Parameters
        ----------
        n_children : int

        Returns
        -------
        list of Generator

        Raises
        ------
        ValueError
            A negative number.

        Examples
        --------
        >>> len(np.random.default_rng(1).spawn(3))
        3
        """
        return [type(self)(bits) for bits in self.bit_generator.spawn(n_children)]

    def integers(self, low, high=None, size=None, dtype="int64", endpoint=False, *, device=None, ctx=None):
        """Integers between `low` (included) and `high` (excluded, unless `endpoint`); with one bound, from 0.

        Parameters
        ----------
        low, high : array_like of int
        size : int or tuple of ints, optional
        dtype : dtype, optional
            An integer dtype or bool; int64 by default.
        endpoint : bool, optional
        device, ctx : Device, optional

        Returns
        -------
        ndarray
            A Python number for `dtype=int` or `bool` without a size.

        Raises
        ------
        ValueError
            An empty range, or one that the dtype cannot hold.

        Examples
        --------
        >>> np.random.default_rng(12345).integers(0, 10, size=3)
        array([6, 2, 7], dtype=int64)
        """
        return self._integers("integers", low, high, size, dtype, endpoint, device, ctx)

    def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True, *, device=None, ctx=None):
        """Elements (or rows along an axis) of an array, or numbers below an integer.

        Parameters
        ----------
        a : int or array_like
        size : int or tuple of ints, optional
        replace : bool, optional
            Whether an element may come more than once.
        p : array_like, optional
            Probabilities; all equally likely by default.
        axis : int, optional
        shuffle : bool, optional
            False leaves samples without replacement in any order, which is quicker.
        device, ctx : Device, optional

        Returns
        -------
        int or ndarray

        Raises
        ------
        ValueError
            A sample larger than the population, or probabilities that are none.

        Examples
        --------
        >>> sorted(np.random.default_rng(1).choice(4, size=4, replace=False).tolist())
        [0, 1, 2, 3]
        """
        shape = shape_of(size)
        count = math.prod(shape)
        rows = None if is_integer(a) else _core.asarray(a)
        if rows is None:
            population = operator.index(a)
            if population <= 0 and count:
                raise ValueError("choice: a must be a positive integer unless no samples are taken")
        elif rows.ndim == 0:
            raise ValueError(f"choice: a must be a sequence or an integer, not {type(a)}")
        else:
            population = rows.shape[axis_of(axis, rows.ndim)]
            if population == 0 and count:
                raise ValueError("choice: a cannot be empty unless no samples are taken")
        if p is not None:
            self._probabilities(p, population, _WORDS)
        if count < 0:
            raise ValueError("negative dimensions are not allowed")
        if not replace and count > population:
            raise ValueError("choice: Cannot take a larger sample than population when replace is False")
        if p is not None:
            places = self._weighted(p, count, replace)
        elif replace:
            places = self.integers(0, population, shape)
        else:
            places = self._sample(population, count, shuffle)
        return self._pick(a, rows, places, size, shape, axis, device, ctx)

    def multivariate_normal(
        self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd", device=None, ctx=None
    ):
        """Correlated normal vectors. The draws are NumPy's; the factor of the covariance is ours, so that vectors agree
        to rounding for Cholesky's factor, and up to the signs of eigenvectors for the others.

        Parameters
        ----------
        mean : array_like
            (n,)
        cov : array_like
            (n, n), symmetric and positive-semidefinite.
        size : int or tuple of ints, optional
        check_valid : str, optional
            'warn', 'raise' or 'ignore' where the covariance is none.
        tol : float, optional
        method : str, optional
            'svd', 'eigh' or 'cholesky' (which wants a positive definite covariance).
        device, ctx : Device, optional

        Returns
        -------
        ndarray of float64
            (shape of the draw..., n)

        Raises
        ------
        ValueError
            Shapes that do not fit, or a covariance that is none.

        Examples
        --------
        >>> np.random.default_rng(1).multivariate_normal([0, 1], [[1, 0.5], [0.5, 2]], size=3).shape
        (3, 2)
        """
        if method not in ("eigh", "svd", "cholesky"):
            raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
        return self._correlated(mean, cov, size, check_valid, tol, method, device, ctx)

    def shuffle(self, x, axis=0):
        """Puts an array or a mutable sequence into a random order, in place.

        Parameters
        ----------
        x : ndarray or sequence
        axis : int, optional

        Raises
        ------
        ValueError
            An array that cannot be written.

        Examples
        --------
        >>> x = list(range(5))
        >>> np.random.default_rng(1).shuffle(x)
        >>> sorted(x)
        [0, 1, 2, 3, 4]
        """
        self._reorder(x, axis)

    def permutation(self, x, axis=0, *, device=None, ctx=None):
        """A copy in a random order along an axis, or the numbers below an integer in one.

        Parameters
        ----------
        x : int or array_like
        axis : int, optional
        device, ctx : Device, optional

        Returns
        -------
        ndarray

        Raises
        ------
        numpy.exceptions.AxisError
            An axis that the array does not have.

        Examples
        --------
        >>> np.random.default_rng(1).permutation(4).shape
        (4,)
        """
        return self._permute(x, axis, device, ctx)

    def permuted(self, x, *, axis=None, out=None):
        """A copy in which each line along an axis has an order of its own; without an axis, all elements mixed.

        Parameters
        ----------
        x : array_like
        axis : int, optional
        out : ndarray, optional

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            An `out` of another shape.

        Examples
        --------
        >>> np.random.default_rng(1).permuted(np.ones((2, 3)), axis=1).shape
        (2, 3)
        """
        x = _core.asarray(x)
        if out is None:
            out = x.copy(order="K")
        elif not isinstance(out, ndarray):
            raise TypeError("permuted: out must be an mxnet array")
        elif out.shape != x.shape:
            raise ValueError("permuted: out must have the same shape as x")
        elif not out.flags.writeable:
            raise ValueError("permuted: out is read-only")
        if axis is None:
            mixed = self._mix(x, out)
        else:
            axis = axis_of(axis, x.ndim)
            lines = _core.moveaxis(x, axis, -1)
            order = self._order(lines.shape[-1], math.prod(lines.shape[:-1]))
            mixed = _core.moveaxis(_core.take_along_axis(lines, order.reshape(lines.shape), axis=-1), -1, axis)
        if not _core.can_cast(x.dtype, out.dtype):
            raise TypeError(f"permuted: Cannot cast array data from {x.dtype!r} to {out.dtype!r} by the rule 'safe'")
        out[...] = mixed
        return out

    def _mix(self, x, out):
        """All elements in a random order; an array in Fortran order is mixed in that order."""
        if x.ndim == 0:
            raise TypeError("permuted: an array without axes has no order")
        if out.flags.f_contiguous and not out.flags.c_contiguous:
            return x.T.reshape(-1).take(self._order(x.size)).reshape(x.shape[::-1]).T
        return x.reshape(-1).take(self._order(x.size)).reshape(x.shape)


def default_rng(seed=None):
    """A generator over `PCG64` that gives NumPy's numbers for NumPy's seeds.

    Parameters
    ----------
    seed : int, sequence of ints, SeedSequence, BitGenerator, Generator or RandomState, optional
        A generator comes back as it is.

    Returns
    -------
    Generator

    Raises
    ------
    TypeError, ValueError
        A seed that is none.

    Examples
    --------
    >>> rng = np.random.default_rng(42)
    >>> rng.random()
    0.7739560485559633
    >>> rng.integers(0, 100, size=3)
    array([65, 43, 43], dtype=int64)
    """
    if isinstance(seed, Generator):
        return seed
    if isinstance(seed, RandomState):
        return Generator(seed.bit_generator)
    return Generator(seed if isinstance(seed, BitGenerator) else PCG64(seed))
