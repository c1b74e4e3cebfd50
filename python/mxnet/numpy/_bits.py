"""Bits in bytes: packing and unpacking, by shifts and sums of arrays."""

from .. import _core
from .._core import numpy as _np

__all__ = ["packbits", "unpackbits"]

_ops = _core.ufuncs("np")


def _weights(bitorder):
    """How far each bit of a byte is shifted."""
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")
    return _np.array(range(7, -1, -1) if bitorder == "big" else range(8), dtype="uint8")


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
    a = _np.asarray(a)
    if a.dtype.kind not in "biu":
        raise TypeError("Expected an input array of integer or boolean data type")
    shifts = _weights(bitorder)
    if axis is None:
        a, axis = a.ravel(), 0
    bits = _np.moveaxis(a, axis, -1) != 0
    rest = -bits.shape[-1] % 8
    if rest:
        bits = _np.concatenate((bits, _np.zeros((*bits.shape[:-1], rest), dtype="bool")), axis=-1)
    groups = bits.reshape((*bits.shape[:-1], bits.shape[-1] // 8, 8)).astype("uint8")
    packed = _ops["left_shift"](groups, shifts).sum(axis=-1, dtype="uint8")
    return _np.ascontiguousarray(_np.moveaxis(packed, -1, axis))


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
    a = _np.asarray(a)
    if a.dtype != "uint8":
        raise TypeError("Expected an input array of unsigned byte data type")
    shifts = _weights(bitorder)
    if axis is None:
        a, axis = a.ravel(), 0
    moved = _np.moveaxis(a, axis, -1)
    bits = _ops["bitwise_and"](_ops["right_shift"](_np.expand_dims(moved, -1), shifts), 1)
    bits = bits.reshape((*moved.shape[:-1], moved.shape[-1] * 8))
    if count is not None:
        have = bits.shape[-1]
        if count < -have:
            raise ValueError(f"-count larger than number of elements ({have})")
        if count <= have:
            bits = bits[..., :count]
        else:
            filler = _np.zeros((*bits.shape[:-1], count - have), dtype="uint8")
            bits = _np.concatenate((bits, filler), axis=-1)
    return _np.ascontiguousarray(_np.moveaxis(bits, -1, axis))
