"""Walking over several arrays at once: `broadcast`; `nditer` stands in `_nditer`. Elements are 0-d arrays."""

from .._core import numpy as _np

__all__ = ["broadcast", "flatiter"]

flatiter = type(_np.zeros(1).flat)


class broadcast:
    """Arrays as if they had one shape: their elements in step.

    Parameters
    ----------
    *arrays : array_like
        At most 64.

    Raises
    ------
    ValueError
        The shapes do not broadcast.

    Examples
    --------
    >>> pairs = np.broadcast(np.array([[1], [2]]), np.array([10, 20]))
    >>> pairs.shape
    (2, 2)
    >>> [float(x * y) for x, y in pairs]
    [10.0, 20.0, 20.0, 40.0]
    """

    def __init__(self, *arrays):
        if len(arrays) > 64:
            raise ValueError(f"Need at least 0 and at most 64 array objects, got {len(arrays)}.")
        flat = []
        for arg in arrays:
            flat += arg._arrays if isinstance(arg, broadcast) else [_np.asarray(arg)]
        self._arrays = flat
        self.shape = tuple(_np.broadcast_shapes(*(array.shape for array in flat)))
        self.ndim = self.nd = len(self.shape)
        self.numiter = len(flat)
        self.size = 1
        for length in self.shape:
            self.size *= length
        self.reset()

    def reset(self):
        """Begin again.

        Examples
        --------
        >>> pairs = np.broadcast(np.array([1, 2]), 10)
        >>> _ = next(pairs)
        >>> pairs.reset()
        >>> pairs.index
        0
        """
        self.index = 0

    @property
    def iters(self):
        """One iterator per array.

        Examples
        --------
        >>> pairs = np.broadcast(np.array([[1], [2]]), np.array([10, 20]))
        >>> [float(x) for x in pairs.iters[0]]
        [1.0, 1.0, 2.0, 2.0]
        """
        return tuple(_np.broadcast_to(array, self.shape).flat for array in self._arrays)

    def __iter__(self):
        return self

    def __next__(self):
        if self.index >= self.size:
            raise StopIteration
        place = _np.unravel_index(self.index, self.shape) if self.shape else ()
        place = tuple(int(one) for one in place)
        self.index += 1
        return tuple(_np.broadcast_to(array, self.shape)[place] for array in self._arrays)
