"""`Generator` and `RandomState`: the native distributions, and what is made of them: selections, orders, integers.
Used by `random`."""

import copyreg
import math
import operator
import warnings
from collections.abc import Sequence

from .._core import ndarray
from .._core import numpy as _core
from ..base import MXNetAxisError, MXNetLinAlgError
from ._bit_generators import MT19937, PCG64, BitGenerator

_native = _core._random


def _shape(size):
    """`size` as a tuple."""
    if size is None:
        return ()
    if hasattr(size, "__index__") and not getattr(size, "ndim", 0):
        return (operator.index(size),)
    return tuple(operator.index(length) for length in size)


def _axis(axis, ndim):
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise MXNetAxisError(axis, ndim)
    return axis % ndim


def _is_integer(x):
    return hasattr(x, "__index__") and getattr(x, "ndim", 0) == 0


def _is_array(x):
    return hasattr(x, "ndim") and hasattr(x, "dtype")


def _tolerance(p):
    """How far from 1 the sum of probabilities may be: by the precision of their dtype."""
    name = str(getattr(p, "dtype", "float64"))
    return {"float32": 2**-11.5, "float16": 2**-5, "bfloat16": 2**-3.5}.get(name, 2**-26)


class _Streams(_native._Draws):
    """Selections and orders, which `Generator` and `RandomState` share."""

    __slots__ = ()

    def __str__(self):
        return f"{type(self).__name__}({type(self.bit_generator).__name__})"

    def __repr__(self):
        return f"{self} at 0x{id(self):X}"

    def _probabilities(self, p, population, words):
        """Checks probabilities of a choice."""
        total, negative, shape = self._weigh(p)
        if len(shape) != 1:
            raise ValueError(f"choice: {words['p']} must be 1-dimensional")
        if shape[0] != population:
            raise ValueError(f"choice: {words['a']} and {words['p']} must have same size")
        if math.isnan(total):
            raise ValueError(f"choice: {words['P']}robabilities contain NaN")
        if negative:
            raise ValueError(f"choice: {words['P']}robabilities are not non-negative")
        if abs(total - 1.0) > _tolerance(p):
            raise ValueError(f"choice: {words['P']}robabilities do not sum to 1 (they sum to {total})")

    def _reorder(self, x, axis):
        """Puts an array or a sequence into a random order along an axis, in place."""
        count = len(x)
        if _is_array(x):
            if not x.flags.writeable:
                raise ValueError("array is read-only")
            axis = _axis(axis, x.ndim)
            if x.size:
                order = self._order(x.shape[axis])
                order = order if isinstance(x, ndarray) else order.asnumpy()
                x[...] = x.take(order, axis=axis)
            return
        if not isinstance(x, Sequence):
            warnings.warn(
                f"you are shuffling a '{type(x).__name__}' object which is not a subclass of 'Sequence'; "
                "`shuffle` is not guaranteed to behave correctly. E.g., non-numpy array/tensor objects with view "
                "semantics may contain duplicates after shuffling.",
                UserWarning,
                stacklevel=3,
            )
        if axis != 0:
            raise NotImplementedError("Axis argument is only supported on ndarray objects")
        items = [x[place] for place in self._order(count).tolist()]
        for place, item in enumerate(items):
            x[place] = item

    def _permute(self, x, axis, device, ctx):
        if _is_integer(x):
            return _moved(self._order(max(operator.index(x), 0)), device, ctx)
        x = _core.asarray(x)
        axis = _axis(axis, x.ndim)
        return _moved(x.take(self._order(x.shape[axis]), axis=axis), device, ctx)

    def _correlated(self, mean, cov, size, check_valid, tol, method, device, ctx):
        """Normal vectors with a covariance."""
        mean, cov = _double(mean), _double(cov)
        if mean.ndim != 1:
            raise ValueError("multivariate_normal: mean must be 1 dimensional")
        if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
            raise ValueError("multivariate_normal: cov must be 2 dimensional and square")
        if mean.shape[0] != cov.shape[0]:
            raise ValueError("multivariate_normal: mean and cov must have same length")
        if check_valid not in ("warn", "raise", "ignore"):
            raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
        factored = self._factor(cov, method, tol)
        if factored is None:
            raise MXNetLinAlgError("multivariate_normal: cov is not positive definite")
        factor, valid = factored
        if not valid and check_valid == "raise":
            raise ValueError("multivariate_normal: covariance is not symmetric positive-semidefinite.")
        if not valid and check_valid == "warn":
            message = "covariance is not symmetric positive-semidefinite."
            warnings.warn(message, RuntimeWarning, stacklevel=3)
        shape = (*_shape(size), mean.shape[0])
        normal = self.standard_normal(shape).reshape(-1, mean.shape[0])
        return _moved((mean + _core.matmul(normal, factor.T)).reshape(shape), device, ctx)

    def _pick(self, a, rows, places, size, shape, axis, device, ctx):
        """What was chosen: places themselves, or rows of an array."""
        if rows is None:
            return int(places.item()) if size is None else _moved(places.reshape(shape), device, ctx)
        places = int(places.item()) if size is None else places.reshape(shape)
        return _moved(rows.take(places, axis=axis), device, ctx)


def _double(x):
    x = _core.asarray(x, dtype=None if hasattr(x, "dtype") else "float64")
    if x.dtype.kind == "c":
        raise TypeError("multivariate_normal: mean and cov must not be complex")
    return x.astype("float64")


def _moved(x, device, ctx):
    place = device if ctx is None else ctx
    return x if place is None else x.to_device(place)


_TODAY = {"a": "a", "p": "p", "P": "P"}
_LEGACY = {"a": "'a'", "p": "'p'", "P": "p"}


class Generator(_Streams):
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
        shape = _shape(size)
        count = math.prod(shape)
        rows = None if _is_integer(a) else _core.asarray(a)
        if rows is None:
            population = operator.index(a)
            if population <= 0 and count:
                raise ValueError("choice: a must be a positive integer unless no samples are taken")
        elif rows.ndim == 0:
            raise ValueError(f"choice: a must be a sequence or an integer, not {type(a)}")
        else:
            population = rows.shape[_axis(axis, rows.ndim)]
            if population == 0 and count:
                raise ValueError("choice: a cannot be empty unless no samples are taken")
        if p is not None:
            self._probabilities(p, population, _TODAY)
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
            axis = _axis(axis, x.ndim)
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


class RandomState(_Streams):
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
        """Numbers in [0, 1) of the shape that the arguments give.

        Examples
        --------
        >>> np.random.RandomState(0).rand(2, 3).shape
        (2, 3)
        """
        return self.random(args if args else None)

    def randn(self, *args):
        """Standard normal numbers of the shape that the arguments give.

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
        shape = _shape(size)
        count = math.prod(shape)
        rows = None if _is_integer(a) else _core.asarray(a)
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
            self._probabilities(p, population, _LEGACY)
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
        if not _is_integer(x) and _core.asarray(x).ndim < 1:
            raise IndexError("x must be an integer or at least 1-dimensional")
        return self._permute(x, 0, device, ctx)


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
    array([43, 85,  8], dtype=int64)
    """
    if isinstance(seed, Generator):
        return seed
    if isinstance(seed, RandomState):
        return Generator(seed.bit_generator)
    return Generator(seed if isinstance(seed, BitGenerator) else PCG64(seed))


__all__ = ["Generator", "RandomState", "default_rng"]
