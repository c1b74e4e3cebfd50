"""What the image functions ask of their arguments, and how they draw numbers. Used by the files beside it; knows no
operator."""

from ... import numpy as np
from ...base import MXNetIndexError, MXNetTypeError, MXNetValueError

#: the least and the greatest element of the integer dtypes that images come in
RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-(2**15), 2**15 - 1), "uint16": (0, 2**16 - 1)}


def image_of(data, name, channels=None):
    """The argument as an image or a batch of images, channels last; `channels` are the permitted numbers of them."""
    data = data if isinstance(data, np.ndarray) else np.array(data)
    if data.ndim not in (3, 4):
        raise MXNetValueError(
            f"{name}: images have the shape (height, width, channels) or (n, height, width, channels), not {data.shape}"
        )
    if channels and data.shape[-1] not in channels:
        wanted = " or ".join(str(number) for number in channels)
        raise MXNetValueError(f"{name}: the last axis holds {wanted} channels, but the shape is {data.shape}")
    if data.dtype.kind == "c" or data.dtype == "bool":
        raise MXNetTypeError(f"{name}: images hold integers or floats, not {data.dtype}")
    return data


def height_and_width(data):
    return data.shape[-3], data.shape[-2]


def number_of(value, name, what):
    """The argument as a Python float."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise MXNetTypeError(f"{name}: {what} is a number, not {value!r}") from None


def whole(value, name, what, least=None):
    """The argument as a Python integer."""
    try:
        number = int(value)
        same = number == value
    except (TypeError, ValueError):
        raise MXNetTypeError(f"{name}: {what} is an integer, not {value!r}") from None
    if not same:
        raise MXNetTypeError(f"{name}: {what} is an integer, not {value!r}")
    if least is not None and number < least:
        raise MXNetValueError(f"{name}: {what} is at least {least}, not {number}")
    return number


def bounds(pair, name, what, least=None, most=None):
    """Two numbers, the lower one first."""
    try:
        low, high = (float(number) for number in pair)
    except (TypeError, ValueError):
        raise MXNetValueError(f"{name}: {what} is a pair of numbers, not {pair!r}") from None
    if not low <= high or (least is not None and low < least) or (most is not None and high > most):
        where = "" if least is None else f" of numbers from {least} to {'infinity' if most is None else most}"
        raise MXNetValueError(f"{name}: {what} is a pair{where}, the lower one first, not {pair!r}")
    return low, high


def probability(value, name):
    """The argument as a number from 0 to 1."""
    return bounds((number_of(value, name, "p"), 1), name, "(p, 1)", 0, 1)[0]


def size_of(size, name):
    """(width, height), both positive."""
    try:
        width, height = size
    except (TypeError, ValueError):
        raise MXNetValueError(f"{name}: size is a pair (width, height), not {size!r}") from None
    return whole(width, name, "the width", 1), whole(height, name, "the height", 1)


def stored(result, out, name):
    """The result, or `out` with the result in it."""
    if out is None:
        return result
    if out.shape != result.shape or out.dtype != result.dtype:
        wanted, got = f"{result.dtype}{result.shape}", f"{out.dtype}{out.shape}"
        raise MXNetValueError(f"{name}: the result is {wanted} and does not fit into out, which is {got}")
    out[...] = result
    return out


def piece(data, left, top, width, height, name):
    """A copy of a rectangle of the image."""
    rows, columns = height_and_width(data)
    if left < 0 or top < 0 or left + width > columns or top + height > rows:
        raise MXNetIndexError(
            f"{name}: columns {left} to {left + width} and rows {top} to {top + height} do not lie inside an image "
            f"of {columns} columns and {rows} rows"
        )
    return data[..., top : top + height, left : left + width, :].copy()


def draw(low, high):
    """A uniform draw from the stream of `np.random`, as a Python float."""
    return low if low == high else float(np.random.uniform(low, high, dtype="float64"))


def draw_whole(least, most):
    """A uniform draw among the integers from `least` to `most`, both included."""
    return least if least == most else int(np.random.randint(least, most + 1, dtype="int64"))
