"""`python -m mxnet.inspect FILE`: what a file of arrays holds, and `--convert OUT` for another format.

Stands above `npx.open`, which reads arrays one by one, so that a file may be larger than memory. Knows no formats.
"""

import argparse
import os
import sys
import warnings

__all__ = ["convert", "describe", "main"]

_EXTENSIONS = (".npy", ".npz", ".safetensors", ".params", ".nd", ".bin")
_HEADINGS = ("name", "shape", "dtype", "device", "bytes", "min", "mean", "max")


def describe(file, statistics=True):
    """What a file says of its arrays, and what their elements are like.

    Parameters
    ----------
    file : str, path or file object
        `.npy`, `.npz`, safetensors or MXNet's format, whatever its name.
    statistics : bool, optional
        Load the elements, one array after the other.

    Returns
    -------
    list of dict
        For each array its `name`, `shape`, `dtype`, `device`, `bytes`, `min`, `mean` and `max`. None for what the file
        does not say, and for statistics of arrays that have none (without elements, complex).

    Raises
    ------
    ValueError
        The file is damaged, or of no known format.
    OSError
        There is no such file.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> from mxnet.inspect import describe
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), 'net.params')
    >>> npx.save(path, {'weight': np.arange(6).reshape(2, 3)})
    >>> row, = describe(path)
    >>> row['name'], row['shape'], row['dtype'], row['bytes'], row['mean']
    ('weight', (2, 3), 'float32', 24, 2.5)
    """
    from . import npx

    with npx.open(file) as archive:
        return [_row(archive, name, statistics) for name in archive.names()]


def _row(archive, name, statistics):
    entry = archive.entry(name)
    row = {
        "name": entry.name,
        "shape": tuple(entry.shape),
        "dtype": entry.dtype,
        "device": entry.device,
        "bytes": entry.nbytes,
        "min": None,
        "mean": None,
        "max": None,
    }
    if statistics and entry.dtype is not None:
        from .device import cpu

        with cpu(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            array = archive.load(name)
        if array.size and array.dtype.kind != "c":
            row["min"], row["max"] = array.min().item(), array.max().item()
            row["mean"] = float(array.mean(dtype="float64").item())
    return row


def convert(file, out):
    """Writes the arrays of a file into another file, in the format that its extension names.

    Names, dtypes and the metadata of safetensors are kept as far as the format has them. Where it wants names and the
    file has none, arrays are called '0', '1' and so on. A list stays one in MXNet's format.

    Parameters
    ----------
    file : str, path or file object
    out : str or path
        Ends in `.npy`, `.npz`, `.safetensors`, `.params`, `.nd` or `.bin` (the last three are MXNet's format).

    Raises
    ------
    ValueError
        The file is damaged or of no known format, or the new format cannot hold it.
    TypeError
        A dtype that the new format does not have.
    OSError
        The file cannot be read, or `out` not be written. What was at `out` is as it was.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> from mxnet.inspect import convert
    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> npx.save(os.path.join(folder, 'net.params'), {'bias': np.ones(2)})
    >>> convert(os.path.join(folder, 'net.params'), os.path.join(folder, 'net.safetensors'))
    >>> npx.load(os.path.join(folder, 'net.safetensors'))
    {'bias': array([1., 1.])}
    """
    from . import npx

    extension = os.path.splitext(os.fspath(out))[1].lower()
    if extension not in _EXTENSIONS:
        raise ValueError(f"convert: {os.fspath(out)!r} ends in none of {', '.join(_EXTENSIONS)}")
    with npx.open(file) as archive:
        arrays = {name: archive.load(name) for name in archive.names()}
        named, metadata = archive.named, archive.metadata
    if extension == ".npy":
        if len(arrays) != 1:
            raise ValueError(f"convert: a .npy file holds one array, and there are {len(arrays)}: {', '.join(arrays)}")
        npx.save(out, next(iter(arrays.values())))
    elif extension == ".safetensors":
        npx.save(out, arrays, metadata=metadata or None)
    elif extension == ".npz" or named:
        npx.save(out, arrays)
    else:
        npx.save(out, list(arrays.values()))


def _shown(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _table(rows):
    """Rows as lines with aligned columns."""
    lines = [_HEADINGS] + [tuple(_shown(row[heading]) for heading in _HEADINGS) for row in rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEADINGS))]
    for line in lines:
        cells = [
            cell.rjust(width) if place >= 4 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths))
        ]
        yield "  ".join(cells).rstrip()


def _print_file(path, statistics):
    from . import npx

    rows = describe(path, statistics)
    with npx.open(path) as archive:
        form, metadata = archive.format, archive.metadata
    total = sum(row["bytes"] or 0 for row in rows)
    count = f"{len(rows)} array" + ("" if len(rows) == 1 else "s")
    print(f"{path}: {form}, {count}, {total} bytes of elements")
    for key, value in metadata.items():
        print(f"  {key}: {value}")
    for line in _table(rows) if rows else ():
        print(line)


def main(arguments=None):
    """The command line; gives the exit status: 0, or 1 where a file could not be read or written.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default. Wrong ones end it with status 2.

    Returns
    -------
    int

    Examples
    --------
    >>> from mxnet import np, npx
    >>> from mxnet.inspect import main
    >>> import os, tempfile
    >>> os.chdir(tempfile.mkdtemp())
    >>> npx.save('x.npy', np.arange(3))
    >>> main(['x.npy'])
    x.npy: npy, 1 array, 12 bytes of elements
    name  shape  dtype    device  bytes  min  mean  max
    0     (3,)   float32  -          12    0     1    2
    0
    """
    parser = argparse.ArgumentParser(
        prog="python -m mxnet.inspect",
        description="Lists the arrays of .npy, .npz, safetensors and MXNet files, or converts them.",
    )
    parser.add_argument("file", nargs="+", metavar="FILE")
    parser.add_argument(
        "--convert", metavar="OUT", help="write the arrays to OUT, in the format that its extension names"
    )
    parser.add_argument("--no-statistics", action="store_true", help="do not load the elements: no min, mean and max")
    given = parser.parse_args(arguments)
    if given.convert is not None and len(given.file) != 1:
        parser.error("--convert takes one FILE")
    status = 0
    for path in given.file:
        try:
            if given.convert is not None:
                convert(path, given.convert)
            else:
                _print_file(path, not given.no_statistics)
        except BrokenPipeError:
            # who reads has had enough; nothing more is to be said, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except (EOFError, MemoryError, OSError, TypeError, ValueError) as error:
            message = str(error) or type(error).__name__
            named = message if path in message else f"{path}: {message}"
            print(f"mxnet.inspect: {named}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
