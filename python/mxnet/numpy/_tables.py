"""Tables of numbers in texts: `loadtxt` and `genfromtxt`. The core parses; how lines are got, checks of arguments
and converters stand here."""

import io
import locale
import operator
import os
import warnings

import numpy as _numpy

from .. import _core
from .._core import numpy as _np
from ._text import OPENERS, known_dtype, on_device, parsed_as, path_of

__all__ = ["genfromtxt", "loadtxt"]


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

    As in MXNet, the dtype is NumPy's: `float64` where none is named. Tables without gaps are parsed by the core; one
    with gaps, converters or fields of fixed width is read by NumPy's own `genfromtxt`, as MXNet does it.

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
        Refused: arrays hold plain numbers.
    excludelist, deletechars, replace_space, case_sensitive, defaultfmt : optional
        Without meaning here: they concern names.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.
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
        raise TypeError(
            "genfromtxt: names ask for a structured dtype, and arrays hold plain numbers; skip that line instead"
        )
    if usemask:
        raise TypeError("genfromtxt: there are no masked arrays; use filling_values")
    if dtype is not None:
        known_dtype(dtype)
    options = dict(
        dtype=dtype, comments=comments, delimiter=delimiter, skip_header=skip_header, skip_footer=skip_footer,
        converters=converters, missing_values=missing_values, filling_values=filling_values, usecols=usecols,
        autostrip=autostrip, unpack=unpack, loose=loose, invalid_raise=invalid_raise, max_rows=max_rows,
        encoding=encoding, ndmin=ndmin,
    )  # fmt: skip
    plain = None
    with on_device(device, ctx):
        if not (converters or missing_values or filling_values is not None or max_rows is not None):
            fname, plain = _without_gaps(fname, options)
        if plain is not None:
            return plain
        found = _numpy.genfromtxt(fname, **options)
        if found.dtype.kind not in "biufc" and found.dtype.name != "bfloat16":
            raise TypeError(
                f"genfromtxt: the fields need dtype {found.dtype}, and arrays hold plain numbers of one dtype"
            )
        return _np.array(found)


def _without_gaps(fname, options):
    """The table if it is plain, else None; and what is still to be read by other means."""
    dtype, delimiter, comments = (options[name] for name in ("dtype", "delimiter", "comments"))
    columns, encoding = options["usecols"], options["encoding"]
    fits = dtype is not None and known_dtype(dtype).kind in "iufc" and encoding != "bytes"
    fits = fits and (delimiter is None or (isinstance(delimiter, str) and len(delimiter) == 1))
    fits = (
        fits and (comments is None or (isinstance(comments, str) and comments != "")) and options["ndmin"] in (0, 1, 2)
    )
    columns = [columns] if isinstance(columns, int) else columns
    fits = fits and (columns is None or (isinstance(columns, (list, tuple)) and all(type(c) is int for c in columns)))
    if not fits or columns == [] or not (isinstance(fname, (str, os.PathLike)) or hasattr(fname, "read")):
        return fname, None
    content = _content(fname, encoding, 0, None, [], None, None)
    again = fname if path_of(fname) is not None else io.StringIO(content.decode())
    dtype = known_dtype(dtype)
    layout = (delimiter, [comments] if comments else [], None, options["skip_header"], columns, None, False)
    try:
        table = _core.parse_table(content, parsed_as(dtype), dtype.name, layout).astype(dtype, copy=False)
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
