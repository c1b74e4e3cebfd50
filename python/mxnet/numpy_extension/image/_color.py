"""What changes the colors of images: scaling, random brightness, contrast, saturation, hue and lighting.

Integer images are cut to the range of their dtype, and their fractions dropped, as MXNet does it. A batch shares one
draw. Used by people and by the augmenters; knows no sizes.
"""

from ... import numpy as np
from ...base import MXNetTypeError, MXNetValueError
from ._checks import RANGES, bounds, draw, image_of, number_of

__all__ = [
    "adjust_lighting",
    "color_normalize",
    "normalize",
    "random_brightness",
    "random_color_jitter",
    "random_contrast",
    "random_hue",
    "random_lighting",
    "random_saturation",
    "to_tensor",
]

#: how much red, green and blue count in a grey value
GREY = (0.299, 0.587, 0.114)
#: the main directions of colors in photographs (of ImageNet) in columns, each times its standard deviation
LIGHTING = (
    (55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009),
    (55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140),
    (55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203),
)


def _working(data):
    """The image as floats to compute with."""
    return data.astype("float64" if data.dtype in ("float64", "int32", "int64", "uint32", "uint64") else "float32")


def _back(values, dtype):
    """Computed floats as an image of this dtype."""
    if np.issubdtype(dtype, np.integer):
        low, high = RANGES.get(str(np.dtype(dtype)), (None, None))
        values = np.trunc(values if low is None else np.clip(values, low, high))
    return values.astype(dtype)


def _grey(work):
    """The grey values of an image, with one channel."""
    if work.shape[-1] == 1:
        return work
    return work[..., 0:1] * GREY[0] + work[..., 1:2] * GREY[1] + work[..., 2:3] * GREY[2]


def to_tensor(data):
    """Images of elements from 0 to 255, channels last, as float32 arrays of elements from 0 to 1, channels first.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).

    Returns
    -------
    ndarray
        float32, of shape (channels, height, width) or (n, channels, height, width).

    Raises
    ------
    ValueError
        Another shape.

    Examples
    --------
    >>> npx.image.to_tensor(np.array([[[0, 51, 255]]], dtype='uint8')).flatten()
    array([0. , 0.2, 1. ])
    """
    data = image_of(data, "to_tensor")
    return np.moveaxis(data, -1, -3).astype("float32") / 255.0


def _channel_numbers(values, channels, what):
    """One number for each channel, shaped to meet (channels, height, width)."""
    numbers = values if isinstance(values, tuple | list) else np.array(values).reshape(-1)
    numbers = [number_of(number, "normalize", what) for number in numbers]
    if len(numbers) == 1:
        return numbers * channels
    if len(numbers) == channels or (len(numbers) == 4 and channels < 4):  # the defaults hold four
        return numbers[:channels]
    raise MXNetValueError(f"normalize: {what} holds 1 or {channels} numbers for {channels} channels, not {numbers}")


def normalize(data, mean=(0, 0, 0, 0), std=(1, 1, 1, 1)):
    """Images less a mean, divided by a deviation, for each channel.

    Parameters
    ----------
    data : array_like
        Floats of shape (channels, height, width) or (n, channels, height, width).
    mean, std : float or tuple, optional
        One number, or one for each channel.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, or other numbers of numbers.
    TypeError
        Integers.

    Examples
    --------
    >>> npx.image.normalize(np.array([[[1.]], [[2.]], [[3.]]]), mean=(0, 1, 2), std=(1, 0.5, 2)).flatten()
    array([1. , 2. , 0.5])
    """
    data = data if isinstance(data, np.ndarray) else np.array(data)
    if data.ndim not in (3, 4):
        raise MXNetValueError(
            "normalize: images have the shape (channels, height, width) or (n, channels, height, width), "
            f"not {data.shape}"
        )
    if data.dtype.kind in "iubc" or data.dtype == "bool":
        raise MXNetTypeError(f"normalize: images hold floats, not {data.dtype}; see to_tensor")
    channels = data.shape[-3]
    columns = [
        np.array(_channel_numbers(values, channels, what), dtype=data.dtype).reshape(channels, 1, 1)
        for values, what in ((mean, "mean"), (std, "std"))
    ]
    return (data - columns[0]) / columns[1]


