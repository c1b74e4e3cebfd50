"""Apache MXNet's NumPy front end: `from mxnet import np, npx, autograd`.

`np` is NumPy's namespace on arrays that know gradients and devices, `npx` what NumPy does not have, `autograd` records
operators and walks back.
"""

import sys as _sys
import typing as _typing

from . import _core, _guests, autograd, base, context, device, numpy, numpy_extension, util
from . import numpy as np
from . import numpy_extension as npx
from ._core import __version__
from .base import MXNetError
from .device import (
    Context,
    Device,
    cpu,
    cpu_pinned,
    cpu_shared,
    current_context,
    current_device,
    gpu,
    gpu_memory_info,
    num_gpus,
)
from .numpy import random
from .numpy_extension import waitall
from .util import (
    is_np_array,
    is_np_default_dtype,
    is_np_shape,
    np_array,
    np_default_dtype,
    np_shape,
    set_np_shape,
    use_np,
    use_np_array,
    use_np_default_dtype,
    use_np_shape,
)

if _typing.TYPE_CHECKING:
    from . import image

__all__ = [
    "Context",
    "Device",
    "MXNetError",
    "autograd",
    "context",
    "cpu",
    "cpu_pinned",
    "current_context",
    "current_device",
    "device",
    "gpu",
    "gpu_memory_info",
    "image",
    "is_np_array",
    "is_np_default_dtype",
    "is_np_shape",
    "np",
    "np_array",
    "np_default_dtype",
    "np_shape",
    "npx",
    "num_gpus",
    "random",
    "set_np_shape",
    "use_np",
    "use_np_array",
    "use_np_default_dtype",
    "use_np_shape",
    "waitall",
]

# so that `import mxnet.np` finds the namespaces under their short names, too
_sys.modules[f"{__name__}.np"] = numpy
_sys.modules[f"{__name__}.npx"] = numpy_extension

_guests.welcome()

#: what Dask and opt_einsum look up in the package that an array's class is from
_BY_PACKAGE = ("arange", "array", "einsum", "tensordot", "transpose")


def __getattr__(name):
    if name == "image":
        import importlib

        return importlib.import_module(".image", __name__)
    if name in _BY_PACKAGE:
        return getattr(numpy, name)
    raise AttributeError(f"module 'mxnet' has no attribute '{name}'")
