"""Polynomials from roots and points, and their roots, by the eigenvalues and least squares of `np.linalg`."""

import warnings

from numpy import finfo
from numpy.exceptions import RankWarning

from .. import _core
from .._core import numpy as _np
from . import linalg as _linalg

__all__ = ["poly", "polyfit", "roots"]

_ops = _core.ufuncs("np")


def _inexact(p):
    """In a floating dtype."""
    return p if p.dtype.kind in "fc" or str(p.dtype) == "bfloat16" else p * 1.0


def poly(seq_of_zeros):
    """Coefficients of the polynomial with these roots, or of a square matrix' characteristic polynomial.

    Parameters
    ----------
    seq_of_zeros : array_like
        Roots, or a square matrix.

    Returns
    -------
    ndarray
        Highest power first, the first coefficient 1.

    Raises
    ------
    ValueError
        Neither one axis nor a square matrix.

    Examples
    --------
    >>> np.poly(np.array([1, 2]))
    array([ 1., -3.,  2.])
    """
    zeros = _np.atleast_1d(_np.asarray(seq_of_zeros))
    if zeros.ndim == 2 and zeros.shape[0] == zeros.shape[1] and zeros.shape[0] != 0:
        zeros = _linalg.eigvals(zeros)
    elif zeros.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if zeros.size == 0:
        return _np.array(1.0)
    zeros = _inexact(zeros)
    result = _np.ones((1,), dtype=zeros.dtype)
    one = _np.ones((1,), dtype=zeros.dtype)
    for place in range(zeros.size):
        result = _np.convolve(result, _np.concatenate((one, -zeros[place : place + 1])))
    if zeros.dtype.kind == "c" and _closed_under_conjugation(zeros):
        result = result.real.copy()
    return result


def _closed_under_conjugation(zeros):
    return bool((_np.sort(zeros) == _np.sort(_ops["conjugate"](zeros))).all())


def roots(p):
    """Where a polynomial is zero: the eigenvalues of its companion matrix.

    Parameters
    ----------
    p : array_like or poly1d
        Coefficients, highest power first.

    Returns
    -------
    ndarray
        One root for each power; complex where some are.

    Raises
    ------
    ValueError
        More than one axis.

    Examples
    --------
    >>> np.sort(np.roots(np.array([1., -3., 2.])))
    array([1., 2.])
    """
    p = _np.atleast_1d(_np.asarray(getattr(p, "coeffs", p)))
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    places = _np.flatnonzero(p != 0)
    if not places.size:
        return _np.array([], dtype=_inexact(p).dtype)
    first, last = int(places[0]), int(places[-1])
    zeros_at_origin = p.size - last - 1
    p = _inexact(p[first : last + 1])
    if p.size > 1:
        companion = _np.eye(p.size - 1, k=-1, dtype=p.dtype)
        companion[0, :] = -p[1:] / p[0]
        found = _linalg.eigvals(companion)
    else:
        found = _np.array([], dtype=p.dtype)
    return _np.concatenate((found, _np.zeros((zeros_at_origin,), dtype=found.dtype)))


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The polynomial of least squared distance from points.

    Parameters
    ----------
    x : array_like, shape (M,)
    y : array_like, shape (M,) or (M, K)
        Values at `x`; K sets of them at once.
    deg : int
        Degree.
    rcond : float, optional
        Relative size below which singular values count as zero; M times the dtype's epsilon by default.
    full : bool, optional
        Also residuals, rank, singular values and `rcond`.
    w : array_like, shape (M,), optional
        Weights of the distances.
    cov : bool or 'unscaled', optional
        Also the covariance matrix of the coefficients.

    Returns
    -------
    ndarray, shape (deg + 1,) or (deg + 1, K), or a tuple that begins with it

    Raises
    ------
    TypeError
        Empty or unequally long points, or too many axes.
    ValueError
        A negative degree, or too few points for `cov`.

    Examples
    --------
    >>> np.polyfit(np.array([0., 1., 2.]), np.array([1., 3., 5.]), 1).round(4)
    array([2., 1.])
    """
    order = int(deg) + 1
    x, y = _np.asarray(x) + 0.0, _np.asarray(y) + 0.0
    if deg < 0:
        raise ValueError("expected deg >= 0")
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if y.ndim < 1 or y.ndim > 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")
    if rcond is None:
        rcond = len(x) * float(finfo(x.dtype).eps)
    left, right = _np.vander(x, order), y
    if w is not None:
        w = _np.asarray(w) + 0.0
        if w.ndim != 1:
            raise TypeError("expected a 1-d array for weights")
        if w.shape[0] != y.shape[0]:
            raise TypeError("expected w and y to have the same length")
        left = left * w[:, None]
        right = right * (w[:, None] if right.ndim == 2 else w)
    scale = _ops["sqrt"]((left * left).sum(axis=0))
    left = left / scale
    found, residuals, rank, singular = _linalg.lstsq(left, right, rcond)
    found = (found.T / scale).T
    if int(rank) != order and not full:
        warnings.warn("Polyfit may be poorly conditioned", RankWarning, stacklevel=2)
    if full:
        return found, residuals, rank, singular, rcond
    if not cov:
        return found
    base = _linalg.inv(left.T @ left) / _ops["multiply"].outer(scale, scale)
    if cov == "unscaled":
        factor = 1.0
    else:
        if len(x) <= order:
            raise ValueError("the number of data points must exceed order to scale the covariance matrix")
        factor = residuals / (len(x) - order)
    return found, base * factor if y.ndim == 1 else base[:, :, None] * factor
