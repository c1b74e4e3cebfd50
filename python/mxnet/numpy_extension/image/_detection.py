"""Augmenters for detection: objects that change an image together with the boxes on it.

A label has a row for each object: its class, then left, top, right and bottom as shares of the width and height of the
image, then whatever else belongs to it. Made of the augmenters of images; neither image nor label is changed in place.
"""

import json
import math
import warnings

from ... import numpy as np
from ...base import MXNetTypeError, MXNetValueError
from ._augment import Augmenter, CastAug, ForceResizeAug, ResizeAug, color_augmenters
from ._checks import draw, draw_whole
from ._crop import fixed_crop
from ._flip import flip_left_right

__all__ = [
    "CreateDetAugmenter",
    "CreateMultiRandCropAugmenter",
    "DetAugmenter",
    "DetBorrowAug",
    "DetHorizontalFlipAug",
    "DetRandomCropAug",
    "DetRandomPadAug",
    "DetRandomSelectAug",
]


def _boxes(label):
    """The label as an array of floats with at least five columns."""
    label = label if isinstance(label, np.ndarray) else np.array(label)
    if label.ndim != 2 or label.shape[1] < 5:
        raise MXNetValueError(f"a label has the shape (objects, 5 or more), not {label.shape}")
    return label if np.issubdtype(label.dtype, np.floating) else label.astype("float32")


def _with_boxes(label, left, top, right, bottom):
    """The label with other boxes."""
    return np.concatenate([label[:, :1], np.stack([left, top, right, bottom], axis=1), label[:, 5:]], axis=1)


def _areas(left, top, right, bottom):
    return np.maximum(right - left, 0) * np.maximum(bottom - top, 0)


def _sides(label):
    return tuple(label[:, column] for column in range(1, 5))


class DetAugmenter:
    """Base class: what is callable on an image and its label. Keyword arguments are remembered.

    Parameters
    ----------
    **kwargs
        Remembered for `dumps`.

    Examples
    --------
    >>> npx.image.DetAugmenter(a=1).dumps()
    '["detaugmenter", {"a": 1}]'
    """

    def __init__(self, **kwargs):
        self._kwargs = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in kwargs.items()}

    def dumps(self):
        """The name and the arguments as JSON.

        Returns
        -------
        str

        Examples
        --------
        >>> npx.image.DetHorizontalFlipAug(0.5).dumps()
        '["dethorizontalflipaug", {"p": 0.5}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src, label):
        """The changed image and label."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does with an image and its label")


class DetBorrowAug(DetAugmenter):
    """An augmenter of images that leaves boxes where they are.

    Parameters
    ----------
    augmenter : Augmenter

    Examples
    --------
    >>> cast = npx.image.DetBorrowAug(npx.image.CastAug())
    >>> cast(np.zeros((2, 2, 3), dtype='uint8'), np.zeros((1, 5)))[0].dtype
    dtype('float32')
    """

    def __init__(self, augmenter):
        if not isinstance(augmenter, Augmenter):
            raise MXNetTypeError(f"DetBorrowAug: this is an Augmenter's job, not that of {type(augmenter).__name__}")
        super().__init__(augmenter=augmenter.dumps())
        self.augmenter = augmenter

    def dumps(self):
        """The name and what the augmenter tells.

        Returns
        -------
        list

        Examples
        --------
        >>> npx.image.DetBorrowAug(npx.image.CastAug()).dumps()
        ['detborrowaug', '["castaug", {"type": "float32"}]']
        """
        return [type(self).__name__.lower(), self.augmenter.dumps()]

    def __call__(self, src, label):
        return self.augmenter(src), label


