"""Linear algebra: products, norms and diagonals of matrices."""

from numpy.linalg import LinAlgError

from .._core import numpy as _functions
from .._core import ufuncs as _ufuncs

__all__ = [
    "LinAlgError",
    "cross",
    "diagonal",
    "matmul",
    "matrix_norm",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]

_ops = _ufuncs("np")
_inf = float("inf")
_asarray = _functions.asarray
matrix_transpose = _functions.matrix_transpose


def matmul(x1, x2, /):
    """Matrix product; see `np.matmul`.

    Parameters
    ----------
    x1, x2 : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.matmul(np.eye(2), np.array([[1, 2], [3, 4]]))
    array([[1., 2.],
           [3., 4.]])
    """
    return _functions.matmul(x1, x2)


def outer(x1, x2, /):
    """All products of an element of one vector with one of another.

    Parameters
    ----------
    x1, x2 : array_like
        Vectors.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.outer(np.array([1, 2]), np.array([3, 4]))
    array([[3., 4.],
           [6., 8.]])
    """
    x1, x2 = _asarray(x1), _asarray(x2)
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are {x1.ndim=} and {x2.ndim=}.")
    return _functions.outer(x1, x2)


def cross(x1, x2, /, *, axis=-1):
    """Vector product of vectors with three components.

    Parameters
    ----------
    x1, x2 : array_like
    axis : int, optional
        Where the components are.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.cross(np.array([1, 0, 0]), np.array([0, 1, 0]))
    array([0., 0., 1.])
    """
    x1, x2 = _asarray(x1), _asarray(x2)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{x1.shape[axis]} and {x2.shape[axis]} dimensional instead."
        )
    return _functions.cross(x1, x2, axis=axis)


def vecdot(x1, x2, /, *, axis=-1):
    """Sum of `conj(x1) * x2` over an axis; see `np.vecdot`.

    Parameters
    ----------
    x1, x2 : array_like
    axis : int, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.vecdot(np.array([1, 2]), np.array([3, 4]))
    array(11.)
    """
    return _functions.vecdot(x1, x2, axis=axis)


def tensordot(x1, x2, /, *, axes=2):
    """Sum of products over pairs of axes; see `np.tensordot`.

    Parameters
    ----------
    x1, x2 : array_like
    axes : int or pair of sequences of int, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.tensordot(np.ones((2, 3)), np.ones((3, 2)), axes=1).shape
    (2, 2)
    """
    return _functions.tensordot(x1, x2, axes=axes)


def diagonal(x, /, *, offset=0):
    """Diagonals of matrices in the last two axes: a read-only view.

    Parameters
    ----------
    x : array_like
    offset : int, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.diagonal(np.array([[1, 2], [3, 4]]))
    array([1., 4.])
    """
    return _functions.diagonal(x, offset, -2, -1)


def trace(x, /, *, offset=0, dtype=None):
    """Sums of the diagonals of matrices in the last two axes.

    Parameters
    ----------
    x : array_like
    offset : int, optional
    dtype : dtype, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.trace(np.array([[1, 2], [3, 4]]))
    array(5.)
    """
    return _functions.trace(x, offset, -2, -1, dtype)


def multi_dot(arrays, *, out=None):
    """Product of several matrices in the order of fewest multiplications.

    Parameters
    ----------
    arrays : sequence of array_like
        The first and the last may be vectors.
    out : ndarray, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Fewer than two arrays.
    LinAlgError
        An array that is no matrix.

    Examples
    --------
    >>> np.linalg.multi_dot([np.ones((2, 3)), np.ones((3, 4)), np.ones(4)])
    array([12., 12.])
    """
    arrays = [_asarray(array) for array in arrays]
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    for place, array in enumerate(arrays):
        ends = place in (0, len(arrays) - 1)
        if array.ndim != 2 and not (ends and array.ndim == 1):
            raise LinAlgError(f"{array.ndim}-dimensional array given. Array must be two-dimensional")
    # row and column vectors become matrices, and the axes of length 1 go away at the end
    dropped = [axis for axis, array in ((0, arrays[0]), (-1, arrays[-1])) if array.ndim == 1]
    if arrays[0].ndim == 1:
        arrays[0] = arrays[0][None, :]
    if arrays[-1].ndim == 1:
        arrays[-1] = arrays[-1][:, None]
    result = _chain(arrays, _splits([array.shape[0] for array in arrays] + [arrays[-1].shape[1]]), 0, len(arrays) - 1)
    for axis in dropped:
        result = result.squeeze(axis)
    if out is None:
        return result
    out[...] = result
    return out


