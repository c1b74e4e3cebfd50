"""Bits in bytes: packing and unpacking."""

from .._core import numpy as _np

__all__ = ["packbits", "unpackbits"]


def packbits(a, /, axis=None, bitorder="big"):
    """Eight truth values in one byte.

    Parameters
    ----------
    a : array_like
        Bool or integer; not zero counts as one.
    axis : int, optional
        Along which; without it the array is flattened. A rest of fewer than eight is filled with zeros.
    bitorder : {'big', 'little'}, optional
        Which end of a byte is first.

    Returns
    -------
    ndarray
        uint8.

    Raises
    ------
    TypeError
        A floating or complex dtype.
    ValueError
        Another bit order, or an array without axes and an axis.

    Examples
    --------
    >>> np.packbits(np.array([1, 0, 1, 1], dtype=bool))
    array([176], dtype=uint8)
    """
    return _np._packbits(a, axis, bitorder)


def unpackbits(a, /, axis=None, count=None, bitorder="big"):
    """The bits of bytes, as zeros and ones.

    Parameters
    ----------
    a : array_like
        uint8.
    axis : int, optional
        Along which; without it the array is flattened.
    count : int, optional
        How many bits; a negative number leaves out that many, more than there are adds zeros.
    bitorder : {'big', 'little'}, optional

    Returns
    -------
    ndarray
        uint8.

    Raises
    ------
    TypeError
        Another dtype.
    ValueError
        Another bit order, or more bits left out than there are.

    Examples
    --------
    >>> np.unpackbits(np.array([176], dtype='uint8'), count=4)
    array([1, 0, 1, 1], dtype=uint8)
    """
    return _np._unpackbits(a, axis, count, bitorder)
