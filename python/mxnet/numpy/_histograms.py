"""Histograms over several variables. One place counts: every point becomes one flat bin number."""

from .. import _core
from .._core import numpy as _np

__all__ = ["histogram2d", "histogramdd"]

_ops = _core.ufuncs("np")


def _edges(column, bins, limits, axis):
    """Edges of the bins along one variable."""
    if isinstance(bins, (int, float)) or getattr(bins, "ndim", 1) == 0:
        if bins < 1:
            raise ValueError(f"`bins[{axis}]` must be positive, when an integer")
        if limits is None:
            low, high = (column.min(), column.max()) if column.size else (0.0, 1.0)
        else:
            low, high = limits
            if low > high:
                raise ValueError("max must be larger than min in range parameter.")
        low, high = float(low), float(high)
        if not (abs(low) < float("inf") and abs(high) < float("inf")):
            raise ValueError(f"supplied range of [{low}, {high}] is not finite")
        if low == high:
            low, high = low - 0.5, high + 0.5
        return _np.linspace(low, high, int(bins) + 1, dtype=column.dtype)
    edges = _np.asarray(bins)
    if edges.ndim != 1:
        raise ValueError(f"`bins[{axis}]` must be a scalar or 1d array")
    if bool((edges[1:] < edges[:-1]).any()):
        raise ValueError(f"`bins[{axis}]` must be monotonically increasing, when an array")
    return edges


def _bin_numbers(column, edges):
    """The bin of each value, counted from 1; 0 and len(edges) lie outside. The last edge belongs to the last bin."""
    numbers = _np.searchsorted(edges, column, side="right")
    return _np.where(column == edges[-1], len(edges) - 1, numbers)


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
    """How many points of several variables fall into each bin of a grid.

    Parameters
    ----------
    sample : array_like, shape (N, D), or a list of D sequences
    bins : int, sequence of D ints, or sequence of D arrays of edges, optional
    range : sequence of D pairs, optional
        Lowest and highest edges where bins are counts; the least and greatest values by default.
    density : bool, optional
        Divide by the number of points and by the size of the bins.
    weights : array_like, shape (N,), optional
        What each point counts.

    Returns
    -------
    H : ndarray
        With D axes.
    edges : tuple of ndarray

    Raises
    ------
    ValueError
        Bins or ranges that do not fit the variables, or edges that descend.

    Examples
    --------
    >>> counts, edges = np.histogramdd(np.array([[0., 0.], [1., 1.], [1., 0.]]), bins=2)
    >>> counts
    array([[1., 0.],
           [1., 1.]])
    """
    sample = _np.asarray(sample) if hasattr(sample, "shape") else _np.stack([_np.asarray(x) for x in sample], axis=-1)
    if sample.ndim == 1:
        sample = sample.reshape(-1, 1)
    if sample.dtype.kind in "biu":
        sample = sample * 1.0
    count, variables = sample.shape
    try:
        per_axis = list(bins)
    except TypeError:
        per_axis = [bins] * variables
    if len(per_axis) != variables:
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    limits = [None] * variables if range is None else list(range)
    if len(limits) != variables:
        raise ValueError("range argument must have one entry per dimension")
    edges, flat, lengths = [], _np.zeros((count,), dtype="int64"), []
    inside = _np.ones((count,), dtype="bool")
    for axis, (own, limit) in enumerate(zip(per_axis, limits, strict=True)):
        column = sample[:, axis]
        edges.append(_edges(column, own, limit, axis))
        numbers = _bin_numbers(column, edges[-1])
        length = len(edges[-1]) - 1
        inside = inside & (numbers >= 1) & (numbers <= length)
        flat = flat * length + (numbers - 1)
        lengths.append(length)
    total = 1
    for length in lengths:
        total *= length
    if weights is not None:
        weights = _np.asarray(weights)[inside]
    counts = _np.bincount(flat[inside], weights=weights, minlength=total)[:total].reshape(tuple(lengths))
    counts = counts.astype(sample.dtype if weights is None or weights.dtype.kind in "biu" else weights.dtype)
    if density:
        whole = counts.sum()
        for axis, own in enumerate(edges):
            shape = [1] * variables
            shape[axis] = lengths[axis]
            counts = counts / _np.diff(own).reshape(tuple(shape))
        counts = counts / whole
    return counts, tuple(edges)


def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
    """How many points of two variables fall into each bin of a grid.

    Parameters
    ----------
    x, y : array_like, shape (N,)
    bins : int, edges for both, or a pair of ints or edges, optional
    range : two pairs, optional
        Lowest and highest edges where bins are counts.
    density : bool, optional
        Divide by the number of points and by the area of the bins.
    weights : array_like, shape (N,), optional

    Returns
    -------
    H : ndarray, shape (nx, ny)
    xedges, yedges : ndarray

    Raises
    ------
    ValueError
        `x` and `y` differ in length, or bins do not fit.

    Examples
    --------
    >>> counts, xedges, yedges = np.histogram2d(np.array([0., 1., 1.]), np.array([0., 1., 0.]), bins=2)
    >>> counts
    array([[1., 0.],
           [1., 1.]])
    """
    if len(x) != len(y):
        raise ValueError("x and y must have the same length.")
    try:
        given = len(bins)
    except TypeError:
        given = 1
    if given not in (1, 2):
        bins = [_np.asarray(bins)] * 2
    elif given == 1 and not isinstance(bins, (int, float)):
        bins = [bins[0] if hasattr(bins, "__len__") else bins] * 2
    counts, edges = histogramdd([x, y], bins, range, density, weights)
    return counts, edges[0], edges[1]
