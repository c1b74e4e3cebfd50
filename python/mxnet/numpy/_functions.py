"""Functions of `np` that are a few lines over others, and those that are NumPy's own because they touch no array. Over
the usual length, because most of it are docstrings."""

from numpy import iinfo, isscalar

from .. import _core
from .._core import ndarray
from .._core import numpy as _np

__all__ = [
    "angle",
    "array_repr",
    "array_str",
    "astype",
    "clip",
    "divmod",
    "frexp",
    "fromfunction",
    "imag",
    "iscomplexobj",
    "isfortran",
    "isrealobj",
    "isscalar",
    "iterable",
    "modf",
    "ndim",
    "printoptions",
    "real",
    "shape",
    "size",
    "unstack",
]

_ops = _core.ufuncs("np") | _core.ufuncs("core")


#: `out` of functions with two results, unless it is given
_NO_OUT = (None, None)


def _outputs(out1, out2, out):
    """The two outputs, which are given by position or by name."""
    if out1 is None and out2 is None:
        return out
    if out is not None and out is not _NO_OUT:
        raise TypeError("cannot specify 'out' as both a positional and keyword argument")
    return out1, out2


def _stored(results, out, keywords):
    """Two results, each written into its own array of `out` if there is one."""
    if out is None:
        return results
    if not isinstance(out, tuple):
        raise TypeError("'out' must be a tuple of arrays")
    if len(out) != 2:
        raise ValueError("The 'out' tuple must have exactly one entry per ufunc output")
    rest = {name: keywords[name] for name in ("where", "casting") if name in keywords}
    for one, target in zip(results, out, strict=True):
        _check_output(one, target, **rest)
    pairs = zip(results, out, strict=True)
    return tuple(one if target is None else _ops["positive"](one, out=target, **rest) for one, target in pairs)


def _check_output(one, target, where=True, casting="same_kind"):
    """Whether a result can be written: all are asked before one is."""
    if target is None:
        return
    if not isinstance(target, ndarray):
        raise TypeError("return arrays must be of ArrayType")
    if not target.flags.writeable:
        raise ValueError("output array is read-only")
    if not _np.can_cast(one.dtype, target.dtype, casting):
        raise TypeError(
            f"Cannot cast ufunc output from {one.dtype!r} to {target.dtype!r} with casting rule '{casting}'"
        )
    needed = _np.broadcast_shapes(one.shape, target.shape, _np.asarray(where).shape)
    if tuple(needed) != tuple(target.shape):
        raise ValueError(
            f"non-broadcastable output operand with shape {tuple(target.shape)} doesn't match the broadcast shape "
            f"{tuple(needed)}"
        )


def _pair(names, operands, out, keywords):
    """The results of two ufuncs; both are computed before one is written, which may be over an operand."""
    return _stored(tuple(_ops[name](*operands, **keywords) for name in names), out, keywords)


