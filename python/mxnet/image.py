"""`mxnet.image`: `npx.image` under its older name, for people's scripts. The one difference is `random_crop`, which
takes a size here and tells where it cut."""

from .numpy_extension import image as _image
from .numpy_extension.image import _crop

__all__ = [name for name in dir(_image) if not name.startswith("_")]

globals().update((name, getattr(_image, name)) for name in __all__)
random_crop = _crop.random_piece
