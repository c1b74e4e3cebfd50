"""Products with weights of eight bits, by the names of MXNet's intgemm operators: data are scaled so that their
greatest magnitude becomes 127, and the caller keeps the scales. Exported by `npx`.

Prepared weights keep their layout here, so that they may be saved, taken apart and looked at; the product packs them.
"""

import math

from .. import numpy as np
from .._core import numpy_extension as _core
from ..base import MXNetTypeError, MXNetValueError

__all__ = [
    "intgemm_fully_connected",
    "intgemm_maxabsolute",
    "intgemm_prepare_data",
    "intgemm_prepare_weight",
    "intgemm_take_weight",
]


def _array_of(data, name, what, *dtypes):
    """The argument as an array of one of these dtypes."""
    data = data if isinstance(data, np.ndarray) else np.array(data)
    if str(data.dtype) not in dtypes:
        raise MXNetTypeError(f"{name}: {what} is of dtype {' or '.join(dtypes)}, not {data.dtype}")
    return data


def _one(number, name, what):
    """The one number that an argument holds."""
    if number is None or np.size(number) != 1:
        got = "nothing" if number is None else f"an array of shape {np.shape(number)}"
        raise MXNetValueError(f"{name}: {what} is one number, not {got}")
    return float(np.array(number, dtype="float32").reshape(()))


def _scaled(data, limit, name):
    """Floats up to a magnitude as int8, to the nearest number, halves to the even one; -128 does not occur."""
    if not limit >= 0:
        raise MXNetValueError(f"{name}: maxabs is not negative, but it is {limit}")
    return np.clip(np.rint(data * (127.0 / limit if limit else 0.0)), -127, 127).astype("int8")


def intgemm_maxabsolute(data):
    """The greatest magnitude of an array, of shape (1,).

    Parameters
    ----------
    data : array_like
        float32.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        An array without elements.
    TypeError
        Another dtype.

    Examples
    --------
    >>> npx.intgemm_maxabsolute(np.array([[1., -3.], [2., 0.]]))
    array([3.])
    """
    data = _array_of(data, "intgemm_maxabsolute", "data", "float32")
    if data.size == 0:
        raise MXNetValueError(f"intgemm_maxabsolute: data of shape {data.shape} have no elements")
    return np.abs(data).max().reshape(1)


def intgemm_prepare_data(data, maxabs):
    """Floats as int8: `maxabs` becomes 127.

    Parameters
    ----------
    data : array_like
        float32.
    maxabs : array_like
        One number; what is greater is cut.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A negative `maxabs`.
    TypeError
        Another dtype.

    Examples
    --------
    >>> npx.intgemm_prepare_data(np.array([1., -2., 0.5, 3.]), np.array([2.]))
    array([  64, -127,   32,  127], dtype=int8)
    """
    name = "intgemm_prepare_data"
    return _scaled(_array_of(data, name, "data", "float32"), _one(maxabs, name, "maxabs"), name)


def intgemm_prepare_weight(weight, maxabs=None, already_quantized=False):
    """A weight for `intgemm_fully_connected`: int8, as `intgemm_prepare_data` makes it.

    Parameters
    ----------
    weight : array_like
        float32 of shape (outputs, inputs), or int8 with `already_quantized`.
    maxabs : array_like, optional
        One number, for a float weight.
    already_quantized : bool, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Fewer than two axes, a negative or missing `maxabs`.
    TypeError
        Another dtype.

    Examples
    --------
    >>> npx.intgemm_prepare_weight(np.array([[1., -2.]]), np.array([2.]))
    array([[  64, -127]], dtype=int8)
    """
    name = "intgemm_prepare_weight"
    weight = _array_of(weight, name, "weight", "int8" if already_quantized else "float32")
    if weight.ndim < 2:
        raise MXNetValueError(f"{name}: weight has at least two axes, not the shape {weight.shape}")
    return weight.copy() if already_quantized else _scaled(weight, _one(maxabs, name, "maxabs"), name)


