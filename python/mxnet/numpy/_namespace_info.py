"""What the Array API standard lets libraries ask of the namespace: devices, dtypes, capabilities (version 2024.12)."""

import numpy

from .. import device as _device
from .._core import numpy as _np

__all__ = ["__array_api_version__", "__array_namespace_info__"]

__array_api_version__ = "2024.12"

_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]


class __array_namespace_info__:
    """Answers about the namespace, by the Array API standard.

    Examples
    --------
    >>> info = np.__array_namespace_info__()
    >>> info.default_dtypes()['real floating']
    dtype('float32')
    >>> sorted(info.dtypes(kind='bool'))
    ['bool']
    """

    def capabilities(self):
        """Which optional parts of the standard exist, and the greatest number of axes."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self):
        """The device of arrays that are made without `device=`."""
        return _np.zeros(()).device

    def devices(self):
        """All devices of this machine."""
        return [_device.cpu(), *(_device.gpu(index) for index in range(_device.num_gpus()))]

    def default_dtypes(self, *, device=None):
        """The dtypes of arrays that are made without `dtype=`, by kind."""
        real = _np.zeros(()).dtype
        return {
            "real floating": real,
            "complex floating": numpy.dtype("complex128" if real == "float64" else "complex64"),
            "integral": numpy.dtype("int64"),
            "indexing": numpy.dtype("int64"),
        }

    def dtypes(self, *, device=None, kind=None):
        """The dtypes of the standard, by name; only those of one or several kinds with `kind`.

        Raises
        ------
        ValueError
            A kind that the standard does not have.
        """
        if kind is None:
            names = _KINDS["bool"] + _KINDS["numeric"]
        else:
            kinds = kind if isinstance(kind, tuple) else (kind,)
            unknown = [one for one in kinds if one not in _KINDS]
            if unknown:
                raise ValueError(f"unsupported kind: {unknown[0]!r}; the standard has {', '.join(map(repr, _KINDS))}")
            names = tuple(name for one in kinds for name in _KINDS[one])
        return {name: numpy.dtype(name) for name in names}
