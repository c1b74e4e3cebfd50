"""Numbers as text and bare bytes: `savetxt`, `fromstring`, `fromfile` and what `ndarray.tofile` calls. Tables are
read in `_tables`."""

import bz2
import gzip
import io
import locale
import lzma
import os
import stat
import zlib
from contextlib import nullcontext

import numpy as _numpy

from .. import _core
from .._core import ndarray
from .._core import numpy as _np

__all__ = ["fromfile", "fromstring", "savetxt"]

OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".lzma": lzma.open}
_PACKERS = {
    ".gz": lambda: zlib.compressobj(9, wbits=31),
    ".bz2": bz2.BZ2Compressor,
    ".xz": lzma.LZMACompressor,
    ".lzma": lzma.LZMACompressor,
}
_WRITTEN_AT_ONCE = 1 << 14


def path_of(file):
    """The path as text, or None for a file object."""
    return os.fsdecode(file) if isinstance(file, (str, os.PathLike)) else None


def known_dtype(dtype):
    """The dtype, checked to be one of numbers; the default one for None."""
    return _np.empty(0, dtype=dtype).dtype


def stored_dtype(dtype):
    """The dtype of elements in bytes: `known_dtype` in the byte order that was asked for."""
    known = known_dtype(dtype)
    return _numpy.dtype(dtype) if dtype is not None and known.name != "bfloat16" else known


def on_device(device, ctx):
    """A `with` block in which arrays are made on that device."""
    device = ctx if device is None else device
    return nullcontext() if device is None else device


def savetxt(fname, X, fmt="%.18e", delimiter=" ", newline="\n", header="", footer="", comments="# ", encoding=None):
    """Writes an array as text, one row a line.

    The text is the one that NumPy writes, byte for byte. A path is replaced as a whole or not at all.

    Parameters
    ----------
    fname : str, path or file object
        A path that ends in `.gz`, `.bz2` or `.xz` is packed.
    X : array_like
        With one axis (a number a line) or two.
    fmt : str or sequence of str, optional
        A `%` format for every number, one for every column, or one with as many as a row has. Complex numbers take one
        for both parts, or two.
    delimiter, newline : str, optional
        Between numbers, after rows.
    header, footer : str, optional
        Comments before and after the numbers.
    comments : str, optional
        Before every line of `header` and `footer`.
    encoding : str, optional
        Of the file.

    Raises
    ------
    ValueError
        Another number of axes, or formats that do not fit them.
    TypeError
        A format that does not fit the dtype.
    OSError
        The folder cannot be written to, or is full. The old file is as it was.

    Examples
    --------
    >>> from mxnet import np
    >>> import io
    >>> file = io.StringIO()
    >>> np.savetxt(file, np.arange(6).reshape(2, 3), fmt='%d', delimiter=',', header='a,b,c')
    >>> print(file.getvalue(), end='')
    # a,b,c
    0,1,2
    3,4,5
    """
    path = path_of(fname)
    if path is None and not hasattr(fname, "write"):
        raise ValueError("fname must be a string or file handle")
    values = X.asnumpy() if isinstance(X, ndarray) else _numpy.asarray(X)
    if values.ndim not in (1, 2):
        raise ValueError(f"Expected 1D or 2D array, got {values.ndim}D array instead")
    values = values.reshape(len(values), -1) if values.size else values.reshape(len(values), *values.shape[1:] or (1,))
    row = _row_format(fmt, values.shape[1], values.dtype.kind == "c", delimiter)
    texts = _texts(values, row, newline, header, footer, comments)
    if path is None:
        _write_texts(fname, texts, encoding or "latin1")
        return
    encoding = encoding or locale.getpreferredencoding(False)
    pieces = (text.encode(encoding) for text in texts)
    _core.replace_file(path, _packed(path, pieces), "savetxt")


def _row_format(fmt, columns, is_complex, delimiter):
    """The `%` format of a row."""
    if isinstance(fmt, (list, tuple)):
        if len(fmt) != columns:
            raise AttributeError(f"fmt has wrong shape.  {fmt}")
        return delimiter.join(fmt)
    if not isinstance(fmt, str):
        raise ValueError(f"invalid fmt: {fmt!r}")
    count = fmt.count("%")
    if count == 1:
        return delimiter.join([f" ({fmt}+{fmt}j)" if is_complex else fmt] * columns)
    if count != columns * (2 if is_complex else 1):
        raise ValueError(f"fmt has wrong number of % formats:  {fmt}")
    return fmt


