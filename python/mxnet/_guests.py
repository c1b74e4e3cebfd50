"""What other libraries have to be told about our arrays, told when they are imported. NumPy's protocols need no such
introduction; einops and Dask keep lists of the array types that they know.

`import mxnet` calls `welcome`. Nothing here imports a library that the user did not.
"""

import importlib
import sys

#: module of another library -> the module of ours that introduces us when it is imported
_INTRODUCTIONS = {"dask.array": "mxnet._dask", "einops._backends": "mxnet._einops"}


class _Doorkeeper:
    """Waits for the import of a module that is to be told, and finds nothing itself."""

    def __init__(self):
        self.busy = set()

    def find_spec(self, name, path=None, target=None):
        if name not in _INTRODUCTIONS or name in self.busy:
            return None
        self.busy.add(name)
        try:
            # (imported here, as the base classes of finders and loaders would be: they cost `import mxnet` 10 ms)
            from importlib.util import find_spec

            spec = find_spec(name)
        finally:
            self.busy.discard(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Introducing(spec.loader, _INTRODUCTIONS[name])
        return spec


class _Introducing:
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
        importlib.import_module(self.introduction)


def welcome():
    """Introduce our arrays to what is imported already, and wait for the others."""
    for name, introduction in _INTRODUCTIONS.items():
        if name in sys.modules:
            importlib.import_module(introduction)
    if not any(isinstance(finder, _Doorkeeper) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Doorkeeper())
