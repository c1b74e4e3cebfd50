"""Memory of arrays for others: addresses for C functions (`ndarray.ctypes`), and files as memory (`memmap`)."""

import ctypes as _ctypes
import mmap as _mmap
import operator
import os
from contextlib import nullcontext

from .._core import ndarray
from ._text import known_dtype

__all__ = ["memmap"]

_MODES = {"readonly": "r", "copyonwrite": "c", "readwrite": "r+", "write": "w+"}


class Pointer:
    """What C functions need to know of an array: `x.ctypes`. It keeps the array; what it gives out does, too."""

    def __init__(self, array):
        # bfloat16 is no format of the buffer protocol: its bits are
        bits = array.view("uint16") if array.dtype.name == "bfloat16" else array
        # as long as somebody may write through the address, nothing that reads the array is put off
        self._memory = memoryview(bits)
        self._array, self._address = array, bits.__array_interface__["data"][0]

    def data_as(self, obj):
        """The address as a pointer type of `ctypes`, such as `ctypes.POINTER(ctypes.c_float)`."""
        pointer = _ctypes.cast(self._address, obj)
        pointer._arr = self
        return pointer

    def shape_as(self, obj):
        """The shape as an array of C integers of that type; None without axes."""
        return (obj * self._array.ndim)(*self._array.shape) if self._array.ndim else None

    def strides_as(self, obj):
        """The strides in bytes as an array of C integers of that type; None without axes."""
        return (obj * self._array.ndim)(*self._array.strides) if self._array.ndim else None

    @property
    def data(self):
        """The address of the first element."""
        return self._address

    @property
    def shape(self):
        """The shape as an array of C integers as large as a pointer."""
        return self.shape_as(_ctypes.c_ssize_t)

    @property
    def strides(self):
        """The strides in bytes as an array of C integers as large as a pointer."""
        return self.strides_as(_ctypes.c_ssize_t)

    @property
    def _as_parameter_(self):
        return self.data_as(_ctypes.c_void_p)


class memmap(ndarray):
    """An array whose memory is a file: the system reads what is touched, and writes back what was changed.

    Parameters
    ----------
    filename : str, Path or open binary file
    dtype : dtype, optional
        `uint8` where none is given.
    mode : {'r+', 'r', 'w+', 'c'}, optional
        Read and write, read only, make the file anew, or write without changing the file.
    offset : int, optional
        The byte of the first element, a multiple of the element's size.
    shape : int or tuple of int, optional
        All that the file holds, as one axis, where none is given. With 'r+' and 'w+', a file that is too short grows.
    order : {'C', 'F'}, optional

    Attributes
    ----------
    filename : Path or None
    offset : int
    mode : str

    Raises
    ------
    ValueError
        Another mode; no shape for a new file; a file that is too short or holds no whole number of elements.
    OSError
        The file cannot be opened.

    Notes
    -----
    Views and results are plain arrays; they keep the mapping. Whoever shortens the file makes the process end at the
    next touch of what is gone.

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'numbers')
    >>> x = np.memmap(path, dtype='float32', mode='w+', shape=(2, 3))
    >>> x[:] = 7
    >>> x.flush()
    >>> np.memmap(path, dtype='float32', mode='r', shape=(2, 3))
    array([[7., 7., 7.],
           [7., 7., 7.]])
    """

    def __new__(cls, filename, dtype="uint8", mode="r+", offset=0, shape=None, order="C"):
        mode = _MODES.get(mode, mode)
        if mode not in _MODES.values():
            known = ", ".join(repr(one) for one in [*_MODES.values(), *_MODES])
            raise ValueError(f"mode must be one of {known} (got {mode!r})")
        if mode == "w+" and shape is None:
            raise ValueError("shape must be given if mode == 'w+'")
        is_path = not hasattr(filename, "read")
        with open(filename, ("r" if mode == "c" else mode) + "b") if is_path else nullcontext(filename) as file:
            mapping, start, shape = _mapped(file, known_dtype(dtype), mode, offset, shape)
        self = ndarray.__new__(cls, shape, dtype=dtype, buffer=mapping, offset=offset - start, order=order)
        if isinstance(filename, os.PathLike):
            self.filename = filename.resolve()
        else:
            name = filename if is_path else getattr(filename, "name", None)
            self.filename = os.path.abspath(name) if isinstance(name, str) else None
        self.offset, self.mode, self._mmap = offset, mode, mapping
        return self

    def flush(self):
        """Writes what was changed into the file.

        Returns
        -------
        None

        Examples
        --------
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     x = np.memmap(os.path.join(folder, 'x'), dtype='int8', mode='w+', shape=(3,))
        ...     x[:] = 1
        ...     x.flush()
        ...     print(np.fromfile(os.path.join(folder, 'x'), dtype='int8'))
        [1 1 1]
        """
        self._mmap.flush()


def _mapped(file, dtype, mode, offset, shape):
    """A mapping, the byte of the file that it begins at, and the shape."""
    file.seek(0, 2)
    length, size = file.tell(), dtype.itemsize
    if shape is None:
        if (length - offset) % size:
            raise ValueError("Size of available data is not a multiple of the data-type size.")
        shape = ((length - offset) // size,)
    elif isinstance(shape, (tuple, list)):
        shape = tuple(operator.index(one) for one in shape)
    else:
        shape = (operator.index(shape),)
    count = 1
    for one in shape:
        count *= one
    wanted = offset + count * size
    if mode in ("w+", "r+"):
        # no system maps nothing at all
        wanted = max(wanted, 1)
        if length < wanted:
            file.seek(wanted - 1, 0)
            file.write(b"\0")
            file.flush()
    start = offset - offset % _mmap.ALLOCATIONGRANULARITY
    if wanted == start > 0:
        # a length of 0 would map the whole file
        start, wanted = start - _mmap.ALLOCATIONGRANULARITY, start
    kinds = {"c": _mmap.ACCESS_COPY, "r": _mmap.ACCESS_READ}
    mapping = _mmap.mmap(file.fileno(), wanted - start, access=kinds.get(mode, _mmap.ACCESS_WRITE), offset=start)
    return mapping, start, shape
