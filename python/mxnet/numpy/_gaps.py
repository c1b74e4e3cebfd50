"""`genfromtxt`: tables of numbers in texts in which some may be missing. A table without gaps is parsed by the core;
one with gaps, converters or fields of fixed width is read here, field by field, by NumPy's rules."""

import io
import itertools
import math
import operator
import os
import warnings

from .. import _core
from .._core import numpy as _np
from ._tables import _content, _with_axes
from ._text import OPENERS, known_dtype, on_device, parsed_as, path_of

__all__ = ["genfromtxt"]


class ConversionWarning(UserWarning):
    """Rows that do not fit were passed over."""


class ConverterError(Exception):
    """A function of the user cannot read a field."""


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

    As in MXNet, the dtype is NumPy's: `float64` where none is named.

    Parameters
    ----------
    fname : str, path, file object or iterable of lines
        Files that end in `.gz`, `.bz2` or `.xz` are unpacked.
    dtype : dtype, optional
        None finds the narrowest of bool, int64, float64 and complex128 for every column, and gives the one that holds
        them all.
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
        Names, masks, or columns that are no numbers.

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
    if ndmin not in (0, 1, 2):
        raise ValueError(f"Illegal value of ndmin keyword: {ndmin}")
    dtype = None if dtype is None else known_dtype(dtype)
    if max_rows is not None:
        if skip_footer:
            raise ValueError("The keywords 'skip_footer' and 'max_rows' can not be specified at the same time.")
        if max_rows < 1:
            raise ValueError("'max_rows' must be at least 1.")
    if converters and not isinstance(converters, dict):
        raise TypeError(
            f"The input argument 'converter' should be a valid dictionary (got '{type(converters)}' instead)"
        )
    as_bytes, encoding = encoding == "bytes", None if encoding == "bytes" else encoding
    with on_device(device, ctx):
        table = None
        if not (converters or missing_values or filling_values is not None or max_rows is not None or as_bytes):
            fname, table = _without_gaps(fname, dtype, comments, delimiter, skip_header, skip_footer, usecols, encoding)
        if table is None:
            split = _splitter(delimiter, comments, autostrip, encoding)
            gaps = _Gaps(fname, split, skip_header, usecols, encoding)
            columns = gaps.columns(dtype, converters or {}, missing_values, filling_values, as_bytes)
            gaps.read(max_rows)
            if dtype is None:
                gaps.check_converters(columns)
            gaps.check_rows(skip_footer, invalid_raise)
            table = _table(columns, gaps.rows, dtype, loose)
        table = _with_axes(table, ndmin)
        return table.T if unpack else table


def _without_gaps(fname, dtype, comments, delimiter, skip_header, skip_footer, columns, encoding):
    """What is still to be read by other means, and the table, or None if it is not plain."""
    fits = dtype is not None and dtype.kind in "iufc"
    fits = fits and (delimiter is None or (isinstance(delimiter, str) and len(delimiter) == 1))
    fits = fits and (comments is None or (isinstance(comments, str) and comments != ""))
    columns = [columns] if isinstance(columns, int) else columns
    fits = fits and (columns is None or (isinstance(columns, (list, tuple)) and all(type(c) is int for c in columns)))
    # (the places of columns that are counted from the last are those of the first row)
    fits = fits and (columns is None or min(columns, default=0) >= 0)
    if not fits or columns == [] or not (isinstance(fname, (str, os.PathLike)) or hasattr(fname, "read")):
        return fname, None
    content = _content(fname, encoding, 0, None, [], None, None)
    again = fname if path_of(fname) is not None else io.StringIO(content.decode())
    layout = (delimiter, [comments] if comments else [], None, skip_header, columns, None, False)
    try:
        table = _core.parse_table(content, parsed_as(dtype), dtype.name, layout).astype(dtype, copy=False)
    except ValueError:
        return again, None
    table = table[:-skip_footer] if skip_footer > 0 else table
    return again, table if table.shape[0] else None


def _decoded(line, encoding):
    return line.decode(encoding or "latin1") if type(line) is bytes else line


def _splitter(delimiter, comments, autostrip, encoding):
    """The function from a line to its fields."""
    delimiter, comments = _decoded(delimiter, None), _decoded(comments, None)
    widths, ends = None, " \r\n"
    if delimiter is None or isinstance(delimiter, str):
        delimiter = delimiter or None
    elif hasattr(delimiter, "__iter__"):
        places = list(itertools.accumulate(delimiter, initial=0))
        widths, ends = [slice(*pair) for pair in itertools.pairwise(places)], ""
    elif int(delimiter):
        widths, ends = int(delimiter), "\r\n"
    else:
        delimiter = None

    def split(line):
        line = _decoded(line, encoding)
        if comments is not None:
            line = line.split(comments)[0]
        line = line.strip(ends) if ends else line
        if not line:
            return []
        if widths is None:
            fields = line.split(delimiter)
        elif isinstance(widths, int):
            fields = [line[start : start + widths] for start in range(0, len(line), widths)]
        else:
            fields = [line[place] for place in widths]
        return [field.strip() for field in fields] if autostrip else fields

    return split


