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
    """An array of something else, by `np.array`.

    Parameters
    ----------
    source_array : array_like
    device, ctx : Device, optional
        Where the array goes; two names of one argument.
    dtype : dtype, optional

    Returns
    -------
    ndarray

    Examples
    --------
    >>> from mxnet import util
    >>> util.default_array([1, 2])
    array([1., 2.])
    """
    return _np.array(source_array, dtype=dtype, device=device or ctx or current_device())


def get_gpu_count():
    """The number of GPUs.

    Returns
    -------
    int

    Examples
    --------
    >>> from mxnet import util
    >>> util.get_gpu_count() >= 0
    True
    """
    return num_gpus()


def get_gpu_memory(gpu_dev_id):
    """Bytes in use on a GPU by arrays, and bytes kept for reuse, as `npx.gpu_memory_info`.

    Parameters
    ----------
    gpu_dev_id : int

    Returns
    -------
    tuple of int

    Raises
    ------
    MXNetError
        There is no such GPU.

    Examples
    --------
    >>> from mxnet import util
    >>> [util.get_gpu_memory(number) for number in range(0)]
    []
    """
    return gpu_memory_info(gpu_dev_id)


def getenv(name):
    """The value of an environment variable, or None.

    Parameters
    ----------
    name : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> from mxnet import util
    >>> util.getenv("MXNET_NO_SUCH_VARIABLE") is None
    True
    """
    return os.environ.get(name)


def setenv(name, value):
    """Sets an environment variable, or with None removes it.

    Parameters
    ----------
    name : str
    value : str or None

    Examples
    --------
    >>> from mxnet import util
    >>> util.setenv("MXNET_EXAMPLE", "1")
    >>> util.getenv("MXNET_EXAMPLE")
    '1'
    >>> util.setenv("MXNET_EXAMPLE", None)
    """
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def set_module(module):
    """A decorator that says which module a function or class belongs to.

    Parameters
    ----------
    module : str or None

    Returns
    -------
    function

    Examples
    --------
    >>> from mxnet import util
    >>> @util.set_module("somewhere")
    ... def function():
    ...     pass
    >>> function.__module__
    'somewhere'
    """

    def decorate(decorated):
        if module is not None:
            decorated.__module__ = module
        return decorated

    return decorate
