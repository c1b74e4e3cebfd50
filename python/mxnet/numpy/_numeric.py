"""Numerical functions over others: counting, histograms, interpolation, differences."""

from numpy import finfo

from .. import _core
from .._core import ndarray
from .._core import numpy as _np

__all__ = [
    "gradient",
    "interp",
    "real_if_close",
    "sort_complex",
    "trapezoid",
    "unwrap",
]

_ops = _core.ufuncs("np")


def interp(x, xp, fp, left=None, right=None, period=None):
    """Values of a function between points, on straight lines; gradients flow to the values and to `x`.

    Parameters
    ----------
    x : array_like
    xp, fp : array_like
        The points, ascending in `xp`, and the values there.
    left, right : number, optional
        Values outside the points; the first and last of `fp` by default.
    period : float, optional
        Period of `x`; the points need not be in order then.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        No points, different numbers of points and values, or a period of 0.

    Examples
    --------
    >>> np.interp(np.array([1.5, 9]), np.array([1, 2, 3]), np.array([10, 20, 40]))
    array([15., 40.])
    """
    x, xp, fp = _np.asarray(x), _np.asarray(xp), _np.asarray(fp)
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError("Data points must be 1-D sequences")
    if xp.size == 0:
        raise ValueError("array of sample points is empty")
    if xp.size != fp.size:
        raise ValueError("fp and xp are not of the same length.")
    if period is not None:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        period = abs(period)
        left = right = None
        x, xp = x % period, xp % period
        order = _np.argsort(xp)
        xp, fp = xp[order], fp[order]
        xp = _np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
        fp = _np.concatenate((fp[-1:], fp, fp[:1]))
    few = _np._interp_few(x, xp, fp, left, right)
    if few is not None:
        return few
    after = _np.searchsorted(xp, x, side="right")
    low = _ops["maximum"](_ops["minimum"](after - 1, max(xp.size - 2, 0)), 0)
    high = _ops["minimum"](low + 1, xp.size - 1)
    width = xp[high] - xp[low]
    slope = (fp[high] - fp[low]) / _np.where(width == 0, 1, width)
    result = fp[low] + slope * (x - xp[low])
    if not _ops["isfinite"](fp).all():
        result = _beside_infinity(result, x, xp, fp, low, high, slope)
    result = _np.where(x == xp[high], fp[high], result)
    result = _np.where(x < xp[0], fp[0] if left is None else left, result)
    return _np.where(x > xp[-1], fp[-1] if right is None else right, result)


def _beside_infinity(result, x, xp, fp, low, high, slope):
    """Results of `interp` where values are infinite: points keep their values, a nan is tried from the other side."""
    isnan = _ops["isnan"]
    result = _np.where(isnan(result), fp[high] + slope * (x - xp[high]), result)
    level = isnan(result) & (fp[low] == fp[high]) & (x == x)
    return _np.where(level | (x == xp[low]), fp[low], result)


def _part(ndim, axis, *bounds):
    """The index of a slice along one axis."""
    return tuple(slice(*bounds) if one == axis else slice(None) for one in range(ndim))


def _slopes(f, spacing, axis, edge_order):
    """Slopes along one axis: between the neighbours inside, one-sided at both ends."""
    at = lambda start, stop: f[_part(f.ndim, axis, start, stop)]
    even = not isinstance(spacing, ndarray)
    if even:
        steps = None
        inside = (at(2, None) - at(None, -2)) / (2.0 * spacing)
    else:
        lengths = [1] * f.ndim
        lengths[axis] = -1
        steps = _np.reshape(_np.diff(spacing), tuple(lengths))
        before, after = steps[_part(f.ndim, axis, None, -1)], steps[_part(f.ndim, axis, 1, None)]
        inside = (
            at(None, -2) * (-after / (before * (before + after)))
            + at(1, -1) * ((after - before) / (before * after))
            + at(2, None) * (before / (after * (before + after)))
        )
    first = lambda place: spacing if even else steps[_part(f.ndim, axis, place, place + 1 or None)]
    if edge_order == 1:
        start = (at(1, 2) - at(0, 1)) / first(0)
        end = (at(-1, None) - at(-2, -1)) / first(-1)
    else:
        one, two = first(0), first(0 if even else 1)
        start = (
            at(0, 1) * (-(2.0 * one + two) / (one * (one + two)))
            + at(1, 2) * ((one + two) / (one * two))
            + at(2, 3) * (-one / (two * (one + two)))
        )
        one, two = first(-1 if even else -2), first(-1)
        end = (
            at(-3, -2) * (two / (one * (one + two)))
            + at(-2, -1) * (-(two + one) / (one * two))
            + at(-1, None) * ((2.0 * two + one) / (two * (one + two)))
        )
    return _np.concatenate((start, inside, end), axis=axis)