def _asked(**keywords):
    """The keywords of a ufunc that are not at their defaults."""
    defaults = {"where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True, "signature": None}
    return {name: value for name, value in keywords.items() if value is not defaults[name]}


def divmod(
    x1,
    x2,
    out1=None,
    out2=None,
    /,
    *,
    out=_NO_OUT,
    where=True,
    casting="same_kind",
    order="K",
    dtype=None,
    subok=True,
    signature=None,
):
    """Quotient, rounded down, and remainder, element by element.

    Parameters
    ----------
    x1, x2 : array_like
    out1, out2 : ndarray, optional
        Where the results are written; both together are `out` by name.
    out : tuple of two (ndarray or None), optional
    where, casting, order, dtype, subok, signature
        As for any ufunc.

    Returns
    -------
    quotient, remainder : ndarray

    Raises
    ------
    ValueError
        Shapes that do not broadcast, or an `out` that cannot hold the results.
    TypeError
        A dtype that the function does not take, or a conversion that `casting` does not allow.

    Examples
    --------
    >>> np.divmod(np.array([7, 8]), 3)
    (array([2., 2.]), array([1., 2.]))
    """
    keywords = _asked(where=where, casting=casting, order=order, dtype=dtype, subok=subok, signature=signature)
    return _pair(("floor_divide", "remainder"), (x1, x2), _outputs(out1, out2, out), keywords)


def real(val):
    """The real part; of a complex array a view of its memory.

    Parameters
    ----------
    val : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.real(np.array([1 + 2j, 3 - 4j]))
    array([1., 3.])
    """
    return _np.asarray(val).real


def imag(val):
    """The imaginary part; of a complex array a view of its memory.

    Parameters
    ----------
    val : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.imag(np.array([1 + 2j, 3 - 4j]))
    array([ 2., -4.])
    """
    return _np.asarray(val).imag


def shape(a):
    """Lengths of the axes.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> np.shape([[1, 2, 3]])
    (1, 3)
    """
    return a.shape if hasattr(a, "shape") else _np.asarray(a).shape


def ndim(a):
    """Number of axes.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    int

    Examples
    --------
    >>> np.ndim([[1, 2, 3]])
    2
    """
    return a.ndim if hasattr(a, "ndim") else _np.asarray(a).ndim


def size(a, axis=None):
    """Number of elements, of all or along axes.

    Parameters
    ----------
    a : array_like
    axis : int or tuple of ints, optional

    Returns
    -------
    int

    Raises
    ------
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.size([[1, 2, 3]]), np.size([[1, 2, 3]], 1)
    (3, 3)
    """
    a = a if isinstance(a, ndarray) else _np.asarray(a)
    if axis is None:
        return a.size
    count = 1
    for one in axis if isinstance(axis, tuple) else (axis,):
        count *= a.shape[one]
    return count


def _options(max_line_width, precision, suppress_small):
    """The print options that are given, and what else would be lost."""
    given = {"linewidth": max_line_width, "precision": precision, "suppress": suppress_small}
    given = {name: value for name, value in given.items() if value is not None}
    now = _np.get_printoptions()
    return printoptions(formatter=now["formatter"], override_repr=now["override_repr"], **given)


def array_repr(arr, max_line_width=None, precision=None, suppress_small=None):
    """`repr` of an array.

    Parameters
    ----------
    arr : ndarray
    max_line_width : int, optional
        Characters in a line.
    precision : int, optional
        Digits behind the point.
    suppress_small : bool, optional
        Whether numbers near zero are written without exponents.

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_repr(np.array([1, 2]))
    'array([1., 2.])'
    """
    with _options(max_line_width, precision, suppress_small):
        return repr(_np.asarray(arr))


def array_str(a, max_line_width=None, precision=None, suppress_small=None):
    """`str` of an array.

    Parameters
    ----------
    a : ndarray
    max_line_width : int, optional
        Characters in a line.
    precision : int, optional
        Digits behind the point.
    suppress_small : bool, optional
        Whether numbers near zero are written without exponents.

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_str(np.array([1, 2]))
    '[1. 2.]'
    """
    with _options(max_line_width, precision, suppress_small):
        return str(_np.asarray(a))


class printoptions:
    """A `with` block in which arrays are printed by other options; see `set_printoptions`.

    Parameters
    ----------
    *args, **kwargs
        Those of `set_printoptions`.

    Examples
    --------
    >>> with np.printoptions(precision=2):
    ...     print(np.array([1 / 3]))
    [0.33]
    """

    def __init__(self, *args, **kwargs):
        self._options = args, kwargs

    def __enter__(self):
        self._before = _np.get_printoptions()
        positional, named = self._options
        _np.set_printoptions(*positional, **named)
        return _np.get_printoptions()

    def __exit__(self, *exception):
        _np.set_printoptions(**self._before)


def modf(
    x,
    out1=None,
    out2=None,
    /,
    *,
    out=_NO_OUT,
    where=True,
    casting="same_kind",
    order="K",
    dtype=None,
    subok=True,
    signature=None,
):
    """Fractional and whole part, both with the sign of the number.

    Parameters
    ----------
    x : array_like
    out1, out2 : ndarray, optional
        Where the results are written; both together are `out` by name.
    out : tuple of two (ndarray or None), optional
    where, casting, order, dtype, subok, signature
        As for any ufunc.

    Returns
    -------
    fraction, whole : ndarray

    Raises
    ------
    ValueError
        Shapes that do not broadcast, or an `out` that cannot hold the results.
    TypeError
        A dtype that the function does not take, or a conversion that `casting` does not allow.

    Examples
    --------
    >>> np.modf(np.array([1.5, -2.25]))
    (array([ 0.5 , -0.25]), array([ 1., -2.]))
    """
    keywords = _asked(where=where, casting=casting, order=order, dtype=dtype, subok=subok, signature=signature)
    return _pair(("modf_fraction", "modf_integral"), (x,), _outputs(out1, out2, out), keywords)


def frexp(
    x,
    out1=None,
    out2=None,
    /,
    *,
    out=_NO_OUT,
    where=True,
    casting="same_kind",
    order="K",
    dtype=None,
    subok=True,
    signature=None,
):
    """Mantissa (at least one half, below one) and exponent of two.

    Parameters
    ----------
    x : array_like
    out1, out2 : ndarray, optional
        Where the results are written; both together are `out` by name.
    out : tuple of two (ndarray or None), optional
    where, casting, order, dtype, subok, signature
        As for any ufunc.

    Returns
    -------
    mantissa, exponent : ndarray

    Raises
    ------
    ValueError
        Shapes that do not broadcast, or an `out` that cannot hold the results.
    TypeError
        A dtype that the function does not take, or a conversion that `casting` does not allow.

    Examples
    --------
    >>> np.frexp(np.array([4., 6.]))
    (array([0.5 , 0.75]), array([3, 3], dtype=int32))
    """
    keywords = _asked(where=where, casting=casting, order=order, dtype=dtype, subok=subok, signature=signature)
    out = _outputs(out1, out2, out)
    mantissa, exponent = _pair(("frexp_mantissa", "frexp_exponent"), (x,), None, keywords)
    exponent = exponent.astype("int32")
    return _stored((mantissa, exponent), out, keywords)


_absent = object()


def clip(a, a_min=_absent, a_max=_absent, out=None, *, min=None, max=None, **kwargs):
    """The elements, moved into an interval.

    Parameters
    ----------
    a : array_like
    a_min, a_max : array_like or None
        Ends of the interval; `None` leaves it open.
    out : ndarray, optional
    min, max : array_like, optional
        Other names of the ends, as the array API has them.
    **kwargs
        As for any ufunc.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        The ends are given under both names.
    TypeError
        Only one of `a_min` and `a_max` is given.

    Examples
    --------
    >>> np.clip(np.array([1, 5, 9]), 2, 6)
    array([2., 5., 6.])
    """
    if (a_min is not _absent and min is not None) or (a_max is not _absent and max is not None):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    if (a_min is _absent) is not (a_max is _absent) and min is None and max is None:
        missing = "a_min" if a_min is _absent else "a_max"
        raise TypeError(f"clip() missing 1 required positional argument: '{missing}'")
    low = min if a_min is _absent else a_min
    high = max if a_max is _absent else a_max
    try:
        return _clipped(a, low, high, out, kwargs)
    except OverflowError:
        # a Python integer beyond the dtype bounds nothing on its own side, as in NumPy
        limits = iinfo(_np.asarray(a).dtype)
        low = None if type(low) is int and low <= limits.min else low
        high = None if type(high) is int and high >= limits.max else high
        return _clipped(a, low, high, out, kwargs)


def _clipped(a, low, high, out, kwargs):
    if low is None and high is None:
        return _ops["positive"](a, out=out, **kwargs)
    if low is None:
        return _ops["minimum"](a, high, out=out, **kwargs)
    if high is None:
        return _ops["maximum"](a, low, out=out, **kwargs)
    return _ops["clip"](a, low, high, out=out, **kwargs)


def angle(z, deg=False):
    """The angle of complex numbers from the positive real axis.

    Parameters
    ----------
    z : array_like
    deg : bool, optional
        In degrees.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.angle(np.array([1j, 1]), deg=True)
    array([90.,  0.])
    """
    z = _np.asarray(z)
    # as NumPy's arctan2(0, z), where the 0 makes bools integers
    angles = _ops["angle"](z.astype("int64") if z.dtype == bool else z)
    return _ops["degrees"](angles) if deg else angles


def iscomplexobj(x):
    """Whether the dtype is complex.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    bool

    Examples
    --------
    >>> np.iscomplexobj(np.array([1j]))
    True
    """
    dtype = getattr(x, "dtype", None)
    if dtype is None and (x is None or isinstance(x, (str, bytes))):
        return False
    return (_np.asarray(x).dtype if dtype is None else dtype).kind == "c"


def isrealobj(x):
    """Whether the dtype is not complex.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    bool

    Examples
    --------
    >>> np.isrealobj(np.array([1.0]))
    True
    """
    return not iscomplexobj(x)


def astype(x, dtype, /, *, copy=True, device=None):
    """The array in another dtype.

    Parameters
    ----------
    x : array_like
    dtype : dtype
    copy : bool, optional
        `False` gives the array itself where nothing changes.
    device : Device, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.astype(np.array([1.7, 2.2]), 'int32')
    array([1, 2], dtype=int32)
    """
    x = _np.asarray(x)
    cast = x.astype(dtype, copy=copy)
    return cast if device is None else cast.to_device(device)


def unstack(x, /, *, axis=0):
    """The entries along an axis, as views.

    Parameters
    ----------
    x : array_like
    axis : int, optional

    Returns
    -------
    tuple of ndarray

    Raises
    ------
    ValueError
        The array has no axes.

    Examples
    --------
    >>> np.unstack(np.array([[1, 2], [3, 4]]))
    (array([1., 2.]), array([3., 4.]))
    """
    x = _np.asarray(x)
    if x.ndim == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(_np.moveaxis(x, axis, 0))


def iterable(y):
    """Whether the object can be iterated over.

    Parameters
    ----------
    y : object

    Returns
    -------
    bool

    Examples
    --------
    >>> np.iterable([1, 2]), np.iterable(2)
    (True, False)
    """
    try:
        iter(y)
    except TypeError:
        return False
    return True


def isfortran(a):
    """Whether the memory runs in Fortran order, and not in C order too.

    Parameters
    ----------
    a : ndarray

    Returns
    -------
    bool

    Examples
    --------
    >>> np.isfortran(np.ones((2, 3)).T)
    True
    """
    return a.flags.fnc


def fromfunction(function, shape, *, dtype=None, like=None, **kwargs):
    """The array of a function of indices: it is called once, with one index array per axis.

    Parameters
    ----------
    function : callable
    shape : tuple of ints
    dtype : dtype, optional
        dtype of the index arrays; without it the default one.
    like : object, optional
        Without meaning here; NumPy's name for arrays of other libraries.
    **kwargs
        For the function.

    Returns
    -------
    whatever the function returns

    Raises
    ------
    ValueError
        A negative length.

    Examples
    --------
    >>> np.fromfunction(lambda i, j: i + j, (2, 2), dtype=int)
    array([[0, 1],
           [1, 2]], dtype=int64)
    """
    return function(*_np.indices(shape, dtype=_np.empty(0, dtype).dtype), **kwargs)
