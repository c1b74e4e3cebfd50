"""Dask with our arrays as chunks: what its tables of array types have to know, and the creation of collections by
`dask.config.set({"array.backend": "mxnet"})`. Imported when Dask is; nothing else may import it.
"""

import dask
from dask.array import dispatch, register_chunk_type
from dask.array.backends import ArrayBackendEntrypoint, percentile

from . import numpy as np
from . import random


def to_mxnet(data, **kwargs):
    """A chunk as an array of ours."""
    return np.asarray(data)


def register():
    """Tell Dask that our arrays may be chunks, and which functions join, measure and convert them."""
    register_chunk_type(np.ndarray)
    dispatch.concatenate_lookup.register(np.ndarray, np.concatenate)
    dispatch.take_lookup.register(np.ndarray, np.take)
    dispatch.tensordot_lookup.register(np.ndarray, np.tensordot)
    dispatch.einsum_lookup.register(np.ndarray, _einsum)
    dispatch.empty_lookup.register(np.ndarray, np.empty)
    dispatch.percentile_lookup.register(np.ndarray, percentile)
    dispatch.to_numpy_dispatch.register(np.ndarray, _to_numpy)


def _einsum(*operands, dtype=None, casting=None, order=None, **kwargs):
    result = np.einsum(*operands, **kwargs)
    return result if dtype is None else result.astype(dtype, copy=False)


def _to_numpy(data, **kwargs):
    return data.asnumpy()


def _filled(name, /, *args, meta=None, **kwargs):
    """A collection that Dask's own function of that name makes, with our arrays as chunks."""
    meta = np.empty(()) if meta is None else meta
    with dask.config.set({"array.backend": "numpy"}):
        return getattr(dask.array, name)(*args, meta=meta, **kwargs)


def _default_float(kwargs):
    if kwargs.get("dtype") is None:
        kwargs["dtype"] = np.empty(0).dtype
    return kwargs


class MXNetBackendEntrypoint(ArrayBackendEntrypoint):
    """Makes Dask's collections of our arrays. Dask finds the class through the entry point `dask.array.backends`."""

    @classmethod
    def to_backend_dispatch(cls):
        return to_mxnet

    @classmethod
    def to_backend(cls, data, **kwargs):
        if isinstance(data._meta, np.ndarray):
            return data
        return data.map_blocks(to_mxnet, meta=np.empty((0,) * data.ndim, dtype=data.dtype), **kwargs)

    @property
    def RandomState(self):
        return random.RandomState

    @property
    def default_bit_generator(self):
        return random.PCG64

    @staticmethod
    def ones(*args, **kwargs):
        return _filled("ones", *args, **_default_float(kwargs))

    @staticmethod
    def zeros(*args, **kwargs):
        return _filled("zeros", *args, **_default_float(kwargs))

    @staticmethod
    def empty(*args, **kwargs):
        return _filled("empty", *args, **_default_float(kwargs))

    @staticmethod
    def full(*args, **kwargs):
        return _filled("full", *args, **kwargs)

    @staticmethod
    def arange(*args, like=None, dtype=None, **kwargs):
        like = np.empty(()) if like is None else like
        dtype = np.arange(0).dtype if dtype is None else dtype
        with dask.config.set({"array.backend": "numpy"}):
            return dask.array.arange(*args, like=like, dtype=dtype, **kwargs)


register()
