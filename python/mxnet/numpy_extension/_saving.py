"""Files of arrays: `npx.save`, `npx.savez`, `npx.load`, `npx.open`, for MXNet's, NumPy's and the safetensors format.
Over the usual length, because half of it are the docstrings that users read.
"""

import os
import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as _numpy

from .._core import FileReader, format_of_path, ndarray, write_arrays
from .._core import numpy as _np

__all__ = ["Archive", "Entry", "load", "open", "save", "savez"]


class Entry(NamedTuple):
    """What a file says of one of its arrays.

    Attributes
    ----------
    name : str
    shape : tuple of int
    dtype : str or None
        Its name; None for elements that are no numbers.
    device : str or None
        Where the array was when it was saved; only MXNet's format says so.
    nbytes : int or None
        Bytes that the array takes in memory.
    storage : str
        'default', or for MXNet's sparse arrays 'row_sparse' or 'csr'.
    """

    name: str
    shape: tuple
    dtype: str | None
    device: str | None
    nbytes: int | None
    storage: str


class Archive(Mapping):
    """A file whose arrays are loaded when they are asked for: `npx.open(file)`, or what `np.load` gives for a `.npz`.

    A mapping from names to arrays, and a context manager that closes the file. Arrays of a file without names have the
    names '0', '1' and so on. Every `archive[name]` reads the file anew.

    Parameters
    ----------
    file : str, bytes, path or file object
    mmap_mode : {None, 'r', 'r+', 'c'}, optional
        As for `load`.
    device : Device, optional
        As for `load`.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'net.params')
    >>> npx.save(path, {'weight': np.ones((2, 3)), 'bias': np.zeros(3)})
    >>> with npx.open(path) as archive:
    ...     print(archive.format, archive.names())
    ...     print(archive.entry('weight').shape, archive.entry('weight').nbytes)
    ...     archive['bias']
    mxnet ['weight', 'bias']
    (2, 3) 24
    array([0., 0., 0.])
    """

    _reader = None

    def __init__(self, file, mmap_mode=None, device=None, _operator="open"):
        check_mode(mmap_mode, _operator)
        self._mode, self._device, self._operator = mmap_mode, device, _operator
        self._reader = FileReader(file_argument(file), _operator)
        self._names = self._reader.names()
        self._numbers = {name: number for number, name in enumerate(self._names)}

    @property
    def format(self):
        """'npy', 'npz', 'safetensors' or 'mxnet'.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones(2))
        >>> _ = file.seek(0)
        >>> npx.open(file).format
        'npz'
        """
        return self._reader.format

    @property
    def named(self):
        """Whether the file has names of its own.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.save(file, np.ones(2))
        >>> _ = file.seek(0)
        >>> npx.open(file).named
        False
        """
        return self._reader.named

    @property
    def metadata(self):
        """What a safetensors file says of itself: a dictionary of texts, empty for the other formats.

        Examples
        --------
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), 'x.safetensors')
        >>> npx.save(path, {'x': np.ones(2)}, metadata={'by': 'me'})
        >>> npx.open(path).metadata
        {'by': 'me'}
        """
        return self._reader.metadata

    @property
    def files(self):
        """The names, as NumPy's `NpzFile` calls them.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones(2))
        >>> _ = file.seek(0)
        >>> np.load(file).files
        ['x']
        """
        return self.names()

    def names(self):
        """The names of the arrays, in the order of the file.

        Returns
        -------
        list of str

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones(2), a=np.ones(3))
        >>> _ = file.seek(0)
        >>> npx.open(file).names()
        ['x', 'a']
        """
        return list(self._names)

    def entry(self, name):
        """What the file says of an array, without loading it.

        Parameters
        ----------
        name : str

        Returns
        -------
        Entry
            With `name`, `shape`, `dtype`, `nbytes` and what else the file tells.

        Raises
        ------
        KeyError
            The file has no array of that name.
        ValueError
            The file is closed.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones((2, 3)))
        >>> _ = file.seek(0)
        >>> npx.open(file).entry('x').shape
        (2, 3)
        """
        return Entry(*self._reader.entry(self._number(name))[:6])

    def load(self, name, progress=None):
        """Loads one array.

        Parameters
        ----------
        name : str
            NumPy's `.npy` at its end is accepted too.
        progress : callable or bool, optional
            As for `npx.load`.

        Returns
        -------
        ndarray

        Raises
        ------
        KeyError
            The file has no array of that name.
        TypeError
            The elements are no numbers.
        ValueError
            The bytes are damaged, or the file is closed.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones(2))
        >>> _ = file.seek(0)
        >>> npx.open(file).load('x')
        array([1., 1.])
        """
        number = self._number(name)
        entry = self._reader.entry(number)
        with reporter(progress, entry[4] or 0) as report:
            return self._take(number, entry, report)

    def _take(self, number, entry, report):
        storage, can_be_mapped = entry[5], entry[6]
        if self._mode is not None and self.format != "npz":
            if self.format == "mxnet":
                raise ValueError(f"{self._operator}: MXNet's format cannot be mapped; convert the file to safetensors")
            if can_be_mapped and self._is_mapped(number):
                return self._mapped
            if self._mode == "r+":
                raise ValueError(
                    f"{self._operator}: array '{entry[0]}' is not aligned or in another byte order and cannot be mapped"
                    " for writing"
                )
        array = self._reader.load(number, self._device, report)
        if storage != "default":
            note = f"{self._operator}: the {storage} array '{entry[0]}' was loaded as a dense array"
            warnings.warn(note, UserWarning, stacklevel=4)
        if self._mode == "r" and self.format != "npz":
            array.flags.writeable = False
        return array

    def _is_mapped(self, number):
        """Maps an array, if it is aligned."""
        try:
            self._mapped = self._reader.map(number, self._mode)
        except ValueError as error:
            if "not aligned" in str(error):
                return False
            raise
        return True

    def close(self):
        """Lets go of the file. Arrays that were loaded stay.

        Examples
        --------
        >>> import io
        >>> file = io.BytesIO()
        >>> np.savez(file, x=np.ones(2))
        >>> _ = file.seek(0)
        >>> archive = npx.open(file)
        >>> archive.close()
        >>> archive['x']
        Traceback (most recent call last):
            ...
        ValueError: open: the file is closed
        """
        self._reader.close()

    def _number(self, name):
        if self._reader.closed:
            raise ValueError(f"{self._operator}: the file is closed")
        if isinstance(name, int) and not self.named:
            name = str(name)
        number = self._numbers.get(name)
        if number is None and isinstance(name, str):
            number = self._numbers.get(name.removesuffix(".npy"))
        if number is None:
            raise KeyError(f"{name!r} is not a file in the archive; it has {', '.join(self._names) or 'none'}")
        return number

    def __getitem__(self, name):
        return self.load(name)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __contains__(self, name):
        return name in self._numbers or (isinstance(name, str) and name.removesuffix(".npy") in self._numbers)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        if self._reader is None or self._reader.closed:
            return "Archive(closed)"
        shown = ", ".join(self._names[:5]) + ("..." if len(self._names) > 5 else "")
        return f"Archive of {len(self)} ({self.format}) with keys: {shown}"


