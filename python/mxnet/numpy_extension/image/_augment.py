"""Augmenters: objects that change an image at random when they are called, and describe themselves as JSON.

Made of the functions of the files beside it; used by people's loaders. None changes the image that it is given.
Over the usual length, because half of it are the docstrings that users read.
"""

import json
import math

from ... import numpy as np
from ...base import MXNetTypeError, MXNetValueError
from . import _color
from ._checks import draw, image_of, size_of
from ._crop import center_crop, random_piece, random_size_crop
from ._flip import flip_left_right
from ._resize import imresize, resize_short

__all__ = [
    "Augmenter",
    "BrightnessJitterAug",
    "CastAug",
    "CenterCropAug",
    "ColorJitterAug",
    "ColorNormalizeAug",
    "ContrastJitterAug",
    "CreateAugmenter",
    "ForceResizeAug",
    "HorizontalFlipAug",
    "HueJitterAug",
    "LightingAug",
    "RandomCropAug",
    "RandomGrayAug",
    "RandomOrderAug",
    "RandomSizedCropAug",
    "ResizeAug",
    "SaturationJitterAug",
    "SequentialAug",
]


class Augmenter:
    """Base class: what is callable on an image of shape (height, width, channels). Keyword arguments are remembered.

    Parameters
    ----------
    **kwargs
        Remembered for `dumps`.

    Examples
    --------
    >>> class Twice(npx.image.Augmenter):
    ...     def __call__(self, src):
    ...         return src * 2
    >>> Twice(a=1).dumps()
    '["twice", {"a": 1}]'
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
        >>> npx.image.CastAug(typ='float32').dumps()
        '["castaug", {"type": "float32"}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __call__(self, src):
        """The changed image."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it does with an image")


class _Several(Augmenter):
    """What calls a list of augmenters."""

    def __init__(self, ts):
        super().__init__()
        self.ts = list(ts)

    def dumps(self):
        """The name and what the augmenters tell.

        Returns
        -------
        list

        Examples
        --------
        >>> npx.image.SequentialAug([npx.image.CastAug()]).dumps()
        ['sequentialaug', ['["castaug", {"type": "float32"}]']]
        """
        return [type(self).__name__.lower(), [augmenter.dumps() for augmenter in self.ts]]


class SequentialAug(_Several):
    """One augmenter after the other.

    Parameters
    ----------
    ts : list of Augmenter

    Examples
    --------
    >>> both = npx.image.SequentialAug([npx.image.CastAug(), npx.image.HorizontalFlipAug(1)])
    >>> both(np.array([[[1], [2]]], dtype='uint8'))[:, :, 0]
    array([[2., 1.]])
    """

    def __call__(self, src):
        """The image behind the last augmenter."""
        for augmenter in self.ts:
            src = augmenter(src)
        return src


class RandomOrderAug(_Several):
    """One augmenter after the other, in random order.

    Parameters
    ----------
    ts : list of Augmenter

    Examples
    --------
    >>> npx.image.RandomOrderAug([npx.image.CastAug()]).dumps()
    ['randomorderaug', ['["castaug", {"type": "float32"}]']]
    """

    def __call__(self, src):
        """The image behind the last augmenter."""
        for place in np.random.permutation(len(self.ts)).tolist():
            src = self.ts[int(place)](src)
        return src


