"""Joining by subscripts: `r_` and `c_`. Strings steer as in NumPy; matrices do not exist here."""

from .._core import numpy as _np
from ._grids import _axis_values

__all__ = ["c_", "r_"]

_NUMBERS = (bool, int, float, complex)


class _Joiner:
    """Slices become ranges, and all items are concatenated along an axis.

    >>> np.r_[np.array([1, 2]), 0, 3:5]
    array([1., 2., 0., 3., 4.])
    >>> np.c_[np.array([1, 2]), np.array([3, 4])]
    array([[1., 3.],
           [2., 4.]])
    """

    def __init__(self, axis=0, ndmin=1, axes_first=-1):
        self._axis, self._ndmin, self._axes_first = axis, ndmin, axes_first

    def __getitem__(self, key):
        items = key if isinstance(key, tuple) else (key,)
        axis, ndmin, first = self._axis, self._ndmin, self._axes_first
        if items and isinstance(items[0], str):
            axis, ndmin, first = self._steered(items[0])
            items = items[1:]
        parts = [self._part(item, ndmin, first) for item in items]
        numbers = [item for item in items if isinstance(item, _NUMBERS)]
        if 0 < len(numbers) < len(items):
            # numbers take part with their kind only, as operands do
            others = (part for part, item in zip(parts, items, strict=True) if not isinstance(item, _NUMBERS))
            dtype = _np.result_type(*others, *numbers)
            parts = [part.astype(dtype) for part in parts]
        return _np.concatenate(parts, axis=axis)

    def _steered(self, text):
        if text in ("r", "c"):
            raise TypeError(
                f"r_['{text}', ...] makes a matrix, which does not exist here; use two axes: r_['0,2', ...]"
            )
        try:
            numbers = [int(part) for part in text.split(",")]
            axis, ndmin, first = (*numbers, *(self._ndmin, self._axes_first)[len(numbers) - 1 :])  # type: ignore[misc]
        except ValueError:
            raise ValueError("unknown special directive") from None
        return axis, ndmin, first

    def _part(self, item, ndmin, first):
        if isinstance(item, slice):
            part, own = _axis_values(item), 1
        else:
            part = _np.asarray(item)
            own = part.ndim
        missing = ndmin - part.ndim
        if missing <= 0:
            return part
        part = part.reshape((1,) * missing + tuple(part.shape))
        if own == 0 or first == -1:
            return part
        # the item's own axes begin at place `first`, ones are added behind
        start = first + own + missing if first < 0 else first
        order = list(range(missing))
        order[start:start] = range(missing, ndmin)
        return part.transpose(order[:ndmin])

    def __len__(self):
        return 0


r_ = _Joiner()
c_ = _Joiner(-1, 2, 0)
