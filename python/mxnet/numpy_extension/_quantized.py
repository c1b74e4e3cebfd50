"""Numbers of eight bits that stand for floats: quantizing, dequantizing, requantizing, and the range that fits best.

A quantized array travels with the least and the greatest float that it stands for, as arrays of shape (1,). int8 is
centered: 127 stands for the greater magnitude. uint8 goes from the least to the greatest. int32 holds sums of products;
2**31 - 1 stands for its greatest magnitude. Exported by `npx`; used by the quantized layers, of which this knows none.
"""

from .. import numpy as np
from .._core import numpy_extension as _core
from ..base import MXNetTypeError, MXNetValueError

__all__ = ["contrib_calibrate_entropy", "contrib_dequantize", "contrib_quantize", "contrib_quantize_v2", "requantize"]

#: the number that stands for the greatest magnitude
LEVELS = {"int8": 127, "uint8": 255, "int32": 2**31 - 1}


def range_of(least, greatest, name):
    """The range of a quantized array as two Python floats."""
    numbers = []
    for number in (least, greatest):
        if number is None or np.size(number) != 1:
            what = "nothing" if number is None else f"shape {np.shape(number)}"
            raise MXNetValueError(f"{name}: a range is two numbers, or arrays of one element, not {what}")
        numbers.append(float(np.array(number, dtype="float32").reshape(())))
    if not numbers[0] <= numbers[1]:
        raise MXNetValueError(f"{name}: the range from {numbers[0]} to {numbers[1]} is none")
    return numbers[0], numbers[1]


def magnitude(bounds):
    return max(abs(bounds[0]), abs(bounds[1]))


def level_of(bounds, dtype):
    """The float that the number 1 of a centered dtype stands for."""
    return magnitude(bounds) / LEVELS[str(np.dtype(dtype))]


def range_arrays(least, greatest):
    """A range as results carry it: two float32 arrays of shape (1,)."""
    return np.array([least], dtype="float32"), np.array([greatest], dtype="float32")


def product_range(level):
    """The range of int32 sums of products, of which 1 stands for `level`."""
    limit = level * LEVELS["int32"]
    return range_arrays(-limit, limit)


def saturated(values, dtype):
    """Floats to the nearest number of an integer dtype."""
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(dtype)


def quantized_of(data, name, dtypes=("int8", "uint8"), what="data"):
    """The argument as an array of quantized numbers."""
    if not isinstance(data, np.ndarray):
        raise MXNetTypeError(f"{name}: {what} is an ndarray of {' or '.join(dtypes)}, not {type(data).__name__}")
    if str(data.dtype) not in dtypes:
        raise MXNetTypeError(f"{name}: {what} is of dtype {' or '.join(dtypes)}, not {data.dtype}")
    return data


def _floats_of(data, name):
    data = data if isinstance(data, np.ndarray) else np.array(data)
    if not np.issubdtype(data.dtype, np.floating) and data.dtype != "bfloat16":
        raise MXNetTypeError(f"{name}: data holds floats, not {data.dtype}")
    return data.astype("float32")


def _centered(data, limit):
    """Floats from -limit to limit as int8, to the nearest number, halves away from zero."""
    scale = LEVELS["int8"] / limit if limit else 0.0
    return (np.sign(data) * np.floor(np.minimum(np.abs(data) * scale + 0.5, LEVELS["int8"]))).astype("int8")


def _shifted(data, bounds):
    """Floats of a range as uint8, to the nearest number."""
    width = bounds[1] - bounds[0]
    scale = LEVELS["uint8"] / width if width else 0.0
    return np.floor(np.clip((data - bounds[0]) * scale + 0.5, 0, LEVELS["uint8"])).astype("uint8")


def _quantized(data, bounds, dtype):
    """The numbers and their range."""
    if dtype == "uint8":
        return _shifted(data, bounds), *range_arrays(*bounds)
    limit = magnitude(bounds)
    return _centered(data, limit), *range_arrays(-limit, limit)