class DetRandomSelectAug(DetAugmenter):
    """One of several augmenters, or none with probability `skip_prob`.

    Parameters
    ----------
    aug_list : list of DetAugmenter
    skip_prob : float, optional
        How probable it is that nothing changes.

    Examples
    --------
    >>> chance = npx.image.DetRandomSelectAug([npx.image.DetHorizontalFlipAug(1)], skip_prob=1)
    >>> chance(np.array([[[1.], [2.]]]), np.zeros((1, 5)))[0].flatten()
    array([1., 2.])
    """

    def __init__(self, aug_list, skip_prob=0):
        super().__init__(skip_prob=skip_prob)
        self.aug_list = list(aug_list) if isinstance(aug_list, list | tuple) else [aug_list]
        for augmenter in self.aug_list:
            if not isinstance(augmenter, DetAugmenter):
                raise MXNetValueError(f"DetRandomSelectAug: {type(augmenter).__name__} is no DetAugmenter")
        self.skip_prob = skip_prob if self.aug_list else 1

    def dumps(self):
        """The name and what the augmenters tell.

        Returns
        -------
        list

        Examples
        --------
        >>> npx.image.DetRandomSelectAug([npx.image.DetHorizontalFlipAug(0.5)]).dumps()
        ['detrandomselectaug', ['["dethorizontalflipaug", {"p": 0.5}]']]
        """
        return [type(self).__name__.lower(), [augmenter.dumps() for augmenter in self.aug_list]]

    def __call__(self, src, label):
        if draw(0, 1) < self.skip_prob:
            return src, label
        return self.aug_list[draw_whole(0, len(self.aug_list) - 1)](src, label)


class DetHorizontalFlipAug(DetAugmenter):
    """Mirrors left and right with probability `p`, boxes too.

    Parameters
    ----------
    p : float
        How probable it is.

    Examples
    --------
    >>> label = np.array([[0, 0.125, 0.25, 0.5, 0.75]])
    >>> npx.image.DetHorizontalFlipAug(1)(np.zeros((2, 2, 3)), label)[1]
    array([[0.   , 0.5  , 0.25 , 0.875, 0.75 ]])
    """

    def __init__(self, p):
        super().__init__(p=p)
        self.p = p

    def __call__(self, src, label):
        label = _boxes(label)
        if draw(0, 1) >= self.p:
            return src, label
        left, top, right, bottom = _sides(label)
        return flip_left_right(src), _with_boxes(label, 1 - right, top, 1 - left, bottom)


def _pair(given):
    return tuple(given) if isinstance(given, tuple | list) else (given, given)


def _usable(name, area_range, aspect_ratio_range, least_area):
    """Whether the ranges leave anything to draw; warns when they do not, as MXNet does."""
    if area_range[1] <= least_area or area_range[0] > area_range[1]:
        warnings.warn(f"{name} does nothing: area_range is {area_range}", stacklevel=3)
        return False
    if aspect_ratio_range[0] <= 0 or aspect_ratio_range[0] > aspect_ratio_range[1]:
        warnings.warn(f"{name} does nothing: aspect_ratio_range is {aspect_ratio_range}", stacklevel=3)
        return False
    return True


class DetRandomCropAug(DetAugmenter):
    """Cuts out a rectangle that covers enough of every object which it touches; objects that lose too much are dropped.

    Parameters
    ----------
    min_object_covered : float, optional
        Share of each touched object that the rectangle must cover.
    aspect_ratio_range, area_range : tuple, optional
        Bounds of width by height, and of the rectangle's share of the image.
    min_eject_coverage : float, optional
        Objects of which less is left are dropped.
    max_attempts : int, optional
        After so many draws the image stays as it is.

    Examples
    --------
    >>> crop = npx.image.DetRandomCropAug(area_range=(0.5, 0.9))
    >>> image, label = crop(np.zeros((20, 20, 3)), np.array([[0., 0.25, 0.25, 0.75, 0.75]]))
    >>> label.shape
    (1, 5)
    """

    def __init__(
        self,
        min_object_covered=0.1,
        aspect_ratio_range=(0.75, 1.33),
        area_range=(0.05, 1.0),
        min_eject_coverage=0.3,
        max_attempts=50,
    ):
        aspect_ratio_range, area_range = _pair(aspect_ratio_range), _pair(area_range)
        super().__init__(
            min_object_covered=min_object_covered,
            aspect_ratio_range=aspect_ratio_range,
            area_range=area_range,
            min_eject_coverage=min_eject_coverage,
            max_attempts=max_attempts,
        )
        self.min_object_covered, self.min_eject_coverage = min_object_covered, min_eject_coverage
        self.aspect_ratio_range, self.area_range, self.max_attempts = aspect_ratio_range, area_range, max_attempts
        self.enabled = _usable("DetRandomCropAug", area_range, aspect_ratio_range, 0)

    def __call__(self, src, label):
        label = _boxes(label)
        height, width = src.shape[:2]
        for _ in range(self.max_attempts if self.enabled else 0):
            size = self._size(height, width)
            if size is None:
                continue
            x, y = draw_whole(0, width - size[0]), draw_whole(0, height - size[1])
            kept = self._kept(label, (x, y, *size), height, width)
            if kept is not None:
                return fixed_crop(src, x, y, *size), kept
        return src, label

    def _size(self, height, width):
        """(width, height) of a rectangle, or None when the draw does not fit."""
        ratio = draw(*self.aspect_ratio_range)
        least, most = (share * height * width for share in self.area_range)
        tallest = min(height, int((width + 0.4999999) / ratio), round(math.sqrt(most / ratio)))
        drawn = draw_whole(min(round(math.sqrt(least / ratio)), tallest), tallest)
        # rounding may leave the bounds by a row
        for rows in (drawn, drawn + 1, drawn - 1):
            columns = round(rows * ratio)
            if 0 < columns <= width and 0 < rows <= height and least <= rows * columns <= most:
                return columns, rows
        return None

    def _kept(self, label, rectangle, height, width):
        """The label as seen in the rectangle; None when too little of the objects is in it."""
        x, y, columns, rows = rectangle
        if columns * rows < 2:
            return None
        sides = _sides(label)
        near, far = (x / width, y / height), ((x + columns) / width, (y + rows) / height)
        inside = [
            np.clip(side, near[place % 2], far[place % 2]) for place, side in enumerate(sides)
        ]  # left, top, right, bottom
        areas = _areas(*sides)
        covered = np.where(areas > 0, _areas(*inside) / np.where(areas > 0, areas, 1), 0)
        touched = covered[(areas * width * height > 2) & (covered > 0)]
        if touched.size == 0 or float(touched.min()) <= self.min_object_covered:
            return None
        left = (covered > self.min_eject_coverage) & (_areas(*inside) > 0)
        if not bool(left.any()):
            return None
        scales = (columns / width, rows / height)
        moved = [(side - near[place % 2]) / scales[place % 2] for place, side in enumerate(inside)]
        return _with_boxes(label, *moved)[left]


