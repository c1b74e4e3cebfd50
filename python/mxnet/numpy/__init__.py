"""NumPy's namespace on arrays that know gradients and devices.

The ufuncs follow from the operator table of the core; the other functions are the core's too, and what is only a few
lines of Python stands in the files beside this one.
"""

import importlib as _importlib

from numpy import (
    False_,
    True_,
    base_repr,
    binary_repr,
    bool_,
    byte,
    cdouble,
    complex64,
    complex128,
    complexfloating,
    csingle,
    double,
    dtype,
    e,
    euler_gamma,
    exceptions,
    finfo,
    float16,
    float32,
    float64,
    floating,
    format_float_positional,
    format_float_scientific,
    generic,
    half,
    iinfo,
    index_exp,
    inexact,
    inf,
    int8,
    int16,
    int32,
    int64,
    int_,
    intc,
    integer,
    intp,
    isdtype,
    issubdtype,
    little_endian,
    long,
    longlong,
    mintypecode,
    nan,
    newaxis,
    number,
    pi,
    s_,
    short,
    signedinteger,
    single,
    typecodes,
    typename,
    ubyte,
    uint,
    uint8,
    uint16,
    uint32,
    uint64,
    uintc,
    uintp,
    ulong,
    ulonglong,
    unsignedinteger,
    ushort,
)

from .. import _core
from .._core import ndarray, ufunc

bool = bool_

# The functions and ufuncs of the core, under their names.
globals().update((name, value) for name, value in vars(_core.numpy).items() if not name.startswith("_"))
globals().update(_core.ufuncs("np"))

amax, amin = _core.numpy.max, _core.numpy.min
asanyarray = _core.numpy.asarray
row_stack = _core.numpy.vstack

from . import fft, lib, linalg, random  # noqa: E402
from ._apply import *  # noqa: E402
from ._bits import *  # noqa: E402
from ._contractions import *  # noqa: E402
from ._dtypes import *  # noqa: E402
from ._files import *  # noqa: E402
from ._floating_errors import *  # noqa: E402
from ._functions import *  # noqa: E402
from ._gaps import *  # noqa: E402
from ._grids import *  # noqa: E402
from ._histograms import *  # noqa: E402
from ._information import *  # noqa: E402
from ._joining import *  # noqa: E402
from ._memory import *  # noqa: E402
from ._namespace_info import *  # noqa: E402
from ._nditer import *  # noqa: E402
from ._nested import *  # noqa: E402
from ._numeric import *  # noqa: E402
from ._older_names import *  # noqa: E402
from ._polynomials import *  # noqa: E402
from ._sets import *  # noqa: E402
from ._sources import *  # noqa: E402
from ._tables import *  # noqa: E402
from ._text import *  # noqa: E402
from ._walking import *  # noqa: E402

#: modules that are imported when somebody asks for them, not before
_LAZY = ("emath", "testing")


def __getattr__(name):
    if name in _LAZY:
        return _importlib.import_module(f"{__name__}.{name}")
    if name == "bfloat16":
        from ml_dtypes import bfloat16

        return bfloat16
    if name in ("ScalarType", "dtypes", "sctypeDict", "typing"):
        return getattr(_importlib.import_module("numpy"), name)
    from ._absent import message

    raise AttributeError(message("np", name))


def __dir__():
    return sorted({*(name for name in globals() if not name.startswith("_")), *_LAZY})
