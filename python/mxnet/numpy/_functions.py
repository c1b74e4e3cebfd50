"""Functions of `np` that are a few lines over others, and those that are NumPy's own because they touch no array."""

from numpy import broadcast_shapes, errstate, geterr, seterr

from .. import _core
from .._core import ndarray

__all__ = [
    "array_repr",
    "array_str",
    "broadcast_shapes",
    "divmod",
    "errstate",
    "geterr",
    "ndim",
    "printoptions",
    "seterr",
    "shape",
    "size",
]

_ops = _core.ufuncs("np")


def divmod(x1, x2):
    """Quotient, rounded down, and remainder, element by element.

    Parameters
    ----------
    x1, x2 : array_like

    Returns
    -------
    tuple of ndarray

    Examples
    --------
    >>> np.divmod(np.array([7, 8]), 3)
    (array([2., 2.]), array([1., 2.]))
    """
    return _ops["floor_divide"](x1, x2), _ops["remainder"](x1, x2)


def shape(a):
    """Lengths of the axes.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> np.shape([[1, 2, 3]])
    (1, 3)
    """
    return a.shape if hasattr(a, "shape") else _core.asarray(a).shape


def ndim(a):
    """Number of axes.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    int

    Examples
    --------
    >>> np.ndim([[1, 2, 3]])
    2
    """
    return a.ndim if hasattr(a, "ndim") else _core.asarray(a).ndim


def size(a, axis=None):
    """Number of elements, of all or along axes.

    Parameters
    ----------
    a : array_like
    axis : int or tuple of ints, optional

    Returns
    -------
    int

    Examples
    --------
    >>> np.size([[1, 2, 3]]), np.size([[1, 2, 3]], 1)
    (3, 3)
    """
    a = a if isinstance(a, ndarray) else _core.asarray(a)
    if axis is None:
        return a.size
    count = 1
    for one in axis if isinstance(axis, tuple) else (axis,):
        count *= a.shape[one]
    return count


def array_repr(arr):
    """`repr` of an array.

    Parameters
    ----------
    arr : ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_repr(np.array([1, 2]))
    'array([1., 2.])'
    """
    return repr(_core.asarray(arr))


def array_str(a):
    """`str` of an array.

    Parameters
    ----------
    a : ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_str(np.array([1, 2]))
    '[1. 2.]'
    """
    return str(_core.asarray(a))


class printoptions:
    """A `with` block in which arrays are printed by other options; see `set_printoptions`.

    Parameters
    ----------
    **options
        Those of `set_printoptions`.

    Examples
    --------
    >>> with np.printoptions(precision=2):
    ...     print(np.array([1 / 3]))
    [0.33]
    """

    def __init__(self, **options):
        self._options = options

    def __enter__(self):
        self._before = _core.get_printoptions()
        _core.set_printoptions(**self._options)
        return _core.get_printoptions()

    def __exit__(self, *exception):
        before = self._before
        del before["formatter"]
        _core.set_printoptions(**before)