def open(file, mmap_mode=None, device=None):
    """Opens a file and reads only what it says of its arrays; they are loaded one by one, when they are asked for.

    Parameters
    ----------
    file : str, bytes, path or file object
    mmap_mode : {None, 'r', 'r+', 'c'}, optional
        As for `load`.
    device : Device, optional
        As for `load`.

    Returns
    -------
    Archive
        A mapping from names to arrays, with `.names()`, `.entry(name)`, `.load(name)` and `.metadata`.

    Raises
    ------
    ValueError
        The file is damaged, or of no known format.
    OSError
        There is no such file.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'net.safetensors')
    >>> npx.save(path, {'weight': np.ones((2, 3))}, metadata={'epoch': '3'})
    >>> with npx.open(path) as archive:
    ...     print(archive.names(), archive.metadata, archive.entry('weight').dtype)
    ['weight'] {'epoch': '3'} float32
    """
    return Archive(file, mmap_mode, device)


def load(file, *, device=None, mmap_mode=None, progress=None, max_bytes=None):
    """Reads the arrays of a file, in whatever known format it is.

    The first bytes tell the format: MXNet's own (all versions, dense and sparse), `.npy`, `.npz` or safetensors.
    Nothing in a file is ever executed, and every length is held against the file before memory is taken for it.

    Parameters
    ----------
    file : str, bytes, path or file object
    device : Device, optional
        Where the arrays go. By default MXNet's files say where, and what is not on this machine goes to the CPU;
        arrays of other formats go to the current device.
    mmap_mode : {None, 'r', 'r+', 'c'}, optional
        For `.npy` and safetensors files: leave the elements in the file until they are touched, for reading ('r'), for
        writing into the file ('r+') or for writing that stays in memory ('c'). Arrays that are not aligned in the file
        or have the other byte order are read instead ('r', 'c').
    progress : callable or bool, optional
        `progress(done, total)` is called with bytes while they come; what it raises stops the loading. True shows a bar
        of `tqdm`.
    max_bytes : int, optional
        Refuse files whose arrays take more in memory.

    Returns
    -------
    ndarray, list of ndarray, or dict from str to ndarray
        One array for `.npy`; a list for a file of MXNet's without names; a dictionary for all others. Sparse arrays
        become dense ones, with a warning.

    Raises
    ------
    ValueError
        The file is damaged, of no known format, or larger than `max_bytes`.
    TypeError
        Elements that are no numbers.
    OSError
        There is no such file.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'list')
    >>> npx.save(path, [np.ones(2), np.zeros(1)])
    >>> npx.load(path)
    [array([1., 1.]), array([0.])]
    """
    archive = Archive(file, mmap_mode, device, _operator="load")
    try:
        return load_all(archive, progress, max_bytes)
    finally:
        archive.close()


