"""Functions that call a Python function: once per line, per index, per condition or per element."""

import itertools

from .._core import numpy as _np

__all__ = [
    "apply_along_axis",
    "apply_over_axes",
    "ndenumerate",
    "ndindex",
    "piecewise",
    "vectorize",
]


def _axis(axis, ndim):
    """The axis, counted from the front."""
    if not -ndim <= axis < ndim:
        from numpy.exceptions import AxisError

        raise AxisError(axis, ndim)
    return axis % ndim


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """What a function gives for every line along an axis.

    Parameters
    ----------
    func1d : callable
        Takes an array with one axis, gives a number or an array.
    axis : int
    arr : array_like
    *args, **kwargs
        For the function.

    Returns
    -------
    ndarray
        The axis is replaced by those of the function's results.

    Raises
    ------
    ValueError
        An array without lines.

    Examples
    --------
    >>> np.apply_along_axis(lambda line: line[::-1], 1, np.array([[1, 2], [3, 4]]))
    array([[2., 1.],
           [4., 3.]])
    """
    arr = _np.asarray(arr)
    axis = _axis(axis, arr.ndim)
    lines = _np.moveaxis(arr, axis, -1)
    outer = lines.shape[:-1]
    results = [_np.asarray(func1d(lines[place], *args, **kwargs)) for place in ndindex(*outer)]
    if not results:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    inner = results[0].shape
    # the first result says which dtype, as in NumPy
    stacked = _np.stack([result.astype(results[0].dtype, copy=False) for result in results]).reshape(outer + inner)
    count = len(inner)
    sources = range(stacked.ndim - count, stacked.ndim)
    return _np.moveaxis(stacked, tuple(sources), tuple(range(axis, axis + count)))


def apply_over_axes(func, a, axes):
    """A function applied over several axes, one after the other.

    Parameters
    ----------
    func : callable
        Called as `func(array, axis)`; may drop the axis or keep it.
    a : array_like
    axes : int or sequence of ints

    Returns
    -------
    ndarray
        With as many axes as `a`.

    Raises
    ------
    ValueError
        The function changes the number of axes otherwise.

    Examples
    --------
    >>> np.apply_over_axes(np.sum, np.ones((2, 3)), (0, 1))
    array([[6.]])
    """
    result = _np.asarray(a)
    ndim = result.ndim
    for axis in (axes,) if _np.asarray(axes).ndim == 0 else axes:
        axis = _axis(int(axis), ndim)
        found = _np.asarray(func(result, axis))
        if found.ndim != ndim:
            found = _np.expand_dims(found, axis)
        if found.ndim != ndim:
            raise ValueError("function is not returning an array of the correct shape")
        result = found
    return result


class ndindex:
    """The indices of an array of a shape, last axis fastest.

    Parameters
    ----------
    *shape : ints, or one tuple of ints

    Raises
    ------
    ValueError
        A negative length.

    Examples
    --------
    >>> list(np.ndindex(2, 2))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """

    def __init__(self, *shape):
        if len(shape) == 1 and isinstance(shape[0], tuple):
            (shape,) = shape
        if any(length < 0 for length in shape):
            raise ValueError("negative dimensions are not allowed")
        self._places = itertools.product(*(range(length) for length in shape))

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._places)


class ndenumerate:
    """Pairs of index and element, last axis fastest.

    Parameters
    ----------
    arr : array_like

    Examples
    --------
    >>> [(place, float(value)) for place, value in np.ndenumerate(np.array([[1, 2]]))]
    [((0, 0), 1.0), ((0, 1), 2.0)]
    """

    def __init__(self, arr):
        self._array = _np.asarray(arr)
        self._places = ndindex(self._array.shape)

    def __iter__(self):
        return self

    def __next__(self):
        place = next(self._places)
        return place, self._array[place]


def piecewise(x, condlist, funclist, *args, **kw):
    """Values by functions that depend on conditions; where several hold, the last one counts.

    Parameters
    ----------
    x : array_like
    condlist : list of bool array_like, or one
    funclist : list of callables or numbers
        One for each condition, and possibly one for where none holds (else zero).
    *args, **kw
        For the functions.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        Numbers of conditions and functions that do not fit.

    Examples
    --------
    >>> x = np.array([-2, 1, 3])
    >>> np.piecewise(x, [x < 0, x >= 0], [lambda v: -v, 10])
    array([ 2., 10., 10.])
    """
    x = _np.asarray(x)
    if not isinstance(condlist, (list, tuple)):
        condlist = _np.asarray(condlist)
    one = getattr(condlist, "ndim", 1) == 0 or (
        len(condlist) > 0
        and not isinstance(condlist[0], (list, tuple))
        and _np.asarray(condlist[0]).ndim == 0
        and x.ndim != 0
    )
    conditions = [_np.asarray(condition).astype(bool) for condition in ([condlist] if one else condlist)]
    functions = list(funclist)
    if len(functions) == len(conditions) + 1:
        rest = _np.zeros(x.shape, dtype=bool)
        for condition in conditions:
            rest = rest | condition
        conditions.append(~rest)
    elif len(functions) != len(conditions):
        count = len(conditions)
        raise ValueError(f"with {count} condition(s), either {count} or {count + 1} functions are expected")
    out = _np.zeros_like(x)
    for condition, function in zip(conditions, functions):
        if not callable(function):
            out[condition] = function
            continue
        chosen = x[condition]
        if chosen.size > 0:
            out[condition] = function(chosen, *args, **kw)
    return out