class DetRandomPadAug(DetAugmenter):
    """Puts the image somewhere on a larger ground.

    Parameters
    ----------
    aspect_ratio_range, area_range : tuple, optional
        Bounds of width by height, and of the area against that of the image.
    max_attempts : int, optional
        After so many draws the image stays as it is.
    pad_val : float or tuple, optional
        The ground, one number for each channel.

    Examples
    --------
    >>> pad = npx.image.DetRandomPadAug(aspect_ratio_range=1.0, area_range=(4.0, 4.0))
    >>> image, label = pad(np.zeros((10, 10, 3)), np.array([[0., 0., 0., 1., 1.]]))
    >>> image.shape, float(label[0, 3] - label[0, 1])
    ((20, 20, 3), 0.5)
    """

    def __init__(
        self, aspect_ratio_range=(0.75, 1.33), area_range=(1.0, 3.0), max_attempts=50, pad_val=(128, 128, 128)
    ):
        aspect_ratio_range, area_range = _pair(aspect_ratio_range), _pair(area_range)
        super().__init__(
            aspect_ratio_range=aspect_ratio_range, area_range=area_range, max_attempts=max_attempts, pad_val=pad_val
        )
        self.aspect_ratio_range, self.area_range = aspect_ratio_range, area_range
        self.max_attempts, self.pad_val = max_attempts, pad_val
        self.enabled = _usable("DetRandomPadAug", area_range, aspect_ratio_range, 1)

    def __call__(self, src, label):
        label = _boxes(label)
        height, width = src.shape[:2]
        for _ in range(self.max_attempts if self.enabled else 0):
            columns, rows = self._size(height, width)
            if rows - height < 2 or columns - width < 2:
                continue  # hardly a border
            x, y = draw_whole(0, columns - width), draw_whole(0, rows - height)
            ground = np.broadcast_to(np.array(self.pad_val).astype(src.dtype), (rows, columns, src.shape[2])).copy()
            ground[y : y + height, x : x + width] = src
            left, top, right, bottom = _sides(label)
            left, right = ((side * width + x) / columns for side in (left, right))
            top, bottom = ((side * height + y) / rows for side in (top, bottom))
            return ground, _with_boxes(label, left, top, right, bottom)
        return src, label

    def _size(self, height, width):
        """(width, height) of a ground."""
        ratio = draw(*self.aspect_ratio_range)
        least, most = (share * height * width for share in self.area_range)
        tallest = round(math.sqrt(most / ratio))
        rows = max(round(math.sqrt(least / ratio)), math.ceil((width - 0.5) / ratio), height)
        rows = draw_whole(min(rows, tallest), tallest)
        return round(rows * ratio), rows