def load_all(archive, progress, max_bytes=None):
    """All arrays of an archive, in the form that its format asks for."""
    reader = archive._reader
    entries = [reader.entry(number) for number in range(len(archive))]
    total = sum(entry[4] or 0 for entry in entries)
    if max_bytes is not None and total > max_bytes:
        raise ValueError(f"load: the arrays of the file take {total} bytes, and max_bytes is {max_bytes}")
    arrays, done = [], 0
    with reporter(progress, total) as report:
        for number, entry in enumerate(entries):
            before = done
            shifted = report and (lambda part, _, before=before: report(before + part, total))
            arrays.append(archive._take(number, entry, shifted))
            done += entry[4] or 0
    if archive.format == "npy":
        reader.seek_end()
        return arrays[0]
    if archive.format == "mxnet":
        reader.seek_end()
    return dict(zip(archive.names(), arrays)) if archive.named else arrays


def save(file, arr, *, format=None, version="np", compressed=False, metadata=None, progress=None):
    """Writes arrays to a file, in the format that its extension names, otherwise in MXNet's.

    A file is written beside the old one, brought to the disk and renamed: whatever happens, the old file or the new
    one is there as a whole. File objects are written to directly.

    Parameters
    ----------
    file : str, bytes, path or file object
        `.npy` (one array), `.npz`, `.safetensors` (named arrays); everything else is MXNet's format.
    arr : ndarray, sequence of ndarray, or dict from str to ndarray
    format : {None, 'mxnet', 'npy', 'npz', 'safetensors'}, optional
        The format, whatever the extension.
    version : {'np', 'nd', '2'}, optional
        Which of MXNet's versions: 'np' is what MXNet 1.9.1 writes for arrays of `mx.np`, and all since 1.6 read it.
        'nd' is what it writes for `mx.nd` (no arrays without axes or without elements). '2' is 'np' with the dtypes of
        MXNet 2.0 (16-bit and unsigned integers, bfloat16), which 1.9.1 cannot read.
    compressed : bool, optional
        Deflate the members of a `.npz`.
    metadata : dict from str to str, optional
        What a safetensors file says of itself.
    progress : callable or bool, optional
        As for `load`.

    Raises
    ------
    TypeError
        Something that is no array, or a dtype that the format does not have.
    ValueError
        Arrays that the format cannot hold: several in `.npy`, ones without names in safetensors.
    OSError
        The folder cannot be written to, or is full. The old file is as it was.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'arrays')
    >>> npx.save(path, {'weight': np.ones(2)})
    >>> npx.load(path)
    {'weight': array([1., 1.])}
    """
    target = file_argument(file)
    if format is None:
        format = format_of_path(target) if isinstance(target, str) else "mxnet"
    named = isinstance(arr, Mapping)
    if named:
        names, arrays = list(arr), list(arr.values())
        if not all(isinstance(name, str) for name in names):
            raise TypeError("save: the names of arrays are texts")
    else:
        arrays = [arr] if _is_array(arr) else list(arr)
        if format == "safetensors":
            raise ValueError("save: safetensors files hold named arrays; give a dictionary")
        names = [f"arr_{number}" if format == "npz" else str(number) for number in range(len(arrays))]
    arrays = [_checked(array) for array in arrays]
    with reporter(progress, sum(array.nbytes for array in arrays)) as report:
        write_arrays(
            target,
            format,
            names,
            arrays,
            named=named,
            compressed=compressed,
            version=version,
            metadata=metadata,
            progress=report,
        )


