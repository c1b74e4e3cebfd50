"""Arrays from iterables and buffers, arrays that meet requirements, and window functions."""

import itertools

from numpy import frombuffer as wrap_memory

from .. import _core
from .._core import numpy as _np
from ._text import stored_dtype

__all__ = [
    "asarray_chkfinite",
    "bartlett",
    "blackman",
    "frombuffer",
    "fromiter",
    "hamming",
    "hanning",
    "kaiser",
    "require",
]

_ops = _core.ufuncs("np")


def fromiter(iter, dtype, count=-1, *, like=None):
    """The numbers that an iterable gives, in an array with one axis.

    Parameters
    ----------
    iter : iterable
    dtype : dtype
    count : int, optional
        How many to take; -1 takes all.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        The iterable ends before `count`.

    Examples
    --------
    >>> np.fromiter((n * n for n in range(4)), dtype='int64')
    array([0, 1, 4, 9], dtype=int64)
    """
    numbers = list(iter if count < 0 else itertools.islice(iter, count))
    if len(numbers) < count:
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(numbers)} items.")
    return _np.array(numbers, dtype=dtype)


def frombuffer(buffer, dtype=None, count=-1, offset=0, *, like=None):
    """The memory of a buffer as an array with one axis; nothing is copied, except elements of the other byte order.

    Parameters
    ----------
    buffer : buffer
        Such as `bytes`, `bytearray`, `memoryview`, `mmap`.
    dtype : dtype, optional
        The default dtype where none is given.
    count : int, optional
        How many elements; -1 for all.
    offset : int, optional
        First byte.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

    Returns
    -------
    ndarray
        Read-only where the buffer is.

    Raises
    ------
    ValueError
        The buffer is too small, or not a whole number of elements.

    Examples
    --------
    >>> np.frombuffer(bytes([1, 0, 2, 0]), dtype='int16')
    array([1, 2], dtype=int16)
    """
    if type(buffer) is bytes and type(dtype) is str and count < 0 and offset == 0:
        shown = _np._of_bytes(buffer, dtype)
        if shown is not None:
            return shown
    return _np.asarray(wrap_memory(buffer, dtype=stored_dtype(dtype), count=count, offset=offset))


def asarray_chkfinite(a, dtype=None, order=None):
    """The object as an array, refused if it holds infinities or nans.

    Parameters
    ----------
    a : array_like
    dtype : dtype, optional
    order : {'C', 'F', 'A', 'K'}, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        An element is not finite.

    Examples
    --------
    >>> np.asarray_chkfinite([1, 2])
    array([1., 2.])
    """
    a = _np.asarray(a, dtype=dtype, order=order)
    if a.dtype.kind in "fcV" and not bool(_ops["isfinite"](a).all()):
        raise ValueError("array must not contain infs or NaNs")
    return a


_REQUIREMENTS = {
    "C": "C", "C_CONTIGUOUS": "C", "CONTIGUOUS": "C",
    "F": "F", "F_CONTIGUOUS": "F", "FORTRAN": "F",
    "A": "A", "ALIGNED": "A", "W": "W", "WRITEABLE": "W", "O": "O", "OWNDATA": "O",
    "E": "E", "ENSUREARRAY": "E",
}  # fmt: skip


def require(a, dtype=None, requirements=None, *, like=None):
    """The object as an array that meets requirements; copied only if it must be.

    Parameters
    ----------
    a : array_like
    dtype : dtype, optional
    requirements : str or sequence of str, optional
        'C' or 'F' (order of memory), 'A' (aligned), 'W' (may be written), 'O' (owns its memory).
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Both orders at once.
    KeyError
        A requirement that does not exist.

    Examples
    --------
    >>> np.require(np.ones((2, 3)).T, requirements=['C']).flags.c_contiguous
    True
    """
    names = [requirements] if isinstance(requirements, str) else requirements or []
    wanted = {_REQUIREMENTS[name.upper()] for name in names}
    if wanted >= {"C", "F"}:
        raise ValueError("Cannot specify both 'C' and 'F' order")
    order = "F" if "F" in wanted else "C" if "C" in wanted else "A"
    array = _np.asarray(a, dtype=dtype, order=order)
    short = ("W" in wanted and not array.flags.writeable) or ("O" in wanted and not array.flags.owndata)
    return array.copy(order) if short else array


def _window(M, weight):
    """A window of `M` points: `weight` of the odd positions 1-M, 3-M, ..., M-1, computed in double precision."""
    dtype = _np.zeros(0).dtype
    M = float(M)
    if M < 1:
        return _np.empty(0, dtype)
    if M == 1:
        return _np.ones(1, dtype)
    return weight(_np.arange(1 - M, M, 2, dtype="float64"), M).astype(dtype)


def _cosines(n, M, multiple):
    return _ops["cos"](n * (multiple * 3.141592653589793 / (M - 1)))


def hanning(M):
    """The Hann window.

    Parameters
    ----------
    M : int
        Number of points.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.hanning(3)
    array([0., 1., 0.])
    """
    return _window(M, lambda n, M: _cosines(n, M, 1) * 0.5 + 0.5)


def hamming(M):
    """The Hamming window.

    Parameters
    ----------
    M : int
        Number of points.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.hamming(3)
    array([0.08, 1.  , 0.08])
    """
    return _window(M, lambda n, M: _cosines(n, M, 1) * 0.46 + 0.54)


def blackman(M):
    """The Blackman window.

    Parameters
    ----------
    M : int
        Number of points.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.blackman(5).round(2)
    array([-0.  ,  0.34,  1.  ,  0.34, -0.  ])
    """
    return _window(M, lambda n, M: _cosines(n, M, 1) * 0.5 + 0.42 + _cosines(n, M, 2) * 0.08)


def bartlett(M):
    """The Bartlett window, a triangle.

    Parameters
    ----------
    M : int
        Number of points.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.bartlett(5)
    array([0. , 0.5, 1. , 0.5, 0. ])
    """

    def weight(n, M):
        return _np.where(n <= 0, 1 + n / (M - 1), 1 - n / (M - 1))

    return _window(M, weight)


def kaiser(M, beta):
    """The Kaiser window.

    Parameters
    ----------
    M : int
        Number of points.
    beta : float
        Shape: 0 is a rectangle.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.kaiser(3, 0)
    array([1., 1., 1.])
    """
    beta = float(beta)

    def weight(n, M):
        scaled = beta * _ops["sqrt"](1 - (n / (M - 1)) ** 2)
        return _ops["i0"](scaled) / _ops["i0"](_np.array(beta, dtype="float64"))

    return _window(M, weight)