def CreateMultiRandCropAugmenter(
    min_object_covered=0.1,
    aspect_ratio_range=(0.75, 1.33),
    area_range=(0.05, 1.0),
    min_eject_coverage=0.3,
    max_attempts=50,
    skip_prob=0,
):
    """One of several `DetRandomCropAug`: each argument may be a list, with an entry for each of them.

    Parameters
    ----------
    min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts : optional
        As for `DetRandomCropAug`, or lists of such.
    skip_prob : float, optional
        Probability that none is applied.

    Returns
    -------
    DetRandomSelectAug

    Raises
    ------
    ValueError
        Lists of different lengths.

    Examples
    --------
    >>> len(npx.image.CreateMultiRandCropAugmenter(min_object_covered=[0.1, 0.5, 0.9]).aug_list)
    3
    """
    given = [min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts]
    lists = [one if isinstance(one, list) else [one] for one in given]
    count = max(len(one) for one in lists)
    if any(len(one) not in (1, count) for one in lists):
        lengths = [len(one) for one in lists]
        raise MXNetValueError(f"CreateMultiRandCropAugmenter: lists are of one length, not {lengths}")
    rows = zip(*(one * count if len(one) == 1 else one for one in lists), strict=True)
    return DetRandomSelectAug([DetRandomCropAug(*row) for row in rows], skip_prob=skip_prob)


def CreateDetAugmenter(
    data_shape,
    resize=0,
    rand_crop=0,
    rand_pad=0,
    rand_gray=0,
    rand_mirror=False,
    mean=None,
    std=None,
    brightness=0,
    contrast=0,
    saturation=0,
    pca_noise=0,
    hue=0,
    inter_method=2,
    min_object_covered=0.1,
    aspect_ratio_range=(0.75, 1.33),
    area_range=(0.05, 3.0),
    min_eject_coverage=0.3,
    max_attempts=50,
    pad_val=(127, 127, 127),
):
    """A list of augmenters for detection from what one wants of it, to be called one after the other.

    Parameters
    ----------
    data_shape : tuple of int
        (channels, height, width) of the images that come out.
    resize : int, optional
        Length of the short side that images are resized to first.
    rand_crop, rand_pad, rand_gray : float, optional
        How often images are cropped, put on a larger ground, made grey.
    rand_mirror : bool, optional
    mean, std, brightness, contrast, saturation, pca_noise, hue, inter_method : optional
        As for `CreateAugmenter`.
    min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts : optional
        As for `CreateMultiRandCropAugmenter`; grounds take the upper bound of the area.
    pad_val : float or tuple, optional
        The ground.

    Returns
    -------
    list of DetAugmenter

    Raises
    ------
    ValueError
        A mean of other lengths than 1 and 3, lists of different lengths.

    Examples
    --------
    >>> steps = npx.image.CreateDetAugmenter((3, 24, 24), rand_crop=0.5, rand_mirror=True, mean=True)
    >>> [type(step).__name__ for step in steps]
    ['DetRandomSelectAug', 'DetHorizontalFlipAug', 'DetBorrowAug', 'DetBorrowAug', 'DetBorrowAug']
    """
    made = [DetBorrowAug(ResizeAug(resize, inter_method))] if resize > 0 else []
    if rand_crop > 0:
        limits = (min_object_covered, aspect_ratio_range, area_range, min_eject_coverage, max_attempts)
        made.append(CreateMultiRandCropAugmenter(*limits, skip_prob=1 - rand_crop))
    if rand_mirror:
        made.append(DetHorizontalFlipAug(0.5))
    if rand_pad > 0:
        ground = DetRandomPadAug(aspect_ratio_range, (1.0, area_range[1]), max_attempts, pad_val)
        made.append(DetRandomSelectAug([ground], 1 - rand_pad))
    made.append(DetBorrowAug(ForceResizeAug((data_shape[2], data_shape[1]), inter_method)))
    made.append(DetBorrowAug(CastAug()))
    colors = color_augmenters(mean, std, brightness, contrast, saturation, hue, pca_noise, rand_gray)
    return made + [DetBorrowAug(augmenter) for augmenter in colors]