def intgemm_take_weight(weight, indices):
    """Some of the outputs of a prepared weight.

    Parameters
    ----------
    weight : ndarray
        int8, of shape (outputs, inputs).
    indices : array_like
        Integers, of one axis.

    Returns
    -------
    ndarray

    Raises
    ------
    IndexError
        Numbers outside of the outputs.
    ValueError
        Other shapes.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> npx.intgemm_take_weight(np.array([[1, 2], [3, 4]], dtype='int8'), np.array([1, 1], dtype='int32'))
    array([[3, 4],
           [3, 4]], dtype=int8)
    """
    name = "intgemm_take_weight"
    weight = _array_of(weight, name, "weight", "int8")
    indices = _array_of(indices, name, "indices", "int32", "int64")
    if weight.ndim != 2 or indices.ndim != 1:
        raise MXNetValueError(
            f"{name}: weight has two axes, indices one, but the shapes are {weight.shape} and {indices.shape}"
        )
    return np.take(weight, indices, axis=0)


def intgemm_fully_connected(
    data, weight, scaling=None, bias=None, num_hidden=None, no_bias=False, flatten=True, out_type="float32"
):
    """`data @ weight.T * scaling + bias`, with products of bytes and sums of 32 bits.

    Parameters
    ----------
    data : array_like
        int8, or float32, which is scaled by its own greatest magnitude; the result is scaled back for it.
    weight : ndarray
        int8, of shape (outputs, inputs), as `intgemm_prepare_weight` gives it.
    scaling : array_like, optional
        One number, wanted for floats.
    bias : array_like, optional
        Of shape (outputs,) and the dtype of the result.
    num_hidden : int, optional
        Checked against the weight.
    no_bias : bool, optional
    flatten : bool, optional
        Whether all axes of the data but the first are the inputs, or the last one only.
    out_type : {'float32', 'int32'}, optional
        int32 is the sums, without scaling.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Shapes that do not fit, a missing scaling or bias, another `out_type`.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> data, weight = np.array([[127, 10]], dtype='int8'), np.array([[1, 2], [3, 4]], dtype='int8')
    >>> npx.intgemm_fully_connected(data, weight, num_hidden=2, no_bias=True, out_type='int32')
    array([[147, 421]], dtype=int32)
    >>> npx.intgemm_fully_connected(data, weight, np.array([0.5]), np.array([1., 2.]), num_hidden=2)
    array([[ 74.5, 212.5]])
    """
    name = "intgemm_fully_connected"
    data = _array_of(data, name, "data", "int8", "float32")
    weight = _array_of(weight, name, "weight", "int8")
    if out_type not in ("float32", "int32"):
        raise MXNetValueError(f"{name}: out_type is 'float32' or 'int32', not {out_type!r}")
    if data.ndim == 0 or weight.ndim != 2:
        raise MXNetValueError(f"{name}: data {data.shape} has axes, and weight {weight.shape} two of them")
    if num_hidden is not None and num_hidden != len(weight):
        raise MXNetValueError(f"{name}: num_hidden is {num_hidden}, but weight has the shape {weight.shape}")
    rows = data.reshape(len(data), math.prod(data.shape[1:])) if flatten else data
    if rows.shape[-1] != weight.shape[1]:
        raise MXNetValueError(f"{name}: data of shape {data.shape} do not fit a weight of shape {weight.shape}")
    factor = _one(scaling, name, "scaling") if out_type == "float32" else 1.0
    if not no_bias:
        bias = _array_of(_given(bias, name), name, "bias", out_type)
        if bias.size != len(weight):
            raise MXNetValueError(f"{name}: bias has the shape ({len(weight)},), not {bias.shape}")
    if data.dtype == "float32":
        limit = float(np.abs(rows).max()) if rows.size else 0.0
        rows, factor = _scaled(rows, limit, name), factor * limit / 127.0
    flat = rows.reshape(math.prod(rows.shape[:-1]), rows.shape[-1])
    sums = _core._matmul_bytes(flat, weight.T).reshape(*rows.shape[:-1], len(weight))
    result = sums.astype("float32") * factor if out_type == "float32" else sums
    return result if no_bias else result + bias.reshape(-1)


def _given(bias, name):
    if bias is None:
        raise MXNetValueError(f"{name}: bias is missing; say no_bias=True to leave it out")
    return bias