def color_normalize(src, mean, std=None):
    """An image less a mean, divided by a deviation.

    Parameters
    ----------
    src : array_like
    mean, std : array_like, optional
        What broadcasts to the image, such as one number for each channel; `None` for neither.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> npx.image.color_normalize(np.array([[[1., 2., 3.]]]), np.array([1., 1., 1.]), np.array([1., 2., 4.]))
    array([[[0. , 0.5, 0.5]]])
    """
    src = src if isinstance(src, np.ndarray) else np.array(src)
    src = src if mean is None else src - mean
    return src if std is None else src / std


# The adjustments themselves, of floats by a known factor.


def _brightness(work, factor):
    return work * factor


def _contrast(work, factor):
    mean = _grey(work).mean(axis=(-3, -2, -1), keepdims=True)
    return work * factor + (1 - factor) * mean


def _saturation(work, factor):
    return work if work.shape[-1] == 1 else work * factor + (1 - factor) * _grey(work)


def _hue(work, turn):
    """Colors turned by a share of a full turn of the hue, at the same lightness and saturation."""
    if work.shape[-1] == 1:
        return work
    hue, light, span = _hue_light_span(work / 255)
    sixths = np.mod(hue + 6 * turn, 6)
    least = light - span / 2
    channels = []
    for shift in (2, 0, 4):
        place = np.mod(sixths + shift, 6)
        channels.append(least + span * np.clip(np.minimum(place, 4 - place), 0, 1))
    return np.concatenate(channels, axis=-1) * 255


