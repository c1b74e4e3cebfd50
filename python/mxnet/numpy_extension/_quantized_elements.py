"""Operators on the elements of quantized arrays: activation, sums, products, look-up, and what only moves numbers.

Each returns the numbers with the range that they stand for, as `_quantized` explains; none has a gradient. Exported by
`npx`.
"""

from .. import numpy as np
from .._core import numpy_extension as _core
from ..base import MXNetValueError
from ._quantized import (
    calibrated,
    level_of,
    magnitude,
    product_range,
    quantized_of,
    range_arrays,
    range_of,
    saturated,
)

__all__ = [
    "quantized_act",
    "quantized_elemwise_add",
    "quantized_elemwise_mul",
    "quantized_embedding",
    "quantized_flatten",
    "quantized_npi_add",
    "quantized_reshape",
    "quantized_transpose",
]


def quantized_act(data, min_data, max_data, act_type="relu"):
    """Quantized numbers without their negative ones; the range stays.

    Parameters
    ----------
    data : ndarray
        int8, uint8 or int32.
    min_data, max_data : array_like
        The range, one number each.
    act_type : {'relu'}

    Returns
    -------
    tuple of ndarray
        The numbers and their range, of shape (1,).

    Raises
    ------
    ValueError
        Another activation, as in MXNet; a range that is none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> npx.quantized_act(np.array([-3, 5], dtype='int8'), -1., 1., act_type='relu')[0]
    array([0, 5], dtype=int8)
    """
    name = "quantized_act"
    data, bounds = quantized_of(data, name, ("int8", "uint8", "int32")), range_of(min_data, max_data, name)
    if act_type != "relu":
        raise MXNetValueError(f"{name}: act_type is 'relu'; dequantize for {act_type!r}")
    return np.maximum(data, np.zeros((), dtype=data.dtype)), *range_arrays(*bounds)


def quantized_flatten(data, min_data, max_data):
    """Quantized numbers with all axes but the first as one; the range stays.

    Parameters
    ----------
    data : ndarray
        int8 or uint8.
    min_data, max_data : array_like
        The range, one number each.

    Returns
    -------
    tuple of ndarray
        The numbers and their range, of shape (1,).

    Raises
    ------
    ValueError
        Data without axes; a range that is none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> npx.quantized_flatten(np.zeros((2, 3, 4), dtype='int8'), -1., 1.)[0].shape
    (2, 12)
    """
    data, bounds = quantized_of(data, "quantized_flatten"), range_of(min_data, max_data, "quantized_flatten")
    return _core.batch_flatten(data).copy(), *range_arrays(*bounds)


def quantized_reshape(data, min_data, max_data, newshape, reverse=False, order="C"):
    """Quantized numbers in another shape, by the codes of `npx.reshape`; the range stays.

    Parameters
    ----------
    data : ndarray
        int8, uint8 or int32.
    min_data, max_data : array_like
        The range, one number each.
    newshape : int or tuple
    reverse : bool, optional
    order : {'C'}, optional

    Returns
    -------
    tuple of ndarray
        The numbers and their range, of shape (1,).

    Raises
    ------
    ValueError
        A shape that does not fit; a range that is none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> npx.quantized_reshape(np.zeros((2, 3, 4), dtype='int8'), -1., 1., (-2, -1))[0].shape
    (2, 12)
    """
    name = "quantized_reshape"
    data, bounds = quantized_of(data, name, ("int8", "uint8", "int32")), range_of(min_data, max_data, name)
    return _core.reshape(data, newshape, reverse, order).copy(), *range_arrays(*bounds)


