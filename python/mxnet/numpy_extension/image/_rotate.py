"""Rotation of images by any angle: a bilinear look-up of the old pixel below each new one. Channels come first here, as
in MXNet."""

import math

from ... import numpy as np
from ...base import MXNetTypeError, MXNetValueError
from ._checks import bounds, draw

__all__ = ["imrotate", "random_rotate"]


def _angles(rotation_degrees, images, single):
    """One angle in radians for each image, of shape (n, 1)."""
    given = rotation_degrees
    angles = np.array(given, dtype="float64").reshape(-1)
    scalar = np.ndim(given) == 0
    if single and not scalar:
        raise MXNetTypeError("imrotate: one image is rotated by one angle, which is a number")
    if not scalar and len(angles) != images:
        raise MXNetValueError(f"imrotate: there are {images} images, but {len(angles)} angles")
    return np.broadcast_to(angles * (math.pi / 180), (images,)).reshape(images, 1)


def _zoom(angles, height, width, zoom_in, zoom_out):
    """By how much the look-up is stretched, so that no corner is cut off, or none is empty."""
    cosine, sine = np.abs(np.cos(angles)), np.abs(np.sin(angles))
    across, down = width * cosine + height * sine, width * sine + height * cosine
    if zoom_out:
        return np.maximum(across / width, down / height)
    return np.minimum(width / across, height / down) if zoom_in else 1.0


def _looked_up(pixels, rows, columns, height, width):
    """The elements at fractional places, between their four neighbours; outside there is zero.

    `pixels` has the shape (n, channels, height * width), the places have (n, height * width).
    """
    top, left = np.floor(rows), np.floor(columns)
    below, right = rows - top, columns - left
    total = None
    for down, row_share in ((0, 1 - below), (1, below)):
        for across, column_share in ((0, 1 - right), (1, right)):
            row, column = top + down, left + across
            inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
            places = np.where(inside, row * width + column, 0).astype("int64")
            weight = np.where(inside, row_share * column_share, 0.0).astype(pixels.dtype)
            part = np.take_along_axis(pixels, places[:, None, :], axis=2) * weight[:, None, :]
            total = part if total is None else total + part
    return total


def imrotate(src, rotation_degrees, zoom_in=False, zoom_out=False):
    """Images rotated about their centers, in the same shape; what lies outside is zero.

    Parameters
    ----------
    src : array_like
        float32, of shape (channels, height, width) or (n, channels, height, width).
    rotation_degrees : float or array_like
        Against the clock; for a batch also one angle for each image.
    zoom_in : bool, optional
        Enlarge the image until no empty corner is seen.
    zoom_out : bool, optional
        Shrink the image until all of it is seen.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        Another dtype than float32; several angles for one image.
    ValueError
        Another shape, both zooms, or another number of angles than images.

    Examples
    --------
    >>> np.round(npx.image.imrotate(np.array([[[1., 2.], [3., 4.]]]), 90))
    array([[[2., 4.],
            [1., 3.]]])
    """
    src = src if isinstance(src, np.ndarray) else np.array(src)
    if zoom_in and zoom_out:
        raise MXNetValueError("imrotate: zoom_in and zoom_out exclude each other")
    if src.dtype != "float32":
        raise MXNetTypeError(f"imrotate: images are float32, not {src.dtype}")
    if src.ndim not in (3, 4):
        raise MXNetValueError(
            "imrotate: images have the shape (channels, height, width) or (n, channels, height, width), "
            f"not {src.shape}"
        )
    single = src.ndim == 3
    images, channels, height, width = (1, *src.shape) if single else src.shape
    angles = _angles(rotation_degrees, images, single)
    if src.size == 0:
        return src.copy()
    # places relative to the center of the image, then the same places rotated back
    down = np.repeat(np.arange(height, dtype="float64") - (height - 1) / 2, width)
    across = np.tile(np.arange(width, dtype="float64") - (width - 1) / 2, height)
    cosine, sine = np.cos(angles), np.sin(angles)
    stretch = _zoom(angles, height, width, zoom_in, zoom_out)
    columns = (across * cosine - down * sine) * stretch + (width - 1) / 2
    rows = (across * sine + down * cosine) * stretch + (height - 1) / 2
    pixels = src.reshape(images, channels, height * width)
    return _looked_up(pixels, rows, columns, height, width).reshape(src.shape)


def random_rotate(src, angle_limits, zoom_in=False, zoom_out=False):
    """`imrotate` by random angles, one for each image.

    Parameters
    ----------
    src : array_like
        float32, of shape (channels, height, width) or (n, channels, height, width).
    angle_limits : tuple
        The least and the greatest angle in degrees.
    zoom_in, zoom_out : bool, optional
        As for `imrotate`.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        Another dtype than float32.
    ValueError
        Another shape, both zooms, limits out of order.

    Examples
    --------
    >>> npx.image.random_rotate(np.ones((2, 3, 8, 8)), (-10, 10)).shape
    (2, 3, 8, 8)
    """
    limits = bounds(angle_limits, "random_rotate", "angle_limits")
    angles = draw(*limits) if np.ndim(src) == 3 else [draw(*limits) for _ in range(len(src))]
    return imrotate(src, angles, zoom_in=zoom_in, zoom_out=zoom_out)
