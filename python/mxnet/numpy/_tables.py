"""Tables of numbers in texts: `loadtxt`. The core parses; how lines are got, checks of arguments and converters stand
here. Tables with gaps are read in `_gaps`."""

import locale
import operator
import os
import warnings

from .. import _core
from .._core import numpy as _np
from ._text import OPENERS, known_dtype, on_device, parsed_as, path_of

__all__ = ["loadtxt"]


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
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.

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
    dtype = known_dtype(dtype)
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
    layout = (delimiter, comments, quotechar, skiprows, columns, max_rows, False)
    with on_device(device, ctx):
        if converters is None:
            table = _core.parse_table(content, parsed_as(dtype), dtype.name, layout).astype(dtype, copy=False)
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
    named = {"delimiter": delimiter, "quotechar": quotechar}
    if len(comments) == 1 and len(comments[0]) == 1:
        named["comment"] = comments[0]
    for name, control in named.items():
        if control is not None and not (isinstance(control, str) and len(control) == 1):
            raise TypeError(
                f"Text reading control character must be a single unicode character or None; but got: {control!r}"
            )
        if control in ("\n", "\r"):
            raise TypeError(f"control character '{name}' cannot be a newline (`\\r` or `\\n`).")
    names = [name for name in ("comment", "quotechar", "delimiter") if named.get(name) is not None]
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            if named[first] == named[second]:
                raise TypeError(f"The values for control characters '{first}' and '{second}' are incompatible")


def _content(fname, encoding, skip, max_rows, comments, delimiter, quotechar):
    """The text to parse, in UTF-8. Of an iterable no more lines are taken than the rows need."""
    path = path_of(fname)
    if path is not None:
        opener = OPENERS.get(os.path.splitext(path)[1], open)
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
            f"fname must be a string, filehandle, list of strings,\nor generator. Got {type(fname)} instead."
        ) from None
    decoded = (line.decode(encoding) if isinstance(line, bytes) else line for line in lines)
    if max_rows is not None:
        decoded = _first_rows(decoded, skip, max_rows, comments, delimiter, quotechar)
    return "".join(_ended(decoded)).encode()


def _ended(lines):
    """Lines of which all but the last have an end."""
    ended = True
    for line in lines:
        yield line if ended else "\n" + line
        ended = line.endswith(("\n", "\r"))


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
    *ways, columns, max_rows, _ = layout
    even = columns is None
    first = _core.split_table(content, dtype.name, (*ways, None, 1, False))
    if not first or max_rows == 0:
        return _np.empty((0, len(columns or [0])), dtype=dtype)
    count = len(first[0])
    functions = _functions(converters, columns, count)
    columns = list(range(count)) if columns is None else columns
    plain = [place for place in range(len(columns)) if place not in functions]
    chosen = [columns[place] for place in functions]
    fields = _core.split_table(content, dtype.name, (*ways, chosen, max_rows, even))
    table = _np.empty((len(fields), len(columns)), dtype=dtype)
    if plain:
        rest = (*ways, [columns[place] for place in plain], max_rows, even)
        read = _core.parse_table(content, parsed_as(dtype), dtype.name, rest)
        for number, place in enumerate(plain):
            table[:, place] = read[:, number].astype(dtype)
    python_type = {"b": bool, "i": int, "u": int, "f": float, "V": float, "c": complex}[dtype.kind]
    for number, (place, function) in enumerate(functions.items()):
        texts = [row[number].encode("latin1") if as_bytes else row[number] for row in fields]
        values = _convert(function, texts, python_type, dtype, columns[place] % count)
        table[:, place] = _np.array(values, dtype=dtype)
    return table


def _functions(converters, columns, count):
    """The function of each place in a row that has one; `columns` are those that were asked for."""
    if callable(converters):
        return dict.fromkeys(range(count if columns is None else len(columns)), converters)
    if not isinstance(converters, dict):
        raise TypeError("converters must be a dictionary mapping columns to converter functions or a single callable.")
    functions = {}
    for key, function in converters.items():
        place = column = operator.index(key)
        if columns is not None:
            if column not in columns:
                continue
            place = columns.index(column)
        elif not -count <= column < count:
            raise ValueError(
                f"converter specified for column {column}, which is invalid for the number of fields {count}."
            )
        if not callable(function):
            raise TypeError(
                "values of the converters dictionary must be callable, but the value associated with key"
                f" {key!r} is not"
            )
        functions[place if columns is not None else place % count] = function
    return functions


def _convert(function, texts, python_type, dtype, column):
    """What a function makes of the fields of a column, as Python's numbers."""
    values = []
    for row, text in enumerate(texts):
        try:
            value = function(text)
            values.append(python_type(value.decode("latin1") if isinstance(value, bytes) else value))
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
