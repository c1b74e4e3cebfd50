"""MXNet's mode switches. There is one array type and one shape semantics, so most of them change nothing."""

from .. import _core

__all__ = [
    "debug",
    "is_np_array",
    "is_np_shape",
    "np_array",
    "np_default_dtype",
    "np_shape",
    "reset_np",
    "set_np",
    "set_np_shape",
    "use_np",
    "use_np_array",
    "use_np_default_dtype",
    "use_np_shape",
]


def set_np(shape=True, array=True, dtype=False):
    """Chooses NumPy's semantics, which are in force anyway; `dtype=True` chooses its default dtypes too.

    Parameters
    ----------
    shape, array : bool, optional
        There is nothing else to choose, so these do nothing.
    dtype : bool, optional
        float64 and int64 as defaults, and NumPy's promotion to the letter.

    Examples
    --------
    >>> from mxnet import np, npx
    >>> npx.set_np(dtype=True)
    >>> np.array([1, 2]).dtype
    dtype('int64')
    >>> npx.reset_np()
    """
    _core.set_np_default_dtype(dtype)


def reset_np():
    """Chooses MXNet's default dtypes again.

    Examples
    --------
    >>> from mxnet import npx
    >>> npx.reset_np()
    """
    _core.set_np_default_dtype(False)


def is_np_array():
    """Whether arrays have NumPy's semantics: always.

    Returns
    -------
    bool

    Examples
    --------
    >>> npx.is_np_array()
    True
    """
    return True


def is_np_shape():
    """Whether shapes have NumPy's semantics: always.

    Returns
    -------
    bool

    Examples
    --------
    >>> npx.is_np_shape()
    True
    """
    return True


def set_np_shape(active):
    """Does nothing: shapes always have NumPy's semantics.

    Parameters
    ----------
    active : bool

    Returns
    -------
    bool
        What it was: True.

    Examples
    --------
    >>> npx.set_np_shape(True)
    True
    """
    return True


class _Nothing:
    """A `with` block that changes nothing, usable as a decorator of functions and classes."""

    def __init__(self, active=True):
        self._active = active

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return None

    def __call__(self, decorated):
        return decorated


class np_shape(_Nothing):
    """A `with` block that MXNet needs for shapes of NumPy's kind; here they always are.

    Parameters
    ----------
    active : bool, optional
        Changes nothing.

    Examples
    --------
    >>> with npx.np_shape():
    ...     np.zeros(()).shape
    ()
    """


class np_array(_Nothing):
    """A `with` block that MXNet needs for arrays of NumPy's kind; here they always are.

    Parameters
    ----------
    active : bool, optional
        Changes nothing.

    Examples
    --------
    >>> with npx.np_array():
    ...     np.zeros(2)
    array([0., 0.])
    """


class np_default_dtype:
    """A `with` block with NumPy's default dtypes (float64, int64), or without them.

    Parameters
    ----------
    active : bool, optional

    Examples
    --------
    >>> from mxnet import np, npx
    >>> with npx.np_default_dtype():
    ...     np.zeros(2).dtype
    dtype('float64')
    """

    def __init__(self, active=True):
        self._active = active

    def __enter__(self):
        self._before = _core.set_np_default_dtype(self._active)
        return self

    def __exit__(self, *exception):
        _core.set_np_default_dtype(self._before)


def use_np(decorated):
    """Returns the function or class as it is: NumPy's semantics are always in force.

    Parameters
    ----------
    decorated : function or class

    Returns
    -------
    function or class

    Examples
    --------
    >>> @npx.use_np
    ... def double(x):
    ...     return x * 2
    >>> double(np.ones(2))
    array([2., 2.])
    """
    return decorated


use_np_array = use_np_shape = use_np


def use_np_default_dtype(function):
    """The function, run with NumPy's default dtypes.

    Parameters
    ----------
    function : function

    Returns
    -------
    function

    Examples
    --------
    >>> npx.use_np_default_dtype(np.zeros)(2).dtype
    dtype('float64')
    """
    import functools

    @functools.wraps(function)
    def run(*arguments, **keywords):
        with np_default_dtype(True):
            return function(*arguments, **keywords)

    return run


class debug:
    """Makes every operation run at once, so that errors and timings stand at their line; also a `with` block.

    Parameters
    ----------
    eager : bool, optional

    Examples
    --------
    >>> from mxnet import npx
    >>> with npx.debug():
    ...     pass
    """

    def __init__(self, eager=True):
        self._before = _core.set_eager(eager)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        _core.set_eager(self._before)
