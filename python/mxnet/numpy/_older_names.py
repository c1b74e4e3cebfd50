"""Names that NumPy 1.x had and MXNet's users know, for functions that have another name in NumPy 2."""

from .._core import numpy as _np
from ._numeric import trapezoid

__all__ = [
    "NAN",
    "NINF",
    "NZERO",
    "PINF",
    "PZERO",
    "NaN",
    "alltrue",
    "cumproduct",
    "in1d",
    "msort",
    "product",
    "round_",
    "sometrue",
    "trapz",
]

NAN = NaN = float("nan")
PINF, NINF = float("inf"), float("-inf")
PZERO, NZERO = 0.0, -0.0

alltrue, sometrue = _np.all, _np.any
product, cumproduct = _np.prod, _np.cumprod
round_ = _np.round
trapz = trapezoid


def in1d(ar1, ar2, assume_unique=False, invert=False):
    """Whether each element of one array is in another, with one axis; `isin` keeps the shape.

    Parameters
    ----------
    ar1, ar2 : array_like
    assume_unique : bool, optional
        Promised: no element stands twice.
    invert : bool, optional
        Whether it is not.

    Returns
    -------
    ndarray
        bool, with one axis.

    Examples
    --------
    >>> np.in1d(np.array([1, 2, 5]), [2, 5])
    array([False,  True,  True])
    """
    return _np.isin(_np.ravel(_np.asarray(ar1)), ar2, assume_unique=assume_unique, invert=invert)


def msort(a):
    """A copy sorted along the first axis.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.msort(np.array([[3, 1], [2, 4]]))
    array([[2., 1.],
           [3., 4.]])
    """
    return _np.sort(_np.asarray(a), axis=0)