def _kind(out_type, name, kinds, bounds=None):
    """The dtype that is asked for; 'auto' is uint8 when a calibrated range has nothing below zero."""
    if out_type not in kinds:
        raise MXNetValueError(f"{name}: out_type is {' or '.join(repr(kind) for kind in kinds)}, not {out_type!r}")
    if out_type != "auto":
        return out_type
    return "uint8" if bounds is not None and bounds[0] >= 0 else "int8"


def calibrated(least, greatest, name):
    """A calibrated range, or None where there is none; half of one is an error."""
    if least is None and greatest is None:
        return None
    return range_of(least, greatest, name)


def contrib_quantize(data, min_range, max_range, out_type="uint8"):
    """Floats as numbers of eight bits, for a given range.

    Parameters
    ----------
    data : array_like
        Floats.
    min_range, max_range : array_like
        One number each. What lies outside takes the nearest number.
    out_type : {'uint8', 'int8'}, optional
        uint8 spans the range; int8 is centered, and spans its greater magnitude.

    Returns
    -------
    tuple of ndarray
        The numbers, and the least and the greatest float that they stand for, of shape (1,).

    Raises
    ------
    ValueError
        A range that is none, or another `out_type`.
    TypeError
        Data that are not floats.

    Examples
    --------
    >>> numbers, least, greatest = npx.contrib_quantize(np.array([-1., 0., 0.5, 2.]), -1., 1., out_type='int8')
    >>> numbers, least, greatest
    (array([-127,    0,   64,  127], dtype=int8), array([-1.]), array([1.]))
    """
    name = "contrib_quantize"
    data, bounds = _floats_of(data, name), range_of(min_range, max_range, name)
    return _quantized(data, bounds, _kind(out_type, name, ("int8", "uint8")))


def contrib_quantize_v2(data, out_type="int8", min_calib_range=None, max_calib_range=None):
    """Floats as numbers of eight bits, for a calibrated range, or for that of the data.

    Parameters
    ----------
    data : array_like
        Floats; int8 and uint8 pass as they are.
    out_type : {'int8', 'uint8', 'auto'}, optional
        'auto' is uint8 when a calibrated range has nothing below zero.
    min_calib_range, max_calib_range : float, optional
        Both, or none for the least and greatest element of the data.

    Returns
    -------
    tuple of ndarray
        The numbers, and the least and the greatest float that they stand for, of shape (1,).

    Raises
    ------
    ValueError
        A range that is none, no data to take it from, or another `out_type`.
    TypeError
        Data of other dtypes.

    Examples
    --------
    >>> numbers, least, greatest = npx.contrib_quantize_v2(np.array([0., 1., 4.]), 'auto', 0., 4.)
    >>> numbers, greatest
    (array([  0,  64, 255], dtype=uint8), array([4.]))
    """
    name = "contrib_quantize_v2"
    bounds = calibrated(min_calib_range, max_calib_range, name)
    kind = _kind(out_type, name, ("auto", "int8", "uint8"), bounds)
    data = data if isinstance(data, np.ndarray) else np.array(data)
    if data.dtype in ("int8", "uint8"):
        usual = (0.0, 255.0) if data.dtype == "uint8" else (-127.0, 127.0)
        return data.copy(), *range_arrays(*(bounds or usual))
    data = _floats_of(data, name)
    if bounds is None:
        if data.size == 0:
            raise MXNetValueError(f"{name}: data of shape {data.shape} have no range; give a calibrated one")
        bounds = float(data.min()), float(data.max())
    return _quantized(data, bounds, kind)


def contrib_dequantize(data, min_range, max_range, out_type="float32"):
    """The floats that quantized numbers stand for.

    Parameters
    ----------
    data : ndarray
        int8, uint8 or int32.
    min_range, max_range : array_like
        One number each: the range of the data.
    out_type : {'float32'}, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        A range that is none, or another `out_type`.
    TypeError
        Data of other dtypes.

    Examples
    --------
    >>> npx.contrib_dequantize(np.array([-127, 0, 127], dtype='int8'), -1., 1.)
    array([-1.,  0.,  1.])
    """
    name = "contrib_dequantize"
    _kind(out_type, name, ("float32",))
    data = quantized_of(data, name, ("int8", "uint8", "int32"))
    bounds = range_of(min_range, max_range, name)
    if data.dtype == "uint8":
        return data.astype("float32") * ((bounds[1] - bounds[0]) / LEVELS["uint8"]) + bounds[0]
    return data.astype("float32") * level_of(bounds, data.dtype)


