"""MXNet's module of mode switches (which `npx` has, too) and of small helpers around the environment and devices."""

import os

from ._core import is_np_default_dtype, set_np_default_dtype
from ._core import numpy as _np
from .device import current_device, get_cuda_compute_capability, gpu_memory_info, num_gpus
from .numpy_extension._modes import (
    is_np_array,
    is_np_shape,
    np_array,
    np_default_dtype,
    np_shape,
    reset_np,
    set_np,
    set_np_shape,
    use_np,
    use_np_array,
    use_np_default_dtype,
    use_np_shape,
)

__all__ = [
    "default_array",
    "get_cuda_compute_capability",
    "get_gpu_count",
    "get_gpu_memory",
    "getenv",
    "is_np_array",
    "is_np_default_dtype",
    "is_np_shape",
    "np_array",
    "np_default_dtype",
    "np_shape",
    "reset_np",
    "set_module",
    "set_np",
    "set_np_default_dtype",
    "set_np_shape",
    "setenv",
    "use_np",
    "use_np_array",
    "use_np_default_dtype",
    "use_np_shape",
]


def default_array(source_array, device=None, dtype=None, *, ctx=None):
    """An array of something else, by `np.array`."""
    return _np.array(source_array, dtype=dtype, device=device or ctx or current_device())


def get_gpu_count():
    """The number of GPUs."""
    return num_gpus()


def get_gpu_memory(gpu_dev_id):
    """Free and total bytes of a GPU."""
    return gpu_memory_info(gpu_dev_id)


def getenv(name):
    """The value of an environment variable, or None."""
    return os.environ.get(name)


def setenv(name, value):
    """Sets an environment variable, or with None removes it."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def set_module(module):
    """A decorator that says which module a function or class belongs to."""

    def decorate(decorated):
        if module is not None:
            decorated.__module__ = module
        return decorated

    return decorate
