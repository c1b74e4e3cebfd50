"""MXNet's names for sharing memory with other libraries: DLPack capsules and NumPy arrays. The exchange itself is the
one of `np.from_dlpack` and `ndarray.__dlpack__`; a capsule by itself is handed on as an object that has one."""

import numpy as _numpy

from .._core import ndarray as _ndarray
from .._core import numpy as _np

__all__ = ["from_dlpack", "from_numpy", "to_dlpack_for_read", "to_dlpack_for_write"]

#: Host memory, as the protocol counts devices.
_HOST = (1, 0)


class _Capsule:
    """An object of the protocol around a capsule, which it can give away once."""

    def __init__(self, capsule):
        self._capsule = capsule

    def __dlpack__(self, **_options):
        return self._capsule

    def __dlpack_device__(self):
        return _HOST


class _Written:
    """The memory of a NumPy array, to be written."""

    def __init__(self, array):
        self._array = array
        interface = array.__array_interface__
        self.__array_interface__ = {**interface, "data": (interface["data"][0], False)}


def from_dlpack(dlpack):
    """The array over the memory that a DLPack capsule, or an object with `__dlpack__`, describes.

    Parameters
    ----------
    dlpack : PyCapsule or object
        A capsule can be used once.

    Returns
    -------
    ndarray
        Shares the memory.

    Raises
    ------
    TypeError
        Neither a capsule nor an object with `__dlpack__`.
    ValueError
        A capsule that was used before.
    BufferError
        Memory that cannot be shared.

    Examples
    --------
    >>> x = np.ones((2, 3))
    >>> y = npx.from_dlpack(npx.to_dlpack_for_write(x))
    >>> y += 1
    >>> x
    array([[2., 2., 2.],
           [2., 2., 2.]])
    """
    if type(dlpack).__name__ == "PyCapsule":
        # the first version of the protocol cannot say whether memory may be written, and means that it may
        silent = '"dltensor"' in repr(dlpack)
        if not silent and '"dltensor_versioned"' not in repr(dlpack):
            raise ValueError(f"from_dlpack: {dlpack!r} is no DLPack capsule, or was used before")
        seen = _numpy.from_dlpack(_Capsule(dlpack))
        return _np.asarray(_Written(seen) if silent else seen)
    if not hasattr(dlpack, "__dlpack__"):
        raise TypeError(f"from_dlpack: a PyCapsule or an object with __dlpack__ is wanted, not {type(dlpack).__name__}")
    return _np.from_dlpack(dlpack)


def to_dlpack_for_read(data):
    """A DLPack capsule over an array's memory, for others to read. Pending work on the array is done first.

    Parameters
    ----------
    data : ndarray
        In host memory.

    Returns
    -------
    PyCapsule
        Can be used once.

    Raises
    ------
    BufferError
        The memory cannot be shared.

    Examples
    --------
    >>> npx.from_dlpack(npx.to_dlpack_for_read(np.ones(3)))
    array([1., 1., 1.])
    """
    writable = _checked("to_dlpack_for_read", data).flags.writeable
    return data.__dlpack__(max_version=None if writable else (1, 0))


def to_dlpack_for_write(data):
    """A DLPack capsule over an array's memory, for others to write. Pending reads are done first.

    Parameters
    ----------
    data : ndarray
        In host memory, and writable.

    Returns
    -------
    PyCapsule
        Can be used once.

    Raises
    ------
    ValueError
        A read-only array.
    BufferError
        The memory cannot be shared.

    Examples
    --------
    >>> import numpy
    >>> x = np.zeros(2)
    >>> y = npx.from_dlpack(npx.to_dlpack_for_write(x))
    >>> y[0] = 5
    >>> x
    array([5., 0.])
    """
    if not _checked("to_dlpack_for_write", data).flags.writeable:
        raise ValueError("to_dlpack_for_write: the array is read-only")
    return data.__dlpack__()


def _checked(function, data):
    if not isinstance(data, _ndarray):
        raise TypeError(f"{function}: an mxnet ndarray is wanted, not {type(data).__name__}")
    return data


def from_numpy(ndarray, zero_copy=True):
    """The array of a NumPy array, of its dtype.

    Parameters
    ----------
    ndarray : numpy.ndarray
    zero_copy : bool, optional
        Share the memory; the NumPy array, which must be C-contiguous, becomes read-only. Otherwise copy.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        Not a NumPy array, or one whose elements are not numbers.
    ValueError
        `zero_copy` of an array that is not C-contiguous, or not in native byte order.

    Examples
    --------
    >>> import numpy
    >>> x = numpy.arange(3)
    >>> y = npx.from_numpy(x)
    >>> y
    array([0, 1, 2], dtype=int64)
    >>> x.flags.writeable
    False
    """
    if not isinstance(ndarray, _numpy.ndarray):
        raise TypeError(f"from_numpy: a numpy.ndarray is wanted, not {type(ndarray).__name__}")
    if not zero_copy:
        return _np.array(ndarray, dtype=ndarray.dtype)
    if not ndarray.flags.c_contiguous:
        raise ValueError("from_numpy: only a C-contiguous array can be shared; pass zero_copy=False to copy")
    if not ndarray.dtype.isnative:
        raise ValueError(f"from_numpy: dtype {ndarray.dtype} cannot be shared; pass zero_copy=False to copy")
    shared = _np.asarray(ndarray)
    ndarray.flags.writeable = False
    return shared
