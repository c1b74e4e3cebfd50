"""Functions of `np` that are a few lines over others, and those that are NumPy's own because they touch no array."""

from numpy import errstate, geterr, isscalar, seterr

from .. import _core
from .._core import ndarray
from .._core import numpy as _np

__all__ = [
    "allclose",
    "angle",
    "array_equal",
    "array_equiv",
    "array_repr",
    "array_str",
    "around",
    "clip",
    "divmod",
    "errstate",
    "frexp",
    "geterr",
    "imag",
    "isclose",
    "isscalar",
    "iscomplexobj",
    "isrealobj",
    "modf",
    "ndim",
    "printoptions",
    "ptp",
    "real",
    "round",
    "seterr",
    "shape",
    "size",
]

_ops = _core.ufuncs("np") | _core.ufuncs("core")


def divmod(x1, x2):
    """Quotient, rounded down, and remainder, element by element.

    Parameters
    ----------
    x1, x2 : array_like

    Returns
    -------
    tuple of ndarray

    Examples
    --------
    >>> np.divmod(np.array([7, 8]), 3)
    (array([2., 2.]), array([1., 2.]))
    """
    return _ops["floor_divide"](x1, x2), _ops["remainder"](x1, x2)


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


def array_repr(arr):
    """`repr` of an array.

    Parameters
    ----------
    arr : ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_repr(np.array([1, 2]))
    'array([1., 2.])'
    """
    return repr(_np.asarray(arr))


def array_str(a):
    """`str` of an array.

    Parameters
    ----------
    a : ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> np.array_str(np.array([1, 2]))
    '[1. 2.]'
    """
    return str(_np.asarray(a))


class printoptions:
    """A `with` block in which arrays are printed by other options; see `set_printoptions`.

    Parameters
    ----------
    **options
        Those of `set_printoptions`.

    Examples
    --------
    >>> with np.printoptions(precision=2):
    ...     print(np.array([1 / 3]))
    [0.33]
    """

    def __init__(self, **options):
        self._options = options

    def __enter__(self):
        self._before = _np.get_printoptions()
        _np.set_printoptions(**self._options)
        return _np.get_printoptions()

    def __exit__(self, *exception):
        before = self._before
        del before["formatter"]
        _np.set_printoptions(**before)


def modf(x):
    """Fractional and whole part, both with the sign of the number.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    tuple of ndarray

    Examples
    --------
    >>> np.modf(np.array([1.5, -2.25]))
    (array([ 0.5 , -0.25]), array([ 1., -2.]))
    """
    return _ops["modf_fraction"](x), _ops["modf_integral"](x)


def frexp(x):
    """Mantissa (at least one half, below one) and exponent of two.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    tuple of ndarray

    Examples
    --------
    >>> np.frexp(np.array([4., 6.]))
    (array([0.5 , 0.75]), array([3, 3], dtype=int32))
    """
    return _ops["frexp_mantissa"](x), _ops["frexp_exponent"](x).astype("int32")


_given = object()


def clip(a, a_min=_given, a_max=_given, out=None, *, min=None, max=None, **kwargs):
    """The elements, moved into an interval.

    Parameters
    ----------
    a : array_like
    a_min, a_max : array_like or None
        Ends of the interval; `None` leaves it open.
    out : ndarray, optional
    min, max : array_like, optional
        Other names of the ends.
    **kwargs
        As for any ufunc.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        The ends are given under both names.

    Examples
    --------
    >>> np.clip(np.array([1, 5, 9]), 2, 6)
    array([2., 5., 6.])
    """
    if a_min is not _given and min is not None or a_max is not _given and max is not None:
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    low = min if a_min is _given else a_min
    high = max if a_max is _given else a_max
    if low is None and high is None:
        return _ops["positive"](a, out=out, **kwargs)
    if low is None:
        return _ops["minimum"](a, high, out=out, **kwargs)
    if high is None:
        return _ops["maximum"](a, low, out=out, **kwargs)
    return _ops["clip"](a, low, high, out=out, **kwargs)


