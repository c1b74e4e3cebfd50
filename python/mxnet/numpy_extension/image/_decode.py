"""Reading pictures: Pillow decodes the bytes, and everything else is arrays. Pillow is wanted only when a picture is
decoded."""

import io

import numpy as _host

from ... import numpy as np
from ...base import MXNetError, MXNetTypeError, MXNetValueError
from ._checks import stored, whole

__all__ = ["imdecode", "imread"]


class MXNetFileNotFoundError(MXNetError, FileNotFoundError):
    """A file that does not exist."""


def _pillow():
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("pictures are decoded by Pillow, which is not installed: pip install pillow") from None
    return Image


def _eight_bits(picture):
    """A picture of more than eight bits as one of eight: the upper ones are kept."""
    if picture.mode.startswith("I"):
        image = _pillow()
        values = _host.asarray(picture).astype("int64")
        return image.fromarray(_host.clip(values >> 8, 0, 255).astype("uint8"))
    return picture


def _decoded(source, flag, to_rgb, out, name):
    """The picture in a file, as an array of shape (height, width, channels)."""
    flag = whole(flag, name, "flag", 0)
    image = _pillow()
    try:
        with image.open(source) as picture:
            pixels = _host.asarray(_eight_bits(picture).convert("RGB" if flag else "L"))
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, image.DecompressionBombError) as error:
        raise MXNetValueError(f"{name}: this is not a picture that can be decoded: {error}") from error
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    if flag and not to_rgb:
        pixels = pixels[:, :, ::-1]
    return stored(np.array(pixels, dtype="uint8"), out, name)


def imdecode(buf, flag=1, to_rgb=True, out=None):
    """The picture in the bytes of a JPEG, PNG or any other file that Pillow reads.

    Parameters
    ----------
    buf : bytes, bytearray, memoryview or uint8 array
    flag : int, optional
        1 for three channels, 0 for one grey channel.
    to_rgb : bool, optional
        Whether channels are in the order red, green, blue; the other order otherwise.
    out : ndarray, optional
        Where the result goes.

    Returns
    -------
    ndarray
        uint8, of shape (height, width, channels).

    Raises
    ------
    TypeError
        Something else than bytes.
    ValueError
        Bytes that are no picture, or a damaged one.
    ImportError
        Pillow is not installed.

    Notes
    -----
    Transparency is dropped; 16 bits become 8 by their upper half; the orientation that a camera notes is left alone.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new('RGB', (4, 2), (255, 128, 0)).save(file, 'png')
    >>> image = npx.image.imdecode(file.getvalue())
    >>> image.shape, image[0, 0].tolist()
    ((2, 4, 3), [255, 128, 0])
    """
    if isinstance(buf, np.ndarray | _host.ndarray):
        if buf.dtype != "uint8":
            raise MXNetTypeError(f"imdecode: an array of bytes is uint8, not {buf.dtype}")
        buf = _host.asarray(buf).tobytes()
    if not isinstance(buf, bytes | bytearray | memoryview):
        raise MXNetTypeError(f"imdecode: buf is bytes or an array of them, not {type(buf).__name__}")
    if len(buf) == 0:
        raise MXNetValueError("imdecode: there are no bytes")
    return _decoded(io.BytesIO(buf), flag, to_rgb, out, "imdecode")


def imread(filename, flag=1, to_rgb=True, out=None):
    """The picture in a file: JPEG, PNG or any other that Pillow reads.

    Parameters
    ----------
    filename : str or path
    flag : int, optional
        1 for three channels, 0 for one grey channel.
    to_rgb : bool, optional
        Whether channels are in the order red, green, blue; the other order otherwise.
    out : ndarray, optional
        Where the result goes.

    Returns
    -------
    ndarray
        uint8, of shape (height, width, channels).

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A file that is no picture, or a damaged one.
    ImportError
        Pillow is not installed.

    Examples
    --------
    >>> import os, tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'orange.png')
    ...     Image.new('RGB', (4, 2), (255, 128, 0)).save(path)
    ...     npx.image.imread(path, flag=0).shape
    (2, 4, 1)
    """
    try:
        with open(filename, "rb") as file:
            return _decoded(file, flag, to_rgb, out, "imread")
    except FileNotFoundError as error:
        raise MXNetFileNotFoundError(*error.args[:2], filename) from None