def gradient(f, *varargs, axis=None, edge_order=1):
    """Slopes of a sampled function: central differences inside, one-sided ones at the ends.

    Parameters
    ----------
    f : array_like
    *varargs : number or array_like, optional
        Distance of the samples, for all axes or one for each; or their coordinates.
    axis : int or tuple of ints, optional
        All axes by default.
    edge_order : {1, 2}, optional
        Exactness of the differences at the ends.

    Returns
    -------
    ndarray or tuple of ndarray
        One array per axis.

    Raises
    ------
    ValueError
        Too few samples along an axis, or coordinates of another length.
    TypeError
        A number of distances that does not fit the axes.

    Examples
    --------
    >>> np.gradient(np.array([1, 4, 9, 16]))
    array([3., 4., 6., 7.])
    """
    f = _np.asarray(f)
    if f.dtype.kind in "biu":
        f = f * 1.0
    axes = range(f.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = [one % f.ndim for one in axes]
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if len(varargs) not in (0, 1, len(axes)):
        raise TypeError("invalid number of arguments")
    spacings = list(varargs or (1.0,))
    spacings = spacings * len(axes) if len(spacings) == 1 else spacings
    slopes = []
    for one, spacing in zip(axes, spacings):
        if f.shape[one] < edge_order + 1:
            raise ValueError(
                "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are "
                "required."
            )
        coordinates = _np.asarray(spacing)
        if coordinates.ndim > 1:
            raise ValueError("distances must be either scalars or 1d")
        if coordinates.ndim == 1 and coordinates.size != f.shape[one]:
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        slopes.append(_slopes(f, coordinates if coordinates.ndim == 1 else float(spacing), one, edge_order))
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """The integral of a sampled function along an axis, by trapezoids.

    Parameters
    ----------
    y : array_like
    x : array_like, optional
        Where the samples are.
    dx : number, optional
        Their distance where `x` is not given.
    axis : int, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Shapes that do not belong together.
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.trapezoid(np.array([1, 2, 3]))
    array(4.)
    """
    y = _np.asarray(y)
    axis = axis % y.ndim
    if x is not None:
        x = _np.asarray(x)
        dx = _np.diff(x, axis=-1 if x.ndim == 1 else axis)
        if x.ndim == 1:
            lengths = [1] * y.ndim
            lengths[axis] = -1
            dx = _np.reshape(dx, tuple(lengths))
    middle = (y[_part(y.ndim, axis, 1, None)] + y[_part(y.ndim, axis, None, -1)]) / 2.0
    return _np.sum(middle * dx, axis=axis)


def sort_complex(a):
    """The elements as complex numbers, sorted by real and then by imaginary part.

    Parameters
    ----------
    a : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.sort_complex(np.array([5, 3]))
    array([3.+0.j, 5.+0.j], dtype=complex64)
    """
    a = _np.asarray(a)
    if a.dtype.kind != "c":
        a = a.astype("complex128" if a.dtype.name == "float64" else "complex64")
    return _np.sort(a)


def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586):
    """Angles without jumps: whole periods are added where neighbours differ by more than half of one.

    Parameters
    ----------
    p : array_like
    discont : float, optional
        Differences up to this stay; half a period by default, and never less.
    axis : int, optional
    period : float, optional

    Returns
    -------
    ndarray

    Raises
    ------
    numpy.exceptions.AxisError
        An axis that the array does not have.

    Examples
    --------
    >>> np.unwrap(np.array([0., 3., -3.]))
    array([0.       , 3.       , 3.2831855])
    """
    p = _np.asarray(p)
    steps = _np.diff(p, axis=axis)
    discont = period / 2 if discont is None else discont
    whole = p.dtype.kind in "iu" and isinstance(period, int)
    half = period // 2 if whole else period / 2
    exact = (whole and period % 2 == 0) or not whole
    wrapped = _ops["remainder"](steps + half, period) - half
    if exact:
        wrapped = _np.where((wrapped == -half) & (steps > 0), half, wrapped)
    corrections = _np.where(_ops["absolute"](steps) < discont, 0, wrapped - steps)
    first = p[_part(p.ndim, axis % p.ndim, None, 1)]
    rest = p[_part(p.ndim, axis % p.ndim, 1, None)] + _np.cumsum(corrections, axis=axis)
    return _np.concatenate((first.astype(rest.dtype), rest), axis=axis)


def real_if_close(a, tol=100):
    """The real parts, where all imaginary ones are as good as zero.

    Parameters
    ----------
    a : array_like
    tol : float, optional
        How large imaginary parts may be: in units of the dtype's epsilon above 1, else absolutely.

    Returns
    -------
    ndarray
        Real, or `a` as it was.

    Examples
    --------
    >>> np.real_if_close(np.array([2.1 + 4e-14j, 5.2 + 3e-15j], dtype='complex128'), tol=1000)
    array([2.1, 5.2], dtype=float64)
    """
    a = _np.asarray(a)
    if a.dtype.kind != "c":
        return a
    if tol > 1:
        tol = float(finfo(a.dtype).eps) * tol
    return a.real if bool((_ops["absolute"](a.imag) < tol).all()) else a