class ResizeAug(Augmenter):
    """Resizes until the short side has a certain length, as `resize_short` does.

    Parameters
    ----------
    size : int
        Length of the short side.
    interp : int, optional
        The method, as for `resize`.

    Examples
    --------
    >>> npx.image.ResizeAug(10)(np.zeros((20, 30, 3))).shape
    (10, 15, 3)
    """

    def __init__(self, size, interp=2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp

    def __call__(self, src):
        return resize_short(src, self.size, self.interp)


class ForceResizeAug(Augmenter):
    """Resizes to (width, height), whatever becomes of the proportions.

    Parameters
    ----------
    size : tuple of int
        (width, height).
    interp : int, optional
        The method, as for `resize`.

    Examples
    --------
    >>> npx.image.ForceResizeAug((5, 4))(np.zeros((20, 30, 3))).shape
    (4, 5, 3)
    """

    def __init__(self, size, interp=2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size_of(size, "ForceResizeAug"), interp

    def __call__(self, src):
        return imresize(src, *self.size, interp=self.interp)


class RandomCropAug(Augmenter):
    """Cuts out a rectangle (width, height) anywhere.

    Parameters
    ----------
    size : tuple of int
        (width, height).
    interp : int, optional
        The method, as for `resize`.

    Examples
    --------
    >>> npx.image.RandomCropAug((5, 4))(np.zeros((20, 30, 3))).shape
    (4, 5, 3)
    """

    def __init__(self, size, interp=2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp

    def __call__(self, src):
        return random_piece(src, self.size, self.interp)[0]


class RandomSizedCropAug(Augmenter):
    """Cuts out a rectangle of random area and proportions, and resizes it, as `random_size_crop` does.

    Parameters
    ----------
    size : tuple of int
        (width, height).
    area : float or tuple of float
        Bounds of the share of the image; one number is the lower one.
    ratio : tuple of float
        Bounds of width by height.
    interp : int, optional
        The method, as for `resize`.
    **kwargs
        `min_area`, an older name of `area`.

    Examples
    --------
    >>> npx.image.RandomSizedCropAug((5, 4), 0.5, (0.8, 1.25))(np.zeros((20, 30, 3))).shape
    (4, 5, 3)
    """

    def __init__(self, size, area, ratio, interp=2, **kwargs):
        area = kwargs.pop("min_area", area)
        if kwargs:
            raise TypeError(f"RandomSizedCropAug() got an unexpected keyword argument {next(iter(kwargs))!r}")
        super().__init__(size=size, area=area, ratio=ratio, interp=interp)
        self.size, self.area, self.ratio, self.interp = size, area, ratio, interp

    def __call__(self, src):
        return random_size_crop(src, self.size, self.area, self.ratio, self.interp)[0]


class CenterCropAug(Augmenter):
    """Cuts out the middle (width, height).

    Parameters
    ----------
    size : tuple of int
        (width, height).
    interp : int, optional
        The method, as for `resize`.

    Examples
    --------
    >>> npx.image.CenterCropAug((5, 4))(np.zeros((20, 30, 3))).shape
    (4, 5, 3)
    """

    def __init__(self, size, interp=2):
        super().__init__(size=size, interp=interp)
        self.size, self.interp = size, interp

    def __call__(self, src):
        return center_crop(src, self.size, self.interp)[0]


class BrightnessJitterAug(Augmenter):
    """Multiplies by a factor between `1 - brightness` and `1 + brightness`; the result is a float image.

    Parameters
    ----------
    brightness : float
        The greatest change.

    Examples
    --------
    >>> npx.image.BrightnessJitterAug(0)(np.ones((2, 2, 3))).sum()
    array(12.)
    """

    def __init__(self, brightness):
        super().__init__(brightness=brightness)
        self.brightness = brightness

    def __call__(self, src):
        return _color._brightness(_floats(src, self), 1 + draw(-self.brightness, self.brightness))


class ContrastJitterAug(Augmenter):
    """Blends with the mean grey value, by a factor between `1 - contrast` and `1 + contrast`.

    Parameters
    ----------
    contrast : float
        The greatest change.

    Examples
    --------
    >>> npx.image.ContrastJitterAug(0)(np.ones((2, 2, 3))).sum()
    array(12.)
    """

    def __init__(self, contrast):
        super().__init__(contrast=contrast)
        self.contrast = contrast

    def __call__(self, src):
        return _color._contrast(_floats(src, self), 1 + draw(-self.contrast, self.contrast))


class SaturationJitterAug(Augmenter):
    """Blends with the grey values, by a factor between `1 - saturation` and `1 + saturation`.

    Parameters
    ----------
    saturation : float
        The greatest change.

    Examples
    --------
    >>> npx.image.SaturationJitterAug(0)(np.ones((2, 2, 3))).sum()
    array(12.)
    """

    def __init__(self, saturation):
        super().__init__(saturation=saturation)
        self.saturation = saturation

    def __call__(self, src):
        return _color._saturation(_floats(src, self), 1 + draw(-self.saturation, self.saturation))


class HueJitterAug(Augmenter):
    """Turns the hue by a share of half a turn between `-hue` and `hue`, as a linear map of colors: a rotation in YIQ.

    Parameters
    ----------
    hue : float
        The greatest change.

    Examples
    --------
    >>> np.round(npx.image.HueJitterAug(0)(np.full((1, 1, 3), 100.)))
    array([[[100., 100., 100.]]])
    """

    TO_YIQ = ((0.299, 0.587, 0.114), (0.596, -0.274, -0.321), (0.211, -0.523, 0.311))
    FROM_YIQ = ((1.0, 0.956, 0.621), (1.0, -0.272, -0.647), (1.0, -1.107, 1.705))

    def __init__(self, hue):
        super().__init__(hue=hue)
        self.hue = hue

    def __call__(self, src):
        src = _floats(src, self, channels=(3,))
        angle = draw(-self.hue, self.hue) * math.pi
        cosine, sine = math.cos(angle), math.sin(angle)
        turn = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]], dtype=src.dtype)
        there, back = np.array(self.TO_YIQ, dtype=src.dtype), np.array(self.FROM_YIQ, dtype=src.dtype)
        return src @ (back @ turn @ there).T


