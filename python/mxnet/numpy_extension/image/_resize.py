"""Resizing: every method is a sum over few taps along each axis, so that gradients come with the taking and adding.

Conventions of OpenCV, which MXNet called: pixel centers at halves, edges repeated, numbers of methods as there. The
shapes are checked here, nothing else of an image is known.
"""

from ... import numpy as np
from ...base import MXNetTypeError, MXNetValueError
from ._checks import RANGES, draw_whole, height_and_width, image_of, stored, whole

__all__ = ["imresize", "resize", "resize_short"]

NEAREST, LINEAR, CUBIC, AREA, LANCZOS = range(5)
AUTOMATIC, RANDOM = 9, 10


def method_of(interp, old, new, name):
    """One of the five methods; 9 chooses by the sizes (height, width), 10 at random."""
    interp = whole(interp, name, "interp")
    if interp == AUTOMATIC:
        if new[0] > old[0] and new[1] > old[1]:
            return CUBIC
        return AREA if new[0] < old[0] and new[1] < old[1] else LINEAR
    if interp == RANDOM:
        return draw_whole(NEAREST, LANCZOS)
    if interp not in range(5):
        raise MXNetValueError(
            f"{name}: interp is 0 (nearest), 1 (bilinear), 2 (bicubic), 3 (area), 4 (Lanczos), 9 (by the sizes) or "
            f"10 (at random), not {interp}"
        )
    return interp


def _centers(old, new):
    """Where the centers of new pixels lie: the pixel before, and the share of the way to the next one."""
    place = (np.arange(new, dtype="float64") + 0.5) * (old / new) - 0.5
    low = np.floor(place)
    return low, place - low


def _two(low, share, old):
    """Two taps; at the edges there is one only."""
    share = np.where((low < 0) | (low >= old - 1), 0.0, share)
    return np.stack([low, low + 1], axis=1), np.stack([1 - share, share], axis=1)


def _linear(old, new):
    low, share = _centers(old, new)
    return _two(low, share, old)


def _area_of_growing(old, new):
    """Old pixels keep their areas: a new pixel that straddles a border mixes both sides."""
    step = np.arange(new, dtype="float64")
    low = np.floor(step * (old / new))
    share = step + 1 - (low + 1) * (new / old)
    return _two(low, np.where(share <= 0, 0.0, share - np.floor(share)), old)


