"""NumPy's functions called with our arrays: which function of ours answers. Called by `ndarray.__array_function__` and
`ndarray.__array_ufunc__`; nothing here computes.
"""

import importlib
from functools import lru_cache, partial

import numpy as _numpy

from .._core import ndarray
from .._core import numpy as _np

__all__ = []

#: home of NumPy's function -> the module of ours with the counterparts
_HOMES = {
    "numpy": "mxnet.numpy",
    "numpy.fft": "mxnet.numpy.fft",
    "numpy.linalg": "mxnet.numpy.linalg",
    "numpy.lib.scimath": "mxnet.numpy.emath",
    "numpy.lib.stride_tricks": "mxnet.numpy.lib.stride_tricks",
}


def broadcast_arrays(*args, subok=False):
    """As `np.broadcast_arrays`; what cannot be an array of ours, such as a list of None, NumPy spreads."""
    shape = _numpy.broadcast_shapes(*(_numpy.shape(arg) for arg in args))
    return tuple(_spread(arg, shape) for arg in args)


def _spread(arg, shape):
    if isinstance(arg, ndarray):
        return _np.broadcast_to(arg, shape)
    return _numpy.broadcast_to(arg, shape)


def _writer(name):
    """NumPy's function of that name, which writes into its first argument: into NumPy's memory NumPy writes, and reads
    our elements where they are.
    """
    ours, theirs = getattr(importlib.import_module("mxnet.numpy"), name), getattr(_numpy, name)

    def write(*args, **kwargs):
        if isinstance(args[0], ndarray):
            return ours(*args, **kwargs)
        args = [_numpy.asarray(arg) if isinstance(arg, ndarray) else arg for arg in args]
        kwargs = {key: _numpy.asarray(arg) if isinstance(arg, ndarray) else arg for key, arg in kwargs.items()}
        return theirs(*args, **kwargs)

    return write


#: where a function called by NumPy's name has to do more than ours of the same name
_OVERRIDES = {"broadcast_arrays": lambda: broadcast_arrays}
for _name in ("copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"):
    _OVERRIDES[_name] = partial(_writer, _name)


@lru_cache(maxsize=1024)
def counterpart(function):
    """The function of ours that answers for a function of NumPy's, or None."""
    home, name = function.__module__, function.__name__
    if home == "numpy" and name in _OVERRIDES:
        return _OVERRIDES[name]()
    if home not in _HOMES:
        return None
    try:
        own = getattr(importlib.import_module(_HOMES[home]), name)
    except AttributeError:
        return None
    return None if own is function else own


def into_theirs(own, method, inputs, kwargs):
    """A ufunc of NumPy's with our arrays as inputs and NumPy's as `out`: computed by ours, stored in theirs."""
    kwargs = dict(kwargs)
    targets = kwargs.pop("out")
    if not isinstance(targets, tuple):
        targets = (targets,)
    storing = {"casting": kwargs.get("casting", "same_kind")}
    if method == "__call__" and "where" in kwargs:
        storing["where"] = _numpy.asarray(kwargs.pop("where"))
    results = getattr(own, method)(*inputs, **kwargs)
    several = isinstance(results, tuple)
    stored = []
    for result, target in zip(results if several else (results,), targets):
        if target is not None:
            _numpy.copyto(target, _numpy.asarray(result), **storing)
        stored.append(result if target is None else target)
    return tuple(stored) if several else stored[0]
