"""What other libraries have to be told about our arrays, told when they are imported. NumPy's protocols need no such
introduction; einops and Dask keep lists of the array types that they know.

`import mxnet` calls `welcome`. Nothing here imports a library that the user did not.
"""

import importlib.abc
import importlib.util
import sys


def _introduce_to_einops(einops_backends):
    from ._core import ndarray

    class MXNetBackend(einops_backends.NumpyBackend):
        """NumPy's backend on our arrays: einops finds it among the subclasses of its own backends."""

        framework_name = "mxnet"

        def __init__(self):
            from . import numpy

            self.np = numpy

        def is_appropriate_type(self, tensor):
            return isinstance(tensor, ndarray)

        def from_numpy(self, x):
            return self.np.array(x)

        def to_numpy(self, x):
            return x.asnumpy()

    # subclasses are found through weak references: somebody has to hold this one
    einops_backends.MXNetBackend = MXNetBackend


def _introduce_to_dask(dask_array):
    from . import _dask

    _dask.register()


_INTRODUCTIONS = {"dask.array": _introduce_to_dask, "einops._backends": _introduce_to_einops}


class _Doorkeeper(importlib.abc.MetaPathFinder):
    """Waits for the import of a module that is to be told, and finds nothing itself."""

    def __init__(self):
        self.busy = set()

    def find_spec(self, name, path=None, target=None):
        if name not in _INTRODUCTIONS or name in self.busy:
            return None
        self.busy.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.busy.discard(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Introducing(spec.loader, _INTRODUCTIONS[name])
        return spec


class _Introducing(importlib.abc.Loader):
    """The module's own loader, followed by the introduction."""

    def __init__(self, loader, introduction):
        self.loader = loader
        self.introduction = introduction

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        # from here on the module has the loader that it would have had without us
        module.__loader__ = module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        self.introduction(module)


def welcome():
    """Introduce our arrays to what is imported already, and wait for the others."""
    for name, introduction in _INTRODUCTIONS.items():
        if name in sys.modules:
            introduction(sys.modules[name])
    if not any(isinstance(finder, _Doorkeeper) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Doorkeeper())
