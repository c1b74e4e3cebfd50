"""Layers on quantized numbers: products of bytes with sums of 32 bits, and what only moves or compares numbers.

Each returns the numbers with the range that they stand for, as `_quantized` explains; none has a gradient. Exported by
`npx`. uint8 data stand for floats from zero on, as in MXNet.
"""

import math

from .. import numpy as np
from .._core import numpy_extension as _core
from ..base import MXNetValueError
from ._quantized import LEVELS, calibrated, level_of, magnitude, quantized_of, range_arrays, range_of

__all__ = [
    "quantized_act",
    "quantized_conv",
    "quantized_elemwise_add",
    "quantized_elemwise_mul",
    "quantized_embedding",
    "quantized_flatten",
    "quantized_fully_connected",
    "quantized_npi_add",
    "quantized_pooling",
    "quantized_reshape",
    "quantized_transpose",
]


def _saturated(values, dtype):
    """Floats to the nearest number of an integer dtype."""
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(dtype)


def _with_bias(sums, bias, bias_bounds, level, name):
    """Sums of products with a bias on the last axis, which is brought to the level of the sums."""
    outputs = sums.shape[-1]
    bias = quantized_of(bias, name, ("int8",), "bias")
    if bias.shape != (outputs,):
        raise MXNetValueError(f"{name}: bias has the shape ({outputs},), not {bias.shape}")
    if level == 0:
        return sums
    floats = bias.astype("float64") * (level_of(bias_bounds, "int8") / level)
    return sums + np.clip(np.trunc(floats), -LEVELS["int32"], LEVELS["int32"]).astype("int32")


def _product_range(level):
    limit = level * LEVELS["int32"]
    return range_arrays(-limit, limit)


def quantized_fully_connected(
    data,
    weight,
    bias=None,
    min_data=None,
    max_data=None,
    min_weight=None,
    max_weight=None,
    min_bias=None,
    max_bias=None,
    num_hidden=None,
    no_bias=False,
    flatten=True,
):
    """`data @ weight.T + bias` of quantized numbers, with sums of 32 bits.

    Parameters
    ----------
    data : ndarray
        int8 or uint8.
    weight : ndarray
        int8, of shape (outputs, inputs).
    bias : ndarray, optional
        int8, of shape (outputs,).
    min_data, max_data, min_weight, max_weight, min_bias, max_bias : array_like
        The ranges, one number each.
    num_hidden : int, optional
        Checked against the weight.
    no_bias : bool, optional
    flatten : bool, optional
        Whether all axes of the data but the first are the inputs, or the last one only.

    Returns
    -------
    tuple of ndarray
        int32 sums, and the least and the greatest float that they stand for, of shape (1,).

    Raises
    ------
    ValueError
        Shapes that do not fit, or ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> data, weight = np.array([[100, -50]], dtype='int8'), np.array([[127, 0], [10, 20]], dtype='int8')
    >>> sums, least, greatest = npx.quantized_fully_connected(
    ...     data, weight, None, -1., 1., -1., 1., num_hidden=2, no_bias=True)
    >>> sums, npx.contrib_dequantize(sums, least, greatest).round(3)
    (array([[12700,     0]], dtype=int32), array([[0.787, 0.   ]]))
    """
    name = "quantized_fully_connected"
    data, weight = quantized_of(data, name), quantized_of(weight, name, ("int8",), "weight")
    if data.ndim == 0 or weight.ndim != 2:
        raise MXNetValueError(f"{name}: data {data.shape} has axes, and weight {weight.shape} two of them")
    if num_hidden is not None and num_hidden != weight.shape[0]:
        raise MXNetValueError(f"{name}: num_hidden is {num_hidden}, but weight has the shape {weight.shape}")
    rows = data.reshape(len(data), math.prod(data.shape[1:])) if flatten else data
    if rows.shape[-1] != weight.shape[1]:
        raise MXNetValueError(f"{name}: data of shape {data.shape} do not fit a weight of shape {weight.shape}")
    level = level_of(range_of(min_data, max_data, name), data.dtype)
    level *= level_of(range_of(min_weight, max_weight, name), "int8")
    flat = rows.reshape(math.prod(rows.shape[:-1]), rows.shape[-1])
    sums = _core._matmul_bytes(flat, weight.T).reshape(*rows.shape[:-1], len(weight))
    if bias is not None and not no_bias:
        sums = _with_bias(sums, bias, range_of(min_bias, max_bias, name), level, name)
    return sums, *_product_range(level)