def _hue_light_span(work):
    """Of a color image: the hue in sixths of a turn, the middle of least and greatest channel, and their difference.

    The span stands for the saturation: with the lightness fixed, either gives the other.
    """
    red, green, blue = work[..., 0:1], work[..., 1:2], work[..., 2:3]
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    span = most - least
    safe = np.where(span > 0, span, 1.0)
    hue = np.where(
        most == red,
        (green - blue) / safe,
        np.where(most == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    return hue, (most + least) / 2, span


def _factors(min_factor, max_factor, name):
    low, high = number_of(min_factor, name, "min_factor"), number_of(max_factor, name, "max_factor")
    return bounds((low, high), name, "(min_factor, max_factor)", 0)


def _adjusted(data, adjust, min_factor, max_factor, name):
    """Images adjusted by a factor that is drawn between two bounds."""
    data = image_of(data, name, channels=(1, 3))
    low, high = _factors(min_factor, max_factor, name)
    return _back(adjust(_working(data), draw(low, high)), data.dtype)


def random_brightness(data, min_factor, max_factor):
    """Images times a factor, drawn between two bounds.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    min_factor, max_factor : float
        Not negative; 1 leaves the image as it is.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, negative bounds or bounds out of order.

    Examples
    --------
    >>> npx.image.random_brightness(np.array([[[100, 200, 10]]], dtype='uint8'), 1.5, 1.5)
    array([[[150, 255,  15]]], dtype=uint8)
    """
    return _adjusted(data, _brightness, min_factor, max_factor, "random_brightness")


def random_contrast(data, min_factor, max_factor):
    """Images blended with their mean grey value: `factor * image + (1 - factor) * mean`.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    min_factor, max_factor : float
        Not negative; 1 leaves the image as it is, 0 makes it grey all over.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, negative bounds or bounds out of order.

    Examples
    --------
    >>> npx.image.random_contrast(np.array([[[10.], [30.]]]), 0.5, 0.5)[:, :, 0]
    array([[15., 25.]])
    """
    return _adjusted(data, _contrast, min_factor, max_factor, "random_contrast")


def random_saturation(data, min_factor, max_factor):
    """Images blended with their grey values: `factor * image + (1 - factor) * grey`.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    min_factor, max_factor : float
        Not negative; 1 leaves the image as it is, 0 takes all color from it.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, negative bounds or bounds out of order.

    Examples
    --------
    >>> npx.image.random_saturation(np.array([[[100., 0., 0.]]]), 0, 0)
    array([[[29.9, 29.9, 29.9]]])
    """
    return _adjusted(data, _saturation, min_factor, max_factor, "random_saturation")


def random_hue(data, min_factor, max_factor):
    """Images with their hue turned, by a share of the full turn that is drawn between two bounds.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    min_factor, max_factor : float
        Not negative; 0 and 1 leave the image as it is, 1/3 turns red to green.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, negative bounds or bounds out of order.

    Examples
    --------
    >>> np.round(npx.image.random_hue(np.array([[[255., 0., 0.]]]), 1/3, 1/3))
    array([[[  0., 255.,   0.]]])
    """
    return _adjusted(data, _hue, min_factor, max_factor, "random_hue")


def random_color_jitter(data, brightness, contrast, saturation, hue):
    """Images with random brightness, contrast, saturation and hue, in random order.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    brightness, contrast, saturation : float
        Factors are drawn from `1 - number` to `1 + number`; 0 leaves it.
    hue : float
        The turn is drawn from `-hue` to `hue`; 0 leaves it.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape.

    Examples
    --------
    >>> npx.image.random_color_jitter(np.ones((2, 2, 3)), 0, 0, 0, 0).sum()
    array(12.)
    """
    name = "random_color_jitter"
    data = image_of(data, name, channels=(1, 3))
    steps = [
        (_brightness, 1, number_of(brightness, name, "brightness")),
        (_contrast, 1, number_of(contrast, name, "contrast")),
        (_saturation, 1, number_of(saturation, name, "saturation")),
        (_hue, 0, number_of(hue, name, "hue")),
    ]
    result = data
    for place in np.random.permutation(len(steps)).tolist():
        adjust, middle, reach = steps[int(place)]
        if reach > 0:
            result = _back(adjust(_working(result), middle + draw(-reach, reach)), data.dtype)
    return data.copy() if result is data else result


def adjust_lighting(data, alpha):
    """Images with a color added: a mix of the main directions of colors in photographs.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels; one channel stays.
    alpha : tuple of three floats
        How much of each direction.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, or not three numbers.

    Examples
    --------
    >>> npx.image.adjust_lighting(np.full((1, 1, 3), 100, dtype='uint8'), (0.5, 0., 0.))
    array([[[84, 83, 83]]], dtype=uint8)
    """
    data = image_of(data, "adjust_lighting", channels=(1, 3))
    try:
        numbers = [float(number) for number in alpha]
    except TypeError:
        raise MXNetTypeError(f"adjust_lighting: alpha is a tuple of three numbers, not {alpha!r}") from None
    if len(numbers) != 3:
        raise MXNetValueError(f"adjust_lighting: alpha is a tuple of three numbers, not {alpha!r}")
    if data.shape[-1] == 1:
        return data.copy()
    work = _working(data)
    color = [sum(a * b for a, b in zip(row, numbers, strict=True)) for row in LIGHTING]
    return _back(work + np.array(color, dtype=work.dtype), data.dtype)


def random_lighting(data, alpha_std=0.05):
    """`adjust_lighting` by three normal draws of this standard deviation.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels), with 1 or 3 channels.
    alpha_std : float, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, a negative deviation.

    Examples
    --------
    >>> npx.image.random_lighting(np.full((2, 2, 3), 7.), 0).sum()
    array(84.)
    """
    data = image_of(data, "random_lighting", channels=(1, 3))
    deviation = number_of(alpha_std, "random_lighting", "alpha_std")
    bounds((deviation, deviation), "random_lighting", "(alpha_std, alpha_std)", 0)
    return adjust_lighting(data, np.random.normal(0, deviation, size=3, dtype="float64").tolist())