def _area_of_shrinking(old, new):
    """Means over the area of a new pixel: each old one weighs as much as it overlaps."""
    scale = old / new
    start = (np.arange(new, dtype="float64") * scale)[:, None]
    end = np.minimum(start + scale, old)
    places = np.floor(start) + np.arange(int(-(-old // new)) + 1, dtype="float64")
    overlap = np.maximum(np.minimum(end, places + 1) - np.maximum(start, places), 0)
    return places, overlap / (end - start)


def _cubic(old, new):
    """Keys' kernel with the parameter -3/4, over four pixels."""
    low, share = _centers(old, new)
    a, rest, next_one = -0.75, 1 - share, share + 1
    weights = [
        ((a * next_one - 5 * a) * next_one + 8 * a) * next_one - 4 * a,
        ((a + 2) * share - (a + 3)) * share**2 + 1,
        ((a + 2) * rest - (a + 3)) * rest**2 + 1,
    ]
    weights.append(1 - weights[0] - weights[1] - weights[2])
    return low[:, None] + np.arange(-1, 3, dtype="float64"), np.stack(weights, axis=1)


def _lanczos(old, new):
    """Lanczos' kernel over eight pixels, its weights scaled to the sum 1."""
    low, share = _centers(old, new)
    steps = np.arange(-3, 5, dtype="float64")
    distance = share[:, None] - steps
    weights = np.sinc(distance) * np.sinc(distance / 4)
    return low[:, None] + steps, weights / weights.sum(axis=1, keepdims=True)


def _nearest(old, new):
    places = np.floor(np.arange(new, dtype="float64") * (old / new))[:, None]
    return places, np.ones((new, 1), dtype="float64")


def _taps(method, shrinks):
    """The function that gives the taps of an axis: places and weights, each of shape (new, taps)."""
    if method == AREA:
        return _area_of_shrinking if shrinks else _area_of_growing
    return {NEAREST: _nearest, LINEAR: _linear, CUBIC: _cubic, LANCZOS: _lanczos}[method]


def _along(data, axis, new, taps):
    """The image with one axis resampled."""
    old = data.shape[axis]
    if old == new:
        return data
    places, weights = taps(old, new)
    places = np.clip(places, 0, old - 1).astype("int64")
    if places.shape[1] == 1:
        return np.take(data, places[:, 0], axis=axis)
    weights = weights.astype(data.dtype).reshape(weights.shape + (1,) * (-axis - 1))
    total = np.take(data, places[:, 0], axis=axis) * weights[:, 0]
    for tap in range(1, places.shape[1]):
        total = total + np.take(data, places[:, tap], axis=axis) * weights[:, tap]
    return total


def rounded(values, dtype):
    """Floats as elements of an image's dtype: integers to the nearest one, halves up, inside of their range."""
    if np.issubdtype(dtype, np.integer):
        low, high = RANGES.get(str(np.dtype(dtype)), (None, None))
        values = np.floor(values + 0.5)
        values = values if low is None else np.clip(values, low, high)
    return values.astype(dtype)


def resampled(data, height, width, method):
    """The image in a new size."""
    rows, columns = height_and_width(data)
    if (rows, columns) == (height, width):
        return data.copy()
    taps = _taps(method, rows >= height and columns >= width)
    if method == NEAREST:
        return _along(_along(data, -3, height, taps), -2, width, taps)
    dtype = data.dtype
    wide = dtype in ("float64", "int32", "int64", "uint32", "uint64")
    work = data.astype("float64" if wide else "float32")
    return rounded(_along(_along(work, -3, height, taps), -2, width, taps), dtype)


def checked_resize(data, width, height, interp, name):
    """`resampled`, with the method by its number and an error for an image without pixels."""
    old = height_and_width(data)
    if 0 in old:
        raise MXNetValueError(f"{name}: an image of shape {data.shape} has no pixels")
    return resampled(data, height, width, method_of(interp, old, (height, width), name))


def resize(data, size=(), keep_ratio=False, interp=1):
    """Images in a new size.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    size : int or tuple
        (width, height), or one number for both.
    keep_ratio : bool, optional
        With one number: the short side gets it, and the other side follows.
    interp : int, optional
        0 nearest pixel, 1 bilinear, 2 bicubic, 3 mean over the area, 4 Lanczos; 9 chooses by the sizes, 10 at random.

    Returns
    -------
    ndarray
        Of the same dtype; integers are rounded to the nearest one.

    Raises
    ------
    ValueError
        Another shape, an unknown method, or a size below 1.

    Notes
    -----
    Conventions of OpenCV: centers of pixels at halves, edges repeated, cubic parameter -3/4.

    Examples
    --------
    >>> npx.image.resize(np.array([[[0.], [8.]]]), (4, 1))[0, :, 0]
    array([0., 2., 6., 8.])
    >>> npx.image.resize(np.zeros((20, 30, 3)), 10, keep_ratio=True).shape
    (10, 15, 3)
    """
    data = image_of(data, "resize")
    try:
        size = tuple(size)
    except TypeError:
        size = (size,)
    if len(size) not in (1, 2):
        raise MXNetValueError(f"resize: size is one number or a pair (width, height), not {size}")
    size = tuple(whole(length, "resize", "size", 1) for length in size)
    if len(size) == 1 and keep_ratio:
        height, width = height_and_width(data)
        short = max(min(height, width), 1)
        size = (max(1, width * size[0] // short), max(1, height * size[0] // short))
    return checked_resize(data, size[0], size[-1], interp, "resize")


def imresize(src, w, h, interp=1, out=None):
    """An image with `w` columns and `h` rows.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    w, h : int
    interp : int, optional
        The method, as for `resize`.
    out : ndarray, optional
        Where the result goes.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, an unknown method, a size below 1, an `out` that does not fit.

    Examples
    --------
    >>> npx.image.imresize(np.zeros((20, 30, 3), dtype='uint8'), 4, 5).shape
    (5, 4, 3)
    """
    src = image_of(src, "imresize")
    size = whole(w, "imresize", "w", 1), whole(h, "imresize", "h", 1)
    if out is not None and not isinstance(out, np.ndarray):
        raise MXNetTypeError(f"imresize: out is an ndarray, not {type(out).__name__}")
    return stored(checked_resize(src, *size, interp, "imresize"), out, "imresize")


def resize_short(src, size, interp=2):
    """An image whose short side has a certain length; the other side follows.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels).
    size : int
    interp : int, optional
        The method, as for `resize`.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, an unknown method, or a size below 1.

    Examples
    --------
    >>> npx.image.resize_short(np.zeros((40, 30, 3)), 15).shape
    (20, 15, 3)
    """
    src = image_of(src, "resize_short")
    return resize(src, (whole(size, "resize_short", "size", 1),), keep_ratio=True, interp=interp)