def savez(file, *args, **kwds):
    """Writes arrays into a `.npz` archive, as `np.savez` does.

    Parameters
    ----------
    file : str, bytes, path or file object
        `.npz` is added to a path that does not end so.
    *args : ndarray
        Arrays that get the names `arr_0`, `arr_1` and so on.
    **kwds : ndarray
        Arrays with their names.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'both.npz')
    >>> npx.savez(path, np.ones(2), bias=np.zeros(1))
    >>> npx.load(path)
    {'bias': array([0.]), 'arr_0': array([1., 1.])}
    """
    save_archive(file, args, kwds, False, None)


def save_archive(file, args, kwds, compressed, progress):
    """Writes a `.npz`: named arrays first, then the others, as NumPy does."""
    names = list(kwds)
    for number in range(len(args)):
        if f"arr_{number}" in kwds:
            raise ValueError(f"Cannot use un-named variables and keyword arr_{number}")
        names.append(f"arr_{number}")
    arrays = [_np.asarray(array) for array in (*kwds.values(), *args)]
    with reporter(progress, sum(array.nbytes for array in arrays)) as report:
        target = with_extension(file_argument(file), ".npz")
        write_arrays(target, "npz", names, arrays, compressed=compressed, progress=report, operator="savez")


def _is_array(thing):
    return isinstance(thing, (ndarray, _numpy.ndarray))


def _checked(array):
    if not _is_array(array):
        raise TypeError(f"save: arrays are wanted, not '{type(array).__name__}'")
    return array if isinstance(array, ndarray) else _np.asarray(array)


def check_mode(mode, operator):
    """An error if NumPy's name of a way to map is not one that can be had here."""
    if mode not in (None, "r", "r+", "c"):
        raise ValueError(f"{operator}: mmap_mode is None, 'r', 'r+' or 'c', not {mode!r}")


def file_argument(file):
    """A path as text, or the file object that was given."""
    return os.fsdecode(file) if isinstance(file, (str, bytes, os.PathLike)) else file


def with_extension(target, extension):
    """A path with the extension at its end; a file object as it is."""
    return target + extension if isinstance(target, str) and not target.endswith(extension) else target


class reporter:
    """What `progress` asks for, as a context: a function of (done, total), or None. True makes a bar."""

    def __init__(self, progress, total):
        self._progress, self._total, self._bar = progress, total, None

    def __enter__(self):
        if self._progress is not True:
            return self._progress or None
        from tqdm import tqdm

        self._bar = tqdm(total=self._total, unit="B", unit_scale=True, unit_divisor=1024)
        return lambda done, _: self._bar.update(done - self._bar.n)

    def __exit__(self, *exception):
        if self._bar is not None:
            self._bar.close()
