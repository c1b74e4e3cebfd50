"""`npx.save` and `npx.load`: MXNet's own binary format of lists and dictionaries of arrays, version 3."""

import os
import struct
import tempfile

from .._core import Device, ndarray
from .._core import numpy as _np
from ..device import cpu, num_gpus

__all__ = ["load", "save"]

_FILE = 0x112
_VERSION_1, _VERSION_2, _VERSION_3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
#: MXNet's numbers of the dtypes
_DTYPES = [
    "float32",
    "float64",
    "float16",
    "uint8",
    "int32",
    "int8",
    "int64",
    "bool",
    "int16",
    "uint16",
    "uint32",
    "uint64",
    "bfloat16",
]
_GPU = 2


def save(file, arr):
    """Writes arrays to a file in MXNet's binary format, with the device that they live on.

    Parameters
    ----------
    file : str or path
    arr : ndarray, sequence of ndarray, or dict from str to ndarray

    Raises
    ------
    TypeError
        Something that is no array, or a complex dtype, which the format does not have.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'arrays')
    >>> npx.save(path, {'weight': np.ones(2)})
    >>> npx.load(path)
    {'weight': array([1., 1.])}
    """
    if isinstance(arr, ndarray):
        arr = [arr]
    names, arrays = (list(arr), list(arr.values())) if isinstance(arr, dict) else ([], list(arr))
    parts = [struct.pack("<QQQ", _FILE, 0, len(arrays))]
    parts += [_packed(array) for array in arrays]
    parts.append(struct.pack("<Q", len(names)))
    for name in names:
        text = name.encode()
        parts.append(struct.pack("<Q", len(text)) + text)
    _write(os.fspath(file), b"".join(parts))


def _write(path, content):
    """Writes the whole file or leaves what was there before."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _packed(array):
    if not isinstance(array, ndarray):
        raise TypeError(f"save: arrays are wanted, not '{type(array).__name__}'")
    name = str(array.dtype)
    if name not in _DTYPES:
        raise TypeError(f"save: MXNet's format has no dtype {name}; save the real and imaginary parts")
    head = struct.pack("<Ii", _VERSION_3, 0)
    shape = struct.pack(f"<i{array.ndim}q", array.ndim, *array.shape)
    device = struct.pack("<ii", array.device.device_typeid, array.device.device_id)
    return head + shape + device + struct.pack("<i", _DTYPES.index(name)) + array.tobytes()


def load(file):
    """Reads arrays that `save` (or MXNet) wrote.

    Parameters
    ----------
    file : str or path

    Returns
    -------
    list of ndarray, or dict from str to ndarray

    Raises
    ------
    ValueError
        The file is cut short, or in another format.
    """
    with open(file, "rb") as source:
        content = source.read()
    try:
        return _read(content)
    except (struct.error, IndexError) as error:
        raise ValueError(f"load: {os.fspath(file)} is damaged or not in MXNet's format ({error})") from None


class _Reader:
    """Takes values from the front of bytes."""

    def __init__(self, content):
        self._content, self._at = content, 0

    def take(self, form):
        values = struct.unpack_from("<" + form, self._content, self._at)
        self._at += struct.calcsize("<" + form)
        return values

    def one(self, form):
        return self.take(form)[0]

    def raw(self, count):
        if count < 0 or self._at + count > len(self._content):
            raise ValueError("load: the file is cut short")
        self._at += count
        return self._content[self._at - count : self._at]


def _read(content):
    reader = _Reader(content)
    magic, _, count = reader.take("QQQ")
    if magic != _FILE:
        raise ValueError(f"load: the file begins with {magic:#x}, MXNet's format with {_FILE:#x}")
    arrays = [_array(reader) for _ in range(count)]
    names = [reader.raw(reader.one("Q")).decode() for _ in range(reader.one("Q"))]
    return dict(zip(names, arrays, strict=True)) if names else arrays


def _array(reader):
    from .._core import _rebuild

    version = reader.one("I")
    if version in (_VERSION_2, _VERSION_3):
        if reader.one("i") != 0:
            raise ValueError("load: sparse arrays are not supported")
        shape = reader.take(f"{reader.one('i')}q")
    elif version == _VERSION_1:
        shape = reader.take(f"{reader.one('I')}q")
    else:
        # the oldest version has no mark: the number is that of the axes
        shape = reader.take(f"{version}I")
    if not shape and version != _VERSION_3:
        return _np.zeros(0)
    kind, number = reader.take("ii")
    dtype = _dtype(reader.one("i"))
    size = _DTYPE_SIZES[dtype]
    for length in shape:
        size *= length
    # an array of a GPU that this machine does not have is read to the CPU
    device = Device("gpu", number) if kind == _GPU and number < num_gpus() else cpu()
    return _rebuild(reader.raw(size), list(shape), dtype, device.device_type, device.device_id)


def _dtype(number):
    if not 0 <= number < len(_DTYPES):
        raise ValueError(f"load: the file names dtype number {number}, which MXNet does not have")
    return _DTYPES[number]


_DTYPE_SIZES = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
}