class _Gaps:
    """The rows of a text as texts of the wanted fields, and what stands in their columns."""

    def __init__(self, fname, split, skip_header, usecols, encoding):
        self.split, self.skipped = split, skip_header
        self.rows, self.invalid = [], []
        self._file = None
        self._lines = self._lines_of(fname, encoding)
        self._first_line, self.first = self._begin(fname, encoding)
        self.wanted = self._wanted(usecols)
        self.count = len(self.wanted or self.first)

    def _lines_of(self, fname, encoding):
        path = path_of(fname)
        if path is not None:
            opener = OPENERS.get(os.path.splitext(path)[1], open)
            self._file = fname = opener(path, "rt", encoding=encoding)
        try:
            return iter(fname)
        except TypeError as error:
            raise TypeError(
                "fname must be a string, a filehandle, a sequence of strings,\nor an iterator of strings. "
                f"Got {type(fname)} instead."
            ) from error

    def _begin(self, fname, encoding):
        """The first line that has fields, and its fields."""
        try:
            for _ in range(self.skipped):
                next(self._lines)
            fields = None
            while not fields:
                line = _decoded(next(self._lines), encoding)
                fields = self.split(line)
            return line, fields
        except StopIteration:
            warnings.warn(f'genfromtxt: Empty input file: "{fname}"', stacklevel=4)
            return "", []

    def _wanted(self, usecols):
        """Places of the wanted fields, or None for all."""
        if usecols is None:
            return None
        if isinstance(usecols, str):
            raise TypeError("genfromtxt: usecols names columns, and there are no names; give their numbers")
        try:
            wanted = list(usecols)
        except TypeError:
            wanted = [usecols]
        wanted = [operator.index(column) for column in wanted]
        return [column + len(self.first) if column < 0 else column for column in wanted]

    def read(self, max_rows):
        """Reads the rows, at most so many."""
        try:
            for number, line in enumerate(itertools.chain([self._first_line], self._lines)):
                fields = self.split(line)
                found = len(fields)
                if found == 0:
                    continue
                try:
                    fields = [fields[place] for place in self.wanted] if self.wanted else fields
                except IndexError:
                    fields = []
                if len(fields) != self.count:
                    self.invalid.append((number + self.skipped + 1, found))
                    continue
                self.rows.append(fields)
                if len(self.rows) == max_rows:
                    break
        finally:
            if self._file is not None:
                self._file.close()

    def check_converters(self, columns):
        """A function of the user decides about its column, whose dtype is not looked for."""
        for at, column in enumerate(columns):
            for number, fields in enumerate(self.rows if column.converts else ()):
                try:
                    column.strict(fields[at])
                except ValueError:
                    raise ConverterError(
                        f"Converter #{at} is locked and cannot be upgraded: "
                        f"(occurred line #{number + 1 + self.skipped} for value '{fields[at]}')"
                    ) from None

    def check_rows(self, skip_footer, invalid_raise):
        """Drops the rows at the end, and deals with those of another length."""
        if self.invalid:
            end = len(self.rows) + len(self.invalid) - skip_footer + self.skipped
            kept = [entry for entry in self.invalid if entry[0] <= end] if skip_footer > 0 else self.invalid
            skip_footer -= len(self.invalid) - len(kept)
            if kept:
                lines = [f"    Line #{line} (got {found} columns instead of {self.count})" for line, found in kept]
                text = "\n".join(["Some errors were detected !", *lines])
                if invalid_raise:
                    raise ValueError(text)
                warnings.warn(text, ConversionWarning, stacklevel=3)
        if skip_footer > 0:
            self.rows = self.rows[:-skip_footer]

    def columns(self, dtype, converters, missing_values, filling_values, as_bytes):
        """How the fields of each column are read."""
        missing = self._missing(missing_values)
        filling = self._filling(filling_values)
        columns = [_Column(dtype, *given) for given in zip(missing, filling, strict=True)]
        for place, function in converters.items():
            at = place
            if self.wanted:
                if place not in self.wanted:
                    continue
                at = self.wanted.index(place)
            sample = self.first[place] if self._first_line else None
            columns[at].convert_by(_of_bytes(function) if as_bytes else function, sample)
        return columns

    def _place(self, key):
        """The place among the wanted columns of the column of that number."""
        return self.wanted.index(key) if self.wanted and key in self.wanted else key

    def _missing(self, given):
        """For every column, the texts that mean a missing number."""
        texts = [[""] for _ in range(self.count)]
        given = given.decode("latin1") if isinstance(given, bytes) else given
        if isinstance(given, dict):
            for key, value in given.items():
                if isinstance(key, str):
                    continue
                values = [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]
                for entry in texts if key is None else [texts[self._place(key)]]:
                    entry.extend(values)
        elif isinstance(given, (list, tuple)):
            for entry, value in zip(texts, given, strict=False):
                entry.append(str(value))
        elif given:
            for entry in texts:
                entry.extend(given.split(",") if isinstance(given, str) else [str(given)])
        return texts

    def _filling(self, given):
        """For every column, what a missing number becomes; None for the usual."""
        if isinstance(given, dict):
            filling = [None] * self.count
            for key, value in given.items():
                if not isinstance(key, str):
                    filling[self._place(key)] = value
            return filling
        if isinstance(given, (list, tuple)):
            return [*given[: self.count], *[None] * (self.count - len(given))]
        return [given] * self.count


