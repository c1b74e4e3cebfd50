"""Sets of elements: each function is a few lines over `unique` and `isin`."""

from typing import NamedTuple

from .._core import ndarray
from .._core import numpy as _core_functions

__all__ = [
    "intersect1d",
    "setdiff1d",
    "setxor1d",
    "union1d",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]

_unique = _core_functions.unique
_isin = _core_functions.isin


class UniqueAllResult(NamedTuple):
    """What `unique_all` gives."""

    values: ndarray
    indices: ndarray
    inverse_indices: ndarray
    counts: ndarray


class UniqueCountsResult(NamedTuple):
    """What `unique_counts` gives."""

    values: ndarray
    counts: ndarray


class UniqueInverseResult(NamedTuple):
    """What `unique_inverse` gives."""

    values: ndarray
    inverse_indices: ndarray


def unique_all(x):
    """The distinct elements, their first places, which of them stands where, and how often. nan are all distinct.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    UniqueAllResult

    Examples
    --------
    >>> np.unique_all(np.array([3, 1, 3])).counts
    array([1, 2], dtype=int64)
    """
    return UniqueAllResult(*_unique(x, True, True, True, equal_nan=False))


def unique_counts(x):
    """The distinct elements and how often each occurs. nan are all distinct.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    UniqueCountsResult

    Examples
    --------
    >>> np.unique_counts(np.array([3, 1, 3])).values
    array([1., 3.])
    """
    return UniqueCountsResult(*_unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x):
    """The distinct elements and which of them stands at each place. nan are all distinct.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    UniqueInverseResult

    Examples
    --------
    >>> np.unique_inverse(np.array([3, 1, 3])).inverse_indices
    array([1, 0, 1], dtype=int64)
    """
    return UniqueInverseResult(*_unique(x, return_inverse=True, equal_nan=False))


def unique_values(x):
    """The distinct elements. nan are all distinct.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.unique_values(np.array([3, 1, 3]))
    array([1., 3.])
    """
    return _unique(x, equal_nan=False)


def union1d(ar1, ar2):
    """The distinct elements of both arrays, ascending.

    Parameters
    ----------
    ar1, ar2 : array_like

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.union1d(np.array([1, 3]), np.array([2, 3]))
    array([1., 2., 3.])
    """
    return _unique(_core_functions.concatenate((ar1, ar2), axis=None))


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    """The distinct elements that both arrays have, ascending.

    Parameters
    ----------
    ar1, ar2 : array_like
    assume_unique : bool, optional
        Makes no difference.
    return_indices : bool, optional
        Whether to give their first places in both arrays too.

    Returns
    -------
    ndarray or tuple of ndarray

    Examples
    --------
    >>> np.intersect1d(np.array([1, 3, 4]), np.array([4, 3]))
    array([3., 4.])
    """
    if not return_indices:
        # what both have stands twice in the sorted union of the two
        both = _core_functions.sort(_core_functions.concatenate((_unique(ar1), _unique(ar2))))
        return both[:-1][both[1:] == both[:-1]]
    first, first_places = _unique(ar1, return_index=True)
    second, second_places = _unique(ar2, return_index=True)
    inside = _isin(first, second)
    values = first[inside]
    # elements of both have the dtype that both have in common
    values = _core_functions.concatenate((values, second[:0]))
    return values, first_places[inside], second_places[_isin(second, first)]


def setdiff1d(ar1, ar2, assume_unique=False):
    """The distinct elements of the first array that the second does not have.

    Parameters
    ----------
    ar1, ar2 : array_like
    assume_unique : bool, optional
        Whether to keep the order of `ar1` and not look for equal elements.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.setdiff1d(np.array([3, 1, 2]), np.array([2]))
    array([1., 3.])
    """
    ar1 = _core_functions.ravel(ar1) if assume_unique else _unique(ar1)
    return ar1[_isin(ar1, ar2, invert=True)]


def setxor1d(ar1, ar2, assume_unique=False):
    """The distinct elements that only one of the arrays has, ascending.

    Parameters
    ----------
    ar1, ar2 : array_like
    assume_unique : bool, optional
        Makes no difference.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> np.setxor1d(np.array([1, 2]), np.array([2, 3]))
    array([1., 3.])
    """
    ar1, ar2 = _unique(ar1), _unique(ar2)
    only = (ar1[_isin(ar1, ar2, invert=True)], ar2[_isin(ar2, ar1, invert=True)])
    return _core_functions.sort(_core_functions.concatenate(only))