def _texts(values, row, newline, header, footer, comments):
    """What is to be written, in parts of many rows."""
    if header:
        yield comments + header.replace("\n", "\n" + comments) + newline
    is_complex = values.dtype.kind == "c"
    if is_complex:
        values = _numpy.ascontiguousarray(values).view(values.real.dtype)
    # numbers of Python's are written faster, and the same unless their own notation is asked for
    plain = values.dtype.kind in "iuf" and not any(letter in row for letter in "sra")
    at_once = max(1, _WRITTEN_AT_ONCE // max(values.shape[1], 1))
    at_once = 1 if newline.endswith("+") else at_once
    for start in range(0, len(values), at_once):
        part = values[start : start + at_once]
        numbers = part.reshape(-1).tolist() if plain else list(part.reshape(-1))
        try:
            text = ((row + newline.replace("%", "%%")) * len(part)) % tuple(numbers)
        except TypeError as error:
            if is_complex:
                raise
            message = f"Mismatch between array dtype ('{values.dtype}') and format specifier ('{row}')"
            raise TypeError(message) from error
        yield text.replace("+-", "-") if is_complex else text
    if footer:
        yield comments + footer.replace("\n", "\n" + comments) + newline


def _write_texts(file, texts, encoding):
    """Writes to a file object, which takes text or, as it turns out, bytes."""
    takes_text = True
    for number, text in enumerate(texts):
        if number == 0:
            try:
                file.write(text)
                continue
            except TypeError:
                takes_text = False
        file.write(text if takes_text else text.encode(encoding))


def _packed(path, pieces):
    """The bytes of a file of that extension."""
    packer = _PACKERS.get(os.path.splitext(path)[1])
    if packer is None:
        yield from pieces
        return
    packer = packer()
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def write_elements(array, file, sep, format):
    """`array.tofile(file, sep, format)`: the elements in C order, as bytes or, with a separator, as text."""
    flat = array.reshape(-1)
    if sep:
        pieces = _separated(flat, sep, format)
    else:
        parts = range(0, flat.size, 1 << 20)
        pieces = (flat[start : start + (1 << 20)].tobytes() for start in parts)
    path = path_of(file)
    if path is not None:
        _core.replace_file(path, pieces, "tofile")
        return
    if not hasattr(file, "write"):
        raise TypeError(f"tofile: a path or a file object is wanted, not '{type(file).__name__}'")
    for piece in pieces:
        file.write(piece)


def _separated(flat, sep, format):
    for start in range(0, flat.size, _WRITTEN_AT_ONCE):
        numbers = flat[start : start + _WRITTEN_AT_ONCE].tolist()
        if format in ("", "%s"):
            text = sep.join(map(str, numbers))
        else:
            text = sep.join(format % (number,) for number in numbers)
        yield ((sep if start else "") + text).encode()


def fromfile(file, dtype=None, count=-1, sep="", offset=0, *, like=None, device=None, ctx=None):
    """The numbers of a file: raw bytes, or text with separators.

    Parameters
    ----------
    file : str, Path or open binary file
    dtype : dtype, optional
        The default dtype where none is given.
    count : int, optional
        How many elements at most; -1 for all.
    sep : str, optional
        Between numbers of a text; empty for bytes.
    offset : int, optional
        First byte, from where the file is; only for bytes.
    device, ctx : Device, optional
        Where the array goes; two names of one argument.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A text that is not numbers with that separator.
    TypeError
        An offset into a text, or a file that is no file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     np.array([1, 2, 3], dtype='uint8').tofile(file)
    ...     _ = file.seek(0)
    ...     np.fromfile(file, dtype='uint8')
    array([1, 2, 3], dtype=uint8)
    """
    if sep and offset:
        raise TypeError("'offset' argument only permitted for binary files")
    path = path_of(file)
    if path is not None:
        with open(path, "rb") as opened:
            return fromfile(opened, dtype, count, sep, offset, device=device, ctx=ctx)
    if not hasattr(file, "read"):
        raise TypeError(f"fromfile: a path or a file object is wanted, not '{type(file).__name__}'")
    known = known_dtype(dtype)
    if sep:
        return _run(file.read(), known, count, sep, device, ctx)
    if offset:
        file.seek(offset, 1)
    dtype = stored_dtype(dtype)
    data = _bytes_of(file, -1 if count < 0 else count * dtype.itemsize)
    elements = _numpy.frombuffer(data, dtype=dtype, count=len(data) // dtype.itemsize)
    with on_device(device, ctx):
        return _np.asarray(elements) if isinstance(data, bytearray) else _np.array(elements)


def _bytes_of(file, limit):
    """Bytes of a file from where it is, without a second copy where it is a plain one; all for a negative limit."""
    if not isinstance(file, (io.BufferedReader, io.BufferedRandom, io.FileIO)):
        return file.read(limit)
    about = os.fstat(file.fileno())
    if not stat.S_ISREG(about.st_mode):
        return file.read(limit)
    left = max(about.st_size - file.tell(), 0)
    data = bytearray(left if limit < 0 else min(limit, left))
    done = 0
    with memoryview(data) as memory:
        while done < len(data):
            count = file.readinto(memory[done:])
            if not count:
                break
            done += count
    del data[done:]
    return data


def fromstring(string, dtype=None, count=-1, *, sep, like=None, device=None, ctx=None):
    """The numbers in a text.

    Parameters
    ----------
    string : str
    dtype : dtype, optional
        The default dtype where none is given.
    count : int, optional
        How many numbers; -1 for all.
    sep : str
        What stands between numbers; white space in it stands for any amount of white space, also for none.
    device, ctx : Device, optional
        Where the array goes; two names of one argument.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A part that is not a number, too few numbers, or no separator (use `frombuffer` for bytes).

    Examples
    --------
    >>> np.fromstring('1, 2, 3', sep=',')
    array([1., 2., 3.])
    """
    if not sep:
        raise ValueError("The binary mode of fromstring is removed, use frombuffer instead")
    found = _run(string, known_dtype(dtype), count, sep, device, ctx)
    if found.size < count:
        raise ValueError(f"string is smaller than requested size: {found.size} numbers, not {count}")
    return found


def _run(text, dtype, count, sep, device, ctx):
    data = text.encode() if isinstance(text, str) else bytes(text)
    with on_device(device, ctx):
        found = _core.parse_run(data, parsed_as(dtype), sep, None if count < 0 else count)
        return found.astype(dtype, copy=False)


def parsed_as(dtype):
    """The dtype that the core reads: the halves are rounded from double precision, as NumPy does it."""
    return "float64" if dtype.name in ("float16", "bfloat16") else dtype.name
