"""Layers on quantized numbers: products of bytes with sums of 32 bits, and pooling.

Each returns the numbers with the range that they stand for, as `_quantized` explains; none has a gradient. Exported by
`npx`. uint8 data stand for floats from zero on, as in MXNet.
"""

import math

from .. import numpy as np
from .._core import numpy_extension as _core
from ..base import MXNetValueError
from ._quantized import LEVELS, level_of, product_range, quantized_of, range_arrays, range_of, saturated

__all__ = ["quantized_conv", "quantized_fully_connected", "quantized_pooling"]


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
    return sums, *product_range(level)


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
    return (sums if last else np.moveaxis(sums, -1, 1)).copy(), *product_range(level)


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
    return saturated(pooled, data.dtype), *range_arrays(*bounds)
