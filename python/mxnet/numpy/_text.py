"""Numbers as text: `loadtxt`, `genfromtxt`, `savetxt`, `fromstring`, `fromfile` and what `ndarray.tofile` calls. Tables are
parsed by the core; how files and lines are got, converters and what is written stand here."""

import bz2
import gzip
import io
import locale
import lzma
import operator
import os
import warnings
import zlib
from contextlib import nullcontext

import numpy as _numpy

from .. import _core
from .._core import ndarray
from .._core import numpy as _np

__all__ = ["fromfile", "fromstring", "genfromtxt", "loadtxt", "savetxt"]

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".lzma": lzma.open}
_PACKERS = {
    ".gz": lambda: zlib.compressobj(9, wbits=31),
    ".bz2": bz2.BZ2Compressor,
    ".xz": lzma.LZMACompressor,
    ".lzma": lzma.LZMACompressor,
}
_WRITTEN_AT_ONCE = 1 << 14


def _path(file):
    """The path as text, or None for a file object."""
    return os.fsdecode(file) if isinstance(file, (str, os.PathLike)) else None


def _known(dtype):
    """The dtype, checked to be one of numbers; the default one for None."""
    return _np.empty(0, dtype=dtype).dtype


def _where(device, ctx):
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
        A `%` format for every number, one for every column, or one with as many as a row has. Complex numbers take one for
        both parts, or two.
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
    fmt = fmt.decode("latin1") if isinstance(fmt, bytes) else fmt
    delimiter = delimiter.decode("latin1") if isinstance(delimiter, bytes) else delimiter
    path = _path(fname)
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
    path = _path(file)
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
    path = _path(file)
    if path is not None:
        with open(path, "rb") as opened:
            return fromfile(opened, dtype, count, sep, offset, device=device, ctx=ctx)
    if not hasattr(file, "read"):
        raise TypeError(f"fromfile: a path or a file object is wanted, not '{type(file).__name__}'")
    dtype = _known(dtype)
    if sep:
        text = file.read()
        return _run(text, dtype, count, sep, device, ctx)
    if offset:
        file.seek(offset, 1)
    data = file.read(-1 if count < 0 else count * dtype.itemsize)
    elements = _numpy.frombuffer(data, dtype=dtype, count=len(data) // dtype.itemsize)
    with _where(device, ctx):
        return _np.array(elements)


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
    found = _run(string, _known(dtype), count, sep, device, ctx)
    if found.size < count:
        raise ValueError(f"string is smaller than requested size: {found.size} numbers, not {count}")
    return found


def _run(text, dtype, count, sep, device, ctx):
    data = text.encode() if isinstance(text, str) else bytes(text)
    with _where(device, ctx):
        found = _core.parse_run(data, _parsed_as(dtype), sep, None if count < 0 else count)
        return found.astype(dtype, copy=False)


def _parsed_as(dtype):
    """The dtype that the core reads: the halves are rounded from double precision, as NumPy does it."""
    return "float64" if dtype.name in ("float16", "bfloat16") else dtype.name


def loadtxt(
    fname,
    dtype=None,
    comments="#",
    delimiter=None,
    converters=None,
    skiprows=0,
    usecols=None,
    unpack=False,
    ndmin=0,
    encoding=None,
    max_rows=None,
    *,
    quotechar=None,
    like=None,
    device=None,
    ctx=None,
):
    """Reads a table of numbers from a text, one row a line.

    Parameters
    ----------
    fname : str, path, file object or iterable of lines
        Files that end in `.gz`, `.bz2` or `.xz` are unpacked.
    dtype : dtype, optional
        The default dtype where none is given.
    comments : str or sequence of str, optional
        What begins a comment; None for no comments.
    delimiter : str, optional
        The character between numbers; white space by default.
    converters : dict or callable, optional
        A function from the text of a field to a number, for columns by number or for all.
    skiprows : int, optional
        Lines to pass over first.
    usecols : int or sequence of int, optional
        The columns to read, negative ones counted from the last.
    unpack : bool, optional
        Give columns instead of rows: `x, y = np.loadtxt(..., unpack=True)`.
    ndmin : {0, 1, 2}, optional
        Axes to have at least; axes of one element are dropped otherwise.
    encoding : str, optional
        Of the file; 'bytes' hands bytes to converters.
    max_rows : int, optional
        Rows to read; an iterable is left after them.
    quotechar : str, optional
        What encloses fields that hold a delimiter or a comment.
    device, ctx : Device, optional
        Where the array goes; two names of one argument.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A field that is no number of the dtype, or rows of different lengths.

    Examples
    --------
    >>> from mxnet import np
    >>> np.loadtxt(['# x,y', '1,2', '3,4'], delimiter=',')
    array([[1., 2.],
           [3., 4.]])
    """
    dtype = _known(dtype)
    columns = _columns(usecols)
    if ndmin not in (0, 1, 2):
        raise ValueError(f"Illegal value of ndmin keyword: {ndmin}")
    comments = _comments(comments, delimiter, quotechar)
    delimiter = delimiter.decode("latin1") if isinstance(delimiter, bytes) else delimiter
    _check_controls(delimiter, comments, quotechar)
    for count in (skiprows,) if max_rows is None else (skiprows, max_rows):
        if operator.index(count) < 0:
            raise ValueError("argument must be nonnegative")
    as_bytes, encoding = encoding == "bytes", None if encoding == "bytes" else encoding
    content = _content(fname, encoding, skiprows, max_rows, comments, delimiter, quotechar)
    layout = (delimiter, comments, quotechar, skiprows, columns, max_rows)
    with _where(device, ctx):
        if converters is None:
            table = _core.parse_table(content, _parsed_as(dtype), dtype.name, layout).astype(dtype, copy=False)
        else:
            table = _converted(content, dtype, layout, converters, as_bytes)
        if table.shape[0] == 0:
            warnings.warn(f'loadtxt: input contained no data: "{fname}"', UserWarning, stacklevel=2)
            table = table.reshape(0, 1 if columns is None else len(columns))
        table = _with_axes(table, ndmin)
        return table.T if unpack else table


def _columns(usecols):
    """The wanted columns as a list of int, or None for all."""
    if usecols is None:
        return None
    try:
        usecols = list(usecols)
    except TypeError:
        usecols = [usecols]
    try:
        return [operator.index(column) for column in usecols]
    except TypeError:
        wrong = next(column for column in usecols if not hasattr(column, "__index__"))
        raise TypeError(
            "usecols must be an int or a sequence of ints but it contains at least one element of type"
            f" '{type(wrong).__name__}'"
        ) from None


def _comments(comments, delimiter, quotechar):
    """The beginnings of comments as a list of str."""
    if comments is None:
        return []
    listed = [comments] if isinstance(comments, (str, bytes)) else list(comments)
    listed = [comment.decode("latin1") if isinstance(comment, bytes) else comment for comment in listed]
    if "" in listed:
        raise ValueError("comments cannot be an empty string. Use comments=None to disable comments.")
    if len(listed) > 1 and delimiter in listed:
        listed = tuple(listed)
        raise TypeError(f"Comment characters '{listed}' cannot include the delimiter '{delimiter}'")
    if quotechar is not None and (len(listed) > 1 or any(len(comment) != 1 for comment in listed)):
        raise ValueError(
            "when multiple comments or a multi-character comment is given, quotes are not supported.  In this case"
            " quotechar must be set to None."
        )
    return listed


def _check_controls(delimiter, comments, quotechar):
    named = {"delimiter": delimiter, "quote": quotechar}
    if len(comments) == 1 and len(comments[0]) == 1:
        named["comment"] = comments[0]
    for name, control in named.items():
        if control is not None and not (isinstance(control, str) and len(control) == 1):
            raise TypeError(
                "Text reading control character must be a single unicode character or None; but got:"
                f" {control!r}"
            )
        if control in ("\n", "\r"):
            raise TypeError(f"control character '{name}' cannot be a newline (`\\r` or `\\n`).")
    names = [name for name in ("comment", "quote", "delimiter") if named.get(name) is not None]
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            if named[first] == named[second]:
                raise TypeError(f"The values for control characters '{first}' and '{second}' are incompatible")


def _content(fname, encoding, skip, max_rows, comments, delimiter, quotechar):
    """The text to parse, in UTF-8. Of an iterable no more lines are taken than the rows need."""
    path = _path(fname)
    if path is not None:
        opener = _OPENERS.get(os.path.splitext(path)[1], open)
        with opener(path, "rb") as file:
            data = file.read()
        encoding = encoding or locale.getpreferredencoding(False)
        utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "ascii", "us-ascii")
        return data if utf8 else data.decode(encoding).encode()
    encoding = encoding or getattr(fname, "encoding", None) or "latin1"
    if max_rows is None and hasattr(fname, "read"):
        text = fname.read()
        return (text.decode(encoding) if isinstance(text, bytes) else text).encode()
    try:
        lines = iter(fname)
    except TypeError:
        raise ValueError(
            "fname must be a string, filehandle, list of strings,\n"
            f"or generator. Got {type(fname)} instead."
        ) from None
    decoded = (line.decode(encoding) if isinstance(line, bytes) else line for line in lines)
    if max_rows is not None:
        decoded = _first_rows(decoded, skip, max_rows, comments, delimiter, quotechar)
    return "".join(line if line.endswith(("\n", "\r")) else line + "\n" for line in decoded).encode()


