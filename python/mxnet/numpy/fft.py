"""Discrete Fourier transforms under NumPy's names, of any length; the work is the core's.

Those over several axes stand in `_transforms`.

float32 gives complex64 and float64 complex128; integers become the default float. Every transform has a gradient.
"""

from .._core import numpy as _functions
from . import _transforms
from ._transforms import *  # noqa: F403

__all__ = [
    *_transforms.__all__,
    "fft",
    "fftfreq",
    "fftshift",
    "hfft",
    "ifft",
    "ifftshift",
    "ihfft",
    "irfft",
    "rfft",
    "rfftfreq",
]

_core = _functions._fft


def fft(a, n=None, axis=-1, norm=None, out=None):
    """The discrete Fourier transform along an axis.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length along the axis: longer inputs are cut, shorter ones filled with zeros.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.fft(np.array([1, 2, 3, 4]))
    array([10.+0.j, -2.+2.j, -2.+0.j, -2.-2.j], dtype=complex64)
    """
    return _core.fft(a, n, axis, norm, out)


def ifft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `fft`.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length along the axis: longer inputs are cut, shorter ones filled with zeros.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.ifft(np.array([4, 0, 0, 0]))
    array([1.+0.j, 1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64)
    """
    return _core.ifft(a, n, axis, norm, out)


def rfft(a, n=None, axis=-1, norm=None, out=None):
    """The half of the Fourier transform of real numbers that determines the other.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length along the axis: longer inputs are cut, shorter ones filled with zeros.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        Of `n // 2 + 1` elements along the axis; complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.rfft(np.array([1, 2, 3, 4]))
    array([10.+0.j, -2.+2.j, -2.+0.j], dtype=complex64)
    """
    return _core.rfft(a, n, axis, norm, out)


def irfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `rfft`: real numbers of a half spectrum.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length of the result; `2 * (m - 1)` for m elements without it.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        float32, or float64 of 128-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.irfft(np.array([10, -2 + 2j, -2]))
    array([1., 2., 3., 4.])
    """
    return _core.irfft(a, n, axis, norm, out)


def hfft(a, n=None, axis=-1, norm=None, out=None):
    """The real spectrum of a signal with Hermitian symmetry, given by its half.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length of the result; `2 * (m - 1)` for m elements without it.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        float32, or float64 of 128-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.hfft(np.array([1, 2, 3, 4]))
    array([15., -4.,  0., -1.,  0., -4.])
    """
    return _core.hfft(a, n, axis, norm, out)


def ihfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `hfft`.

    Parameters
    ----------
    a : array_like
    n : int, optional
        Length along the axis: longer inputs are cut, shorter ones filled with zeros.
    axis : int, optional
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the length: the inverse, both by its root, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        Of `n // 2 + 1` elements along the axis; complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.ihfft(np.array([15, -4, 0, -1, 0, -4])).real
    array([1., 2., 3., 4.])
    """
    return _core.ihfft(a, n, axis, norm, out)


def fftfreq(n, d=1.0, device=None, *, dtype=None, ctx=None):
    """The frequencies of the elements of a spectrum, in cycles per unit.

    Parameters
    ----------
    n : int
        Number of samples.
    d : float, optional
        Distance between samples.
    device, ctx : Device, optional
    dtype : dtype, optional
        A real floating dtype, as the array API has it.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        `n` is no integer.
    ZeroDivisionError
        No samples, or no distance between them.

    Examples
    --------
    >>> np.fft.fftfreq(4)
    array([ 0.  ,  0.25, -0.5 , -0.25])
    """
    if not hasattr(n, "__index__"):
        raise ValueError("n should be an integer")
    return _core.frequencies(n, d, False, dtype, device, ctx)


def rfftfreq(n, d=1.0, device=None, *, dtype=None, ctx=None):
    """The frequencies of the elements of a half spectrum, in cycles per unit.

    Parameters
    ----------
    n : int
        Number of samples.
    d : float, optional
        Distance between samples.
    device, ctx : Device, optional
    dtype : dtype, optional
        A real floating dtype, as the array API has it.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        `n` is no integer.
    ZeroDivisionError
        No samples, or no distance between them.

    Examples
    --------
    >>> np.fft.rfftfreq(4)
    array([0.  , 0.25, 0.5 ])
    """
    if not hasattr(n, "__index__"):
        raise ValueError("n should be an integer")
    return _core.frequencies(n, d, True, dtype, device, ctx)


def fftshift(x, axes=None):
    """Frequency zero moved to the middle.

    Parameters
    ----------
    x : array_like
    axes : int or sequence of int, optional
        All of them without it.

    Returns
    -------
    ndarray

    Raises
    ------
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.fftshift(np.arange(5))
    array([3., 4., 0., 1., 2.])
    """
    return _core.shift(x, axes, False)


def ifftshift(x, axes=None):
    """The inverse of `fftshift`.

    Parameters
    ----------
    x : array_like
    axes : int or sequence of int, optional
        All of them without it.

    Returns
    -------
    ndarray

    Raises
    ------
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.ifftshift(np.arange(5))
    array([2., 3., 4., 0., 1.])
    """
    return _core.shift(x, axes, True)


def __getattr__(name):
    from ._absent import message

    raise AttributeError(message("np.fft", name))
