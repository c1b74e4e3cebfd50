"""Mirroring images, surely or with a probability. Used by people and by the augmenters."""

from ._checks import draw, image_of, probability

__all__ = ["flip_left_right", "flip_top_bottom", "random_flip_left_right", "random_flip_top_bottom"]


def flip_left_right(data):
    """Images mirrored, left side to the right.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape.

    Examples
    --------
    >>> npx.image.flip_left_right(np.array([[[1.], [2.]], [[3.], [4.]]]))[:, :, 0]
    array([[2., 1.],
           [4., 3.]])
    """
    return image_of(data, "flip_left_right")[..., ::-1, :].copy()


def flip_top_bottom(data):
    """Images upside down.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape.

    Examples
    --------
    >>> npx.image.flip_top_bottom(np.array([[[1.], [2.]], [[3.], [4.]]]))[:, :, 0]
    array([[3., 4.],
           [1., 2.]])
    """
    return image_of(data, "flip_top_bottom")[..., ::-1, :, :].copy()


def random_flip_left_right(data, p=0.5):
    """Images mirrored with probability `p`, else a copy of them.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    p : float, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, a probability below 0 or above 1.

    Examples
    --------
    >>> npx.image.random_flip_left_right(np.array([[[1.], [2.]]]), p=1)[:, :, 0]
    array([[2., 1.]])
    """
    data, p = image_of(data, "random_flip_left_right"), probability(p, "random_flip_left_right")
    return flip_left_right(data) if draw(0, 1) < p else data.copy()


def random_flip_top_bottom(data, p=0.5):
    """Images upside down with probability `p`, else a copy of them.

    Parameters
    ----------
    data : array_like
        Of shape (height, width, channels) or (n, height, width, channels).
    p : float, optional

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Another shape, a probability below 0 or above 1.

    Examples
    --------
    >>> npx.image.random_flip_top_bottom(np.array([[[1.], [2.]]]), p=1)[:, :, 0]
    array([[1., 2.]])
    """
    data, p = image_of(data, "random_flip_top_bottom"), probability(p, "random_flip_top_bottom")
    return flip_top_bottom(data) if draw(0, 1) < p else data.copy()