def _per_axis(given, axes, default, name, what, least):
    """One number for each axis of the windows."""
    given = (given,) * axes if isinstance(given, int) else tuple(given or ())
    numbers = tuple(int(number) for number in given) or (default,) * axes
    if len(numbers) != axes or any(number < least for number in numbers):
        raise MXNetValueError(f"{name}: {what} holds {axes} numbers of at least {least}, not {given}")
    return numbers


LAYOUTS = {1: ("NCW", "NWC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


def _windows(data, kernel, stride, dilate, name):
    """Views of padded data (n, lengths..., channels): (n, places..., kernel..., channels)."""
    axes = len(kernel)
    extents = [(length - 1) * step + 1 for length, step in zip(kernel, dilate, strict=True)]
    for axis, extent in enumerate(extents):
        if extent > data.shape[1 + axis]:
            raise MXNetValueError(
                f"{name}: the kernel spans {extent} elements of axis {axis} of the windows, which has "
                f"{data.shape[1 + axis]}, padded"
            )
    views = np.lib.stride_tricks.sliding_window_view(data, extents, axis=tuple(range(1, 1 + axes)))
    steps = [slice(None, None, step) for step in stride], [slice(None, None, step) for step in dilate]
    return np.moveaxis(views[(slice(None), *steps[0], slice(None), *steps[1])], 1 + axes, -1)


def quantized_conv(
    data,
    weight,
    bias=None,
    min_data=None,
    max_data=None,
    min_weight=None,
    max_weight=None,
    min_bias=None,
    max_bias=None,
    kernel=None,
    stride=(),
    dilate=(),
    pad=(),
    num_filter=None,
    num_group=1,
    workspace=1024,
    no_bias=False,
    cudnn_tune=None,
    cudnn_off=False,
    layout=None,
):
    """Convolution of quantized numbers over one to three axes, with sums of 32 bits.

    Parameters
    ----------
    data : ndarray
        int8 or uint8, of shape (n, channels, lengths...), or with the channels last, as the layout says.
    weight : ndarray
        int8, of shape (filters, channels / groups, kernel...), or with the channels last.
    bias : ndarray, optional
        int8, of shape (filters,).
    min_data, max_data, min_weight, max_weight, min_bias, max_bias : array_like
        The ranges, one number each.
    kernel : tuple, optional
        Checked against the weight.
    stride, dilate, pad : tuple, optional
    num_filter : int, optional
        Checked against the weight.
    num_group : int, optional
    workspace, cudnn_tune, cudnn_off : optional
        Taken for MXNet's sake; they do nothing.
    no_bias : bool, optional
    layout : {'NCW', 'NWC', 'NCHW', 'NHWC', 'NCDHW', 'NDHWC'}, optional

    Returns
    -------
    tuple of ndarray
        int32 sums, and the least and the greatest float that they stand for, of shape (1,).

    Raises
    ------
    ValueError
        Shapes that do not fit, or ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> data, weight = np.ones((1, 1, 3, 3), dtype='int8'), np.full((1, 1, 2, 2), 3, dtype='int8')
    >>> npx.quantized_conv(data, weight, None, -1., 1., -1., 1., kernel=(2, 2), num_filter=1, no_bias=True)[0]
    array([[[[12, 12],
             [12, 12]]]], dtype=int32)
    """
    name = "quantized_conv"
    data, weight = quantized_of(data, name), quantized_of(weight, name, ("int8",), "weight")
    axes = data.ndim - 2
    if axes not in LAYOUTS or weight.ndim != data.ndim:
        raise MXNetValueError(f"{name}: data {data.shape} and weight {weight.shape} have three, four or five axes")
    if layout not in (None, *LAYOUTS[axes]):
        raise MXNetValueError(f"{name}: the layout of {data.ndim} axes is one of {LAYOUTS[axes]}, not {layout!r}")
    last = layout == LAYOUTS[axes][1]
    if not last:  # channels last: then the rows of windows are contiguous
        data, weight = np.moveaxis(data, 1, -1), np.moveaxis(weight, 1, -1)
    _check_filters(data, weight, kernel, num_filter, num_group, name)
    kernel = weight.shape[1:-1]
    stride = _per_axis(stride, axes, 1, name, "stride", 1)
    dilate = _per_axis(dilate, axes, 1, name, "dilate", 1)
    pad = _per_axis(pad, axes, 0, name, "pad", 0)
    level = level_of(range_of(min_data, max_data, name), data.dtype)
    level *= level_of(range_of(min_weight, max_weight, name), "int8")
    padded = np.pad(data.copy(), ((0, 0), *((length, length) for length in pad), (0, 0)))
    sums = _convolved(_windows(padded, kernel, stride, dilate, name), weight, num_group)
    if bias is not None and not no_bias:
        sums = _with_bias(sums, bias, range_of(min_bias, max_bias, name), level, name)
    return (sums if last else np.moveaxis(sums, -1, 1)).copy(), *_product_range(level)


def _check_filters(data, weight, kernel, num_filter, num_group, name):
    if num_group < 1 or weight.shape[0] % num_group or data.shape[-1] != weight.shape[-1] * num_group:
        raise MXNetValueError(
            f"{name}: {data.shape[-1]} channels in {num_group} groups do not fit {weight.shape[0]} filters of "
            f"{weight.shape[-1]} channels"
        )
    if kernel is not None and tuple(np.atleast_1d(kernel).astype("int64").tolist()) != weight.shape[1:-1]:
        raise MXNetValueError(f"{name}: kernel is {kernel}, but the weight's is {weight.shape[1:-1]}")
    if num_filter is not None and num_filter != weight.shape[0]:
        raise MXNetValueError(f"{name}: num_filter is {num_filter}, but the weight has {weight.shape[0]}")


def _convolved(windows, weight, groups):
    """Sums of products of windows (n, places..., kernel..., channels) with filters: (n, places..., filters)."""
    inputs, outputs = weight.shape[-1], len(weight) // groups
    lead, taps = windows.shape[: weight.ndim - 1], math.prod(weight.shape[1:])
    parts = []
    for group in range(groups):
        rows = windows[..., group * inputs : (group + 1) * inputs].reshape(math.prod(lead), taps)
        filters = weight[group * outputs : (group + 1) * outputs].reshape(outputs, taps)
        parts.append(_core._matmul_bytes(rows, filters.T))
    sums = parts[0] if groups == 1 else np.concatenate(parts, axis=1)
    return sums.reshape(*lead, len(weight))


def quantized_pooling(
    data,
    min_data,
    max_data,
    kernel=(),
    pool_type="max",
    global_pool=False,
    cudnn_off=False,
    pooling_convention="valid",
    stride=(),
    pad=(),
    p_value=None,
    count_include_pad=None,
    layout=None,
    output_size=None,
):
    """The greatest or the mean of quantized numbers in windows; the range stays.

    Parameters
    ----------
    data : ndarray
        int8 or uint8.
    min_data, max_data : array_like
        The range, one number each.
    pool_type : {'max', 'avg'}, optional
        Means are rounded to the nearest number, halves to the even one.
    kernel, global_pool, pooling_convention, stride, pad, count_include_pad, layout : optional
        As for `npx.pooling`.
    cudnn_off, p_value, output_size : optional
        Taken for MXNet's sake; they do nothing.

    Returns
    -------
    tuple of ndarray
        Numbers of the dtype of the data, and their range, of shape (1,).

    Raises
    ------
    ValueError
        Another `pool_type`, shapes that do not fit, ranges that are none.
    TypeError
        Other dtypes.

    Examples
    --------
    >>> data = np.array([[[[1, -3], [4, 0]]]], dtype='int8')
    >>> npx.quantized_pooling(data, -1., 1., kernel=(2, 2))[0].item()
    4
    """
    name = "quantized_pooling"
    data, bounds = quantized_of(data, name), range_of(min_data, max_data, name)
    if pool_type not in ("max", "avg"):
        raise MXNetValueError(f"{name}: pool_type is 'max' or 'avg', not {pool_type!r}")
    # Floats hold bytes and the sums of a window exactly, so the numbers are those of integers.
    pooled = _core.pooling(
        data.astype("float32"),
        kernel=kernel or None,
        stride=stride or None,
        pad=pad or None,
        pool_type=pool_type,
        pooling_convention=pooling_convention,
        global_pool=global_pool,
        count_include_pad=count_include_pad,
        layout=layout,
    )
    return _saturated(pooled, data.dtype), *range_arrays(*bounds)


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
    return _saturated(lhs.astype("float64") * factors[0] + rhs.astype("float64") * factors[1], dtype), *range_arrays(
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
        return products, *_product_range(level)
    step = level_of(result, "int8")
    scaled = products.astype("float64") * (level / step if step else 0.0)
    return _saturated(np.trunc(scaled), "int8"), *range_arrays(*result)
