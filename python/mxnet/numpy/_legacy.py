"""`RandomState`: the native distributions in the legacy manner, and what is made of them."""

import copyreg
import math
import operator
import warnings

from .._core import numpy as _core
from ._bit_generators import MT19937, BitGenerator
from ._selections import Streams, is_integer, shape_of

_WORDS = {"a": "'a'", "p": "'p'", "P": "p"}


class RandomState(Streams):
    """NumPy's legacy generator with its frozen algorithms: for the same seed the same numbers, bit for bit.

    Parameters
    ----------
    seed : int, array_like of int or BitGenerator, optional

    Raises
    ------
    ValueError
        A seed outside 0..2**32 - 1.

    Examples
    --------
    >>> np.random.RandomState(0).standard_normal()
    1.764052345967664
    """

    __slots__ = ()

    def __new__(cls, seed=None):
        bits = seed
        if not isinstance(seed, BitGenerator):
            bits = MT19937(0)
            bits._legacy_seeding(seed)
        return super().__new__(cls, bits, True)

    def __reduce__(self):
        return copyreg.__newobj__, (type(self), self.bit_generator), self.get_state(legacy=False)

    def __setstate__(self, state):
        self.set_state(state)

    def seed(self, seed=None):
        """Starts anew from a seed.

        Parameters
        ----------
        seed : int or array_like of int, optional

        Raises
        ------
        TypeError
            The bit generator is not MT19937.

        Examples
        --------
        >>> state = np.random.RandomState(1)
        >>> state.seed(0)
        >>> state.standard_normal()
        1.764052345967664
        """
        if not isinstance(self.bit_generator, MT19937):
            raise TypeError("can only re-seed a MT19937 BitGenerator")
        self.bit_generator._legacy_seeding(seed)
        self._set_gauss(False, 0.0)

    def get_state(self, legacy=True):
        """The state: NumPy's tuple, or its dict.

        Parameters
        ----------
        legacy : bool, optional

        Returns
        -------
        tuple or dict

        Examples
        --------
        >>> np.random.RandomState(1).get_state()[0]
        'MT19937'
        """
        state = self.bit_generator.state
        full, value = self._get_gauss()
        state["has_gauss"], state["gauss"] = int(full), value
        if state["bit_generator"] != "MT19937" and legacy:
            warnings.warn(
                "get_state and legacy can only be used with the MT19937 BitGenerator. To silence this warning, set "
                "`legacy` to False.",
                RuntimeWarning,
                stacklevel=2,
            )
            legacy = False
        if legacy:
            words = state["state"]
            return state["bit_generator"], words["key"], words["pos"], state["has_gauss"], state["gauss"]
        return state

    def set_state(self, state):
        """Continues from a state, which may be NumPy's own.

        Parameters
        ----------
        state : tuple or dict

        Raises
        ------
        ValueError
            The state of another generator.

        Examples
        --------
        >>> state = np.random.RandomState(1)
        >>> state.set_state(np.random.RandomState(0).get_state())
        >>> state.standard_normal()
        1.764052345967664
        """
        if isinstance(state, dict):
            if "bit_generator" not in state or "state" not in state:
                raise ValueError("state dictionary is not valid.")
        elif not isinstance(state, (tuple, list)):
            raise TypeError("state must be a dict or a tuple.")
        elif state[0] != "MT19937":
            raise ValueError("set_state can only be used with legacy MT19937 state instances.")
        else:
            gauss = dict(zip(("has_gauss", "gauss"), state[3:], strict=False))
            state = {"bit_generator": state[0], "state": {"key": state[1], "pos": state[2]}, **gauss}
        self.bit_generator.state = state
        self._set_gauss(bool(state.get("has_gauss", 0)), float(state.get("gauss", 0.0)))

    def random_sample(self, size=None, *, device=None, ctx=None):
        """Numbers in [0, 1), all equally likely.

        Parameters
        ----------
        size : int or tuple of ints, optional
        device, ctx : Device, optional

        Returns
        -------
        float or ndarray

        Examples
        --------
        >>> np.random.RandomState(0).random_sample()
        0.5488135039273248
        """
        return self.random(size, device=device, ctx=ctx)

    def standard_exponential(self, size=None, *, device=None, ctx=None):
        """Exponentially distributed numbers with mean 1.

        Parameters
        ----------
        size : int or tuple of ints, optional
        device, ctx : Device, optional

        Returns
        -------
        float or ndarray

        Examples
        --------
        >>> np.random.RandomState(0).standard_exponential(2).shape
        (2,)
        """
        return super().standard_exponential(size, device=device, ctx=ctx)

    def rand(self, *args):
        """Numbers in [0, 1).

        Parameters
        ----------
        *args : int
            Lengths of the axes.

        Returns
        -------
        ndarray of float64

        Examples
        --------
        >>> np.random.RandomState(0).rand(2, 3).shape
        (2, 3)
        """
        return self.random(args if args else None)

    def randn(self, *args):
        """Standard normal numbers.

        Parameters
        ----------
        *args : int
            Lengths of the axes.

        Returns
        -------
        ndarray of float64

        Examples
        --------
        >>> np.random.RandomState(0).randn(2, 3).shape
        (2, 3)
        """
        return self.standard_normal(args if args else None)

    def tomaxint(self, size=None):
        """Integers between 0 and the largest of 64 bits.

        Parameters
        ----------
        size : int or tuple of ints, optional

        Returns
        -------
        int or ndarray of int64

        Examples
        --------
        >>> np.random.RandomState(0).tomaxint(2).shape
        (2,)
        """
        return self._positive(size)

    def randint(self, low, high=None, size=None, dtype=int, *, device=None, ctx=None):
        """Integers between `low` (included) and `high` (excluded); with one bound, from 0.

        Parameters
        ----------
        low, high : array_like of int
        size : int or tuple of ints, optional
        dtype : dtype, optional
        device, ctx : Device, optional

        Returns
        -------
        int or ndarray

        Raises
        ------
        ValueError
            An empty range, or one that the dtype cannot hold.

        Examples
        --------
        >>> np.random.RandomState(0).randint(0, 10, 4)
        array([5, 0, 3, 3], dtype=int64)
        """
        return self._integers("randint", low, high, size, dtype, False, device, ctx)

    def random_integers(self, low, high=None, size=None):
        """Integers between `low` and `high`, both included; deprecated in favour of `randint`.

        Parameters
        ----------
        low, high : int
        size : int or tuple of ints, optional

        Returns
        -------
        int or ndarray

        Examples
        --------
        >>> import warnings
        >>> with warnings.catch_warnings(record=True):
        ...     np.random.RandomState(0).random_integers(1, 6, 3).shape
        (3,)
        """
        low, high = (1, low) if high is None else (low, high)
        warnings.warn(
            f"This function is deprecated. Please call randint({low}, {high} + 1) instead",
            DeprecationWarning,
            stacklevel=2,
        )
        return self.randint(low, int(high) + 1, size=size)

    def choice(self, a, size=None, replace=True, p=None, *, device=None, ctx=None):
        """Elements of a 1-D array, or numbers below an integer.

        Parameters
        ----------
        a : int or array_like
        size : int or tuple of ints, optional
        replace : bool, optional
        p : array_like, optional
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
        >>> np.random.RandomState(0).choice(5, 3)
        array([4, 0, 3], dtype=int64)
        """
        shape = shape_of(size)
        count = math.prod(shape)
        rows = None if is_integer(a) else _core.asarray(a)
        if rows is None:
            population = operator.index(a)
            if population <= 0 and count:
                raise ValueError("choice: a must be greater than 0 unless no samples are taken")
        elif rows.ndim != 1:
            raise ValueError("choice: a must be 1-dimensional" + (" or an integer" if rows.ndim == 0 else ""))
        else:
            population = rows.shape[0]
            if population == 0 and count:
                raise ValueError("choice: 'a' cannot be empty unless no samples are taken")
        if p is not None:
            self._probabilities(p, population, _WORDS)
        if not replace and count > population:
            raise ValueError("choice: Cannot take a larger sample than population when 'replace=False'")
        if count < 0:
            raise ValueError("Negative dimensions are not allowed")
        if p is not None:
            places = self._weighted(p, count, replace)
        elif replace:
            places = self.randint(0, population, shape, "int64")
        else:
            places = self._order(population)[:count]
        return self._pick(a, rows, places, size, shape, 0, device, ctx)

    def multivariate_normal(self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, device=None, ctx=None):
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
        >>> np.random.RandomState(1).multivariate_normal([0, 1], [[1, 0.5], [0.5, 2]], size=3).shape
        (3, 2)
        """
        return self._correlated(mean, cov, size, check_valid, tol, "svd", device, ctx)

    def shuffle(self, x):
        """Puts an array (along its first axis) or a mutable sequence into a random order, in place.

        Parameters
        ----------
        x : ndarray or sequence

        Examples
        --------
        >>> x = list(range(5))
        >>> np.random.RandomState(1).shuffle(x)
        >>> sorted(x)
        [0, 1, 2, 3, 4]
        """
        self._reorder(x, 0)

    def permutation(self, x, *, device=None, ctx=None):
        """A copy in a random order along the first axis, or the numbers below an integer in one.

        Parameters
        ----------
        x : int or array_like
        device, ctx : Device, optional

        Returns
        -------
        ndarray

        Examples
        --------
        >>> np.random.RandomState(1).permutation(4).shape
        (4,)
        """
        if not is_integer(x) and _core.asarray(x).ndim < 1:
            raise IndexError("x must be an integer or at least 1-dimensional")
        return self._permute(x, 0, device, ctx)
