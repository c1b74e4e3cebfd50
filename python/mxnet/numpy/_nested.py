"""`nested_iters`: loops in loops over the axes of arrays, each an `nditer`."""

from .._core import numpy as _np
from ._nditer import nditer

__all__ = ["nested_iters"]


class _Level(nditer):
    """A loop over some of the axes. Where it stands is where the loop inside it begins. What has to be cast is cast
    once for all loops by `source`."""

    def __init__(self, source, axes, inner, options):
        self._source, self._level_axes, self._inner = source, axes, inner
        self._outside = {}
        super().__init__(self._parts(), **options)

    def _parts(self):
        """The elements that the loop walks over, as it stands."""
        axes, left = self._level_axes, sorted(self._level_axes)
        parts = []
        for array in map(self._source.over_all, range(self._source.nop)):
            place = [slice(None) if axis in axes else self._outside.get(axis, 0) for axis in range(array.ndim)]
            part = array[tuple(place)]
            parts.append(part.transpose([left.index(axis) for axis in axes]) if left else part)
        return parts

    def stand(self, outside):
        """Begins again inside of the loops that stand there."""
        self._flush()
        self._outside = outside
        self._make(self._parts(), None, "no")
        self._begin()

    def _stand(self, place):
        super()._stand(place)
        self._enter()

    def iternext(self, /):
        more = super().iternext()
        self._enter()
        if not more and not self._outside:
            self._source.iterated()
        return more

    def close(self, /):
        super().close()
        self._source.close()

    def _enter(self):
        """The loop inside begins again."""
        if self._inner is not None and not self._done:
            self._inner.stand({**self._outside, **dict(zip(self._level_axes, self._index(), strict=True))})


class _Source(nditer):
    """The operands of all loops together, cast or copied where that is asked for."""

    def iterated(self):
        """The outermost loop is at its end: buffers are written back, copies wait for `close`."""
        if "buffered" in self._flags:
            self._write_back()

    def over_all(self, at):
        """An operand over all axes."""
        view = self._shown[at][tuple(None if axis is None else slice(None) for axis in self._axes[at])]
        return view if tuple(view.shape) == self._full else self._spread(view, self._is_written(at))

    def level_flags(self):
        """What the loops do with the operands; the source casts and copies."""
        return [[flag for flag in row if flag in ("readonly", "readwrite", "writeonly")] for row in self._modes]


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
    shape = _np.broadcast_shapes(*(_np.asarray(one).shape for one in operands))
    seen = set()
    for axis in (axis for level in axes for axis in level):
        if not 0 <= axis < len(shape):
            raise ValueError("An axis is out of bounds")
        if axis in seen:
            raise ValueError("An axis is used more than once")
        seen.add(axis)
    lasting = set(flags or ()) & {"buffered", "common_dtype", "copy_if_overlap", "reduce_ok", "refs_ok", "zerosize_ok"}
    source = _Source(operands, lasting, op_flags, op_dtypes, order, casting)
    options = dict(flags=set(flags or ()) - {"common_dtype", "copy_if_overlap"}, order=order, buffersize=buffersize)
    options["op_flags"] = source.level_flags()
    levels = []
    for level in reversed(axes):
        levels.append(_Level(source, level, levels[-1] if levels else None, options))
    return tuple(reversed(levels))
