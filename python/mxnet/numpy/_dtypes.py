"""Questions about dtypes. The dtype objects are NumPy's own, so these hand on to its table of types."""

import numpy

from .._core import ndarray
from .._core import numpy as _np

__all__ = [
    "boolean_dtypes",
    "common_type",
    "floating_dtypes",
    "integer_dtypes",
    "min_scalar_type",
    "numeric_dtypes",
]

#: MXNet's lists of dtypes by kind
integer_dtypes = [
    numpy.dtype(name) for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
]
floating_dtypes = [numpy.dtype(name) for name in ("float16", "float32", "float64")]
numeric_dtypes = [*integer_dtypes, *floating_dtypes]
boolean_dtypes = [numpy.dtype("bool")]


def common_type(*arrays):
    """The floating (or complex) type that holds the elements of all arrays.

    Parameters
    ----------
    *arrays : array_like

    Returns
    -------
    type
        NumPy's scalar class; float32 for integers, or float64 with `npx.set_np(dtype=True)`.

    Raises
    ------
    TypeError
        Bool arrays.

    Examples
    --------
    >>> np.common_type(np.arange(2, dtype='int32'), np.ones(2, dtype='float16')).__name__
    'float32'
    """
    if not arrays:
        return numpy.float16
    dtypes = {_np.asarray(array).dtype for array in arrays}
    if len(dtypes) == 1 and (only := dtypes.pop()).kind in "fc":
        return only.type
    found = numpy.float16
    default = (_np.ones((1,), dtype="int32") / 1).dtype
    for array in arrays:
        dtype = numpy.dtype(_np.asarray(array).dtype)
        if dtype.kind == "b":
            raise TypeError("can't get common type for non-numeric array")
        found = numpy.promote_types(found, default if dtype.kind in "iu" else dtype)
    return found.type


def min_scalar_type(a, /):
    """The smallest dtype that holds a number; an array's own dtype.

    Parameters
    ----------
    a : number or array_like

    Returns
    -------
    dtype

    Examples
    --------
    >>> np.min_scalar_type(10), np.min_scalar_type(-300), np.min_scalar_type(1e50)
    (dtype('uint8'), dtype('int16'), dtype('float64'))
    """
    if isinstance(a, ndarray):
        return numpy.min_scalar_type(a.asnumpy()) if a.ndim == 0 else a.dtype
    return numpy.min_scalar_type(a)
