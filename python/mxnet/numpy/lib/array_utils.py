"""Helpers for code about arrays: where their memory lies, and axes as NumPy checks them."""

import contextlib
import operator

from numpy.exceptions import AxisError

from ..._core import numpy as _np

__all__ = ["byte_bounds", "normalize_axis_index", "normalize_axis_tuple"]


def byte_bounds(a):
    """The addresses of an array's first byte, and of the byte behind its last one.

    Parameters
    ----------
    a : ndarray
        In the host's memory.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> low, high = np.lib.array_utils.byte_bounds(np.zeros((3, 4))[::-1, ::2])
    >>> high - low
    44
    """
    a = _np.asarray(a)
    low = high = a.ctypes.data
    if a.size:
        low += sum((length - 1) * stride for length, stride in zip(a.shape, a.strides, strict=True) if stride < 0)
        high += sum((length - 1) * stride for length, stride in zip(a.shape, a.strides, strict=True) if stride > 0)
    return low, high + a.itemsize


def normalize_axis_index(axis, ndim, msg_prefix=None):
    """An axis counted from the first one.

    Parameters
    ----------
    axis, ndim : int
    msg_prefix : str, optional
        What errors begin with.

    Returns
    -------
    int

    Raises
    ------
    numpy.exceptions.AxisError
        There is no such axis.

    Examples
    --------
    >>> np.lib.array_utils.normalize_axis_index(-1, ndim=3)
    2
    """
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise AxisError(axis, ndim, msg_prefix)
    return axis % ndim


def normalize_axis_tuple(axis, ndim, argname=None, allow_duplicate=False):
    """One axis or several as a tuple of axes counted from the first one.

    Parameters
    ----------
    axis : int or iterable of int
    ndim : int
    argname : str, optional
        What errors begin with.
    allow_duplicate : bool, optional

    Returns
    -------
    tuple of int

    Raises
    ------
    numpy.exceptions.AxisError
        There is no such axis.
    ValueError
        An axis twice.

    Examples
    --------
    >>> np.lib.array_utils.normalize_axis_tuple((0, -1), 3)
    (0, 2)
    """
    if type(axis) not in (tuple, list):
        with contextlib.suppress(TypeError):
            axis = [operator.index(axis)]
    axes = tuple(normalize_axis_index(one, ndim, argname) for one in axis)
    if not allow_duplicate and len(set(axes)) != len(axes):
        raise ValueError(f"repeated axis in `{argname}` argument" if argname else "repeated axis")
    return axes