class ColorJitterAug(RandomOrderAug):
    """Random brightness, contrast and saturation, in random order; 0 leaves one out.

    Parameters
    ----------
    brightness : float
        The greatest change.
    contrast : float
        The greatest change.
    saturation : float
        The greatest change.

    Examples
    --------
    >>> len(npx.image.ColorJitterAug(0.1, 0, 0.1).ts)
    2
    """

    def __init__(self, brightness, contrast, saturation):
        kinds = [(BrightnessJitterAug, brightness), (ContrastJitterAug, contrast), (SaturationJitterAug, saturation)]
        super().__init__([kind(reach) for kind, reach in kinds if reach > 0])


class LightingAug(Augmenter):
    """Adds a color: the columns of `eigvec`, times `eigval` and normal draws of deviation `alphastd`.

    Parameters
    ----------
    alphastd : float
        Deviation of the draws.
    eigval : array_like
        Of three numbers.
    eigvec : array_like
        Of shape (3, 3).

    Examples
    --------
    >>> npx.image.LightingAug(0, np.ones(3), np.eye(3))(np.ones((2, 2, 3))).sum()
    array(12.)
    """

    def __init__(self, alphastd, eigval, eigvec):
        super().__init__(alphastd=alphastd, eigval=eigval, eigvec=eigvec)
        self.alphastd, self.eigval, self.eigvec = alphastd, np.array(eigval), np.array(eigvec)

    def __call__(self, src):
        src = _floats(src, self, channels=(3,))
        alpha = np.random.normal(0, self.alphastd, size=3).astype(self.eigvec.dtype)
        return src + ((self.eigvec * alpha) @ self.eigval).astype(src.dtype)


class ColorNormalizeAug(Augmenter):
    """Subtracts a mean and divides by a deviation, as `color_normalize` does.

    Parameters
    ----------
    mean : array_like
        By channel.
    std : array_like or None
        By channel.

    Examples
    --------
    >>> npx.image.ColorNormalizeAug(np.array([1., 2., 3.]), None)(np.full((1, 1, 3), 3.))
    array([[[2., 1., 0.]]])
    """

    def __init__(self, mean, std):
        super().__init__(mean=mean, std=std)
        self.mean = None if mean is None else np.array(mean, dtype="float32")
        self.std = None if std is None else np.array(std, dtype="float32")

    def __call__(self, src):
        return _color.color_normalize(src, self.mean, self.std)


class RandomGrayAug(Augmenter):
    """Makes all channels grey, with probability `p`.

    Parameters
    ----------
    p : float
        How probable it is.

    Examples
    --------
    >>> npx.image.RandomGrayAug(1)(np.array([[[100., 0., 0.]]]))
    array([[[21., 21., 21.]]])
    """

    GREY = (0.21, 0.72, 0.07)

    def __init__(self, p):
        super().__init__(p=p)
        self.p = p

    def __call__(self, src):
        if draw(0, 1) >= self.p:
            return src
        src = _floats(src, self, channels=(3,))
        return np.broadcast_to((src @ np.array(self.GREY, dtype=src.dtype))[..., None], src.shape).copy()


class HorizontalFlipAug(Augmenter):
    """Mirrors left and right, with probability `p`.

    Parameters
    ----------
    p : float
        How probable it is.

    Examples
    --------
    >>> npx.image.HorizontalFlipAug(1)(np.array([[[1.], [2.]]]))[:, :, 0]
    array([[2., 1.]])
    """

    def __init__(self, p):
        super().__init__(p=p)
        self.p = p

    def __call__(self, src):
        return flip_left_right(src) if draw(0, 1) < self.p else src