def round(a, decimals=0, out=None):
    """The elements, rounded to decimals; halves go to the even neighbour.

    Parameters
    ----------
    a : array_like
    decimals : int, optional
        Negative ones round left of the point.
    out : ndarray, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.round(np.array([1.25, 2.5, 3.5]), 1)
    array([1.2, 2.5, 3.5])
    >>> np.round(np.array([0.5, 1.5]))
    array([0., 2.])
    """
    a = _np.asarray(a)
    if a.dtype.kind in "biu":
        if decimals >= 0:
            return _ops["positive"](a, out=out) if a.dtype.kind != "b" else a.astype("float16")
        step = 10**-decimals
        wide = _ops["rint"](_ops["divide"](a.astype("float64"), float(step))) * float(step)
        return _into(wide.astype(a.dtype), out)
    if a.dtype.kind == "c":
        return _into(round(a.real, decimals) + round(a.imag, decimals) * 1j, out)
    if decimals == 0:
        return _ops["rint"](a, out=out)
    step = 10.0 ** abs(decimals)
    if decimals > 0:
        return _into(_ops["rint"](a * step) / step, out)
    return _into(_ops["rint"](a / step) * step, out)


around = round


def _into(result, out):
    if out is None:
        return result
    out[...] = result
    return out


def ptp(a, axis=None, out=None, keepdims=False):
    """The distance of the greatest and the least element over axes.

    Parameters
    ----------
    a : array_like
    axis : int or tuple of ints, optional
    out : ndarray, optional
    keepdims : bool, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.ptp(np.array([3, 9, 4]))
    array(6.)
    """
    a = _np.asarray(a)
    return _ops["subtract"](a.max(axis, keepdims=keepdims), a.min(axis, keepdims=keepdims), out=out)


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
    angles = _ops["angle"](z)
    return _ops["degrees"](angles) if deg else angles


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether elements are equal within a tolerance.

    Parameters
    ----------
    a, b : array_like
    rtol, atol : float, optional
        They are where `|a - b| <= atol + rtol * |b|`.
    equal_nan : bool, optional
        Whether nan is close to nan.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> np.isclose(np.array([1., 2.]), np.array([1.000001, 2.1]))
    array([ True, False])
    """
    a, b = _np.asarray(a), _np.asarray(b)
    if b.dtype.kind in "biu":
        b = b.astype("float64")
    near = _ops["absolute"](a - b) <= atol + rtol * _ops["absolute"](b)
    close = _ops["logical_or"](_ops["logical_and"](near, _ops["isfinite"](b)), a == b)
    if equal_nan:
        close = _ops["logical_or"](close, _ops["logical_and"](_ops["isnan"](a), _ops["isnan"](b)))
    return close


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are equal within a tolerance; see `isclose`.

    Parameters
    ----------
    a, b : array_like
    rtol, atol : float, optional
    equal_nan : bool, optional

    Returns
    -------
    bool

    Examples
    --------
    >>> np.allclose(np.array([1., 2.]), np.array([1., 2.000001]))
    True
    """
    return isclose(a, b, rtol, atol, equal_nan).all().item()


def array_equal(a1, a2, equal_nan=False):
    """Whether shapes and all elements are equal.

    Parameters
    ----------
    a1, a2 : array_like
    equal_nan : bool, optional

    Returns
    -------
    bool

    Examples
    --------
    >>> np.array_equal(np.array([1, 2]), [1, 2])
    True
    """
    a1, a2 = _np.asarray(a1), _np.asarray(a2)
    if a1.shape != a2.shape:
        return False
    equal = a1 == a2
    if equal_nan:
        equal = _ops["logical_or"](equal, _ops["logical_and"](_ops["isnan"](a1), _ops["isnan"](a2)))
    return equal.all().item()


def array_equiv(a1, a2):
    """Whether all elements are equal after broadcasting.

    Parameters
    ----------
    a1, a2 : array_like

    Returns
    -------
    bool

    Examples
    --------
    >>> np.array_equiv([1, 2], [[1, 2], [1, 2]])
    True
    """
    try:
        return (_np.asarray(a1) == _np.asarray(a2)).all().item()
    except ValueError:
        return False


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
    return _np.asarray(x).dtype.kind == "c"


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