#: a decorator that has not met its function yet
_NO_FUNCTION = object()


class vectorize:
    """A Python function as one that takes arrays: it is called once per element, in a Python loop.

    Parameters
    ----------
    pyfunc : callable, optional
        Without it the object is a decorator: `@np.vectorize(otypes='f')`.
    otypes : str or list of dtypes, optional
        dtypes of the outputs; without them those of the first element's results.
    doc : str, optional
        Its documentation; that of `pyfunc` by default.
    excluded : set of str or int, optional
        Arguments that are passed as they are.
    cache : bool, optional
        Makes no difference: the first element's results are always used.
    signature : str, optional
        Such as '(n),(n)->()': the function takes and gives arrays of these core axes.

    Examples
    --------
    >>> np.vectorize(lambda a, b: a if a > b else b)(np.array([1, 5]), 3)
    array([3., 5.])
    """

    def __init__(self, pyfunc=_NO_FUNCTION, otypes=None, doc=None, excluded=None, cache=False, signature=None):
        if pyfunc is not _NO_FUNCTION and not callable(pyfunc):
            raise TypeError("When used as a decorator, only accepts keyword arguments.")
        self.otypes = otypes
        self.cache = cache
        self.signature = signature
        self.excluded = set() if excluded is None else set(excluded)
        self._inputs, self._outputs = (None, None) if signature is None else _core_axes(signature)
        self.pyfunc, self._doc = pyfunc, doc
        if pyfunc is not _NO_FUNCTION:
            self._take(pyfunc)

    def _take(self, pyfunc):
        self.pyfunc = pyfunc
        self.__doc__ = pyfunc.__doc__ if self._doc is None else self._doc
        self.__name__ = getattr(pyfunc, "__name__", "vectorize")

    def __call__(self, *args, **kwargs):
        """The function's results for every element of the broadcast arguments."""
        if self.pyfunc is _NO_FUNCTION:
            self._take(*args, **kwargs)
            return self
        slots = [key for key in (*range(len(args)), *kwargs) if key not in self.excluded]
        given = [_np.asarray(args[key] if isinstance(key, int) else kwargs[key]) for key in slots]

        def call(values):
            positional, named = list(args), dict(kwargs)
            for key, value in zip(slots, values):
                if isinstance(key, int):
                    positional[key] = value
                else:
                    named[key] = value
            return self.pyfunc(*positional, **named)

        core = [0] * len(given) if self._inputs is None else [len(axes) for axes in self._inputs]
        if len(core) != len(given):
            raise TypeError(f"wrong number of positional arguments: expected {len(core)}, got {len(given)}")
        for array, count in zip(given, core):
            if array.ndim < count:
                raise ValueError(f"{array.ndim}-dimensional argument does not have enough dimensions for {count} axes")
        loops = [array.shape[: array.ndim - count] for array, count in zip(given, core)]
        outer = _np.broadcast_shapes(*loops)
        spread = [
            _np.broadcast_to(array, outer + array.shape[array.ndim - count :]) for array, count in zip(given, core)
        ]
        found = [
            call([_element(array[place], count) for array, count in zip(spread, core)]) for place in ndindex(outer)
        ]
        return self._gathered(found, outer)

    def _gathered(self, found, outer):
        """The results as arrays over the outer axes."""
        if not found:
            if self.otypes is None:
                raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
            empty = tuple(_np.zeros(outer, dtype=dtype) for dtype in self.otypes)
            return empty if len(empty) > 1 else empty[0]
        several = isinstance(found[0], tuple)
        if self._outputs is not None and (len(found[0]) if several else 1) != len(self._outputs):
            raise ValueError(f"wrong number of outputs from pyfunc: expected {len(self._outputs)}")
        columns = list(zip(*found)) if several else [found]
        results = []
        for number, column in enumerate(columns):
            dtype = None if self.otypes is None else self.otypes[number]
            first = _np.asarray(column[0]) if dtype is None else _np.asarray(column[0], dtype=dtype)
            values = [first, *(_np.asarray(value).astype(first.dtype) for value in column[1:])]
            results.append(_np.stack(values).reshape(outer + first.shape))
        return tuple(results) if several else results[0]


def _element(value, core):
    """A Python number where the function works element by element."""
    return value if core else value.item()


def _core_axes(signature):
    """Names of core axes of inputs and outputs."""
    import re

    one = r"\([\w\s,]*\)"
    if not re.fullmatch(rf"\s*{one}(\s*,\s*{one})*\s*->\s*{one}(\s*,\s*{one})*\s*", signature):
        raise ValueError(f"not a valid gufunc signature: {signature}")
    sides = signature.split("->")
    return tuple(
        [[name.strip() for name in group.split(",") if name.strip()] for group in re.findall(r"\(([^)]*)\)", side)]
        for side in sides
    )
