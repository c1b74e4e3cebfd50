"""Where NumPy keeps what is rarely needed."""

import importlib as _importlib

from numpy.lib import Arrayterator, NumpyVersion, mixins

from .._absent import message as _message
from . import array_utils, stride_tricks


def __getattr__(name):
    if name == "scimath":
        return _importlib.import_module("mxnet.numpy.emath")
    raise AttributeError(_message("np.lib", name))


def __dir__():
    return sorted({*(name for name in globals() if not name.startswith("_")), "scimath"})
