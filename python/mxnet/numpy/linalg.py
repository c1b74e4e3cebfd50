"""Linear algebra under NumPy's names: products, norms, diagonals; decompositions (`_factors`), solutions (`_solving`).

Matrices lie in the last two axes; leading axes are a batch. Computes in float32, float64, complex64 and complex128;
integers become the default float, halves are refused as NumPy refuses them.
"""

from numpy.linalg import LinAlgError

from .._core import numpy as _functions
from . import _factors, _solving
from ._factors import *  # noqa: F403
from ._solving import *  # noqa: F403

__all__ = [
    *_factors.__all__,
    *_solving.__all__,
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

_core = _functions._linalg
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

    Raises
    ------
    ValueError
        Numbers instead of arrays, or lengths that differ.

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

    Raises
    ------
    ValueError
        An operand that is no vector.

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

    Raises
    ------
    ValueError
        Vectors that do not have three elements.
    numpy.exceptions.AxisError
        An axis that the array does not have.

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

    Raises
    ------
    ValueError
        Vectors of different lengths.

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

    Raises
    ------
    ValueError
        Lengths that differ.

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

    Raises
    ------
    ValueError
        Fewer than two axes.

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

    Raises
    ------
    ValueError
        Fewer than two axes.

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
    return _core.multi_dot(arrays, out)


def norm(x, ord=None, axis=None, keepdims=False):
    """Norm of a vector or a matrix.

    Parameters
    ----------
    x : array_like
    ord : number, 'fro' or 'nuc', optional
        Order of the norm; without it the root of the sum of all squares. Of matrices 'fro', 'nuc' (the sum of the
        singular values), 1, 2, inf and their negatives; of vectors any number.
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
    return _core.norm(x, ord, axis, bool(keepdims))


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

    Raises
    ------
    ValueError
        `ord` is no number.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.linalg.vector_norm(np.array([[1, 2], [2, 4]]))
    array(5.)
    """
    return _core.vector_norm(x, ord, axis, bool(keepdims))


def matrix_norm(x, /, ord="fro", axis=(-2, -1), keepdims=False):
    """Norm of matrices in two axes, the last ones unless told otherwise.

    Parameters
    ----------
    x : array_like
    ord : number or 'fro', optional
    axis : tuple of 2 ints, optional
    keepdims : bool, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Not two axes, or another `ord`.

    Examples
    --------
    >>> np.linalg.matrix_norm(np.array([[3, 0], [0, 4]]))
    array(5.)
    """
    if not isinstance(axis, tuple) or len(axis) != 2:
        raise ValueError(f"matrix_norm: axis must be a tuple of 2 ints, not {axis!r}")
    if axis != (-2, -1):
        return norm(x, ord, axis, bool(keepdims))
    return _core.matrix_norm(x, ord, bool(keepdims))


def __getattr__(name):
    from ._absent import message

    raise AttributeError(message("np.linalg", name))
