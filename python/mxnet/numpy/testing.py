"""NumPy's testing functions, which take these arrays too. Values are compared on the host, by NumPy itself."""

import functools

import numpy.testing as _testing

from .._core import ndarray

__all__ = list(_testing.__all__)


def _on_host(value):
    """Arrays, also inside of containers, as NumPy sees their memory."""
    if isinstance(value, ndarray):
        return value.__array__()
    if type(value) in (list, tuple):
        return type(value)(_on_host(item) for item in value)
    if type(value) is dict:
        return {key: _on_host(item) for key, item in value.items()}
    return value


def _taking_arrays(check):
    @functools.wraps(check)
    def wrapper(*args, **kwargs):
        __tracebackhide__ = True
        return check(*map(_on_host, args), **{name: _on_host(value) for name, value in kwargs.items()})

    return wrapper


#: they call a function, which gets its arguments as they are
_CALLING = {"assert_no_gc_cycles", "assert_no_warnings", "assert_raises", "assert_raises_regex", "assert_warns"}


def _adopt(name):
    found = getattr(_testing, name)
    is_function = callable(found) and not isinstance(found, type)
    compares = is_function and name.startswith("assert_") and name not in _CALLING
    return _taking_arrays(found) if compares else found


globals().update((name, _adopt(name)) for name in __all__)


def __getattr__(name):
    from ._absent import message

    raise AttributeError(message("np.testing", name))
