"""Functions that answer with complex numbers where real ones have no value: `sqrt(-1)` is `1j`.

Dtypes follow `mxnet.np`: complex64 for float32, complex128 for float64.
"""

from .. import _core
from .._core import numpy as _np

__all__ = ["arccos", "arcsin", "arctanh", "log", "log2", "log10", "logn", "power", "sqrt"]

_ops = _core.ufuncs("np")


def _complex(x):
    """The same numbers in a complex dtype."""
    return x + 0j


def _complex_where(x, outside):
    """`x`, complex if any element lies outside of the real function's domain."""
    x = _np.asarray(x)
    return _complex(x) if x.dtype.kind != "c" and bool(outside(x).any()) else x


def _is_negative(x):
    return x < 0


def _exceeds_one(x):
    return _ops["absolute"](x) > 1


def sqrt(x):
    """Square root; complex where an element is negative.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.sqrt(np.array([-4., 4.]))
    array([0.+2.j, 2.+0.j], dtype=complex64)
    """
    return _ops["sqrt"](_complex_where(x, _is_negative))


def log(x):
    """Natural logarithm; complex where an element is negative.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.log(np.array(-1.)).imag
    array(3.1415927)
    """
    return _ops["log"](_complex_where(x, _is_negative))


def log10(x):
    """Logarithm to base 10; complex where an element is negative.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.log10(np.array([100.]))
    array([2.])
    """
    return _ops["log10"](_complex_where(x, _is_negative))


def log2(x):
    """Logarithm to base 2; complex where an element is negative.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.log2(np.array([8.]))
    array([3.])
    """
    return _ops["log2"](_complex_where(x, _is_negative))


def logn(n, x):
    """Logarithm of `x` to base `n`; complex where an element of either is negative.

    Parameters
    ----------
    n, x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.logn(2, np.array([4., 8.]))
    array([2., 3.])
    """
    return log(x) / log(n)


def power(x, p):
    """`x` to the power of `p`; complex where an element of `x` is negative.

    Parameters
    ----------
    x, p : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.power(np.array([2., 3.]), 2)
    array([4., 9.])
    """
    p = _np.asarray(p)
    if p.dtype.kind in "iu" and bool((p < 0).any()):
        p = p * 1.0
    return _ops["power"](_complex_where(x, _is_negative), p)


def arccos(x):
    """Inverse cosine; complex where an element is outside of [-1, 1].

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.arccos(np.array([1.]))
    array([0.])
    """
    return _ops["arccos"](_complex_where(x, _exceeds_one))


def arcsin(x):
    """Inverse sine; complex where an element is outside of [-1, 1].

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.arcsin(np.array([0.]))
    array([0.])
    """
    return _ops["arcsin"](_complex_where(x, _exceeds_one))


def arctanh(x):
    """Inverse hyperbolic tangent; complex where an element is outside of [-1, 1].

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.emath.arctanh(np.array([0.]))
    array([0.])
    """
    return _ops["arctanh"](_complex_where(x, _exceeds_one))
