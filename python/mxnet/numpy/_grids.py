"""Index grids that are written as subscripts or made from index lists."""

from .. import _core
from .._core import numpy as _np

__all__ = ["ix_", "mask_indices", "mgrid", "ogrid"]

_ops = _core.ufuncs("np")


def ix_(*args):
    """Indices that select the cross product of several lists.

    Parameters
    ----------
    *args : sequences of int or bool
        One per axis, each with one axis.

    Returns
    -------
    tuple of ndarray
        int64.

    Raises
    ------
    ValueError
        A sequence with more than one axis.

    Examples
    --------
    >>> np.arange(9).reshape(3, 3)[np.ix_([0, 2], [1])]
    array([[1.],
           [7.]])
    """
    grid = []
    for axis, places in enumerate(args):
        places = _np.asarray(places)
        if places.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        places = _np.nonzero(places)[0] if places.dtype.kind == "b" else places.astype("int64")
        grid.append(places.reshape(tuple(places.size if other == axis else 1 for other in range(len(args)))))
    return tuple(grid)


def mask_indices(n, mask_func, k=0):
    """Indices of the elements that a mask function such as `triu` keeps of a square matrix.

    Parameters
    ----------
    n : int
        Rows and columns.
    mask_func : callable
        Called with a matrix of ones and `k`.
    k : int, optional

    Returns
    -------
    tuple of ndarray
        int64.

    Examples
    --------
    >>> np.mask_indices(2, np.triu)
    (array([0, 0, 1], dtype=int64), array([0, 1, 1], dtype=int64))
    """
    return _np.nonzero(_ops["not_equal"](mask_func(_np.ones((n, n), dtype="int32"), k), 0))


def _axis_values(part):
    """The numbers of one slice: an imaginary step counts points and includes the end."""
    start = 0 if part.start is None else part.start
    step = 1 if part.step is None else part.step
    if isinstance(step, complex):
        return _np.linspace(start, part.stop, int(abs(step)))
    return _np.arange(start, part.stop, step)


class _Grid:
    """Coordinates of the points of a grid, by subscripts: `grid[0:2, 0:1:3j]`."""

    def __init__(self, sparse):
        self._sparse = sparse

    def __getitem__(self, key):
        if isinstance(key, slice):
            return _axis_values(key)
        axes = _np.meshgrid(*(_axis_values(part) for part in key), indexing="ij", sparse=self._sparse)
        return tuple(axes) if self._sparse else _np.stack(axes)


mgrid = _Grid(sparse=False)
ogrid = _Grid(sparse=True)
