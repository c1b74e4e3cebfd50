"""Solutions, inverses, determinants, ranks and powers of matrices under NumPy's names. Taken over by `linalg`."""

from typing import NamedTuple

from numpy import finfo

from .._core import ndarray
from .._core import numpy as _functions

__all__ = [
    "SlogdetResult",
    "cond",
    "det",
    "inv",
    "lstsq",
    "matrix_power",
    "matrix_rank",
    "pinv",
    "slogdet",
    "solve",
    "tensorinv",
    "tensorsolve",
]

_core = _functions._linalg
_asarray = _functions.asarray
_unset = object()


class SlogdetResult(NamedTuple):
    """What `slogdet` returns: `sign` of the determinant, and `logabsdet`, the logarithm of its absolute value.

    Parameters
    ----------
    sign, logabsdet : ndarray

    Examples
    --------
    >>> np.linalg.slogdet(-np.eye(1)).sign
    array(-1.)
    """

    sign: ndarray
    logabsdet: ndarray


def inv(a):
    """The inverse of square matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    ndarray, shape (..., n, n)

    Raises
    ------
    LinAlgError
        Not square, or singular.

    Examples
    --------
    >>> np.linalg.inv(np.array([[2, 0], [0, 4]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    return _core.inv(a)


def solve(a, b):
    """x with `a @ x = b`.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
    b : array_like, shape (n,) or (..., n, k)
        A vector where it has one axis, else matrices; leading axes broadcast.

    Returns
    -------
    ndarray

    Raises
    ------
    LinAlgError
        `a` is not square, or singular.
    ValueError
        Lengths that differ.

    Examples
    --------
    >>> np.linalg.solve(np.array([[3, 1], [1, 2]]), np.array([9, 8]))
    array([2., 3.])
    """
    return _core.solve(a, b)


def det(a):
    """The determinant of square matrices. Its gradient is finite for singular matrices too.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    LinAlgError
        Not square.

    Examples
    --------
    >>> np.linalg.det(np.array([[1, 2], [3, 4]])).round(4)
    array(-2.)
    """
    return _core.det(a)


def slogdet(a):
    """Sign and logarithm of the absolute value of the determinant.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    SlogdetResult
        `sign` (0, or of absolute value 1) and `logabsdet`.

    Raises
    ------
    LinAlgError
        Not square.

    Examples
    --------
    >>> sign, logarithm = np.linalg.slogdet(np.eye(3) * 1e-30)
    >>> sign, logarithm.round(2)
    (array(1.), array(-207.23))
    """
    return SlogdetResult(*_core.slogdet(a))


def pinv(a, rcond=None, hermitian=False, *, rtol=_unset):
    """The pseudoinverse of Moore and Penrose.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    rcond : float or array_like, optional
        Singular values below this part of the greatest one count as zero; 1e-15 without it.
    hermitian : bool, optional
        Whether `a` is Hermitian.
    rtol : float or array_like, optional
        The same as `rcond`; `None` stands for machine epsilon times the greater length.

    Returns
    -------
    ndarray, shape (..., n, m)

    Raises
    ------
    ValueError
        Both `rcond` and `rtol`.
    LinAlgError
        Fewer than two axes, or no convergence.

    Examples
    --------
    >>> np.linalg.pinv(np.array([[2.], [0.]]))
    array([[0.5, 0. ]])
    """
    if rcond is not None and rtol is not _unset:
        raise ValueError("`rtol` and `rcond` can't be both set.")
    cutoff = rcond if rtol is _unset else rtol
    return _core.pinv(a, 1e-15 if cutoff is None and rtol is _unset else cutoff, bool(hermitian))


def lstsq(a, b, rcond=None):
    """x with the least `|a @ x - b|`; of those, the one with the least `|x|`.

    Parameters
    ----------
    a : array_like, shape (m, n)
    b : array_like, shape (m,) or (m, k)
    rcond : float, optional
        Singular values below this part of the greatest one count as zero; machine epsilon times the greater length
        without it, machine epsilon where negative.

    Returns
    -------
    x, residuals, rank, s : ndarray
        Solution, sums of squared residuals (empty unless `a` has full rank and more rows than columns), rank (int64)
        and singular values.

    Raises
    ------
    LinAlgError
        Not matrices, lengths that differ, or no convergence.

    Examples
    --------
    >>> x, residuals, rank, s = np.linalg.lstsq(np.array([[1, 0], [1, 1], [1, 2]]), np.array([1, 3, 5]))
    >>> x.round(3), rank
    (array([1., 2.]), array(2, dtype=int64))
    """
    a, b = _asarray(a), _asarray(b)
    if isinstance(rcond, str):  # MXNet's 'warn'
        rcond = -1
    if rcond is not None and not 0 < rcond < 1:  # as LAPACK: no threshold of its own
        common = (a.dtype if a.dtype.kind in "fc" else _asarray(0.0).dtype).type(0)
        rcond = float(finfo(type(common)).eps)
    return _core.lstsq(a, b, rcond)


def matrix_rank(A, tol=None, hermitian=False, *, rtol=None):
    """How many singular values count as greater than zero.

    Parameters
    ----------
    A : array_like, shape (..., m, n)
        With fewer than two axes: whether any element is not zero.
    tol : float or array_like, optional
        Threshold.
    hermitian : bool, optional
        Whether `A` is Hermitian.
    rtol : float or array_like, optional
        Threshold as a part of the greatest singular value; machine epsilon times the greater length without it.

    Returns
    -------
    ndarray of int64

    Raises
    ------
    ValueError
        Both `tol` and `rtol`.

    Examples
    --------
    >>> np.linalg.matrix_rank(np.array([[1, 2], [2, 4]]))
    array(1, dtype=int64)
    """
    if tol is not None and rtol is not None:
        raise ValueError("`tol` and `rtol` can't be both set.")
    return _core.matrix_rank(A, tol, rtol, bool(hermitian))


def cond(x, p=None):
    """The condition number: the norm of a matrix times that of its inverse, infinite for singular matrices.

    Parameters
    ----------
    x : array_like, shape (..., m, n)
    p : {None, 1, -1, 2, -2, inf, -inf, 'fro', 'nuc'}, optional
        Which norm; without it the ratio of the greatest and the least singular value.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    LinAlgError
        Empty matrices, or fewer than two axes.

    Examples
    --------
    >>> np.linalg.cond(np.array([[4, 0], [0, 2]]))
    array(2.)
    """
    return _core.cond(x, p)


def matrix_power(a, n):
    """Square matrices to an integer power; a negative one is a power of the inverse.

    Parameters
    ----------
    a : array_like, shape (..., m, m)
    n : int

    Returns
    -------
    ndarray, shape (..., m, m)

    Raises
    ------
    TypeError
        The power is no integer.
    LinAlgError
        Not square, or singular for a negative power.

    Examples
    --------
    >>> np.linalg.matrix_power(np.array([[1, 1], [1, 0]]), 5)
    array([[8., 5.],
           [5., 3.]])
    """
    try:
        n = n.__index__()
    except AttributeError:
        raise TypeError("exponent must be an integer") from None
    if -(2**63) <= n < 2**63:
        return _core.matrix_power(a, n)
    base = a if n > 0 else _core.matrix_power(a, -1)
    high, low = divmod(abs(n), 2**62)
    power = matrix_power(_core.matrix_power(base, 2**62), high)
    return power @ _core.matrix_power(base, low) if low else power


def tensorsolve(a, b, axes=None):
    """x with `tensordot(a, x, x.ndim) = b`.

    Parameters
    ----------
    a : array_like
        As many elements over the first `b.ndim` axes as over the others.
    b : array_like
    axes : sequence of int, optional
        Axes of `a` that move to the end first.

    Returns
    -------
    ndarray

    Raises
    ------
    LinAlgError
        Not square in that sense, or singular.

    Examples
    --------
    >>> np.linalg.tensorsolve(np.eye(6).reshape(2, 3, 6), np.ones((2, 3)))
    array([1., 1., 1., 1., 1., 1.])
    """
    return _core.tensorsolve(a, b, axes)


def tensorinv(a, ind=2):
    """The inverse of a tensor as a map from its last axes to its first.

    Parameters
    ----------
    a : array_like
        As many elements over the first `ind` axes as over the others.
    ind : int, optional

    Returns
    -------
    ndarray
        Of shape `a.shape[ind:] + a.shape[:ind]`.

    Raises
    ------
    ValueError
        `ind` is not positive.
    LinAlgError
        Not square in that sense, or singular.

    Examples
    --------
    >>> np.linalg.tensorinv(np.eye(6).reshape(2, 3, 6), ind=2).shape
    (6, 2, 3)
    """
    return _core.tensorinv(a, ind)
