"""Exception classes, and tuples of classes for `isinstance`. An error of an operator is of NumPy's class and an
`MXNetError`: either `except` finds it."""

import numpy
from numpy.exceptions import AxisError
from numpy.linalg import LinAlgError

__all__ = ["MXNetError", "integer_types", "numeric_types", "string_types"]

#: classes of Python and NumPy numbers and of text, for `isinstance`
integer_types = (int, numpy.integer)
numeric_types = (float, int, numpy.generic)
string_types = (str,)


class MXNetError(RuntimeError):
    """Any error that this library raises of its own accord.

    Examples
    --------
    >>> from mxnet import np
    >>> try:
    ...     np.zeros(2) + np.zeros(3)
    ... except ValueError as error:
    ...     isinstance(error, MXNetError)
    True
    """


class MXNetValueError(MXNetError, ValueError):
    """Shapes that do not fit, or values outside of what an operator takes."""


class MXNetTypeError(MXNetError, TypeError):
    """A dtype or an argument of a type that an operator does not take."""


class MXNetIndexError(MXNetError, IndexError):
    """An index outside of the array."""


class MXNetAxisError(MXNetError, AxisError):
    """An axis that the array does not have."""

    def __init__(self, axis, ndim=None, msg_prefix=None):
        AxisError.__init__(self, axis, ndim, msg_prefix)

    __str__ = AxisError.__str__


class MXNetLinAlgError(MXNetError, LinAlgError):
    """A matrix for which the decomposition does not exist or does not converge."""


class MXNetNotImplementedError(MXNetError, NotImplementedError):
    """Something that the device or the dtype does not have yet."""
