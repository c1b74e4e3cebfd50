"""What is done about division by zero, overflow, underflow and invalid values: `errstate`, `seterr`, `geterr`,
`seterrcall`, `geterrcall`. The state belongs to the running context, as NumPy's, so threads and coroutines do not
disturb one another; the core asks for it around each operation,
from the first time that anything but "ignore" was asked for.

Without being asked, nothing is looked for: work waits and fuses, and no pass over the results is spent on warnings.
"""

import contextvars as _contextvars
import functools as _functools

from .. import _core

__all__ = ["errstate", "geterr", "geterrcall", "seterr", "seterrcall"]

#: what may be done, in the order of the core's `Mode`
MODES = ("ignore", "warn", "raise", "call", "print", "log")
_KINDS = ("divide", "over", "under", "invalid")
_NOTHING = (0, 0, 0, 0, None)

# `None`, or the numbers of four modes and the callback
_state = _contextvars.ContextVar("mxnet.floating_errors", default=None)


def _number(mode):
    if mode not in MODES:
        raise ValueError(f"invalid error mode {mode!r}")
    return MODES.index(mode)


def _checked(call):
    if call is not None and not callable(call) and not callable(getattr(call, "write", None)):
        raise TypeError("python object must be callable or have a callable write method")
    return call


def _put(state):
    """Makes it the state of this context; the token undoes that."""
    watched = state[:4] != _NOTHING[:4]
    if watched:
        _core._watch_floating_errors(_state.get)
    return _state.set(state if watched or state[4] is not None else None)


def _changed(all, divide, over, under, invalid):
    before = _state.get() or _NOTHING
    wanted = (one if one is not None else all for one in (divide, over, under, invalid))
    modes = (old if mode is None else _number(mode) for mode, old in zip(wanted, before, strict=False))
    return (*modes, before[4])


def geterr():
    """What is done about floating-point errors.

    Returns
    -------
    dict
        For each of "divide", "over", "under" and "invalid" one of "ignore", "warn", "raise", "call", "print", "log".

    See Also
    --------
    errstate, seterr

    Examples
    --------
    >>> np.geterr()
    {'divide': 'ignore', 'over': 'ignore', 'under': 'ignore', 'invalid': 'ignore'}
    """
    return {kind: MODES[mode] for kind, mode in zip(_KINDS, _state.get() or _NOTHING, strict=False)}


def seterr(all=None, divide=None, over=None, under=None, invalid=None):
    """Chooses what is done about floating-point errors from here on, in this thread.

    Whatever is not ignored is looked for at every operator, reduction, product and conversion, at its call: results are
    compared with inputs, which takes a pass of its own. By default everything is ignored, so that work can wait and
    fuse (NumPy warns of all but underflow).

    Parameters
    ----------
    all : {'ignore', 'warn', 'raise', 'call', 'print', 'log'}, optional
        For all four kinds.
    divide : str, optional
        Infinite results of finite numbers that are exact, as `1 / 0` and `log(0)`; integers divided by zero.
    over : str, optional
        Results too large for the dtype.
    under : str, optional
        Results so small that digits were lost (of real numbers).
    invalid : str, optional
        Results that are no number, although the inputs are; floats that do not fit the integer dtype they are cast to.

    Returns
    -------
    dict
        What it was; `seterr(**old)` restores it.

    Raises
    ------
    ValueError
        Another word.

    See Also
    --------
    errstate : The same for a block.
    seterrcall : What "call" calls and "log" writes to.

    Examples
    --------
    >>> old = np.seterr(divide='raise')
    >>> np.ones(2) / 0
    Traceback (most recent call last):
        ...
    FloatingPointError: divide by zero encountered in divide
    >>> np.seterr(**old)['divide']
    'raise'
    """
    old = geterr()
    _put(_changed(all, divide, over, under, invalid))
    return old


def geterrcall():
    """What "call" calls and "log" writes to.

    Returns
    -------
    callable, object with `write`, or None

    Examples
    --------
    >>> np.geterrcall() is None
    True
    """
    return (_state.get() or _NOTHING)[4]


def seterrcall(func):
    """Chooses what "call" calls and "log" writes to.

    Parameters
    ----------
    func : callable, object with `write`, or None
        Called with the kind ("divide by zero", "overflow", "underflow", "invalid value") and a number whose bits
        1, 2, 4, 8 are the kinds that the operation met. An object with `write` gets a line of text.

    Returns
    -------
    callable, object with `write`, or None
        What it was.

    Raises
    ------
    TypeError
        Neither.

    Examples
    --------
    >>> old = np.seterrcall(lambda kind, flags: print("met", kind, flags))
    >>> with np.errstate(all='call'):
    ...     x = np.log(np.array([0., 1.]))
    met divide by zero 1
    >>> before = np.seterrcall(old)
    """
    old = geterrcall()
    _put((*(_state.get() or _NOTHING)[:4], _checked(func)))
    return old


class errstate:
    """A block, or a function, in which floating-point errors are handled in another way; see `seterr`.

    Parameters
    ----------
    call : callable, object with `write`, or None, optional
        As for `seterrcall`.
    all, divide, over, under, invalid : {'ignore', 'warn', 'raise', 'call', 'print', 'log'}, optional

    Raises
    ------
    ValueError
        Another word.
    TypeError
        The object is entered a second time.

    Examples
    --------
    >>> with np.errstate(invalid='raise'):
    ...     np.sqrt(np.array([-1.]))
    Traceback (most recent call last):
        ...
    FloatingPointError: invalid value encountered in sqrt
    """

    __module__ = "mxnet.numpy"
    __slots__ = ("_arguments", "_call", "_token")
    _unset = object()

    def __init__(self, *, call=_unset, all=None, divide=None, over=None, under=None, invalid=None):
        self._arguments = (all, divide, over, under, invalid)
        self._call = call
        self._token = None

    def __enter__(self):
        if self._token is not None:
            raise TypeError("Cannot enter `np.errstate` twice.")
        state = _changed(*self._arguments)
        if self._call is not self._unset:
            state = (*state[:4], _checked(self._call))
        self._token = _put(state)

    def __exit__(self, *exception):
        _state.reset(self._token)

    def __call__(self, function):
        @_functools.wraps(function)
        def inner(*args, **kwargs):
            all, divide, over, under, invalid = self._arguments
            call = {} if self._call is self._unset else {"call": self._call}
            with errstate(all=all, divide=divide, over=over, under=under, invalid=invalid, **call):
                return function(*args, **kwargs)

        return inner