class CastAug(Augmenter):
    """Changes the dtype.

    Parameters
    ----------
    typ : dtype, optional

    Examples
    --------
    >>> npx.image.CastAug()(np.zeros((1, 1, 3), dtype='uint8')).dtype
    dtype('float32')
    """

    def __init__(self, typ="float32"):
        super().__init__(type=typ)
        self.typ = typ

    def __call__(self, src):
        return src.astype(self.typ)


def _floats(src, augmenter, channels=(1, 3)):
    """The image as floats."""
    src = image_of(src, type(augmenter).__name__, channels)
    return src.astype("float32") if np.issubdtype(src.dtype, np.integer) else src


def color_augmenters(mean, std, brightness, contrast, saturation, hue, pca_noise, rand_gray):
    """The augmenters of colors that both makers of lists end with."""
    made = []
    if brightness or contrast or saturation:
        made.append(ColorJitterAug(brightness, contrast, saturation))
    if hue:
        made.append(HueJitterAug(hue))
    if pca_noise > 0:
        deviations = np.array([55.46, 4.794, 1.148])
        directions = np.array(_color.LIGHTING) / deviations
        made.append(LightingAug(pca_noise, deviations, directions))
    if rand_gray > 0:
        made.append(RandomGrayAug(rand_gray))
    mean = _three(mean, (123.68, 116.28, 103.53), "mean")
    std = _three(std, (58.395, 57.12, 57.375), "std")
    if mean is not None or std is not None:
        made.append(ColorNormalizeAug(mean, std))
    return made


def _three(given, usual, what):
    """A number for each channel: True stands for those of ImageNet."""
    if given is None or given is False:
        return None
    if given is True:
        return np.array(usual)
    if isinstance(given, str) or np.ndim(given) != 1:
        raise MXNetTypeError(f"{what} is True or an array of 1 or 3 numbers, not {given!r}")
    if len(given) not in (1, 3):
        raise MXNetValueError(f"{what} is True or an array of 1 or 3 numbers, not {len(given)}")
    return np.array(given)


def CreateAugmenter(
    data_shape,
    resize=0,
    rand_crop=False,
    rand_resize=False,
    rand_mirror=False,
    mean=None,
    std=None,
    brightness=0,
    contrast=0,
    saturation=0,
    hue=0,
    pca_noise=0,
    rand_gray=0,
    inter_method=2,
):
    """A list of augmenters from what one wants of it, to be called one after the other.

    Parameters
    ----------
    data_shape : tuple of int
        (channels, height, width) of the images that come out.
    resize : int, optional
        Length of the short side that images are resized to first.
    rand_crop, rand_resize, rand_mirror : bool, optional
        Whether images are cropped anywhere instead of in the middle, of random size, and mirrored half of the time.
    mean, std : bool or array_like, optional
        What is subtracted, and divided by; `True` for those of ImageNet.
    brightness, contrast, saturation, hue : float, optional
        How far they vary.
    pca_noise : float, optional
        How far the lighting varies.
    rand_gray : float, optional
        How often images become grey.
    inter_method : int, optional
        The method of resizing, as for `resize`.

    Returns
    -------
    list of Augmenter

    Raises
    ------
    ValueError
        `rand_resize` without `rand_crop`; a mean of other lengths than 1 and 3.

    Examples
    --------
    >>> [type(step).__name__ for step in npx.image.CreateAugmenter((3, 24, 24), resize=26, rand_mirror=True, mean=True)]
    ['ResizeAug', 'CenterCropAug', 'HorizontalFlipAug', 'CastAug', 'ColorNormalizeAug']
    """
    if rand_resize and not rand_crop:
        raise MXNetValueError("CreateAugmenter: rand_resize is a way of cropping anywhere, and wants rand_crop")
    size = (data_shape[2], data_shape[1])
    made = [ResizeAug(resize, inter_method)] if resize > 0 else []
    if rand_resize:
        made.append(RandomSizedCropAug(size, 0.08, (3 / 4, 4 / 3), inter_method))
    else:
        made.append((RandomCropAug if rand_crop else CenterCropAug)(size, inter_method))
    if rand_mirror:
        made.append(HorizontalFlipAug(0.5))
    made.append(CastAug())
    return made + color_augmenters(mean, std, brightness, contrast, saturation, hue, pca_noise, rand_gray)