def _first_rows(lines, skip, max_rows, comments, delimiter, quotechar):
    """The lines up to the last wanted row."""
    rows, inside = 0, False
    while skip or rows < max_rows:
        line = next(lines, None)
        if line is None:
            return
        yield line
        if skip:
            skip -= 1
            continue
        if quotechar and line.count(quotechar) % 2:
            inside = not inside
        body = line.rstrip("\r\n")
        for comment in comments:
            body = body.split(comment, 1)[0]
        body = body if delimiter else body.strip()
        rows += bool(body) and not inside


def _converted(content, dtype, layout, converters, as_bytes):
    """A table some of whose columns go through functions."""
    delimiter, comments, quote, skip, columns, max_rows = layout
    fields = _core.split_table(content, dtype.name, layout)
    if not fields:
        return _np.empty((0, len(columns or [0])), dtype=dtype)
    first = _core.split_table(content, dtype.name, (delimiter, comments, quote, skip, None, 1))[0]
    columns = [column % len(first) for column in columns] if columns is not None else list(range(len(first)))
    functions = _functions(converters, columns, len(first))
    table = _np.empty((len(fields), len(columns)), dtype=dtype)
    plain = [column for column in columns if column not in functions]
    if plain:
        rest = (delimiter, comments, quote, skip, plain, max_rows)
        read = _core.parse_table(content, _parsed_as(dtype), dtype.name, rest)
        for number, place in enumerate(at for at, column in enumerate(columns) if column not in functions):
            table[:, place] = read[:, number].astype(dtype)
    python_type = {"b": bool, "i": int, "u": int, "f": float, "V": float, "c": complex}[dtype.kind]
    for place, column in enumerate(columns):
        if column in functions:
            texts = [row[place].encode("latin1") if as_bytes else row[place] for row in fields]
            values = _convert(functions[column], texts, python_type, dtype, column)
            table[:, place] = _np.array(values, dtype=dtype)
    return table