def _splits(lengths):
    """Where to split each run of matrices, by dynamic programming over the number of multiplications."""
    count = len(lengths) - 1
    cost = {(at, at): 0 for at in range(count)}
    splits = {}
    for width in range(1, count):
        for first in range(count - width):
            last = first + width
            cost[first, last], splits[first, last] = min(
                (
                    cost[first, at] + cost[at + 1, last] + lengths[first] * lengths[at + 1] * lengths[last + 1],
                    at,
                )
                for at in range(first, last)
            )
    return splits


def _chain(arrays, splits, first, last):
    if first == last:
        return arrays[first]
    at = splits[first, last]
    return _functions.matmul(_chain(arrays, splits, first, at), _chain(arrays, splits, at + 1, last))


def _floating(x):
    """The array in a dtype that has fractions."""
    x = _asarray(x)
    return x if x.dtype.kind in "fcV" else x * 1.0


def _squares(x):
    """Squared absolute values, which are real."""
    return x.real**2 + x.imag**2 if x.dtype.kind == "c" else x * x


def _vector_norm(x, order, axis, keepdims):
    if order is None or order == 2:
        return _ops["sqrt"](_functions.sum(_squares(x), axis=axis, keepdims=keepdims))
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    if order == 0:
        counted = _functions.sum(x != 0, axis=axis, keepdims=keepdims)
        return counted.astype(_ops["absolute"](x).dtype)
    size = _ops["absolute"](x)
    if order == _inf:
        return _functions.max(size, axis=axis, keepdims=keepdims)
    if order == -_inf:
        return _functions.min(size, axis=axis, keepdims=keepdims)
    if order == 1:
        return _functions.sum(size, axis=axis, keepdims=keepdims)
    return _functions.sum(size**order, axis=axis, keepdims=keepdims) ** (1.0 / order)


def _matrix_norm(x, order, axes, keepdims):
    row, column = (axis % x.ndim for axis in axes)
    if row == column:
        raise ValueError("Duplicate axes given.")
    if order is None or order in ("fro", "f"):
        return _ops["sqrt"](_functions.sum(_squares(x), axis=(row, column), keepdims=keepdims))
    if order in (2, -2, "nuc"):
        raise NotImplementedError(f"norm: the matrix norm of order {order!r} needs singular values, which linalg lacks")
    if order not in (1, -1, _inf, -_inf):
        raise ValueError("Invalid norm order for matrices.")
    inside, outside = (row, column) if abs(order) == 1 else (column, row)
    sums = _functions.sum(_ops["absolute"](x), axis=inside, keepdims=True)
    extreme = _functions.max if order > 0 else _functions.min
    result = extreme(sums, axis=outside, keepdims=True)
    return result if keepdims else result.squeeze((row, column))


def norm(x, ord=None, axis=None, keepdims=False):
    """Norm of a vector or a matrix.

    Parameters
    ----------
    x : array_like
    ord : number, 'fro' or 'nuc', optional
        Order of the norm; without it the root of the sum of all squares.
    axis : int or pair of ints, optional
        Axis of the vectors, or axes of the matrices.
    keepdims : bool, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        An order that there is not.

    Examples
    --------
    >>> np.linalg.norm(np.array([3, 4]))
    array(5.)
    >>> np.linalg.norm(np.array([[1, 2], [3, 4]]), 1)
    array(6.)
    """
    x = _floating(x)
    if axis is None:
        if ord is None or (x.ndim == 1 and ord == 2) or (x.ndim == 2 and ord in ("f", "fro")):
            return _vector_norm(x, None, None, keepdims)
        axis = tuple(range(x.ndim))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def vector_norm(x, /, *, axis=None, keepdims=False, ord=2):
    """Norm of vectors along axes, or of all elements.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of ints, optional
    keepdims : bool, optional
    ord : number, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.vector_norm(np.array([[1, 2], [2, 4]]))
    array(5.)
    """
    return _vector_norm(_floating(x), ord, axis, keepdims)


def matrix_norm(x, /, *, keepdims=False, ord="fro"):
    """Norm of matrices in the last two axes.

    Parameters
    ----------
    x : array_like
    keepdims : bool, optional
    ord : number or 'fro', optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.linalg.matrix_norm(np.array([[3, 0], [0, 4]]))
    array(5.)
    """
    return _matrix_norm(_floating(x), ord, (-2, -1), keepdims)
