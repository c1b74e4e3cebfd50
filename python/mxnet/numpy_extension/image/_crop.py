"""Cropping: fixed, centered and random rectangles, resized where asked. Random numbers come from `np.random`."""

import math

from ...base import MXNetValueError
from ._checks import bounds, draw, draw_whole, height_and_width, image_of, piece, size_of, whole
from ._resize import checked_resize

__all__ = ["center_crop", "crop", "fixed_crop", "random_crop", "random_resized_crop", "random_size_crop", "scale_down"]


def scale_down(src_size, size):
    """The largest size of the same proportions that fits into an image.

    Parameters
    ----------
    src_size : tuple
        (width, height) of the image.
    size : tuple
        (width, height) that is wanted.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> npx.image.scale_down((640, 480), (720, 120))
    (640, 106)
    """
    width, height = size
    columns, rows = src_size
    if rows < height:
        width, height = width * rows / height, rows
    if columns < width:
        width, height = columns, height * columns / width
    return int(width), int(height)


def _fitting(data, size):
    """`scale_down`, with at least one pixel."""
    rows, columns = height_and_width(data)
    width, height = scale_down((columns, rows), size)
    return max(width, 1), max(height, 1)


def crop(data, x, y, width, height):
    """A rectangle of images.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    x, y : int
        Column and row of the upper left corner.
    width, height : int

    Returns
    -------
    ndarray

    Raises
    ------
    IndexError
        A rectangle that does not lie inside the image.
    ValueError
        Another shape of `data`, a width or height below 1.

    Examples
    --------
    >>> npx.image.crop(np.arange(12).reshape(3, 4, 1), 1, 0, 2, 2)[:, :, 0]
    array([[1., 2.],
           [5., 6.]])
    """
    data = image_of(data, "crop")
    x, y = whole(x, "crop", "x", 0), whole(y, "crop", "y", 0)
    return piece(data, x, y, whole(width, "crop", "width", 1), whole(height, "crop", "height", 1), "crop")


def fixed_crop(src, x0, y0, w, h, size=None, interp=2):
    """A rectangle of an image, resized where `size` says so.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels).
    x0, y0 : int
        Column and row of the upper left corner.
    w, h : int
        Width and height of the rectangle.
    size : tuple, optional
        (width, height) of the result.
    interp : int, optional
        The method, as for `resize`.

    Returns
    -------
    ndarray

    Raises
    ------
    IndexError
        A rectangle that does not lie inside the image.
    ValueError
        Another shape of `src`, an unknown method, a size below 1.

    Examples
    --------
    >>> npx.image.fixed_crop(np.zeros((6, 8, 3)), 1, 1, 4, 4, size=(2, 3)).shape
    (3, 2, 3)
    """
    name = "fixed_crop"
    src = image_of(src, name)
    x0, y0, w, h = whole(x0, name, "x0", 0), whole(y0, name, "y0", 0), whole(w, name, "w", 1), whole(h, name, "h", 1)
    size = None if size is None else size_of(size, name)
    part = piece(src, x0, y0, w, h, name)
    return part if size in (None, (w, h)) else checked_resize(part, *size, interp, name)


def center_crop(src, size, interp=2):
    """The middle of an image; a larger size than the image's is reached by resizing.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels).
    size : tuple
        (width, height) of the result.
    interp : int, optional
        The method, as for `resize`.

    Returns
    -------
    tuple
        The image, and (x, y, width, height) of the rectangle that it was.

    Raises
    ------
    ValueError
        Another shape of `src`, an unknown method, a size below 1.

    Examples
    --------
    >>> image, rectangle = npx.image.center_crop(np.zeros((6, 8, 3)), (4, 4))
    >>> image.shape, rectangle
    ((4, 4, 3), (2, 1, 4, 4))
    """
    src, size = image_of(src, "center_crop"), size_of(size, "center_crop")
    rows, columns = height_and_width(src)
    width, height = _fitting(src, size)
    left, top = (columns - width) // 2, (rows - height) // 2
    return fixed_crop(src, left, top, width, height, size, interp), (left, top, width, height)


def random_piece(src, size, interp=2):
    """A rectangle anywhere in an image; a larger size than the image's is reached by resizing.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels).
    size : tuple
        (width, height) of the result.
    interp : int, optional
        The method, as for `npx.image.resize`.

    Returns
    -------
    tuple
        The image, and (x, y, width, height) of the rectangle that it was.

    Raises
    ------
    ValueError
        Another shape of `src`, an unknown method, a size below 1.

    Examples
    --------
    >>> import mxnet.image
    >>> image, rectangle = mxnet.image.random_crop(np.zeros((6, 8, 3)), (4, 4))
    >>> image.shape, rectangle[2:]
    ((4, 4, 3), (4, 4))
    """
    src, size = image_of(src, "random_crop"), size_of(size, "random_crop")
    rows, columns = height_and_width(src)
    width, height = _fitting(src, size)
    left, top = draw_whole(0, columns - width), draw_whole(0, rows - height)
    return fixed_crop(src, left, top, width, height, size, interp), (left, top, width, height)


def _asked_size(width, height, name):
    """(width, height) of an operator whose parameters they are."""
    if width is None or height is None:
        raise MXNetValueError(f"{name}: width and height are wanted")
    return size_of((width, height), name)