def quantized_transpose(data, min_data, max_data, axes=None):
    """Quantized numbers with their axes in another order; the range stays.

    Parameters
    ----------
    data : ndarray
        int8, uint8 or int32.
    min_data, max_data : array_like
        The range, one number each.
    axes : tuple, optional
        The other way round unless given.

    Returns
    -------
    tuple of ndarray
        The numbers and their range, of shape (1,).

    Raises
    ------
    ValueError
        Axes that are none of the data's; a range that is none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> npx.quantized_transpose(np.zeros((2, 3, 4), dtype='int8'), -1., 1., (1, 0, 2))[0].shape
    (3, 2, 4)
    """
    name = "quantized_transpose"
    data, bounds = quantized_of(data, name, ("int8", "uint8", "int32")), range_of(min_data, max_data, name)
    return np.transpose(data, axes or None).copy(), *range_arrays(*bounds)


def quantized_embedding(
    data, weight, min_weight, max_weight, input_dim=None, output_dim=None, dtype="float32", sparse_grad=False
):
    """Rows of a quantized table by number; the range stays.

    Parameters
    ----------
    data : array_like
        Row numbers; ones outside of the table take the nearest row.
    weight : ndarray
        int8, of shape (input_dim, output_dim).
    min_weight, max_weight : array_like
        The range, one number each.
    input_dim, output_dim : int, optional
        Checked against the weight.
    dtype, sparse_grad : optional
        Taken for MXNet's sake; they do nothing.

    Returns
    -------
    tuple of ndarray
        int8 rows and their range, of shape (1,).

    Raises
    ------
    ValueError
        A weight of another shape; a range that is none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> table = np.array([[1, 2], [3, 4]], dtype='int8')
    >>> npx.quantized_embedding(np.array([1, 0]), table, -1., 1., 2, 2)[0]
    array([[3, 4],
           [1, 2]], dtype=int8)
    """
    name = "quantized_embedding"
    weight, bounds = quantized_of(weight, name, ("int8",), "weight"), range_of(min_weight, max_weight, name)
    wanted = (input_dim, output_dim)
    if weight.ndim != 2 or any(number not in (None, length) for number, length in zip(wanted, weight.shape)):
        raise MXNetValueError(f"{name}: weight has the shape {wanted}, not {weight.shape}")
    rows = np.array(data)
    if rows.size and not len(weight):
        raise MXNetValueError(f"{name}: a table of shape {weight.shape} has no rows")
    return np.take(weight, rows.astype("int64"), axis=0, mode="clip"), *range_arrays(*bounds)


def _operands(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, dtypes, name):
    """Both operands and their ranges, checked."""
    lhs, rhs = quantized_of(lhs, name, dtypes, "lhs"), quantized_of(rhs, name, dtypes, "rhs")
    return lhs, rhs, range_of(lhs_min, lhs_max, name), range_of(rhs_min, rhs_max, name)


def _same_shape(lhs, rhs, name):
    if lhs.shape != rhs.shape:
        raise MXNetValueError(f"{name}: lhs and rhs are of one shape, not {lhs.shape} and {rhs.shape}")


def _sum(lhs, rhs, lhs_bounds, rhs_bounds, bounds):
    """The sum, as int32 of the range that holds every sum, or as bytes of a calibrated range."""
    if bounds is None:
        dtype, limit = "int32", magnitude(lhs_bounds) + magnitude(rhs_bounds)
        bounds = (-limit, limit)
    else:
        dtype = str(lhs.dtype) if lhs.dtype == rhs.dtype else "int8"
    level = level_of(bounds, dtype)
    factors = [
        level_of(of, data.dtype) / level if level else 0.0 for data, of in ((lhs, lhs_bounds), (rhs, rhs_bounds))
    ]
    return saturated(lhs.astype("float64") * factors[0] + rhs.astype("float64") * factors[1], dtype), *range_arrays(
        *bounds
    )


