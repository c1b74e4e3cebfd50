"""`nested_iters`: loops in loops over the axes of arrays, each an `nditer`."""

from .._core import numpy as _np
from ._walking import nditer

__all__ = ["nested_iters"]


class _Level(nditer):
    """A loop over some of the axes. Where it stands is where the loop inside it begins."""

    def __init__(self, arrays, axes, inner, options):
        self._whole, self._axes, self._inner = arrays, axes, inner
        self._outside, self._options = {}, options
        super().__init__([self._shown(array) for array in arrays], **options)

    def _shown(self, array):
        """The elements of an array that the loop walks over, as it stands."""
        place = [slice(None) if axis in self._axes else self._outside.get(axis, 0) for axis in range(array.ndim)]
        left = sorted(self._axes)
        return array[tuple(place)].transpose([left.index(axis) for axis in self._axes]) if left else array[tuple(place)]

    def stand(self, outside):
        """Begins again inside of the loops that stand there."""
        self._outside = outside
        dtypes, casting = self._options.get("op_dtypes"), self._options.get("casting", "safe")
        self.operands = tuple(self._shown(array) for array in self._whole)
        self._views = [self._converted(array, at, dtypes, casting) for at, array in enumerate(self.operands)]
        self.reset()

    def _advance(self):
        more = super()._advance()
        if more and self._inner is not None:
            self._inner.stand({**self._outside, **dict(zip(self._axes, self._at, strict=True))})
        return more


def nested_iters(
    op,
    axes,
    flags=None,
    op_flags=None,
    op_dtypes=None,
    order="K",
    casting="safe",
    buffersize=0,
):
    """Loops in loops over the axes of one or several arrays: the inner ones begin again wherever an outer one stands.

    Parameters
    ----------
    op : array_like or sequence of them
        They are broadcast to one shape.
    axes : sequence of sequences of int
        The axes of every loop, from the outermost to the innermost; no axis twice.
    flags, op_flags, op_dtypes, order, casting, buffersize : optional
        As for `nditer`. Each loop walks over its axes in the order in which they are given.

    Returns
    -------
    tuple of nditer

    Raises
    ------
    ValueError
        Fewer than two loops, an axis twice or outside the arrays; and those of `nditer`.

    Examples
    --------
    >>> x = np.arange(6).reshape(2, 3)
    >>> outer, inner = np.nested_iters(x, [[1], [0]], flags=['multi_index'])
    >>> for _ in outer:
    ...     print(outer.multi_index, [float(element) for element in inner])
    (0,) [0.0, 3.0]
    (1,) [1.0, 4.0]
    (2,) [2.0, 5.0]
    """
    axes = [tuple(level) for level in axes]
    if len(axes) < 2:
        raise ValueError("axes must have at least 2 entries for nested iteration")
    operands = list(op) if isinstance(op, (list, tuple)) else [op]
    if any(one is None for one in operands):
        raise ValueError("nested_iters: operands are given; make the result beforehand")
    arrays = [_np.asarray(one) for one in operands]
    shape = _np.broadcast_shapes(*(array.shape for array in arrays))
    arrays = [array if tuple(array.shape) == tuple(shape) else _np.broadcast_to(array, shape) for array in arrays]
    seen = set()
    for axis in (axis for level in axes for axis in level):
        if not 0 <= axis < len(shape):
            raise ValueError("An axis is out of bounds")
        if axis in seen:
            raise ValueError("An axis is used more than once")
        seen.add(axis)
    options = dict(flags=flags, op_flags=op_flags, op_dtypes=op_dtypes, order=order, casting=casting)
    levels = []
    for level in reversed(axes):
        levels.append(_Level(arrays, level, levels[-1] if levels else None, options))
    return tuple(reversed(levels))
