"""Discrete Fourier transforms over several axes, under NumPy's names. Taken over by `fft`; the work is the core's."""

import operator
import warnings

from .._core import numpy as _functions

__all__ = [
    "fft2",
    "fftn",
    "ifft2",
    "ifftn",
    "irfft2",
    "irfftn",
    "rfft2",
    "rfftn",
]

_core = _functions._fft


def _lengths(a, s, axes, half=False):
    """Lengths without what NumPy deprecates: `s` without `axes`, and None among the lengths."""
    if s is None:
        return a, s, axes
    s = [length if length is None else operator.index(length) for length in s]
    if axes is None:
        axes = list(range(-len(s), 0))
        _deprecated(
            "`axes` should not be `None` if `s` is not `None` (Deprecated in NumPy 2.0). In a future version of "
            "NumPy, this will raise an error and `s[i]` will correspond to the size along the transformed axis "
            "specified by `axes[i]`. To retain current behaviour, pass a sequence [0, ..., k-1] to `axes` for an "
            "array of dimension k."
        )
    if None in s:
        _deprecated(
            "Passing an array containing `None` values to `s` is deprecated in NumPy 2.0 and will raise an error in "
            "a future version of NumPy. To use the default behaviour of the corresponding 1-D transform, pass the "
            "value matching the default for its `n` parameter. To use the default behaviour for every axis, the `s` "
            "argument can be omitted."
        )
        a, given = _functions.asarray(a), s
        if len(s) == len(axes):
            s = [a.shape[axis] if length is None else length for length, axis in zip(s, axes, strict=True)]
            if half and given[-1] is None:
                s[-1] = 2 * (s[-1] - 1)
        else:
            s = [-1 if length is None else length for length in s]
    return a, s, axes


def _deprecated(message):
    warnings.warn(message, DeprecationWarning, stacklevel=4)


def fftn(a, s=None, axes=None, norm=None, out=None):
    """The discrete Fourier transform over several axes.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        All of them, or the last `len(s)`, without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.fftn(np.ones((2, 2)))
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.fftn(a, s, axes, norm, out)


def ifftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse of `fftn`.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        All of them, or the last `len(s)`, without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.ifftn(np.fft.fftn(np.ones((2, 2)))).real
    array([[1., 1.],
           [1., 1.]])
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.ifftn(a, s, axes, norm, out)


def rfftn(a, s=None, axes=None, norm=None, out=None):
    """The Fourier transform of real numbers over several axes, halved along the last one.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        All of them, or the last `len(s)`, without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        Halved along the last of the axes; complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.rfftn(np.ones((2, 4))).shape
    (2, 3)
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.rfftn(a, s, axes, norm, out)


def irfftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse of `rfftn`.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        All of them, or the last `len(s)`, without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        float32, or float64 of 128-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.irfftn(np.fft.rfftn(np.ones((2, 2))))
    array([[1., 1.],
           [1., 1.]])
    """
    a, s, axes = _lengths(a, s, axes, half=True)
    return _core.irfftn(a, s, axes, norm, out)


def fft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """The discrete Fourier transform over two axes.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        The last two without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.fft2(np.ones((2, 2)))
    array([[4.+0.j, 0.+0.j],
           [0.+0.j, 0.+0.j]], dtype=complex64)
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.fftn(a, s, axes, norm, out)


def ifft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """The inverse of `fft2`.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        The last two without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.ifft2(np.fft.fft2(np.ones((2, 2)))).real
    array([[1., 1.],
           [1., 1.]])
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.ifftn(a, s, axes, norm, out)


def rfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """The Fourier transform of real numbers over two axes, halved along the last one.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        The last two without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        Halved along the last of the axes; complex64, or complex128 of 64-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.rfft2(np.ones((2, 4))).shape
    (2, 3)
    """
    a, s, axes = _lengths(a, s, axes)
    return _core.rfftn(a, s, axes, norm, out)


def irfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    """The inverse of `rfft2`.

    Parameters
    ----------
    a : array_like
    s : sequence of int, optional
        Lengths along the axes; -1 keeps one. None among them, and lengths without axes, are deprecated.
    axes : sequence of int, optional
        The last two without it.
    norm : {'backward', 'ortho', 'forward'}, optional
        Which direction is divided by the lengths: the inverse, both by their roots, or the forward one.
    out : ndarray, optional

    Returns
    -------
    ndarray
        float32, or float64 of 128-bit input.

    Raises
    ------
    ValueError
        A length below 1, other numbers of lengths than of axes, or a norm that there is not.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.fft.irfft2(np.fft.rfft2(np.ones((2, 2))))
    array([[1., 1.],
           [1., 1.]])
    """
    a, s, axes = _lengths(a, s, axes, half=True)
    return _core.irfftn(a, s, axes, norm, out)