def _functions(converters, columns, count):
    """The converter of each column that has one."""
    if callable(converters):
        return dict.fromkeys(columns, converters)
    if not isinstance(converters, dict):
        raise TypeError("converters must be a dictionary mapping columns to converter functions or a single callable.")
    functions = {}
    for key, function in converters.items():
        column = operator.index(key)
        if not -count <= column < count:
            raise ValueError(f"converter specified for column {column}, which is invalid for the number of fields {count}.")
        if not callable(function):
            raise TypeError("values of the converters dictionary must be callable")
        functions[column % count] = function
    return functions


def _convert(function, texts, python_type, dtype, column):
    """What a function makes of the fields of a column, as Python's numbers."""
    values = []
    for row, text in enumerate(texts):
        try:
            values.append(python_type(function(text)))
        except Exception as error:
            shown = text.decode("latin1") if isinstance(text, bytes) else text
            message = f"could not convert string {shown!r} to {dtype.name} at row {row}, column {column + 1}."
            raise ValueError(message) from error
    return values


def _with_axes(table, ndmin):
    """The array with axes of one element dropped, as long as `ndmin` are left."""
    if table.ndim > ndmin:
        table = table.squeeze()
    if table.ndim < ndmin:
        table = table.reshape(-1) if ndmin == 1 else table.reshape(1, -1).T
    return table


