"""What `Generator` and `RandomState` share beyond the native distributions: selections, orders, correlated vectors."""

import math
import operator
import warnings
from collections.abc import Sequence

from .._core import ndarray
from .._core import numpy as _core
from ..base import MXNetAxisError, MXNetLinAlgError

_native = _core._random


def shape_of(size):
    """`size` as a tuple."""
    if size is None:
        return ()
    if hasattr(size, "__index__") and not getattr(size, "ndim", 0):
        return (operator.index(size),)
    return tuple(operator.index(length) for length in size)


def axis_of(axis, ndim):
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise MXNetAxisError(axis, ndim)
    return axis % ndim


def is_integer(x):
    return hasattr(x, "__index__") and getattr(x, "ndim", 0) == 0


def _is_array(x):
    return hasattr(x, "ndim") and hasattr(x, "dtype")


def _tolerance(p):
    """How far from 1 the sum of probabilities may be: by the precision of their dtype."""
    name = str(getattr(p, "dtype", "float64"))
    return {"float32": 2**-11.5, "float16": 2**-5, "bfloat16": 2**-3.5}.get(name, 2**-26)


class Streams(_native._Draws):  # type: ignore[name-defined]
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
            axis = axis_of(axis, x.ndim)
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
        if is_integer(x):
            return _moved(self._order(max(operator.index(x), 0)), device, ctx)
        x = _core.asarray(x)
        axis = axis_of(axis, x.ndim)
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
        shape = (*shape_of(size), mean.shape[0])
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