def requantize(data, min_range, max_range, out_type="int8", min_calib_range=None, max_calib_range=None):
    """Sums of products, in int32, as numbers of eight bits.

    Parameters
    ----------
    data : ndarray
        int32, as the quantized layers give it.
    min_range, max_range : array_like
        One number each: the range of the data.
    out_type : {'int8', 'uint8', 'auto'}, optional
        uint8 drops what is negative; 'auto' takes it when a calibrated range has nothing below zero.
    min_calib_range, max_calib_range : float, optional
        The range of the result; both, or none for that of the elements.

    Returns
    -------
    tuple of ndarray
        The numbers, and the least and the greatest float that they stand for, of shape (1,).

    Raises
    ------
    ValueError
        A range that is none, no data to take it from, or another `out_type`.
    TypeError
        Data of another dtype than int32.

    Examples
    --------
    >>> numbers, least, greatest = npx.requantize(np.array([-2**30, 0, 2**29], dtype='int32'), -2., 2.)
    >>> numbers, greatest
    (array([-127,    0,   64], dtype=int8), array([1.]))
    """
    name = "requantize"
    data = quantized_of(data, name, ("int32",))
    level = level_of(range_of(min_range, max_range, name), "int32")
    bounds = calibrated(min_calib_range, max_calib_range, name)
    kind = _kind(out_type, name, ("auto", "int8", "uint8"), bounds)
    if bounds is None:
        if data.size == 0:
            raise MXNetValueError(f"{name}: data of shape {data.shape} have no range; give a calibrated one")
        bounds = float(data.min()) * level, float(data.max()) * level
    floats, limit = data.astype("float32") * level, magnitude(bounds)
    if kind == "uint8":
        return _shifted(floats, (0.0, limit)), *range_arrays(0.0, limit)
    return _centered(floats, limit), *range_arrays(-limit, limit)


# The range that fits best.


def contrib_calibrate_entropy(hist, hist_edges, num_quantized_bins=255):
    """The threshold at which cutting off the tails of a histogram costs least, measured by relative entropy.

    Parameters
    ----------
    hist : array_like
        Counts over an odd number of equal steps about zero.
    hist_edges : array_like
        The borders of the steps, one more.
    num_quantized_bins : int, optional
        How many numbers tell values apart.

    Returns
    -------
    tuple of ndarray
        The threshold and its divergence, of shape (1,).

    Raises
    ------
    ValueError
        Other numbers of borders than counts, or fewer counts than numbers.

    Notes
    -----
    The method of S. Migacz (8-bit inference with TensorRT, 2017), as MXNet computes it, in float64.

    Examples
    --------
    >>> counts, borders = np.histogram(np.linspace(-1, 1, 10001) ** 3, bins=101, range=(-1., 1.))
    >>> threshold, divergence = npx.contrib_calibrate_entropy(counts, borders, num_quantized_bins=15)
    >>> bool(0 < threshold[0] <= 1), bool(divergence[0] >= 0)
    (True, True)
    """
    name = "contrib_calibrate_entropy"
    counts = np.array(hist, dtype="float64").reshape(-1).tolist()
    edges = np.array(hist_edges, dtype="float64").reshape(-1).tolist()
    kinds = int(num_quantized_bins)
    if len(edges) != len(counts) + 1:
        raise MXNetValueError(f"{name}: {len(counts)} counts have {len(counts) + 1} borders, not {len(edges)}")
    if kinds < 1 or kinds % 2 == 0 or len(counts) < kinds or len(counts) % 2 == 0:
        raise MXNetValueError(
            f"{name}: the numbers of counts and of quantized bins are odd, and the first is the greater one; they are "
            f"{len(counts)} and {kinds}"
        )
    middle = len(counts) // 2
    lost = _core._divergences(counts, kinds)
    best = min(range(len(lost)), key=lost.__getitem__)
    threshold = edges[middle + kinds // 2 + best + 1]
    return np.array([threshold], dtype="float32"), np.array([lost[best]], dtype="float32")