def _placed(data, width, height, xrange, yrange):
    """A rectangle of this size; the ranges say where in the free room its corner may lie, from 0 to 1."""
    rows, columns = height_and_width(data)
    left, top = int(draw(*xrange) * (columns - width)), int(draw(*yrange) * (rows - height))
    return piece(data, left, top, width, height, "random_crop")


def random_crop(data, xrange=(0, 1), yrange=(0, 1), width=None, height=None, interp=1):
    """A random rectangle of images; a larger one than the image is reached by resizing.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    xrange, yrange : tuple, optional
        Where in the free room the corner may lie: 0 is left or top, 1 is right or bottom.
    width, height : int
        Of the result.
    interp : int, optional
        The method, as for `resize`.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, ranges that do not lie between 0 and 1, no width or height.

    Examples
    --------
    >>> npx.image.random_crop(np.arange(12).reshape(3, 4, 1), (1, 1), (0, 0), width=2, height=2)[:, :, 0]
    array([[2., 3.],
           [6., 7.]])
    """
    name = "random_crop"
    data = image_of(data, name, channels=(1, 3))
    size = _asked_size(width, height, name)
    xrange, yrange = bounds(xrange, name, "xrange", 0, 1), bounds(yrange, name, "yrange", 0, 1)
    scaled = _fitting(data, size)
    part = _placed(data, *scaled, xrange, yrange)
    return part if scaled == size else checked_resize(part, *size, interp, name)


def _random_shape(rows, columns, area, ratio, trials):
    """(width, height) of a rectangle whose area and proportions are drawn, or None when none of the trials fits."""
    for _ in range(trials):
        target = draw(*area) * rows * columns
        shape = math.exp(draw(math.log(ratio[0]), math.log(ratio[1])))
        width, height = round(math.sqrt(target * shape)), round(math.sqrt(target / shape))
        if 0 < width <= columns and 0 < height <= rows:
            return width, height
    return None


def _positive_ratio(ratio, name):
    low, high = bounds(ratio, name, "ratio")
    if not 0 < low <= high < math.inf:
        raise MXNetValueError(f"{name}: ratio is a pair of positive numbers, not {ratio!r}")
    return low, high


def random_resized_crop(
    data,
    xrange=(0, 1),
    yrange=(0, 1),
    width=None,
    height=None,
    interp=1,
    *,
    area=(0.08, 1.0),
    ratio=(3 / 4, 4 / 3),
    max_trial=10,
):
    """A rectangle of random area, proportions and place, resized.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    xrange, yrange : tuple, optional
        Where in the free room the corner may lie: 0 is left or top, 1 is right or bottom.
    width, height : int
        Of the result.
    interp : int, optional
        The method, as for `resize`.
    area : tuple, optional
        Bounds of the rectangle's share of the image.
    ratio : tuple, optional
        Bounds of width by height.
    max_trial : int, optional
        How many draws are tried before the middle of the image is taken.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, ranges out of order, no width or height.

    Examples
    --------
    >>> npx.image.random_resized_crop(np.zeros((2, 30, 40, 3)), width=8, height=6).shape
    (2, 6, 8, 3)
    """
    name = "random_resized_crop"
    data = image_of(data, name)
    size = _asked_size(width, height, name)
    xrange, yrange = bounds(xrange, name, "xrange", 0, 1), bounds(yrange, name, "yrange", 0, 1)
    area, ratio = bounds(area, name, "area", 0, 1), _positive_ratio(ratio, name)
    rows, columns = height_and_width(data)
    drawn = _random_shape(rows, columns, area, ratio, whole(max_trial, name, "max_trial", 0))
    if drawn is None:
        drawn, xrange, yrange = _fitting(data, size), (0.5, 0.5), (0.5, 0.5)
    part = _placed(data, *drawn, xrange, yrange)
    return part if drawn == size else checked_resize(part, *size, interp, name)


def random_size_crop(src, size, area, ratio, interp=2, **kwargs):
    """A rectangle of random area and proportions, resized.

    Parameters
    ----------
    src : array_like
        Of shape (height, width, channels).
    size : tuple
        (width, height) of the result.
    area : float or tuple
        Bounds of the rectangle's share of the image; one number is the lower one.
    ratio : tuple
        Bounds of width by height.
    interp : int, optional
        The method, as for `resize`.
    **kwargs
        `min_area`, an older name of `area`.

    Returns
    -------
    tuple
        The image, and (x, y, width, height) of the rectangle that it was.

    Raises
    ------
    ValueError
        Another shape, bounds out of order, an unknown method.

    Examples
    --------
    >>> image, rectangle = npx.image.random_size_crop(np.zeros((30, 40, 3)), (8, 6), 0.25, (0.75, 1.5))
    >>> image.shape
    (6, 8, 3)
    """
    name = "random_size_crop"
    area = kwargs.pop("min_area", area)
    if kwargs:
        raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(kwargs))!r}")
    src, size = image_of(src, name), size_of(size, name)
    area = bounds(area if isinstance(area, tuple | list) else (area, 1.0), name, "area", 0, 1)
    rows, columns = height_and_width(src)
    drawn = _random_shape(rows, columns, area, _positive_ratio(ratio, name), 10)
    if drawn is None:
        return center_crop(src, size, interp)
    left, top = draw_whole(0, columns - drawn[0]), draw_whole(0, rows - drawn[1])
    return fixed_crop(src, left, top, *drawn, size, interp), (left, top, *drawn)
