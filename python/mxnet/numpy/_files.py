"""NumPy's files: `save`, `savez`, `savez_compressed` and `load`, byte for byte.

What is beyond NumPy's formats stands in `npx`.
"""

from .._core import numpy as _np
from .._core import write_arrays

__all__ = ["load", "save", "savez", "savez_compressed"]


def save(file, arr, allow_pickle=True, *, progress=None):
    """Writes an array to a file in NumPy's `.npy` format.

    The file is the one that NumPy would write, byte for byte. A path is replaced as a whole or not at all.

    Parameters
    ----------
    file : str, bytes, path or file object
        `.npy` is added to a path that does not end so.
    arr : array_like
    allow_pickle : bool, optional
        There for NumPy's sake: arrays of numbers need no pickles.
    progress : callable or bool, optional
        As for `npx.save`.

    Raises
    ------
    OSError
        The folder cannot be written to, or is full. The old file is as it was.

    Examples
    --------
    >>> from mxnet import np
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'x.npy')
    >>> np.save(path, np.arange(3))
    >>> np.load(path)
    array([0., 1., 2.])
    """
    from ..numpy_extension import _saving

    array = _np.asarray(arr)
    with _saving.reporter(progress, array.nbytes) as report:
        target = _saving.with_extension(_saving.file_argument(file), ".npy")
        write_arrays(target, "npy", ["0"], [array], progress=report)


def savez(file, *args, allow_pickle=True, **kwds):
    """Writes arrays into a `.npz` archive, without packing them.

    Parameters
    ----------
    file : str, bytes, path or file object
        `.npz` is added to a path that does not end so.
    *args : array_like
        Arrays that get the names `arr_0`, `arr_1` and so on.
    allow_pickle : bool, optional
        There for NumPy's sake: arrays of numbers need no pickles.
    **kwds : array_like
        Arrays with their names.

    Examples
    --------
    >>> from mxnet import np
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'both.npz')
    >>> np.savez(path, x=np.arange(3), y=np.ones(1))
    >>> with np.load(path) as archive:
    ...     print(archive.files)
    ...     archive['x']
    ['x', 'y']
    array([0., 1., 2.])
    """
    from ..numpy_extension import _saving

    _saving.save_archive(file, args, kwds, False, None)


def savez_compressed(file, *args, allow_pickle=True, **kwds):
    """Writes arrays into a `.npz` archive, each packed by itself (deflate).

    Parameters
    ----------
    file : str, bytes, path or file object
        `.npz` is added to a path that does not end so.
    *args : array_like
        Arrays that get the names `arr_0`, `arr_1` and so on.
    allow_pickle : bool, optional
        There for NumPy's sake: arrays of numbers need no pickles.
    **kwds : array_like
        Arrays with their names.

    Examples
    --------
    >>> from mxnet import np
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'zeros.npz')
    >>> np.savez_compressed(path, zeros=np.zeros(100000))
    >>> os.path.getsize(path) < 2000
    True
    """
    from ..numpy_extension import _saving

    _saving.save_archive(file, args, kwds, True, None)


def load(
    file,
    mmap_mode=None,
    allow_pickle=False,
    fix_imports=True,
    encoding="ASCII",
    *,
    max_header_size=10000,
    progress=None,
):
    """Reads a `.npy` or `.npz` file, whichever it is.

    Parameters
    ----------
    file : str, bytes, path or file object
        A file object of a `.npy` file is left after the array, so that the next one can be read from it.
    mmap_mode : {None, 'r', 'r+', 'c'}, optional
        For `.npy` files: leave the elements in the file until they are touched, for reading ('r'), for writing into the
        file ('r+') or for writing that stays in memory ('c'). An array of the other byte order is read instead ('r',
        'c').
    allow_pickle : bool, optional
        Pickles are never loaded, as they can run any program; True is accepted where there is none.
    fix_imports, encoding : optional
        There for NumPy's sake: they concern pickles only.
    max_header_size : int, optional
        There for NumPy's sake: headers are read without evaluating anything, whatever their size.
    progress : callable or bool, optional
        As for `npx.load`.

    Returns
    -------
    ndarray or Archive
        For `.npz` a mapping from names to arrays, which loads each when it is asked for, and wants to be closed.

    Raises
    ------
    ValueError
        The file is damaged, of another format, or holds Python objects.
    EOFError
        The file is empty.
    TypeError
        Elements that are no numbers.

    Examples
    --------
    >>> from mxnet import np
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'x.npy')
    >>> np.save(path, np.arange(6).reshape(2, 3))
    >>> x = np.load(path, mmap_mode='r')
    >>> x[1]
    array([3., 4., 5.])
    """
    from ..numpy_extension import _saving

    if encoding not in ("ASCII", "latin1", "bytes"):
        raise ValueError("encoding must be 'ASCII', 'latin1', or 'bytes'")
    archive = _saving.Archive(file, mmap_mode, _operator="load")
    if archive.format == "npz":
        return archive
    try:
        if archive.format != "npy":
            raise ValueError(f"load: a .npy or .npz file is wanted; npx.load reads {archive.format} files")
        return _saving.load_all(archive, progress)
    finally:
        archive.close()
