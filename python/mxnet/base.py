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
    >>> from mxnet.base import MXNetError
    >>> try:
    ...     np.zeros(2) + np.zeros(3)
    ... except ValueError as error:
    ...     isinstance(error, MXNetError)
    True
    """


class MXNetValueError(MXNetError, ValueError):
    """Shapes that do not fit, or values outside of what an operator takes.

    Examples
    --------
    >>> from mxnet.base import MXNetValueError
    >>> issubclass(MXNetValueError, ValueError)
    True
    """


class MXNetTypeError(MXNetError, TypeError):
    """A dtype or an argument of a type that an operator does not take.

    Examples
    --------
    >>> from mxnet.base import MXNetTypeError
    >>> issubclass(MXNetTypeError, TypeError)
    True
    """


class MXNetIndexError(MXNetError, IndexError):
    """An index outside of the array.

    Examples
    --------
    >>> from mxnet.base import MXNetIndexError
    >>> issubclass(MXNetIndexError, IndexError)
    True
    """


class MXNetAxisError(MXNetError, AxisError):
    """An axis that the array does not have.

    Parameters
    ----------
    axis : int or str
        The axis, or the whole message.
    ndim : int, optional
        Axes of the array.
    msg_prefix : str, optional
        What stands before the message.

    Examples
    --------
    >>> from mxnet.base import MXNetAxisError
    >>> str(MXNetAxisError(2, 1, 'sum'))
    'sum: axis 2 is out of bounds for array of dimension 1'
    """

    def __init__(self, axis, ndim=None, msg_prefix=None):
        AxisError.__init__(self, axis, ndim, msg_prefix)

    __str__ = AxisError.__str__


class MXNetLinAlgError(MXNetError, LinAlgError):
    """A matrix for which the decomposition does not exist or does not converge.

    Examples
    --------
    >>> from mxnet.base import MXNetLinAlgError
    >>> issubclass(MXNetLinAlgError, np.linalg.LinAlgError)
    True
    """


class MXNetNotImplementedError(MXNetError, NotImplementedError):
    """Something that the device or the dtype does not have yet.

    Examples
    --------
    >>> from mxnet.base import MXNetNotImplementedError
    >>> issubclass(MXNetNotImplementedError, NotImplementedError)
    True
    """
