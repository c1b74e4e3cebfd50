"""What the package tells of itself: help on names, how it was built, what it runs on."""

import contextvars
import inspect
import operator
import os
import platform
import sys

import numpy as _numpy

from .. import _core
from .._core import ndarray

__all__ = ["getbufsize", "info", "setbufsize", "show_config", "show_runtime"]

_BUFFER_SIZE = contextvars.ContextVar("mxnet_buffer_size", default=8192)


def getbufsize():
    """The number that `setbufsize` set.

    Returns
    -------
    int

    Examples
    --------
    >>> np.getbufsize()
    8192
    """
    return _BUFFER_SIZE.get()


def setbufsize(size):
    """Sets the size of NumPy's buffers for conversions, in elements, and gives the one before.

    Operators here convert tile by tile and have no such buffers: the number is only kept, so that programs which set it
    and set it back run.

    Parameters
    ----------
    size : int
        A multiple of 16, from 16 to ten millions.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        A size that NumPy refuses, too.

    Examples
    --------
    >>> before = np.setbufsize(4096)
    >>> np.setbufsize(before)
    4096
    """
    if size < 0:
        raise ValueError("buffer size must be non-negative")
    size = operator.index(size)
    if size > 10_000_000:
        raise ValueError(f"Buffer size, {size}, is too big")
    if size < 5:
        raise ValueError(f"Buffer size, {size}, is too small")
    if size % 16:
        raise ValueError(f"Buffer size, {size}, is not a multiple of 16")
    before = _BUFFER_SIZE.get()
    _BUFFER_SIZE.set(size)
    return before


def info(object=None, maxwidth=76, output=None, toplevel="numpy"):
    """Prints what is known of an array, a function, a class, or of what has that name.

    Parameters
    ----------
    object : object or str, optional
        This function where none is given.
    maxwidth : int, optional
        Longer signatures are folded.
    output : file object, optional
        Where to print; the standard output otherwise.
    toplevel : str, optional
        Accepted as NumPy's; names are looked for in `mxnet.np` and its modules.

    Returns
    -------
    None

    Examples
    --------
    >>> np.info(np.setbufsize)  # doctest: +ELLIPSIS
    setbufsize(size)
    <BLANKLINE>
    Sets the size of NumPy's buffers ...
    """
    if object is None:
        object = info
    if isinstance(object, ndarray):
        _print_array(object, output)
    elif isinstance(object, str):
        _print_found(object, maxwidth, output)
    else:
        _print_help(object, maxwidth, output)


def _print_array(array, output):
    flags, dtype = array.flags, array.dtype
    address = hex(array.ctypes.data) if array.device.device_type == "cpu" else "not in the host's memory"
    lines = {
        "class: ": type(array).__name__,
        "shape: ": array.shape,
        "strides: ": array.strides,
        "itemsize: ": array.itemsize,
        "aligned: ": flags.aligned,
        "contiguous: ": flags.contiguous,
        "fortran: ": flags.f_contiguous,
        "data pointer: ": address,
        "byteorder: ": sys.byteorder,
        "byteswap: ": False,
        "type: ": dtype,
    }
    for name, value in lines.items():
        # (blanks as NumPy prints them)
        print(f"{name}{value}" if name in ("data pointer: ", "type: ") else f"{name} {value}", file=output)


def _print_found(name, maxwidth, output):
    """Help on everything of that name."""
    from .. import numpy as np

    found = []
    for space in (np, np.linalg, np.fft, np.random):
        thing = getattr(space, name, None)
        if thing is None:
            continue
        if any(thing is other for other in found):
            print(f"\n     *** Repeat reference found in {space.__name__} *** ", file=output)
            continue
        print(f"     *** Found in {space.__name__} ***", file=output)
        _print_help(thing, maxwidth, output)
        print("-" * maxwidth, file=output)
        found.append(thing)
    if not found:
        print(f"Help for {name} not found.", file=output)
    elif len(found) > 1:
        print(f"\n     *** Total of {len(found)} references found. ***", file=output)


def _print_help(thing, maxwidth, output):
    text = inspect.getdoc(thing)
    try:
        signature = f"{thing.__name__}{inspect.signature(thing)}"
    except (AttributeError, TypeError, ValueError):
        signature = None
    if signature is not None:
        if len(signature) > maxwidth:
            signature = signature.replace(", ", ",\n" + " " * (len(thing.__name__) + 1))
        print(signature + "\n", file=output)
    print(text, file=output)


def _build():
    """What is known of the build, as nested dictionaries."""
    from .. import __version__

    return {
        "mxnet": {"version": __version__, "core": os.path.basename(_core.__file__)},
        "Build": _core.build_information(),
        "Dependencies": {
            "blas": "own kernels",
            "lapack": "own kernels; faer for singular values and eigenvalues",
            "fft": "rustfft",
            "numpy": _numpy.__version__,
        },
        "Python Information": {"path": sys.executable, "version": platform.python_version()},
    }


def show_config(mode="stdout"):
    """Tells how the package was built.

    Parameters
    ----------
    mode : {'stdout', 'dicts'}, optional
        Whether it is printed or given back.

    Returns
    -------
    dict or None

    Raises
    ------
    AttributeError
        Another mode.

    Examples
    --------
    >>> np.show_config(mode='dicts')['Dependencies']['blas']
    'own kernels'
    """
    if mode not in ("stdout", "dicts"):
        raise AttributeError(f"Invalid `mode`, use one of: stdout, dicts (got {mode!r})")
    if mode == "dicts":
        return _build()
    for title, rows in _build().items():
        print(f"{title}:")
        for name, value in rows.items():
            print(f"  {name}: {value}")
    return None


def show_runtime():
    """Prints what the package runs on: versions, processor, threads, devices.

    Returns
    -------
    None

    Examples
    --------
    >>> np.show_runtime()  # doctest: +ELLIPSIS
    mxnet_version: ...
    """
    from .. import __version__
    from ..device import num_gpus

    build = _core.build_information()
    rows = {
        "mxnet_version": __version__,
        "python": sys.version.replace("\n", " "),
        "numpy_version": _numpy.__version__,
        "uname": platform.platform(),
        "processor_features": build["processor features"],
        "threads": _core.get_num_threads(),
        "gpus": num_gpus(),
        "eager": _core.is_eager(),
    }
    for name, value in rows.items():
        print(f"{name}: {value}")