def _of_bytes(function):
    return lambda text: function(text if type(text) is bytes else text.encode("latin1"))


def _truth(text):
    """The value of 'True' or 'False', in whatever case."""
    value = {"TRUE": True, "FALSE": False}.get(text.upper())
    if value is None:
        raise ValueError("Invalid boolean")
    return value


def _whole(low, high):
    """A function from texts to whole numbers of 64 bits."""

    def whole(text):
        value = int(text)
        if not low <= value < high:
            unsigned = "Python integer {} out of bounds for uint64"
            raise OverflowError("Python int too large to convert to C long" if low else unsigned.format(value))
        return value

    return whole


def _reader(dtype):
    """The function from a text to a number of a dtype, and what missing numbers become."""
    if dtype.kind == "b":
        return _truth, False
    if dtype.name == "int64":
        return _whole(-(2**63), 2**63), -1
    if dtype.name == "uint64":
        return _whole(0, 2**64), -1
    if dtype.kind in "iu":
        return lambda text: int(float(text)), -1
    return (complex, math.nan + 0j) if dtype.kind == "c" else (float, math.nan)


def _narrow(text):
    """A whole number that int64 holds."""
    value = int(text)
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{text} does not fit into int64")
    return value


#: What a column may hold whose dtype is to be found, the narrowest first
_LADDER = (
    ("bool", _truth, False),
    ("int64", _narrow, -1),
    ("float64", float, math.nan),
    ("complex128", complex, math.nan),
)


class _Column:
    """How the texts of one column become numbers."""

    def __init__(self, dtype, missing, filling):
        self.missing, self.filling = set(missing), filling
        #: whether the dtype is to be found
        self.open = dtype is None
        self.dtype = dtype
        self.converts = False
        self.function, usual = _LADDER[0][1:] if dtype is None else _reader(dtype)
        self.default = usual if filling is None else filling

    def convert_by(self, function, sample):
        """Lets a function of the user read the column."""
        self.open, self.converts, self.function = False, True, function
        value = self.filling
        if value is None:
            try:
                value = function(sample or "1")
            except (TypeError, ValueError):
                value = None
        self.dtype = _dtype_of(value)

    def strict(self, text):
        """The number of a text that is one, or is one of those that mean a missing number."""
        try:
            return self.function(text)
        except ValueError:
            if text.strip() in self.missing:
                return self.default
            raise ValueError(f"Cannot convert string '{text}'") from None

    def find_dtype(self, texts, at):
        """The narrowest dtype for the texts; None where all are missing."""
        for name, self.function, usual in _LADDER:
            self.default = usual if self.filling is None else self.filling
            try:
                for text in texts:
                    self.strict(text)
            except ValueError:
                continue
            all_missing = name == "bool" and all(text.strip() in self.missing for text in texts)
            self.dtype = None if all_missing else known_dtype(name)
            return
        wrong = next(text for text in texts if not _is_number(self, text))
        raise TypeError(
            f"genfromtxt: column {at} holds the text {wrong!r}, and arrays hold plain numbers of one dtype; leave the "
            "column out by usecols, read it by converters, or name it in missing_values"
        )

    def values(self, texts, loose):
        """The numbers."""
        try:
            return [self.function(text) for text in texts]
        except ValueError:
            return [self._loose(text) for text in texts] if loose else [self.strict(text) for text in texts]

    def _loose(self, text):
        try:
            return self.function(text)
        except ValueError:
            return self.default


def _is_number(column, text):
    try:
        column.strict(text)
    except ValueError:
        return False
    return True


def _dtype_of(value):
    """The dtype that a value of a converter asks for; None for what is no number."""
    named = {bool: "bool", int: "int64", float: "float64", complex: "complex128"}.get(type(value))
    return known_dtype(named) if named else getattr(value, "dtype", None)


def _table(columns, rows, dtype, loose):
    """The numbers in the rows as an array with two axes."""
    texts = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    for at, (column, found) in enumerate(zip(columns, texts, strict=True)):
        if column.open:
            column.find_dtype(found, at)
    if dtype is None:
        known = [column.dtype for column in columns if column.dtype is not None]
        dtype = _np.result_type(*known) if known else known_dtype("bool")
    elif len(columns) == 1 and columns[0].converts and columns[0].dtype is not None:
        dtype = known_dtype(columns[0].dtype)
    if not rows:
        return _np.empty((0,), dtype=dtype)
    numbers = [column.values(found, loose) for column, found in zip(columns, texts, strict=True)]
    if dtype.kind in "fcV":
        numbers = [[math.nan if value is None else value for value in values] for values in numbers]
    return _np.stack([_np.array(values, dtype=dtype) for values in numbers], axis=1)