def quantized_elemwise_add(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, min_calib_range=None, max_calib_range=None):
    """Sums of quantized numbers of one shape.

    Parameters
    ----------
    lhs, rhs : ndarray
        int8 or uint8.
    lhs_min, lhs_max, rhs_min, rhs_max : array_like
        The ranges, one number each.
    min_calib_range, max_calib_range : float, optional
        The range of the result; both or none.

    Returns
    -------
    tuple of ndarray
        int32 numbers, or bytes for a calibrated range (uint8 if both are), and their range, of shape (1,).

    Raises
    ------
    ValueError
        Shapes that differ; ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> one, two = np.array([127, -127], dtype='int8'), np.array([127, 0], dtype='int8')
    >>> sums, least, greatest = npx.quantized_elemwise_add(one, two, -1., 1., -3., 3.)
    >>> npx.contrib_dequantize(sums, least, greatest)
    array([ 4., -1.])
    """
    name = "quantized_elemwise_add"
    both = _operands(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, ("int8", "uint8"), name)
    _same_shape(lhs, rhs, name)
    return _sum(*both, calibrated(min_calib_range, max_calib_range, name))


def quantized_npi_add(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, min_calib_range=None, max_calib_range=None):
    """Sums of quantized numbers whose shapes broadcast.

    Parameters
    ----------
    lhs, rhs : ndarray
        int8 or uint8.
    lhs_min, lhs_max, rhs_min, rhs_max : array_like
        The ranges, one number each.
    min_calib_range, max_calib_range : float, optional
        The range of the result; both or none.

    Returns
    -------
    tuple of ndarray
        int32 numbers, or bytes for a calibrated range (uint8 if both are), and their range, of shape (1,).

    Raises
    ------
    ValueError
        Shapes that do not broadcast; ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> one, two = np.array([[127], [0]], dtype='int8'), np.array([127, 0], dtype='int8')
    >>> sums, least, greatest = npx.quantized_npi_add(one, two, -1., 1., -3., 3.)
    >>> npx.contrib_dequantize(sums, least, greatest)
    array([[4., 1.],
           [3., 0.]])
    """
    name = "quantized_npi_add"
    both = _operands(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, ("int8", "uint8"), name)
    return _sum(*both, calibrated(min_calib_range, max_calib_range, name))


def quantized_elemwise_mul(
    lhs,
    rhs,
    lhs_min,
    lhs_max,
    rhs_min,
    rhs_max,
    min_calib_range=None,
    max_calib_range=None,
    enable_float_output=False,
):
    """Products of quantized numbers of one shape.

    Parameters
    ----------
    lhs, rhs : ndarray
        int8.
    lhs_min, lhs_max, rhs_min, rhs_max : array_like
        The ranges, one number each.
    min_calib_range, max_calib_range : float, optional
        The range of an int8 result, whose fractions are dropped; both or none.
    enable_float_output : bool, optional
        Whether the result is the floats that the products stand for.

    Returns
    -------
    tuple of ndarray or ndarray
        int32 products, or int8 for a calibrated range, and their range, of shape (1,); or one float32 array.

    Raises
    ------
    ValueError
        Shapes that differ; ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> one, two = np.array([127, -50], dtype='int8'), np.array([127, 2], dtype='int8')
    >>> npx.quantized_elemwise_mul(one, two, -1., 1., -3., 3.)[0]
    array([16129,  -100], dtype=int32)
    >>> npx.quantized_elemwise_mul(one, two, -1., 1., -3., 3., enable_float_output=True).round(3)
    array([ 3.   , -0.019])
    """
    name = "quantized_elemwise_mul"
    lhs, rhs, *bounds = _operands(lhs, rhs, lhs_min, lhs_max, rhs_min, rhs_max, ("int8",), name)
    _same_shape(lhs, rhs, name)
    result = calibrated(min_calib_range, max_calib_range, name)
    level = level_of(bounds[0], "int8") * level_of(bounds[1], "int8")
    products = lhs.astype("int32") * rhs.astype("int32")
    if enable_float_output:
        return products.astype("float32") * level
    if result is None:
        return products, *product_range(level)
    step = level_of(result, "int8")
    scaled = products.astype("float64") * (level / step if step else 0.0)
    return saturated(np.trunc(scaled), "int8"), *range_arrays(*result)