def genfromtxt(
    fname,
    dtype=float,
    comments="#",
    delimiter=None,
    skip_header=0,
    skip_footer=0,
    converters=None,
    missing_values=None,
    filling_values=None,
    usecols=None,
    names=None,
    excludelist=None,
    deletechars=" !#$%&'()*+,-./:;<=>?@[\\]^{|}~",
    replace_space="_",
    autostrip=False,
    case_sensitive=True,
    defaultfmt="f%i",
    unpack=None,
    usemask=False,
    loose=True,
    invalid_raise=True,
    max_rows=None,
    encoding=None,
    *,
    ndmin=0,
    like=None,
    device=None,
    ctx=None,
):
    """Reads a table of numbers from a text in which some may be missing.

    As in MXNet, the dtype is NumPy's: `float64` where none is named. Tables without gaps are parsed by the core; one with
    gaps, converters or fields of fixed width is read by NumPy's own `genfromtxt`, as MXNet does it.

    Parameters
    ----------
    fname : str, path, file object or iterable of lines
        Files that end in `.gz`, `.bz2` or `.xz` are unpacked.
    dtype : dtype, optional
        None chooses one that all fields fit; fields that need several are refused.
    comments, delimiter, usecols, unpack, max_rows, encoding, ndmin : optional
        As for `loadtxt`. A delimiter may be several characters; an int or a sequence of int means fields of that width.
    skip_header, skip_footer : int, optional
        Lines to pass over at the beginning, rows at the end.
    converters : dict, optional
        Functions from the text of a field to a number, by column.
    missing_values : optional
        Texts that mean that a number is missing: for all columns, in a sequence, or in a dictionary by column.
    filling_values : optional
        What is taken for missing numbers (nan, or -1 for integers), given likewise.
    autostrip : bool, optional
        Ignore white space around fields.
    loose : bool, optional
        Take fields that are no numbers as missing; False raises.
    invalid_raise : bool, optional
        Raise for rows of another length; False passes over them, with a warning.
    names, usemask : optional
        Refused: arrays hold plain numbers. `excludelist`, `deletechars`, `replace_space`, `case_sensitive` and `defaultfmt`
        concern names only.
    device, ctx : Device, optional
        Where the array goes; two names of one argument.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Rows of different lengths; fields that are no numbers, without `loose`.
    TypeError
        Names, masks, or fields that need several dtypes.

    Examples
    --------
    >>> from mxnet import np
    >>> np.genfromtxt(['1,2', '3,'], delimiter=',')
    array([[ 1.,  2.],
           [ 3., nan]], dtype=float64)
    """
    if names:
        raise TypeError("genfromtxt: names ask for a structured dtype, and arrays hold plain numbers; skip that line instead")
    if usemask:
        raise TypeError("genfromtxt: there are no masked arrays; use filling_values")
    if dtype is not None:
        _known(dtype)
    options = dict(
        dtype=dtype, comments=comments, delimiter=delimiter, skip_header=skip_header, skip_footer=skip_footer,
        converters=converters, missing_values=missing_values, filling_values=filling_values, usecols=usecols,
        autostrip=autostrip, unpack=unpack, loose=loose, invalid_raise=invalid_raise, max_rows=max_rows,
        encoding=encoding, ndmin=ndmin,
    )  # fmt: skip
    plain = None
    with _where(device, ctx):
        if not (converters or missing_values or filling_values is not None or max_rows is not None):
            fname, plain = _without_gaps(fname, options)
        if plain is not None:
            return plain
        found = _numpy.genfromtxt(fname, **options)
        if found.dtype.kind not in "biufc" and found.dtype.name != "bfloat16":
            raise TypeError(f"genfromtxt: the fields need dtype {found.dtype}, and arrays hold plain numbers of one dtype")
        return _np.array(found)


def _without_gaps(fname, options):
    """The table if it is plain, else None; and what is still to be read by other means."""
    dtype, delimiter, comments = (options[name] for name in ("dtype", "delimiter", "comments"))
    columns, encoding = options["usecols"], options["encoding"]
    fits = dtype is not None and _known(dtype).kind in "iufc" and encoding != "bytes"
    fits = fits and (delimiter is None or (isinstance(delimiter, str) and len(delimiter) == 1))
    fits = fits and (comments is None or (isinstance(comments, str) and comments != "")) and options["ndmin"] in (0, 1, 2)
    columns = [columns] if isinstance(columns, int) else columns
    fits = fits and (columns is None or (isinstance(columns, (list, tuple)) and all(type(c) is int for c in columns)))
    if not fits or columns == [] or not (isinstance(fname, (str, os.PathLike)) or hasattr(fname, "read")):
        return fname, None
    content = _content(fname, encoding, 0, None, [], None, None)
    again = fname if _path(fname) is not None else io.StringIO(content.decode())
    dtype = _known(dtype)
    layout = (delimiter, [comments] if comments else [], None, options["skip_header"], columns, None)
    try:
        table = _core.parse_table(content, _parsed_as(dtype), dtype.name, layout).astype(dtype, copy=False)
    except ValueError:
        return again, None
    if table.shape[0] == 0:
        return again, None
    if options["skip_footer"] > 0:
        table = table[: -options["skip_footer"]]
        if table.shape[0] == 0:
            return again, None
    table = _with_axes(table, options["ndmin"])
    return again, table.T if options["unpack"] else table
