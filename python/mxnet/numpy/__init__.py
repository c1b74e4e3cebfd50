"""NumPy's namespace on arrays that know gradients and devices.

The ufuncs follow from the operator table of the core; the other functions are the core's too, and what is only a few
lines of Python stands in the files beside this one.
"""

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

from . import lib, linalg, random  # noqa: E402
from ._apply import *  # noqa: E402
from ._files import *  # noqa: E402
from ._functions import *  # noqa: E402
from ._grids import *  # noqa: E402
from ._numeric import *  # noqa: E402
from ._sets import *  # noqa: E402
from ._sources import *  # noqa: E402
from ._tables import *  # noqa: E402
from ._text import *  # noqa: E402


def __getattr__(name):
    # ml_dtypes is imported when somebody asks for its dtype, not before
    if name == "bfloat16":
        from ml_dtypes import bfloat16

        return bfloat16
    raise AttributeError(f"module 'mxnet.numpy' has no attribute '{name}'")


def __dir__():
    return sorted(name for name in globals() if not name.startswith("_"))
